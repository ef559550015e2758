//! What a distribution lists of itself, against the list inside of the locked wheel.

use std::collections::BTreeMap;
use std::fmt;

use super::{Held, InstalledEvidence, One, named};
use crate::finding::{Code, Finding};
use crate::lock::{Lock, Selected};
use crate::model::{
    Dist, IndexUrl, Installed, InstalledDist, Pin, RecordLines, RecordedDigest, Sha256Digest,
    is_wheel, path_in_environment,
};
use crate::remote::{IndexFile, Ports};

/// The lists of the wheels of an environment, by distribution.
pub(super) type Lists<'a> = BTreeMap<&'a Dist, List>;

/// The list of a wheel, or what is said in its place.
pub(super) type List = Result<RecordLines, Box<Finding>>;

/// A wheel to ask for.
struct Question<'a> {
    dist: &'a Dist,
    name: &'a str,
    digest: Sha256Digest,
    index: Option<&'a IndexUrl>,
}

impl fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "distributions/{}", self.dist)
    }
}

/// Asks for the lists of all wheels of which something is installed.
pub(super) fn lists<'a>(
    lock: &'a Lock,
    evidence: &InstalledEvidence<'a>,
    held: &Held<'_>,
    ports: Ports<'_>,
) -> Lists<'a> {
    let mut lists = Lists::new();
    let mut questions = Vec::new();
    let closure = evidence.closure.distributions.iter();
    for (dist, selected) in closure.filter(|(dist, _)| !held.of_name(&dist.name).is_empty()) {
        let question = match selected {
            Selected::File(name) if is_wheel(name) => question(lock, evidence, dist, name),
            Selected::File(_) | Selected::Package(_) => None,
        };
        match question {
            Some(question) => questions.push(question),
            None => {
                let message = format!(
                    "`{dist}` is built where it is installed, so the lock has no list of its files"
                );
                lists.insert(
                    dist,
                    Err(Box::new(Finding::new(Code::NotRecorded, message))),
                );
            }
        }
    }
    let answers = ports.each(questions, |question| (question.dist, ask(&question, ports)));
    lists.extend(answers);
    lists
}

fn question<'a>(
    lock: &'a Lock,
    evidence: &InstalledEvidence<'a>,
    dist: &'a Dist,
    name: &'a str,
) -> Option<Question<'a>> {
    let digest = *lock.distributions.get(dist)?.files.get(name)?;
    // As `export` has it: the index of the package that names it, else the default one.
    let mut roots = evidence.environment.asked.roots.iter();
    let index = roots.find_map(|key| match &lock.packages.get(key)?.pin {
        Pin::Pypi(pin) if pin.dist() == *dist => pin.index.as_ref(),
        _ => None,
    });
    Some(Question {
        dist,
        name,
        digest,
        index,
    })
}

fn ask(question: &Question<'_>, ports: Ports<'_>) -> List {
    let gone = |error: crate::remote::RemoteError| Box::new(error.finding(Code::PypiFileRemoved));
    let page = ports.index.project(question.index, &question.dist.name);
    let page = page.map_err(|error| Box::new(error.finding(Code::PypiProjectRemoved)))?;
    let named = |file: &&IndexFile| file.filename == question.name;
    let Some(file) = page.files.iter().find(named) else {
        let message = format!("`{}` is no longer on the index", question.name);
        return Err(Box::new(Finding::new(Code::PypiFileRemoved, message)));
    };
    let digest = match file.sha256 {
        Some(digest) => digest,
        None => ports.index.digest(question.index, file).map_err(gone)?,
    };
    if digest != question.digest {
        let message = format!(
            "`{}` has another SHA-256 under the same name",
            question.name
        );
        let finding = Finding::new(Code::PypiHashChanged, message);
        return Err(Box::new(finding.compare(question.digest, digest)));
    }
    let text = ports.index.record(question.index, file).map_err(gone)?;
    RecordLines::parse(&text).map_err(|error| {
        let message = format!(
            "the `RECORD` inside of `{}` cannot be read: {error}",
            question.name
        );
        Box::new(Finding::new(Code::WheelRecordUnusable, message))
    })
}

/// How the installed list differs from the wheel's.
pub(super) fn findings(one: &One<'_>, it: &InstalledDist, list: &List) -> Vec<Finding> {
    let lines = match list {
        Ok(lines) => lines,
        Err(finding) => return vec![(**finding).clone()],
    };
    let Some(recorded) = it.recorded() else {
        // That it lists nothing is told already.
        return Vec::new();
    };
    let wheel = Wheel::of(lines, &it.site);
    let mut differs = Vec::new();
    for (path, digest) in &wheel.files {
        if recorded.files.get(path) != Some(digest) {
            differs.push(path.as_str());
        }
    }
    for moved in &wheel.moved {
        let is_it = |(path, digest): (&String, &RecordedDigest)| moved.is(path, digest);
        if !recorded.files.iter().any(is_it) {
            differs.push(&moved.end);
        }
    }
    let generated = |path: &str| is_generated(it, path);
    let added = recorded.files.iter().filter(|(path, digest)| {
        let expected = wheel.files.contains_key(*path) || generated(path);
        !expected && !wheel.moved.iter().any(|moved| moved.is(path, digest))
    });
    let added = added.map(|(path, _)| path.as_str());
    differs.extend(added);
    if differs.is_empty() {
        return Vec::new();
    }
    let file = one.file().map_or("the locked file", |(name, _)| name);
    let message = format!(
        "`{}/RECORD` is not what `{file}` has, so it was edited, or installed from another file: {}",
        it.place,
        named(differs)
    );
    vec![Finding::new(Code::InstalledRecordDiffers, message)]
}

/// The files of a wheel as they are installed (binary distribution format, "Installing a wheel").
struct Wheel {
    /// By their path in the environment, those that installers do not rewrite.
    files: BTreeMap<String, RecordedDigest>,
    /// Those that installers put elsewhere.
    moved: Vec<Moved>,
}

/// A file of a wheel that is installed outside of the directory of modules.
struct Moved {
    /// What its path ends with.
    end: String,
    /// Where it is put.
    place: Place,
    digest: RecordedDigest,
}

/// The directories that a wheel can name, but for those of modules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Those of programs, of which installers may rewrite the first line.
    Programs,
    /// The root of the environment.
    Root,
    /// Somewhere below `include`.
    Headers,
}

impl Moved {
    fn is(&self, path: &str, digest: &RecordedDigest) -> bool {
        match self.place {
            Place::Programs => program(path) == Some(&*self.end),
            Place::Root => path == self.end && *digest == self.digest,
            Place::Headers => {
                let below = path.starts_with("include/") && ends_with(path, &self.end);
                below && *digest == self.digest
            }
        }
    }
}

/// The name of a program, if a path is where programs are.
fn program(path: &str) -> Option<&str> {
    let name = path
        .strip_prefix("bin/")
        .or_else(|| path.strip_prefix("Scripts/"))?;
    (!name.contains('/')).then_some(name)
}

/// What installers write or rewrite is in no wheel as it is.
pub(super) fn programs(installed: &Installed) -> Option<Finding> {
    let recorded = installed
        .distributions
        .iter()
        .filter_map(InstalledDist::recorded);
    let files = recorded.flat_map(|recorded| recorded.files.keys());
    let count = files.filter(|path| program(path).is_some()).count();
    (count > 0).then(|| {
        let message = format!(
            "{count} programs, which installers write, are held against the installed lists only"
        );
        Finding::new(Code::NotRecorded, message)
            .hint("run modules with `python -m`, which imports what was verified")
    })
}

impl Wheel {
    fn of(lines: &RecordLines, site: &str) -> Self {
        let mut wheel = Self {
            files: BTreeMap::new(),
            moved: Vec::new(),
        };
        let mut paths = lines.iter().map(|(path, _)| path);
        let own = paths.find_map(|path| path.strip_suffix(OWN).filter(|it| !it.contains('/')));
        let data = own.map(|stem| format!("{stem}.data/"));
        for (path, digest) in lines.iter() {
            let spread = data
                .as_ref()
                .and_then(|data| path.strip_prefix(data.as_str()));
            let path = match spread.and_then(|rest| rest.split_once('/')) {
                Some(("purelib" | "platlib", rest)) => rest,
                Some((kind, rest)) => {
                    wheel.moved.push(Moved {
                        end: rest.to_owned(),
                        place: match kind {
                            "scripts" => Place::Programs,
                            "headers" => Place::Headers,
                            _ => Place::Root,
                        },
                        digest: digest.clone(),
                    });
                    continue;
                }
                None => path,
            };
            let is_own = own.is_some_and(|own| path.strip_suffix(OWN) == Some(own));
            if let Some(path) = path_in_environment(site, path).filter(|_| !is_own) {
                wheel.files.insert(path, digest.clone());
            }
        }
        wheel
    }
}

/// What a wheel lists itself as.
const OWN: &str = ".dist-info/RECORD";

/// Whether a path ends with whole parts of another.
pub(super) fn ends_with(path: &str, end: &str) -> bool {
    let before = path.strip_suffix(end);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// Whether installers write a file that no wheel has.
fn is_generated(it: &InstalledDist, path: &str) -> bool {
    let own = path.strip_prefix(&*it.place);
    if let Some(name) = own.and_then(|rest| rest.strip_prefix('/')) {
        let by_installers = [
            "INSTALLER",
            "RECORD",
            "REQUESTED",
            "direct_url.json",
            "uv_build.json",
            "uv_cache.json",
        ];
        return by_installers.contains(&name);
    }
    if super::files::is_bytecode(path) {
        return true;
    }
    program(path).is_some_and(|name| {
        let name = name.strip_suffix(".exe").unwrap_or(name);
        let name = name.strip_suffix("-script.py").unwrap_or(name);
        it.scripts.contains(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_wheels_are_found_where_they_are_installed() {
        let text = "a/b.py,,\na-1.data/purelib/c.py,,\na-1.data/platlib/d/e.so,,\n\
                    a-1.data/scripts/tool,,\na-1.data/data/share/a.txt,,\nx.data/own.txt,,\n\
                    a-1.dist-info/RECORD,,\na-1.dist-info/METADATA,,\n";
        let wheel = Wheel::of(&RecordLines::parse(text).unwrap(), "lib/site");
        let paths: Vec<_> = wheel.files.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            [
                "lib/site/a-1.dist-info/METADATA",
                "lib/site/a/b.py",
                "lib/site/c.py",
                "lib/site/d/e.so",
                "lib/site/x.data/own.txt",
            ]
        );
        let none = RecordedDigest::None;
        let moved = |path: &str| wheel.moved.iter().any(|moved| moved.is(path, &none));
        assert!(moved("bin/tool") && moved("share/a.txt"));
        for path in [
            "bin/other-tool",
            "lib/site/a/tool",
            "lib/site/x/bin/tool",
            "a/share/a.txt",
        ] {
            assert!(!moved(path), "{path}");
        }
        let other = RecordedDigest::Other("md5".to_owned());
        assert!(
            !wheel
                .moved
                .iter()
                .any(|moved| moved.is("share/a.txt", &other))
        );
    }
}
