//! A page as a parser of HTML sees it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};
use serde_json::Value as Json;

/// An element's name and its attributes.
pub(crate) type Tag = (String, BTreeMap<String, String>);

pub(crate) struct Parsed {
    /// Every element, in order.
    pub(crate) tags: Vec<Tag>,
    /// What is to be read: all text outside of scripts and styles, white space as one.
    pub(crate) text: String,
    /// The texts of scripts by their id; the one that runs has none.
    pub(crate) scripts: BTreeMap<String, String>,
    pub(crate) style: String,
}

impl Parsed {
    pub(crate) fn of(page: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        // A browser reads no markup inside of scripts and styles.
        emitter.naively_switch_states(true);
        let mut parsed = Self {
            tags: Vec::new(),
            text: String::new(),
            scripts: BTreeMap::new(),
            style: String::new(),
        };
        let mut raw: Option<Tag> = None;
        for token in Tokenizer::new_with_emitter(page, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let tag = read(&tag);
                    raw = matches!(&*tag.0, "script" | "style").then(|| tag.clone());
                    parsed.tags.push(tag);
                    parsed.text.push(' ');
                }
                Token::EndTag(_) => raw = None,
                Token::String(text) => {
                    let text = String::from_utf8(text.to_vec()).unwrap();
                    match &raw {
                        None => parsed.text.push_str(&text),
                        Some((name, _)) if name == "style" => parsed.style.push_str(&text),
                        Some((_, attributes)) => {
                            let id = attributes.get("id").cloned().unwrap_or_default();
                            parsed.scripts.entry(id).or_default().push_str(&text);
                        }
                    }
                }
                Token::Doctype(_) => {}
                Token::Comment(_) | Token::Error(_) => panic!("{token:?}"),
            }
        }
        let words: Vec<_> = parsed.text.split_whitespace().collect();
        parsed.text = words.join(" ");
        parsed
    }

    /// Fails unless the page says all of this.
    #[track_caller]
    pub(crate) fn says(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.text.contains(text), "no `{text}` in\n{}", self.text);
        }
    }

    /// Fails if the page says this.
    #[track_caller]
    pub(crate) fn says_nothing_of(&self, text: &str) {
        assert!(!self.text.contains(text), "`{text}` in\n{}", self.text);
    }

    /// The graph that the scripts read.
    pub(crate) fn graph(&self) -> Json {
        serde_json::from_str(&self.scripts["graph-data"]).unwrap()
    }

    /// A file that the page carries.
    pub(crate) fn embedded(&self, id: &str) -> Vec<u8> {
        let lines: String = self.scripts[id].lines().collect();
        STANDARD.decode(lines).unwrap()
    }

    /// The element that begins next behind one.
    #[track_caller]
    pub(crate) fn behind(&self, id: &str) -> &Tag {
        let has_id = |(_, attributes): &Tag| attributes.get("id").is_some_and(|it| it == id);
        let mut from = self.tags.iter().skip_while(|tag| !has_id(tag)).skip(1);
        from.next()
            .unwrap_or_else(|| panic!("nothing behind `{id}`"))
    }

    /// The classes of the elements that have one of these.
    pub(crate) fn has_class(&self, class: &str) -> bool {
        let mut classes = self
            .tags
            .iter()
            .filter_map(|(_, attributes)| attributes.get("class"));
        classes.any(|classes| classes == class)
    }
}

fn read(tag: &StartTag<()>) -> Tag {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let attributes = tag.attributes.iter();
    let attributes = attributes.map(|(name, value)| (text(name), text(value)));
    (text(&tag.name), attributes.collect())
}
