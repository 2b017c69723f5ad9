"""The official forms (Mẫu) and letters there are, and one of them made: template, heading, marks, signatures. Pure.

A template whose ``origin`` is ``articles`` was built from what the articles require, because its official body is not
known to us: its papers say so (NHÁP …) until an office has loaded the checked original. One whose ``origin`` is
``layout`` follows no form: it is a way of telling, which an office changes as it likes. A template corrected by the
office stands in its own records; papers made from it say that too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
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


FORMS, REPORTS = "forms", "reports"
"""Where templates stand: forms and letters, made of records; the words of reports, made of figures. No name is in both:
a template of an office that corrects a report is one of ``REPORTS``, all others are of ``FORMS``."""


@cache
def _shipped(folder: str) -> Mapping[str, Template]:
    files = sorted((resources() / "paper" / folder).glob("*.txt"))
    return {path.stem: document.read(path.stem, path.read_text(encoding="utf-8")) for path in files}


def templates(own: Mapping[str, Corrected] | None = None, folder: str = FORMS) -> dict[str, Template]:
    """Return all templates by name, those of the office before the shipped ones.

    One of the office that is wrong is told of when its paper is asked for (``template``); it stops no other paper.
    """
    found = dict(_shipped(folder))
    for name in own or {}:
        with suppress(Problem):
            found[name] = template(name, own, folder)
    return found


def template(name: str, own: Mapping[str, Corrected] | None = None, folder: str = FORMS) -> Template:
    """Return one template, that of the office before the shipped one. Raises ``unknown_paper``, ``template_wrong``."""
    if own and name in own and (name in _shipped(REPORTS)) == (folder == REPORTS):
        return document.read(name, own[name].text)
    if name not in _shipped(folder):
        raise Problem("unknown_paper", name=name)
    return _shipped(folder)[name]


def make(
    name: str,
    data: document.Data,
    office: Office,
    day: date | None,
    *,
    slots: frozenset[str],
    own: Mapping[str, Corrected] | None = None,
    copy: str = "",
    folder: str = FORMS,
) -> Document:
    """Return one form, letter or report (``folder``), filled as far as ``data`` goes.

    ``day`` dates it (``None``: room for the pen); ``slots`` are all slots there are; ``copy`` is the mark of a copy.
    Raises ``Problem``: ``unknown_paper``, ``template_wrong``.
    """
    corrected = (own or {}).get(name)
    found = template(name, own, folder)
    words, head = letterhead.patterns()["form"], found.head
    heading = head.get("heading", "office")
    official, symbol = heading == "office", head.get("symbol", "")
    return Document(
        name=name,
        kind=document.slot_text(head.get("kind", ""), data),
        about=document.slot_text(head.get("about", ""), data).replace(" / ", "\n"),
        blocks=document.fill(found, data, slots, words["hidden"]),
        heading=heading,
        form=head.get("form", ""),
        issuer=letterhead.issuer_lines(office) if heading != "plain" else (),
        national=letterhead.national_lines(),
        number=letterhead.number_line(_numbered(office, head, data), symbol) if official and symbol else "",
        place_date=_place_date(office, day, head, data) if official else "",
        recipients=_recipients(document.slot_text(head.get("recipients", ""), data)),
        signers=tuple(_signers(head.get("sign", ""), office, data)),
        footer=words["secret"] if head.get("secret", "yes") == "yes" else "",
        marks=tuple(one for one in (_origin(found, corrected, words), copy) if one),
        page_of=letterhead.patterns()["patterns"]["page_of"],
        practice=letterhead.patterns()["words"]["practice"] if office.practice else "",
        pocket=head.get("pocket") == "yes",
        spaced=folder == REPORTS,
        words={"recipients": words["recipients"]},
    )


def _numbered(office: Office, head: Mapping[str, str], data: document.Data) -> Office:
    """Return the office with the number the paper already has in the register (``number: {decision.number}``)."""
    return replace(office, number=document.slot_text(head.get("number", ""), data))


def _place_date(office: Office, day: date | None, head: Mapping[str, str], data: document.Data) -> str:
    """Return place and date: the date the register holds (``date: {decision.date.long}``), else ``day``.

    Who signs for the office also dates the paper: without a date in the register there is room for the pen, as on a
    blank form (``day`` is ``None``).
    """
    told = document.slot_text(head.get("date", ""), data)
    if not told and day is not None and "date" not in head:
        return letterhead.place_date(office, day)
    return letterhead.say("place_date", place=office.place, date=told or letterhead.patterns()["form"]["no_date"])


def _origin(template: Template, corrected: Corrected | None, words: Mapping[str, str]) -> str:
    if corrected is not None:
        return words["corrected"] if not corrected.checked else words["checked"]
    articles = template.head.get("origin") not in ("form", "layout")
    return words["articles"].format(basis=template.head.get("basis", "")) if articles else ""


def _recipients(pattern: str) -> tuple[str, ...]:
    """Return who gets it, one a line: a semicolon after each, a full stop after the last (NĐ 30/2020/NĐ-CP)."""
    named = [one.strip() for one in pattern.split(";") if one.strip()]
    return (*(f"{one};" for one in named[:-1]), *(f"{one}." for one in named[-1:]))


def _signers(pattern: str, office: Office, data: document.Data) -> Sequence[Signer]:
    """Return who signs: ``LINE / (note) / {slot} | …``.

    ``@office`` is the one who signs for the office, ``@chair`` the same when the decision is the chair's own: without
    the line of the body it is signed on behalf of.
    """
    found = []
    for part in (one.strip() for one in pattern.split("|") if one.strip()):
        if part in ("@office", "@chair"):
            one, body = letterhead.signers_of(office)[-1], letterhead.patterns()["form"]["on_behalf"]
            own = tuple(line for line in one.lines if part == "@office" or not line.startswith(body))
            found.append(replace(one, lines=own))
            continue
        lines = [document.slot_text(one, data) for one in part.split("/")]
        titles = [one for one in lines if one.isupper()]
        notes = [one for one in lines if one.startswith("(")]
        names = [one for one in lines if one and one not in titles and one not in notes]
        found.append(Signer(tuple(titles), names[0] if names else "", notes[0] if notes else ""))
    return found
