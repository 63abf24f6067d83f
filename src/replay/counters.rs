//! Turns a sending kernel's counters into samples that count each segment once.
//!
//! Linux counts a retransmitted SYN or FIN among the retransmitted segments (`tcpi_total_retrans`),
//! but not among the segments with data (`tcpi_data_segs_out`). So once a FIN was lost, the
//! difference of the two is not the number of data segments sent. Between two looks it can be known
//! how many retransmissions carried data: if nothing left for the first time, every segment with
//! data was a retransmission, and if no byte was retransmitted, no retransmission carried data.
//!
//! Promises: no number in a sample is lower than in the sample before it. If the two kinds cannot
//! be told apart, there is no sample.

use crate::kernel::TcpInfo;
use crate::trace::Sample;

/// Follows the counters of one connection, which begin at 0.
#[derive(Debug, Default)]
pub(super) struct Counters {
    last: Counted,
    /// The number of retransmitted segments without data.
    without_data: u32,
    /// Whether a FIN may have been sent.
    ended: bool,
}

/// What the kernel counted at one look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    /// Segments with data, including retransmissions.
    with_data: u32,
    /// Retransmitted segments, including those without data.
    again: u32,
    /// Bytes, including retransmitted ones.
    bytes: u64,
    /// Retransmitted bytes.
    bytes_again: u64,
}

impl Counted {
    /// `None` if the kernel does not report all of them.
    fn of(info: &TcpInfo) -> Option<Self> {
        Some(Self {
            with_data: info.data_segs_out?,
            again: info.total_retrans?,
            bytes: info.bytes_sent?,
            bytes_again: info.bytes_retrans?,
        })
    }

    /// The stream offset up to which bytes have left.
    fn left(&self) -> u64 {
        self.bytes.saturating_sub(self.bytes_again)
    }

    /// The number of segments without data retransmitted since `last`; `None` if that is not known.
    /// `ended` says whether a FIN may have been among them.
    fn without_data_since(&self, last: &Self, ended: bool) -> Option<u32> {
        let again = self.again.saturating_sub(last.again);
        if self.left() == last.left() {
            Some(again.saturating_sub(self.with_data.saturating_sub(last.with_data)))
        } else if self.bytes_again == last.bytes_again {
            Some(again)
        } else {
            (again <= 1 || !ended).then_some(0)
        }
    }
}

impl Counters {
    /// Notes that a FIN may follow.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// The sample for these counters, with its time still 0; `None` if they are incomplete.
    pub(super) fn sample(&mut self, info: &TcpInfo) -> Option<Sample> {
        let now = Counted::of(info)?;
        self.without_data += now.without_data_since(&self.last, self.ended)?;
        self.last = now;
        let retransmitted = now.again.saturating_sub(self.without_data);
        Some(Sample {
            at: 0,
            segments: now.with_data.saturating_sub(retransmitted),
            bytes: now.left(),
            retransmitted,
            retransmitted_bytes: Some(now.bytes_again),
            unacknowledged: info.unacked,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Segments with data, retransmitted segments, bytes, retransmitted bytes.
    type Look = (u32, u32, u64, u64);

    fn info((with_data, again, bytes, bytes_again): Look) -> TcpInfo {
        TcpInfo {
            data_segs_out: Some(with_data),
            total_retrans: Some(again),
            bytes_sent: Some(bytes),
            bytes_retrans: Some(bytes_again),
            ..TcpInfo::default()
        }
    }

    /// The segments, bytes and retransmitted segments of every sample.
    fn samples(counters: &mut Counters, looks: &[Look]) -> Vec<Option<(u32, u64, u32)>> {
        let mut sample = |look: &Look| {
            let sample = counters.sample(&info(*look))?;
            Some((sample.segments, sample.bytes, sample.retransmitted))
        };
        looks.iter().map(&mut sample).collect()
    }

    #[test]
    fn a_segment_sent_again_without_data_is_left_out() {
        let mut counters = Counters::default();
        // A SYN sent twice; "hello"; then a FIN, sent three times.
        let looks = [(0, 1, 0, 0), (1, 1, 5, 0), (1, 2, 5, 0), (1, 3, 5, 0)];
        let told = [(0, 0, 0), (1, 5, 0), (1, 5, 0), (1, 5, 0)].map(Some);
        assert_eq!(samples(&mut counters, &looks), told);
    }

    #[test]
    fn what_is_sent_again_with_data_and_without_is_told_apart_by_the_segments_with_data() {
        let mut counters = Counters::default();
        counters.end();
        // Two segments and a FIN; then both segments joined, and the FIN again.
        let looks = [(2, 0, 11, 0), (3, 2, 22, 11), (4, 3, 33, 22)];
        let told = [(2, 11, 0), (2, 11, 1), (2, 11, 2)].map(Some);
        assert_eq!(samples(&mut counters, &looks), told);
    }

    #[test]
    fn data_sent_again_while_more_leaves_counts_whole_unless_a_fin_may_be_among_it() {
        let looks = [(1, 0, 5, 0), (4, 2, 20, 10)];
        let open = samples(&mut Counters::default(), &looks);
        assert_eq!(open, [(1, 5, 0), (2, 10, 2)].map(Some));

        let mut ended = Counters::default();
        ended.end();
        assert_eq!(samples(&mut ended, &looks), [Some((1, 5, 0)), None]);
        // Nor can it be known later.
        assert_eq!(samples(&mut ended, &[(5, 3, 25, 15)]), [None]);
    }
}
