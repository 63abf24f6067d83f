//! Tests the quiz: its questions follow from the seed, and the replays that answer them come out
//! the same every time, as a model in this file predicts.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::io::{self, Write};

use sticky_packet::analysis::analyse;
use sticky_packet::laboratory::Reader;
use sticky_packet::laboratory::confirmation::Disagreement;
use sticky_packet::laboratory::quiz::{
    Answer, Asks, Cut, Exchange, Origin, Question, Subject, Void, Wish, plan,
};
use sticky_packet::language::Language;
use sticky_packet::render::text::{Style, quiz};
use sticky_packet::replay::Stage;
use sticky_packet::scenario::read::read;
use sticky_packet::scenario::{
    Action, Amount, Condition, ExpectedMessage, Place, Receiving, RecvLength, Returned, Scenario,
    ScriptStep, Side, Transport, catalogue,
};
use sticky_packet::trace::{Evidence, StopReason, Trace};

fn wish(count: usize, seed: u64) -> Wish<'static> {
    Wish {
        count,
        chapter: None,
        seed,
        tells_place: cfg!(target_os = "linux"),
    }
}

fn exchange(question: &Question) -> Option<&Exchange> {
    match &question.subject {
        Subject::Exchange(exchange) => Some(exchange),
        Subject::Cut(_) => None,
    }
}

fn cut(question: &Question) -> Option<&Cut> {
    match &question.subject {
        Subject::Exchange(_) => None,
        Subject::Cut(cut) => Some(cut),
    }
}

/// The right answer, and where to read on.
fn truth(question: &Question, stage: &mut Stage) -> Result<(Answer, String), Void> {
    match &question.subject {
        Subject::Exchange(exchange) => {
            let trace = stage.replay(&exchange.scenario);
            let analysis = analyse(&trace);
            let (part, seen) = (&trace.parts[0], &analysis.parts[0]);
            let reading = exchange.reading(part, seen).to_owned();
            Ok((exchange.truth(part, seen)?, reading))
        }
        Subject::Cut(cut) => {
            let truth = cut.truth(&replays(cut, stage))?;
            let reading = cut.reading(&truth).to_owned();
            Ok((truth, reading))
        }
    }
}

fn replays(cut: &Cut, stage: &mut Stage) -> Vec<(Reader, Trace)> {
    cut.readers()
        .map(|reader| (reader, stage.replay(&cut.scenario(reader))))
        .collect()
}

/// What the recvs of a made-up exchange return, computed from the two scripts alone: on a stream
/// the queued bytes, at most as many as asked for; otherwise datagram by datagram.
fn recvs(exchange: &Exchange) -> Vec<u64> {
    let part = exchange.part().unwrap();
    let mut sizes = Vec::new();
    for step in &part.script(exchange.receiver.other()).steps {
        if let Action::Send(send) = &step.action {
            let payload = send.payload.bytes().unwrap();
            let mut frame = Vec::new();
            match send.framing {
                Some(framing) => {
                    framing.encode(&payload, &mut frame).unwrap();
                }
                None => frame.extend(payload.iter()),
            }
            sizes.push(frame.len() as u64);
        }
    }
    let mut datagrams = sizes.into_iter();
    let mut there = 0;
    let mut returned = Vec::new();
    for step in &part.script(exchange.receiver).steps {
        match &step.action {
            Action::Script(ScriptStep::Wait(Condition::Queued(bytes))) => there = u64::from(*bytes),
            Action::Receive(Receiving::Recv(recv)) => {
                let RecvLength::Bytes(asked) = recv.length else {
                    panic!("{step:?}");
                };
                if part.transport.keeps_boundaries() {
                    there = datagrams.next().unwrap();
                }
                let got = there.min(u64::from(asked));
                there -= got;
                returned.extend((got > 0).then_some(got));
            }
            Action::Script(ScriptStep::Wait(_) | ScriptStep::Reach(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    returned
}

/// The readers that survive a cut, computed from its position alone.
fn survivors(cut: &Cut) -> Vec<Reader> {
    let frames = &cut.stream.frames;
    let inner: Vec<usize> = frames[1..].iter().map(|frame| frame.place.start).collect();
    let ends = frames.iter().flat_map(|frame| {
        let header = frame.place.header();
        [header.start, header.end]
    });
    let ends: BTreeSet<usize> = ends.collect();
    let survives = |reader: &Reader| match reader {
        Reader::Naive => cut.cuts == inner,
        Reader::AsInTheSource => cut.cuts.iter().all(|at| ends.contains(at)),
        Reader::Exact => true,
    };
    cut.readers().filter(survives).collect()
}

/// The framings that a case teaches; empty if it is about streams with any framing.
fn framings_of(case: &str) -> &'static [&'static str] {
    if case.starts_with("fixes/1-") {
        &["digits-2"]
    } else if case.starts_with("fixes/2-") {
        &["digits-8"]
    } else if case.starts_with("fixes/3-") || case == "partial/split-header" {
        &["u8", "i32-le"]
    } else {
        &[]
    }
}

fn style(language: Language) -> Style {
    Style {
        language,
        width: 400,
        ascii: false,
        color: false,
        times: false,
        hex: false,
        full: false,
    }
}

/// What `draw` writes, in this language.
fn drawn(
    language: Language,
    draw: impl FnOnce(&Style, &mut dyn Write) -> io::Result<()>,
) -> String {
    let mut out = Vec::new();
    draw(&style(language), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_hint_speaks_of_headers_only_where_the_framing_has_them() {
    let mut seen = BTreeSet::new();
    for seed in 0..40 {
        for question in plan(&[], wish(8, seed)) {
            let Some(cut) = cut(&question) else { continue };
            let framing = cut.stream.framing.to_string();
            for (language, header, delimiter) in [
                (Language::English, "header", "delimiter"),
                (Language::Chinese, "头部", "分隔符"),
            ] {
                let hint = drawn(language, |style, out| {
                    quiz::draw_hint(&question, style, out)
                });
                let is_line = framing == "line";
                assert_eq!(hint.contains(header), !is_line, "{framing}: {hint}");
                assert_eq!(hint.contains(delimiter), is_line, "{framing}: {hint}");
            }
            seen.insert(framing);
        }
    }
    assert!(seen.len() >= 5, "{seen:?}");
}

#[test]
fn a_choice_says_that_a_reader_takes_a_frame_and_makes_its_payload_the_message() {
    let questions = (0..40).flat_map(|seed| plan(&[], wish(8, seed)));
    let question = questions.into_iter().find(|it| cut(it).is_some()).unwrap();
    for (language, wanted) in [
        (
            Language::English,
            "naive: takes what one recv returns for exactly one frame, and the payload in it for the message",
        ),
        (
            Language::Chinese,
            "想当然：把一次 recv 返回的内容当作恰好一帧，取出其中的负载作为消息",
        ),
    ] {
        let asked = drawn(language, |style, out| {
            quiz::draw_question(&question, 1, 1, style, out)
        });
        assert!(asked.contains(wanted), "{asked}");
    }
}

#[test]
fn what_one_recv_returns_of_a_seqpacket_is_a_record_from_the_question_to_the_reason() {
    let mut stage = Stage::new();
    let mut seen = BTreeSet::new();
    for case in catalogue::all().unwrap() {
        for question in plan(&[case], wish(20, 1)) {
            let Some(exchange) = exchange(&question) else {
                continue;
            };
            let transport = exchange.part().unwrap().transport;
            if transport != Transport::UnixSeqpacket || exchange.origin == Origin::Random {
                continue;
            }
            let trace = stage.replay(&exchange.scenario);
            let analysis = analyse(&trace);
            for (language, record, datagram) in [
                (Language::English, "record", "datagram"),
                (Language::Chinese, "记录", "数据报"),
            ] {
                let hint = drawn(language, |style, out| {
                    quiz::draw_hint(&question, style, out)
                });
                let told = drawn(language, |style, out| {
                    quiz::draw_question(&question, 1, 1, style, out)?;
                    let (part, seen) = (&trace.parts[0], &analysis.parts[0]);
                    quiz::draw_reasons(&question, None, part, seen, style, out)
                });
                if !matches!(exchange.asks, Asks::Boundary(_)) {
                    assert!(hint.contains(record), "{hint}");
                }
                for text in [hint, told] {
                    assert!(!text.contains(datagram), "{text}");
                }
            }
            seen.insert(format!("{:?}", exchange.asks));
        }
    }
    assert!(seen.contains("Recvs"), "{seen:?}");
}

#[test]
fn an_answer_is_told_with_commas_and_with_blanks_where_they_belong() {
    let cases = catalogue::all().unwrap();
    let questions = plan(&cases, wish(12, 1));
    let verdict = |question, said: Answer, truth: Answer| {
        drawn(Language::Chinese, |style, out| {
            quiz::draw_verdict(question, Some(&said), &truth, style, out)
        })
    };
    let stream = questions.iter().find(|it| exchange(it).is_some()).unwrap();
    let recvs = |sizes: &[u64]| Answer::Recvs(sizes.to_vec());
    assert_eq!(
        verdict(stream, recvs(&[]), recvs(&[65_507, 1000])),
        "\n✗ 不对：你答的是无；实际是 65,507 + 1,000 B\n"
    );
    let readers = questions.iter().find(|it| cut(it).is_some()).unwrap();
    let [said, truth] = [Reader::AsInTheSource, Reader::Exact].map(|it| Answer::Readers(vec![it]));
    let told = verdict(readers, said, truth);
    assert!(told.contains("你选的是如笔记；实际是"), "{told}");
    assert!(!told.contains("是 "), "{told}");
    let asked = drawn(Language::English, |style, out| {
        quiz::draw_question(readers, 1, 1, style, out)
    });
    assert!(
        asked.contains("one of the readers below, for the framing "),
        "{asked}"
    );
}

#[test]
fn of_a_stream_nothing_is_said_to_be_lost_that_was_only_not_read() {
    let [english, chinese] = [Language::English, Language::Chinese];
    let mut stage = Stage::new();
    let (mut streams, mut datagrams) = (0, 0);
    for case in catalogue::embedded() {
        // These take a fifth of a second each.
        if case.name.starts_with("loss/") {
            continue;
        }
        let case = catalogue::select(&[case.name]).unwrap();
        for question in plan(&case, wish(40, 1)) {
            let Some(exchange) = exchange(&question) else {
                continue;
            };
            let Asks::Message(_) = exchange.asks else {
                continue;
            };
            let is_stream = !exchange.part().unwrap().transport.keeps_boundaries();
            let asked = [english, chinese].map(|language| {
                drawn(language, |style, out| {
                    quiz::draw_question(&question, 1, 1, style, out)
                })
            });
            assert_eq!(asked[0].contains("not received whole: "), is_stream);
            assert_eq!(asked[1].contains("没有收完整："), is_stream);
            assert_eq!(asked[0].contains(" lost: no recv"), !is_stream);
            assert_eq!(asked[1].contains("丢失：没有哪次"), !is_stream);
            let trace = stage.replay(&exchange.scenario);
            let analysis = analyse(&trace);
            let (part, seen) = (&trace.parts[0], &analysis.parts[0]);
            let Ok(truth @ Answer::Message(ExpectedMessage::Lost)) = exchange.truth(part, seen)
            else {
                continue;
            };
            for language in [english, chinese] {
                let told = drawn(language, |style, out| {
                    quiz::draw_verdict(&question, None, &truth, style, out)?;
                    quiz::draw_reasons(&question, None, part, seen, style, out)
                });
                let named = language.pick("not received whole", "没有收完整");
                assert_eq!(told.contains(named), is_stream, "{told}");
                let reason = language.pick(
                    ["No recv returned a byte of #", "The recvs returned "],
                    ["没有哪次 recv 返回过其中的字节", "各次 recv 只返回了其中的"],
                );
                assert!(reason.iter().any(|reason| told.contains(reason)), "{told}");
            }
            *if is_stream {
                &mut streams
            } else {
                &mut datagrams
            } += 1;
        }
    }
    assert!(streams >= 1, "{streams} {datagrams}");
}

#[test]
fn every_made_up_question_has_the_same_answer_every_time_and_the_one_of_the_model() {
    let names: BTreeSet<_> = catalogue::embedded()
        .into_iter()
        .map(|case| case.name)
        .collect();
    let mut stage = Stage::new();
    let mut answers = BTreeSet::new();
    for seed in 0..250 {
        let questions = plan(&[], wish(8, seed));
        assert_eq!(questions.len(), 8, "seed {seed}");
        for question in &questions {
            let first = truth(question, &mut stage);
            let first = first.unwrap_or_else(|void| panic!("seed {seed}: {void:?} {question:#?}"));
            let again = truth(question, &mut stage);
            assert_eq!(again.as_ref(), Ok(&first), "seed {seed}");
            let (answer, reading) = first;
            assert!(names.contains(&reading), "no such case: {reading}");
            if let Some(cut) = cut(question) {
                let framings = framings_of(&reading);
                let framing = cut.stream.framing.to_string();
                assert!(
                    framings.is_empty() || framings.contains(&framing.as_str()),
                    "{framing}: {reading}"
                );
            }
            match (&answer, &question.subject) {
                (Answer::Recvs(got), Subject::Exchange(exchange)) => {
                    assert_eq!(*got, recvs(exchange), "seed {seed}: {question:#?}");
                }
                (Answer::Readers(got), Subject::Cut(cut)) => {
                    assert_eq!(*got, survivors(cut), "seed {seed}: {question:#?}");
                }
                _ => {}
            }
            answers.insert(format!("{answer:?}"));
        }
    }
    // Every kind of answer occurs, so none can be guessed from its kind.
    let mut wanted = vec![
        "Message(Whole)",
        "Message(Coalesced)",
        "Message(InPieces)",
        "Message(Truncated)",
        "Readers([Exact])",
        "Readers([Naive, Exact])",
        "Readers([AsInTheSource, Exact])",
        "Readers([Naive, AsInTheSource, Exact])",
    ];
    if cfg!(target_os = "linux") {
        wanted.extend([
            "Boundary(None)",
            "Boundary(Some(InReceiveQueue))",
            "Boundary(Some(BySender))",
        ]);
    }
    for wanted in wanted {
        assert!(answers.contains(wanted), "{wanted} never: {answers:#?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn every_question_of_the_catalogue_has_the_same_answer_every_time() {
    let cases = catalogue::all().unwrap();
    let mut stage = Stage::new();
    for chapter in catalogue::CHAPTERS {
        let of_chapter = Wish {
            chapter: Some(chapter),
            ..wish(100, 1)
        };
        let questions = plan(&cases, of_chapter);
        assert!(questions.len() >= 3, "{chapter}: {}", questions.len());
        for question in &questions {
            let first = truth(question, &mut stage);
            let name = exchange(question).map(|exchange| &exchange.scenario.name);
            assert!(first.is_ok(), "{name:?}: {first:?}");
            assert_eq!(first, truth(question, &mut stage), "{name:?}");
            let own = exchange(question)
                .filter(|it| it.origin == Origin::Catalogue)
                .map(|it| it.scenario.name.as_str());
            assert!(own.is_none_or(|name| name.starts_with(chapter)), "{own:?}");
        }
    }
}

#[test]
fn a_seed_gives_the_same_questions_from_easy_to_hard_and_none_twice() {
    let cases = catalogue::all().unwrap();
    for seed in 0..40 {
        let questions = plan(&cases, wish(12, seed));
        assert_eq!(questions.len(), 12);
        assert_eq!(questions, plan(&cases, wish(12, seed)));
        assert_ne!(questions, plan(&cases, wish(12, seed + 1)));
        assert!(matches!(questions[0].subject, Subject::Exchange(_)));
        assert!(questions[1..].is_sorted_by_key(|question| question.difficulty));
        assert!(questions[0].difficulty < questions[11].difficulty);
        for (index, question) in questions.iter().enumerate() {
            assert!(!questions[..index].contains(question), "seed {seed}");
        }
        // From the catalogue, made up, and cut: each has its share.
        let origin = |wanted: Origin| {
            let all = questions.iter().filter_map(exchange);
            all.filter(|exchange| exchange.origin == wanted).count()
        };
        assert_eq!(origin(Origin::Catalogue), 6, "seed {seed}");
        assert_eq!(origin(Origin::Random), 4, "seed {seed}");
        assert_eq!(questions.iter().filter_map(cut).count(), 2, "seed {seed}");
        let named: Vec<_> = questions
            .iter()
            .filter_map(exchange)
            .filter(|exchange| exchange.origin == Origin::Catalogue)
            .map(|exchange| &exchange.scenario.name)
            .collect();
        assert_eq!(named.iter().collect::<BTreeSet<_>>().len(), named.len());
    }
}

#[test]
fn where_no_place_is_told_none_is_asked_for() {
    let cases = catalogue::all().unwrap();
    let asks = |tells_place| -> Vec<_> {
        let questions = (0..40).flat_map(|seed| {
            let wish = Wish {
                tells_place,
                ..wish(12, seed)
            };
            plan(&cases, wish)
        });
        let exchanges: Vec<_> = questions.collect();
        exchanges
            .iter()
            .filter_map(exchange)
            .map(|it| it.asks)
            .collect()
    };
    let is_place = |asks: &Asks| matches!(asks, Asks::Boundary(_));
    assert!(asks(true).iter().any(is_place));
    assert!(!asks(false).iter().any(is_place));
}

/// A question about one part of a case.
fn of_case(name: &str, part: usize, receiver: Side, asks: Asks) -> Exchange {
    let case = catalogue::select(&[name.to_owned()]).unwrap().remove(0);
    Exchange {
        scenario: Scenario {
            parts: vec![case.parts[part].clone()],
            ..case
        },
        origin: Origin::Catalogue,
        receiver,
        asks,
    }
}

fn replayed(exchange: &Exchange, stage: &mut Stage) -> Result<Answer, Void> {
    let trace = stage.replay(&exchange.scenario);
    exchange.truth(&trace.parts[0], &analyse(&trace).parts[0])
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_notes_and_the_kernel_say_is_what_comes_out() {
    use ExpectedMessage::{Coalesced, InPieces, Truncated, Whole};
    use Side::{Client, Server};
    let mut stage = Stage::new();
    for (name, part, receiver, asks, wanted) in [
        (
            "sticky/back-to-back",
            0,
            Client,
            Asks::Recvs,
            Answer::Recvs(vec![30]),
        ),
        (
            "sticky/back-to-back",
            0,
            Client,
            Asks::Boundary(18),
            Answer::Boundary(Some(Place::InReceiveQueue)),
        ),
        (
            "sticky/cork",
            0,
            Client,
            Asks::Boundary(18),
            Answer::Boundary(Some(Place::BySender)),
        ),
        (
            "sticky/back-to-back",
            0,
            Client,
            Asks::Message(1),
            Answer::Message(Coalesced),
        ),
        (
            "compare/boundaries",
            0,
            Server,
            Asks::Recvs,
            Answer::Recvs(vec![30]),
        ),
        (
            "compare/boundaries",
            1,
            Server,
            Asks::Recvs,
            Answer::Recvs(vec![18, 12]),
        ),
        (
            "compare/boundaries",
            1,
            Server,
            Asks::Boundary(18),
            Answer::Boundary(None),
        ),
        (
            "partial/short-read",
            0,
            Client,
            Asks::Recvs,
            Answer::Recvs(vec![7, 11]),
        ),
        (
            "partial/short-read",
            0,
            Client,
            Asks::Message(0),
            Answer::Message(InPieces),
        ),
        (
            "udp/truncation",
            0,
            Server,
            Asks::Recvs,
            Answer::Recvs(vec![10, 12]),
        ),
        (
            "udp/truncation",
            0,
            Server,
            Asks::Message(0),
            Answer::Message(Truncated),
        ),
        (
            "udp/truncation",
            0,
            Server,
            Asks::Message(1),
            Answer::Message(Whole),
        ),
    ] {
        let question = of_case(name, part, receiver, asks);
        assert_eq!(
            replayed(&question, &mut stage),
            Ok(wanted),
            "{name} {asks:?}"
        );
    }
}

#[test]
fn a_replay_that_says_nothing_is_no_answer() {
    let mut stage = Stage::new();
    let good = of_case("sticky/back-to-back", 0, Side::Client, Asks::Recvs);

    let mut other = good.clone();
    let part = &mut other.scenario.parts[0];
    part.expect.as_mut().unwrap().client.recv = Some(vec![Returned::Data {
        bytes: Amount::exactly(29),
        content: None,
    }]);
    assert_eq!(replayed(&other, &mut stage), Err(Void::NotAsExpected));

    let mut stuck = good.clone();
    let part = &mut stuck.scenario.parts[0];
    part.deadline = std::time::Duration::from_millis(20);
    part.client.steps[0].action = Action::Script(ScriptStep::Wait(Condition::Queued(31)));
    let void = replayed(&stuck, &mut stage);
    assert!(matches!(void, Err(Void::Stopped(_))), "{void:?}");

    // If the kernel reported nothing, it is not known where the boundary was lost.
    let place = Exchange {
        asks: Asks::Boundary(18),
        ..good.clone()
    };
    let mut trace = stage.replay(&good.scenario);
    for flow in &mut trace.parts[0].flows {
        flow.evidence = Evidence::default();
    }
    let blind = place.truth(&trace.parts[0], &analyse(&trace).parts[0]);
    assert_eq!(blind, Err(Void::NotTold));
    for asks in [Asks::Boundary(17), Asks::Message(2)] {
        let question = Exchange {
            asks,
            ..good.clone()
        };
        assert_eq!(replayed(&question, &mut stage), Err(Void::NotTold));
    }
}

#[test]
fn a_cut_that_sockets_and_memory_see_differently_is_no_answer() {
    let mut stage = Stage::new();
    let questions = plan(&[], wish(8, 1));
    let cut = questions.iter().find_map(cut).unwrap();
    let replays = replays(cut, &mut stage);
    assert_eq!(cut.truth(&replays), Ok(Answer::Readers(survivors(cut))));

    let mut other = replays.clone();
    other[0].1.parts[0].flows[0].received[0] ^= 1;
    let void = cut.truth(&other);
    let wanted = Void::Disagreement(replays[0].0, Disagreement::Bytes);
    assert_eq!(void, Err(wanted));

    let mut stopped = replays.clone();
    let reason = StopReason::Unsupported("test".to_owned());
    stopped[0].1.parts[0].stop = Some(sticky_packet::trace::Stop {
        side: Side::Server,
        step: None,
        reason: reason.clone(),
        other_last: None,
    });
    assert_eq!(cut.truth(&stopped), Err(Void::Stopped(reason)));
}

/// In half a page: the payload behind a header is shown, in a line of its own; and a send
/// that is going to be refused shows what it asks for.
#[test]
fn a_send_shows_what_it_asks_for() {
    let text = r#"
about = "TCP黏包解决方式"
[title]
en = "Own"
zh = "自己的"
[lesson]
en = "Nothing."
zh = "无。"
[expect.client]
total = 22
[server]
steps = [
  { send = "出门走走好吗", framing = "i32-be" },
  { send = "rain", framing = "fixed-3", fails = "does-not-fit" },
  { send = { length-of = 4000000000, as = "i32-le" }, fails = "length-does-not-fit" },
]
[client]
steps = [{ recv = 1024 }]
"#;
    let question = Question {
        subject: Subject::Exchange(Box::new(Exchange {
            scenario: read("own", "own", text.as_bytes()).unwrap(),
            origin: Origin::Random,
            receiver: Side::Client,
            asks: Asks::Recvs,
        })),
        difficulty: 1,
    };
    for language in [Language::English, Language::Chinese] {
        let style = Style {
            width: 80,
            ..style(language)
        };
        let mut out = Vec::new();
        quiz::draw_question(&question, 1, 1, &style, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let shown: Vec<&str> = out.lines().map(str::trim).collect();
        let header = shown.iter().position(|line| line.contains("22 B")).unwrap();
        assert!(shown[header + 1].starts_with("00 00 00 12"), "{out}");
        assert!(shown[header + 1].ends_with("出门走走好吗"), "{out}");
        assert!(
            shown
                .iter()
                .any(|line| line.contains("4 B") && line.contains("rain")),
            "{out}"
        );
        assert!(out.contains("4,000,000,000"), "{out}");
    }
}
