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


def test_a_report_after_closing_begins_the_procedure_again_and_the_case_can_close_again(book):
    one = child(book)
    case = book.open_case(one, {"kind": "abused"}, incident=incident(book, one)).id
    for code in ("initial", "detailed", "plan", "approval", "carrying", "review"):
        book.finish_step(case, code)
    book.close_case(case, {"end": "safe"})
    clock.set_fixed("2026-12-01T08:00")
    taken = book.take_up(incident(book, one, received_at="2026-12-01T07:00", urgent=True))
    state = book.case(case).state
    assert (state.facts.rounds, state.progress) == (2, (1, 8))
    assert [(step, state) for _, step, state in dues(book)] == [
        ("emergency", "today"), ("detailed", "soon"), ("plan", "soon")]  # fmt: skip
    assert names(book.close_case(case, {"end": "safe"})) == ["closing_without_review"]
    assert book.case(case).state.facts.closed
    book.undo(taken.batch)
    assert book.case(case).state.facts.rounds == 1


def test_a_second_report_joins_a_case_on_its_way_and_its_emergency_is_a_step_of_its_own(book):
    one = child(book)
    case = book.open_case(one, {"kind": "abused"}, incident=incident(book, one, urgent=True)).id
    book.finish_step(case, "emergency", {"done_at": "2026-10-12T10:00"})
    clock.set_fixed("2026-10-12T20:00")
    book.take_up(incident(book, one, received_at="2026-10-12T19:00", urgent=True))
    state = book.case(case).state
    assert (state.facts.rounds, state.of("emergency").due.strftime("%H:%M")) == (1, "07:00")
    book.finish_step(case, "emergency", {"done_at": "2026-10-12T19:30"})
    assert [row["done_at"] for row in book.rows_of("case_step", case)] == ["2026-10-12T10:00", "2026-10-12T19:30"]
    assert book.case(case).state.of("emergency").state == "done"


def test_a_new_incident_goes_to_the_case_that_is_open(book):
    one = child(book)
    open_, closed = (book.open_case(one, {"kind": "abused", "received_at": "2026-10-12T09:00"}).id for _ in "ab")
    book.close_case(closed, {"end": "unfounded"})
    assert book.open_case(one, {"kind": "abused"}, incident=incident(book, one)).id == open_


def test_the_commune_of_the_incident_is_told_whose_plan_it_is(book):
    told = {"kind": "abused", "received_at": "2026-10-12T09:00", "residence_unit": "01324@2025-07-01"}
    case = book.open_case(child(book), told).id
    assert names(book.finish_step(case, "initial")) == []
    assert names(book.finish_step(case, "detailed")) == []
    told = book.finish_step(case, "plan")
    assert names(told) == ["of_residence"]
    assert "Xã Cốc Pàng" in told.findings[0].text
    assert names(book.finish_step(case, "plan", {"reason": "xã kia đề nghị"})) == []


def test_the_cases_of_a_child_stay_with_it_when_its_two_records_become_one(book):
    one, other = child(book), child(book, "Hoàng Văn Pao")
    case = book.open_case(other, {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    book.merge(one, other)
    assert [line.id for line in book.cases(one)] == [case]
    assert {line.child for line in book.cases()} == {one}


def test_a_case_says_when_a_calendar_is_missing_the_clock_is_wrong_or_the_age_is_past(book):
    case = book.open_case(child(book, born="2009-01-01"), {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    assert book.standing(book.case(case)) == []
    clock.set_fixed("2027-12-28T08:00")
    late = book.open_case(child(book, "Lý A Pao"), {"kind": "abused", "received_at": "2027-12-28T07:00"}).id
    assert [one.name for one in book.standing(book.case(late))] == ["calendar_unknown"]
    assert [one.name for one in book.standing(book.case(case))] == ["case_past_age"]
    clock.set_fixed("2026-10-12T08:00")
    assert "stamps_ahead" in [one.name for one in book.standing(book.case(late))]


def test_a_step_known_by_its_paper_gets_no_hour_nobody_wrote(book):
    case = book.open_case(child(book), {"kind": "abused", "received_at": "2026-10-12T09:00"}).id
    book.finish_step(case, "initial", {"paper_no": "12/BC-UBND", "paper_date": "2026-10-12"})
    [row] = book.rows_of("case_step", case)
    assert (row.get("done_at"), book.case(case).state.of("initial").state) == (None, "done")


def test_an_incident_hidden_as_a_mistake_sets_no_term(book):
    case = book.take_up(heard := incident(book, child(book), urgent=True)).id
    book.void(heard, "ghi nhầm")
    assert [state.of("plan").due for state in (book.case(case).state, book.cases()[0].state)] == [None, None]
    assert dues(book) == []
