//! Walks a template over its values.

use super::parse::{Arg, Branch, Node, Pipeline, What, command_shown};
use super::{Fault, Shape, Template, Val, call, column_of, line_of, print};
use std::borrow::Cow;

/// A template may not make more than this: ranges in ranges, or a text that is doubled
/// over and over, would go on for ever. In nodes, and in bytes.
const MOST_NODES: usize = 20_000;
const MOST_BYTES: usize = 128 * 1024;

/// What is said of one that does.
fn too_much() -> Fault {
    Fault::Unsupported(format!(
        "This template makes more than is shown here ({MOST_NODES} parts, {} KB).",
        MOST_BYTES / 1024
    ))
}

/// What a template prints. In a header, functions leave a text as it is.
pub(super) fn run(template: &Template, dot: &Val<'_>, header: bool) -> Result<String, Fault> {
    let mut run = Run {
        template,
        header,
        raw: matches!(dot, Val::Object(.., Shape::Raw)),
        variables: vec![(String::new(), dot.clone())],
        out: String::new(),
        done: 0,
    };
    run.nodes(&template.nodes, dot)?;
    Ok(run.out)
}

struct Run<'t, 'a> {
    template: &'t Template,
    header: bool,
    /// Whether all are plain maps, of whose values Go knows no type.
    raw: bool,
    /// The last of a name counts; `$` has no name.
    variables: Vec<(String, Val<'a>)>,
    out: String,
    /// Nodes so far.
    done: usize,
}

impl<'a> Run<'_, 'a> {
    /// Go's message of something that failed at an argument.
    fn at(&self, place: usize, shown: &str, message: &str) -> Fault {
        let Template { name, text, .. } = self.template;
        let (line, column) = (line_of(text, place), column_of(text, place));
        Fault::Go(format!(
            "template: {name}:{line}:{column}: executing \"{name}\" at <{shown}>: {message}"
        ))
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Val<'a>) -> Result<(), Fault> {
        for node in nodes {
            self.done += 1;
            if self.done > MOST_NODES || self.out.len() > MOST_BYTES {
                return Err(too_much());
            }
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Print(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.names.is_empty() {
                        self.out.push_str(&print::shown(&value)?);
                    }
                }
                Node::If(branch) => self.branch(branch, dot, None)?,
                Node::With(branch) => self.branch(branch, dot, Some(()))?,
                Node::Range(branch) => self.range(branch, dot)?,
            }
        }
        Ok(())
    }

    /// `if`, or `with`, which moves the dot.
    fn branch(&mut self, branch: &Branch, dot: &Val<'a>, with: Option<()>) -> Result<(), Fault> {
        let known = self.variables.len();
        let value = self.pipeline(&branch.over, dot)?;
        let result = match value.truth() {
            true if with.is_some() => self.nodes(&branch.body, &value),
            true => self.nodes(&branch.body, dot),
            false => self.nodes(&branch.other, dot),
        };
        self.variables.truncate(known);
        result
    }

    fn range(&mut self, branch: &Branch, dot: &Val<'a>) -> Result<(), Fault> {
        let known = self.variables.len();
        let over = Pipeline {
            names: Vec::new(),
            ..branch.over.clone()
        };
        let value = self.pipeline(&over, dot)?;
        let items: Vec<(Val<'a>, Val<'a>)> = match &value {
            Val::NoValue | Val::Null(_) => Vec::new(),
            Val::Texts(list) => (0i64..)
                .zip(list)
                .map(|(at, text)| (Val::Whole(at), Val::Text(Cow::Owned(text.clone()))))
                .collect(),
            Val::List(list, name, shape) => (0i64..)
                .zip(list.iter())
                .map(|(at, item)| (Val::Whole(at), Val::named(item, name, *shape)))
                .collect(),
            Val::Object(map, name, shape) if Val::is_map(name, *shape) => {
                let mut keys: Vec<&'a String> = map.keys().collect();
                keys.sort();
                keys.into_iter()
                    .map(|key| {
                        let item = value.field(key).unwrap_or(Val::NoValue);
                        (Val::Text(Cow::Borrowed(key.as_str())), item)
                    })
                    .collect()
            }
            other => {
                let first = over.commands.first().and_then(|command| command.first());
                let place = first.map_or(0, Arg::place);
                let shown = over.commands.last().map(|c| command_shown(c));
                let printed = print::shown(other).unwrap_or_default();
                let message = format!("range can't iterate over {printed}");
                return Err(self.at(place, &shown.unwrap_or_default(), &message));
            }
        };
        if items.is_empty() {
            let result = self.nodes(&branch.other, dot);
            self.variables.truncate(known);
            return result;
        }
        for (key, item) in items {
            match branch.over.names.as_slice() {
                [] => {}
                [one] => self.variables.push((one.clone(), item.clone())),
                [first, second, ..] => {
                    self.variables.push((first.clone(), key));
                    self.variables.push((second.clone(), item.clone()));
                }
            }
            self.nodes(&branch.body, &item)?;
            self.variables.truncate(known);
        }
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Val<'a>) -> Result<Val<'a>, Fault> {
        let mut value: Option<Val<'a>> = None;
        for command in &pipeline.commands {
            let made = self.command(command, dot, value.take())?;
            if made.weight() > MOST_BYTES {
                return Err(too_much());
            }
            value = Some(made);
        }
        let value = value.unwrap_or(Val::NoValue);
        for name in &pipeline.names {
            let known = self.variables.iter_mut().rev().find(|(own, _)| own == name);
            match known.filter(|_| pipeline.assigns) {
                Some((_, slot)) => *slot = value.clone(),
                None => self.variables.push((name.clone(), value.clone())),
            }
        }
        Ok(value)
    }

    fn command(
        &mut self,
        command: &[Arg],
        dot: &Val<'a>,
        last: Option<Val<'a>>,
    ) -> Result<Val<'a>, Fault> {
        let Some(first) = command.first() else {
            return Ok(Val::NoValue);
        };
        let rest = &command[1..];
        match &first.what {
            What::Function(name) => {
                let mut values = Vec::with_capacity(rest.len() + 1);
                let lazy = matches!(name.as_str(), "and" | "or");
                for arg in rest {
                    let value = self.argument(arg, dot)?;
                    let done = lazy && value.truth() == (name == "or");
                    values.push(value);
                    if done {
                        return Ok(values.pop().unwrap_or(Val::NoValue));
                    }
                }
                values.extend(last);
                call::call(name, &values, self.header).map_err(|trouble| match trouble {
                    call::Trouble::Unsupported(fault) => fault,
                    call::Trouble::Command(message) => {
                        self.at(first.at, &command_shown(command), &message)
                    }
                    call::Trouble::Count(message) => self.at(first.at, name, &message),
                    call::Trouble::Argument(at, message) => match rest.get(at) {
                        Some(arg) => self.at(arg.place(), &arg.shown(), &message),
                        None => self.at(first.at, name, &message),
                    },
                })
            }
            What::Field(path) if path.as_slice() == ["Label"] && labelled(dot) => {
                let mut keys = rest
                    .iter()
                    .map(|arg| self.argument(arg, dot))
                    .collect::<Result<Vec<_>, _>>()?;
                keys.extend(last);
                match keys.as_slice() {
                    [Val::Text(key)] => Ok(label(dot, key)),
                    _ => {
                        let message =
                            format!("wrong number of args for Label: want 1 got {}", keys.len());
                        Err(self.at(first.place(), &first.shown(), &message))
                    }
                }
            }
            What::Field(path) if !rest.is_empty() || last.is_some() => {
                self.argument(first, dot)?;
                let name = path.last().map(String::as_str).unwrap_or_default();
                let given = rest.len() + usize::from(last.is_some());
                let message = match dot {
                    Val::Row(_) => {
                        format!("wrong number of args for {name}: want 0 got {given}")
                    }
                    _ => format!("{name} has arguments but cannot be invoked as function"),
                };
                Err(self.at(first.place(), &first.shown(), &message))
            }
            What::Nil => Err(self.at(first.at, "nil", "nil is not a command")),
            _ if !rest.is_empty() || last.is_some() => {
                let shown = first.shown();
                let message = format!("can't give argument to non-function {shown}");
                Err(self.at(first.at, &shown, &message))
            }
            _ => self.argument(first, dot),
        }
    }

    fn argument(&mut self, arg: &Arg, dot: &Val<'a>) -> Result<Val<'a>, Fault> {
        match &arg.what {
            What::Dot => Ok(dot.clone()),
            What::Text(text) => Ok(Val::Text(Cow::Owned(text.clone()))),
            What::Whole(n) => Ok(Val::Whole(*n)),
            What::Float(n) => Ok(Val::Float(*n)),
            What::Bool(yes) => Ok(Val::Bool(*yes)),
            What::Nil => Ok(Val::Null("<nil>")),
            What::Function(_) => self.command(std::slice::from_ref(arg), dot, None),
            What::Field(path) => self.path(arg, dot.clone(), path),
            What::Variable(name, path) => {
                let known = self.variables.iter().rev().find(|(own, _)| own == name);
                let value = known.map_or(Val::NoValue, |(_, value)| value.clone());
                self.path(arg, value, path)
            }
            What::Inner(pipeline, path) => {
                let value = self.pipeline(pipeline, dot)?;
                self.path(arg, value, path)
            }
        }
    }

    fn path(&self, arg: &Arg, value: Val<'a>, path: &[String]) -> Result<Val<'a>, Fault> {
        let mut value = value;
        for name in path {
            value = value.field(name).map_err(|message| {
                let message = match self.raw && message.starts_with("can't") {
                    true => format!("can't evaluate field {name} in type interface {{}}"),
                    false => message,
                };
                self.at(arg.place(), &arg.shown(), &message)
            })?;
        }
        Ok(value)
    }
}

fn labelled(dot: &Val<'_>) -> bool {
    match dot {
        Val::Row(row) => row.labelled,
        Val::Header(_) => true,
        _ => false,
    }
}

/// A label of a row; over a header, its last word with spaces.
fn label<'a>(dot: &Val<'a>, key: &str) -> Val<'a> {
    let text = match dot {
        Val::Row(row) => {
            let found = row.labels.iter().find(|(own, _)| own == key);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        }
        _ => {
            let last = key.rsplit('.').next().unwrap_or_default();
            last.replace(['-', '_'], " ")
        }
    };
    Val::Text(Cow::Owned(text))
}
