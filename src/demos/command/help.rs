//! What `--help` prints, from the table.

use super::flags::usage_line;
use super::table::{COMPOSE, FlagDoc, GROUPS, VerbDoc, reference};
use std::fmt::Write;

/// `docker run --help`
pub(super) fn of_verb(verb: &VerbDoc, path: &str) -> String {
    let mut text = format!("Usage:  {}\n\n{}\n", usage_line(verb, path), verb.about);
    let others: Vec<String> = verb
        .spellings()
        .filter(|spelling| *spelling != path)
        .map(|spelling| format!("docker {spelling}"))
        .collect();
    if !others.is_empty() {
        let _written = write!(text, "\nAliases:\n  {}\n", others.join(", "));
    }
    let taken: Vec<&FlagDoc> = verb.taken().collect();
    if !taken.is_empty() {
        text.push_str("\nOptions:\n");
        rows(
            &mut text,
            taken.into_iter().map(|flag| (flag_words(flag), flag.about)),
        );
    }
    let refused: Vec<String> = verb
        .refused()
        .map(|flag| format!("--{}", flag.long))
        .collect();
    if !refused.is_empty() {
        let _written = write!(
            text,
            "\nDocker has these too, and a sandbox refuses them:\n  {}\n",
            refused.join(" ")
        );
    }
    text
}

/// `docker --help`
pub(super) fn of_docker() -> String {
    let mut text =
        "Usage:  docker COMMAND\n\nThe docker commands of a sandbox\n\nCommands:\n".to_owned();
    let verbs = reference()
        .into_iter()
        .map(|verb| (verb.paths[0].to_owned(), verb.about));
    rows(&mut text, verbs);
    text.push_str("\nRun 'docker COMMAND --help' for more information on a command.\n");
    text
}

/// `docker volume`, `docker volume --help`
pub(super) fn of_group(group: &str) -> String {
    let about = GROUPS.iter().find(|(name, _)| *name == group);
    let about = about.map_or("", |(_, about)| about);
    let mut text = format!("Usage:  docker {group} COMMAND\n\n{about}\n\n");
    if group == "compose" {
        text.push_str("Options:\n");
        let taken = COMPOSE.iter().filter(|flag| flag.refused.is_none());
        rows(&mut text, taken.map(|flag| (flag_words(flag), flag.about)));
        text.push('\n');
    }
    text.push_str("Commands:\n");
    let verbs = reference().into_iter().filter_map(|verb| {
        let mut paths = verb.paths.iter();
        let last = paths.find_map(|path| path.strip_prefix(group)?.strip_prefix(' '))?;
        Some((last.to_owned(), verb.about))
    });
    rows(&mut text, verbs);
    let _written = write!(
        text,
        "\nRun 'docker {group} COMMAND --help' for more information on a command.\n"
    );
    text
}

fn flag_words(flag: &FlagDoc) -> String {
    let short = flag
        .short
        .map_or("    ".to_owned(), |short| format!("-{short}, "));
    let takes = flag
        .takes
        .map_or(String::new(), |takes| format!(" {takes}"));
    format!("{short}--{}{takes}", flag.long)
}

/// Two columns.
fn rows<'a>(text: &mut String, rows: impl Iterator<Item = (String, &'a str)>) {
    let rows: Vec<(String, &str)> = rows.collect();
    let width = rows
        .iter()
        .map(|(first, _)| first.len())
        .max()
        .unwrap_or(0)
        .min(32);
    for (first, about) in rows {
        let _written = writeln!(text, "  {first:width$}   {about}");
    }
}
