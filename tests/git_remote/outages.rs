//! Servers that do not answer, refuse, or answer in another way.

use crate::*;

type Fits = fn(&RemoteError) -> bool;

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
    let snapshot = git.snapshot(&url, &by(&one, "refs/heads/main"), None, None);
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
