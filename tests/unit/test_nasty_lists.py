"""Lists that are hard to read: each gives the children that stand in it, or the one Problem that says why not."""

from __future__ import annotations

import sys
from datetime import date

import pytest
from tools_kit import ROOT, load_tool

from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.importer import plan
from cbdesk.matching import village_key
from cbdesk.sheet import read_bytes

sys.path.append(str(ROOT / "tools"))  # one tool uses another
nasty_samples = load_tool("nasty_samples")
TODAY = date(2026, 10, 12)


@pytest.mark.parametrize("name", nasty_samples.SAMPLES)
def test_nasty_lists(name):
    data, truth = nasty_samples.SAMPLES[name]()
    if "problem" in truth:
        with pytest.raises(Problem) as caught:
            read_bytes(data)
        assert caught.value.name == truth["problem"]
        return
    found = plan(read_bytes(data), catalogue().form("child"), catalogue(), TODAY)
    assert found.charset == truth["charset"]
    assert [row.row_number for row in found.good] == [one["row"] for one in truth["children"]]
    for row, one in zip(found.good, truth["children"], strict=True):
        village = one.pop("village")
        assert village_key(str(row.data.get("village", ""))) == village_key(village or "")
        said = {name: value for name, value in one.items() if name != "row"}
        assert {name: row.data.get(name) for name in said} == said
    assert [{"row": r.row_number, "reason": r.refused} for r in found.refused] == truth.get("refused", [])
    if "repeats" in truth:
        assert [row.repeats for row in found.rows] == truth["repeats"]


def test_a_sample_is_the_same_every_time():
    for name, build in nasty_samples.SAMPLES.items():
        if name != "bomb.xlsx":
            assert build()[0] == build()[0], name
