//! Arguments that name no experiment, and experiments that hold nothing.

use crate::common::sample::Sample;
use crate::transcript;

#[test]
fn experiments_that_are_none() {
    let sample = Sample::new();
    let experiment = sample.read("registries/experiments/bench.yaml");
    sample.write("elsewhere/bench.yaml", &experiment);
    sample.write("notes.txt", "not YAML at all: [");
    sample.write("registries/experiments/bench.yml", &experiment);
    sample.write("registries/experiments/bench.dev.yaml", "parallelism: 1\n");
    std::fs::create_dir(sample.root().join("registries/experiments/hollow.yaml")).unwrap();
    let commands = [
        "lock registries/experiments/absent.yaml",
        "lock bnech",
        "lock something-else",
        "lock notes.txt",
        "lock registries/runs/clean.yaml",
        "lock elsewhere/bench.yaml",
        "lock registries/experiments/bench.yml",
        "lock registries/experiments/bench.dev.yaml",
        "lock registries/experiments",
        "lock registries/experiments/hollow.yaml",
        "check registries/runs/clean.yaml",
        "check absent",
    ];
    insta::assert_snapshot!(transcript(&sample, &commands), @r"
    $ vhb lock registries/experiments/absent.yaml
    error: there is no experiment file `registries/experiments/absent.yaml`

    $ vhb lock bnech
    error: there is no experiment `bnech` in `[PROJECT]`
      hint: did you mean `bench`?

    $ vhb lock something-else
    error: there is no experiment `something-else` in `[PROJECT]`
      hint: name a file of `registries/experiments/`, or the stem of one

    $ vhb lock notes.txt
    error: `[PROJECT]/notes.txt` is not an experiment
      hint: experiments are the files `registries/experiments/ID.yaml` of a project

    $ vhb lock registries/runs/clean.yaml
    error: `[PROJECT]/registries/runs/clean.yaml` is not an experiment
      hint: experiments are the files `registries/experiments/ID.yaml` of a project

    $ vhb lock elsewhere/bench.yaml
    error: `[PROJECT]/elsewhere/bench.yaml` is not an experiment
      hint: experiments are the files `registries/experiments/ID.yaml` of a project

    $ vhb lock registries/experiments/bench.yml
    error: `[PROJECT]/registries/experiments/bench.yml` is not an experiment
      hint: experiments are the files `registries/experiments/ID.yaml` of a project

    $ vhb lock registries/experiments/bench.dev.yaml
    error: `[PROJECT]/registries/experiments/bench.dev.yaml` is an overlay, not an experiment
      hint: name `bench.yaml` and set RUN_MODE=dev

    $ vhb lock registries/experiments
    error: `registries/experiments` is a directory, not an experiment file
      hint: name a file of `registries/experiments/`

    $ vhb lock registries/experiments/hollow.yaml
    error: `registries/experiments/hollow.yaml` is a directory, not an experiment file
      hint: name a file of `registries/experiments/`

    $ vhb check registries/runs/clean.yaml
    error: `[PROJECT]/registries/runs/clean.yaml` is not an experiment
      hint: experiments are the files `registries/experiments/ID.yaml` of a project

    $ vhb check absent
    error: there is no experiment `absent` in `[PROJECT]`
      hint: name a file of `registries/experiments/`, or the stem of one
    ");
}

#[test]
fn experiments_that_say_nothing() {
    let sample = Sample::new();
    sample.write("registries/experiments/empty.yaml", "");
    sample.write("registries/experiments/broken.yaml", "name: [broken\n");
    sample.write("registries/experiments/list.yaml", "- clean\n");
    sample.write(
        "registries/experiments/idle.yaml",
        "name: idle\ntasks: []\n",
    );
    sample.write("registries/experiments/bare.yaml", "name: bare\n");
    let commands = [
        "lock empty",
        "lock broken",
        "lock list",
        "lock idle",
        "lock bare",
    ];
    insta::assert_snapshot!(transcript(&sample, &commands), @r"
    $ vhb lock empty
    error[empty-file]: `registries/experiments/empty.yaml` is empty
    --> registries/experiments/empty.yaml:1:1
     = hint: write the entry's fields, or delete the file

    error: `empty` is not a valid experiment
      hint: mend what is reported above

    $ vhb lock broken
    error[invalid-yaml]: unclosed bracket '['
     --> registries/experiments/broken.yaml:1:7
      |
    1 | name: [broken
      |       ^
      |
      = hint: correct the syntax at the place shown; tabs, unclosed quotes and a second `---` are usual causes

    error: `broken` is not a valid experiment
      hint: mend what is reported above

    $ vhb lock list
    error[wrong-type]: an entry must be a mapping, not a list
    --> registries/experiments/list.yaml:1:1
     = hint: write a value of the type shown; quote text that looks like a number, a date or a boolean

    error: `list` is not a valid experiment
      hint: mend what is reported above

    $ vhb lock idle
    error: `idle` has no runs, so there is nothing to lock
      hint: add runs to its `tasks`

    $ vhb lock bare
    error: `bare` has no runs, so there is nothing to lock
      hint: add runs to its `tasks`
    ");
}
