"""Hộ gia đình: who lives together, and the class that stands; parted, joined, moved, each as one action.

Rules. Typing in the box filters by head, parents, children and village. Enter edits the household, Ctrl T parts it,
Ctrl M joins another to it, Ctrl R moves it to another village, Ctrl D puts children into it. A class of an earlier year
is shown with its year: it stands until the new decision is read. Children for whom no household was written yet stand
under the people who look after them; parting makes their household.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.desk.homes import POOR, Standing
from cbdesk.words import say
from ui.form.rows import Column as RowColumn
from ui.form.rows import RowTable
from ui.frame.mine import MineChip
from ui.frame.shell import Shell
from ui.homes.act import CHOICE, DATE, TICKS, ActCard, Ask
from ui.homes.homelist import HomeRow, columns, matches, rows_of
from ui.homes.side_page import SidePage, key_button
from ui.lists.filterbar import plain
from ui.lists.table import Column
from ui.pages import COMPACT, NARROW, Action, register
from ui.parts import Button, Card, EmptyState, Hint, IconText, Label, SearchBox, SectionTitle
from ui.quality.ticklist import Tick

SHOWN = {NARROW: ("head", "village", "level"), COMPACT: ("head", "village", "level", "year")}
CLASS = "household_class"
CLASS_COLUMNS = (RowColumn("year", 18, strong=True), RowColumn("class", 44), RowColumn("decision_no", 38))


@register
class HomesPage(SidePage):
    """The households."""

    name, icon, under = "homes", "home_person", "children"
    roles = ("commune",)
    form = "household"
    watches = frozenset({"household", "household_class", "child", "carer", "village"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._rows: list[HomeRow] = []
        self._villages: Mapping[str, str] = {}
        self._standing: Standing | None = None
        self.classes: RowTable | None = None
        self.search = SearchBox(say("homes.search"), name="homes_search")
        self.search.setMaximumWidth(360)
        self.search.wanted.connect(lambda _words: self._apply())
        self.search.down.connect(self._into)
        self.told = Label("", "note", "ink2", elide=True, name="homes_told")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.search, 2)
        top.addWidget(MineChip(shell.mine, "homes_mine"))
        top.addWidget(self.told, 3)
        shell.mine.changed.connect(self._apply)
        self.body.insertLayout(0, top)
        self.table.up.connect(self.search.setFocus)
        self._none = EmptyState(say("homes.none"), say("homes.none_help"), name="homes_none")

    def columns(self) -> list[Column]:
        """Return the columns."""
        return columns()

    def ident(self, row: HomeRow) -> str:
        """Return the household's id, or its first child's."""
        return row.home.key

    def called(self, row: HomeRow) -> str:
        """Return by whom it is known."""
        return row.home.shown

    def read(self, desk: Desk) -> Any:
        """Return the households of this year, their children, the villages, and from which years the classes come."""
        year = clock.today().year
        children = {row.id: (row.name, row.born) for row in desk.children()}
        return rows_of(desk.homes(year), children, year), desk.village_names(), desk.classes_standing(year)

    def show_rows(self, found: Any) -> None:
        """Show the households."""
        self._rows, self._villages, self._standing = found
        self._apply()

    def _apply(self) -> None:
        query = self.search.text().strip()
        shown = [row for row in self._rows if self.shell.mine.holds(row.home.place) and matches(row, query)]
        self.table.show_words(query)
        self.table.set_rows(shown)
        self.panel.show_rows() if shown else self.panel.show_empty(self._none)
        poor = sum(row.home.level in POOR for row in shown)
        words = [say("homes.told", n=plain(len(shown)), poor=plain(poor)), self._stands()]
        words = words[1:] if self.shell.shape() == NARROW and words[1] else words
        self.told.say(say("homes.between").join(one for one in words if one))
        if self.act is None and self.edit is None:
            self._moved()

    def _into(self) -> None:
        if self.table.rows():
            self.table.choose(self.ident(self.table.rows()[0]))
            self.table.setFocus()

    def first_focus(self) -> None:
        """Start in the list on the row asked for, else in the box."""
        (self.table if self._asked and self.table.rows() else self.search).setFocus()

    # the page base

    _asked = False

    def opened(self, **details: Any) -> None:
        """Show the households; ``id`` is the one to stand on, ``rows`` asks for the list and not the box."""
        self._asked = bool(details.get("id") or details.get("rows"))
        if self._asked:
            self.search.clear()
        super().opened(**details)
        self.first_focus()

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the children."""
        return (("", "children"),)

    def _stands(self) -> str:
        """Say from which year the classes come, and how many still come from an earlier one."""
        standing = self._standing
        if standing is None or not standing.by_year:
            return ""
        newest = max(standing.by_year)
        if newest < standing.year:
            return say("homes.standing", year=newest)
        older = sum(count for year, count in standing.by_year.items() if year < standing.year)
        return say("homes.standing_some", n=older, year=newest) if older else say("homes.standing_new", year=newest)

    def primary(self) -> Action:
        """Read the decision, or write what is open."""
        if self.act is not None:
            return Action("act", self.act.verb.words(), self.act.submit, "save", "Ctrl S")
        if self.edit is not None:
            return Action("save", say("ui.save"), self.edit.view.save, "save", "Ctrl S")
        return Action("decision", say("homes.read_decision"), lambda: self.shell.go("decision"), "arrow_import",
                      "Ctrl Enter")  # fmt: skip

    def secondary(self) -> Sequence[Action]:
        """Go to the children who are away."""
        if self.act is not None or self.edit is not None or self.shell.shape() == NARROW:
            return super().secondary()
        return (Action("away", say("shell.page.away"), lambda: self.shell.go("away"), "arrow_right"),
                *super().secondary())  # fmt: skip

    def list_hints(self) -> Sequence[Hint]:
        """Return the keys of the list."""
        if self.search.hasFocus():
            return (Hint("↓", say("children.hint.down")), Hint("Ctrl N", say("homes.hint.add")),
                    Hint("Esc", say("ui.close").lower()))  # fmt: skip
        return (Hint("Enter", say("homes.hint.edit")), Hint("Ctrl T", say("homes.hint.split")),
                Hint("Ctrl M", say("homes.hint.join")), Hint("Ctrl R", say("homes.hint.move")),
                Hint("Ctrl D", say("homes.hint.children")), Hint("F3", say("shell.hint.search")))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        own = {**super().handlers(), "find": self._to_search, "search_children": self._to_search}
        if self.classes is not None:
            view = self.classes.view
            own |= {"new_row": self.classes.add} | ({"save": view.save} if view is not None else {})
        return own

    def actions(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the list."""
        return {"split_home": self._split, "join_homes": self._join, "move_home": self._move,
                "children_in": self._children_in, "leave_commune": self._leave_commune}  # fmt: skip

    def shaped(self, shape: str) -> None:
        """Fewer columns where there is little room."""
        super().shaped(shape)
        self.table.show_columns(SHOWN.get(shape, ()))
        self._apply()

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def detail(self, row: HomeRow) -> QWidget:
        """Return the card of a household."""
        card, home = Card(padding=14, spacing=8, name="home_detail"), row.home
        card.body.addWidget(SectionTitle(home.shown or say("child.home.no_head")))
        if home.village:
            card.body.addWidget(IconText("home", home.village, "ink2", "note", icon_ink="ink3"))
        if home.level:
            level = catalogue().lists["household_class"].label(home.level)
            words = say("child.home.level", level=level, year=home.year)
            words += f" · {say('homes.stands')}" if row.old else ""
            ink = "nghe" if home.level in POOR else "ink2"
            card.body.addWidget(IconText("tag", words, ink, "note", icon_ink=ink))
        for number, (child, name, born) in enumerate(row.children):
            link = Button(", ".join(part for part in (name or say("children.unnamed"), born) if part), "link",
                          name=f"home_member_{number}")  # fmt: skip
            link.clicked.connect(lambda _on=False, child=child: self.shell.go("child", id=child))
            card.body.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        loose = "" if home.id else say("homes.why_loose")
        few = "" if len(row.children) > 1 or not home.id else say("homes.why_few")
        for words, key, icon, run, why in (
            ("make" if not home.id else "split", "Ctrl T", "branch_compare", self._split, few),
            ("join", "Ctrl M", "people_swap", self._join, loose),
            ("move", "Ctrl R", "arrow_right", self._move, loose),
            ("children", "Ctrl D", "person_add", self._children_in, loose),
            ("leave", "", "arrow_upload", self._leave_commune, "" if row.children else say("homes.why_nobody")),
        ):  # fmt: skip
            button = key_button(say(f"homes.do.{words}"), key, icon, run, f"home_{words}", why=why)
            card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    def edit_record(self, record: str) -> None:
        """Edit a household with its classes, or a new one."""
        super().edit_record(record)
        if record:
            self._read_classes(record)

    def _read_classes(self, record: str) -> None:
        show = lambda rows: self._classes(record, rows)  # noqa: E731
        self.jobs.run(lambda desk: desk.rows_of(CLASS, record), show, owner=self)

    def _classes(self, record: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show the class of each year under the fields, the newest first."""
        if self.edit is None or self.edit.view.record != record:
            return
        if self.classes is None or self.classes.parent_record != record:
            table = RowTable(CLASS, self.jobs, columns=CLASS_COLUMNS, empty=say("homes.no_class"))
            table.in_one(True)
            table.saved.connect(lambda saved: self._class_saved(record, saved))
            table.void_wanted.connect(lambda row: self._class_void(record, row))
            add = Button(say("homes.add_class"), "link", icon="add", key="Ctrl N", name="add_class")
            add.clicked.connect(table.add)
            table.home = add
            self.edit.body.addWidget(SectionTitle(catalogue().forms[CLASS].plural))
            self.edit.body.addWidget(table)
            self.edit.body.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
            self.classes = table
        ordered = sorted(rows, key=lambda row: -int(row.get("year") or 0))
        self.classes.load(record, ordered, self._villages, sealed=False)

    def _class_saved(self, record: str, saved: Saved) -> None:
        if saved.batch:
            self.offer_undo(say("duties.saved"), saved.batch)
        self._read_classes(record)

    def _class_void(self, record: str, row: str) -> None:
        def done(saved: Saved) -> None:
            if self.classes is not None:
                self.classes.close_panel()
            self._class_saved(record, saved)

        self.jobs.run(lambda desk: desk.void(row, say("child.row_void_reason")), done, owner=self)

    def close_side(self) -> None:
        """The classes go with the household they stood under."""
        self.classes = None
        super().close_side()

    def leave(self) -> bool:
        """Esc closes the open class first."""
        if self.classes is not None and self.classes.close_panel():
            self.shell.refresh()
            return True
        return super().leave()

    def open_row(self) -> None:
        """Edit the household; without one its first child is opened."""
        row = self.table.current()
        if row is not None and not row.home.id:
            self.shell.go("child", id=row.children[0][0])
        else:
            super().open_row()

    # what happens

    def _here(self, *, made: bool = True) -> HomeRow | None:
        """Return the household one stands on; with ``made`` only one that was written."""
        row: HomeRow | None = self.table.current()
        if row is None or (made and not row.home.id):
            self.talk.say(say("homes.why_loose" if row is not None else "homes.none"))
            return None
        return row

    def _split(self) -> None:
        row = self._here(made=False)
        if row is None or not row.children or (row.home.id and len(row.children) < 2):
            self.talk.say(say("homes.why_few"))
            return
        loose, kind = not row.home.id, "split" if row.home.id else "make"
        ticks = [_tick(one) for one in row.children]
        card = ActCard(
            say(f"homes.{kind}.title"), say(f"homes.{kind}.verb"),
            [Ask("head", say("homes.head"), value=row.home.shown if loose else "", required=False)],
            note="" if loose else say("homes.split.note"), ticks=(say("homes.split.which"), ticks),
            on=[child for child, *_ in row.children] if loose else (), least=1, name="split_home",
        )  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            data = {"head_name": given["head"]} if given["head"] else {}
            work = lambda desk: desk.split_household(given[TICKS], data)  # noqa: E731
            done = lambda saved: self.wrote(say(f"homes.{kind}.done"), saved, str(saved.id))  # noqa: E731
            self.jobs.run(work, done, owner=self)

        self.do(card, run)

    def _join(self) -> None:
        if (row := self._here()) is None:
            return
        chosen = [one for one in self.table.chosen() if one.home.id and one is not row]
        near = [one for one in self._rows if one.home.id and one is not row]
        near.sort(key=lambda one: one.home.village != row.home.village)
        offered = [*chosen, *(one for one in near if one not in chosen)]
        ticks = [Tick(one.home.key, _placed(one, row), len(one.children)) for one in offered]
        card = ActCard(say("homes.join.title", name=row.home.shown), say("homes.join.verb"), [],
                       note=say("homes.join.note"), ticks=(say("homes.join.which"), ticks),
                       on=[one.home.key for one in chosen], least=1, name="join_homes")  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            work = lambda desk: desk.join_households(row.home.id, *given[TICKS])  # noqa: E731
            self.jobs.run(work, lambda saved: self.wrote(say("homes.join.done"), saved, row.home.id), owner=self)

        self.do(card, run)

    def _move(self) -> None:
        if (row := self._here()) is None:
            return
        options = [(one, name) for one, name in self._villages.items() if name != row.home.village]
        card = ActCard(say("homes.move.title", name=row.home.shown), say("homes.move.verb"),
                       [Ask("village", say("homes.column.village"), CHOICE, options=options)],
                       note=say("homes.move.note"), name="move_home")  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            work = lambda desk: desk.move_household(row.home.id, given["village"])  # noqa: E731
            self.jobs.run(work, lambda saved: self.wrote(say("homes.move.done"), saved, row.home.id), owner=self)

        self.do(card, run)

    def _children_in(self) -> None:
        row = self._here()
        if row is None:
            return
        near = [one for one in self._rows if one.home.village == row.home.village and one is not row]
        ticks = [_tick(child, _called(one)) for one in near for child in one.children]
        card = ActCard(say("homes.children.title", name=row.home.shown), say("homes.children.verb"), [],
                       ticks=(say("homes.children.which"), ticks), least=1, name="children_in")  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            work = lambda desk: desk.move_children(given[TICKS], row.home.id)  # noqa: E731
            self.jobs.run(work, lambda saved: self.wrote(say("homes.children.done"), saved, row.home.id), owner=self)

        self.do(card, run)

    def _leave_commune(self) -> None:
        row = self._here(made=False)
        if row is None or not row.children:
            return
        ticks = [_tick(one) for one in row.children]
        card = ActCard(
            say("homes.leave.title"), say("homes.leave.verb"),
            [Ask("to", catalogue().forms["child"].field("moved_to").label),
             Ask("on", say("villages.from"), DATE, clock.today().isoformat())],
            ticks=(say("homes.leave.which"), ticks), on=[child for child, *_ in row.children], least=1, name="leave",
        )  # fmt: skip

        def run(given: dict[str, Any]) -> None:
            work = lambda desk: desk.leave_commune(given[TICKS], given["to"], given["on"])  # noqa: E731
            self.jobs.run(work, lambda saved: self.wrote(say("homes.leave.done"), saved), owner=self)

        self.do(card, run)


def _tick(child: tuple[str, str, str], home: str = "") -> Tick:
    """Return a child as a line to tick: name, birth year, and of whose household it is now."""
    code, name, born = child
    who = ", ".join(part for part in (name or say("children.unnamed"), born) if part)
    return Tick(code, " · ".join(part for part in (who, home) if part))


def _placed(row: HomeRow, beside: HomeRow) -> str:
    """Return a household with its village, where that is another one."""
    there = "" if row.home.village == beside.home.village else row.home.village
    return ", ".join(part for part in (_called(row), there) if part)


def _called(row: HomeRow) -> str:
    """Return a household among others: by whom it is known, else by its children."""
    return row.home.shown or ", ".join(name for _, name, _ in row.children[:2]) or say("child.home.no_head")
