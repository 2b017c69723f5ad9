"""Scenes of counting and of the seasons: how many there are, the new school year, cards to renew, the calendar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ui.gallery.page_scenes import filled
from ui.gallery.quality_scenes import settled
from ui.gallery.scenes import Stage, scene


def at(stage: Stage, name: str, **details: Any) -> Any:
    """Return the window on a page, with the focus where work starts."""
    window = filled(stage)
    window.show()
    window.activateWindow()
    window.shell.go(name, **details)
    settled(stage, window)
    return window


@scene("count")
def count(stage: Stage) -> QWidget:
    """Children by village and age, of two conditions."""
    window = at(stage, "count")
    page = window.shell.page()
    page.columns.set_value("age")
    page._put("household_class", ("poor", "near_poor"))
    page._put("sex", ("female",))
    settled(stage, window)
    page.pane.table.setFocus()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("count_behind")
def count_behind(stage: Stage) -> QWidget:
    """The children behind a figure."""
    window = at(stage, "count")
    page = window.shell.page()
    page.pane.table.setFocus()
    QTest.keyClick(page.pane.table, Qt.Key.Key_Down)
    QTest.keyClick(page.pane.table, Qt.Key.Key_Return)
    settled(stage, window)
    return window  # type: ignore[no-any-return]
