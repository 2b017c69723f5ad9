"""Scenes of the monthly round: the board of villages, a sheet being keyed, the sheets as they are printed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock
from cbdesk.desk import Desk
from ui.gallery.page_scenes import filled
from ui.gallery.quality_scenes import settled
from ui.gallery.scenes import Stage, scene


def work(desk: Desk) -> tuple[str, str]:
    """Make the sheets of this month and the last, most of them returned; return this month and a sheet that is out."""
    today = clock.today()
    month = today.isoformat()[:7]
    before = f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02d}"
    if not desk.round_sheets():
        for name in (before, month):
            for at, sheet in enumerate(desk.round_make(name)[0]):
                if at % 4 == 3:
                    continue
                for line in range(1, min(sheet.lines, at % 5) + 1):
                    desk.round_key(sheet.id, line, "cv"[line % 2], {("moved_to", "place")[line % 2]: desk.unit.name})
                (desk.round_return if sheet.lines and at % 5 else desk.round_unchanged)(sheet.id)
    out = [one for one in desk.round_sheets(month) if not one.returns]
    return month, max(out, key=lambda one: one.lines).id


def worked(stage: Stage) -> tuple[Any, str]:
    """Return the window and the sheet that is out."""
    window = filled(stage)
    found: list[tuple[str, str]] = []
    window.jobs.run(work, found.append, owner=window)
    stage.until(lambda: bool(found), 60)
    window.show()
    window.activateWindow()
    return window, found[0][1]


@scene("rounds")
def rounds(stage: Stage) -> QWidget:
    """Which villages have returned this month."""
    window, _ = worked(stage)
    window.shell.go("rounds")
    settled(stage, window)
    return window  # type: ignore[no-any-return]


def keyed(stage: Stage, *lines: str) -> Any:
    """Return the window on a sheet with some lines typed; a line ends with Enter."""
    window, sheet = worked(stage)
    window.shell.go("round_keys", sheet=sheet)
    settled(stage, window)
    for line in lines:
        QTest.keyClicks(stage.app.focusWidget(), line)
        QTest.keyClick(stage.app.focusWidget(), Qt.Key.Key_Return)
        settled(stage, window)
    return window


@scene("round_keys")
def round_keys(stage: Stage) -> QWidget:
    """A sheet being keyed: three changes wait, a line is typed."""
    window = keyed(stage, "2m", "", "3h", "", "", "4v", "Bac Ninh", "", "", "")
    QTest.keyClicks(stage.app.focusWidget(), "7c")
    return window  # type: ignore[no-any-return]


@scene("round_follow")
def round_follow(stage: Stage) -> QWidget:
    """What follows a letter: where to, since when."""
    return keyed(stage, "5v")  # type: ignore[no-any-return]


@scene("round_new")
def round_new(stage: Stage) -> QWidget:
    """A child that is on no line."""
    window = keyed(stage)
    window.shell.run("new_row")
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("round_paper")
def round_paper(stage: Stage) -> QWidget:
    """The sheets as they are printed."""
    window, _ = worked(stage)
    window.shell.go("rounds")
    settled(stage, window)
    window.shell.run("print")
    settled(stage, window)
    stage.until(lambda: window.shell.page().preview.count() > 0, 60)
    stage.after(window.shell.page()._leave_paper)
    settled(stage, window)
    return window  # type: ignore[no-any-return]
