//! Colours: on a terminal that has them, and nowhere else.

use regex_lite::Regex;

use crate::common::place::Place;

/// What has colours: findings, help, and errors, ours and those of the arguments.
const CALLS: [&str; 5] = [
    "check",
    "check --help",
    "add --help",
    "verify nothing.lock.json",
    "frobnicate",
];

const COLOURED: [(&str, &str); 1] = [("TERM", "xterm-256color")];

/// Variables that say that there are to be none.
const PLAIN: [&[(&str, &str)]; 3] = [
    &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
    &[("TERM", "dumb")],
    &[],
];

/// A registry with one fault.
fn faulty() -> Place {
    let place = Place::with_registries();
    place.write("registries/metrics/cer.yaml", "name: cer\n");
    place
}

/// What a terminal gets, or a pipe for each stream.
fn shown(place: &Place, variables: &[(&str, &str)], line: &str, is_terminal: bool) -> String {
    let vhb = env!("CARGO_BIN_EXE_vhb");
    let mut command = if is_terminal {
        let python = std::env::var_os("VHB_PYTHON");
        let mut command = place.command(python.expect("VHB_PYTHON names the Python of the tests"));
        command.args(["-I", "-c", include_str!("terminal.py"), vhb]);
        command
    } else {
        place.command(vhb)
    };
    command
        .args(line.split(' '))
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    let is_told = ["class_path", "Usage:", "there is no lock"];
    assert!(is_told.iter().any(|it| text.contains(it)), "{line}: {text}");
    text
}

fn has_colours(text: &str) -> bool {
    Regex::new("\u{1b}\\[[0-9;]*m").unwrap().is_match(text)
}

#[test]
fn a_terminal_gets_colours_unless_it_wants_none() {
    let place = faulty();
    for line in CALLS {
        assert!(
            has_colours(&shown(&place, &COLOURED, line, true)),
            "{line}: none on a terminal"
        );
        for variables in &PLAIN[..2] {
            let text = shown(&place, variables, line, true);
            assert!(!text.contains('\u{1b}'), "{line} {variables:?}: {text:?}");
        }
    }
    let text = shown(&place, &COLOURED, "check --color never", true);
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

/// All that the transcripts hold was piped, too.
#[test]
fn a_pipe_gets_colours_only_where_they_are_asked_for() {
    let place = faulty();
    for line in CALLS {
        for variables in PLAIN.into_iter().chain([&COLOURED[..]]) {
            let text = shown(&place, variables, line, false);
            assert!(!text.contains('\u{1b}'), "{line} {variables:?}: {text:?}");
        }
    }
    let asked = shown(&place, &[], "check --color always", false);
    assert!(has_colours(&asked), "{asked:?}");
}
