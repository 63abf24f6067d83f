//! A run of the benches: what was asked for, and how a pair of things is timed.
//!
//! `cargo bench` measures everything, `cargo bench -- hex` what has "hex" in its name, and `cargo
//! bench -- --quick` everything with fewer rounds. The other options are criterion's.

use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, SamplingMode, measurement::WallTime};

use crate::table::Table;

/// What a run was asked for, and its results so far.
pub(crate) struct Run {
    pub(crate) criterion: Criterion,
    pub(crate) table: Table,
    filter: Option<String>,
    quick: bool,
}

impl Run {
    /// Reads the command line.
    pub(crate) fn from_arguments() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        Self {
            criterion: Criterion::default()
                .sample_size(10)
                .warm_up_time(Duration::from_millis(500))
                .measurement_time(Duration::from_secs(2))
                .configure_from_args(),
            table: Table::default(),
            // Options with a value come before the name of what to measure.
            filter: arguments
                .iter()
                .rfind(|text| !text.starts_with('-'))
                .cloned(),
            quick: arguments.iter().any(|text| text == "--quick"),
        }
    }

    /// Whether something with this name was asked for, by its name or a part of it.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.filter
            .as_ref()
            .is_none_or(|filter| name.contains(filter) || filter.contains(name))
    }

    /// This number of rounds, or a quarter of it in a quick run.
    pub(crate) fn rounds(&self, rounds: usize) -> usize {
        if self.quick {
            rounds.div_ceil(4)
        } else {
            rounds
        }
    }

    /// A criterion group for measurements that take milliseconds each.
    pub(crate) fn group(&mut self, name: &str) -> BenchmarkGroup<'_, WallTime> {
        let mut group = self.criterion.benchmark_group(name);
        group.sampling_mode(SamplingMode::Flat);
        group
    }
}

/// The time that `work` takes.
pub(crate) fn time(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// How many times as long `theirs` takes as `ours`: the median over rounds in which each is done
/// once, so that other load on the machine affects both.
pub(crate) fn in_turn(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> f64 {
    let ratio = |_| {
        let (ours, theirs) = (time(&mut ours), time(&mut theirs));
        theirs.as_secs_f64() / ours.as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..rounds).map(ratio).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    ratios[rounds / 2]
}
