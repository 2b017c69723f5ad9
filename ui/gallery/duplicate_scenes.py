"""Scenes of Kiểm tra trùng, on the invented register with some children written twice."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock, sample
from cbdesk.desk import Desk
from ui.gallery.page_scenes import CHILDREN, SEED, page
from ui.gallery.quality_scenes import live, settled
from ui.gallery.scenes import Stage, scene

TWICE = 9
#: how a name is heard by somebody else
MISHEARD = str.maketrans({"ê": "ề", "á": "à", "ọ": "o", "ư": "ừ", "ý": "í"})
_written: WeakSet[Desk] = WeakSet()


def twice(desk: Desk) -> None:
    """Write some of the children again, as another list has them: misheard, a year only, no numbers, another school."""
    if desk in _written:
        return
    _written.add(desk)
    rows = [row for row in sample.rows(CHILDREN, SEED, clock.today()) if row.get("mother_name")]
    for row in rows[TWICE : 2 * TWICE]:  # twins: the name in the middle is another
        family, *_, given = str(row["full_name"]).split()
        apart = {name: row.get(name) for name in ("born", "sex", "ethnicity", "village", "mother_name", "father_name")}
        desk.save("child", apart | {"full_name": f"{family} Minh {given}"})
    for at, row in enumerate(rows[:TWICE]):
        again = dict(row) | {"class": "2", "full_name": str(row["full_name"]).translate(MISHEARD)}
        for name in ("personal_id", "health_card", "groups", "risks") if at % 3 else ("mother_name", "phone"):
            again.pop(name, None)
        if at % 2 and str(row.get("born") or ""):
            again["born"] = str(row["born"])[:7]
        desk.save("child", again)
        if at == 0:
            desk.save("child", dict(again) | {"born": str(row["born"])[:4], "class": "4"})


def compared(stage: Stage, **details: Any) -> Any:
    """Return the window showing the page, once all is found."""
    window: Any = page(stage, "today")
    done: list[bool] = []
    window.jobs.run(twice, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    window = live(stage, "duplicates", **details)
    window.shell.page().load()
    settled(stage, window)
    settled(stage, window)
    return window


@scene("duplicates")
def duplicates(stage: Stage) -> QWidget:
    """The queue and one comparison."""
    return compared(stage)


@scene("duplicates_row")
def duplicates_row(stage: Stage) -> QWidget:
    """Inside the comparison, a value of the other record taken, the equal ones open."""
    window = compared(stage)
    board = window.shell.page().board
    QTest.keyClick(window.shell.page().queue, Qt.Key.Key_Right)
    QTest.keyClick(board, Qt.Key.Key_Down)
    QTest.keyClick(board, Qt.Key.Key_Right)
    QTest.keyClick(board, Qt.Key.Key_Space)
    return window


@scene("duplicates_look")
def duplicates_look(stage: Stage) -> QWidget:
    """Pairs to look at, less alike."""
    window = compared(stage)
    shown = window.shell.page()
    shown.levels.setFocus()
    QTest.keyClick(stage.app.focusWidget(), Qt.Key.Key_2)
    settled(stage, window)
    return window


@scene("duplicates_merged")
def duplicates_merged(stage: Stage) -> QWidget:
    """One pair joined; it can be taken back, and a third record is alike."""
    window = compared(stage)
    window.shell.page().merge()
    settled(stage, window)
    stage.after(window.shell.talk.undo)
    return window


@scene("duplicates_none")
def duplicates_none(stage: Stage) -> QWidget:
    """Nothing is left."""
    window = compared(stage)
    shown, kept = window.shell.page(), window.shell.page()._pairs
    shown._pairs = []
    shown._show_pairs()
    stage.after(lambda: (setattr(shown, "_pairs", kept), shown._show_pairs()))
    return window


@scene("duplicates_saving")
def duplicates_saving(stage: Stage) -> QWidget:
    """A new child, about to be saved, is in the book already."""
    window = compared(stage)
    rows: list[Any] = []
    window.jobs.run(lambda desk: desk.get(desk.children()[0].id), rows.append, owner=window)
    stage.until(lambda: bool(rows))
    window.shell.go("child", new=True)
    settled(stage, window)
    form = window.shell.page().form()
    form.set_typed("full_name", str(rows[0]["full_name"]).translate(MISHEARD))
    form.set_typed("born", str(rows[0]["born"])[:4])
    window.shell.page()._save()
    settled(stage, window)
    stage.after(lambda: window.jobs.run(lambda desk: desk.drop_draft("child", None)))
    return window


@scene("duplicates_record")
def duplicates_record(stage: Stage) -> QWidget:
    """The record of a child that took another one in."""
    return _record(stage, 0)


@scene("duplicates_gone")
def duplicates_gone(stage: Stage) -> QWidget:
    """The record that was joined, still to be looked at."""
    return _record(stage, 1)


def _record(stage: Stage, which: int) -> QWidget:
    window = compared(stage)
    shown = window.shell.page()
    pair = shown.queue.current()
    shown.merge()
    settled(stage, window)
    window.shell.go("child", id=(pair.a, pair.b)[which])
    settled(stage, window)
    stage.after(window.shell.talk.undo)
    return window
