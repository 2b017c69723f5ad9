"""Scenes of cases: the list, and one case in its steps and states, on invented children."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock
from cbdesk.desk import Desk
from ui.gallery.page_scenes import filled
from ui.gallery.scenes import Stage, scene

RECEIVED = "2026-10-05T09:20"
NOW = "2026-10-12T08:12:40"
_made: dict[str, str] = {}


def _settle(stage: Stage, window: Any) -> None:
    stage.wait(250)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(250)


def _child(desk: Desk, number: int) -> str:
    found = [row for row in desk.children() if row.circumstances]
    return found[number].id


def _open(desk: Desk, number: int, received: str, *, urgent: bool = False, no: str = "") -> str:
    child = _child(desk, number)
    incident = desk.save("incident", {"kind": "abuse", "child": [child], "received_at": received, "urgent": urgent,
                                      "forms_of_abuse": ["violence"]})  # fmt: skip
    case = str(desk.take_up(str(incident.id)).id)
    desk.save("case", {"number": no, "opened_on": received[:10], "incident_unit": desk.unit.key}, case)
    desk.save("suspect", {"incident": str(incident.id), "relation": "relative", "outcome": "open"})
    return case


def _to_plan(desk: Desk, case: str) -> None:
    desk.save("assessment", {"case": case, "kind": "initial", "round": 1, "made_on": "2026-10-05T14:05",
                             "made_by": desk.officer, "harm_severity": "medium", "harm_access": "low",
                             "protect_self": "low", "conclusion": "plan"})  # fmt: skip
    desk.finish_step(case, "initial", {"done_at": "2026-10-05T14:05"})
    desk.save("assessment", {"case": case, "kind": "detailed", "round": 1, "made_on": "2026-10-08T10:00",
                             "needs": ["health", "education", "welfare"]})  # fmt: skip
    desk.save("meeting", {"case": case, "round": 1, "on": "2026-10-08T14:00", "place": "UBND"})
    desk.finish_step(case, "detailed", {"done_at": "2026-10-08T16:30"})


def _planned(desk: Desk, case: str) -> None:
    desk.save("plan", {"case": case, "round": 1, "made_on": "2026-10-09", "review_on": "2027-01-14"})
    lines = (("health", "2026-10-31", 0), ("welfare", "2026-11-05", 810000), ("education", "2027-05-31", 0))
    for need, by_when, cost in lines:
        desk.save("measure", {"case": case, "round": 1, "need": need, "measure": _need(need), "by_when": by_when,
                              "cost": cost, "state": "planned"})  # fmt: skip


def _need(code: str) -> str:
    from cbdesk.catalogue import catalogue

    return catalogue().lists["need"].label(code)


def prepare(desk: Desk) -> None:
    """Record the cases of the scenes, once."""
    if _made:
        return
    _made["plan"] = case = _open(desk, 0, RECEIVED, no="HS-2026-014")
    _to_plan(desk, case)
    _planned(desk, case)
    _made["urgent"] = _open(desk, 1, "2026-10-12T05:40", urgent=True, no="HS-2026-015")
    _made["late"] = case = _open(desk, 2, "2026-09-21T10:00", no="HS-2026-011")
    desk.finish_step(case, "initial", {"done_at": "2026-09-21T15:00"})
    _made["apart"] = case = _open(desk, 3, "2026-10-01T22:10", urgent=True, no="HS-2026-013")
    _to_plan(desk, case)
    desk.save("decision", {"case": case, "round": 1, "kind": "separation", "number": "12", "date": "2026-10-02",
                           "from": "2026-10-02T08:00", "until": "2026-10-17"})  # fmt: skip
    desk.finish_step(case, "emergency", {"done_at": "2026-10-02T08:30", "paper_no": "12"})
    _made["review"] = case = _open(desk, 4, "2026-05-04T08:00", no="HS-2026-006")
    _through(desk, case)
    _made["closed"] = case = _open(desk, 5, "2026-03-02T08:00", no="HS-2026-002")
    _through(desk, case)
    desk.close_case(case, {"closed_on": "2026-06-15", "end": "safe", "end_note": "."})


def _through(desk: Desk, case: str) -> None:
    began = datetime.fromisoformat(str(desk.case(case).incidents[0]["received_at"]))
    for days, step in enumerate(("initial", "detailed", "plan", "approval", "carrying")):
        at = (began + timedelta(days=days)).isoformat(timespec="minutes")
        desk.finish_step(case, step, {"done_at": at})
    day = (began + timedelta(days=4)).date().isoformat()
    desk.save("plan", {"case": case, "round": 1, "made_on": day, "review_on": "2026-10-10"})
    if case != _made.get("closed"):
        desk.save("assessment", {"case": case, "kind": "review", "round": 1, "made_on": "2026-10-10T09:00",
                                 "conclusion": "new_plan"})  # fmt: skip
        desk.finish_step(case, "review", {"done_at": "2026-10-10T10:00"})


def case_page(stage: Stage, key: str, then: Callable[[Any, Any], None] | None = None, **details: Any) -> QWidget:
    """Return the window showing one of the cases."""
    clock.set_fixed(NOW)
    window = filled(stage)
    done: list[bool] = []
    window.jobs.run(prepare, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    window.show()
    window.shell.go("case" if key else "cases", **({"id": _made[key]} if key else {}), **details)
    _settle(stage, window)
    if then is not None:
        then(window, window.shell.page())
        _settle(stage, window)
    stage.after(lambda: clock.set_fixed(None))
    return window


@scene("cases")
def cases(stage: Stage) -> QWidget:
    """The list of cases."""
    return case_page(stage, "")


@scene("case")
def case(stage: Stage) -> QWidget:
    """A case whose plan is due today."""
    return case_page(stage, "plan")


@scene("case_assessment")
def case_assessment(stage: Stage) -> QWidget:
    """The two scored tables."""
    return case_page(stage, "late", step="initial")


@scene("case_urgent")
def case_urgent(stage: Stage) -> QWidget:
    """The hours of an emergency."""
    return case_page(stage, "urgent", step="emergency")


@scene("case_late")
def case_late(stage: Stage) -> QWidget:
    """A step that is overdue asks for the reason."""
    def down(_window: Any, page: Any) -> None:
        bar = page._scroller.verticalScrollBar()
        bar.setValue(bar.maximum())

    return case_page(stage, "late", down, step="detailed")


@scene("case_apart")
def case_apart(stage: Stage) -> QWidget:
    """A child kept apart."""
    return case_page(stage, "apart", step="emergency")


@scene("case_round")
def case_round(stage: Stage) -> QWidget:
    """The second plan of a case."""
    return case_page(stage, "review")


@scene("case_closed")
def case_closed(stage: Stage) -> QWidget:
    """A closed case is only shown."""
    return case_page(stage, "closed")


@scene("case_paper")
def case_paper(stage: Stage) -> QWidget:
    """A form of the step as it will be printed."""
    return case_page(stage, "plan", lambda window, _page: window.shell.run("print"))


@scene("case_row")
def case_row(stage: Stage) -> QWidget:
    """A measure being added."""
    return case_page(stage, "plan", lambda window, _page: window.shell.run("new_row"))


@scene("case_skip")
def case_skip(stage: Stage) -> QWidget:
    """A step that does not apply."""
    return case_page(stage, "late", lambda _window, page: page._skip.enter(), step="detailed")
