"""One row of a list on its way into the register: its data, remarks, and what could be put right at one key.

A ``Repair`` is a proposal. Somebody takes it or keeps the row as it was written; where nobody can be asked, those that
are ``safe`` are taken (a day that does not exist: the month is kept, the words stay in the notes). One that ``waits``
holds its row back while there is somebody to ask. Nothing here reads a file or writes a register.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from cbdesk import words


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about one row; ``field`` is "" where it concerns the whole row."""

    field: str
    code: str
    details: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the sentence in the language in force."""
        key = f"import.note.{self.code}"
        return words.say(key if words.has(key) else f"dates.note.{self.code}", **self.details)


@dataclass(frozen=True, slots=True)
class Repair:
    """One way to put a field right: ``data`` is what the row would say, ``written`` what stands in the file.

    ``leave_out`` proposes to leave the row out instead. ``details`` fill the sentence.
    """

    code: str
    field: str
    data: Mapping[str, object]
    written: str = ""
    waits: bool = True
    safe: bool = False
    leave_out: bool = False
    details: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the question in the language in force."""
        return words.say(f"import.repair.{self.code}", **self.details)

    @property
    def button(self) -> str:
        """Return what stands on the button that takes it."""
        return words.say(f"import.repair_button.{self.code}", **self.details)


@dataclass
class ImportRow:
    """One row: where it stood, its data for ``put`` (village by name), remarks, and why it is refused (or None).

    ``cells`` are (heading, text) as decoded, for the list of refused rows; ``extra`` holds what has no field: the
    head of the household and the relation to it. ``repeats`` is the row of the file that says exactly the same.
    ``repairs`` are open proposals, ``taken`` those somebody took. ``decision`` is what somebody said of the row
    (``new``, ``update``, ``skip``; "" nothing) and ``other`` the child to update. ``why`` is the sentence where a rule
    of the register refused the row, or a question is open.
    """

    sheet: str
    row_number: int
    data: dict[str, object] = dataclasses.field(default_factory=dict)
    notes: list[Note] = dataclasses.field(default_factory=list)
    refused: str | None = None
    cells: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    extra: dict[str, str] = dataclasses.field(default_factory=dict)
    repeats: int | None = None
    repairs: tuple[Repair, ...] = ()
    taken: tuple[Repair, ...] = ()
    kept: tuple[Repair, ...] = ()
    decision: str = ""
    other: str | None = None
    why: str = ""
    left: int = 0
    """First column of the table, where several stand side by side."""

    @property
    def place(self) -> tuple[str, int, int]:
        """Return where the row stands, as an identity: sheet, row, and the table of several side by side."""
        return self.sheet, self.row_number, self.left

    @property
    def reason(self) -> str:
        """Return why the row is refused, for people; "" when it is not."""
        return self.why or (words.say(f"import.refused.{self.refused}") if self.refused else "")

    @property
    def waits(self) -> bool:
        """Return whether a question about the row is open that holds it back while there is somebody to ask."""
        return any(one.waits for one in self.repairs)
