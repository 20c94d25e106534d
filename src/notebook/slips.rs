//! Slips of the pen: what was surely meant for an anchor and defines nothing.
//!
//! Prose holds many angle brackets that are none of ours (`vector<<int>>`, `cat <<EOF>>f`,
//! `<< parameters.x >>`, `Optional<Person>`), so a slip is only told of something that
//! nobody writes for its own sake: brackets that nearly fit around a NAME, or two pairs of
//! them around what is nearly one, with a known prefix or where anchors stand.

use super::name;

/// Something that was meant to be an anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// Where it is in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The name that was meant, where that can be told.
    pub meant: Option<String>,
    /// Why it is no anchor.
    pub why: &'static str,
}

/// Where a run of text stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stands {
    /// In a heading, where most anchors stand.
    pub heading: bool,
    /// In inline code, where most angle brackets are code.
    pub code: bool,
}

const BRACKETS: &str = "an anchor has two `<` before its name and two `>` after it";
const SPACES: &str = "an anchor has no space between its brackets and its name";
const LETTERS: &str = "a name begins with a letter and has letters, digits, `_` and `-` only";
const SHAPE: &str = "a name has a `_` in it, or two capital letters that begin words";

/// A run of brackets, a text without any, and a run of closing brackets.
struct Candidate<'t> {
    text: &'t str,
    start: usize,
    /// `<` before it.
    opened: usize,
    inner: &'t str,
    /// `>` after it.
    closed: usize,
    end: usize,
}

/// All slips in a run of text, in order.
pub(super) fn slips(text: &str, stands: Stands, prefixes: &[String]) -> Vec<Slip> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = text[at..].find(['<', '>']).map(|next| at + next) {
        let (start, from) = match bytes[next] {
            b'<' => (next, next + count(text, next, b'<')),
            // Closed, and never opened: the word before it may have been meant.
            _ => {
                let word = text[at..next].rfind(|c| !name::is_word_char(c));
                let from = word.map_or(at, |last| {
                    at + last + text[at + last..].chars().next().map_or(0, char::len_utf8)
                });
                (from, from)
            }
        };
        let stop = text[from..].find(['<', '>']).map(|stop| from + stop);
        let to = stop.unwrap_or(text.len());
        let closed = count(text, to, b'>');
        let candidate = Candidate {
            text,
            start,
            opened: from - start,
            inner: &text[from..to],
            closed,
            end: to + closed,
        };
        found.extend(candidate.slip(stands, prefixes));
        at = to + closed;
    }
    found
}

/// How many times `byte` stands from `at` on.
fn count(text: &str, at: usize, byte: u8) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    rest.iter().take_while(|b| **b == byte).count()
}

impl Candidate<'_> {
    fn slip(&self, stands: Stands, prefixes: &[String]) -> Option<Slip> {
        let known = |word: &str| name::has_known_prefix(word, prefixes);
        let (inner, bare) = (self.inner, self.inner.trim());
        if self.is_glued() {
            return None;
        }
        if self.closed == 0 {
            // Never closed: it would be a here-document, but for a name of ours.
            let word = &bare[..bare.find(|c| !name::is_word_char(c)).unwrap_or(bare.len())];
            let end = self.start + self.opened + word.len();
            let meant = self.opened == 2 && inner.starts_with(word) && known(word);
            return (meant && name::is_name(word)).then(|| Slip {
                start: self.start,
                end,
                meant: Some(word.to_owned()),
                why: BRACKETS,
            });
        }
        if self.opened == 0 {
            let meant = self.closed == 2 && name::is_name(inner) && known(inner);
            return meant.then(|| self.told(Some(inner), BRACKETS));
        }
        if self.opened == 1 && self.closed == 1 {
            let meant = name::is_name(inner) && known(inner) && self.is_alone();
            return meant.then(|| self.told(Some(inner), BRACKETS));
        }
        let pairs = self.opened >= 2 && self.closed >= 2;
        if name::is_name(inner) {
            let meant = !pairs && (!stands.code || known(inner));
            return meant.then(|| self.told(Some(inner), BRACKETS));
        }
        // Where anchors stand, nearly anything between such brackets was meant to be one.
        let upper = |c: char| !c.is_lowercase();
        let strong =
            !stands.code && (self.is_alone() || (stands.heading && bare.starts_with(upper)));
        if name::is_name(bare) {
            return (known(bare) || strong).then(|| self.told(Some(bare), SPACES));
        }
        let joined = join(bare);
        let lettered = joined.trim_start_matches(|c: char| !c.is_alphabetic());
        if known(lettered)
            || (lettered.len() < bare.len() && is_joined(bare) && name::is_name(lettered))
        {
            let named = name::is_name(lettered).then_some(lettered);
            return (!stands.code || known(lettered)).then(|| self.told(named, LETTERS));
        }
        let shouted = |c: char| c.is_uppercase() || c.is_numeric() || c == '_' || c == '-';
        let is_here_document = self.opened == 2
            && bare.len() > 2
            && bare.starts_with(char::is_alphabetic)
            && bare.chars().all(shouted)
            && !self.is_alone();
        let is_empty = bare.is_empty() && !stands.heading;
        let plain = |c: char| name::is_word_char(c) || c == ' ';
        if !strong || is_here_document || is_empty || !inner.chars().all(plain) {
            return None;
        }
        let whole = prefixes.first().filter(|_| !lettered.is_empty());
        let whole = whole.map(|prefix| format!("{prefix}{lettered}"));
        let named = match name::is_name(lettered) {
            true => Some(lettered),
            false => whole.as_deref().filter(|whole| name::is_name(whole)),
        };
        let why =
            match bare.chars().all(name::is_word_char) && bare.starts_with(char::is_alphabetic) {
                true => SHAPE,
                false => LETTERS,
            };
        Some(self.told(named, why))
    }

    fn told(&self, meant: Option<&str>, why: &'static str) -> Slip {
        Slip {
            start: self.start,
            end: self.end,
            meant: meant.map(str::to_owned),
            why,
        }
    }

    /// Does it hang on a word, as a type's parameters or a redirection do?
    fn is_glued(&self) -> bool {
        let before = self.opened > 0 && self.text[..self.start].ends_with(name::is_word_char);
        let after = self.closed > 0 && self.text[self.end..].starts_with(name::is_word_char);
        before || after
    }

    /// Is there nothing else on its line, but the marks of emphasis and the like? Those are
    /// few, so that a line of a megabyte is not read again for each candidate in it.
    fn is_alone(&self) -> bool {
        nothing_more(self.text[..self.start].chars().rev())
            && nothing_more(self.text[self.end..].chars())
    }
}

/// Does a line end here, after at most a few marks?
fn nothing_more(chars: impl Iterator<Item = char>) -> bool {
    const MARKS: usize = 16;
    let mut marks = 0;
    for c in chars {
        match c {
            '\n' => return true,
            c if c.is_alphanumeric() || marks == MARKS => return false,
            _ => marks += 1,
        }
    }
    true
}

/// What was meant for a name, with `_` for each stretch of other characters.
fn join(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c| !name::is_word_char(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.join("_")
}

/// Has it the letters of a name only?
fn is_joined(text: &str) -> bool {
    text.chars().all(name::is_word_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, heading: bool, code: bool) -> Vec<String> {
        let found = slips(text, Stands { heading, code }, &["Learning_".to_owned()]);
        found
            .into_iter()
            .map(|slip| {
                let meant = slip.meant.unwrap_or_else(|| "?".to_owned());
                format!("{} = {meant}", &text[slip.start..slip.end])
            })
            .collect()
    }

    #[test]
    fn brackets_that_nearly_fit_are_told() {
        for (text, slip) in [
            ("Docker <Learning_X>>", "<Learning_X>> = Learning_X"),
            ("see (<Foo_Bar>>).", "<Foo_Bar>> = Foo_Bar"),
            ("<<FooBar> text", "<<FooBar> = FooBar"),
            ("<<<Foo_Bar>", "<<<Foo_Bar> = Foo_Bar"),
            ("Head <<Learning_X", "<<Learning_X = Learning_X"),
            ("Head Learning_X>>", "Learning_X>> = Learning_X"),
            ("é Learning_X>>", "Learning_X>> = Learning_X"),
            (
                "text << Learning_X >> more",
                "<< Learning_X >> = Learning_X",
            ),
            (
                "text <<Learning X Y>> more",
                "<<Learning X Y>> = Learning_X_Y",
            ),
            (
                "text <<Learning_X.Y>> more",
                "<<Learning_X.Y>> = Learning_X_Y",
            ),
            ("text <<1Learning_X>> more", "<<1Learning_X>> = Learning_X"),
            ("text <<_Foo_Bar>> more", "<<_Foo_Bar>> = Foo_Bar"),
            ("<<A_B>> and <C_D>>", "<C_D>> = C_D"),
        ] {
            assert_eq!(told(text, false, false), [slip], "{text}");
        }
    }

    #[test]
    fn where_anchors_stand_more_was_meant() {
        for (text, slip) in [
            ("<<Docker>>", "<<Docker>> = Learning_Docker"),
            ("Some head <<Docker>>", "<<Docker>> = Learning_Docker"),
            ("Some head <<1X>>", "<<1X>> = Learning_X"),
            ("<X>>", "<X>> = Learning_X"),
            ("Some head <X>>", "<X>> = Learning_X"),
            ("Some head <<X>", "<<X> = Learning_X"),
            ("<<>>", "<<>> = ?"),
            ("<<docker>>", "<<docker>> = Learning_docker"),
            ("<<Docker Storage>>", "<<Docker Storage>> = Docker_Storage"),
            ("<< Foo_Bar >>", "<< Foo_Bar >> = Foo_Bar"),
            ("<Learning_X>", "<Learning_X> = Learning_X"),
        ] {
            assert_eq!(told(text, true, false), [slip], "{text}");
        }
    }

    #[test]
    fn what_is_no_slip_is_left_alone() {
        for text in [
            "<<A_B>>",
            "<<<A_B>>>",
            "vector<<int>>",
            "vector<<Foo_Bar>",
            "cat <<EOF>>f",
            "cat <<EOF>>",
            "cat <<END_OF_FILE",
            "cmd <in_file>>out_file",
            "x << 2 >> 1",
            "<< parameters.x >>",
            "<< pipeline_number >> runs",
            "Optional<Person_Name>",
            "a <version> and <--",
            "Map<String, List<FooBar>>",
            "an <<interface>> of UML",
            "see <Learning_X> there",
            "<<>>",
            "> quote > of >> things",
            "a -> b -->> c",
            "std::cout << foo_bar << baz_qux",
        ] {
            assert!(told(text, false, false).is_empty(), "{text}");
        }
        for text in ["<Foo_Bar>>", "<<Docker>>", "<<Foo Bar>>"] {
            assert!(told(text, false, true).is_empty(), "{text}");
        }
        assert_eq!(told("<<Learning_X>", false, true).len(), 1);
        for text in [
            "cat <<EOF>>",
            "vector<<int>>",
            "Using << and >>",
            "<< parameters.x >>",
            "The <<interface>> of UML",
        ] {
            assert!(told(text, true, false).is_empty(), "{text}");
        }
    }
}
