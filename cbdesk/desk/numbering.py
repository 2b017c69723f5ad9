"""Codes a register gives by itself, to children, incidents, lists and village sheets.

``BL-A0417``, ``VV-2026-A031``, ``CA-2026-A01``, ``RS-A0012``. Two PCs of one commune number offline, so each
code carries the device's letter. A code is given once, when the record is made, and never again. What is kept apart
from some officers when it is made has numbers of its own (``VV-2026-AK007``), so that theirs have no holes to count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from cbdesk import clock, compartment, text
from cbdesk.catalogue import Unit, catalogue
from cbdesk.change import Value
from cbdesk.store import Store


class Numbers:
    """The next codes of one unit of work; the highest one given is read once."""

    def __init__(self, store: Store, unit: Unit, node: str, *, letter: str = "") -> None:
        self._store = store
        self._letter = letter or chr(ord("A") + int(node[:1] or "0", 16))
        initials = "".join(word[:1] for word in text.fold(unit.name).split()[1:]).upper()
        year = clock.today().year
        self._forms: dict[str, tuple[str, Callable[[], str], int]] = {
            "child": ("book_code", lambda: f"{initials}-{self._letter}", 4),
            "incident": ("number", lambda: f"{catalogue().reading['incident_code'][0]}-{year}-{self._letter}", 3),
            "cleaning_list": ("number", lambda: f"{catalogue().reading['police_code'][0]}-{year}-{self._letter}", 2),
            "data_request": ("number", lambda: f"{catalogue().reading['request_code'][0]}-{year}-{self._letter}", 2),
            "erasure_minutes": ("number", lambda: f"{catalogue().reading['minutes_code'][0]}-{year}-{self._letter}", 2),
            "round_sheet": ("number", lambda: f"{catalogue().reading['round_code'][0]}-{self._letter}", 4),
        }
        self._last: dict[str, int] = {}

    def code(self, form: str, fields: Mapping[str, Value] | None = None) -> dict[str, str]:
        """Return the code field of a new record of this form with these fields, or nothing where the form has none."""
        if form not in self._forms:
            return {}
        name, start, width = self._forms[form]
        prefix = start() + (catalogue().reading["apart_code"][0] if compartment.apart(form, fields or {}) else "")
        if prefix not in self._last:
            self._last[prefix] = self._highest(form, name, prefix, width)
        self._last[prefix] += 1
        return {name: f"{prefix}{self._last[prefix]:0{width}d}"}

    def _highest(self, form: str, name: str, prefix: str, width: int) -> int:
        """Return the highest number given; the last code in the index tells it, until codes outgrow their width."""
        begins = (prefix, prefix + ":")  # ":" follows "9"
        where = f'FROM main."{form}" WHERE "{name}" >= ? AND "{name}" < ?'
        last = self._store.db.execute(f'SELECT max("{name}") {where}', begins).fetchone()[0]
        digits = str(last or "")[len(prefix) :]
        if re.fullmatch(rf"[0-8]\d{{{width - 1}}}", digits):
            return int(digits)
        number = f'CAST(substr("{name}", {len(prefix) + 1}) AS INTEGER)'
        return int(self._store.db.execute(f"SELECT max({number}) {where}", begins).fetchone()[0] or 0)
