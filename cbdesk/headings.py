"""What a column heading means, and the other wordings of lists: ``resources/catalogue/import.toml``.

A heading becomes a *target*: a field of the form (``born``), a crossed code (``household_class=poor``), a birth date
that tells the sex (``born@male``), or a part that the importer joins (``family_and_middle``). Marks count: "Nam" is
not "năm"; only a heading without any mark is compared without.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cbdesk import words
from cbdesk.catalogue import Catalogue, ChoiceList, Form
from cbdesk.paths import resources
from cbdesk.text import fold, match_key, tidy

PEOPLE = ("father_name", "mother_name", "carer_name", "head", "parents")
NAMES = ("full_name", "family_and_middle", "given_name")
SEXES = {"male": "male", "female": "female"}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\*")


@cache
def data() -> Mapping[str, Any]:
    """Return the table of wordings."""
    return tomllib.loads((resources() / "catalogue" / "import.toml").read_text(encoding="utf-8"))


@cache
def wordings(table: str, name: str) -> frozenset[str]:
    """Return one list of wordings as match keys."""
    return frozenset(match_key(w) for w in data()[table][name])


@cache
def ticks(name: str) -> frozenset[str]:
    """Return the signs of a cross (``ticks``) or of none (``no_ticks``), in small letters."""
    return frozenset(tidy(w).casefold() for w in data()["rows"][name])


def is_tick(text: str) -> bool:
    """Return whether a cell is crossed."""
    return tidy(text).casefold() in ticks("ticks")


def is_no_tick(text: str) -> bool:
    """Return whether a cell is plainly not crossed."""
    return tidy(text).casefold() in ticks("no_ticks")


@dataclass(frozen=True, slots=True)
class Found:
    """What a heading means and how sure that is: 2 the very wording, 1 a wording inside it."""

    target: str
    sure: int


class Headings:
    """The wordings of one form: its labels and those of ``import.toml``; ``names`` are the targets that name one."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.names = NAMES if form.has("full_name") else form.key
        self._exact: dict[str, str] = {}
        self._bare: dict[str, str] = {}
        tables = data()
        parts = tables["parts"] if form.has("full_name") else {}
        for target, said in {**tables.get(form.name, {}), **parts}.items():
            if _belongs(form, target):
                for wording in said:
                    self._learn(wording, target)
        for field in (*form.fields, *(s.field for s in form.shorthands)):
            for label in field.labels.values():
                self._learn(label, field.name)
        said_names = (bare for bare, target in self._bare.items() if target in self.names and bare)
        self._openers = frozenset(bare.split()[0].strip(",") for bare in said_names)

    def _learn(self, wording: str, target: str) -> None:
        self._exact.setdefault(match_key(wording), target)
        self._bare.setdefault(fold(wording), target)

    def may_head_names(self, text: str) -> bool:
        """Return quickly whether a cell can be the heading of a column of names.

        A sentence is none: the reason beside a refused row says "name" and must not head the rows below it.
        """
        if len(text) > 80 or (text.endswith(".") and match_key(text) not in self._exact):
            return False
        return bool(self._openers.intersection(fold(text).split()))

    def find(self, heading: str) -> Found | None:
        """Return the meaning of one heading cell, or None."""
        clean = tidy(_BRACKETS.sub(" ", heading)) or tidy(heading)
        for whole in (tidy(heading), clean):
            if target := self._exact.get(match_key(whole)):
                return Found(target, 2)
        if clean.isascii() and (target := self._bare.get(" ".join(fold(clean).split()))):
            return Found(target, 2)
        return self._within(match_key(clean))

    def _within(self, key: str) -> Found | None:
        """Return the wording at the beginning of a heading, else the longest inside it; one syllable only begins."""
        syllables = key.split()
        best: tuple[int, int, str] | None = None
        if len(syllables) > 12:
            return None
        for start in range(len(syllables)):
            for end in range(len(syllables), start, -1):
                if end - start == 1 and (start or len(syllables) > 3):
                    continue
                target = self._exact.get(" ".join(syllables[start:end]))
                rank = (int(start == 0), end - start, target or "")
                if target and (best is None or rank[:2] > best[:2]):
                    best = rank
        return Found(best[2], 1) if best else None

    def of_path(self, path: tuple[str, ...]) -> Found | None:
        """Return the meaning of a column by its headings from top to bottom."""
        if not path:
            return None
        low = self.find(path[-1])
        if len(path) == 1:
            return low
        whole = self.find(" ".join(path))
        if whole and whole.sure == 2:
            return whole
        return self._under(self.find(path[-2]), low)

    def _under(self, high: Found | None, low: Found | None) -> Found | None:
        if high is None or low is None:
            return low or high
        if low.target in SEXES:
            target = f"born@{low.target}" if high.target == "born" else f"sex={low.target}"
            return Found(target, min(high.sure, low.sure))
        if high.target in PEOPLE:
            return high if low.target in self.names else None
        return low

    def label(self, target: str) -> str:
        """Return a target for people."""
        field, _, code = target.partition("=")
        name, _, sex = field.partition("@")
        if sex:
            return words.say(f"import.target.born_{sex}")
        label = self._field_label(name)
        return words.say("import.target.ticked", label=label, code=code) if code else label

    def targets(self, catalogue: Catalogue) -> list[tuple[str, str]]:
        """Return what a person may choose for a column, as (target, words): fields, parts, then crossed codes."""
        fields = [f for f in self.form.fields if not f.retired and f.kind not in ("ref", "refs")]
        names = [f.name for f in (*fields, *(s.field for s in self.form.shorthands))]
        if self.form.has("full_name"):
            names += [part for part in data()["parts"] if part not in SEXES]
            names += [f"born@{sex}" for sex in SEXES]
        found = [(name, self.label(name)) for name in dict.fromkeys(names)]
        for name in ("sex", "household_class", "groups", "risks"):
            choices = choices_of(self.form, name, catalogue)
            for choice in choices.choices if choices else ():
                label = words.say("import.target.ticked", label=self._field_label(name), code=choice.short)
                found.append((f"{name}={choice.code}", label))
        return found

    def _field_label(self, name: str) -> str:
        if self.form.has(name):
            return self.form.field(name).label
        shorthand = self.form.shorthand(name)
        return shorthand.field.label if shorthand else words.say(f"import.target.{name}")

    def knows(self, target: str, catalogue: Catalogue) -> bool:
        """Return whether a target given in a mapping file exists."""
        name, _, code = target.partition("=")
        name, _, sex = name.partition("@")
        if sex:
            return name == "born" and sex in SEXES and not code
        if code:
            choices = choices_of(self.form, name, catalogue)
            return choices is not None and choices.get(code) is not None
        return target in data()["parts"] or self.form.has(target) or self.form.shorthand(target) is not None


def _belongs(form: Form, target: str) -> bool:
    name = target.partition("=")[0].partition("@")[0]
    return name in data()["parts"] or form.has(name) or form.shorthand(name) is not None


def choices_of(form: Form, name: str, catalogue: Catalogue) -> ChoiceList | None:
    """Return the list of choices of a field or shorthand, if it has one."""
    shorthand = form.shorthand(name)
    field = shorthand.field if shorthand else form.field(name) if form.has(name) else None
    return catalogue.lists.get(field.choices) if field and field.choices else None
