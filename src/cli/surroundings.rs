//! What of this machine may be why something is not as expected: settings of its network that
//! are not the usual ones, and a loopback that loses packets.
//!
//! Promises: looked at only where a replay was not as expected, or could not be made; never
//! told of a trace that was read, which may come from another machine.

use std::process::ExitCode;

use super::failure::Failure;
use super::status::NOT_AS_EXPECTED;
use crate::diagnostic::Shown;
use crate::kernel::{self, Setting};
use crate::language::Language;
use crate::picture::number::grouped;

/// Whether what came of a command may lie in the machine; `replays` says whether status 1 of the
/// command means that a replay was not as expected.
pub(super) fn matter(replays: bool, done: &Result<ExitCode, Failure>) -> bool {
    match done {
        Ok(status) => replays && *status == NOT_AS_EXPECTED.into(),
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
