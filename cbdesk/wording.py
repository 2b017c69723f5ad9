"""Finding codes in people's words: "Khuyết tật: vận động" begins with group 04, a title may hold a household class.

Matching is by whole words with their marks. Words that are too weak alone ("mồ côi" may be one parent or both) never
give a code; a word after a negation gives none either (``resources/catalogue/import.toml``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cbdesk.catalogue import Catalogue
from cbdesk.headings import wordings
from cbdesk.text import match_key, nfc

LISTS = {"groups": "group", "risks": "risk", "household_class": "household_class"}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


class Wording:
    """The spellings of the codes of groups, risks and household classes."""

    def __init__(self, catalogue: Catalogue) -> None:
        weak = wordings("values", "too_weak")
        self._codes: dict[str, dict[str, str | None]] = {}
        for field, name in LISTS.items():
            table: dict[str, str | None] = {}
            for choice in catalogue.lists[name].choices:
                if choice.extra.get("poverty"):  # the household class says it
                    continue
                for key in {match_key(w) for w in (*choice.labels.values(), *choice.shorts.values(), *choice.also)}:
                    if key and (field == "household_class" or key not in weak):
                        table[key] = None if key in table and table[key] != choice.code else choice.code
            self._codes[field] = table
        self._longest = max(len(key.split()) for table in self._codes.values() for key in table)
        self._plain = {
            field: {choice.code for choice in catalogue.lists[name].choices} for field, name in LISTS.items()
        }

    def leading(self, text: str, fields: Iterable[str] = LISTS) -> tuple[str, str, str] | None:
        """Return (field, code, rest of the text) where a text begins with the words of a code, else None."""
        bare = text.strip()
        spans = list(_WORD.finditer(nfc(text)))
        keys = [match_key(m[0]) for m in spans]
        start = 0
        while start < len(keys) and keys[start] in wordings("values", "openings"):
            start += 1
        if start < len(keys):
            bare = text.strip() if not start else nfc(text)[spans[start].start() :].strip()
        for field in fields:
            for code in (bare, bare.zfill(2), bare.upper()):
                if code in self._plain[field]:
                    return field, code, ""
        for end in range(min(len(keys), start + self._longest), start, -1):
            for begin in {start, 0}:
                key = " ".join(keys[begin:end])
                for field in fields:
                    if code_found := self._codes[field].get(key):
                        return field, code_found, nfc(text)[spans[end - 1].end() :].strip(" :;,.-–()")
        return None

    def inside(self, text: str) -> dict[str, list[str]]:
        """Return the codes whose words (two syllables or more) stand anywhere in a title, longest wording first."""
        keys = [match_key(m[0]) for m in _WORD.finditer(nfc(text))]
        taken: set[int] = set()
        found: dict[str, list[str]] = {}
        for size in range(min(self._longest, len(keys)), 1, -1):
            for start in range(len(keys) - size + 1):
                span = range(start, start + size)
                if taken.intersection(span) or (start and keys[start - 1] in wordings("values", "negations")):
                    continue
                for field in LISTS:
                    if code := self._codes[field].get(" ".join(keys[start : start + size])):
                        taken.update(span)
                        found.setdefault(field, [])
                        if code not in found[field]:
                            found[field].append(code)
                        break
        return found


def names_circumstance(title: str) -> bool:
    """Return whether a title names a circumstance in words too weak for a code ("Trẻ em mồ côi")."""
    key = f" {match_key(title)} "
    return any(f" {weak} " in key for weak in wordings("values", "kept_from_titles"))
