"""Official forms and letters: a plain text template with slots becomes a document, filled, half-filled or blank.

Pure. A template (``resources/paper/forms/<name>.txt``, of reports ``…/reports/<name>.txt``) is written so that an
office can correct it without a programmer; its whole vocabulary:

    title: …            head lines ``key: value`` until the first empty line (``HEAD``)
    # A. …   ## 1. …    a part, a part within it              = …   a centred line
    > …   a paragraph of a letter or decision, its first line indented          ~ …   the same in italics: the basis
    Họ tên: {name}      a slot: what is known, or dots for the pen; ``{age:15}`` dots of 15 mm (a value before a label
                        keeps that place), ``{what*3}`` three lines for the pen
    {:15}  {}  {*3}     dots nothing is known for: only the pen fills them
    [sex=male] Nam      a box, ticked where the slot holds that code; ``[told_at]`` where it is filled, ``[]`` never
    **words**           bold
    ?{name} …           a line only where the slot is filled           - …   an item of a list
    | TT | Việc |       a table: head; then ``| 8 | 60 |`` widths in mm; then cells with slots; a line that ends in
    | {n} | {what} | @measures*5      ``@rows*5`` is repeated for each row, on a blank form for five empty ones
    @grid by_cause      a table of figures, ``@chart by_month`` a chart: as they are given; nothing where there is none
    @annex …            what follows stands on new pages after the signatures, under this heading

A slot nobody knows is a fault of the template (``Problem(template_wrong)``): a typing mistake cannot pass as a blank.
What a copy may not show is hidden: the place says so instead of leaving dots. A ``Document`` holds finished text;
``page`` typesets it, ``letter`` writes it as .docx.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import Any

from cbdesk import grid as grids
from cbdesk.errors import Problem
from cbdesk.grid import Chart, Grid
from cbdesk.paper import Line, Signer, heading_in, known

HEAD = frozenset({"title", "form", "for", "step", "basis", "origin", "heading", "kind", "about", "symbol", "sign",
                  "recipients", "secret", "editable", "pocket", "number", "date", "gives"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """The value of a slot: its text, and the codes that tick its boxes; ``hidden`` where a copy may not show it."""

    text: str = ""
    codes: tuple[str, ...] = ()
    hidden: bool = False


HIDDEN = Given(hidden=True)
_SPAN = re.compile(r"\{(?P<slot>[a-z0-9_.]*)(?::(?P<width>\d{1,3})|\*(?P<lines>\d{1,2}))?\}"
                   r"|(?P<box>\[(?P<of>[a-z0-9_.]*)(?:=(?P<code>[\w.]+))?\])|\*\*(?P<bold>.+?)\*\*")  # fmt: skip
_LABEL = re.compile(r"\s+[^\W\d_][^:{}\[\]]{0,80}:")
_ROWS = re.compile(r"@(?P<rows>[a-z_]+)\*(?P<blank>\d{1,2})\s*$")
_ANNEX = "@annex "
_MARKS = {_ANNEX: "annex", "## ": "subpart", "# ": "part", "= ": "centre", "~ ": "note", "> ": "prose", "- ": "item"}
_PUT = re.compile(r"@(?P<kind>grid|chart)\s+(?P<slot>[a-z0-9_.]+)\s*$")
MAX_LINES, MAX_SLOTS, MAX_HEAD, MAX_PARTS, MAX_COLUMNS = 500, 600, 1_000, 30, 20
"""Lines of a template with those it leaves for the pen; its slots; letters of a head line, and its parts; columns."""
MAX_LETTERS = 1_000_000
"""Letters of a filled document, some hundred pages: a template cannot ask for more by naming a slot again and again."""
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line: ``text`` (``value``: filled in), ``dots`` in mm (0: to the end of the line), or a ``box``.

    ``room`` is given for a value before a label: it takes at least so many mm, as its dots would (0: a wide space).
    """

    text: str = ""
    bold: bool = False
    value: bool = False
    room: int | None = None
    dots: int | None = None
    box: bool | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One block; ``kind``: ``part``, ``subpart``, ``text``, ``prose``, ``centre``, ``note``, ``item``, ``table``.

    ``count`` dotted lines follow its text. Blocks ``grid`` and ``chart`` hold a table of figures and a chart; ``annex``
    is the heading of what follows the signatures.
    """

    kind: str
    spans: tuple[Span, ...] = ()
    count: int = 0
    widths: tuple[int, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()
    grid: Grid | None = None
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its head (``HEAD``) and the lines of its body with their numbers in the file."""

    name: str
    head: Mapping[str, str]
    lines: tuple[tuple[int, str], ...]

    @property
    def title(self) -> str:
        """Return the title for people."""
        return self.head["title"]

    @property
    def slots(self) -> frozenset[str]:
        """Return the names of all slots, with those of rows as ``rows.slot``."""
        found: set[str] = set()
        for _, line in (*((0, one) for one in self.head.values()), *self.lines):
            rows = _ROWS.search(line)
            names = {match["slot"] or match["of"] for match in _SPAN.finditer(line)} - {None, ""}
            found |= {f"{rows['rows']}.{name}" for name in names} if rows else names
            found |= {put["slot"]} if (put := _PUT.match(line.lstrip("? "))) else set()
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Document:
    """A finished document, ready to be typeset. Texts of the heading come from ``letterhead``.

    ``heading`` is ``office`` (who issues, number, date), ``plain`` (the state and its motto) or ``none``; ``pocket``
    sets two of it on one sheet of A4, to be cut; ``spaced`` leaves six points between paragraphs (reports). ``amends``
    is the line saying which paper this one replaces, or "".
    """

    name: str
    kind: str
    about: str
    blocks: tuple[Block, ...]
    heading: str = "office"
    form: str = ""
    issuer: tuple[Line, ...] = ()
    national: tuple[str, ...] = ()
    number: str = ""
    place_date: str = ""
    recipients: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()
    footer: str = ""
    marks: tuple[str, ...] = ()
    page_of: str = ""
    practice: str = ""
    pocket: bool = False
    spaced: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    amends: str = ""

    def as_json(self) -> str:
        """Return the document as JSON text, the same bytes for the same document."""
        places = count()
        blocks = [asdict(replace(one, grid=None)) | {"grid": next(places) if one.grid else None} for one in self.blocks]
        packed = grids.pack(one.grid for one in self.blocks if one.grid)
        return json.dumps(asdict(replace(self, blocks=())) | {"blocks": blocks} | packed, ensure_ascii=False,
                          sort_keys=True, separators=(",", ":"))  # fmt: skip

    @classmethod
    def from_json(cls, text: str | bytes) -> Document:
        """Read a document written by ``as_json`` of this or an earlier version. Raises ``Problem(paper_failed)``."""
        try:
            data = json.loads(text)
            tables = grids.unpack(data)
            return cls(**known(cls, data) | heading_in(data) | {
                "blocks": tuple(_block_in(one, tables) for one in data["blocks"]),
                **{name: tuple(data.get(name, ())) for name in ("recipients", "marks")},
            })
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise Problem("paper_failed") from None


def _block_in(data: Data, tables: Sequence[Grid]) -> Block:
    held, chart = data.get("grid"), data.get("chart")
    return Block(**known(Block, data) | {
        "spans": _spans_in(data.get("spans", ())), "widths": tuple(data.get("widths", ())),
        "head": tuple(data.get("head", ())),
        "rows": tuple(tuple(map(_spans_in, row)) for row in data.get("rows", ())),
        "grid": None if held is None else tables[held], "chart": grids.chart_in(chart) if chart else None,
    })  # fmt: skip


def _spans_in(data: Sequence[Data]) -> tuple[Span, ...]:
    return tuple(Span(**known(Span, one)) for one in data)


def read(name: str, text: str) -> Template:
    """Return a template. Raises ``Problem(template_wrong)`` with the number of the line.

    A template may come from anybody: how much it can ask for is limited (``MAX_LINES`` …).
    """
    head: dict[str, str] = {}
    lines = text.replace("\r\n", "\n").lstrip("\ufeff").split("\n")
    for at, line in enumerate(lines):
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        parts = max(value.count("|"), value.count("/"), value.count(";"))
        if not colon or key.strip() not in HEAD or len(value) > MAX_HEAD or parts > MAX_PARTS:
            raise Problem("template_wrong", name=name, line=at + 1)
        head[key.strip()] = value.strip()
    if "title" not in head:
        raise Problem("template_wrong", name=name, line=1)
    body = tuple((n + 1, line.rstrip()) for n, line in enumerate(lines) if n > at)
    room = slots = 0
    for n, line in body:
        room, slots = room + _room(line), slots + sum(1 for _ in _SPAN.finditer(line))
        if room > MAX_LINES or slots > MAX_SLOTS or (line.startswith("|") and line.count("|") > MAX_COLUMNS + 1):
            raise Problem("template_wrong", name=name, line=n)
    return Template(name, head, body)


def _room(line: str) -> int:
    """Return how many lines and rows a line of a template asks for on a blank form."""
    rows = _ROWS.search(line)
    asked = sum(int(match["lines"] or 0) for match in _SPAN.finditer(line))
    return 1 + asked + (int(rows["blank"]) if rows else 0)


def fill(template: Template, data: Data, known: frozenset[str] | None = None, hidden: str = "") -> tuple[Block, ...]:
    """Return the blocks of a document. Values are text, ``Given``, or a list of rows of such values (tables).

    ``known`` are the slots there are (a slot outside is a fault of the template; not checked when ``None``); ``hidden``
    stands where a value is hidden. Raises ``Problem(template_wrong)``.
    """
    if known is not None:
        for at, line in (*enumerate(template.head.values(), 1), *template.lines):
            _check(template.name, at, line, known)
        for at, line in template.lines:
            put = _PUT.match(line.lstrip("? "))
            if put["slot"] not in known if put else line.startswith("@") and not line.startswith(_ANNEX):
                raise Problem("template_wrong", name=template.name, line=at)
    return tuple(_Filler(template, data, hidden).blocks())


def slot_text(pattern: str, data: Data) -> str:
    """Return a line of the head with its slots filled; an unknown value is left out."""
    return re.sub(r"\s+", " ", _SPAN.sub(lambda match: _plain(data.get(match["slot"] or "")), pattern)).strip()


def _check(name: str, at: int, line: str, known: frozenset[str]) -> None:
    rows = _ROWS.search(line)
    for match in _SPAN.finditer(line):
        slot = match["slot"] or match["of"]
        if slot and (f"{rows['rows']}.{slot}" if rows else slot) not in known:
            raise Problem("template_wrong", name=name, line=at)
    if re.search(r"[{}]", _SPAN.sub("", line)):
        raise Problem("template_wrong", name=name, line=at)


class _Filler:
    """Goes through the lines of a template once."""

    def __init__(self, template: Template, data: Data, hidden: str) -> None:
        self.template, self.data, self.hidden = template, data, hidden

    def blocks(self) -> Iterator[Block]:
        lines, letters = list(self.template.lines), 0
        while lines:
            at, line = lines.pop(0)
            if line.startswith("|"):
                table = [(at, line)]
                while lines and lines[0][1].startswith("|"):
                    table.append(lines.pop(0))
                made = [self._table(table)]
            else:
                made = list(self._line(line.strip())) if line.strip() else []
            letters += sum(map(_letters, made))
            if letters > MAX_LETTERS:
                raise Problem("template_wrong", name=self.template.name, line=at)
            yield from made

    def _line(self, line: str) -> Iterator[Block]:
        if line.startswith("?"):
            first = _SPAN.search(line)
            if first is None or not _plain(self.data.get(first["slot"] or first["of"])):
                return
            line = (line[first.end() :] if line.startswith("?{") else line[1:]).lstrip()
        if put := _PUT.match(line):
            yield from self._held(put["kind"], self.data.get(put["slot"]))
            return
        mark = next((mark for mark in _MARKS if line.startswith(mark)), "")
        spans, lines = self._spans(line[len(mark) :], self.data)
        yield Block(_MARKS.get(mark, "text"), spans, lines)

    def _held(self, kind: str, value: object) -> Iterator[Block]:
        if kind == "grid" and isinstance(value, Grid) and value.rows:
            yield Block("grid", grid=value)
        elif kind == "chart" and isinstance(value, Chart) and value.labels:
            yield Block("chart", chart=value)

    def _spans(self, line: str, data: Data) -> tuple[tuple[Span, ...], int]:
        """Return the spans of a line, and how many dotted lines follow it."""
        spans: list[Span] = []
        at, after = 0, 0
        for match in _SPAN.finditer(line):
            if match.start() > at:
                spans.append(Span(line[at : match.start()]))
            at = match.end()
            if match["bold"]:
                spans.append(Span(match["bold"], bold=True))
            elif match["box"]:
                spans.append(Span(box=_holds(data.get(match["of"]), match["code"])))
            else:
                value = data.get(match["slot"])
                text = self.hidden if isinstance(value, Given) and value.hidden else _plain(value)
                if text:
                    room = int(match["width"] or 0) if _before_label(line[at:]) else None
                    spans.append(Span(text, value=True, room=room))
                elif match["lines"]:
                    after = int(match["lines"])
                else:
                    spans.append(Span(dots=int(match["width"] or 0)))
        if at < len(line):
            spans.append(Span(line[at:]))
        return tuple(spans), after

    def _table(self, lines: Sequence[tuple[int, str]]) -> Block:
        titles = tuple(_cells(lines[0][1]))
        widths: tuple[int, ...] = (1,) * len(titles)
        rows: list[tuple[tuple[Span, ...], ...]] = []
        for at, line in lines[1:]:
            repeated = _ROWS.search(line)
            cells = _cells(line[: repeated.start()] if repeated else line)
            if len(cells) != len(titles):
                raise Problem("template_wrong", name=self.template.name, line=at)
            if all(cell.isdecimal() for cell in cells):
                if not all(len(cell) < 4 and int(cell) for cell in cells):
                    raise Problem("template_wrong", name=self.template.name, line=at)
                widths = tuple(map(int, cells))
                continue
            many = self.data.get(repeated["rows"]) if repeated else [self.data]
            given = list(many or ()) or [{}] * int(repeated["blank"] if repeated else 1)
            for n, row in enumerate(given, 1):
                data = {"n": str(n), **row} if repeated else row
                rows.append(
                    tuple(tuple(one for one in self._spans(cell, data)[0] if one.dots is None) for cell in cells)
                )
        return Block("table", widths=widths, head=titles, rows=tuple(rows))


def _letters(block: Block) -> int:
    cells = (cell for row in block.rows for cell in row)
    figures = sum(len(row.label) + 6 * len(block.grid.columns) for row in block.grid.rows) if block.grid else 0
    return sum(len(one.text) for spans in (block.spans, *cells) for one in spans) + figures


def _before_label(rest: str) -> bool:
    return bool(_LABEL.match(rest)) and rest.lstrip()[0].isupper()


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _plain(value: object) -> str:
    if isinstance(value, Given):
        return "" if value.hidden else value.text.strip()
    return "" if value is None or isinstance(value, (Grid, Chart)) else str(value).strip()


def _holds(value: object, code: str | None) -> bool:
    if code is None:
        return bool(_plain(value))
    return isinstance(value, Given) and not value.hidden and code in value.codes
