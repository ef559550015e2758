//! Wheels and source distributions that installers accept.

use std::fmt::Write as _;

use super::super::archives::{Member, tar_gz, zip};
use super::sha256_base64;

/// A wheel with its metadata, one module, and the digests of all files in `RECORD`.
///
/// `stem` is the name and the version as file names have them.
pub(super) fn wheel(stem: &str, filename: &str, metadata: &str) -> Vec<u8> {
    let tag = filename
        .strip_prefix(&format!("{stem}-"))
        .and_then(|rest| rest.strip_suffix(".whl"))
        .expect("a wheel's name has a tag");
    let (name, _) = stem.split_once('-').expect("a version follows the name");
    let about =
        format!("Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n");
    let files = [
        (format!("{name}.py"), format!("built_for = {tag:?}\n")),
        (format!("{stem}.dist-info/METADATA"), metadata.to_owned()),
        (format!("{stem}.dist-info/WHEEL"), about),
    ];
    let mut record = String::new();
    for (path, text) in &files {
        let digest = sha256_base64(text.as_bytes());
        let _ = writeln!(record, "{path},sha256={digest},{}", text.len());
    }
    let list = format!("{stem}.dist-info/RECORD");
    let _ = writeln!(record, "{list},,");
    let members = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes()));
    let members: Vec<Member<'_>> = members
        .chain([(list.as_str(), record.as_bytes())])
        .collect();
    zip(&members)
}

/// A source distribution whose files lie in one directory, `stem`.
pub(super) fn sdist(stem: &str, files: &[(String, String)]) -> Vec<u8> {
    let placed: Vec<_> = files
        .iter()
        .map(|(path, text)| (format!("{stem}/{path}"), text))
        .collect();
    let members: Vec<Member<'_>> = placed
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes()))
        .collect();
    tar_gz(&members)
}
