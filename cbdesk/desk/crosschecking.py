"""Verbs that hold another office's list against the register: read it, match it, take over what a person chose.

Nothing is written before the person says so; one action is one batch, so one undo takes it back. What a person said of
the columns is remembered for each kind of list by the words of the headings, nothing of a child is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cbdesk import clock, crosscheck, page, workbook
from cbdesk.book import Book
from cbdesk.catalogue import catalogue
from cbdesk.change import Value, new_stream_id
from cbdesk.crosscheck import CheckRow, CrossCheck, Difference
from cbdesk.desk.giving import Given
from cbdesk.desk.known import CHILD, Known
from cbdesk.desk.reading import LOT, SURE, Reading
from cbdesk.desk.superior import Superior
from cbdesk.errors import Finding, Problem
from cbdesk.formcells import Who, chosen
from cbdesk.importer import Column, ImportPlan
from cbdesk.matching import village_key
from cbdesk.persons import person
from cbdesk.rights import EDIT, EXPORT, needs
from cbdesk.store import Draft
from cbdesk.text import collate_key, match_key

KEPT_COLUMNS = "crosscheck:"
"""Under which name of the register's settings the headings of a kind of list are remembered."""
NEAR = 6
"""Two children this close in likeness cannot be told apart by a machine."""
FORMATS = ("xlsx", "pdf")


@dataclass(frozen=True, slots=True)
class CheckTaken:
    """What was written: the batch for undo (None where nothing was), children added and amended."""

    batch: str | None
    added: int
    amended: int


class CrossChecking(Reading, Superior):
    """Verbs on lists of other offices."""

    def crosscheck(
        self,
        file: Path | Book,
        kind: str,
        *,
        sheet_name: str | None = None,
        mapping: Mapping[str, str] | None = None,
        ages: tuple[int, int] | None = None,
        villages: Sequence[str] = (),
        school: str = "",
    ) -> CrossCheck:
        """Read a list and match its rows with the children here; nothing is written.

        ``ages``, ``villages`` (ids) and ``school`` say which children such a list should hold; without ``ages`` those
        of its kind. ``mapping`` as of an import; it is remembered. A row without a school takes ``school``.
        Raises ``Problem``: ``unknown_list``, and those of group I.
        """
        wanted = crosscheck.kinds_of_lists().get(kind)
        if wanted is None:
            raise Problem("unknown_list", name=kind, names=", ".join(crosscheck.kinds_of_lists()))
        book = self.import_book(file) if isinstance(file, Path) else file
        plan = self.import_plan(book, name=sheet_name, mapping=mapping)
        if mapping is not None:
            self._keep_headings(kind, plan)
        elif known := self._kept_headings(kind, plan.columns):
            plan = self.import_plan(book, name=sheet_name, mapping=known)
        if school and "school" in wanted.fields:
            for row in plan.rows:
                row.data.setdefault("school", school)
        check = CrossCheck(wanted, plan, [], [], school, ages or wanted.ages, tuple(villages))
        self._match(check)
        return check

    def crosscheck_again(
        self, check: CrossCheck, *, ages: tuple[int, int] | None, villages: Sequence[str] = (), school: str = ""
    ) -> None:
        """Say anew which children the list should hold; what was decided of its rows stays."""
        check.ages, check.villages, check.school = ages, tuple(villages), school
        self._lacking(check)

    def crosscheck_decide(self, check: CrossCheck, one: CheckRow, child: str | None) -> None:
        """Say that a row is a child it looks like (an id), or is none of those here (``None``)."""
        other = next((known for known in one.others if str(known["id"]) == child), None)
        if child is not None and other is None:
            raise Problem("no_record")
        one.child, one.differences, one.add = other, [], False
        one.state = "there"
        if other is not None:
            self._compare(check, one, other)
        self._lacking(check)

    # --- matching ----------------------------------------------------------------------------------------------------

    def _match(self, check: CrossCheck) -> None:
        """Give each row its child: the likest pairs first, each child once; what is not sure is left to a person."""
        known = Known.everyone(self.store)
        rows = []
        for row in check.plan.rows:
            if row.refused is not None:
                rows.append(CheckRow(row, "refused"))
                continue
            found = known.matches(person(row.data))[:5]
            others, scores = tuple(record for _, record in found), tuple(like.score for like, _ in found)
            rows.append(CheckRow(row, "maybe" if found else "there", None, others, scores))
        taken: dict[str, CheckRow] = {}
        for one in sorted((one for one in rows if one.scores), key=lambda one: -one.scores[0]):
            if not _sure(one):
                continue
            ident = str(one.others[0]["id"])
            if ident in taken:
                one.state = "twice"
            else:
                taken[ident] = one
                self._compare(check, one, one.others[0])
        check.rows = rows
        _namesakes(rows, [one for one in known.all() if str(one["id"]) not in taken])
        self._lacking(check)

    def _compare(self, check: CrossCheck, one: CheckRow, child: Mapping[str, Any]) -> None:
        one.child = child
        one.differences = crosscheck.differences(check.kind, child, one.row)
        one.state = "different" if one.differences else "same"
        self._remark(one.differences, str(child["id"]))

    def _remark(self, items: Sequence[Difference], child: str) -> None:
        """Add what the register asks of a value before it is taken: such a one is not taken by itself."""
        data: dict[str, Value] = {one.name: one.value for one in items if one.name != "village"}  # type: ignore[misc]
        told = self.check(CHILD, data, child, doubles=False) if data else []
        for one in items:
            mine = [found for found in told if found.field == one.name and found.level != "note"]
            one.findings = tuple(mine)
            one.take = one.take and not mine

    def _lacking(self, check: CrossCheck) -> None:
        """Find the children the list should hold and does not."""
        met = {str(one.child["id"]) for one in check.rows if one.child is not None}
        met |= {str(other["id"]) for one in check.of("maybe") for other in one.others}
        who = Who("all", check.ages, check.villages)
        told, _ = chosen(self._formed_people(), who, catalogue(), clock.today())
        found = [one for one in told if str(one.child["id"]) not in met and _attends(one.child, check.school)]
        check.here = [{**one.child, "village": one.person.get("village_name") or ""} for one in found]
        check.here.sort(key=lambda child: collate_key(str(child["village"])))

    # --- remembered columns ------------------------------------------------------------------------------------------

    def _keep_headings(self, kind: str, plan: ImportPlan) -> None:
        told = {match_key(one.heading): one.target for one in plan.columns if one.heading}
        with self.store.atomic():
            self.store.set_meta(KEPT_COLUMNS + kind, json.dumps(told, ensure_ascii=False, sort_keys=True))

    def _kept_headings(self, kind: str, columns: Sequence[Column]) -> dict[str, str]:
        """Return what was said of these headings before, as a mapping, where it differs from what is guessed."""
        try:
            told = json.loads(self.store.meta(KEPT_COLUMNS + kind) or "{}")
        except ValueError:
            return {}
        return {
            f"{one.sheet}!{one.letter}@{one.table}": str(told[match_key(one.heading)])
            for one in columns
            if one.heading and told.get(match_key(one.heading), one.target) != one.target
        }

    # --- taking over -------------------------------------------------------------------------------------------------

    @needs(EDIT)
    def crosscheck_take(self, check: CrossCheck) -> CheckTaken:
        """Write the differences taken and the rows to be added as one batch; nothing is ever emptied.

        Raises ``Problem(changed_meanwhile)`` where a child was changed since the list was read.
        """
        amended = [one for one in check.of("different") if one.taken]
        added = [one for one in check.of("there", "maybe") if one.add]
        if not amended and not added:
            return CheckTaken(None, 0, 0)
        self.backup_quietly()
        batch, drafts = new_stream_id(), list[Draft]()
        with self.store.atomic():
            self._unchanged(amended)
            work = replace(self._work(batch), waiting=drafts)
            for at, one in enumerate([*amended, *added]):
                record = str(one.child["id"]) if one.child else None
                data: dict[str, Any] = {item.name: item.value for item in one.taken} if record else dict(one.row.data)
                saved = self._save(catalogue().forms[CHILD], data, record, work)
                if saved.id is None:
                    raise Problem("check_stopped", row=one.row.row_number, text=_stops(saved.findings))
                if at % LOT == LOT - 1:
                    self._write(drafts, batch)
                    drafts.clear()
            self._write(drafts, batch)
            self.ledger.log_access(self.officer, "crosscheck", batch, f"{len(added)} {len(amended)}")
        return CheckTaken(batch, len(added), len(amended))

    def _unchanged(self, rows: Sequence[CheckRow]) -> None:
        now = Known.everyone(self.store)
        for one in rows:
            record = now.record(str(one.child["id"])) if one.child is not None else None
            if record is None or any(record.get(item.name) != item.was for item in one.taken):
                raise Problem("changed_meanwhile")

    # --- questions ---------------------------------------------------------------------------------------------------

    @needs(EXPORT)
    def crosscheck_questions(self, check: CrossCheck, path: Path, *, overwrite: bool = False) -> list[Path]:
        """Write the questions for the other office as workbook and PDF beside it; logged.

        Raises ``Problem``: ``nothing_asked``, ``paper_failed`` and those of writing a file.
        """
        made = crosscheck.paper(check, self.office(), clock.today())
        if not made.rows:
            raise Problem("nothing_asked")
        contents = {".xlsx": workbook.list_xlsx(made), ".pdf": page.pdf(made, stamp=clock.now())}
        files = [self.put_out(path.with_suffix(end), content, overwrite=overwrite)
                 for end, content in contents.items()]  # fmt: skip
        self.log("export", "", f"crosscheck {len(made.rows)}")
        self._gave(Given(check.kind.recipient, "", "identity", "file", [made.about], [row.id for row in made.rows],
                         profile="crosscheck"))  # fmt: skip
        return files


def _sure(one: CheckRow) -> bool:
    """Return whether the likest child is the one, and no other comes near."""
    scores = one.scores
    return scores[0] >= SURE and (len(scores) == 1 or scores[0] - scores[1] >= NEAR)


def _namesakes(rows: Sequence[CheckRow], free: Sequence[Mapping[str, Any]]) -> None:
    """Offer rows without anybody like them children not met of that very name and the same year or village.

    The machine takes them for two; a list with a wrong day is where a person knows better.
    """
    named: dict[str, list[Mapping[str, Any]]] = {}
    for child in free:
        named.setdefault(match_key(str(child.get("full_name") or "")), []).append(child)
    for one in rows:
        if one.state != "there" or one.others or not one.name:
            continue
        year, village = str(one.row.data.get("born") or "")[:4], village_key(str(one.row.data.get("village") or ""))
        found = [
            child for child in named.get(match_key(one.name), ())
            if (year and str(child.get("born") or "").startswith(year))
            or (village and village_key(str(child.get("village") or "")) == village)
        ]  # fmt: skip
        if found:
            one.state, one.others, one.scores = "maybe", tuple(found), (0,) * len(found)


def _attends(child: Mapping[str, Any], school: str) -> bool:
    """Return whether a child goes to a school, as far as is known; of none is asked: yes."""
    return not school or f" {match_key(school)} " in f" {match_key(str(child.get('school') or ''))} "


def _stops(findings: Sequence[Finding]) -> str:
    return next((one.text for one in findings if one.level == "stop"), "")
