"""A case from the report to its end: steps, assessments, plan, approval, measures, visits, review, closing.

Most is done in time, some of it late, now and then with the reason written down, and some cases are never reviewed.
Source of the steps and terms: NĐ 56/2017/NĐ-CP, Điều 25-32 (``process``).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cbdesk import process
from cbdesk.life.world import Child, Data, Row, World, age, stamp

WRITTEN = timedelta(minutes=25)
GRAVE = "emergency"


@dataclass(slots=True)
class _Case:
    """One case in the making."""

    world: World
    by: random.Random
    data: Data
    key: str
    received: datetime
    late: bool
    review: date = date.max

    def row(self, at: datetime, form: str, more: Row) -> str:
        """Write a row of the case, a little after what it tells."""
        return self.world.new(at + WRITTEN, form, {"case": f"@{self.key}", **more})

    def step(self, at: datetime, code: str, round_: int = 1, more: Row | None = None, *, late: bool = False) -> None:
        """Write a step as done."""
        why = self.by.choice(self.data["why"]) if late and self.by.random() < self.data["says_why"] else ""
        self.row(at, "case_step", {"step": code, "round": round_, "state": "done", "done_at": stamp(at), "reason": why,
                                   **(more or {})})  # fmt: skip

    def hours(self, span: Sequence[int]) -> datetime:
        """Return a moment so many hours after the report."""
        return self.received + timedelta(minutes=self.by.randint(span[0] * 60, span[1] * 60))

    def workday(self, after: datetime, span: Sequence[int]) -> datetime:
        """Return a moment of office hours so many days later, never on a weekend and never before."""
        day = self.world.after(self.by, after.date(), span)
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
        return max(self.world.office(self.by, day), after + timedelta(minutes=40))


def open_case(
    world: World, child: Child, kind: str, at: datetime, incident: str = "", *, unfounded: bool = False
) -> None:
    """Write a whole case of a child, reported at a moment. The child stays while it lasts."""
    by, data = world.by("cases"), world.data["case"]
    told = world.rows.get(incident, {})
    received = datetime.fromisoformat(told["received_at"]) if told else at
    key = world.new(at, "case", {
        "child": f"@{child.key}", "kind": kind, "incident": [f"@{incident}"] if incident else [],
        "number": world.number("case", at.year), "opened_on": at.date().isoformat(),
        "received_at": "" if incident else stamp(at),
    })  # fmt: skip
    case = _Case(world, by, data, key, received, by.random() < data["late"])
    case.step(received, "intake")
    ended = _first(case, urgent=bool(told) and process.emergency_of(told) is not None, unfounded=unfounded)
    if not unfounded:
        ended = _planned(case, child, kind, ended)
    child.busy = max(child.busy or date.min, ended.date())


def _first(case: _Case, *, urgent: bool, unfounded: bool) -> datetime:
    """Assess the report, and act at once where that is called for; returns when that was over."""
    by, data, at = case.by, case.data, case.hours(case.data["initial"])
    conclusion = "no_plan" if unfounded else GRAVE if urgent else "plan"
    case.row(at, "assessment", {
        "kind": "initial", "round": 1, "made_on": stamp(at), "conclusion": conclusion,
        **{name: by.choice(("high", "medium", "medium", "low")) for name in
           ("harm_severity", "harm_access", "harm_care", "harm_future", "protect_self", "protect_carer")},
    })  # fmt: skip
    case.step(at, "initial")
    if unfounded:
        return _close(case, at, "unfounded")
    if not urgent:
        return at
    acted = max(case.hours(data["emergency_late" if case.late and by.random() < 0.5 else "emergency"]), at)
    case.step(acted, "emergency", late=acted > case.received + timedelta(hours=12))
    if by.random() < data["separation"]:
        until = case.world.after(by, acted.date(), data["separation_days"])
        number = case.world.number("decision", acted.year)
        case.row(acted, "decision", {
            "kind": "separation", "round": 1, "number": number, "date": acted.date().isoformat(), "from": stamp(acted),
            "until": until.isoformat(), "carer": data["carer"],
        })  # fmt: skip
        back = datetime.combine(until, time(9, 0))
        case.row(back, "decision", {
            "kind": "return", "round": 1, "number": case.world.number("decision", back.year),
            "date": until.isoformat(), "from": stamp(back),
        })  # fmt: skip
    return acted


def _planned(case: _Case, child: Child, kind: str, after: datetime) -> datetime:
    """Plan, carry out and review, once or twice; returns when the case ended, or the last day where it has not."""
    by, data = case.by, case.data
    at = max(case.workday(case.received, data["detailed"]), after + WRITTEN)
    needs = sorted(by.sample(data["needs"], by.randint(2, 4)), key=data["needs"].index)
    case.row(at, "assessment", {"kind": "detailed", "round": 1, "made_on": stamp(at), "conclusion": "plan",
                                "needs": needs})  # fmt: skip
    case.row(at, "meeting", {"on": stamp(at), "round": 1, "place": data["place"], "needs": needs})
    case.step(at, "detailed")
    _referral(case, child, at)
    at = _approved(case, 1, needs, at, late=case.late)
    if by.random() < data["unfinished"]:
        return datetime.combine(case.world.today, time(23, 0))
    at, again = _carried(case, 1, at, again=by.random() < data["new_plan"])
    if again:
        at = _approved(case, 2, needs[:2], at, late=False)
        at, _ = _carried(case, 2, at, again=False)
    return _close(case, case.workday(at, data["closing"]), "safe")


def _approved(case: _Case, round_: int, needs: Sequence[str], after: datetime, *, late: bool) -> datetime:
    """Write the plan with its measures and its approval; returns when it was approved."""
    by, data, start = case.by, case.data, case.received if round_ == 1 else after
    made = max(case.workday(start, data["plan_late" if late else "plan"]), after + WRITTEN)
    approved = case.workday(made, data["approval_late" if late else "approval"])
    case.review = review = case.world.after(by, approved.date(), data["review"])
    case.row(made, "plan", {
        "round": round_, "made_on": made.date().isoformat(), "goal": data["goal"], "from": approved.date().isoformat(),
        "to": review.isoformat(), "review_on": review.isoformat(),
    })  # fmt: skip
    case.step(made, "plan", round_, late=late)
    number = case.world.number("decision", approved.year)
    case.row(approved, "decision", {"kind": "approval", "round": round_, "number": number,
                                    "date": approved.date().isoformat()})  # fmt: skip
    case.step(approved, "approval", round_, {"paper_no": number, "paper_date": approved.date().isoformat()}, late=late)
    for need in needs:
        words, who = data["measures"][need]
        due = case.world.day(by, approved.date() + timedelta(days=5), review)
        key = case.row(made, "measure", {
            "round": round_, "need": need, "measure": words, "who": who, "by_when": due.isoformat(),
            "state": "planned", "cost": by.choice((0, 0, 200_000, 500_000, 1_000_000)),
        })  # fmt: skip
        done = case.world.after(by, due, (-4, 12))
        state = "done" if by.random() < 0.85 else "dropped"
        at = case.world.office(by, max(done, approved.date() + timedelta(days=1)))
        case.world.amend(at, key, {"state": state, **({"done_on": at.date().isoformat()} if state == "done" else {})})
    return approved


def _carried(case: _Case, round_: int, approved: datetime, *, again: bool) -> tuple[datetime, bool]:
    """Visit the child until the review; returns when it was reviewed and whether a new plan is wanted."""
    by, data = case.by, case.data
    late = by.random() < data["late"]
    shift = by.randint(*data["review_late"]) if late else -by.randint(*data["review_early"])
    reviewed = max(case.world.office(by, case.review + timedelta(days=shift)), approved + timedelta(days=2))
    visit = case.workday(approved, data["visit"])
    while visit < reviewed:
        following = case.workday(visit, data["visit"])
        case.row(visit, "visit", {
            "on": visit.date().isoformat(), "finding": case.world.draw(by, "safe:6 watch:3 danger:0.5 absent:0.7"),
            "detail": by.choice(data["seen"]), "next_on": following.date().isoformat(),
        })  # fmt: skip
        visit = following
    case.step(reviewed - timedelta(hours=2), "carrying", round_)
    conclusion = "new_plan" if again else "close"
    case.row(reviewed, "assessment", {"kind": "review", "round": round_, "made_on": stamp(reviewed),
                                      "conclusion": conclusion})  # fmt: skip
    case.step(reviewed, "review", round_, late=late)
    return reviewed, again


def _referral(case: _Case, child: Child, at: datetime) -> None:
    by, data = case.by, case.data
    if by.random() >= data["referral"]:
        return
    asked = case.workday(at, (0, 2))
    given = by.random() < 0.85
    if given:
        case.world.new(asked, "consent", {
            "child": f"@{child.key}", "purpose": data["consent"], "given": "given", "on": asked.date().isoformat(),
            "by": child.row.get("mother_name", ""),
            "child_asked": (age(child.born, asked.date()) >= 7 and by.random() < 0.8) or "",
        })  # fmt: skip
    key = case.row(asked, "referral", {
        "service": case.world.draw(by, "health:4 education:4 police:2 legal_aid:2 social_work:1"),
        "sent_on": asked.date().isoformat(), "paper_no": case.world.number("letter", asked.year),
        "purpose": data["purpose"], "consent": "given" if given else "not_asked",
        "override": "" if given else data["override"],
    })  # fmt: skip
    if by.random() < 0.75:
        answered = case.workday(asked, (2, 20))
        answer = {"answered_on": answered.date().isoformat(), "answer": by.choice(data["answers"])}
        case.world.amend(answered, key, answer)


def _close(case: _Case, at: datetime, end: str) -> datetime:
    number = case.world.number("decision", at.year)
    day = at.date().isoformat()
    case.row(at, "decision", {"kind": "closing", "number": number, "date": day})
    case.world.amend(at + 2 * WRITTEN, case.key, {"closed_on": day, "end": end, "closing_no": number})
    return at
