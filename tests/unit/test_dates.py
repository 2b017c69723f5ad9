"""Partial dates: every vector, ages at the edges, moments and periods."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import dates, words
from cbdesk.dates import age_range, earliest, latest, months_old, reaches, read_date, read_period, read_stamp
from cbdesk.errors import Problem

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vietnamese.json").read_text(encoding="utf-8"))
TODAY = date(2026, 10, 12)
NOW = datetime(2026, 10, 12, 8, 30)


def iso(parts):
    year, month, day = parts
    return None if year is None else f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


@pytest.mark.parametrize(("written", "parts"), VECTORS["dob"])
def test_vectors(written, parts):
    assert read_date(written, TODAY, serial=True).value == iso(parts)


@pytest.mark.parametrize(
    ("written", "value", "note"),
    [
        ("2009", "2009", "year_only"),
        ("12/2008", "2008-12", "month_only"),
        ("31/6/2009", "2009-06", "no_such_day"),
        ("05/13/2014", None, "us_order"),
        ("25/13/2014", None, "no_such_month"),
        ("5-3-14", "2014-03-05", "two_digit_year"),
        ("5/3/98", "1998-03-05", "two_digit_year"),
        ("3/98", "1998-03", "two_digit_year"),
        ("5/3", None, "no_year"),
        ("2014 (âl)", "2014", "lunar"),
        ("15/7/2014 âm lịch", "2014", "lunar"),
        ("~11 tuổi", "2015", "age_guess"),
        ("11 tuoi", "2015", "age_guess"),
        ("8 tháng tuổi", "2026-02", "age_guess"),
        ("khoảng 2014", "2014", "about"),
        ("01/01/2014", "2014-01-01", "first_of_january"),
        ("không rõ", None, "unknown"),
        ("??", None, "unknown"),
        ("5/3/0214", None, "no_such_year"),
        ("thứ ba", None, "unreadable"),
        ("12 tuổi 3", None, "unreadable"),
        ("1/2/3/4", None, "unreadable"),
    ],
)
def test_what_was_assumed_is_said(written, value, note):
    found = read_date(written, TODAY)
    assert found.value == value
    assert note in found.notes


def test_guesses_are_marked():
    for guess in ("~11 tuổi", "khoảng 2014", "2014 (âl)"):
        assert read_date(guess, TODAY).estimated
    assert not read_date("5/3/2014", TODAY).estimated


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("hôm nay", "2026-10-12"),
        ("Hom qua", "2026-10-11"),
        ("15/tháng 7/2011", "2011-07-15"),
        ("thang 3 nam 2014", "2014-03"),
        ("năm 2014 tháng 3", "2014-03"),
        ("sinh ngày 5 / 3 / 2014", "2014-03-05"),
        ("2014-03-05 00:00:00", "2014-03-05"),
        ("20140305", "2014-03-05"),
        ("032014", "2014-03"),
        ("050314", "2014-03-05"),
        (5032014, "2014-03-05"),
        (2014.0, "2014"),
        (datetime(2014, 3, 5, 10), "2014-03-05"),
        (date(2014, 3, 5), "2014-03-05"),
        ("0/3/2014", "2014-03"),
    ],
)
def test_ways_of_writing(written, value):
    assert read_date(written, TODAY).value == value


def test_day_numbers_only_in_a_column_of_dates():
    assert read_date(41703, TODAY).value is None
    assert read_date(41703.5, TODAY, serial=True).value == "2014-03-05"
    assert read_date(True, TODAY).value is None
    assert read_date(float("nan"), TODAY, serial=True).value is None


def test_two_digit_year_of_a_card_may_lie_ahead():
    assert read_date("30/9/27", TODAY).value == "1927-09-30"
    assert read_date("30/9/27", TODAY, future=True).value == "2027-09-30"


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.text("0123456789/.- hâl", max_size=12)))
@settings(deadline=None, max_examples=300)
def test_never_fails_and_never_makes_an_impossible_date(v):
    if isinstance(v, str):
        v = v.encode("utf-8", "replace").decode()
    found = read_date(v, TODAY, serial=True)
    assert found.value is None or dates.is_partial(found.value)
    assert set(found.notes) <= set(dates.NOTES)
    read_stamp(v, NOW)


def test_every_note_has_its_sentence():
    for lang in words.LANGUAGES:
        for note in dates.NOTES:
            assert f"dates.note.{note}" in words.table(lang)


def test_ages_of_partial_dates():
    assert age_range("2014-03-05", date(2026, 3, 4)) == (11, 11)
    assert age_range("2014-03-05", date(2026, 3, 5)) == (12, 12)
    assert age_range("2014", TODAY) == (11, 12)
    assert age_range("2026", TODAY) == (0, 0)
    assert age_range("2027", TODAY) is None
    assert age_range("", TODAY) is None
    assert months_old("2026-08-13", TODAY) == 1
    assert months_old("2026-08-12", TODAY) == 2
    assert months_old("2026-10", TODAY) == 0


def test_ends_of_a_partial_date():
    assert (earliest("2024-02"), latest("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))
    assert (earliest("2024"), latest("2024")) == (date(2024, 1, 1), date(2024, 12, 31))
    assert latest("2023-02-29") is None
    assert not dates.is_partial("2014-00")
    assert not dates.is_partial("2014-3-5")


def test_reaching_sixteen_takes_the_later_birthday():
    assert reaches("2010", 16) == date(2026, 12, 31)
    assert reaches("2010-10", 16) == date(2026, 10, 31)
    assert reaches("2016-02-29", 6) == date(2022, 3, 1)
    assert reaches(None, 16) is None


def test_showing():
    assert [dates.show_date(v) for v in ("2014-03-05", "2014-03", "2014", "", None)] == [
        "05/03/2014", "03/2014", "2014", "", "",
    ]  # fmt: skip
    assert dates.show_stamp("2026-10-12T05:40") == "05:40 12/10/2026"
    assert dates.show_stamp("2026-10-12") == "12/10/2026"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5h40", "2026-10-12T05:40"),
        ("5:40", "2026-10-12T05:40"),
        ("0540", "2026-10-12T05:40"),
        ("540", "2026-10-12T05:40"),
        ("5h", "2026-10-12T05:00"),
        ("5 giờ 40 phút", "2026-10-12T05:40"),
        ("05:40 12/10/2026", "2026-10-12T05:40"),
        ("12/10/2026 5h40", "2026-10-12T05:40"),
        ("5h 12/10/2026", "2026-10-12T05:00"),
        ("5 giờ ngày 11 tháng 10 năm 2026", "2026-10-11T05:00"),
        ("hôm qua 17h30", "2026-10-11T17:30"),
        ("5h chiều hôm qua", "2026-10-11T17:00"),
        ("11h đêm hôm qua", "2026-10-11T23:00"),
        ("2026-10-12T05:40", "2026-10-12T05:40"),
        ("2026-10-12T05:40:21+07:00", "2026-10-12T05:40"),
        ("2026-10-12 05:40", "2026-10-12T05:40"),
        ("bây giờ", "2026-10-12T08:30"),
        ("25h10", None),
        ("5h40 31/2/2026", None),
        ("", None),
    ],
)
def test_moments(written, value):
    assert read_stamp(written, NOW).value == value


def test_a_time_that_has_not_come_is_yesterday():
    found = read_stamp("23h50", NOW)
    assert (found.value, found.notes) == ("2026-10-11T23:50", ("previous_day",))
    assert read_stamp("12/10/2026", NOW).notes == ("no_time",)


def test_periods():
    assert read_period("2026-q4").first == date(2026, 10, 1)
    assert read_period("2026-Q4").last == date(2026, 12, 31)
    assert (read_period("2026-H1").last, read_period("2026-H2").first) == (date(2026, 6, 30), date(2026, 7, 1))
    assert read_period("2024-02").last == date(2024, 2, 29)
    assert (read_period("2026").first, read_period("2026").last) == (date(2026, 1, 1), date(2026, 12, 31))
    for bad in ("2026-13", "2026-Q5", "26-10", "", "10/2026", "2026-1"):
        with pytest.raises(Problem) as caught:
            read_period(bad)
        assert caught.value.name == "bad_period"
