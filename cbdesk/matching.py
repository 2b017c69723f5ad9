"""When two rows are about one child: exactly (``fingerprint``) or perhaps (``looks_alike``).

``fingerprint`` is who a row is about; importing one file twice adds nothing because each row's fingerprint is already
there. ``looks_alike`` is a suspicion for a person to decide, never a reason to merge: twins, brothers called Máy and
Mái, and dozens of children of one name are real. Rows are the dicts of ``put`` with a village *name*, or stored
records with their village's name put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cbdesk.catalogue import catalogue
from cbdesk.dates import earliest, latest
from cbdesk.text import fold, match_key, split_name

Data = Mapping[str, object]


@cache
def village_words() -> tuple[str, ...]:
    """Return the words for kinds of village as match keys, the longest first."""
    return tuple(match_key(word) for word in catalogue().reading.get("village_types", ()))


def village_key(name: str) -> str:
    """Return a village's name without the word for its kind ("Xóm Nà Héng" and "Nà Héng" are one), marks kept."""
    key = match_key(name)
    return next((key[len(word) + 1 :] for word in village_words() if key.startswith(word + " ")), key)


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def fingerprint(data: Data) -> str:
    """Return who a row is about: name, birth date, sex and village, whatever their spelling. Compare for equality."""
    name, village = match_key(_text(data, "full_name")), village_key(_text(data, "village"))
    return "|".join((name, _text(data, "born"), _text(data, "sex"), village))


def same_content(a: Data, b: Data) -> bool:
    """Return whether two rows say exactly the same, spelling and order of codes aside."""
    return _content(a) == _content(b)


def _content(data: Data) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in data.items():
        if isinstance(value, (list, tuple)):
            found[name] = sorted(map(str, value))
        elif isinstance(value, str):
            found[name] = village_key(value) if name == "village" else match_key(value)
        else:
            found[name] = value
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def blocks(data: Data) -> tuple[str, ...]:
    """Return the keys under which a row is looked for; only rows that share one are compared."""
    name = fold(_text(data, "full_name"))
    keys = [f"n:{name}"] if name else []
    if number := _text(data, "personal_id"):
        keys.append(f"p:{number}")
    return tuple(keys)


def reasons(a: Data, b: Data) -> tuple[str, ...]:
    """Return why two rows may be one child, strongest first; empty when nothing speaks for it.

    The same personal number is enough. The same name without marks counts when nothing contradicts: birth dates that
    can be one day, sexes not opposed. Wider likeness (spelling by ear, typing) is for later rules to add here.
    """
    if _text(a, "personal_id") and _text(a, "personal_id") == _text(b, "personal_id"):
        return ("same_id",)
    name = fold(_text(a, "full_name"))
    if not name or name != fold(_text(b, "full_name")) or not _may_agree(a, b):
        return ()
    same_sound = match_key(_text(a, "full_name")) == match_key(_text(b, "full_name"))
    found = ["same_name" if same_sound else "same_letters"]
    for field in ("born", "village", "mother_name", "father_name"):
        key = village_key if field == "village" else match_key
        if _text(a, field) and key(_text(a, field)) == key(_text(b, field)):
            found.append(f"same_{field}")
    return tuple(found)


def looks_alike(a: Data, b: Data) -> bool:
    """Return whether a person should compare two rows."""
    why = reasons(a, b)
    if not why or "same_id" in why:
        return bool(why)
    if len(split_name(_text(a, "full_name"))[0]) == 0:
        return len(why) > 1
    known = all(_text(x, "born") for x in (a, b))
    return known or len(why) > 1


def _may_agree(a: Data, b: Data) -> bool:
    sexes = {_text(x, "sex") for x in (a, b)}
    if {"male", "female"} <= sexes:
        return False
    ends = [(earliest(_text(x, "born")), latest(_text(x, "born"))) for x in (a, b)]
    (first_a, last_a), (first_b, last_b) = ends
    if first_a is None or last_a is None or first_b is None or last_b is None:
        return True
    return first_a <= last_b and first_b <= last_a
