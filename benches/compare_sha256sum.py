#!/usr/bin/env python3
"""How long `vhb manifest` takes beside `sha256sum` in as many processes as there are processors.

    python3 benches/compare_sha256sum.py VHB [--rounds N] [--empty] [--directory DIR]

Both read 20,000 files of 40 kB and 4 of 250 MB from the cache of the system, in turns, and the best
of the rounds counts. vhb is to be at least 3 times as fast with at most 100 MB of memory; and where
it has kept the digests, at least 30 times as fast as when it reads every file. With `--empty`, a
million empty files are to take at most 300 MB of memory, with and without what was kept. The files
take 2 GB below DIR, which is a temporary directory by default.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SMALL, SMALL_BYTES = 20_000, 40_000
LARGE, LARGE_BYTES = 4, 250_000_000
EMPTY = 1_000_000
SMALLEST_RATIO = 3
SMALLEST_KEPT_RATIO = 30
MOST_MB = 100
MOST_MB_EMPTY = 300
# So long must files have been left alone for their digests to be kept.
SETTLED_SECONDS = 2.5


def make_files(data: Path) -> list[str]:
    """Writes the files; gives their names, with the large ones spread over all processes."""
    pattern = os.urandom(1_000_000)
    names = []
    for number in range(SMALL):
        if number % (SMALL // LARGE) == 0:
            names.append(f"large-{number}.bin")
            with open(data / names[-1], "wb") as file:
                for _ in range(LARGE_BYTES // len(pattern)):
                    file.write(pattern)
        directory = data / f"part-{number // 1000:02}"
        directory.mkdir(exist_ok=True)
        names.append(f"{directory.name}/{number:05}.jpg")
        at = number % (len(pattern) - SMALL_BYTES)
        (data / names[-1]).write_bytes(pattern[at : at + SMALL_BYTES])
    return names


def timed(command: list[str], cwd: Path, stdin: bytes | None = None) -> tuple[float, float]:
    """Seconds, and the most memory of the process in MB."""
    begin = time.perf_counter()
    with open(cwd.parent / "out", "wb") as out:
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.PIPE, stdout=out)
        with process.stdin:
            process.stdin.write(stdin or b"")
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1000


def printed(root: Path) -> list[str]:
    return sorted((root / "out").read_text().splitlines())


class Goals:
    """Prints what was measured beside what is wanted."""

    def __init__(self) -> None:
        self.missed = False

    def at_least(self, what: str, value: float, goal: float, unit: str = "") -> None:
        self.tell(what, value, f"at least {goal}", unit, value >= goal)

    def at_most(self, what: str, value: float, goal: float, unit: str = "") -> None:
        self.tell(what, value, f"at most {goal}", unit, value <= goal)

    def tell(self, what: str, value: float, goal: str, unit: str, reached: bool) -> None:
        self.missed = self.missed or not reached
        print(f"{what:<28}{value:8.2f} {unit:<3} ({goal}{'' if reached else ': MISSED'})")


def many_files(vhb: list[str], root: Path, rounds: int, goals: Goals) -> None:
    data = root / "data"
    data.mkdir()
    names = "\0".join(make_files(data)).encode()
    time.sleep(SETTLED_SECONDS)
    processors = str(len(os.sched_getaffinity(0)))
    coreutils = ["xargs", "-0", "-P", processors, "-n", "500", "sha256sum"]
    timed(coreutils, data, names)
    expected = printed(root)
    theirs, ours, kept = [], [], []
    for _ in range(rounds):
        theirs.append(timed(coreutils, data, names))
        ours.append(timed([*vhb, "--rehash", "."], data))
        kept.append(timed([*vhb, "."], data))
        if printed(root) != expected:
            raise SystemExit("vhb and sha256sum do not agree")
    best = {"sha256sum": min(theirs)[0], "vhb": min(ours)[0], "vhb, kept": min(kept)[0]}
    for what, seconds in best.items():
        print(f"{what:<28}{seconds:8.3f} s")
    goals.at_least("times as fast", best["sha256sum"] / best["vhb"], SMALLEST_RATIO)
    goals.at_least("times as fast, kept", best["vhb"] / best["vhb, kept"], SMALLEST_KEPT_RATIO)
    goals.at_most("memory", max(memory for _, memory in ours + kept), MOST_MB, "MB")


def empty_files(vhb: list[str], root: Path, goals: Goals) -> None:
    data = root / "empty"
    data.mkdir()
    for number in range(EMPTY):
        directory = data / f"part-{number // 1000:03}"
        if number % 1000 == 0:
            directory.mkdir()
        os.close(os.open(directory / f"{number:07}.txt", os.O_CREAT | os.O_WRONLY))
    time.sleep(SETTLED_SECONDS)
    for what in ["a million empty files", "the same, kept"]:
        seconds, memory = timed([*vhb, "."], data)
        print(f"{what:<28}{seconds:8.3f} s")
        goals.at_most("memory", memory, MOST_MB_EMPTY, "MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vhb", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--directory", type=Path)
    args = parser.parse_args()
    goals = Goals()
    with tempfile.TemporaryDirectory(dir=args.directory) as directory:
        root = Path(directory)
        vhb = [str(args.vhb.resolve()), "manifest", "--quiet", "--cache-dir", str(root / "cache")]
        many_files(vhb, root, args.rounds, goals)
        if args.empty:
            empty_files(vhb, root, goals)
    return int(goals.missed)


if __name__ == "__main__":
    sys.exit(main())
