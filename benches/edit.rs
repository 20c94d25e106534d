//! From a save to the new page, in a notebook of 10,000 notes with ten topics each.
//!
//! `cargo bench --bench edit`. Real files in a folder, the real command in a process of its
//! own, a page's stream held open. A note is put in its place by a rename, as editors do; the
//! time is from just before that, until the stream has told of it and the page, asked for as
//! a browser does, has come whole with the new text in it. Prints percentiles, and fails where
//! the promise is broken.

mod generated;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const NOTES: usize = 10_000;
const SAVES: usize = 200;
const PROMISE: Duration = Duration::from_millis(50);
/// Longer than the server works on after a save: an author saves no faster.
const PAUSE: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(30);

struct Waterline {
    child: Child,
    address: String,
}

impl Waterline {
    fn start(folder: &Path) -> Waterline {
        let mut child = Command::new(env!("CARGO_BIN_EXE_waterline"))
            .args(["--listen", "127.0.0.1:0", "--read-only", "--host"])
            .arg(format!("unix://{}", folder.join("nobody.sock").display()))
            .arg("--content")
            .arg(folder.join("notes"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command starts");
        let lines = BufReader::new(child.stdout.take().expect("output")).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, rest) = line.split_once("http://")?;
                Some(rest.split_once("/?key=")?.0.to_owned())
            })
            .expect("an address");
        Waterline { child, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        stream.set_read_timeout(Some(LONG)).expect("a deadline");
        stream
    }

    /// The page's stream: each edition that it tells of.
    fn listen(&self) -> Receiver<String> {
        let mut stream = self.connect();
        let ask = format!("GET /live HTTP/1.1\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(ask.as_bytes()).expect("asked");
        let (tell, told) = channel();
        std::thread::spawn(move || {
            let mut edit = false;
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let (true, Some(mark)) = (edit, line.strip_prefix("data: ")) {
                    // Nobody listens any more once the bench has ended.
                    let _ = tell.send(mark.to_owned());
                }
                edit = line == "event: edit";
            }
        });
        told
    }
}

impl Drop for Waterline {
    fn drop(&mut self) {
        // Nothing is left to do about a child that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection, kept open, as a browser does.
struct Browser<'w> {
    waterline: &'w Waterline,
    reader: BufReader<TcpStream>,
}

impl Browser<'_> {
    /// A page, compressed as browsers ask for it.
    fn get(&mut self, path: &str) -> Body {
        let ask = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n",
            self.waterline.address
        );
        self.reader
            .get_mut()
            .write_all(ask.as_bytes())
            .expect("asked");
        let (mut length, mut is_brotli) = (0, false);
        let mut line = String::new();
        loop {
            line.clear();
            self.reader.read_line(&mut line).expect("a header");
            let lower = line.trim_end().to_ascii_lowercase();
            if let Some(bytes) = lower.strip_prefix("content-length: ") {
                length = bytes.parse().expect("a length");
            }
            is_brotli |= lower == "content-encoding: br";
            if lower.is_empty() {
                break;
            }
        }
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes).expect("a body");
        Body { bytes, is_brotli }
    }
}

struct Body {
    bytes: Vec<u8>,
    is_brotli: bool,
}

impl Body {
    fn text(&self) -> String {
        let mut text = String::new();
        match self.is_brotli {
            true => brotli::Decompressor::new(&*self.bytes, 4096).read_to_string(&mut text),
            false => (&*self.bytes).read_to_string(&mut text),
        }
        .expect("text");
        text
    }
}

fn main() {
    // `cargo test` runs benches too, to see that they work.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (notes, saves) = if is_bench { (NOTES, SAVES) } else { (50, 3) };
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("notes");
    let files: Vec<(String, Vec<u8>)> = generated::notes(notes);
    for (file, bytes) in &files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder");
        fs::write(path, bytes).expect("a note");
    }
    let waterline = Waterline::start(folder.path());
    let told = waterline.listen();
    told.recv_timeout(LONG).expect("the edition that is there");
    let mut browser = Browser {
        waterline: &waterline,
        reader: BufReader::new(waterline.connect()),
    };
    // The search index is built meanwhile, as it is when an author begins.
    while browser
        .get("/search?q=container")
        .text()
        .contains("still being read")
    {
        std::thread::sleep(PAUSE);
    }

    let beside = root.join(".saving");
    let (mut tellings, mut pages) = (Vec::new(), Vec::new());
    for number in 0..saves {
        std::thread::sleep(PAUSE);
        let at = number * 7919 % notes;
        let (file, bytes) = &files[at];
        let path = format!("/generated/{at:05}");
        // Of three saves one adds a topic and one a reference to what nobody defines.
        let more = match number % 3 {
            0 => format!("\nSaved {number}.\n"),
            1 => format!("\n## New <<Learning_New_{number}>>\n\nSaved {number}.\n"),
            _ => format!("\nSaved {number}. Learning_Nowhere_{number}\n"),
        };
        browser.get(&path);
        fs::write(&beside, [bytes.as_slice(), more.as_bytes()].concat()).expect("written");
        let begun = Instant::now();
        fs::rename(&beside, root.join(file)).expect("put in its place");
        told.recv_timeout(LONG).expect("the stream tells");
        tellings.push(begun.elapsed());
        let page = browser.get(&path);
        pages.push(begun.elapsed());
        let says = format!("Saved {number}.");
        assert!(page.text().contains(&says), "{path} does not say {says}");
    }
    println!("{notes} notes, {saves} saves, each put in its place by a rename");
    report("until the stream tells of it", tellings);
    let slow = report("until the new page has come", pages);
    assert!(
        !is_bench || slow < PROMISE,
        "95 of 100 new pages should come within {PROMISE:?}, not {slow:?}"
    );
}

/// Prints how long it took, and returns what 95 of 100 stayed within.
fn report(what: &str, mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    let of = |part: f64| took[((took.len() - 1) as f64 * part) as usize];
    println!(
        "{what:<30} p50 {:>8.2?}  p95 {:>8.2?}  most {:>8.2?}",
        of(0.5),
        of(0.95),
        of(1.0)
    );
    of(0.95)
}
