//! Project pages in JSON: PEP 691, with the additions of PEP 592, PEP 700 and PEP 714.
//!
//! One odd entry never costs the page: what a file states beyond its name and its address is read
//! leniently, and what makes no sense counts as not stated.

use std::collections::BTreeMap;

use pep508_rs::PackageName;
use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::page::{FileStated, PageError, check_version, metadata_with};
use crate::remote::{MetadataBeside, ProjectPage};

#[derive(Deserialize)]
struct VersionWire {
    meta: MetaWire,
}

#[derive(Deserialize)]
struct MetaWire {
    #[serde(rename = "api-version")]
    api_version: String,
}

#[derive(Deserialize)]
struct PageWire {
    files: Vec<FileWire>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct FileWire {
    filename: String,
    url: String,
    #[serde(default)]
    hashes: HashesWire,
    #[serde(default)]
    requires_python: Lenient<String>,
    #[serde(default)]
    yanked: YankedWire,
    #[serde(default)]
    upload_time: Lenient<String>,
    core_metadata: Option<MetadataWire>,
    /// What some indexes called it before PEP 714.
    dist_info_metadata: Option<MetadataWire>,
}

type HashesWire = Lenient<BTreeMap<String, Lenient<String>>>;

/// A value of the type that the standard gives it, or of any other type.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lenient<T> {
    Stated(T),
    Other(IgnoredAny),
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl<T> Lenient<T> {
    fn stated(self) -> Option<T> {
        match self {
            Self::Stated(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum YankedWire {
    Flag(bool),
    Reason(String),
    Other(IgnoredAny),
}

impl Default for YankedWire {
    fn default() -> Self {
        Self::Flag(false)
    }
}

impl YankedWire {
    /// Only true and non-empty texts yank (PEP 691).
    fn reason(self) -> Option<String> {
        match self {
            Self::Flag(true) => Some(String::new()),
            Self::Reason(reason) if !reason.is_empty() => Some(reason),
            Self::Flag(false) | Self::Reason(_) | Self::Other(_) => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MetadataWire {
    Flag(bool),
    Hashes(BTreeMap<String, Lenient<String>>),
    Other(IgnoredAny),
}

impl MetadataWire {
    fn beside(self) -> MetadataBeside {
        match self {
            Self::Flag(true) => MetadataBeside::Yes,
            Self::Flag(false) | Self::Other(_) => MetadataBeside::No,
            Self::Hashes(mut hashes) => match hashes.remove("sha256") {
                Some(stated) => metadata_with(&stated.stated().unwrap_or_default()),
                None => MetadataBeside::Yes,
            },
        }
    }
}

/// Reads a page; `base` is what relative addresses are relative to.
pub(super) fn parse(
    body: &str,
    base: &Url,
    project: &PackageName,
) -> Result<ProjectPage, PageError> {
    let malformed = |error: serde_json::Error| PageError::Malformed(error.to_string());
    let version: VersionWire = serde_json::from_str(body).map_err(malformed)?;
    check_version(&version.meta.api_version)?;
    let page: PageWire = serde_json::from_str(body).map_err(malformed)?;
    let files = page.files.into_iter().filter_map(|file| {
        let sha256 = file
            .hashes
            .stated()
            .and_then(|mut hashes| hashes.remove("sha256")?.stated());
        FileStated {
            filename: file.filename,
            address: file.url,
            sha256,
            requires_python: file.requires_python.stated(),
            uploaded: file.upload_time.stated(),
            yanked: file.yanked.reason(),
            metadata: file
                .core_metadata
                .or(file.dist_info_metadata)
                .map(MetadataWire::beside)
                .unwrap_or_default(),
        }
        .file(base, project)
    });
    Ok(ProjectPage {
        files: files.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<ProjectPage, PageError> {
        let base = "https://index.example/simple/foo/".parse().unwrap();
        parse(body, &base, &"foo".parse().unwrap())
    }

    fn page(version: &str, files: &str) -> String {
        format!(r#"{{"meta": {{"api-version": "{version}"}}, "name": "foo", "files": [{files}]}}"#)
    }

    #[test]
    fn everything_that_a_file_states_is_read() {
        let digest = "ab".repeat(32);
        let body = page(
            "1.1",
            &format!(
                r#"{{"filename": "foo-1.0.tar.gz", "url": "../../f/foo-1.0.tar.gz?a=b#c",
                "hashes": {{"md5": "x", "sha256": "{digest}"}}, "requires-python": ">=3.8,<4",
                "yanked": "broken", "upload-time": "2024-01-02T03:04:05.678Z", "size": 12}}"#
            ),
        );
        let file = &read(&body).unwrap().files[0];
        assert_eq!(file.filename, "foo-1.0.tar.gz");
        assert_eq!(file.version.to_string(), "1.0");
        assert_eq!(file.address, "https://index.example/f/foo-1.0.tar.gz?a=b");
        assert_eq!(file.sha256.unwrap().hex(), digest);
        let python = file.requires_python.as_ref().unwrap();
        assert!(python.contains(&"3.11".parse().unwrap()));
        assert!(!python.contains(&"3.7".parse().unwrap()));
        assert_eq!(file.yanked.as_deref(), Some("broken"));
        assert_eq!(file.uploaded.unwrap().to_string(), "2024-01-02T03:04:05Z");
    }

    #[test]
    fn odd_statements_do_not_cost_the_file() {
        let body = page(
            "1.0",
            r#"{"filename": "foo-1.0.tar.gz", "url": "a", "hashes": {"sha256": "short"},
                "requires-python": "three", "yanked": true, "upload-time": "yesterday"},
               {"filename": "foo-2.0.tar.gz", "url": "b", "hashes": null,
                "requires-python": null, "yanked": "", "upload-time": 7},
               {"filename": "foo-3.0.exe", "url": "c", "hashes": {}}"#,
        );
        let files = read(&body).unwrap().files;
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].yanked.as_deref(), Some(""));
        assert_eq!(files[1].yanked, None);
        for file in &files {
            assert!(file.sha256.is_none() && file.requires_python.is_none());
            assert!(file.uploaded.is_none());
        }
    }

    #[test]
    fn what_is_said_of_metadata_is_read_leniently() {
        let digest = "ab".repeat(32);
        let hashes = format!(r#"{{"sha512": "x", "sha256": "{digest}"}}"#);
        let stated = MetadataBeside::Digest(crate::model::Sha256Digest::from_hex(&digest).unwrap());
        for (said, expected) in [
            (format!(r#""core-metadata": {hashes}"#), stated),
            (format!(r#""dist-info-metadata": {hashes}"#), stated),
            (
                format!(r#""core-metadata": null, "dist-info-metadata": {hashes}"#),
                stated,
            ),
            (
                format!(r#""core-metadata": false, "dist-info-metadata": {hashes}"#),
                MetadataBeside::No,
            ),
            (r#""core-metadata": true"#.to_owned(), MetadataBeside::Yes),
            (r#""core-metadata": {}"#.to_owned(), MetadataBeside::Yes),
            (
                r#""core-metadata": {"sha256": "ab"}"#.to_owned(),
                MetadataBeside::No,
            ),
            (
                r#""core-metadata": {"sha256": 7}"#.to_owned(),
                MetadataBeside::No,
            ),
            (r#""core-metadata": ["yes"]"#.to_owned(), MetadataBeside::No),
            (r#""core-metadata": 1"#.to_owned(), MetadataBeside::No),
            (r#""size": 1"#.to_owned(), MetadataBeside::No),
        ] {
            let body = page(
                "1.1",
                &format!(r#"{{"filename": "foo-1.zip", "url": "a", {said}}}"#),
            );
            assert_eq!(read(&body).unwrap().files[0].metadata, expected, "{said}");
        }
    }

    #[test]
    fn only_major_version_one_is_read() {
        assert!(read(&page("1.9", "")).is_ok());
        for version in ["2.0", "0.9", "one"] {
            assert!(matches!(
                read(&page(version, "")),
                Err(PageError::Version(_))
            ));
        }
        // What the body of a newer version looks like is not known.
        let newer = r#"{"meta": {"api-version": "2.0"}, "releases": {}}"#;
        assert!(matches!(read(newer), Err(PageError::Version(_))));
    }

    #[test]
    fn half_a_page_is_malformed() {
        let whole = page("1.0", "");
        let half = &whole[..whole.len() - 2];
        assert!(matches!(read(half), Err(PageError::Malformed(_))));
        assert!(matches!(read("{}"), Err(PageError::Malformed(_))));
    }
}
