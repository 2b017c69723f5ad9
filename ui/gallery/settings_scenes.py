"""Scenes of the settings and of what a search gives as reasons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk.desk import Desk
from ui.gallery.page_scenes import filled
from ui.gallery.quality_scenes import live, settled
from ui.gallery.scenes import Stage, scene


@scene("settings")
def settings(stage: Stage) -> QWidget:
    """The settings, the order of names in focus."""
    return live(stage, "settings")


def _mother(desk: Desk) -> str:
    """Return the name of a mother of the invented register, as somebody types it."""
    return next(str(row["full_name"]) for row in desk.all_rows("carer") if row.get("relation") == "mother").lower()


@scene("found_by_parent")
def found_by_parent(stage: Stage) -> QWidget:
    """The list of children, asked for a mother."""
    return _asked(stage, palette=False)


@scene("palette_parent")
def palette_parent(stage: Stage) -> QWidget:
    """The palette, asked for a mother."""
    return _asked(stage, palette=True)


def _asked(stage: Stage, *, palette: bool) -> QWidget:
    window, names = filled(stage), list[str]()
    window.jobs.run(_mother, names.append, owner=window)
    stage.until(lambda: bool(names), 30)
    live(stage, "today" if palette else "children")
    if palette:
        QTest.keyClick(stage.app.focusWidget() or window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        window.shell.palette_layer.box.setText(names[0])
    else:
        window.shell.page().search.setText(names[0])
        stage.wait(200)
    settled(stage, window)
    return window  # type: ignore[no-any-return]
