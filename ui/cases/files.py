"""Attachments of a case: the list at the right, and the layer that shows one from memory.

Rules. A file comes in by button or drop and stays inside the encrypted register; the original stays where it was, and
the officer is told. A picture is shown from memory; a PDF is only written out on purpose. Looking is told to the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import dates
from cbdesk.catalogue import catalogue
from cbdesk.words import say
from ui import icons, theme
from ui.cases.layer import PageLayer
from ui.cases.pieces import fields
from ui.cases.read import Row
from ui.form.form import FormView, Part
from ui.jobs import Jobs
from ui.parts import Button, Card, Label, paint
from ui.record.record_side import SideCard

KINDS = "*.pdf *.jpg *.jpeg *.png"


class FilesCard(SideCard):
    """The attachments; a file can be dropped on it."""

    opened = Signal(str)
    add_wanted = Signal()
    dropped = Signal(object)
    """Paths of files that were dropped."""

    def __init__(self) -> None:
        super().__init__(say("case_page.files.title"), name="files")
        self.none = Label(say("case_page.files.none"), "small", "ink3", wrap=True)
        self.body.insertWidget(1, self.none)
        self.add = Button(say("case_page.files.add"), "link", icon="add", name="add_file")
        self.add.clicked.connect(self.add_wanted)
        self.body.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAcceptDrops(True)

    def show_files(self, rows: Sequence[Row], *, locked: bool) -> None:
        """Show attachments: title, date, size; one whose file has not arrived says so."""
        self.clear()
        for row in rows:
            title = str(row.get("title") or catalogue().forms["attachment"].title)
            link = Button(title, "link", icon=_icon(row), name=f"file_{row['id']}")
            link.clicked.connect(lambda _on=False, one=str(row["id"]): self.opened.emit(one))
            self.lines.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
            self.lines.addWidget(Label(_facts(row), "small", "ink3", elide=True))
        self.none.setVisible(not rows)
        self.add.setVisible(not locked)
        self.setAcceptDrops(not locked)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the files on."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)


def _icon(row: Row) -> str:
    return "document_pdf" if row.get("media") == "application/pdf" else "document"


def _facts(row: Row) -> str:
    if not row.get("here"):
        return say("case_page.files.not_here")
    day = dates.show_date(str(row["on"])) if row.get("on") else ""
    return " · ".join(part for part in (day, size_words(int(row.get("size") or 0))) if part)


def size_words(size: int) -> str:
    """Return a size in KB or MB."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB".replace(".", ",")


class _Picture(QWidget):
    """A picture, as large as it fits."""

    def __init__(self, image: QImage, parent: QWidget) -> None:
        super().__init__(parent)
        self._image = image
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        paint.name_it(self, "file_picture", say("case_page.files.picture"))

    def sizeHint(self) -> QSize:
        """Return a usual size."""
        return QSize(480, 320)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the picture."""
        painter = paint.smooth(QPainter(self))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, "canvas", "line")
        size = QSize(self._image.size())
        room = self.size() - QSize(24, 24)
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room, Qt.AspectRatioMode.KeepAspectRatio)
        at = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        painter.drawImage(QRectF(at.x(), at.y(), size.width(), size.height()), self._image, QRectF(self._image.rect()))
        painter.end()


class _Sealed(QWidget):
    """What stands in the place of a PDF: it is shown only outside, and only on purpose."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.addStretch(1)
        words = Label(say("case_page.files.pdf"), "body", "ink2", wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(words)
        column.addStretch(1)
        paint.name_it(self, "file_sealed", say("case_page.files.pdf"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground and the mark of a PDF."""
        painter = paint.smooth(QPainter(self))
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, "canvas", "line")
        middle = QPointF(round(self.width() / 2 - 10), round(self.height() / 2 - theme.px(46)))
        icons.paint(painter, "document_pdf", middle, "ink2", 20)
        painter.end()


class FileLayer(PageLayer):
    """One attachment: what it shows, and its title, kind and date. Writing it out is the page's action."""

    def __init__(self, behind: QWidget, row: Row, content: bytes, jobs: Jobs, *, locked: bool) -> None:
        super().__init__(behind, "file_layer")
        self.row = row
        self.title.say(str(row.get("title") or catalogue().forms["attachment"].title))
        image = QImage.fromData(content) if row.get("media") != "application/pdf" else QImage()
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(_Sealed(self) if image.isNull() else _Picture(image, self), 1)
        side = Card(padding=14, spacing=10, name="file_facts")
        side.setFixedWidth(theme.px(280))
        self.form = FormView(
            catalogue().forms["attachment"], jobs,
            [Part("file", "", fields("attachment", "title", "kind", "on", title=12, kind=12, on=12))], side,
            drafts=False, name="form_attachment",
        )  # fmt: skip
        side.body.addWidget(self.form)
        self.write = Button(say("case_page.files.write"), icon="save", name="write_file")
        self.drop = Button(say("case_page.files.drop"), "quiet", icon="delete", name="drop_file")
        side.body.addWidget(self.write, 0, Qt.AlignmentFlag.AlignLeft)
        side.body.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignLeft)
        side.body.addStretch(1)
        line.addWidget(side)
        self.column.addLayout(line, 1)
        rest = {name: row[name] for name in ("record", "sha256", "media", "size") if row.get(name)}
        self.form.load(str(row["id"]), dict(row), fixed=rest)
        self.form.lock(locked)
        self.drop.setVisible(not locked)
        self.ready()
        self.write.setFocus(Qt.FocusReason.OtherFocusReason)

