"""The heaps of a list held against the register: what differs, only there, only here, and what could not be matched.

Rules. Nothing is written here. What only fills a gap is taken, what says otherwise waits for a person. Space takes or
leaves the rows chosen; a row that may be a child of ours is decided by digits: 1 … is that child, Space a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from cbdesk import dates
from cbdesk.crosscheck import CheckRow, CrossCheck, Difference
from cbdesk.words import say
from ui.lists.cells import Cell, Mark
from ui.lists.table import Column
from ui.reading.tabbed import TabbedRows

DIFFER, THERE, HERE, REST = "differ", "there", "here", "rest"
TABS = ((DIFFER, "edit", "cham"), (THERE, "person_add", "ngoc"), (HERE, "person_question_mark", "nghe"),
        (REST, "info", "ink2"))  # fmt: skip
COLUMNS = {
    DIFFER: ("name", "field", "old", "new", "remark"),
    THERE: ("name", "born", "village", "remark"),
    HERE: ("name", "born", "village", "remark"),
    REST: ("name", "born", "village", "remark"),
}
MOST = 3
"""Children of ours a doubtful row is offered."""


@dataclass(frozen=True, slots=True)
class HeapRow:
    """One line of a heap: a field that differs, a row of the list, or a child of ours."""

    id: str
    name: str
    born: str
    village: str
    remark: str
    row: CheckRow | None = None
    item: Difference | None = None


class HeapsCard(TabbedRows):
    """Tabs over one table. ``decided`` carries (row, child or None)."""

    decided = Signal(object, object)

    def __init__(self) -> None:
        super().__init__(TABS, self._columns(), lambda row: row.name, words="crosscheck",
                         label=say("shell.page.crosscheck"), name="heap")  # fmt: skip
        self.table.installEventFilter(self)

    def _columns_of(self, code: str) -> Sequence[str]:
        return COLUMNS[code]

    def _waits(self) -> tuple[str, list[str]]:
        """Rows that may be a child of ours and are not decided."""
        return THERE, [one.id for one in self._rows[THERE] if one.row and one.row.state == "maybe" and not one.row.add]

    def _columns(self) -> list[Column]:
        return [
            Column("name", say("children.column.name"), 190, lambda row: Cell(row.name or say("children.unnamed"),
                   "ink" if row.name else "ink3", "medium"), fixed=True),
            Column("born", say("children.column.born"), 100, lambda row: _told(dates.show_date(row.born), "ink2")),
            Column("village", say("children.column.village"), 150, lambda row: _told(row.village, "ink2")),
            Column("field", say("crosscheck.column.field"), 148,
                   lambda row: Cell(row.item.title if row.item else "", "ink2")),
            Column("old", say("crosscheck.column.old"), 170,
                   lambda row: _told(row.item.old if row.item else "", "ink2")),
            Column("new", say("crosscheck.column.new"), 170, self._new),
            Column("remark", say("crosscheck.column.remark"), 120, self._remark, stretch=True, fixed=True),
        ]  # fmt: skip

    def _new(self, row: HeapRow) -> Cell:
        taken = row.item is not None and row.item.take
        return Cell(row.item.new if row.item else "", "ink" if taken else "ink3", "strong" if taken else "body")

    def _remark(self, row: HeapRow) -> Cell:
        if row.item is not None:
            if row.item.take:
                words = say("crosscheck.taken")
                return Cell(row.remark or words, "ink2", marks=(Mark("checkmark_circle", "ngoc", words),))
            if row.item.findings:
                return Cell(row.remark, "nghe", marks=(Mark("warning", "ngheMark", row.remark),))
            return Cell(say("crosscheck.left"), "ink3")
        if row.row is not None and row.row.add:
            mark = Mark("checkmark_circle", "ngoc", say("crosscheck.taken"))
            return Cell(say("crosscheck.will_add"), "ink", marks=(mark,))
        if row.row is not None and row.row.state == "maybe":
            return Cell(row.remark, "nghe", marks=(Mark("warning", "ngheMark", say("crosscheck.waits")),))
        return Cell(row.remark, "ink3")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit says which child of ours the present row is."""
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            number = event.key() - Qt.Key.Key_0
            if self.tabs.value() == THERE and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and (
                1 <= number <= MOST
            ):
                self.decide(number)
                return True
        return False

    # rows

    def show_check(self, check: CrossCheck, village: Callable[[str], str], *, fresh: bool) -> None:
        """Show a list; ``fresh`` goes to the first heap that holds something, else the tab and the row stay."""
        differ = [
            HeapRow(f"{at}.{item.name}", _name(one), "", "", "; ".join(f.text for f in item.findings), one, item)
            for at, one in enumerate(check.rows) for item in one.differences
        ]  # fmt: skip
        there = [self._of_row(at, one) for at, one in enumerate(check.rows) if one.state in ("there", "maybe")]
        rest = [self._of_row(at, one) for at, one in enumerate(check.rows) if one.state in ("same", "twice", "refused")]
        here = [
            HeapRow(str(child["id"]), str(child.get("full_name") or ""), str(child.get("born") or ""),
                    village(str(child.get("village") or "")), _attends(child))
            for child in check.here
        ]  # fmt: skip
        self._fill({DIFFER: differ, THERE: there, HERE: here, REST: rest})
        current = self.table.current() if self.table.rows() else None
        at = current.id if current is not None else ""
        first = next((one for one in (DIFFER, THERE, HERE, REST) if self._rows[one]), DIFFER)
        self.show_tab(first if fresh else self.tabs.value())
        if not fresh and at and not self.table.choose(at):
            self.table.choose_first()

    def _of_row(self, at: int, one: CheckRow) -> HeapRow:
        remark = one.row.reason
        if one.state == "maybe":
            remark = say("crosscheck.looks_like", who=_like(one, 0))
        elif one.state in ("same", "twice"):
            remark = say(f"crosscheck.state.{one.state}")
        data = one.row.data
        return HeapRow(str(at), one.name, str(data.get("born") or ""), str(data.get("village") or ""), remark, one)

    # deciding

    def toggle(self) -> None:
        """Take the rows chosen, or leave them."""
        rows: Sequence[HeapRow] = self.table.chosen()
        items = [row.item for row in rows if row.item is not None]
        fresh = [row.row for row in rows if row.item is None and row.row is not None
                 and row.row.state in ("there", "maybe")]  # fmt: skip
        for item in items:
            item.take = not all(one.take for one in items) if len(items) > 1 else not item.take
        on = not all(one.add for one in fresh)
        for one in fresh:
            one.add = on
        if items or fresh:
            self._retaken()

    def decide(self, number: int) -> None:
        """Say that the present row is the child of that number; it leaves this heap."""
        row = self.table.current() if self.table.rows() and self.tabs.value() == THERE else None
        if row is not None and row.row is not None and number <= min(len(row.row.others), MOST):
            self.decided.emit(row.row, str(row.row.others[number - 1]["id"]))

    def _show_row(self, row: HeapRow | None) -> None:
        own = row.row if row is not None and row.item is None else None
        can = row is not None and (row.item is not None or (own is not None and own.state in ("there", "maybe")))
        self.toggle_button.setVisible(can)
        self.detail.say("")
        self.more.say("")
        if row is not None and row.item is not None:
            self.toggle_button.say(say("crosscheck.leave" if row.item.take else "crosscheck.take"))
            self.detail.say(say("quality_page.from_to", title=row.item.title, old=row.item.old or say("ui.empty"),
                                new=row.item.new))  # fmt: skip
            self.more.say(row.remark)
        elif row is not None and row.row is not None:
            self.toggle_button.say(say("crosscheck.leave_out" if row.row.add else "crosscheck.add"))
            place = say("crosscheck.at_row", sheet=row.row.row.sheet, row=row.row.row.row_number)
            words = " · ".join(one for one in (place, row.remark) if one)
            self.detail.say(words)
            if row.row.state == "maybe":
                shown = range(min(len(row.row.others), MOST))
                self.more.say("   ".join(f"{at + 1} · {_like(row.row, at)}" for at in shown))
        elif row is not None:
            self.detail.say(say("crosscheck.ask_there"))


def _told(words: str, ink: str) -> Cell:
    return Cell(words, ink) if words else Cell(say("ui.empty"), "ink3")


def _name(one: CheckRow) -> str:
    return str((one.child or {}).get("full_name") or one.name)


def _like(one: CheckRow, at: int) -> str:
    other = one.others[at]
    facts = (other.get("full_name"), dates.show_date(str(other.get("born") or "")), other.get("village"))
    return ", ".join(str(fact) for fact in facts if fact)


def _attends(child: object) -> str:
    school, grade = (str(child.get(name) or "") for name in ("school", "class"))  # type: ignore[attr-defined]
    return " · ".join(one for one in (school, grade) if one)
