#!/usr/bin/env python3
"""How long `vhb verify --env` takes beside hashing the same files and nothing else.

    python3 benches/compare_env.py VHB [--rounds N] [--directory DIR]

The environment has 100 distributions of 200 files of 12 kB each. Hashing alone is `vhb manifest`,
which is several times as fast as `sha256sum`; that one is shown as well. All read the files from the
cache of the system, in turns, and the best of the rounds counts. verify is to take at most 1.5 times
as long where every file is read; how long both take with what they keep is shown as well.
"""

import argparse
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DISTRIBUTIONS, FILES, BYTES = 100, 200, 12_000
MOST_TIMES = 1.5
ENVIRONMENT = "inference-x86_64-11111111"
# So long must files have been left alone for their digests to be kept.
SETTLED_SECONDS = 2.5


def make_distribution(site: Path, name: str, content: bytes) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    lines = []

    def write(path: str, data: bytes) -> None:
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
        lines.append(f"{path},sha256={digest},{len(data)}")

    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    write(f"{info.name}/METADATA", metadata.encode())
    for number in range(FILES):
        start = number * 7
        write(f"{name}/part{number // 50}/module{number}.py", content[start : start + BYTES])
    lines.append(f"{info.name}/RECORD,,")
    (info / "RECORD").write_text("\n".join(lines) + "\n")


def lock(names: list[str]) -> dict:
    target = {"python": "3.11", "platform": "x86_64-manylinux_2_28"}
    digest = "sha256:" + "0" * 64
    asked = {"type": "pypi", "name": names[0], "version": "1.0"}
    wheels = {f"{name}==1.0": f"{name}-1.0-py3-none-any.whl" for name in names}
    return {
        "lock_version": 1,
        "generator": "vhb 0.0.0",
        "experiment": {
            "id": "exp",
            "name": "exp",
            "file": "registries/experiments/exp.yaml",
            "run_mode": "prod",
            "target": target,
        },
        "registry": {},
        "config": {},
        "runs": {},
        "packages": {names[0]: {"source": asked, "pin": asked, "distribution": f"{names[0]}==1.0"}},
        "models": {},
        "datasets": {},
        "images": {},
        "environments": {
            ENVIRONMENT: {
                "stage": "inference",
                "target": target,
                "roots": [names[0]],
                "resolver": "uv 0.0.0",
                "distributions": wheels,
            }
        },
        "distributions": {
            dist: {"files": {wheel: digest}, "metadata": {}} for dist, wheel in wheels.items()
        },
    }


def timed(command: list[str], stdin: bytes | None, allowed: set[int]) -> tuple[float, bytes]:
    begin = time.perf_counter()
    done = subprocess.run(command, input=stdin or b"", capture_output=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode not in allowed:
        raise SystemExit(f"{command} ended with {done.returncode}: {done.stderr.decode()}")
    return seconds, done.stdout


def all_match(report: bytes) -> bool:
    checks = [it for it in json.loads(report)["checks"] if it["layer"] == "environment"]
    return len(checks) == DISTRIBUTIONS + 1 and all(it["verdict"] == "match" for it in checks)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vhb", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--directory", type=Path)
    args = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory(dir=args.directory) as directory:
        root = Path(directory)
        site = root / "env/lib/python3.11/site-packages"
        content = os.urandom(BYTES + FILES * 7)
        names = [f"lib{number:03}" for number in range(DISTRIBUTIONS)]
        for name in names:
            make_distribution(site, name, content)
        settings = "version = 3.11.0\ninclude-system-site-packages = false\n"
        (root / "env/pyvenv.cfg").write_text(settings)
        (root / "exp.lock.json").write_text(json.dumps(lock(names)))
        time.sleep(SETTLED_SECONDS)
        vhb = str(args.vhb.resolve())
        cache = ["--cache-dir", str(root / "cache")]
        hashing = [vhb, "manifest", *cache, str(site)]
        verify = [vhb, "verify", *cache, "--format", "json", str(root / "exp.lock.json")]
        verify += ["--env", str(root / "env")]
        paths = "\0".join(str(path) for path in site.rglob("*") if path.is_file()).encode()
        sha256sum = ["xargs", "-0", "-P", str(len(os.sched_getaffinity(0))), "-n", "500", "sha256sum"]
        for what, more in [("every file read", ["--rehash"]), ("what was kept", [])]:
            alone, ours, theirs = [], [], []
            for _ in range(args.rounds):
                theirs.append(timed(sha256sum, paths, {0})[0])
                alone.append(timed([*hashing, *more], None, {0})[0])
                # The lock is made up: what is asked here is whether the environment matches.
                seconds, report = timed([*verify, *more], None, {0, 1, 3})
                if not all_match(report):
                    raise SystemExit("the environment does not match")
                ours.append(seconds)
            times = min(ours) / min(alone)
            # What is kept is not hashed, so there the figure is shown and is no goal.
            over = bool(more) and times > MOST_TIMES
            missed |= over
            print(f"{what}: sha256sum {min(theirs):.3f} s, vhb manifest {min(alone):.3f} s,", end=" ")
            print(f"vhb verify --env {min(ours):.3f} s")
            print(f"  {times:.2f} times hashing alone (at most {MOST_TIMES}{': MISSED' if over else ''})")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
