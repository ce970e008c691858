"""Backgrounds and text, shared by pictures and video frames. Needs Pillow."""

from __future__ import annotations

import colorsys
from functools import lru_cache
from typing import TYPE_CHECKING

import attrs
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

if TYPE_CHECKING:
    from random import Random

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
FONTS = ("NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf", "arial.ttf")
"""Looked for on the machine only for text that Pillow's own font cannot show."""

SMALLEST = 9
"""Smallest type in pixels."""
LONGEST = 2000
"""Characters of a text that are shown at most."""
LAST_LATIN = 0x24F


@attrs.frozen
class Palette:
    """Three colours of one mood: dark enough for white text."""

    deep: Colour
    middle: Colour
    light: Colour


def palette(random: Random) -> Palette:
    """Draw a palette: one hue and its neighbour."""
    hue = random.random()
    turn = random.choice((-1, 1)) * random.uniform(0.08, 0.2)
    return Palette(
        _rgb(hue, 0.75, 0.22), _rgb(hue + turn / 2, 0.68, 0.42), _rgb(hue + turn, 0.62, 0.66)
    )


def background(size: tuple[int, int], colours: Palette, random: Random) -> Image.Image:
    """Paint a slanted gradient with a few soft discs."""
    slant = Image.linear_gradient("L").rotate(random.uniform(-60, 60), Image.Resampling.BICUBIC)
    ramp = slant.crop((48, 48, 208, 208)).resize(size, Image.Resampling.BICUBIC)
    ramp = ImageOps.autocontrast(ramp)
    picture = ImageOps.colorize(ramp, colours.deep, colours.light, colours.middle)
    picture.paste(Image.new("RGB", size, WHITE), mask=_discs(size, random))
    return picture


def disc(diameter: int, strength: int) -> Image.Image:
    """Make the smooth mask of a disc, strength 0 to 255."""
    mask = Image.new("L", (diameter * 4, diameter * 4))
    ImageDraw.Draw(mask).ellipse((4, 4, diameter * 4 - 5, diameter * 4 - 5), fill=strength)
    return mask.resize((diameter, diameter), Image.Resampling.LANCZOS)


def label(size: tuple[int, int], text: str, footer: str) -> Image.Image:
    """Set a text in the middle and a footer at the lower edge, white on nothing.

    Args:
        size: Width and height in pixels.
        text: Wrapped and scaled to fit; cut short only where the smallest type is too large.
        footer: One line; left out where it does not fit.

    Returns:
        A layer to be pasted with its own alpha.
    """
    width, height = size
    text = clean(text)
    foot = max(10, min(width, height) // 32)
    room = (int(width * 0.84), int(height * 0.92) - 4 * foot)
    font, lines = _fitted(text, room)
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    block = "\n".join(lines)
    middle = (width / 2, (height - 2 * foot) / 2)
    draw.multiline_text(middle, block, 255, font, "mm", _spacing(font), "center")
    _write_footer(draw, size, footer, foot)
    return _shadowed(mask, max(1, foot // 5))


def clean(text: str) -> str:
    """Make any text printable: no control characters, no half surrogates, single spaces.

    Returns:
        The text, cut after 2,000 characters.
    """
    text = text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(it if it.isprintable() else " " for it in text).split())


@lru_cache(maxsize=64)
def font_for(script: str, size: int) -> Font:
    """Load the font that shows most of these characters, Pillow's own for Latin text."""
    return _font(_best_name(script), size)


def _rgb(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _discs(size: tuple[int, int], random: Random) -> Image.Image:
    mask = Image.new("L", size)
    for _ in range(random.randint(3, 5)):
        diameter = int(min(size) * random.uniform(0.25, 0.8))
        place = [int(random.uniform(-0.3, 0.95) * side) for side in size]
        spot = disc(max(8, diameter), random.randint(10, 26))
        mask.paste(spot, (place[0], place[1]), spot.point(lambda value: 255 if value else 0))
    return mask


def _fitted(text: str, room: tuple[int, int]) -> tuple[Font, list[str]]:
    """Find the largest type in which the wrapped text fits into the room."""
    script = "".join(sorted({letter for letter in text if ord(letter) > LAST_LATIN}))[:80]
    size = max(SMALLEST, min(room[0] // 7, room[1] // 3))
    while True:
        font = font_for(script, size)
        lines = _wrapped(text, font, room[0])
        fitting = max(1, int(room[1] // (_line_height(font) + _spacing(font))))
        if len(lines) <= fitting:
            return font, lines
        if size == SMALLEST:
            return font, [*lines[: fitting - 1], lines[fitting - 1] + "…"]
        size = max(SMALLEST, int(size * 0.92))


def _wrapped(text: str, font: Font, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        for piece in _pieces(word, font, width):
            longer = f"{line} {piece}" if line else piece
            if line and font.getlength(longer) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line]


def _pieces(word: str, font: Font, width: int) -> list[str]:
    """Break a word that is wider than a line, as texts without spaces are."""
    if font.getlength(word) <= width:
        return [word]
    pieces = [""]
    for letter in word:
        if font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _line_height(font: Font) -> float:
    return font.getbbox("Ágq")[3]


def _spacing(font: Font) -> float:
    return _line_height(font) * 0.25


def _write_footer(draw: ImageDraw.ImageDraw, size: tuple[int, int], text: str, foot: int) -> None:
    font = font_for("", foot)
    if font.getlength(text) < size[0] - 2 * foot:
        draw.text((size[0] / 2, size[1] - foot), text, 170, font, "ms")


def _shadowed(mask: Image.Image, reach: int) -> Image.Image:
    """Lay a soft shadow under white text, so that it reads on any colour."""
    small = mask.reduce(4).filter(ImageFilter.GaussianBlur(reach / 2))
    blurred = small.resize(mask.size).point(lambda value: value * 0.8)
    layer = Image.merge("RGBA", [*Image.new("RGB", mask.size, BLACK).split(), blurred])
    white = Image.merge("RGBA", [*Image.new("RGB", mask.size, WHITE).split(), mask])
    return Image.alpha_composite(layer, white)


@lru_cache(maxsize=64)
def _best_name(script: str) -> str:
    return min(("", *FONTS), key=lambda name: _unknown(name, script)) if script else ""


def _font(name: str, size: int) -> Font:
    return ImageFont.truetype(name, size) if name else ImageFont.load_default(size)


def _unknown(name: str, script: str) -> int:
    """Count the characters that a font shows as its box for unknown ones; all if it is missing."""
    try:
        font = _font(name, 24)
    except OSError:
        return len(script)
    box = _ink(font, "\U0010ffff")
    return sum(_ink(font, letter) == box for letter in script)


def _ink(font: Font, letter: str) -> bytes:
    sheet = Image.new("1", (48, 48))
    ImageDraw.Draw(sheet).text((4, 4), letter, 1, font)
    return sheet.tobytes()
