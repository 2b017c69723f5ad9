"""The form engine and its inputs: typing, understanding, remarks, drafts, undo, saving, by keys only."""

import pytest
import record_kit as kit
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from cbdesk import clock
from cbdesk.catalogue import catalogue
from ui.form.form import FormView, plan_of, starred
from ui.form.inputs import INPUTS, Around, make
from ui.form.picker import Pick, matching

# "Nguyễn Đỗ Ấu" as a typing program sends it: letters, then backspaces and the changed letters
UNIKEY = ["N", "g", "u", "y", "e", "n", "\b\b", "ê", "n", "\b\b", "ễ", "n", " ", "D", "\b", "Đ", "o", "\b", "ô", "\b",
          "ỗ", " ", "a", "\b", "â", "u", "\b\b", "ấ", "u"]  # fmt: skip


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        yield found


@pytest.fixture
def child(book):
    page = book.go("child", id=book.ids[0])
    return book, page, page.form()


@pytest.fixture
def new(book):
    page = book.go("child", new=True)
    return book, page, page.form()


def type_as_unikey(strokes=UNIKEY):
    expected = kit.focus().toPlainText() if isinstance(kit.focus(), QPlainTextEdit) else kit.focus().text()
    for stroke in strokes:
        for letter in stroke:
            key = Qt.Key.Key_Backspace if letter == "\b" else Qt.Key.Key_unknown
            text = "" if letter == "\b" else letter
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(kit.focus(), QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))
            expected = expected[:-1] if letter == "\b" else expected + letter
            shown = kit.focus().toPlainText() if isinstance(kit.focus(), QPlainTextEdit) else kit.focus().text()
            assert shown == expected


def test_every_kind_has_an_input(qapp):
    around = Around()
    for form in catalogue().forms.values():
        for field in form.fields:
            assert make(field, around).field is field
    assert set(INPUTS) >= {field.kind for form in catalogue().forms.values() for field in form.fields}


TEXTS = ["full_name", "born", "ethnicity", "personal_id", "village", "birth_cert", "class", "health_card", "phone",
         "unit_old", "notes", "groups", "risks"]  # fmt: skip


def test_text_is_never_altered_between_key_presses(new):
    _, _, form = new
    for field in TEXTS:
        form.boxes[field].input.focus()
        type_as_unikey()
        assert form.boxes[field].isAncestorOf(kit.focus())


def test_leaving_tidies_and_composes(new):
    _, _, form = new
    form.boxes["full_name"].input.focus()
    kit.write("  Lý   Mu\u0300i ")
    QTest.keyClick(kit.focus(), Qt.Key.Key_Tab)
    assert form.boxes["full_name"].input.typed() == "Lý Mùi"


def test_a_pre_edit_text_is_committed_before_saving(new):
    _, _, form = new
    form.boxes["full_name"].input.focus()
    event = QInputMethodEvent("Lò", [])
    event.setCommitString("Lò Văn Páo")
    QApplication.sendEvent(kit.focus(), event)
    form.settle_all()
    assert form.value("full_name") == "Lò Văn Páo"


DATES = [("2015", "2015", "10 – 11 tuổi"), ("3/2015", "2015-03", "03/2015"), ("12/3/2015", "2015-03-12", ""),
         ("~11 tuổi", "2015", "khoảng"), ("31/02/2016", "2016-02", "02/2016"),
         ("hôm nay", "2026-10-12", "")]  # fmt: skip


def test_a_partial_date_says_what_was_understood(new):
    _, _, form = new
    for typed, value, word in DATES:
        form.boxes["born"].input.focus()
        kit.focus().selectAll()
        kit.write(typed)
        assert kit.focus().text() == typed
        kit.press("Return")
        assert form.value("born") == value
        said = " ".join(one.words for one in form.boxes["born"].said)
        assert (word in said) if word else not said


def test_what_is_not_understood_stays_as_typed_and_stops(new):
    _, _, form = new
    form.boxes["born"].input.focus()
    kit.write("ngày rằm")
    kit.press("Return")
    assert form.boxes["born"].input.typed() == "ngày rằm"
    assert form.boxes["born"].needs() == "stop"


def test_an_empty_new_form_looks_like_no_mistake(new):
    _, _, form = new
    assert not any(box.said for box in form.boxes.values())
    assert starred(form.form) == {"full_name", "village"}


def test_a_stop_moves_to_its_field_and_does_nothing_else(new):
    book, _, form = new
    form.boxes["class"].input.focus()
    kit.write("5")
    kit.press("Ctrl+S")
    book.settle()
    assert form.focused() == "full_name"
    assert form.boxes["village"].needs() == "stop"
    assert len(book.ask(lambda desk: desk.children())) == 3


def test_name_and_village_are_enough(new):
    book, page, form = new
    kit.write("Hoàng Mí Sính")
    form.boxes["village"].input.focus()
    kit.write("lung m")
    kit.press("Return")
    kit.press("Ctrl+S")
    book.until(lambda: page._record is not None)
    book.settle()
    names = [row.name for row in book.ask(lambda desk: desk.children())]
    assert "Hoàng Mí Sính" in names


def test_an_ask_waits_for_one_key_then_saves(new):
    book, page, form = new
    kit.write("Hoàng Mí Sính")
    form.boxes["personal_id"].input.focus()
    kit.write("00431587447")
    form.boxes["village"].input.focus()
    kit.write("Xóm Lũng Mít")
    kit.press("Ctrl+S")
    book.settle()
    assert form.focused() == "personal_id"
    assert page._record is None
    kit.press("Alt+Return")
    book.until(lambda: page._record is not None)
    assert book.ask(lambda desk: desk.get(page._record))["personal_id"] == "00431587447"


def test_another_answer_is_asked_again(new):
    _, _, form = new
    form.set_typed("personal_id", "0043158")
    form.boxes["personal_id"].keep()
    assert form.boxes["personal_id"].needs() == ""
    form.boxes["personal_id"].input.focus()
    kit.write("9")
    kit.press("Return")
    assert form.boxes["personal_id"].needs() == "ask"


def test_a_new_village_is_asked_about_and_made(new):
    book, page, form = new
    kit.write("Hoàng Mí Sính")
    form.boxes["village"].input.focus()
    kit.write("Xóm Nà Mới")
    kit.press("Escape")
    kit.press("Return")
    assert form.boxes["village"].needs() == "ask"
    form.boxes["village"].input.focus()
    kit.press("Alt+Return")
    kit.press("Ctrl+S")
    book.until(lambda: page._record is not None)
    assert "Xóm Nà Mới" in book.ask(lambda desk: desk.village_names()).values()


def test_a_look_alike_is_asked_about(new):
    book, page, form = new
    kit.write("Lý Mùi Mẩy")
    form.set_typed("born", "2015")
    form.set_typed("village", "Xóm Lũng Mít")
    kit.press("Ctrl+S")
    book.settle()
    assert form.boxes["full_name"].needs() == "ask"
    assert page._record is None


def test_choosing_filters_without_accents_and_enter_moves_on(new):
    _, _, form = new
    form.boxes["ethnicity"].input.focus()
    kit.write("nun")
    assert kit.focus().text() == "nun"
    kit.press("Return")
    assert form.value("ethnicity") == "07"
    assert form.focused() == "personal_id"


def test_tab_takes_the_lit_row_and_escape_only_closes_the_list(new):
    _, page, form = new
    form.boxes["ethnicity"].input.focus()
    kit.write("da")
    kit.press("Escape")
    assert page.isVisible()
    assert form.focused() == "ethnicity"
    kit.write("o")
    QTest.keyClick(kit.focus(), Qt.Key.Key_Tab)
    assert form.value("ethnicity") == "09"


def test_frequent_rows_stand_first_and_unsourced_ones_say_so():
    rows = [Pick("a", "Ba Na"), Pick("b", "Tày", first=True), Pick("c", "Đặng Ốc")]
    assert [row.key for row in matching(rows, "")] == ["b", "a", "c"]
    assert [row.key for row in matching(rows, "dang")] == ["c"]
    assert [row.key for row in matching(rows, "na")] == ["a"]


def test_several_codes_are_taken_one_after_the_other(new):
    _, _, form = new
    form.boxes["groups"].input.focus()
    kit.write("bo roi")
    kit.press("Return")
    assert form.focused() == "groups"
    kit.press("Return")
    assert form.value("groups") == ["02"]
    form.boxes["groups"].input.focus()
    QTest.keyClick(kit.focus(), Qt.Key.Key_Backspace)
    QTest.keyClick(kit.focus(), Qt.Key.Key_Tab)
    assert not form.value("groups")


def test_a_hidden_field_keeps_its_answer(child):
    _, _, form = child
    form.set_typed("schooling", "dropped_out")
    assert form.boxes["dropped_out"].isVisible()
    form.set_typed("dropped_out", "9/2026")
    form.set_typed("schooling", "")
    assert form.boxes["dropped_out"].isHidden()
    assert "dropped_out" not in [edit.field for edit in form.edits()]
    form.set_typed("schooling", "dropped_out")
    assert form.value("dropped_out") == "2026-09"


def test_undo_takes_back_one_edit_and_its_message(child):
    _, _, form = child
    form.set_typed("personal_id", "00431587447")
    form.set_typed("class", "6")
    assert [edit.new for edit in form.edits()] == ["00431587447", "6"]
    form.boxes["notes"].input.focus()
    kit.press("Ctrl+Z")
    assert [edit.field for edit in form.edits()] == ["personal_id"]
    kit.press("Ctrl+Z")
    assert not form.edits()
    assert not form.boxes["personal_id"].said


def test_undo_first_undoes_the_typing(child):
    _, _, form = child
    form.boxes["class"].input.focus()
    kit.write("x")
    assert kit.focus().text() == "x"
    kit.press("Ctrl+Z")
    assert kit.focus().text() == "5"


def test_repeat_copies_from_the_record_before(new):
    book, page, form = new
    kit.write("Hoàng Mí Sính")
    form.set_typed("village", "Xóm Lũng Mít")
    form.set_typed("school", "Trường Tiểu học")
    kit.press("Ctrl+S")
    book.until(lambda: page._record is not None)
    book.settle()
    book.go("child", new=True)
    form = page.form()
    form.boxes["school"].input.focus()
    kit.press("F7")
    assert form.value("school") == "Trường Tiểu học"


def test_findings_are_walked_with_one_key(child):
    _, _, form = child
    form.set_typed("born", "30/2015x")
    form.set_typed("personal_id", "1")
    form.boxes["full_name"].input.focus()
    kit.press("F8")
    assert form.focused() == "born"
    kit.press("F8")
    assert form.focused() == "personal_id"
    kit.press("Shift+F8")
    assert form.focused() == "born"


def test_a_draft_is_kept_and_offered_for_the_right_child(child):
    book, _, form = child
    form.boxes["class"].input.focus()
    QTest.keyClick(kit.focus(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    kit.write("7")
    kit.press("Return")
    book.settle()
    assert form.draft_at == "08:12:40"
    book.go("child", id=book.ids[1])
    assert not form.offering_draft()
    book.go("child", id=book.ids[0])
    assert form.offering_draft()
    assert form.value("class") == "5"
    kit.press("Return")  # the focus is on "Dùng nháp"
    assert form.value("class") == "7"
    assert [edit.field for edit in form.edits()] == ["class"]


def test_a_draft_is_kept_three_seconds_after_the_last_key(child, qtbot):
    book, _, form = child
    form._draft_timer.setInterval(30)
    form.boxes["class"].input.focus()
    kit.write("7")
    book.until(lambda: book.ask(lambda desk: desk.draft("child", book.ids[0])) is not None)


def test_dropping_really_drops(child):
    book, _, form = child
    form.set_typed("class", "7")
    book.settle()
    book.go("child", id=book.ids[1])
    book.go("child", id=book.ids[0])
    form.drop_draft()
    book.settle()
    assert book.ask(lambda desk: desk.draft("child", book.ids[0])) is None
    assert form.value("class") == "5"


def test_typing_on_never_loses_an_undecided_draft(child):
    book, _, form = child
    form.set_typed("class", "7")
    book.settle()
    book.go("child", id=book.ids[1])
    book.go("child", id=book.ids[0])
    form.set_typed("school", "Trường khác")
    book.settle()
    kept, _ = book.ask(lambda desk: desk.draft("child", book.ids[0]))
    assert kept == {"class": "7", "school": "Trường khác"}


def test_saving_drops_the_draft(child):
    book, _, form = child
    form.set_typed("class", "7")
    kit.press("Ctrl+S")
    book.settle()
    assert not form.edits()
    assert book.ask(lambda desk: desk.draft("child", book.ids[0])) is None
    assert book.ask(lambda desk: desk.get(book.ids[0]))["class"] == "7"


def test_every_field_is_reached_by_tab_in_reading_order(new):
    _, _, form = new
    form.boxes["full_name"].input.focus()
    seen = []
    for widget in kit.tab_order(kit.focus()):
        name = next((name for name, box in form.boxes.items() if box.isAncestorOf(widget)), None)
        if name and name not in seen:
            seen.append(name)
    assert seen == [name for name, box in form.boxes.items() if not box.isHidden()]


def test_enter_walks_the_whole_form(new):
    _, _, form = new
    shown = form._shown()
    form.boxes[shown[0]].input.focus()
    walked = [form.focused()]
    while form.focused() != "notes":
        kit.press("Return")
        walked.append(form.focused())
    assert walked == shown[: len(walked)]


def test_the_form_of_any_record_can_be_made(book):
    for form in catalogue().forms.values():
        view = FormView(form, book.jobs, plan_of(form), book.shell, drafts=False)
        view.load(None, {})
        assert set(view.boxes) == {item.name for item in form.fields if not item.retired and item.name != form.parent}
        view.deleteLater()


def test_no_mask_no_validator_no_inline_completion(new):
    _, page, _ = new
    for line in page.findChildren(QLineEdit):
        assert not line.inputMask()
        assert line.validator() is None
        assert line.completer() is None
        assert line.maxLength() == 32767
    assert clock.today().isoformat() == "2026-10-12"
