//! A page of a hostile lock holds its texts as texts, and a policy that stops what might be missed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use vhb::finding::{Code, Finding, Layer, Report};

use crate::locks::{HOSTILE, everything, hostile, read};
use crate::page_of;
use crate::parsed::Parsed;

/// What a page is made of; nothing here loads anything or runs anything by itself.
const ELEMENTS: &[&str] = &[
    "a", "article", "bdi", "body", "button", "code", "dd", "details", "div", "dl", "dt",
    "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "head", "header", "html", "input",
    "label", "legend", "li", "main", "meta", "nav", "noscript", "option", "p", "pre", "script",
    "section", "select", "span", "strong", "style", "summary", "table", "tbody", "td", "th",
    "thead", "time", "title", "tr", "ul",
];
const ATTRIBUTES: &[&str] = &[
    "aria-label",
    "aria-labelledby",
    "autocomplete",
    "charset",
    "checked",
    "class",
    "colspan",
    "content",
    "data-embedded",
    "data-name",
    "datetime",
    "for",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "placeholder",
    "role",
    "scope",
    "spellcheck",
    "tabindex",
    "type",
    "value",
];

fn report() -> Report {
    let mut report = Report::default();
    let finding = Finding::new(Code::GitRefMoved, HOSTILE)
        .compare(HOSTILE, HOSTILE)
        .hint(HOSTILE);
    report.check(Layer::Upstream, HOSTILE, vec![finding]);
    report
}

#[test]
fn what_the_lock_says_makes_no_elements_and_no_attributes() {
    let report = report();
    let page = page_of(&read(&hostile()), Some((&report, &[])));
    assert!(
        !page.contains('\u{202e}'),
        "not even its source is turned around"
    );
    let parsed = Parsed::of(&page);
    assert!(!parsed.scripts["graph-data"].contains('\u{2028}'));
    for (name, attributes) in &parsed.tags {
        assert!(ELEMENTS.contains(&&**name), "<{name}>");
        for (attribute, value) in attributes {
            assert!(ATTRIBUTES.contains(&&**attribute), "<{name} {attribute}>");
            if attribute == "href" {
                assert!(value.starts_with('#'), "{value}");
            }
        }
    }
    parsed.says(&["</script><img src=x onerror=\"hacked=1\"><!--"]);
    let scripts: Vec<_> = parsed.scripts.keys().map(String::as_str).collect();
    assert_eq!(scripts, ["", "graph-data", "lock-bytes", "sbom-bytes"]);
    let friendly = Parsed::of(&page_of(&read(&everything()), None));
    assert_eq!(
        parsed.scripts[""], friendly.scripts[""],
        "the script that runs is always the same"
    );
    assert!(
        parsed.graph()["environments"]
            .to_string()
            .contains("onerror")
    );
}

#[test]
fn the_policy_names_the_script_and_the_style_that_are_there() {
    let parsed = Parsed::of(&page_of(&read(&hostile()), None));
    let policy = parsed.tags.iter().find_map(|(_, attributes)| {
        let is_policy = attributes.get("http-equiv")? == "Content-Security-Policy";
        is_policy.then(|| attributes["content"].clone())
    });
    let policy = policy.unwrap();
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; \
             base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
             trusted-types 'none'",
            digest(&parsed.scripts[""]),
            digest(&parsed.style)
        )
    );
    // Before anything that it is to hold for.
    let at = |wanted: &str| {
        parsed
            .tags
            .iter()
            .position(|(name, _)| name == wanted)
            .unwrap()
    };
    assert!(at("meta") < at("style") && at("style") < at("script"));
}

#[test]
fn the_files_in_the_page_are_those_that_were_given() {
    for json in [everything(), hostile()] {
        let lock = read(&json);
        let parsed = Parsed::of(&page_of(&lock, None));
        assert_eq!(parsed.embedded("lock-bytes"), lock.to_bytes());
        assert_eq!(parsed.embedded("sbom-bytes"), vhb::bom::to_bytes(&lock));
    }
}
