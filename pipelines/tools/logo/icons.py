"""The icons one can ask for, as one outline each, about 100 units across and centred on the origin."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any, get_args

from pipelines.tools.drawing.outline import Outline, circle, polygon, rectangle, star
from pipelines.tools.logo.choices import Icon

ICONS: tuple[Icon, ...] = get_args(Icon)


def icon(name: Icon) -> Outline:
    """The icon's outline, its box centred on the origin and at most 100 across."""
    drawn = _DRAWN[name]()
    box = drawn.box()
    assert box is not None
    x, y = box.centre
    return drawn.moved(-x, -y).scaled(100 / max(box.width, box.height))


def _path(*commands: tuple[str, Any]) -> Outline:
    return Outline([*commands, ("closePath", ())])


def _bolt() -> Outline:
    return polygon([(12, -50), (-30, 8), (-4, 8), (-12, 50), (30, -10), (4, -10)])


def _bubble() -> Outline:
    body = rectangle(-50, -42, 100, 70, corner=26)
    tail = polygon([(8, 24), (-26, 50), (-22, 20)])
    dots = reduce(add, (circle(x, -7, 7, hole=True) for x in (-24, 0, 24)))
    return body + tail + dots


def _cup() -> Outline:
    body = _path(
        ("moveTo", ((-42, -14),)),
        ("lineTo", ((26, -14),)),
        ("lineTo", ((26, 16),)),
        ("curveTo", ((26, 36), (12, 48), (-8, 48))),
        ("curveTo", ((-28, 48), (-42, 36), (-42, 16))),
    )
    handle = _path(
        ("moveTo", ((24, -6),)),
        ("lineTo", ((32, -6),)),
        ("curveTo", ((46, -6), (52, 2), (52, 12))),
        ("curveTo", ((52, 24), (42, 32), (24, 32))),
        ("lineTo", ((24, 23),)),
        ("curveTo", ((36, 23), (42, 19), (42, 12))),
        ("curveTo", ((42, 6), (38, 3), (32, 3))),
        ("lineTo", ((24, 3),)),
    )
    return body + handle + _steam(-24) + _steam(2)


def _steam(x: float) -> Outline:
    return _path(
        ("moveTo", ((x, -24),)),
        ("curveTo", ((x - 9, -33), (x + 11, -40), (x + 1, -51))),
        ("lineTo", ((x + 7, -53),)),
        ("curveTo", ((x + 20, -40), (x + 0, -33), (x + 8, -24))),
    )


def _drop() -> Outline:
    return _path(
        ("moveTo", ((0, -52),)),
        ("curveTo", ((14, -30), (36, -8), (36, 16))),
        ("curveTo", ((36, 36), (20, 50), (0, 50))),
        ("curveTo", ((-20, 50), (-36, 36), (-36, 16))),
        ("curveTo", ((-36, -8), (-14, -30), (0, -52))),
    )


def _flower() -> Outline:
    petals = []
    for place in range(6):
        angle = math.pi * place / 3
        petals.append(circle(32 * math.cos(angle), 32 * math.sin(angle), 16.6))
    return reduce(add, petals) + circle(0, 0, 10)


def _gem() -> Outline:
    crown = polygon([(-26, -40), (26, -40), (50, -10), (-50, -10)])
    return crown + polygon([(-48, -3), (-18, -3), (-4, 42)]) + polygon([(-11, -3), (11, -3), (0, 44)]) + polygon(
        [(18, -3), (48, -3), (4, 42)]
    )  # fmt: skip


def _heart() -> Outline:
    return _path(
        ("moveTo", ((0, 46),)),
        ("curveTo", ((-20, 30), (-52, 8), (-52, -18))),
        ("curveTo", ((-52, -36), (-38, -46), (-25, -46))),
        ("curveTo", ((-13, -46), (-4, -39), (0, -29))),
        ("curveTo", ((4, -39), (13, -46), (25, -46))),
        ("curveTo", ((38, -46), (52, -36), (52, -18))),
        ("curveTo", ((52, 8), (20, 30), (0, 46))),
    )


def _house() -> Outline:
    roof = polygon([(0, -48), (52, -4), (42, 7), (0, -29), (-42, 7), (-52, -4)])
    walls = polygon([(0, -17), (34, 12), (34, 48), (11, 48), (11, 20), (-11, 20), (-11, 48), (-34, 48), (-34, 12)])
    return roof + walls


def _leaf() -> Outline:
    blade = _path(
        ("moveTo", ((46, -48),)),
        ("curveTo", ((54, 10), (30, 44), (-8, 40))),
        ("curveTo", ((-18, 39), (-26, 34), (-31, 28))),
        ("curveTo", ((-14, 10), (4, -4), (22, -16))),
        ("curveTo", ((2, -8), (-20, 4), (-38, 20))),
        ("curveTo", ((-48, -12), (-20, -46), (46, -48))),
    )
    stem = _path(
        ("moveTo", ((-34, 24),)),
        ("curveTo", ((-42, 32), (-47, 41), (-50, 50))),
        ("lineTo", ((-42, 50),)),
        ("curveTo", ((-39, 43), (-35, 36), (-30, 30))),
    )
    return blade + stem


def _moon() -> Outline:
    return _path(
        ("moveTo", ((14, -48),)),
        ("curveTo", ((-18, -44), (-44, -20), (-42, 12))),
        ("curveTo", ((-40, 38), (-16, 54), (10, 48))),
        ("curveTo", ((26, 44), (38, 34), (44, 20))),
        ("curveTo", ((26, 28), (2, 22), (-6, 2))),
        ("curveTo", ((-13, -16), (-4, -36), (14, -48))),
    )


def _mountain() -> Outline:
    peak = polygon([(-12, -36), (36, 40), (-60, 40)])
    snow = polygon([(-12, -29), (-24, -10), (-17, -4), (-11, -11), (-4, -3), (1, -9)])  # runs against it: a hole
    return peak + snow + polygon([(27, -12), (62, 40), (43, 40), (15, -2)])


def _music() -> Outline:
    return (
        _path(
            ("moveTo", ((-20, -40),)),
            ("lineTo", ((44, -52),)),
            ("lineTo", ((44, -34),)),
            ("lineTo", ((-12, -24),)),
            ("lineTo", ((-12, 34),)),
            ("lineTo", ((-20, 34),)),
        )
        + rectangle(36, -44, 8, 66)
        + circle(-27, 34, 15)
        + circle(29, 22, 15)
    )


def _paw() -> Outline:
    pad = _path(
        ("moveTo", ((0, -4),)),
        ("curveTo", ((18, -4), (34, 18), (34, 32))),
        ("curveTo", ((34, 44), (22, 48), (12, 44))),
        ("curveTo", ((4, 41), (-4, 41), (-12, 44))),
        ("curveTo", ((-22, 48), (-34, 44), (-34, 32))),
        ("curveTo", ((-34, 18), (-18, -4), (0, -4))),
    )
    return pad + circle(-40, -6, 11) + circle(-16, -32, 12) + circle(16, -32, 12) + circle(40, -6, 11)


def _spark() -> Outline:
    return _path(
        ("moveTo", ((0, -52),)),
        ("curveTo", ((6, -16), (16, -6), (52, 0))),
        ("curveTo", ((16, 6), (6, 16), (0, 52))),
        ("curveTo", ((-6, 16), (-16, 6), (-52, 0))),
        ("curveTo", ((-16, -6), (-6, -16), (0, -52))),
    )


def _star() -> Outline:
    return star(0, 0, 52, depth=0.45)


def _sun() -> Outline:
    rays = [rectangle(-4.5, -52, 9, 17, corner=4.5).turned(45 * place) for place in range(8)]
    return reduce(add, rays) + circle(0, 0, 24)


def _wave() -> Outline:
    return _swell(-16) + _swell(14)


def _swell(y: float) -> Outline:
    thick = 13
    return _path(
        ("moveTo", ((-52, y + 8),)),
        ("curveTo", ((-36, y - 20), (-20, y - 20), (-2, y))),
        ("curveTo", ((14, y + 16), (30, y + 16), (52, y - 14))),
        ("lineTo", ((52, y - 14 + thick),)),
        ("curveTo", ((30, y + 16 + thick), (14, y + 16 + thick), (-2, y + thick))),
        ("curveTo", ((-20, y - 20 + thick), (-36, y - 20 + thick), (-52, y + 8 + thick))),
    )


_DRAWN: dict[Icon, Callable[[], Outline]] = {
    "bolt": _bolt, "bubble": _bubble, "cup": _cup, "drop": _drop, "flower": _flower, "gem": _gem, "heart": _heart,
    "house": _house, "leaf": _leaf, "moon": _moon, "mountain": _mountain, "music": _music, "paw": _paw,
    "spark": _spark, "star": _star, "sun": _sun, "wave": _wave,
}  # fmt: skip
