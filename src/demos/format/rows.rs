//! Lists: which template is meant by `--format` and `-q`, and the rows through it.

use super::errors::Said;
use super::table;
use super::template::{Fault, Row, Template, Val};
use super::{Printed, Result, Unsupported};

/// How a kind of list is printed.
pub struct Lists {
    /// The names over its columns: field, header.
    pub headers: &'static [(&'static str, &'static str)],
    /// The template of the plain table, with `table` in front.
    pub table: &'static str,
    /// The template of `--format raw`, if it has one.
    pub raw: Option<&'static str>,
    /// The template of `-q`.
    pub quiet: &'static str,
    /// Whether `-q` wins over a template.
    pub quiet_wins: bool,
}

/// What the reader asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style<'a> {
    /// `--format`, if it was given.
    pub format: Option<&'a str>,
    /// `-q`.
    pub quiet: bool,
}

impl Lists {
    /// The template that the options mean. An empty `--format` is none.
    pub fn template(&self, style: Style<'_>) -> String {
        let template = match style.format {
            None | Some("" | "table") if style.quiet => self.quiet,
            None | Some("" | "table") => self.table,
            Some(_) if style.quiet && self.quiet_wins => self.quiet,
            Some("raw") if self.raw.is_some() => self.raw.unwrap_or_default(),
            Some(own) => own,
        };
        template.to_owned()
    }

    /// Prints the rows.
    pub fn print(&self, style: Style<'_>, rows: &[Row]) -> Result {
        self.print_as(&self.template(style), rows)
    }

    /// Prints the rows through a template as it stands.
    pub fn print_as(&self, template: &str, rows: &[Row]) -> Result {
        match self.through(template, rows) {
            Ok(out) => Ok(Printed::ok(out)),
            Err(fault) => said(fault, "template parsing error: ", 1).map(Printed::from),
        }
    }

    fn through(&self, template: &str, rows: &[Row]) -> std::result::Result<String, Fault> {
        let is_table = template.starts_with("table");
        let text = match template {
            "json" => "{{json .}}",
            _ if is_table => &template["table".len()..],
            _ => template,
        };
        let text = text
            .trim_matches(' ')
            .replace("\\t", "\t")
            .replace("\\n", "\n");
        let template = Template::parse("", &text)?;
        let mut out = String::new();
        for row in rows {
            out.push_str(&template.run(&Val::Row(row))?);
            out.push('\n');
        }
        if !is_table {
            return Ok(out);
        }
        let header = template.header(self.headers)?;
        Ok(table::aligned(&format!("{header}\n{out}"), table::LIST))
    }
}

/// What docker says of a template's fault, or that it is not supported here.
pub fn said(fault: Fault, prefix: &str, code: i32) -> Result<Said> {
    match fault {
        Fault::Go(text) => Ok(Said::new(format!("{prefix}{text}"), code)),
        Fault::Unsupported(sentence) => Err(Unsupported(sentence)),
    }
}
