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

/// The page that is shown to who asks for page `asked`, from 1.
pub fn shown(notebook: &Notebook, asked: usize) -> usize {
    Pager::new(notebook.len(), NOTES, asked).at
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

    /// How many references lead from one row to another.
    fn tied(&self, from: usize, to: usize) -> usize {
        let ties = self.ties.iter();
        let ties = ties.filter(|tie| tie.from == from && tie.to == to);
        ties.map(|tie| tie.count).sum()
    }

    /// Rows that refer to each other, the upper one first: they share a track.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let pairs = self.ties.iter();
        let mut pairs: Vec<(usize, usize)> = pairs
            .map(|tie| (tie.from.min(tie.to), tie.from.max(tie.to)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    fn wide(&self, left_out: &mut Vec<String>) -> Drawing {
        let mut rows = Rows::default();
        for (row, note) in self.notes.iter().enumerate() {
            rows.note(note, self.led_here(row));
        }
        if !self.wanted.is_empty() {
            rows.wanted(&self.wanted);
        }
        let reach = self.draw_tracks(&mut rows, left_out);
        let rails = rails(&rows.buses, &reach, self.notes.len());
        Drawing {
            width: WIDTH,
            height: rows.y + 4,
            rails,
            words: rows.words,
            nodes: rows.nodes,
            lit: Ways::default(),
        }
    }

    /// The tracks beside the rows. Gives how far each row's bus reaches to meet its own.
    fn draw_tracks(&self, rows: &mut Rows, left_out: &mut Vec<String>) -> Vec<i32> {
        let pairs = self.pairs();
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
        let mut reach = vec![ASIDE; rows.buses.len()];
        let pairs = pairs.iter().zip(&of);
        for (&(above, below), track) in pairs.filter(|(_, track)| **track < TRACKS) {
            let x = ASIDE + 18 + pitch * *track as i32;
            for row in [above, below] {
                reach[row] = reach[row].max(x + 6);
            }
            let way = self.track((above, below), x, &rows.buses);
            // Drawn with the note above, lit by either.
            rows.nodes[rows.titles[above]].ways.and(&way);
            if let Some(title) = rows.titles.get(below) {
                rows.nodes[*title].echo.and(&way);
            }
        }
        reach
    }

    /// One track at `x`, from bus to bus, with a tip at each end that is referred to.
    fn track(&self, (above, below): (usize, usize), x: i32, buses: &[i32]) -> Ways {
        let (top, bottom) = (buses[above], buses[below]);
        let (down, up) = (self.tied(above, below), self.tied(below, above));
        let wanted = below == self.notes.len();
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
        way
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

/// The rows of the wide drawing, from the top: each is a title, a bus below it, and links
/// below that.
#[derive(Default)]
struct Rows {
    nodes: Vec<Node>,
    words: Vec<Words>,
    /// Where each row's bus is.
    buses: Vec<i32>,
    /// Which of the nodes is the title of each note.
    titles: Vec<usize>,
    /// Where the next row begins.
    y: i32,
}

impl Rows {
    /// A note with its topics.
    fn note(&mut self, note: &MappedNote, led_here: usize) {
        let y = self.y + 4;
        let href = || map_url(&note.note.path);
        self.titles.push(self.nodes.len());
        self.nodes
            .push(Node::new(href(), "note", (0, y, ASIDE - 160, 28)).says(
                0,
                y + 19,
                "l",
                &note.note.title,
                f64::from(ASIDE - 170) * 0.82,
            ));
        let out: usize = note.leads_to.iter().map(|(_, count)| count).sum();
        let sum = match (led_here, out) {
            (0, 0) => "stands alone".to_owned(),
            (led, out) => format!("{} in, {} out", thousands(led), thousands(out)),
        };
        self.bus(y, sum);
        let named = note.topics.iter().take(TOPICS);
        let named = named.map(|topic| (topic_url(&topic.name), topic.title.clone()));
        let more = more(note.topics.len(), TOPICS, href);
        self.y = chips(&mut self.nodes, "", y + 38, named.chain(more)) + 12;
    }

    /// What these notes refer to and nobody has written.
    fn wanted(&mut self, wanted: &[(String, String, usize)]) {
        let y = self.y + 4;
        self.words.push(Words::new(0, y + 19, "l", "Wanted"));
        self.bus(y, "not written yet");
        let named = wanted.iter().take(WANTED);
        let named = named.map(|(name, title, _)| (topic_map_url(name), title.clone()));
        let more = more(wanted.len(), WANTED, || "/#wanted".to_owned());
        self.y = chips(&mut self.nodes, "wanted", y + 42, named.chain(more)) + 12;
    }

    /// The bus below a title at `y`, with a few words at its end.
    fn bus(&mut self, y: i32, says: impl Into<String>) {
        self.words.push(Words::new(ASIDE, y + 19, "s q e", says));
        self.buses.push(y + 32);
    }
}

/// The link to those that are not named.
fn more(all: usize, named: usize, href: impl Fn() -> String) -> Option<(String, String)> {
    let more = all.saturating_sub(named);
    (more > 0).then(|| (href(), format!("{} more", thousands(more))))
}

/// The buses, each with its thin end to the farthest of its tracks. The one below the notes
/// is hollow.
fn rails(buses: &[i32], reach: &[i32], notes: usize) -> Vec<Path> {
    let mut rails = Vec::new();
    for (row, (y, reach)) in buses.iter().zip(reach).enumerate() {
        let (thick, thin) = if row == notes {
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
    rails
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
