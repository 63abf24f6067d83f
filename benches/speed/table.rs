//! The table at the end: each measurement beside the bar it has to reach.
//!
//! A missed bar is marked, but is no error: speed depends on the machine, and on what else it does.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The bar for a measurement.
#[derive(Clone, Copy)]
pub(crate) enum Bar {
    /// This many times as fast as the peer.
    TimesAsFast(f64),
    /// At most this many times the peer's time.
    TimesTheTime(f64),
    /// At most this many of a unit.
    AtMost(f64, &'static str),
    /// No bar: it explains another row, in this unit.
    Told(&'static str),
}

/// One row.
struct Row {
    what: String,
    peer: String,
    bar: Bar,
    measured: Result<f64, String>,
}

/// The rows so far.
pub(crate) struct Table {
    begin: SystemTime,
    rows: Vec<Row>,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            begin: SystemTime::now(),
            rows: Vec::new(),
        }
    }
}

impl Table {
    /// Adds a measurement, or why there is none.
    pub(crate) fn add(&mut self, what: &str, peer: &str, bar: Bar, measured: Result<f64, String>) {
        self.rows.push(Row {
            what: what.to_owned(),
            peer: peer.to_owned(),
            bar,
            measured,
        });
    }

    /// Adds how many times as fast `ours` is as `peer`, from what criterion measured in a group in
    /// this run. Adds nothing if it did not.
    pub(crate) fn add_criterion(&mut self, group: &str, ours: &str, peer: &str, bar: f64) {
        if let (Some(our_time), Some(peer_time)) =
            (self.criterion(group, ours), self.criterion(group, peer))
        {
            let ratio = peer_time.as_secs_f64() / our_time.as_secs_f64();
            let what = format!("{group}, {ours}");
            self.add(&what, peer, Bar::TimesAsFast(bar), Ok(ratio));
        }
    }

    /// The median that criterion saved in this run.
    pub(crate) fn criterion(&self, group: &str, function: &str) -> Option<Duration> {
        let folder = std::env::var_os("CRITERION_HOME").map_or_else(
            || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion"),
            Into::into,
        );
        let file = folder.join(group).join(function).join("new/estimates.json");
        let written = std::fs::metadata(&file)
            .and_then(|data| data.modified())
            .ok()?;
        if written < self.begin {
            return None;
        }
        let estimates: serde_json::Value =
            serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        let nanoseconds = estimates["median"]["point_estimate"].as_f64()?;
        Some(Duration::from_secs_f64(nanoseconds / 1e9))
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!("\n| what | against | bar | measured | met |");
        println!("| --- | --- | ---: | ---: | --- |");
        for row in &self.rows {
            let (measured, met) = match &row.measured {
                Ok(value) => (row.bar.show(*value), row.bar.met(*value)),
                Err(reason) => (format!("not measured: {reason}"), ""),
            };
            let Row {
                what, peer, bar, ..
            } = row;
            println!("| {what} | {peer} | {bar} | {measured} | {met} |");
        }
        println!(
            "\n5× means that ours takes a fifth of the time; 2× the time, that it takes twice as long."
        );
    }
}

impl Bar {
    fn met(self, measured: f64) -> &'static str {
        let met = match self {
            Self::TimesAsFast(bar) => measured >= bar,
            Self::TimesTheTime(bar) | Self::AtMost(bar, _) => measured <= bar,
            Self::Told(_) => return "-",
        };
        if met { "yes" } else { "no" }
    }

    fn show(self, value: f64) -> String {
        match self {
            Self::TimesAsFast(_) if value >= 20.0 => format!("{value:.0}×"),
            Self::TimesAsFast(_) => format!("{value:.2}×"),
            Self::TimesTheTime(_) => format!("{value:.2}× the time"),
            Self::AtMost(_, unit) | Self::Told(unit) => format!("{value:.1} {unit}"),
        }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimesAsFast(bar) => write!(formatter, "{bar}×"),
            Self::TimesTheTime(bar) => write!(formatter, "at most {bar}× the time"),
            Self::AtMost(bar, unit) => write!(formatter, "at most {bar} {unit}"),
            Self::Told(_) => write!(formatter, "-"),
        }
    }
}
