//! The container that vhb runs in, where one can be told.
//!
//! No container is told which image it was made from, except by podman, which names the digest of
//! the configuration. Who starts a container can say it: `VHB_IMAGE_DIGEST`.

use super::{MachineError, MachinePlaces, some};
use crate::model::{Machine, Sha256Digest};

/// The length of the id of a container, in hexadecimal digits.
const ID: usize = 64;

/// Where the files lie that engines mount from the directory of a container.
const DIRECTORIES: [&str; 2] = ["containers", "overlay-containers"];

pub(super) fn look(places: &MachinePlaces<'_>, machine: &mut Machine) -> Result<(), MachineError> {
    let read = |path: &str| std::fs::read_to_string(places.root.join(path)).ok();
    let podman = read("run/.containerenv");
    let stated = |name: &str| {
        let text = podman.as_deref()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        some(line.trim().trim_matches('"'))
    };
    machine.container_engine = if podman.is_some() {
        Some("podman".to_owned())
    } else if (places.variable)("KUBERNETES_SERVICE_HOST").is_some() {
        Some("kubernetes".to_owned())
    } else if places.root.join(".dockerenv").exists() {
        Some("docker".to_owned())
    } else {
        None
    };
    if machine.container_engine.is_some() {
        machine.container_id = stated("id")
            .filter(|id| is_id(id))
            .or_else(|| id_of_group(&read("proc/self/cgroup")?))
            .or_else(|| id_of_mounts(&read("proc/self/mountinfo")?));
    }
    machine.image_digest = match (places.variable)("VHB_IMAGE_DIGEST") {
        Some(named) => Some(digest(&named).ok_or(MachineError::NoDigest)?),
        None => stated("imageid").and_then(|id| digest(&id)),
    };
    Ok(())
}

/// `sha256:<hex>`, `NAME@sha256:<hex>`, or the digits alone, as podman writes them.
fn digest(text: &str) -> Option<Sha256Digest> {
    let text = text.rsplit('@').next()?;
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    Sha256Digest::from_hex(hex).ok()
}

/// The id that the innermost control group is named after: `/docker/ID`, `/a/cri-containerd-ID.scope`.
fn id_of_group(text: &str) -> Option<String> {
    let mut names = text.lines().filter_map(|line| {
        let name = line.rsplit('/').next()?;
        let name = name.strip_suffix(".scope").unwrap_or(name);
        name.rsplit(['-', ':']).next()
    });
    names.find(|name| is_id(name)).map(str::to_owned)
}

/// The id in the path of a file that is mounted from the container's own directory. Layers of
/// images and sandboxes of pods have such names too.
fn id_of_mounts(text: &str) -> Option<String> {
    let mut paths = text.split([' ', '\n']);
    paths.find_map(|path| {
        let mut pairs = path.split('/').zip(path.split('/').skip(1));
        let found = pairs.find(|(above, id)| DIRECTORIES.contains(above) && is_id(id));
        found.map(|(_, id)| id.to_owned())
    })
}

fn is_id(word: &str) -> bool {
    word.len() == ID && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
