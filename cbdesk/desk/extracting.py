"""Verbs of sealed extracts: what would travel under a profile, sealing it to an enrolled recipient, and reading one.

What was looked at is what goes: sending takes the extract that the preview made. Every one sent stands in the log of
disclosures. Reading shows rows and merges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, dates, extract, kinds, lawful, suppress
from cbdesk.card import Device
from cbdesk.catalogue import catalogue
from cbdesk.cleaning import PARENTS
from cbdesk.desk.cleaning import Cleaning
from cbdesk.desk.counting import Counting
from cbdesk.desk.disclosing import Disclosing
from cbdesk.desk.giving import Given
from cbdesk.desk.handing import Handing
from cbdesk.desk.known import CHILD
from cbdesk.errors import Problem
from cbdesk.extract import Extract, Profile
from cbdesk.grid import Grid, GridRow
from cbdesk.handover import Record
from cbdesk.listcells import Context, fill_of
from cbdesk.rights import EXPORT, SENSITIVE, needs
from cbdesk.roll import EPISODES, select
from cbdesk.seal import Opened
from cbdesk.text import tidy
from cbdesk.words import say


@dataclass(frozen=True, slots=True)
class Prepared:
    """An extract to be looked at before it goes: ``children`` in it, how many were ``left_out`` for want of consent."""

    made: Extract
    profile: Profile
    children: tuple[str, ...]
    left_out: int = 0
    subject: str = ""
    override: str = ""


class Extracting(Handing, Cleaning, Counting, Disclosing):
    """Verbs of sealed extracts."""

    def profiles(self) -> list[Profile]:
        """Return the recipient profiles this officer may use."""
        return [one for one in extract.profiles().values() if self.sees_sensitive or not one.covered]

    def recipients(self) -> list[Device]:
        """Return the enrolled devices an extract can be sealed to: receivers, other communes."""
        return [one for one in [*self.peers(), *self.neighbours()] if one.status == "active"]

    def extract_preview(
        self, profile: str, *, purpose: str = "", period: str = "", subject: str = "", override: str = ""
    ) -> Prepared:
        """Return the rows and fields as they would travel; nothing is written.

        ``period`` is asked by lists, ``subject`` is a child, or a list for the police. Children whose consent the
        purpose needs and lacks are left out; one alone is refused (``no_consent``) unless ``override`` says why.

        Raises ``Problem``: ``unknown_profile``, ``unknown_purpose``, ``not_for_profile``, ``no_right`` (what is
        covered), ``no_consent``, ``bad_period``, ``no_record``.
        """
        wanted = extract.profile(profile)
        purpose = purpose or wanted.purposes[0]
        if purpose not in wanted.purposes:
            raise Problem("not_for_profile", detail=lawful.purpose(purpose).label)
        if wanted.covered:
            self.require(SENSITIVE)
        empty = Extract(wanted.name, wanted.data["title"]["vi"], purpose, str(lawful.purpose(purpose).extra["basis"]),
                        (), (), 0, extract.last_day(wanted, clock.today()))  # fmt: skip
        made = {extract.LIST: self._listed_extract, extract.RECORD: self._one_extract,
                extract.STATISTICS: self._figures_extract, extract.POLICE: self._police_extract}[wanted.shape](
                    wanted, empty, period or subject, override)  # fmt: skip
        return replace(made, subject=subject, override=tidy(override))

    # --- what travels ------------------------------------------------------------------------------------------------

    def _listed_extract(self, wanted: Profile, empty: Extract, period: str, override: str) -> Prepared:
        """Children of a report's list under the columns of the profile; what never travels puts nobody on it."""
        report, span = self.list_named(str(wanted.data["report"])), dates.read_period(period)
        _, never = extract.never()
        people = [_without(one, never) for one in self.people(span.last.year, report)]
        chosen = select(report, people, span, catalogue=catalogue(), today=clock.today(), order=self.name_order())
        missing = self.without_consent([one.id for one in chosen.named if one.id], empty.purpose)
        named = [one for one in chosen.named if override or one.id not in missing]
        told = Context(report, catalogue(), span.first, chosen.as_of, frozenset())
        columns = wanted.data["columns"]
        fills = [fill for one in columns if (fill := fill_of(one)) is not None]
        rows = tuple(tuple(fill(told, one).text for fill in fills) for one in named)
        children = tuple(dict.fromkeys(one.id for one in named if one.id))
        made = replace(empty, columns=tuple((one["key"], one["heading"]) for one in columns), rows=rows,
                       count=len(children))  # fmt: skip
        return Prepared(made, wanted, children, len(chosen.named) - len(named))

    def _one_extract(self, wanted: Profile, empty: Extract, child: str, override: str) -> Prepared:
        self._row(CHILD, child)
        self._agreed([child], empty.purpose, override)
        rows = tuple(self._lines_of_child(wanted, child))
        columns = tuple((key, say(f"law.extract.{key}")) for key in ("part", "field", "value"))
        return Prepared(replace(empty, columns=columns, rows=rows, count=1), wanted, (child,))

    def _lines_of_child(self, wanted: Profile, child: str) -> Iterator[tuple[str, str, str]]:
        records = [Record(CHILD, child, self._row(CHILD, child))]
        for form in (one for one in wanted.data["forms"] if one != CHILD):
            shape = catalogue().forms[form]
            above = [child] if shape.parent == CHILD else [str(one["id"]) for one in self.rows_of("case", child)]
            records += [Record(form, str(row["id"]), row) for one in above for row in self.rows_of(form, one)]
        for one in (row for row in records if extract.travels(row.form, row.values, covered=wanted.covered)):
            shape = catalogue().forms[one.form]
            for name in wanted.data["forms"][one.form]:
                value = one.values.get(name)
                if value not in (None, "", []) and extract.may_tell(one.form, name, value, covered=wanted.covered):
                    yield shape.title, shape.field(name).label, self._told_value(one.form, name, value)

    def _told_value(self, form: str, name: str, value: Any) -> str:
        item = catalogue().forms[form].field(name)
        if item.kind == "place":
            return str((self.store.row("village", str(value)) or {}).get("name") or "")
        return kinds.of(item).show(value, item)

    def _figures_extract(self, wanted: Profile, empty: Extract, day: str, override: str) -> Prepared:
        """Tables without names and ids, published together: what one hides no other gives away."""
        grids = [_summed(self.how_many(rows, columns)) for rows, columns in wanted.data["tables"]]
        lines = [(grid.title, row.label, column.heading, row.cell(column.key).text or _figure(row, column.key))
                 for grid in suppress.suppress_all(grids) for row in grid.rows for column in grid.columns]  # fmt: skip
        columns = tuple((key, say(f"law.extract.{key}")) for key in ("table", "line", "column", "figure"))
        return Prepared(replace(empty, columns=columns, rows=tuple(lines)), wanted, ())

    def _police_extract(self, wanted: Profile, empty: Extract, record: str, override: str) -> Prepared:
        self.cleaning_list(record)
        shape, relation = catalogue().forms[CHILD], catalogue().lists["relation"]
        names = [str(one) for one in wanted.data["fields"]]
        labels = [relation.label(PARENTS[one]) if one in PARENTS else shape.field(one).label for one in names]
        rows, children = [], []
        for line in self.cleaning_lines(record):
            told = [str(line.known.get(one) or "") for one in names]
            shown = [self._told_value(CHILD, name, value) if value and shape.has(name) else value
                     for name, value in zip(names, told, strict=True)]  # fmt: skip
            rows.append((line.code, *shown))
            children.append(line.child)
        columns = (("code", say("law.extract.code")), *zip(names, labels, strict=True))
        made = replace(empty, columns=columns, rows=tuple(rows), count=len(set(children)))
        return Prepared(made, wanted, tuple(dict.fromkeys(children)))

    # --- sealing and reading -----------------------------------------------------------------------------------------

    @needs(EXPORT)
    def extract_send(self, prepared: Prepared, to: str, folder: Path) -> Path:
        """Seal an extract to an enrolled recipient (unit code or node), write it into a folder, log the disclosure.

        Raises ``Problem``: ``extract_empty``, ``no_recipient``, ``not_for_profile``, ``no_right``, group U.
        """
        made, wanted = prepared.made, prepared.profile
        if not made.rows:
            raise Problem("extract_empty")
        if wanted.covered:
            self.require(SENSITIVE)
        peer = next((one for one in self.recipients() if to in (one.node, one.unit, one.unit.split("@")[0])), None)
        if peer is None:
            raise Problem("no_recipient", to=to)
        kind = "superior" if peer.role == "receiver" else "commune"
        if kind not in wanted.recipients:
            raise Problem("not_for_profile", detail=self.peer_name(peer))
        data, name, manifest = extract.pack(self.keys, self._me(), peer, made, practice=self.practice)
        path = carrier.put(folder, name, data)
        what = [wanted.title, *(heading for _, heading in made.columns)]
        with self.store.atomic():
            self._note_document("out", peer, manifest, path.name, data, "written")
            self._gave(Given(
                kind, self.peer_name(peer), made.purpose, "sealed", what, prepared.children, count=made.count,
                basis=made.basis, profile=made.profile, source=prepared.subject, expires=made.expires,
                override=prepared.override, covered=wanted.covered,
            ))  # fmt: skip
            self.ledger.log_access(self.officer, "send", prepared.subject, f"extract {made.profile} {len(made.rows)}")
        return path

    def read_extract(self, path: Path) -> Extract:
        """Open an extract sealed to this installation and return its rows; nothing is merged, the reading is logged.

        Raises ``Problem`` of groups B and U, ``extract_expired``, and ``no_right`` for what is covered or of a profile
        only a newer program knows.
        """
        opened = self._open_extract(path)
        found = extract.read(opened, clock.today())
        known = extract.profiles().get(found.profile)
        if known is None or known.covered:
            self.require(SENSITIVE)
        self.log("read", "", f"extract {found.digest[:16]} {len(found.rows)}")
        return found

    def _open_extract(self, path: Path) -> Opened:
        def find(key: str) -> Device | None:
            return self.ledger.device(key) or self.ledger.neighbour(key)

        return self._unseal(carrier.take(path), kind=extract.KIND, find=find)


def _without(person: Mapping[str, Any], never: Mapping[str, frozenset[str]]) -> Mapping[str, Any]:
    """Return a person without what never travels: episodes of these codes."""
    lists = {"circumstance": "group", "risk": "risk"}
    kept = [one for one in person.get("episodes", ())
            if one["form"] not in EPISODES or str(one["code"]) not in never.get(lists[one["form"]], frozenset())]
    return {**person, "episodes": kept}  # fmt: skip


def _summed(grid: Grid) -> Grid:
    """Return a table that says of its totals what they are sums of, so that nothing hidden is worked out from them."""
    first, rest = grid.columns[0], tuple(one.key for one in grid.columns[1:])
    rows = tuple(one.key for one in grid.rows[1:])
    head = grid.rows[0]
    cells = {key: replace(cell, formula=rows) for key, cell in head.cells.items()}
    return replace(grid, columns=(replace(first, sum=rest), *grid.columns[1:]),
                   rows=(replace(head, cells=cells), *grid.rows[1:]))  # fmt: skip


def _figure(row: GridRow, column: str) -> str:
    value = row.cell(column).value
    return "" if value is None else f"{value}"


def lines_of(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows of an extract one a line, for people without a window."""
    return ["  ".join(one for one in row if one) for row in rows]


