"""Keys: what opens, what does not, and that a person at the keyboard is slowed but never shut out."""

import dataclasses
import itertools
import json
import secrets
import unicodedata
from datetime import datetime, timedelta

import pytest
import quick_keys
from hypothesis import given, settings
from hypothesis import strategies as st
from power_cut import dies_at_step

from cbdesk import attempts, carrier, clock, groups, keys, wrapping
from cbdesk.errors import Problem

OFFICER, PASSWORD = "Nông Văn Khai", "bốn từ ghép lại"
with quick_keys.real():
    DEK, KEYFILE, CODE = keys.new_keys(PASSWORD, OFFICER, practice=True)
FIXED = groups.groups_of(bytes(range(7, 22)))  # names of tests must be the same in every process


@pytest.fixture(autouse=True)
def _derived():
    with quick_keys.real():
        yield


def slot_of(keyfile: keys.KeyFile, kind: str) -> keys.Slot:
    return next(slot for slot in keyfile.slots if slot.kind == kind)


def with_slot(keyfile: keys.KeyFile, old: keys.Slot, new: keys.Slot) -> keys.KeyFile:
    slots = tuple(new if slot is old else slot for slot in keyfile.slots)
    return dataclasses.replace(keyfile, slots=slots)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_each_slot_opens():
    assert len(DEK) == 32
    assert keys.open_with_password(KEYFILE, OFFICER, PASSWORD) == DEK
    assert keys.open_with_password(KEYFILE, None, PASSWORD) == DEK
    assert keys.open_with_recovery(KEYFILE, CODE) == DEK


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_password_is_one_in_either_unicode_form(form):
    assert keys.open_with_password(KEYFILE, OFFICER, unicodedata.normalize(form, PASSWORD)) == DEK
    assert keys.open_with_password(KEYFILE, unicodedata.normalize(form, OFFICER), PASSWORD) == DEK


def test_password_of_many_bytes_is_never_cut():
    """Accented letters take two or three bytes each: no limit falls in between (case 26)."""
    long = "ệ" * 100
    keyfile = keys.add_password_slot(KEYFILE, DEK, "Lan", long + "a1b2", practice=True)
    assert keys.open_with_password(keyfile, "Lan", long + "a1b2") == DEK
    with pytest.raises(Problem, match="wrong_password"):
        keys.open_with_password(keyfile, "Lan", long + "a1b3")


@pytest.mark.parametrize("wrong", ["", PASSWORD + " ", PASSWORD.upper(), "bon tu ghep lai", "\ud800"])
def test_wrong_password_is_said_so(wrong):
    with pytest.raises(Problem, match="wrong_password"):
        keys.open_with_password(KEYFILE, OFFICER, wrong)


def test_unknown_officer_is_told_who_there_is():
    with pytest.raises(Problem, match="unknown_officer") as caught:
        keys.open_with_password(KEYFILE, "Ai đó", PASSWORD)
    assert OFFICER in caught.value.next
    assert keys.open_with_password(KEYFILE, "  nông  văn KHAI ", PASSWORD) == DEK


@pytest.mark.parametrize("kind", ["password", "recovery"])
def test_each_header_field_changed_is_refused(kind):
    slot = slot_of(KEYFILE, kind)
    changes = {"vault": "0" * 32, "id": "0" * 16, "label": "Khác", "salt": "0" * 32, "extra": 1}
    if kind == "password":
        changes |= {"m": 65 * 1024, "t": 2, "p": 3}
    for name, value in changes.items():
        bent = with_slot(KEYFILE, slot, dataclasses.replace(slot, header=dict(slot.header) | {name: value}))
        with pytest.raises(Problem, match=r"wrong_password|other_recovery"):
            keys.open_with_password(bent, None, PASSWORD) if kind == "password" else keys.open_with_recovery(bent, CODE)


def test_slot_of_another_vault_or_kind_is_refused():
    with pytest.raises(Problem, match="wrong_password"):
        keys.open_with_password(dataclasses.replace(KEYFILE, vault="0" * 32), OFFICER, PASSWORD)
    slot = slot_of(KEYFILE, "recovery")
    moved = with_slot(KEYFILE, slot, dataclasses.replace(slot, header=dict(slot.header) | {"kind": "password"}))
    with pytest.raises(Problem):
        keys.open_with_password(moved, "recovery", PASSWORD)


@pytest.mark.parametrize("at", [0, 11, 12, 40, 59])
def test_box_changed_is_refused(at):
    slot = slot_of(KEYFILE, "password")
    box = bytearray.fromhex(slot.box)
    box[at] ^= 1
    with pytest.raises(Problem, match="wrong_password"):
        keys.open_with_password(with_slot(KEYFILE, slot, dataclasses.replace(slot, box=box.hex())), None, PASSWORD)


@pytest.mark.parametrize(
    "cost",
    [{"m": 64 * 1024 - 1}, {"m": 2**21 + 1}, {"m": 2**40}, {"t": 0}, {"t": 21}, {"p": 0}, {"p": 17}, {"m": "x"},
     {"t": None}, {"m": True}, {"salt": "zz"}],
)  # fmt: skip
def test_costs_out_of_bounds_are_refused_before_memory_is_taken(cost, monkeypatch):
    monkeypatch.setattr(wrapping, "Argon2id", lambda **_: pytest.fail("memory was taken"))
    slot = slot_of(KEYFILE, "password")
    bent = with_slot(KEYFILE, slot, dataclasses.replace(slot, header=dict(slot.header) | cost))
    with pytest.raises(Problem, match="bad_key_parameters"):
        keys.open_with_password(bent, OFFICER, PASSWORD)


def test_an_altered_slot_does_not_lock_the_others_out():
    slot = slot_of(KEYFILE, "password")
    bent = dataclasses.replace(slot, header=dict(slot.header) | {"m": 1})
    keyfile = dataclasses.replace(KEYFILE, slots=(bent, *KEYFILE.slots))
    assert keys.open_with_password(keyfile, None, PASSWORD) == DEK


def test_memory_that_is_not_there_has_its_own_words(monkeypatch):
    def no_memory(*_):
        raise MemoryError

    monkeypatch.setattr(wrapping, "password_key", no_memory)
    with pytest.raises(Problem, match="no_memory"):
        keys.open_with_password(KEYFILE, OFFICER, PASSWORD)
    with pytest.raises(Problem, match="no_memory"):
        keys.add_password_slot(KEYFILE, DEK, "Lan", "mật khẩu khác hẳn", practice=True)


# --- changing --------------------------------------------------------------------------------------------------------


def test_change_of_password():
    changed = keys.change_password(KEYFILE, OFFICER, PASSWORD, "một câu khác hẳn")
    assert keys.open_with_password(changed, OFFICER, "một câu khác hẳn") == DEK
    with pytest.raises(Problem, match="wrong_password"):
        keys.open_with_password(changed, OFFICER, PASSWORD)
    assert keys.open_with_recovery(changed, CODE) == DEK
    assert slot_of(changed, "password").header["m"] == slot_of(KEYFILE, "password").header["m"]
    with pytest.raises(Problem, match="wrong_password"):
        keys.change_password(KEYFILE, OFFICER, "nhầm rồi", "một câu khác hẳn")


def test_two_officers_and_one_leaves():
    both = keys.add_password_slot(KEYFILE, DEK, "Bế Thị Lan", "núi xanh nước biếc", practice=True)
    assert both.officers == [OFFICER, "Bế Thị Lan"]
    opened = keys.open_slot(both, None, "núi xanh nước biếc")
    assert (opened.slot.label, opened.dek) == ("Bế Thị Lan", DEK)
    left = keys.remove_officer(both, OFFICER)
    assert left.officers == ["Bế Thị Lan"]
    with pytest.raises(Problem, match="unknown_officer"):
        keys.open_with_password(left, OFFICER, PASSWORD)


def test_last_slot_stays():
    only = dataclasses.replace(KEYFILE, slots=KEYFILE.slots[:2])
    with pytest.raises(ValueError):
        keys.remove_officer(only, OFFICER)


def test_new_recovery_code_ends_the_old_one():
    changed, code = keys.replace_recovery(KEYFILE, DEK)
    assert keys.open_with_recovery(changed, code) == DEK
    with pytest.raises(Problem, match="other_recovery"):
        keys.open_with_recovery(changed, CODE)


def test_real_register_costs_what_is_promised(monkeypatch):
    monkeypatch.setattr(wrapping, "seconds", lambda cost: 0.7)
    _, keyfile, _ = keys.new_keys(PASSWORD, OFFICER)
    header = slot_of(keyfile, "password").header
    assert (header["m"], header["t"], header["p"]) == (256 * 1024, 3, 4)


@pytest.mark.parametrize(
    ("seconds_of_256", "most", "mebibytes"),
    [(0.7, 4096, 256), (1.4, 4096, 256), (0.3, 4096, 512), (0.3, 300, 256), (1.9, 4096, 128), (3.9, 4096, 64),
     (60, 4096, 64), (0.7, 200, 128), (0.7, 16, 64)],
)  # fmt: skip
def test_calibration(monkeypatch, seconds_of_256, most, mebibytes):
    """``most`` is the memory of the machine: above it there is none."""
    monkeypatch.setattr(
        wrapping, "seconds", lambda cost: seconds_of_256 * cost.m / 2**18 if cost.m <= most << 10 else None
    )
    assert keys.calibrate() == keys.Cost(mebibytes * 1024, 3, 4)


# --- the file --------------------------------------------------------------------------------------------------------


def test_file_keeps_everything_also_slots_it_does_not_know():
    escrow = keys.Slot({"vault": KEYFILE.vault, "id": "e" * 16, "kind": "escrow", "label": "Cao Bằng"}, "age…")
    keyfile = dataclasses.replace(KEYFILE, slots=(*KEYFILE.slots, escrow))
    assert keys.KeyFile.from_bytes(keyfile.to_bytes()) == keyfile
    changed = keys.add_password_slot(keyfile, DEK, "Lan", "núi xanh nước biếc", practice=True)
    assert escrow in changed.slots
    assert len(keyfile.to_bytes()) < 1500


def test_file_and_repr_hold_no_secret():
    text = KEYFILE.to_bytes() + repr(KEYFILE).encode()
    for secret in (DEK, DEK.hex().encode(), CODE.encode(), PASSWORD.encode(), groups.read_groups(CODE).hex().encode()):
        assert secret not in text


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff", b'{"type":"cbdesk/keys/2"}', KEYFILE.to_bytes()[:-20], b"x" * 300_000,
     KEYFILE.to_bytes().replace(b'"slots":[', b'"slots":[1,'),
     json.dumps({"type": keys.TYPE, "vault": "a" * 32, "slots": []}).encode()],
)  # fmt: skip
def test_what_is_no_key_file_is_said_so(data, tmp_path):
    with pytest.raises(Problem, match="keys_missing"):
        keys.KeyFile.from_bytes(data)
    (tmp_path / keys.FILE).write_bytes(data)
    with pytest.raises(Problem, match="keys_missing"):
        keys.load(tmp_path)


def test_save_keeps_the_previous_until_it_is_forgotten(tmp_path):
    keys.save(tmp_path, KEYFILE)
    assert not (tmp_path / keys.PREVIOUS).exists()
    changed, _ = keys.replace_recovery(KEYFILE, DEK)
    keys.save(tmp_path, changed)
    assert keys.load(tmp_path) == changed
    (tmp_path / keys.FILE).write_bytes(b"damaged")
    assert keys.load(tmp_path) == KEYFILE
    keys.forget_previous(tmp_path)  # not while it is the only good one
    assert keys.load(tmp_path) == KEYFILE
    keys.save(tmp_path, changed)
    assert keys.load(tmp_path) == changed
    keys.forget_previous(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [keys.FILE]


def test_power_cut_at_any_step_of_saving_leaves_old_or_new(tmp_path, monkeypatch):
    changed, _ = keys.replace_recovery(KEYFILE, DEK)
    outcomes = set()
    for cut in itertools.count():
        folder = tmp_path / str(cut)
        folder.mkdir()
        keys.save(folder, KEYFILE)
        with monkeypatch.context() as patch:
            if not dies_at_step(patch, cut, lambda where=folder: keys.save(where, changed)):
                break
        found = keys.load(folder)
        assert found in (KEYFILE, changed)
        outcomes.add(found.to_bytes())
    assert cut >= 6
    assert outcomes == {KEYFILE.to_bytes(), changed.to_bytes()}


@pytest.mark.parametrize(("error", "problem"), [(28, "disk_full"), (30, "read_only"), (13, "read_only")])
def test_save_that_cannot_write_leaves_the_old(tmp_path, monkeypatch, error, problem):
    keys.save(tmp_path, KEYFILE)
    changed, _ = keys.replace_recovery(KEYFILE, DEK)

    def refuse(*_):
        raise OSError(error, "no")

    with monkeypatch.context() as patch:
        patch.setattr(carrier.os, "write", refuse)
        with pytest.raises(Problem, match=problem):
            keys.save(tmp_path, changed)
    assert keys.load(tmp_path) == KEYFILE
    assert not list(tmp_path.glob("*.part"))


# --- groups ----------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=15, max_size=15))
@settings(max_examples=60, deadline=None)
def test_groups_round_trip_however_they_are_typed(code):
    text = groups.groups_of(code)
    typed = [text, text.lower(), text.replace("0", "o").replace("1", "l"), text.replace("0", "O").replace("1", "I")]
    typed += [text.replace(" ", gap) for gap in ("", "-", " – ", "\u00a0", "\n")]
    assert all(groups.read_groups(way) == code for way in typed)


def test_every_wrong_character_is_found_in_its_group():
    for _ in range(20):
        text = groups.groups_of(secrets.token_bytes(15))
        for at, right in enumerate(text):
            for wrong in groups.ALPHABET + "U":
                if right != " " and wrong != right:
                    with pytest.raises(Problem, match="wrong_recovery") as caught:
                        groups.read_groups(text[:at] + wrong + text[at + 1 :])
                    assert caught.value.details == {"group": at // 6 + 1}


def test_every_swap_of_neighbours_is_found():
    for _ in range(300):
        joined = groups.groups_of(secrets.token_bytes(15)).replace(" ", "")
        for at in range(29):
            if joined[at] != joined[at + 1]:
                with pytest.raises(Problem, match="wrong_recovery"):
                    groups.read_groups(joined[:at] + joined[at + 1] + joined[at] + joined[at + 2 :])


def test_groups_in_each_other_s_place_are_found():
    words = groups.groups_of(bytes(15)).split()
    for a, b in itertools.combinations(range(6), 2):
        swapped = list(words)
        swapped[a], swapped[b] = swapped[b], swapped[a]
        with pytest.raises(Problem, match="wrong_recovery") as caught:
            groups.read_groups(" ".join(swapped))
        assert caught.value.details == {"group": a + 1}


@pytest.mark.parametrize(
    ("text", "group"),
    [("", 1), (FIXED[:5], 2), (FIXED[:29], 6), (FIXED[:-1], 6), (FIXED[:15], 3), (FIXED + "0", 6)],
)
def test_groups_missing_or_too_many(text, group):
    with pytest.raises(Problem, match="wrong_recovery") as caught:
        groups.read_groups(text)
    assert caught.value.details == {"group": group}


def test_codes_have_120_bits_and_are_fresh():
    codes = {keys.replace_recovery(KEYFILE, DEK)[1] for _ in range(50)}
    assert len(codes) == 50
    with pytest.raises(ValueError):
        groups.groups_of(bytes(16))


# --- waiting ---------------------------------------------------------------------------------------------------------


class Clock:
    """A clock that only moves when told; the steady one of the process stands still."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = datetime(2026, 10, 12, 8, 0, tzinfo=clock.VIETNAM)
        monkeypatch.setattr(attempts.time, "monotonic", lambda: 0.0)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def test_three_free_tries_then_longer_waits(tmp_path, monkeypatch):
    now = Clock(monkeypatch)
    tries = keys.Attempts(tmp_path, now)
    waits = []
    for _ in range(9):
        tries.check()
        tries.wrong()
        waits.append(tries.wait())
        now.move(waits[-1])
    assert waits == [0, 0, 5, 15, 60, 300, 900, 900, 900]
    assert tries.right() == 9
    assert tries.wait() == 0
    assert list(tmp_path.iterdir()) == []


def test_wait_is_told_and_outlives_a_restart(tmp_path, monkeypatch):
    now = Clock(monkeypatch)
    for _ in range(4):
        keys.Attempts(tmp_path, now).wrong()
    now.move(5)
    again = keys.Attempts(tmp_path, now)
    with pytest.raises(Problem, match="wait_password") as caught:
        again.check()
    assert caught.value.details == {"seconds": 10}
    now.move(10)
    again.check()


def test_clock_moved_back_only_starts_the_wait_anew(tmp_path, monkeypatch):
    now = Clock(monkeypatch)
    tries = keys.Attempts(tmp_path, now)
    for _ in range(3):
        tries.wrong()
    now.move(-365 * 86400)
    again = keys.Attempts(tmp_path, now)
    assert again.wait() == 5
    now.move(5)
    assert again.wait() == 0
    assert keys.Attempts(tmp_path, now).wait() == 0


def test_stopped_clock_does_not_stop_the_wait(tmp_path, monkeypatch):
    """A practice register may stop its clock; the steady clock of the process still runs."""
    tries = keys.Attempts(tmp_path, Clock(monkeypatch))
    for _ in range(3):
        tries.wrong()
    monkeypatch.setattr(attempts.time, "monotonic", lambda: 6.0)
    assert tries.wait() == 0


def test_counter_file_tells_no_name_and_may_be_damaged_or_unwritable(tmp_path, monkeypatch):
    tries = keys.Attempts(tmp_path, Clock(monkeypatch))
    tries.wrong()
    path = tmp_path / attempts.FILE
    assert set(json.loads(path.read_bytes())) == {"failed", "at"}
    for bad in (b"", b"[]", b'{"failed":-1,"at":"x"}', b'{"failed":9,"at":"2026-10-12T08:00:00"}'):
        path.write_bytes(bad)
        assert keys.Attempts(tmp_path).failed == 0
    lost = keys.Attempts(tmp_path / "missing", Clock(monkeypatch))
    for _ in range(3):
        lost.wrong()
    assert lost.wait() == 5
