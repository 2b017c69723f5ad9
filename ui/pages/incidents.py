"""Vụ việc: the incidents of the commune, newest first.

Rules. Names of children and sensitive kinds are hidden until *Hiện tên* is pressed; that is logged and falls back when
the page closes. Nobody who reported is ever shown here. An emergency whose hours still run says how much is left; one
that was seen to says nothing more. An incident that asks for a case and has none says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cbdesk import clock, dates, process
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk
from cbdesk.rights import EDIT
from cbdesk.words import say
from ui.lists.cells import Cell, Chip
from ui.lists.table import Column, QuietTable, TablePanel
from ui.pages import COMPACT, FULL, NARROW, Action, Page, register
from ui.parts import Button, EmptyState, Hint
from ui.record.emergency import emergency_of
from ui.record.incident_inputs import tile_of

Row = Mapping[str, Any]
#: columns for each shape of the window
COLUMNS = {
    FULL: ("number", "received", "kind", "child", "place", "state"),
    COMPACT: ("number", "received", "kind", "child", "state"),
    NARROW: ("number", "received", "kind", "child", "state"),
}


@dataclass(frozen=True)
class _File:
    """What the list shows: incidents, villages, which of them are in a case, whose emergency was seen to."""

    rows: Sequence[Row] = ()
    villages: Mapping[str, str] = field(default_factory=dict)
    taken_up: frozenset[str] = frozenset()
    seen_to: frozenset[str] = frozenset()


def _read(desk: Desk) -> _File:
    taken = frozenset(str(one) for case in desk.all_rows("case") for one in case.get("incident") or ())
    return _File(desk.incidents(), desk.village_names(), taken, frozenset(desk.seen_emergencies()))


@register
class IncidentsPage(Page):
    """The list of incidents."""

    name = "incidents"
    icon = "clipboard_error"
    order = 30
    roles = ("commune",)

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._shown = False
        self._file = _File()
        columns = [
            Column("number", say("incident.list.head_number"), 118, self._number, fixed=True),
            Column("received", say("incident.list.head_received"), 140, self._received),
            Column("kind", say("incident.list.head_kind"), 190, self._kind),
            Column("child", say("incident.list.head_child"), 200, self._child, stretch=True),
            Column("place", say("incident.list.head_place"), 170, self._place),
            Column("state", say("incident.list.head_state"), 210, self._state),
        ]
        self.table = QuietTable(columns, lambda row: str(row["id"]), self, label=say("incident.list.label"),
                                name="incidents_table")  # fmt: skip
        self.table.opened.connect(self._open)
        self._panel = TablePanel(self.table, self)
        record = Button(say("shell.page.incident"), icon="add", key="F2", name="empty_record")
        record.clicked.connect(self._record)
        shell.guard(record, EDIT)
        self._empty = EmptyState(say("incident.list.empty"), say("incident.list.empty_help"), action=record)
        self.body.addWidget(self._panel, 1)

    # cells

    def _number(self, row: Row) -> Cell:
        return Cell(str(row.get("number") or ""), role="medium")

    def _received(self, row: Row) -> Cell:
        return Cell(dates.show_stamp(str(row.get("received_at") or "")))

    def _kind(self, row: Row) -> Cell:
        tile = catalogue().lists["incident_tile"].get(tile_of(row) or "")
        kind = catalogue().lists["incident_kind"].get(str(row.get("kind") or ""))
        if kind is not None and kind.sensitive and not self._shown:
            return Cell(chips=(Chip(say("record.sensitive"), "man", "lock_closed"),))
        return Cell(tile.label if tile else kind.label if kind else "", role="medium")

    def _child(self, row: Row) -> Cell:
        children = list(row.get("child") or ())
        if not children and not row.get("heard_name"):
            return Cell(say("incident.list.unknown_child"), ink="ink3")
        if not self._shown:
            return Cell(say("incident.list.hidden", n=max(1, len(children))), ink="ink3")
        names = [name for name in row.get("names") or () if name] or [str(row.get("heard_name") or "")]
        return Cell(", ".join(names), role="medium")

    def _place(self, row: Row) -> Cell:
        unit = catalogue().units.get(str(row.get("unit") or "")) if not row.get("place") else None
        return Cell(unit.name if unit else self._file.villages.get(str(row.get("place") or ""), ""))

    def _state(self, row: Row) -> Cell:
        what = emergency_of(row) if str(row["id"]) not in self._file.seen_to else None
        if what is not None and not what.late and what.until is not None:
            return Cell(chips=(Chip(say("incident.list.urgent_left", left=what.left()), "gach", "alert_urgent"),))
        handling = catalogue().lists["handling"].get(str(row.get("handling") or ""))
        if handling is not None:
            return Cell(handling.label, ink="ink2")
        if str(row["id"]) in self._file.taken_up:
            return Cell(say("incident.list.taken_up"), ink="ink2")
        waits = bool(process.regimes(row, clock.today()))
        chips = (Chip(say("incident.list.no_case"), "nghe", "flow"),) if waits else ()
        return Cell("", chips=chips)

    # the page base

    def facts(self) -> str:
        """Return how many there are."""
        month = clock.today().isoformat()[:7]
        now = sum(str(row.get("received_at") or "").startswith(month) for row in self._file.rows)
        return say("incident.list.facts_month", n=len(self._file.rows), m=now) if self._file.rows else ""

    def primary(self) -> Action:
        """Return *Ghi nhận vụ việc*."""
        return Action("record", say("shell.page.incident"), self._record, icon="add", key="F2")

    def secondary(self) -> Sequence[Action]:
        """Return *Hiện tên*."""
        if not self._file.rows:
            return ()
        words = say("incident.list.hide_names") if self._shown else say("incident.list.show_names")
        return (Action("names", words, self._toggle, icon="eye_off" if self._shown else "eye"),)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("shell.hint.open")),
                Hint("F2", say("shell.hint.record_incident")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"reload": self._load}

    @classmethod
    def badge(cls, desk: Desk) -> int:
        """Return how many emergencies still run."""
        return len(desk.urgent())

    def opened(self, **details: Any) -> None:
        """Read the list."""
        self._panel.load()
        self._load(focus=True)

    def shaped(self, shape: str) -> None:
        """Show the columns there is room for."""
        self.table.show_columns(COLUMNS[shape])

    def closed(self) -> None:
        """Names are hidden again."""
        self._shown = False

    def changed(self, changed: Changed) -> None:
        """Read again when incidents or children differ."""
        if changed.forms & {"incident", "child", "village", "case", "case_step"} and self.isVisible():
            self._load()

    # what happens

    def _load(self, *, focus: bool = False) -> None:
        self.jobs.run(_read, lambda file: self._show(file, focus=focus), owner=self)

    def _show(self, file: _File, *, focus: bool) -> None:
        rows = file.rows
        self._file = file
        self.table.set_rows(rows)
        if not rows:
            self._panel.show_empty(self._empty)
            if focus and self._empty.action is not None:
                self._empty.action.setFocus()
        else:
            self._panel.show_rows()
            if focus:
                if self.table.current() is None:
                    self.table.choose_first()
                self.table.setFocus()
        self.shell.refresh()

    def _toggle(self) -> None:
        self._shown = not self._shown
        if self._shown:
            count = str(len(self._file.rows))
            self.jobs.run(lambda desk: desk.look(what=count), owner=self)
        self.table.set_rows(self._file.rows)
        self.shell.refresh()

    def _open(self, row: Row | None) -> None:
        if row is not None:
            self.shell.go("incident", id=str(row["id"]))

    def _record(self) -> None:
        self.shell.go("incident", new=True)
