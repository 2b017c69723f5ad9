"""Letters: the store's key changes while officers are away, and nothing beside the store can be bent on the way."""

import dataclasses
import unicodedata

import pytest

from cbdesk import keys
from cbdesk.errors import Problem

OFFICER, PASSWORD = "Nông Văn Khai", "bốn từ ghép lại"
DEK, KEYFILE, _ = keys.new_keys(PASSWORD, OFFICER, practice=True)


def slot_of(keyfile, kind):
    return keyfile.of_kind(kind)[0]


def with_slot(keyfile, old, new):
    return dataclasses.replace(keyfile, slots=tuple(new if slot is old else slot for slot in keyfile.slots))


def rotated():
    both = keys.add_password_slot(KEYFILE, DEK, "Bế Thị Lan", "núi xanh nước biếc", practice=True)
    made, _, left_out = keys.rotated(both, bytes(32), set(both.letterboxes.values()))
    assert left_out == []
    return made


def test_a_letter_is_opened_with_the_password_of_before_and_becomes_a_password_again():
    made = rotated()
    assert [slot.kind for slot in made.slots] == ["letterbox", "letter", "letterbox", "letter", "recovery"]
    opened = keys.open_slot(made, "Bế Thị Lan", unicodedata.normalize("NFD", "núi xanh nước biếc"))
    assert (opened.slot.kind, opened.dek) == ("letter", bytes(32))
    tended = keys.tended(made, opened, "núi xanh nước biếc", None)
    assert sorted(slot.kind for slot in tended.slots if slot.label == "Bế Thị Lan") == ["letterbox", "password"]
    again = keys.open_slot(tended, "Bế Thị Lan", "núi xanh nước biếc")
    assert (again.slot.kind, again.dek) == ("password", bytes(32))
    assert keys.tended(tended, again, "núi xanh nước biếc", None) == tended
    for name, word in (("Bế Thị Lan", PASSWORD), (OFFICER, "nhầm rồi")):
        with pytest.raises(Problem, match="wrong_password"):
            keys.open_slot(made, name, word)


@pytest.mark.parametrize("kind", ["letter", "letterbox"])
def test_each_header_field_of_a_letter_and_its_box_changed_is_refused(kind):
    made = rotated()
    slot = slot_of(made, kind)
    other = made.of_kind("letterbox")[1].header["pub"]
    changes = {"vault": "0" * 32, "id": "0" * 16, "salt": "0" * 32, "pub": other, "extra": 1}
    changes |= {"m": 65 * 1024, "t": 2, "p": 3, "label": "Khác"} if kind == "letterbox" else {}
    for name, value in changes.items():
        bent = with_slot(made, slot, dataclasses.replace(slot, header=dict(slot.header) | {name: value}))
        with pytest.raises(Problem, match="wrong_password"):
            keys.open_slot(bent, OFFICER, PASSWORD)
    for box in ("", "zz", slot.box[:-2], "00" + slot.box[2:], made.of_kind(kind)[1].box):
        with pytest.raises(Problem, match="wrong_password"):
            keys.open_slot(with_slot(made, slot, dataclasses.replace(slot, box=box)), OFFICER, PASSWORD)


def test_a_letterbox_somebody_changed_is_made_anew_at_the_next_opening():
    box = slot_of(KEYFILE, "letterbox")
    bent = with_slot(KEYFILE, box, dataclasses.replace(box, header=dict(box.header) | {"pub": "age1khac"}))
    made = keys.tended(bent, keys.open_slot(bent, OFFICER, PASSWORD), PASSWORD, None)
    assert list(made.letterboxes) == [OFFICER]
    assert "age1khac" not in made.letterboxes.values()
    assert len(made.slots) == len(bent.slots)
