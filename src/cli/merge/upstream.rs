//! Whether the places of what one side alone brings still give it.

use std::collections::BTreeMap;

use super::super::args::MergeArgs;
use super::lists;
use super::place::Place;
use crate::bom;
use crate::finding::{Code, Finding, Severity, Verdict};
use crate::lock::Lock;
use crate::merge::{self, Sides};
use crate::registry::Registry;
use crate::remote::Ports;
use crate::verify::{self, Evidence};

/// Whether what one side alone brings is still what it was where it came from.
pub(super) fn changed(
    lock: &Lock,
    sides: Sides<'_>,
    place: &Place,
    args: &MergeArgs,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let subjects = merge::brought_by_one(lock, sides);
    if subjects.is_empty() {
        return Vec::new();
    }
    if args.network.offline {
        let (count, plural) = (subjects.len(), if subjects.len() == 1 { "" } else { "s" });
        let message = format!(
            "offline: whether {count} pin{plural} that one side brings still mean the same was not \
             asked"
        );
        return vec![Finding::new(Code::MergeUnasked, message)];
    }
    let registry = Registry::from_values(&lock.config);
    let evidence = Evidence {
        lock_bytes: &lock.to_bytes(),
        sbom: None,
        make_sbom: &bom::to_bytes,
        registry: Ok(&registry),
        root: None,
        manifest: &|digest| lists::manifest(place, digest),
        tokens: &|digest| lists::tokens(place, digest),
        models: &|_, _| Vec::new(),
        data: None,
        rehash: false,
        layers: &[],
    };
    let mut findings = verify::upstream_of(lock, &subjects, &evidence, ports).findings;
    findings.retain(|finding| {
        finding.severity > Severity::Info || finding.verdict == Some(Verdict::Unverifiable)
    });
    gathered(findings)
}

/// What could not be asked for one and the same reason, as one finding: an index that does not
/// answer is no news for each of a hundred releases.
fn gathered(findings: Vec<Finding>) -> Vec<Finding> {
    let unasked = |finding: &Finding| finding.verdict == Some(Verdict::Unverifiable);
    let (unasked, mut others): (Vec<_>, Vec<_>) = findings.into_iter().partition(unasked);
    let mut by_code: BTreeMap<Code, Vec<Finding>> = BTreeMap::new();
    for finding in unasked {
        by_code.entry(finding.code).or_default().push(finding);
    }
    for (_, findings) in by_code {
        let more = findings.len() - 1;
        let first = findings.into_iter().next();
        others.extend(first.map(|mut first| {
            if more > 0 {
                first.message = format!("{}; and {more} more like this", first.message);
            }
            first
        }));
    }
    others
}
