"""What leaves the window by itself: clipboard, spool, files, a screen nobody watches, a half-typed form."""

import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import msoffcrypto
import pytest
from list_kit import ask, fill, go, press, settle
from PySide6.QtCore import QDir, QObject, Qt
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from waiting import pause

from cbdesk import desk
from cbdesk.words import say
from ui import clipboard, guard, leaving
from ui.frame import cover
from ui.paper import preview
from ui.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def board():
    QGuiApplication.clipboard().clear()
    yield QGuiApplication.clipboard()
    QGuiApplication.clipboard().clear()


# the clipboard


def test_what_is_copied_is_marked_told_once_and_gone_when_its_time_is_up(qtbot, board):
    owner, told = QObject(), []
    keeper = clipboard.Keeper(owner)
    keeper.told.connect(lambda: told.append(1))
    for text in ("Lý Mùi Mẩy", "BL-A0417"):
        clipboard.put(text)
        assert board.text() == text
        assert keeper.is_waiting()
    formats = set(board.mimeData().formats())
    assert {"ExcludeClipboardContentFromMonitorProcessing", "CanIncludeInClipboardHistory",
            "CanUploadToCloudClipboard", "x-kde-passwordManagerHint"} <= formats  # fmt: skip
    assert bytes(board.mimeData().data("CanIncludeInClipboardHistory")) == b"\0\0\0\0"
    pause(5)
    assert told == [1]
    keeper._timer.timeout.emit()
    assert board.text() == ""
    assert clipboard.SECONDS == 30


def test_what_somebody_else_put_there_since_is_left_alone(board):
    owner = QObject()
    keeper = clipboard.Keeper(owner, owns=lambda: False)
    clipboard.put("Lý Mùi Mẩy")
    board.setText("của chương trình khác")
    assert not keeper.is_waiting()
    keeper.clear()
    assert board.text() == "của chương trình khác"


def test_a_copy_from_any_text_field_is_marked_too(board):
    owner = QObject()
    keeper = clipboard.Keeper(owner, owns=lambda: True)
    field = QLineEdit("Lý Mùi Mẩy")
    field.selectAll()
    field.copy()
    assert board.mimeData().hasFormat(clipboard.OURS)
    keeper.clear()
    assert board.text() == ""


def test_locking_clears_the_clipboard_and_the_first_copy_is_told(qtbot, window, board):
    clipboard.put("Lý Mùi Mẩy")
    pause(5)
    assert window.shell.talk._toast is not None
    window.lock()
    assert board.text() == ""
    qtbot.waitUntil(lambda: not window.jobs.is_busy())


def test_nothing_but_the_one_room_writes_to_the_clipboard():
    for path in Path(clipboard.__file__).parent.rglob("*.py"):
        assert path.name == "clipboard.py" or "clipboard().set" not in path.read_text(encoding="utf-8"), path.name


# locking by itself


def test_the_minutes_without_work_are_a_setting_that_is_remembered(qtbot, window):
    assert window.watch._idle.interval() == 10 * 60_000
    page = go(qtbot, window, "settings")
    page.idle.setFocus()
    press(Qt.Key.Key_1)
    assert window.prefs.get("idle_minutes") == cover.IDLE_MINUTES[0] == 3
    assert window.watch._idle.interval() == 3 * 60_000
    window.set_idle(30)
    assert window.watch._idle.interval() == 30 * 60_000
    window.watch.set_idle(100_000)  # a file changed by hand cannot switch the watch off
    assert window.watch._idle.interval() == 10 * 60_000
    window.watch._idle.timeout.emit()
    assert not window.is_open()
    qtbot.waitUntil(lambda: not window.jobs.is_busy())


class Bus:
    def __init__(self, connected=True):
        self.connected, self.heard = connected, []

    def isConnected(self):
        return self.connected

    def connect(self, *asked):
        self.heard.append(asked[:4])


def test_sleep_and_a_locked_session_lock_the_book():
    locked = []
    watch = guard.BusWatch(lambda: locked.append(1))
    bus = Bus()
    assert watch.begin(bus)
    assert [(one[2], one[3]) for one in bus.heard] == [
        ("org.freedesktop.login1.Manager", "PrepareForSleep"), ("org.freedesktop.login1.Session", "Lock")]  # fmt: skip
    watch.sleep(False)
    assert locked == []
    watch.sleep(True)
    watch.session_locked()
    assert locked == [1, 1]
    assert not guard.BusWatch(lambda: None).begin(Bus(connected=False))


@pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="no bus here")
def test_the_signal_of_a_real_bus_is_heard(qtbot):
    """A private bus on which this test plays logind."""
    with subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE,
                          text=True) as daemon:  # fmt: skip
        try:
            address = daemon.stdout.readline().strip()
            here = QDBusConnection.connectToBus(address, "listening")
            there = QDBusConnection.connectToBus(address, "logind")
            assert there.registerService(guard.LOGIND)
            locked = []
            watch = guard.BusWatch(lambda: locked.append(1))
            assert watch.begin(here)
            told = QDBusMessage.createSignal("/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                                             "PrepareForSleep")  # fmt: skip
            told.setArguments([True])
            assert there.send(told)
            qtbot.waitUntil(lambda: locked == [1], timeout=3_000)
        finally:
            QDBusConnection.disconnectFromBus("listening")
            QDBusConnection.disconnectFromBus("logind")
            daemon.terminate()


def test_a_half_typed_form_is_kept_by_a_lock_and_unlocking_returns_to_the_same_field(qtbot, window):
    """Case 32: what was typed waits in the encrypted register; nothing of it lies open beside it."""
    ids = fill(qtbot, window)
    page = go(qtbot, window, "child", id=ids[0])
    box = page.form().boxes["usual_name"]
    box.input.focus()
    field = QApplication.focusWidget().objectName()
    QTest.keyClicks(QApplication.focusWidget(), "Mayzqx")
    window.toggle_cover()
    window.lock()
    qtbot.waitUntil(lambda: not window.jobs.is_busy())
    for path in window.folder.rglob("*"):
        assert path.is_dir() or b"Mayzqx" not in path.read_bytes()
    window.jobs.open(lambda: desk.unlock(window.folder, "Nông Thị Hạnh", "tap huan"), lambda one: one,
                     lambda opened: window.enter(opened.role))  # fmt: skip
    qtbot.waitUntil(window.is_open, timeout=20_000)
    settle(qtbot, window)
    page = window.shell.page()
    assert (page.name, page.form().boxes["usual_name"].input.typed()) == ("child", "Mayzqx")
    assert QApplication.focusWidget().objectName() == field
    assert ask(qtbot, window, lambda one: one.store.row("child", ids[0]).get("usual_name")) is None


# the spool


def test_what_printing_needs_as_a_file_lies_in_a_folder_of_ours_and_is_wiped(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", "/tmp")
    guard.spool_inside(tmp_path)
    place = tmp_path / guard.SPOOL
    assert (place.stat().st_mode & 0o777, os.environ["TMPDIR"], QDir.tempPath()) == (0o700, str(place), str(place))
    (place / "0001.pdf").write_bytes(b"%PDF Canaryzqx")
    guard.wipe_spool(tmp_path)
    assert not place.exists()
    assert "TMPDIR" not in os.environ


def test_what_a_killed_program_left_in_the_spool_is_wiped_at_the_next_start(show, tmp_path):
    guard.spool_inside(tmp_path)
    (tmp_path / guard.SPOOL / "left.pdf").write_bytes(b"%PDF Canaryzqx")
    window = Window(tmp_path, lambda _window: QWidget())
    assert not (tmp_path / guard.SPOOL).exists()
    window.jobs.close()
    window.deleteLater()


def test_the_job_of_the_printer_names_nobody(window, monkeypatch):
    names = []
    monkeypatch.setattr("ui.paper.preview.QPrintDialog.exec", lambda dialog: names.append(dialog.printer().docName()))
    preview.ask_printer(window, say("reports.job_name"), 3, landscape=True)
    assert names == [say("reports.job_name")]
    assert "TMPDIR" in os.environ
    guard.wipe_spool(window.folder)


# files


def test_a_file_written_out_is_told_to_be_in_the_clear(qtbot, window, tmp_path, monkeypatch):
    fill(qtbot, window)
    page = go(qtbot, window, "children")
    path = tmp_path / "danh-sach.xlsx"
    monkeypatch.setattr(window.shell.talk, "save_file", lambda *_: path)
    window.shell.run("excel")
    settle(qtbot, window)
    assert path.read_bytes().startswith(b"PK")
    assert "không được mã hóa" in window.shell.talk._toast.accessibleName()
    assert page is window.shell.page()


def test_with_the_setting_a_password_is_asked_before_anything_is_written(qtbot, window, tmp_path, monkeypatch):
    fill(qtbot, window)
    page = go(qtbot, window, "settings")
    page.lock_exports.click()
    assert window.prefs.get(leaving.PREF) is True
    go(qtbot, window, "children")
    path = tmp_path / "danh-sach.xlsx"
    monkeypatch.setattr(window.shell.talk, "save_file", lambda *_: path)
    window.shell.run("excel")
    asked = window.shell.talk.card()
    assert isinstance(asked, leaving.AskPassword)
    assert QApplication.focusWidget() is asked.field
    QTest.keyClicks(asked.field, "   ")
    QTest.keyClick(asked.field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert (window.shell.talk.card(), path.exists()) == (asked, False)  # a blank one is refused in words
    assert "Chưa gõ mật khẩu" in asked.accessibleName()
    asked.field.clear()
    QTest.keyClicks(asked.field, "trau xanh")
    QTest.keyClick(asked.field, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert not path.read_bytes().startswith(b"PK")
    office = msoffcrypto.OfficeFile(BytesIO(path.read_bytes()))
    office.load_key(password="trau xanh", verify_password=True)
    assert "có mật khẩu" in window.shell.talk._toast.accessibleName()
    for file in window.folder.rglob("*"):
        assert file.is_dir() or b"trau xanh" not in file.read_bytes()
