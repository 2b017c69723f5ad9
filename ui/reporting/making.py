"""What is asked of a list or report, and what the desk made of it. Everything here runs on the desk's thread.

Rules. A wish says all that changes what is shown, so that the same wish is the same paper. What was issued or waits for
its signature is shown as it was kept; villages, another last day or another signer make a draft of now beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cbdesk.desk import Desk
from cbdesk.desk.reporting import LISTS, Opened
from cbdesk.desk.showing import Expected, ReportKind, Typed, WordPlace, public, report_of
from cbdesk.desk.snapshots import state_of
from cbdesk.paper import CHANGES, Paper
from cbdesk.reported import Reported

FULL, SHORT = "full", "changes"
NONE, DRAFT, SIGNING, ISSUED = "", "draft", "signing", "issued"
FEW = 200
"""Records read one by one; more are picked out of all."""


@dataclass(frozen=True)
class Wish:
    """What is asked for. ``version`` is a frozen one of several, ``purpose`` why a restricted list is made.

    ``village`` is an id, several with commas between, or "" for the whole unit. ``unit`` are names of units of any
    time (a receiver's communes, a former district) with commas between, or "" for all.
    """

    name: str
    period: str
    cut_off: str = ""
    village: str = ""
    unit: str = ""
    form: str = ""
    poverty: str = ""
    signer: str = ""
    version: str = ""
    public: bool = False
    purpose: str = ""

    @property
    def villages(self) -> Sequence[str]:
        """Return the villages it is limited to."""
        return tuple(self.village.split(",")) if self.village else ()

    @property
    def units(self) -> Sequence[str]:
        """Return the units it is limited to."""
        return tuple(one.strip() for one in self.unit.split(",") if one.strip())

    @property
    def apart(self) -> bool:
        """Return whether it is a view beside the list or report that is signed."""
        return bool(self.village or self.units or self.public or self.poverty or self.version)


@dataclass(frozen=True)
class Made:
    """What was made: a list or a report, and where that of the whole unit stands.

    ``state`` is "" while a report was not begun and while nothing of a list is frozen; ``versions`` are all frozen
    ones, the oldest first. ``words``, ``expected`` and ``typed`` are what people add to a report.
    """

    wish: Wish
    kind: ReportKind
    content: Paper | Reported
    state: str = NONE
    versions: tuple[Mapping[str, Any], ...] = ()
    words: tuple[WordPlace, ...] = ()
    expected: tuple[Expected, ...] = ()
    typed: tuple[Typed, ...] = ()

    @property
    def snapshot(self) -> Mapping[str, Any]:
        """Return the last frozen one, ``{}`` where there is none."""
        return self.versions[-1] if self.versions else {}

    @property
    def report(self) -> Reported | None:
        """Return the report that counts, ``None`` for a list."""
        return self.content if isinstance(self.content, Reported) else None

    @property
    def paper(self) -> Paper | None:
        """Return the list, ``None`` for a report that counts."""
        return self.content if isinstance(self.content, Paper) else None

    @property
    def landscape(self) -> bool:
        """Return whether its sheets lie across."""
        if isinstance(self.content, Paper):
            return self.content.orientation == "landscape"
        return not self.content.text and bool(self.content.sheet and self.content.sheet.orientation == "landscape")

    @property
    def empty(self) -> bool:
        """Return whether nothing at all stands in it."""
        if isinstance(self.content, Paper):
            return not self.content.rows and not self.content.sections
        cells = (cell for grid in self.content.grids for row in grid.rows for cell in row.cells.values())
        return not any(cell.value for cell in cells)

    @property
    def logged(self) -> str:
        """Return what the access log says of it."""
        return " ".join(one for one in (report_of(self.content), self.wish.purpose) if one)


def make(desk: Desk, kind: ReportKind, wish: Wish) -> Made:
    """Make a list or report. Raises ``Problem``."""
    versions = tuple(desk.snapshots(wish.name, wish.period)) if kind.freezes else ()
    state = state_of(versions[-1]) if versions else NONE
    if kind.shape == LISTS:
        return Made(wish, kind, _paper(desk, kind, wish, frozen=bool(versions)), state, versions)
    cut_off = date.fromisoformat(wish.cut_off) if wish.cut_off else None
    made = (
        desk.kept(wish.version)
        if wish.version
        else desk.report_now(wish.name, wish.period, cut_off=cut_off, villages=wish.villages, units=wish.units)
    )
    words, typed = desk.report_words(wish.name, wish.period), desk.report_typed(wish.name, wish.period)
    expected = desk.report_expected(made)
    shown = public(made) if wish.public else made
    return Made(wish, kind, shown, state, versions, tuple(words), tuple(expected), tuple(typed))


def _paper(desk: Desk, kind: ReportKind, wish: Wish, *, frozen: bool) -> Paper:
    asked: dict[str, Any] = {"form": wish.form, "villages": wish.villages, "units": wish.units, "poverty": wish.poverty}
    if kind.restricted:
        return desk.paper(wish.name, wish.period, purpose=wish.purpose, **asked)
    if wish.version:
        return desk.frozen_paper(wish.version)
    return desk.paper(wish.name, wish.period, signer=wish.signer if wish.signer and not frozen else None, **asked)


def form_of(paper: Paper) -> str:
    """Return which paper of a list is shown: ``changes``, ``full``, or "" where there is no choice."""
    if paper.layout == CHANGES:
        return SHORT
    return FULL if paper.changes is not paper else ""


def edits(desk: Desk, made: Made) -> int:
    """Return how many lines or figures the register tells otherwise than what is kept."""
    if not made.versions:
        return 0
    if made.paper is not None:
        return desk.list_standing(made.wish.name, made.wish.period).edits
    return desk.report_edits(made.wish.name, made.wish.period)


def behind(desk: Desk, made: Made, place: tuple[str, str, str]) -> tuple[Opened, list[Mapping[str, Any]]]:
    """Return what is behind a figure and its records; a sensitive one is logged before. Raises ``Problem``."""
    report = made.report
    assert report is not None
    opened = desk.behind(report, *place, villages=made.wish.villages, units=made.wish.units)
    ids = [one for one in opened.ids if not one.startswith("?")]
    if len(ids) <= FEW:
        return opened, [desk.get(one) for one in ids]
    wanted = set(ids)
    return opened, [row for row in desk.all_rows(opened.form) if str(row["id"]) in wanted]


def unfrozen(wish: Wish) -> Wish:
    """Return a wish without what only a draft can be asked."""
    return replace(wish, cut_off="", signer="", version="", form="", purpose="")
