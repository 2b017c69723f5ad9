"""What children may be entitled to: hints from what is written, exact birthdays, the highest only, table confirmed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cbdesk import benefits, clock
from cbdesk.benefits import Adviser, Situation
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.words import LANGUAGES, has, set_language

TODAY = date(2026, 10, 20)
POOR = {"household_class": "poor", "class_year": 2026, "hard": True}
ORPHAN = ({"code": "01.3", "from": "2020-05-01"},)


def life(born, *, groups=(), supports=(), child=None, **more):
    return Situation({"id": "a", "born": born, "health_card": "1", **(child or {})}, groups, (), supports, **more)


def allowances(situation, on=TODAY, base=None, *, sensitive=False):
    found = Adviser(on, base, sensitive=sensitive).hints(situation)
    return [one for one in found if one.what == benefits.ALLOWANCE]


def codes(situation, on=TODAY, **more):
    return [(one.code, str(one.coefficient)) for one in allowances(situation, on, **more)]


def others(situation, on=TODAY):
    return [one.code for one in Adviser(on).hints(situation) if one.what != benefits.ALLOWANCE]


@pytest.mark.parametrize(("on", "expected"), [
    ("2026-10-19", [("under_three", "1.5")]),
    ("2026-10-20", []),
])
def test_under_three_ends_on_the_third_birthday(on, expected):
    assert codes(life("2023-10-20", **POOR), date.fromisoformat(on)) == expected


@pytest.mark.parametrize(("on", "expected"), [
    ("2026-10-19", [("unsupported", "2.5")]),
    ("2026-10-20", [("unsupported", "1.5")]),
    ("2038-10-19", [("unsupported", "1.5")]),
    ("2038-10-20", [("studying", "1.5")]),
    ("2044-10-19", [("studying", "1.5")]),
    ("2044-10-20", []),
])
def test_the_coefficient_follows_the_fourth_sixteenth_and_twenty_second_birthday(on, expected):
    day = date.fromisoformat(on)
    grown = {"life_status": "over_16", "schooling": "vocational"} if day.year >= 2038 and day.day == 20 else {}
    ended = ({"code": "01.3", "from": "2022-11-01", "to": "2038-10-20", "end_reason": "reached_16"},)
    assert codes(life("2022-10-20", groups=ended, child=grown or {"schooling": "vocational"}), day) == expected


def test_the_day_it_ends_is_told():
    (found,) = allowances(life("2023-11-02", **POOR))
    assert found.until == date(2026, 11, 2)


def test_of_the_child_only_the_highest_counts_and_the_carer_is_apart():
    disabled = ({"code": "04.a", "from": "2025-01-01", "disability_paper": "3"},)
    child = {"parents_state": "widowed"}
    found = allowances(life("2024-05-05", groups=disabled, child=child, **POOR))
    assert [(one.code, one.lower, one.own) for one in found] == [
        ("disability_very_severe", False, True), ("under_three", True, True), ("single_parent", False, False),
    ]  # fmt: skip


@pytest.mark.parametrize(("change", "unsure"), [
    ({"hard": None}, ("hard",)),
    ({"class_year": 0}, ("classes",)),
])
def test_what_must_be_looked_at_first_is_named(change, unsure):
    (found,) = allowances(life("2024-05-05", **POOR | change))
    assert found.unsure == unsure


def test_a_birth_known_by_year_is_unsure_and_promises_the_lower():
    (found,) = allowances(life("2022", groups=ORPHAN))
    assert (found.coefficient, found.unsure) == (Decimal("1.5"), ("born",))


def test_groups_are_not_the_same_as_a_right():
    assert codes(life("2015-01-01", groups=({"code": "03.11"},))) == []
    (found,) = allowances(life("2015-01-01", groups=({"code": "01"},)))
    assert found.unsure == ("groups",)


@pytest.mark.parametrize("change", [{"hard": False}, {"household_class": "escaped"}, {"household_class": ""}])
def test_no_hint_where_something_speaks_against_it(change):
    assert codes(life("2024-05-05", **POOR | change)) == []


@pytest.mark.parametrize("status", ["left", "dead"])
def test_who_left_or_died_has_none(status):
    assert Adviser(TODAY).hints(life("2024-05-05", child={"life_status": status, "health_card": None}, **POOR)) == ()


def test_what_is_received_is_told_unless_a_higher_category_is_likely():
    paid = [{"kind": "allowance", "category": "under_three", "from": "2025-01-01"}]
    disabled = ({"code": "04", "disability_level": "severe", "disability_paper": "3"},)
    found = {one.code: one.received for one in allowances(life("2024-05-05", groups=disabled, supports=paid, **POOR))}
    assert found == {"disability_severe": False, "under_three": True}
    old = [{"kind": "allowance", "from": "2025-01-01"}]  # written before categories were
    assert all(one.received for one in allowances(life("2024-05-05", groups=disabled, supports=old, **POOR)))
    ended = [{"kind": "allowance", "from": "2025-01-01", "to": "2026-10-20"}]
    assert not any(one.received for one in allowances(life("2024-05-05", supports=ended, **POOR)))


@pytest.mark.parametrize(("category", "born", "expected"), [
    ("under_three", "2023-10-20", "allowance_over"),
    ("under_three", "2023-11-19", "allowance_ending"),
    ("under_three", "2023-11-20", None),
    ("unsupported", "2022-10-25", None),
    ("unsupported", "2010-10-21", "allowance_ending"),
    ("hiv", "2010-10-21", None),
])
def test_an_allowance_whose_age_is_over_or_soon_will_be_is_told(category, born, expected):
    paid = [{"kind": "allowance", "category": category, "from": "2024-05-01"}]
    assert others(life(born, supports=paid)) == ([expected] if expected else [])
    assert others(life(born, supports=[paid[0] | {"to": "2026-10-01"}])) == []


def test_what_is_kept_in_confidence_is_left_out_without_a_trace():
    plain = life("2024-05-05", **POOR)
    secret = replace(plain, groups=({"code": "05", "from": "2025-01-01"},))
    assert allowances(secret) == allowances(plain)
    assert codes(secret, sensitive=True)[0] == ("hiv", "2.5")


def test_a_class_of_the_standard_before_is_to_be_reviewed():
    child = life("2025-05-05", **POOR)
    assert allowances(child, date(2026, 12, 31))[0].unsure == ()
    assert allowances(child, date(2027, 1, 1))[0].unsure == ("classes",)
    assert allowances(replace(child, class_year=2027), date(2027, 1, 2))[0].unsure == ()
    assert benefits.standard_changes(date(2026, 12, 31), date(2027, 1, 1)) == date(2027, 1, 1)
    assert benefits.standard_changes(date(2027, 1, 1), date(2027, 12, 31)) is None


@pytest.mark.parametrize(("born", "child", "expected"), [
    ("2021-01-01", {"health_card": None}, ["card_none"]),
    ("2020-10-20", {"health_card": None}, []),
    ("2021", {"health_card": None}, ["card_none"]),
    ("2020", {"health_card": None}, []),
    ("2022-01-01", {"card_until": "2026-10-19"}, ["card_expired"]),
    ("2022-01-01", {"card_until": "2026-11-19"}, ["card_ending"]),
    ("2022-01-01", {"card_until": "2026-11-20"}, []),
])
def test_cards_of_children_under_six(born, child, expected):
    assert others(life(born, child=child)) == expected


def test_the_free_card_serves_to_the_end_of_september_of_the_year_of_72_months():
    adviser = Adviser(TODAY)
    assert adviser.last_card_day("2020-09-30") == date(2026, 9, 30)
    assert adviser.last_card_day("2020-10-05") == date(2026, 10, 31)
    assert adviser.last_card_day("2020-12-31") == date(2026, 12, 31)
    assert adviser.last_card_day("2020-10") is None
    child = life("2020-05-05", child={"card_until": "2026-09-30"})
    assert others(child, date(2026, 7, 1)) == []
    assert others(child, date(2026, 7, 2)) == ["card_six"]
    assert others(child, date(2026, 10, 1)) == []


@pytest.mark.parametrize(("row", "expected"), [
    ({"code": "04"}, ["disability_level"]),
    ({"code": "04.a"}, ["disability_paper"]),
    ({"code": "04", "disability_level": "severe"}, ["disability_paper"]),
    ({"code": "04", "disability_level": "mild"}, []),
    ({"code": "04.b", "disability_paper": "12"}, []),
])
def test_what_a_disability_lacks_in_writing(row, expected):
    assert others(life("2015-01-01", groups=(row,))) == expected


def test_the_base_is_the_one_of_the_day():
    days = {"2022-01-01": 360_000, "2024-06-30": 360_000, "2024-07-01": 500_000, "2026-06-30": 500_000,
            "2026-07-01": 540_000}  # fmt: skip
    for day, wanted in days.items():
        assert benefits.base(benefits.table("allowance", date.fromisoformat(day)), {}) == wanted


def test_a_table_is_told_apart_by_date_and_by_figure():
    before, now = (benefits.table("allowance", date(2026, month, 1)) for month in (6, 7))
    assert (before.version, now.version) == ("2024-07-01", "2026-07-01")
    assert before.digest != now.digest
    row = {"id": "1", "table": "allowance", "digest": now.digest}
    assert now.confirmed([row]) == row
    assert before.confirmed([row]) is None


def test_hints_and_what_is_unsure_have_words():
    names = ["allowance_ending", "allowance_over", "card_none", "card_ending", "card_expired", "card_six",
             "disability_level", "disability_paper",
             *(f"unsure.{name}" for name in ("born", *benefits.ASKED))]  # fmt: skip
    for language in LANGUAGES:
        set_language(language)
        assert [name for name in names if not has(f"benefits.{name}")] == []
    known = {one.code for one in catalogue().lists["benefit"].choices}
    assert {row.extra["category"] for row in catalogue().law["allowance"] if "category" in row.extra} == known


# --- the register ----------------------------------------------------------------------------------------------------


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-20T09:30")
    commune.put("village", [{"name": "Xóm Nà Héng", "hard": True}])
    return commune


def child_of(book, name, born, **more):
    return book.save("child", {"full_name": name, "born": born, "village": "Xóm Nà Héng", **more}).id


def test_amounts_wait_for_the_office_to_confirm_the_table(book):
    child = child_of(book, "Nông Văn An", "2024-05-05", household_class="poor", health_card="1")
    assert [one.amount for one in book.benefits(child)] == [None]
    with pytest.raises(Problem, match="no_basis"):
        book.confirm_table("allowance", " ")
    saved = book.confirm_table("allowance", "NĐ 335/2026/NĐ-CP")
    assert [one.amount for one in book.benefits(child)] == [810_000]
    assert [one.amount for one in book.benefits(child, date(2026, 6, 30))] == [None]
    book.undo(saved.batch)
    assert [one.amount for one in book.benefits(child)] == [None]
    book.confirm_table("allowance", "QĐ của tỉnh", base=600_000)
    assert [one.amount for one in book.benefits(child)] == [900_000]


def test_the_list_holds_who_is_entitled_and_receives_nothing(book):
    wanting = child_of(book, "Nông Văn An", "2024-05-05", household_class="poor", health_card="1")
    served = child_of(book, "Bế Thị Bình", "2024-05-05", household_class="poor", health_card="1")
    book.save("support", {"child": served, "kind": "allowance", "category": "under_three", "from": "2025-01-01"})
    secret = child_of(book, "Lý Mùi Mẩy", "2015-05-05", household_class="poor", groups=["05"])
    assert [(one.child, one.hint.code) for one in book.benefit_hints()] == [(wanting, "under_three")]
    told = [(one.child, one.hint.code) for one in book.benefit_hints(restricted=True)]
    assert (secret, "hiv") in told
    assert len(told) == 2
    looks = book.store.db.execute("SELECT count(*) FROM access WHERE detail = 'benefits'").fetchone()[0]
    assert looks == 1


def test_the_change_of_the_poverty_standard_is_announced(book):
    assert book.standard_ahead(date(2026, 10, 2)) is None
    assert book.standard_ahead(date(2026, 10, 3)) == date(2027, 1, 1)
    assert book.standard_ahead(date(2027, 1, 1)) is None


def test_one_line_in_the_last_week_of_a_month_tells_how_many_may_be_entitled(book):
    wanting = child_of(book, "Nông Văn An", "2024-05-05", household_class="poor", health_card="1")
    child_of(book, "Bế Thị Bình", "2023", household_class="poor", health_card="1")  # by year only: not sure
    child_of(book, "Lý Mùi Mẩy", "2015-05-05", household_class="poor", groups=["05"])  # kept in confidence
    lines = lambda day, within=31: [one for one in book.due(day, within) if one.what == "benefits"]  # noqa: E731
    assert lines(date(2026, 10, 24)) == []
    (line,) = lines(date(2026, 10, 25))
    assert (line.record, line.detail, line.state, line.due.date()) == (
        "2026-10", {"n": "1"}, "soon", date(2026, 10, 31))  # fmt: skip
    assert lines(date(2026, 10, 25), 3) == []
    assert lines(date(2026, 10, 31), 0)[0].state == "today"
    assert lines(date(2026, 11, 1)) == []
    book.save("support", {"child": wanting, "kind": "allowance", "category": "under_three", "from": "2026-10-20"})
    assert lines(date(2026, 10, 25)) == []  # counted anew: nobody is left
