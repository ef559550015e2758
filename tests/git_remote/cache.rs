//! What is kept between runs, and what is not.

use crate::*;

#[test]
fn offline_the_cache_answers_or_says_that_it_cannot() {
    let (mut server, desk) = (GitServer::start(), Desk::new());
    let repo = server.repository("x");
    let one = repo.commit_file("a", "1");
    let (online, url) = (desk.online(), server.url("x"));
    let refs = online.refs(&url).unwrap();
    let wanted = by(&one, "refs/heads/main");
    let snapshot = online.snapshot(&url, &wanted, None, None).unwrap();
    server.stop();

    let offline = desk.offline();
    assert_eq!(offline.refs(&url).unwrap(), refs);
    assert_eq!(
        offline.snapshot(&url, &wanted, None, None).unwrap(),
        snapshot
    );
    assert_eq!(
        online.snapshot(&url, &wanted, None, None).unwrap(),
        snapshot
    );
    for error in [
        offline.reach(&url, &one).unwrap_err(),
        offline
            .snapshot(&url, &bare(&absent()), None, None)
            .unwrap_err(),
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
    let snapshot = git.snapshot(&url, &wanted, None, None).unwrap();
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
        let error = desk
            .offline()
            .snapshot(&url, &wanted, None, None)
            .unwrap_err();
        assert!(
            matches!(error, RemoteError::NotCached(_)),
            "{number}: {error}"
        );
        assert_eq!(
            git.snapshot(&url, &wanted, None, None).unwrap(),
            snapshot,
            "{number}"
        );
        assert_eq!(git.reach(&url, &one).unwrap(), reach, "{number}");
        assert_eq!(
            desk.offline().snapshot(&url, &wanted, None, None).unwrap(),
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
    let snapshot = git.snapshot(&url, &bare(&one), None, None).unwrap();
    let two = repo.commit_file("b", "2");

    let cached = cached_repository(&desk, "snapshots.git");
    std::fs::write(cached.join("shallow.lock"), "").unwrap();
    git.snapshot(&url, &bare(&two), None, None).unwrap();

    let offline = desk.offline().snapshot(&url, &bare(&one), None, None);
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
                    let snapshot = git.snapshot(url, &bare(commit), Some(&package), None);
                    assert_eq!(paths(&snapshot.unwrap()), ["f"]);
                    assert!(matches!(git.reach(url, commit), Ok(Reach::From(_))));
                });
            }
        }
    });
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
    git.snapshot(&url, &by(&commit, "refs/heads/main"), None, None)
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
