//! Ids and names with characters that terminals, shells and paths take amiss.

use crate::Hostile;

#[test]
fn odd_ids_are_only_ids() {
    for id in [
        "with space",
        "ключ",
        "日本",
        "a..b",
        "..",
        "-rf",
        "a'b\"c",
        "a\\b",
        "$(x)",
        "a`b",
        "%2e",
        "CON",
    ] {
        let file = format!("metrics/{id}.yaml");
        let hostile = Hostile::new(&[(&file, b"name: x\nclass_path: a.B\n")]);
        assert_eq!(hostile.findings(), Vec::<String>::new(), "{id}");
        let dangling = format!(
            "name: t\nentry_point: a\nsupported_metrics: ['{}x']\n",
            id.replace('\'', "''")
        );
        hostile.write("tasks/t.yaml", dangling.as_bytes());
        assert_eq!(hostile.codes(), ["dangling-reference"], "{id}");
    }
}

/// What a registry says is shown, but it may not drive the terminal that shows it.
#[test]
fn control_characters_do_not_reach_the_terminal() {
    let escape = "\\e[2J\\e]0;owned\\a\\b\\r\\x9b31m\\u202e";
    let text = format!(
        "name: \"{escape}\"\nclass_path: a.B\npackage: \"{escape}\"\n\"{escape}\": 1\nparams: {{a: 1, \"{escape}\": 2, \"{escape}\": 3}}\n"
    );
    let hostile = Hostile::metric(text);
    let checked = hostile.check(&["--color", "never"]);
    let shown = checked.stdout + &checked.stderr;
    assert!(shown.contains("dangling-reference"), "{shown}");
    let odd: Vec<_> = shown
        .chars()
        .filter(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}')
        .collect();
    assert!(odd.is_empty(), "{odd:?} in {shown:?}");
}

#[test]
fn control_characters_in_file_names_do_not_reach_the_terminal() {
    let hostile = Hostile::new(&[
        ("metrics/a\u{1b}[2Jb.yaml", b"name: x\n"),
        ("metrics/n\nl.yaml", b"["),
    ]);
    let checked = hostile.check(&["--color", "never"]);
    assert!(
        !(checked.stdout.clone() + &checked.stderr).contains('\u{1b}'),
        "{checked:#?}"
    );
    assert_eq!(checked.code, 1);
}

/// A path of an experiment that leads out of the project is a path, not a way in.
#[test]
fn paths_of_runs_stay_paths() {
    for path in [
        "../../../etc/passwd.yaml",
        "/etc/passwd",
        "registries/runs/../../x.yaml",
        "./",
        "a//b.yaml",
        "runs/absent.yaml",
    ] {
        let text = format!("name: e\ntasks: [\"{path}\"]\n");
        let hostile = Hostile::new(&[("experiments/e.yaml", text.as_bytes())]);
        assert_eq!(hostile.codes(), ["dangling-reference"], "{path}");
    }
    let hostile = Hostile::new(&[("experiments/e.yaml", b"name: e\ntasks: [\"a\\0/x.yaml\"]\n")]);
    assert_eq!(hostile.codes(), ["unreadable-file"]);
}

#[test]
fn a_run_at_another_path_is_not_the_run_of_that_name() {
    let hostile = Hostile::new(&[
        (
            "runs/r.yaml",
            b"name: r\nml_task: t\ndataset: d\nmodel: {name: x}\n",
        ),
        ("experiments/e.yaml", b"name: e\ntasks: [special/r.yaml]\n"),
    ]);
    let shown = hostile.check(&["--color", "never"]);
    assert_eq!(shown.code, 1);
    let expected =
        "`special/r.yaml` is not read: the run `r` is already that of `registries/runs/r.yaml`";
    assert!(shown.stdout.contains(expected), "{}", shown.stdout);
}
