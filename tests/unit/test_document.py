"""Templates of forms and letters: slots, boxes, lines for the pen, tables, copies that hide; faults are told."""

import time

import pytest

from cbdesk import document
from cbdesk.document import HIDDEN, Given, fill, read
from cbdesk.errors import Problem

SMALL = """title: Thử
kind: BÁO CÁO
about: về {who}

# A. Phần
Tên: {who} Tuổi: {age:15}
Giới: [sex=male] Nam [sex=female] Nữ
Việc: {what*3}
?{extra} Thêm: {extra}
| TT | Việc |
| 8 | 60 |
| {n} | {what} | @lines*2
"""


def test_what_is_known_is_filled_and_the_rest_has_room_for_the_pen():
    given = {"who": "Páo", "sex": Given("Nam", ("male",)), "what": "a\nb"}
    part, names, sex, what, table = fill(read("x", SMALL), given)
    assert part.kind == "part"
    assert [(one.text, one.value, one.dots) for one in names.spans] == [
        ("Tên: ", False, None), ("Páo", True, None), (" Tuổi: ", False, None), ("", False, 15)]  # fmt: skip
    assert [one.box for one in sex.spans if one.box is not None] == [True, False]
    assert what.spans[-1].text == "a\nb"
    assert (table.widths, table.head, len(table.rows)) == ((8, 60), ("TT", "Việc"), 2)


def test_a_blank_form_has_lines_and_empty_rows_and_no_data():
    blank = fill(read("x", SMALL), {})
    assert [one.kind for one in blank] == ["part", "text", "text", "text", "table"]
    assert [one.count for one in blank] == [0, 0, 0, 3, 0]
    assert not any(one.value for block in blank for one in block.spans)
    assert [row[0][0].text for row in blank[-1].rows] == ["1", "2"]


def test_rows_of_a_table_are_as_many_as_there_are_and_numbered():
    table = fill(read("x", SMALL), {"lines": [{"what": "khám"}, {"what": "học"}, {"what": "ăn"}]})[-1]
    assert [[cell[0].text for cell in row] for row in table.rows] == [["1", "khám"], ["2", "học"], ["3", "ăn"]]


def test_a_copy_says_what_it_leaves_out():
    names = fill(read("x", SMALL), {"who": HIDDEN}, hidden="(không ghi)")[1]
    assert names.spans[1].text == "(không ghi)"
    assert document.slot_text("về {who}", {"who": HIDDEN}) == "về"


def test_values_are_text_whatever_they_hold():
    names = fill(read("x", SMALL), {"who": "{age} **x** [sex=male] | #"})[1]
    assert names.spans[1].text == "{age} **x** [sex=male] | #"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("titel: x\n\n", 1),
        ("kind: x\n\n", 1),
        ("title: x\n\n{whoo}", 3),
        ("title: x\n\ntên {who", 3),
        ("title: x\n\n| a | b |\n| 1 | 2 |\n| {who} |", 5),
        ("title: x\n\n| a |\n| {who} | @lines*2", 4),
    ],
)
def test_a_fault_of_a_template_names_its_line(text, line):
    known = frozenset({"who", "age", "sex", "what", "extra", "lines.n", "lines.what"})
    with pytest.raises(Problem) as problem:
        fill(read("thử", text), {"lines": []}, known)
    assert (problem.value.name, problem.value.details["line"]) == ("template_wrong", line)


def test_a_value_before_a_label_keeps_the_place_of_its_dots():
    line, told = fill(read("x", "title: x\n\nTên: {who:80} Ngày sinh: {age}\nTừ {who:40} đến hết {age:20}."),
                      {"who": "Páo", "age": "12"})  # fmt: skip
    assert [one.room for one in line.spans if one.value] == [80, None]
    assert [one.room for one in told.spans if one.value] == [None, None]


def test_a_line_on_a_condition_and_an_annex():
    text = "title: x\n\n?{n} > Có {n} trẻ.\n?{none} > Không có.\n?> Còn {n} trẻ.\n@annex PHỤ LỤC\nSau {n}"
    given = {"n": "03", "none": ""}
    made = fill(read("x", text), given, frozenset(given))
    told = [(one.kind, "".join(part.text for part in one.spans)) for one in made]
    assert told == [("prose", "Có 03 trẻ."), ("prose", "Còn 03 trẻ."), ("annex", "PHỤ LỤC"), ("text", "Sau 03")]


def test_dots_and_boxes_for_the_pen_need_no_slot():
    text = "title: x\n\nViệc: {:20} lúc {} [] có [told] báo\n{*3}"
    line, lines = fill(read("x", text), {"told": Given("10 giờ")}, frozenset({"told"}))
    assert [one.dots for one in line.spans if one.dots is not None] == [20, 0]
    assert [one.box for one in line.spans if one.box is not None] == [False, True]
    assert (lines.spans, lines.count) == ((), 3)


HEAD = "title: x\n\n"


@pytest.mark.parametrize("text", [
    HEAD + "{*99}\n" * 6, HEAD + "{*999999999}\n", HEAD + "{:99999999}\n", HEAD + "{} " * 6000, HEAD + "[] " * 6000,
    HEAD + "x\n" * 501, HEAD + "| a |\n| 0 |\n", HEAD + "| a |\n| " + "9" * 5000 + " |\n", HEAD + "|" + "a|" * 9000,
    HEAD + "| a |\n" + "| {n} | @lines*99\n" * 6, HEAD + "| a |\n| {n} | @lines*99999999\n", HEAD + "{who}\n" * 400,
    "title: x\nsign: " + "a | " * 900 + "\n\n", "title: x\nabout: " + "a" * 2000 + "\n\n",
])  # fmt: skip
def test_a_template_cannot_ask_for_more_than_a_paper_holds(text):
    """Templates come from outside: what one page of text could ask the typesetter for is told as its fault."""
    with pytest.raises(Problem) as problem:
        fill(read("x", text), {"who": "a" * 3000}, frozenset({"who", "lines.n", "n"}))
    assert problem.value.name == "template_wrong"


@pytest.mark.parametrize("text", ["**" + "a" * 9000 + "** **" + "b" * 9000, "[" * 19_000, "{who}" + " " * 19_000 + "x",
                                  "{who} Tên: " * 500])  # fmt: skip
def test_odd_lines_are_read_in_no_time(text):
    began = time.monotonic()
    fill(read("x", HEAD + text), {"who": "a"})
    assert time.monotonic() - began < 2
