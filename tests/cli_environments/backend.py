"""A build backend that needs nothing but Python (PEP 517).

The wheel holds METADATA.in, in which VERSION is what setuptools_scm would be told, with the lines
of ignored.txt behind it.
"""

import base64
import hashlib
import os
import pathlib
import zipfile


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    metadata = pathlib.Path("METADATA.in").read_text()
    version = os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION", "0+untold")
    metadata = metadata.replace("VERSION", version)
    ignored = pathlib.Path("ignored.txt")
    if ignored.exists():
        metadata += ignored.read_text()
    # Builds leave things behind; a working tree must not get them.
    pathlib.Path("build.log").write_text("built\n")
    fields = dict(line.split(": ", 1) for line in metadata.splitlines())
    stem = f"{fields['Name']}-{fields['Version']}"
    files = {
        f"{stem}.dist-info/METADATA": metadata,
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{stem}.dist-info/RECORD,,\n"
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
        record += f"{path},sha256={digest.decode().rstrip('=')},{len(text)}\n"
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        for path, text in [*files.items(), (f"{stem}.dist-info/RECORD", record)]:
            wheel.writestr(path, text)
    return name
