"""A superior's form and another office's list at the command line."""

import json
from pathlib import Path

from openpyxl import Workbook, load_workbook
from tools_kit import load_tool

FORMS = load_tool("superior_forms").FORMS


def test_a_form_is_filled(book):
    Path("bieu.xlsx").write_bytes(FORMS["plain"]())
    shown = book("fill-form", "bieu.xlsx", "--dry-run").document
    assert (shown["kind"], shown["map"]["B"], shown["children"]) == ("list", "full_name", 1)
    Path("map.json").write_text(json.dumps({"E": ""}), encoding="utf-8")
    chosen = ("--map", "map.json", "--list", "special", "--age", "0-15")
    made = book("fill-form", "bieu.xlsx", "--out", "gui.xlsx", *chosen)
    assert (made.code, made.document["children"], made.document["empty"]) == (0, 1, ["Dân tộc"])
    sheet = load_workbook("gui.xlsx")["Biểu 1"]
    assert [sheet[f"{col}8"].value for col in "BCDE"] == ["Lý Mùi Mẩy", "03/06/2015", "Nữ", None]
    assert book("fill-form", "bieu.xlsx", "--out", "bieu.xlsx").problem == "form_original"
    Path("an.xlsx").write_bytes(FORMS["hidden"]())
    assert book("fill-form", "an.xlsx").problem == "form_asks"
    done = book("fill-form", "an.xlsx", "--accept", "hidden_rows", "--accept", "very_hidden").document
    assert Path(done["file"]).name == "an-da-dien.xlsx"
    assert book("fill-form", "an.xlsx", "--age", "x").code == 2


def test_a_list_is_held_against_the_register(book):
    roll = Workbook()
    for row in (["Họ và tên", "Ngày sinh", "Giới tính", "Xóm", "Lớp"],
                ["Lý Mùi Mẩy", "03/06/2015", "Nữ", "Lũng Mít", "5A"],
                ["Giàng Thị Dợ", "01/05/2017", "Nữ", "Lũng Mít", "3A"]):  # fmt: skip
        roll.active.append(row)
    roll.save("truong.xlsx")
    found = book("crosscheck", "truong.xlsx").document
    assert [(one["row"], one["state"]) for one in found["rows"]] == [(2, "different"), (3, "there")]
    assert (found["batch"], book("get", book.child).document.get("class")) == (None, None)
    done = book("crosscheck", "truong.xlsx", "--take", "2:class", "--take", "3").document
    assert (done["added"], done["amended"]) == (1, 1)
    assert book("get", book.child).document["class"] == "5A"
    assert book("crosscheck", "truong.xlsx", "--questions", "hoi.xlsx").problem == "nothing_asked"
    assert book("crosscheck", "truong.xlsx", "--take", "99").code == 2
    assert book("undo", done["batch"]).document["batch"]
