"""One practice register for the tests of cases, and small helpers: cases in the state a test needs."""

from __future__ import annotations

from typing import Any

import record_kit as kit
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbdesk import clock

RECEIVED, NOW = "2026-10-05T09:20", "2026-10-12T08:12:40"
STEPS = ("initial", "detailed", "plan", "approval", "carrying")


def wake(book: kit.Bench) -> kit.Bench:
    """Bring the shell back to its size and the clock to the day of the story."""
    clock.set_fixed(NOW)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    book.shell.talk.hush()
    book.shell.talk.clear()
    book.shell.setMinimumSize(900, 430)  # as the window has it
    book.shell.resize(1366, 698)
    book.shell.show()
    book.shell.activateWindow()
    QTest.qWaitForWindowActive(book.shell)
    book.settle()
    return book


def opened(book: kit.Bench, *, received: str = RECEIVED, done: tuple[str, ...] = (), **told: Any) -> str:
    """Return a new case of a new child, with these steps done in the first two days."""

    def make(desk: Any) -> str:
        child = desk.save("child", {"full_name": "Lý Thị Canary", "born": "2014-05-01", "sex": "female"}).id
        incident = desk.save("incident", {"kind": "abuse", "child": [child], "received_at": received,
                                          "suspect_relation": "neighbour", **told}).id  # fmt: skip
        case = str(desk.take_up(incident).id)
        for step in done:
            desk.finish_step(case, step, {"done_at": f"{received[:10]}T16:00"})
        return case

    return str(book.ask(make))


def show(book: kit.Bench, case: str, **details: Any) -> Any:
    """Open a case and return its page."""
    return book.go("case", id=case, **details)


def view(book: kit.Bench, case: str) -> Any:
    """Return the case as stored."""
    return book.ask(lambda desk: desk.case(case))


def button(page: Any, code: str, round_: int = 1) -> Any:
    """Return the line of a step."""
    return next(one for one in page._steps.buttons() if (one.one.step.code, one.one.round) == (code, round_))


def body(page: Any) -> Any:
    """Return the body of the step shown."""
    return page._body()


def toast(book: kit.Bench) -> str:
    """Return the words of the toast."""
    return str(book.shell.talk._toast.accessibleName()) if book.shell.talk._toast is not None else ""
