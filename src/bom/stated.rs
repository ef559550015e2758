//! What a distribution says of itself, in the fields of its component.

use url::Url;

use super::cyclonedx::{Component, ExternalReference, Organization};
use super::licenses;
use crate::model::CoreMetadata;

/// Fills in what the metadata states; what it does not state stays empty.
pub(super) fn of(metadata: &CoreMetadata, component: &mut Component) {
    component.description.clone_from(&metadata.summary);
    component.licenses = metadata.license.iter().flat_map(licenses::of).collect();
    let author = metadata.author.clone();
    component.supplier = author.map(|name| Organization { name });
    let references = &mut component.external_references;
    // A pin says better where the source code is.
    let pinned = references.iter().any(|it| it.kind == "vcs");
    let repository = metadata.repository.as_ref().filter(|_| !pinned);
    let stated = [("vcs", repository), ("website", metadata.homepage.as_ref())];
    for (kind, url) in stated {
        references.extend(url.filter(|url| is_iri(url)).map(|url| ExternalReference {
            kind,
            url: url.clone(),
            hashes: Vec::new(),
        }));
    }
}

/// Whether a text is an absolute IRI (RFC 3987) of the web, character by character: parsers of
/// addresses mend what the schema's readers refuse.
fn is_iri(text: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
    let hex = |pair: &[u8]| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
    let encoded = text
        .match_indices('%')
        .all(|(at, _)| hex(text.as_bytes().get(at + 1..at + 3).unwrap_or_default()));
    !text.contains(forbidden)
        && encoded
        && text.matches('#').count() < 2
        && Url::parse(text).is_ok_and(|url| url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_iri_is_an_address() {
        for (text, valid) in [
            ("https://h.example/a?b=c#d", true),
            ("http://h.example/%C3%A9/\u{e9}", true),
            ("https://h.example/a b", false),
            ("https://h.example/<name>", false),
            ("https://h.example/100%", false),
            ("https://h.example/%zz", false),
            ("https://h.example/#a#b", false),
            ("https://", false),
            ("h.example", false),
        ] {
            assert_eq!(is_iri(text), valid, "{text}");
        }
    }
}
