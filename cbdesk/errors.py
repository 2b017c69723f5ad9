"""What can go wrong, sorted by whose it is.

* A ``Problem`` is about the world (a stick, a file, a key, a password). It has a number to read out on the
  telephone and three sentences: what happened, what is safe, what to do next. All of them stand in one table,
  ``resources/problems.toml``, printed to ``docs/problems.md``.
* A ``Finding`` is about one field of one record and is shown beside that field, never in a box.
* Anything else is a bug of ours; callers say "saved work is safe" and write type, file and line to the log, never
  the exception's text, because texts carry values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as slot
from typing import Any, Literal

from cbdesk import words

Level = Literal["stop", "ask", "note"]


class Problem(Exception):
    """Something in the world stands in the way. ``name`` is a key of ``resources/problems.toml``.

    ``details`` fill the slots of the three sentences; they never hold a person's data.
    """

    def __init__(self, name: str, /, **details: Any) -> None:
        self.name = name
        self.details = details
        self.number: str = words.problem(name)["number"]
        super().__init__(f"{self.number} {name}")

    @property
    def what(self) -> str:
        """Return the sentence that says what happened."""
        return words.problem_sentence(self.name, "what", self.details)

    @property
    def safe(self) -> str:
        """Return the sentence that says what is safe."""
        return words.problem_sentence(self.name, "safe", self.details)

    @property
    def next(self) -> str:
        """Return the sentence that says what to do next."""
        return words.problem_sentence(self.name, "next", self.details)

    def as_dict(self) -> dict[str, str]:
        """Return the shape promised by the command line: number, name, what, safe, next."""
        return {"number": self.number, "name": self.name, "what": self.what, "safe": self.safe, "next": self.next}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one field. ``stop`` blocks saving, ``ask`` wants a reason or one key, ``note`` informs.

    ``name`` is a key ``finding.<name>`` of the language files.
    """

    field: str
    level: Level
    name: str
    details: Mapping[str, Any] = slot(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the sentence in the language in force."""
        return words.say(f"finding.{self.name}", **self.details)

    def as_dict(self) -> dict[str, str]:
        """Return the shape used by ``--json``: field, level, name, text."""
        return {"field": self.field, "level": self.level, "name": self.name, "text": self.text}
