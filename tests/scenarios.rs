//! One test for each file in `scenarios/`, named after it: the file can be read, and its replay
//! comes out as it expects.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use sticky_packet::analysis::analyse;
use sticky_packet::replay::Stage;
use sticky_packet::scenario::read::{ReportStyle, read};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = scenario_files(&folder);
    let mut trials: Vec<Trial> = files
        .iter()
        .map(|(name, path)| {
            let (name, path) = (name.clone(), path.clone());
            Trial::test(name.clone(), move || holds(&name, &path))
        })
        .collect();
    let found = files.len();
    trials.push(Trial::test("there_are_scenarios", move || {
        if found == 0 {
            Err(Failed::from("no scenario was found"))
        } else {
            Ok(())
        }
    }));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Every `chapter/name` with its file, sorted.
fn scenario_files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for chapter in entries(folder) {
        for file in entries(&chapter) {
            let toml = file
                .extension()
                .is_some_and(|extension| extension == "toml");
            if let (true, Some(chapter), Some(name)) = (toml, chapter.file_name(), file.file_stem())
            {
                files.push((format!("{}/{}", chapter.display(), name.display()), file));
            }
        }
    }
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default()
}

/// Replays a file, and says what differs from what it states.
fn holds(name: &str, path: &Path) -> Result<(), Failed> {
    let bytes = fs::read(path)?;
    let scenario = read(name, &path.display().to_string(), &bytes)
        .map_err(|problems| problems.render(ReportStyle::default()))?;
    let trace = Stage::new().replay(&scenario);
    let analysis = analyse(&trace);
    if analysis.as_expected() {
        return Ok(());
    }
    let differences: Vec<String> = analysis
        .parts
        .iter()
        .flat_map(|part| &part.differences)
        .map(|difference| format!("{difference:#?}"))
        .collect();
    Err(Failed::from(differences.join("\n")))
}
