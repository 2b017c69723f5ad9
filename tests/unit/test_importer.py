"""Planning an import: the samples row by row, and each habit of old lists by itself."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import words
from cbdesk.book import Book, Cell, RowBuilder, Sheet
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.importer import plan
from cbdesk.matching import village_key
from cbdesk.sheet import read_book, read_bytes, read_text
from cbdesk.workbook import table_xlsx

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
THEIRS = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
OURS = json.loads((SAMPLES / "ours.json").read_text(encoding="utf-8"))
TODAY = date(2026, 10, 12)
SEX = {"Nam": "male", "Nữ": "female"}
CLASS = {"hộ nghèo": "poor", "hộ cận nghèo": "near_poor"}


def planned(book, **more):
    """Plan as where nobody can be asked."""
    found = plan(book, catalogue().form("child"), catalogue(), TODAY, **more)
    found.settle()
    return found


def listed(*lines, **more):
    """Plan pasted lines whose cells are parted by "|"."""
    return planned(read_text("\n".join(line.replace("|", "\t") for line in lines)), **more)


def codes(row):
    return {note.code for note in row.notes}


def iso(dob):
    parts = [f"{dob[k]:02d}" for k in ("year", "month", "day") if dob[k]]
    return "-".join(parts)


# --- samples -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n, truth in THEIRS.items() if "records" in truth])
def test_given_samples(name):
    truth = THEIRS[name]
    found = planned(read_book(SAMPLES / name))
    assert found.charset == truth["charset"].split()[0]
    assert [row.row_number for row in found.rows] == [record["row"] for record in truth["records"]]
    for row, record in zip(found.rows, truth["records"], strict=True):
        assert row.data["full_name"] == record["full_name"]
        assert row.data["born"] == iso(record["dob"])
        assert row.data["sex"] == SEX[record["sex"]]
        assert village_key(row.data.get("village", "")) == village_key(record.get("village", ""))
        assert row.data.get("household_class") == CLASS.get(record.get("poor"))
        assert row.refused is None


@pytest.mark.parametrize("name", OURS)
def test_our_samples(name):
    truth = OURS[name]
    found = planned(read_book(SAMPLES / name))
    assert found.charset == truth["charset"]
    assert len(found.good) == len(truth["children"])
    for row, child in zip(found.good, truth["children"], strict=True):
        assert row.row_number == child.pop("row")
        village = child.pop("village")
        assert village_key(row.data.get("village", "")) == village_key(village or "")
        assert {key: row.data.get(key) for key in child} == child
    refused = [{"row": r.row_number, "reason": r.refused} for r in found.refused]
    assert refused == truth.get("refused", [])


def test_two_tables_two_meanings_of_one_column():
    found = planned(read_book(SAMPLES / "s5_unicode_dates.xls"))
    first, second = found.rows[0], found.rows[4]
    assert first.data["groups"] == ["04"]
    assert "vận động" in first.data["notes"]
    assert "groups" not in second.data
    assert "mồ côi" in second.data["notes"]
    assert second.data["carer_name"] == "Sùng A Chớ"
    assert "(ông)" in second.data["notes"]
    assert "us_order" in codes(found.rows[2])
    assert "two_digit_year" in codes(found.rows[3])
    assert {"lunar", "year_only"} <= codes(found.rows[1])
    assert "2014 (âl)" in found.rows[1].data["notes"]
    assert (found.rows[6].repeats, found.rows[5].repeats) == (14, None)
    assert found.mapping["E"] == "detail"
    assert found.mapping["E@12"] == "carer_name"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("s9_truncated.xlsx", "excel_broken"),
        ("s9_empty.xlsx", "empty_file"),
        ("s9_locked_stub.xlsx", "excel_locked"),
    ],
)
def test_files_that_cannot_be_read(name, problem):
    with pytest.raises(Problem) as caught:
        read_book(SAMPLES / name)
    assert caught.value.name == problem


# --- the mapping -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["s2_tcvn3.xlsx", "s5_unicode_dates.xls", "s1_tcvn3_nam_nu.xlsx", "s11_sheets.xlsx"])
def test_a_mapping_given_back_says_the_same(name):
    book = read_book(SAMPLES / name)
    first = planned(book)
    again = planned(book, mapping=json.loads(json.dumps(first.mapping)))
    assert again.mapping == first.mapping
    assert [row.data for row in again.rows] == [row.data for row in first.rows]


def test_a_person_may_change_the_mapping():
    lines = ("TT|Họ tên|Năm sinh|Đội", "1|Nông Văn An|2014|Nà Héng", "2|Lý Thị Mẩy|2015|Nà Rình")
    assert [c.target for c in listed(*lines).columns] == ["number", "full_name", "born", ""]
    found = listed(*lines, mapping={"D": "village", "c": ""})
    assert [row.data.get("village") for row in found.rows] == ["Nà Héng", "Nà Rình"]
    assert "born" not in found.rows[0].data


def test_a_list_without_headings_needs_a_mapping():
    lines = ("1|Nông Văn An|2014", "2|Lý Thị Mẩy|2015")
    with pytest.raises(Problem) as caught:
        listed(*lines)
    assert caught.value.name == "no_table"
    found = listed(*lines, mapping={"B": "full_name", "C": "born"})
    assert [row.data["born"] for row in found.rows] == ["2014", "2015"]


@pytest.mark.parametrize(
    "bad", [[], {"B": "nonsense"}, {"B": 5}, {"?": "born"}, {"B": "sex=blue"}, {"B": "born@x"}, {3: ""}]
)
def test_a_bad_mapping_is_refused(bad):
    with pytest.raises(Problem) as caught:
        listed("Họ tên|Năm sinh", "Nông Văn An|2014", mapping=bad)
    assert caught.value.name == "bad_map"


def test_a_sheet_may_be_named():
    book = read_book(SAMPLES / "s11_sheets.xlsx")
    assert [r.data["full_name"] for r in planned(book, sheet="Xóm Nà Rình").rows] == ["Lâm Gia Huy"]
    assert [r.data["full_name"] for r in planned(book, sheet="cũ").rows] == ["Cũ Văn Bỏ"]
    with pytest.raises(Problem) as caught:
        planned(book, sheet="Xóm Nà")
    assert caught.value.name == "no_sheet"


def test_columns_tell_what_they_become():
    found = listed("TT|Họ và tên|Sở thích|Cột lạ", "1|Nông Văn An|hát|004214000001", "2|Lý Thị Mẩy|vẽ|004315000002")
    column = found.columns[1]
    assert (column.letter, column.heading, column.target, column.label) == ("B", "Họ và tên", "full_name", "Họ và tên")
    assert column.samples == ("Nông Văn An", "Lý Thị Mẩy")
    assert [c.target for c in found.columns[2:]] == ["", "personal_id"]
    assert found.columns[3].sure == 0


# --- habits ------------------------------------------------------------------------------------------------------


def test_villages_sections_numbers_totals_signatures():
    found = listed(
        "ỦY BAN NHÂN DÂN XÃ||CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "DANH SÁCH TRẺ EM",
        "TT|Họ và tên|Năm sinh|Giới tính|Ghi chú",
        "1|2|3|4|5",
        "I|Xóm Nà Héng: 2 trẻ",
        "1|Nông Văn An|2014|Nam",
        "2|Lý Thị Mẩy|2015|Nữ",
        "|Cộng xóm",
        "II|Xóm Nà Rình",
        "A|Trẻ em khuyết tật",
        "3|Bế Văn Ấn|2016|Nam|sắp đi học",
        "TT|Họ và tên|Năm sinh|Giới tính|Ghi chú",
        "4|Đặng Ốc|2017|Nam",
        "Tổng cộng: 4 trẻ",
        "||||Ngày 12 tháng 10 năm 2026",
        "|Người lập biểu|||TM. UBND xã",
        "|Hoàng Văn Lập|||Lý Văn Chủ",
    )
    assert [row.data["full_name"] for row in found.rows] == ["Nông Văn An", "Lý Thị Mẩy", "Bế Văn Ấn", "Đặng Ốc"]
    assert [row.data.get("village") for row in found.rows][:3] == ["Xóm Nà Héng", "Xóm Nà Héng", "Xóm Nà Rình"]
    assert found.rows[2].data["groups"] == ["04"]
    assert "groups" not in found.rows[0].data


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("DANH SÁCH TRẺ EM HỘ NGHÈO", {"household_class": "poor"}),
        ("Trẻ em mồ côi cả cha và mẹ", {"groups": ["01"]}),
        ("DANH SÁCH TRẺ EM CÓ CHA MẸ ĐI LÀM ĂN XA", {"risks": ["R05"]}),
        ("Danh sách trẻ em không khuyết tật", {}),
        ("DANH SÁCH TRẺ EM HỘ NGHÈO, HỘ CẬN NGHÈO", {}),
        ("Danh sách trẻ em năm 2026", {}),
    ],
)
def test_what_a_title_says_of_its_children(title, expected):
    row = listed(title, "", "Họ tên|Năm sinh", "Nông Văn An|2014").rows[0]
    found = {k: v for k, v in row.data.items() if k in ("groups", "risks", "household_class")}
    assert found == expected
    assert ("group_from_title" in codes(row)) == bool(expected)


def test_a_title_that_gives_no_code_is_kept():
    row = listed("Danh sách trẻ em mồ côi", "", "Họ tên|Năm sinh", "Nông Văn An|2014").rows[0]
    assert row.data["notes"] == "Danh sách trẻ em mồ côi"
    row = listed("TRẺ EM HỘ NGHÈO, CẬN NGHÈO", "", "Họ tên|Hộ nghèo", "Nông Văn An|x").rows[0]
    assert row.data["household_class"] == "poor"
    assert "notes" not in row.data


def test_words_of_circumstances():
    found = listed(
        "Họ tên|Hoàn cảnh",
        "Nông Văn An|Khuyết tật: vận động",
        "Lý Thị Mẩy|mồ côi",
        "Bế Văn Ấn|Khuyết tật; bố mẹ đi làm xa",
        "Vừ A Sủa|Hộ nghèo, bỏ học",
        "Đặng Ốc|11.4",
        "Hà Thị Ấn|thích hát",
    )
    assert found.rows[0].data["groups"] == ["04"]
    assert found.rows[0].data["notes"] == "Hoàn cảnh: Khuyết tật: vận động"
    assert "groups" not in found.rows[1].data
    assert found.rows[1].data["notes"] == "Hoàn cảnh: mồ côi"
    assert (found.rows[2].data["groups"], found.rows[2].data["risks"]) == (["04"], ["R05"])
    assert (found.rows[3].data["household_class"], found.rows[3].data["risks"]) == ("poor", ["R10"])
    assert found.rows[4].data["groups"] == ["11.4"]
    assert "not_understood" in codes(found.rows[5])
    assert found.rows[5].data["notes"] == "Hoàn cảnh: thích hát"


def test_ages_at_sixteen():
    found = listed("Họ tên|Năm sinh", "A Văn Một|12/10/2010", "B Văn Hai|2010", "C Văn Ba|13/10/2010", "D Văn Bốn|2030")
    assert found.rows[0].data["life_status"] == "over_16"
    assert "over_16" in codes(found.rows[0])
    assert "life_status" not in found.rows[1].data
    assert "maybe_over_16" in codes(found.rows[1])
    assert not {"over_16", "maybe_over_16"} & codes(found.rows[2])
    assert "future" in codes(found.rows[3])


def test_a_column_of_ages():
    found = listed("Họ tên|Tuổi|Hoàn cảnh", "An Văn A|11|nhóm 4", "An Văn B|8 tháng tuổi|hộ nghèo", "An Văn C|nhỏ|13")
    assert [row.data.get("born") for row in found.rows] == ["2015", "2026-02", None]
    assert "age_guess" in codes(found.rows[0])
    assert found.rows[2].data["notes"] == "Tuổi: nhỏ"
    assert [row.data.get("groups") for row in found.rows] == [["04"], None, ["13"]]
    assert found.rows[1].data["household_class"] == "poor"


def test_names_as_names_are_written():
    found = listed("TT|Họ tên|Năm sinh", "1|ĐẶNG THỊ ỐC|2014", "2|1. lý a páo|2015", "3|Sùng|2016", "4|Bé gái|2026")
    names = [row.data["full_name"] for row in found.rows]
    assert names == ["Đặng Thị Ốc", "Lý A Páo", "Sùng", "Bé gái"]
    assert "one_word_name" in codes(found.rows[2])
    assert "placeholder_name" in codes(found.rows[3])


def test_the_head_of_a_household():
    found = listed(
        "Họ tên|Chủ hộ|Quan hệ với chủ hộ",
        "Nông Văn An|Nông Văn Hoà|Con",
        "Lý Thị Mẩy|Lý Thị Sua|con gái",
        "Bàn Mùi Ghến|Bàn Sành Phin|con",
        "Vừ A Sủa|Vừ A Chớ|Cháu nội",
    )
    assert found.rows[0].data["father_name"] == "Nông Văn Hoà"
    assert found.rows[1].data["mother_name"] == "Lý Thị Sua"
    assert found.rows[2].data["carer_name"] == "Bàn Sành Phin"
    assert "carer_name" not in found.rows[3].data
    assert "Vừ A Chớ" in found.rows[3].data["notes"]
    assert found.rows[3].extra == {"head": "Vừ A Chớ", "relation": "Cháu nội"}


def test_parents_carers_and_two_level_headings():
    def merged(text, sheet_merged):
        book = read_text(text)
        return Book(book.format, (Sheet("s", book.sheets[0].rows, sheet_merged),))

    text = "Họ tên\tNgày sinh\t\tCha\t\tMẹ\t\n\tNam\tNữ\tHọ tên\tNăm sinh\tHọ tên\tNăm sinh\n"
    text += "Nông Văn An\t5/3/2014\t\tNông Văn Hoà\t1990\tLý Thị Sua\t1992\n"
    found = planned(merged(text, ((1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5), (1, 6, 1, 7))))
    assert found.rows[0].data == {
        "full_name": "Nông Văn An", "sex": "male", "born": "2014-03-05", "father_name": "Nông Văn Hoà",
        "mother_name": "Lý Thị Sua",
    }  # fmt: skip
    assert [c.target for c in found.columns][4] == ""


@pytest.mark.parametrize(
    "cell",
    ["Bố: Nông Văn Hoà; mẹ: Lý Thị Sua", "bố đẻ: Nông Văn Hoà mẹ đẻ - Lý Thị Sua", "Mẹ: Lý Thị Sua, Cha: NÔNG VĂN HOÀ"],
)
def test_both_parents_in_one_cell(cell):
    row = listed("Họ tên|Họ tên cha mẹ", f"Nông Văn An|{cell}").rows[0]
    assert (row.data["father_name"], row.data["mother_name"]) == ("Nông Văn Hoà", "Lý Thị Sua")


def test_a_name_over_two_columns():
    book = read_text("TT\tHọ và tên\t\tNăm sinh\n1\tNông Văn\tAn\t2014\n2\tLý Thị\tMẩy\t2015")
    merged = Book("xlsx", (Sheet("s", book.sheets[0].rows, ((1, 2, 1, 3),)),))
    assert [row.data["full_name"] for row in planned(merged).rows] == ["Nông Văn An", "Lý Thị Mẩy"]


def test_merged_and_as_above_cells():
    rows = RowBuilder()
    for row, values in enumerate(
        (("Họ tên", "Xóm", "Dân tộc"), ("An Văn A", "Nà Héng", "Tày"), ("An Văn B", None, "nt")), 1
    ):
        for col, value in enumerate(values, 1):
            rows.add(Cell(value, row, col))
    found = planned(Book("xlsx", (Sheet("s", rows.rows, ((2, 2, 3, 2),)),)))
    assert [(row.data["village"], row.data["ethnicity"]) for row in found.rows] == [("Nà Héng", "02")] * 2


def test_real_dates_swapped_by_an_american_machine():
    rows = RowBuilder()
    values = (
        ("Họ tên", "Ngày sinh"),
        ("An Văn A", date(2014, 3, 5)),
        ("An Văn B", "25/12/2015"),
        ("An Văn C", "13/4/2016"),
    )
    for row, (name, born) in enumerate(values, 1):
        rows.add(Cell(name, row, 1))
        rows.add(Cell(born, row, 2, month_first="system" if isinstance(born, date) else ""))
    found = planned(Book("xlsx", (Sheet("s", rows.rows),)))
    assert "us_order" in codes(found.rows[0])
    assert "us_order" not in codes(found.rows[1])


def test_refused_rows_go_out_with_their_cells_and_come_back():
    found = listed("TT|Họ tên|Năm sinh|Xóm", "1|Nông Văn An|2014|Nà Héng", "2||2015|Nà Rình", "3||2016|Nà Rình")
    assert [row.refused for row in found.rows] == [None, "no_name", "no_name"]
    headings, rows = found.refused_table()
    assert headings[:4] == ["TT", "Họ tên", "Năm sinh", "Xóm"]
    assert rows[0][:4] == ["2", "", "2015", "Nà Rình"]
    assert rows[0][4] == words.say("import.refused.no_name")
    rows[0][1] = "Lý Thị Mẩy"
    again = planned(read_bytes(table_xlsx(headings, rows, "Dòng chưa nhập")))
    assert again.good[0].data["full_name"] == "Lý Thị Mẩy"
    assert again.good[0].data["village"] == "Nà Rình"
    assert again.read == 2


def test_cells_not_understood_are_kept():
    found = listed(
        "Họ tên|Dân tộc|Giới tính|Năm sinh", "Nông Văn An|người Sao Hỏa|?|5/13/2014|", "Lý Thị Mẩy|Tày|nữ|2014"
    )
    row = found.rows[0]
    assert "ethnicity" not in row.data
    assert "Dân tộc: người Sao Hỏa" in row.data["notes"]
    assert "5/13/2014" in row.data["notes"]
    assert {"not_understood", "us_order"} <= codes(row)


def test_damaged_letters_are_told():
    row = listed("Họ tên|Năm sinh", "Nguy\ufffdn V\ufffdn An|2014").rows[0]
    assert "unconvertible" in codes(row)


def test_other_forms_use_their_own_labels():
    book = read_text("Tên xóm, tổ dân phố\tTrưởng xóm\tĐiện thoại trưởng xóm\nXóm Nà Héng\tNông Văn An\t912345678")
    found = plan(book, catalogue().form("village"), catalogue(), TODAY)
    assert found.rows[0].data == {"name": "Xóm Nà Héng", "head_name": "Nông Văn An", "head_phone": "0912345678"}


def test_every_remark_has_its_sentence():
    source = "".join(
        (Path(words.__file__).parent / f).read_text(encoding="utf-8") for f in ("reader.py", "importer.py")
    )
    for code in set(re.findall(r'Note\("[^"]*"?, "(\w+)"', source)) | set(re.findall(r'Note\([^"]+, "(\w+)"', source)):
        for lang in words.LANGUAGES:
            assert f"import.note.{code}" in words.table(lang)
    found = listed("Họ tên|Năm sinh|Xóm", "An|31/2/2014|Nà Héng", "|2015|Nà Rình")
    assert all(note.text for row in found.rows for note in row.notes)
    assert found.refused[0].reason


WORDS = ["Họ tên", "Tên", "Nam", "Nữ", "Năm sinh", "x", "1", "2014", "Xóm A", "An Văn B", "", "Cộng", "I"]


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), max_size=10),
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 3), st.integers(0, 3)), max_size=3),
)  # fmt: skip
@settings(deadline=None, max_examples=150)
def test_any_grid_gives_a_plan_or_a_problem(grid, spans):
    rows = RowBuilder()
    for row, values in enumerate(grid, 1):
        for col, value in enumerate(values, 1):
            rows.add(Cell(value, row, col))
    merged = tuple((r, c, r + h, c + w) for r, c, h, w in spans)
    with contextlib.suppress(Problem):
        found = planned(Book("xlsx", (Sheet("s", rows.rows, merged),)))
        assert found.read == len(found.good) + len(found.refused)
