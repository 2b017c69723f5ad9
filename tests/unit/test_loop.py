"""The loop between a commune and its receiver: notes, tips passed down, rows put aside, additions, who may write what.

One practice province and one commune live through a story; what one part leaves behind does not disturb the next.
"""

from __future__ import annotations

import json
from datetime import timedelta

import openpyxl
import pytest

from cbdesk import additions, bundle, catalogue, clock, desk, seal
from cbdesk.card import Device
from cbdesk.errors import Problem
from cbdesk.store import Draft
from cbdesk.store.journal import Projected
from cbdesk.strict import canonical

PASSWORD = "mật khẩu"
PDF = b"%PDF-1.4 invented"


@pytest.fixture(scope="module")
def loop(tmp_path_factory):
    """A commune, its province, and a way to let a stick go round."""
    folder = tmp_path_factory.mktemp("loop")
    made = [desk.setup(folder / name, role=role, unit=unit, officer=officer, password=PASSWORD, practice=True).desk
            for name, role, unit, officer in (("c", "commune", "01321", "Nông Thị Hạnh"),
                                              ("r", "receiver", "04", "Lê Minh Đức"))]  # fmt: skip
    commune, receiver = made
    receiver.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(receiver.card_bytes(), receiver.fingerprint)
    (child,) = commune.put("child", [{"full_name": "Lý Mùi Mẩy", "born": "2015"}])
    sticks = iter(range(1000))

    def round_trip():
        stick = folder / f"stick{next(sticks)}"
        stick.mkdir()
        commune._send_one(stick, commune.current_receiver(), None, always=True)
        went = receiver.receive([stick])
        return went, commune.receive([stick])

    round_trip()
    yield commune, receiver, child.id, round_trip
    for one in made:
        one.close()


def test_a_note_is_a_thing_to_do_until_it_is_answered_and_closed_above(loop):
    commune, receiver, child, round_trip = loop
    asked = receiver.note(child, "Ngày sinh có đúng giấy khai sinh không?", "born").id
    for wrong in (lambda: receiver.note(child, " "), lambda: receiver.answer(asked, "x"),
                  lambda: commune.note(child, "x"), lambda: receiver.note(child, "x", "no_such")):  # fmt: skip
        with pytest.raises(Problem):
            wrong()
    round_trip()
    (item,) = [one for one in commune.due() if one.what == "note"]
    assert (item.record, item.child) == (asked, child)
    assert "Sở Y tế" in item.basis
    (seen,) = commune.notes()
    assert (seen.state, seen.field, seen.form, seen.text) == (
        "open", "born", "child", "Ngày sinh có đúng giấy khai sinh không?")  # fmt: skip
    commune.answer(asked, "Đúng, ngày 12/3/2015.")
    assert not [one for one in commune.due() if one.what == "note"]
    round_trip()
    assert [one.record for one in receiver.due() if one.form == "note"] == [asked]
    receiver.ask_again(asked, "Xin ghi ngày vào sổ.")
    round_trip()
    (again,) = commune.notes("open")
    assert again.answer == ""
    assert [(one.what, one.by) for one in again.turns] == [
        ("text", "Lê Minh Đức"), ("answer", "Nông Thị Hạnh"), ("text", "Lê Minh Đức")]  # fmt: skip
    commune.answer(asked, "Đã ghi.")
    round_trip()
    receiver.close_note(asked)
    round_trip()
    assert [one.state for one in commune.notes(record=child)] == ["closed"]
    assert receiver.notes("open") == commune.notes("open") == []
    with pytest.raises(Problem, match="no_record"):
        receiver.close_note(child)


def test_a_tip_travels_down_with_its_paper_and_the_clock_that_runs(loop):
    commune, receiver, child, round_trip = loop
    heard = clock.now().replace(second=0, microsecond=0) - timedelta(hours=3)
    stamp = heard.strftime("%Y-%m-%dT%H:%M")
    tip = {"kind": "abuse", "received_at": stamp, "urgent": True, "summary": "Tổng đài 111 báo", "child": [child]}
    with pytest.raises(Problem, match="only_receiver"):
        commune.pass_down("01321", tip)
    with pytest.raises(Problem, match="wrong_unit"):
        receiver.pass_down("99999", tip)
    with pytest.raises(Problem, match="attachment_type"):
        receiver.pass_down("01321", tip, [("Công văn", b"exe")])
    assert receiver.store.count("incident") == 0  # nothing half done
    assert receiver.pass_down("01290", tip).id is None  # a child of another commune
    incident = receiver.pass_down("01321", tip, [("Công văn 111", PDF)]).id
    assert receiver.get(incident)["_unit"] == commune.unit.key
    assert receiver.stands_for == ""
    round_trip()
    found = commune.get(incident)
    assert found["_unit"] == commune.unit.key
    assert "T" in found["number"]
    (item,) = [one for one in commune.due() if one.record == incident]
    assert item.due.strftime("%Y-%m-%dT%H:%M") == (heard + timedelta(hours=12)).strftime("%Y-%m-%dT%H:%M")
    assert (item.hours, item.child) == (True, child)
    assert "Sở Y tế" in item.basis
    assert commune.passed_down(incident).by == receiver.unit_name
    (paper,) = commune.attachments(incident)
    assert commune.open_attachment(paper["id"])[0] == PDF
    commune.save("incident", {"summary": "Đã đến nhà, trẻ an toàn"}, incident)
    commune.attach_bytes(incident, PDF + b" 2", {"title": "Biên bản"})
    round_trip()
    assert receiver.get(incident)["summary"] == "Đã đến nhà, trẻ an toàn"
    assert [one["here"] for one in receiver.attachments(incident)] == [True, True]
    assert receiver.store.owed(commune.node, commune.unit.key) == []
    own = commune.save("incident", {"kind": "injury", "received_at": stamp, "cause": "burn"}).id
    assert commune.passed_down(own) is None


def test_case_21_what_cannot_be_put_in_force_is_listed_written_out_and_judged_again(loop, tmp_path, monkeypatch):
    commune, receiver, child, round_trip = loop
    store = commune.store
    rows = [Draft("child", f"0199bbbb-0000-7000-8000-{n:012x}", {"full_name": f"Nông Văn {n}"}) for n in range(40)]
    gone = "0199bbbb-0000-7000-8000-0000000000ff"
    odd = [Draft("future_form", "0199bbbb-0000-7000-8000-000000000100", {"name": "x"}),
           Draft("visit", "0199bbbb-0000-7000-8000-000000000101", {"case": gone, "on": "2026-10-01"}),
           Draft("note", "0199bbbb-0000-7000-8000-000000000102", {"record": child, "text": "tự hỏi"})]  # fmt: skip
    with pytest.raises(Problem, match="out_of_scope"):
        commune.save("note", {"record": child, "text": "tự hỏi"})
    with monkeypatch.context() as patch:  # as a program would write that has other rules
        patch.setattr(type(store), "project", lambda self, changes: Projected(set(), set(), []))
        patch.setattr(type(store), "_heads", lambda *_: {})
        store.write([*rows[:20], *odd, *rows[20:]], unit=commune.unit.key, officer="x", batch="b")
    with store.atomic():
        store.rebuild()
    went, _ = round_trip()
    assert went[0].result == "merged"
    assert went[0].counts["quarantined"] == 2
    assert receiver.store.count("child") == 41  # one unreadable row stops no other
    found = {one.reason: one for one in receiver.set_aside()}
    assert set(found) == {"form", "parent", "role"}
    assert (found["parent"].form, found["parent"].unit) == ("visit", commune.unit.key)
    assert found["role"].title == "Ý kiến của đơn vị nhận"
    assert found["form"].device == commune.node
    assert receiver.status()["quarantined"] == 2
    book = receiver.write_set_aside(tmp_path / "aside.xlsx")
    lines = list(openpyxl.load_workbook(book).active.iter_rows(min_row=3, values_only=True))
    assert {line[0] for line in lines} == {one.why for one in found.values()}
    told = json.loads(receiver.write_set_aside(tmp_path / "aside.json").read_text("utf-8"))["rows"]
    assert {one["reason"] for one in told} == set(found)
    assert "tự hỏi" not in json.dumps(told, ensure_ascii=False)  # values stay inside
    with receiver.store.atomic():
        receiver.store.rebuild()  # as after an update
    assert {one.reason for one in receiver.set_aside()} == set(found)
    with monkeypatch.context() as patch:
        patch.setattr(type(receiver.store), "may_write", lambda self, one: True)
        with receiver.store.atomic():
            receiver.store.rebuild()  # an update that allows it
        assert {one.reason for one in receiver.set_aside()} == {"form", "parent"}
    with receiver.store.atomic():
        receiver.store.rebuild()
    receiver.store.write([Draft("case", gone, {"child": child})], unit=commune.unit.key, officer="x")
    assert {one.reason for one in receiver.set_aside()} == {"form", "role"}  # the parent came


def test_case_23_a_role_writes_only_what_is_its_own(loop):
    commune, receiver, child, round_trip = loop
    officer = commune.save("officer", {"full_name": "Nông Thị Hạnh"}).id
    round_trip()
    with pytest.raises(Problem, match="out_of_scope"):
        receiver.save("officer", {"phone": "0912345678"}, officer)
    receiver.save("officer", {"full_name": "Bế Văn Sở"})  # in its own unit it is free
    receiver.save("child", {"sex": "female"}, child)  # a correction
    round_trip()
    assert commune.get(child)["sex"] == "female"
    for one in (commune, receiver):
        assert one.store.rebuilt_differences() == []


# --- additions -------------------------------------------------------------------------------------------------------

LAYOUT = """
shape = "table"
name = "tang_qua"
title = { vi = "Tổng hợp tặng quà", en = "Gifts" }
periods = ["year"]
symbol = "BC"
kind = "BIỂU TỔNG HỢP"
about = "Tặng quà {period}"
[[grid]]
name = "all"
title = "Trẻ em"
columns = "aims"
[[grid.row]]
key = "swim"
label = "Biết bơi"
target = 0.4
typed = "swim_safely"
"""
DEADLINE = {"part": "deadline", "name": "half_year_report", "label": "Báo cáo 6 tháng", "value": "05-10",
            "valid_from": "2026-01-01", "report": "six_months", "period": "{year}-H1", "basis": "CV 12/SYT"}
HOLIDAYS = {"part": "holidays", "year": 2028, "off": [{"from": "2028-01-24", "to": "2028-01-28", "name": "Tết"}],
            "worked": [{"on": "2028-01-22", "instead_of": "2028-01-28"}]}  # fmt: skip
TARGET = {"part": "target", "report": "targets_2023", "row": "swim", "target": "0.55"}
COLUMN = {"part": "column", "code": "co_ao", "label": "Cỡ áo", "kind": "number", "choices": [], "list": "", "order": 1,
          "from": "", "to": ""}  # fmt: skip
LAYOUT_PART = {"part": "layout", "name": "tang_qua", "text": LAYOUT}
PARTS = [DEADLINE, HOLIDAYS, TARGET, COLUMN, LAYOUT_PART]


def test_additions_travel_beside_the_acknowledgement_and_are_in_force(loop):
    commune, receiver, child, round_trip = loop
    before = catalogue.catalogue()
    with pytest.raises(Problem, match="only_receiver"):
        commune.publish_additions(PARTS)
    assert receiver.publish_additions(PARTS).version == 1
    assert catalogue.catalogue() is not before
    _, answers = round_trip()
    (taken,) = [one for one in answers if one.notes]
    assert (taken.result, len(taken.notes)) == ("accepted", 6)
    assert "Báo cáo 6 tháng, chậm nhất ngày 10/05" in "\n".join(taken.notes)
    state = commune.additions()
    assert (state.version, state.sender, state.seen, len(state.changed), state.refused) == (
        1, receiver.node, False, 5, ())  # fmt: skip
    commune.additions_seen()
    assert commune.additions().seen
    clock.set_fixed("2027-05-05T08:00:00")
    due = [one for one in commune.due(within=30) if one.what == "paper" and one.record == "half_year_report"]
    assert [one.due.date().isoformat() for one in due] == ["2027-05-10"]
    assert due[0].basis == "CV 12/SYT"
    clock.set_fixed(None)
    assert "tang_qua" in {one["name"] for one in commune.reports()}
    assert commune.report_named("targets_2023").data["grid"][0]["row"][3]["target"] == 0.55
    assert [one.code for one in commune.extra_columns()] == ["co_ao"]
    assert commune.set_extra(child, "co_ao", "130").id
    again = round_trip()
    assert all(not one.notes for side in again for one in side)  # it holds the version, and has said so
    assert commune.verify()["ok"]
    with commune.store.atomic():
        commune.store.rebuild()
    assert commune.additions().version == 1


def test_additions_changed_are_told_once_and_an_older_set_changes_nothing(loop):
    commune, receiver, _, round_trip = loop
    if not receiver.additions().version:
        receiver.publish_additions(PARTS)
    old = _sealed(receiver, commune, receiver.additions().version, PARTS)
    receiver.publish_additions([{**DEADLINE, "value": "05-15"}, HOLIDAYS, TARGET, LAYOUT_PART])
    _, answers = round_trip()
    (taken,) = [one for one in answers if one.notes]
    assert len(taken.notes) == 3  # the version, one deadline moved, one column dropped
    assert commune.extra_columns() == []
    version = commune.additions().version
    (late,) = commune.receive([_file(commune, old)])
    assert (late.result, commune.additions().version) == ("already", version)


@pytest.mark.parametrize(("part", "why"), [
    ({**DEADLINE, "name": "emergency"}, "name"), ({**DEADLINE, "value": "02-31"}, "value"),
    ({**DEADLINE, "report": "no_such"}, "report"), ({**DEADLINE, "period": "{year!r}"}, "period"),
    ({**DEADLINE, "extra": {"unit": "hours"}}, "properties"), ({**DEADLINE, "value": 12}, "shape"),
    ({**HOLIDAYS, "year": 1999}, "year"),
    ({**HOLIDAYS, "off": [{"from": "2027-01-01", "to": "2027-01-02", "name": "x"}]}, "off"),
    ({**HOLIDAYS, "off": HOLIDAYS["off"] * 41}, "off"), ({**TARGET, "row": "no_such"}, "row"),
    ({**TARGET, "target": "1e9"}, "target"), ({**COLUMN, "kind": "code"}, "kind"), ({**COLUMN, "label": ""}, "label"),
    ({**LAYOUT_PART, "text": "import os"}, "toml"), ({**LAYOUT_PART, "name": "children"}, "toml"),
    ({"part": "code", "text": "print()"}, "kind"), ({}, "kind"), ({"part": ["layout"]}, "kind"),
])  # fmt: skip
def test_a_part_that_is_not_allowed_is_refused_by_itself(part, why):
    good, refused = additions.judged([HOLIDAYS | {"year": 2030, "off": [], "worked": []}, part], catalogue.shipped())
    assert len(good) == 1
    assert [one[1] for one in refused] == [why]


def _sealed(receiver, commune, version, parts):
    me = Device(receiver.node, receiver.unit.key, "receiver", "", "")
    peer = next(one for one in receiver.peers() if one.node == commune.node)
    return additions.pack(receiver.keys, me, peer, [peer.age_recipient], version=version, parts=parts, practice=True)[0]


def _file(commune, data):
    path = commune.folder / f"{len(data)}-{seal.key_id('00' * 32)[:4]}-{hash(data) & 0xffff}.cbd"
    path.write_bytes(data)
    return path


def test_a_commune_takes_the_good_parts_and_tells_the_others_and_hostile_documents_are_refused(loop):
    commune, receiver, _, _ = loop
    version = commune.additions().version + 1
    commune.save("extra_field", {"label": "Lớp học", "kind": "text", "code": "lop_hoc"})
    clash = {**COLUMN, "code": "lop_hoc", "kind": "number"}
    mixed = _sealed(receiver, commune, version, [HOLIDAYS, {"part": "code"}, clash, HOLIDAYS])
    (taken,) = commune.receive([_file(commune, mixed)])
    assert (taken.result, len(commune.additions().refused)) == ("accepted", 3)
    assert commune.additions().version == version
    many = _sealed(receiver, commune, version + 1, [{"part": "x", "n": n} for n in range(additions.MAX_PARTS + 1)])
    deep = _sealed(receiver, commune, version + 1, [{"a": {"b": {"c": {"d": {"e": 1}}}}}])
    own = _sealed(commune, receiver, version + 1, [HOLIDAYS])
    for data, problem in ((many, "payload_too_big"), (deep, "payload_damaged")):
        (refused,) = commune.receive([_file(commune, data)])
        assert (refused.result, refused.problem.name) == ("refused", problem)
    (refused,) = receiver.receive([_file(receiver, own)])  # additions go down, never up
    assert (refused.result, refused.problem.name) == ("refused", "sender_mismatch")
    assert commune.additions().version == version
    with pytest.raises(Problem, match="additions_wrong"):
        receiver.publish_additions([{"part": "code"}])


def test_additions_are_lifted_when_their_register_is_closed(tmp_path):
    made = desk.setup(tmp_path / "r", role="receiver", unit="04", officer="Đức", password=PASSWORD, practice=True).desk
    before = [row.value for row in catalogue.shipped().law["deadlines"] if row.name == "half_year_report"]
    made.save("report_layout", {"name": "tang_qua", "text": LAYOUT})
    made.save("extra_field", {"label": "Cỡ áo", "kind": "number"})
    parts = made.additions_draft()
    assert {one["part"] for one in parts} == {"layout", "column"}
    made.publish_additions([*parts, {**DEADLINE, "value": "05-11", "valid_from": "2026-02-01"}])

    def values():
        return [row.value for row in catalogue.catalogue().law["deadlines"] if row.name == "half_year_report"]

    assert "05-11" in values()
    made.close()
    assert "05-11" not in values()
    made = desk.unlock(tmp_path / "r", None, PASSWORD)
    assert "05-11" in values()
    assert before[0] in values()  # the row of before has its end
    made.store.set_meta("additions_judged", "")
    made.close()
    made = desk.unlock(tmp_path / "r", None, PASSWORD)  # another program judges again
    assert "05-11" in values()
    made.close()


def test_a_manifest_with_strange_cards_or_versions_is_refused(loop):
    commune, _receiver, _, _ = loop
    packed = bundle.pack(commune.store, commune.keys, commune.current_receiver(), always=True)
    told = seal.strict_json(packed.manifest)
    card = {"card": "x", "by": "0" * 16, "sig": "0" * 128}
    for name, value in (("x_next", [card] * 9), ("x_next", {}), ("x_next", [{**card, "by": "x"}]),
                        ("x_next", [{**card, "card": "x" * 5000}]), ("x_additions", -1), ("x_additions", "1"),
                        ("trust", "1")):  # fmt: skip
        with pytest.raises(Problem, match="bad_manifest"):
            seal.page.read(canonical(told | {name: value}), practice=True)


# --- cases of the contract at the desk -------------------------------------------------------------------------------


def test_case_17_one_child_with_two_ids_is_asked_about_and_both_ids_stay(loop, tmp_path):
    commune, receiver, _, _ = loop
    given = {"role": "commune", "unit": "01321", "officer": "Sình", "password": PASSWORD, "practice": True}
    sister = desk.setup(tmp_path / "s", **given).desk
    sister.enrol(receiver.card_bytes(), receiver.fingerprint)
    receiver.enrol(sister.card_bytes(), sister.fingerprint)
    twin = {"full_name": "Đàm Thị Tươi", "born": "2016-03-12", "sex": "female", "groups": ["03"]}
    ids = []
    for n, one in enumerate((commune, sister)):
        ids.append(one.put("child", [twin])[0].id)
        stick = tmp_path / f"stick{n}"
        stick.mkdir()
        one.send(stick)
        receiver.receive([stick])
    pairs = [{pair.a, pair.b} for pair in receiver.duplicates()]
    assert set(ids) in pairs
    codes = [receiver.get(one)["book_code"] for one in ids]
    receiver.merge(*ids)
    assert receiver.store.count("child", "full_name = ?", (twin["full_name"],)) == 1
    for code in codes:
        assert [row["id"] for row in receiver.find(code, "child", 5)["rows"]] == [ids[0]]
    sister.close()


def test_case_19_a_wrong_password_is_said_so_and_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "c"
    desk.setup(folder, role="commune", unit="01321", officer="Hạnh", password=PASSWORD, practice=True).desk.close()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(Problem) as caught:
        desk.unlock(folder, None, "mật khẩu sai")
    assert caught.value.name == "wrong_password"
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert {name for name in after if after[name] != before.get(name)} <= {"attempts.json"}
    desk.unlock(folder, None, PASSWORD).close()


def test_case_20_what_was_damaged_on_the_way_is_refused_and_the_item_named(loop, tmp_path):
    commune, receiver, child, _ = loop
    commune.attach_bytes(child, PDF + b" case 20", {"title": "Giấy khai sinh"})
    packed = bundle.pack(commune.store, commune.keys, commune.current_receiver(), always=True)
    members = dict(seal.box.read(seal._decrypt(packed.data, receiver.keys.identity)))
    blob = next(name for name in members if name.startswith("blob/"))

    def again(changed):
        return seal.encrypt(seal.box.write(list(changed.items())), [receiver.keys.age_recipient])

    renamed = {("blob/" + "0" * 64 if name == blob else name): data for name, data in members.items()}
    flipped = bytearray(packed.data)
    flipped[-50] ^= 1
    for n, (data, problem, item) in enumerate([
        (packed.data[:-1], "wrong_recipient_or_damaged", None), (bytes(flipped), "wrong_recipient_or_damaged", None),
        (again({name: data for name, data in members.items() if name != blob}), "payload_damaged", blob),
        (again(renamed), "payload_damaged", "blob/" + "0" * 64),
        (again({**members, blob: members[blob] + b"x"}), "payload_damaged", blob),
        (again({**members, "virus.exe": b"MZ"}), "malformed_container", "virus.exe"),
        (again({**members, "../x": b""}), "malformed_container", "../x"),
        (again({**members, "manifest.json": members["manifest.json"] + b" "}), "bad_signature", None),
    ]):  # fmt: skip
        path = tmp_path / f"{n}.cbd"
        path.write_bytes(data)
        (refused,) = receiver.receive([path], tmp_path)
        assert (refused.result, refused.problem.name) == ("refused", problem)
        assert item is None or item in (refused.problem.details.get("detail"), refused.problem.details.get("member"))
    whole = tmp_path / "đổi tên.cbd"  # a file's own name is never trusted, so it may change
    whole.write_bytes(packed.data)
    assert receiver.receive([whole], tmp_path)[0].result == "merged"


def test_case_22_a_stick_with_all_kinds_of_files_is_sorted_out(loop, tmp_path):
    commune, receiver, _, _ = loop
    stick = tmp_path / "stick"
    stick.mkdir()
    peer = commune.current_receiver()
    sealed = bundle.pack(commune.store, commune.keys, peer, always=True)
    stranger = Device("ab" * 8, peer.unit, peer.role, peer.sign_public, seal.DeviceKeys.new().age_recipient)
    other = bundle.pack(commune.store, commune.keys, stranger, always=True)
    for name, data in {"mine.cbd": sealed.data, "other.cbd": other.data, "plain.cbd": b'{"full_name": "Ai"}',
                       "card.cbd": commune.card_bytes(), "notes.txt": b"x", "old.cbb": b"x"}.items():  # fmt: skip
        (stick / name).write_bytes(data)
    found = {one.file.rsplit("/", 1)[1]: one.problem.name if one.problem else one.result for one in
             receiver.receive([stick])}  # fmt: skip
    assert found == {"mine.cbd": "merged", "other.cbd": "wrong_recipient_or_damaged", "plain.cbd": "not_a_bundle",
                     "card.cbd": "not_a_bundle"}  # fmt: skip
    assert (stick / "notes.txt").exists()


def test_a_receiver_appoints_and_deletes_nobody_who_works_in_a_commune(loop, monkeypatch):
    """Or nobody there would have a role any more, and everybody every right."""
    commune, receiver, child, round_trip = loop
    commune.add_officer("Triệu Thị Mai", "mật khẩu ba", role="viewer")
    round_trip()
    people = commune.store.rows("officer", order="id")
    assert len([one for one in people if one.get("role")]) == 2
    with pytest.raises(Problem, match="out_of_scope"):
        receiver.erase(people[0]["id"], "x")
    with monkeypatch.context() as patch:  # as a program would write that has other rules
        patch.setattr(type(receiver.store), "may_write", lambda self, one: True)
        drafts = [Draft("officer", people[0]["id"], {}, "erase"),
                  Draft("officer", people[1]["id"], {"role": "approver", "sensitive": True})]  # fmt: skip
        receiver.store.write(drafts, unit=commune.unit.key, officer="x")
    receiver.save("child", {"sex": "male"}, child)
    round_trip()
    assert commune.get(child)["sex"] == "male"  # the rest counts
    assert commune.store.rows("officer", order="id") == people
    assert {one.record for one in commune.set_aside() if one.reason == "role"} >= {one["id"] for one in people}
    with commune.store.atomic():
        commune.store.rebuild()
    assert len([one for one in commune.set_aside() if one.form == "officer"]) == len(people)
    assert commune.store.rebuilt_differences() == []
