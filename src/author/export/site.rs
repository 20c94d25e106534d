//! A whole copy: every page that the server shows, as a file.

use super::addresses::{Addresses, List, Page, What, numbered};
use super::files::Files;
use super::place::{Place, PlaceError, at};
use super::rewrite::{Rewriter, with_values};
use super::seen::HostSeen;
use super::{Copied, ExportError, Told, finding, one, sitemap};
use crate::demos::script;
use crate::panels::frame::Moment;
use crate::panels::words;
use crate::web::assets;
use crate::web::demos::{pages as demo_pages, reference};
use crate::web::pages::{self, Beside, HostLink, LICENCE, MapOf, VERSION};
use askama::Template;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::path::Path;

/// What a demo's page says in a copy.
const STILL: &str = "This is a copy of the notebook, and runs nothing: open the notebook with \
    Waterline to run this in a sandbox, or take the commands to your own docker.";

/// Files of `static/` that stand in place of others, since a copy has no server.
const STILLS: [(&str, &str); 3] = [
    ("js/live.js", "still/live.js"),
    ("js/found.js", "still/found.js"),
    ("js/glance.js", "still/glance.js"),
];

/// Files of `static/` that a copy has no use for.
const UNUSED: [&str; 7] = [
    "vendor/",
    "js/demo-run.js",
    "js/edit.js",
    "js/prompt.js",
    "js/terminal.js",
    "still/values.js",
    "css/gallery.css",
];

#[derive(Template)]
#[template(path = "export/search.html")]
struct SearchPage;

#[derive(Template)]
#[template(path = "export/about.html")]
struct AboutPage<'a> {
    made: &'a Moment,
    hosts: &'a [HostSeen],
}

#[derive(Template)]
#[template(path = "export/missing.html")]
struct MissingPage<'a> {
    made: &'a Moment,
}

/// Writes a copy and puts it in its place.
///
/// # Errors
/// Why there is none. What was there before is there then.
pub fn site(copied: &Copied<'_>, place: Place) -> Result<Told, ExportError> {
    let facts: Vec<_> = copied
        .seen
        .hosts
        .iter()
        .map(|host| host.facts.clone())
        .collect();
    let addresses = Addresses::of(copied.edition, &facts);
    let files = Files::of(copied.folder(), &copied.edition.notebook);
    let (chip, foot) = around(copied);
    let lead = |_: &str, address: &str, page: &Page, last: usize, up: &str| {
        let to = addresses.resolve(address, page, last);
        to.or_else(|| files.take(address))
            .map(|to| format!("{up}{to}"))
    };
    let rewriter = Rewriter {
        seen: copied.seen,
        chip,
        foot,
        lead: &lead,
    };
    let site = Site {
        copied,
        hosts: copied.host_links(),
        addresses: &addresses,
        rewriter,
        folder: place.folder(),
    };
    site.folders()?;
    // The index is made one word after the other, on a thread of its own beside the pages: as
    // one more piece of their work it would wait for the end, and leave all other cores idle.
    let (written, others) = std::thread::scope(|scope| {
        let others = scope.spawn(|| site.others());
        (site.pages(), others.join())
    });
    let mut told = Told::default();
    let mut all = others.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let mut sheets = BTreeSet::new();
    for page in written? {
        told.pages += page.files.len();
        sheets.extend(page.sheets);
        told.lost
            .extend(page.lost.into_iter().map(|lost| (page.file.clone(), lost)));
        all.extend(page.files);
    }
    all.extend(site.sheets(sheets)?);
    drop(site);
    for (file, from) in files.asked() {
        let to = place.folder().join(&file);
        make_folder(&to)?;
        std::fs::copy(&from, &to).map_err(at(&from))?;
        all.push(file);
    }
    all.sort_unstable();
    told.files = all.len();
    told.lost.sort();
    told.lost.dedup();
    place.settle(&all)?;
    Ok(told)
}

/// What stands in place of the masthead's chip and of the footer.
fn around(copied: &Copied<'_>) -> (String, String) {
    let (name, when) = copied.chip();
    let escaped = |text: &str| {
        let mut out = String::new();
        super::rewrite::escape(&mut out, &words::short(text, 64));
        out
    };
    let chip = format!(
        "<live-host data-state=\"stale\"><a class=\"state\" href=\"/hosts#hosts\" data-state=\"stale\"><span class=\"dot\"></span><b>{}</b> {}</a></live-host>",
        escaped(&name),
        escaped(&when)
    );
    let foot = format!(
        "<footer class=\"foot\">\n<p>A copy of {}, made by Waterline {VERSION}, {LICENCE}. Nothing in it is live. <a href=\"{}\">About this copy</a>, <a href=\"/values\">live values</a></p>\n\
         <p>Keys: <kbd>Tab</kbd> moves, <kbd>Enter</kbd> follows or unfolds, arrows scroll the code, table or picture in focus. <button type=\"button\" class=\"btn plain\" id=\"all-keys\">All keys</button></p>\n</footer>",
        copied.made.read,
        super::addresses::ABOUT
    );
    (chip, foot)
}

/// A copy that is being written.
struct Site<'a> {
    copied: &'a Copied<'a>,
    hosts: Vec<HostLink>,
    addresses: &'a Addresses<'a>,
    rewriter: Rewriter<'a>,
    folder: &'a Path,
}

/// What was written of one page.
struct Written {
    /// Its first file.
    file: String,
    files: Vec<String>,
    lost: Vec<String>,
    /// The style sheets that they name.
    sheets: BTreeSet<String>,
}

impl Site<'_> {
    /// Makes every folder that a page is in.
    fn folders(&self) -> Result<(), PlaceError> {
        let mut made = FxHashSet::default();
        for page in self.addresses.pages() {
            if let Some((folder, _)) = page.file.rsplit_once('/')
                && made.insert(folder)
            {
                let folder = self.folder.join(folder);
                std::fs::create_dir_all(&folder).map_err(at(&folder))?;
            }
        }
        Ok(())
    }

    /// Draws and writes all pages.
    fn pages(&self) -> Result<Vec<Written>, ExportError> {
        let pages = self.addresses.pages();
        pages.par_iter().map(|page| self.page(page)).collect()
    }

    /// Draws one page, and the further pages of its list, and writes them.
    fn page(&self, page: &Page) -> Result<Written, ExportError> {
        let mut written = Written {
            file: page.file.clone(),
            files: Vec::new(),
            lost: Vec::new(),
            sheets: BTreeSet::new(),
        };
        if let What::Script(id) = &page.what {
            let demo = self.copied.edition.demos.get(id);
            let text = demo.map(|demo| script::shell(demo)).unwrap_or_default();
            self.put(page.file.clone(), text.as_bytes(), &mut written)?;
            return Ok(written);
        }
        let first = self.drawn(&page.what, 1)?;
        let has_pages = first.contains("<nav class=\"pages\"");
        if page.what == What::Home {
            for list in List::ALL {
                let last = if has_pages {
                    last_page(&first, &format!("/?{}=", list.name()))
                } else {
                    1
                };
                for number in 2..=last {
                    let html = self.home(list, number);
                    self.put_page(&html, page, last, list.file(number), &mut written)?;
                }
            }
            self.put_page(&first, page, 1, page.file.clone(), &mut written)?;
            return Ok(written);
        }
        let last = match has_pages {
            true => {
                let with = if page.address.contains('?') {
                    "&#38;"
                } else {
                    "?"
                };
                last_page(&first, &format!("{}{with}page=", page.address))
            }
            false => 1,
        };
        self.put_page(&first, page, last, page.file.clone(), &mut written)?;
        for number in 2..=last {
            let html = self.drawn(&page.what, number)?;
            self.put_page(
                &html,
                page,
                last,
                numbered(&page.file, number),
                &mut written,
            )?;
        }
        Ok(written)
    }

    fn put_page(
        &self,
        html: &str,
        page: &Page,
        last: usize,
        file: String,
        written: &mut Written,
    ) -> Result<(), ExportError> {
        if let Some(sheets) = assets::sheets_of(html)
            && !written.sheets.contains(sheets)
        {
            written.sheets.insert(sheets.to_owned());
        }
        let html = with_values(html, self.copied.seen, "soft still");
        let rewritten = self.rewriter.page(&html, page, last, &file);
        written.lost.extend(rewritten.lost);
        self.put(file, rewritten.html.as_bytes(), written)
    }

    fn put(&self, file: String, bytes: &[u8], written: &mut Written) -> Result<(), ExportError> {
        let path = self.folder.join(&file);
        std::fs::write(&path, bytes).map_err(at(&path))?;
        written.files.push(file);
        Ok(())
    }

    fn beside<T>(&self, draw: impl FnOnce(&Beside<'_>) -> T) -> T {
        self.copied.beside(&self.hosts, draw)
    }

    fn home(&self, list: List, number: usize) -> String {
        self.beside(|beside| pages::home(&self.copied.edition.notebook, list.at(number), beside))
    }

    /// Page `number` of what a page shows, as the server draws it.
    fn drawn(&self, what: &What, number: usize) -> Result<String, ExportError> {
        let Copied { edition, seen, .. } = self.copied;
        let notebook = &edition.notebook;
        let gone = || ExportError::Drawing(format!("{what:?} is not there"));
        Ok(match what {
            What::Home => self.home(List::Notes, number),
            What::Map => pages::map(notebook, &MapOf::Notes(number)).ok_or_else(gone)?,
            What::Note(path) => self
                .beside(|beside| pages::note(notebook, path, number, beside))
                .ok_or_else(gone)?,
            What::NoteMap(path) => {
                pages::map(notebook, &MapOf::Note(path.clone(), number)).ok_or_else(gone)?
            }
            What::Topic(name) | What::Wanted(name) => self
                .beside(|beside| pages::topic(notebook, name, number, beside))
                .ok_or_else(gone)?,
            What::WantedMap(name) => {
                pages::map(notebook, &MapOf::Topic(name.clone())).ok_or_else(gone)?
            }
            What::Demos => demo_pages::list_page(edition, vec![STILL.to_owned()])?,
            What::Demo(id) => {
                let demo = edition.demos.get(id).ok_or_else(gone)?;
                demo_pages::still_page(edition, demo, vec![STILL.to_owned()])?
            }
            What::Script(_) => return Err(gone()),
            What::Commands => reference::page()?,
            What::Values => seen.values_page.clone(),
            What::Panel(panel) => seen.whole(*panel).unwrap_or_default(),
            What::Search => SearchPage.render()?,
            What::About => AboutPage {
                made: &self.copied.made,
                hosts: &seen.hosts,
            }
            .render()?,
        })
    }

    /// Writes what is no page: the files of `static/`, the index, the links, the sitemap.
    fn others(&self) -> Result<Vec<String>, ExportError> {
        let edition = self.copied.edition;
        let addresses = self.addresses;
        let mut files = finding::index(edition, addresses);
        let links = serde_json::to_vec(&edition.notebook.index());
        let links = links.map_err(|error| ExportError::Drawing(error.to_string()))?;
        files.push(("links.json".to_owned(), links));
        files.extend(sitemap::sitemap(addresses.pages(), self.copied.base));
        files.extend(self.assets());
        files.push(("404.html".to_owned(), self.missing()?.into_bytes()));
        let mut written = Vec::with_capacity(files.len());
        for (file, bytes) in files {
            let path = self.folder.join(&file);
            make_folder(&path)?;
            std::fs::write(&path, bytes).map_err(at(&path))?;
            written.push(file);
        }
        Ok(written)
    }

    /// Writes the style sheets that pages name together, each set as one file.
    fn sheets(&self, named: BTreeSet<String>) -> Result<Vec<String>, ExportError> {
        let mut written = Vec::with_capacity(named.len());
        for name in named {
            let file = asset(&name);
            let path = self.folder.join(&file);
            make_folder(&path)?;
            let bytes = assets::bytes(&name).unwrap_or_default();
            std::fs::write(&path, bytes).map_err(at(&path))?;
            written.push(file);
        }
        Ok(written)
    }

    fn assets(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for name in assets::names() {
            let is_still = STILLS.iter().any(|(_, still)| *still == name);
            if is_still || UNUSED.iter().any(|unused| name.starts_with(unused)) {
                continue;
            }
            let still = STILLS.iter().find(|(own, _)| *own == name);
            let from = still.map_or(name.as_str(), |(_, still)| still);
            if let Some(bytes) = assets::bytes(from) {
                files.push((asset(&name), bytes.to_vec()));
            }
        }
        let values: serde_json::Map<String, serde_json::Value> = self
            .copied
            .seen
            .values
            .iter()
            .map(|(name, html)| ((*name).to_owned(), html.as_str().into()))
            .collect();
        let values = serde_json::Value::Object(values);
        let script = format!("export const values = {values}\n");
        files.push((asset("still/values.js"), script.into_bytes()));
        files
    }

    /// The page for what is not there. A server shows it at any address, so it leads on by
    /// whole addresses where the base is known, and brings its own style.
    fn missing(&self) -> Result<String, ExportError> {
        let html = MissingPage {
            made: &self.copied.made,
        }
        .render()?;
        let (chip, foot) = around(self.copied);
        Ok(one::missing(self.copied, self.addresses, chip, foot, &html))
    }
}

/// Where a file of `static/` is in a copy.
fn asset(name: &str) -> String {
    assets::url(name).trim_start_matches('/').to_owned()
}

fn make_folder(file: &Path) -> Result<(), PlaceError> {
    match file.parent() {
        Some(folder) => std::fs::create_dir_all(folder).map_err(at(folder)),
        None => Ok(()),
    }
}

/// The number of the last page that a page leads to by addresses that begin so.
fn last_page(html: &str, begins: &str) -> usize {
    let begins = format!("href=\"{begins}");
    let numbers = memchr::memmem::find_iter(html.as_bytes(), begins.as_bytes()).filter_map(|at| {
        let rest = &html[at + begins.len()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].parse().ok()
    });
    numbers.max().unwrap_or(1)
}

#[cfg(test)]
mod tests;
