"""Tables of figures and charts: as data, on paper, in a report, in Word and in a workbook: the same figures in each."""

import io
import json
import re
from dataclasses import replace
from itertools import pairwise

import docx
import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from pypdf import PdfReader

from cbdesk import document, gridpaper, letter, official, page, workbook
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.grid import Chart, Grid, GridCell, GridColumn, GridRow, GridSheet, chart_of, figure
from cbdesk.letterhead import Office, issuer_lines, national_lines, patterns, signers_of

STAMP = "2026-11-20T08:00:00"
OFFICE = Office(unit="xã Bảo Lạc", officer="Nông Thị Hạnh", signer_name="Lục Văn Sơn")
GROUPS = (("m", "Nam", "Giới tính"), ("f", "Nữ", "Giới tính"), ("tay", "Tày", "Chia theo / Dân tộc"),
          ("mong", "Mông", "Chia theo / Dân tộc"), ("old", "Trên 11 tuổi", "Chia theo"))  # fmt: skip


def table(count=5, more=0, **given):
    """Return a table of ``count`` rows in two parts, with sums down and along, shares, an unknown and a none."""
    columns = [GridColumn("t", "Tổng số", sum=("m", "f")), *(GridColumn(*one[:2], group=one[2]) for one in GROUPS)]
    columns += [GridColumn(f"x{n}", f"Tiêu chí thứ {n}", group=f"Nhóm {n // 3}") for n in range(more)]
    columns += [GridColumn("p", "Tỷ lệ nữ", kind="percent", share=("f", "t")), GridColumn("l", "Năm trước")]
    rows = [GridRow("part", "Trẻ em có hoàn cảnh", {}, kind="part", number="I")]
    for n in range(count):
        m, f = 1200 * n, 35 + n
        values = {"t": m + f, "m": m, "f": f, "tay": n, "mong": m, "old": f, "p": f / (m + f)}
        values |= {f"x{one}": one for one in range(more)}
        cells = {key: GridCell(value=one, ids=() if key == "p" else tuple(f"kid{i}" for i in range(min(one, 9))))
                 for key, one in values.items()}  # fmt: skip
        rows.append(GridRow(f"r{n}", f"Hoàn cảnh thứ {n} ẪỖ", cells, level=n % 2, number=str(n + 1)))
    under = tuple(row.key for row in rows[1:])
    keys = [one.key for one in columns if one.key not in "pl"]
    total = {key: GridCell(value=sum(row.cell(key).value for row in rows[1:]), formula=under) for key in keys}
    rows += [
        GridRow("all", "Cộng", total | {"p": GridCell(value=total["f"].value / total["t"].value)}, kind="total"),
        GridRow("once", "Số trẻ, đếm một lần", {"m": GridCell(value=7, formula=under)}, note="không cộng được"),
        GridRow("s", "Phần của dòng 2", {key: GridCell(value=total[key].value and rows[2].cell(key).value
                                                         / total[key].value, formula=("r1", "all")) for key in keys},
                kind="share")]  # fmt: skip
    return Grid("g", "Bảng 1. Trẻ em", tuple(columns), tuple(rows), ("Ghi chú cuối bảng.",), "Đơn vị: trẻ", **given)


LINE = Chart("c", "Vụ việc", "line", tuple(f"T{n}" for n in range(24)), (("năm nay", (3, None, *range(5, 27))),), "vụ")


def sheet(*grids, charts=(), **given):
    heading = {"issuer": issuer_lines(OFFICE), "national": national_lines(), "signers": signers_of(OFFICE),
               "page_of": patterns()["patterns"]["page_of"], "made_on": "2026-11-20",
               "attached": "(Kèm theo Báo cáo số 152/BC-UBND)"}  # fmt: skip
    return GridSheet("r", "2026", "BIỂU SỐ 01", "Trẻ em năm 2026", grids, charts, **heading | given)


def texts(made):
    return [one.extract_text() for one in PdfReader(io.BytesIO(made)).pages]


# --- as data ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [(1234567, "number", "1.234.567"), (0, "number", "–"), (None, "number", ""), (12.5, "money", "12,5"),
     (0.125, "percent", "12,5 %"), (0.0625, "percent", "6,3 %"), (1, "percent", "100 %"), (0, "percent", "0 %"),
     (None, "percent", "")],
)  # fmt: skip
def test_figures_are_written_as_vietnamese_papers_write_them(value, kind, written):
    assert figure(value, kind) == written


def test_a_sheet_comes_back_from_json_with_one_table_of_ids():
    kids = tuple(f"01J{n:023}" for n in range(12_000))
    rows = (GridRow("a", "A", {"n": GridCell(value=12_000, ids=kids, formula=("b",))}, note="x", kind="total"),
            GridRow("b", "B", {"n": GridCell("…", ids=kids[50:9000] + kids[:3], form="case")}, level=2))  # fmt: skip
    whole = sheet(Grid("g", "G", (GridColumn("n", "N", sum=("n",)),), rows), table(), charts=(LINE,))
    text = whole.as_json()
    assert GridSheet.from_json(text) == whole
    assert GridSheet.from_json(text).as_json() == text
    assert text.count(kids[70]) == 1
    assert len(text) < 12_000 * 30 + 12_000


OLD = {"report": "r", "period": "2020", "kind": "B", "about": "x", "later": 1, "ids": ["a"], "grids": [
    {"name": "g", "title": "", "columns": [{"key": "n", "heading": "N"}],
     "rows": [{"key": "r", "label": "R", "cells": {"n": {"value": 2}}, "newer": True}]}]}  # fmt: skip


def test_an_old_sheet_is_read_and_what_is_none_is_a_problem():
    old = json.dumps(OLD)
    assert GridSheet.from_json(old).grids[0].rows[0].cell("n") == GridCell(value=2)
    for text in ("", "[]", "{}", '{"report": 1}', old.replace('"value": 2', '"value": NaN'),
                 old.replace('"value": 2', '"value": "2"'), old.replace('"value": 2', '"ids": "0-999999999"')):
        with pytest.raises(Problem) as caught:
            GridSheet.from_json(text)
        assert caught.value.name == "paper_failed"


# --- on paper --------------------------------------------------------------------------------------------------------


def test_headings_stand_in_three_levels_above_their_columns():
    part = gridpaper.whole(table())
    found = {one.text: (one.row, one.column, one.rows, one.columns) for one in gridpaper.heads(table(), part)}
    assert found["TT"] == (0, 0, 3, 1)
    assert found["Tổng số"] == (0, 2, 3, 1)
    assert found["Giới tính"] == (0, 3, 1, 2)
    assert (found["Nam"], found["Chia theo"], found["Dân tộc"]) == ((1, 3, 2, 1), (0, 5, 1, 3), (1, 5, 1, 2))
    assert (found["Mông"], found["Trên 11 tuổi"]) == ((2, 6, 1, 1), (1, 7, 2, 1))
    assert gridpaper.numbers(part)[:3] == ("A", "B", "(1)")


@pytest.mark.parametrize("more", [0, 6, 9, 12, 24])
@pytest.mark.parametrize("room", [165.0, 252.0])
def test_a_wide_table_shrinks_and_then_is_divided_at_its_groups(room, more):
    grid = table(more=more)
    parts = gridpaper.parts(grid, room)
    assert [column for part in parts for column in part.columns] == list(grid.columns)
    assert all(gridpaper.SMALLEST <= part.size <= gridpaper.LARGEST for part in parts)
    assert all(abs(sum(part.widths) - room) < 0.5 for part in parts)
    assert {part.number for part in parts} == {True}
    assert [part.note for part in parts] == [False] * (len(parts) - 1) + [True]
    ends = [(one.columns[-1].group.split(" / ")[0], other.columns[0].group.split(" / ")[0])
            for one, other in pairwise(parts)]  # fmt: skip
    assert not [one for one in ends if one[0] and one[0] == one[1]]
    numbered = [one for part in parts for one in gridpaper.numbers(part) if one.startswith("(")]
    assert numbered == [f"({n})" for n in range(1, len(grid.columns) + 2)]


@pytest.mark.parametrize("rows", [3, 14, 16, 18, 45])
def test_every_page_has_the_head_and_signatures_stand_with_rows(rows):
    made = page.grid_pdf(sheet(table(rows), practice="SỔ TẬP HUẤN", public="BẢN CÔNG KHAI"), stamp=STAMP)
    told = texts(made)
    assert [text for text in told if "Hoàn cảnh thứ" not in text and "Cộng" not in text] == []
    assert all("Chỉ tiêu" in text and "Giới tính" in text and "SỔ TẬP HUẤN" in text for text in told)
    for words in ("Phần của dòng 2", "Ghi chú cuối bảng", "NGƯỜI LẬP BIỂU", "Lục Văn Sơn"):
        assert words in told[-1]
    for words in ("BIỂU SỐ 01", "Kèm theo Báo cáo số 152", "BẢN CÔNG KHAI", "Đơn vị: trẻ", "ẪỖ", "Độc lập"):
        assert words in told[0]
    assert "".join(told).count("Hoàn cảnh thứ") == rows
    assert "kid" not in "".join(told)


def test_paper_is_landscape_or_portrait_and_the_same_each_time():
    made = page.grid_pdf(sheet(table(more=9), table(3), orientation="portrait"), stamp=STAMP)
    assert made == page.grid_pdf(sheet(table(more=9), table(3), orientation="portrait"), stamp=STAMP)
    first = PdfReader(io.BytesIO(made)).pages[0].mediabox
    assert first.height > first.width
    assert "(tiếp theo)" in "".join(texts(made))
    assert len(page.grid_pngs(sheet(table(3)), ppi=30)) == 1
    with pytest.raises(Problem):
        page.grid_pdf(sheet(table(3), orientation="upside down"), stamp=STAMP)


def test_words_of_people_are_never_run():
    names = ('#panic("x")', "$ x $ *b* _i_ \\ [", "=1+1", "李小明", "A" * 300)
    grid = Grid("g", names[0], (GridColumn("n", names[1], group=names[0]),), tuple(
        GridRow(str(n), name, {"n": GridCell(value=n)}, note=name) for n, name in enumerate(names)))  # fmt: skip
    chart = chart_of(grid, "c", names[0], rows=("0", "1", "3"), columns=("n",))
    told = "".join(texts(page.grid_pdf(sheet(grid, charts=(chart,)), stamp=STAMP)))
    assert told.count('#panic("x")') >= 4
    assert "□□□" in told


# --- charts ----------------------------------------------------------------------------------------------------------


def test_bars_begin_at_nothing_and_lines_have_round_scales_of_their_own():
    bars = gridpaper.chart_data(chart_of(table(), "c", "C", rows=("r0", "r1", "all"), columns=("m", "f")))
    assert [one["at"] for one in bars["series"][0]["values"]] == [0, 0.1, 1]
    assert [one["text"] for one in bars["series"][0]["values"]] == ["–", "1.200", "12.000"]
    line = gridpaper.chart_data(replace(LINE, labels=("a", "b", "c"), series=(("x", (0.912, None, 0.985)),), unit="%"))
    assert [one["text"] for one in line["ticks"]] == ["90 %", "92 %", "94 %", "96 %", "98 %", "100 %"]
    assert [one["at"] is None for one in line["series"][0]["values"]] == [False, True, False]
    assert all(0 <= one["at"] <= 1 for one in line["ticks"])


@pytest.mark.parametrize("values", [(), (None,), (0,), (5, 5, 5), (1, 10**9), tuple(range(24)), tuple(range(40))])
@pytest.mark.parametrize("kind", ["bars", "line"])
def test_every_chart_is_drawn(kind, values):
    chart = Chart("c", "C", kind, tuple(f"nhãn {n}" for n in range(len(values))), (("a", values), ("b", values[::-1])))
    assert page.chart_png(chart, ppi=30).startswith(b"\x89PNG")


def test_a_chart_is_told_in_words_and_stands_with_the_signatures():
    assert gridpaper.alt(LINE).startswith("Vụ việc. T0: 3; T2: 5;")
    told = texts(page.grid_pdf(sheet(charts=(LINE, LINE)), stamp=STAMP))
    assert len(told) == 1
    assert "Lục Văn Sơn" in told[0]


# --- inside a report -------------------------------------------------------------------------------------------------

REPORT = """title: Báo cáo
origin: layout

# I. TÌNH HÌNH
> Toàn xã có {n} trẻ em, tăng {share}.
@grid g
@chart c
?@grid nothing
@grid nothing
- Hết."""


def report(**given):
    blocks = document.fill(document.read("x", REPORT), {"n": "2.214", "share": "3,9 %", "g": table(4), "c": LINE})
    return Document("x", "BÁO CÁO", "Kết quả", blocks, issuer=issuer_lines(OFFICE), national=national_lines(),
                    signers=signers_of(OFFICE)[-1:], page_of="{page}/{pages}", spaced=True, **given)  # fmt: skip


def test_a_template_puts_tables_and_charts_between_its_words():
    assert [one.kind for one in report().blocks] == ["part", "prose", "grid", "chart", "item"]
    assert {"g", "c", "n"} < document.read("x", REPORT).slots
    told = "".join(texts(page.document_pdf(report(), stamp=STAMP)))
    for words in ("2.214", "tăng 3,9 %", "Bảng 1. Trẻ em", "Hoàn cảnh thứ 3", "7.200", "T22", "Hết."):
        assert words in told
    assert Document.from_json(report().as_json()) == report()


@pytest.mark.parametrize(("text", "line"), [("@grid who", 3), ("x\n@chart nobody", 4), ("@gird g", 3), ("@grid", 3)])
def test_a_table_nobody_knows_is_a_fault_of_the_template(text, line):
    with pytest.raises(Problem) as caught:
        document.fill(document.read("x", f"title: x\n\n{text}"), {"g": table()}, frozenset({"g"}))
    assert (caught.value.name, caught.value.details["line"]) == ("template_wrong", line)


def test_word_has_a_real_table_and_a_picture_told_in_words():
    word = docx.Document(io.BytesIO(letter.docx(report())))
    made = word.tables[1]
    head = made.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    repeated = [n for n, row in enumerate(made.rows) if row._tr.xpath("./w:trPr/w:tblHeader")]
    assert head
    assert repeated == list(range(4))
    assert made.cell(0, 3).text == made.cell(0, 4).text == "Giới tính"
    assert made.cell(0, 0).text == made.cell(2, 0).text == "TT"
    grid = table(4)
    written = ["\t".join(cell.text for cell in row.cells).replace("\u00a0", " ") for row in made.rows]
    part = gridpaper.parts(grid, letter.WIDTH)[0]
    for row in grid.rows[1:]:
        assert "\t".join(gridpaper.line(row, part)) in written
    pictures = word.element.xpath("//wp:docPr")
    assert [one.get("descr") for one in pictures] == [gridpaper.alt(LINE)]


def test_reports_and_forms_are_found_each_in_their_folder(tmp_path, monkeypatch):
    for folder, name in (("forms", "02"), ("reports", "nam")):
        (tmp_path / "paper" / folder).mkdir(parents=True)
        (tmp_path / "paper" / folder / f"{name}.txt").write_text(f"title: {name}\norigin: layout\n\n{{n}}", "utf-8")
    monkeypatch.setattr(official, "resources", lambda: tmp_path)
    official._shipped.cache_clear()
    try:
        own = {"nam": official.Corrected("title: của xã\norigin: layout\n\n{n}", checked=False)}
        assert set(official.templates(own)) == {"02"}
        assert official.templates(own, official.REPORTS)["nam"].title == "của xã"
        with pytest.raises(Problem):
            official.template("nam")
        made = official.make("nam", {"n": "5"}, OFFICE, None, slots=frozenset({"n"}), folder=official.REPORTS)
        assert made.spaced
        assert made.marks == ()
    finally:
        official._shipped.cache_clear()


# --- in a workbook ---------------------------------------------------------------------------------------------------


def result(formula, sheet_of):
    """Return what a formula of ours yields, reckoned here."""
    def number(cell):
        held = sheet_of[cell].value
        return result(held, sheet_of) if isinstance(held, str) and held.startswith("=") else held

    share = re.fullmatch(r'=IFERROR\(([A-Z]+\d+)/([A-Z]+\d+),"–"\)', formula)
    if share:
        part, whole = map(number, share.groups())
        return part / whole if isinstance(whole, (int, float)) and whole else "–"
    found = 0
    for run in re.fullmatch(r"=SUM\(([A-Z0-9:,]+)\)", formula)[1].split(","):
        left, top, right, bottom = range_boundaries(run)
        cells = [sheet_of.cell(row, at).coordinate for row in range(top, bottom + 1) for at in range(left, right + 1)]
        found += sum(one for one in map(number, cells) if isinstance(one, (int, float)))
    return found


def test_formulas_yield_the_figures_of_the_paper_and_hold_them_already():
    grids = (table(6), replace(table(2), title="Bảng 2"))
    made = workbook.grids_xlsx(sheet(*grids), stamp=STAMP)
    live, held = (openpyxl.load_workbook(io.BytesIO(made), data_only=only) for only in (False, True))
    assert live.sheetnames == ["Biểu 1", "Biểu 2"]
    assert made == workbook.grids_xlsx(sheet(*grids), stamp=STAMP)
    for grid, one in zip(grids, live.worksheets, strict=True):
        first = next(row for row in range(1, 30) if one.cell(row, 2).value == grid.rows[0].label)
        formulas = 0
        for (n, row), (at, column) in ((a, b) for a in enumerate(grid.rows, first) for b in enumerate(grid.columns, 3)):
            written, exact = one.cell(n, at).value, row.cell(column.key).value
            if isinstance(written, str) and written.startswith("="):
                formulas += 1
                assert result(written, one) == pytest.approx(exact)
                assert held[one.title].cell(n, at).value == pytest.approx(exact)
            elif row.kind != "part":
                assert written == exact
        assert formulas > 2 * len(grid.rows)
        once = next(row for row in range(first, 60) if one.cell(row, 2).value == "Số trẻ, đếm một lần")
        assert one.cell(once, 4).value == 7


def test_only_formulas_of_ours_are_formulas():
    bad = ("=1+1", "+cmd|' /C calc'!A0", "-1", "@SUM(A1)", '=HYPERLINK("x")')
    rows = tuple(GridRow(str(n), name, {"n": GridCell(text=name), "m": GridCell(value=n)}, note=name, number=name)
                 for n, name in enumerate(bad))  # fmt: skip
    grid = Grid("g", bad[0], (GridColumn("n", bad[1], kind="text"), GridColumn("m", bad[4])), rows, notes=bad)
    found = openpyxl.load_workbook(io.BytesIO(workbook.grids_xlsx(sheet(grid, notes=bad), stamp=STAMP)))
    cells = [cell for one in found.worksheets for line in one.iter_rows() for cell in line]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert {cell.value for cell in cells} > set(bad)
