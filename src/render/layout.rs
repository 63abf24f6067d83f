//! Assigns stream offsets to columns.
//!
//! Columns are as proportional to the offsets as the labels allow: every run gets the columns that
//! it needs, and the rest is distributed by length. What does not fit in one width continues in the
//! next panel.
//!
//! Promises: offsets keep their order and never share a column. A panel is exactly as wide as
//! asked. The work is linear in the runs, apart from sorting.

use crate::analysis::Range;
use crate::diagnostic::escape;
use crate::picture::lanes::{Lane, Span};
use crate::picture::number::grouped;

/// A run of the stream, and the number of columns that its two ends must be apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) columns: usize,
}

/// A piece of the stream, as wide as the drawing.
#[derive(Debug)]
pub(super) struct Panel {
    /// The offsets at which something begins or ends, each with its column.
    ticks: Vec<(u64, usize)>,
}

impl Panel {
    /// The first offset.
    pub(super) fn start(&self) -> u64 {
        self.ticks.first().map_or(0, |&(offset, _)| offset)
    }

    /// The last offset.
    pub(super) fn end(&self) -> u64 {
        self.ticks.last().map_or(0, |&(offset, _)| offset)
    }

    /// The column of `offset`, or that of the last tick before it.
    pub(super) fn column(&self, offset: u64) -> usize {
        let behind = self.ticks.partition_point(|&(tick, _)| tick <= offset);
        self.ticks[behind.saturating_sub(1)].1
    }

    /// The offsets and their columns, in order.
    pub(super) fn ticks(&self) -> &[(u64, usize)] {
        &self.ticks
    }

    /// The number of columns it takes.
    pub(super) fn width(&self) -> usize {
        self.ticks.last().map_or(0, |&(_, column)| column + 1)
    }
}

/// A need, with its offsets as indices.
#[derive(Clone, Copy)]
struct Indexed {
    start: usize,
    end: usize,
    columns: usize,
}

/// The fewest panels of `width` columns that the needs allow, in order.
pub(super) fn panels(needs: &[Need], width: usize) -> Vec<Panel> {
    let most = width.saturating_sub(1).max(1);
    let mut ticks: Vec<u64> = needs
        .iter()
        .flat_map(|need| [need.start, need.end])
        .collect();
    ticks.sort_unstable();
    ticks.dedup();
    let index = |offset| ticks.partition_point(|&tick| tick < offset);
    let mut indexed: Vec<Indexed> = needs
        .iter()
        .filter(|need| need.start < need.end)
        .map(|need| Indexed {
            start: index(need.start),
            end: index(need.end),
            columns: need.columns.clamp(1, most),
        })
        .collect();
    indexed.sort_unstable_by_key(|need| need.end);

    let mut panels = Vec::new();
    let mut begin = 0;
    let mut rest = indexed.as_slice();
    while begin + 1 < ticks.len() {
        let last = fits_until(begin, ticks.len(), rest, most);
        let (own, _) = rest.split_at(rest.partition_point(|need| need.end <= last));
        panels.push(spread(&ticks[begin..=last], begin, own, most));
        rest = &rest[own.len()..];
        begin = last;
    }
    panels
}

/// The last tick that fits in a panel that begins at tick `begin`; at least the next one.
fn fits_until(begin: usize, ticks: usize, needs: &[Indexed], most: usize) -> usize {
    let mut tight = vec![0];
    let mut needs = needs.iter().peekable();
    for tick in begin + 1..ticks {
        let mut column = tight[tight.len() - 1] + 1;
        while let Some(need) = needs.next_if(|need| need.end == tick) {
            column = column.max(tight[need.start.max(begin) - begin] + need.columns);
        }
        if column > most && tick > begin + 1 {
            return tick - 1;
        }
        tight.push(column.min(most));
    }
    ticks - 1
}

/// Assigns a column to each tick. The upper bound leaves room for everything after it, the lower
/// bound for everything before it, and between the two it is proportional.
fn spread(ticks: &[u64], begin: usize, needs: &[Indexed], most: usize) -> Panel {
    let count = ticks.len();
    let mut latest = vec![most; count];
    let mut later = needs.iter().rev().peekable();
    for tick in (1..count).rev() {
        while let Some(need) = later.next_if(|need| need.end - begin == tick) {
            let start = need.start.max(begin) - begin;
            latest[start] = latest[start].min(latest[tick].saturating_sub(need.columns));
        }
        latest[tick - 1] = latest[tick - 1].min(latest[tick].saturating_sub(1));
    }
    let length = (ticks[count - 1] - ticks[0]).max(1);
    let mut columns = vec![0; count];
    let mut earlier = needs.iter().peekable();
    for tick in 1..count {
        let mut least = columns[tick - 1] + 1;
        while let Some(need) = earlier.next_if(|need| need.end - begin == tick) {
            least = least.max(columns[need.start.max(begin) - begin] + need.columns);
        }
        let target = proportional(ticks[tick] - ticks[0], length, most);
        columns[tick] = target.min(latest[tick]).max(least);
    }
    if let Some(last) = columns.last_mut() {
        *last = most;
    }
    Panel {
        ticks: ticks.iter().copied().zip(columns).collect(),
    }
}

fn proportional(offset: u64, length: u64, most: usize) -> usize {
    let exact = u128::from(offset) * most as u128 / u128::from(length);
    usize::try_from(exact).unwrap_or(most)
}

/// The panels with full labels if one panel holds them all, otherwise with short ones.
pub(super) fn fitted(lanes: &[Lane], width: usize) -> Vec<Panel> {
    fitted_with(lanes, &[], width)
}

/// The same; `also` needs columns too.
pub(super) fn fitted_with(lanes: &[Lane], also: &[Need], width: usize) -> Vec<Panel> {
    let fit = |label, more| {
        let mut needs = needs(lanes, label, more);
        needs.extend_from_slice(also);
        panels(&needs, width)
    };
    let roomy = fit(1, 3);
    if roomy.len() <= 1 {
        return roomy;
    }
    fit(2, 1)
}

/// The columns that each span needs for its label number `label`, plus `more`.
fn needs(lanes: &[Lane], label: usize, more: usize) -> Vec<Need> {
    let mut needs = Vec::new();
    for span in lanes.iter().flat_map(|lane| &lane.spans) {
        let Range { start, end } = span.range;
        let text = match escape::width(&span.labels[label]) {
            0 => 0,
            width => width + more,
        };
        let scale = escape::width(&grouped(end)).midpoint(escape::width(&grouped(start))) + 1;
        let columns = if more > 1 { text.max(scale) } else { text };
        needs.push(Need {
            start,
            end,
            columns,
        });
        if span.header > 0 && span.header < span.range.len() {
            let middle = start + span.header;
            needs.push(Need {
                start,
                end: middle,
                columns: 2,
            });
            needs.push(Need {
                start: middle,
                end,
                columns: text,
            });
        }
    }
    needs
}

/// The longest label that fits, with a space on both sides if there is room.
pub(super) fn label(span: &Span, room: usize) -> String {
    let fits = |label: &&String| !label.is_empty() && escape::width(label) <= room;
    match span
        .labels
        .iter()
        .find(|label| fits(label) && escape::width(label) + 2 <= room)
    {
        Some(label) => format!(" {label} "),
        None => span.labels.iter().find(fits).cloned().unwrap_or_default(),
    }
}

/// The place of an offset in a panel whose columns are `unit` wide each; proportional between two
/// ticks.
pub(super) fn place(panel: &Panel, offset: u64, unit: u64) -> u64 {
    let ticks = panel.ticks();
    let behind = ticks.partition_point(|&(tick, _)| tick <= offset);
    let before = behind.checked_sub(1).map(|at| ticks[at]);
    let at = |column: usize| column as u64 * unit;
    match (before, ticks.get(behind)) {
        (Some((from, left)), Some(&(to, right))) => {
            let (room, length) = (at(right - left), to - from);
            let exact = u128::from(offset - from) * u128::from(room) / u128::from(length);
            at(left) + u64::try_from(exact).unwrap_or(room)
        }
        (Some((_, column)), None) | (None, Some(&(_, column))) => at(column),
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn need(start: u64, end: u64, columns: usize) -> Need {
        Need {
            start,
            end,
            columns,
        }
    }

    #[test]
    fn columns_are_proportional_where_there_is_room() {
        let panels = panels(&[need(0, 18, 4), need(18, 30, 4), need(0, 30, 8)], 61);
        assert_eq!(panels.len(), 1);
        assert_eq!(panels[0].ticks(), [(0, 0), (18, 36), (30, 60)]);
    }

    #[test]
    fn a_small_run_beside_a_large_one_keeps_its_label() {
        let panels = panels(&[need(0, 4, 6), need(4, 1 << 26, 6)], 70);
        assert_eq!(panels[0].ticks(), [(0, 0), (4, 6), (1 << 26, 69)]);
    }

    #[test]
    fn what_does_not_fit_goes_on_in_the_next_panel() {
        let needs: Vec<Need> = (0..30).map(|at| need(at, at + 1, 6)).collect();
        let panels = panels(&needs, 61);
        assert_eq!(panels.len(), 3);
        assert_eq!((panels[1].start(), panels[1].end()), (10, 20));
        assert_eq!(panels[2].end(), 30);
    }

    proptest! {
        #[test]
        fn order_width_and_needs_hold(
            runs in proptest::collection::vec((0_u64..200, 1_u64..60, 1_usize..30), 1..40),
            width in 20_usize..150,
        ) {
            let needs: Vec<Need> =
                runs.iter().map(|&(start, length, columns)| need(start, start + length, columns)).collect();
            let panels = panels(&needs, width);
            for panel in &panels {
                prop_assert!(panel.width() <= width);
                prop_assert!(panel.ticks().windows(2).all(|pair| pair[0].1 < pair[1].1));
                if panel.ticks().len() > 2 {
                    for need in &needs {
                        if need.start >= panel.start() && need.end <= panel.end() {
                            let got = panel.column(need.end) - panel.column(need.start);
                            prop_assert!(got >= need.columns.min(width - 1));
                        }
                    }
                }
            }
            prop_assert!(panels.windows(2).all(|pair| pair[0].end() == pair[1].start()));
        }
    }
}
