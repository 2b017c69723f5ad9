"""Verbs that key a village sheet back: answers by line number, newborns and arrivals, "nothing changed", one undo.

Rules. A sheet is keyed into a list of answers first, kept like a draft (``round_key``); writing it (``round_return``)
is one batch: the changes in the children's records, newborns and arrivals, and the return itself. The same sheet again
is a second batch. What an answer says is dated by the sheet's month, so a late sheet does no harm; what the register
knows from a later day is asked about. Another sheet of the same village and month is asked about, one of a month that
has not begun is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cbdesk import clock, dates, rounds, rules
from cbdesk.catalogue import catalogue
from cbdesk.change import VOID, Value, new_stream_id
from cbdesk.desk.base import Saved
from cbdesk.desk.duplicates import Duplicates
from cbdesk.desk.known import CHILD
from cbdesk.desk.places import Named
from cbdesk.desk.records import Work
from cbdesk.desk.rounds import RETURN, SHEET, VILLAGE, Rounds, Sheet
from cbdesk.errors import Finding, Problem
from cbdesk.rights import EDIT, needs
from cbdesk.rounds import ABSENCE, NEW, Line


@dataclass(frozen=True, slots=True)
class Keyed:
    """One answer that waits to be written. ``line`` 0 is a child that is on no line; ``words`` leave sensitive out."""

    key: str
    line: int
    answer: str
    data: Mapping[str, Value]
    name: str
    words: str
    others: tuple[str, ...] = ()
    """Children somebody said a new one is not."""


class Returning(Rounds, Duplicates):
    """Verbs that take a sheet back."""

    # --- keying ------------------------------------------------------------------------------------------------------

    def round_check(self, record: str, line: int, answer: str, data: Mapping[str, Value]) -> list[Finding]:
        """Return the findings about an answer to a line, nothing kept.

        Raises ``Problem``: ``no_record``; ``round_line`` for a line the sheet does not have; ``round_gone`` for a child
        that is not in the register any more; ``round_answer``; ``round_same`` where the register says so already;
        ``round_against`` where an answer that waits says otherwise of the child; ``round_not_yet`` where the birth date
        says that the child is not of that age.
        """
        sheet, kind = self.round_sheet(record), rounds.answer(answer)
        if kind.code == NEW:
            found = kind.check({VILLAGE: self._village_now(sheet), **data}, clock.today())
            return self._dated(sheet, kind, data, found)
        one = self._line_of(record, line)
        waiting = [(int(said["line"]), rounds.answer(said["answer"])) for said in self._kept(record)]
        _not_against((line, kind), waiting, {item.number: item.child for item in self.round_lines(record)})
        last = dates.read_period(sheet.month).last
        grown = kind.reached(one.born, last) if kind.birthday else None
        if grown is not None and grown > last:
            raise Problem("round_not_yet", line=line, date=dates.show_date(grown.isoformat()))
        found = kind.check(data, clock.today())
        if not rules.levels(found, "stop"):
            if self._nothing_new(one, kind, data):
                raise Problem("round_same", line=line)
            if kind.form == CHILD:  # what the child's whole record says of it, such as a day before the birth
                more = self.check(CHILD, kind.written(data), one.child, by_hand=False, doubles=False)
                found += [item for item in more if item not in found]
        found = self._dated(sheet, kind, data, found)
        day = dates.latest(str(data.get(kind.day) or "")) if kind.day else None
        known = dates.earliest(one.since) if one.since else None
        if kind.form == CHILD and kind.day == "status_since" and day:
            newer = one.since if known and known > day else one.left if one.left_after(day.isoformat()) else ""
            if newer:
                found.append(Finding(kind.day, "ask", "round_newer", {"date": dates.show_date(newer)}))
        return found

    def _dated(self, sheet: Sheet, kind: rounds.Answer, data: Mapping[str, Value], found: list[Finding]
               ) -> list[Finding]:  # fmt: skip
        """Add the question about a day typed that lies outside the month of the sheet."""
        span, day = dates.read_period(sheet.month), str(data.get(kind.day) or "") if kind.day else ""
        first, last = dates.earliest(day), dates.latest(day)
        inside = first is None or last is None or (first <= span.last and last >= span.first)
        if inside or kind.birthday or any(one.field == kind.day for one in found):
            return found
        return [*found, Finding(kind.day, "ask", "round_outside", {"month": dates.show_date(sheet.month)})]

    def _village_now(self, sheet: Sheet) -> str:
        """Return the village of a sheet as it is now: what it went into, where it is no more."""
        return Named(self.store.rows(VILLAGE)).now(sheet.village)

    def _line_of(self, record: str, line: int) -> Line:
        lines = self.round_lines(record)
        if not 1 <= line <= len(lines):
            raise Problem("round_line", line=line, lines=len(lines))
        if lines[line - 1].gone:
            raise Problem("round_gone", line=line)
        return lines[line - 1]

    def _nothing_new(self, line: Line, kind: rounds.Answer, data: Mapping[str, Value]) -> bool:
        """Return whether the register already says what an answer says."""
        if kind.only_ends:  # who left after the day told was here on it
            return not line.away or line.left_after(str(data.get(kind.day) or ""))
        if kind.same and data.get(kind.same):
            where = f'{CHILD} = ? AND "{kind.same}" = ? AND "to" IS NULL'
            return bool(self.store.rows(kind.form, where, (line.child, data[kind.same])))
        if kind.form != CHILD:
            return False
        now, new = self.store.row(CHILD, line.child) or {}, kind.written(data)
        told = {name: value for name, value in new.items() if name != kind.day}
        return bool(told) and all(now.get(name) == value for name, value in told.items())

    @needs(EDIT)
    def round_key(
        self,
        record: str,
        line: int,
        answer: str,
        data: Mapping[str, Value] | None = None,
        *,
        others: Sequence[str] = (),
    ) -> Saved:
        """Keep an answer to a line until the sheet is written; the same answer (the same risk) again replaces it.

        ``answer`` is a code or a letter, ``data`` the typed fields as stored values; a day not given is the sheet's
        month. ``line`` 0 and the answer ``new`` keep a child that is on no line; ``others`` are children it is not, and
        that is remembered. Returns the key of what is kept, ``None`` where a *stop* refused it. Raises ``Problem`` as
        ``round_check``.
        """
        sheet, kind = self.round_sheet(record), rounds.answer(answer)
        born = self._line_of(record, line).born if kind.code != NEW else None
        given = {**kind.start(sheet.month, born), **(data or {})}
        for name in data or ():
            kind.field(name)
        found = self.round_check(record, line, kind.code, given)
        if rules.levels(found, "stop"):
            return Saved(None, tuple(found))
        with self.store.atomic():
            kept = self._kept(record)
            taken = {str(one["key"]) for one in kept}
            fresh = next(f"{NEW}{n}" for n in range(1, len(kept) + 2) if f"{NEW}{n}" not in taken)
            which = str(given.get(kind.same) or "") if kind.same else ""  # two new risks of one child are two answers
            key = fresh if kind.code == NEW else f"{line}{kind.letter}{which}"
            kept = [one for one in kept if one["key"] != key]
            kept.append({"key": key, "line": line if kind.code != NEW else 0, "answer": kind.code, "data": given,
                         "others": list(others)})  # fmt: skip
            self.keep_draft(SHEET, record, {"answers": kept})
        return Saved(key, tuple(found))

    def _kept(self, record: str) -> list[dict[str, Any]]:
        draft = self.draft(SHEET, record)
        return list(draft[0].get("answers") or ()) if draft else []

    @needs(EDIT)
    def round_keyed(self, record: str) -> tuple[Keyed, ...]:
        """Return the answers of a sheet that wait to be written, by line; children on no line last."""
        names = {one.number: one.name for one in self.round_lines(record)}
        found = []
        for one in self._kept(record):
            kind, line, given = rounds.answer(one["answer"]), int(one["line"]), dict(one["data"])
            name = names.get(line, "") or str(given.get("full_name") or "")
            found.append(Keyed(str(one["key"]), line, kind.code, given, name, kind.words(given),
                               tuple(one.get("others") or ())))  # fmt: skip
        return tuple(sorted(found, key=lambda one: (not one.line, one.line)))

    @needs(EDIT)
    def round_drop(self, record: str, key: str) -> None:
        """Forget one answer that waits. An unknown key changes nothing."""
        kept = [one for one in self._kept(record) if one["key"] != key]
        self.keep_draft(SHEET, record, {"answers": kept}) if kept else self.drop_draft(SHEET, record)

    @needs(EDIT)
    def round_drop_last(self, record: str) -> None:
        """Forget the answer that was keyed last, where one waits."""
        for one in self._kept(record)[-1:]:
            self.round_drop(record, str(one["key"]))

    # --- writing -----------------------------------------------------------------------------------------------------

    @needs(EDIT)
    def round_return(self, record: str, *, again: bool = False) -> Saved:
        """Write the answers of a sheet and that it has returned, as one batch.

        Raises ``Problem``: ``no_record``; ``round_ahead`` for a month that has not begun; ``round_empty`` where nothing
        was keyed (``round_unchanged`` says that nothing changed); ``round_other`` where another sheet of the village
        and month has returned, unless ``again``; ``round_gone`` where a child is not in the register any more;
        ``changed_meanwhile`` where an answer does not fit any more.
        """
        if not self._kept(record):
            raise Problem("round_empty")
        return self._write_return(record, again=again)

    @needs(EDIT)
    def round_unchanged(self, record: str, *, again: bool = False) -> Saved:
        """Write that a whole village has returned without a change; undoable.

        Raises ``Problem`` as ``round_return``; ``round_waiting`` where answers were keyed that are not written;
        ``round_changed`` where the sheet has returned already, unless ``again``.
        """
        if self._kept(record):
            raise Problem("round_waiting", n=len(self._kept(record)))
        if self.round_sheet(record).returns and not again:
            raise Problem("round_changed")
        return self._write_return(record, again=again)

    def _write_return(self, record: str, *, again: bool) -> Saved:
        sheet = self.round_sheet(record)
        if dates.read_period(sheet.month).first > clock.today():
            raise Problem("round_ahead", month=dates.show_date(sheet.month))
        others = [one for one in self.round_sheets(sheet.month)
                  if one.village == sheet.village and one.id != record and one.returns]  # fmt: skip
        if others and not again:
            raise Problem("round_other", number=others[-1].number, date=dates.show_date(others[-1].returned_on))
        keyed, batch = self.round_keyed(record), new_stream_id()
        said = "\n".join(f"{one.line} {one.answer}" for one in keyed)
        with self.store.atomic():
            work, lines = self._work(batch), {one.number: one for one in self.round_lines(record)}
            pairs = [(one.line, rounds.answer(one.answer)) for one in keyed if one.line]
            for pair in pairs:
                _not_against(pair, pairs, {number: line.child for number, line in lines.items()})
            for one in keyed:
                self._apply(sheet, lines.get(one.line), one, work)
            done: dict[str, Value] = {SHEET: record, "on": self._today(), "changes": len(keyed),
                                      "answers": said or None}  # fmt: skip
            self._save(catalogue().forms[RETURN], done, None, work)
            self.drop_draft(SHEET, record)
        return Saved(record, (), batch)

    def _apply(self, sheet: Sheet, line: Line | None, one: Keyed, work: Work) -> None:
        kind = rounds.answer(one.answer)
        if line is None and kind.code != NEW:
            raise Problem("changed_meanwhile")
        if line is not None and line.gone:
            raise Problem("round_gone", line=line.number)
        child = line.child if line is not None else ""
        if line is not None and kind.ends and line.away:
            day = str(one.data.get(kind.day) or sheet.month)
            self._must(ABSENCE, {"to": line.left if line.left_after(day) else day}, line.away, work)
        if kind.only_ends:
            return
        written = kind.written(one.data)
        if kind.code == NEW:
            made = self._must(CHILD, {**written, VILLAGE: self._village_now(sheet)}, None, work)
            for other in one.others:
                if not self._hidden(other):
                    self.distinct(made, other, batch=work.batch)
        elif kind.form == CHILD:
            self._must(CHILD, written, child, work)
        elif kind.opens and line is not None and line.away:
            self._must(kind.form, written, line.away, work)
        else:
            self._must(kind.form, {CHILD: child, **written}, None, work)

    def _must(self, form: str, data: dict[str, Value], record: str | None, work: Work) -> str:
        saved = self._save(catalogue().forms[form], data, record, work).id
        if saved is None:
            raise Problem("changed_meanwhile")
        return saved

    @needs(EDIT)
    def round_take_back(self, record: str, batch: str, keyed: Sequence[Keyed] = ()) -> Saved:
        """Undo the writing of a sheet; the answers (``round_keyed`` before it) wait again. Raises as ``undo``.

        A new child somebody has worked with since stays in the register, and its answer does not wait again.
        """
        with self.store.atomic():
            made = [one.r for one in self.store.changes_in(batch)
                    if one.t == CHILD and self.store.changes_of(one.r)[0].g == batch]  # fmt: skip
            saved = self.undo(batch)
            new = [one.key for one in keyed if one.answer == NEW]
            stay = {key for key, child in zip(new, made, strict=False) if not self._hidden(child)}
            kept = [{"key": one.key, "line": one.line, "answer": one.answer, "data": dict(one.data),
                     "others": list(one.others)}
                    for one in keyed if one.key not in stay]  # fmt: skip
            if kept:
                self.keep_draft(SHEET, record, {"answers": kept})
        return saved

    def _hidden(self, child: str) -> bool:
        return (self.store.row(CHILD, child) or {VOID: ""}).get(VOID) is not None


def _not_against(
    one: tuple[int, rounds.Answer], others: Iterable[tuple[int, rounds.Answer]], children: Mapping[int, str]
) -> None:
    """Raise ``round_against`` where another answer (line, kind) about the same child cannot be true beside this one.

    Two lines are of one child where it was joined (``children``: line to id).
    """
    line, kind = one
    for at, other in others:
        again = (at, other.code) == (line, kind.code)
        if children.get(at) == children[line] and not again and kind.about & other.about:
            raise Problem("round_against", line=line, at=at, answer=other.title)
