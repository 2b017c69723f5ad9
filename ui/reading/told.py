"""What is told of a row: who it is, what was assumed, whom it looks like, and what can be answered.

Rules. Remarks a person should look at come first. What a title says of sensitive groups stays unsaid. The first answer
is the one that is proposed; 3 always leaves a row out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Fate
from cbdesk.words import say
from ui.reading.draft import ALIKE, CHILD, FIX, GOOD, OUT, Draft, proposal, tab_of

CARE = frozenset({
    "over_16", "maybe_over_16", "future", "not_understood", "unconvertible", "placeholder_name", "one_word_name",
    "two_dates", "no_village", "parents_kept", "uncached", "repeated", "no_such_day", "no_such_month", "no_such_year",
    "no_year", "two_digit_year", "lunar", "us_order", "unreadable", "id_sex", "id_year",
})  # fmt: skip
"""Remarks a person should look at; the others only tell what was assumed."""
QUIET = frozenset({"sex_from_column", "village_from_title", "group_from_title", "title_kept"})
"""What is assumed of nearly every row of a list is told for the row one is at, not in every line."""
DECISIONS = ("new", "update", "skip")


class Answer(NamedTuple):
    """One answer: code, words, and the digit that gives it; what is proposed is also given by Enter."""

    code: str
    words: str
    digit: int = 1


def answers(fate: Fate) -> tuple[Answer, ...]:
    """Return what can be answered for a row, what is proposed first."""
    if tab_of(fate) == ALIKE:
        return tuple(Answer(code, say(f"reading.decide.{code}"), digit) for digit, code in enumerate(DECISIONS, 1))
    repair = proposal(fate)
    if repair is None:
        return ()
    found = [Answer("take", repair.button)]
    if fate.row.refused is None:
        words = "keep_village" if repair.field == "village" else "keep"
        found.append(Answer("keep", say(f"reading.decide.{words}"), 2))
    if not repair.leave_out:
        found.append(Answer("skip", say("reading.decide.skip"), 3))
    return tuple(found)


def can_leave_out(fate: Fate) -> bool:
    """Return whether Space leaves a row out, or takes it in again."""
    return tab_of(fate) in (GOOD, FIX) or (tab_of(fate) == OUT and bool(fate.decision))


def looks(fate: Fate) -> bool:
    """Return whether a person should look at a row."""
    tab = tab_of(fate)
    return tab in (FIX, ALIKE) or (tab == GOOD and (bool(fate.row.repairs) or care(fate)))


def care(fate: Fate) -> bool:
    """Return whether a remark about a row should be looked at."""
    return any(note.code in CARE for note in fate.row.notes)


def notes_of(fate: Fate, *, short: bool = False) -> list[str]:
    """Return the remarks of a row, those to look at first."""
    told = sorted(fate.row.notes, key=lambda note: note.code not in CARE)
    told = [note for note in told if not short or note.code not in QUIET]
    return list(dict.fromkeys(_words(note) for note in told))


def _words(note: Any) -> str:
    if note.code == "title_kept":
        return say("reading.note.title_kept")
    if note.code == "group_from_title" and note.details.get("label") in _sensitive():
        return say("reading.note.sensitive_group")
    return str(note.text)


def _sensitive() -> set[str]:
    lists = catalogue().lists
    return {one.label for name in ("group", "risk") for one in lists[name].choices if one.sensitive}


def sentence(fate: Fate) -> str:
    """Return the one sentence of a row: the question, why it is held back, or what is to be looked at."""
    repair = proposal(fate)
    if repair is not None:
        return repair.text
    if fate.row.reason and tab_of(fate) == FIX:
        return fate.row.reason
    if tab_of(fate) == OUT:
        return say("reading.left_out" if fate.decision else "reading.same_note")
    notes = notes_of(fate, short=True)
    more = say("reading.and_more", n=len(notes) - 1) if len(notes) > 1 else ""
    return notes[0] + more if notes else ""


def letters(draft: Draft, fate: Fate) -> str:
    """Return in which encoding a row was written; "" where the whole file is Unicode."""
    if not draft.fonts.rows:
        return ""
    return say("reading.letters.row", charset=charset_words(draft.letters_of(fate.row)))


def charset_words(code: str) -> str:
    """Return an encoding as people call it."""
    return say(f"reading.charset.{code}")


# --- people ------------------------------------------------------------------------------------------------------


def name(fate: Fate) -> str:
    """Return the name a row gives, or ""."""
    return str(fate.row.data.get("full_name") or "")


def born(data: Mapping[str, Any]) -> str:
    """Return a birth date as shown."""
    return dates.show_date(str(data.get("born") or ""))


def village(data: Mapping[str, Any]) -> str:
    """Return a village by name."""
    return str(data.get("village") or "")


def facts(data: Mapping[str, Any]) -> str:
    """Return birth date and village in one line."""
    return ", ".join(part for part in (born(data), village(data)) if part)


def written(fate: Fate) -> tuple[str, str]:
    """Return the field a proposal is about and what stands in the file there."""
    repair = proposal(fate)
    form = catalogue().form(CHILD)
    if repair is None or not form.has(repair.field):
        return "", ""
    return form.field(repair.field).label, repair.written


def other_of(fate: Fate) -> tuple[Mapping[str, Any], int]:
    """Return the child an update would change, and how alike in per cent."""
    pairs = zip(fate.others, fate.likeness, strict=True)
    return next(((one, like.score) for one, like in pairs if str(one["id"]) == fate.other), (fate.others[0], 0))


def other_name(one: Mapping[str, Any]) -> str:
    """Return whom a row looks like: name and book code, or the row of the same file."""
    called = str(one.get("full_name") or "")
    if not in_register(one):
        return say("reading.other_row", row=row_of(one), name=called)
    return ", ".join(part for part in (called, str(one.get("book_code") or "")) if part)


def row_of(one: Mapping[str, Any]) -> str:
    """Return the number of a look-alike that is another row of the file."""
    return str(one["id"]).rpartition(" ")[2]


def in_register(one: Mapping[str, Any]) -> bool:
    """Return whether a look-alike is a child of the register, not another row of the file."""
    return "_unit" in one
