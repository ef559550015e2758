"""Datasets: iterators over labelled images."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from glyphbench import pgm


@dataclass(frozen=True)
class Sample:
    """One labelled line of text."""

    name: str
    image: pgm.Image
    text: str


class LineImages:
    """A directory of PGM images, and a CSV file with the columns `image` and `text`."""

    def __init__(self, path: Path, labels: str = "labels.csv", limit: int | None = None):
        self._path = path
        self._labels = labels
        self._limit = limit

    def __iter__(self) -> Iterator[Sample]:
        with open(self._path / self._labels, encoding="utf-8", newline="") as file:
            for count, row in enumerate(csv.DictReader(file)):
                if count == self._limit:
                    return
                image = pgm.read(self._path / row["image"])
                yield Sample(row["image"], image, row["text"])
