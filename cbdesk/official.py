"""The official forms (Mẫu) and letters there are, and one of them made: template, heading, marks, signatures. Pure.

A template whose ``origin`` is ``articles`` was built from what the articles require, because its official body is not
known to us: its papers say so (NHÁP …) until an office has loaded the checked original. A template corrected by the
office stands in its own records; papers made from it say that too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from cbdesk import document, letterhead
from cbdesk.document import Document, Template
from cbdesk.errors import Problem
from cbdesk.letterhead import Office
from cbdesk.paper import Signer
from cbdesk.paths import resources


@dataclass(frozen=True, slots=True)
class Corrected:
    """A template an office corrected: its text, and whether it was checked against the original."""

    text: str
    checked: bool


@cache
def _shipped() -> Mapping[str, Template]:
    folder = resources() / "paper" / "forms"
    return {
        path.stem: document.read(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))
    }


def templates(own: Mapping[str, Corrected] | None = None) -> dict[str, Template]:
    """Return all templates by name, those of the office before the shipped ones. Raises ``Problem(template_wrong)``."""
    return {**_shipped(), **{name: document.read(name, one.text) for name, one in (own or {}).items()}}


def make(
    name: str,
    data: document.Data,
    office: Office,
    day: date,
    *,
    slots: frozenset[str],
    own: Mapping[str, Corrected] | None = None,
    copy: str = "",
) -> Document:
    """Return one form or letter, filled as far as ``data`` goes.

    ``slots`` are all slots there are; ``copy`` is the mark of a copy. Raises ``Problem``: ``unknown_paper``,
    ``template_wrong``.
    """
    corrected = (own or {}).get(name)
    found = templates(own).get(name)
    if found is None:
        raise Problem("unknown_paper", name=name)
    words, head = letterhead.patterns()["form"], found.head
    official = head.get("heading", "office") == "office"
    return Document(
        name=name,
        kind=document.slot_text(head.get("kind", ""), data),
        about=document.slot_text(head.get("about", ""), data),
        blocks=document.fill(found, data, slots, words["hidden"]),
        form=head.get("form", ""),
        issuer=letterhead.issuer_lines(office) if official else (),
        national=letterhead.national_lines(),
        number=letterhead.number_line(office, head.get("symbol", "")) if official and head.get("symbol") else "",
        place_date=letterhead.place_date(office, day) if official else "",
        recipients=tuple(one.strip() for one in head.get("recipients", "").split(";") if one.strip()),
        signers=tuple(_signers(head.get("sign", ""), office, data)),
        footer=words["secret"] if head.get("secret", "yes") == "yes" else "",
        marks=tuple(one for one in (_origin(found, corrected, words), copy) if one),
        page_of=letterhead.patterns()["patterns"]["page_of"],
        practice=letterhead.patterns()["words"]["practice"] if office.practice else "",
        pocket=head.get("pocket") == "yes",
        words={"recipients": words["recipients"]},
    )


def _origin(template: Template, corrected: Corrected | None, words: Mapping[str, str]) -> str:
    if corrected is not None:
        return words["corrected"] if not corrected.checked else words["checked"]
    return (
        words["articles"].format(basis=template.head.get("basis", "")) if template.head.get("origin") != "form" else ""
    )


def _signers(pattern: str, office: Office, data: document.Data) -> Sequence[Signer]:
    """Return who signs: ``LINE / (note) / {slot} | …``; ``@office`` is the one who signs for the office."""
    found = []
    for part in (one.strip() for one in pattern.split("|") if one.strip()):
        if part == "@office":
            found.append(letterhead.signers_of(office)[-1])
            continue
        lines = [document.slot_text(one, data) for one in part.split("/")]
        titles = [one for one in lines if one.isupper()]
        notes = [one for one in lines if one.startswith("(")]
        names = [one for one in lines if one and one not in titles and one not in notes]
        found.append(Signer(tuple(titles), names[0] if names else "", notes[0] if notes else ""))
    return found
