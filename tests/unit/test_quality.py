"""The faults of a register: what is missing, contradicting or doubtful about its children."""

from datetime import date

import pytest

from cbdesk import clock, quality
from cbdesk.catalogue import catalogue
from cbdesk.words import LANGUAGES, set_language

TODAY = date(2026, 10, 12)
GOOD = {
    "id": "a", "full_name": "Nông Văn An", "born": "2016-05-04", "sex": "male", "ethnicity": "02",
    "personal_id": "004216000123", "village": "v", "birth_cert": "12/2016, xã Bảo Lạc", "schooling": "primary",
    "household": "h", "carers": [{"relation": "father", "full_name": "Nông Văn Bình", "born": "1990"}],
}  # fmt: skip


def faults(*others, **changes):
    child = GOOD | changes
    return quality.Judge([child, *others], TODAY).faults(child)


def carer(relation, name, born=None):
    return {"relation": relation, "full_name": name, "born": born}


def test_a_whole_child_has_no_fault():
    assert faults() == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"personal_id": None}, "id_missing"),
        ({"personal_id": "04216000123"}, "id_malformed"),
        ({"personal_id": "chờ cấp"}, "id_malformed"),
        ({"sex": "female"}, "id_sex"),
        ({"born": "2015-05-04"}, "id_year"),
        ({"full_name": None}, "name_missing"),
        ({"full_name": "Gái"}, "name_missing"),
        ({"full_name": "chưa đặt tên"}, "name_missing"),
        ({"full_name": "Páo"}, "name_doubtful"),
        ({"full_name": "Nông Văn An 2"}, "name_doubtful"),
        ({"born": None}, "born_missing"),
        ({"born": "2016"}, "born_partial"),
        ({"born": "2016-05"}, "born_partial"),
        ({"born": "2016-01-01"}, "born_estimate"),
        ({"sex": None}, "sex_missing"),
        ({"sex": "unknown"}, "sex_missing"),
        ({"ethnicity": None}, "ethnicity_missing"),
        ({"ethnicity": "99"}, "ethnicity_missing"),
        ({"carers": []}, "parent_missing"),
        ({"carers": [carer("mother", "không rõ")]}, "parent_missing"),
        ({"carers": [carer("mother", "Lý Thị Mai"), carer("mother", "Hoàng Thị Hoa")]}, "parent_doubtful"),
        ({"carers": [carer("mother", "Lý Thị Mai", "2008")]}, "parent_doubtful"),
        ({"carers": [carer("father", "nông văn an")]}, "parent_doubtful"),
        ({"birth_cert": "chưa có"}, "birth_cert_missing"),
        ({"birth_cert": None}, "birth_cert_unknown"),
        ({"card_until": "2026-09-30"}, "card_expired"),
        ({"schooling": "dropped_out"}, "school_out"),
        ({"schooling": None}, "school_unknown"),
        ({"village": None}, "village_missing"),
    ],
)  # fmt: skip
def test_each_fault_alone(changes, code):
    assert faults(**changes) == (code,)


def test_a_birth_after_today():
    assert faults(born="2027-01-05", personal_id=None) == ("id_missing", "born_future")


def test_a_number_used_twice_is_told_of_both_also_where_the_other_has_left():
    other = GOOD | {"id": "b", "life_status": "left"}
    assert faults(other) == ("id_twice",)
    found = quality.look([GOOD, other], TODAY)
    assert [one.ids for one in found.faults if one.code == "id_twice"] == [("a",)]


@pytest.mark.parametrize(
    ("born", "card", "code"),
    [
        ("2021-05-04", None, True), ("2020-10-13", None, True), ("2020-10-12", None, False), ("2020", None, False),
        ("2021", None, True), ("2021-05-04", "TE1040412345678", False), (None, None, False),
    ],
)  # fmt: skip
def test_under_six_without_card_is_told_only_where_the_age_is_sure(born, card, code):
    found = faults(born=born, health_card=card, personal_id=None)
    assert ("health_card_missing" in found) is code


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        ("2020", date(2026, 8, 31), False), ("2020", date(2026, 9, 1), True), ("2020-12-31", date(2026, 9, 1), True),
        ("2021-01-01", date(2026, 12, 31), False), ("2010-10-13", date(2026, 10, 12), True),
    ],
)  # fmt: skip
def test_school_age_begins_with_the_school_year(born, today, expected):
    child = GOOD | {"born": born, "schooling": None}
    assert ("school_unknown" in quality.Judge([child], today).faults(child)) is expected


def test_a_school_or_class_is_enough_to_know_of_school():
    assert faults(schooling=None, **{"class": "5A"}) == ()


def test_of_one_who_has_turned_sixteen_only_that_is_told():
    grown = {"born": "2010-10-12", "personal_id": None, "full_name": None}
    assert faults(**grown) == ("over_16",)
    assert faults(**grown, life_status="over_16") == ()
    assert "over_16" not in faults(born="2010", personal_id=None)


def test_a_household_is_missed_only_where_households_are_kept():
    assert faults(household=None) == ()
    assert faults({"id": "b", "household": "h2"}, household=None) == ("household_missing",)


def test_counts_by_village_add_up_and_children_who_left_do_not_count():
    rows = [
        GOOD, GOOD | {"id": "b", "personal_id": None, "village": "w"}, GOOD | {"id": "c", "personal_id": None},
        GOOD | {"id": "d", "personal_id": None, "life_status": "dead"},
    ]  # fmt: skip
    found = quality.look(rows, TODAY)
    assert (found.children, found.whole) == (3, 1)
    missing = next(one for one in found.faults if one.code == "id_missing")
    assert missing.ids == ("b", "c")
    assert missing.count == sum(counts["id_missing"] for counts in found.by_village.values())
    one = quality.look(rows, TODAY, "w")
    assert (one.children, one.whole, set(one.by_village)) == (1, 0, {"w"})


def test_the_table_of_faults_is_sound():
    """Every fault has a check, a group, words in all languages, and a field of the child or a form of its rows."""
    form = catalogue().forms["child"]
    for code, kind in quality.fault_kinds().items():
        assert kind.check in quality.CHECKS
        assert kind.group in quality.GROUPS
        assert all(kind.titles.get(language) for language in LANGUAGES)
        assert form.has(kind.field) or catalogue().forms[kind.field].parent == "child", code
        assert all(name == "parents" or form.has(name) for name in kind.ask)
    assert {one.check for one in quality.fault_kinds().values()} == set(quality.CHECKS)
    assert [one.group for one in quality.fault_kinds().values()] == sorted(
        (one.group for one in quality.fault_kinds().values()), key=quality.GROUPS.index)  # fmt: skip
    assert all(catalogue().lists["schooling"].get(one) for one in quality.data()["school"]["out"])


def test_titles_follow_the_language():
    kind = quality.fault_kinds()["id_missing"]
    vietnamese = kind.title
    set_language("en")
    assert kind.title == "No personal number" != vietnamese


def test_the_register_tells_its_faults_in_name_order(commune):
    clock.set_fixed(f"{TODAY}T09:00")
    commune.put("child", [
        {"full_name": "Lý Thị Út", "village": "Nà Héng", "mother_name": "Lý Thị Mai"},
        {"full_name": "Bế Văn An", "village": "Khuổi Pậu", "personal_id": "12345"},
    ])  # fmt: skip
    found = commune.quality()
    by_code = {one.code: one for one in found.faults}
    assert by_code["born_missing"].ids == tuple(row.id for row in commune.children())
    assert by_code["id_malformed"].count == by_code["parent_missing"].count == by_code["id_missing"].count == 1
    assert commune.get(by_code["id_malformed"].ids[0])["personal_id"] == "12345"
