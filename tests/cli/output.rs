//! `-o FILE`: the file is written completely or not at all.

use std::fs;

use super::{command, finish, sticky};

/// The names in a folder, sorted.
pub(super) fn entries(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_data_goes_to_the_file_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.txt");
    let called = sticky(&[
        "run",
        "back-to-back",
        "--no-times",
        "-o",
        file.to_str().unwrap(),
    ]);
    assert_eq!(
        (called.status, called.out.as_str(), called.err.as_str()),
        (0, "", "")
    );
    let live = sticky(&["run", "back-to-back", "--no-times"]).out;
    assert_eq!(fs::read_to_string(&file).unwrap(), live);
    assert_eq!(entries(folder.path()), ["page.txt"]);
}

#[test]
fn an_existing_file_is_replaced_and_keeps_its_rights() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.txt");
    fs::write(&file, "a".repeat(1 << 20)).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    }
    assert_eq!(
        sticky(&["run", "back-to-back", "-o", file.to_str().unwrap()]).status,
        0
    );
    let page = fs::read_to_string(&file).unwrap();
    assert!(page.starts_with("sticky/back-to-back"), "{page}");
    assert!(!page.contains("aaaa"), "{page}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }
    assert_eq!(entries(folder.path()), ["page.txt"]);
}

#[test]
fn a_run_that_is_refused_leaves_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.txt");
    fs::write(&file, "before").unwrap();
    assert_eq!(
        sticky(&["run", "no-such-case", "-o", file.to_str().unwrap()]).status,
        2
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "before");
    assert_eq!(entries(folder.path()), ["page.txt"]);
}

#[test]
fn a_dash_is_standard_output() {
    let called = sticky(&["run", "back-to-back", "-o", "-"]);
    assert!(
        called.out.starts_with("sticky/back-to-back"),
        "{}",
        called.out
    );
}

#[test]
fn a_file_gets_colour_only_where_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.txt");
    let run = ["run", "back-to-back", "-o", file.to_str().unwrap()];
    finish(command(&run).env("CLICOLOR_FORCE", "1"));
    assert!(!fs::read_to_string(&file).unwrap().contains('\u{1b}'));
    sticky(&[&run as &[_], &["--color", "always"]].concat());
    assert!(fs::read_to_string(&file).unwrap().contains('\u{1b}'));
}

#[test]
fn a_file_that_cannot_be_written_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no/such/page.txt");
    let missing = missing.to_str().unwrap();
    let called = sticky(&["run", "back-to-back", "-o", missing]);
    assert_eq!((called.status, called.out.as_str()), (2, ""));
    assert_eq!(
        called.err,
        format!(
            "error: cannot write to {missing}: there is no such file or folder\n\
             help: make its folder first, or name a file in another one\n"
        )
    );

    let called = sticky(&[
        "run",
        "back-to-back",
        "-o",
        folder.path().to_str().unwrap(),
        "--lang",
        "zh",
    ]);
    assert_eq!(called.status, 2);
    let wanted = "：这是一个文件夹\n修正：请写出这个文件夹里的文件名\n";
    assert!(called.err.ends_with(wanted), "{}", called.err);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.txt");
    let link = folder.path().join("link.txt");
    fs::write(&file, "before").unwrap();
    std::os::unix::fs::symlink("page.txt", &link).unwrap();
    assert_eq!(
        sticky(&["run", "back-to-back", "-o", link.to_str().unwrap()]).status,
        0
    );
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("sticky/back-to-back")
    );
}

#[cfg(unix)]
#[test]
fn a_device_is_written_straight_through() {
    assert_eq!(
        sticky(&["run", "back-to-back", "-o", "/dev/null"]).status,
        0
    );
    assert!(std::path::Path::new("/dev/null").exists());
}
