"""Working days: weekends, Tết, swapped Saturdays, years whose notice is not known yet."""

from datetime import date, timedelta

import pytest

from cbdesk.catalogue import catalogue
from cbdesk.workdays import Calendar, calendar


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        ("2026-10-12", 5, "2026-10-19"),  # Monday, no holiday: the day itself is not counted
        ("2026-10-09", 5, "2026-10-16"),  # Friday
        ("2026-10-10", 5, "2026-10-16"),  # Saturday: the first working day is Monday
        ("2026-02-13", 5, "2026-02-27"),  # the week of Tết between
        ("2026-08-28", 1, "2026-09-03"),  # Friday before a swapped Monday and National day
        ("2026-08-21", 1, "2026-08-22"),  # a Saturday that is worked
        ("2026-04-24", 2, "2026-04-29"),  # Hùng Kings' day on a Sunday, made up for on Monday
        ("2026-11-23", 1, "2026-11-25"),  # Culture day
        ("2025-04-25", 5, "2025-05-06"),  # Saturday 26/4 worked for Friday 2/5
    ],
)
def test_a_term_of_working_days_ends_with_its_last_working_day(start, count, last):
    assert calendar().after(day(start), count) == day(last)


def test_days_left_count_like_the_term_and_turn_negative_when_it_passed():
    term = calendar()
    assert term.left(day("2026-02-13"), day("2026-02-27")) == 5
    assert term.left(day("2026-02-27"), day("2026-02-27")) == 0
    assert term.left(day("2026-03-02"), day("2026-02-27")) == -1


def test_a_year_without_notice_has_only_the_days_of_the_law_and_says_so():
    term = calendar()
    assert not term.known(day("2031-02-01"))
    assert not term.working(day("2031-09-02"))  # Tuesday, National day
    assert term.working(day("2031-01-24"))  # Tết of 2031 is not known here: a deadline rather too early
    assert term.known(day("2026-12-31"), day("2027-01-04"))


def test_a_day_off_has_its_name():
    assert calendar().why_off(day("2026-02-17")) == "Tết Nguyên đán"
    assert calendar().why_off(day("2026-02-21")) == ""


def test_what_the_shipped_calendar_says_holds_together():
    term = calendar()
    for one in catalogue().holidays["worked"]:
        worked, instead = day(one["on"]), day(one["instead_of"])
        assert worked.weekday() == 5
        assert instead in term.off
        assert instead.weekday() < 5
        assert abs(worked - instead) < timedelta(days=15)
    for year in term.years:
        fixed = {f"{year}-{one}" for one in term.fixed}
        off = {one.isoformat() for one in term.off}
        missing = {one for one in fixed - off if date.fromisoformat(one).weekday() < 5}
        assert not missing
        assert sum(one.year == year and one.weekday() < 5 for one in term.off) >= 9  # 11 or 12, some on weekends
    assert all(one.year in term.years for one in term.off)


def test_a_changed_row_changes_the_term():
    off = [{"from": "2026-10-14", "to": "2026-10-14", "name": {"vi": "x"}}]
    assert Calendar.read({"years": [2026], "off": off}).after(day("2026-10-12"), 2) == day("2026-10-15")
