//! The port `GitRemote` against real git servers on the loopback interface.

mod common;

use std::ffi::OsString;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use common::git_server::{DATE, GitServer, Repo, free_port, git, isolated};
use tempfile::TempDir;
use vhb::io::git::{GitOptions, GitProgram};
use vhb::model::{GitOid, GitRefName, RemoteUrl};
use vhb::remote::{CommitWanted, GitRemote as _, GitSnapshot, Reach, RemoteError, TreeError};

/// A cache and the options that use it.
struct Desk {
    cache: TempDir,
}

impl Desk {
    fn new() -> Self {
        let cache = tempfile::tempdir().expect("a temporary directory");
        Self { cache }
    }

    fn options(&self) -> GitOptions {
        let mut options = GitOptions::new(self.cache.path(), self.cache.path());
        options.env = isolated();
        options
    }

    fn online(&self) -> GitProgram {
        GitProgram::new(self.options())
    }

    fn offline(&self) -> GitProgram {
        let mut options = self.options();
        options.offline = true;
        GitProgram::new(options)
    }

    /// With a client that speaks the old protocol, in which a server gives only what it lists,
    /// unless it is told otherwise.
    fn old_protocol(&self) -> GitProgram {
        self.configured("[protocol]\nversion = 0\n")
    }

    fn configured(&self, configuration: &str) -> GitProgram {
        let file = self.cache.path().join("gitconfig");
        std::fs::write(&file, configuration).expect("a file");
        let mut options = self.options();
        options.env.push(("GIT_CONFIG_GLOBAL".into(), file.into()));
        GitProgram::new(options)
    }

    fn impatient(&self) -> GitProgram {
        let mut options = self.options();
        options.timeout = Duration::from_secs(1);
        GitProgram::new(options)
    }
}

fn name(text: &str) -> GitRefName {
    GitRefName::try_from(text.to_owned()).expect("a full name")
}

fn bare(commit: &GitOid) -> CommitWanted {
    let commit = commit.clone();
    CommitWanted { commit, by: None }
}

fn by(commit: &GitOid, reference: &str) -> CommitWanted {
    let by = Some(name(reference));
    CommitWanted { by, ..bare(commit) }
}

fn paths(snapshot: &GitSnapshot) -> Vec<&str> {
    let files = snapshot.content.manifest.files();
    files.map(|(path, _)| path).collect()
}

fn absent() -> GitOid {
    "1234567890123456789012345678901234567890"
        .parse()
        .expect("40 digits")
}

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
        .snapshot(&url, &by(&two, "refs/tags/v1"), None);
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
        let snapshot = git.snapshot(&url, &by(&one, "refs/heads/main"), None);
        assert_eq!(paths(&snapshot.unwrap()), ["a"]);
        let snapshot = git.snapshot(&url, &by(&one, "refs/heads/gone"), None);
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
    let snapshot = willing.online().snapshot(&url, &bare(&one), None);
    assert_eq!(paths(&snapshot.unwrap()), ["a"]);
    let cached = cached_repository(&willing, "snapshots.git");
    assert!(!has_object(&cached, &two));

    // The second commit, after the whole history had to be fetched, and the first again from a
    // repository that held it without its history.
    let unwilling = Desk::new();
    let tip = by(&repo.id("HEAD"), "refs/heads/main");
    unwilling.old_protocol().snapshot(&url, &tip, None).unwrap();
    for (commit, files) in [(&two, &["a", "b"][..]), (&one, &["a"])] {
        let snapshot = unwilling.old_protocol().snapshot(&url, &bare(commit), None);
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
        let error = git.snapshot(&url, &bare(&absent()), None).unwrap_err();
        assert!(matches!(error, RemoteError::NotFound(_)), "{error}");
        assert_eq!(
            error.to_string(),
            format!("commit `123456789012` is not in `{url}`")
        );
    }
}

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
    let snapshot = desk
        .online()
        .snapshot(&url, &by(&commit, "refs/heads/main"), Some("pkgs/one"));
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
    let error = |subdirectory: &str| match git.snapshot(&url, &wanted, Some(subdirectory)) {
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
    let snapshot = git.snapshot(&url, &wanted, Some("./pkg/")).unwrap();
    assert_eq!(paths(&snapshot), ["a"]);
}

#[test]
fn reach_names_every_reference_that_leads_to_the_commit() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let one = repo.commit_file("a", "1");
    repo.git(&["branch", "stays"]);
    let two = repo.commit_file("b", "2");
    repo.git(&["tag", "-a", "-m", "release", "v2"]);
    let (git, url) = (desk.online(), server.url("x"));

    let all = ["refs/heads/main", "refs/heads/stays", "refs/tags/v2"];
    assert_eq!(
        git.reach(&url, &one).unwrap(),
        Reach::From(all.map(name).to_vec())
    );
    let from_two = ["refs/heads/main", "refs/tags/v2"].map(name).to_vec();
    assert_eq!(git.reach(&url, &two).unwrap(), Reach::From(from_two));

    // What the cache knew of references that are gone no longer counts.
    repo.git(&["reset", "--quiet", "--hard", one.as_str()]);
    let from_tag = vec![name("refs/tags/v2")];
    assert_eq!(git.reach(&url, &two).unwrap(), Reach::From(from_tag));
    let cached = cached_repository(&desk, "history.git");
    assert!(
        !has_object(&cached, &repo.id("HEAD^{tree}")),
        "files came along"
    );
}

#[test]
fn reach_tells_served_from_gone_by_asking_now() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    let two = repo.commit_file("b", "2");
    let (new, old, url) = (desk.online(), desk.old_protocol(), server.url("x"));
    // Everything is in the cache from the beginning.
    new.snapshot(&url, &bare(&two), None).unwrap();
    assert!(matches!(new.reach(&url, &two), Ok(Reach::From(_))));

    repo.git(&["reset", "--quiet", "--hard", one.as_str()]);
    assert_eq!(new.reach(&url, &two).unwrap(), Reach::Unreachable);
    assert_eq!(old.reach(&url, &two).unwrap(), Reach::Gone, "unwilling");
    repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    assert_eq!(old.reach(&url, &two).unwrap(), Reach::Unreachable);
    repo.prune();
    assert_eq!(old.reach(&url, &two).unwrap(), Reach::Gone);
    assert_eq!(new.reach(&url, &two).unwrap(), Reach::Gone);
    // It is still what it was.
    assert_eq!(
        paths(&new.snapshot(&url, &bare(&two), None).unwrap()),
        ["a", "b"]
    );
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

#[test]
fn a_server_that_is_not_there_is_unreachable_and_a_repository_not_found() {
    let (mut server, desk) = (GitServer::start(), Desk::new());
    let commit = server.repository("x").commit_file("a", "1");
    let (git, url) = (desk.online(), server.url("x"));
    let error = git.refs(&server.url("missing")).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error}");
    let error = git.reach(&server.url("missing"), &commit).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error}");

    server.stop();
    for error in every_error(&git, &url, &commit) {
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error}");
        assert!(error.to_string().contains(url.as_str()), "{error}");
    }
}

/// What each question of the port fails with.
fn every_error(git: &GitProgram, url: &RemoteUrl, commit: &GitOid) -> [RemoteError; 4] {
    [
        git.refs(url).expect_err("nobody can answer"),
        git.snapshot(url, &by(commit, "refs/heads/main"), None)
            .expect_err("nobody can answer"),
        git.reach(url, commit).expect_err("nobody can answer"),
        git.expand(url, "abcdef12").expect_err("nobody can answer"),
    ]
}

#[test]
fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // Accepts, keeps the connections open and never answers.
    thread::spawn(move || listener.incoming().collect::<Vec<_>>());
    let desk = Desk::new();
    for scheme in ["git", "http"] {
        let url: RemoteUrl = format!("{scheme}://127.0.0.1:{port}/x").parse().unwrap();
        let begun = Instant::now();
        for error in every_error(&desk.impatient(), &url, &absent()) {
            assert!(matches!(error, RemoteError::Unreachable(_)), "{error}");
        }
        assert!(begun.elapsed() < Duration::from_mins(1));
        let error = desk.impatient().refs(&url).unwrap_err().to_string();
        if scheme == "git" {
            let expected = format!("no answer from `{url}` for 1 s");
            assert!(error.ends_with(&expected), "{error}");
        }
    }
}

#[test]
fn offline_the_cache_answers_or_says_that_it_cannot() {
    let (mut server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    let (online, url) = (desk.online(), server.url("x"));
    let refs = online.refs(&url).unwrap();
    let wanted = by(&one, "refs/heads/main");
    let snapshot = online.snapshot(&url, &wanted, None).unwrap();
    server.stop();

    let offline = desk.offline();
    assert_eq!(offline.refs(&url).unwrap(), refs);
    assert_eq!(offline.snapshot(&url, &wanted, None).unwrap(), snapshot);
    assert_eq!(online.snapshot(&url, &wanted, None).unwrap(), snapshot);
    for error in [
        offline.reach(&url, &one).unwrap_err(),
        offline.snapshot(&url, &bare(&absent()), None).unwrap_err(),
    ] {
        assert!(matches!(error, RemoteError::NotCached(_)), "{error}");
    }
    for error in every_error(&offline, &server.url("never-seen"), &one) {
        assert!(matches!(error, RemoteError::NotCached(_)), "{error}");
        assert!(error.to_string().contains("/never-seen`"), "{error}");
    }
}

#[test]
fn a_damaged_cache_is_repaired() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    let (git, url) = (desk.online(), server.url("x"));
    let wanted = by(&one, "refs/heads/main");
    let snapshot = git.snapshot(&url, &wanted, None).unwrap();
    let reach = git.reach(&url, &one).unwrap();

    let snapshots = cached_repository(&desk, "snapshots.git");
    let history = cached_repository(&desk, "history.git");
    let damages: [&dyn Fn(&Path); 4] = [
        &|path| std::fs::remove_dir_all(path.join("objects")).unwrap(),
        &|path| std::fs::write(path.join("HEAD"), "nonsense").unwrap(),
        &|path| std::fs::write(path.join("config"), "[").unwrap(),
        &|path| {
            std::fs::remove_dir_all(path.join("refs")).unwrap();
            std::fs::write(path.join("refs"), "").unwrap();
        },
    ];
    for (number, damage) in damages.iter().enumerate() {
        damage(&snapshots);
        damage(&history);
        let error = desk.offline().snapshot(&url, &wanted, None).unwrap_err();
        assert!(
            matches!(error, RemoteError::NotCached(_)),
            "{number}: {error}"
        );
        assert_eq!(
            git.snapshot(&url, &wanted, None).unwrap(),
            snapshot,
            "{number}"
        );
        assert_eq!(git.reach(&url, &one).unwrap(), reach, "{number}");
        assert_eq!(
            desk.offline().snapshot(&url, &wanted, None).unwrap(),
            snapshot
        );
    }
    let left = std::fs::read_dir(snapshots.parent().unwrap()).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("new-")
    });
    assert_eq!(left.count(), 0, "scratch directories stay behind");
}

#[test]
fn a_fetch_that_was_stopped_costs_the_cache_nothing() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    let (git, url) = (desk.online(), server.url("x"));
    let snapshot = git.snapshot(&url, &bare(&one), None).unwrap();
    let two = repo.commit_file("b", "2");

    let cached = cached_repository(&desk, "snapshots.git");
    std::fs::write(cached.join("shallow.lock"), "").unwrap();
    git.snapshot(&url, &bare(&two), None).unwrap();

    let offline = desk.offline().snapshot(&url, &bare(&one), None);
    assert_eq!(offline.unwrap(), snapshot);
}

#[test]
fn many_may_ask_about_one_remote_at_once() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let commits: Vec<GitOid> = (0..4)
        .map(|n| repo.commit_file(&format!("pkg{n}/f"), &n.to_string()))
        .collect();
    let (one, other, url) = (desk.online(), desk.online(), server.url("x"));
    thread::scope(|scope| {
        for git in [&one, &other] {
            for (number, commit) in commits.iter().enumerate() {
                let url = &url;
                scope.spawn(move || {
                    let package = format!("pkg{number}");
                    let snapshot = git.snapshot(url, &bare(commit), Some(&package));
                    assert_eq!(paths(&snapshot.unwrap()), ["f"]);
                    assert!(matches!(git.reach(url, commit), Ok(Reach::From(_))));
                });
            }
        }
    });
}

#[test]
fn a_remote_may_be_a_path_from_the_project() {
    let desk = Desk::new();
    let repo = Repo::init(desk.cache.path().join("re mote%20"), &[]);
    let one = repo.commit_file("a", "1");
    repo.commit_file("b", "2");
    let mut options = desk.options();
    options.project = desk.cache.path().join("project");
    std::fs::create_dir(&options.project).unwrap();
    let git = GitProgram::new(options);
    let url: RemoteUrl = "../re mote%20".parse().unwrap();
    assert_eq!(git.refs(&url).unwrap().by_name.len(), 1);
    assert_eq!(
        paths(&git.snapshot(&url, &bare(&one), None).unwrap()),
        ["a"]
    );
    assert!(matches!(git.reach(&url, &one), Ok(Reach::From(_))));
    let missing: RemoteUrl = "../missing".parse().unwrap();
    let error = git.refs(&missing).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error}");
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
        paths(&git.snapshot(&url, &bare(&one), None).unwrap()),
        ["a"]
    );
    assert!(matches!(git.reach(&url, &one), Ok(Reach::From(_))));
}

#[test]
fn the_users_insteadof_applies_and_secrets_stay_out_of_the_cache() {
    let (server, desk) = (GitServer::start(), Desk::new());
    let commit = server.repository("x").commit_file("a", "1");
    let git = desk.configured(&format!(
        "[url \"git://127.0.0.1:{}/\"]\ninsteadOf = https://me:s3cret@nowhere.invalid/\n",
        server.port()
    ));
    let url: RemoteUrl = "https://me:s3cret@nowhere.invalid/x".parse().unwrap();
    assert_eq!(git.refs(&url).unwrap().by_name.len(), 1);
    git.snapshot(&url, &by(&commit, "refs/heads/main"), None)
        .unwrap();
    assert!(matches!(git.reach(&url, &commit), Ok(Reach::From(_))));

    let mut directories = vec![desk.cache.path().join("git")];
    let mut files = 0;
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let mut bytes = Vec::new();
            std::fs::File::open(&path)
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
            files += 1;
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("s3cret"), "{}", path.display());
        }
    }
    assert!(files > 5);
}

type Fits = fn(&RemoteError) -> bool;

#[test]
fn an_http_servers_refusals_are_told_apart_without_credentials() {
    let desk = Desk::new();
    let expected: [(u16, Fits); 5] = [
        (401, |error| matches!(error, RemoteError::Denied(_))),
        (403, |error| matches!(error, RemoteError::Denied(_))),
        (404, |error| matches!(error, RemoteError::NotFound(_))),
        (500, |error| matches!(error, RemoteError::Unreachable(_))),
        (503, |error| matches!(error, RemoteError::Unreachable(_))),
    ];
    for (status, fits) in expected {
        let port = answering(status);
        let url: RemoteUrl = format!("http://me:s3cret@127.0.0.1:{port}/x")
            .parse()
            .unwrap();
        for error in every_error(&desk.online(), &url, &absent()) {
            assert!(fits(&error), "{status}: {error:?}");
            assert_shown(&error, &format!("http://127.0.0.1:{port}/x"));
        }
    }
    let port = free_port();
    for scheme in ["git", "http", "https"] {
        let url: RemoteUrl = format!("{scheme}://me:s3cret@127.0.0.1:{port}/x")
            .parse()
            .unwrap();
        for error in every_error(&desk.online(), &url, &absent()) {
            assert!(matches!(error, RemoteError::Unreachable(_)), "{error}");
            assert_shown(&error, &format!("{scheme}://127.0.0.1:{port}/x"));
        }
        for error in every_error(&desk.offline(), &url, &absent()) {
            assert_shown(&error, &format!("{scheme}://127.0.0.1:{port}/x"));
        }
    }
}

/// An HTTP server that answers everything with one status; the thread ends with the process.
fn answering(status: u16) -> u16 {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
    let port = server.server_addr().to_ip().expect("it is bound").port();
    thread::spawn(move || {
        for request in server.incoming_requests() {
            let mut response = tiny_http::Response::from_string("no").with_status_code(status);
            if status == 401 {
                let header = "WWW-Authenticate: Basic realm=\"x\"".parse();
                response.add_header::<tiny_http::Header>(header.expect("a header"));
            }
            // The client may have gone; the next one is served all the same.
            let _ = request.respond(response);
        }
    });
    port
}

/// A plain file server over a repository ("dumb http"), which knows nothing of git.
fn plain_files(directory: std::path::PathBuf) -> RemoteUrl {
    let server = tiny_http::Server::http("127.0.0.1:0").expect("a free port");
    let port = server.server_addr().to_ip().expect("it is bound").port();
    thread::spawn(move || {
        for request in server.incoming_requests() {
            let path = request.url().split('?').next().unwrap_or_default();
            let path = directory.join(path.trim_start_matches('/'));
            // The client may have gone; the next one is served all the same.
            let _ = match std::fs::read(path) {
                Ok(bytes) => request.respond(tiny_http::Response::from_data(bytes)),
                Err(_) => request.respond(tiny_http::Response::empty(404)),
            };
        }
    });
    let url = format!("http://127.0.0.1:{port}/.git");
    url.parse().expect("a git address")
}

#[test]
fn a_plain_file_server_is_fetched_whole_and_never_called_gone() {
    let desk = Desk::new();
    let repo = Repo::init(desk.cache.path().join("x"), &[]);
    let one = repo.commit_file("a", "1");
    repo.commit_file("b", "2");
    repo.git(&["update-server-info"]);
    let (git, url) = (desk.online(), plain_files(repo.path.clone()));

    let refs = git.refs(&url).unwrap();
    assert_eq!(refs.default_branch, Some(name("refs/heads/main")));
    let snapshot = git.snapshot(&url, &by(&one, "refs/heads/main"), None);
    assert_eq!(paths(&snapshot.unwrap()), ["a"]);
    let from_main = vec![name("refs/heads/main")];
    assert_eq!(git.reach(&url, &one).unwrap(), Reach::From(from_main));
    let error = git.reach(&url, &absent()).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error}");
}

fn assert_shown(error: &RemoteError, shown: &str) {
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(!text.contains("s3cret") && !text.contains("me:"), "{text}");
        assert!(text.contains(shown), "{text}");
        assert!(!error.to_string().contains('\n'), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn ssh_never_prompts_unless_the_user_runs_it_another_way() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::new();
    let program = |name: &str, script: &str| {
        let path = desk.cache.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\nexit 255\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    program("ssh", "echo \"ssh: $*\" >&2");
    let theirs = program("theirs", "echo 'me@h: Permission denied (publickey).' >&2");
    let mut path = desk.cache.path().as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let url: RemoteUrl = "git@h.invalid:x".parse().unwrap();
    let error = |variables: &[(&str, &std::ffi::OsStr)]| {
        let mut options = desk.options();
        options.env.push(("PATH".into(), path.clone()));
        for (name, value) in variables {
            options.env.push(((*name).into(), (*value).to_owned()));
        }
        GitProgram::new(options).refs(&url).unwrap_err()
    };

    let ours = error(&[]);
    assert!(matches!(ours, RemoteError::Unreachable(_)), "{ours}");
    assert!(ours.to_string().contains("-o BatchMode=yes"), "{ours}");
    let configuration = desk.cache.path().join("with-ssh");
    let text = format!("[core]\nsshCommand = {}\n", theirs.display());
    std::fs::write(&configuration, text).unwrap();
    for (name, value) in [
        ("GIT_SSH_COMMAND", theirs.as_os_str()),
        ("GIT_SSH", theirs.as_os_str()),
        ("GIT_CONFIG_GLOBAL", configuration.as_os_str()),
    ] {
        let denied = error(&[(name, value)]);
        assert!(matches!(denied, RemoteError::Denied(_)), "{name}: {denied}");
    }
}

#[test]
fn a_missing_program_is_a_matter_of_configuration() {
    let desk = Desk::new();
    let mut options = desk.options();
    options.program = OsString::from("no-such-git");
    let url = "https://nowhere.invalid/x".parse().unwrap();
    for error in every_error(&GitProgram::new(options), &url, &absent()) {
        assert!(matches!(error, RemoteError::NotConfigured(_)), "{error}");
        assert!(
            error.to_string().starts_with("git is not installed"),
            "{error}"
        );
    }
}

/// The repository of the only remote that the cache knows.
fn cached_repository(desk: &Desk, repository: &str) -> std::path::PathBuf {
    let stores = std::fs::read_dir(desk.cache.path().join("git")).expect("the cache is in use");
    let stores: Vec<_> = stores
        .map(|entry| entry.expect("it is readable").path())
        .filter(|store| store.join(repository).exists())
        .collect();
    let [store] = &stores[..] else {
        panic!("{stores:?}");
    };
    store.join(repository)
}

fn has_object(repository: &Path, object: &GitOid) -> bool {
    Command::new("git")
        .env("GIT_NO_LAZY_FETCH", "1")
        .arg("--git-dir")
        .arg(repository)
        .args(["cat-file", "-e", object.as_str()])
        .stderr(std::process::Stdio::null())
        .status()
        .expect("git runs")
        .success()
}
