//! The author saves, and the open page follows.

use crate::browser::{Page, Reader, visit};
use crate::waterline::Waterline;
use anyhow::{Result, ensure};
use std::fs;
use std::path::Path;

const EDITOR: &str = "vscode://file/{path}:{line}:{column}";

/// A note with a text long enough to scroll, and one that refers to it.
fn notes() -> [(&'static str, String); 2] {
    let mut caves = "---\npath: /caves\ntitle: Caves\n---\n# Caves <<Learning_Caves>>\n\n\
        <details><summary>More</summary>Inside.</details>\n\n"
        .to_owned();
    for number in 0..40 {
        caves += &format!("## Cave {number} <<Learning_Cave_{number}>>\n\nIt is dark there.\n\n");
    }
    let lamps = "---\npath: /lamps\ntitle: Lamps\n---\n# Lamps <<Learning_Lamps>>\n\n\
        For Learning_Cave_7, and for Learning_Rope.\n";
    [
        ("caves.md", caves),
        ("sub dir/lamps #1.md", lamps.to_owned()),
    ]
}

fn start() -> Waterline {
    let notes = notes();
    let notes: Vec<(&str, &str)> = notes.iter().map(|(file, text)| (*file, &**text)).collect();
    Waterline::for_author(EDITOR, &notes)
}

/// As editors do: written beside, and put in its place.
fn save(folder: &Path, file: &str, text: impl AsRef<[u8]>) {
    let beside = folder.join(".saving");
    fs::write(&beside, text).expect("written");
    fs::rename(&beside, folder.join(file)).expect("put in its place");
}

async fn mark(page: &Page) -> Result<()> {
    let _: bool = page.ask("return globalThis.__mark = true").await?;
    Ok(())
}

async fn marked(page: &Page) -> Result<()> {
    let marked: bool = page.ask("return globalThis.__mark === true").await?;
    ensure!(marked, "the page was loaded again");
    Ok(())
}

async fn until_says(page: &Page, text: &str) -> Result<()> {
    let script = format!("return document.body.textContent.includes({text:?})");
    page.until(text, &script).await
}

#[tokio::test]
async fn a_saved_note_changes_its_open_page_in_place() {
    visit(Reader::Ordinary, async |page| {
        let waterline = start();
        let folder = waterline.notes();
        page.open(&waterline.url("/caves")).await?;
        mark(page).await?;
        let _: bool = page
            .ask(
                "document.querySelector('main details').open = true; \
                 const here = document.getElementById('Learning_Cave_20'); \
                 here.scrollIntoView({ block: 'center', behavior: 'instant' }); \
                 const link = here.querySelector('a') ?? here.nextElementSibling; \
                 link.focus({ preventScroll: true }); \
                 globalThis.__here = here; globalThis.__link = document.activeElement; \
                 globalThis.__top = here.getBoundingClientRect().top; return true",
            )
            .await?;
        let [(_, caves), _] = notes();
        // Above what is read, and with what the page had no need of before.
        let text = caves.replace(
            "## Cave 3 ",
            "New here, see Learning_Lamps.\n\n```console\n$ docker ps\n```\n\n## Cave 3 ",
        );
        save(&folder, "caves.md", text.replace('\n', "\r\n"));
        until_says(page, "New here, see Learning_Lamps").await?;
        marked(page).await?;
        page.until("a button to copy", "return document.querySelector('copy-code .copy') != null")
            .await?;
        let moved: f64 = page
            .ask("return Math.abs(globalThis.__here.getBoundingClientRect().top - globalThis.__top)")
            .await?;
        ensure!(moved < 2.0, "what was read moved by {moved} px");
        for (what, script) in [
            ("the fold", "return document.querySelector('main details').open"),
            ("the focus", "return document.activeElement === globalThis.__link && __link !== document.body"),
            ("the contents", "return document.querySelector('.tree [aria-current=location]') != null"),
            ("the style of code", "return getComputedStyle(document.querySelector('copy-code')).position === 'relative'"),
            ("who reads it aloud", "return document.getElementById('said').textContent.includes('changed')"),
            ("what to mend", "return document.querySelector('.edited').textContent.includes('1 thing to mend')"),
        ] {
            ensure!(page.ask::<bool>(script).await?, "{what}");
        }
        page.nothing_went_wrong().await
    })
    .await;
}

#[tokio::test]
async fn every_page_that_shows_notes_follows() {
    visit(Reader::Ordinary, async |page| {
        let waterline = start();
        let folder = waterline.notes();
        let rope = "---\npath: /rope\ntitle: Zebra rope\n---\n# A rope <<Learning_Rope>>\n\nFor Learning_Cave_9, zebracorn.\n";
        for (address, text) in [
            ("/", "A rope"),
            ("/topics/Learning_Rope", "Defined, zebracorn"),
            ("/topics/Learning_Cave_9", "1 place refers here"),
            ("/map", "Zebra rope"),
            ("/search?q=zebracorn", "Zebra rope"),
            ("/rope", "zebracorn"),
            ("/demos", "With a rope"),
        ] {
            page.open(&waterline.url(address)).await?;
            mark(page).await?;
            let says: bool = page
                .ask(&format!("return document.body.textContent.includes({text:?})"))
                .await?;
            ensure!(!says, "{address} says {text} already");
            // New files, and gone again afterwards.
            save(&folder, "rope.md", rope.replace("For", "Defined, zebracorn. For"));
            fs::create_dir_all(folder.join("demos"))?;
            save(&folder, "demos/rope.md", "---\ntitle: With a rope\ntopic: Learning_Rope\n---\nHi.\n");
            until_says(page, text).await?;
            marked(page).await?;
            fs::remove_file(folder.join("rope.md"))?;
            fs::remove_file(folder.join("demos/rope.md"))?;
            let script = format!("return !document.querySelector('main').textContent.includes({text:?})");
            page.until(&format!("{address} without {text}"), &script).await?;
            marked(page).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_note_that_cannot_be_read_is_told_with_its_place_and_its_last_good_version_stays() {
    visit(Reader::Ordinary, async |page| {
        let waterline = start();
        let folder = waterline.notes();
        page.open(&waterline.url("/caves")).await?;
        mark(page).await?;
        let [(_, caves), _] = notes();
        for (bytes, place) in [
            ([caves.as_bytes(), b"\xff\xfe\0"].concat(), "caves.md:169:1"),
            (caves.replace("title: Caves", "title: [Caves").into_bytes(), "caves.md:3:8"),
        ] {
            save(&folder, "caves.md", bytes);
            until_says(page, place).await?;
            until_says(page, "Cave 39").await?;
            // Without scripts, and to whoever comes now, it says the same.
            save(&folder, "caves.md", caves.replace("dark there", "wet there"));
            page.until(
                "no fault",
                "return document.getElementById('edit-notice').hidden && document.body.innerText.includes('wet there')",
            )
            .await?;
        }
        save(&folder, "caves.md", b"\x89PNG\0");
        until_says(page, "caves.md:1:1").await?;
        marked(page).await?;
        page.open(&waterline.url("/lamps")).await?;
        until_says(page, "caves.md:1:1").await?;
        // Half a save shows nothing of itself.
        fs::rename(folder.join("caves.md"), folder.join("caves.txt"))?;
        page.until("no fault", "return document.getElementById('edit-notice').hidden").await
    })
    .await;
}

#[tokio::test]
async fn a_page_whose_note_is_removed_says_so_and_leads_on() {
    visit(Reader::Ordinary, async |page| {
        let waterline = start();
        let folder = waterline.notes();
        page.open(&waterline.url("/caves")).await?;
        mark(page).await?;
        fs::remove_file(folder.join("caves.md"))?;
        until_says(
            page,
            "was read here until its file, “caves.md”, was removed",
        )
        .await?;
        page.find("main a[href='/']").await?;
        // It comes back with its file, and moves with its path.
        let [(_, caves), _] = notes();
        save(&folder, "caves.md", &caves);
        until_says(page, "Cave 39").await?;
        save(
            &folder,
            "caves.md",
            caves.replace("path: /caves", "path: /grottoes"),
        );
        until_says(page, "is read at “/grottoes” now").await?;
        page.find("main a[href='/grottoes']").await?;
        marked(page).await
    })
    .await;
}

#[tokio::test]
async fn a_folder_that_goes_is_told_and_its_notes_stay_until_it_is_back() {
    visit(Reader::Ordinary, async |page| {
        let waterline = start();
        let folder = waterline.notes();
        page.open(&waterline.url("/caves")).await?;
        mark(page).await?;
        let aside = folder.with_file_name("aside");
        fs::rename(&folder, &aside)?;
        until_says(page, "is not there any more").await?;
        until_says(page, "Cave 39").await?;
        let [(_, caves), _] = notes();
        save(&aside, "caves.md", caves.replace("dark there", "wet there"));
        fs::rename(&aside, &folder)?;
        until_says(page, "wet there").await?;
        page.until(
            "no fault",
            "return document.getElementById('edit-notice').hidden",
        )
        .await?;
        marked(page).await
    })
    .await;
}

#[tokio::test]
async fn a_page_leads_to_its_source_in_the_authors_editor() {
    visit(Reader::Ordinary, async |page| {
        let waterline = start();
        let root = waterline.notes().canonicalize()?.display().to_string();
        for (address, place, end) in [
            (
                "/lamps",
                "/sub dir/lamps #1.md:1",
                "/sub%20dir/lamps%20%231.md:1:1",
            ),
            ("/topics/Learning_Cave_7", "/caves.md:37", "/caves.md:37:11"),
        ] {
            page.open(&waterline.url(address)).await?;
            let link = page.find(".edit-this a").await?;
            ensure!(link.text().await? == "Edit this note");
            let href = link.attr("href").await?.unwrap_or_default();
            ensure!(
                href.starts_with("vscode://file/") && href.ends_with(end),
                "{href}"
            );
            ensure!(!href.starts_with("vscode://file//"), "{href}");
            let shown = page.find(".edit-this code").await?.text().await?;
            ensure!(shown == format!("{root}{place}"), "{shown}");
        }
        Ok(())
    })
    .await;
}
