"""The proof in the window: a fault found at the opening is told, shown in words, heeded with a reason; the licences."""

import pytest
from list_kit import ask, fill, go, press, settle
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbdesk import licences
from ui.parts import Label


def meddle(desk):
    """Change one entry of the access log, the guard taken away and put back as it was."""
    (sql,) = desk.store.db.execute("SELECT sql FROM sqlite_master WHERE name = 'access_fixed'").fetchone()
    desk.store.db.execute("DROP TRIGGER access_fixed")
    desk.store.db.execute("UPDATE access SET what = 'view' WHERE n = 1")
    desk.store.db.execute(sql)
    desk.store.set_meta("proved", "{}")
    desk.prove_opening({})


def test_a_register_that_holds_says_so_when_asked(qtbot, window):
    fill(qtbot, window)
    page = go(qtbot, window, "proof")
    assert page.own.lines == ()
    press(Qt.Key.Key_F5)
    settle(qtbot, window)
    assert "chuỗi liền" in page.own.accessibleDescription()
    assert page.own.lines == ()
    assert not page.heed.isVisible()
    assert not page.others.isVisible()


@pytest.mark.parametrize("size", [(1366, 698), (911, 442)])
def test_a_fault_is_told_at_the_opening_and_stands_in_words_until_somebody_heeds_it(qtbot, window, size):
    window.resize(*size)
    ask(qtbot, window, meddle)
    window._tell_of_faults(1)
    window.shell.read_facts()
    settle(qtbot, window)
    card = window.shell.talk.card()
    assert "1 chỗ không khớp" in card.accessibleName()
    card.findChild(object, "look_at_faults").click()
    settle(qtbot, window)
    page = window.shell.page()
    assert page.name == "proof"
    (line,) = page.own.lines
    assert line.startswith("Nhật ký truy cập: số 1 đã bị sửa")
    assert page.heed.isVisible()
    page.heed.reason.setFocus()
    press(Qt.Key.Key_Return)  # without a reason nothing happens
    settle(qtbot, window)
    assert page.heed.isVisible()
    QTest.keyClicks(QApplication.focusWidget(), "da bao xa")
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert not page.heed.isVisible()
    assert ask(qtbot, window, lambda desk: desk.faults) == ()
    assert ask(qtbot, window, lambda desk: desk.ledger.accesses()[-1][3:6]) == ("faults_heeded", "", "1 da bao xa")


def test_the_licences_of_all_works_stand_in_the_program(qtbot, window):
    page = go(qtbot, window, "licences")
    shown = {label.words() for label in page.findChildren(Label)}
    for one in licences.works():
        assert {one.name, one.licence} <= shown
    assert page._scroll.horizontalScrollBar().maximum() == 0
