"""A window without a screen: the offscreen platform, our fonts, an invented practice register in a temporary folder."""

import os
import shutil

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.pop("CBDESK_NOW", None)

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from cbdesk import desk, words
from ui import theme
from ui.parts import FocusRing
from ui.window import Window

PASSWORD = "tap huan"
OFFICER = "Nông Thị Hạnh"


def pytest_configure(config):
    # the offscreen platform says this for every window with a minimum size; any other Qt warning fails a test
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")


@pytest.fixture(scope="session")
def qapp_args():
    return ["cbdesk"]


@pytest.fixture(autouse=True)
def looks(qapp):
    """Light theme, 100 %, Vietnamese, before every test of the window."""
    words.set_language("vi")
    theme.apply(qapp, theme.LIGHT, 100)
    yield
    for widget in QApplication.topLevelWidgets():
        widget.close()
        widget.deleteLater()  # what stays would be styled anew before every further test
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))


@pytest.fixture(scope="session")
def ring(qapp):
    return FocusRing(qapp)


@pytest.fixture
def show(qtbot):
    """Show a widget in a window of a size and return it, laid out."""

    kept = []

    def shown(widget: QWidget, size: tuple[int, int] = (600, 400)) -> QWidget:
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(*size)
        widget.show()
        qtbot.waitExposed(widget)
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)
        return widget

    return shown


@pytest.fixture(scope="session")
def empty_book(tmp_path_factory):
    """A practice register nobody has written in, made once: to be copied, never opened."""
    folder = tmp_path_factory.mktemp("empty") / "book"
    done = desk.setup(folder, role="commune", unit="01321", officer=OFFICER, password=PASSWORD, practice=True)
    done.desk.close()
    return folder, done.recovery_code


@pytest.fixture
def book(tmp_path, empty_book):
    """Return (folder, recovery code) of a practice register, closed."""
    made, code = empty_book
    return shutil.copytree(made, tmp_path / "book"), code


@pytest.fixture
def window(qtbot, show, book):
    """Return the window, open on the practice register, 1366 × 698."""
    folder, _ = book
    made = Window(folder, lambda _window: QWidget())
    made.jobs.open(
        lambda: desk.unlock(folder, OFFICER, PASSWORD), lambda opened: opened, lambda opened: made.enter(opened.role)
    )
    show(made, (1366, 698))
    qtbot.waitUntil(lambda: made.is_open() and not made.jobs.is_busy(), timeout=20_000)
    yield made
    made.jobs.close()
