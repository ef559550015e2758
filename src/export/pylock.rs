//! A `pylock.toml` (PEP 751): one environment, one file for each release.
//!
//! `upload-time` is left out: vhb keeps instants to the second, which is not what the index says.
//! So is the version of repositories and directories, which a source tree does not promise.

use std::fmt::Write as _;

use super::addresses::{self, Address};
use super::{ExportError, Held, Origin, held, indexes, repository};
use crate::finding::Finding;
use crate::lock::{Graph, Lock, LockedEnvironment, Required};
use crate::model::{GitPin, GitSource, LocalPin, Target};
use crate::remote::Ports;

/// The text of a file, or why there is none.
pub type Exported = Result<String, Vec<Finding>>;

/// The environment as `pylock.toml`; `root` is the path from the file's directory to the
/// project's root, where both are known.
pub fn pylock(
    lock: &Lock,
    id: &str,
    environment: &LockedEnvironment,
    root: Option<&str>,
    ports: Ports<'_>,
) -> Result<Exported, ExportError> {
    let held = held(lock, id, environment)?;
    // What cannot be written at all is told before anybody is asked anything.
    let sources = held.iter().map(|it| match &it.origin {
        Origin::File { .. } => Ok(None),
        Origin::Git { source, pin } => vcs(source, pin).map(Some),
        Origin::Local(pin) => directory(pin, root).map(Some),
    });
    let sources: Vec<_> = sources.collect::<Result<_, _>>()?;
    let addresses = match addresses::of(&held, &indexes(lock, environment), ports) {
        Ok(addresses) => addresses,
        Err(findings) => return Ok(Err(findings)),
    };
    let graph = Graph::of(lock, environment).unwrap_or_default();
    let mut text = header(lock, id, &environment.asked.target);
    for (part, source) in held.iter().zip(sources) {
        text.push_str("\n[[packages]]\n");
        field(&mut text, "name", part.dist.name.as_ref());
        let file = match part.origin {
            Origin::File { name, digest, .. } => {
                let version = part.dist.version.as_ref().map(ToString::to_string);
                if let Some(version) = version {
                    field(&mut text, "version", &version);
                }
                addresses.get(name).map(|address| (name, digest, address))
            }
            Origin::Git { .. } | Origin::Local(_) => None,
        };
        stated(&mut text, lock, part, &graph);
        if let Some((name, digest, address)) = file {
            release(&mut text, name, &digest.hex(), address);
        }
        text.push_str(&source.unwrap_or_default());
    }
    let _ = write!(text, "\n[tool.vhb]\n");
    field(&mut text, "experiment", &lock.experiment.id);
    field(&mut text, "environment", id);
    field(&mut text, "lock-sha256", &lock.digest().hex());
    Ok(Ok(text))
}

fn header(lock: &Lock, id: &str, target: &Target) -> String {
    let markers = target.marker_environment();
    let python = target.python();
    // Two numbers are a series of Pythons, three are one of them.
    let (marker, requires) = match python.matches('.').count() {
        1 => (
            format!("python_version == '{python}'"),
            format!("=={python}.*"),
        ),
        _ => (
            format!("python_full_version == '{python}'"),
            format!("=={python}"),
        ),
    };
    let marker = format!(
        "{marker} and implementation_name == '{}' and sys_platform == '{}' and platform_machine == '{}'",
        markers.implementation_name(),
        markers.sys_platform(),
        markers.platform_machine(),
    );
    let mut text = format!(
        "# Environment {id} of the experiment {}: {target}.\n",
        lock.experiment.id
    );
    field(&mut text, "lock-version", "1.0");
    let _ = writeln!(text, "environments = [{}]", quoted(&marker));
    field(&mut text, "requires-python", &requires);
    field(&mut text, "created-by", "vhb");
    text
}

/// What the package requires, of Python and of others.
fn stated(text: &mut String, lock: &Lock, part: &Held<'_>, graph: &Graph<'_>) {
    let metadata = lock.metadata_of(part.dist, part.selected);
    if let Some(python) = metadata.and_then(|metadata| metadata.requires_python.as_ref()) {
        field(text, "requires-python", &python.to_string());
    }
    let required = graph.edges.get(part.dist).into_iter();
    let required: Vec<_> = required
        .flat_map(Required::keys)
        .map(|dist| format!("    {{ name = {} }},\n", quoted(dist.name.as_ref())))
        .collect();
    if !required.is_empty() {
        let _ = writeln!(text, "dependencies = [\n{}]", required.concat());
    }
}

fn release(text: &mut String, name: &str, sha256: &str, address: &Address<'_>) {
    if let Some(index) = address.index {
        field(text, "index", index.as_str());
    }
    let file = format!(
        "{{ name = {}, url = {}, hashes = {{ sha256 = {} }} }}",
        quoted(name),
        quoted(&address.url),
        quoted(sha256),
    );
    let _ = if name.strip_suffix(".whl").is_some() {
        writeln!(text, "wheels = [\n    {file},\n]")
    } else {
        writeln!(text, "sdist = {file}")
    };
}

fn vcs(source: &GitSource, pin: &GitPin) -> Result<String, ExportError> {
    let mut text = "vcs = { type = \"git\"".to_owned();
    let mut also = |key: &str, value: &str| {
        let _ = write!(text, ", {key} = {}", quoted(value));
    };
    also("url", &repository(&pin.url)?);
    if let Some(reference) = &source.reference {
        also("requested-revision", reference);
    }
    also("commit-id", &pin.commit.to_string());
    if let Some(directory) = &pin.subdirectory {
        also("subdirectory", directory);
    }
    text.push_str(" }\n");
    Ok(text)
}

fn directory(pin: &LocalPin, root: Option<&str>) -> Result<String, ExportError> {
    let path = match root {
        _ if pin.path.starts_with('/') => pin.path.clone(),
        Some("" | ".") => pin.path.clone(),
        Some(root) => format!("{root}/{}", pin.path),
        None => return Err(ExportError::Rootless(pin.path.clone())),
    };
    Ok(format!("directory = {{ path = {} }}\n", quoted(&path)))
}

fn field(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {}", quoted(value));
}

/// A text as a string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
