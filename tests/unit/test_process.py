"""The procedure of a case: terms on the clock and in working days, states of steps, rounds, separation, order."""

from datetime import datetime, timedelta

import pytest

from cbdesk import catalogue as catalogue_module
from cbdesk import clock, process
from cbdesk.catalogue import catalogue
from cbdesk.process import Facts, state_of

ABUSE = {"id": "i1", "kind": "abuse", "received_at": "2026-10-12T05:40", "suspect_relation": "parent"}
QUIET = {"id": "i2", "kind": "abuse", "received_at": "2026-10-12T09:00", "suspect_relation": "neighbour"}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.VIETNAM)


def step(code, done_at, round_=1, **more):
    return {"step": code, "state": "done", "done_at": done_at, "round": round_, **more}


def states(facts, now):
    return {one.step.code: one.state for one in state_of(facts, at(now)).steps if one.round == facts.rounds}


def test_twelve_hours_run_on_the_clock_through_the_night_before_tet():
    told = {**ABUSE, "received_at": "2026-02-15T23:40"}
    found = state_of(Facts({}, [told]), at("2026-02-16T08:00"))
    assert found.emergency.until == at("2026-02-16T11:40")
    assert found.of("emergency").state == process.TODAY
    assert state_of(Facts({}, [told]), at("2026-02-16T11:41")).of("emergency").state == process.OVERDUE


def test_plan_in_five_and_approval_in_seven_working_days_of_reception():
    found = state_of(Facts({}, [QUIET]), at("2026-10-12T10:00"))
    assert found.of("plan").due == at("2026-10-19T23:59:59")
    assert found.of("approval").due == at("2026-10-21T23:59:59")
    assert found.of("plan").counted == "working_days"
    assert found.calendar_known
    tet = state_of(Facts({}, [{**QUIET, "received_at": "2026-02-13T16:00"}]), at("2026-02-13T17:00"))
    assert tet.of("plan").due.date().isoformat() == "2026-02-27"


def test_the_office_may_count_from_the_first_assessment():
    case = {"starts_from": "assessed"}
    waiting = state_of(Facts(case, [QUIET]), at("2026-10-12T10:00")).of("plan")
    assert (waiting.due, waiting.waits_for) == (None, "assessed")
    done = Facts(case, [QUIET], [step("initial", "2026-10-14T10:00")])
    assert state_of(done, at("2026-10-14T11:00")).of("plan").due == at("2026-10-21T23:59:59")


def test_a_term_turns_overdue_at_midnight_and_goes_when_the_date_is_filled():
    facts = Facts({}, [QUIET])
    assert state_of(facts, at("2026-10-18T12:00")).of("plan").state == process.AHEAD
    assert state_of(facts, at("2026-10-19T23:59")).of("plan").state == process.TODAY
    assert state_of(facts, at("2026-10-20T00:00")).of("plan").state == process.OVERDUE
    filled = Facts({}, [QUIET], [step("plan", "2026-10-19T16:00")])
    assert state_of(filled, at("2026-10-25T00:00")).of("plan").state == process.DONE
    late = Facts({}, [QUIET], [step("plan", "2026-10-20T08:00")])
    assert state_of(late, at("2026-10-25T00:00")).of("plan").state == process.LATE


def test_states_of_a_case_on_its_way():
    rows = [step("initial", "2026-10-12T10:00"), {"step": "detailed", "state": "not_applicable", "reason": "x"}]
    assert states(Facts({}, [QUIET], rows), "2026-10-13T08:00") == {
        "intake": "done", "initial": "done", "emergency": "none", "detailed": "skipped", "plan": "now",
        "approval": "ahead", "carrying": "ahead", "review": "ahead"}  # fmt: skip
    found = state_of(Facts({}, [QUIET], rows), at("2026-10-13T08:00"))
    assert found.present.step.code == "plan"
    assert found.progress == (4, 8)


def test_the_first_assessment_can_find_an_emergency():
    grave = [{"kind": "initial", "conclusion": "separation"}]
    found = state_of(Facts({}, [QUIET], [step("initial", "2026-10-12T10:00")], grave), at("2026-10-12T11:00"))
    assert found.of("emergency").due == at("2026-10-12T21:00")


def test_a_review_that_asks_for_a_new_plan_opens_another_round_and_keeps_the_first():
    rows = [
        step(code, "2026-10-13T10:00") for code in ("initial", "detailed", "plan", "approval", "carrying", "review")
    ]
    asked = [{"kind": "review", "conclusion": "new_plan", "round": 1}]
    facts = Facts({}, [QUIET], rows, asked)
    assert facts.rounds == 2
    assert states(facts, "2026-11-01T08:00") == {
        "plan": "now", "approval": "ahead", "carrying": "ahead", "review": "ahead"}  # fmt: skip
    found = state_of(facts, at("2026-11-01T08:00"))
    assert found.of("plan", 1).state == "done"
    assert found.of("plan", 2).due is None  # the law sets no term for a later plan
    assert Facts({"closed_on": "2026-11-01"}, [QUIET], rows, asked).rounds == 1


def test_the_review_is_due_on_the_day_the_plan_says():
    facts = Facts({}, [QUIET], plans=[{"round": 1, "review_on": "2027-01-12"}])
    assert state_of(facts, at("2026-11-01T08:00")).of("review").due == at("2027-01-12T23:59:59")


def test_separation_lasts_fifteen_days_at_most_unless_a_body_requires_longer():
    decided = [{"kind": "separation", "from": "2026-10-12T12:00", "until": "2026-10-19"}]
    found = process.separation_of(Facts({}, decisions=decided))
    assert (found.until, found.limit) == (at("2026-10-19T23:59:59"), at("2026-10-27T23:59:59"))
    assert found.open
    longer = [*decided, {"kind": "extension", "from": "2026-10-19T12:00", "until": "2026-11-05", "longer_by": "TAND"}]
    assert process.separation_of(Facts({}, decisions=longer)).limit == at("2026-11-05T23:59:59")
    back = [*longer, {"kind": "return", "from": "2026-10-30T08:00"}]
    assert process.separation_of(Facts({}, decisions=back)).ended == at("2026-10-30T08:00")


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (step("review", "2026-10-14T08:00"), ["step_before"]),
        (step("approval", "2026-10-14T08:00"), ["step_before"]),
        (step("initial", "2026-10-11T08:00"), ["before_reception"]),
        (step("initial", "2026-10-30T08:00"), ["in_future"]),
        ({"step": "emergency", "state": "not_applicable"}, ["reason_wanted"]),
        ({"step": "emergency", "state": "not_applicable", "reason": "đã an toàn"}, []),
        (step("initial", "2026-10-12T10:00"), []),
    ],
)
def test_what_is_out_of_order_asks_for_a_reason_and_blocks_nothing(row, names):
    found = process.check_step(Facts({}, [QUIET]), row, at("2026-10-15T08:00"))
    assert [one.name for one in found] == names
    assert {one.level for one in found} <= {"ask"}


def test_a_missed_term_asks_for_a_reason_until_it_has_one():
    facts = Facts({}, [QUIET], [step("initial", "2026-10-12T10:00"), step("detailed", "2026-10-13T10:00")])
    late = step("plan", "2026-10-20T08:00")
    assert [one.name for one in process.check_step(facts, late, at("2026-10-20T09:00"))] == ["late_reason"]
    assert process.check_step(facts, {**late, "reason": "mưa lũ"}, at("2026-10-20T09:00")) == []


def test_closing_with_an_open_separation_asks():
    decided = [{"kind": "separation", "from": "2026-10-12T12:00"}]
    found = process.check_closing(Facts({}, [ABUSE], decisions=decided))
    assert [one.name for one in found] == ["separation_open", "closing_without_review"]


def test_a_new_incident_reopens_and_a_later_day_of_closing_closes_again():
    assert Facts({"closed_on": "2026-10-12"}).closed
    assert not Facts({"closed_on": "2026-10-12", "reopened_on": "2026-10-12"}).closed
    assert Facts({"closed_on": "2026-12-01", "reopened_on": "2026-10-12"}).closed
    assert state_of(Facts({"closed_on": "2026-10-12"}, [QUIET]), at("2026-12-01T08:00")).present is None


def test_a_clock_set_back_is_told_and_the_stored_stamps_rule():
    facts = Facts({}, [QUIET], [step("initial", "2026-10-12T10:00")])
    assert process.stamps_ahead(facts, at("2026-10-12T09:30"))
    assert not process.stamps_ahead(facts, at("2026-10-12T10:00"))
    assert state_of(facts, at("2020-01-01T00:00")).of("plan").due == at("2026-10-19T23:59:59")


def test_a_changed_row_changes_the_term(tmp_path):
    source = (catalogue_module.resources() / "catalogue" / "deadlines.toml").read_text(encoding="utf-8")
    (tmp_path / "deadlines.toml").write_text(source.replace("value = 5", "value = 3"), encoding="utf-8")
    catalogue_module.use_layers(tmp_path)
    try:
        assert state_of(Facts({}, [QUIET]), at("2026-10-12T10:00")).of("plan").due == at("2026-10-15T23:59:59")
    finally:
        catalogue_module.use_layers()


def test_every_step_names_what_the_officer_must_know():
    for one in process.steps(clock.today()):
        assert one.basis
        assert one.who.label
        assert one.number
        law = one.term(clock.today())
        assert law is None or law.extra["unit"] in ("hours", "working_days", "days")
        assert set(one.starts) <= {choice.code for choice in catalogue().lists["case_start"].choices}
    assert process.emergency_of({**QUIET, "urgent": True}).until - at("2026-10-12T09:00") == timedelta(hours=12)


@pytest.mark.parametrize(
    ("incident", "regimes"),
    [
        (QUIET, ["child_protection"]),
        (ABUSE, ["child_protection", "domestic_violence"]),
        ({"kind": "abuse", "forms_of_abuse": ["sexual"], "setting": "family"},
         ["child_protection", "domestic_violence", "sexual_abuse"]),
        ({"kind": "child_marriage", "marriage_state": "at_risk"}, ["child_protection"]),
        ({"kind": "child_marriage", "marriage_state": "together"}, ["child_protection", "sexual_abuse"]),
        ({"kind": "child_marriage", "pregnant": "yes"}, ["child_protection", "sexual_abuse"]),
        ({"kind": "injury", "cause": "drowning"}, []),
        ({"kind": "injury", "cause": "violence"}, ["child_protection"]),
    ],
)  # fmt: skip
def test_one_intake_serves_several_regimes_each_with_its_checklist(incident, regimes):
    today = at("2026-10-12T08:00").date()
    found = process.regimes(incident, today)
    assert [one.code for one in found] == regimes
    for one in found:
        items = process.checklist_of(one.code, today)
        assert len(items) >= 5
        assert all(item.extra["basis"] for item in items)


# --- a later report, records without an hour, no plan needed ------------------------------------------------------

AGAIN = {**QUIET, "id": "i3", "received_at": "2027-03-01T10:00", "urgent": True}
CHAIN = [step(code, "2026-10-13T10:00") for code in ("initial", "detailed", "plan", "approval", "carrying", "review")]


def test_a_report_after_the_first_chain_has_steps_terms_and_an_emergency_of_its_own():
    rows = [*CHAIN, step("emergency", "2026-10-12T09:00"), step("intake", AGAIN["received_at"], 2)]
    facts = Facts({}, [ABUSE, AGAIN], rows)
    found = state_of(facts, at("2027-03-01T11:00"))
    assert [one.step.code for one in found.steps if one.round == 2] == [one.code for one in process.steps(facts.began)]
    assert found.of("emergency", 2).due == at("2027-03-01T22:00")
    assert found.of("plan", 2).due == at("2027-03-08T23:59:59")
    assert (found.of("emergency", 1).state, found.emergency.received) == ("done", at("2027-03-01T10:00"))
    assert found.present.step.code == "initial"


def test_an_emergency_reported_after_the_step_was_done_asks_for_it_again():
    rows = [step("initial", "2026-10-12T06:00"), step("emergency", "2026-10-12T08:00")]
    second = {**QUIET, "received_at": "2026-10-13T20:00", "urgent": True}
    found = state_of(Facts({}, [ABUSE, second], rows), at("2026-10-13T21:00"))
    assert (found.of("emergency").state, found.of("emergency").due) == ("now", at("2026-10-14T08:00"))
    assert state_of(Facts({}, [ABUSE, second], rows), at("2026-10-14T09:00")).of("emergency").state == "overdue"
    rows.append(step("emergency", "2026-10-14T07:00"))
    assert state_of(Facts({}, [ABUSE, second], rows), at("2026-10-14T09:00")).of("emergency").state == "done"


def test_a_case_keeps_the_law_of_its_day_when_an_office_enters_a_new_figure(tmp_path):
    source = (catalogue_module.resources() / "catalogue" / "deadlines.toml").read_text(encoding="utf-8")
    row = next(part for part in source.split("[[row]]") if 'name = "plan"' in part)
    ended = row.replace('valid_to = ""', 'valid_to = "2026-10-31"')
    new = row.replace("value = 5", "value = 3").replace("2017-07-01", "2026-11-01")
    (tmp_path / "deadlines.toml").write_text(source.replace(row, f"{ended}[[row]]{new}"), encoding="utf-8")
    catalogue_module.use_layers(tmp_path)
    try:
        for received, due in (("2026-10-30T09:00", "2026-11-06"), ("2026-11-02T09:00", "2026-11-05")):
            found = state_of(Facts({}, [{**QUIET, "received_at": received}]), at("2026-11-10T08:00"))
            assert found.of("plan").due.date().isoformat() == due
    finally:
        catalogue_module.use_layers()


@pytest.mark.parametrize(
    ("row", "state", "names"),
    [
        ({"step": "approval", "state": "done", "paper_no": "12/QĐ-UBND", "paper_date": "2026-10-21"}, "done", []),
        ({"step": "approval", "state": "done", "paper_no": "12/QĐ-UBND", "paper_date": "2026-10-22"}, "late",
         ["late_reason"]),
        (step("initial", "2026-10-12"), "done", []),
        (step("emergency", "2026-10-12"), "done", ["time_needed"]),
    ],
)  # fmt: skip
def test_what_is_known_by_its_paper_or_day_only_counts_by_that_day(row, state, names):
    rows = [step("initial", "2026-10-12"), step("plan", "2026-10-16")] if row["step"] == "approval" else []
    incident = {**QUIET, "urgent": row["step"] == "emergency"}
    found = state_of(Facts({}, [incident], [*rows, row]), at("2026-11-01T08:00"))
    assert found.of(row["step"]).state == state
    assert [one.name for one in process.check_step(Facts({}, [incident], rows), row, at("2026-11-01T08:00"))] == names


def test_no_plan_is_asked_for_where_the_assessment_says_none_is_needed():
    said = [{"kind": "initial", "conclusion": "no_plan"}]
    found = states(Facts({}, [QUIET], [step("initial", "2026-10-12T10:00")], said), "2026-10-30T08:00")
    assert {found[code] for code in ("plan", "approval", "carrying", "review")} == {"none"}
    overruled = [*said, {"kind": "detailed", "conclusion": "plan"}]
    assert states(Facts({}, [QUIET], [], overruled), "2026-10-30T08:00")["plan"] == "overdue"
    assert process.check_closing(Facts({}, [QUIET], [], said), {"end": "safe"}) == []


def test_steps_recorded_in_the_wrong_order_of_time_are_asked_about():
    facts = Facts({}, [QUIET], [step("initial", "2026-10-12T10:00"), step("detailed", "2026-10-14T10:00")])
    found = process.check_step(facts, step("plan", "2026-10-13T10:00"), at("2026-10-15T08:00"))
    assert [(one.field, one.name) for one in found] == [("done_at", "step_order")]
    assert process.check_step(facts, step("plan", "2026-10-13T10:00", reason="ghi nhầm"), at("2026-10-15T08:00")) == []


def test_the_plan_belongs_to_the_commune_where_the_child_lives():
    facts = Facts({"residence_unit": "01324@2025-07-01"}, [QUIET], [step("initial", "2026-10-12T10:00"),
                  step("detailed", "2026-10-13T10:00")])  # fmt: skip
    for unit, names in (("01321@2025-07-01", ["of_residence"]), ("01324@2025-07-01", []), ("", [])):
        found = process.check_step(facts, step("plan", "2026-10-14T10:00"), at("2026-10-15T08:00"), unit=unit)
        assert [one.name for one in found] == names
    assert process.check_step(facts, step("emergency", "2026-10-12T11:00"), at("2026-10-15T08:00"), unit="x") == []


@pytest.mark.parametrize(("end", "asked"), [("safe", True), ("unfounded", False), ("died", False), ("", True)])
def test_a_review_is_wanted_before_a_case_ends_as_safe_only(end, asked):
    found = process.check_closing(Facts({}, [QUIET]), {"end": end})
    assert [one.name for one in found] == ["closing_without_review"] * asked
    assert process.check_closing(Facts({}, [QUIET]), {"end": end, "end_note": "chuyển đi"}) == []
