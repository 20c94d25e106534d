//! `waterline new`: starts a notebook, and says how to go on.

use super::harmless;
use crate::author::new::{self, NewError, Start};
use std::io::{self, Write};
use std::path::Path;

/// Writes a notebook into `folder`.
pub fn new(folder: &Path, from_embedded: bool) -> Result<(), NewError> {
    let start = match from_embedded {
        true => Start::Embedded,
        false => Start::Small,
    };
    let files = new::new(folder, start)?;
    let folder = harmless(&folder.display().to_string());
    let mut out = io::stdout().lock();
    // A closed pipe is no reason to fail: the files are there.
    let _ = writeln!(out, "Wrote {} files into {folder}:", files.len());
    for file in &files {
        let _ = writeln!(out, "  {file}");
    }
    let quoted =
        shlex::try_quote(&folder).map_or_else(|_| folder.clone(), |text| text.into_owned());
    let _ = writeln!(
        out,
        "\nRead it in the browser, and change it in your editor:"
    );
    let _ = writeln!(out, "  waterline --content {quoted}");
    Ok(())
}
