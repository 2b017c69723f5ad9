"""The catalogue: the only place where a form, a field, a choice, a unit or a figure of the law exists.

It is data (``resources/catalogue/``) with a closed vocabulary, never a language. Everything here is frozen; texts are
picked in the language in force when they are read. Files and their properties (``resources/catalogue/README.md``):

* ``catalogue.toml``        version
* ``forms/<form>.toml``     title, plural, parent, key, ``[[section]]`` with ``[[section.field]]``, ``[[rule]]``,
                            ``[[shorthand]]``
* ``choices/<list>.toml``   title, source, valid_from, valid_to, choices; ``extra`` carries what reports need
* ``<table>.toml``          rows of law with dates (``LAW_TABLES``): thresholds, deadlines, receiver, officer titles,
                            allowance, poverty standard
* ``reading.toml``          words understood in typed text; ``ledger.toml`` all names and codes ever shipped;
                            ``guarded.toml`` what must be marked sensitive
* ``matching.toml``         what speaks for and against two records being one child (``likeness.py``)
* ``holidays.toml``         days off and Saturdays worked instead (``workdays.py``)
* ``facts.toml``            what reports can count (``facts.py``)
* ``columns.toml``          sets of columns tables of reports share (``tally.py``)
* ``scope.toml``            what a role may write into a commune's records
* ``places/*.csv``          administrative units with validity
* ``reports/*.toml``        reports; their shape belongs to ``report.py``

Later layers replace a file of the same name. ``verify`` proves the rules of the house about all of it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, finalize

from cbdesk.paths import resources
from cbdesk.shapes import (
    Catalogue,
    Choice,
    ChoiceList,
    Condition,
    Field,
    Form,
    LawRow,
    Report,
    Rule,
    Section,
    Shorthand,
)
from cbdesk.units import Unit, Units

__all__ = ["Catalogue", "Choice", "ChoiceList", "Condition", "Field", "Form", "LawRow", "Report", "Rule", "Section",
           "Shorthand", "Unit", "Units", "catalogue", "lay", "load", "shipped", "use_layers", "verify"]

FIELD_PROPERTIES = frozenset({"name", "kind", "label", "hint", "choices", "form", "required", "search", "sensitive",
                              "width", "when", "retired"})
CHOICE_PROPERTIES = frozenset({"code", "label", "short", "parent", "sensitive", "verified", "valid_from", "valid_to",
                               "source", "note", "frequent", "also", "extra"})
FORM_PROPERTIES = frozenset({"title", "plural", "parent", "key", "section", "rule", "shorthand"})
LIST_PROPERTIES = frozenset({"title", "source", "valid_from", "valid_to", "sensitive", "verified", "maps", "choice"})
LAW_TABLES = ("thresholds", "deadlines", "receiver", "officer_title", "allowance", "poverty_standard")
LAW_PROPERTIES = frozenset({"name", "label", "value", "valid_from", "valid_to", "source", "verified", "note", "extra"})


class _Reader:
    """Reads the layers of files and remembers what it did not understand."""

    def __init__(self, layers: Sequence[Path]) -> None:
        self.layers = layers
        self.oddities: list[str] = []

    def files(self, pattern: str) -> dict[str, Path]:
        """Return stem to path; a later layer replaces an earlier one."""
        return {path.stem: path for layer in self.layers for path in sorted(layer.glob(pattern))}

    def toml(self, pattern: str) -> dict[str, dict[str, Any]]:
        return {stem: tomllib.loads(path.read_text(encoding="utf-8")) for stem, path in self.files(pattern).items()}

    def one(self, name: str) -> dict[str, Any]:
        return next(iter(self.toml(name).values()), {})

    def known(self, where: str, given: Iterable[str], allowed: frozenset[str]) -> None:
        self.oddities += [f"{where}: unknown property {name!r}" for name in given if name not in allowed]


def _field(raw: Mapping[str, Any], section: str) -> Field:
    when = raw.get("when")
    return Field(
        name=raw["name"], kind=raw["kind"], labels=raw.get("label", {"vi": raw["name"]}), section=section,
        hints=raw.get("hint", {}), choices=raw.get("choices"), form=raw.get("form"),
        required=raw.get("required", ""), search=raw.get("search", False), sensitive=raw.get("sensitive", False),
        width=raw.get("width", 12), retired=raw.get("retired", False),
        when=Condition(when["field"], tuple(when["any_of"])) if when else None)


def _form(reader: _Reader, name: str, raw: Mapping[str, Any]) -> Form:
    reader.known(f"forms/{name}", raw, FORM_PROPERTIES)
    sections, fields = [], []
    for part in raw.get("section", []):
        sections.append(Section(part["name"], part["title"], tuple(part.get("rows", ()))))
        for item in part.get("field", []):
            reader.known(f"forms/{name}.{item.get('name')}", item, FIELD_PROPERTIES)
            fields.append(_field(item, part["name"]))
    rules = tuple(
        Rule(item["kind"], tuple(item.get("fields", ())), item.get("level", "ask"),
             {key: value for key, value in item.items() if key not in ("kind", "fields", "level")})
        for item in raw.get("rule", []))
    shorthands = tuple(
        Shorthand(_field({key: item[key] for key in item if key in FIELD_PROPERTIES - {"form"}}, ""),
                  item["form"], item["target"], item.get("fill", {}))
        for item in raw.get("shorthand", []))
    return Form(name, raw["title"], raw["plural"], raw.get("parent"), tuple(raw.get("key", ())), tuple(sections),
                tuple(fields), rules, shorthands)


def _choices(reader: _Reader, name: str, raw: Mapping[str, Any]) -> ChoiceList:
    reader.known(f"choices/{name}", raw, LIST_PROPERTIES)
    made: dict[str, Choice] = {}
    for order, item in enumerate(raw.get("choice", [])):
        parent = made.get(item.get("parent", ""))
        choice = Choice(
            code=item["code"], labels=item["label"], shorts=item.get("short", {}), parent=item.get("parent"),
            sensitive=item.get("sensitive", raw.get("sensitive", False) or bool(parent and parent.sensitive)),
            verified=item.get("verified", raw.get("verified", True)),
            valid_from=item.get("valid_from", raw.get("valid_from")) or None,
            valid_to=item.get("valid_to", raw.get("valid_to")) or None,
            source=item.get("source", raw.get("source", "")), order=order, note=item.get("note", ""),
            frequent=item.get("frequent", False), also=tuple(item.get("also", ())), extra=item.get("extra", {}))
        reader.known(f"choices/{name}.{choice.code}", item, CHOICE_PROPERTIES)
        if choice.code in made:
            reader.oddities.append(f"choices/{name}: code {choice.code} twice")
        made[choice.code] = choice
    return ChoiceList(name, raw["title"], raw.get("source", ""), tuple(made.values()), raw.get("maps", {}))


def _law(reader: _Reader, table: str, raw: Mapping[str, Any]) -> tuple[LawRow, ...]:
    rows = []
    for item in raw.get("row", []):
        reader.known(f"{table}.{item.get('name')}", item, LAW_PROPERTIES)
        rows.append(LawRow(item["name"], item["label"], item["value"], item.get("valid_from") or None,
                           item.get("valid_to") or None, item.get("source", ""), item.get("verified", False),
                           item.get("note", ""), item.get("extra", {})))
    return tuple(rows)


def with_tables(raw: Mapping[str, Any], reports: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return a report with the tables it takes from others (``use = "report.table"``); what it says of them wins.

    A table that is not found stays as it is, which ``reported.check`` tells.
    """
    if not any("use" in one for one in raw.get("grid", ())):
        return raw
    told = ((name, one) for name, data in reports.items() for one in data.get("grid", ()) if "row" in one)
    tables = {f"{name}.{one['name']}": one for name, one in told}
    made = [
        {**tables[use], **{key: value for key, value in one.items() if key != "use"}}
        if (use := str(one.get("use", ""))) in tables else one for one in raw["grid"]
    ]  # fmt: skip
    return {**raw, "grid": made}


def load(*layers: Path) -> Catalogue:
    """Read a catalogue from folders; a file of a later folder replaces the file of the same name."""
    reader = _Reader(layers)
    forms = {name: _form(reader, name, raw) for name, raw in reader.toml("forms/*.toml").items()}
    lists = {name: _choices(reader, name, raw) for name, raw in reader.toml("choices/*.toml").items()}
    law = {table: _law(reader, table, reader.one(f"{table}.toml")) for table in LAW_TABLES}
    told = reader.toml("reports/*.toml")
    reports = {name: Report(name, with_tables(raw, told)) for name, raw in told.items()}
    reading = reader.one("reading.toml")
    units = Units.read(reader.files("places/*.csv").values(), tuple(reading.get("unit_types", ())))
    return Catalogue(
        version=int(reader.one("catalogue.toml").get("version", 0)), forms=forms, lists=lists, units=units,
        reports=reports, law=law, ledger=reader.one("ledger.toml"), guarded=reader.one("guarded.toml"),
        reading=reading, matching=reader.one("matching.toml"), holidays=reader.one("holidays.toml"),
        facts=reader.one("facts.toml"), columns=reader.one("columns.toml"), scope=reader.one("scope.toml"),
        oddities=tuple(reader.oddities))


_layers: list[Path] = []
_laid: WeakKeyDictionary[object, Callable[[Catalogue], Catalogue]] = WeakKeyDictionary()
_changes: list[Callable[[Catalogue], Catalogue]] = []
"""What is laid over the catalogue just now, in order; ``_laid`` says by whom."""


@cache
def _loaded(layers: tuple[Path, ...]) -> Catalogue:
    return load(resources() / "catalogue", *layers)


@lru_cache(maxsize=4)
def _changed(layers: tuple[Path, ...], changes: tuple[Callable[[Catalogue], Catalogue], ...]) -> Catalogue:
    found = _loaded(layers)
    for change in changes:
        found = change(found)
    return found


def use_layers(*layers: Path) -> None:
    """Lay updates over the shipped catalogue, later ones winning. For signed updates, already checked by the caller."""
    _layers[:] = layers


def lay(holder: object, change: Callable[[Catalogue], Catalogue] | None) -> None:
    """Lay data that an open register holds (``additions``, already checked) over the catalogue; ``None`` lifts it.

    ``change`` makes the catalogue with them from the one without; it must not hold the register itself.
    """
    _laid.pop(holder, None)
    if change is not None:
        _laid[holder] = change
        finalize(holder, _gather)  # one that was never closed
    _gather()


def _gather() -> None:
    _changes[:] = _laid.values()


def catalogue() -> Catalogue:
    """Return the catalogue in force, read once."""
    return _changed(tuple(_layers), tuple(_changes)) if _changes else _loaded(tuple(_layers))


def shipped() -> Catalogue:
    """Return the catalogue without what registers lay over it."""
    return _loaded(tuple(_layers))


def verify(wanted: Catalogue | None = None) -> list[str]:
    """Return what is wrong with a catalogue (the one in force by default), one sentence each; empty when sound."""
    from cbdesk.catalogue_check import verify as proof
    return proof(wanted or catalogue())
