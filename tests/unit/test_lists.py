"""Verbs that answer with many records: order, conditions, the children's list, and *Hôm nay*."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cbdesk import change, clock
from cbdesk.errors import Problem

NOW = "2026-11-24T08:00"


@pytest.fixture
def book(commune):
    """A register of four children on 24/11/2026; the ids by name."""
    clock.set_fixed(NOW)
    rows = [
        {"full_name": "Đặng Văn Ốc", "born": "2014-03-05", "sex": "male", "village": "Nà Mới", "phone": "0912345678"},
        {"full_name": "Lý Mùi Mẩy", "born": "2015", "sex": "female", "village": "Lũng Mít", "groups": ["01.3"]},
        {"full_name": "Bế Hoà An", "born": "2018-11-30", "sex": "unknown", "risks": ["R05"], "household_class": "poor"},
        {"usual_name": "Cún", "life_status": "left"},
    ]
    saved = commune.put("child", rows)
    commune.ids = {row.get("full_name") or row["usual_name"]: one.id for row, one in zip(rows, saved, strict=True)}
    return commune


def listed(opened, form="child", **more):
    return [row.get("full_name") or row.get("usual_name") for row in opened.all_rows(form, **more)]


# --- list ------------------------------------------------------------------------------------------------------------


def test_rows_come_in_vietnamese_name_order(book):
    assert listed(book) == ["Bế Hoà An", "Cún", "Lý Mùi Mẩy", "Đặng Văn Ốc"]
    assert listed(book, sort="born") == ["Cún", "Đặng Văn Ốc", "Lý Mùi Mẩy", "Bế Hoà An"]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ({"sex": "male"}, ["Đặng Văn Ốc"]),
        ({"groups": "01.3"}, ["Lý Mùi Mẩy"]),
        ({"risks": "R05", "sex": "unknown"}, ["Bế Hoà An"]),
        ({"household_class": "poor"}, ["Bế Hoà An"]),
        ({"sex": "female", "born": "2014"}, []),
        ({"full_name": "' OR 1=1 --"}, []),
    ],
)
def test_conditions_compare_fields_and_shorthands(book, where, names):
    assert listed(book, where=where) == names


def test_conditions_understand_flags_and_lists_of_records(book):
    child = book.ids["Lý Mùi Mẩy"]
    forms = ["violence", "neglect"]
    book.put("incident", [
        {"kind": "abuse", "received_at": NOW, "child": [child], "urgent": True, "forms_of_abuse": forms},
        {"kind": "injury", "received_at": NOW, "child": [book.ids["Cún"], child], "urgent": False},
    ])  # fmt: skip

    def kinds(**where):
        return {row["kind"] for row in book.all_rows("incident", where)}

    assert kinds(urgent="true") == {"abuse"}
    assert kinds(urgent="false") == {"injury"}
    assert kinds(child=child) == {"abuse", "injury"}
    assert kinds(child=book.ids["Cún"]) == {"injury"}
    assert kinds(forms_of_abuse="neglect") == {"abuse"}


def test_a_village_may_be_named_in_a_condition(book):
    assert listed(book, where={"village": "Lũng Mít"}) == ["Lý Mùi Mẩy"]
    assert listed(book, where={"village": "Không Có"}) == []


@pytest.mark.parametrize(
    ("where", "sort"), [({"castle": "1"}, "name"), ({}, "castle"), ({'"; DROP TABLE op': "1"}, "name")]
)
def test_unknown_fields_are_told(book, where, sort):
    with pytest.raises(Problem, match="unknown_field"):
        book.all_rows("child", where, sort=sort)


# --- the order of names ----------------------------------------------------------------------------------------------

ORDERED = {
    "given-family-middle": ["Bế Văn An", "Nguyễn Thị An", "Đặng Ốc"],
    "given-middle-family": ["Nguyễn Thị An", "Bế Văn An", "Đặng Ốc"],
}


def test_the_order_of_names_is_a_setting_that_lists_reports_and_workbooks_follow(commune, tmp_path):
    clock.set_fixed(NOW)
    rows = [{"full_name": name, "born": "2018", "village": "Nà Mới", "groups": ["03"], "father_name": name}
            for name in ORDERED["given-family-middle"][::-1]]  # fmt: skip
    commune.put("child", rows)
    commune.snapshot("special", "2026-10", number="1", issued_on="2026-11-01")
    issued = commune.snapshots("special")[0]["id"]
    assert commune.name_order() == "given-family-middle"
    heard = []
    for order in ("given-middle-family", "given-family-middle", "given-middle-family"):
        commune.take_changed()
        commune.set_name_order(order, lambda done, whole: heard.append((done, whole)))
        names = ORDERED[order]
        assert commune.name_order() == order
        assert listed(commune) == [row.name for row in commune.children()] == names
        assert listed(commune, "carer") == names
        assert [row["full_name"] for row in commune.find("a")["rows"]] == [one for one in names if one != "Đặng Ốc"]
        paper, _ = commune.draft_paper("special", "2026-11")
        assert [row.cells["name"].text for row in paper.rows] == names
        assert commune.verify()["ok"]
        assert "child" in commune.take_changed().forms
    assert heard[-1][0] == heard[-1][1] >= 6
    with pytest.raises(Problem, match="snapshot_issued"):  # another order is no change of the list
        commune.snapshot("special", "2026-10", number="2", issued_on="2026-11-02")
    frozen = [row.cells["name"].text for row in commune.frozen_paper(issued).rows]
    assert frozen == ORDERED["given-family-middle"]  # an issued list stays as it is
    commune.put("child", [{"full_name": "Bế Thị An"}])  # a new record stands where the order wants it
    assert listed(commune)[0] == "Bế Thị An"
    commune.take_changed()
    commune.set_name_order("given-middle-family")  # nothing to do
    assert not commune.take_changed()


# --- find ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["dang van oc", "Đặng", "ĐẶNG VĂN ỐC", unicodedata.normalize("NFD", "Đặng Văn Ốc"), "oc", "0912345678"]
)
def test_a_child_is_found_however_it_is_typed(book, query):
    assert [row["full_name"] for row in book.find(query)["rows"]] == ["Đặng Văn Ốc"]


@pytest.mark.parametrize("query", ["Bế Hòa An", "bế hoà", "be hoa", "BẾ HOÀ AN"])
def test_the_place_of_a_tone_does_not_matter(book, query):
    assert book.find(query)["total"] == 1


def test_the_page_is_limited_and_the_total_is_not(book):
    book.put("child", [{"full_name": f"Trẻ Số {n}"} for n in range(30)])
    found = book.find("tre so", limit=7)
    assert (len(found["rows"]), found["total"]) == (7, 30)
    assert found["ms"] >= 0


def test_nothing_asked_is_nothing_found(book):
    assert book.find("   ") | {"ms": 0} == {"rows": [], "total": 0, "ms": 0, "why": {}}
    assert book.search_children(" ") is None
    assert book.search_children("mui") == [book.ids["Lý Mùi Mẩy"]]


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=25) | st.text(alphabet="\"'*()^-+:%_!\\ANDOR đĐyiỐ\x00", max_size=12))
def test_any_text_may_be_searched_for(book, query):
    found = book.find(query.encode("utf-8", "replace").decode())
    assert found["total"] >= len(found["rows"])


# --- the window's lists ----------------------------------------------------------------------------------------------


def test_the_childrens_list_tells_what_is_missing(book):
    rows = {row.name: row for row in book.children()}
    assert rows["Đặng Văn Ốc"].missing == ("personal_id", "no_carer")
    assert set(rows["Cún"].missing) == {"personal_id", "born_year_only", "no_carer", "sex_unknown"}
    assert rows["Lý Mùi Mẩy"].village_name == "Lũng Mít"
    assert rows["Lý Mùi Mẩy"].circumstances
    assert rows["Bế Hoà An"].risks[0]  # the household's class stands first
    assert rows["Đặng Văn Ốc"].age == (12, 12)
    assert rows["Lý Mùi Mẩy"].age == (10, 11)


def test_sensitive_groups_and_risks_are_kept_apart(book):
    from cbdesk.catalogue import catalogue

    secret = next(choice for choice in catalogue().lists["group"].choices if choice.sensitive)
    book.save("child", {"groups": [secret.code]}, book.ids["Cún"])
    row = next(row for row in book.children() if row.name == "Cún")
    assert row.sensitive
    assert row.circumstances == ()


def test_today_counts_who_lives_here(book):
    found = book.overview()
    assert found["month"] == "2026-11"
    assert found["figures"] == {"children": 3, "special": 1, "at_risk": 1, "incidents": 0}
    assert found["gaps"]["personal_id"] == 3
    assert found["gaps"]["sex_unknown"] == 1
    assert found["complete"] == 0
    book.save("child", {"groups": ["03"], "risks": ["R01"]}, book.ids["Cún"])
    assert book.overview()["figures"]["special"] == 1  # one who left is in no figure of this month


def test_an_empty_register_is_complete(commune):
    assert commune.overview()["complete"] == 100


@pytest.mark.parametrize(
    ("received", "shown"),
    [
        ("2026-11-24T07:59", True),
        ("2026-11-23T20:01", True),
        ("2026-11-23T20:00", False),
        ("2026-11-22T08:00", False),
    ],
)
def test_an_urgent_report_stands_for_twelve_hours_from_its_reception(book, received, shown):
    saved = book.save(
        "incident", {"kind": "abuse", "received_at": received, "urgent": True, "child": [book.ids["Cún"]]}
    )
    assert saved.id
    assert [one["id"] for one in book.urgent()] == ([saved.id] if shown else [])


def test_incidents_of_the_month_and_their_names(book):
    child = book.ids["Lý Mùi Mẩy"]
    book.save("incident", {"kind": "injury", "received_at": "2026-11-01T08:00", "child": [child]})
    book.save("incident", {"kind": "injury", "received_at": "2026-10-31T23:59", "child": [child, change.new_id()]})
    book.save("incident", {"kind": "injury", "received_at": "2026-10-31T23:59", "child": [child]})
    assert book.overview()["figures"]["incidents"] == 1
    assert [row["names"] for row in book.incidents()] == [["Lý Mùi Mẩy"], ["Lý Mùi Mẩy"]]


def test_changed_is_told_once(book):
    book.take_changed()
    book.save("child", {"risks": ["R01"]}, book.ids["Cún"])
    assert book.take_changed().forms == {"risk"}
    assert not book.take_changed()
