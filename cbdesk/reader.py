"""One row of a table as the data of ``put``: names joined, dates understood, codes found, the rest into the notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from cbdesk import kinds, repairs, titles, words
from cbdesk.catalogue import Catalogue, Field
from cbdesk.charsets import unconvertible
from cbdesk.columns import Column
from cbdesk.dates import Understood, age_range, read_age, read_date, show_date
from cbdesk.headings import Headings, data, is_no_tick, is_tick, ticks, wordings
from cbdesk.kinds import placeholder
from cbdesk.rows import ImportRow, Note
from cbdesk.tables import Covers, Line, Table, covers_of, village_of
from cbdesk.text import match_key, name_case, phones, raise_initials, split_name, tidy
from cbdesk.wording import LISTS, Wording

_NUMBERED = re.compile(r"^\d{1,4}\s*[.)-]\s*")
_SEVERAL = re.compile(r"(?s)\S.*\b2\s*[.)]\s*\w|\w[^\n]*;\s*\w+\s+\w")
"""A cell of names that holds a second one: "1. … 2. …" or two names parted by a semicolon."""
_RELATION = re.compile(r"^(?P<name>[^()]+?)\s*\((?P<said>[^()]+)\)$")
_NAMES = ("full_name", "usual_name", "father_name", "mother_name", "carer_name", "head_name")


class RowReader:
    """Reads the rows of tables of one form."""

    def __init__(self, headings: Headings, catalogue: Catalogue, today: date) -> None:
        self.headings, self.form = headings, headings.form
        self.catalogue, self.today = catalogue, today
        self.adult = catalogue.threshold("child_age", today)
        self.wording = Wording(catalogue)

    def read(self, table: Table, columns: Sequence[Column], above: Sequence[str] = ()) -> list[ImportRow]:
        """Return the rows of one table; ``above`` are titles of the sheet that hold for a later table too."""
        work = _Work(self, table, columns, tuple(dict.fromkeys((*titles.whole(above), *table.titles))))
        rows: list[ImportRow] = []
        for line in table.lines:
            if not (rows and work.tells_parents(rows[-1], line)):
                rows.append(work.row(line))
        return rows


class _Work:
    """The reading of one table."""

    def __init__(self, reader: RowReader, table: Table, columns: Sequence[Column], above: tuple[str, ...]) -> None:
        self.reader, self.table, self.page = reader, table, table.page
        self.columns = [c for c in columns if c.target]
        self.all_columns = columns
        self.covers: Covers = covers_of(table.page.sheet)
        self.old = table.page.charset.startswith("tcvn3")
        self.swapped = self._looks_swapped()
        self.titles = titles.said_by(above, reader.wording)
        self._sections: dict[str, titles.Said] = {}
        self._above: dict[int, tuple[str, object]] = {}
        self._taken_above: set[int] = set()
        self._carried = {column.col for column in self.columns if column.target == "village" and self._once(column)}

    def _once(self, column: Column) -> bool:
        """Return whether a column names each village once, before its first row, and leaves most cells empty."""
        texts = [match_key(self.page.text(line.row, column.col)) for line in self.table.lines]
        merged = any((line.row, column.col) in self.covers for line in self.table.lines)
        said = [text for text in texts if text and text not in {match_key(one) for one in ticks("ditto")}]
        return bool(texts and texts[0]) and not merged and len(said) == len(set(said)) and len(said) * 2 <= len(texts)

    def tells_parents(self, child: ImportRow, line: Line) -> bool:
        """Take a row that only tells a parent of the child above ("Bố: Lý Văn Phúc"); its words stay in the notes."""
        name = next((text for c in self.columns if c.target in self.reader.headings.names
                     and (text := self.page.text(line.row, c.col))), "")  # fmt: skip
        parts = _parent_words().split(name)
        if len(parts) < 3 or parts[0].strip() or not child.data.get("full_name"):
            return False
        kept = [str(child.data["notes"])] if child.data.get("notes") else []
        self._split_parents(child, parts)
        kept.append("; ".join(self.table.filled(line.row).values()))
        if self.reader.form.has("notes"):
            child.data["notes"] = "\n".join(kept)
        child.notes += [Note("notes", "parent_below")] if all(one.code != "parent_below" for one in child.notes) else []
        return True

    # --- one row ---

    def row(self, line: Line) -> ImportRow:
        """Return one row understood as far as it goes."""
        made = ImportRow(self.page.sheet.name, line.row, left=self.table.left)
        made.cells = [
            (c.heading or words.say("import.column", letter=c.letter), self.page.text(line.row, c.col))
            for c in self.all_columns
        ]
        values = self._values(line.row)
        kept: list[str] = []
        self._name(made, values)
        for column in self.columns:
            text, value = values[column.col]
            if text or value is not None:
                self._take(made, column, text, value, kept)
            elif self.page.sheet.cell(line.row, column.col).uncached and column.target != "number":
                made.notes.append(Note(column.target, "uncached", {"heading": column.heading}))
        if self.reader.form.has("full_name"):
            self._born_from_parts(made, values, kept)
            self._household(made, values, kept)
        if self.reader.form.has("full_name") or self._field("household_class"):
            self._from_above(made, line, kept)
        if line.row in self._taken_above:
            made.notes.append(Note("village", "village_carried"))
        self._finish(made, line, values, kept)
        return made

    def _values(self, row: int) -> dict[int, tuple[str, object]]:
        """Return (text, value) of each imported column; "as above" marks and merged cells take the cell above."""
        found: dict[int, tuple[str, object]] = {}
        ditto = ticks("ditto")
        for column in self.columns:
            top, left = self.covers.get((row, column.col), (row, column.col)) if self.covers else (row, column.col)
            at = top if left == column.col and top > self.table.last else row
            cell = self.page.sheet.cell(at, column.col)
            text = self.page.raw(at, column.col)
            value: object = text if isinstance(cell.value, str) else cell.value
            if text.casefold() in ditto and column.target not in self.reader.headings.names:
                text, value = self._above.get(column.col, ("", None))
            elif not text and column.col in self._carried and not self._named_by_row(row):
                text, value = self._above.get(column.col, ("", None))
                self._taken_above.add(row)
            found[column.col] = self._above[column.col] = (text, value)
        return found

    def _named_by_row(self, row: int) -> bool:
        """Return whether a row of its own names the village of a row."""
        return any(line.village for line in self.table.lines if line.row == row)

    def _of(self, values: Mapping[int, tuple[str, object]], target: str) -> str:
        return next((tidy(values[c.col][0]) for c in self.columns if c.target == target and values[c.col][0]), "")

    def _person(self, text: str) -> str:
        """Return a person's name as names are written."""
        return self._raised(name_case(_NUMBERED.sub("", tidy(text))))

    def _raised(self, name: str) -> str:
        """Return a proper name with the capitals TCVN3 could not write; nobody begins a name with a small ố."""
        torn = any(word[:1].islower() and not word[:1].isascii() for word in name.split())
        return raise_initials(name) if self.old or torn else name

    def _name(self, made: ImportRow, values: Mapping[int, tuple[str, object]]) -> None:
        parts = [self._of(values, part) for part in ("full_name", "family_and_middle", "given_name")]
        if name := self._person(" ".join(part for part in parts if part)):
            made.data["full_name"] = name
            if placeholder(name):
                made.notes.append(Note("full_name", "placeholder_name"))
            elif " " not in name:
                made.notes.append(Note("full_name", "one_word_name"))

    def _take(self, made: ImportRow, column: Column, text: str, value: object, kept: list[str]) -> None:
        """Put one cell into its field; what is not understood is kept with its heading."""
        target, _, code = column.target.partition("=")
        if code:
            self._crossed(made, target, code, column, text, kept)
        elif target.startswith("born") and target not in ("born_day", "born_month", "born_year"):
            self._born(made, column, value, kept)
        elif target in LISTS:
            self._coded(made, target, column, text, kept)
        elif target == "village" or (target == "address_old" and village_of(text)):
            self._village(made, text)
        elif target == "detail":
            kept.append(f"{column.heading}: {tidy(text)}")
        elif target == "notes":
            kept.append(text)
        elif target == "phone":
            self._phone(made, column, value, kept)
        elif target in ("carer_name", "father_name", "mother_name"):
            self._carer(made, target, column, text, kept)
        elif target == "parents":
            self._parents(made, column, text, kept)
        elif target not in ("full_name",) and (known := self._field(target)):
            self._plain(made, known, column, value, kept)

    def _field(self, name: str) -> Field | None:
        form = self.reader.form
        if form.has(name):
            return form.field(name)
        shorthand = form.shorthand(name)
        return shorthand.field if shorthand else None

    def _plain(self, made: ImportRow, known: Field, column: Column, value: object, kept: list[str]) -> None:
        given = tidy(value) if isinstance(value, str) else value
        found = kinds.of(known).read(given, known, self.reader.today)
        if found.value is None and known.kind == "choice" and isinstance(given, str) and "/" in given:
            parts = [kinds.of(known).read(tidy(one), known, self.reader.today) for one in given.split("/")]  # F/Nữ
            said = {one.value for one in parts if one.value is not None}
            found = next(one for one in parts if one.value is not None) if len(said) == 1 else found
        if found.value is not None:
            made.data[known.name] = self._person(found.value) if known.name in _NAMES else found.value
            if known.kind == "personal_id" and found.value[0] == "0" and not str(given).lstrip("' ").startswith("0"):
                made.notes.append(Note(known.name, "zeros_back"))
        elif any(note.level == "stop" for note in found.notes):
            kept.append(f"{column.heading}: {given}")
            made.notes.append(Note(known.name, "not_understood", {"heading": column.heading}))

    # --- dates ---

    def _looks_swapped(self) -> bool:
        """Return whether a machine in American order ate this column: real dates up to day 12, text dates beyond."""
        typed = swappable = 0
        for column in self.columns:
            if not column.target.startswith("born"):
                continue
            for line in self.table.lines:
                cell = self.page.sheet.cell(line.row, column.col)
                if isinstance(cell.value, date):
                    if cell.value.day > 12:
                        return False
                    swappable += cell.month_first == "system"
                elif match := re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}$", self.page.text(line.row, column.col)):
                    typed += int(match[1]) > 12
        return typed > 0 and swappable > 0

    def _born(self, made: ImportRow, column: Column, value: object, kept: list[str]) -> None:
        cell = self.page.sheet.cell(made.row_number, column.col)
        found = read_date(value, self.reader.today, serial=True)
        notes = list(found.notes)
        if cell.ambiguous or (self.swapped and cell.is_date and cell.month_first == "system"):
            notes.append("us_order")
        if column.target != "born":
            if "born" in made.data and found.value:
                made.notes.append(Note("born", "two_dates"))
            made.data.setdefault("sex", column.target.partition("@")[2])
            made.notes.append(Note("sex", "sex_from_column"))
        self._set_born(made, Understood(found.value, tuple(notes)), column.heading, value, kept)

    def _set_born(self, made: ImportRow, found: Understood, heading: str, value: object, kept: list[str]) -> None:
        made.notes += [Note("born", note) for note in found.notes]
        written = show_date(value.isoformat()[:10]) if isinstance(value, date) else tidy(str(value or ""))
        repairs.offer(made, repairs.of_date("born", found, written, self.reader.today))
        if found.value and "no_such_day" not in found.notes:
            made.data["born"] = found.value
        lost = {"no_such_day", "lunar"}.intersection(found.notes) or (not found.value and "unknown" not in found.notes)
        if lost and value not in (None, ""):
            kept.append(f"{heading}: {tidy(str(value))}")

    def _born_from_parts(self, made: ImportRow, values: Mapping[int, tuple[str, object]], kept: list[str]) -> None:
        if "born" in made.data:
            return
        age = self._of(values, "age")
        if age:
            bare = age.isascii() and age.isdigit() and int(age) < 25
            found = read_age(int(age), self.reader.today) if bare else read_date(age, self.reader.today)
            self._set_born(made, found, self.reader.headings.label("age"), age, kept)
            return
        parts = [self._of(values, f"born_{part}") for part in ("day", "month", "year")]
        if parts[2]:
            text = "/".join(part or "00" for part in parts)
            self._set_born(made, read_date(text, self.reader.today), self.reader.headings.label("born"), text, kept)

    # --- codes ---

    def _crossed(self, made: ImportRow, target: str, code: str, column: Column, text: str, kept: list[str]) -> None:
        if is_tick(text):
            self._code(made, target, code)
        elif found := self.reader.wording.leading(text, (target,)) if target in LISTS else None:
            self._code(made, target, found[1])
        elif not is_no_tick(text):
            kept.append(f"{column.heading}: {tidy(text)}")

    def _code(self, made: ImportRow, target: str, code: str) -> None:
        known = self._field(target)
        if known and known.kind == "choices":
            codes = made.data.setdefault(target, [])
            if isinstance(codes, list) and code not in codes:
                codes.append(code)
        elif made.data.setdefault(target, code) != code:
            made.notes.append(Note(target, "two_codes", {"label": known.label if known else target}))

    def _coded(self, made: ImportRow, target: str, column: Column, text: str, kept: list[str]) -> None:
        """Find codes in a cell of words: each part may begin with one; whatever is left is kept."""
        fields = (target, *(name for name in LISTS if name != target))
        whole = self.reader.wording.leading(text, fields)
        parts = [text] if whole and not whole[2] else [p for p in re.split(r"[;,\n+]", text) if p.strip()]
        if is_no_tick(text):
            return
        for part in parts:
            found = self.reader.wording.leading(part, fields)
            if found and self._field(found[0]):
                self._code(made, found[0], found[1])
            if not found or found[2]:
                kept.append(f"{column.heading}: {tidy(part)}")
                if not found:
                    made.notes.append(Note(target, "not_understood", {"heading": column.heading}))

    # --- places and people ---

    def _village(self, made: ImportRow, text: str) -> None:
        first, _, rest = tidy(text).partition(",")
        village, _, after = first.partition(" - ") if village_of(first) else (first, "", "")
        made.data["village"] = self._raised(village.strip())
        if (rest or after) and self.reader.form.has("address_old"):
            made.data.setdefault("address_old", tidy(text))

    def _phone(self, made: ImportRow, column: Column, value: object, kept: list[str]) -> None:
        numbers = phones(value)
        if len(numbers) > 1:
            kept.append(f"{column.heading}: {tidy(str(value))}")
            made.notes.append(Note("phone", "two_phones"))
        known = self._field("phone")
        if not any(map(str.isdigit, str(value))):  # words in place of a number
            kept += [] if is_no_tick(str(value)) else [f"{column.heading}: {tidy(str(value))}"]
        elif known and numbers:
            self._plain(made, known, column, numbers[0] if len(numbers) > 1 else value, kept)

    def _carer(self, made: ImportRow, target: str, column: Column, text: str, kept: list[str]) -> None:
        """Take a carer's name; a relation in brackets makes a parent of them or is kept."""
        match = _RELATION.match(tidy(text))
        if not match:
            if any(c.isalpha() for c in text):
                made.data.setdefault(target, self._person(text))
            return
        said = match_key(match["said"])
        if target == "carer_name" and said in wordings("values", "father_words"):
            target = "father_name"
        elif target == "carer_name" and said in wordings("values", "mother_words"):
            target = "mother_name"
        else:
            kept.append(f"{column.heading}: {tidy(text)}")
        made.data.setdefault(target, self._person(match["name"]))

    def _parents(self, made: ImportRow, column: Column, text: str, kept: list[str]) -> None:
        """Take "Bố: A; mẹ: B"; names without the words are kept, since nobody can tell whose they are."""
        if not self._split_parents(made, _parent_words().split(text)):
            kept.append(f"{column.heading}: {tidy(text)}")
            made.notes.append(Note("father_name", "parents_kept"))

    def _split_parents(self, made: ImportRow, parts: Sequence[str]) -> int:
        """Take names parted by the words for father and mother; returns how many."""
        found = 0
        for who, rest in zip(parts[1::2], parts[2::2], strict=True):
            name = self._person(re.split(r"[;,/\n]", rest)[0].strip(" -–"))
            father = match_key(who) in wordings("values", "father_words")
            if name:
                made.data.setdefault("father_name" if father else "mother_name", name)
                found += 1
        return found

    def _household(self, made: ImportRow, values: Mapping[int, tuple[str, object]], kept: list[str]) -> None:
        """Make a parent or carer of the head of the household where the relation says so, else keep the words."""
        head = self._person(self._of(values, "head"))
        relation = self._of(values, "head_relation")
        if not head and not relation:
            return
        made.extra = {"head": head, "relation": relation}
        if head and match_key(relation) in wordings("values", "child_of_head"):
            made.data.setdefault(_parent_by_name(head), head)
            return
        labels = [self.reader.headings.label(name) for name in ("head", "head_relation")]
        said = [f"{label}: {text}" for label, text in zip(labels, (head, relation), strict=True) if text]
        kept.append("; ".join(said))
        made.notes.append(Note("carer_name", "head_kept"))

    # --- what stands above, and the end ---

    def _from_above(self, made: ImportRow, line: Line, kept: list[str]) -> None:
        if line.section and line.section not in self._sections:
            self._sections[line.section] = titles.said_by((line.section,), self.reader.wording)
        section = self._sections.get(line.section)
        for said in (section, self.titles) if section else (self.titles,):
            for name, code in said.codes.items():
                if name not in made.data and self._field(name):
                    self._code(made, name, code)
                    label = self.reader.catalogue.lists[LISTS[name]].label(code)
                    made.notes.append(Note(name, "group_from_title", {"label": label}))
            if said.kept and not (said.about_class and "household_class" in made.data):
                kept.append(said.kept)
                made.notes.append(Note("notes", "title_kept", {"title": said.kept}))
        if not made.data.get("village"):
            self._village_above(made, line)

    def _village_above(self, made: ImportRow, line: Line) -> None:
        named = village_of(self.page.sheet.name)
        village = line.village or self.titles.village or named
        if not village:
            made.notes.append(Note("village", "no_village"))
            return
        made.data["village"] = self._raised(village)
        if not line.village:
            made.notes.append(Note("village", "village_from_title", {"village": village}))

    def _finish(self, made: ImportRow, line: Line, values: Mapping[int, tuple[str, object]], kept: list[str]) -> None:
        names = [name for name in self.reader.headings.names if name in made.data]
        if not names:
            name_cells = [c.col for c in self.columns if c.target in self.reader.headings.names]
            uncached = any(self.page.sheet.cell(line.row, col).uncached for col in name_cells)
            made.refused = "uncached_name" if uncached else "no_name"
        elif line.doubtful:
            made.refused = "doubtful"
        elif any(_SEVERAL.search(self._raw(values, name)) for name in names):
            made.refused = "several_names"
        elif self._grown_up(made):
            made.refused = "grown_up"
        if signs := unconvertible("".join(text for text, _ in values.values()), "unicode"):
            made.notes.append(Note("", "unconvertible", {"signs": signs}))
        if kept and self.reader.form.has("notes"):
            made.data["notes"] = "\n".join(dict.fromkeys(kept))
        beside = [self.page.text(line.row, c.col) for c in self.all_columns if not c.target and c.heading]
        repairs.offer(made, *repairs.of_number(made), repairs.of_name(made, beside))
        repairs.judge_age(made, self.reader.today, self.reader.adult)

    def _raw(self, values: Mapping[int, tuple[str, object]], target: str) -> str:
        return next((values[c.col][0] for c in self.columns if c.target == target and values[c.col][0]), "")

    def _grown_up(self, made: ImportRow) -> bool:
        """Return whether a list of whole households says that this is one of the parents or grandparents."""
        ages = age_range(str(made.data.get("born") or ""), self.reader.today)
        relation = match_key(made.extra.get("relation", ""))
        return ages is not None and ages[0] >= self.reader.adult and relation in wordings("values", "grown_up")


@cache
def _parent_words() -> re.Pattern[str]:
    """Return the pattern of a word for father or mother before a colon or dash, which it captures."""
    said = (*data()["values"]["father_words"], *data()["values"]["mother_words"])
    words_for = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    return re.compile(rf"\b({words_for})\s*[:–-]", re.IGNORECASE)


def _parent_by_name(head: str) -> str:
    """Return which field the parent who heads the household belongs to; a middle name can make it sure."""
    middle = set(match_key(split_name(head)[1]).split())
    if middle & wordings("values", "female_middle"):
        return "mother_name"
    return "father_name" if middle & wordings("values", "male_middle") else "carer_name"
