//! Every relative link of the documentation leads to a file, and to a heading of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Anchorizer, Arena, Options, parse_document};

use crate::pages::{all, read, root};

/// What a page links to, what can be linked to in it, and HTML that it holds.
#[derive(Debug, Default)]
struct Page {
    links: Vec<String>,
    anchors: BTreeSet<String>,
    html: Vec<String>,
}

#[test]
fn every_relative_link_resolves() {
    let pages: BTreeMap<_, _> = all()
        .into_iter()
        .map(|path| (path.clone(), page(&read(&path))))
        .collect();
    let mut broken = Vec::new();
    let mut followed = 0;
    for (path, page) in &pages {
        for link in page.links.iter().filter(|link| !link.contains("://")) {
            followed += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                path.clone()
            } else {
                beside(path, file)
            };
            let there = match pages.get(&target) {
                Some(page) => anchor.is_empty() || page.anchors.contains(anchor),
                None => anchor.is_empty() && root().join(&target).exists(),
            };
            if !there {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    assert!(followed > 300, "{followed}");
}

/// Text between angle brackets would vanish from the page.
#[test]
fn no_page_holds_html() {
    for path in all() {
        let html = page(&read(&path)).html;
        let html: Vec<_> = html.iter().filter(|it| !it.starts_with("<!--")).collect();
        assert!(html.is_empty(), "{}: {html:?}", path.display());
    }
}

#[test]
fn links_and_anchors_are_found() {
    let page = page(
        "# A `b` c\n## A b c\n[x](y.md#z) <https://h.example> [r][1]\n\n[1]: q\n\n`<no>` <i>\n",
    );
    assert_eq!(page.links, ["y.md#z", "https://h.example", "q"]);
    assert_eq!(
        page.anchors,
        ["a-b-c".to_owned(), "a-b-c-1".to_owned()].into()
    );
    assert_eq!(page.html, ["<i>"]);
    assert_eq!(
        beside(Path::new("docs/a/b.md"), "../c.md"),
        Path::new("docs/c.md")
    );
}

fn page(text: &str) -> Page {
    let mut options = Options::default();
    options.extension.table = true;
    let arena = Arena::new();
    let document = parse_document(&arena, text, &options);
    let mut anchors = Anchorizer::new();
    let mut page = Page::default();
    for node in document.descendants() {
        match &node.data.borrow().value {
            NodeValue::Link(link) => page.links.push(link.url.clone()),
            NodeValue::Heading(_) => {
                page.anchors.insert(anchors.anchorize(&text_of(node)));
            }
            NodeValue::HtmlBlock(html) => page.html.push(html.literal.trim().to_owned()),
            NodeValue::HtmlInline(html) => page.html.push(html.clone()),
            _ => {}
        }
    }
    page
}

fn text_of<'a>(node: &'a AstNode<'a>) -> String {
    let pieces = node
        .descendants()
        .map(|node| match &node.data.borrow().value {
            NodeValue::Text(text) => text.to_string(),
            NodeValue::Code(code) => code.literal.clone(),
            _ => String::new(),
        });
    pieces.collect()
}

/// A path as seen from a page.
fn beside(page: &Path, link: &str) -> PathBuf {
    let mut out = page.parent().unwrap().to_path_buf();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
