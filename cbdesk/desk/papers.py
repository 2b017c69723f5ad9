"""Verbs that fill the official forms: which there are for a record, and one of them made.

Nothing is asked twice: what the register knows is filled in (``slots``), the rest is left for the pen.

Copies for the family leave out what is sensitive when a parent or carer is the suspect, or access is restricted. Every
paper made is told to the access log by whoever prints or writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cbdesk import clock, letterhead, official, page
from cbdesk.catalogue import catalogue
from cbdesk.desk import slots
from cbdesk.desk.due import Dues
from cbdesk.desk.giving import Given
from cbdesk.desk.known import CHILD
from cbdesk.desk.telling import Telling
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.official import Corrected
from cbdesk.rights import EXPORT, needs
from cbdesk.shapes import Field

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


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

        ``record`` is an incident, a case, a child, a placement …; each form says for which kind it is made, and some
        need none (the list of registered carers). Raises ``Problem``: ``unknown_paper``, ``no_record``,
        ``paper_not_for``, ``template_wrong``.
        """
        own = self._own_templates()
        template = official.template(name, own)
        office, data = self.office(), slots.of_office(self.office())
        wanted = template.head.get("for", "")
        if wanted and wanted not in catalogue().forms:
            raise Problem("template_wrong", name=name, line=1)
        if fill == "blank" or (wanted and not record):
            fill, office = "blank", replace(office, signer_name="")
            data = {key: value for key, value in data.items() if key.startswith("unit.")}
        else:
            scope = self._scope(record, wanted) if record else self._of_office()
            found = slots.values(self.store, scope, self._hides(name, copy, scope))
            found |= slots.of_contacts(self.store, scope) if fill == "full" else {}
            data |= {key: one for key, one in found.items() if fill == "full" or key.split(".")[0] in slots.HALF}
        mark = letterhead.patterns()["form"]["family_copy"] if copy else ""
        day = clock.today() if fill == "full" else None
        return official.make(name, data, office, day, slots=slots.known(), own=own, copy=mark)

    def _hides(self, name: str, copy: str, scope: Mapping[str, Any]) -> slots.Hides:
        """Return what this paper may not show: what is sealed and not for it, and for the family what is sensitive."""
        sealed = letterhead.patterns()["form"]["sealed"]
        secret = bool(copy) and self._keeps_from_family(scope)

        def hides(form: str, field: Field, value: Any) -> bool:
            papers = sealed.get(f"{form}.{field.name}")
            if papers is not None and (copy or name not in papers):
                return True
            return secret and catalogue().sensitive(field, value)

        return hides

    @needs(EXPORT)
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
        written = self.put_out(path, data, overwrite=overwrite)
        with self.store.atomic():
            self.ledger.log_access(self.officer, "export", record or "", f"paper {name}")
            self._paper_given(made, name, record, fill, copy)
        return written

    @needs(EXPORT)
    def print_paper(self, name: str, record: str | None, fill: str = "full", *, copy: str = "") -> Document:
        """Return one form to be printed now; told to the access log, and to that of disclosures where it goes outside.

        Raises ``Problem`` as ``form_paper``.
        """
        made = self.form_paper(name, record, fill, copy=copy)
        with self.store.atomic():
            self.ledger.log_access(self.officer, "print", record or "", f"paper {name}")
            self._paper_given(made, name, record, fill, copy)
        return made

    def _paper_given(self, made: Document, name: str, record: str | None, fill: str, copy: str) -> None:
        """Tell the log of disclosures of a filled copy for the family, or a letter to another office (``gives``)."""
        head = official.template(name, self._own_templates()).head
        kind = "family" if copy else head.get("gives", "")
        if not kind or not record or fill != "full":
            return
        scope = self._scope(record, head.get("for", ""))
        purpose = {"family": "own_copy", "commune": "handover"}.get(kind, "protect")
        children = [str(one["id"]) for one in scope.get(CHILD) or () if one.get("id")]
        covered = not copy and bool(scope.get("case") or scope.get("incident"))
        self._gave(Given(kind, "" if copy else _addressed(made), purpose, "paper", [made.about or made.kind], children,
                         paper_no=letterhead.number_of(made.number), profile=name, source=record, covered=covered),
                   once=True)  # fmt: skip

    def _own_templates(self) -> dict[str, Corrected]:
        """Return the templates of the office by name; a name that is none of a paper's is passed over."""
        rows = self.store.rows("paper_template", order="id")
        return {name: Corrected(str(row.get("text") or ""), bool(row.get("checked")))
                for row in rows if _NAME.fullmatch(name := str(row.get("name")))}  # fmt: skip

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
        if form == "team_meeting":
            scope["team_meeting"] = values
        placement = values if form == "placement" else self._parent(values, "placement")
        if placement:
            scope |= {"placement": placement, "offer": self.store.row("carer_offer", str(placement.get("carer") or "")),
                      "reviews": self.rows_of("placement_review", str(placement["id"]))}  # fmt: skip
            scope["care_review"] = next(reversed(scope["reviews"]), None)
        incident = scope.get("incident")
        if incident:
            scope["suspects"] = self.rows_of("suspect", str(incident["id"]))
            scope["suspect"] = next(iter(scope["suspects"]), None)
        if form == "carer_offer":
            scope["offer"] = values
        if form == "data_request":
            scope["request"] = values
        return self._of_office() | scope | self._of_child(values, scope)

    def _of_office(self) -> dict[str, Any]:
        """Return the rows no record is needed for: the standing team, registered carers, children who need one."""
        return {"members": self.store.rows("team_member", '"to" IS NULL', order="id"),
                "offers": self.store.rows("carer_offer", '"left_on" IS NULL', order="id"),
                "needy": self.store.rows("care_need", '"to" IS NULL', order="id")}  # fmt: skip

    def _parent(self, values: Mapping[str, Any], form: str) -> dict[str, Any] | None:
        record = values.get(form)
        return self.store.row(form, record) if isinstance(record, str) else None

    def _of_case(self, case: str) -> dict[str, Any]:
        view = self._case_view(case)
        round_ = view.state.facts.rounds
        scope: dict[str, Any] = {"case": view.values, "incident": view.incidents[-1] if view.incidents else None}
        for one in view.rows["assessment"]:
            scope[str(one.get("kind"))] = one
        for name in ("plan", "meeting", "decision", "referral"):
            scope[name] = next(reversed(view.rows[name]), None)
        for one in view.rows["decision"]:
            scope[str(one.get("kind"))] = one
        last = [one for one in view.rows["measure"] if (one.get("round") or 1) == round_]
        return scope | {"measures": last, "visits": view.rows["visit"], "referrals": view.rows["referral"],
                        "steps": view.rows["case_step"]}  # fmt: skip

    def _of_child(self, values: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
        holder = scope.get("case") or scope.get("placement") or values
        named = holder.get(CHILD) if scope.get(CHILD) is None else values["id"]
        children = [named] if isinstance(named, str) else [str(one) for one in named or ()]
        if not children:
            return {"names": [values.get("heard_name") or ""]}
        rows = [self.store.row(CHILD, one) or {} for one in children]
        families = [self.rows_of("carer", one) for one in children]
        child, named = children[0], [str(one.get("full_name") or one.get("usual_name") or "") for one in rows]
        needs = self.rows_of("care_need", child)
        return {
            CHILD: rows, "names": named, "carers": [one for family in families for one in family],
            "father": _relatives(families, "relation", "father"), "mother": _relatives(families, "relation", "mother"),
            "carer": _relatives(families, "main_carer", True),
            "need": needs[-1] if needs else None, "supports": self.rows_of("support", child),
            "circumstances": self.rows_of("circumstance", child), "risks": self.rows_of("risk", child),
        }  # fmt: skip

    def _keeps_from_family(self, scope: Mapping[str, Any]) -> bool:
        """Return whether a copy for the family must leave out what is sensitive.

        It must where a carer was ever the suspect in an incident of the child, whatever paper is asked for now, or
        where a parent or the file itself is restricted, and on papers about no child of theirs.
        """
        children = [str(one["id"]) for one in scope.get(CHILD) or () if one.get("id")]
        incidents = [one for child in children for one in self.store.rows("incident", _OF_CHILD, (child,))]
        incidents += [scope["incident"]] if scope.get("incident") else []
        cases = [one for child in children for one in self.rows_of("case", child)]
        suspects = [one for incident in incidents for one in self.rows_of("suspect", str(incident["id"]))]
        told = {str(one.get("suspect_relation")) for one in incidents} | {str(one.get("relation")) for one in suspects}
        carers = {item.code for item in catalogue().lists["suspect_relation"].choices if item.extra.get("carer")}
        held_back = [*cases, *(scope.get("carers") or ())]
        return not children or bool(told & carers) or any(one.get("restricted") for one in held_back)


def _addressed(made: Document) -> str:
    """Return to whom a letter is written: the values of its first centred line."""
    line = next((one for one in made.blocks if one.kind == "centre"), None)
    return " ".join(span.text for span in line.spans if span.value).strip() if line else ""


_OF_CHILD = 'EXISTS (SELECT 1 FROM json_each("child") WHERE value = ?)'


def _relatives(families: Sequence[Sequence[Mapping[str, Any]]], name: str, value: object) -> list[Mapping[str, Any]]:
    """Return the person of each child's family whose field holds the value; nothing where no child has one."""
    nobody: Mapping[str, Any] = {}
    found = [next((one for one in family if one.get(name) == value), nobody) for family in families]
    return found if any(found) else []
