//! Package URLs (ECMA-427), in the encoded form for `purl` and the decoded one for `bom-ref`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Dist, GitOid, GitPin, HubId, ImagePin, IndexUrl, LocalPin, Sha256Digest};

/// What stays as it is in names and versions: the unreserved characters of RFC 3986.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// Values of qualifiers may hold `:` and `/`, which keeps addresses readable.
const VALUE: &AsciiSet = &PART.remove(b':').remove(b'/');

/// A package URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purl {
    kind: &'static str,
    name: String,
    version: Option<String>,
    qualifiers: BTreeMap<&'static str, String>,
    subpath: Option<String>,
}

impl Purl {
    /// `pkg:pypi/name@version`, with the index where it is not the default one.
    pub fn pypi(dist: &Dist, index: Option<&IndexUrl>) -> Self {
        let index = index.map(|index| ("repository_url", index.to_string()));
        Self {
            kind: "pypi",
            name: dist.name.to_string(),
            version: dist.version.as_ref().map(ToString::to_string),
            qualifiers: index.into_iter().collect(),
            subpath: None,
        }
    }

    /// The same release, one of its files.
    #[must_use]
    pub fn file(&self, filename: &str) -> Self {
        let mut file = self.clone();
        file.qualifiers.insert("file_name", filename.to_owned());
        file
    }

    /// `pkg:generic/name@version?vcs_url=git+https://...@commit`; the type `generic`, because the
    /// identity is the commit and not a release of some index.
    pub fn git(name: &str, version: Option<&str>, pin: &GitPin) -> Self {
        let location = pin.url.vcs_url().map_or_else(
            || ("checksum", pin.content.to_string()),
            |url| ("vcs_url", format!("{url}@{}", pin.commit)),
        );
        Self {
            kind: "generic",
            name: name.to_owned(),
            version: Some(version.map_or_else(|| pin.commit.to_string(), str::to_owned)),
            qualifiers: [location].into(),
            subpath: pin.subdirectory.clone(),
        }
    }

    /// `pkg:generic/name@version?checksum=sha256:...` of a directory's Manifest.
    pub fn local(name: &str, version: Option<&str>, pin: &LocalPin) -> Self {
        Self::content(name, version, pin.content)
    }

    /// `pkg:generic/python@3.11`.
    pub fn python(version: &str) -> Self {
        Self {
            kind: "generic",
            name: "python".to_owned(),
            version: Some(version.to_owned()),
            qualifiers: BTreeMap::new(),
            subpath: None,
        }
    }

    /// `pkg:huggingface/org/name@commit`.
    pub fn hub_model(repo: &HubId, commit: &GitOid) -> Self {
        Self {
            kind: "huggingface",
            name: repo.to_string(),
            version: Some(commit.to_string()),
            qualifiers: BTreeMap::new(),
            subpath: None,
        }
    }

    /// `pkg:generic/org/name@commit?checksum=...&vcs_url=...`; the type `huggingface` is for models.
    pub fn hub_dataset(
        repo: &HubId,
        commit: &GitOid,
        address: &str,
        content: Sha256Digest,
    ) -> Self {
        Self {
            kind: "generic",
            name: repo.to_string(),
            version: Some(commit.to_string()),
            qualifiers: [
                ("checksum", content.to_string()),
                ("vcs_url", format!("git+{address}@{commit}")),
            ]
            .into(),
            subpath: None,
        }
    }

    /// `pkg:oci/name@sha256:...?arch=...&repository_url=...&tag=...`: the manifest of a platform.
    pub fn image(pin: &ImagePin, platform: &str, manifest: Sha256Digest) -> Self {
        let architecture = platform.split('/').nth(1).unwrap_or(platform);
        let mut image = Self::image_index(pin, manifest);
        image.qualifiers.insert("arch", architecture.to_owned());
        image
    }

    /// `pkg:oci/name@sha256:...?repository_url=...&tag=...`: the index of all platforms.
    pub fn image_index(pin: &ImagePin, index: Sha256Digest) -> Self {
        let name = pin.repository.rsplit('/').next().unwrap_or(&pin.repository);
        let repository = format!("{}/{}", pin.registry, pin.repository);
        let mut qualifiers = BTreeMap::from([("repository_url", repository)]);
        qualifiers.extend(pin.tag.clone().map(|tag| ("tag", tag)));
        Self {
            kind: "oci",
            name: name.to_lowercase(),
            version: Some(index.to_string()),
            qualifiers,
            subpath: None,
        }
    }

    /// Something that is only known by the digest of its bytes.
    pub fn content(name: &str, version: Option<&str>, digest: Sha256Digest) -> Self {
        Self {
            kind: "generic",
            name: name.to_owned(),
            version: version.map(str::to_owned),
            qualifiers: [("checksum", digest.to_string())].into(),
            subpath: None,
        }
    }

    /// The canonical form, percent-encoded.
    pub fn encoded(&self) -> String {
        self.write(
            |part| utf8_percent_encode(part, PART).to_string(),
            |value| utf8_percent_encode(value, VALUE).to_string(),
        )
    }

    /// The form for people and references, with nothing encoded.
    pub fn decoded(&self) -> String {
        self.write(str::to_owned, str::to_owned)
    }

    fn write(&self, part: impl Fn(&str) -> String, value: impl Fn(&str) -> String) -> String {
        // What stands before the last `/` is the namespace.
        let name: Vec<_> = self.name.split('/').map(&part).collect();
        let mut out = format!("pkg:{}/{}", self.kind, name.join("/"));
        if let Some(version) = &self.version {
            let _ = write!(out, "@{}", part(version));
        }
        for (index, (key, text)) in self.qualifiers.iter().enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            let _ = write!(out, "{separator}{key}={}", value(text));
        }
        if let Some(subpath) = &self.subpath {
            let parts: Vec<_> = subpath.split('/').map(part).collect();
            let _ = write!(out, "#{}", parts.join("/"));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_the_specification_does() {
        let purl = Purl {
            kind: "generic",
            name: "vqa dataset".to_owned(),
            version: Some("1.0+cu121".to_owned()),
            qualifiers: [("vcs_url", "git+https://h/x.git@abc".to_owned())].into(),
            subpath: Some("packages/a b".to_owned()),
        };
        assert_eq!(
            purl.encoded(),
            "pkg:generic/vqa%20dataset@1.0%2Bcu121?vcs_url=git%2Bhttps://h/x.git%40abc#packages/a%20b"
        );
        assert_eq!(
            purl.decoded(),
            "pkg:generic/vqa dataset@1.0+cu121?vcs_url=git+https://h/x.git@abc#packages/a b"
        );
    }
}
