//! What the configuration of an image says (OCI image specification, image configuration).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::platform::PlatformWire;
use crate::model::Instant;
use crate::remote::ImageConfig;

/// Configurations hold a history and labels, and some labels hold whole documents.
pub(super) const LARGEST: u64 = 16 * 1024 * 1024;

/// What builders write that know no time.
const NO_TIME: &str = "0001-01-01T00:00:00Z";

#[derive(Deserialize)]
struct ConfigWire {
    #[serde(flatten)]
    platform: PlatformWire,
    created: Option<String>,
    config: Option<RunWire>,
}

#[derive(Deserialize)]
struct RunWire {
    #[serde(rename = "Labels")]
    labels: Option<BTreeMap<String, String>>,
}

pub(super) fn parse(bytes: &[u8]) -> Result<ImageConfig, String> {
    let wire: ConfigWire = serde_json::from_slice(bytes)
        .map_err(|error| format!("it is no configuration of an image: {error}"))?;
    let platform = wire.platform.text();
    let platform =
        platform.ok_or("it is no configuration of an image: it names no platform".to_owned())?;
    let created = wire.created.filter(|created| created != NO_TIME);
    // A date that makes no sense does not make the image another one.
    let created: Option<Instant> = created.and_then(|created| created.parse().ok());
    let labels = wire.config.and_then(|run| run.labels).unwrap_or_default();
    Ok(ImageConfig {
        platform,
        created,
        labels,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_image_says_of_itself_is_read() {
        let text = r#"{"os":"linux","architecture":"arm64","variant":"v8",
            "created":"2026-01-02T03:04:05.678901234Z",
            "config":{"Env":[],"Labels":{"a":"b"}},"rootfs":{}}"#;
        let config = parse(text.as_bytes()).unwrap();
        assert_eq!(config.platform, "linux/arm64/v8");
        assert_eq!(config.created, "2026-01-02T03:04:05Z".parse().ok());
        assert_eq!(config.labels["a"], "b");
    }

    #[test]
    fn what_is_not_said_is_empty() {
        for more in [
            "",
            r#","config":null,"created":null"#,
            r#","config":{"Labels":null},"created":"0001-01-01T00:00:00Z""#,
            r#","config":{},"created":"yesterday""#,
        ] {
            let text = format!(r#"{{"os":"linux","architecture":"amd64"{more}}}"#);
            let expected = ImageConfig {
                platform: "linux/amd64".to_owned(),
                ..ImageConfig::default()
            };
            assert_eq!(parse(text.as_bytes()).unwrap(), expected, "{more}");
        }
        for text in ["{}", "[]", r#"{"os":"linux"}"#] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
