//! What signed statements say of the lock, its SBOM and its pins.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{Published, part};
use crate::attestation::{
    CYCLONEDX_PREDICATE, PROVENANCE_PREDICATE, ResourceDescriptor, Statement, SubjectRole,
};
use crate::finding::{Code, Finding, Report};
use crate::lock::{GENERATOR, Lock};
use crate::model::Sha256Digest;

/// Checks the statements; gives the files that they are about, where there is any.
pub(super) fn check(
    lock: &Lock,
    published: &Published<'_>,
    statements: &[(usize, Statement)],
    report: &mut Report,
) -> Option<Vec<ResourceDescriptor>> {
    let mut subjects: Option<Vec<ResourceDescriptor>> = None;
    for (line, statement) in statements {
        let mut findings = Vec::new();
        let own = match statement.predicate_type() {
            CYCLONEDX_PREDICATE => {
                findings.extend(holds_sbom(*line, statement, published));
                true
            }
            PROVENANCE_PREDICATE => {
                findings.extend(holds_pins(*line, lock, statement, published));
                true
            }
            other => {
                let message = format!("line {line} states something that vhb does not know");
                let finding = Finding::new(Code::AttestationOtherPredicate, message);
                findings.push(finding.compare("an SBOM or provenance", other));
                false
            }
        };
        if own {
            findings.extend(is_about(*line, statement, published));
            let files = sorted(statement.subjects());
            match &subjects {
                Some(others) if *others != files => {
                    let message = format!("line {line} is about other files than those before");
                    findings.push(Finding::new(Code::AttestationSubjectsDisagree, message));
                }
                Some(_) => {}
                None => subjects = Some(files),
            }
        }
        part(report, format!("{line}/statement"), findings);
    }
    for (name, predicate_type) in REQUIRED {
        let mut types = statements.iter().map(|(_, it)| it.predicate_type());
        let missing = (!types.any(|there| there == predicate_type)).then(|| {
            let message = format!("there is no signed statement of `{predicate_type}`");
            Finding::new(Code::AttestationIncomplete, message)
        });
        part(report, name, missing.into_iter().collect());
    }
    subjects
}

/// What must be stated.
const REQUIRED: [(&str, &str); 2] = [
    ("sbom", CYCLONEDX_PREDICATE),
    ("provenance", PROVENANCE_PREDICATE),
];

/// Whether everything is stated that must be.
pub(super) fn are_complete<'s>(statements: impl Iterator<Item = &'s Statement>) -> bool {
    let stated: BTreeSet<_> = statements.map(Statement::predicate_type).collect();
    REQUIRED
        .iter()
        .all(|(_, required)| stated.contains(required))
}

/// The order of subjects says nothing.
fn sorted(subjects: &[ResourceDescriptor]) -> Vec<ResourceDescriptor> {
    let mut subjects = subjects.to_vec();
    subjects.sort_by(|a, b| (&a.name, &a.digest).cmp(&(&b.name, &b.digest)));
    subjects
}

/// The only subject of a role.
fn only(statement: &Statement, role: SubjectRole) -> Option<&ResourceDescriptor> {
    let mut of_role = statement
        .subjects()
        .iter()
        .filter(|it| it.role() == Some(role));
    of_role.next().filter(|_| of_role.next().is_none())
}

/// Whether a statement is about this lock and its SBOM.
fn is_about(line: usize, statement: &Statement, published: &Published<'_>) -> Vec<Finding> {
    let files = [
        (
            SubjectRole::Lock,
            Code::AttestationOtherLock,
            "lock",
            Some(published.lock_bytes),
        ),
        (
            SubjectRole::Sbom,
            Code::AttestationOtherSbom,
            "SBOM",
            published.sbom,
        ),
    ];
    let mut findings = Vec::new();
    for (role, code, name, bytes) in files {
        let Some(bytes) = bytes else { continue };
        let expected = Sha256Digest::of(bytes);
        let stated = only(statement, role).and_then(ResourceDescriptor::sha256);
        if stated != Some(expected) {
            let message = format!("line {line} is about another {name}, or about none");
            let stated = stated.map_or_else(|| "none".to_owned(), |digest| digest.to_string());
            findings.push(Finding::new(code, message).compare(expected, stated));
        }
    }
    findings
}

fn holds_sbom(line: usize, statement: &Statement, published: &Published<'_>) -> Option<Finding> {
    let Some(sbom) = published.sbom else {
        let message = "the SBOM is not there, so the signed one cannot be compared with it";
        return Some(Finding::new(Code::SbomMissing, message));
    };
    let sbom = serde_json::from_slice::<Json>(sbom);
    let same = sbom.is_ok_and(|sbom| sbom == *statement.predicate());
    (!same).then(|| {
        let message = format!("the SBOM that line {line} holds is not that of the lock");
        Finding::new(Code::AttestationOtherSbom, message)
    })
}

/// Holds the provenance against the one that the lock gives, byte for byte where the same version
/// of vhb wrote it: another one may have laid it out otherwise.
fn holds_pins(
    line: usize,
    lock: &Lock,
    statement: &Statement,
    published: &Published<'_>,
) -> Option<Finding> {
    let predicate = statement.predicate();
    let text = |pointer: &str| predicate.pointer(pointer).and_then(Json::as_str);
    let builder = "/runDetails/builder";
    let version = text(&format!("{builder}/version/vhb"));
    if version.map(|version| format!("vhb {version}")).as_deref() != Some(GENERATOR) {
        let message = format!("line {line} was written by another version of vhb");
        let actual = version.unwrap_or("none");
        let finding = Finding::new(Code::AttestationProvenanceUnread, message);
        return Some(finding.compare(GENERATOR, actual));
    }
    let lock_name = only(statement, SubjectRole::Lock)?.name.as_deref()?;
    let builder_id = text(&format!("{builder}/id")).unwrap_or_default();
    let expected = (published.make_provenance)(lock, lock_name, builder_id);
    let (at, expected, actual) = first_difference(&expected, predicate)?;
    let message = format!("the provenance that line {line} holds is not that of the lock: `{at}`");
    let finding = Finding::new(Code::AttestationProvenanceDiffers, message);
    Some(finding.compare(expected, actual))
}

/// Where two values differ first, and what they have there.
fn first_difference(expected: &Json, actual: &Json) -> Option<(String, String, String)> {
    let mut at = String::new();
    let (mut expected, mut actual) = (expected, actual);
    if expected == actual {
        return None;
    }
    let none = &Json::Null;
    loop {
        let next = match (expected, actual) {
            (Json::Object(a), Json::Object(b)) => {
                let mut keys = a.keys().chain(b.keys());
                let key = keys.find(|key| a.get(*key) != b.get(*key));
                key.map(|key| {
                    let pair = (a.get(key).unwrap_or(none), b.get(key).unwrap_or(none));
                    (key.clone(), pair)
                })
            }
            (Json::Array(a), Json::Array(b)) => {
                let mut indexes = 0..a.len().max(b.len());
                let index = indexes.find(|index| a.get(*index) != b.get(*index));
                index.map(|index| {
                    let pair = (a.get(index).unwrap_or(none), b.get(index).unwrap_or(none));
                    (index.to_string(), pair)
                })
            }
            _ => None,
        };
        let Some((step, pair)) = next else {
            return Some((at, shown(expected), shown(actual)));
        };
        at = format!("{at}/{step}");
        (expected, actual) = pair;
    }
}

/// A value as a message may hold it: what is long is cut.
fn shown(value: &Json) -> String {
    const LONGEST: usize = 200;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_difference_is_found_however_deep() {
        let expected = json!({"a": {"b": [1, {"c": "x"}]}, "d": 1});
        assert_eq!(first_difference(&expected, &expected), None);
        for (actual, at, values) in [
            (
                json!({"a": {"b": [1, {"c": "y"}]}, "d": 1}),
                "/a/b/1/c",
                ("\"x\"", "\"y\""),
            ),
            (
                json!({"a": {"b": [1]}, "d": 1}),
                "/a/b/1",
                ("{\"c\":\"x\"}", "null"),
            ),
            (json!({"a": {"b": [1, {"c": "x"}]}}), "/d", ("1", "null")),
            (
                json!([]),
                "",
                ("{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"d\":1}", "[]"),
            ),
        ] {
            let (found, expected, actual) = first_difference(&expected, &actual).unwrap();
            assert_eq!((&*found, (&*expected, &*actual)), (at, values));
        }
    }
}
