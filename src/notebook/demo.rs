//! Demos, as the notebook sees them: their fields, their text drawn, and the code
//! blocks that something is to be done with, as they stand in the source.
//!
//! What a command is, and what its output should be, the notebook does not know.

use super::lines::{Lines, clamp};
use super::linked::Notebook;
use super::parsed::{CodeBlock, Parsed, Piece, Span};
use super::render::Render;

/// A file below `demos/`.
#[derive(Clone, Debug)]
pub struct DemoFile {
    /// The file, relative to the content folder.
    pub file: String,
    /// Where it is read; begins with `/demos/`.
    pub path: String,
    /// Its title, or what stands for one.
    pub title: String,
    /// The value of `topic` in its front matter, and its line.
    pub topic: Option<(String, u32)>,
    /// The value of `minutes` in its front matter, as written, and its line.
    pub minutes: Option<(String, u32)>,
    /// Its source, without a byte order mark.
    pub source: String,
    /// Its text and the blocks in it, in order.
    pub parts: Vec<DemoPart>,
}

/// A stretch of a demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemoPart {
    /// Text.
    Text {
        /// As the author wrote it.
        markdown: String,
        /// Drawn, with links to the topics that it refers to.
        html: String,
    },
    /// A code block of the language `console`, or one with a `file=` after its fence.
    Block(DemoBlock),
}

/// A code block that is more than text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoBlock {
    /// What stands after the fence.
    pub info: String,
    /// The line of its opening fence, from 1.
    pub line: u32,
    /// The column of its opening fence, from 1.
    pub column: u32,
    /// It stands in no list or quotation, so that its first line is the line below the
    /// fence, and so on. A block that does is drawn as text too.
    pub top: bool,
    /// The fence: three or more of `` ` `` or `~`.
    pub fence: String,
    /// It has a closing fence; otherwise it goes on to the end of the file.
    pub closed: bool,
    /// Its lines, each ended by a line feed.
    pub text: String,
}

impl Notebook {
    /// All demos, by file.
    pub fn demos(&self) -> Vec<DemoFile> {
        self.files()
            .filter(|(_, note)| note.is_demo)
            .map(|(slot, note)| self.demo(slot, note))
            .collect()
    }

    fn demo(&self, slot: u32, note: &Parsed) -> DemoFile {
        let fields = note.demo.as_deref();
        DemoFile {
            file: note.file.to_string(),
            path: self.address(slot),
            title: note.title.to_string(),
            topic: fields.and_then(|fields| fields.topic.clone()),
            minutes: fields.and_then(|fields| fields.minutes.clone()),
            source: note.text.to_string(),
            parts: self.demo_parts(slot, note),
        }
    }

    fn demo_parts(&self, slot: u32, note: &Parsed) -> Vec<DemoPart> {
        let render = Render::new(self, slot, note);
        let mut lines = Lines::new(&note.text);
        let mut parts = Vec::new();
        // The first piece, and the first byte, that no part holds yet.
        let mut from = (0, note.body);
        let text = |parts: &mut Vec<DemoPart>, from: (u32, u32), to: (u32, u32)| {
            let span = |start, end| Span { start, end };
            let markdown = note.str(span(from.1, to.1)).trim();
            let html: String = render
                .blocks(span(from.0, to.0))
                .into_iter()
                .map(|block| block.body)
                .collect();
            if !markdown.is_empty() || !html.trim().is_empty() {
                parts.push(DemoPart::Text {
                    markdown: markdown.to_owned(),
                    html,
                });
            }
        };
        for (at, piece) in note.pieces.iter().enumerate() {
            let Piece::CodeBlock(index) = piece else {
                continue;
            };
            let Some(code) = note.code_blocks.get(*index as usize) else {
                continue;
            };
            if !is_more_than_text(note.str(code.info)) {
                continue;
            }
            let block = block(note, code, &mut lines);
            if code.top {
                text(&mut parts, from, (clamp(at), code.source.start));
                from = (clamp(at + 1), code.source.end);
            }
            parts.push(DemoPart::Block(block));
        }
        let end = (clamp(note.pieces.len()), clamp(note.text.len()));
        text(&mut parts, from, end);
        parts
    }
}

/// Is something to be done with a block that has this after its fence?
fn is_more_than_text(info: &str) -> bool {
    let mut words = info.split_whitespace();
    words.next() == Some("console") || words.any(|word| word.starts_with("file="))
}

fn block(note: &Parsed, code: &CodeBlock, lines: &mut Lines<'_>) -> DemoBlock {
    let (line, column) = lines.at(code.source.start as usize);
    let opening = note.str(code.source).lines().next().unwrap_or_default();
    let fence: String = match opening.chars().next() {
        Some(mark @ ('`' | '~')) => opening.chars().take_while(|c| *c == mark).collect(),
        _ => "```".to_owned(),
    };
    let range = code.lines.start as usize..code.lines.end as usize;
    let spans = note.code.get(range).unwrap_or_default();
    DemoBlock {
        info: note.str(code.info).to_owned(),
        line,
        column,
        top: code.top,
        closed: is_closed(note.str(code.source), &fence),
        fence,
        text: spans.iter().map(|&span| note.str(span)).collect(),
    }
}

/// Is the last line of a block, fences included, its closing fence?
fn is_closed(source: &str, fence: &str) -> bool {
    let last = source.trim_end().lines().skip(1).last();
    let last = last.unwrap_or_default().trim();
    last.starts_with(fence) && last.chars().all(|c| fence.starts_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::Rules;

    fn demo(text: &str) -> DemoFile {
        let note = "---\npath: /n\ntitle: N\n---\n# N <<Learning_N>>\n";
        let files = [
            ("n.md".to_owned(), note.into()),
            ("demos/some/x.md".to_owned(), text.into()),
        ];
        let book = Notebook::from_files(files, &Rules::default());
        book.demos().remove(0)
    }

    #[test]
    fn a_demo_is_cut_at_its_blocks_and_its_text_is_drawn() {
        let demo = demo(
            "---\ntitle: X\ntopic: Learning_N\nminutes: 3\n---\nSee *Learning_N*.\n\n\
             ```console took<1s\n$ docker ps\n\na\n```\n## More\n```yaml file=compose.yaml\na: b\n```\n\
             ```sh\nplain\n```\n",
        );
        assert_eq!(demo.path, "/demos/x");
        assert_eq!(demo.topic, Some(("Learning_N".into(), 3)));
        assert_eq!(demo.minutes, Some(("3".into(), 4)));
        let [
            DemoPart::Text { markdown, html },
            DemoPart::Block(console),
            DemoPart::Text { html: more, .. },
            DemoPart::Block(file),
            DemoPart::Text { html: plain, .. },
        ] = &demo.parts[..]
        else {
            panic!("{:#?}", demo.parts);
        };
        assert_eq!(markdown, "See *Learning_N*.");
        assert!(html.contains("<a class=\"ref\" "), "{html}");
        assert_eq!((console.line, console.column), (8, 1));
        assert_eq!(console.info, "console took<1s");
        assert!(console.closed);
        assert_eq!(console.text, "$ docker ps\n\na\n");
        assert!(more.contains(">More</h2>"), "{more}");
        assert_eq!((file.line, &*file.text), (14, "a: b\n"));
        assert!(plain.contains("lang-bash"), "{plain}");
    }

    #[test]
    fn a_block_in_a_list_is_told_from_one_that_stands_alone() {
        let in_list = demo("- x\n\n  ~~~~console\n  $ a\n  ~~~~\n");
        let DemoPart::Block(block) = &in_list.parts[0] else {
            panic!("{:#?}", in_list.parts);
        };
        assert!(!block.top);
        assert_eq!((block.line, block.column), (3, 3));
        assert_eq!(block.fence, "~~~~");
        assert!(block.closed);
        let open = demo("```console\n$ docker ps\n");
        assert!(matches!(&open.parts[0], DemoPart::Block(block) if !block.closed));
    }

    #[test]
    fn line_ends_of_other_systems_are_line_ends() {
        let demo = demo("---\r\ntitle: X\r\n---\r\n```console\r\n$ a\r\n\r\nb\r\n```\r\n");
        let DemoPart::Block(block) = &demo.parts[0] else {
            panic!("{:#?}", demo.parts);
        };
        assert_eq!((block.line, &*block.text), (4, "$ a\n\nb\n"));
    }
}
