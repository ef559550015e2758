//! GPUs, by `nvidia-smi -q` or by what the driver tells below `/proc`.

use std::io::{Read as _, Seek as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{MachinePlaces, some};
use crate::model::Machine;

const POLL: Duration = Duration::from_millis(10);
/// How often it is looked whether a program that was killed has ended.
const ATTEMPTS: usize = 50;

pub(super) fn look(places: &MachinePlaces<'_>, machine: &mut Machine) {
    let program = places.nvidia_smi.as_deref();
    if let Some(text) = program.and_then(|program| said(program, places.timeout)) {
        told(&text, machine);
    }
    if machine.gpus.as_ref().is_none_or(Vec::is_empty) {
        of_driver(places.root, machine);
    }
    if let Some(gpus) = &mut machine.gpus {
        gpus.sort();
    }
}

/// What the program prints; none where it fails or takes too long.
fn said(program: &Path, timeout: Duration) -> Option<String> {
    let mut output = tempfile::tempfile().ok()?;
    let mut child = Command::new(program)
        .arg("-q")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(output.try_clone().ok()?)
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let end = Instant::now() + timeout;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => std::thread::sleep(POLL),
            _ => {
                end_if_possible(&mut child);
                return None;
            }
        }
    };
    let mut text = String::new();
    output.rewind().ok()?;
    output.read_to_string(&mut text).ok()?;
    status.success().then_some(text)
}

/// Ends a program; one that hangs in the driver does not end, and is left to the system.
fn end_if_possible(child: &mut Child) {
    let _ = child.kill();
    for _ in 0..ATTEMPTS {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(POLL);
    }
}

fn told(text: &str, machine: &mut Machine) {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let gpus = machine.gpus.get_or_insert_default();
    for (name, value) in fields {
        let value = some(value).filter(|value| value != "N/A");
        match (name.trim(), value) {
            ("Product Name", Some(value)) => gpus.push(value),
            ("Driver Version", Some(value)) => machine.gpu_driver = Some(value),
            ("CUDA Version", Some(value)) => machine.cuda = Some(value),
            _ => {}
        }
    }
}

/// `/proc/driver/nvidia`, which has no word of CUDA.
fn of_driver(root: &Path, machine: &mut Machine) {
    let place = root.join("proc/driver/nvidia");
    if let Ok(entries) = std::fs::read_dir(place.join("gpus")) {
        let gpus = machine.gpus.get_or_insert_default();
        for gpu in entries.flatten() {
            let text = std::fs::read_to_string(gpu.path().join("information")).unwrap_or_default();
            let model = text.lines().find_map(|line| line.strip_prefix("Model:"));
            gpus.extend(model.and_then(some));
        }
    }
    if machine.gpu_driver.is_none() {
        let text = std::fs::read_to_string(place.join("version")).unwrap_or_default();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("NVRM version:"));
        let mut words = line.unwrap_or_default().split_whitespace();
        let number = |word: &&str| {
            word.contains('.') && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        };
        machine.gpu_driver = words.find(number).map(str::to_owned);
    }
}
