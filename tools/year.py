"""One invented commune through January to December: ``python tools/year.py [FOLDER]``.

A small commune of 150 children and an officer who does what the calendar asks, with the verbs the window has: village
rounds and the two lists each month, children away over Tết, the reports of May and November, a flood, the new school
year, mid-autumn gifts, a form from above, the December decision, cards renewed. The papers are written into the folder
to be looked at; every step tells what it did in figures (a test holds them).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from openpyxl import Workbook
from superior_forms import FORMS

from cbdesk import clock, desk, sample
from cbdesk.desk import Desk
from cbdesk.desk.homes import Decision
from cbdesk.desk.seasons import DROPPED
from cbdesk.formcells import Who

CHILDREN, SEED, YEAR = 150, 11, 2026
POOR = ("poor", "near_poor")


class Step(NamedTuple):
    """One step of the year: its day, name, what came of it in figures, the files written, and how long it took."""

    day: str
    name: str
    told: dict[str, int]
    files: tuple[str, ...] = ()
    seconds: float = 0.0


class OneYear:
    """An officer's year with one register. ``papers`` are the months whose sheets and lists are put on paper."""

    def __init__(self, book: Desk, out: Path, papers: tuple[int, ...] = (1, 9, 12)) -> None:
        self.book, self.out, self._papers = book, out, papers
        self._by = random.Random(SEED)

    def steps(self) -> Iterator[Step]:
        """Work through the year, step by step."""
        yield self._step("01-05", "register", self._register)
        for month in range(1, 13):
            usual = [(6, "round", lambda month=month: self._round(month)),
                     (28, "lists", lambda month=month: self._lists(month))]  # fmt: skip
            for day, name, work in sorted([*usual, *self._of_month(month)], key=lambda one: one[0]):
                yield self._step(f"{month:02}-{day:02}", name, work)

    def _of_month(self, month: int) -> list[tuple[int, str, Callable[[], tuple[dict[str, int], list[str]]]]]:
        return {
            2: [(9, "home_for_tet", self._home_for_tet)],
            3: [(3, "away_after_tet", self._away_after_tet)],
            5: [(22, "half_year", lambda: self._report("six_months", f"{YEAR}-H1"))],
            6: [(1, "children_day", self._children_day)],
            7: [(14, "flood", self._flood)],
            9: [(7, "school_year", self._school_year), (15, "mid_autumn", self._mid_autumn)],
            10: [(6, "superior_form", self._superior_form)],
            11: [(18, "year_report", lambda: self._report("year", str(YEAR)))],
            12: [(15, "decision", self._decision), (18, "cards", self._cards)],
        }.get(month, [])

    def _step(self, day: str, name: str, work: Callable[[], tuple[dict[str, int], list[str]]]) -> Step:
        stamp = f"{YEAR}-{day}"
        clock.set_fixed(f"{stamp}T08:00:00")
        begun = time.perf_counter()
        told, files = work()
        return Step(stamp, name, told, tuple(Path(one).name for one in files), time.perf_counter() - begun)

    # --- January -----------------------------------------------------------------------------------------------------

    def _register(self) -> tuple[dict[str, int], list[str]]:
        special = [row for row in sample.rows(900, SEED + 1, clock.today()) if row.get("groups")][:4]
        saved = self.book.put("child", [*sample.rows(CHILDREN - len(special), SEED, clock.today()), *special])
        return {"children": len(saved), "refused": sum(one.id is None for one in saved)}, []

    def _round(self, month: int) -> tuple[dict[str, int], list[str]]:
        """Print the sheets, key nine changes of the whole commune, and say of the rest that nothing changed."""
        period = f"{YEAR}-{month:02}"
        sheets, _ = self.book.round_make(period)
        files, keyed = list[str](), 0
        if month in self._papers:
            paper = self.book.round_paper([one.id for one in sheets])
            files.append(str(self.book.round_file(paper, self.out, overwrite=True)))
        for sheet in sorted(sheets, key=lambda one: -one.lines):
            if keyed < 9:
                keyed += self._keyed(sheet.id, min(3, 9 - keyed), month)
            waiting = self.book.round_keyed(sheet.id)
            (self.book.round_return if waiting else self.book.round_unchanged)(sheet.id)
        back = sum(one.state == "returned" for one in self.book.round_board(period))
        return {"villages": len(sheets), "changes": keyed, "returned": back}, files

    def _keyed(self, sheet: str, most: int, month: int) -> int:
        """Key some changes of a sheet: cards, somebody away, a newborn; who cannot be told so is passed over."""
        done = 0
        lines = [one for one in self.book.round_lines(sheet) if not one.gone and not one.away]
        for one in self._by.sample(lines, min(len(lines), most - 1)):
            card, away = {"card_until": f"{YEAR}-12-{month + 10}"}, {"place": "Bắc Ninh"}
            letter, data = self._by.choice([("b", card), ("v", away)])
            done += self.book.round_key(sheet, one.number, letter, data).id is not None
        new = {"full_name": f"Hoàng Gia {chr(64 + month)}", "born": f"{YEAR}-{month:02}-02", "sex": "male"}
        return done + (self.book.round_key(sheet, 0, "new", new).id is not None)

    def _lists(self, month: int) -> tuple[dict[str, int], list[str]]:
        """Freeze and issue the two monthly lists."""
        told, files, period = dict[str, int](), list[str](), f"{YEAR}-{month:02}"
        for name in ("special", "at_risk"):
            made = self.book.snapshot(name, period, number=f"{month:02}/DS-UBND", issued_on=clock.today().isoformat())
            told[name] = made.rows
            if month in self._papers:
                files += self.book.report(name, period, self.out, ["pdf"], overwrite=True)["files"]
        return told, files

    # --- the seasons -------------------------------------------------------------------------------------------------

    def _home_for_tet(self) -> tuple[dict[str, int], list[str]]:
        away = [one.child for one in self.book.absent()]
        self.book.come_back(away, clock.today().isoformat())
        return {"back": len(away), "away": len(self.book.absent())}, []

    def _away_after_tet(self) -> tuple[dict[str, int], list[str]]:
        here = [row.id for row in self.book.children() if row.here and row.age and 3 <= row.age[1] < 15]
        going = self._by.sample(here, 8)
        self.book.go_away(going, {"from": clock.today().isoformat(), "place": "Bắc Giang", "with_whom": "parents",
                                  "expected_back": f"{YEAR + 1}-02"})  # fmt: skip
        return {"away": len(self.book.absent())}, []

    def _report(self, name: str, period: str) -> tuple[dict[str, int], list[str]]:
        self.book.begin_report(name, period)
        made = self.book.report(name, period, self.out, ["pdf"], overwrite=True)
        return {"rows": int(made["rows"])}, made["files"]

    def _children_day(self) -> tuple[dict[str, int], list[str]]:
        here = sum(row.here for row in self.book.children())
        done = self.book.save("activity", {"kind": "event", "title": "Ngày Quốc tế Thiếu nhi 1/6", "children": here,
                                           "from": clock.today().isoformat()})  # fmt: skip
        return {"children": here, "saved": int(done.id is not None)}, []

    def _flood(self) -> tuple[dict[str, int], list[str]]:
        """Within the hour: everybody of one village on a list, their harm beside them, on paper."""
        made = str(self.book.save("handout", {"kind": "event", "title": "Mưa lũ ngày 14/7", "disaster": "flood",
                                              "on": clock.today().isoformat()}).id)  # fmt: skip
        rows = [row for row in self.book.children() if row.here]
        village = max({row.village for row in rows}, key=lambda one: sum(row.village == one for row in rows))
        self.book.choose(made, [row.id for row in rows if row.village == village])
        hit = [str(one.line["id"]) for one in self.book.handout(made).lines][:5]
        for line in hit:
            self.book.save("handout_line", {"harm": ["house_flooded"], "needs": ["food"]}, line)
        files = self.book.handout_files(made, self.out, ["pdf"], overwrite=True)
        return {"listed": len(self.book.handout(made).lines), "hit": len(hit)}, files

    def _school_year(self) -> tuple[dict[str, int], list[str]]:
        """Everybody up one class: two stay, one left school, those after class 9 go on to class 10."""
        plan = self.book.school_year()
        stay = {one.child for one in plan.moves if one.on and one.now_class}
        stay = set(sorted(stay)[:2])
        moves = [one.then("upper_secondary") if one.levels() else replace(one, on=one.on and one.child not in stay)
                 for one in plan.moves]  # fmt: skip
        gone = next(at for at, one in enumerate(moves) if one.on and one.now_level == "lower_secondary")
        moves[gone] = moves[gone].then(DROPPED)
        self.book.start_school_year(plan.year, moves)
        again = self.book.school_year()
        return {"moved": sum(one.on for one in moves), "stayed": len(stay), "left_over": len(again.moves)}, []

    def _mid_autumn(self) -> tuple[dict[str, int], list[str]]:
        """Gifts for the children of poor and near-poor homes; all but two were there; one action records them."""
        made = str(self.book.save("handout", {
            "kind": "gift", "title": "Quà Trung thu", "occasion": "mid_autumn", "on": f"{YEAR}-09-25",
            "giver": "UBND xã", "what": "bánh, đèn lồng", "value": 100_000}).id)  # fmt: skip
        where = {"household_class": list(POOR)}
        chosen = [one.child for one in self.book.handout_choices(made, where, (0, 15))]
        self.book.choose(made, chosen, how="criteria", where=where, ages=(0, 15))
        files = self.book.handout_files(made, self.out, ["pdf"], overwrite=True)
        lines = [str(one.line["id"]) for one in self.book.handout(made).lines]
        self.book.tick(made, lines[2:])
        recorded, _ = self.book.record_handout(made)
        return {"chosen": len(lines), "recorded": recorded}, files

    def _superior_form(self) -> tuple[dict[str, int], list[str]]:
        """A form from above, before four in the afternoon."""
        (self.out / "bieu-so-y-te.xlsx").write_bytes(FORMS["plain"]())
        source = self.out / "bieu-so-y-te.xlsx"
        form = self.book.form_open(source)
        made = self.book.form_fill(form, self.out / "bieu-so-y-te-da-dien.xlsx", who=Who(), overwrite=True,
                                   accept=[one.name for one in form.open])  # fmt: skip
        return {"children": made.children, "rows": made.rows}, [str(made.path)]

    def _decision(self) -> tuple[dict[str, int], list[str]]:
        """The decision for next year: the same poor homes but three, and one home nobody knows."""
        named = {(one.shown, one.village): one for one in self.book.homes(YEAR + 1) if one.level in POOR and one.shown}
        homes = list(named.values())
        stand = Workbook()
        stand.active.append(["DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2027"])
        stand.active.append(["STT", "Họ và tên chủ hộ", "Xóm", "Số CCCD", "Hộ nghèo", "Hộ cận nghèo"])
        rows = [[one.shown, one.village, "", *(("x", "") if one.level == "poor" else ("", "x"))] for one in homes[3:]]
        for at, row in enumerate([*rows, ["Lò Văn Lạ", homes[0].village, "", "x", ""]], 1):
            stand.active.append([at, *row])
        source = self.out / "quyet-dinh-ho-ngheo.xlsx"
        stand.save(source)
        before = self._at_risk()
        plan = self.book.decision_plan(self.book.import_plan(source, form="household"),
                                       Decision(YEAR + 1, "1520/QĐ-UBND", f"{YEAR}-12-10"))  # fmt: skip
        asked = plan.open
        for one in asked:
            one.decide(one.near[0].home.key)
        for one in plan.matched.missing:
            one.level = "escaped"
        done = self.book.decision_run(plan)
        return {"lines": len(rows) + 1, "classed": done.classed + done.made, "absent": done.absent,
                "asked": len(asked), "left": done.left, "before": before}, []  # fmt: skip

    def _at_risk(self) -> int:
        return sum(row.at_risk for row in self.book.children())

    def _cards(self) -> tuple[dict[str, int], list[str]]:
        """The cards that end with the year, but two, run another year."""
        ends = [one.child for one in self.book.cards(date(YEAR, 12, 31)) if one.until]
        self.book.renew_cards(ends[2:], f"{YEAR + 1}-12-31")
        left = [one.child for one in self.book.cards(date(YEAR, 12, 31)) if one.until]
        return {"ended": len(ends), "left": len(left)}, []


@contextmanager
def commune() -> Iterator[Desk]:
    """Give a new practice register, removed afterwards."""
    with tempfile.TemporaryDirectory() as room:
        clock.set_fixed(f"{YEAR}-01-05T07:30:00")
        made = desk.setup(Path(room) / "commune", role="commune", unit="01321", officer="Nông Thị Hạnh",
                          password="tap huan", practice=True)  # fmt: skip
        try:
            yield made.desk
        finally:
            made.desk.close()
            clock.set_fixed(None)


def main(argv: list[str] | None = None) -> int:
    """Write the year's papers and tell its steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=Path("demo-output/year"))
    out: Path = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    with commune() as book:
        for step in OneYear(book, out).steps():
            told: Any = ", ".join(f"{name} {value}" for name, value in step.told.items())
            print(f"{step.day}  {step.name:14} {told:60} {step.seconds:5.1f} s  {' '.join(step.files)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
