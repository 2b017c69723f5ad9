"""Households: a decision finds its homes, asks where it must, empties no list; what moves is taken back whole."""

import pytest
from openpyxl import Workbook

from cbdesk import clock
from cbdesk.desk.homes import Decision
from cbdesk.errors import Problem
from cbdesk.households import ABSENT, MATCHED, NEAR, TWICE

DECISION = Decision(2027, "1520/QĐ-UBND", "2026-12-10")


@pytest.fixture
def book(commune):
    """A village with four homes; poor in 2026: An and Dợ."""
    clock.set_fixed("2026-12-12T08:00")
    commune.ids = {}

    def child(name, village="Xóm Nà Héng", **data):
        commune.ids[name] = commune.save("child", {"full_name": name, "born": "2015", "village": village, **data}).id

    child("Nông Văn Páo", household_class="poor", father_name="Nông Văn An")
    child("Nông Thị Mai", father_name="Nông Văn Bế")
    child("Hầu Thị Mỷ", village="Xóm Bản Oóng", household_class="near_poor", mother_name="Hầu Thị Dợ")
    child("Lý Văn Tá", village="Xóm Bản Oóng", household_class="poor", father_name="Lý Văn Tả")
    return commune


def listed(tmp_path, *rows, title="DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2027"):
    sheet = (made := Workbook()).active
    sheet.append([title])
    sheet.append(["STT", "Họ và tên chủ hộ", "Xóm", "Số CCCD", "Hộ nghèo", "Hộ cận nghèo"])
    for at, row in enumerate(rows, 1):
        sheet.append([at, *row])
    made.save(path := tmp_path / "quyet dinh.xlsx")
    return path


def planned(book, path, decision=DECISION):
    return book.decision_plan(book.import_plan(path, form="household"), decision)


def level(book, name, year=2027):
    home = book.get(book.ids[name])["household"]
    rows = book.store.rows("household_class", "household = ? AND year = ?", (home, year))
    return rows[0]["class"] if rows else None


def test_lines_find_homes_by_head_parents_and_village(book, tmp_path):
    path = listed(tmp_path, ("Nông Văn An", "Nà Héng", "", "x", ""), ("NÔNG VĂN BẾ", "Xóm Nà Héng", "", "", "x"),
                  ("Vừ Mí Nô", "Bản Oóng", "", "x", ""), ("Hầu Thị Dở", "Bản Oóng", "", "", "x"))  # fmt: skip
    plan = planned(book, path)
    assert [line.kind for line in plan.matched.lines] == [MATCHED, MATCHED, ABSENT, NEAR]
    assert plan.matched.lines[3].near[0].home.shown == "Hầu Thị Dợ"
    assert [one.home.shown for one in plan.matched.missing] == ["Lý Văn Tả"]
    plan.matched.lines[3].decide(plan.matched.lines[3].near[0].home.key)
    done = book.decision_run(plan)
    assert (done.classed, done.made, done.absent, done.waiting, done.left) == (2, 1, 1, 0, 0)
    assert [level(book, name) for name in book.ids] == ["poor", "near_poor", "near_poor", None]
    assert book.get(book.get(book.ids["Nông Văn Páo"])["household"])["head_name"] == "Nông Văn An"


def test_who_is_no_longer_named_leaves_poverty_only_by_a_persons_word(book, tmp_path):
    plan = planned(book, listed(tmp_path, ("Nông Văn An", "Nà Héng", "", "x", "")))
    [missing] = plan.matched.missing
    assert missing.home.shown == "Lý Văn Tả"  # the near-poor are in another list
    book.decision_run(plan)
    assert level(book, "Lý Văn Tá") is None
    clock.set_fixed("2027-01-01T08:00")
    assert book.get(book.ids["Lý Văn Tá"])["household_class"] == "poor"
    assert dict(book.classes_standing(2027).by_year) == {2026: 2, 2027: 1}
    plan = planned(book, listed(tmp_path, ("Nông Văn An", "Nà Héng", "", "x", "")))
    plan.matched.missing[0].level = "escaped"
    assert book.decision_run(plan).left == 1
    assert level(book, "Lý Văn Tá") == "escaped"


def test_new_year_empties_no_list_and_the_decision_is_taken_back_whole(book, tmp_path):
    before = book.draft_paper("at_risk", "2026-12")[0].totals.total
    clock.set_fixed("2027-01-01T00:05")
    assert book.draft_paper("at_risk", "2027-01")[0].totals.total == before == 3
    assert not book.classes_standing(2027).current
    assert book.classes_standing(2026).current
    lines = (("Nông Văn An", "Nà Héng", "", "", "x"), ("Sùng Mí Lử", "Bản Oóng", "", "x", ""))
    plan = planned(book, listed(tmp_path, *lines))
    plan.matched.lines[1].decide(new=True)
    plan.matched.missing[0].level = "other"
    done = book.decision_run(plan)
    assert book.draft_paper("at_risk", "2027-01")[0].totals.total == 2
    assert len(book.store.rows("household")) == 4
    assert [(one.added, one.updated, one.form) for one in book.imports()] == [(1, 2, "household")]
    book.undo(done.batch)
    assert book.draft_paper("at_risk", "2027-01")[0].totals.total == 3
    assert len(book.store.rows("household")) == 3
    assert book.imports()[0].undone


def test_a_list_says_from_which_year_classes_come_until_the_decision_is_in_and_keeps_saying_it(book, tmp_path):
    before = "Loại hộ theo kết quả rà soát năm 2026; chưa có quyết định năm 2027."
    some = "Loại hộ của 2 hộ theo kết quả rà soát năm trước: quyết định năm 2027 chưa nêu các hộ này."

    def noted():
        grids = book.report_now("children", "2027-01").grids
        listed, counted = book.draft_paper("at_risk", "2027-01")[0].notes, [one.notes for one in grids]
        assert not counted[0]  # children by village: no class in it
        return {one for one in (before, some) if one in listed and one in counted[2]}

    assert before not in book.draft_paper("at_risk", "2026-12")[0].notes
    clock.set_fixed("2027-01-05T08:00")
    assert noted() == {before}
    frozen = book.snapshot("at_risk", "2027-01")
    plan = planned(book, listed(tmp_path, ("Nông Văn An", "Nà Héng", "", "x", "")))
    book.decision_run(plan)
    assert noted() == {some}
    assert before in book.frozen_paper(frozen.id).notes
    for one in plan.matched.missing:
        one.level = "other"
    book.decision_run(plan)
    assert noted() == set()


def test_the_same_head_twice_is_asked_and_the_same_list_again_changes_nothing(book, tmp_path):
    path = listed(tmp_path, ("Nông Văn An", "Nà Héng", "", "x", ""), ("Nông Văn An", "Nà Héng", "", "", "x"))
    plan = planned(book, path)
    assert [line.kind for line in plan.open] == [TWICE, TWICE]
    assert [line.twin for line in plan.open] == [4, 3]
    assert book.decision_run(plan).batch is None
    first, second = plan.matched.lines
    first.decide(first.near[0].home.key)
    second.decide(skip=True)
    assert book.decision_run(plan).classed == 1
    again = planned(book, path)
    again.matched.lines[0].decide(first.homes[0])
    done = book.decision_run(again)
    assert (done.same, done.waiting, done.batch) == (1, 1, None)


@pytest.mark.parametrize(("title", "year", "doubt"), [
    ("DANH SÁCH HỘ NGHÈO NĂM 2027", 2027, []), ("DANH SÁCH HỘ NGHÈO NĂM 2027", 2026, ["decision_other_year"]),
    ("DANH SÁCH HỘ NGHÈO", 2026, []), ("DANH SÁCH HỘ NGHÈO", 2037, ["decision_far_year"]),
])  # fmt: skip
def test_a_year_other_than_the_files_or_far_away_is_asked_about(book, tmp_path, title, year, doubt):
    file = listed(tmp_path, ("Nông Văn An", "Nà Héng", "", "x", ""), title=title)
    assert [one.name for one in planned(book, file, Decision(year)).doubts] == doubt


def test_a_line_with_two_classes_is_left_unread(book, tmp_path):
    plan = planned(book, listed(tmp_path, ("Nông Văn An", "Nà Héng", "", "x", "x"), ("Lý Văn Tả", "", "", "x", "")))
    assert [row.refused for row in plan.refused] == ["two_classes"]
    assert len(plan.matched.lines) == 1


def test_two_homes_of_one_name_are_told_apart_by_number_or_asked(book, tmp_path):
    for at, number in (("2016", "004060000001"), ("2017", "004060000002")):
        home = book.save("household", {"head_name": "Vừ Mí Pó", "village": "Xóm Bản Oóng", "head_personal_id": number})
        book.save("child", {"full_name": f"Vừ Thị Lía {at}", "village": "Xóm Bản Oóng", "household": home.id})
    [line] = planned(book, listed(tmp_path, ("Vừ Mí Pó", "Bản Oóng", "004060000002", "x", ""))).matched.lines
    assert line.kind == MATCHED
    [line] = planned(book, listed(tmp_path, ("Vừ Mí Pó", "Bản Oóng", "", "x", ""))).matched.lines
    assert (line.kind, len(line.near)) == (NEAR, 2)
    assert {one.home.kids for one in line.near} == {("Vừ Thị Lía 2016",), ("Vừ Thị Lía 2017",)}
    [line] = planned(book, listed(tmp_path, ("Vừ Mí Pó", "Bản Oóng", "004060000009", "x", ""))).matched.lines
    assert (line.kind, len(line.near)) == (NEAR, 2)


def test_brothers_and_sisters_of_one_household_each_are_one_family(book, tmp_path):
    for name in ("Vừ Thị Lía", "Vừ Mí Sính"):
        said = {"full_name": name, "village": "Xóm Bản Oóng", "father_name": "Vừ Mí Pó", "mother_name": "Già Thị Mỷ"}
        book.ids[name] = book.save("child", said | {"household_class": "average"}).id
    plan = planned(book, listed(tmp_path, ("Vừ Mí Pó", "Bản Oóng", "", "x", "")))
    assert [(line.kind, len(line.homes)) for line in plan.matched.lines] == [(MATCHED, 2)]
    book.decision_run(plan)
    assert [level(book, name) for name in ("Vừ Thị Lía", "Vừ Mí Sính")] == ["poor", "poor"]


def test_a_class_may_stand_in_the_title_and_a_list_without_is_refused_in_words(book, tmp_path):
    sheet = (made := Workbook()).active
    for row in (["DANH SÁCH HỘ NGHÈO"], ["STT", "Chủ hộ", "Xóm"], [1, "Nông Văn An", "Nà Héng"]):
        sheet.append(row)
    made.save(tmp_path / "a.xlsx")
    assert [line.level for line in planned(book, tmp_path / "a.xlsx").matched.lines] == ["poor"]
    sheet["A1"] = "DANH SÁCH HỘ"
    made.save(tmp_path / "b.xlsx")
    with pytest.raises(Problem) as problem:
        planned(book, tmp_path / "b.xlsx")
    assert problem.value.name == "no_class"


# --- moving, parting, joining ---------------------------------------------------------------------------------------


def home_of(book, name):
    return book.get(book.ids[name]).get("household")


def taken_back(book, saved):
    """Take an action back and check that children and homes stand as before it."""
    def stand():
        rows = book.store.rows("child", order="id")
        children = {row["id"]: (row.get("household"), row.get("village")) for row in rows}
        return children, book.store.rows("household", order="id"), book.store.rows("household_class", order="id")

    after = stand()
    undone = book.undo(saved.batch)
    before = stand()
    book.undo(undone.batch)
    assert stand() == after
    return before


def test_a_household_parts_and_the_class_stands_for_both_halves(book):
    first, mai = home_of(book, "Nông Văn Páo"), book.ids["Nông Thị Mai"]
    book.move_children([mai], first)
    parted = book.split_household([mai], {"head_name": "Nông Văn Bế"})
    assert home_of(book, "Nông Thị Mai") == parted.id
    assert book.get(mai)["household_class"] == "poor"
    children, homes, _ = taken_back(book, parted)
    assert children[mai][0] == first
    assert len(homes) == 3


def test_two_households_become_one_and_nothing_is_lost(book):
    first, other = home_of(book, "Nông Văn Páo"), home_of(book, "Lý Văn Tá")
    book.save("household", {"head_name": "Lý Văn Tả", "book_no": "12"}, other)
    book.save("household_class", {"household": other, "year": 2025, "class": "poor"})
    joined = book.join_households(first, other)
    assert [row["full_name"] for row in book.in_household(first)] == ["Nông Văn Páo", "Lý Văn Tá"]
    assert book.get(first)["book_no"] == "12"
    assert {row["year"] for row in book.rows_of("household_class", first)} == {2025, 2026}
    assert book.get(book.ids["Lý Văn Tá"])["village"] == book.get(first)["village"]
    _, homes, classes = taken_back(book, joined)
    assert len(homes) == 3
    assert {row["household"] for row in classes if row["year"] == 2025} == {other}
    with pytest.raises(Problem):
        book.join_households(first, first)


def test_a_household_moves_to_another_village_with_its_children(book):
    first, place = home_of(book, "Nông Văn Páo"), book.get(book.ids["Lý Văn Tá"])["village"]
    moved = book.move_household(first, place)
    assert book.get(book.ids["Nông Văn Páo"])["village"] == book.get(first)["village"] == place
    taken_back(book, moved)
    assert book.move_household(first, place).batch is None


def test_a_household_leaves_the_commune_in_one_action(book):
    home = home_of(book, "Nông Văn Páo")
    saved = book.leave_commune([row["id"] for row in book.in_household(home)], "xã Cô Ba", "2026-12-01")
    assert book.get(book.ids["Nông Văn Páo"])["life_status"] == "left"
    book.undo(saved.batch)
    assert book.get(book.ids["Nông Văn Páo"]).get("life_status") is None


# --- away for a time ------------------------------------------------------------------------------------------------


def test_many_go_away_and_come_back_after_tet_in_one_action_each(book):
    ids = list(book.ids.values())
    told = {"from": "2026-10", "place": "phường Tân Uyên", "with_whom": "parents", "expected_back": "2027-02"}
    gone = book.go_away(ids[:3], told)
    assert book.go_away(ids[:1], told).batch is None  # away already
    assert {one.child for one in book.absent()} == set(ids[:3])
    assert [one.what for one in book.fill_plan(ids[2:4], told, "absence")] == ["same", "new"]
    assert all(row.here for row in book.children())
    clock.set_fixed("2027-03-02T08:00")
    assert all(one.overdue for one in book.absent())
    back = book.come_back(ids[:2], "2027-02-20")
    assert [one.child for one in book.absent()] == [ids[2]]
    assert book.rows_of("absence", ids[0])[0]["to"] == "2027-02-20"
    book.undo(back.batch)
    assert len(book.absent()) == 3
    book.undo(gone.batch)
    assert book.absent() == []


def test_a_return_before_leaving_writes_nothing(book):
    ids = list(book.ids.values())
    book.go_away(ids[:2], {"from": "2026-10-05"})
    refused = book.come_back(ids[:2], "2026-10-01")
    assert refused.id is None
    assert [one.name for one in refused.findings if one.level == "stop"] == ["wrong_order"]
    assert len(book.absent()) == 2
