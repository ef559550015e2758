"""The YAML registries, as far as a run needs them. `vhb check` is what validates them."""

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Registries:
    """The directory that holds `runs/`, `tasks/` and the other kinds."""

    root: Path
    run_mode: str

    @classmethod
    def open(cls, root: Path) -> "Registries":
        """Takes `RUN_MODE` from the environment: `prod` unless it says `dev`."""
        run_mode = os.environ.get("RUN_MODE", "prod")
        if run_mode not in ("prod", "dev"):
            raise ValueError(f"RUN_MODE is `{run_mode}`, not `prod` or `dev`")
        return cls(root, run_mode)

    @property
    def project(self) -> Path:
        """The directory that relative paths in entries start at."""
        return self.root.resolve().parent

    def entry(self, kind: str, id: str) -> dict[str, Any]:
        """One entry; in `dev` its overlay replaces whole top-level values."""
        entry = self._load(self.root / kind / f"{id}.yaml")
        overlay = self.root / kind / f"{id}.dev.yaml"
        if self.run_mode == "dev" and overlay.exists():
            entry |= self._load(overlay)
        return entry

    @staticmethod
    def _load(path: Path) -> dict[str, Any]:
        with open(path, encoding="utf-8") as file:
            return yaml.safe_load(file)


def load_object(dotted_path: str) -> Any:
    """The class or function that a `class_path` or dataset `type` names."""
    parts = dotted_path.split(".")
    for split in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:split])
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError as error:
            # Only "there is no such module" means: try a shorter one.
            if error.name and (module == error.name or module.startswith(error.name + ".")):
                continue
            raise
        for part in parts[split:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(f"nothing can be imported from `{dotted_path}`")
