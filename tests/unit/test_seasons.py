"""What comes with the seasons: a new school year, cards renewed, birthdays of sixteen, the calendar of duties."""

import pytest

from cbdesk import clock

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
