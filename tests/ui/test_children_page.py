"""Trẻ em: search while typing, filters, preview, Excel; by keys only."""

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from waiting import pause

from tests.ui.list_kit import fill, go, press, settle, words_on, write


@pytest.fixture
def page(qtbot, window):
    fill(qtbot, window)
    return go(qtbot, window, "children")


def names(page):
    return [row.child.name for row in page.table.rows()]


def search(qtbot, page, text):
    page.search.setFocus()
    page.search.selectAll()
    write(text)
    pause(120)
    settle(qtbot, page.window())


def test_the_focus_starts_in_the_search_box_and_who_lives_here_is_shown(page):
    assert page.search.hasFocus()
    assert "Hà Hữu Lâm" not in names(page)
    assert len(names(page)) == 5


def test_the_order_follows_the_given_name(page):
    assert names(page) == ["Lí Mí Chá", "Vàng Thị Dợ", "Lý Mùi Mẩy", "Đặng Ốc", "Tẩn Kiềm Phâu"]


def test_accents_capitals_and_spelling_make_no_difference(qtbot, page):
    answers = []
    for query in ("ly m", "LÝ M", "lí m"):
        search(qtbot, page, query)
        answers.append(names(page))
    assert answers[0] == answers[2] == ["Lí Mí Chá", "Lý Mùi Mẩy"]
    assert answers[1] == ["Lý Mùi Mẩy", "Lí Mí Chá"]  # the same rows, the accents typed first


def test_a_child_is_found_by_parent_and_village_and_the_row_says_why(qtbot, page):
    search(qtbot, page, "tan thi sao")
    assert names(page) == ["Lý Mùi Mẩy"]
    assert page.table.quiet.rows()[0].why == "mẹ: Tẩn Thị Sao"
    search(qtbot, page, "na pang")
    assert [(row.child.name, row.why) for row in page.table.quiet.rows()] == [("Đặng Ốc", "")]
    search(qtbot, page, "ly thi a")
    assert names(page) == ["Lí Mí Chá"]


def test_d_finds_d_with_stroke(qtbot, page):
    search(qtbot, page, "dang")
    assert names(page) == ["Đặng Ốc"]


def test_arrow_down_goes_to_the_first_row_and_keeps_the_text(qtbot, page):
    search(qtbot, page, "ly m")
    press(Qt.Key.Key_Down)
    assert page.table.hasFocus()
    assert page.table.current().child.name == "Lí Mí Chá"
    assert page.search.text() == "ly m"


def test_the_count_equals_the_rows_also_after_a_filter_is_cleared_by_delete(qtbot, page):
    chip = page.filters.chips["status"]
    chip.setFocus()
    press(Qt.Key.Key_Delete)
    assert len(names(page)) == 6
    assert page.filters.count.words() == "6 / 6 trẻ"


def test_filters_join_with_and_values_with_or(page):
    page.filters._put("age", ("6 – 10",))
    assert names(page) == ["Vàng Thị Dợ", "Lý Mùi Mẩy", "Đặng Ốc"]  # one born in 2015 may still be ten
    page.filters._put("missing", ("born_year_only",))
    assert names(page) == ["Vàng Thị Dợ", "Lý Mùi Mẩy"]
    page.filters._put("missing", ("born_year_only", "personal_id"))
    assert names(page) == ["Vàng Thị Dợ", "Lý Mùi Mẩy", "Đặng Ốc"]


def test_the_preview_follows_the_row_and_never_takes_the_focus(qtbot, page):
    search(qtbot, page, "ly mui")
    press(Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.preview.name.words() == "Lý Mùi Mẩy")
    assert page.table.hasFocus()
    assert "khoảng 11 tuổi" in page.preview.line.words()
    assert "Tẩn Thị Sao" in words_on(page.preview)


def test_what_is_kept_apart_is_one_word_and_nowhere_else(qtbot, page):
    search(qtbot, page, "vang")
    press(Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.preview.name.words() == "Vàng Thị Dợ")
    told = words_on(page) + " ".join(page.table.quiet.columns[-1].cell(row).words() for row in page.table.rows())
    assert "Nhạy cảm" in told
    assert "dâm ô" not in told.lower()
    assert "xâm hại" not in told.lower()


def test_the_selection_survives_an_edit_made_elsewhere(qtbot, page, window):
    page.table.setFocus()
    page.table.choose(next(row.child.id for row in page.table.rows() if row.child.name == "Đặng Ốc"))
    window.jobs.run(lambda desk: desk.save("child", {"full_name": "Đàm Ân", "life_status": "permanent"}))
    settle(qtbot, window)
    qtbot.waitUntil(lambda: len(names(page)) == 6)
    assert page.table.current().child.name == "Đặng Ốc"
    assert page.table.hasFocus()


def test_no_match_offers_to_add_the_words_typed(qtbot, page, monkeypatch):
    went = []
    monkeypatch.setattr(page.shell, "go", lambda name, **details: went.append((name, details)))
    search(qtbot, page, "Mã Thị Bích")
    assert page.panel.shows() is page._none
    assert "Mã Thị Bích" in page._none_action.words()
    page._none_action.setFocus()
    press(Qt.Key.Key_Return)
    assert went == [("child", {"new": True, "full_name": "Mã Thị Bích"})]


def test_a_match_hidden_by_filters_offers_to_clear_them(qtbot, page):
    search(qtbot, page, "ha huu lam")
    assert names(page) == []
    page._none_action.click()
    assert names(page) == ["Hà Hữu Lâm"]


def test_enter_opens_the_record_and_f2_records_for_this_child(qtbot, page, monkeypatch):
    went = []
    monkeypatch.setattr(page.shell, "go", lambda name, **details: went.append((name, details)))
    search(qtbot, page, "dang")
    press(Qt.Key.Key_Down)
    child = page.table.current().child.id
    press(Qt.Key.Key_Return)
    page.shell.run("record_incident")
    assert went == [("child", {"id": child}), ("incident", {"new": True, "child": child})]


def test_excel_gets_what_is_seen_without_what_is_kept_apart(qtbot, page, tmp_path, monkeypatch):
    path = tmp_path / "danh-sach.xlsx"
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: path)
    page.shell.run("excel")
    qtbot.waitUntil(path.exists, timeout=10_000)
    settle(qtbot, page.window())
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in rows] == names(page)
    assert "Nhạy cảm" not in str(rows)
    assert rows[0][1].year == 2014


def test_narrow_windows_have_a_bar_and_space_opens_the_preview(qtbot, page, window):
    window.resize(911, 442)
    pause(30)
    assert page.peek.isVisible()
    assert not page.preview.isVisible()
    page.search.setFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space)
    assert page.preview.isVisible()
    assert page.leave()
    assert not page.preview.isVisible()
    assert QApplication.focusWidget() is page.table


def test_columns_are_kept_for_the_person(page, window):
    page._toggle_column("ethnicity", on=False)
    assert "ethnicity" not in page.table.shown_columns()
    assert "ethnicity" not in page._prefs_get()
    assert "village" in page._prefs_get()
