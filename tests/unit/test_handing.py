"""A case handed to another commune: a sealed file of its own, taken, answered; a neighbour can do nothing else."""

import pytest

from cbdesk import clock, desk
from cbdesk.errors import Problem

PDF = b"%PDF-1.7 scan"


@pytest.fixture
def two(commune, tmp_path):
    """Two communes that took each other's cards for handing over."""
    done = desk.setup(tmp_path / "khác", role="commune", unit="01324", officer="Lý Văn Chòi", password="mật khẩu",
                      practice=True)  # fmt: skip
    other = done.desk
    commune.enrol(other.card_bytes(), other.fingerprint, neighbour=True)
    other.enrol(commune.card_bytes(), commune.fingerprint, neighbour=True)
    clock.set_fixed("2026-10-12T09:30")
    yield commune, other
    other.close()


@pytest.fixture
def case(two):
    """An abused child of another commune, with a case begun here."""
    book = two[0]
    child = book.save("child", {"full_name": "Hoàng Văn Páo", "born": "2014-03-05", "village": "Nà Héng",
                                "mother_name": "Lý Thị Mẩy", "groups": ["03"]}).id  # fmt: skip
    told = {"kind": "abuse", "received_at": "2026-10-12T09:00", "child": [child], "reporter_name": "Vừ Thị Dở"}
    incident = book.save("incident", told).id
    case = book.open_case(child, {"kind": "abused"}, incident=incident).id
    book.finish_step(case, "initial", {"done_at": "2026-10-12T09:20"})
    book.save("suspect", {"incident": incident, "relation": "neighbour", "name": "Nông Văn X"})
    book.attach_bytes(case, PDF, {"title": "Mẫu 02 đã ký"})
    return case


def test_a_case_goes_over_whole_and_the_receipt_closes_it_here(two, case, stick):
    book, other = two
    path = book.hand_over(case, "01324", stick)
    assert book.case(case).values["handed_to"] == other.unit.key
    assert not book.case(case).state.facts.closed
    [took] = other.receive([stick])
    assert (took.result, took.problem) == ("merged", None)
    [line] = other.cases()
    view = other.case(line.id)
    assert line.name == "Hoàng Văn Páo"
    assert view.values["came_as"] == case
    assert view.values["came_from"] == book.unit.key
    assert view.state.of("initial").state == "done"
    assert view.incidents[0]["reporter_name"] == "Vừ Thị Dở"
    assert [row["relation"] for row in other.rows_of("suspect", view.incidents[0]["id"])] == ["neighbour"]
    child = other.get(line.child)
    assert (child["mother_name"], child["groups"]) == ("Lý Thị Mẩy", ["03"])
    assert "Nà Héng" in child["address_old"]
    [scan] = other.attachments(line.id)
    assert other.open_attachment(scan["id"])[0] == PDF
    assert other.verify()["ok"]
    [heard] = [one for one in book.receive([stick]) if one.file != str(path)]
    assert heard.result == "accepted"
    assert book.case(case).state.facts.closed
    assert book.case(case).values["end"] == "transferred"
    assert book.verify()["ok"]


def test_taking_twice_changes_nothing(two, case, stick):
    book, other = two
    book.hand_over(case, "01324", stick)
    other.receive([stick])
    assert [one.result for one in other.receive([stick])] == ["already"]
    assert len(other.cases()) == 1


def test_a_neighbour_is_no_peer_of_bundles(two, case, stick, receiver):
    book, other = two
    assert book.peers() == []
    with pytest.raises(Problem):
        book.send(stick, "01324")
    receiver.enrol(other.card_bytes(), other.fingerprint)
    other.enrol(receiver.card_bytes(), receiver.fingerprint)
    other.save("child", {"full_name": "Nông Thị Mai"})
    sent = other.send(stick)[0]
    [refused] = book.receive([sent.file])
    assert refused.problem.name in ("wrong_recipient_or_damaged", "unknown_key", "not_for_me")
    assert len(book.children()) == 1


def test_another_communes_card_needs_to_be_asked_for(commune, tmp_path, two):
    _, other = two
    with pytest.raises(Problem) as problem:
        commune.enrol(other.card_bytes(), other.fingerprint)
    assert problem.value.name == "other_unit"


def test_without_a_card_nothing_is_handed_over(commune, stick):
    child = commune.save("child", {"full_name": "Hoàng Văn Páo"}).id
    case = commune.open_case(child, {"kind": "abused"}).id
    with pytest.raises(Problem) as problem:
        commune.hand_over(case, "01324", stick)
    assert problem.value.name == "no_neighbour"
    assert list(stick.iterdir()) == []


def test_a_damaged_file_is_refused_and_nothing_taken(two, case, stick):
    book, other = two
    path = book.hand_over(case, "01324", stick)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    [refused] = other.receive([stick])
    assert refused.result == "refused"
    assert other.cases() == []


# --- a child without a case -----------------------------------------------------------------------------------------


@pytest.fixture
def child(two):
    """A child with people, a group and a paper, and no case."""
    book = two[0]
    child = book.save("child", {"full_name": "Sùng Thị Chá", "born": "2017-05-02", "village": "Nà Héng",
                                "groups": ["03"], "mother_name": "Vàng Thị Mỷ",
                                "household_class": "poor"}).id  # fmt: skip
    home = book.get(child)["household"]
    book.save("household", {"head_name": "Sùng A Páo", "phone": "0912345678"}, home)
    [now] = book.store.rows("household_class")
    book.save("household_class", {"decision_no": "1520/QĐ-UBND", "decision_date": "2025-12-10"}, now["id"])
    book.save("household_class", {"household": home, "year": 2024, "class": "near_poor"})
    book.attach_bytes(child, PDF, {"title": "Giấy khai sinh"})
    return child


def test_a_child_without_a_case_goes_over_and_is_moved_away_once_the_receipt_is_here(two, child, stick):
    book, other = two
    path = book.hand_child(child, "01324", stick)
    assert book.get(child).get("life_status") is None
    [took] = other.receive([stick])
    assert (took.result, took.problem) == ("merged", None)
    [row] = other.children()
    here = other.get(row.id)
    assert (here["full_name"], here["mother_name"], here["groups"]) == ("Sùng Thị Chá", "Vàng Thị Mỷ", ["03"])
    assert (here["came_how"], here["came_on"], here["came_from"]) == ("moved_in", "2026-10-12", book.unit.name)
    assert here["book_code"] != book.get(child)["book_code"]
    assert other.open_attachment(other.attachments(row.id)[0]["id"])[0] == PDF
    assert other.cases() == []
    [home], [level] = other.store.rows("household"), other.store.rows("household_class")
    assert (home["id"], home["head_name"], home.get("phone")) == (here["household"], "Sùng A Páo", None)
    assert home["id"] != book.get(child)["household"]
    assert [level[name] for name in ("household", "year", "class", "decision_no", "decision_date")] == [
        home["id"], 2026, "poor", "1520/QĐ-UBND", "2025-12-10"]  # fmt: skip
    clock.set_fixed("2026-10-15T08:00")
    [heard] = [one for one in book.receive([stick]) if one.file != str(path)]
    assert heard.result == "accepted"
    gone = book.get(child)
    assert (gone["life_status"], gone["status_since"], gone["moved_to"]) == ("left", "2026-10-12", other.unit.name)
    assert [(row["way"], row["taken_on"]) for row in book.transfers(child)] == [("out", "2026-10-15")]
    assert not book.children()[0].here
    assert book.verify()["ok"]
    assert other.verify()["ok"]


def test_a_child_given_twice_is_taken_once(two, child, stick, tmp_path):
    book, other = two
    book.hand_child(child, "01324", stick)
    other.receive([stick])
    (again := tmp_path / "again").mkdir()
    book.hand_child(child, "01324", again)
    assert [one.result for one in other.receive([again])] == ["already"]
    assert len(other.children()) == 1


def test_a_child_given_to_one_commune_is_not_given_to_another(two, child, stick, tmp_path):
    book, other = two
    third = desk.setup(tmp_path / "ba", role="commune", unit="01327", officer="Vừ A Dế", password="mật khẩu",
                       practice=True).desk  # fmt: skip
    book.enrol(third.card_bytes(), third.fingerprint, neighbour=True)
    third.close()
    book.hand_child(child, "01324", stick)
    with pytest.raises(Problem) as problem:
        book.hand_child(child, "01327", stick)
    assert problem.value.name == "handed_elsewhere"
    assert other.unit.name in problem.value.what
    book.hand_back(child)  # it was the wrong place
    assert book.transfers(child) == []
    assert book.hand_child(child, "01327", stick)


def test_a_child_with_an_open_case_goes_with_the_case(two, case, stick):
    book, _ = two
    with pytest.raises(Problem) as problem:
        book.hand_child(book.case(case).child, "01324", stick)
    assert problem.value.name == "child_has_case"
    assert list(stick.iterdir()) == []
