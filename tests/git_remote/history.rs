//! Whether anything still leads to a commit.

use crate::*;

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
    new.snapshot(&url, &bare(&two), None, None).unwrap();
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
        paths(&new.snapshot(&url, &bare(&two), None, None).unwrap()),
        ["a", "b"]
    );
}
