"""The list of children the commune police are asked about: its lines, its control codes, and how it stands on paper.

Pure data, no I/O. Rules:

* What a line knows (``Line.known``) was true when the list was made and is printed again as it was; answers are
  compared with the register of the day they come.
* A line is known by its number and a control code of the list and the number, so that a sheet that was sorted, cut or
  copied still finds its child, and a sheet of another list is told apart. Codes have no vowels: no program takes them
  for a word or a date.
* Never on it: groups, risks, incidents, who reported. The words stand in ``resources/catalogue/cleaning.toml``.

Source: Công văn 2513/LĐTBXH-TTTT 14/7/2022; layout: Nghị định 30/2020/NĐ-CP.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from cbdesk import dates, letterhead, quality
from cbdesk.catalogue import catalogue
from cbdesk.letterhead import Office
from cbdesk.paper import Cell, Column, Paper, Row, Signer
from cbdesk.paths import resources

PARENTS = {"father_name": "father", "mother_name": "mother", "guardian_name": "guardian"}
"""Names of an answer that belong to people of the child, and their relation."""
FIELDS = ("personal_id", "full_name", "born", "sex", "ethnicity", *PARENTS)
"""What the police can answer, in the order of the sheet."""

_LETTERS = "BCDFGHKLMNPQRSTVXZ"
CODE = re.compile(rf"(\d{{1,5}})-([{_LETTERS}]{{4}})")
_MORE = "more"


@dataclass(frozen=True, slots=True)
class Line:
    """One child on a list: ``known`` maps ``FIELDS`` to stored values, ``others`` are (relation code, name)."""

    list: str
    number: int
    child: str
    village: str
    faults: tuple[str, ...]
    known: Mapping[str, str]
    others: tuple[tuple[str, str], ...] = ()
    id: str = ""
    answered_on: str = ""
    verified_id: str = ""
    no_id: bool = False
    gone: bool = False

    @property
    def code(self) -> str:
        """Return the control code: the line and four letters of its list and number, such as ``12-KTRD``."""
        return control_code(self.list, self.number)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return what is asked: names of fields, ``parents`` for the people of the child."""
        kinds = quality.fault_kinds()
        return tuple(dict.fromkeys(name for one in self.faults if one in kinds for name in kinds[one].ask))

    @property
    def asks_id(self) -> bool:
        """Return whether the personal number is asked for."""
        return "personal_id" in self.asked

    def as_known(self) -> str:
        """Return what is stored of the known values."""
        told = dict(self.known) | {"village": self.village, _MORE: list(map(list, self.others))}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def line_of(row: Mapping[str, Any], *, gone: bool = False) -> Line:
    """Return a line from its stored record; what cannot be read is taken for unknown."""
    try:
        told = json.loads(row.get("known") or "{}")
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    known = {name: told[name] for name in FIELDS if isinstance(told.get(name), str)}
    others = told.get(_MORE)
    people = tuple((str(one[0]), str(one[1])) for one in others if len(one) == 2) if isinstance(others, list) else ()
    return Line(
        str(row.get("list")), int(row.get("line") or 0), str(row.get("child")), str(told.get("village") or ""),
        tuple(str(row.get("faults") or "").split()), known, people, str(row["id"]), str(row.get("answered_on") or ""),
        str(row.get("verified_id") or ""), bool(row.get("no_id")), gone,
    )  # fmt: skip


def control_code(record: str, number: int) -> str:
    """Return the control code of a line of a list (its record id)."""
    digest = int.from_bytes(hashlib.sha256(f"{record}|{number}".encode()).digest()[:8], "big")
    letters = ""
    for _ in range(4):
        digest, at = divmod(digest, len(_LETTERS))
        letters += _LETTERS[at]
    return f"{number}-{letters}"


@cache
def data() -> Mapping[str, Any]:
    """Return the words and columns of the list."""
    return tomllib.loads((resources() / "catalogue" / "cleaning.toml").read_text(encoding="utf-8"))


# --- on paper --------------------------------------------------------------------------------------------------------


def paper(number: str, made_on: date, lines: Sequence[Line], office: Office, today: date) -> Paper:
    """Return the list as paper (layout ``cleaning``) and workbook; numbers of lines are those it was made with."""
    words, level = data(), office.unit.split(" ", 1)[0]
    footed = replace(office, number="")
    return Paper(
        report="cleaning", layout="cleaning", period=number, as_of=made_on.isoformat(), made_on=today.isoformat(),
        kind=words["kind"], about=words["about"].format(level=level), attached=words["basis"],
        as_of_text=letterhead.say("as_of", date=letterhead.long_date(made_on)),
        issuer=letterhead.issuer_lines(office), national=letterhead.national_lines(),
        number=letterhead.number_line(footed, words["symbol"]), place_date=letterhead.place_date(office, made_on),
        columns=tuple(Column(**one) for one in words["columns"]), rows=_rows(lines),
        totals_text=_totals(lines), notes=tuple(words["notes"]), signers=_signers(office, level),
        footer=words["footer"].format(number=number), page_of=letterhead.patterns()["patterns"]["page_of"],
        practice=letterhead.patterns()["words"]["practice"] if office.practice else "",
    )  # fmt: skip


def _totals(lines: Sequence[Line]) -> str:
    villages = {line.village for line in lines if line.village}
    pattern = data()["totals" if len(villages) > 1 else "totals_one"]
    return str(pattern).format(total=f"{len(lines):02}", villages=f"{len(villages):02}")


def _signers(office: Office, level: str) -> tuple[Signer, ...]:
    """Return who signs: the one who made the list, the one who signs for the commune, the police."""
    maker, police = data()["maker"], data()["police"]
    lines = tuple(one.format(LEVEL=level.upper()) for one in police["lines"])
    return (
        Signer(tuple(maker["lines"]), office.officer, maker["note"]),
        letterhead.signers_of(office)[-1],
        Signer(lines, note=police["note"]),
    )


def _rows(lines: Sequence[Line]) -> tuple[Row, ...]:
    """Return the rows, each with how many children of its village stand on the list."""
    counts = Counter(line.village for line in lines)
    return tuple(_row(line, counts[line.village]) for line in lines)


def _row(line: Line, of_village: int) -> Row:
    """Return a line's cells; ``asked``, ``village`` and ``of_village`` are read by the paper alone.

    ``new_…`` say which answers are asked.
    """
    known, words = line.known, data()
    people = [(words["parents"][kin], known[name]) for name, kin in PARENTS.items() if known.get(name)]
    people += [(_label("relation", code), name) for code, name in line.others]
    cells = {
        "no": Cell(str(line.number), line.number), "code": Cell(line.code),
        "village": Cell(line.village), "of_village": Cell(str(of_village)), "asked": Cell(" ".join(line.asked)),
        "full_name": Cell(known.get("full_name", "")), "born": Cell(dates.show_date(known.get("born"))),
        "sex": Cell(_label("sex", known.get("sex"))), "ethnicity": Cell(_label("ethnicity", known.get("ethnicity"))),
        "personal_id": Cell(known.get("personal_id", "")),
        "parents": Cell("\n".join(f"{who}: {name}" for who, name in people)),
        "faults": Cell("\n".join(quality.fault_kinds()[one].titles["vi"] for one in line.faults
                                 if one in quality.fault_kinds())),
    }  # fmt: skip
    wanted = set(line.asked) | (set(PARENTS) if "parents" in line.asked else set())
    return Row(line.child, "", cells | {f"new_{name}": Cell("", 1) for name in FIELDS if name in wanted})


def _label(name: str, code: str | None) -> str:
    """Return the short Vietnamese words of a code; an unknown sex is no word."""
    choice = catalogue().lists[name].get(code or "")
    if choice is None or (name == "sex" and code == "unknown"):
        return ""
    return choice.shorts.get("vi") or choice.labels["vi"]
