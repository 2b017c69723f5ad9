"""Households, the decision on poor ones, absences, villages and the directory: their work done by keys alone."""

import pytest
import record_kit as kit
from openpyxl import Workbook
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbdesk.households import NEAR, Home, Line, Near
from cbdesk.words import say
from ui.homes.declines import Row, answers


@pytest.fixture
def book(qapp, tmp_path):
    """The children of the kit: Mẩy is poor with a household; a village head; two are away."""
    with kit.bench(tmp_path) as found:
        found.villages = {name: one for one, name in found.ask(lambda desk: desk.village_names()).items()}
        head = {"name": "Vừ Mí Pó", "role": "village_head", "village": found.villages["Xóm Nà Héng"],
                "phone": "0912345678"}  # fmt: skip
        found.ask(lambda desk: desk.save("contact", head))
        yield found


def names(page):
    return [page.called(row) for row in page.table.rows()]


def village_of(book, number):
    return book.ask(lambda desk: desk.village_names()[desk.get(book.ids[number])["village"]])


def test_villages_are_merged_by_keys_and_apart_again(book):
    page = book.go("villages")
    page.table.choose(book.villages["Xóm Nà Héng"])
    kit.press("Ctrl+M")
    assert kit.focus() is page.act.fields["name"]
    kit.press("Ctrl+A")
    kit.write("Xóm Hợp Nhất")
    for key in ("Return", "Return", "Ctrl+A", "Ctrl+S"):
        kit.press(key)
    book.settle()
    assert [one.shown for one in page.table.rows() if not one.until] == ["Xóm Hợp Nhất"]
    assert {village_of(book, number) for number in range(3)} == {"Xóm Hợp Nhất"}
    assert page.table.current().name == "Xóm Hợp Nhất"
    kit.press("Ctrl+Z")
    book.settle()
    assert village_of(book, 2) == "Xóm Nà Héng"
    assert len(page.table.rows()) == 3


def test_an_action_asks_for_what_is_missing_in_place(book):
    page = book.go("villages")
    page.table.choose(book.villages["Xóm Nà Héng"])
    kit.press("Ctrl+T")
    book.settle()
    kit.press("Ctrl+S")
    assert page.act.fields["name"].property("state") == "stop"
    kit.write("Xóm Mới")
    kit.press("Ctrl+S")
    assert kit.focus() is page.act.ticks
    kit.press("Space")
    kit.press("Ctrl+S")
    book.settle()
    assert village_of(book, 2) == "Xóm Mới"
    kit.press("Escape")
    assert page.act is None


def test_a_village_is_renamed_and_mine_by_keys_and_filters_the_list(book):
    page = book.go("villages")
    page.table.choose(book.villages["Xóm Nà Héng"])
    kit.press("Space")
    book.settle()
    assert book.ask(lambda desk: desk.my_villages()) == (book.villages["Xóm Nà Héng"],)
    kit.press("Ctrl+R")
    kit.press("Ctrl+A")
    kit.write("Xóm Nà Hẻng")
    kit.press("Ctrl+S")
    book.settle()
    assert "Xóm Nà Hẻng" in names(page)
    children = book.go("children", filter=("village", "mine"))
    assert [row.child.name for row in children.table.rows()] == ["Đặng Ốc"]
    assert children.filters.chips["village"].value() == "Địa bàn tôi phụ trách"


def test_my_villages_are_one_switch_for_all_lists_and_reports_offer_them_as_one_choice(book):
    mine = book.villages["Xóm Nà Héng"]
    rounds = book.go("rounds")
    assert rounds.mine.isHidden()
    assert len(rounds.table.rows()) == 3
    book.ask(lambda desk: desk.look_after([mine]))
    home = {"head_name": "Lý Văn Phúc", "village": book.villages["Xóm Lũng Mít"]}
    book.ask(lambda desk: desk.save("household", home))
    book.settle()
    assert rounds.mine.isVisible()
    rounds.mine.setFocus()
    kit.press("Return")
    assert [one.village for one in rounds.table.rows()] == [mine]
    kit.press("Ctrl+Return")
    book.settle()
    assert [one.village for one in book.ask(lambda desk: desk.round_sheets("2026-10"))] == [mine]
    quality = book.go("quality")
    assert quality.village.currentText() == "Địa bàn tôi phụ trách"
    assert {one.of for one in quality.list.shown()} == {1}
    today = book.go("today")
    due = {one.child: one.hours for one in book.ask(lambda desk: desk.due(within=366, villages=[mine])) if one.child}
    assert due == {book.ids[1]: True}  # of another village, but its hours run
    assert today.mine.isChecked()
    assert [row.child.name for row in book.go("children").table.rows()] == ["Đặng Ốc"]
    assert names(book.go("homes")) == []
    assert {row["village"] for row in book.go("directory").tables["contact"].rows} == {mine}
    reports = book.go("reports")
    field = reports.options.fields["village"]
    assert field.value() == ""
    assert (mine, "Địa bàn tôi phụ trách") in [(field.itemData(at), field.itemText(at)) for at in (0, 1)]
    book.go("children").filters.clear()
    assert len(book.go("rounds").table.rows()) == 3


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)", extend=True)  # a menu without a screen
@pytest.mark.parametrize(("digit", "name"), [("1", "homes"), ("2", "away"), ("3", "villages"), ("4", "directory")])
def test_books_around_the_children_are_two_keys_away(book, digit, name):
    book.go("children")
    kit.press("Ctrl+K")
    kit.write(say(f"shell.page.{name}").replace(",", ""))
    book.settle()
    kit.press("Return")
    book.settle()
    assert book.shell.page().name == name
    book.go("children")
    kit.press("Alt+1")
    QTest.keyClick(QApplication.activePopupWidget(), digit)
    book.settle()
    assert (book.shell.page().name, book.shell.rail.lit()) == (name, "children")


def test_a_household_is_made_parted_and_moved_by_keys(book):
    father = {"full_name": "Đặng Văn Sính", "relation": "father"}
    book.ask(lambda desk: [desk.save("carer", {"child": one, **father}) for one in book.ids[1:]])
    book.ask(lambda desk: desk.save("child", {"village": book.villages["Xóm Nà Héng"]}, book.ids[1]))
    page = book.go("homes")
    kit.write("sinh")
    book.until(lambda: names(page) == ["Đặng Văn Sính"])
    kit.press("Down")
    kit.press("Ctrl+T")
    for key in ("Return", "Ctrl+S"):
        kit.press(key)
    book.settle()
    home = book.ask(lambda desk: desk.home_of(book.ids[1]))
    assert (home.head, len(home.children)) == ("Đặng Văn Sính", 2)
    kit.press("Ctrl+T")
    kit.press("Return")
    kit.press("Space")
    kit.press("Ctrl+S")
    book.settle()
    assert len(book.ask(lambda desk: desk.home_of(book.ids[1])).children) == 1
    kit.press("Ctrl+Z")
    book.settle()
    assert len(book.ask(lambda desk: desk.home_of(book.ids[1])).children) == 2


def test_a_household_and_the_class_of_a_year_are_edited_by_keys(book):
    page = book.go("homes", id=book.ask(lambda desk: desk.home_of(book.ids[0])).id)
    kit.press("Return")
    book.settle()
    kit.write("Lý Văn Phúc")
    assert [row["year"] for row in page.classes.rows] == [2026]
    kit.press("Ctrl+N")
    kit.write("2025")
    kit.press("Return")
    kit.write("Hộ ngh")
    for key in ("Return", "Ctrl+S"):
        kit.press(key)
    book.settle()
    assert [row["year"] for row in page.classes.rows] == [2026, 2025]
    assert page.edit.view.answers()["head_name"] == "Lý Văn Phúc"
    kit.press("Ctrl+S")
    book.settle()
    assert page.edit is None
    assert page.table.current().home.head == "Lý Văn Phúc"


def test_the_child_shows_its_household_and_leads_to_it(book):
    page = book.go("child", id=book.ids[0])
    assert page._home_card.isVisible()
    page._home_card.open.click()
    book.settle()
    assert book.shell.page().name == "homes"
    assert book.shell.page().table.current().home.id == book.ask(lambda desk: desk.home_of(book.ids[0])).id


def test_who_is_away_comes_back_by_keys(book):
    told = {"from": "2026-02", "place": "Bình Dương", "expected_back": "2026-06"}
    book.ask(lambda desk: desk.go_away(book.ids[:2], told))
    children = book.go("children", filter=("status", "away"))
    assert len(children.table.rows()) == 2
    child = book.go("child", id=book.ids[0])
    assert child._tables["absence"].isVisible()
    page = book.go("away")
    assert page.table.hasFocus()
    kit.press("Ctrl+A")
    kit.press("Ctrl+R")
    kit.press("Ctrl+A")
    kit.write("1/7/2026")
    kit.press("Ctrl+S")
    book.settle()
    assert page.table.rows() == []
    assert book.ask(lambda desk: desk.rows_of("absence", book.ids[1]))[0]["to"] == "2026-07-01"
    kit.press("Ctrl+Z")
    book.settle()
    assert len(page.table.rows()) == 2


@pytest.fixture
def decision(tmp_path):
    sheet = (made := Workbook()).active
    for row in (["Chủ hộ", "Xóm", "Loại hộ"], ["Triệu Thị Viễn", "Lũng Mít", "Hộ nghèo"],
                ["Sùng A Pó", "Khuổi Mít", "Hộ nghèo"], ["Sùng A Pó", "Khuổi Mít", "Hộ cận nghèo"]):  # fmt: skip
        sheet.append(row)
    made.save(path := tmp_path / "qd.xlsx")
    return path


def test_a_decision_is_answered_by_digits_written_and_taken_back(book, decision):
    page = book.go("decision", file=decision)
    page.fields["year"].setText("2026")
    page.fields["year"].editingFinished.emit()
    book.settle()
    assert [row.line.place[1] for row in page.table.rows()] == [2, 3, 4]
    assert page.table.hasFocus()
    kit.press("1")  # the mother's name with another mark
    kit.press("1")  # not here: a new household
    kit.press("2")  # the same head again: left out
    assert not page._plan.open
    kit.press("Alt+4")
    assert page.table.rows() == []  # the only poor household here is named
    kit.press("Ctrl+S")
    book.settle()
    assert book.shell.page().name == "homes"
    home = book.ask(lambda desk: desk.home_of(book.ids[0]))
    [row] = book.ask(lambda desk: [one for one in desk.rows_of("household_class", home.id) if one["year"] == 2026])
    assert row["class"] == "poor"
    made = book.ask(lambda desk: [one for one in desk.all_rows("household") if one.get("head_name") == "Sùng A Pó"])
    assert len(made) == 1
    kit.press("Ctrl+Z")
    book.settle()
    assert not book.ask(lambda desk: [one for one in desk.all_rows("household") if one.get("head_name") == "Sùng A Pó"])


def test_households_that_read_alike_are_told_apart_by_a_child():
    homes = [Home(kid, (kid,), "Hầu A Pó", ("Hầu A Pó",), "Xóm Bản Oóng", kids=(kid,)) for kid in ("Di", "Lứ")]
    line = Line(("Sheet1", 2), {"head_name": "Hầu A Pó"}, NEAR, tuple(map(Near, homes)))
    assert [words for _, words in answers(Row("2", line))][:2] == ["Hầu A Pó, có trẻ Di", "Hầu A Pó, có trẻ Lứ"]


def test_a_file_without_classes_leads_to_its_columns(book, tmp_path):
    sheet = (made := Workbook()).active
    for row in (["Chủ hộ", "Xóm", "Ghi thêm"], ["Triệu Thị Viển", "Lũng Mít", "Hộ cận nghèo"]):
        sheet.append(row)
    made.save(tmp_path / "a.xlsx")
    page = book.go("decision", file=tmp_path / "a.xlsx")
    assert page._layers.currentWidget() is page.columns
    unknown = next(row.column for row in page.columns.rows if not row.column.target)
    page.columns.chosen.emit(unknown, "household_class")
    book.settle()
    assert page._plan.matched.lines[0].level == "near_poor"


def test_the_directory_is_searched_by_number_and_found_by_the_palette(book):
    page = book.go("directory")
    kit.press("F3")
    kit.write("0912 345")
    book.until(lambda: [len(table.rows) for table in page.tables.values()] == [1, 0, 0, 0])
    kit.press("Escape")
    kit.press("Escape")
    book.go("today")
    kit.press("Ctrl+K")
    kit.write("vu mi po")
    palette = book.shell.palette_layer
    book.until(lambda: any(entry.words == "Vừ Mí Pó" for entry in palette.results.entries()))
    kit.press("Return")
    book.settle()
    assert book.shell.page().name == "directory"
    assert QApplication.focusWidget().row["name"] == "Vừ Mí Pó"


def test_an_urgent_report_shows_whom_to_call_of_the_directory(book):
    book.ask(lambda desk: desk.save("contact", {"name": "Hà Thị Mơ", "role": "police", "phone": "0912000111"}))
    page = book.go("incident", new=True)
    assert [line.accessibleName() for line in page._calls._team] == ["Công an xã · Hà Thị Mơ: 0912000111"]


@pytest.mark.parametrize("name", ["homes", "villages", "away", "decision", "directory"])
def test_pages_fit_a_small_window(qapp, tmp_path, name):
    with kit.bench(tmp_path, (911, 442)) as found:
        page = found.go(name)
        assert page.width() <= 911 - 56
        assert page.minimumSizeHint().height() <= page.height()
