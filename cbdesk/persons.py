"""What is compared of one child's record, read once: names as syllables, date, place, parents, numbers.

Records are as ``put`` takes them, with the village's *name*, or stored ones with that name put in; ``_unit`` is used
where present. What stands in brackets after a name is what the child is called at home, and tells nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cbdesk import sound
from cbdesk.catalogue import catalogue
from cbdesk.matching import village_key
from cbdesk.sound import Syllable

_BESIDE = re.compile(r"[(\[].*?(?:[)\]]|$)")


@dataclass(slots=True)
class Person:
    """What is compared of one record."""

    id: str
    name: tuple[Syllable, ...]
    spaced: str
    compact: str
    bare: bool
    core: str
    family: Syllable | None
    given: Syllable | None
    middle: tuple[Syllable, ...]
    custom: tuple[str, ...]
    born: tuple[int, int, int]
    day: int
    sex: str
    village: str
    unit: str
    people: str
    mother: tuple[Syllable, ...]
    father: tuple[Syllable, ...]
    carer: tuple[Syllable, ...]
    number: str
    card: str
    phone: str


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


@lru_cache(maxsize=4096)
def _village(name: str) -> str:
    """Return a village's name for comparing; a letter before it stands for the word for its kind ("X. Na Heng")."""
    key = village_key(name)
    first, _, rest = key.partition(" ")
    key = rest if rest and len(first) == 2 and first[0].isalpha() else key
    return village_key(key)


def _date(iso: str) -> tuple[tuple[int, int, int], int]:
    try:
        year, month, day = (*map(int, iso.split("-")), 0, 0)[:3] if iso else (0, 0, 0)
        return (year, month, day), date(year, month, day).toordinal() if day else 0
    except ValueError:
        return (0, 0, 0), 0


def person(data: Mapping[str, object]) -> Person:
    """Return what is compared of a record."""
    written = _BESIDE.sub(" ", _text(data, "full_name")).strip() or _text(data, "usual_name")
    name = () if catalogue().says("placeholder_names", written) else sound.syllables(written)
    middle = [one for one in name[1:-1] if not sound.tells_nobody(one)]
    born, day = _date(_text(data, "born"))
    mother, father = sound.syllables(_text(data, "mother_name")), sound.syllables(_text(data, "father_name"))
    return Person(
        id=_text(data, "id"), name=name, spaced=" ".join(one.plain for one in name),
        compact="".join(one.plain for one in name),
        bare=sound.bare(name), family=name[0] if len(name) > 1 else None,
        core=" ".join(one.sound for one in (name[:1] + tuple(middle) + name[-1:] if len(name) > 1 else name)),
        given=name[-1] if name else None, middle=tuple(middle),
        custom=tuple(one.plain for one in name[1:-1] if sound.tells_nobody(one)),
        born=born, day=day, sex=_text(data, "sex"), village=_village(_text(data, "village")),
        unit=_text(data, "_unit"), people=_text(data, "ethnicity"), mother=mother,
        father=father, carer=sound.syllables(_text(data, "carer_name")),
         number=_text(data, "personal_id"),
        card=_text(data, "health_card")[-10:], phone=_text(data, "phone"),
    )  # fmt: skip
