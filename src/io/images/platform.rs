//! How manifests and configurations name a platform.

use serde::Deserialize;

/// The platform of an entry of an index, or of a configuration.
#[derive(Deserialize)]
pub(super) struct PlatformWire {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
}

impl PlatformWire {
    /// `os/architecture[/variant]`; none for no platform.
    pub(super) fn text(&self) -> Option<String> {
        let Self {
            os, architecture, ..
        } = self;
        let named = |part: &str| !matches!(part, "" | "unknown");
        if !named(os) || !named(architecture) {
            return None;
        }
        let variant = self
            .variant
            .as_deref()
            .filter(|variant| !variant.is_empty());
        Some(match variant {
            Some(variant) => format!("{os}/{architecture}/{variant}"),
            None => format!("{os}/{architecture}"),
        })
    }
}
