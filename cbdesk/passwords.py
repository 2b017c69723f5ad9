"""Judging a new password offline, by how it would be guessed and not by rules about characters. Pure.

Weak is what a person at the keyboard tries first: too short, a few characters again and again, a run along the
alphabet or the keyboard, or the officer's own name with a year behind it.
"""

from __future__ import annotations

import re
import unicodedata

from cbdesk.errors import Problem

LEAST = 10
LEAST_PRACTICE = 4

_ROWS = ("0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def judge(password: str, officer: str, *, practice: bool = False) -> None:
    """Raise ``weak_password`` (with ``n``, the least number of characters) for a password guessed easily.

    A practice register only wants four characters.
    """
    least = LEAST_PRACTICE if practice else LEAST
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(plain) < least or (not practice and (_repeats(plain) or _runs(plain) or _is_name(plain, officer))):
        raise Problem("weak_password", n=least)


def _repeats(text: str) -> bool:
    """Return whether there are at most three different characters, or a short piece comes again and again."""
    periods = range(1, len(text) // 2 + 1)
    return len(set(text)) <= 3 or any(text[period:] == text[:-period] for period in periods)


def _runs(text: str) -> bool:
    """Return whether little is left once runs of three and more along the alphabet or the keyboard are taken out."""
    rows = [row[::step] for row in _ROWS for step in (1, -1)]
    left = at = 0
    while at < len(text):
        longest = max(_shared(text[at:], row[row.find(text[at]) :]) if text[at] in row else 0 for row in rows)
        left += 0 if longest >= 3 else 1
        at += longest if longest >= 3 else 1
    return left < 4


def _shared(text: str, row: str) -> int:
    length = 0
    while length < min(len(text), len(row)) and text[length] == row[length]:
        length += 1
    return length


def _is_name(text: str, officer: str) -> bool:
    """Return whether fewer than three letters remain without the words of the officer's name."""
    letters = re.sub(r"[^a-z]", "", _bare(text))
    words = [word for word in re.split(r"[^a-z]+", _bare(officer)) if len(word) > 1]
    for word in sorted(words, key=len, reverse=True):
        letters = letters.replace(word, "")
    return bool(words) and len(letters) < 3 and len(letters) < len(re.sub(r"[^a-z]", "", _bare(text)))


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part))
