"""Which of two values of one field to keep when two records become one: a proposal with its reason, for a person.

Pure, no I/O. What one side alone knows stands; a value that an office verified, that is written as it must be, or that
says all of the other and more goes first; then what was typed goes before what a list brought. Where nothing tells them
apart, what lasts (a name, a birth date) stays as the book had it first, and what changes (school, village, telephone)
is what was told last. Reasons are codes; their words stand in ``lang/*/matching.toml`` as ``take.<code>``.
"""

from __future__ import annotations

from dataclasses import dataclass

from cbdesk import kinds, sound
from cbdesk.catalogue import Field, catalogue
from cbdesk.change import Value, Version
from cbdesk.text import fold, match_key

WRITTEN = ("name", "text", "long_text", "code")
"""Kinds that are compared as they are read, not letter by letter."""
UNKNOWN = "unknown"
"""The code of lists that says that nobody knows."""
_WHOLE = ("choice", "unit", "ref", "place")


@dataclass(frozen=True, slots=True)
class Told:
    """A value and where it comes from: ``version`` orders what was told, ``listed`` says that an import brought it."""

    value: Value
    version: Version = (0, "")
    listed: bool = False
    verified: bool = False


def same(field: Field, a: Value, b: Value) -> bool:
    """Return whether two values say the same, spelling aside."""
    if field.kind in WRITTEN and isinstance(a, str) and isinstance(b, str):
        return match_key(a) == match_key(b)
    return a == b or (empty(field, a) and empty(field, b))


def choose(field: Field, a: Told, b: Told) -> tuple[str, str]:
    """Return whose value to keep, ``a`` or ``b``, and the code of the reason ("" where they say the same)."""
    if same(field, a.value, b.value):
        return "a", ""
    for code, for_a, for_b in (
        ("only", empty(field, b.value), empty(field, a.value)),
        ("verified", a.verified, b.verified),
        ("well_formed", _formed(field, a.value), _formed(field, b.value)),
        ("fuller", fuller(field, a.value, b.value), fuller(field, b.value, a.value)),
        ("typed", not a.listed, not b.listed),
    ):
        if for_a != for_b:
            return ("a" if for_a else "b"), code
    lasts = field.name in catalogue().matching["join"]["lasting"]
    return ("a" if (a.version < b.version) == lasts else "b"), "first" if lasts else "newer"


def contradict(field: Field, a: Value, b: Value) -> bool:
    """Return whether two values cannot both hold: both say something, and neither says all of the other."""
    if empty(field, a) or empty(field, b) or same(field, a, b):
        return False
    return not (fuller(field, a, b) or fuller(field, b, a))


def empty(field: Field, value: Value) -> bool:
    """Return whether a value says nothing: none, the code for unknown, a name for a child not named yet."""
    if value in (None, "", []):
        return True
    return value == UNKNOWN if field.choices else field.kind == "name" and kinds.placeholder(str(value))


def _formed(field: Field, value: Value) -> bool:
    return not any(one.level != "note" for one in kinds.of(field).check(value, field))


def fuller(field: Field, one: Value, other: Value) -> bool:
    """Return whether a value says all that the other says, and more."""
    if not isinstance(one, str) or not isinstance(other, str) or field.kind in _WHOLE:
        return False
    if field.kind == "date":
        estimate = other.endswith("-01-01") and not one.endswith("-01-01") and one[:4] == other[:4]
        return (len(one) > len(other) and one.startswith(other)) or (estimate and len(one) == len(other))
    if field.kind == "name":
        return _fuller_name(one, other)
    return len(one) > len(other) and fold(other) in fold(one)


def _fuller_name(one: str, other: str) -> bool:
    """Return whether a name has more words or, where the other has none, marks; a word that can be none says less."""
    here, there = sound.syllables(one), sound.syllables(other)
    if sound.bare(there) and not sound.bare(here):
        return {word.plain for word in there} <= {word.plain for word in here}
    if len(here) == len(there):
        return sum(word.real for word in here) > sum(word.real for word in there)
    return len(here) > len(there) and set(there) < set(here)
