//! What is not added, and that nothing is written then.

use std::os::unix::fs::symlink;

use crate::common::place::Place;

fn place() -> Place {
    let place = Place::with_registries();
    place.write(
        "registries/metrics/cer.yaml",
        "name: cer\nclass_path: a.B\n",
    );
    place.write(
        "registries/tasks/t.yaml",
        "name: t\nentry_point: m\nsupported_metrics: [cer]\n",
    );
    place.write(
        "registries/datasets/d.yaml",
        "name: d\ntype: a.B\npath: data\n",
    );
    place
}

/// Fails unless each of some commands ends with 2, says what it should, and writes nothing.
fn each_is_refused(place: &Place, cases: &[(Vec<&str>, &str)]) {
    let before = place.files();
    for (arguments, told) in cases {
        let run = place.vhb(&[&["add"], &arguments[..]].concat());
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}: {run:?}"
        );
        run.says(told);
        assert_eq!(place.files(), before, "{arguments:?}");
    }
}

#[test]
fn ids_that_are_taken_or_none_are_refused() {
    let place = place();
    symlink("nowhere", place.path("registries/metrics/dangling.yaml")).unwrap();
    std::fs::create_dir(place.path("registries/metrics/folder.yaml")).unwrap();
    let cases = [
        ("cer", "`registries/metrics/cer.yaml` exists already"),
        ("CER", "differs from `CER.yaml` only by case"),
        (
            "dangling",
            "`registries/metrics/dangling.yaml` exists already",
        ),
        ("folder", "`registries/metrics/folder.yaml` exists already"),
        ("../x", "it is a path"),
        ("a/b", "it is a path"),
        ("a\\b", "it is a path"),
        (".dev", "it ends in `.dev`, as overlays do"),
        ("cer.dev", "it ends in `.dev`, as overlays do"),
        ("cer.yaml", "it ends as the name of its file does"),
        (".hidden", "it does not begin with a letter"),
        ("метрика", "it has more than letters from a to z"),
        ("", "it is empty"),
    ];
    let cases = cases.map(|(id, told)| (vec!["metric", id, "--class", "a.B"], told));
    each_is_refused(&place, &cases);
}

#[test]
fn wrong_flags_are_refused() {
    let metric = |more: &[&'static str]| [&["metric", "x", "--class", "a.B"], more].concat();
    let package = |more: &[&'static str]| [&["package", "x"], more].concat();
    let framework = ["framework", "x", "--package", "p", "--class", "a.B"];
    let run = ["run", "x", "--task", "t", "--model", "m", "--dataset", "d"];
    let cases = [
        (vec!["metric", "x"], "--class <CLASS>"),
        (
            vec!["metric", "x", "--clas", "a.B"],
            "a similar argument exists: '--class'",
        ),
        (vec!["metrics", "x"], "unrecognized subcommand 'metrics'"),
        (metric(&["--param", "level"]), "a key, `=` and a value"),
        (metric(&["--param", "=1"]), "a key, `=` and a value"),
        (
            metric(&["--param", "a=1", "--param", "a=2"]),
            "`--param` gives `a` twice",
        ),
        (package(&[]), "<--path <PATH>|--git <URL>|--pypi <NAME>>"),
        (
            package(&["--git", "u", "--pypi", "y"]),
            "cannot be used with '--pypi <NAME>'",
        ),
        (
            package(&["--git", "u", "--version", "1"]),
            "cannot be used with",
        ),
        (
            package(&["--path", "p", "--ref", "v1"]),
            "cannot be used with",
        ),
        (
            vec!["experiment", "x", "--metadata", "lock=", "--python", "3.12"],
            "what `--python` sets is set by another flag",
        ),
        (
            vec!["experiment", "x", "--parallelism", "0"],
            "0 is not in 1..",
        ),
        (
            [&framework[..], &["--adapter", "{a"]].concat(),
            "it is no YAML",
        ),
        (
            [&run[..], &["--package-manager", "poetry"]].concat(),
            "[possible values: pip, uv, conda]",
        ),
    ];
    each_is_refused(&place(), &cases);
}

#[test]
fn what_would_be_an_error_of_the_registry_is_told_in_its_words() {
    let place = place();
    let before = place.files();
    let run = |more: &[&'static str]| {
        let always = [
            "run",
            "x",
            "--model",
            "org/m",
            "--dataset",
            "d",
            "--framework",
            "vllm",
        ];
        [&always[..], more].concat()
    };
    for (arguments, told) in [
        (
            run(&["--task", "vqa"]),
            &[
                "error[dangling-reference]: there is no task `vqa` in the registry",
                "hint: `vhb add task vqa --entry-point ENTRY_POINT` adds it",
            ][..],
        ),
        (
            run(&["--task", "t", "--metric", "ce"]),
            &["hint: did you mean `cer`? Else `vhb add metric ce --class CLASS` adds it"],
        ),
        (
            run(&["--task", "t", "--metric", "no id/../"]),
            &["there is no metric `no id/../`"],
        ),
        (
            run(&["--task", "t", "--report", "r"]),
            &["there is no report `r`"],
        ),
        (
            run(&["--task", "t", "--image", "I"]),
            &[
                "error[invalid-value]: `docker_image` is not usable",
                " --> registries/runs/x.yaml:",
            ],
        ),
        (
            vec![
                "package",
                "x",
                "--git",
                "ext::sh -c x",
                "--subdirectory",
                "../x",
            ],
            &["`url` is not usable", "`subdirectory` is not usable"],
        ),
        (
            vec!["metric", "x", "--class", "a.B", "--package", "jiwer"],
            &["hint: `vhb add package jiwer --path PATH` (or `--git URL`, `--pypi NAME`) adds it"],
        ),
        (
            vec![
                "framework",
                "x",
                "--package",
                "p",
                "--class",
                "a.B",
                "--adapter",
                "[a]",
            ],
            &["adapter must be a mapping, not a list"],
        ),
        (
            vec!["dataset", "x", "--type", "a.B", "--path", "ftp://host/x"],
            &["`ftp://` is not a place that datasets can come from"],
        ),
        (
            vec!["experiment", "x", "--platform", "amiga", "--run", "gone"],
            &[
                "`amiga` is not a platform",
                "there is no run `gone`",
                "`vhb add run gone --task TASK",
            ],
        ),
    ] {
        let run = place.vhb(&[&["add"], &arguments[..]].concat());
        let mut run = run.exits(1);
        assert_eq!(run.stdout, "");
        for told in told {
            run = run.says(told);
        }
        run.says("nothing was written\n");
        assert_eq!(place.files(), before, "{arguments:?}");
        // The same is told where the file would only be printed.
        let dry = place
            .vhb(&[&["add"], &arguments[..], &["--dry-run"]].concat())
            .exits(1);
        assert!(dry.stdout.starts_with("name: x\n"), "{}", dry.stdout);
        assert_eq!(place.files(), before);
    }
}

/// What is wrong with other entries is a matter of `vhb check`.
#[test]
fn faults_of_other_entries_do_not_keep_one_out() {
    let place = place();
    place.write("registries/reports/broken.yaml", "name: [");
    place
        .vhb(&["add", "metric", "x", "--class", "a.B"])
        .exits(0)
        .says_nothing_of("broken");
    place.vhb(&["check"]).exits(1);
}

#[test]
fn no_project_is_no_place_to_add_to() {
    let place = Place::new();
    place
        .vhb(&["add", "metric", "x", "--class", "a.B"])
        .exits(2)
        .says("no `registries/` in");
    assert_eq!(place.names(), Vec::<String>::new());
}

#[test]
fn hostile_values_stay_values() {
    let place = place();
    let hostile = "a\u{1b}[2J\nname: evil\n# \u{202e}: &x";
    let arguments = ["add", "metric", "x", "--class", hostile, "--param", hostile];
    place.vhb(&arguments).exits(2);
    let pair = format!("{hostile}={hostile}");
    let run = place
        .vhb(&["add", "metric", "x", "--class", hostile, "--param", &pair])
        .exits(0);
    assert!(!run.stderr.contains('\u{1b}'));
    let text = place.read("registries/metrics/x.yaml");
    assert!(text.is_ascii(), "{text}");
    assert_eq!(text.lines().count(), 4, "{text}");
    place.vhb(&["check", "--strict"]).exits(0);
}
