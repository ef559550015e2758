//! The JSON Schemas of what vhb reads, as files: of the entries of each kind, and of the lock.
//!
//! They say what they are by a name that is no address (`urn:vhb:schema:run`): nothing needs a
//! network to use them.

use serde_json::Value as Json;

use crate::model::Kind;
use crate::{lock, registry};

/// Draft-07, which the YAML language server of editors knows best.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// What there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Described {
    /// The entries of a kind.
    Entry(Kind),
    /// The lockfile.
    Lock,
}

impl Described {
    /// Everything that there is a schema of, in the order in which a project is written.
    pub const ALL: [Self; 9] = [
        Self::Entry(Kind::Packages),
        Self::Entry(Kind::Tasks),
        Self::Entry(Kind::Metrics),
        Self::Entry(Kind::Reports),
        Self::Entry(Kind::Datasets),
        Self::Entry(Kind::Runs),
        Self::Entry(Kind::Experiments),
        Self::Entry(Kind::Frameworks),
        Self::Lock,
    ];

    /// The word for it: `run`, `lock`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Entry(kind) => kind.noun(),
            Self::Lock => "lock",
        }
    }

    /// What its file is called: `run.schema.json`.
    pub fn file_name(self) -> String {
        format!("{}.schema.json", self.noun())
    }

    /// The line by which editors find the schema, where `schemas/` and `registries/` lie side by side.
    pub fn modeline(self) -> String {
        format!(
            "# yaml-language-server: $schema=../../schemas/{}\n",
            self.file_name()
        )
    }

    /// The schema.
    pub fn schema(self) -> Json {
        let mut schema = match self {
            Self::Entry(kind) => registry::schema(kind),
            Self::Lock => lock::schema(),
        };
        schema["$schema"] = DIALECT.into();
        schema["$id"] = format!("urn:vhb:schema:{}", self.noun()).into();
        schema["title"] = format!("vhb {}", self.noun()).into();
        schema
    }

    /// The bytes of its file.
    pub fn to_bytes(self) -> Vec<u8> {
        format!("{:#}\n", self.schema()).into_bytes()
    }
}
