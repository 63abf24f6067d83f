//! What of this machine may be why something is not as expected: settings of its network that
//! are not the usual ones, and a loopback that loses packets.
//!
//! Promises: looked at only where a replay was not as expected, or could not be made; never
//! told of a trace that was read, which may come from another machine.

use std::process::ExitCode;

use super::NOT_AS_EXPECTED;
use super::failure::Failure;
use crate::diagnostic::Shown;
use crate::kernel::{self, Setting};
use crate::language::Language;
use crate::picture::number::grouped;

/// The commands whose status 1 means that a replay was not as expected.
const REPLAYING: [&str; 4] = ["run", "check", "claims", "shake"];

/// Whether what came of a command may lie in the machine.
pub(super) fn matter(command: Option<&str>, done: &Result<ExitCode, Failure>) -> bool {
    match done {
        Ok(status) => {
            *status == NOT_AS_EXPECTED.into()
                && command.is_some_and(|command| REPLAYING.contains(&command))
        }
        Err(failure) => matches!(failure, Failure::Machine { .. }),
    }
}

/// What may be why, one line each.
pub(super) fn lines(language: Language) -> Vec<Shown> {
    let settings = kernel::unusual_settings().into_iter().map(|setting| {
        let Setting { name, value, usual } = setting;
        Shown::line(&say!(
            language,
            "perhaps because {name} is {value} here (usually {usual})",
            "可能的原因：本机的 {name} 是 {value}（通常是 {usual}）"
        ))
    });
    let loss = kernel::loopback_loses().map(|(sent, lost)| {
        let (sent, lost) = (grouped(sent.into()), grouped(lost.into()));
        Shown::line(&say!(
            language,
            "perhaps because this loopback loses packets: {lost} of {sent} datagrams sent to try it did not arrive",
            "可能的原因：本机回环会丢包，试发 {sent} 个数据报，有 {lost} 个没有到达"
        ))
    });
    settings.chain(loss).collect()
}
