"""The list of households without its widgets: columns, cells, what is told about one, how typing filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cbdesk import text
from cbdesk.catalogue import catalogue
from cbdesk.desk.homes import POOR, Home
from cbdesk.words import say
from ui.lists.cells import Cell, Chip
from ui.lists.childlist import village_short
from ui.lists.filterbar import plain
from ui.lists.table import Column


@dataclass(frozen=True)
class HomeRow:
    """One line: the household, its children as (id, name, birth year), and the year asked about."""

    home: Home
    children: tuple[tuple[str, str, str], ...]
    year: int
    order: tuple[object, ...] = field(default=(), compare=False)

    @property
    def old(self) -> bool:
        """Return whether the class comes from an earlier year."""
        return bool(self.home.level) and self.home.year < self.year


def rows_of(homes: Iterable[Home], children: Mapping[str, tuple[str, str]], year: int) -> list[HomeRow]:
    """Return the lines by village, then by the head's given name; ``children`` is id to (name, birth date)."""
    found = [
        HomeRow(home, tuple((one, *_named(children.get(one, ("", "")))) for one in home.children), year,
                (not home.village, text.collate_key(home.village), not home.shown, text.name_key(home.shown)))
        for home in homes
        if home.children or home.head or home.level
    ]  # fmt: skip
    return sorted(found, key=lambda row: row.order)


def _named(child: tuple[str, str]) -> tuple[str, str]:
    return child[0], child[1][:4]


def columns() -> list[Column]:
    """Return the columns of the list."""
    head = lambda name: say(f"homes.column.{name}")  # noqa: E731
    return [
        Column("head", head("head"), 190, _head, stretch=True, fixed=True),
        Column("village", head("village"), 120, lambda row: Cell(village_short(row.home.village), "ink2")),
        Column("children", head("children"), 44, lambda row: Cell(plain(len(row.children)), "ink2"), right=True),
        Column("level", head("level"), 186, _level),
        Column("year", head("year"), 52, lambda row: Cell(str(row.home.year) if row.home.year else "",
                                                          "nghe" if row.old else "ink2")),
        Column("book_no", head("book_no"), 80, lambda row: Cell(row.home.book_no, "ink2")),
    ]  # fmt: skip


def _head(row: HomeRow) -> Cell:
    if not row.home.id:
        return Cell(row.home.shown, "ink2", chips=(Chip(say("homes.loose"), "neutral"),), find=True)
    if not row.home.head:
        known = row.home.shown
        return Cell(say("homes.of", name=known) if known else say("child.home.no_head"), "ink3", find=True)
    return Cell(row.home.head, role="medium", find=True)


def _level(row: HomeRow) -> Cell:
    if not row.home.level:
        return Cell()
    words = catalogue().lists["household_class"].label(row.home.level)
    if row.home.level in POOR:
        return Cell(chips=(Chip(words, "nghe"),))
    return Cell(words, "ink2")


def matches(row: HomeRow, query: str) -> bool:
    """Return whether a line holds all words typed, marks aside: head, parents, children, village, number."""
    said = " ".join((*row.home.names, *(name for _, name, _ in row.children), row.home.village, row.home.book_no))
    known = text.fold(said)
    return all(word in known for word in text.fold(query).split())
