//! A line as words, read as a shell would read it and refused where a shell would do
//! more than that.
//!
//! A demo's commands work unchanged in a reader's own shell; so what that shell would
//! expand or act on has to be quoted here as it has to be there.

use crate::demos::refusal::{Refusal, Rule};

/// Splits a line into words.
///
/// # Errors
/// The line is too long, holds characters that cannot be meant, or needs a shell.
pub(super) fn words(line: &str) -> Result<Vec<String>, Refusal> {
    if line.len() > super::LONGEST {
        let most = super::LONGEST;
        return Err(text(format!("a command has at most {most} bytes")));
    }
    if let Some(bad) = line.chars().find(|c| is_unreadable(*c)) {
        let code = u32::from(bad);
        return Err(text(format!(
            "the line holds the invisible or control character U+{code:04X}; a command is one line of plain text"
        )));
    }
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                single(&mut letters, word)?;
            }
            '"' => {
                let word = word.get_or_insert_default();
                double(&mut letters, word)?;
            }
            '\\' => {
                let next = letters.next();
                let next = next.ok_or_else(|| shell("a line ends in a backslash"))?;
                word.get_or_insert_default().push(next);
            }
            '$' | '*' | '?' | '~' | '{' | '[' | '`' | ';' | '|' | '&' | '<' | '>' | '(' | ')' => {
                return Err(expanded(letter));
            }
            '#' if word.is_none() => return Err(expanded('#')),
            _ if is_look_alike(letter) => {
                let code = u32::from(letter);
                return Err(text(format!(
                    "{letter} (U+{code:04X}) looks like a character of a command and is another; write it plainly, or single-quote it where it is meant"
                )));
            }
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The rest of what stands between single quotes: all of it is meant as it stands.
fn single(letters: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), Refusal> {
    for letter in letters {
        match letter {
            '\'' => return Ok(()),
            _ => word.push(letter),
        }
    }
    Err(shell("a single quote is not closed"))
}

/// The rest of what stands between double quotes.
fn double(letters: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), Refusal> {
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Ok(()),
            '$' | '`' => return Err(expanded(letter)),
            '\\' => match letters.next() {
                Some(meant @ ('$' | '`' | '"' | '\\')) => word.push(meant),
                Some(other) => word.extend(['\\', other]),
                None => break,
            },
            _ => word.push(letter),
        }
    }
    Err(shell("a double quote is not closed"))
}

fn expanded(letter: char) -> Refusal {
    let what = match letter {
        ';' | '|' | '&' => "it would begin another command",
        '<' | '>' => "it would open a file",
        '(' | ')' | '`' => "it would run another command",
        '$' => "it would put in a variable or another command's output",
        '#' => "it would begin a comment",
        _ => "it would put in names of files or of folders",
    };
    Refusal::new(
        Rule::Shell,
        format!(
            "your shell would expand this; single-quote it: {letter} ({what}). One line is one docker command, and no shell reads it here"
        ),
    )
}

fn shell(what: &str) -> Refusal {
    Refusal::new(
        Rule::Shell,
        format!("{what}; your shell would wait for more"),
    )
}

fn text(what: String) -> Refusal {
    Refusal::new(Rule::Text, what)
}

/// Control characters, and characters that change how a line looks without being seen.
fn is_unreadable(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Dashes, quotes, spaces and wide letters that are not those of a command line.
fn is_look_alike(c: char) -> bool {
    (c.is_whitespace() && !c.is_ascii())
        || matches!(c,
            '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201f}' | '\u{2032}'..='\u{2037}' | '\u{2039}' | '\u{203a}'
            | '\u{2212}' | '\u{2215}' | '\u{2236}' | '\u{37e}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ffef}')
}
