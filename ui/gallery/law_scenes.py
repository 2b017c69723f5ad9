"""Scenes of the pages of the law: requests, what was given to whom, extracts, keeping, an erasure, a lost device."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QScrollArea, QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from ui.gallery.page_scenes import filled
from ui.gallery.quality_scenes import live, settled
from ui.gallery.scenes import Stage, scene


def asked(desk: Desk) -> None:
    """Write invented requests, disclosures, terms and a lost device."""
    if desk.requests():
        return
    today, children = clock.today(), [row for row in desk.children() if row.here]
    for number, (kind, days) in enumerate((("view", 1), ("correct", 8), ("delete", 25), ("withdraw", 12))):
        child = children[number * 7]
        people = desk.rows_of("carer", child.id)
        data = {"kind": kind, "child": child.id, "received_on": (today - timedelta(days=days)).isoformat(),
                "asker": str(people[0]["full_name"]) if people else child.name, "relation": "mother"}  # fmt: skip
        saved = desk.save("data_request", data)
        if kind == "correct" and saved.id:
            desk.first_answer(saved.id)
        if kind == "withdraw" and saved.id:
            desk.answer_request(saved.id, "done")
        if kind == "view" and people:
            desk.save("carer", {"restricted": True}, str(people[0]["id"]))
    kinds, what = catalogue().lists["recipient"], catalogue().forms["child"].sections[0].title
    for number, (kind, purpose) in enumerate((("police", "investigate"), ("school", "protect"), ("union", "benefit"))):
        desk.disclose([children[number].id], kind=kind, recipient=kinds.label(kind), purpose=purpose, way="paper",
                      what=what, paper_no=f"{40 + number}/UBND-VHXH")  # fmt: skip
    desk.set_retention("child_left", 1, kinds.source)
    for row in children[30:33]:
        desk.save("child", {"life_status": "left", "status_since": f"{today.year - 2}-03-01"}, row.id)
    desk.report_loss({"detected_at": (clock.now() - timedelta(hours=20)).strftime("%Y-%m-%dT%H:%M")})


def told(stage: Stage, name: str, **details: Any) -> Any:
    """Return the window on a page of the law."""
    window = filled(stage)
    done: list[bool] = []
    window.jobs.run(asked, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    return live(stage, name, **details)


@scene("requests")
def requests(stage: Stage) -> QWidget:
    """The requests, one whose asker is kept from the file."""
    return told(stage, "requests")  # type: ignore[no-any-return]


@scene("request_answer")
def request_answer(stage: Stage) -> QWidget:
    """A request being answered."""
    window = told(stage, "requests")
    window.shell.page().handlers()["law_answer"]()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("request_new")
def request_new(stage: Stage) -> QWidget:
    """A request taken down."""
    window = told(stage, "requests")
    window.shell.page().add_row()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("given")
def given(stage: Stage) -> QWidget:
    """What was given to whom."""
    return told(stage, "given")  # type: ignore[no-any-return]


@scene("given_add")
def given_add(stage: Stage) -> QWidget:
    """A disclosure written by hand."""
    window = told(stage, "given")
    window.shell.page().add_row()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("extracts")
def extracts(stage: Stage) -> QWidget:
    """An extract before it goes."""
    window = told(stage, "extracts")
    window.shell.page().handlers()["save"]()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("extracts_empty")
def extracts_empty(stage: Stage) -> QWidget:
    """Nothing chosen yet."""
    return told(stage, "extracts")  # type: ignore[no-any-return]


@scene("keeping")
def keeping(stage: Stage) -> QWidget:
    """Files whose term is over, and the terms."""
    return told(stage, "keeping")  # type: ignore[no-any-return]


@scene("erasure")
def erasure(stage: Stage) -> QWidget:
    """The minutes of an erasure before it is done."""
    window = told(stage, "keeping")
    window.shell.page().handlers()["law_erase"]()
    settled(stage, window)
    page = window.shell.page()
    page.reason.setText(catalogue().lists["erasure_ground"].label("term"))
    page.handlers()["save"]()
    settled(stage, window)
    stage.until(lambda: page.view.count() > 0, 60)
    return window  # type: ignore[no-any-return]


@scene("losses")
def losses(stage: Stage) -> QWidget:
    """A lost device and the clock of 72 hours."""
    return told(stage, "losses")  # type: ignore[no-any-return]


@scene("losses_paper")
def losses_paper(stage: Stage) -> QWidget:
    """The notice of a lost device."""
    window = told(stage, "losses")
    page = window.shell.page()
    page.handlers()["print"]()
    settled(stage, window)
    stage.until(lambda: page.layer is not None and page.layer.view.count() > 0, 60)
    return window  # type: ignore[no-any-return]


def agreed(desk: Desk) -> str:
    """Write invented consents of one child; returns its id."""
    child = next(row.id for row in desk.children() if row.here and row.born and row.born < "2018")
    if not desk.consents(child):
        people = desk.rows_of("carer", child)
        by = str(people[0]["full_name"]) if people else desk.officer
        for purpose, day, more in (("publish", "2026-10-05", {"child_asked": True}), ("charity", "2021-03-01", {})):
            data = {"child": child, "purpose_code": purpose, "given": "given", "by": by, "on": day, **more}
            desk.save("consent", data)
        if people:
            desk.save("carer", {"restricted": True}, str(people[-1]["id"]))
    return child


def of_child(stage: Stage, name: str, key: str) -> Any:
    """Return the window on a page about such a child."""
    window = told(stage, "today")
    found: list[str] = []
    window.jobs.run(agreed, found.append, owner=window)
    stage.until(lambda: bool(found), 60)
    window.shell.go(name, **{key: found[0]})
    settled(stage, window)
    return window


@scene("consents")
def consents(stage: Stage) -> QWidget:
    """The consents of a child, one that must be asked again."""
    return of_child(stage, "consents", "child")  # type: ignore[no-any-return]


@scene("child_privacy")
def child_privacy(stage: Stage) -> QWidget:
    """A child whose file is kept from somebody."""
    window = of_child(stage, "child", "id")
    side = window.shell.page()._side
    for area in side.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    settled(stage, window)
    return window  # type: ignore[no-any-return]
