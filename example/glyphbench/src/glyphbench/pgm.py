"""Grey images as binary PGM (P5, 8 bit): read and written with the standard library alone."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Image:
    """Grey values from 0 (black) to 255 (white), row by row."""

    width: int
    height: int
    pixels: bytes

    def __post_init__(self) -> None:
        if len(self.pixels) != self.width * self.height:
            raise ValueError(
                f"{self.width}x{self.height} image with {len(self.pixels)} pixels"
            )

    def rows(self) -> list[bytes]:
        """The image as one `bytes` per row."""
        return [
            self.pixels[start : start + self.width]
            for start in range(0, len(self.pixels), self.width)
        ]


def encode(image: Image) -> bytes:
    """The bytes of the PGM file."""
    return f"P5\n{image.width} {image.height}\n255\n".encode("ascii") + image.pixels


def decode(content: bytes) -> Image:
    """Reads what `encode` writes: no comments, one line each for magic, size and maximum."""
    magic, size, maximum, pixels = content.split(b"\n", 3)
    if magic != b"P5" or maximum != b"255":
        raise ValueError("not an 8 bit binary PGM image")
    width, height = map(int, size.split())
    return Image(width, height, pixels)


def read(path: Path) -> Image:
    """Reads a PGM file."""
    try:
        return decode(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"cannot read `{path}`: {error}") from error
