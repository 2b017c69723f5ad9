"""Scenes of keys and people: the officers, a new one, an end with its recovery sheet, the ways back at the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import desk
from cbdesk.desk import Desk
from cbdesk.groups import groups_of
from cbdesk.words import say
from ui.gallery.quality_scenes import live, settled
from ui.gallery.receiver_scenes import shown
from ui.gallery.scenes import PASSWORD, Stage, scene

SECOND, THIRD = "demo.officer_second", "demo.officer_third"


def peopled(made: Desk) -> None:
    """Give rights to invented officers."""
    if len(made.officers()) > 1:
        return
    by = say("demo.chairman")
    for name, role, sensitive in ((say(SECOND), "recorder", True), (say(THIRD), "viewer", False)):
        made.add_officer(name, PASSWORD, role=role, sensitive=sensitive, approved_by=by, approved_no="12/UBND-VHXH",
                         approved_on="2026-07-02", position=say("shell.office.commune"))  # fmt: skip


def officers_page(stage: Stage) -> Any:
    """Return the window on the page of officers, some of them there."""
    window = live(stage, "officers")
    done: list[bool] = []
    window.jobs.run(peopled, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    page = window.shell.page()
    while page.sheet is None and (page.layer is not None or page.act is not None) and page.leave():
        settled(stage, window)
    page.load()
    settled(stage, window)
    return window


def _on(window: Any, word: str) -> Any:
    page = window.shell.page()
    page.table.choose(say(word))
    return page


@scene("officers")
def officers(stage: Stage) -> QWidget:
    """Who works with the register."""
    window = officers_page(stage)
    _on(window, SECOND)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("officer_new")
def officer_new(stage: Stage) -> QWidget:
    """A new officer types a password that is guessed too easily; a proposal is shown."""
    window = officers_page(stage)
    page = window.shell.page()
    page.add_row()
    page.act.fields["name"].setText(say("demo.officer_receiver"))
    page.act.password.propose.click()
    page.act.password.first.setText("minhduc1990")
    settled(stage, window)
    page.side.ensureWidgetVisible(page.act.password.second)
    return window  # type: ignore[no-any-return]


@scene("officer_change")
def officer_change(stage: Stage) -> QWidget:
    """Other rights for somebody."""
    window = officers_page(stage)
    _on(window, SECOND).open_row()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("own_password")
def own_password(stage: Stage) -> QWidget:
    """One's own password."""
    window = officers_page(stage)
    page = window.shell.page()
    page.own_password()
    page.act.submit()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("officer_minutes")
def officer_minutes(stage: Stage) -> QWidget:
    """The minutes of a hand-over."""
    window = officers_page(stage)
    page = _on(window, SECOND)
    page.handlers()["officer_hand"]()
    page.act.submit()
    settled(stage, window)
    stage.until(lambda: page.layer is not None and page.layer.preview.canvas.isVisible(), 60)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("officer_end")
def officer_end(stage: Stage) -> QWidget:
    """An end, before it is done."""
    window = officers_page(stage)
    _on(window, THIRD).handlers()["officer_end"]()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("officer_ended")
def officer_ended(stage: Stage) -> QWidget:
    """The new recovery sheet after an end."""
    window = officers_page(stage)
    page = _on(window, THIRD)
    page.handlers()["officer_end"]()
    page.act.submit()
    settled(stage, window)
    stage.until(lambda: page.sheet is not None, 60)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


def handed(stage: Stage) -> Any:
    """Return the window on the hand-overs: a neighbour is known, one was given."""
    window = live(stage, "caseloads")
    out = Path(stage.folder().parent) / "neighbour"
    done: list[bool] = []

    def work(made: Desk) -> None:
        if out.exists():
            return
        other = desk.setup(out, role="commune", unit="01324", officer=say(THIRD), password=PASSWORD,
                           practice=True).desk  # fmt: skip
        made.enrol(other.card_bytes(), other.fingerprint, neighbour=True)
        other.enrol(made.card_bytes(), made.fingerprint, neighbour=True)
        stick = out.parent / "stick"
        stick.mkdir()
        village = next(iter(made.village_names()))
        for given in ([village], []):
            made.hand_caseload("01324", stick, given)
            if given:
                other.receive([stick])
                made.receive([stick])
        other.close()

    window.jobs.run(work, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 90)
    window.shell.page().load()
    settled(stage, window)
    return window


@scene("caseloads")
def caseloads(stage: Stage) -> QWidget:
    """One proved on both sides, one that waits."""
    window = handed(stage)
    page = window.shell.page()
    page.table.choose(page.table.rows()[-1].id)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("caseload_give")
def caseload_give(stage: Stage) -> QWidget:
    """What would go, counted before anything is written."""
    window = handed(stage)
    page = window.shell.page()
    page.add_row()
    page.act.ticks.toggle(1)
    settled(stage, window)
    stage.after(page.close_side)
    return window  # type: ignore[no-any-return]


@scene("rescue")
def rescue(stage: Stage) -> QWidget:
    """The receiver: a request chosen, its groups typed, the province's keys for two new holders."""
    window = shown(stage, "rescue")
    page = window.shell.page()
    page.take_request(Path("01321-reopen-request-0f3a91bc.cbr"))
    page.typed.spread(groups_of(bytes(range(40, 55))))
    page.keys.show_file(Path("province-keys.cbk"), (say("demo.second_person"), say("demo.chairman")))
    page.persons.names[0].setText(say("demo.second_person"))
    page.persons.passwords[0].first.setText("ben song cay to chim hot")
    page.persons.names[1].setFocus()
    settled(stage, window)
    return window  # type: ignore[no-any-return]
