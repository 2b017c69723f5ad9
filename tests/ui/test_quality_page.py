"""Rà soát dữ liệu: the counts, the children behind them, and the way through the records; by keys only."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from waiting import pause

from cbdesk.errors import Problem
from tests.ui.list_kit import ask, fill, go, press, settle, words_on, write
from ui.parts import Button


@pytest.fixture
def page(qtbot, window):
    fill(qtbot, window)
    return go(qtbot, window, "quality")


def fault(page, code):
    return next(one for one in page.list.shown() if one.code == code)


def at(page, code):
    """Stand at a fault, in its children."""
    page.list.choose(code)
    page.list.setFocus()
    press(Qt.Key.Key_Return)
    assert page.card.table.hasFocus()


def names(page):
    return [row.child.name for row in page.card.table.rows()]


def test_numbers_are_those_of_the_desk_cut_by_village_and_nobody_is_quiet(qtbot, page, window):
    found = ask(qtbot, window, lambda desk: desk.quality())
    assert found.children == 5  # who has left is not judged
    assert {one.code: one.count for one in page.list.shown()} == {one.code: one.count for one in found.faults}
    assert fault(page, "id_missing").count == 4
    assert fault(page, "id_missing").share() == "80 %"
    assert fault(page, "id_twice").share() == ""
    page.list.choose("id_twice")
    press(Qt.Key.Key_Return)
    assert page.list.hasFocus()  # nobody to go to
    assert page.card.panel.shows() is page.card._none
    villages = {words: one for one, words, _ in page._seen.villages()}
    page.village.set_value(villages["Nà Pảng"])
    assert (fault(page, "id_missing").count, fault(page, "id_missing").of) == (1, 1)
    page.list.choose("id_missing")
    assert names(page) == ["Đặng Ốc"]


def test_arrows_skip_headings_and_in_a_narrow_window_esc_returns(page, window):
    assert page.list.hasFocus()
    assert names(page) == ["Vàng Thị Dợ", "Lý Mùi Mẩy", "Đặng Ốc", "Tẩn Kiềm Phâu"]
    seen = []
    for _ in page.list.shown():
        seen.append(page.list.current().code)
        press(Qt.Key.Key_Down)
    assert seen == [one.code for one in page.list.shown()]
    press(Qt.Key.Key_Home)
    assert page.list.current().code == "id_missing"
    window.resize(911, 442)
    pause(30)
    assert (page._left.isVisible(), page.card.isVisible()) == (True, False)
    press(Qt.Key.Key_Return)
    assert (page._left.isVisible(), page.card.isVisible()) == (False, True)
    assert QApplication.focusWidget() is page.card.table
    assert page.leave()
    assert QApplication.focusWidget() is page.list


def test_enter_opens_at_the_field_and_f8_saves_and_goes_on_to_the_end(qtbot, page, window):
    at(page, "id_missing")
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    child = window.shell.page()
    assert child.name == "child"
    assert child.form().focused() == "personal_id"
    assert child.facts().endswith("1 / 4")
    write("004318000123")
    window.shell.run("next_finding")
    settle(qtbot, window)
    settle(qtbot, window)
    assert child.facts().endswith("2 / 4")
    assert child.form().focused() == "personal_id"
    assert child.form().value("full_name") == "Lý Mùi Mẩy"
    stored = ask(qtbot, window, lambda desk: desk.all_rows("child", {"personal_id": "004318000123"}))
    assert [row["full_name"] for row in stored] == ["Vàng Thị Dợ"]
    for _ in range(3):  # nothing typed: on to the last, which says so
        window.shell.run("next_finding")
        settle(qtbot, window)
    assert child.form().value("full_name") == "Tẩn Kiềm Phâu"
    assert "Đã hết danh sách" in words_on(window)
    window.shell.run("previous_finding")
    settle(qtbot, window)
    window.shell.run("back")
    settle(qtbot, window)
    assert window.shell.page() is page
    assert page.card.table.hasFocus()
    assert page.card.table.current().child.name == "Đặng Ốc"  # where the walk ended, not where it began


def test_a_child_put_right_leaves_the_list_and_one_stands_at_the_next(qtbot, page, window):
    at(page, "id_missing")
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    write("004315000124")
    window.shell.run("save")
    settle(qtbot, window)
    window.shell.run("back")
    settle(qtbot, window)
    assert names(page) == ["Vàng Thị Dợ", "Đặng Ốc", "Tẩn Kiềm Phâu"]
    assert page.card.table.current().child.name == "Đặng Ốc"
    page._out_of_list()
    at(page, "parent_missing")
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.shell.page()._sections.lit() == "family"  # parents are rows, not a field


def test_empty_good_and_troubled(qtbot, window):
    page = go(qtbot, window, "quality")
    assert page._layers.currentWidget() is page._first
    assert page.facts() == ""
    whole = {"full_name": "Đặng Ốc", "born": "2022-07-30", "sex": "male", "village": "Xóm Nà Pảng", "ethnicity": "01",
             "personal_id": "004222000017", "life_status": "permanent", "mother_name": "Lý Thị A", "birth_cert": "12",
             "health_card": "TE1042200000017"}  # fmt: skip
    ask(qtbot, window, lambda desk: desk.save("child", whole))
    settle(qtbot, window)
    assert page._layers.currentWidget() is page._good
    assert page.facts() == "1 / 1 trẻ đã đủ"
    ask(qtbot, window, lambda desk: setattr(desk, "quality", _refuse) or True)
    page.load()
    settle(qtbot, window)
    again = window.shell.talk.card().findChild(Button, "quality_again")
    ask(qtbot, window, lambda desk: delattr(desk, "quality") or True)
    again.click()
    settle(qtbot, window)
    assert window.shell.talk.card() is None
    assert page._layers.currentWidget() is page._good


def _refuse(*_given):
    raise Problem("disk_full")
