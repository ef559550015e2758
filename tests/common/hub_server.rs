//! A Hugging Face Hub on a free port of 127.0.0.1, and the server beside it that holds large files.
//!
//! Repositories are made in memory by [`HubServer::repo`]. Large files are answered with a redirect
//! to a second port, which is another origin: it wants a signature in the address, and refuses
//! whoever sends it an `Authorization`. Small ones are redirected within the Hub. Answers that a
//! good Hub would not give are queued in the [`State`]. The servers end when they are dropped.
//!
//! ```ignore
//! let hub = HubServer::start();
//! let repo = hub.repo(HubKind::Model, "org/name");
//! let commit = repo.commit("main", &[File::text("config.json", "{}"), File::lfs("w.bin", b"w")]);
//! repo.tag("v1", &commit);
//! // HF_ENDPOINT=hub.url() HF_TOKEN=...
//! hub.with(|state| state.answers.push_back(Answer::status(503)));
//! ```

mod api;
mod history;
mod listing;
mod repository;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use vhb::model::HubKind;

pub(crate) use self::history::File;
use self::history::History;
pub(crate) use self::repository::{Gate, Repo};
use super::loopback::Loopback;
pub(crate) use super::wire::{Answer, Request};

/// What the Hub has and how it behaves; changeable while it runs.
#[derive(Debug)]
pub(crate) struct State {
    /// Taken one by one by requests to the Hub, before anything else is considered.
    pub(crate) answers: VecDeque<Answer>,
    /// Given to every request to the Hub once `answers` is empty.
    pub(crate) always: Option<Answer>,
    /// Given to every request for a path, by the path with its query, where neither of the former
    /// is.
    pub(crate) at: BTreeMap<String, Answer>,
    /// The same as `answers`, of the server with the large files.
    pub(crate) cdn_answers: VecDeque<Answer>,
    /// After how many bytes the next answers with the bytes of a file break off, on both servers.
    pub(crate) cuts: VecDeque<usize>,
    /// Whether pieces of files are given (RFC 9110 §14).
    pub(crate) ranges: bool,
    /// How many files a page lists.
    pub(crate) files_per_page: usize,
    /// How many commits a page lists.
    pub(crate) commits_per_page: usize,
    /// The token of the only user; others, and none where `closed`, are refused.
    pub(crate) token: Option<String>,
    /// Whether nothing is shown to users without a token, as a mirror inside of a firm has it.
    pub(crate) closed: bool,
    /// What `X-Repo-Commit` says in place of the truth.
    pub(crate) stated_commit: Option<String>,
    /// All requests to the Hub so far.
    pub(crate) requests: Vec<Request>,
    /// All requests to the server with the large files so far.
    pub(crate) cdn_requests: Vec<Request>,
    repositories: BTreeMap<(HubKind, String), Repository>,
}

#[derive(Debug)]
struct Repository {
    history: History,
    private: bool,
    gate: Gate,
    admitted: bool,
    task: Option<String>,
    card: serde_json::Value,
    /// What is sent in place of the bytes of a file, by its path.
    wrong: BTreeMap<String, Vec<u8>>,
}

/// A running Hub.
#[derive(Debug)]
pub(crate) struct HubServer {
    hub: Loopback,
    cdn: Loopback,
    state: Arc<Mutex<State>>,
}

impl HubServer {
    /// Listens on two free ports, with no repositories.
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            answers: VecDeque::new(),
            always: None,
            at: BTreeMap::new(),
            cdn_answers: VecDeque::new(),
            cuts: VecDeque::new(),
            ranges: true,
            files_per_page: 1000,
            commits_per_page: 50,
            token: None,
            closed: false,
            stated_commit: None,
            requests: Vec::new(),
            cdn_requests: Vec::new(),
            repositories: BTreeMap::new(),
        }));
        let cdn = Loopback::start({
            let state = Arc::clone(&state);
            move |request| state.lock().unwrap().serve_large(request)
        });
        let hub = Loopback::start({
            let (state, cdn) = (Arc::clone(&state), format!("http://{}", cdn.address));
            move |request| state.lock().unwrap().serve(request, &cdn)
        });
        Self { hub, cdn, state }
    }

    /// What `HF_ENDPOINT` is to be.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.hub.address)
    }

    /// How messages name the Hub.
    pub(crate) fn host(&self) -> String {
        self.hub.address.to_string()
    }

    /// The address of the server with the large files.
    pub(crate) fn cdn_url(&self) -> String {
        format!("http://{}", self.cdn.address)
    }

    /// A repository, which is made with its first commit where there is none yet.
    pub(crate) fn repo(&self, kind: HubKind, id: &str) -> Repo<'_> {
        self.with(|state| {
            let key = (kind, id.to_owned());
            state.repositories.entry(key).or_insert_with(|| Repository {
                history: History::begun(id),
                private: false,
                gate: Gate::Open,
                admitted: true,
                task: None,
                card: serde_json::Value::Null,
                wrong: BTreeMap::new(),
            });
        });
        Repo::new(self, kind, id)
    }

    /// Reads or changes the state.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap())
    }

    /// The paths of all requests to the Hub so far, which are forgotten.
    pub(crate) fn take_paths(&self) -> Vec<String> {
        let requests = self.with(|state| std::mem::take(&mut state.requests));
        requests.into_iter().map(|request| request.path).collect()
    }

    /// The statuses of all answers of the Hub so far.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        self.with(|state| {
            state
                .requests
                .iter()
                .map(|request| request.status)
                .collect()
        })
    }

    /// All requests to the server with the large files so far.
    pub(crate) fn cdn_requests(&self) -> Vec<Request> {
        self.with(|state| state.cdn_requests.clone())
    }

    /// What was sent as `Authorization`, to the Hub and to the server with the large files.
    pub(crate) fn authorizations(&self) -> [Vec<Option<String>>; 2] {
        let sent = |requests: &[Request]| -> Vec<Option<String>> {
            let sent = |request: &Request| request.headers.get("authorization").cloned();
            requests.iter().map(sent).collect()
        };
        self.with(|state| [sent(&state.requests), sent(&state.cdn_requests)])
    }
}
