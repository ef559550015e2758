//! What an installed distribution says of where it comes from (PEP 610, `direct_url.json`).
//!
//! uv is given a wheel of a temporary directory, and says so. What the wheel was built from is what
//! counts: it is written in place of that, and the line of `RECORD` is corrected with it. What uv
//! keeps of the temporary file itself (`uv_cache.json`, with a time in it) is taken away.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pep508_rs::PackageName;

use crate::model::Sha256Digest;

const DIRECT_URL: &str = "direct_url.json";
const OF_THE_CACHE: &str = "uv_cache.json";

/// Writes `direct_url.json` of a distribution.
pub(super) fn state(site: &Path, name: &PackageName, text: &str) -> io::Result<()> {
    let directory = metadata_directory(site, name)?;
    let shown = directory
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| io::Error::other("the name of its directory is not UTF-8"))?;
    let list = directory.join("RECORD");
    let record = recorded(&fs::read_to_string(&list)?, shown, text)
        .ok_or_else(|| io::Error::other(format!("`RECORD` does not name `{DIRECT_URL}`")))?;
    fs::write(directory.join(DIRECT_URL), text)?;
    match fs::remove_file(directory.join(OF_THE_CACHE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::write(list, record)
}

/// The list with the digest of the new text, and without what is taken away; none where the list
/// does not name the file.
fn recorded(record: &str, directory: &str, text: &str) -> Option<String> {
    let stated = format!("{directory}/{DIRECT_URL},");
    let dropped = format!("{directory}/{OF_THE_CACHE},");
    let digest = Sha256Digest::of(text.as_bytes());
    let digest = URL_SAFE_NO_PAD.encode(digest.as_bytes());
    let mut named = false;
    let mut out = String::with_capacity(record.len());
    for line in record.split_inclusive('\n') {
        if line.starts_with(&stated) {
            named = true;
            let _ = writeln!(out, "{stated}sha256={digest},{}", text.len());
        } else if !line.starts_with(&dropped) {
            out.push_str(line);
        }
    }
    named.then_some(out)
}

/// `NAME-VERSION.dist-info` of a distribution, whose name may be spelt in another way there.
fn metadata_directory(site: &Path, name: &PackageName) -> io::Result<PathBuf> {
    for entry in fs::read_dir(site)? {
        let path = entry?.path();
        let directory = path.file_name().and_then(|name| name.to_str());
        let stem = directory.and_then(|name| name.strip_suffix(".dist-info"));
        let spelt = stem.and_then(|stem| stem.split_once('-'));
        if spelt.is_some_and(|(spelt, _)| spelt.parse().is_ok_and(|it: PackageName| it == *name)) {
            return Ok(path);
        }
    }
    Err(io::Error::other("there is no directory `*.dist-info`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_follows_the_file() {
        let record = "a.py,sha256=x,1\r\na-1.dist-info/RECORD,,\n\
                      a-1.dist-info/direct_url.json,sha256=old,7\n\
                      a-1.dist-info/direct_url.json.bak,,\n\
                      a-1.dist-info/uv_cache.json,sha256=y,2\n";
        let digest = URL_SAFE_NO_PAD.encode(Sha256Digest::of(b"{}").as_bytes());
        let expected = format!(
            "a.py,sha256=x,1\r\na-1.dist-info/RECORD,,\n\
             a-1.dist-info/direct_url.json,sha256={digest},2\n\
             a-1.dist-info/direct_url.json.bak,,\n"
        );
        assert_eq!(
            recorded(record, "a-1.dist-info", "{}").as_deref(),
            Some(&*expected)
        );
        assert_eq!(recorded("a.py,,\n", "a-1.dist-info", "{}"), None);
    }

    #[test]
    fn a_distribution_is_found_however_it_is_spelt() {
        let site = tempfile::tempdir().unwrap();
        for name in ["Other-1.dist-info", "My_Plugin-0.1.dist-info"] {
            fs::create_dir(site.path().join(name)).unwrap();
        }
        let found = metadata_directory(site.path(), &"my-plugin".parse().unwrap()).unwrap();
        assert!(found.ends_with("My_Plugin-0.1.dist-info"));
        let missing = metadata_directory(site.path(), &"plugin".parse().unwrap());
        assert!(missing.is_err());
    }
}
