"""What is kept apart from who has not the permission to see what is sensitive: whole records, fields, single codes.

Everything follows from the catalogue: fields and choices marked ``sensitive``, and ``[apart]`` of ``guarded.toml``,
which says of which records nothing at all is left over. Pure functions of a form and its values; ``store/veil.py``
makes the same true of the tables, so that no verb has to remember it. Source: NĐ 356/2025/NĐ-CP Điều 4, Luật HIV Điều
30, Luật PCBLGĐ 13/2022/QH15 Điều 9, 34.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from cbdesk.catalogue import Field, Form, catalogue
from cbdesk.change import VOID

LINKS = ("ref", "refs")
POINTER = "record"
"""Field that holds the id of a record of any form."""
EVERY = "*"


def keys(form: str) -> tuple[str, ...]:
    """Return the fields by which a record of a form is kept apart as a whole; ``("*",)``: each one is."""
    return tuple(catalogue().guarded.get("apart", {}).get(form, ()))


def hideable(form: str) -> bool:
    """Return whether records of a form may be kept apart: by themselves, or as rows of a record that is."""
    parent = catalogue().forms[form].parent
    return bool(keys(form)) or (parent is not None and hideable(parent))


def codes(item: Field) -> tuple[str, ...]:
    """Return the sensitive codes of a field that is not sensitive itself."""
    known = catalogue().lists.get(item.choices) if item.choices and not item.sensitive else None
    return tuple(one.code for one in known.choices if one.sensitive) if known else ()


def touched(item: Field) -> bool:
    """Return whether a value of this field may be hidden, wholly or in part."""
    linked = item.kind in LINKS and item.form is not None and hideable(item.form)
    return item.sensitive or bool(codes(item)) or linked


def seen(item: Field, value: Any) -> Any:
    """Return what may be seen of a value: ``None``, a list without its sensitive codes. Links are left as they are."""
    if value in (None, "", []) or not catalogue().sensitive(item, value):
        return value
    if item.sensitive or not isinstance(value, list):
        return None
    hidden = codes(item)
    return [one for one in value if str(one) not in hidden] or None


def holds(form: str, values: Mapping[str, Any]) -> bool:
    """Return whether a record as ``get`` gives it (fields and shorthands) holds anything sensitive."""
    if keys(form) == (EVERY,):
        return True
    for name, secret in _watched(form, catalogue().version):
        value = values.get(name)
        if value not in (None, "", []):
            told = value if isinstance(value, list) else (str(value),)
            if secret is None or not secret.isdisjoint(told):
                return True
    return False


@cache
def _watched(form: str, _version: int) -> tuple[tuple[str, frozenset[str] | None], ...]:
    """Return the fields and shorthands that may hold something sensitive, with its codes (``None``: always)."""
    shape = catalogue().forms[form]
    named = {item.name: item for item in shape.fields} | {one.name: one.field for one in shape.shorthands}
    secret = {name: None if item.sensitive else frozenset(codes(item)) for name, item in named.items()}
    return tuple((name, known) for name, known in secret.items() if known is None or known)


def apart(form: str, values: Mapping[str, Any]) -> bool:
    """Return whether a record is kept apart as a whole by what it says itself (links are not followed)."""
    shape, named = catalogue().forms[form], keys(form)
    return named == (EVERY,) or any(
        values.get(name) not in (None, "", []) and catalogue().sensitive(shape.field(name), values[name])
        for name in named
    )


def told(form: str, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries of a history (``field``, ``from``, ``to``) without what is hidden, and those left of it."""
    shape, found = catalogue().forms[form], list[dict[str, Any]]()
    for entry in entries:
        name = entry["field"]
        if not shape.has(name):
            found += [dict(entry)] if name == VOID else []  # a field of a newer program may be anything
            continue
        item = shape.field(name)
        before, after = seen(item, entry["from"]), seen(item, entry["to"])
        unchanged = (before, after) != (entry["from"], entry["to"]) and before == after
        if not (item.sensitive or unchanged):
            found.append({**entry, "from": before, "to": after})
    return found


def form_keys(form: Form) -> tuple[Field, ...]:
    """Return the fields of ``keys``, none for ``*``."""
    return tuple(form.field(name) for name in keys(form.name) if name != EVERY)
