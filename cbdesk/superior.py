"""Understanding an Excel form somebody sent to be filled: its head, the rows to fill, what each column asks for.

Pure, no I/O beyond the bytes given. A form is a head of one or several rows (merged, grouped, perhaps with a row of
column numbers under it), rows to be filled, perhaps totals, and below them remarks and the places of signatures.

* A list has a column of names: one row for each child. A form of figures has columns that count: one row for each
  village (written in the form already, or to be written), and totals where the form has no formula for them.
* What cannot be filled without harm is refused in words, what may be meant otherwise is asked (``Ask``).
* What a person said of the columns is remembered by the ``fingerprint`` of the head.

Raises ``Problem``: ``form_old_format``, ``form_no_head``, ``form_merged``, ``form_unusual``, ``no_sheet``, and those of
reading a workbook.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from cbdesk import sheet, words
from cbdesk.book import Book, letter_of
from cbdesk.catalogue import Catalogue
from cbdesk.errors import Problem
from cbdesk.formcells import COUNT
from cbdesk.formheads import FIGURES, LIST, FormHeadings
from cbdesk.headings import SEXES
from cbdesk.package import Package, SheetPart
from cbdesk.sheetpart import Editor, address
from cbdesk.shifting import translate
from cbdesk.tables import Covers, Page, begins, covers_of, decode_sheet, is_signature, path_of
from cbdesk.text import match_key

_INDEX = re.compile(r"(?:[ivxlc]{1,6}|[a-zđ]|\d{1,3}(?:\.\d{1,2})*)[.)/:-]?", re.IGNORECASE)
_DOTS = re.compile(r"[\s.…_·-]*")
_NUMBERED = re.compile(r"\(?([A-ZĐ]|\d{1,2})\)?\s*(?:=.*)?")
_RANGE = re.compile(r"[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+")
_SEARCHED_ROWS, _SEARCHED_COLUMNS = 80, 120
ODD = (ArithmeticError, LookupError, ValueError, TypeError, AttributeError)
"""What numbers and addresses a stranger wrote into a part can lead to."""
_TALLEST = 6
_UNFILLED = ("detail", "notes")
_ZIP = b"PK"


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a person must say yes to before the form is filled, or (``told``) only know."""

    name: str
    details: Mapping[str, object] = field(default_factory=dict)
    told: bool = False

    @property
    def text(self) -> str:
        """Return the sentence in the language in force."""
        return words.say(f"superior.ask.{self.name}", **self.details)


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column: ``heading`` as it stands over it, ``target`` what it is filled with ("" nothing).

    ``sure`` as in ``columns.Column``; ``formula``: the form reckons it itself; ``secret``: it asks by name for what is
    sensitive and stays empty; ``locked`` on a protected sheet.
    """

    col: int
    letter: str
    heading: str
    target: str
    label: str
    sure: int = 0
    hidden: bool = False
    formula: bool = False
    secret: bool = False


@dataclass(slots=True)
class SuperiorForm:
    """A form as it was understood; nothing is written. ``columns`` may be set anew (``with_targets``).

    ``head`` are its first and last row; ``first`` to ``last`` the rows to fill (``last`` is ``first - 1`` where there
    are none yet); ``villages`` maps rows that name a village to that name; ``totals`` are rows of totals.
    """

    name: str
    data: bytes
    sheet: str
    sheets: tuple[str, ...]
    kind: str
    head: tuple[int, int]
    first: int
    last: int
    columns: tuple[FormColumn, ...]
    fingerprint: str
    asks: tuple[Ask, ...] = ()
    villages: Mapping[int, str] = field(default_factory=dict)
    totals: tuple[int, ...] = ()
    protected: bool = False

    @property
    def mapping(self) -> dict[str, str]:
        """Return letter to target of all columns."""
        return {one.letter: one.target for one in self.columns}

    @property
    def open(self) -> list[Ask]:
        """Return what must be agreed to before filling."""
        return [one for one in self.asks if not one.told]


# --- reading a form ----------------------------------------------------------------------------------------------


def read(
    content: bytes, name: str, catalogue: Catalogue, sheet_name: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> SuperiorForm:
    """Understand a form. ``mapping`` (letter to target) says what columns are filled with, else it is guessed."""
    try:
        found = _read(content, name, catalogue, sheet_name)
    except ODD:
        raise Problem("excel_broken") from None
    return with_targets(found, mapping, catalogue) if mapping else found


def _read(content: bytes, name: str, catalogue: Catalogue, sheet_name: str | None) -> SuperiorForm:
    if not content.startswith(_ZIP):
        sheet.read_bytes(content)  # says what is wrong with a file that cannot be read at all
        raise Problem("form_old_format")
    book = sheet.read_bytes(content)
    package = Package(content)
    if package.has("xl/vbaProject.bin") or not package.sheets:
        raise Problem("form_old_format")
    headings = FormHeadings(catalogue)
    places = _places(book, package, headings, sheet_name)
    if not places:
        raise Problem("form_no_head")
    part, page, head = places[0]
    found = _Reading(package, part, page, head, headings).form(content, name)
    others = [one.name for one, _, _ in places[1:]]
    if others:
        found.asks = (*found.asks, Ask("other_sheets", {"sheets": ", ".join(others)}, told=True))
    found.sheets = tuple(one.name for one, _, _ in places)
    return found


def with_targets(form: SuperiorForm, mapping: Mapping[str, str], catalogue: Catalogue) -> SuperiorForm:
    """Return a form with other targets. Raises ``Problem(bad_map)`` for an unknown column or target."""
    headings, letters = FormHeadings(catalogue), {one.letter for one in form.columns}
    for letter, target in mapping.items():
        if letter not in letters or not isinstance(target, str) or (target and not headings.knows(target, catalogue)):
            raise Problem("bad_map")
    columns = tuple(
        replace(one, target=mapping[one.letter], sure=2,
                label=headings.label(mapping[one.letter]) if mapping[one.letter] else "")
        if one.letter in mapping else one for one in form.columns
    )  # fmt: skip
    return replace(form, columns=columns, kind=_kind(columns))


def _kind(columns: Iterable[FormColumn]) -> str:
    targets = {one.target for one in columns}
    named = targets & {"full_name", "family_and_middle", "given_name", "usual_name"}
    return FIGURES if not named and any(one.partition(":")[0] == COUNT for one in targets) else LIST


def _places(
    book: Book, package: Package, headings: FormHeadings, name: str | None
) -> list[tuple[SheetPart, Page, tuple[int, int]]]:
    """Return the visible sheets with a head, in the order of the book; of a hidden one only where it was named."""
    if name is not None:
        book.sheet(name)
    found = []
    for part in package.sheets:
        if part.name not in book.names or (name is None and part.state != "visible") or name not in (None, part.name):
            continue
        page = decode_sheet(book.sheet(part.name))
        head = _head(page, headings, covers_of(page.sheet))
        if head:
            found.append((part, page, head))
    return found


def _head(page: Page, headings: FormHeadings, covers: Covers) -> tuple[int, int] | None:
    """Return the first and last row of the head."""
    rows = range(1, min(len(page.sheet.rows), _SEARCHED_ROWS) + 1)
    score = {row: _known(page, row, headings) for row in rows}
    best = max(rows, key=lambda row: (score[row], -row), default=0)
    if not best or score[best] < 2:
        return None
    top, bottom = _with_merged(page, best, best)
    while top > 1 and _groups(page, top - 1, top, covers):
        top, bottom = _with_merged(page, top - 1, bottom)
    while _under(page, bottom, covers):
        top, bottom = _with_merged(page, top, bottom + 1)
    return top, bottom


def _known(page: Page, row: int, headings: FormHeadings) -> int:
    cells = {col: text for col, text in page.filled(row).items() if col <= _SEARCHED_COLUMNS}
    return sum(headings.asks(text) for text in cells.values()) if len(cells) > 1 else 0


def _with_merged(page: Page, top: int, bottom: int) -> tuple[int, int]:
    """Return rows grown to hold the merged cells that begin or end in them."""
    for first, _, last, _ in page.sheet.merged:
        if first < last < first + _TALLEST and first <= bottom and last >= top:
            top, bottom = min(top, first), max(bottom, last)
    return top, bottom


def _groups(page: Page, above: int, row: int, covers: Covers) -> bool:
    """Return whether the row above holds headings of groups: each stands over several columns of the head."""
    cells = page.filled(above)
    if not cells or any(len(text) > 120 or text.isdigit() for text in cells.values()):
        return False
    below = page.filled(row)
    width = range(1, page.sheet.width + 1)
    spans = {col: [c for c in width if covers.get((above, c)) == (above, col)] for col in cells}
    wide = [len([c for c in span if c in below]) > 1 for span in spans.values() if len(span) > 1]
    whole = any(len(span) >= len(below) > 2 and len(cells) == 1 for span in spans.values())
    gaps = len(cells) > 1 and any(col not in below and (row, col) not in covers for col in cells)
    return not whole and (bool(wide and all(wide)) or gaps)


def _under(page: Page, bottom: int, covers: Covers) -> bool:
    """Return whether the row below still heads columns: words under a heading that spans several, or under nothing."""
    cells = page.filled(bottom + 1)
    if not cells or _is_numbering(cells) or any(text[:1].isdigit() for text in cells.values()):
        return False
    if any(begins(text, "totals") for text in cells.values()) and not _spanned(bottom, min(cells), covers):
        return False
    return all(_spanned(bottom, col, covers) for col in cells)


def _spanned(row: int, col: int, covers: Covers) -> bool:
    """Return whether a cell lies in a merged range of several columns that ends in its row."""
    at = covers.get((row, col))
    return at is not None and (((row, col - 1) in covers and covers[row, col - 1] == at)
                               or covers.get((row, col + 1)) == at)  # fmt: skip


def _is_numbering(cells: Mapping[int, str]) -> bool:
    """Return whether a row only numbers the columns: 1 2 3, A B 1 2, also "3=4+5"."""
    found = [_NUMBERED.fullmatch(text) for text in cells.values()]
    numbers = [int(one[1]) for one in found if one and one[1].isdigit()]
    return len(cells) > 2 and all(found) and len(numbers) * 2 >= len(cells) and all(a < b for a, b in pairwise(numbers))


class _Reading:
    """The reading of one sheet whose head was found."""

    def __init__(self, package: Package, part: SheetPart, page: Page, head: tuple[int, int],
                 headings: FormHeadings) -> None:
        self.package, self.part, self.page, self.head, self.headings = package, part, page, head, headings
        self.covers = covers_of(page.sheet)
        self.editor = Editor(package, part)
        self.paths = self._paths()
        self.left, self.right = min(self.paths), max(self.paths)
        self.totals: list[int] = []

    def _paths(self) -> dict[int, tuple[str, ...]]:
        top, bottom = self.head
        last = max([self.page.sheet.width, *(col for row, col in self.covers if top <= row <= bottom)])
        paths = {col: path_of(self.page, top, bottom, col, self.covers) for col in range(1, last + 1)}
        return {col: path for col, path in paths.items() if path}

    def form(self, content: bytes, name: str) -> SuperiorForm:
        """Return the form."""
        first = self.head[1] + 1
        if _is_numbering(self.page.filled(first)):
            first += 1
        first, last, written = self._body(first)
        columns = self._columns(first, last)
        kind = _kind(columns)
        self._refuse(first, last)
        villages = self._named(written, columns) if kind == FIGURES else {}
        asks = self._asks(first, last, [row for row in written if row not in villages], columns)
        return SuperiorForm(
            name, content, self.part.name, (), kind, self.head, first, last, columns, self._fingerprint(), tuple(asks),
            villages, tuple(self.totals), self.editor.protected,
        )  # fmt: skip

    # --- the rows to fill ---

    def _body(self, first: int) -> tuple[int, int, list[int]]:
        """Return the first and last row to fill, and those in which something is written already."""
        written, row = list[int](), first
        while True:
            cells = self._texts(row)
            if row == first and self._is_totals(row, cells) and self._to_fill(row + 1, self._texts(row + 1)):
                self.totals.append(row)
                first = row = row + 1
                continue
            if not self._to_fill(row, cells):
                break
            if any(not _INDEX.fullmatch(text) and not _DOTS.fullmatch(text) for text in cells.values()):
                written.append(row)
            row += 1
        if self._is_totals(row, self._texts(row)):
            self.totals.append(row)
        return first, row - 1, written

    def _texts(self, row: int) -> dict[int, str]:
        """Return what is typed in a row of the table; what the form reckons itself is none."""
        cells = self.page.filled(row)
        return {col: text for col, text in cells.items()
                if self.left <= col <= self.right and self.editor.formula(row, col) is None}  # fmt: skip

    def _to_fill(self, row: int, cells: Mapping[int, str]) -> bool:
        boxed = any(self.editor.styles.boxed(self.editor.style(row, col)) for col in range(self.left, self.right + 1))
        told = {col: text for col, text in cells.items() if not _INDEX.fullmatch(text)}
        return boxed and not self._is_totals(row, cells) and not (told and is_signature(told))

    def _is_totals(self, row: int, cells: Mapping[int, str]) -> bool:
        if any(begins(text, "totals") for text in list(cells.values())[:2]):
            return True
        columns = range(self.left, self.right + 1)
        formulas = (one for col in columns if (one := self.editor.formula(row, col) or "") and one != translate(
            self.editor.formula(row - 1, col) or "", 1))  # fmt: skip
        return any(_RANGE.search(one) and not self._along(one, row) for one in formulas)

    def _along(self, formula: str, row: int) -> bool:
        """Return whether a formula only adds up cells of its own row."""
        return {int(one) for one in re.findall(r"[A-Z]{1,3}\$?(\d+)", formula)} <= {row}

    def _refuse(self, first: int, last: int) -> None:
        """Raise for merged cells that reach over several rows to fill, and for formulas over several cells."""
        for area in self.editor.merged:
            over = area[0] <= max(last, first) and area[2] >= first and area[2] > area[0]
            if over and area[3] >= self.left and area[1] <= self.right and last >= first:
                raise Problem("form_merged", where=address(area))
        for row in range(first, last + 1):
            for col in range(self.left, self.right + 1):
                if self.editor.odd_formula(row, col):
                    raise Problem("form_unusual", what=f"{letter_of(col)}{row}")

    def _named(self, written: Sequence[int], columns: Sequence[FormColumn]) -> dict[int, str]:
        """Return what rows of a form of figures name, by row."""
        at = next((one.col for one in columns if one.target == "village"), None)
        if at is None:
            return {}
        return {row: text for row in written if (text := self._texts(row).get(at))}

    # --- columns ---

    def _columns(self, first: int, last: int) -> tuple[FormColumn, ...]:
        """Return the columns; of several under one heading only those the rows keep apart."""
        model = first if last >= first else 0
        kept = [col for col in self.paths if not self._continues(col, model)]
        known = {col: self.headings.of_path(self.paths[col]) for col in kept}
        names = any(found and found.target in self.headings.names and found.sure == 2 for found in known.values())
        columns = [self._column(col, model, names=names) for col in kept]
        return tuple(self._unique(self._parted(columns)))

    def _continues(self, col: int, model: int) -> bool:
        """Return whether a column is only the continuation of the one before it, in the head and in the rows."""
        bottom = self.head[1]
        at = self.covers.get((bottom, col))
        if at is None or at[1] == col:
            return False
        return model == 0 or self.covers.get((model, col), (model, col))[1] != col or not self._is_name(at[1])

    def _is_name(self, col: int) -> bool:
        found = self.headings.of_path(self.paths.get(col, ()))
        return found is not None and found.target == "full_name"

    def _column(self, col: int, model: int, *, names: bool) -> FormColumn:
        path, secret, sure = self.paths[col], False, 0
        target = ""
        found = self.headings.of_path(path)
        if names:
            target, sure, secret = self._of_list(path)
        elif found and found.target == "number":
            target, sure = "number", found.sure
        elif self.headings.names_village(path):
            target, sure = "village", 2
        else:
            target, secret = self.headings.count_of(path)
            sure = 2 if target else 0
        label = self.headings.label(target) if target else ""
        formula = model > 0 and self.editor.formula(model, col) is not None
        hidden = self.editor.hidden_column(col)
        return FormColumn(col, letter_of(col), " – ".join(path), "" if hidden else target, "" if hidden else label,
                          sure, hidden, formula, secret)  # fmt: skip

    def _of_list(self, path: tuple[str, ...]) -> tuple[str, int, bool]:
        """Return (target, how sure, secret) of a column of a list."""
        found = self.headings.of_path(path)
        if found and found.target in SEXES:
            return f"sex={found.target}", found.sure, False
        known = found and self.headings.knows(found.target, self.headings.catalogue) and found.target not in _UNFILLED
        if found and known and (found.sure == 2 or self._whole(path[-1])):
            return found.target, found.sure, False
        crossed = self.headings.crossed(path[-1])
        secret = bool(crossed) and not self.headings.knows(crossed, self.headings.catalogue)
        return ("", 0, secret) if secret or not crossed else (crossed, 1, False)

    def _whole(self, text: str) -> bool:
        """Return whether a heading known by a part of it is short enough not to mean something else."""
        return len(match_key(text).split()) <= 8

    def _parted(self, columns: list[FormColumn]) -> list[FormColumn]:
        """Make family and given name of two columns under one heading; under two alike the later stays open."""
        bottom = self.head[1]
        for at, (one, other) in enumerate(pairwise(columns)):
            if one.target == other.target == "full_name" and self._under_one(bottom, one.col, other.col):
                label = self.headings.label
                columns[at] = replace(one, target="family_and_middle", label=label("family_and_middle"))
                columns[at + 1] = replace(other, target="given_name", label=label("given_name"))
        return columns

    def _under_one(self, bottom: int, col: int, other: int) -> bool:
        """Return whether two columns stand under one merged heading, whatever its rows."""
        rows = range(self.head[0], bottom + 1)
        return any((at := self.covers.get((row, col))) is not None and at == self.covers.get((row, other))
                   for row in rows)  # fmt: skip

    def _unique(self, columns: Iterable[FormColumn]) -> list[FormColumn]:
        """Leave the later of two columns open taken for the same: it may ask of a parent, not of the child."""
        taken, found = set[str](), []
        for one in columns:
            found.append(replace(one, target="", label="") if one.target in taken else one)
            taken |= {one.target} - {"number", "village"}
        return found

    def _fingerprint(self) -> str:
        told = "\n".join(f"{letter_of(col)} {match_key(' / '.join(path))}" for col, path in sorted(self.paths.items()))
        return hashlib.sha256(told.encode()).hexdigest()[:24]

    # --- what is asked ---

    def _asks(self, first: int, last: int, written: Sequence[int], columns: Sequence[FormColumn]) -> list[Ask]:
        found = []
        if written:
            found.append(Ask("written", {"rows": _rows(written), "n": len(written)}))
        if hidden := [row for row in range(first, last + 1) if self.editor.hidden_row(row)]:
            found.append(Ask("hidden_rows", {"rows": _rows(hidden)}))
        if letters := [one.letter for one in columns if one.hidden]:
            found.append(Ask("hidden_columns", {"columns": ", ".join(letters)}, told=True))
        if secret := [one.letter for one in columns if one.secret]:
            found.append(Ask("secret_columns", {"columns": ", ".join(secret)}, told=True))
        if self.editor.protected:
            found.append(Ask("protected", told=True))
        deep = [one.name for one in self.package.sheets if one.state == "veryHidden"]
        if deep:
            found.append(Ask("very_hidden", {"sheets": ", ".join(deep)}))
        if kept := [one.name for one in self.package.sheets if one.state == "hidden" and one != self.part]:
            found.append(Ask("hidden_sheets", {"sheets": ", ".join(kept)}, told=True))
        return found


def _rows(rows: Sequence[int]) -> str:
    """Return rows for people, neighbours as one stretch: 8–12, 15."""
    parts: list[list[int]] = []
    for row in rows:
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in parts)
