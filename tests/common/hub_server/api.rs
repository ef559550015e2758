//! The answers of the Hub and of the server with the large files.

use percent_encoding::percent_decode_str;
use serde_json::json;
use vhb::model::HubKind;

use super::history::{History, Stored};
use super::listing::{commit_entry, described, entries, json_answer, refs};
use super::{Answer, Gate, Repository, Request, State};
use crate::common::index_server::sha256;

/// Part of every address of a large file, as a signature is.
const SIGNATURE: &str = "X-Amz-Signature=s1gnature";

impl State {
    /// Answers a request to the Hub, and notes it down.
    pub(super) fn serve(&mut self, mut request: Request, cdn: &str) -> Answer {
        let queued = self.answers.pop_front().or_else(|| self.always.clone());
        let queued = queued.or_else(|| self.at.get(&request.path).cloned());
        let answer = match queued {
            Some(answer) => answer,
            None => self.answer(&request, cdn).unwrap_or_else(|refusal| refusal),
        };
        request.status = answer.status;
        request.sent = answer.body.len();
        let is_head = request.method == "HEAD";
        self.requests.push(request);
        if is_head { answer.head() } else { answer }
    }

    /// Answers a request to the server with the large files, and notes it down.
    pub(super) fn serve_large(&mut self, mut request: Request) -> Answer {
        let queued = self.cdn_answers.pop_front();
        let answer = queued.unwrap_or_else(|| self.large(&request));
        request.status = answer.status;
        request.sent = answer.body.len();
        let is_head = request.method == "HEAD";
        self.cdn_requests.push(request);
        if is_head { answer.head() } else { answer }
    }

    fn answer(&mut self, request: &Request, cdn: &str) -> Result<Answer, Answer> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let parts: Vec<String> = path.split('/').skip(1).map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let known = self.known(request)?;
        match parts.as_slice() {
            ["api", "resolve-cache", kind, owner, name, commit, file @ ..] => {
                let repository = self.shown(kind_of(kind)?, owner, name, known)?;
                let stored = stored(repository, commit, &file.join("/"))?;
                let bytes = repository.wrong.get(&file.join("/"));
                let bytes = bytes.unwrap_or(&stored.bytes).clone();
                let answer = Answer::body("text/plain", &bytes);
                let answer = answer.header("ETag", &format!("\"{}\"", stored.blob()));
                let answer = self.of_commit(answer, commit);
                Ok(self.bytes(answer, request))
            }
            ["api", kind, owner, name, question @ ..] => {
                let repository = self.shown(kind_of(kind)?, owner, name, known)?;
                if repository.gate == Gate::Everything && !(known && repository.admitted) {
                    return Err(gated(known));
                }
                self.api(repository, question, (path, query), request)
            }
            ["datasets", owner, name, "resolve", revision, file @ ..] => {
                let id = (HubKind::Dataset, "datasets", *owner, *name);
                self.resolve(id, revision, &file.join("/"), known, cdn)
            }
            [owner, name, "resolve", revision, file @ ..] => {
                let id = (HubKind::Model, "models", *owner, *name);
                self.resolve(id, revision, &file.join("/"), known, cdn)
            }
            _ => Err(Answer::status(404)),
        }
    }

    /// Whether the user is known by the token.
    fn known(&self, request: &Request) -> Result<bool, Answer> {
        match (request.headers.get("authorization"), &self.token) {
            (Some(sent), Some(token)) if *sent == format!("Bearer {token}") => Ok(true),
            (Some(_), _) => {
                let message = "Invalid credentials in Authorization header";
                Err(refusal(401, None, message))
            }
            (None, _) if self.closed => Err(Answer::status(401)),
            (None, _) => Ok(false),
        }
    }

    fn shown(
        &self,
        kind: HubKind,
        owner: &str,
        name: &str,
        known: bool,
    ) -> Result<&Repository, Answer> {
        let found = self.repositories.get(&(kind, format!("{owner}/{name}")));
        let found = found.filter(|repository| known || !repository.private);
        found.ok_or_else(|| {
            if known {
                refusal(404, Some("RepoNotFound"), "Repository not found")
            } else {
                // What the Hub does not show to anybody it does not tell apart from what is not.
                refusal(401, Some("RepoNotFound"), "Invalid username or password.")
            }
        })
    }

    fn api(
        &self,
        repository: &Repository,
        question: &[&str],
        (path, query): (&str, &str),
        request: &Request,
    ) -> Result<Answer, Answer> {
        let history = &repository.history;
        let next = |parameters: &str| {
            let host = &request.headers["host"];
            format!("<http://{host}{path}?{parameters}>; rel=\"next\"")
        };
        match question {
            ["refs"] => Ok(json_answer(&refs(history))),
            ["revision", revision] => {
                let commit = find(history, revision)?;
                Ok(json_answer(&described(repository, commit)))
            }
            ["commits", revision] => {
                let all = history.from(find(history, revision)?);
                let page = number(query, "p");
                let size = match number(query, "limit") {
                    0 => self.commits_per_page,
                    limit => limit,
                };
                let listed = all.iter().skip(page * size).take(size);
                let listed: Vec<_> = listed.map(|id| commit_entry(history, id)).collect();
                let answer = json_answer(&listed.into());
                Ok(if all.len() > (page + 1) * size {
                    answer.header("Link", &next(&format!("p={}", page + 1)))
                } else {
                    answer
                })
            }
            ["tree", revision] => {
                let entries = entries(history, find(history, revision)?);
                let (from, size) = (number(query, "cursor"), self.files_per_page);
                let listed: Vec<_> = entries.iter().skip(from).take(size).cloned().collect();
                let answer = json_answer(&listed.into());
                Ok(if entries.len() > from + size {
                    let next = next(&format!("recursive=true&cursor={}", from + size));
                    answer.header("Link", &next)
                } else {
                    answer
                })
            }
            _ => Err(Answer::status(404)),
        }
    }

    /// Where the bytes of a file are.
    fn resolve(
        &self,
        (kind, kinds, owner, name): (HubKind, &str, &str, &str),
        revision: &str,
        file: &str,
        known: bool,
        cdn: &str,
    ) -> Result<Answer, Answer> {
        let repository = self.shown(kind, owner, name, known)?;
        if repository.gate != Gate::Open && !(known && repository.admitted) {
            return Err(gated(known));
        }
        let commit = find(&repository.history, revision)?;
        let stored = stored(repository, commit, file)?;
        let answer = if stored.lfs {
            let sha256 = stored.sha256();
            Answer::redirect(&format!("{cdn}/{sha256}?{SIGNATURE}"))
                .header("X-Linked-Size", &stored.bytes.len().to_string())
                .header("X-Linked-ETag", &format!("\"{sha256}\""))
        } else {
            let file =
                percent_encoding::utf8_percent_encode(file, percent_encoding::NON_ALPHANUMERIC);
            let location = format!("/api/resolve-cache/{kinds}/{owner}/{name}/{commit}/{file}");
            Answer::redirect(&location).with_status(307)
        };
        Ok(self.of_commit(answer, commit))
    }

    fn of_commit(&self, answer: Answer, commit: &str) -> Answer {
        let stated = self.stated_commit.as_deref().unwrap_or(commit);
        answer.header("X-Repo-Commit", stated)
    }

    fn large(&mut self, request: &Request) -> Answer {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        if request.headers.contains_key("authorization") || query != SIGNATURE {
            return Answer::status(400);
        }
        let wanted = path.trim_start_matches('/');
        let sent = self.repositories.values().find_map(|repository| {
            let mut commits = repository.history.commits.values();
            commits.find_map(|commit| {
                let mut files = commit.files.iter();
                let (path, stored) =
                    files.find(|(_, stored)| stored.lfs && stored.sha256() == wanted)?;
                let wrong = repository.wrong.get(path);
                Some(wrong.unwrap_or(&stored.bytes).clone())
            })
        });
        match sent {
            Some(bytes) => {
                let answer = Answer::body("application/octet-stream", &bytes);
                let etag = format!("\"{}\"", &sha256(&bytes)[..32]);
                self.bytes(answer.header("ETag", &etag), request)
            }
            None => Answer::status(404),
        }
    }

    /// The bytes of a file, or the piece of them that was asked for, or what is left of it.
    fn bytes(&mut self, answer: Answer, request: &Request) -> Answer {
        let answer = match request.headers.get("range") {
            Some(range) if self.ranges => answer.piece(range),
            _ => answer,
        };
        match self.cuts.pop_front() {
            Some(after) => answer.cut(after),
            None => answer,
        }
    }
}

fn kind_of(kinds: &str) -> Result<HubKind, Answer> {
    match kinds {
        "models" => Ok(HubKind::Model),
        "datasets" => Ok(HubKind::Dataset),
        _ => Err(Answer::status(404)),
    }
}

fn refusal(status: u16, code: Option<&str>, message: &str) -> Answer {
    let answer = json_answer(&json!({ "error": message })).with_status(status);
    let answer = answer.header("X-Error-Message", message);
    match code {
        Some(code) => answer.header("X-Error-Code", code),
        None => answer,
    }
}

fn gated(known: bool) -> Answer {
    let (status, message) = if known {
        (
            403,
            "Access to this repository is restricted and you are not in the authorized list.",
        )
    } else {
        (
            401,
            "Access to this repository is restricted. You must be authenticated to access it.",
        )
    };
    refusal(status, Some("GatedRepo"), message)
}

fn find<'a>(history: &'a History, revision: &str) -> Result<&'a str, Answer> {
    let unknown = || refusal(404, Some("RevisionNotFound"), "Invalid rev id");
    history.find(revision).ok_or_else(unknown)
}

fn stored<'a>(repository: &'a Repository, commit: &str, file: &str) -> Result<&'a Stored, Answer> {
    let commit = repository.history.commits.get(commit);
    let stored = commit.and_then(|commit| commit.files.get(file));
    stored.ok_or_else(|| refusal(404, Some("EntryNotFound"), "Entry not found"))
}

/// A number in a query; 0 where there is none.
fn number(query: &str, name: &str) -> usize {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(key, _)| *key == name);
    found.map_or(0, |(_, value)| value.parse().unwrap())
}
