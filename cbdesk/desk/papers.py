"""Verbs that fill the official forms: which there are for a record, and one of them made.

Nothing is asked twice: what the register knows is filled in (``slots``), the rest is left for the pen.

Copies for the family leave out what is sensitive when a parent or carer is the suspect, or access is restricted. Every
paper made is told to the access log by whoever prints or writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, letterhead, official, page
from cbdesk.catalogue import catalogue
from cbdesk.desk import slots
from cbdesk.desk.due import Dues
from cbdesk.desk.known import CHILD
from cbdesk.desk.telling import Telling
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.official import Corrected


class Papers(Dues, Telling):
    """Verbs that fill the official forms."""

    def papers(self, form: str | None = None) -> list[dict[str, str]]:
        """Return the papers there are: ``name``, ``title``, ``form`` (Mẫu), ``for`` (kind of record), ``origin``.

        ``form`` keeps those made of such a record.
        """
        found = official.templates(self._own_templates()).values()
        return [
            {"name": one.name, "title": one.title, "form": one.head.get("form", ""), "for": one.head.get("for", ""),
             "step": one.head.get("step", ""), "origin": one.head.get("origin", "articles")}
            for one in found if form in (None, one.head.get("for", ""))
        ]  # fmt: skip

    def form_paper(self, name: str, record: str | None = None, fill: str = "full", *, copy: str = "") -> Document:
        """Return one form, ``full``, ``half`` (child and family only) or ``blank``; ``copy`` is "" or ``family``.

        ``record`` is an incident, a case, a child, a placement …; each form says for which kind it is made. Raises
        ``Problem``: ``unknown_paper``, ``no_record``, ``paper_not_for``.
        """
        own = self._own_templates()
        template = official.templates(own).get(name)
        if template is None:
            raise Problem("unknown_paper", name=name)
        data: dict[str, Any] = {}
        if fill != "blank" and record:
            scope = self._scope(record, template.head.get("for", ""))
            data = slots.values(self.store, scope, secret=copy == "family" and self._keeps_from_family(scope))
            if fill == "half":
                data = {key: value for key, value in data.items() if key.split(".")[0] in slots.HALF}
        if fill != "blank":
            data |= slots.of_office(self.office())
        mark = letterhead.patterns()["form"]["family_copy"] if copy else ""
        return official.make(name, data, self.office(), clock.today(), slots=slots.known(), own=own, copy=mark)

    def write_paper(
        self, name: str, record: str | None, path: Path, fill: str = "full", *, copy: str = "", overwrite: bool = False
    ) -> Path:
        """Write one form as PDF (or .docx where its name ends so) and tell the access log.

        Raises ``Problem`` as ``form_paper``, and of group U.
        """
        made = self.form_paper(name, record, fill, copy=copy)
        word = path.suffix.lower() == ".docx"
        if word:
            from cbdesk import letter  # Word's libraries are loaded when a letter is asked for, not at the start

        data = letter.docx(made) if word else page.document_pdf(made, stamp=clock.now())
        written = carrier.write_atomic(path, data, overwrite=overwrite)
        with self.store.atomic():
            self.ledger.log_access(self.officer, "export", record or "", f"paper {name}")
        return written

    def _own_templates(self) -> dict[str, Corrected]:
        rows = self.store.rows("paper_template", order="id")
        return {str(row["name"]): Corrected(str(row.get("text") or ""), bool(row.get("checked"))) for row in rows}

    # --- which records a paper is about ---------------------------------------------------------------------------

    def _scope(self, record: str, wanted: str) -> dict[str, Any]:
        """Return the records a paper may draw on: one by name of ``SINGLE``, lists by name of ``ROWS``."""
        form, values = self._record(record)
        if wanted and form != wanted and not (wanted == CHILD and form == "case"):
            raise Problem("paper_not_for", wanted=catalogue().forms[wanted].title, given=catalogue().forms[form].title)
        scope: dict[str, Any] = {form: values}
        case = values if form == "case" else self._parent(values, "case")
        if case:
            scope |= self._of_case(str(case["id"])) | {form: values}
        placement = values if form == "placement" else self._parent(values, "placement")
        if placement:
            scope |= {"placement": placement, "offer": self.store.row("carer_offer", str(placement.get("carer") or "")),
                      "reviews": self.rows_of("placement_review", str(placement["id"]))}  # fmt: skip
        incident = scope.get("incident")
        if incident:
            scope["suspects"] = self.rows_of("suspect", str(incident["id"]))
            scope["suspect"] = next(iter(scope["suspects"]), None)
        if form == "carer_offer":
            scope["offer"] = values
        return scope | self._of_child(values, scope)

    def _parent(self, values: Mapping[str, Any], form: str) -> dict[str, Any] | None:
        record = values.get(form)
        return self.store.row(form, record) if isinstance(record, str) else None

    def _of_case(self, case: str) -> dict[str, Any]:
        view = self.case(case)
        round_ = view.state.facts.rounds
        scope: dict[str, Any] = {"case": view.values, "incident": view.incidents[-1] if view.incidents else None}
        for one in view.rows["assessment"]:
            scope[str(one.get("kind"))] = one
        for name in ("plan", "meeting", "decision", "referral"):
            scope[name] = next(reversed(view.rows[name]), None)
        for one in view.rows["decision"]:
            if one.get("kind") in ("separation", "extension"):
                scope["separation"] = one
        last = [one for one in view.rows["measure"] if (one.get("round") or 1) == round_]
        return scope | {"measures": last, "visits": view.rows["visit"], "referrals": view.rows["referral"],
                        "steps": view.rows["case_step"]}  # fmt: skip

    def _of_child(self, values: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
        holder = scope.get("case") or scope.get("placement") or values
        named = holder.get(CHILD) if scope.get(CHILD) is None else values["id"]
        children = [named] if isinstance(named, str) else [str(one) for one in named or ()]
        if not children:
            return {"names": []}
        child = children[0]
        carers = self.rows_of("carer", child)
        by_relation = {str(one.get("relation")): one for one in reversed(carers)}
        main = next((one for one in carers if one.get("main_carer")), None)
        needs = self.rows_of("care_need", child)
        rows = [self.store.row(CHILD, one) or {} for one in children]
        return {
            CHILD: rows[0], "names": [str(one.get("full_name") or one.get("usual_name") or "") for one in rows],
            "father": by_relation.get("father"), "mother": by_relation.get("mother"), "carer": main, "carers": carers,
            "need": needs[-1] if needs else None, "supports": self.rows_of("support", child),
            "circumstances": self.rows_of("circumstance", child), "risks": self.rows_of("risk", child),
        }  # fmt: skip

    def _keeps_from_family(self, scope: Mapping[str, Any]) -> bool:
        """Return whether a copy for the family must leave out what is sensitive."""
        lists = catalogue().lists["suspect_relation"]
        people = [scope.get("incident") or {}, *(scope.get("suspects") or ())]
        relations = [lists.get(str(one.get("suspect_relation") or one.get("relation") or "")) for one in people]
        by_carer = any(one is not None and one.extra.get("carer") for one in relations)
        carers = scope.get("carers") or ()
        return (
            by_carer
            or bool((scope.get("case") or {}).get("restricted"))
            or any(one.get("restricted") for one in carers)
        )
