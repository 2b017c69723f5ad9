"""Scenes of proof: a register whose logs were changed, the licences, a file that gets a password, a copy told."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from cbdesk.desk import Desk
from ui import clipboard
from ui.gallery.page_scenes import filled
from ui.gallery.quality_scenes import live, settled
from ui.gallery.scenes import Stage, scene
from ui.leaving import PREF


def _meddle(desk: Desk) -> None:
    """Change the logs behind the program's back, as somebody with the key could."""
    db = desk.store.db
    for name in ("access_fixed", "op_fixed"):
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
    db.execute("UPDATE access SET what = 'view' WHERE n = 1")
    rows = dict(db.execute("SELECT n, line FROM op WHERE n IN (3, 6) AND s = ?", (desk.stream,)).fetchall())
    for n, other in ((3, 6), (6, 3)):
        db.execute("UPDATE op SET line = ? WHERE n = ? AND s = ?", (rows[other], n, desk.stream))
    desk.prove_opening({})


def _meddled(stage: Stage) -> QWidget:
    window, done = filled(stage), list[bool]()
    window.jobs.run(_meddle, lambda _none: done.append(True), owner=window)
    stage.until(lambda: bool(done), 30)
    window.shell.read_facts()
    return window  # type: ignore[no-any-return]


@scene("proof")
def proof(stage: Stage) -> QWidget:
    """The page of the proof, with faults found at the opening."""
    window = _meddled(stage)
    window.shell.go("proof")
    settled(stage, window)
    return window


@scene("faults_at_opening")
def faults_at_opening(stage: Stage) -> QWidget:
    """What stands above the first page when the logs do not hold."""
    window = _meddled(stage)
    window.shell.go("today")
    window._tell_of_faults(3)
    settled(stage, window)
    return window


@scene("licences")
def licences(stage: Stage) -> QWidget:
    """The works of others."""
    return live(stage, "licences")


@scene("file_password")
def file_password(stage: Stage) -> QWidget:
    """A password is asked for a file that leaves."""
    window = live(stage, "children")
    window.prefs.put(PREF, True)
    window.shell.talk.leaving(Path("children-01321-2026-11-24.xlsx"), lambda _how: None)
    settled(stage, window)
    return window


@scene("copied")
def copied(stage: Stage) -> QWidget:
    """The first copy is told."""
    window = live(stage, "children")
    clipboard.put("x")
    settled(stage, window)
    return window
