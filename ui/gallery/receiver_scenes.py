"""Scenes of the receiver: inbox, what differs, the board, notes, keys; on an invented province (``province.py``)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock, desk
from cbdesk.words import say
from ui.gallery import province
from ui.gallery.quality_scenes import settled
from ui.gallery.scenes import Stage, scene

SENDERS = int(os.environ.get("CBDESK_GALLERY_SENDERS", "54"))
_windows: dict[int, Any] = {}


def above(stage: Stage) -> Any:
    """Return the window, open on the province's register; it is made once a stage."""
    made = _windows.get(id(stage))
    if made is None:
        from ui.window import Window

        folder = stage.folder().parent / "province"
        province.build(folder, SENDERS)
        made = _windows[id(stage)] = _open(stage, folder / "book", Window)
    clock.set_fixed(province.NOW)
    stage.after(lambda: clock.set_fixed(None))
    return made


def _open(stage: Stage, folder: Path, window: Any) -> Any:
    clock.set_fixed(province.NOW)
    made = window(folder, lambda _window: QWidget())
    made.resize(*stage.size)
    officer = desk.officers(folder)[0]
    made.jobs.open(lambda: desk.unlock(folder, officer, province.PASSWORD), lambda opened: opened,
                   lambda opened: made.enter(opened.role))  # fmt: skip
    stage.until(lambda: made.is_open() and not made.jobs.is_busy(), 60)
    stage.keep(made)
    return made


def shown(stage: Stage, name: str, **details: Any) -> Any:
    """Return the province's window showing a page, with the focus where it is for a person."""
    window = above(stage)
    window.show()
    window.activateWindow()
    window.shell.go(name, **details)
    settled(stage, window)
    return window


@scene("inbox")
def inbox(stage: Stage) -> QWidget:
    """Which unit has delivered which month; a bundle in five sentences."""
    return shown(stage, "inbox")


@scene("inbox_gap")
def inbox_gap(stage: Stage) -> QWidget:
    """A unit of which a part is missing; names of what differs are shown."""
    window = shown(stage, "inbox")
    page = window.shell.page()
    gap = next(row for row in page.shown_rows() if any(one.state == "partial" for one in row.cells))
    page.grid.choose(gap.unit, page._read.inbox.month)
    page.show_names()
    settled(stage, window)
    return window


@scene("inbox_look")
def inbox_look(stage: Stage) -> QWidget:
    """What has to be looked at, with what was put aside."""
    window = shown(stage, "inbox", filter="look")
    page = window.shell.page()
    page.waiting.turn_to("aside")
    QTest.keyClick(page.grid, Qt.Key.Key_Down)
    settled(stage, window)
    stage.after(lambda: (page.tabs.set_value("all"), page.waiting.turn_to("differ"), page._apply()))
    return window


@scene("inbox_taken")
def inbox_taken(stage: Stage) -> QWidget:
    """Several sticks taken in, one after the other: one is new, one is known, one is damaged."""
    window = shown(stage, "inbox")
    page = window.shell.page()
    for folder in province.sticks(stage.folder().parent / "province"):
        page.receive([folder])
        settled(stage, window)
    page.waiting.focus_in()
    return window


@scene("inbox_source")
def inbox_source(stage: Stage) -> QWidget:
    """Where to take in from."""
    window = shown(stage, "inbox")
    window.shell.page().take_in()
    settled(stage, window)
    stage.after(window.shell.page()._close_source)
    return window


@scene("conflicts")
def conflicts(stage: Stage) -> QWidget:
    """What differs; names are hidden, nothing is chosen yet."""
    return shown(stage, "conflicts")


@scene("conflicts_chosen")
def conflicts_chosen(stage: Stage) -> QWidget:
    """One value chosen, the record as it would be, names shown."""
    window = shown(stage, "conflicts")
    window.shell.page().show_names()
    settled(stage, window)
    QTest.keyClick(stage.app.focusWidget(), Qt.Key.Key_2)
    settled(stage, window)
    return window


@scene("conflicts_other")
def conflicts_other(stage: Stage) -> QWidget:
    """Another value is typed, and is no date."""
    window = shown(stage, "conflicts")
    window.shell.page().show_names()
    settled(stage, window)
    QTest.keyClick(stage.app.focusWidget(), Qt.Key.Key_K)
    QTest.keyClicks(stage.app.focusWidget(), "31/02/2015")
    settled(stage, window)
    return window


@scene("conflicts_gone")
def conflicts_gone(stage: Stage) -> QWidget:
    """A record that a commune took out while the receiver wrote in it."""
    window = shown(stage, "conflicts")
    page = window.shell.page()
    gone = next(one for one in page.queue.model_.items if one.kind == "gone")
    page.queue.show_items(page.queue.model_.items, (gone.record, gone.field))
    QTest.keyClick(page.queue, Qt.Key.Key_2)
    settled(stage, window)
    return window


@scene("conflicts_none")
def conflicts_none(stage: Stage) -> QWidget:
    """Nothing differs."""
    window = shown(stage, "conflicts")
    window.shell.page()._show_items([])
    stage.wait(100)
    return window


@scene("board")
def board(stage: Stage) -> QWidget:
    """Emergencies, overdue steps and separated children, by commune."""
    return shown(stage, "board")


@scene("notes_above")
def notes_above(stage: Stage) -> QWidget:
    """Notes of the receiver."""
    return shown(stage, "notes")


@scene("notes_new")
def notes_new(stage: Stage) -> QWidget:
    """A note about a record is written."""
    window = above(stage)
    found: list[str] = []
    window.jobs.run(lambda desk: next(row.id for row in desk.children()), found.append, owner=window)
    stage.until(lambda: bool(found))
    window = shown(stage, "notes", record=found[0])
    window.shell.page().words.setPlainText(say("demo.note"))
    settled(stage, window)
    return window


@scene("behalf")
def behalf(stage: Stage) -> QWidget:
    """Totals of a commune typed."""
    window = above(stage)
    found: list[str] = []
    window.jobs.run(lambda desk: desk.inbox(2026).filtered("no_card")[0].unit, found.append, owner=window)
    stage.until(lambda: bool(found))
    window = shown(stage, "behalf", unit=found[0], month="2026-09")
    for at, field in enumerate(list(window.shell.page().totals.fields.values())[:6]):
        field.setText(str(40 + 7 * at))
    window.shell.page().totals.changed.emit()
    settled(stage, window)
    return window


@scene("trust")
def trust(stage: Stage) -> QWidget:
    """Machines and keys, the signed list, a change of keys under way."""
    window = shown(stage, "trust")
    QTest.keyClick(window.shell.page().table, Qt.Key.Key_Down)
    settled(stage, window)
    return window


@scene("trust_end")
def trust_end(stage: Stage) -> QWidget:
    """A machine that is lost."""
    window = shown(stage, "trust")
    QTest.keyClick(window.shell.page().table, Qt.Key.Key_Down)
    window.shell.page()._ask_end("revoke")
    settled(stage, window)
    stage.after(window.shell.page()._close_side)
    return window


@scene("trust_sign")
def trust_sign(stage: Stage) -> QWidget:
    """The list is to be signed by two persons."""
    window = shown(stage, "trust")
    page = window.shell.page()
    page.begin_signing()
    settled(stage, window)
    page.take_keys(province.keys_file(stage.folder().parent / "province"))
    settled(stage, window)
    stage.after(page._close_side)
    return window


@scene("reports_above")
def reports_above(stage: Stage) -> QWidget:
    """A consolidated report of some communes; it says how the units came."""
    window = shown(stage, "reports")
    options = window.shell.page().options
    options.units.setText("01273, 01279, 01324")
    options.units.editingFinished.emit()
    settled(stage, window)
    settled(stage, window)
    return window


@scene("tip")
def tip(stage: Stage) -> QWidget:
    """A tip that reached the receiver is passed down."""
    window = above(stage)
    found: list[str] = []
    window.jobs.run(lambda desk: desk.inbox(2026).rows[3].unit, found.append, owner=window)
    stage.until(lambda: bool(found))
    window = shown(stage, "tip", unit=found[0])
    QTest.keyClick(window.shell.page(), Qt.Key.Key_1)
    settled(stage, window)
    return window
