"""Judging a new password offline, by how many guesses it takes and not by rules about characters; and proposing one.

The guesses are zxcvbn's (Wheeler 2016), which is told what people here try first: the officer's name and unit, and a
list of Vietnamese words (``resources/passwords.toml``). A password is judged as it is typed and as it would be guessed,
without marks and without gaps; the fewest guesses count. The library is loaded when the first password is judged.
"""

from __future__ import annotations

import secrets
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache

from cbdesk.errors import Problem
from cbdesk.paths import resources
from cbdesk.words import say

GUESSES = 10**10
"""Fewer guesses are too few: at a try a second and core (``docs/measures/keys_rate.json``) a hundred cores need three
years for as many."""
PRACTICE_LENGTH = 4
"""Characters a practice register wants; nothing else is asked there."""
WORDS = 4
_STEPS = (10**3, 10**6, 10**8, GUESSES)
_LONGEST = 72
"""Characters that are judged; whoever types more has more than enough."""
_NO_GAPS = dict.fromkeys(map(ord, " .,-_/"))
_PATTERNS = {"spatial": "keyboard", "repeat": "repeat", "sequence": "sequence", "date": "date", "regex": "date"}


def judge(password: str, officer: str, *, unit: str = "", practice: bool = False) -> None:
    """Raise ``weak_password`` (with ``advice``) for a password guessed too easily."""
    if practice:
        good, words = len(password) >= PRACTICE_LENGTH, say("password.few", n=PRACTICE_LENGTH)
    else:
        score, words = advice(password, officer, unit=unit)
        good = score == len(_STEPS)
    if not good:
        raise Problem("weak_password", advice=words)


def advice(password: str, officer: str, *, unit: str = "") -> tuple[int, str]:
    """Return a score from 0 to 4 (only 4 is taken) and what to tell the officer, in the language in force."""
    if not password:
        return 0, say("password.short")
    guesses, reason = _guessed(password, _own_words(f"{officer} {unit}"))
    score = sum(guesses >= step for step in _STEPS)
    return score, say("password.good" if score == len(_STEPS) else f"password.{reason}")


def proposal() -> str:
    """Return four pairs of plain words drawn at random, some 53 bits; typed alike with and without an input method."""
    things, qualities = _words("thing"), _words("quality")
    return " ".join(f"{secrets.choice(things)} {secrets.choice(qualities)}" for _ in range(WORDS))


def _guessed(password: str, own: Sequence[str]) -> tuple[float, str]:
    """Return the fewest guesses of the ways to write it, and what makes it weak there."""
    from zxcvbn import zxcvbn

    typed = unicodedata.normalize("NFKC", password)[:_LONGEST]
    inputs = list(dict.fromkeys((*own, *_words("common"), *_words("quality"), *_words("thing"))))
    found = []
    for way in dict.fromkeys((typed, _bare(typed), _bare(typed).translate(_NO_GAPS))):
        if way:
            result = zxcvbn(way, user_inputs=inputs, max_length=_LONGEST * 2)
            found.append((float(result["guesses"]), _reason(result["sequence"], own)))
    return min(found) if found else (0.0, "short")


def _reason(sequence: Sequence[dict[str, object]], own: Sequence[str]) -> str:
    """Return the key of the advice: the person's own words if there are any, else the longest piece guessed at once."""
    pieces = [one for one in sequence if one["pattern"] != "bruteforce"]
    if any(one.get("dictionary_name") == "user_inputs" and one["matched_word"] in own for one in pieces):
        return "name"
    if not pieces:
        return "short"
    return _PATTERNS.get(str(max(pieces, key=lambda one: len(str(one["token"])))["pattern"]), "common")


def _own_words(text: str) -> tuple[str, ...]:
    """Return what a guesser knows of the person: each word, words side by side, and the initials."""
    words = "".join(sign if sign.isalnum() else " " for sign in _bare(text)).split()
    joined = ["".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)]
    return tuple(one for one in dict.fromkeys([*joined, "".join(word[0] for word in words)]) if len(one) > 1)


@cache
def _words(kind: str) -> tuple[str, ...]:
    table = tomllib.loads((resources() / "passwords.toml").read_text(encoding="utf-8"))
    return tuple(str(table[kind]).split())


def _bare(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part))
