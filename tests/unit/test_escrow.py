"""The province's offline keys: two persons together, and nothing in their file can be changed."""

import json

import pytest

from cbdesk import escrow, seal, wrapping
from cbdesk.errors import Problem
from cbdesk.escrow import ProvinceKeys

A, B = ("Hoàng Văn Thụ", "trau xanh nui ngot"), ("Bế Thị Mai", "suoi vang sao hong")
PASSWORDS = [A[1], B[1]]
KEYS, FILE = ProvinceKeys.make([A, B], practice=True)


def changed(data, path, value):
    body = json.loads(data)
    at = body
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return json.dumps(body, ensure_ascii=False).encode()


def test_two_passwords_open_and_one_opens_nothing():
    opened = ProvinceKeys.open(FILE, PASSWORDS)
    assert (opened.root, opened.escrow, opened.practice) == (KEYS.root, KEYS.escrow, True)
    assert escrow.persons_of(FILE) == ("Hoàng Văn Thụ", "Bế Thị Mai")
    assert escrow.public_of(FILE) == (KEYS.root, KEYS.escrow, True)
    wrong = [[A[1]], [A[1], A[1]], [B[1], B[1]], PASSWORDS[::-1], [A[1], ""], [A[1], B[1] + " "], [*PASSWORDS, ""]]
    for given in wrong:
        with pytest.raises(Problem, match="wrong_passwords"):
            ProvinceKeys.open(FILE, given)


def test_what_it_signs_and_opens():
    opened = ProvinceKeys.open(FILE, PASSWORDS)
    assert seal.verify(KEYS.root, b"cbdesk/trust/1\n", opened.sign_root(b"cbdesk/trust/1\n"))
    assert opened.open_escrow(wrapping.letter(b"secret", KEYS.escrow)) == b"secret"
    for other in (wrapping.letter(b"secret", wrapping.new_identity()[1]), b"age-encryption.org/v1\n", b""):
        with pytest.raises(wrapping.Refused):
            opened.open_escrow(other)


@pytest.mark.parametrize(
    ("persons", "problem"),
    [([A], "two_persons"), ([A, B, ("C", "x" * 20)], "two_persons"), ([A, (" hoàng  văn thụ", B[1])], "two_persons"),
     ([A, ("", B[1])], "two_persons"), ([A, (B[0], A[1])], "two_persons"), ([A, (B[0], "1")], "weak_password")],
)  # fmt: skip
def test_two_persons_are_two(persons, problem):
    with pytest.raises(Problem, match=problem):
        KEYS.wrap(persons)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [(("header", "root"), "0" * 64, "wrong_passwords"), (("header", "id"), "0" * 16, "wrong_passwords"),
     (("header", "persons", 0, "label"), "Ai đó", "wrong_passwords"), (("header", "practice"), False, "wrong_pass"),
     pytest.param(("header", "escrow"), wrapping.new_identity()[1], "wrong_passwords", id="another escrow"),
     (("header", "made"), "", "wrong_pass"),
     (("header", "persons", 0, "t"), 2, "wrong_passwords"), (("header", "persons", 1, "salt"), "0" * 32, "wrong_pass"),
     (("header", "persons", 0, "m"), 1024, "bad_key_parameters"), (("header", "salt"), 1, "bad_key_parameters"),
     (("header", "persons", 0, "p"), None, "bad_key_parameters"), (("box",), "00", "not_province_keys"),
     (("header", "persons"), [], "not_province_keys"), (("type",), "cbdesk/keys/1", "not_province_keys"),
     (("header", "root"), "x", "not_province_keys"), (("header", "escrow"), "age1", "not_province_keys")],
)  # fmt: skip
def test_nothing_in_the_file_can_be_changed(path, value, problem):
    with pytest.raises(Problem, match=problem):
        ProvinceKeys.open(changed(FILE, path, value), PASSWORDS)


def test_the_file_tells_no_secret():
    text = FILE.decode()
    for secret in (KEYS.pair.seed.hex(), KEYS.pair.identity):
        assert secret not in text + repr(KEYS)


def test_a_person_changes_and_the_keys_stay():
    anew = KEYS.wrap([A, ("Nông Văn Đạt", "gio nhanh may tim")])
    assert ProvinceKeys.open(anew, [A[1], "gio nhanh may tim"]).pair == KEYS.pair
    with pytest.raises(Problem, match="wrong_passwords"):
        ProvinceKeys.open(anew, PASSWORDS)


def test_a_new_root_is_named_by_the_old_one():
    new, _ = ProvinceKeys.make([A, B], practice=True)
    statement = KEYS.succeeded_by(new)
    assert escrow.read_succession(statement, KEYS.root) == new.root
    stranger, _ = ProvinceKeys.make([A, B], practice=True)
    body = json.loads(statement)
    parts = [{"new": stranger.root}, {"at": ""}, {"sig_new": "0" * 128}, {"sig": body["sig_new"]}, {"more": 1}]
    bent = [json.dumps(body | part).encode() for part in parts]
    for data in [*bent, stranger.succeeded_by(new), KEYS.succeeded_by(KEYS), b"{}", b"", statement[:-1]]:
        with pytest.raises(Problem, match="bad_succession"):
            escrow.read_succession(data, KEYS.root)
