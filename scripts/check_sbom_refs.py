#!/usr/bin/env python3
"""Checks the references inside CycloneDX JSON files, which no schema can.

    python3 scripts/check_sbom_refs.py sboms/*.cdx.json

Every `bom-ref` must be unique, and everything that refers to one must find it. A reference to
another SBOM (a BOM-Link, `urn:cdx:...`) is let pass. Needs the standard library only.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Keys whose value is a reference or an array of references (CycloneDX 1.6, `refLinkType`), as far
# as vhb writes them. Some also name arrays of objects elsewhere, such as `metadata.tools` and the
# top-level `dependencies`: an object is no reference, but may hold some.
REFERRING = {
    "assemblies",
    "dependencies",
    "dependsOn",
    "provides",
    "ref",
    "subjects",
    "tools",
    "vulnerabilities",
}


def walk(node: Any, path: str = "$") -> Iterator[tuple[str, str, Any]]:
    """Every key of every object, with the path of its value."""
    if isinstance(node, dict):
        for key, value in node.items():
            here = f"{path}.{key}"
            yield here, key, value
            yield from walk(value, here)
    elif isinstance(node, list):
        for position, item in enumerate(node):
            yield from walk(item, f"{path}[{position}]")


def references(document: Any) -> Iterator[tuple[str, str]]:
    """Every reference, with the path where it stands."""
    for path, key, value in walk(document):
        if key not in REFERRING:
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield path, item


def problems(document: Any) -> list[str]:
    """What is wrong, one line each, in the order of the file."""
    defined = Counter(value for _, key, value in walk(document) if key == "bom-ref")
    found = [f"bom-ref `{ref}` is defined {n} times" for ref, n in defined.items() if n > 1]
    found += [
        f"{path}: nothing has the bom-ref `{ref}`"
        for path, ref in references(document)
        if ref not in defined and not ref.startswith("urn:cdx:")
    ]
    entries = Counter(entry.get("ref") for entry in document.get("dependencies", []))
    found += [f"dependencies has {n} entries for `{ref}`" for ref, n in entries.items() if n > 1]
    return found


def main(paths: list[str]) -> int:
    """Exits 1 when a file has a problem, 2 when there is nothing to check."""
    if not paths:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    failed = False
    for path in paths:
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
        found = problems(document)
        failed |= bool(found)
        for line in found:
            print(f"{path}: {line}", file=sys.stderr)
        if not found:
            count = sum(1 for _ in references(document))
            print(f"{path}: {count} references, all of them resolve")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
