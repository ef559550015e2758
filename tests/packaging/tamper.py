"""Changes one thing in a wheel or an sdist, as a build that goes wrong would, and checks that.

    tamper.py WHEEL SDIST

Prints each change and what `scripts/check_package.py` finds, a line each.
"""

import io
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from check_package import sdist_problems, wheel_problems

LINE = b"\nmade up\n"
# What is done, to the file whose name ends so.
WHEEL = (
    ("add", "vhb/__init__.py"),
    ("drop", "LICENSE-MIT"),
    ("edit", "LICENSE-MIT"),
    ("edit", "vhb.cdx.json"),
    ("edit", "scripts/vhb"),
    ("edit", "METADATA"),
    ("mode", "scripts/vhb"),
)
SDIST = (
    ("add", "tests/main.rs"),
    ("drop", "Cargo.lock"),
    ("drop", "project/gitignore"),
    ("edit", "src/main.rs"),
    ("edit", "PKG-INFO"),
)


def changed(act, name, end, content):
    """The content of a file, none where it is dropped; and whether that is a change."""
    if not name.endswith(end) or act == "add":
        return content, False
    return {"drop": None, "edit": content + LINE, "mode": content}[act], True


def wheel(source, target, act, end):
    changes = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content, is_changed = changed(act, entry.filename, end, old.read(entry))
            changes += is_changed
            entry.compress_type = zipfile.ZIP_STORED
            if act == "mode" and is_changed:
                entry.external_attr = 0o100644 << 16
            if content is not None:
                new.writestr(entry, content)
        if act == "add":
            new.writestr(end, LINE)
            changes += 1
    return changes


def sdist(source, target, act, end):
    changes = 0
    with tarfile.open(source) as old, tarfile.open(target, "w:gz", compresslevel=1) as new:
        members = old.getmembers()
        for entry in members:
            content, is_changed = changed(act, entry.name, end, old.extractfile(entry).read())
            changes += is_changed
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))
        if act == "add":
            entry = tarfile.TarInfo(members[0].name.split("/")[0] + "/" + end)
            entry.size = len(LINE)
            new.addfile(entry, io.BytesIO(LINE))
            changes += 1
    return changes


def main():
    archives = [Path(it) for it in sys.argv[1:]]
    version = archives[0].name.split("-")[1]
    checks = (
        (WHEEL, wheel, lambda path: wheel_problems(path, version, published=False)),
        (SDIST, sdist, lambda path: sdist_problems(path, version)),
    )
    with tempfile.TemporaryDirectory() as directory:
        for archive, (acts, copy, problems) in zip(archives, checks):
            target = Path(directory, archive.name)
            for act, end in acts:
                changes = copy(archive, target, act, end)
                assert changes == 1, f"{act} {end}: {changes} files were changed"
                found = "; ".join(problems(target))
                print(f"{act} {end}: {found.replace(version, 'VERSION')}")


main()
