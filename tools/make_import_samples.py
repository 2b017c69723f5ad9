#!/usr/bin/env python3
"""Make the import samples of tests/data/samples: lists as communes really have them. No real person.

    .venv/bin/python tools/make_import_samples.py [FOLDER]

s1 TCVN3, birth date under the column Nam or Nữ, no font kept · s3 VNI, table from column C · s4 Unicode NFD, lost
zeros, crosses, formulas without a result · s6 Unicode and TCVN3 rows in one column · s7 cp1258 CSV · s10 TCVN3 bytes
as CSV · s11 several sheets, one a village · s9 an empty workbook and a locked stub. The same input gives the same
bytes. What must be understood stands in ours.json beside them.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
import zipfile
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from cbdesk.charsets import _TCVN3, _VNI_PAIRS, _VNI_SINGLE

STAMP = (2020, 1, 1, 0, 0, 0)
_TO_TCVN3 = {letter: sign for sign, letter in _TCVN3.items()}
_TO_VNI = {letter: signs for signs, letter in (_VNI_PAIRS | _VNI_SINGLE).items()}


def tcvn3(text: str) -> str:
    """Write as an old keyboard did: capitals with a tone come out small."""
    return "".join(_TO_TCVN3.get(c) or _TO_TCVN3.get(c.lower(), c) for c in text)


def vni(text: str) -> str:
    """Write in VNI for Windows."""
    return "".join(_TO_VNI.get(c, c) for c in text)


def cp1258(text: str) -> bytes:
    """Write as Windows did: letter with its hat, then the tone."""
    out = []
    for c in text:
        parts = unicodedata.normalize("NFD", c)
        tones = [m for m in parts if m in "\u0300\u0301\u0303\u0309\u0323"]
        out += [unicodedata.normalize("NFC", "".join(m for m in parts if m not in tones)), *tones]
    return "".join(out).encode("cp1258")


def saved(workbook: Workbook) -> bytes:
    """Return a workbook as bytes that are the same every time."""
    workbook.properties.created = workbook.properties.modified = datetime(*STAMP)  # noqa: DTZ001 - openpyxl wants a bare one
    raw = io.BytesIO()
    workbook.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = data[: data.index(b"<dcterms:modified")] + data[data.index(b"</cp:coreProperties>") :]
            new.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sheet_of(
    rows: list[list[object]], font: str | None = None, name: str = "Sheet1", merged: tuple[str, ...] = ()
) -> Workbook:
    """Return a workbook with one sheet of rows."""
    workbook = Workbook()
    fill(workbook.active, rows, font, name, merged)
    return workbook


def fill(sheet: object, rows: list[list[object]], font: str | None, name: str, merged: tuple[str, ...] = ()) -> None:
    """Write rows into a sheet; ``None`` leaves a cell out."""
    sheet.title = name
    for at, row in enumerate(rows, 1):
        for col, value in enumerate(row, 1):
            if value is None:
                continue
            cell = sheet.cell(at, col, value)
            if font:
                cell.font = Font(name=font)
            if isinstance(value, date):
                cell.number_format = "dd/mm/yyyy"
    for cells in merged:
        sheet.merge_cells(cells)


def coded(rows: list[list[object]], write) -> list[list[object]]:
    """Return rows with their texts in an old encoding."""
    return [[write(v) if isinstance(v, str) and not v.startswith("=") else v for v in row] for row in rows]


def child(
    row: int, name: str, sex: str | None, born: str | None, village: str | None, **more: object
) -> dict[str, object]:
    """Return what must be understood of one row."""
    return {"row": row, "full_name": name, "sex": sex, "born": born, "village": village, **more}


def s1() -> tuple[bytes, dict[str, object]]:
    rows = [
        ["UBND xã Quảng Lâm"],
        ["Danh sách trẻ em xóm Tổng Ngoảng năm 2016"],
        [],
        ["TT", "Họ và tên", "Ngày tháng năm sinh", None, "Dân tộc", "Họ tên bố, mẹ", "Ghi chú"],
        [None, None, "Nam", "Nữ"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
        [1, "Hoàng Văn Páo", "05/3/2014", None, "Mông", "Bố: Hoàng A Sính; mẹ: Lý Thị Mẩy"],
        [2, "Lý Thị Ốc", None, "12/2012", "Mông", "Lý A Chớ", "bỏ học"],
        [3, "Vừ A Sủa", 41703, None, "Mông"],
        [None, "Cộng: 3 trẻ"],
        [],
        [None, "Người lập biểu", None, None, "TM. UBND xã"],
        [None, "Nông Văn Ký", None, None, "Hoàng Văn Chủ"],
    ]
    book = sheet_of(coded(rows, tcvn3), None, "Bieu", ("A4:A5", "B4:B5", "C4:D4", "E4:E5", "F4:F5", "G4:G5"))
    return saved(book), {
        "charset": "tcvn3",
        "children": [
            child(7, "Hoàng Văn Páo", "male", "2014-03-05", "xóm Tổng Ngoảng", ethnicity="08",
                  father_name="Hoàng A Sính", mother_name="Lý Thị Mẩy"),
            child(8, "Lý Thị Ốc", "female", "2012-12", "xóm Tổng Ngoảng", ethnicity="08"),
            child(9, "Vừ A Sủa", "male", "2014-03-05", "xóm Tổng Ngoảng", ethnicity="08"),
        ],
    }  # fmt: skip


def s3() -> tuple[bytes, dict[str, object]]:
    rows = [
        [None, None, "DANH SÁCH TRẺ EM BỊ BỎ RƠI"],
        [],
        [None, None, "STT", "HỌ TÊN TRẺ EM", "NĂM SINH", "NAM", "NỮ", "THÔN", "SĐT"],
        [None, None, 1, "LÝ MÙI PHẨY", 2013, None, "x", "Cốc Lại", 912345678],
        [None, None, 2, "Đặng Ốc", "15/8/2015", "x", None, "nt", "01691234567"],
        [None, None, 3, "Nguyễn Thị Ưởng", "không rõ", None, "x", "Nà Khiêu", "0912345678/0355123456"],
    ]
    return saved(sheet_of(coded(rows, vni), "VNI-Times", "Danh sach")), {
        "charset": "vni",
        "children": [
            child(4, "Lý Mùi Phẩy", "female", "2013", "Cốc Lại", phone="0912345678", groups=["02"]),
            child(5, "Đặng Ốc", "male", "2015-08-15", "Cốc Lại", phone="0391234567", groups=["02"]),
            child(6, "Nguyễn Thị Ưởng", "female", None, "Nà Khiêu", phone="0912345678", groups=["02"]),
        ],
    }


def s4() -> tuple[bytes, dict[str, object]]:
    rows = [
        ["Xóm Nà Héng"],
        ["TT", "Họ và tên", "Sinh ngày", "Giới", "Số định danh", "Điện thoại", "Khuyết tật", "Mồ côi cả cha và mẹ",
         "Loại hộ"],
        [1, "Nông Thuý Quỳnh", "31/6/2015", "Nữ", 4316001234, 912345678, "x", None, "Hộ nghèo"],
        [2, "Đàm Thị Ánh", "05/13/2014", "nữ", "004314000111", "0355.123.456", None, "x", "cận nghèo"],
        [3, '=B3&" em"', "2016", "Nam", None, None, "không", None, "Hộ khác"],
        ["Tổng số", None, None, None, None, None, "=COUNTIF(G3:G5,\"x\")"],
    ]  # fmt: skip
    book = sheet_of(coded(rows, lambda s: unicodedata.normalize("NFD", s)), "Times New Roman", "Trang 1")
    return saved(book), {
        "charset": "unicode",
        "children": [
            child(3, "Nông Thuý Quỳnh", "female", "2015-06", "Xóm Nà Héng", personal_id="004316001234",
                  phone="0912345678", groups=["04"], household_class="poor"),
            child(4, "Đàm Thị Ánh", "female", None, "Xóm Nà Héng", personal_id="004314000111", phone="0355123456",
                  groups=["01"], household_class="near_poor"),
        ],
        "refused": [{"row": 5, "reason": "uncached_name"}],
    }  # fmt: skip


def s6() -> tuple[bytes, dict[str, object]]:
    head = [["TT", "Họ và tên", "Năm sinh", "Giới tính", "Xóm"]]
    new = [[1, "Hoàng Thị Dợ", 2014, "Nữ", "Nà Rình"], [3, "Bế Văn Ấn", 2015, "Nam", "Nà Rình"]]
    old = [[2, "Dương Văn Kỷ", 2013, "Nam", "Nà Héng"], [4, "Bế Thị Ánh", 2012, "Nữ", "Xóm Ẳng"]]
    rows = [*head, new[0], *coded([old[0]], tcvn3), new[1], *coded([old[1]], tcvn3)]
    return saved(sheet_of(rows, "Times New Roman", "Trộn")), {
        "charset": "unicode",
        "children": [
            child(2, "Hoàng Thị Dợ", "female", "2014", "Nà Rình"),
            child(3, "Dương Văn Kỷ", "male", "2013", "Nà Héng"),
            child(4, "Bế Văn Ấn", "male", "2015", "Nà Rình"),
            child(5, "Bế Thị Ánh", "female", "2012", "Xóm Ẳng"),
        ],
    }


def s7() -> tuple[bytes, dict[str, object]]:
    text = "STT;Họ và tên;Ngày sinh;Giới tính;Xóm\r\n1;Nguyễn Thị Ưởng;03/9/2015;Nữ;Xóm Nà Rình\r\n"
    text += '2;"Vừ A Sủa";~8 tuổi;Nam;"Xóm Nặm Ròm; tổ 2"\r\n'
    return cp1258(text), {
        "charset": "unicode",
        "children": [
            child(2, "Nguyễn Thị Ưởng", "female", "2015-09-03", "Xóm Nà Rình"),
            child(3, "Vừ A Sủa", "male", "2018", "Xóm Nặm Ròm; tổ 2"),
        ],
    }


def s10() -> tuple[bytes, dict[str, object]]:
    text = "TT,Họ và tên,Năm sinh,Nam/Nữ\n1,Nông Văn Ất,2014,Nam\n2,Dương Thị Mỹ,2013,Nữ\n3,,2012,Nữ\n"
    return tcvn3(text).encode("latin-1"), {
        "charset": "tcvn3",
        "children": [child(2, "Nông Văn Ất", "male", "2014", None), child(3, "Dương Thị Mỹ", "female", "2013", None)],
        "refused": [{"row": 4, "reason": "no_name"}],
    }


def s11() -> tuple[bytes, dict[str, object]]:
    head = ["TT", "Họ và đệm", "Tên", "Ngày", "Tháng", "Năm", "Giới tính"]
    top = [None, None, None, "Ngày sinh", None, None, None]
    book = Workbook()
    merged = ("D1:F1",)
    rows = [[1, "Nông Thị", "Hoa", 5, 3, 2014, "Nữ"], [2, "Lục Văn", "Bé", None, None, 2015, "Nam"]]
    fill(book.active, [top, head, *rows], None, "Xóm Nà Héng", merged)
    fill(book.create_sheet(), [top, head, [1, "Lâm Gia", "Huy", 31, 12, 2016, "Nam"]], None, "Xóm Nà Rình", merged)
    hidden = book.create_sheet()
    fill(hidden, [["Họ tên", "Năm sinh"], ["Cũ Văn Bỏ", 2001]], None, "cũ")
    hidden.sheet_state = "hidden"
    return saved(book), {
        "charset": "unicode",
        "children": [
            child(3, "Nông Thị Hoa", "female", "2014-03-05", "Xóm Nà Héng"),
            child(4, "Lục Văn Bé", "male", "2015", "Xóm Nà Héng"),
            child(3, "Lâm Gia Huy", "male", "2016-12-31", "Xóm Nà Rình"),
        ],
    }


def main() -> None:
    """Write all samples and ours.json."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "tests" / "data" / "samples"
    made = {
        "s1_tcvn3_nam_nu.xlsx": s1(), "s3_vni.xlsx": s3(), "s4_nfd.xlsx": s4(), "s6_mixed.xlsx": s6(),
        "s7_cp1258.csv": s7(), "s10_tcvn3.csv": s10(), "s11_sheets.xlsx": s11(),
    }  # fmt: skip
    for name, (data, _) in made.items():
        (folder / name).write_bytes(data)
    (folder / "s9_empty.xlsx").write_bytes(saved(Workbook()))
    locked = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(504)
        + "EncryptionInfo EncryptedPackage".encode("utf-16-le")
        + bytes(900)
    )
    (folder / "s9_locked_stub.xlsx").write_bytes(locked)
    expected = {name: truth for name, (_, truth) in made.items()}
    (folder / "ours.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
