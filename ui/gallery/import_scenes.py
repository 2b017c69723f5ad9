"""Scenes of importing: an old list in TCVN3 with the faults such lists have, and a register that knows some of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock, sample
from ui.gallery.page_scenes import CHILDREN, SEED, page
from ui.gallery.scenes import Stage, scene

KNOWN, NEW = 60, 240


def read(stage: Stage, source: Path | str) -> Any:
    """Return the window at what was understood of a source."""
    window = page(stage, "import")
    shown = window.shell.page()
    shown._start_over()
    shown.read(source)
    settle(stage, window)
    return window


def settle(stage: Stage, window: Any) -> None:
    """Wait until nothing is at work."""
    stage.wait(200)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(200)


def old_list(stage: Stage) -> Path:
    """Return an old list: children known already, children like those known, new ones, and faults."""
    path = stage.folder().parent / "danh-sach-2023.xlsx"
    here = list(sample.rows(CHILDREN, SEED, clock.today()))[:KNOWN]
    given = [{**row, "born": row.get("born", "")[:4]} if at % 9 == 4 else row for at, row in enumerate(here)]
    for at in range(4, KNOWN, 9):
        given[at] = {**given[at], "household_class": "near_poor"}
    given += sample.rows(NEW, SEED + 3, clock.today())
    for at in (71, 130, 202):
        given[at] = {**given[at], "full_name": ""}
    for at, born in ((76, "31/02/2016"), (150, "31/04/2014"), (166, "2009")):
        given[at] = {**given[at], "born": born}
    for at in (80, 81, 140):
        village = str(given[at].get("village"))
        given[at] = {**given[at], "village": village[:-1] + "e"}
    sample.old_list(path, given)
    return path


def at_tab(code: str) -> Callable[[Stage], QWidget]:
    """Return a scene of the old list at one tab."""

    def shown(stage: Stage) -> QWidget:
        window = read(stage, old_list(stage))
        board = window.shell.page()
        if board._step != 2:
            board._go_to(2)
        board._show_tab(code)
        stage.wait(150)
        return window

    return shown


for _code in ("added", "refused", "duplicate", "out"):
    scene(f"imports_{_code}")(at_tab(_code))


@scene("imports_columns")
def columns(stage: Stage) -> QWidget:
    """The columns of the list, and the choice of encodings."""
    window = read(stage, old_list(stage))
    window.shell.page()._go_to(1)
    stage.wait(200)
    return window


@scene("imports_naming")
def naming(stage: Stage) -> QWidget:
    """Keeping what was said of the columns under a name."""
    window = read(stage, old_list(stage))
    window.shell.page()._go_to(1)
    window.shell.run("save")
    stage.wait(200)
    return window


@scene("imports_file")
def file(stage: Stage) -> QWidget:
    """Choosing a file; nothing was imported yet."""
    window = page(stage, "import")
    window.shell.page()._start_over()
    return window


@scene("imports_done")
def done(stage: Stage) -> QWidget:
    """What an import did."""
    window = read(stage, old_list(stage))
    window.shell.page()._go_to(2)
    window.shell.page().run_import()
    settle(stage, window)
    stage.after(lambda: (window.shell.page()._undo(), settle(stage, window)))
    return window


@scene("imports_past")
def past(stage: Stage) -> QWidget:
    """Choosing a file, with imports of the last weeks."""
    window = read(stage, old_list(stage))
    window.shell.page()._go_to(2)
    window.shell.page().run_import()
    settle(stage, window)
    window.shell.page()._start_over()
    settle(stage, window)
    window.shell.page().talk.hush()
    return window


@scene("imports_locked")
def locked(stage: Stage) -> QWidget:
    """A workbook with a password."""
    path = stage.folder().parent / "co-mat-khau.xlsx"
    package = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + package + bytes(600))
    return read(stage, path)  # type: ignore[no-any-return]
