//! The page in front of a class: the keys of a presenter, and no answer before its time.

use super::driver::{Page, on_page};
use super::{END, HOME, LEFT, PAGE_DOWN, PAGE_UP, RIGHT, SPACE, language, lesson, text_of};

/// At which step each part is in the language shown; in brackets where it is in sight.
async fn steps(page: &Page) -> String {
    let script = r"
        const upper = document.querySelector('.bar').getBoundingClientRect().bottom;
        const view = document.querySelector('.switch:checked').value;
        return [...document.querySelectorAll(`#${view} .part`)].map((part) => {
          const { top, bottom } = part.getBoundingClientRect();
          const isSeen = bottom > upper && top < innerHeight;
          const step = part.querySelector('output').textContent.match(/\d+(?= of)|whole/)[0];
          return isSeen ? `[${step}]` : step;
        }).join(' ');
    ";
    page.run(script).await.as_str().unwrap().to_owned()
}

/// Presses a key wherever the focus is, and tells the steps after it each time.
async fn steps_after(page: &Page, keys: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for key in keys {
        page.press(key).await;
        all.push(steps(page).await);
    }
    all
}

/// The lesson on two cases, of two steps and of five, on a small projector.
fn on_projector(work: impl AsyncFnOnce(&Page)) {
    on_page(&lesson(&["tcp/one-shot", "back-to-back"]), async |page| {
        page.resize(1280, 720).await;
        work(page).await;
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_presenter_with_two_buttons_goes_from_case_to_case() {
    on_projector(async |page| {
        assert_eq!(steps(page).await, "[whole] whole");
        let forth = steps_after(page, &[PAGE_DOWN; 4]).await;
        assert_eq!(
            forth,
            ["[0] whole", "[1] whole", "[2] whole", "[whole] whole"]
        );
        // Then to the end of the lesson.
        let read = "const it = document.querySelector('#en-1 .lesson').getBoundingClientRect();
            return it.bottom <= innerHeight && it.top > 0;";
        assert_eq!(page.run(read).await, false);
        assert_eq!(steps_after(page, &[PAGE_DOWN]).await, ["[whole] whole"]);
        assert_eq!(page.run(read).await, true);
        let further = steps_after(page, &[PAGE_DOWN, PAGE_DOWN]).await;
        assert_eq!(further, ["whole [0]", "whole [1]"]);
        let home = steps_after(page, &[PAGE_UP, PAGE_UP, PAGE_UP]).await;
        assert_eq!(home, ["whole [0]", "[whole] 0", "[2] 0"]);
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn keys_answer_where_the_page_led() {
    on_projector(async |page| {
        // Before anything is stepped through, these move about the page.
        steps_after(page, &[END, HOME, SPACE]).await;
        assert!(!steps(page).await.contains(char::is_numeric));
        page.run("scrollTo(0, 0);").await;
        page.click("#en nav a[href='#en-2']").await;
        assert_eq!(
            steps_after(page, &[RIGHT, RIGHT]).await,
            ["whole [0]", "whole [1]"]
        );
        page.run("scrollTo(0, 0);").await;
        page.click("#en .rewind").await;
        assert_eq!(steps(page).await, "[0] 0");
        // The first press brings it up.
        let keys = [PAGE_DOWN, SPACE, END, HOME, LEFT];
        let wanted = ["[0] 0", "[1] 0", "[whole] 0", "[0] 0", "[0] 0"];
        assert_eq!(steps_after(page, &keys).await, wanted);
        page.click("#en-2 h2").await;
        assert_eq!(steps_after(page, &[RIGHT, RIGHT]).await, ["0 [0]", "0 [1]"]);
        // A focused button is pressed by this, whichever it is.
        page.run("document.querySelector('#en-2 [data-go=first]').focus();")
            .await;
        assert_eq!(steps_after(page, &[SPACE]).await, ["0 [0]"]);
        // What a mouse has pressed keeps no arrows for itself.
        page.click("label[for=to-zh]").await;
        page.press(RIGHT).await;
        assert_eq!(language(page).await, serde_json::json!(["zh-Hans", "zh"]));
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_case_of_two_parts_begins_with_both() {
    on_page(&lesson(&["tcp/reuse-address"]), async |page| {
        page.resize(1280, 720).await;
        assert_eq!(
            steps_after(page, &[RIGHT, END]).await,
            ["[0] 0", "[whole] 0"]
        );
        assert_eq!(told(page).await[0], "What will happen here?");
        let mut further = steps_after(page, &[RIGHT; 4]).await;
        further.retain(|it| it.ends_with("[0]"));
        assert!(!further.is_empty(), "it leads to the second part");
        page.press(END).await;
        assert_eq!(
            told(page).await[0],
            "Binding a port again right after it was used"
        );
    });
}

/// What a case tells of itself before it is gone through: its heading, its contents line,
/// whether its lesson is to be seen, and what its maps are called.
async fn told(page: &Page) -> serde_json::Value {
    page.run(
        "const article = document.querySelector('#en-1');
         const seen = (it) => it.checkVisibility({ visibilityProperty: true });
         const text = (all) => [...document.querySelectorAll(all)].filter(seen).map((it) => it.textContent.trim()).join(' ');
         return [text('#en-1 h2 > span'), text('nav [data-case=\"1\"] span:not([role])'), seen(article.querySelector('.lesson')),
                 text('#en-1 > .about span'), text('nav [data-case=\"1\"] .outcome'),
                 article.querySelector('.wide .map').getAttribute('aria-label')];",
    )
    .await
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_case_at_its_beginning_does_not_tell_the_answer() {
    on_page(&lesson(&["back-to-back"]), async |page| {
        let title = "Two sends in quick succession, one recv of 30 bytes";
        let whole = told(page).await;
        assert_eq!(whole[0], title);
        assert_eq!(whole[1], format!("{title} sticky/back-to-back"));
        assert_eq!(whole[2], true);
        assert!(
            whole[5].as_str().unwrap().contains("recv 1  30 B"),
            "{whole}"
        );
        assert_eq!(whole[4], "✓");
        let section = whole[3].as_str().unwrap();
        assert!(section.len() > "sticky/back-to-back".len(), "{section}");
        page.click("#en .rewind").await;
        let before = "step 0 of 5: before the first call";
        let veiled = ["What will happen here?", "sticky/back-to-back"];
        let wanted = serde_json::json!([veiled[0], veiled[1], false, veiled[1], "", before]);
        assert_eq!(told(page).await, wanted);
        let printed = text_of(&page.print().await);
        assert!(printed.contains(title), "{printed}");
        assert!(!printed.contains(veiled[0]), "{printed}");
        page.click("#en [data-go=next]").await;
        assert_eq!(told(page).await[0], veiled[0], "not yet");
        page.click("#en [data-go=last]").await;
        assert_eq!(told(page).await, whole);
        page.click("#en [data-go=back]").await;
        assert_eq!(told(page).await[0], title, "it is known by now");
    });
}
