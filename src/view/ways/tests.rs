//! Ways through graphs that are drawn by numbers.

use std::collections::BTreeMap;

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
            ..Graph::default()
        };
        let demand = Demand {
            declared: &self.requirement,
            instead: None,
            extra: None,
        };
        for (from, to) in edges {
            let required = graph.edges.get_mut(self.dist(from)).unwrap();
            required.insert(self.dist(to), [demand].into());
        }
        graph
    }
}

fn told(way: &Way<'_>) -> String {
    let names: Vec<_> = way.iter().map(|(dist, _)| dist.name.as_ref()).collect();
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
    let shortest = |package| ways.shortest(package).map(|way| told(&way));
    assert_eq!(shortest("root").as_deref(), Some("0 2 4"));
    assert_eq!(shortest("none"), None);
    let itself = Ways::to(letters.graph(edges), letters.dist(0));
    assert_eq!(
        itself.shortest("root").map(|way| told(&way)).as_deref(),
        Some("0")
    );
    let nowhere = Ways::to(letters.graph([]), letters.dist(5));
    assert_eq!(nowhere.shortest("root"), None);
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
    let found: Vec<_> = search.found.iter().map(|found| told(&found.way)).collect();
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
    let lengths = search.found.iter().map(|found| found.way.len());
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

/// `0` asks `1` for nothing more, `2` asks it for its extra `x`, which asks for `y`; that is what
/// `3` belongs to.
#[test]
fn what_belongs_to_an_extra_is_not_brought_in_by_others() {
    let letters = Letters::new(4);
    let [plain, with_x, own] = ["d001", "d001[x]", "d001[y]"].map(|text| text.parse().unwrap());
    let [x, y] = ["x", "y"].map(|text: &str| text.parse::<ExtraName>().unwrap());
    let demand = |declared, extra| Demand {
        declared,
        instead: None,
        extra,
    };
    let mut graph = letters.graph([(0, 2)]);
    let [zero, one, two, three] = [0, 1, 2, 3].map(|at| letters.dist(at));
    let mut require = |from, to, demand| {
        graph
            .edges
            .get_mut(from)
            .unwrap()
            .insert(to, [demand].into());
    };
    require(zero, one, demand(&plain, None));
    require(two, one, demand(&with_x, None));
    require(one, three, demand(&letters.requirement, Some(&y)));
    graph.own.insert(one, [demand(&own, Some(&x))].into());
    let ways = [Ways::to(graph, three)];
    let shortest = ways[0].shortest("root").unwrap();
    assert_eq!(told(&shortest), "0 2 1 3");
    assert_eq!(ways[0].demands(shortest[2], shortest[3]).len(), 1);
    let all = Search::through(&ways);
    assert_eq!((all.found.len(), all.complete), (1, true));
}

/// Every way from the root that comes to nothing twice, by trying all.
fn all_ways(edges: &BTreeSet<(usize, usize)>, way: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
    let at = way[way.len() - 1];
    if at == 1 {
        found.push(way.clone());
        return;
    }
    for (_, to) in edges.iter().filter(|(from, _)| *from == at) {
        if !way.contains(to) {
            way.push(*to);
            all_ways(edges, way, found);
            way.pop();
        }
    }
}

proptest::proptest! {
    /// Up to seven distributions that require each other at random; from the first to the second.
    #[test]
    fn ways_are_those_that_are_there(
        edges in proptest::collection::btree_set((0..7_usize, 0..7_usize), 0..24),
    ) {
        let edges: BTreeSet<_> = edges.into_iter().filter(|(from, to)| from != to).collect();
        let mut expected = Vec::new();
        all_ways(&edges, &mut vec![0], &mut expected);
        expected.sort_by_key(Vec::len);
        let letters = Letters::new(7);
        let graphs = [Ways::to(letters.graph(edges.iter().copied()), letters.dist(1))];
        let search = Search::through(&graphs);
        let numbers = |way: &Way<'_>| -> Vec<usize> {
            let names = way.iter().map(|(dist, _)| dist.name.as_ref().replace('d', ""));
            names.map(|name| name.parse().unwrap()).collect()
        };
        let found: Vec<_> = search.found.iter().map(|found| numbers(&found.way)).collect();
        let shortest = graphs[0].shortest("root").map(|way| numbers(&way));
        proptest::prop_assert!(search.complete);
        proptest::prop_assert_eq!(shortest.as_ref(), expected.first());
        proptest::prop_assert_eq!(found, expected);
    }
}
