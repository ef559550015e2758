"""A build backend that needs nothing but Python (PEP 517, PEP 660): one package below `src`."""

import base64
import hashlib
import pathlib
import zipfile

STEM = "plugin-0.1"


def write(directory, files):
    files[f"{STEM}.dist-info/METADATA"] = "Metadata-Version: 2.1\nName: plugin\nVersion: 0.1\n"
    files[f"{STEM}.dist-info/WHEEL"] = (
        "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = f"{STEM}.dist-info/RECORD,,\n"
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
        record += f"{path},sha256={digest.decode().rstrip('=')},{len(text)}\n"
    name = f"{STEM}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(directory, name), "w") as wheel:
        for path, text in [*files.items(), (f"{STEM}.dist-info/RECORD", record)]:
            wheel.writestr(zipfile.ZipInfo(path), text)
    return name


def build_wheel(directory, config_settings=None, metadata_directory=None):
    source = pathlib.Path("src")
    found = sorted(source.rglob("*.py"))
    return write(directory, {str(it.relative_to(source)): it.read_text() for it in found})


def build_editable(directory, config_settings=None, metadata_directory=None):
    return write(directory, {f"__editable__.{STEM}.pth": f"{pathlib.Path('src').resolve()}\n"})
