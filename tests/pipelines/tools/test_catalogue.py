"""The tools' files are light: the API reads their schemas and loads nothing that draws, decodes or computes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.tools import catalog
from pipelines.tools.drawing import colors
from pipelines.tools.drawing.lettering import Type, broken, line, width
from pipelines.tools.logo.icons import ICONS, icon
from pipelines.tools.logo.layouts import LAYOUTS, Order, layout
from pipelines.tools.logo.palette import DEFAULTS, palette

HEAVY = ("PIL", "fontTools", "numpy", "scipy", "soundfile", "pyloudnorm", "typst", "segno", "stripe", "torch")
NAMES = ("Acme", "My Company", "The Wandering Albatross Bookshop", "Ü", "a b c d e f", "Zażółć Gęślą")


def test_the_api_loads_none_of_what_tools_need():
    program = (
        "import sys, api.app; from pipelines.tools import catalog; from pipelines import catalog as all_of_them;"
        "[tool.schema() for tool in catalog.tools().values()]; all_of_them.pipelines();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"


def test_every_tool_says_what_it_costs_and_makes():
    for name, tool in catalog.tools().items():
        assert tool.id == name
        assert tool.credits > 0 and tool.seconds > 0 and tool.makes and tool.description
        assert set(tool.files) <= set(tool.inputs.__struct_fields__)


@pytest.mark.parametrize("style", DEFAULTS)
def test_every_layout_of_every_style_draws_any_name(style):
    for name in NAMES:
        for tagline in (None, "Books, maps & very good coffee"):
            order = Order(name, style, palette(style, []), None, tagline)
            for one in LAYOUTS:
                box = layout(one, order).box()
                assert box.width > 40 and box.height > 20, (name, one)


def test_icons_are_of_one_size_and_centred():
    for name in ICONS:
        box = icon(name).box()
        assert box is not None
        assert max(box.width, box.height) == pytest.approx(100)
        assert box.centre == pytest.approx((0, 0), abs=0.01)


def test_kerning_and_measures_hold():
    type_ = Type("manrope", 100)
    box = line("AVATAR", type_).box()

    assert box is not None
    assert width("AVATAR", type_) == pytest.approx(box.width, abs=0.01)
    assert width("AV", type_) < width("A", type_) + width("V", type_), "A and V stand closer than side by side"
    assert broken("one two three four", type_, 560, lines=9) == ["one two", "three four"]


@pytest.mark.parametrize("color", ["#000000", "#ffffff", "#ff5733", "#3498db", "#0a7"])
def test_colours_come_back_from_oklab(color):
    assert colors.to_hex(colors.from_oklab(colors.oklab(colors.rgb(color)))) == colors.to_hex(colors.rgb(color))
    assert colors.contrast(colors.standing_out(color, "#ffffff"), "#ffffff") >= 3
