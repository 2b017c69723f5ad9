"""When two rows say the same of one child, whatever their spelling; whether two *may* be one child: ``likeness``.

``fingerprint`` is who a row is about; importing one file twice adds nothing because what each row says is already
there (``same_content``). Rows are the dicts of ``put`` with a village *name*, or stored records with their village's
name put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from cbdesk.catalogue import catalogue
from cbdesk.text import fold, match_key

Data = Mapping[str, object]


@cache
def village_words() -> tuple[str, ...]:
    """Return the words for kinds of village as match keys, the longest first."""
    return tuple(match_key(word) for word in catalogue().reading.get("village_types", ()))


def village_key(name: str) -> str:
    """Return a village's name without the word for its kind ("Xóm Nà Héng" and "Nà Héng" are one), marks kept."""
    key = match_key(name)
    return next((key[len(word) + 1 :] for word in village_words() if key.startswith(word + " ")), key)


@lru_cache(maxsize=4096)
def place_key(village: str) -> str:
    """Return a village's name for comparing: a word for its kind may be part of the name ("Xóm Bản Oóng")."""
    key = village_key(village)
    rest = next((key[len(word) + 1 :] for word in village_words() if key.startswith(word + " ")), key)
    return key if rest[:1].isdigit() else rest


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def fingerprint(data: Data) -> str:
    """Return who a row is about: name, birth date, sex and village, whatever their spelling. Compare for equality."""
    name, village = match_key(_text(data, "full_name")), village_key(_text(data, "village"))
    return "|".join((name, _text(data, "born"), _text(data, "sex"), village))


def same_content(a: Data, b: Data) -> bool:
    """Return whether two rows say exactly the same, spelling and order of codes aside."""
    return content(a) == content(b)


def content(data: Data) -> frozenset[tuple[str, object]]:
    """Return what a row says, spelling and order of codes aside."""
    return frozenset((name, _plain(name, value)) for name, value in data.items() if value not in _NOTHING)


def _plain(name: str, value: object) -> object:
    """Return a value as it is compared."""
    if isinstance(value, (list, tuple)):
        return tuple(sorted(map(str, value)))
    if isinstance(value, str):
        return village_key(value) if name == "village" else match_key(value)
    return value


def holds(record: Data, said: Data) -> bool:
    """Return whether a record says everything that a row says; its lists and notes may say more."""
    return all(_held(name, record.get(name), value) for name, value in said.items() if value not in _NOTHING)


_NOTHING: tuple[object, ...] = (None, "", [], ())
_ADDED_TO = "notes"


def _held(name: str, old: object, value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return isinstance(old, (list, tuple)) and set(value) <= set(old)
    if name == _ADDED_TO:
        return not _new_lines(old, value)
    return old == value or (old is not None and _plain(name, old) == _plain(name, value))


def _new_lines(old: object, value: object) -> list[str]:
    known = {match_key(line) for line in str(old or "").split("\n")}
    return [line for line in str(value).split("\n") if match_key(line) not in known]


def news(record: Data, said: Data) -> dict[str, object]:
    """Return what a row says more than a record, or otherwise: the fields an update would write.

    Nothing is emptied; lists and notes only grow. A date less exact, a name without its marks and what is written for
    a child without a name say less, not otherwise.
    """
    found: dict[str, object] = {}
    for name, value in said.items():
        old = record.get(name)
        if value in _NOTHING or _held(name, old, value) or _says_less(old, value):
            continue
        if isinstance(value, (list, tuple)):
            has = list(old) if isinstance(old, (list, tuple)) else []
            found[name] = [*has, *(one for one in value if one not in has)]
        elif name == _ADDED_TO:
            found[name] = "\n".join([*([str(old)] if old else []), *_new_lines(old, value)])
        else:
            found[name] = value
    return found


def _says_less(old: object, value: object) -> bool:
    if not isinstance(old, str) or not isinstance(value, str) or not old:
        return False
    less_exact = value.isascii() and value[:4].isdigit() and old.startswith(value + "-")
    return less_exact or (value.isascii() and fold(value) == fold(old)) or catalogue().says("placeholder_names", value)
