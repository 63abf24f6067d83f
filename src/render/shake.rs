//! The readers that survived a shaken stream, as JSON.
//!
//! The output is one object. Keys may be added later, but never change their meaning.
//!
//! | key | value |
//! | --- | --- |
//! | `version` | 1 |
//! | `holds` | whether every exact reader survived everything, and the sockets agree |
//! | `seed`, `trials` | the seed, and the number of random deliveries of a long stream |
//! | `messages` | each as `{"text"}` or `{"hex"}` |
//! | `framings` | one object each: |
//! | … `framing`, `bytes` | the framing, and the length of its stream |
//! | … `refused` | the messages that it cannot carry: `{"message"` (from 0)`, "kind"}` |
//! | … `deliveries`, `exhaustive` | the number of deliveries, and whether these are all that are possible |
//! | … `readers` | for each of `naive`, `as-in-the-source`, `exact` null (the reader cannot read the framing) or `{"survived", "first_broken"}` |
//! | … … `first_broken` | null, or `{"delivery", "cuts", "recvs", "made", "trouble"}`: its number, the offsets of the cuts, each recv as `{"asked", "returned"}`, each message that the reader returned as `{"start", "end", "payload"}`, and why the reader gave up, or null |
//! | `sockets` | null, or `{"replays", "not_judged", "disagreements"}`; the machine stalled those that were not judged |

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::framing::Framing;
use crate::laboratory::confirmation::{Disagreement, Disputed};
use crate::laboratory::{Made, Reader, Recv, ShakeResults, Shaken, Tally, Trouble, watch};
use crate::trace::json;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    holds: bool,
    seed: u64,
    trials: u64,
    messages: Vec<Bytes<'a>>,
    framings: Vec<One>,
    sockets: Option<Sockets>,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Bytes<'a>(#[serde(serialize_with = "json::bytes")] &'a [u8]);

#[derive(Serialize)]
struct One {
    framing: Framing,
    bytes: usize,
    refused: Vec<Refused>,
    deliveries: u64,
    exhaustive: bool,
    readers: BTreeMap<&'static str, Option<Fared>>,
}

#[derive(Serialize)]
struct Refused {
    message: usize,
    kind: &'static str,
}

#[derive(Serialize)]
struct Fared {
    survived: u64,
    first_broken: Option<Broken>,
}

#[derive(Serialize)]
struct Broken {
    delivery: u64,
    cuts: Vec<usize>,
    recvs: Vec<Received>,
    made: Vec<Message>,
    trouble: Option<Gave>,
}

#[derive(Serialize)]
struct Received {
    asked: usize,
    returned: usize,
}

#[derive(Serialize)]
struct Message {
    start: usize,
    end: usize,
    #[serde(serialize_with = "json::bytes")]
    payload: Vec<u8>,
}

/// Why a reader gave up.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Gave {
    NoLength { wanted: usize, got: usize },
    ImpossibleLength(i128),
    Refused { kind: &'static str, offset: u64 },
}

#[derive(Serialize)]
struct Sockets {
    replays: u64,
    not_judged: u64,
    disagreements: Vec<Disagreed>,
}

#[derive(Serialize)]
struct Disagreed {
    framing: Framing,
    reader: &'static str,
    delivery: u64,
    kind: &'static str,
}

/// Writes a report and a line break.
///
/// # Errors
/// If `out` fails.
pub fn write_json(report: &ShakeResults, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        holds: report.holds(),
        seed: report.seed,
        trials: report.trials,
        messages: report.messages.iter().map(|bytes| Bytes(bytes)).collect(),
        framings: report.framings.iter().map(one).collect(),
        sockets: report.confirmation.as_ref().map(|confirmation| Sockets {
            replays: confirmation.replays,
            not_judged: confirmation.not_judged,
            disagreements: confirmation.disagreements.iter().map(disagreed).collect(),
        }),
    };
    json::write_document(&document, out)
}

fn one(shaken: &Shaken) -> One {
    let refused = shaken.stream.refused.iter();
    let readers = Reader::ALL.into_iter().map(|reader| {
        let fared = shaken
            .tally(reader)
            .map(|tally| fared(shaken, reader, tally));
        (reader.name(), fared)
    });
    One {
        framing: shaken.stream.framing,
        bytes: shaken.stream.bytes.len(),
        refused: refused
            .map(|&(message, error)| Refused {
                message,
                kind: error.kind.name(),
            })
            .collect(),
        deliveries: shaken.plan.count(),
        exhaustive: shaken.plan.is_exhaustive(),
        readers: readers.collect(),
    }
}

fn fared(shaken: &Shaken, reader: Reader, tally: Tally) -> Fared {
    let broken = |delivery| {
        let mut cuts = Vec::new();
        shaken.plan.cuts(delivery, &mut cuts);
        let watched = watch(reader, &shaken.stream, &cuts);
        let received = |recv: &Recv| Received {
            asked: recv.asked,
            returned: recv.range.len(),
        };
        let message = |made: Made| Message {
            start: made.range.start,
            end: made.range.end,
            payload: made.payload,
        };
        Broken {
            delivery,
            cuts,
            recvs: watched.recvs.iter().map(received).collect(),
            made: watched.made.into_iter().map(message).collect(),
            trouble: watched.trouble.map(gave),
        }
    };
    Fared {
        survived: tally.survived,
        first_broken: tally.first_broken.map(broken),
    }
}

fn gave(trouble: Trouble) -> Gave {
    match trouble {
        Trouble::NoLength { wanted, got } => Gave::NoLength { wanted, got },
        Trouble::ImpossibleLength(length) => Gave::ImpossibleLength(length),
        Trouble::Refused(error) => Gave::Refused {
            kind: error.kind.name(),
            offset: error.offset,
        },
    }
}

fn disagreed(disputed: &Disputed) -> Disagreed {
    Disagreed {
        framing: disputed.framing,
        reader: disputed.reader.name(),
        delivery: disputed.delivery,
        kind: match disputed.disagreement {
            Disagreement::Stopped(_) => "stopped",
            Disagreement::Recv { .. } => "recv",
            Disagreement::Bytes => "bytes",
            Disagreement::Reader => "reader",
        },
    }
}
