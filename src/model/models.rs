//! Models, as asked for and as pinned, and the repositories and directories that hold them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::{
    FilePins, GitOid, GitRefName, HubId, HubKind, HubRepo, Instant, Role, Sha256Digest, keyed,
    unique_keys,
};

/// A repository of the Hub, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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

    /// What a file below `path` is called in the repository; the inverse of [`HubSource::below`].
    pub fn above(&self, file: &str) -> String {
        match &self.path {
            Some(path) if path.rsplit('/').next() == Some(file) => path.clone(),
            Some(path) => format!("{path}/{file}"),
            None => file.to_owned(),
        }
    }

    /// The repository that is asked for.
    pub fn repo(&self, kind: HubKind) -> HubRepo {
        let id = self.repo.clone();
        HubRepo { kind, id }
    }
}

/// Where a model comes from, as the run says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ModelSource {
    /// A repository of the Hugging Face Hub.
    Huggingface(HubSource),
    /// A directory of this machine.
    Local(LocalFiles),
}

/// Files of this machine, as they are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ModelPin {
    /// A commit of a repository of the Hub.
    Huggingface(HubModelPin),
    /// The content of a directory.
    Local(LocalModelPin),
}

/// A commit of a model's repository on the Hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    #[schemars(schema_with = "keyed::<Role, Sha256Digest>")]
    pub roles: BTreeMap<Role, Sha256Digest>,
    /// Every file.
    #[serde(deserialize_with = "unique_keys")]
    pub files: FilePins,
}

/// The content of a model's directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalModelPin {
    /// Relative to the directory that holds `registries/`.
    pub path: String,
    /// The digest of the directory's Manifest.
    pub content: Sha256Digest,
    /// Repositories of the Hub whose Python its configuration names (`auto_map`).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub remote_code: BTreeSet<HubId>,
    /// The digest of the files of each role.
    #[schemars(schema_with = "keyed::<Role, Sha256Digest>")]
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

    /// The repositories whose Python its configuration names.
    pub fn remote_code(&self) -> &BTreeSet<HubId> {
        match self {
            Self::Huggingface(pin) => &pin.remote_code,
            Self::Local(pin) => &pin.remote_code,
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
}
