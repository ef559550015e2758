//! in-toto Statements v1: what is stated, and of which files.
//!
//! Fields that the standard does not have are left alone when reading, as it asks.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::model::Sha256Digest;

/// The type of all Statements v1.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The predicate is a CycloneDX SBOM.
pub const CYCLONEDX_PREDICATE: &str = "https://cyclonedx.org/bom";
/// The predicate is SLSA provenance v1.
pub const PROVENANCE_PREDICATE: &str = "https://slsa.dev/provenance/v1";
/// The annotation of a subject that holds its role.
const ROLE: &str = "role";

/// What is stated of some files.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    subjects: Vec<ResourceDescriptor>,
    predicate_type: String,
    predicate: Json,
}

/// A file or another thing by its digests (in-toto `ResourceDescriptor` v1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceDescriptor {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is, or a package URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Hexadecimal digits by algorithm (in-toto `DigestSet` v1).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<String, String>,
    /// The type of its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What else is said of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, Json>,
}

/// What something that is perhaps a statement says that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claimed {
    /// What is stated.
    #[serde(default)]
    pub predicate_type: String,
    /// Of which files.
    #[serde(rename = "subject")]
    pub subjects: Vec<ResourceDescriptor>,
}

/// What a subject is to the experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectRole {
    /// A file that the experiment gave.
    Result,
    /// The lock that it ran by.
    Lock,
    /// The SBOM of that lock.
    Sbom,
}

impl SubjectRole {
    const ALL: [Self; 3] = [Self::Result, Self::Lock, Self::Sbom];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Lock => "lock",
            Self::Sbom => "sbom",
        }
    }
}

impl ResourceDescriptor {
    /// A file that something is stated of.
    pub fn subject(name: String, role: SubjectRole, digest: Sha256Digest) -> Self {
        Self {
            name: Some(name),
            digest: [("sha256".to_owned(), digest.hex())].into(),
            annotations: [(ROLE.to_owned(), role.as_str().into())].into(),
            ..Self::default()
        }
    }

    /// What the subject is to the experiment, where it says so.
    pub fn role(&self) -> Option<SubjectRole> {
        let stated = self.annotations.get(ROLE)?.as_str()?;
        let mut roles = SubjectRole::ALL.into_iter();
        roles.find(|role| role.as_str() == stated)
    }

    /// The SHA-256 of its bytes, where it has one.
    pub fn sha256(&self) -> Option<Sha256Digest> {
        Sha256Digest::from_hex(self.digest.get("sha256")?).ok()
    }
}

/// Why a payload is no Statement v1. Messages hold nothing of the payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not JSON, or not of this form.
    #[error("it is not JSON of an in-toto Statement")]
    Form,
    /// Another version, or something else.
    #[error("its `_type` is not `{STATEMENT}`")]
    Type,
    /// Statements are of something.
    #[error("it has no subject")]
    NoSubject,
    /// Subjects are immutable things.
    #[error("a subject has no digest")]
    NoDigest,
    /// Subjects are told apart by their names.
    #[error("two subjects have one name")]
    SameName,
}

/// As the standard has it.
#[derive(Serialize, Deserialize)]
struct StatementWire {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<ResourceDescriptor>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    #[serde(default)]
    predicate: Json,
}

impl TryFrom<StatementWire> for Statement {
    type Error = StatementError;

    fn try_from(wire: StatementWire) -> Result<Self, StatementError> {
        if wire.kind != STATEMENT {
            return Err(StatementError::Type);
        }
        if wire.subject.is_empty() {
            return Err(StatementError::NoSubject);
        }
        if wire.subject.iter().any(|subject| subject.digest.is_empty()) {
            return Err(StatementError::NoDigest);
        }
        let names = wire.subject.iter().filter_map(|it| it.name.as_deref());
        let mut seen = BTreeSet::new();
        // The standard's name for what has no name.
        if !names
            .filter(|name| *name != "_")
            .all(|name| seen.insert(name))
        {
            return Err(StatementError::SameName);
        }
        Ok(Self {
            subjects: wire.subject,
            predicate_type: wire.predicate_type,
            predicate: wire.predicate,
        })
    }
}

impl Statement {
    /// States something of some files.
    pub fn new(
        subjects: Vec<ResourceDescriptor>,
        predicate_type: &str,
        predicate: Json,
    ) -> Result<Self, StatementError> {
        StatementWire {
            kind: STATEMENT.to_owned(),
            subject: subjects,
            predicate_type: predicate_type.to_owned(),
            predicate,
        }
        .try_into()
    }

    /// Reads the payload of an envelope.
    pub fn from_json(payload: &[u8]) -> Result<Self, StatementError> {
        let wire = serde_json::from_slice::<StatementWire>(payload);
        wire.map_err(|_| StatementError::Form)?.try_into()
    }

    /// The payload of an envelope: JSON without white space, the keys of maps sorted.
    pub fn to_json(&self) -> Vec<u8> {
        let wire = StatementWire {
            kind: STATEMENT.to_owned(),
            subject: self.subjects.clone(),
            predicate_type: self.predicate_type.clone(),
            predicate: self.predicate.clone(),
        };
        serde_json::to_vec(&wire).expect("texts and JSON are JSON")
    }

    /// The files.
    pub fn subjects(&self) -> &[ResourceDescriptor] {
        &self.subjects
    }

    /// What kind of thing is stated.
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// What is stated.
    pub fn predicate(&self) -> &Json {
        &self.predicate
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn subject(name: &str) -> ResourceDescriptor {
        let digest = Sha256Digest::of(name.as_bytes());
        ResourceDescriptor::subject(name.to_owned(), SubjectRole::Result, digest)
    }

    #[test]
    fn statements_round_trip_and_keep_their_form() {
        let subjects = vec![subject("a")];
        let statement = Statement::new(subjects, "urn:x", json!({"b": 1, "a": [2.5]})).unwrap();
        let digest = Sha256Digest::of(b"a").hex();
        let expected = format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"a","digest":{{"sha256":"{digest}"}},"annotations":{{"role":"result"}}}}],"predicateType":"urn:x","predicate":{{"a":[2.5],"b":1}}}}"#
        );
        assert_eq!(String::from_utf8(statement.to_json()).unwrap(), expected);
        assert_eq!(
            Statement::from_json(expected.as_bytes()).unwrap(),
            statement
        );
        let [it] = statement.subjects() else { panic!() };
        assert_eq!(it.role(), Some(SubjectRole::Result));
        assert_eq!(it.sha256(), Some(Sha256Digest::of(b"a")));
    }

    #[test]
    fn what_is_no_statement_is_told_apart() {
        let good = json!({
            "_type": STATEMENT,
            "subject": [{"name": "a", "digest": {"sha256": "00"}, "more": 1}],
            "predicateType": "urn:x",
            "predicate": {},
            "more": 1,
        });
        let read = |pointer: &str, value: Json| {
            let mut changed = good.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            Statement::from_json(changed.to_string().as_bytes()).err()
        };
        assert_eq!(read("/more", json!(2)), None);
        let old = json!("https://in-toto.io/Statement/v0.1");
        assert_eq!(read("/_type", old), Some(StatementError::Type));
        assert_eq!(read("/subject", json!([])), Some(StatementError::NoSubject));
        assert_eq!(read("/subject", json!({})), Some(StatementError::Form));
        assert_eq!(
            read("/subject/0/digest", json!({})),
            Some(StatementError::NoDigest)
        );
        let twice = json!([good["subject"][0], good["subject"][0]]);
        assert_eq!(read("/subject", twice), Some(StatementError::SameName));
        assert_eq!(Statement::from_json(b"\xff"), Err(StatementError::Form));
    }
}
