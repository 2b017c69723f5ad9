"""JSON for bytes from strangers: one meaning or none.

The standard reader is too kind for signed documents: it keeps the last of two equal keys, takes ``NaN`` and numbers
of any length, and recurses as deep as the text asks. ``strict_json`` refuses all of that (``spec/bundle.md`` 3.3 and
7.11), and looks at the depth before anything is parsed. A refusal names the rule, never the content.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

MAX_INT = 2**53
"""Whole numbers stay within what every JSON reader in the world holds exactly."""

_HEX = re.compile(r"[0-9a-f]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"')  # possessive: linear also for a string without end
_BRACKET = re.compile(r"[\[\]{}]")


class StrictJsonError(ValueError):
    """The bytes break a rule of ours; ``rule`` is a short English name of it."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def strict_json(data: bytes, max_depth: int = 6, *, sorted_keys: bool = False) -> Any:
    """Return the value of one JSON text in UTF-8. Raises ``StrictJsonError``.

    Refused: nesting above ``max_depth`` (the outermost container counts as one), equal keys, floats and ``NaN``,
    whole numbers beyond ±2⁵³, text that is not NFC, lone surrogates, NUL, a byte order mark; with ``sorted_keys``
    also keys out of order and line breaks.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise StrictJsonError("utf-8") from None
    if "\x00" in text or text.startswith("\ufeff"):
        raise StrictJsonError("text")
    if sorted_keys and "\n" in text:
        raise StrictJsonError("one line")
    if _depth(text) > max_depth:
        raise StrictJsonError("depth")
    value = _parse(text, sorted_keys)
    _check_text(text, value)
    return value


def canonical(value: object) -> bytes:
    """Return the one-line form in which we write signed documents: keys sorted, no spaces, UTF-8.

    Readers never serialise again: the bytes that came are the bytes that were signed.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")


def is_hex(value: object, digits: int) -> bool:
    """Return whether ``value`` is text of exactly so many lower-case hex digits."""
    return isinstance(value, str) and len(value) == digits and _HEX.fullmatch(value) is not None


def is_count(value: object, most: int = MAX_INT, least: int = 0) -> bool:
    """Return whether ``value`` is a whole number (not ``true``) between ``least`` and ``most``."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _depth(text: str) -> int:
    """Return the deepest nesting of brackets outside strings, without parsing."""
    deepest = depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _parse(text: str, sorted_keys: bool) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise StrictJsonError("duplicate key")
        if sorted_keys and list(found) != sorted(found):
            raise StrictJsonError("order of keys")
        return found

    try:
        return json.loads(
            text, object_pairs_hook=unique, parse_float=_no_number, parse_constant=_no_number, parse_int=_whole
        )
    except StrictJsonError:
        raise
    except (ValueError, RecursionError):
        raise StrictJsonError("json") from None  # the original carries the document


def _no_number(_: str) -> Any:
    raise StrictJsonError("number")


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INT or digits == "-0":
        raise StrictJsonError("number")
    return int(digits)


def _check_text(text: str, value: object) -> None:
    """Refuse text that is not NFC; only an escape can smuggle in a surrogate or NUL, so only then look at each."""
    if not unicodedata.is_normalized("NFC", text):
        raise StrictJsonError("nfc")
    if "\\u" in text:
        _check_each(value)


def _check_each(value: object) -> None:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise StrictJsonError("text")
        if not unicodedata.is_normalized("NFC", value):
            raise StrictJsonError("nfc")
    elif isinstance(value, list):
        for item in value:
            _check_each(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_each(key)
            _check_each(item)
