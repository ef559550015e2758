//! Flags and variables that make no sense.

use crate::common::sample::{LOCK, Sample, ran};
use crate::transcript;

#[test]
fn flags_that_make_no_sense() {
    let sample = Sample::new();
    let commands = [
        "frobnicate",
        "lock",
        "lock bench --frobnicate",
        "lock bench --upgrade-package nothing",
        "lock bench --upgrade --upgrade-package textkit",
        "lock bench --python three",
        "lock bench --platform linux;",
        "lock bench --exclude-newer 2026-11-01",
        "lock bench --index-url ftp://h/simple",
        "lock bench --jobs 0",
        "verify x --timeout 0",
        "check --format xml",
        "check --run-mode prd",
        "explain no-such-code",
        "explain config-chnged",
    ];
    insta::assert_snapshot!(transcript(&sample, &commands), @r"
    $ vhb frobnicate
    error: unrecognized subcommand 'frobnicate'

    Usage: vhb [OPTIONS] <COMMAND>

    For more information, try '--help'.

    $ vhb lock
    error: the following required arguments were not provided:
      <EXPERIMENT>

    Usage: vhb lock --direct --cache-dir <DIR> <EXPERIMENT> [EXPERIMENTS]...

    For more information, try '--help'.

    $ vhb lock bench --frobnicate
    error: unexpected argument '--frobnicate' found

      tip: a similar argument exists: '--format'

    Usage: vhb lock --direct --format <FORMAT> <EXPERIMENT> [EXPERIMENTS]...

    For more information, try '--help'.

    $ vhb lock bench --upgrade-package nothing
    error: the experiment has no package, model, dataset or image `nothing`
      hint: it has `adapter`, `harness`, `plotter`, `reader`, `scorer`, `textkit`, `tinylib>=1`, `./models/large`, `tiny-2`, `receipts`

    $ vhb lock bench --upgrade --upgrade-package textkit
    error: the argument '--upgrade' cannot be used with '--upgrade-package <NAME>'

    Usage: vhb lock --direct --upgrade --cache-dir <DIR> <EXPERIMENT> [EXPERIMENTS]...

    For more information, try '--help'.

    $ vhb lock bench --python three
    error: cannot use `--python`: `three` is not a version of Python 3 like `3.11`

    $ vhb lock bench --platform linux;
    error: cannot use `--platform`: `linux;` is not a platform like `x86_64-manylinux_2_28`, `aarch64-apple-darwin` or `windows`

    $ vhb lock bench --exclude-newer 2026-11-01
    error: cannot use `--exclude-newer`: `2026-11-01` is not an absolute instant like `2026-11-22T07:00:00Z`

    $ vhb lock bench --index-url ftp://h/simple
    error: cannot use `--index-url`: `ftp://h/simple` is not an http or https address of a package index

    $ vhb lock bench --jobs 0
    error: invalid value '0' for '--jobs <N>': 0 is not in 1..=256

    For more information, try '--help'.

    $ vhb verify x --timeout 0
    error: invalid value '0' for '--timeout <SECONDS>': 0 is not in 1..=3600

    For more information, try '--help'.

    $ vhb check --format xml
    error: invalid value 'xml' for '--format <FORMAT>'
      [possible values: text, json, sarif, junit, github, markdown]

    For more information, try '--help'.

    $ vhb check --run-mode prd
    error: invalid value 'prd' for '--run-mode <MODE>': RUN_MODE and --run-mode are `prod` or `dev`

    For more information, try '--help'.

    $ vhb explain no-such-code
    error: there is no finding code `no-such-code`
      hint: `vhb explain` lists all codes

    $ vhb explain config-chnged
    error: there is no finding code `config-chnged`
      hint: did you mean `config-changed`?
    ");
}

#[test]
fn a_run_mode_of_the_environment_that_makes_no_sense() {
    let sample = Sample::new();
    for mode in ["PROD", "production"] {
        for arguments in [&["check"][..], &["lock", "bench"]] {
            let ran = ran(sample.vhb(arguments).env("RUN_MODE", mode));
            assert_eq!(ran.code, 2, "{mode}: {ran:#?}");
            assert!(ran.stderr.contains("`prod` or `dev`"), "{ran:#?}");
        }
    }
    // A lock has its own mode, so verify does not ask.
    sample.lock(&[]);
    let verified = ran(sample
        .vhb(&["verify", LOCK, "--offline"])
        .env("RUN_MODE", "x"));
    assert_eq!(verified.code, 0, "{verified:#?}");
}
