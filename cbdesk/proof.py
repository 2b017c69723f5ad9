"""Walking a hash chain and naming what is wrong with it. Pure.

Two logs are chained alike, ``hₙ = SHA-256(hₙ₋₁ ‖ SHA-256(lineₙ))``: the journal and the access log. A chain that does
not hold is not only refused: each fault is told by log, number and kind, and of a line of the journal who wrote it,
when, and about which form. No value of a record stands in a fault.

* inside a log: *removed*, *inserted*, *changed*, *swapped* (with the number it changed places with);
* a log that holds in itself, beside heads somebody knew before: *rewritten* (same number, other head) and *cut* (it
  ends before a number that was known);
* heads of another installation's access log, as its bundles told them: *back* (a later bundle with an earlier head),
  *rewritten*, and *anew* (the log began again: restored, copied or replaced).

What it cannot see: entries nobody outside has yet heard of (``spec/bundle.md`` 7, threat 5). An erased line stands for
its own digest, so a legal deletion is no fault (I14). Source: ``spec/bundle.md`` 3.3, 4.5–4.7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from cbdesk import change

JOURNAL, ACCESS = "journal", "access"
REGISTER, PROVED, SENT, TAKEN, PEER, OUTSIDE, GIVEN = "register", "proved", "sent", "taken", "peer", "outside", "given"
"""Who knew a head: the register's own list of streams, an earlier proof here, a bundle written or taken in, the last
signed word of a peer, the witness outside the register, a bundle handed to ``verify``."""

AGAIN = -1
_NEAR, _MOST = 16, 200
_NUMBER = re.compile(r'"n":(\d{1,16}),')
_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a log. ``n``…``last`` are the numbers concerned; ``stream`` is empty for our access log.

    ``by``, ``at``, ``form`` are of the line as it stands now; ``other`` is the number a swapped entry stands at;
    ``knew`` who knew another head, several with spaces between.
    """

    log: str
    stream: str
    kind: str
    n: int
    last: int
    by: str = ""
    at: str = ""
    form: str = ""
    other: int = 0
    knew: str = ""

    def as_dict(self) -> dict[str, str | int]:
        """Return what ``--json`` tells and the register remembers."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands: its number, its text (of the access log all columns but the number), its link."""

    n: int
    body: str
    h: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A head somebody knew: the link after entry ``n``, in hex, and who knew it."""

    n: int
    h: str
    knew: str


@dataclass(frozen=True, slots=True)
class LogHead:
    """A head of another installation's access log as one of its bundles told it.

    ``life`` changes when a register is restored or copied, behind number ``began``; ``c`` is the sender's Lamport
    counter in that bundle. One told ``AGAIN`` (in ``began``) only says what stands at a number now.
    """

    node: str
    life: str
    n: int
    h: str
    c: int
    began: int
    at: str


Line = Callable[[int, str], bytes]


def journal_line(_n: int, body: str) -> bytes:
    """Return the bytes of a journal line that are hashed: as they stand; its number is inside."""
    return body.encode("utf-8", "surrogatepass")


def access_body(at: str, by: str, what: str, record: str, detail: str) -> str:
    """Return an entry of the access log without its number."""
    return _canonical([at, by, what, record, detail])


def access_line(n: int, body: str) -> bytes:
    """Return the bytes of an entry of the access log that are hashed: ``[n,at,by,what,record,detail]``."""
    return f"[{n},{body[1:]}".encode()


def holds(base: bytes, lines: Sequence[bytes], links: Sequence[bytes]) -> bool:
    """Return whether each line gives the link stored beside it: the quick question, asked before ``walk``."""
    return change.links(base, lines) == list(links)


def walk(log: str, stream: str, entries: Sequence[Entry], after: int, base: bytes) -> list[Fault]:
    """Name what is wrong with entries in the order of their numbers, after entry ``after`` whose link is ``base``."""
    line = journal_line if log == JOURNAL else access_line
    rows, swapped = _unswapped(entries, after, base, line)
    found = [_fault(log, stream, "swapped", entries[i], other=entries[j].n) for i, j in swapped]
    at, head, shift = after, base, 0
    for i, row in enumerate(rows):
        if row.n > at + 1:
            found.append(Fault(log, stream, "removed", at + 1, row.n - 1))
            head = b""
        follows = rows[i + 1] if i + 1 < len(rows) else None
        if shift and head and change.link(head, line(row.n, row.body)) == row.h:
            shift = 0  # written after the numbers moved
        if head and change.link(head, line(row.n + shift, row.body)) != row.h:
            kind, moved = _explain(row, follows, head, shift, line)
            shift += moved
            if kind == "removed":
                found.append(Fault(log, stream, kind, row.n, row.n + moved - 1))
            else:
                found.append(_fault(log, stream, kind, row))
            if kind == "inserted":
                at = row.n
                continue
        at, head = row.n, row.h
    return sorted(found, key=lambda one: (one.n, one.last))


def _explain(row: Entry, follows: Entry | None, head: bytes, shift: int, line: Line) -> tuple[str, int]:
    """Return what became of an entry that does not give its link, and by how much the numbers behind it moved."""
    told = _NUMBER.search(row.body) if line is journal_line else None
    moved = int(told[1]) - row.n - shift if told else 0
    if moved > 0:
        return "removed", moved
    if follows is not None and follows.n == row.n + 1:
        if change.link(head, line(row.n + shift, follows.body)) == follows.h:
            return "inserted", -1
        if line is access_line:
            for near in range(1, _NEAR + 1):
                if change.link(row.h, line(follows.n + shift + near, follows.body)) == follows.h:
                    return "removed", near
    return "changed", 0


def _unswapped(
    entries: Sequence[Entry], after: int, base: bytes, line: Line
) -> tuple[list[Entry], list[tuple[int, int]]]:
    """Return the entries with those put back that only changed places, and which places they were."""
    rows, found = list(entries), list[tuple[int, int]]()
    bad = [i for i in range(len(rows)) if not _fits(rows, i, after, base, line)]
    if not 2 <= len(bad) <= _MOST:
        return rows, found
    for at, i in enumerate(bad):
        for j in bad[at + 1 :]:
            for whole in (False, True):
                tried = _exchanged(rows, i, j, whole=whole)
                near = {k for k in (i, i + 1, j, j + 1) if k < len(rows)}
                if all(_fits(tried, k, after, base, line) for k in near):
                    rows = tried
                    found.append((i, j))
                    break
    return rows, found


def _exchanged(rows: Sequence[Entry], i: int, j: int, *, whole: bool) -> list[Entry]:
    """Return the rows with two texts exchanged, with ``whole`` their links too."""
    tried = list(rows)
    one, other = rows[i], rows[j]
    tried[i] = Entry(one.n, other.body, other.h if whole else one.h)
    tried[j] = Entry(other.n, one.body, one.h if whole else other.h)
    return tried


def _fits(rows: Sequence[Entry], i: int, after: int, base: bytes, line: Line) -> bool:
    """Return whether entry ``i`` gives its link; one behind a hole cannot be asked."""
    before = rows[i - 1] if i else Entry(after, "", base)
    if rows[i].n != before.n + 1:
        return True
    return change.link(before.h, line(rows[i].n, rows[i].body)) == rows[i].h


def _fault(log: str, stream: str, kind: str, row: Entry, *, other: int = 0) -> Fault:
    return told(Fault(log, stream, kind, row.n, row.n, other=other), row.body)


def told(fault: Fault, body: str) -> Fault:
    """Return a fault with who wrote its entry, when, and about which form (of the access log: what was done)."""
    try:
        read = json.loads(body)
        if fault.log == ACCESS:
            at, by, form = read[0], read[1], read[2]
        else:
            at, by, form = read["at"], read["by"], read["t"]
    except (ValueError, LookupError, TypeError):
        return fault
    return replace(fault, by=str(by)[:200], at=str(at)[:32], form=str(form)[:40])


def ends(log: str, stream: str, last: int, h: bytes, told_n: int, told_h: bytes) -> list[Fault]:
    """Compare the last entry with the head the register itself keeps of the log."""
    if told_n > last:
        return [Fault(log, stream, "cut", last + 1, told_n, knew=REGISTER)]
    if last > told_n:
        return [Fault(log, stream, "inserted", told_n + 1, last, knew=REGISTER)]
    return [] if h == told_h else [Fault(log, stream, "rewritten", last, last, knew=REGISTER)]


def compare(
    log: str, stream: str, known: Sequence[Known], last: int, head_at: Callable[[int], bytes]
) -> list[Fault]:
    """Compare a log with heads somebody knew: the first that contradicts, and the farthest behind its end.

    The numbers of a *rewritten* log begin after the last head that still agrees. A number that is missing inside is
    named by ``walk``.
    """
    found, agreed = list[Fault](), 0
    beyond = [one for one in known if one.n > last]
    for one in sorted((one for one in known if 0 < one.n <= last), key=lambda one: one.n):
        here = head_at(one.n)
        if here and here.hex() != one.h:
            found.append(Fault(log, stream, "rewritten", agreed + 1, one.n, knew=_knew(known, one.n)))
            break
        agreed = one.n
    if beyond:
        farthest = max(beyond, key=lambda one: one.n)
        found.append(Fault(log, stream, "cut", last + 1, farthest.n, knew=_knew(known, farthest.n)))
    return found


def _knew(known: Iterable[Known], n: int) -> str:
    return " ".join(sorted({one.knew for one in known if one.n == n}))


def together(inner: Sequence[Fault], outer: Sequence[Fault]) -> list[Fault]:
    """Return what a log says in itself with what others knew, without what follows from it: numbers that moved."""
    taken = sum(one.last - one.n + 1 for one in inner if one.kind == "removed")
    moved = any(one.kind in ("removed", "inserted") for one in inner)
    kept = [
        one
        for one in outer
        if not (one.kind == "rewritten" and moved) and not (one.kind == "cut" and one.last - one.n < taken)
    ]
    return [*inner, *kept]


def told_heads(heads: Iterable[LogHead]) -> list[tuple[Fault, str]]:
    """Name what the heads of other installations' access logs say against each other; each with the day it was told.

    A bundle may come late, so a lower number alone is no fault; one told after more changes than the higher one is.
    ``Fault.stream`` is the device.
    """
    found: list[tuple[Fault, str]] = []
    lives: dict[str, dict[str, list[LogHead]]] = {}
    for one in heads:
        lives.setdefault(one.node, {}).setdefault(one.life, []).append(one)
    for node, of_node in lives.items():
        highest = 0
        for at, of_life in enumerate(of_node.values()):
            if at:
                began = max(one.began for one in of_life)
                found.append((Fault(ACCESS, node, "anew", began, max(began, highest), knew=PEER), of_life[0].at))
            found += _of_one_life(node, of_life)
            highest = max(highest, *(one.n for one in of_life))
    return found


def _of_one_life(node: str, heads: Sequence[LogHead]) -> list[tuple[Fault, str]]:
    found = list[tuple[Fault, str]]()
    by_number: dict[int, LogHead] = {}
    for one in heads:
        first = by_number.setdefault(one.n, one)
        if first.h != one.h:
            found.append((Fault(ACCESS, node, "rewritten", one.n, one.n, knew=PEER), one.at))
    highest = LogHead(node, "", 0, "", -1, 0, "")
    for one in sorted((one for one in heads if one.began != AGAIN), key=lambda one: (one.c, one.n)):
        if one.n < highest.n and one.c > highest.c:
            found.append((Fault(ACCESS, node, "back", one.n, highest.n, knew=PEER), one.at))
        highest = max(highest, one, key=lambda head: head.n)
    return found
