//! "Edit this note": where a page's text is written, and the way there.
//!
//! A browser opens a link of an editor's own scheme by starting the editor. Which editor that
//! is stands in the settings, never in a note: a scheme can start anything.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::path::PathBuf;

/// The schemes that editors register, and nothing else does.
const SCHEMES: &[&str] = &[
    "vscode",
    "vscode-insiders",
    "vscodium",
    "cursor",
    "windsurf",
    "zed",
    "idea",
    "jetbrains",
    "clion",
    "goland",
    "phpstorm",
    "pycharm",
    "rubymine",
    "rustrover",
    "webstorm",
    "txmt",
    "mvim",
    "nvim",
    "subl",
    "sublime",
    "emacs",
    "nova",
    "bbedit",
    "lapce",
    "obsidian",
];

/// What stays as it is in a path inside an address.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// How an editor is opened at a place: an address of its own scheme, with `{path}`, and
/// perhaps `{line}` and `{column}` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor(String);

impl Editor {
    /// Reads the setting.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence for whoever wrote it.
    pub fn parse(text: &str) -> Result<Editor, String> {
        let like = "write an address like vscode://file/{path}:{line}:{column}";
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(format!("“{text}” is no address of an editor: {like}"));
        };
        if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
            let known = SCHEMES.join(", ");
            return Err(format!(
                "“{scheme}:” is no scheme of an editor that Waterline knows: {known}"
            ));
        }
        if !rest.contains("{path}") {
            return Err(format!(
                "“{text}” does not say where the file goes: write {{path}} there, as in \
                 vscode://file/{{path}}:{{line}}:{{column}}"
            ));
        }
        let known = ["{path}", "{line}", "{column}"];
        let plain = known
            .iter()
            .fold(rest.to_owned(), |rest, name| rest.replace(name, ""));
        let odd = |c: char| c.is_control() || c.is_whitespace() || "{}\"'<>\\`".contains(c);
        if let Some(odd) = plain.chars().find(|c| odd(*c)) {
            return Err(format!(
                "“{text}” has {odd:?} in it, which no address has; only {{path}}, {{line}} and \
                 {{column}} are filled in"
            ));
        }
        Ok(Editor(text.to_owned()))
    }

    /// The address that opens a file at a place. `path` is absolute.
    fn open(&self, path: &str, line: u32, column: u32) -> String {
        let path = path.replace('\\', "/");
        let mut path = utf8_percent_encode(&path, PATH).to_string();
        // `file/{path}` and `file{path}` both mean one slash.
        if self.0.contains("/{path}") && path.starts_with('/') {
            path.remove(0);
        }
        self.0
            .replace("{line}", &line.to_string())
            .replace("{column}", &column.to_string())
            .replace("{path}", &path)
    }
}

/// Where the notes of an edition are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Editing {
    /// Nothing is said of it.
    #[default]
    Unsaid,
    /// They are built into the program.
    BuiltIn,
    /// In a folder.
    Folder {
        /// The folder, absolute.
        root: PathBuf,
        /// How they are opened, where the settings say so.
        editor: Option<Editor>,
    },
}

/// What a page says of where its text is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditThis {
    /// Nothing.
    Unsaid,
    /// It is built in; a copy can be had.
    BuiltIn,
    /// In this file.
    At {
        /// File and line, as editors and terminals take them.
        place: String,
        /// What opens an editor there.
        href: Option<String>,
    },
}

impl Editing {
    /// What the page of a text in `file` (relative to the content folder) says, when the text
    /// begins at this line and column, both from 1.
    pub fn of(&self, file: &str, line: u32, column: u32) -> EditThis {
        match self {
            Editing::Unsaid => EditThis::Unsaid,
            Editing::BuiltIn => EditThis::BuiltIn,
            Editing::Folder { root, editor } => {
                let path = root.join(file).display().to_string();
                EditThis::At {
                    place: format!("{path}:{line}"),
                    href: editor
                        .as_ref()
                        .map(|editor| editor.open(&path, line, column)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn href(editor: &str, file: &str) -> Option<String> {
        let editing = Editing::Folder {
            root: "/home/me/my notes".into(),
            editor: Some(Editor::parse(editor).expect("an editor")),
        };
        match editing.of(file, 12, 3) {
            EditThis::At { href, place } => {
                assert_eq!(place, format!("/home/me/my notes/{file}:12"));
                href
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_editor_is_opened_at_the_place() {
        for (editor, file, address) in [
            (
                "vscode://file/{path}:{line}:{column}",
                "docker.md",
                "vscode://file/home/me/my%20notes/docker.md:12:3",
            ),
            (
                "vscode://file{path}:{line}",
                "docker.md",
                "vscode://file/home/me/my%20notes/docker.md:12",
            ),
            (
                "idea://open?file={path}&line={line}",
                "a&line=9#b%41?.md",
                "idea://open?file=/home/me/my%20notes/a%26line%3D9%23b%2541%3F.md&line=12",
            ),
            (
                "zed://file/{path}",
                "{line}/ü\".md",
                "zed://file/home/me/my%20notes/%7Bline%7D/%C3%BC%22.md",
            ),
        ] {
            assert_eq!(href(editor, file).as_deref(), Some(address));
        }
    }

    #[test]
    fn only_an_editors_own_address_is_taken() {
        for (text, why) in [
            ("code", "is no address"),
            ("javascript:alert('{path}')", "is no scheme"),
            ("https://example.org/{path}", "is no scheme"),
            ("file://{path}", "is no scheme"),
            ("vscode://file/", "does not say where"),
            ("vscode://file/{path}:{row}", "'{'"),
            ("vscode://file/{path} x", "' '"),
            ("vscode://file/{path}\"", "'\"'"),
        ] {
            let error = Editor::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn nothing_is_said_of_notes_that_are_in_no_folder() {
        assert_eq!(Editing::Unsaid.of("a.md", 1, 1), EditThis::Unsaid);
        assert_eq!(Editing::BuiltIn.of("a.md", 1, 1), EditThis::BuiltIn);
    }
}
