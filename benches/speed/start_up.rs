//! How long a process takes that only says its version, against hexyl's.

use std::process::{Command, Stdio};

use crate::run::{Run, in_turn};
use crate::table::Bar;

fn version(program: &str) -> std::io::Result<bool> {
    let mut command = Command::new(program);
    let status = command.arg("--version").stdout(Stdio::null()).status()?;
    Ok(status.success())
}

pub(crate) fn measure(run: &mut Run) {
    if !run.wants("start-up") {
        return;
    }
    let ours = env!("CARGO_BIN_EXE_sticky");
    let measured = match version("hexyl") {
        Ok(true) => {
            let start = |program: &'static str| {
                move || assert!(version(program).expect("started"), "{program}")
            };
            let (ours, theirs) = in_turn(run.rounds(400), start(ours), start("hexyl"));
            Ok(ours.as_secs_f64() / theirs.as_secs_f64())
        }
        Ok(false) | Err(_) => Err("no hexyl (cargo install hexyl)".to_owned()),
    };
    let what = "start-up, `sticky --version`";
    run.table
        .add(what, "`hexyl --version`", Bar::TimesTheTime(1.2), measured);
}
