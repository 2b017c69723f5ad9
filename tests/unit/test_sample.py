"""The invented register: repeatable, possible, with the faults and the shares of a real one."""

import json
from collections import Counter, defaultdict
from datetime import date

import pytest

from cbdesk import charsets, importer, old_list, rules, sample
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.sheet import read_book

TODAY = date(2026, 10, 12)


@pytest.fixture(scope="module")
def register():
    return list(sample.rows(6000, 7, TODAY))


def test_same_seed_same_register_whatever_the_process(register):
    assert list(sample.rows(6000, 7, TODAY)) == register
    assert list(sample.rows(50, 8, TODAY)) != register[:50]


@pytest.mark.parametrize("n", [1, 3, 1000])
def test_exactly_as_many_children_as_asked(n):
    assert len(list(sample.rows(n, 1, TODAY))) == n


def test_the_catalogue_takes_every_row(register):
    form = catalogue().forms["child"]
    names = {field.name for field in form.fields} | {short.name for short in form.shorthands}
    for row in register:
        assert set(row) <= names
        fields = {key: value for key, value in row.items() if not form.shorthand(key) and key != "village"}
        assert [one for one in rules.check(form, fields, TODAY) if one.level == "stop"] == []
        for key, choices in (("groups", "group"), ("risks", "risk"), ("household_class", "household_class")):
            codes = row.get(key, [])
            assert all(catalogue().lists[choices].get(one) for one in ([codes] if isinstance(codes, str) else codes))


def test_children_are_under_sixteen_and_born_before_today(register):
    born = [row["born"] for row in register if "born" in row]
    assert min(born)[:4] >= "2010"
    assert max(born) < TODAY.isoformat()
    lengths = Counter(map(len, born))
    assert lengths[10] > 0.9 * len(born)
    assert lengths[7] > 0
    assert lengths[4] > 0


def test_peoples_know_their_dates_differently(register):
    upland = [row["born"] for row in register if row["ethnicity"] in ("08", "09") and len(row.get("born", "")) == 10]
    heaped = sum(born.endswith("-01-01") for born in upland) / len(upland)
    assert 0.03 < heaped < 0.12


def test_personal_numbers_fit_sex_and_year_but_for_the_usual_faults(register):
    numbers = [row for row in register if "personal_id" in row]
    assert len({row["personal_id"] for row in numbers}) == len(numbers)
    fitting = [
        row for row in numbers
        if len(row["personal_id"]) == 12
        and row["personal_id"][3] == {"male": "2", "female": "3"}.get(row["sex"], row["personal_id"][3])
        and row["personal_id"][4:6] == row.get("born", row["personal_id"][4:6].rjust(4, "0"))[2:4]
    ]
    assert 0.96 < len(fitting) / len(numbers) < 1
    assert any(len(row["personal_id"]) == 11 for row in numbers)
    assert 0.02 < 1 - len(numbers) / len(register) < 0.08


def test_brothers_and_sisters_share_parents_and_differ_in_name(register):
    houses = defaultdict(list)
    for row in register:
        if "father_name" in row:
            houses[row["father_name"], row["mother_name"], row["village"]].append(row)
    together = [house for house in houses.values() if len(house) > 1]
    assert len(together) > 500
    for house in together:
        named = [row["full_name"] for row in house if row["full_name"] != sample.settings()["placeholder"]["unnamed"]]
        assert len(set(named)) == len(named)
        assert len({name.split()[0] for name in named}) <= 1
    assert any(len({row.get("born") for row in house}) < len(house) for house in together)  # twins


def test_poverty_makes_most_of_the_risk_and_special_children_are_few(register):
    poor = {row["household_class"] for row in register}
    assert {"poor", "near_poor", "escaped", "average", "other"} == poor
    by_poverty = sum(row["household_class"] in ("poor", "near_poor") for row in register) / len(register)
    at_risk = sum(row["household_class"] in ("poor", "near_poor") or "risks" in row for row in register) / len(register)
    special = sum("groups" in row for row in register) / len(register)
    assert 0.33 < at_risk < 0.44
    assert by_poverty > 0.8 * at_risk
    assert 0.004 < special < 0.011


def test_every_people_of_the_province_is_there(register):
    shares = Counter(row["ethnicity"] for row in register)
    assert {code for code, _ in shares.most_common(2)} == {"02", "07"}
    assert set(shares) == {"01", "02", "07", "08", "09", "15", "43"}


def test_group_13_is_only_for_the_poor(register):
    for row in register:
        if "13" in row.get("groups", ()):
            assert row["household_class"] in ("poor", "near_poor")


def test_write_makes_lines_for_put(tmp_path):
    path = tmp_path / "sample.jsonl"
    assert sample.write(path, children=20, seed=1, today=TODAY) == 20
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == list(sample.rows(20, 1, TODAY))


def test_write_says_what_stands_in_the_way(tmp_path):
    with pytest.raises(Problem, match="no_folder"):
        sample.write(tmp_path / "missing" / "sample.jsonl", children=1, seed=1, today=TODAY)


def test_incidents_are_taken_and_befall_children_of_their_age():
    form = catalogue().forms["incident"]
    born = {"a": "2024-02-01", "b": "2012-05", "c": "2018", "d": "2011-03-04"}
    made = list(sample.incidents(200, 3, TODAY, list(born), born=born))
    assert len(made) == 200
    assert {one["kind"] for one in made} == {"abuse", "injury", "child_labour", "child_marriage", "other"}
    for one in made:
        assert [found for found in rules.check(form, one, TODAY) if found.level == "stop"] == []
        assert one["occurred_at"] < one["received_at"] < TODAY.isoformat()
        assert one["child"] in ("b", "d") or one["kind"] not in ("child_labour", "child_marriage")


def test_an_old_list_reads_back_as_its_children(tmp_path, register):
    path = tmp_path / "old.xlsx"
    assert sample.old_list(path, register[:200]) == 200
    first = path.read_bytes()
    sample.old_list(path, register[:200])
    assert path.read_bytes() == first

    plan = importer.plan(read_book(path), catalogue().forms["child"], catalogue(), TODAY)
    assert plan.charset == "tcvn3"
    assert plan.refused == []
    for read, row in zip(plan.rows, register[:200], strict=True):
        for key in ("full_name", "born", "ethnicity", "village", "father_name", "mother_name"):
            assert read.data.get(key) == row.get(key)


def test_old_letters_are_those_of_tcvn3():
    assert old_list.tcvn3("Hoàng Thị Nhìa") == "Hoµng ThÞ Nh×a"
    assert old_list.tcvn3("Ánh") == "¸nh"  # no capital Á in the encoding
    assert charsets.decode(old_list.tcvn3("nguyễn đặng ươm"), "tcvn3") == "nguyễn đặng ươm"
