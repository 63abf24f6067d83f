//! Measures the time of a process that only prints its version, against hexyl's.
//!
//! Our program is copied first, as `cargo install` did with the other: a file just written by a
//! linker is in smaller pieces in memory, and takes a tenth longer to start.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{Run, in_turn};
use crate::table::Bar;

/// Whether a program prints its version.
fn version(program: &Path) -> bool {
    let mut command = Command::new(program);
    let status = command.arg("--version").stdout(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

pub(crate) fn measure(run: &mut Run) {
    if !run.wants("start-up") {
        return;
    }
    let hexyl = Path::new("hexyl");
    let measured = if version(hexyl) {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let sticky = folder.path().join("sticky");
        std::fs::copy(env!("CARGO_BIN_EXE_sticky"), &sticky).expect("copied");
        let start = |program| move || assert!(version(program));
        Ok(1.0 / in_turn(run.rounds(400), start(&sticky), start(hexyl)))
    } else {
        Err("no hexyl (cargo install hexyl)".to_owned())
    };
    let what = "start-up, `sticky --version`";
    run.table
        .add(what, "`hexyl --version`", Bar::TimesTheTime(1.2), measured);
}
