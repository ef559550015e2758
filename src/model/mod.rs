//! Floor 0: the nouns of the glossary as types that cannot hold an invalid value.
//!
//! Nothing here reads a file, a clock, the environment or the network. Whatever comes from
//! outside is parsed once into these types, and no later code checks it again.

/// Serialises a type as its `Display` text and reads it back by `FromStr`, so that a file can hold
/// nothing that the type would refuse. For schemas, what the text is, and the pattern that all that
/// vhb writes has.
macro_rules! serde_as_text {
    ($type:ident, $about:literal $(, $pattern:literal)?) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text =
                    <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "description": $about,
                    $("pattern": $pattern,)?
                })
            }
        }
    };
}

mod artifact;
mod canonical;
mod characters;
mod conflict;
mod count;
mod datasets;
mod digest;
mod entry;
mod file_pin;
mod git;
mod hub;
mod image;
mod installed;
mod instant;
mod license;
mod manifest;
mod metadata;
mod models;
mod moving;
mod pin;
mod platform;
mod purl;
mod python;
mod remote_code;
mod requirement;
mod role;
mod run;
mod runtime;
mod source;
mod target;
mod tokens;
mod unique;
mod url;
mod wheel;

pub use artifact::{
    Artifact, ArtifactError, EMPTY_CONFIG, INDEX_TYPE, Layer, MANIFEST_TYPE, Referrer,
    ReferrerList, described,
};
pub use canonical::{
    SECRET, canonical_digest, looks_secret, masked_env, masked_params, without_secrets,
};
pub use characters::is_hidden;
pub use conflict::has_conflict_marks;
pub use count::{counted, plural};
pub use datasets::{DatasetOrigin, DatasetPathError, DatasetPin, DatasetSource, S3Prefix, WebFile};
pub use digest::{DigestError, Sha256Digest};
pub use entry::{EntryRef, EntryRefError, Kind, NewId, NewIdError, RunMode};
pub use file_pin::{FileDigest, FileDigestError, FilePin, FilePins, files_digest};
pub use git::{GitOid, GitOidError, GitRefName};
pub use hub::{HUB, HubId, HubIdError, HubKind, HubRepo};
pub use image::{
    Descriptor, ImagePin, ImageReference, ImageReferenceError, PlatformImage, platform_suits,
};
pub use installed::{
    DirectOrigin, DirectUrl, DirectUrlError, Installed, InstalledDist, InstalledFile, RecordError,
    RecordLines, Recorded, RecordedDigest, path_in_environment,
};
pub use instant::{Instant, InstantError};
pub use license::{License, license, spdx_expression, spdx_id};
pub use manifest::{MANIFEST_RULES, Manifest, ManifestError, check_path, counts_as_data};
pub use metadata::{Addresses, CoreMetadata, MetadataError, StatedMetadata, one_line};
pub use models::{HubModelPin, HubSource, LocalFiles, LocalModelPin, ModelPin, ModelSource};
pub use moving::Moving;
pub use pin::{GitPin, LocalPin, Pin, PypiPin, Submodule};
pub use platform::{Platform, PlatformError};
pub use purl::Purl;
pub use python::{Dist, DistError};
pub use remote_code::{NAMING_CODE, named_code};
pub use requirement::{Requirement, RequirementError, parse_requirement};
pub use role::{Role, role_digests};
pub use run::{Environment, OneOrMany, PlannedRun, Stage};
pub use runtime::{
    Machine, RecordedEnvironment, RecordedPackage, RuntimeManifest, RuntimeManifestError,
};
pub use source::{GitSource, LocalSource, PypiSource, Source, VersionAsked};
pub use target::{Target, TargetError};
pub use tokens::{Token, Tokens};
use unique::keyed;
pub use unique::unique_keys;
pub use url::{
    FileUrl, IndexUrl, RemoteUrl, UrlError, address_without_credentials, without_credentials,
};
pub use wheel::{WheelRank, best_wheel, is_wheel, wheel_rank};
