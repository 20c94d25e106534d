//! Paths: which address each note is read at.
//!
//! A note says its path in its front matter. Where that cannot be (it leaves
//! the site, one of our routes uses it, another note has it), the note is read
//! at a path made of its file name, and the author is told.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::front::Fault;
use super::problem::Rule;

/// The path that a note asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub path: Arc<str>,
    /// The line that says so; 1 for a path made of the file's name.
    line: u32,
    /// It is in the front matter, and can be.
    said: bool,
    /// Why what the front matter says cannot be.
    why_not: Option<(Rule, String)>,
}

impl Wish {
    /// What the note in `file` asks for with `path` (and its line) in its front matter.
    pub fn new(file: &str, path: Option<(String, u32)>, reserved: &[&str]) -> Self {
        let line = path.as_ref().map_or(1, |(_, line)| *line);
        let wish = |path: String, why_not| Self {
            path: path.into(),
            line,
            said: false,
            why_not,
        };
        match path.map(|(path, _)| check(&path, reserved)) {
            None => wish(from_file(file, reserved), None),
            Some(Err(why)) => wish(from_file(file, reserved), Some(why)),
            Some(Ok(path)) => Self {
                said: true,
                ..wish(path, None)
            },
        }
    }
}

/// Where every note is read, and what was wrong with the paths that they asked for.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Path and slot of every note, in path order.
    pub in_order: Vec<(Arc<str>, u32)>,
    /// The same by slot; a demo or an empty slot has none.
    by_slot: Vec<Option<Arc<str>>>,
    /// What to tell, by file.
    pub faults: Vec<(Arc<str>, Fault)>,
}

/// What one note asks for.
pub(super) struct Claim<'n> {
    pub slot: u32,
    pub file: &'n Arc<str>,
    pub wish: &'n Wish,
}

impl Paths {
    /// Gives every note a path of its own. `claims` are in file order, and the
    /// same claims give the same paths whatever came before.
    pub fn assign(claims: &[Claim<'_>], reserved: &[&str]) -> Self {
        let mut paths = Self::default();
        paths.in_order.reserve(claims.len());
        let mut taken: FxHashMap<Arc<str>, &Arc<str>> = FxHashMap::default();
        taken.reserve(claims.len());
        let mut homeless = Vec::new();
        // Who says a path in the front matter comes before who does not.
        for claim in claims {
            let Wish { path, line, .. } = claim.wish;
            let tell = |rule, message| (claim.file.clone(), Fault::new(rule, *line, 1, message));
            if let Some((rule, why)) = claim.wish.why_not.clone() {
                homeless.push((claim, path.clone(), Some(tell(rule, why))));
            } else if !claim.wish.said {
                homeless.push((claim, path.clone(), None));
            } else if let Some(other) = taken.get(path) {
                let why = format!("the path `{path}` is used by {other} already");
                let path = from_file(claim.file, reserved).into();
                homeless.push((claim, path, Some(tell(Rule::DuplicatePath, why))));
            } else {
                taken.insert(path.clone(), claim.file);
                paths.give(path.clone(), claim.slot);
            }
        }
        for (claim, wish, mut fault) in homeless {
            let mut path = wish.clone();
            // A folder's README stays in its folder where another note is read at the folder.
            let own = whole_from_file(claim.file, reserved);
            if taken.contains_key(&wish) && fault.is_none() && !taken.contains_key(&*own) {
                path = own.into();
            } else if let Some(other) = taken.get(&wish) {
                let why = format!("the path `{wish}` is used by {other} already");
                fault.get_or_insert_with(|| {
                    (
                        claim.file.clone(),
                        Fault::new(Rule::DuplicatePath, 1, 1, why),
                    )
                });
                path = (2..)
                    .map(|n| Arc::from(format!("{wish}-{n}")))
                    .find(|path| !taken.contains_key(path))
                    .unwrap_or_default();
            }
            if let Some((file, mut fault)) = fault {
                fault.message += &format!("; this note is read at `{path}`");
                paths.faults.push((file, fault));
            }
            taken.insert(path.clone(), claim.file);
            paths.give(path, claim.slot);
        }
        paths.in_order.sort_unstable();
        paths
    }

    fn give(&mut self, path: Arc<str>, slot: u32) {
        let at = slot as usize;
        if self.by_slot.len() <= at {
            self.by_slot.resize(at + 1, None);
        }
        self.by_slot[at] = Some(path.clone());
        self.in_order.push((path, slot));
    }

    /// Where the note in a slot is read.
    pub fn of(&self, slot: u32) -> Option<&str> {
        self.by_slot.get(slot as usize)?.as_deref()
    }

    /// Where `path` stands in path order.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.in_order
            .binary_search_by(|(other, _)| (**other).cmp(path))
            .ok()
    }
}

/// Makes a path of what an author wrote, or says why it cannot be one.
fn check(wish: &str, reserved: &[&str]) -> Result<String, (Rule, String)> {
    let whole = wish.trim();
    let bare = whole.strip_prefix('/').unwrap_or(whole);
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    let wrong = |rule, why: &str| Err((rule, format!("the path `{whole}` {why}")));
    if bare.is_empty() {
        return wrong(
            Rule::ShadowingPath,
            "is the start page, which shows the whole notebook",
        );
    }
    if let Some(odd) = bare
        .chars()
        .find(|c| c.is_control() || matches!(c, '\\' | '%' | '?' | '#' | '"' | '<' | '>'))
    {
        return wrong(
            Rule::MalformedPath,
            &format!("holds {odd:?}, which a path cannot have"),
        );
    }
    let mut segments = bare.split('/');
    if segments.clone().any(|segment| segment.trim().is_empty()) {
        return wrong(Rule::MalformedPath, "has an empty part");
    }
    if segments
        .clone()
        .any(|segment| matches!(segment.trim(), "." | ".."))
    {
        return wrong(Rule::MalformedPath, "leaves its folder");
    }
    let first = segments.next().unwrap_or_default();
    if is_reserved(first, reserved) {
        return wrong(
            Rule::ShadowingPath,
            &format!("belongs to a page of our own (`/{first}`)"),
        );
    }
    Ok(format!("/{bare}"))
}

fn is_reserved(segment: &str, reserved: &[&str]) -> bool {
    reserved
        .iter()
        .any(|route| route.trim_matches('/').eq_ignore_ascii_case(segment))
}

/// A path made of a file name: `learnings/docker.md` is read at `/learnings/docker`, and
/// `learnings/README.md` at `/learnings`.
fn from_file(file: &str, reserved: &[&str]) -> String {
    let stem = without_ending(file);
    path_of(
        super::leads::folder_of_readme(stem).unwrap_or(stem),
        reserved,
    )
}

/// The same with the name of a folder's README.
fn whole_from_file(file: &str, reserved: &[&str]) -> String {
    path_of(without_ending(file), reserved)
}

fn path_of(stem: &str, reserved: &[&str]) -> String {
    let mut path = String::with_capacity(stem.len() + 1);
    for (index, segment) in stem
        .split('/')
        .filter(|segment| !matches!(segment.trim(), "" | "." | ".."))
        .enumerate()
    {
        path.push('/');
        let begin = path.len();
        for c in segment.trim().chars() {
            let odd = c.is_control() || c.is_whitespace();
            let odd = odd || matches!(c, '\\' | '%' | '?' | '#' | '"' | '<' | '>');
            path.push(if odd { '-' } else { c });
        }
        if index == 0 && is_reserved(&path[begin..], reserved) {
            path.push_str("-note");
        }
    }
    if path.is_empty() {
        path.push_str("/note");
    }
    path
}

/// The file's name without its `.md` or `.markdown`.
pub(super) fn without_ending(file: &str) -> &str {
    match file.rsplit_once('.') {
        Some((stem, ending)) if is_markdown_ending(ending) => stem,
        _ => file,
    }
}

/// Is this the ending of a Markdown file?
pub(super) fn is_markdown_ending(ending: &str) -> bool {
    ending.eq_ignore_ascii_case("md") || ending.eq_ignore_ascii_case("markdown")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESERVED: &[&str] = &["topics", "hosts", "demos"];

    #[test]
    fn a_path_stays_inside_the_site() {
        assert_eq!(
            check("/learnings/docker", RESERVED).unwrap(),
            "/learnings/docker"
        );
        assert_eq!(
            check("learnings/Docker notes/", RESERVED).unwrap(),
            "/learnings/Docker notes"
        );
        assert_eq!(check("/Übung", RESERVED).unwrap(), "/Übung");
        for bad in [
            "/",
            "",
            "//host/x",
            "/../x",
            "/a/../b",
            "/a/./b",
            "\\\\host",
            "/%2e%2e/x",
            "/a?b",
            "/a#b",
            "/topics",
            "/topics/x",
            "/Hosts",
            "/a//b",
            "/a\nb",
            "/ /x",
            "/<b>",
        ] {
            assert!(check(bad, RESERVED).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_note_without_a_path_gets_its_file_name() {
        assert_eq!(
            from_file("learnings/docker.md", RESERVED),
            "/learnings/docker"
        );
        assert_eq!(from_file("My Notes.markdown", RESERVED), "/My-Notes");
        assert_eq!(from_file("topics/a.md", RESERVED), "/topics-note/a");
        assert_eq!(from_file("100%.md", RESERVED), "/100-");
        assert_eq!(from_file("a/README.md", RESERVED), "/a");
        assert_eq!(from_file("a/b/Index.md", RESERVED), "/a/b");
        assert_eq!(from_file("README.md", RESERVED), "/README");
    }

    #[test]
    fn two_notes_with_one_path_are_both_read() {
        let files: Vec<Arc<str>> = ["a.md", "b.md", "c.markdown", "c.md"].map(Arc::from).into();
        let wish = |file: &str, path: Option<&str>| {
            Wish::new(file, path.map(|path| (path.to_owned(), 2)), RESERVED)
        };
        let wishes = [
            wish("a.md", Some("/x")),
            wish("b.md", Some("/x")),
            wish("c.markdown", None),
            wish("c.md", None),
        ];
        let claims: Vec<Claim<'_>> = (0..4)
            .map(|slot| Claim {
                slot,
                file: &files[slot as usize],
                wish: &wishes[slot as usize],
            })
            .collect();
        let paths = Paths::assign(&claims, RESERVED);
        let order: Vec<_> = paths.in_order.iter().map(|(p, s)| (&**p, *s)).collect();
        assert_eq!(order, [("/b", 1), ("/c", 2), ("/c-2", 3), ("/x", 0)]);
        assert_eq!(paths.faults.len(), 2);
        assert_eq!(paths.faults[0].1.line, 2);
        assert!(paths.faults[0].1.message.contains("a.md"));
    }
}
