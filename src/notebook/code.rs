//! Code blocks: which language they are in, and their colours as class names.
//!
//! A terminal session (`console`, or any block whose first line is `$ …`) is
//! split: prompts are marked, commands are read as shell, output stays plain.

use std::cell::RefCell;

use arborium::{Highlighter, HtmlFormat};

use super::html::escape;

/// Longer code is shown plain: colours would cost more than they tell.
const LONGEST: usize = 64 * 1024;

/// Appends a code block. `info` is what stands after the fence.
pub(super) fn block(out: &mut String, info: &str, code: &str) {
    let word = info
        .split(|c: char| c.is_whitespace() || c == ',' || c == '{')
        .next()
        .unwrap_or_default();
    let language = language(word).or_else(|| word.is_empty().then(|| guess(code)).flatten());
    out.push_str("<copy-code class=\"codeblock\"><pre tabindex=\"0\"><code");
    let class: String = match language {
        Some(language) => language.class().to_owned(),
        None => word
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '+'))
            .collect(),
    };
    if !class.is_empty() {
        out.push_str(" class=\"lang-");
        escape(out, &class);
        out.push('"');
    }
    out.push('>');
    let code = code.trim_end_matches(['\n', '\r']);
    match language {
        _ if code.len() > LONGEST => escape(out, code),
        Some(Language::Console) => session(out, code),
        Some(language) => colour(out, language, code),
        None => escape(out, code),
    }
    out.push_str("</code></pre></copy-code>\n");
}

/// A drawn block for a place where it is only looked at: no copy button, and no stop for
/// the keyboard.
pub(super) fn still(block: &str) -> String {
    block
        .replacen(
            "<copy-code class=\"codeblock\"><pre tabindex=\"0\">",
            "<div class=\"codeblock\"><pre>",
            1,
        )
        .replace("</copy-code>", "</div>")
}

/// The languages that are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Console,
    Bash,
    Yaml,
    Json,
    Dockerfile,
    Toml,
}

impl Language {
    fn class(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Bash => "bash",
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Dockerfile => "dockerfile",
            Self::Toml => "toml",
        }
    }
}

/// The language that an author named.
fn language(word: &str) -> Option<Language> {
    Some(match &*word.to_ascii_lowercase() {
        "console" | "shell-session" | "terminal" | "shellsession" => Language::Console,
        "bash" | "sh" | "shell" | "zsh" => Language::Bash,
        "yaml" | "yml" | "compose" => Language::Yaml,
        "json" | "jsonc" => Language::Json,
        "dockerfile" | "docker" | "containerfile" => Language::Dockerfile,
        "toml" => Language::Toml,
        _ => return None,
    })
}

/// The language of code that names none, where its look leaves no doubt.
fn guess(code: &str) -> Option<Language> {
    let mut lines = code.lines().map(str::trim_end).filter(|l| !l.is_empty());
    let first = lines.next()?;
    let head = first.trim_start();
    if command(head).is_some() {
        return Some(Language::Console);
    }
    if head.starts_with("FROM ")
        || head.starts_with("# syntax=docker/dockerfile")
        || (head.starts_with("ARG ") && code.contains("\nFROM "))
    {
        return Some(Language::Dockerfile);
    }
    if head.starts_with(['{', '[']) && serde_json::from_str::<serde_json::Value>(code).is_ok() {
        return Some(Language::Json);
    }
    // One line alone (`Error: no such file`) may be anything.
    (lines.next().is_some() && is_yaml(code)).then_some(Language::Yaml)
}

/// Every line is `key:`, `key: value`, `- item`, a comment, or deeper in one.
fn is_yaml(code: &str) -> bool {
    let mut keys = 0;
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let item = line.strip_prefix("- ").unwrap_or(line);
        let is_key = item.split_once(':').is_some_and(|(key, rest)| {
            let key = key.trim_matches(['"', '\'']);
            !key.is_empty()
                && key
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
                && (rest.is_empty() || rest.starts_with(' '))
        });
        if is_key {
            keys += 1;
        } else if !(line.starts_with("- ") || line.starts_with('#') || line == "---") {
            return false;
        }
    }
    keys > 0
}

/// The command on a line that begins with a prompt.
fn command(line: &str) -> Option<&str> {
    line.strip_prefix("$ ")
}

/// A terminal session, line by line. What all lines are indented by is left out.
fn session(out: &mut String, code: &str) {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let filled = code.lines().filter(|line| !line.trim().is_empty());
    let margin = filled.map(indent).min().unwrap_or(0);
    let mut lines = code
        .lines()
        .map(|line| line.get(margin..).unwrap_or_default())
        .peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        if let Some(command) = command(bare) {
            out.push_str(&line[..line.len() - bare.len()]);
            out.push_str("<span class=\"prompt\">$ </span>");
            // A command goes on after a `\` at the end of its line.
            let mut whole = command.to_owned();
            while whole.ends_with('\\')
                && let Some(next) = lines.next()
            {
                whole.push('\n');
                whole.push_str(next);
            }
            colour(out, Language::Bash, &whole);
        } else if bare == "$" {
            out.push_str("<span class=\"prompt\">$</span>");
        } else if !line.is_empty() {
            out.push_str("<span class=\"out\">");
            escape(out, line);
            out.push_str("</span>");
        }
        if lines.peek().is_some() {
            out.push('\n');
        }
    }
}

thread_local! {
    /// A parser cannot be shared by threads, and takes time to make.
    static HIGHLIGHTER: RefCell<Highlighter> = RefCell::new(Highlighter::with_config(
        arborium::Config {
            html_format: HtmlFormat::CustomElements,
            ..arborium::Config::default()
        },
    ));
}

/// Code with `<span class="k">` and the like around its words.
fn colour(out: &mut String, language: Language, code: &str) {
    let painted = HIGHLIGHTER.with(|highlighter| {
        let mut highlighter = highlighter.try_borrow_mut().ok()?;
        highlighter.highlight(language.class(), code).ok()
    });
    match painted {
        // Everything of the code is escaped in it, so `<a-…>` is a mark.
        Some(html) => {
            let mut rest = &*html;
            while let Some(at) = rest.find('<') {
                out.push_str(&rest[..at]);
                let Some(end) = rest[at..].find('>') else {
                    break;
                };
                match rest[at + 1..at + end].strip_prefix("a-") {
                    Some(class) => {
                        out.push_str("<span class=\"");
                        out.push_str(class);
                        out.push_str("\">");
                    }
                    None => out.push_str("</span>"),
                }
                rest = &rest[at + end + 1..];
            }
            out.push_str(rest);
        }
        None => escape(out, code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(info: &str, code: &str) -> String {
        let mut out = String::new();
        block(&mut out, info, code);
        out
    }

    #[test]
    fn a_language_is_recognised_by_its_look() {
        assert_eq!(guess("$ ls -la\ntotal 1"), Some(Language::Console));
        assert_eq!(
            guess("version: '2.2'\nservices:\n  web:\n    image: 'a/b'\n"),
            Some(Language::Yaml)
        );
        assert_eq!(
            guess("services:\n  x:\n    networks:\n      - one\n"),
            Some(Language::Yaml)
        );
        assert_eq!(guess("{\"a\": [1]}\n"), Some(Language::Json));
        assert_eq!(
            guess("FROM busybox\nRUN true\n"),
            Some(Language::Dockerfile)
        );
        assert_eq!(
            guess("# syntax=docker/dockerfile:1\nFROM x\n"),
            Some(Language::Dockerfile)
        );
        assert_eq!(guess("Error: no such file\n"), None);
        assert_eq!(guess("just some words: and more\nnext"), None);
        assert_eq!(guess(""), None);
    }

    #[test]
    fn prompts_are_marked_and_output_is_plain() {
        let html = html("console", "$ docker run \\\n  -d x\nabc <1>\n");
        assert!(html.contains("<code class=\"lang-console\"><span class=\"prompt\">$ </span>"));
        assert!(html.contains("<span class=\"out\">abc &lt;1&gt;</span>"));
        assert!(!html.contains("style="));
        let indented = self::html("", "    $ ls\n      a\n\n    $ pwd\n");
        assert!(indented.contains("lang-console\"><span class=\"prompt\">$ </span>"));
        assert!(indented.contains("\n<span class=\"out\">  a</span>\n\n<span"));
    }

    #[test]
    fn code_is_escaped_in_every_language() {
        for info in [
            "",
            "yaml",
            "json",
            "bash",
            "dockerfile",
            "toml",
            "console",
            "rust",
            "\"><script>",
        ] {
            let html = html(info, "a: \"<script>alert(1)</script>\" & 'b'\n");
            assert!(!html.contains("<script"), "{info}: {html}");
            assert!(html.contains("&lt;"), "{info}: {html}");
        }
    }
}
