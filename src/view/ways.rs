//! Ways through the graph of an environment, down to one distribution.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::lock::Graph;
use crate::model::Dist;

/// No more ways than this are looked for; the shortest come first.
pub const MOST_WAYS: usize = 1_000;
/// Nor are more distributions looked at than this: in a tangle, most ways lead back into it.
const MOST_VISITS: usize = 200_000;

/// A way: from a root to the distribution, both included.
pub(super) type Way<'a> = Vec<&'a Dist>;

/// How far each distribution of a graph is from one of them.
pub(super) struct Ways<'a> {
    graph: Graph<'a>,
    distance: BTreeMap<&'a Dist, usize>,
}

impl<'a> Ways<'a> {
    pub(super) fn to(graph: Graph<'a>, target: &'a Dist) -> Self {
        let mut users: BTreeMap<&Dist, Vec<&'a Dist>> = BTreeMap::new();
        for (user, required) in &graph.edges {
            for dist in required.keys() {
                users.entry(dist).or_default().push(user);
            }
        }
        let mut distance = BTreeMap::from([(target, 0)]);
        let mut ahead = VecDeque::from([target]);
        while let Some(dist) = ahead.pop_front() {
            let next = distance[dist] + 1;
            for user in users.get(dist).into_iter().flatten() {
                distance.entry(*user).or_insert_with(|| {
                    ahead.push_back(user);
                    next
                });
            }
        }
        Self { graph, distance }
    }

    pub(super) fn graph(&self) -> &Graph<'a> {
        &self.graph
    }

    /// The shortest way from a distribution; of several the first by name.
    pub(super) fn shortest(&self, from: &'a Dist) -> Option<Way<'a>> {
        let mut left = *self.distance.get(from)?;
        let mut way = vec![from];
        let mut at = from;
        while left > 0 {
            left -= 1;
            let nearer = |dist: &&&Dist| self.distance.get(**dist) == Some(&left);
            at = self.graph.edges.get(at)?.keys().find(nearer)?;
            way.push(at);
        }
        Some(way)
    }

    /// What can be required next on the way to the distribution.
    fn onward(&self, from: &'a Dist) -> impl Iterator<Item = &'a Dist> {
        let required = self.graph.edges.get(from).into_iter();
        let required = required.flat_map(|required| required.keys().copied());
        required.filter(|dist| self.distance.contains_key(*dist))
    }
}

/// Every way that comes to nothing twice, the shortest first, as far as the bounds allow.
pub(super) struct Search<'w, 'a> {
    /// The ways that were found, each with the number of its graph.
    pub(super) found: Vec<(usize, Way<'a>)>,
    /// Whether there are no others.
    pub(super) complete: bool,
    graphs: &'w [Ways<'a>],
    visits: usize,
    /// The least length of a way that was too long to be followed.
    longer: Option<usize>,
}

impl<'w, 'a> Search<'w, 'a> {
    /// Goes from all roots of all graphs at once, so that a bound leaves out the longest ways and
    /// not the last environments.
    pub(super) fn through(graphs: &'w [Ways<'a>]) -> Self {
        let mut search = Self {
            found: Vec::new(),
            complete: true,
            graphs,
            visits: 0,
            longer: Some(0),
        };
        while let Some(length) = search.longer.take() {
            for (at, ways) in graphs.iter().enumerate() {
                let roots: BTreeSet<_> = ways.graph.roots.values().copied().collect();
                for root in roots {
                    search.of_length(at, root, length);
                    if !search.complete {
                        return search;
                    }
                }
            }
        }
        search
    }

    /// Adds the ways of one length from a root.
    fn of_length(&mut self, at: usize, root: &'a Dist, length: usize) {
        let ways = &self.graphs[at];
        let mut way = Vec::new();
        let mut on_it = BTreeSet::new();
        // For each distribution on the way, what is still to be tried after it.
        let mut ahead: Vec<Vec<&'a Dist>> = vec![vec![root]];
        while let Some(choices) = ahead.last_mut() {
            let Some(dist) = choices.pop() else {
                ahead.pop();
                if let Some(left) = way.pop() {
                    on_it.remove(left);
                }
                continue;
            };
            let Some(distance) = ways.distance.get(dist) else {
                continue;
            };
            let needed = way.len() + distance;
            if needed > length {
                self.longer = Some(self.longer.map_or(needed, |least| least.min(needed)));
                continue;
            }
            self.visits += 1;
            let whole = *distance == 0 && way.len() == length;
            if self.visits > MOST_VISITS || (whole && self.found.len() == MOST_WAYS) {
                self.complete = false;
                return;
            }
            if *distance == 0 {
                if whole {
                    let whole = way.iter().copied().chain([dist]).collect();
                    self.found.push((at, whole));
                }
                continue;
            }
            on_it.insert(dist);
            way.push(dist);
            let mut next: Vec<_> = ways.onward(dist).filter(|it| !on_it.contains(it)).collect();
            next.reverse();
            ahead.push(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{Demand, Required};
    use crate::model::Requirement;

    /// Distributions `a`, `b` and so on, and a requirement to lead from one to another.
    struct Letters {
        dists: BTreeMap<String, Dist>,
        requirement: Requirement,
    }

    impl Letters {
        fn new(count: usize) -> Self {
            let names = (0..count).map(|at| format!("d{at:03}"));
            let dists = names.map(|name| (name.clone(), format!("{name}==1").parse().unwrap()));
            Self {
                dists: dists.collect(),
                requirement: "any".parse().unwrap(),
            }
        }

        fn dist(&self, at: usize) -> &Dist {
            &self.dists[&format!("d{at:03}")]
        }

        /// A graph with one root, the first, by its edges.
        fn graph(&self, edges: impl IntoIterator<Item = (usize, usize)>) -> Graph<'_> {
            let mut graph = Graph {
                roots: [("root", self.dist(0))].into(),
                edges: self
                    .dists
                    .values()
                    .map(|it| (it, Required::new()))
                    .collect(),
            };
            let demand = Demand {
                declared: &self.requirement,
                instead: None,
            };
            for (from, to) in edges {
                let required = graph.edges.get_mut(self.dist(from)).unwrap();
                required.insert(self.dist(to), [demand].into());
            }
            graph
        }
    }

    fn told(way: &Way<'_>) -> String {
        let names: Vec<_> = way.iter().map(|dist| dist.name.as_ref()).collect();
        names.join(" ").replace("d00", "")
    }

    #[test]
    fn the_shortest_way_is_the_first_by_name_among_equals() {
        let letters = Letters::new(6);
        // 0 leads to 4 by 1, 2 or 3, where 1 takes longer; 5 leads nowhere.
        let edges = [
            (0, 1),
            (0, 2),
            (0, 3),
            (0, 5),
            (1, 2),
            (2, 4),
            (3, 4),
            (4, 0),
        ];
        let ways = Ways::to(letters.graph(edges), letters.dist(4));
        let shortest = |from| ways.shortest(letters.dist(from)).map(|way| told(&way));
        assert_eq!(shortest(0).as_deref(), Some("0 2 4"));
        assert_eq!(shortest(1).as_deref(), Some("1 2 4"));
        assert_eq!(shortest(4).as_deref(), Some("4"));
        assert_eq!(shortest(5), None);
    }

    #[test]
    fn all_ways_come_to_nothing_twice_and_the_shortest_first() {
        let letters = Letters::new(5);
        let edges = [
            (0, 1),
            (1, 2),
            (2, 1),
            (1, 4),
            (2, 4),
            (0, 4),
            (4, 0),
            (2, 3),
            (3, 2),
        ];
        let graphs = [Ways::to(letters.graph(edges), letters.dist(4))];
        let search = Search::through(&graphs);
        let found: Vec<_> = search.found.iter().map(|(_, way)| told(way)).collect();
        assert_eq!(found, ["0 4", "0 1 4", "0 1 2 4"]);
        assert!(search.complete);
    }

    /// Everything requires everything: the ways are more than anybody can count.
    #[test]
    fn a_tangle_ends_at_the_bound_with_the_shortest() {
        let letters = Letters::new(60);
        let edges = (0..60).flat_map(|from| (0..60).map(move |to| (from, to)));
        let edges: Vec<_> = edges.filter(|(from, to)| from != to).collect();
        let graphs = [Ways::to(letters.graph(edges), letters.dist(59))];
        let search = Search::through(&graphs);
        assert!(!search.complete);
        assert_eq!(search.found.len(), MOST_WAYS);
        let lengths = search.found.iter().map(|(_, way)| way.len());
        assert!(lengths.clone().is_sorted() && lengths.max() == Some(4));
    }

    /// Two by two, 30 times over, and then a dead end before the goal.
    #[test]
    fn ways_that_lead_back_are_given_up() {
        let letters = Letters::new(62);
        let pairs = (0..29).flat_map(|at| {
            let (a, b) = (1 + 2 * at, 2 + 2 * at);
            [
                (a, a + 2),
                (a, b + 2),
                (b, a + 2),
                (b, b + 2),
                (a + 2, 0),
                (b + 2, 0),
            ]
        });
        let edges = pairs.chain([(0, 1), (0, 2), (0, 61)]);
        let graphs = [Ways::to(letters.graph(edges), letters.dist(61))];
        let search = Search::through(&graphs);
        assert_eq!((search.found.len(), search.complete), (1, false));
    }
}
