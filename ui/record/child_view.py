"""What the page Hồ sơ trẻ shows of a child, as plain functions of the file that was read: plan, badges, reminders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from cbdesk import clock, dates, kinds
from cbdesk.catalogue import Field, catalogue
from cbdesk.words import LANGUAGES, say
from ui.form.around import age_words
from ui.form.form import Part, plan_of
from ui.record.record_read import ChildFile

FORM, HISTORY = "child", "history"
#: shorthands written at once for a new child, and edited on an existing record, by section
AT_ONCE = {"family": ("father_name", "mother_name", "carer_name", "household_class"),
           "circumstance": ("groups", "tags"), "risk": ("risks",)}  # fmt: skip
#: for a new child: when the episodes written at once begin, by field of the form, and the shorthands they are made of
SINCE = {"_since_circumstance": ("circumstance", ("groups", "tags")), "_since_risk": ("risk", ("risks",))}
LATER = {"family": ("household_class",)}
WIDTHS = {"father_name": 4, "mother_name": 4, "carer_name": 4, "household_class": 5}
#: rows under each section, the first one answers Ctrl N
SECTION_ROWS = {"family": ("carer", "absence"), "circumstance": ("circumstance", "tag"), "risk": ("risk",),
                "support": ("support",)}  # fmt: skip
#: rows that say nothing of how many people there are
UNCOUNTED = frozenset({"absence"})
#: fields the machine gives or that stand elsewhere
UNASKED = frozenset({"book_code"})
POOR = ("poor", "near_poor")
CARD_DAYS, TURNS_DAYS, BADGES = 30, 60, 6
Line = tuple[str, str, str]


def short(name: str) -> Field:
    """Return a shorthand of the child as a field. Raises ``KeyError``."""
    found = catalogue().forms[FORM].shorthand(name)
    if found is None:
        raise KeyError(name)
    return replace(found.field, width=WIDTHS.get(name, 12))


def since(name: str) -> Field:
    """Return the date from which the groups or risks of a new child hold, as a field of the form."""
    form, _ = SINCE[name]
    item = catalogue().forms[form].field("from")
    label, hint = (dict.fromkeys(LANGUAGES, say(f"hands.{word}")) for word in ("since", "since_hint"))
    return replace(item, name=name, labels=label, hints=hint, width=5)


def shown_if() -> dict[str, Callable[[Mapping[str, Any]], bool]]:
    """Return when the dates of ``SINCE`` are asked: where something is chosen that begins."""
    return {name: lambda data, shorts=shorts: any(data.get(short) for short in shorts)
            for name, (_, shorts) in SINCE.items()}  # fmt: skip


def begins(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the answers of a new child without the dates of ``SINCE``, and those dates by form."""
    dates_of = {name: str(given[name]) for name in SINCE if given.get(name)}
    found = {SINCE[name][0]: day for name, day in dates_of.items()}
    if "circumstance" in found:
        found["tag"] = found["circumstance"]
    return {name: value for name, value in given.items() if name not in SINCE}, found


def plan(*, known: bool, rows: Callable[[str], QWidget | None], history: QWidget | None) -> list[Part]:
    """Return the plan of the form: for a known child with rows and history, for a new one with shorthands."""
    shorts = LATER if known else AT_ONCE
    made = []
    for part in plan_of(catalogue().forms[FORM]):
        fields = tuple(item for item in part.fields if item.name not in UNASKED)
        if not known and part.name == "family":
            fields = ()
        fields = (*fields, *(short(name) for name in shorts.get(part.name, ())))
        if not known:
            fields = (*fields, *(since(name) for name, (section, _) in SINCE.items() if section == part.name))
        widget = rows(part.name) if known else None
        if fields or widget is not None:
            above, under = (widget, None) if fields else (None, widget)
            made.append(Part(part.name, part.title, fields, under, above))
    if history is not None:
        made.append(Part(HISTORY, say("child.history.section"), (), history))
    return made


def name_of(file: ChildFile) -> str:
    """Return the name for the head."""
    return str(file.data.get("full_name") or file.data.get("usual_name") or say("record.no_name"))


def facts_of(file: ChildFile, today: date) -> str:
    """Return the line beside the name: sex, age, ethnic group, village."""
    data, lists = file.data, catalogue().lists
    sex = lists["sex"].label(str(data["sex"])) if data.get("sex") in ("male", "female") else ""
    ethnicity = lists["ethnicity"].label(str(data["ethnicity"])) if data.get("ethnicity") else ""
    village = file.villages.get(str(data.get("village")), "")
    parts = (sex, age_words(data.get("born"), today), ethnicity, village)
    return " · ".join(part for part in parts if part)


def badges_of(file: ChildFile, *, revealed: bool) -> list[Line]:
    """Return badges (words, tone, icon): open groups, class of the household, open risks; what is sensitive as one."""
    found: list[Line] = []
    hidden = False
    for form, listed, tone in (("circumstance", "group", "cham"), ("risk", "risk", "neutral")):
        for row in file.rows[form]:
            choice = catalogue().lists[listed].get(str(row.get("code")))
            if choice is None or row.get("to"):
                continue
            if choice.sensitive and not revealed:
                hidden = True
                continue
            words = choice.short[:1].upper() + choice.short[1:]
            found.append((words, "man", "lock_closed") if choice.sensitive else (words, tone, ""))
    level = str(file.data.get("household_class") or "")
    if level:
        year = file.home.year if file.home is not None else clock.today().year
        words = f"{catalogue().lists['household_class'].label(level)} {year}"
        at = sum(tone == "cham" for _, tone, _ in found)
        found.insert(at, (words, "nghe" if level in POOR else "neutral", ""))
    if any(not row.get("to") for row in file.rows["absence"]):
        found.append((say("child.away"), "nghe", "arrow_right"))
    if hidden:
        found.append((say("record.sensitive"), "man", "lock_closed"))
    return found[:BADGES]


def reminders_of(file: ChildFile, today: date) -> list[Line]:
    """Return reminders (icon, colour, sentence): what is missing, what ends soon."""
    data: Mapping[str, object] = file.data
    found: list[Line] = []
    number = str(data.get("personal_id") or "")
    if not number or kinds.malformed_id(number):
        found.append(("warning", "nghe", say("child.remind.bad_id" if number else "child.remind.no_id")))
    if not any(row.get("main_carer") for row in file.rows["carer"]):
        found.append(("home_heart", "nghe", say("child.remind.no_carer")))
    until = str(data.get("card_until") or "")
    last = dates.latest(until)
    if last is not None and (last - today).days <= CARD_DAYS:
        key = "child.remind.card_over" if last < today else "child.remind.card_ends"
        found.append(("calendar_ltr", "nghe", say(key, day=dates.show_date(until))))
    turns = dates.reaches(str(data.get("born") or ""), catalogue().threshold("child_age", today))
    if turns is not None and 0 <= (turns - today).days <= TURNS_DAYS:
        found.append(("clock", "nghe", say("child.remind.turns_16", day=dates.show_date(turns.isoformat()))))
    return found


def number_of(file: ChildFile) -> tuple[str, str]:
    """Return the personal number with its state (with the police, verified) for the head, and its colour."""
    number, state = str(file.data.get("personal_id") or ""), file.id_state
    words, ink = number or say("catalogue.id_missing"), "ink" if number else "nghe"
    if kinds.malformed_id(number):
        words, ink = f"{number} · {say('catalogue.id_malformed')}", "nghe"
    if state.name in ("waiting", "verified"):
        told = say(f"quality_page.id_state.{state.name}", date=dates.show_date(state.since))
        return f"{words} · {told}", "ngoc" if state.name == "verified" else ink
    return words, ink


def count_of(file: ChildFile, section: str) -> str:
    """Return what the list of sections says about the rows of a section."""
    if section == HISTORY:
        return str(len(file.events))
    if section == "incident":
        return say("child.count.incident", n=len(file.incidents)) if file.incidents else ""
    names = SECTION_ROWS.get(section, ())
    if not names:
        return ""
    open_rows = sum(not row.get("to") for name in names if name not in UNCOUNTED for row in file.rows[name])
    return say(f"child.count.{section}", n=open_rows) if open_rows else say("child.count.none")


def complete(file: ChildFile, section: str) -> bool:
    """Return whether a section has what it usually needs."""
    if section == "general":
        return bool(file.data.get("village") and file.data.get("born"))
    return any(file.rows[name] for name in SECTION_ROWS.get(section, ()) if name not in UNCOUNTED)
