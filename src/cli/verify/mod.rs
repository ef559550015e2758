//! `vhb verify`: whether a lock still matches the registries, the files and upstream, and whether
//! a rerun still matches the lock.

mod copies;
mod lists;
mod manifests;
mod results;

use std::path::Path;

use super::Result;
use super::args::{Format, InstalledArgs, VerifyArgs};
use super::environment::chosen;
use super::installed;
use super::lock_files::{read_lock, read_manifest, read_sbom, read_tokens, sbom_path};
use super::output::{Output, findings_text};
use super::project::{Project, find_root};
use super::world::{Pages, World};
use crate::bom;
use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::Lock;
use crate::registry::Registry;
use crate::render::{self, Skipped};
use crate::verify::{Evidence, verify};
use copies::Copies;
use lists::altered_lists;

pub(super) fn run(args: &VerifyArgs, output: &Output) -> Result {
    let (lock, lock_bytes) = read_lock(&args.lock)?;
    let sbom = read_sbom(&sbom_path(&args.lock))?;
    let around = Around::of(args, &lock)?;
    let world = World::new(
        &args.network,
        around.root_or_here(),
        Pages::Asked,
        args.rehash.rehash,
    )?;
    let copies = Copies::of(args, &lock)?;
    let environment = environment(args, &lock)?;
    let layers = layers(args);
    let evidence = Evidence {
        lock_bytes: &lock_bytes,
        sbom: sbom.as_deref(),
        make_sbom: &bom::to_bytes,
        registry: around.registry(),
        root: around.root(),
        manifest: &|digest| read_manifest(&args.lock, digest),
        tokens: &|digest| read_tokens(&args.lock, digest),
        models: &|repo, commit| copies.places(repo, commit),
        data: args.data.as_deref(),
        rehash: args.rehash.rehash,
        layers: &layers,
    };
    let progress = output.progress();
    let ports = world.ports(&progress);
    let mut report = verify(&lock, &evidence, ports);
    if let Some(question) = &environment {
        report.extend(installed::verify(question, &world, ports)?);
    }
    drop(progress);
    report.extend(manifests::verify(&args.manifest, &lock, &lock_bytes)?);
    let altered = altered_lists(&args.lock, &lock);
    if !altered.is_empty() {
        report.check(Layer::Integrity, "lists", altered);
    }
    if !args.published.results.is_empty() {
        results::check(
            args,
            &lock,
            &lock_bytes,
            sbom.as_deref(),
            output,
            &mut report,
        )?;
    }
    report.sort();
    if args.strict {
        report.make_strict();
    }
    print(args, &report, around.root_or_here(), output);
    Ok(report.outcome())
}

/// The installed environment that is to be looked at, if one is.
fn environment<'a>(
    args: &'a VerifyArgs,
    lock: &'a Lock,
) -> Result<Option<installed::Question<'a>>> {
    let InstalledArgs {
        env,
        environment,
        deep,
    } = &args.installed;
    let Some(directory) = env else {
        return Ok(None);
    };
    Ok(Some(installed::Question {
        directory,
        locked: chosen(lock, environment.as_deref())?,
        lock: (&args.lock, lock),
        deep: *deep,
    }))
}

/// The layers that are looked at: all, or those of which evidence was named.
fn layers(args: &VerifyArgs) -> Vec<Layer> {
    let mut layers = vec![Layer::Integrity];
    if args.all || !names_evidence(args) {
        layers.extend([Layer::Config, Layer::Local]);
        if !args.network.offline {
            layers.push(Layer::Upstream);
        }
    }
    layers
}

/// Whether something of a rerun is to be looked at, and not the pins themselves.
fn names_evidence(args: &VerifyArgs) -> bool {
    let published = !args.published.results.is_empty();
    args.installed.env.is_some() || !args.manifest.is_empty() || published
}

/// The layers that verify looks at by itself, and did not.
fn skipped(args: &VerifyArgs) -> Vec<Skipped> {
    let looked_at = layers(args);
    let left_out = |layer: &Layer| !looked_at.contains(layer);
    let ordinary = [Layer::Config, Layer::Upstream, Layer::Local];
    let why = |layer: Layer| Skipped {
        layer,
        why: if args.network.offline && layer == Layer::Upstream {
            "offline"
        } else {
            "`--all` does"
        },
    };
    ordinary.into_iter().filter(left_out).map(why).collect()
}

fn print(args: &VerifyArgs, report: &Report, root: &Path, output: &Output) {
    let skipped = skipped(args);
    match args.format {
        Format::Json => {
            let shown = args.lock.display().to_string();
            output.data(&render::json_report(Some(&shown), report, &skipped));
        }
        Format::Text => {
            output.data(&findings_text(report, root));
            output.data(&render::verification(report, &skipped));
        }
    }
}

/// The project that the lock lies in, or why there is none.
struct Around(std::result::Result<Project, Finding>);

impl Around {
    fn of(args: &VerifyArgs, lock: &Lock) -> Result<Self> {
        let project = read_project(args, lock);
        // A registry that was named but is not there is a usage error, not a gap in the evidence.
        if args.registry.registry.is_some()
            && let Err(error) = project
        {
            return Err(error);
        }
        Ok(Self(project.map_err(|error| {
            let message = error.to_string();
            let first = message.lines().next().unwrap_or_default().to_owned();
            Finding::new(Code::RegistryUnavailable, first)
        })))
    }

    fn registry(&self) -> std::result::Result<&Registry, &Finding> {
        self.0.as_ref().map(|project| &project.registry)
    }

    fn root(&self) -> Option<&Path> {
        self.0.as_ref().ok().map(|project| &*project.root)
    }

    fn root_or_here(&self) -> &Path {
        self.root().unwrap_or(Path::new("."))
    }
}

fn read_project(args: &VerifyArgs, lock: &Lock) -> Result<Project> {
    let place = args
        .lock
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let root = find_root(
        args.registry.registry.as_deref(),
        place.unwrap_or(Path::new(".")),
    )?;
    // The lock's own mode, whatever RUN_MODE says now: it is the lock that is verified.
    Project::read(root, lock.experiment.run_mode)
}
