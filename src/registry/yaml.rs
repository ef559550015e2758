//! YAML text as a tree in which every value knows its place.
//!
//! Built on the events of `granit-parser`. Invariants of a tree: no aliases or merge keys are
//! left, it is at most [`MAX_DEPTH`] deep and has at most [`MAX_NODES`] nodes, and a mapping
//! holds each key once. All problems of a text are reported, as far as the parser gets.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::node::{Key, Mark, Node, Problem, Value};
use super::scalar;
use crate::finding::Code;
use crate::model::has_conflict_marks;

/// The deepest nesting that a registry file may have.
pub const MAX_DEPTH: usize = 64;
/// The most nodes that a registry file may expand to, aliases counted each time.
pub const MAX_NODES: usize = 100_000;

/// What to do about a file in which a merge stopped.
const UNMERGED: &str = "a merge stopped in this file: keep one side of each conflict, or both, and \
    remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";

/// Reads one document; none where the text is empty or cannot be understood at all.
pub(super) fn read(text: &str, in_overlay: bool, problems: &mut Vec<Problem>) -> Option<Node> {
    // The byte order mark is no content, but its bytes count for excerpts.
    let (text, shift) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, 3),
        None => (text, 0),
    };
    let options = granit_parser::options! {
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        emit_comments: false,
    };
    let mut composer = Composer {
        parser: Parser::new_from_str_with_options(text, options),
        anchors: HashMap::new(),
        nodes: 0,
        shift,
        in_overlay,
        problems,
    };
    let document = composer.document().unwrap_or_default();
    if has_conflict_marks(text.as_bytes()) {
        for problem in problems
            .iter_mut()
            .filter(|it| it.code == Code::InvalidYaml)
        {
            problem.hint = Some(UNMERGED.to_owned());
        }
    }
    document
}

/// The text cannot be followed any further; the reason is among the problems.
struct Stop;

struct Composer<'text, 'out> {
    parser: Parser<'text, StrInput<'text>>,
    anchors: HashMap<usize, Anchored>,
    nodes: usize,
    shift: usize,
    in_overlay: bool,
    problems: &'out mut Vec<Problem>,
}

/// A finished anchored value, with what it costs to repeat it.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

impl<'text> Composer<'text, '_> {
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        let mut documents = 0;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let mark = self.mark(span);
                        return Err(self.stop(
                            Code::InvalidYaml,
                            mark,
                            "a second document begins here; a registry file holds one",
                        ));
                    }
                }
                Event::StreamStart | Event::DocumentEnd => {}
                event => root = Some(self.node(event, span, 0)?.0),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'text>, Span), Stop> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => {
                let at = *error.marker();
                let start = at.byte_offset().unwrap_or_default() + self.shift;
                let mark = Mark {
                    start,
                    end: start,
                    line: at.line().max(1),
                    column: at.col() + 1,
                    in_overlay: self.in_overlay,
                };
                let code = match error.kind() {
                    ErrorKind::RecursionLimitExceeded => Code::YamlLimit,
                    _ => Code::InvalidYaml,
                };
                Err(self.stop(code, mark, &error.info()))
            }
            None => Err(Stop),
        }
    }

    fn stop(&mut self, code: Code, mark: Mark, message: &str) -> Stop {
        self.problem(code, mark, message);
        Stop
    }

    fn problem(&mut self, code: Code, mark: Mark, message: &str) {
        self.problems.push(Problem {
            code,
            mark,
            message: message.to_owned(),
            hint: None,
        });
    }

    fn mark(&self, span: Span) -> Mark {
        let start = span.start.byte_offset().unwrap_or_default();
        let end = span.end.byte_offset().unwrap_or(start);
        Mark {
            start: start + self.shift,
            end: end.max(start) + self.shift,
            line: span.start.line().max(1),
            column: span.start.col() + 1,
            in_overlay: self.in_overlay,
        }
    }

    fn spend(&mut self, nodes: usize, depth: usize, mark: Mark) -> Result<(), Stop> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            let message =
                format!("the aliases of this file expand to more than {MAX_NODES} values");
            return Err(self.stop(Code::YamlLimit, mark, &message));
        }
        if depth > MAX_DEPTH {
            let message = format!("values are nested more than {MAX_DEPTH} deep");
            return Err(self.stop(Code::YamlLimit, mark, &message));
        }
        Ok(())
    }

    /// Composes the node that an event begins; also tells how deep it is.
    fn node(
        &mut self,
        event: Event<'text>,
        span: Span,
        depth: usize,
    ) -> Result<(Node, usize), Stop> {
        let mark = self.mark(span);
        let before = self.nodes;
        self.spend(1, depth, mark)?;
        let (value, height, anchor) = match event {
            Event::Alias(id) => return self.alias(id, mark, depth),
            Event::Scalar(text, style, anchor, tag) => {
                (self.scalar(&text, style, tag.as_deref(), mark), 0, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.expect_core_tag(tag, "seq", mark);
                let (items, height) = self.sequence(depth)?;
                (Value::Sequence(items), height, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.expect_core_tag(tag, "map", mark);
                let (entries, height) = self.mapping(depth)?;
                (Value::Mapping(entries), height, anchor)
            }
            _ => return Err(self.stop(Code::InvalidYaml, mark, "a value was expected here")),
        };
        let node = Node { value, mark };
        if anchor != 0 {
            let anchored = Anchored {
                node: node.clone(),
                nodes: self.nodes - before,
                depth: height,
            };
            self.anchors.insert(anchor, anchored);
        }
        Ok((node, height))
    }

    fn alias(&mut self, id: usize, mark: Mark, depth: usize) -> Result<(Node, usize), Stop> {
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(self.stop(
                Code::InvalidYaml,
                mark,
                "this alias stands inside of its own anchor",
            ));
        };
        let (nodes, height) = (anchored.nodes, anchored.depth);
        self.spend(nodes, depth + height, mark)?;
        let anchored = &self.anchors[&id];
        let node = Node {
            value: anchored.node.value.clone(),
            mark,
        };
        Ok((node, height))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, mark: Mark) -> Value {
        let Some(tag) = tag else {
            return if style == ScalarStyle::Plain {
                scalar::resolve(text)
            } else {
                Value::String(text.to_owned())
            };
        };
        let resolved = match tag.core_suffix() {
            Some(suffix) => scalar::resolve_as(suffix, text),
            // The non-specific tag `!` makes a string.
            None if tag.to_string() == "!" => Some(Value::String(text.to_owned())),
            None => None,
        };
        resolved.unwrap_or_else(|| {
            let message = format!("the tag `{tag}` cannot be applied here");
            self.problem(Code::InvalidYaml, mark, &message);
            Value::String(text.to_owned())
        })
    }

    fn expect_core_tag(&mut self, tag: Option<Cow<'_, Tag>>, suffix: &str, mark: Mark) {
        if let Some(tag) = tag
            && tag.core_suffix() != Some(suffix)
        {
            let message = format!("the tag `{tag}` cannot be applied here");
            self.problem(Code::InvalidYaml, mark, &message);
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<(Vec<Node>, usize), Stop> {
        let mut items = Vec::new();
        let mut height = 0;
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok((items, height));
            }
            let (node, below) = self.node(event, span, depth + 1)?;
            height = height.max(below + 1);
            items.push(node);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Vec<(Key, Node)>, usize), Stop> {
        let mut entries = Entries::default();
        let mut merged = Vec::new();
        let mut height = 0;
        loop {
            let (event, span) = self.next()?;
            let plain = matches!(event, Event::Scalar(_, ScalarStyle::Plain, _, None));
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(ref text, ..) => Some(text.to_string()),
                _ => None,
            };
            let (key_node, _) = self.node(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let (node, below) = self.node(event, span, depth + 1)?;
            height = height.max(below + 1);
            let Some(text) = key else {
                self.problem(
                    Code::InvalidYaml,
                    key_node.mark,
                    "a key must be a plain word",
                );
                continue;
            };
            if plain && text == "<<" {
                merged.push(node);
                continue;
            }
            let key = Key {
                text,
                mark: key_node.mark,
            };
            if let Some(first) = entries.insert(key.clone(), node) {
                let message = format!("`{}` is already set in line {first}", key.text);
                self.problem(Code::DuplicateKey, key.mark, &message);
            }
        }
        for node in merged {
            self.merge(node, &mut entries);
        }
        Ok((entries.list, height))
    }

    /// `<<: *defaults`: keys that the mapping does not have itself.
    fn merge(&mut self, node: Node, entries: &mut Entries) {
        let sources = match node.value {
            Value::Sequence(items) => items,
            value => vec![Node {
                value,
                mark: node.mark,
            }],
        };
        for source in sources {
            let Value::Mapping(pairs) = source.value else {
                self.problem(Code::InvalidYaml, source.mark, "`<<` merges mappings only");
                continue;
            };
            for (key, value) in pairs {
                if !entries.index.contains_key(&key.text) {
                    entries.insert(key, value);
                }
            }
        }
    }
}

/// The entries of a mapping in order, each key once; of two the later one counts, as in PyYAML.
#[derive(Default)]
struct Entries {
    list: Vec<(Key, Node)>,
    index: HashMap<String, usize>,
}

impl Entries {
    /// Adds an entry; gives the line of an earlier one with the same key.
    fn insert(&mut self, key: Key, node: Node) -> Option<usize> {
        if let Some(&at) = self.index.get(&key.text) {
            let line = self.list[at].0.mark.line;
            self.list[at] = (key, node);
            return Some(line);
        }
        self.index.insert(key.text.clone(), self.list.len());
        self.list.push((key, node));
        None
    }
}
