"""Each rule of the vocabulary, and the order and levels of ``check``."""

import re
from datetime import date
from pathlib import Path

import pytest

from cbdesk import rules, words
from cbdesk.catalogue import catalogue

TODAY = date(2026, 10, 12)
CHILD = {"full_name": "Lý Mùi Mẩy", "village": "0198a"}
INCIDENT = {"kind": "injury", "received_at": "2026-10-12T05:40", "place": "0198a", "child": ["0198b"]}


def found(form, data, **more):
    return [(f.field, f.level, f.name) for f in rules.check(catalogue().form(form), data, TODAY, **more)]


def test_a_village_and_some_name_are_enough():
    assert found("child", CHILD, by_hand=True) == []
    assert found("child", {"usual_name": "Mẩy", "village": "0198a"}, by_hand=True) == []
    assert found("child", {"full_name": "chưa đặt tên", "village": "0198a"}, by_hand=True) == [
        ("full_name", "note", "placeholder_name")]


def test_a_file_may_lack_everything_but_the_window_may_not():
    assert found("child", {}) == [("full_name", "ask", "one_needed"), ("village", "ask", "missing")]
    assert found("child", {}, by_hand=True) == [("full_name", "stop", "one_needed"), ("village", "stop", "missing")]


def test_an_incident_needs_kind_and_moment():
    assert found("incident", INCIDENT) == []
    assert found("incident", {"place": "0198a", "heard_name": "Dợ"}) == [
        ("kind", "stop", "missing"), ("received_at", "stop", "missing")]
    assert ("received_at", "stop", "time_needed") in found("incident", {**INCIDENT, "received_at": "2026-10-12"})
    assert ("child", "ask", "one_needed") in found("incident", {**INCIDENT, "child": None})


def test_unknown_fields_and_codes_stop_and_technical_names_pass():
    assert found("child", {**CHILD, "id": "0198c", "_del": "trùng", "colour": "đỏ"}) == [
        ("colour", "stop", "unknown_field")]
    assert found("child", {**CHILD, "groups": ["03", "77"], "household_class": "rich"}) == [
        ("groups", "stop", "unknown_choice"), ("household_class", "stop", "unknown_choice")]


def test_findings_come_in_the_order_of_the_form():
    data = {"card_until": "2025-12-31", "personal_id": "123", "born": "2027", "village": None, "full_name": "Lý 2"}
    assert [f[0] for f in found("child", data)] == ["full_name", "born", "personal_id", "village", "card_until"]


@pytest.mark.parametrize(("born", "levels"), [
    ("2026-10-12", []), ("2026-10-13", [("ask", "in_future")]), ("2027", [("ask", "in_future")]), ("2026", []),
    ("2010-10-13", []), ("2010-10-12", [("note", "over_age")]), ("2010", []), ("2009", [("note", "over_age")]),
    ("1990", [("ask", "far_over_age")])])
def test_age(born, levels):
    assert [f[1:] for f in found("child", {**CHILD, "born": born})] == levels


@pytest.mark.parametrize(("number", "born", "sex", "names"), [
    ("004213004567", "2013-05-01", "male", []),
    ("004213004567", "2012", "female", ["id_year", "id_sex"]),
    ("004315000001", "2015", "female", []),
    ("004315000001", "2015", "unknown", []),
    ("004315000001", None, None, []),
    ("024315000001", "2015", "female", ["id_prefix"]),
    ("00431500000", "2012", "male", ["personal_id_format"]),
])
def test_personal_number_against_birth_and_sex_only_asks(number, born, sex, names):
    data = {**CHILD, "personal_id": number, "born": born, "sex": sex}
    assert [(f[1], f[2]) for f in found("child", data)] == [("ask", name) for name in names]


@pytest.mark.parametrize(("start", "end", "wrong"), [
    ("2026-05", "2026-05-01", False), ("2026", "2026-02", False), ("2026-05-02", "2026-05-01", True),
    ("2026", "2025-12", True), (None, "2020", False), ("2020", None, False)])
def test_order_counts_with_precision(start, end, wrong):
    data = {"child": "0198a", "code": "01", "from": start, "to": end}
    assert (("to", "stop", "wrong_order") in found("circumstance", data)) == wrong


def test_numbers_out_of_range_ask():
    labour = {**INCIDENT, "kind": "child_labour", "hours_week": 400}
    assert found("incident", labour) == [("hours_week", "ask", "out_of_range")]


def test_answers_to_questions_no_longer_asked_wait_unjudged():
    assert found("incident", {**INCIDENT, "hours_week": 400}) == []


def test_a_run_out_card_informs():
    assert found("child", {**CHILD, "card_until": "2026-10-11"}) == [("card_until", "note", "run_out")]
    assert found("child", {**CHILD, "card_until": "2026"}) == []


def test_one_main_carer():
    carers = [{"main_carer": True}, {"main_carer": None}, {"main_carer": True}, {"main_carer": True, "_del": "nhầm"}]
    found_rows = rules.check_rows(catalogue().form("carer"), carers)
    assert [(index, f.level, f.name) for index, f in found_rows] == [(2, "stop", "two_main")]


def test_the_same_group_is_open_once_and_a_year_has_one_class():
    groups = [{"code": "01", "to": "2025"}, {"code": "01"}, {"code": "01"}, {"code": "04"}]
    assert [index for index, _ in rules.check_rows(catalogue().form("circumstance"), groups)] == [2]
    years = [{"year": 2025}, {"year": 2026}, {"year": 2025}]
    assert [index for index, _ in rules.check_rows(catalogue().form("household_class"), years)] == [2]


def test_every_rule_of_the_vocabulary_is_used():
    used = {rule.kind for form in catalogue().forms.values() for rule in form.rules}
    assert used == set(rules.RULES) | set(rules.ROW_RULES)


def test_every_finding_named_in_the_code_has_a_sentence_that_can_be_filled():
    named = set()
    for module in ("kind", "kinds", "rules"):
        source = (Path(rules.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        named |= set(re.findall(r'"(?:stop|ask|note)", "([a-z_]+)"', source))
        named |= set(re.findall(r'_say\(rule, [^,]+, "([a-z_]+)"', source))
    assert len(named) > 25
    for language in words.LANGUAGES:
        missing = {name for name in named if f"finding.{name}" not in words.table(language)}
        assert missing == set()


def test_findings_end_with_what_to_do():
    data = {"personal_id": "1", "born": "2030", "card_until": "2020", "full_name": "a2", "sex": "x", "colour": 1}
    for finding in rules.check(catalogue().form("child"), data, TODAY):
        assert finding.text.endswith(".")
        assert "{" not in finding.text
        assert finding.text.count(".") >= 2
