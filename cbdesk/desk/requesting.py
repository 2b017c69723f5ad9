"""Verbs on what people ask about a child's data: take it down, by when it is due, answer, and the letter of the answer.

Giving somebody a view or a copy needs the right to see what is sensitive, of every child alike: what may be shown can
be judged only by who sees it, and nobody learns from a refusal that there is something. Who is restricted gets no view
(``carer.restricted``). A deletion is answered by erasing (``erasing``); a withdrawal ends the consents that stand.

Source: Luật 91/2025/QH15 Điều 14, 19, 24; NĐ 356/2025/NĐ-CP Điều 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cbdesk import clock, lawful
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.disclosing import CONSENT, Disclosing
from cbdesk.desk.giving import Given
from cbdesk.desk.known import CHILD, Known
from cbdesk.errors import Finding, Problem
from cbdesk.lawful import Term
from cbdesk.rights import EDIT, SENSITIVE, needs
from cbdesk.store import Draft
from cbdesk.words import say

REQUEST = "data_request"
VIEW, WITHDRAW, DELETE = "view", "withdraw", "delete"
DONE = ("done", "partly")


@dataclass(frozen=True, slots=True)
class Request:
    """One request; ``kind`` and ``answer`` are codes, days ISO, ``terms`` those that still run."""

    id: str
    number: str
    kind: str
    child: str
    asker: str
    by_child: bool
    received_on: str
    first_on: str
    answered_on: str
    answer: str
    terms: tuple[Term, ...]

    @property
    def title(self) -> str:
        """Return the kind in words."""
        return catalogue().lists["request_kind"].label(self.kind)

    @property
    def due(self) -> Term | None:
        """Return the term that ends first; ``None`` where none runs."""
        return min(self.terms, key=lambda one: one.last, default=None)


class Requesting(Disclosing):
    """Verbs on requests about data."""

    def check(
        self, form: str, data: Mapping[str, Value], record: str | None = None, *, by_hand: bool = True,
        known: Known | None = None, doubles: bool = True,
    ) -> list[Finding]:  # fmt: skip
        """Return the findings about a record; of a request also who asks: too young, or kept from the file."""
        found = super().check(form, data, record, by_hand=by_hand, known=known, doubles=doubles)
        if form != REQUEST:
            return found
        whole = {**(self.store.row(form, record) or {} if record else {}), **data}
        child = self.store.row(CHILD, str(whole.get("child") or ""))
        if child is None:
            return found
        if whole.get("by_child") and not lawful.must_be_asked(child, clock.today()):
            age = catalogue().threshold("consent_age", clock.today())
            found.append(Finding("by_child", "ask", "too_young_to_ask", {"age": age}))
        if self.sees_sensitive and self._restricts(whole):
            found.append(Finding("asker", "ask", "restricted_asker"))
        return found

    def _restricts(self, request: Mapping[str, Any]) -> bool:
        """Return whether the file is kept from the person who asks."""
        child, relation = str(request.get("child") or ""), str(request.get("relation") or "")
        if not child or request.get("by_child"):
            return False
        return lawful.restricted(self.rows_of("carer", child), str(request.get("asker") or ""), relation)

    def requests(self, *, waiting: bool = False, child: str | None = None) -> list[Request]:
        """Return the requests, those that wait first and by their term; ``waiting`` leaves out the answered ones."""
        where, values = ('"child" = ?', (child,)) if child else self._ours()
        found = [_request(row) for row in self.store.rows(REQUEST, where, values, order="id DESC")]
        found = [one for one in found if not (waiting and one.answered_on)]
        return sorted(found, key=lambda one: (bool(one.answered_on), str(one.due.last) if one.due else "9"))

    @needs(EDIT)
    def first_answer(self, request: str, on: str = "") -> Saved:
        """Write that the request was first answered (two working days). Raises ``Problem(no_record)``."""
        self._request(request)
        return self.save(REQUEST, {"first_on": on or self._today()}, request)

    @needs(EDIT)
    def answer_request(
        self, request: str, answer: str, *, ground: str = "", text: str = "", number: str = "", what: str = "",
    ) -> Saved:  # fmt: skip
        """Answer a request with a code of ``request_answer``; what is given to see stands in the log of disclosures.

        ``what`` are the words for what was given. Raises ``Problem``: ``no_record``; ``no_reason`` (a refusal without
        ``ground``); ``no_right``, ``restricted_person`` (a view); ``minutes_first`` (a deletion is done by erasing).
        """
        row = self._request(request)
        done = answer in DONE
        if catalogue().lists["request_answer"].get(answer) is None:
            raise Problem("not_for_profile", detail=answer)
        if answer in ("partly", "refused") and not ground:
            raise Problem("no_reason")
        if done and row.get("kind") == DELETE:
            raise Problem("minutes_first")
        if done and row.get("kind") == VIEW:
            self.require(SENSITIVE)
            if self._restricts(row):
                raise Problem("restricted_person")
        fields: dict[str, Value] = {
            "answered_on": self._today(), "answer": answer, "ground": ground or None, "answer_text": text or None,
            "answer_no": number or None, "first_on": row.get("first_on") or self._today(),
        }  # fmt: skip
        batch = new_stream_id()
        with self.store.atomic():
            saved = self.save(REQUEST, fields, request, batch=batch)
            if done and row.get("kind") == WITHDRAW:
                self._write(self._withdrawn(str(row.get("child") or "")), batch)
            if done and row.get("kind") == VIEW and saved.id:
                self._gave(self._copy(request, row, what, number))
        return saved

    def _copy(self, request: str, row: Mapping[str, Any], what: str, number: str) -> Given:
        relation = catalogue().lists["relation"].label(str(row.get("relation") or "other"))
        kind, who = ("child", "") if row.get("by_child") else ("family", relation)
        return Given(kind, who, "own_copy", "paper", (what or say("law.own_copy"),), [str(row.get("child") or "")],
                     paper_no=number, source=request)  # fmt: skip

    def _withdrawn(self, child: str) -> list[Draft]:
        standing = [one for one in self.rows_of(CONSENT, child) if one.get("given") == "given"]
        return [Draft(CONSENT, str(one["id"]), {"withdrawn_on": self._today()})
                for one in standing if not one.get("withdrawn_on")]  # fmt: skip

    def _request(self, request: str) -> dict[str, Value]:
        form, row = self._record(request)
        if form != REQUEST:
            raise Problem("no_record")
        return row


def _request(row: Mapping[str, Any]) -> Request:
    def text(name: str) -> str:
        return str(row.get(name) or "")

    return Request(
        str(row["id"]), text("number"), text("kind"), text("child"), text("asker"), bool(row.get("by_child")),
        text("received_on"), text("first_on"), text("answered_on"), text("answer"), lawful.terms(row),
    )  # fmt: skip
