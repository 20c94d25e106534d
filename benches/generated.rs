//! Generated notes, the same ones every time: ten topics and five references
//! each, prose of thousands of different words, lists, tables, code and links.

/// A small random number generator (xorshift): same seed, same notes.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap_or(0)
    }
}

/// Words of two to four syllables, `count` of them.
fn vocabulary(count: usize) -> Vec<String> {
    const SYLLABLES: &[&str] = &[
        "con", "tai", "ner", "im", "age", "vol", "ume", "net", "work", "lay", "er", "mount", "dri",
        "ver", "sto", "rage", "run", "time", "host", "port", "build", "cache", "se", "cret", "no",
        "de", "clus", "ter", "in", "it", "name", "space",
    ];
    let mut dice = Dice(0x5eed);
    (0..count)
        .map(|_| {
            (0..2 + dice.below(3))
                .map(|_| SYLLABLES[dice.below(SYLLABLES.len())])
                .collect()
        })
        .collect()
}

/// The name of topic `topic` (0 to 9) of note `note`.
pub fn name(note: usize, topic: usize) -> String {
    format!("Learning_Generated_{note:05}_Topic_{topic}")
}

/// The file of note `note`.
pub fn file(note: usize) -> String {
    format!("learnings/part{:02}/note{note:05}.md", note % 100)
}

/// `count` notes of about 4.2 KB each.
pub fn notes(count: usize) -> Vec<(String, Vec<u8>)> {
    each(count).collect()
}

/// The same, one after the other.
pub fn each(count: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
    let words = vocabulary(5_000);
    (0..count).map(move |index| (file(index), note(index, count, &words).into_bytes()))
}

fn note(index: usize, count: usize, words: &[String]) -> String {
    let mut dice =
        Dice(0x9e37_79b9_7f4a_7c15 ^ (index as u64 + 1).wrapping_mul(0x1234_5678_9abc_def1));
    let mut text =
        format!("---\npath: \"/generated/{index:05}\"\ntitle: \"Generated note {index}\"\n---\n\n");
    for topic in 0..10 {
        let level = if topic == 0 { "#" } else { "##" };
        let word = &words[dice.below(words.len())];
        text += &format!("{level} About {word} <<{}>>\n\n", name(index, topic));
        prose(&mut text, &mut dice, words, 28);
        if topic % 2 == 1 {
            let other = name(dice.below(count), dice.below(10));
            text += &format!("See {other} for more of it.\n\n");
        }
        match topic % 4 {
            0 => {
                for _ in 0..3 {
                    text += "- ";
                    prose(&mut text, &mut dice, words, 6);
                    text.truncate(text.trim_end().len());
                    text.push('\n');
                }
                text.push('\n');
            }
            1 => {
                let (a, b) = (dice.below(words.len()), dice.below(words.len()));
                text += &format!(
                    "```console\n$ docker run --rm {} {}\n```\n\n",
                    words[a], words[b]
                );
            }
            2 => {
                let word = &words[dice.below(words.len())];
                text += &format!("[{word}](https://docs.example.org/{word}/) and `{word}`.\n\n");
            }
            _ => {
                let (a, b) = (dice.below(words.len()), dice.below(words.len()));
                text += &format!("| a | b |\n|---|---|\n| {} | {} |\n\n", words[a], words[b]);
            }
        }
    }
    text
}

fn prose(text: &mut String, dice: &mut Dice, words: &[String], count: usize) {
    for at in 0..count {
        let word = &words[dice.below(words.len())];
        match dice.below(24) {
            0 => *text += &format!("*{word}*"),
            1 => *text += &format!("`{word}`"),
            2 => *text += &format!("{word},"),
            _ => text.push_str(word),
        }
        text.push(if at % 12 == 11 { '\n' } else { ' ' });
    }
    text.truncate(text.trim_end().len());
    text.push_str(".\n\n");
}
