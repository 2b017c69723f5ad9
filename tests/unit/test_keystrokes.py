"""The count of keys: how it counts, and that the window asks for no more than Excel does."""

import json

import pytest
from tools_kit import ROOT, load_tool


@pytest.fixture(scope="module")
def tool():
    return load_tool("keystrokes")


@pytest.mark.parametrize(("words", "keys"), [("Lý", 4), ("Mẩy", 6), ("Đặng", 8), ("nương", 7), ("2/3/2018", 8)])
def test_letters_count_as_telex_types_them(tool, words, keys):
    assert tool.telex(words) == keys


def line(tool, name, village="Xóm Lũng Mít"):
    return tool.Paper(name, "2018", "Nam", "Dao", village, "", "")


def test_excel_repeats_the_cell_above_with_two_keys_and_completes_what_it_knows(tool):
    one = tool.excel([line(tool, "An")])
    assert one == tool.telex("An2018NamDaoXóm Lũng Mít") + 7
    again = tool.excel([line(tool, "An"), line(tool, "Ba")]) - one
    assert again == tool.telex("Ba") + 4 * 2 + 7
    other = tool.excel([line(tool, "An"), line(tool, "Ba", "Nà Pảng"), line(tool, "Ba")])
    assert other - tool.excel([line(tool, "An"), line(tool, "Ba", "Nà Pảng")]) == 4 * 2 + 2 + 7  # "X" is enough


@pytest.fixture(scope="module")
def counts():
    found = json.loads((ROOT / "docs/measures/keystrokes.json").read_text(encoding="utf-8"))["counts"]
    return {row["task"]: row for row in found}


def test_the_window_asks_for_fewer_keys_than_excel(counts):
    assert all(counts[task]["keys"] < counts[task]["excel_keys"] for task in ("child", "sibling", "ten", "round"))


def test_a_round_of_150_children_with_nine_changes_is_counted_beside_excel(counts):
    row = counts["round"]
    assert (row["lines"], row["changes"]) == (150, 9)
    assert row["minutes"] < row["excel_minutes"]


def test_an_urgent_report_takes_at_most_sixty_keys_besides_text(counts):
    assert 0 < counts["intake"]["besides_text"] <= 60
