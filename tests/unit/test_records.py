"""Verbs on single records: what is saved, what is refused, what can be taken back."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cbdesk import change, clock
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem

CHILD = {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "village": "Xóm Lũng Mít"}
FORMS = [name for name in catalogue().forms if name != "snapshot_part"]


@pytest.fixture
def child(commune):
    return commune.save("child", CHILD).id


def names(saved):
    return {(one.field, one.level, one.name) for one in saved.findings}


# --- saving ----------------------------------------------------------------------------------------------------------


def test_a_new_record_has_what_was_given_and_a_code_of_its_own(commune, child):
    row = commune.get(child)
    assert (row["form"], row["full_name"], row["born"], row["sex"]) == ("child", "Lý Mùi Mẩy", "2015-06-03", "female")
    assert commune.village_names()[row["village"]] == "Xóm Lũng Mít"
    assert row["book_code"].startswith("BL-")
    assert row["_unit"] == "01321@2025-07-01"
    other = commune.save("child", CHILD | {"full_name": "Nông Văn Tý"}).id
    assert commune.get(other)["book_code"] != row["book_code"]


def test_a_village_by_another_spelling_is_the_same_village(commune, child):
    for written in ("Lũng Mít", "lũng mít", "Xóm  Lũng Mít"):
        commune.save("child", {"full_name": "Trẻ Khác", "village": written})
    assert list(commune.village_names().values()) == ["Xóm Lũng Mít"]


def test_a_stop_writes_nothing_not_even_the_village(commune):
    saved = commune.save("child", {"full_name": "A", "born": "2014-02-31", "village": "Nà Mới"})
    assert saved.id is None
    assert saved.batch is None
    assert ("born", "stop", "not_a_date") in names(saved)
    assert commune.village_names() == {}
    assert commune.status()["unsent"] == 0


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        ({"foo": 1}, ("foo", "stop", "unknown_field")),
        ({"sex": "other"}, ("sex", "stop", "unknown_choice")),
        ({"groups": ["99.9"]}, ("groups", "stop", "unknown_choice")),
        ({"groups": "01.3,02"}, ("groups", "stop", "not_a_list")),
        ({"born": 2015}, ("born", "stop", "not_a_date")),
        ({"born": "05/03/2014"}, ("born", "stop", "not_a_date")),
        ({"full_name": 5}, ("full_name", "stop", "not_text")),
        ({"notes": "x" * 20_001}, ("notes", "stop", "too_long")),
        ({"household": change.new_id()}, ("household", "stop", "no_such_record")),
        ({"_ver": "x"}, ("_ver", "stop", "unknown_field")),
        ({"_del": 5}, ("_del", "stop", "not_text")),
        ({"full_name": "\ud800"}, ("full_name", "stop", "control_characters")),
        ({"phone": "không có số"}, ("phone", "ask", "phone_format")),
        ({"personal_id": "12"}, ("personal_id", "ask", "personal_id_format")),
    ],
)
def test_what_is_remarked_stands_beside_its_field(commune, data, finding):
    (saved,) = commune.put("child", [{"full_name": "A"} | data])
    assert finding in names(saved)
    assert (saved.id is None) == (finding[1] == "stop")


def test_each_row_of_put_stands_alone_and_all_are_one_action(commune):
    rows = [
        {"full_name": "Một"},
        {"foo": 1},
        {"full_name": "Hai"},
        Problem("bad_json", line=4),
        {"id": "nix", "sex": "male"},
    ]
    saved = commune.put("child", rows)
    assert [one.id is None for one in saved] == [False, True, False, True, True]
    assert names(saved[3]) == {("", "stop", "bad_line")}
    assert names(saved[4]) == {("id", "stop", "no_such_record")}
    assert len({one.batch for one in saved if one.id}) == 1


def test_a_cancelled_put_leaves_nothing(commune):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        commune.put("child", [CHILD, CHILD], stop)
    assert commune.children() == []
    found = commune.verify()
    assert (found["ok"], found["changes"], found["problems"]) == (True, 0, [])


def test_an_amendment_touches_only_what_is_given(commune, child):
    commune.put("child", [{"id": child, "phone": "0912345678"}])
    assert commune.get(child)["full_name"] == "Lý Mùi Mẩy"
    assert commune.get(child)["phone"] == "0912345678"
    commune.save("child", {"phone": None}, child)
    assert "phone" not in commune.get(child)


def test_case_43_every_change_is_one_entry_of_the_history_also_clearing_a_field(commune, child):
    start = len(commune.history(child))
    for data in ({"phone": "0912345678"}, {"phone": None}, {"sex": "male", "born": "2014"}):
        commune.save("child", data, child)
    entries = commune.history(child)[start:]
    assert [(one["field"], one["from"], one["to"]) for one in entries[:2]] == [
        ("phone", None, "0912345678"),
        ("phone", "0912345678", None),
    ]
    assert {(one["field"], one["from"], one["to"]) for one in entries[2:]} == {
        ("sex", "female", "male"),
        ("born", "2015-06-03", "2014"),
    }
    assert {one["by"] for one in entries} == {"Nông Thị Hạnh"}
    assert entries[0]["label"] == catalogue().forms["child"].field("phone").label


def test_saving_the_same_again_is_no_change(commune, child):
    before = commune.status()["written_to"]
    saved = commune.save("child", CHILD, child)
    assert saved.id == child
    assert saved.batch is None
    assert commune.status()["written_to"] == before


def test_look_alikes_and_used_numbers_only_ask(commune, child):
    commune.save("child", {"personal_id": "004315874471"}, child)
    twin = commune.save("child", {"full_name": "Lí Mùi Mẩy", "born": "2015", "personal_id": "004315874471"})
    assert twin.id is not None
    assert {("full_name", "ask", "look_alike"), ("personal_id", "ask", "id_used")} <= names(twin)
    assert not {one[2] for one in names(commune.save("child", {"full_name": "Lý Mùi Mẩy", "born": "2009"}))} & {
        "look_alike"
    }


def test_unknown_records_and_forms_are_problems(commune):
    with pytest.raises(Problem, match="no_record"):
        commune.save("child", {"sex": "male"}, change.new_id())
    with pytest.raises(Problem, match="unknown_form"):
        commune.save("castle", {})
    with pytest.raises(Problem, match="no_record"):
        commune.get(change.new_id())
    with pytest.raises(Problem, match="no_record"):
        commune.history("x")
    with pytest.raises(Problem, match="no_record"):
        commune.undo("0" * 16)


def test_an_incident_needs_kind_reception_and_children_that_exist(commune, child):
    saved = commune.put("incident", [{}, {"kind": "injury", "received_at": "2026-10-12T05:40", "child": ["nix"]}])
    assert {("kind", "stop", "missing"), ("received_at", "stop", "missing")} <= names(saved[0])
    assert ("child", "stop", "no_such_record") in names(saved[1])
    one, many = commune.put(
        "incident",
        [
            {"kind": "injury", "received_at": "2026-10-12T05:40", "child": child, "cause": "fall"},
            {"kind": "abuse", "received_at": "2026-10-12T05:40", "child": [child], "urgent": True},
        ],
    )
    assert commune.get(one.id)["child"] == [child]
    assert commune.get(many.id)["urgent"] is True
    assert commune.get(one.id)["number"] != commune.get(many.id)["number"]


@pytest.mark.parametrize("value", [True, 1])
def test_a_flag_written_as_a_number_stays_one_value_through_a_conflict_and_a_rebuild(commune, child, value):
    fields = {"kind": "abuse", "received_at": "2026-10-12T05:40", "urgent": value}
    record = commune.put("incident", [fields])[0].id
    commune.save("incident", {"urgent": False}, record)
    assert commune.get(record)["urgent"] is False
    assert commune.verify()["ok"]


# --- shorthands ------------------------------------------------------------------------------------------------------


def test_groups_and_risks_open_and_close_as_dated_episodes(commune, child):
    clock.set_fixed("2026-10-01T08:00")
    commune.save("child", {"groups": ["01.3", "03"], "risks": ["R05"]}, child)
    clock.set_fixed("2026-11-20T08:00")
    commune.save("child", {"groups": ["03", "11.4"]}, child)
    assert sorted(commune.get(child)["groups"]) == ["03", "11.4"]
    assert commune.get(child)["risks"] == ["R05"]
    rows = {row["code"]: (row.get("from"), row.get("to")) for row in commune.rows_of("circumstance", child)}
    assert rows == {"01.3": ("2026-10-01", "2026-11-20"), "03": ("2026-10-01", None), "11.4": ("2026-11-20", None)}
    commune.save("child", {"groups": [], "risks": None}, child)
    assert commune.get(child).get("groups", []) == []
    assert commune.get(child).get("risks", []) == []


def test_parents_and_household_class_travel_through_their_own_records(commune, child):
    commune.save("child", {"mother_name": "Triệu Thị Viển", "household_class": "poor"}, child)
    found = commune.get(child)
    assert (found["mother_name"], found["household_class"]) == ("Triệu Thị Viển", "poor")
    assert [row["relation"] for row in commune.rows_of("carer", child)] == ["mother"]
    commune.save("child", {"mother_name": "Triệu Thị Viển Con", "household_class": "near_poor"}, child)
    found = commune.get(child)
    assert (found["mother_name"], found["household_class"]) == ("Triệu Thị Viển Con", "near_poor")
    assert len(commune.rows_of("carer", child)) == 1
    commune.save("child", {"mother_name": None}, child)
    assert commune.get(child).get("mother_name") is None
    assert commune.rows_of("carer", child) == []


# --- anything a script may write -------------------------------------------------------------------------------------

_scalar = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20),
    st.text(alphabet="ă\x00\ud800\n\u2028'\"", max_size=5),
    st.sampled_from(["2014", "2014-02-31", "male", "01.3", "R05", "poor", "x" * 30_000]),
)  # fmt: skip
_value = st.one_of(_scalar, st.lists(_scalar, max_size=3), st.dictionaries(st.text(max_size=3), _scalar, max_size=2))
_KNOWN = {form: [field.name for field in catalogue().forms[form].fields] for form in FORMS}
_rows = st.sampled_from(FORMS).flatmap(
    lambda form: st.tuples(
        st.just(form),
        st.dictionaries(
            st.sampled_from([*_KNOWN[form], "id", "_del", "_x", "groups", "mother_name", "é", '"; DROP TABLE op']),
            _value,
            max_size=5,
        ),
    )
)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(_rows)
def test_whatever_a_script_writes_is_refused_with_a_word_or_others_can_read_it(commune, row):
    form, data = row
    written = commune.status()["written_to"]
    (saved,) = commune.put(form, [data])
    assert (saved.id is None) == any(one.level == "stop" for one in saved.findings)
    assert all(one.text for one in saved.findings)
    if saved.id is not None:
        json.dumps(commune.get(saved.id))
        commune.history(saved.id)
    stream = commune.store.streams()
    lines = commune.store.lines(stream[0].s, written).splitlines() if stream else []
    assert all(change.parse(line) for line in lines)


def test_what_a_script_wrote_can_be_rebuilt(commune):
    rows = [
        {"full_name": "A" * 200, "notes": "x\n" * 9000},
        {"full_name": "\u00a0 Lý\u200b  Mùi "},
        {"usual_name": "=1+1"},
    ]
    assert all(one.id for one in commune.put("child", rows))
    assert commune.verify()["ok"]
