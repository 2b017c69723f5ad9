"""Hints, tables to confirm, the fund and the year's plan at the command line."""

import pytest


@pytest.fixture
def poor(book, monkeypatch):
    monkeypatch.setenv("CBDESK_NOW", "2026-10-20T09:30")
    child = {"full_name": "Bế Văn Cao", "born": "2024-05-05", "village": "Lũng Mít", "household_class": "poor",
             "health_card": "GD4040412345678"}  # fmt: skip
    book.poor = book.put(child).document["ids"][0]
    return book


def test_hints_tell_amounts_only_of_a_confirmed_table(poor):
    (hint,) = poor("benefits", poor.poor).document["hints"]
    assert (hint["code"], hint["coefficient"], hint["amount"], hint["unsure"]) == ("under_three", "1.5", None, ["hard"])
    shown = poor("confirm-table", "allowance").document
    assert (shown["version"], shown["confirmed"], shown["batch"]) == ("2026-07-01", None, None)
    assert poor("confirm-table", "allowance", "--basis", " ").problem == "no_basis"
    assert poor("confirm-table", "allowance", "--basis", "NĐ 335/2026/NĐ-CP").document["confirmed"]
    assert poor("benefits", poor.poor).document["hints"][0]["amount"] == 810_000
    assert poor("benefits", "x").problem == "no_record"
    assert "810.000" in poor("benefits", poor.poor, as_json=False).out


def test_the_list_of_hints_names_nobody(poor):
    found = poor("benefits", "--village", "Lũng Mít", "--on", "2026-10-20").document
    assert [(one["child"], one["code"]) for one in found["hints"]] == [
        (poor.poor, "under_three"), (poor.child, "unsupported")]  # fmt: skip
    assert found["standard_changes"] == "2027-01-01"
    told = poor("benefits", as_json=False).out
    assert "Bế Văn Cao" not in told
    assert "01/01/2027" in told


def test_the_fund_and_the_plan(book):
    assert book.put({"direction": "in", "on": "2026-01-05", "amount": 2_000_000, "party": "Tỉnh đoàn",
                     "purpose": "Ủng hộ"}, form="fund_entry").code == 0  # fmt: skip
    found = book("fund", "2026").document
    assert (found["came"], found["after"], len(found["entries"])) == (2_000_000, 2_000_000, 1)
    plan = book.put({"year": 2026, "number": "12/KH-UBND"}, form="yearly_plan").document["ids"][0]
    item = {"yearly_plan": plan, "what": "Lớp bơi", "target": 2, "unit": "lớp", "measure": "activities"}
    line = book.put(item, form="plan_item").document["ids"][0]
    book.put({"kind": "swim_class", "title": "Lớp bơi", "from": "2026-06-01", "plan_item": line, "cost": 5},
             form="activity")  # fmt: skip
    (shown,) = book("year-plan", "2026").document["lines"]
    assert (shown["done"], shown["spent"], shown["reached"]) == (1, 5, False)
    assert "1 / 2 lớp" in book("year-plan", "2026", as_json=False).out
