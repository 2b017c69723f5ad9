"""Scenes of the duties of Article 53, the standing team and alternative care, on an invented register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock, letterhead, sample
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from ui.gallery.page_scenes import filled, page
from ui.gallery.scenes import Stage, scene


def work(desk: Desk) -> None:
    """Record a month of work, a team and a few placements; names and words are those of the sample and the lists."""
    if desk.all_rows("duty"):
        return
    today, duties = clock.today(), catalogue().lists["duty"]
    day = lambda back: (today - timedelta(days=back)).isoformat()  # noqa: E731
    names = list(dict.fromkeys(str(row["mother_name"]) for row in sample.rows(60, 3, today) if row.get("mother_name")))
    children = [row.id for row in desk.children() if row.circumstances][:4]
    case = desk.open_case(children[0], {"kind": "abused", "received_at": f"{day(2)}T08:20"}).id
    desk.save("assessment", {"case": case, "kind": "initial", "made_on": f"{day(2)}T10:00"})
    desk.save("duty", {"on": day(0), "duty": "teach", "text": duties.label("teach"), "people": 42})
    desk.save("duty", {"on": day(1), "duty": "guide", "child": children[1], "text": duties.label("guide")})
    desk.save("care_need", {"child": children[2], "why": "orphan", "from": day(90), "wanted": "relative"})
    carers = [
        desk.save("carer_offer", {"full_name": name, "phone": phone, "listed_on": listed, "checked_on": checked}).id
        for name, phone, listed, checked in (
            (names[0], "0912345678", day(400), day(200)), (names[1], "0987654321", day(60), None))
    ]  # fmt: skip
    first = desk.save("placement", {"child": children[0], "form": "relative", "carer_name": names[2],
                                    "from": day(230)}).id  # fmt: skip
    desk.save("placement", {"child": children[3], "form": "not_relative", "carer": carers[0], "from": day(170)})
    desk.save("placement_review", {"placement": first, "on": day(190), "by": desk.officer, "finding": "safe"})
    titles = [str(one["position"]) for one in letterhead.patterns()["signer"].values()]
    members = zip(names[3:6], ("head", "standing", "member"), titles[1:], strict=False)
    for name, role, position in members:
        desk.save("team_member", {"name": name, "role": role, "position": position, "decision_no": "25/UBND",
                                  "from": day(300)})  # fmt: skip
    desk.save("team_meeting", {"on": f"{day(9)}T14:00", "place": desk.unit.name, "chair": names[3],
                               "conclusion": duties.label("care")})  # fmt: skip


def worked(stage: Stage) -> Any:
    """Return the window on a register with such work."""
    window = filled(stage)
    done: list[bool] = []
    window.jobs.run(work, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    return window


@scene("duties")
def duties(stage: Stage) -> QWidget:
    """What was done this month."""
    worked(stage)
    return page(stage, "duties")


@scene("duties_note")
def duties_note(stage: Stage) -> QWidget:
    """The quick note, one line."""
    window = worked(stage)
    page(stage, "duties")
    window.shell.page()._new()
    stage.wait(300)
    return window  # type: ignore[no-any-return]


@scene("duties_report")
def duties_report(stage: Stage) -> QWidget:
    """The proof of work as it will be printed."""
    window = worked(stage)
    page(stage, "duties")
    window.shell.page()._paper()
    stage.wait(300)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(400)
    return window  # type: ignore[no-any-return]


@scene("team")
def team(stage: Stage) -> QWidget:
    """The standing team."""
    worked(stage)
    return page(stage, "team")


@scene("care")
def care(stage: Stage) -> QWidget:
    """Alternative care: the lists, with what is due."""
    worked(stage)
    return page(stage, "care")


@scene("care_edit")
def care_edit(stage: Stage) -> QWidget:
    """A placement evaluated in place."""
    window = worked(stage)
    page(stage, "care")
    window.show()
    window.activateWindow()
    stage.until(lambda: stage.app.focusWidget() is not None)
    window.shell.page().go_list("placement")
    window.shell.page()._evaluate()
    stage.wait(400)
    return window  # type: ignore[no-any-return]


@scene("care_papers")
def care_papers(stage: Stage) -> QWidget:
    """The papers of a placement."""
    window = worked(stage)
    page(stage, "care")
    window.show()
    window.activateWindow()
    stage.until(lambda: stage.app.focusWidget() is not None)
    window.shell.page().go_list("placement")
    window.shell.page()._papers()
    stage.wait(300)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.wait(400)
    return window  # type: ignore[no-any-return]


@scene("care_empty")
def care_empty(stage: Stage) -> QWidget:
    """Alternative care before anything was written."""
    return page(stage, "care")


@scene("duties_empty")
def duties_empty(stage: Stage) -> QWidget:
    """A month without any work."""
    return page(stage, "duties", period="2025-01")


@scene("care_add")
def care_add(stage: Stage) -> QWidget:
    """A placement being written."""
    window = worked(stage)
    page(stage, "care")
    window.show()
    window.activateWindow()
    stage.until(lambda: stage.app.focusWidget() is not None)
    window.shell.page().go_list("placement")
    window.shell.page()._add()
    stage.wait(400)
    return window  # type: ignore[no-any-return]
