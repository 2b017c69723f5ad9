"""What the lines above the rows of a table say of every row under them: a group, a household class, a village.

A title gives a code only where it names exactly one; what names a circumstance without giving a code is kept in the
notes of each row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cbdesk.headings import wordings
from cbdesk.tables import village_of
from cbdesk.text import match_key, name_case, tidy
from cbdesk.wording import Wording, names_circumstance

_NUMBERED = re.compile(r"^(?:[IVXLC]{1,6}|[A-ZĐ]|\d{1,2})\s*[.)/]\s*")


def whole(titles: Sequence[str]) -> list[str]:
    """Return the titles of a sheet that hold for a later table too: those that do not number a part of it."""
    return [title for title in titles if not _NUMBERED.match(title)]


@dataclass(frozen=True, slots=True)
class Said:
    """What titles or a section say of every row under them: codes, a village, and a text to keep.

    The text is kept where it names a circumstance without giving a code; ``about_class`` when that is only a choice of
    household classes, which a row may say by itself.
    """

    codes: Mapping[str, str]
    village: str
    kept: str
    about_class: bool


def said_by(titles: Sequence[str], wording: Wording) -> Said:
    """Return what titles say."""
    codes: dict[str, str] = {}
    kept = village = ""
    about_class = False
    for title in titles:
        found = wording.inside(title)
        alone = [(name, code[0]) for name, code in found.items() if len(code) == 1]
        several = sum(map(len, found.values())) > 1
        if len(alone) == 1 and not several:
            codes[alone[0][0]] = alone[0][1]
        elif several or names_circumstance(title):
            kept, about_class = _NUMBERED.sub("", title), set(found) == {"household_class"}
        village = village or _village_in(title)
    return Said(codes, village, kept, about_class)


def _village_in(title: str) -> str:
    """Return the village a title names ("Danh sách trẻ em xóm Nà Héng năm 2019"), or ""."""
    parts = tidy(title).split(" ")
    for at in range(len(parts)):
        tail: list[str] = []
        for word in parts[at:]:
            if tail and match_key(word) in wordings("rows", "title_stops"):
                break
            tail.append(word.strip(",;.()"))
            if word[-1:] in ",;.)":
                break
        name = village_of(" ".join(tail))
        if name and name.split()[-1][:1].isupper():
            return name_case(name) if name.isupper() else name[:1].upper() + name[1:]
    return ""
