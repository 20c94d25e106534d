//! The reading order: which note comes after which.
//!
//! A note can say what to read after it, by the path of a note or by the name of a topic
//! in one: `next: /learnings/docker/layers`. Such notes make chains. A chain is read where
//! its first note stands in path order, and without any `next` that is the whole order.
//! The content folder's own README comes before all others.
//! What would lead nowhere, in a circle or to a note that another one leads to is left
//! out, and the author is told.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::front::Fault;
use super::leads;
use super::linked::Notebook;
use super::name;
use super::parsed::{Next, Parsed};
use super::problem::Rule;

/// All notes in the order in which they are read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Their slots.
    pub in_order: Vec<u32>,
    /// Where each slot stands in that.
    places: FxHashMap<u32, usize>,
    /// What to tell, by file.
    pub faults: Vec<(Arc<str>, Fault)>,
}

/// Notes tied into chains. They go by their numbers in path order.
struct Chains {
    after: Vec<Option<usize>>,
    before: Vec<Option<usize>>,
    /// For the first note of a chain its last one, and the other way round.
    far_end: Vec<usize>,
}

/// Why one note cannot come after another.
enum Cannot {
    /// It comes after this one already.
    Follows(usize),
    /// It comes before, so that the order would be a circle.
    Circle,
}

impl Chains {
    fn new(count: usize) -> Self {
        Self {
            after: vec![None; count],
            before: vec![None; count],
            far_end: (0..count).collect(),
        }
    }

    fn tie(&mut self, first: usize, then: usize) -> Result<(), Cannot> {
        if first == then || self.far_end[first] == then {
            return Err(Cannot::Circle);
        }
        if let Some(other) = self.before[then] {
            return Err(Cannot::Follows(other));
        }
        let (head, end) = (self.far_end[first], self.far_end[then]);
        self.after[first] = Some(then);
        self.before[then] = Some(first);
        self.far_end[head] = end;
        self.far_end[end] = head;
        Ok(())
    }

    /// All notes, each chain where its first note stands; that of `opens` before all.
    fn in_order(&self, opens: Option<usize>) -> impl Iterator<Item = usize> {
        let opens = opens.filter(|number| self.before[*number].is_none());
        let others = (0..self.after.len())
            .filter(move |number| self.before[*number].is_none() && Some(*number) != opens);
        let heads = opens.into_iter().chain(others);
        heads.flat_map(|head| std::iter::successors(Some(head), |number| self.after[*number]))
    }
}

impl Reading {
    /// The order of a notebook's notes.
    pub fn of(notebook: &Notebook) -> Self {
        let notes = &notebook.paths().in_order;
        let numbers: FxHashMap<u32, usize> = (0..)
            .zip(notes)
            .map(|(at, (_, slot))| (*slot, at))
            .collect();
        let mut chains = Chains::new(notes.len());
        let mut faults = Vec::new();
        for (number, (_, slot)) in notes.iter().enumerate() {
            let Some(note) = notebook.parsed(*slot) else {
                continue;
            };
            let Some(next) = note.next.as_deref() else {
                continue;
            };
            let tied = find(notebook, next).and_then(|to| {
                let to = *numbers.get(&to).ok_or_else(|| nowhere(notebook, next))?;
                let path = |number: usize| &notes[number].0;
                chains.tie(number, to).map_err(|cannot| match cannot {
                    Cannot::Circle if number == to => "leads to this note itself".to_owned(),
                    Cannot::Circle => format!(
                        "leads back to `{}`, which is read before this note: a circle",
                        path(to)
                    ),
                    Cannot::Follows(other) => format!(
                        "leads to `{}`, which is read after `{}` already",
                        path(to),
                        path(other)
                    ),
                })
            });
            if let Err(why) = tied {
                faults.push(told(note, next, &why));
            }
        }
        let opens = leads::opening(notebook);
        let in_order = chains.in_order(opens.and_then(|slot| numbers.get(&slot).copied()));
        let in_order: Vec<u32> = in_order.map(|number| notes[number].1).collect();
        Self {
            places: (0..).zip(&in_order).map(|(at, slot)| (*slot, at)).collect(),
            in_order,
            faults,
        }
    }

    /// Where a note stands in the order.
    pub fn place(&self, slot: u32) -> Option<usize> {
        self.places.get(&slot).copied()
    }

    /// The notes before and after one.
    pub fn beside(&self, slot: u32) -> (Option<u32>, Option<u32>) {
        let Some(at) = self.place(slot) else {
            return (None, None);
        };
        let before = at.checked_sub(1).and_then(|at| self.in_order.get(at));
        (before.copied(), self.in_order.get(at + 1).copied())
    }
}

/// The note that a `next` means.
fn find(notebook: &Notebook, next: &Next) -> Result<u32, String> {
    let wish = &*next.wish;
    if let Some(bare) = wish.strip_prefix('/') {
        let path = format!("/{}", bare.strip_suffix('/').unwrap_or(bare));
        let at = notebook.paths().find(&path);
        return at
            .map(|at| notebook.paths().in_order[at].1)
            .ok_or_else(|| nowhere(notebook, next));
    }
    let definition = notebook.definition(wish);
    definition
        .map(|(slot, ..)| slot)
        .ok_or_else(|| nowhere(notebook, next))
}

/// Why a `next` means no note.
fn nowhere(notebook: &Notebook, next: &Next) -> String {
    /// So much of it is told again, in characters.
    const TOLD: usize = 120;
    let wish = &*next.wish;
    if let Some((end, _)) = wish.char_indices().nth(TOLD) {
        return format!(
            "leads to `{}…`, which is longer than any path or name",
            &wish[..end]
        );
    }
    if wish.starts_with('/') {
        return format!("leads to `{wish}`, where no note is read");
    }
    if !name::is_name(wish) {
        return format!(
            "leads to `{wish}`, which is neither a path (it begins with `/`) nor the name of a topic"
        );
    }
    let near = notebook.near(wish);
    let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    let mut why = format!("leads to `{wish}`, which no note defines");
    if !near.is_empty() {
        why += &format!("; did you mean {}?", near.join(" or "));
    }
    why
}

fn told(note: &Parsed, next: &Next, why: &str) -> (Arc<str>, Fault) {
    let message = format!("`next` {why}");
    (
        note.file.clone(),
        Fault::new(Rule::ReadingOrder, next.line, next.column, message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::Rules;

    /// Notes at these paths, each with its `next` where that is not empty.
    fn book(notes: &[(&str, &str)]) -> Notebook {
        let files = notes.iter().map(|(path, next)| {
            let name = path.to_uppercase().replace('/', "Learning_");
            let next = match *next {
                "" => String::new(),
                next => format!("next: {next}\n"),
            };
            let text = format!("---\npath: {path}\ntitle: T\n{next}---\n# <<{name}>>\n");
            (format!("{}.md", &path[1..]), text.into_bytes())
        });
        Notebook::from_files(files.collect::<Vec<_>>(), &Rules::default())
    }

    fn order(book: &Notebook) -> String {
        let notes = book.notes(0, usize::MAX).into_iter();
        notes
            .map(|note| note.path)
            .collect::<String>()
            .replace('/', "")
    }

    fn told(book: &Notebook) -> Vec<String> {
        let problems = book.problems().into_iter();
        problems
            .map(|it| format!("{}:{}:{} {}", it.file, it.line, it.column, it.message))
            .collect()
    }

    #[test]
    fn a_chain_is_read_where_its_first_note_stands() {
        assert_eq!(order(&book(&[("/c", ""), ("/a", ""), ("/b", "")])), "abc");
        let some = book(&[("/a", ""), ("/b", "/d"), ("/c", ""), ("/d", "Learning_A")]);
        assert_eq!(order(&some), "bdac");
        assert_eq!(told(&some), [""; 0]);
        let note = some.note("/d").expect("a note");
        assert_eq!(note.previous.expect("one before").path, "/b");
        assert_eq!(note.next.expect("one after").path, "/a");
        assert!(some.note("/b").expect("a note").previous.is_none());
        assert!(some.note("/c").expect("a note").next.is_none());
        assert_eq!(
            order(&book(&[("/a", ""), ("/b", "/a/"), ("/c", "\"/b\"")])),
            "cba"
        );
    }

    #[test]
    fn what_would_be_a_circle_is_told_and_every_note_is_still_read() {
        let circle = book(&[("/a", "/c"), ("/b", "/a"), ("/c", "/b"), ("/d", "")]);
        assert_eq!(order(&circle), "bacd");
        assert_eq!(
            told(&circle),
            ["c.md:4:7 `next` leads back to `/b`, which is read before this note: a circle"]
        );
        let own = book(&[("/a", "Learning_A"), ("/b", "")]);
        assert_eq!(order(&own), "ab");
        assert_eq!(told(&own), ["a.md:4:7 `next` leads to this note itself"]);
    }

    #[test]
    fn two_notes_cannot_lead_to_one_and_none_can_lead_nowhere() {
        let both = book(&[("/a", "/d"), ("/b", "/d"), ("/c", ""), ("/d", "")]);
        assert_eq!(order(&both), "adbc");
        assert_eq!(
            told(&both),
            ["b.md:4:7 `next` leads to `/d`, which is read after `/a` already"]
        );
        let lost = book(&[
            ("/a", "/z"),
            ("/b", "Learning_Zebra"),
            ("/c", "soon"),
            ("/deep", "Learning_DEPE"),
        ]);
        assert_eq!(order(&lost), "abcdeep");
        let told = told(&lost);
        assert_eq!(
            told[0],
            "a.md:4:7 `next` leads to `/z`, where no note is read"
        );
        assert!(
            told[1].starts_with("b.md:4:7 `next` leads to `Learning_Zebra`, which no note defines"),
            "{told:?}"
        );
        assert!(told[2].contains("neither a path"), "{told:?}");
        assert!(
            told[3].ends_with("did you mean `Learning_DEEP`?"),
            "{told:?}"
        );
    }

    #[test]
    fn a_save_makes_the_order_anew() {
        let before = book(&[("/a", "Learning_New"), ("/b", ""), ("/c", "")]);
        assert_eq!(order(&before), "abc");
        let after = before.save(
            "c.md",
            b"---\npath: /c\ntitle: T\n---\n# <<Learning_New>>\n",
        );
        assert_eq!(order(&after), "acb");
        assert_eq!(told(&after), [""; 0]);
        assert_eq!(order(&after.remove("a.md")), "bc");
    }

    #[test]
    fn ten_thousand_notes_in_one_chain_backwards() {
        let notes: Vec<(String, String)> = (0..10_000)
            .map(|n: usize| (format!("/n{n:05}"), format!("/n{:05}", n.wrapping_sub(1))))
            .collect();
        let notes: Vec<(&str, &str)> = notes.iter().map(|(a, b)| (&**a, &**b)).collect();
        let book = book(&notes);
        let began = std::time::Instant::now();
        assert_eq!(book.notes(0, 1)[0].path, "/n09999");
        assert_eq!(book.notes(9_999, 1)[0].path, "/n00000");
        assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
    }
}
