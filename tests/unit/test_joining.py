"""Two records of one child made one: nothing is lost, everything is found, and it comes apart again."""

import json

import pytest

from cbdesk import cli, desk
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
    for query in ("pao", "hoang a bao", "Bảo", OTHER["personal_id"], "hoang"):
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


def test_units_stay_apart(two, receiver, tmp_path):
    book, keep, _ = two
    elsewhere = linked(receiver, tmp_path / "other", unit="01273")
    receiver.enrol(book.card_bytes(), book.fingerprint)
    book.enrol(receiver.card_bytes(), receiver.fingerprint)
    moved = elsewhere.save("child", {k: v for k, v in KEEP.items() if k != "groups"}).id
    carry(book, receiver, tmp_path / "a")
    carry(elsewhere, receiver, tmp_path / "b")
    elsewhere.close()
    assert any({one.a, one.b} == {keep, moved} for one in receiver.duplicates())
    with pytest.raises(Problem, match="two_units"):
        receiver.merge(keep, moved)
    assert len({row[OWNER] for row in receiver.store.rows("child")}) == 2


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
