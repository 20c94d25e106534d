//! The reach matrix as a table: heads like the buses above it, a verdict in each cell,
//! and below it every rule that decided one.

use super::facts::{Facts, Kind};
use super::reach::{How, Reach, Rule, sentence};
use super::scene::{Scene, unit_reach};
use crate::panels::words;
use serde::Serialize;

/// Who reaches whom, among what is drawn.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Matrix {
    /// Rows of heads: networks over the columns that hang on them.
    pub heads: Vec<Vec<Head>>,
    /// The columns' own heads.
    pub columns: Vec<Name>,
    /// A row a unit.
    pub rows: Vec<Row>,
    /// The rules that decided a cell, and where.
    pub rules: Vec<Decided>,
}

/// A network over some columns, or a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// How many columns.
    pub span: usize,
    /// The network's name; none over a gap.
    pub name: Option<String>,
    /// Only addresses answer on it.
    pub hollow: bool,
}

/// What a row or column is called.
#[derive(Clone, Debug, Serialize)]
pub struct Name {
    /// Cut to a few characters, for the head of a column.
    pub short: String,
    /// Whole.
    pub whole: String,
    /// It does not run.
    pub off: bool,
}

/// From one unit to all.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The unit.
    pub name: Name,
    /// To each unit, in the order of the columns.
    pub cells: Vec<Cell>,
}

/// From one unit to another.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// The verdict.
    pub reach: Reach,
    /// The verdict in a sentence.
    pub said: String,
}

impl Cell {
    /// Its class: how it looks.
    pub fn class(&self) -> &'static str {
        match self.reach.how {
            How::Name if !self.reach.contested.is_empty() => "nm two",
            how => how.mark(),
        }
    }
}

/// A rule, and the pairs that it decided.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// The rule.
    pub rule: Rule,
    /// From each unit, where it decided any: `web: db, api`.
    pub pairs: Vec<(String, String)>,
}

/// Works out the matrix.
pub fn matrix(facts: &Facts, scene: &Scene) -> Matrix {
    let called: Vec<Name> = scene
        .units
        .iter()
        .map(|unit| {
            let first = unit.first(facts);
            // Beside its project's others, a service needs no project's name.
            let service = first.service.as_deref().filter(|_| unit.members.len() == 1);
            let in_project = || {
                unit.label
                    .strip_prefix(first.project.as_deref()?)?
                    .strip_prefix('-')
            };
            let called = service.or_else(in_project).unwrap_or(&unit.label);
            Name {
                short: words::short(called, 11),
                whole: words::short(&unit.label, 60),
                off: unit.off(facts),
            }
        })
        .collect();
    let rows: Vec<Row> = scene
        .units
        .iter()
        .zip(&called)
        .map(|(from, name)| {
            let cells = scene.units.iter().zip(&called).map(|(to, other)| {
                let reach = unit_reach(facts, from, to);
                let said = sentence(facts, &name.whole, &other.whole, &reach);
                Cell {
                    reach,
                    said: words::short(&said, 400),
                }
            });
            Row {
                name: name.clone(),
                cells: cells.collect(),
            }
        })
        .collect();
    Matrix {
        heads: heads(facts, scene),
        rules: decided(&rows, &called),
        columns: called,
        rows,
    }
}

fn decided(rows: &[Row], called: &[Name]) -> Vec<Decided> {
    let rules = Rule::ALL.into_iter().filter(|rule| *rule != Rule::Itself);
    let pairs = |rule: Rule| -> Vec<(String, String)> {
        let by_row = rows.iter().map(|row| {
            let to: Vec<String> = row
                .cells
                .iter()
                .zip(called)
                .filter(|(cell, _)| cell.reach.rule == rule)
                .map(
                    |(cell, name)| match (&cell.reach.how, &cell.reach.address) {
                        (How::Ip | How::Port, Some(address)) => {
                            format!("{} ({address})", name.whole)
                        }
                        _ => name.whole.clone(),
                    },
                )
                .collect();
            (row.name.whole.clone(), to)
        });
        by_row
            .filter(|(_, to)| !to.is_empty())
            .map(|(from, to)| (from, to.join(", ")))
            .collect()
    };
    rules
        .map(|rule| Decided {
            rule,
            pairs: pairs(rule),
        })
        .filter(|decided| !decided.pairs.is_empty())
        .collect()
}

/// Networks over the columns that hang on them. Two that do not meet share a row.
fn heads(facts: &Facts, scene: &Scene) -> Vec<Vec<Head>> {
    let columns = scene.units.len();
    // Each row: which network is over each column.
    let mut rows: Vec<Vec<Option<usize>>> = Vec::new();
    for bus in 0..scene.buses.len() {
        let over: Vec<usize> = (0..columns)
            .filter(|column| scene.units[*column].wires.contains(&bus))
            .collect();
        let (Some(first), Some(last)) = (over.first(), over.last()) else {
            continue;
        };
        let free = |row: &Vec<Option<usize>>| row[*first..=*last].iter().all(Option::is_none);
        let at = rows.iter().position(free).unwrap_or_else(|| {
            rows.push(vec![None; columns]);
            rows.len() - 1
        });
        for column in over {
            rows[at][column] = Some(bus);
        }
    }
    rows.iter()
        .map(|row| {
            row.chunk_by(|a, b| a == b)
                .map(|run| {
                    let network = run[0].map(|bus| &facts.networks[scene.buses[bus]]);
                    Head {
                        span: run.len(),
                        name: network.map(|n| words::short(&n.name, (run.len() * 7).max(6))),
                        hollow: network.is_some_and(|n| n.kind == Kind::DefaultBridge || !n.icc),
                    }
                })
                .collect()
        })
        .collect()
}
