"""Nhập từ Excel by keys: old letters, columns corrected, rows looked at, imported, undone, exported, stopped."""

import hashlib
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from waiting import pause

from cbdesk import clock, sample
from cbdesk.sheet import read_book
from tests.ui.list_kit import NOW, ask, go, press, settle, words_on, write
from ui.pages.imports import COLUMNS, DONE, FILE, ROWS
from ui.reading.results import ALIKE, FIX, GOOD, SAME

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PASTED = (
    "Họ và tên\tNgày sinh\tGiới\tThôn\tChiều cao\n"
    "Lý Mùi Mẩy\t2015\tNữ\tLũng Mít\t112\n"
    "Vàng A Páo\t31/02/2016\tNam\tLũng Mít\t108\n"
    "\t12/03/2014\tNam\tLũng Tẩu\t120\n"
)


@pytest.fixture
def page(qtbot, window):
    clock.set_fixed(NOW)
    return go(qtbot, window, "import")


@pytest.fixture
def old(tmp_path):
    """An old list in TCVN3: twenty children, one without a name."""
    path = tmp_path / "danh-sach.xlsx"
    rows = list(sample.rows(20, 7, clock.today()))
    rows[11] = {**rows[11], "full_name": ""}
    sample.old_list(path, rows)
    return path


def done(qtbot, page):
    settle(qtbot, page.window())
    assert not page._busy


def read(qtbot, page, source):
    page.read(source)
    done(qtbot, page)


def run(qtbot, page):
    page.shell.run("primary")
    qtbot.waitUntil(lambda: page._step != 3, timeout=15_000)
    settle(qtbot, page.window())


def children(qtbot, page):
    return ask(qtbot, page.window(), lambda desk: [row.name for row in desk.children()])


def counts(page):
    return [page.results.count(code) for code in (GOOD, FIX, ALIKE, SAME)]


def test_an_old_list_is_understood_and_goes_straight_to_its_rows(qtbot, page, old):
    before = hashlib.sha256(old.read_bytes()).digest()
    read(qtbot, page, old)
    assert page._step == ROWS
    assert counts(page) == [19, 1, 0, 0]
    assert sum(counts(page)) == page._draft.plan.read
    assert "TCVN3 (.VnTime), 20 / 20 dòng" in words_on(page.letters)
    assert page.focusWidget() is page.results.tables[GOOD]
    run(qtbot, page)
    assert page._step == DONE
    assert len(children(qtbot, page)) == 19
    assert hashlib.sha256(old.read_bytes()).digest() == before
    assert "Lý" not in page.talk._toast.accessibleName()


def test_undo_gives_the_register_as_before_and_the_rows_are_ready_again(qtbot, page, old):
    read(qtbot, page, old)
    run(qtbot, page)
    assert not page.finished.undo_button.hasFocus()  # Enter must not take everything back
    page.shell.run("undo")
    settle(qtbot, page.window())
    assert children(qtbot, page) == []
    assert page._step == ROWS
    assert counts(page) == [19, 1, 0, 0]


def test_stopping_leaves_nothing(qtbot, page, old):
    read(qtbot, page, old)
    page.run_import()
    assert page.progress.stop_button.hasFocus()
    page._halt()
    qtbot.waitUntil(lambda: page._step == ROWS, timeout=15_000)
    settle(qtbot, page.window())
    assert children(qtbot, page) == []


def test_a_second_time_everything_is_here_and_there_is_nothing_to_import(qtbot, page, old):
    read(qtbot, page, old)
    run(qtbot, page)
    page._start_over()
    read(qtbot, page, old)
    assert counts(page) == [0, 1, 0, 19]
    assert page.primary().why == "Không có dòng nào để nhập."


def test_rows_copied_from_excel_are_pasted_and_a_column_is_matched_by_keys(qtbot, page):
    QGuiApplication.clipboard().setText(PASTED)
    press(Qt.Key.Key_V, CTRL)
    done(qtbot, page)
    assert page._step == COLUMNS  # one column nobody knows
    field = page.focusWidget()
    assert field is page.mapping.rows[4].field
    assert field.text() == ""
    write("ghi chu")
    assert field.is_open()
    assert field.text() == "ghi chu"  # never rewritten while typing
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    assert page.mapping.rows[4].column.target == "notes"
    assert "Chiều cao" in str(page._draft.plan.rows[0].cells)
    page.shell.run("primary")
    assert page._step == ROWS
    page.shell.run("step_back")
    assert page._step == COLUMNS
    assert page.mapping.rows[4].column.target == "notes"  # going back loses nothing


def test_a_column_can_be_left_out_and_esc_keeps_what_was_chosen(qtbot, page):
    read(qtbot, page, PASTED)
    field = page.mapping.rows[1].field
    field.setFocus()
    write("x")
    press(Qt.Key.Key_Escape)
    assert field.text() == "Ngày sinh"
    page.shell.run("step_back")
    page._go_on()
    page._choose_target(page.mapping.rows[1].column, "")
    done(qtbot, page)
    assert page.mapping.rows[1].field.text() == "Không nhập"
    assert "born" not in page._draft.plan.rows[0].data


def test_a_field_stands_in_one_column(qtbot, page):
    read(qtbot, page, PASTED)
    page._choose_target(page.mapping.rows[4].column, "notes")
    done(qtbot, page)
    page._choose_target(page.mapping.rows[2].column, "notes")
    done(qtbot, page)
    assert [row.column.target for row in page.mapping.rows] == ["full_name", "born", "notes", "village", ""]


def test_an_impossible_day_is_told_and_f8_goes_from_row_to_row(qtbot, page):
    read(qtbot, page, PASTED)
    page._go_on()
    page.results.next_to_look()
    assert page.results.table().current().row.data["full_name"] == "Vàng A Páo"
    assert page.results.table().current().row.data["born"] == "2016-02"
    assert "Không có ngày này" in page.results.detail.words()
    press(Qt.Key.Key_F8)
    assert page.results.tabs.value() == FIX
    assert "Không có họ tên." in page.results.detail.words()
    assert "12/03/2014" in page.results.more.words()


def test_look_alikes_show_both_and_can_be_left_out(qtbot, page):
    ask(qtbot, page.window(), lambda desk: desk.put("child", [
        {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "village": "Lũng Mít"}])[0].id)  # fmt: skip
    settle(qtbot, page.window())
    read(qtbot, page, PASTED)
    page._go_on()
    assert counts(page) == [1, 1, 1, 0]
    page.shell.run("section_3")
    assert page.focusWidget() is page.results.tables[ALIKE]
    assert "Lý Mùi Mẩy, 03/06/2015, Lũng Mít" in page.results.more.words()
    assert page.primary().words == "Nhập 2 dòng"
    press(Qt.Key.Key_Space)
    assert page.primary().words == "Nhập 1 dòng"
    run(qtbot, page)
    assert sorted(children(qtbot, page)) == ["Lý Mùi Mẩy", "Vàng A Páo"]


def test_refused_rows_go_to_excel_with_their_reason_and_come_back(qtbot, page, tmp_path, monkeypatch):
    read(qtbot, page, PASTED)
    page._go_on()
    path = tmp_path / "sua.xlsx"
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: path)
    page.shell.run("excel")
    qtbot.waitUntil(path.exists, timeout=10_000)
    settle(qtbot, page.window())
    texts = [cell.text for row in read_book(path).sheets[0].rows for cell in row]
    assert "Không có họ tên." in texts
    page._start_over()
    read(qtbot, page, path)
    assert page._draft.plan.read == 1


@pytest.mark.parametrize(("content", "problem"), [
    (b"", "empty_file"), (b"%PDF-1.7 not a table", "not_excel"), (b"PK\x03\x04 broken", "excel_broken"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_card_on_the_first_step(qtbot, page, tmp_path, content, problem):
    path = tmp_path / "tep.xlsx"
    path.write_bytes(content)
    page.read(path)
    settle(qtbot, page.window())
    assert page.talk.card().problem.name == problem
    assert page._step == FILE
    assert not page._busy


def test_without_a_heading_the_columns_are_matched_by_hand(qtbot, page):
    page.read("1\tLý Mùi Mẩy\t2015\n2\tVàng A Páo\t2016\n")
    settle(qtbot, page.window())
    card = page.talk.card()
    assert card.problem.name == "no_table"
    press(Qt.Key.Key_Return)  # the focus is on matching by hand
    assert page._step == COLUMNS
    assert page.primary().why == "Hãy chọn cột nào là họ và tên."
    page._choose_target(page.mapping.rows[1].column, "full_name")
    done(qtbot, page)
    assert [row.data["full_name"] for row in page._draft.plan.rows] == ["Lý Mùi Mẩy", "Vàng A Páo"]


def test_what_was_said_of_the_columns_is_remembered_without_anything_from_the_file(qtbot, page):
    read(qtbot, page, PASTED)
    page._choose_target(page.mapping.rows[4].column, "notes")
    done(qtbot, page)
    page._go_on()
    run(qtbot, page)
    kept = (page.window().folder / "window.json").read_text("utf-8")
    assert "notes" in kept
    assert not any(word in kept for word in ("Chiều", "Lý", "Páo", "112"))
    page._start_over()
    read(qtbot, page, PASTED.replace("Lý Mùi Mẩy", "Hà Hữu Lâm"))
    assert page._step == ROWS
    assert page.mapping.rows[4].column.target == "notes"


def test_clipboard_without_a_table_is_said(qtbot, page):
    QGuiApplication.clipboard().setText("chào")
    page.paste()
    assert page._step == FILE
    assert "Ctrl C" in page.talk._toast.accessibleName()


def test_the_window_lives_while_a_large_list_is_read(qtbot, page, tmp_path):
    path = tmp_path / "lon.xlsx"
    sample.old_list(path, sample.rows(2000, 3, clock.today()))
    longest, last = 0, clock_ms()
    page.read(path)
    while page._busy:
        pause(1)
        longest, last = max(longest, clock_ms() - last), clock_ms()
    assert sum(counts(page)) == 2000
    assert longest < 600, longest  # two shared cores; the goal of 100 ms is measured apart


def clock_ms():
    return int(time.monotonic() * 1000)
