"""The dataset: `type` of registries/datasets/capitals.yaml."""

import csv
from collections.abc import Iterator
from pathlib import Path


class Questions:
    """Pairs of a question and its answer, from a CSV file with these two columns."""

    def __init__(self, path: Path, file: str) -> None:
        self.file = path / file

    def __iter__(self) -> Iterator[tuple[str, str]]:
        with self.file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield row["question"], row["answer"]
