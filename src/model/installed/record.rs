//! `RECORD`: the files of an installed distribution, each with its digest (the specification
//! "Recording installed projects").

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::Sha256Digest;

/// What a `RECORD` says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordedDigest {
    /// Nothing, as of `RECORD` itself and of compiled files.
    None,
    /// Its SHA-256.
    Sha256(Sha256Digest),
    /// A digest by another algorithm, of which this is the name.
    Other(String),
}

/// The lines of a `RECORD`: each path as it is written, relative to the directory that holds the
/// `.dist-info`, and what is said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordLines(BTreeMap<String, RecordedDigest>);

/// Why a text is no `RECORD`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not comma-separated values.
    #[error("line {line} is not comma-separated values: {reason}")]
    Form {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A digest that makes no sense.
    #[error("line {line}: the digest of `{path}` makes no sense")]
    Digest {
        /// Counted from 1.
        line: u64,
        /// The file.
        path: String,
    },
    /// Two lines that contradict each other.
    #[error("`{0}` is listed twice, with different digests")]
    Twice(String),
}

impl RecordLines {
    /// Reads the text of a `RECORD`.
    pub fn parse(text: &str) -> Result<Self, RecordError> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut lines = BTreeMap::new();
        let mut row = csv::StringRecord::new();
        loop {
            let line = reader.position().line();
            let more = reader.read_record(&mut row);
            if !more.map_err(|error| malformed(line, &error))? {
                return Ok(Self(lines));
            }
            let path = row.get(0).unwrap_or_default();
            if path.is_empty() {
                continue;
            }
            let digest = digest(row.get(1).unwrap_or_default());
            let digest = digest.ok_or_else(|| RecordError::Digest {
                line,
                path: path.to_owned(),
            })?;
            if let Some(before) = lines.insert(path.to_owned(), digest.clone())
                && before != digest
            {
                return Err(RecordError::Twice(path.to_owned()));
            }
        }
    }

    /// Each path with what is said of it, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RecordedDigest)> {
        self.0.iter().map(|(path, digest)| (path.as_str(), digest))
    }
}

fn malformed(line: u64, error: &csv::Error) -> RecordError {
    RecordError::Form {
        line,
        reason: error.to_string(),
    }
}

/// `sha256=<URL-safe base64 without padding>`; none where it makes no sense.
fn digest(text: &str) -> Option<RecordedDigest> {
    if text.is_empty() {
        return Some(RecordedDigest::None);
    }
    let (algorithm, value) = text.split_once('=')?;
    if algorithm != "sha256" {
        return Some(RecordedDigest::Other(algorithm.to_owned()));
    }
    let bytes = URL_SAFE_NO_PAD.decode(value.trim_end_matches('=')).ok()?;
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    Some(RecordedDigest::Sha256(Sha256Digest::from_bytes(bytes)))
}

/// A path of a `RECORD` as a path from the root of the environment; `site` is the directory that
/// the path starts from, itself relative to the root and empty where it is the root. None where it
/// leads out of the environment.
pub fn path_in_environment(site: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') || path.contains(['\\', '\0']) || is_drive(path) {
        return None;
    }
    let mut parts: Vec<&str> = site.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EMPTY: &str = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    #[test]
    fn paths_digests_and_quotes_are_read() {
        let text = format!(
            "a.py,{EMPTY},0\n\"b, \"\"c\"\".py\",{EMPTY}=,\na.dist-info/RECORD,,\n\nd.py,sha512=xyz,1\n"
        );
        let lines = RecordLines::parse(&text).unwrap();
        let empty = RecordedDigest::Sha256(Sha256Digest::of(b""));
        let all: Vec<_> = lines.iter().collect();
        assert_eq!(
            all,
            [
                ("a.dist-info/RECORD", &RecordedDigest::None),
                ("a.py", &empty),
                ("b, \"c\".py", &empty),
                ("d.py", &RecordedDigest::Other("sha512".to_owned())),
            ]
        );
    }

    #[test]
    fn contradictions_and_senseless_digests_are_told() {
        let twice = format!("a.py,{EMPTY},0\na.py,,\n");
        assert_eq!(
            RecordLines::parse(&twice),
            Err(RecordError::Twice("a.py".to_owned()))
        );
        for digest in ["sha256=", "sha256=!!", "sha256=47DEQ", "nothing"] {
            let text = format!("ok.py,,\na.py,{digest},0\n");
            let error = RecordLines::parse(&text).unwrap_err();
            let path = "a.py".to_owned();
            assert_eq!(error, RecordError::Digest { line: 2, path }, "{digest}");
        }
    }

    #[test]
    fn paths_stay_in_the_environment_or_are_none() {
        let site = "lib/python3.11/site-packages";
        let inside = |path| path_in_environment(site, path);
        assert_eq!(inside("a/b.py").unwrap(), format!("{site}/a/b.py"));
        assert_eq!(inside("./a//b.py").unwrap(), format!("{site}/a/b.py"));
        assert_eq!(inside("../../../bin/tool").unwrap(), "bin/tool");
        for path in [
            "../../../../etc/passwd",
            "/etc/passwd",
            "..\\x",
            "C:/x",
            "../../..",
            "",
        ] {
            assert_eq!(inside(path), None, "{path}");
        }
        assert_eq!(path_in_environment("", "a.py").unwrap(), "a.py");
        assert_eq!(path_in_environment("", "../a.py"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}|[a,\"\n\r=/.]{0,60}") {
            if let Ok(lines) = RecordLines::parse(&text) {
                for (path, _) in lines.iter() {
                    let inside = path_in_environment("lib/site", path);
                    prop_assert!(inside.is_none_or(|path| !path.split('/').any(|part| part == "..")));
                }
            }
        }

        #[test]
        fn what_was_written_is_read_again(names in proptest::collection::btree_set("[a-z,\" \u{e9}]{1,12}", 0..20)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for name in &names {
                writer.write_record([name.as_str(), EMPTY, "0"]).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let lines = RecordLines::parse(&text).unwrap();
            prop_assert!(lines.iter().map(|(path, _)| path).eq(names.iter().map(String::as_str)));
        }
    }
}
