"""The gate: unlocking, recovery, first start. On real practice registers, with real keys."""

import logging
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbdesk import desk, log
from ui import theme
from ui.app import OnlyOne, gate_for
from ui.frame.code_groups import CodeGroups, group_is_right
from ui.pages.setup import Setup
from ui.pages.unlock import Unlock
from ui.window import Window

OFFICER, PASSWORD = "Nông Thị Hạnh", "tap huan"  # as in conftest
ENTER = Qt.Key.Key_Return


@pytest.fixture
def gate(qtbot, show):
    """Open the window on a folder and return (window, page at the gate)."""
    made = []

    def opened(folder, size=(1366, 698)):
        window = Window(Path(folder), gate_for)
        made.append(window)
        show(window, size)
        qtbot.waitUntil(lambda: not window.jobs.is_busy(), timeout=20_000)
        qtbot.wait(10)
        return window, window.gate()

    yield opened
    for window in made:
        window.close()


@pytest.fixture
def unlock(gate, book):
    """Return (window, unlock page, recovery code)."""
    window, page = gate(book[0])
    assert isinstance(page, Unlock)
    return window, page, book[1]


def settle(qtbot, window):
    qtbot.waitUntil(lambda: not window.jobs.is_busy(), timeout=30_000)
    qtbot.wait(10)


def try_password(qtbot, window, page, password):
    page.form.password.clear()
    QTest.keyClicks(page.form.password, password)
    QTest.keyClick(page.form.password, ENTER)
    settle(qtbot, window)


# unlocking


def test_the_focus_starts_in_the_password_with_the_officer_chosen(unlock):
    _window, page, _ = unlock
    assert QApplication.focusWidget() is page.form.password
    assert page.form.officer.value() == OFFICER
    assert page.form.practice.isVisible()


def test_enter_unlocks(qtbot, unlock):
    window, page, _ = unlock
    try_password(qtbot, window, page, PASSWORD)
    assert window.is_open()
    assert window.prefs.get("officer") == OFFICER


def test_a_wrong_password_keeps_the_page_selects_the_text_and_counts(qtbot, unlock):
    window, page, _ = unlock
    try_password(qtbot, window, page, "sai roi")
    assert not window.is_open()
    assert page.form.password.selectedText() != ""
    assert "2" in page.form.labelled.remark.words()
    try_password(qtbot, window, page, "sai nua")
    assert "1" in page.form.labelled.remark.words()


def test_the_third_failure_pauses_and_then_lets_one_type_again(qtbot, unlock):
    window, page, _ = unlock
    for _ in range(3):
        try_password(qtbot, window, page, "sai roi")
    assert not page.form.password.isEnabled()
    assert not page.form.button.isEnabled()
    assert "0:0" in page.form.labelled.remark.words()
    while page._waits:
        page._tick()
    assert page.form.password.isEnabled()
    assert page.form.button.isEnabled()
    assert QApplication.focusWidget() is page.form.password


def test_an_empty_password_is_not_tried(qtbot, unlock):
    window, page, _ = unlock
    QTest.keyClick(page.form.password, ENTER)
    assert not window.jobs.is_busy()
    assert page.form.labelled.remark.isVisible()


def test_the_caps_lock_warning_comes_and_goes(unlock):
    _window, page, _ = unlock
    QTest.keyClick(page.form.password, "A")
    assert page.form.caps.isVisible()
    QTest.keyClick(page.form.password, "a")
    assert not page.form.caps.isVisible()


def test_both_ways_of_typing_a_vietnamese_password_open(qtbot, gate, tmp_path):
    import unicodedata

    folder = tmp_path / "book"
    password = unicodedata.normalize("NFC", "mật khẩu của tôi")
    desk.setup(folder, role="commune", unit="01321", officer=OFFICER, password=password, practice=True).desk.close()
    window, page = gate(folder)
    page.form.password.setText(unicodedata.normalize("NFD", password))
    page.form.button.click()
    settle(qtbot, window)
    assert window.is_open()


def test_no_password_reaches_the_log_the_clipboard_or_the_folder(qtbot, unlock, caplog):
    window, page, _ = unlock
    log.begin(window.folder)
    canary = "chimhoangyen77"
    with caplog.at_level(logging.DEBUG):
        try_password(qtbot, window, page, canary)
        page.form.password.selectAll()
        QTest.keyClick(page.form.password, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert canary not in caplog.text
    assert canary not in QGuiApplication.clipboard().text()
    files = [path for path in window.folder.rglob("*") if path.is_file()]
    assert all(canary.encode() not in path.read_bytes() for path in files)


@pytest.mark.parametrize(("size", "percent"), [((911, 442), 100), ((1093, 544), 115), ((900, 430), 130)])
def test_the_gate_can_be_used_at_every_scaling(qtbot, gate, book, qapp, size, percent):
    theme.apply(qapp, theme.LIGHT, percent)
    _window, page = gate(book[0], size)
    for widget in (page.form.officer, page.form.password, page.form.button, page.form.recover, page.form.size):
        page.see(widget)
        qtbot.wait(5)
        place = widget.rect().translated(widget.mapTo(page, widget.rect().topLeft()))
        assert page.rect().contains(place)
    assert page.cloth.width() < 200


def test_the_text_size_is_at_the_gate(qtbot, unlock):
    window, page, _ = unlock
    page._take_size(130)
    assert theme.text_size() == 130
    assert "130" in page.form.size.words()
    assert window.prefs.get("text_size") == 130


# recovery


def test_each_group_checks_itself():
    from cbdesk.groups import groups_of

    groups = groups_of(bytes(range(15))).split()
    assert all(group_is_right(place, group.lower()) for place, group in enumerate(groups))
    assert not any(
        group_is_right(place, group[:-1] + ("A" if group[-1] != "A" else "B")) for place, group in enumerate(groups)
    )
    assert not group_is_right(1, groups[0])


def test_a_pasted_code_fills_six_groups_and_one_wrong_group_is_marked(qtbot, unlock):
    _window, page, code = unlock
    QTest.mouseClick(page.form.recover, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is page.recovery.code.fields[0]
    wrong = code.replace(code.split()[3], code.split()[3][::-1])
    QGuiApplication.clipboard().setText(f"  {wrong.lower()} ")
    QTest.keyClick(page.recovery.code.fields[0], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    states = [field.property("state") for field in page.recovery.code.fields]
    assert states == ["", "", "", "stop", "", ""]
    assert "4" in page.recovery.code_field.remark.words()
    QGuiApplication.clipboard().setText(code)
    QTest.keyClick(page.recovery.code.fields[2], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert page.recovery.code.is_complete()
    assert QApplication.focusWidget() is page.recovery.first


def test_typing_goes_on_to_the_next_group_and_backspace_comes_back(show):
    groups = CodeGroups()
    show(groups)
    groups.fields[0].setFocus()
    QTest.keyClicks(groups.fields[0], "00000")
    assert QApplication.focusWidget() is groups.fields[0]  # not right: stay
    groups.fields[0].clear()
    from cbdesk.groups import groups_of

    QTest.keyClicks(groups.fields[0], groups_of(bytes(15)).split()[0].lower())
    assert QApplication.focusWidget() is groups.fields[1]
    QTest.keyClick(groups.fields[1], Qt.Key.Key_Backspace)
    assert QApplication.focusWidget() is groups.fields[0]


def test_a_mismatch_is_shown_under_the_second_field(qtbot, unlock):
    _window, page, code = unlock
    page.to_recovery()
    page.recovery.code.spread(code)
    QTest.keyClicks(page.recovery.first, "mot hai ba bon")
    QTest.keyClicks(page.recovery.second, "mot hai ba nam")
    QTest.keyClick(page.recovery.second, ENTER)
    assert page.recovery.second_field.remark.isVisible()
    assert not page.recovery.first_field.remark.isVisible()


def test_recovery_sets_a_password_and_a_new_sheet_must_be_put_away(qtbot, unlock, tmp_path):
    window, page, code = unlock
    page.to_recovery()
    page.recovery.code.spread(code)
    QTest.keyClicks(page.recovery.first, "mot hai ba bon")
    QTest.keyClicks(page.recovery.second, "mot hai ba bon")
    QTest.keyClick(page.recovery.second, ENTER)
    settle(qtbot, window)
    sheet = page._pages.present()
    new_code = " ".join(label.words() for label in sheet.groups)
    assert not window.is_open()
    assert new_code != code
    assert not sheet.go.isEnabled()
    sheet.save_to(tmp_path / "sheet")
    settle(qtbot, window)
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    QTest.keyClick(sheet.put_away, Qt.Key.Key_Space)
    QTest.keyClick(sheet.go, ENTER)
    assert window.is_open()
    window.lock()
    settle(qtbot, window)
    try_password(qtbot, window, window.gate(), "mot hai ba bon")
    assert window.is_open()


def test_esc_goes_back_from_recovery_and_empties_it(unlock):
    _window, page, code = unlock
    page.to_recovery()
    page.recovery.code.spread(code)
    QTest.keyClick(page.recovery.first, Qt.Key.Key_Escape)
    assert page._pages.present() is page.form
    assert page.recovery.code.text().strip() == ""
    assert QApplication.focusWidget() is page.form.password


# first start


def test_first_start_by_keys_only(qtbot, gate, tmp_path):
    window, page = gate(tmp_path / "new")
    assert isinstance(page, Setup)
    assert QApplication.focusWidget() is page.office.picker.box
    assert not page.office.button.isEnabled()
    QTest.keyClicks(QApplication.focusWidget(), "bao l")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert page.office.picker.value() == "01321"
    QTest.keyClick(QApplication.focusWidget(), ENTER)
    assert QApplication.focusWidget() is page.officer.name
    QApplication.focusWidget().insert("  Nông   Thị Hạnh ")
    QTest.keyClick(QApplication.focusWidget(), ENTER)
    for _ in range(2):
        QTest.keyClicks(QApplication.focusWidget(), "mot hai ba bon")
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if QApplication.focusWidget().objectName().endswith("eye"):
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(page.officer.practice, Qt.Key.Key_Space)
    QTest.keyClick(page.officer.button, ENTER)
    settle(qtbot, window)
    sheet = page._pages.present()
    assert len([label.words() for label in sheet.groups if label.words()]) == 6
    QTest.keyClick(sheet.put_away, Qt.Key.Key_Space)
    QTest.keyClick(sheet.go, ENTER)
    assert window.is_open()
    assert desk.officers(tmp_path / "new") == [OFFICER]


@pytest.mark.parametrize(("first", "second", "wrong"), [
    ("123456", "123456", "first"), ("mot hai ba bon", "mot hai ba nam", "second"),
    ("nongthihanh2026", "nongthihanh2026", "first"),
])  # fmt: skip
def test_weak_or_different_passwords_are_shown_under_their_field(gate, tmp_path, first, second, wrong):
    _window, page = gate(tmp_path / "new")
    page.go(1)
    page.officer.name.setText(OFFICER)
    page.officer.first.setText(first)
    page.officer.second.setText(second)
    page.make()
    assert getattr(page.officer, f"{wrong}_field").remark.isVisible()
    assert QApplication.focusWidget() is getattr(page.officer, wrong)
    assert not (tmp_path / "new").exists()


def test_a_receiver_needs_no_commune(gate, tmp_path):
    _window, page = gate(tmp_path / "new")
    page.office.role.set_value("receiver")
    page.office.mind()
    assert page.office.button.isEnabled()
    assert not page.office.unit.isVisible()
    assert page.office.code() == "04"


def test_esc_goes_back_and_loses_nothing(gate, tmp_path):
    _window, page = gate(tmp_path / "new")
    QTest.keyClicks(page.office.picker.box, "bao lac")
    QTest.keyClick(page.office.picker.box, ENTER)
    page.officer.name.setText(OFFICER)
    QTest.keyClick(page.officer.first, Qt.Key.Key_Escape)
    assert page.office.picker.value() == "01321"
    page.go(1)
    assert page.officer.name.text() == OFFICER


# one instance


def test_a_second_start_calls_the_first(qtbot, tmp_path):
    first, second, other = OnlyOne(tmp_path), OnlyOne(tmp_path), OnlyOne(tmp_path / "other")
    assert first.is_first()
    assert other.is_first()
    with qtbot.waitSignal(first.called, timeout=3_000):
        assert not second.is_first()
    first.close()
    other.close()


def test_a_server_left_behind_by_a_killed_program_is_no_hindrance(tmp_path):
    first, second = OnlyOne(tmp_path), OnlyOne(tmp_path)
    assert first.is_first()
    first.close()
    assert second.is_first()
    second.close()


# the system


def test_messages_of_windows_that_lock():
    from ui.guard import means_lock

    assert means_lock(0x02B1, 0x7)
    assert means_lock(0x0218, 0x4)
    assert not means_lock(0x02B1, 0x8)
    assert not means_lock(0x0218, 0x12)


def test_a_bug_shows_a_card_with_a_code_and_no_text(qtbot, unlock, capsys):
    from ui.app import _catcher

    window, page, _ = unlock
    caught = _catcher(window)
    try:
        raise ValueError("canary")
    except ValueError as error:
        caught(ValueError, error, error.__traceback__)
    shown = page.findChild(object, "problem")
    assert "X-01" in shown.accessibleName()
    assert "canary" not in shown.accessibleName() + "".join(capsys.readouterr())
