//! The container that vhb runs in, where one can be told.
//!
//! No container is told which image it was made from, except by podman, which names the digest of
//! the configuration. Who starts a container can say it: `VHB_IMAGE_DIGEST`.

use super::{MachinePlaces, some};
use crate::model::{Machine, Sha256Digest};

/// The length of the id of a container, in hexadecimal digits.
const ID: usize = 64;

pub(super) fn look(places: &MachinePlaces<'_>, machine: &mut Machine) {
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
    let paths = ["proc/self/cgroup", "proc/self/mountinfo"];
    machine.container_id = stated("id")
        .filter(|id| is_id(id))
        .or_else(|| paths.iter().find_map(|path| id_in(&read(path)?)));
    let named = (places.variable)("VHB_IMAGE_DIGEST").or_else(|| stated("imageid"));
    machine.image_digest = named.and_then(|text| digest(&text));
}

/// `sha256:<hex>`, `NAME@sha256:<hex>`, or the digits alone, as podman writes them.
fn digest(text: &str) -> Option<Sha256Digest> {
    let text = text.rsplit('@').next()?;
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    Sha256Digest::from_hex(hex).ok()
}

/// The id in a path of a control group, or of a file that is mounted from the container's own.
fn id_in(text: &str) -> Option<String> {
    let words = text.split(['/', '-', '.', ':', ' ', '\n']);
    words
        .into_iter()
        .find(|word| is_id(word))
        .map(str::to_owned)
}

fn is_id(word: &str) -> bool {
    word.len() == ID && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
