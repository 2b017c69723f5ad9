"""Hồ sơ trẻ: head, sections, rows, sensitive parts, history, by keys only."""

import logging

import pytest
import record_kit as kit
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from waiting import pause

from ui.pages import NARROW
from ui.parts import Badge, Label


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        yield found


@pytest.fixture
def page(book):
    return book.go("child", id=book.ids[0])


def words_on(widget: QWidget) -> str:
    shown = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    shown += [badge.words() for badge in widget.findChildren(Badge) if badge.isVisible()]
    return " · ".join(shown)


def test_the_head_shows_the_stored_record_until_saved(book, page):
    form = page.form()
    form.set_typed("full_name", "Lý Mùi Mảy")
    form.set_typed("personal_id", "00431587447")
    assert page._head.name.words() == "Lý Mùi Mẩy"
    assert page._head.number.words() == "đang sửa"
    form.boxes["personal_id"].keep()
    kit.press("Ctrl+S")
    book.settle()
    assert page._head.name.words() == "Lý Mùi Mảy"
    assert page._head.number.words() == "00431587447 · sai định dạng"


def test_unsaved_edits_are_listed_from_old_to_new(page):
    page.form().set_typed("class", "6")
    lines = [page._unsaved.lines.itemAt(i).widget().accessibleName() for i in range(page._unsaved.lines.count())]
    assert lines == ["Lớp: 5, sửa thành 6"]
    assert page._unsaved.title.words() == "Chưa lưu, 1 chỗ sửa"


def test_no_name_in_title_facts_or_object_names(book, page, caplog):
    caplog.set_level(logging.DEBUG)
    assert "Mẩy" not in page.title() + page.facts() + book.shell.window().windowTitle()
    names = " ".join(widget.objectName() for widget in book.shell.findChildren(QWidget))
    assert "Mẩy" not in names
    assert "Mùi" not in names
    page.form().set_typed("class", "6")
    kit.press("Ctrl+S")
    book.settle()
    assert "Mẩy" not in caplog.text
    assert "Mẩy" not in words_on(book.shell.findChild(QWidget, "toast"))


def test_alt_and_a_digit_go_to_a_section(page):
    kit.press("Alt+2")
    assert page._tables["carer"].isAncestorOf(kit.focus()) or page.form().focused() == "household"
    kit.press("Alt+7")
    assert kit.focus().objectName() == "history"
    kit.press("Alt+1")
    assert page.form().focused() == "full_name"


def test_a_person_is_added_by_keys_and_can_be_taken_back(book, page):
    kit.press("Alt+2")
    kit.press("Ctrl+N")
    table = page._tables["carer"]
    assert table.panel_has(kit.focus())
    kit.write("ong noi")
    kit.press("Return")
    kit.write("Lý Phụ Sinh")
    kit.press("Ctrl+S")
    book.settle()
    assert [row["full_name"] for row in table.rows][-1] == "Lý Phụ Sinh"
    assert table.view is None
    kit.press("Ctrl+Z")
    book.settle()
    assert len(table.rows) == 3


def test_a_row_is_opened_edited_and_removed_by_keys(book, page):
    table = page._tables["carer"]
    table.setFocus(Qt.FocusReason.TabFocusReason)
    kit.press("Down")
    kit.press("Return")
    assert table.view is not None
    assert table.view.focused() == "relation"
    table.view.set_typed("occupation", "làm ruộng")
    kit.press("Ctrl+S")
    book.settle()
    assert any(row.get("occupation") == "làm ruộng" for row in table.rows)
    table._buttons[2].setFocus()
    kit.press("Delete")
    book.settle()
    assert len(table.rows) == 2
    book.shell.run("undo")
    book.settle()
    assert len(table.rows) == 3


def test_two_main_carers_are_refused(book, page):
    table = page._tables["carer"]
    table.edit(table.rows[1])
    table.view.set_typed("main_carer", True)
    table.view.save()
    book.settle()
    assert table.view is not None
    assert table.view.boxes["main_carer"].needs() == "stop"


def test_escape_closes_the_panel_and_keeps_what_was_typed(book, page):
    table = page._tables["carer"]
    table.add()
    kit.write("chu, bac")
    kit.press("Escape")
    table.view.set_typed("full_name", "Lý Văn Chú")
    table.view.boxes["full_name"].input.focus()
    kit.press("Escape")
    assert table.view is None
    page.form().keep_draft()
    book.go("child", id=book.ids[1])
    book.go("child", id=book.ids[0])
    kit.press("Return")
    book.settle()
    assert table.view is not None
    assert table.view.value("full_name") == "Lý Văn Chú"


def test_a_group_is_an_episode_with_dates_evidence_and_who_decided(book, page):
    kit.press("Alt+3")
    kit.press("Ctrl+N")
    table = page._tables["circumstance"]
    assert {"code", "from", "to", "evidence", "decided_by"} <= set(table.view.boxes)
    kit.write("bo roi")
    kit.press("Return")
    kit.write("9/2026")
    kit.press("Ctrl+S")
    book.settle()
    assert sorted(row["code"] for row in table.rows) == ["01.3", "02"]


def test_the_same_open_group_twice_is_asked_about(book, page):
    table = page._tables["circumstance"]
    table.add()
    table.view.set_typed("code", "01.3")
    assert table.view.boxes["code"].needs() == "ask"


def test_sensitive_rows_are_hidden_until_asked_for_and_that_is_logged(book):
    page = book.go("child", id=book.ids[1])
    table = page._tables["circumstance"]
    label = table._buttons[0].accessibleName()
    assert "Nhạy cảm" in label
    assert "xâm hại" not in words_on(book.shell).lower()
    before = len(book.ask(lambda desk: desk.ledger.accesses()))
    table._buttons[0].setFocus()
    kit.press("Return")
    book.settle()
    assert "Nhạy cảm" not in table._buttons[0].accessibleName()
    lines = book.ask(lambda desk: desk.ledger.accesses())
    assert len(lines) == before + 1
    assert lines[-1][3] == "view"
    book.go("child", id=book.ids[0])
    book.go("child", id=book.ids[1])
    assert "Nhạy cảm" in table._buttons[0].accessibleName()


def test_the_household_class_of_the_year_is_shown_and_edited(book, page):
    form = page.form()
    assert form.value("household_class") == "poor"
    form.set_typed("household_class", "near_poor")
    kit.press("Ctrl+S")
    book.settle()
    assert book.ask(lambda desk: desk.get(book.ids[0]))["household_class"] == "near_poor"
    assert "Hộ cận nghèo 2026" in words_on(page._head)


def test_history_is_newest_first_with_labels_in_words(book, page):
    page.form().set_typed("class", "6")
    kit.press("Ctrl+S")
    book.settle()
    event = page._file.events[0]
    assert event.by == "Nông Thị Hạnh"
    edited = next(one for one in page._file.events if one.steps)
    assert [(step.label, step.old, step.new) for step in edited.steps] == [("Lớp", "5", "6")]


def test_a_child_who_left_is_read_only_until_opened_again(book, page):
    page.form().set_typed("life_status", "left")
    kit.press("Ctrl+S")
    book.settle()
    book.go("child", id=book.ids[1])
    book.go("child", id=book.ids[0])
    assert page.form().locked()
    assert page.primary().why
    page.form().boxes["class"].input.focus()
    kit.write("9")
    assert page.form().value("class") == "5"
    page.findChild(QWidget, "reopen").click()
    assert not page.form().locked()


def test_a_record_is_removed_with_a_reason_and_put_back(book, page):
    page._open_void_bar()
    assert kit.focus().objectName() == "void_reason"
    kit.write("ghi nham")
    kit.press("Return")
    book.settle()
    assert len(book.ask(lambda desk: desk.children())) == 2
    book.shell.run("undo")
    book.settle()
    assert len(book.ask(lambda desk: desk.children())) == 3


def test_the_head_leads_to_the_bar_of_reasons(book, page):
    page._head.more.setFocus()
    kit.press("Return")
    assert kit.focus().objectName() == "void_reason"
    assert not page._void_bar._go.isEnabled()
    kit.press("Escape")
    assert page._void_bar is None
    assert book.shell.page() is page


def test_a_date_can_be_taken_from_the_calendar_by_keys(book, page):
    page.form().set_typed("card_until", "31/12/2026")
    page.form().boxes["card_until"].input.focus()
    kit.press("Alt+Down")
    layer = book.shell.findChild(QWidget, "calendar")
    assert layer.isVisible()
    kit.press("Left")
    kit.press("Return")
    assert page.form().value("card_until") == "2026-12-30"
    assert page.form().focused() == "card_until"
    kit.press("Alt+Down")
    kit.press("Escape")
    assert book.shell.page() is page
    assert page.form().focused() == "card_until"


def test_the_lit_section_follows_the_focus(page):
    page.form().boxes["household"].input.focus()
    assert page._sections.lit() == "family"
    page.form().boxes["class"].input.focus()
    assert page._sections.lit() == "general"


def test_an_edit_made_elsewhere_does_not_take_away_what_is_typed(book, page):
    page.form().set_typed("class", "8")
    book.ask(lambda desk: desk.save("child", {"school": "Trường mới"}, book.ids[0]))
    book.settle()
    assert page.form().value("class") == "8"
    assert [edit.field for edit in page.form().edits()] == ["class"]


def test_a_narrow_window_has_one_column_and_opens_the_side_with_f6(book, page):
    book.shell.resize(911, 442)
    book.settle()
    assert book.shell.shape() == NARROW
    boxes = page.form().boxes
    assert boxes["usual_name"].y() > boxes["full_name"].y()
    kit.press("F6")
    assert page._unsaved.isVisible()
    kit.press("Escape")
    assert not page._unsaved.isVisible()
    assert book.shell.page() is page


def test_one_primary_button_inside_the_window(book, page):
    for size in ((1366, 698), (1093, 544), (911, 442)):
        book.shell.resize(*size)
        book.settle()
        primary = book.shell.topbar.primary()
        right = primary.mapTo(book.shell, primary.rect().topRight())
        assert right.x() <= size[0]
        assert "Ctrl S" in primary._key


def test_opening_and_leaving_many_times_grows_nothing(book, page):
    def count():
        book.settle(500)
        return len(page.findChildren(QWidget))

    book.go("child", id=book.ids[0])
    before = count()
    for _ in range(5):
        book.go("children")
        book.go("child", id=book.ids[0])
    assert count() <= before


def test_labels_of_the_form_are_not_cut(book, page):
    for box in page.form().boxes.values():
        label = box.findChild(Label)
        if label is not None and label.isVisible():
            assert label.width() + 1 >= label.sizeHint().width() or label.toolTip()
    pause(1)


def test_a_hand_over_that_waits_is_taken_back(book, page):
    child = page._record
    book.ask(lambda desk: desk.save("transfer", {"child": child, "way": "out", "unit": "01324", "on": "2026-10-01"}))
    book.settle()
    card = page._moving_card
    assert not card.back.isHidden()
    card.back.click()
    book.settle()
    assert card.back.isHidden()
    assert book.ask(lambda desk: desk.transfers(child)) == []
