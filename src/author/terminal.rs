//! Text for a terminal: harmless, and in colours where they are wanted.

use clap::ValueEnum;
use std::io::IsTerminal;

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

impl Color {
    /// Whether what goes to `out` is coloured.
    pub fn is_on(self, out: &impl IsTerminal) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        match self {
            Color::Auto => out.is_terminal() && !set("NO_COLOR") && !dumb,
            Color::Always => true,
            Color::Never => false,
        }
    }
}

/// Text that a host or a note may have had a hand in, for a terminal: it cannot
/// begin a line of its own or move the cursor.
pub fn harmless(text: &str) -> String {
    let is_bidi = |c| matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let show = |c: char| {
        if c.is_control() || is_bidi(c) {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(show).collect()
}
