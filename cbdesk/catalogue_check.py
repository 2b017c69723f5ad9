"""The catalogue verifies itself: every rule of the house about it, one small function each.

``verify`` returns sentences for the people who edit the catalogue (English, like the code); an empty list means sound.
A test breaks each rule once to prove that it is watched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from cbdesk import kinds, rules, words
from cbdesk.catalogue import FIELD_PROPERTIES, Catalogue, Choice, ChoiceList, Field, Form

MOST_PROPERTIES = 12             # more would make a language of it
MOST_FIELDS = 60                 # a line of the journal holds at most 64
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"[A-Za-z0-9_.]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBERED = re.compile(r".*\.\d+")
_LETTERED = re.compile(r".*\.[a-z]")
_DECIMAL = re.compile(r"[1-9]\d*(\.\d+)?|0\.\d*[1-9]\d*")
_ASKED_LISTS = {"groups": "group", "groups_unsure": "group", "classes": "household_class", "parents": "parents_state",
                "risks": "risk", "schooling": "schooling", "disability": "disability_level"}
_LINKS = frozenset({"ref", "refs"})
_CHOOSING = frozenset({"choice", "choices"})


def verify(wanted: Catalogue) -> list[str]:
    """Return everything that is wrong, one sentence each, in a stable order."""
    return [*wanted.oddities, *(sentence for one in CHECKS for sentence in one(wanted))]


def _fields(wanted: Catalogue) -> Iterator[tuple[Form, Field, str]]:
    for form in wanted.forms.values():
        for item in form.fields:
            yield form, item, f"{form.name}.{item.name}"


def _choices(wanted: Catalogue) -> Iterator[tuple[ChoiceList, Choice, str]]:
    for list_ in wanted.lists.values():
        for choice in list_.choices:
            yield list_, choice, f"{list_.name}:{choice.code}"


def _twice(items: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [item for item in items if item in seen or seen.add(item)]  # type: ignore[func-returns-value]


# --- forms and fields ---------------------------------------------------------------------------------------------

def properties(wanted: Catalogue) -> Iterator[str]:
    """A field has at most twelve properties, and only known ones."""
    if len(FIELD_PROPERTIES) > MOST_PROPERTIES:
        yield f"a field has {len(FIELD_PROPERTIES)} properties, at most {MOST_PROPERTIES}"


def names(wanted: Catalogue) -> Iterator[str]:
    """Names are plain, used once in a form, and a form is not too large for one line of the journal."""
    for form in wanted.forms.values():
        given = [item.name for item in form.fields] + [short.name for short in form.shorthands]
        for name in [form.name, *given]:
            if not _NAME.fullmatch(name) or name == "id":
                yield f"{form.name}: {name!r} is no plain name"
        for name in _twice(given):
            yield f"{form.name}.{name}: used twice"
        for name in _twice(section.name for section in form.sections):
            yield f"{form.name}: section {name} twice"
        if len(form.fields) > MOST_FIELDS:
            yield f"{form.name}: {len(form.fields)} fields, at most {MOST_FIELDS}"


def field_values(wanted: Catalogue) -> Iterator[str]:
    """Kinds exist, ``required`` is of the vocabulary, widths fit twelve columns."""
    for form, item, where in _fields(wanted):
        if item.kind not in kinds.KINDS:
            yield f"{where}: no kind {item.kind!r}"
        if item.required not in ("", "ask", "stop"):
            yield f"{where}: required is {item.required!r}"
        if not 1 <= item.width <= 12:
            yield f"{where}: width {item.width}"
        if item.section not in {section.name for section in form.sections}:
            yield f"{where}: no section {item.section!r}"


def targets(wanted: Catalogue) -> Iterator[str]:
    """A field that chooses names an existing list, a link an existing form, and no other kind names either."""
    for _, item, where in _fields(wanted):
        if (item.kind in _CHOOSING) != (item.choices is not None):
            yield f"{where}: a list of choices belongs to kinds choice and choices"
        elif item.choices is not None and item.choices not in wanted.lists:
            yield f"{where}: no list {item.choices!r}"
        if (item.kind in _LINKS) != (item.form is not None):
            yield f"{where}: a form belongs to kinds ref and refs"
        elif item.form is not None and item.form not in wanted.forms:
            yield f"{where}: no form {item.form!r}"


def parents(wanted: Catalogue) -> Iterator[str]:
    """A child form has an existing parent and a link named like it; keys and rows name what exists."""
    for form in wanted.forms.values():
        if form.parent:
            link = form.field(form.parent) if form.has(form.parent) else None
            if form.parent not in wanted.forms:
                yield f"{form.name}: no parent {form.parent!r}"
            if link is None or link.kind != "ref" or link.form != form.parent or link.required != "stop":
                yield f"{form.name}: needs a required ref named {form.parent!r}"
        for name in form.key:
            if not form.has(name):
                yield f"{form.name}: key names no field {name!r}"
        for section in form.sections:
            for row in section.rows:
                if row not in wanted.forms:
                    yield f"{form.name}: section {section.name} shows no form {row!r}"


def conditions(wanted: Catalogue) -> Iterator[str]:
    """A condition refers to an earlier field of its form that chooses or is a flag, and to codes that exist."""
    for form, item, where in _fields(wanted):
        if item.when is None:
            continue
        earlier = {field.name: field for field in form.fields[:form.fields.index(item)]}
        other = earlier.get(item.when.field)
        if other is None:
            yield f"{where}: condition refers to {item.when.field!r}, which is no earlier field"
        elif other.kind == "flag":
            allowed: set[str] = {"true", "false"}
            yield from (f"{where}: condition on {value!r}" for value in item.when.any_of if value not in allowed)
        elif other.kind in _CHOOSING and (known := wanted.lists.get(other.choices or "")):
            yield from (f"{where}: condition on unknown code {value!r}" for value in item.when.any_of
                        if known.get(value) is None)
        else:
            yield f"{where}: condition on kind {other.kind}"
        if not item.when.any_of:
            yield f"{where}: empty condition"


def form_rules(wanted: Catalogue) -> Iterator[str]:
    """Rules are of the vocabulary of ``rules.py`` and name fields of their form."""
    for form in wanted.forms.values():
        for rule in form.rules:
            if rule.kind not in rules.RULES and rule.kind not in rules.ROW_RULES:
                yield f"{form.name}: no rule {rule.kind!r}"
            if rule.level not in ("stop", "ask", "note"):
                yield f"{form.name}: rule {rule.kind} of level {rule.level!r}"
            yield from (f"{form.name}: rule {rule.kind} names no field {name!r}" for name in rule.fields
                        if not form.has(name))


def shorthands(wanted: Catalogue) -> Iterator[str]:
    """A shorthand stands for an existing field of an existing form, of a kind that fits, and fills existing fields."""
    for form in wanted.forms.values():
        for short in form.shorthands:
            where = f"{form.name}.{short.name}"
            other = wanted.forms.get(short.form)
            if other is None or not other.has(short.target):
                yield f"{where}: no field {short.form}.{short.target}"
                continue
            target = other.field(short.target)
            if short.field.choices != target.choices or short.field.kind.removesuffix("s") != target.kind:
                yield f"{where}: does not fit {short.form}.{short.target}"
            yield from (f"{where}: fills no field {name!r}" for name in short.fill if not other.has(name))


# --- words --------------------------------------------------------------------------------------------------------

def labels(wanted: Catalogue) -> Iterator[str]:
    """Every text stands in every language; texts of choices hold no semicolon, which parts several of them."""
    for where, texts in _texts(wanted):
        for language in words.LANGUAGES:
            if not str(texts.get(language, "")).strip():
                yield f"{where}: no text in {language}"
    for list_ in wanted.lists.values():
        for choice in list_.choices:
            if any(";" in text for text in choice.labels.values()):
                yield f"{list_.name}:{choice.code}: semicolon in a label"


def _texts(wanted: Catalogue) -> Iterator[tuple[str, Mapping[str, str]]]:
    for form in wanted.forms.values():
        yield f"{form.name} title", form.titles
        yield f"{form.name} plural", form.plurals
        yield from ((f"{form.name} section {section.name}", section.titles) for section in form.sections)
        yield from ((f"{form.name}.{short.name}", short.field.labels) for short in form.shorthands)
    for _, item, where in _fields(wanted):
        yield where, item.labels
        if item.hints:
            yield f"{where} hint", item.hints
    for list_ in wanted.lists.values():
        yield f"{list_.name} title", list_.titles
    for _, choice, where in _choices(wanted):
        yield where, choice.labels
        if choice.shorts:
            yield f"{where} short", choice.shorts
    for table, rows in wanted.law.items():
        yield from ((f"{table} {row.name}", row.labels) for row in rows)


# --- choices and law ----------------------------------------------------------------------------------------------

def choices(wanted: Catalogue) -> Iterator[str]:
    """Codes are plain, parents stand before their children, every entry has a source and a sensible validity."""
    for list_ in wanted.lists.values():
        if not list_.choices:
            yield f"{list_.name}: no choices"
        if not list_.source:
            yield f"{list_.name}: no source"
    for list_, choice, where in _choices(wanted):
        parent = list_.get(choice.parent) if choice.parent else None
        if not _CODE.fullmatch(choice.code):
            yield f"{where}: no plain code"
        if choice.parent and (parent is None or parent.order >= choice.order):
            yield f"{where}: parent {choice.parent!r} does not stand before it"
        if not choice.source:
            yield f"{where}: no source"
        yield from _validity(where, choice.valid_from, choice.valid_to)


def sourced(wanted: Catalogue) -> Iterator[str]:
    """A number after the point says that the wording has a source, a letter that it has none."""
    for _, choice, where in _choices(wanted):
        if choice.parent and _NUMBERED.fullmatch(choice.code) and not choice.verified:
            yield f"{where}: numbered but not verified"
        if choice.parent and _LETTERED.fullmatch(choice.code) and choice.verified:
            yield f"{where}: lettered but verified"


def spellings(wanted: Catalogue) -> Iterator[str]:
    """No two entries of a list are written alike, so that a cell is never understood two ways."""
    for list_ in wanted.lists.values():
        for choice in list_.choices:
            for way in (*choice.labels.values(), *choice.also):
                if list_.find(way) is not choice:
                    yield f"{list_.name}:{choice.code}: {way!r} does not lead to it"


def maps(wanted: Catalogue) -> Iterator[str]:
    """Where a list is mapped to another, every entry says which code, and the code exists."""
    for list_ in wanted.lists.values():
        for name, target in list_.maps.items():
            if target not in wanted.lists:
                yield f"{list_.name}: mapped to no list {target!r}"
                continue
            codes = [choice.extra.get(name) for choice in list_.choices]
            if name.startswith(("qd", "yttn", "bch")) and None in codes:
                yield f"{list_.name}: an entry has no {name}"
            yield from (f"{list_.name}: {name} {code!r} is not in {target}" for code in codes
                        if code is not None and wanted.lists[target].get(str(code)) is None)


def law(wanted: Catalogue) -> Iterator[str]:
    """Every figure has a source and a time, and two rows of one name never hold on the same day."""
    for table, rows in wanted.law.items():
        if not rows:
            yield f"{table}: no rows"
        for row in rows:
            if not row.source:
                yield f"{table} {row.name}: no source"
            yield from _validity(f"{table} {row.name}", row.valid_from, row.valid_to)
        for name in sorted({row.name for row in rows}):
            spans = sorted((row.valid_from or "", row.valid_to or "9999") for row in rows if row.name == name)
            yield from (f"{table} {name}: two rows on {later[0]}" for earlier, later in pairwise(spans)
                        if later[0] <= earlier[1])


def allowances(wanted: Catalogue) -> Iterator[str]:
    """A coefficient is a positive decimal of a known category, has its ages, and asks only for codes that exist."""
    for row in wanted.law["allowance"]:
        if row.name == "base":
            continue
        where, extra = f"allowance {row.name}", row.extra
        if not _DECIMAL.fullmatch(str(row.value)):
            yield f"{where}: {row.value!r} is no coefficient"
        if wanted.lists["benefit"].get(str(extra.get("category"))) is None:
            yield f"{where}: no category {extra.get('category')!r}"
        start, end = extra.get("from"), extra.get("under")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end:
            yield f"{where}: no ages from and under"
        for name, list_ in _ASKED_LISTS.items():
            codes = extra.get(name, [])
            yield from (f"{where}: {name} {code!r} is not in {list_}"
                        for code in ([codes] if isinstance(codes, str) else codes) if not wanted.lists[list_].get(code))


def _validity(where: str, start: str | None, end: str | None) -> Iterator[str]:
    yield from (f"{where}: {day!r} is no day" for day in (start, end) if day and not _DAY.fullmatch(day))
    if start and end and start > end:
        yield f"{where}: ends before it begins"


# --- sensitivity, memory, places ----------------------------------------------------------------------------------

def guarded(wanted: Catalogue) -> Iterator[str]:
    """What ``guarded.toml`` names is marked sensitive."""
    for name in wanted.guarded.get("fields", ()):
        form, _, item = name.partition(".")
        if form not in wanted.forms or not wanted.forms[form].has(item):
            yield f"guarded: no field {name}"
        elif not wanted.forms[form].field(item).sensitive:
            yield f"{name}: must be marked sensitive"
    for list_name, codes in wanted.guarded.get("choices", {}).items():
        list_ = wanted.lists.get(list_name)
        for code in codes:
            choice = list_.get(code) if list_ else None
            if choice is None:
                yield f"guarded: no choice {list_name}:{code}"
            elif not choice.sensitive:
                yield f"{list_name}:{code}: must be marked sensitive"


def ledger(wanted: Catalogue) -> Iterator[str]:
    """Name and kind of a shipped field never change, a shipped code never goes; the ledger knows every one."""
    known_fields: Mapping[str, Any] = wanted.ledger.get("fields", {})
    present = {form.name: {item.name: item.kind for item in form.fields} for form in wanted.forms.values()}
    for form, kinds_of in known_fields.items():
        for name, kind in kinds_of.items():
            now = present.get(form, {}).get(name)
            if now is None:
                yield f"{form}.{name}: shipped before, may be retired but not removed"
            elif now != kind:
                yield f"{form}.{name}: was of kind {kind}, is {now}"
    for form_name, fields in present.items():
        yield from (f"{form_name}.{name}: not in ledger.toml" for name in fields
                    if name not in known_fields.get(form_name, {}))
    known_codes: Mapping[str, Any] = wanted.ledger.get("codes", {})
    for list_name, codes in known_codes.items():
        list_ = wanted.lists.get(list_name)
        yield from (f"{list_name}:{code}: shipped before, may end but not go" for code in codes
                    if list_ is None or list_.get(code) is None)
    yield from (f"{where}: not in ledger.toml" for list_, choice, where in _choices(wanted)
                if choice.code not in known_codes.get(list_.name, ()))


def places(wanted: Catalogue) -> Iterator[str]:
    """Units: keys once, no code twice on one day, parents and mergers lead somewhere."""
    units = wanted.units
    yield from (f"unit {key}: twice" for key in _twice(unit.key for unit in units.all))
    codes: dict[str, list[tuple[str, str]]] = {}
    for unit in units.all:
        codes.setdefault(unit.code, []).append((unit.valid_from or "", unit.valid_to or "9999"))
        yield from _validity(f"unit {unit.key}", unit.valid_from, unit.valid_to)
        if unit.merged_into and units.successor(unit) is None:
            yield f"unit {unit.key}: merged into nothing"
    yield from (f"unit {unit.key}: no parent {unit.parent}" for unit in units.all
                if unit.parent and unit.parent not in codes)
    for code, spans in codes.items():
        yield from (f"unit {code}: two on {later[0]}" for earlier, later in pairwise(sorted(spans))
                    if later[0] <= earlier[1])


def scopes(wanted: Catalogue) -> Iterator[str]:
    """What a role may write: forms and fields there are."""
    for form, roles in wanted.scope.items():
        known = {field.name for field in wanted.forms[form].fields} if form in wanted.forms else None
        yield from (f"scope {form}: no such form" for _ in (known,) if known is None)
        for role, names in roles.items():
            yield from (f"scope {form}: no role {role}" for _ in (role,) if role not in ("commune", "receiver"))
            yield from (f"scope {form}: no field {name}" for name in names if name not in (known or ()))


CHECKS: tuple[Callable[[Catalogue], Iterator[str]], ...] = (
    properties, names, field_values, targets, parents, conditions, form_rules, shorthands, labels, choices, sourced,
    spellings, maps, law, allowances, guarded, ledger, places, scopes)
