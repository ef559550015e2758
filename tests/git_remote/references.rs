//! References and the commits they lead to, as a remote lists and serves them.

use crate::*;

#[test]
fn refs_have_peeled_tags_and_the_default_branch() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    repo.git(&["tag", "light"]);
    repo.git(&["tag", "-a", "-m", "release", "v1"]);
    repo.git(&["branch", "-m", "main", "trunk"]);
    repo.git(&["branch", "feature/b"]);

    let refs = desk.online().refs(&server.url("x")).unwrap();

    assert_eq!(refs.default_branch, Some(name("refs/heads/trunk")));
    let names: Vec<&str> = refs.by_name.keys().map(GitRefName::as_str).collect();
    assert_eq!(
        names,
        [
            "refs/heads/feature/b",
            "refs/heads/trunk",
            "refs/tags/light",
            "refs/tags/v1"
        ]
    );
    let annotated = &refs.by_name[&name("refs/tags/v1")];
    assert_eq!(annotated.object, repo.id("refs/tags/v1"));
    assert_eq!(annotated.peeled, Some(one.clone()));
    let light = &refs.by_name[&name("refs/tags/light")];
    assert_eq!((&light.object, &light.peeled), (&one, &None));
}

#[test]
fn refs_of_an_empty_or_detached_repository_have_no_default_branch() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let refs = desk.online().refs(&server.url("x")).unwrap();
    assert!(refs.by_name.is_empty() && refs.default_branch.is_none());

    repo.commit_file("a", "1");
    repo.git(&["checkout", "--quiet", "--detach"]);
    let refs = desk.online().refs(&server.url("x")).unwrap();
    assert!(refs.by_name.len() == 1 && refs.default_branch.is_none());
}

#[test]
fn a_snapshot_by_reference_brings_no_history() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("old", "1");
    repo.git(&["rm", "--quiet", "old"]);
    repo.write("pyproject.toml", "[project]\nname = \"x\"\n");
    let two = repo.commit_file("new", "22");
    repo.git(&["tag", "-a", "-m", "release", "v1"]);

    let url = server.url("x");
    let snapshot = desk
        .online()
        .snapshot(&url, &by(&two, "refs/tags/v1"), None, None);
    let snapshot = snapshot.unwrap();

    assert_eq!(paths(&snapshot), ["new", "pyproject.toml"]);
    assert_eq!(snapshot.committed.to_string(), DATE);
    assert_eq!(snapshot.tree, repo.id("HEAD^{tree}"));
    assert_eq!(snapshot.subdirectory_tree, None);
    assert_eq!(snapshot.content.bytes, 2 + 21);
    let pyproject = snapshot.content.pyproject.as_deref();
    assert_eq!(pyproject, Some("[project]\nname = \"x\"\n"));

    let cached = cached_repository(&desk, "snapshots.git");
    let count = git(&cached, &["rev-list", "--all", "--count"]);
    assert_eq!(count, "1", "the history came along");
    git(&cached, &["cat-file", "-e", two.as_str()]);
    assert!(!has_object(&cached, &one));
}

#[test]
fn a_snapshot_survives_a_reference_that_moved() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    repo.commit_file("b", "2");
    let url = server.url("x");
    for git in [desk.online(), Desk::new().old_protocol()] {
        let snapshot = git.snapshot(&url, &by(&one, "refs/heads/main"), None, None);
        assert_eq!(paths(&snapshot.unwrap()), ["a"]);
        let snapshot = git.snapshot(&url, &by(&one, "refs/heads/gone"), None, None);
        assert_eq!(paths(&snapshot.unwrap()), ["a"]);
    }
}

#[test]
fn a_bare_commit_is_had_from_willing_and_unwilling_servers() {
    let (server, repo_name) = (GitServer::start(), "x");
    let repo = server.repository(repo_name);
    let one = repo.commit_file("a", "1");
    let two = repo.commit_file("b", "2");
    repo.commit_file("c", "3");
    let url = server.url(repo_name);

    let willing = Desk::new();
    let snapshot = willing.online().snapshot(&url, &bare(&one), None, None);
    assert_eq!(paths(&snapshot.unwrap()), ["a"]);
    let cached = cached_repository(&willing, "snapshots.git");
    assert!(!has_object(&cached, &two));

    // The second commit, after the whole history had to be fetched, and the first again from a
    // repository that held it without its history.
    let unwilling = Desk::new();
    let tip = by(&repo.id("HEAD"), "refs/heads/main");
    unwilling
        .old_protocol()
        .snapshot(&url, &tip, None, None)
        .unwrap();
    for (commit, files) in [(&two, &["a", "b"][..]), (&one, &["a"])] {
        let snapshot = unwilling
            .old_protocol()
            .snapshot(&url, &bare(commit), None, None);
        assert_eq!(paths(&snapshot.unwrap()), files);
    }
}

#[test]
fn a_commit_that_is_nowhere_is_not_found() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    repo.commit_file("a", "1");
    let url = server.url("x");
    for git in [desk.online(), desk.old_protocol()] {
        let error = git
            .snapshot(&url, &bare(&absent()), None, None)
            .unwrap_err();
        assert!(matches!(error, RemoteError::NotFound(_)), "{error}");
        assert_eq!(
            error.to_string(),
            format!("commit `123456789012` is not in `{url}`")
        );
    }
}

#[test]
fn a_prefix_is_expanded_to_the_only_commit() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    let two = repo.commit_file("b", "2");
    repo.git(&["tag", "-a", "-m", "release", "v1"]);
    // A branch that is named like the beginning of another commit's id.
    repo.git(&["branch", &one.as_str()[..7], two.as_str()]);
    let (git, url) = (desk.online(), server.url("x"));

    assert_eq!(git.expand(&url, &one.as_str()[..7]).unwrap(), one);
    assert_eq!(
        git.expand(&url, &two.as_str()[..10].to_uppercase())
            .unwrap(),
        two
    );
    assert_eq!(git.expand(&url, one.as_str()).unwrap(), one);
    assert_eq!(
        desk.offline().expand(&url, &one.as_str()[..7]).unwrap(),
        one
    );
    let tag_object = repo.id("refs/tags/v1");
    for prefix in [
        &tag_object.as_str()[..12],
        "123456789",
        "abc",
        "main",
        "",
        "--all",
    ] {
        let error = git.expand(&url, prefix).unwrap_err();
        assert!(
            matches!(error, RemoteError::NotFound(_)),
            "{prefix}: {error}"
        );
    }
    for offline in [desk.offline(), Desk::new().offline()] {
        let error = offline.expand(&url, "123456789").unwrap_err();
        assert!(matches!(error, RemoteError::NotCached(_)), "{error}");
    }

    // Ambiguous: enough commits that two share their first four digits.
    repo.git(&["config", "gc.auto", "0"]);
    let stream: Vec<String> = (0..1000)
        .map(|n| format!("commit refs/heads/many\ncommitter A <a@b> {n} +0000\ndata 0\n\n"))
        .collect();
    std::fs::write(repo.path.join(".git/stream"), stream.concat()).unwrap();
    let fed = Command::new("sh")
        .args(["-c", "git fast-import --quiet < .git/stream"])
        .envs(isolated())
        .current_dir(&repo.path)
        .status();
    assert!(fed.unwrap().success());
    let ids = repo.git(&["rev-list", "many"]);
    let mut starts: Vec<&str> = ids.lines().map(|id| &id[..4]).collect();
    starts.sort_unstable();
    let shared = starts.windows(2).find(|pair| pair[0] == pair[1]).unwrap()[0];
    let error = git.expand(&url, shared).unwrap_err();
    assert!(error.to_string().contains("begin with"), "{error}");
}
