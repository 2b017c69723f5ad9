"""The theme: contrast computed, fonts the ones asked for, no colour and no font anywhere else."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo

from ui import theme

UI = Path(theme.__file__).parent
OTHERS = [path for path in UI.rglob("*.py") if path.name != "theme.py"]


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK])
def test_every_pair_of_text_and_mark_has_enough_contrast(qapp, look):
    theme.apply(qapp, look)
    weak = [
        (one, other, round(theme.contrast(theme.color(one), theme.color(other)), 2))
        for least, pairs in ((4.5, theme.TEXT_PAIRS), (3.0, theme.MARK_PAIRS))
        for one, other in pairs
        if theme.contrast(theme.color(one), theme.color(other)) < least
    ]
    assert weak == []


def test_contrast_is_the_ratio_of_wcag(qapp):
    assert round(theme.contrast(QColor("#000000"), QColor("#FFFFFF")), 1) == 21.0
    theme.apply(qapp, theme.LIGHT)
    assert round(theme.contrast(theme.color("ink"), theme.color("panel")), 2) == 16.10
    assert round(theme.contrast(theme.color("field"), theme.color("panel")), 2) == 3.26


@pytest.mark.parametrize("role", sorted(theme.STEPS))
def test_the_font_used_is_the_font_asked_for(qapp, role):
    info = QFontInfo(theme.font(role))
    assert info.family() == theme.STEPS[role].family
    assert info.pixelSize() == theme.STEPS[role].size


def test_the_text_size_multiplies_type_and_rows(qapp):
    theme.apply(qapp, theme.LIGHT, 130)
    assert theme.font("body").pixelSize() == 18
    assert theme.px(30) == 39
    theme.apply(qapp, theme.LIGHT, 77)
    assert theme.text_size() == 100


def test_no_colour_value_and_no_font_name_outside_the_theme():
    found = [
        f"{path.name}: {hit}"
        for path in OTHERS
        for hit in re.findall(r"#[0-9A-Fa-f]{6}\b|IBM Plex|Be Vietnam|Segoe|QColor\(\d", path.read_text("utf-8"))
    ]
    assert found == []


def test_what_the_house_forbids_is_nowhere():
    forbidden = r"QMessageBox|processEvents|setInputMask|QGraphics\w*Effect|setValidator|InlineCompletion|QInputDialog"
    found = [f"{path.name}: {hit}" for path in OTHERS for hit in re.findall(forbidden, path.read_text("utf-8"))]
    assert found == []
