//! Packages that are directories: of this machine, and of git repositories.

use serde_json::Value as Json;

use crate::common::git_server::{GitServer, Repo, git};
use crate::common::project::Project;
use crate::{BACKEND, PYPROJECT_OF_BACKEND, Setting, source};

const LOCAL: &str = "type: local\npath: plugin\n";
const PLUGIN: &str = "[project]\nname = \"plugin\"\ndynamic = [\"version\"]\n\
                      dependencies = [\"helper\"]\n";
const BUILT: &str =
    "Metadata-Version: 2.1\nName: plugin\nVersion: VERSION\nRequires-Dist: helper\n";

/// An index with `helper`, and a project without packages.
fn setting() -> Setting {
    let mut setting = Setting::new(&[]);
    setting.add("helper", "1.0", &[]);
    setting.project.set("GIT_TERMINAL_PROMPT", "0");
    setting
}

/// The files of a package whose version only a build can tell.
fn dynamic() -> [(&'static str, String); 3] {
    [
        ("pyproject.toml", format!("{PYPROJECT_OF_BACKEND}{PLUGIN}")),
        ("METADATA.in", BUILT.to_owned()),
        ("backend.py", BACKEND.to_owned()),
    ]
}

fn write_local(project: &Project, files: &[(&str, String)]) {
    for (path, text) in files {
        project.write(&format!("plugin/{path}"), text);
    }
}

fn metadata(setting: &Setting) -> Json {
    setting.project.locked("plugin")["metadata"].take()
}

#[test]
fn a_local_package_is_built_from_a_copy() {
    let mut setting = setting();
    write_local(&setting.project, &dynamic());
    setting.project.package("plugin", LOCAL);
    setting.lock(&[]).exits(0);
    let held = setting.held("inference");
    assert_eq!(held, ["helper==1.0", "plugin==0.dev0"]);
    let environment = setting.environment("inference");
    assert_eq!(
        environment["distributions"]["plugin==0.dev0"],
        "packages/plugin"
    );
    assert_eq!(metadata(&setting)["built"], true);
    let directory = std::fs::read_dir(setting.project.root().join("plugin")).unwrap();
    let mut there: Vec<_> = directory.map(|entry| entry.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, ["METADATA.in", "backend.py", "pyproject.toml"]);
    setting.verifies();

    // Nothing is built twice of the same files.
    setting.project.set("VHB_UV", "/nowhere/uv");
    setting.lock(&[]).exits(0).says("nothing changed");
}

#[test]
fn a_local_package_that_would_have_to_be_built_is_refused_where_builds_are() {
    let mut setting = setting();
    write_local(&setting.project, &dynamic());
    setting.project.package("plugin", LOCAL);
    let run = setting.lock(&["--no-build"]).exits(1);
    run.says("error[build-forbidden]: `plugin` has to be built");
    assert!(!setting.project.is_locked());
}

#[test]
fn a_static_package_needs_no_build_and_other_code_no_other_environment() {
    let mut setting = setting();
    let text = "[project]\nname = \"plugin\"\nversion = \"0.3\"\ndependencies = [\"helper\"]\n";
    write_local(&setting.project, &[("pyproject.toml", text.to_owned())]);
    setting.project.package("plugin", LOCAL);
    setting.lock(&["--no-build"]).exits(0);
    assert_eq!(setting.held("inference"), ["helper==1.0", "plugin==0.3"]);
    assert!(metadata(&setting).get("built").is_none());
    setting.verifies();

    setting.add("helper", "1.1", &[]);
    write_local(
        &setting.project,
        &[("plugin.py", "answer = 42\n".to_owned())],
    );
    setting.lock(&[]).exits(0).says("packages/plugin");
    assert_eq!(setting.held("inference"), ["helper==1.0", "plugin==0.3"]);
    setting.verifies();
}

#[test]
fn what_git_ignores_is_seen_by_nobody() {
    let mut setting = setting();
    let root = Repo::init(setting.project.root(), &[]);
    write_local(&setting.project, &dynamic());
    root.write(".gitignore", "ignored.txt\n");
    root.commit("all");
    // The backend copies this file into the wheel's metadata, if it sees it.
    root.write("plugin/ignored.txt", "Requires-Dist: secret\n");
    setting.project.package("plugin", LOCAL);
    setting.lock(&[]).exits(0);
    assert_eq!(
        metadata(&setting)["requires"],
        serde_json::json!(["helper"])
    );
    root.git(&["add", "--force", "plugin/ignored.txt"]);
    let run = setting.lock(&[]).exits(1);
    run.says("error[project-not-found]").says("secret");
}

/// A served repository with the package in a subdirectory, tagged `v2.1`.
fn served(server: &GitServer, files: &[(&str, String)]) -> String {
    let repo = server.repository("code");
    for (path, text) in files {
        repo.write(&format!("python/plugin/{path}"), text);
    }
    repo.write("README", "A repository of several things.\n");
    repo.commit("one");
    git(&repo.path, &["tag", "-a", "-m", "release", "v2.1"]);
    let url = server.url("code");
    format!("type: git\nurl: \"{url}\"\nref: v2.1\nsubdirectory: python/plugin\n")
}

#[test]
fn a_build_of_a_git_package_is_told_the_version_of_its_tag() {
    let mut setting = setting();
    let server = GitServer::start();
    setting
        .project
        .package("plugin", &served(&server, &dynamic()));
    setting.lock(&[]).exits(0).says_nothing_of("warning");
    assert_eq!(setting.held("inference"), ["helper==1.0", "plugin==2.1"]);
    assert_eq!(
        setting.project.locked("plugin")["distribution"],
        "plugin==2.1"
    );
    assert_eq!(metadata(&setting)["built"], true);
    setting.verifies();
}

#[test]
fn a_static_git_package_takes_what_it_requires_from_the_index() {
    let mut setting = setting();
    let server = GitServer::start();
    let text = "[project]\nname = \"plugin\"\nversion = \"0.3\"\ndependencies = [\"helper\"]\n";
    let files = [("pyproject.toml", text.to_owned())];
    setting.project.package("plugin", &served(&server, &files));
    setting.project.package("tool", &source("helper", "1.0"));
    setting.lock(&["--no-build"]).exits(0);
    let environment = setting.environment("inference");
    let held = &environment["distributions"];
    assert_eq!(held["plugin==0.3"], "packages/plugin");
    assert_eq!(held["helper==1.0"], "helper-1.0-py3-none-any.whl");
    setting.verifies();
}

/// Edits what the locked package says it requires, and makes an SBOM that fits.
fn edit_requirement(setting: &Setting) {
    const LOCK: &str = "locks/exp.lock.json";
    let text = setting.project.lock_text();
    let edited = text.replace("\"helper\"\n", "\"helper>=0.1\"\n");
    assert_ne!(text, edited);
    setting.project.write(LOCK, &edited);
    setting.project.vhb(&["sbom", LOCK]).exits(0);
}

#[test]
fn what_a_tree_states_is_not_what_an_edited_lock_says() {
    let text = "[project]\nname = \"plugin\"\nversion = \"0.3\"\ndependencies = [\"helper\"]\n";
    let files = [("pyproject.toml", text.to_owned())];
    let server = GitServer::start();
    for source in [LOCAL.to_owned(), served(&server, &files)] {
        let mut setting = setting();
        write_local(&setting.project, &files);
        setting.project.package("plugin", &source);
        setting.lock(&["--no-build"]).exits(0);
        setting.verifies();
        edit_requirement(&setting);
        let report = setting.project.verify(&[]).exits(1).report();
        let finding = report.only("metadata-differs");
        assert_eq!(finding["subject"], "packages/plugin");
        assert_eq!(finding["expected"], r#"["helper>=0.1"]"#);
        assert_eq!(finding["actual"], r#"["helper"]"#);
    }
}

/// What is written for uv alone: sources and workspaces of a developer's machine.
const FOR_UV_ALONE: [&str; 4] = [
    "[tool.uv.sources]\nhelper = { path = \"../helper\" }\n",
    "[tool.uv.sources]\nhelper = { workspace = true }\n",
    "[tool.uv.sources]\nhelper = { git = \"https://127.0.0.1:1/helper.git\" }\n",
    "[tool.uv.sources]\nhelper = { index = \"own\" }\n\
     [[tool.uv.index]]\nname = \"own\"\nurl = \"http://127.0.0.1:1/simple\"\n",
];

#[test]
fn what_a_package_tells_uv_alone_counts_for_nobody() {
    let helper = "[project]\nname = \"helper\"\nversion = \"7\"\n";
    for text in FOR_UV_ALONE {
        let mut setting = setting();
        let plugin = "[project]\nname = \"plugin\"\nversion = \"0.3\"\n\
                      dependencies = [\"helper\"]\n";
        let files = [("pyproject.toml", format!("{plugin}{text}"))];
        write_local(&setting.project, &files);
        setting.project.write("helper/pyproject.toml", helper);
        setting.project.package("plugin", LOCAL);
        setting.lock(&[]).exits(0);
        assert_eq!(
            setting.held("inference"),
            ["helper==1.0", "plugin==0.3"],
            "{text}"
        );
        setting.verifies();
    }
}

#[test]
fn what_a_package_tells_uv_alone_counts_for_no_build() {
    let mut setting = setting();
    let build = PYPROJECT_OF_BACKEND.replace("[]", "[\"helper\"]");
    let files = [
        (
            "pyproject.toml",
            format!("{build}{PLUGIN}{}", FOR_UV_ALONE[3]),
        ),
        ("METADATA.in", BUILT.to_owned()),
        ("backend.py", format!("import helper\n{BACKEND}")),
    ];
    write_local(&setting.project, &files);
    setting.project.package("plugin", LOCAL);
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["helper==1.0", "plugin==0.dev0"]);
}

#[test]
fn a_build_that_fails_is_told_with_what_the_backend_says() {
    let mut setting = setting();
    let files = [
        ("pyproject.toml", format!("{PYPROJECT_OF_BACKEND}{PLUGIN}")),
        (
            "backend.py",
            "raise SystemExit(f'no compiler for {__file__}')\n".to_owned(),
        ),
    ];
    write_local(&setting.project, &files);
    setting.project.package("plugin", LOCAL);
    let run = setting.lock(&[]).exits(1);
    run.says("error[build-failed]: `plugin` cannot be built")
        .says("no compiler for /source/backend.py")
        .says("registries/packages/plugin.yaml:3:9")
        .says("nothing was locked: 1 problem above");
    assert!(!setting.project.is_locked());
}
