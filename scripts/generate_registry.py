#!/usr/bin/env python3
"""Generates a large registry that validates clean, to measure vhb on.

    python3 scripts/generate_registry.py DIR [--packages 10000] [--entries 1000]

writes `DIR/<kind>/<id>.yaml`: that many packages, each with a `.dev.yaml` overlay; that many tasks,
metrics, reports, datasets and runs; the framework `vllm`; the experiment `all_runs`. The same
numbers give the same bytes. DIR must be new, or made by this script before.
Needs the standard library only.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

MARK = "generated-registry"

PACKAGE = """\
# Package {n} of a generated registry.
name: package_{n:05}
version: "1.{minor}.{patch}"
description: >-
  Adapter, iterator and metric code number {n} of the benchmark; kept in a repository of its own
  and released by tag, so that an experiment can name exactly what it ran with.
metadata:
  maintainer: team-{team}
  license: Apache-2.0
  tags: [benchmark, "group-{team}", generated]
  reviewed: "2026-0{month}-1{digit}"
{source}"""

PACKAGE_OVERLAY = """\
# Laid over package_{n:05}.yaml with RUN_MODE=dev. Whole top-level values are replaced, so each
# mapping repeats every key that it has in the base file.
version: "1.{minor}.{patch}.dev1"
description: Working copy of package {n}
metadata:
  maintainer: team-{team}
  license: Apache-2.0
  tags: [benchmark, "group-{team}", generated, working-copy]
  reviewed: "2026-0{month}-2{digit}"
{source}"""

SOURCES = (
    """\
source:
  type: git
  url: https://git.example.org/team-{team}/package_{n:05}.git
  ref: v1.{minor}.{patch}{git_suffix}
  subdirectory: python
""",
    """\
source:
  type: pypi
  name: package-{n:05}
  version: "1.{minor}.{patch}{pypi_suffix}"
  extras: [gpu, images]
""",
    """\
source:
  type: local
  path: {local_prefix}packages/package_{n:05}
  editable: {editable}
""",
)

TASK = """\
# Task {n} of a generated registry.
name: task_{n:04}
version: "1.0.{digit}"
description: Answer questions of kind {n} about scanned documents
metadata:
  maintainer: team-{team}
  domain: documents
entry_point: bench_tasks.task_{n:04}
required_packages:
  - package_{p0:05}
  - package_{p1:05}
  - package_{p2:05}
supported_metrics: [metric_{n:04}, metric_{next:04}]
supported_reports: [report_{n:04}]
supported_frameworks: [vllm]
"""

METRIC = """\
# Metric {n} of a generated registry.
name: metric_{n:04}
version: "1.0.{digit}"
description: Normalised edit similarity, variant {n}
metadata:
  range: [0.0, 1.0]
  higher_is_better: true
class_path: package_{p0:05}.metrics.Similarity{n}
package: package_{p0:05}
params:
  threshold: 0.{digit}5
  lowercase: true
  strip: ["\\n", "\\t", " "]
"""

REPORT = """\
# Report {n} of a generated registry.
name: report_{n:04}
version: "1.0.{digit}"
description: Table of scores by document type, variant {n}
metadata:
  audience: reviewers
class_path: package_{p1:05}.reports.Table{n}
package: package_{p1:05}
params:
  title: "Results {n}"
  columns: [model, metric, value]
  digits: {digit}
"""

DATASET = """\
# Dataset {n} of a generated registry.
name: dataset_{n:04}
version: "1.0.{digit}"
description: Scanned documents with questions and answers, part {n}
metadata:
  license: CC-BY-4.0
  language: [en, ru]
  documents: {n}
type: package_{p2:05}.datasets.Documents
path: data/dataset_{n:04}
package: package_{p2:05}
params:
  split: test
  shuffle: false
  limit: {limit}
"""

RUN = """\
# Run {n} of a generated registry.
name: run_{n:04}
version: "1.0.{digit}"
description: Model {n} on dataset {n}
metadata:
  requested_by: team-{team}
ml_task: task_{n:04}
model:
  name: example-org/model-{n}
  framework: vllm
  docker_image: registry.example.org/bench/vllm:1.{minor}.{patch}
  package_manager: uv
  engine_params:
    max_model_len: 8192
    gpu_memory_utilization: 0.9
    seed: {n}
    sampling: {{temperature: 0.0, top_p: 1.0}}
  env:
    VLLM_LOGGING_LEVEL: "WARNING"
dataset: dataset_{n:04}
metrics: [metric_{n:04}, metric_{next:04}]
reports: [report_{n:04}]
"""

FRAMEWORK = """\
name: vllm
description: The framework of every generated run
default_adapter_package: package_00000
default_backend_class: package_00000.backend.Backend
specialized_adapters:
  - match_models: ["example-org/model-1*"]
    package: package_00001
    backend_class: package_00001.backend.Backend
"""

EXPERIMENT = """\
name: all_runs
description: Every generated run
parallelism: 4
tasks:
{tasks}metadata:
  lock:
    python: "3.11"
    platform: x86_64-manylinux_2_28
    exclude_newer: "2026-11-01T00:00:00Z"
"""


def package_files(n: int) -> Iterator[tuple[str, str]]:
    """A package and its overlay; sources take turns at git, PyPI and local."""
    values = {
        "n": n,
        "team": n % 17,
        "minor": n % 23,
        "patch": n % 7,
        "digit": n % 10,
        "month": 1 + n % 9,
    }
    template = SOURCES[n % len(SOURCES)]
    released = template.format(
        git_suffix="", pypi_suffix="", local_prefix="", editable="false", **values
    )
    working = template.format(
        git_suffix="-rc1", pypi_suffix="rc1", local_prefix="work/", editable="true", **values
    )
    yield f"packages/package_{n:05}.yaml", PACKAGE.format(source=released, **values)
    yield f"packages/package_{n:05}.dev.yaml", PACKAGE_OVERLAY.format(source=working, **values)


def entry_files(n: int, entries: int, packages: int) -> Iterator[tuple[str, str]]:
    """The task, metric, report, dataset and run of one number."""
    values = {
        "n": n,
        "next": (n + 1) % entries,
        "team": n % 17,
        "minor": n % 23,
        "patch": n % 7,
        "digit": n % 10,
        "limit": 100 + n,
        "p0": n * 7 % packages,
        "p1": (n * 11 + 1) % packages,
        "p2": (n * 13 + 2) % packages,
    }
    for kind, template in (
        ("task", TASK),
        ("metric", METRIC),
        ("report", REPORT),
        ("dataset", DATASET),
        ("run", RUN),
    ):
        yield f"{kind}s/{kind}_{n:04}.yaml", template.format(**values)


def registry_files(packages: int, entries: int) -> Iterator[tuple[str, str]]:
    """Every file, by its path inside the registry."""
    for n in range(packages):
        yield from package_files(n)
    for n in range(entries):
        yield from entry_files(n, entries, packages)
    yield "frameworks/vllm.yaml", FRAMEWORK
    tasks = "".join(f"  - run_{n:04}\n" for n in range(entries))
    yield "experiments/all_runs.yaml", EXPERIMENT.format(tasks=tasks)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--packages", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=1_000)
    arguments = parser.parse_args()
    if arguments.packages < 3 or arguments.entries < 2:
        parser.error("at least 3 packages and 2 entries of each other kind")

    root = arguments.directory
    # The mark lies beside the registry: inside, it would be a file that belongs to no kind.
    mark = root.parent / f"{root.name}.{MARK}"
    wanted = f"{arguments.packages} packages, {arguments.entries} entries\n"
    if root.exists():
        if not mark.exists():
            parser.error(f"`{root}` exists, and this script did not make it")
        shutil.rmtree(root)
    root.mkdir(parents=True)
    mark.write_text(wanted, encoding="utf-8")
    files = size = 0
    for path, text in registry_files(arguments.packages, arguments.entries):
        target = root / path
        if not target.parent.exists():
            target.parent.mkdir()
        target.write_text(text, encoding="utf-8", newline="\n")
        files += 1
        size += len(text)
    print(f"{root}: {files} files, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
