"""Write ``resources/demo/old-list.xlsx``: an invented list as offices still keep it, for the demo's import.

Title rows, a heading of two merged levels, a row of column numbers, birth dates under the sex, and TCVN3 letters that
only the font ``.VnTime`` shows right. Words and columns are data (``[old_list]`` of ``sample.toml``).
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from cbdesk import charsets, sample
from cbdesk.catalogue import catalogue
from cbdesk.dates import show_date
from cbdesk.paths import resources

TARGET = resources() / "demo" / "old-list.xlsx"
CHILDREN, SEED, DAY = 180, 2015, date(2026, 10, 1)
FIRST = 8
"""Row of the first child."""

_LETTERS = {charsets.decode(chr(seen), "tcvn3"): chr(seen) for seen in range(0xA1, 0x100)}


def tcvn3(text: str) -> str:
    """Return text as a TCVN3 file holds it; capitals the encoding lacks become small, as people typed them."""
    return "".join(_LETTERS.get(c) or _LETTERS.get(c.lower(), c) for c in text)


def lines() -> list[dict[str, Any]]:
    """Return the children of the list as cells by column key, Unicode, birth dates under the sex."""
    words, ethnicity = sample.settings()["old_list"], catalogue().lists["ethnicity"]
    found = []
    for number, row in enumerate(sample.rows(CHILDREN, SEED, DAY), 1):
        born: object = show_date(row["born"]) if "born" in row else ""
        if number % 4 == 0 and len(row.get("born", "")) == 10:
            born = date.fromisoformat(row["born"])  # some typed a date that Excel knew as one
        column = "born_female" if row["sex"] == "female" else "born_male"
        found.append({
            "no": number, "full_name": row["full_name"], column: born, "village": row["village"],
            "ethnicity": ethnicity.label(row["ethnicity"]),
            "father_name": row.get("father_name", ""), "mother_name": row.get("mother_name", ""),
            "poor": words["mark"] if row["household_class"] == "poor" else "",
            "near_poor": words["mark"] if row["household_class"] == "near_poor" else "",
        })  # fmt: skip
    return found


def write(target: Path = TARGET) -> None:
    """Write the list as a workbook."""
    words = sample.settings()["old_list"]
    columns = words["columns"]
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = words["sheet"]
    for row, line in enumerate([*words["office"], "", words["title"]], 1):
        _title(sheet, row, line, words["capitals_font"], len(columns))
    _title(sheet, 5, words["under_title"], words["font"], len(columns))
    _head(sheet, columns, words["font"])
    children = lines()
    for row, child in enumerate(children, FIRST + 1):
        for at, column in enumerate(columns, 1):
            _cell(sheet, row, at, child.get(column["key"], ""), words["font"])
    _cell(sheet, FIRST + 1 + len(children), 2, words["total"].format(n=len(children)), words["font"])
    book.properties.created = book.properties.modified = datetime(2015, 6, 12)  # noqa: DTZ001
    target.parent.mkdir(exist_ok=True)
    book.save(target)


def _title(sheet: Any, row: int, text: str, font: str, width: int) -> None:
    span = width if row > 2 else 3
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=span)
    sheet.cell(row, 1, tcvn3(text)).font = Font(name=font, size=13, bold=True)
    sheet.cell(row, 1).alignment = Alignment(horizontal="center")


def _head(sheet: Any, columns: list[dict[str, Any]], font: str) -> None:
    upper, lower = FIRST - 2, FIRST - 1
    for at, column in enumerate(columns, 1):
        group = column.get("group")
        _cell(sheet, upper, at, group or column["head"], font)
        _cell(sheet, lower, at, column["head"] if group else "", font)
        _cell(sheet, FIRST, at, at, font)
        sheet.column_dimensions[get_column_letter(at)].width = column["width"]
    for at, column in enumerate(columns, 1):  # merged only when all is written: merged cells take no more
        group = column.get("group")
        if not group:
            sheet.merge_cells(start_row=upper, end_row=lower, start_column=at, end_column=at)
        elif at == 1 or columns[at - 2].get("group") != group:
            last = at + sum(one.get("group") == group for one in columns) - 1
            sheet.merge_cells(start_row=upper, end_row=upper, start_column=at, end_column=last)


def _cell(sheet: Any, row: int, at: int, value: object, font: str) -> None:
    cell = sheet.cell(row, at, tcvn3(value) if isinstance(value, str) else value)
    cell.font = Font(name=font, size=11)
    cell.border = Border(*(Side(style="thin"),) * 4)
    if isinstance(value, date):
        cell.number_format = "dd/mm/yyyy"


if __name__ == "__main__":
    write()
    print(TARGET)
