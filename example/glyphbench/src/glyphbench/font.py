"""5x7 bitmap fonts: what `make_dataset.py` draws with and the recogniser matches against."""

from pathlib import Path

WIDTH = 5
HEIGHT = 7


def read_glyphs(model: Path) -> dict[str, tuple[str, ...]]:
    """The rows of each character, from the `glyphs.txt` of a model; the space is empty."""
    glyphs = {" ": ("." * WIDTH,) * HEIGHT}
    for line in (model / "glyphs.txt").read_text(encoding="utf-8").splitlines():
        character, *rows = line.split()
        if len(rows) != HEIGHT or any(len(row) != WIDTH for row in rows):
            raise ValueError(f"glyph `{character}` is not {WIDTH}x{HEIGHT}")
        glyphs[character] = tuple(rows)
    return glyphs
