//! The map of one note: its topics in the middle, in the order of the text; who refers to
//! them on the left, what they refer to on the right, each under its note. References from
//! one of its topics to another run on tracks beside them.

use super::shapes::tracks;
use super::shapes::{Drawing, Node, Path, Towards, Ways, Words, across, bracket, settled, tip};
use super::stack::{Item, Row, stacked};
use super::{Legend, Link, List, MapOf, Page, Said, href_of, is_demo, map_url, times, title_of};
use crate::notebook::{NoteLink, NoteMap, Notebook, Place, TopicLink, Way};
use crate::panels::words::fit;
use crate::web::pages::pager::Pager;
use crate::web::pages::parts::{counted, thousands};
use crate::web::pages::{note_url, topic_url};

/// Topics of a note on one page of its map.
const TOPICS: usize = 20;
/// Places drawn on either side.
const SIDE: usize = 24;
/// Tracks for references inside the note.
const TRACKS: usize = 12;
/// Links in words, on a whole page.
const SAID: usize = 240;

/// How wide the drawing is, in its own pixels.
const WIDTH: i32 = 960;
const ROW: i32 = 26;
/// A note above its topics.
const HEAD: i32 = 26;
const TOP: i32 = 44;
/// Between two ways where they meet a place.
const PORT: i32 = 8;

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
    let first = notebook.note_map(path, 0, 0)?;
    let pager = Pager::new(first.count, TOPICS, asked);
    let range = pager.range();
    let NoteMap { note, places, .. } = notebook.note_map(path, range.start, range.len())?;
    let number = notebook.number_of(path).unwrap_or(0);
    let all = MapOf::Notes(super::notes::page_of(number)).address();
    let scene = Scene {
        here: here.map(|(_, at)| at - range.start),
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
    Some(scene.page(heading, crumbs, first.count, pages))
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
        let wide = self.wide(&led, &leads, &mut left_out);
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

    fn wide(&self, led: &[Side<'_>], leads: &[Side<'_>], left_out: &mut Vec<String>) -> Drawing {
        // References inside the note.
        let mut inner: Vec<(usize, usize)> = Vec::new();
        for (from, place) in self.places.iter().enumerate() {
            let ways = place.leads_to.iter().filter_map(|way| self.inside(way));
            inner.extend(ways.filter(|to| *to != from).map(|to| (from, to)));
        }
        let spans: Vec<_> = inner.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
        let (of, count) = tracks(&spans);
        let folded = of.iter().filter(|track| **track >= TRACKS).count();
        if folded > 0 {
            let (one, many) = (
                "reference inside this note is not drawn",
                "references inside this note are not drawn",
            );
            left_out.push(format!("{}.", counted(folded, one, many)));
        }
        let count = count.min(TRACKS) as i32;
        let zone = if count > 0 { 12 + 10 * count } else { 0 };

        let gap = 84;
        let room = WIDTH - 2 * gap - zone;
        let side = room * 31 / 100;
        let (left, right) = (side + gap, WIDTH - side - gap - zone);

        // The middle: the more is bound to a place, the taller it stands, and all of them
        // together as tall as the sides, where that is not much more.
        let heights: Vec<i32> = (0..self.places.len())
            .map(|index| {
                let bound = |sides: &[Side<'_>]| {
                    let bound = sides.iter().filter(|side| side.bound.contains(&index));
                    bound.count() as i32
                };
                let least = if self.here == Some(index) { 44 } else { 28 };
                (14 + PORT * bound(led).max(bound(leads))).clamp(least, 140)
            })
            .collect();
        let none = |_: usize| 0;
        let tall = |sides: &[Side<'_>]| -> i32 {
            let groups = groups(sides, &none);
            groups.iter().map(|(_, size, _)| size + 14).sum::<i32>() - 34
        };
        let middle = heights.iter().sum::<i32>() + 12 * (heights.len() as i32 - 1);
        let spare = (tall(led).max(tall(leads)) - middle).max(0);
        let apart = 12 + (spare / heights.len().max(1) as i32).min(44);
        let mut y = TOP + (spare - (apart - 12) * (heights.len() as i32 - 1)).max(0) / 2;
        let mut frames = Vec::new();
        for (place, height) in self.places.iter().zip(&heights) {
            let indent = 16 * place.depth.min(4) as i32;
            frames.push((left + indent, y, right - left - indent, *height));
            y += height + apart;
        }
        let mut bottom = (y - apart).max(TOP + middle + spare);
        let centre = |index: usize| frames[index].1 + frames[index].3 / 2;

        let mut nodes: Vec<Node> = Vec::new();
        let mut words = vec![Words::new(side, 16, "q e", "Refers here")];
        let mut rails = Vec::new();
        if self.is_wanted() {
            words.push(Words::new(left, 16, "q", "Wanted"));
        } else {
            words.push(Words::new(WIDTH - side, 16, "q", "Is referred to"));
        }
        if let Some(note) = &self.note {
            nodes.push(
                Node::new(note_url(&note.path), "head", (left, 0, right - left, HEAD)).says(
                    left,
                    16,
                    "b",
                    &note.title,
                    f64::from(right - left) * 0.94,
                ),
            );
        }
        // How topics stand in each other.
        for (index, place) in self.places.iter().enumerate() {
            let parent = (0..index)
                .rev()
                .find(|at| self.places[*at].depth < place.depth);
            if let (Some(parent), true) = (parent, place.depth > 0 && place.depth <= 4) {
                let x = frames[parent].0 + 8;
                let from = frames[parent].1 + frames[parent].3;
                let d = format!("M{x} {from}V{}H{}", centre(index), frames[index].0);
                rails.push(Path { class: "nest", d });
            }
        }

        let mut ways: Vec<Ways> = self.places.iter().map(|_| Ways::default()).collect();
        // Ways inside: they leave at the lower and arrive at the upper part of a frame.
        for (at, &(from, to)) in inner.iter().enumerate() {
            if of[at] >= TRACKS {
                continue;
            }
            let track = right + 14 + 10 * of[at] as i32;
            let leaves = frames[from].1 + frames[from].3 - 6;
            let arrives = frames[to].1 + 6;
            let d = bracket(right, leaves, track, arrives);
            let way = (d, tip(right + 1, arrives, Towards::Left));
            ways[from].add(&way.0, false, &way.1);
        }

        // Both sides.
        for (sides, is_left) in [(led, true), (leads, false)] {
            let groups = groups(sides, &centre);
            let sizes: Vec<(i32, i32)> = groups
                .iter()
                .map(|(_, size, wish)| (*size, *wish))
                .collect();
            let tops = settled(&sizes, TOP - 20, bottom, 14);
            // Where each way meets its place in the middle.
            let mut meets: Vec<Vec<(i32, usize)>> = vec![Vec::new(); self.places.len()];
            let mut rows = vec![0; sides.len()];
            for ((range, ..), top) in groups.iter().zip(&tops) {
                for (row, at) in range.clone().enumerate() {
                    rows[at] = top + HEAD + ROW * row as i32 + ROW / 2;
                    for place in &sides[at].bound {
                        meets[*place].push((rows[at], at));
                    }
                }
            }
            let mut echo: Vec<Ways> = sides.iter().map(|_| Ways::default()).collect();
            for (place, meets) in meets.iter_mut().enumerate() {
                meets.sort_unstable();
                let inside = if is_left { 10 } else { 20 };
                let room = frames[place].3 - inside;
                let step = (room / meets.len().max(1) as i32).clamp(1, PORT);
                let first = centre(place) - step * (meets.len() as i32 - 1) / 2;
                for (number, (y, at)) in meets.iter().enumerate() {
                    let port = (first + step * number as i32)
                        .clamp(frames[place].1 + 3, frames[place].1 + frames[place].3 - 3);
                    let wanted = sides[*at].way.note.is_none() || self.is_wanted();
                    let (d, tip) = if is_left {
                        let to = (frames[place].0 - 1, port);
                        let d = across((side, *y), (to.0 - 6, port));
                        (d, tip(to.0, to.1, Towards::Right))
                    } else {
                        let from = (right + zone, port);
                        let to = (WIDTH - side - 8, *y);
                        let d = across(from, to);
                        let d = format!(
                            "M{right} {port}H{}{}",
                            from.0,
                            &d[d.find('C').unwrap_or(0)..]
                        );
                        (d, tip(to.0 + 7, to.1, Towards::Right))
                    };
                    ways[place].add(&d, wanted, &tip);
                    echo[*at].add(&d, wanted, &tip);
                }
            }
            for ((range, size, _), top) in groups.iter().zip(&tops) {
                bottom = bottom.max(top + size);
                let (x, text, class) = if is_left {
                    (side + 2, side - 10, "s q e")
                } else {
                    (WIDTH - side - 2, WIDTH - side + 10, "s q")
                };
                let from = if is_left { 0 } else { WIDTH - side };
                let d = format!("M{x} {}V{}", top + HEAD + 2, top + size);
                let wanted = sides[range.start].way.note.is_none();
                rails.push(Path {
                    class: if wanted { "bus hollow" } else { "bus" },
                    d,
                });
                match Group::of(sides[range.start].way) {
                    Group::Note(note) => nodes.push(
                        Node::new(map_url(&note.path), "head", (from, *top, side, HEAD)).says(
                            text,
                            top + 15,
                            class,
                            &note.title,
                            f64::from(side - 12),
                        ),
                    ),
                    Group::Demos => nodes.push(
                        Node::new("/demos".to_owned(), "head", (from, *top, side, HEAD)).says(
                            text,
                            top + 15,
                            class,
                            "Demos",
                            f64::from(side),
                        ),
                    ),
                    Group::Wanted => words.push(Words::new(text, top + 15, class, "Wanted")),
                }
                for at in range.clone() {
                    let way = sides[at].way;
                    let y = rows[at] - ROW / 2;
                    let class = if is_left { "e" } else { "" };
                    let label = side_title(way);
                    let mut node = Node::new(
                        href_of(way),
                        if way.note.is_none() { "wanted" } else { "" },
                        if is_left {
                            (0, y, side - 6, ROW)
                        } else {
                            (from + 4, y, side - 4, ROW)
                        },
                    )
                    .says(
                        text,
                        rows[at] + 5,
                        class,
                        &label,
                        f64::from(side - 20),
                    );
                    node.echo = echo[at].clone();
                    nodes.push(node);
                }
            }
        }

        // The places of the middle last: their ways lie above the columns.
        let mut lit = Ways::default();
        for (index, (place, ways)) in self.places.iter().zip(ways).enumerate() {
            let frame = frames[index];
            let here = self.here == Some(index);
            let class = match (here, self.is_wanted()) {
                (true, true) => "here wanted",
                (true, false) => "here",
                _ if place.topic.is_none() => "text",
                _ => "place",
            };
            let room = f64::from(frame.2 - 20);
            let mut node = Node::new(self.href(place), class, frame).says(
                frame.0 + 10,
                frame.1 + frame.3 / 2 + if here { -4 } else { 5 },
                if here { "b" } else { "" },
                &self.title(place),
                if here { room * 0.94 } else { room },
            );
            if here {
                node.words.push(Words::new(
                    frame.0 + 10,
                    frame.1 + frame.3 / 2 + 14,
                    "s",
                    "you are here",
                ));
                lit.and(&ways);
            }
            node.ways = ways;
            nodes.push(node);
        }
        if led.is_empty() {
            words.push(Words::new(side, TOP + 18, "s q e", "nobody else, so far"));
        }
        if leads.is_empty() && !self.is_wanted() {
            words.push(Words::new(
                WIDTH - side,
                TOP + 18,
                "s q",
                "nothing outside of it",
            ));
        }
        Drawing {
            width: WIDTH,
            height: bottom + 8,
            rails,
            words,
            nodes,
            lit,
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

/// What a place outside is called where it stands under its note.
fn side_title(way: &Way) -> String {
    match (&way.topic, &way.note) {
        (None, Some(note)) if !is_demo(note) => "outside of its topics".to_owned(),
        _ => title_of(way),
    }
}

/// What it is called where it stands alone.
fn said_title(way: &Way) -> String {
    match (&way.topic, &way.note) {
        (None, Some(note)) if is_demo(note) => format!("{} (demo)", note.title),
        _ => title_of(way),
    }
}

/// The runs of one note among the sides: which, how high, and where they would like to be.
fn groups(
    sides: &[Side<'_>],
    centre: &impl Fn(usize) -> i32,
) -> Vec<(std::ops::Range<usize>, i32, i32)> {
    let mut groups = Vec::new();
    let mut from = 0;
    for run in sides.chunk_by(|a, b| Group::of(a.way) == Group::of(b.way)) {
        let ends: Vec<i32> = run
            .iter()
            .flat_map(|side| side.bound.iter().map(|place| centre(*place)))
            .collect();
        let wish = ends.iter().sum::<i32>() / (ends.len().max(1) as i32);
        let size = HEAD + ROW * run.len() as i32;
        groups.push((from..from + run.len(), size, wish));
        from += run.len();
    }
    groups
}
