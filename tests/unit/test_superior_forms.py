"""Forms superiors send: understood, filled with children or figures, all else kept; refused or asked where in doubt.

What was written is read by openpyxl, which the writer does not use.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Border, Side
from tools_kit import load_tool

from cbdesk import clock, formcells, formfill, superior
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.formcells import Told, Who
from cbdesk.package import MAIN, Package
from cbdesk.sheetpart import Editor
from cbdesk.shifting import Shift, translate

FORMS = load_tool("superior_forms").FORMS
TODAY = date(2026, 10, 6)
VILLAGES = ("Xóm Nà Héng", "Xóm Bản Ngà", "Xóm Khuổi Vin")


def child(at, **more):
    """Return one invented child as lists take it."""
    sex = "female" if at % 2 else "male"
    fields = {
        "id": f"c{at:02}", "full_name": f"Nông Văn Thứ {chr(65 + at)}", "sex": sex,
        "born": f"{2012 + at}-05-0{at % 9 + 1}", "ethnicity": "02", "personal_id": f"0042{at:08}",
    }  # fmt: skip
    person = {
        "child": fields | more.pop("child", {}), "village_name": VILLAGES[at % 3], "village_order": at % 3,
        "carers": [{"relation": "father", "full_name": f"Nông Văn Bố {at}"}], "episodes": [], "supports": [],
        "household": {"class": "poor", "year": 2026} if at % 4 == 0 else None,
    }  # fmt: skip
    return Told(person | more, catalogue(), TODAY)


CHILDREN = [child(at) for at in range(12)]


def understood(name, **options):
    return superior.read(FORMS[name](), f"{name}.xlsx", catalogue(), **options)


def filled(name, told=CHILDREN, **options):
    """Return (form, what was made, its first sheet as openpyxl reads it)."""
    form = understood(name, **options)
    made = formfill.fill(form, told, VILLAGES, catalogue(), "Xã Bảo Lạc")
    return form, made, openpyxl.load_workbook(io.BytesIO(made.content))


def column(sheet, letter, first, last):
    return [sheet[f"{letter}{row}"].value for row in range(first, last + 1)]


def refused(call, *args, **options):
    with pytest.raises(Problem) as caught:
        call(*args, **options)
    return caught.value


# --- understanding -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "head", "rows", "targets"),
    [
        ("plain", (7, 7), (8, 12), "number full_name born sex ethnicity village groups household_class=poor"),
        ("grouped", (7, 8), (10, 10), "number full_name born@male born@female father_name mother_name personal_id - -"),
        ("headonly", (7, 7), (8, 7), "number full_name born village carer_name -"),
        ("names", (7, 8), (9, 11),
         "number family_and_middle given_name born sex=male sex=female household_class=poor groups=04"),
        ("old_letters", (7, 7), (8, 9), "number full_name born village"),
        ("figures", (7, 9), (10, 13),
         ("number village count:0-15 count:0-15+male count:0-15+female count:0-15+poor "
          "count:0-15+near_poor count:0-15+special count:0-15+at_risk")),
        ("villages", (7, 7), (9, 10), "number village count count:female count:0-5 - count:group.04"),
    ],
)  # fmt: skip
def test_a_form_is_understood(name, head, rows, targets):
    form = understood(name)
    assert (form.head, (form.first, form.last)) == (head, rows)
    assert [one.target or "-" for one in form.columns] == targets.split()


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("Trẻ em thuộc hộ cận nghèo", ("near_poor",)),
        ("Số trẻ em từ 6 đến dưới 11 tuổi", ("6-10",)),
        ("Trẻ em có nguy cơ rơi vào hoàn cảnh đặc biệt", ("at_risk",)),
        ("Tổng số", ()),
        ("Số hộ nghèo", None),
        ("Trẻ em nghèo được tặng quà", None),
        ("Tỷ lệ %", None),
    ],
)
def test_a_heading_that_counts_is_understood_wholly_or_not_at_all(text, conditions):
    assert superior.FormHeadings(catalogue()).counts(text) == conditions


def test_a_column_that_asks_for_what_is_sensitive_stays_empty():
    headings = superior.FormHeadings(catalogue())
    assert headings.count_of(("Trẻ em bị xâm hại tình dục", "Nữ")) == ("", True)
    assert not headings.knows("count:group.11", catalogue())
    assert not headings.knows("groups=11", catalogue())
    assert not headings.knows("death_cause", catalogue())


@pytest.mark.parametrize(("name", "problem"), [("merged", "form_merged"), ("headless", "form_no_head")])
def test_a_form_that_cannot_be_filled_without_harm_is_refused(name, problem):
    assert refused(understood, name).name == problem


def test_old_excel_and_macros_are_told_to_be_saved_anew():
    samples = Path(__file__).parents[1] / "data" / "samples"
    old = next(samples.glob("*.xls")).read_bytes()
    assert refused(superior.read, old, "x", catalogue()).name == "form_old_format"
    out = io.BytesIO(FORMS["plain"]())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0")
    assert refused(superior.read, out.getvalue(), "x", catalogue()).name == "form_old_format"


def test_what_is_hidden_or_written_is_asked():
    assert {one.name for one in understood("hidden").open} == {"hidden_rows", "very_hidden"}
    assert {one.name for one in understood("hidden").asks if one.told} == {"hidden_columns", "hidden_sheets"}
    assert [(one.name, one.details["rows"]) for one in understood("example").open] == [("written", "8")]
    assert all(one.text for name in ("hidden", "example", "protected") for one in understood(name).asks)


def test_hostile_parts_are_refused():
    def with_part(name, change):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(FORMS["plain"]())) as old, zipfile.ZipFile(out, "w") as new:
            for part in old.namelist():
                new.writestr(part, change(old.read(part)) if part == name else old.read(part))
        return out.getvalue()

    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    evil = with_part("xl/styles.xml", lambda data: entity + data[data.index(b"<styleSheet"):])
    assert refused(superior.read, evil, "x", catalogue()).name == "excel_broken"
    torn = with_part("xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2])
    assert refused(superior.read, torn, "x", catalogue()).name == "excel_broken"


def test_damaged_parts_give_a_problem_or_a_whole_copy():
    """Numbers, addresses and bytes of a part are changed at random; nothing but a Problem or a proved copy comes."""
    by, outcomes = random.Random(5), set()
    whole = [FORMS[name]() for name in ("plain", "grouped", "names", "rich")]
    for turn in range(40):
        data = whole[turn % 4]
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            parts = {name: old.read(name) for name in old.namelist()}
        target = by.choice([one for one in parts if one.startswith("xl/") and one.endswith(".xml")])
        found = list(re.finditer(rb'"(-?\d+|[A-Z]+\d+(?::[A-Z]+\d+)?)"', parts[target]))
        if found:
            one = by.choice(found)
            odd = by.choice([b"-1", b"0", b"99999999", b"ZZZ9", b"A1:XFD1048576", b""])
            parts[target] = parts[target][: one.start(1)] + odd + parts[target][one.end(1) :]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as new:
            for name, content in parts.items():
                new.writestr(name, content)
        try:
            form = superior.read(out.getvalue(), "x", catalogue())
            formfill.fill(form, CHILDREN[:6], VILLAGES, catalogue(), "x")
            outcomes.add("whole")
        except Problem as problem:
            outcomes.add(problem.name)
    assert "whole" in outcomes
    assert len(outcomes) > 1


# --- filling lists ---------------------------------------------------------------------------------------------------


def test_rows_come_in_and_all_below_moves_with_them():
    form, made, book = filled("plain")
    sheet, before = book["Biểu 1"], openpyxl.load_workbook(io.BytesIO(form.data))["Biểu 1"]
    assert (made.rows, made.inserted) == (12, 7)
    assert column(sheet, "A", 8, 19) == list(range(1, 13))
    assert column(sheet, "B", 8, 9) == ["Nông Văn Thứ A", "Nông Văn Thứ B"]
    assert (sheet["H20"].value, sheet["G20"].value) == ("=COUNTA(H8:H19)", '=COUNTIF(G8:G19,"*")')
    areas = [[*one.bounds] for one in before.merged_cells.ranges]
    moved = {(a, top + 7 * (top > 12), b, last + 7 * (top > 12)) for a, top, b, last in areas}
    assert {one.bounds for one in sheet.merged_cells.ranges} == moved
    assert sheet.row_dimensions[23].height == before.row_dimensions[16].height == 40
    assert (sheet.print_area, sheet.print_title_rows) == ("'Biểu 1'!$A$1:$H$28", "$7:$7")
    assert [sheet[f"A{row}"].border.bottom.style for row in (18, 19)] == ["thin", "medium"]
    assert {key: one.width for key, one in sheet.column_dimensions.items()} == {
        key: one.width for key, one in before.column_dimensions.items()
    }


def test_one_drawn_row_becomes_many_and_its_formulas_go_on():
    _, _, book = filled("grouped")
    sheet = book["Biểu 1"]
    assert column(sheet, "A", 10, 12) == ["=ROW()-9"] * 3
    assert (sheet["H10"].value, sheet["H21"].value) == ("=LEN(B10)", "=LEN(B21)")
    assert (sheet["H22"].value, sheet["G22"].value) == ("=SUM(H10:H21)", "=COUNTA(G10:G21)")
    assert sheet["I31"].value == "=H22*2"
    assert (sheet["C10"].value, sheet["D10"].value) == ("01/05/2012", None)
    assert sheet["G11"].value == "004200000001"


def test_a_head_over_nothing_gets_rows_like_it():
    _, made, book = filled("headonly")
    sheet = book["Biểu 1"]
    assert made.inserted == 12
    assert sheet["B8"].value == "Nông Văn Thứ A"
    assert {"B8:C8", "E19:F19"} <= {str(one) for one in sheet.merged_cells.ranges}
    assert (sheet["C8"].border.top.style, sheet["B8"].font.b, sheet["B8"].fill.fill_type) == ("thin", False, None)
    assert sheet["E21"].value.startswith("……, ngày")


def test_names_in_two_columns_crosses_and_real_days():
    _, _, book = filled("names")
    sheet = book["Biểu 1"]
    assert [sheet[f"{col}9"].value for col in "BCEFG"] == ["Nông Văn Thứ", "A", "x", None, "x"]
    assert sheet["D9"].value.date() == date(2012, 5, 1)
    partly = filled("names", [child(0, child={"born": "2015-03"})])[2]["Biểu 1"]
    assert partly["D9"].value == "03/2015"


def test_fewer_children_than_rows_leave_no_number_behind():
    _, made, book = filled("plain", CHILDREN[:2])
    assert made.inserted == 0
    assert column(book["Biểu 1"], "A", 8, 12) == [1, 2, None, None, None]
    assert book["Biểu 1"]["H13"].value == "=COUNTA(H8:H12)"


def test_an_example_of_the_form_does_not_stay_among_the_children():
    _, _, book = filled("example", CHILDREN[:2])
    assert [[cell.value for cell in row] for row in book["Biểu 1"]["A8:E10"]] == [
        [1, "Nông Văn Thứ A", "01/05/2012", "Xóm Nà Héng", None],
        [2, "Nông Văn Thứ B", "02/05/2013", "Xóm Bản Ngà", None],
        [None] * 5,
    ]


def test_everything_that_names_cells_moves():
    _, made, book = filled("rich")
    sheet, other = book["Biểu 1"], book["Tổng hợp"]
    assert column(sheet, "A", 8, 19) == [1, *(f"=A{row}+1" for row in range(8, 19))]
    assert (sheet["F8"].value, sheet["F19"].value) == ("=SUM(E$8:E8)", "=SUM(E$8:E19)")
    assert (sheet["E20"].value, sheet["F20"].value) == ("=SUM(E8:E19)", "=E20/COUNTA(B8:B19)")
    assert other["B1"].value == "='Biểu 1'!E20+SUM('Biểu 1'!E8:E19)"
    assert book.defined_names["TongMuc"].attr_text == "'Biểu 1'!$E$20"
    assert str(sheet.data_validations.dataValidation[0].sqref) == "D8:D19"
    rules = {str(where.sqref): rule.formula for where in sheet.conditional_formatting for rule in where.rules}
    assert rules == {"E8:E19": ["$E$20"]}
    assert (sheet["A20"].comment.text, sheet["B8"].comment.text) == ("Cộng theo cột 5", "Viết chữ in thường")
    assert [one.id for one in sheet.row_breaks.brk] == [29]
    chart = Package(made.content)
    told = b"".join(chart.raw(part) for part in chart.parts("xl/charts/"))
    assert "'Biểu 1'!$E$8:$E$19".encode() in told
    drawn = b"".join(chart.raw(part) for part in chart.parts("xl/drawings/"))
    assert b"<xdr:row>30</xdr:row>" in drawn or b"<row>30</row>" in drawn


def test_parts_that_need_no_change_stay_byte_for_byte():
    form, made, _ = filled("plain")
    before, after = (zipfile.ZipFile(io.BytesIO(one)) for one in (form.data, made.content))
    assert before.namelist() == after.namelist()
    same = {name for name in before.namelist() if before.read(name) == after.read(name)}
    assert {"xl/theme/theme1.xml", "docProps/app.xml"} <= same


def test_what_begins_like_a_formula_is_text():
    _, _, book = filled("plain", [child(0, child={"full_name": "=1+1"})])
    cell = book["Biểu 1"]["B8"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_a_protected_sheet_is_filled_only_where_it_is_open():
    form, made, _ = filled("protected", CHILDREN[:5])
    assert made.rows == 5
    assert refused(formfill.fill, form, CHILDREN, VILLAGES, catalogue(), "x").name == "form_protected"
    assert b"sheetProtection" in Package(made.content).raw("xl/worksheets/sheet1.xml")


def test_hidden_rows_are_shown_and_hidden_columns_left_empty():
    _, _, book = filled("hidden")
    sheet = book["Biểu 1"]
    assert not sheet.row_dimensions[9].hidden
    assert column(sheet, "D", 8, 19) == [None] * 12
    assert book["Du lieu"].sheet_state == "veryHidden"
    assert book["Du lieu"]["A1"].value == "='Biểu 1'!B21"


def test_sensitive_groups_are_never_named():
    episode = {"form": "circumstance", "from": "2026-01-01", "to": None}
    both = child(0, episodes=[episode | {"code": "11"}, episode | {"code": "04"}])
    _, _, book = filled("plain", [both])
    assert book["Biểu 1"]["G8"].value == "khuyết tật"
    only = {**child(1).person, "episodes": [episode | {"code": "11"}]}
    assert formcells.chosen([only], Who("special"), catalogue(), TODAY) == ([], 1)


# --- figures ---------------------------------------------------------------------------------------------------------


def test_figures_by_the_villages_of_the_form():
    _, made, book = filled("figures")
    sheet = book["Biểu 1"]
    rows = [[cell.value for cell in row] for row in sheet["B10:G13"]]
    assert rows == [
        ["Nà Héng", 4, 2, 2, 1, 0], ["Xóm Bản Ngà", 4, 2, 2, 1, 0], ["Khuổi Vin", 4, 2, 2, 1, 0],
        ["Lũng Không Có", *[None] * 5],
    ]  # fmt: skip
    assert (made.strangers, made.missing) == (("Lũng Không Có",), ())
    poor = sum(one.home == "poor" for one in CHILDREN)
    assert (sheet["C14"].value, sheet["I14"].value) == ("=SUM(C10:C13)", poor)


def test_figures_with_the_villages_written_in():
    _, made, book = filled("villages")
    sheet = book["Biểu 1"]
    young = [sum(one.age is None or one.age <= 5 for one in CHILDREN[at::3]) for at in range(3)]
    assert [sheet[f"{col}8"].value for col in "ACDEFG"] == ["Tổng số", 12, 6, sum(young), None, 0]
    assert column(sheet, "B", 9, 11) == list(VILLAGES)
    assert column(sheet, "E", 9, 11) == young
    assert column(sheet, "F", 8, 11) == [None] * 4
    assert made.inserted == 1


# --- forms made here -------------------------------------------------------------------------------------------------


def drawn(*heads):
    """Return a form with these heads in row 2 over three drawn rows."""
    book = openpyxl.Workbook()
    sheet, line = book.active, Side(style="thin")
    sheet.title = "Biểu"
    for col, head in enumerate(heads, 1):
        for row in range(2, 6):
            sheet.cell(row, col).border = Border(line, line, line, line)
        sheet.cell(2, col).value = head
    return book


def content_of(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_heading_said_twice_asks_of_somebody_else():
    heads = ("TT", "Họ và tên", "Ngày sinh", "Họ tên cha", "Ngày sinh", "Họ tên mẹ", "Năm sinh", "Họ và tên")
    form = superior.read(content_of(drawn(*heads)), "b.xlsx", catalogue())
    assert [one.target for one in form.columns] == [
        "number", "full_name", "born", "father_name", "", "mother_name", "", ""]  # fmt: skip


def test_a_total_right_under_the_head_stays_below_the_children():
    book = drawn("TT", "Họ và tên", "Ngày sinh")
    book.active.delete_rows(3, 3)
    for col, text in enumerate((None, "Tổng cộng", None), 1):
        book.active.cell(3, col).value = text
        book.active.cell(3, col).border = Border(top=Side(style="thin"))
    made = formfill.fill(superior.read(content_of(book), "b.xlsx", catalogue()), CHILDREN, VILLAGES, catalogue(), "Xã")
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).active
    assert [sheet["B3"].value, sheet["B15"].value] == [CHILDREN[0].child["full_name"], "Tổng cộng"]


def test_the_source_of_a_pivot_on_another_sheet_grows():
    book = drawn("TT", "Họ và tên", "Ngày sinh")
    held = io.BytesIO(content_of(book))
    part = "xl/pivotCache/pivotCacheDefinition1.xml"
    with zipfile.ZipFile(held, "a") as archive:
        source = '<cacheSource type="worksheet"><worksheetSource ref="A2:C5" sheet="Biểu"/></cacheSource>'
        archive.writestr(part, f'<pivotCacheDefinition xmlns="{MAIN}">{source}</pivotCacheDefinition>')
    form = superior.read(held.getvalue(), "b.xlsx", catalogue())
    made = formfill.fill(form, CHILDREN, VILLAGES, catalogue(), "Xã")
    assert b'ref="A2:C14"' in zipfile.ZipFile(io.BytesIO(made.content)).read(part)


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("SUM(E8:E12)", "SUM(E8:E44)"),
        ("""IF(A8="E12",'Biểu 1'!E13,Khác!E13)""", """IF(A8="E12",'Biểu 1'!E45,Khác!E13)"""),
        ("LOG10(E13)+$E$13", "LOG10(E45)+$E$45"),
        ("VLOOKUP(A13,A:B,2)+SUM(8:12)", "VLOOKUP(A45,A:B,2)+SUM(8:44)"),
        ("Tbl[E13]+[1]X!E13+_E13", "Tbl[E13]+[1]X!E13+_E13"),
    ],
)
def test_addresses_move_as_in_excel(formula, moved):
    assert Shift("Biểu 1", 12, 32).formula(formula, "Biểu 1") == moved


def test_a_formula_copied_down_and_aside():
    assert translate("C8+$C8+C$8+'x C8'!C8+LOG10(D8)", 1, 2) == "E9+$C9+E$8+'x C8'!E9+LOG10(F9)"


def test_shared_formulas_are_written_out():
    book = openpyxl.Workbook()
    for row in (1, 2, 3):
        book.active.cell(row, 2, f"=A{row}*2")
    out, changed = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part.endswith("sheet1.xml"):
                data = data.replace(b"<f>A1*2</f>", b'<f t="shared" ref="B1:B3" si="0">A1*2</f>')
                for written in (b"<f>A2*2</f>", b"<f>A3*2</f>"):
                    data = data.replace(written, b'<f t="shared" si="0"/>')
            new.writestr(part, data)
    package = Package(changed.getvalue())
    editor = Editor(package, package.sheets[0])
    assert [editor.formula(row, 2) for row in (1, 2, 3)] == ["A1*2", "A2*2", "A3*2"]


# --- the verbs -------------------------------------------------------------------------------------------------------


@pytest.fixture
def register(commune):
    clock.set_fixed("2026-10-06T08:00")
    rows = [
        {"full_name": "Lý Mùi Mẩy", "born": "2015", "sex": "female", "village": "Nà Héng", "groups": ["01.3"]},
        {"full_name": "Nông Văn Tý", "born": "2014-03-05", "sex": "male", "village": "Bản Ngà", "groups": ["11"]},
        {"full_name": "Bế Hoà An", "born": "2020-03-05", "sex": "male", "village": "Bản Ngà",
         "household_class": "poor"},
    ]  # fmt: skip
    commune.put("child", rows)
    return commune


def test_a_form_is_filled_next_to_itself_and_remembered(register, tmp_path):
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(FORMS["plain"]())
    before = path.read_bytes()
    form = register.form_map(register.form_open(path), {"E": "", "H": "class"})
    done = register.form_fill(form, source=path, who=Who("special"))
    assert (done.path.name, done.children, done.apart) == ("bieu-da-dien.xlsx", 1, 1)
    assert form.data == path.read_bytes() == before
    assert "Dân tộc" in done.empty
    assert register.form_open(path).mapping["H"] == "class"
    assert register.form_fill(form, source=path, who=Who(ages=(0, 6))).path.name == "bieu-da-dien-2.xlsx"
    assert register.ledger.accesses()[-1][3] == "export"
    assert refused(register.form_fill, form, path, source=path).name == "form_original"
    assert refused(register.form_fill, form, source=path, who=Who(ages=(16, 17))).name == "form_nobody"
    assert refused(register.form_map, form, {"B": "groups=11"}).name == "bad_map"


def test_what_is_asked_must_be_agreed_to(register, tmp_path):
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(FORMS["hidden"]())
    form = register.form_open(path)
    assert refused(register.form_fill, form, source=path, accept={"very_hidden"}).name == "form_asks"
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".xlsx"] == ["bieu.xlsx"]
    assert register.form_fill(form, source=path, accept={"very_hidden", "hidden_rows"}).children == 3
