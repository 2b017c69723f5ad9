"""Scenes of lists and reports: the shelf, figures and what is behind them, papers in each state, what is added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock, life
from cbdesk.desk import Desk
from ui.gallery.page_scenes import fill
from ui.gallery.scenes import Stage, scene

CHILDREN, SEED, MONTHS = 320, 7, 14
TODAY = "2026-10-12T08:12:00"


def live(desk: Desk) -> None:
    """Let an invented office work for some months, unless the register is filled already."""
    if not desk.children():
        told = life.entries(CHILDREN, SEED, clock.today(), MONTHS, rate=3)
        desk.practise((one.at, one.form, one.key, one.row) for one in told)
    fill(desk)


def ask(stage: Stage, window: Any, op: Callable[[Desk], Any]) -> Any:
    """Ask the desk and wait for the answer."""
    found: list[Any] = []
    window.jobs.run(op, found.append, owner=window)
    stage.until(lambda: bool(found), 120)
    return found[0]


def settled(stage: Stage, window: Any) -> None:
    """Wait until nothing is at work."""
    for _ in range(4):
        stage.wait(120)
        stage.until(lambda: not window.jobs.is_busy(), 60)


def shown(stage: Stage, name: str, period: str = "2026-09", view: str = "figures") -> Any:
    """Return the window on a report."""
    clock.set_fixed(TODAY)
    window = stage.shell()
    ask(stage, window, lambda desk: live(desk) or True)
    window.prefs.put("reports", {"view": view})
    window.show()
    window.activateWindow()
    window.resize(*stage.size)
    window.shell.go("reports", list=name, period=period)
    settled(stage, window)
    return window


@scene("reports_figures")
def reports_figures(stage: Stage) -> QWidget:
    """A table of figures."""
    window: QWidget = shown(stage, "children")
    return window


@scene("reports_behind")
def reports_behind(stage: Stage) -> QWidget:
    """The children behind a figure."""
    window = shown(stage, "children")
    figures = window.shell.page().layers.figures
    figures.table.setFocus()
    QTest.keyClick(figures.table, Qt.Key.Key_Down)
    QTest.keyClick(figures.table, Qt.Key.Key_Return)
    settled(stage, window)
    made: QWidget = window
    return made


@scene("reports_guarded")
def reports_guarded(stage: Stage) -> QWidget:
    """A sensitive figure: names only after asking."""
    window = shown(stage, "abuse", "2026")
    figures = window.shell.page().layers.figures
    figures.table.setFocus()
    QTest.keyClick(figures.table, Qt.Key.Key_Return)
    settled(stage, window)
    made: QWidget = window
    return made


@scene("reports_page")
def reports_page(stage: Stage) -> QWidget:
    """The same report as it will be printed, for everybody."""
    window = shown(stage, "injury", "2026-Q3", "paper")
    window.shell.page().options.public.setChecked(True)
    settled(stage, window)
    stage.after(lambda: window.shell.page().options.public.setChecked(False))
    made: QWidget = window
    return made


@scene("reports_list")
def reports_list(stage: Stage) -> QWidget:
    """A list that is still a draft."""
    window: QWidget = shown(stage, "at_risk")
    return window


@scene("reports_signing")
def reports_signing(stage: Stage) -> QWidget:
    """A list that waits for its signature; number and date are being asked for."""
    window = shown(stage, "special", "2026-08")
    page = window.shell.page()
    page.bar.next.click()
    settled(stage, window)
    page.bar.next.click()
    settled(stage, window)
    window.shell.talk.hush()
    made: QWidget = window
    return made


@scene("reports_issued")
def reports_issued(stage: Stage) -> QWidget:
    """A list that was issued, and the register has changed since."""
    window = shown(stage, "special", "2026-07")

    def issue(desk: Desk) -> bool:
        if not desk.snapshots("special", "2026-07"):
            desk.snapshot("special", "2026-07", number="12/DS-UBND", issued_on="2026-08-03")
            row = next(one for one in desk.all_rows("circumstance") if not one.get("to"))
            desk.save("circumstance", {"to": "2026-07-20"}, str(row["id"]))
        return True

    ask(stage, window, issue)
    settled(stage, window)
    made: QWidget = window
    return made


@scene("reports_purpose")
def reports_purpose(stage: Stage) -> QWidget:
    """A list apart asks what it is for."""
    window = shown(stage, "special_restricted")
    window.shell.page().layers.purpose.field.setFocus()
    made: QWidget = window
    return made


@scene("reports_empty")
def reports_empty(stage: Stage) -> QWidget:
    """Nothing in the period."""
    window: QWidget = shown(stage, "drowning_list", "2026-10")
    return window


@scene("reports_find")
def reports_find(stage: Stage) -> QWidget:
    """The shelf narrowed by typing."""
    window = shown(stage, "children")
    page = window.shell.page()
    page.search.setFocus()
    QTest.keyClicks(page.search, "tre em khuyet")
    settled(stage, window)
    stage.after(page.search.clear)
    made: QWidget = window
    return made


@scene("reports_words")
def reports_words(stage: Stage) -> QWidget:
    """What people add to a report in words."""
    window: QWidget = shown(stage, "year", "2026", view="adding")
    return window


@scene("reports_expected")
def reports_expected(stage: Stage) -> QWidget:
    """Figures expected of the whole period beside those proposed."""
    window = shown(stage, "year", "2026", view="adding")
    adding = window.shell.page().layers.adding
    adding.verticalScrollBar().setValue(adding.verticalScrollBar().maximum())
    stage.wait(100)
    made: QWidget = window
    return made


@scene("reports_counts")
def reports_counts(stage: Stage) -> QWidget:
    """Figures only people know: those a report lacks, and one that is known."""
    window = shown(stage, "targets_2023", "2026", view="adding")
    adding = window.shell.page().layers.adding
    typed = next(iter(adding.counts.values()), None)
    if typed is not None:
        typed.inputs["value"].focus()
    made: QWidget = window
    return made


@scene("reports_table")
def reports_table(stage: Stage) -> QWidget:
    """A table with shares, parts and columns of other times."""
    window: QWidget = shown(stage, "targets_2023", "2026")
    return window


@scene("reports_waiting")
def reports_waiting(stage: Stage) -> QWidget:
    """A report that takes long: bars in its place, Esc stops it."""
    window = shown(stage, "children")
    page = window.shell.page()
    page._made = None
    page.bar.show_standing(None)
    page.layers.wait("figures", landscape=True)
    stage.wait(500)
    stage.after(page._reload)
    made: QWidget = window
    return made


@scene("today_figures")
def today_figures(stage: Stage) -> QWidget:
    """The morning with twelve months of figures."""
    window = shown(stage, "children")
    window.shell.go("today")
    settled(stage, window)
    made: QWidget = window
    return made
