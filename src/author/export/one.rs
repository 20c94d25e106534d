//! One page of the notebook as one file: it opens from a disk, and asks for nothing. Styles
//! and pictures are inside it, scripts are left out, and its policy forbids everything else.

use super::addresses::{Addresses, Page, What};
use super::files::Files;
use super::place::{ONE, put};
use super::rewrite::{Rewriter, escape, with_values, without};
use super::{Base, Copied, ExportError, Told};
use crate::notebook::Notebook;
use crate::panels::words;
use crate::web::assets;
use crate::web::pages::{self, LICENCE, VERSION, note_url, topic_url};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The largest picture that is put into a page, in bytes.
const MOST: u64 = 16 << 20;

/// Writes the topic or note `of` to the file `out`: a name, or a path that begins with `/`.
///
/// # Errors
/// Why not. What was there before is there then.
pub fn one(copied: &Copied<'_>, of: &str, out: &Path) -> Result<Told, ExportError> {
    let notebook = &copied.edition.notebook;
    let facts: Vec<_> = copied
        .seen
        .hosts
        .iter()
        .map(|host| host.facts.clone())
        .collect();
    let addresses = Addresses::of(copied.edition, &facts);
    let page = match of.starts_with('/') {
        true => addresses.page(&note_url(of.trim_end_matches('/'))),
        false => addresses.page(&topic_url(of)),
    };
    let page = page.ok_or_else(|| no_such(notebook, of))?;
    let hosts = copied.host_links();
    let html = copied.beside(&hosts, |beside| match &page.what {
        What::Note(path) => pages::note(notebook, path, 1, beside),
        What::Topic(name) | What::Wanted(name) => pages::topic(notebook, name, 1, beside),
        _ => None,
    });
    let html = html.ok_or_else(|| no_such(notebook, of))?;
    let files = Files::of(copied.folder(), &copied.edition.notebook);
    let unseen = Mutex::<BTreeSet<String>>::default();
    let lead = |name: &str, address: &str, page: &Page, _: usize, _: &str| {
        if name == "src" {
            let found = picture(&files, address);
            if found.is_none() {
                let mut unseen = unseen.lock().unwrap_or_else(PoisonError::into_inner);
                unseen.insert(address.to_owned());
            }
            return found;
        }
        let base = || {
            let to = addresses.resolve(address, page, 1)?;
            Some(format!("{}{to}", copied.base?.whole()))
        };
        within(&html, address, page).or_else(base)
    };
    let rewriter = Rewriter {
        seen: copied.seen,
        chip: String::new(),
        foot: foot(copied, page),
        lead: &lead,
    };
    let still = without_tools(&html);
    let still = with_values(&still, copied.seen, "soft");
    let rewritten = rewriter.page(&dressed(&still, true), page, 1, &page.file);
    put(
        out,
        copied.folder(),
        &rewritten.html.replacen("<!doctype html>\n", ONE, 1),
    )?;
    // A single page leads out of itself all the time: of that nothing is told.
    let unseen = unseen.into_inner().unwrap_or_else(PoisonError::into_inner);
    let lost = unseen.into_iter().map(|lost| (page.file.clone(), lost));
    Ok(Told {
        pages: 1,
        files: 1,
        lost: lost.collect(),
    })
}

fn no_such(notebook: &Notebook, of: &str) -> ExportError {
    let meant = match of.starts_with('/') {
        true => Vec::new(),
        false => notebook.meant_by(of),
    };
    ExportError::NoSuch {
        name: of.to_owned(),
        meant: meant.into_iter().map(|topic| topic.name).take(3).collect(),
    }
}

/// Where an address leads on the page itself.
fn within(html: &str, address: &str, page: &Page) -> Option<String> {
    let (path, fragment) = match address.split_once('#') {
        Some((path, fragment)) => (path, fragment),
        None => (address, ""),
    };
    let here = |id: &str| {
        let mut written = String::from(" id=\"");
        escape(&mut written, id);
        written.push('"');
        !id.is_empty() && html.contains(&written)
    };
    if path == page.address && fragment.is_empty() {
        return Some("#main".to_owned());
    }
    if here(fragment) {
        return Some(format!("#{fragment}"));
    }
    let name = path.strip_prefix("/topics/")?;
    here(name).then(|| format!("#{name}"))
}

/// A picture beside the notes, as an address that holds it.
fn picture(files: &Files, address: &str) -> Option<String> {
    let found = files.find(address)?;
    let about = std::fs::metadata(&found.path).ok()?;
    if !found.mime.starts_with("image/") || about.len() > MOST {
        return None;
    }
    let bytes = std::fs::read(&found.path).ok()?;
    Some(format!(
        "data:{};base64,{}",
        found.mime,
        STANDARD.encode(bytes)
    ))
}

/// Without what needs scripts or other pages: the masthead, and buttons that would do
/// nothing.
fn without_tools(html: &str) -> String {
    let mut out = html.to_owned();
    for (begins, ends) in [
        ("<header class=\"masthead\">", "</header>"),
        ("<button class=\"to-room\"", "</button>"),
        ("<p class=\"seen-key\">", "</p>"),
        ("<nav class=\"pages\"", "</nav>"),
    ] {
        out = without(&out, begins, ends).into_owned();
    }
    out
}

fn foot(copied: &Copied<'_>, page: &Page) -> String {
    let (name, when) = copied.chip();
    let mut host = String::new();
    escape(&mut host, &words::short(&format!("{name} {when}"), 120));
    let elsewhere = match copied.base {
        Some(base) => format!(
            "<a href=\"{0}{1}\">The whole notebook</a>.",
            base.whole(),
            page.href
        ),
        None => "Links to its other pages are plain text here.".to_owned(),
    };
    format!(
        "<footer class=\"foot\">\n<p>One page of a notebook, written on {} by Waterline {VERSION}, {LICENCE}. Nothing in it is live: panels show {host}. {elsewhere}</p>\n</footer>",
        copied.made.read
    )
}

/// The page for what is not there, which a server shows at any address.
pub fn missing(
    copied: &Copied<'_>,
    addresses: &Addresses<'_>,
    chip: String,
    foot: String,
    html: &str,
) -> String {
    let root = copied.base.map_or("", Base::path);
    let lead = |_: &str, address: &str, page: &Page, last: usize, _: &str| {
        Some(format!("{root}{}", addresses.resolve(address, page, last)?))
    };
    let rewriter = Rewriter {
        seen: copied.seen,
        chip,
        foot,
        lead: &lead,
    };
    // Only its links are read, so any page of ours will do.
    let page = Page {
        what: What::About,
        address: String::new(),
        file: "404.html".to_owned(),
        href: String::new(),
    };
    let dressed = dressed(html, false);
    rewriter.page(&dressed, &page, 1, &page.file).html
}

/// A page with its style sheets in it, and without scripts. `closed` is one that may ask for
/// nothing.
fn dressed(html: &str, closed: bool) -> String {
    let mut sheets = String::new();
    let mut out = String::with_capacity(html.len() + (96 << 10));
    let mut rest = html;
    while let Some(at) = rest.find("<link ") {
        let Some(length) = rest[at..].find('>') else {
            break;
        };
        let tag = &rest[at..=at + length];
        out.push_str(rest[..at].trim_end());
        rest = &rest[at + length + 1..];
        if !tag.contains("rel=\"stylesheet\"") {
            continue;
        }
        // `/static/BUILD/css/page.css`
        let name = tag
            .split_once("/static/")
            .and_then(|(_, rest)| rest.split_once('/'));
        let name = name.and_then(|(_, rest)| rest.split('"').next());
        if let Some(bytes) = name.and_then(assets::bytes) {
            sheets.push_str(&String::from_utf8_lossy(&bytes));
            sheets.push('\n');
        }
    }
    out.push_str(rest);
    let out = without(&out, "<meta name=\"scripts\"", ">");
    let out = without(&out, "<script ", "</script>");
    // Nothing in a sheet may end the element.
    let sheets = squeezed(&sheets).replace("</", "<\\/");
    let policy = match closed {
        true => format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; img-src data:\">\n",
            STANDARD.encode(Sha256::digest(sheets.as_bytes()))
        ),
        false => String::new(),
    };
    let icon = "<link rel=\"icon\" href=\"data:,\">";
    out.replacen(
        "</head>",
        &format!("\n{policy}{icon}\n<style>{sheets}</style>\n</head>"),
        1,
    )
}

/// Without the empty lines that left-out comments leave.
fn squeezed(sheet: &str) -> String {
    let lines = sheet.lines().filter(|line| !line.trim().is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}
