"""Rows of a file meet the register: repaired, decided, added or updated, taken back; with and without an answer."""

from __future__ import annotations

import hashlib
import re
import sys
from datetime import date

import pytest
from tools_kit import ROOT, load_tool

from cbdesk import words
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.importer import plan as plan_of
from cbdesk.sheet import read_bytes, read_text
from cbdesk.workbook import table_xlsx

sys.path.append(str(ROOT / "tools"))  # one tool uses another
nasty_samples = load_tool("nasty_samples")
SAMPLES = ROOT / "tests" / "data" / "samples"
FORMS = [name for name in catalogue().forms if name != "snapshot_part"]
HEAD = "Họ tên|Ngày sinh|Giới tính|Xóm|Số định danh|Họ tên mẹ|Ghi chú"


def book_of(*lines, head=HEAD):
    return read_text("\n".join(line.replace("|", "\t") for line in (head, *lines)))


def attended(desk, *lines, **more):
    return desk.import_plan(book_of(*lines, **more), attended=True)


def repairs(row):
    return {one.code: one for one in row.repairs}


def everything(desk):
    return {form: desk.all_rows(form) for form in FORMS}


def kinds(done):
    return [(fate.kind, fate.decision) for fate in done.fates]


def adds_up(done):
    return done.read == done.added + done.updated + done.same + done.skipped + len(done.refused)


# --- repairs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "proposed"),
    [("31/02/2016", "2016-02"), ("29/2/2015", "2015-02"), ("31.6.2014", "2014-06"), ("31/9/14", "2014-09")],
)
def test_an_impossible_day_is_a_proposal_for_people_and_less_exact_for_a_script(commune, written, proposed):
    line = f"Lý Mùi Mẩy|{written}|Nữ|Lũng Mít"
    row = attended(commune, line).rows[0]
    assert "born" not in row.data
    assert repairs(row)["date_shorter"].data == {"born": proposed}
    assert written in repairs(row)["date_shorter"].text
    alone = commune.import_plan(book_of(line)).rows[0]
    assert alone.data["born"] == proposed
    assert not alone.waits
    for one in (row, alone):
        assert "no_such_day" in {note.code for note in one.notes}
        assert one.data["notes"] == f"Ngày sinh: {written}"


def test_a_row_with_an_open_question_waits_for_its_answer(commune):
    plan = attended(commune, "Lý Mùi Mẩy|31/02/2016|Nữ|Lũng Mít", "Vừ A Sình|2014|Nam|Lũng Mít")
    waiting = commune.import_run(plan, dry_run=True)
    assert kinds(waiting) == [("refused", ""), ("added", "new")]
    assert waiting.refused[0]["reason"] == "to_decide"
    assert plan.rows[0].reason == plan.rows[0].repairs[0].text
    plan.repair(plan.rows[0], plan.rows[0].repairs[0])
    done = commune.import_run(plan)
    assert (done.added, done.refused) == (2, [])
    assert [row["born"] for row in commune.all_rows("child")] == ["2016-02", "2014"]


def test_a_question_may_be_left_as_it_is(commune):
    plan = attended(commune, "Lý Mùi Mẩy|31/02/2016|Nữ|Lũng Mít")
    plan.keep(plan.rows[0], plan.rows[0].repairs[0])
    assert commune.import_run(plan).added == 1
    row = commune.all_rows("child")[0]
    assert row.get("born") is None
    assert row["notes"] == "Ngày sinh: 31/02/2016"


@pytest.mark.parametrize(
    ("written", "code", "proposed"),
    [
        ("05/13/2014", "date_turned", "2014-05-13"),
        ("15/13/2014", "date_shorter", "2014"),
        ("12-25-2015", "date_turned", "2015-12-25"),
    ],
)
def test_an_impossible_month_is_asked_about_and_never_assumed(commune, written, code, proposed):
    line = f"Lý Mùi Mẩy|{written}|Nữ|Lũng Mít"
    assert repairs(attended(commune, line).rows[0])[code].data == {"born": proposed}
    assert "born" not in commune.import_plan(book_of(line)).rows[0].data


@pytest.mark.parametrize(
    ("number", "code", "data"),
    [
        ("004114001234", "sex_by_id", None),  # a man of 1914: the century tells it is another's, sex agrees
        ("004314001234", "sex_by_id", {"sex": "female"}),
        ("00421400123O", "id_digits", {"personal_id": "004214001230"}),
    ],
)
def test_the_personal_number_is_compared_and_only_proposes(commune, number, code, data):
    row = attended(commune, f"Vừ A Sình|2014|Nam|Lũng Mít|{number}").rows[0]
    assert (repairs(row)[code].data if code in repairs(row) else None) == (data or {"sex": "female"})
    assert row.data["sex"] == "male"
    assert row.data["personal_id"] == number
    assert not row.waits


def test_zeros_lost_to_a_number_come_back_and_are_told_those_of_a_text_are_proposed(commune):
    rows = [["Vừ A Sình", 4214001234], ["Vừ A Sử", "4214001234"]]
    book = read_bytes(table_xlsx(["Họ tên", "Số định danh"], rows, "DS"))
    number, text = commune.import_plan(book, attended=True).rows
    assert number.data["personal_id"] == "004214001234"
    assert "zeros_back" in {note.code for note in number.notes}
    assert text.data["personal_id"] == "4214001234"
    assert repairs(text)["id_digits"].data == {"personal_id": "004214001234"}


def test_a_birth_year_from_the_number(commune):
    row = attended(commune, "Vừ A Sình||Nam|Lũng Mít|004214001234").rows[0]
    assert repairs(row)["born_by_id"].data == {"born": "2014"}


def test_an_unknown_village_close_to_a_known_one(commune):
    commune.save("child", {"full_name": "Trẻ Một", "village": "Xóm Khuổi Mít"})
    commune.save("child", {"full_name": "Trẻ Hai", "village": "Xóm 12"})
    lines = "Trẻ Ba|2014|Nam|Khuổi Mịt", "Trẻ Bốn|2014|Nam|khuổi mịt", "Trẻ Năm|2014|Nam|Đon Sài"
    plan = attended(commune, *lines, "Trẻ Sáu|2014|Nam|Xóm 13", "Trẻ Bảy|2014|Nam|Khuổi Mít")
    assert [set(repairs(row)) for row in plan.rows] == [{"village_near"}, {"village_near"}, set(), set(), set()]
    assert repairs(plan.rows[0])["village_near"].data == {"village": "Xóm Khuổi Mít"}
    for row in plan.rows[:2]:
        plan.repair(row, row.repairs[0], everywhere=True)
    assert commune.import_run(plan).added == 5
    assert set(commune.village_names().values()) == {"Xóm Khuổi Mít", "Xóm 12", "Đon Sài", "Xóm 13"}


def test_one_answer_for_all_rows_that_ask_the_same(commune):
    commune.save("child", {"full_name": "Trẻ Một", "village": "Xóm Khuổi Mít"})
    plan = attended(commune, *(f"Trẻ Số {n}|2014|Nam|Khuổi Mịt" for n in ("Hai", "Ba", "Tư")))
    assert len(plan.repair(plan.rows[0], plan.rows[0].repairs[0], everywhere=True)) == 3
    assert not any(row.waits for row in plan.rows)


def test_a_name_that_is_missing(commune):
    head = "TT|Họ tên|Tên gọi ở nhà trường|Ngày sinh"
    plan = attended(commune, "1||Lý Thị Mẩy|2015", "2|||2016", "3||hát|", "4|Nông Văn An||2014", head=head)
    assert [set(repairs(row)) for row in plan.rows] == [{"name_beside"}, {"name_later"}, set(), set()]
    assert [row.refused for row in plan.rows] == ["no_name", "no_name", "no_name", None]
    for row in plan.rows[:2]:
        plan.repair(row, row.repairs[0])
    assert [row.data.get("full_name") for row in plan.rows[:2]] == ["Lý Thị Mẩy", "Chưa đặt tên"]
    assert commune.import_run(plan).added == 3


def test_somebody_over_sixteen_is_taken_in_unless_left_out(commune):
    plan = attended(commune, "Vừ A Sình|2005|Nam|Lũng Mít", "Vừ A Sử|2005|Nam|Lũng Mít")
    assert not plan.rows[0].waits
    plan.repair(plan.rows[0], repairs(plan.rows[0])["over_16"])
    done = commune.import_run(plan)
    assert (done.added, done.skipped) == (1, 1)
    assert commune.all_rows("child")[0]["life_status"] == "over_16"


def test_every_proposal_has_its_words():
    source = (ROOT / "cbdesk" / "repairs.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'(?:Repair|_date)\("(\w+)"', source))
    assert len(codes) == 10
    for lang in words.LANGUAGES:
        said = words.table(lang)
        assert all(f"import.{part}.{code}" in said for code in codes for part in ("repair", "repair_button"))


def test_what_somebody_answered_is_repeated_when_the_file_is_read_again(commune):
    lines = ("Lý Mùi Mẩy|31/02/2016|Nữ|Lũng Mít", "Vừ A Sình|31/6/2014|Nam|Lũng Mít", "Hà Hữu Lâm|2015|Nam|Lũng Mít")
    first = attended(commune, *lines)
    first.repair(first.rows[0], first.rows[0].repairs[0])
    first.keep(first.rows[1], first.rows[1].repairs[0])
    first.decide(first.rows[2], "skip")
    again = attended(commune, *lines)
    again.follow(first)
    assert [row.data.get("born") for row in again.rows] == ["2016-02", None, "2015"]
    assert [row.waits for row in again.rows] == [False, False, False]
    assert again.rows[2].decision == "skip"


# --- look-alikes -----------------------------------------------------------------------------------------------------

KNOWN = {"full_name": "Lý Mùi Mẩy", "born": "2015", "sex": "female", "village": "Xóm Lũng Mít",
         "mother_name": "Triệu Thị Viển", "notes": "con thứ hai", "groups": ["04"]}  # fmt: skip
LINE = "Lí Mùi Mẩy|3/6/2015|Nữ|Lũng Mít||Triệu Thị Viển|bỏ học"


def test_a_likely_child_is_updated_and_every_change_is_listed(commune):
    child = commune.save("child", KNOWN).id
    plan = attended(commune, LINE)
    dry = commune.import_run(plan, dry_run=True)
    fate = dry.fates[0]
    assert (fate.kind, fate.decision, fate.other) == ("duplicate", "update", child)
    assert fate.likeness[0].score >= 80
    assert fate.changes == (
        ("Ngày sinh", "2015", "03/06/2015"),
        ("Ghi chú", "con thứ hai", "con thứ hai\nbỏ học"),
    )
    before = everything(commune)
    done = commune.import_run(plan)
    assert (done.updated, done.added, done.fates[0].changes) == (1, 0, fate.changes)
    now = commune.get(child)
    assert (now["full_name"], now["born"], now["notes"]) == ("Lý Mùi Mẩy", "2015-06-03", "con thứ hai\nbỏ học")
    assert (now["groups"], now["mother_name"]) == (["04"], "Triệu Thị Viển")
    again = commune.import_run(attended(commune, LINE))
    assert (again.same, again.updated, again.added, again.batch) == (1, 0, 0, None)
    commune.undo(done.batch)
    assert everything(commune) == before


def test_nothing_is_emptied_and_less_is_no_change(commune):
    child = commune.save("child", KNOWN | {"born": "2015-06-03", "phone": "0912345678"}).id
    done = commune.import_run(attended(commune, "Ly Mui May|2015|Nữ|Lũng Mít||Triệu Thị Viển"))
    assert (done.same, done.updated, done.added) == (1, 0, 0)
    assert commune.get(child)["born"] == "2015-06-03"
    assert commune.get(child)["phone"] == "0912345678"


def test_a_doubtful_child_is_new_unless_somebody_decides(commune):
    commune.save("child", {"full_name": "Lý Mùi Mẩy", "born": "2015"})
    plan = attended(commune, "Lý Mùi Mẩy|2015-06-03|Nữ|Lũng Mít")
    fate = commune.import_run(plan, dry_run=True).fates[0]
    assert fate.likeness[0].score < 80
    assert fate.decision == "new"
    for decision, count in (("update", "updated"), ("skip", "skipped"), ("new", "added")):
        plan.decide(plan.rows[0], decision)
        done = commune.import_run(plan, dry_run=True)
        assert getattr(done, count) == 1
        assert adds_up(done)


def test_somebody_may_choose_whom_to_update(commune):
    first = commune.save("child", KNOWN).id
    second = commune.save("child", KNOWN | {"born": "2015-06-03", "full_name": "Lý Mùi Mảy"}).id
    plan = attended(commune, LINE)
    fate = commune.import_run(plan, dry_run=True).fates[0]
    other = next(one for one in (first, second) if one != fate.other)
    plan.decide(plan.rows[0], "update", other)
    done = commune.import_run(plan)
    assert done.fates[0].other == other
    assert commune.get(other)["notes"].endswith("bỏ học")
    assert "bỏ học" not in commune.get(fate.other)["notes"]


def test_a_script_adds_the_look_alike_and_queues_it(commune):
    child = commune.save("child", KNOWN).id
    done = commune.import_run(commune.import_plan(book_of(LINE)))
    assert (done.added, done.duplicates, done.updated) == (1, 1, 0)
    assert done.pairs[0][1] == child
    assert commune.get(child)["born"] == "2015"
    assert commune.duplicates(all_levels=True)


def test_rows_of_one_file_meet_one_another(commune):
    plan = attended(commune, "Lý Mùi Mẩy|2015|Nữ|Lũng Mít||Triệu Thị Viển", LINE, LINE)
    dry = commune.import_run(plan, dry_run=True)
    assert kinds(dry) == [("added", "new"), ("duplicate", "update"), ("same", "")]
    assert dry.fates[1].other == "row 2"
    done = commune.import_run(plan)
    assert (done.added, done.updated, done.same) == (1, 1, 1)
    rows = commune.all_rows("child")
    assert [(row["full_name"], row["born"]) for row in rows] == [("Lý Mùi Mẩy", "2015-06-03")]


def test_a_decision_has_three_ways(commune):
    plan = attended(commune, LINE)
    with pytest.raises(ValueError, match="merge"):
        plan.decide(plan.rows[0], "merge")


# --- again, back, untouched ------------------------------------------------------------------------------------------

HARD = (
    "Lý Mùi Mẩy|31/02/2016|Nữ|Lũng Mít|4314001234|Triệu Thị Viển|bỏ học",
    "Vừ A Sình|05/13/2014|Nam|Xóm Khuổi Mít|004214001234||",
    "Vừ A Sử|2005|Nam|Khuổi Mít|||",
    "Bé gái|tháng 3/2026|Nữ|Khuổi Mít||Lý Thị Dợ|",
    "|2015|Nữ|Lũng Mít|||",
)


@pytest.mark.parametrize("somebody", [False, True])
def test_the_same_file_again_adds_nothing_whatever_its_dates(commune, somebody):
    def run():
        plan = commune.import_plan(book_of(*HARD), attended=somebody)
        for row in plan.rows if somebody else ():
            for one in row.repairs:
                if one.waits and row.refused is None:
                    plan.repair(row, one)
        return commune.import_run(plan)

    first = run()
    assert (first.added, len(first.refused)) == (4, 1)
    before = everything(commune)
    again = run()
    assert (again.added, again.updated, again.same, again.batch) == (0, 0, 4, None)
    assert everything(commune) == before


def test_rows_of_another_form_come_in_once_too(commune):
    book = read_text("Họ và tên\tĐiện thoại\nNông Văn A\t0912345678\nNông Văn B\t\n")
    first = commune.import_run(commune.import_plan(book, form="team_member"))
    again = commune.import_run(commune.import_plan(book, form="team_member"))
    assert (first.added, again.added, again.same, again.batch) == (2, 0, 2, None)


def test_rows_side_by_side_are_answered_one_by_one(commune):
    data, _ = nasty_samples.SAMPLES["three_side_by_side.xlsx"]()
    plan = commune.import_plan(read_bytes(data), attended=True)
    assert len({row.place for row in plan.rows}) == 5
    plan.decide(plan.rows[2], "skip")
    again = commune.import_plan(read_bytes(data), attended=True)
    again.follow(plan)
    assert [row.decision for row in again.rows] == ["", "", "skip", "", ""]
    assert commune.import_run(again).added == 4


def test_the_same_file_again_after_villages_were_renamed_in_kind(commune):
    commune.import_run(commune.import_plan(book_of(*HARD)))
    for village, name in commune.village_names().items():
        bare = name.removeprefix("Xóm ")
        commune.save("village", {"name": f"Thôn {bare}" if bare == name else bare}, village)
    again = commune.import_run(commune.import_plan(book_of(*HARD)))
    assert (again.added, again.same) == (0, 4)


def test_undo_gives_back_the_visible_rows_of_everything(commune):
    child = commune.save("child", KNOWN | {"household_class": "poor"}).id
    before = everything(commune)
    plan = attended(commune, LINE, "Hà Hữu Lâm|2014|Nam|Xóm Mới||Hà Thị Ấn|", head=HEAD)
    done = commune.import_run(plan)
    assert (done.added, done.updated) == (1, 1)
    assert everything(commune) != before
    commune.undo(done.batch)
    assert everything(commune) == before
    assert commune.get(child)["household_class"] == "poor"
    assert commune.verify()["ok"]


def test_a_cancel_leaves_nothing_and_the_file_is_only_read(commune, tmp_path):
    rows = [[f"Trẻ Số {n}", str(2012 + n % 10), "Nữ", f"Xóm {n % 7}"] for n in range(600)]
    path = tmp_path / "ds.xlsx"
    path.write_bytes(table_xlsx(HEAD.split("|")[:4], rows, "DS"))
    digest = hashlib.sha256(path.read_bytes()).digest()
    before, unsent = everything(commune), commune.status()["unsent"]
    count = 0

    def stop():
        nonlocal count
        count += 1
        if count == 550:  # after two lots were written
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        commune.import_run(commune.import_plan(path), progress=stop)
    assert everything(commune) == before
    assert commune.status()["unsent"] == unsent
    assert hashlib.sha256(path.read_bytes()).digest() == digest
    done = commune.import_run(commune.import_plan(path))
    assert (done.added + done.same, commune.verify()["ok"]) == (600, True)


def test_what_was_not_taken_in_comes_back_to_be_corrected(commune, tmp_path):
    plan = attended(commune, *HARD)
    done = commune.import_run(plan)
    assert adds_up(done)
    path = commune.write_refused(plan, done, tmp_path / "sua.xlsx")
    again = commune.import_plan(path, attended=True)
    assert again.read == len(done.refused)
    assert again.rows[0].data["full_name"] == "Lý Mùi Mẩy"
    assert [c.target for c in again.columns][-2:] == ["", ""]


def test_every_sample_goes_in_once_with_somebody_and_without(commune):
    files = {path.name: path.read_bytes() for path in SAMPLES.iterdir() if path.suffix != ".json"}
    files |= {name: build()[0] for name, build in nasty_samples.SAMPLES.items()}
    refused: dict[str, str] = {}
    for name, data in files.items():
        try:
            book = read_bytes(data)
        except Problem as problem:
            refused[name] = problem.name
            continue
        for somebody in (False, True):
            plan = commune.import_plan(book, attended=somebody)
            dry, done = commune.import_run(plan, dry_run=True), commune.import_run(plan)
            assert kinds(dry) == kinds(done), name
            assert adds_up(dry), name
            assert adds_up(done), name
            assert not (somebody and done.added), name
    assert set(refused.values()) == {"excel_locked", "excel_broken", "excel_too_big", "empty_file", "not_excel"}
    assert len(files) - len(refused) > 20
    assert commune.verify()["ok"]


# --- forced encodings ------------------------------------------------------------------------------------------------


def test_an_encoding_may_be_forced_for_all_a_sheet_or_a_column():
    odd = read_bytes(table_xlsx(["Họ tên", "Năm sinh", "Xóm"], [["Hoµng", "2014", "Hoµng"]], "DS"))
    form, today = catalogue().form("child"), date(2026, 10, 12)

    def names(charsets):
        row = plan_of(odd, form, catalogue(), today, charsets=charsets).rows[0]
        return row.data["full_name"], row.data["village"]

    sheet = odd.sheets[0].name
    assert names({sheet: "tcvn3"}) == names({"": "tcvn3"}) == ("Hoàng", "Hoàng")
    assert names({sheet: "unicode"}) == ("Hoµng", "Hoµng")
    assert names({f"{sheet}!C": "unicode", sheet: "tcvn3"}) == ("Hoàng", "Hoµng")


@pytest.mark.parametrize("bad", [{"": "tcvn4"}, {"DS!1": "tcvn3"}, {"DS!ABCD": "vni"}])
def test_an_encoding_nobody_knows_is_refused(bad):
    with pytest.raises(Problem, match="bad_charset"):
        plan_of(book_of(LINE), catalogue().form("child"), catalogue(), date(2026, 10, 12), charsets=bad)
