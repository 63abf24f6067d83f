//! Measures the speed of everything, as ratios against a peer in the same run.
//!
//! `cargo bench` measures and ends with one table; `cargo bench -- --quick` takes less than two
//! minutes. Nothing here fails because it is slow.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a bench cannot do without ends it"
)]

mod decode;
mod encode;
mod events;
mod loopback;
mod memory;
mod picture;
mod programs;
mod replays;
mod run;
mod start_up;
mod streams;
mod table;

fn main() {
    let mut run = run::Run::from_arguments();
    // Colour if it is asked for, wherever the output goes.
    colored::control::set_override(true);
    decode::measure(&mut run);
    encode::measure(&mut run);
    loopback::measure(&mut run);
    picture::measure(&mut run);
    programs::measure(&mut run);
    replays::measure(&mut run);
    events::measure(&mut run);
    memory::measure(&mut run);
    start_up::measure(&mut run);
    run.criterion.final_summary();
    run.table.print();
}
