"""How many each village gets and how many are chosen so far: one row a village, the number typed where one stands.

Rules. Digits type a quota, Delete takes it away, Enter goes on to the next village. More than the quota is said in
words and colour. The sums stand under the rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk.desk.handouts import Listing
from cbdesk.words import say
from ui.lists.cells import Cell
from ui.lists.childlist import village_short
from ui.lists.filterbar import plain
from ui.lists.table import Column, QuietTable, TablePanel
from ui.parts import Card, EmptyState, Label, Rule, SectionTitle

LARGEST = 9999
WAIT = 700
Row = tuple[str, str, int, int]


class Quotas(Card):
    """The villages. ``wanted`` carries a village and its quota, ``None`` for none."""

    wanted = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=1, spacing=0, name="quotas")
        self.body.setContentsMargins(1, 8, 1, 6)
        head = SectionTitle(say("handouts.quotas"))
        head.setContentsMargins(15, 0, 14, 0)
        self.table = QuietTable(
            [Column("village", say("children.column.village"), 100, lambda row: Cell(village_short(row[1])),
                    stretch=True, fixed=True),
             Column("chosen", say("handouts.column.chosen"), 50, self._chosen, right=True),
             Column("quota", say("handouts.column.quota"), 66, self._quota, right=True)],
            lambda row: row[0], label=say("handouts.quotas"), name="quota_table",
        )  # fmt: skip
        self.table.installEventFilter(self)
        self.panel = TablePanel(self.table, plain=True)
        self._empty = EmptyState(say("handouts.no_villages"), name="quota_none")
        self.sum = Label("", "note", "ink2", wrap=True, name="quota_sum")
        for widget in (head, self.panel, Rule()):
            self.body.addWidget(widget, 1 if widget is self.panel else 0)
        foot = QHBoxLayout()
        foot.setContentsMargins(15, 6, 15, 2)
        foot.addWidget(self.sum)
        self.body.addLayout(foot)
        self._typed = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self._tell)

    @staticmethod
    def _chosen(row: Row) -> Cell:
        over = bool(row[3]) and row[2] > row[3]
        return Cell(plain(row[2]) if row[2] else "", "gach" if over else "ink", "strong" if over else "body")

    def _quota(self, row: Row) -> Cell:
        current = self.table.current()
        if self._typed and current is not None and current[0] == row[0]:
            return Cell(self._typed, "cham", "strong")
        return Cell(plain(row[3]) if row[3] else "–", "ink" if row[3] else "ink3")

    def show_listing(self, listing: Listing, villages: Mapping[str, str]) -> None:
        """Show all villages with what is chosen and what they get."""
        counted = listing.by_village()
        known = {**villages, **({"": say("handouts.no_village")} if "" in counted else {})}
        rows: list[Row] = [(one, name, *counted.get(one, (0, 0))) for one, name in known.items()]
        self.table.set_rows(rows)
        if rows:
            self.panel.show_rows()
        else:
            self.panel.show_empty(self._empty)
        chosen, quota = sum(row[2] for row in rows), sum(row[3] for row in rows)
        over = sum(1 for row in rows if row[3] and row[2] > row[3])
        words = say("handouts.sum_quota" if quota else "handouts.sum", n=plain(chosen), of=plain(quota))
        self.sum.say(f"{words} {say('handouts.over', n=plain(over))}" if over else words)
        self.sum.tone("gach" if over else "ink2")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Digits type the quota of the village one stands on."""
        if watched is not self.table or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        plain_key = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.text().isdigit() and event.text().isascii() and plain_key:
            self._typed = str(min(int(self._typed + event.text()), LARGEST))
            self._timer.start()
            self.table.viewport().update()
            return True
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._typed, current = "", self.table.current()
            self._timer.stop()
            if current is not None and current[3]:
                self.wanted.emit(current[0], None)
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Tab):
            self._tell()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                down = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
                self.table.keyPressEvent(down)
                return True
        return False

    def _tell(self) -> None:
        current, typed = self.table.current(), self._typed
        self._timer.stop()
        self._typed = ""
        if typed and current is not None and current[0] and int(typed) != current[3]:
            self.wanted.emit(current[0], int(typed) or None)
        self.table.viewport().update()
