"""What the headings of a superior's form ask for: a field of children, or how many children of which kind.

A heading that counts is understood only when nothing of it is left over: a number under a heading half understood
would be a wrong number. What is sensitive is never a target. Wordings: ``resources/catalogue/superior.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cbdesk import formcells, words
from cbdesk.catalogue import Catalogue
from cbdesk.formcells import COUNT, data
from cbdesk.headings import Headings, choices_of
from cbdesk.text import match_key, tidy
from cbdesk.wording import Wording

LIST, FIGURES = "list", "figures"
_LEFT_OUT = frozenset({"detail", "head_relation", "tags", "book_code", "notes"})


class FormHeadings(Headings):
    """The headings of lists of children, those of forms before them, and those that count."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue.form("child"))
        self.catalogue = catalogue
        for target, said in data()["headings"].items():
            for wording in said:
                self._exact[match_key(wording)] = target
        self._counts = _phrases(data()["counts"])
        self._wording = Wording(catalogue)
        self._villages = {match_key(one) for one in data()["village"]["wordings"]}
        self._ages = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in data()["ages"].items()}

    def names_village(self, path: tuple[str, ...]) -> bool:
        """Return whether a column of a form of figures names villages."""
        return bool(path) and match_key(re.sub(r"\([^()]*\)", " ", path[-1])) in self._villages

    def counts(self, text: str) -> tuple[str, ...] | None:
        """Return the conditions one heading names, () for all children, None where it is not wholly understood."""
        if not any(map(str.isalpha, text)):
            return None
        rest, found = tidy(re.sub(r"[()\[\],;:+]", " ", text)).casefold(), list[str]()
        if any(f" {match_key(one)} " in f" {match_key(rest)} " or one in rest for one in _words("other") if one):
            return None
        rest = self._age(rest, found)
        key = f" {match_key(rest)} "
        for phrase, condition in self._counts:
            if f" {phrase} " in key:
                key = key.replace(f" {phrase} ", " | ")
                found.append(condition)
        for phrase in _fillers():
            key = key.replace(f" {phrase} ", " ")
        left = " ".join(key.replace("|", " ").split())
        if not left:
            return tuple(dict.fromkeys(found))
        code = self._wording.leading(text, ("groups",))
        return (f"group.{code[1]}",) if code and not code[2] and not found else None

    def _age(self, rest: str, found: list[str]) -> str:
        for name, pattern in self._ages.items():
            if match := pattern.search(rest):
                numbers = [int(one) for one in match.groups()]
                low, high = (0, numbers[0]) if len(numbers) == 1 else numbers
                found.append(f"{low}-{high if name == 'from_to' else high - 1}")
                return rest[: match.start()] + " " + rest[match.end() :]
        return rest

    def count_of(self, path: tuple[str, ...]) -> tuple[str, bool]:
        """Return (counting target or "", whether it asks for what is sensitive) of a column."""
        found: list[str] = []
        for text in path:
            conditions = self.counts(text)
            if conditions is None:
                return "", False
            found += conditions
        groups = self.catalogue.lists["group"]
        codes = (one.removeprefix("group.") for one in found if one.startswith("group."))
        if any((choice := groups.get(code)) and choice.sensitive for code in codes):
            return "", True
        told = "+".join(dict.fromkeys(found))
        return (f"{COUNT}:{told}" if told else COUNT), False

    def crossed(self, text: str) -> str:
        """Return the crossed code a heading names ("groups=04"), or ""."""
        code = self._wording.leading(text, ("groups", "risks"))
        return f"{code[0]}={code[1]}" if code and not code[2] else ""

    def asks(self, text: str) -> bool:
        """Return whether a cell can be a heading we know."""
        if len(text) > 120 or not any(map(str.isalpha, text)):
            return False
        return self.find(text) is not None or self.counts(text) is not None or match_key(text) in self._villages

    def label(self, target: str) -> str:
        """Return a target for people, counting ones too."""
        if target.partition(":")[0] != COUNT:
            return self._plain_label(target)
        parts = [self._condition(one) for one in target.partition(":")[2].split("+") if one]
        return words.say("superior.count_of", what=", ".join(parts)) if parts else words.say("superior.count")

    def _plain_label(self, target: str) -> str:
        name, _, code = target.partition("=")
        choices = choices_of(self.form, name, self.catalogue) if code else None
        choice = choices.get(code) if choices else None
        if choice is not None:
            return words.say("import.target.ticked", label=self._field_label(name), code=choice.short)
        known = f"superior.target.{target}"
        return words.say(known) if words.has(known) else super().label(target)

    def _condition(self, condition: str) -> str:
        if condition.startswith("group."):
            return self.catalogue.lists["group"].label(condition.removeprefix("group."))
        low, dash, high = condition.partition("-")
        if dash and low == "0":
            return words.say("superior.ages_below", high=int(high) + 1)
        return words.say("superior.ages", low=low, high=high) if dash else words.say(f"superior.condition.{condition}")

    def knows(self, target: str, catalogue: Catalogue) -> bool:
        """Return whether a target exists and may stand on a form: nothing sensitive does."""
        name, _, code = target.partition("=")
        if name.partition(":")[0] == COUNT:
            return formcells.knows_count(target, catalogue)
        if target in data()["headings"]:
            return True
        if code and name in ("groups", "risks"):
            choice = catalogue.lists["group" if name == "groups" else "risk"].get(code)
            return choice is not None and not choice.sensitive
        form = catalogue.form("child")
        if form.has(name) and form.field(name).sensitive:
            return False
        return super().knows(target, catalogue)

    def choices(self, kind: str) -> list[tuple[str, str]]:
        """Return what a person may choose for a column, as (target, words)."""
        if kind == FIGURES:
            plain = [COUNT, *(f"{COUNT}:{one}" for one in formcells.CONDITIONS)]
            crossed = [f"{COUNT}:{one}+{sex}" for one in formcells.CONDITIONS[2:] for sex in ("male", "female")]
            return [(one, self.label(one)) for one in ("number", "village", *plain, *crossed)]
        form = self.catalogue.form("child")
        extra = [one for one in data()["headings"] if not form.has(one) and form.shorthand(one) is None]
        found = [one for one, _ in super().targets(self.catalogue) if self.knows(one, self.catalogue)]
        return [(one, self.label(one)) for one in dict.fromkeys((*extra, *found)) if one not in _LEFT_OUT]


def _phrases(table: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return (phrase, condition), the longest phrase first."""
    found = [(match_key(one), name) for name, said in table.items() if isinstance(said, list) for one in said]
    return sorted(found, key=lambda one: -len(one[0].split()))


def _words(name: str) -> list[str]:
    return [str(one) for one in data()["counts"]["words"][name]]


def _fillers() -> list[str]:
    found = {match_key(one) for one in (*_words("all"), *_words("filler"))} - {""}
    return sorted(found, key=lambda one: -len(one.split()))
