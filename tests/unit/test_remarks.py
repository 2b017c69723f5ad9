"""What is remarked about rows of a case seen with the other rows: asks and notes that never block what happened."""

import pytest

from cbdesk import clock


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-15T09:00")
    return commune


@pytest.fixture
def child(book):
    return book.save("child", {"full_name": "Hoàng Văn Páo", "born": "2014-03-05", "village": "Nà Héng"}).id


@pytest.fixture
def case(book, child):
    return book.open_case(child, {"kind": "abused", "received_at": "2026-10-12T09:00"}).id


def names(saved):
    return [(one.field, one.name) for one in saved.findings]


def put(book, form, **row):
    [saved] = book.put(form, [row])
    return saved


def test_nothing_is_shared_without_consent_unless_a_reason_is_written_down(book, case):
    row = {"case": case, "service": "police", "sent_on": "2026-10-13"}
    for given in ({}, {"consent": "refused"}, {"consent": "not_asked"}):
        refused = put(book, "referral", **row, **given)
        assert (refused.id, {one.name for one in refused.findings}) == (None, {"missing"})
    assert book.rows_of("referral", case) == []
    kept = put(book, "referral", **row, consent="refused", override="bảo vệ khẩn cấp")
    assert kept.findings == ()
    told = {one["field"]: (one["by"], one["to"]) for one in book.history(kept.id)}
    assert told["override"] == ("Nông Thị Hạnh", "bảo vệ khẩn cấp")
    assert put(book, "referral", id=kept.id, override=None).id is None
    agreed = put(book, "referral", **row, consent="given")
    assert agreed.findings == ()
    assert put(book, "referral", id=agreed.id, consent="refused").id is None
    assert put(book, "referral", id=agreed.id, consent="refused", override="theo luật").id == agreed.id


def test_consent_taken_back_is_remembered_when_sharing(book, child, case):
    row = {"case": case, "service": "health", "sent_on": "2026-10-13", "consent": "given"}
    given = put(book, "consent", child=child, purpose="Bệnh viện", given="given", on="2026-10-12", by="mẹ",
                child_asked=True, purpose_code="service")  # fmt: skip
    assert given.findings == ()
    assert put(book, "referral", **row).findings == ()
    put(book, "consent", id=given.id, withdrawn_on="2026-10-14")
    assert names(put(book, "referral", **row)) == [("consent", "consent_not_given")]


@pytest.mark.parametrize(
    ("born", "asked", "name"),
    [("2019-10-11", False, "child_not_asked"), ("2019-10-11", True, ""), ("2019-10-13", False, "")],
)
def test_from_seven_years_on_the_child_is_asked_too(book, born, asked, name):
    child = book.save("child", {"full_name": "Lý A Sinh", "born": born}).id
    row = {"child": child, "purpose": "Trường học", "purpose_code": "service", "given": "given",
           "on": "2026-10-12", "by": "bà ngoại"}  # fmt: skip
    assert [one for _, one in names(put(book, "consent", **row, child_asked=asked))] == [name] * bool(name)
    assert ("by", "missing") in names(put(book, "consent", **{**row, "by": ""}, child_asked=True))


def test_a_separation_over_fifteen_days_wants_the_body_that_requires_it(book, case):
    row = {"case": case, "kind": "separation", "date": "2026-10-12", "from": "2026-10-12T10:00"}
    assert put(book, "decision", **row, until="2026-10-11").id is None
    long = put(book, "decision", **row, until="2026-10-28")
    assert names(long) == [("until", "separation_long")]
    assert "15 ngày, đến hết 27/10/2026" in long.findings[0].text
    assert put(book, "decision", id=long.id, until="2026-10-27").findings == ()
    more = {**row, "kind": "extension", "date": "2026-10-13", "from": "2026-10-13T08:00", "until": "2026-11-05"}
    assert names(put(book, "decision", **more)) == [("until", "separation_long")]
    assert put(book, "decision", **more, longer_by="Tòa án").findings == ()


def test_a_separation_that_was_never_decided_is_not_lengthened_or_ended(book, case):
    row = {"case": case, "kind": "return", "date": "2026-10-13", "from": "2026-10-13T08:00"}
    assert names(put(book, "decision", **row)) == [("from", "no_separation")]


@pytest.mark.parametrize(
    ("form", "row", "found"),
    [
        ("assessment", {"kind": "initial", "made_on": "2026-10-12T08:00"}, [("made_on", "before_reception")]),
        ("assessment", {"kind": "initial", "made_on": "2026-10-12T09:10"}, []),
        ("assessment", {"kind": "initial", "made_on": "2026-10-20T09:10"}, [("made_on", "in_future")]),
        ("assessment", {"kind": "initial", "made_on": "2026-10-12", "conclusion": "close"},
         [("conclusion", "conclusion_of")]),
        ("assessment", {"kind": "review", "made_on": "2026-10-14"}, [("made_on", "step_before")]),
        ("plan", {"made_on": "2026-10-11"}, [("made_on", "step_before"), ("made_on", "before_reception")]),
        ("plan", {"made_on": "2026-10-14", "review_on": "2026-10-01"},
         [("made_on", "step_before"), ("review_on", "wrong_order")]),
        ("decision", {"kind": "approval", "date": "2026-10-14"}, [("date", "step_before")]),
        ("visit", {"on": "2026-10-11"}, [("on", "before_reception")]),
        ("visit", {"on": "2026-10-12"}, []),
        ("meeting", {"on": "2026-10-11T08:00"}, [("on", "before_reception")]),
        ("case_step", {"step": "review", "state": "done", "done_at": "2026-10-14T08:00"}, [("step", "step_before")]),
    ],
)  # fmt: skip
def test_what_is_out_of_order_is_saved_and_asked_about(book, case, form, row, found):
    saved = put(book, form, case=case, **row)
    assert saved.id
    assert sorted(names(saved)) == sorted(found)
    assert {one.level for one in saved.findings} <= {"ask"}


def test_records_count_for_the_steps_before(book, case):
    put(book, "assessment", case=case, kind="initial", made_on="2026-10-12T10:00")
    put(book, "assessment", case=case, kind="detailed", made_on="2026-10-13T10:00")
    assert put(book, "plan", case=case, made_on="2026-10-14").findings == ()
    assert put(book, "decision", case=case, kind="approval", date="2026-10-15").findings == ()


def test_a_second_case_a_dead_child_and_an_age_are_pointed_out_at_opening(book, child, case):
    assert names(book.open_case(child, {"kind": "in_danger"})) == [("kind", "case_open_already")]
    dead = book.save("child", {"full_name": "Lý A Chứ", "born": "2016", "life_status": "dead"}).id
    assert names(book.open_case(dead, {"kind": "abused"})) == [("kind", "child_dead")]
    grown = book.save("child", {"full_name": "Lý A Pao", "born": "2010-10-15"}).id
    assert names(book.open_case(grown, {"kind": "abused"})) == [("kind", "case_over_age")]
    assert names(book.save("case", {"number": "05/2026"}, case)) == []


def test_poverty_alone_opens_no_case_by_a_file_either(book):
    poor = book.save("child", {"full_name": "Nông Văn Đức", "risks": ["R01"]}).id
    refused = put(book, "case", child=poor, kind="special", opened_on="2026-10-15")
    assert (refused.id, names(refused)) == (None, [("kind", "poverty_only")])


def test_each_suspect_of_an_incident_has_an_outcome_of_its_own(book, child):
    incident = book.save("incident", {"kind": "abuse", "received_at": "2026-10-12T09:00", "child": [child]}).id
    fined = {"incident": incident, "relation": "neighbour", "outcome": "administrative", "outcome_no": "12/QĐ-XPHC",
             "outcome_on": "2026-10-14", "fine": 7_500_000}  # fmt: skip
    first = put(book, "suspect", **fined)
    second = put(book, "suspect", incident=incident, relation="stranger", outcome="passed_on", body="Công an tỉnh")
    assert (first.findings, second.findings) == ((), ())
    rows = {row["relation"]: row for row in book.rows_of("suspect", incident)}
    assert (rows["neighbour"]["fine"], rows["stranger"]["body"]) == (7_500_000, "Công an tỉnh")
    assert put(book, "suspect", **{**fined, "fine": -5}).id is None
    assert names(put(book, "suspect", **{**fined, "outcome_on": "2026-10-01"})) == [("outcome_on", "before_reception")]
