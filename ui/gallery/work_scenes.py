"""Scenes of the work for many and of support: a year of an invented commune."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock, sample
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from ui.gallery.page_scenes import filled, page
from ui.gallery.scenes import Stage, scene

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364f8ff1f0002050201d2"
    "d6d52f0000000049454e44ae426082"
)


def work(desk: Desk) -> None:
    """Write a year of work; words are those of the lists and the sample."""
    if desk.all_rows("activity"):
        return
    today, lists = clock.today(), catalogue().lists
    day = lambda back: (today - timedelta(days=back)).isoformat()  # noqa: E731
    villages = list(desk.village_names())
    words = lambda name, code: lists[name].label(code)  # noqa: E731
    plan = desk.save("yearly_plan", {"year": today.year, "number": "12/KH-UBND", "issued_on": f"{today.year}-01-15",
                                     "title": catalogue().forms["yearly_plan"].title}).id  # fmt: skip
    money = desk.save("budget", {"year": today.year, "name": words("activity_kind", "communication"),
                                 "amount": 45_000_000, "money": "commune"}).id  # fmt: skip
    desk.save("budget", {"year": today.year, "name": words("activity_kind", "swim_class"), "amount": 10_000_000,
                         "money": "commune"})  # fmt: skip
    items = [
        desk.save("plan_item", {"yearly_plan": plan, "order": at, "what": words("activity_kind", kind),
                                "target": target, "unit": unit, "measure": measure, "budget": money, "cost": cost,
                                "due": due}).id
        for at, (kind, target, unit, measure, cost, due) in enumerate((
            ("communication", 2, lists["activity_kind"].choices[0].short.lower(), "activities", 12_000_000, day(20)),
            ("swim_class", 120, "", "children", 24_000_000, day(40)),
            ("forum", 1, "", "activities", 6_000_000, day(-40))), 1)
    ]  # fmt: skip
    for at, (kind, back, long, children, carers, cost, item) in enumerate((
        ("communication", 200, 0, 160, 85, 3_500_000, 0), ("communication", 120, 0, 210, 140, 4_200_000, 0),
        ("swim_class", 110, 18, 42, 0, 12_000_000, 1), ("event", 130, 30, 640, 210, 15_400_000, None),
        ("training", 90, 1, 0, 0, 6_800_000, None), ("event", 24, 0, 580, 120, 18_000_000, None),
        ("inspection", 12, 0, 0, 0, None, None), ("skill_class", 60, 2, 75, 4, 2_100_000, 1))):  # fmt: skip
        first = today - timedelta(days=back)
        saved = desk.save("activity", {
            "kind": kind, "title": words("activity_kind", kind), "from": first.isoformat(),
            "to": (first + timedelta(days=long)).isoformat() if long else None, "village": villages[at % len(villages)],
            "children": children or None, "girls": children * 47 // 100 or None, "carers": carers or None,
            "staff": 14 if kind == "training" else None, "collaborators": 9 if kind == "training" else None,
            "cost": cost, "money": "commune", "plan_item": items[item] if item is not None else None,
        })  # fmt: skip
        if at % 3 == 0 and saved.id:
            desk.attach_bytes(saved.id, PNG, {"title": lists["attachment_kind"].label("photo"), "kind": "photo"})
    names = list(dict.fromkeys(str(row["mother_name"]) for row in sample.rows(60, 5, today) if row.get("mother_name")))
    for at, (name, village) in enumerate(zip(names[:6], villages, strict=False)):
        desk.save("collaborator", {"name": name, "village": village, "phone": f"09123456{at}8",
                                   "position": lists["team_role"].choices[0].label, "from": day(700),
                                   "trained_on": day(90) if at % 2 else None, "to": day(30) if at == 5 else None})
    for at, choice in enumerate(lists["model_kind"].choices[:3]):
        desk.save("model", {"kind": choice.code, "name": choice.short, "village": villages[at], "number": at * 4 + 1,
                            "from": day(500), "state": lists["model_state"].choices[0].code})  # fmt: skip
    for at, choice in enumerate((*lists["water_place"].choices[:3], lists["water_place"].choices[0])):
        use = "teaching" if at == 3 else lists["swim_use"].choices[-1].code
        desk.save("swim_place", {"name": choice.label, "use": use, "water": choice.code, "village": villages[at],
                                 "signs": "yes" if at else "no",
                                 "instructor": "yes" if at == 3 else None, "checked_on": day(40 + at)})  # fmt: skip


def funded(desk: Desk) -> None:
    """Write entries of the children's fund."""
    if desk.all_rows("fund_entry"):
        return
    today, lists = clock.today(), catalogue().lists
    first = date(today.year, 1, 12)
    children = [row.id for row in desk.children() if row.circumstances][:3]
    office = catalogue().units.label(str(desk.unit.code))
    desk.save("fund_entry", {"direction": "in", "on": f"{today.year - 1}-12-20", "amount": 18_500_000, "party": office,
                             "purpose": lists["fund_direction"].label("in"), "document_no": "PT-118"})  # fmt: skip
    desk.save("fund_entry", {"direction": "in", "on": first.isoformat(), "amount": 6_000_000, "party": office,
                             "purpose": lists["fund_direction"].label("in"), "document_no": "PT-03"})  # fmt: skip
    gifts = desk.save("fund_entry", {"direction": "out", "on": (first + timedelta(days=20)).isoformat(),
                                     "amount": 1_500_000, "party": lists["support_kind"].label("gift"),
                                     "purpose": lists["gift_occasion"].choices[0].label, "occasion":
                                     lists["gift_occasion"].choices[0].code, "document_no": "PC-01"}).id  # fmt: skip
    for child in children:
        desk.save("support", {"child": child, "kind": "gift", "amount": 500_000, "fund_entry": gifts,
                              "occasion": lists["gift_occasion"].choices[0].code,
                              "from": (first + timedelta(days=20)).isoformat()})  # fmt: skip
    grant = lists["support_kind"].label("scholarship")
    desk.save("fund_entry", {"direction": "out", "on": (today - timedelta(days=6)).isoformat(), "amount": 2_000_000,
                             "party": grant, "child": children[0], "purpose": grant, "document_no": "PC-09"})


def worked(stage: Stage) -> Any:
    """Return the window on a register with a year of work."""
    window = filled(stage)
    done: list[bool] = []
    window.jobs.run(lambda desk: (work(desk), funded(desk)), lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    return window


def _at(stage: Stage, name: str, part: str) -> Any:
    window = worked(stage)
    page(stage, name, part=part)
    window.show()
    window.activateWindow()
    stage.until(lambda: stage.app.focusWidget() is not None)
    return window


@scene("activities")
def activities(stage: Stage) -> QWidget:
    """The activities of the year."""
    return _at(stage, "activities", "activity")  # type: ignore[no-any-return]


@scene("activities_edit")
def activities_edit(stage: Stage) -> QWidget:
    """An activity opened, with its photo."""
    window = _at(stage, "activities", "activity")
    table = window.shell.page().tables["activity"]
    table.edit(next(row for row in table.rows if row["id"] in window.shell.page()._year().files))
    stage.wait(400)
    stage.after(table.close_panel)
    return window  # type: ignore[no-any-return]


@scene("activities_network")
def activities_network(stage: Stage) -> QWidget:
    """The collaborators."""
    return _at(stage, "activities", "collaborator")  # type: ignore[no-any-return]


@scene("activities_models")
def activities_models(stage: Stage) -> QWidget:
    """The models."""
    return _at(stage, "activities", "model")  # type: ignore[no-any-return]


@scene("activities_water")
def activities_water(stage: Stage) -> QWidget:
    """Places to swim."""
    return _at(stage, "activities", "swim_place")  # type: ignore[no-any-return]


@scene("activities_plan")
def activities_plan(stage: Stage) -> QWidget:
    """The plan of the year with its money."""
    return _at(stage, "activities", "plan")  # type: ignore[no-any-return]


@scene("activities_counts")
def activities_counts(stage: Stage) -> QWidget:
    """The figures only people know."""
    return _at(stage, "activities", "count")  # type: ignore[no-any-return]


@scene("activities_empty")
def activities_empty(stage: Stage) -> QWidget:
    """A year nothing was written of."""
    worked(stage)
    return page(stage, "activities", part="activity", year=clock.today().year + 1)


@scene("support")
def support(stage: Stage) -> QWidget:
    """Who may be entitled, before the office confirmed the table."""
    return _at(stage, "support", "allowance")  # type: ignore[no-any-return]


@scene("support_unsure")
def support_unsure(stage: Stage) -> QWidget:
    """What must be looked at first, and why."""
    return _at(stage, "support", "unsure")  # type: ignore[no-any-return]


@scene("support_cards")
def support_cards(stage: Stage) -> QWidget:
    """Insurance cards of the youngest."""
    return _at(stage, "support", "card")  # type: ignore[no-any-return]


@scene("support_ends")
def support_ends(stage: Stage) -> QWidget:
    """An empty group."""
    return _at(stage, "support", "ends")  # type: ignore[no-any-return]


@scene("support_confirm")
def support_confirm(stage: Stage) -> QWidget:
    """The table of allowances, to be compared with the text of the law."""
    window = _at(stage, "support", "allowance")
    window.shell.page()._confirm()
    stage.wait(300)
    stage.after(window.shell.page().leave)
    return window  # type: ignore[no-any-return]


@scene("support_confirmed")
def support_confirmed(stage: Stage) -> QWidget:
    """One category, once the table is confirmed: amounts stand there."""
    window = worked(stage)
    done: list[bool] = []
    window.jobs.run(lambda desk: desk.table_state("allowance").confirmed or desk.confirm_table(
        "allowance", catalogue().lists["benefit"].source.split(" (")[0]), lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 20)
    return _at(stage, "support", "allowance")  # type: ignore[no-any-return]


@scene("support_add")
def support_add(stage: Stage) -> QWidget:
    """A support written from a hint."""
    window = _at(stage, "support", "allowance")
    window.shell.page().pane.focus_list()
    window.shell.page()._add()
    stage.wait(300)
    stage.after(window.shell.page().leave)
    return window  # type: ignore[no-any-return]


@scene("support_fund")
def support_fund(stage: Stage) -> QWidget:
    """The children's fund."""
    return _at(stage, "support", "fund_entry")  # type: ignore[no-any-return]


def _child(stage: Stage, kind: str) -> Any:
    """Open a child that may be entitled, at its support, and write a support of a kind."""
    window = worked(stage)
    found: list[str] = []
    window.jobs.run(lambda desk: desk.benefit_hints()[0].child, found.append, owner=window)
    stage.until(lambda: bool(found), 20)
    page(stage, "child", id=found[0], section="support")
    window.show()
    window.activateWindow()
    stage.wait(200)
    table = window.shell.page()._tables["support"]
    table.add()
    table.view.set_typed("kind", catalogue().lists["support_kind"].label(kind))
    stage.wait(300)
    stage.after(table.close_panel)
    return window


@scene("child_gift")
def child_gift(stage: Stage) -> QWidget:
    """A gift on the child's page, under what the child may be entitled to."""
    return _child(stage, "gift")  # type: ignore[no-any-return]


@scene("child_scholarship")
def child_scholarship(stage: Stage) -> QWidget:
    """A scholarship on the child's page."""
    return _child(stage, "scholarship")  # type: ignore[no-any-return]
