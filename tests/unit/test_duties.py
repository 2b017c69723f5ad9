"""Duties of Article 53: shown by the records, or noted; per month and per child."""

import pytest

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-20T09:30")
    return commune


def test_records_show_what_was_done_without_typing_it_twice(book):
    one = book.save("child", {"full_name": "Hoàng Văn Páo"}).id
    told = {"kind": "abuse", "received_at": "2026-10-12T09:00", "child": [one], "summary": "bí mật"}
    incident = book.save("incident", told).id
    case = book.open_case(one, {"kind": "abused"}, incident=incident).id
    book.save("assessment", {"case": case, "kind": "initial", "made_on": "2026-10-12T10:00"})
    book.save("visit", {"case": case, "on": "2026-10-19", "finding": "safe"})
    book.save("duty", {"on": "2026-10-15", "duty": "teach", "text": "Nói chuyện ở xóm Nà Héng", "people": 40})
    found = book.duties("2026-10")
    assert [(entry.duty, entry.form) for entry in found] == [
        ("assess", "incident"), ("assess", "assessment"), ("teach", "duty"), ("plan", "visit")]  # fmt: skip
    assert [entry.children for entry in found] == [(one,), (one,), (), (one,)]
    assert found[2].people == 40
    assert "bí mật" not in " ".join(entry.text for entry in found)
    assert book.duty_counts("2026-10") == {"assess": 2, "plan": 1, "guide": 0, "teach": 1, "care": 0, "justice": 0}
    assert [entry.form for entry in book.duties("2026-10", one)] == ["incident", "assessment", "visit"]
    assert book.duties("2026-11") == []


def test_a_period_that_is_none_is_told(book):
    with pytest.raises(Problem) as problem:
        book.duties("tháng mười")
    assert problem.value.name == "bad_period"


def test_the_data_names_forms_and_fields_that_exist():
    for one in catalogue().lists["duty"].choices:
        for place in one.extra.get("shown_by", ()):
            form, _, field = place.partition(".")
            assert catalogue().forms[form].field(field).kind in ("date", "stamp")
