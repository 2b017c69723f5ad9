"""Settings: in force at once, by keys alone, taken back by undo; the looks are remembered on this machine."""

import pytest
from list_kit import ask, fill, go, press, settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ui import guard, theme
from ui.parts import Checkbox


@pytest.fixture
def page(qtbot, window):
    return go(qtbot, window, "settings")


def test_the_key_opens_it_and_the_choice_in_force_has_the_focus(qtbot, window):
    window.shell.page().setFocus()
    press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert window.shell.page().name == "settings"
    assert QApplication.focusWidget().objectName() == "segment_given-family-middle"
    assert window.shell.page().example.names() == ["Bế Văn An", "Nguyễn Thị An", "Hoàng Thị Ánh"]


def test_the_order_of_names_is_changed_by_an_arrow_and_taken_back(qtbot, window):
    fill(qtbot, window)
    rows = [{"full_name": name, "born": "2016", "life_status": "permanent"} for name in ("Nguyễn Thị An", "Bế Văn An")]
    ask(qtbot, window, lambda desk: desk.put("child", rows))
    children = go(qtbot, window, "children")
    page = go(qtbot, window, "settings")
    press(Qt.Key.Key_Right)
    settle(qtbot, window)
    assert page.example.names() == ["Nguyễn Thị An", "Bế Văn An", "Hoàng Thị Ánh"]
    assert ask(qtbot, window, lambda desk: desk.name_order()) == "given-middle-family"
    go(qtbot, window, "children")
    assert [row.child.name for row in children.table.quiet.rows()][:2] == ["Nguyễn Thị An", "Bế Văn An"]
    go(qtbot, window, "settings")
    page.order.setFocus()
    press(Qt.Key.Key_Left)
    settle(qtbot, window)
    assert window.shell.talk.can_undo()
    window.shell.talk.undo()
    settle(qtbot, window)
    assert (page.order.value(), page.example.names()[0]) == ("given-middle-family", "Nguyễn Thị An")
    assert ask(qtbot, window, lambda desk: desk.name_order()) == "given-middle-family"


def test_looks_are_in_force_at_once_and_remembered_also_when_changed_elsewhere(qtbot, window, page):
    page.look.setFocus()
    press(Qt.Key.Key_Right)
    page.size_choice.setFocus()
    press(Qt.Key.Key_3)
    assert (theme.name(), theme.text_size()) == (theme.DARK, 130)
    assert (window.prefs.get("theme"), window.prefs.get("text_size")) == (theme.DARK, 130)
    window.shell.run("theme")
    window.shell.run("text_size")
    settle(qtbot, window)
    assert (page.look.value(), page.size_choice.value()) == (theme.LIGHT, "100")


def test_captures_are_offered_only_where_the_system_can_keep_them_out(qtbot, window, page, monkeypatch):
    assert page.findChild(Checkbox, "capture") is None
    monkeypatch.setattr(guard, "captures_can_be_kept_out", lambda: True)
    window.shell._pages.pop("settings").deleteLater()
    again = go(qtbot, window, "settings")
    assert again.capture.isChecked()
    again.capture.click()
    assert window.prefs.get("no_capture", True) is False


@pytest.mark.parametrize("size", [(1366, 698), (1093, 544), (911, 442)])
def test_every_choice_is_reached_by_tab_and_nothing_is_wider_than_the_window(qtbot, window, page, size):
    window.resize(*size)
    settle(qtbot, window)
    seen = []
    while "setting_size" not in seen and len(seen) < 20:
        focus = QApplication.focusWidget()
        seen.append(focus.parentWidget().objectName() or focus.objectName())
        press(Qt.Key.Key_Tab)
    assert [one for one in seen if one.startswith("setting_")] == ["setting_order", "setting_look", "setting_size"]
    assert "open_post" in seen
    assert page._scroll.horizontalScrollBar().maximum() == 0
