"""Scenes of the urgent intake and of the day's work: what is due, an emergency, a report told late, papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock
from cbdesk.desk import Desk
from cbdesk.words import say
from ui.gallery.page_scenes import filled, page
from ui.gallery.scenes import Stage, scene


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def _settle(stage: Stage, window: Any) -> None:
    stage.wait(250)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(250)


def _ask(stage: Stage, window: Any, op: Callable[[Desk], Any]) -> Any:
    found: list[Any] = []
    window.jobs.run(op, found.append, owner=window)
    stage.until(lambda: bool(found), 60)
    return found[0]


def _work(desk: Desk) -> str:
    """Record four reports, take up three of them; returns the emergency."""
    known = [row for row in desk.incidents() if row.get("summary") == "gallery"]
    if known:
        return str(known[0]["id"])
    ids, now = [row.id for row in desk.children()][20:30], clock.now()

    def report(children: list[str], ago: timedelta, **data: Any) -> str:
        given = {"kind": "abuse", "child": children, "received_at": _at(now - ago), "summary": "gallery", **data}
        return str(desk.save("incident", given).id)

    old = report(ids[:1], timedelta(days=11), forms_of_abuse=["neglect"])
    new = report(ids[1:2], timedelta(days=4), forms_of_abuse=["violence"], suspect_relation="relative")
    report(ids[4:5], timedelta(days=1), kind="child_marriage", marriage_state="together")
    urgent = report(ids[2:4], timedelta(hours=2, minutes=32), forms_of_abuse=["violence"], suspect_relation="parent",
                    damage="high", urgent=True)  # fmt: skip
    for one in (old, new, urgent):
        desk.take_up(one)
    first, second = desk.cases(ids[0])[0].id, desk.cases(ids[1])[0].id
    desk.finish_step(first, "initial", {"done_at": _at(now - timedelta(days=10))})
    desk.finish_step(second, "initial", {"done_at": _at(now - timedelta(days=4))})
    desk.save("visit", {"case": second, "on": (now - timedelta(days=2)).date().isoformat(),
                        "next_on": now.date().isoformat()})  # fmt: skip
    return urgent


@scene("today_due")
def today_due(stage: Stage) -> QWidget:
    """Hôm nay with cases in all states."""
    window = filled(stage)
    _ask(stage, window, _work)
    return page(stage, "today")


def _type(window: Any, **answers: Any) -> Any:
    """Fill the intake as if it had been typed."""
    shown = window.shell.page()
    shown.tiles.choose_digit(answers.pop("digit"))
    for name, typed in answers.items():
        shown.form.set_typed(name, typed)
    return shown


@scene("incident_urgent")
def incident_urgent(stage: Stage) -> QWidget:
    """The intake while the telephone is still at the ear: abuse at home, an emergency, two checklists."""
    window = filled(stage)
    ids = _ask(stage, window, lambda desk: [row.id for row in desk.children()][3:5])
    page(stage, "incident", new=True)
    village = next(iter(_ask(stage, window, lambda desk: desk.village_names()).values()))
    received = clock.now() - timedelta(hours=2, minutes=32)
    shown = _type(window, digit=1, abuse_acts=["beating"], suspect_relation="step_parent", child=ids,
                  received_at=received.strftime("%H:%M %d/%m/%Y"), place=village, setting="family",
                  source="village_head", damage="high", urgent=True)  # fmt: skip
    shown.form.boxes["told_111_at"].input.box.click()
    shown.form.boxes["told_chairman_at"].input.box.click()
    _settle(stage, window)
    shown.form.boxes["summary"].focus()
    stage.wait(100)
    return window


@scene("incident_checks")
def incident_checks(stage: Stage) -> QWidget:
    """The checklists of the same report."""
    window: Any = incident_urgent(stage)
    shown = window.shell.page()
    window.shell.run("section_5")
    shown.checks.lines[0].box.click()
    stage.wait(200)
    return window


@scene("incident_recorded")
def incident_recorded(stage: Stage) -> QWidget:
    """Recorded: number, first step, cases and papers one key away."""
    window: Any = incident_urgent(stage)
    shown = window.shell.page()
    shown._save()
    _settle(stage, window)
    return window


@scene("incident_late")
def incident_late(stage: Stage) -> QWidget:
    """A report told the next day, in another commune."""
    window = filled(stage)
    page(stage, "incident", new=True)
    received = clock.now() - timedelta(hours=14)
    shown = _type(window, digit=8, marriage_state="together", heard_name=say("incident.unknown_child"), urgent=True,
                  received_at=received.strftime("%H:%M %d/%m/%Y"))  # fmt: skip
    shown.form.boxes["place"].focus()
    stage.wait(100)
    line = shown.form.boxes["place"].input.line
    line.setText("co ba")
    line.textEdited.emit("co ba")
    stage.wait(300)
    return window


@scene("incident_paper")
def incident_paper(stage: Stage) -> QWidget:
    """One of its papers, as it will be printed."""
    window: Any = incident_recorded(stage)
    window.shell.run("print")
    _settle(stage, window)
    return window


@scene("incident_known")
def incident_known(stage: Stage) -> QWidget:
    """A known incident with its case, two people said to have done it, one of them being written."""
    window = filled(stage)
    record = _ask(stage, window, _work)

    def add(desk: Desk) -> bool:
        if not desk.rows_of("suspect", record):
            name = desk.children()[40].name
            desk.save("suspect", {"incident": record, "name": name, "relation": "parent", "born": "1988",
                                  "outcome": "administrative"})  # fmt: skip
        return True

    _ask(stage, window, add)
    page(stage, "incident", id=record)
    window.shell.run("new_row")
    _settle(stage, window)
    return window


@scene("incidents_states")
def incidents_states(stage: Stage) -> QWidget:
    """The list of incidents: with and without a case, one whose hours run."""
    window = filled(stage)
    _ask(stage, window, _work)
    return page(stage, "incidents")
