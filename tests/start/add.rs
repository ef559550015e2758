//! A registry that is made of commands alone.

use crate::common::place::Place;

/// An entry of every kind, each with flags for most of its fields, in an order in which no entry
/// refers to one that comes later.
const COMMANDS: &[&[&str]] = &[
    &[
        "package",
        "reader",
        "--path",
        "plugins/reader",
        "--no-editable",
        "--description",
        "Читает документы: по строкам",
    ],
    &[
        "package",
        "vqa",
        "--git",
        "https://git.example/vqa.git",
        "--ref",
        "v1.2.0",
        "--subdirectory",
        "python",
    ],
    &[
        "package",
        "jiwer",
        "--pypi",
        "jiwer",
        "--version",
        "4.0",
        "--extra",
        "dev",
        "--extra",
        "docs",
        "--index",
        "https://index.example/simple",
        "--entry-version",
        "2.0",
    ],
    &[
        "metric",
        "cer",
        "--class",
        "jiwer.cer",
        "--package",
        "jiwer",
        "--param",
        "level=corpus",
        "--param",
        "weight=0.5",
        "--param",
        "lower=no",
        "--param",
        "code=010",
        "--param",
        "text='010'",
        "--param",
        "none=",
    ],
    &[
        "report",
        "summary",
        "--class",
        "reader.Summary",
        "--package",
        "reader",
        "--name",
        "Сводка",
    ],
    &[
        "dataset",
        "docs",
        "--type",
        "reader.Docs",
        "--path",
        "hf://datasets/org/docs",
        "--param",
        "revision=1.0",
        "--param",
        "split=test",
        "--package",
        "reader",
        "--metadata",
        "license=MIT",
    ],
    &[
        "framework",
        "vllm",
        "--package",
        "reader",
        "--class",
        "reader.Vllm",
        "--adapter",
        "{match_models: ['*/Qwen*'], package: vqa, backend_class: vqa.Qwen}",
    ],
    &[
        "task",
        "read",
        "--entry-point",
        "reader.run",
        "--package",
        "reader",
        "--package",
        "numpy>=1.26,<2",
        "--metric",
        "cer",
        "--report",
        "summary",
        "--framework",
        "vllm",
    ],
    &[
        "run",
        "q3",
        "--task",
        "read",
        "--model",
        "org/name",
        "--dataset",
        "docs",
        "--metric",
        "cer",
        "--report",
        "summary",
        "--framework",
        "vllm",
        "--image",
        "vllm/vllm-openai:v0.6.5",
        "--package-manager",
        "uv",
        "--engine-param",
        "max_tokens=512",
        "--engine-param",
        "revision=1.0",
        "--env",
        "OMP_NUM_THREADS=4",
    ],
    &[
        "experiment",
        "first",
        "--run",
        "q3",
        "--parallelism",
        "2",
        "--python",
        "3.12",
        "--platform",
        "aarch64-manylinux_2_28",
        "--exclude-newer",
        "2026-11-01T00:00:00Z",
        "--constraint",
        "numpy<2",
        "--override",
        "six==1.16",
        "--metadata",
        "owner=lab",
    ],
];

#[test]
fn an_entry_of_every_kind_is_written_and_the_registry_is_valid() {
    let place = Place::with_registries();
    for command in COMMANDS {
        let dry = place
            .vhb(&[&["add"], *command, &["--dry-run"]].concat())
            .exits(0);
        let before = place.names();
        let run = place.vhb(&[&["add"], *command].concat()).exits(0);
        assert_eq!(run.stdout, "");
        let path = format!("registries/{}s/{}.yaml", command[0], command[1]);
        run.says(&format!("wrote {path}\n"));
        assert_eq!(place.read(&path), dry.stdout);
        assert_eq!(place.names().len(), before.len() + 1);
    }
    place
        .vhb(&["check", "--strict"])
        .exits(0)
        .says("checked 10 entries");
    let files = place.files().into_iter();
    let shown = files.map(|(path, bytes)| {
        let text = String::from_utf8(bytes).unwrap();
        format!("# {path}\n{text}")
    });
    insta::assert_snapshot!("everything", shown.collect::<String>());
}

#[test]
fn where_an_entry_has_to_be_named_is_told() {
    let place = Place::with_registries();
    let add = |arguments: &[&str]| place.vhb(&[&["add"], arguments].concat()).exits(0);
    add(&["metric", "a", "--class", "m.A"])
        .says("next: add `- a` to `supported_metrics` of a task in registries/tasks/\n");
    add(&[
        "task",
        "t",
        "--entry-point",
        "m",
        "--metric",
        "b",
        "--framework",
        "x",
    ]);
    add(&["metric", "b", "--class", "m.B"]).says_nothing_of("next:");
    add(&["metric", "c", "--class", "m.C"])
        .says("next: add `- c` to `supported_metrics` in registries/tasks/t.yaml\n");
    add(&["dataset", "d", "--type", "m.D", "--path", "data"]).says_nothing_of("next:");
    let run = |id| {
        [
            "run",
            id,
            "--task",
            "t",
            "--model",
            "gpt-4o",
            "--dataset",
            "d",
            "--framework",
            "x",
        ]
    };
    add(&run("r")).says("next: vhb add experiment ID --run r\n");
    add(&["experiment", "e", "--run", "r"]).says("next: vhb lock e\n");
    add(&run("s")).says("next: add `- s` to `tasks` in registries/experiments/e.yaml\n");
}

#[test]
fn editors_find_the_schema_where_it_is_there() {
    let place = Place::with_registries();
    let add = |id| place.vhb(&["add", "metric", id, "--class", "m.A"]).exits(0);
    add("before");
    place.vhb(&["schema", "--all", "schemas"]).exits(0);
    add("after");
    assert_eq!(
        place.read("registries/metrics/before.yaml"),
        "name: before\nclass_path: m.A\n"
    );
    let modeline = "# yaml-language-server: $schema=../../schemas/metric.schema.json\n";
    let after = place.read("registries/metrics/after.yaml");
    assert_eq!(after, format!("{modeline}name: after\nclass_path: m.A\n"));
}

#[test]
fn a_project_is_found_from_below_and_by_its_name() {
    let place = Place::with_registries();
    std::fs::create_dir_all(place.path("src/deep")).unwrap();
    place
        .vhb_in("src/deep", &["add", "report", "a", "--class", "m.A"])
        .exits(0);
    let elsewhere = [
        "add",
        "report",
        "b",
        "--class",
        "m.B",
        "--registry",
        "registries",
    ];
    place.vhb(&elsewhere).exits(0);
    assert_eq!(
        place.names(),
        ["registries/reports/a.yaml", "registries/reports/b.yaml"]
    );
}

#[test]
fn warnings_are_told_and_do_not_keep_an_entry_out() {
    let place = Place::with_registries();
    place
        .vhb(&["add", "task", "t", "--entry-point", "m", "--metric", "anls"])
        .exits(0)
        .says("there is no metric `anls` in the registry")
        .says("hint: `vhb add metric anls --class CLASS` adds it");
    place
        .vhb(&[
            "add",
            "task",
            "u",
            "--entry-point",
            "m",
            "--metric",
            "anls",
            "-q",
        ])
        .exits(0);
    assert_eq!(place.names().len(), 2);
}

#[test]
fn a_secret_in_the_file_is_told_and_not_repeated() {
    let place = Place::with_registries();
    place
        .vhb(&["add", "task", "t", "--entry-point", "m"])
        .exits(0);
    place
        .vhb(&["add", "dataset", "d", "--type", "m.D", "--path", "data"])
        .exits(0);
    let run = [
        "add",
        "run",
        "r",
        "--task",
        "t",
        "--model",
        "gpt-4o",
        "--dataset",
        "d",
    ];
    place
        .vhb(&[&run[..], &["--env", "HF_TOKEN=hf_do-not-leak"]].concat())
        .exits(0)
        .says("note: the file holds a secret (`HF_TOKEN`): do not commit it\n")
        .conceals("hf_do-not-leak");
    place
        .vhb(&[
            "add",
            "metric",
            "m",
            "--class",
            "m.M",
            "--param",
            "api_key=12345",
        ])
        .exits(0)
        .says("note: the file holds a secret (`api_key`): do not commit it\n");
    let package = [
        "add",
        "package",
        "p",
        "--git",
        "https://me:do-not-leak@git.example/p.git",
    ];
    place
        .vhb(&package)
        .exits(0)
        .says("(`url`)")
        .conceals("do-not-leak");
}
