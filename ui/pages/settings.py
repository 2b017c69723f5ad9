"""Thiết lập: the few choices there are. Each is in force at once and can be changed back; there is nothing to save.

Rules. The order of names belongs to the register (lists, papers and Excel follow it) and is shown on three names; the
looks belong to this machine (``prefs``). A choice that this system cannot keep is not offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import text
from cbdesk.words import say
from ui import guard, theme
from ui.frame.cover import IDLE, IDLE_MINUTES
from ui.leaving import PREF
from ui.pages import NARROW, Page, register
from ui.parts import Button, Card, Checkbox, Hint, Label, Scroller, SectionTitle, Segmented
from ui.parts.segmented import Option

WIDE, CONTROL = 860, 252


class Setting(QWidget):
    """One choice: what it is and means at the left, the control at the right, or below it in a narrow window."""

    def __init__(self, name: str, control: QWidget) -> None:
        super().__init__()
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = Label(say(f"settings.{name}.title"), "strong")
        words.addWidget(self.title)
        words.addWidget(Label(say(f"settings.{name}.help"), "note", "ink2", wrap=True))
        words.addStretch(1)
        side = QWidget()
        self._side = QVBoxLayout(side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.setSpacing(8)
        self._side.addWidget(control, 0, Qt.AlignmentFlag.AlignLeft)
        self._side.addStretch(1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 4, 0, 4)
        self._row.addLayout(words, 1)
        self._row.addWidget(side)
        self.stack(narrow=False)

    def under(self, widget: QWidget) -> None:
        """Put something under the control."""
        self._side.insertWidget(self._side.count() - 1, widget)

    def stack(self, *, narrow: bool) -> None:
        """Stand side by side, all controls at one edge, or one below the other."""
        self._side.parentWidget().setMinimumWidth(0 if narrow else theme.px(CONTROL))
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self._row.setSpacing(10 if narrow else 32)


class Example(QWidget):
    """Three names in the order chosen; the given name, which comes first in both, is strong."""

    def __init__(self) -> None:
        super().__init__()
        self._labels = [Label("", "body") for _ in self._names()]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for at, label in enumerate(self._labels):
            grid.addWidget(Label(str(at + 1), "note", "ink3"), at, 0)
            grid.addWidget(label, at, 1)
        grid.setColumnStretch(1, 1)
        self.setObjectName("order_example")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_order(self, order: text.NameOrder) -> None:
        """Show the names in an order."""
        names = sorted(self._names(), key=lambda name: text.name_key(name, order))
        for label, name in zip(self._labels, names, strict=True):
            rest, _, given = name.rpartition(" ")
            label.say(f"{rest} **{given}**")
        self.setAccessibleName(", ".join(names))

    def names(self) -> list[str]:
        """Return the names as they stand."""
        return self.accessibleName().split(", ")

    @staticmethod
    def _names() -> list[str]:
        return say("settings.order.names").split("; ")


@register
class SettingsPage(Page):
    """The choices of the register and of this machine."""

    name, icon = "settings", "settings"

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._order: text.NameOrder = text.NAME_ORDERS[0]
        self._busy = False
        self._settings: list[Setting] = []
        self._scroll = Scroller(name="settings_scroll")
        self.body.addWidget(self._scroll, 1)
        self._scroll.widget().setMaximumWidth(theme.px(WIDE))  # so that wrapped lines are counted at this width
        inside = self._scroll.body
        inside.setSpacing(12)
        inside.addWidget(self._register_card())
        inside.addWidget(self._people_card())
        inside.addWidget(self._screen_card())
        inside.addStretch(1)

    # the parts

    def _register_card(self) -> Card:
        self.order = self._choice("order", [(one, say(f"settings.order.{one}")) for one in text.NAME_ORDERS])
        self.order.changed.connect(self._choose_order)
        self.example = Example()
        self._doing = Label("", "note", "ink2")
        self._doing.hide()
        order = self._setting("order", self.order)
        self._settings[-1].under(self.example)
        self._settings[-1].under(self._doing)
        self.post = Button(say("settings.post.open"), icon="cloud", name="open_post")
        self.post.clicked.connect(lambda: self.shell.go("post"))
        rows = [order, self._setting("post", self.post)]
        for name, icon in (("proof", "shield_checkmark"), ("licences", "document")):
            button = Button(say(f"settings.{name}.open"), icon=icon, name=f"open_{name}")
            button.clicked.connect(lambda _on, page=name: self.shell.go(page))
            rows.append(self._setting(name, button))
        return self._card("register", *rows)

    def _people_card(self) -> Card:
        own = Button(say("access.own"), icon="key", name="own_password")
        own.clicked.connect(lambda: self.shell.go("officers", own=True))
        officers = Button(say("shell.page.officers"), icon="people", name="to_officers")
        officers.clicked.connect(lambda: self.shell.go("officers"))
        return self._card("people", self._setting("own", own), self._setting("officers", officers))

    def _screen_card(self) -> Card:
        self.look = self._choice("look", [(one, say(f"settings.look.{one}")) for one in (theme.LIGHT, theme.DARK)])
        self.look.changed.connect(lambda look: self.shell.looks_wanted.emit(look, theme.text_size()))
        sizes = [(str(one), say(f"settings.size.{one}")) for one in theme.TEXT_SIZES]
        self.size_choice = self._choice("size", sizes)
        self.size_choice.changed.connect(lambda size: self.shell.looks_wanted.emit(theme.name(), int(size)))
        self.idle = self._choice("idle", [(str(one), str(one)) for one in IDLE_MINUTES])
        self.idle.changed.connect(lambda minutes: self.shell.idle_wanted.emit(int(minutes)))
        self.lock_exports = Checkbox(say("settings.exports.on"), name="lock_exports")
        self.lock_exports.toggled.connect(self.shell.lock_exports_wanted)
        rows = [self._setting("look", self.look), self._setting("size", self.size_choice),
                self._setting("idle", self.idle), self._setting("exports", self.lock_exports)]  # fmt: skip
        if guard.captures_can_be_kept_out():
            self.capture = Checkbox(say("settings.capture.on"), name="capture")
            self.capture.setChecked(self._prefs("no_capture"))
            self.capture.toggled.connect(self.shell.capture_wanted)
            rows.append(self._setting("capture", self.capture))
        return self._card("screen", *rows)

    def _choice(self, name: str, options: Sequence[tuple[str, str]]) -> Segmented:
        chosen = [Option(code, words) for code, words in options]
        return Segmented(chosen, label=say(f"settings.{name}.title"), name=f"setting_{name}")

    def _setting(self, name: str, control: QWidget) -> Setting:
        self._settings.append(Setting(name, control))
        return self._settings[-1]

    def _card(self, name: str, *rows: Setting) -> Card:
        card = Card(name=f"settings_{name}", spacing=10)
        card.body.addWidget(SectionTitle(say(f"settings.{name}"), facts=say(f"settings.{name}_facts")))
        for row in rows:
            card.body.addWidget(row)
        return card

    def _prefs(self, name: str) -> bool:
        prefs = getattr(self.window(), "prefs", None)
        return bool(prefs.get(name, True)) if prefs is not None else True

    # the page base

    def hints(self) -> Sequence[Hint]:
        """Return the keys of a choice."""
        return (Hint("←|→", say("shell.hint.select")), Hint("Tab", say("settings.next")),
                Hint("Esc", say("shell.hint.back")))  # fmt: skip

    def handlers(self) -> Mapping[str, Any]:
        """Return the commands answered here."""
        return {"reload": self._load}

    def opened(self, **details: Any) -> None:
        """Show what is in force."""
        self._show_looks()
        self._show_order(self._order)
        self.order.setFocus(Qt.FocusReason.TabFocusReason)
        self._load()

    def shaped(self, shape: str) -> None:
        """Stand one below the other in a narrow window."""
        for setting in self._settings:
            setting.stack(narrow=shape == NARROW)

    def changeEvent(self, event: QEvent) -> None:
        """Follow looks that were changed elsewhere."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "size_choice"):
            self._show_looks()
            self._scroll.widget().setMaximumWidth(theme.px(WIDE))

    # what happens

    def _load(self) -> None:
        self.jobs.run(lambda desk: desk.name_order(), self._show_order, owner=self)

    def _show_order(self, order: text.NameOrder) -> None:
        self._order = order
        self.order.set_value(order)
        self.example.show_order(order)

    def _show_looks(self) -> None:
        self.look.set_value(theme.name())
        self.size_choice.set_value(str(theme.text_size()))
        prefs = getattr(self.window(), "prefs", None)
        self.lock_exports.setChecked(bool(prefs.get(PREF, False)) if prefs is not None else False)
        self.idle.set_value(str(prefs.get("idle_minutes", IDLE) if prefs is not None else IDLE))

    def _choose_order(self, code: str) -> None:
        wanted = next(one for one in text.NAME_ORDERS if one == code)
        before, self._order = self._order, wanted
        self.example.show_order(wanted)
        if wanted == before:
            return
        self._count(0, 0)
        tell = self.jobs.relay(self._count, self)
        self.jobs.run(
            lambda desk: desk.set_name_order(wanted, tell),
            lambda _none: self._ordered(before),
            self._refused,
            owner=self,
        )

    def _count(self, done: int, whole: int) -> None:
        self._doing.say(say("settings.order.busy", n=100 * done // whole if whole else 0))
        self._doing.show()

    def _ordered(self, before: text.NameOrder) -> None:
        self._doing.hide()
        self.talk.say(say("settings.order.done"), undo=lambda: self._take_back(before))

    def _take_back(self, before: text.NameOrder) -> None:
        self.order.set_value(before)
        self._choose_order(before)

    def _refused(self, problem: Any) -> None:
        self._doing.hide()
        self._load()
        self.talk.problem(problem)
