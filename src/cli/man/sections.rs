//! What no argument says of itself: exit codes, variables of the environment, files, other pages.

use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use crate::cli::EXIT_CODES;

/// What stands behind the commands in the page of vhb itself.
pub(super) fn of_vhb(roff: &mut Roff, whole: &clap::Command) {
    roff.control("SH", ["EXIT STATUS"]);
    codes(roff, &EXIT_CODES);
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, text) in VARIABLES {
        entry(roff, bold(name), text);
    }
    roff.control("SH", ["FILES"]);
    for (path, text) in FILES {
        entry(roff, italic(path), text);
    }
    let names = whole.get_subcommands().filter(|it| !it.is_hide_set());
    let pages = names.map(|it| (format!("vhb-{}", it.get_name()), 1));
    see_also(roff, pages.chain([("git".to_owned(), 1)]));
}

/// What stands behind the options in the page of a command, which is called by these words.
pub(super) fn of_command(roff: &mut Roff, called: &[&str]) {
    roff.control("SH", ["EXIT STATUS"]);
    match called {
        ["vhb", "merge"] => codes(roff, &MERGE_CODES),
        ["vhb", "diff"] => codes(roff, &DIFF_CODES),
        _ => codes(roff, &EXIT_CODES),
    }
    roff.control("SH", ["ENVIRONMENT"]);
    roff.text([
        roman("What variables and files mean to every command, "),
        bold("vhb"),
        roman("(1) tells."),
    ]);
    let above = (1..called.len()).map(|words| called[..words].join("-"));
    let related = RELATED.iter().find(|(name, _)| called == ["vhb", name]);
    let related = related.map_or(&[][..], |(_, related)| related);
    let related = related.iter().map(|name| format!("vhb-{name}"));
    see_also(roff, above.chain(related).map(|name| (name, 1)));
}

/// What the help of a command says behind its options.
pub(super) fn notes(roff: &mut Roff, command: &clap::Command) {
    let Some(text) = command.get_after_help() else {
        return;
    };
    roff.control("SH", ["NOTES"]);
    for (at, paragraph) in text.to_string().split("\n\n").enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        // What has lines of its own keeps them.
        let filled = !paragraph.contains('\n');
        if !filled {
            roff.control("nf", []);
        }
        roff.text([roman(paragraph)]);
        if !filled {
            roff.control("fi", []);
        }
    }
}

fn codes(roff: &mut Roff, codes: &[(u8, &str)]) {
    for (code, text) in codes {
        entry(roff, bold(code.to_string()), text);
    }
}

fn entry(roff: &mut Roff, name: Inline, text: &str) {
    roff.control("TP", []);
    roff.text([name]);
    roff.text([roman(text)]);
}

fn see_also(roff: &mut Roff, pages: impl Iterator<Item = (String, u8)>) {
    roff.control("SH", ["SEE ALSO"]);
    let mut pages = pages.peekable();
    while let Some((name, section)) = pages.next() {
        let end = if pages.peek().is_some() { "," } else { "" };
        roff.text([bold(name), roman(format!("({section}){end}"))]);
    }
}

/// Those of `vhb merge`, as git wants them of a merge driver.
const MERGE_CODES: [(u8, &str); 3] = [
    (0, "Merged: OURS has the result."),
    (1, "A conflict: OURS is untouched."),
    (
        2,
        "Wrong usage, or input that cannot be used: OURS is untouched.",
    ),
];

/// Those of `vhb diff`, which finds nothing wrong.
const DIFF_CODES: [(u8, &str); 3] = [
    (0, "The locks were compared, whether they differ or not."),
    (1, "With `--exit-code`: the locks differ."),
    (2, "Wrong usage, or input that cannot be used."),
];

/// What a user may set. Those of other tools mean what they mean there.
const VARIABLES: [(&str, &str); 17] = [
    (
        "RUN_MODE",
        "`prod`, which is the default, or `dev`: whether `.dev.yaml` overlays apply. Anything else is \
         an error.",
    ),
    (
        "VHB_CACHE_DIR",
        "Where answers of servers and digests of files are kept between runs.",
    ),
    (
        "VHB_IMAGE_DIGEST",
        "The digest of the image that this container was started from, which `vhb record` cannot \
         find out by itself.",
    ),
    (
        "VHB_INSECURE_REGISTRIES",
        "Registries of images that are asked without encryption: hosts with their ports, separated \
         by commas. Those of this machine are, without being named.",
    ),
    ("VHB_KEY", "The private key that `vhb attest` signs with."),
    (
        "VHB_KEY_PASSPHRASE",
        "The passphrase of that key; without it, a terminal is asked.",
    ),
    (
        "VHB_TIMEOUT",
        "How long a server may stay silent, in seconds.",
    ),
    (
        "VHB_UV",
        "The program uv. Without it, the one beside vhb is taken, else the one on PATH.",
    ),
    (
        "UV_DEFAULT_INDEX, UV_INDEX_URL, PIP_INDEX_URL",
        "The package index, the first of them that is set, where neither the source nor \
         `--index-url` names one; without any, the one that uv is configured with.",
    ),
    (
        "HF_TOKEN, HF_TOKEN_PATH, HF_HOME, HF_ENDPOINT",
        "Credentials and address of the Hugging Face Hub.",
    ),
    (
        "HF_HUB_CACHE, HF_HUB_OFFLINE",
        "Where models lie that were downloaded from there, and whether it may be asked.",
    ),
    (
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL",
        "Credentials and address of buckets; the other variables of AWS are read as well, its \
         profiles are not.",
    ),
    (
        "DOCKER_CONFIG",
        "The directory of docker's `config.json`, for the credentials of registries.",
    ),
    (
        "NETRC",
        "The netrc file, for the credentials of indexes and web servers, instead of `~/.netrc`.",
    ),
    (
        "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
        "Through which proxy servers are asked, and which are not.",
    ),
    (
        "NO_COLOR, CLICOLOR, CLICOLOR_FORCE",
        "Whether there are colours, where `--color` does not say.",
    ),
    (
        "XDG_CACHE_HOME",
        "Holds the cache where VHB_CACHE_DIR is not set, as `vhb`.",
    ),
];

const FILES: [(&str, &str); 6] = [
    (
        "registries/KIND/ID.yaml",
        "What experiments are made of: packages, tasks, metrics, reports, datasets, runs, experiments \
         and frameworks; ID.dev.yaml is laid over it with RUN_MODE=dev.",
    ),
    (
        "locks/ID.lock.json",
        "The lock of an experiment. Commit it, with what is below.",
    ),
    (
        "locks/manifests/",
        "The digests of the files of local sources, as `sha256sum -c` reads them.",
    ),
    ("sboms/ID.cdx.json", "The CycloneDX SBOM of the lock."),
    (
        "attestations/ID.intoto.jsonl",
        "Signed statements that results came from what is locked.",
    ),
    (
        "~/.cache/vhb/",
        "What was asked before. It may be removed at any time.",
    ),
];

/// Which pages say more of what a command is about.
pub(super) const RELATED: [(&str, &[&str]); 21] = [
    ("init", &["add", "check", "lock"]),
    ("check", &["lock", "schema", "explain"]),
    ("add", &["init", "check"]),
    (
        "lock",
        &["check", "show", "sync", "verify", "sbom", "merge"],
    ),
    ("show", &["tree", "why", "diff", "report"]),
    ("tree", &["show", "why"]),
    ("why", &["show", "tree"]),
    ("diff", &["show", "lock", "merge"]),
    ("merge", &["lock", "diff", "verify"]),
    ("sync", &["lock", "export", "verify"]),
    ("verify", &["lock", "record", "attest", "explain"]),
    ("record", &["sync", "verify"]),
    ("keygen", &["attest"]),
    ("attest", &["keygen", "attach", "verify"]),
    ("attach", &["attest", "report", "verify"]),
    ("sbom", &["lock"]),
    ("report", &["show", "attach"]),
    ("export", &["sync"]),
    ("manifest", &["verify"]),
    ("schema", &["check"]),
    ("explain", &["check", "verify"]),
];
