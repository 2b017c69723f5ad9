"""Lists that are hard to read, each with what must be understood of it, or the Problem that refuses it.

    .venv/bin/python tools/nasty_samples.py FOLDER

Built in memory, always the same, no real person. ``made()`` gives name to (bytes, truth); a truth is
``{"charset", "children", "refused"}`` as in ``make_import_samples`` or ``{"problem": name}``. Old .xls files and locked
packages are put together by ``old_formats``.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from make_import_samples import STAMP, child, coded, cp1258, fill, saved, sheet_of, tcvn3, vni
from old_formats import biff, compound
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

Sample = tuple[bytes, dict[str, Any]]
SAMPLES: dict[str, Callable[[], Sample]] = {}


def sample(name: str) -> Callable[[Callable[[], Sample]], Callable[[], Sample]]:
    """Enter a builder under the name of its file."""

    def enter(build: Callable[[], Sample]) -> Callable[[], Sample]:
        SAMPLES[name] = build
        return build

    return enter


def made() -> dict[str, Sample]:
    """Return all samples."""
    return {name: build() for name, build in SAMPLES.items()}


# --- tables as people build them -------------------------------------------------------------------------------------


@sample("two_tables_from_column_c.xlsx")
def _two_tables() -> Sample:
    rows = [
        [None, None, "UBND XÃ BẢO LẠC"],
        [None, None, "BIỂU TỔNG HỢP TRẺ EM"],
        [],
        [None, None, "STT", "Họ và tên", "Ngày, tháng, năm sinh", None, "Cha", None, "Chỗ ở hiện nay"],
        [None, None, None, None, "Nam", "Nữ", "Họ tên", "Năm sinh"],
        [None, None, 1, "Lý Mùi Mẩy", None, "3/6/2015", "Lý Văn Phúc", 1985, "Xóm Lũng Mít"],
        [None, None, 2, "Vừ A Sình", "12.2014", None, "Vừ A Chớ", 1990, "Xóm Khuổi Mít"],
        [],
        [None, None, "II. Trẻ em khuyết tật"],
        [None, None, "TT", "Họ tên trẻ", "Giới", "Năm sinh", "Dạng tật", "Xóm"],
        [None, None, 1, "Chảo Thị Pham", "Nữ", 2013, "vận động", "Khuổi Mít"],
    ]
    merged = ("C4:C5", "D4:D5", "E4:F4", "G4:H4", "I4:I5")
    return saved(sheet_of(rows, "Times New Roman", "Bieu 1", merged)), {
        "charset": "unicode",
        "children": [
            child(6, "Lý Mùi Mẩy", "female", "2015-06-03", "Xóm Lũng Mít", father_name="Lý Văn Phúc"),
            child(7, "Vừ A Sình", "male", "2014-12", "Xóm Khuổi Mít", father_name="Vừ A Chớ"),
            child(11, "Chảo Thị Pham", "female", "2013", "Khuổi Mít", groups=["04"]),
        ],
    }


@sample("villages_totals_signatures.xlsx")
def _totals() -> Sample:
    rows = [
        ["TT", "Họ và tên", "Ngày sinh", None, "Dân tộc", "Ghi chú"],
        [None, None, "Nam", "Nữ"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        ["I", "Xóm Nà Héng"],
        [1, "Nông Văn Kiên", "05/3/2016", None, "Tày"],
        [2, "Lục Thị Nhậy", None, "00/00/2012", "nt", "bỏ học"],
        [None, "Cộng xóm Nà Héng: 2 trẻ"],
        ["II", "Xóm Đon Sài (tiếp)"],
        [1, "Đàm Hữu Lâm", 2017, None, "Nùng"],
        [None, "Tổng cộng: 3"],
        [None, "Người lập biểu", None, None, "TM. UBND xã"],
        [None, "Nông Thị Hạnh", None, None, "Hoàng Văn Chủ"],
        [],
        ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Ghi chú"],
        [1, "Mã Thị Dợ", "tháng 3/2015", "Nữ", "Mông"],
        [None, "Bảo Lạc, ngày 12 tháng 10 năm 2026"],
        [None, "Người lập biểu"],
        [None, "Nông Thị Hạnh"],
    ]
    return saved(sheet_of(rows, None, "DS 2026", ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:F2"))), {
        "charset": "unicode",
        "children": [
            child(5, "Nông Văn Kiên", "male", "2016-03-05", "Xóm Nà Héng", ethnicity="02"),
            child(6, "Lục Thị Nhậy", "female", "2012", "Xóm Nà Héng", ethnicity="02"),
            child(9, "Đàm Hữu Lâm", "male", "2017", "Xóm Đon Sài", ethnicity="07"),
            child(15, "Mã Thị Dợ", "female", "2015-03", None, ethnicity="08"),
        ],
    }


@sample("crosses.xlsx")
def _crosses() -> Sample:
    rows = [
        ["Họ và tên", "Năm sinh", "Nam", "Nữ", "Hộ nghèo", "Hộ cận nghèo", "Khuyết tật", "Bỏ học"],
        ["Triệu Văn Vần", 2014, "x", None, "✓", None, None, "v"],
        ["Triệu Mùi Pham", 2015, None, "X", None, 1, "có", "không"],
        ["Bàn Sành Phin", 2016, "☑", "☐", 0, "-", "0", None],
    ]
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [
            child(2, "Triệu Văn Vần", "male", "2014", None, household_class="poor", risks=["R10"]),
            child(3, "Triệu Mùi Pham", "female", "2015", None, household_class="near_poor", groups=["04"]),
            child(4, "Bàn Sành Phin", "male", "2016", None, household_class=None, groups=None),
        ],
    }


@sample("three_times.xlsx")
def _three_times() -> Sample:
    rows = [
        ["TT", "Họ tên", "Năm sinh", "Giới tính", "Xóm"],
        [1, "Hoàng Thúy Mỵ", "14/8/2016", "Nữ", "Xóm Nà Rình"],
        [2, "HOÀNG THUÝ MỴ", "14.08.2016", "nữ", "Nà Rình"],
        [3, "Hoàng  Thuý  Mị", date(2016, 8, 14), "gái", "xóm Nà Rình"],
    ]
    one = ("female", "2016-08-14", "Nà Rình")
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [
            child(2, "Hoàng Thúy Mỵ", *one), child(3, "Hoàng Thuý Mỵ", *one), child(4, "Hoàng Thuý Mị", *one),
        ],
        "repeats": [None, 2, 2],
    }  # fmt: skip


@sample("three_side_by_side.xlsx")
def _side_by_side() -> Sample:
    rows = [
        ["DANH SÁCH TRẺ EM", None, None, None, "", None, None, None, "XÓM KHUỔI MÍT"],
        ["TT", "Họ và tên", "NS", None, "TT", "Họ và tên", "NS", None, "TT", "Họ và tên", "NS"],
        [1, "Lý Mùi Mẩy", 2015, None, 3, "Nông Văn Kiên", 2016, None, 5, "Đàm Hữu Lâm", 2017],
        [2, "Vừ A Sình", 2014, None, 4, "Lục Thị Nhậy", "5/2018"],
    ]
    at = "XÓM KHUỔI MÍT"
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [
            child(3, "Lý Mùi Mẩy", None, "2015", at), child(4, "Vừ A Sình", None, "2014", at),
            child(3, "Nông Văn Kiên", None, "2016", at), child(4, "Lục Thị Nhậy", None, "2018-05", at),
            child(3, "Đàm Hữu Lâm", None, "2017", at),
        ],
    }  # fmt: skip


@sample("parents_below.xlsx")
def _parents_below() -> Sample:
    rows = [
        ["TT", "Họ và tên", "Năm sinh", "Giới tính", "Thôn"],
        [1, "Lý Mùi Mẩy", 2015, "Nữ", "Lũng Mít"],
        [None, "Bố: Lý Văn Phúc", 1985],
        [None, "Mẹ - Triệu Thị Viển", 1987],
        [2, "1. Vàng A Páo\n2. Vàng Thị Dợ", 2016, None, "Lũng Mít"],
        [3, "Vàng A Chớ", 2012, "Nam", "Lũng Mít"],
    ]
    parents = {"father_name": "Lý Văn Phúc", "mother_name": "Triệu Thị Viển"}
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [
            child(2, "Lý Mùi Mẩy", "female", "2015", "Lũng Mít", **parents),
            child(6, "Vàng A Chớ", "male", "2012", "Lũng Mít", father_name=None),
        ],
        "refused": [{"row": 5, "reason": "several_names"}],
    }


@sample("villages_named_once.xlsx")
def _villages_once() -> Sample:
    rows = [
        ["Thôn", "TT", "Họ và tên", "Ngày sinh"],
        ["Lũng Mít", 1, "Lý Mùi Mẩy", "tháng sáu năm 2015"],
        [None, 2, "Lý Mùi Sao", "3-Jun-2016"],
        [None, 3, "Tẩn Chỉn Pá", "Jun 3, 2017"],
        ["Khuổi Mít", 4, "Nông Văn Kiên", "June 2018"],
        ["nt", 5, "Nông Văn Tý", "tháng năm năm 2018"],
        [None, 6, "Nông Văn Páo", "03 thg 6, 2019"],
    ]
    first, second = "Lũng Mít", "Khuổi Mít"
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [
            child(2, "Lý Mùi Mẩy", None, "2015-06", first), child(3, "Lý Mùi Sao", None, "2016-06-03", first),
            child(4, "Tẩn Chỉn Pá", None, "2017-06-03", first), child(5, "Nông Văn Kiên", None, "2018-06", second),
            child(6, "Nông Văn Tý", None, "2018-05", second), child(7, "Nông Văn Páo", None, "2019-06-03", second),
        ],
    }  # fmt: skip


@sample("two_languages.xlsx")
def _two_languages() -> Sample:
    rows = [
        ["TT", "Họ và tên", "Ngày sinh", "Giới tính", "Xóm", "SĐT"],
        ["No", "Full name", "DOB", "Sex", "Village", "Phone"],
        [1, "Lý Mùi Mẩy", "3/6/2015", "F/Nữ", "Lũng Mít", "không"],
        [2, "Vừ A Sình", "12.2014", "M/Nam", "Lũng Mít", "0912345678"],
    ]
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [
            child(3, "Lý Mùi Mẩy", "female", "2015-06-03", "Lũng Mít", phone=None),
            child(4, "Vừ A Sình", "male", "2014-12", "Lũng Mít", phone="0912345678"),
        ],
    }


@sample("whole_households.xlsx")
def _households() -> Sample:
    rows = [
        ["STT", "Họ và tên", "Ngày sinh", "Quan hệ với chủ hộ", "Giới tính"],
        ["Hộ số 1", "Lý Văn Phúc", 1985, "Chủ hộ", "Nam"],
        [None, "Triệu Thị Viển", 1987, "Vợ", "Nữ"],
        [None, "Lý Mùi Mẩy", "3/6/2015", "Con", "Nữ"],
        ["Hộ số 2", "Vừ A Sình", 2012, "Chủ hộ", "Nam"],
    ]
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [child(4, "Lý Mùi Mẩy", "female", "2015-06-03", None), child(5, "Vừ A Sình", "male", "2012", None)],
        "refused": [{"row": 2, "reason": "grown_up"}, {"row": 3, "reason": "grown_up"}],
    }


# --- numbers and dates as machines keep them -------------------------------------------------------------------------


@sample("dates_1904.xlsx")
def _dates() -> Sample:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    rows = [
        ["Họ và tên", "Ngày sinh", "Giới tính"],
        ["Sùng Thị Ưởng", date(2014, 3, 5), "Nữ"],
        ["Sùng A Lềnh", "41703", "Nam"],
        ["Sùng A Sử", 40241.0, "Nam"],
        ["Sùng Thị Ấu", "ngày 15 tháng 7 năm 2015", "Nữ"],
    ]
    fill(book.active, rows, None, "Ngày")
    book.active.cell(4, 2).number_format = "dd/mm/yyyy"
    return saved(book), {
        "charset": "unicode",
        "children": [
            child(2, "Sùng Thị Ưởng", "female", "2014-03-05", None),
            child(3, "Sùng A Lềnh", "male", "2014-03-05", None),
            child(4, "Sùng A Sử", "male", "2014-03-05", None),
            child(5, "Sùng Thị Ấu", "female", "2015-07-15", None),
        ],
    }


@sample("numbers.xlsx")
def _numbers() -> Sample:
    rows = [
        ["Họ và tên", "Số định danh", "Điện thoại", "Năm sinh"],
        ["Lò Văn Một", 4214001234.0, 912345678.0, 2014],
        ["Lò Văn Hai", "'004214000111", "0912.345.678", "2014"],
        ["Lò Văn Ba", "004 214 000 222", "+84 912 345 678", "2014.0"],
        ["Lò Văn Bốn", "00421400033O", "chưa có", 2014.0],
        ["Lò Văn Năm", 4214000444, "0168 234 5678", "2014 "],
    ]
    return saved(sheet_of(rows)), {
        "charset": "unicode",
        "children": [
            child(2, "Lò Văn Một", None, "2014", None, personal_id="004214001234", phone="0912345678"),
            child(3, "Lò Văn Hai", None, "2014", None, personal_id="004214000111", phone="0912345678"),
            child(4, "Lò Văn Ba", None, "2014", None, personal_id="004214000222", phone="0912345678"),
            child(5, "Lò Văn Bốn", None, "2014", None, personal_id="00421400033O", phone=None),
            child(6, "Lò Văn Năm", None, "2014", None, personal_id="004214000444", phone="0382345678"),
        ],
    }


@sample("formulas_and_hidden.xlsx")
def _formulas() -> Sample:
    book = Workbook()
    rows = [
        ["TT", "Họ và tên", "Năm sinh", "Giới tính"],
        [1, '=A2&" tên"', 2014, "Nam"],
        [2, "Giàng Thị Ánh", "=2000+15", "Nữ"],
        [3, "Giàng A Ẩn", 2016, "Nam"],
    ]
    fill(book.active, rows, None, "DS")
    book.active.row_dimensions[4].hidden = True
    fill(book.create_sheet(), [["Họ tên", "Năm sinh"], ["Bỏ Văn Quên", 2014]], None, "cũ")
    book["cũ"].sheet_state = "veryHidden"
    return saved(book), {
        "charset": "unicode",
        "children": [child(3, "Giàng Thị Ánh", "female", None, None), child(4, "Giàng A Ẩn", "male", "2016", None)],
        "refused": [{"row": 2, "reason": "uncached_name"}],
    }


# --- letters ---------------------------------------------------------------------------------------------------------

_PEOPLE = [
    ["TT", "Họ và tên", "Năm sinh", "Giới tính", "Xóm"],
    [1, "Hoàng Đức Hưởng", 2014, "Nam", "Nà Rình"],
    [2, "Nông Thị Bích Diệp", 2015, "Nữ", "Lũng Mít"],
    [3, "Dương Thuỳ Ưng", 2016, "Nữ", "Khuổi Đẩy"],
]


def _people(charset: str) -> dict[str, Any]:
    sexes = {"Nam": "male", "Nữ": "female"}
    found = [child(row, str(one[1]), sexes[str(one[3])], str(one[2]), str(one[4]))
             for row, one in enumerate(_PEOPLE[1:], 2)]  # fmt: skip
    return {"charset": charset, "children": found}


def _cp1258_of(byte: int) -> str:
    return bytes([byte]).decode("cp1258", "ignore") or chr(byte)


@sample("tcvn3_through_cp1258.xlsx")
def _tcvn3_cp1258() -> Sample:
    seen = lambda text: "".join(_cp1258_of(byte) for byte in tcvn3(text).encode("latin-1"))  # noqa: E731
    return saved(sheet_of(coded(_PEOPLE, seen), None, "Sheet1")), _people("tcvn3_cp1258")


@sample("vni.xls")
def _vni_xls() -> Sample:
    return biff(coded(_PEOPLE, vni), "VNI-Times"), _people("vni")


@sample("two_fonts_in_a_cell.xlsx")
def _two_fonts() -> Sample:
    book = sheet_of([["Họ và tên", "Năm sinh"], ["Bế Văn Ấn", 2015]], None, "Trộn")
    parts = [TextBlock(InlineFont(rFont=".VnTime"), tcvn3("Hoàng Thị ")), TextBlock(InlineFont(rFont="Arial"), "Dợ")]
    book.active["A3"] = CellRichText(*parts)
    book.active["B3"] = 2014
    book.active["A4"], book.active["B4"] = tcvn3("Dương Văn Kỷ"), 2013
    book.active["A4"].font = Font(name=".VnTime")
    return saved(book), {
        "charset": "unicode",
        "children": [
            child(2, "Bế Văn Ấn", None, "2015", None),
            child(3, "Hoàng Thị Dợ", None, "2014", None),
            child(4, "Dương Văn Kỷ", None, "2013", None),
        ],
    }


@sample("pasted_utf16.txt")
def _utf16() -> Sample:
    return _lines("\t").encode("utf-16"), _people("unicode")


@sample("cp1258_cr_quotes.csv")
def _cr_quotes() -> Sample:
    text = _lines(";", "\r").replace("Hoàng Đức Hưởng", '"Hoàng Đức Hưởng"').replace("Nà Rình", '"Nà Rình')
    return cp1258(text), _people("unicode")


@sample("html_cp1258.xls")
def _html() -> Sample:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _PEOPLE)
    head = '<html><meta http-equiv="Content-Type" content="text/html; charset=windows-1258"><style>td{}</style><body>'
    page = f"{head}<table>{cells}</table><script>alert('tr')</script></body></html>"
    return cp1258(page), _people("unicode")


def _lines(between: str, end: str = "\n") -> str:
    return end.join(between.join(map(str, row)) for row in _PEOPLE) + end


# --- packages --------------------------------------------------------------------------------------------------------


@sample("macros.xlsm")
def _macros() -> Sample:
    data = saved(sheet_of(_PEOPLE))
    plain, macro = b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml"
    kind = b"application/vnd.openxmlformats-officedocument."
    parts = _parts(data)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(kind + plain, b"application/vnd." + macro)
    parts["xl/vbaProject.bin"] = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    return _zipped(parts), _people("unicode")


@sample("odd_sheet_name.xlsx")
def _odd_name() -> Sample:
    return saved(sheet_of(_PEOPLE, None, "Xóm 'A'!B <&> = “Ẵ”")), _people("unicode")


@sample("long_cell.xlsx")
def _long_cell() -> Sample:
    rows = [[*_PEOPLE[0], "Ghi chú"], *([*row, None] for row in _PEOPLE[1:])]
    rows[1][5] = "dài " * 8000
    return saved(sheet_of(rows)), _people("unicode")


@sample("locked.xlsx")
def _locked() -> Sample:
    return compound({"EncryptionInfo": bytes(4096), "EncryptedPackage": bytes(8192)}), {"problem": "excel_locked"}


@sample("locked.xls")
def _locked_xls() -> Sample:
    return biff(_PEOPLE, "Arial", locked=True), {"problem": "excel_locked"}


@sample("word.doc")
def _word() -> Sample:
    return compound({"WordDocument": bytes(4096)}), {"problem": "not_excel"}


@sample("bomb.xlsx")
def _bomb() -> Sample:
    parts = _parts(saved(sheet_of(_PEOPLE)))
    parts["xl/sharedStrings.xml"] = b"<sst>" + bytes(80 << 20) + b"</sst>"
    return _zipped(parts), {"problem": "excel_too_big"}


@sample("far_corner.xlsx")
def _far_corner() -> Sample:
    book = sheet_of(_PEOPLE)
    book.active.cell(1_048_576, 16_384, "x")
    return saved(book), {"problem": "excel_too_big"}


@sample("wide.xlsx")
def _wide() -> Sample:
    return saved(sheet_of([["Họ và tên", *range(2, 16_385)], ["Nông Văn An"]])), {"problem": "excel_too_big"}


@sample("cut.xlsx")
def _cut() -> Sample:
    data = saved(sheet_of(_PEOPLE))
    return data[: len(data) * 2 // 3], {"problem": "excel_broken"}


@sample("damaged_part.xlsx")
def _damaged() -> Sample:
    parts = _parts(saved(sheet_of(_PEOPLE)))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:300]
    return _zipped(parts), {"problem": "excel_broken"}


@sample("empty.csv")
def _empty() -> Sample:
    return b"\xef\xbb\xbf \r\n\t\r\n", {"problem": "empty_file"}


@sample("picture_named.xlsx")
def _picture() -> Sample:
    return b"\x89PNG\r\n\x1a\n" + bytes(64), {"problem": "not_excel"}


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def main() -> None:
    """Write all samples into a folder, and expected.json beside them."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    found = made()
    for name, (data, _) in found.items():
        (folder / name).write_bytes(data)
    truths = {name: truth for name, (_, truth) in found.items()}
    (folder / "expected.json").write_text(json.dumps(truths, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
