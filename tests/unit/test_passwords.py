"""A password is judged by how many guesses it takes, in Vietnamese, offline; and one is proposed."""

import math
import re
import subprocess
import sys
import unicodedata

import pytest

from cbdesk import passwords, words
from cbdesk.errors import Problem

OFFICER, UNIT = "Nông Văn Khai", "Xã Bảo Lạc"


@pytest.mark.parametrize(
    ("weak", "reason"),
    [("", "short"), ("xq7", "short"), ("123456789", "common"), ("9876543210", "sequence"), ("aaaaaaaaaaaa", "repeat"),
     ("matkhaumatkhau", "repeat"), ("qwertyuiop", "common"), ("mật khẩu dài", "common"), ("NongVanKhai", "name"),
     ("nongvankhai1990", "name"), ("khai.nong.1990", "name"), ("Nông Văn Khai 90", "name"), ("xabaolac", "name"),
     ("baolac2026", "name"), ("19051990", "date"), ("zsedcftgb", "keyboard"), ("Caobang@2025", "common"),
     ("thương con ở nhà", "common"), ("ệ" * 100, "repeat")],
)  # fmt: skip
def test_what_is_guessed_is_told_why(weak, reason):
    score, told = passwords.advice(weak, OFFICER, unit=UNIT)
    assert score < 4
    assert told == words.say(f"password.{reason}")
    with pytest.raises(Problem, match="weak_password") as caught:
        passwords.judge(weak, OFFICER, unit=UNIT)
    assert told in caught.value.next


@pytest.mark.parametrize(
    "good", ["bốn từ ghép lại", "suối đá trâu nương", "trau xanh nui ngot", "hoa-lê-nở-trắng-Trùng-Khánh",
             "Xk2#vv9!pQa0", "một câu dài khó đoán 7319", "gfkwnqzvbxtd"],
)  # fmt: skip
def test_what_takes_many_guesses_is_taken_whatever_characters_it_has(good):
    for form in ("NFC", "NFD"):
        typed = unicodedata.normalize(form, good)
        assert passwords.advice(typed, OFFICER, unit=UNIT) == (4, words.say("password.good"))
        passwords.judge(typed, OFFICER, unit=UNIT)


def test_practice_wants_four_characters():
    passwords.judge("1234", OFFICER, practice=True)
    with pytest.raises(Problem, match="weak_password"):
        passwords.judge("123", OFFICER, practice=True)


def test_a_proposal_is_strong_by_its_making_and_by_the_judge():
    things, qualities = passwords._words("thing"), passwords._words("quality")
    assert len(set(things)) == len(things)
    assert len(set(qualities)) == len(qualities)
    assert len(things) * len(qualities) >= 2_000
    assert passwords.WORDS * math.log2(len(things) * len(qualities)) >= 44
    made = {passwords.proposal() for _ in range(20)}
    assert len(made) == 20
    assert all(passwords.advice(one, OFFICER)[0] == 4 for one in made)


def test_a_proposal_is_typed_alike_with_a_vietnamese_input_method():
    """Telex joins these letters, VNI joins digits: none of them stands in a word."""
    joined = re.compile(r"aa|ee|oo|dd|w|[aeiouy][a-z]*[sfrxjz]|[^a-z]")
    assert not [one for kind in ("thing", "quality") for one in passwords._words(kind) if joined.search(one)]


def test_the_library_is_loaded_when_the_first_password_is_judged():
    code = "import sys, cbdesk.passwords, cbdesk.desk; assert 'zxcvbn' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
