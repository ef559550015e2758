//! Project pages in JSON: PEP 691, with the additions of PEP 592, PEP 700 and PEP 714.
//!
//! One odd entry never costs the page: what a file states beyond its name and its address is read
//! leniently, and what makes no sense counts as not stated.

use std::borrow::Cow;
use std::fmt;

use pep508_rs::PackageName;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

use super::page::{FileStated, Files, PageError, check_version, metadata_with};
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
struct PageWire<'a> {
    meta: MetaWire,
    #[serde(borrow)]
    files: Vec<FileWire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct FileWire<'a> {
    #[serde(borrow)]
    filename: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow, default)]
    hashes: Lenient<'a>,
    #[serde(borrow, default)]
    requires_python: Lenient<'a>,
    #[serde(borrow, default)]
    yanked: Lenient<'a>,
    #[serde(borrow, default)]
    upload_time: Lenient<'a>,
    #[serde(borrow)]
    core_metadata: Option<Lenient<'a>>,
    /// What some indexes called it before PEP 714.
    #[serde(borrow)]
    dist_info_metadata: Option<Lenient<'a>>,
}

/// A value of any type; pages have tens of thousands, so nothing is kept that is not looked at.
#[derive(Default)]
enum Lenient<'a> {
    Text(Cow<'a, str>),
    Flag(bool),
    /// An object, of which only the member `sha256` matters.
    Hashes(Option<Cow<'a, str>>),
    #[default]
    Other,
}

impl<'a> Lenient<'a> {
    fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Flag(_) | Self::Hashes(_) | Self::Other => None,
        }
    }

    fn sha256(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Hashes(sha256) => sha256,
            Self::Text(_) | Self::Flag(_) | Self::Other => None,
        }
    }

    /// Why a file is yanked: only true and non-empty texts yank (PEP 691).
    fn reason(self) -> Option<String> {
        match self {
            Self::Flag(true) => Some(String::new()),
            Self::Text(reason) if !reason.is_empty() => Some(reason.into_owned()),
            Self::Flag(false) | Self::Text(_) | Self::Hashes(_) | Self::Other => None,
        }
    }

    fn beside(self) -> MetadataBeside {
        match self {
            Self::Flag(true) | Self::Hashes(None) => MetadataBeside::Yes,
            Self::Hashes(Some(sha256)) => metadata_with(&sha256),
            Self::Flag(false) | Self::Text(_) | Self::Other => MetadataBeside::No,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Lenient<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Lenient<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Lenient::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Lenient::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Lenient::Flag(flag))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Lenient::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Lenient::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Lenient::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Lenient::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Lenient::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut sha256 = None;
        while let Some(key) = members.next_key::<Lenient<'de>>()? {
            if key.text().as_deref() == Some("sha256") {
                // A digest that is no text is a digest that makes no sense.
                let text = members.next_value::<Lenient<'de>>()?.text();
                sha256 = Some(text.unwrap_or_default());
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Lenient::Hashes(sha256))
    }
}

/// Reads a page; `base` is what relative addresses are relative to.
pub(super) fn parse(
    body: &str,
    base: &Url,
    project: &PackageName,
) -> Result<ProjectPage, PageError> {
    let page: PageWire<'_> = serde_json::from_str(body).map_err(|error| {
        // What the body of a newer version looks like is not known.
        match serde_json::from_str::<VersionWire>(body) {
            Ok(version) => check_version(&version.meta.api_version)
                .err()
                .unwrap_or_else(|| PageError::Malformed(error.to_string())),
            Err(_) => PageError::Malformed(error.to_string()),
        }
    })?;
    check_version(&page.meta.api_version)?;
    let mut files = Files::new(base, project);
    for file in page.files {
        files.add(FileStated {
            filename: file.filename,
            address: file.url,
            sha256: file.hashes.sha256(),
            requires_python: file.requires_python.text(),
            uploaded: file.upload_time.text(),
            yanked: file.yanked.reason(),
            metadata: file
                .core_metadata
                .or(file.dist_info_metadata)
                .map(Lenient::beside)
                .unwrap_or_default(),
        });
    }
    Ok(files.page())
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
