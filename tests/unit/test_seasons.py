"""What comes with the seasons: a new school year, cards renewed, birthdays of sixteen, the calendar of duties."""

from dataclasses import replace
from datetime import date

import moon
import pytest
from tools_kit import ROOT

from cbdesk import almanac, clock, school
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem

NOW = "2026-10-12T09:30"


@pytest.fixture
def book(commune):
    clock.set_fixed(NOW)
    return commune


def child(book, name, **data):
    return book.save("child", {"full_name": name, "village": "Xóm Nà Pảng", **data}).id


def ages(book, within=31):
    return [(one.what, one.record, str(one.due.date())) for one in book.due(within=within)
            if one.what.startswith("sixteen")]  # fmt: skip


def test_birthdays_of_sixteen_are_one_line_a_month_and_apart_only_where_something_is_open(book):
    one = child(book, "Lý Thị Mai", born="2010-10-03")
    assert ages(book) == [("sixteen", one, "2026-10-03")]
    child(book, "Lý Văn Páo", born="2010-10-20")
    paid = child(book, "Lý Văn Sính", born="2010-10-28")
    child(book, "Hà Văn Ba", born="2010-11-20")
    lines = [("sixteen", "2026-10", "2026-10-20")]
    assert ages(book) == lines, "three children, one line; the next month has not begun for the one after"
    told = next(one for one in book.due(within=31) if one.what == "sixteen").as_dict()
    assert (told["n"], told["month"], told["state"]) == ("3", "10/2026", "later")
    book.save("support", {"child": paid, "kind": "allowance", "from": "2025-01-01"})
    assert ages(book) == [*lines, ("sixteen_allowance", paid, "2026-10-28")]
    case = book.open_case(one, {"kind": "abused"}).id
    assert ages(book) == [("sixteen_case", case, "2026-10-03"), *lines, ("sixteen_allowance", paid, "2026-10-28")]
    book.save("plan", {"case": case, "round": 1, "made_on": "2026-10-12"})
    assert ages(book)[0] == ("sixteen_plan", case, "2026-10-03")
    book.save("child", {"life_status": "over_16", "status_since": "2026-10-03"}, one)
    assert ages(book)[0][0] == "sixteen"


@pytest.mark.parametrize(
    ("now", "level", "school_", "born", "then"),
    [
        ("5A1", "primary", "Trường TH Bảo Lạc", "2015", ("rise", "6", "lower_secondary", "")),
        ("5A1", "", "TH&THCS Xuân Trường", "2015", ("rise", "6", "lower_secondary", "TH&THCS Xuân Trường")),
        ("lớp 4", "primary", "", "2016", ("up", "lớp 5", "primary", "")),
        ("4/2", "", "", "2016", ("up", "5/2", "primary", "")),
        ("Mẫu giáo 5 tuổi", "kindergarten", "MN Hoa Mai", "2021", ("enter", "1", "primary", "")),
        ("Mẫu giáo 4 tuổi", "kindergarten", "", "2022", ("up", "Mẫu giáo 5 tuổi", "kindergarten", "")),
        ("Lớp nhỡ", "kindergarten", "", "2022", ("up", "Lớp lớn", "kindergarten", "")),
        ("Lá 1", "kindergarten", "", "2021", ("enter", "1", "primary", "")),
        ("", "", "", "2020-12-31", ("enter", "1", "primary", "")),
        ("3", "special", "", "2016", ("up", "4", "special", "")),
        ("9B", "lower_secondary", "", "2011", ("ask", "9B", "lower_secondary", "")),
        ("ghép", "primary", "", "2016", ("unclear", "ghép", "primary", "")),
        ("MG ghép", "kindergarten", "", "2022", None),
        ("3", "dropped_out", "", "2016", None),
        ("", "not_yet", "", "2023", None),
    ],
)
def test_the_class_that_follows_is_read_from_the_class_written(now, level, school_, born, then):
    found = school.follows(now, level, school_, born, 2026)
    assert (found and (found.what, found.to_class, found.level, found.school)) == then


def test_a_school_year_moves_everybody_but_exceptions_once_and_one_undo_takes_it_back(book):
    five = child(book, "Lý Thị Mai", born="2015", school="Trường TH Bảo Lạc", schooling="primary", **{"class": "5A1"})
    stays = child(book, "Lý Văn Páo", born="2016", schooling="primary", **{"class": "4B"})
    nine = child(book, "Hà Văn Ba", born="2011", schooling="lower_secondary", **{"class": "9A"})
    gone = child(book, "Hà Thị Tư", born="2012", schooling="lower_secondary", **{"class": "8A"})
    child(book, "Nông Văn Năm", born="2013", schooling="dropped_out")
    plan = book.school_year()
    assert (plan.year, plan.out, plan.moved) == (2026, 1, 0)
    assert [(one.child, one.on) for one in plan.moves] == [(nine, False), (stays, True), (five, True), (gone, True)]
    chosen = {one.child: one for one in plan.moves}
    answer = [chosen[five], replace(chosen[stays], on=False), chosen[nine].then("continuing"),
              chosen[gone].then("dropped_out")]  # fmt: skip
    done = book.start_school_year(2026, answer)
    now = {one: tuple(book.get(one).get(name) for name in ("class", "schooling", "school", "dropped_out"))
           for one in (five, stays, nine, gone)}  # fmt: skip
    assert now == {
        five: ("6", "lower_secondary", None, None), stays: ("4B", "primary", None, None),
        nine: ("10", "continuing", None, None), gone: ("8A", "dropped_out", None, "2026-10-12"),
    }  # fmt: skip
    again = book.school_year()
    assert [one.child for one in again.moves] == [stays], "nobody moves twice in one school year"
    assert again.moved == 2, "whom a class would follow again, and who moved"
    with pytest.raises(Problem, match="nobody_chosen"):
        book.start_school_year(2026, [chosen[five]])
    book.undo(done.batch)
    assert book.get(five)["class"] == "5A1"
    assert len(book.school_year().moves) == 4


def test_cards_that_end_are_renewed_for_many_at_once(book):
    ends = child(book, "Lý Thị Mai", born="2015", health_card="HN2049876543210", card_until="2026-10-31")
    past = child(book, "Lý Văn Páo", born="2022", health_card="TE1049876543211", card_until="2026-09-30")
    child(book, "Hà Văn Ba", born="2015", health_card="HN2049876543212", card_until="2027-12-31")
    without = child(book, "Hà Thị Tư", born="2016")
    found = book.cards()
    assert [(one.child, one.state, one.free) for one in found] == [
        (past, "expired", True), (ends, "ends", False), (without, "none", False)]  # fmt: skip
    assert book.renew_cards([ends], "2026-10-01").id is None, "a day gone by renews nothing"
    done = book.renew_cards([ends, past], "2027-12-31")
    assert [one.child for one in book.cards()] == [without]
    book.undo(done.batch)
    assert len(book.cards()) == 3


def test_the_calendar_has_duties_reports_feasts_days_off_and_own_entries(book):
    book.save("calendar_entry", {"what": "Họp giao ban", "on": "2026-01-31", "again": "monthly", "until": "2026-04-30"})
    book.save("calendar_entry", {"what": "Tập huấn", "on": "2026-02-10"})
    found = book.calendar(date(2026, 2, 1), date(2026, 2, 28))
    told = {(one.day.day, one.kind, one.key) for one in found}
    assert {(2, "duty", "round_out"), (10, "own", "own"), (16, "off", "off"), (17, "feast", "tet"),
            (28, "own", "own")} <= told  # fmt: skip
    assert (27, "duty", "lists") in told, "the last working day before the last of the month"
    assert not [one for one in book.calendar(date(2026, 5, 1), date(2026, 5, 31)) if one.kind == "own"]
    (report,) = [one for one in book.calendar(date(2026, 5, 1), date(2026, 5, 31)) if one.kind == "deadline"]
    assert (report.day, report.details) == (date(2026, 5, 24), {"list": "six_months", "period": "2026-H1"})


def test_every_duty_opens_a_page_there_is():
    pages = {path.stem for path in (ROOT / "ui" / "pages").glob("*.py")} | {"transfer"}
    reports = set(catalogue().reports)
    for one in almanac.entries(date(2026, 1, 1), date(2026, 12, 31), catalogue()):
        assert not one.opens or set(one.opens) & pages, one.key
        assert one.details.get("list", "special") in reports


@pytest.mark.parametrize("year", range(2025, 2031))
def test_days_of_the_moon_are_those_computed_again(year):
    tet, autumn = moon.feasts(year)
    table = almanac.rules()["lunar"]
    assert tet.isoformat() in table["tet"]["days"]
    assert autumn.isoformat() in table["mid_autumn"]["days"]
    assert almanac.lacks(year, catalogue())[0] is False
