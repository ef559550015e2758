//! `pylock.toml` (PEP 751) as uv writes it, read for what was chosen, and written with what is
//! preferred: uv keeps the versions of an output file that is there already.

use std::collections::BTreeMap;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use toml::{Table, Value};

use crate::model::{Dist, Sha256Digest};
use crate::remote::{Chosen, ChosenFile, ChosenFrom};

#[derive(Deserialize)]
struct FileWire {
    #[serde(rename = "lock-version")]
    lock_version: String,
    #[serde(default)]
    packages: Vec<PackageWire>,
}

#[derive(Deserialize)]
struct PackageWire {
    name: String,
    version: Option<String>,
    directory: Option<PathWire>,
    archive: Option<ArchiveWire>,
    vcs: Option<Table>,
    sdist: Option<ArchiveWire>,
    #[serde(default)]
    wheels: Vec<ArchiveWire>,
}

#[derive(Deserialize)]
struct PathWire {
    path: PathBuf,
}

#[derive(Deserialize)]
struct ArchiveWire {
    #[serde(default)]
    hashes: BTreeMap<String, String>,
    name: Option<String>,
    url: Option<String>,
    path: Option<PathBuf>,
}

/// What uv chose; the error says what is not understood.
pub(super) fn chosen(text: &str) -> Result<Vec<Chosen>, String> {
    let file: FileWire = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    if !file.lock_version.starts_with("1.") {
        return Err(format!("version `{}` of pylock.toml", file.lock_version));
    }
    file.packages.into_iter().map(PackageWire::chosen).collect()
}

impl PackageWire {
    fn chosen(self) -> Result<Chosen, String> {
        let wrong = |what: &str| format!("the {what} of `{}`", self.name);
        let name = self.name.parse().map_err(|_| wrong("name"))?;
        let version = self.version.as_deref().map(str::parse).transpose();
        let version = version.map_err(|_| wrong("version"))?;
        let local = self.directory.map(|directory| directory.path);
        let archived = self
            .archive
            .as_ref()
            .and_then(|archive| archive.path.clone());
        let from = if let Some(path) = local.or(archived) {
            ChosenFrom::Path(path)
        } else if let Some(archive) = &self.archive {
            ChosenFrom::Address(archive.url.clone().unwrap_or_default())
        } else if let Some(vcs) = &self.vcs {
            let url = vcs.get("url").and_then(Value::as_str);
            ChosenFrom::Address(url.unwrap_or_default().to_owned())
        } else {
            let files = self.wheels.iter().chain(&self.sdist);
            ChosenFrom::Release(files.filter_map(ArchiveWire::file).collect())
        };
        Ok(Chosen {
            name,
            version,
            from,
        })
    }
}

impl ArchiveWire {
    fn file(&self) -> Option<ChosenFile> {
        let sha256 = self.hashes.get("sha256");
        Some(ChosenFile {
            filename: self.filename()?,
            sha256: sha256.and_then(|hex| Sha256Digest::from_hex(hex).ok()),
        })
    }

    /// Its name, which PEP 751 lets writers leave out where the address tells it.
    fn filename(&self) -> Option<String> {
        if let Some(name) = &self.name {
            return Some(name.clone());
        }
        let url = self.url.as_deref()?;
        let path = url.split(['?', '#']).next()?;
        let last = path.rsplit('/').next()?;
        Some(percent_decode_str(last).decode_utf8_lossy().into_owned())
    }
}

/// The text of a `pylock.toml` that holds these versions and nothing else.
pub(super) fn preferring(dists: &[Dist]) -> String {
    let packages: Vec<Value> = dists
        .iter()
        .filter_map(|dist| {
            let version = dist.version.as_ref()?;
            let package = Table::from_iter([
                ("name".to_owned(), Value::from(dist.name.to_string())),
                ("version".to_owned(), Value::from(version.to_string())),
            ]);
            Some(Value::Table(package))
        })
        .collect();
    let file = Table::from_iter([
        ("lock-version".to_owned(), Value::from("1.0")),
        ("created-by".to_owned(), Value::from("vhb")),
        ("packages".to_owned(), Value::from(packages)),
    ]);
    file.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_come_by_a_distribution_is_read() {
        let text = r#"
lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "torch"
version = "2.5.1+cu121"
sdist = { url = "https://h/torch-2.5.1.tar.gz", hashes = {} }
wheels = [{ url = "https://h/a/torch-2.5.1%2Bcu121-cp311-cp311-linux_x86_64.whl#x", hashes = {} }]
[[packages]]
name = "plugin"
directory = { path = "/tmp/plugin" }
[[packages]]
name = "built"
archive = { path = "/tmp/built-1-py3-none-any.whl", hashes = {} }
[[packages]]
name = "far"
version = "1"
vcs = { type = "git", url = "https://h/far.git", commit-id = "1" }
"#;
        let chosen = chosen(text).unwrap();
        let from: Vec<_> = chosen.into_iter().map(|chosen| chosen.from).collect();
        let file = |filename: &str| ChosenFile {
            filename: filename.to_owned(),
            sha256: None,
        };
        let wheel = file("torch-2.5.1+cu121-cp311-cp311-linux_x86_64.whl");
        assert_eq!(
            from,
            [
                ChosenFrom::Release(vec![wheel, file("torch-2.5.1.tar.gz")]),
                ChosenFrom::Path("/tmp/plugin".into()),
                ChosenFrom::Path("/tmp/built-1-py3-none-any.whl".into()),
                ChosenFrom::Address("https://h/far.git".to_owned()),
            ]
        );
    }

    #[test]
    fn preferred_versions_come_back_as_chosen() {
        let dists = ["a==1.0".parse().unwrap(), "b".parse().unwrap()];
        let chosen = chosen(&preferring(&dists)).unwrap();
        assert_eq!(chosen.len(), 1);
        assert_eq!(chosen[0].version, "1.0".parse().ok());
    }

    #[test]
    fn other_versions_are_not_guessed_at() {
        assert!(chosen("lock-version = '2.0'").is_err());
        assert!(chosen("[[packages]]").is_err());
    }
}
