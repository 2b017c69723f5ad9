"""A practice register with invented children and a shell on it, for the tests of record pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from waiting import pause

from cbdesk import clock, desk
from ui import theme
from ui.frame.shell import Shell
from ui.jobs import Jobs
from ui.parts import FocusRing

NOW = "2026-10-12T08:12:40"
CHILDREN: list[dict[str, Any]] = [
    {"full_name": "Lý Mùi Mẩy", "usual_name": "Mẩy", "born": "2015", "sex": "female", "ethnicity": "09",
     "village": "Xóm Lũng Mít", "groups": ["01.3"], "risks": ["R05"], "household_class": "poor",
     "life_status": "permanent", "birth_cert": "Số 118/2015, UBND xã",
     "school": "Trường PTDTBT Tiểu học", "class": "5", "card_until": "2026-12-31",
     "health_card": "HN2043369075543", "book_code": "BL-A0417"},
    {"full_name": "Vàng Thị Dợ", "born": "2018-03-02", "sex": "female", "ethnicity": "08", "village": "Xóm Khuổi Mít",
     "groups": ["11.4"], "book_code": "BL-A1102"},
    {"full_name": "Đặng Ốc", "born": "2014-02", "village": "Xóm Nà Héng"},
]  # fmt: skip
CARERS = [
    {"relation": "father", "full_name": "Lý Văn Phúc", "born": "1994", "state": "dead", "since": "2023-02-14"},
    {"relation": "mother", "full_name": "Triệu Thị Viển", "born": "1996", "state": "dead", "since": "2026-08-30"},
    {"relation": "paternal_grandmother", "full_name": "Tẩn Thị Sao", "born": "1961", "state": "living",
     "main_carer": True},
]  # fmt: skip


class Bench:
    """The parts of a running window that tests use."""

    def __init__(self, jobs: Jobs, shell: Shell, book: Any, ids: list[str]) -> None:
        self.jobs, self.shell, self.desk, self.ids = jobs, shell, book, ids
        self.troubles: list[Any] = []
        jobs.trouble.connect(lambda problem, _owner: self.troubles.append(problem.name))

    def settle(self, ms: int = 5_000) -> None:
        """Let jobs and events run until nothing waits."""
        end = time.monotonic() + ms / 1000
        quiet = 0
        while time.monotonic() < end and quiet < 3:
            pause(5)
            quiet = 0 if self.jobs.is_busy() else quiet + 1

    def until(self, holds: Callable[[], bool], ms: int = 3_000) -> None:
        """Wait until something holds; fails the test otherwise."""
        end = time.monotonic() + ms / 1000
        while not holds():
            assert time.monotonic() < end, "waited in vain"
            pause(5)

    def ask(self, op: Callable[[Any], Any]) -> Any:
        """Ask the desk on its thread and return the answer."""
        answers: list[Any] = []
        self.jobs.run(op, answers.append)
        self.until(lambda: bool(answers))
        return answers[0]

    def go(self, name: str, **details: Any) -> Any:
        """Open a page and wait for it."""
        self.shell.go(name, **details)
        self.settle()
        return self.shell.page()


def focus() -> QWidget:
    """Return the widget with the focus."""
    found = QApplication.focusWidget()
    assert found is not None, "nothing has the focus"
    return found


def press(keys: str) -> None:
    """Press a key or a combination where the focus is, as a keyboard does: shortcuts come first."""
    combination = QKeySequence(keys)[0]
    QTest.keyClick(focus(), combination.key(), combination.keyboardModifiers())
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))


def write(words: str) -> None:
    """Type words into whatever has the focus, letter by letter."""
    for letter in words:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(focus(), QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))


@contextmanager
def bench(folder: Path, size: tuple[int, int] = (1366, 698), look: str = "light") -> Iterator[Bench]:
    """Set up a practice register with some children and open a shell on it."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    clock.set_fixed(NOW)
    theme.apply(app, look)
    jobs = Jobs()
    made: list[Any] = []
    jobs.open(lambda: desk.setup(folder / "so", role="commune", unit="01321", officer="Nông Thị Hạnh",
                                 password="tap huan", practice=True), lambda done: done.desk, made.append)
    end = time.monotonic() + 30
    while not made and time.monotonic() < end:
        pause(10)
    book, ids = made[0].desk, list[str]()

    def fill(open_desk: Any) -> None:
        ids.extend(str(saved.id) for saved in open_desk.put("child", CHILDREN))
        for row in CARERS:
            open_desk.save("carer", {"child": ids[0], **row})
        open_desk.save("support", {"child": ids[0], "kind": "allowance", "from": "2026-09-01"})
        open_desk.save("incident", {"kind": "abuse", "child": [ids[1]], "received_at": "2026-10-11T21:40",
                                    "forms_of_abuse": ["violence"], "urgent": True, "place_detail": "nhà riêng"})
    jobs.run(fill)
    shell = Shell(jobs, "commune")
    ring = FocusRing(app)
    shell.resize(*size)
    shell.show()
    QTest.qWaitForWindowActive(shell)
    found = Bench(jobs, shell, book, ids)
    found.settle()
    try:
        yield found
        assert not found.troubles, found.troubles
    finally:
        shell.shut()
        found.settle()
        jobs.close()
        shell.close()
        shell.deleteLater()
        ring.deleteLater()
        QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
        clock.set_fixed(None)


def tab_order(start: QWidget, most: int = 400) -> list[QWidget]:
    """Return the widgets Tab visits from a start until it comes round."""
    start.setFocus(Qt.FocusReason.TabFocusReason)
    found = [focus()]
    for _ in range(most):
        QTest.keyClick(focus(), Qt.Key.Key_Tab)
        if focus() is found[0]:
            break
        found.append(focus())
    return found
