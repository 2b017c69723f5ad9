"""What is asked of a list or report: period, last day counted, village, which paper, poverty, who signs, for whom.

Rules. Only what the report at hand can be asked is there. The period steps within its kind (Alt ← →). A field shows its
value without a label above it; its name is told to a screen reader and in its tip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from cbdesk import clock, dates, letterhead
from cbdesk.catalogue import Unit, catalogue
from cbdesk.desk.reporting import LISTS
from cbdesk.desk.showing import ReportKind
from cbdesk.report import OWN_PART, WITH, WITHOUT
from cbdesk.spans import ReportSpan
from cbdesk.words import say
from ui import theme
from ui.form.grid import Flow
from ui.paper import periods
from ui.parts import Button, Checkbox, IconButton, LineField, ListField, Remark
from ui.reporting.making import FULL, SHORT, Made, Wish, form_of

WIDTHS = {"period": 190, "cut_off": 148, "village": 168, "form": 144, "poverty": 190, "signer": 150, "version": 190}
UNITS = 230
ORDER = {"month": 0, "quarter": 1, "half": 2, "year": 3}


@dataclass(frozen=True)
class Asked:
    """A report with what can be asked of it: its periods, the villages, where the office wants lists to start."""

    kind: ReportKind
    spans: Sequence[ReportSpan]
    villages: Mapping[str, str]
    mine: Sequence[str] = ()
    """Villages the officer looks after, offered as one choice."""
    above: bool = False
    """Whether it is made of several communes (a receiver): then units are asked for, not villages."""

    def span(self, period: str) -> ReportSpan | None:
        """Return a period by its code."""
        return next((one for one in self.spans if one.text == period), None)


def _named(words: str) -> list[Unit]:
    """Return the units a name, code or key stands for: one of today before those that went."""
    known = catalogue().units
    unit = known.get(words)
    found = [unit] if unit else [one for one in known.all if one.code == words] or known.find(words)
    return [one for one in found if one.valid(clock.today())] or found


def period_words(span: ReportSpan) -> str:
    """Return a period as people say it; one the report has for itself as its file says it."""
    code = span.text
    if periods.kind_of(code) == "own":
        return span.words[:1].upper() + span.words[1:] if span.words else code
    return periods.words(code)


def first_period(spans: Sequence[ReportSpan], today: date) -> str:
    """Return the period to begin with: until the 20th the last month that is over, else the present one."""
    kinds = sorted({periods.kind_of(one.text) for one in spans}, key=lambda one: ORDER.get(one, -1))
    same = [one.text for one in spans if kinds and periods.kind_of(one.text) == kinds[0]]
    if kinds[:1] == ["month"] and today.day <= 20 and len(same) > 1:
        return same[1]
    return same[0] if same else ""


class Options(QWidget):
    """The fields. ``changed`` says that something else is asked for; ``wish`` is what."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: Asked | None = None
        self._period, self._cut_off = "", ""
        self._frozen = False
        self.earlier = IconButton("chevron_left", say("reports.earlier"), side=34, name="earlier")
        self.later = IconButton("chevron_right", say("reports.later"), side=34, name="later")
        self.earlier.clicked.connect(lambda: self.step(-1))
        self.later.clicked.connect(lambda: self.step(1))
        self.fields = {name: ListField(label=say(f"reports.{name}"), name=name) for name in WIDTHS if name != "cut_off"}
        self.cut_off = LineField(label=say("reports.cut_off"), hint=say("reports.cut_off"), name="cut_off")
        self.cut_off.editingFinished.connect(self._read_cut_off)
        self.units = LineField(label=say("reports.units"), hint=say("reports.units_hint"), name="units")
        self.units.setToolTip(say("reports.units_more"))
        self.units.editingFinished.connect(self._read_units)
        self._units = ""
        self.public = Checkbox(say("reports.public"), hint=say("reports.public_more"), name="public")
        self.public.setToolTip(say("reports.public_more"))
        self.public.toggled.connect(lambda _on: self.changed.emit())
        self.more = Button(say("reports.more"), "quiet", name="more_options")
        self.more.clicked.connect(self._unfold)
        self.remark = Remark(name="cut_off_remark")
        for name, field in self.fields.items():
            field.setToolTip(say(f"reports.{name}"))
            field.currentIndexChanged.connect(lambda _at, name=name: self._picked(name))
        self._narrow, self._open = False, False
        self._lay()

    def _lay(self) -> None:
        self.period = self.fields["period"]
        step = QWidget()
        row = QHBoxLayout(step)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.earlier, self.period, self.later):
            row.addWidget(widget)
        for button in (self.earlier, self.later):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        holder = QWidget()
        flow = Flow(holder, gap=8, row_gap=6)
        rest = [self.fields[one] for one in ("version", "village", "form", "poverty", "signer")]
        for widget in (step, self.more, self.cut_off, self.units, *rest, self.public):
            flow.addWidget(widget)
        self.flow = flow
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(holder)
        column.addWidget(self.remark)
        self._size()
        before: QWidget | None = None
        for stop in (self.earlier, self.period, self.later, self.more, self.cut_off, self.units, *rest, self.public):
            if before is not None:
                QWidget.setTabOrder(before, stop)
            before = stop

    def _size(self) -> None:
        self.public.setMinimumHeight(theme.px(theme.FIELD))
        self.units.setFixedWidth(theme.px(UNITS))
        for name, wide in WIDTHS.items():
            (self.cut_off if name == "cut_off" else self.fields[name]).setFixedWidth(theme.px(wide))

    def shaped(self, *, narrow: bool) -> None:
        """In a narrow window only the period stands there until more is wanted."""
        self._narrow = narrow
        self._size()
        self.period.setFixedWidth(theme.px(WIDTHS["period"] - 30 * narrow))
        self._offer()

    def _unfold(self) -> None:
        self._open = not self._open
        self._offer()

    # what can be asked

    def show_asked(self, asked: Asked, period: str = "") -> None:
        """Ask about another report; the period stays where the report has it."""
        other = self._asked is None or self._asked.kind.name != asked.kind.name
        self._asked = asked
        if period and asked.span(period):
            self._period = period
        elif not asked.span(self._period):
            self._period = first_period(asked.spans, clock.today())
        if other:
            self._cut_off, self._frozen = "", False
            self.fields["signer"].setEnabled(True)
            self._quiet(self.fields["poverty"], "")
            for name in ("form", "version", "signer"):
                self._quiet(self.fields[name], "")
            self.public.blockSignals(True)
            self.public.setChecked(False)
            self.public.blockSignals(False)
        order = sorted(asked.spans, key=lambda one: ORDER.get(periods.kind_of(one.text), -1))
        self._fill("period", [(one.text, period_words(one)) for one in order], self._period)
        whole = say("reports.whole_unit", n=len(asked.villages))
        mine = [(",".join(asked.mine), say("children.mine"))] if asked.mine else []
        self._fill("village", [("", whole), *mine, *asked.villages.items()], self.fields["village"].value() or "")
        signers = letterhead.patterns()["signer"]
        self._fill("signer", [("", say("reports.whose")), *((key, str(one["title"])) for key, one in signers.items())],
                   self.fields["signer"].value() or "")  # fmt: skip
        self._poverty()
        self._show_cut_off()
        self._offer()

    def _poverty(self) -> None:
        assert self._asked is not None
        usual = self._asked.kind.poverty
        offered = [one for one in (OWN_PART, WITH, WITHOUT) if one in (usual, WITHOUT) or not self._frozen]
        pairs = [("" if one == usual else one, say(f"reports.poverty_{one}")) for one in offered] if usual else []
        self._fill("poverty", pairs, self.fields["poverty"].value() or "")

    def show_made(self, made: Made) -> None:
        """Follow what was made: a frozen one has no other signer, several have a choice among them."""
        self._frozen = bool(made.versions)
        self._poverty()
        self.fields["signer"].setEnabled(not self._frozen)
        shown = form_of(made.paper) if made.paper is not None else ""
        forms = [(one, say(f"reports.form_{one}")) for one in (SHORT, FULL)] if shown else []
        self._fill("form", forms, shown)
        newest = [(str(one["id"]), _version(one)) for one in reversed(made.versions)]
        versions = [("", newest[0][1]), *newest[1:]] if len(newest) > 1 else []
        self._fill("version", versions, made.wish.version)
        if made.report is not None and not self._cut_off:
            self._show(made.report.cut_off)
        self._offer()

    def _offer(self) -> None:
        """Show the fields the report at hand has."""
        kind = self._asked.kind if self._asked else None
        listed, above = kind is not None and kind.shape == LISTS, self._asked is not None and self._asked.above
        there = {
            "cut_off": kind is not None and not listed, "village": kind is not None and not above, "signer": listed,
            "form": listed and self.fields["form"].count() > 1, "poverty": self.fields["poverty"].count() > 1,
            "version": self.fields["version"].count() > 1,
        }  # fmt: skip
        unfolded = not self._narrow or self._open
        for name, known in there.items():
            (self.cut_off if name == "cut_off" else self.fields[name]).setVisible(bool(known) and unfolded)
        self.public.setVisible(kind is not None and not listed and unfolded)
        self.units.setVisible(above and unfolded)
        self.more.setVisible(self._narrow)
        codes = self._codes()
        self.earlier.setEnabled(periods.neighbour(self._period, codes, -1) != self._period)
        self.later.setEnabled(periods.neighbour(self._period, codes, 1) != self._period)

    def _fill(self, name: str, pairs: Sequence[tuple[str, str]], value: str) -> None:
        field = self.fields[name]
        field.fill(pairs)
        self._quiet(field, value if any(code == value for code, _ in pairs) else pairs[0][0] if pairs else "")

    def _quiet(self, field: ListField, value: str) -> None:
        field.blockSignals(True)
        field.set_value(value)
        field.blockSignals(False)

    def _codes(self) -> list[str]:
        return [str(self.period.itemData(at)) for at in range(self.period.count())]

    # what is asked

    def wish(self, purpose: str = "") -> Wish:
        """Return what is asked for."""
        assert self._asked is not None
        chosen = {name: self.fields[name].value() or "" for name in ("village", "form", "poverty", "signer", "version")}
        return Wish(self._asked.kind.name, self._period, self._cut_off, unit=self._units, purpose=purpose,
                    public=self.public.isChecked(), **chosen)  # fmt: skip

    def _read_units(self) -> None:
        """Read names of units; a name that nobody has, or several have, is said beside the field and is no wish."""
        asked = [one.strip() for one in self.units.text().split(",") if one.strip()]
        wrong = next((one for one in asked if len(_named(one)) != 1), "")
        self.units.state("stop" if wrong else "")
        if wrong:
            key = "reports.units_several" if _named(wrong) else "reports.units_unknown"
            names = ", ".join(f"{unit.name} ({unit.key})" for unit in _named(wrong)[:4])
            self.remark.show_remark("stop", say(key, name=wrong, names=names))
            return
        self.remark.show_remark("", "")
        wanted = ",".join(_named(one)[0].key for one in asked)
        self.units.setText(", ".join(_named(one)[0].name for one in asked))
        self.units.setCursorPosition(0)
        if wanted != self._units:
            self._units = wanted
            self.changed.emit()

    def step(self, step: int) -> None:
        """Go to the period before or after, of the same kind."""
        self.to_period(periods.neighbour(self._period, self._codes(), step))

    def to_period(self, period: str) -> None:
        """Ask for another period."""
        if period and period != self._period:
            self._period, self._cut_off = period, ""
            for name in ("form", "version"):
                self._fill(name, (), "")
            self._quiet(self.period, period)
            self._show_cut_off()
            self._offer()
            self.changed.emit()

    def _picked(self, name: str) -> None:
        if name == "period":
            self.to_period(self.period.value() or self._period)
        else:
            self.changed.emit()

    def _show_cut_off(self) -> None:
        span = self._asked.span(self._period) if self._asked else None
        if span is not None and not self._cut_off:
            self._show(span.cut_off.isoformat())
        self.remark.show_remark("", "")
        self.cut_off.state("")

    def _show(self, day: str) -> None:
        words = say("reports.until", date=dates.show_date(day))
        if self.cut_off.text() != words and not self.cut_off.hasFocus():
            self.cut_off.setText(words)

    def _read_cut_off(self) -> None:
        """Read the last day counted: a whole date within the period, not after today; the usual one is no wish."""
        span = self._asked.span(self._period) if self._asked else None
        if span is None:
            return
        typed = self.cut_off.text().strip()
        prefix = say("reports.until", date="").strip()
        typed = typed.removeprefix(prefix).strip()
        read = dates.read_date(typed, clock.today()) if typed else None
        value = (read.value if read else None) or (span.cut_off.isoformat() if not typed else "")
        fits = len(value) == 10 and span.first.isoformat() <= value <= min(span.last, clock.today()).isoformat()
        if not fits:
            most = min(span.last, clock.today()).isoformat()
            first = dates.show_date(span.first.isoformat())
            words = say("reports.need_cut_off", first=first, last=dates.show_date(most))
            self.remark.show_remark("stop", words)
            self.cut_off.state("stop")
            return
        self.remark.show_remark("", "")
        self.cut_off.state("")
        wanted = "" if value == span.cut_off.isoformat() else value
        self.cut_off.setText(say("reports.until", date=dates.show_date(value)))
        if wanted != self._cut_off:
            self._cut_off = wanted
            self.changed.emit()

    def forget_cut_off(self) -> None:
        """The report was begun with the day chosen: it is the report's own now."""
        self._cut_off = ""


def _version(row: Mapping[str, Any]) -> str:
    """Return how a frozen version is called: its number and date, or which amendment waits for its signature."""
    day = dates.show_date(str(row.get("issued_on") or row.get("taken_at") or "")[:10])
    if row.get("number"):
        return say("reports.version", number=row["number"], date=day)
    return say("reports.version_waiting", n=row.get("amendment") or 0, date=day)
