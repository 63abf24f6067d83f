//! Tests the claims: their file, bad files of that kind, claims whose scenario does not hold or
//! cannot be judged, and `sticky claims`.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use snapbox::{Assert, Data};
use sticky_packet::analysis::{Analysis, Outcome, analyse};
use sticky_packet::language::{Language, Text};
use sticky_packet::render::claims::{ClaimResult, ObservedPart, Summary, Witness, draw, list};
use sticky_packet::render::escape;
use sticky_packet::render::text::Style;
use sticky_packet::replay::Stage;
use sticky_packet::scenario::claims::{self, Claim, FindError, Source, Verdict, embedded, find};
use sticky_packet::scenario::read::{Problems, ReportStyle, read};
use sticky_packet::trace::{Evidence, Trace};

const BACK_TO_BACK: &str = include_str!("../scenarios/sticky/back-to-back.toml");

/// The sections of the notes that make claims about sockets.
const SECTIONS: [&str; 21] = [
    "socket用法",
    "socket用法 · SO_REUSEADDR",
    "TCP: 服务端和客户端简单的一次性通信",
    "TCP: 服务端和客户端循环通信",
    "TCP的黏包现象 · (1)",
    "TCP的黏包现象 · (2)",
    "TCP的黏包现象 · 现象一",
    "TCP的黏包现象 · 现象二",
    "TCP的黏包现象 · 总结",
    "TCP黏包解决方式 · 方式一",
    "TCP黏包解决方式 · 方式二",
    "TCP黏包解决方式三(推荐)",
    "解决黏包场景",
    "不需要解决黏包场景",
    "udp数据传输简单通信",
    "udp 数据传输循环通信",
    "tcp协议",
    "udp协议",
    "拆包和解包",
    "tcp一旦发送失败",
    "而udp一旦发送失败",
];

fn claims() -> Vec<Claim> {
    embedded().unwrap_or_else(|problems| panic!("{problems}"))
}

fn style(language: Language, width: usize) -> Style {
    Style {
        language,
        width,
        ascii: false,
        color: false,
        times: true,
        hex: true,
        full: false,
    }
}

fn drawn(told: &ClaimResult<'_>, style: &Style) -> String {
    let mut out = Vec::new();
    draw(told, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(en: &str, zh: &str) -> Text {
    Text {
        en: en.to_owned(),
        zh: zh.to_owned(),
    }
}

// ── the file ──────────────────────────────────────────────────────────────────

#[test]
fn every_section_of_the_notes_is_covered_and_no_other_is_named() {
    let claims = claims();
    let mut sections: Vec<_> = claims
        .iter()
        .filter_map(|claim| match &claim.source {
            Source::Notes(section) => Some(section.as_str()),
            Source::Elsewhere => None,
        })
        .collect();
    assert!(sections.len() >= 40, "{}", sections.len());
    // In the order of the notes, so that each section is one run.
    sections.dedup();
    assert_eq!(sections, SECTIONS);
}

#[test]
fn the_common_myths_are_there_and_marked() {
    let claims = claims();
    for name in [
        "nodelay-cures-it",
        "flush-cures-it",
        "sleep-cures-it",
        "a-larger-buffer-cures-it",
        "end-of-record-marks-it",
    ] {
        let claim = &claims[find(&claims, name).unwrap()];
        let (source, verdict) = (&claim.source, &claim.verdict);
        assert_eq!((source, verdict), (&Source::Elsewhere, &Verdict::False));
    }
}

#[test]
fn each_text_is_in_its_language_and_ends_as_a_sentence() {
    let chinese = |text: &str| text.chars().any(|c| ('\u{3000}'..'\u{a000}').contains(&c));
    for claim in claims() {
        for text in [&claim.claim, &claim.why] {
            assert!(text.en.ends_with('.') && !chinese(&text.en), "{}", text.en);
            assert!(text.zh.ends_with('。') && chinese(&text.zh), "{}", text.zh);
        }
        if let Verdict::TrueIf(condition) = &claim.verdict {
            // It continues after "if", so it is not a sentence.
            assert!(!condition.en.ends_with('.') && !chinese(&condition.en));
            assert!(!condition.zh.ends_with('。') && chinese(&condition.zh));
        }
    }
}

#[test]
fn a_claim_is_found_by_name_number_or_beginning() {
    let claims = claims();
    for (index, claim) in claims.iter().enumerate() {
        assert_eq!(find(&claims, &claim.name), Ok(index));
        assert_eq!(find(&claims, &(index + 1).to_string()), Ok(index));
    }
    let index = find(&claims, "recv-takes-n-bytes").unwrap();
    assert_eq!(find(&claims, "recv-t"), Ok(index));
    match find(&claims, "pack-") {
        Err(FindError::Ambiguous { candidates, .. }) => assert_eq!(
            candidates,
            [
                "pack-takes-any-number",
                "pack-aligns-right",
                "pack-compresses"
            ]
        ),
        other => panic!("{other:?}"),
    }
    for (got, wanted) in [
        ("nodelay-cure", None),
        ("nodelay_cures_it", Some("nodelay-cures-it")),
    ] {
        match (find(&claims, got), wanted) {
            (Ok(index), None) => assert_eq!(claims[index].name, "nodelay-cures-it"),
            (Err(FindError::Unknown { near, .. }), Some(wanted)) => assert_eq!(near[0], wanted),
            other => panic!("{other:?}"),
        }
    }
    for nothing in ["", "0", "1000", "完全不同"] {
        let unknown = find(&claims, nothing);
        assert!(
            matches!(unknown, Err(FindError::Unknown { .. })),
            "{unknown:?}"
        );
    }
}

// ── bad files ─────────────────────────────────────────────────────────────────

fn bad_files() -> Vec<PathBuf> {
    let files = fs::read_dir("tests/claims/bad").unwrap();
    let files = files.map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn problems_of(bytes: &[u8]) -> Problems {
    let known = ["partial/short-read", "partial/waitall", "sticky/cork"].map(str::to_owned);
    match claims::read("claims.toml", bytes, &known) {
        Ok(claims) => panic!("{claims:?}"),
        Err(problems) => problems,
    }
}

#[test]
fn the_report_of_each_bad_file_is_the_one_beside_it() {
    for path in bad_files() {
        let problems = problems_of(&fs::read(&path).unwrap());
        let [english, chinese] = [Language::English, Language::Chinese].map(|language| {
            problems.render(ReportStyle {
                language,
                ..ReportStyle::default()
            })
        });
        Assert::new().action_env("SNAPSHOTS").eq(
            format!("{english}\n{chinese}"),
            Data::read_from(&path.with_extension("txt"), None).raw(),
        );
    }
}

#[test]
fn bytes_that_are_no_text_end_in_a_report() {
    assert_eq!(problems_of(b"[[claim]]\nname = \"\xff\"").list().len(), 1);
    assert!(!problems_of(b"claim = 1").list().is_empty());
    assert!(!problems_of(b"[[claim]\n").list().is_empty());
}

// ── what the replays say ──────────────────────────────────────────────────────

/// A claim that `sticky/back-to-back` should confirm.
fn claim() -> Claim {
    Claim {
        name: "made-for-a-test".to_owned(),
        source: Source::Notes("TCP的黏包现象 · 现象一".to_owned()),
        claim: text(
            "Two sends can come out as one recv.",
            "两次 send 可能一次 recv 收完。",
        ),
        verdict: Verdict::TrueIf(text("the reader is late", "读得晚")),
        why: text("The queue joins what comes.", "队列把到达的连起来。"),
        scenarios: vec!["sticky/back-to-back".to_owned()],
    }
}

/// A replay of `sticky/back-to-back` with `from` replaced by `to`.
fn replayed(from: &str, to: &str) -> (Trace, Analysis) {
    assert!(BACK_TO_BACK.contains(from));
    let source = BACK_TO_BACK.replace(from, to);
    let scenario = read("sticky/back-to-back", "test.toml", source.as_bytes());
    let scenario = scenario.unwrap_or_else(|problems| panic!("{problems}"));
    let trace = Stage::new().replay(&scenario);
    let analysis = analyse(&trace);
    (trace, analysis)
}

fn told<'a>(claim: &'a Claim, witness: &'a Witness) -> ClaimResult<'a> {
    ClaimResult {
        number: 1,
        claim,
        witnesses: vec![witness],
    }
}

#[test]
fn a_claim_whose_scenario_holds_is_as_expected() {
    let (trace, analysis) = replayed("recv", "recv");
    let (claim, witness) = (claim(), Witness::of(&trace, &analysis, true));
    let told = told(&claim, &witness);
    if cfg!(target_os = "linux") {
        assert_eq!(told.outcome(), Outcome::AsExpected);
        let seen = &witness.observed[0].seen;
        assert_eq!(
            seen.en,
            "2 segments (18, 12 B), recv(1024) → 30 B, boundary 18 lost in the receive queue"
        );
        assert_eq!(
            seen.zh,
            "2 个报文段（18、12 B），recv(1024) → 30 B，边界 18 丢在接收队列"
        );
    }
}

#[test]
fn a_claim_whose_scenario_does_not_hold_is_not_confirmed() {
    let (trace, analysis) = replayed("下了一天的雨适合发呆", "下了一天的雨适合发抖");
    let (claim, witness) = (claim(), Witness::of(&trace, &analysis, true));
    let told = told(&claim, &witness);
    assert_eq!(told.outcome(), Outcome::NotConfirmed);
    for (language, no, yes) in [
        (Language::English, "✗ not confirmed", "as expected"),
        (Language::Chinese, "✗ 未证实", "与预期一致"),
    ] {
        let drawn = drawn(&told, &style(language, 80));
        assert!(drawn.contains(no) && !drawn.contains(yes), "{drawn}");
        assert!(drawn.contains("发抖"), "what was expected is told: {drawn}");
    }
    let summary = Summary::default().with(told.outcome());
    assert_eq!((summary.not_confirmed, summary.as_expected), (1, 0));
}

#[test]
fn what_cannot_be_judged_here_never_confirms() {
    let (mut trace, _) = replayed("recv", "recv");
    // As on a system whose kernel does not report segments.
    for flow in &mut trace.parts[0].flows {
        flow.evidence = Evidence::default();
    }
    let analysis = analyse(&trace);
    assert!(analysis.as_expected() && analysis.skipped() > 0);
    let (claim, witness) = (claim(), Witness::of(&trace, &analysis, true));
    let told = told(&claim, &witness);
    assert_eq!(told.outcome(), Outcome::NotCheckedHere);
    let drawn = drawn(&told, &style(Language::English, 80));
    assert!(drawn.contains("? could not be checked here"), "{drawn}");
    assert!(!drawn.contains("segment"), "{drawn}");
    let summary = Summary::default().with(told.outcome());
    assert_eq!((summary.not_checked_here, summary.as_expected), (1, 0));
    assert_eq!(
        summary.in_words(Language::English),
        "1 claim: 0 as expected, 0 not confirmed, 1 could not be checked here"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_count_that_ends_before_the_last_bytes_left_is_told_as_the_least() {
    let (mut trace, _) = replayed("recv", "recv");
    // As if the second segment had left after the kernel was last asked.
    let flow = &mut trace.parts[0].flows[0];
    let told = flow.evidence.samples().iter().copied();
    flow.evidence = Evidence::Counters(told.filter(|sample| sample.bytes <= 18).collect());
    let witness = Witness::of(&trace, &analyse(&trace), true);
    let seen = &witness.observed[0].seen;
    for (seen, wanted) in [
        (
            &seen.en,
            "2 sends (18, 12 B), at least 1 segment, recv(1024) → 30 B",
        ),
        (
            &seen.zh,
            "2 次 send（18、12 B），至少 1 个报文段，recv(1024) → 30 B",
        ),
    ] {
        assert!(seen.starts_with(wanted), "{seen}");
    }
}

#[test]
fn several_replays_say_no_more_than_the_weakest() {
    use Outcome::{AsExpected, NotCheckedHere, NotConfirmed};
    for (outcomes, together) in [
        (vec![AsExpected, AsExpected], AsExpected),
        (vec![AsExpected, NotCheckedHere], NotCheckedHere),
        (vec![NotConfirmed, NotCheckedHere, AsExpected], NotConfirmed),
        (vec![], NotCheckedHere),
    ] {
        assert_eq!(Outcome::of_all(outcomes), together);
    }
}

// ── how it looks ──────────────────────────────────────────────────────────────

/// A witness of each kind, without measurements.
fn witnesses() -> [Witness; 3] {
    let part = |part: Option<Text>, en: &str, zh: &str| ObservedPart {
        part,
        seen: text(en, zh),
    };
    let good = Witness {
        scenario: "sticky/back-to-back".to_owned(),
        outcome: Outcome::AsExpected,
        held: 9,
        skipped: 0,
        observed: vec![part(
            None,
            "2 segments (18, 12 B), recv(1024) → 30 B, boundary 18 lost in the receive queue",
            "2 个报文段（18、12 B），recv(1024) → 30 B，边界 18 丢在接收队列",
        )],
        differences: Vec::new(),
    };
    let parts = Witness {
        scenario: "compare/boundaries".to_owned(),
        outcome: Outcome::NotConfirmed,
        held: 1,
        skipped: 0,
        observed: vec![
            part(
                Some(text("TCP", "TCP")),
                "recv(1024) → 30 B",
                "recv(1024) → 30 B",
            ),
            part(
                Some(text("UDP", "UDP")),
                "recv(1024) → 18 B, recv(1024) → 12 B, 1 datagram dropped, in 10.0 µs",
                "recv(1024) → 18 B，recv(1024) → 12 B，丢弃 1 个数据报，用时 10.0 µs",
            ),
        ],
        differences: vec![text(
            "UDP: the client's recv 2 should have returned 11 B and returned 12 B",
            "UDP：客户端第 2 次 recv 应收到 11 B，实际收到 12 B",
        )],
    };
    let skipped = Witness {
        outcome: Outcome::NotCheckedHere,
        skipped: 2,
        ..good.clone()
    };
    [good, parts, skipped]
}

#[test]
fn a_claim_is_drawn_as_it_was() {
    let claim = claim();
    let [good, parts, skipped] = &witnesses();
    let all = [
        ("good", vec![good]),
        ("not-confirmed", vec![good, parts]),
        ("not-checked", vec![skipped]),
    ];
    for (name, witnesses) in all {
        let told = ClaimResult {
            number: 7,
            claim: &claim,
            witnesses,
        };
        let ascii = Style {
            ascii: true,
            ..style(Language::English, 80)
        };
        for (form, style) in [
            ("en.80", style(Language::English, 80)),
            ("zh.120", style(Language::Chinese, 120)),
            ("ascii.80", ascii),
        ] {
            let file = PathBuf::from(format!("tests/claims/snapshots/{name}.{form}.txt"));
            Assert::new()
                .action_env("SNAPSHOTS")
                .eq(drawn(&told, &style), Data::read_from(&file, None).raw());
        }
    }
}

#[test]
fn no_line_is_wider_than_the_page() {
    let [good, parts, skipped] = &witnesses();
    for (index, claim) in claims().iter().enumerate() {
        let told = ClaimResult {
            number: index + 1,
            claim,
            witnesses: vec![good, parts, skipped],
        };
        for language in [Language::English, Language::Chinese] {
            for width in [80, 93, 120] {
                for line in drawn(&told, &style(language, width)).lines() {
                    assert!(escape::width(line) <= width, "{width}: {line}");
                    assert!(
                        !line.contains('\u{a0}') && line.trim_end() == line,
                        "{line:?}"
                    );
                }
            }
        }
    }
}

// ── the command ───────────────────────────────────────────────────────────────

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sticky"));
    command.arg("claims").args(arguments).stdin(Stdio::null());
    for name in [
        "LANGUAGE",
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "NO_COLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    command
}

/// The exit status, standard output and standard error of `sticky claims`.
fn sticky(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = command(arguments).output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn all_claims_are_told_in_order_with_a_summary() {
    let claims = claims();
    for (language, verdicts) in [
        ("en", ["TRUE", "TRUE IF", "FALSE"]),
        ("zh", ["成立", "有条件成立", "不成立"]),
    ] {
        let (status, out, err) = sticky(&["--lang", language]);
        assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
        let headings: Vec<_> = out
            .lines()
            .filter_map(|line| line.trim_start().split_once(' '))
            .filter(|(number, _)| number.parse::<usize>().is_ok())
            .filter_map(|(number, rest)| Some((number, rest.split_once("  ")?.0)))
            .collect();
        let wanted: Vec<_> = claims.iter().enumerate().collect();
        assert_eq!(headings.len(), claims.len(), "{out}");
        for ((number, name), (index, claim)) in headings.into_iter().zip(wanted) {
            assert_eq!(
                (number, name),
                ((index + 1).to_string().as_str(), claim.name.as_str())
            );
        }
        for verdict in verdicts {
            assert!(out.contains(&format!("    {verdict} ")), "{verdict}: {out}");
        }
        let last = out.lines().last().unwrap();
        assert!(last.starts_with(&claims.len().to_string()), "{last}");
    }
}

#[test]
fn json_has_every_claim_with_what_was_observed() {
    let (status, out, err) = sticky(&["--format", "json"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["version"], 1);
    let claims = claims();
    assert_eq!(document["summary"]["claims"], claims.len());
    let told = document["claims"].as_array().unwrap();
    assert_eq!(told.len(), claims.len());
    for (told, claim) in told.iter().zip(&claims) {
        assert_eq!(told["name"], claim.name);
        assert_eq!(told["verdict"], claim.verdict.name());
        assert_eq!(told["why"]["zh"], claim.why.zh);
        assert_eq!(told["condition"].is_null(), told["verdict"] != "true-if");
        assert_eq!(told["section"].is_null(), told["myth"] == true);
        let scenarios = told["scenarios"].as_array().unwrap();
        let names: Vec<_> = scenarios.iter().map(|one| &one["scenario"]).collect();
        assert_eq!(names, claim.scenarios.iter().collect::<Vec<_>>());
        for scenario in scenarios {
            let seen = &scenario["observed"][0]["seen"];
            assert!(seen["en"].is_string() && seen["zh"].is_string());
        }
    }
}

#[test]
fn one_claim_comes_with_the_timelines_of_its_scenarios() {
    let (status, out, err) = sticky(&["flush", "--no-times"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(out.contains(" flush-cures-it  common elsewhere\n"), "{out}");
    assert!(!out.contains("sleep-cures-it"), "{out}");
    assert!(out.contains("\nsticky/delayed-receive  "), "{out}");
    assert!(out.contains("  send #2  12 B  适合发呆\n"), "{out}");
    assert!(out.contains("✓ as expected: "), "{out}");
}

#[test]
fn a_scenario_that_does_not_hold_is_not_confirmed_and_exit_status_1() {
    // The kernel's delayed acknowledgement takes 40 ms.
    let (status, out, err) = sticky(&["both-ends-can-merge", "--deadline", "5ms"]);
    assert_eq!((status, err.as_str()), (Some(1), ""), "{out}");
    assert!(out.contains("\n              ✗ not confirmed\n"), "{out}");
    let (status, out, _) = sticky(&[
        "both-ends-can-merge",
        "--deadline",
        "5ms",
        "--format",
        "json",
    ]);
    assert_eq!(status, Some(1));
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["summary"]["not_confirmed"], 1);
    assert_eq!(document["claims"][0]["outcome"], "not-confirmed");
}

/// The notes leave out the condition; the replays show both cases.
#[test]
fn intervals_and_late_readers_stick_under_a_condition_that_the_replays_show() {
    let claims = claims();
    let of = |name: &str| &claims[find(&claims, name).unwrap()];
    for (name, stuck, apart) in [
        (
            "short-intervals-stick",
            "sticky/back-to-back",
            "fixes/3-struct-every-message",
        ),
        (
            "late-readers-stick",
            "sticky/delayed-receive",
            "udp/keeps-boundaries",
        ),
        (
            "udp-is-fast",
            "loss/tcp-holds-back-what-came-after",
            "loss/udp-loses",
        ),
    ] {
        let claim = of(name);
        assert!(matches!(claim.verdict, Verdict::TrueIf(_)), "{name}");
        let shown = |case: &str| claim.scenarios.iter().any(|shown| shown == case);
        assert!(shown(stuck) && shown(apart), "{name}");
    }
    // Both in one run: merged, and separate.
    if cfg!(target_os = "linux") {
        for (name, stuck, apart) in [
            (
                "short-intervals-stick",
                "boundary 18 lost in the receive queue",
                "boundary 18 kept",
            ),
            (
                "late-readers-stick",
                "boundary 18 lost in the receive queue",
                "3 boundaries kept",
            ),
            (
                "udp-is-fast",
                "1 segment sent again, recv(1024) → 30 B",
                "recv(1024) → 12 B, 1 of 2 messages lost",
            ),
        ] {
            let (status, out, err) = sticky(&[name, "--width", "400"]);
            assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
            let told = out.split("✓ as expected").next().unwrap();
            assert!(told.contains("    TRUE IF "), "{told}");
            assert!(told.contains(stuck) && told.contains(apart), "{told}");
        }
    }
}

#[test]
fn of_a_stream_nothing_is_told_as_lost() {
    for (language, not_received, lost) in [
        ("en", "the message not received", "message lost"),
        ("zh", "消息没有收到", "消息丢失"),
    ] {
        let (_, out, _) = sticky(&["a-letter-ends", "--width", "400", "--lang", language]);
        let told = out.lines().find(|line| line.contains("ending/peer-gone"));
        let told = told.unwrap_or_else(|| panic!("{out}"));
        assert!(
            told.contains(not_received) && !told.contains(lost),
            "{told}"
        );
    }
}

#[test]
fn an_unknown_claim_suggests_the_near_ones() {
    let (status, out, err) = sticky(&["sleep_cures"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert!(err.contains("no claim is called `sleep_cures`"), "{err}");
    assert!(err.contains("did you mean `sleep-cures-it`?"), "{err}");
    let (status, _, err) = sticky(&["udp-", "--lang", "zh"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("`udp-` 对应不止一个说法"), "{err}");
}

#[test]
fn colour_says_nothing_that_the_text_does_not() {
    let arguments = ["flush", "--no-times"];
    let (_, plain, _) = sticky(&arguments);
    let (_, colour, _) = sticky(&[&arguments[..], &["--color", "always"]].concat());
    assert!(colour.contains('\u{1b}') && !plain.contains('\u{1b}'));
    assert_eq!(anstream::adapter::strip_str(&colour).to_string(), plain);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = command(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::with_capacity(1, child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""));
    assert!(!line.is_empty());
}

#[test]
fn without_times_none_is_told_of_what_was_observed() {
    let (mut trace, _) = replayed("recv", "recv");
    // As if something had waited for a timer of the kernel.
    for call in &mut trace.parts[0].calls {
        call.start *= 1_000;
        call.end = call.end * 1_000 + 50_000_000;
    }
    let analysis = analyse(&trace);
    let seen = |times| {
        Witness::of(&trace, &analysis, times).observed[0]
            .seen
            .clone()
    };
    let (with, without) = (seen(true), seen(false));
    assert!(
        with.en.contains(", in ") && with.zh.contains("，用时 "),
        "{with:?}"
    );
    assert!(with.en.starts_with(&without.en) && with.zh.starts_with(&without.zh));
    assert!(!without.zh.contains("用时"), "{without:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_option_leaves_times_out_of_what_a_claim_shows() {
    let called = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sticky"));
        // Its scenarios pause, which takes longer than a timer.
        let claim = ["claims", "short-intervals-stick", "--lang", "zh"];
        let output = command.args(claim).args(options).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let (with, without) = (called(&[]), called(&["--no-times"]));
    assert!(with.contains("用时"), "{with}");
    assert!(!without.contains("用时"), "{without}");
}

/// The index has every claim in one line, which `sticky claims NAME` and the number find.
#[test]
fn the_index_lists_every_claim_in_a_line_of_the_page() {
    let claims = claims();
    for language in [Language::English, Language::Chinese] {
        let style = Style {
            language,
            width: 80,
            ascii: false,
            color: false,
            times: false,
            hex: false,
            full: false,
        };
        let mut out = Vec::new();
        list(&claims, &style, &mut out).unwrap();
        let out = anstream::adapter::strip_bytes(&out).into_vec();
        let out = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), claims.len());
        for (index, line) in lines.iter().enumerate() {
            let mut words = line.split_whitespace();
            let number = words.next().unwrap();
            assert_eq!(find(&claims, number), Ok(index), "{line}");
            assert_eq!(find(&claims, words.next().unwrap()), Ok(index), "{line}");
            assert!(unicode_width::UnicodeWidthStr::width(*line) <= 80, "{line}");
        }
    }
}
