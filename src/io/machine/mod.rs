//! The machine that vhb runs on, as far as it tells without privileges.
//!
//! Everything is read below a root, which is `/` outside of tests. What cannot be read, or makes no
//! sense, is left out. Only Linux tells anything but its name.

mod container;
mod gpu;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::model::Machine;

/// The instructions that numerical libraries choose their code by.
const FLAGS: [&str; 26] = [
    "amx_bf16",
    "amx_int8",
    "amx_tile",
    "asimd",
    "asimddp",
    "avx",
    "avx2",
    "avx512_bf16",
    "avx512_fp16",
    "avx512_vnni",
    "avx512bw",
    "avx512cd",
    "avx512dq",
    "avx512f",
    "avx512vl",
    "avx_vnni",
    "bf16",
    "f16c",
    "fma",
    "fphp",
    "i8mm",
    "sse4_1",
    "sse4_2",
    "ssse3",
    "sve",
    "sve2",
];

/// Where a machine tells of itself.
pub struct MachinePlaces<'a> {
    /// What `/proc`, `/etc` and `/run` lie below.
    pub root: &'a Path,
    /// The program `nvidia-smi`, where there is one.
    pub nvidia_smi: Option<PathBuf>,
    /// How long that may take.
    pub timeout: Duration,
    /// The variables of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

/// What was said of the machine makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// Leaving it out would hide that nothing holds the image against the lock.
    #[error("the variable `VHB_IMAGE_DIGEST` holds no SHA-256 digest")]
    NoDigest,
}

/// Looks at the machine.
pub fn read_machine(places: &MachinePlaces<'_>) -> Result<Machine, MachineError> {
    let read = |path: &str| std::fs::read_to_string(places.root.join(path)).ok();
    let mut machine = Machine {
        system: std::env::consts::OS.to_owned(),
        architecture: std::env::consts::ARCH.to_owned(),
        kernel: read("proc/sys/kernel/osrelease").and_then(|text| some(&text)),
        distribution: read("etc/os-release").and_then(|text| distribution(&text)),
        memory: read("proc/meminfo").and_then(|text| memory(&text)),
        ..Machine::default()
    };
    if let Some(text) = read("proc/cpuinfo") {
        processors(&text, &mut machine);
    }
    gpu::look(places, &mut machine);
    container::look(places, &mut machine)?;
    Ok(machine)
}

/// The program of a name in the directories of `PATH`.
pub fn on_path(path: Option<&std::ffi::OsStr>, name: &str) -> Option<PathBuf> {
    let directories = path.into_iter().flat_map(std::env::split_paths);
    directories
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
}

fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `ID` and `VERSION_ID` of `os-release`.
fn distribution(text: &str) -> Option<String> {
    let value = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        some(line.trim().trim_matches(['"', '\'']))
    };
    let id = value("ID")?;
    Some(match value("VERSION_ID") {
        Some(version) => format!("{id} {version}"),
        None => id,
    })
}

fn memory(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

fn processors(text: &str, machine: &mut Machine) {
    let fields = || text.lines().filter_map(|line| line.split_once(':'));
    let first = |names: &[&str]| {
        let mut found = fields().filter(|(name, _)| names.contains(&name.trim()));
        found.next().and_then(|(_, value)| some(value))
    };
    let count = fields()
        .filter(|(name, _)| name.trim() == "processor")
        .count();
    machine.cpu_count = u64::try_from(count).ok().filter(|count| *count > 0);
    machine.cpu_model = first(&["model name"]);
    let flags = first(&["flags", "Features"]).unwrap_or_default();
    let known = flags.split_whitespace().filter(|flag| FLAGS.contains(flag));
    machine.cpu_flags = known.map(str::to_owned).collect::<BTreeSet<_>>();
}

#[cfg(test)]
mod tests;
