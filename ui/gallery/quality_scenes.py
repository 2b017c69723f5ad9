"""Scenes of data quality and of the round trip with the police; the register is the invented one of the other pages."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk.words import say
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


@scene("cleaning_new")
def cleaning_new(stage: Stage) -> QWidget:
    """What goes to the police: villages, faults, children."""
    return live(stage, "cleaning", new=True)


def made(stage: Stage) -> tuple[Any, str]:
    """Return the window and a list for the police, made once."""
    window = live(stage, "cleaning")
    found: list[str] = []
    window.jobs.run(_first_list, found.append)
    stage.until(lambda: bool(found), 60)
    return window, found[0]


def _first_list(desk: Any) -> str:
    lists = desk.cleaning_lists()
    return str(lists[0].id if lists else desk.cleaning_make().id)


@scene("cleaning")
def cleaning(stage: Stage) -> QWidget:
    """A list as paper, with its answers still to come."""
    window, list_id = made(stage)
    window.shell.go("cleaning", list=list_id)
    settled(stage, window)
    settled(stage, window)
    return window


@scene("cleaning_keys")
def cleaning_keys(stage: Stage) -> QWidget:
    """Keying an answer: a number that contradicts the sex is asked about."""
    window, list_id = made(stage)
    window.shell.go("cleaning_keys", list=list_id)
    settled(stage, window)
    QTest.keyClicks(stage.app.focusWidget(), "004001000111")
    QTest.keyClick(stage.app.focusWidget(), Qt.Key.Key_Return)
    settled(stage, window)
    return window


@scene("cleaning_answer")
def cleaning_answer(stage: Stage) -> QWidget:
    """An answered file: what changes, what has to be looked at."""
    window, list_id = made(stage)
    lines: list[Any] = []
    window.jobs.run(lambda desk: desk.cleaning_lines(list_id), lines.extend)
    stage.until(lambda: bool(lines), 60)
    path = stage.folder().parent / "tra-loi.csv"
    rows = [",".join((line.code, _answer(at, line))) for at, line in enumerate(lines[:-5])]
    path.write_text("\n".join([say("quality_page.sample_head"), *rows]), encoding="utf-8-sig")
    window.shell.go("cleaning_answer", list=list_id, path=path)
    settled(stage, window)
    return window


def _answer(at: int, line: Any) -> str:
    """Return what the invented police write: mostly a number that fits, now and then one that contradicts."""
    year, male = (line.known.get("born") or "2015")[:4], line.known.get("sex") == "male"
    digit = (2 if male else 3) if at % 7 else (3 if male else 2)
    number = "" if at % 9 == 5 else f"004{digit}{year[2:]}{at:06}" if at % 11 != 10 else "00421x"
    return ",".join((number, f"1{at % 9}/0{1 + at % 9}/{year}" if len(line.known.get("born", "")) < 10 else "",
                     "x" if at % 9 == 5 else ""))  # fmt: skip
