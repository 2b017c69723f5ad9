"""A whole caseload handed to the commune that succeeds: written again as its own, proved equal on both sides."""

import hashlib
import uuid

import pytest
from pypdf import PdfReader

from cbdesk import caseload, clock, desk, handover
from cbdesk.caseload import successor_id
from cbdesk.catalogue import catalogue
from cbdesk.change import new_id
from cbdesk.errors import Problem
from cbdesk.handover import Record

PDF = b"%PDF-1.7 scan"


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """An old commune with a small register, and its successor, cards exchanged."""
    base = tmp_path_factory.mktemp("succession")
    clock.set_fixed("2026-10-12T09:30")
    made = [desk.setup(base / unit, role="commune", unit=unit, officer="Triệu Thị Mai", password="mật khẩu",
                       practice=True).desk for unit in ("01321", "01324")]  # fmt: skip
    old, new = made
    old.enrol(new.card_bytes(), new.fingerprint, neighbour=True)
    new.enrol(old.card_bytes(), old.fingerprint, neighbour=True)
    _fill(old)
    new.save("child", {"full_name": "Lý Văn Chòi", "village": "Nà Héng"})
    yield old, new
    for one in made:
        one.close()


def _fill(book):
    home = book.save("household", {"head_name": "Hoàng Văn Tình"}).id
    book.save("household_class", {"household": home, "year": 2026, "class": "poor"})
    for n, village in enumerate(("Nà Héng", "Lũng Cầm", "Lũng Cầm")):
        book.save("child", {"full_name": f"Hoàng Văn Páo {n}", "born": f"201{n}-03-05", "village": village,
                            "household": home, "mother_name": "Lý Thị Mẩy", "groups": ["03", "05"]})  # fmt: skip
    first = book.all_rows("child")[0]["id"]
    incident = book.save("incident", {"kind": "abuse", "received_at": "2026-10-12T09:00", "child": [first],
                                      "place": book.store.rows("village")[0]["id"]}).id  # fmt: skip
    case = book.open_case(first, {"kind": "abused"}, incident=incident).id
    book.attach_bytes(case, PDF, {"title": "Mẫu 02 đã ký"})
    book.void(book.save("child", {"full_name": "Ghi nhầm"}).id, "nhầm")


def test_the_successor_writes_all_of_it_and_both_sides_prove_it(two, stick):
    old, new = two
    told = old.caseload_counts()
    assert told["child"] == 3  # a hidden one stays
    [path] = old.hand_caseload("01324", stick)
    assert b"Ho\xc3\xa0ng" not in path.read_bytes()
    [took] = new.receive([stick])
    assert (took.result, took.problem) == ("merged", None)
    [mine] = new.successions()
    assert (mine.way, mine.proved, mine.differs) == ("in", True, ())
    [heard] = [one for one in old.receive([stick]) if one.file != str(path)]
    assert heard.result == "accepted"
    [given] = old.successions()
    assert (given.way, given.proved, given.code) == ("out", True, mine.code)
    assert {form: one.count for form, one in given.taken.items()} == told
    _stands_whole(new)
    assert old.verify()["ok"]
    assert new.verify()["ok"]
    _left(old)
    _twice(old, new, stick)
    text = PdfReader(old.caseload_paper(given.id, stick / "biên bản.pdf")).pages[0].extract_text()
    assert "khớp từng loại" in text
    assert given.code.split()[0] in text.replace(" ", "")  # the groups are set with room between their letters
    assert "Hoàng" not in text


def _stands_whole(new):
    rows = new.all_rows("child")
    assert len(rows) == 4
    child = new.get(next(one["id"] for one in rows if one["full_name"] == "Hoàng Văn Páo 0"))
    assert (child["mother_name"], child["groups"], child["household_class"]) == ("Lý Thị Mẩy", ["03", "05"], "poor")
    villages = new.store.rows("village")  # two of one name are two: the old commune's says where it comes from
    assert [one.get("old_unit") for one in villages if one["name"] == "Nà Héng"].count("01321@2025-07-01") == 1
    [line] = new.cases()
    view = new.case(line.id)
    assert view.incidents[0]["place"] in {one["id"] for one in villages}
    [scan] = new.attachments(line.id)
    assert new.open_attachment(scan["id"])[0] == PDF
    assert new.history(child["id"])[0]["by"] == "Triệu Thị Mai"


def _left(old):
    gone = [old.get(one["id"]) for one in old.all_rows("child")]
    assert {one["life_status"] for one in gone} == {"handed"}
    assert {one["moved_to"] for one in gone} == {catalogue().units.label("01324@2025-07-01")}
    assert [old.case(one.id).state.facts.closed for one in old.cases()] == [True]


def _twice(old, new, stick):
    """The files read again, and given again before anybody knew, say nothing new."""
    before = new.store.streams(new.unit.key)
    assert {one.result for one in new.receive([stick])} == {"already"}
    assert new.store.streams(new.unit.key) == before
    assert {one.result for one in old.receive([stick])} <= {"already", "accepted"}


def test_a_value_the_successor_does_not_hold_is_named(two):
    told = caseload.sums([Record("child", "0199aaaa-0000-7000-8000-000000000001", {"full_name": "Páo", "sex": "male"})])
    held = caseload.sums([Record("child", "0199aaaa-0000-7000-8000-000000000001", {"full_name": "Páo"})])
    assert told["child"].count == held["child"].count
    assert caseload.differing(told, held) == ["child"]
    assert caseload.whole_digest(told) != caseload.whole_digest(held)


def test_parts_hold_what_fits_and_add_up(monkeypatch):
    monkeypatch.setattr(caseload, "PART_BYTES", 10)
    ids = [f"0199aaaa-0000-7000-8000-00000000000{n}" for n in range(5)]
    records = [Record("child", ids[0], {"full_name": "Páo"})]
    records += [Record("attachment", one, {"record": ids[0], "sha256": one}) for one in ids[1:]]
    found = caseload.parts(records, {ids[1]: 8, ids[2]: 8, ids[3]: 2})
    assert [len(one.records) for one in found] == [1, 1, 3]
    assert [one.files for one in found] == [(), (ids[1],), (ids[2], ids[3])]  # the last is not here: its record goes
    whole = caseload.Sums()
    for one in found:
        whole = caseload.added(whole, caseload.sums(one.records))
    assert whole == caseload.sums(records)


def test_an_id_of_the_successor_follows_from_the_old_one():
    old = "0199aaaa-1234-7abc-9def-0123456789ab"
    new = caseload.successor_id("0199bbbb-0000-7000-8000-000000000000", old)
    assert new == caseload.successor_id("0199bbbb-0000-7000-8000-000000000000", old) != old
    assert (new[:13], new[14], new[19] in "89ab") == (old[:13], "7", True)
    assert new != caseload.successor_id("0199bbbb-0000-7000-8000-000000000001", old)


def test_some_villages_go_and_the_others_stay(tmp_path, stick):
    clock.set_fixed("2026-10-12T09:30")
    made = [desk.setup(tmp_path / unit, role="commune", unit=unit, officer="Mai", password="mật khẩu",
                       practice=True).desk for unit in ("01321", "01324")]  # fmt: skip
    old, new = made
    try:
        old.enrol(new.card_bytes(), new.fingerprint, neighbour=True)
        new.enrol(old.card_bytes(), old.fingerprint, neighbour=True)
        _fill(old)
        village = next(one["id"] for one in old.store.rows("village") if one["name"] == "Lũng Cầm")
        with pytest.raises(Problem, match="no_record"):
            old.hand_caseload("01324", stick, ["không có"])
        old.hand_caseload("01324", stick, [village])
        new.receive([stick])
        old.receive([stick])
        assert len(new.all_rows("child")) == 2
        states = [one.get("life_status") for one in old.all_rows("child")]
        assert (states.count("handed"), states.count(None)) == (2, 1)
        assert new.cases() == []
    finally:
        for one in made:
            one.close()


def test_a_later_part_waits_for_the_first_and_a_stranger_answers_nothing(two, stick, monkeypatch):
    old, new = two
    monkeypatch.setattr(caseload, "PART_RECORDS", 8)
    old.save("child", {"full_name": "Hoàng Thị Mới", "village": "Nà Héng"})
    files = old.hand_caseload("01324", stick)
    assert len(files) > 2
    assert files == sorted(files)  # a folder is read by name
    late = new.receive([files[1]])
    assert (late[0].result, late[0].problem.name) == ("gap", "caseload_part")
    assert [one.result for one in new.receive(files)] == ["merged"] * len(files)
    newest = new.successions()[-1]
    assert (newest.parts_taken, newest.proved) == (len(files), True)



def test_names_used_again_in_2025_never_decide_which_unit_is_meant():
    """Spec: five communes of 2025 carry the name of an old one they are not."""
    units = catalogue().units
    old = [one for one in units.all if one.level == "xa" and (one.valid_to or "9") < "2025-07-01"]
    new = [one for one in units.all if one.level == "xa" and one.valid_from == "2025-07-01"]
    traps = [(a, b) for b in new for a in old if a.name == b.name and units.successor(a) != b]
    assert len({b.key for _, b in traps}) >= 5
    for a, b in traps:
        assert units.resolve(a.key) == a
        assert units.successor(a) not in (None, b)
        assert b not in (units.successor(a), a)
        assert {a.key, b.key} <= {one.key for one in units.find(a.name)}  # a name alone gives several


# --- a neighbour's caseload is a stranger's file ---------------------------------------------------------------------


def _old_id(case, wanted):
    """Return the id to tell so that a given one follows from it: the step of an id is no secret."""
    at = uuid.UUID(wanted).int
    zero = uuid.UUID(caseload.successor_id(case, str(uuid.UUID(int=at >> 80 << 80)))).int
    random = [(one >> 64 & 0xFFF) << 62 | one & (1 << 62) - 1 for one in (at, zero)]
    back = random[0] - random[1] & (1 << 74) - 1
    found = str(uuid.UUID(int=at >> 80 << 80 | 0x7 << 76 | back >> 62 << 64 | 0x2 << 62 | back & (1 << 62) - 1))
    assert caseload.successor_id(case, found) == wanted
    return found


def _passed(giver, taker, folder, case, records, blobs=None):
    """Seal whatever a neighbour wants to tell as a caseload of one part, and let it be taken."""
    peer = next(one for one in giver.neighbours() if one.node == taker.node)
    told = {"part": 1, "parts": 1, "sums": caseload.written(caseload.sums(records))}
    data, name, _ = handover.pack(giver.keys, giver._me(), peer, case=case, records=records, blobs=blobs,
                                  practice=True, told=told)  # fmt: skip
    folder.mkdir()
    (folder / name).write_bytes(data)
    [took] = taker.receive([folder / name])
    return took, taker.successions()[-1]


def test_a_caseload_reaches_nothing_that_did_not_come_along(two, tmp_path):
    """Neither by an id that would become one of ours, nor by a link to one; and its sums tell nothing of ours."""
    old, new = two
    ours = new.save("child", {"full_name": "Vàng Thị Sung", "groups": ["05"], "village": "Nà Héng"}).id
    [group] = new.rows_of("circumstance", ours)
    village, case, stranger = new.get(ours)["village"], new_id(), new_id()
    before = new.get(ours), new.rows_of("circumstance", ours), new.history(ours)
    mine = {one: _old_id(case, one) for one in (ours, group["id"], village)}
    took, told = _passed(old, new, tmp_path / "x", case, [
        Record("child", mine[ours], {"full_name": "Kẻ Lạ", "life_status": "died"}),
        Record("circumstance", mine[group["id"]], {"child": mine[ours], "code": "05"}),
        Record("circumstance", new_id(), {"child": mine[ours], "code": "03"}),
        Record("risk", mine[village], {"child": stranger, "code": "R01"}),
        Record("child", stranger, {"full_name": "Lý Văn Thật", "village": mine[village], "household": stranger}),
        Record("attachment", new_id(), {"record": mine[ours], "title": "x", "sha256": "0" * 64}),
        Record("officer", new_id(), {"full_name": "Triệu Thị Mai", "role": "approver", "sensitive": True}),
    ])  # fmt: skip
    assert took.result == "merged"
    assert (new.get(ours), new.rows_of("circumstance", ours), new.history(ours)) == before
    assert (new.store.count("attachment", '"record" = ?', (ours,)), new.store.count("officer")) == (0, 0)
    [came] = [one for one in new.all_rows("child") if one["full_name"] == "Lý Văn Thật"]
    assert (came.get("village"), came.get("household")) == (None, None)
    assert {form: one.count for form, one in told.taken.items()} == {"child": 1}
    assert not told.proved


def test_a_caseload_lies_about_no_file_and_about_no_other_neighbour(two, tmp_path):
    old, new = two
    child, case, digest = new_id(), new_id(), hashlib.sha256(b"MZ program").hexdigest()
    pdf = hashlib.sha256(PDF).hexdigest()
    _passed(old, new, tmp_path / "x", case, [
        Record("child", child, {"full_name": "Lý Văn Tệp"}),
        Record("case", case, {"child": child, "kind": "other", "came_from": "01327@2025-07-01", "came_as": child}),
        Record("attachment", new_id(), {"record": case, "title": "x", "sha256": digest}),
        Record("attachment", new_id(), {"record": case, "sha256": pdf, "media": "application/pdf", "size": 5}),
    ], {digest: b"MZ program", pdf: PDF})  # fmt: skip
    taken = successor_id(case, case)
    assert new.attachments(taken) == []
    assert not new.store.has_blob(digest)
    assert new.get(taken).get("came_as") is None


def test_only_what_was_given_leaves_and_only_by_the_answer_to_its_last_part(tmp_path, stick, monkeypatch):
    clock.set_fixed("2026-10-12T09:30")
    made = [desk.setup(tmp_path / unit, role="commune", unit=unit, officer="Mai", password="mật khẩu",
                       practice=True).desk for unit in ("01321", "01324")]  # fmt: skip
    old, new = made
    try:
        old.enrol(new.card_bytes(), new.fingerprint, neighbour=True)
        new.enrol(old.card_bytes(), old.fingerprint, neighbour=True)
        _fill(old)
        old.save("officer", {"full_name": "Mai", "role": "approver", "from": "2026-01-01"})
        assert not old.sees_sensitive
        monkeypatch.setattr(caseload, "PART_RECORDS", 12)
        files = old.hand_caseload("01324", stick)
        late = old.save("child", {"full_name": "Hoàng Thị Muộn"}).id
        assert new.receive([files[0]])[0].result == "merged"
        row = old.store.rows("caseload")[0]
        first = next(one for one in old.ledger.bundles("dir = 'out'") if one.file == files[0].name)
        me = next(one for one in new.neighbours() if one.node == old.node)
        data, name, _ = handover.pack(new.keys, new._me(), me, case=row["id"], of=first.manifest_sha256, practice=True,
                                      told={"part": 1, "parts": 1, "sums": {}})  # fmt: skip
        (stick / name).write_bytes(data)
        assert old.receive([stick / name])[0].problem.name == "bad_manifest"
        (stick / name).unlink()
        new.receive([stick])
        assert new.store.count("suspect") == 0
        assert new.store.count("case") == new.store.count("incident") == 1  # also who sees less gives all there is
        old.receive([stick])
        assert old.successions()[0].proved
        with old.store.whole():
            assert [one.get("life_status") for one in old.store.rows("child") if one["id"] != late] == ["handed"] * 3
            assert old.get(late).get("life_status") is None
    finally:
        for one in made:
            one.close()
