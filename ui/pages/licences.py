"""Giấy phép: the works of others this program stands on, with version and licence, in the program itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from cbdesk import __version__, licences
from cbdesk.words import say
from ui import theme
from ui.pages import Page, register
from ui.parts import Card, Hint, Label, Scroller, SectionTitle

WIDE = 980


@register
class LicencesPage(Page):
    """The list of licences."""

    name, icon, under = "licences", "document", "settings"

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._scroll = Scroller(name="licences_scroll")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setAccessibleName(say("shell.page.licences"))
        self.body.addWidget(self._scroll, 1)
        card = Card(name="licences_card", spacing=10)
        self._scroll.widget().setMaximumWidth(theme.px(WIDE))
        card.body.addWidget(SectionTitle(say("proof.licences.title"), facts=say("proof.licences.own")))
        card.body.addWidget(self._table())
        self._scroll.body.addWidget(card)
        self._scroll.body.addStretch(1)

    def _table(self) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(6)
        for column, name in enumerate(("name", "version", "licence")):
            grid.addWidget(Label(say(f"proof.licences.{name}"), "small", "ink3"), 0, column)
        for row, one in enumerate(licences.works(), start=1):
            for column, words in enumerate((one.name, one.version or "–", one.licence)):
                label = Label(words, "note", "ink" if column == 0 else "ink2", wrap=True)
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        for column, stretch in enumerate((5, 4, 6)):
            grid.setColumnStretch(column, stretch)
        return table

    # the page base

    def facts(self) -> str:
        """Return our own version."""
        return say("proof.licences.ours", version=__version__)

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """Come from the settings."""
        return ((say("shell.page.settings"), "settings"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the page."""
        return (Hint("PgUp|PgDn", say("proof.page.scroll")), Hint("Esc", say("shell.hint.back")))

    def opened(self, **details: Any) -> None:
        """Let the arrows scroll."""
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)
