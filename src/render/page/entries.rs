//! The registry entries that the experiment reaches, as they were when it was locked.

use maud::{Markup, html};

use super::text::{code, digest, nothing, visible};
use crate::lock::Lock;

pub(super) fn section(lock: &Lock) -> Markup {
    if lock.registry.is_empty() {
        return nothing("The lock names no registry entries.");
    }
    html! {
        p { "Canonical JSON, after overlays; the digest is that of its bytes." }
        ul.entries {
            @for (entry, sha256) in &lock.registry {
                li {
                    details {
                        summary { (code(&entry.to_string())) }
                        (digest(sha256))
                        @if let Some(value) = lock.config.get(entry) {
                            pre tabindex="0" { (visible(&format!("{value:#}"))) }
                        }
                    }
                }
            }
        }
    }
}
