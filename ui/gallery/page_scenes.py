"""Scenes of the pages, on an invented register filled as a commune's would be."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock, sample
from cbdesk.desk import Desk
from ui.gallery.scenes import Stage, scene

CHILDREN, SEED = 320, 7


def fill(desk: Desk) -> None:
    """Record invented children and one urgent incident."""
    if desk.children():
        return
    special = [row for row in sample.rows(4000, SEED + 1, clock.today()) if row.get("groups")][:14]
    saved = desk.put("child", [*sample.rows(CHILDREN, SEED, clock.today()), *special])
    received = clock.now().replace(minute=0).strftime("%Y-%m-%dT%H:%M")
    desk.save("incident", {"kind": "abuse", "child": [str(saved[-1].id)], "received_at": received, "urgent": True,
                           "forms_of_abuse": ["violence"]})  # fmt: skip


def filled(stage: Stage) -> Any:
    """Return the shell of the window on a filled register."""
    window = stage.shell()
    done: list[bool] = []
    window.jobs.run(fill, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    return window


def page(stage: Stage, name: str, **details: Any) -> QWidget:
    """Return the window showing a page, once nothing is at work any more."""
    window = filled(stage)
    window.shell.go(name, **details)
    stage.wait(300)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(400)
    return window


@scene("today")
def today(stage: Stage) -> QWidget:
    """Hôm nay, with an emergency running."""
    return page(stage, "today")


@scene("children")
def children(stage: Stage) -> QWidget:
    """The list of children, searched without accents, one looked at."""
    window = page(stage, "children", search=True)
    window.show()
    window.activateWindow()
    window.shell.go("children", search=True)
    stage.until(lambda: stage.app.focusWidget() is not None)
    QTest.keyClicks(stage.app.focusWidget(), "hoang v")
    stage.wait(500)
    QTest.keyClick(stage.app.focusWidget(), Qt.Key.Key_Down)
    stage.wait(600)
    return window


@scene("child")
def child(stage: Stage) -> QWidget:
    """One child's record."""
    window = filled(stage)
    found: list[str] = []
    window.jobs.run(
        lambda desk: next(row.id for row in desk.children() if row.circumstances), found.append, owner=window
    )
    stage.until(lambda: bool(found))
    return page(stage, "child", id=found[0])


@scene("incident")
def incident(stage: Stage) -> QWidget:
    """Recording an incident."""
    return page(stage, "incident")


@scene("reports")
def reports(stage: Stage) -> QWidget:
    """A list as paper."""
    return page(stage, "reports")


@scene("incidents")
def incidents(stage: Stage) -> QWidget:
    """The list of incidents."""
    return page(stage, "incidents")


@scene("transfer")
def transfer(stage: Stage) -> QWidget:
    """Sending, before anything was sent."""
    return page(stage, "transfer")


@scene("units")
def units(stage: Stage) -> QWidget:
    """Own card and whom we trust."""
    return page(stage, "units")
