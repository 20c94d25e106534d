//! The real command, serving, in a process and a home of its own; and a visitor who has
//! its key, over plain connections.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long it may take to remove what it made.
const ENDS: Duration = Duration::from_secs(60);

/// A server. Dropped, it is told to stop, and removes what it made.
pub struct Server {
    child: Child,
    /// `HOST:PORT`
    pub address: String,
    /// The key that it printed.
    pub key: String,
    _home: tempfile::TempDir,
}

impl Server {
    /// Serves demos on this engine.
    pub fn start(endpoint: &str) -> Server {
        let home = tempfile::tempdir().expect("a folder");
        let prepared = command(home.path())
            .args(["prepare", "--host", endpoint])
            .output()
            .expect("the command starts");
        let said = String::from_utf8_lossy(&prepared.stderr);
        assert!(prepared.status.success(), "waterline prepare: {said}");
        let mut child = command(home.path())
            .args(["--listen", "127.0.0.1:0", "--host", endpoint])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command starts");
        let lines = BufReader::new(child.stdout.take().expect("output")).lines();
        let told = lines.map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            let (address, key) = rest.split_once("/?key=")?;
            Some((address.to_owned(), key.trim().to_owned()))
        });
        let (address, key) = told.expect("an address and a key");
        Server {
            child,
            address,
            key,
            _home: home,
        }
    }

    async fn get(&self, path: &str, cookies: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).await.expect("it listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A terminal in a sandbox of a new visitor's own, in which this line was opened.
    pub async fn terminal(&self, line: &str) -> Terminal {
        let key = cookie(&self.get(&format!("/?key={}", self.key), "").await);
        let page = self.get("/prompt", &key).await;
        let cookies = format!("{key}; {}", cookie(&page));
        let (token, host) = (field(&page, "token"), field(&page, "host"));
        let mut stream = TcpStream::connect(&self.address).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        let address = &self.address;
        let handshake = format!(
            "GET /terminal?demo=&host={host} HTTP/1.1\r\nHost: {address}\r\n\
             Origin: http://{address}\r\nCookie: {cookies}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(handshake.as_bytes()).await.expect("sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("an answer"));
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        let mut terminal = Terminal { stream };
        let opening = format!(r#"{{"token":"{token}","line":"{line}","rows":24,"columns":80}}"#);
        terminal.send(TEXT, opening.as_bytes()).await;
        terminal
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _told = Command::new("kill").args(["-TERM", &id]).status();
        let began = std::time::Instant::now();
        while began.elapsed() < ENDS {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn command(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waterline"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home);
    command
}

/// The first cookie that an answer sets.
fn cookie(answer: &str) -> String {
    let mut lines = answer.lines();
    let set = lines.find_map(|line| {
        line.to_lowercase()
            .strip_prefix("set-cookie: ")
            .map(|_| line)
    });
    let set = set.expect("a cookie").split_once(": ").expect("a header").1;
    set.split(';').next().unwrap_or_default().to_owned()
}

/// The value of a hidden field.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).expect("a field");
    rest.split('"').next().unwrap_or_default()
}

const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;

/// A terminal's connection: as much of a WebSocket as short messages need.
pub struct Terminal {
    stream: TcpStream,
}

impl Terminal {
    /// Types.
    pub async fn types(&mut self, bytes: &[u8]) {
        self.send(BINARY, bytes).await;
    }

    /// A message, masked with zeros.
    async fn send(&mut self, kind: u8, bytes: &[u8]) {
        let mut frame = vec![0x80 | kind];
        match u8::try_from(bytes.len()) {
            Ok(short) if short < 126 => frame.push(0x80 | short),
            _ => {
                let length = u16::try_from(bytes.len()).expect("a short message");
                frame.push(0x80 | 126);
                frame.extend_from_slice(&length.to_be_bytes());
            }
        }
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(bytes);
        self.stream.write_all(&frame).await.expect("sent");
    }

    /// The next message.
    async fn next(&mut self) -> (u8, Vec<u8>) {
        let kind = self.stream.read_u8().await.expect("a message") & 0xf;
        let length = match self.stream.read_u8().await.expect("its length") {
            126 => usize::from(self.stream.read_u16().await.expect("its length")),
            short => usize::from(short),
        };
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await.expect("all of it");
        (kind, bytes)
    }

    /// Waits until the terminal has printed this.
    pub async fn prints(&mut self, wanted: &str) {
        let mut printed = String::new();
        while !printed.contains(wanted) {
            match self.next().await {
                (BINARY, bytes) => printed.push_str(&String::from_utf8_lossy(&bytes)),
                (PING, bytes) => self.send(PONG, &bytes).await,
                (TEXT, bytes) => {
                    let said = String::from_utf8_lossy(&bytes);
                    assert!(said.starts_with("Connected"), "{said}");
                }
                (kind, _) => panic!("the terminal has ended: a message of kind {kind}"),
            }
        }
    }
}
