//! Who names each package, for those who want to know it of all of them.

use std::collections::BTreeMap;

use super::chain::Chain;
use super::origins::Origins;

impl<'a> Origins<'a> {
    /// The chains that lead to each package, the shortest first: what
    /// [`answer`](Self::answer) says of each, worked out once for all.
    pub fn of_packages(&self) -> BTreeMap<&'a str, Vec<Chain<'a>>> {
        let mut packages: BTreeMap<&str, Vec<Chain<'_>>> = BTreeMap::new();
        for ((package, steps), users) in self.heads() {
            packages.entry(package).or_default().push(Chain {
                runs: users.values().flatten().copied().collect(),
                environments: users.into_keys().collect(),
                steps,
            });
        }
        for chains in packages.values_mut() {
            chains.sort_by_key(|chain| chain.steps.len());
        }
        packages
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Chains, Node};
    use super::*;
    use crate::lock::Lock;

    #[test]
    fn all_at_once_is_the_same_as_one_by_one() {
        let lock = include_bytes!("../../locks/receipts.lock.json");
        let lock = Lock::from_bytes(lock).unwrap();
        let origins = Origins::of(&lock).unwrap();
        let packages = origins.of_packages();
        assert_eq!(packages.len(), lock.packages.len());
        for (key, chains) in packages {
            let answer = origins.answer(&Node::Package(key), Chains::Shortest);
            assert_eq!(answer.chains, chains, "{key}");
        }
    }
}
