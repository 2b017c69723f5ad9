"""Speed of the hands: the next child, a sibling, F7 everywhere, one value for many, the second keying; by keys only."""

import pytest
import record_kit as kit
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock
from ui.lists.tasks import read_today


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        yield found


def row(book, child):
    return book.ask(lambda desk: desk.get(child))


def carers(book, child):
    return book.ask(lambda desk: {str(one["full_name"]): one for one in desk.rows_of("carer", child)})


def children(book):
    return book.ask(lambda desk: [one.id for one in desk.children()])


def test_a_sibling_is_one_key_and_a_given_name(book):
    book.go("child", id=book.ids[0])
    kit.press("Shift+F4")
    book.settle()
    page = book.shell.page()
    assert kit.focus().text() == "Lý "
    assert kit.focus().cursorPosition() == 3
    assert page.form().value("full_name") is None
    kit.write("Mùi Pham")
    kit.press("Ctrl+S")
    book.settle()
    new = row(book, page._record)
    first = row(book, book.ids[0])
    assert new["full_name"] == "Lý Mùi Pham"
    assert (new["village"], new["household"], new["ethnicity"], new["household_class"]) == (
        first["village"], first["household"], "09", "poor")  # fmt: skip
    assert not {"born", "sex", "school", "class", "health_card", "usual_name"} & {k for k, v in new.items() if v}
    assert not new.get("groups")
    family = carers(book, page._record)
    assert set(family) == {"Lý Văn Phúc", "Triệu Thị Viển", "Tẩn Thị Sao"}
    assert family["Lý Văn Phúc"]["since"] == "2023-02-14"
    assert family["Tẩn Thị Sao"]["main_carer"] is True


def test_the_family_name_alone_is_no_answer_and_no_draft(book):
    book.go("child", id=book.ids[0])
    kit.press("Shift+F4")
    book.settle()
    page = book.shell.page()
    kit.press("Ctrl+S")
    book.settle()
    assert page._record is None
    assert page.form().boxes["full_name"].needs() == "stop"
    book.go("children")
    assert book.ask(lambda desk: desk.draft("child", None)) is None


def test_saving_and_going_on_is_one_key(book):
    before = set(children(book))
    book.go("child", new=True)
    kit.write("Vàng A Chu")
    book.shell.page().form().set_typed("village", "Xóm Nà Héng")
    kit.press("Ctrl+D")
    book.settle()
    page = book.shell.page()
    assert page._record is None
    assert page.form().value("village") == row(book, book.ids[2])["village"]
    assert page.form().value("full_name") is None
    assert page.form().focused() == "full_name"
    kit.write("Vàng A Dơ")
    kit.press("Ctrl+S")
    book.settle()
    one, other = (row(book, child) for child in sorted(set(children(book)) - before))
    assert one["household"] == other["household"] is not None
    assert not other.get("ethnicity")


def test_the_ribbon_names_whom_one_follows_and_leads_out_of_the_household(book):
    book.go("child", id=book.ids[0])
    kit.press("Ctrl+D")
    book.settle()
    page = book.shell.page()
    assert page._ribbon.objectName() == "same_household"
    assert page.form().value("household_class") == "poor"
    page._ribbon.findChild(QWidget, "apart").setFocus()
    kit.press("Space")
    assert page._ribbon is None
    assert page.form().value("household_class") is None
    kit.write("Hoàng Mí Sính")
    kit.press("Ctrl+S")
    book.settle()
    new = row(book, page._record)
    assert new["village"] == row(book, book.ids[0])["village"]
    assert not new.get("household")


def test_taking_back_the_child_before_keeps_what_is_typed_of_the_next(book):
    book.go("child", new=True)
    kit.write("Vàng A Chu")
    book.shell.page().form().set_typed("village", "Xóm Nà Héng")
    kit.press("Ctrl+D")
    book.settle()
    page = book.shell.page()
    kit.write("Vàng A D")
    book.shell.run("undo")
    book.settle()
    assert book.shell.page() is page
    assert page.form().boxes["full_name"].input.typed() == "Vàng A D"
    assert page._start.like == ""
    assert len(children(book)) == 3


REPEATED = {"usual_name": "Mẩy", "sex": "female", "born": "2015", "ethnicity": "09", "village": "Xóm Lũng Mít",
            "life_status": "permanent", "class": "5", "card_until": "12/2027", "phone": "0912345678",
            "notes": "ở cùng bà", "mother_name": "Tẩn Thị Sao", "household_class": "poor", "groups": ["01.3"],
            "tags": [], "risks": ["R05"], "_since_risk": "01/09/2026"}  # fmt: skip


def test_f7_repeats_every_kind_of_answer(book):
    tags = [choice.code for choice in book.ask(lambda _desk: _choices("tag"))][:1]
    given = REPEATED | {"tags": tags}
    page = book.go("child", new=True)
    page.form().set_typed("full_name", "Lý A")
    for name, typed in given.items():
        page.form().set_typed(name, typed)
    for name in list(page.form().boxes):
        page.form().boxes[name].keep()
    kit.press("Ctrl+S")
    book.settle()
    assert page._record is not None
    book.go("child", new=True)
    form = page.form()
    for name in given:
        form.boxes[name].focus()
        kit.press("F7")
    kinds = {form.boxes[name].field.kind for name in given}
    assert {"name", "choice", "choices", "place", "date", "code", "phone", "long_text"} <= kinds
    assert form.value("born") == "2015"
    assert form.value("sex") == "female"
    assert form.value("village") == row(book, book.ids[0])["village"]
    assert (form.value("groups"), form.value("tags"), form.value("risks")) == (["01.3"], tags, ["R05"])
    assert (form.value("card_until"), form.value("_since_risk")) == ("2027-12", "2026-09-01")
    assert form.value("mother_name") == "Tẩn Thị Sao"
    assert form.value("notes") == "ở cùng bà"


def _choices(name):
    from cbdesk.catalogue import catalogue

    return catalogue().lists[name].valid(clock.today())


def test_f7_follows_from_record_to_record(book):
    book.ask(lambda desk: desk.save("child", {"class": "9"}, book.ids[1]))
    page = book.go("child", id=book.ids[0])
    book.go("child", id=book.ids[1])
    book.go("child", id=book.ids[2])
    page.form().boxes["class"].focus()
    kit.press("F7")
    assert page.form().value("class") == "9"


def test_f7_repeats_a_person_of_the_family_and_never_what_is_sealed(book):
    page = book.go("child", id=book.ids[0])
    table = page._tables["carer"]
    table.edit(table.rows[0])
    table.close_panel()
    table.add()
    for name, expected in (("full_name", "Tẩn Thị Sao"), ("state", "living"), ("main_carer", True)):
        table.view.boxes[name].focus()
        kit.press("F7")
        assert table.view.value(name) == expected
    book.ask(lambda desk: desk.save("child", {"life_status": "dead", "death_cause": "riêng"}, book.ids[1]))
    book.go("child", id=book.ids[1])
    assert page._before.answer(None, "class") is None
    assert page._before.answer(None, "death_cause") is None


def test_a_new_group_begins_today_and_the_day_can_be_typed_over(book):
    page = book.go("child", id=book.ids[1])
    table = page._tables["risk"]
    table.add()
    assert table.view.value("from") == "2026-10-12"
    assert table.draft() is None
    table.view.set_typed("code", "R05")
    table.view.boxes["from"].focus()
    kit.write("9/2026")
    kit.press("Ctrl+S")
    book.settle()
    assert [one["from"] for one in table.rows] == ["2026-09"]


def test_groups_written_with_a_new_child_begin_on_a_day_that_is_shown(book):
    page = book.go("child", new=True)
    form = page.form()
    assert form.boxes["_since_circumstance"].isHidden()
    form.set_typed("full_name", "Lý B")
    form.set_typed("village", "Xóm Lũng Mít")
    form.set_typed("groups", ["01.3"])
    form.set_typed("risks", ["R05"])
    assert not form.boxes["_since_circumstance"].isHidden()
    form.set_typed("_since_risk", "")
    kit.press("Ctrl+S")
    book.settle()
    rows = book.ask(lambda desk: [desk.rows_of(name, page._record)[0] for name in ("circumstance", "risk")])
    assert rows[0]["from"] == "2026-10-12"
    assert rows[1].get("from") is None


def test_labels_of_a_carer_are_whole_at_1280(book):
    book.shell.resize(1280, 698)
    page = book.go("child", id=book.ids[0])
    table = page._tables["carer"]
    table.add()
    book.settle()
    for box in table.view.boxes.values():
        if box.input.says_itself:
            editor = box.input.editor()
            assert editor.width() >= editor.sizeHint().width(), box.field.name
        else:
            assert box.label.width() >= box.label.sizeHint().width(), box.field.name


# one value for many


@pytest.fixture
def some(book):
    book.ask(lambda desk: desk.save("child", {"class": "4A"}, book.ids[1]))
    page = book.go("children")
    kit.press("Down")
    kit.press("Home")
    return page


def test_a_class_is_filled_in_by_keys_and_other_values_stay_unless_chosen(book, some):
    some.table.setFocus()
    kit.press("Ctrl+A")
    assert len(some.table.chosen()) == 3
    kit.press("Ctrl+D")
    book.settle()
    page = book.shell.page()
    assert page.name == "fill"
    kit.write("lop")
    kit.press("Return")
    kit.write("6A")
    kit.press("Return")
    QTest.qWait(150)
    book.settle()
    assert page.count.words() == "1 trẻ được ghi vào, 2 đang có giá trị khác"
    assert [line.standing.what for line in page.table.rows()] == ["other", "other", "new"]
    assert {line.standing.now for line in page.table.rows()} == {"4A", "5", ""}
    assert page.primary().words.split()[2] == "1"
    page.table.setFocus()
    page.table.choose(book.ids[1])
    kit.press("Space")
    kit.press("Ctrl+S")
    book.settle()
    assert [row(book, child).get("class") for child in book.ids] == ["5", "6A", "6A"]
    assert book.shell.page() is some
    assert len(some.table.chosen()) == 3
    book.shell.run("undo")
    book.settle()
    assert [row(book, child).get("class") for child in book.ids] == ["5", "4A", None]


def test_a_risk_with_its_day_is_filled_in_once(book, some):
    page = book.go("fill", ids=book.ids)
    page.what.set_value("risk")
    page._onward()
    page.view.set_typed("code", "R05")
    assert page.view.value("from") == "2026-10-12"
    QTest.qWait(150)
    book.settle()
    assert [line.standing.what for line in page.table.rows()] == ["new", "new", "same"]
    kit.press("Ctrl+S")
    book.settle()
    assert book.ask(lambda desk: [len(desk.rows_of("risk", one)) for one in book.ids]) == [1, 1, 1]


def test_all_other_values_are_given_up_with_one_button(book, some):
    page = book.go("fill", ids=book.ids)
    page.what.set_value("class")
    page._onward()
    page.view.set_typed("class", "6A")
    QTest.qWait(150)
    book.settle()
    page.all_button.click()
    assert page.primary().words.split()[2] == "3"
    page.all_button.click()
    assert page.primary().words.split()[2] == "1"


# the second keying


def key_paper(*values):
    for value in values:
        if value.isdigit() and len(value) == 1:
            kit.press(value)  # an answer among several
        else:
            kit.write(value)
        kit.press("Return")


def test_papers_are_keyed_again_compared_and_decided_by_keys(book):
    page = book.go("second", ids=book.ids[:2])
    kit.press("Ctrl+S")
    book.settle()
    assert "Mẩy" not in " ".join(box.input.typed_words() for box in page.keying.view.boxes.values())
    key_paper("Lý Mùi Mẩy", "2014", "2", "")
    book.settle()
    key_paper("Vàng Thị Do", "2/3/2018", "2", "")
    book.settle()
    assert [(one.field, one.first, one.second) for one in page.compare.table.rows()] == [
        ("born", "2015", "2014"), ("full_name", "Vàng Thị Dợ", "Vàng Thị Do")]  # fmt: skip
    assert page.primary().why
    kit.press("Right")
    kit.press("Left")
    assert not page.primary().why
    kit.press("Ctrl+S")
    book.settle()
    assert row(book, book.ids[0])["born"] == "2014"
    assert row(book, book.ids[1])["full_name"] == "Vàng Thị Dợ"
    assert book.ask(lambda desk: desk.second()) is None
    book.shell.run("undo")
    book.settle()
    assert row(book, book.ids[0])["born"] == "2015"


def test_a_second_keying_goes_on_where_it_stopped(book):
    page = book.go("second", ids=book.ids)
    kit.press("Ctrl+S")
    book.settle()
    key_paper("Lý Mùi Mẩy", "2015", "2", "")
    book.settle()
    kit.write("Vàng")
    book.go("today")
    waiting = next(task for task in book.ask(read_today).tasks if task.title == "Nhập tiếp lần hai")
    assert waiting.go[0] == "second"
    page = book.go("second")
    assert page._at == 1
    assert page.keying.view.boxes["full_name"].input.typed() == "Vàng"
    kit.press("Alt+Left")
    assert page.keying.view.boxes["full_name"].input.typed() == "Lý Mùi Mẩy"


def test_the_first_values_are_nowhere_while_one_keys(book):
    page = book.go("second", ids=book.ids[:1])
    kit.press("Ctrl+S")
    book.settle()
    kit.write("Lý Mùi Mẩy")
    kit.press("Return")
    QTest.qWait(350)
    book.settle()
    assert not page.keying.view.findings()  # it would look like itself


def test_keys_are_taught_and_found(book):
    page = book.go("child", id=book.ids[0])
    told = {hint.key for hint in page.hints()}
    offered = {entry.key for entry in book.shell.offer()}
    assert "Ctrl D" in told
    assert {"Shift F4", "Ctrl D"} <= offered
    assert any(action.key == "Shift F4" for action in page.secondary())
    book.go("child", new=True)
    assert {"Ctrl D", "Shift F4"} <= {hint.key for hint in page.hints()}
    book.go("children")
    assert "Ctrl D" in {entry.key for entry in book.shell.offer()}
