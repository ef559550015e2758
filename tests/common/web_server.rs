//! A web server on 127.0.0.1 that answers whatever a test wants, also what no server should.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `HEAD`, `POST` or `PUT`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// What followed the headers.
    pub body: String,
}

impl Request {
    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What is answered.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    cut: Option<usize>,
    silent: bool,
    hung_up: bool,
}

impl Reply {
    /// No body.
    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// 200 with a body.
    pub fn body(body: impl AsRef<[u8]>) -> Self {
        Self {
            body: body.as_ref().to_vec(),
            ..Self::status(200)
        }
    }

    /// The connection is held, and nothing is ever said.
    pub fn silence() -> Self {
        Self {
            silent: true,
            ..Self::default()
        }
    }

    /// The connection is closed without a word.
    pub fn hang_up() -> Self {
        Self {
            hung_up: true,
            ..Self::default()
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With another status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The connection is closed after so many bytes of the body.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    /// The rest of the body from a byte on, as a header `Range: bytes=<first>-` asks for it.
    pub fn ranged(self, request: &Request) -> Self {
        let range = request.header("range").strip_prefix("bytes=");
        let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
            return self;
        };
        let total = self.body.len();
        let first: usize = first.parse().expect("ranges begin somewhere");
        let end = last
            .parse()
            .map_or(total, |last: usize| total.min(last + 1));
        let mut reply = self.with_status(206);
        reply.body = reply.body[first..end].to_vec();
        let range = format!("bytes {first}-{}/{total}", end - 1);
        reply.header("Content-Range", &range)
    }
}

/// The server; it ends with the test.
pub struct WebServer {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    ended: Arc<AtomicBool>,
}

impl WebServer {
    /// Starts a server; `answer` is given each request and how many came before it.
    pub fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let (log, end, answer) = (Arc::clone(&requests), Arc::clone(&ended), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let (log, end, answer) = (Arc::clone(&log), Arc::clone(&end), Arc::clone(&answer));
                thread::spawn(move || serve(&stream, &log, &end, answer.as_ref()));
            }
        });
        Self {
            port,
            requests,
            ended,
        }
    }

    /// `127.0.0.1:<port>`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address of a path that begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host())
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic while held").clone()
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections, so that it sees the end.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(
    stream: &TcpStream,
    log: &Mutex<Vec<Request>>,
    ended: &AtomicBool,
    answer: &(dyn Fn(&Request, usize) -> Reply + Send + Sync),
) {
    let Ok(Some(request)) = receive(stream) else {
        return;
    };
    let before = {
        let mut log = log.lock().expect("no panic while held");
        log.push(request.clone());
        log.len() - 1
    };
    let reply = answer(&request, before);
    while reply.silent && !ended.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(20));
    }
    if !reply.silent && !reply.hung_up {
        // A client that went away has heard enough.
        let _ = send(stream, &request, &reply);
    }
}

fn receive(stream: &TcpStream) -> std::io::Result<Option<Request>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length");
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request {
        method,
        path,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }))
}

fn send(mut stream: &TcpStream, request: &Request, reply: &Reply) -> std::io::Result<()> {
    let status = reply.status;
    let mut head = format!("HTTP/1.1 {status} Answer\r\nConnection: close\r\n");
    for (name, value) in &reply.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    if status != 304 {
        let _ = write!(head, "Content-Length: {}\r\n", reply.body.len());
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    if request.method != "HEAD" {
        let end = reply.cut.unwrap_or(usize::MAX).min(reply.body.len());
        stream.write_all(&reply.body[..end])?;
    }
    stream.flush()
}
