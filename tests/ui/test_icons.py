"""Icons and ornament: only what is used is shipped, every size is drawn for its grid, patterns are whole pixels."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from cbdesk.paths import resources
from ui import emblem, icons, theme

FILES = sorted((resources() / "icons").glob("*.svg"))
NAMES = {path.name.rsplit("_", 2)[0] for path in FILES}
UI = Path(theme.__file__).parent


def test_only_icons_that_are_used_are_shipped():
    code = "\n".join(path.read_text("utf-8") for path in UI.rglob("*.py"))
    data = "\n".join(path.read_text("utf-8") for path in (resources() / "catalogue").rglob("*.toml"))
    assert sorted(name for name in NAMES if f'"{name}"' not in code + data) == []


def test_every_icon_has_its_regular_and_filled_twenty():
    names = {path.name for path in FILES}
    missing = [name for name in NAMES for style in ("regular", "filled") if f"{name}_20_{style}.svg" not in names]
    assert missing == []
    assert (resources() / "icons" / "LICENSE.txt").read_text("utf-8").startswith("MIT License")


def test_an_icon_is_drawn_in_the_colour_of_the_theme_at_the_pixels_of_the_screen(qapp):
    made = icons.pixmap("home", "cham", 20, filled=True, dpr=1.5)
    image = made.toImage()
    assert (image.width(), made.devicePixelRatio()) == (30, 1.5)
    solid = {
        image.pixelColor(x, y).name() for x in range(30) for y in range(30) if image.pixelColor(x, y).alpha() == 255
    }
    assert solid == {theme.color("cham").name()}


def test_a_missing_icon_is_a_bug(qapp):
    with pytest.raises(FileNotFoundError):
        icons.pixmap("no_such_icon", "ink")


@pytest.mark.parametrize("pattern", [emblem.STAR, emblem.lozenge(8), emblem.lozenge(12), emblem.cloth(16)])
def test_patterns_are_even_and_symmetrical(pattern):
    assert len({len(row) for row in pattern}) == 1
    assert set("".join(pattern)) <= set("#+o.")
    inside = pattern if len(pattern) % 2 else pattern[1:]
    assert inside == inside[::-1]


@pytest.mark.parametrize("dpr", [1.0, 1.25, 1.5])
def test_the_star_is_painted_in_whole_pixels_without_smoothing(qapp, dpr):
    image = QImage(round(80 * dpr), round(80 * dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    image.fill(theme.color("rail"))
    painter = QPainter(image)
    emblem.paint_star(painter, QPointF(8, 8), 4)
    painter.end()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert seen == {theme.color(token).name() for token in ("rail", "railInk", "weaveGold", "weaveRose")}


def test_no_word_of_an_icon_is_a_colour_value():
    assert not [path for path in FILES if re.search(r"#[0-9a-fA-F]{6}", path.read_text("utf-8"))]
