"""The monthly round of the villages: what can be answered on a sheet, what an answer writes, and the sheet on paper.

Pure data, no I/O. Rules:

* A sheet freezes who stands on it and in which order (``line`` 1, 2, …), and nothing else: names stay where they can be
  erased, and what is printed beside them is true on the day of printing.
* Answers, their letters and what they write are data (``choices/round_answer.toml``), with a closed vocabulary.
* A village collaborator is a neighbour. On paper stand name, birth date, sex, carer, class, validity of the insurance
  card, residence and household class; never groups, risks, incidents, numbers, telephones, causes of death.
* What an answer says happened in the month of the sheet, unless a day is typed.

Layout: a working sheet on A4 landscape; the words stand in ``resources/catalogue/round.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from cbdesk import dates, kinds, letterhead, rules
from cbdesk.catalogue import Choice, Field, Form, catalogue
from cbdesk.change import Value
from cbdesk.errors import Finding, Problem
from cbdesk.letterhead import Office
from cbdesk.paper import Cell, Column, Paper, Row, Signer
from cbdesk.paths import resources
from cbdesk.words import say

CHILD, ABSENCE = "child", "absence"
NEW = "new"
ANSWERS = "round_answer"


# --- what can be answered --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """One kind of answer, as its list gives it (the words of ``extra`` are told in the file)."""

    code: str
    choice: Choice

    def _said(self, name: str) -> Any:
        return self.choice.extra.get(name)

    @property
    def letter(self) -> str:
        """Return the letter keyed after the line number, "" for a child that is on no line."""
        return str(self._said("letter") or "")

    @property
    def title(self) -> str:
        """Return the short words in the language in force."""
        return self.choice.short

    @property
    def form(self) -> str:
        """Return the form whose record is written."""
        return str(self._said("form"))

    @property
    def day(self) -> str:
        """Return the field that gets the day, "" where none does."""
        return str(self._said("day") or "")

    @property
    def birthday(self) -> bool:
        """Return whether that day is the one on which the child reaches the age."""
        return bool(self._said("birthday"))

    @property
    def fill(self) -> Mapping[str, Value]:
        """Return the values every such answer writes."""
        return dict(self._said("fill") or {})

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the fields typed, in order; the day last, where it is not the birthday."""
        day = (self.day,) if self.day and not self.birthday else ()
        return (*(self._said("ask") or ()), *day)

    @property
    def opens(self) -> bool:
        """Return whether an open row of the form is amended instead of a second one."""
        return bool(self._said("open"))

    @property
    def ends(self) -> bool:
        """Return whether open absences end on the day."""
        return bool(self._said("end"))

    @property
    def only_ends(self) -> bool:
        """Return whether nothing else is written than the end of an absence."""
        return self.ends and self.form == ABSENCE

    @property
    def same(self) -> str:
        """Return the field by which an open row already says the same, "" where none does."""
        return str(self._said("same") or "")

    @property
    def about(self) -> frozenset[str]:
        """Return what the answer is about; two of one child about the same cannot both be true."""
        return frozenset(self._said("about") or ())

    @property
    def boxed(self) -> bool:
        """Return whether it is a column to tick on paper."""
        return bool(self._said("box"))

    def field(self, name: str) -> Field:
        """Return a field that is typed (a shorthand of the child counts). Raises ``Problem(unknown_field)``."""
        form = catalogue().forms[self.form]
        short = form.shorthand(name)
        if name not in self.asked or (short is None and not form.has(name)):
            raise Problem("unknown_field", field=name, form=ANSWERS)
        return short.field if short is not None else form.field(name)

    def start(self, month: str, born: str | None = None) -> dict[str, Value]:
        """Return what stands in the fields before anything is typed: the day, known to the month of the sheet."""
        if not self.day:
            return {}
        last = dates.read_period(month).last
        grown = self.reached(born, last) if self.birthday and len(born or "") == 10 else None
        return {self.day: grown.isoformat() if grown is not None else month}

    @staticmethod
    def reached(born: str | None, on: date) -> date | None:
        """Return when a child born then reaches the age in force on a day; ``None`` where that is not known."""
        return dates.reaches(born, catalogue().threshold("child_age", on)) if born else None

    def written(self, data: Mapping[str, Value]) -> dict[str, Value]:
        """Return the values to write, what is emptied among them; a field that is not asked is left out."""
        shape, given = catalogue().forms[self.form], {**self.fill, **data}
        found: dict[str, Value] = dict.fromkeys(self._said("clear") or ())
        found |= {name: value for name, value in given.items()
                  if value not in (None, "") and (not shape.has(name) or shape.active(name, given))}  # fmt: skip
        return found

    def check(self, data: Mapping[str, Value], today: date) -> list[Finding]:
        """Return the findings about what is typed, by the rules of its form and by what the answer needs."""
        shape = catalogue().forms[self.form]
        whole = {**self.fill, **data} | ({} if self.form == CHILD else {CHILD: CHILD})
        found = [one for one in rules.check(self.judged_by(shape), whole, today) if one.name != "no_such_record"]
        given = {name for name, value in data.items() if value not in (None, "", [])}
        lacking = [name for name in self._said("need") or () if name not in given]
        choice = self._said("one_of") or ()
        if choice and not given & set(choice):
            lacking.append(choice[0])
        found += [Finding(name, "stop", "missing", {"label": self.field(name).label}) for name in lacking]
        return list({(one.field, one.name): one for one in found}.values())

    def judged_by(self, form: Form) -> Form:
        """Return its form without what a whole record needs: an answer says one thing only; a new child is whole."""
        if self.code == NEW:
            return form
        return replace(form, rules=tuple(rule for rule in form.rules if rule.kind != "one_of_required"),
                       fields=tuple(replace(item, required="") for item in form.fields))  # fmt: skip

    def words(self, data: Mapping[str, Value]) -> str:
        """Return what was typed in words, without the name; beside a sensitive code only the day is told."""
        shown, told = [], self.written(data)
        items = {name: self.field(name) for name in self.asked if told.get(name) not in (None, "")}
        kept_in = any(catalogue().sensitive(item, told[name]) for name, item in items.items())
        for name, item in items.items():
            value = told[name]
            if name == "full_name" or (kept_in and item.kind != "date"):
                continue
            said = kinds.of(item).show(value, item)
            label = item.label[:1].lower() + item.label[1:]
            shown.append(say("rounds.dated", label=label, date=said) if item.kind == "date" else said)
        return ", ".join(shown)


def answers() -> Mapping[str, Answer]:
    """Return the answers by code, in the order of the sheet."""
    return {choice.code: Answer(choice.code, choice) for choice in catalogue().lists[ANSWERS].choices}


def answer(said: str) -> Answer:
    """Return an answer by code or letter. Raises ``Problem(round_answer)`` for one there is not."""
    plain = said.strip().lower()
    for one in answers().values():
        if plain and plain in (one.code, one.letter):
            return one
    letters = ", ".join(f"{one.letter} {one.title}" for one in answers().values() if one.letter)
    raise Problem("round_answer", letter=said.strip(), letters=letters)


_KEYED = re.compile(r"\s*(\d{1,4})\s*([^\W\d_]?)\s*")


def read_keyed(typed: str) -> tuple[int, str]:
    """Return line number and letter of what was typed, such as ``12c`` or ``12 c``; (0, "") for anything else."""
    match = _KEYED.fullmatch(typed)
    return (int(match[1]), match[2].lower()) if match else (0, "")


_NUMBER = re.compile(r"(?:\D*-)?([a-z]?)0*(\d+)", re.IGNORECASE)


def same_number(typed: str, number: str) -> bool:
    """Return whether what was typed means a sheet's number: whole, without its beginning, or its digits alone."""
    said, known = (_NUMBER.fullmatch(one.strip()) for one in (typed, number))
    if said is None or known is None:
        return False
    return said[2] == known[2] and said[1].lower() in ("", known[1].lower())


# --- a sheet ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One child of a sheet as the register knows it now.

    ``known`` are finished words by key of ``round.toml``'s columns; ``gone`` says that the child is not in the register
    any more. ``born``, ``since`` (of the residence) and ``left`` (of the open absence) are stored dates; ``away`` is
    that absence's record.
    """

    number: int
    child: str
    known: Mapping[str, str]
    born: str = ""
    since: str = ""
    away: str = ""
    left: str = ""
    gone: bool = False

    def left_after(self, day: str) -> bool:
        """Return whether the open absence began after a day (partial ISO)."""
        began, until = dates.earliest(self.left), dates.latest(day)
        return began is not None and until is not None and began > until

    @property
    def name(self) -> str:
        """Return the name, "" where there is none."""
        return self.known.get("full_name", "")


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet to be printed: its number ("" for a blank one), village, and the people who sign."""

    number: str
    village: str
    month: str = ""
    lines: Sequence[Line] = ()
    collaborator: str = ""
    head: str = ""


@cache
def data() -> Mapping[str, Any]:
    """Return the words and columns of the sheet."""
    return tomllib.loads((resources() / "catalogue" / "round.toml").read_text(encoding="utf-8"))


def month_words(month: str) -> str:
    """Return a month as the sheet says it, room to write for none."""
    return letterhead.period_words(dates.read_period(month)) if month else str(data()["blank_month"])


def paper(sheets: Sequence[Printed], office: Office, today: date) -> Paper:
    """Return sheets as one paper, each on pages of its own: rows of kind ``sheet``, ``child``, ``blank``, in order."""
    words = data()
    months = {one.month for one in sheets}
    about = words["about"].format(period=month_words(next(iter(months)) if len(months) == 1 else ""))
    boxes = [Column(one.code, _short(one), words["box_width"], "center", group=one.letter)
             for one in answers().values() if one.boxed]  # fmt: skip
    columns = [Column(**one) for one in words["columns"]]
    return Paper(
        report="round", layout="round", period=next(iter(months)) if len(months) == 1 else "",
        as_of=today.isoformat(), made_on=today.isoformat(), kind=words["kind"], about=about,
        as_of_text=dates.show_date(today.isoformat()), issuer=letterhead.issuer_lines(office),
        national=letterhead.national_lines(), columns=(*columns[:-1], *boxes, columns[-1]),
        rows=tuple(row for one in sheets for row in _rows(one)),
        signers=tuple(Signer(tuple(one["lines"]), office.officer if at == 2 else "", one["note"])
                      for at, one in enumerate(words["signer"])),
        footer=words["footer"], page_of=words["page_of"],
        practice=letterhead.patterns()["words"]["practice"] if office.practice else "",
    )  # fmt: skip


def _short(one: Answer) -> str:
    return one.choice.shorts.get("vi") or one.choice.labels["vi"]


def _rows(sheet: Printed) -> list[Row]:
    """Return the rows of one sheet: its heading, its children, and empty lines for those who are new."""
    words = data()
    head = {
        "row": "sheet", "number": sheet.number or words["blank_number"], "village": sheet.village,
        "month": month_words(sheet.month), "count": str(len(sheet.lines)) if sheet.number else "",
        "collaborator": sheet.collaborator, "head": sheet.head,
    }  # fmt: skip
    found = [Row("", "", {key: Cell(value) for key, value in head.items()})]
    for line in sheet.lines:
        cells = {"row": Cell("child"), "no": Cell(str(line.number), line.number)}
        found.append(Row(line.child, "", cells | {key: Cell(value) for key, value in line.known.items()}))
    count = words["blank_lines"] if sheet.lines else words["blank_page"]
    return found + [Row("", "", {"row": Cell("blank")}) for _ in range(count)]
