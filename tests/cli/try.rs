//! `sticky try`: messages of one's own.

use proptest::prelude::*;

use super::sticky;

/// What `try` draws of these arguments, without times and bytes.
fn drawn(arguments: &[&str]) -> String {
    let called = sticky(&[&["try", "--no-times", "--no-hex"], arguments].concat());
    assert_eq!(
        (called.status, called.err.as_str()),
        (0, ""),
        "{arguments:?}"
    );
    called.out
}

/// The rows of the time line that tell what a recv returned, from the arrow on.
fn recvs(drawn: &str) -> Vec<&str> {
    let rows = drawn.lines().filter(|line| line.contains("recv("));
    rows.filter_map(|line| line.split_once("→ ").map(|(_, returned)| returned.trim()))
        .collect()
}

#[test]
fn a_late_reader_gets_both_words_in_one_recv() {
    let drawn = drawn(&["你好", "张三"]);
    assert_eq!(
        recvs(&drawn),
        ["12 B  你好张三", "end of stream"],
        "{drawn}"
    );
    assert!(drawn.contains("Boundary 6: lost"), "{drawn}");
    // Nothing was stated, so nothing is judged.
    assert!(!drawn.contains('✓') && !drawn.contains('✗'), "{drawn}");
}

#[test]
fn a_prompt_reader_gets_each_word_by_itself() {
    let drawn = drawn(&["hello", "world", "--reader", "prompt"]);
    assert_eq!(
        recvs(&drawn),
        ["5 B  hello", "5 B  world", "end of stream"],
        "{drawn}"
    );
}

#[test]
fn an_exact_reader_decodes_what_was_framed() {
    for framing in ["i32-be", "digits-2", "line", "netstring"] {
        let drawn = drawn(&[
            "hello",
            "",
            "world",
            "--framing",
            framing,
            "--reader",
            "exact",
        ]);
        assert!(
            drawn.contains("hello") && drawn.contains("world"),
            "{drawn}"
        );
        assert!(drawn.contains("3 messages"), "{drawn}");
        assert!(!drawn.contains("lost in"), "{drawn}");
    }
}

#[test]
fn framing_alone_does_not_help_a_plain_reader() {
    let drawn = drawn(&["hello", "world", "--framing", "digits-2"]);
    assert_eq!(
        recvs(&drawn),
        ["14 B  05hello05world", "end of stream"],
        "{drawn}"
    );
}

#[test]
fn datagrams_keep_their_boundaries_and_lose_what_has_no_room() {
    let whole = drawn(&["hello", "world", "--udp"]);
    assert_eq!(recvs(&whole), ["5 B  hello", "5 B  world"], "{whole}");
    let cut = drawn(&["hello", "world", "--udp", "--recv", "4"]);
    assert_eq!(recvs(&cut)[0], "4 B, 1 B cut off  hell", "{cut}");
    assert_eq!(recvs(&cut)[1], "4 B, 1 B cut off  worl", "{cut}");
}

#[test]
fn a_small_recv_cuts_and_every_way_to_say_a_message_keeps_its_place() {
    let drawn = drawn(&[
        "--size", "3", "xy", "--hex", "7a 7a", "--recv", "4", "--unix",
    ]);
    assert_eq!(
        recvs(&drawn),
        ["4 B  aaax", "3 B  yzz", "end of stream"],
        "{drawn}"
    );
}

#[test]
fn messages_are_repeated_paused_between_and_sent_by_either_side() {
    let drawn = drawn(&["ab", "--repeat", "3", "--pause", "1ms", "--from", "client"]);
    assert_eq!(recvs(&drawn), ["6 B  ababab", "end of stream"], "{drawn}");
    assert!(drawn.contains("client → server"), "{drawn}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_cork_merges_at_the_sender() {
    let drawn = drawn(&["hello", "world", "--cork"]);
    assert!(drawn.contains("1 segment,"), "{drawn}");
    assert!(drawn.contains("Boundary 5: lost by the sender"), "{drawn}");
}

#[test]
fn what_makes_no_sense_is_refused_with_the_reason_and_the_remedy() {
    let refused: &[&[&str]] = &[
        &[],
        &["a", "--udp", "--unix"],
        &["a", "--udp", "--nodelay"],
        &["a", "--unix", "--cork"],
        &["a", "--udp", "--from", "server"],
        &["a", "--udp", "--reader", "exact", "--framing", "line"],
        &["a", "--reader", "exact"],
        &["a", "--reader", "exact", "--framing", "raw"],
        &["a", "--reader", "exact", "--framing", "line", "--recv", "3"],
        &["a", "b", "--reader", "prompt", "--cork"],
        &["a", "--pause", "1ms"],
        &["a", "b", "--pause", "5s"],
        &["a", "b", "--pause", "10ms", "--deadline", "10ms"],
        &["a\nb", "--framing", "line"],
        &["a", "--framing", "fixed-18"],
        &["a", "--framing", "i32"],
        &["--hex", "123"],
        &["--size", "1048577"],
        &["--size", "1048576", "--size", "1"],
        &["--size", "60001"],
        &["--size", "60001", "--reader", "prompt"],
        &["--size", "65508", "--udp"],
        &["a", "--repeat", "1001"],
        &["a", "--repeat", "201", "--udp"],
        &["--size", "5001", "--recv", "1"],
        &["a", "--recv", "0"],
        &["a", "--step", "-o", "file"],
    ];
    for arguments in refused {
        for language in ["en", "zh"] {
            let called = sticky(&[&["try", "--lang", language], *arguments].concat());
            assert_eq!(
                (called.status, called.out.as_str()),
                (2, ""),
                "{arguments:?}"
            );
            let lines: Vec<_> = called.err.lines().collect();
            assert!(lines.len() >= 2, "{arguments:?} {}", called.err);
            let remedy = ["help: ", "修正：", "--help"];
            let helps = lines
                .iter()
                .any(|line| remedy.iter().any(|mark| line.contains(mark)));
            assert!(helps, "{arguments:?} {}", called.err);
        }
    }
}

/// Any argument of `try`, sensible or not.
fn argument() -> impl Strategy<Value = Vec<String>> {
    let one = |text: &str| Just(vec![text.to_owned()]).boxed();
    let number = |name: &'static str, most: u32| {
        (0..most)
            .prop_map(move |number| vec![name.to_owned(), number.to_string()])
            .boxed()
    };
    let of = |name: &'static str, values: &'static [&'static str]| {
        prop::sample::select(values)
            .prop_map(move |value| vec![name.to_owned(), value.to_owned()])
            .boxed()
    };
    let words = any::<String>()
        .prop_map(|word| vec![word.replace('\0', "")])
        .boxed();
    prop_oneof![
        4 => words,
        1 => number("--size", 3000),
        1 => number("--recv", 40),
        1 => number("--repeat", 20),
        1 => of("--hex", &["00", "12 00 00 00", "", "zz"]),
        2 => of("--reader", &["late", "prompt", "exact", "early"]),
        2 => of("--framing", &["i32-be", "digits-2", "line", "raw", "fixed-18", "netstring", "varint"]),
        1 => of("--from", &["server", "client"]),
        1 => of("--pause", &["1us", "1ms", "0ms", "9s"]),
        1 => prop::sample::select(vec!["--udp", "--unix", "--nodelay", "--cork", "--no-hex", "--"])
            .prop_flat_map(one),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    /// Whatever is typed ends in a picture or in a clear refusal.
    #[test]
    fn any_arguments_end_in_a_picture_or_a_refusal(
        arguments in prop::collection::vec(argument(), 0..6)
    ) {
        let arguments: Vec<_> = arguments.concat();
        let mut all = vec!["try"];
        all.extend(arguments.iter().map(String::as_str));
        let called = sticky(&all);
        match called.status {
            // It drew, and nothing of it waited in vain.
            0 => prop_assert!(called.out.contains("┣") || called.out.contains("send"), "{}", called.out),
            2 => prop_assert!(!called.err.is_empty() && called.out.is_empty(), "{}", called.err),
            status => prop_assert!(false, "{status}: {}{}", called.out, called.err),
        }
        prop_assert!(!called.out.contains("gave up"), "{arguments:?} {}", called.out);
    }
}

/// What `check --accept` writes belongs to its own file, also where another is named twice.
#[test]
fn what_came_is_written_into_the_file_it_came_of() {
    let folder = tempfile::tempdir().unwrap();
    let saved = |name: &str, word: &str| {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        let steps = format!(
            "[server]\nsteps = [{{ send = \"{word}\" }}]\n\
             [client]\nsteps = [{{ wait = {{ queued = 4 }} }}, {{ recv-until-end = 9 }}]\n"
        );
        std::fs::write(&path, steps).unwrap();
        path
    };
    let (rain, wind) = (saved("rain.toml", "rain"), saved("wind.toml", "wind"));
    let called = sticky(&["check", "--accept", &rain, &rain, &wind]);
    assert_eq!(called.status, 0, "{called:?}");
    for (path, word) in [(&rain, "rain"), (&wind, "wind")] {
        let text = std::fs::read_to_string(path).unwrap();
        let states =
            format!("[expect.client]\nrecv = [{{ bytes = 4, text = \"{word}\" }}, \"end\"]");
        assert!(text.contains(&states), "{text}");
        let checked = sticky(&["check", path]);
        assert_eq!(checked.status, 0, "{checked:?}");
    }
}
