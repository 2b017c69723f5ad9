"""Drafts of a form: kept three seconds after the last key and on leaving a field, offered on return, or dropped.

Rules. A draft holds what was typed, as it was typed. While the offer waits for an answer, what is typed is kept
together with the old draft, so that neither is lost. First answers the program wrote (the time of a report) are no
draft alone, but belong to one.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from cbdesk import clock
from cbdesk.words import say
from ui.form.form_plan import focus_widget
from ui.form.form_remarks import Remarks
from ui.parts import Banner, Button

DRAFT_MS = 3_000


class Drafts(Remarks):
    """Keeps, offers and drops drafts."""

    # drafts

    def draft_of(self) -> str | None:
        """Return what the draft is kept under: the record, ``None`` for a new one."""
        return self.record

    def keep_draft(self) -> None:
        """Keep what is typed now; nothing typed drops the draft."""
        self._draft_timer.stop()
        if not self._drafts or self._locked:
            return
        typed = self._typed_now()
        if typed:
            typed |= {name: self.boxes[name].input.typed() for name in self._started}
        extra = dict(self.extra())
        data = {**(self._offered or {}), **typed, **extra}
        form, record, number = self.form.name, self.draft_of(), self._number
        if not data:
            if self._has_draft:
                self._has_draft = False
                self.draft_at = ""
                self.jobs.run(lambda desk: desk.drop_draft(form, record), owner=self)
            return
        self._has_draft = True
        keep = lambda desk: desk.keep_draft(form, record, data)  # noqa: E731
        self.jobs.run(keep, lambda at: self._was_kept(number, at), owner=self)

    def _was_kept(self, number: int, at: str) -> None:
        if number == self._number and self._has_draft:
            self.draft_at = at[11:19]
            self.draft_kept.emit(self.draft_at)
            self.changed.emit()

    def _offer(self, number: int, found: tuple[dict[str, Any], str] | None) -> None:
        if number != self._number or not found or not found[0]:
            return
        self._offered, at = dict(found[0]), found[1]
        self._has_draft = True
        use = Button(say("record.use_draft"), name="use_draft")
        drop = Button(say("record.drop_draft"), "quiet", name="drop_draft")
        use.clicked.connect(self.use_draft)
        drop.clicked.connect(self.drop_draft)
        day = "" if at[:10] == clock.today().isoformat() else f" {at[8:10]}/{at[5:7]}"
        words = say("record.draft_found", at=at[11:16] + day)
        self._banner: Banner | None = Banner("info", words, name="draft_offer")
        self._banner.add(use)
        self._banner.add(drop)
        self._column.insertWidget(0, self._banner)
        focus = focus_widget()
        if focus is None or not self.isAncestorOf(focus) or not self._typed_now():
            use.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def offering_draft(self) -> bool:
        """Return whether a kept draft waits for an answer."""
        return self._offered is not None

    def _drop_offer(self) -> None:
        banner = getattr(self, "_banner", None)
        self._banner = None
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()

    def use_draft(self) -> None:
        """Bring the draft back into the fields, each answer as it was typed."""
        draft, self._offered = self._offered or {}, None
        self._drop_offer()
        for name, typed in draft.items():
            if name in self.boxes:
                self.boxes[name].seal(False)
                self.boxes[name].input.set_typed(typed)
        for name in self.boxes:
            self._left(name)
        self.restored.emit({name: value for name, value in draft.items() if name not in self.boxes})
        self.focus_first()
        self.changed.emit()

    def drop_draft(self) -> None:
        """Forget the draft for good and show the stored record."""
        self._drop_offer()
        self._draft_timer.stop()
        self._offered, self._has_draft, self.draft_at = None, False, ""
        form, record = self.form.name, self.draft_of()
        self.jobs.run(lambda desk: desk.drop_draft(form, record), owner=self)
        self.focus_first()
        self.changed.emit()
