//! What a score depends on beside packages: models and datasets, as asked for and as pinned.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    FilePins, FileUrl, GitOid, GitRefName, HubId, HubKind, HubRepo, Instant, Role, Sha256Digest,
    unique_keys,
};

/// A repository of the Hub, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSource {
    /// The repository.
    pub repo: HubId,
    /// A branch, a tag or a commit; none for the default branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// A file or a directory of it, where not all of it is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl HubSource {
    /// Whether a commit is asked for by its full id, which can never mean anything else.
    pub fn is_immutable(&self) -> bool {
        let revision = self.revision.as_deref();
        revision.is_some_and(|revision| revision.parse::<GitOid>().is_ok())
    }
}

/// Where a model comes from, as the run says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ModelSource {
    /// A repository of the Hugging Face Hub.
    Huggingface(HubSource),
    /// A directory of this machine.
    Local(LocalFiles),
}

/// Files of this machine, as they are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalFiles {
    /// Relative to the directory that holds `registries/`, or absolute.
    pub path: String,
}

impl ModelSource {
    /// What a run's `model.name` and `engine_params.revision` name: a path, or an id of the Hub.
    /// Anything else is a name that only the framework understands.
    pub fn of(name: &str, revision: Option<&str>) -> Option<Self> {
        let starts_as_path = ["/", "./", "../"]
            .iter()
            .any(|start| name.starts_with(start));
        if starts_as_path || name.matches('/').count() > 1 {
            let path = name.to_owned();
            return Some(Self::Local(LocalFiles { path }));
        }
        let repo = name.parse().ok()?;
        Some(Self::Huggingface(HubSource {
            repo,
            revision: revision.map(str::to_owned),
            path: None,
        }))
    }

    /// The key of a model in a lock: its name, and the revision where one is asked for.
    pub fn key(name: &str, revision: Option<&str>) -> String {
        match (Self::of(name, revision), revision) {
            (Some(Self::Huggingface(_)), Some(revision)) => format!("{name}@{revision}"),
            _ => name.to_owned(),
        }
    }
}

/// What a model exactly is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ModelPin {
    /// A commit of a repository of the Hub.
    Huggingface(HubModelPin),
    /// The content of a directory.
    Local(LocalModelPin),
}

/// A commit of a model's repository on the Hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubModelPin {
    /// The repository.
    pub repo: HubId,
    /// The full name of the branch or tag that was asked for; none where a commit was.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<GitRefName>,
    /// The commit.
    pub commit: GitOid,
    /// When it was made, where the Hub tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<Instant>,
    /// What the model card of that commit says it is for (`pipeline_tag`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The licence that the model card of that commit states, as it states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Other repositories whose Python its configuration names (`auto_map`).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub remote_code: BTreeSet<HubId>,
    /// The digest of the files of each role.
    pub roles: BTreeMap<Role, Sha256Digest>,
    /// Every file.
    #[serde(deserialize_with = "unique_keys")]
    pub files: FilePins,
}

/// The content of a model's directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalModelPin {
    /// Relative to the directory that holds `registries/`.
    pub path: String,
    /// The digest of the directory's Manifest.
    pub content: Sha256Digest,
    /// The digest of the files of each role.
    pub roles: BTreeMap<Role, Sha256Digest>,
    /// Every file.
    #[serde(deserialize_with = "unique_keys")]
    pub files: FilePins,
}

impl ModelPin {
    /// Every file, by its path.
    pub fn files(&self) -> &FilePins {
        match self {
            Self::Huggingface(pin) => &pin.files,
            Self::Local(pin) => &pin.files,
        }
    }

    /// The digest of the files of each role.
    pub fn roles(&self) -> &BTreeMap<Role, Sha256Digest> {
        match self {
            Self::Huggingface(pin) => &pin.roles,
            Self::Local(pin) => &pin.roles,
        }
    }
}

/// Where a dataset comes from, as its entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum DatasetSource {
    /// A file or a directory of this machine.
    Local(LocalFiles),
    /// A dataset of the Hugging Face Hub.
    Huggingface(HubSource),
    /// What lies below a prefix of an S3 bucket.
    S3(S3Prefix),
    /// One file on a web server.
    Https(WebFile),
}

/// What lies below a prefix of an S3 bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Prefix {
    /// The bucket.
    pub bucket: String,
    /// The keys that are meant begin with this and a `/`, or are this; empty for all.
    pub prefix: String,
}

/// One file on a web server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebFile {
    /// Its address.
    pub url: FileUrl,
}

/// Why a text is not the path of a dataset.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DatasetPathError(String);

impl DatasetSource {
    /// What a dataset's `path` and `params.revision` name.
    pub fn of(path: &str, revision: Option<&str>) -> Result<Self, DatasetPathError> {
        let error = |message: String| DatasetPathError(message);
        if let Some(rest) = path.strip_prefix("hf://") {
            let rest = rest
                .strip_prefix("datasets/")
                .ok_or_else(|| error(format!("`{path}` does not begin with `hf://datasets/`")))?;
            return hub_source(rest, revision).map(Self::Huggingface);
        }
        if let Some(rest) = path.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() || bucket.contains(['@', ':', '?']) {
                return Err(error(format!(
                    "`{path}` does not name a bucket, like `s3://bucket/prefix`"
                )));
            }
            let prefix = prefix.trim_end_matches('/').to_owned();
            let bucket = bucket.to_owned();
            return Ok(Self::S3(S3Prefix { bucket, prefix }));
        }
        if path.starts_with("https:") || path.starts_with("http:") {
            let url = path
                .parse()
                .map_err(|wrong: super::UrlError| error(wrong.to_string()))?;
            return Ok(Self::Https(WebFile { url }));
        }
        if let Some((scheme, _)) = path.split_once("://") {
            return Err(error(format!(
                "`{scheme}://` is not a place that datasets can come from; these are a path, `hf://datasets/`, `s3://` and `https://`"
            )));
        }
        let path = path.to_owned();
        Ok(Self::Local(LocalFiles { path }))
    }

    /// Whether it names something that can never mean anything else.
    pub fn is_immutable(&self) -> bool {
        match self {
            Self::Huggingface(source) => source.is_immutable(),
            Self::Local(_) | Self::S3(_) | Self::Https(_) => false,
        }
    }
}

/// `org/name[@revision][/path]`, as `huggingface_hub` reads it.
fn hub_source(text: &str, revision: Option<&str>) -> Result<HubSource, DatasetPathError> {
    let wrong = || {
        DatasetPathError(format!(
            "`hf://datasets/{text}` does not name a dataset, like `hf://datasets/org/name@revision`"
        ))
    };
    let (owner, rest) = text.split_once('/').ok_or_else(wrong)?;
    let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (name, stated) = match name.split_once('@') {
        Some((name, stated)) => (name, Some(stated)),
        None => (name, None),
    };
    let path = path.trim_matches('/');
    let inside = |path: &&str| !path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if stated == Some("") || !(path.is_empty() || inside(&path)) {
        return Err(wrong());
    }
    // A slash in the name of a revision is written `%2F`.
    let decoded = |text: &str| {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
        decoded
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| wrong())
    };
    Ok(HubSource {
        repo: format!("{owner}/{name}").parse().map_err(|_| wrong())?,
        revision: stated.or(revision).map(decoded).transpose()?,
        path: (!path.is_empty()).then(|| path.to_owned()),
    })
}

impl HubSource {
    /// What a file of the repository is called below `path`; none where it is not meant. Where
    /// `path` is the file itself, its own name.
    pub fn below<'a>(&self, file: &'a str) -> Option<&'a str> {
        let Some(path) = &self.path else {
            return Some(file);
        };
        match file.strip_prefix(path.as_str())? {
            "" => file.rsplit('/').next(),
            rest => rest.strip_prefix('/'),
        }
    }

    /// The repository that is asked for.
    pub fn repo(&self, kind: HubKind) -> HubRepo {
        let id = self.repo.clone();
        HubRepo { kind, id }
    }
}

impl fmt::Display for DatasetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(source) => f.write_str(&source.path),
            Self::Huggingface(source) => {
                write!(f, "hf://datasets/{}", source.repo)?;
                if let Some(revision) = &source.revision {
                    write!(f, "@{revision}")?;
                }
                source.path.iter().try_for_each(|path| write!(f, "/{path}"))
            }
            Self::S3(source) => write!(f, "s3://{}/{}", source.bucket, source.prefix),
            Self::Https(source) => source.url.fmt(f),
        }
    }
}

/// What a dataset exactly is: its bytes, wherever they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetPin {
    /// The digest of the Manifest of its files; the same bytes have the same one everywhere.
    pub content: Sha256Digest,
    /// How many files the Manifest names.
    pub files: u64,
    /// Their size together, in bytes.
    pub bytes: u64,
    /// What the place that it came from called it.
    pub origin: DatasetOrigin,
}

/// What the place that a dataset came from calls what was read there.
///
/// `tokens` is the digest of the Tokens of its files: what the place said of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum DatasetOrigin {
    /// Relative to the directory that holds `registries/`.
    Local { path: String },
    /// A commit of a repository of the Hub.
    Huggingface {
        /// The full name of the branch or tag that was asked for.
        #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
        reference: Option<GitRefName>,
        commit: GitOid,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        committed: Option<Instant>,
        /// The licence that the card of that commit states.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        license: Option<String>,
        tokens: Sha256Digest,
    },
    /// Version ids where the bucket has them, ETags elsewhere.
    S3 { tokens: Sha256Digest },
    /// The ETag, else the date of the last modification.
    Https { tokens: Sha256Digest },
}

impl DatasetOrigin {
    /// The digest of the Tokens that were kept beside the lock.
    pub fn tokens(&self) -> Option<&Sha256Digest> {
        match self {
            Self::Local { .. } => None,
            Self::Huggingface { tokens, .. } | Self::S3 { tokens } | Self::Https { tokens } => {
                Some(tokens)
            }
        }
    }

    /// When what was read was made, where its place tells.
    pub fn committed(&self) -> Option<Instant> {
        match self {
            Self::Huggingface { committed, .. } => *committed,
            Self::Local { .. } | Self::S3 { .. } | Self::Https { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_models_are_told_apart() {
        let kind = |name: &str| match ModelSource::of(name, None) {
            Some(ModelSource::Huggingface(_)) => "hub",
            Some(ModelSource::Local(_)) => "local",
            None => "other",
        };
        for (name, expected) in [
            ("Qwen/Qwen2-VL-2B-Instruct", "hub"),
            ("./models/a", "local"),
            ("../a", "local"),
            ("/srv/models/a", "local"),
            ("models/qwen/v2", "local"),
            ("gpt-4o", "other"),
            ("a b/c", "other"),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
        assert_eq!(ModelSource::key("a/b", Some("v1")), "a/b@v1");
        assert_eq!(ModelSource::key("./a", Some("v1")), "./a");
    }

    #[test]
    fn files_are_named_below_what_is_meant() {
        let below = |path: Option<&str>, file: &'static str| {
            let source = HubSource {
                repo: "a/b".parse().unwrap(),
                revision: None,
                path: path.map(str::to_owned),
            };
            source.below(file)
        };
        assert_eq!(below(None, "a/b"), Some("a/b"));
        assert_eq!(below(Some("a"), "a/b"), Some("b"));
        assert_eq!(below(Some("a/b"), "a/b"), Some("b"));
        assert_eq!(below(Some("a"), "ab/c"), None);
    }

    #[test]
    fn paths_of_datasets_round_trip() {
        for path in [
            "data/docvqa",
            "hf://datasets/org/name",
            "hf://datasets/org/name@v1/train/a.parquet",
            "s3://bucket/a/b",
            "https://host/a.zip",
        ] {
            let source = DatasetSource::of(path, None).unwrap();
            assert_eq!(source.to_string(), path);
        }
        let with_revision = DatasetSource::of("hf://datasets/org/name", Some("v2")).unwrap();
        assert_eq!(with_revision.to_string(), "hf://datasets/org/name@v2");
        let stated_first = DatasetSource::of("hf://datasets/org/name@v1", Some("v2")).unwrap();
        assert_eq!(stated_first.to_string(), "hf://datasets/org/name@v1");
    }

    #[test]
    fn paths_that_name_nothing_are_refused() {
        for path in [
            "hf://org/name",
            "hf://datasets/name",
            "hf://datasets/org/name@/a",
            "hf://datasets/org/name/../a",
            "s3:///prefix",
            "s3://key:secret@bucket/a",
            "gs://bucket/a",
            "https://",
            "https://host/",
            "https://host/a.zip?X-Amz-Signature=abc",
        ] {
            assert!(DatasetSource::of(path, None).is_err(), "{path}");
        }
    }
}
