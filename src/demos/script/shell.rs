//! The same commands for one's own docker, as a script for any POSIX shell.
//!
//! It says what it does as it goes, stops before it begins when something of the same
//! name is there already, and removes what it made, however it ends.

use super::{Demo, Part, Step};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The script of a demo. Every word of it that the demo wrote is quoted, so that the
/// shell runs the docker command and nothing else.
pub fn shell(demo: &Demo) -> String {
    let mut out = String::from("#!/bin/sh\n");
    comment(&mut out, &demo.title);
    out.push_str("#\n");
    comment(
        &mut out,
        &format!(
            "The demo {} of Waterline, for your own docker. It needs the image busybox. \
             What it makes it removes at the end.",
            demo.id
        ),
    );
    out.push_str("set -u\n\n");
    let made = Made::of(demo);
    out.push_str(BEGIN);
    made.write_checks(&mut out);
    made.write_clean_up(&mut out);
    for part in &demo.parts {
        out.push('\n');
        match part {
            Part::Text { markdown, .. } => comment(&mut out, markdown),
            Part::File(file) => {
                let end = free_word(&file.text);
                let name = quote(&file.name);
                let _ = writeln!(out, "cat > {name} <<'{end}'");
                out.push_str(&file.text);
                if !file.text.ends_with('\n') && !file.text.is_empty() {
                    out.push('\n');
                }
                let _ = writeln!(out, "{end}");
            }
            Part::Block(block) => {
                for step in &block.steps {
                    write_step(&mut out, step);
                }
            }
        }
    }
    out
}

/// How Compose calls a project that has no name: as the folder is called.
const PROJECT: &str = "demo";

/// A folder of its own for the files, and words for what is about to happen.
const BEGIN: &str = r#"folder=$(mktemp -d) || exit 1
mkdir "$folder/demo" && cd "$folder/demo" || exit 1
say() { printf '\n$ %s\n' "$1"; }
code() { [ "$1" -eq 0 ] || printf '[%s]\n' "$1"; }
taken() {
  printf 'There is a %s named %s already, and this demo makes one. Nothing was done.\n' "$1" "$2" >&2
  rm -rf "$folder"
  exit 1
}
"#;

fn write_step(out: &mut String, step: &Step) {
    let Some(words) = words(&step.command) else {
        return comment(
            out,
            &format!("Left out, since its quotes do not close: {}", step.command),
        );
    };
    if let Some(rule) = &step.expected.refused {
        comment(
            out,
            &format!("Waterline refuses this ({rule}). Your own docker would do it:"),
        );
        return comment(out, &format!("    {}", step.command));
    }
    if words.first().map(|word| &*word.text) != Some("docker") {
        return comment(
            out,
            &format!("Left out, since it is no docker command: {}", step.command),
        );
    }
    let quoted: Vec<String> = words.iter().map(Word::for_shell).collect();
    let command = quoted.join(" ");
    let _ = writeln!(out, "say {}", quote(&step.command));
    let _ = writeln!(out, "{command}");
    out.push_str("code $?\n");
    for (_, line) in step.expected.written() {
        comment(out, &format!("    {line}"));
    }
}

/// Lines of comment. A carriage return or the like would end a line too.
fn comment(out: &mut String, text: &str) {
    for line in text.lines() {
        let line: String = line
            .chars()
            .map(|c| {
                if c.is_control() && c != '\t' {
                    '\u{fffd}'
                } else {
                    c
                }
            })
            .collect();
        out.push_str(format!("# {line}").trim_end());
        out.push('\n');
    }
}

/// A word for the end of a text: one that is no line of it.
fn free_word(text: &str) -> String {
    let mut word = "END".to_owned();
    while text.lines().any(|line| line == word) {
        word.push('_');
    }
    word
}

/// A word that no shell changes.
fn quote(word: &str) -> String {
    let plain = !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&b));
    match plain {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// A word of a command line: what it says, and how it is written.
struct Word {
    text: String,
    written: String,
    /// Outside its quotes stands nothing that a shell would change.
    kept: bool,
}

impl Word {
    /// As it is written, where a shell leaves that alone; quoted anew otherwise.
    fn for_shell(&self) -> String {
        match self.kept {
            true => self.written.clone(),
            false => quote(&self.text),
        }
    }
}

/// The words of a command line, by the rules of quoting of a POSIX shell and no other
/// of its rules; `None` when a quote does not close.
fn words(line: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Some(words);
        }
        let mut word = Word {
            text: String::new(),
            written: String::new(),
            kept: true,
        };
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            word.written.push(c);
            match c {
                '\'' => loop {
                    let c = chars.next()?;
                    word.written.push(c);
                    if c == '\'' {
                        break;
                    }
                    word.text.push(c);
                },
                '"' => loop {
                    let c = chars.next()?;
                    word.written.push(c);
                    match c {
                        '"' => break,
                        '\\' => {
                            let next = chars.next()?;
                            word.written.push(next);
                            if !matches!(next, '"' | '\\' | '$' | '`') {
                                word.text.push('\\');
                            }
                            word.text.push(next);
                        }
                        // A shell looks into these quotes.
                        '$' | '`' => {
                            word.kept = false;
                            word.text.push(c);
                        }
                        _ => word.text.push(c),
                    }
                },
                '\\' => {
                    let next = chars.next()?;
                    word.written.push(next);
                    word.text.push(next);
                }
                _ => {
                    word.kept &= c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
                    word.text.push(c);
                }
            }
        }
        word.kept &= !word.written.chars().any(char::is_control);
        words.push(word);
    }
}

/// The names that a demo gives to what it makes.
#[derive(Default)]
struct Made {
    containers: BTreeSet<String>,
    networks: BTreeSet<String>,
    volumes: BTreeSet<String>,
    images: BTreeSet<String>,
    /// Command lines that take a Compose project down.
    projects: BTreeSet<String>,
    /// Names of Compose projects.
    project_names: BTreeSet<String>,
}

impl Made {
    fn of(demo: &Demo) -> Made {
        let mut made = Made::default();
        for step in demo.steps().filter(|step| step.expected.refused.is_none()) {
            let Some(words) = words(&step.command) else {
                continue;
            };
            let words: Vec<&str> = words.iter().map(|word| &*word.text).collect();
            made.add(&words);
        }
        for part in demo.parts.iter().filter(|_| !made.projects.is_empty()) {
            let Part::File(file) = part else { continue };
            let name = file
                .text
                .lines()
                .find_map(|line| line.strip_prefix("name:"));
            let name = name.map(|name| name.trim().trim_matches(['"', '\'']));
            made.project_names
                .insert(name.unwrap_or(PROJECT).to_owned());
        }
        made
    }

    fn add(&mut self, words: &[&str]) {
        let ["docker", rest @ ..] = words else { return };
        let rest = match rest {
            ["container" | "image", rest @ ..] => rest,
            _ => rest,
        };
        match rest {
            ["run" | "create", rest @ ..] => {
                self.containers.extend(values(rest, &["--name"]));
                // `--rm` removes the container, but a volume with a name stays.
                for mount in values(rest, &["-v", "--volume"]) {
                    let source = mount.split_once(':').map(|(source, _)| source.to_owned());
                    self.volumes
                        .extend(source.filter(|name| !name.contains('/')));
                }
                for mount in values(rest, &["--mount"]) {
                    let field = |names: &[&str]| {
                        let mut fields = mount.split(',').filter_map(|field| field.split_once('='));
                        fields
                            .find(|(name, _)| names.contains(name))
                            .map(|(_, value)| value.to_owned())
                    };
                    if field(&["type"]).is_none_or(|kind| kind == "volume") {
                        self.volumes.extend(field(&["source", "src"]));
                    }
                }
            }
            ["network", "create", rest @ ..] => self.networks.extend(last(rest)),
            ["volume", "create", rest @ ..] => {
                self.volumes.extend(last(rest));
                self.volumes.extend(values(rest, &["--name"]));
            }
            ["commit", rest @ ..] => {
                // CONTAINER, then the image's name.
                let plain: Vec<_> = plain(rest, &["-m", "--message", "-a", "--author"]);
                self.images
                    .extend(plain.get(1).map(|name| (*name).to_owned()));
            }
            ["compose", rest @ ..] => {
                self.project_names
                    .extend(values(rest, &["-p", "--project-name"]));
                if let Some(at) = rest.iter().position(|word| *word == "up") {
                    let before: Vec<String> = rest[..at].iter().map(|word| quote(word)).collect();
                    let before = before.join(" ");
                    let gap = if before.is_empty() { "" } else { " " };
                    self.projects
                        .insert(format!("docker compose {before}{gap}down -v"));
                }
            }
            _ => {}
        }
    }

    /// Stops before anything is done when a name is taken: what is there is the reader's.
    fn write_checks(&self, out: &mut String) {
        for (kind, names) in self.kinds() {
            for name in names {
                let name = quote(name);
                let _ = writeln!(
                    out,
                    "docker {kind} inspect {name} >/dev/null 2>&1 && taken {kind} {name}"
                );
            }
        }
        for name in &self.project_names {
            let label = quote(&format!("label=com.docker.compose.project={name}"));
            let _ = writeln!(
                out,
                "[ -z \"$(docker ps -aq --filter {label})\" ] || taken project {}",
                quote(name)
            );
        }
    }

    fn write_clean_up(&self, out: &mut String) {
        out.push_str("\nclean_up() {\n  cd \"$folder/demo\" || exit 1\n");
        for project in &self.projects {
            let _ = writeln!(out, "  {project} >/dev/null 2>&1");
        }
        for (kind, names) in self.kinds() {
            for name in names {
                let name = quote(name);
                let flags = match kind {
                    "container" => "rm -f -v",
                    "image" => "rm -f",
                    _ => "rm",
                };
                let _ = writeln!(out, "  docker {kind} {flags} {name} >/dev/null 2>&1");
            }
        }
        out.push_str("  cd / && rm -rf \"$folder\"\n}\n");
        out.push_str("trap clean_up EXIT\ntrap 'exit 130' INT\ntrap 'exit 143' TERM\n");
    }

    fn kinds(&self) -> [(&'static str, &BTreeSet<String>); 4] {
        [
            ("container", &self.containers),
            ("image", &self.images),
            ("volume", &self.volumes),
            ("network", &self.networks),
        ]
    }
}

/// The values of a flag: `--name x`, `--name=x` and, of a short one, `-vx`.
fn values(words: &[&str], names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        for name in names {
            let Some(rest) = word.strip_prefix(name) else {
                continue;
            };
            let short = !name.starts_with("--");
            match rest.strip_prefix('=') {
                Some(value) => found.push(value.to_owned()),
                None if rest.is_empty() => {
                    found.extend(words.next().map(|word| (*word).to_owned()))
                }
                None if short => found.push(rest.to_owned()),
                None => {}
            }
            break;
        }
    }
    found
}

/// The words that are no flags, and no values of those flags.
fn plain<'w>(words: &[&'w str], with_value: &[&str]) -> Vec<&'w str> {
    let mut plain = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if with_value.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            plain.push(*word);
        }
    }
    plain
}

/// The name at the end of `network create` and `volume create`.
fn last(words: &[&str]) -> Option<String> {
    let name = words.last().filter(|word| !word.starts_with('-'))?;
    Some((*name).to_owned())
}
