//! What a name means in a lock.

use std::collections::BTreeSet;

use pep440_rs::Version;
use pep508_rs::PackageName;

use super::chain::Node;
use super::origins::Origins;
use crate::model::{Dist, EntryRef, Kind};
use crate::registry::nearest;

impl<'a> Origins<'a> {
    /// Everything that a name means: a distribution with or without its version, the key of a
    /// package, a model (with or without its revision) or an image, the id of an entry, or the
    /// subject of a finding, which is one of these below its section.
    pub fn named(&self, name: &str) -> Vec<Node<'a>> {
        let everything = self.everything();
        let exact: Vec<_> = everything
            .iter()
            .filter(|node| node.to_string() == name)
            .cloned()
            .collect();
        if !exact.is_empty() {
            return exact;
        }
        let asked = AskedDist::parse(name);
        let means = |node: &&Node<'a>| match node {
            Node::Distribution(dist) => asked.as_ref().is_some_and(|asked| asked.is(dist)),
            Node::Package(key) | Node::Image(key) => *key == name,
            Node::Model(key) => {
                let bare = key.split_once('@').map(|(model, _)| model);
                *key == name || bare == Some(name)
            }
            // The experiment leads to all, and often has the name of one of its parts.
            Node::Entry(entry) => entry.id == name && entry.kind != Kind::Experiments,
        };
        let mut found: Vec<_> = everything.iter().filter(means).cloned().collect();
        self.drop_packages_of(&mut found);
        found
    }

    /// A package whose distribution is meant as well is on the chains that lead to that.
    fn drop_packages_of(&self, found: &mut Vec<Node<'a>>) {
        let dists: BTreeSet<_> = found
            .iter()
            .filter_map(|node| match node {
                Node::Distribution(dist) => Some(*dist),
                _ => None,
            })
            .collect();
        found.retain(|node| match node {
            Node::Package(key) => {
                let dist = self.lock.packages[*key].distribution.as_ref();
                dist.is_none_or(|dist| !dists.contains(dist))
            }
            _ => true,
        });
    }

    /// The name that was most probably meant by one that means nothing.
    pub fn nearest(&self, name: &str) -> Option<String> {
        let mut names = BTreeSet::new();
        for node in self.everything() {
            names.insert(node.to_string());
            match node {
                Node::Distribution(dist) => {
                    names.insert(dist.to_string());
                    names.insert(dist.name.to_string());
                }
                Node::Package(key) | Node::Model(key) | Node::Image(key) => {
                    names.insert(key.to_owned());
                }
                Node::Entry(entry) => {
                    names.insert(entry.id);
                }
            }
        }
        nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
    }

    /// The versions that are locked of the distribution that a name asks for, at whichever version.
    pub fn versions(&self, name: &str) -> Vec<&'a Dist> {
        let asked = AskedDist::parse(name);
        let there = self.distributions().into_iter();
        let of = |dist: &&Dist| asked.as_ref().is_some_and(|asked| asked.is_of(dist));
        there.filter(of).collect()
    }

    fn distributions(&self) -> BTreeSet<&'a Dist> {
        let lock = self.lock;
        let environments = lock.environments.values();
        let closures = environments.filter_map(|environment| environment.closure.as_ref());
        let held = closures.flat_map(|closure| closure.distributions.keys());
        let packages = lock.packages.values();
        let installed = packages.filter_map(|package| package.distribution.as_ref());
        held.chain(lock.distributions.keys())
            .chain(installed)
            .collect()
    }

    /// Everything that can be asked for, in order.
    fn everything(&self) -> BTreeSet<Node<'a>> {
        let lock = self.lock;
        let distributions = self.distributions().into_iter().map(Node::Distribution);
        let packages = lock.packages.keys().map(|key| Node::Package(key));
        let models = lock.models.keys().map(|key| Node::Model(key));
        let asked = lock.runs.values().map(|run| Node::Model(&run.model));
        let images = lock.images.keys().map(|key| Node::Image(key));
        let runs = lock.runs.keys().map(|id| EntryRef::new(Kind::Runs, id));
        let entries = lock.config.keys().cloned().chain(runs);
        let entries = entries.filter(|entry| entry.kind != Kind::Packages);
        distributions
            .chain(packages)
            .chain(models)
            .chain(asked)
            .chain(images)
            .chain(entries.map(Node::Entry))
            .collect()
    }
}

/// A distribution as a user names it: in any spelling, with or without a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedDist {
    name: PackageName,
    version: Option<Version>,
}

impl AskedDist {
    /// Reads `numpy`, `NumPy==1.26` and `distributions/numpy==1.26.0`; none where it is none of
    /// these.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("distributions/").unwrap_or(text);
        let (name, version) = match text.split_once("==") {
            Some((name, version)) => (name, Some(version.trim().parse().ok()?)),
            None => (text, None),
        };
        let name = PackageName::new(name.trim().to_owned()).ok()?;
        Some(Self { name, version })
    }

    /// Whether a distribution is meant, at whichever version.
    pub fn is_of(&self, dist: &Dist) -> bool {
        dist.name == self.name
    }

    /// Whether a distribution is meant.
    pub fn is(&self, dist: &Dist) -> bool {
        let version = self.version.as_ref();
        self.is_of(dist) && version.is_none_or(|it| dist.version.as_ref() == Some(it))
    }
}
