//! A release of an index: are all its files still there, with the same bytes?

use std::collections::BTreeMap;

use crate::finding::{Code, Finding};
use crate::lock::Distribution;
use crate::model::{Dist, IndexUrl, Instant, Sha256Digest};
use crate::remote::{IndexFile, Ports};

pub(super) fn ask(
    index: Option<&IndexUrl>,
    dist: &Dist,
    release: &Distribution,
    exclude_newer: Option<Instant>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let page = match ports.index.project(index, &dist.name) {
        Ok(page) => page,
        Err(error) => return vec![error.finding(Code::PypiProjectRemoved)],
    };
    let now: BTreeMap<&str, &IndexFile> = page
        .files
        .iter()
        .filter(|file| Some(&file.version) == dist.version.as_ref())
        .map(|file| (file.filename.as_str(), file))
        .collect();
    if now.is_empty() {
        let message = format!("`{dist}` is no longer on the index");
        return vec![Finding::new(Code::PypiReleaseRemoved, message)];
    }
    let mut findings = Vec::new();
    for (filename, digest) in &release.files {
        let finding = match now.get(filename.as_str()) {
            Some(file) => changed(index, file, *digest, ports),
            None => {
                let message = format!("`{filename}` is no longer on the index");
                Some(Finding::new(Code::PypiFileRemoved, message))
            }
        };
        findings.extend(finding);
    }
    // What the lock's own limit keeps out is no news.
    let admitted = |file: &IndexFile| match (exclude_newer, file.uploaded) {
        (Some(limit), Some(uploaded)) => uploaded < limit,
        _ => true,
    };
    let new: Vec<_> = now
        .values()
        .filter(|file| !release.files.contains_key(&file.filename) && admitted(file))
        .map(|file| format!("`{}`", file.filename))
        .collect();
    if !new.is_empty() {
        let message = format!("`{dist}` has new files: {}", new.join(", "));
        findings.push(Finding::new(Code::PypiNewFiles, message));
    }
    findings.extend(newly_yanked(&now, release, &dist.to_string()));
    findings
}

fn changed(
    index: Option<&IndexUrl>,
    file: &IndexFile,
    locked: Sha256Digest,
    ports: Ports<'_>,
) -> Option<Finding> {
    let digest = match file.sha256 {
        Some(digest) => digest,
        // An index without digests is only as good as the bytes it serves.
        None => match ports.index.digest(index, file) {
            Ok(digest) => digest,
            Err(error) => return Some(error.finding(Code::PypiFileRemoved)),
        },
    };
    (digest != locked).then(|| {
        let message = format!(
            "`{}` has another SHA-256 under the same name",
            file.filename
        );
        let finding = Finding::new(Code::PypiHashChanged, message);
        finding.compare(locked, digest)
    })
}

fn newly_yanked(
    now: &BTreeMap<&str, &IndexFile>,
    release: &Distribution,
    dist: &str,
) -> Option<Finding> {
    let locked: Vec<_> = now
        .values()
        .filter(|file| release.files.contains_key(&file.filename))
        .collect();
    let all = !locked.is_empty() && locked.iter().all(|file| file.yanked.is_some());
    if !all || release.yanked.is_some() {
        return None;
    }
    let reason = locked
        .iter()
        .filter_map(|file| file.yanked.as_deref())
        .find(|reason| !reason.is_empty())
        .unwrap_or("no reason is given");
    let message = format!("`{dist}` was yanked since it was locked: {reason}");
    Some(Finding::new(Code::PypiYanked, message))
}
