"""The round trip with the commune police: the list on paper and as workbook, the answer, and what it leaves behind."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from cbdesk import cleaning, clock, page, workbook
from cbdesk.desk import setup
from cbdesk.errors import Problem

CHILDREN = [
    {"full_name": "Lý Thị Út", "born": "2016", "sex": "female", "ethnicity": "09", "village": "Xóm Nà Héng",
     "mother_name": "Lý Mùi Mẩy", "groups": ["05"]},
    {"full_name": "Bế Văn An", "born": "2015-03-05", "sex": "male", "ethnicity": "02", "personal_id": "04215000111",
     "village": "Xóm Nà Héng", "father_name": "Bế Văn Bình"},
    {"full_name": "Gái", "born": "2024-02-03", "sex": "female", "village": "Xóm Khuổi Pậu",
     "mother_name": "Dương Thị Dợ", "personal_id": "004324000222"},
    {"full_name": "Hoàng Văn Páo", "born": "2014-07-09", "sex": "female", "ethnicity": "08",
     "personal_id": "004214000333", "village": "Xóm Khuổi Pậu"},
    {"full_name": "Nông Thị Lan", "born": "2013-01-09", "sex": "female", "ethnicity": "07",
     "personal_id": "004313000444", "village": "Xóm Khuổi Pậu", "father_name": "Nông Văn Tài"},
]  # fmt: skip
# the list: 1 Gái, 2 Páo (Xóm Khuổi Pậu), 3 An, 4 Út (Xóm Nà Héng); Lan is whole
ANSWERED = {1: {"full_name": "DƯƠNG THỊ HOA", "ethnicity": "Mông"}, 2: {"personal_id": "004314000333"},
            4: {"personal_id": 4316000555, "born": "12/3/2016"}}  # fmt: skip


NOW = "2026-10-12T09:00"


@pytest.fixture
def book(commune):
    clock.set_fixed(NOW)
    commune.put("child", CHILDREN)
    return commune


@pytest.fixture
def sent(book):
    return book, str(book.cleaning_make().id)


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A register with one list, for the tests that only read."""
    clock.set_fixed(NOW)
    opened = setup(tmp_path_factory.mktemp("once") / "commune", role="commune", unit="01321", officer="Nông Thị Hạnh",
                   password="mật khẩu", practice=True).desk  # fmt: skip
    opened.put("child", CHILDREN)
    record = str(opened.cleaning_make().id)
    yield opened, record, workbook.list_xlsx(opened.cleaning_paper(record))
    opened.close()


@pytest.fixture
def seen(once):
    clock.set_fixed(NOW)
    return once[:2]


def answered(desk, record, said=ANSWERED, made=None):
    """Return the workbook as the police would fill it in, its columns by key, and the row of its first line."""
    paper = desk.cleaning_paper(record)
    book = load_workbook(io.BytesIO(made or workbook.list_xlsx(paper)))
    at = {one.key: col for col, one in enumerate(paper.columns, 1)}
    sheet = book.worksheets[0]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))  # Excel wants it before it sorts
    first = next(row for row in range(1, 40) if "-" in str(sheet.cell(row, at["code"]).value or ""))
    for line, values in said.items():
        for name, value in values.items():
            sheet.cell(first + line - 1, at[name if name in ("right", "note") else f"new_{name}"]).value = value
    return book, at, first


def stored(made, path):
    made.save(path)
    return path


def changes(answer):
    return {(line.line, item.name): (item.was, item.value) for line in answer.lines for item in line.fields}


EXPECTED = {
    (1, "full_name"): ("Gái", "Dương Thị Hoa"), (1, "ethnicity"): (None, "08"),
    (2, "personal_id"): ("004214000333", "004314000333"),
    (4, "personal_id"): (None, "004316000555"), (4, "born"): ("2016", "2016-03-12"),
}  # fmt: skip


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_holds_children_with_faults_of_identity_by_village_and_name(seen):
    desk, record = seen
    lines = desk.cleaning_lines(record)
    assert [(one.number, one.village, one.known["full_name"]) for one in lines] == [
        (1, "Xóm Khuổi Pậu", "Gái"), (2, "Xóm Khuổi Pậu", "Hoàng Văn Páo"), (3, "Xóm Nà Héng", "Bế Văn An"),
        (4, "Xóm Nà Héng", "Lý Thị Út"),
    ]  # fmt: skip
    assert lines[0].faults == ("name_missing", "ethnicity_missing")
    assert lines[1].faults == ("id_sex", "parent_missing")
    assert lines[1].asked == ("personal_id", "sex", "parents")
    made = desk.cleaning_list(record)
    assert (made.number[:8], made.rows, made.answered, made.open) == ("CA-2026-", 4, 0, True)


def test_villages_and_faults_narrow_the_list(book):
    villages = {name: record for record, name in book.village_names().items()}
    assert [one.known["full_name"] for one in book.cleaning_rows([villages["Xóm Nà Héng"]])] == [
        "Bế Văn An", "Lý Thị Út"]  # fmt: skip
    assert [one.known["full_name"] for one in book.cleaning_rows(faults=["id_malformed"])] == ["Bế Văn An"]
    with pytest.raises(Problem) as problem:
        book.cleaning_make(["nowhere"])
    assert problem.value.name == "cleaning_empty"


def test_who_waits_for_an_answer_is_not_asked_again_unless_wanted(sent):
    desk, record = sent
    assert desk.cleaning_rows() == ()
    assert len(desk.cleaning_rows(again=True)) == 4
    desk.cleaning_key(record, 2, {"personal_id": "004314000333"})
    assert [one.known["full_name"] for one in desk.cleaning_rows()] == ["Hoàng Văn Páo"]
    desk.cleaning_close(record)
    assert len(desk.cleaning_rows()) == 4


def test_the_order_and_what_was_known_stay_as_they_were_made(sent):
    desk, record = sent
    before = desk.cleaning_paper(record)
    child = desk.cleaning_lines(record)[3].child
    desk.save("child", {"full_name": "Ân Thị Út", "village": "Xóm Mới"}, child)
    assert desk.cleaning_paper(record) == before


def test_making_a_list_is_one_batch_and_can_be_undone(book):
    saved = book.cleaning_make()
    assert book.undo(saved.batch)
    assert book.cleaning_lists() == []
    assert len(book.cleaning_rows()) == 4
    assert book.verify()["ok"]


def test_nothing_sensitive_stands_on_the_list(seen):
    desk, record = seen
    told = desk.cleaning_paper(record).as_json() + "".join(one.as_known() for one in desk.cleaning_lines(record))
    for word in ("HIV", "AIDS", "nhóm", "nguy cơ", "xâm hại"):
        assert word not in told


# --- paper and workbook ----------------------------------------------------------------------------------------------


def test_the_paper_has_heading_signatures_and_every_line(seen):
    desk, record = seen
    made = desk.cleaning_paper(record)
    assert made.national[0].startswith("CỘNG HÒA")
    assert [one.lines[-1] for one in made.signers] == ["NGƯỜI LẬP DANH SÁCH", "CHỦ TỊCH", "XÁC NHẬN CỦA CÔNG AN XÃ"]
    assert made.signers[0].name == desk.officer
    assert page.pdf(made, stamp="2026-10-12T09:00").startswith(b"%PDF-")
    assert made.totals_text.startswith("Tổng số 04 trẻ ở 02 xóm")


def test_sixty_lines_go_over_pages(book):
    book.put("child", [
        {"full_name": f"Nguyễn Hoàng Thị Phương {name}", "village": f"Xóm {n % 5}", "mother_name": "Nguyễn Thị Ưởng"}
        for n, name in enumerate(["Quỳnh"] * 60)
    ])  # fmt: skip
    made = book.cleaning_paper(str(book.cleaning_make().id))
    assert len(made.rows) == 64
    assert 7 <= len(page.pngs(made, 20)) <= 12


def test_a_layout_from_elsewhere_is_not_run(seen):
    from dataclasses import replace

    desk, record = seen
    with pytest.raises(Problem) as problem:
        page.pdf(replace(desk.cleaning_paper(record), layout="../paper/card"), stamp="2026-10-12T09:00")
    assert problem.value.name == "paper_failed"


def test_the_workbook_keeps_zeros_and_shows_what_is_asked(seen):
    desk, record = seen
    made, at, first = answered(desk, record, {})
    sheet = made.worksheets[0]
    assert sheet.cell(first + 2, at["personal_id"]).value == "04215000111"
    for row in range(first, first + 4):
        assert sheet.cell(row, at["new_personal_id"]).number_format == "@"
    filled = {(row - first + 1, key) for row in range(first, first + 4) for key, col in at.items()
              if sheet.cell(row, col).fill.fill_type == "solid"}  # fmt: skip
    assert filled >= {(1, "new_full_name"), (1, "new_ethnicity"), (2, "new_personal_id"), (2, "new_sex"),
                      (2, "new_father_name"), (4, "new_born")}  # fmt: skip
    assert (1, "new_personal_id") not in filled


def test_files_carry_no_name_of_a_person(sent, tmp_path):
    desk, record = sent
    made = desk.cleaning_files(record, tmp_path)
    number = desk.cleaning_list(record).number
    assert sorted(one.name for one in made) == [f"cong-an-01321-{number}.pdf", f"cong-an-01321-{number}.xlsx"]


def test_control_codes_tell_lines_and_lists_apart():
    codes = [cleaning.control_code(record, n) for record in ("a", "b") for n in range(1, 500)]
    assert len(set(codes)) == len(codes)
    assert all(cleaning.CODE.fullmatch(one) for one in codes)
    assert not any(vowel in one for one in codes for vowel in "AEIOUYW")


# --- the answer as people send it back -------------------------------------------------------------------------------


def plain_file(made, first, path):
    return stored(made, path)


def sorted_file(made, first, path):
    """Sorted the other way round, one answered row of three gone, a column put in front, all moved down."""
    sheet = made.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first, max_row=first + 3)]
    for at, values in enumerate([rows[3], rows[1], rows[0]]):
        for col, value in enumerate(values, 1):
            sheet.cell(first + at, col).value = value
    sheet.delete_rows(first + 3)
    sheet.insert_cols(1)
    sheet.cell(first - 1, 1).value = "Ghi chú riêng"
    return stored(made, path)


def retyped_file(made, first, path):
    """The heading typed anew on one row, in capitals and other words; titles gone."""
    old = made.worksheets[0]
    book = Workbook()
    new = book.active
    heads = ["STT", "MÃ", "THÔN", "HỌ TÊN TRẺ", "NĂM SINH", "GIỚI", "DÂN TỘC", "SỐ CCCD", "BỐ MẸ", "LÝ DO",
             "Số CCCD đúng", "Họ tên đúng", "Ngày sinh đúng", "Giới tính đúng", "Dân tộc đúng", "Bố", "Mẹ", "Giám hộ",
             "Đúng", "Ghi chú"]  # fmt: skip
    new.append(["CÔNG AN XÃ BẢO LẠC TRẢ LỜI"])
    new.append(heads)
    for row in old.iter_rows(min_row=first, max_row=first + 3):
        new.append([cell.value for cell in row])
    return stored(book, path)


def csv_file(made, first, path):
    text = io.StringIO()
    csv.writer(text).writerows([[cell.value for cell in row] for row in made.worksheets[0].iter_rows()])
    path = path.with_suffix(".csv")
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def html_file(made, first, path):
    cells = [[cell.value if cell.value is not None else "" for cell in row] for row in made.worksheets[0].iter_rows()]
    rows = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in cells)
    path = path.with_suffix(".xls")
    path.write_bytes(f"<html><meta charset='utf-8'><table>{rows}</table></html>".encode())
    return path


def codeless_file(made, first, path):
    """The column of codes deleted: number and name still tell the line."""
    made.worksheets[0].delete_cols(2)
    return stored(made, path)


@pytest.mark.parametrize("spoil", [plain_file, sorted_file, retyped_file, csv_file, html_file, codeless_file])
def test_an_answer_is_read_however_people_changed_the_sheet(seen, once, tmp_path, spoil):
    desk, record = seen
    made, _, first = answered(desk, record, made=once[2])
    answer = desk.cleaning_read(record, spoil(made, first, tmp_path / "back.xlsx"))
    assert changes(answer) == EXPECTED
    assert answer.odd == ()
    assert desk.cleaning_list(record).answered == 0  # nothing is written yet


def test_a_printed_cell_that_was_typed_over_is_an_answer(seen, once, tmp_path):
    desk, record = seen
    made, at, first = answered(desk, record, {}, once[2])
    made.worksheets[0].cell(first + 3, at["personal_id"]).value = "004316000555"
    answer = desk.cleaning_read(record, stored(made, tmp_path / "back.xlsx"))
    assert changes(answer) == {(4, "personal_id"): (None, "004316000555")}


def test_rows_of_no_line_and_second_rows_are_told(seen, once, tmp_path):
    desk, record = seen
    made, at, first = answered(desk, record, made=once[2])
    sheet = made.worksheets[0]
    sheet.insert_rows(first + 4, 2)
    for col, value in ((1, 5), (at["full_name"], "Trẻ Mới Sinh"), (at["born"], "2026"), (at["sex"], "Nam")):
        sheet.cell(first + 4, col).value = value
    for col in range(1, 21):
        sheet.cell(first + 5, col).value = sheet.cell(first, col).value
    sheet.cell(first + 5, at["new_ethnicity"]).value = "Tày"
    answer = desk.cleaning_read(record, stored(made, tmp_path / "back.xlsx"))
    assert [(one.row, one.reason) for one in answer.odd] == [(first + 4, "unknown_row"), (first + 5, "line_twice")]
    assert changes(answer) == EXPECTED


def test_the_wrong_file_is_named_in_words(sent, tmp_path):
    desk, record = sent
    made, _, _ = answered(desk, record)
    path = stored(made, tmp_path / "back.xlsx")
    desk.cleaning_close(record)
    other = str(desk.cleaning_make().id)
    with pytest.raises(Problem) as problem:
        desk.cleaning_read(other, path)
    assert problem.value.name == "cleaning_other_list"
    assert desk.cleaning_list(record).number in problem.value.what
    assert desk.cleaning_find(path) == record
    strange = Workbook()
    strange.active.append(["TT", "Họ và tên", "Ngày sinh"])
    strange.active.append([1, "Trần Văn Lạ", "2015"])
    with pytest.raises(Problem) as problem:
        desk.cleaning_read(record, stored(strange, tmp_path / "strange.xlsx"))
    assert problem.value.name == "cleaning_no_lines"


# --- what is asked, never refused ------------------------------------------------------------------------------------


def asked(line):
    return {(item.name, finding.name, finding.level) for item in line.fields for finding in item.findings}


@pytest.mark.parametrize(
    ("line", "given", "wanted", "kept"),
    [
        (4, {"personal_id": "004216000555"}, ("personal_id", "id_sex", "ask"), "004216000555"),
        (4, {"personal_id": "004315000555"}, ("personal_id", "id_year", "ask"), "004315000555"),
        (4, {"personal_id": "0043160005"}, ("personal_id", "personal_id_format", "ask"), "0043160005"),
        (4, {"personal_id": "004313000444"}, ("personal_id", "id_used", "ask"), "004313000444"),
        (1, {"born": "03/02/2019"}, ("born", "id_year", "ask"), "2019-02-03"),
        (1, {"sex": "Nam"}, ("sex", "id_sex", "ask"), "male"),
        (4, {"born": "31/31/2016"}, ("born", "date_no_such_month", "stop"), "2016"),
        (4, {"ethnicity": "Klingon"}, ("ethnicity", "unknown_choice", "stop"), "09"),
    ],
)  # fmt: skip
def test_a_contradiction_is_asked_about_and_what_is_not_understood_is_left(sent, line, given, wanted, kept):
    desk, record = sent
    assert wanted in asked(desk.cleaning_understand(record, line, given))
    desk.cleaning_key(record, line, given)
    assert desk.get(desk.cleaning_lines(record)[line - 1].child)[next(iter(given))] == kept


def test_one_number_given_to_two_children_is_asked_about(seen, once, tmp_path):
    desk, record = seen
    number = {"personal_id": "004316000555"}
    made, _, _ = answered(desk, record, {3: number, 4: number}, once[2])
    answer = desk.cleaning_read(record, stored(made, tmp_path / "back.xlsx"))
    assert all(("personal_id", "id_used", "ask") in asked(line) for line in answer.lines if line.fields)


# --- taking it -------------------------------------------------------------------------------------------------------


@pytest.fixture
def back(sent, tmp_path):
    desk, record = sent
    made, _, _ = answered(desk, record)
    return desk, record, stored(made, tmp_path / "back.xlsx")


def test_taking_writes_what_was_shown_as_one_batch(back):
    desk, record, path = back
    saved = desk.cleaning_take(desk.cleaning_read(record, path), on=date(2026, 10, 10))
    children = [desk.get(one.child) for one in desk.cleaning_lines(record)]
    assert (children[0]["full_name"], children[0]["ethnicity"]) == ("Dương Thị Hoa", "08")
    assert (children[3]["personal_id"], children[3]["born"]) == ("004316000555", "2016-03-12")
    assert [one.answered_on for one in desk.cleaning_lines(record)] == ["2026-10-10", "2026-10-10", "", "2026-10-10"]
    desk.undo(saved.batch)
    assert desk.get(children[0]["id"])["full_name"] == "Gái"
    assert desk.cleaning_list(record).answered == 0
    assert desk.verify()["ok"]


def test_the_same_answer_again_changes_nothing(back):
    desk, record, path = back
    desk.cleaning_take(desk.cleaning_read(record, path))
    before = desk.verify()["changes"]
    again = desk.cleaning_read(record, path)
    assert {line.state for line in again.lines} == {"same", "empty"}
    assert desk.cleaning_take(again).batch is None
    assert desk.verify()["changes"] == before


def test_what_somebody_leaves_out_is_not_written(back):
    desk, record, path = back
    answer = desk.cleaning_read(record, path)
    answer.left = {(4, "personal_id")}
    desk.cleaning_take(answer)
    child = desk.cleaning_lines(record)[3].child
    assert "personal_id" not in desk.get(child)
    assert desk.get(child)["born"] == "2016-03-12"
    assert desk.id_state(child).name == "waiting"


def test_a_child_changed_since_is_not_overwritten(back):
    desk, record, path = back
    answer = desk.cleaning_read(record, path)
    child = desk.cleaning_lines(record)[0].child
    desk.save("child", {"full_name": "Dương Thị Mới"}, child)
    with pytest.raises(Problem) as problem:
        desk.cleaning_take(answer)
    assert problem.value.name == "changed_meanwhile"
    assert desk.cleaning_list(record).answered == 0


def test_parents_and_guardian_are_taken_and_nobody_is_made_twice(sent):
    desk, record = sent
    child = desk.cleaning_lines(record)[1].child
    desk.cleaning_key(record, 2, {"father_name": "Hoàng Văn Dình", "guardian_name": "Lầu Thị Máy"})
    desk.cleaning_key(record, 2, {"guardian_name": "Lầu Thị Mái"})
    people = {row["relation"]: row["full_name"] for row in desk.rows_of("carer", child)}
    assert people == {"father": "Hoàng Văn Dình", "guardian": "Lầu Thị Mái"}
    assert len(desk.rows_of("carer", child)) == 2


def test_a_line_of_a_child_that_was_joined_answers_for_the_kept_one(sent):
    desk, record = sent
    line = desk.cleaning_lines(record)[3]
    keep = desk.put("child", [{"full_name": "Lý Thị Út", "born": "2016", "village": "Xóm Nà Héng"}])[0].id
    desk.merge(keep, line.child)
    desk.cleaning_key(record, 4, {"personal_id": "004316000555"})
    assert desk.get(keep)["personal_id"] == "004316000555"


def test_a_hidden_child_is_told_and_left_alone(back):
    desk, record, path = back
    desk.void(desk.cleaning_lines(record)[0].child, "nhập nhầm")
    answer = desk.cleaning_read(record, path)
    assert answer.lines[0].state == "gone"
    assert desk.cleaning_take(answer).batch


# --- the state of a number -------------------------------------------------------------------------------------------


def test_states_follow_list_answer_and_later_changes(book):
    clock.set_fixed("2026-10-01T09:00")
    ident = next(row.id for row in book.children() if row.name == "Lý Thị Út")
    assert book.id_state(ident).name == "none"
    record = str(book.cleaning_make().id)
    assert (book.id_state(ident).name, book.id_state(ident).since) == ("waiting", "2026-10-01")
    book.cleaning_key(record, 4, {"born": "12/3/2016"})
    assert book.id_state(ident).name == "waiting"  # a partial answer: the number is still missing
    book.cleaning_key(record, 4, {"personal_id": "004316000555"}, on=date(2026, 10, 20))
    assert (book.id_state(ident).name, book.id_state(ident).since) == ("verified", "2026-10-20")
    book.save("child", {"personal_id": "004316000556"}, ident)
    assert book.id_state(ident).name == "given"
    assert book.id_states()[ident].name == "given"


def test_right_as_it_stands_verifies_the_number(sent):
    desk, record = sent
    line = desk.cleaning_lines(record)[1]
    told = desk.cleaning_understand(record, 2, {"right": True})
    assert (told.state, told.fields, told.verified_id) == ("confirmed", (), "004214000333")
    desk.cleaning_key(record, 2, {"right": True, "note": "đúng theo khai sinh"})
    assert desk.id_state(line.child).name == "verified"
    assert desk.rows_of("cleaning_line", line.child)[0]["answer_note"] == "đúng theo khai sinh"


def test_no_number_yet_ends_the_waiting(sent):
    desk, record = sent
    child = desk.cleaning_lines(record)[3].child
    desk.cleaning_key(record, 4, {"personal_id": "chưa có"})
    assert desk.id_state(child).name == "none"
    desk.cleaning_key(record, 4, {"personal_id": "004316000555"})
    assert desk.id_state(child).name == "verified"


def test_a_malformed_number_is_kept_as_written_and_not_verified(sent):
    desk, record = sent
    child = desk.cleaning_lines(record)[3].child
    desk.cleaning_key(record, 4, {"personal_id": "00431600"})
    assert desk.get(child)["personal_id"] == "00431600"
    assert desk.id_state(child).name == "waiting"


def test_an_unknown_line_or_field_is_a_problem(sent):
    desk, record = sent
    for line, data, name in ((9, {}, "no_record"), (1, {"village": "x"}, "unknown_field")):
        with pytest.raises(Problem) as problem:
            desk.cleaning_key(record, line, data)
        assert problem.value.name == name
