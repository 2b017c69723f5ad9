"""The preview beside the list of children, and the bar that stands for it in a narrow window.

Rules. It follows the chosen row after 120 ms and never takes the focus by itself. It is read by one job into a
``Glance``: finished words, so that the panel knows nothing of the register. What must be kept secret is one badge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import ChildRow, Desk
from cbdesk.words import say
from ui import theme
from ui.lists.childlist import label, sentence, turns_16_soon, village_short
from ui.parts import Badge, Button, Card, Icon, Label, Rule, Scroller

WIDE = 312
RECENT = 4


@dataclass(frozen=True)
class Glance:
    """What the preview says about one child. ``chips`` are (words, tone, icon); ``care`` is (icon, line, more)."""

    id: str
    name: str
    line: str
    second: tuple[str, str] = ("", "")
    chips: tuple[tuple[str, str, str], ...] = ()
    care: tuple[str, str, str] | None = None
    facts: tuple[tuple[str, str], ...] = ()
    recent: tuple[tuple[str, str], ...] = ()


def read_glance(desk: Desk, row: ChildRow, *, draft: bool) -> Glance:
    """Read a child for the preview; runs on the desk's thread."""
    today = clock.today()
    child = desk.get(row.id)
    second = [str(child.get("book_code") or ""), say("children.preview.no_id") if "personal_id" in row.missing else ""]
    return Glance(
        id=row.id, name=row.name or say("children.unnamed"), line=_line(row), second=(second[0], second[1]),
        chips=_chips(row, child), care=_care(row, today, draft=draft),
        facts=tuple((words, value) for words, value in _facts(desk, row, child, today) if value),
        recent=_recent(desk, row.id),
    )  # fmt: skip


def _line(row: ChildRow) -> str:
    return say(
        "children.preview.line", sex=label("sex", row.sex) or say("ui.unknown"), age=age_sentence(row),
        ethnicity=label("ethnicity", row.ethnicity) or say("children.preview.no_ethnicity"),
    )  # fmt: skip


def age_sentence(row: ChildRow) -> str:
    """Return the age in words: "11 tuổi", "khoảng 11 tuổi", "3 tháng tuổi"."""
    if row.age is None:
        return say("children.preview.no_age")
    low, high = row.age
    if row.months is not None and row.months < 12 and high == 0:
        return say("children.preview.months", n=row.months)
    return say("children.preview.age", n=low) if low == high else say("children.preview.about", n=high)


def _chips(row: ChildRow, child: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    found = [(sentence(one), "cham", "") for one in row.circumstances]
    if row.sensitive:
        found.append((say("children.sensitive"), "man", "lock_closed"))
    found += [(sentence(one), "neutral", "") for one in row.risks]
    status = catalogue().lists["life_status"].get(str(child.get("life_status") or ""))
    if status is not None and not status.extra.get("here"):
        found.insert(0, (status.short, "neutral", "info"))
    return tuple(found)


def _care(row: ChildRow, today: date, *, draft: bool) -> tuple[str, str, str] | None:
    if draft:
        return "edit", say("children.preview.draft"), say("children.preview.draft_more")
    day = turns_16_soon(row, today)
    if day is None:
        return None
    words = say("children.preview.turns_16", date=dates.show_date(day.isoformat()))
    return "calendar_ltr", words, say("children.preview.turns_16_more")


def _facts(desk: Desk, row: ChildRow, child: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    carers = [one for one in desk.rows_of("carer", row.id) if one.get("full_name")]
    main = next((one for one in carers if one.get("main_carer")), carers[0] if carers else None)
    school = [label("schooling", str(child.get("schooling") or "")), str(child.get("school") or "")]
    if child.get("class"):
        school.insert(0, say("children.preview.class", **{"class": child["class"]}))
    supports = [label("support_kind", str(one.get("kind") or "")) or str(one.get("detail") or "")
                for one in desk.rows_of("support", row.id) if not one.get("to")]  # fmt: skip
    return [
        (say("children.preview.village"), village_short(row.village_name)),
        (say("children.preview.carer"), _carer(main)),
        (say("children.preview.school"), sentence(", ".join(one for one in school if one))),
        (say("children.preview.card"), _card(str(child.get("card_until") or ""), today)),
        (say("children.preview.support"), sentence("; ".join(one for one in supports if one))),
    ]


def _carer(main: Mapping[str, Any] | None) -> str:
    if main is None:
        return ""
    relation = sentence(label("relation", str(main.get("relation") or "")))
    name = str(main.get("full_name"))
    return say("children.preview.relation", relation=relation, name=name) if relation else name


def _card(until: str, today: date) -> str:
    last = dates.latest(until) if until else None
    if last is None:
        return ""
    key = "until" if last >= today else "ended"
    return sentence(say(f"children.preview.{key}", date=dates.show_date(until)))


def _recent(desk: Desk, child: str) -> tuple[tuple[str, str], ...]:
    """Return the newest actions on the record: day and which fields; values are not repeated here."""
    steps: dict[str, tuple[str, list[str]]] = {}
    entries = desk.history(child)
    for one in entries:
        steps.setdefault(str(one["batch"]), (str(one["at"]), []))[1].append(str(one["label"]))
    first = str(entries[0]["batch"]) if entries else ""
    found = []
    for batch, (at, fields) in list(steps.items())[::-1][:RECENT]:
        shown = ", ".join(dict.fromkeys(one.lower() for one in fields))
        words = say("children.preview.added") if batch == first else say("children.preview.edited", what=shown)
        found.append((f"{at[8:10]}/{at[5:7]}", words))
    return tuple(found)


class Chips(QWidget):
    """Badges in as many lines as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._badges: list[Badge] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fill(self, chips: tuple[tuple[str, str, str], ...], wide: int) -> None:
        """Show badges inside a width."""
        for old in self._badges:
            old.hide()
            old.deleteLater()
        self._badges = [Badge(words, tone, self, icon=icon) for words, tone, icon in chips]
        left, top, high = 0, 0, theme.px(theme.BADGE)
        for badge in self._badges:
            size = badge.sizeHint()
            if left and left + size.width() > wide:
                left, top = 0, top + high + 6
            badge.setGeometry(left, top, min(size.width(), wide), high)
            badge.show()
            left += size.width() + 6
        self.setFixedHeight(top + high if self._badges else 0)
        self.setVisible(bool(self._badges))


class ChildPreview(Card):
    """The panel. ``opened`` and ``incident`` carry the id of the child shown."""

    opened = Signal(str)
    incident = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name="preview")
        self.setFixedWidth(WIDE)
        self.setAccessibleName(say("children.preview.title"))
        self._id, self._wanted = "", False
        self._inside = Scroller(spacing=4, name="preview_scroll")
        self.body.addWidget(self._inside, 1)
        self.name = Label("", "title", wrap=True, name="preview_name")
        self.line = Label("", "body", "ink2", wrap=True, name="preview_line")
        self._second = Label("", "smallStrong", "nghe")
        self.chips = Chips()
        self._care = Card(tone="nghe", padding=10, name="preview_care")
        self._fill_care()
        self._facts, self._recent = QWidget(), QWidget()
        self._recent_title = Label(say("children.preview.recent"), "labelStrong")
        self._rules = Rule(), Rule()
        body = self._inside.body
        for widget in (self.name, self.line, self._second):
            body.addWidget(widget)
        for widget in (self.chips, self._care, self._rules[0], self._facts, self._rules[1], self._recent_title):
            body.addSpacing(4)
            body.addWidget(widget)
        body.addWidget(self._recent)
        body.addStretch(1)
        self._buttons()
        self.show_nobody()

    def _fill_care(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        self._care_icon = Icon("edit", "nghe", 20)
        self._care_line, self._care_more = Label("", "labelStrong", wrap=True), Label("", "small", "nghe", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._care_line)
        words.addWidget(self._care_more)
        row.addWidget(self._care_icon)
        row.addLayout(words, 1)
        self._care.body.addLayout(row)

    def _buttons(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.open_button = Button(say("children.preview.open"), icon="open", key="Enter", name="preview_open")
        self.open_button.clicked.connect(lambda: self.opened.emit(self._id))
        self.incident_button = Button(say("children.preview.incident"), icon="add", key="F2", name="preview_incident")
        self.incident_button.clicked.connect(lambda: self.incident.emit(self._id))
        row.addWidget(self.open_button, 1)
        row.addWidget(self.incident_button)
        self.body.addLayout(row)

    def ident(self) -> str:
        """Return the id of the child shown, or nothing."""
        return self._id

    def take_focus(self) -> None:
        """Take the focus now, or as soon as the child chosen is read."""
        self._wanted = not self.open_button.isEnabled()
        self.open_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def drop_focus(self) -> None:
        """The focus is not wanted any more."""
        self._wanted = False

    def show_nobody(self, words: str = "", more: str = "") -> None:
        """Show that no child, or several, are chosen."""
        self._id = ""
        self.name.say(words)
        self.name.setVisible(bool(words))
        self.line.say(more or say("children.preview.nobody"))
        hidden = (self._second, self.chips, self._care, self._facts, self._recent, self._recent_title, *self._rules)
        for widget in hidden:
            widget.hide()
        for button in (self.open_button, self.incident_button):
            button.setEnabled(False)

    def show_glance(self, glance: Glance) -> None:
        """Show a child."""
        self._id = glance.id
        self.name.say(glance.name)
        self.name.show()
        self.line.say(glance.line)
        code, care = glance.second
        self._second.say(" · ".join(one for one in (code, care) if one))
        self._second.setVisible(bool(code or care))
        self.chips.fill(glance.chips, WIDE - 40)
        self._care.setVisible(glance.care is not None)
        if glance.care is not None:
            icon, line, more = glance.care
            self._care_icon.show_icon(icon)
            self._care_line.say(line)
            self._care_more.say(more)
        self._facts = self._table(self._facts, glance.facts, "note", "ink3")
        self._recent = self._table(self._recent, glance.recent, "small", "ink3")
        self._rules[0].setVisible(bool(glance.facts))
        for widget in (self._rules[1], self._recent_title):
            widget.setVisible(bool(glance.recent))
        for button in (self.open_button, self.incident_button):
            button.setEnabled(True)
        if self._wanted and self.isVisible():
            self.take_focus()

    def _table(self, old: QWidget, rows: tuple[tuple[str, str], ...], role: str, ink: str) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for at, (first, second) in enumerate(rows):
            grid.addWidget(Label(first, role, ink), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(second, "note" if role == "small" else role, "ink", wrap=True), at, 1)
        self._inside.body.replaceWidget(old, made)
        old.hide()
        old.deleteLater()
        made.setVisible(bool(rows))
        return made


class PeekBar(Card):
    """The bar under the list in a narrow window: who is chosen, look, open."""

    looked = Signal()
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=6, name="peek_bar")
        self.setFixedHeight(theme.px(44))
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(10)
        self.name = Label("", "section", name="peek_name")
        self.line = Label("", "note", "ink2", elide=True)
        row.addWidget(self.name)
        row.addWidget(self.line, 1)
        self.look_button = Button(say("children.preview.look"), key="Space", name="peek_look")
        self.look_button.clicked.connect(self.looked)
        self.open_button = Button(say("children.preview.open_short"), icon="open", key="Enter", name="peek_open")
        self.open_button.clicked.connect(self.opened)
        for button in (self.look_button, self.open_button):
            row.addWidget(button)
        self.body.setContentsMargins(8, 4, 5, 5)
        self.body.addLayout(row)

    def show_row(self, row: ChildRow | None) -> None:
        """Show who is chosen."""
        self.name.say((row.name or say("children.unnamed")) if row else say("children.preview.nobody"))
        self.name.tone("ink" if row else "ink3")
        self.line.say(_line(row) if row else "")
        for button in (self.look_button, self.open_button):
            button.setEnabled(row is not None)
