"""A register nobody can open any more is opened by two persons of the province, by stick; and by nobody else."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from cbdesk import backup, desk, keys, reopening, wrapping
from cbdesk.errors import Problem
from cbdesk.reopening import FILE, Answer, Request
from cbdesk.seal import DeviceKeys

HANH, DUC, WORD, NEW = "Nông Thị Hạnh", "Lê Minh Đức", "mật khẩu", "mật khẩu mới"
PERSONS = [("Phó Giám đốc", "trau xanh nui"), ("Chánh Văn phòng", "suoi vang sao")]
TWO = [word for _, word in PERSONS]


@dataclass
class Place:
    """A locked commune, its open receiver, a stick with a request on it, and the province's keys."""

    commune: Path
    receiver: desk.Desk
    stick: Path
    keys: Path
    asked: desk.Asked

    def answer(self, **other):
        given = {"request": self.asked.file, "groups": self.asked.groups, "province_keys": self.keys, "given": TWO}
        return self.receiver.reopen_answer(**given | other, out=self.stick)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    base = tmp_path_factory.mktemp("reopen")
    opened = [
        desk.setup(base / role, role=role, unit=unit, officer=name, password=WORD, practice=True).desk
        for role, unit, name in (("commune", "01321", HANH), ("receiver", "04", DUC))
    ]
    commune, receiver = opened
    receiver.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(receiver.card_bytes(), receiver.fingerprint)
    commune.save("child", {"full_name": "Lý Mùi Mẩy"})
    province = desk.make_province_keys(base / "tinh.cbk", PERSONS, practice=True)
    commune._set_escrow(province.escrow)
    for one in opened:
        one.close()
    return base


@pytest.fixture
def place(made, tmp_path):
    base = Path(shutil.copytree(made, tmp_path / "nơi"))
    stick = tmp_path / "USB"
    stick.mkdir()
    asked = desk.reopen_request(base / "commune", HANH, NEW, stick)
    receiver = desk.unlock(base / "receiver", None, WORD)
    yield Place(base / "commune", receiver, stick, base / "tinh.cbk", asked)
    receiver.close()


def changed(path, out, **parts):
    body = json.loads(path.read_bytes())
    out.write_bytes(json.dumps(body | parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return out


def test_there_and_back(place):
    old_keys = (place.commune / keys.FILE).read_bytes()
    opened, code = desk.reopen_accept(place.commune, place.answer(), NEW)
    assert opened.store.count("child") == 1
    assert opened.verify()["ok"]
    events = [(row["what"], row["device"], row["persons"]) for row in opened.store.rows("key_event", order="id")]
    assert events == [("reopened", opened.node, HANH), ("rotated", opened.node, HANH)]
    assert {"reopen_accept", "rotate"} <= {what for _, _, _, what, *_ in opened.ledger.accesses()}
    opened.close()
    answered = place.receiver.store.rows("key_event", order="id")
    assert [(row["what"], row["persons"]) for row in answered] == [("answered", "Phó Giám đốc, Chánh Văn phòng")]
    assert place.receiver.ledger.accesses()[-1][3] == "reopen_answer"
    desk.unlock(place.commune, HANH, NEW).close()
    with pytest.raises(Problem, match="wrong_password"):
        desk.unlock(place.commune, HANH, WORD)
    desk.recover(place.commune, code, HANH, "khác nữa")[0].close()
    assert not (place.commune / FILE).exists()
    (place.commune / keys.FILE).write_bytes(old_keys)
    with pytest.raises(Problem, match="store_damaged"):
        desk.unlock(place.commune, HANH, WORD)


def test_an_answer_is_good_once_and_for_the_request_that_waits(place, tmp_path):
    waiting, answer = (place.commune / FILE).read_bytes(), place.answer()
    other = desk.reopen_request(place.commune, HANH, NEW, tmp_path)
    with pytest.raises(Problem, match="other_reopen"):
        desk.reopen_accept(place.commune, answer, NEW)
    second = place.answer(request=other.file, groups=other.groups)
    desk.reopen_accept(place.commune, second, NEW)[0].close()
    with pytest.raises(Problem, match="other_reopen"):
        desk.reopen_accept(place.commune, second, NEW)
    (place.commune / FILE).write_bytes(waiting)  # also with what waited put back, the key it carries opens nothing
    with pytest.raises(Problem, match="store_damaged"):
        desk.reopen_accept(place.commune, answer, NEW)


def test_laptop_and_answer_without_the_new_password_open_nothing(place):
    answer = place.answer()
    for _ in range(3):
        with pytest.raises(Problem, match="wrong_password"):
            desk.reopen_accept(place.commune, answer, WORD)
    with pytest.raises(Problem, match="wait_password"):
        desk.reopen_accept(place.commune, answer, NEW)
    text = (place.commune / FILE).read_bytes() + answer.read_bytes() + place.asked.file.read_bytes()
    assert b"AGE-SECRET" not in text
    assert HANH.encode() not in answer.read_bytes() + place.asked.file.read_bytes()


def test_the_groups_read_aloud_are_those_of_the_request(place, tmp_path):
    word = place.asked.groups.split()
    for groups, at in ((" ".join([*word[:2], word[3], *word[3:]]), 3), ("", 1)):
        with pytest.raises(Problem, match="reopen_groups") as caught:
            place.answer(groups=groups)
        assert caught.value.details["group"] == at
    mine, theirs = tmp_path / "a.cbr", wrapping.new_identity()[1]
    with pytest.raises(Problem, match="reopen_groups"):  # another's one-time key in the commune's request
        place.answer(request=changed(place.asked.file, mine, pub=theirs))


def test_what_the_province_refuses(place, tmp_path):
    other = tmp_path / "khac.cbk"
    desk.make_province_keys(other, PERSONS, practice=True)
    real = tmp_path / "that.cbk"
    desk.make_province_keys(real, [("A", "trau xanh nui ngot gio lanh"), ("B", "suoi vang sao hong may bay")])
    refused = [
        ({"province_keys": other}, "escrow_closed"), ({"given": TWO[::-1]}, "wrong_passwords"),
        ({"given": TWO[:1]}, "wrong_passwords"), ({"province_keys": place.asked.file}, "not_province_keys"),
        ({"request": place.keys}, "bad_reopen"), ({"request": tmp_path / "nothing"}, "no_such_file"),
        ({"province_keys": real, "given": ["trau xanh nui ngot gio lanh", "suoi vang sao hong may bay"]},
         "practice_mismatch"),
    ]  # fmt: skip
    for other_than, problem in refused:
        with pytest.raises(Problem, match=problem):
            place.answer(**other_than)
    for parts, problem in (({"vault": "0" * 32}, "escrow_closed"), ({"unit": "01324@2025-07-01"}, "unknown_device")):
        bent = changed(place.asked.file, tmp_path / f"{problem}.cbr", **parts)
        with pytest.raises(Problem, match=problem):
            place.answer(request=bent, groups=Request.read(bent.read_bytes()).groups)
    assert not [one for one in place.stick.iterdir() if one != place.asked.file]
    assert place.receiver.store.count("key_event") == 0


def test_what_the_commune_refuses(place, tmp_path):
    answer = place.answer()
    body = json.loads(answer.read_bytes())
    request, stranger = Request.read(place.asked.file.read_bytes()), DeviceKeys.new()
    waiting = reopening.Waiting.from_bytes((place.commune / FILE).read_bytes())
    dek = Answer.read(answer.read_bytes()).open(waiting.identity(NEW))
    forged = tmp_path / "giả.cbr"
    forged.write_bytes(Answer.make(request, dek, stranger))
    own = tmp_path / "xã.cbr"  # the commune's own device is no receiver
    with desk_locked(place.commune, dek) as commune_keys:
        own.write_bytes(Answer.make(request, dek, commune_keys))
    refused = [
        (forged, "reopen_untrusted"), (own, "reopen_untrusted"), (place.asked.file, "bad_reopen"),
        (changed(answer, tmp_path / "1", at="2020-01-01"), "reopen_untrusted"),
        (changed(answer, tmp_path / "2", key=stranger.key), "reopen_untrusted"),
        (changed(answer, tmp_path / "3", vault="0" * 32), "other_reopen"),
        (changed(answer, tmp_path / "4", id="0" * 16), "other_reopen"),
        (changed(answer, tmp_path / "5", letter=body["letter"][:-2] + "00"), "bad_reopen"),
        (changed(answer, tmp_path / "6", letter="00"), "bad_reopen"),
        (changed(answer, tmp_path / "7", x=1), "bad_reopen"),
        (changed(answer, tmp_path / "8", sig="0" * 128), "reopen_untrusted"),
        (changed(answer, tmp_path / "9", type="cbdesk/keys/1"), "bad_reopen"),
    ]  # fmt: skip
    before = (place.commune / keys.FILE).read_bytes()
    for file, problem in refused:
        with pytest.raises(Problem, match=problem):
            desk.reopen_accept(place.commune, file, NEW)
    assert (place.commune / keys.FILE).read_bytes() == before
    opened = desk.unlock(place.commune, HANH, WORD)  # refused answers change nothing, and are told
    assert [what for _, _, _, what, *_ in opened.ledger.accesses()].count("reopen_refused") == 5
    opened.close()


class desk_locked:
    """The device keys inside a register, as somebody would have them who had its key."""

    def __init__(self, folder, dek):
        from cbdesk.store import Store

        self.store = Store.unlock(folder, dek)

    def __enter__(self):
        return DeviceKeys.from_dict(json.loads(self.store.meta("device_keys")))

    def __exit__(self, *_):
        self.store.close()


def test_a_register_without_escrow_says_so_and_a_receiver_alone_answers(made, tmp_path):
    folder = Path(shutil.copytree(made / "receiver", tmp_path / "nơi nhận"))
    with pytest.raises(Problem, match="no_escrow"):
        desk.reopen_request(folder, DUC, NEW, tmp_path)
    with pytest.raises(Problem, match="weak_password"):
        desk.reopen_request(Path(shutil.copytree(made / "commune", tmp_path / "xã")), HANH, "x", tmp_path)
    with pytest.raises(Problem, match="no_store"):
        desk.reopen_request(tmp_path, HANH, NEW, tmp_path)
    commune = desk.unlock(tmp_path / "xã", HANH, WORD)
    with pytest.raises(Problem, match="only_receiver"):
        commune.reopen_answer(tmp_path, "", tmp_path, TWO, tmp_path)
    commune.close()
    assert not list(tmp_path.glob("*.cbr"))


def test_a_new_officer_who_opens_with_the_province_can_manage(made, tmp_path):
    folder = Path(shutil.copytree(made / "commune", tmp_path / "xã"))
    commune = desk.unlock(folder, HANH, WORD)
    commune.add_officer("Triệu Thị Mai", WORD, role="recorder")
    commune.close()
    asked = desk.reopen_request(folder, "Vừ A Dế", NEW, tmp_path)
    receiver = desk.unlock(Path(shutil.copytree(made / "receiver", tmp_path / "tỉnh")), DUC, WORD)
    answer = receiver.reopen_answer(asked.file, asked.groups, made / "tinh.cbk", TWO, tmp_path)
    receiver.close()
    opened, _ = desk.reopen_accept(folder, answer, NEW)
    me = next(one for one in opened.officers() if one.me)
    assert (me.name, me.role, me.sensitive, me.has_key, me.approved_no) == (
        "Vừ A Dế", "approver", False, True, json.loads(asked.file.read_bytes())["id"]
    )  # fmt: skip
    opened.end_officer("Triệu Thị Mai")
    opened.close()
    desk.unlock(folder, "Vừ A Dế", NEW).close()


def test_the_escrow_follows_the_provinces_key_and_the_registers(made, tmp_path):
    folder = Path(shutil.copytree(made / "commune", tmp_path / "xã"))
    commune = desk.unlock(folder, HANH, WORD)
    first = commune.ledger and keys.load(folder).of_kind("escrow")
    new = desk.make_province_keys(tmp_path / "moi.cbk", PERSONS, practice=True)

    def held():
        slots = keys.load(folder).of_kind("escrow")
        boxes = {slot.label: bytes.fromhex(slot.box) for slot in slots}
        return sorted(boxes), keys.open_escrow(new.open_escrow(boxes[new.escrow]), keys.load(folder).vault)

    commune._set_escrow(first[0].label, new.escrow)  # both, while the province changes keys
    assert held() == (sorted([first[0].label, new.escrow]), (commune.node, commune.dek))
    commune._set_escrow(new.escrow)
    commune.renew_key()
    assert held() == ([new.escrow], (commune.node, commune.dek))
    for wrong in ("age1x", "", "AGE-SECRET-KEY-1"):
        with pytest.raises(ValueError):
            commune._set_escrow(wrong)
    keys.save(folder, keys.KeyFile(keys.load(folder).vault, tuple(
        slot for slot in keys.load(folder).slots if slot.kind != "escrow")))  # fmt: skip
    commune.close()
    desk.unlock(folder, HANH, WORD).close()  # written again at the next opening
    assert held()[0] == [new.escrow]
    assert backup.SUFFIX not in str(list(tmp_path.iterdir()))


def test_the_provinces_keys_for_other_persons(made, tmp_path):
    desk.rewrap_province_keys(
        made / "tinh.cbk", TWO, tmp_path / "b.cbk", [PERSONS[0], ("Nông Văn Đạt", "gio nhanh may")]
    )
    with pytest.raises(Problem, match="file_exists"):
        desk.rewrap_province_keys(made / "tinh.cbk", TWO, tmp_path / "b.cbk", PERSONS)
    with pytest.raises(Problem, match="wrong_passwords"):
        desk.rewrap_province_keys(made / "tinh.cbk", TWO[::-1], tmp_path / "c.cbk", PERSONS)
    assert not (tmp_path / "c.cbk").exists()
