"""The quiet table: thousands of rows, kept selection, keys, marked letters."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from tests.ui.list_kit import press, write
from ui.lists.cells import Cell, Mark, spans
from ui.lists.table import Column, QuietTable, TablePanel


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    year: int = 2015


NAMES = ["Lý Minh Anh", "Đặng Văn Ốc", "Lí Mùi Mẩy", "Đào Thị Chá", "Vàng Thị Dợ"]


@pytest.fixture
def table(show):
    columns = [
        Column("name", "Họ và tên", 180, lambda row: Cell(row.name, find=True), sort=lambda row: ""),
        Column("year", "Năm", 60, lambda row: Cell(str(row.year), marks=(Mark("warning", "nghe", "thiếu"),)),
               right=True, stretch=True, sort=lambda row: row.year),
    ]  # fmt: skip
    top = QWidget()
    column = QVBoxLayout(top)
    made = QuietTable(columns, lambda row: row.id, natural="name", type_by=lambda row: row.name)
    column.addWidget(TablePanel(made))
    column.addWidget(QLineEdit(top))
    show(top, (500, 300))
    made.set_rows([Row(str(at), name, 2015 - at) for at, name in enumerate(NAMES)])
    made.setFocus()
    return made


def test_twelve_thousand_rows_are_shown_at_once_and_cost_no_widgets(table):
    before = len(table.findChildren(QWidget))
    table.set_rows([Row(str(at), f"Lý Văn {at}") for at in range(12_000)])
    table.grab()
    assert len(table.findChildren(QWidget)) == before
    assert len(table.rows()) == 12_000


def test_the_selection_is_kept_by_record_when_rows_come_and_go(table):
    table.choose("2")
    table.set_rows([Row("9", "Bế An"), *table.rows()])
    assert table.current().id == "2"
    assert table.currentIndex().row() == 3


def test_when_the_chosen_record_is_gone_one_near_it_is_chosen(table):
    table.choose("2")
    table.set_rows([row for row in table.rows() if row.id != "2"])
    assert table.current().id == "3"


def test_typing_goes_to_the_next_name_without_accents(table):
    table.choose("0")
    write("dao")
    assert table.current().name == "Đào Thị Chá"


def test_typing_a_given_name_finds_it_and_a_space_goes_on(table):
    table.choose("0")
    write("li mui")
    assert table.current().name == "Lí Mùi Mẩy"


def test_home_and_end_go_to_the_ends_and_space_looks(table, qtbot):
    press(Qt.Key.Key_End)
    assert table.current().id == "4"
    press(Qt.Key.Key_Home)
    assert table.current().id == "0"
    with qtbot.waitSignal(table.looked) as looked:
        press(Qt.Key.Key_Space)
    assert looked.args[0].id == "0"


def test_enter_opens_and_arrow_up_leaves_from_the_first_row(table, qtbot):
    table.choose("0")
    with qtbot.waitSignal(table.opened) as opened:
        press(Qt.Key.Key_Return)
    assert opened.args[0].id == "0"
    with qtbot.waitSignal(table.up):
        press(Qt.Key.Key_Up)


def test_tab_leaves_the_table(table):
    press(Qt.Key.Key_Tab)
    assert not table.hasFocus()


def test_a_pressed_head_sorts_and_keeps_the_record_and_the_natural_order_can_run_down(table):
    table.choose("0")
    table.sort_by("year")
    assert [row.year for row in table.rows()] == sorted(row.year for row in table.rows())
    assert table.current().id == "0"
    table.sort_by("name", down=True)
    assert [row.id for row in table.rows()] == ["4", "3", "2", "1", "0"]
    table.sort_by("name")
    assert [row.id for row in table.rows()] == ["0", "1", "2", "3", "4"]


def test_copy_puts_rows_with_words_of_marks_on_the_clipboard(table):
    table.choose("1")
    table.copy()
    assert QGuiApplication.clipboard().text() == "Đặng Văn Ốc\t2014; thiếu"


def test_hidden_columns_are_not_copied(table):
    table.show_columns(["name"])
    table.choose("1")
    table.copy()
    assert QGuiApplication.clipboard().text() == "Đặng Văn Ốc"


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("Lý Mùi Mẩy", "ly m", ["Lý", "M", "M"]),
        ("Lí Mùi Mẩy", "ly mui", ["Lí", "Mùi"]),
        ("Đặng Văn Ốc", "d oc", ["Đ", "Ốc"]),
        ("Hoàng Mai", "ai", []),
    ],
)
def test_matched_letters_are_found_at_the_beginning_of_words(name, query, found):
    places = spans(name, query.split())
    assert [name[start:end] for start, end in places] == found
