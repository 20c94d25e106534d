//! Names that any server takes, and where addresses lead.

use super::*;
use crate::notebook::Rules;
use crate::panels::attached::Attached;

fn edition(notes: &[(&str, &str)]) -> Edition {
    let files = notes.iter().map(|(path, text)| {
        let text = format!("---\npath: \"{path}\"\ntitle: T\n---\n{text}");
        (format!("{}.md", path.len()), text.into_bytes())
    });
    let files = files
        .enumerate()
        .map(|(at, (file, text))| (format!("{at}-{file}"), text));
    let notebook = Notebook::from_files(files, &Rules::default());
    Edition::new(notebook, Attached::built_in(), "test".into())
}

#[test]
fn a_name_holds_nothing_that_a_server_or_file_system_reads_otherwise() {
    for (name, expected) in [
        ("docker", "docker"),
        ("a b#c%20?d", "a-b-c-20-d"),
        ("a:b|c*\"<>\\", "a-b-c-----"),
        (".hidden", "-hidden"),
        ("..", "--"),
        ("end.", "end-"),
        ("", "-"),
        ("con", "con-"),
        ("COM1.txt", "COM1.txt-"),
        ("x.page-2", "x-page-2"),
        ("x.page-two", "x.page-two"),
        ("über größe", "über-größe"),
        ("学习", "学习"),
        ("a\u{202e}b\u{0}", "a-b-"),
    ] {
        assert_eq!(safe(name), expected, "{name:?}");
    }
    assert!(safe(&"ö".repeat(400)).len() <= LONGEST + 1);
    assert_eq!(stem("/a.html/b"), "a-html/b");
    assert_eq!(stem("/a//../b"), "a/--/b");
}

#[test]
fn no_two_pages_are_one_file_however_capitals_are_read() {
    let edition = edition(&[
        ("/Guide", ""),
        ("/guide", ""),
        ("/index", ""),
        ("/about-this-copy", ""),
        ("/a b", ""),
        ("/a'b", ""),
        ("/404", ""),
        (
            "/x",
            "# <<Learning_Some_Name>>\n\nSee Learning_Wanted_Name.",
        ),
        ("/y", "# <<Learning_some_name>>"),
    ]);
    let addresses = Addresses::of(&edition, &[]);
    let mut files: Vec<String> = addresses
        .pages()
        .iter()
        .map(|page| page.file.to_lowercase())
        .collect();
    let all = files.len();
    files.sort();
    files.dedup();
    assert_eq!(files.len(), all);
    assert!(!files.contains(&"404.html".to_owned()));
    let file = |address: &str| addresses.page(address).map(|page| page.file.as_str());
    assert_eq!(file("/"), Some("index.html"));
    assert_eq!(file("/index"), Some("index-2.html"));
    let both = [file("/Guide"), file("/guide")];
    assert!(
        both.contains(&Some("guide-2.html")) || both.contains(&Some("Guide-2.html")),
        "{both:?}"
    );
    assert_eq!(file("/a%20b"), Some("a-b.html"));
    assert_eq!(file("/a%27b"), Some("a-b-2.html"));
    assert_eq!(
        file("/topics/Learning_Wanted_Name"),
        Some("topics/Learning_Wanted_Name.html")
    );
    assert_eq!(file("/none"), None);
}

#[test]
fn addresses_lead_to_files_with_their_page_and_place() {
    let edition = edition(&[("/ü/x", "# <<Learning_Some_Name>>"), ("/y", "")]);
    let addresses = Addresses::of(&edition, &[]);
    let note = addresses.page("/y").expect("a page").clone();
    let to = |address: &str| addresses.resolve(address, &note, 3);
    let is = |address: &str, expected: &str| {
        assert_eq!(to(address).as_deref(), Some(expected), "{address}")
    };
    is("/", "index.html");
    is("/#topics", "index.html#topics");
    is("/%C3%BC/x#at:3", "%C3%BC/x.html#at:3");
    is("/ü/x", "%C3%BC/x.html");
    is(
        "/topics/Learning_Some_Name",
        "topics/Learning_Some_Name.html",
    );
    is("/y/", "y.html");
    is("/topics", "index.html");
    is("/map?at=Learning_Some_Name", "maps/%C3%BC/x.html");
    is("/map?note=/y", "maps/y.html");
    is("/search?q=a", "search.html?q=a");
    is("/static/1/css/a.css", "static/1/css/a.css");
    is("/panels/layers", "panels/layers.html");
    is("/notebook.json", "links.json");
    is("/hosts#hosts", "about-this-copy.html#hosts");
    // Further pages are led to from their own list alone: only there are they known.
    is("/y?page=3", "y.page-3.html");
    is("/y?page=4", "y.html");
    is(
        "/topics/Learning_Some_Name?page=2",
        "topics/Learning_Some_Name.html",
    );
    is("/?notes=2#notes", "index.html#notes");
    let home = addresses.page("/").expect("home");
    let from_home = addresses.resolve("/?notes=2&topics=3#topics", home, 9);
    assert_eq!(
        from_home.as_deref(),
        Some("index.topics.page-3.html#topics")
    );
    for nowhere in [
        "/panels/layers?of=a",
        "/panels/none",
        "/none",
        "/topics/None",
        "/map?at=None",
        "/panels/layers.json",
    ] {
        assert_eq!(to(nowhere), None, "{nowhere}");
    }
}
