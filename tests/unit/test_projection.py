"""From changes to tables: typed columns, what is kept aside, and that a rebuild always gives the same rows."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from nodes import RECORDS, World

from cbdesk import catalogue, change
from cbdesk.store import Draft, projection
from cbdesk.store.projection import columns_of, folded, match_of, plain, search_key, title_key, value_of

X, Y, Z = RECORDS
FORMS = catalogue.catalogue().forms
CHILD, INCIDENT = FORMS["child"], FORMS["incident"]


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.close()


# --- one record ------------------------------------------------------------------------------------------------------


def test_values_stand_in_columns_of_their_type_and_come_back_as_they_were():
    data = {"kind": "abuse", "urgent": True, "forms_of_abuse": ["violence", "neglect"], "child": [X]}
    values, extra = columns_of(INCIDENT, data)
    assert extra == {}
    assert (values["urgent"], json.loads(values["child"])) == (1, [X])
    assert {name: value_of(INCIDENT, name, value) for name, value in values.items()} == data


def test_what_the_catalogue_cannot_show_waits_aside():
    data = {
        "sex": "abc",
        "born": "2014-02-31",
        "blood_group": "O",
        "full_name": 5,
        "phone": "0912345678",
        "notes": None,
    }
    values, extra = columns_of(CHILD, data)
    assert values == {"phone": "0912345678", "notes": None}
    assert extra == {"sex": "abc", "born": "2014-02-31", "blood_group": "O", "full_name": 5}


def test_names_of_ours_in_a_strangers_change_show_nowhere():
    one = change.Change("1" * 16, 1, 1, "child", X, f={"id": "y", "ver": "z", "_x": 1, "_del": 5, "sex": "male"})
    assert plain(CHILD, one).f == {"_del": None, "sex": "male"}
    same = change.Change("1" * 16, 1, 1, "child", X, f={"sex": "male", "_del": "vì sao"})
    assert plain(CHILD, same) is same


def test_order_and_search_text_of_a_record():
    data = {"full_name": "Đặng Văn Ốc", "usual_name": "Cún", "phone": "0912345678", "notes": "không tìm"}
    text = folded(CHILD, data)
    assert text.startswith("  dang  van  oc  cun")
    assert "0912345678" in text
    assert "khong tim" not in text
    assert folded(CHILD, data | {"_del": "vì sao"}) is None
    assert title_key(CHILD, data) < title_key(CHILD, {"full_name": "Bế Thị Ớt"})
    assert title_key(CHILD, {}) is None
    assert search_key("Lý") == search_key("Lí") == "li"
    assert match_of(["a", "li", 'm"'], ["x"]) == '("  a" AND " li" AND " m""") OR ("  x")'


# --- any history -----------------------------------------------------------------------------------------------------

_values = {
    "full_name": st.sampled_from(["Lý Mùi Mẩy", "", 5, None, ["x"]]),
    "sex": st.sampled_from(["male", "abc", None, True]),
    "urgent": st.sampled_from([True, False, 1, 0, 2, "x", None]),
    "child": st.sampled_from([[X], [], "x", None]),
    "_del": st.sampled_from(["vì sao", None, 5, ""]),
    "id": st.sampled_from(["x", None]),
    "_unit": st.sampled_from(["x", None]),
    "ver": st.sampled_from(["x", 1]),
    "folded": st.sampled_from(["x", None]),
    "blood_group": st.sampled_from(["O", None, 1, ["x"]]),
}
_changes = st.tuples(
    st.integers(0, 2),  # who
    st.sampled_from(["child", "incident"]),
    st.sampled_from(RECORDS[:2]),
    st.fixed_dictionaries({}, optional=_values).filter(bool),
    st.booleans(),  # whether it is carried at once
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(_changes, min_size=2, max_size=14))
def test_whatever_anybody_wrote_a_rebuild_gives_the_same_rows(tmp_path_factory, history):
    world = World(tmp_path_factory.mktemp("world") / "w")
    try:
        for i, form, record, fields, carry in history:
            node = world.nodes[i]
            node.store.write([Draft(form, record, fields)], unit=node.unit, officer="x")
            if carry:
                for peer in node.peers.values():
                    peer.receive(node.pack(peer, always=True))
        world.exchange()
        first = world.nodes[0]
        for node in world.nodes:
            assert node.store.rebuilt_differences() == []
            assert node.conflicts() == first.conflicts()
            for form in ("child", "incident"):
                assert node.rows(form) == first.rows(form)
    finally:
        world.close()


def test_a_table_gains_a_column_and_a_form_when_the_catalogue_does(world, tmp_path):
    from cbdesk.paths import resources

    layer = tmp_path / "layer"
    (layer / "forms").mkdir(parents=True)
    text = (resources() / "catalogue/forms/village.toml").read_text(encoding="utf-8")
    field = '[[section.field]]\nname = "altitude"\nkind = "integer"\nlabel = { vi = "Độ cao" }\n\n  [[section.field]]'
    (layer / "forms/village.toml").write_text(text.replace("[[section.field]]", field, 1), encoding="utf-8")
    (layer / "forms/spring.toml").write_text(text, encoding="utf-8")
    world.a.save(X, "village", name="Lũng Mít")
    catalogue.use_layers(layer)
    try:
        with world.a.store.atomic():
            projection.create(world.a.store.db)
        world.a.save(X, "village", altitude=900)
        world.a.save(Y, "spring", name="Mó nước")
        assert world.a.row(X, "village")["altitude"] == 900
        assert world.a.rows("spring")[0]["name"] == "Mó nước"
        assert world.a.store.search("spring", [["mo"]], 5)[1] == 1
    finally:
        catalogue.use_layers()
