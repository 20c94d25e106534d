//! Go templates, as `-f` and `--format` take them: the documented part of them.
//!
//! 1. [`Template::parse`] reads the text ([`lex`] into tokens, [`parse`] into a tree);
//!    Go's own words where Go would refuse it, too.
//! 2. [`Template::run`] walks the tree over [`Val`]ues and prints them as Go does
//!    ([`print`](mod@print)): `map[a:b]`, `[a b]`, `<no value>`.
//!
//! [`SUPPORTED`] is the part, for a page and for the sentence of a refusal.

mod call;
mod lex;
mod parse;
mod print;
mod run;
mod value;

#[cfg(test)]
mod tests;

pub use value::{Cell, Row, Shape, Val};

/// What of Go's templates is understood.
pub const SUPPORTED: &str = "\
fields (.Names, .State.Status), . and $; \
pipes (.ID | upper) and ( ); texts, numbers, true, false, nil; \
if, else if, else, range (also $k, $v := and else), with, end; $x := … ; \
json, join, split, upper, lower, title, pad, truncate, index, len, print, println, \
printf (with %s %d %v %q %t), eq, ne, lt, le, gt, ge, and, or, not; \
comments {{/* … */}}, the trims {{- and -}}, and table in front of a list's columns";

/// Why a template gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Go says the same; the text begins with `template: `.
    Go(String),
    /// Go could, we do not; a sentence that says what is supported.
    Unsupported(String),
}

/// A sentence for what Go can and we do not.
fn unsupported(what: &str) -> Fault {
    Fault::Unsupported(format!(
        "{what} is not supported in a template here. Supported: {SUPPORTED}."
    ))
}

/// A template that was read and can be run over and over.
#[derive(Clone, Debug)]
pub struct Template {
    /// What Go's messages call it; mostly nothing.
    name: String,
    text: String,
    nodes: Vec<parse::Node>,
}

impl Template {
    /// Reads a template. `name` is what Go's messages call it: nothing, or `version`.
    pub fn parse(name: &str, text: &str) -> Result<Template, Fault> {
        let nodes = parse::nodes(name, text)?;
        Ok(Template {
            name: name.to_owned(),
            text: text.to_owned(),
            nodes,
        })
    }

    /// What it prints for `dot`.
    pub fn run(&self, dot: &Val<'_>) -> Result<String, Fault> {
        run::run(self, dot, false)
    }

    /// What it prints over the names of columns: functions that change a text leave a
    /// header as it is.
    pub fn header(&self, names: &[(&'static str, &'static str)]) -> Result<String, Fault> {
        run::run(self, &Val::Header(names), true)
    }

    /// Whether it asks for a field of that name at the top, or for all of a row as JSON.
    pub fn asks(&self, field: &str) -> bool {
        parse::asks(&self.nodes, field)
    }
}

/// Go's `LINE` or `LINE:COLUMN` of a byte in a template.
fn line_of(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

fn column_of(text: &str, at: usize) -> usize {
    let before = &text[..at.min(text.len())];
    match before.rfind('\n') {
        // Go counts the newline in.
        Some(newline) => at - newline,
        None => at,
    }
}
