//! The map of all notes: each note is a bus with its topics below it, and beside them the
//! references between notes run on tracks, the short ones nearest.

use super::shapes::{Drawing, Node, Path, Towards, Ways, Words, tip, tracks};
use super::stack::{Item, Row, stacked};
use super::{Legend, Link, List, MapOf, Page, Said, map_url, times, topic_map_url};
use crate::notebook::{MappedNote, Notebook};
use crate::panels::words::{short, width};
use crate::web::pages::pager::Pager;
use crate::web::pages::parts::{counted, thousands};
use crate::web::pages::topic_url;
use std::collections::HashMap;

/// Notes on one page.
const NOTES: usize = 16;
/// Topics named below a note.
const TOPICS: usize = 10;
/// Wanted topics named.
const WANTED: usize = 16;
/// Tracks beside the notes.
const TRACKS: usize = 34;
/// Links in words after one note, of each kind.
const SAID: usize = 10;

const WIDTH: i32 = 960;
/// Where the tracks begin.
const ASIDE: i32 = 560;
const LINE: i32 = 26;

/// The page on which a note stands, from 1.
pub fn page_of(number: usize) -> usize {
    number / NOTES + 1
}

/// References from one row to another: row numbers, and how many there are.
struct Tie {
    from: usize,
    to: usize,
    count: usize,
}

/// Page `asked` of the notes.
pub fn page(notebook: &Notebook, asked: usize) -> Page {
    let total = notebook.len();
    let pager = Pager::new(total, NOTES, asked);
    let range = pager.range();
    let notes = notebook.mapped_notes(range.start, range.len());
    let all = Map::new(notes);
    let heading = "The map".to_owned();
    let mut left_out = Vec::new();
    let drawings = (total > 0).then(|| (all.wide(&mut left_out), all.narrow()));
    if all.elsewhere() > 0 {
        let (one, many) = (
            "reference leads to a note on another page of the map",
            "references lead to notes on other pages of the map",
        );
        left_out.push(format!("{}.", counted(all.elsewhere(), one, many)));
    }
    Page {
        title: match pager.at {
            1 => "The map".to_owned(),
            at => format!("The map, page {at}"),
        },
        lead: all.lead(total),
        label: "The map of the notes: which note refers to which. The same in words stands below."
            .to_owned(),
        heading,
        crumbs: Vec::new(),
        drawings,
        legend: Legend {
            notes: false,
            here: false,
            wanted: !all.wanted.is_empty(),
            thick: all.ties.iter().any(|tie| tie.count > 3),
        },
        left_out,
        pages: pager.html("Pages of the map", |page| MapOf::Notes(page).address()),
        words: all.words(),
    }
}

struct Map {
    notes: Vec<MappedNote>,
    /// Between notes of this page, then from a note to the wanted topics.
    ties: Vec<Tie>,
    /// The wanted topics that these notes refer to: name, title, how often.
    wanted: Vec<(String, String, usize)>,
}

impl Map {
    fn new(notes: Vec<MappedNote>) -> Map {
        let rows: HashMap<&str, usize> = notes
            .iter()
            .enumerate()
            .map(|(row, note)| (&*note.note.path, row))
            .collect();
        let mut ties = Vec::new();
        let mut wanted = Vec::<(String, String, usize)>::new();
        let mut known = HashMap::new();
        for (from, note) in notes.iter().enumerate() {
            for (other, count) in &note.leads_to {
                if let Some(&to) = rows.get(&*other.path) {
                    ties.push(Tie {
                        from,
                        to,
                        count: *count,
                    });
                }
            }
            let mut asks = 0;
            for (topic, count) in &note.wants {
                asks += count;
                let at = *known.entry(topic.name.clone()).or_insert_with(|| {
                    wanted.push((topic.name.clone(), topic.title.clone(), 0));
                    wanted.len() - 1
                });
                wanted[at].2 += count;
            }
            if asks > 0 {
                ties.push(Tie {
                    from,
                    to: notes.len(),
                    count: asks,
                });
            }
        }
        Map {
            ties,
            wanted,
            notes,
        }
    }

    /// References to notes on other pages of the map.
    fn elsewhere(&self) -> usize {
        let all: usize = self
            .notes
            .iter()
            .flat_map(|note| note.leads_to.iter().map(|(_, count)| count))
            .sum();
        let here: usize = self
            .ties
            .iter()
            .filter(|tie| tie.to < self.notes.len())
            .map(|tie| tie.count)
            .sum();
        all - here
    }

    fn lead(&self, total: usize) -> String {
        if total == 0 {
            return "There are no notes in this notebook yet, so there is nothing to draw."
                .to_owned();
        }
        let shown = self.notes.len();
        let notes = if shown < total {
            format!("{shown} of {} notes", thousands(total))
        } else {
            counted(total, "note", "notes")
        };
        let topics: usize = self.notes.iter().map(|note| note.topics.len()).sum();
        let between: usize = self
            .notes
            .iter()
            .flat_map(|note| note.leads_to.iter().map(|(_, count)| count))
            .sum();
        let mut lead = format!(
            "{notes}, {}, {} from note to note",
            counted(topics, "topic", "topics"),
            counted(between, "reference", "references"),
        );
        if self.wanted.is_empty() {
            lead.push('.');
        } else {
            let wanted = counted(self.wanted.len(), "wanted topic", "wanted topics");
            lead = format!("{lead}, {wanted}.");
        }
        lead
    }

    /// How many references lead to a note from the others on this page.
    fn led_here(&self, row: usize) -> usize {
        let to = self.ties.iter().filter(|tie| tie.to == row);
        to.map(|tie| tie.count).sum()
    }

    fn wide(&self, left_out: &mut Vec<String>) -> Drawing {
        let mut nodes = Vec::new();
        let mut words = Vec::new();
        let mut rails = Vec::new();
        let mut y = 4;
        let mut buses = Vec::new();
        let mut titles = Vec::new();
        for (row, note) in self.notes.iter().enumerate() {
            titles.push(nodes.len());
            nodes.push(
                Node::new(map_url(&note.note.path), "note", (0, y, ASIDE - 160, 28)).says(
                    0,
                    y + 19,
                    "l",
                    &note.note.title,
                    f64::from(ASIDE - 170) * 0.82,
                ),
            );
            let out: usize = note.leads_to.iter().map(|(_, count)| count).sum();
            let sum = match (self.led_here(row), out) {
                (0, 0) => "stands alone".to_owned(),
                (led, out) => format!("{} in, {} out", thousands(led), thousands(out)),
            };
            words.push(Words::new(ASIDE, y + 19, "s q e", sum));
            buses.push(y + 32);
            let named: Vec<(String, String)> = note
                .topics
                .iter()
                .take(TOPICS)
                .map(|topic| (topic_url(&topic.name), topic.title.clone()))
                .collect();
            let more = note.topics.len().saturating_sub(TOPICS);
            let more = (more > 0).then(|| {
                (
                    map_url(&note.note.path),
                    format!("{} more", thousands(more)),
                )
            });
            y = chips(&mut nodes, "", y + 38, named.into_iter().chain(more)) + 16;
        }
        if !self.wanted.is_empty() {
            words.push(Words::new(0, y + 19, "l", "Wanted"));
            words.push(Words::new(ASIDE, y + 19, "s q e", "not written yet"));
            buses.push(y + 32);
            let named = self
                .wanted
                .iter()
                .take(WANTED)
                .map(|(name, title, _)| (topic_map_url(name), title.clone()));
            let more = self.wanted.len().saturating_sub(WANTED);
            let more =
                (more > 0).then(|| ("/#wanted".to_owned(), format!("{} more", thousands(more))));
            y = chips(&mut nodes, "wanted", y + 42, named.chain(more)) + 16;
        }

        // Two notes that refer to each other share a track.
        let mut pairs: Vec<(usize, usize)> = self
            .ties
            .iter()
            .map(|tie| (tie.from.min(tie.to), tie.from.max(tie.to)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        let (of, count) = tracks(&pairs);
        let pitch = ((WIDTH - ASIDE - 30) / count.clamp(1, TRACKS) as i32).min(36);
        let hidden = of.iter().filter(|track| **track >= TRACKS).count();
        if hidden > 0 {
            let (one, many) = (
                "far pair of notes is not drawn",
                "far pairs of notes are not drawn",
            );
            left_out.push(format!("{}.", counted(hidden, one, many)));
        }
        let mut reach = vec![ASIDE; buses.len()];
        for (pair, track) in pairs.iter().zip(&of) {
            if *track >= TRACKS {
                continue;
            }
            let x = ASIDE + 18 + pitch * *track as i32;
            let (top, bottom) = (buses[pair.0], buses[pair.1]);
            for row in [pair.0, pair.1] {
                reach[row] = reach[row].max(x + 6);
            }
            let tie = |from: usize, to: usize| {
                let ties = self.ties.iter();
                ties.filter(|tie| tie.from == from && tie.to == to)
                    .map(|tie| tie.count)
                    .sum::<usize>()
            };
            let (down, up) = (tie(pair.0, pair.1), tie(pair.1, pair.0));
            let wanted = pair.1 == self.notes.len();
            let from = if up > 0 { top + 10 } else { top };
            let to = if down > 0 { bottom - 10 } else { bottom };
            let d = format!("M{x} {from}V{to}");
            let mut tips = String::new();
            if down > 0 {
                tips.push_str(&tip(x, bottom - 3, Towards::Down));
            }
            if up > 0 {
                tips.push_str(&tip(x, top + 3, Towards::Up));
            }
            let mut way = Ways::default();
            if down.max(up) > 3 && !wanted {
                way.thick.push_str(&d);
                way.tips.push_str(&tips);
            } else {
                way.add(&d, wanted, &tips);
            }
            // Drawn with the note above, lit by either.
            nodes[titles[pair.0]].ways.and(&way);
            if let Some(below) = titles.get(pair.1) {
                nodes[*below].echo.and(&way);
            }
        }
        for (row, (y, reach)) in buses.iter().zip(&reach).enumerate() {
            let (thick, thin) = if row == self.notes.len() {
                ("bus hollow", "reach hollow")
            } else {
                ("bus", "reach")
            };
            rails.push(Path {
                class: thick,
                d: format!("M0 {y}H{ASIDE}"),
            });
            if *reach > ASIDE {
                rails.push(Path {
                    class: thin,
                    d: format!("M{ASIDE} {y}H{reach}"),
                });
            }
        }
        Drawing {
            width: WIDTH,
            height: y,
            rails,
            words,
            nodes,
            lit: Ways::default(),
        }
    }

    fn narrow(&self) -> Drawing {
        let items: Vec<Item> = self
            .notes
            .iter()
            .enumerate()
            .map(|(row, note)| {
                let to = |at: usize| match self.notes.get(at) {
                    Some(other) => (map_url(&other.note.path), other.note.title.clone()),
                    None => (
                        "/#wanted".to_owned(),
                        counted(note.wants.len(), "wanted topic", "wanted topics"),
                    ),
                };
                let ties = self.ties.iter();
                let led = ties
                    .clone()
                    .filter(|tie| tie.to == row)
                    .map(|tie| (tie.from, false, tie.count));
                let out = ties
                    .filter(|tie| tie.from == row)
                    .map(|tie| (tie.to, true, tie.count));
                let rows = led.chain(out).map(|(other, out, count)| {
                    let (href, title) = to(other);
                    Row {
                        href,
                        title: match count {
                            1 => title,
                            many => format!("{title} ×{many}"),
                        },
                        small: None,
                        out,
                        wanted: other == self.notes.len(),
                    }
                });
                Item {
                    href: map_url(&note.note.path),
                    title: note.note.title.clone(),
                    class: "place",
                    depth: 0,
                    rows: rows.collect(),
                }
            })
            .collect();
        stacked(&items)
    }

    fn words(&self) -> Vec<Said> {
        let mut said: Vec<Said> =
            self.notes
                .iter()
                .enumerate()
                .map(|(row, note)| {
                    let all = map_url(&note.note.path);
                    let list = |what, links: Vec<Link>| {
                        let more = links.len().saturating_sub(SAID);
                        (!links.is_empty()).then(|| List {
                            what,
                            links: links.into_iter().take(SAID).collect(),
                            more: (more > 0)
                                .then(|| (all.clone(), format!("{} more", thousands(more)))),
                        })
                    };
                    let link = |href: String, title: &str, count: usize| Link {
                        href,
                        title: short(title, 120),
                        after: times(count),
                    };
                    let topics = note
                        .topics
                        .iter()
                        .map(|topic| link(topic_url(&topic.name), &topic.title, 1));
                    let leads = note
                        .leads_to
                        .iter()
                        .map(|(other, count)| link(map_url(&other.path), &other.title, *count));
                    let led = self.ties.iter().filter(|tie| tie.to == row).map(|tie| {
                        let other = &self.notes[tie.from].note;
                        link(map_url(&other.path), &other.title, tie.count)
                    });
                    let wants = note.wants.iter().map(|(topic, count)| {
                        link(topic_map_url(&topic.name), &topic.title, *count)
                    });
                    let lists = [
                        list("has the topics", topics.collect()),
                        list("refers to", leads.collect()),
                        list("is referred to by", led.collect()),
                        list("wants", wants.collect()),
                    ];
                    Said {
                        link: link(all.clone(), &note.note.title, 1),
                        note: "",
                        lists: lists.into_iter().flatten().collect(),
                    }
                })
                .collect();
        said.retain(|said| !said.link.title.is_empty());
        said
    }
}

/// Links side by side below a bus, from `y`. Gives where they end.
fn chips(
    nodes: &mut Vec<Node>,
    class: &'static str,
    y: i32,
    links: impl Iterator<Item = (String, String)>,
) -> i32 {
    let (mut x, mut y) = (0, y);
    let mut any = false;
    for (href, title) in links {
        any = true;
        let pad = if class == "wanted" { 10 } else { 0 };
        let shown = short(&title, 44);
        let w = ((0.92 * width(&shown)).ceil() as i32).clamp(28, ASIDE - 2 * pad) + 2 * pad;
        if x > 0 && x + w > ASIDE {
            x = 0;
            y += LINE + 2 * i32::from(class == "wanted");
        }
        nodes.push(Node::new(href, class, (x, y, w, LINE)).says(
            x + pad,
            y + 17,
            "",
            &title,
            width(&shown) + 1.0,
        ));
        x += w + 16;
    }
    if any { y + LINE } else { y }
}
