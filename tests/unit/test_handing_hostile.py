"""A neighbour's hand-over is a stranger's file: what it may hold, and whose word counts."""

import pytest

from cbdesk import carrier, clock, desk, handover
from cbdesk.change import new_id
from cbdesk.errors import Problem
from cbdesk.handover import Record

PDF = b"%PDF-1.7 scan"
DIGEST = "44b0fb9bde4bfb9f2cdf8d9ec7d5a0e9b8f8a5f2f2bb4b6c4a52b6dfcb1cc6dd"
TEXT = "title: x\n\nhi"


@pytest.fixture
def three(commune, tmp_path):
    """A commune and two neighbours, all of whom took each other's cards."""
    desks = [commune]
    for unit in ("01324", "01327"):
        made = desk.setup(tmp_path / unit, role="commune", unit=unit, officer="Lý Văn Chòi", password="mật khẩu",
                          practice=True)  # fmt: skip
        desks.append(made.desk)
    for one in desks:
        for other in desks:
            if one is not other:
                one.enrol(other.card_bytes(), other.fingerprint, neighbour=True)
    clock.set_fixed("2026-10-12T09:30")
    yield desks
    for one in desks[1:]:
        one.close()


@pytest.fixture
def pass_on(tmp_path):
    """Seal whatever one desk wants to tell another, and let it be received."""
    count = iter(range(100))

    def passed(giver, taker, case, records, *, blobs=None, of=""):
        [peer] = [one for one in giver.neighbours() if one.node == taker.node]
        data, name, _ = handover.pack(giver.keys, giver._me(), peer, case=case, records=records, blobs=blobs, of=of,
                                      practice=True)  # fmt: skip
        folder = tmp_path / f"pass{next(count)}"
        folder.mkdir()
        (folder / name).write_bytes(data)
        [answer] = taker.receive([folder])
        return answer

    return passed


def papers(*more, case=None, child=None, child_values=None, case_values=None):
    """Return (case, records) of the least hand-over there is, with more records."""
    case, child = case or new_id(), child or new_id()
    first = Record("child", child, {"full_name": "Kẻ Lạ"} | (child_values or {}))
    second = Record("case", case, {"child": child, "kind": "abused"} | (case_values or {}))
    return case, [first, second, *more]


def test_a_neighbour_reaches_nothing_that_did_not_come_along(three, pass_on):
    giver, book, _ = three
    ours = book.save("child", {"full_name": "Hoàng Văn Páo", "village": "Nà Héng"}).id
    told = book.save("incident", {"kind": "abuse", "received_at": "2026-10-12T09:00", "child": [ours]}).id
    before = book.get(ours)
    case, records = papers(
        Record("paper_template", new_id(), {"name": "01", "text": TEXT, "checked": True}),
        Record("village", new_id(), {"name": "Không có"}),
        Record("zzz_unknown", new_id(), {"x": 1}),
        Record("attachment", new_id(), {"record": ours, "title": "x", "sha256": DIGEST}),
        Record("carer", new_id(), {"child": ours, "full_name": "Kẻ Lạ"}),
        Record("suspect", new_id(), {"incident": told, "name": "Kẻ Lạ"}),
        case_values={"incident": [told], "handed_to": "01321@2025-07-01", "handed_taken_on": "2026-10-12"},
        child_values={"village": before["village"], "household": told, "_del": "x", "_unit": "x", "book_code": "x",
                      "born": 5, "sex": ["male"], "phone": {"a": 1}, "ethnicity": "zz"},
    )  # fmt: skip
    assert pass_on(giver, book, case, records).counts["new"] == 2
    assert book.get(ours) == before
    assert [book.store.count(form) for form in ("paper_template", "attachment", "carer", "suspect")] == [0, 0, 0, 0]
    assert book.store.count("village") == 1
    [line] = book.cases()
    view = book.case(line.id)
    assert not view.incidents
    assert not view.values.get("handed_to")
    child = book.get(line.child)
    assert child["full_name"] == "Kẻ Lạ"
    assert not {"village", "household", "born", "sex", "phone", "ethnicity"} & {k for k, v in child.items() if v}
    assert child["book_code"] not in ("x", before["book_code"])
    # as text where a list belongs, and under ids that stand here already
    case, records = papers(case=told, child=ours, case_values={"incident": told})
    assert pass_on(giver, book, case, records).result == "merged"
    assert book.get(ours) == before
    assert book.store.row("incident", told)["child"] == [ours]
    assert not any(book.case(one.id).values.get("incident") for one in book.cases())
    assert book.verify()["ok"]


def test_files_are_what_their_bytes_say(three, pass_on):
    giver, book, _ = three
    case = new_id()
    kept, told, twice, file = new_id(), new_id(), new_id(), book.store.keep_blob
    with book.store.atomic():
        digests = [file(one) for one in (PDF, b"MZ\x90 run me", b"%PDF-1.7 nobody names me")]
        book.store.sweep_blobs()
    blobs = dict(zip(digests, (PDF, b"MZ\x90 run me", b"%PDF-1.7 nobody names me"), strict=True))
    _, records = papers(
        Record("attachment", kept, {"record": case, "title": "x", "media": "text/html", "size": 5,
                                    "sha256": digests[0]}),
        Record("attachment", told, {"record": case, "title": "x", "media": "application/pdf", "sha256": digests[1]}),
        Record("attachment", twice, {"record": kept, "title": "x", "sha256": digests[0]}),
        Record("attachment", new_id(), {"record": case, "title": "x", "sha256": DIGEST}),
        case=case,
    )  # fmt: skip
    assert pass_on(giver, book, case, records, blobs=blobs).result == "merged"
    [line] = book.cases()
    [row] = book.attachments(line.id)
    assert (row["media"], row["size"], row["here"]) == ("application/pdf", len(PDF), True)
    assert book.store.db.execute("SELECT count(*) FROM blob").fetchone() == (1,)


def test_long_lists_and_long_texts_are_no_trouble(three, pass_on):
    giver, book, _ = three
    child = new_id()
    case, records = papers(
        Record("incident", new_id(), {"child": [child] * 700, "kind": "abuse", "forms_of_abuse": ["violence"] * 700}),
        Record("incident", new_id(), {"child": [child], "kind": "abuse", "summary": "“ạ”\n" * 5000}),
        Record("carer", new_id(), {"child": child, "full_name": "a" * 20_000, "relation": "mother"}),
        child=child,
    )  # fmt: skip
    assert pass_on(giver, book, case, records).counts["new"] == 5
    lists, text = sorted(book.store.rows("incident"), key=lambda row: "summary" in row)
    assert (len(lists["child"]), lists["forms_of_abuse"]) == (1, ["violence"])
    assert len(text["summary"]) == 20_000
    with pytest.raises(Problem) as problem:
        pass_on(giver, book, *papers(Record("incident", new_id(), {"note": "x" * 70_000})))
    assert problem.value.name == "payload_too_big"


@pytest.mark.parametrize("wrong", ["two children", "no case", "another case", "one id twice", "a name for an id",
                                   "endless case", "records in a receipt"])  # fmt: skip
def test_what_is_no_case_is_refused_whole(wrong, three, pass_on):
    giver, book, _ = three
    case, records = papers()
    of = ""
    if wrong == "two children":
        records.append(Record("child", new_id(), {"full_name": "Thừa"}))
    elif wrong == "no case":
        records = records[:1]
    elif wrong == "another case":
        case = new_id()
    elif wrong == "one id twice":
        records.append(Record("incident", case, {"kind": "abuse"}))
    elif wrong == "a name for an id":
        records.append(Record("incident", "../x", {"kind": "abuse"}))
    elif wrong == "endless case":
        case = "x" * 30_000
    else:
        of = DIGEST
    answer = pass_on(giver, book, case, records, of=of)
    assert answer.result == "refused"
    assert answer.problem.number.startswith("B-")
    assert book.children() == []


def test_only_who_was_given_the_case_can_say_it_took_it(three, pass_on, stick):
    book, other, stranger = three
    case = book.open_case(book.save("child", {"full_name": "Hoàng Văn Páo"}).id, {"kind": "abused"}).id
    book.hand_over(case, "01324", stick)
    [given] = book.ledger.bundles("dir = 'out'", limit=1)
    forged = pass_on(stranger, book, case, [], of=given.manifest_sha256)
    assert forged.problem.name == "handover_unknown"
    assert pass_on(other, book, new_id(), [], of=given.manifest_sha256).problem.name == "handover_unknown"
    assert not book.case(case).state.facts.closed
    assert pass_on(other, book, case, [], of=given.manifest_sha256).result == "accepted"
    assert book.case(case).state.facts.closed


def test_a_lost_receipt_is_written_again_and_a_second_file_takes_nothing_twice(three, stick, tmp_path, monkeypatch):
    book, other, _ = three
    case = book.open_case(book.save("child", {"full_name": "Hoàng Văn Páo"}).id, {"kind": "abused"}).id
    path = book.hand_over(case, "01324", stick)
    put = carrier.put

    def full(*_args, **_more):
        raise Problem("stick_full", need="1 MB", free="0 B")

    monkeypatch.setattr(carrier, "put", full)
    [took] = other.receive([stick])
    assert (took.result, took.ack) == ("merged", None)
    monkeypatch.setattr(carrier, "put", put)
    [again] = other.receive([stick])
    assert again.result == "already"
    receipt = again.ack
    assert receipt is not None
    assert [one.ack for one in other.receive([stick])] == [receipt]  # it stands there: nothing new is written
    assert len(list(stick.iterdir())) == 2
    elsewhere = tmp_path / "answers"
    elsewhere.mkdir()
    assert other.receive([path], ack=elsewhere)[0].ack.startswith(str(elsewhere))
    second = book.hand_over(case, "01324", stick)
    [known] = other.receive([second])
    assert known.result == "already"
    assert len(other.cases()) == len(other.children()) == 1
    assert "accepted" in {one.result for one in book.receive([stick])}
    assert book.case(case).state.facts.closed
    assert book.bundles() == []  # a hand-over is no bundle to the receiver


def test_a_case_is_taken_whole_or_not_at_all(three, stick, monkeypatch):
    """What fails after the records were written (a full disk, a cut) takes them back."""
    book, other, _ = three
    case = book.open_case(book.save("child", {"full_name": "Hoàng Văn Páo"}).id, {"kind": "abused"}).id
    book.attach_bytes(case, PDF, {"title": "x"})
    book.hand_over(case, "01324", stick)
    changes = other.verify()["changes"]
    with monkeypatch.context() as patch:
        patch.setattr(type(other), "_note_document", lambda *_: (_ for _ in ()).throw(Problem("disk_full")))
        [cut] = other.receive([stick])
    assert cut.result == "refused"
    assert (other.children(), other.verify()["changes"]) == ([], changes)
    assert other.store.db.execute("SELECT count(*) FROM blob").fetchone() == (0,)
    assert [one.result for one in other.receive([stick])] == ["merged"]


def test_a_hand_over_can_be_looked_at_before(three, stick, receiver):
    book, other, stranger = three
    case = book.open_case(book.save("child", {"full_name": "Hoàng Văn Páo"}).id, {"kind": "abused"}).id
    path = book.hand_over(case, "01324", stick)
    seen = other.inspect(path)
    assert (seen["valid"], seen["what"], seen["changes"], seen["range"]) == (True, "given", 2, [])
    assert "Páo" not in str(seen)
    for one in (stranger, receiver, book):
        assert one.inspect(path)["valid"] is False
        assert not one.receive([path]) or one.receive([path])[0].result == "refused"


def test_a_neighbours_device_does_not_come_back_with_other_keys(three, commune):
    _, other, _ = three
    from cbdesk import seal

    card = seal.make_card(seal.DeviceKeys.new(), other.node, other.unit.key, "commune", "x", practice=True)
    from cbdesk.card import fingerprint

    with pytest.raises(Problem) as problem:
        commune.enrol(card, fingerprint(card), neighbour=True)
    assert problem.value.name == "device_known"
