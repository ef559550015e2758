//! The result files against those that were attested.

use std::collections::BTreeMap;

use super::Published;
use crate::attestation::{ResourceDescriptor, SubjectRole};
use crate::finding::{Code, Finding, Layer, Report};
use crate::model::Sha256Digest;

/// Checks every file that was attested or is there.
pub(super) fn check(
    subjects: &[ResourceDescriptor],
    published: &Published<'_>,
    report: &mut Report,
) {
    let mut attested: BTreeMap<&str, Option<Sha256Digest>> = BTreeMap::new();
    for subject in subjects {
        if subject.role() == Some(SubjectRole::Result) {
            let name = subject.name.as_deref().unwrap_or("_");
            attested.insert(name, subject.sha256());
        }
    }
    let Some(files) = published.files else {
        if !attested.is_empty() {
            let message = format!(
                "{} result files are attested, and none was named to be compared",
                attested.len()
            );
            let finding =
                Finding::new(Code::NotRecorded, message).hint("name them with `--results`");
            report.check(Layer::Results, "results", vec![finding]);
        }
        return;
    };
    for (name, expected) in &attested {
        let finding = match (files.get(*name), expected) {
            (Some(actual), Some(expected)) if actual == expected => None,
            (Some(actual), expected) => {
                let message = format!("`{name}` is not the file that was attested");
                let expected = expected.map_or_else(|| "none".to_owned(), |it| it.to_string());
                Some(Finding::new(Code::ResultAltered, message).compare(expected, actual))
            }
            (None, _) => {
                let message = format!("`{name}` was attested and is not there");
                Some(Finding::new(Code::ResultMissing, message))
            }
        };
        checked(report, name, finding);
    }
    for name in files
        .keys()
        .filter(|name| !attested.contains_key(name.as_str()))
    {
        let message = format!("`{name}` is there and was not attested");
        checked(report, name, Some(Finding::new(Code::ResultAdded, message)));
    }
}

fn checked(report: &mut Report, name: &str, finding: Option<Finding>) {
    let findings = finding.into_iter().collect();
    report.check(Layer::Results, format!("results/{name}"), findings);
}
