"""Rà soát xóm by keys: sheets made and seen as paper, a sheet keyed and written, a village in one key, all undone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cbdesk import clock
from tests.ui.list_kit import ask, go, press, settle, write
from ui.parts import Button

CTRL = Qt.KeyboardModifier.ControlModifier
NOW = "2026-10-12T08:12:00"
HENG, PAU = "Xóm Nà Héng", "Xóm Khuổi Pậu"
CHILDREN = [
    {"full_name": "Bế Văn An", "born": "2015-03-05", "village": HENG},
    {"full_name": "Hoàng Thị Cúc", "born": "2018-07", "village": HENG},
    {"full_name": "Lý Văn Dũng", "born": "2010-10-20", "village": HENG},
    {"full_name": "Gái", "born": "2024-02-03", "village": PAU},
]


@pytest.fixture
def round_window(qtbot, window):
    clock.set_fixed(NOW)
    ask(qtbot, window, lambda desk: desk.put("child", CHILDREN))
    yield window
    clock.set_fixed(None)


@pytest.fixture
def sheets(qtbot, round_window):
    """Return the window, and the sheets by village."""
    made = ask(qtbot, round_window, lambda desk: desk.round_make("2026-10")[0])
    return round_window, {one.village_name: one for one in made}


def child(qtbot, window, name):
    return ask(qtbot, window, lambda desk: next(desk.get(row.id) for row in desk.children() if row.name == name))


def enter(qtbot, window, words=""):
    if words:
        write(words)
    press(Qt.Key.Key_Return)
    settle(qtbot, window)


def test_sheets_are_made_by_key_seen_as_paper_saved_and_taken_back(qtbot, round_window, tmp_path, monkeypatch):
    page = go(qtbot, round_window, "rounds")
    assert page.primary().words == "Lập phiếu: 2 xóm"
    round_window.shell.run("primary")
    settle(qtbot, round_window)
    assert [one.state for one in page.table.rows()] == ["out", "out"]
    round_window.shell.run("print")
    settle(qtbot, round_window)
    qtbot.waitUntil(lambda: page.preview.count() == 2, timeout=20_000)  # a page for each village
    monkeypatch.setattr(page.talk, "folder", lambda **_given: tmp_path)
    round_window.shell.run("excel")
    settle(qtbot, round_window)
    assert [path.name for path in tmp_path.glob("*.pdf")] == ["ra-soat-01321-2026-10.pdf"]
    assert page.leave()
    assert not page.showing_paper()


def test_a_village_without_change_is_one_key_and_the_next_stands_there(qtbot, sheets):
    window, made = sheets
    page = go(qtbot, window, "rounds")
    assert QApplication.focusWidget() is page.table
    assert page.table.current().name == PAU
    press(Qt.Key.Key_F7)
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.round_sheet(made[PAU].id)).returns[0].changes == 0
    assert page.table.current().name == HENG  # the next that is out
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert not ask(qtbot, window, lambda desk: desk.round_sheet(made[PAU].id)).returns


def test_a_sheet_is_found_by_its_number_keyed_written_and_taken_back(qtbot, sheets):
    window, made = sheets
    page = go(qtbot, window, "rounds")
    press(Qt.Key.Key_F, CTRL)
    enter(qtbot, window, made[HENG].number.rpartition("-")[2].lower())
    page = window.shell.page()
    assert page.name == "round_keys"
    assert QApplication.focusWidget() is page.entry
    write("2")
    assert page.who.text() == "Hoàng Thị Cúc"  # to be compared with the paper
    enter(qtbot, window, "c")
    assert QApplication.focusWidget().objectName() == "moved_to"
    enter(qtbot, window, "Ha Noi")
    assert QApplication.focusWidget().text() == "10/2026"
    enter(qtbot, window)
    assert QApplication.focusWidget() is page.entry
    enter(qtbot, window, "3t")  # needs nothing more
    assert [one.key for one in page.waiting.rows()] == ["2c", "3t"]
    assert page.primary().words == "Ghi 2 thay đổi"
    window.shell.run("primary")
    settle(qtbot, window)
    assert window.shell.page().name == "rounds"
    assert child(qtbot, window, "Hoàng Thị Cúc")["moved_to"] == "Ha Noi"
    assert child(qtbot, window, "Lý Văn Dũng")["status_since"] == "2026-10-20"
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert "moved_to" not in child(qtbot, window, "Hoàng Thị Cúc")
    page = go(qtbot, window, "round_keys", sheet=made[HENG].id)
    assert [one.key for one in page.waiting.rows()] == ["2c", "3t"]  # what was keyed waits again


def test_what_does_not_fit_the_sheet_is_said_beside_the_line(qtbot, sheets):
    window, made = sheets
    page = go(qtbot, window, "round_keys", sheet=made[HENG].id)
    for typed, said in (("9c", "3 dòng"), ("1x", "Không có chữ"), ("1", "một chữ"), ("2t", "đủ tuổi ngày")):
        page.entry.clear()
        enter(qtbot, window, typed)
        assert said in page.about.text()
        assert page.entry.property("state") == "stop"
    page.entry.clear()
    enter(qtbot, window, "1n")
    enter(qtbot, window)  # no risk chosen: past it
    enter(qtbot, window)
    enter(qtbot, window)
    assert page._form is not None
    assert QApplication.focusWidget().objectName() == "code"
    assert page.waiting.rows() == []
    assert page.leave()
    assert QApplication.focusWidget() is page.entry


def test_keys_typed_while_an_answer_is_kept_go_into_the_next_line(qtbot, sheets):
    window, made = sheets
    page = go(qtbot, window, "round_keys", sheet=made[HENG].id)
    for typed in ("1m", "", "2m", "", "3t"):  # no waiting between the keys
        write(typed)
        press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert [one.key for one in page.waiting.rows()] == ["1m", "2m", "3t"]
    press(Qt.Key.Key_F6)
    press(Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert [one.key for one in page.waiting.rows()] == ["2m", "3t"]


def test_a_new_child_is_compared_with_the_register(qtbot, sheets):
    window, made = sheets
    page = go(qtbot, window, "round_keys", sheet=made[HENG].id)
    press(Qt.Key.Key_N, CTRL)
    settle(qtbot, window)
    write("An")
    QApplication.focusWidget().setText("Bế Văn An")
    press(Qt.Key.Key_Return)
    write("5/3/2015")
    press(Qt.Key.Key_Return)
    page._form.set_typed("came_how", "born")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: page._form.boxes["full_name"].needs() == "ask", timeout=5_000)
    page._keep()
    settle(qtbot, window)
    assert page.waiting.rows() == []
    page._form.boxes["full_name"].keep()
    settle(qtbot, window)
    assert [one.answer for one in page.waiting.rows()] == ["new"]
    before = ask(qtbot, window, lambda desk: len(desk.duplicates()))
    press(Qt.Key.Key_Return, CTRL)
    settle(qtbot, window)
    assert len(ask(qtbot, window, lambda desk: desk.all_rows("not_same"))) == 1
    assert ask(qtbot, window, lambda desk: len(desk.duplicates())) == before, "asked once, not again"


def test_the_title_of_a_sheet_is_whole_in_a_narrow_window(qtbot, sheets):
    window, made = sheets
    size = window.size()
    go(qtbot, window, "round_keys", sheet=made[HENG].id)
    window.resize(911, 442)
    settle(qtbot, window)
    title = window.shell.topbar.title
    assert title.width() >= title.sizeHint().width()
    window.resize(size)


def test_a_second_sheet_of_the_month_is_written_only_when_said(qtbot, sheets):
    window, made = sheets
    second = ask(qtbot, window, lambda desk: desk.round_make("2026-10", [made[PAU].village], again=True)[0][0])
    ask(qtbot, window, lambda desk: desk.round_unchanged(made[PAU].id))
    go(qtbot, window, "round_keys", sheet=second.id)
    press(Qt.Key.Key_F7)
    settle(qtbot, window)
    assert not ask(qtbot, window, lambda desk: desk.round_sheet(second.id)).returns
    window.findChild(Button, "write_anyway").click()
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.round_sheet(second.id)).returns
