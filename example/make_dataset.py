#!/usr/bin/env python3
"""Makes the dataset `example/data/receipts/`: noisy images of receipt lines, and their text.

    python3 example/make_dataset.py            # writes the files
    python3 example/make_dataset.py --check    # exits 1 unless the files are exactly these

Needs the standard library only. The bytes follow from SEED alone: `random()` of a generator that
was seeded with a string is stable across versions of Python, and nothing else is drawn.
"""

import argparse
import csv
import io
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "glyphbench" / "src"))
sys.dont_write_bytecode = True

from glyphbench import pgm  # noqa: E402
from glyphbench.font import HEIGHT, WIDTH, read_glyphs  # noqa: E402
from glyphbench.recogniser import MARGIN, PITCH, SCALE  # noqa: E402

GLYPHS = read_glyphs(HERE / "models" / "template-5x7")
SEED = "receipts-1"
LINES = 24
CELLS = 18
ITEMS = "BREAD MILK EGGS RICE TEA COFFEE APPLES SOAP JUICE FLOUR SUGAR HONEY".split()
PAPER, INK, GRAIN = 225, 60, 60


class Dice:
    """Draws from `random()` alone."""

    def __init__(self, seed: str):
        self._random = random.Random(seed).random

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1."""
        return int(self._random() * limit)

    def one_of(self, things: list[str]) -> str:
        """One of them, each as likely."""
        return things[self.below(len(things))]

    def grain(self) -> int:
        """Paper grain: three draws together look like a bell curve."""
        return int((self._random() + self._random() + self._random() - 1.5) * 2 * GRAIN)


def line_of_text(dice: Dice, number: int) -> str:
    """A line as it could stand on a receipt, at most CELLS characters long."""
    price = f"{dice.below(40)}.{dice.below(100):02}"
    left, right = [
        (dice.one_of(ITEMS), price),
        (f"{1 + dice.below(9)}X {dice.one_of(ITEMS)}", price),
        (f"VAT {5 + dice.below(16)}%", price),
        ("TOTAL", price),
        (f"DATE {2020 + dice.below(7)}-{1 + dice.below(12):02}-{1 + dice.below(28):02}", ""),
        (f"NO {dice.below(10000):04}/{dice.below(100):02}", f"{dice.below(24):02}:{dice.below(60):02}"),
    ][number % 6]
    return left if not right else left + right.rjust(CELLS - len(left))


def draw(dice: Dice, text: str) -> pgm.Image:
    """The line, off its place by a pixel or so, with faded dots and grain."""
    width = CELLS * PITCH * SCALE + 2 * MARGIN
    height = HEIGHT * SCALE + 2 * MARGIN
    grey = [[PAPER] * width for _ in range(height)]
    left, top = MARGIN + dice.below(5) - 2, MARGIN + dice.below(5) - 2
    fading = 5 + dice.below(35)
    for cell, character in enumerate(text):
        for y in range(HEIGHT * SCALE):
            for x in range(WIDTH * SCALE):
                inked = GLYPHS[character][y // SCALE][x // SCALE] == "#"
                if inked and dice.below(100) >= fading:
                    grey[top + y][left + cell * PITCH * SCALE + x] = INK
    pixels = bytes(min(255, max(0, value + dice.grain())) for row in grey for value in row)
    return pgm.Image(width, height, pixels)


def make() -> dict[str, bytes]:
    """Every file of the dataset, by its path inside it."""
    files, labels = {}, [("image", "text")]
    for number in range(LINES):
        dice = Dice(f"{SEED}/{number}")
        text = line_of_text(dice, number)
        name = f"images/{number:02}.pgm"
        files[name] = pgm.encode(draw(dice, text))
        labels.append((name, text))
    table = io.StringIO(newline="")
    csv.writer(table, lineterminator="\n").writerows(labels)
    files["labels.csv"] = table.getvalue().encode("utf-8")
    return files


def differences(files: dict[str, bytes], root: Path) -> list[str]:
    """What is missing, other or too much in the directory."""
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
    return [
        f"{name}: {'missing' if name not in found else 'not made by this script' if name not in files else 'differs'}"
        for name in sorted(files.keys() | found.keys())
        if files.get(name) != found.get(name)
    ]


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--output", type=Path, default=HERE / "data" / "receipts")
    arguments = parser.parse_args()
    files = make()
    if arguments.check:
        wrong = differences(files, arguments.output)
        for line in wrong:
            print(line, file=sys.stderr)
        if not wrong:
            print(f"dataset: {len(files)} files as made by make_dataset.py")
        return 1 if wrong else 0
    for name, content in files.items():
        path = arguments.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
