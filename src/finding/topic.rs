//! What findings are about: the headings under which their codes are listed.

use super::Code;

/// What findings are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the titles say it")]
pub enum Topic {
    Registries,
    Pinning,
    Resolving,
    Asking,
    Lock,
    Config,
    Git,
    Releases,
    Models,
    Datasets,
    Images,
    Local,
    Installed,
    Reruns,
    Results,
    Attached,
    Merging,
}

impl Topic {
    /// Every topic, in the order in which an experiment comes upon them.
    pub const ALL: [Self; 17] = [
        Self::Registries,
        Self::Pinning,
        Self::Resolving,
        Self::Asking,
        Self::Lock,
        Self::Config,
        Self::Git,
        Self::Releases,
        Self::Models,
        Self::Datasets,
        Self::Images,
        Self::Local,
        Self::Installed,
        Self::Reruns,
        Self::Results,
        Self::Attached,
        Self::Merging,
    ];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Registries => "The registries",
            Self::Pinning => "What was asked for, when it is pinned",
            Self::Resolving => "Environments, when they are resolved",
            Self::Asking => "Servers and programs that give no answer",
            Self::Lock => "The lock and its SBOM",
            Self::Config => "The registries against the lock",
            Self::Git => "Git repositories",
            Self::Releases => "Releases of package indexes",
            Self::Models => "Models",
            Self::Datasets => "Datasets",
            Self::Images => "Container images",
            Self::Local => "Directories of this machine",
            Self::Installed => "Installed environments",
            Self::Reruns => "Recorded reruns",
            Self::Results => "Results and attestations",
            Self::Attached => "What is attached to images",
            Self::Merging => "Merging locks",
        }
    }

    /// The codes of this topic, in the order of their table.
    pub fn codes(self) -> impl Iterator<Item = Code> {
        let codes = Code::ALL.iter().copied();
        codes.filter(move |code| code.topic() == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_under_one_heading() {
        let listed = Topic::ALL.into_iter().flat_map(Topic::codes);
        let mut listed: Vec<_> = listed.collect();
        assert!(
            Topic::ALL
                .iter()
                .all(|topic| topic.codes().next().is_some())
        );
        listed.sort();
        let mut all = Code::ALL.to_vec();
        all.sort();
        assert_eq!(listed, all);
    }
}
