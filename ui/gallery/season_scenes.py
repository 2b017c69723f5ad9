"""Scenes of counting and of the seasons: how many there are, the new school year, cards to renew, the calendar."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ui.gallery.quality_scenes import live, settled
from ui.gallery.scenes import Stage, scene


@scene("count")
def count(stage: Stage) -> QWidget:
    """Children by village and age, of two conditions."""
    window = live(stage, "count")
    page = window.shell.page()
    page.columns.set_value("age")
    page.conditions.set_where({"household_class": ("poor", "near_poor"), "sex": ("female",)}, None)
    page.conditions.changed.emit()
    settled(stage, window)
    page.pane.table.setFocus()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("count_behind")
def count_behind(stage: Stage) -> QWidget:
    """The children behind a figure."""
    window = live(stage, "count")
    page = window.shell.page()
    page.pane.table.setFocus()
    QTest.keyClick(page.pane.table, Qt.Key.Key_Down)
    QTest.keyClick(page.pane.table, Qt.Key.Key_Return)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("school_year")
def school_year(stage: Stage) -> QWidget:
    """The classes, what follows each, and the children of one: one stays."""
    window = live(stage, "school_year")
    page = window.shell.page()
    page.groups.choose(next("|".join(one.key) for one in page.groups.rows() if one.key[1].startswith("5")))
    page.children_.setFocus()
    QTest.keyClick(page.children_, Qt.Key.Key_Down)
    QTest.keyClick(page.children_, Qt.Key.Key_Space)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("school_choose")
def school_choose(stage: Stage) -> QWidget:
    """After class 9 somebody says what follows."""
    window = live(stage, "school_year")
    page = window.shell.page()
    page.groups.choose(next("|".join(one.key) for one in page.groups.rows() if one.key[2] == "ask"))
    page.children_.setFocus()
    settled(stage, window)
    QTest.keyClick(page.children_, Qt.Key.Key_Return)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("cards")
def cards(stage: Stage) -> QWidget:
    """Cards that end, some left out, a new last day typed."""
    window = live(stage, "cards")

    def shorten(desk: Any) -> bool:
        for n, row in enumerate(desk.all_rows("child", sort="born")[:40]):
            if row.get("health_card"):
                desk.save("child", {"card_until": f"2026-{11 + n % 2}-{28 - n % 20:02d}"}, row["id"])
        return True

    done: list[bool] = []
    window.jobs.run(shorten, done.append, owner=window)
    stage.until(lambda: bool(done), 60)
    settled(stage, window)
    page = window.shell.page()
    page.until.setFocus()
    QTest.keyClicks(page.until, "31/12/2027")
    page._put("state", ("expired", "ends"))
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("calendar")
def calendar(stage: Stage) -> QWidget:
    """A month of duties, feasts, own dates."""
    window = live(stage, "today")
    done: list[bool] = []
    entry = {"what": "Giao ban", "on": "2026-01-12", "again": "monthly"}
    window.jobs.run(lambda desk: desk.save("calendar_entry", entry), lambda _saved: done.append(True), owner=window)
    stage.until(lambda: bool(done), 30)
    window.shell.go("calendar", month="2026-09")
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("calendar_add")
def calendar_add(stage: Stage) -> QWidget:
    """An own date being added."""
    window = live(stage, "calendar", month="2030-02")
    window.shell.page().add_row()
    settled(stage, window)
    return window  # type: ignore[no-any-return]
