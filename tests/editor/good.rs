//! Of files that are as they should be, an editor shows nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::Server;

fn vhb(directory: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_vhb"))
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "vhb {arguments:?}: {told}");
}

/// The entries below a directory, by their path in the project; overlays name no schema.
fn entries(root: &Path) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for kind in std::fs::read_dir(root.join("registries")).unwrap() {
        let kind = kind.unwrap().path();
        for entry in std::fs::read_dir(&kind).unwrap() {
            let path = entry.unwrap().path();
            let inside = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            out.push((inside, std::fs::read_to_string(&path).unwrap()));
        }
    }
    out.sort();
    out
}

#[track_caller]
fn assert_clean(server: &mut Server, files: &[(String, String)]) {
    for (path, text) in files {
        assert!(
            path.ends_with(".dev.yaml") != text.contains("$schema=../../schemas/"),
            "{path}"
        );
        server.open(path, text);
    }
    for (path, text) in files {
        let shown = server.diagnostics(path);
        assert!(shown.is_empty(), "{path}: {shown:#?}\n{text}");
    }
}

#[test]
fn an_editor_shows_nothing_of_the_registries_of_this_repository() {
    let files = entries(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(files.len() > 10, "{}", files.len());
    assert_clean(&mut Server::start(), &files);
}

/// Entries of the other kinds, none of which refers to one that comes later.
const COMMANDS: &[&[&str]] = &[
    &[
        "package",
        "vqa",
        "--git",
        "https://git.example/vqa.git",
        "--ref",
        "v1",
        "--subdirectory",
        "x",
    ],
    &[
        "package",
        "rel",
        "--pypi",
        "jiwer",
        "--version",
        "4.0",
        "--extra",
        "on",
        "--entry-version",
        "1.0",
    ],
    &[
        "package",
        "dir",
        "--path",
        "plugins/x",
        "--no-editable",
        "--install-arg",
        "pre=yes",
    ],
    &[
        "dataset",
        "d",
        "--type",
        "a.B",
        "--path",
        "data/x",
        "--param",
        "revision=1.0",
        "--param",
        "n=1.5",
    ],
    &[
        "report",
        "r",
        "--class",
        "a.B",
        "--package",
        "rel",
        "--metadata",
        "since=2026-11-01",
    ],
    &[
        "framework",
        "f",
        "--package",
        "dir",
        "--class",
        "a.B",
        "--adapter",
        "{match_models: ['*'], package: vqa, backend_class: 'no'}",
    ],
    &[
        "task",
        "t",
        "--entry-point",
        "a.b",
        "--package",
        "rel",
        "--report",
        "r",
        "--framework",
        "f",
    ],
    &[
        "run",
        "q",
        "--task",
        "t",
        "--model",
        "org/m",
        "--dataset",
        "d",
        "--framework",
        "f",
        "--image",
        "a:1",
        "--package-manager",
        "conda",
        "--engine-param",
        "revision=5",
        "--engine-param",
        "seed=010",
        "--env",
        "A=1",
    ],
    &[
        "experiment",
        "e",
        "--run",
        "q",
        "--python",
        "3.12",
        "--exclude-newer",
        "2026-11-01T00:00:00Z",
        "--override",
        "six==1.16",
        "--parallelism",
        "3",
    ],
];

#[test]
fn an_editor_shows_nothing_of_what_init_and_add_write() {
    let mut server = Server::start();
    // The server's project has the schemas, where a new one would have its own.
    std::fs::remove_dir_all(server.root().join("schemas")).unwrap();
    vhb(server.root(), &["init"]);
    let texts = [
        "yes",
        "010",
        "1:30",
        "1e-3",
        "y",
        "08",
        "2026-11-01",
        "a: b",
        "# a",
        "~",
        "",
        "null",
    ];
    for (number, text) in texts.iter().enumerate() {
        let id = format!("t{number}");
        let class = format!("--class={text}");
        let key = format!("--param={text}x={text}");
        vhb(
            server.root(),
            &["add", "metric", &id, &class, &key, "--description", text],
        );
    }
    for command in COMMANDS {
        vhb(server.root(), &[&["add"], *command].concat());
    }
    vhb(server.root(), &["check", "--strict"]);
    let files = entries(server.root());
    assert_eq!(files.len(), 9 + 12 + 9);
    assert_clean(&mut server, &files);
}

/// An overlay is no whole entry; the line that ends an editor's schema works.
#[test]
fn an_overlay_is_held_against_no_schema() {
    let mut server = Server::start();
    let text = "# yaml-language-server: $schema=none\nsource: {type: local}\nanything: 1\n";
    server.write("registries/packages/p.dev.yaml", text);
    server.open("registries/packages/p.dev.yaml", text);
    assert_eq!(
        server.diagnostics("registries/packages/p.dev.yaml"),
        Vec::<serde_json::Value>::new()
    );
}
