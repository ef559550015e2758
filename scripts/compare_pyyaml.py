#!/usr/bin/env python3
"""Compares `vhb check` with PyYAML merely reading the same files.

    python scripts/compare_pyyaml.py VHB_BINARY DIR [--at-least 20]

DIR is a registry such as `scripts/generate_registry.py` makes. PyYAML reads every file once with
`yaml.safe_load`, as the Python loader does; it merges and validates nothing. `vhb check` does all
of its work with RUN_MODE=dev, so that it reads every overlay too; the best of three runs counts.
Exits 1 when vhb is not that many times as fast, 2 when the registry is not clean.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import yaml

RUNS_OF_VHB = 3


def time_pyyaml(files: list[Path]) -> float:
    """Seconds that the default, pure Python loader needs for all files."""
    start = time.perf_counter()
    for path in files:
        with open(path, encoding="utf-8") as file:
            yaml.safe_load(file)
    return time.perf_counter() - start


def time_vhb(binary: str, directory: Path) -> float:
    """Wall seconds of one `vhb check`, with the start of the process."""
    command = [binary, "check", "--registry", str(directory)]
    environment = os.environ | {"RUN_MODE": "dev"}
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        talk = (done.stdout + done.stderr)[-2000:]
        print(f"`vhb check` exits {done.returncode}:\n{talk}", file=sys.stderr)
        sys.exit(2)
    return seconds


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("vhb")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--at-least", type=float, default=20.0, metavar="TIMES")
    arguments = parser.parse_args()

    files = sorted(arguments.directory.rglob("*.yaml"))
    if not files:
        parser.error(f"`{arguments.directory}` has no YAML files")
    vhb = min(time_vhb(arguments.vhb, arguments.directory) for _ in range(RUNS_OF_VHB))
    pyyaml = time_pyyaml(files)
    ratio = pyyaml / vhb
    print(f"files                  {len(files)}")
    print(f"PyYAML {yaml.__version__} safe_load  {pyyaml:9.3f} s")
    print(f"vhb check, best of {RUNS_OF_VHB}   {vhb:9.3f} s")
    print(f"ratio                  {ratio:9.1f}  (at least {arguments.at_least:g} wanted)")
    return 0 if ratio >= arguments.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
