"""The receiver's commands: what has come, what is open, who is reminded, what is taken in on behalf, consolidated."""

from datetime import date
from pathlib import Path

import pytest

from cbdesk import sample

AT = "nơi nhận"


@pytest.fixture
def taken(loop, monkeypatch):
    """The commune's bundle is here; it has an emergency."""
    monkeypatch.setenv("CBDESK_NOW", "2026-11-08T08:00")
    told = {"kind": "abuse", "child": loop.child, "received_at": "2026-11-08T06:00", "urgent": True}
    loop.put(told, form="incident")
    assert loop("send", "stick").code == 0
    assert loop("receive", "stick", data=AT).code == 0
    return loop


def test_the_inbox_the_board_a_bundle_in_words_and_letters(taken, monkeypatch):
    inbox = taken("inbox", "--year", "2026", data=AT).document
    assert (inbox["units"], len(inbox["months"]), inbox["counts"]["all"]) == (56, 12, 56)
    row = next(row for row in inbox["rows"] if row["code"] == "01321")
    assert (row["cells"]["2026-12"]["state"], len(row["devices"])) == ("not_due", 1)
    few = taken("inbox", "--filter", "no_card", data=AT).document
    assert len(few["rows"]) == few["counts"]["no_card"] == 55
    board = taken("board", data=AT).document
    [line] = board["units"][0]["lines"]
    assert (board["counts"]["emergency"], line["initials"], line["name"]) == (1, "L.M.M., 2015", None)
    named = taken("board", "--names", "gọi xã", data=AT).document
    assert named["units"][0]["lines"][0]["name"] == taken.child_row["full_name"]
    told = taken("bundle-told", "1", data=AT).document
    assert ([one["state"] for one in told["verdicts"]], told["valid"]) == (["ok"] * 5, True)
    assert taken("inbox").problem == "only_receiver"
    assert taken("board", "--names", " ", data=AT).problem == "no_reason"
    assert taken("reminder", "nhac.docx", data=AT).problem == "nobody_chosen", "nothing is owed from before"
    monkeypatch.setenv("CBDESK_NOW", "2027-01-20T08:00")
    assert [Path(one).name for one in taken("reminder", "nhac.docx", data=AT).document["files"]] == ["nhac.docx"]
    each = taken("reminder", ".", "--each", "--unit", "01336", data=AT).document["files"]
    assert [Path(one).name for one in each] == ["don_doc-01336-2027-01-20.docx"]


def test_on_behalf_and_consolidated_reports_say_how_the_units_came(taken):
    sample.old_list(Path("xa.xlsx"), sample.rows(6, 3, date(2026, 11, 8)))
    done = taken("on-behalf", "01351", "xa.xlsx", "--period", "2026-10", "--paper-no", "15/DS", data=AT).document
    assert (done["unit"], done["added"]) == ("01351@2025-07-01", 6)
    place = "villages.all.total"
    typed = taken("on-behalf-totals", "01354", "children", f"{place}=30", "--period", "2026-10", data=AT).document
    assert next(one["value"] for one in typed["places"] if one["place"] == place) == 30
    made = taken("report", "children", "--period", "2026-10", "--units", "01321,01351", "--units", "01354,01336",
                 "--format", "xlsx", data=AT).document  # fmt: skip
    assert made["totals"]["villages"]["all"]["total"] == 1 + 6 + 30
    assert [Path(one).name for one in made["files"]] == ["children-04-4-2026-10.xlsx"]
    ways = {way: made["coverage"][way] for way in ("register", "behalf", "typed", "missing")}
    assert ways == {"register": ["01321@2025-07-01"], "behalf": ["01351@2025-07-01"], "typed": ["01354@2025-07-01"],
                    "missing": ["01336@2025-07-01"]}  # fmt: skip
    assert made["coverage"]["notes"][0] == "Tổng hợp từ 1/4 xã, phường gửi bằng sổ, 2 nhập thay, 1 chưa có."
    by_unit = taken("report", "children", "--period", "2026-10", "--by-unit", "--table", "villages", "--format", "xlsx",
                    data=AT).document  # fmt: skip
    rows = by_unit["totals"]["villages"]
    assert (rows["01354@2025-07-01"]["all"], rows["01336@2025-07-01"]["all"], rows["all"]["all"]) == (30, None, 37)
    assert taken("report", "children", "--period", "2026-10", "--units", "09999", data=AT).problem == "wrong_unit"
