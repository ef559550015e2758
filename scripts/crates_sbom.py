#!/usr/bin/env python3
"""Writes the SBOM of vhb itself: every crate that the program is built from, as Cargo.lock pins it.

    .venv/bin/python scripts/crates_sbom.py [--check] packaging/vhb.cdx.json

The wheel has that file in `vhb-*.dist-info/sboms/` (PEP 770). It is CycloneDX 1.6, with the normal
dependencies on all platforms; the scope of a crate says whether it is linked into the program:
`required` on every platform, `optional` on some alone, `excluded` not at all: procedural macros,
and what they need, run while the program is built. The same Cargo.lock gives the same bytes.
With `--check`, nothing is written, and a file that is not of today's Cargo.lock ends with 1.
"""

import argparse
import json
import re
import subprocess
import sys
import tomllib
import uuid
from collections import defaultdict
from functools import partial
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
# The platforms that a crate must be linked on to be called required.
PLATFORMS = (
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-gnu",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
)
# A line of `cargo tree --prefix depth`: how deep, name, version, and what else was asked for.
LINE = re.compile(r"(?P<depth>\d+)(?P<name>\S+) v(?P<version>[^ |]+)[^|]*\|(?P<license>[^|]*)\|")

Crate = tuple[str, str]


def tree(edges: str, target: str) -> tuple[dict[Crate, str], dict[Crate, set[Crate]]]:
    """What the program needs on a platform, as cargo resolves features for a build of it: each
    crate with its licence, and what each needs. The first crate is vhb."""
    command = ["cargo", "tree", "--locked", "--edges", edges, "--target", target]
    command += ["--prefix", "depth", "--format", "{p}|{l}|"]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    licences: dict[Crate, str] = {}
    needs: dict[Crate, set[Crate]] = defaultdict(set)
    above: list[Crate] = []
    for line in text.splitlines():
        found = LINE.match(line)
        assert found, f"cargo tree says something new: {line}"
        crate = (found["name"], found["version"])
        licences[crate] = found["license"]
        del above[int(found["depth"]) :]
        if above:
            needs[above[-1]].add(crate)
        above.append(crate)
    return licences, needs


def checksums() -> dict[Crate, str]:
    """The SHA-256 of each crate's archive, as Cargo.lock has it."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    return {(it["name"], it["version"]): it.get("checksum", "") for it in lock["package"]}


def component(crate: Crate, license: str, scope: ComponentScope, checksum: str) -> Component:
    """A crate as a component."""
    name, version = crate
    purl = PackageURL("cargo", None, name, version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else []
    # Before SPDX expressions, crates wrote a slash for a choice.
    expression = re.sub(r"\s*/\s*", " OR ", license)
    licenses = [LicenseFactory().make_from_string(expression)] if expression else []
    return Component(
        name=name,
        version=version,
        bom_ref=str(purl),
        scope=scope,
        hashes=hashes,
        licenses=licenses,
        purl=purl,
    )


def build() -> str:
    """The text of the SBOM."""
    licences, needs = tree("normal", "all")
    linked, _ = tree("normal,no-proc-macro", "all")
    on_each = [tree("normal,no-proc-macro", platform)[0] for platform in PLATFORMS]
    sums = checksums()
    components = {}
    for crate, license in licences.items():
        scope = ComponentScope.EXCLUDED
        if crate in linked:
            everywhere = all(crate in crates for crates in on_each)
            scope = ComponentScope.REQUIRED if everywhere else ComponentScope.OPTIONAL
        components[crate] = component(crate, license, scope, sums[crate])
    program, *crates = components.values()
    program.type, program.scope = ComponentType.APPLICATION, None
    bom = Bom(
        components=crates,
        metadata=BomMetaData(component=program),
        dependencies=[
            Dependency(it.bom_ref, [Dependency(components[below].bom_ref) for below in needs[crate]])
            for crate, it in components.items()
        ],
    )
    outputter = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
    said = json.loads(outputter.output_as_string())
    # Neither a clock nor chance: the serial number is that of what the file says.
    del said["metadata"]["timestamp"], said["serialNumber"]
    serial = uuid.uuid5(uuid.NAMESPACE_OID, written(said)).urn
    head = {key: said.pop(key) for key in ("$schema", "bomFormat", "specVersion", "version")}
    return written(head | {"serialNumber": serial, "metadata": said.pop("metadata")} | said)


def written(document: dict) -> str:
    """JSON with a line for each crate, so that a change of one is a line in a diff."""
    line = partial(json.dumps, sort_keys=True, ensure_ascii=False)
    members = []
    for key, value in document.items():
        items = ",\n".join(map(line, value)) if isinstance(value, list) else None
        members.append(f"{line(key)}: " + (line(value) if items is None else f"[\n{items}\n]"))
    return "{\n" + ",\n".join(members) + "\n}\n"


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    text = build()
    if not arguments.check:
        arguments.file.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if arguments.file.exists() and arguments.file.read_text(encoding="utf-8") == text:
        print(f"{arguments.file}: of today's Cargo.lock")
        return 0
    print(f"{arguments.file} is not of today's Cargo.lock: run `make crates-sbom`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
