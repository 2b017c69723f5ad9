"""The pieces a step's content is made of: a form of one record, and a table of rows. Both save through the desk.

Rules. A piece shows what is stored; what is typed and not saved stays when the case is read again, and is kept as a
draft under the case, step and round it belongs to. A closed case is only shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbdesk.catalogue import Field, catalogue
from cbdesk.errors import Finding
from cbdesk.process import StepState
from cbdesk.words import say
from ui.cases.read import CaseFile, Row
from ui.form.form import FormView, Part
from ui.form.form_state import Write
from ui.form.inputs import Around, Input
from ui.form.rows import Column, RowTable
from ui.jobs import Jobs
from ui.parts import Button, SectionTitle, paint

UNASKED = frozenset({"case", "kind", "round", "step", "state", "incident"})
"""Fields of rows that follow from where they are typed."""
Values = Callable[[CaseFile, StepState], Mapping[str, Any]]


def _nothing(_file: CaseFile, _one: StepState) -> Mapping[str, Any]:
    return {}


class CaseForm(FormView):
    """A form whose draft is kept under what it is about, so that a draft of one case never turns up in another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._about = ""
        self.saved.connect(lambda _answer: self._drop_about())

    def open(self, about: str, record: str | None, data: Mapping[str, Any], **details: Any) -> None:
        """Show a record, or a new one; ``about`` names what it is about. Details as ``load``."""
        self._about = about
        self.load(record, data, offer_draft=False, **details)
        if record is None and self._old_asks:  # what is out of order now was never answered
            self._old_asks = set()
            self._refresh()
        if self._drafts:
            number, form, key = self._number, self.form.name, self.draft_of()
            self.jobs.run(lambda desk: desk.draft(form, key), lambda found: self._offer(number, found), owner=self)

    def draft_of(self) -> str | None:
        """Return what the form is about."""
        return self._about or self.record

    def _drop_about(self) -> None:
        form, about = self.form.name, self._about
        if about and self._drafts:
            self.jobs.run(lambda desk: desk.drop_draft(form, about), owner=self)


class Piece(QWidget):
    """Base of the pieces."""

    changed = Signal()
    """What is typed differs: the page shows whether there is something to save."""
    saved = Signal(object)
    """``Saved`` after the desk wrote."""
    failed = Signal(object)
    show_wanted = Signal()
    void_wanted = Signal(str)
    open_wanted = Signal(str, str)
    """A record with a page of its own: page and id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)

    def load(self, file: CaseFile, one: StepState, *, revealed: bool, fresh: bool) -> None:
        """Show what is stored for a step; ``fresh`` drops what was typed (another case or step)."""

    def view(self) -> FormView | None:
        """Return the form in which something may be typed now."""
        return None

    def dirty(self) -> bool:
        """Return whether something typed is not saved."""
        view = self.view()
        return view is not None and view.dirty()

    def sealed(self) -> bool:
        """Return whether something is hidden as sensitive."""
        return False

    def in_one(self, single: bool) -> None:
        """Show fields in one column, or in twelve."""

    def focus_first(self) -> bool:
        """Put the focus where work starts; ``False`` where there is nothing to type."""
        return False

    def add(self) -> bool:
        """Begin a new row; ``False`` where there are no rows."""
        return False

    def close_panel(self) -> bool:
        """Close the panel of a row; ``False`` when none is open."""
        return False

    def keep_draft(self) -> None:
        """Keep what is typed."""


@dataclass(frozen=True)
class RowsSpec:
    """Rows of a step on screen."""

    form: str
    columns: Sequence[Column]
    find: Callable[[CaseFile, StepState], Sequence[Row]]
    name: str
    words: str = ""
    """Name of its words (``case_page.rows.<words>``: title, add, none); the form's name where empty."""
    parent: Callable[[CaseFile], str] = lambda file: file.id
    fixed: Values = _nothing
    start: Values = _nothing
    kinds: Sequence[str] = ()
    """Codes of ``kind`` a row can be added with, each by a link of its own."""
    page: str = ""
    """The page a row opens; then rows are not edited here."""
    shown: Callable[[CaseFile, StepState], bool] = lambda _file, _one: True


@dataclass(frozen=True)
class FormSpec:
    """One record of a step on screen."""

    form: str
    parts: Sequence[Part]
    find: Callable[[CaseFile, StepState], Row | None]
    name: str
    fixed: Values = _nothing
    start: Values = _nothing
    inputs: Mapping[str, Callable[[Field, Around], Input]] = field(default_factory=dict)
    write: Callable[[CaseFile, StepState], Write] | None = None
    """Another verb than ``desk.save``; then the record is written by it even where it is known."""
    check: Callable[[CaseFile, StepState, Mapping[str, Any]], list[Finding]] | None = None
    shown_if: Mapping[str, Callable[[Mapping[str, Any]], bool]] = field(default_factory=dict)
    shown: Callable[[CaseFile, StepState], bool] = lambda _file, _one: True
    inside: RowsSpec | None = None
    """Rows that stand after the first part."""


class FormPiece(Piece):
    """A form of one record."""

    def __init__(self, spec: FormSpec, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._file: CaseFile | None = None
        self._one: StepState | None = None
        self._about = ""
        self.form = CaseForm(
            catalogue().forms[spec.form], jobs, spec.parts, inputs=spec.inputs, row_check=self._check,
            shown_if=spec.shown_if, name=spec.name,
        )  # fmt: skip
        self.form.changed.connect(self.changed)
        self.form.saved.connect(self.saved)
        self.form.failed.connect(self.failed)
        self.form.show_wanted.connect(self.show_wanted)
        self.form.busy_changed.connect(lambda _on: self.changed.emit())
        self.form.draft_kept.connect(lambda _at: self.changed.emit())
        self.column.addWidget(self.form)
        paint.name_it(self, f"piece_{spec.name}")

    def _check(self, data: Mapping[str, Any]) -> list[Finding]:
        if self.spec.check is None or self._file is None or self._one is None:
            return []
        return self.spec.check(self._file, self._one, data)

    def load(self, file: CaseFile, one: StepState, *, revealed: bool, fresh: bool) -> None:
        """Show the record of the step; what is typed stays unless ``fresh``."""
        spec, row = self.spec, self.spec.find(file, one)
        self._file, self._one = file, one
        self.setVisible(spec.shown(file, one))
        record = str(row["id"]) if row is not None and spec.write is None else None
        about = f"{file.id}/{spec.name}/{one.step.code}/{one.round}"
        if fresh or about != self._about or record != self.form.record or not self.form.dirty():
            self._about = about
            self.form.open(
                about, record, row or {}, villages=file.villages, fixed=spec.fixed(file, one),
                start=spec.start(file, one) if row is None and not file.read_only else None,
                write=spec.write(file, one) if spec.write is not None else None,
            )  # fmt: skip
        if revealed:
            self.form.reveal()
        self.form.lock(file.read_only)

    def view(self) -> FormView | None:
        """Return the form."""
        return self.form if not self.isHidden() else None

    def sealed(self) -> bool:
        """Return whether an answer is hidden."""
        return self.form.sealed()

    def in_one(self, single: bool) -> None:
        """Show fields in one column."""
        self.form.in_one(single)

    def focus_first(self) -> bool:
        """Put the focus on the first field."""
        if self.isHidden() or self.form.locked():
            return False
        self.form.focus_first()
        return True

    def keep_draft(self) -> None:
        """Keep what is typed."""
        self.form.keep_draft()


class RowsPiece(Piece):
    """A table of rows with a heading and a way to add one."""

    def __init__(self, spec: RowsSpec, jobs: Jobs, parent: QWidget | None = None, *, key: str = "") -> None:
        super().__init__(parent)
        self.spec = spec
        words = f"case_page.rows.{spec.words or spec.form}"
        self.column.setSpacing(2)
        self.head = SectionTitle(say(f"{words}.title"), role="strong", name=f"head_{spec.name}")
        self.links: list[Button] = []
        for number, kind in enumerate(spec.kinds or ("",)):
            said = say(f"{words}.add_{kind}" if kind else f"{words}.add")
            link = Button(said, "link", icon="add", key="" if number else key, name=f"add_{kind or spec.name}")
            link.clicked.connect(lambda _on=False, kind=kind: self._add(kind))
            self.head.add(link)
            self.links.append(link)
        self.table = RowTable(spec.form, jobs, editable=not spec.page, columns=spec.columns,
                              empty=say(f"{words}.none"), unasked=UNASKED)  # fmt: skip
        self.table.home = self.links[0]
        self.table.saved.connect(self.saved)
        self.table.void_wanted.connect(self.void_wanted)
        self.table.show_wanted.connect(self.show_wanted)
        self.table.edited.connect(self.changed)
        self.table.open_wanted.connect(lambda one: self.open_wanted.emit(spec.page, one))
        self.column.addWidget(self.head)
        self.column.addWidget(self.table)
        self._fixed: dict[str, Any] = {}
        paint.name_it(self, f"piece_{spec.name}", say(f"{words}.title"))

    def load(self, file: CaseFile, one: StepState, *, revealed: bool, fresh: bool) -> None:
        """Show the rows of the step; an open panel stays unless ``fresh``."""
        spec, table = self.spec, self.table
        self.setVisible(spec.shown(file, one))
        parent = spec.parent(file)
        if fresh:
            table.close_panel()
        table.fixed, table.start = dict(spec.fixed(file, one)), dict(spec.start(file, one))
        table.load(parent, spec.find(file, one), file.villages, sealed=not revealed)
        table.lock(file.read_only)
        self._fixed = table.fixed
        for link in self.links:
            link.setVisible(not file.read_only and bool(parent) and not spec.page)

    def view(self) -> FormView | None:
        """Return the form of the open panel."""
        return self.table.view

    def sealed(self) -> bool:
        """Return whether a row hides something."""
        return self.table.has_sealed()

    def in_one(self, single: bool) -> None:
        """Show the panel in one column."""
        self.table.in_one(single)

    def focus_first(self) -> bool:
        """Put the focus on the first row, or on the link that adds one."""
        if self.isHidden():
            return False
        if self.table.rows:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.links[0].isHidden():
            self.links[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            return False
        return True

    def add(self) -> bool:
        """Open the panel for a new row."""
        if self.links[0].isHidden() or self.isHidden():
            return False
        self._add(self.spec.kinds[0] if self.spec.kinds else "")
        return True

    def _add(self, kind: str) -> None:
        self.table.fixed = {**self._fixed, **({"kind": kind} if kind else {})}
        self.table.add()

    def close_panel(self) -> bool:
        """Close the panel; what was typed comes back when it is opened again."""
        return self.table.close_panel()


def fields(form: str, *names: str, **widths: int) -> tuple[Field, ...]:
    """Return fields of a form in this order, some with another width."""
    shape = catalogue().forms[form]
    return tuple(replace(shape.field(name), width=widths.get(name, shape.field(name).width)) for name in names)
