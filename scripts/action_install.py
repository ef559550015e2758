#!/usr/bin/env python3
"""What the GitHub Action does where vhb is not there yet: builds it from the action's own source.

    action_install.py key        names the build, as the output `key`
    action_install.py install    builds a wheel, unless the cache had it, and installs it

The wheel is `RUNNER_TEMP/vhb-wheel/*.whl`, the program `RUNNER_TEMP/vhb/bin/vhb`. Needs Python 3.8
with venv, and for a build the Rust toolchain that Cargo.toml asks for. Exits 2 with an annotation
that says what to do where that is missing.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
# What the wheel is built from.
PARTS = ("Cargo.lock", "Cargo.toml", "pyproject.toml", "README.md", "LICENSE-*", "packaging/*")
TOOLCHAIN = "add a step before this action, such as `rustup update stable`, or name a vhb that is \
there in the input `vhb`"


def fail(message: str) -> None:
    """Ends with an annotation."""
    print(f"::error title=vhb::{message}")
    sys.exit(2)


def key() -> str:
    """A name that changes with whatever changes the wheel: the source, and what it can run on."""
    files = [path for part in (*PARTS, "src/**/*") for path in SOURCE.glob(part) if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(files):
        name = path.relative_to(SOURCE).as_posix().encode()
        digest.update(hashlib.sha256(path.read_bytes()).digest() + name + b"\n")
    libc = "-".join(platform.libc_ver())
    return f"vhb-{platform.system()}-{platform.machine()}-{libc}-{digest.hexdigest()}"


def check_toolchain() -> None:
    """Fails where cargo would, but says what to do."""
    manifest = (SOURCE / "Cargo.toml").read_text(encoding="utf-8")
    asked = re.search(r'^rust-version = "(\d+)\.(\d+)', manifest, re.MULTILINE)
    assert asked, "Cargo.toml names the Rust that it needs"
    wanted = tuple(map(int, asked.groups()))
    if not (shutil.which("cargo") and shutil.which("rustc")):
        fail(f"vhb is built with Rust, and there is no cargo on PATH: {TOOLCHAIN}")
    # Where rustup decides by the directory, that of the source is meant.
    command = ["rustc", "--version"]
    told = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True)
    found = re.match(r"rustc (\d+)\.(\d+)", told.stdout)
    if not found:
        fail(f"vhb is built with Rust, and `rustc --version` fails: {TOOLCHAIN}")
    if tuple(map(int, found.groups())) < wanted:
        there, needed = ".".join(found.groups()), ".".join(asked.groups())
        fail(f"Rust {there} is too old: vhb is built with {needed} or newer; {TOOLCHAIN}")


def install() -> None:
    """Makes a virtual environment with vhb, and with the uv that it needs."""
    if os.name == "nt":
        fail("this action runs on Linux and macOS: name a vhb that is there in the input `vhb`")
    temporary = Path(os.environ["RUNNER_TEMP"])
    environment, wheels = temporary / "vhb", temporary / "vhb-wheel"
    built = list(wheels.glob("*.whl"))
    if not built:
        check_toolchain()
    try:
        venv.create(environment, clear=True, with_pip=True)
        pip = [str(environment / "bin/python"), "-m", "pip", "--disable-pip-version-check"]
        if not built:
            target = temporary / "vhb-target"
            subprocess.run(
                [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), str(SOURCE)],
                check=True,
                env={"CARGO_TARGET_DIR": str(target), **os.environ},
            )
            # What follows has a use for the gigabytes.
            shutil.rmtree(target, ignore_errors=True)
            built = list(wheels.glob("*.whl"))
        subprocess.run([*pip, "install", "--quiet", *map(str, built)], check=True)
    except subprocess.CalledProcessError:
        fail("vhb could not be built and installed: the log of this step says why")


def main() -> None:
    """Reads the command line."""
    if sys.argv[1:] == ["key"]:
        # What the cache restores lies alone, also where the job used another version before.
        shutil.rmtree(Path(os.environ["RUNNER_TEMP"]) / "vhb-wheel", ignore_errors=True)
        with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as outputs:
            outputs.write(f"key={key()}\n")
    elif sys.argv[1:] == ["install"]:
        install()
    else:
        print(__doc__.strip(), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
