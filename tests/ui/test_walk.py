"""Small things an officer meets with the keyboard: where the focus goes, and that nothing is cut off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbdesk.words import say
from ui.form.picker import Pick, matching
from ui.jobs import Jobs
from ui.pages.setup import Setup
from ui.parts import Button, Checkbox, LineField, Scroller, SectionTitle


def settle(qtbot, window):
    qtbot.waitUntil(lambda: not window.jobs.is_busy())


@pytest.fixture
def child(qtbot, window):
    """A child's record, open."""
    made = []
    window.jobs.run(lambda desk: desk.save("child", {"full_name": "An"}), made.append)
    qtbot.waitUntil(lambda: bool(made))
    window.shell.go("child", id=made[0].id)
    settle(qtbot, window)
    return window.shell.page()


def add_carer(qtbot, window, page, name):
    table = page._tables["carer"]
    table.add()
    table.view.set_typed("full_name", name)
    table.view.save()
    qtbot.waitUntil(lambda: any(row.get("full_name") == name for row in table.rows))
    settle(qtbot, window)
    return table


def test_the_focus_stays_with_a_row_that_was_saved_and_leaves_it_when_it_is_taken_away(qtbot, window, child):
    table = add_carer(qtbot, window, child, "Bình")
    assert QApplication.focusWidget() in table._buttons
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not table.rows)
    settle(qtbot, window)
    assert QApplication.focusWidget() is table.home


def test_closing_the_panel_of_a_new_row_leaves_the_focus_at_its_link(qtbot, window, child):
    table = child._tables["risk"]
    table.add()
    table.close_panel()
    assert QApplication.focusWidget() is table.home


def test_saving_a_row_does_not_light_the_first_section(qtbot, window, child):
    child._go_section("family")
    lit = child._sections.lit()
    add_carer(qtbot, window, child, "Bình")
    assert child._sections.lit() == lit


def test_coming_back_from_a_record_stands_on_its_row(qtbot, window, child):
    window.shell.go("children", search=True)
    settle(qtbot, window)
    page = window.shell.page()
    assert page.search.hasFocus()
    page._into_list()
    page._open(page._current())
    settle(qtbot, window)
    window.shell.back()
    settle(qtbot, window)
    assert window.shell.page() is page
    assert page.table.hasFocus()


def test_a_dropped_draft_leaves_the_list(qtbot, window, child):
    record = child._record
    window.jobs.run(lambda desk: desk.keep_draft("child", record, {"usual_name": "Na"}))
    window.shell.go("children")
    settle(qtbot, window)
    page = window.shell.page()
    qtbot.waitUntil(lambda: record in page._drafts)
    page._open(record)
    window.jobs.run(lambda desk: desk.drop_draft("child", record))
    settle(qtbot, window)
    window.shell.back()
    qtbot.waitUntil(lambda: not page._drafts)


def test_work_that_comes_later_gets_the_focus(qtbot, window):
    page = window.shell.page()
    settle(qtbot, window)
    assert not page.list.hasFocus()
    window.jobs.run(lambda desk: desk.save("child", {"full_name": "An"}))
    qtbot.waitUntil(lambda: bool(page.list.tasks()))
    settle(qtbot, window)
    assert page.list.hasFocus()


def test_a_heading_breaks_rather_than_making_its_card_wide(qtbot, show):
    area = Scroller()
    title = SectionTitle("Hoàn cảnh")
    links = [Button("Thêm một diện theo dõi", "link") for _ in range(3)]
    for link in links:
        title.add(link)
    area.body.addWidget(title)
    area.body.addStretch(1)
    show(area, (300, 200))
    qtbot.waitUntil(lambda: links[2].y() > links[0].y())
    assert area.widget().width() <= area.viewport().width()
    area.resize(1200, 200)
    qtbot.waitUntil(lambda: links[2].y() == links[0].y())


def test_a_narrow_field_does_without_its_button(show):
    field = LineField()
    button = field.add_button("clock", "x")
    field.spare_below(172)
    show(field, (150, 40))
    assert button.isHidden()
    assert field.textMargins().right() == 0
    field.resize(200, 40)
    assert button.isVisible()


def test_enter_in_a_check_box_goes_on(qtbot, show):
    box = Checkbox("x")
    show(box, (100, 30))
    with qtbot.waitSignal(box.onward):
        QTest.keyClick(box, Qt.Key.Key_Return)
    assert not box.isChecked()


def test_a_group_comes_before_what_stands_inside_another():
    rows = [Pick("inside", "Bị bóc lột nhằm mục đích xâm hại", depth=1), Pick("group", "Trẻ em bị xâm hại")]
    assert [row.key for row in matching(rows, "xam hai")] == ["group", "inside"]


def test_the_first_step_is_walked_in_the_order_seen(qtbot, show, tmp_path):
    page = Setup(tmp_path / "new", Jobs())
    show(page, (1280, 680))
    page.focus_start()
    QTest.keyClick(page.office.picker.box, Qt.Key.Key_Backtab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert page.office.role.value() == "receiver"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.office.button


def test_a_toast_gives_the_focus_back(qtbot, window):
    settle(qtbot, window)
    before = QApplication.focusWidget()
    window.shell.talk.say("x", lambda: None)
    window.shell.talk._toast.undo_button.setFocus()
    window.shell.talk._toast.leave()
    assert QApplication.focusWidget() is before


def test_every_button_of_a_page_is_in_the_palette(qtbot, window):
    window.shell.go("reports")
    settle(qtbot, window)
    words = [entry.words for entry in window.shell.offer()]
    assert say("reports.pdf") in words


def test_freezing_a_list_leaves_the_focus_at_its_number_never_at_undo(qtbot, window, child):
    window.shell.go("reports")
    page = window.shell.page()
    qtbot.waitUntil(lambda: page.bar.verbs()[0] == "sign" and not window.jobs.is_busy(), timeout=20_000)
    page.bar.next.setFocus()
    page.bar.next.click()
    qtbot.waitUntil(lambda: page.bar.verbs()[0] == "number" and not window.jobs.is_busy(), timeout=20_000)
    assert QApplication.focusWidget() is page.bar.next
