//! The releases that the packages of one lock are pinned to, each once.
//!
//! Two packages may be pinned to one release (with other extras, or one of them newly). A lock
//! knows a release by its name and version alone, so two indexes that have different files under
//! one name and version cannot stand in one lock.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding};
use crate::lock::Distribution;
use crate::model::{Dist, IndexUrl};

#[derive(Default)]
pub(super) struct Releases {
    by_dist: BTreeMap<Dist, (Option<IndexUrl>, Distribution)>,
}

impl Releases {
    /// Adds what a package is pinned to, or says why it cannot stand beside the others.
    pub(super) fn add(
        &mut self,
        dist: Dist,
        index: Option<IndexUrl>,
        release: Distribution,
    ) -> Option<Finding> {
        let Some((known_index, known)) = self.by_dist.get_mut(&dist) else {
            self.by_dist.insert(dist, (index, release));
            return None;
        };
        if *known == release {
            return None;
        }
        let changed = release
            .files
            .iter()
            .any(|(name, digest)| known.files.get(name).is_some_and(|there| there != digest));
        if changed || *known_index != index {
            let message = format!("another package is pinned to other files of `{dist}`");
            return Some(Finding::new(Code::DistributionConflict, message));
        }
        // One index, asked at two times: a release may gain files.
        known.files.extend(release.files);
        known.uploaded = known.uploaded.max(release.uploaded);
        known.yanked = release.yanked.or_else(|| known.yanked.take());
        None
    }

    pub(super) fn into_distributions(self) -> BTreeMap<Dist, Distribution> {
        self.by_dist
            .into_iter()
            .map(|(dist, (_, release))| (dist, release))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sha256Digest;

    fn release(files: &[(&str, &str)]) -> Distribution {
        Distribution {
            files: files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), Sha256Digest::of(text.as_bytes())))
                .collect(),
            uploaded: None,
            yanked: None,
            metadata: None,
            variants: BTreeMap::new(),
        }
    }

    #[test]
    fn releases_join_where_they_agree_and_conflict_where_not() {
        let dist: Dist = "demo==1.0".parse().unwrap();
        let other: IndexUrl = "https://index.example/simple".parse().unwrap();
        let mut releases = Releases::default();
        let mut add = |index: Option<&IndexUrl>, files: &[(&str, &str)]| {
            let conflict = releases.add(dist.clone(), index.cloned(), release(files));
            conflict.map(|finding| finding.code)
        };
        assert_eq!(add(None, &[("a", "1")]), None);
        assert_eq!(add(None, &[("a", "1"), ("b", "1")]), None);
        assert_eq!(add(Some(&other), &[("a", "1"), ("b", "1")]), None);
        let conflict = Some(Code::DistributionConflict);
        assert_eq!(add(None, &[("a", "2")]), conflict);
        assert_eq!(add(Some(&other), &[("a", "1")]), conflict);
        assert_eq!(releases.into_distributions()[&dist].files.len(), 2);
    }
}
