"""Two records of one child made one: nothing is lost, everything is found, and it comes apart again."""

import json

import pytest

from cbdesk import cli, desk
from cbdesk.catalogue import catalogue
from cbdesk.change import new_id
from cbdesk.errors import Problem
from cbdesk.store.projection import OWNER

KEEP = {
    "full_name": "Hoàng Văn Páo", "born": "2014-03-05", "sex": "male", "village": "Nà Héng",
    "mother_name": "Lý Thị Mẩy", "groups": ["04"],
}  # fmt: skip
OTHER = {
    "full_name": "Hoàng A Bảo", "born": "2014", "village": "Nà Héng", "father_name": "Hoàng Văn Sùng",
    "personal_id": "004214000001", "risks": ["R05"],
}  # fmt: skip
INCIDENT = {"kind": "injury", "received_at": "2026-03-01T08:00", "cause": "fall"}


@pytest.fixture
def two(commune):
    saved = commune.put("child", [KEEP, OTHER])
    commune.save("incident", {**INCIDENT, "child": [saved[1].id]})
    return commune, saved[0].id, saved[1].id


def rows(book):
    """Return every row of the register as it is shown, to compare before and after."""
    tables = ("child", "carer", "circumstance", "risk", "incident")
    return {form: book.store.rows(form, order="id") for form in tables}


def linked(book, commune_folder, role="commune", unit="01321"):
    """Return another installation that trusts and is trusted by this one."""
    done = desk.setup(commune_folder, role=role, unit=unit, officer="Bế Văn An", password="mật khẩu", practice=True)
    made = done.desk
    made.enrol(book.card_bytes(), book.fingerprint)
    book.enrol(made.card_bytes(), made.fingerprint)
    return made


def carry(sender, receiver, stick):
    stick.mkdir(exist_ok=True)
    return receiver.receive([one.file for one in sender.send(stick) if one.file is not None])


def test_the_child_is_there_once_with_all_of_both(two):
    book, keep, other = two
    assert book.merge(keep, other).id == keep
    assert [row.id for row in book.children()] == [keep]
    assert book.overview()["figures"]["children"] == 1
    assert [row["child"]["id"] for row in book.people(2026)] == [keep]
    found = book.get(keep)
    assert found["full_name"] == KEEP["full_name"]
    assert found["personal_id"] == OTHER["personal_id"]
    assert (found["mother_name"], found["father_name"]) == (KEEP["mother_name"], OTHER["father_name"])
    assert (found["groups"], found["risks"]) == (KEEP["groups"], OTHER["risks"])
    assert len(book.rows_of("carer", keep)) == 2
    assert book.incidents()[0]["child"] == [keep]
    assert book.incidents()[0]["names"] == [KEEP["full_name"]]
    assert book.duplicates(all_levels=True) == []
    assert book.verify()["ok"]


def test_either_name_and_number_finds_the_kept_child(two):
    book, keep, other = two
    book.merge(keep, other)
    codes = [book.get(one)["book_code"] for one in (keep, other)]
    for query in ("pao", "hoang a bao", "Bảo", OTHER["personal_id"], "hoang", *codes):
        answer = book.find(query)
        assert ([row["id"] for row in answer["rows"]], answer["total"]) == ([keep], 1)
        assert book.search_children(query) == [keep]
    assert book.find("nguyen")["total"] == 0
    assert book.get(other)["merged_into"] == keep
    assert book.get(keep)["merged"] == [other]


def test_the_history_of_both_is_told(two):
    book, keep, other = two
    book.merge(keep, other)
    told = {(one["field"], one["to"]) for one in book.history(keep)}
    assert {("full_name", KEEP["full_name"]), ("full_name", OTHER["full_name"])} <= told


@pytest.mark.parametrize("back", ["undo", "split the other", "split the kept"])
def test_taking_it_back_restores_both(two, back):
    book, keep, other = two
    before = rows(book)
    batch = book.merge(keep, other).batch
    assert rows(book) != before
    if back == "undo":
        book.undo(batch)
    else:
        assert book.split(other if back == "split the other" else keep).id == other
    assert rows(book) == before
    assert book.verify()["ok"]
    assert [row["id"] for row in book.find("bao")["rows"]] == [other]


def test_later_edits_stay_where_they_were_made(two):
    book, keep, other = two
    book.merge(keep, other)
    father = next(row for row in book.rows_of("carer", keep) if row["full_name"] == OTHER["father_name"])
    book.save("carer", {"phone": "0912345678"}, father["id"])
    book.save("child", {"full_name": "Hoàng Văn Páo Lớn", "personal_id": "004214999999"}, keep)
    book.save("child", {"groups": ["04", "01"]}, keep)
    book.split(other)
    assert book.get(keep)["full_name"] == "Hoàng Văn Páo Lớn"
    assert book.get(keep)["personal_id"] == "004214999999"
    assert sorted(book.get(keep)["groups"]) == ["01", "04"]
    assert book.get(other)["personal_id"] == OTHER["personal_id"]
    assert [row["phone"] for row in book.rows_of("carer", other)] == ["0912345678"]
    assert [row["child"] for row in book.incidents()] == [[other]]


def test_a_chain_leads_to_the_one_child_and_comes_apart_from_its_end(two):
    book, keep, other = two
    third = book.save("child", {"full_name": "Hoàng Seo Pao", "born": "2014-03"}).id
    book.merge(keep, other)
    book.merge(third, keep)
    assert book.get(other)["merged_into"] == third
    assert [row["id"] for row in book.find("bao")["rows"]] == [third]
    assert len(book.rows_of("carer", third)) == 2
    with pytest.raises(Problem, match="merged_already"):
        book.split(other)
    book.split(keep)
    book.split(other)
    assert {row.id for row in book.children()} == {keep, other, third}
    assert len(book.rows_of("carer", other)) == 1


def test_wrong_records_are_refused_in_words(two):
    book, keep, other = two
    village = next(iter(book.village_names()))
    for a, b, name in ((keep, keep, "same_record"), (keep, village, "not_a_child"), (new_id(), keep, "no_record")):
        with pytest.raises(Problem, match=name):
            book.merge(a, b)
    with pytest.raises(Problem, match="not_merged"):
        book.split(keep)
    book.merge(keep, other)
    for a, b in ((keep, other), (other, keep)):
        with pytest.raises(Problem, match="merged_already") as caught:
            book.merge(a, b)
        assert keep in caught.value.what


def test_a_legal_deletion_takes_both(two):
    book, keep, other = two
    book.merge(keep, other)
    book.erase(keep, "theo yêu cầu")
    assert book.store.rows("child", hidden=True) == []
    lines = "".join(line for (line,) in book.store.db.execute("SELECT line FROM op"))
    assert OTHER["full_name"] not in lines
    assert OTHER["father_name"] not in lines
    assert book.verify()["ok"]


def test_it_travels_and_what_comes_later_follows(two, receiver, tmp_path):
    book, keep, other = two
    receiver.enrol(book.card_bytes(), book.fingerprint)
    book.enrol(receiver.card_bytes(), receiver.fingerprint)
    carry(book, receiver, tmp_path / "a")
    book.merge(keep, other)
    carry(book, receiver, tmp_path / "a")
    assert [row.id for row in receiver.children()] == [keep]
    assert [row["id"] for row in receiver.find("bao")["rows"]] == [keep]
    receiver.split(other)
    carry(receiver, book, tmp_path / "b")
    assert {row.id for row in book.children()} == {keep, other}
    assert rows(book) == rows(receiver)
    assert book.verify()["ok"]
    assert receiver.verify()["ok"]


@pytest.fixture
def sisters(two, tmp_path):
    """Two PCs of one commune that hold the same two records."""
    book, keep, other = two
    sister = linked(book, tmp_path / "sister")
    meet(book, sister, tmp_path)
    yield book, sister, keep, other
    sister.close()


def meet(one, another, tmp_path):
    """Carry both ways until both have everything, as sticks between two PCs do."""
    for _ in range(3):
        for giver, taker in ((one, another), (another, one)):
            stick = tmp_path / new_id()
            stick.mkdir()
            taker.receive([sent.file for sent in giver.send(stick, to=taker.node)])
    assert rows(one) == rows(another)
    assert one.verify()["ok"]
    assert another.verify()["ok"]


def test_rows_that_another_place_hung_on_a_joined_record_follow_it(sisters, tmp_path):
    book, sister, keep, other = sisters
    book.merge(keep, other)
    sister.save("carer", {"child": other, "relation": "mother", "full_name": "Vừ Thị Dở"})
    sister.save("incident", {**INCIDENT, "child": [other], "received_at": "2026-05-01T10:00"})
    meet(book, sister, tmp_path)
    for place in (book, sister):
        assert "Vừ Thị Dở" in [row["full_name"] for row in place.rows_of("carer", keep)]
        assert [row["child"] for row in place.incidents()] == [[keep], [keep]]
    sister.split(other)
    meet(book, sister, tmp_path)
    assert "Vừ Thị Dở" in [row["full_name"] for row in book.rows_of("carer", other)]
    assert [row["child"] for row in book.incidents()] == [[other], [other]]


def test_two_places_that_joined_the_other_way_round_keep_one_child(sisters, tmp_path):
    book, sister, keep, other = sisters
    book.merge(keep, other)
    sister.merge(other, keep)
    meet(book, sister, tmp_path)
    for place in (book, sister):
        assert [row.id for row in place.children()] == [keep]
        assert len(place.rows_of("carer", keep)) == 2
        assert place.incidents()[0]["child"] == [keep]
        assert place.get(other)["merged_into"] == keep
    book.split(other)
    meet(book, sister, tmp_path)
    assert {row.id for row in sister.children()} == {keep, other}
    assert [row["full_name"] for row in sister.rows_of("carer", other)] == [OTHER["father_name"]]


def test_a_child_does_not_vanish_when_the_kept_record_was_hidden_elsewhere(sisters, tmp_path):
    book, sister, keep, other = sisters
    sister.void(keep, "nhập hai lần")
    for n in range(5):
        book.save("child", {"notes": f"ghi {n}"}, other)  # our counter is ahead of theirs
    book.merge(keep, other)
    meet(book, sister, tmp_path)
    assert [row.id for row in book.children()] == [other]
    assert len(book.rows_of("carer", other)) == 1


def test_both_places_joined_the_same_two(sisters, tmp_path):
    book, sister, keep, other = sisters
    book.merge(keep, other)
    sister.merge(keep, other)
    meet(book, sister, tmp_path)
    assert [row.id for row in book.children()] == [keep]
    sister.split(other)
    meet(book, sister, tmp_path)
    assert {row.id for row in book.children()} == {keep, other}
    assert len(book.rows_of("carer", other)) == 1


# --- what is kept ----------------------------------------------------------------------------------------------------


def fields(view):
    return {one.name: one for one in view.fields}


def test_two_records_are_laid_side_by_side_with_what_to_keep(two):
    book, keep, other = two
    book.save("child", {"phone": "0912345678", "school": "TH Nà Héng"}, keep)
    book.save("child", {"phone": "091234", "school": "PTDTBT"}, other)
    view = book.pair(keep, other)
    shown = {name: (one.a, one.b, one.take, one.why) for name, one in fields(view).items() if not one.same}
    assert shown == {
        "full_name": ("Hoàng Văn Páo", "Hoàng A Bảo", "a", "first"),
        "born": ("05/03/2014", "2014", "a", "fuller"),
        "sex": ("Nam", "", "a", "only"),
        "personal_id": ("", "004214000001", "b", "only"),
        "phone": ("0912345678", "091234", "a", "well_formed"),
        "school": ("TH Nà Héng", "PTDTBT", "b", "newer"),
    }
    assert fields(view)["village"].same
    assert fields(view)["born"].why_text == "ghi đầy đủ hơn"
    assert {one.form: (one.a, one.b, one.joined) for one in view.lists} == {
        "carer": (("Mẹ đẻ, Lý Thị Mẩy",), ("Cha đẻ, Hoàng Văn Sùng",), 2),
        "circumstance": (("Trẻ em khuyết tật",), (), 1),
        "risk": ((), (catalogue().lists["risk"].label("R05"),), 1),
        "incident": ((), ("Tai nạn, thương tích, 08:00 01/03/2026",), 1),
    }
    assert (view.code_a, view.code_b) == (book.get(keep)["book_code"], book.get(other)["book_code"])


def test_chosen_values_stand_and_the_record_that_was_shown_is_the_one_joined(two):
    book, keep, other = two
    stand = book.pair(keep, other).stand
    book.save("carer", {"phone": "0912345678"}, book.rows_of("carer", other)[0]["id"])
    with pytest.raises(Problem, match="changed_meanwhile"):
        book.merge(keep, other, stand=stand)
    with pytest.raises(Problem, match="unknown_field"):
        book.merge(keep, other, {"book_code": "other"})
    before = rows(book)
    stand = book.pair(other, keep).stand
    book.merge(keep, other, {"full_name": "other", "born": "other", "personal_id": "keep"}, stand)
    found = book.get(keep)
    assert (found["full_name"], found["born"], found.get("personal_id")) == (OTHER["full_name"], "2014", None)
    book.split(other)
    assert rows(book) == before


def test_what_hangs_on_a_field_is_taken_from_the_same_record(two):
    book, keep, other = two
    book.save("child", {"life_status": "dead", "status_since": "2019-05-01", "death_cause": "đuối nước"}, keep)
    book.save("child", {"life_status": "left", "moved_to": "Bắc Ninh"}, other)
    proposed = fields(book.pair(keep, other))
    assert {name: proposed[name].take for name in ("life_status", "status_since", "moved_to")} == {
        "life_status": "b", "status_since": "b", "moved_to": "b",
    }  # fmt: skip
    assert proposed["status_since"].why == "goes_with"
    batch = book.merge(keep, other).batch
    found = book.get(keep)
    assert (found["life_status"], found.get("status_since"), found["moved_to"]) == ("left", None, "Bắc Ninh")
    book.undo(batch)
    book.merge(keep, other, {"life_status": "keep"})
    found = book.get(keep)
    assert (found["life_status"], found["status_since"], found.get("moved_to")) == ("dead", "2019-05-01", None)


def test_notes_of_both_are_kept(two):
    book, keep, other = two
    for record, note in ((keep, "ở với bà"), (other, "mẹ đi Bắc Ninh")):
        book.save("child", {"notes": note}, record)
    view = book.pair(keep, other)
    assert "notes" not in fields(view)
    assert next(one for one in view.lists if one.form == "notes").joined == 2
    book.merge(keep, other)
    assert book.get(keep)["notes"] == "ở với bà\nmẹ đi Bắc Ninh"
    book.split(other)
    assert (book.get(keep)["notes"], book.get(other)["notes"]) == ("ở với bà", "mẹ đi Bắc Ninh")


def test_a_number_that_the_police_verified_goes_first(two):
    book, keep, other = two
    book.save("child", {"personal_id": "004214777777"}, keep)
    book.save("cleaning_list", {"number": "01/2026", "made_on": "2026-03-01"})
    listed = book.all_rows("cleaning_list")[0]["id"]
    book.save("cleaning_line", {"child": other, "list": listed, "line": 1, "verified_id": OTHER["personal_id"]})
    assert fields(book.pair(keep, other))["personal_id"].why == "verified"
    book.merge(keep, other)
    assert book.get(keep)["personal_id"] == OTHER["personal_id"]
    assert book.id_state(keep).name == "verified"


def test_kin_are_named(two):
    book, keep, _ = two
    mother = {"mother_name": KEEP["mother_name"], "village": "Nà Héng", "sex": "male"}
    twin = book.save("child", {"full_name": "Hoàng Văn Pào", "born": KEEP["born"], **mother}).id
    younger = book.save("child", {"full_name": "Hoàng Văn Pào", "born": "2015-03-05", **mother}).id
    assert book.pair(keep, twin).kin == "twins"
    assert book.pair(keep, younger).kin == "siblings"
    assert book.pair(twin, younger).kin == ""


# --- rows told twice -------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(two):
    """Both records tell the same mother and the same group; the second tells more of the mother."""
    book, keep, other = two
    said = {"child": other, "relation": "mother", "full_name": "LÝ THỊ MẨY"}
    book.save("carer", {**said, "phone": "0912345678", "main_carer": True})
    book.save("circumstance", {"child": other, "code": "04", "from": "2025-01-01", "disability_level": "severe"})
    return book, keep, other


def mothers(book, child):
    return [row for row in book.rows_of("carer", child) if row["relation"] == "mother"]


def test_rows_told_twice_are_one_that_says_all(twice):
    book, keep, other = twice
    lists = {one.form: one for one in book.pair(keep, other).lists}
    assert (len(lists["carer"].a), len(lists["carer"].b), lists["carer"].joined) == (1, 2, 2)
    assert lists["circumstance"].joined == 1
    before = rows(book)
    batch = book.merge(keep, other).batch
    (mother,) = mothers(book, keep)
    assert (mother["full_name"], mother["phone"], mother["main_carer"]) == ("Lý Thị Mẩy", "0912345678", True)
    (group,) = book.rows_of("circumstance", keep)
    assert (group["from"], group["disability_level"]) == ("2025-01-01", "severe")
    book.undo(batch)
    assert rows(book) == before
    book.merge(keep, other)
    book.save("carer", {"phone": "0987654321", "occupation": "đi làm xa"}, mother["id"])
    book.split(other)
    assert mothers(book, keep)[0]["phone"] == "0987654321"  # an edit made since stays where it was made
    assert mothers(book, keep)[0]["occupation"] == "đi làm xa"
    assert mothers(book, other)[0]["phone"] == "0912345678"
    assert len(book.rows_of("circumstance", other)) == 1
    assert book.rows_of("circumstance", keep)[0].get("from") is None


@pytest.mark.parametrize(
    ("form", "one", "another"),
    [
        ("carer", {"relation": "mother", "full_name": "Lý Thị Mẩy", "born": "1985"},
         {"relation": "mother", "full_name": "Lý Thị Mẩy", "born": "1992"}),
        ("carer", {"relation": "mother", "full_name": "Lý Thị Mẩy"},
         {"relation": "sibling", "full_name": "Lý Thị Mẩy"}),
        ("carer", {"relation": "mother"}, {"relation": "mother"}),
        ("circumstance", {"code": "04", "from": "2019-01-01", "to": "2020-01-01"},
         {"code": "04", "from": "2024-01-01"}),
        ("circumstance", {"code": "04", "to": "2020-01-01"}, {"code": "04", "from": "2024-01-01"}),
        ("support", {"kind": "allowance", "from": "2024-01-01", "amount": 100},
         {"kind": "allowance", "from": "2024-01-01", "amount": 9}),
        ("case", {"kind": "abused"}, {"kind": "abused"}),
    ],
)  # fmt: skip
def test_rows_that_may_be_two_stand_side_by_side(commune, form, one, another):
    keep, other = (commune.save("child", {"full_name": "Hoàng Văn Páo"}).id for _ in range(2))
    for child, row in ((keep, one), (other, another)):
        assert commune.save(form, {**row, "child": child}).id
    commune.merge(keep, other)
    assert len(commune.rows_of(form, keep)) == 2


def test_one_main_carer_stays(twice):
    book, keep, other = twice
    grandmother = {"relation": "maternal_grandmother", "full_name": "Nông Thị Ẻn", "main_carer": True}
    book.save("carer", {**grandmother, "child": keep})
    book.merge(keep, other)
    main = [row["full_name"] for row in book.rows_of("carer", keep) if row.get("main_carer")]
    assert main == [grandmother["full_name"]]
    book.split(other)
    assert mothers(book, other)[0]["main_carer"] is True


def test_rows_told_twice_at_two_places_stay_one(sisters, tmp_path):
    book, sister, keep, other = sisters
    for place, record in ((book, keep), (sister, other)):
        place.save("circumstance", {"child": record, "code": "02", "from": "2026-01-01"})
    book.merge(keep, other)
    meet(book, sister, tmp_path)
    for place in (book, sister):
        assert sorted(row["code"] for row in place.rows_of("circumstance", keep)) == ["02", "04"]
    sister.split(other)
    meet(book, sister, tmp_path)
    assert [row["code"] for row in book.rows_of("circumstance", other)] == ["02"]


def test_a_mother_does_not_vanish_when_her_kept_row_was_hidden_elsewhere(sisters, tmp_path):
    book, sister, keep, other = sisters
    book.save("carer", {"child": other, "relation": "mother", "full_name": "Lý Thị Mẩy"})
    meet(book, sister, tmp_path)
    sister.void(mothers(sister, keep)[0]["id"], "ghi hai lần")
    for n in range(5):
        book.save("child", {"notes": f"ghi {n}"}, other)  # our counter is ahead of theirs
    book.merge(keep, other)
    meet(book, sister, tmp_path)
    assert [row["full_name"] for row in mothers(book, keep)] == ["Lý Thị Mẩy"]


# --- the receiver and two communes -----------------------------------------------------------------------------------


@pytest.fixture
def moved(two, receiver, tmp_path):
    """A receiver whose two communes hold one child; yields it, the first commune, a way to carry, and the two ids."""
    book, keep, _ = two
    elsewhere = linked(receiver, tmp_path / "other", unit="01273")
    receiver.enrol(book.card_bytes(), book.fingerprint)
    book.enrol(receiver.card_bytes(), receiver.fingerprint)
    there = elsewhere.save("child", {k: v for k, v in KEEP.items() if k != "groups"}).id
    carry(book, receiver, tmp_path / "a")
    carry(elsewhere, receiver, tmp_path / "b")
    yield receiver, book, elsewhere, keep, there
    elsewhere.close()


def in_queue(book, *pair):
    return any({one.a, one.b} == set(pair) for one in book.duplicates(all_levels=True))


def test_no_commune_loses_a_child_to_a_record_it_does_not_hold(moved):
    receiver, _, _, keep, there = moved
    assert in_queue(receiver, keep, there)
    assert receiver.pair(keep, there).two_units
    with pytest.raises(Problem, match="two_units"):
        receiver.merge(keep, there)
    before = rows(receiver)
    batch = receiver.same(there, keep).batch
    assert receiver.same(keep, there).batch is None  # remembered once
    assert not in_queue(receiver, keep, there)
    assert receiver.same_children() == [frozenset({keep, there})]
    assert rows(receiver) == before
    assert len({row[OWNER] for row in receiver.store.rows("child")}) == 2
    receiver.undo(batch)
    assert in_queue(receiver, keep, there)
    assert receiver.same_children() == []
    assert receiver.verify()["ok"]


@pytest.mark.parametrize("decision", ["same", "distinct"])
def test_no_commune_learns_what_another_holds(moved, tmp_path, decision):
    receiver, book, elsewhere, keep, there = moved
    getattr(receiver, decision)(keep, there)
    receiver.save("child", {"phone": "0912345678"}, keep)
    receiver.save("child", {"phone": "0912345679"}, there)
    for place, theirs, ours in ((book, there, keep), (elsewhere, keep, there)):
        stick = tmp_path / f"{decision} {place.node}"
        stick.mkdir()
        place.receive([one.file for one in receiver.send(stick, to=place.node) if one.file])
        assert place.get(ours)["phone"].startswith("09123")
        lines = "".join(line for (line,) in place.store.db.execute("SELECT line FROM op"))
        assert theirs not in lines
        assert place.verify()["ok"]
    assert not in_queue(receiver, keep, there)


def test_one_child_in_two_communes_counts_once_also_after_a_join_in_one(moved, tmp_path):
    receiver, book, _, keep, there = moved
    _, other = sorted(row.id for row in book.children())
    receiver.same(other, there)
    book.merge(keep, other)
    carry(book, receiver, tmp_path / "a")
    assert receiver.same_children() == [frozenset({keep, there})]
    assert not in_queue(receiver, keep, there)
    with pytest.raises(Problem, match="one_unit"):
        book.same(*(book.save("child", {"full_name": name}).id for name in ("Hoàng A", "Hoàng B")))
    book.void(keep, "nhập nhầm")
    carry(book, receiver, tmp_path / "a")
    assert receiver.same_children() == []


def test_the_command_line(two, monkeypatch, capsys):
    book, keep, other = two
    book.close()
    monkeypatch.setenv("CBDESK_PASSWORD", "mật khẩu")

    def run(*arguments):
        code = cli.run(["--data", str(book.folder), "--json", *arguments], lambda _: 0)
        return code, json.loads(capsys.readouterr().out)

    assert run("merge", keep, other)[1]["id"] == keep
    assert run("get", other)[1]["merged_into"] == keep
    assert run("find", "bao")[1]["total"] == 1
    code, told = run("merge", keep, other)
    assert (code, told["problem"]["name"]) == (1, "merged_already")
    assert run("split", other)[1]["id"] == other
    batch = run("merge", keep, other)[1]["batch"]
    assert run("undo", batch)[0] == 0
    assert len(run("list", "child")[1]["rows"]) == 2
