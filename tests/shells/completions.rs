//! `vhb completions`: the scripts, in the shells that they are for.

use std::process::Command;

use tempfile::TempDir;

use super::{commands, printed, vhb};

/// A shell, how it runs a file of its own, and the file that asks it for completions.
const SHELLS: [(&str, &[&str], &str); 3] = [
    ("bash", &["--norc", "--noprofile"], "complete.bash"),
    ("fish", &["--no-config"], "complete.fish"),
    ("elvish", &["-norc"], "complete.elv"),
];

/// What each shell offers for the last of some words, sorted.
fn offered(words: &[&str]) -> impl Iterator<Item = (&'static str, Vec<String>)> {
    SHELLS.into_iter().map(move |(shell, options, asks)| {
        let directory = TempDir::new().unwrap();
        let script = directory.path().join("script");
        std::fs::write(&script, vhb(&["completions", shell])).unwrap();
        let lines = printed(
            Command::new(shell)
                .args(options)
                .arg(format!(
                    "{}/tests/shells/{asks}",
                    env!("CARGO_MANIFEST_DIR")
                ))
                .arg(&script)
                .args(words)
                // Where there is no history and no configuration.
                .env("HOME", directory.path()),
        );
        let begun = words.last().unwrap();
        let mut offered: Vec<_> = lines
            .lines()
            .map(|line| line.split('\t').next().unwrap_or_default().to_owned())
            .filter(|word| word.starts_with(begun))
            .collect();
        offered.sort();
        (shell, offered)
    })
}

#[test]
fn commands_and_options_are_completed() {
    for (words, wanted) in [
        (&["vhb", "lo"][..], &["lock"][..]),
        (&["vhb", "verify", "--pub"], &["--public-key"]),
        (
            &["vhb", "lock", "--upgrade"],
            &["--upgrade", "--upgrade-package"],
        ),
        (&["vhb", "nonsense"], &[]),
    ] {
        for (shell, offered) in offered(words) {
            assert_eq!(offered, wanted, "{shell}: {words:?}");
        }
    }
}

#[test]
fn every_command_is_offered() {
    let mut wanted = commands();
    wanted.push("help".to_owned());
    wanted.sort();
    for (shell, mut offered) in offered(&["vhb", ""]) {
        offered.retain(|word| !word.starts_with('-'));
        assert_eq!(offered, wanted, "{shell}");
    }
}

/// Only bash and fish know what an option takes: elvish is told of options alone.
#[test]
fn values_are_completed() {
    for (shell, offered) in offered(&["vhb", "verify", "--format", "j"]) {
        if shell != "elvish" {
            assert_eq!(offered, ["json", "junit"], "{shell}");
        }
    }
}

#[test]
fn zsh_loads_its_script_by_itself() {
    let directory = TempDir::new().unwrap();
    std::fs::write(directory.path().join("_vhb"), vhb(&["completions", "zsh"])).unwrap();
    let asks = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shells/complete.zsh");
    let completer = printed(Command::new("zsh").args(["-f", asks]).arg(directory.path()));
    assert_eq!(completer, "_vhb\n");
}

/// There is no PowerShell to try it in where the tests run.
#[test]
fn powershell_is_told_of_every_command() {
    let script = vhb(&["completions", "powershell"]);
    assert!(script.contains("Register-ArgumentCompleter -Native -CommandName 'vhb'"));
    for name in commands() {
        assert!(script.contains(&format!("'vhb;{name}' {{")), "{name}");
    }
}
