"""One field of a form: label, input, and what is remarked about it, underneath.

Rules. *stop* and *ask* mark the border and stand under the field with their shape; *ask* brings one button, and Alt
Enter in the field does the same. Kept, it says so quietly. A sensitive answer of a stored record is shown as *Nhạy cảm*
until it is asked for. A star only where saving needs an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk.catalogue import Field
from cbdesk.words import say
from ui import theme
from ui.form.inputs import Input
from ui.parts import Badge, Button, Label, Remark, paint

ORDER = {"stop": 0, "ask": 1, "note": 2, "hint": 3}


@dataclass(frozen=True, slots=True)
class Said:
    """One remark as shown: field, level, name of the finding, sentence. ``kept`` is an *ask* that was answered."""

    field: str
    level: str
    name: str
    words: str
    kept: bool = False
    other: str = ""
    """The record of the book this one looks like."""


class FieldBox(QWidget):
    """A field in its place on the form."""

    kept = Signal()
    """The doubtful answer stays."""
    show_wanted = Signal()
    """The sensitive answer is asked for."""
    other_wanted = Signal(str)
    """The record this one looks like is asked for."""

    def __init__(self, field: Field, editor: Input, parent: QWidget | None = None, *, star: bool = False) -> None:
        super().__init__(parent)
        self.field, self.input, self.said = field, editor, tuple[Said, ...]()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = self._head(star)
        if editor.bare:
            self.label.setParent(self)  # never shown, but gone with the box
        else:
            column.addLayout(head)
        column.addWidget(editor)
        self._seal: QWidget | None = None
        self._remarks: list[Remark] = []
        self._keep: Button | None = None
        self._see: Button | None = None
        self.see_words, self.keep_words = say("record.see_other"), say("record.keep")
        self._column = column
        column.addStretch(1)
        editor.keep_wanted.connect(self.keep)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        paint.name_it(self, f"box_{field.name}")

    def _head(self, star: bool) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        self.label = Label("" if self.input.says_itself else self.field.label, "label", "ink2", elide=True)
        self.label.setBuddy(self.input.editor())
        natural = self.label.sizeHint().width()
        self.label.setMaximumWidth(max(natural, 8))
        head.addWidget(self.label, 100)
        self._heads = [self.label]
        if star:
            mark = Label("*", "labelStrong", "gach")
            mark.setAccessibleName(say("ui.required"))
            head.addWidget(mark)
            self._heads.append(mark)
        self._level()
        head.addStretch()
        return head

    def _level(self) -> None:
        """Give every label the same height, so that fields of a row stand level."""
        for label in self._heads:
            label.setFixedHeight(theme.line("label"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_heads"):
            self._level()
            self.label.setMaximumWidth(max(self.label.sizeHint().width(), 8))

    # remarks

    def show_said(self, said: Sequence[Said]) -> None:
        """Show remarks, the gravest first; nothing clears them."""
        said = tuple(sorted(said, key=lambda one: ORDER["note" if one.kept else one.level]))
        if said == self.said:
            return
        self.said = said
        while len(self._remarks) < len(said):
            remark = Remark(self, name=f"{self.field.name}_remark")
            self._remarks.append(remark)
            self._column.insertWidget(self._column.count() - 1, remark)
        for at, remark in enumerate(self._remarks):
            one = said[at] if at < len(said) else None
            if one is None:
                remark.show_remark("", "")
            elif one.kept:
                remark.show_remark("hint", say("record.kept", words=one.words))
            else:
                remark.show_remark(one.level, one.words)
        self._offer_keep(self.needs() == "ask")
        self._offer_other()
        self.input.state(self.needs())
        self.input.editor().setAccessibleDescription(" ".join(one.words for one in said).replace("**", ""))
        self.updateGeometry()

    def needs(self) -> str:
        """Return ``stop``, ``ask`` (not yet kept) or nothing."""
        levels = [one.level for one in self.said if not one.kept]
        return "stop" if "stop" in levels else "ask" if "ask" in levels else ""

    def _offer_keep(self, wanted: bool) -> None:
        if wanted and self._keep is None:
            self._keep = Button(self.keep_words, "link", self, key="Alt Enter", name=f"{self.field.name}_keep")
            self._keep.clicked.connect(self.keep)
            self._column.insertWidget(self._column.count() - 1, self._keep, 0, Qt.AlignmentFlag.AlignLeft)
            QWidget.setTabOrder(self.input.editor(), self._keep)
        if self._keep is not None:
            if not wanted and self._keep.hasFocus():
                self.input.focus()
            self._keep.setVisible(wanted)

    def _offer_other(self) -> None:
        """Offer to see the record this one looks like, while that is in question."""
        other = next((one.other for one in self.said if one.other and not one.kept), "")
        if self._keep is not None:
            self._keep.say(say("record.keep_other") if other else self.keep_words)
        if other and self._see is None:
            self._see = Button(self.see_words, "link", self, icon="people_swap", name=f"{self.field.name}_other")
            self._see.clicked.connect(self._see_other)
            self._column.insertWidget(self._column.count() - 1, self._see, 0, Qt.AlignmentFlag.AlignLeft)
            QWidget.setTabOrder(self._keep or self.input.editor(), self._see)
        if self._see is not None:
            if not other and self._see.hasFocus():
                self.input.focus()
            self._see.say(self.see_words)
            self._see.setVisible(bool(other))

    def _see_other(self) -> None:
        other = next((one.other for one in self.said if one.other), "")
        if other:
            self.other_wanted.emit(other)

    def keep(self) -> None:
        """Keep what is doubtful."""
        if self.needs() == "ask":
            self.kept.emit()

    def keep_button(self) -> Button | None:
        """Return the button that keeps, while it is offered."""
        return self._keep if self._keep is not None and not self._keep.isHidden() else None

    # sensitive

    def seal(self, sealed: bool) -> None:
        """Show *Nhạy cảm* in the place of the answer, or the answer."""
        if sealed and self._seal is None:
            self._seal = QWidget(self)
            row = QHBoxLayout(self._seal)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(Badge(say("record.sensitive"), "man", icon="lock_closed"))
            show = Button(say("ui.show"), "link", icon="eye", name=f"{self.field.name}_show")
            show.clicked.connect(self.show_wanted)
            row.addWidget(show)
            row.addStretch(1)
            self._seal.setMinimumHeight(theme.px(theme.FIELD))
            self._column.insertWidget(self._column.indexOf(self.input), self._seal)
        if self._seal is not None:
            self._seal.setVisible(sealed)
        self.input.setVisible(not sealed)

    def sealed(self) -> bool:
        """Return whether the answer is hidden."""
        return self._seal is not None and not self._seal.isHidden()

    def focus(self) -> None:
        """Give the focus to the input, or to *Xem* while it is sealed."""
        if self.sealed() and self._seal is not None:
            show = self._seal.findChild(Button)
            if show is not None:
                show.setFocus(Qt.FocusReason.TabFocusReason)
            return
        self.input.focus()
