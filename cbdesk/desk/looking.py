"""Looks that are told: who saw something sensitive, who printed, who took a file out.

Rules. A verb that hands out whole records tells the access log by itself when what it gives holds something sensitive,
one entry a call with the record, or with the form and how many of a list. A caller that keeps such values sealed until
somebody asks (``seals``; the window) tells instead of each asking (``look``). Lists that only say that something is
sealed are no look. ``detail`` holds names of forms and counts, no values. Source: NĐ 356/2025/NĐ-CP Điều 4 khoản 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cbdesk import compartment
from cbdesk.desk.base import Base
from cbdesk.rights import EXPORT, needs

VIEW, PRINT, EXPORTED = "view", "print", "export"


class Looking(Base):
    """Verbs that tell the access log."""

    seals = False
    """Whether the caller shows nothing sensitive before somebody asks for it, and then calls ``look``."""

    def look(self, record: str = "", what: str = "") -> None:
        """Tell the access log that this officer asked to see what is sealed: of a record, or of a list (``what``)."""
        self._tell_log(VIEW, record, what)

    @needs(EXPORT)
    def note_print(self, what: str, record: str = "") -> None:
        """Tell the access log that something goes to a printer; call it before. ``what``: which paper, which period."""
        self._tell_log(PRINT, record, what)

    @needs(EXPORT)
    def note_export(self, what: str, record: str = "") -> None:
        """Tell the access log that a file is written outside the register; call it before."""
        self._tell_log(EXPORTED, record, what)

    def _tell_log(self, what: str, record: str, detail: str) -> None:
        with self.store.atomic():
            self.ledger.log_access(self.officer, what, record, detail)

    def _tell_read(self, form: str, record: str, *said: Mapping[str, Any]) -> None:
        """Tell that a record was read, where anything of what it said is sensitive and nobody seals it."""
        if not self.seals and self.sees_sensitive and any(compartment.holds(form, one) for one in said):
            self._tell_log(VIEW, record, "")

    def _tell_list(self, form: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Tell that a list was read, with how many of its records hold something sensitive."""
        if not self.seals and self.sees_sensitive and (found := sum(compartment.holds(form, row) for row in rows)):
            self._tell_log(VIEW, "", f"{form} {found}")
