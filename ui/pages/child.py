"""Hồ sơ trẻ: everything about one child in one place, and safe editing.

Rules. The head changes only after saving. Groups, risks and support are episodes in rows, never overwritten. What is
sensitive is shown when asked for, and that is logged. A new child has fewer sections; parents, groups and risks can be
written at once. No name stands in a title, a toast or an object name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk import Changed, Desk, Saved
from cbdesk.desk.lists import here
from cbdesk.rights import EDIT
from cbdesk.words import say
from ui import clipboard
from ui.form.around import child_facts
from ui.form.before import Before
from ui.form.form import Edit, FormView
from ui.form.rows import RowTable, RowTables
from ui.pages import FULL, NARROW, Action, Page, register
from ui.parts import Banner, Button, Card, Hint, Scroller, State
from ui.record import child_view, next_child
from ui.record.child_view import FORM, HISTORY, SECTION_ROWS
from ui.record.extra_card import ExtraCard
from ui.record.hint_lines import HintLines
from ui.record.home_card import HomeCard, MovingCard
from ui.record.joined import JoinedCard, other_of
from ui.record.joined import ribbon as joined_ribbon
from ui.record.next_child import Start, read_start
from ui.record.privacy_card import PrivacyCard
from ui.record.record_read import ROWS, ChildFile, read_child
from ui.record.record_side import (
    AlikeCard,
    Head,
    History,
    HistoryCard,
    LinesCard,
    Mark,
    SectionList,
    UnsavedCard,
    heading_link,
)
from ui.record.side import SidePane
from ui.record.void_bar import VoidBar
from ui.record.walk import Walk

#: forms besides those of the rows whose changes the page shows
AROUND = ("extra_field", "extra_value", "incident", "household", "household_class", "village", "cleaning_line",
          "transfer", "table_confirmed")  # fmt: skip


@register
class ChildPage(Page):
    """One child's record."""

    name = "child"
    icon = "people"
    under = "children"

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._file: ChildFile | None = None
        self._record: str | None = None
        self._revealed = False
        self._start = Start()
        self._then = ""
        self._before = Before()
        self._walk_on: Walk | None = None
        self._after_save = 0
        self._forms: dict[bool, FormView] = {}
        self._scrollers: dict[bool, Scroller] = {}
        self._tables: dict[str, RowTable] = {}
        self._show_links: list[Button] = []
        self._head = Head(self)
        self._head.copy_wanted.connect(self._copy_code)
        self._head.more_wanted.connect(self._open_void_bar)
        self.body.addWidget(self._head)
        self._ribbon_slot = QVBoxLayout()
        self.body.addLayout(self._ribbon_slot)
        self._ribbon: QWidget | None = None
        self._void_bar: VoidBar | None = None
        self._build_middle()

    # building

    def _build_middle(self) -> None:
        sections = [(one.name, one.title) for one in catalogue().forms[FORM].sections]
        sections.append((HISTORY, say("child.history.section")))
        self._sections = SectionList(sections, self)
        self._sections.went.connect(self._go_section)
        self._stack = QStackedWidget(self)
        card = Card(padding=0, name="record_card")
        card.body.setContentsMargins(17, 9, 5, 9)
        card.body.addWidget(self._stack)
        self._unsaved, self._alike, self._history_card = UnsavedCard(), AlikeCard(), HistoryCard()
        self._joined_card, self._home_card, self._moving_card = JoinedCard(), HomeCard(), MovingCard()
        self._reminders = LinesCard(say("child.reminders"), name="reminders")
        self._unsaved.undo_wanted.connect(lambda: self.form().undo())
        self._alike.open_wanted.connect(lambda one: self.shell.go("child", id=one))
        self._alike.compare_wanted.connect(self._compare)
        self._joined_card.split_wanted.connect(self._split)
        self._history_card.all_wanted.connect(lambda: self._go_section(HISTORY))
        self._extra_card = ExtraCard(self.jobs)
        self._extra_card.written.connect(self._extra_written)
        self._privacy_card = PrivacyCard()
        self._privacy_card.wanted.connect(self._go_privacy)
        self._home_card.child_wanted.connect(lambda one: self.shell.go("child", id=one))
        self._home_card.home_wanted.connect(lambda one: self.shell.go("homes", id=one))
        self._moving_card.give_wanted.connect(self._hand_over)
        self._moving_card.back_wanted.connect(self._hand_back)
        cards = [self._unsaved, self._alike, self._joined_card, self._reminders, self._extra_card, self._home_card,
                 self._privacy_card, self._history_card, self._moving_card]  # fmt: skip
        self._side = SidePane(cards, self, icons=("drafts", "people_swap", "clock", "history"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._sections)
        row.addWidget(card, 1)
        row.addWidget(self._side)
        self.body.addLayout(row, 1)
        self._card = card

    def _view(self, known: bool) -> FormView:
        """Return the form for a known or a new child, made on first use."""
        if known not in self._forms:
            if known:
                self._history = History()
            plan = child_view.plan(known=known, rows=self._rows_of, history=self._history if known else None)
            shown_if = {} if known else child_view.shown_if()
            view = FormView(catalogue().forms[FORM], self.jobs, plan, shown_if=shown_if, before=self._before,
                            name="form_child")  # fmt: skip
            view.entered.connect(lambda part: self._sections.light(part) if part else None)
            view.changed.connect(self._form_changed)
            view.saved.connect(self._saved)
            view.failed.connect(self.talk.problem)
            view.busy_changed.connect(lambda _on: self.shell.refresh())
            view.draft_kept.connect(lambda _at: self.shell.refresh())
            view.alike.connect(self._show_alike)
            view.other_wanted.connect(self._compare if known else lambda one: self.shell.go("child", id=one))
            view.boxes["full_name"].see_words = say("record.compare_other" if known else "record.see_other")
            view.show_wanted.connect(self._reveal)
            view.restored.connect(self._restore_rows)
            scroller = Scroller(name="record_scroll")
            scroller.body.setContentsMargins(3, 0, 12, 0)
            scroller.body.addWidget(view)
            self._stack.addWidget(scroller)
            self._forms[known], self._scrollers[known] = view, scroller
            self._dress(view, known)
            view.in_one(self.shell.shape() == NARROW)
        return self._forms[known]

    def _rows_of(self, section: str) -> QWidget | None:
        names = SECTION_ROWS.get(section, ("incident",) if section == "incident" else ())
        if not names:
            return None
        holder = RowTables()
        if section == "support":
            self._hints = HintLines()
            holder.above(self._hints)
        for name in names:
            table = RowTable(name, self.jobs, editable=name != "incident")
            table.saved.connect(self._row_saved)
            table.void_wanted.connect(self._void_row)
            table.show_wanted.connect(self._reveal)
            table.open_wanted.connect(lambda one: self.shell.go("incident", id=one))
            table.edited.connect(self._form_changed)
            self._tables[name] = table
            holder.add(table)
        return holder

    def _dress(self, view: FormView, known: bool) -> None:
        """Put links at the end of the headings."""
        first = view.section_title("general")
        if first is not None:
            first.facts.say(say("record.needed"))
        if not known:
            return
        for section, names in SECTION_ROWS.items():
            title = view.section_title(section)
            if title is None:
                continue
            show = heading_link(title, say("child.show_sensitive"), icon="eye", name=f"show_{section}")
            show.clicked.connect(self._reveal)
            show.hide()
            self._show_links.append(show)
            for number, name in enumerate(names):
                link = heading_link(title, say(f"child.add.{name}"), icon="add", key="" if number else "Ctrl N",
                                    name=f"add_{name}")  # fmt: skip
                link.clicked.connect(self._tables[name].add)
                self._tables[name].home = link
        title = view.section_title("incident")
        if title is not None:
            link = heading_link(title, say("child.add.incident"), icon="add", key="F2", name="add_incident")
            link.clicked.connect(self._record_incident)
            case = heading_link(title, say("shell.page.case"), icon="flow", name="child_case")
            case.clicked.connect(lambda: self.shell.go("case", child=self._record))

    def form(self) -> FormView:
        """Return the form in front."""
        return self._view(self._record is not None)

    # the page base

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over the list, or over the page that started a walk."""
        return (("", "quality" if self._walk_on is not None else "children"),)

    def title(self) -> str:
        """Return the page's title, never a name."""
        return say("shell.page.child") if self._record else say("child.new_title")

    def facts(self) -> str:
        """Return what a new child needs, or how far one is on a walk."""
        if self._walk_on is not None:
            return self._walk_on.words()
        return "" if self._record else say("child.new_facts")

    def primary(self) -> Action:
        """Return *Lưu*."""
        busy = say("ui.saving") if self.form().busy() else ""
        why = say("child.read_only") if self.form().locked() else ""
        return Action("save", say("ui.save"), self._save, icon="save", key="Ctrl S", busy=busy, why=why)

    def secondary(self) -> Sequence[Action]:
        """Return *Thêm anh chị em* for a child of the register, and *Đóng* where there is room (Esc does it)."""
        close = Action("close", say("ui.close"), self.shell.back, key="Esc")
        if self._record is None:
            return (close,)
        narrow = self.shell.shape() == NARROW
        sibling = Action("sibling", say("hands.add_sibling"), lambda: self._next("sibling"), key="Shift F4",
                         icon="" if narrow else "person_add")  # fmt: skip
        return (sibling,) if narrow else (sibling, close)

    def hints(self) -> Sequence[Hint]:
        """Return the keys of the form, or of the rows."""
        focus = QApplication.focusWidget()
        tables = self._tables.values() if focus is not None else ()
        if any(table.isAncestorOf(focus) and not table.panel_has(focus) for table in tables):
            return (Hint("↑|↓", say("shell.hint.select")), Hint("Enter", say("shell.hint.open")),
                    Hint("Delete", say("child.void_row").lower()),
                    Hint("Ctrl N", say("child.hint.new_row")))  # fmt: skip
        last = Hint("Shift F4", say("hands.hint.sibling"))
        if self._record:
            last = Hint("Alt 1", say("shell.hint.to_section"))
        return (Hint("Enter", say("shell.hint.next_field")), Hint("F7", say("shell.hint.repeat")),
                Hint("F8", self._f8_words()), Hint("Ctrl D", say("hands.hint.next")), last,
                Hint("Ctrl ;", say("shell.hint.today")))  # fmt: skip

    def _f8_words(self) -> str:
        on_walk = self._walk_on is not None and not self._active_form().trouble()
        return say("quality_page.hint.next" if on_walk else "shell.hint.next_finding")

    def states(self) -> Sequence[State]:
        """Return when the draft was kept."""
        at = self.form().draft_at
        return (State("drafts", say("shell.state.draft", at=at[:5]), "nghe"),) if at else ()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands of the record."""
        names = [button for button, _ in self._section_names()]
        own: dict[str, Callable[[], None]] = {
            "save": self._save, "next_child": lambda: self._next("next"), "sibling": lambda: self._next("sibling"),
            "undo": self._undo, "repeat": lambda: self._active_form().repeat(),
            "next_finding": lambda: self._walk(1), "previous_finding": lambda: self._walk(-1),
            "new_row": self._new_row, "today_now": lambda: self._active_form().insert_now(),
            "step_down": lambda: self._active_form().open_help(), "next_pane": self._next_pane,
            "previous_pane": self._next_pane, "reload": self._reload, "record_incident": self._record_incident,
        }  # fmt: skip
        if not self._moving_card.give.isHidden():
            own["hand_over"] = lambda: self._hand_over(self._moving_card.to.value() or "")
        if self.shell.role == "receiver" and self._record:
            own["ask_unit"] = lambda: self.shell.go("notes", record=self._record)
        for number, name in enumerate(names[:7], 1):
            own[f"section_{number}"] = lambda name=name: self._go_section(name)
        return own

    def opened(self, **details: Any) -> None:
        """Show a child (``id=``) or an empty form (``new=True``); ``full_name=`` starts it with a name.

        ``like`` is the child a new one shares the household with, ``sibling`` says that it shares the family as well.
        ``walk`` is the way through several children this one stands on: F8 saves and goes on to the next.
        """
        record = details.get("id")
        self._walk_on, self._after_save = details.get("walk"), 0
        self._close_void_bar()
        self._revealed = False
        self._alike.show_alike(())
        self._record = str(record) if record else None
        self._show_stack()
        if self._record is None:
            start = {"full_name": details["full_name"]} if details.get("full_name") else {}
            like, sibling = str(details.get("like") or ""), bool(details.get("sibling"))
            self.jobs.run(lambda desk: read_start(desk, start, like, sibling=sibling), self._begin, owner=self)
        else:
            self._read(first=True, section=details.get("section", ""))

    def closed(self) -> None:
        """Keep the draft."""
        if self._stack.count():
            self.form().keep_draft()

    def changed(self, changed: Changed) -> None:
        """Read again when rows of a child differ; a form with edits keeps them."""
        if self._record and changed.forms & {FORM, *ROWS, *AROUND}:
            self._read(first=False)

    def shaped(self, shape: str) -> None:
        """Side cards beside the form, or as a bar; one column when narrow."""
        self._side.peek(shape != FULL)
        self._sections.slim(shape == NARROW)
        self._head.flat(shape == NARROW)
        for view in self._forms.values():
            view.in_one(shape == NARROW)
        for table in self._tables.values():
            table.in_one(shape == NARROW)
        if self.shell.page() is self and self._forms:
            self.shell.refresh()  # a narrow window has room for fewer buttons

    def leave(self) -> bool:
        """Esc: close the side layer, then the panel of a row, then the page; the draft stays."""
        if self._side.close_layer() or self._close_void_bar():
            return True
        focus = QApplication.focusWidget()
        return any(table.close_panel() for table in self._tables.values() if table.panel_has(focus))

    # reading

    def _read(self, *, first: bool, section: str = "") -> None:
        record = self._record
        if record is None:
            return

        def show(file: ChildFile) -> None:
            if record == self._record:
                self._show(file, first=first, section=section)

        self.jobs.run(lambda desk: read_child(desk, record), show, owner=self)

    def _reload(self) -> None:
        self._read(first=False)

    def _begin(self, start: Start) -> None:
        self._file, self._start = None, start
        self._head.hide()
        view = self._view(False)
        self._show_stack()
        view.lock(False)
        next_child.begin(view, start)
        if start.like:
            self._put_ribbon(next_child.ribbon(start, self._part))
        self._history_card.show_events(())
        self._reminders.show_lines(())
        self._joined_card.show_others(())
        self._home_card.hide()
        self._extra_card.hide()
        self._moving_card.hide()
        self._privacy_card.hide()
        view.focus_first()
        self._sections.light("general")
        self._scrollers[False].verticalScrollBar().setValue(0)
        self.shell.refresh()

    def _show(self, file: ChildFile, *, first: bool, section: str = "") -> None:
        self._file = file
        view = self._view(True)
        self._show_stack()
        self._show_head(file)
        self._show_rows(file)
        self._history.show_events(file.events)
        self._history_card.show_events(file.events)
        self._reminders.show_lines(child_view.reminders_of(file, clock.today()))
        self._joined_card.show_others([other_of(row) for row in file.taken_in])
        self._home_card.show_child(file)
        self._extra_card.show_child(file)
        self._moving_card.show_child(file)
        self._privacy_card.show_child(file, revealed=self._revealed)
        if first or not (view.dirty() or view.offering_draft()):
            view.extra = dict
            view.load(file.id, file.data, villages=file.villages, offer_draft=first)
            view.extra = self._row_drafts
            if self._revealed:
                view.reveal()
        else:
            view.around.know(file.villages)
        if first:
            self._show_ribbon(file)
            self._sections.light("general")
            self._scrollers[True].verticalScrollBar().setValue(0)
            self._focus_start(view, section)
        self._form_changed()
        self.shell.refresh()

    def _focus_start(self, view: FormView, section: str) -> None:
        """Put the focus into the field a walk is about, into the section asked for, or where work starts."""
        wanted = self._walk_on.field if self._walk_on is not None else ""
        section = section or next((part for part, forms in SECTION_ROWS.items() if wanted in forms), "")
        if wanted in view.boxes:
            view.boxes[wanted].focus()
        elif section:
            self._go_section(section)
        else:
            view.focus_first()

    def _show_stack(self) -> None:
        known = self._record is not None
        self._view(known)
        self._stack.setCurrentWidget(self._scrollers[known])
        self._sections.only([name for name, _ in self._section_names()])
        self._head.setVisible(known)
        if not known:
            self._show_ribbon(None)

    def _section_names(self) -> list[tuple[str, str]]:
        return [(part.name, part.title) for part in self.form().plan]

    def _show_head(self, file: ChildFile) -> None:
        badges = child_view.badges_of(file, revealed=self._revealed)
        code = str(file.data.get("book_code") or "")
        self._head.show_head(child_view.name_of(file), child_view.facts_of(file, clock.today()), badges, code)
        self._head.flat(self.shell.shape() == NARROW)

    def _show_rows(self, file: ChildFile) -> None:
        for name in ROWS:
            self._tables[name].load(file.id, file.rows[name], file.villages, sealed=not self._revealed)
        self._tables["incident"].load(file.id, file.incidents, file.villages, sealed=not self._revealed)
        self._show_hints(file)
        for name in ("tag", "absence"):
            self._tables[name].setVisible(bool(file.rows[name]) or self._tables[name].view is not None)
        for link in self._show_links:
            section = link.objectName().removeprefix("show_")
            link.setVisible(any(self._tables[name].has_sealed() for name in SECTION_ROWS[section]))

    def _show_hints(self, file: ChildFile) -> None:
        """Show what the child may be entitled to; what is kept in confidence only once that was asked for."""
        self._hints.show_hints(file.hints)
        if self._revealed:
            record = file.id
            self.jobs.run(lambda desk: desk.benefits(record, sensitive=True),
                          lambda hints: self._hints.show_hints(hints) if record == self._record else None,
                          owner=self)  # fmt: skip

    def _show_ribbon(self, file: ChildFile | None) -> None:
        if self._ribbon is not None:
            self._ribbon_slot.removeWidget(self._ribbon)
            self._ribbon.hide()
            self._ribbon.deleteLater()
            self._ribbon = None
        status = str(file.data.get("life_status") or "") if file else ""
        into = other_of(file.into) if file is not None and file.into is not None else None
        gone = into is not None or (bool(status) and not here(status))
        locked = gone or not self.shell.may(EDIT)
        for table in self._tables.values():
            table.lock(locked)
        if self._forms.get(True) is not None:
            self._forms[True].lock(locked)
        if not gone or file is None:
            return
        if into is not None:
            self._put_ribbon(joined_ribbon(into, lambda: self.shell.go("child", id=into.id),
                                           lambda: self._split(file.id)))  # fmt: skip
            return
        since = dates.show_date(file.data.get("status_since"))
        words = catalogue().lists["life_status"].label(status)
        open_again = Button(say("record.reopen"), name="reopen")
        open_again.clicked.connect(self._unlock)
        self._put_ribbon(Banner("info", say("child.gone_since", state=words, day=since) if since else say(
            "child.gone", state=words), action=open_again, name="gone"))  # fmt: skip

    def _put_ribbon(self, ribbon: QWidget) -> None:
        self._ribbon = ribbon
        self._ribbon_slot.addWidget(ribbon)

    def _part(self) -> None:
        """The new child is of another household after all."""
        next_child.part(self.form(), self._start)
        self._start = self._start.apart()
        self._show_ribbon(None)
        self.form().focus_first()

    def _go_privacy(self, page: str) -> None:
        """Go to the consents of this child, to what was given of it, or to its erasure."""
        if self._record is not None:
            self.shell.go(page, **{"id" if page == "erasure" else "child": self._record})

    def _unlock(self) -> None:
        self._show_ribbon(None)
        self.form().focus_first()
        self.shell.refresh()

    # what differs

    def _form_changed(self) -> None:
        view = self.form()
        edits = view.edits()
        self._unsaved.show_edits(edits, view.draft_at, view.can_undo())
        self._side.count(0, len(edits))
        self._mark_sections()
        self._mark_number(edits)
        self.shell.refresh()

    def _mark_sections(self) -> None:
        view, file = self.form(), self._file if self._record is not None else None
        for part in view.plan:
            trouble = view.trouble(part.name)
            count = child_view.count_of(file, part.name) if file else ""
            if trouble:
                stops = any(view.boxes[name].needs() == "stop" for name in trouble)
                icon, ink = ("error_circle", "gach") if stops else ("warning", "nghe")
                mark = Mark(say("record.to_fix", n=len(trouble)), icon, ink, filled=True)
            elif file is not None and child_view.complete(file, part.name):
                mark = Mark(count, "checkmark_circle", "ngoc")
            else:
                mark = Mark(count)
            self._sections.mark(part.name, mark)

    def _mark_number(self, edits: Sequence[Edit]) -> None:
        if any(edit.field == "personal_id" for edit in edits):
            self._head.show_number(say("child.editing"), "gach")
        elif self._file is not None:
            self._head.show_number(*child_view.number_of(self._file))

    def _show_alike(self, rows: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
        villages, today = self.form().around.villages(), clock.today()
        self._alike.show_alike([
            (str(row["id"]), str(row.get("full_name") or row.get("usual_name") or ""),
             child_facts(row, villages, today), say("record.alike_why", n=likeness.score, reasons=likeness.text))
            for likeness, row in rows
        ], compare=self._record is not None)  # fmt: skip
        self._side.count(1, len(rows))

    def _compare(self, other: str) -> None:
        self.shell.go("duplicates", a=self._record, b=other)

    def _split(self, record: str) -> None:
        """Take a join apart; it can be joined again like any two records."""

        def done(answer: Saved) -> None:
            self._offer_undo(say("child.joined.split_done"), answer.batch or "")
            self._read(first=self._file is not None and self._file.into is not None)

        self.jobs.run(lambda desk: desk.split(record), done, owner=self)

    # doing

    def _active_form(self) -> FormView:
        focus = QApplication.focusWidget()
        found = (t.view for t in self._tables.values() if t.view is not None and t.panel_has(focus))
        return next(found, self.form())

    def _save(self, then: int = 0) -> None:
        """Save; ``then`` are the steps to go on a walk once that is done."""
        self._after_save, self._then = then, ""
        view = self._active_form()
        if view is not self.form():
            view.save()
            return
        waiting = [table.view for table in self._tables.values() if table.view is not None and table.view.dirty()]
        view.settle_all()
        if waiting and not view.dirty():
            waiting[0].save()
        else:
            view.save()

    def _saved(self, answer: Saved) -> None:
        new, step, then = self._record is None, self._after_save, self._then
        self._after_save, self._then = 0, ""
        if answer.batch is None:
            self.talk.say(say("child.nothing_to_save"))
            return
        words = say("child.added") if new else say("child.saved")
        self._offer_undo(words, answer.batch, away=new and not then)
        if then:
            self.shell.go("child", new=True, like=answer.id, sibling=then == "sibling")
        elif new:
            self.shell.go("child", id=answer.id)
        else:
            self._alike.show_alike(())
            self._show_ribbon(None)
            self.form().keep_draft()  # a row may still be open
            if not step or not self._go_on(step):
                self._read(first=False)

    def _row_saved(self, answer: Saved) -> None:
        if answer.batch is not None:
            self._offer_undo(say("child.row_saved"), answer.batch)
        self.form().keep_draft()
        step, self._after_save = self._after_save, 0
        if not step or not self._go_on(step):
            self._read(first=False)

    def _extra_written(self, answer: Saved) -> None:
        if answer.batch is not None:
            self._offer_undo(say("child.row_saved"), answer.batch)

    def _offer_undo(self, words: str, batch: str, *, away: bool = False) -> None:
        def undo() -> None:
            self.jobs.run(lambda desk: desk.undo(batch), lambda _saved: self._undone(away), owner=self)

        self.talk.say(words, undo)

    def _undone(self, away: bool) -> None:
        self.talk.say(say("child.undone"))
        if away:
            self.shell.go("children")
        elif self._record is None and self._start.like:
            self._part()  # the child it was to follow is gone
        else:
            self._read(first=False)

    def _next(self, then: str) -> None:
        """Go on to the next child of this household, or to a sibling; what is typed here is saved first."""
        self.form().settle_all()
        rows = [table for table in self._tables.values() if table.view is not None and table.view.dirty()]
        if self._record is not None and not rows and not self.form().dirty():
            self.shell.go("child", new=True, like=self._record, sibling=then == "sibling")
            return
        self._save()
        self._then = then

    def _undo(self) -> None:
        if not self.talk.undo():
            self._active_form().undo()

    def _walk(self, step: int) -> None:
        if self._active_form().next_finding(step):
            return
        if self._walk_on is None:
            self.talk.say(say("child.nothing_to_fix"))
            return
        self.form().settle_all()
        if self.form().dirty() or any(table.view is not None and table.view.dirty() for table in self._tables.values()):
            self._save(step)
        elif not self._go_on(step):
            self.talk.say(say("quality_page.walk_end"))

    def _go_on(self, step: int) -> bool:
        """Go to the next child of the walk; ``False`` at its end."""
        child = self._walk_on.step(step) if self._walk_on is not None else ""
        if child:
            self.shell.go("child", id=child, walk=self._walk_on)
        return bool(child)

    def _go_section(self, name: str) -> None:
        self._sections.light(name)
        self.form().go_part(name)

    def _new_row(self) -> None:
        if self._record is None:
            return
        table = next((self._tables[n] for n in self._near_rows() if n in self._tables), None)
        if table is not None:
            table.show()
            table.add()

    def _near_rows(self) -> list[str]:
        """Return the rows Ctrl N adds to: those of the section with the focus, else carers."""
        focus = QApplication.focusWidget()
        for section, names in SECTION_ROWS.items():
            tables = [self._tables[name] for name in names]
            if focus is not None and any(table.isAncestorOf(focus) for table in tables):
                return [name for name in names if self._tables[name].isAncestorOf(focus)]
            if self._sections_lit() == section:
                return list(names)
        return ["carer"]

    def _sections_lit(self) -> str:
        return self._sections.lit()

    def _row_drafts(self) -> dict[str, Any]:
        found = {name: draft for name, table in self._tables.items() if (draft := table.draft()) is not None}
        return {"_rows": found} if found else {}

    def _restore_rows(self, rest: Mapping[str, Any]) -> None:
        for name, draft in dict(rest.get("_rows") or {}).items():
            if name in self._tables:
                self._tables[name].restore(draft)

    def _void_row(self, row: str) -> None:
        def done(answer: Saved) -> None:
            for table in self._tables.values():
                if table.view is not None and table.view.record == row:
                    table.close_panel()
            if answer.batch:
                self._offer_undo(say("child.row_voided"), answer.batch)
            self._read(first=False)

        self.jobs.run(lambda desk: desk.void(row, say("child.row_void_reason")), done, owner=self)

    def _reveal(self) -> None:
        record = self._record
        if record is None:
            return
        self._revealed = True
        self.jobs.run(lambda desk: desk.look(record), owner=self)
        if self._file is not None:
            self._show_rows(self._file)
            self._show_head(self._file)
        self.form().reveal()

    def _next_pane(self) -> None:
        if self._side.opens():
            self._side.toggle_layer()
            return
        focus = QApplication.focusWidget()
        panes: list[QWidget] = [self._sections, self._stack, self._side]
        at = next((i for i, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), -1)
        target = panes[(at + 1) % len(panes)]
        first = self.form() if target is self._stack else None
        if first is not None:
            first.focus_first()
        else:
            inside = (one for one in target.findChildren(QWidget) if one.isVisible())
            taking = [one for one in inside if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
            if taking:
                taking[0].setFocus(Qt.FocusReason.TabFocusReason)

    def _hand_over(self, to: str) -> None:
        """Write the child for another commune into a folder somebody chooses."""
        record, folder = self._record, self.talk.folder()
        if record is None or folder is None:
            return
        self.jobs.run(lambda desk: desk.hand_child(record, to, folder),
                      lambda path: self.talk.say(say("child.transfer.given", name=path.name)), owner=self)  # fmt: skip

    def _hand_back(self) -> None:
        """Take back a hand-over no receipt came for."""
        record = self._record
        if record is not None:
            self.jobs.run(lambda desk: desk.hand_back(record),
                          lambda _saved: self.talk.say(say("child.transfer.taken_back")), owner=self)  # fmt: skip

    def _record_incident(self) -> None:
        self.shell.go("incident", new=True, child=self._record)

    # what the head offers

    def _copy_code(self) -> None:
        clipboard.put(self._head.code.words())
        self.talk.say(say("ui.copied"))

    def _open_void_bar(self) -> None:
        """Ask for the reason in place; hiding a record can be taken back."""
        self._close_void_bar()
        bar = VoidBar()
        bar.wanted.connect(self._void)
        bar.left.connect(self._close_void_bar)
        self._void_bar = bar
        self._ribbon_slot.addWidget(bar)
        bar.reason.setFocus()

    def _close_void_bar(self) -> bool:
        bar, self._void_bar = self._void_bar, None
        if bar is None:
            return False
        self._ribbon_slot.removeWidget(bar)
        bar.hide()
        bar.deleteLater()
        return True

    def _void(self, reason: str) -> None:
        record = self._record
        if record is None or not reason.strip():
            return

        def work(desk: Desk) -> Saved:
            return desk.void(record, reason)

        def done(answer: Saved) -> None:
            self._close_void_bar()
            self._offer_undo(say("child.voided"), answer.batch or "", away=False)
            self.shell.go("children")

        self.jobs.run(work, done, owner=self)
