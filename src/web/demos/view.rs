//! A bench and a demo become HTML: each part of the page that changes is a template of
//! its own, the same on the page and on the stream.

use super::bench::{Busy, Entry, Seen};
use super::moved::Moved;
use super::said::{self, Piece};
use crate::demos::refusal::Rule;
use crate::demos::runner::Outcome;
use crate::demos::script::{self, Block, Demo, Mark, Step, Verdict};
use crate::panels::Panel;
use askama::Template;
use std::time::Duration;

/// What every form of a page carries.
#[derive(Clone, Debug)]
pub struct Forms {
    /// The visitor's token.
    pub token: String,
    /// The host's name.
    pub host: String,
    /// The demo's id; empty for the prompt alone.
    pub demo: String,
    /// The turn of what is done with the whole demo.
    pub turn: String,
    /// Something is being done, so that nothing else can be.
    pub busy: bool,
}

/// What a chip on the line says of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It has not run.
    Waiting,
    /// It runs.
    Running,
    /// What came is what was expected; at the prompt, it is done.
    Passed,
    /// Something else came; at the prompt, its exit code is not 0.
    Failed,
    /// The sandbox refused it.
    Refused,
    /// A limit of the sandbox ended it.
    Stopped,
    /// The host did not answer.
    Unknown,
}

impl Sign {
    /// The value of `data-verdict`.
    pub fn word(self) -> &'static str {
        match self {
            Sign::Waiting => "waiting",
            Sign::Running => "running",
            Sign::Passed => "passed",
            Sign::Failed => "failed",
            Sign::Refused => "refused",
            Sign::Stopped => "stopped",
            Sign::Unknown => "unknown",
        }
    }

    /// Whether it has not run.
    pub fn is_waiting(self) -> bool {
        self == Sign::Waiting
    }

    /// Whether it runs.
    pub fn is_running(self) -> bool {
        self == Sign::Running
    }

    /// The drawing in the chip: meaning never hangs on the colour alone.
    pub fn glyph(self) -> &'static str {
        match self {
            Sign::Waiting => "",
            Sign::Running => {
                r#"<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M1 8h14"/></svg>"#
            }
            Sign::Passed => {
                r#"<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 9l4 4 8-10"/></svg>"#
            }
            Sign::Failed | Sign::Refused => {
                r#"<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 3l10 10M13 3L3 13"/></svg>"#
            }
            Sign::Stopped => {
                r#"<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4h8v8H4z"/></svg>"#
            }
            Sign::Unknown => {
                r#"<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 5c0-4 8-4 8 0 0 3-4 2-4 5M8 13v2"/></svg>"#
            }
        }
    }
}

/// A command and what came of it.
pub struct StepView {
    /// Its number.
    pub number: u64,
    /// The command, as it was written.
    pub typed: String,
    /// How it stands.
    pub verdict: Sign,
    /// The same in words; `None` before it has run.
    pub chip: Option<String>,
    /// A sentence of Waterline's own while it runs.
    pub note: Option<String>,
    /// Why it did not end well.
    pub why: Option<String>,
    /// What it printed.
    pub pieces: Vec<Piece>,
    /// Only the last lines are shown.
    pub cut: bool,
    /// What is said where it printed nothing.
    pub nothing: Option<&'static str>,
    /// What differs from what was expected.
    pub diff: Option<DiffView>,
    /// What it changed on the host.
    pub moved: Vec<Moved>,
    /// What must come out, as it is written in the demo.
    pub expected: Vec<String>,
    /// A wildcard is in it.
    pub wild: bool,
    /// Its block took too long, or not long enough.
    pub took: Option<String>,
    /// The turn of a click.
    pub turn: String,
    /// Steps before it have not run.
    pub to_here: bool,
    /// It is the first that has not run.
    pub is_next: bool,
    /// It was refused because it needs a terminal.
    pub wants_terminal: bool,
}

/// What differs.
pub struct DiffView {
    /// Line by line.
    pub rows: Vec<RowView>,
    /// How many more there are.
    pub left_off: usize,
}

/// A line that was expected, or came, or both.
pub struct RowView {
    /// A class for its looks.
    pub mark: &'static str,
    /// Who says so.
    pub whose: &'static str,
    /// It is a line of standard error.
    pub is_err: bool,
    /// It was expected and did not come, or came and was not expected.
    pub differs: bool,
    /// The line.
    pub text: String,
}

impl StepView {
    /// A step of a demo that has not run, or what came of it.
    pub fn of_step(demo: &Demo, block: &Block, step: &Step, seen: &Seen) -> StepView {
        let entry = seen.steps.get(&step.number);
        let entry = entry.filter(|entry| entry.line == step.command);
        let written = step.expected.written();
        let before = |number: usize| {
            demo.steps()
                .take_while(|other| other.number < number)
                .any(|other| !seen.steps.contains_key(&other.number))
        };
        let has_run = entry.is_some();
        let is_last = block
            .steps
            .last()
            .is_some_and(|last| last.number == step.number);
        StepView {
            expected: written.into_iter().map(|(_, line)| line).collect(),
            wild: is_wild(step),
            took: is_last.then(|| took(block, seen)).flatten(),
            turn: seen.turn_of(step.number).to_string(),
            to_here: !has_run && before(step.number),
            is_next: !has_run && !before(step.number),
            ..StepView::of(
                step.number as u64,
                step.typed.clone(),
                entry,
                step.expected.is_silent(),
            )
        }
    }

    /// A command that was typed at the prompt.
    pub fn of_tried(number: u64, entry: &Entry) -> StepView {
        StepView::of(number, entry.line.clone(), Some(entry), false)
    }

    fn of(number: u64, typed: String, entry: Option<&Entry>, silent: bool) -> StepView {
        let mut view = StepView {
            number,
            typed,
            verdict: Sign::Waiting,
            chip: None,
            note: None,
            why: None,
            pieces: Vec::new(),
            cut: false,
            nothing: None,
            diff: None,
            moved: Vec::new(),
            expected: Vec::new(),
            wild: false,
            took: None,
            turn: String::new(),
            to_here: false,
            is_next: false,
            wants_terminal: false,
        };
        let Some(entry) = entry else { return view };
        view.moved = entry.moved.clone();
        let Some(over) = &entry.over else {
            (view.verdict, view.chip) = (Sign::Running, Some("running".into()));
            (view.pieces, view.cut) = said::tail(&entry.said);
            view.note = said::last_note(&entry.said)
                .filter(|_| view.pieces.is_empty())
                .map(str::to_owned);
            view.nothing = view.note.is_none().then_some("Nothing has come out yet.");
            return view;
        };
        view.pieces = said::pieces(&entry.said);
        view.nothing = Some(match silent && over.verdict == Some(Verdict::Passed) {
            true => "Nothing was printed, as expected.",
            false => "Nothing was printed.",
        });
        let spent = spent(over.spent);
        let (sign, chip) = match (&over.verdict, &over.outcome) {
            (Some(Verdict::Passed), Outcome::Refused(_)) => {
                (Sign::Passed, "refused, as expected".into())
            }
            (Some(Verdict::Passed), _) => (Sign::Passed, format!("passed, {spent}")),
            (None, Outcome::Refused(refusal)) if refusal.rule == Rule::Terminal => {
                (Sign::Unknown, "needs a terminal".into())
            }
            (_, Outcome::Refused(_)) => (Sign::Refused, "refused".into()),
            (_, Outcome::CannotTell(_)) | (Some(Verdict::CannotTell(_)), _) => {
                (Sign::Unknown, "can’t tell".into())
            }
            (_, Outcome::Ended(_)) => (Sign::Stopped, "stopped".into()),
            (Some(Verdict::Failed(_)), _) => {
                (Sign::Failed, "failed: the host says otherwise".into())
            }
            (None, Outcome::Done { code: 0 }) => (Sign::Passed, format!("done, {spent}")),
            (None, Outcome::Done { code }) => (Sign::Failed, format!("exit code {code}, {spent}")),
        };
        (view.verdict, view.chip) = (sign, Some(chip));
        // Of a refusal the reason says all that there is.
        if let Some(Verdict::Failed(diff)) = &over.verdict
            && sign != Sign::Refused
        {
            view.diff = Some(DiffView::of(diff));
        }
        view.why = match &over.outcome {
            Outcome::Refused(refusal) => {
                view.wants_terminal = refusal.rule == Rule::Terminal;
                view.nothing = None;
                Some(refusal.message.clone())
            }
            Outcome::CannotTell(away) => {
                view.nothing = None;
                Some(format!(
                    "The host did not answer ({away}), so this neither passed nor failed. Nobody \
                     knows whether it was carried out. {}",
                    away.advice()
                ))
            }
            Outcome::Ended(why) => {
                view.nothing = None;
                Some(why.clone())
            }
            Outcome::Done { .. } => None,
        };
        view
    }
}

fn is_wild(step: &Step) -> bool {
    let lines = step.expected.stdout.iter().chain(&step.expected.stderr);
    lines.into_iter().any(|line| line.pattern.is_wild())
}

/// What is wrong with the time that a block took, once all of it has run.
fn took(block: &Block, seen: &Seen) -> Option<String> {
    let mut all = Duration::ZERO;
    for step in &block.steps {
        all += seen.steps.get(&step.number)?.over.as_ref()?.spent;
    }
    let fault = block.took.fault(all)?;
    Some(match block.steps.len() {
        1 => format!("Too far from what the demo says: it {fault}."),
        _ => format!("Too far from what the demo says: these steps together {fault}."),
    })
}

/// `40 ms`, `1.2 s`.
fn spent(time: Duration) -> String {
    match time.as_millis() {
        ms @ 0..1000 => format!("{ms} ms"),
        ms => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

impl Piece {
    /// Whether it came out on standard error.
    pub fn is_err(&self) -> bool {
        self.stream == said::Stream::Err
    }
}

impl DiffView {
    fn of(diff: &script::Diff) -> DiffView {
        let rows = diff.rows.iter().map(|row| {
            let (mark, whose) = match row.mark {
                Mark::Same => ("same", "both"),
                Mark::Any(_) => ("any", "any lines"),
                Mark::Missing => ("missing", "the note"),
                Mark::Extra => ("extra", "the host"),
            };
            RowView {
                mark,
                whose,
                is_err: row.stream == script::Stream::Err,
                differs: matches!(row.mark, Mark::Missing | Mark::Extra),
                text: match row.mark {
                    Mark::Any(1) => "1 line".into(),
                    Mark::Any(count) => format!("{count} lines"),
                    // An empty line has to be seen.
                    _ if row.text.is_empty() => "⏎".into(),
                    _ => said::harmless(row.text.as_bytes()),
                },
            }
        });
        DiffView {
            rows: rows.collect(),
            left_off: diff.left_off,
        }
    }
}

/// The parts of a page that change: drawn for the page, and for the stream.
pub struct Parts<'a> {
    /// The demo; `None` for the prompt alone.
    pub demo: Option<&'a Demo>,
    /// What has happened.
    pub seen: &'a Seen,
    /// What forms carry; `None` where nothing can be run.
    pub forms: Option<Forms>,
    /// The panels of the demo's topic.
    pub panels: &'a [Panel],
    /// The host's name.
    pub host: &'a str,
    /// It goes over the stream: what still runs comes by itself.
    pub live: bool,
    /// Where the page is read again.
    pub reload: String,
}

#[derive(Template)]
#[template(path = "parts/demo-step.html")]
struct StepPart<'a> {
    step: StepView,
    forms: Option<&'a Forms>,
    live: bool,
    reload: &'a str,
}

#[derive(Template)]
#[template(path = "parts/demo-bar.html")]
struct Bar<'a> {
    trouble: Option<&'a str>,
    progress: String,
    forms: Option<&'a Forms>,
    begun: bool,
    can_reset: bool,
}

#[derive(Template)]
#[template(path = "parts/demo-tried.html")]
struct Tried<'a> {
    tried: Vec<StepView>,
    live: bool,
    reload: &'a str,
}

#[derive(Template)]
#[template(path = "parts/demo-beside.html")]
struct BesidePart<'a> {
    scope: String,
    host: &'a str,
    panels: Vec<ScopedPanel>,
}

/// A panel that shows one sandbox, or the host where there is none yet.
struct ScopedPanel {
    name: &'static str,
    title: &'static str,
    question: &'static str,
    key: String,
    framed: String,
}

impl<'a> Parts<'a> {
    /// One step.
    pub fn step(&self, block: &Block, step: &Step) -> Option<String> {
        let part = StepPart {
            step: StepView::of_step(self.demo?, block, step, self.seen),
            forms: self.forms.as_ref(),
            live: self.live,
            reload: &self.reload,
        };
        part.render().ok()
    }

    /// The bar above the steps.
    pub fn bar(&self) -> String {
        let ran = self
            .seen
            .steps
            .values()
            .filter(|entry| entry.over.is_some());
        let (ran, all) = (
            ran.count(),
            self.demo.map_or(0, |demo| demo.steps().count()),
        );
        let progress = match self.seen.busy {
            Some(Busy::Removing) => "Removing what was made here…".to_owned(),
            Some(Busy::Running { at, to }) if at == to => format!("Running step {at} of {all}…"),
            Some(Busy::Running { at, to }) => {
                format!("Running step {at}, on the way to {to} of {all}…")
            }
            None if self.demo.is_none() => match &self.seen.sandbox {
                Some(sandbox) => format!("Sandbox {} on {}.", sandbox.id(), self.host),
                None => format!("The first command opens a sandbox on {}.", self.host),
            },
            None if ran == 0 => format!("None of {all} steps has run."),
            None => format!("{ran} of {all} steps have run."),
        };
        let bar = Bar {
            trouble: self.seen.trouble.as_deref(),
            progress,
            forms: self.forms.as_ref(),
            begun: ran > 0,
            can_reset: self.seen.sandbox.is_some() && self.seen.busy != Some(Busy::Removing),
        };
        // The template cannot fail on text.
        bar.render().unwrap_or_default()
    }

    /// What was typed at the prompt.
    pub fn tried(&self) -> String {
        let tried = self.seen.tried.iter();
        let part = Tried {
            tried: tried
                .map(|(number, entry)| StepView::of_tried(*number, entry))
                .collect(),
            live: self.live,
            reload: &self.reload,
        };
        part.render().unwrap_or_default()
    }

    /// The panels; `None` where the topic has none.
    pub fn beside(&self) -> Option<String> {
        if self.panels.is_empty() {
            return None;
        }
        let scope = self.seen.sandbox.as_ref().map(|sandbox| *sandbox.id());
        let view = crate::panels::View {
            host: Some(self.host.to_owned()),
            scope: scope.map_or(crate::panels::Scope::Host, crate::panels::Scope::Sandbox),
            ..crate::panels::View::default()
        };
        let panels = self.panels.iter().map(|panel| {
            let key = view.key(*panel);
            ScopedPanel {
                name: panel.name(),
                title: panel.title(),
                question: panel.question(),
                framed: format!("/panels/{key}&frame"),
                key,
            }
        });
        let part = BesidePart {
            scope: scope.map(|id| id.to_string()).unwrap_or_default(),
            host: self.host,
            panels: panels.collect(),
        };
        part.render().ok()
    }

    /// Every part that changes, by the id of its element.
    pub fn all(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("demo-bar".to_owned(), self.bar()),
            ("tried".to_owned(), self.tried()),
        ];
        all.extend(self.beside().map(|html| ("demo-panels".to_owned(), html)));
        for block in self.demo.iter().flat_map(|demo| demo.blocks()) {
            for step in &block.steps {
                let html = self.step(block, step);
                all.extend(html.map(|html| (format!("step-{}", step.number), html)));
            }
        }
        all
    }
}
