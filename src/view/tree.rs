//! What environments hold as a tree: from their packages down to what needs nothing, or from one
//! distribution up to the packages that brought it in.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::Node;
use crate::lock::{Demand, Graph, Lock};
use crate::model::Dist;

/// The tree of one environment, or of several that are the same.
pub struct Tree<'a> {
    /// Their ids.
    pub environments: Vec<&'a str>,
    /// Whether what their packages require is locked.
    pub closed: bool,
    /// What each package installs, where that is known.
    packages: BTreeMap<&'a str, Option<&'a Dist>>,
    graph: Graph<'a>,
    /// Who requires a distribution.
    users: BTreeMap<&'a Dist, Vec<&'a Dist>>,
}

/// Which part of a tree is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape<'a> {
    /// The distribution to go up from; none goes down from the packages.
    pub inverted: Option<&'a Dist>,
    /// How far; packages stand at 0 on the way down, the distribution on the way up.
    pub depth: Option<usize>,
    /// Whether what has been told is told again, wherever it is met.
    pub repeated: bool,
}

/// One line of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// How deep it stands.
    pub depth: usize,
    /// Whether it is the last of those that stand below the same.
    pub last: bool,
    /// A package or a distribution.
    pub node: Node<'a>,
    /// What led here: what the one above requires of it, or on the way up, it of the one above.
    pub demands: BTreeSet<Demand<'a>>,
    /// Whether all that belongs below it follows.
    pub below: Below,
}

/// What follows below a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// All of it, if there is any.
    Follows,
    /// None: it was told already.
    Told,
    /// None: it leads to itself.
    Cycle,
    /// None: it is too deep.
    TooDeep,
}

impl<'a> Tree<'a> {
    /// The trees of environments, by their ids; those that are the same are one.
    pub fn of(lock: &'a Lock, ids: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let mut trees: Vec<Self> = Vec::new();
        for id in ids {
            let Some(tree) = Self::of_one(lock, id) else {
                continue;
            };
            match trees.iter_mut().find(|other| other.is_like(&tree)) {
                Some(same) => same.environments.push(id),
                None => trees.push(tree),
            }
        }
        trees
    }

    fn of_one(lock: &'a Lock, id: &'a str) -> Option<Self> {
        let environment = lock.environments.get(id)?;
        let closed = Graph::of(lock, environment);
        let installs = |key: &'a String| match &closed {
            Some(graph) => graph.roots.get(key.as_str()).copied(),
            None => lock.packages.get(key)?.distribution.as_ref(),
        };
        let roots = environment.asked.roots.iter();
        let packages: BTreeMap<_, _> = roots.map(|key| (key.as_str(), installs(key))).collect();
        let mut users: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (user, required) in closed.iter().flat_map(|graph| &graph.edges) {
            for dist in required.keys() {
                users.entry(*dist).or_default().push(*user);
            }
        }
        Some(Self {
            environments: vec![id],
            closed: closed.is_some(),
            packages,
            graph: closed.unwrap_or_default(),
            users,
        })
    }

    fn is_like(&self, other: &Self) -> bool {
        let parts = |tree: &Self| (tree.closed, tree.packages.clone());
        parts(self) == parts(other) && self.graph == other.graph
    }

    /// The distributions that it leads to.
    pub fn distributions(&self) -> BTreeSet<&'a Dist> {
        let installed = self.packages.values().flatten();
        installed.chain(self.graph.edges.keys()).copied().collect()
    }

    /// The rows from top to bottom, worked out one by one: without end they may be too many.
    pub fn rows(&self, shape: Shape<'a>) -> Rows<'_, 'a> {
        let roots: Vec<_> = match shape.inverted {
            Some(dist) => vec![Node::Distribution(dist)],
            None => self.packages.keys().map(|key| Node::Package(key)).collect(),
        };
        let bare = |node| Child {
            node,
            demands: BTreeSet::new(),
        };
        Rows {
            tree: self,
            shape,
            ahead: vec![roots.into_iter().map(bare).rev().collect()],
            path: Vec::new(),
            told: BTreeMap::new(),
        }
    }

    fn down(&self, node: &Node<'a>) -> Vec<Child<'a>> {
        match node {
            Node::Package(key) => {
                let installed = self.packages.get(key).copied().flatten();
                let node = installed.map(Node::Distribution);
                let demands = BTreeSet::new();
                node.map(|node| Child { node, demands })
                    .into_iter()
                    .collect()
            }
            Node::Distribution(dist) => {
                let required = self.graph.edges.get(dist).into_iter().flatten();
                let child = required.map(|(dist, demands)| Child {
                    node: Node::Distribution(dist),
                    demands: demands.clone(),
                });
                child.collect()
            }
            _ => Vec::new(),
        }
    }

    fn up(&self, node: &Node<'a>) -> Vec<Child<'a>> {
        let Node::Distribution(dist) = node else {
            return Vec::new();
        };
        let packages = self.packages.iter().filter(|(_, it)| **it == Some(*dist));
        let packages = packages.map(|(key, _)| Child {
            node: Node::Package(key),
            demands: BTreeSet::new(),
        });
        let users = self.users.get(dist).into_iter().flatten();
        let users = users.map(|user| Child {
            node: Node::Distribution(user),
            demands: self.graph.edges[user][dist].clone(),
        });
        packages.chain(users).collect()
    }
}

/// What stands below something.
struct Child<'a> {
    node: Node<'a>,
    demands: BTreeSet<Demand<'a>>,
}

/// The rows of a tree.
pub struct Rows<'t, 'a> {
    tree: &'t Tree<'a>,
    shape: Shape<'a>,
    /// What is still to be told at each depth, the next one last.
    ahead: Vec<Vec<Child<'a>>>,
    /// What the next row stands below.
    path: Vec<Node<'a>>,
    /// What has been told with all that follows, and at which depth.
    told: BTreeMap<Node<'a>, usize>,
}

impl<'a> Iterator for Rows<'_, 'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        while self.ahead.last()?.is_empty() {
            self.ahead.pop();
            self.path.pop();
        }
        let depth = self.ahead.len() - 1;
        let siblings = self.ahead.last_mut()?;
        let Child { node, demands } = siblings.pop()?;
        let last = siblings.is_empty();
        let children = match self.shape.inverted {
            Some(_) => self.tree.up(&node),
            None => self.tree.down(&node),
        };
        let below = self.below(&node, depth, !children.is_empty());
        if below == Below::Follows && !children.is_empty() {
            self.told.insert(node.clone(), depth);
            self.path.push(node.clone());
            self.ahead.push(children.into_iter().rev().collect());
        }
        Some(Row {
            depth,
            last,
            node,
            demands,
            below,
        })
    }
}

impl<'a> Rows<'_, 'a> {
    fn below(&self, node: &Node<'a>, depth: usize, has_any: bool) -> Below {
        if !has_any {
            return Below::Follows;
        }
        let told = self.told.get(node);
        if told.is_some() && self.path.contains(node) {
            return Below::Cycle;
        }
        if self.shape.depth.is_some_and(|most| depth >= most) {
            return Below::TooDeep;
        }
        // Where not all is told, what was told further down has less below it.
        let fully = |told: &usize| self.shape.depth.is_none() || *told <= depth;
        if !self.shape.repeated && told.is_some_and(fully) {
            return Below::Told;
        }
        Below::Follows
    }
}
