"""Tự lập danh sách, Phát quà and Mục thêm, by keys: columns moved, a list kept and carried, gifts ticked, recorded."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from waiting import pause

from tests.ui.list_kit import ask, fill, go, press, settle, write

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


def heads(page):
    return [one.heading for one in page.panel.list.shown()]


def shown(page):
    return [row.text("name") for row in page._paper.rows]


def rest(qtbot, window, page):
    """Wait until what was typed last has become a page."""
    qtbot.waitUntil(lambda: not page._wait.isActive(), timeout=5000)
    settle(qtbot, window)


# --- lists put together ----------------------------------------------------------------------------------------------


def test_a_list_begins_with_the_filters_of_the_children(qtbot, window):
    fill(qtbot, window)
    children = go(qtbot, window, "children")
    village = next(row.village for row in children._rows if row.village_name.endswith("Nà Pảng"))
    children.filters.filters.put("village", [village])
    children.filters.filters.put("age", ["6 – 10"])
    children.filters.filters.put("missing", ["any"])
    window.shell.run("designer")
    settle(qtbot, window)
    page = window.shell.page()
    rest(qtbot, window, page)
    assert (page.name, page.panel.conditions.where()) == ("designer", {"village": (village,)})
    assert page.panel.conditions.ages.ages() == (6, 10)
    assert shown(page) == ["Đặng Ốc"]


def test_columns_are_moved_renamed_widened_and_dropped_by_keys(qtbot, window):
    fill(qtbot, window)
    page = go(qtbot, window, "designer", where={})
    rest(qtbot, window, page)
    before = heads(page)
    window.shell.run("next_pane")
    assert QApplication.focusWidget() is page.panel.list
    press(Qt.Key.Key_Down)
    window.shell.run("step_down")
    assert heads(page)[1:3] == [before[2], before[1]]
    press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.panel.heading
    page.panel.heading.selectAll()
    write("Tên cháu")
    press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.panel.list
    page.panel.width_field.setText("60,5")
    page.panel._read_width()
    assert [(one.heading, one.width) for one in page.panel.list.shown()][2] == ("Tên cháu", 60.5)
    page.panel.width_field.setText("rộng")
    page.panel._read_width()
    assert page.panel.width_room.remark.level == "ask"
    assert page.panel.list.shown()[2].width == 60.5
    press(Qt.Key.Key_Delete)
    assert "Tên cháu" not in heads(page)
    rest(qtbot, window, page)
    assert "Tên cháu" not in [one.heading for one in page._paper.columns]


def test_without_a_column_there_is_no_page_and_no_print(qtbot, window):
    fill(qtbot, window)
    page = go(qtbot, window, "designer", where={})
    rest(qtbot, window, page)
    page.panel.list.setFocus()
    for _ in range(len(heads(page))):
        press(Qt.Key.Key_Delete)
    rest(qtbot, window, page)
    assert page._layers.currentWidget() is page._none
    assert all(one.why for one in page.secondary())


def test_a_list_is_kept_found_among_the_reports_carried_and_taken_back(qtbot, window, tmp_path, monkeypatch):
    fill(qtbot, window)
    page = go(qtbot, window, "designer", where={"household_class": ("poor",)})
    window.shell.run("save")
    assert page.panel.title_room.remark.level == "stop"
    page.panel.title.setText("Áo ấm")
    page.panel.grouped.setChecked(True)
    rest(qtbot, window, page)
    assert (shown(page), list(page._paper.parts.values())) == (["Lý Mùi Mẩy"], ["Xóm Lũng Mít (01 trẻ)"])
    window.shell.run("save")
    settle(qtbot, window)
    assert [one.title for one in ask(qtbot, window, lambda desk: desk.designs())] == ["Áo ấm"]
    path = tmp_path / "mau.toml"
    monkeypatch.setattr(page.talk, "save_file", lambda *_given, **_more: path)
    page._write_out()
    settle(qtbot, window)
    assert "Áo ấm" in path.read_text(encoding="utf-8")
    reports = go(qtbot, window, "reports", list="ds_ao_am")
    settle(qtbot, window)
    assert reports._kind.title == "Áo ấm"
    page = go(qtbot, window, "designer", list="ds_ao_am")
    page._drop()
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.designs()) == []
    monkeypatch.setattr(page.talk, "open_file", lambda *_given, **_more: path)
    page._take_in()
    settle(qtbot, window)
    assert (page._name, page.panel.title.text(), page.panel.grouped.isChecked()) == ("ds_ao_am", "Áo ấm", True)
    path.write_text("x = 1", encoding="utf-8")
    page._take_in()
    settle(qtbot, window)
    assert len(ask(qtbot, window, lambda desk: desk.designs())) == 1


def test_what_is_not_kept_yet_comes_back(qtbot, window):
    fill(qtbot, window)
    page = go(qtbot, window, "designer", where={"sex": ("male",)}, ages=(6, 11))
    page.panel.title.setText("Đang làm dở")
    go(qtbot, window, "today")
    kept = ask(qtbot, window, lambda desk: desk.draft("designer", None))[0]
    page._begun = False
    page._show_things((*ask(qtbot, window, lambda desk: (
        desk.designs(), desk.list_columns(), desk.list_conditions(), desk.unit.code)), (kept, "")))  # fmt: skip
    made = page.panel.design()
    assert (made.title, made.where, made.ages) == ("Đang làm dở", {"sex": ("male",)}, (6, 11))


# --- giving lists ----------------------------------------------------------------------------------------------------


@pytest.fixture
def gift(qtbot, window):
    """The page of a list of gifts for six children, some poor."""
    window.ids = fill(qtbot, window)
    record = ask(qtbot, window, lambda desk: desk.save("handout", {
        "kind": "gift", "title": "Quà Trung thu", "occasion": "mid_autumn", "on": "2026-10-10",
        "giver": "Đoàn xã", "what": "bánh"}).id)  # fmt: skip
    return go(qtbot, window, "handout", id=record)


def test_children_are_chosen_ticked_recorded_and_taken_back_by_keys(qtbot, window, gift):
    assert QApplication.focusWidget() is gift.table
    everyone = [row.name for row in gift.table.rows()]
    assert "Hà Hữu Lâm" not in everyone  # moved away
    press(Qt.Key.Key_Space)
    settle(qtbot, window)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down, SHIFT)
    press(Qt.Key.Key_Space)
    settle(qtbot, window)
    assert [bool(row.line) for row in gift.table.rows()][:3] == [True] * 3
    press(Qt.Key.Key_Space)  # all chosen are on it: both leave
    settle(qtbot, window)
    window.shell.run("section_2")
    assert [row.name for row in gift.list.rows()] == everyone[:1]
    press(Qt.Key.Key_Space)
    settle(qtbot, window)
    assert not gift.primary().why
    window.shell.run("primary")
    settle(qtbot, window)
    child = gift.list.rows()[0].child
    support = ask(qtbot, window, lambda desk: desk.rows_of("support", child))
    assert [(row["occasion"], row["provider"]) for row in support] == [("mid_autumn", "Đoàn xã")]
    assert gift.primary().why
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.rows_of("support", child)) == []


def test_the_quota_of_a_village_is_typed_where_one_stands(qtbot, window, gift):
    window.shell.run("primary")  # all who fit
    settle(qtbot, window)
    window.shell.run("next_pane")
    table = gift.quotas.table
    assert QApplication.focusWidget() is table
    first = table.current()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        press(key)
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    record = gift._record
    assert ask(qtbot, window, lambda desk: desk.handout(record).quotas) == {first[0]: 12}
    assert table.current()[0] != first[0]
    table.choose(first[0])
    press(Qt.Key.Key_Delete)
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.handout(record).quotas) == {}


def test_a_line_is_written_beside_the_list_with_the_columns_of_the_office(qtbot, window, gift):
    record, ids = gift._record, window.ids
    ask(qtbot, window, lambda desk: (desk.choose(record, ids[:2]), desk.save(
        "extra_field", {"label": "Cỡ áo", "kind": "number", "list": record})))  # fmt: skip
    settle(qtbot, window)
    window.shell.run("section_2")
    first, second = gift.list.rows()
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    write("Bà Lý Thị A")
    gift.panel.extras.fields["co_ao"].field.setText("to")
    gift.panel.extras.fields["co_ao"].field.editingFinished.emit()
    settle(qtbot, window)
    assert gift.panel.extras.fields["co_ao"].remark.level == "stop"
    gift.panel.extras.fields["co_ao"].field.setText("120")
    gift.panel.extras.fields["co_ao"].field.editingFinished.emit()
    settle(qtbot, window)
    window.shell.run("save")
    settle(qtbot, window)
    assert gift.panel.line() == second.line["id"]
    kept = ask(qtbot, window, lambda desk: desk.get(str(first.line["id"])))
    assert kept["received_by"] == "Bà Lý Thị A"
    assert ask(qtbot, window, lambda desk: desk.get(first.child))["extra.co_ao"] == "120"
    window.shell.run("back")
    assert not gift.panel.isVisible()
    assert QApplication.focusWidget() is gift.list
    window.shell.run("section_3")
    settle(qtbot, window)
    assert gift._paper.rows[0].text("extra.co_ao") == "120" or gift._paper.rows[1].text("extra.co_ao") == "120"


def test_a_household_outside_the_register_is_added_to_a_list_of_a_disaster(qtbot, window):
    fill(qtbot, window)
    village = next(iter(ask(qtbot, window, lambda desk: desk.village_names())))
    record = ask(qtbot, window, lambda desk: desk.save("handout", {
        "kind": "event", "title": "Mưa lũ", "disaster": "flood", "on": "2026-10-09"}).id)  # fmt: skip
    page = go(qtbot, window, "handout", id=record)
    window.shell.run("section_2")
    window.shell.run("new_row")
    settle(qtbot, window)
    write("Hộ ông Sùng")
    page.panel.view.set_typed("place", ask(qtbot, window, lambda desk: desk.village_names()[village]))
    window.shell.run("save")
    settle(qtbot, window)
    assert [row.name for row in page.struck.rows()] == ["Hộ ông Sùng"]


def test_lists_are_begun_and_opened_from_their_page(qtbot, window, gift):
    page = go(qtbot, window, "handouts")
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.shell.page().name == "handout"
    page = go(qtbot, window, "handouts")
    assert page.crumbs() == (("", "reports"),)


# --- columns of the office -------------------------------------------------------------------------------------------


def test_the_childs_page_has_a_part_for_columns_only_where_there_are_any(qtbot, window):
    ids = fill(qtbot, window)
    page = go(qtbot, window, "child", id=ids[0])
    assert page._extra_card.isHidden()
    ask(qtbot, window, lambda desk: desk.save("extra_field", {"label": "Cỡ áo", "kind": "choice", "choices": "M\nL"}))
    settle(qtbot, window)
    assert not page._extra_card.isHidden()
    field = page._extra_card.fields.fields["co_ao"].field
    field.set_value("L")
    field.activated.emit(field.currentIndex())
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.get(ids[0]))["extra.co_ao"] == "L"
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert "extra.co_ao" not in ask(qtbot, window, lambda desk: desk.get(ids[0]))
    pause(10)
    assert field.value() == ""
