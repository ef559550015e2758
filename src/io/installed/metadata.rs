//! The directories and files that say of themselves that something is installed.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use crate::model::{DirectUrl, Dist, InstalledDist, RecordLines, Recorded, StatedMetadata};

/// No list of files and no metadata is longer; a distribution of a million files has one of 100 MB.
const LARGEST: u64 = 256 * 1024 * 1024;

/// How a distribution says that it is installed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `.dist-info` (PEP 376 and its successors).
    DistInfo,
    /// `.egg-info`, a directory or a file, as old tools and Debian write it.
    EggInfo,
    /// `.egg-link`, as old tools write it for a directory that is being developed.
    EggLink,
}

impl Form {
    fn of(name: &str) -> Option<(Self, &str)> {
        let endings = [
            (".dist-info", Self::DistInfo),
            (".egg-info", Self::EggInfo),
            (".egg-link", Self::EggLink),
        ];
        let mut found = endings.into_iter().filter_map(|(ending, form)| {
            let stem = name.strip_suffix(ending)?;
            // pip renames what it is about to remove; Python does not look at it.
            (!stem.is_empty() && !stem.starts_with('~')).then_some((form, stem))
        });
        found.next()
    }
}

/// Reads what an entry of a directory of modules says, if it says that something is installed.
pub(super) fn read(root: &Path, site: &str, name: &str) -> Option<InstalledDist> {
    let (form, stem) = Form::of(name)?;
    let place = match site {
        "" => name.to_owned(),
        site => format!("{site}/{name}"),
    };
    let path = root.join(&place);
    if form == Form::DistInfo && !path.is_dir() {
        return None;
    }
    let metadata = match form {
        Form::DistInfo => text_of(&path.join("METADATA")),
        Form::EggInfo if path.is_dir() => text_of(&path.join("PKG-INFO")),
        Form::EggInfo => text_of(&path),
        Form::EggLink => Ok(None),
    };
    let recorded = |text: &str| {
        let lines = RecordLines::parse(text).map_err(|error| error.to_string())?;
        Ok(Recorded::of(&lines, site))
    };
    let record = match form {
        Form::DistInfo => optional(text_of(&path.join("RECORD")), recorded),
        Form::EggInfo | Form::EggLink => None,
    };
    let direct_url = optional(text_of(&path.join("direct_url.json")), |text| {
        DirectUrl::parse(text).map_err(|error| error.to_string())
    });
    let entry_points = text_of(&path.join("entry_points.txt")).ok().flatten();
    Some(InstalledDist {
        site: site.to_owned(),
        stated: stated(metadata, stem, form),
        linked: form == Form::EggLink,
        record,
        direct_url: direct_url.filter(|_| form == Form::DistInfo),
        scripts: scripts(entry_points.as_deref().unwrap_or_default()),
        place,
    })
}

/// None where there is no text, else what it says or why it cannot be read.
fn optional<T>(
    text: Result<Option<String>, String>,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Option<Result<T, String>> {
    match text {
        Ok(None) => None,
        Ok(Some(text)) => Some(read(&text)),
        Err(reason) => Some(Err(reason)),
    }
}

fn text_of(path: &Path) -> Result<Option<String>, String> {
    // What is no file, such as a named pipe, is not to be waited for.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err("it is not a regular file".to_owned()),
        Err(error) => {
            return match error.kind() {
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Ok(None),
                _ => Err(error.to_string()),
            };
        }
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(path).map_err(|error| error.to_string())?;
    let read = opened.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    Ok(Some(text))
}

fn stated(
    metadata: Result<Option<String>, String>,
    stem: &str,
    form: Form,
) -> Result<Dist, String> {
    match metadata? {
        Some(text) => {
            let said = StatedMetadata::parse(&text).map_err(|error| error.to_string())?;
            Ok(Dist {
                name: said.name,
                version: Some(said.version),
            })
        }
        // The link's name is all that it says.
        None if form == Form::EggLink => {
            let name = stem.parse().map_err(|_| "it has no name".to_owned())?;
            Ok(Dist {
                name,
                version: None,
            })
        }
        None => Err("it has no metadata".to_owned()),
    }
}

/// The programs of `entry_points.txt`: the keys of two of its sections.
fn scripts(text: &str) -> BTreeSet<String> {
    let mut wanted = false;
    let mut names = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']').trim();
            wanted = section == "console_scripts" || section == "gui_scripts";
        } else if wanted
            && !line.starts_with(['#', ';'])
            && let Some((name, _)) = line.split_once('=')
        {
            names.insert(name.trim().to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_those_of_their_sections() {
        let text = "[console_scripts]\na = x:main\n# b = x:main\n [ gui_scripts ]\nc=x:y [extra]\n\
                    [pytest11]\nd = x\n";
        let names: Vec<_> = scripts(text).into_iter().collect();
        assert_eq!(names, ["a", "c"]);
    }

    #[test]
    fn each_form_says_what_is_installed() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let metadata = "Metadata-Version: 2.1\nName: My_Tool\nVersion: 1.0\n";
        write("my_tool-1.0.dist-info/METADATA", metadata);
        write("old-2.egg-info/PKG-INFO", "Name: old\nVersion: 2\n");
        write("older-1.egg-info", "Name: older\nVersion: 1\n");
        write("dev.egg-link", "/somewhere\n");
        write("broken-1.dist-info/METADATA", "Name: broken\n");
        write("empty-1.dist-info/INSTALLER", "pip\n");
        write("~ip-1.dist-info/METADATA", metadata);
        write("file.dist-info", "");
        let said = |name: &str| {
            let dist = read(root.path(), "", name)?;
            Some((dist.stated.map(|dist| dist.to_string()), dist.linked))
        };
        let ok = |text: &str, linked| Some((Ok(text.to_owned()), linked));
        assert_eq!(said("my_tool-1.0.dist-info"), ok("my-tool==1.0", false));
        assert_eq!(said("old-2.egg-info"), ok("old==2", false));
        assert_eq!(said("older-1.egg-info"), ok("older==1", false));
        assert_eq!(said("dev.egg-link"), ok("dev", true));
        for (name, reason) in [
            ("broken-1.dist-info", "the metadata has no `Version`"),
            ("empty-1.dist-info", "it has no metadata"),
        ] {
            assert_eq!(said(name), Some((Err(reason.to_owned()), false)));
        }
        for name in ["~ip-1.dist-info", "file.dist-info", ".dist-info", "my_tool"] {
            assert_eq!(said(name), None, "{name}");
        }
    }
}
