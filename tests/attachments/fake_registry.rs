//! A registry in memory that does what a test wants: how it lists referrers, where it takes
//! uploads, and when it hangs up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use vhb::model::{Descriptor, INDEX_TYPE, ImageReference, MANIFEST_TYPE, Sha256Digest, described};

use super::common::web_server::{Reply, Request, WebServer};

/// How the registry behaves.
#[derive(Clone, Debug)]
pub(super) struct Manners {
    /// Whether it lists referrers by itself.
    pub lists: bool,
    /// How many entries a page of its list has.
    pub page: usize,
    /// What `Location` begins with: a path is relative to the registry.
    pub uploads: String,
    /// From which request on it hangs up.
    pub hangs_up_at: usize,
    /// Whether it does what that one request asks before it hangs up.
    pub but_obeys: bool,
    /// How often another writer takes a tag of referrers away after it was written.
    pub lost_races: usize,
    /// Whether tags can be written and not read.
    pub denies_tags: bool,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            lists: true,
            page: 100,
            uploads: "/v2/app/blobs/uploads/1".to_owned(),
            hangs_up_at: usize::MAX,
            but_obeys: false,
            lost_races: 0,
            denies_tags: false,
        }
    }
}

/// What it holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub manners: Manners,
    pub blobs: BTreeMap<String, String>,
    /// By digest and by tag: the type and the text.
    pub manifests: BTreeMap<String, (String, String)>,
    /// A tag that somebody else writes at the first upload, and the manifest that it names.
    pub appears: Option<(String, String)>,
    requests: usize,
}

pub(super) struct FakeRegistry {
    pub held: Arc<Mutex<Held>>,
    pub server: WebServer,
}

impl FakeRegistry {
    /// Holds nothing but one image.
    pub(super) fn start(manners: Manners) -> Self {
        let held = Arc::new(Mutex::new(Held {
            manners,
            ..Held::default()
        }));
        let answering = Arc::clone(&held);
        let server = WebServer::start(move |request, _| answering.lock().unwrap().answer(request));
        let registry = Self { held, server };
        registry.hold(|held| held.put_manifest("1", MANIFEST_TYPE, &image().to_string()));
        registry
    }

    pub(super) fn hold<T>(&self, change: impl FnOnce(&mut Held) -> T) -> T {
        change(&mut self.held.lock().unwrap())
    }

    /// Forgets how often it was asked, and behaves so from now on.
    pub(super) fn behave(&self, manners: Manners) {
        self.hold(|held| {
            held.requests = 0;
            held.manners = manners;
        });
    }

    pub(super) fn place(&self) -> ImageReference {
        format!("{}/app:1", self.server.host()).parse().unwrap()
    }

    /// The methods and paths that were asked for, from a request on.
    pub(super) fn asked(&self, from: usize) -> Vec<String> {
        let requests = self.server.requests();
        let told = |request: &Request| format!("{} {}", request.method, request.path);
        requests[from..].iter().map(told).collect()
    }
}

fn image() -> Json {
    let config = described("application/vnd.oci.image.config.v1+json", b"{}");
    json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {"mediaType": config.media_type, "digest": config.digest, "size": config.size},
        "layers": [],
    })
}

/// The image that every fake registry holds.
pub(super) fn subject() -> Descriptor {
    described(MANIFEST_TYPE, image().to_string().as_bytes())
}

impl Held {
    pub(super) fn put_manifest(&mut self, name: &str, media_type: &str, text: &str) {
        let stored = (media_type.to_owned(), text.to_owned());
        let digest = Sha256Digest::of(text.as_bytes()).to_string();
        self.manifests.insert(digest, stored.clone());
        self.manifests.insert(name.to_owned(), stored);
    }

    fn answer(&mut self, request: &Request) -> Reply {
        self.requests += 1;
        let hangs_up = self.requests > self.manners.hangs_up_at;
        let last_obeyed = self.manners.but_obeys && self.requests == self.manners.hangs_up_at + 1;
        if hangs_up && !last_obeyed {
            return Reply::hang_up();
        }
        let reply = self.obey(request);
        if hangs_up { Reply::hang_up() } else { reply }
    }

    fn obey(&mut self, request: &Request) -> Reply {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let Some(path) = path.strip_prefix("/v2/app/") else {
            return self.elsewhere(request, query);
        };
        match (request.method.as_str(), path) {
            ("POST", "blobs/uploads/") => {
                Reply::status(202).header("Location", &self.manners.uploads)
            }
            ("PUT", path) if path.starts_with("blobs/uploads/") => self.take(request, query),
            ("PUT", path) => {
                let name = path.strip_prefix("manifests/").unwrap();
                self.take_manifest(name, request)
            }
            (_, path) => self.give(path, query),
        }
    }

    fn elsewhere(&mut self, request: &Request, query: &str) -> Reply {
        assert_eq!(request.method, "PUT", "{request:?}");
        self.take(request, query)
    }

    fn take(&mut self, request: &Request, query: &str) -> Reply {
        let digest = query.rsplit("digest=").next().unwrap().replace("%3A", ":");
        if Sha256Digest::of(request.body.as_bytes()).to_string() != digest {
            return Reply::status(400);
        }
        if let Some((tag, text)) = self.appears.take() {
            self.put_manifest(&tag, MANIFEST_TYPE, &text);
        }
        self.blobs.insert(digest, request.body.clone());
        Reply::status(201)
    }

    fn take_manifest(&mut self, name: &str, request: &Request) -> Reply {
        let json: Json = serde_json::from_str(&request.body).unwrap();
        let blobs = json["layers"].as_array().into_iter().flatten();
        let blobs = blobs.chain(json.get("config"));
        for blob in blobs {
            let digest = blob["digest"].as_str().unwrap();
            if !self.blobs.contains_key(digest) {
                let refusal = json!({"errors": [{"code": "MANIFEST_BLOB_UNKNOWN"}]});
                return Reply::body(refusal.to_string()).with_status(400);
            }
        }
        if name.starts_with("sha256-") && self.manners.lost_races > 0 {
            // Another writer had read the list before.
            self.manners.lost_races -= 1;
            let other = others_list(self.manners.lost_races);
            self.put_manifest(name, INDEX_TYPE, &other);
            return Reply::status(201);
        }
        self.put_manifest(name, request.header("content-type"), &request.body);
        let reply = Reply::status(201);
        match json["subject"]["digest"]
            .as_str()
            .filter(|_| self.manners.lists)
        {
            Some(subject) => reply.header("OCI-Subject", subject),
            None => reply,
        }
    }

    fn give(&self, path: &str, query: &str) -> Reply {
        if let Some(digest) = path.strip_prefix("blobs/") {
            let blob = self.blobs.get(digest);
            return blob.map_or_else(|| Reply::status(404), Reply::body);
        }
        if let Some(name) = path.strip_prefix("manifests/") {
            if self.manners.denies_tags && !name.starts_with("sha256:") {
                return Reply::status(403);
            }
            let Some((media_type, text)) = self.manifests.get(name) else {
                return Reply::status(404);
            };
            return Reply::body(text).header("Content-Type", media_type);
        }
        match path
            .strip_prefix("referrers/")
            .filter(|_| self.manners.lists)
        {
            Some(subject) => self.list(subject, query),
            None => Reply::status(404),
        }
    }

    fn list(&self, subject: &str, query: &str) -> Reply {
        let first: usize = query
            .strip_prefix("from=")
            .map_or(0, |from| from.parse().unwrap());
        let by_digest = |name: &&String| name.starts_with("sha256:");
        let entries = self
            .manifests
            .keys()
            .filter(by_digest)
            .filter_map(|digest| {
                let (media_type, text) = &self.manifests[digest];
                let json: Json = serde_json::from_str(text).ok()?;
                (json["subject"]["digest"] == subject).then(|| {
                    json!({
                        "mediaType": media_type,
                        "digest": digest,
                        "size": text.len(),
                        "artifactType": json["artifactType"],
                        "annotations": json["annotations"],
                    })
                })
            });
        let entries: Vec<_> = entries.collect();
        let end = entries.len().min(first + self.manners.page);
        let list =
            json!({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": entries[first..end]});
        let reply = Reply::body(list.to_string()).header("Content-Type", INDEX_TYPE);
        if end == entries.len() {
            return reply;
        }
        let next = format!("</v2/app/referrers/{subject}?from={end}>; rel=\"next\"");
        reply.header("Link", &next)
    }
}

/// A list with one entry of somebody else.
pub(super) fn others_list(number: usize) -> String {
    let other = described(MANIFEST_TYPE, number.to_string().as_bytes());
    json!({
        "schemaVersion": 2,
        "mediaType": INDEX_TYPE,
        "manifests": [{"mediaType": MANIFEST_TYPE, "digest": other.digest, "size": other.size}],
    })
    .to_string()
}
