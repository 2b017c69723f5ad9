"""Figures of reports counted a second time, by other means: plain Python over what ``list FORM --json`` prints.

Nothing of the program is imported here, so that a fault of its counting cannot be a fault of this one. What is counted
follows the words of the reports, not their code: who is a child of the office on a day, how old, in which groups; on
which day something happened; whether a plan was approved within seven working days of the report.
"""

from __future__ import annotations

import calendar
import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).parent.parent / "resources" / "catalogue"
FORMS = ("child", "circumstance", "risk", "household_class", "incident", "suspect", "case", "case_step", "assessment",
         "measure", "support", "activity", "fund_entry", "referral", "collaborator", "model", "swim_place")  # fmt: skip
"""The forms to be listed."""

AWAY = ("left", "dead", "over_16")
POVERTY = {"poor": "R01", "near_poor": "R02"}
PEOPLE = {
    "total": lambda one: True,
    "male": lambda one: one.sex == "male",
    "female": lambda one: one.sex == "female",
    "sex_unknown": lambda one: one.sex not in ("male", "female"),
    "age_0_5": lambda one: one.age is not None and one.age < 6,
    "age_6_10": lambda one: one.age is not None and 6 <= one.age < 11,
    "age_11_15": lambda one: one.age is not None and 11 <= one.age < 16,
    "age_older": lambda one: one.age is not None and one.age >= 16,
    "age_unknown": lambda one: one.age is None,
    "kinh": lambda one: one.child.get("ethnicity") == "01",
    "minority": lambda one: one.child.get("ethnicity") not in (None, "", "01"),
    "people_unknown": lambda one: not one.child.get("ethnicity"),
}


# --- days -----------------------------------------------------------------------------------------------------------


@cache
def span(written):
    """Return the first and the last day a partial date can mean, or two times ``None``."""
    parts = [int(one) for one in (written or "")[:10].split("-")] if written else []
    if not parts:
        return None, None
    year, month, day = (*parts, 0, 0)[:3]
    last = day or calendar.monthrange(year, month or 12)[1]
    return date(year, month or 1, day or 1), date(year, month or 12, last)


def birthday(born, years):
    """Return the latest day a child can become so old; one of 29 February on 1 March of a common year."""
    last = span(born)[1]
    if last is None:
        return None
    if (last.month, last.day) == (2, 29) and not calendar.isleap(last.year + years):
        return date(last.year + years, 3, 1)
    return date(last.year + years, last.month, last.day)


@cache
def days_off():
    raw = tomllib.loads((CATALOGUE / "holidays.toml").read_text(encoding="utf-8"))
    off, worked = set(), {date.fromisoformat(one["on"]) for one in raw.get("worked", ())}
    for one in raw["off"]:
        day = date.fromisoformat(one["from"])
        while day <= date.fromisoformat(one["to"]):
            off.add(day)
            day += timedelta(days=1)
    return off, worked, set(raw["fixed"])


def working_days_after(day, count):
    """Return the last of so many working days, the first of them after the day."""
    off, worked, fixed = days_off()
    while count:
        day += timedelta(days=1)
        free = day in off or day.isoformat()[5:] in fixed or (day.weekday() > 4 and day not in worked)
        count -= not free
    return day


# --- codes ----------------------------------------------------------------------------------------------------------


@cache
def choices(name):
    """Return the choices of a list, code to its data, as its file has them."""
    raw = tomllib.loads((CATALOGUE / "choices" / f"{name}.toml").read_text(encoding="utf-8"))
    return {one["code"]: one for one in raw["choice"]}


def within(code, wanted, name):
    """Return whether a code is the wanted one or below it."""
    while code and code != wanted:
        code = choices(name).get(code, {}).get("parent")
    return bool(code)


def secret(code, name="group"):
    """Return whether a code is one that ordinary lists never name."""
    own = choices(name).get(code, {})
    return bool(own.get("sensitive") or (own.get("parent") and secret(own["parent"], name)))


# --- what was recorded ----------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """One thing that counts, with the child it is about (empty where nobody knows it) and the day it is looked at."""

    register: Register
    record: str
    child: dict
    day: date
    of: dict = field(default_factory=dict)

    @property
    def who(self):
        return self.child.get("id") or f"nobody of {self.record}"

    @property
    def sex(self):
        return self.child.get("sex")

    @property
    def age(self):
        first, last = span(self.child.get("born"))
        if last is None or first > self.day:
            return None
        return max(0, self.day.year - last.year - ((self.day.month, self.day.day) < (last.month, last.day)))

    def codes(self, form):
        return self.register.open(form, self.child["id"], self.day) if self.child else []

    @property
    def risks(self):
        return self.codes("risk") + self.register.poverty(self.child, self.day)


class Register:
    """What ``list --json`` printed of every form; ``today`` is the day of the report."""

    def __init__(self, rows, today):
        self.rows, self.today = rows, today
        self.children = {one["id"]: one for one in rows["child"]}
        self._under = {}

    def under(self, form, parent, record):
        if (form, parent) not in self._under:
            found = self._under[form, parent] = {}
            for one in self.rows[form]:
                found.setdefault(one.get(parent), []).append(one)
        return self._under[form, parent].get(record, [])

    def here(self, child, day):
        """Return whether a child is one of the office on a day."""
        born, came = span(child.get("born"))[0], span(child.get("came_on"))[0]
        if (born and born > day) or (child.get("came_how") in ("moved_in", "returned") and came and came > day):
            return False
        grown, since = birthday(child.get("born"), 16), span(child.get("status_since"))[0]
        gone = child.get("life_status") in AWAY and (since is None or since <= day)
        return not gone and (grown is None or grown > day)

    def open(self, form, child, day):
        """Return the codes of a child's episodes that last on a day."""
        found = []
        for one in self.under(form, "child", child):
            first, last = span(one.get("from"))[0], span(one.get("to"))[1]
            if (first is None or first <= day) and (last is None or last > day):
                found.append(one["code"])
        return found

    def level(self, child, day):
        """Return the newest class of the child's household, in a list; empty where none is known."""
        classes = [one for one in self.under("household_class", "household", child.get("household") or "none")
                   if one.get("class") and one["year"] <= day.year]  # fmt: skip
        return [max(classes, key=lambda one: one["year"])["class"]] if classes else []

    def poverty(self, child, day):
        """Return the risk that class makes."""
        return [POVERTY[one] for one in self.level(child, day) if one in POVERTY]

    def at_end(self, first, last):
        """Return the children of the office on the last day."""
        return [Seen(self, one["id"], one, last) for one in self.rows["child"] if self.here(one, last)]

    def reported(self, kind, first, last, by="received_at"):
        """Return what befell each child, by the day it was reported or (``occurred_at``) happened."""
        found = []
        for one in self.rows["incident"]:
            received = span(one["received_at"])[0]
            day = received if by == "received_at" else span(one.get(by))[0] or received
            if one["kind"] == kind and first <= day <= last:
                named = [self.children[child] for child in one.get("child") or () if child in self.children]
                found += [Seen(self, one["id"], child, day, one) for child in named or [{}]]
        return found

    # --- what became of a report -------------------------------------------------------------------------------------

    def cases(self, seen):
        return [one for one in self.under("case", "child", seen.child.get("id"))
                if seen.record in (one.get("incident") or ())]  # fmt: skip

    def supported(self, seen):
        """Return whether a measure was done in the case, or support begun since that is not given once (a gift)."""
        received = span(seen.of["received_at"])[0]
        helped = self.under("support", "child", seen.child["id"]) if seen.child else []
        helped = [one for one in helped if one.get("kind") not in ("gift", "scholarship")]
        begun = any((first := span(one.get("from"))[0]) and first >= received for one in helped)
        return begun or any(one.get("done_on") for case in self.cases(seen)
                            for one in self.under("measure", "case", case["id"]))  # fmt: skip

    def plan(self, seen):
        """Return how the plan was approved: within seven working days after the report, late, or not (yet)."""
        cases = self.cases(seen)
        if not cases:
            return "none"
        case = cases[-1]
        told = [one["received_at"] for one in self.rows["incident"] if one["id"] in (case.get("incident") or ())]
        due = working_days_after(span(min(told))[0], 7)
        done = [one for one in self.under("case_step", "case", case["id"])
                if one["step"] == "approval" and (one.get("round") or 1) == 1]  # fmt: skip
        if done:
            return "in_time" if span(done[-1]["done_at"])[0] <= due else "late"
        said = {one["kind"]: one.get("conclusion") for one in self.under("assessment", "case", case["id"])
                if (one.get("round") or 1) == 1}  # fmt: skip
        if (said.get("detailed") or said.get("initial")) == "no_plan":
            return "not_needed"
        return "overdue" if due < self.today else "waiting"

    def suspects(self, seen):
        return self.under("suspect", "incident", seen.record)

    def relations(self, seen):
        found = [seen.of.get("suspect_relation"), *(one.get("relation") for one in self.suspects(seen))]
        return [one for one in found if one]

    def outcomes(self, seen):
        return [one["outcome"] for one in self.suspects(seen) if one.get("outcome")] or ["none_known"]


# --- the tables of the reports --------------------------------------------------------------------------------------


@dataclass
class Table:
    """A table: what it counts, its rows (condition, and what a row for each code looks at), columns besides people."""

    things: object
    rows: dict
    columns: dict = field(default_factory=lambda: PEOPLE)
    count: str = "who"


def _all(one):
    return True


def _one(name):
    """Return a dimension of one value, a field of what was reported."""
    return lambda one: [one.of[name]] if one.of.get(name) else []


def _many(name):
    return lambda one: one.of.get(name) or []


INJURED = ("injury", "occurred_at")
OUTCOMES = {
    "death": lambda one: one.of.get("outcome") == "death",
    "disabled": lambda one: one.of.get("outcome") == "disabled",
    "recovered": lambda one: one.of.get("outcome") == "recovered",
    "outcome_unknown": lambda one: one.of.get("outcome") in (None, "unknown"),
}
CASES_DEATHS = {"cases": _all, "deaths": OUTCOMES["death"]}


def _drowned(**more):
    return lambda one: one.of.get("outcome") == "death" and all(one.of.get(key) == value for key, value in more.items())


def _what(kind, by="received_at", fits=_all):
    return lambda register, first, last: [one for one in register.reported(kind, first, last, by) if fits(one)]


def _mapped(name):
    """Return the class of a form of the health sector each cause falls into; what is not known into the last."""
    last = list(choices(f"injury_{name}"))[-1]
    return lambda one: [choices("injury_cause").get(one.of.get("cause"), {}).get("extra", {}).get(name, last)]


TABLES = {
    "children": {
        "villages": Table(Register.at_end, {
            "all": (_all, lambda one: [one.child.get("village_id") or "unknown"], "")}),
        "groups": Table(Register.at_end, {
            "special": (lambda one: one.codes("circumstance"), lambda one: one.codes("circumstance"), "group")}),
        "risks": Table(Register.at_end, {
            "at_risk": (lambda one: one.risks, lambda one: one.risks, "risk"),
            "not_poverty_only": (lambda one: one.risks and not (
                set(one.risks) <= {"R01", "R02"} and not one.codes("circumstance")), None, "")}),
    },
    "injury": {
        "causes": Table(_what(*INJURED), {"all": (_all, _one("cause"), "injury_cause")}, PEOPLE | OUTCOMES),
        "drowning": Table(_what(*INJURED, lambda one: one.of.get("cause") == "drowning"), {
            "all": (_all, None, ""), "deaths": (_drowned(), None, ""),
            "place": (_drowned(), _one("water_place"), "water_place"),
            "alone": (_drowned(supervised="no"), None, ""), "no_swimmer": (_drowned(could_swim="no"), None, "")}),
        "places": Table(_what(*INJURED), {"all": (_all, _one("injury_place"), "injury_place")}),
        "treatments": Table(_what(*INJURED), {"all": (_all, _many("treatment"), "treatment")}),
        "qd25": Table(_what(*INJURED), {"all": (_all, _mapped("qd25"), "")}, CASES_DEATHS),
        "yttn4": Table(_what(*INJURED), {"all": (_all, _mapped("yttn4"), "")}, CASES_DEATHS),
    },
    "abuse": {
        "forms": Table(_what("abuse"), {
            "all": (_all, _many("forms_of_abuse"), "abuse_form"), "incidents": (_all, None, "record")}),
        "settings": Table(_what("abuse"), {"all": (_all, _one("setting"), "setting")}),
        "relations": Table(_what("abuse"), {
            "all": (_all, lambda one: one.register.relations(one), "suspect_relation")}),
        "handling": Table(_what("abuse"), {
            "all": (_all, None, ""),
            "supported": (lambda one: one.register.supported(one), None, ""),
            "not_supported": (lambda one: not one.register.supported(one), None, ""),
            "case": (lambda one: one.register.cases(one), None, ""),
            "in_time": (lambda one: one.register.plan(one) == "in_time", None, ""),
            "late": (lambda one: one.register.plan(one) == "late", None, ""),
            "open": (lambda one: one.register.plan(one) in ("waiting", "overdue"), None, ""),
            "no_plan": (lambda one: one.register.plan(one) in ("not_needed", "none"), None, ""),
            "outcome": (_all, lambda one: one.register.outcomes(one), "suspect_outcome")}),
    },
    "labour": {
        "states": Table(_what("child_labour"), {
            "all": (_all, _one("labour_state"), "labour_state"),
            "supported": (lambda one: one.register.supported(one), None, "")}),
        "hazards": Table(_what("child_labour"), {"all": (_all, _many("hazards"), "labour_hazard")}),
        "schooling": Table(_what("child_labour"), {"all": (_all, _one("labour_schooling"), "labour_schooling")}),
    },
}  # fmt: skip
SHARES = {("abuse", "handling", "supported_share"): ("supported", "all"),
          ("labour", "states", "supported_share"): ("supported", "all")}  # fmt: skip


def _suspected(register, first, last):
    """Return those said to have abused a child, each once."""
    found = {one.record: one for one in register.reported("abuse", first, last)}
    return [Seen(register, one["id"], {}, first, one) for seen in found.values() for one in register.suspects(seen)]


SEXES = {
    "total": _all,
    "male": lambda one: one.of.get("sex") == "male",
    "female": lambda one: one.of.get("sex") == "female",
}
TABLES["abuse"]["suspects"] = Table(_suspected, {"all": (_all, _one("relation"), "suspect_relation")}, SEXES)


# --- support and activities: numbers of things, sums, the same days a year before -----------------------------------


def _back(day):
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _times(first, last):
    """Return the days of the columns in the period, since the beginning of the year, the same time last year."""
    return {"period": (first, last), "to_date": (date(last.year, 1, 1), last), "last_year": (_back(first), _back(last))}


def _began(register, form, first, last, name="from"):
    return [one for one in register.rows[form] if (day := span(one.get(name))[0]) and first <= day <= last]


def _ended(register, form, first, last):
    return [one for one in register.rows[form] if (day := span(one.get("to"))[1]) and first <= day <= last]


def _lasting(register, form, day):
    """Return the rows that last on a day, of children who are here then."""
    found = []
    for one in register.rows[form]:
        first, last = span(one.get("from"))[0], span(one.get("to"))[1]
        child = register.children.get(one.get("child"))
        if (first is None or first <= day) and (last is None or last > day) and (
            "child" not in one or (child and register.here(child, day))
        ):
            found.append(one)
    return found


def _lasting_seen(form, fits):
    return lambda register, first, last: [
        Seen(register, one["id"], register.children[one["child"]], last, one)
        for one in _lasting(register, form, last) if fits(one)
    ]  # fmt: skip


def _children(rows):
    return len({one["child"] for one in rows})


def _sum(rows, name):
    return sum(one.get(name) or 0 for one in rows)


def _share(part, whole):
    return part / whole if whole else None


def _is(one, name, code):
    """Return whether a field holds a code, "unknown" nothing; no code asks for nothing."""
    value = one.get(name)
    return not code or (value in (None, "", []) if code == "unknown" else code in value if isinstance(value, list)
                        else value == code)  # fmt: skip


def _kinds(register, key, code, first, last):
    def steady(rows):
        return [one for one in rows if one["kind"] not in ("gift", "scholarship") and _is(one, "kind", code)]

    return {"now": _children(steady(_lasting(register, "support", last))),
            "new": _children(steady(_began(register, "support", first, last))),
            "ended": _children(steady(_ended(register, "support", first, last))),
            "new_before": _children(steady(_began(register, "support", _back(first), _back(last))))}  # fmt: skip


def _gifts(register, key, code, first, last):
    kinds = ("gift", "scholarship") if key == "fund" else (key,)

    def given(first, last):
        return [one for one in _began(register, "support", first, last) if one["kind"] in kinds
                and _is(one, "occasion", code) and (key != "fund" or one.get("fund_entry"))]  # fmt: skip

    now, before = given(first, last), given(_back(first), _back(last))
    return {"children": _children(now), "times": len(now), "value": _sum(now, "amount"),
            "children_before": _children(before), "value_before": _sum(before, "amount")}  # fmt: skip


def _services(register, key, code, first, last):
    cases = {one["id"]: one["child"] for one in register.rows["case"]}

    def sent(first, last):
        found = _began(register, "referral", first, last, "sent_on")
        return [{"child": cases[one["case"]]} for one in found if _is(one, "service", code)]

    now = sent(first, last)
    return {"children": _children(now), "times": len(now), "before": len(sent(_back(first), _back(last)))}


def _fund(register, key, code, first, last):
    def moved(first, last):
        rows = _began(register, "fund_entry", first, last, "on")
        if key in ("in", "out"):
            return _sum([one for one in rows if one["direction"] == key], "amount")
        return _sum([one for one in rows if one["direction"] == "out" and _is(one, "occasion", code)], "amount")

    def standing(day):
        rows = _began(register, "fund_entry", date.min, day, "on")
        return sum(one["amount"] if one["direction"] == "in" else -one["amount"] for one in rows)

    found = {}
    for column, (begin, end) in _times(first, last).items():
        found[column] = (standing(begin - timedelta(days=1)) if key == "before" else standing(end) if key == "after"
                         else moved(begin, end))  # fmt: skip
    return found


def _households(register, key, code, first, last):
    def standing(year):
        newest = {}
        for one in sorted(register.rows["household_class"], key=lambda one: one["year"]):
            if one.get("class") and one["year"] <= year:
                newest[one["household"]] = one["class"]
        return sum(not code or level == code for level in newest.values())

    now, before = standing(last.year), standing(last.year - 1)
    return {"now": now, "before": before, "against": _share(now, before)}


def _activities(field):
    def counted(register, key, code, first, last):
        now = [one for one in _began(register, "activity", first, last) if _is(one, field, code)]
        before = [one for one in _began(register, "activity", _back(first), _back(last)) if _is(one, field, code)]
        names = ("children", "girls", "minority", "carers", "staff", "collaborators", "cost")
        return {"rows": len(now), "before": len(before), **{name: _sum(now, name) for name in names}}

    return counted


def _swimming(register, key, code, first, last):
    kinds = {"swim": ("swim_class",), "skill": ("skill_class",), "all": ("swim_class", "skill_class")}[key]

    def held(first, last):
        return [one for one in _began(register, "activity", first, last) if one["kind"] in kinds]

    now = held(first, last)
    sums = {name: _sum(now, name) for name in ("children", "girls", "minority", "passed")}
    return {"classes": len(now), "share": _share(sums["passed"], sums["children"]),
            "before": _sum(held(_back(first), _back(last)), "children"), **sums}  # fmt: skip


def _money(register, key, code, first, last):
    return {column: _sum([one for one in _began(register, "activity", *days) if _is(one, "money", code)], "cost")
            for column, days in _times(first, last).items()}  # fmt: skip


def _water(register, key, code, first, last):
    here = [one for one in _lasting(register, "swim_place", last) if _is(one, "use", code)]
    found = {name: sum(one.get(name) == "yes" for one in here) for name in ("instructor", "programme", "signs")}
    return {"now": len(here), **found}


WIDE = {
    "support": {"kinds": _kinds, "gifts": _gifts, "services": _services, "fund": _fund, "households": _households},
    "activities": {"kinds": _activities("kind"), "topics": _activities("topics"), "swimming": _swimming,
                   "money": _money, "water": _water},
}  # fmt: skip


def _card(one):
    until = span(one.child.get("card_until"))[1]
    return "none" if not one.child.get("health_card") else "expired" if until and until < one.day else "valid"


def _ending(one):
    until = span(one.child.get("card_until"))[1]
    return _card(one) == "valid" and until and (until - one.day).days <= 90


TABLES["support"] = {
    "allowances": Table(_lasting_seen("support", lambda one: one["kind"] == "allowance"), {
        "all": (_all, _one("category"), "benefit")}),
    "cards": Table(lambda register, first, last: [one for one in register.at_end(first, last)
                                                  if one.age is not None and one.age < 6], {
        "all": (_all, None, ""), "ending": (_ending, None, ""),
        **{state: (lambda one, state=state: _card(one) == state, None, "") for state in ("valid", "expired", "none")}}),
    "disability": Table(_lasting_seen("circumstance", lambda one: within(one["code"], "04", "group")), {
        "all": (_all, None, ""), "level": (_all, _one("disability_level"), "disability_level"),
        "form": (_all, _many("disability_forms"), "disability_form"),
        "paper": (lambda one: one.of.get("disability_paper"), None, ""),
        "no_paper": (lambda one: not one.of.get("disability_paper"), None, "")}),
    "classes": Table(Register.at_end, {
        "all": (_all, lambda one: one.register.level(one.child, one.day), "household_class")}),
}  # fmt: skip
TABLES["activities"] = {}
SHARES["support", "cards", "valid_share"] = ("valid", "all")
ELSEWHERE = {"activities": {"network", "models", "plan", "budget"}}
"""Tables compared by tests of their own."""


def table(register, report, name, rows, first, last):
    """Return the figures of one table: row to column to number. ``rows`` are the keys of the rows wanted."""
    if name in WIDE.get(report, ()):
        split = {key: key.partition(".")[::2] if "." in key else (key, "") for key in rows}
        return {key: WIDE[report][name](register, base, code, first, last) for key, (base, code) in split.items()}
    what = TABLES[report][name]
    things = what.things(register, first, last)
    found = {}
    for key in rows:
        if (report, name, key) in SHARES:
            continue
        base, _, code = key.partition(".")
        condition, dimension, known = what.rows[base]
        mine = [one for one in things if condition(one) and (not code or _holds(dimension(one), code, known))]
        counted = "record" if known == "record" else "who"
        found[key] = {column: len({getattr(one, counted) for one in mine if fits(one)})
                      for column, fits in what.columns.items()}  # fmt: skip
    for (of, grid, key), (part, whole) in SHARES.items():
        if (of, grid) == (report, name) and key in rows:
            found[key] = {column: found[part][column] / found[whole][column] if found[whole][column] else None
                          for column in what.columns}  # fmt: skip
    return found


def _holds(values, code, known):
    if code == "unknown" and not values:
        return True
    return any(within(one, code, known) if known else one == code for one in values)


def named(register, form, day):
    """Return the children of a monthly list on a day: those named, and those only counted because all is secret."""
    name = {"circumstance": "group", "risk": "risk"}[form]
    names, apart = [], []
    for one in register.at_end(day, day):
        codes = one.codes(form) if form == "circumstance" else one.risks
        if any(not secret(code, name) for code in codes):
            names.append(one)
        elif codes:
            apart.append(one)
    return names, apart
