"""Scenes of lists and forms of other offices, on the invented register of the other pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock, sample, workbook
from ui.gallery.page_scenes import CHILDREN, SEED
from ui.gallery.quality_scenes import live, settled
from ui.gallery.scenes import Stage, scene

HEADS = ("STT", "Ho va ten", "Ngay sinh", "Gioi tinh", "Xom", "Lop")


def roll(stage: Stage) -> Path:
    """Return a school roll: most children as here, some otherwise, some new, one like one of ours."""
    path = stage.folder().parent / "hoc-sinh.xlsx"
    rows = []
    for at, row in enumerate(sample.rows(CHILDREN, SEED, clock.today())):
        born = str(row.get("born") or "")
        if at % 5 == 4 or not 2011 <= int(born[:4] or 0) <= 2020:
            continue
        if at % 7 == 3:
            born = f"{born[:4]}-11-20"
        rows.append((row.get("full_name"), born, row.get("sex"), row.get("village"), f"{at % 5 + 1}A"))
    for row in list(sample.rows(40, SEED + 9, clock.today()))[::5]:
        rows.append((row.get("full_name"), row.get("born"), row.get("sex"), row.get("village"), "2B"))
    table = [(at, *row) for at, row in enumerate(rows, 1)]
    path.write_bytes(workbook.table_xlsx(HEADS, table, "", stamp="2026-10-06"))
    return path


def form(stage: Stage, name: str) -> Path:
    """Return one of the invented forms of superiors."""
    tools = str(Path(__file__).parents[2] / "tools")
    if tools not in sys.path:
        sys.path.append(tools)
    from superior_forms import FORMS

    path = stage.folder().parent / f"bieu-{name}.xlsx"
    path.write_bytes(FORMS[name]())
    return path


@scene("crosscheck_empty")
def crosscheck_empty(stage: Stage) -> QWidget:
    """Before a file is chosen."""
    window = live(stage, "crosscheck")
    window.shell.page().opened()  # now that the window is the active one
    return window


def checked(stage: Stage) -> Any:
    """Return the window at the heaps of a school roll."""
    window = live(stage, "crosscheck")
    window.shell.page().read(roll(stage))
    settled(stage, window)
    return window


@scene("crosscheck")
def crosscheck(stage: Stage) -> QWidget:
    """What differs, the first rows taken."""
    window = checked(stage)
    page = window.shell.page()
    page.heaps.show_tab("differ")
    page.heaps.focus_rows()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Down):
        QTest.keyClick(page.heaps.table, key)
    return window


@scene("crosscheck_there")
def crosscheck_there(stage: Stage) -> QWidget:
    """Rows that are only in the list."""
    window = checked(stage)
    page = window.shell.page()
    page._show_tab("there")
    QTest.keyClick(page.heaps.table, Qt.Key.Key_Space)
    return window


@scene("crosscheck_here")
def crosscheck_here(stage: Stage) -> QWidget:
    """Children the list lacks."""
    window = checked(stage)
    window.shell.page()._show_tab("here")
    return window


@scene("crosscheck_columns")
def crosscheck_columns(stage: Stage) -> QWidget:
    """The columns of the list."""
    window = checked(stage)
    window.shell.run("next_pane")
    stage.after(window.shell.page()._to_heaps)
    return window


@scene("superior_empty")
def superior_empty(stage: Stage) -> QWidget:
    """Before a form is chosen."""
    return live(stage, "superior_form")


def opened(stage: Stage, name: str) -> Any:
    """Return the window at a form."""
    window = live(stage, "superior_form")
    window.shell.page().read(form(stage, name))
    settled(stage, window)
    return window


@scene("superior")
def superior(stage: Stage) -> QWidget:
    """A list that was understood whole."""
    return opened(stage, "plain")


@scene("superior_hidden")
def superior_hidden(stage: Stage) -> QWidget:
    """Points to agree to."""
    return opened(stage, "hidden")


@scene("superior_figures")
def superior_figures(stage: Stage) -> QWidget:
    """A form of figures."""
    return opened(stage, "figures")


@scene("superior_saved")
def superior_saved(stage: Stage) -> QWidget:
    """A form that was filled."""
    window = opened(stage, "grouped")
    window.shell.run("primary")
    settled(stage, window)
    return window


@scene("superior_refused")
def superior_refused(stage: Stage) -> QWidget:
    """A form that cannot be filled."""
    return opened(stage, "merged")
