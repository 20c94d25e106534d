//! Links that lead nowhere: to files that are not there, to headings that a note does not
//! have, to no address at all; each with what may be meant.

use rustc_hash::{FxHashMap, FxHashSet};

use super::ids::{Parts, slug};
use super::leads::{Dead, Lead, Leads, Part};
use super::linked::Notebook;
use super::looks::did_you_mean;
use super::near;
use super::parsed::{Link, LinkKind, Parsed};
use super::paths::without_ending;
use super::problem::{Problem, Rule};
use super::urls;

impl Notebook {
    /// The links of a file that lead nowhere.
    pub(super) fn astray(&self, slot: u32, note: &Parsed, problems: &mut Vec<Problem>) {
        let leads = Leads::of(self);
        let mut places = FxHashMap::default();
        for link in &note.links {
            let wrong = self.wrong(note, link, leads.lead(slot, note, link), &mut places);
            problems.extend(wrong.map(|(rule, message)| {
                let at = (link.line, link.column);
                let source = note.str(link.source).lines().next().unwrap_or_default();
                let problem = Problem::new(rule, &*note.file, at, message);
                problem.wide(source.chars().count())
            }));
        }
    }

    /// What is wrong with a link that leads there: it is not followed, or nothing is there.
    fn wrong(
        &self,
        note: &Parsed,
        link: &Link,
        lead: Lead<'_>,
        places: &mut FxHashMap<u32, Places>,
    ) -> Option<(Rule, String)> {
        let image = note.str(link.source).starts_with('!');
        let nowhere = match image {
            true => Rule::MissingImage,
            false => Rule::BrokenLink,
        };
        let url = note.str(link.url);
        match lead {
            Lead::Unsafe => {
                let message = format!("no page follows the address `{url}`; it is shown as text");
                Some((Rule::UnsafeLink, message))
            }
            Lead::Live(name) if !self.is_live(&name) => {
                Some((Rule::UnknownLiveValue, self.no_live_value(&name)))
            }
            Lead::Dead(why) => {
                let message = match &why {
                    Dead::NoFile(name) => self.no_file(note, name, url, image),
                    Dead::NoNote(name) => self.no_note(name),
                    _ => why.message()?,
                };
                Some((nowhere, message))
            }
            Lead::Note(_, Part::Whole(_)) if link.kind != LinkKind::Wiki => {
                Some((nowhere, no_address(url)?))
            }
            Lead::Away(url) => Some((nowhere, no_address(&url)?)),
            Lead::Note(to, Part::Missing(fragment)) => self.no_place(note, to, &fragment, places),
            _ => None,
        }
    }

    /// Why a link to this path leads to no file: it is there, and nobody is shown it, or it
    /// is not. May wait for the disk.
    fn no_file(&self, note: &Parsed, name: &str, url: &str, image: bool) -> String {
        if super::ours::is_hidden(name) {
            return format!("this leads to {name}, which is hidden: a name begins with a dot");
        }
        let there = self.root().and_then(|root| {
            let target = root.join(name).canonicalize().ok()?;
            Some((target.starts_with(root), target.is_dir()))
        });
        match there {
            Some((false, _)) => format!("this leads to {name}, a link out of the content folder"),
            Some((true, true)) => format!("this leads to the folder {name}, which is no page"),
            Some((true, false)) => {
                format!("this leads to {name}, which an ignore file passes over")
            }
            None => {
                let near = match self.is_cut_at_a_hash(note, url) {
                    true => "; a `#` in the name of a file is written `%23`".to_owned(),
                    false if url.starts_with("www.") => {
                        format!("; did you mean https://{url}?")
                    }
                    false => did_you_mean(self.files_like(name).into_iter()),
                };
                match image {
                    true => format!("there is no image {name}{near}"),
                    false => format!("this leads to {name}, which is not in the notebook{near}"),
                }
            }
        }
    }

    /// Is there a file whose name goes on behind the `#` of an address?
    fn is_cut_at_a_hash(&self, note: &Parsed, url: &str) -> bool {
        let whole = url.contains('#').then(|| urls::decode(url));
        let whole = whole.and_then(|whole| urls::beside(&whole, &note.file));
        whole.is_some_and(|whole| {
            self.slot_of(&whole).is_some() || self.beside().get(&whole).is_some()
        })
    }

    /// Why a wiki link leads nowhere.
    fn no_note(&self, name: &str) -> String {
        let near = self.files_called_like(name).into_iter();
        let near = near.map(|file| format!("[[{}]]", without_ending(&file)));
        let near = did_you_mean(near);
        format!("this leads to [[{name}]], and no file, title or topic is called so{near}")
    }

    /// What to say of a `#…` that a file does not have; nothing of those that browsers know,
    /// and of those that every demo has.
    pub(super) fn no_place(
        &self,
        note: &Parsed,
        to: u32,
        fragment: &str,
        places: &mut FxHashMap<u32, Places>,
    ) -> Option<(Rule, String)> {
        let other = self.parsed(to)?;
        let known = fragment == "top" || fragment.starts_with(":~:");
        if known || (other.is_demo && is_of_every_demo(fragment)) {
            return None;
        }
        let what = match (note.file == other.file, other.is_demo) {
            (true, false) => "this note has no heading or topic",
            (true, true) => "this demo has no heading",
            (false, false) => "has no heading or topic",
            (false, true) => "has no heading",
        };
        let mut message = match note.file == other.file {
            true => format!("{what} `#{fragment}`"),
            false => format!("{} {what} `#{fragment}`", other.file),
        };
        if let Some((_, elsewhere, _)) = self.definition(fragment) {
            message += &format!("; {} defines {fragment}", elsewhere.file);
            return Some((Rule::BrokenFragment, message));
        }
        let there = places.entry(to).or_insert_with(|| Places {
            ids: Parts::of(self, to, other).into_ids(),
            alike: None,
            told: 0,
        });
        let near = there.near(fragment);
        message += &did_you_mean(near.iter().map(|near| format!("#{near}")));
        Some((Rule::BrokenFragment, message))
    }
}

/// What to say of an address that is none: nothing, or nothing but its scheme.
fn no_address(url: &str) -> Option<String> {
    let url = url.trim();
    if url.is_empty() {
        return Some("this has no address: say between `(` and `)` where it leads".to_owned());
    }
    let scheme = url.trim_end_matches('/').to_ascii_lowercase();
    ["", "http:", "https:", "mailto:"]
        .contains(&&*scheme)
        .then(|| format!("nothing follows `{url}` in this address"))
}

/// Is a place on the page of any demo so called: one of its steps, or what is beside them?
fn is_of_every_demo(fragment: &str) -> bool {
    let step = ["step-", "expects-"]
        .into_iter()
        .find_map(|kind| fragment.strip_prefix(kind));
    let number = |step: &str| !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
    step.is_some_and(number) || ["effects", "own", "demo-panels"].contains(&fragment)
}

/// The places on a page.
pub(super) struct Places {
    ids: FxHashSet<String>,
    /// The same, to be asked for near ones.
    alike: Option<near::Alike>,
    /// How often that was done.
    told: usize,
}

impl Places {
    /// Places that a fragment may mean, closest first. After some of them an author has
    /// seen what it is about, and a note may have thousands.
    fn near(&mut self, fragment: &str) -> Vec<String> {
        const MOST: usize = 20;
        self.told += 1;
        if self.told > MOST {
            return Vec::new();
        }
        let same = |id: &&String| id.eq_ignore_ascii_case(fragment);
        match self.ids.iter().find(same) {
            Some(same) => vec![same.to_string()],
            None => {
                let ids = self.ids.iter().map(|id| &**id);
                let alike = self.alike.get_or_insert_with(|| near::Alike::new(ids));
                alike.of(&slug(fragment))
            }
        }
    }
}
