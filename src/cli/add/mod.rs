//! `vhb add`: one entry of the registry, written once it is known to be valid there.

mod advice;

use std::path::{Path, PathBuf};

use super::args::AddArgs;
use super::error::CliError;
use super::output::texts_below;
use super::project::{Project, find_root};
use super::{Output, Result};
use crate::finding::{Finding, Outcome, Report};
use crate::io::write::{NewFile, write_new};
use crate::model::{EntryRef, RunMode};
use crate::registry::{Registry, RegistryFile, to_yaml};
use crate::render::visible;
use crate::schema::Described;

/// An entry that is not there yet.
struct Candidate {
    entry: EntryRef,
    root: PathBuf,
    /// Relative to the root, with `/`.
    path: String,
    text: String,
}

pub(super) fn run(args: &AddArgs, output: &Output) -> Result {
    let candidate = Candidate::new(args)?;
    candidate.refuse_existing()?;
    let (registry, findings) = candidate.read()?;
    let mut report = Report {
        findings,
        ..Report::default()
    };
    report.sort();
    output.talk_findings_in(&report, &|path| candidate.text_of(path));
    if args.dry_run {
        output.data(&candidate.text);
    } else if report.outcome() == Outcome::Failed {
        output.refuse("nothing was written\n");
    } else {
        candidate.write()?;
        output.say(&format!("wrote {}\n", candidate.path));
        output.say(&advice::exposed(args));
        output.say(&visible(&advice::next(&registry, &candidate.entry)));
    }
    Ok(report.outcome())
}

impl Candidate {
    fn new(args: &AddArgs) -> Result<Self> {
        let root = find_root(args.registry.registry.as_deref(), Path::new("."))?;
        let entry = EntryRef::new(args.kind, args.id.as_str());
        let described = Described::Entry(args.kind);
        let mut text = String::new();
        if root.join("schemas").join(described.file_name()).is_file() {
            text.push_str(&described.modeline());
        }
        text.push_str(&to_yaml(&args.fields));
        Ok(Self {
            path: format!("registries/{entry}.yaml"),
            entry,
            root,
            text,
        })
    }

    /// Refuses what is there, also where nothing but case tells the two apart: file systems
    /// disagree about that.
    fn refuse_existing(&self) -> Result<()> {
        let path = self.root.join(&self.path);
        let exists = |message: String| {
            CliError::new(message).hint("vhb overwrites no entry; edit it, or choose another id")
        };
        // Also a link that leads nowhere, which no listing of files would open.
        if path.symlink_metadata().is_ok() {
            return Err(exists(format!("`{}` exists already", self.path)));
        }
        let beside = path.parent().and_then(|parent| parent.read_dir().ok());
        let names = beside.into_iter().flatten().flatten();
        let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let name = format!("{}.yaml", self.entry.id);
        match names.find(|other| other.eq_ignore_ascii_case(&name)) {
            Some(other) => Err(exists(format!(
                "`registries/{}/{other}` exists already, and differs from `{name}` only by case",
                self.entry.kind.directory()
            ))),
            None => Ok(()),
        }
    }

    /// The registry as if the entry were in it, and what is wrong with the entry there.
    fn read(&self) -> Result<(Registry, Vec<Finding>)> {
        let file = RegistryFile {
            path: self.path.clone(),
            content: Ok(self.text.clone().into_bytes()),
        };
        let project = Project::read_with(self.root.clone(), RunMode::Prod, Some(file))?;
        let subject = self.entry.to_string();
        let mut findings = project.findings;
        findings.retain(|finding| finding.subject.as_deref() == Some(&subject));
        for finding in &mut findings {
            advice::add_hint(finding, self.entry.kind, &self.text);
        }
        Ok((project.registry, findings))
    }

    fn text_of(&self, path: &Path) -> Option<String> {
        if path == Path::new(&self.path) {
            return Some(self.text.clone());
        }
        texts_below(&self.root)(path)
    }

    fn write(&self) -> Result<()> {
        let file = NewFile {
            path: self.root.join(&self.path),
            bytes: self.text.as_bytes(),
            private: false,
        };
        write_new(&[file]).map_err(|error| CliError::new(error.to_string()))
    }
}
