//! Releases, and the project pages that tell of them.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::installable;

/// A file of a release; without a name of its own it is named after the release.
#[derive(Clone, Debug)]
pub(crate) struct File {
    ending: Ending,
    pub(super) content: Vec<u8>,
    made: Made,
    requires: Vec<String>,
    fields: Vec<String>,
    uploaded: Option<String>,
    yanked: Option<String>,
    requires_python: Option<String>,
    metadata: Option<String>,
    stated: Stated,
    pub(super) serves_metadata: bool,
}

/// What a page says of the metadata beside a file (PEP 658).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stated {
    /// Nothing at all.
    Nothing,
    /// That it is there.
    Served,
    /// That it is there, with its digest.
    Digest,
    /// That it is there, with this digest.
    Other(String),
}

/// What the bytes are made of where none are given.
#[derive(Clone, Debug)]
enum Made {
    /// A text that differs from file to file.
    Text,
    /// A wheel with its metadata and one module.
    Wheel,
    /// A source distribution with these files.
    Source(Vec<(String, String)>),
}

#[derive(Clone, Debug)]
enum Ending {
    Wheel(String),
    Sdist,
    Named(String),
}

impl File {
    /// A wheel for every Python.
    pub(crate) fn wheel() -> Self {
        Self::new(Ending::Wheel("py3-none-any".to_owned()))
    }

    /// A wheel for some Python and platform, such as `cp311-cp311-manylinux_2_28_x86_64`.
    pub(crate) fn wheel_for(tag: &str) -> Self {
        Self::new(Ending::Wheel(tag.to_owned()))
    }

    /// A source distribution.
    pub(crate) fn sdist() -> Self {
        Self::new(Ending::Sdist)
    }

    /// A file of any name.
    pub(crate) fn named(filename: &str) -> Self {
        Self::new(Ending::Named(filename.to_owned()))
    }

    fn new(ending: Ending) -> Self {
        Self {
            ending,
            content: Vec::new(),
            made: Made::Text,
            requires: Vec::new(),
            fields: Vec::new(),
            uploaded: None,
            yanked: None,
            requires_python: None,
            metadata: None,
            stated: Stated::Digest,
            serves_metadata: true,
        }
    }

    /// The metadata beside; without it, that of a wheel tells name, version and requirements.
    pub(crate) fn metadata(mut self, text: &str) -> Self {
        self.metadata = Some(text.to_owned());
        self
    }

    /// What the page says of the metadata beside, if there is one.
    pub(crate) fn stated(mut self, stated: Stated) -> Self {
        self.stated = stated;
        self
    }

    /// The metadata beside is not there, whatever the page says.
    pub(crate) fn without_metadata(mut self) -> Self {
        self.serves_metadata = false;
        self
    }

    /// The bytes; without them, some that differ from file to file.
    pub(crate) fn content(mut self, content: &[u8]) -> Self {
        content.clone_into(&mut self.content);
        self
    }

    /// A wheel that can be installed: its metadata, one module, and the digests of both.
    pub(crate) fn installable(mut self) -> Self {
        self.made = Made::Wheel;
        self
    }

    /// A source distribution of some files, each a path below its directory and a text.
    pub(crate) fn source(mut self, files: &[(&str, &str)]) -> Self {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        self.made = Made::Source(files.iter().map(owned).collect());
        self
    }

    /// Further lines of the metadata, such as `License: MIT`.
    pub(crate) fn fields(mut self, lines: &[&str]) -> Self {
        self.fields = lines.iter().map(|text| (*text).to_owned()).collect();
        self
    }

    /// What the metadata requires (PEP 508).
    pub(crate) fn requires(mut self, requirements: &[&str]) -> Self {
        self.requires = requirements.iter().map(|text| (*text).to_owned()).collect();
        self
    }

    fn digest_of(&self, metadata: &str) -> Option<String> {
        match &self.stated {
            Stated::Nothing | Stated::Served => None,
            Stated::Digest => Some(sha256(metadata.as_bytes())),
            Stated::Other(digest) => Some(digest.clone()),
        }
    }

    /// When it was uploaded (RFC 3339).
    pub(crate) fn uploaded(mut self, instant: &str) -> Self {
        self.uploaded = Some(instant.to_owned());
        self
    }

    /// Yanked, with a reason or an empty one.
    pub(crate) fn yanked(mut self, reason: &str) -> Self {
        self.yanked = Some(reason.to_owned());
        self
    }

    /// The Python versions that it suits.
    pub(crate) fn requires_python(mut self, specifiers: &str) -> Self {
        self.requires_python = Some(specifiers.to_owned());
        self
    }
}

/// A file as the index has it.
#[derive(Clone, Debug)]
pub(super) struct StoredFile {
    pub(super) filename: String,
    pub(super) metadata: Option<String>,
    pub(super) file: File,
}

impl StoredFile {
    pub(super) fn new(name: &str, version: &str, file: &File) -> Self {
        let escaped = name.replace(['-', '.'], "_");
        let (filename, is_wheel) = match &file.ending {
            Ending::Wheel(tag) => (format!("{escaped}-{version}-{tag}.whl"), true),
            Ending::Sdist => (format!("{escaped}-{version}.tar.gz"), false),
            Ending::Named(filename) => (filename.clone(), false),
        };
        let mut file = file.clone();
        let of_wheel = || {
            let mut text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
            for requirement in &file.requires {
                let _ = writeln!(text, "Requires-Dist: {requirement}");
            }
            if let Some(python) = &file.requires_python {
                let _ = writeln!(text, "Requires-Python: {python}");
            }
            for line in &file.fields {
                let _ = writeln!(text, "{line}");
            }
            text
        };
        let metadata = file.metadata.clone().or_else(|| is_wheel.then(of_wheel));
        if file.content.is_empty() {
            let stem = format!("{escaped}-{version}");
            file.content = match &file.made {
                Made::Text => format!("content of {filename}").into_bytes(),
                Made::Wheel => {
                    let metadata = metadata.as_deref().expect("a wheel has metadata");
                    installable::wheel(&stem, &filename, metadata)
                }
                Made::Source(files) => installable::sdist(&stem, files),
            };
        }
        Self {
            filename,
            metadata,
            file,
        }
    }
}

/// A page by PEP 691.
pub(super) fn json(hashes: bool, name: &str, files: &[StoredFile]) -> String {
    let files: Vec<_> = files
        .iter()
        .map(
            |StoredFile {
                 filename,
                 metadata,
                 file,
             }| {
                let mut entry = serde_json::json!({
                    "filename": filename,
                    "url": format!("../../files/{filename}"),
                    "size": file.content.len(),
                    "hashes": {},
                    "core-metadata": false,
                    "yanked": false,
                });
                if hashes {
                    entry["hashes"]["sha256"] = sha256(&file.content).into();
                }
                if let Some(metadata) = metadata {
                    entry["core-metadata"] = match file.digest_of(metadata) {
                        Some(digest) => serde_json::json!({ "sha256": digest }),
                        None => (file.stated == Stated::Served).into(),
                    };
                }
                if let Some(reason) = &file.yanked {
                    entry["yanked"] = if reason.is_empty() {
                        true.into()
                    } else {
                        reason.as_str().into()
                    };
                }
                if let Some(instant) = &file.uploaded {
                    entry["upload-time"] = instant.as_str().into();
                }
                if let Some(python) = &file.requires_python {
                    entry["requires-python"] = python.as_str().into();
                }
                entry
            },
        )
        .collect();
    serde_json::json!({ "meta": { "api-version": "1.1" }, "name": name, "files": files })
        .to_string()
}

/// A page by PEP 503.
pub(super) fn html(hashes: bool, files: &[StoredFile]) -> String {
    let mut page = "<!DOCTYPE html><html><head><meta name=\"pypi:repository-version\" \
         content=\"1.0\"></head><body>\n"
        .to_owned();
    for StoredFile {
        filename,
        metadata,
        file,
    } in files
    {
        let _ = write!(page, "<a href=\"../../files/{filename}");
        if hashes {
            let _ = write!(page, "#sha256={}", sha256(&file.content));
        }
        page.push('"');
        if let Some(metadata) = metadata {
            let _ = match file.digest_of(metadata) {
                Some(digest) => write!(page, " data-core-metadata=\"sha256={digest}\""),
                None => write!(
                    page,
                    " data-core-metadata=\"{}\"",
                    file.stated == Stated::Served
                ),
            };
        }
        if let Some(reason) = &file.yanked {
            let _ = write!(page, " data-yanked=\"{}\"", escaped(reason));
        }
        if let Some(python) = &file.requires_python {
            let _ = write!(page, " data-requires-python=\"{}\"", escaped(python));
        }
        let _ = writeln!(page, ">{filename}</a><br>");
    }
    page.push_str("</body></html>\n");
    page
}

/// The SHA-256 of some bytes in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
