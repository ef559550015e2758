#!/usr/bin/env python3
"""Checks what is published of vhb: a wheel and an sdist, made of this repository as it is.

    .venv/bin/python scripts/check_package.py DIR [--published]

DIR holds one of each, as `make wheel` or `make package` makes them. They have the files that belong
in them and no other, with the bytes of the repository; the metadata is what PyPI takes; the SBOM
names the crates that cargo builds the program from. With `--published`, nothing in the program
tells where it was built. Every problem is told; any of them ends with 1.
"""

import argparse
import base64
import csv
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

from packaging.metadata import Metadata
from packaging.utils import parse_sdist_filename, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
SBOM = "packaging/vhb.cdx.json"
LICENSES = ("LICENSE-APACHE", "LICENSE-MIT")
# What the sdist has beside everything that git tracks below these.
DIRECTORIES = ("docs", "schemas", "src")
FILES = {"CHANGELOG.md", "Cargo.lock", "Cargo.toml", "README.md", "pyproject.toml", SBOM, *LICENSES}

Files = dict[str, bytes]


def differences(what: str, found: set, wanted: set) -> list[str]:
    """What one set has and the other has not, a line each."""
    missing = [f"{what}: {it} is missing" for it in sorted(wanted - found)]
    return missing + [f"{what}: {it} does not belong there" for it in sorted(found - wanted)]


def repository(path: str) -> bytes:
    return (ROOT / path).read_bytes()


def same_bytes(what: str, files: Files, pairs: dict[str, str]) -> list[str]:
    """Which files are not those of the repository, which may be as old as the archive is new."""
    other = [name for name, path in pairs.items() if files.get(name) != repository(path)]
    return [f"{what}: {name} is not that of the repository" for name in other]


def metadata_problems(what: str, text: bytes, version: str) -> list[str]:
    """What PyPI would refuse, and what does not say what the repository says."""
    try:
        metadata = Metadata.from_email(text, validate=True)
    except ExceptionGroup as group:
        return [f"{what}: {error}" for error in group.exceptions]
    said = {
        "name": metadata.name,
        "version": str(metadata.version),
        "license": str(metadata.license_expression),
        "license files": sorted(metadata.license_files or []),
        "requires": [str(it).split(">")[0] for it in metadata.requires_dist or []],
        "content type": (metadata.description_content_type or "").split(";")[0],
    }
    wanted = {
        "name": "vhb",
        "version": version,
        "license": "MIT OR Apache-2.0",
        "license files": sorted(LICENSES),
        "requires": ["uv"],
        "content type": "text/markdown",
    }
    wrong = [key for key in wanted if said[key] != wanted[key]]
    problems = [f"{what}: its {key} is {said[key]!r}, not {wanted[key]!r}" for key in wrong]
    if (metadata.description or "").strip() != repository("README.md").decode().strip():
        problems.append(f"{what}: its description is not README.md")
    return problems


def record_problems(files: Files, record: str) -> list[str]:
    """Which files the list of files does not vouch for."""
    rows = csv.reader(files[record].decode().splitlines())
    listed = {path: digest for path, digest, _ in rows}
    problems = differences("RECORD", set(listed), set(files))
    for path, digest in listed.items():
        if path == record or path not in files:
            continue
        value = base64.urlsafe_b64encode(hashlib.sha256(files[path]).digest())
        if digest != "sha256=" + value.decode().rstrip("="):
            problems.append(f"RECORD: another digest than that of {path}")
    return problems


def sbom_problems(text: bytes) -> list[str]:
    """Where the SBOM does not name the crates, and the archives, that cargo builds vhb from."""
    command = "cargo tree --locked --edges normal --target all --prefix none --no-dedupe --format {p}"
    lines = subprocess.run(command.split(), cwd=ROOT, check=True, capture_output=True, text=True)
    built = {tuple(line.split(" ")[:2]) for line in lines.stdout.splitlines() if line}
    lock = tomllib.loads(repository("Cargo.lock").decode())["package"]
    sums = {(it["name"], f"v{it['version']}"): it.get("checksum") for it in lock}
    wanted = {(*crate, sums[crate]) for crate in built if sums[crate]}
    found = {
        (it["name"], f"v{it['version']}", it["hashes"][0]["content"])
        for it in json.loads(text)["components"]
    }
    return differences("SBOM", found, wanted)


def program_problems(program: bytes) -> list[str]:
    """Which directories of this machine the program names."""
    home = Path.home()
    variables = {"CARGO_HOME": home / ".cargo", "RUSTUP_HOME": home / ".rustup"}
    places = {Path(os.environ.get(name, default)) for name, default in variables.items()}
    places |= {ROOT, Path(tempfile.gettempdir()) / "pip-"}
    named = [place for place in sorted(places) if str(place).encode() in program]
    return [f"program: it names {place}" for place in named]


def wheel_problems(path: Path, version: str, published: bool) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        modes = {it.filename: it.external_attr >> 16 for it in archive.infolist()}
    info, program = f"vhb-{version}.dist-info", f"vhb-{version}.data/scripts/vhb"
    licenses = {f"{info}/licenses/{name}": name for name in LICENSES}
    sbom = f"{info}/sboms/{Path(SBOM).name}"
    wanted = {program, sbom, *licenses, *(f"{info}/{it}" for it in ("METADATA", "RECORD", "WHEEL"))}
    problems = differences("wheel", set(files), wanted)
    # What is not there, or not the repository's, is not looked into.
    problems = problems or same_bytes("wheel", files, licenses | {sbom: SBOM})
    if problems:
        return problems
    problems += metadata_problems("METADATA", files[f"{info}/METADATA"], version)
    problems += record_problems(files, f"{info}/RECORD")
    problems += sbom_problems(files[sbom])
    name, stated, _, tags = parse_wheel_filename(path.name)
    if (name, str(stated)) != ("vhb", version) or any(it.platform == "any" for it in tags):
        problems.append(f"wheel: its name is {path.name}")
    if not modes[program] & 0o111:
        problems.append("wheel: the program cannot be run")
    if published:
        problems += program_problems(files[program])
    return problems


def sdist_problems(path: Path, version: str) -> list[str]:
    top = f"vhb-{version}/"
    with tarfile.open(path) as archive:
        members = archive.getmembers()
        files = {it.name: archive.extractfile(it).read() for it in members if it.isfile()}
    problems = [f"sdist: {it.name} is no file" for it in members if not (it.isfile() or it.isdir())]
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *DIRECTORIES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = {it for it in tracked.split("\0") if it and (ROOT / it).exists()} | FILES
    problems += differences("sdist", set(files), {top + it for it in paths} | {top + "PKG-INFO"})
    # maturin takes what is not in the sdist out of the manifest.
    unchanged = sorted(paths - {"Cargo.toml"})
    problems += same_bytes("sdist", files, {top + it: it for it in unchanged if top + it in files})
    problems += metadata_problems("PKG-INFO", files.get(top + "PKG-INFO", b""), version)
    name, stated = parse_sdist_filename(path.name)
    if (name, str(stated)) != ("vhb", version):
        problems.append(f"sdist: its name is {path.name}")
    return problems


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--published", action="store_true")
    arguments = parser.parse_args()
    wheels = list(arguments.directory.glob("*.whl"))
    sdists = list(arguments.directory.glob("*.tar.gz"))
    if (len(wheels), len(sdists)) != (1, 1):
        parser.error(f"`{arguments.directory}` holds other than one wheel and one sdist")
    version = tomllib.loads(repository("Cargo.toml").decode())["package"]["version"]
    problems = wheel_problems(wheels[0], version, arguments.published)
    problems += sdist_problems(sdists[0], version)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        for path in (wheels[0], sdists[0]):
            print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, all as it should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
