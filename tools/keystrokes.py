"""How many keys it takes to add children in the window, counted in the window itself, beside Excel on the same cells.

    python tools/keystrokes.py            writes docs/measures/keystrokes.json

**In the window** every key is an event sent to the widget with the focus, as a keyboard does; what was saved is read
back and compared with the paper, so that a count of a failed entry is no count. **In Excel** nothing is simulated: the
cells of the same lines are counted as one types them into a list with one column a field, each line ending with Enter.

How keys are counted, the same on both sides: one for each key pressed, and one more for Shift, Ctrl or Alt held with
it; Vietnamese letters as Telex types them (``ẩ`` is *aar*, ``Đ`` is *Shift d d*). Excel is given its best: *Ctrl D*
(two keys) for a cell that repeats the one above, and its own completion where the first letters of a cell are enough
because the column already holds that word. Opening the form and saving are counted for the window. What the window
copies to a sibling besides (household, class of the household, the other persons of the family) is not counted for
Excel, whose list has no place for it.

The *intake* is an urgent report as it is told on the telephone: what happened, what was done and by whom, one child
found by its name, where, who told it, how bad, who was told, and two sentences. ``besides_text`` are its keys without
the letters of names and sentences.

The *round* is the monthly sheet of a village of 150 children on which nine things changed. Excel is a list with one
row a child, in the order and with the numbers of the sheet: F5 and the cell's address jump to each change, ``Ctrl ;``
is the day, words the column knows are completed; a newborn is a new row. Minutes are no measurement: they are these
keys at 100 a minute, and 4 seconds to find each change on the paper, the same on both sides.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ["QT_QPA_PLATFORM"] = "offscreen"
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "ui")]

from cbdesk import clock, dates, rounds, sample  # noqa: E402
from cbdesk.catalogue import catalogue  # noqa: E402
from cbdesk.text import fold  # noqa: E402
from cbdesk.words import say  # noqa: E402

OUT = ROOT / "docs" / "measures" / "keystrokes.json"
TONES = "\u0300\u0301\u0303\u0309\u0323"  # one key each in Telex: f s x r j
HATS = "\u0302\u0306\u031b"  # a second letter, or w
SEED, GROUP = 5, "04.b"
PACE, LOOK, CHILDREN = 100, 4, 150
RISK = "R05"


class Paper(NamedTuple):
    """One line of a paper list, as it is typed."""

    name: str
    born: str
    sex: str
    ethnicity: str
    village: str
    mother: str
    group: str


def telex(words: str) -> int:
    """Return how many keys a text takes in Telex; Shift counts."""
    count = 0
    for letter in unicodedata.normalize("NFC", words):
        parts = unicodedata.normalize("NFD", letter)
        count += 1 + sum(mark in TONES or mark in HATS for mark in parts)
        count += letter in "đĐ"
        count += letter.isupper() or letter in "(:~"
    return count


def excel(lines: Sequence[Paper]) -> int:
    """Return the keys for these lines in Excel, written under each other, the first under nothing."""
    count, above = 0, list[Paper]()
    for line in lines:
        for at, cell in enumerate(line):
            column = [one[at] for one in above]
            count += 1  # Tab, or Enter at the end of the line
            if column and column[-1] == cell:
                count += min(2, _typed(cell, column))
            else:
                count += _typed(cell, column)
        above.append(line)
    return count


def _typed(cell: str, column: Sequence[str]) -> int:
    """Return the keys of a cell; Excel completes what the column holds once its first letters are its own."""
    if cell not in column or cell[:1].isdigit():  # numbers and dates are not completed
        return telex(cell)
    others = {one for one in column if one != cell}
    for n in range(1, len(cell) + 1):
        if not any(other.startswith(cell[:n]) for other in others):
            return telex(cell[:n])
    return telex(cell)


class Hands:
    """Types into the window and counts."""

    def __init__(self, bench: Any) -> None:
        self.bench, self.count, self.text = bench, 0, 0

    def write(self, words: str) -> None:
        """Type words."""
        import record_kit

        self.count += telex(words)
        self.text += telex(words)
        record_kit.write(words)

    def press(self, keys: str, times: int = 1) -> None:
        """Press a key or a combination some times."""
        import record_kit

        for _ in range(times):
            self.count += len(keys.split("+"))
            record_kit.press(keys)
        self.bench.settle()

    def field(self, name: str) -> None:
        """Go on with Enter until a field has the focus, as one does past what a paper does not say."""
        form = self.bench.shell.page().form
        form = form() if callable(form) else form
        for _ in range(60):
            if form.focused() == name:
                return
            self.press("Return")
        raise AssertionError(f"{name} is not reached")

    def section(self, number: int, name: str) -> None:
        """Jump to a section with its key where that is shorter than walking, and on to a field."""
        self.press(f"Alt+{number}")
        self.field(name)


    def save(self, keys: str = "Ctrl+S") -> None:
        """Save with a key; what is asked about is kept with its key."""
        page = self.bench.shell.page()
        before = page.form()
        self.press(keys)
        for _ in range(3):
            if page.form() is before and before.trouble():
                self.press("Alt+Return")


def whole(hands: Hands, paper: Paper, above: Paper | None = None) -> None:
    """Key a line into an empty form: lists by their words without accents, F7 for what stands on the line above."""
    hands.press("F4")
    hands.write(paper.name)
    own(hands, paper)
    hands.field("ethnicity")
    choose(hands, paper.ethnicity, same=above is not None and above.ethnicity == paper.ethnicity)
    hands.field("village")
    village = paper.village.removeprefix(say("children.village_drops"))
    choose(hands, village, same=above is not None and above.village == paper.village)
    if paper.mother:
        hands.press("Alt+2")
        hands.field("mother_name")
        hands.write(paper.mother)
    if paper.group:
        hands.press("Alt+3")
        hands.write(fold(paper.group))
        hands.press("Return")


def own(hands: Hands, paper: Paper) -> None:
    """Key what belongs to the one child."""
    hands.field("sex")
    hands.press("2" if paper.sex == catalogue().lists["sex"].label("female") else "1")
    hands.field("born")
    hands.write(paper.born)


def choose(hands: Hands, words: str, *, same: bool) -> None:
    """Take a row of a list by typing without accents, or repeat the one of the record before."""
    if same:
        hands.press("F7")
    else:
        hands.write(fold(words))
        hands.press("Return")


def sibling(hands: Hands, paper: Paper) -> None:
    """Key a line that has the mother of the line above: the family name stands there already."""
    hands.press("Shift+F4")
    hands.write(paper.name.split(" ", 1)[1])
    own(hands, paper)


def intake(bench: Any) -> dict[str, Any]:
    """Key an urgent report from F2 to its number; return the count."""
    from waiting import pause

    child = next(iter(sample.rows(1, SEED + 1, clock.today())))
    saved = bench.ask(lambda desk: desk.save("child", child))
    name, place = child["full_name"], fold(child["village"]).split(" ", 1)[1]
    items = catalogue().lists["checklist_item"]
    summary = ". ".join(items.label(one) for one in ("cp.safe", "cp.health"))
    bench.go("today")
    hands = Hands(bench)
    hands.press("F2")
    hands.press("1")
    hands.press("Return")  # to what was done
    hands.press("Space")
    hands.press("Return")
    hands.write(fold(catalogue().lists["suspect_relation"].label("step_parent"))[:8])
    hands.press("Return")
    hands.write(fold(name))
    pause(200)  # the book is asked when the hands rest
    bench.settle()
    hands.press("Return")  # takes the child
    hands.field("place")  # the hour of the report stands there
    hands.write(place)
    hands.press("Return", 2)  # past the setting
    hands.write(fold(catalogue().lists["source"].label("village_head")))
    hands.press("Return")
    hands.press("3")  # how bad
    hands.press("Return")
    hands.press("Space")  # under threat
    hands.press("Return")
    hands.press("Space")  # Hotline 111 was told
    hands.field("told_chairman_at")
    hands.press("Space")
    hands.field("summary")
    hands.write(summary)
    hands.press("Ctrl+Return")
    told = next(row for row in bench.ask(lambda desk: desk.incidents()) if row.get("summary"))
    wanted = {"kind": "abuse", "child": [saved.id], "suspect_relation": "step_parent", "source": "village_head",
              "damage": "high", "urgent": True, "summary": summary}  # fmt: skip
    stamps = ("received_at", "told_111_at", "told_chairman_at")
    if wanted != {field: told.get(field) for field in wanted} or any(told.get(one) is None for one in stamps):
        raise AssertionError("the report was not written as it was told")
    return {"task": "intake", "lines": 1, "keys": hands.count, "besides_text": hands.count - hands.text}


class Change(NamedTuple):
    """One change on a village sheet: its line, the answer, and what is typed after it as (field, words)."""

    line: int
    answer: str
    typed: tuple[tuple[str, str], ...] = ()


def sheet_changes(place: str) -> list[Change]:
    """Return the eight changes of children on the sheet; ``place`` is where people go."""
    risk = next(one for one in catalogue().lists["risk"].choices if one.code == RISK).short
    return [
        Change(12, "away", (("place", place),)), Change(27, "away", (("place", place),)),
        Change(31, "moved", (("moved_to", place),)), Change(44, "dropout"),
        Change(58, "card", (("card_until", "31/12/2027"),)), Change(73, "risk", (("code", risk),)),
        Change(90, "died", (("status_since", "5/10/2026"),)), Change(104, "moved", (("moved_to", place),)),
    ]  # fmt: skip


def village_sheet(bench: Any) -> dict[str, Any]:
    """Key the sheet of a village from its number to the written return; return the counts on both sides."""
    rows = [row for row in sample.rows(900, SEED, clock.today())
            if row.get("full_name") and str(row.get("born") or "") > "2011"][:CHILDREN]  # fmt: skip
    named = next(row for row in sample.rows(60, SEED + 2, clock.today()) if row.get("mother_name"))
    village = rows[0]["village"]
    place = bench.ask(lambda desk: desk.unit.name)
    bench.go("rounds")
    bench.ask(lambda desk: [desk.void(one.id, "measured") for one in desk.children()])
    bench.ask(lambda desk: desk.put("child", [
        {"full_name": row["full_name"], "born": row["born"], "sex": row.get("sex"), "village": village} for row in rows
    ]))  # fmt: skip
    sheet = bench.ask(lambda desk: desk.round_make(clock.today().isoformat()[:7])[0])[0]
    bench.settle()
    hands = Hands(bench)
    hands.press("Ctrl+F")
    hands.write(sheet.number[3].lower() + sheet.number[4:].lstrip("0"))
    hands.press("Return")
    for one in sheet_changes(place):
        hands.write(f"{one.line}{rounds.answers()[one.answer].letter}")
        hands.press("Return")
        for field, words in one.typed:
            hands.field(field)
            if field == "code":
                choose(hands, words, same=False)
            else:
                hands.write(words)
        while bench.shell.page().form() is not None:
            hands.press("Return")
    hands.press("Ctrl+N")
    hands.write(named["full_name"])
    hands.field("born")
    hands.write("1/10/2026")
    hands.press("Return")
    hands.press("2")
    hands.field("mother_name")
    hands.write(named["mother_name"])
    hands.field("came_how")
    hands.press("1")
    while bench.shell.page().form() is not None:
        hands.press("Return")
    hands.press("Ctrl+Return")
    back = bench.ask(lambda desk: desk.round_sheet(sheet.id)).returns
    wanted = [(one.line, one.answer) for one in sheet_changes(place)] + [(0, rounds.NEW)]
    if [list(one.said) for one in back] != [wanted]:
        raise AssertionError("the sheet was not written as it was filled in")
    keys, other, changes = hands.count, excel_sheet(named, place), len(wanted)
    minutes = lambda count: round(count / PACE + changes * LOOK / 60, 1)  # noqa: E731
    return {"task": "round", "lines": CHILDREN, "changes": changes, "keys": keys, "excel_keys": other,
            "minutes": minutes(keys), "excel_minutes": minutes(other)}  # fmt: skip


def excel_sheet(newborn: dict[str, Any], place: str) -> int:
    """Return the keys for the same sheet in Excel at its best."""
    lists, day = catalogue().lists, 2  # Ctrl ; writes today
    states = [choice.short for name in ("life_status", "schooling") for choice in lists[name].choices]
    count = 0
    for one in sheet_changes(place):
        count += 2 + len(f"h{one.line}")  # F5, the cell, Enter
        if one.answer == "card":
            count += telex(one.typed[0][1]) + 1
            continue
        words = [text for field, text in one.typed if field != "status_since"]
        said = rounds.answers()[one.answer].title
        count += _typed(said, [*states, said]) + 1 + sum(telex(text) + 1 for text in words)
        count += (telex(dict(one.typed)["status_since"]) if "status_since" in dict(one.typed) else day) + 1
    cells = (newborn["full_name"], "1/10/2026", lists["sex"].label("female"), "", newborn["mother_name"])
    count += 2 + len(f"b{CHILDREN + 2}") + sum(1 + telex(cell) for cell in cells[:2]) + 2 + 2 + 1 + telex(cells[4]) + 1
    return count + 2 + len("c12") + day + 1  # the list of villages: it has returned


def check(bench: Any, before: set[str], lines: Sequence[Paper]) -> None:
    """Compare what was saved with the papers; a count of something else would be worth nothing."""
    rows = bench.ask(lambda desk: [desk.readable(desk.get(one.id)) for one in desk.children()])
    found = {str(row["full_name"]): row for row in rows if row["id"] not in before}
    lists = catalogue().lists
    for paper in lines:
        row = found.pop(paper.name)
        said = (row["full_name"], dates.show_date(row["born"]), lists["sex"].label(row["sex"]),
                lists["ethnicity"].label(row["ethnicity"]), row["village"], row.get("mother_name") or "",
                "".join(lists["group"].get(code).short for code in row.get("groups") or ()))  # fmt: skip
        if said != tuple(paper):
            raise AssertionError(f"{said} is not {paper}")
    if found:
        raise AssertionError("more was saved than was on the papers")


def papers() -> list[Paper]:
    """Return ten lines of an invented list: one village, six mothers, four of them with two children."""
    lists = catalogue().lists
    rows = [row for row in sample.rows(900, SEED, clock.today())
            if row.get("mother_name") and row.get("ethnicity") and row["sex"] in ("male", "female")]  # fmt: skip
    rows = list({row["mother_name"]: row for row in rows}.values())
    mothers, given = rows[:6], [row["full_name"].split(" ", 1)[1] for row in rows[6:10]]
    lines = list[Paper]()
    for at, row in enumerate(mothers):
        ethnicity, village = lists["ethnicity"].label(mothers[0]["ethnicity"]), mothers[0]["village"]
        said = (lists["sex"].label(row["sex"]), ethnicity, village, row["mother_name"])
        group = lists["group"].label(GROUP) if at == 0 else ""
        lines.append(Paper(row["full_name"], dates.show_date(row["born"]), *said, group))
        if at < len(given):
            name = f"{row['full_name'].split(' ')[0]} {given[at]}"
            lines.append(Paper(name, dates.show_date(rows[6 + at]["born"]), lists["sex"].label(rows[6 + at]["sex"]),
                               *said[1:], ""))  # fmt: skip
    return lines


def measure(bench: Any) -> dict[str, Any]:
    """Key one child, one sibling, and the ten lines; return the counts."""
    lines = papers()
    bench.ask(lambda desk: desk.save("village", {"name": lines[0].village}))
    known: set[str] = set()
    rows = list[dict[str, Any]]()
    for task, batch, before in (("child", lines[:1], None), ("sibling", lines[1:2], lines[0]), ("ten", lines, None)):
        hands, above = Hands(bench), before
        for paper in batch:
            family = above is not None and above.mother == paper.mother
            sibling(hands, paper) if family else whole(hands, paper, above)
            hands.save()
            above = paper
        check(bench, known, batch)
        given = excel(lines[:2]) - excel(lines[:1]) if task == "sibling" else excel(batch)
        rows.append({"task": task, "lines": len(batch), "keys": hands.count, "excel_keys": given})
        if task == "sibling":  # the ten lines begin with these two
            bench.ask(lambda desk: [desk.void(one.id, "measured") for one in desk.children()])
        known = {one.id for one in bench.ask(lambda desk: desk.children())}
    rows.append(intake(bench))
    rows.append(village_sheet(bench))
    how = " ".join(part.strip() for part in (__doc__ or "").split("\n\n")[2:])
    return {"name": "keystrokes", "how": " ".join(how.replace("*", "").split()), "counts": rows}


def main() -> int:
    """Write the counts. Returns 0."""
    import record_kit
    from PySide6.QtWidgets import QApplication

    app = QApplication(["keystrokes"])
    with tempfile.TemporaryDirectory(prefix="cbdesk-keys-") as folder, record_kit.bench(Path(folder)) as bench:
        bench.ask(lambda desk: [desk.void(one.id, "measured") for one in desk.children()])
        found = measure(bench)
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for row in found["counts"]:
        beside = f"Excel {row['excel_keys']:4}" if "excel_keys" in row else f"{row['besides_text']:4} besides text"
        print(f"{row['task']:8} {row['lines']:2} lines  {row['keys']:4} keys  {beside}")
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
