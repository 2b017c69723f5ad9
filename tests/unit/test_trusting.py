"""Whom a register trusts: the signed list, keys that follow each other, devices that retire or are revoked."""

from __future__ import annotations

import base64
import itertools
import json
import shutil

import bundle_kit as kit
import pytest

from cbdesk import clock, desk, seal, trust
from cbdesk.card import Device, key_id
from cbdesk.errors import Problem
from cbdesk.escrow import ProvinceKeys
from cbdesk.seal import DeviceKeys
from cbdesk.strict import canonical
from cbdesk.trust import Entry

PASSWORD = "mật khẩu"
CHILD = {"full_name": "Lý Mùi Mẩy", "born": "2015"}
ROOT = ProvinceKeys(DeviceKeys.new(), practice=True)


def register(folder, role="commune", unit="01321", officer="Nông Thị Hạnh"):
    return desk.setup(folder, role=role, unit=unit, officer=officer, password=PASSWORD, practice=True).desk


class Sticks:
    """Folders that go from one register to another, each used once."""

    def __init__(self, folder):
        self._made = (folder / f"stick{n}" for n in itertools.count())

    def new(self):
        folder = next(self._made)
        folder.mkdir()
        return folder

    def carry(self, sender, to):
        """One way, also where there is nothing new to say; what became of it."""
        folder = self.new()
        peer = next(one for one in sender.peers() if one.node == to.node)
        sender._send_one(folder, peer, None, always=True)
        return to.receive([folder])

    def round(self, commune, receiver):
        """There and back with the acknowledgement beside: the answers of both."""
        folder = self.new()
        commune._send_one(folder, commune.current_receiver(), None, always=True)
        return receiver.receive([folder]), commune.receive([folder])


@pytest.fixture
def sticks(tmp_path):
    return Sticks(tmp_path)


def named(found):
    return [(one.result, one.problem and one.problem.name) for one in found]


# --- the document ----------------------------------------------------------------------------------------------------


def entry(keys, node="a1" * 8, unit="04@", role="receiver", status="active", **more):
    return Entry(Device(node, unit, role, keys.sign_public, keys.age_recipient, status), "Máy", **more)


RECEIVER = DeviceKeys.new()


def made(signer=ROOT, **changes):
    given = {"version": 1, "at": "2026-10-12T08:00:00", "receiver": "a1" * 8, "units": {"04@": ""},
             "entries": [entry(RECEIVER)], "practice": True}  # fmt: skip
    return trust.make(signer, **(given | changes))


def resigned(body, signer=ROOT):
    data = canonical(body)
    sig = base64.b64encode(signer.sign_root(data)).decode()
    return data, canonical({"alg": "ed25519", "key": key_id(signer.root), "sig": sig})


def refused(data, block, pinned=None, practice=True):
    with pytest.raises(Problem) as caught:
        trust.open_list(data, block, pinned, practice=practice)
    assert caught.value.name == "trust_wrong"
    return caught.value.details["detail"]


def test_a_list_is_read_as_it_was_signed():
    data, block = made(lowest="0.4.0")
    found = trust.open_list(data, block, ROOT.root, practice=True)
    assert (found.version, found.receiver, found.lowest, found.escrow) == (1, "a1" * 8, "0.4.0", ROOT.escrow)
    assert found.data == data
    assert trust.too_old("0.3.9", found.lowest)
    assert not trust.too_old("0.4.0", found.lowest)
    assert not trust.too_old("0.10.0", "0.4.0")
    assert not trust.too_old("0.1.0", "")


def test_a_list_of_another_root_is_refused_unless_the_old_root_named_it():
    other = ProvinceKeys(DeviceKeys.new(), practice=True)
    third = ProvinceKeys(DeviceKeys.new(), practice=True)
    assert refused(*made(other), ROOT.root) == "root"
    chain = [ROOT.succeeded_by(other).decode(), other.succeeded_by(third).decode()]
    assert trust.open_list(*made(third, roots=chain), ROOT.root, practice=True).root == third.root
    assert trust.open_list(*made(third, roots=chain), other.root, practice=True).root == third.root
    assert refused(*made(third, roots=chain[1:]), ROOT.root) == "root"
    assert refused(*made(third, roots=[third.succeeded_by(third).decode()]), ROOT.root) == "root"
    assert refused(*made(ROOT, roots=[other.succeeded_by(ROOT).decode()]), third.root) == "root"


@pytest.mark.parametrize(("part", "value", "detail"), [
    ("type", "cbdesk/trust/1", "type"), ("type", "cbdesk/practice/bundle/1", "type"), ("version", 0, "version"),
    ("version", True, "version"), ("at", "gestern", "at"), ("escrow", "age1x", "escrow"), ("lowest", "mới", "lowest"),
    ("receiver", "b2" * 8, "receiver"), ("units", {}, "units"), ("units", {"04@": "nie"}, "units"),
    ("units", {f"{n}@": "" for n in range(trust.MAX_UNITS + 1)}, "units"), ("devices", {}, "devices"),
    ("devices", [1], "devices"), ("root", "00", "root"), ("roots", ["x"] * 9, "root"), ("extra", 1, "json"),
])  # fmt: skip
def test_a_list_with_a_wrong_part_is_refused(part, value, detail):
    body = seal.strict_json(made()[0])
    assert refused(*resigned(body | {part: value}), ROOT.root) == detail


@pytest.mark.parametrize("change", [
    {"status": "gone"}, {"status": "revoked"}, {"age": "age1" + "q" * 58}, {"role": "X" * 30}, {"node": "zz"},
    {"name": "x" * 81}, {"heads": {"s": 1}}, {"heads": {"5e" * 8: -1}}, {"heads": {f"{n:016x}": 1 for n in range(201)}},
    {"unit": "nowhere"}, {"status": "retired"},
])  # fmt: skip
def test_a_list_with_a_wrong_device_is_refused(change):
    body = seal.strict_json(made()[0])
    body["devices"][0] |= change
    assert refused(*resigned(body), ROOT.root) in ("devices", "receiver", "units")


def test_devices_of_a_list_agree():
    twice, other = [entry(RECEIVER), entry(RECEIVER)], DeviceKeys.new()
    for entries in (twice, [entry(RECEIVER), entry(other)], [entry(RECEIVER), entry(other, unit="01321@2025-07-01")]):
        with pytest.raises(Problem, match="trust_wrong"):
            made(entries=entries, units={"04@": "", "01321@2025-07-01": ""})
    many = [entry(RECEIVER, node=f"{n:016x}") for n in range(trust.MAX_DEVICES + 1)]
    with pytest.raises(Problem, match="trust_wrong"):
        made(entries=many)


def test_a_list_that_was_altered_or_is_huge_is_refused():
    data, block = made()
    assert refused(data.replace(b'"version":1', b'"version":2'), block) == "signature"
    assert refused(data, block.replace(b"ed25519", b"ed25518")) == "signature"
    assert refused(data, b"{}") == "signature"
    assert refused(data + b" " * trust.MAX_BYTES, block) == "size"
    assert refused(b"[" * 50_000, block) == "json"
    assert refused(data, block, practice=False) == "type"


def test_the_vectors_of_keys_and_lists_hold():
    page = json.loads((kit.VECTORS / "good" / "with_trust_list.json").read_text("utf-8"))
    opened = kit.opened((kit.VECTORS / "good" / "with_trust_list.cbd").read_bytes())
    told = trust.open_list(*opened.trust, page["root"])
    assert (told.version, [one.heads for one in told.entries]) == (7, [None, {kit.STREAM: 5}])
    (card,) = kit.opened((kit.VECTORS / "good" / "keys_announced.cbd").read_bytes()).manifest["x_next"]
    data = card["card"].encode()
    assert seal.read_card(data).node == kit.COMMUNE.device.node
    assert seal.endorsed(kit.COMMUNE.device.sign_public, data, card["sig"])
    assert not seal.endorsed(kit.RECEIVER.device.sign_public, data, card["sig"])


# --- a province lives with it ----------------------------------------------------------------------------------------


def meet(receiver, *communes):
    for one in communes:
        receiver.enrol(one.card_bytes(), one.fingerprint)
        one.enrol(receiver.card_bytes(), receiver.fingerprint)


@pytest.fixture
def three(tmp_path):
    """The province, and two PCs of one commune that never typed each other's card."""
    made = [register(tmp_path / "r", "receiver", "04", "Lê Minh Đức"), *(register(tmp_path / one) for one in "ab")]
    meet(made[0], *made[1:])
    yield made
    for one in made:
        one.close()


def test_case_23_the_list_makes_sister_machines_known_and_a_key_of_the_wrong_scope_is_kept_out(three, sticks, tmp_path):
    receiver, a, b = three
    far = register(tmp_path / "far", unit="01290")
    receiver.enrol(far.card_bytes(), far.fingerprint)
    a.put("child", [CHILD])
    sticks.round(a, receiver)
    (left_out,) = sticks.round(b, receiver)[1]
    assert (left_out.counts["new"], left_out.counts["quarantined"]) == (0, a.status()["written_to"])  # no card
    assert receiver.trust_draft().version == 1
    assert receiver.publish_trust(ROOT, lowest="99.0") == 1
    taken = sticks.carry(receiver, b)[0]
    assert taken.counts["new"] == a.status()["written_to"]  # known by the list before what it carries is judged
    assert len(taken.notes) == 2  # a new list; this program is too old for the province
    state = b.trust()
    assert (state.version, state.outdated, state.own) == (1, True, "active")
    assert state.root == receiver.trust().root != ""
    roles = {one.node: (one.role, one.status) for one in state.devices}
    assert roles[a.node] == ("commune", "active")
    assert roles[far.node] == ("neighbour", "active")  # for hand-overs, without typing
    assert [one.node for one in b.neighbours()] == [far.node]
    far.enrol(b.card_bytes(), b.fingerprint, neighbour=True)
    far.ledger._db.execute("UPDATE device SET role = 'commune'")
    far.put("child", [CHILD])
    assert named(sticks.carry(far, b)) == [("refused", "unknown_key")]  # a neighbour sends no bundles
    far.close()


def test_a_list_that_is_older_twice_or_of_another_root_changes_nothing(three, sticks):
    receiver, a, _ = three
    sticks.round(a, receiver)
    receiver.publish_trust(ROOT)
    old = sticks.new()
    receiver.send(old, a.node)
    receiver.publish_trust(ROOT)
    sticks.carry(receiver, a)
    before = a.trust()
    assert before.version == 2
    (late,) = a.receive([old])
    assert (late.result, len(late.notes)) == ("accepted", 1)
    other = ProvinceKeys(DeviceKeys.new(), practice=True)
    with pytest.raises(Problem, match="trust_wrong"):
        receiver.publish_trust(other)
    for lie in ("3", "2"):
        signer = other if lie == "3" else ROOT
        told = {"version": int(lie), "at": lie * 4 + "-01-01T00:00", "root": signer.root}
        body, block = resigned(seal.strict_json(receiver.ledger.trust_list()[1]) | told, signer)
        receiver.store.db.execute("DELETE FROM trust")
        receiver.ledger.keep_trust_list(int(lie), body, block)
        a.put("child", [CHILD | {"born": "2012", "full_name": f"Nông Thị {lie}"}])
        went, answers = sticks.round(a, receiver)
        assert (went[0].result, answers[-1].result, len(answers[-1].notes)) == ("merged", "accepted", 1)
    assert (a.trust().version, a.trust().at, a.trust().root) == (2, before.at, before.root)
    assert a.unsent() == 0  # the rest of the loop goes on
    refusals = [row[5] for row in a.ledger.accesses() if row[3] == "trust_refused"]
    assert refusals == ["1<=2", "root", "2<=2"]
    assert a.verify()["ok"]


def test_a_new_root_is_believed_when_the_old_one_named_it(three, sticks):
    receiver, a, b = three
    sticks.round(a, receiver)
    receiver.publish_trust(ROOT)
    sticks.carry(receiver, a)
    new = ProvinceKeys(DeviceKeys.new(), practice=True)
    receiver.publish_trust(new, succession=ROOT.succeeded_by(new))
    receiver.publish_trust(new)  # the one that named it never reached the commune
    assert sticks.carry(receiver, a)[0].result == "accepted"
    assert a.trust().version == 3
    assert a.trust().root == receiver.trust().root
    with pytest.raises(Problem, match="practice_mismatch"):
        receiver.publish_trust(ProvinceKeys(new.pair))
    with pytest.raises(Problem, match="only_receiver"):
        b.publish_trust(new)


def test_case_12_a_machine_that_is_replaced_retires_and_the_new_one_gets_everything_back(three, sticks, tmp_path):
    receiver, a, _ = three
    (child,) = a.put("child", [CHILD])
    sticks.round(a, receiver)
    held = a.status()["written_to"]
    new = register(tmp_path / "new", officer="Hoàng A Sình")
    meet(receiver, new)
    with pytest.raises(Problem, match="no_reason"):
        receiver.retire(a.node, " ")
    receiver.retire(a.node, "máy hỏng")
    assert a.node not in [one.node for one in receiver.peers()]
    receiver.publish_trust(ROOT)
    new.put("child", [CHILD | {"full_name": "Nông Văn Tý", "born": "2013"}])
    sticks.round(new, receiver)
    assert new.get(child.id)["full_name"] == CHILD["full_name"]
    assert {one.status for one in new.trust().devices if one.node == a.node} == {"retired"}
    a.save("child", {"born": "2011"}, child.id)  # the old machine was not dead
    late = sticks.new()
    a.send(late)
    (kept,) = receiver.receive([late])
    assert (kept.result, kept.counts["new"], kept.counts["quarantined"]) == ("merged", 0, 1)
    assert [(one["device"], one["unit"]) for one in receiver.sealed()] == [(a.node, a.unit.key)]
    assert receiver.status()["sealed"] == 1
    assert receiver.get(child.id)["born"] == "2015"
    assert receiver.store.stream(a.status()["stream"]).n == held
    receiver.receive([late])
    assert len(receiver.sealed()) == 1  # once
    receiver.enrol(a.card_bytes(), a.fingerprint, again=True)  # it was the right one after all
    (again, *_) = receiver.receive([late])
    assert again.result == "already"
    assert sticks.carry(a, receiver)[0].counts["new"] == 1
    assert receiver.get(child.id)["born"] == "2011"
    new.close()


def test_case_23_what_comes_after_a_revocation_is_kept_sealed_whoever_carries_it(three, sticks):
    receiver, a, b = three
    a.enrol(b.card_bytes(), b.fingerprint)
    b.enrol(a.card_bytes(), a.fingerprint)
    (child,) = b.put("child", [CHILD])
    sticks.round(b, receiver)
    receiver.revoke(b.node, "mất máy")
    b.save("child", {"born": "2009"}, child.id)
    assert named(sticks.carry(b, receiver)) == [("refused", "revoked")]
    assert [one["device"] for one in receiver.sealed()] == [b.node]
    (marked,) = [one for one in receiver.trust().devices if one.node == b.node]
    assert (marked.status, marked.reason, marked.marked, marked.changes > 0) == ("revoked", "mất máy", True, True)
    assert receiver.get(child.id)["born"] == "2015"  # what was taken before stays
    sticks.carry(b, a)  # a does not know yet, and carries it on
    assert a.get(child.id)["born"] == "2009"
    (relayed,) = sticks.carry(a, receiver)
    assert (relayed.result, relayed.counts["new"], relayed.counts["quarantined"]) == ("merged", 0, 1)
    assert len(receiver.sealed()) == 2
    receiver.publish_trust(ROOT)
    sticks.carry(receiver, a)
    b.save("child", {"born": "2008"}, child.id)
    assert named(sticks.carry(b, a)) == [("refused", "revoked")]
    assert a.get(child.id)["born"] == "2009"  # merged before it was known: stays, and is marked
    assert a.unsent() == 0  # and is for nobody else
    with pytest.raises(Problem, match="device_known"):
        receiver.enrol(b.card_bytes(), b.fingerprint)
    with pytest.raises(Problem, match="unknown_device"):
        receiver.revoke("0" * 16, "x")
    assert all(one.verify()["ok"] for one in (receiver, a))


def test_no_commune_becomes_a_machine_of_the_receivers_own_unit(three, tmp_path):
    posing = register(tmp_path / "x", "commune", "04")
    with pytest.raises(Problem, match="other_unit"):
        three[0].enrol(posing.card_bytes(), posing.fingerprint)
    posing.close()


def test_a_key_that_followed_a_revoked_one_out_of_the_receivers_sight_ends_with_it(three, sticks):
    """Who holds a stolen machine makes new keys and tells them to the sister machine alone."""
    receiver, a, b = three
    a.enrol(b.card_bytes(), b.fingerprint)
    b.enrol(a.card_bytes(), a.fingerprint)
    (child,) = b.put("child", [CHILD])
    sticks.round(b, receiver)
    old = b.keys.key
    b.rotate_keys()
    sticks.carry(b, a)
    assert {one.status for one in a.trust().devices if one.node == b.node} == {"active", "next"}
    receiver.revoke(b.node, "mất máy")
    receiver.publish_trust(ROOT)
    sticks.carry(receiver, a)
    assert {one.status for one in a.trust().devices if one.node == b.node} == {"revoked"}
    b.keys = b._coming()
    assert b.keys.key != old
    b.save("child", {"born": "2008"}, child.id)
    assert named(sticks.carry(b, a)) == [("refused", "revoked")]
    assert a.get(child.id)["born"] == "2015"


# --- keys that follow keys --------------------------------------------------------------------------------------------


def test_case_24_keys_are_changed_without_paper_and_old_files_still_open(three, sticks):
    receiver, a, b = three
    receiver.enrol(b.card_bytes(), b.fingerprint)
    a.enrol(b.card_bytes(), b.fingerprint)
    b.enrol(a.card_bytes(), a.fingerprint)
    for one in (a, b):
        sticks.round(one, receiver)
    sticks.round(a, receiver)
    old_key, old_card = a.keys.key, a.card_bytes()
    before = sticks.new()
    receiver.save("child", {"full_name": "x"})
    receiver._send_one(before, next(one for one in receiver.peers() if one.node == a.node), None, always=True)
    state = a.rotate_keys()
    assert (state.confirmed, state.waiting) == ((), (receiver.node,))
    assert a.rotate_keys() == state  # one at a time
    a.put("child", [CHILD])
    sticks.round(a, receiver)
    assert a.rotation() is None  # the province has the card: the new keys are the keys
    assert a.keys.key == state.key != old_key
    assert a.card_bytes() != old_card
    a.put("child", [CHILD | {"full_name": "Nông Văn Tý", "born": "2012"}])
    went, _ = sticks.round(a, receiver)
    assert named(went) == [("merged", None)]
    assert {one.key: one.status for one in receiver.trust().devices if one.node == a.node} == {
        old_key: "retired", state.key: "active"}  # fmt: skip
    assert a.receive([before])[0].result == "accepted"  # encrypted to the key of before
    sticks.round(b, receiver)
    assert len(b.all_rows("child")) == 2  # the sister learned the key from the province, endorsed by the old one
    assert a.verify()["ok"]
    assert b.verify()["ok"]
    assert receiver.verify()["ok"]


def test_case_24_a_receiver_changes_its_keys_while_communes_are_late(three, sticks):
    receiver, a, b = three
    for one in (a, b):
        sticks.round(one, receiver)
    state = receiver.rotate_keys()
    assert set(state.waiting) == {a.node, b.node}
    receiver.publish_trust(ROOT)
    assert {one.device.status for one in receiver.trust_draft().entries if one.device.node == receiver.node} == {
        "active", "next"}  # fmt: skip
    sticks.carry(receiver, a)
    assert len(a.ledger.recipients(a.peers()[0])) == 2  # to both keys from now on
    b.put("child", [CHILD])
    late = sticks.new()
    b.send(late)  # has not heard: to the old key
    a.put("child", [CHILD | {"born": "2012", "full_name": "Nông Thị Ba"}])
    sticks.carry(a, receiver)  # confirms
    assert receiver.rotation().confirmed == (a.node,)
    sticks.carry(receiver, a)  # signed by the new key, because a knows it
    assert a.current_receiver().key == state.key
    receiver.receive([late])
    assert len(receiver.all_rows("child")) == 2
    sticks.round(b, receiver)
    sticks.round(b, receiver)
    assert receiver.rotation() is None
    assert receiver.keys.key == state.key
    a.put("child", [CHILD | {"born": "2010", "full_name": "Nông Thị Tư"}])
    sticks.round(a, receiver)
    assert a.unsent() == 0


def test_case_23_a_card_nobody_in_use_endorsed_is_left_alone(three, sticks):
    receiver, a, b = three
    for one in (a, b):
        sticks.round(one, receiver)
    thief = DeviceKeys.new()

    def told(card, by, sig):
        b.store.db.execute("DELETE FROM endorsed")
        b.store.db.execute("INSERT INTO endorsed VALUES (?, ?, ?, ?)", (b.keys.key, card.decode(), by, sig))
        b.store.db.execute("UPDATE peer SET told = '{}'")
        (received,) = sticks.carry(b, receiver)
        assert received.result == "merged"
        return {one.key for one in receiver.trust().devices}

    known = {one.key for one in receiver.trust().devices}
    mine = seal.make_card(thief, a.node, a.unit.key, "commune", "x", practice=True)
    other = seal.make_card(thief, a.node, receiver.unit.key, "receiver", "x", practice=True)
    real = seal.make_card(thief, a.node, a.unit.key, "commune", "x")
    for card, by, sig in (
        (mine, a.keys.key, seal.endorse(b.keys, mine)),  # signed by somebody else
        (mine, b.keys.key, seal.endorse(b.keys, mine)),  # for another device
        (mine, thief.key, seal.endorse(thief, mine)),  # by itself
        (other, a.keys.key, seal.endorse(a.keys, other)),  # another unit and role
        (real, a.keys.key, seal.endorse(a.keys, real)),  # of a real register
        (b"{}", a.keys.key, seal.endorse(a.keys, b"{}")),
    ):
        b.store.db.execute("UPDATE device SET unit = ? WHERE node = ?", (b.unit.key, b.node))
        assert told(card, by, sig) == known
    receiver.revoke(a.node, "mất")
    assert told(mine, a.keys.key, seal.endorse(a.keys, mine)) == known  # revoked keys endorse nobody
    assert receiver.status()["peers"][0]["device"] == b.node


def test_a_lost_key_goes_back_to_paper_with_a_word_that_it_is_meant(three, tmp_path):
    receiver, a, _ = three
    keys = DeviceKeys.new()
    card = seal.make_card(keys, a.node, a.unit.key, "commune", a.unit.name, practice=True)
    groups = seal.read_card(card).fingerprint
    with pytest.raises(Problem, match="device_known"):
        receiver.enrol(card, groups)
    with pytest.raises(Problem, match="fingerprint_mismatch"):
        receiver.enrol(card, a.fingerprint, again=True)
    receiver.enrol(card, groups, again=True)
    assert {one.key: one.status for one in receiver.trust().devices if one.node == a.node} == {
        a.keys.key: "retired", keys.key: "active"}  # fmt: skip
    assert [row[3] for row in receiver.ledger.accesses()][-1] == "enrol_again"


# --- a receiver replaced ---------------------------------------------------------------------------------------------


def test_a_new_receiver_gets_what_it_lacks_and_old_acknowledgements_stay(three, sticks, tmp_path):
    receiver, a, _ = three
    clock.set_fixed("2026-10-12T08:00:00")
    a.put("child", [CHILD])
    sticks.round(a, receiver)
    assert a.unsent() == 0
    clock.set_fixed("2026-10-13T08:00:00")
    heir = desk.restore(tmp_path / "heir", shutil.copy(receiver.backup(), tmp_path / "heir.cbb"), None, PASSWORD)
    heir.close()
    fresh = register(tmp_path / "fresh", "receiver", "04", "Bế Thị Sen")
    meet(fresh, a)
    assert a.current_receiver().node == fresh.node  # the one enrolled last
    assert a.unsent() == a.status()["written_to"]  # it holds nothing yet, and has not said so
    assert [one["state"] for one in a.bundles()] == ["confirmed"]  # what was acknowledged stays so
    sticks.round(a, fresh)
    assert (a.unsent(), len(fresh.all_rows("child"))) == (0, 1)
    receiver.publish_trust(ROOT)
    sticks.carry(receiver, a)  # the province's list names another
    assert a.current_receiver().node == receiver.node
    assert a.unsent() == 0
    fresh.close()
