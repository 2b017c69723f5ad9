"""Xóa theo luật: one record erased for good, its minutes first.

Rules. At the left why, by which ground, and what it means; at the right the minutes as they will be signed. Only once
they were printed or saved can one erase, and it is asked once more, because nothing brings it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.desk.erasing import ErasurePlan
from cbdesk.words import say
from ui import theme
from ui.frame.shell import Shell
from ui.law.document import DocumentView
from ui.law.page import RAIL, fact
from ui.pages import FULL, Action, Page, register
from ui.parts import Button, Card, Hint, Labelled, LineField, ListField, Scroller, SectionTitle

SIDE = {FULL: 356, "compact": 330}
MINUTES_FILE = "bien_ban_xoa"


@register
class ErasurePage(Page):
    """One erasure."""

    name, icon, under = "erasure", "delete", RAIL

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._record, self._request, self._kept, self._working = "", "", False, False
        self._plan: ErasurePlan | None = None
        self.ground = ListField(label=say("law.erasure.ground"), name="erasure_ground")
        self.ground.fill([(one.code, one.label) for one in catalogue().lists["erasure_ground"].choices])
        self.reason = LineField(label=say("law.erasure.reason"), name="erasure_reason")
        self.ground_room = Labelled(say("law.erasure.ground"), self.ground, required=True)
        self.reason_room = Labelled(say("law.erasure.reason"), self.reason, required=True,
                                    note=say("law.erasure.reason_note"))  # fmt: skip
        self.make = Button(say("law.erasure.make"), icon="document", key="Ctrl S", name="erasure_make")
        self.make.clicked.connect(self._make)
        self.ground.currentIndexChanged.connect(lambda _at: self._stale())
        self.reason.textEdited.connect(lambda _text: self._stale())
        self.card = Card(padding=14, spacing=10, name="erasure_card")
        self.side = Scroller(name="erasure_side")
        self.side.body.setContentsMargins(0, 0, 8, 0)
        self.side.body.addWidget(self.card)
        self.side.body.addStretch(1)
        self.view = DocumentView(self.jobs, self.talk, name=MINUTES_FILE)
        self.view.changed.connect(self.shell.refresh)
        self.view.kept.connect(self._was_kept)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.side)
        row.addWidget(self.view, 1)
        self.body.addLayout(row, 1)

    # the page base

    def title(self) -> str:
        """Return the title."""
        return say("law.title.erasure")

    def crumbs(self) -> Sequence[tuple[str, str]]:
        """The way here leads over keeping and erasing."""
        return (("", "keeping"),)

    def primary(self) -> Action:
        """Erase, once the minutes were printed or saved."""
        why = "" if self._kept else say("law.erasure.why_minutes")
        busy = say("law.erasure.working") if self._working else ""
        return Action("erase", say("law.erasure.erase"), self._ask, "delete", "", why, busy)

    def secondary(self) -> Sequence[Action]:
        """Print or save the minutes."""
        why = "" if self.view.count() else say("law.erasure.why_make")
        return (Action("print", say("reports.print"), self.view.print, "print", "Ctrl P", why),
                Action("pdf", say("reports.pdf"), lambda: self.view.save("pdf"), "document_pdf", "", why))  # fmt: skip

    def hints(self) -> Sequence[Hint]:
        """Return the keys."""
        return (Hint("Tab", say("shell.hint.next_field")), Hint("Ctrl S", say("law.erasure.make").lower()),
                Hint("Ctrl P", say("shell.hint.print")), Hint("Esc", say("ui.close").lower()))  # fmt: skip

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Return the commands answered here."""
        return {"save": self._make, "print": self.view.print}

    def opened(self, **details: Any) -> None:
        """Read what erasing ``id`` would do; ``ground`` and ``request`` say why one came here."""
        self._record, self._request = str(details.get("id") or self._record), str(details.get("request") or "")
        self.ground.set_value(str(details.get("ground") or ("request" if self._request else "")) or None)
        self.reason.setText("")
        self._stale()
        record = self._record
        self.jobs.run(lambda desk: desk.erasure_plan(record), self._show, self._refused, owner=self)

    def _refused(self, problem: Any) -> None:
        self.talk.problem(problem)
        self.shell.back()
        self.talk.problem(problem)

    def shaped(self, shape: str) -> None:
        """Beside each other while there is room."""
        self.side.setFixedWidth(theme.px(SIDE.get(shape, 300)))

    # showing

    def _show(self, plan: ErasurePlan) -> None:
        self._plan = plan
        while self.card.body.count():
            item = self.card.body.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None and widget not in (self.ground_room, self.reason_room, self.make):
                widget.hide()
                widget.deleteLater()
        add = self.card.body.addWidget
        add(SectionTitle(catalogue().forms[plan.form].title, facts=plan.code))
        add(fact("delete", plan.kinds))
        for one in plan.copies:
            add(fact("copy", one))
        for mention in plan.mentions:
            add(fact("warning", mention.words))
        add(self.ground_room)
        add(self.reason_room)
        self.card.body.addWidget(self.make, 0, Qt.AlignmentFlag.AlignLeft)
        (self.reason if self.ground.value() else self.ground).setFocus(Qt.FocusReason.OtherFocusReason)
        self.shell.refresh()

    def _stale(self) -> None:
        """What was printed is not what would be erased for any more."""
        self._kept = False
        self.shell.refresh()

    def _given(self) -> tuple[str, str] | None:
        """Return ground and reason; what is missing is said under its field."""
        ground, reason = self.ground.value() or "", self.reason.text().strip()
        for name, room, field, value in (("ground", self.ground_room, self.ground, ground),
                                         ("reason", self.reason_room, self.reason, reason)):  # fmt: skip
            if not value:
                room.say("stop", say("finding.missing", label=say(f"law.erasure.{name}")))
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
            room.say()
        return ground, reason

    # what happens

    def _make(self) -> None:
        given, plan = self._given(), self._plan
        if given is None or plan is None:
            return
        ground, reason, request = *given, self._request
        self.view.show_document(lambda desk: desk.erasure_minutes(plan, ground, reason, request), plan.record)

    def _was_kept(self) -> None:
        self._kept = True
        self.shell.refresh()

    def _ask(self) -> None:
        if self._kept and self._given() is not None:
            more = say("law.erasure.sure_more")
            self.talk.ask(say("law.erasure.sure"), say("law.erasure.erase"), self._erase, more=more)

    def _erase(self) -> None:
        given = self._given()
        if given is None:
            return
        ground, reason, record, request = *given, self._record, self._request
        self._working = True
        self.shell.refresh()

        def work(desk: Desk) -> Saved:
            return desk.erase_by_law(record, ground, reason, printed=True, request=request)

        def done(saved: Saved) -> None:
            self._working = self._kept = False
            self.shell.go("keeping", id=f"erased-{saved.id}")
            self.talk.say(say("law.erasure.done"))

        def failed(problem: Any) -> None:
            self._working = False
            self.shell.refresh()
            self.talk.problem(problem)

        self.jobs.run(work, done, failed, owner=self)
