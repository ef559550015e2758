//! Requests and answers as HTTP/1.1 writes them, one per connection.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use sha2::{Digest as _, Sha256};

/// An answer of a server.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How many bytes the body claims to have beyond those that it has.
    missing: usize,
    pub(crate) silent: bool,
}

impl Answer {
    /// An empty answer.
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            missing: 0,
            silent: false,
        }
    }

    /// 200 with a body.
    pub(crate) fn body(content_type: &str, body: &[u8]) -> Self {
        let mut answer = Self::status(200).header("Content-Type", content_type);
        body.clone_into(&mut answer.body);
        answer
    }

    /// 200 with a body that ends before its announced length.
    pub(crate) fn truncated(content_type: &str, body: &[u8]) -> Self {
        let mut answer = Self::body(content_type, body);
        answer.missing = 10;
        answer
    }

    /// The same, but the connection ends after so many bytes of the body.
    pub(crate) fn cut(mut self, after: usize) -> Self {
        let after = after.min(self.body.len());
        self.missing = self.body.len() - after;
        self.body.truncate(after);
        self
    }

    /// The same without its body, as `HEAD` asks for it.
    pub(crate) fn head(self) -> Self {
        self.cut(0)
    }

    /// 302 to another address.
    pub(crate) fn redirect(location: &str) -> Self {
        Self::status(302).header("Location", location)
    }

    /// The connection is accepted, and nothing is ever said.
    pub(crate) fn silence() -> Self {
        let mut answer = Self::status(200);
        answer.silent = true;
        answer
    }

    /// The same without its body: 304.
    pub(crate) fn unchanged(mut self) -> Self {
        self.status = 304;
        self.body.clear();
        self
    }

    /// One piece of the body, by a header `Range`: 206, or 416 where there is none.
    pub(crate) fn piece(mut self, range: &str) -> Self {
        let total = self.body.len();
        let bounds = range.strip_prefix("bytes=").and_then(|range| {
            let (first, last) = range.split_once('-')?;
            Some(match (first.parse::<usize>(), last.parse::<usize>()) {
                (Ok(first), Ok(last)) => (first, total.min(last + 1)),
                (Ok(first), Err(_)) => (first, total),
                (Err(_), Ok(count)) => (total.saturating_sub(count), total),
                (Err(_), Err(_)) => return None,
            })
        });
        let Some((first, end)) = bounds.filter(|(first, end)| first < end) else {
            return Self::status(416).header("Content-Range", &format!("bytes */{total}"));
        };
        self.status = 206;
        self.body = self.body[first..end].to_vec();
        self.header(
            "Content-Range",
            &format!("bytes {first}-{}/{total}", end - 1),
        )
    }

    /// The same with another status.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Such as `GET`.
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) path: String,
    /// By lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The length of the body of the answer.
    pub(crate) sent: usize,
}

/// None where the client went away without a word.
pub(crate) fn receive(stream: &TcpStream) -> std::io::Result<Option<Request>> {
    let mut lines = BufReader::new(stream).lines();
    let Some(first) = lines.next().transpose()? else {
        return Ok(None);
    };
    let mut words = first.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Ok(Some(Request {
        method,
        path,
        headers,
        status: 0,
        sent: 0,
    }))
}

pub(crate) fn send(mut stream: &TcpStream, answer: &Answer) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Answer\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    // An answer without a body by definition must not announce one.
    if answer.status != 304 {
        let length = answer.body.len() + answer.missing;
        let _ = write!(head, "Content-Length: {length}\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer.body)?;
    stream.flush()
}

/// The `Authorization` header of a user and a password (RFC 7617).
pub(crate) fn basic(user: &str, password: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    format!(
        "Basic {}",
        base64(DIGITS, format!("{user}:{password}").as_bytes())
    )
}

/// The SHA-256 of some bytes as `RECORD` has it: URL-safe and without padding.
pub(crate) fn sha256_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let text = base64(DIGITS, &Sha256::digest(bytes));
    text.trim_end_matches('=').to_owned()
}

fn base64(digits: &[u8; 64], bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut bits = 0_usize;
        for at in 0..3 {
            bits = (bits << 8) | usize::from(chunk.get(at).copied().unwrap_or_default());
        }
        for at in 0..4 {
            let digit = digits[(bits >> (18 - 6 * at)) & 63];
            text.push(if at <= chunk.len() { digit.into() } else { '=' });
        }
    }
    text
}
