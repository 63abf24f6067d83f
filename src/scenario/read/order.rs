//! placeholder
use super::reader::Reader;
use super::steps::PlacedScript;
use crate::scenario::Transport;
pub(super) fn check(_: &mut Reader<'_>, _: Transport, _: &PlacedScript, _: &PlacedScript) {}
