import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook
from papers import paper, paper_of, person

from cbdesk.workbook import list_xlsx, table_xlsx

DANGEROUS = ["=1+1", "+84912", "-2", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "=cmd|' /C calc'!A0", "  =1+1"]


def read(made: bytes):
    return load_workbook(io.BytesIO(made))


def rows_of(sheet):
    head = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "TT")
    columns = {}
    for at in range(1, sheet.max_column + 1):
        columns[sheet.cell(head + 1, at).value or sheet.cell(head, at).value] = at
    return columns, head + 3


def test_types_are_real():
    people = [person("a", born="2014-03-05", child={"personal_id": "004214000123"}), person("b", born="2014-03")]
    sheet = read(list_xlsx(paper_of(people))).worksheets[0]
    columns, first = rows_of(sheet)
    born = sheet.cell(first, columns["Nam"])
    assert born.value == datetime(2014, 3, 5)
    assert born.number_format == "dd/mm/yyyy"
    assert sheet.cell(first + 1, columns["Nam"]).value == "03/2014"
    assert sheet.cell(first, 1).value == 1
    number = sheet.cell(first, columns["Số định danh cá nhân"])
    assert (number.value, number.data_type, number.number_format) == ("004214000123", "s", "@")


def test_it_prints_like_the_paper():
    made = paper(40)
    book = read(list_xlsx(made))
    sheet = book.worksheets[0]
    _, first = rows_of(sheet)
    assert sheet.freeze_panes == f"C{first}"
    assert sheet.print_title_rows == f"${first - 3}:${first - 1}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape", 9, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_margins.left == pytest.approx(30 / 25.4, abs=0.01)
    assert sheet.auto_filter.ref == f"A{first - 1}:K{first + 39}"
    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    for words in (made.totals_text, made.about, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "KT. CHỦ TỊCH", "Lục Văn Sơn"):
        assert words in values
    assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value} == {"Times New Roman"}
    assert all(sheet.column_dimensions[letter].width > 4 for letter in "ABCDEFGHIJK")
    assert book.sheetnames == ["Danh sách", "Ghi chú"]


@pytest.mark.parametrize("words", DANGEROUS)
def test_nothing_of_a_person_becomes_a_formula(words):
    book = read(list_xlsx(paper_of([person("a", words, child={"personal_id": words})])))
    table = read(table_xlsx(["x"], [[words]], words, notes=[words]))
    for sheet in (*book.worksheets, *table.worksheets):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f"
            if isinstance(cell.value, str) and cell.value.strip()[:1] in tuple("=+-@＝＋"):
                assert cell.quotePrefix


def test_control_characters_and_endless_texts():
    sheet = read(table_xlsx(["a", "b"], [["x\x00\x07y\ud800", "z" * 40_000]], "t")).worksheets[0]
    assert sheet["A3"].value == "xy"
    assert len(sheet["B3"].value) == 32_767


def test_same_input_same_bytes_and_no_clock_inside():
    made = list_xlsx(paper(5), stamp="2026-10-12T08:12:40")
    assert made == list_xlsx(paper(5), stamp="2026-10-12T08:12:40")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 10, 12, 8, 12, 40)}
    properties = read(made).properties
    assert properties.created == properties.modified == datetime(2026, 10, 12, 8, 12, 40)


def test_an_empty_list_and_a_long_one():
    empty = read(list_xlsx(paper(0))).worksheets[0]
    assert "Không có trẻ nào trong kỳ." in [cell.value for row in empty.iter_rows() for cell in row]
    long = read(list_xlsx(paper(1000))).worksheets[0]
    assert long.max_row > 1000


def test_plain_table():
    made = table_xlsx(["Dòng", "Ngày", "Lý do"], [[3, datetime(2026, 1, 2), "sai"], [4, None, True]], "Dòng [lỗi]",
                      widths=[8, 12, 40], sheet_name="a/b[c]" * 9)
    sheet = read(made).worksheets[0]
    assert [cell.value for cell in sheet[3]] == [3, datetime(2026, 1, 2), "sai"]
    assert [cell.value for cell in sheet[4]] == [4, None, "True"]
    assert sheet.freeze_panes == "A3"
    assert sheet.column_dimensions["C"].width == 40
    assert read(table_xlsx([], [], "x")).worksheets[0]["A1"].value == "x"
