//! Tests the lesson that `sticky report` writes in headless Chromium: it is stepped through, read
//! in both languages, printed, and attacked.
//!
//! Left out by default, because the tests need `chromium`, `chromedriver` and `pdftotext`;
//! `.ci/run` installs them and runs these tests.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod datagrams;
mod driver;
mod presenter;
mod sizes;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use driver::{Page, on_page};

/// The lesson on these cases, opened in English. Checks that the exit status is 0.
fn lesson(cases: &[&str]) -> String {
    let called = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(["report", "--lang", "en"])
        .args(cases)
        .output()
        .unwrap();
    assert!(called.status.success(), "{called:?}");
    String::from_utf8(called.stdout).unwrap()
}

const HOME: &str = "\u{e011}";
const END: &str = "\u{e010}";
const LEFT: &str = "\u{e012}";
const RIGHT: &str = "\u{e014}";
const PAGE_UP: &str = "\u{e00e}";
const PAGE_DOWN: &str = "\u{e00f}";
const SPACE: &str = " ";

/// What is visible of the first part, in the language shown.
async fn seen(page: &Page) -> String {
    let script = r"
        const part = document.querySelector(`#${document.querySelector('.switch:checked').value} .part`);
        // A part of a drawing that is not displayed counts as visible, but takes no room.
        const isSeen = (it) => it.checkVisibility({ visibilityProperty: true })
          && (it.namespaceURI.endsWith('xhtml') || it.getBoundingClientRect().width > 0);
        const text = (all) => [...part.querySelectorAll(all)].filter(isSeen).map((it) => it.textContent.trim());
        const lane = (it) => {
          const name = it.previousElementSibling.textContent.trim();
          const share = 100 * it.getAttribute('width') / (it.dataset.all ?? it.getAttribute('width'));
          return `${name} ${it.checkVisibility({ visibilityProperty: true }) ? Math.round(share) : 'hidden'}`;
        };
        return [
          part.querySelector('output').textContent.replace(/ \([\d.]+ m?s\)/, ''),
          `rows ${text('.timeline tbody tr').length}`,
          `scale ${text('.wide .tick').join(' ')}`,
          [...part.querySelectorAll('.wide svg.lane')].map(lane).join(', '),
          `waiting ${text('.waiting').join(', ')}`,
          `lost ${text('.lost text').join(', ')}`,
          `bytes ${text('.bytes td:not(.text):not(.gap):not(.none)').join('')}`,
          `received ${part.querySelectorAll('.bytes td.received:not(.text)').length}`,
          `verdict ${text('.verdict li').length}`,
        ].join('\n');
    ";
    page.run(script).await.as_str().unwrap().to_owned()
}

/// What is visible when everything is.
const WHOLE: &str = "the whole picture, 5 steps
rows 5
scale 0 18 30
sent 100, wire 100, queue 100, recv 100
waiting \n\
lost boundary 18 lost in the receive queue
bytes e4b88be4ba86e4b880e5a4a9e79a84e99ba8e98082e59088e58f91e59186
received 0
verdict 4";
const AT_FIRST: &str = "step 0 of 5: before the first call
rows 0
scale \n\
sent 0, wire 0, queue hidden, recv 0
waiting 0 B
lost \n\
bytes \n\
received 0
verdict 0";
const QUEUED: &str = "step 3 of 5: client: wait: 30 B queued
rows 3
scale 0 18 30
sent 100, wire 100, queue hidden, recv 0
waiting 30 B waiting
lost \n\
bytes e4b88be4ba86e4b880e5a4a9e79a84e99ba8e98082e59088e58f91e59186
received 0
verdict 0";
const RECEIVED: &str = "step 4 of 5: client: recv(1024) → 30 B
rows 4
scale 0 18 30
sent 100, wire 100, queue hidden, recv 100
waiting 0 B
lost boundary 18 lost in the receive queue
bytes e4b88be4ba86e4b880e5a4a9e79a84e99ba8e98082e59088e58f91e59186
received 30
verdict 0";

#[test]
#[ignore = "needs chromium and chromedriver"]
fn keys_and_buttons_go_through_a_case_call_by_call() {
    on_page(&lesson(&["back-to-back"]), async |page| {
        assert_eq!(seen(page).await, WHOLE);
        let button = |go| format!("#en [data-go={go}]");
        page.click(&button("first")).await;
        assert_eq!(seen(page).await, AT_FIRST);
        page.click(&button("back")).await;
        assert_eq!(seen(page).await, AT_FIRST);
        page.click(&button("next")).await;
        let one_sent = seen(page).await;
        assert!(
            one_sent.starts_with("step 1 of 5: server: send #1  18 B\nrows 1\nscale 0 18\nsent ")
        );
        assert!(one_sent.contains("\nwaiting not looked at yet\n"));
        assert!(
            one_sent.contains("\nbytes e4b88be4ba86e4b880e5a4a9e79a84e99ba8\n"),
            "{one_sent}"
        );

        // The focus is on the button, so keys act on its figure.
        for (key, wanted) in [
            (PAGE_DOWN, None),
            (RIGHT, Some(QUEUED)),
            (RIGHT, Some(RECEIVED)),
            (LEFT, Some(QUEUED)),
            (PAGE_DOWN, Some(RECEIVED)),
            (PAGE_UP, Some(QUEUED)),
            (HOME, Some(AT_FIRST)),
            (LEFT, Some(AT_FIRST)),
            (END, Some(WHOLE)),
            (RIGHT, Some(WHOLE)),
        ] {
            page.press(key).await;
            if let Some(wanted) = wanted {
                assert_eq!(seen(page).await, wanted);
            }
        }
        page.run("scrollTo(0, 0);").await;
        page.click("#en .rewind").await;
        assert_eq!(seen(page).await, AT_FIRST);
    });
}

/// The view that is visible, and the language that the page declares.
async fn language(page: &Page) -> serde_json::Value {
    page.run(
        "return [document.documentElement.lang,
                 ...[...document.querySelectorAll('.view')].filter((it) => it.checkVisibility()).map((it) => it.id)];",
    )
    .await
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_switch_changes_the_language_and_keeps_the_step() {
    on_page(&lesson(&["back-to-back"]), async |page| {
        assert_eq!(language(page).await, serde_json::json!(["en", "en"]));
        page.click("#en [data-go=first]").await;
        page.click("#en [data-go=next]").await;
        page.click("label[for=to-zh]").await;
        assert_eq!(language(page).await, serde_json::json!(["zh-Hans", "zh"]));
        assert!(
            seen(page)
                .await
                .starts_with("第 1 步，共 5 步：服务端：send #1  18 B\nrows 1\n")
        );
        page.click("label[for=to-en]").await;
        assert_eq!(language(page).await, serde_json::json!(["en", "en"]));
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn without_script_all_is_there_and_the_switch_works() {
    let whole = lesson(&["back-to-back"]);
    let (before, rest) = whole.split_once("<script>").unwrap();
    let (_, behind) = rest.split_once("</script>").unwrap();
    on_page(&format!("{before}{behind}"), async |page| {
        let state = seen(page).await;
        // The step has not been announced.
        assert_eq!(
            state.split_once('\n').unwrap(),
            ("", WHOLE.split_once('\n').unwrap().1)
        );
        page.click("label[for=to-zh]").await;
        assert_eq!(language(page).await, serde_json::json!(["en", "zh"]));
        let buttons = "return [...document.querySelectorAll('button')].filter((it) => it.checkVisibility()).length;";
        assert_eq!(page.run(buttons).await, 0, "a button that does nothing");
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn who_goes_from_landmark_to_landmark_finds_each_once() {
    on_page(&lesson(&["back-to-back", "tcp/one-shot"]), async |page| {
        let outside = "return [...document.querySelectorAll('body > :not(main, script, [aria-hidden])')].map((it) => it.tagName);";
        assert_eq!(page.run(outside).await, serde_json::json!([]));
        let names = "return [...document.querySelectorAll('main, nav, aside, form, [role=region], section[aria-label]')]
            .filter((it) => it.checkVisibility()).map((it) => `${it.localName} ${it.ariaLabel ?? ''}`);";
        assert_eq!(
            page.run(names).await,
            serde_json::json!(["main ", "nav Contents"])
        );
        let cases = "return [...document.querySelectorAll('#en article')].map((it) => document.getElementById(it.getAttribute('aria-labelledby')).innerText);";
        assert_eq!(
            page.run(cases).await[0],
            "Two sends in quick succession, one recv of 30 bytes"
        );
    });
}

/// The text of a PDF.
fn text_of(pdf: &[u8]) -> String {
    assert!(pdf.starts_with(b"%PDF-"));
    let mut called = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    called.stdin.take().unwrap().write_all(pdf).unwrap();
    String::from_utf8(called.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_print_has_the_whole_picture_in_the_language_shown() {
    on_page(&lesson(&["back-to-back"]), async |page| {
        page.click("#en [data-go=first]").await;
        let english = text_of(&page.print().await);
        for wanted in ["recv(1024) → 30 B", "30 B waiting", "as expected: 2 recvs"] {
            assert!(english.contains(wanted), "{wanted} in {english}");
        }
        assert!(!english.contains("符合预期"), "{english}");
        assert_eq!(seen(page).await, AT_FIRST, "the screen is as before");
        page.click("label[for=to-zh]").await;
        let chinese = text_of(&page.print().await);
        assert!(chinese.contains("符合预期：2 次 recv"), "{chinese}");
        assert!(!chinese.contains("as expected"), "{chinese}");
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn nothing_in_a_case_becomes_part_of_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hostile.toml");
    fs::write(&file, include_str!("../hostile-page.toml")).unwrap();
    on_page(&lesson(&[file.to_str().unwrap()]), async |page| {
        let strange = "return [document.images.length, document.scripts.length,
            document.querySelectorAll('b, base, iframe, link, [onerror], [onload]').length, typeof window.pwned];";
        let wanted = serde_json::json!([0, 1, 0, "undefined"]);
        assert_eq!(page.run(strange).await, wanted);
        page.click("#en [data-go=first]").await;
        for _ in 0..6 {
            page.click("#en [data-go=next]").await;
        }
        assert_eq!(page.run(strange).await, wanted);
        let payload = "return document.querySelector('#en .payload').textContent;";
        let shown = page.run(payload).await;
        assert!(
            shown
                .as_str()
                .unwrap()
                .starts_with("</script><img src=x onerror="),
            "{shown}"
        );
    });
}

/// A trace can come from anywhere, and so can its text about where it was recorded.
#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_saved_trace_is_gone_through_as_a_replay_is_and_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trace.json");
    let saved = Command::new(env!("CARGO_BIN_EXE_sticky"))
        .args(["run", "back-to-back", "--format", "json"])
        .output()
        .unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&saved.stdout).unwrap();
    let markup = "</p><img src=x onerror=window.pwned=1><script>window.pwned=1</script>";
    document["cases"][0]["environment"]["kernel"] = markup.into();
    fs::write(&file, document.to_string()).unwrap();
    on_page(&lesson(&[file.to_str().unwrap()]), async |page| {
        assert_eq!(seen(page).await, WHOLE);
        page.click("#en [data-go=first]").await;
        assert_eq!(seen(page).await, AT_FIRST);
        for _ in 0..3 {
            page.press(RIGHT).await;
        }
        assert_eq!(seen(page).await, QUEUED);
        let found = page
            .run(
                "return [document.images.length, document.scripts.length, typeof window.pwned,
                    document.querySelector('#en .saved').textContent];",
            )
            .await;
        assert_eq!(found[0], 0);
        assert_eq!(found[1], 1);
        assert_eq!(found[2], "undefined");
        let origin = found[3].as_str().unwrap();
        assert!(
            origin.starts_with("From a saved trace. Measured "),
            "{origin}"
        );
        assert!(origin.contains(markup), "{origin}");
        page.resize(390, 844).await;
        let wider =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";
        assert_eq!(page.run(wider).await, 0, "the page itself scrolls sideways");
    });
}
