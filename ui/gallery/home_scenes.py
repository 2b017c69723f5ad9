"""Scenes of households, the decision on poor ones, absences, villages and the directory, on an invented register."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock, sample, workbook
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.desk.homes import POOR
from ui.gallery.page_scenes import filled, page
from ui.gallery.quality_scenes import live, settled
from ui.gallery.scenes import Stage, scene


def people(desk: Desk) -> None:
    """Write heads, contacts, absences, an old village and the classes of last year; names are those of the sample."""
    if desk.all_rows("contact"):
        return
    today = clock.today()
    names = list(dict.fromkeys(str(row["mother_name"]) for row in sample.rows(90, 3, today) if row.get("mother_name")))
    villages = list(desk.village_names())
    for number, village in enumerate(villages[:7]):
        desk.save("contact", {"name": names[number], "role": "village_head", "village": village,
                              "phone": f"09123456{number:02d}", "from": "2025-07"})  # fmt: skip
    for number, role in enumerate(("police", "border_post", "health_station", "school", "legal_aid")):
        label = catalogue().lists["contact_role"].label(role)
        desk.save("contact", {"name": names[10 + number], "role": role, "organisation": label,
                              "phone": f"02063870{number:03d}"})  # fmt: skip
    desk.save("collaborator", {"name": names[20], "village": villages[0], "phone": "0987654321"})
    position = catalogue().lists["contact_role"].label("leader")
    desk.save("signer", {"full_name": names[21], "position": position, "from": "2025-07"})
    for row in desk.all_rows("household_class")[::2]:
        desk.save("household_class", {"year": today.year - 1}, str(row["id"]))
    far = catalogue().units.current(today)
    away = [row.id for row in desk.children() if row.here][3:40:6]
    desk.go_away(away[:4], {"from": f"{today.year}-02", "place": far[0].name, "with_whom": "parents",
                            "reason": "parents_work", "expected_back": f"{today.year}-06"})  # fmt: skip
    desk.go_away(away[4:], {"from": f"{today.year}-09", "place": far[1].name, "with_whom": "mother",
                            "expected_back": f"{today.year + 1}-02"})  # fmt: skip
    desk.look_after(villages[:3])
    old = catalogue().units.predecessors(desk.unit)[0].key
    desk.save("village", {"old_unit": old}, villages[2])


def peopled(stage: Stage) -> Any:
    """Return the window on a register with such people."""
    window = filled(stage)
    done: list[bool] = []
    window.jobs.run(people, lambda _: done.append(True), owner=window)
    stage.until(lambda: bool(done), 60)
    return window


def acted(stage: Stage, name: str, command: str) -> QWidget:
    """Return a page with one of its actions asked for."""
    peopled(stage)
    window = live(stage, name)
    window.shell.page().handlers()[command]()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("homes")
def homes(stage: Stage) -> QWidget:
    """The households, the class of each with its year."""
    peopled(stage)
    return page(stage, "homes")


@scene("homes_split")
def homes_split(stage: Stage) -> QWidget:
    """Children put into a household."""
    return acted(stage, "homes", "join_homes")


@scene("homes_edit")
def homes_edit(stage: Stage) -> QWidget:
    """A household edited, with its classes by year."""
    peopled(stage)
    window = live(stage, "homes", rows=True)
    window.shell.page().open_row()
    settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("villages")
def villages(stage: Stage) -> QWidget:
    """The villages."""
    peopled(stage)
    return page(stage, "villages")


@scene("villages_merge")
def villages_merge(stage: Stage) -> QWidget:
    """Villages being merged."""
    return acted(stage, "villages", "merge_villages")


@scene("away")
def away(stage: Stage) -> QWidget:
    """Children who are away; some should be back."""
    peopled(stage)
    return page(stage, "away")


@scene("away_back")
def away_back(stage: Stage) -> QWidget:
    """Those who are back, ticked."""
    return acted(stage, "away", "come_back")


@scene("directory")
def directory(stage: Stage) -> QWidget:
    """The directory."""
    peopled(stage)
    return page(stage, "directory")


def decided(stage: Stage, tab: str = "") -> QWidget:
    """Return the page of a decision read from a file made of the register: some lines misspelt, one twice."""
    window = peopled(stage)
    found: list[Any] = []
    window.jobs.run(lambda desk: desk.homes(clock.today().year), found.append, owner=window)
    stage.until(lambda: bool(found), 60)
    poor = [home for home in found[0] if home.level in POOR and home.shown]
    lists = catalogue().lists["household_class"]
    lines = list(dict.fromkeys((home.shown, home.village, lists.label(home.level)) for home in poor))
    lines = lines[: len(lines) * 3 // 4]
    lines = [(name.replace("ă", "a"), *rest) if number % 9 == 4 else (name, *rest)
             for number, (name, *rest) in enumerate(lines)]  # fmt: skip
    lines += [lines[0], *((name, poor[0].village, lists.label("poor")) for name, *_ in lines[5:12])]
    shape = catalogue().forms["household"]
    heads = [shape.field("head_name").label, shape.field("village").label, lists.title]
    folder = Path(tempfile.mkdtemp())
    (folder / "qd-ho-ngheo.xlsx").write_bytes(workbook.table_xlsx(heads, lines, lists.title))
    live(stage, "decision", file=folder / "qd-ho-ngheo.xlsx")
    if tab:
        window.shell.page()._go_tab(tab)
        settled(stage, window)
    return window  # type: ignore[no-any-return]


@scene("decision")
def decision(stage: Stage) -> QWidget:
    """Lines of a decision that somebody must decide."""
    return decided(stage)


@scene("decision_gone")
def decision_gone(stage: Stage) -> QWidget:
    """Households that a decision no longer names."""
    return decided(stage, "gone")


@scene("decision_start")
def decision_start(stage: Stage) -> QWidget:
    """Before a file was chosen."""
    peopled(stage)
    return page(stage, "decision")
