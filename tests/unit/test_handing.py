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
