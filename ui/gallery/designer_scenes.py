"""Scenes of lists put together, columns of the office, giving lists, on the invented register of the other pages."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk.catalogue import catalogue
from cbdesk.desk.designing import begun
from ui.gallery.quality_scenes import live, settled
from ui.gallery.report_scenes import ask
from ui.gallery.scenes import Stage, scene

ALT = Qt.KeyboardModifier.AltModifier


def _names(label: str) -> str:
    return str(catalogue().lists["gift_occasion"].label(label))


@scene("designer")
def designer(stage: Stage) -> QWidget:
    """A list of poor children, a village under its heading, the columns in hand."""
    window = live(stage, "designer", where={"household_class": ("poor", "near_poor")}, ages=(6, 15))
    page = window.shell.page()
    page.panel.grouped.setChecked(True)
    page.panel.title.setText(_names("warm_clothes"))
    page.panel.list.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(page.panel.list, key)
    stage.wait(500)
    settled(stage, window)
    stage.after(lambda: page._show_design(begun(), ""))
    return window  # type: ignore[no-any-return]


@scene("designer_new")
def designer_new(stage: Stage) -> QWidget:
    """The first moment."""
    window = live(stage, "designer", where={})
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("designer_menu")
def designer_menu(stage: Stage) -> QWidget:
    """What else can be done with a list."""
    window: Any = live(stage, "designer", where={})
    ask(stage, window, lambda desk: desk.designs())
    window.shell.page().panel.open_columns()
    stage.wait(200)
    return window  # type: ignore[no-any-return]


def giving(desk: Any) -> tuple[str, str]:
    """Make a list of gifts and one of a disaster, once; returns their ids."""
    known = {str(row["kind"]): str(row["id"]) for row in desk.handouts()}
    if len(known) == 2:
        return known["gift"], known["event"]
    size = desk.save("extra_field", {"label": _names("warm_clothes"), "kind": "choice", "choices": "110\n120\n130"}).id
    lists = catalogue().lists
    day, giver = "2026-09-24", desk.unit_name
    gift = desk.save("handout", {"kind": "gift", "title": _names("mid_autumn"), "occasion": "mid_autumn", "on": day,
                                 "giver": giver, "value": 150_000, "columns": [size]}).id  # fmt: skip
    where = {"household_class": ["poor"]}
    fits = desk.handout_choices(gift, where, (6, 15))
    other = desk.save("handout", {"kind": "gift", "title": _names("children_day"), "occasion": "mid_autumn", "on": day,
                                  "giver": giver}).id  # fmt: skip
    desk.choose(other, [one.child for one in fits[2:6]])
    desk.choose(gift, [one.child for one in fits[:34]], how="criteria", where=where, ages=(6, 15))
    villages = list(dict.fromkeys(one.village for one in fits))
    desk.set_quotas(gift, {village: 4 + n % 5 for n, village in enumerate(villages)})
    made = desk.handout(gift)
    desk.tick(gift, [str(one.line["id"]) for one in made.lines[:20]])
    desk.set_extra(made.lines[0].child, made.columns[0].code, "120")
    event = desk.save("handout", {"kind": "event", "title": lists["disaster_kind"].label("flood"), "disaster": "flood",
                                  "on": "2026-10-09", "giver": giver}).id  # fmt: skip
    struck = desk.handout_choices(event, {"village": villages[:2]})
    desk.choose(event, [one.child for one in struck], how="criteria", where={"village": villages[:2]})
    for n, one in enumerate(desk.handout(event).lines):
        harm = ["house_flooded", "food"] if n % 3 else ["house_damaged", "moved_out", "school_things"]
        desk.save("handout_line", {"harm": harm, "needs": ["food", "clothes"][: 1 + n % 2]}, str(one.line["id"]))
    desk.void(other, "x")
    desk.undo(desk.choose(gift, [fits[-1].child]).batch)
    return str(gift), str(event)


def given(stage: Stage, which: int, tab: str) -> Any:
    """Return the window on a giving list."""
    window: Any = live(stage, "handouts")
    record = ask(stage, window, giving)[which]
    window.shell.go("handout", id=record)
    settled(stage, window)
    window.shell.page()._to_tab(tab)
    settled(stage, window)
    return window


@scene("handouts")
def handouts(stage: Stage) -> QWidget:
    """The giving lists."""
    window: Any = live(stage, "handouts")
    ask(stage, window, giving)
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("handout_choose")
def handout_choose(stage: Stage) -> QWidget:
    """Children chosen by conditions, against the quotas of villages."""
    window = given(stage, 0, "choose")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(window.shell.page().table, key)
    return window  # type: ignore[no-any-return]


@scene("handout_lines")
def handout_lines(stage: Stage) -> QWidget:
    """Who received, and one line open."""
    window = given(stage, 0, "lines")
    QTest.keyClick(window.shell.page().list, Qt.Key.Key_Return)
    settled(stage, window)
    stage.after(lambda: window.shell.page().leave())
    return window  # type: ignore[no-any-return]


@scene("handout_paper")
def handout_paper(stage: Stage) -> QWidget:
    """The list to sign."""
    return given(stage, 0, "paper")  # type: ignore[no-any-return]


@scene("handout_facts")
def handout_facts(stage: Stage) -> QWidget:
    """What the list is."""
    return given(stage, 0, "facts")  # type: ignore[no-any-return]


@scene("handout_event")
def handout_event(stage: Stage) -> QWidget:
    """A flood: harm and needs of each child, one line open."""
    window = given(stage, 1, "lines")
    QTest.keyClick(window.shell.page().struck, Qt.Key.Key_Return)
    settled(stage, window)
    stage.after(lambda: window.shell.page().leave())
    return window  # type: ignore[no-any-return]


@scene("handout_event_paper")
def handout_event_paper(stage: Stage) -> QWidget:
    """The list of a flood."""
    return given(stage, 1, "paper")  # type: ignore[no-any-return]


@scene("extras")
def extras(stage: Stage) -> QWidget:
    """Columns of the office."""
    window: Any = live(stage, "handouts")
    ask(stage, window, giving)
    window.shell.go("extras")
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("child_extras")
def child_extras(stage: Stage) -> QWidget:
    """The columns of the office on a child's page."""
    window: Any = live(stage, "handouts")
    gift = ask(stage, window, giving)[0]
    child = ask(stage, window, lambda desk: desk.handout(gift).lines[0].child)
    window.shell.go("child", id=child)
    settled(stage, window)
    return window  # type: ignore[no-any-return]
