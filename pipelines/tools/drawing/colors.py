"""Colours: hex to numbers and back, contrast as WCAG measures it, and mixing that keeps its look (OKLab).

OKLab: Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

Rgb = tuple[float, float, float]
WHITE, BLACK = "#ffffff", "#000000"


def rgb(color: str) -> Rgb:
    """Red, green and blue from 0 to 1."""
    digits = color.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def to_hex(color: Rgb) -> str:
    """`#rrggbb`; what is out of range is cut."""
    return "#" + "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02x}" for part in color)


def luminance(color: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = map(_linear, rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(color: str) -> str:
    """White where that reads in large letters, near-black on light colours."""
    return WHITE if contrast(WHITE, color) >= 2.6 else "#15161a"


def standing_out(color: str, ground: str, *, ratio: float = 3.0) -> str:
    """The colour, moved towards what reads on the ground until it stands out from it."""
    goal = readable_on(ground)
    for step in range(12):
        shade = mixed(color, goal, step * 0.09)
        if contrast(shade, ground) >= ratio:
            return shade
    return goal


def mixed(one: str, other: str, share: float) -> str:
    """`one` with this share of `other`."""
    a, b = oklab(rgb(one)), oklab(rgb(other))
    light, green_red, blue_yellow = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return to_hex(from_oklab((light, green_red, blue_yellow)))


def oklab(color: Rgb) -> Rgb:
    """Lightness and two colour axes."""
    r, g, b = map(_linear, color)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def from_oklab(color: Rgb) -> Rgb:
    """Back to red, green and blue; may be out of range."""
    light, a, b = color
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    if part <= 0.0031308:
        return 12.92 * max(part, 0.0)
    return float(1.055 * part ** (1 / 2.4) - 0.055)
