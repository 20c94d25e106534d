//! Near misses: which defined names a misspelt one may mean.
//!
//! The defined names are kept sorted, so that they are a tree of shared
//! beginnings: the rows of the edit-distance table are computed once for a
//! beginning, and a beginning that is too far off is jumped over with all the
//! names that share it. With 100,000 names a question takes well under a
//! millisecond; answers are remembered.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

/// At most so many suggestions.
const MOST: usize = 3;
/// From this length on, two edits are a near miss; below it, one is.
const LONG: usize = 12;
/// Nobody misspells a name this long; it would only cost time.
const LONGEST: usize = 200;

/// Names near a word, closest first.
pub(super) type Suggestions = Arc<[Arc<str>]>;

/// The defined names, sorted, to be asked for near ones.
#[derive(Debug, Default)]
pub(super) struct Near {
    names: Vec<Arc<str>>,
    /// The names by their lower-case form; made when first asked.
    folded: OnceLock<FxHashMap<Box<str>, Vec<Arc<str>>>>,
    /// All names in one text, and where each ends; made when first asked. To read every name
    /// where it lies in the memory takes longer.
    in_one: OnceLock<(String, Vec<usize>)>,
    told: Mutex<FxHashMap<Box<str>, Suggestions>>,
}

impl Near {
    pub fn new(names: impl Iterator<Item = Arc<str>>) -> Self {
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        Self {
            names,
            ..Self::default()
        }
    }

    /// The same with a few names more and a few fewer.
    pub fn changed(&self, added: &[Arc<str>], removed: &[Arc<str>]) -> Self {
        let mut names = self.names.clone();
        for name in removed {
            if let Ok(at) = names.binary_search(name) {
                names.remove(at);
            }
        }
        for name in added {
            if let Err(at) = names.binary_search(name) {
                names.insert(at, name.clone());
            }
        }
        Self {
            names,
            ..Self::default()
        }
    }

    /// All defined names, sorted.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// The same, for who reads every one of them.
    pub fn one_by_one(&self) -> impl Iterator<Item = &str> {
        let (text, ends) = self.in_one.get_or_init(|| {
            let (mut text, mut ends) = (String::new(), Vec::with_capacity(self.names.len()));
            for name in &self.names {
                text.push_str(name);
                ends.push(text.len());
            }
            (text, ends)
        });
        let starts = std::iter::once(&0).chain(ends);
        starts.zip(ends).map(|(start, end)| &text[*start..*end])
    }

    /// The names that `word` nearly is, closest first, then in name order.
    pub fn of(&self, word: &str) -> Suggestions {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = told.get(word) {
            return known.clone();
        }
        drop(told);
        let found = self.search(word);
        told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(word.into(), found.clone());
        found
    }

    /// The same, for words that readers type: those are not worth remembering.
    pub fn search(&self, word: &str) -> Suggestions {
        let length = word.chars().count();
        if length > LONGEST || self.names.is_empty() {
            return Suggestions::default();
        }
        let most = if length >= LONG { 2 } else { 1 };
        let mut found: Vec<(usize, &Arc<str>)> = self.within(word, most);
        // `learning_docker` differs in case only, however many letters that is.
        for name in self.same_but_case(word) {
            if **name != *word
                && name.contains('_')
                && !found.iter().any(|(_, other)| *other == name)
            {
                found.push((1, name));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)));
        found.dedup_by(|a, b| a.1 == b.1);
        found.truncate(MOST);
        found.into_iter().map(|(_, name)| name.clone()).collect()
    }

    /// Names that begin with `word`, in name order.
    pub fn beginning(&self, word: &str) -> &[Arc<str>] {
        let from = self.names.partition_point(|name| **name < *word);
        let rest = &self.names[from..];
        &rest[..rest.partition_point(|name| name.starts_with(word))]
    }

    /// Names that are `word` when upper and lower case are one.
    pub fn same_but_case(&self, word: &str) -> &[Arc<str>] {
        let folded = self.folded.get_or_init(|| {
            let mut folded = FxHashMap::<Box<str>, Vec<Arc<str>>>::default();
            for name in &self.names {
                let lower = name.to_lowercase().into();
                folded.entry(lower).or_default().push(name.clone());
            }
            folded
        });
        folded.get(&*word.to_lowercase()).map_or(&[], |names| names)
    }

    /// All names at most `most` edits away from `word`.
    fn within(&self, word: &str, most: usize) -> Vec<(usize, &Arc<str>)> {
        let word: Vec<char> = word.chars().collect();
        let width = word.len() + 1;
        let mut rows: Vec<usize> = (0..width).collect();
        let mut path: Vec<char> = Vec::new();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(name) = self.names.get(at) {
            // Keep the rows of the beginning that this name shares with the last.
            let shared = name.chars().zip(&path).take_while(|(a, b)| a == *b).count();
            path.truncate(shared);
            rows.truncate((shared + 1) * width);
            let mut too_far = None;
            for (depth, (offset, c)) in name.char_indices().enumerate().skip(shared) {
                path.push(c);
                let above = depth * width;
                let mut least = depth + 1;
                rows.push(depth + 1);
                for (column, &w) in word.iter().enumerate() {
                    let change = rows[above + column] + usize::from(w != c);
                    let drop = rows[above + column + 1] + 1;
                    let add = rows[above + width + column] + 1;
                    let cost = change.min(drop).min(add);
                    least = least.min(cost);
                    rows.push(cost);
                }
                if least > most {
                    too_far = Some(offset + c.len_utf8());
                    break;
                }
            }
            if let Some(length) = too_far {
                // Nothing that begins like this can be near.
                let begin = &name[..length];
                at += self.names[at..].partition_point(|other| other.starts_with(begin));
                continue;
            }
            let distance = rows[rows.len() - 1];
            // Only a name with a `_` can be missed nearly.
            if distance <= most && distance > 0 && name.contains('_') {
                found.push((distance, name));
            }
            at += 1;
        }
        found
    }
}

/// Words of any shape, to be asked for near ones: files, values, places on a page.
#[derive(Debug, Default)]
pub(super) struct Alike(Near);

impl Alike {
    /// Near misses are of names with a `_`, and are looked for further in long ones.
    const LONG: &str = "any_such_word_";

    pub fn new<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let long = |word| format!("{}{word}", Self::LONG).into();
        Self(Near::new(words.map(long)))
    }

    /// The words that `word` nearly is, closest first.
    pub fn of(&self, word: &str) -> Vec<String> {
        let near = self.0.of(&format!("{}{word}", Self::LONG));
        let bare = near.iter().filter_map(|near| near.strip_prefix(Self::LONG));
        bare.map(str::to_owned).collect()
    }
}

/// The words that `word` nearly is, where that is asked only once.
pub(super) fn alike<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Vec<String> {
    Alike::new(words).of(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(names: &[&str], word: &str) -> Vec<String> {
        let near = Near::new(names.iter().map(|name| Arc::from(*name)));
        near.of(word).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_edit_or_two_in_a_long_name_are_near() {
        let names = [
            "Learning_Docker",
            "Learning_Docker_Storage",
            "A_B",
            "FooBar",
        ];
        assert_eq!(near(&names, "Learning_Dcoker"), ["Learning_Docker"]);
        assert_eq!(
            near(&names, "Learning_Docker_Storge"),
            ["Learning_Docker_Storage"]
        );
        assert_eq!(near(&names, "LearningDocker"), ["Learning_Docker"]);
        assert_eq!(near(&names, "A_C"), ["A_B"]);
        for plain in ["A_CD", "HugePages_Total", "AWS_KEY_PAIR", "FooBat"] {
            assert!(near(&names, plain).is_empty(), "{plain}");
        }
    }

    #[test]
    fn case_alone_is_near_and_the_closest_comes_first() {
        assert_eq!(
            near(&["Learning_Docker"], "LEARNING_DOCKER"),
            ["Learning_Docker"]
        );
        assert_eq!(
            near(&["Learning_Docker"], "learning_docker"),
            ["Learning_Docker"]
        );
        let names = [
            "Some_Name_AA",
            "Some_Name_AB",
            "Some_Name_B",
            "Some_Name_C",
            "Some_Name_D",
        ];
        assert_eq!(
            near(&names, "Some_Name_Bx"),
            ["Some_Name_B", "Some_Name_AA", "Some_Name_AB"]
        );
    }

    #[test]
    fn a_changed_list_answers_as_a_new_one() {
        let near = Near::new(
            ["A_Long_Name_1", "A_Long_Name_2"]
                .into_iter()
                .map(Arc::from),
        );
        let near = near.changed(&["A_Long_Name_3".into()], &["A_Long_Name_1".into()]);
        let told: Vec<_> = near
            .of("A_Long_Name_")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(told, ["A_Long_Name_2", "A_Long_Name_3"]);
    }
}
