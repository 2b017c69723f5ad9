"""The works of others this program stands on: name, version, licence, what each is for.

``resources/licences.json`` is made from the notices and the lock (``tools/sbom.py``) and travels with the program, so
that the list is there in a built one too; the version told is that of the package that is really there.
"""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import dataclass
from functools import cache

from cbdesk.paths import resources


@dataclass(frozen=True, slots=True)
class Work:
    """One work. ``version`` is empty for what stands inside another; ``use`` what for, or where it is."""

    name: str
    version: str
    licence: str
    use: str


@cache
def works() -> tuple[Work, ...]:
    """Return all works, packages first."""
    rows = json.loads((resources() / "licences.json").read_text(encoding="utf-8"))
    return tuple(Work(row["name"], _present(row["name"], row["version"]), row["licence"], row["use"]) for row in rows)


def _present(name: str, told: str) -> str:
    try:
        return importlib.metadata.version(name) if told else told
    except importlib.metadata.PackageNotFoundError:  # a font, or a package whose data was left out of the build
        return told
