//! Replacing an environment, and being killed while one is made.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::setting::{Setting, files_below};

#[test]
fn an_environment_is_replaced_as_a_whole() {
    let setting = Setting::wheels();
    setting.sync(&[]).exits(0);
    std::fs::write(setting.site().join("left_over.py"), "").unwrap();
    let run = setting.sync(&[]).exits(2);
    run.says("exists and is not empty");
    setting.sync(&["--force"]).exits(0);
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);
    assert!(!setting.site().join("left_over.py").exists());
}

#[test]
fn an_environment_stays_where_the_new_one_fails() {
    let setting = Setting::wheels();
    setting.sync(&[]).exits(0);
    let before = files_below(&setting.path("env"));
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    setting.server.remove("helper-1.0-py3-none-any.whl");
    setting.sync(&["--force"]).exits(1);
    assert_eq!(files_below(&setting.path("env")), before);
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);
}

#[test]
fn the_project_is_never_replaced() {
    let setting = Setting::wheels();
    setting.project.write("pyvenv.cfg", "home = /usr/bin\n");
    let run = setting.sync_into(".", &["--force"]).exits(2);
    run.says("which would be lost with it");
    assert!(setting.project.is_locked());
}

#[test]
fn the_programs_that_run_are_never_replaced() {
    let mut setting = Setting::wheels();
    setting.sync(&[]).exits(0);
    let vhb = setting.path("env/bin/vhb");
    let built = env!("CARGO_BIN_EXE_vhb");
    if std::fs::hard_link(built, &vhb).is_err() {
        std::fs::copy(built, &vhb).unwrap();
    }
    let uv = std::env::var_os("VHB_UV").expect("VHB_UV names the uv of tests");
    let usual = setting.project.command(&[]);
    let variables = usual.get_envs();
    let output = Command::new(&vhb)
        .args(["sync", crate::setting::LOCK, "--environment", "inference"])
        .args(["--into", "env", "--force"])
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .current_dir(setting.project.root())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("env/bin/vhb`, which would be lost"), "{told}");
    std::fs::remove_file(&vhb).unwrap();

    let linked = setting.path("env/bin/uv");
    std::os::unix::fs::symlink(uv, &linked).unwrap();
    setting.project.set("VHB_UV", &linked);
    let run = setting.sync(&["--force"]).exits(2);
    run.says("env/bin/uv`, which would be lost with it");
    assert!(linked.is_file());
}

/// Killed at any moment, no run leaves a directory that looks like an environment and is none, and
/// the next run heals.
#[test]
fn a_killed_sync_leaves_nothing_that_looks_finished() {
    let setting = Setting::wheels();
    let begun = Instant::now();
    setting.sync(&[]).exits(0);
    let whole = begun.elapsed();
    let finished = files_below(&setting.path("env"));
    std::fs::remove_dir_all(setting.path("env")).unwrap();

    let (mut seen_missing, mut seen_staged) = (0, 0);
    for point in 1..=8_u32 {
        let delay = whole.mul_f64(f64::from(point) / 8.0);
        let mut child = start(&setting);
        std::thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
        if setting.path("env").exists() {
            assert_eq!(
                files_below(&setting.path("env")),
                finished,
                "after {delay:?}"
            );
            std::fs::remove_dir_all(setting.path("env")).unwrap();
        } else {
            seen_missing += 1;
            seen_staged += usize::from(!staging(&setting).is_empty());
        }
    }
    assert!(
        seen_missing > 0 && seen_staged > 0,
        "{seen_missing} {seen_staged}"
    );
    // What uv was doing when its parent was killed, it may still be doing.
    std::thread::sleep(Duration::from_secs(1));
    setting.sync(&[]).exits(0);
    assert_eq!(files_below(&setting.path("env")), finished);
    assert_eq!(staging(&setting), Vec::<String>::new());
}

fn start(setting: &Setting) -> std::process::Child {
    let always = ["sync", crate::setting::LOCK, "--environment", "inference"];
    let mut command: Command = setting.project.command(&always);
    command
        .args(["--into", "env"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Hidden directories of runs that did not end.
fn staging(setting: &Setting) -> Vec<String> {
    let entries = std::fs::read_dir(setting.project.root()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".env.")).collect()
}

#[test]
fn two_at_once_do_not_mix() {
    let setting = Setting::wheels();
    let mut slow = start(&setting);
    let run = setting.sync_into("env", &[]);
    assert!(matches!(run.code, Some(0 | 2)), "{run:?}");
    let status = slow.wait().unwrap();
    assert!(matches!(status.code(), Some(0 | 2)), "{status}");
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);
    assert_eq!(staging(&setting), Vec::<String>::new());
}
