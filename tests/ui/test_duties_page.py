"""Nhiệm vụ Điều 53 and the standing team: a quick note by keys alone, names only on demand, the report as paper."""

import pytest
import record_kit as kit
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbdesk import dates


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        found.ask(lambda desk: desk.save("support", {"child": found.ids[0], "kind": "health", "from": "2026-10-05"}))
        yield found


def shown(page):
    return [(one.duty, one.text) for one in page.table.rows()]


def test_a_quick_note_is_written_by_keys_alone_and_counted(book):
    page = book.go("duties")
    assert [one.times for one in page.counts.rows()] == [2, 1, 0, 1, 0, 0, 0]
    kit.press("Ctrl+N")
    assert QApplication.focusWidget() is page.note.view.boxes["duty"].input.editor()
    kit.write("tu van kien thuc")
    kit.press("Return")  # taken, to the child
    kit.press("Return")  # no child
    kit.write("Noi chuyen o xom")
    kit.press("Return")
    kit.write("42")
    kit.press("Ctrl+S")
    book.settle()
    assert shown(page)[-1] == ("teach", "Noi chuyen o xom")
    assert (page.table.rows()[-1].people, page.counts.rows()[0].times) == (42, 3)
    assert not page.note.isVisible()
    (row,) = book.ask(lambda desk: desk.all_rows("duty"))
    assert row["done_by"] == "Nông Thị Hạnh"
    kit.press("Ctrl+Z")
    book.settle()
    assert len(shown(page)) == 2


def test_a_month_and_a_duty_are_chosen_by_keys_and_a_line_opens_its_record(book):
    page = book.go("duties")
    kit.press("Alt+Left")
    book.settle()
    assert (page._period, shown(page)) == ("2026-09", [("guide", "Hỗ trợ: Trợ cấp xã hội hằng tháng")])
    kit.press("Alt+Right")
    book.settle()
    kit.press("F6")
    kit.press("Down")
    kit.press("Down")
    assert shown(page) == []
    assert page._panel.shows() is page._empty
    kit.press("Down")
    assert [duty for duty, _ in shown(page)] == ["guide"]
    kit.press("Return")
    kit.press("Return")
    book.settle()
    assert book.shell.page().name == "child"


def test_children_stand_by_their_code_until_names_are_asked_for(book):
    page = book.go("duties")
    told = lambda: page._child(page.table.rows()[0]).text  # noqa: E731
    assert told() == "BL-A0417"
    QTest.mouseClick(page.names, Qt.MouseButton.LeftButton)
    book.settle()
    assert told() == "Lý Mùi Mẩy"
    logged = "SELECT count(*) FROM access WHERE detail LIKE 'duties%'"
    assert book.ask(lambda desk: desk.store.db.execute(logged).fetchone()) == (1,)
    book.go("today")
    assert book.go("duties")._shown is False


def test_a_note_that_was_begun_comes_back(book):
    page = book.go("duties")
    kit.press("Ctrl+N")
    page.note.view.set_typed("text", "Thăm nhà ở xóm Lũng Mít")
    book.go("today")
    page.note.hide()  # as after the book was locked
    page = book.go("duties")
    assert page.note.isVisible()
    assert page.note.view.boxes["text"].input.typed() == "Thăm nhà ở xóm Lũng Mít"
    kit.press("Escape")
    book.settle()
    assert book.ask(lambda desk: desk.draft("duty", None)) is None


def test_the_report_is_shown_as_it_will_be_printed(book):
    page = book.go("duties")
    kit.press("Ctrl+P")
    book.until(lambda: page.layer is not None and page.layer.count() > 0, 20_000)
    assert page.primary().name == "print"
    kit.press("Escape")
    assert page.layer is None
    assert page._content.isVisible()


def test_members_and_meetings_of_the_team_are_kept_by_keys(book):
    page = book.go("team")
    kit.press("Ctrl+N")
    view = page.tables["team_member"].view
    view.set_typed("name", "Hoàng Văn Quân")
    view.boxes["role"].input.set_value("head")
    view.set_typed("decision_no", "25/QĐ-UBND")
    kit.press("Ctrl+S")
    book.settle()
    assert [row["name"] for row in page.tables["team_member"].rows] == ["Hoàng Văn Quân"]
    kit.press("Alt+2")
    assert page.here().name == "team_meeting"
    kit.press("Ctrl+N")
    view = page.tables["team_meeting"].view
    view.set_typed("on", "14h 12/10/2026")
    view.set_typed("content", "Rà soát trẻ có nguy cơ")
    kit.press("Ctrl+S")
    book.settle()
    (row,) = page.tables["team_meeting"].rows
    assert dates.show_stamp(row["on"]) == "14:00 12/10/2026"
    kit.press("Ctrl+P")
    book.until(lambda: page.layer is not None and page.layer.count() > 0, 20_000)
    assert page.layer.wanted.record == row["id"]
