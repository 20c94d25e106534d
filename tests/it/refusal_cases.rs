//! The bad-input suite as data: the lines of `tests/fixtures/refusals.txt`, and the
//! sandbox in which they are tried.

use jiff::Timestamp;
use waterline::demos::sandbox::{Limits, Snapshot, Thing};
use waterline::engine::hands::FullId;
use waterline::engine::owned::SandboxId;

/// One command line that must not reach an engine.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its line in the list of what a sandbox must refuse, 1 to 9.
    pub group: u8,
    /// The name of the rule that it meets, or `missing` where the name is looked for
    /// among the sandbox's own objects and not found.
    pub rule: String,
    /// The command line.
    pub line: String,
    /// Where it stands in the file.
    pub at: usize,
}

/// All cases.
pub fn cases() -> Vec<Case> {
    let text = include_str!("../fixtures/refusals.txt");
    let mut group = 0;
    let mut cases = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(heading) = line.strip_prefix("== ") {
            let number = heading.split(' ').next().unwrap_or_default();
            group = number.parse().expect("a numbered group");
        } else if !line.is_empty() && !line.starts_with('#') {
            let (rule, command) = line.split_once(' ').expect("a rule and a command");
            cases.push(Case {
                group,
                rule: rule.to_owned(),
                line: unescaped(command.trim_start()),
                at: at + 1,
            });
        }
    }
    cases
}

/// The text with `\u{…}` and `<1MB>` as what they stand for.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\u{") {
        let (code, after) = after.split_once('}').expect("a closed \\u{…}");
        let code = u32::from_str_radix(code, 16).expect("a number");
        out.push_str(before);
        out.push(char::from_u32(code).expect("a character"));
        rest = after;
    }
    out.push_str(rest);
    out.replace("<1MB>", &"a".repeat(1 << 20))
}

/// 64 times the same digit.
pub fn id(digit: char) -> String {
    digit.to_string().repeat(64)
}

fn thing(typed: &str, id: &str) -> Thing {
    Thing::new(typed, FullId::parse(id).expect("a full id"))
}

/// A sandbox with two containers, two networks, a volume and an image, and no terminal.
pub fn snapshot() -> Snapshot {
    let sandbox = SandboxId::parse("me345678").expect("an id");
    let image = |digit| format!("sha256:{}", id(digit));
    Snapshot {
        id: sandbox,
        limits: Limits::default(),
        until: Timestamp::from_second(1_795_500_000).expect("a time"),
        containers: vec![
            Thing {
                running: true,
                ..thing("web", &id('1'))
            },
            thing("db", &id('2')),
        ],
        networks: vec![thing("bridge", &id('5')), thing("front", &id('3'))],
        volumes: vec![thing("data", &sandbox.real("data"))],
        images: vec![thing("snap:1", &image('e'))],
        demo_image: FullId::parse(&image('b')).expect("an id"),
        terminal: false,
    }
}
