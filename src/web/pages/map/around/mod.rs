//! The map of one note: its topics in the middle, in the order of the text; who refers to
//! them on the left, what they refer to on the right, each under its note. References from
//! one of its topics to another run on tracks beside them.

mod wide;

use super::shapes::Drawing;
use super::stack::{Item, Row, stacked};
use super::{Legend, Link, List, MapOf, Page, Said, href_of, is_demo, map_url, times, title_of};
use crate::notebook::{NoteLink, NoteMap, Notebook, Place, TopicLink, Way};
use crate::panels::words::fit;
use crate::web::pages::pager::Pager;
use crate::web::pages::parts::{counted, thousands};
use crate::web::pages::{note_url, topic_url};

/// Topics of a note on one page of its map.
pub const TOPICS: usize = 20;
/// Places drawn on either side.
const SIDE: usize = 24;
/// Links in words, on a whole page.
const SAID: usize = 240;

const ROW: i32 = 26;
/// A note above its topics.
const HEAD: i32 = 26;

/// A map's places with what is marked among them.
struct Scene {
    note: Option<NoteLink>,
    places: Vec<Place>,
    here: Option<usize>,
}

/// What stands together on one side, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Group<'a> {
    Note(&'a NoteLink),
    Demos,
    Wanted,
}

impl Group<'_> {
    fn of(way: &Way) -> Group<'_> {
        match &way.note {
            Some(note) if is_demo(note) => Group::Demos,
            Some(note) => Group::Note(note),
            None => Group::Wanted,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Group::Note(_) => 0,
            Group::Demos => 1,
            Group::Wanted => 2,
        }
    }
}

/// A place outside of what is in the middle.
struct Side<'a> {
    way: &'a Way,
    /// The places in the middle that it is bound to.
    bound: Vec<usize>,
    count: usize,
}

/// The map around a topic, written or wanted.
pub fn topic(notebook: &Notebook, name: &str) -> Option<Page> {
    if let Some((note, at)) = notebook.place_of(name) {
        return self::note(notebook, &note.path, at / TOPICS + 1, Some((name, at)));
    }
    let (topic, led_here) = notebook.asked_for(name)?;
    Some(wanted(topic, led_here))
}

/// The map of the note at `path`, page `asked` of its places, one of them marked.
pub fn note(
    notebook: &Notebook,
    path: &str,
    asked: usize,
    here: Option<(&str, usize)>,
) -> Option<Page> {
    let pager = |count| Pager::new(count, TOPICS, asked);
    let map = notebook.note_map(path, |count| pager(count).range())?;
    let NoteMap {
        note,
        count,
        places,
    } = map;
    let pager = pager(count);
    let number = notebook.number_of(path).unwrap_or(0);
    let all = MapOf::Notes(super::notes::page_of(number)).address();
    let scene = Scene {
        here: here.map(|(_, at)| at - pager.range().start),
        note: Some(note.clone()),
        places,
    };
    let marked = scene
        .here
        .and_then(|at| scene.places.get(at)?.topic.as_ref());
    let heading = match marked {
        Some(topic) => format!("{}, on the map", topic.title),
        None => format!("{}, a map", note.title),
    };
    let mut crumbs = vec![(all, "Map".to_owned())];
    if marked.is_some() {
        crumbs.push((map_url(&note.path), note.title.clone()));
    }
    let pages = pager.html("Pages of this note’s topics", |page| {
        MapOf::Note(note.path.clone(), page).address()
    });
    Some(scene.page(heading, crumbs, count, pages))
}

/// The page of a note's map that is shown to who asks for page `asked`.
pub fn shown(notebook: &Notebook, path: &str, asked: usize) -> usize {
    let places = notebook.place_count(path).unwrap_or(0);
    Pager::new(places, TOPICS, asked).at
}

fn wanted(topic: TopicLink, led_here: Vec<Way>) -> Page {
    let heading = format!("{}, on the map", topic.title);
    let scene = Scene {
        note: None,
        places: vec![Place {
            topic: Some(topic),
            depth: 0,
            leads_to: Vec::new(),
            led_here,
        }],
        here: Some(0),
    };
    scene.page(
        heading,
        vec![("/map".to_owned(), "Map".to_owned())],
        1,
        None,
    )
}

impl Scene {
    /// Which place in the middle is at the other end.
    fn inside(&self, way: &Way) -> Option<usize> {
        let same_note = way.note.is_some() && way.note == self.note;
        same_note
            .then(|| {
                self.places
                    .iter()
                    .position(|place| place.topic == way.topic)
            })
            .flatten()
    }

    fn is_wanted(&self) -> bool {
        self.note.is_none()
    }

    fn page(
        &self,
        heading: String,
        crumbs: Vec<(String, String)>,
        count: usize,
        pages: Option<String>,
    ) -> Page {
        let (led, left_led) = self.side(|place| &place.led_here);
        let (leads, left_leads) = self.side(|place| &place.leads_to);
        let mut left_out = Vec::new();
        let wide = wide::drawing(self, &led, &leads, &mut left_out);
        for (left, what) in [
            (left_led, "place that refers here is not drawn"),
            (left_leads, "place that it refers to is not drawn"),
        ] {
            let many = what
                .replace("place that refers", "places that refer")
                .replace("place that it", "places that it")
                .replace("is not", "are not");
            if left > 0 {
                left_out.push(format!("{}.", counted(left, what, &many)));
            }
        }
        let wants = leads.iter().any(|side| side.way.note.is_none());
        Page {
            title: heading.clone(),
            lead: self.lead(count),
            label: format!(
                "{heading}: who refers to its topics, and what they refer to. The same in words stands below.",
            ),
            heading,
            crumbs,
            drawings: Some((wide, self.narrow())),
            legend: Legend {
                notes: true,
                here: self.here.is_some(),
                wanted: wants || self.is_wanted(),
                thick: false,
            },
            left_out,
            pages,
            words: self.words(),
        }
    }

    /// The picture's sum, in a sentence or two.
    fn lead(&self, count: usize) -> String {
        let outside = |ways: &[Way]| -> usize {
            let others = ways.iter().filter(|way| self.inside(way).is_none());
            others.map(|way| way.count).sum()
        };
        let led: usize = self.places.iter().map(|p| outside(&p.led_here)).sum();
        let leads: usize = self.places.iter().map(|p| outside(&p.leads_to)).sum();
        let verb = |n: usize| if n == 1 { "leads" } else { "lead" };
        let refs = |n: usize| match n {
            0 => "no references".to_owned(),
            n => counted(n, "reference", "references"),
        };
        if self.is_wanted() {
            return format!(
                "Nobody has written it yet; {} {} here.",
                refs(led),
                verb(led)
            );
        }
        let shown = self.places.len();
        let topics = self.places.iter().filter(|p| p.topic.is_some()).count();
        let some = match (topics, shown < count) {
            (0, _) => "No topics".to_owned(),
            (n, false) => counted(n, "topic", "topics"),
            (n, true) => format!("{n} of {} topics", thousands(count)),
        };
        format!(
            "{some}: {} {} here from elsewhere, {} {} out.",
            refs(led),
            verb(led),
            refs(leads),
            verb(leads)
        )
    }

    /// The places on one side, those of one note together, each note where its ways are;
    /// and how many there are no place for.
    fn side<'a>(&'a self, ways: impl Fn(&'a Place) -> &'a Vec<Way>) -> (Vec<Side<'a>>, usize) {
        let mut sides: Vec<Side<'a>> = Vec::new();
        let mut at = std::collections::HashMap::new();
        for (index, place) in self.places.iter().enumerate() {
            for way in ways(place) {
                if self.inside(way).is_some() {
                    continue;
                }
                let known = *at.entry((&way.note, &way.topic)).or_insert_with(|| {
                    sides.push(Side {
                        way,
                        bound: Vec::new(),
                        count: 0,
                    });
                    sides.len() - 1
                });
                sides[known].bound.push(index);
                sides[known].count += way.count;
            }
        }
        // What is bound to the marked place stays; then what is bound most.
        let here = |side: &Side<'_>| self.here.is_some_and(|here| side.bound.contains(&here));
        let left = sides.len().saturating_sub(SIDE);
        if left > 0 {
            sides.sort_by_key(|side| {
                (
                    !here(side),
                    std::cmp::Reverse(side.bound.len()),
                    std::cmp::Reverse(side.count),
                )
            });
            sides.truncate(SIDE);
        }
        let middle =
            |side: &Side<'_>| 1000 * side.bound.iter().sum::<usize>() / side.bound.len().max(1);
        let mut of_group = std::collections::HashMap::<_, (usize, usize)>::new();
        for side in &sides {
            let (sum, count) = of_group.entry(Group::of(side.way)).or_default();
            *sum += middle(side);
            *count += 1;
        }
        let order = |side: &Side<'_>| {
            let (sum, count) = of_group[&Group::of(side.way)];
            sum / count
        };
        sides.sort_by_cached_key(|side| {
            let group = Group::of(side.way);
            let topic = side.way.topic.as_ref();
            (
                group.rank(),
                order(side),
                group,
                middle(side),
                topic,
                side.way.note.as_ref(),
            )
        });
        (sides, left)
    }

    fn href(&self, place: &Place) -> String {
        match (&place.topic, &self.note) {
            (Some(topic), _) => topic_url(&topic.name),
            (None, Some(note)) => note_url(&note.path),
            (None, None) => String::new(),
        }
    }

    fn title(&self, place: &Place) -> String {
        match &place.topic {
            Some(topic) => topic.title.clone(),
            None => "Outside of its topics".to_owned(),
        }
    }

    fn narrow(&self) -> Drawing {
        let items: Vec<Item> = self
            .places
            .iter()
            .enumerate()
            .map(|(index, place)| {
                let row = |way: &Way, out: bool| {
                    let other = way
                        .note
                        .as_ref()
                        .filter(|note| self.inside(way).is_none() && !is_demo(note));
                    Row {
                        href: href_of(way),
                        title: said_title(way),
                        small: other.map(|note| note.title.clone()),
                        out,
                        wanted: way.note.is_none() || self.is_wanted(),
                    }
                };
                let out = place.leads_to.iter().map(|way| row(way, true));
                let led = place
                    .led_here
                    .iter()
                    .filter(|way| self.inside(way).is_none());
                let led = led.map(|way| row(way, false));
                Item {
                    href: self.href(place),
                    title: self.title(place),
                    class: match (self.here == Some(index), self.is_wanted()) {
                        (true, true) => "here wanted",
                        (true, false) => "here",
                        _ => "place",
                    },
                    depth: place.depth,
                    rows: led.chain(out).collect(),
                }
            })
            .collect();
        stacked(&items)
    }

    fn words(&self) -> Vec<Said> {
        let most = (SAID / 2 / self.places.len().max(1)).clamp(3, 60);
        let said = |place: &Place, index: usize| {
            let list = |what, ways: &[Way], all: &str| {
                let links = ways.iter().take(most).map(|way| Link {
                    href: href_of(way),
                    title: said_title(way),
                    after: match &way.note {
                        None => format!(", wanted{}", times(way.count)),
                        Some(note) if way.topic.is_some() && Some(note) != self.note.as_ref() => {
                            format!(", in {}{}", fit(&note.title, 400.0), times(way.count))
                        }
                        Some(_) => times(way.count),
                    },
                });
                let more = ways.len().saturating_sub(most);
                (!ways.is_empty()).then(|| List {
                    what,
                    links: links.collect(),
                    more: (more > 0).then(|| {
                        let href = format!("{}{all}", self.href(place));
                        (href, format!("{} more", thousands(more)))
                    }),
                })
            };
            let lists = [
                list("refers to", &place.leads_to, ""),
                list("is referred to by", &place.led_here, "#backlinks"),
            ];
            Said {
                link: Link {
                    href: self.href(place),
                    title: self.title(place),
                    after: String::new(),
                },
                note: match (self.here == Some(index), self.is_wanted()) {
                    (true, true) => ", wanted; you are here",
                    (true, false) => ", where you are",
                    _ => "",
                },
                lists: lists.into_iter().flatten().collect(),
            }
        };
        let places = self.places.iter().enumerate();
        places.map(|(index, place)| said(place, index)).collect()
    }
}

/// What it is called where it stands alone.
fn said_title(way: &Way) -> String {
    match (&way.topic, &way.note) {
        (None, Some(note)) if is_demo(note) => format!("{} (demo)", note.title),
        _ => title_of(way),
    }
}
