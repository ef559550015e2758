//! Wheels on disk.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// More than any distribution has to say of itself.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The text of a wheel's `METADATA`.
pub fn metadata_of(wheel: &Path) -> io::Result<String> {
    let mut archive = zip::ZipArchive::new(File::open(wheel)?)?;
    let mut numbers = Vec::new();
    for number in 0..archive.len() {
        if is_metadata(&archive.by_index(number)?.name()?) {
            numbers.push(number);
        }
    }
    let [number] = numbers[..] else {
        return Err(io::Error::other("the wheel has not exactly one `METADATA`"));
    };
    let mut text = Vec::new();
    archive
        .by_index(number)?
        .take(LARGEST)
        .read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn is_metadata(name: &str) -> bool {
    name.split_once('/')
        .is_some_and(|(directory, file)| directory.ends_with(".dist-info") && file == "METADATA")
}
