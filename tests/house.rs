//! Holds the files themselves to the rules of the project: which module may import which, where
//! unsafe code is allowed, how long a file may be, and that what the documentation says of the
//! project is true.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sticky_packet::scenario::catalogue;

/// The modules, top to bottom. Each may import only those below it.
const LINE: [&str; 13] = [
    "cli",
    "render",
    "picture",
    "laboratory",
    "analysis",
    "record",
    "replay",
    "kernel",
    "trace",
    "scenario",
    "framing",
    "diagnostic",
    "language",
];

/// Modules that work on a trace from a file, and so may not touch a socket.
const WITHOUT_SOCKETS: [&str; 4] = ["analysis", "laboratory", "picture", "render"];

/// The drivers in a module without sockets: these files replay, and nothing else.
const DRIVERS: [&str; 1] = ["src/laboratory/odds/perform.rs"];

/// The most lines of a file in `src`.
const MOST_LINES: usize = 800;

/// Whether a file is one of the [`DRIVERS`].
fn is_driver(path: &Path) -> bool {
    DRIVERS.iter().any(|driver| path == Path::new(driver))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` with one of these endings, with its path from the root.
fn files(folder: &str, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|end| endings.iter().any(|ending| end == *ending))
            {
                // Some test files are invalid on purpose.
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing in {folder}");
    found
}

/// The module of a file in `src`; `None` for the roots, `lib.rs` and `main.rs`.
fn module(path: &Path) -> Option<&'static str> {
    let name = path.iter().nth(1)?.to_str()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    match name {
        "lib" | "main" => None,
        _ => Some(
            LINE.into_iter()
                .find(|known| *known == name)
                .unwrap_or_else(|| panic!("{} has no place in the line", path.display())),
        ),
    }
}

/// Whether `rest` begins with code, and the number of bytes in this piece: one character of code,
/// or a whole comment, string or character literal. `before` is the character before it.
fn piece(rest: &str, before: Option<char>) -> (bool, usize) {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at);
    if rest.starts_with("//") {
        return (false, until("\n", 2));
    }
    if rest.starts_with("/*") {
        return (false, (until("*/", 2) + 2).min(rest.len()));
    }
    let in_a_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let raw = ["r", "br", "cr"].iter().find(|raw| rest.starts_with(**raw));
    if let Some(raw) = raw.filter(|_| !in_a_name) {
        let behind = &rest[raw.len()..];
        let hashes = behind.len() - behind.trim_start_matches('#').len();
        if behind[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let first = raw.len() + hashes + 1;
            return (false, (until(&end, first) + end.len()).min(rest.len()));
        }
    }
    let mut chars = rest.char_indices();
    match chars.next().map(|(_, c)| c) {
        Some('"') => {
            let mut escaped = false;
            let end = chars.find(|(_, c)| {
                let ends = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                ends
            });
            (false, end.map_or(rest.len(), |(at, _)| at + 1))
        }
        // A literal, such as '"'; otherwise a lifetime.
        Some('\'') if rest.starts_with("'\\") => (false, until("'", 3) + 1),
        Some('\'') => match (chars.next(), chars.next()) {
            (Some(_), Some((at, '\''))) => (false, at + 1),
            _ => (true, 1),
        },
        first => (true, first.map_or(0, char::len_utf8)),
    }
}

/// The lines of code, with their numbers from 1, without comments, strings and character literals:
/// those may contain anything.
fn code(text: &str) -> Vec<(usize, String)> {
    let (mut kept, mut rest, mut before) = (String::new(), text, None);
    while !rest.is_empty() {
        let (is_code, length) = piece(rest, before);
        let (this, behind) = rest.split_at(length);
        // What is left out still ends its lines.
        kept.extend(this.chars().filter(|c| is_code || *c == '\n'));
        (rest, before) = (behind, this.chars().next_back());
    }
    (1..).zip(kept.lines().map(str::to_owned)).collect()
}

#[test]
fn comments_and_strings_are_told_from_code() {
    for (text, kept) in [
        ("f(\"http://x\"); g(); // \"b\"", "f(); g(); "),
        ("f(\"\\\"//\", b); g();", "f(, b); g();"),
        ("f(r#\"\"//\"#, br\"\\\"); // g()", "f(, ); "),
        (
            "f('\"', '\\'', '\\u{7f}', x::<'a>()); // g()",
            "f(, , , x::<'a>()); ",
        ),
        ("f(\"one\n// two\"); // g()", "f(\n); "),
        ("f(); /* \" g()\n*/ h();", "f(); \n h();"),
        ("for (a, b) in c {", "for (a, b) in c {"),
    ] {
        let lines: Vec<String> = code(text).into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines.join("\n"), kept, "{text}");
    }
}

/// The number of `super::` that lead from a file of `src` to the root of the crate.
fn depth(path: &Path) -> usize {
    let names = path.iter().count() - 1;
    names - usize::from(path.ends_with("mod.rs"))
}

/// What follows each path that begins at a module: after `path`, such as `crate::scenario::`, or
/// after as many `super::` as lead there, or more inside a nested module.
fn from_module<'a>(line: &'a str, path: &str, depth: usize) -> Vec<&'a str> {
    let mut found: Vec<&str> = line.split(path).skip(1).collect();
    let mut rest = line;
    while let Some(at) = rest.find("super::") {
        rest = &rest[at..];
        let mut count = 0;
        while let Some(behind) = rest.strip_prefix("super::") {
            (rest, count) = (behind, count + 1);
        }
        if count >= depth {
            found.push(rest);
        }
    }
    found
}

/// The modules that a piece of code, `depth` below the root, names there, including in braces.
fn imports(text: &str, depth: usize) -> Vec<(usize, String)> {
    names_from(text, "crate::", depth)
}

/// The names that a piece of code, `depth` below the module of this path, takes from it.
fn names_from(text: &str, path: &str, depth: usize) -> Vec<(usize, String)> {
    let whole = code(text);
    let mut found = Vec::new();
    for (index, (number, line)) in whole.iter().enumerate() {
        for rest in from_module(line, path, depth) {
            if let Some(group) = rest.strip_prefix('{') {
                let lines = whole[index + 1..].iter().map(|(_, line)| line.as_str());
                let group: String = std::iter::once(group).chain(lines).collect();
                found.extend(first_names(&group).map(|name| (*number, name)));
            } else {
                found.push((*number, identifier(rest)));
            }
        }
    }
    found
}

fn identifier(text: &str) -> String {
    text.strip_prefix("r#")
        .unwrap_or(text)
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The first name of each path in a group of imports, up to the brace that closes it.
fn first_names(group: &str) -> impl Iterator<Item = String> {
    let mut depth = 0_usize;
    let mut names = vec![String::new()];
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            '{' => depth += 1,
            ',' if depth == 0 => names.push(String::new()),
            _ if depth == 0 => names.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    names
        .into_iter()
        .map(|name| identifier(name.trim()))
        .filter(|name| !name.is_empty())
}

#[test]
fn imports_point_down() {
    let rank = |module: &str| LINE.iter().position(|known| *known == module);
    let mut wrong = Vec::new();
    for (path, text) in files("src", &["rs"]) {
        let Some(here) = module(&path) else { continue };
        for (line, imported) in imports(&text, depth(&path)) {
            let Some(there) = rank(&imported) else {
                continue;
            };
            let up = there < rank(here).unwrap();
            let to_sockets = WITHOUT_SOCKETS.contains(&here)
                && !is_driver(&path)
                && ["record", "replay", "kernel"].contains(&imported.as_str());
            if up || to_sockets {
                wrong.push(format!(
                    "{}:{line}: {here} imports {imported}",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Folders whose files import each other in one direction only.
const WITHOUT_CIRCLES: [&str; 5] = [
    "src/cli",
    "src/render/code",
    "src/replay",
    "src/scenario",
    "src/scenario/read",
];

/// The names that a `mod.rs` takes from its children for all to use, each with the child it is of.
fn reexports(text: &str) -> BTreeMap<String, String> {
    let whole = code(text);
    let lines: Vec<&str> = whole.iter().map(|(_, line)| line.as_str()).collect();
    let mut found = BTreeMap::new();
    for item in lines.join(" ").split(';') {
        let Some((child, names)) = item
            .trim()
            .strip_prefix("pub")
            .and_then(|rest| rest.split_once("use "))
            .and_then(|(_, path)| path.split_once("::"))
        else {
            continue;
        };
        let names = match names.strip_prefix('{') {
            Some(group) => first_names(group).collect(),
            None => vec![identifier(names)],
        };
        found.extend(names.into_iter().map(|name| (name, child.to_owned())));
    }
    found
}

/// What each file or folder in `folder` imports of the others there. A `mod.rs` stands above them,
/// so nothing that it holds itself may be imported; a test may import anything.
fn imports_among(folder: &str) -> BTreeMap<String, BTreeSet<String>> {
    let files = files(folder, &["rs"]);
    let within = |path: &Path| path.strip_prefix(folder).unwrap().to_owned();
    let (root, children): (Vec<_>, Vec<_>) = files
        .iter()
        .filter(|(path, _)| !path.ends_with("tests.rs"))
        .partition(|(path, _)| within(path) == Path::new("mod.rs"));
    let reexported = reexports(&root[0].1);
    let child = |path: &Path| {
        let first = within(path).iter().next().unwrap().to_owned();
        let first = first.to_str().unwrap();
        first.strip_suffix(".rs").unwrap_or(first).to_owned()
    };
    let all: BTreeSet<String> = children.iter().map(|(path, _)| child(path)).collect();
    let module = format!(
        "{}::",
        folder.replacen("src", "crate", 1).replace('/', "::")
    );
    let mut imported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in children {
        let text = text.split("\nmod tests {").next().unwrap();
        let depth = within(path).iter().count() - usize::from(path.ends_with("mod.rs"));
        let here = child(path);
        let of_here = imported.entry(here.clone()).or_default();
        let names = names_from(text, &module, depth).into_iter();
        // The last `super` of a visibility stands alone.
        for (line, name) in names.filter(|(_, name)| name != "super") {
            let there = if all.contains(&name) {
                Some(&name)
            } else {
                reexported.get(&name)
            };
            let there =
                there.unwrap_or_else(|| panic!("{}:{line}: `{name}` is of mod.rs", path.display()));
            if *there != here {
                of_here.insert(there.clone());
            }
        }
    }
    imported
}

#[test]
fn the_files_of_a_folder_import_each_other_without_a_circle() {
    for folder in WITHOUT_CIRCLES {
        let mut imported = imports_among(folder);
        loop {
            let done = imported
                .iter()
                .find(|(_, names)| names.iter().all(|name| !imported.contains_key(name)))
                .map(|(name, _)| name.clone());
            let Some(done) = done else { break };
            imported.remove(&done);
        }
        let circle: BTreeMap<_, BTreeSet<_>> = (imported.iter())
            .map(|(name, names)| {
                let names = names.iter().filter(|name| imported.contains_key(*name));
                (name, names.collect())
            })
            .collect();
        assert!(circle.is_empty(), "a circle in {folder}: {circle:#?}");
    }
}

#[test]
fn the_imports_among_the_files_of_a_folder_are_seen() {
    let seen = |code: &str, depth| -> Vec<String> {
        let names = names_from(code, "crate::replay::", depth);
        names.into_iter().map(|(_, name)| name).collect()
    };
    assert_eq!(seen("use super::{link::Link, open};", 1), ["link", "open"]);
    assert_eq!(seen("use crate::replay::link::Link;", 1), ["link"]);
    assert_eq!(seen("use super::{a, r#try};", 1), ["a", "try"]);
    assert_eq!(seen("use super::super::Stage;\nsuper::x();", 2), ["Stage"]);
    let found = reexports("mod a;\npub use a::{B,\n  c::D};\npub(crate) use e::F;\nuse g::H;");
    let found: Vec<_> = found
        .iter()
        .map(|(name, of)| format!("{of}::{name}"))
        .collect();
    assert_eq!(found, ["a::B", "e::F", "a::c"]);
}

#[test]
fn every_driver_is_there_and_replays() {
    for driver in DRIVERS {
        let path = Path::new(driver);
        let text = fs::read_to_string(root().join(path)).unwrap();
        let imports = imports(&text, depth(path));
        assert!(
            imports.iter().any(|(_, module)| module == "replay"),
            "{driver} needs no exception"
        );
    }
}

#[test]
fn the_imports_of_every_form_are_seen() {
    let seen = |code: &str| -> Vec<String> {
        let imports = imports(code, depth(Path::new("src/analysis/judge.rs")));
        imports.into_iter().map(|(_, name)| name).collect()
    };
    assert_eq!(seen("use crate::trace::Trace;"), ["trace"]);
    assert_eq!(
        seen("use crate::{\n  trace::{Call, Op},\n  cli,\n};\nfn x() {}"),
        ["trace", "cli"]
    );
    assert_eq!(seen("let x = crate::replay::Stage::new();"), ["replay"]);
    assert_eq!(seen("// crate::replay and /// [`crate::cli`]"), [""; 0]);
    assert_eq!(seen("use super::super::replay::Stage;"), ["replay"]);
    assert_eq!(
        seen("use super::super::{kernel, cli::run};"),
        ["kernel", "cli"]
    );
    assert_eq!(seen("use super::sent::Sent;"), [""; 0]);
    let [module, file, inner] = [
        "src/replay/mod.rs",
        "src/replay.rs",
        "src/replay/link/tests.rs",
    ]
    .map(|path| depth(Path::new(path)));
    assert_eq!((module, file, inner), (1, 1, 3));
}

#[test]
fn what_reads_traces_opens_no_socket() {
    let sockets = [
        "std::net",
        "std::os::unix::net",
        "socket2",
        "rustix",
        "libc::",
    ];
    let mut wrong = Vec::new();
    for (path, text) in files("src", &["rs"]) {
        if !module(&path).is_some_and(|module| WITHOUT_SOCKETS.contains(&module)) {
            continue;
        }
        for (line, code) in code(&text) {
            if sockets.iter().any(|socket| code.contains(socket)) {
                wrong.push(format!("{}:{line}: {}", path.display(), code.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn unsafe_code_stands_in_kernel_alone() {
    let mut wrong = Vec::new();
    for (path, text) in files("src", &["rs"]) {
        if module(&path) == Some("kernel") {
            continue;
        }
        for (line, code) in code(&text) {
            let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            if words.into_iter().any(|word| word == "unsafe") || code.contains("unsafe_code") {
                wrong.push(format!("{}:{line}: {}", path.display(), code.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a line of code prints, ends the process, or reads the environment, the arguments or the
/// terminal. Constants of the compilation target are not the environment.
fn acts(line: &str) -> bool {
    let line = line.replace("env::consts", "").replace("env!(", "");
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    let calls = [
        "println!",
        "print!",
        "eprint",
        "dbg!",
        "process::exit",
        "stdout()",
        "stderr()",
        "stdin()",
        "IsTerminal",
        "is_terminal",
        "terminal_size",
        "crossterm",
    ];
    words.any(|word| word == "env") || calls.iter().any(|call| line.contains(call))
}

#[test]
fn what_prints_exits_or_looks_around_is_seen() {
    for line in [
        "println!(\"x\");",
        "std::process::exit(2);",
        "use std::env;",
        "use std::{env, io};",
        "let home = env::var_os(\"HOME\");",
        "if io::stdout().is_terminal() {",
    ] {
        assert!(code(line).iter().any(|(_, code)| acts(code)), "{line}");
    }
    for line in [
        "let system = std::env::consts::OS;",
        "let version = env!(\"CARGO_PKG_VERSION\");",
        "self.line(\"say \\\"std::env::args()\\\" and println!()\");",
        "let environment = self.environment();",
    ] {
        assert!(!code(line).iter().any(|(_, code)| acts(code)), "{line}");
    }
}

#[test]
fn only_cli_prints_exits_and_looks_around() {
    let mut wrong = Vec::new();
    for (path, text) in files("src", &["rs"]) {
        if module(&path).is_none_or(|module| module == "cli") {
            continue;
        }
        for (line, code) in code(&text) {
            if acts(&code) {
                wrong.push(format!("{}:{line}: {}", path.display(), code.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// `colored` has a flag for the whole process: whoever writes a text as it is without
/// `diagnostic::paint` asks it, and whoever sets it decides for all.
#[test]
fn colour_is_decided_by_no_flag_of_the_process() {
    let mut wrong = Vec::new();
    for (path, text) in files("src", &["rs"]) {
        let lines = code(&text);
        let names = |word: &str| lines.iter().any(|(_, line)| line.contains(word));
        if names("set_override") || names("SHOULD_COLORIZE") {
            wrong.push(format!("{}: sets the flag", path.display()));
        }
        if names("Colorize") && !names("paint") {
            wrong.push(format!("{}: does not paint", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Each output draws the picture itself; a slide and a recording alone take the lines and the
/// sections of the terminal's drawing, for they look like it.
#[test]
fn no_drawer_runs_another() {
    let outputs = ["text", "svg", "cast", "report"];
    let allowed = [("svg", "text"), ("cast", "text")];
    let mut seen = BTreeSet::new();
    for (path, text) in files("src/render", &["rs"]) {
        let name = path.iter().nth(2).unwrap().to_str().unwrap();
        let Some(here) = outputs
            .into_iter()
            .find(|output| name.strip_suffix(".rs").unwrap_or(name) == *output)
        else {
            continue;
        };
        for (_, line) in code(&text) {
            let words: Vec<&str> = line
                .split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
                .collect();
            for there in outputs.into_iter().filter(|output| *output != here) {
                let through = [
                    format!("render::{there}"),
                    format!("super::{there}"),
                    format!("{there}::draw"),
                    format!("{there}::draw_lines"),
                ];
                let names = |word: &&str| through.iter().any(|it| word.starts_with(it.as_str()));
                if words.iter().any(names) {
                    seen.insert((here, there));
                }
            }
        }
    }
    let allowed: BTreeSet<_> = allowed.into_iter().collect();
    assert_eq!(seen, allowed);
}

#[test]
fn no_file_is_too_long_to_be_one_story() {
    let long: Vec<String> = files("src", &["rs"])
        .into_iter()
        .filter(|(_, text)| text.lines().count() > MOST_LINES)
        .map(|(path, text)| format!("{}: {}", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "longer than {MOST_LINES} lines: {long:#?}");
}

/// The texts for people: those beside the code, and those in `docs/`.
fn texts() -> Vec<(PathBuf, String)> {
    let top = [
        "README.md",
        "README.zh-CN.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
    ]
    .into_iter()
    .map(|name| (name.into(), fs::read_to_string(root().join(name)).unwrap()));
    top.chain(files("docs", &["md"])).collect()
}

#[test]
fn no_path_of_one_machine_is_written_down() {
    // Assembled here, otherwise this file would be found.
    let machine: Vec<String> = ["root", "home", "work", "Users"]
        .map(|name| format!("/{name}/"))
        .into();
    let everything = files("src", &["rs"])
        .into_iter()
        .chain(files("tests", &["rs", "toml", "txt", "py"]))
        .chain(files("scenarios", &["toml"]))
        .chain(texts());
    let mut wrong = Vec::new();
    for (path, text) in everything {
        for (index, line) in text.lines().enumerate() {
            if machine
                .iter()
                .any(|machine| line.contains(machine.as_str()))
            {
                wrong.push(format!("{}:{}: {line}", path.display(), index + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_case_that_a_text_names_is_real() {
    let names: BTreeSet<String> = catalogue::embedded()
        .into_iter()
        .map(|case| case.name)
        .collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (path, text) in texts() {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "/-_.".contains(c)));
        for word in words {
            let Some((chapter, _)) = word.split_once('/') else {
                continue;
            };
            if !catalogue::CHAPTERS.contains(&chapter) || word.ends_with('/') {
                continue;
            }
            count += 1;
            if !names.contains(word) {
                wrong.push(format!("{}: {word}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "no such case: {wrong:#?}");
    assert!(count > 0);
}

#[test]
fn each_text_for_people_has_the_same_sections_and_commands_in_both_languages() {
    let shape = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let mut in_block = false;
        let mut shape = Vec::new();
        for line in text.lines() {
            if line.starts_with("```") {
                in_block = !in_block;
            } else if in_block {
                if let Some(command) = line.strip_prefix("$ ") {
                    shape.push(command.replace(" --lang zh", ""));
                }
            } else if line.starts_with('#') {
                shape.push(line.chars().take_while(|c| *c == '#').collect());
            } else if line.starts_with('|') {
                shape.push(format!("a row of {}", line.matches('|').count()));
            }
        }
        shape
    };
    let mut pairs = BTreeSet::from(["README".to_owned()]);
    for (path, _) in files("docs", &["md"]) {
        let name = path.to_str().unwrap();
        let stem = name.strip_suffix(".md").unwrap();
        pairs.insert(stem.strip_suffix(".zh-CN").unwrap_or(stem).to_owned());
    }
    assert!(pairs.len() >= 6, "{pairs:?}");
    for name in pairs {
        let (english, chinese) = (
            shape(&format!("{name}.md")),
            shape(&format!("{name}.zh-CN.md")),
        );
        assert!(english.len() >= 5, "{name}: {english:?}");
        assert_eq!(english, chinese, "{name}");
    }
}
