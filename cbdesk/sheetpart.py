"""One sheet of a workbook in its own XML: what stands in a cell and how it is dressed, writing into it, adding rows.

Rules: what is not touched stays as it is. When rows come in, everything that names cells of the sheet moves with them,
wherever it stands: formulas of all sheets, merged cells, rules of checking and colouring, links, filters, tables,
comments, pictures, charts, names and the print area. What cannot be moved safely is refused (``form_unusual``).
Text written here is text: it never becomes a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import date
from typing import Any

from cbdesk.book import column_of, letter_of
from cbdesk.errors import Problem
from cbdesk.looks import Styles
from cbdesk.package import Element, Package, SheetPart, child_of, local, tag
from cbdesk.shifting import Shift, translate

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column."""

_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DANGER = frozenset("=+-@\t\r＝＋－＠﹢﹣﹫")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MOVABLE = frozenset({"drawing", "vmlDrawing", "comments", "threadedComment", "table", "printerSettings", "hyperlink",
                      "image", "vmlDrawingHF"})  # fmt: skip
_EPOCH = {"0": date(1899, 12, 30), "1": date(1904, 1, 1)}


def range_of(text: str) -> Range | None:
    """Return an address such as ``A1`` or ``A1:B2`` as numbers."""
    ends = [_CELL.fullmatch(one) for one in text.split(":")]
    if not all(ends) or len(ends) > 2:
        return None
    found = [(int(one[2]), column_of(one[1])) for one in (ends[0], ends[-1]) if one]
    return (*found[0], *found[1])


def address(area: Range) -> str:
    """Return numbers as an address."""
    first, last = f"{letter_of(area[1])}{area[0]}", f"{letter_of(area[3])}{area[2]}"
    return first if first == last else f"{first}:{last}"


class Editor:
    """One sheet to be read and written."""

    def __init__(self, package: Package, sheet: SheetPart) -> None:
        self.package, self.sheet = package, sheet
        self.root = package.tree(sheet.part)
        self.styles = Styles(package)
        data = self.root.find(tag("sheetData"))
        if data is None:
            raise Problem("excel_broken")
        self._data: Any = data
        self._rows: dict[int, Element] = {}
        self._cells: dict[tuple[int, int], Element] = {}
        self._number()
        self._spell_shared()

    def _number(self) -> None:
        """Give each row and cell its address, which a file may leave out, and remember them."""
        row_number = 0
        for row in self._data.findall(tag("row")):
            row_number = int(row.get("r") or row_number + 1)
            row.set("r", str(row_number))
            row.attrib.pop("spans", None)
            self._rows[row_number] = row
            self._remember(row, row_number)

    def _remember(self, row: Element, number: int) -> None:
        col = 0
        for cell in row.findall(tag("c")):
            match = _CELL.fullmatch(cell.get("r") or "")
            col = column_of(match[1]) if match else col + 1
            cell.set("r", f"{letter_of(col)}{number}")
            self._cells[number, col] = cell

    def _spell_shared(self) -> None:
        """Write out formulas that several cells share."""
        masters: dict[str, tuple[int, int, str]] = {}
        for (row, col), cell in sorted(self._cells.items(), key=lambda one: one[0]):
            found = cell.find(tag("f"))
            if found is None or found.get("t") != "shared":
                continue
            key = found.get("si", "")
            if found.text:
                masters[key] = row, col, found.text
            elif key not in masters:
                raise Problem("excel_broken")
            top, left, text = masters[key]
            found.text = translate(text, row - top, col - left)
            for name in ("t", "si", "ref"):
                found.attrib.pop(name, None)

    # --- what stands there ---

    @property
    def protected(self) -> bool:
        """Return whether the sheet is protected."""
        guard = self.root.find(tag("sheetProtection"))
        return guard is not None and guard.get("sheet", "0") in ("1", "true")

    @property
    def merged(self) -> list[Range]:
        """Return the merged ranges."""
        holder = self.root.find(tag("mergeCells"))
        found = (range_of(one.get("ref", "")) for one in (holder if holder is not None else ()))
        return [one for one in found if one is not None]

    def style(self, row: int, col: int) -> int:
        """Return the style number of a cell, that of its row or column where it has none of its own."""
        cell = self._cells.get((row, col))
        if cell is not None:
            return int(cell.get("s", 0))
        line = self._rows.get(row)
        if line is not None and line.get("customFormat") in ("1", "true"):
            return int(line.get("s", 0))
        return next((int(one.get("style", 0)) for one in self._columns(col)), 0)

    def formula(self, row: int, col: int) -> str | None:
        """Return the formula of a cell, or None."""
        cell = self._cells.get((row, col))
        found = cell.find(tag("f")) if cell is not None else None
        return None if found is None else found.text or ""

    def typed(self, row: int, col: int) -> bool:
        """Return whether something is typed in a cell that is no formula."""
        cell = self._cells.get((row, col))
        return cell is not None and cell.find(tag("f")) is None and any(
            local(one) == "v" or (local(one) == "is" and len(one)) for one in cell
        )

    def odd_formula(self, row: int, col: int) -> bool:
        """Return whether the formula of a cell reaches over several cells (array, data table)."""
        cell = self._cells.get((row, col))
        found = cell.find(tag("f")) if cell is not None else None
        return found is not None and found.get("t", "normal") != "normal"

    def hidden_row(self, row: int) -> bool:
        """Return whether a row is hidden or has no height."""
        line = self._rows.get(row)
        return line is not None and (line.get("hidden") in ("1", "true") or line.get("ht") in ("0", "0.0"))

    def hidden_column(self, col: int) -> bool:
        """Return whether a column is hidden or has no width."""
        return any(one.get("hidden") in ("1", "true") or float(one.get("width", 9)) == 0 for one in self._columns(col))

    def width(self, col: int) -> float:
        """Return the width of a column in characters."""
        shape = self.root.find(tag("sheetFormatPr"))
        usual = float(shape.get("defaultColWidth", 9)) if shape is not None else 9.0
        return next((float(one.get("width", usual)) for one in self._columns(col)), usual)

    def height(self, row: int) -> float:
        """Return the height of a row in points."""
        line = self._rows.get(row)
        shape = self.root.find(tag("sheetFormatPr"))
        usual = float(shape.get("defaultRowHeight", 15)) if shape is not None else 15.0
        return float(line.get("ht", usual)) if line is not None else usual

    def _columns(self, col: int) -> Iterator[Element]:
        for one in self.root.iterfind(f"{tag('cols')}/{tag('col')}"):
            if int(one.get("min", 0)) <= col <= int(one.get("max", 0)):
                yield one

    def unmovable(self) -> list[str]:
        """Return the kinds of things on this sheet that would not move with its rows."""
        found = {one.kind for one in self.package.relations(self.sheet.part) if one.kind not in _MOVABLE}
        return sorted(found)

    # --- writing ---

    def put(self, row: int, col: int, value: str | int | date | None, *, style: int | None = None) -> None:
        """Write a text, a whole number or a day; None empties the cell. Its look stays unless ``style`` names one."""
        cell = self._cell(row, col)
        look = int(cell.get("s", 0)) if style is None else style
        for one in list(cell):
            cell.remove(one)
        cell.attrib.pop("t", None)
        if isinstance(value, date):
            child_of(cell, "v").text = str((value - self._epoch()).days)
        elif isinstance(value, int):
            child_of(cell, "v").text = str(value)
        elif value:
            text = _UNWRITABLE.sub("", value)[:32_767]
            cell.set("t", "inlineStr")
            written = child_of(child_of(cell, "is"), "t")
            written.text = text
            written.set(_SPACE, "preserve")
            if text.lstrip()[:1] in _DANGER:
                look = self.styles.quoted(look)
        if look:
            cell.set("s", str(look))

    def put_formula(self, row: int, col: int, text: str) -> None:
        """Write a formula; its value is worked out when the workbook is opened."""
        cell = self._cell(row, col)
        for one in list(cell):
            cell.remove(one)
        cell.attrib.pop("t", None)
        child_of(cell, "f").text = text

    def merge(self, area: Range) -> None:
        """Make one cell of several."""
        holder = self.root.find(tag("mergeCells"))
        if holder is None:
            holder = self._data.makeelement(tag("mergeCells"))
            after = [one for name in ("customSheetViews", "dataConsolidate", "sortState", "autoFilter", "scenarios",
                                      "protectedRanges", "sheetProtection", "sheetCalcPr")
                     if (one := self.root.find(tag(name))) is not None]  # fmt: skip
            (after[0] if after else self._data).addnext(holder)
        child_of(holder, "mergeCell").set("ref", address(area))
        holder.set("count", str(len(holder)))

    def show_row(self, row: int) -> None:
        """Show a row that was hidden."""
        line = self._rows.get(row)
        if line is not None:
            for name in ("hidden", "zeroHeight"):
                line.attrib.pop(name, None)
            if line.get("ht") in ("0", "0.0"):
                line.attrib.pop("ht")

    def deepen(self, row: int, points: float) -> None:
        """Make a row at least so high."""
        if points > self.height(row):
            line = self._row(row)
            line.set("ht", f"{min(points, 400):g}")
            line.set("customHeight", "1")

    def _epoch(self) -> date:
        found = self.package.book.find(tag("workbookPr"))
        return _EPOCH["1" if found is not None and found.get("date1904") in ("1", "true") else "0"]

    def _cell(self, row: int, col: int) -> Element:
        if (row, col) in self._cells:
            return self._cells[row, col]
        line, look = self._row(row), self.style(row, col)
        cell = child_of(line, "c")
        cell.set("r", f"{letter_of(col)}{row}")
        if look:
            cell.set("s", str(look))
        after = next((one for one in line.iterfind(tag("c")) if _column_of(one) > col), None)
        if after is not None:
            after.addprevious(cell)
        self._cells[row, col] = cell
        return cell

    def _row(self, row: int) -> Element:
        if row not in self._rows:
            line = child_of(self._data, "row")
            line.set("r", str(row))
            after = [one for one in self._rows if one > row]
            if after:
                self._rows[min(after)].addprevious(line)
            self._rows[row] = line
        return self._rows[row]

    # --- rows come in ---

    def insert(self, shift: Shift, like: int | None) -> None:
        """Let rows come in that look like row ``like`` (of before): its cells, merged cells and formulas; or bare ones.

        Raises ``Problem(form_unusual)`` where something on the sheet would not move with them.
        """
        if kinds := self.unmovable():
            raise Problem("form_unusual", what=", ".join(kinds))
        pattern = deepcopy(self._rows[like]) if like in self._rows else self._data.makeelement(tag("row"))
        spans = [one for one in self.merged if one[0] == one[2] == like]
        self._move_rows(shift)
        self._move_names(shift)
        self._move_formulas(shift)
        home = shift.row(like or 0)
        for row in range(shift.at, shift.at + shift.count):
            self._copy(pattern, row, row - home, shift)
        self._merge(shift, spans)
        self._move_parts(shift)

    def _copy(self, pattern: Element, row: int, down: int, shift: Shift) -> None:
        line = deepcopy(pattern)
        line.set("r", str(row))
        for cell in line.findall(tag("c")):
            found = cell.find(tag("f"))
            text = shift.formula(found.text or "", self.sheet.name, inside=True) if found is not None else ""
            for one in list(cell):
                cell.remove(one)
            cell.attrib.pop("t", None)
            cell.set("r", re.sub(r"\d+", "", cell.get("r", "A")) + str(row))
            if text:
                child_of(cell, "f").text = translate(text, down)
        before = row - 1 if row - 1 in self._rows else max((one for one in self._rows if one < row), default=0)
        if before:
            self._rows[before].addnext(line)
        else:
            self._data.insert(0, line)
        self._rows[row] = line
        self._remember(line, row)

    def _move_rows(self, shift: Shift) -> None:
        moved = {shift.row(number): line for number, line in self._rows.items()}
        cells = {(shift.row(row), col): cell for (row, col), cell in self._cells.items()}
        for number, line in moved.items():
            line.set("r", str(number))
        for (row, col), cell in cells.items():
            cell.set("r", f"{letter_of(col)}{row}")
        self._rows, self._cells = moved, cells

    def _move_formulas(self, shift: Shift) -> None:
        """Move the addresses in the formulas of all sheets and charts, and in everything else of this sheet."""
        for sheet in self._reckoning():
            mine = sheet.part == self.sheet.part
            root = self.package.tree(sheet.part)
            for found in root.iter(tag("f")):
                found.text = shift.formula(found.text or "", sheet.name, inside=mine and self._inside(found, shift))
                for name in ("ref", "r1", "r2") if mine else ():
                    if found.get(name):
                        found.set(name, shift.area(found.get(name)))
            for one in root:
                if local(one) not in ("sheetData", "sheetViews", "mergeCells", "cols"):
                    _move_all(one, shift, sheet.name, mine=mine)
        for part in self.package.parts("xl/pivotCache/"):
            if b"worksheetSource" in self.package.raw(part):
                for found in self.package.tree(part).iter(tag("worksheetSource")):
                    if found.get("sheet") == self.sheet.name and found.get("ref"):
                        found.set("ref", shift.area(found.get("ref")))
        for part in self.package.parts("xl/charts/"):
            for found in self.package.tree(part).iter():
                if local(found) == "f" and found.text:
                    found.text = shift.formula(found.text, "")

    def _reckoning(self) -> list[SheetPart]:
        """Return this sheet and the others that hold formulas; a sheet without any stays byte for byte."""
        return [one for one in self.package.sheets
                if one.part == self.sheet.part or b"<f" in self.package.raw(one.part)]  # fmt: skip

    def _inside(self, found: Element, shift: Shift) -> bool:
        """Return whether a formula stands in the one row of a table, whose own cells are no range."""
        place = range_of(found.getparent().get("r", ""))
        return place is not None and place[0] == shift.only

    def _move_names(self, shift: Shift) -> None:
        for one in self.package.book.iter(tag("definedName")):
            one.text = shift.formula(one.text or "", "")

    def _merge(self, shift: Shift, spans: Iterable[Range]) -> None:
        holder = self.root.find(tag("mergeCells"))
        if holder is None:
            return
        for one in list(holder):
            area = range_of(one.get("ref", ""))
            if area is not None:
                one.set("ref", address((shift.row(area[0]), area[1], shift.row(area[2]), area[3])))
        for row in range(shift.at, shift.at + shift.count):
            for area in spans:
                child_of(holder, "mergeCell").set("ref", address((row, area[1], row, area[3])))
        holder.set("count", str(len(holder)))

    def _move_parts(self, shift: Shift) -> None:
        """Move what lies in other parts of the package: pictures, comments and tables of this sheet."""
        for one in self.package.relations(self.sheet.part):
            if not one.part or not self.package.has(one.part):
                continue
            if one.kind == "drawing":
                for end in self.package.tree(one.part).iter():
                    if local(end) == "row" and local(end.getparent()) in ("from", "to"):
                        end.text = str(shift.row(int(end.text or 0) + 1) - 1)
            elif one.kind in ("comments", "threadedComment", "table"):
                _move_all(self.package.tree(one.part), shift, self.sheet.name, mine=True)
            elif one.kind == "vmlDrawing":
                self.package.replace(one.part, _move_vml(self.package.raw(one.part), shift))

    def forget_values(self) -> None:
        """Drop the values formulas had, on every sheet: each program works them out again when it opens the file."""
        for sheet in self._reckoning():
            for found in self.package.tree(sheet.part).iter(tag("f")):
                cell = found.getparent()
                for one in cell.findall(tag("v")):
                    cell.remove(one)
                cell.attrib.pop("t", None)

    def measure(self) -> None:
        """Say anew which area of the sheet is in use."""
        found = self.root.find(tag("dimension"))
        if found is not None and self._cells:
            rows, columns = zip(*self._cells, strict=True)
            found.set("ref", address((min(rows), min(columns), max(rows), max(columns))))


def _column_of(cell: Element) -> int:
    """Return the column of a cell that has its address."""
    match = _CELL.fullmatch(cell.get("r") or "")
    return column_of(match[1]) if match else 0


def _move_all(root: Element, shift: Shift, home: str, *, mine: bool) -> None:
    """Move every address an element names: attributes of this sheet, formulas of any."""
    for one in root.iter():
        name = local(one)
        if mine:
            for attribute in ("ref", "sqref"):
                if one.get(attribute):
                    one.set(attribute, shift.areas(one.get(attribute)))
            if name == "sqref" and one.text:
                one.text = shift.areas(one.text)
            if name == "brk" and local(one.getparent()) == "rowBreaks":
                one.set("id", str(shift.row(int(one.get("id", 0)) + 1) - 1))
        if name in ("formula", "formula1", "formula2", "f", "calculatedColumnFormula") and one.text:
            one.text = shift.formula(one.text, home)


def _move_vml(data: bytes, shift: Shift) -> bytes:
    """Move the boxes of comments, kept in an old way of drawing that is not always proper XML."""

    def anchor(match: re.Match[bytes]) -> bytes:
        numbers = [int(one) for one in match[2].split(b",")]
        if len(numbers) == 8:
            numbers[2], numbers[6] = (shift.row(numbers[at] + 1) - 1 for at in (2, 6))
        return match[1] + ", ".join(map(str, numbers)).encode()

    data = re.sub(rb"(<(?:\w+:)?Anchor>)([\s\d,-]+)", anchor, data)
    return re.sub(rb"(<(?:\w+:)?Row>)\s*(\d+)", lambda m: m[1] + str(shift.row(int(m[2]) + 1) - 1).encode(), data)
