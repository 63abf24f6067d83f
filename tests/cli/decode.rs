//! `sticky decode`: exit statuses, input from everywhere, JSON, and rejected input.

use super::{folder_with, sticky, sticky_reading};

#[test]
fn the_exit_status_says_whether_it_decodes() {
    for (arguments, status) in [
        (&["--framing", "u8", "--hex", "01 61"] as &[_], 0),
        (&["--framing", "u8", "--hex", "0161"], 0),
        (&["--framing", "u8", "--hex", ""], 0),
        (&["--framing", "u8", "--hex", "02 61"], 1),
        (&["--framing", "u8", "--hex", "02 61 62", "--cap", "1"], 1),
        (&["--guess", "--hex", "01 61"], 0),
        (&["--guess", "--hex", "39"], 1),
        (&["--guess", "--hex", ""], 0),
        (&["--framing", "u8", "--guess", "--hex", "02 61"], 1),
    ] {
        for language in ["en", "zh"] {
            let called = sticky(&[&["decode", "--lang", language], arguments].concat());
            assert_eq!(called.status, status, "{arguments:?} {called:?}");
            assert!(!called.out.is_empty());
        }
    }
}

#[test]
fn bytes_come_from_a_file_or_from_standard_input() {
    let (_folder, path) = folder_with("stream.bin", "04rain");
    let from_file = sticky(&["decode", "--framing", "digits-2", &path]);
    let from_input = sticky_reading(&["decode", "--framing", "digits-2", "-"], "04rain");
    assert_eq!((from_file.status, from_file.err.as_str()), (0, ""));
    assert_eq!(from_file.out, from_input.out);
    assert!(from_file.out.contains("#1  0       04      4 B  rain"));
}

#[test]
fn an_empty_stream_is_taken_whole_by_every_framing_and_that_is_all() {
    for framing in sticky_packet::framing::Framing::every() {
        let called = sticky(&["decode", "--framing", &framing.to_string(), "-"]);
        assert_eq!(called.status, 0, "{framing}");
        assert_eq!(
            called.out,
            "✓ the stream is empty: every framing takes it whole, as 0 messages\n"
        );
        assert!(
            sticky_packet::laboratory::dissect::dissect(b"", framing, 1, 1)
                .error
                .is_none()
        );
    }
    let guessed = sticky(&["decode", "--guess", "--hex", "", "--lang", "zh"]);
    assert_eq!(
        guessed.out,
        "✓ 流是空的：任何成帧方式都能完整解码，得到 0 条消息\n"
    );
}

#[test]
fn the_guesses_say_which_framings_are_not_counted() {
    for (hex, language, left_out) in [
        ("01 61", "en", "not tried: raw"),
        ("39", "en", "not tried: raw"),
        ("01 61", "zh", "未尝试：raw"),
    ] {
        let called = sticky(&["decode", "--guess", "--hex", hex, "--lang", language]);
        let line = called.out.lines().nth(1).unwrap();
        assert!(
            line.contains(left_out) && line.contains("fixed-N"),
            "{line}"
        );
    }
}

#[test]
fn a_byte_is_not_mistaken_for_a_number() {
    for (language, got) in [("en", "got byte 0x12"), ("zh", "实为 0x12")] {
        let stream = ["--framing", "digits-2", "--hex", "12000000"];
        let called = sticky(&[&["decode", "--lang", language], &stream[..]].concat());
        assert!(called.out.contains(got), "{}", called.out);
    }
}

#[test]
fn a_stream_that_begins_with_an_empty_message_is_marked_like_any_other() {
    let called = sticky(&["decode", "--framing", "line", "--hex", "0a 61 0a 62 0a"]);
    assert!(called.out.contains("0a┃61│0a┃62│0a"), "{}", called.out);
}

#[test]
fn a_stream_that_does_not_decode_says_where_and_why_in_both_languages() {
    let http = "48 54 54 50 2f 31";
    let english = sticky(&["decode", "--framing", "u32-be", "--hex", http]);
    assert!(english.out.contains("at offset 0"), "{}", english.out);
    assert!(
        english
            .out
            .contains("1,213,486,160 is `HTTP` read as a big-endian length"),
        "{}",
        english.out
    );
    assert!(english.err.contains("`--guess`"), "{}", english.err);
    let chinese = sticky(&[
        "decode",
        "--framing",
        "u32-be",
        "--hex",
        http,
        "--lang",
        "zh",
    ]);
    assert!(
        chinese
            .out
            .contains("1,213,486,160 就是把 `HTTP` 读作大端长度"),
        "{}",
        chinese.out
    );
    let quiet = sticky(&["decode", "--framing", "u32-be", "--hex", http, "-q"]);
    assert_eq!((quiet.status, quiet.err.as_str()), (1, ""));
}

#[test]
fn the_other_byte_order_is_offered_where_it_fits() {
    let called = sticky(&[
        "decode",
        "--framing",
        "i32-be",
        "--hex",
        "03 00 00 00 61 62 63",
    ]);
    assert!(
        called
            .out
            .contains("in the other byte order (i32-le) it is 3"),
        "{}",
        called.out
    );
}

#[test]
fn the_headings_of_the_guesses_stand_apart_and_over_their_columns() {
    let width = unicode_width::UnicodeWidthStr::width;
    for (language, heads, texts) in [
        (
            "en",
            ["rank", "framing", "messages", "bits", "payloads"],
            "all text",
        ),
        (
            "zh",
            ["名次", "成帧方式", "消息数", "比特", "负载"],
            "全是文本",
        ),
    ] {
        let rain = ["decode", "--guess", "--hex", "04 00 00 00 72 61 69 6e"];
        let called = sticky(&[&rain[..], &["--lang", language]].concat());
        let mut lines = called
            .out
            .lines()
            .skip_while(|line| !line.contains(heads[0]));
        let head = lines.next().unwrap();
        let words: Vec<&str> = head.split_whitespace().collect();
        assert_eq!(words, heads, "{}", called.out);
        let row = lines.next().unwrap();
        let at = |line: &str, word: &str| width(line.split_once(word).unwrap().0);
        for (head_of, cell) in heads.into_iter().zip(["1", "u32-le", "1  ", "7", texts]) {
            let from = row.find("u32-le").filter(|_| cell == "1  ").unwrap_or(0);
            let column = width(&row[..from]) + at(&row[from..], cell);
            assert_eq!(at(head, head_of), column, "{head}\n{row}");
        }
    }
}

#[test]
fn guesses_are_ranked() {
    let called = sticky_reading(&["decode", "--guess", "-"], "one\r\ntwo\r\n");
    let ranks: Vec<Vec<&str>> = called
        .out
        .lines()
        .skip(4)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().take(3).collect())
        .collect();
    assert_eq!(
        ranks,
        [
            ["1", "crlf", "2"],
            ["2", "line", "2"],
            ["2", "line-escaped", "2"]
        ],
        "{}",
        called.out
    );
}

#[test]
fn json_has_every_part() {
    let called = sticky(&[
        "decode",
        "--framing",
        "netstring",
        "--guess",
        "--format",
        "json",
        "--hex",
        "33 3a 61 62 63 2c 39",
    ]);
    assert_eq!(called.status, 1);
    let json: serde_json::Value = serde_json::from_str(&called.out).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["bytes"], 7);
    assert_eq!(json["framing"], "netstring");
    assert_eq!(json["whole"], false);
    assert_eq!(
        json["messages"],
        serde_json::json!([{ "offset": 0, "header": 2, "payload": { "text": "abc" }, "trailer": 1 }])
    );
    assert_eq!(
        json["leftover"],
        serde_json::json!({ "start": 6, "end": 7 })
    );
    assert_eq!(json["error"]["kind"], "end-inside-header");
    assert_eq!(json["error"]["offset"], 7);
    assert_eq!(json["guesses"], serde_json::json!([]));

    let called = sticky(&[
        "decode",
        "--framing",
        "u64-be",
        "--format",
        "json",
        "--hex",
        "ff ff ff ff ff ff ff ff",
    ]);
    let json: serde_json::Value = serde_json::from_str(&called.out).unwrap();
    let numbers = &json["error"]["readings"]["numbers"];
    assert_eq!(numbers["u64-be"], u64::MAX);
    assert_eq!(numbers["i64-le"], -1);
}

#[test]
fn a_file_gets_what_the_terminal_would() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.txt");
    let file = file.to_str().unwrap();
    let base = ["decode", "--framing", "u8", "--hex", "01 61"];
    let shown = sticky(&base);
    let saved = sticky(&[&base[..], &["-o", file]].concat());
    assert_eq!((saved.status, saved.out.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(file).unwrap(), shown.out);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one list of what cannot be read")]
fn what_cannot_be_read_is_refused_and_named() {
    for (arguments, english, chinese) in [
        (
            &["--framing", "u8", "--hex", "12 0g"] as &[_],
            "--hex, column 5: `g` is not a hex digit",
            "--hex 第 5 列：`g` 不是十六进制数字",
        ),
        (
            &["--framing", "u8", "--hex", "12 0"],
            "column 4: the digit `0` is alone",
            "第 4 列：数字 `0` 落单",
        ),
        (
            &["--framing", "u8", "--hex", "\u{1b}[2J"],
            "column 1: `\\x1b` is not a hex digit",
            "第 1 列：`\\x1b`",
        ),
        (
            &["--framing", "i32le", "--hex", "00"],
            "unknown framing `i32le`",
            "未知的成帧方式 `i32le`",
        ),
        (
            &["--framing", ">I", "--hex", "00"],
            "`>I` of Python's `struct` is `u32-be`",
            "Python `struct` 的 `>I` 是 `u32-be`",
        ),
        (
            &["--framing", "struct", "--hex", "00"],
            "`i` of Python's `struct` is `i32-le`",
            "`i` 在多数机器上是 `i32-le`",
        ),
        (
            &["--framing", "i32le", "--hex", "00"],
            "did you mean `i32-le`?",
            "是不是 `i32-le`？",
        ),
        (
            &["--framing", "foo", "--hex", "00"],
            "help: use one of these, such as `i32-le`",
            "请从中选用，例如 `i32-le`",
        ),
        (
            &["--framing", "fixed-0", "--hex", "00"],
            "`fixed-N` takes N from 1 to 4,294,967,295",
            "`fixed-N` 的 N 为 1 到 4,294,967,295",
        ),
        (
            &["--framing", "digits-99", "--hex", "00"],
            "`digits-N` takes N from 1 to 20",
            "`digits-N` 的 N 为 1 到 20",
        ),
        (
            &["--framing", "i32", "--hex", "00"],
            "say the byte order: `i32-le` or `i32-be`",
            "请写明字节序：`i32-le` 或 `i32-be`",
        ),
        (
            &["--framing", "u16-be-gap-256", "--hex", "00"],
            "(N from 1 to 255)",
            "N 为 1 到 255",
        ),
        (
            &["--framing", "delimiter-0", "--hex", "00"],
            "1 to 4 bytes of two hex digits each",
            "1 到 4 个字节，每个两位十六进制",
        ),
        (
            &["--framing", "u8", "no-such-file"],
            "cannot read no-such-file",
            "无法读取 no-such-file",
        ),
        (
            &["--framing", "u8", "."],
            "it is a folder",
            "这是一个文件夹",
        ),
        (&["--hex", "00"], "--framing", "--framing"),
        (&["--framing", "u8"], "is missing", "缺少"),
        (
            &["--framing", "u8", "--hex", "00", "file"],
            "does not go together with",
            "不能与",
        ),
        (
            &["--framing", "u8", "--hex", "00", "--cap", "-1"],
            "`-1`",
            "`-1`",
        ),
        (
            &["--framing", "u8", "--hex", "00", "--cap", "67108865"],
            "a number from 0 to 67108864",
            "0 到 67108864 的整数",
        ),
    ] {
        for (language, wanted) in [("en", english), ("zh", chinese)] {
            let called = sticky(&[&["decode", "--lang", language], arguments].concat());
            assert_eq!(
                (called.status, called.out.as_str()),
                (2, ""),
                "{arguments:?} {}",
                called.err
            );
            assert!(called.err.contains(wanted), "{wanted}: {}", called.err);
        }
    }
}

#[test]
fn more_than_64_mib_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len((64 << 20) + 1).unwrap();
    let called = sticky(&["decode", "--framing", "u8", path.to_str().unwrap()]);
    assert_eq!((called.status, called.out.as_str()), (2, ""));
    assert!(called.err.contains("more than 64 MiB"), "{}", called.err);
}

#[test]
fn a_number_that_a_program_printed_is_told_as_its_bytes() {
    let called = sticky(&["decode", "--number", "1195725856"]);
    assert_eq!((called.status, called.err.as_str()), (0, ""));
    assert_eq!(
        called.out,
        "\
1,195,725,856, if it was read as a length, was
  u32-be   47 45 54 20               `GET `
  u32-le   20 54 45 47               ` TEG`
  u64-be   00 00 00 00 47 45 54 20
  u64-le   20 54 45 47 00 00 00 00

`GET `, read big-endian, is the beginning of an HTTP request: the peer speaks
  that, or sends it without the length that is expected here.
"
    );
    for (number, language, says) in [
        (
            "369295616",
            "en",
            "16 03 01 00, read big-endian, is the beginning of a TLS handshake",
        ),
        ("1,214,346,853", "zh", "`Have`（按大端读出）是文本"),
        ("1920230005", "en", "as netty does, it read `rtbq`"),
        ("1920230005", "zh", "读到的就是 `rtbq`"),
        (
            "301989888",
            "en",
            "In the other byte order (u32-le) it is 18",
        ),
        ("18", "zh", "这是一个普通的长度"),
        ("-1991", "en", "None of these is text"),
    ] {
        let called = sticky(&[
            "decode", "--number", number, "--lang", language, "--width", "200",
        ]);
        assert_eq!((called.status, called.err.as_str()), (0, ""), "{number}");
        assert!(called.out.contains(says), "{number}: {}", called.out);
    }
    let json = sticky(&["decode", "--number", "1213486160", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["number"], 1_213_486_160);
    assert_eq!(json["origins"][0]["text"], "HTTP");
    assert_eq!(json["origins"][0]["begins"], "an HTTP response");
}

#[test]
fn what_is_no_number_of_eight_bytes_is_refused() {
    for wrong in [
        "",
        "x",
        "1.5",
        "18446744073709551616",
        "-9223372036854775809",
    ] {
        let called = sticky(&["decode", "--number", wrong]);
        assert_eq!((called.status, called.out.as_str()), (2, ""), "{wrong}");
        assert!(
            called.err.contains("a whole number of at most 8 bytes"),
            "{}",
            called.err
        );
    }
    let called = sticky(&["decode", "--number", "1", "--hex", "00"]);
    assert_eq!(called.status, 2);
}
