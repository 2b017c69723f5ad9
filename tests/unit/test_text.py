"""Vietnamese text: every vector of the domain page, and the traps around them."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import text

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vietnamese.json").read_text(encoding="utf-8"))


def sorts(items, key):
    """Shuffle and sort by key; the order must come back whole, ties included."""
    mixed = list(items)
    random.Random(7).shuffle(mixed)
    return sorted(mixed, key=key)


@pytest.mark.parametrize("name", ["words_in_order", "phrases_in_order", "villages_in_order"])
def test_dictionary_order(name):
    assert sorts(VECTORS[name], text.collate_key) == VECTORS[name]


def test_every_letter_stands_in_its_place():
    letters = list(VECTORS["letters_in_order"])
    assert sorts(letters, text.collate_key) == letters


def test_names_in_both_orders():
    assert sorts(VECTORS["names_in_order_ten_ho_dem"], text.name_key) == VECTORS["names_in_order_ten_ho_dem"]
    other = VECTORS["names_in_order_ten_dem_ho"]
    assert sorts(other, lambda s: text.name_key(s, "given-middle-family")) == other
    differ = VECTORS["name_orders_differ"]
    assert sorted(differ["input"], key=text.name_key) == differ["ten_ho_dem"]
    by_middle = sorted(differ["input"], key=lambda s: text.name_key(s, "given-middle-family"))
    assert by_middle == differ["ten_dem_ho"]


def test_capitals_do_not_part_a_family():
    names = ["Bế Văn An", "BẾ VĂN AN", "Bế Văn Án", "Hà Văn An"]
    assert sorts(names, text.name_key) == ["Bế Văn An", "BẾ VĂN AN", "Hà Văn An", "Bế Văn Án"]


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=200)
def test_keys_are_plain_ascii_and_never_fail(s):
    s = s.encode("utf-8", "replace").decode()
    for key in (text.name_key(s), text.collate_key(s)):
        assert key.isascii()
        assert key.isprintable()
    assert text.fold(text.fold(s)) == text.fold(s)
    assert text.tidy(text.tidy(s)) == text.tidy(s)
    text.match_key(s)


@pytest.mark.parametrize(("a", "b"), VECTORS["same_by_match_key"])
def test_same_word(a, b):
    assert text.match_key(a) == text.match_key(b)
    assert text.match_key(unicodedata.normalize("NFD", a)) == text.match_key(b)


@pytest.mark.parametrize(("a", "b"), VECTORS["differ_by_match_key"])
def test_different_words(a, b):
    assert text.match_key(a) != text.match_key(b)


@pytest.mark.parametrize(("s", "folded"), VECTORS["fold"].items())
def test_fold(s, folded):
    assert text.fold(s) == folded
    assert text.fold(unicodedata.normalize("NFD", s)) == folded


def test_fold_of_other_scripts_keeps_them():
    assert text.fold("Ñandú Straße 王") == "nandu strasse 王"


@pytest.mark.parametrize("case", VECTORS["search"], ids=lambda c: c["query"])
def test_search_vectors(case):
    for name in case["finds"]:
        assert any(form in text.fold(name) for form in text.search_forms(case["query"]))


def test_search_tries_i_and_y():
    assert text.search_forms("LÍ THI mỹ")[0] == "li thi my"
    assert "ly thi my" in text.search_forms("li thi mi")
    assert text.search_forms("thi") == ["thi"]
    assert text.search_forms("tay") == ["tay"]


@pytest.mark.parametrize(("given_value", "digits", "valid"), VECTORS["phone"])
def test_phone(given_value, digits, valid):
    assert text.phone(given_value) == (digits, valid)


def test_phone_keeps_words_and_splits_pairs():
    assert text.phone("0912345678 (mẹ)") == ("0912345678 (mẹ)", False)
    assert text.phones("0912345678/ 0355.123.456") == ["0912345678", "0355123456"]
    assert text.phone(None) == ("", False)


@pytest.mark.parametrize("row", VECTORS["pid"])
def test_personal_id(row):
    assert text.personal_id(row[0]) == row[3]


def test_personal_id_from_excel_and_with_spaces():
    assert text.personal_id(4316001234.0) == "004316001234"
    assert text.personal_id("004 316 001 234") == "004316001234"
    assert text.personal_id("chưa có") == "chưa có"


def test_tidy_cleans_spaces_but_keeps_the_soft_hyphen():
    assert text.tidy(" Hoàng\u00a0\u2003Văn\u200b\tPáo\n") == "Hoàng Văn Páo"
    assert text.tidy("\u00d0ặng") == "Đặng"
    assert text.tidy("D\u00ad\u00acng") == "D\u00ad\u00acng"
    assert text.tidy(unicodedata.normalize("NFD", "Ốc")) == "Ốc"
    assert text.tidy_lines("một \r\n hai\rba\n\n") == "một\nhai\nba"


def test_name_parts_and_capitals():
    assert text.split_name("  Nguyễn Thị  Thu Hà ") == ("Nguyễn", "Thị Thu", "Hà")
    assert text.split_name("Sùng") == ("", "", "Sùng")
    assert text.split_name("Đặng Ốc") == ("Đặng", "", "Ốc")
    assert text.name_case(unicodedata.normalize("NFD", "ĐẶNG THỊ ỐC")) == "Đặng Thị Ốc"
    assert text.name_case("Vừ A Sủa") == "Vừ A Sủa"
    assert text.raise_initials("đặng ốc") == "Đặng Ốc"
