"""Counting and the seasons in the window: Ctrl H from anywhere, classes moved, cards renewed, the calendar walked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cbdesk import clock
from tests.ui.list_kit import ask, fill, go, press, settle, words_on
from ui.lists.childlist import HERE


@pytest.fixture
def ids(qtbot, window):
    return fill(qtbot, window)


def figures(page):
    grid = page.pane.table.figures.grid
    return {row.label: row.cells["all"].value for row in grid.rows}


def test_ctrl_h_counts_from_anywhere_and_names_stay_behind_the_figures(qtbot, window, ids):
    go(qtbot, window, "today")
    press(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    page = window.shell.page()
    assert page.name == "count"
    everyone = figures(page)["Tổng số"]
    assert everyone == len(ask(qtbot, window, lambda desk: [one for one in desk.children() if one.here]))
    page.rows.set_value("sex")
    page.conditions._put("village", (page.conditions._offered["village"][1][0][0],))
    settle(qtbot, window)
    assert 0 < figures(page)["Tổng số"] < everyone
    page.pane.table.setFocus()
    page.pane.table.copy()
    copied = QApplication.clipboard().text()
    assert "Tổng số" in copied
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    names = [one.words for one in page.pane.panel.list.records.records]
    assert len(names) == figures(page)["Tổng số"]
    assert not any(name in copied for name in names)
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.shell.page().name == "child"
    assert page.pane.panel.list.records.records == (), "names are forgotten on leaving"


def test_a_day_is_understood_as_typed_and_one_to_come_is_told(qtbot, window, ids):
    page = go(qtbot, window, "count")
    page.day.setText("1/2020")
    page._read_day()
    settle(qtbot, window)
    assert page.day.text() == "31/01/2020"
    assert figures(page)["Tổng số"] == 5, "born by then and under 16 on that day, but who left"
    page.day.setText("1/12/2027")
    page._read_day()
    assert "Ngày này chưa đến." in words_on(page)


def test_the_filter_of_the_list_is_what_is_counted_in(qtbot, window, ids):
    children = go(qtbot, window, "children")
    children.filters.filters.chosen = {"status": (HERE,), "missing": ("personal_id",)}
    children._apply()
    shown = len(children.table.rows())
    assert 0 < shown < len(ids)
    press(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    page = window.shell.page()
    assert figures(page)["Tổng số"] <= shown
    assert page.listed.value() == f"{shown} trẻ"
    page.listed.clear()
    settle(qtbot, window)
    assert figures(page)["Tổng số"] >= shown


@pytest.fixture
def classes(qtbot, window, ids):
    def put(desk):
        for one, name in zip(ids, ("4A", "4A", "9B", "7A"), strict=False):
            desk.save("child", {"class": name, "schooling": "primary" if name[0] == "4" else "lower_secondary",
                                "born": "2014"}, one)  # fmt: skip
        return ids

    return ask(qtbot, window, put)


def test_classes_move_by_keys_with_exceptions_and_come_back_with_one(qtbot, window, classes):
    page = go(qtbot, window, "school_year")
    groups = {one.key[1]: one for one in page.groups.rows() if one.key[1]}
    assert [(name, groups[name].on) for name in ("9B", "4A", "7A")] == [("9B", 0), ("4A", 2), ("7A", 1)]
    page.groups.choose("|".join(groups["4A"].key))
    press(Qt.Key.Key_Return)
    assert page.children_.hasFocus()
    press(Qt.Key.Key_Space)
    assert [one.on for one in page.children_.rows()] == [False, True]
    page.to_class.setText("5C")
    page._rename("to_class", "5C")
    page.groups.choose("|".join(groups["9B"].key))
    page._put([page.children_.rows()[0].then("upper_secondary")])
    stays = next(move.child for move in page._moves.values() if move.now_class == "4A" and not move.on)
    page.write()
    settle(qtbot, window)
    now = {one: ask(qtbot, window, lambda desk, one=one: desk.get(one)) for one in classes[:4]}
    assert sorted(str(row.get("class")) for row in now.values()) == ["10", "4A", "5C", "8A"]
    assert now[stays]["class"] == "4A"
    window.shell.run("undo")
    settle(qtbot, window)
    assert [ask(qtbot, window, lambda desk, one=one: desk.get(one)["class"]) for one in classes[:4]] == [
        "4A", "4A", "9B", "7A"]  # fmt: skip


def test_cards_are_renewed_for_those_ticked(qtbot, window, ids):
    until = clock.today().replace(month=11, day=1).isoformat()
    ask(qtbot, window, lambda desk: desk.fill(ids[:3], {"card_until": until}))
    settle(qtbot, window)
    page = go(qtbot, window, "cards")
    chosen = set(page._on())
    assert set(ids[:3]) <= chosen
    assert ids[3] not in chosen, "a child without a card is not ticked"
    page.table.choose(ids[0])
    page.table.setFocus()
    press(Qt.Key.Key_Space)
    page.write()
    assert "Hạn mới" in words_on(page)
    assert page.until.hasFocus()
    page.until.setText("31/12/2027")
    page.write()
    settle(qtbot, window)
    assert [ask(qtbot, window, lambda desk, one=one: desk.get(one)["card_until"]) for one in ids[:3]] == [
        until, "2027-12-31", "2027-12-31"]  # fmt: skip


def test_the_calendar_is_walked_by_month_and_opens_what_it_is_about(qtbot, window, ids):
    page = go(qtbot, window, "calendar")
    first = page._month
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, window)
    assert page._month > first
    row = next(one for one in page.table.rows() if one.key == "round_out")
    page.table.choose(page.ident(row))
    page.table.setFocus()
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.shell.page().name == "rounds"
    ask(qtbot, window, lambda desk: desk.save("calendar_entry", {"what": "Giao ban", "on": "2026-10-20"}))
    page = go(qtbot, window, "calendar", month="2026-10")
    own = next(one for one in page.table.rows() if one.record)
    page.table.choose(page.ident(own))
    page._remove()
    settle(qtbot, window)
    assert not any(one.record for one in page.table.rows())
