"""Scenes of what spares typing: a sibling, one value for many, the second keying."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk.desk import Desk
from ui.gallery.page_scenes import filled, page
from ui.gallery.scenes import Stage, scene


def settle(stage: Stage, window: Any) -> None:
    """Wait until nothing is at work."""
    stage.wait(200)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(200)


def _parent(desk: Desk) -> str:
    """Return a child of a household, with a family."""
    found = {str(row["child"]) for row in desk.all_rows("carer")}
    return next(row.id for row in desk.children() if row.id in found and row.risks)


@scene("sibling")
def sibling(stage: Stage) -> QWidget:
    """A new child that begins as a sibling."""
    window = filled(stage)
    found: list[str] = []
    window.jobs.run(_parent, found.append, owner=window)
    stage.until(lambda: bool(found))
    page(stage, "child", id=found[0])
    window.shell.run("sibling")
    settle(stage, window)
    return window


@scene("new_group")
def new_group(stage: Stage) -> QWidget:
    """A carer being added to a child's record."""
    window = filled(stage)
    found: list[str] = []
    window.jobs.run(_parent, found.append, owner=window)
    stage.until(lambda: bool(found))
    page(stage, "child", id=found[0])
    window.shell.run("section_2")
    window.shell.run("new_row")
    settle(stage, window)
    return window


def _some(window: Any, n: int) -> list[str]:
    return [row.child.id for row in window.shell.page().table.rows()[:n]]


@scene("chosen")
def chosen(stage: Stage) -> QWidget:
    """Several children chosen in the list."""
    window = page(stage, "children")
    table = window.shell.page().table
    window.show()
    window.activateWindow()
    table.setFocus()
    table.choose(_some(window, 3)[1])
    for _ in range(6):
        QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    settle(stage, window)
    return window


@scene("fill")
def fill(stage: Stage) -> QWidget:
    """One class for many children, some of whom have another."""
    window = page(stage, "children")
    window.shell.go("fill", ids=_some(window, 40))
    shown = window.shell.page()
    settle(stage, window)
    shown.what.set_value("class")
    shown._onward()
    shown.view.set_typed("class", "5A")
    settle(stage, window)
    stage.wait(300)
    shown.table.setFocus()
    QTest.keyClick(shown.table, Qt.Key.Key_Space)
    settle(stage, window)
    return window


@scene("fill_row")
def fill_row(stage: Stage) -> QWidget:
    """A risk with its date for many children."""
    window = page(stage, "children")
    window.shell.go("fill", ids=_some(window, 12))
    shown = window.shell.page()
    settle(stage, window)
    shown.what.set_value("risk")
    shown._onward()
    shown.view.set_typed("code", "R05")
    settle(stage, window)
    stage.wait(300)
    return window


def _second(stage: Stage) -> Any:
    window = page(stage, "children")
    window.shell.go("second", ids=_some(window, 12))
    settle(stage, window)
    return window


def _forget(stage: Stage, window: Any) -> None:
    window.shell.page()._second = None
    window.jobs.run(lambda desk: desk.second_drop())
    stage.until(lambda: not window.jobs.is_busy(), 60)


@scene("second_choose")
def second_choose(stage: Stage) -> QWidget:
    """Which papers are keyed again."""
    return _second(stage)


@scene("second_key")
def second_key(stage: Stage) -> QWidget:
    """A paper being keyed again."""
    window = _second(stage)
    shown = window.shell.page()
    shown._begin()
    settle(stage, window)
    shown.keying.view.set_typed("born", "2015")
    stage.after(lambda: _forget(stage, window))
    return window


@scene("second_compare")
def second_compare(stage: Stage) -> QWidget:
    """Where two keyings differ."""
    window = _second(stage)
    shown = window.shell.page()
    shown._begin()
    settle(stage, window)
    rows: list[dict[str, Any]] = []
    ids = shown._second.ids
    window.jobs.run(lambda desk: [desk.get(one) for one in ids], rows.extend, owner=window)
    stage.until(lambda: bool(rows))
    for at, row in enumerate(rows):
        view = shown.keying.view
        for name in shown._second.fields:
            value = str(row.get(name) or "")
            odd = {(2, "full_name"): value + "h", (4, "born"): "2014", (7, "personal_id"): value[:-1] + "7"}
            view.boxes[name].input.set_typed(odd.get((at, name), value))
        shown._next()
        settle(stage, window)
    shown.compare.table.setFocus()
    QTest.keyClick(shown.compare.table, Qt.Key.Key_Right)
    settle(stage, window)
    stage.after(lambda: _forget(stage, window))
    return window
