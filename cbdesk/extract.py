"""A sealed extract: what of the register travels to whom is a profile, and the document that carries its rows.

``cbdesk/extract/1`` has the envelope and checks of a bundle and is never merged: its payload are rows of finished text,
its manifest says profile, purpose, legal basis, fields, count and until when it may be used. Profiles are data
(``resources/catalogue/profiles.toml``): a list of fields that travel, and what never does.

Source: ``spec/bundle.md`` 3.7; Luật 91/2025/QH15 Điều 17, NĐ 356/2025/NĐ-CP Điều 7.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from cbdesk import compartment, dates, envelope, text
from cbdesk.card import Device
from cbdesk.catalogue import Catalogue, catalogue
from cbdesk.errors import Problem
from cbdesk.manifest import MAX_LINE
from cbdesk.paths import resources
from cbdesk.seal import DeviceKeys, Opened
from cbdesk.strict import StrictJsonError, is_count, strict_json
from cbdesk.words import pick

KIND = "extract"
LIST, RECORD, STATISTICS, POLICE = "list", "record", "statistics", "police"
MAX_ROWS, MAX_FIELDS, MAX_TEXT = 50_000, 40, 2_000
_NAME = re.compile(r"[a-z0-9_.]{1,60}")


@dataclass(frozen=True, slots=True)
class Profile:
    """Which fields travel to whom. ``data`` holds what its shape needs (see ``profiles.toml``)."""

    name: str
    shape: str
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]
    days: int
    covered: bool
    data: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Return the title in the language in force."""
        return pick(self.data["title"])

    @property
    def explain(self) -> str:
        """Return what it is for."""
        return pick(self.data["explain"])


@cache
def _told() -> Mapping[str, Any]:
    return tomllib.loads((resources() / "catalogue" / "profiles.toml").read_text(encoding="utf-8"))


@cache
def profiles() -> Mapping[str, Profile]:
    """Return the profiles by name, in the order people see."""
    return {
        one["name"]: Profile(one["name"], one["shape"], tuple(one["purposes"]), tuple(one["recipients"]),
                             int(one["days"]), bool(one["covered"]), one)
        for one in _told()["profile"]
    }  # fmt: skip


def never() -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """Return the fields (``form.name``) that travel in no extract, and the codes by list that do not."""
    return frozenset(_told()["never"]), {name: frozenset(codes) for name, codes in _told()["never_codes"].items()}


def profile(name: str) -> Profile:
    """Return a profile. Raises ``Problem(unknown_profile)``."""
    if name not in profiles():
        raise Problem("unknown_profile", profile=name)
    return profiles()[name]


def faults(known: Catalogue) -> Iterator[str]:
    """Return what is wrong with the profiles: fields there are none of, that never travel, or are sensitive."""
    hidden, _ = never()
    for one in profiles().values():
        if one.shape not in (LIST, RECORD, STATISTICS, POLICE):
            yield f"{one.name}: shape {one.shape!r}"
        for code in one.purposes:
            if known.lists["purpose"].get(code) is None:
                yield f"{one.name}: no purpose {code!r}"
        for where in fields_of(one):
            form, _, name = where.partition(".")
            if form not in known.forms or not known.forms[form].has(name):
                yield f"{one.name}: no field {where}"
            elif where in hidden:
                yield f"{one.name}: {where} never travels"
            elif known.forms[form].field(name).sensitive and not one.covered:
                yield f"{one.name}: {where} is sensitive"


def fields_of(one: Profile) -> list[str]:
    """Return the fields a profile names, as ``form.name``; columns with words of their own name none."""
    columns = [str(column["field"]) for column in one.data.get("columns", ()) if "field" in column]
    forms = one.data.get("forms", {})
    return [*columns, *(f"{form}.{name}" for form, names in forms.items() for name in names)]


# --- the document ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extract:
    """An extract as it travels and as it is read: rows of finished text under ``columns`` (key, heading).

    ``expires`` is the last day it may be used, ISO. ``sender`` is ``None`` before it is sent.
    """

    profile: str
    title: str
    purpose: str
    basis: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    expires: str
    sender: Device | None = None
    digest: str = ""
    at: str = ""


def pack(keys: DeviceKeys, me: Device, peer: Device, made: Extract, *, practice: bool) -> tuple[bytes, str, bytes]:
    """Return (sealed bytes, file name, manifest). Raises ``Problem(payload_too_big)``: the reader would refuse it."""
    raw = text.nfc("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made.rows)).encode()
    if len(made.rows) > MAX_ROWS or any(len(line) > MAX_LINE for line in raw.split(b"\n")):
        raise Problem("payload_too_big")
    told = {
        "what": KIND,
        "profile": made.profile,
        "title": made.title,
        "purpose": made.purpose,
        "basis": made.basis,
        "fields": [list(column) for column in made.columns],
        "count": made.count,
        "expiry": made.expires,
    }
    return envelope.pack(KIND, keys, me, peer, raw, told, practice=practice)


def read(opened: Opened, today: date) -> Extract:
    """Return an opened extract. Raises ``Problem``: ``bad_manifest``, ``payload_damaged``, ``extract_expired``.

    Everything in it is a stranger's text: bounded, shown as it is, taken for nothing.
    """
    told = opened.manifest
    for name, most in (("profile", 60), ("title", 200), ("purpose", 60), ("basis", MAX_TEXT)):
        if not isinstance(told.get(name), str) or not 0 < len(told[name]) <= most:
            raise Problem("bad_manifest", field=name)
    columns = told.get("fields")
    if not isinstance(columns, list) or not 0 < len(columns) <= MAX_FIELDS or not all(map(_column, columns)):
        raise Problem("bad_manifest", field="fields")
    if told.get("what") != KIND or not is_count(told.get("count")):
        raise Problem("bad_manifest", field="count")
    expiry = told.get("expiry")
    last = dates.latest(expiry) if isinstance(expiry, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", expiry) else None
    if last is None:
        raise Problem("bad_manifest", field="expiry")
    if today > last:
        raise Problem("extract_expired", date=dates.show_date(str(expiry)))
    if len(opened.lines) > MAX_ROWS:
        raise Problem("payload_too_big")
    rows = tuple(_row(line, len(columns)) for line in opened.lines)
    return Extract(told["profile"], told["title"], told["purpose"], told["basis"],
                   tuple((key, heading) for key, heading in columns), rows, int(told["count"]), str(expiry),
                   opened.sender, opened.manifest_sha256, str(told["at"]))  # fmt: skip


def _column(value: object) -> bool:
    match value:
        case [str(key), str(heading)]:
            return bool(_NAME.fullmatch(key)) and 0 < len(heading) <= 200
    return False


def _row(line: bytes, width: int) -> tuple[str, ...]:
    try:
        found = strict_json(line, max_depth=1)
    except StrictJsonError:
        raise Problem("payload_damaged", detail="line") from None
    if not isinstance(found, list) or len(found) != width:
        raise Problem("payload_damaged", detail="line")
    if not all(isinstance(one, str) and len(one) <= MAX_TEXT for one in found):
        raise Problem("payload_damaged", detail="line")
    return tuple(found)


def last_day(one: Profile, today: date) -> str:
    """Return until when an extract made today may be used, ISO."""
    return date.fromordinal(today.toordinal() + one.days).isoformat()


def travels(form: str, values: Mapping[str, Any], *, covered: bool) -> bool:
    """Return whether anything of a record may travel: nothing does where one of its codes never does.

    Not even a day of it: that there is such a record would tell.
    """
    _, codes = never()
    known = [item for item in catalogue().forms[form].fields if item.choices in codes and values.get(item.name)]
    if not all(may_tell(form, item.name, values[item.name], covered=True) for item in known):
        return False
    return covered or not compartment.apart(form, values)


def may_tell(form: str, name: str, codes: object, *, covered: bool) -> bool:
    """Return whether a value may travel: none of what never does, and what is sensitive only where covered."""
    hidden, never_codes = never()
    item = catalogue().forms[form].field(name)
    told = {str(one) for one in codes} if isinstance(codes, Sequence) and not isinstance(codes, str) else {str(codes)}
    if f"{form}.{name}" in hidden or told & never_codes.get(item.choices or "", frozenset()):
        return False
    return covered or not catalogue().sensitive(item, codes)
