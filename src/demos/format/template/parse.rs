//! From tokens to a tree, with Go's complaints where it would complain.

use super::lex::{self, Kind, Piece, Token};
use super::{Fault, call, line_of, unsupported};

/// A part of a template.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Text(String),
    Print(Pipeline),
    If(Branch),
    Range(Branch),
    With(Branch),
}

/// `if`, `range` or `with`: what it looks at, and its two bodies.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub over: Pipeline,
    pub body: Vec<Node>,
    pub other: Vec<Node>,
}

/// Commands, each given what the one before it made.
#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    /// `$a, $b :=`, without the `$`.
    pub names: Vec<String>,
    /// `=` instead of `:=`.
    pub assigns: bool,
    pub commands: Vec<Vec<Arg>>,
}

/// One word of a command.
#[derive(Clone, Debug)]
pub(super) struct Arg {
    pub at: usize,
    pub what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Dot,
    Field(Vec<String>),
    Variable(String, Vec<String>),
    Function(String),
    Text(String),
    Whole(i64),
    Float(f64),
    Bool(bool),
    Nil,
    Inner(Box<Pipeline>, Vec<String>),
}

impl Arg {
    /// As Go writes it in a message.
    pub fn shown(&self) -> String {
        let dotted = |path: &[String]| path.iter().map(|part| format!(".{part}")).collect();
        match &self.what {
            What::Dot => ".".into(),
            What::Field(path) => dotted(path),
            What::Variable(name, path) => {
                let fields: String = dotted(path);
                format!("${name}{fields}")
            }
            What::Function(name) => name.clone(),
            What::Text(text) => super::super::words::quoted(text),
            What::Whole(n) => n.to_string(),
            What::Float(n) => n.to_string(),
            What::Bool(b) => b.to_string(),
            What::Nil => "nil".into(),
            What::Inner(pipeline, path) => {
                let fields: String = dotted(path);
                format!("({}){fields}", pipeline.shown())
            }
        }
    }

    /// Where Go says it is: a path of several parts counts from its second one.
    pub fn place(&self) -> usize {
        match &self.what {
            What::Field(path) if path.len() > 1 => self.at + 1 + path[0].len(),
            _ => self.at,
        }
    }
}

/// A command as Go writes it in a message.
pub(super) fn command_shown(command: &[Arg]) -> String {
    let words: Vec<String> = command.iter().map(Arg::shown).collect();
    words.join(" ")
}

impl Pipeline {
    fn shown(&self) -> String {
        let commands: Vec<String> = self.commands.iter().map(|c| command_shown(c)).collect();
        commands.join(" | ")
    }
}

/// Reads a whole template.
pub(super) fn nodes(name: &str, text: &str) -> Result<Vec<Node>, Fault> {
    let mut parser = Parser {
        name,
        text,
        pieces: lex::pieces(text).into_iter(),
        variables: vec![String::new()],
        depth: 0,
    };
    let (nodes, end) = parser.list()?;
    match end {
        Ending::End(at) => Err(parser.go(at, "unexpected {{end}}")),
        Ending::Else(at, _) => Err(parser.go(at, "unexpected {{else}}")),
        Ending::Text => Ok(nodes),
    }
}

/// What ended a list of nodes.
enum Ending {
    Text,
    End(usize),
    /// `else`, and the tokens behind it: of an `else if`, or its `}}`.
    Else(usize, Vec<Token>),
}

struct Parser<'a> {
    name: &'a str,
    text: &'a str,
    pieces: std::vec::IntoIter<Piece>,
    /// Those declared where we are.
    variables: Vec<String>,
    /// How deep in bodies and parentheses we are.
    depth: usize,
}

/// Deeper than this nobody writes by hand.
const DEEPEST: usize = 50;

impl Parser<'_> {
    fn deeper(&mut self) -> Result<(), Fault> {
        self.depth += 1;
        match self.depth > DEEPEST {
            true => Err(unsupported(&format!("More than {DEEPEST} levels"))),
            false => Ok(()),
        }
    }

    fn go(&self, at: usize, message: &str) -> Fault {
        let line = line_of(self.text, at);
        Fault::Go(format!("template: {}:{line}: {message}", self.name))
    }

    fn list(&mut self) -> Result<(Vec<Node>, Ending), Fault> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let tokens = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text));
                    continue;
                }
                Piece::Action(tokens) => tokens,
            };
            let first = tokens[0].clone();
            let Kind::Word(word) = &first.kind else {
                nodes.push(Node::Print(self.whole(tokens, "command")?));
                continue;
            };
            let rest = tokens[1..].to_vec();
            match word.as_str() {
                "end" => {
                    self.must_end(&rest, "end")?;
                    return Ok((nodes, Ending::End(first.at)));
                }
                "else" => return Ok((nodes, Ending::Else(first.at, rest))),
                "if" => nodes.push(Node::If(self.branch(rest, "if")?)),
                "range" => nodes.push(Node::Range(self.branch(rest, "range")?)),
                "with" => nodes.push(Node::With(self.branch(rest, "with")?)),
                "define" | "template" | "block" | "break" | "continue" => {
                    return Err(unsupported(&format!("{{{{{word}}}}}")));
                }
                _ => nodes.push(Node::Print(self.whole(tokens, "command")?)),
            }
        }
        Ok((nodes, Ending::Text))
    }

    fn must_end(&self, tokens: &[Token], context: &str) -> Result<(), Fault> {
        match tokens.first() {
            Some(Token {
                kind: Kind::End, ..
            }) => Ok(()),
            Some(Token {
                kind: Kind::Bad(text),
                at,
            }) => Err(self.go(*at, text)),
            Some(token) => {
                let message = format!("unexpected {} in {context}", token.kind.shown());
                Err(self.go(token.at, &message))
            }
            None => Err(self.go(self.text.len(), "unexpected EOF")),
        }
    }

    fn branch(&mut self, tokens: Vec<Token>, context: &str) -> Result<Branch, Fault> {
        self.deeper()?;
        let known = self.variables.len();
        let over = self.whole(tokens, context)?;
        let (body, ending) = self.list()?;
        let other = match ending {
            Ending::End(_) => Vec::new(),
            Ending::Text => return Err(self.go(self.text.len(), "unexpected EOF")),
            Ending::Else(_, rest) => match rest.first().map(|token| &token.kind) {
                Some(Kind::Word(word)) if word == "if" && context == "if" => {
                    let inner = self.branch(rest[1..].to_vec(), "if")?;
                    self.depth -= 1;
                    self.variables.truncate(known);
                    return Ok(Branch {
                        over,
                        body,
                        other: vec![Node::If(inner)],
                    });
                }
                _ => {
                    self.must_end(&rest, "else")?;
                    self.variables.truncate(known);
                    match self.list()? {
                        (other, Ending::End(_)) => other,
                        (_, Ending::Else(at, _)) => {
                            return Err(self.go(at, "expected end; found {{else}}"));
                        }
                        _ => return Err(self.go(self.text.len(), "unexpected EOF")),
                    }
                }
            },
        };
        self.depth -= 1;
        self.variables.truncate(known);
        Ok(Branch { over, body, other })
    }

    /// A pipeline that fills its action.
    fn whole(&mut self, tokens: Vec<Token>, context: &str) -> Result<Pipeline, Fault> {
        let mut tokens = Tokens { tokens, next: 0 };
        let pipeline = self.pipeline(&mut tokens, context)?;
        match tokens.take() {
            Some(Token {
                kind: Kind::End, ..
            }) => Ok(pipeline),
            Some(token) => {
                let message = format!("unexpected {} in {context}", token.kind.shown());
                Err(self.go(token.at, &message))
            }
            None => Err(self.go(self.text.len(), "unclosed action")),
        }
    }

    fn pipeline(&mut self, tokens: &mut Tokens, context: &str) -> Result<Pipeline, Fault> {
        let (names, assigns) = self.declared(tokens, context)?;
        let mut commands = vec![];
        loop {
            let command = self.command(tokens)?;
            let more = matches!(tokens.peek().map(|token| &token.kind), Some(Kind::Pipe));
            let at = tokens.peek().map_or(self.text.len(), |token| token.at);
            if command.is_empty() {
                // A fault that comes right here is told first.
                if let Some(Kind::Bad(text)) = tokens.peek().map(|token| &token.kind) {
                    return Err(self.go(at, text));
                }
                let message = match commands.is_empty() && !more {
                    true => format!("missing value for {context}"),
                    false => "missing value for command".to_owned(),
                };
                return Err(self.go(at, &message));
            }
            commands.push(command);
            if !more {
                break;
            }
            tokens.take();
        }
        self.variables.extend(names.iter().cloned());
        Ok(Pipeline {
            names,
            assigns,
            commands,
        })
    }

    /// `$x :=`, `$x =` or `$k, $v :=` in front of a pipeline.
    fn declared(&self, tokens: &mut Tokens, context: &str) -> Result<(Vec<String>, bool), Fault> {
        let kinds: Vec<&Kind> = tokens.tokens[tokens.next..]
            .iter()
            .map(|token| &token.kind)
            .collect();
        let (names, count, assigns) = match kinds.as_slice() {
            [Kind::Variable(name, path), Kind::Declare, ..] if path.is_empty() => {
                (vec![name.clone()], 2, false)
            }
            [Kind::Variable(name, path), Kind::Assign, ..] if path.is_empty() => {
                if !self.variables.contains(name) {
                    let message = format!("undefined variable \"${name}\"");
                    return Err(self.go(tokens.tokens[tokens.next].at, &message));
                }
                (vec![name.clone()], 2, true)
            }
            [
                Kind::Variable(key, _),
                Kind::Comma,
                Kind::Variable(value, _),
                Kind::Declare,
                ..,
            ] if context == "range" => (vec![key.clone(), value.clone()], 4, false),
            _ => return Ok((Vec::new(), false)),
        };
        tokens.next += count;
        Ok((names, assigns))
    }

    fn command(&mut self, tokens: &mut Tokens) -> Result<Vec<Arg>, Fault> {
        let mut args = Vec::new();
        while let Some(token) = tokens.peek().cloned() {
            let what = match token.kind {
                Kind::End | Kind::Pipe | Kind::Close(_) => break,
                Kind::Bad(ref text) if args.is_empty() => {
                    let _ = text;
                    break;
                }
                Kind::Bad(text) => return Err(self.go(token.at, &text)),
                Kind::Dot => What::Dot,
                Kind::Field(path) => What::Field(path),
                Kind::Variable(name, path) => {
                    if !self.variables.contains(&name) {
                        let message = format!("undefined variable \"${name}\"");
                        return Err(self.go(token.at, &message));
                    }
                    What::Variable(name, path)
                }
                Kind::Text(text) => What::Text(text),
                Kind::Whole(n) => What::Whole(n),
                Kind::Float(n) => What::Float(n),
                Kind::Word(word) => match word.as_str() {
                    "true" | "false" => What::Bool(word == "true"),
                    "nil" => What::Nil,
                    _ if call::KNOWN.contains(&word.as_str()) => What::Function(word),
                    _ if call::UNSUPPORTED.contains(&word.as_str()) => {
                        return Err(unsupported(&format!("The function {word}")));
                    }
                    _ => {
                        let message = format!("function \"{word}\" not defined");
                        return Err(self.go(token.at, &message));
                    }
                },
                Kind::Open => {
                    tokens.take();
                    self.deeper()?;
                    let inner = self.pipeline(tokens, "parenthesized pipeline")?;
                    self.depth -= 1;
                    let Some(Token {
                        kind: Kind::Close(path),
                        ..
                    }) = tokens.take()
                    else {
                        return Err(self.go(token.at, "unclosed left paren"));
                    };
                    args.push(Arg {
                        at: token.at,
                        what: What::Inner(Box::new(inner), path),
                    });
                    continue;
                }
                ref kind @ (Kind::Comma | Kind::Declare | Kind::Assign) => {
                    let message = format!("unexpected {} in operand", kind.shown());
                    return Err(self.go(token.at, &message));
                }
            };
            tokens.take();
            args.push(Arg { at: token.at, what });
        }
        Ok(args)
    }
}

struct Tokens {
    tokens: Vec<Token>,
    next: usize,
}

impl Tokens {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<Token> {
        self.next += 1;
        self.tokens.get(self.next - 1).cloned()
    }
}

/// Whether some action asks for a top field of that name, or for all of the row.
pub(super) fn asks(nodes: &[Node], field: &str) -> bool {
    nodes.iter().any(|node| match node {
        Node::Text(_) => false,
        Node::Print(pipeline) => pipeline_asks(pipeline, field),
        Node::If(branch) | Node::Range(branch) | Node::With(branch) => {
            pipeline_asks(&branch.over, field)
                || asks(&branch.body, field)
                || asks(&branch.other, field)
        }
    })
}

fn pipeline_asks(pipeline: &Pipeline, field: &str) -> bool {
    pipeline
        .commands
        .iter()
        .flatten()
        .any(|arg| match &arg.what {
            What::Dot => true,
            What::Field(path) | What::Variable(_, path) => path.first().is_some_and(|f| f == field),
            What::Inner(inner, _) => pipeline_asks(inner, field),
            _ => false,
        })
}
