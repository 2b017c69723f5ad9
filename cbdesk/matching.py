"""When two rows say the same of one child, whatever their spelling; whether two *may* be one child: ``likeness``.

``fingerprint`` is who a row is about; importing one file twice adds nothing because what each row says is already
there (``same_content``). Rows are the dicts of ``put`` with a village *name*, or stored records with their village's
name put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cbdesk.catalogue import catalogue
from cbdesk.text import match_key

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
