"""The shell: one title, one primary, keys, palette, cover, lock, shapes. With three small pages of its own."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from cbdesk.desk import Changed
from cbdesk.errors import Problem
from ui import commands, pages, theme
from ui.frame import cover
from ui.frame.shell import shape_of
from ui.pages import Action, Page
from ui.parts import Button, Card, Hint, LineField
from ui.window import SMALLEST


class First(Page):
    name, icon, order = "today", "home", 10

    def __init__(self, shell):
        super().__init__(shell)
        self.box = LineField(name="first_box")
        card = Card()
        card.body.addWidget(self.box)
        self.body.addWidget(card)
        self.did, self.heard, self.left = [], [], 0

    def facts(self):
        return "Thứ Hai, 12/10/2026"

    def primary(self):
        return Action("record", "Ghi nhận vụ việc", lambda: self.did.append("primary"), icon="add", key="F2")

    def secondary(self):
        return (Action("close", "Đóng", lambda: self.did.append("close"), key="Esc"),)

    def hints(self):
        return (Hint("Enter", "mở"),)

    def handlers(self):
        return {"save": lambda: self.did.append("save"), "excel": lambda: self.did.append("excel")}

    @classmethod
    def badge(cls, desk):
        return 4

    def opened(self, **details):
        self.box.setFocus()

    def closed(self):
        self.left += 1

    def changed(self, changed):
        self.heard.append(changed.forms)


class Second(Page):
    name, icon, order = "children", "people", 20

    def opened(self, **details):
        self.details = details


class Record(Page):
    name, under = "child", "children"

    def crumbs(self):
        return (("", "children"),)


@pytest.fixture(autouse=True)
def own_pages(monkeypatch):
    monkeypatch.setattr(pages, "_registry", {page.name: page for page in (First, Second, Record)})
    monkeypatch.setattr(pages, "_loaded", [True])


@pytest.fixture
def shell(window):
    return window.shell


def press(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget() or window, key, modifier)


CTRL = Qt.KeyboardModifier.ControlModifier


def test_the_title_of_the_window_is_the_product_and_nothing_else(window, shell):
    shell.go("child", id="x")
    assert window.windowTitle() == "Sổ trẻ em"
    assert window.accessibleName() == "Sổ trẻ em"


def test_there_is_exactly_one_primary_and_its_key_works(window, shell):
    primaries = [b for b in window.findChildren(Button) if b.kind == "primary" and b.isVisible()]
    assert len(primaries) == 1
    press(window, Qt.Key.Key_Return, CTRL)
    assert shell.page().did == ["primary"]


@pytest.mark.parametrize(("size", "percent"), [((1366, 698), 100), ((1093, 544), 100), ((911, 442), 100),
                                               ((1366, 698), 130), (SMALLEST, 130)])  # fmt: skip
def test_the_primary_never_leaves_the_window(qapp, qtbot, window, shell, size, percent):
    window.set_looks(theme.LIGHT, percent)
    window.resize(*size)
    qtbot.wait(20)
    button = shell.topbar.primary()
    place = button.rect().translated(button.mapTo(window, button.rect().topLeft()))
    assert window.rect().contains(place)
    assert button.width() >= button.sizeHint().width()


def test_the_shape_follows_width_and_text_size(qapp):
    assert [shape_of(width) for width in (1366, 1240, 1239, 1000, 999)] == [
        "full",
        "full",
        "compact",
        "compact",
        "narrow",
    ]
    theme.apply(qapp, theme.LIGHT, 130)
    assert shape_of(1366) == "compact"


def test_the_compact_rail_keeps_names_as_tips(qtbot, window, shell):
    window.resize(1100, 544)
    qtbot.wait(20)
    button = shell.rail.button("today")
    assert shell.rail.width() == 56
    assert button.toolTip().startswith("Hôm nay")


def test_counts_come_from_the_desk(window, shell):
    assert shell.rail.button("today").shown_count() == 4
    assert "4" in shell.rail.button("today").accessibleName()


def test_going_lights_the_rail_and_back_returns(shell):
    shell.go("children", search=True)
    assert shell.page().details == {"search": True}
    shell.go("child", id="x")
    assert (shell.rail.lit(), shell.page().name) == ("children", "child")
    assert shell.topbar.findChild(Button, "crumb_children") is not None
    shell.back()
    assert shell.page().name == "children"


def test_esc_leaves_a_record_but_not_a_page_of_the_rail(window, shell):
    shell.go("child")
    press(window, Qt.Key.Key_Escape)
    assert shell.page().name == "today"
    press(window, Qt.Key.Key_Escape)
    assert shell.page().name == "today"


def test_ctrl_digits_go_to_the_pages(window, shell):
    press(window, Qt.Key.Key_2, CTRL)
    assert shell.page().name == "children"


def test_keys_of_the_page_win_over_keys_of_a_text_field(window, shell):
    page = shell.page()
    page.box.setFocus()
    page.box.setText("Lý Mùi")
    press(window, Qt.Key.Key_E, CTRL)
    press(window, Qt.Key.Key_S, CTRL)
    assert page.did == ["excel", "save"]
    assert page.box.text() == "Lý Mùi"


def test_a_text_field_keeps_its_own_undo(window, shell):
    page = shell.page()
    page.box.setFocus()
    QTest.keyClicks(page.box, "abc")
    press(window, Qt.Key.Key_Z, CTRL)
    assert page.box.text() == ""


def test_changes_reach_every_open_page(qtbot, window, shell):
    first = shell.page()
    shell.go("children")
    window.jobs.changed.emit(Changed(frozenset({"incident"})), None)
    assert first.heard == [frozenset({"incident"})]
    qtbot.waitUntil(lambda: not window.jobs.is_busy())
    assert any("lưu" in state.words for state in shell.status.states())


def test_opening_and_leaving_many_times_grows_nothing(qtbot, window, shell):
    shell.go("child")
    shell.go("today")
    qtbot.wait(10)
    before = len(window.findChildren(QWidget))
    for _ in range(50):
        shell.go("child")
        shell.go("today")
    qtbot.wait(10)
    assert len(window.findChildren(QWidget)) == before
    assert QApplication.focusWidget() is shell.page().box


# palette


def test_the_palette_opens_from_a_field_finds_without_accents_and_returns_the_focus(qtbot, window, shell):
    box = shell.page().box
    press(window, Qt.Key.Key_K, CTRL)
    palette = shell.palette_layer
    assert palette.isVisible()
    QTest.keyClicks(palette.box, "an man")
    assert [entry.words for entry in palette.results.entries()] == ["Ẩn màn hình"]
    press(window, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert QApplication.focusWidget() is box
    assert palette.box.text() == ""
    qtbot.waitUntil(lambda: not window.jobs.is_busy())


def test_the_palette_finds_a_child_by_its_mother_and_says_so(qtbot, window, shell):
    child = {"full_name": "Lý Mùi Mẩy", "born": "2015", "village": "Xóm Nà Héng", "mother_name": "Tẩn Thị Sao"}
    window.jobs.run(lambda desk: desk.save("child", child))
    press(window, Qt.Key.Key_K, CTRL)
    palette = shell.palette_layer
    QTest.keyClicks(palette.box, "tan thi sao")
    qtbot.waitUntil(lambda: bool(palette.results.entries()))
    entry = palette.results.entries()[0]
    assert (entry.words, entry.note) == ("Lý Mùi Mẩy", "2015 · Xóm Nà Héng · mẹ: Tẩn Thị Sao")
    press(window, Qt.Key.Key_Return)
    assert shell.page().name == "child"
    assert palette._recent == []


def test_the_palette_runs_what_is_chosen(window, shell):
    press(window, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(shell.palette_layer.box, "tre em")
    press(window, Qt.Key.Key_Return)
    assert shell.page().name == "children"


def test_every_command_is_in_the_palette_or_is_movement(shell):
    offered = {entry.words for entry in shell.offer()}
    wanted = {one.words for one in commands.COMMANDS if one.name not in commands.SILENT and shell.can(one)}
    assert wanted <= offered
    assert "Lưu" in offered


def test_no_key_of_ours_is_one_of_unikey_or_windows():
    keys = [key for one in commands.COMMANDS for key in one.keys]
    assert not [key for key in keys if "Ctrl+Shift" in key or key in ("Alt+Z", "F10", "Alt")]
    assert len({one.name for one in commands.COMMANDS}) == len(commands.COMMANDS)


# cover and lock


def test_f9_covers_everything_in_one_paint_and_gives_the_focus_back(window, shell):
    box = shell.page().box
    box.setText("Lý Mùi Mẩy")
    before = window.grab().toImage()
    press(window, Qt.Key.Key_F9)
    covered = window.grab().toImage()
    box.setText("Triệu Thị Viển")
    assert window.watch.covered()
    assert covered != before
    assert window.grab().toImage() == covered
    press(window, Qt.Key.Key_S, CTRL)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert shell.page().did == []
    assert isinstance(QApplication.focusWidget(), cover.Cover)
    press(window, Qt.Key.Key_F9)
    assert not window.watch.covered()
    assert QApplication.focusWidget() is box


def test_the_cover_locks_after_two_minutes(qtbot, window):
    window.toggle_cover()
    for _ in range(cover.COVER_SECONDS - 1):
        window.watch.tick()
    assert window.is_open()
    window.watch.tick()
    assert not window.is_open()
    assert not window.watch.covered()
    qtbot.waitUntil(lambda: not window.jobs.is_busy())


def test_locking_keeps_drafts_closes_the_register_and_remembers_the_place(qtbot, window, shell):
    shell.go("children", search=True)
    first = shell._pages["today"]
    left, refused = first.left, []
    window.lock()
    assert (window.is_open(), left) == (False, 1)
    window.jobs.run(lambda desk: desk, failed=lambda problem: refused.append(problem.name))
    qtbot.waitUntil(lambda: not window.jobs.is_busy())
    assert refused == ["no_store"]
    assert window._place == ("children", {"search": True})


def test_the_theme_changes_without_restart_and_keeps_page_text_and_focus(qtbot, window, shell):
    box = shell.page().box
    box.setText("bản nháp")
    light = window.grab().toImage()
    window.toggle_theme()
    qtbot.wait(10)
    assert window.grab().toImage() != light
    assert (shell.page().name, box.text(), QApplication.focusWidget()) == ("today", "bản nháp", box)
    assert window.prefs.get("theme") == "dark"


# talk


def test_a_toast_is_undone_by_its_key(window, shell):
    undone = []
    shell.talk.say("Đã bỏ 1 người khỏi Gia đình", undo=lambda: undone.append(1))
    shell.rail.button("children").setFocus()
    press(window, Qt.Key.Key_Z, CTRL)
    assert undone == [1]
    assert not shell.talk.can_undo()


def test_a_problem_stands_above_the_page_and_esc_takes_it_away(qtbot, window, shell):
    def refuse(_desk):
        raise Problem("stick_gone")

    window.jobs.run(refuse)
    qtbot.waitUntil(lambda: shell.talk.card() is not None)
    press(window, Qt.Key.Key_Escape)
    assert shell.talk.card() is None


def test_a_question_runs_only_on_yes_and_the_focus_starts_on_no(window, shell):
    ran = []
    shell.talk.ask("Xóa hẳn?", "Xóa hẳn", lambda: ran.append(1))
    assert QApplication.focusWidget().objectName() == "ask_no"
    press(window, Qt.Key.Key_Return)
    assert ran == []
    shell.talk.ask("Xóa hẳn?", "Xóa hẳn", lambda: ran.append(1))
    window.findChild(Button, "ask_yes").click()
    assert ran == [1]


def test_tab_visits_every_control_and_returns(window, shell):
    seen = []
    start = QApplication.focusWidget()
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is start:
            break
        seen.append(now.objectName())
    assert now is start
    assert {"rail_hide", "rail_lock", "palette_box", "action_record", "action_close"} <= set(seen)
    assert len(seen) == len(set(seen))
    assert all(
        widget.accessibleName()
        for widget in window.findChildren(QLineEdit)
        if widget.isVisible() and widget.objectName() != "first_box"
    )
