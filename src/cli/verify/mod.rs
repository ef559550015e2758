//! `vhb verify`: whether a lock still matches the registries, the files and upstream, and whether
//! a rerun still matches the lock.

mod around;
mod attached;
mod copies;
mod ending;
mod lists;
mod manifests;
mod results;
mod scope;
mod subject;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Result;
use super::args::VerifyArgs;
use super::each::each;
use super::installed::{self, Question};
use super::lock_files::{read_manifest, read_tokens};
use super::output::Output;
use super::world::{Pages, World};
use crate::bom;
use crate::finding::{Layer, Report};
use crate::render::{self, Skipped};
use crate::verify::{Evidence, verify};
use around::Around;
use copies::Copies;
use ending::{destination, print};
use lists::altered_lists;
use scope::{Trust, layers, names_published, skipped};
use subject::Subject;

pub(super) fn run(args: &VerifyArgs, output: &Output) -> Result {
    if args.more.is_empty() {
        return one(args, output);
    }
    let mut between = "";
    each(args.lock.iter().chain(&args.more), output, |lock| {
        let name = render::visible(&lock.to_string_lossy());
        output.data(&format!("{between}{name}:\n"));
        between = "\n";
        let one_of_them = VerifyArgs {
            lock: Some(lock.to_path_buf()),
            more: Vec::new(),
            ..args.clone()
        };
        one(&one_of_them, output)
    })
}

fn one(args: &VerifyArgs, output: &Output) -> Result {
    let destination = destination(args)?;
    let verified = verified(args, output)?;
    print(args, &verified, &destination, output)?;
    Ok(verified.report.outcome())
}

/// What there is to say of a lock, in its order, before anything is printed.
pub(super) struct Verified {
    pub(super) report: Report,
    /// The layers that were left out.
    pub(super) skipped: Vec<Skipped>,
    /// Where the files lie that findings are about.
    pub(super) root: PathBuf,
    /// The bytes of the lock, and the project around it; none where no lock was found.
    about: Option<(Rc<[u8]>, Around)>,
}

impl Verified {
    fn new(
        args: &VerifyArgs,
        trust: Trust,
        mut report: Report,
        about: Option<(Rc<[u8]>, Around)>,
    ) -> Self {
        report.sort();
        if args.strict {
            report.make_strict();
        }
        let root = about
            .as_ref()
            .map_or(Path::new("."), |(_, around)| around.root_or_here());
        Self {
            report,
            skipped: skipped(args, trust),
            root: root.to_path_buf(),
            about,
        }
    }
}

/// Looks at everything that the arguments ask for.
pub(super) fn verified(args: &VerifyArgs, output: &Output) -> Result<Verified> {
    let keys = names_published(args).then(|| results::keys(args));
    let keys = keys.transpose()?;
    let subject = match Subject::of(args, keys.as_deref().unwrap_or_default(), output)? {
        Ok(subject) => subject,
        Err(report) => return Ok(Verified::new(args, Trust::Nobody, report, None)),
    };
    let lock = &subject.lock;
    let around = Around::of(args, lock)?;
    let world = World::new(
        &args.network,
        around.root_or_here(),
        Pages::Asked,
        args.rehash.rehash,
    )?;
    let copies = Copies::of(args, lock)?;
    let published = match &keys {
        Some(keys) => results::check(args, &subject, keys, output)?,
        None => Report::default(),
    };
    // What came from elsewhere, and nobody vouches for, is not to name whom this machine asks.
    let trust = if args.lock.is_none() && published.has_errors() {
        Trust::Nobody
    } else {
        Trust::Given
    };
    let layers = layers(args, trust);
    let path = args.lock.as_deref();
    let installed = match trust {
        Trust::Given => Question::of(&args.installed, (path, lock))?,
        Trust::Nobody => None,
    };
    let evidence = Evidence {
        lock_bytes: &subject.bytes,
        sbom: subject.sbom.as_deref(),
        make_sbom: &bom::to_bytes,
        registry: around.registry(),
        root: around.root(),
        manifest: &|digest| read_manifest(path?, digest),
        tokens: &|digest| read_tokens(path?, digest),
        models: &|repo, commit| copies.places(repo, commit),
        data: args.data.as_deref(),
        rehash: args.rehash.rehash,
        layers: &layers,
    };
    let progress = output.progress();
    let ports = world.ports(&progress);
    let mut report = verify(lock, &evidence, ports);
    if let Some(question) = &installed {
        report.extend(installed::verify(question, &world, ports)?);
    }
    drop(progress);
    report.extend(manifests::verify(&args.manifest, lock, &subject.bytes)?);
    let altered = path.map_or_else(Vec::new, |path| altered_lists(path, lock));
    if !altered.is_empty() {
        report.check(Layer::Integrity, "lists", altered);
    }
    report.extend(published);
    if let Some(attached) = &subject.attached {
        attached.check(&mut report);
    }
    let about = Some((subject.bytes.clone(), around));
    Ok(Verified::new(args, trust, report, about))
}
