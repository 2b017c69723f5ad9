"""Scenes of rights: the window of who only looks, and of who records without the second permission."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock, desk
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from ui.gallery.case_scenes import NOW, prepare
from ui.gallery.page_scenes import filled
from ui.gallery.scenes import PASSWORD, Stage, scene


def _open_as(stage: Stage, window: Any, name: str) -> None:
    window.lock()
    stage.until(lambda: not window.jobs.is_busy(), 60)
    window.jobs.open(lambda: desk.unlock(stage.folder(), name, PASSWORD), lambda made: made,
                     lambda made: window.enter(made.role))  # fmt: skip
    stage.until(lambda: window.is_open() and not window.jobs.is_busy(), 60)


def _people(made: Desk) -> str:
    """Record the cases of the scenes and two more officers, named after their roles; returns who is there already."""
    prepare(made)
    roles = catalogue().lists["officer_role"]
    if not made.store.count("officer", '"role" IS NOT NULL'):
        made.save("officer", {"full_name": made.officer, "role": "approver", "sensitive": True, "from": "2026-01-01"})
        for role in ("viewer", "recorder"):
            made.add_officer(roles.label(role), PASSWORD, role=role)
    return made.officer


def _seen_by(stage: Stage, role: str, page: str, **details: Any) -> QWidget:
    """Show a page as an officer of a role sees it."""
    window = filled(stage)
    clock.set_fixed(NOW)
    found: list[str] = []
    window.jobs.run(_people, found.append)
    stage.until(lambda: bool(found), 60)
    _open_as(stage, window, catalogue().lists["officer_role"].label(role))
    if page == "child":
        ids: list[str] = []
        window.jobs.run(lambda made: ids.extend(one.id for one in made.children() if one.circumstances))
        stage.until(lambda: bool(ids), 60)
        details = {"id": ids[0]}
    window.shell.go(page, **details)
    stage.wait(400)
    stage.until(lambda: not window.jobs.is_busy(), 60)
    stage.after(lambda: (_open_as(stage, window, found[0]), clock.set_fixed(None)))
    return window


@scene("viewer_today")
def viewer_today(stage: Stage) -> QWidget:
    """The first page of who only looks: nothing to record, send or read in."""
    return _seen_by(stage, "viewer", "today")


@scene("viewer_child")
def viewer_child(stage: Stage) -> QWidget:
    """A child to who only looks."""
    return _seen_by(stage, "viewer", "child")


@scene("viewer_reports")
def viewer_reports(stage: Stage) -> QWidget:
    """Lists and reports to who only looks."""
    return _seen_by(stage, "viewer", "reports")


@scene("recorder_child")
def recorder_child(stage: Stage) -> QWidget:
    """A child of a case about abuse to who does not see it: like any other."""
    return _seen_by(stage, "recorder", "child")


@scene("recorder_cases")
def recorder_cases(stage: Stage) -> QWidget:
    """The list of cases to who does not see those about abuse."""
    return _seen_by(stage, "recorder", "cases")


@scene("recorder_incidents")
def recorder_incidents(stage: Stage) -> QWidget:
    """The list of incidents to who does not see those about abuse."""
    return _seen_by(stage, "recorder", "incidents")
