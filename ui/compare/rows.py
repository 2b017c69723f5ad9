"""The rows of a comparison: what differs, the fold, what is equal; whose value is taken, where the columns stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from cbdesk.words import has, say
from ui import theme
from ui.compare.reading import Line

PAD, GAP = 15, 10
A, B = "a", "b"
SPOKEN = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
Index = QModelIndex | QPersistentModelIndex


class Fold(NamedTuple):
    """The row that opens and folds the equal ones."""

    count: int
    open: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where the columns stand: label, A, B, result, as (left, width)."""

    label: tuple[float, float]
    a: tuple[float, float]
    b: tuple[float, float]
    result: tuple[float, float]


def places(width: float, *, result: bool = True) -> Places:
    """Return the columns of a width; the label takes less where there is little. Without result there are two sides."""
    label = min(theme.px(138), width * 0.19)
    left = PAD + label + GAP
    if not result:
        each = (width - left - GAP - PAD) / 2
        return Places((PAD, label), (left, each), (left + each + GAP, each), (width, 0))
    each = (width - PAD - label - 3 * GAP - 8) / 3
    return Places((PAD, label), (left, each), (left + each + GAP, each), (left + 2 * (each + GAP), each + 4))


class Rows(QAbstractListModel):
    """Differing rows, the fold, and under it the equal ones while it is open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Line | Fold] = []
        self.lines: tuple[Line, ...] = ()
        self.chosen: dict[str, str] = {}
        self.open, self.choosing = False, True

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; nothing is chosen yet."""
        self.beginResetModel()
        self.lines = tuple(lines)
        self.chosen = {}
        self._order()
        self.endResetModel()

    def fold(self) -> None:
        """Open or fold what is equal."""
        self.beginResetModel()
        self.open = not self.open
        self._order()
        self.endResetModel()

    def _order(self) -> None:
        equal = [one for one in self.lines if one.same]
        self.items = [one for one in self.lines if not one.same]
        if equal:
            self.items += [Fold(len(equal), self.open), *(equal if self.open else [])]

    def side(self, line: Line) -> str:
        """Return whose value is taken: ``a`` or ``b``; what goes with another field follows it."""
        return self.chosen.get(line.name) or self.chosen.get(line.lead) or line.take

    def result(self, line: Line) -> tuple[str, str]:
        """Return what stands afterwards, and why."""
        if line.joined:
            return say("duplicates.joined", n=line.joined), say(f"duplicates.why.{line.why}")
        side = self.side(line)
        text = line.a if side == A else line.b
        return text or say("ui.empty"), "" if line.same else _why(line, side)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row in words."""
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if isinstance(item, Fold):
            return say("duplicates.equal", n=item.count) if role in SPOKEN else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return item.a if item.same else "\n".join(f"{side}: {text}" for side, text in self._both(item))
        if role not in SPOKEN:
            return None
        if item.same:
            return say("duplicates.equal_words", title=item.title, value=item.a)
        result, why = self.result(item) if self.choosing else ("", "")
        both = [(say(f"duplicates.record_{side.lower()}"), text) for side, text in self._both(item)]
        words = "; ".join(f"{side}: {text.replace(chr(10), ', ')}" for side, text in both)
        key = "duplicates.row_words" if self.choosing else "duplicates.row_words_two"
        return say(key, title=item.title, both=words, result=result, why=why)

    def _both(self, item: Line) -> list[tuple[str, str]]:
        return [("A", item.a or say("ui.empty")), ("B", item.b or say("ui.empty"))]


def _why(line: Line, side: str) -> str:
    """Return why a value is taken."""
    if side != line.take and not line.lead:
        return say("duplicates.why.chosen")
    if line.why == "only":
        return say(f"duplicates.why.only_{side}")
    key = f"matching.take.{line.why}"
    return say(key) if has(key) else ""
