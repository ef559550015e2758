//! What the page carries inside: style, scripts, the graph as JSON, and the two files to download.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Page, graph};
use crate::model::is_hidden;
use crate::render::visible::escape;

/// The parts of the script, in the order in which they are joined.
const SCRIPTS: [&str; 16] = [
    include_str!("assets/dom.js"),
    include_str!("assets/embedded.js"),
    include_str!("assets/graph.js"),
    include_str!("assets/ways.js"),
    include_str!("assets/state.js"),
    include_str!("assets/search.js"),
    include_str!("assets/rows.js"),
    include_str!("assets/row.js"),
    include_str!("assets/keys.js"),
    include_str!("assets/tree.js"),
    include_str!("assets/neighbours.js"),
    include_str!("assets/copy.js"),
    include_str!("assets/details.js"),
    include_str!("assets/theme.js"),
    include_str!("assets/print.js"),
    include_str!("assets/main.js"),
];
/// How many characters of base64 stand in a line, as `base64` writes it.
const LINE: usize = 76;

/// The script, as it stands in the page: its parts see each other and nothing else sees them.
pub(super) fn script() -> String {
    format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPTS.join("\n"))
}

/// The style, as it stands in the page.
pub(super) const fn style() -> &'static str {
    include_str!("assets/page.css")
}

/// The content security policy: this script and this style by their digests, and nothing else; no
/// text can become HTML or a script (Trusted Types).
pub(super) fn policy(script: &str, style: &str) -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        digest(script),
        digest(style)
    )
}

/// The data blocks of the page; browsers run nothing of them.
pub(super) fn data(page: &Page<'_>) -> Markup {
    html! {
        script #graph-data type="application/json" { (PreEscaped(json(&graph::data(page.lock)))) }
        script #lock-bytes type="text/plain" { (PreEscaped(lines(page.lock_bytes))) }
        script #sbom-bytes type="text/plain" { (PreEscaped(lines(page.sbom_bytes))) }
    }
}

/// JSON that ends no script element and no line of a script, and hides nothing from whoever reads
/// the source of the page, nor turns it around.
fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("plain structures are JSON");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c == '<' || is_hidden(c) => escape(c, &mut out),
            c => out.push(c),
        }
    }
    out
}

/// Base64 in lines, which `base64 -d` reads as well.
fn lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let mut out = String::with_capacity(text.len() + text.len() / LINE + 2);
    out.push('\n');
    for at in (0..text.len()).step_by(LINE) {
        out.push_str(&text[at..text.len().min(at + LINE)]);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_parts_ends_them() {
        for part in SCRIPTS {
            let lower = part.to_ascii_lowercase();
            for end in ["</script", "<!--", "innerhtml", "eval(", "://"] {
                let svg = lower.replace("http://www.w3.org/2000/svg", "");
                assert!(!svg.contains(end), "`{end}` in\n{part}");
            }
        }
        assert!(!style().contains('<'));
        assert!(!style().contains("url("));
    }

    #[test]
    fn json_ends_no_element_and_comes_back() {
        let hostile = "</script><!--\u{2028}\u{2029}\u{202e}é";
        let text = json(&hostile);
        assert_eq!(text, r#""\u003c/script>\u003c!--\u2028\u2029\u202eé""#);
        let back: String = serde_json::from_str(&text).unwrap();
        assert_eq!(back, hostile);
    }

    #[test]
    fn bytes_come_back_whatever_they_are() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = lines(&bytes);
        assert!(text.lines().all(|line| line.len() <= LINE));
        let joined: String = text.lines().collect();
        assert_eq!(STANDARD.decode(joined).unwrap(), bytes);
    }
}
