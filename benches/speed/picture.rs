//! Measures the byte map and the hex of a trace of 16 MiB in colour, against hexyl's own library on
//! the same bytes. Both write to the null device through a buffer of 64 KiB.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use sticky_packet::analysis;
use sticky_packet::language::Language;
use sticky_packet::render::text::{Style, draw};
use sticky_packet::trace::Trace;

use crate::events::{conversation, trace};
use crate::run::{Run, in_turn};
use crate::table::Bar;

const SIZE: usize = 16 << 20;
/// The size of one send and one recv.
const SEND: usize = 64 * 1024;
const PEER: &str = "hexyl";
const STYLE: Style = Style {
    language: Language::English,
    width: 80,
    ascii: false,
    color: true,
    times: true,
    hex: true,
    full: true,
};

fn null() -> BufWriter<File> {
    let path = if cfg!(windows) { "NUL" } else { "/dev/null" };
    let file = File::options()
        .write(true)
        .open(path)
        .expect("a null device");
    BufWriter::with_capacity(1 << 16, file)
}

fn ours(trace: &Trace, analysis: &analysis::Analysis) {
    let mut out = null();
    draw(trace, analysis, &STYLE, &mut out).expect("drawn");
    out.flush().expect("written");
}

/// As hexyl's command does it with nothing but `--color=always`.
fn theirs(bytes: &[u8]) {
    let mut out = null();
    let mut printer = hexyl::PrinterBuilder::new(&mut out)
        .show_color(true)
        .enable_squeezing(true)
        .build();
    printer.print_all(bytes).expect("printed");
    out.flush().expect("written");
}

/// Bytes without repetition (Marsaglia's xorshift).
fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.take(SIZE / 8).flatten().collect()
}

fn text() -> Vec<u8> {
    include_bytes!("../../README.md")
        .iter()
        .copied()
        .cycle()
        .take(SIZE)
        .collect()
}

pub(crate) fn measure(run: &mut Run) {
    for (what, bytes) in [("text", text()), ("noise", noise())] {
        let name = format!("map and hex of 16 MiB of {what}");
        if !run.wants(&name) {
            continue;
        }
        let trace = trace(conversation(bytes, SEND, SEND));
        let bytes = &trace.parts[0].flows[0].sent;
        let analysis = analysis::analyse(&trace);
        let ratio = in_turn(run.rounds(12), || ours(&trace, &analysis), || theirs(bytes));
        run.table.add(&name, PEER, Bar::TimesAsFast(6.0), Ok(ratio));
    }
}
