//! The answers of the Hub's API as it writes them; what is not read is left out.

use serde::Deserialize;
use serde_json::Value;

/// `/refs`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RefsWire {
    pub(super) branches: Vec<RefWire>,
    pub(super) tags: Vec<RefWire>,
}

/// A branch or a tag.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefWire {
    pub(super) name: String,
    #[serde(rename = "ref")]
    pub(super) full_name: String,
    pub(super) target_commit: String,
}

/// `/revision/<revision>`.
#[derive(Debug, Deserialize)]
pub(super) struct RevisionWire {
    pub(super) sha: String,
    #[serde(default)]
    pub(super) pipeline_tag: Value,
    /// The front matter of `README.md`, which may be anything that YAML can say.
    #[serde(default, rename = "cardData")]
    pub(super) card: Value,
}

/// One of `/commits/<revision>`.
#[derive(Debug, Deserialize)]
pub(super) struct CommitWire {
    pub(super) id: String,
    #[serde(default)]
    pub(super) date: Option<String>,
}

/// One of `/tree/<revision>`.
#[derive(Debug, Deserialize)]
pub(super) struct EntryWire {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) path: String,
    /// Git's name of the file, or of the pointer where it lies in LFS.
    #[serde(default)]
    pub(super) oid: String,
    #[serde(default)]
    pub(super) size: u64,
    #[serde(default)]
    pub(super) lfs: Option<LfsWire>,
}

/// What a file that lies in LFS is.
#[derive(Debug, Deserialize)]
pub(super) struct LfsWire {
    /// The SHA-256 in hexadecimal digits.
    pub(super) oid: String,
    pub(super) size: u64,
}
