//! What went wrong, read from what git says about it (with `LC_ALL=C`, so in English).
//!
//! git has one exit code for everything, so its words are all there is. A wrong guess must err
//! towards "could not ask": only a server that certainly answered may make a commit `gone`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::model::{RemoteUrl, without_credentials};

/// What git's words mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The server answered: it does not give this object or reference.
    Refused,
    /// The transport cannot leave out history, so the question itself was not put.
    NoShallow,
    /// The server answered: there is no such repository.
    NoRepository,
    /// The server wants (other) credentials.
    Denied,
    /// No connection, or one that broke, or a server in trouble.
    NoAnswer,
    /// The git program lacks something that vhb needs.
    TooOld,
    /// Anything else: the repository in the cache may be damaged as well.
    Unsure,
}

/// Tried in this order: what a server says about one object comes with more general words, and
/// git-daemon says "access denied" of every repository that it does not have.
const WORDS: [(Failure, &[&str]); 6] = [
    (
        Failure::Refused,
        &[
            "not our ref",
            "unadvertised object",
            "couldn't find remote ref",
            "no such remote ref",
            // JGit (Gerrit, Bitbucket) and Azure DevOps.
            "fatal: remote error: want ",
            "tf401035",
        ],
    ),
    (Failure::NoShallow, &["does not support shallow"]),
    (
        Failure::NoRepository,
        &[
            "access denied or repository not exported",
            "does not appear to be a git repository",
            "repository '' not found",
            "repository not found",
            "project you were looking for could not be found",
            "returned error: 404",
            "returned error: 410",
        ],
    ),
    (
        Failure::Denied,
        &[
            "authentication failed",
            "permission denied",
            "access denied",
            "could not read username",
            "could not read password",
            "terminal prompts disabled",
            "returned error: 401",
            "returned error: 403",
            "returned error: 407",
            "dubious ownership",
        ],
    ),
    (
        Failure::NoAnswer,
        &[
            "could not resolve",
            "couldn't resolve",
            "unable to look up",
            "unable to connect",
            "unable to access",
            "failed to connect",
            "couldn't connect",
            "connection refused",
            "connection reset",
            "connection closed",
            "connection timed out",
            "timed out",
            "network is unreachable",
            "no route to host",
            "host key verification failed",
            "early eof",
            "hung up",
            "unexpected disconnect",
            "rpc failed",
            "transfer closed",
            "certificate",
            "could not read from remote repository",
            "remote error:",
        ],
    ),
    (Failure::TooOld, &["unknown option"]),
];

/// Reads git's words.
pub(super) fn classify(stderr: &str) -> Failure {
    let mut errors = String::with_capacity(stderr.len());
    for line in stderr.to_ascii_lowercase().lines() {
        if !line.starts_with("warning:") {
            errors.push_str(line);
            errors.push('\n');
        }
    }
    // What a name or an address holds is not git's word.
    let words = without_quoted(&errors);
    WORDS
        .iter()
        .find(|(_, phrases)| phrases.iter().any(|phrase| words.contains(phrase)))
        .map_or(Failure::Unsure, |(failure, _)| *failure)
}

/// Empties each `'...'` that stands as a word of its own.
fn without_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('\'') {
        let opens = rest[..open]
            .chars()
            .next_back()
            .is_none_or(|before| before.is_whitespace() || before == '(');
        let (before, quoted) = rest.split_at(open + 1);
        out.push_str(before);
        rest = quoted;
        let line = quoted.find('\n').unwrap_or(quoted.len());
        if opens && let Some(close) = quoted[..line].find('\'') {
            out.push('\'');
            rest = &quoted[close + 1..];
        }
    }
    out.push_str(rest);
    out
}

/// What git said that matters, on one line and without credentials.
pub(super) fn summary(stderr: &str, url: &RemoteUrl) -> String {
    const LONGEST: usize = 400;
    let lines: Vec<&str> = stderr.split(['\n', '\r']).map(str::trim_end).collect();
    let mut said: Vec<&str> = lines.iter().copied().filter_map(meaningful).collect();
    said.dedup();
    if said.is_empty() {
        said.extend(lines.iter().rev().find(|line| !line.is_empty()));
    }
    let mut text = redacted(&said.join("; "), url);
    if text.is_empty() {
        "git failed without a word".clone_into(&mut text);
    }
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push_str("...");
    }
    text
}

/// The part of a line that tells what went wrong, if the line is not progress or advice.
fn meaningful(line: &str) -> Option<&str> {
    const PROGRESS: [&str; 6] = [
        "Enumerating objects",
        "Counting objects",
        "Compressing objects",
        "Finding sources",
        "Total ",
        "Resolving deltas",
    ];
    let line = line.trim();
    if let Some(said) = line.strip_prefix("remote:").map(str::trim) {
        let progress = said.is_empty() || PROGRESS.iter().any(|word| said.starts_with(word));
        return (!progress).then_some(line);
    }
    if let Some(said) = ["fatal:", "error:", "ERROR:"]
        .iter()
        .find_map(|prefix| line.strip_prefix(prefix))
    {
        return Some(said.trim());
    }
    let other = line.starts_with("ssh:")
        || line.contains("Permission denied")
        || line.contains("Host key verification failed")
        || line.contains("errno=")
        || line.starts_with("! [");
    other.then_some(line)
}

/// Without the credentials of the address, in whatever form git or ssh repeats them.
fn redacted(text: &str, url: &RemoteUrl) -> String {
    let mut text = without_credentials(text);
    for secret in user_info(url) {
        text = text.replace(&format!("{secret}@"), "");
        if let Some((_, password)) = secret.split_once(':')
            && password.len() >= 4
        {
            text = text.replace(password, "***");
        }
    }
    text
}

/// What stands before the host of the address and is not shown; raw and percent-decoded.
fn user_info(url: &RemoteUrl) -> Vec<Cow<'_, str>> {
    let authority = |address: &'_ str| -> Option<usize> {
        let start = address.find("://")? + 3;
        let end = address[start..]
            .find(['/', '?', '#'])
            .map_or(address.len(), |at| start + at);
        address[start..end].rfind('@').map(|at| start + at)
    };
    let whole = url.secret();
    if whole == url.as_str() {
        return Vec::new();
    }
    let (Some(scheme), Some(at)) = (whole.find("://"), authority(whole)) else {
        return Vec::new();
    };
    let raw = &whole[scheme + 3..at];
    vec![
        Cow::Borrowed(raw),
        percent_decode_str(raw).decode_utf8_lossy(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> RemoteUrl {
        text.parse().unwrap()
    }

    #[test]
    fn each_servers_words_are_understood() {
        use Failure::{Denied, NoAnswer, NoRepository, NoShallow, Refused, TooOld, Unsure};
        for (expected, stderr) in [
            (Refused, "fatal: remote error: upload-pack: not our ref 12"),
            (
                Refused,
                "error: Server does not allow request for unadvertised object 12",
            ),
            (Refused, "fatal: couldn't find remote ref refs/heads/x"),
            (
                NoShallow,
                "fatal: dumb http transport does not support shallow capabilities",
            ),
            (
                NoRepository,
                "fatal: remote error: access denied or repository not exported: /x",
            ),
            (NoRepository, "fatal: repository 'https://h/x/' not found"),
            (
                NoRepository,
                "remote: Repository not found.\nfatal: repository 'https://h/x/' not found",
            ),
            (
                NoRepository,
                "ERROR: Repository not found.\nfatal: Could not read from remote repository.",
            ),
            (
                NoRepository,
                "fatal: '/srv/x.git' does not appear to be a git repository\nfatal: Could not read from remote repository.",
            ),
            (
                Denied,
                "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://h/x/'",
            ),
            (
                Denied,
                "git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            ),
            (
                Denied,
                "fatal: could not read Username for 'https://h': terminal prompts disabled",
            ),
            (
                Denied,
                "fatal: unable to access 'https://h/x/': The requested URL returned error: 403",
            ),
            (
                NoAnswer,
                "fatal: unable to access 'https://h/x/': The requested URL returned error: 502",
            ),
            (
                NoAnswer,
                "fatal: unable to access 'https://h/x/': Could not resolve host: h",
            ),
            (
                NoAnswer,
                "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.",
            ),
            (
                NoAnswer,
                "fatal: early EOF\nfatal: fetch-pack: invalid index-pack output",
            ),
            (TooOld, "unknown option: --config-env=x"),
            (Unsure, "fatal: bad object refs/vhb/incoming"),
            (Unsure, ""),
        ] {
            assert_eq!(classify(stderr), expected, "{stderr}");
        }
    }

    #[test]
    fn names_are_not_taken_for_words() {
        let stderr =
            "fatal: unable to access 'https://h/not our ref returned error: 404/': timed out";
        assert_eq!(classify(stderr), Failure::NoAnswer);
        let stderr = "remote: you don't see it\nremote: the project isn't here\nfatal: odd";
        assert_eq!(classify(stderr), Failure::Unsure);
    }

    #[test]
    fn a_summary_is_one_line_of_what_matters() {
        let stderr = "remote: Counting objects:  50% (1/2)\rremote: Counting objects: 100% (2/2), done.\n\
            warning: something\nremote: Repository not found.\nfatal: gone\n\nhint: ask\n";
        assert_eq!(
            summary(stderr, &url("https://h/x")),
            "remote: Repository not found.; gone"
        );
        assert_eq!(summary("odd words\n\n", &url("https://h/x")), "odd words");
        assert_eq!(
            summary("", &url("https://h/x")),
            "git failed without a word"
        );
    }

    #[test]
    fn a_summary_never_repeats_credentials() {
        let url = url("https://me:s3cr%40et@h/x");
        for stderr in [
            "fatal: unable to access 'https://me:s3cr%40et@h/x/'",
            "ssh: me:s3cr@et@h: Permission denied",
            "fatal: password s3cr@et was wrong",
            "fatal: password s3cr%40et was wrong",
        ] {
            let text = summary(stderr, &url);
            assert!(!text.contains("s3cr"), "{text}");
        }
    }
}
