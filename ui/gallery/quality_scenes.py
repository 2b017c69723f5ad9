"""Scenes of data quality and of the round trip with the police; the register is the invented one of the other pages."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ui.gallery.page_scenes import page
from ui.gallery.scenes import Stage, scene


def settled(stage: Stage, window: Any) -> None:
    """Let everything come to rest."""
    stage.wait(200)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(200)


def live(stage: Stage, name: str, **details: Any) -> Any:
    """Return the window showing a page, with the focus where it is for a person."""
    window: Any = page(stage, "today")
    window.show()
    window.activateWindow()
    window.shell.go(name, **details)
    settled(stage, window)
    return window


@scene("quality")
def quality(stage: Stage) -> QWidget:
    """Faults, and the children behind one."""
    return live(stage, "quality")


@scene("quality_children")
def quality_children(stage: Stage) -> QWidget:
    """The children behind a fault have the focus."""
    window = live(stage, "quality")
    window.shell.page()._into_list()
    for _ in range(3):
        QTest.keyClick(window.shell.page().card.table, Qt.Key.Key_Down)
    stage.after(window.shell.page()._out_of_list)
    return window


@scene("quality_walk")
def quality_walk(stage: Stage) -> QWidget:
    """A child of the walk, at the field."""
    window = live(stage, "quality")
    window.shell.page()._into_list()
    QTest.keyClick(window.shell.page().card.table, Qt.Key.Key_Return)
    settled(stage, window)
    return window
