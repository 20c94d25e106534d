//! Search, as a reader without scripts has it and as the palette asks for it.

use axum::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::sync::Arc;
use std::time::{Duration, Instant};
use waterline::engine::Engine;
use waterline::notebook::{Content, Notebook, Rules};
use waterline::panels::attached::Attached;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::state::{App, Edition};

const CAVES: &str = "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\n\
    Dark, with <b>bats</b> & more; bring Learning_Lamps.\n\n\
    ## Stalactites <<Learning_Caves_Stalactites>>\n\nThey hang.\n";

fn edition(notes: &[(&str, &str)]) -> Edition {
    let files = notes
        .iter()
        .map(|(file, text)| ((*file).to_owned(), text.as_bytes().to_vec()));
    let notebook = Notebook::from_files(files, &Rules::default());
    Edition::new(notebook, Attached::built_in(), "a test".into())
}

fn app(edition: Edition) -> Arc<App> {
    let key = Key::new().expect("randomness");
    Arc::new(App::new(7070, key, Engine::new([]), edition))
}

fn caves() -> Front {
    Front::new(app(edition(&[("caves.md", CAVES)])))
}

async fn get(front: &Front, address: &str) -> (StatusCode, String) {
    let request = Request::get(address).header("host", "localhost:7070");
    let request = request.body(Full::<Bytes>::default()).expect("a request");
    let response = match front.answer(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    (head.status, String::from_utf8_lossy(&bytes).into_owned())
}

/// What an address says once the index is there, which takes its time in a debug build.
async fn built(front: &Front, address: &str) -> String {
    let begun = Instant::now();
    loop {
        let (status, text) = get(front, address).await;
        assert_eq!(status, 200, "{address}: {text}");
        if !text.contains("still being read") {
            return text;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it is never built"
        );
    }
}

#[tokio::test]
async fn a_page_of_results_needs_no_script() {
    let front = caves();
    let text = built(&front, "/search?q=bats+dark").await;
    assert!(
        text.contains("<a href=\"/topics/Learning_Caves\">"),
        "{text}"
    );
    assert!(
        text.contains("<mark>Dark</mark>, with &lt;b&gt;<mark>bats</mark>&lt;/b&gt; &amp; more"),
        "{text}"
    );
    assert!(text.contains("One found."), "{text}");
    assert!(text.contains("value=\"bats dark\""), "{text}");
    let text = built(&front, "/search?q=learning_caves_stalactites").await;
    let list = text.split("class=\"found\"").nth(1).expect("a list");
    let first = list.split("<a href=\"").nth(1).expect("a link");
    assert!(
        first.starts_with("/topics/Learning_Caves_Stalactites\""),
        "{list}"
    );
}

#[tokio::test]
async fn every_page_has_a_form_that_leads_to_it() {
    for address in [
        "/",
        "/caves",
        "/topics/Learning_Lamps",
        "/nowhere",
        "/search",
    ] {
        let (_, text) = get(&caves(), address).await;
        assert!(
            text.contains("<form class=\"seek\" action=\"/search\""),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_wanted_topic_is_named_as_wanted() {
    for address in ["/search?q=lamps", "/search/found?q=lamps"] {
        let text = built(&caves(), address).await;
        assert!(text.contains("href=\"/topics/Learning_Lamps\""), "{text}");
        assert!(text.contains("<span class=\"tag\">wanted</span>"), "{text}");
    }
}

#[tokio::test]
async fn panels_and_demos_are_found_beside_topics() {
    let notebook = Notebook::load(&Content::Embedded, &Rules::default()).expect("the notes");
    let edition = Edition::new(notebook, Attached::built_in(), "embedded".into());
    let front = Front::new(app(edition));
    let text = built(&front, "/search/found?q=storage+driver").await;
    for href in [
        "/panels/storage-driver\"",
        "/topics/Learning_Docker_Storage",
    ] {
        assert!(text.contains(&format!("href=\"{href}")), "{href}: {text}");
    }
    assert!(!text.contains("<html"), "the fragment is a page");
    let text = built(&front, "/search/found?q=demo").await;
    assert!(text.contains("href=\"/demos/"), "{text}");
    assert!(text.len() < 100_000, "{}", text.len());
}

#[tokio::test]
async fn nothing_typed_and_nothing_found_are_said() {
    let front = caves();
    for address in ["/search", "/search?q=", "/search?q=+++", "/search/found"] {
        assert!(
            built(&front, address).await.contains("Type a word"),
            "{address}"
        );
    }
    let text = built(&front, "/search?q=xylophonist").await;
    assert!(text.contains("Nothing found."), "{text}");
    let text = built(&front, "/search?q=%2A%2A%2A").await;
    assert!(text.contains("There is no word in this"), "{text}");
    // However often a slip is typed, it means the same: it is not found and missed at once.
    let text = built(&front, "/search?q=batz+batz+batz+batz+batz+batz").await;
    assert!(
        text.contains("One found.") && !text.contains("Nothing has"),
        "{text}"
    );
    let text = built(&front, "/search?q=bats+xylophonist").await;
    assert!(text.contains("Nothing has “xylophonist”."), "{text}");
}

#[tokio::test]
async fn whatever_is_asked_gets_a_clear_answer() {
    let front = caves();
    let long = format!("/search?q={}", "a".repeat(7_000));
    assert!(built(&front, &long).await.contains("Only the beginning"));
    // However long: 10 KB, and as many letters of three bytes each, percent-encoded.
    for long in ["a".repeat(10_240), "%E6%B0%B4".repeat(5_000)] {
        for page in ["/search", "/search/found"] {
            let (status, text) = get(&front, &format!("{page}?q={long}")).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            assert!(
                text.contains("200 characters and 10 words are read"),
                "{text}"
            );
            assert!(text.len() < 40_000, "{}", text.len());
            assert!(
                page == "/search/found" || text.contains("class=\"ask\""),
                "{text}"
            );
        }
    }
    for query in [
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%22%3E%3Cimg%20src%3Dx%3E",
        "title%3A(bats%20AND",
        "%FF%FE%00",
        "%E2%80%AEbats",
        "%",
        "bats&q=&q",
    ] {
        for page in ["/search", "/search/found"] {
            let text = built(&front, &format!("{page}?q={query}")).await;
            assert!(!text.contains("<script>"), "{query}: {text}");
            assert!(!text.contains("<img"), "{query}: {text}");
        }
    }
}

#[tokio::test]
async fn a_saved_note_is_found_as_it_is_now() {
    let app = app(edition(&[("caves.md", CAVES)]));
    let front = Front::new(Arc::clone(&app));
    assert!(built(&front, "/search?q=bats").await.contains("One found"));
    app.publish(edition(&[("caves.md", &CAVES.replace("bats", "moths"))]));
    let begun = Instant::now();
    while !get(&front, "/search?q=moths").await.1.contains("One found") {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the index does not follow"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        built(&front, "/search?q=bats")
            .await
            .contains("Nothing found")
    );
}

#[tokio::test]
async fn notebooks_of_nothing_and_of_one_wanted_topic_are_searched() {
    let front = Front::new(app(edition(&[])));
    assert!(
        built(&front, "/search?q=xylophonist")
            .await
            .contains("Nothing found.")
    );
    let front = Front::new(app(edition(&[("a.md", "See Learning_Nowhere.")])));
    let text = built(&front, "/search?q=nowhere").await;
    assert!(text.contains("href=\"/topics/Learning_Nowhere\""), "{text}");
}

#[tokio::test]
async fn ten_thousand_notes_are_searched_and_paged() {
    let notes: Vec<(String, String)> = (0..10_000)
        .map(|number| {
            let text = format!(
                "# Cave {number} <<Learning_Cave_{number}>>\n\nDark, with bats; then Learning_Cave_{}.\n",
                number + 1
            );
            (format!("cave-{number}.md"), text)
        })
        .collect();
    let notes: Vec<(&str, &str)> = notes
        .iter()
        .map(|(file, text)| (&**file, &**text))
        .collect();
    let front = Front::new(app(edition(&notes)));
    let text = built(&front, "/search?q=bats").await;
    assert!(text.contains("The best 30 of 10000 topics."), "{text}");
    let text = built(&front, "/search?q=Learning_Cave_7777").await;
    assert!(
        text.contains("href=\"/topics/Learning_Cave_7777\""),
        "{text}"
    );
    // The one that nobody has written.
    let text = built(&front, "/search?q=Learning_Cave_10000").await;
    assert!(
        text.contains("href=\"/topics/Learning_Cave_10000\""),
        "{text}"
    );
    let long = "cave+bats+dark+".repeat(700);
    for question in ["c", "cave+bats+dark", "cvae", "xylophonist", "*", "", &long] {
        for page in ["/search", "/search/found"] {
            let text = built(&front, &format!("{page}?q={question}")).await;
            assert!(text.len() < 60_000, "{question}: {}", text.len());
        }
    }
    for address in [
        "/",
        "/?notes=50",
        "/map",
        "/map?page=600",
        "/topics/Learning_Cave_1",
    ] {
        let (status, text) = get(&front, address).await;
        assert_eq!(status, 200, "{address}");
        assert!(text.len() < 100_000, "{address}: {}", text.len());
    }
}

#[tokio::test]
async fn a_page_of_the_map_beyond_the_last_is_the_last_and_is_drawn_once() {
    let app = app(edition(&[("caves.md", CAVES)]));
    let front = Front::new(Arc::clone(&app));
    for (beyond, last) in [
        ("/map?page=99", "/map"),
        ("/map?note=/caves&page=99", "/map?note=/caves"),
    ] {
        let (status, text) = get(&front, beyond).await;
        assert_eq!(status, 200, "{beyond}");
        let edition = app.edition_for_long();
        assert!(edition.kept.get(beyond).is_none(), "{beyond} is kept apart");
        let kept = edition.kept.get(last).expect(last);
        assert_eq!(text.as_bytes(), &kept.bytes()[..], "{beyond}");
    }
}
