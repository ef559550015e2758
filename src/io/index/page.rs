//! From the body of an answer to a [`ProjectPage`], by its content type.
//!
//! What the two formats share stands here: the version of the protocol (PEP 629) and how the
//! statements about a file become an [`IndexFile`].

use std::borrow::Cow;
use std::collections::HashMap;

use pep440_rs::VersionSpecifiers;
use pep508_rs::PackageName;
use url::Url;

use super::{filename, html, json};
use crate::model::Sha256Digest;
use crate::remote::{IndexFile, MetadataBeside, ProjectPage};

/// Both formats, the better one first (PEP 691).
pub(super) const ACCEPT: &str = "application/vnd.pypi.simple.v1+json, \
     application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

/// Why a body is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// It may have been cut off on its way.
    #[error("the page is malformed: {0}")]
    Malformed(String),
    /// A protocol that came after this program.
    #[error("the index speaks version `{0}` of the simple repository protocol, not 1")]
    Version(String),
    /// Something else than a project page.
    #[error("the index answered with content type `{0}`, which is no project page")]
    ContentType(String),
    /// HTML without a file of the project, and without a word that it comes from an index.
    #[error("the index answered with a web page that names no file of the project")]
    NoFiles,
}

/// Reads a page; `base` is the address that gave the body.
pub(super) fn parse(
    content_type: &str,
    body: &str,
    base: &Url,
    project: &PackageName,
) -> Result<ProjectPage, PageError> {
    let essence = content_type.split(';').next().unwrap_or_default();
    match essence.trim().to_ascii_lowercase().as_str() {
        kind if kind == "application/json"
            || (kind.starts_with("application/vnd.pypi.simple.") && kind.ends_with("+json")) =>
        {
            json::parse(body, base, project)
        }
        kind if kind == "text/html"
            || (kind.starts_with("application/vnd.pypi.simple.") && kind.ends_with("+html")) =>
        {
            html::parse(body, base, project)
        }
        _ => Err(PageError::ContentType(content_type.to_owned())),
    }
}

/// Refuses all but major version 1 (PEP 629).
pub(super) fn check_version(version: &str) -> Result<(), PageError> {
    match version.split('.').next() {
        Some("1") => Ok(()),
        _ => Err(PageError::Version(version.to_owned())),
    }
}

/// What a page says of a file, as text.
pub(super) struct FileStated<'a> {
    pub(super) filename: Cow<'a, str>,
    pub(super) address: Cow<'a, str>,
    pub(super) sha256: Option<Cow<'a, str>>,
    pub(super) requires_python: Option<Cow<'a, str>>,
    pub(super) uploaded: Option<Cow<'a, str>>,
    pub(super) yanked: Option<String>,
    pub(super) metadata: MetadataBeside,
}

/// The files of a page, as they are gathered.
pub(super) struct Files<'a> {
    base: &'a Url,
    project: &'a PackageName,
    read: Vec<IndexFile>,
    /// Specifiers by their text: the files of a release have the same.
    specifiers: HashMap<String, Option<VersionSpecifiers>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(base: &'a Url, project: &'a PackageName) -> Self {
        Self {
            base,
            project,
            read: Vec::new(),
            specifiers: HashMap::new(),
        }
    }

    /// Adds the file, if its name says that it belongs to the project.
    ///
    /// A digest, a specifier or an instant that makes no sense counts as not stated.
    pub(super) fn add(&mut self, stated: FileStated<'_>) {
        let Some(version) = filename::version(&stated.filename, self.project) else {
            return;
        };
        let requires_python = stated
            .requires_python
            .and_then(|text| self.specifiers(&text));
        self.read.push(IndexFile {
            version,
            address: self.address(&stated.address),
            sha256: stated.sha256.and_then(|hex| digest(&hex)),
            requires_python,
            uploaded: stated.uploaded.and_then(|text| text.parse().ok()),
            yanked: stated.yanked,
            metadata: stated.metadata,
            filename: stated.filename.into_owned(),
        });
    }

    fn specifiers(&mut self, text: &str) -> Option<VersionSpecifiers> {
        if let Some(known) = self.specifiers.get(text) {
            return known.clone();
        }
        let parsed: Option<VersionSpecifiers> = text.parse().ok();
        self.specifiers.insert(text.to_owned(), parsed.clone());
        parsed
    }

    /// The absolute address. One that cannot be read is kept: the file exists, only its bytes
    /// cannot be had.
    fn address(&self, stated: &str) -> String {
        // Most are absolute already; it is whoever asks for the file that reads them.
        let is_absolute = stated.starts_with("https://") || stated.starts_with("http://");
        if is_absolute && !stated.contains('#') {
            return stated.to_owned();
        }
        self.base.join(stated).map_or_else(
            |_| stated.to_owned(),
            |mut url| {
                url.set_fragment(None);
                url.into()
            },
        )
    }

    pub(super) fn page(self) -> ProjectPage {
        ProjectPage { files: self.read }
    }
}

/// What a digest beside the metadata of a file says; one that makes no sense says nothing.
pub(super) fn metadata_with(sha256: &str) -> MetadataBeside {
    digest(sha256).map_or(MetadataBeside::No, MetadataBeside::Digest)
}

fn digest(hex: &str) -> Option<Sha256Digest> {
    Sha256Digest::from_hex(&hex.trim().to_ascii_lowercase()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &str) -> Result<ProjectPage, PageError> {
        let base = "https://index.example/simple/foo/".parse().unwrap();
        parse(content_type, body, &base, &"foo".parse().unwrap())
    }

    #[test]
    fn the_content_type_decides() {
        let body = r#"{"meta": {"api-version": "1.0"}, "files": []}"#;
        for kind in [
            "application/vnd.pypi.simple.v1+json",
            "application/json; charset=utf-8",
            "Text/HTML;charset=utf-8",
            "application/vnd.pypi.simple.v1+html",
        ] {
            let read = read(kind, body);
            // Read as HTML, it is a page that names no file.
            let as_html = kind.to_lowercase().contains("html");
            assert_eq!(matches!(read, Err(PageError::NoFiles)), as_html, "{kind}");
            assert_eq!(read.is_ok(), !as_html, "{kind}");
        }
        for kind in ["", "text/plain", "application/problem+json"] {
            let error = read(kind, body).unwrap_err();
            assert!(matches!(error, PageError::ContentType(_)), "{kind}");
        }
    }
}
