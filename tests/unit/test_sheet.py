"""Reading files of tables as people have them: formats by bytes, fonts, dates, and hostile files."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from cbdesk import book, sheet
from cbdesk.errors import Problem

SAMPLES = Path(__file__).parents[1] / "data" / "samples"


def problem(call, *args):
    with pytest.raises(Problem) as caught:
        call(*args)
    return caught.value.name


def values(found):
    return [[cell.text for cell in row] for row in found.sheets[0].rows]


def xlsx(fill, **parts):
    """Return the bytes of a workbook filled by a function; ``parts`` replace members of the zip."""
    workbook = openpyxl.Workbook()
    fill(workbook.active)
    out = io.BytesIO()
    workbook.save(out)
    if not parts:
        return out.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return changed.getvalue()


# --- the samples -------------------------------------------------------------------------------------------------


def test_xlsx_keeps_fonts_runs_dates_and_merges():
    found = sheet.read_book(SAMPLES / "s2_tcvn3.xlsx")
    first = found.sheets[0]
    assert (found.format, first.name) == ("xlsx", "Bieu 01")
    assert first.cell(2, 1).font == ".VnTimeH"
    assert "\xad" in first.cell(2, 1).text
    assert first.cell(8, 5).value == date(2012, 7, 15)
    assert first.cell(15, 2).runs == (("Høa ThÞ ", ".VnTime"), ("Mỹ", "Times New Roman"))
    assert (7, 2, 7, 9) in first.merged
    assert first.cell(16, 8).uncached
    assert first.cell(99, 99).text == ""


def test_xls_keeps_fonts_and_knows_the_american_order():
    found = sheet.read_book(SAMPLES / "s5_unicode_dates.xls")
    cell = found.sheets[0].cell(7, 3)
    assert (found.format, cell.value, cell.ambiguous) == ("xls", date(2010, 5, 12), True)
    assert found.sheets[0].cell(5, 2).font == "Times New Roman"
    assert found.sheets[0].cell(5, 1).value == 1


def test_html_named_xls():
    found = sheet.read_book(SAMPLES / "s8_html.xls")
    assert found.format == "html"
    assert values(found)[2] == ["1", "Đinh Thị Hoè", "19/11/2016", "Nữ"]


def test_truncated():
    assert problem(sheet.read_book, SAMPLES / "s9_truncated.xlsx") == "excel_broken"


# --- what is not a table -----------------------------------------------------------------------------------------


def test_missing_empty_and_foreign_files(tmp_path):
    assert problem(sheet.read_book, tmp_path / "none.xlsx") == "no_such_file"
    assert problem(sheet.read_book, tmp_path) == "no_such_file"
    assert problem(sheet.read_bytes, b"") == "empty_file"
    assert problem(sheet.read_bytes, b"\xef\xbb\xbf \r\n") == "empty_file"
    assert problem(sheet.read_bytes, b"%PDF-1.7 stream") == "not_excel"
    assert problem(sheet.read_bytes, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") == "not_excel"
    assert problem(sheet.read_bytes, b"<html><p>no table</p></html>") == "not_excel"
    assert problem(sheet.read_bytes, xlsx(lambda ws: None)) == "empty_file"


def test_a_zip_that_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert problem(sheet.read_bytes, out.getvalue()) == "not_excel"


def test_locked_and_broken_ole():
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    assert problem(sheet.read_bytes, head + "EncryptedPackage".encode("utf-16-le") + bytes(600)) == "excel_locked"
    assert problem(sheet.read_bytes, head + "WordDocument".encode("utf-16-le")) == "not_excel"
    assert problem(sheet.read_bytes, head) == "excel_broken"
    whole = (SAMPLES / "s5_unicode_dates.xls").read_bytes()
    assert problem(sheet.read_bytes, whole[:3000]) == "excel_broken"


def test_no_sheet_of_that_name():
    found = sheet.read_book(SAMPLES / "s2_tcvn3.xlsx")
    with pytest.raises(Problem) as caught:
        found.sheet("Bieu 02")
    assert caught.value.name == "no_sheet"
    assert "Bieu 01" in caught.value.next


# --- hostile files -----------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_unpacks():
    bomb = b"<worksheet>" + b" " * (3 << 20) + b"</worksheet>"
    assert (
        problem(sheet.read_bytes, xlsx(lambda ws: ws.append(["a"]), **{"xl/worksheets/x.xml": bomb})) == "excel_too_big"
    )
    many = {f"xl/media/{n}.png": b"" for n in range(600)}
    assert problem(sheet.read_bytes, xlsx(lambda ws: ws.append(["a"]), **many)) == "excel_too_big"


def test_a_size_that_lies_is_a_broken_file():
    data = bytearray(xlsx(lambda ws: ws.append(["a"] * 50)))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    assert data.count(size.to_bytes(4, "little")) >= 1
    lying = bytes(data).replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little"))
    assert problem(sheet.read_bytes, lying) == "excel_broken"


def test_a_cell_in_the_far_corner_is_refused_by_both_readers(monkeypatch):
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1048576">'
    far += b'<c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    data = xlsx(lambda ws: ws.append(["a"]), **{"xl/worksheets/sheet1.xml": far})
    assert problem(sheet.read_bytes, data) == "excel_too_big"
    monkeypatch.setattr(sheet, "_by_openpyxl", lambda data: 1 / 0)
    assert problem(sheet.read_bytes, data) == "excel_too_big"


def test_entities_are_refused():
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet xmlns='
    evil += b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="str">'
    evil += b"<v>&b;</v></c></row></sheetData></worksheet>"
    data = xlsx(lambda ws: ws.append(["a"]), **{"xl/worksheets/sheet1.xml": evil})
    assert openpyxl.DEFUSEDXML
    assert problem(sheet.read_bytes, data) in ("excel_broken", "empty_file")


def test_the_number_of_cells_is_limited(monkeypatch):
    monkeypatch.setattr(book, "MAX_CELLS", 50)
    data = xlsx(lambda ws: [ws.append(list("abcdefgh")) for _ in range(20)])
    assert problem(sheet.read_bytes, data) == "excel_too_big"
    assert problem(sheet.read_text, "a,b\n" * 40) == "excel_too_big"


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"<table>", b"a;b\n"]),
)
@settings(deadline=None, max_examples=80)
def test_any_bytes_give_a_book_or_a_problem(data, head):
    with contextlib.suppress(Problem):
        assert sheet.read_bytes(head + data).sheets


def test_damaged_workbooks_give_a_problem():
    for name in ("s2_tcvn3.xlsx", "s5_unicode_dates.xls"):
        whole = (SAMPLES / name).read_bytes()
        for at in range(0, len(whole), 331):
            damaged = whole[:at] + bytes([whole[at] ^ 0xFF, 0x41]) + whole[at + 2 :]
            with contextlib.suppress(Problem):
                sheet.read_bytes(damaged)


# --- odd but whole files -----------------------------------------------------------------------------------------


def test_shared_rich_text_and_escapes():
    def fill(ws):
        ws["A1"] = CellRichText(
            TextBlock(InlineFont(rFont=".VnTime"), "Hoµng "), TextBlock(InlineFont(rFont="Arial"), "Mỹ")
        )
        ws["A2"] = "one_x000D_two"
        ws["A3"] = "Nông"
        ws["A3"].font = Font(name="VNI-Times")
        ws["B3"] = date(2014, 5, 3)
        ws["B3"].number_format = "m/d/yyyy"
        ws["C3"] = date(2014, 5, 3)
        ws["C3"].number_format = "mm-dd-yy"
        ws["D3"] = 4316001234.0

    first = sheet.read_bytes(xlsx(fill)).sheets[0]
    assert first.cell(1, 1).runs == (("Hoµng ", ".VnTime"), ("Mỹ", "Arial"))
    assert first.cell(2, 1).text == "one\rtwo"
    assert first.cell(3, 1).font == "VNI-Times"
    assert [first.cell(3, c).month_first for c in (2, 3)] == ["yes", "system"]
    assert first.cell(3, 4).value == 4316001234


def test_the_second_reader_takes_what_the_first_refuses(monkeypatch):
    data = (SAMPLES / "s2_tcvn3.xlsx").read_bytes()
    first = values(sheet.read_bytes(data))
    monkeypatch.setattr(sheet, "_by_openpyxl", lambda data: 1 / 0)
    second = sheet.read_bytes(data)
    assert [row for row in values(second) if row][:12] == [row for row in first if row][:12]
    assert second.sheets[0].cell(8, 5).value == date(2012, 7, 15)


def test_an_intact_file_with_an_odd_style_sheet_is_still_read():
    styles = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font>'
    styles += b'<sz val="big"/></font></fonts><cellXfs count="1"><xf numFmtId="0" fontId="0"/></cellXfs></styleSheet>'
    data = xlsx(lambda ws: ws.append(["Họ tên", 5]), **{"xl/styles.xml": styles})
    assert values(sheet.read_bytes(data)) == [["Họ tên", "5"]]


# --- CSV ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_line_ends_and_separators(mark, end):
    text = end.join(mark.join(row) for row in (["TT", "Họ tên"], ["1", "Đặng Ốc"], ["2", "Lý Mẩy"])) + end
    assert values(sheet.read_bytes(text.encode()))[:3] == [["TT", "Họ tên"], ["1", "Đặng Ốc"], ["2", "Lý Mẩy"]]


def test_quotes_may_hold_separators_and_line_ends():
    text = 'a;b\n"x; ""y""";"two\nlines"\nlast;\n'
    assert values(sheet.read_bytes(text.encode())) == [["a", "b"], ['x; "y"', "two\nlines"], ["last"]]


def test_a_missing_quote_spoils_one_line():
    text = 'TT,Tên,Xóm\n1,"Nông Văn An,Nà Héng\n2,Lý Mẩy,Nà Rình\n3,Đặng Ốc,Nà Rình\n'
    found = values(sheet.read_bytes(text.encode()))
    assert len(found) == 4
    assert found[2] == ["2", "Lý Mẩy", "Nà Rình"]
    assert "Nông Văn An" in found[1][1]


def test_excel_says_its_separator():
    found = sheet.read_bytes(b"sep=;\na;b\n1,5;2\n")
    assert [cell.text for cell in found.sheets[0].rows[2]] == ["1,5", "2"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_encodings_of_text(charset):
    text = "TT;Họ tên\n1;Nguyễn Thị Ưởng\n2;Hoàng Văn Páo\n"
    data = _to_cp1258(text) if charset == "cp1258" else text.encode(charset)
    assert values(sheet.read_bytes(data))[1] == ["1", "Nguyễn Thị Ưởng"]


def _to_cp1258(text):
    """Write as Windows does: base letters with their hat, then the tone as a mark of its own."""
    import unicodedata

    out = ""
    for c in text:
        tones = [m for m in unicodedata.normalize("NFD", c) if m in "\u0300\u0301\u0303\u0309\u0323"]
        rest = "".join(m for m in unicodedata.normalize("NFD", c) if m not in tones)
        out += unicodedata.normalize("NFC", rest) + "".join(tones)
    return out.encode("cp1258")


def test_old_font_bytes_stay_for_the_importer():
    data = "TT;Hä tªn\n1;Hoµng V¨n P¸o\n2;NguyÔn ThÞ Lan\n".encode("latin-1")
    assert values(sheet.read_bytes(data))[1] == ["1", "Hoµng V¨n P¸o"]


def test_pasted_text():
    found = sheet.read_text("TT\tHọ tên\n1\tĐặng Ốc")
    assert (found.format, values(found)[1]) == ("text", ["1", "Đặng Ốc"])
    assert problem(sheet.read_text, "  \n") == "empty_file"


def test_html_spans_fonts_and_xml_spreadsheets():
    page = "<table><tr><td rowspan=2>A</td><td colspan=2>B</td></tr><tr><td>c</td>"
    page += "<td><font face='.VnTime'>Hµ</font></td></tr></table>"
    first = sheet.read_bytes(page.encode()).sheets[0]
    assert [c.text for c in first.rows[1]] == ["", "c", "Hµ"]
    assert first.cell(2, 3).font == ".VnTime"
    assert set(first.merged) == {(1, 1, 2, 1), (1, 2, 1, 3)}
    xml = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>'
    xml += '<Row><Cell><Data>TT</Data></Cell><Cell ss:Index="3"><Data>Tên</Data></Cell></Row>'
    xml += "</Table></Worksheet></Workbook>"
    found = sheet.read_bytes(xml.encode())
    assert (found.format, values(found)) == ("xml", [["TT", "", "Tên"]])
