//! The report as JSON. Fields are added, and never change their meaning.

use super::report::Report;
use crate::notebook::{Rule, Severity};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Told<'a> {
    /// `embedded`, or the content folder.
    content: &'a str,
    notes: usize,
    demos: usize,
    errors: usize,
    warnings: usize,
    problems: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    /// Relative to the content folder.
    file: &'a str,
    /// The same, from the folder in which the command ran.
    path: String,
    line: u32,
    column: u32,
    end_column: Option<u32>,
    severity: Severity,
    rule: Rule,
    message: &'a str,
}

/// Writes the report.
pub fn write(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let problems = report.problems.iter().map(|problem| Found {
        file: &problem.file,
        path: report.path(&problem.file).to_string_lossy().into_owned(),
        line: problem.line,
        column: problem.column,
        end_column: problem.end,
        severity: problem.severity(),
        rule: problem.rule,
        message: &problem.message,
    });
    let told = Told {
        content: report.source(),
        notes: report.notes,
        demos: report.demos,
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        problems: problems.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &told)?;
    writeln!(out)
}
