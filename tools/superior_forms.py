"""Makes the invented forms of superiors that tests and trials fill: ``python tools/superior_forms.py DIR``.

Each is built as offices build them, and holds one or several traps. ``FORMS`` maps a name to what makes it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

THIN, THICK = Side(style="thin"), Side(style="medium")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
LAST = Border(left=THIN, right=THIN, top=THIN, bottom=THICK)
GREY = PatternFill("solid", fgColor="DDEBF7")


class Form:
    """A form in the making."""

    def __init__(self, title: str, width: int) -> None:
        self.book = Workbook()
        self.sheet: Any = self.book.active
        self.sheet.title = "Biểu 1"
        self.font, self.width = "Times New Roman", width
        self.sheet.page_setup.orientation, self.sheet.page_setup.paperSize = "landscape", 9
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.line(1, 1, width // 2, "UBND TỈNH CAO BẰNG", bold=True)
        self.line(1, width // 2 + 1, width, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True)
        self.line(2, 1, width // 2, "SỞ Y TẾ")
        self.line(2, width // 2 + 1, width, "Độc lập - Tự do - Hạnh phúc")
        self.line(4, 1, width, title, bold=True)
        self.line(5, 1, width, "(Kèm theo Công văn số 125/SYT-DSTE ngày 06/10/2026)")

    def line(self, row: int, first: int, last: int, text: str, *, bold: bool = False) -> None:
        """Write a line over several columns."""
        cell = self.sheet.cell(row, first, text)
        cell.font = Font(name=self.font, size=12, bold=bold)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if last > first:
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)

    def head(self, row: int, area: tuple[int, int, int], text: str, rows: int = 1) -> None:
        """Write a heading over columns ``area[0]`` to ``area[1]``, ``rows`` rows deep; ``area[2]`` is the size."""
        first, last, size = area
        for at in range(row, row + rows):
            for col in range(first, last + 1):
                self.sheet.cell(at, col).border = BOX
        cell = self.sheet.cell(row, first, text)
        cell.font = Font(name=self.font, size=size, bold=True)
        cell.fill = GREY
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if last > first or rows > 1:
            self.sheet.merge_cells(start_row=row, end_row=row + rows - 1, start_column=first, end_column=last)

    def heads(self, row: int, texts: Sequence[str]) -> None:
        """Write a row of plain headings."""
        for col, text in enumerate(texts, 1):
            self.head(row, (col, col, 11), text)
        self.sheet.row_dimensions[row].height = 36

    def rows(self, first: int, last: int, *, numbers: bool = False) -> None:
        """Draw empty rows."""
        for row in range(first, last + 1):
            self.sheet.row_dimensions[row].height = 18
            for col in range(1, self.width + 1):
                cell = self.sheet.cell(row, col)
                cell.border = LAST if row == last else BOX
                cell.font = Font(name=self.font, size=11)
                side = "left" if col == 2 else "center"
                cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
            if numbers:
                self.sheet.cell(row, 1, row - first + 1)

    def numbering(self, row: int) -> None:
        """Write the row of column numbers."""
        for col in range(1, self.width + 1):
            cell = self.sheet.cell(row, col, col)
            cell.border, cell.font = BOX, Font(name=self.font, size=9, italic=True)
            cell.alignment = Alignment(horizontal="center")

    def totals(self, row: int, formulas: dict[int, str], text: str = "Tổng cộng") -> None:
        """Write a row of totals."""
        for col in range(1, self.width + 1):
            self.sheet.cell(row, col).border = BOX
            self.sheet.cell(row, col).font = Font(name=self.font, size=11, bold=True)
        self.sheet.cell(row, 1, text)
        self.sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        for col, formula in formulas.items():
            self.sheet.cell(row, col, formula)

    def signatures(self, row: int) -> None:
        """Write the places of the signatures."""
        half = self.width // 2
        self.line(row, half + 1, self.width, "……, ngày …… tháng …… năm 2026")
        self.line(row + 1, 1, half, "NGƯỜI LẬP BIỂU", bold=True)
        self.line(row + 1, half + 1, self.width, "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH", bold=True)
        self.sheet.row_dimensions[row + 1].height = 40
        self.line(row + 6, half + 1, self.width, "(Ký, ghi rõ họ tên, đóng dấu)")
        self.sheet.row_dimensions[row + 6].height = 24

    def widths(self, *widths: float) -> None:
        """Set the widths of the columns."""
        for col, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(col)].width = width

    def bytes(self) -> bytes:
        """Return the workbook."""
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def plain() -> bytes:
    """A list with five drawn rows, totals by formula, signatures, a print area, a repeated head."""
    form = Form("DANH SÁCH TRẺ EM CÓ HOÀN CẢNH ĐẶC BIỆT", 8)
    form.heads(7, ["STT", "Họ và tên", "Ngày, tháng, năm sinh", "Giới tính", "Dân tộc", "Xóm", "Hoàn cảnh", "Hộ nghèo"])
    form.rows(8, 12, numbers=True)
    form.totals(13, {8: "=COUNTA(H8:H12)", 7: '=COUNTIF(G8:G12,"*")'})
    form.signatures(15)
    form.widths(6, 26, 14, 10, 10, 18, 34, 10)
    form.sheet.print_area = "A1:H21"
    form.sheet.print_title_rows = "7:7"
    form.sheet.freeze_panes = "A8"
    return form.bytes()


def grouped() -> bytes:
    """Grouped heads, a row of numbers, one drawn row with formulas, totals over that one row."""
    form = Form("BIỂU TỔNG HỢP TRẺ EM DƯỚI 16 TUỔI", 9)
    form.head(7, (1, 1, 11), "TT", 2)
    form.head(7, (2, 2, 11), "Họ và tên trẻ em", 2)
    form.head(7, (3, 4, 11), "Ngày tháng năm sinh")
    form.head(8, (3, 3, 11), "Nam")
    form.head(8, (4, 4, 11), "Nữ")
    form.head(7, (5, 6, 11), "Họ và tên")
    form.head(8, (5, 5, 11), "Bố")
    form.head(8, (6, 6, 11), "Mẹ")
    form.head(7, (7, 7, 11), "Số định danh cá nhân", 2)
    form.head(7, (8, 8, 11), "Số ký tự", 2)
    form.head(7, (9, 9, 11), "Ghi chú", 2)
    form.numbering(9)
    form.rows(10, 10)
    form.sheet["A10"] = "=ROW()-9"
    form.sheet["H10"] = "=LEN(B10)"
    form.totals(11, {8: "=SUM(H10)", 7: "=COUNTA(G10:G10)"})
    form.signatures(13)
    form.widths(6, 26, 13, 13, 22, 22, 16, 9, 14)
    form.sheet["I20"] = "=H11*2"
    return form.bytes()


def headonly() -> bytes:
    """A head over nothing: no rows are drawn; the name stands over two columns, the village too (merged)."""
    form = Form("DANH SÁCH TRẺ EM CẦN HỖ TRỢ", 8)
    form.head(7, (1, 1, 11), "STT")
    form.head(7, (2, 3, 11), "Họ và tên")
    form.head(7, (4, 4, 11), "Năm sinh")
    form.head(7, (5, 6, 11), "Thôn, xóm")
    form.head(7, (7, 7, 11), "Cha, mẹ hoặc người chăm sóc")
    form.head(7, (8, 8, 11), "Nhu cầu, đề nghị")
    form.signatures(9)
    form.widths(6, 14, 14, 12, 10, 10, 30, 24)
    return form.bytes()


def names() -> bytes:
    """One heading of names over two columns that the rows keep apart; crosses; dates as real dates."""
    form = Form("DANH SÁCH TRẺ EM TIÊM CHỦNG", 8)
    form.head(7, (1, 1, 11), "TT", 2)
    form.head(7, (2, 3, 11), "Họ và tên", 2)
    form.head(7, (4, 4, 11), "Ngày sinh", 2)
    form.head(7, (5, 6, 11), "Giới tính")
    form.head(8, (5, 5, 11), "Nam")
    form.head(8, (6, 6, 11), "Nữ")
    form.head(7, (7, 7, 11), "Hộ nghèo", 2)
    form.head(7, (8, 8, 11), "Khuyết tật", 2)
    form.rows(9, 11)
    for row in range(9, 12):
        form.sheet.cell(row, 4).number_format = "dd/mm/yyyy"
    form.signatures(13)
    form.widths(6, 18, 12, 14, 8, 8, 10, 12)
    return form.bytes()


def figures() -> bytes:
    """Villages are written, counts in three levels of heads, totals by formula, one village nobody knows."""
    form = Form("THỐNG KÊ TRẺ EM THEO XÓM", 9)
    form.head(7, (1, 1, 11), "TT", 3)
    form.head(7, (2, 2, 11), "Tên xóm", 3)
    form.head(7, (3, 9, 11), "Số trẻ em dưới 16 tuổi")
    form.head(8, (3, 3, 11), "Tổng số", 2)
    form.head(8, (4, 5, 11), "Trong đó")
    form.head(9, (4, 4, 11), "Nam")
    form.head(9, (5, 5, 11), "Nữ")
    form.head(8, (6, 7, 11), "Thuộc hộ")
    form.head(9, (6, 6, 11), "Nghèo")
    form.head(9, (7, 7, 11), "Cận nghèo")
    form.head(8, (8, 8, 11), "HCĐB", 2)
    form.head(8, (9, 9, 11), "Có nguy cơ", 2)
    form.rows(10, 13)
    for row, name in enumerate(("Nà Héng", "Xóm Bản Ngà", "Khuổi Vin", "Lũng Không Có"), 10):
        form.sheet.cell(row, 1, row - 9)
        form.sheet.cell(row, 2, name)
    form.totals(14, {col: f"=SUM({get_column_letter(col)}10:{get_column_letter(col)}13)" for col in range(3, 9)})
    form.signatures(16)
    form.widths(6, 24, 10, 10, 10, 10, 10, 10, 10)
    return form.bytes()


def villages() -> bytes:
    """A form of figures with empty rows, a total on top without formula, and a heading that counts households."""
    form = Form("BÁO CÁO NHANH SỐ TRẺ EM", 7)
    form.heads(7, ["STT", "Đơn vị", "Tổng số trẻ em", "Trẻ em nữ", "Trẻ em dưới 6 tuổi", "Số hộ nghèo",
                   "Trẻ em khuyết tật"])  # fmt: skip
    form.rows(9, 10)
    form.totals(8, {}, "Tổng số")
    form.signatures(12)
    form.widths(6, 24, 12, 12, 12, 12, 12)
    return form.bytes()


def protected() -> bytes:
    """A protected sheet with five unlocked rows."""
    form = Form("DANH SÁCH TRẺ EM", 4)
    form.heads(7, ["STT", "Họ và tên", "Ngày sinh", "Xóm"])
    form.rows(8, 12)
    for row in range(8, 13):
        for col in range(1, 5):
            form.sheet.cell(row, col).protection = Protection(locked=False)
    form.signatures(14)
    form.widths(6, 28, 14, 20)
    form.sheet.protection.sheet = True
    form.sheet.protection.password = "so-y-te"
    return form.bytes()


def hidden() -> bytes:
    """A hidden row and a hidden column in the rows to fill, a hidden sheet and a very hidden one."""
    form = Form("DANH SÁCH TRẺ EM", 6)
    form.heads(7, ["STT", "Họ và tên", "Ngày sinh", "Số định danh cá nhân", "Xóm", "Ghi chú"])
    form.rows(8, 11)
    form.sheet.row_dimensions[9].hidden = True
    form.sheet.column_dimensions["D"].hidden = True
    form.signatures(13)
    form.widths(6, 28, 14, 16, 20, 14)
    form.book.create_sheet("Danh mục").sheet_state = "hidden"
    deep = form.book.create_sheet("Du lieu")
    deep.sheet_state = "veryHidden"
    deep["A1"] = "='Biểu 1'!B13"
    return form.bytes()


def merged() -> bytes:
    """Villages merged over several rows to fill."""
    form = Form("DANH SÁCH TRẺ EM", 4)
    form.heads(7, ["STT", "Xóm", "Họ và tên", "Ngày sinh"])
    form.rows(8, 12)
    form.sheet.merge_cells("B8:B10")
    form.signatures(14)
    return form.bytes()


def headless() -> bytes:
    """A letter that holds no table."""
    form = Form("V/v báo cáo nhanh số liệu", 6)
    form.line(7, 1, 6, "Đề nghị Ủy ban nhân dân xã báo cáo bằng văn bản trước 16 giờ.")
    form.signatures(9)
    return form.bytes()


def example() -> bytes:
    """Somebody left an example in the first row, dots in the others."""
    form = Form("DANH SÁCH TRẺ EM", 5)
    form.heads(7, ["STT", "Họ và tên", "Ngày sinh", "Xóm", "Số quyết định"])
    form.rows(8, 10)
    for col, text in enumerate((1, "Nguyễn Văn A (ví dụ)", "01/01/2015", "Xóm B", "12/QĐ-UBND"), 1):
        form.sheet.cell(8, col, text)
    for row in (9, 10):
        form.sheet.cell(row, 2, "……………")
    form.signatures(12)
    form.widths(6, 28, 14, 20, 16)
    return form.bytes()


def old_letters() -> bytes:
    """Heads in an old encoding (TCVN3)."""
    form = Form("DANH SÁCH TRẺ EM", 4)
    form.font = ".VnTime"
    form.heads(7, ["STT", "Hä vµ tªn", "Ngµy sinh", "Xãm"])
    form.rows(8, 9)
    form.font = "Times New Roman"
    form.signatures(11)
    return form.bytes()


def rich() -> bytes:
    """Everything that must move: checking, colours, comments, a chart, names, formulas of another sheet, steps."""
    form = Form("DANH SÁCH TRẺ EM HƯỞNG TRỢ CẤP", 6)
    form.heads(7, ["STT", "Họ và tên", "Ngày sinh", "Xóm", "Mức (đồng)", "Lũy kế"])
    form.rows(8, 10)
    sheet = form.sheet
    sheet["A8"], sheet["A9"], sheet["A10"] = 1, "=A8+1", "=A9+1"
    for row in (8, 9, 10):
        sheet[f"E{row}"] = None
        sheet[f"F{row}"] = f"=SUM(E$8:E{row})"
    form.totals(11, {5: "=SUM(E8:E10)", 6: "=E11/COUNTA(B8:B10)"})
    form.signatures(13)
    form.widths(6, 28, 14, 20, 14, 14)
    check = DataValidation(type="list", formula1='"Xóm 1,Xóm 2"', showErrorMessage=False)
    check.add("D8:D10")
    sheet.add_data_validation(check)
    sheet.conditional_formatting.add("E8:E10", CellIsRule(operator="greaterThan", formula=["$E$11"], fill=GREY))
    sheet["A11"].comment = Comment("Cộng theo cột 5", "Sở Y tế")
    sheet["B8"].comment = Comment("Viết chữ in thường", "Sở Y tế")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=5, min_row=7, max_row=10), titles_from_data=True)
    sheet.add_chart(chart, "A22")
    form.book.defined_names["TongMuc"] = DefinedName("TongMuc", attr_text="'Biểu 1'!$E$11")
    other = form.book.create_sheet("Tổng hợp")
    other["A1"], other["B1"] = "Tổng mức", "='Biểu 1'!E11+SUM('Biểu 1'!E8:E10)"
    other["B2"] = "=TongMuc"
    sheet.row_breaks.append(Break(id=20))
    sheet.print_area = "A1:F20"
    return form.bytes()


FORMS: dict[str, Callable[[], bytes]] = {
    one.__name__: one for one in (plain, grouped, headonly, names, figures, villages, protected, hidden, merged,
                                  headless, example, old_letters, rich)
}  # fmt: skip


def main(folder: Path) -> None:
    """Write all forms into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FORMS.items():
        (folder / f"{name}.xlsx").write_bytes(make())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
