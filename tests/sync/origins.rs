//! Repositories and directories: built from what was pinned, and said to be that.

use serde_json::{Value as Json, json};

use crate::common::git_server::{GitServer, git};
use crate::common::index_server::sha256;
use crate::common::wire::sha256_base64;
use crate::setting::{Setting, tree, wheel};

const LOCAL: &str = "type: local\npath: plugin\n";

/// A locked directory `plugin` that requires `helper`.
fn local() -> Setting {
    let mut setting = Setting::new();
    setting.server.add("helper", "1.0", &[wheel(&[])]);
    for (path, text) in tree("plugin", "Requires-Dist: helper\n") {
        setting.project.write(&format!("plugin/{path}"), &text);
    }
    setting.project.package("plugin", LOCAL);
    setting.lock();
    setting
}

/// A locked repository with the package in a subdirectory, tagged `v2.1`.
fn served(server: &GitServer) -> Setting {
    let mut setting = Setting::new();
    let repo = server.repository("code");
    for (path, text) in tree("plugin", "") {
        repo.write(&format!("python/plug in/{path}"), text);
    }
    repo.commit("one");
    git(&repo.path, &["tag", "-a", "-m", "release", "v2.1"]);
    let url = server.url("code");
    let source = format!("type: git\nurl: \"{url}\"\nref: v2.1\nsubdirectory: python/plug in\n");
    setting.project.package("plugin", &source);
    setting.lock();
    setting
}

/// `direct_url.json`, after `RECORD` was held against it and the other files.
#[track_caller]
fn origin(setting: &Setting, stem: &str) -> Json {
    let record = setting.about(stem, "RECORD");
    let lines: Vec<_> = record.lines().collect();
    assert!(lines.is_sorted(), "{record}");
    let mut digests = 0;
    for line in &lines {
        let mut parts = line.rsplitn(3, ',');
        let (size, digest) = (parts.next().unwrap(), parts.next().unwrap());
        let path = setting.site().join(parts.next().unwrap());
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{line}: {error}"));
        if let Some(digest) = digest.strip_prefix("sha256=") {
            assert_eq!(digest, sha256_base64(&bytes), "{line}");
            assert_eq!(size, bytes.len().to_string(), "{line}");
            digests += 1;
        }
    }
    assert!(digests > 3, "{record}");
    let text = setting.about(stem, "direct_url.json");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_directory_is_installed_from_its_pinned_content_and_says_so() {
    let setting = local();
    setting.sync(&[]).exits(0);
    setting.holds(&[("helper", "1.0"), ("plugin", "0.dev0")]);
    let path = setting.path("plugin");
    let url = format!("file://{}", path.display());
    let expected = json!({ "url": url, "dir_info": {} });
    assert_eq!(origin(&setting, "plugin-0.dev0"), expected);
    // Not editable, and nothing is built where the files lie.
    let mut names: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["METADATA.in", "backend.py", "pyproject.toml"]);
}

#[test]
fn a_build_may_rewrite_a_file_that_is_locked() {
    let mut setting = Setting::new();
    for (path, text) in tree("plugin", "") {
        // As versioneer does with `_version.py`.
        let text = text.replace(
            "    files = {\n",
            "    files = {\n        \"plugin_version.py\": f\"version = '{version}'\\n\",\n",
        );
        setting.project.write(&format!("plugin/{path}"), &text);
    }
    setting
        .project
        .write("plugin/plugin_version.py", "version = None\n");
    setting.project.package("plugin", LOCAL);
    setting.lock();
    setting.sync(&[]).exits(0);
    setting.holds(&[("plugin", "0.dev0")]);
    let module = std::fs::read_to_string(setting.site().join("plugin_version.py")).unwrap();
    assert_eq!(module, "version = '0.dev0'\n");
}

#[test]
fn a_directory_that_changed_is_not_installed() {
    let setting = local();
    setting.project.write("plugin/more.py", "answer = 42\n");
    let run = setting.sync(&[]).exits(1);
    run.says("error[local-changed]: packages/plugin: `plugin` is not what was locked")
        .says("nothing was installed");
    setting.made_nothing();
    std::fs::remove_dir_all(setting.path("plugin")).unwrap();
    setting.sync(&[]).exits(1).says("error[local-missing]");
    setting.made_nothing();
}

#[test]
fn a_commit_is_installed_from_its_pinned_content_and_says_so() {
    let server = GitServer::start();
    let setting = served(&server);
    setting.sync(&[]).exits(0);
    setting.holds(&[("plugin", "2.1")]);
    let pin = setting.project.locked("plugin")["pin"].take();
    let expected = json!({
        "url": server.url("code").as_str(),
        "vcs_info": { "vcs": "git", "commit_id": pin["commit"], "requested_revision": "v2.1" },
        "subdirectory": "python/plug in",
    });
    assert_eq!(origin(&setting, "plugin-2.1"), expected);
}

#[test]
fn a_commit_that_is_gone_is_not_installed() {
    let mut server = GitServer::start();
    let setting = served(&server);
    setting.project.clear_cache();
    server.stop();
    let run = setting.sync(&[]).exits(3);
    run.says("packages/plugin").says("nothing was installed");
    setting.made_nothing();
}

#[test]
fn a_lock_that_was_edited_installs_nothing() {
    let server = GitServer::start();
    let setting = served(&server);
    let pin = setting.project.locked("plugin")["pin"].take();
    let content = pin["content"].as_str().unwrap();
    let text = setting.project.lock_text();
    let other = format!("sha256:{}", "0".repeat(64));
    let edited = text.replace(content, &other);
    setting.project.write("locks/exp.lock.json", &edited);
    let run = setting.sync(&[]).exits(1);
    run.says("error[git-content-differs]").says(&other);
    setting.made_nothing();
}

#[test]
fn a_build_that_fails_leaves_nothing() {
    let setting = local();
    let text = setting.project.lock_text();
    let backend = "raise SystemExit('no compiler')\n";
    setting.project.write("plugin/backend.py", backend);
    // As if the broken files had been locked: static metadata would hide them until now.
    let run = setting.project.vhb(&["manifest", "plugin"]).exits(0);
    let digest = format!("sha256:{}", sha256(run.stdout.as_bytes()));
    let pin = setting.project.locked("plugin")["pin"].take();
    let edited = text.replace(pin["content"].as_str().unwrap(), &digest);
    setting.project.write("locks/exp.lock.json", &edited);
    let run = setting.sync(&[]).exits(1);
    run.says("error[build-failed]: packages/plugin: `plugin` cannot be built")
        .says("no compiler");
    setting.made_nothing();
}
