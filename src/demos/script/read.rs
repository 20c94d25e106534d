//! From a demo's file to its steps, with every fault at its place.

use super::expected::{Expected, Line, Pattern, Said};
use super::{Block, Demo, File, Order, Part, Step, Took};
use crate::demos::command;
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::{self, Limits, Snapshot};
use crate::engine::hands::FullId;
use crate::engine::owned::SandboxId;
use crate::notebook::{self, DemoBlock, DemoFile, DemoPart, Problem};
use jiff::Timestamp;
use std::time::Duration;

/// A file larger than this has no steps.
pub const FILE_BYTES: usize = 256 * 1024;
/// A demo has so many steps at most.
pub const STEPS: usize = 100;
/// So many lines may be expected of a step; `...` stands for more.
pub const LINES: usize = 400;
/// A demo brings so many files at most.
pub const FILES: usize = 8;
/// Each of them this large at most.
pub const FILE_TEXT: usize = 16 * 1024;

/// The language of a block of commands.
const CONSOLE: &str = "console";

/// Reads a demo. Whether its topic is defined, and its name its own, is for whoever knows
/// all of them.
pub fn read(file: DemoFile) -> Demo {
    let mut reader = Reader {
        file: file.file.clone(),
        problems: Vec::new(),
        steps: 0,
        files: 0,
    };
    let id = file.path.trim_start_matches("/demos/").to_owned();
    if !is_id(&id) {
        reader.tell(
            notebook::Rule::DemoName,
            1,
            1,
            "a demo is named by its file, in small letters, digits and dashes, 40 at most: \
             what-survives-a-restart.md",
        );
    }
    let minutes = file.minutes.and_then(|(text, line)| match text.parse() {
        Ok(minutes @ 1..=120) => Some(minutes),
        _ => {
            reader.complain(line, 1, "`minutes` is a whole number from 1 to 120");
            None
        }
    });
    if file.topic.is_none() {
        reader.complain(
            1,
            1,
            "the front matter has no `topic`, so that no topic shows this demo",
        );
    }
    let parts = if file.source.len() > FILE_BYTES {
        reader.complain(1, 1, "this demo is larger than 256 KB and was not read");
        Vec::new()
    } else {
        let parts = file.parts.into_iter();
        parts.filter_map(|part| reader.part(part)).collect()
    };
    let mut demo = Demo {
        id,
        file: file.file,
        title: file.title,
        topic: file.topic.map(|(topic, _)| topic),
        minutes,
        parts,
        problems: Vec::new(),
        source: file.source,
    };
    if demo.steps().next().is_none() && reader.problems.is_empty() {
        reader.complain(
            1,
            1,
            "this demo has no command: write one in a ```console block",
        );
    }
    reader.problems.sort();
    demo.problems = reader.problems;
    demo
}

/// Can this name a demo? Small letters, digits and dashes.
pub fn is_id(id: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    id.len() <= 40
        && id.bytes().all(|b| inner(b) || b == b'-')
        && id.bytes().next().is_some_and(inner)
        && id.bytes().next_back().is_some_and(inner)
}

/// Can this name a file of a demo? No path, nothing hidden, nothing odd.
fn is_file_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

struct Reader {
    file: String,
    problems: Vec<Problem>,
    steps: usize,
    files: usize,
}

impl Reader {
    fn complain(&mut self, line: u32, column: u32, message: impl Into<String>) {
        self.tell(notebook::Rule::DemoFormat, line, column, message);
    }

    fn tell(&mut self, rule: notebook::Rule, line: u32, column: u32, message: impl Into<String>) {
        let problem = Problem::new(rule, &self.file, (line, column), message);
        self.problems.push(problem);
    }

    fn part(&mut self, part: DemoPart) -> Option<Part> {
        let block = match part {
            DemoPart::Text { markdown, html } => return Some(Part::Text { markdown, html }),
            DemoPart::Block(block) => block,
        };
        if !block.top || block.column != 1 {
            self.complain(
                block.line,
                block.column,
                "a block that is run, or is a file, stands at the left margin, in no list or quotation",
            );
            return None;
        }
        if !block.closed {
            self.complain(block.line, 1, "this block has no closing fence");
        }
        let mut words = block.info.split_whitespace();
        let language = words.next().filter(|word| !word.starts_with("file="));
        let language = language.unwrap_or_default().to_owned();
        match language == CONSOLE {
            true => self.console(&block).map(Part::Block),
            false => self.bring(&block, language).map(Part::File),
        }
    }

    /// A file of the demo.
    fn bring(&mut self, block: &DemoBlock, language: String) -> Option<File> {
        let mut words = block.info.split_whitespace();
        let name = words.find_map(|word| word.strip_prefix("file="))?;
        if !is_file_name(name) {
            self.complain(
                block.line,
                1,
                "a file of a demo has a plain name of letters, digits, dots and dashes, and no path",
            );
            return None;
        }
        if block.text.len() > FILE_TEXT {
            self.complain(block.line, 1, "a file of a demo has 16 KB at most");
            return None;
        }
        self.files += 1;
        if self.files > FILES {
            self.complain(
                block.line,
                1,
                format!("a demo brings {FILES} files at most"),
            );
            return None;
        }
        Some(File {
            line: block.line,
            name: name.to_owned(),
            language,
            text: block.text.clone(),
        })
    }

    /// A block of commands.
    fn console(&mut self, block: &DemoBlock) -> Option<Block> {
        let mut took = Took::default();
        let mut unordered = false;
        for word in block.info.split_whitespace().skip(1) {
            let bound = |start| word.strip_prefix(start).map(duration);
            match (word, bound("took<"), bound("took>")) {
                ("unordered", ..) => unordered = true,
                (_, Some(Some(time)), _) => took.under = Some(time),
                (_, _, Some(Some(time))) => took.over = Some(time),
                (_, Some(None), _) | (_, _, Some(None)) => {
                    let why = "write a time like took<1s, took<1.5s, took<500ms or took>2s";
                    self.complain(block.line, 1, why);
                }
                _ => {
                    let why = format!(
                        "a console block does not know “{}”: it knows took<1s, took>1s and unordered",
                        word.chars().take(40).collect::<String>()
                    );
                    self.complain(block.line, 1, why);
                }
            }
        }
        if let Took {
            under: Some(under),
            over: Some(over),
        } = took
            && under <= over
        {
            let why = "no time is both less than the one and more than the other";
            self.complain(block.line, 1, why);
        }
        let mut steps = Vec::new();
        let lines: Vec<&str> = block.text.lines().collect();
        let mut at = 0;
        while at < lines.len() {
            let number = line_of(block, at);
            if lines[at].trim().is_empty() {
                at += 1;
            } else if !lines[at].starts_with("$ ") {
                self.complain(
                    number,
                    1,
                    "no command stands above this line: one begins with `$ `",
                );
                at += 1;
            } else if self.steps == STEPS {
                self.complain(number, 1, format!("a demo has {STEPS} steps at most"));
                break;
            } else {
                at = self.step(block, &lines, at, unordered, &mut steps);
            }
        }
        if steps.is_empty() {
            self.complain(
                block.line,
                1,
                "this console block has no command: one begins with `$ `",
            );
            return None;
        }
        Some(Block {
            line: block.line,
            steps,
            took,
            fence: block.fence.clone(),
        })
    }

    /// Reads the step at line number `at` of a block, and gives the number of the line
    /// after it.
    fn step(
        &mut self,
        block: &DemoBlock,
        lines: &[&str],
        mut at: usize,
        unordered: bool,
        steps: &mut Vec<Step>,
    ) -> usize {
        let line = line_of(block, at);
        let first = lines[at].strip_prefix("$ ").unwrap_or_default();
        let (mut typed, mut joined) = (first.to_owned(), String::new());
        let mut rest = first;
        // `\` at the end of a line: the next one goes on, as in a shell.
        while let Some(start) = continued(rest) {
            joined.push_str(start);
            let Some(next) = lines.get(at + 1) else {
                self.complain(
                    line_of(block, at),
                    1,
                    "the command goes on, and the block ends here",
                );
                return at + 1;
            };
            at += 1;
            typed.push('\n');
            typed.push_str(next);
            rest = next;
        }
        joined.push_str(rest);
        let command = joined.trim().to_owned();
        let command_end = line_of(block, at);
        at += 1;
        let (expected, end) = self.expected(block, lines, &mut at, command_end);
        if command.is_empty() {
            self.complain(line, 1, "there is no command on this line");
            return at;
        }
        self.check(line, &command, first.chars().count(), &expected);
        self.steps += 1;
        steps.push(Step {
            number: self.steps,
            line,
            command_end,
            end,
            order: match unordered || is_in_random_order(&command) {
                true => Order::Any,
                false => Order::AsWritten,
            },
            command,
            typed,
            expected,
        });
        at
    }

    /// Reads the lines below a command, to the next one or the end of the block, and
    /// gives the last line that says something.
    fn expected(
        &mut self,
        block: &DemoBlock,
        lines: &[&str],
        at: &mut usize,
        command_end: u32,
    ) -> (Expected, u32) {
        let mut expected = Expected::default();
        let (mut end, mut blank, mut ended, mut count) = (command_end, 0, false, 0);
        while let Some(line) = lines.get(*at) {
            if line.starts_with("$ ") {
                break;
            }
            let number = line_of(block, *at);
            *at += 1;
            // Empty lines count between lines of output, and are layout anywhere else.
            if line.trim().is_empty() {
                blank += 1;
                continue;
            }
            end = number;
            let before = std::mem::take(&mut blank);
            let said = match Said::read(line) {
                Ok(said) => said,
                Err(why) => {
                    self.complain(number, 1, why);
                    continue;
                }
            };
            if ended {
                let why = "nothing comes after the exit code or the refusal but the next command";
                self.complain(number, 1, why);
                continue;
            }
            count += 1;
            if count == LINES + 1 {
                let why = format!("a step expects {LINES} lines at most; `...` stands for more");
                self.complain(number, 1, why);
            }
            if count > LINES {
                continue;
            }
            let silent = expected.is_silent();
            match said {
                Said::Stdout(_) if !expected.stderr.is_empty() => {
                    let why = "standard output comes before the `! ` lines: the two arrive in no certain order";
                    self.complain(number, 1, why);
                }
                Said::Stdout(pattern) => {
                    let empty = (0..before).rev().map(|back| Line {
                        at: number - 1 - back,
                        pattern: Pattern::literal(""),
                    });
                    expected.stdout.extend(empty);
                    expected.stdout.push(Line {
                        at: number,
                        pattern,
                    });
                }
                Said::Stderr(pattern) => expected.stderr.push(Line {
                    at: number,
                    pattern,
                }),
                Said::Code(code) => (expected.code, ended) = (code, true),
                Said::Refused(rule) => {
                    if Rule::from_name(&rule).is_none() {
                        let known: Vec<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
                        let why =
                            format!("no refusal has that name; there are {}", known.join(", "));
                        self.complain(number, 1, why);
                    } else if !silent {
                        self.complain(number, 1, "nothing comes out of a command that is refused");
                    }
                    (expected.refused, ended) = (Some(rule), true);
                }
            }
        }
        (expected, end)
    }

    /// A command that a sandbox refuses whatever is in it: a problem, unless that is what
    /// the demo shows. Its first line is `width` characters long.
    fn check(&mut self, line: u32, command: &str, width: usize, expected: &Expected) {
        let Some(refusal) = refusal(command) else {
            return;
        };
        let rule = refusal.rule.name();
        let why = if refusal.is_dockers_own() {
            if refusal.code == expected.code {
                return;
            }
            let first = refusal.message.lines().next().unwrap_or_default();
            format!("docker itself would not take this: {first}")
        } else {
            match &expected.refused {
                Some(wanted) if wanted == rule => return,
                Some(wanted) => format!(
                    "this is refused by the rule {rule}, not {wanted}: {}",
                    refusal.message
                ),
                None => format!(
                    "{} (a demo that shows this says `refused: {rule}` below the command)",
                    refusal.message
                ),
            }
        };
        let problem = Problem::new(notebook::Rule::RefusedCommand, &self.file, (line, 3), why);
        self.problems.push(problem.wide(width));
    }
}

/// The refusal that a command meets in any sandbox, whatever is in it.
fn refusal(command: &str) -> Option<Refusal> {
    let command = match command::parse(command) {
        Ok(command) => command,
        Err(refusal) => return Some(refusal),
    };
    // In an empty one it may also be that what the command names is not there yet.
    let always = [Rule::Resource, Rule::Terminal, Rule::Text];
    let empty = Snapshot {
        id: SandboxId::parse("00000000")?,
        limits: Limits::default(),
        until: Timestamp::MAX,
        containers: Vec::new(),
        networks: Vec::new(),
        volumes: Vec::new(),
        images: Vec::new(),
        demo_image: FullId::parse(&"0".repeat(64))?,
        terminal: false,
    };
    let refusal = sandbox::permit(&command, &empty).err()?;
    always.contains(&refusal.rule).then_some(refusal)
}

/// The line in the file of line number `at` of a block.
fn line_of(block: &DemoBlock, at: usize) -> u32 {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    block.line.saturating_add(1).saturating_add(at)
}

/// What stands before the `\` at the end of a line that goes on. Two of them are one that
/// is meant.
fn continued(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let start = line.strip_suffix('\\')?;
    let before = start.len() - start.trim_end_matches('\\').len();
    before.is_multiple_of(2).then_some(start)
}

/// `500ms`, `1s`, `1.5s` or `2m`; an hour at most.
fn duration(text: &str) -> Option<Duration> {
    let (digits, unit) = [("ms", 0.001), ("s", 1.0), ("m", 60.0)]
        .into_iter()
        .find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let count: f64 = digits.parse().ok().filter(|_| plain)?;
    let seconds = count * unit;
    (seconds > 0.0 && seconds <= 3600.0).then(|| Duration::from_secs_f64(seconds))
}

/// Does docker print the lines of this command in random order? So it is with
/// `docker diff`, which reads them from a map.
fn is_in_random_order(command: &str) -> bool {
    let mut words = command.split_whitespace().skip(1);
    let verb = match words.next() {
        Some("container") => words.next(),
        verb => verb,
    };
    verb == Some("diff")
}
