//! Tokens: the texts between actions, and what stands in an action.

/// One piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// Text, trims already done.
    Text(String),
    /// What stands between `{{` and `}}`.
    Action(Vec<Token>),
}

/// A token, and at which byte of the template it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub at: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Dot,
    /// `.A.B`; the byte where its last part but the first begins, as Go counts.
    Field(Vec<String>),
    /// `$x.A`, without the `$`.
    Variable(String, Vec<String>),
    Word(String),
    Text(String),
    Whole(i64),
    Float(f64),
    Pipe,
    Open,
    /// `)`, and the fields asked of what the parentheses gave.
    Close(Vec<String>),
    Comma,
    Declare,
    Assign,
    /// Go's complaint about what comes here.
    Bad(String),
    End,
}

impl Kind {
    /// How Go names it in `unexpected …`.
    pub fn shown(&self) -> String {
        match self {
            Kind::Dot => "<.>".into(),
            Kind::Field(path) => format!("<.{}>", path.join(".")),
            Kind::Variable(name, _) => format!("<${name}>"),
            Kind::Word(word) => format!("<{word}>"),
            Kind::Text(text) => super::super::words::quoted(&super::super::words::quoted(text)),
            Kind::Whole(n) => format!("\"{n}\""),
            Kind::Float(n) => format!("\"{n}\""),
            Kind::Pipe => "\"|\"".into(),
            Kind::Open => "\"(\"".into(),
            Kind::Close(_) => "\")\"".into(),
            Kind::Comma => "\",\"".into(),
            Kind::Declare => "\":=\"".into(),
            Kind::Assign => "\"=\"".into(),
            Kind::Bad(text) => text.clone(),
            Kind::End => "\"}}\"".into(),
        }
    }
}

/// Cuts a template into its pieces. A fault in an action is its last token, since Go
/// reads on only as far as it needs.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let (mut pieces, mut at, mut trim) = (Vec::new(), 0, false);
    loop {
        let rest = &text[at..];
        let start = rest.find("{{");
        let mut plain = &rest[..start.unwrap_or(rest.len())];
        if trim {
            plain = plain.trim_start_matches([' ', '\t', '\r', '\n']);
        }
        let Some(start) = start else {
            push(&mut pieces, plain);
            return pieces;
        };
        let mut inside = at + start + 2;
        let after = &text[inside..];
        if after.starts_with('-') && after[1..].starts_with([' ', '\t', '\r', '\n']) {
            plain = plain.trim_end_matches([' ', '\t', '\r', '\n']);
            inside += 2;
        }
        push(&mut pieces, plain);
        if text[inside..].starts_with("/*") {
            match comment(text, inside) {
                Ok((next, trims)) => (at, trim) = (next, trims),
                Err(token) => {
                    pieces.push(Piece::Action(vec![token]));
                    return pieces;
                }
            }
            continue;
        }
        let mut reader = Reader {
            text,
            at: inside,
            trim: false,
        };
        let mut tokens = Vec::new();
        loop {
            let token = reader.next();
            let (end, bad) = (token.kind == Kind::End, matches!(token.kind, Kind::Bad(_)));
            tokens.push(token);
            if end || bad {
                pieces.push(Piece::Action(tokens));
                if bad {
                    return pieces;
                }
                break;
            }
        }
        (at, trim) = (reader.at, reader.trim);
    }
}

fn push(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

/// Where the text goes on after a comment, and whether it is trimmed there.
fn comment(text: &str, at: usize) -> Result<(usize, bool), Token> {
    let bad = |message: &str| Token {
        at,
        kind: Kind::Bad(message.to_owned()),
    };
    let Some(end) = text[at..].find("*/") else {
        return Err(bad("unclosed comment"));
    };
    let next = at + end + 2;
    let rest = &text[next..];
    if rest.starts_with("}}") {
        return Ok((next + 2, false));
    }
    let spaces = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    match spaces > 0 && rest[spaces..].starts_with("-}}") {
        true => Ok((next + spaces + 3, true)),
        false => Err(bad("comment ends before closing delimiter")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Whether the action ended in `-}}`.
    trim: bool,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Token {
        let spaces = {
            let rest = self.rest();
            rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len()
        };
        if spaces > 0 && self.rest()[spaces..].starts_with("-}}") {
            self.at += spaces + 3;
            self.trim = true;
            return Token {
                at: self.at - 3,
                kind: Kind::End,
            };
        }
        self.at += spaces;
        let at = self.at;
        let kind = self.kind();
        Token { at, kind }
    }

    fn kind(&mut self) -> Kind {
        if self.rest().starts_with("}}") {
            self.at += 2;
            return Kind::End;
        }
        let Some(letter) = self.rest().chars().next() else {
            return Kind::Bad("unclosed action".into());
        };
        let mut take = |kind| {
            self.at += letter.len_utf8();
            kind
        };
        match letter {
            '|' => take(Kind::Pipe),
            '(' => take(Kind::Open),
            ',' => take(Kind::Comma),
            '=' => take(Kind::Assign),
            ')' => {
                take(Kind::Pipe);
                match self.path() {
                    Ok(path) => Kind::Close(path),
                    Err(bad) => bad,
                }
            }
            ':' => {
                take(Kind::Pipe);
                if !self.rest().starts_with('=') {
                    return Kind::Bad("expected :=".into());
                }
                self.at += 1;
                Kind::Declare
            }
            '"' => self.quoted('"'),
            '\'' => self.character(),
            '`' => self.raw(),
            '$' => {
                take(Kind::Pipe);
                let name = self.word();
                match self.path() {
                    Ok(path) => Kind::Variable(name, path),
                    Err(bad) => bad,
                }
            }
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            '.' => match self.path() {
                Ok(path) if path.is_empty() => {
                    self.at += 1;
                    self.terminated(Kind::Dot)
                }
                Ok(path) => Kind::Field(path),
                Err(bad) => bad,
            },
            '+' | '-' | '0'..='9' => self.number(),
            c if c.is_alphabetic() || c == '_' => {
                let word = self.word();
                self.terminated(Kind::Word(word))
            }
            c => Kind::Bad(format!("unexpected \"{c}\" in command")),
        }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        self.at += end;
        word
    }

    /// As many `.Name` as follow at once.
    fn path(&mut self) -> Result<Vec<String>, Kind> {
        let mut path = Vec::new();
        while self.rest().starts_with('.')
            && self.rest()[1..].starts_with(|c: char| c.is_alphabetic() || c == '_')
        {
            self.at += 1;
            path.push(self.word());
        }
        match self.terminated(Kind::Dot) {
            bad @ Kind::Bad(_) if !path.is_empty() => Err(bad),
            _ => Ok(path),
        }
    }

    /// The token, if what follows may follow it.
    fn terminated(&self, kind: Kind) -> Kind {
        let rest = self.rest();
        match rest.chars().next() {
            None | Some(' ' | '\t' | '\r' | '\n' | '.' | ',' | '|' | ':' | ')' | '(') => kind,
            _ if rest.starts_with("}}") => kind,
            Some(c) => Kind::Bad(format!("bad character U+{:04X} '{c}'", c as u32)),
        }
    }

    fn number(&mut self) -> Kind {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-')))
            .unwrap_or(rest.len());
        let text = rest[..end].to_owned();
        self.at += end;
        let plain = text.replace('_', "");
        let whole = match plain.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => plain.parse().ok(),
        };
        match (whole, plain.parse::<f64>()) {
            (Some(whole), _) => Kind::Whole(whole),
            (None, Ok(float)) if plain.starts_with(|c: char| !c.is_alphabetic()) => {
                Kind::Float(float)
            }
            _ => Kind::Bad(format!("bad number syntax: \"{text}\"")),
        }
    }

    fn raw(&mut self) -> Kind {
        let Some(end) = self.rest()[1..].find('`') else {
            return Kind::Bad("unterminated raw quoted string".into());
        };
        let text = self.rest()[1..=end].to_owned();
        self.at += end + 2;
        Kind::Text(text)
    }

    fn character(&mut self) -> Kind {
        match self.quoted('\'') {
            Kind::Text(text) if text.chars().count() == 1 => {
                Kind::Whole(text.chars().next().map_or(0, |c| i64::from(c as u32)))
            }
            Kind::Text(text) => Kind::Bad(format!("malformed character constant: '{text}'")),
            _ => Kind::Bad("unterminated character constant".into()),
        }
    }

    fn quoted(&mut self, end: char) -> Kind {
        let (mut text, mut letters) = (String::new(), self.rest().char_indices().skip(1));
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\n' => break,
                c if c == end => {
                    self.at += at + 1;
                    return Kind::Text(text);
                }
                '\\' => match letters.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, c @ ('"' | '\'' | '\\'))) => text.push(c),
                    Some((_, digits @ ('x' | 'u'))) => {
                        let count = if digits == 'x' { 2 } else { 4 };
                        let hex: String = letters.by_ref().take(count).map(|(_, c)| c).collect();
                        match u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32) {
                            Some(letter) => text.push(letter),
                            None => break,
                        }
                    }
                    _ => break,
                },
                c => text.push(c),
            }
        }
        Kind::Bad("unterminated quoted string".into())
    }
}
