"""The page preview, and printing: the preview *is* the print, the same pages by the same typesetter.

Rules. Pages arrive as pictures made for the size at which they are shown, so text is crisp; only the page in sight is
decoded. Paper is black on white in both themes, with a flat shadow. Printing goes through the system's own dialog, at
300 dots an inch, under a job name without any person. PgUp and PgDn turn pages, + and − change the size.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPageLayout, QPageSize, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cbdesk.words import say
from ui import theme
from ui.guard import spool_inside
from ui.parts import Button, IconButton, Label, paint

A4 = (210.0, 297.0)
MARGIN = 16
PRINT_PPI = 300
ZOOMS = (0.0, 1.0, 1.25, 1.5, 2.0)
"""Sizes: 0 fits the whole page, 1 fits the width, the others are times the width."""
MOST_PPI = 220.0


class _Canvas(QAbstractScrollArea):
    """The ground with one page on it."""

    turned = Signal(int)
    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._words, self._size = "", QSize(0, 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", theme.RADIUS_CARD)
        self.setStyleSheet("background: transparent;")
        self.viewport().setAutoFillBackground(False)
        paint.name_it(self, "pages", say("reports.preview.name"))

    def show_page(self, image: QImage | None, size: QSize, words: str) -> None:
        """Show a page at a size in pixels at 100 %, or words in its place."""
        self._image, self._size, self._words = image, size, words
        self.setAccessibleDescription(words)
        self._range()
        self.viewport().update()

    def _range(self) -> None:
        room = self.viewport().size()
        for bar, whole, page in (
            (self.verticalScrollBar(), self._size.height() + 2 * MARGIN, room.height()),
            (self.horizontalScrollBar(), self._size.width() + 2 * MARGIN, room.width()),
        ):
            bar.setRange(0, max(0, whole - page))
            bar.setPageStep(page)
            bar.setSingleStep(40)

    def to_top(self) -> None:
        """Scroll to the head of the page."""
        self.verticalScrollBar().setValue(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages; arrows scroll a page larger than its room."""
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000}
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers():
            self.turned.emit(steps[key])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls, and turns the page at its ends."""
        bar, down = self.verticalScrollBar(), event.angleDelta().y() < 0
        if bar.maximum() == 0 or bar.value() == (bar.maximum() if down else 0):
            self.turned.emit(1 if down else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Paint anew: the page moves under the room."""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that there is another room."""
        super().resizeEvent(event)
        self._range()
        self.resized.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint shadow, paper and page."""
        painter = QPainter(self.viewport())
        room = self.viewport().rect()
        if self._size.isEmpty():
            painter.end()
            return
        left = max(MARGIN, (room.width() - self._size.width()) // 2) - self.horizontalScrollBar().value()
        top = max(MARGIN, (room.height() - self._size.height()) // 2) - self.verticalScrollBar().value()
        sheet = QRect(QPoint(left, top), self._size)
        painter.fillRect(sheet.translated(3, 3), theme.color("shadow"))
        painter.fillRect(sheet, theme.color("paper"))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(sheet), self._image, QRectF(self._image.rect()))
        else:
            self._bars(painter, QRectF(sheet))
        painter.end()

    def _bars(self, painter: QPainter, sheet: QRectF) -> None:
        """Paint grey bars in the place of a page that is still being made."""
        paint.smooth(painter)
        painter.setOpacity(0.07)
        wide = sheet.width() * 0.7
        for row in range(9):
            share = (0.5, 1.0, 0.9, 1.0, 0.95, 0.85, 1.0, 0.9, 0.6)[row]
            y = sheet.top() + sheet.height() * (0.16 + 0.075 * row)
            box = QRectF(sheet.center().x() - wide * share / 2, y, wide * share, sheet.height() * 0.022)
            paint.frame(painter, box, 3, "paperInk", None)


class PagePreview(QFrame):
    """Pages with their tools. ``wanted`` asks for pictures at a resolution (points an inch of the paper)."""

    wanted = Signal(float)

    def __init__(self, parent: QWidget | None = None, *, landscape: bool = True, about: str = "") -> None:
        super().__init__(parent)
        self._pages: list[bytes] = []
        self._whole = True
        self._count, self._at, self._zoom, self._ppi, self.landscape = 0, 0, 0.0, 0.0, landscape
        self._about = about
        """What is said of the paper; else it is one laid out as official papers are."""
        self._shown: tuple[int, float] | None = None
        self._image: QImage | None = None
        self._tools = QHBoxLayout()
        self._tools.setContentsMargins(6, 3, 14, 3)
        self._tools.setSpacing(4)
        self.back = IconButton("chevron_left", say("reports.preview.previous"), name="page_back")
        self.ahead = IconButton("chevron_right", say("reports.preview.next"), name="page_next")
        self.number = Label("", "note", "ink2", name="page_number")
        self.fit = Button(say("reports.preview.fit"), "quiet", icon="page_fit", name="page_fit")
        self.paper = Label("", "note", "ink3", elide=True, name="paper_facts")
        self.paper.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.back.clicked.connect(lambda: self.turn(-1))
        self.ahead.clicked.connect(lambda: self.turn(1))
        self.fit.clicked.connect(self.next_zoom)
        for widget in (self.back, self.number, self.ahead):
            self._tools.addWidget(widget)
        self._tools.addSpacing(12)
        self._tools.addWidget(self.fit)
        self._tools.addWidget(self.paper, 1)
        self.canvas = _Canvas(self)
        self.canvas.turned.connect(self.turn)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 4)
        column.setSpacing(0)
        column.addLayout(self._tools)
        column.addWidget(self.canvas, 1)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(180)
        self._again.timeout.connect(self._ask)
        self.canvas.resized.connect(self._room_changed)
        paint.name_it(self, "preview", say("reports.preview.name"))
        self._tell()

    # pages

    def waiting(self, *, landscape: bool) -> None:
        """Other pages are on their way: show an empty sheet."""
        self.landscape = landscape
        self._pages, self._shown, self._image, self._at = [], None, None, 0
        self._show()

    def set_pages(self, pages: Sequence[bytes], ppi: float, *, whole: bool = True) -> None:
        """Show pages made at a resolution; the page in sight stays where it can. Not ``whole``: more will come."""
        self._pages, self._ppi, self._count, self._whole = list(pages), ppi, len(pages), whole
        self._at = min(self._at, max(0, self._count - 1))
        self._shown = None
        self._show()

    def count(self) -> int:
        """Return how many pages there are."""
        return len(self._pages)

    def page(self) -> int:
        """Return the page in sight, from 1; 0 without pages."""
        return self._at + 1 if self._pages else 0

    def turn(self, step: int) -> None:
        """Turn by some pages."""
        goal = min(max(0, self._at + step), max(0, len(self._pages) - 1))
        if goal != self._at:
            self._at = goal
            self._show()
            self.canvas.to_top()

    def ppi(self) -> float:
        """Return the resolution at which a page fits the present size and screen, rounded up to fives."""
        wide = self._size().width() * self.devicePixelRatioF()
        exact = wide / (self._millimetres()[0] / 25.4)
        return min(MOST_PPI, max(40.0, -(-exact // 5) * 5))

    def _millimetres(self) -> tuple[float, float]:
        return (A4[1], A4[0]) if self.landscape else A4

    def _size(self) -> QSize:
        """Return the size of the sheet on screen."""
        wide, high = self._millimetres()
        room = self.canvas.viewport().size() - QSize(2 * MARGIN, 2 * MARGIN)
        across = max(120.0, float(room.width()))
        if self._zoom == 0.0:
            across = max(120.0, min(across, room.height() * wide / high))
        else:
            across *= self._zoom
        return QSize(round(across), round(across * high / wide))

    # size

    def next_zoom(self) -> None:
        """Change between the whole page and its width."""
        self.zoom_to(1.0 if self._zoom == 0.0 else 0.0)

    def zoom(self, step: int) -> None:
        """Go one size up or down."""
        at = ZOOMS.index(self._zoom) + step
        self.zoom_to(ZOOMS[min(max(0, at), len(ZOOMS) - 1)])

    def zoom_to(self, zoom: float) -> None:
        """Show pages at a size of ``ZOOMS``."""
        self._zoom = zoom
        self.fit.say(say("reports.preview.wide" if zoom == 0.0 else "reports.preview.fit"))
        self._show()
        self._again.start()

    def _room_changed(self) -> None:
        self._show()
        self._again.start()

    def _ask(self) -> None:
        if self._pages and abs(self.ppi() - self._ppi) > 4:
            self.wanted.emit(self.ppi())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """+ and − change the size."""
        if event.text() in ("+", "="):
            self.zoom(1)
        elif event.text() == "-":
            self.zoom(-1)
        else:
            super().keyPressEvent(event)

    # showing

    def _show(self) -> None:
        if self._pages and self._shown != (self._at, self._ppi):
            self._image = QImage.fromData(self._pages[self._at], "PNG")  # type: ignore[arg-type]
            self._shown = (self._at, self._ppi)
        self._tell()
        words = say("reports.preview.page_plain", n=self.page(), of=self._of()) if self._pages else say(
            "reports.preview.making")  # fmt: skip
        self.canvas.show_page(self._image if self._pages else None, self._size(), words)

    def _of(self) -> str:
        """Return how many pages there are, as words; while more are on their way nobody knows."""
        return str(len(self._pages)) if self._whole else "…"

    def _tell(self) -> None:
        count = len(self._pages)
        self.number.say(say("reports.preview.page", n=self.page(), of=self._of()) if count else "")
        self.back.setEnabled(count > 0 and self._at > 0)
        self.ahead.setEnabled(self._at < count - 1)
        self.fit.setEnabled(count > 0)
        way = "landscape" if self.landscape else "portrait"
        self.paper.say(self._about or say(f"reports.preview.{way}"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = paint.smooth(QPainter(self))
        paint.frame(painter, QRectF(self.rect()), theme.RADIUS_CARD, "canvas", "line")
        painter.end()


def has_printer() -> bool:
    """Return whether this machine has a printer."""
    return bool(QPrinterInfo.availablePrinterNames())


def ask_printer(parent: QWidget, name: str, count: int, *, landscape: bool) -> QPrinter | None:
    """Open the system's print dialog, set for our paper; the job's ``name`` holds no person. ``None``: cancelled."""
    folder = getattr(parent.window(), "folder", None)
    if folder is not None:
        spool_inside(folder)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(name)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    way = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    printer.setPageOrientation(way)
    printer.setFullPage(True)
    dialog = QPrintDialog(printer, parent)
    dialog.setMinMax(1, max(1, count))
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange, count > 1)
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


def pages_asked(printer: QPrinter, count: int) -> range:
    """Return which pages (from 0) the dialog asked for."""
    first, last = printer.fromPage() or 1, printer.toPage() or count
    return range(max(1, first) - 1, min(count, last))


def print_pages(printer: QPrinter, pages: Sequence[bytes]) -> int:
    """Paint pictures of pages to a printer, one by one; returns how many. ``pages`` were made at ``PRINT_PPI``."""
    painter = QPainter()
    if not pages or not painter.begin(printer):
        return 0
    whole = QRectF(printer.paperRect(QPrinter.Unit.DevicePixel))
    whole.moveTo(0, 0)
    for at, page in enumerate(pages):
        if at and not printer.newPage():
            painter.end()
            return at
        image = QImage.fromData(page, "PNG")  # type: ignore[arg-type]
        painter.drawImage(whole, image, QRectF(image.rect()))
    painter.end()
    return len(pages)
