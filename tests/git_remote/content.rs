//! What a commit holds: the Manifest, and trees that have none.

use crate::*;

#[cfg(unix)]
#[test]
fn the_manifest_is_that_of_a_checkout() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let module = server.repository("module");
    let module_commit = module.commit_file("m", "m");
    let repo = server.repository("x");
    repo.write("pkgs/one/src/b.py", "print()\n");
    repo.write("pkgs/one/a-b", [0, 159, 146, 150].repeat(50_000));
    repo.write("pkgs/one/a/z", "");
    repo.write("pkgs/one/ünï cödé", "x");
    repo.write("pkgs/one/run.sh", "#!/bin/sh\n");
    repo.git(&["update-index", "--add", "--chmod=+x", "pkgs/one/run.sh"]);
    repo.write("shared/data/d", "shared\n");
    repo.link("pkgs/one/data", "../../shared/data");
    repo.link("pkgs/one/readme", "../../README");
    repo.write("README", "read me\n");
    repo.link("pkgs/outside", "/nowhere");
    let module_url = server.url("module");
    let add = ["submodule", "--quiet", "add", module_url.as_str()];
    repo.git(&[&add[..], &["pkgs/one/vendor/m"]].concat());
    repo.git(&[&add[..], &["other/m"]].concat());
    repo.git(&[
        "config",
        "-f",
        ".gitmodules",
        "submodule.pkgs/one/vendor/m.url",
        "../module",
    ]);
    let commit = repo.commit("all");

    let url = server.url("x");
    let snapshot = desk.online().snapshot(
        &url,
        &by(&commit, "refs/heads/main"),
        Some("pkgs/one"),
        None,
    );
    let snapshot = snapshot.unwrap();

    let checkout = desk.cache.path().join("checkout");
    git(
        desk.cache.path(),
        &["clone", "--quiet", url.as_str(), "checkout"],
    );
    let script = "find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum";
    let summed = Command::new("sh")
        .args(["-c", script])
        .current_dir(checkout.join("pkgs/one"))
        .output()
        .unwrap();
    let manifest = &snapshot.content.manifest;
    assert_eq!(
        manifest.to_text(),
        String::from_utf8(summed.stdout).unwrap()
    );
    assert_eq!(manifest.files().len(), 7);
    assert_eq!(snapshot.tree, repo.id("HEAD^{tree}"));
    assert_eq!(snapshot.subdirectory_tree, Some(repo.id("HEAD:pkgs/one")));
    let [submodule] = &snapshot.submodules[..] else {
        panic!("{:?}", snapshot.submodules);
    };
    assert_eq!(submodule.path, "pkgs/one/vendor/m");
    assert_eq!(submodule.url, Some("../module".parse().unwrap()));
    assert_eq!(submodule.commit, module_commit);
}

#[cfg(unix)]
#[test]
fn trees_without_identity_are_told_by_path() {
    use std::os::unix::ffi::OsStrExt as _;

    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    repo.write("pkg/a", "1");
    repo.link("leaves/sub/link", "../../../x");
    repo.link("dangles/link", "nothing");
    repo.link("loops/sub/link", "..");
    repo.write("broken/a\nb", "1");
    let odd = repo.path.join("odd");
    std::fs::create_dir(&odd).unwrap();
    std::fs::write(odd.join(std::ffi::OsStr::from_bytes(b"\xff")), "1").unwrap();
    let wanted = by(&repo.commit("all"), "refs/heads/main");

    let (git, url) = (desk.online(), server.url("x"));
    let error = |subdirectory: &str| match git.snapshot(&url, &wanted, Some(subdirectory), None) {
        Err(RemoteError::Tree(error)) => error,
        other => panic!("{subdirectory}: {other:?}"),
    };
    assert!(matches!(error("leaves"), TreeError::LinkLeaves(path) if path == "sub/link"));
    assert!(matches!(error("dangles"), TreeError::LinkDangles(path) if path == "link"));
    assert!(matches!(error("loops"), TreeError::LinkLoops(path) if path == "sub/link"));
    assert!(matches!(error("broken"), TreeError::Name(_)));
    assert!(matches!(error("odd"), TreeError::Name(_)));
    for subdirectory in ["none", "pkg/a", "", "..", "pkg/../pkg", "/pkg"] {
        let error = error(subdirectory);
        assert!(matches!(error, TreeError::NotADirectory(path) if path == subdirectory));
    }
    let snapshot = git.snapshot(&url, &wanted, Some("./pkg/"), None).unwrap();
    assert_eq!(paths(&snapshot), ["a"]);
}

#[test]
fn sha256_repositories_are_read_as_well() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.sha256_repository("x");
    let one = repo.commit_file("a", "1");
    let (git, url) = (desk.online(), server.url("x"));
    let refs = git.refs(&url).unwrap();
    assert_eq!(refs.by_name[&name("refs/heads/main")].commit(), &one);
    assert_eq!(
        paths(&git.snapshot(&url, &bare(&one), None, None).unwrap()),
        ["a"]
    );
    assert!(matches!(git.reach(&url, &one), Ok(Reach::From(_))));
}
