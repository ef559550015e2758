//! What environments hold, drawn as a tree.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::list::{WIDTH, listed};
use super::visible::{columns, name};
use crate::lock::Demand;
use crate::view::{Below, Node, Row, Shape, Tree};

/// What lines are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// Lines that touch each other.
    Utf8,
    /// What every log can hold.
    Ascii,
}

/// How a drawing came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawing {
    /// The lines.
    pub text: String,
    /// Whether anything is marked as told already.
    pub marked: bool,
    /// Whether the drawing was given up, because it would not end.
    pub cut: bool,
}

/// No drawing that repeats itself has more rows.
pub const MOST_ROWS: usize = 100_000;

/// Draws trees, each under the environments that it is of, where these are to be named.
pub fn tree<'a>(trees: &[(&Tree<'a>, Shape<'a>)], headings: bool, charset: Charset) -> Drawing {
    let mut drawing = Drawing::default();
    let mut rows = 0;
    for (at, (tree, shape)) in trees.iter().enumerate() {
        if headings {
            if at > 0 {
                drawing.text.push('\n');
            }
            listed(&mut drawing.text, "", 2, &heading(tree));
        }
        let mut pen = Pen::new(charset);
        for row in tree.rows(*shape) {
            rows += 1;
            if shape.repeated && rows > MOST_ROWS {
                drawing.cut = true;
                return drawing;
            }
            drawing.marked |= row.below == Below::Told;
            pen.draw(&mut drawing.text, &row);
        }
        if !tree.closed {
            drawing
                .text
                .push_str("(what these require is not locked)\n");
        }
    }
    drawing
}

/// The ids of environments, and a colon.
fn heading(tree: &Tree<'_>) -> Vec<String> {
    let mut ids: Vec<_> = tree.environments.iter().map(|id| name(id, 70)).collect();
    if let Some(last) = ids.last_mut() {
        last.push(':');
    }
    ids
}

/// Deep down there is no room left for names, which are told all the same, up to this.
const ENOUGH: usize = 40;

/// Draws rows one below the other.
struct Pen {
    charset: Charset,
    /// For each depth above, whether nothing else follows there.
    ended: Vec<bool>,
}

impl Pen {
    fn new(charset: Charset) -> Self {
        Self {
            charset,
            ended: Vec::new(),
        }
    }

    fn draw(&mut self, out: &mut String, row: &Row<'_>) {
        self.ended.truncate(row.depth);
        self.ended.push(row.last);
        let [through, corner, branch] = match self.charset {
            Charset::Utf8 => ["│  ", "└─ ", "├─ "],
            Charset::Ascii => ["|  ", "`- ", "|- "],
        };
        let mut line = String::new();
        if let Some((last, above)) = self.ended[1..].split_last() {
            for ended in above {
                line.push_str(if *ended { "   " } else { through });
            }
            line.push_str(if *last { corner } else { branch });
        }
        let mark = match row.below {
            Below::Told => " (*)",
            Below::Cycle => " (cycle)",
            Below::Follows | Below::TooDeep => "",
        };
        let room = WIDTH.saturating_sub(columns(&line) + mark.len());
        let text = node(&row.node);
        let limits = limits(row);
        if limits.is_empty() {
            let _ = writeln!(out, "{line}{}{mark}", self.fitted(&text, room.max(ENOUGH)));
            return;
        }
        let room = room.saturating_sub(4);
        let limits = self.fitted(&limits, room.saturating_sub(columns(&text)).max(10));
        let text = self.fitted(&text, room.saturating_sub(columns(&limits)).max(ENOUGH));
        let _ = writeln!(out, "{line}{text}  ({limits}){mark}");
    }

    fn fitted(&self, text: &str, room: usize) -> String {
        let fitted = name(text, room);
        match self.charset {
            Charset::Utf8 => fitted,
            Charset::Ascii => fitted.replace('…', "~"),
        }
    }
}

/// What stands for a node where all are distributions and packages.
pub(super) fn node(node: &Node<'_>) -> String {
    match node {
        Node::Distribution(dist) => dist.to_string(),
        other => other.to_string(),
    }
}

/// What is required, where that rules anything out.
fn limits(row: &Row<'_>) -> String {
    let mut parts: Vec<_> = row.demands.iter().map(limit).collect();
    parts.retain(|part| !part.is_empty());
    parts.sort();
    parts.dedup();
    parts.join(" and ")
}

fn limit(demand: &Demand<'_>) -> String {
    let or_any = |limits: String| match &*limits {
        "" => "any".to_owned(),
        _ => limits,
    };
    let declared = demand.declared.limits();
    let limits = match demand.instead {
        None => declared,
        Some(instead) => {
            let holds = or_any(instead.limits());
            format!("{holds}, overriding {}", or_any(declared))
        }
    };
    match demand.extra {
        None => limits,
        Some(extra) => format!("{limits} by extra {extra}").trim_start().to_owned(),
    }
}

/// The same as JSON: `inverted` and `depth` as asked for, and `trees`, each with its
/// `environments`, whether it is `closed` (what its packages require is locked), its `roots`, and
/// `edges`: for each subject that is told in full, to what it leads (`to`), and by which
/// requirements (`requires`: `requirement`, the `override` that holds instead, and the `extra` of the
/// requiring distribution that it belongs to).
///
/// Inverted, edges lead from what is required to who requires it.
pub fn tree_json<'a>(trees: &[(&Tree<'a>, Shape<'a>)], inverted: Option<&str>) -> String {
    #[derive(Serialize)]
    struct Wire<'s, 'a> {
        inverted: Option<&'s str>,
        depth: Option<usize>,
        trees: Vec<TreeWire<'s, 'a>>,
    }
    #[derive(Serialize)]
    struct TreeWire<'s, 'a> {
        environments: &'s [&'a str],
        closed: bool,
        roots: Vec<Node<'a>>,
        edges: BTreeMap<String, Vec<Edge<'a>>>,
    }
    let depth = trees.first().and_then(|(_, shape)| shape.depth);
    let trees = trees.iter().map(|(tree, shape)| {
        let (roots, edges) = edges(tree, *shape);
        TreeWire {
            environments: &tree.environments,
            closed: tree.closed,
            roots,
            edges,
        }
    });
    super::json(&Wire {
        inverted,
        depth,
        trees: trees.collect(),
    })
}

#[derive(Serialize)]
struct Edge<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    requires: Vec<Demand<'a>>,
    to: Node<'a>,
}

/// The roots of a tree, and what each node that is told in full leads to.
fn edges<'a>(
    tree: &Tree<'a>,
    shape: Shape<'a>,
) -> (Vec<Node<'a>>, BTreeMap<String, Vec<Edge<'a>>>) {
    let once = Shape {
        repeated: false,
        ..shape
    };
    let mut roots = Vec::new();
    let mut edges: BTreeMap<String, Vec<Edge<'a>>> = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    for row in tree.rows(once) {
        path.truncate(row.depth);
        let subject = row.node.to_string();
        if row.below == Below::Follows {
            // Where it was told further down already, it is told again.
            edges.insert(subject.clone(), Vec::new());
        }
        match path.last() {
            None => roots.push(row.node),
            Some(above) => edges.entry(above.clone()).or_default().push(Edge {
                requires: row.demands.into_iter().collect(),
                to: row.node,
            }),
        }
        path.push(subject);
    }
    (roots, edges)
}
