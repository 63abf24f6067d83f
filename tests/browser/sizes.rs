//! The page on every screen: projectors of any resolution, and a phone.

use super::driver::on_page;
use super::lesson;

#[test]
#[ignore = "needs chromium and chromedriver"]
fn everything_grows_with_the_screen() {
    on_page(&lesson(&["back-to-back"]), async |page| {
        // The height of a line of each, as a share of the screen.
        let shares = "return ['h1', 'h2', '.about', '.timeline td', '.wide .tick', '.wide .lane-name', '.bytes td', '.verdict li', '.lesson p', 'button']
            .map((all) => document.querySelector(`#en ${all}`))
            .map((it) => it.matches('text') ? it.getBoundingClientRect().height : parseFloat(getComputedStyle(it).fontSize))
            .map((size) => Math.round(5000 * size / innerHeight));";
        page.resize(1280, 720).await;
        let small = page.run(shares).await;
        let smallest = small
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_u64().unwrap())
            .min();
        assert!(smallest >= Some(90), "{small}");
        for (width, height) in [(1920, 1080), (3840, 2160)] {
            page.resize(width, height).await;
            let large = page.run(shares).await;
            for (one, other) in small
                .as_array()
                .unwrap()
                .iter()
                .zip(large.as_array().unwrap())
            {
                let apart = one.as_i64().unwrap().abs_diff(other.as_i64().unwrap());
                assert!(apart <= 6, "{small} at 1280, {large} at {width}");
            }
        }
    });
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn every_documented_case_fits_a_phone_and_stays_quiet() {
    on_page(&lesson(&[]), async |page| {
        page.resize(390, 844).await;
        for view in ["en", "zh"] {
            page.click(&format!("label[for=to-{view}]")).await;
            let wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";
            assert_eq!(page.run(wider).await, 0, "the page itself scrolls sideways");
            // Nor is any part of a figure cut off, on this phone or on a smaller one.
            let cut = "const room = document.documentElement.clientWidth;
              return [...document.querySelectorAll('figure, .timeline, .map, .map text, .bytes td')]
                .filter((it) => it.getBoundingClientRect().right > room || it.getBoundingClientRect().left < 0)
                .map((it) => `${it.closest('article').id}: ${it.outerHTML}`);";
            for width in [320, 390, 700, 768, 769, 900] {
                page.resize(width, 844).await;
                let found = page.run(cut).await;
                assert_eq!(found, serde_json::json!([]), "at {width}");
            }
            page.resize(390, 844).await;
            let size = "return Math.min(...[...document.querySelectorAll('.map text')].map((it) => it.getBoundingClientRect().height).filter((it) => it > 0));";
            let size = page.run(size).await;
            assert!(size.as_f64() > Some(11.0), "a text of {size} pixels");
            page.click(&format!("#{view} .rewind")).await;
            // Every step of every part, and none of them an error.
            let every = "for (const part of document.querySelectorAll('.view .part')) {
                for (let k = 0; k <= Number(part.dataset.steps); k++) part.querySelector('[data-go=next]').click();
                if (part.classList.contains('stepping')) return part.dataset.part;
              } return null;";
            assert_eq!(page.run(every).await, serde_json::Value::Null);
        }
    });
}
