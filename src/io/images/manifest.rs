//! From the bytes of a manifest or an index to what they name.
//!
//! Read are the OCI image specification and Docker's schema 2, which has the same shape under
//! other media types. The bytes were held against their digest before.

use serde::Deserialize;

use super::platform::PlatformWire;
use crate::model::{Descriptor, Sha256Digest};
use crate::remote::{ImageManifest, ManifestContent};

const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+";

/// What is asked for.
pub(super) const ACCEPT: &str = concat!(
    "application/vnd.oci.image.index.v1+json, ",
    "application/vnd.docker.distribution.manifest.list.v2+json, ",
    "application/vnd.oci.image.manifest.v1+json, ",
    "application/vnd.docker.distribution.manifest.v2+json",
);

/// More than any registry takes (OCI distribution specification: at least 4 MiB).
pub(super) const LARGEST: u64 = 8 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestWire {
    schema_version: u64,
    media_type: Option<String>,
    manifests: Option<Vec<EntryWire>>,
    config: Option<DescriptorWire>,
}

#[derive(Deserialize)]
struct EntryWire {
    #[serde(flatten)]
    descriptor: DescriptorWire,
    platform: Option<PlatformWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescriptorWire {
    digest: String,
    media_type: String,
    size: u64,
}

/// Reads a manifest or an index; `content_type` is what its registry calls it.
pub(super) fn parse(bytes: &[u8], content_type: Option<&str>) -> Result<ImageManifest, String> {
    let wire: ManifestWire = serde_json::from_slice(bytes)
        .map_err(|error| format!("the answer is no manifest: {error}"))?;
    let stated = wire.media_type.as_deref().or(content_type);
    let stated = stated.map(|stated| stated.split(';').next().unwrap_or_default().trim());
    if wire.schema_version == 1 || stated.is_some_and(|stated| stated.starts_with(DOCKER_SCHEMA_1))
    {
        return Err(
            "its manifest is of schema 1, which names no configuration; push it anew".to_owned(),
        );
    }
    let (content, usual) = match (wire.manifests, wire.config) {
        (Some(entries), None) => (platforms(entries)?, OCI_INDEX),
        (None, Some(config)) => (ManifestContent::Image(descriptor(config)?), OCI_MANIFEST),
        // One client would read such a document as an index, and another as a manifest.
        (Some(_), Some(_)) => return Err("its manifest is an index as well".to_owned()),
        (None, None) => return Err("its manifest names nothing".to_owned()),
    };
    let is_index = matches!(content, ManifestContent::Index(_));
    // A registry that does not know the type calls it just JSON, or text.
    let media_type = match stated {
        Some(known @ (OCI_INDEX | DOCKER_LIST)) if is_index => known,
        Some(known @ (OCI_MANIFEST | DOCKER_MANIFEST)) if !is_index => known,
        Some(OCI_INDEX | DOCKER_LIST | OCI_MANIFEST | DOCKER_MANIFEST) => {
            return Err("its manifest is not of the type that it is said to be".to_owned());
        }
        _ => usual,
    };
    Ok(ImageManifest {
        descriptor: Descriptor {
            digest: Sha256Digest::of(bytes),
            media_type: media_type.to_owned(),
            size: u64::try_from(bytes.len()).map_err(|error| error.to_string())?,
        },
        content,
    })
}

fn platforms(entries: Vec<EntryWire>) -> Result<ManifestContent, String> {
    let mut platforms = Vec::new();
    for entry in entries {
        // What is for no platform is no image: an attestation, a signature.
        if let Some(platform) = entry.platform.as_ref().and_then(PlatformWire::text) {
            platforms.push((platform, descriptor(entry.descriptor)?));
        }
    }
    Ok(ManifestContent::Index(platforms))
}

fn descriptor(wire: DescriptorWire) -> Result<Descriptor, String> {
    let digest = wire
        .digest
        .parse()
        .map_err(|error| format!("its manifest names something by another digest: {error}"))?;
    Ok(Descriptor {
        digest,
        media_type: wire.media_type,
        size: wire.size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(of: &str) -> Sha256Digest {
        Sha256Digest::of(of.as_bytes())
    }

    fn entry(name: &str, platform: &str) -> String {
        let digest = digest(name);
        format!(r#"{{"mediaType":"m","digest":"{digest}","size":1{platform}}}"#)
    }

    fn index(media_type: &str, entries: &[String]) -> Vec<u8> {
        let entries = entries.join(",");
        format!(r#"{{"schemaVersion":2{media_type},"manifests":[{entries}]}}"#).into_bytes()
    }

    #[test]
    fn an_index_names_one_manifest_for_each_platform() {
        let platform = |os: &str, architecture: &str, more: &str| {
            format!(r#","platform":{{"os":"{os}","architecture":"{architecture}"{more}}}"#)
        };
        let entries = [
            entry("a", &platform("linux", "amd64", "")),
            entry("b", &platform("linux", "arm64", r#","variant":"v8""#)),
            entry("c", &platform("unknown", "unknown", "")),
            entry("d", ""),
        ];
        let bytes = index("", &entries);
        let read = parse(&bytes, Some("application/json; charset=utf-8")).unwrap();
        assert_eq!(read.descriptor.digest, Sha256Digest::of(&bytes));
        assert_eq!(read.descriptor.media_type, OCI_INDEX);
        let ManifestContent::Index(platforms) = read.content else {
            panic!("{:?}", read.content);
        };
        let read: Vec<_> = platforms
            .iter()
            .map(|(platform, descriptor)| (platform.as_str(), descriptor.digest))
            .collect();
        assert_eq!(
            read,
            [
                ("linux/amd64", digest("a")),
                ("linux/arm64/v8", digest("b")),
            ]
        );
    }

    #[test]
    fn the_type_is_what_the_manifest_says_then_what_the_registry_says() {
        let docker = index(&format!(r#","mediaType":"{DOCKER_LIST}""#), &[]);
        let media_type = |bytes: &[u8], content_type| {
            let read = parse(bytes, content_type)?;
            Ok::<_, String>(read.descriptor.media_type)
        };
        assert_eq!(media_type(&docker, None).unwrap(), DOCKER_LIST);
        assert_eq!(media_type(&docker, Some(OCI_INDEX)).unwrap(), DOCKER_LIST);
        let untyped = index("", &[]);
        let stated = Some("application/vnd.docker.distribution.manifest.list.v2+json; x=y");
        assert_eq!(media_type(&untyped, stated).unwrap(), DOCKER_LIST);
        assert!(media_type(&untyped, Some(OCI_MANIFEST)).is_err());
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let config = entry("a", "");
        for (text, reason) in [
            ("{}", "no manifest"),
            (r#"{"schemaVersion":1,"fsLayers":[]}"#, "schema 1"),
            (r#"{"schemaVersion":2}"#, "names nothing"),
            (
                &format!(r#"{{"schemaVersion":2,"config":{config},"manifests":[]}}"#),
                "an index as well",
            ),
            (
                r#"{"schemaVersion":2,"config":{"mediaType":"m","digest":"sha512:00","size":1}}"#,
                "another digest",
            ),
        ] {
            let error = parse(text.as_bytes(), None).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
