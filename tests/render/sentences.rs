//! Properties of every sentence.

use sticky_packet::analysis::{
    BoundaryFate, Difference, DifferenceKind, GotRecv, MessageFate, Skipped,
};
use sticky_packet::framing::ErrorKind;
use sticky_packet::language::Language;
use sticky_packet::render::{escape, words};
use sticky_packet::scenario::{
    Amount, Count, ExpectedFate, ExpectedMessage, Fault, LengthError, Payload, Place, Returned,
    Side, SystemFault,
};
use sticky_packet::trace::{Stop, StopReason};

const HOSTILE: &str = "\x1b[2J\u{202e}\u{9b}\n";

fn reasons() -> Vec<StopReason> {
    let text = || HOSTILE.to_owned();
    vec![
        StopReason::Deadline {
            waited_for: text(),
            there: Some(18),
            milliseconds: 5_000,
        },
        StopReason::Impossible {
            waited_for: text(),
            there: None,
        },
        StopReason::Fault {
            step: text(),
            fault: Fault::System(SystemFault::ConnectionReset),
            message: text(),
        },
        StopReason::NoFault {
            step: text(),
            expected: Fault::Length(LengthError::NotANumber),
        },
        StopReason::Panic(text()),
        StopReason::Unsupported(text()),
    ]
}

/// Every kind of difference, also those where nothing was stated or nothing came.
fn kinds() -> Vec<DifferenceKind> {
    let hostile = HOSTILE.as_bytes().to_vec();
    let range = Amount {
        least: 1,
        most: 1024,
    };
    let open = Amount {
        least: 1,
        most: u64::MAX,
    };
    let data = Returned::Data {
        bytes: Amount::exactly(30),
        content: Some(Payload::Text(HOSTILE.to_owned())),
    };
    let mut kinds: Vec<DifferenceKind> = reasons()
        .into_iter()
        .map(|reason| DifferenceKind::Stopped {
            reason,
            other_last: Some(HOSTILE.to_owned()),
        })
        .collect();
    for wanted in [None, Some(data), Some(Returned::End)] {
        for got in [
            None,
            Some(GotRecv::Data(hostile.as_slice().into())),
            Some(GotRecv::End),
        ] {
            kinds.push(DifferenceKind::Recv {
                number: 1_000,
                wanted: wanted.clone(),
                got,
            });
        }
    }
    kinds.extend(counts());
    for wanted in [None, Some(range), Some(open)] {
        let (number, got) = (1, wanted.is_none().then_some(7));
        kinds.push(DifferenceKind::Segment {
            number,
            wanted,
            got,
        });
        kinds.push(DifferenceKind::Queued {
            number,
            wanted,
            got,
        });
    }
    kinds.extend([
        DifferenceKind::Total {
            wanted: open,
            got: 0,
        },
        DifferenceKind::Boundary {
            at: 18,
            wanted: ExpectedFate::Coalesced(Some(Place::BySender)),
            got: Some(BoundaryFate::Coalesced {
                recv: 0,
                place: Some(Place::InReceiveQueue),
            }),
        },
        DifferenceKind::Message {
            number: 1,
            wanted: Some(ExpectedMessage::Whole),
            got: Some(MessageFate::Truncated(5)),
        },
        DifferenceKind::Decoded {
            number: 1,
            wanted: Some(Payload::Random {
                bytes: 1 << 20,
                seed: 7,
            }),
            got: Some(hostile.as_slice().into()),
        },
        DifferenceKind::Intact {
            wanted: true,
            sent: "aa".to_owned(),
            received: "bb".to_owned(),
        },
        DifferenceKind::Digest {
            wanted: "aa".to_owned(),
            got: "bb".to_owned(),
        },
    ]);
    kinds
}

/// Every kind of difference in a count.
fn counts() -> Vec<DifferenceKind> {
    let mut kinds = Vec::new();
    for wanted in [
        Count::All,
        Count::Exactly(2),
        Count::AtLeast(1),
        Count::AtMost(3),
    ] {
        kinds.extend([
            DifferenceKind::LostBoundaries {
                wanted,
                got: 1,
                of: 2,
            },
            DifferenceKind::SegmentCount {
                wanted,
                got: 4,
                at_least: true,
            },
            DifferenceKind::Retransmitted {
                wanted,
                got: 4,
                at_least: false,
            },
            DifferenceKind::Dropped { wanted, got: 4 },
        ]);
    }
    kinds
}

/// Every sentence there is, in one language.
fn sentences(language: Language) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for kind in kinds() {
        let side = Side::Client;
        all.extend(words::difference(language, &Difference { side, kind }));
    }
    for reason in reasons() {
        let stop = Stop {
            side: Side::Server,
            step: Some(sticky_packet::scenario::StepId(2)),
            reason,
            other_last: Some(HOSTILE.to_owned()),
        };
        all.extend(words::stop(language, &stop));
    }
    all.extend(faults().map(|fault| words::fault(language, fault)));
    for side in Side::BOTH {
        let skipped = [
            Skipped::Segments(side),
            Skipped::Place(side),
            Skipped::Queued(side),
            Skipped::Retransmitted(side),
            Skipped::Dropped(side),
            Skipped::Alike(side),
            Skipped::Part(side),
        ];
        all.extend(skipped.map(|skipped| words::skipped(language, skipped)));
    }
    all
}

#[test]
fn every_sentence_is_one_safe_line_in_its_own_language() {
    let chinese = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    for sentence in sentences(Language::English) {
        assert!(sentence.is_ascii(), "{sentence}");
        assert!(!sentence.contains(char::is_control), "{sentence:?}");
        assert!(!sentence.trim().is_empty());
    }
    for sentence in sentences(Language::Chinese) {
        assert!(
            !sentence.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{sentence:?}"
        );
        assert!(sentence.contains(chinese), "{sentence}");
        let words = latin_words(&sentence);
        assert!(words.is_empty(), "{words:?}: {sentence}");
    }
}

/// What a Chinese sentence may say in Latin letters beside the names of faults: calls,
/// units, a digest and its name (the digests here are `aa` and `bb`), the keys of a made-up
/// payload, and ourselves.
const LATIN: [&str; 9] = [
    "recv", "B", "ms", "sha", "aa", "bb", "random", "seed", "sticky",
];

/// The runs of Latin letters in a Chinese sentence that should not be there. What came from
/// a payload or a script is not counted, and neither is the name of a fault.
fn latin_words(sentence: &str) -> Vec<String> {
    let mut own = sentence.replace(&escape::text(HOSTILE), "");
    let mut names: Vec<String> = faults().map(Fault::name).collect();
    // A name that is the beginning of another comes behind it.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names {
        own = own.replace(&name, "");
    }
    own.split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty() && !LATIN.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Every fault that has a name.
fn faults() -> impl Iterator<Item = Fault> {
    let system = SystemFault::NAMED.into_iter().map(Fault::System);
    let framing = ErrorKind::ALL.into_iter().map(Fault::Framing);
    let length = LengthError::ALL.into_iter().map(Fault::Length);
    system.chain(framing).chain(length)
}

#[test]
fn a_difference_says_what_was_stated_beside_what_came() {
    let difference = Difference {
        side: Side::Client,
        kind: DifferenceKind::Recv {
            number: 1,
            wanted: Some(Returned::Data {
                bytes: Amount::exactly(30),
                content: Some(Payload::Text("下了一天的雨适合发呆".to_owned())),
            }),
            got: Some(GotRecv::Data("下了一天的雨".as_bytes().into())),
        },
    };
    assert_eq!(
        words::difference(Language::English, &difference),
        [
            "client: recv 1",
            "stated: 30 B  下了一天的雨适合发呆",
            "came:   18 B  下了一天的雨",
        ]
    );
    assert_eq!(
        words::difference(Language::Chinese, &difference),
        [
            "客户端：recv 1",
            "预期：30 B  下了一天的雨适合发呆",
            "实际：18 B  下了一天的雨",
        ]
    );
}

/// A fault is told in the language asked for, never in the system's own words, which are English.
#[test]
fn a_fault_is_told_without_the_words_of_the_system() {
    let told = |fault, language| {
        let reason = StopReason::Fault {
            step: "bind = \"any\"".to_owned(),
            fault,
            message: "Strange (os error 22)".to_owned(),
        };
        words::stop_reason(language, &reason)
    };
    // 101 is ENETUNREACH on Linux; 999 is no error of any system.
    let others = [SystemFault::Other(101), SystemFault::Other(999)];
    for named in SystemFault::NAMED.into_iter().chain(others) {
        for language in [Language::English, Language::Chinese] {
            let told = told(Fault::System(named), language);
            assert!(told.contains(&named.name()), "{told}");
            assert!(!told.contains("os error"), "{told}");
        }
    }
    if cfg!(target_os = "linux") {
        let unreachable = Fault::System(SystemFault::Other(101));
        let english = told(unreachable, Language::English);
        assert!(english.contains("ENETUNREACH"), "{english}");
        let chinese = told(unreachable, Language::Chinese);
        assert!(chinese.contains("ENETUNREACH（网络不可达）"), "{chinese}");
    }
    let unknown = told(Fault::System(SystemFault::Other(999)), Language::Chinese);
    assert!(unknown.contains("E999（系统错误）"), "{unknown}");
}
