//! What a distribution lists of itself, against the list inside of the locked wheel.

use std::collections::BTreeMap;
use std::fmt;

use super::{Held, InstalledEvidence, One, named};
use crate::finding::{Code, Finding};
use crate::lock::{Lock, Selected};
use crate::model::{
    Dist, IndexUrl, InstalledDist, Pin, RecordLines, RecordedDigest, Sha256Digest, is_wheel,
    path_in_environment,
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
    for (end, digest) in &wheel.moved {
        let mut there = recorded
            .files
            .iter()
            .filter(|(path, _)| ends_with(path, end));
        if !there.any(|(_, there)| digest.as_ref().is_none_or(|digest| there == digest)) {
            differs.push(end);
        }
    }
    let generated = |path: &str| is_generated(it, path);
    let added = recorded.files.keys().map(String::as_str);
    let added = added
        .filter(|path| !wheel.files.contains_key(*path) && !wheel.moved(path) && !generated(path));
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
    /// The ends of the paths of those whose place installers choose; those of which they also
    /// choose the first line, as of programs, without a digest.
    moved: BTreeMap<String, Option<RecordedDigest>>,
}

impl Wheel {
    fn of(lines: &RecordLines, site: &str) -> Self {
        let mut wheel = Self {
            files: BTreeMap::new(),
            moved: BTreeMap::new(),
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
                    let digest = (kind != "scripts").then(|| digest.clone());
                    wheel.moved.insert(rest.to_owned(), digest);
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

    fn moved(&self, path: &str) -> bool {
        self.moved.keys().any(|end| ends_with(path, end))
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
    let name = path.rsplit('/').next().unwrap_or(path);
    let directory = path.strip_suffix(name).unwrap_or_default();
    let in_programs = directory.ends_with("bin/") || directory.ends_with("Scripts/");
    let program = name.strip_suffix(".exe").unwrap_or(name);
    let program = program.strip_suffix("-script.py").unwrap_or(program);
    in_programs && it.scripts.contains(program)
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
        assert!(wheel.moved("bin/tool") && wheel.moved("share/a.txt"));
        assert!(!wheel.moved("bin/other-tool"));
    }
}
