"""The forms of a step, and the layer that shows one as the page that will be printed.

Rules. The preview is the print: the same pages by the same typesetter, made in memory. Filled, half-filled and blank
are one key apart. Saving goes where the officer says and is told to the access log; no file name carries a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import page
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.process import StepState
from cbdesk.words import say
from ui import icons, theme
from ui.cases.layer import PageLayer
from ui.cases.read import CaseFile
from ui.jobs import Jobs, Latest
from ui.leaving import Leaving
from ui.paper.preview import PRINT_PPI, PagePreview, ask_printer, has_printer, pages_asked, print_pages
from ui.parts import Checkbox, Label, Option, SectionTitle, Segmented, paint
from ui.talk import Talk

FILLS = ("full", "half", "blank")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One paper asked for: its name and title, the record it is filled from ("" where there is none), how full."""

    name: str
    title: str
    record: str
    fill: str = "full"


def papers_of(file: CaseFile, one: StepState) -> list[Wanted]:
    """Return the papers of a step, the one with a number (Mẫu) first."""
    incident = str(file.view.incidents[-1]["id"]) if file.view.incidents else ""
    found = [row for row in file.papers if row["step"] == one.step.code]
    if one.step.code == "carrying":
        found += [row for row in file.papers if row["name"] == REFERRAL]
    found.sort(key=lambda row: (row["form"] == "", row["form"]))
    return [Wanted(row["name"], title_of(row), incident if row["for"] == "incident" else file.id) for row in found]


REFERRAL, HANDING = "cong_van_chuyen", ("chuyen_giao", "bien_nhan")
"""Letters of a case that belong to no step: to a service, and to another commune."""


def handing_papers(file: CaseFile) -> list[Wanted]:
    """Return the papers that go along when a case is handed over."""
    return [Wanted(row["name"], title_of(row), file.id) for row in file.papers if row["name"] in HANDING]


def title_of(row: Mapping[str, str]) -> str:
    """Return the title of a paper with its number."""
    return f"{row['form']} · {row['title']}" if row["form"] else row["title"]


class PaperRow(QAbstractButton):
    """One paper of the step; Enter shows it."""

    moved = Signal(int)

    def __init__(self, wanted: Wanted, parent: QWidget, *, key: str = "") -> None:
        super().__init__(parent)
        self.wanted, self._key = wanted, key
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(wanted.title)
        paint.name_it(self, f"paper_{wanted.name}", wanted.title)

    def sizeHint(self) -> QSize:
        """Return the height of a row."""
        return QSize(300, theme.px(31))

    def minimumSizeHint(self) -> QSize:
        """Let a long title be shortened."""
        return QSize(120, theme.px(31))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter shows."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not event.modifiers():
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bar, icon, title, key, printer."""
        painter = paint.smooth(QPainter(self))
        box, lit = QRectF(self.rect()), self.hasFocus()
        if lit or self.underMouse():
            painter.fillRect(box.adjusted(0, 0, 0, -1), theme.color("chamBg" if lit else "hover"))
        if lit:
            painter.fillRect(QRectF(0, 0, 3, box.height() - 1), theme.color("cham"))
        middle = round(box.height() / 2)
        icons.paint(painter, "document", QPointF(8, middle - 9), "ink3", 16)
        right = box.width() - 24
        icons.paint(painter, "print", QPointF(right, middle - 9), "ink3", 16)
        if self._key:
            right -= paint.cap_width(self._key) + 8
            paint.caps(painter, right, middle - 1, self._key)
        paint.text(painter, QRectF(32, 0, right - 42, box.height() - 1), self.wanted.title, "body", "ink")
        paint.hairline(painter, 0, box.width(), box.height() - 1)
        painter.end()


class PaperList(QWidget):
    """The papers of a step, one a row."""

    wanted = Signal(object)
    """A ``Wanted`` to show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.head = SectionTitle(say("case_page.papers.title"), role="strong")
        self._column.addWidget(self.head)
        self._none = Label(say("case_page.papers.none"), "note", "ink3", wrap=True)
        self._column.addWidget(self._none)
        self.rows: list[PaperRow] = []
        self._shown: list[Wanted] = []
        paint.name_it(self, "papers", say("case_page.papers.title"))

    def show_papers(self, file: CaseFile, one: StepState) -> None:
        """Show the papers of a step; the focus stays where it is."""
        found = papers_of(file, one)
        if found == self._shown:
            return
        self._shown = found
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for at, wanted in enumerate(found):
            row = PaperRow(wanted, self, key="" if at else "Ctrl P")
            row.clicked.connect(lambda _on=False, wanted=wanted: self.wanted.emit(wanted))
            row.moved.connect(lambda step, at=at: self._move(at + step))
            self._column.addWidget(row)
            row.show()
            self.rows.append(row)
        self._none.setVisible(not found)

    def _move(self, at: int) -> None:
        if 0 <= at < len(self.rows):
            self.rows[at].setFocus(Qt.FocusReason.TabFocusReason)

    def first(self, fill: str = "full") -> Wanted | None:
        """Return the paper Ctrl P prints."""
        found = self._shown[0] if self._shown else None
        return Wanted(found.name, found.title, found.record, fill) if found else None


class PaperLayer(PageLayer):
    """One paper: how full, for whom, its pages; printing and saving are the page's actions."""

    changed = Signal()

    def __init__(self, behind: QWidget, wanted: Wanted, jobs: Jobs, talk: Talk, *, family: bool) -> None:
        super().__init__(behind, "paper_layer")
        self.wanted, self.jobs, self.talk = wanted, jobs, talk
        self.busy = ""
        self._ask, self._pages = Latest(jobs, self), 0
        self.title.say(wanted.title)
        self.fill = Segmented([Option(code, say(f"case_page.papers.{code}")) for code in FILLS], self,
                              label=say("case_page.papers.fill"), name="paper_fill")  # fmt: skip
        self.fill.set_value(wanted.fill if wanted.record else "blank")
        self.fill.setEnabled(bool(wanted.record))
        self.fill.changed.connect(lambda _code: self.show_pages())
        self.family = Checkbox(say("case_page.papers.family"), self)
        self.family.setObjectName("paper_family")
        self.family.setVisible(family and bool(wanted.record))
        self.family.clicked.connect(self.show_pages)
        self.head.addWidget(self.family)
        self.head.addWidget(self.fill)
        self.preview = PagePreview(self, landscape=False)
        self.preview.wanted.connect(lambda _ppi: self._render())
        self.column.addWidget(self.preview, 1)
        self.ready()
        self.preview.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_pages()

    def _asked(self) -> tuple[str, str | None, str, str]:
        fill = self.fill.value() or "full"
        copy = "family" if self.family.isChecked() and fill != "blank" else ""
        return self.wanted.name, self.wanted.record or None, fill, copy

    def show_pages(self) -> None:
        """Make the pages anew."""
        self._pages = 0
        self.preview.waiting(landscape=False)
        self._render()
        self.changed.emit()

    def _render(self) -> None:
        name, record, fill, copy = self._asked()
        ppi = self.preview.ppi()

        def make(desk: Desk) -> list[bytes]:
            return page.document_pngs(desk.form_paper(name, record, fill, copy=copy), ppi)

        def show(pages: list[bytes]) -> None:
            self._pages = len(pages)
            self.preview.set_pages(pages, ppi)
            self.changed.emit()

        self._ask.run(make, show, self._failed)

    def _failed(self, problem: Problem) -> None:
        self.busy = ""
        self.talk.problem(problem)
        self.changed.emit()

    def count(self) -> int:
        """Return how many pages are shown."""
        return self._pages

    def print(self) -> None:
        """Print through the system's dialog; told to the access log."""
        if not self._pages or self.busy:
            return
        if not has_printer():
            self.talk.say(say("case_page.papers.no_printer"), care=True)
            return
        printer = ask_printer(self.window(), say("case_page.papers.job"), self._pages, landscape=False)
        if printer is None:
            return
        name, record, fill, copy = self._asked()
        wanted = pages_asked(printer, self._pages)

        def make(desk: Desk) -> list[bytes]:
            return page.document_pngs(desk.print_paper(name, record, fill, copy=copy), PRINT_PPI)

        def done(pages: list[bytes]) -> None:
            self._work("")
            count = print_pages(printer, [pages[at] for at in wanted if at < len(pages)])
            self.talk.say(say("case_page.papers.printed", n=count))

        self._work("print")
        self.jobs.run(make, done, self._failed, self)

    def save(self, ending: str) -> None:
        """Write the paper as ``pdf`` or ``docx`` where the officer says."""
        if not self._pages or self.busy:
            return
        name, record, fill, copy = self._asked()
        path = self.talk.save_file(f"{name}.{ending}", say(f"case_page.papers.{ending}_files"))
        if path is None:
            return
        target = path if path.suffix.lower() == f".{ending}" else Path(f"{path}.{ending}")

        def go(how: Leaving) -> None:
            def done(written: Path) -> None:
                self._work("")
                self.talk.say(how.told(say("case_page.papers.saved", name=written.name)))

            write = lambda desk: desk.write_paper(name, record, target, fill, copy=copy, overwrite=True)  # noqa: E731
            self._work(ending)
            self.jobs.run(how(write), done, self._failed, self)

        self.talk.leaving(target, go)

    def _work(self, what: str) -> None:
        self.busy = what
        self.changed.emit()
