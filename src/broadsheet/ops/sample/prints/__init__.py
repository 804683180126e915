"""The pictures of the sample edition, drawn by the program itself.

Nothing here is a photograph and nothing is anybody else's: each print is a short function that
says where ink goes. `python -m broadsheet.ops.sample.prints OUT` pulls them all again; the same
program on the same machine gives the same bytes.
"""

from __future__ import annotations

from PIL import Image

# Importing a module of scenes registers them.
import broadsheet.ops.sample.prints.scenes_business
import broadsheet.ops.sample.prints.scenes_celebrity
import broadsheet.ops.sample.prints.scenes_crypto
import broadsheet.ops.sample.prints.scenes_gaming
import broadsheet.ops.sample.prints.scenes_gaming_night
import broadsheet.ops.sample.prints.scenes_politics
import broadsheet.ops.sample.prints.scenes_sports
import broadsheet.ops.sample.prints.scenes_tech
import broadsheet.ops.sample.prints.scenes_travel
import broadsheet.ops.sample.prints.scenes_travel_water
import broadsheet.ops.sample.prints.scenes_world  # noqa: F401 - it stands for them all
from broadsheet.ops.sample.prints.engine import WIDTH, Sheet, encoded
from broadsheet.ops.sample.prints.registry import SCENES, palette_of

__all__ = ["draw", "names", "webp"]


def names() -> list[str]:
    """Every print there is, in alphabetical order."""
    return sorted(SCENES)


def draw(name: str, width: int = WIDTH) -> Image.Image:
    """The print as a picture `width` pixels wide, five eighths as high."""
    return _sheet(name, width).pull()


def webp(name: str) -> bytes:
    """The print as the file that the edition keeps: full size, within the limit of bytes."""
    return encoded(_sheet(name, WIDTH))


def _sheet(name: str, width: int) -> Sheet:
    sheet = Sheet(palette_of(name), width)
    SCENES[name](sheet)
    return sheet
