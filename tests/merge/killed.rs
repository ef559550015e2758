//! Killed at any moment, the driver leaves its file whole, old or new.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::setting::{LOCK, Setting};

/// How often it is killed.
const POINTS: u32 = 40;

#[test]
fn a_killed_driver_leaves_ours_whole() {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    let root = setting.project.root();
    let ours = setting.at("b", LOCK);
    setting.project.write("O", &setting.at("main", LOCK));
    setting.project.write("B", &setting.at("a", LOCK));
    let arguments = ["merge", "O", "A", "B", "--path", LOCK, "--quiet"];
    let write_ours = || setting.project.write("A", &ours);
    let read_ours = || std::fs::read_to_string(root.join("A")).unwrap();
    write_ours();
    let begun = Instant::now();
    setting.project.vhb(&arguments).exits(0);
    let (whole, merged) = (begun.elapsed(), read_ours());
    assert_ne!(merged, ours);

    let mut seen = [0_u32; 2];
    for point in 0..POINTS {
        write_ours();
        let mut command = setting.project.command(&arguments);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let delay = whole.mul_f64(1.5 * f64::from(point) / f64::from(POINTS - 1));
        std::thread::sleep(delay.min(Duration::from_secs(2)));
        child.kill().unwrap();
        child.wait().unwrap();
        let there = read_ours();
        let which = [&ours, &merged].iter().position(|text| **text == there);
        seen[which.unwrap_or_else(|| panic!("torn after {delay:?}"))] += 1;
    }
    assert!(seen[0] > 0, "no point was before the writing");
    // The next run sweeps what the killed ones left.
    write_ours();
    setting.project.vhb(&arguments).exits(0);
    let left = std::fs::read_dir(&root).unwrap();
    let left: Vec<_> = left
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().ends_with(".vhb-tmp"))
        .collect();
    assert_eq!(left, Vec::<std::ffi::OsString>::new());
}

/// git stops where its driver was killed, and the work tree is as it was.
#[cfg(unix)]
#[test]
fn git_merges_nothing_by_a_killed_driver() {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    setting
        .git(&["config", "merge.vhb.driver", "kill -9 $$"])
        .exits(0);
    let run = setting.git(&["merge", "a", "-m", "both"]);
    assert_ne!(run.code, Some(0), "{run:?}");
    setting.verifies();
    assert_eq!(setting.project.lock_text(), setting.at("b", LOCK));
}
