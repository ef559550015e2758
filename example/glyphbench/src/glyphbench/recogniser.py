"""Reads a line of text by comparing each cell with the glyphs of a model."""

import logging
import random
from pathlib import Path

from glyphbench.font import HEIGHT, WIDTH, read_glyphs
from glyphbench.pgm import Image

#: Pixels per font dot, dots from one character to the next, and the border around the line.
SCALE = 2
PITCH = WIDTH + 1
MARGIN = 4

_DOTS = WIDTH * HEIGHT
_log = logging.getLogger(__name__)


def _bits(rows: tuple[str, ...]) -> int:
    return int("".join(rows).replace("#", "1").replace(".", "0"), 2)


class TemplateRecogniser:
    """Nearest glyph by Hamming distance; the same input gives the same text, always.

    `model` is a directory with a `glyphs.txt`. Parameters (`engine_params` of a run):

    - `threshold`: mean grey value, 0 to 255, below which a dot counts as ink
    - `reject_below`: share of equal dots, 0 to 1, below which a cell is read as `unknown`
    - `max_shift`: how many pixels the line may lie off its place, in each direction
    - `unknown`: the character written for a rejected cell
    - `noise`: share of pixels, 0 to 1, that are replaced by a random grey before reading
    - `seed`: of that noise
    """

    def __init__(
        self,
        model: Path,
        *,
        threshold: int = 128,
        reject_below: float = 0.0,
        max_shift: int = 0,
        unknown: str = "?",
        noise: float = 0.0,
        seed: int = 0,
    ):
        glyphs = read_glyphs(model)
        self._templates = [(character, _bits(rows)) for character, rows in sorted(glyphs.items())]
        self._threshold = threshold
        self._reject_below = reject_below
        self._max_shift = max_shift
        self._unknown = unknown
        self._noise = noise
        self._seed = seed

    def read(self, name: str, image: Image) -> str:
        """The text of one line; `name` only makes the noise of each image its own."""
        image = self._disturbed(name, image)
        shifts = range(-self._max_shift, self._max_shift + 1)
        readings = (
            self._read_at(image, dx, dy)
            for dx, dy in sorted(
                ((dx, dy) for dx in shifts for dy in shifts),
                key=lambda shift: (abs(shift[0]) + abs(shift[1]), shift),
            )
        )
        equal_dots, text = max(readings, key=lambda reading: reading[0])
        _log.info("%s: `%s`, %d equal dots", name, text, equal_dots)
        return text

    def _disturbed(self, name: str, image: Image) -> Image:
        if not self._noise:
            return image
        # A string seeds through SHA-512 and `random()` is stable across Python versions.
        source = random.Random(f"{self._seed}/{name}")
        pixels = bytearray(image.pixels)
        for position in range(len(pixels)):
            if source.random() < self._noise:
                pixels[position] = int(source.random() * 256)
        return Image(image.width, image.height, bytes(pixels))

    def _read_at(self, image: Image, dx: int, dy: int) -> tuple[int, str]:
        """How many dots equal the best glyphs with the line shifted so, and their text."""
        rows = image.rows()
        cells = (image.width - 2 * MARGIN) // (PITCH * SCALE)
        total, text = 0, []
        for cell in range(cells):
            left = MARGIN + dx + cell * PITCH * SCALE
            dots = self._dots(rows, left, MARGIN + dy)
            character, distance = min(
                ((character, (dots ^ bits).bit_count()) for character, bits in self._templates),
                key=lambda candidate: candidate[1],
            )
            equal = _DOTS - distance
            total += equal
            text.append(character if equal >= self._reject_below * _DOTS else self._unknown)
        return total, "".join(text).rstrip()

    def _dots(self, rows: list[bytes], left: int, top: int) -> int:
        """The dots of one cell as bits, the top left one first; beyond the image is white."""
        limit = self._threshold * SCALE * SCALE
        bits = 0
        for y in range(top, top + HEIGHT * SCALE, SCALE):
            for x in range(left, left + WIDTH * SCALE, SCALE):
                grey = sum(
                    rows[v][u] if 0 <= v < len(rows) and 0 <= u < len(rows[v]) else 255
                    for v in range(y, y + SCALE)
                    for u in range(x, x + SCALE)
                )
                bits = bits << 1 | (grey < limit)
        return bits
