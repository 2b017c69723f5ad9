"""Alternative care: what is due and when, the quarterly check of the list, the age of a health certificate."""

from datetime import date

import pytest

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk.care import check_due


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-20T09:30")
    return commune


@pytest.fixture
def child(book):
    return book.save("child", {"full_name": "Lý Mùi Mẩy"}).id


def due(book, what, on=None):
    return [one for one in book.due(on, within=0) if one.what == what]


def test_months_are_counted_to_the_last_day_of_a_shorter_one():
    assert dates.months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert dates.months_after(date(2026, 12, 1), 1) == date(2027, 1, 1)
    assert dates.quarter_end(date(2026, 2, 3)) == date(2026, 3, 31)
    assert dates.quarter_end(date(2026, 12, 31)) == date(2026, 12, 31)


def test_a_placement_is_evaluated_six_months_after_it_began_or_was_last_evaluated(book, child):
    placed = book.save("placement", {"child": child, "form": "relative", "from": "2026-04-10"}).id
    assert [(one.record, one.child, one.state, one.due.date()) for one in due(book, "placement_review")] == [
        (placed, child, "overdue", date(2026, 10, 10))]  # fmt: skip
    book.save("placement_review", {"placement": placed, "on": "2026-10-15", "finding": "safe"})
    book.save("placement_review", {"placement": placed, "on": "2026-05-02", "finding": "safe"})  # written later
    assert due(book, "placement_review") == []
    assert dict(book.placements_due()) == {placed: date(2027, 4, 15)}
    book.save("placement", {"to": "2026-10-18", "end_reason": "Về sống với mẹ"}, placed)
    assert dict(book.placements_due()) == {}


def test_the_figure_of_six_months_is_a_row_nobody_has_verified():
    row = catalogue().deadline("placement_review", date(2026, 10, 20))
    assert (row.value, row.extra["unit"], row.verified) == (6, "months", False)


def test_a_person_on_the_list_is_looked_at_in_the_quarter_after_the_last_look(book):
    assert check_due({"checked_on": "2026-08-15", "listed_on": "2025-01-01"}) == date(2026, 12, 31)
    assert check_due({"listed_on": "2026-10-02"}) == date(2027, 3, 31)
    assert check_due({"full_name": "Chưa ghi ngày"}) == date(2026, 12, 31)
    assert check_due({"listed_on": "2025-01-01", "left_on": "2026-01-01"}) is None


def test_the_whole_list_is_checked_by_one_action_and_taken_back_as_one(book):
    people = [("Nông Văn Thắng", "2026-01-05", None), ("Lục Thị Sen", "2026-09-01", None),
              ("Lý Văn Phúc", "2026-10-02", None), ("Hoàng Thị Mới", "2025-01-05", "2026-02-01")]  # fmt: skip
    ids = [book.save("carer_offer", {"full_name": name, "listed_on": listed, "left_on": left}).id
           for name, listed, left in people]  # fmt: skip
    (item,) = due(book, "carers_check")
    assert (item.due.date(), item.state, item.detail) == (date(2026, 6, 30), "overdue", {"n": "2"})
    count, saved = book.check_carers()
    checked = [book.get(one).get("checked_on") for one in ids]
    assert (count, checked) == (2, ["2026-10-20", "2026-10-20", None, None])
    assert due(book, "carers_check") == []
    assert book.check_carers()[0] == 0
    book.undo(saved.batch)
    assert [book.get(one).get("checked_on") for one in ids] == [None] * 4
    assert due(book, "carers_check") != []


@pytest.mark.parametrize(("paper", "applied", "found"), [
    ("2026-03-01", "2026-09-01", []), ("2026-02-28", "2026-09-01", ["too_old"]),
    ("2026-04-19", None, ["too_old"]), ("2026-04-20", None, [])])  # fmt: skip
def test_a_health_certificate_older_than_six_months_is_asked_about(book, paper, applied, found):
    data = {"full_name": "Nông Văn Thắng", "health_paper_on": paper} | ({"applied_on": applied} if applied else {})
    saved = book.save("carer_offer", data)
    assert saved.id is not None
    assert [one.name for one in saved.findings if one.field == "health_paper_on"] == found
    assert all(one.level == "ask" for one in saved.findings if one.name == "too_old")


def test_the_book_of_care_names_children_and_carers(book, child):
    carer = book.save("carer_offer", {"full_name": "Nông Văn Thắng", "listed_on": "2026-10-01"}).id
    placed = book.save("placement", {"child": child, "form": "not_relative", "carer": carer, "from": "2026-10-01"}).id
    book.save("care_need", {"child": child, "why": "orphan", "from": "2026-09-01"})
    found = book.care_book()
    assert found.people[child][1] == "Lý Mùi Mẩy"
    assert found.carers == {carer: "Nông Văn Thắng"}
    assert found.due == {placed: date(2027, 4, 1), carer: date(2027, 3, 31)}
    assert [row["child"] for row in found.needs] == [child]
