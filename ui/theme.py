"""Colours, type and measures: the only place that knows a colour value or the name of a font.

Rules. A widget asks for ``color("cham")``, ``font("label")`` or ``px(34)``; it never writes a hex value or a family.
Colours have two columns (light, dark) of the same names; the text size of the person (100, 115, 130 %) multiplies type
and row heights, never icons. ``apply`` sets palette, style sheet and application font in one go and needs no restart:
every widget receives ``QEvent.StyleChange`` and restyles itself. Paper is black on white in both themes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from string import Template
from typing import NamedTuple

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

from cbdesk.paths import resources

LIGHT, DARK = "light", "dark"
TEXT_SIZES = (100, 115, 130)

#: name: (light, dark). Names come from the place: chàm indigo, ngọc river green, nghệ turmeric, gạch brick, mận plum.
TOKENS: dict[str, tuple[str, str]] = {
    "bg": ("#F2F4F8", "#131722"),
    "panel": ("#FFFFFF", "#1B2130"),
    "panel2": ("#F8F9FB", "#202738"),
    "sunk": ("#ECEFF4", "#0F131C"),
    "line": ("#E0E4EB", "#2B3345"),
    "line2": ("#C9CFDA", "#3C4760"),
    "field": ("#868F9F", "#76829A"),
    "ink": ("#1A2130", "#E9EDF5"),
    "ink2": ("#444D5D", "#BBC4D4"),
    "ink3": ("#5F6878", "#98A4B8"),
    "cham": ("#2F4B8F", "#9DB4EC"),
    "chamH": ("#263E78", "#B4C6F2"),
    "chamP": ("#1D3266", "#CAD7F7"),
    "chamBg": ("#E9EEF8", "#26335A"),
    "chamLine": ("#B7C5E5", "#43568F"),
    "onCham": ("#FFFFFF", "#10182C"),
    "chamCap": ("#5870A8", "#7F97D2"),
    "focus": ("#2F4B8F", "#9DB4EC"),
    "ngoc": ("#12694F", "#74D0AE"),
    "ngocBg": ("#E3F3EC", "#15332A"),
    "ngocLine": ("#A8D4C2", "#2C5F4E"),
    "ngocMark": ("#2C9A78", "#4DB892"),
    "nghe": ("#7A4F00", "#EBC266"),
    "ngheBg": ("#FCF2D8", "#372C12"),
    "ngheLine": ("#E8CC8C", "#66521F"),
    "ngheMark": ("#B97C0C", "#E0A83A"),
    "gach": ("#A02F27", "#F59E94"),
    "gachBg": ("#FCEBE8", "#40201E"),
    "gachLine": ("#EDB8B1", "#783B36"),
    "gachMark": ("#C8493F", "#E3695E"),
    "man": ("#6A3C83", "#CDA8E0"),
    "manBg": ("#F4ECF8", "#33233C"),
    "manLine": ("#D5BBE1", "#604471"),
    "rail": ("#1E2A4A", "#0E1220"),
    "rail2": ("#2B3A62", "#24305A"),
    "railLine": ("#33426B", "#222B45"),
    "railInk": ("#FFFFFF", "#FFFFFF"),
    "railInk2": ("#C3CDE4", "#AEBAD6"),
    "railMark": ("#F0B64A", "#F0B64A"),
    "hi": ("#FFE7A3", "#6B5617"),
    "hiInk": ("#1A2130", "#FFFFFF"),
    "hover": ("#F2F4F8", "#252D40"),
    "press": ("#E0E4EB", "#2B3345"),
    "toast": ("#1E2A4A", "#2B3A62"),
    "toastInk": ("#FFFFFF", "#FFFFFF"),
    "toastMark": ("#74D0AE", "#74D0AE"),
    "canvas": ("#D9DEE7", "#0F131C"),
    "paper": ("#FFFFFF", "#FFFFFF"),
    "paperInk": ("#000000", "#000000"),
    "shadow": ("#A9B1BF", "#05070B"),
    "scrim": ("#661A2130", "#990A0D14"),
    "cloth": ("#172342", "#0A0E1A"),
    "cloth2": ("#253459", "#171E33"),
    "weave": ("#CBD6F4", "#B9C6EA"),
    "weaveGold": ("#F2A74B", "#E39D48"),
    "weaveRose": ("#E8917F", "#D98674"),
}

#: text and ground, at least 4.5; marks and borders, at least 3.0 (tested against the computed ratio)
TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    ("ink", "panel"), ("ink", "bg"), ("ink", "chamBg"), ("ink", "panel2"), ("ink2", "panel"), ("ink2", "sunk"),
    ("ink3", "panel"), ("ink3", "bg"), ("ink3", "panel2"), ("ink3", "chamBg"), ("ink3", "sunk"), ("cham", "panel"),
    ("cham", "chamBg"), ("onCham", "cham"), ("onCham", "chamH"), ("onCham", "chamP"), ("onCham", "chamCap"),
    ("ngoc", "panel"),
    ("ngoc", "ngocBg"), ("nghe", "panel"), ("nghe", "ngheBg"), ("nghe", "chamBg"), ("nghe", "bg"), ("gach", "panel"),
    ("gach", "gachBg"), ("man", "manBg"), ("railInk", "rail"), ("railInk", "rail2"), ("railInk2", "rail"),
    ("hiInk", "hi"), ("toastInk", "toast"), ("toastMark", "toast"), ("ink2", "hover"), ("ink", "press"),
)  # fmt: skip
MARK_PAIRS: tuple[tuple[str, str], ...] = (
    ("field", "panel"), ("focus", "bg"), ("focus", "panel"), ("ngheMark", "panel"), ("ngocMark", "panel"),
    ("gachMark", "panel"), ("railMark", "rail"),
)  # fmt: skip

_STACKED = "\u1eb4\u1ed6\u1ec2\u1ef6"
"""A with breve and tilde, O with hat and tilde, E with hat and hook, Y with hook: the highest letters there are."""
PLEX, BE_VIETNAM = "IBM Plex Sans", "Be Vietnam Pro"


class Step(NamedTuple):
    """One step of the type scale: family, size and line in pixels at 100 %, weight."""

    family: str
    size: int
    weight: int
    line: int


STEPS: dict[str, Step] = {
    "display": Step(BE_VIETNAM, 42, 700, 56),
    "headline": Step(BE_VIETNAM, 26, 600, 38),
    "name": Step(BE_VIETNAM, 22, 600, 32),
    "title": Step(BE_VIETNAM, 20, 600, 30),
    "figure": Step(BE_VIETNAM, 24, 600, 34),
    "section": Step(BE_VIETNAM, 15, 600, 24),
    "lead": Step(PLEX, 17, 400, 27),
    "code": Step(PLEX, 18, 500, 26),
    "strong": Step(PLEX, 14, 600, 20),
    "medium": Step(PLEX, 14, 500, 20),
    "body": Step(PLEX, 14, 400, 20),
    "label": Step(PLEX, 13, 500, 18),
    "labelStrong": Step(PLEX, 13, 600, 18),
    "note": Step(PLEX, 13, 400, 18),
    "small": Step(PLEX, 12, 400, 16),
    "smallMedium": Step(PLEX, 12, 500, 16),
    "smallStrong": Step(PLEX, 12, 600, 16),
    "key": Step(PLEX, 11, 500, 14),
}

#: heights of section 5 of the design, at 100 %
FIELD, COMPACT, CHIP, BADGE, ROW, ROW2, HEAD, TOP, STATUS = 34, 30, 30, 22, 30, 40, 34, 56, 28
RADIUS_FIELD, RADIUS_BUTTON, RADIUS_CARD, RADIUS_PALETTE = 5, 6, 8, 10


@dataclass
class _State:
    theme: str = LIGHT
    percent: int = 100
    registered: bool = False


_state = _State()


def name() -> str:
    """Return the theme in force, ``light`` or ``dark``."""
    return _state.theme


def text_size() -> int:
    """Return the text size in force, in per cent."""
    return _state.percent


def color(token: str) -> QColor:
    """Return the colour of a token in the theme in force. Raises ``KeyError`` for a token that does not exist."""
    return QColor(TOKENS[token][0 if _state.theme == LIGHT else 1])


def px(length: int) -> int:
    """Return a height or width at the person's text size; ``length`` is in pixels at 100 %."""
    return round(length * _state.percent / 100)


def font(role: str) -> QFont:
    """Return the font of one step of the type scale at the person's text size."""
    step = STEPS[role]
    made = QFont([step.family])
    made.setPixelSize(px(step.size))
    made.setWeight(QFont.Weight(step.weight))
    made.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return made


def line(role: str) -> int:
    """Return the height of one line of a step, in pixels at the person's text size."""
    return px(STEPS[role].line)


def rise(role: str) -> int:
    """Return how far stacked capitals (a hat with a tone above) rise over the ascent of a step, in whole pixels."""
    metrics = QFontMetricsF(font(role))
    return max(0, ceil(-metrics.tightBoundingRect(_STACKED).top() - metrics.ascent()))


def contrast(first: QColor, second: QColor) -> float:
    """Return the WCAG 2 contrast ratio of two colours, 1.0 to 21.0."""

    def luminance(c: QColor) -> float:
        parts = (c.redF(), c.greenF(), c.blueF())
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def register_fonts() -> None:
    """Register the fonts we ship. Raises ``FileNotFoundError`` when a family is not the one Qt resolves."""
    if _state.registered:
        return
    for path in sorted((resources() / "fonts").rglob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))
    for family in (PLEX, BE_VIETNAM):
        if QFontInfo(QFont([family])).family() != family:
            raise FileNotFoundError(family)
    _state.registered = True


def apply(app: QApplication, theme: str = LIGHT, percent: int = 100) -> None:
    """Put theme and text size in force for the whole program, at once."""
    register_fonts()
    _state.theme = theme if theme in (LIGHT, DARK) else LIGHT
    _state.percent = percent if percent in TEXT_SIZES else 100
    if not app.property("fusion"):  # once: the style sheet stands before it and hides its name
        app.setStyle("Fusion")
        app.setProperty("fusion", True)
    app.setFont(font("body"))
    app.setPalette(_palette())
    app.setStyleSheet(_style_sheet())


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: "bg", role.WindowText: "ink", role.Base: "panel", role.AlternateBase: "panel2", role.Text: "ink",
        role.PlaceholderText: "ink3", role.Button: "panel", role.ButtonText: "ink", role.BrightText: "onCham",
        role.Highlight: "cham", role.HighlightedText: "onCham", role.Link: "cham", role.LinkVisited: "cham",
        role.ToolTipBase: "toast", role.ToolTipText: "toastInk", role.Light: "panel2", role.Midlight: "line",
        role.Mid: "line2", role.Dark: "field", role.Shadow: "line2", role.Accent: "cham",
    }  # fmt: skip
    for which, token in pairs.items():
        palette.setColor(which, color(token))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, color("ink3"))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Base, color("sunk"))
    return palette


#: Only Qt's own widgets are styled here; our parts paint themselves. ``state`` is a dynamic property of a field.
_SHEET = Template("""
QToolTip { background: $toast; color: $toastInk; border: 0; padding: 6px 9px; }
QLineEdit, QPlainTextEdit, QTextEdit { background: $panel; color: $ink; border: 1px solid $field;
    border-radius: 5px; padding: 1px 9px; selection-background-color: $cham; selection-color: $onCham; }
QPlainTextEdit, QTextEdit { padding: 6px 5px; }
QLineEdit { lineedit-password-character: 8226; }
QLineEdit:hover, QPlainTextEdit:hover, QTextEdit:hover { border-color: $ink3; }
QLineEdit:focus { border: 2px solid $focus; padding: 0 8px; }
QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid $focus; padding: 5px 4px; }
QLineEdit[state="stop"] { border: 2px solid $gachMark; padding: 0 8px; }
QLineEdit[state="ask"] { border: 2px solid $ngheMark; padding: 0 8px; }
QPlainTextEdit[state="stop"], QTextEdit[state="stop"] { border: 2px solid $gachMark; padding: 5px 4px; }
QPlainTextEdit[state="ask"], QTextEdit[state="ask"] { border: 2px solid $ngheMark; padding: 5px 4px; }
QLineEdit[readOnly="true"], QPlainTextEdit[readOnly="true"] { background: $panel2; border-color: $line2; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled {
    background: $sunk; color: $ink3; border-color: $line2; }
QLineEdit[code="true"] { padding: 1px 3px; }
QLineEdit[code="true"]:focus, QLineEdit[code="true"][state="stop"] { padding: 0 2px; }
QLineEdit[frameless="true"], QLineEdit[frameless="true"]:focus { background: transparent; border: 0; padding: 0 9px; }
QComboBox { border: 0; background: transparent; color: $ink; padding: 0; }
QComboBox QLineEdit, QComboBox QLineEdit:focus, QComboBox QLineEdit:hover, QComboBox QLineEdit:disabled {
    background: transparent; border: 0; padding: 0; }
QComboBox::drop-down { width: 0; border: 0; }
QComboBoxPrivateContainer { background: $panel; border: 1px solid $line2; }
QAbstractItemView { background: $panel; color: $ink; border: 0; outline: 0;
    selection-background-color: $chamBg; selection-color: $ink; }
QListView[popup="true"] { background: $panel; border: 1px solid $line2; border-radius: 5px; padding: 4px 0; }
QListView[popup="true"]::item { min-height: ${popupRow}px; padding: 0 10px; border: 0; color: $ink; }
QListView[popup="true"]::item:selected { background: $chamBg; color: $ink; border-left: 3px solid $cham;
    padding-left: 7px; }
QListView[popup="true"]::item:disabled { color: $ink3; }
QHeaderView { background: $panel; border: 0; }
QHeaderView::section { background: $panel; color: $ink2; border: 0; border-bottom: 1px solid $line2; padding: 0 8px; }
QTableCornerButton::section { background: $panel; border: 0; }
QMenu { background: $panel; border: 1px solid $line2; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 5px; color: $ink; }
QMenu::item:selected { background: $chamBg; color: $ink; }
QMenu::item:disabled { color: $ink3; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle:vertical { background: $line2; border-radius: 3px; min-height: 32px; }
QScrollBar::handle:horizontal { background: $line2; border-radius: 3px; min-width: 32px; }
QScrollBar::handle:hover { background: $field; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $sunk; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $cham; border-radius: 3px; }
QSplitter::handle { background: transparent; }
""")


def _style_sheet() -> str:
    values = {token: color(token).name(QColor.NameFormat.HexArgb) for token in TOKENS}
    return _SHEET.substitute(values, popupRow=px(ROW))
