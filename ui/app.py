"""Starting and ending: one instance, fonts, language, looks, the gate, and what happens to a bug.

Rules. A second start on the same data folder brings the first window forward and ends (the folder's lock is the
desk's). A bug is written to the log as type, file and line; the person sees a card with a code, never a traceback.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QWidget

from cbdesk import log, words
from cbdesk.desk import peek
from cbdesk.paths import data_folder
from ui import theme
from ui.jobs import bug
from ui.pages.setup import Setup
from ui.pages.unlock import Unlock
from ui.prefs import Prefs
from ui.qt_words import QtWords
from ui.sweeper import Sweeper
from ui.window import Window

FIRST_SIZE = (1280, 680)
WAIT_MS = 400


class OnlyOne(QObject):
    """Sees to it that one window is open on a data folder. ``called`` when a second start asked for it."""

    called = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._name = "cbdesk-" + hashlib.sha256(str(folder).encode()).hexdigest()[:16]
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._came)

    def is_first(self) -> bool:
        """Call the first window, if there is one; else be it."""
        caller = QLocalSocket()
        caller.connectToServer(self._name)
        if caller.waitForConnected(WAIT_MS):
            caller.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._name)  # left behind by a program that was killed
        self._server.listen(self._name)
        return True

    def _came(self) -> None:
        connection = self._server.nextPendingConnection()
        if connection is not None:
            connection.close()
        self.called.emit()

    def close(self) -> None:
        """Take no more calls."""
        self._server.close()


def make_app() -> QApplication:
    """Return the application, in our language and locale. Looks are put in force by the caller."""
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(["cbdesk"])
    app.setApplicationName("cbdesk")
    app.setApplicationDisplayName("")
    language = words.language()
    QLocale.setDefault(QLocale("vi_VN" if language == "vi" else "en_GB"))
    translator = QtWords(language)
    translator.setParent(app)
    app.installTranslator(translator)
    return app


def gate_for(window: Window) -> QWidget:
    """Return the page before the book is open: first start, or unlock."""
    if not peek(window.folder)["exists"]:
        wizard = Setup(window.folder, window.jobs)
        wizard.opened.connect(window.enter)
        return wizard
    unlock = Unlock(
        window.folder,
        window.jobs,
        officer=window.prefs.get("officer", ""),
        remember=lambda officer: window.prefs.put("officer", officer),
        set_text_size=lambda percent: window.set_looks(theme.name(), percent),
    )
    unlock.opened.connect(window.enter)
    return unlock


def main(data: str | None = None) -> int:
    """Open the window on a data folder (see ``paths.data_folder``) and return the exit code."""
    folder = data_folder(data)
    log.begin(folder)
    app = make_app()
    only = OnlyOne(folder)
    if not only.is_first():
        return 0
    prefs = Prefs(folder)
    theme.apply(app, prefs.get("theme", theme.LIGHT), prefs.get("text_size", 100))
    window = Window(folder, gate_for)
    only.called.connect(lambda: _forward(window))
    sys.excepthook = _catcher(window)
    window.resize(*FIRST_SIZE)
    window.show()
    sweeper = Sweeper(window)
    code = app.exec()
    sweeper.stop()
    only.close()
    window.jobs.close()
    return code


def _forward(window: Window) -> None:
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.raise_()
    window.activateWindow()


def _catcher(window: Window):  # noqa: ANN202  (the type of sys.excepthook has no name)
    """Return an excepthook that writes the place and shows the card."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        window.show_trouble(bug(error.with_traceback(trace)))

    return caught
