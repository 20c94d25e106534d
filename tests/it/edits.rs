//! What is shown follows the content folder: edition by edition, and to every open page.

use crate::live::{LONG, Viewer};
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use waterline::engine::Engine;
use waterline::notebook::Content;
use waterline::notebook::watch::{News, Now};
use waterline::web::content::{self, Following};
use waterline::web::editing::Editing;
use waterline::web::front::Front;
use waterline::web::key::Key;
use waterline::web::reply::Reply;
use waterline::web::state::{App, Edition};

const CAVES: &str = "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\nDark.\n";
const LAMPS: &str = "---\npath: /lamps\ntitle: Lamps\n---\n# Lamps <<Learning_Lamps>>\n\nBright.\n";
const DEMO: &str = "---\ntitle: A walk\ntopic: Learning_Caves\n---\nGo to Learning_Lamps.\n";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("demos")).expect("a folder");
    for (file, text) in [
        ("caves.md", CAVES),
        ("lamps.md", LAMPS),
        ("demos/walk.md", DEMO),
    ] {
        fs::write(folder.path().join(file), text).expect("written");
    }
    folder
}

fn edition(folder: &Path) -> Edition {
    let content = Content::Folder(folder.to_owned());
    content::load(&content).expect("a notebook").followed()
}

/// A Waterline that follows the folder.
fn following(folder: &Path) -> Arc<App> {
    let content = Content::Folder(folder.to_owned());
    let following = Following::of(&content).expect("it can be watched");
    let key = Key::new().expect("randomness");
    let app = Arc::new(App::new(7070, key, Engine::new([]), edition(folder)));
    following.publish_to(Arc::clone(&app));
    app
}

async fn get(app: &Arc<App>, address: &str) -> (Response<()>, String) {
    let request = Request::get(address).header("host", "localhost:7070");
    let request = request.body(Full::<Bytes>::default()).expect("a request");
    let Ok(response): Result<Response<Reply>, _> =
        Front::new(Arc::clone(app)).answer(request).await;
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (Response::from_parts(head, ()), text)
}

fn header<'r>(response: &'r Response<()>, name: &str) -> &'r str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

/// Waits until an address says something.
async fn until_says(app: &Arc<App>, address: &str, text: &str) -> Response<()> {
    let begun = Instant::now();
    loop {
        let (response, page) = get(app, address).await;
        if page.contains(text) {
            return response;
        }
        assert!(
            begun.elapsed() < LONG,
            "{address} never says {text}: {page}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn changed<const N: usize>(files: [(&str, &str); N]) -> News {
    let changes = files.map(|(file, text)| (file.to_owned(), Now::Bytes(text.into())));
    News::Changed(changes.into())
}

#[tokio::test]
async fn an_open_page_is_told_of_each_edition_and_only_pages_that_differ_have_other_bytes() {
    let folder = folder();
    let app = following(folder.path());
    let (lamps, _) = get(&app, "/lamps").await;
    let (caves, _) = get(&app, "/caves").await;
    let mark = header(&caves, "server-timing").to_owned();
    let told = mark
        .strip_prefix("edition;desc=\"")
        .expect("a mark")
        .trim_end_matches('"');
    let mut viewer = Viewer::of(&app, "", "same-origin").await;
    viewer.sees(&[format!("event: edit\ndata: {told}\n")]).await;

    fs::write(
        folder.path().join("caves.md"),
        CAVES.replace("Dark", "Darker"),
    )
    .expect("saved");
    let after = until_says(&app, "/caves", "Darker").await;
    let (run, number) = told.rsplit_once('.').expect("a run and a number");
    let next = format!("{run}.{}", number.parse::<u64>().expect("a number") + 1);
    viewer.sees(&[format!("event: edit\ndata: {next}\n")]).await;
    assert!(header(&after, "server-timing").contains(&next));
    assert_ne!(header(&after, "etag"), header(&caves, "etag"));
    let (same, _) = get(&app, "/lamps").await;
    assert_eq!(header(&same, "etag"), header(&lamps, "etag"));
    // It is told again by the front door, which has the page already.
    let (again, _) = get(&app, "/lamps").await;
    assert!(header(&again, "server-timing").contains(&next));
}

#[tokio::test]
async fn a_thousand_files_at_once_are_one_edition() {
    let folder = folder();
    let app = following(folder.path());
    let mut marks = app.marks().expect("it is followed");
    let first = marks.borrow_and_update().to_string();
    for number in 0..1000 {
        let text = format!("---\npath: /deep/{number}\ntitle: N{number}\n---\nLearning_Caves\n");
        fs::write(folder.path().join(format!("n{number}.md")), text).expect("written");
    }
    until_says(&app, "/deep/999", "N999").await;
    until_says(&app, "/caves", "1,000 places refer").await;
    let number = |mark: &str| {
        mark.rsplit_once('.')
            .and_then(|(_, n)| n.parse::<u64>().ok())
    };
    let last = marks.borrow_and_update().to_string();
    let editions = number(&last).expect("a number") - number(&first).expect("a number");
    // A busy machine may pause once or twice.
    assert!(editions <= 3, "{editions} editions");
}

#[test]
fn what_did_not_change_is_shared_with_the_edition_before() {
    let folder = folder();
    let before = edition(folder.path());
    let after = content::next(
        &before,
        changed([("caves.md", &CAVES.replace("Dark", "Wet"))]),
    );
    let after = after.expect("another edition");
    assert!(
        Arc::ptr_eq(&before.demos, &after.demos),
        "the demos were made anew"
    );
    assert!(Arc::ptr_eq(&before.attached, &after.attached));
    assert!(Arc::ptr_eq(&before.reasons, &after.reasons));
    // A demo follows its own file, and the names in it.
    for (file, text) in [
        ("demos/walk.md", DEMO.replace("A walk", "A way")),
        ("lamps.md", LAMPS.replace("<<Learning_Lamps>>", "")),
        ("lamps.md", LAMPS.replace("/lamps", "/lights")),
    ] {
        let after = content::next(&before, changed([(file, &text)])).expect("another edition");
        assert!(!Arc::ptr_eq(&before.demos, &after.demos), "{text}");
    }
    // Saved as it was.
    assert!(content::next(&before, changed([("caves.md", CAVES)])).is_none());
    assert!(content::next(&before, changed([])).is_none());
    assert!(content::next(&before, changed([("other.tmp", "x")])).is_none());
}

#[test]
fn the_lists_of_the_folder_are_followed_and_the_last_good_one_stays() {
    let folder = folder();
    let before = edition(folder.path());
    let panels = "[topics]\nLearning_Caves = ['networks']\n";
    let why = "[topics]\nLearning_Lamps = 'no need'\n";
    let lists = changed([("attachments.toml", panels), ("demos/none.toml", why)]);
    let after = content::next(&before, lists).expect("another edition");
    assert_eq!(after.attached.of("Learning_Caves").len(), 1);
    assert_eq!(after.reasons.of("Learning_Lamps"), Some("no need"));
    assert!(Arc::ptr_eq(&before.demos, &after.demos));
    let binary = News::Changed(vec![("attachments.toml".into(), Now::Bytes(vec![0xff]))]);
    assert!(content::next(&after, binary).is_none());
    let gone = News::Changed(vec![("attachments.toml".into(), Now::Gone)]);
    let gone = content::next(&after, gone).expect("another edition");
    assert_eq!(gone.attached.of("Learning_Caves").len(), 0);
    assert_eq!(gone.reasons.of("Learning_Lamps"), Some("no need"));
}

#[tokio::test]
async fn what_is_wrong_stands_on_the_page_itself_until_it_is_mended() {
    let folder = folder();
    let app = following(folder.path());
    let file = folder.path().join("caves.md");
    fs::write(&file, [CAVES.as_bytes(), b"<script>\xff"].concat()).expect("saved");
    for address in [
        "/caves",
        "/topics/Learning_Caves",
        "/",
        "/map",
        "/lamps",
        "/search?q=",
        "/demos",
        "/demos/walk",
    ] {
        until_says(&app, address, "<code>caves.md:8:9</code> not valid UTF-8").await;
    }
    until_says(&app, "/caves", "Dark.").await;
    fs::write(&file, CAVES).expect("saved");
    until_says(&app, "/caves", "<aside id=\"edit-notice\" hidden>").await;

    let aside = folder.path().with_extension("aside");
    fs::rename(folder.path(), &aside).expect("moved away");
    for address in ["/caves", "/"] {
        until_says(&app, address, "is not there any more").await;
    }
    until_says(&app, "/caves", "Dark.").await;
    fs::rename(&aside, folder.path()).expect("moved back");
    until_says(&app, "/caves", "<aside id=\"edit-notice\" hidden>").await;
}

#[tokio::test]
async fn a_note_that_was_removed_or_moved_says_so() {
    let folder = folder();
    let app = following(folder.path());
    get(&app, "/caves").await;
    fs::rename(
        folder.path().join("caves.md"),
        folder.path().join("caves.txt"),
    )
    .expect("renamed");
    let gone = until_says(&app, "/caves", "until its file, “caves.md”, was removed").await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    assert_eq!(header(&gone, "server-timing"), "edition;desc=\"none\"");
    let lamps = LAMPS.replace("path: /lamps", "path: /lights");
    fs::write(folder.path().join("lamps.md"), lamps).expect("saved");
    until_says(&app, "/lamps", "is read at “/lights” now").await;
    until_says(&app, "/lamps", "href=\"/lights\"").await;
}

#[tokio::test]
async fn built_in_notes_are_not_followed_and_say_how_to_have_a_copy() {
    let edition = content::load(&Content::Embedded).expect("a notebook");
    let edition = edition.with_editing(Editing::BuiltIn);
    let key = Key::new().expect("randomness");
    let app = Arc::new(App::new(7070, key, Engine::new([]), edition));
    for address in ["/learnings/docker", "/topics/Learning_Docker"] {
        let (response, page) = get(&app, address).await;
        assert!(
            page.contains("waterline new my-notes --from-embedded"),
            "{page}"
        );
        assert_eq!(header(&response, "server-timing"), "");
    }
    let (missing, _) = get(&app, "/nowhere").await;
    assert_eq!(header(&missing, "server-timing"), "");
    assert!(app.marks().is_none());
}
