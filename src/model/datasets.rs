//! Datasets, as asked for and as pinned.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FileUrl, GitOid, GitRefName, HubSource, Instant, LocalFiles, Sha256Digest};

/// Where a dataset comes from, as its entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3Prefix {
    /// The bucket.
    pub bucket: String,
    /// The keys that are meant begin with this and a `/`, or are this; empty for all.
    pub prefix: String,
}

/// One file on a web server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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
        if path.trim().is_empty() {
            return Err(error("it is empty".to_owned()));
        }
        let path = path.to_owned();
        Ok(Self::Local(LocalFiles { path }))
    }
}

/// `org/name[@revision][/path]`, as `huggingface_hub` reads it: a slash in a revision is written
/// `%2F`, but for `refs/convert/NAME` and `refs/pr/NUMBER`.
fn hub_source(text: &str, revision: Option<&str>) -> Result<HubSource, DatasetPathError> {
    let wrong = || {
        DatasetPathError(format!(
            "`hf://datasets/{text}` does not name a dataset, like `hf://datasets/org/name@revision`"
        ))
    };
    let (owner, rest) = text.split_once('/').ok_or_else(wrong)?;
    let end = rest.find(['/', '@']).unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let (stated, path) = match rest.strip_prefix('@') {
        Some(rest) => {
            let (stated, path) = revision_and_path(rest);
            (Some(stated), path)
        }
        None => (None, rest),
    };
    let path = path.trim_matches('/');
    let inside = |path: &str| !path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if stated == Some("") || !(path.is_empty() || inside(path)) {
        return Err(wrong());
    }
    let decoded = |text: &str| {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
        decoded
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| wrong())
    };
    let stated = stated.map(decoded).transpose()?;
    Ok(HubSource {
        repo: format!("{owner}/{name}").parse().map_err(|_| wrong())?,
        revision: stated.or_else(|| revision.map(str::to_owned)),
        path: (!path.is_empty()).then(|| path.to_owned()),
    })
}

fn revision_and_path(text: &str) -> (&str, &str) {
    let special = ["refs/convert/", "refs/pr/"];
    let prefix = special.iter().find(|prefix| text.starts_with(**prefix));
    let start = prefix.map_or(0, |prefix| prefix.len());
    let end = text[start..].find('/').map_or(text.len(), |at| start + at);
    text.split_at(end)
}

impl fmt::Display for DatasetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(source) => f.write_str(&source.path),
            Self::Huggingface(source) => {
                write!(f, "hf://datasets/{}", source.repo)?;
                if let Some(revision) = &source.revision {
                    write!(f, "@{}", revision.replace('/', "%2F"))?;
                }
                source.path.iter().try_for_each(|path| write!(f, "/{path}"))
            }
            Self::S3(source) => write!(f, "s3://{}/{}", source.bucket, source.prefix),
            Self::Https(source) => source.url.fmt(f),
        }
    }
}

/// What a dataset exactly is: its bytes, wherever they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum DatasetOrigin {
    /// A file or a directory of this machine.
    Local {
        /// Relative to the directory that holds `registries/`.
        path: String,
    },
    /// A commit of a repository of the Hub.
    Huggingface {
        /// The full name of the branch or tag that was asked for.
        #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
        reference: Option<GitRefName>,
        /// The commit.
        commit: GitOid,
        /// When it was made, where the Hub tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        committed: Option<Instant>,
        /// The licence that the card of that commit states.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        license: Option<String>,
        /// What the Hub says of each file.
        tokens: Sha256Digest,
    },
    /// What lies below a prefix of an S3 bucket.
    S3 {
        /// Version ids where the bucket has them, ETags elsewhere.
        tokens: Sha256Digest,
    },
    /// One file on a web server.
    Https {
        /// The ETag, else the date of the last modification.
        tokens: Sha256Digest,
    },
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
    fn paths_of_datasets_round_trip() {
        for path in [
            "data/docvqa",
            "hf://datasets/org/name",
            "hf://datasets/org/name@v1/train/a.parquet",
            "hf://datasets/org/name@a%2Fb/train",
            "s3://bucket/a/b",
            "https://host/a.zip",
        ] {
            let source = DatasetSource::of(path, None).unwrap();
            assert_eq!(source.to_string(), path);
        }
        let converted = "hf://datasets/org/name@refs/convert/parquet/a";
        let converted = DatasetSource::of(converted, None).unwrap();
        let expected = "hf://datasets/org/name@refs%2Fconvert%2Fparquet/a";
        assert_eq!(converted.to_string(), expected);
        let with_revision = DatasetSource::of("hf://datasets/org/name", Some("v2")).unwrap();
        assert_eq!(with_revision.to_string(), "hf://datasets/org/name@v2");
        let stated_first = DatasetSource::of("hf://datasets/org/name@v1", Some("v2")).unwrap();
        assert_eq!(stated_first.to_string(), "hf://datasets/org/name@v1");
    }

    #[test]
    fn paths_that_name_nothing_are_refused() {
        for path in [
            "",
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
