"""Old encodings: the vectors, whole tables both ways, the vote of a sheet and the judgement of a cell."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import charsets
from cbdesk.charsets import cell_charset, decode, decode_cell, detect, unconvertible

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vietnamese.json").read_text(encoding="utf-8"))
NAMES = [
    "Hoàng Văn Páo", "Lý Thị Mẩy", "Vừ A Sủa", "Nguyễn Thị Ưởng", "Nông Thuý Quỳnh", "Đặng Thị Ốc", "Dương Kiềm Quý",
    "Triệu Mùi Phẩy", "Bế Văn Ấn", "mồ côi cả cha và mẹ", "Đàm Thị Ánh",
]  # fmt: skip


def as_tcvn3(text):
    table = {letter: sign for sign, letter in charsets._TCVN3.items()}
    return "".join(table.get(c) or table.get(c.lower(), c) for c in text)


def as_cp1258_sees_tcvn3(text):
    return as_tcvn3(text).encode("latin-1").decode("cp1258", "replace")


def as_vni(text):
    table = {letter: signs for signs, letter in (charsets._VNI_PAIRS | charsets._VNI_SINGLE).items()}
    return "".join(table.get(c, c) for c in text)


def as_utf8_in_cp1252(text):
    return "".join(charsets._cp1252_char(b) for b in text.encode())


@pytest.mark.parametrize(
    ("charset", "key"), [("tcvn3", "tcvn3"), ("vni", "vni"), ("tcvn3_cp1258", "tcvn3_seen_through_cp1258")]
)
def test_vectors(charset, key):
    for old, new in VECTORS[key]:
        assert decode(old, charset) == unicodedata.normalize("NFC", new)


def test_a_letter_joined_with_its_false_mark_comes_apart():
    # the bytes of "hoè" in TCVN3 read as cp1258: h, o, a mark; an editor composes o and mark
    assert decode(unicodedata.normalize("NFC", "ho\u0300"), "tcvn3_cp1258") == "hoè"


@pytest.mark.parametrize("size", [134])
def test_tables_know_every_vietnamese_letter(size):
    letters = {c for c in VECTORS["letters_in_order"] if not c.isascii()}
    letters |= {c.upper() for c in letters}
    assert len(letters) == size
    assert set(charsets._VISCII.values()) == letters
    assert set(charsets._VNI_PAIRS.values()) | set(charsets._VNI_SINGLE.values()) == letters
    assert set(charsets._TCVN3.values()) == {c for c in letters if c.islower()} | set("ĂÂÊÔƠƯĐ")


def test_round_trips():
    for name in NAMES:
        assert decode(as_vni(name), "vni") == name
        assert decode(as_tcvn3(name), "tcvn3").lower() == name.lower()
        assert decode(as_utf8_in_cp1252(name), "utf8_as_cp1252") == name
    assert decode("Nguyeãn VAÊN Aùnh", "vni") == "Nguyễn VĂN Ánh"


def test_utf8_whose_no_break_space_was_cleaned():
    broken = as_utf8_in_cp1252("Hoàng và Lò").replace("\xa0", " ")
    assert decode(broken, "utf8_as_cp1252") == "Hoàng và Lò"


@pytest.mark.parametrize(
    ("make", "charset"),
    [
        (str, "unicode"),
        (lambda s: unicodedata.normalize("NFD", s), "unicode"),
        (as_tcvn3, "tcvn3"),
        (as_cp1258_sees_tcvn3, "tcvn3_cp1258"),
        (as_vni, "vni"),
        (as_utf8_in_cp1252, "utf8_as_cp1252"),
    ],
)
def test_a_sheet_is_judged_by_its_words(make, charset):
    assert detect([make(name) for name in NAMES]) == charset
    for name in NAMES:
        assert decode_cell(make(name), None, charset).lower() == name.lower()


def test_plain_letters_say_nothing():
    assert detect(["STT", "1", "", "Nam"]) == "unicode"


def test_cells_of_a_mixed_sheet():
    assert cell_charset("Mỹ", ".VnTime", "tcvn3") == "unicode"
    assert cell_charset("Nguyễn", None, "tcvn3") == "unicode"
    assert cell_charset("Hoµng V¨n P¸o", "Times New Roman", "unicode") == "tcvn3"
    assert cell_charset("BÕ ThÞ", "Times New Roman", "unicode") == "tcvn3"
    assert cell_charset("Phóc", ".VnTime", "unicode") == "tcvn3"
    assert cell_charset("Phóc", "Times New Roman", "tcvn3") == "unicode"
    assert cell_charset("Phóc", None, "tcvn3") == "tcvn3"
    assert cell_charset("Laâm", "VNI-Times", "unicode") == "vni"
    assert cell_charset(unicodedata.normalize("NFD", "Lý Mùi"), None, "tcvn3") == "unicode"


def test_quotes_and_signs_of_plain_unicode_stay():
    for text in ("«Lan»", "10 m²", "§ 5", "Điều 5 – khoản 2", "Café 50°"):
        assert decode_cell(text, "Arial", "unicode") == text


def test_a_capital_font_draws_capitals():
    assert decode_cell("Danh s¸ch trÎ em d\xadíi 16 tuæi", ".VnTimeH", "tcvn3") == "DANH SÁCH TRẺ EM DƯỚI 16 TUỔI"
    assert decode_cell("nam", ".VnTimeH", "tcvn3") == "NAM"
    assert decode_cell("nam", ".VnTime", "tcvn3") == "nam"


def test_what_cannot_be_converted_is_named():
    assert unconvertible("Hoµng V¨n P¸o", "tcvn3") == ""
    assert unconvertible("Nguyễn – “Lan”", "unicode") == ""
    assert unconvertible("Ho\ufffdng \uf0a7", "unicode") == "\ufffd\uf0a7"


@pytest.mark.parametrize("word", ["Hoàng", "HOÀ", "thuý", "thúy", "giếng", "quý", "Mẩy", "xoắn", "khuya", "yến", "Ốc"])
def test_possible_syllables(word):
    assert charsets.is_syllable(word)


@pytest.mark.parametrize("word", ["leõ", "oc", "hoaø", "V¨n", "các̀", "bbà", "ngã́", "thòp"])
def test_impossible_syllables(word):
    assert not charsets.is_syllable(word)


@given(
    st.text(max_size=20), st.sampled_from(charsets.CHARSETS), st.sampled_from([None, ".VnTimeH", "VNI-Times", "Arial"])
)
@settings(deadline=None, max_examples=200)
def test_never_fails(text, charset, font):
    decode(text, charset)
    decode_cell(text, font, charset)
    unconvertible(text, charset)
    detect([text])
