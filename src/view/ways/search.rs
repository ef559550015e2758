//! Every way to a distribution, within bounds.

use std::collections::BTreeSet;

use super::{Way, Ways, starts};

/// No more ways than this are looked for; the shortest come first.
pub const MOST_WAYS: usize = 1_000;
/// Nor are more stops looked at than this: in a tangle, most ways lead back into it.
const MOST_VISITS: usize = 200_000;

/// A way that was found.
pub(in crate::view) struct Found<'a> {
    /// The number of its graph.
    pub(in crate::view) graph: usize,
    /// The package that it starts from.
    pub(in crate::view) package: &'a str,
    pub(in crate::view) way: Way<'a>,
}

/// Every way that comes to nothing twice, the shortest first, as far as the bounds allow.
pub(in crate::view) struct Search<'w, 'a> {
    /// The ways.
    pub(in crate::view) found: Vec<Found<'a>>,
    /// Whether there are no others.
    pub(in crate::view) complete: bool,
    graphs: &'w [Ways<'a>],
    visits: usize,
    /// The least length of a way that was too long to be followed.
    longer: Option<usize>,
}

impl<'w, 'a> Search<'w, 'a> {
    /// Goes from all packages of all graphs at once, so that a bound leaves out the longest ways
    /// and not the last environments.
    pub(in crate::view) fn through(graphs: &'w [Ways<'a>]) -> Self {
        let mut search = Self {
            found: Vec::new(),
            complete: true,
            graphs,
            visits: 0,
            longer: Some(0),
        };
        while let Some(length) = search.longer.take() {
            for (at, ways) in graphs.iter().enumerate() {
                for package in ways.graph.roots.keys() {
                    search.of_length((at, package), length);
                    if !search.complete {
                        return search;
                    }
                }
            }
        }
        search
    }

    /// Adds the ways of one length from a package.
    fn of_length(&mut self, (graph, package): (usize, &'a str), length: usize) {
        let ways = &self.graphs[graph];
        let mut way = Way::new();
        let mut on_it = BTreeSet::new();
        // For each stop on the way, what is still to be tried after it; the next one last.
        let mut ahead = vec![starts(&ways.graph, package)];
        ahead[0].reverse();
        while let Some(choices) = ahead.last_mut() {
            let Some(stop) = choices.pop() else {
                ahead.pop();
                if let Some((dist, _)) = way.pop() {
                    on_it.remove(dist);
                }
                continue;
            };
            let Some(distance) = ways.distance.get(&stop) else {
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
                    let way = way.iter().copied().chain([stop]).collect();
                    self.found.push(Found {
                        graph,
                        package,
                        way,
                    });
                }
                continue;
            }
            on_it.insert(stop.0);
            way.push(stop);
            let next = ways.onward.get(&stop).into_iter().flatten().rev();
            ahead.push(
                next.filter(|(dist, _)| !on_it.contains(dist))
                    .copied()
                    .collect(),
            );
        }
    }
}
