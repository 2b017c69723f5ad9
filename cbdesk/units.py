"""Administrative units with their time: a code is not a key, (code, valid_from) is.

All 56 codes in force since 2025-07-01 belonged to an old commune before. ``key`` is ``CODE@valid_from``; units that
exist since before our table have ``CODE@``. Levels in the file: ``tinh`` (province), ``huyen`` (district, gone since
2025), ``xa`` (commune).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cbdesk import text
from cbdesk.errors import Problem

PROVINCE, DISTRICT, COMMUNE = "tinh", "huyen", "xa"


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit during one time. ``valid_to`` is its last day; ``merged_into`` a code of the next time."""

    code: str
    valid_from: str | None
    valid_to: str | None
    level: str
    name: str
    parent: str | None
    merged_into: str | None
    note: str

    @property
    def key(self) -> str:
        """Return the stored form, ``01321@2025-07-01``."""
        return f"{self.code}@{self.valid_from or ''}"

    def valid(self, on: date) -> bool:
        """Return whether the unit existed on that day."""
        return (self.valid_from or "") <= on.isoformat() <= (self.valid_to or "9999-12-31")


class Units:
    """All units, in the order of the file."""

    def __init__(self, units: Iterable[Unit], types: tuple[str, ...] = ()) -> None:
        self.all = tuple(units)
        self._types = tuple(text.match_key(word) + " " for word in types)
        self._by_key = {unit.key: unit for unit in self.all}
        self._by_code: dict[str, list[Unit]] = {}
        self._by_name: dict[str, list[Unit]] = {}
        for unit in self.all:
            self._by_code.setdefault(unit.code, []).append(unit)
            full = text.match_key(unit.name)
            for key in {full, self._bare(full)}:
                self._by_name.setdefault(key, []).append(unit)

    @classmethod
    def read(cls, files: Iterable[Path], types: tuple[str, ...] = ()) -> Units:
        """Read CSV files with the columns level, code, name, parent_code, valid_from, valid_to, merged_into, note.

        ``types`` are the words for kinds of unit that stand before a name and may be left out when it is typed.
        """
        found = []
        for path in files:
            with path.open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    found.append(Unit(row["code"], row["valid_from"] or None, row["valid_to"] or None, row["level"],
                                      text.nfc(row["name"]), row["parent_code"] or None, row["merged_into"] or None,
                                      row["note"]))
        return cls(found, types)

    def _bare(self, key: str) -> str:
        return next((key[len(word):] for word in self._types if key.startswith(word)), key)

    def get(self, key: str) -> Unit | None:
        """Return the unit with that key, ``CODE@valid_from``."""
        return self._by_key.get(key)

    def resolve(self, wanted: str, on: date | None = None) -> Unit:
        """Return the unit of a key or of a code on a day.

        Raises ``Problem(wrong_unit)`` for an unknown code or none on that day, ``Problem(ambiguous_unit)`` for a code
        of several times when no day is given.
        """
        wanted = wanted.strip()
        if "@" in wanted:
            unit = self.get(wanted)
            if unit is None:
                raise Problem("wrong_unit", code=wanted)
            return unit
        rows = self._by_code.get(wanted, [])
        if on is not None:
            rows = [unit for unit in rows if unit.valid(on)]
        if not rows:
            raise Problem("wrong_unit", code=wanted)
        if len(rows) > 1:
            raise Problem("ambiguous_unit", code=wanted, choices=", ".join(u.key for u in rows), example=rows[-1].key)
        return rows[0]

    def label(self, key: str) -> str:
        """Return the name of a unit by key or code; what is unknown is shown as it is."""
        unit = self.get(key)
        if unit is None and key in self._by_code:
            unit = self._by_code[key][-1]
        return unit.name if unit else key

    def current(self, on: date, level: str = COMMUNE) -> list[Unit]:
        """Return the units of a level on that day, by default the communes."""
        return [unit for unit in self.all if unit.level == level and unit.valid(on)]

    def province(self, on: date) -> Unit:
        """Return the province."""
        return self.current(on, PROVINCE)[0]

    def find(self, name: str, on: date | None = None) -> list[Unit]:
        """Return the units with that name, with or without the word for their kind; several are possible."""
        key = text.match_key(name)
        found = self._by_name.get(key, [])
        return [unit for unit in found if on is None or unit.valid(on)]

    def successor(self, unit: Unit) -> Unit | None:
        """Return the unit this one went into: the row of ``merged_into`` with the next ``valid_from``."""
        if not unit.merged_into or not unit.valid_to:
            return None
        later = [u for u in self._by_code.get(unit.merged_into, ()) if (u.valid_to or "9") > unit.valid_to]
        return min(later, key=lambda u: u.valid_from or "") if later else None

    def predecessors(self, unit: Unit) -> list[Unit]:
        """Return the units that went into this one."""
        return [old for old in self.all if old.merged_into == unit.code and self.successor(old) == unit]
