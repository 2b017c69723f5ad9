"""Invented children for the tests of lists, and small helpers to drive a window by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from waiting import pause

from cbdesk import clock

NOW = "2026-10-12T08:12:00"
CHILDREN: list[dict[str, Any]] = [
    {"full_name": "Lý Mùi Mẩy", "born": "2015", "sex": "female", "ethnicity": "09", "village": "Xóm Lũng Mít",
     "groups": ["01.3"], "household_class": "poor", "life_status": "permanent", "mother_name": "Tẩn Thị Sao"},
    {"full_name": "Lí Mí Chá", "born": "2014-03-05", "sex": "male", "village": "Xóm Lũng Tẩu", "risks": ["R05"],
     "personal_id": "004214000017", "life_status": "permanent", "mother_name": "Lý Thị A"},
    {"full_name": "Đặng Ốc", "born": "2018-07-30", "sex": "male", "village": "Xóm Nà Pảng", "life_status": "permanent"},
    {"full_name": "Vàng Thị Dợ", "born": "2018", "sex": "female", "village": "Xóm Khuổi Mít", "groups": ["11.4"],
     "life_status": "permanent"},
    {"full_name": "Tẩn Kiềm Phâu", "born": "2010-10-17", "sex": "male", "village": "Xóm Lũng Lầu",
     "life_status": "permanent"},
    {"full_name": "Hà Hữu Lâm", "born": "2016-02-11", "sex": "male", "village": "Xóm Nà Pảng", "life_status": "left"},
]  # fmt: skip


def ask(qtbot: Any, window: Any, op: Callable[[Any], Any]) -> Any:
    """Ask the desk on its thread and return the answer."""
    answers: list[Any] = []
    window.jobs.run(op, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    return answers[0]


def settle(qtbot: Any, window: Any) -> None:
    """Wait until nothing is at work."""
    for _ in range(3):
        pause(15)
        qtbot.waitUntil(lambda: not window.jobs.is_busy(), timeout=10_000)


def fill(qtbot: Any, window: Any) -> list[str]:
    """Put the children into the register; returns their ids."""
    clock.set_fixed(NOW)
    saved = ask(qtbot, window, lambda desk: desk.put("child", CHILDREN))
    settle(qtbot, window)
    return [one.id for one in saved]


def go(qtbot: Any, window: Any, page: str, **details: Any) -> Any:
    """Bring a page to the front and return it when its jobs are done."""
    window.shell.go(page, **details)
    settle(qtbot, window)
    return window.shell.page()


def press(key: Qt.Key, how: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(QApplication.focusWidget(), key, how)


def write(text: str) -> None:
    """Type text where the focus is; letters with marks arrive whole, as from a typing program."""
    target = QApplication.focusWidget()
    if text.isascii():
        QTest.keyClicks(target, text)
        return
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(target, event)


def words_on(widget: Any) -> str:
    """Return all words a widget and its children show or tell a screen reader."""
    from PySide6.QtWidgets import QLabel, QWidget

    found = [widget.accessibleName()]
    found += [one.accessibleName() for one in widget.findChildren(QWidget)]
    return " ".join(found + [one.text() for one in widget.findChildren(QLabel)])
