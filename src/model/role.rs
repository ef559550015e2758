//! What the files of a model are for, so that a difference can be told in the field's words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FilePin, FilePins, Sha256Digest, files_digest};

/// What a file of a model is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// How a conversation becomes one text.
    ChatTemplate,
    /// Python that `trust_remote_code` runs.
    Code,
    /// The architecture and the defaults of generation.
    Config,
    /// What nothing reads to answer: cards, licences, pictures.
    Other,
    /// How images, sound and video become tensors.
    Processor,
    /// How text becomes tokens.
    Tokenizer,
    /// The parameters.
    Weights,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChatTemplate => "chat template",
            Self::Code => "code",
            Self::Config => "config",
            Self::Other => "other",
            Self::Processor => "processor",
            Self::Tokenizer => "tokenizer",
            Self::Weights => "weights",
        })
    }
}

impl Role {
    /// The role of a file, by the names that the libraries of the field give their files.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        match name {
            "tokenizer.json"
            | "tokenizer_config.json"
            | "special_tokens_map.json"
            | "added_tokens.json"
            | "vocab.json"
            | "vocab.txt"
            | "merges.txt"
            | "spiece.model"
            | "tokenizer.model"
            | "tekken.json"
            | "sentencepiece.bpe.model" => Self::Tokenizer,
            "preprocessor_config.json"
            | "processor_config.json"
            | "video_preprocessor_config.json"
            | "image_processor_config.json"
            | "feature_extractor_config.json" => Self::Processor,
            _ if stem.starts_with("chat_template") || path.starts_with("chat_templates/") => {
                Self::ChatTemplate
            }
            _ if stem.starts_with("tokenizer") || matches!(extension, "tiktoken") => {
                Self::Tokenizer
            }
            _ => match extension {
                "safetensors" | "bin" | "pt" | "pth" | "ckpt" | "gguf" | "ggml" | "onnx"
                | "onnx_data" | "h5" | "msgpack" | "npz" | "npy" | "pdparams" | "mlmodel" => {
                    Self::Weights
                }
                // The index of sharded weights says which tensor lies where.
                "json" if name.contains(".safetensors") || name.contains(".bin.index") => {
                    Self::Weights
                }
                "py" | "so" | "cu" | "cpp" | "c" | "h" => Self::Code,
                "json" | "yaml" | "yml" | "toml" | "ini" => Self::Config,
                _ => Self::Other,
            },
        }
    }
}

/// The digest of the files of each role that has any.
pub fn role_digests(files: &FilePins) -> BTreeMap<Role, Sha256Digest> {
    let roles: BTreeSet<_> = files.keys().map(|path| Role::of(path)).collect();
    let digest = |role: &Role| {
        let of_role = |(path, _): &(&String, &FilePin)| Role::of(path) == *role;
        files_digest(files.iter().filter(of_role))
    };
    roles
        .into_iter()
        .map(|role| (role, digest(&role)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FileDigest;

    #[test]
    fn files_have_the_roles_that_the_field_gives_them() {
        for (path, role) in [
            ("model-00001-of-00002.safetensors", Role::Weights),
            ("model.safetensors.index.json", Role::Weights),
            ("pytorch_model.bin.index.json", Role::Weights),
            ("pytorch_model.bin", Role::Weights),
            ("tokenizer.json", Role::Tokenizer),
            ("tokenizer.model", Role::Tokenizer),
            ("qwen.tiktoken", Role::Tokenizer),
            ("tokenizer_config.json", Role::Tokenizer),
            ("chat_template.json", Role::ChatTemplate),
            ("chat_template.jinja", Role::ChatTemplate),
            ("preprocessor_config.json", Role::Processor),
            ("config.json", Role::Config),
            ("generation_config.json", Role::Config),
            ("modeling_x.py", Role::Code),
            ("README.md", Role::Other),
            (".gitattributes", Role::Other),
        ] {
            assert_eq!(Role::of(path), role, "{path}");
        }
    }

    #[test]
    fn a_role_changes_with_its_files_and_their_names_alone() {
        let pin = |text: &str| FilePin {
            size: text.len() as u64,
            digest: FileDigest::Sha256(Sha256Digest::of(text.as_bytes())),
        };
        let files = |list: &[(&str, &str)]| -> FilePins {
            let files = list.iter();
            files
                .map(|(path, text)| ((*path).to_owned(), pin(text)))
                .collect()
        };
        let before = role_digests(&files(&[("config.json", "1"), ("merges.txt", "1")]));
        let changed = role_digests(&files(&[("config.json", "1"), ("merges.txt", "2")]));
        let renamed = role_digests(&files(&[("config.json", "1"), ("vocab.txt", "1")]));
        for after in [changed, renamed] {
            assert_eq!(before[&Role::Config], after[&Role::Config]);
            assert_ne!(before[&Role::Tokenizer], after[&Role::Tokenizer]);
        }
    }
}
