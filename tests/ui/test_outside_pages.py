"""Đối chiếu danh sách and Điền biểu cấp trên, by keys: heaps taken over as chosen, a form filled next to itself."""

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tools_kit import load_tool

from tests.ui.list_kit import ask, fill, go, press, settle

ALT = Qt.KeyboardModifier.AltModifier
FORMS = load_tool("superior_forms").FORMS


@pytest.fixture
def roll(tmp_path):
    """A school roll: a birthday is known whole, a class is told, one child is new, one may be ours."""
    book = openpyxl.Workbook()
    for row in (["Họ và tên", "Ngày sinh", "Giới tính", "Xóm", "Lớp"],
                ["Lý Mùi Mẩy", "03/06/2015", "Nữ", "Lũng Mít", "5A"],
                ["Giàng Thị Dợ", "01/05/2017", "Nữ", "Nà Pảng", "3A"],
                ["Đặng Ốc", "20/11/2018", "Nam", "Nà Pảng", "2A"]):  # fmt: skip
        book.active.append(row)
    path = tmp_path / "truong.xlsx"
    book.save(path)
    return path


def test_a_list_is_checked_decided_written_and_taken_back(qtbot, window, roll, tmp_path, monkeypatch):
    ids = fill(qtbot, window)
    page = go(qtbot, window, "crosscheck")
    monkeypatch.setattr(page.talk, "open_file", lambda *_given, **_more: roll)
    window.shell.run("primary")
    settle(qtbot, window)
    assert (page.heaps.count("differ"), page.heaps.count("there"), page.heaps.count("here")) == (2, 2, 3)
    assert QApplication.focusWidget() is page.heaps.table
    window.shell.run("section_2")
    window.shell.run("next_finding")  # the one that may be ours
    assert page.heaps.table.current().name == "Đặng Ốc"
    press(Qt.Key.Key_1)
    settle(qtbot, window)
    assert (page.heaps.count("there"), page.heaps.waiting()) == (1, 0)
    press(Qt.Key.Key_Space)  # the new child is added
    window.shell.run("section_1")
    assert {row.item.name: row.item.take for row in page.heaps.table.rows() if row.name == "Đặng Ốc"} == {
        "born": False, "class": True,
    }  # fmt: skip
    assert page.primary().words.endswith("3 trẻ")
    window.shell.run("primary")
    settle(qtbot, window)
    kept = {one: ask(qtbot, window, lambda desk, one=one: desk.get(ids[one])) for one in (0, 2)}
    assert (kept[0]["born"], kept[0]["class"]) == ("2015-06-03", "5A")
    assert (kept[2]["born"], kept[2]["class"]) == ("2018-07-30", "2A")
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 7
    monkeypatch.setattr(page.talk, "save_file", lambda *_given, **_more: tmp_path / "hoi.xlsx")
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 6
    window.shell.run("excel")
    settle(qtbot, window)
    assert (tmp_path / "hoi.pdf").exists()


def test_a_column_left_out_is_not_compared_and_stays_left_out(qtbot, window, roll):
    fill(qtbot, window)
    page = go(qtbot, window, "crosscheck")
    page.read(roll)
    settle(qtbot, window)
    window.shell.run("next_pane")
    row = next(one for one in page.columns.rows if one.column.heading == "Lớp")
    row.field.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)  # the first of the list: not compared
    settle(qtbot, window)
    assert window.shell.run("back") is not False
    assert {one.item.name for one in page.heaps.table.rows()} == {"born"}
    assert page.heaps.table.isVisible()


def test_a_form_is_filled_after_its_points_are_agreed_to(qtbot, window, tmp_path, monkeypatch):
    fill(qtbot, window)
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(FORMS["hidden"]())
    page = go(qtbot, window, "superior_form")
    monkeypatch.setattr(page.talk, "open_file", lambda *_given, **_more: path)
    window.shell.run("primary")
    settle(qtbot, window)
    assert [row.column.samples for row in page.columns.rows][1] == ("Vàng Thị Dợ",)
    assert page.primary().why
    for _ in page.side.points:
        assert QApplication.focusWidget() in [one.box for one in page.side.points]
        press(Qt.Key.Key_Space)
        page.side.focus_first()
    assert not page.primary().why
    press(Qt.Key.Key_2)  # of special circumstances; one of them only by what is kept secret
    settle(qtbot, window)
    assert page._children == 1
    assert page.side.apart.isVisible()
    window.shell.run("primary")
    settle(qtbot, window)
    made = tmp_path / "bieu-da-dien.xlsx"
    assert openpyxl.load_workbook(made)["Biểu 1"]["B8"].value == "Lý Mùi Mẩy"
    assert page._saved.isVisible()


def test_a_form_that_cannot_be_filled_says_why(qtbot, window, tmp_path):
    fill(qtbot, window)
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(FORMS["merged"]())
    page = go(qtbot, window, "superior_form")
    page.read(path)
    settle(qtbot, window)
    assert "B8:B10" in window.shell.talk.card().accessibleName() + window.shell.talk.card().problem.what
