"""The one printed form for 120 bits: recovery codes and fingerprints, ``ABCDE FGHJK …`` (``spec/bundle.md`` 2.2).

Six groups of five characters of Crockford's alphabet: four carry 20 bits, the fifth checks its group, so that a slip
is found where it was made. The check is a weighted sum over GF(32): any two weights differ and none is zero, so every
wrong character and every swap of neighbours changes it. The number of the group is weighed in as well: a group typed
in another's place is found too. Read aloud and typed, never compared by eye.
"""

from __future__ import annotations

import unicodedata

from cbdesk.errors import Problem

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 6
SIZE = 15
"""Bytes in a code: 120 bits."""

_VALUE = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_WEIGHTS = (2, 3, 4, 5)
_PLACE_WEIGHT = 6
_POLYNOMIAL = 0b100101  # x⁵ + x² + 1


def groups_of(code: bytes) -> str:
    """Return 15 bytes as six groups of five characters. Raises ``ValueError`` for another length."""
    if len(code) != SIZE:
        raise ValueError("15 bytes")
    number = int.from_bytes(code, "big")
    groups = []
    for place in range(GROUPS):
        part = number >> 20 * (GROUPS - 1 - place) & 0xFFFFF
        values = [part >> shift & 31 for shift in (15, 10, 5, 0)]
        groups.append("".join(ALPHABET[value] for value in [*values, _check(place, values)]))
    return " ".join(groups)


def read_groups(text: str) -> bytes:
    """Return the 15 bytes of a typed code. Raises ``wrong_recovery`` with the ``group`` (1–6) that is not right.

    Lower case, spaces, dashes and full-width letters are taken; O is 0, I and L are 1.
    """
    number = 0
    for place, group in enumerate(_split(text)):
        values = [_VALUE.get(character, -1) for character in group]
        if len(values) != 5 or min(values) < 0 or _check(place, values[:4]) != values[4]:
            raise Problem("wrong_recovery", group=place + 1)
        for value in values[:4]:
            number = number << 5 | value
    return number.to_bytes(SIZE, "big")


def first_difference(code: bytes, other: bytes) -> int:
    """Return the number of the first group (1–6) in which two codes differ, 0 if they are equal."""
    mine, theirs = groups_of(code).split(), groups_of(other).split()
    return next((place for place, (a, b) in enumerate(zip(mine, theirs, strict=True), 1) if a != b), 0)


def _split(text: str) -> list[str]:
    """Return six groups: as the writer parted them, or else every five characters."""
    plain = unicodedata.normalize("NFKC", text).upper()
    words = "".join(character if character.isalnum() else " " for character in plain).split()
    if len(words) != GROUPS:
        joined = "".join(words)
        words = [joined[at : at + 5] for at in range(0, GROUPS * 5, 5)]
        words[-1] += joined[GROUPS * 5 :]
    return words


def _check(place: int, values: list[int]) -> int:
    total = _times(_PLACE_WEIGHT, place + 1)
    for weight, value in zip(_WEIGHTS, values, strict=True):
        total ^= _times(weight, value)
    return total


def _times(a: int, b: int) -> int:
    """Multiply in GF(32)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 32:
            a ^= _POLYNOMIAL
        b >>= 1
    return product
