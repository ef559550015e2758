//! A package index on a free port of 127.0.0.1: the Simple repository API as far as tests need it.
//!
//! Pages lie at `/simple/<name>/`, files at `/files/<filename>`, and each wheel's metadata at
//! `/files/<filename>.metadata` (PEP 658), which is what a resolver reads. Answers that a good
//! index would not give are queued with [`State::answers`]. The server ends when it is dropped.
//!
//! ```ignore
//! let server = IndexServer::start();
//! server.add("demo", "1.0", &[File::wheel().requires(&["numpy"]), File::sdist()]);
//! server.with(|state| state.answers.push_back(Answer::status(503)));
//! ```

mod installable;
mod release;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use self::release::StoredFile;
pub(crate) use self::release::{File, Stated, sha256};
use super::loopback::Loopback;
use super::wire::sha256_base64;
pub(crate) use super::wire::{Answer, Request, basic};

const JSON: &str = "application/vnd.pypi.simple.v1+json";
const HTML: &str = "application/vnd.pypi.simple.v1+html";

/// The format that pages are served in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// PEP 691.
    Json,
    /// PEP 503.
    Html,
}

/// What the index has and how it behaves; changeable while it runs.
#[derive(Debug)]
pub(crate) struct State {
    /// Taken one by one, before anything else is considered.
    pub(crate) answers: VecDeque<Answer>,
    /// Given to every request once `answers` is empty.
    pub(crate) always: Option<Answer>,
    /// Given to every request for a path, by the path, where neither of the former is.
    pub(crate) at: BTreeMap<String, Answer>,
    /// The format of the pages.
    pub(crate) format: Format,
    /// Whether pages state digests.
    pub(crate) hashes: bool,
    /// Whether answers have an `ETag` and conditions are heeded.
    pub(crate) etags: bool,
    /// Whether pieces of files are given (RFC 9110 §14).
    pub(crate) ranges: bool,
    /// The header `Cache-Control` of pages.
    pub(crate) cache_control: Option<String>,
    /// The header `Cache-Control` of files.
    pub(crate) files_cache_control: Option<String>,
    /// The user and the password that are wanted.
    pub(crate) basic: Option<(String, String)>,
    /// All requests so far, answered or not.
    pub(crate) requests: Vec<Request>,
    projects: BTreeMap<String, Vec<StoredFile>>,
}

/// A running index.
#[derive(Debug)]
pub(crate) struct IndexServer {
    server: Loopback,
    state: Arc<Mutex<State>>,
}

impl IndexServer {
    /// Listens on a free port, with no projects.
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            answers: VecDeque::new(),
            always: None,
            at: BTreeMap::new(),
            format: Format::Json,
            hashes: true,
            etags: true,
            ranges: true,
            cache_control: None,
            files_cache_control: None,
            basic: None,
            requests: Vec::new(),
            projects: BTreeMap::new(),
        }));
        let server = Loopback::start({
            let state = Arc::clone(&state);
            move |request| state.lock().unwrap().serve(request)
        });
        Self { server, state }
    }

    /// The root of the index.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/simple", self.server.address)
    }

    /// The root of the index with credentials inside, as they are to be written in a URL.
    pub(crate) fn url_with(&self, userinfo: &str) -> String {
        format!("http://{userinfo}@{}/simple", self.server.address)
    }

    /// The address of a file.
    pub(crate) fn file_url(&self, filename: &str) -> String {
        format!("http://{}/files/{filename}", self.server.address)
    }

    /// Adds files to a release.
    pub(crate) fn add(&self, name: &str, version: &str, files: &[File]) {
        let stored = files
            .iter()
            .map(|file| StoredFile::new(name, version, file));
        self.with(|state| {
            let files = state.projects.entry(name.to_owned()).or_default();
            files.extend(stored);
        });
    }

    /// Removes a file from its page and from the server.
    pub(crate) fn remove(&self, filename: &str) {
        self.with(|state| {
            for files in state.projects.values_mut() {
                files.retain(|stored| stored.filename != filename);
            }
        });
    }

    /// Changes a file in place: its bytes, or whether it is yanked.
    pub(crate) fn change(&self, filename: &str, change: impl Fn(File) -> File) {
        self.with(|state| {
            let mut files = state.projects.values_mut().flatten();
            let stored = files.find(|stored| stored.filename == filename);
            let stored = stored.expect("the file was added before");
            stored.file = change(stored.file.clone());
        });
    }

    /// Reads or changes the state.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap())
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.with(|state| state.requests.clone())
    }

    /// The paths of all requests so far, which are forgotten.
    pub(crate) fn take_paths(&self) -> Vec<String> {
        let requests = self.with(|state| std::mem::take(&mut state.requests));
        requests.into_iter().map(|request| request.path).collect()
    }

    /// The statuses of all answers so far.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        let requests = self.requests();
        requests.iter().map(|request| request.status).collect()
    }
}

impl State {
    fn serve(&mut self, mut request: Request) -> Answer {
        let queued = self.answers.pop_front().or_else(|| self.always.clone());
        let queued = queued.or_else(|| self.at.get(&request.path).cloned());
        let answer = queued.unwrap_or_else(|| self.answer(&request));
        request.status = answer.status;
        request.sent = answer.body.len();
        self.requests.push(request);
        answer
    }

    fn answer(&self, request: &Request) -> Answer {
        if let Some((user, password)) = &self.basic {
            let wanted = basic(user, password);
            if request.headers.get("authorization") != Some(&wanted) {
                return Answer::status(401).header("WWW-Authenticate", "Basic realm=\"index\"");
            }
        }
        let path = request.path.split('?').next().unwrap_or_default();
        let answer = if let Some(name) = path.strip_prefix("/simple/") {
            let page = self.page(name.trim_end_matches('/'));
            page.zip(Some(&self.cache_control))
        } else if let Some(filename) = path.strip_prefix("/files/") {
            self.file(filename).zip(Some(&self.files_cache_control))
        } else {
            None
        };
        let answer = match answer {
            Some((answer, Some(control))) => answer.header("Cache-Control", control),
            Some((answer, None)) => answer,
            None => return Answer::status(404),
        };
        let etag = format!("\"{}\"", sha256(&answer.body));
        let answer = match request.headers.get("range") {
            Some(range) if self.ranges => answer.piece(range),
            _ => answer,
        };
        if !self.etags {
            return answer;
        }
        let answer = if request.headers.get("if-none-match") == Some(&etag) {
            answer.unchanged()
        } else {
            answer
        };
        answer.header("ETag", &etag)
    }

    fn page(&self, name: &str) -> Option<Answer> {
        let files = self.projects.get(name)?;
        Some(match self.format {
            Format::Json => Answer::body(JSON, release::json(self.hashes, name, files).as_bytes()),
            Format::Html => Answer::body(HTML, release::html(self.hashes, files).as_bytes()),
        })
    }

    fn file(&self, filename: &str) -> Option<Answer> {
        let mut all = self.projects.values().flatten();
        let body = match filename.strip_suffix(".metadata") {
            Some(wheel) => {
                let stored = all.find(|stored| stored.filename == wheel)?;
                let served = stored.metadata.as_ref();
                served.filter(|_| stored.file.serves_metadata)?.as_bytes()
            }
            None => &all.find(|stored| stored.filename == filename)?.file.content,
        };
        Some(Answer::body("application/octet-stream", body))
    }
}
