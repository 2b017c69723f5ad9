"""Syllables of names as they sound: what is written for one another by ear, what was mistyped, what is another name.

``Syllable`` keeps the views of one written syllable; all words come from ``catalogue().matching``. Source of the
classes: letters that speakers in the north and speakers of Mông and Dao write for one another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from cbdesk.catalogue import catalogue
from cbdesk.text import fold, match_key

SAME, TONE, LETTERS, EAR, TYPED, OTHER = "same", "tone", "letters", "ear", "typed", "other"


_LONE_Y = re.compile(r"(?<![aeou])y$|(?<=qu)y$")


@dataclass(frozen=True, slots=True, eq=False)
class Syllable:
    """One syllable: ``letters`` without tone, ``tone`` 0 to 5, ``plain`` without any mark, ``sound`` as it is heard.

    ``marked`` says that it carries a mark; ``real`` that it can be a syllable at all. There is one object for each
    written syllable, so that they are compared by identity.
    """

    letters: str
    tone: str
    plain: str
    sound: str
    marked: bool
    real: bool


@cache
def _classes() -> dict[str, str]:
    return {onset: group[0] for group in _words("alike") for onset in group}


@cache
def _words(name: str) -> tuple[Any, ...]:
    return tuple(catalogue().matching["names"][name])


@cache
def _pattern() -> re.Pattern[str]:
    onset, opened, nucleus, coda = ("|".join(_words(name)) for name in ("onsets", "open", "nuclei", "codas"))
    return re.compile(f"({onset})?(?!(?<=qu)u)((?:{opened})|(?:{nucleus})(?:{coda}))")


@cache
def customary() -> frozenset[str]:
    """Return the middle names that tell nobody apart, as search forms."""
    return frozenset(fold(word) for word in _words("customary"))


@lru_cache(maxsize=4096)
def tells_nobody(middle: Syllable) -> bool:
    """Return whether a middle name is a customary one, or one mistyped ("Vănn")."""
    if middle.real or middle.plain in customary():
        return middle.plain in customary()
    return any(OSA.distance(middle.plain, one, score_cutoff=1) <= 1 for one in customary() if len(one) > 2)


@cache
def syllable(key: str) -> Syllable:
    """Return the views of one syllable of a match key ("hoang2" style: letters and tone digit)."""
    letters, tone = key[:-1], key[-1]
    plain = _LONE_Y.sub("i", fold(letters))
    found = _pattern().fullmatch(plain)
    onset, rhyme = (found[1] or "", found[2]) if found else _cut(plain)
    sound = _classes().get(onset, onset) + (rhyme[:-1] + "i" if rhyme.endswith("y") else rhyme)
    return Syllable(letters, tone, plain, sound, plain != letters or tone != "0", found is not None)


def _cut(plain: str) -> tuple[str, str]:
    """Return (beginning, rest) of what is no syllable."""
    onset = next((one for one in _words("onsets") if plain.startswith(one)), "")
    return onset, plain[len(onset) :]


@lru_cache(maxsize=32768)
def syllables(name: str) -> tuple[Syllable, ...]:
    """Return the syllables of a written name."""
    return tuple(one for word in name.split() for one in _word(word))


@lru_cache(maxsize=32768)
def _word(written: str) -> tuple[Syllable, ...]:
    """Return the syllables of one word: a few thousand words make all names."""
    return tuple(syllable(key) for key in match_key(written).split())


@lru_cache(maxsize=65536)
def likeness(a: Syllable, b: Syllable, *, bare: bool = False) -> str:
    """Return how two syllables agree: ``same``, ``tone``, ``letters``, ``ear``, ``typed`` or ``other``.

    ``bare`` says that one of the two names is written without any mark, so that marks tell nothing (``letters``). Two
    real syllables that differ by a letter are two names ("Máy" and "Mái", "Mẩy" and "Máy"); a difference of one key
    counts as typing only where one of them is no syllable.
    """
    if a.letters == b.letters:
        return SAME if a.tone == b.tone else LETTERS if bare else TONE
    if a.plain == b.plain:
        return LETTERS if bare else OTHER
    if a.sound == b.sound and a.plain[-1] == b.plain[-1] and (bare or (a.tone == b.tone and _rhyme(a, b))):
        return EAR
    return TYPED if not (a.real and b.real) and one_key(a, b) else OTHER


@lru_cache(maxsize=65536)
def one_key(a: Syllable, b: Syllable) -> bool:
    """Return whether two syllables differ by one key: lost, added, wrong, or swapped with its neighbour."""
    return any(OSA.distance(*keys, score_cutoff=1) <= 1 for keys in _keys(a, b))


@lru_cache(maxsize=65536)
def slip(a: Syllable, b: Syllable) -> bool:
    """Return whether one key was lost, doubled or swapped with its neighbour; a key in another's place is no slip."""
    here, there = (one.plain.replace("y", "i") for one in (a, b))
    return OSA.distance(here, there, score_cutoff=1) == 1 and (len(here) != len(there) or sorted(here) == sorted(there))


def sayable(one: Syllable) -> bool:
    """Return whether a syllable can have its tone: one that ends in c, ch, p or t is always sắc or nặng."""
    return one.tone in "45" or not one.plain.endswith(("c", "ch", "p", "t"))


def _keys(a: Syllable, b: Syllable) -> tuple[tuple[str, str], ...]:
    """Return the spellings to compare; y and i count as one letter ("Vyx", "Vy")."""
    plain = a.plain.replace("y", "i"), b.plain.replace("y", "i")
    return plain, (a.sound, b.sound), (fold(a.letters), fold(b.letters))


def bare(name: Sequence[Syllable]) -> bool:
    """Return whether a name carries no mark at all."""
    return not any(one.marked for one in name)


def _rhyme(a: Syllable, b: Syllable) -> bool:
    """Return whether what stands after the beginnings has the same letters."""
    length = min(len(_tail(a)), len(_tail(b)))
    return a.letters[-length:] == b.letters[-length:]


def _tail(one: Syllable) -> str:
    found = _pattern().fullmatch(one.plain)
    return str(found[2]) if found else one.plain


@lru_cache(maxsize=32768)
def plain_name(name: tuple[Syllable, ...]) -> tuple[Syllable, ...]:
    """Return a name without the customary middle names."""
    last = len(name) - 1
    return tuple(one for i, one in enumerate(name) if i in (0, last) or not tells_nobody(one))


def by_ear(plain: str) -> tuple[str, ...]:
    """Return how one folded syllable may be written by ear, itself first."""
    onset, rhyme = _cut(plain)
    group = next((group for group in _words("alike") if onset in group), (onset,))
    return (plain, *(one + rhyme for one in group if one != onset))
