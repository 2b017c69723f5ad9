"""Facts and measures: what a figure counts on a day, unknown kept apart, one child once."""

from datetime import date, timedelta

import pytest

from cbdesk import measures
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.facts import Book, Span
from cbdesk.roll import why_outside

TODAY = date(2026, 10, 31)
OCTOBER, YEAR = Span(date(2026, 10, 1), TODAY), Span(date(2026, 1, 1), TODAY)


def child(name, born="2016-05-05", **more):
    return {"id": name, "born": born, "sex": "male", "ethnicity": "02", "life_status": "permanent", **more}


def book(**rows):
    return Book(rows, catalogue(), today=TODAY)


def counted(given, span=OCTOBER, **raw):
    return measures.amount(given, measures.read(raw, catalogue()), span)


def test_a_child_counts_from_coming_to_leaving_and_until_sixteen():
    given = book(
        child=[
            child("here"),
            child("turned", "2010-10-15"),
            child("turns_later", "2010-11-01"),
            child("left", life_status="left", status_since="2026-10-20"),
            child("came", came_how="moved_in", came_on="2026-10-10"),
            child("comes_later", came_how="moved_in", came_on="2026-11-05"),
            child("unborn", "2026-11-02"),
            child("year_only", "2010"),
        ]
    )
    assert set(counted(given).ids) == {"here", "turns_later", "came", "year_only"}
    assert set(counted(given, when="at_start").ids) == {"here", "turned", "turns_later", "left", "year_only"}
    assert set(counted(given, of="arrival", where={"how": ["moved_in"]}).ids) == {"came"}
    gone = {how: counted(given, of="departure", where={"how": [how]}).ids for how in ("left", "over_16")}
    assert gone == {"left": ("left",), "over_16": ("turned",)}


def test_groups_and_poverty_stand_as_on_the_day():
    given = book(
        child=[child("a", household="h"), child("b"), child("c")],
        household=[{"id": "h"}],
        household_class=[
            {"household": "h", "year": 2025, "class": "poor"},
            {"household": "h", "year": 2027, "class": "average"},
        ],
        circumstance=[
            {"id": "1", "child": "b", "code": "04.a", "from": "2026-03-01", "to": "2026-10-10"},
            {"id": "2", "child": "c", "code": "03.1", "from": "2026-10-05"},
            {"id": "3", "child": "c", "code": "04"},
        ],
    )
    assert counted(given, where={"special": ["yes"]}).ids == ("c",)
    assert set(counted(given, when="at_start", where={"groups": ["04"]}).ids) == {"b", "c"}, (
        "sub-groups are their group"
    )
    assert counted(given, where={"risks": ["R01"]}).ids == ("a",), "last year's class holds until there is a new one"
    assert counted(given, where={"poverty_only": ["yes"]}).value == 1
    assert counted(given, Span(date(2027, 1, 1), date(2027, 1, 31)), where={"at_risk": ["yes"]}).value == 0
    assert counted(given, of="circumstance", when="began").ids == ("c",)
    assert counted(given, of="circumstance", when="ended").ids == ("b",)


def test_incidents_count_children_once_and_unknown_children_too():
    given = book(
        child=[child("a"), child("b", sex="female")],
        incident=[
            {
                "id": "i",
                "kind": "abuse",
                "received_at": "2026-10-02T08:00",
                "child": ["a", "b"],
                "forms_of_abuse": ["violence"],
            },
            {
                "id": "j",
                "kind": "abuse",
                "received_at": "2026-10-09T08:00",
                "child": ["a"],
                "forms_of_abuse": ["neglect", "violence"],
            },
            {"id": "k", "kind": "abuse", "received_at": "2026-10-09T08:00", "heard_name": "A"},
            {
                "id": "l",
                "kind": "injury",
                "received_at": "2026-10-03T08:00",
                "occurred_at": "2026-09-30T20:00",
                "child": ["a"],
            },
        ],
        suspect=[{"id": "s", "incident": "i", "relation": "parent", "outcome": "administrative"}],
    )
    abuse = {"of": "incident", "where": {"kind": ["abuse"]}}
    assert counted(given, **abuse).value == 3
    assert counted(given, count="rows", **abuse).value == 3
    assert counted(given, of="incident", where={"kind": ["abuse"], "forms_of_abuse": ["violence"]}).value == 2
    assert counted(given, of="incident", where={"kind": ["abuse"], "forms_of_abuse": ["unknown"]}).value == 1
    assert counted(given, of="incident", where={"suspect_relation": ["parent"]}).ids == ("a", "b")
    assert counted(given, of="incident", on="occurred", where={"kind": ["injury"]}).value == 0
    assert counted(given, YEAR, of="incident", on="occurred", where={"kind": ["injury"]}).value == 1
    assert counted(given, of="incident", where={"sex": ["unknown"]}).value == 1, (
        "of no known child the sex is not known"
    )


def test_ages_are_those_of_the_day_it_happened_and_never_guessed():
    given = book(
        child=[child("six", "2020-10-15"), child("none", born=None), child("old", "2010-10-05")],
        incident=[
            {"id": one, "kind": "injury", "received_at": f"2026-10-{day}T08:00", "child": [one]}
            for one, day in (("six", "14"), ("none", "14"), ("old", "20"))
        ],
    )
    ages = {
        code: counted(given, of="incident", where={"age": [code]}).ids for code in ("0-6", "6-16", "16-100", "unknown")
    }
    assert ages == {"0-6": ("six",), "6-16": (), "16-100": ("old",), "unknown": ("none",)}
    assert counted(given, where={"age": ["6-7"]}).ids == ("six",)


def test_what_became_of_a_report_is_told():
    given = book(
        child=[child("a"), child("b")],
        incident=[
            {"id": one, "kind": "abuse", "received_at": "2026-10-05T08:00", "child": [one]} for one in ("a", "b")
        ],
        case=[{"id": "c", "child": "a", "kind": "abuse", "incident": ["a"], "opened_on": "2026-10-05"}],
        case_step=[
            {"id": str(n), "case": "c", "step": step, "state": "done", "round": 1, "done_at": f"2026-10-{day}T09:00"}
            for n, (step, day) in enumerate({"intake": "05", "plan": "08", "approval": "12"}.items())
        ],
        support=[{"id": "s", "child": "a", "kind": "counselling", "from": "2026-10-08"}],
    )
    for name, expected in (("plan", {"in_time": ("a",), "none": ("b",)}), ("supported", {"yes": ("a",), "no": ("b",)})):
        assert {code: counted(given, of="incident", where={name: [code]}).ids for code in expected} == expected


def test_amounts_are_added_and_rows_behind_them_named():
    given = book(
        fund_entry=[
            {"id": "f", "direction": "in", "on": "2026-10-02", "amount": 500_000},
            {"id": "g", "direction": "in", "on": "2026-10-03", "amount": 250_000},
            {"id": "h", "direction": "in", "on": "2026-09-03", "amount": 1_000_000},
        ]
    )
    found = counted(given, of="fund_entry", count="sum:amount")
    assert (found.value, found.form, found.ids) == (750_000, "fund_entry", ("f", "g"))


def test_a_fund_stands_with_all_that_ever_came_and_went():
    given = book(
        fund_entry=[
            {"id": "f", "direction": "in", "on": "2025-05-02", "amount": 900},
            {"id": "g", "direction": "out", "on": "2026-10-03", "amount": 250},
            {"id": "h", "direction": "in", "on": "2026-11-03", "amount": 100},
        ]
    )
    balance = {"of": "fund_entry", "count": "sum:signed"}
    assert counted(given, **balance, when="before").value == 900
    found = counted(given, **balance, when="until")
    assert (found.value, found.ids) == (650, ("f", "g"))


def test_lines_of_the_plan_are_told_by_their_activities_on_their_days():
    given = book(
        yearly_plan=[{"id": "p", "year": 2026}],
        plan_item=[
            {"id": "i", "yearly_plan": "p", "target": 40, "measure": "children", "cost": 900, "spent": 5}
            | {"budget": "b"},
            {"id": "j", "yearly_plan": "p", "target": 3, "measure": "typed", "done": 2},
        ],
        budget=[{"id": "b", "year": 2026, "amount": 2_000, "money": "commune"}],
        activity=[
            {"id": "k", "plan_item": "i", "from": "2026-03-05", "children": 20, "cost": 100},
            {"id": "l", "plan_item": "i", "from": "2026-10-05", "children": 15, "cost": 200},
            {"id": "m", "from": "2026-10-06", "children": 99, "cost": 999},
        ],
    )
    of_line = {"of": "plan_item", "where": {"plan_item": ["i"]}}
    assert counted(given, **of_line, count="sum:done").value == 15
    assert counted(given, YEAR, **of_line, count="sum:done").value == 35
    assert counted(given, **of_line, count="sum:target").value == 40, "a target is that of the year"
    assert counted(given, YEAR, **of_line, count="sum:spent").value == 305
    assert counted(given, YEAR, **of_line, count="sum:spent").ids == ("i",)
    assert counted(given, of="plan_item", where={"plan_item": ["j"]}, count="sum:done").value == 2
    told = [counted(given, YEAR, of="budget", count=f"sum:{name}").value for name in ("amount", "planned", "spent")]
    assert told == [2_000, 900, 305]


def test_records_that_others_name_are_counted_once():
    given = book(collaborator=[{"id": "a", "village": "v"}, {"id": "b", "village": "v"}, {"id": "c"}])
    found = counted(given, of="collaborator", count="distinct:village")
    assert (found.value, found.form, found.ids) == (1, "village", ("v",))


def test_days_a_health_card_is_still_valid():
    cards = {"soon": "2026-12-01", "later": "2027-09-30", "over": "2026-10-30"}
    given = book(child=[child(name, health_card="TE1", card_until=day) for name, day in cards.items()])
    assert counted(given, where={"card_days": ["0-91"]}).ids == ("soon",)


def test_a_household_without_a_class_is_no_fact():
    assert counted(book(household=[{"id": "h"}], household_class=[]), of="household", count="rows").value == 0


def test_records_of_one_child_in_two_communes_count_once():
    rows = {"child": [child("a"), child("b")], "circumstance": [{"id": "1", "child": "b", "code": "04"}]}
    given = Book(rows, catalogue(), same={"a": "a", "b": "a"}, today=TODAY)
    assert counted(given).value == 1
    told = counted(given, of="circumstance", when="at_end")
    assert told.ids == ("a",), "what the other record tells is told of the child"


@pytest.mark.parametrize(
    "raw",
    [
        {"of": "nothing"},
        {"where": {"height": ["1"]}},
        {"where": {"groups": ["99"]}},
        {"where": {"age": ["old"]}},
        {"when": "sometimes"},
        {"count": "sum:height"},
        {"of": "incident", "where": {"kind": ["theft"]}},
    ],
)
def test_what_the_vocabulary_lacks_is_a_fault_of_the_report(raw):
    with pytest.raises(Problem, match="report_wrong"):
        measures.read(raw, catalogue())


def test_gifts_are_no_help_after_a_report():
    told = {"id": "i", "kind": "abuse", "received_at": "2026-10-01", "child": ["a"]}
    rows = {"child": [{"id": "a"}], "incident": [told]}
    for kind, helped in (("gift", "no"), ("counselling", "yes")):
        support = [{"id": "s", "child": "a", "kind": kind, "from": "2026-10-15"}]
        book = Book(rows | {"support": support}, catalogue(), today=date(2026, 10, 31))
        assert [one.values["supported"] for one in book.facts("incident")] == [helped]


@pytest.mark.parametrize(
    ("child", "first", "gone"),
    [
        ({"came_on": "2026-10-20"}, date(2026, 10, 20), date(2032, 5, 5)),
        ({"born": "2009-12-05", "life_status": "over_16"}, date(2009, 12, 5), date(2025, 12, 5)),
    ],
)
def test_lists_and_tables_agree_who_is_a_child_of_the_office(child, first, gone):
    row = {"id": "a", "born": "2016-05-05"} | child
    person = Book({"child": [row]}, catalogue(), today=date(2026, 10, 31)).people["a"]
    report = catalogue().reports["special"]
    eve = timedelta(days=1)
    for day, here in ((first - eve, False), (first, True), (gone - eve, True), (gone, False)):
        assert person.here(day) is here
        assert (why_outside(report, row, day, catalogue(), TODAY) == "") is here
