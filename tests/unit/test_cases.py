"""Cases: taken up, led through their steps, closed, opened again; what is due and when it disappears."""

import pytest

from cbdesk import clock
from cbdesk.errors import Problem


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-12T09:30")
    return commune


def child(book, name="Hoàng Văn Páo", **data):
    return book.save("child", {"full_name": name, "born": "2014-03-05", "village": "Nà Héng", **data}).id


def incident(book, *children, **data):
    told = {
        "kind": "abuse",
        "received_at": "2026-10-12T09:00",
        "suspect_relation": "neighbour",
        "child": list(children),
    }
    return book.save("incident", {**told, **data}).id


def names(saved):
    return [one.name for one in saved.findings]


def dues(book, **given):
    return [
        (one.what, (one.detail or {}).get("step", ""), one.state) for one in book.due(**given) if one.form == "case"
    ]


def test_an_incident_takes_up_the_case_of_every_child_as_one_batch(book):
    first, second = child(book), child(book, "Hoàng Thị Mẩy", born="2018")
    saved = book.take_up(incident(book, first, second))
    lines = book.cases()
    assert {one.child for one in lines} == {first, second}
    assert {one.values["kind"] for one in lines} == {"abused"}
    assert {one.state.of("plan").due.date().isoformat() for one in lines} == {"2026-10-19"}
    book.undo(saved.batch)
    assert book.cases() == []


def test_an_incident_that_names_no_child_opens_nothing(book):
    with pytest.raises(Problem) as problem:
        book.take_up(incident(book))
    assert problem.value.name == "no_child"


def test_no_case_for_poverty_alone(book):
    poor = child(book, risks=["R01", "R02"])
    with pytest.raises(Problem) as problem:
        book.open_case(poor, {"kind": "special"})
    assert problem.value.name == "poverty_only"
    book.save("child", {"risks": ["R01", "R07"]}, poor)
    assert book.open_case(poor, {"kind": "special"}).id


def test_what_is_due_turns_overdue_at_midnight_and_goes_when_it_is_done(book):
    case = book.open_case(one := child(book), {"kind": "abused"}, incident=incident(book, one)).id
    assert dues(book) == [("step", "detailed", "soon"), ("step", "plan", "soon")]
    clock.set_fixed("2026-10-19T08:00")
    assert dues(book)[:2] == [("step", "detailed", "today"), ("step", "plan", "today")]
    clock.set_fixed("2026-10-20T00:00")
    assert dues(book)[:2] == [("step", "detailed", "overdue"), ("step", "plan", "overdue")]
    late = book.finish_step(case, "plan", {"done_at": "2026-10-20T00:00"})
    assert sorted(names(late)) == ["late_reason", "step_before"]
    book.finish_step(case, "detailed", {"reason": "mưa lũ"})
    assert [step for _, step, _ in dues(book)] == ["approval"]


def test_the_emergency_runs_on_the_clock_and_ends_without_form_07_where_nobody_is_separated(book):
    case = book.open_case(one := child(book), {"kind": "abused"}, incident=incident(book, one, urgent=True)).id
    urgent = next(one for one in book.due() if (one.detail or {}).get("step") == "emergency")
    assert urgent.as_dict()["due"] == "2026-10-12T21:00"
    assert urgent.as_dict()["basis"].startswith("NĐ 56/2017")
    assert names(book.finish_step(case, "emergency", {"note": "đưa trẻ sang nhà bà ngoại"})) == []
    assert "emergency" not in [step for _, step, _ in dues(book)]


def test_a_step_set_aside_asks_for_its_reason_and_can_be_taken_back(book):
    case = book.open_case(child(book), {"kind": "in_danger", "received_at": "2026-10-12T09:00"}).id
    aside = book.finish_step(case, "detailed", {"state": "not_applicable"})
    assert names(aside) == ["reason_wanted"]
    assert book.case(case).state.of("detailed").state == "skipped"
    book.undo(aside.batch)
    assert book.case(case).state.of("detailed").state == "ahead"


def test_a_step_recorded_again_amends_the_first_record(book):
    case = book.open_case(child(book), {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    book.finish_step(case, "initial", {"done_at": "2026-10-12T09:10"})
    book.finish_step(case, "initial", {"paper_no": "12/BC-UBND"})
    [row] = book.rows_of("case_step", case)
    assert row["paper_no"] == "12/BC-UBND"


def test_an_unknown_step_is_told(book):
    case = book.open_case(child(book), {"kind": "abused"}).id
    with pytest.raises(Problem) as problem:
        book.finish_step(case, "tea")
    assert problem.value.name == "unknown_step"


def test_a_closed_case_is_opened_again_by_a_new_incident_and_by_nothing_else(book):
    one = child(book)
    case = book.open_case(one, {"kind": "abused"}, incident=incident(book, one)).id
    assert names(book.close_case(case, {"end": "safe"})) == ["closing_without_review"]
    assert book.case(case).state.facts.closed
    assert dues(book) == []
    book.save("case", {"end_note": "ổn"}, case)
    book.finish_step(case, "initial")
    assert book.case(case).state.facts.closed
    clock.set_fixed("2026-12-01T08:00")
    again = incident(book, one, received_at="2026-12-01T07:00")
    assert book.take_up(again).id == case
    view = book.case(case)
    assert not view.state.facts.closed
    assert view.values["reopened_on"] == "2026-12-01"
    assert "reopened_on" in [entry["field"] for entry in book.history(case)]


def test_an_open_separation_is_due_and_asked_about_at_closing(book):
    case = book.open_case(child(book), {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    book.save("decision", {"case": case, "kind": "separation", "date": "2026-10-12", "from": "2026-10-12T10:00"})
    assert ("separation", "", "later") in dues(book, within=30)
    assert "separation_open" in names(book.close_case(case, {"end": "safe"}))


def test_measures_and_visits_are_followed_up(book):
    case = book.open_case(child(book), {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    work = book.save("measure", {"case": case, "measure": "Khám tâm lý", "by_when": "2026-10-15"}).id
    book.save("visit", {"case": case, "on": "2026-10-12", "next_on": "2026-10-16"})
    assert {what for what, _, _ in dues(book)} >= {"measure", "visit"}
    book.save("measure", {"done_on": "2026-10-12"}, work)
    book.save("visit", {"case": case, "on": "2026-10-16"})
    assert {what for what, _, _ in dues(book)} == {"step"}


def test_ages_cards_and_yearly_papers_are_announced(book):
    grown = child(book, born="2010-10-20")
    card = child(book, "Nông Thị Mai", born="2022-01-01", card_until="2026-10-31")
    found = {(one.what, one.record) for one in book.due(within=40)}
    assert {("sixteen", grown), ("card", card), ("paper", "year_report")} <= found
    assert next(one for one in book.due(within=40) if one.what == "paper").as_dict()["due"] == "2026-11-19"


def test_a_case_stays_open_past_sixteen(book):
    case = book.open_case(child(book, born="2010-10-20"), {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    clock.set_fixed("2027-01-12T09:30")
    assert [one.id for one in book.cases() if not one.state.facts.closed] == [case]


def test_erasing_a_child_by_law_takes_its_cases_and_what_belongs_to_them(book):
    one = child(book)
    case = book.open_case(one, {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    step = book.finish_step(case, "initial", {"note": "Bạch Tuyết"}).id
    book.erase(one, "theo yêu cầu")
    for record in (one, case, step):
        assert book.store.form_of(record) is None or not book.store.row(book.store.form_of(record), record)
    assert book.cases() == []
