#!/usr/bin/env python3
"""How long `vhb lock` of a large stack takes beside `uv pip compile` of the same roots.

    python3 benches/compare_uv.py VHB UV [ROUNDS]

Both resolve vllm 0.6.5 with transformers 4.46.3 for Python 3.11 on x86_64 Linux, from warm caches
and without a former lock, in turns. Printed are the medians in seconds and their ratio, which is
to be at most 1.3, and then how long vhb takes to verify the lock offline and to make its SBOM,
which are to be at most 50 ms each. It needs the package index of the user's configuration.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOTS = {"transformers": "4.46.3", "vllm": "0.6.5"}
PYTHON = "3.11"
PLATFORM = "x86_64-manylinux_2_28"
EXCLUDE_NEWER = "2026-11-20T00:00:00Z"
LARGEST_RATIO = 1.3
LONGEST_MS = 50

ENTRIES = {
    "tasks/task": "entry_point: bench.run\nrequired_packages: [transformers]\nsupported_frameworks: [vllm]\n",
    "frameworks/vllm": "default_adapter_package: vllm\ndefault_backend_class: bench.Backend\n",
    "datasets/data": "type: bench.Data\npath: data\n",
    "runs/run": "ml_task: task\nmodel: {name: plain-model, framework: vllm}\ndataset: data\n",
    "experiments/stack": (
        f'tasks: [run]\nmetadata:\n  lock: {{python: "{PYTHON}", platform: {PLATFORM},'
        f' exclude_newer: "{EXCLUDE_NEWER}"}}\n'
    ),
} | {
    f"packages/{name}": f'source: {{type: pypi, name: {name}, version: "{version}"}}\n'
    for name, version in ROOTS.items()
}


def project(root: Path) -> None:
    for path, text in ENTRIES.items():
        file = root / "registries" / f"{path}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"name: {file.stem}\n{text}")
    (root / "roots.in").write_text("".join(f"{n}=={v}\n" for n, v in ROOTS.items()))


def timed(command: list[str], root: Path) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> int:
    if not 3 <= len(sys.argv) <= 4:
        print(__doc__, file=sys.stderr)
        return 2
    vhb, uv = (str(Path(program).resolve()) for program in sys.argv[1:3])
    rounds = int(sys.argv[3]) if len(sys.argv) == 4 else 5
    os.environ["VHB_UV"] = uv
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        project(root)

        def lock() -> float:
            for name in ("locks", "sboms"):
                shutil.rmtree(root / name, ignore_errors=True)
            return timed([vhb, "lock", "--quiet", "stack"], root)

        def compile_roots() -> float:
            (root / "pylock.toml").unlink(missing_ok=True)
            target = ["--python-version", PYTHON, "--python-platform", PLATFORM]
            output = ["--format", "pylock.toml", "--output-file", "pylock.toml", "--quiet"]
            limit = ["--exclude-newer", EXCLUDE_NEWER]
            command = [uv, "pip", "compile", "roots.in", *target, *limit, *output]
            return timed(command, root)

        compile_roots(), lock()
        times = [(lock(), compile_roots()) for _ in range(rounds)]
        ours, theirs = (statistics.median(column) for column in zip(*times))
        ratio = ours / theirs
        print(f"vhb lock        {ours:7.2f} s")
        print(f"uv pip compile  {theirs:7.2f} s")
        print(f"ratio           {ratio:7.2f}   (at most {LARGEST_RATIO})")

        file = "locks/stack.lock.json"
        slow = ratio > LARGEST_RATIO
        for what, command in {
            "verify --offline": [vhb, "verify", "--offline", file],
            "sbom": [vhb, "sbom", file, "--output", "-"],
        }.items():
            ms = 1000 * statistics.median(timed(command, root) for _ in range(4 * rounds))
            print(f"{what:<16}{ms:7.1f} ms  (at most {LONGEST_MS})")
            slow = slow or ms > LONGEST_MS
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
