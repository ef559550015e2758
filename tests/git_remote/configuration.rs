//! The user's own paths and configuration.

use crate::*;

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
        paths(&git.snapshot(&url, &bare(&one), None, None).unwrap()),
        ["a"]
    );
    assert!(matches!(git.reach(&url, &one), Ok(Reach::From(_))));
    let missing: RemoteUrl = "../missing".parse().unwrap();
    let error = git.refs(&missing).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error}");
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
