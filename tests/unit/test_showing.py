"""What a page of reports shows: what people add, what is behind a figure, how often a report changed, twelve months."""

from datetime import date

import pytest

from cbdesk import clock
from cbdesk.desk import showing
from cbdesk.errors import Problem

NOW = "2026-09-20T08:00"
LAYOUT = """
shape = "table"
name = "own_count"
title = { vi = "Own", en = "Own" }
periods = ["month"]
symbol = "BC"
kind = "KIND"
about = "About {period}"
[[grid]]
name = "main"
title = "Main"
  [[grid.column]]
  key = "period"
  label = "Period"
  [[grid.column]]
  key = "estimate"
  label = "Whole"
  time = "estimate"
  [[grid.column]]
  key = "ratio"
  label = "Ratio"
  share = ["estimate", "period"]
  [[grid.row]]
  key = "received"
  label = "Received"
  of = "incident"
  count = "rows"
  [[grid.row]]
  key = "children"
  label = "Children"
  [[grid.row]]
  key = "both"
  label = "Both"
  sum = ["received", "children"]
  [[grid.row]]
  key = "stations"
  label = "Stations"
  typed = "stations"
"""


@pytest.fixture
def book(commune):
    """A register with a report of its own, on the twentieth day of a month of thirty."""
    clock.set_fixed(NOW)
    rows = [{"full_name": "Lý A", "born": "2015", "groups": ["01.3"]}, {"full_name": "Bế B", "born": "2018"}]
    commune.ids = [one.id for one in commune.put("child", rows)]
    for _ in range(2):
        commune.save("incident", {"kind": "abuse", "child": commune.ids[:1], "received_at": "2026-09-10T08:00"})
    commune.add_layout(LAYOUT)
    return commune


def estimate(made, row):
    return made.grids[0].row(row).cell("estimate").value


def test_a_flow_is_run_on_to_the_end_and_a_state_proposed_as_it_stands(book):
    told = book.report_expected(book.report_now("own_count", "2026-09"))
    found = {one.place: (one.found, one.proposed) for one in told}
    assert found == {"main.received": (2, 3), "main.children": (2, 2), "main.stations": (None, None)}


def test_a_draft_takes_up_what_is_expected_and_sums_and_shares_follow(book):
    book.begin_report("own_count", "2026-09")
    book.save("incident", {"kind": "abuse", "child": book.ids[:1], "received_at": "2026-09-11T08:00"})
    book.set_entry("own_count", "2026-09", "main.received", value=9)
    made = book.report_now("own_count", "2026-09")
    assert [estimate(made, one) for one in ("received", "children", "both")] == [9, 2, 11]
    row = made.grids[0].row("received")
    assert (row.cell("period").value, row.cell("ratio").value) == (2, 4.5)
    book.set_entry("own_count", "2026-09", "main.received", value=None)
    assert estimate(book.report_now("own_count", "2026-09"), "both") == 5


def test_what_is_expected_is_in_the_report_that_is_signed(book):
    book.begin_report("own_count", "2026-09")
    book.set_entry("own_count", "2026-09", "main.received", value=9)
    signed = book.snapshot("own_count", "2026-09")
    assert estimate(book.kept(signed.id), "both") == 11


def test_changes_since_a_report_was_begun_are_counted_without_what_people_expect(book):
    assert book.report_edits("own_count", "2026-09") == 0
    book.begin_report("own_count", "2026-09")
    book.set_entry("own_count", "2026-09", "main.received", value=9)
    assert book.report_edits("own_count", "2026-09") == 0
    book.save("incident", {"kind": "abuse", "child": book.ids[:1], "received_at": "2026-09-11T08:00"})
    assert book.report_edits("own_count", "2026-09") == 2  # the row, and the sum it is in


def test_a_report_taken_back_from_its_signature_is_the_draft_it_was_and_a_draft_taken_back_is_gone(book):
    book.begin_report("own_count", "2026-09")
    signed = book.snapshot("own_count", "2026-09")
    book.reopen(signed.id)
    assert book.report_standing("own_count", "2026-09")["state"] == "draft"
    book.reopen(signed.id)
    assert book.report_standing("own_count", "2026-09") is None
    issued = book.snapshot("own_count", "2026-09", number="1/BC", issued_on="2026-09-20")
    with pytest.raises(Problem) as caught:
        book.reopen(issued.id)
    assert caught.value.name == "snapshot_issued_before"


def test_a_missing_figure_stands_first_until_it_is_typed_for_days_that_meet_the_period(book):
    data = {"indicator": "stations", "value": 3, "source": "S", "dated_on": "2026-08-31"}
    book.save("count", {**data, "from": "2026-08-01", "to": "2026-08-31"})
    assert [(one.indicator, dict(one.row)) for one in book.report_typed("own_count", "2026-09")] == [("stations", {})]
    saved = book.save("count", {**data, "from": "2026-09-01", "to": "2026-09-30"})
    assert book.report_typed("own_count", "2026-09")[0].row["id"] == saved.id


def test_looking_behind_an_abuse_figure_is_logged_and_behind_all_children_is_not(book):
    before = len(list(book.ledger.accesses()))
    made = book.report_now("children", "2026-09")
    opened = book.behind(made, "villages", "all", "total")
    assert (sorted(opened.ids), opened.sensitive) == (sorted(book.ids), False)
    assert len(list(book.ledger.accesses())) == before
    opened = book.behind(book.report_now("abuse", "2026-09"), "forms", "all", "total")
    assert (opened.ids, opened.sensitive) == ((book.ids[0],), True)
    assert [row[3] for row in book.ledger.accesses()][before:] == ["look"]
    with pytest.raises(Problem) as caught:
        book.behind(made, "villages", "nobody", "total")
    assert caught.value.name == "no_figure"


def test_twelve_months_end_in_the_figures_of_the_day(book):
    book.save("child", {"full_name": "C", "born": "2016", "came_how": "moved_in", "came_on": "2026-09-05"})
    found = showing.monthly(book.monthly_book(), date(2026, 9, 20))
    assert {name: series[-1] for name, series in found.items()} == book.overview()["figures"]
    assert [len(series) for series in found.values()] == [12] * 4
    assert found["children"][-2:] == (2, 3)
    assert found["incidents"][-2:] == (0, 2)


def test_places_for_words_are_named_by_what_stands_before_them(book):
    kinds = [one.name for one in book.report_kinds() if one.shape == "text"]
    assert kinds
    for name in kinds:
        places = book.report_words(name, book.report_periods(name)[0].text)
        assert places
        assert not [one for one in places if not one.label or "{" in one.label or "*" in one.label or "…" in one.label]


def test_a_deadline_stands_at_its_report(book):
    due = {one.name: (one.due, one.due_period) for one in book.report_kinds() if one.due}
    assert due["year"] == ("2026-11-19", "2026")
