//! The lock and its SBOM, to take out of the page byte for byte.

use maud::{Markup, html};

use super::Page;
use super::text::{bytes, code, digest, table, visible};
use crate::model::Sha256Digest;

pub(super) fn section(page: &Page<'_>) -> Markup {
    let id = visible(&page.lock.experiment.id);
    let files = [
        (
            "Lock",
            "lock-bytes",
            format!("{id}.lock.json"),
            page.lock_bytes,
        ),
        (
            "SBOM (CycloneDX 1.6)",
            "sbom-bytes",
            format!("{id}.cdx.json"),
            page.sbom_bytes,
        ),
    ];
    let rows = files.iter().map(|(what, embedded, name, content)| {
        html! {
            th scope="row" { (what) }
            td { (code(name)) }
            td { (bytes(content.len() as u64)) }
            td { (digest(&Sha256Digest::of(content))) }
            td.scripts-only {
                button type="button" data-embedded=(embedded) data-name=(name) { "Download" }
            }
        }
    });
    html! {
        p {
            "Both files are inside of this page. " code { "vhb verify" } " holds the lock against the "
            "world, and " code { "vhb sbom" } " makes the SBOM again from the lock."
        }
        (table("Files in this page", &["File", "Name", "Size", "SHA-256", ""], rows))
        noscript {
            p {
                "Without scripts: the files stand in the source of this page as base64, in the elements "
                code { "lock-bytes" } " and " code { "sbom-bytes" } "."
            }
        }
    }
}
