//! Datagrams on the page: each has its own offsets, and bytes that were cut off are marked.

use super::driver::on_page;
use super::lesson;

/// Of the bytes of datagrams in the language shown: rows with their offsets, what is struck
/// through, what stands for the characters; then the scale, and the words at the figure.
const DATAGRAMS: &str = r"
    const part = document.querySelector('#en .part');
    const isSeen = (it) => it.checkVisibility({ visibilityProperty: true });
    const text = (all) => [...part.querySelectorAll(all)].filter(isSeen).map((it) => it.innerText?.trim() ?? it.textContent);
    return [
      text('.bytes th').join('|'),
      text('.bytes td.cut:not(.text)').join(''),
      text('.bytes td.text').join(''),
      text('.wide .tick').join(' '),
      text('figure > .note:not(.scripted)').join('|'),
    ];
";

#[test]
#[ignore = "needs chromium and chromedriver"]
fn what_is_cut_off_a_datagram_is_marked_from_its_recv_on() {
    on_page(&lesson(&["udp/truncation"]), async |page| {
        let whole = page.run(DATAGRAMS).await;
        let note = "struck through: cut off, and gone for good; ▌ ▐ a character cut";
        let wanted = serde_json::json!([
            "#1  18 B 8 B cut off|0000|0010|#2  12 B|0000",
            "a4a9e79a84e99ba8",
            "下了一▌▐的雨适合发呆",
            "",
            note
        ]);
        assert_eq!(whole, wanted);
        let line =
            "return getComputedStyle(document.querySelector('#en td.cut')).textDecorationLine;";
        assert_eq!(page.run(line).await, "line-through");
        page.click("#en [data-go=first]").await;
        // Up to the recv that cut it, it is as it was sent.
        for step in 1..=5 {
            page.click("#en [data-go=next]").await;
            let now = page.run(DATAGRAMS).await;
            let is_cut = now[1] != "";
            let told = page
                .run("return document.querySelector('#en output').textContent;")
                .await;
            assert_eq!(is_cut, step >= 5, "{told} {now}");
            assert_eq!(
                now[0].as_str().unwrap().contains("cut off"),
                is_cut,
                "{now}"
            );
            assert_eq!(now[2].as_str().unwrap().contains('▌'), is_cut, "{now}");
            assert_eq!(now[4] == note, is_cut, "{now}");
        }
        page.click("#en [data-go=last]").await;
        assert_eq!(page.run(DATAGRAMS).await, whole);
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn every_datagram_of_a_message_says_which_it_is() {
    on_page(&lesson(&["compare/pieces"]), async |page| {
        let labels = "return [...document.querySelectorAll('#en .part .wide .lane:not(.history)')]
            .flatMap((it) => [...it.querySelectorAll('text')]).map((it) => it.textContent)
            .filter((it) => it.includes('/75'));";
        let labels = page.run(labels).await;
        let labels = labels.as_array().unwrap();
        assert!(labels.len() > 3, "{labels:?}");
        assert!(labels[0].as_str().unwrap().contains("1/75"), "{labels:?}");
        let rows = "return [...document.querySelectorAll('#en .bytes .datagram')].map((it) => it.textContent.trim());";
        let rows = page.run(rows).await;
        assert_eq!(rows[1], "#1, datagram 1 of 75  1,400 B", "{rows}");
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_lane_that_is_empty_is_not_read_out_and_no_line_ends_in_a_blank() {
    on_page(&lesson(&[]), async |page| {
        let empty = "return [...document.querySelectorAll('.map')].map((it) => it.getAttribute('aria-label'))
            .filter((it) => /: *(;|$)/.test(it));";
        assert_eq!(page.run(empty).await, serde_json::json!([]));
        let blank = "return [...document.querySelectorAll('nav .title')].filter((it) => /\\s$/.test(it.textContent)).length;";
        assert_eq!(page.run(blank).await, 0);
        page.resize(390, 844).await;
        page.click("#en .rewind").await;
        let tall = "return [...document.querySelectorAll('#en h2:has(.veil)')]
            .filter((it) => it.offsetHeight > 1.5 * parseFloat(getComputedStyle(it).lineHeight)).length;";
        assert_eq!(page.run(tall).await, 0, "an empty second line");
    });
}
