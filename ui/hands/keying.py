"""One paper after the other is keyed again: the same inputs as everywhere, empty, and no first value in sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal

from cbdesk.catalogue import catalogue
from cbdesk.desk.second import Second, keyable
from cbdesk.words import say
from ui.form.form import FormView, Part
from ui.jobs import Jobs
from ui.lists.filterbar import plain
from ui.parts import Card, Label, Scroller, SectionTitle


class KeyingCard(Card):
    """The paper at hand. ``done`` says that it was keyed to its end."""

    done = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(name="second_keying")
        self._jobs = jobs
        self._fields: tuple[str, ...] = ()
        self.view: FormView | None = None
        self._scroller = Scroller(name="second_scroll")
        self._scroller.body.setContentsMargins(3, 0, 12, 0)
        self.title = SectionTitle("", name="second_title")
        self._help = Label(say("hands.second.blind"), "note", "ink3", wrap=True)
        self._scroller.body.addWidget(self.title)
        self._scroller.body.addWidget(self._help)
        self._scroller.body.addStretch(1)
        self.body.addWidget(self._scroller)

    def show_paper(self, second: Second, at: int, code: str, villages: Mapping[str, str]) -> None:
        """Show the paper at a place, empty or as far as it was keyed."""
        view = self._made(second.fields)
        child = second.ids[at]
        keyed = second.keyed.get(child) or (second.half if at == second.at() else {})
        view.load(None, {}, villages=villages, start={name: keyed[name] for name in second.fields if name in keyed})
        view.in_one(True)
        self.title.title.say(say("hands.second.paper", n=plain(at + 1), of=plain(len(second.ids))))
        self.title.facts.say(say("hands.second.code", code=code) if code else "")
        first = next(iter(second.fields))
        view.boxes[first].focus()

    def _made(self, fields: tuple[str, ...]) -> FormView:
        if self.view is not None and fields == self._fields:
            return self.view
        if self.view is not None:
            self._scroller.body.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
        self._fields = fields
        items = tuple(item for item in keyable() if item.name in fields)
        view = FormView(catalogue().forms["child"], self._jobs, [Part("paper", "", items)], drafts=False,
                        name="form_second")  # fmt: skip
        view.boxes[items[-1].name].input.onward.disconnect()
        view.boxes[items[-1].name].input.onward.connect(self.done)
        self._scroller.body.insertWidget(2, view)
        self.view = view
        return view

    def values(self) -> dict[str, Any]:
        """Return what was keyed, understood."""
        if self.view is None:
            return {}
        self.view.settle_all()
        return self.view.answers()

    def stopped(self) -> bool:
        """Go to a field that was not understood; ``False`` where there is none."""
        names = [name for name in self.view.trouble() if self.view.boxes[name].needs() == "stop"] if self.view else []
        if names and self.view is not None:
            self.view.boxes[names[0]].focus()
        return bool(names)
