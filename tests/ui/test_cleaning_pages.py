"""Gửi Công an xã: the list and its paper, the answer keyed in and read from a file, the state of numbers; by keys."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.ui.list_kit import ask, fill, go, press, settle, words_on, write

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
#: the list in its order: villages as they came, then names
LY, OC, DO, PHAU = 1, 2, 3, 4


@pytest.fixture
def made(qtbot, window):
    """Return the id of a list of the four children whose identity is not whole."""
    fill(qtbot, window)
    return ask(qtbot, window, lambda desk: desk.cleaning_make(faults=["id_missing"]).id)


def lines(qtbot, window, list_id):
    return {one.number: one for one in ask(qtbot, window, lambda desk: desk.cleaning_lines(list_id))}


def names_of(qtbot, window, list_id):
    return [line.known["full_name"] for line in lines(qtbot, window, list_id).values()]


def state_of(qtbot, window, child):
    return ask(qtbot, window, lambda desk: desk.id_state(child)).name


def test_a_list_is_ticked_together_made_printed_saved_and_taken_back(qtbot, window, tmp_path, monkeypatch):
    fill(qtbot, window)
    go(qtbot, window, "quality")
    window.shell.run("primary")
    settle(qtbot, window)
    page = window.shell.page()
    assert page.name == "cleaning"
    assert page._mode == "new"  # none was made yet
    assert QApplication.focusWidget() is page.choosing.faults.list
    assert page.choosing.count() == 5
    press(Qt.Key.Key_A, CTRL)  # none of the faults
    press(Qt.Key.Key_Space)  # but the first: no number
    settle(qtbot, window)
    assert page.choosing.faults.list.chosen() == ["id_missing"]
    assert page.choosing.count() == 4
    assert page.primary().words == "Lập danh sách 4 trẻ"
    page.choosing.villages.list.setFocus()
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Space)
    settle(qtbot, window)
    assert page.choosing.count() == 3
    window.shell.run("primary")
    settle(qtbot, window)
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert page._mode == "new"  # taken back, nothing is left but to make another
    assert page.choosing.count() == 5
    window.shell.run("primary")
    settle(qtbot, window)
    qtbot.waitUntil(lambda: page.preview.count() > 0, timeout=20_000)
    row = page.sent.current()
    assert (row.lines, row.answered, row.open) == (5, 0, 5)
    monkeypatch.setattr(page.talk, "folder", lambda **_given: tmp_path)
    window.shell.run("excel")
    settle(qtbot, window)
    files = {path.suffix for path in tmp_path.glob("cong-an-*")}
    assert files == {".xlsx", ".pdf"}
    page.sent.close_button.click()
    settle(qtbot, window)
    assert page.sent.current().open == 0
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert page.sent.current().open == 5


def test_an_answer_is_keyed_in_the_order_of_the_paper(qtbot, window, made):
    page = go(qtbot, window, "cleaning")
    page.sent.table.setFocus()
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    page = window.shell.page()
    assert page.name == "cleaning_keys"
    assert [line.name for line in page.table.rows()] == names_of(qtbot, window, made)
    assert page.form.focused() == "personal_id"
    first = page._line
    data = ask(qtbot, window, lambda desk: desk.get(first.child))
    digit = "3" if data["sex"] == "female" else "2"
    write(f"004{digit}{data['born'][2:4]}000123")
    press(Qt.Key.Key_Return)  # to the name; what is not typed stays
    assert page.form.focused() == "full_name"
    window.shell.run("primary")
    settle(qtbot, window)
    assert page._line.number == 2
    assert page.form.focused() == "personal_id"
    assert not page.form.touched()  # nothing of the line before is left
    assert page.form.record == page._line.child
    assert state_of(qtbot, window, first.child) == "verified"
    kept = ask(qtbot, window, lambda desk: desk.get(first.child))
    assert kept["full_name"] == data["full_name"]
    assert kept["born"] == data["born"]
    second = page._line
    write("004001000124")  # born 1901, a boy
    window.shell.run("primary")
    settle(qtbot, window)
    assert page._line is second  # asked about
    assert page.form.boxes["personal_id"].needs() == "ask"
    page.form.boxes["personal_id"].focus()
    press(Qt.Key.Key_Return, ALT)
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.get(second.child))["personal_id"] == "004001000124"
    assert page._line.number == 3
    third = page._line.child
    page.signed.field.setText("10/10/2027")  # not after today
    window.shell.run("section_2")
    assert page.signed.field.hasFocus()
    page.signed.field.setText("10/10/2026")
    window.shell.run("section_2")
    settle(qtbot, window)
    assert lines(qtbot, window, made)[3].no_id
    assert lines(qtbot, window, made)[3].answered_on == "2026-10-10"
    assert state_of(qtbot, window, third) == "none"
    window.shell.run("section_1")
    settle(qtbot, window)
    assert lines(qtbot, window, made)[4].answered_on
    assert page.facts().endswith("còn 0 / 4 dòng")
    assert "Không còn dòng nào chờ" in words_on(window)


def test_keys_pressed_while_a_line_is_written_go_into_the_next_ones(qtbot, window, made):
    page = go(qtbot, window, "cleaning_keys", list=made)
    first, second, third = page.table.rows()[:3]
    gate = threading.Event()
    window.jobs.run(lambda _desk: gate.wait(10))  # the register is slow
    page.form.boxes["mother_name"].focus()
    write("Ly Thi Mot")
    window.shell.run("next_finding")  # not written yet: nothing is lost
    assert page._line.number == first.number
    window.shell.run("primary")
    assert page.form.busy()
    window.shell.run("section_1")  # the second is right as it stands
    write("00431")
    press(Qt.Key.Key_Backspace)
    gate.set()
    qtbot.waitUntil(lambda: page.form.boxes["personal_id"].input.typed() == "0043", timeout=10_000)
    settle(qtbot, window)
    assert page._line.number == third.number
    told = lines(qtbot, window, made)
    assert told[first.number].answered_on
    assert told[second.number].answered_on
    assert not told[third.number].answered_on
    mother = ask(qtbot, window, lambda desk: desk.get(first.child)["mother_name"])
    assert mother == "Ly Thi Mot"
    window.shell.run("section_1")  # what stands in the field would be lost
    settle(qtbot, window)
    assert page._line.number == third.number


def test_an_answered_file_is_looked_at_decided_written_and_taken_back(qtbot, window, made, tmp_path):
    known = lines(qtbot, window, made)
    path = tmp_path / "tra-loi.csv"
    numbers = {}
    for number, line in known.items():
        digit = {"male": "2", "female": "3"}[line.known["sex"]]
        numbers[number] = f"004{digit}{line.known['born'][2:4]}00012{number}"
    numbers[2] = "004001000124"  # contradicts
    rows = [f"{known[number].code},{numbers[number]},," for number in (1, 2, 3)]
    head = "Mã dòng,Số định danh,Ngày sinh,Đúng (x)"
    path.write_text("\n".join([head, *rows, "9-XXXX,1,,"]), encoding="utf-8")
    page = go(qtbot, window, "cleaning_answer", list=made, path=path)
    counts = {code: page.card.count(code) for code in ("change", "look", "missing")}
    assert counts == {"change": 2, "look": 2, "missing": 1}
    assert page.card.waiting() == 1
    assert page.primary().words == "Ghi 2 trẻ"
    window.shell.run("next_finding")
    assert page.card.table.current().number == 2
    press(Qt.Key.Key_Space)
    assert page.card.waiting() == 0
    assert page.primary().words == "Ghi 3 trẻ"
    window.shell.run("section_1")
    press(Qt.Key.Key_Space)  # leave the first
    assert page.primary().words == "Ghi 2 trẻ"
    window.shell.run("primary")
    settle(qtbot, window)
    stored = {line.number: ask(qtbot, window, lambda desk, one=line.child: desk.get(one)).get("personal_id")
              for line in known.values()}  # fmt: skip
    left = page.card._rows["change"][0].number
    assert stored == {one: None if one in (left, 4) else numbers[one] for one in stored}
    assert window.shell.page().name == "cleaning"
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: desk.get(known[2].child)).get("personal_id") is None
    path.write_text("Tên,Tuổi\nAn,3\n", encoding="utf-8")
    go(qtbot, window, "cleaning_answer", list=made, path=path)
    assert window.shell.talk.card() is not None  # no line of ours in it


def test_the_state_of_a_number_stands_in_the_list_and_on_the_record(qtbot, window, made):
    page = go(qtbot, window, "quality")
    page.list.choose("id_missing")
    assert "chờ Công an" in page.card.table.quiet.columns[-1].cell(page.card.table.rows()[0]).words()
    child = lines(qtbot, window, made)[1].child
    record = go(qtbot, window, "child", id=child)
    assert "chờ Công an, từ 12/10/2026" in record._head.number.words()
    ask(qtbot, window, lambda desk: desk.save("child", {"personal_id": "004315000999"}, child))
    ask(qtbot, window, lambda desk: desk.cleaning_key(made, 1, {"personal_id": "004315000999"}))
    settle(qtbot, window)
    record = go(qtbot, window, "child", id=child)
    assert record._head.number.words() == "004315000999 · đã xác minh 12/10/2026"
