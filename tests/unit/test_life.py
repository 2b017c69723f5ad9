"""The invented life: repeatable, plausible, written through the checks and the journal of what an officer types."""

import json
from collections import Counter, defaultdict
from datetime import date, datetime

import pytest

from cbdesk import clock, desk, life
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem

TODAY = date(2026, 11, 24)
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def commune(request):
    """The entries of a commune of usual size over 24 months."""
    return life.entries(2200, request.param, TODAY, 24)


@pytest.fixture(scope="module", params=SEEDS)
def lived(request, tmp_path_factory):
    """A small register in which a busy life was lived, its entries, the ids they got, and what was refused."""
    folder = tmp_path_factory.mktemp("life")
    opened = desk.setup(folder / "xã", role="commune", unit="01321", officer="Nông Thị Hạnh", password="mật khẩu",
                        practice=True).desk  # fmt: skip
    entries = life.entries(100, request.param, TODAY, 24, rate=10)
    ids, refused = opened.practise(entries)
    yield opened, entries, ids, refused
    opened.close()


def new(entries, form):
    return [one for one in entries if one.form == form and not one.amends]


def a_year(entries, form, **values):
    """Return how many new rows of a form in one year hold these values."""
    found = [one for one in new(entries, form) if all(one.row.get(name) == value for name, value in values.items())]
    return len(found) / 2


def test_the_same_seed_gives_the_same_life():
    once = life.entries(120, 5, TODAY, 12)
    assert life.entries(120, 5, TODAY, 12) == once
    assert life.entries(120, 6, TODAY, 12) != once


def test_entries_stand_in_order_of_time_and_name_only_what_stands_before(commune):
    assert commune == sorted(commune, key=lambda one: one.at)
    assert commune[-1].at < datetime(2026, 11, 24, 17)
    known = set()
    for one in commune:
        named = {value[1:] for value in _values(one.row) if isinstance(value, str) and value.startswith("@")}
        assert named <= known
        known.add(one.key)
    assert len(known) == sum(not one.amends for one in commune) + 1


def _values(row):
    for value in row.values():
        yield from value if isinstance(value, list) else [value]


def test_nothing_tells_of_a_day_after_it_was_written(commune):
    ahead = {"review_on", "by_when", "next_on", "until", "card_until", "due"}
    for one in commune:
        if one.form == "plan":
            continue  # a plan is all of what lies ahead
        form = catalogue().forms[one.form]
        for name, value in one.row.items():
            if form.has(name) and form.field(name).kind in ("date", "stamp") and value and name not in ahead:
                assert value[:10] <= one.at.date().isoformat(), (one.form, name)


def test_people_come_and_go_as_in_a_commune(commune):
    states = Counter(one.row["life_status"] for one in commune if one.form == "child" and one.row.get("life_status"))
    assert 100 <= a_year(commune, "child", came_how="born") <= 170
    assert 8 <= a_year(commune, "child", came_how="moved_in") <= 40
    assert 80 <= states["over_16"] / 2 <= 150
    assert 12 <= states["left"] / 2 <= 50
    assert 1 <= states["dead"] <= 14
    assert sum(one.row.get("came_how") == "returned" for one in commune if one.amends) >= 2


def test_incidents_are_as_frequent_as_they_are(commune):
    assert 17 <= a_year(commune, "incident", kind="injury") <= 33
    assert 2 <= a_year(commune, "incident", kind="abuse") <= 8
    assert 2 <= a_year(commune, "incident", kind="child_labour") <= 8
    assert 1 <= a_year(commune, "incident", kind="child_marriage") <= 6
    drowned = [one.row for one in new(commune, "incident")
               if one.row.get("cause") == "drowning" and one.row.get("outcome") == "death"]  # fmt: skip
    assert len(drowned) <= 3  # at most one in each calendar year touched
    assert all({"water_place", "supervised", "could_swim"} <= set(row) for row in drowned)


def test_all_causes_and_forms_befall_somebody():
    entries = life.entries(2200, 4, TODAY, 24, rate=15)
    rows = [one.row for one in new(entries, "incident")]
    causes = {row["cause"] for row in rows if row["kind"] == "injury"}
    tops = {one.parent or one.code for one in catalogue().lists["injury_cause"].choices}
    assert tops - {"burn", "poisoning"} <= causes
    assert {"burn_hot", "burn_fire", "poisoning_food", "poisoning_chemical"} <= causes
    forms = {form for row in rows for form in row.get("forms_of_abuse", ())}
    assert forms == {one.code for one in catalogue().lists["abuse_form"].choices}


def test_cases_are_partly_late_and_partly_unfinished():
    entries = life.entries(600, 3, TODAY, 24, rate=15)
    late = [one for one in new(entries, "case_step") if one.row.get("reason")]
    steps = Counter(one.row["step"] for one in new(entries, "case_step") if one.row["round"] == 1)
    closed = sum(one.form == "case" and "closed_on" in one.row for one in entries)
    assert 0 < len(late) < len(new(entries, "case_step")) / 4
    assert steps["intake"] > steps["approval"] > steps["review"] > 0
    assert 0 < closed < len(new(entries, "case"))


def test_classes_of_households_are_decided_every_year_and_some_change(commune):
    by_house = defaultdict(dict)
    for one in new(commune, "household_class"):
        by_house[one.row["household"]][one.row["year"]] = one.row["class"]
    assert {year for known in by_house.values() for year in known} == {2024, 2025, 2026}
    changed = sum(len(set(known.values())) > 1 for known in by_house.values())
    assert 0.05 * len(by_house) < changed < 0.5 * len(by_house)
    numbers = {(one.row["year"], one.row["decision_no"]) for one in new(commune, "household_class")
               if "decision_no" in one.row}  # fmt: skip
    assert len(numbers) == 3


def test_every_row_is_accepted_and_the_journal_proves(lived):
    opened, entries, ids, refused = lived
    assert refused == []
    assert opened.verify()["ok"]
    for form in ("child", "incident", "case", "support", "activity", "fund_entry", "household_class"):
        assert opened.store.count(form) == len(new(entries, form)) > 0
    assert len(ids) == sum(not one.amends for one in entries)


def test_each_row_carries_the_day_it_was_written(lived):
    opened, entries, ids, _ = lived
    written = {ids[one.key]: one.at.date().isoformat() for one in new(entries, "incident")}
    for record, day in written.items():
        assert opened.history(record)[0]["at"][:10] == day
    assert clock.today() != date(2024, 11, 1)


def test_what_names_no_village_is_not_asked_which(lived):
    opened, *_ = lived
    saved = opened.save("duty", {"on": "2026-11-20", "duty": "guide", "text": "Tư vấn"})
    assert "village_doubtful" not in {one.name for one in saved.findings}


def test_a_real_register_is_not_lived_in(tmp_path):
    opened = desk.setup(tmp_path / "xã", role="commune", unit="01321", officer="Hạnh",
                        password="suối đá trâu nương").desk  # fmt: skip
    with pytest.raises(Problem, match="practice_only"):
        opened.practise([])
    opened.close()


def test_a_life_is_written_as_lines(tmp_path):
    path = tmp_path / "life.jsonl"
    made = life.write(path, children=20, seed=1, today=TODAY, months=3)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert made["child"] >= 20
    assert set(lines[0]) == {"at", "form", "key", "row"}
    assert sum(line["key"] != "" for line in lines) == sum(made.values())
    with pytest.raises(Problem, match="no_folder"):
        life.write(tmp_path / "missing" / "life.jsonl", children=1, seed=1, today=TODAY, months=1)
