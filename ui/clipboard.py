"""The clipboard: what is copied out of the register stays there half a minute, and out of histories and clouds.

Rules. Whatever this program puts there, also by Ctrl C in a text field, carries the marks by which Windows (10, 1809)
keeps it out of the clipboard's history, out of the cloud and away from watching programs, and KDE out of its history.
It is cleared after 30 seconds, at lock and at the end, unless somebody else's content has taken its place. The officer
is told the first time. Source: Microsoft, *Cloud Clipboard and Clipboard History Formats*; ``spec/bundle.md`` 7,
threat 16.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

SECONDS = 30
OURS = "application/x-cbdesk-copy"
MARKS = {
    "ExcludeClipboardContentFromMonitorProcessing": b"\0\0\0\0",  # that it is there is enough
    "CanIncludeInClipboardHistory": b"\0\0\0\0",
    "CanUploadToCloudClipboard": b"\0\0\0\0",
    "x-kde-passwordManagerHint": b"secret",
}


def put(text: str) -> None:
    """Put a text on the clipboard, marked as ours."""
    data = QMimeData()
    data.setText(text)
    for name, value in (*MARKS.items(), (OURS, secrets.token_bytes(8))):
        data.setData(name, QByteArray(value))
    QGuiApplication.clipboard().setMimeData(data)


class Keeper(QObject):
    """Watches the clipboard for one window; ``told`` when the first text of this start was copied."""

    told = Signal()

    def __init__(self, parent: QObject, owns: Callable[[], bool] | None = None) -> None:
        super().__init__(parent)
        self._clipboard = QGuiApplication.clipboard()
        self._owns = owns or self._clipboard.ownsClipboard
        self._mark = b""
        self._has_told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SECONDS * 1000)
        self._timer.timeout.connect(self.clear)
        self._clipboard.dataChanged.connect(self._changed)

    def clear(self) -> None:
        """Empty the clipboard, if what we put there still stands."""
        self._timer.stop()
        if self._mark and self._found() == self._mark:
            self._clipboard.clear()
        self._mark = b""

    def is_waiting(self) -> bool:
        """Return whether something of ours stands there and will be cleared."""
        return self._timer.isActive()

    def _found(self) -> bytes:
        data = self._clipboard.mimeData()
        return bytes(data.data(OURS).data()) if data is not None and data.hasFormat(OURS) else b""

    def _changed(self) -> None:
        mark = self._found()
        if mark:
            self._mark = mark
            self._timer.start()
            if not self._has_told:
                self._has_told = True
                QTimer.singleShot(0, self, self.told.emit)
        elif self._owns() and self._clipboard.text():  # copied by a text field of Qt
            put(self._clipboard.text())
        else:
            self._mark = b""
            self._timer.stop()
