//! Names: what may stand between `<<` and `>>`, and how a name is read by people.
//!
//! A NAME begins with a letter, has letters, digits, `_` and `-`, and either a
//! `_` or at least two CamelCase humps. So `vector<<int>>` and `cat <<EOF>>f`
//! define nothing.

/// Can this character stand inside a word? Wider than ASCII, so that a name
/// glued to a letter of any script is another word. Combining marks count: an
/// accent belongs to the letter before it.
pub(super) fn is_word_char(c: char) -> bool {
    c == '_' || c == '-' || c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

/// Has `word` the shape of a NAME?
pub(super) fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_alphabetic)
        && chars.all(is_word_char)
        && (word.contains('_') || humps(word) >= 2)
}

/// How many CamelCase humps a word has: `HugePages` has two, `HTTPServer` two,
/// `Docker`, `EOF` and `overlay` fewer.
fn humps(word: &str) -> usize {
    hump_starts(word).count()
}

/// Where each hump begins: an upper-case letter after something that is not
/// one, or the last upper-case letter of a run when a lower-case one follows.
fn hump_starts(word: &str) -> impl Iterator<Item = usize> + '_ {
    let mut before = None::<char>;
    let mut chars = word.char_indices().peekable();
    std::iter::from_fn(move || {
        while let Some((at, c)) = chars.next() {
            let after_upper = before.is_some_and(char::is_uppercase);
            before = Some(c);
            if c.is_uppercase()
                && (!after_upper || chars.peek().is_some_and(|(_, next)| next.is_lowercase()))
            {
                return Some(at);
            }
        }
        None
    })
}

/// A readable title for a name: `Learning_Docker_Compose` is "Docker Compose".
pub(super) fn title(name: &str, prefixes: &[String]) -> String {
    let bare = prefixes
        .iter()
        .filter_map(|prefix| name.strip_prefix(prefix.as_str()))
        .find(|rest| rest.chars().any(char::is_alphanumeric))
        .unwrap_or(name);
    if bare.contains(['_', '-']) {
        let words: Vec<&str> = bare.split(['_', '-']).filter(|w| !w.is_empty()).collect();
        return words.join(" ");
    }
    let mut title = String::with_capacity(bare.len() + 4);
    let mut from = 0;
    for at in hump_starts(bare).chain([bare.len()]) {
        if at > from {
            if !title.is_empty() {
                title.push(' ');
            }
            title.push_str(&bare[from..at]);
            from = at;
        }
    }
    title
}

/// Does a name that nobody defines count as *wanted* because of its beginning?
pub(super) fn has_known_prefix(name: &str, prefixes: &[String]) -> bool {
    prefixes
        .iter()
        .any(|prefix| name.len() > prefix.len() && name.starts_with(prefix.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_an_underscore_or_two_humps() {
        for name in [
            "Learning_Docker",
            "a_b",
            "FooBar",
            "HTTPServer",
            "Vault-Testing",
            "Learning_Übung",
        ] {
            assert!(is_name(name), "{name}");
        }
        for other in [
            "int", "EOF", "Docker", "_x", "3_a", "", "a b_c", "fooBar", "foo-bar", "-a_b",
        ] {
            assert!(!is_name(other), "{other}");
        }
    }

    #[test]
    fn a_name_reads_as_words() {
        let prefixes = ["Learning_".to_owned()];
        let title = |name| title(name, &prefixes);
        assert_eq!(title("Learning_Docker_Compose"), "Docker Compose");
        assert_eq!(title("Learning_Unix_Memory_PAE"), "Unix Memory PAE");
        assert_eq!(title("HTTPServerBasics"), "HTTP Server Basics");
        assert_eq!(title("Learning_VirtualBox"), "Virtual Box");
        assert_eq!(title("Ops_Notes"), "Ops Notes");
        assert_eq!(title("Learning_"), "Learning");
    }

    #[test]
    fn a_bare_prefix_wants_nothing() {
        let prefixes = ["Learning_".to_owned()];
        assert!(has_known_prefix("Learning_X", &prefixes));
        assert!(!has_known_prefix("Learning_", &prefixes));
        assert!(!has_known_prefix("AWS_KEY_PAIR", &prefixes));
    }
}
