"""From one list to the next: who came and left with reasons, totals by village that balance, amendments."""

import io
from pathlib import Path

import pytest
from papers import OFFICE, TODAY, catalogue, paper_of, person, report
from pypdf import PdfReader

from cbdesk import balance, page
from cbdesk.dates import read_period
from cbdesk.paper import Paper
from cbdesk.report import asked, make, movements, select, without
from cbdesk.workbook import list_xlsx

OLD = Path(__file__).parent.parent / "vectors" / "papers" / "list-1.json"


def told(before, people, name="special"):
    """The paper of September with its changes since ``before``."""
    period = read_period("2026-09")
    chosen = select(report(name), people, period, catalogue=catalogue(), today=TODAY)
    paper = paper_of(people, name)
    moves = movements(before.rows, paper.rows, why=chosen.why, period=period, how=chosen.how)
    return balance.with_changes(paper, before, moves, chosen, report(name)), moves


def at(key, village, **more):
    return person(key, village=f"Xóm {village}", child={"village": village, **more.pop("child", {})}, **more)


@pytest.fixture(scope="module")
def changed():
    august = [at("stays", "Ka"), at("moves", "Ka"), at("gone", "Ka"), at("grown", "Mo", born="2010-09-02")]
    before = paper_of(august, period="2026-08", today=TODAY)
    september = [
        at("stays", "Ka"), at("moves", "Mo"), at("grown", "Mo", born="2010-09-02"),
        at("gone", "Ka", child={"life_status": "left", "status_since": "2026-09-20"}),
        at("fresh", "Ty", since="2026-09-10", sex="female"), at("late", "Ty", since="2026-02-01", sex="unknown"),
        at("back", "Ty", since="2026-02-01", child={"came_how": "returned", "came_on": "2026-09-04"}),
    ]
    return told(before, september)[0]


def test_who_came_and_left_stand_with_their_reasons(changed):
    assert {row.id: row.text("reason") for row in changed.came} == {
        "fresh": "Mới phát sinh", "late": "Bổ sung", "back": "Trở về"}
    assert {row.id: row.text("reason") for row in changed.left} == {"grown": "Đủ 16 tuổi", "gone": "Chuyển đi"}
    assert changed.changes_about == "Biến động trẻ em có hoàn cảnh đặc biệt tháng 9 năm 2026"
    assert "31 tháng 8 năm 2026" in changed.base
    assert [row.text("no") for row in changed.left] == ["1", "2"]


def test_totals_by_village_balance_and_tell_moves_within_the_commune(changed):
    counts = {row.place: {key: cell.value for key, cell in row.cells.items()} for row in changed.places}
    total = {key: cell.value for key, cell in changed.sections[2].total.cells.items()}
    for one in (*counts.values(), total):
        assert one["before"] + one["came"] - one["left"] + one["arrived"] - one["departed"] == one["after"]
        assert one["male"] + one["female"] + one["unknown"] == one["after"]
    assert (counts["Ka"]["departed"], counts["Mo"]["arrived"], counts["Ty"]["came"]) == (1, 1, 3)
    assert (total["before"], total["came"], total["left"], total["after"]) == (4, 3, 2, 5)
    assert [row.place for row in changed.places] == ["Ka", "Mo", "Ty"]


def test_the_rows_stay_the_whole_list_whatever_the_paper_shows(changed):
    short = changed.changes
    assert (short.layout, short.title) == ("changes", changed.changes_about)
    assert short.rows == changed.rows
    assert short.full == changed
    plain = paper_of([at("a", "Ka")])
    assert plain.changes == plain  # no list before it: nothing to tell
    assert Paper.from_json(short.as_json()) == short


def test_a_paper_from_before_there_were_changes_reads_and_writes_the_same_bytes():
    text = OLD.read_text(encoding="utf-8")
    old = Paper.from_json(text)
    assert old.as_json() == text
    assert old.layout == "list"
    assert page.pdf(old, stamp="2026-10-12T08:00") == page.pdf(Paper.from_json(old.as_json()), stamp="2026-10-12T08:00")
    assert {row.village for row in old.rows} == {row.text("village") for row in old.rows}


def test_villages_of_an_old_list_are_found_by_name():
    old = Paper.from_json(OLD.read_text(encoding="utf-8"))
    people = [person(row.id, village=f"Xóm {row.village}" if row.village else "",
                     child={"village": row.village and "id-" + row.village}) for row in old.rows]
    made, moves = told(old, people)
    assert (moves.came, moves.left) == ((), ())
    assert all(row.text("before") == row.text("after") for row in made.places)
    assert "arrived" not in made.places[0].cells  # nobody moved, no columns for it


def test_an_amendment_holds_only_what_differs_and_says_what():
    before = paper_of([person("same"), person("out"), person("name", "Lý A"), person("id")])
    people = [person("same"), person("in"), person("name", "Lý B", born="2017"),
              person("id", child={"personal_id": "004"})]
    now = paper_of(people)
    moves = movements(before.rows, now.rows, period=read_period("2026-09"))
    made = balance.amendment(now, before, moves, report())
    lines = {one.key: {row.id: row.text("reason") for row in one.rows} for one in made.sections}
    assert lines == {
        "came": {"in": "Bổ sung"},
        "left": {"out": "Không còn trong sổ"},
        "read": {
            "name": "Họ và tên: trước ghi “Lý A”, nay ghi “Lý B”; "
                    "Ngày, tháng, năm sinh (Nam): trước ghi “01/05/2016”, nay ghi “2017”",
            "id": "Số định danh cá nhân: đã sửa",  # not printed on the list, so not printed here
        },
    }
    assert [one.title.split(".")[0] for one in made.sections] == ["I", "II", "III"]
    assert balance.differences(before, now) == 4
    assert made.rows == now.rows
    assert not balance.same_content(before, now)
    assert balance.same_content(now, now)


def test_papers_of_changes_can_be_printed_and_written(changed):
    assert page.pdf(changed.changes, stamp="2026-10-12T08:00").startswith(b"%PDF")
    assert list_xlsx(changed.changes).startswith(b"PK")


# --- poverty alone, in a part of its own ------------------------------------------------------------------------------

POOR = {"household": {"class": "poor", "year": 2026}}


def of_poverty(poverty):
    people = [person("poor", "Bế An", codes=(), village="Xóm A", **POOR),
              person("both", "Bế Bình", codes=("R05",), form="risk", village="Xóm B", **POOR),
              person("other", "Bế Cường", codes=("R05",), form="risk", village="Xóm C"),
              person("sealed", codes=("R07",), form="risk", village="Xóm C")]
    chosen = asked(report("at_risk"), poverty)
    return make(chosen, people, OFFICE, read_period("2026-09"), catalogue=catalogue(), today=TODAY,
                poverty=poverty)


def test_poverty_alone_stands_in_a_part_of_its_own_last():
    made = of_poverty("")
    assert [(row.id, row.part) for row in made.rows] == [("both", "other"), ("other", "other"), ("poor", "poverty")]
    assert made.parts["poverty"].endswith("01 trẻ")
    assert [row.text("no") for row in made.rows] == ["1", "2", "3"]


def test_poverty_alone_may_stand_among_the_others():
    made = of_poverty("with")
    assert [row.id for row in made.rows] == ["poor", "both", "other"]
    assert made.parts == {}


def test_poverty_alone_may_be_left_out_and_is_counted():
    made = of_poverty("without")
    assert [row.id for row in made.rows] == ["both", "other"]
    assert made.notes[-1].startswith("Ngoài ra 01 trẻ em chỉ thuộc hộ nghèo")
    assert (made.totals.total, made.totals.named, made.totals.apart) == (4, 2, 1)
    assert "nêu tên 02" in made.totals_text
    assert without(of_poverty(""), report("at_risk")) == made


@pytest.mark.parametrize(("others", "poor"), [(1, 1), (0, 1), (1, 0), (3, 1), (14, 1), (15, 2), (16, 2), (12, 30)])
def test_headings_of_parts_stay_with_their_children_and_signatures_with_rows(others, poor):
    people = [person(f"o{n}", "Bế Văn Khác", codes=("R05",), form="risk") for n in range(others)]
    people += [person(f"p{n}", "Bế Văn Nghèo", codes=(), **POOR) for n in range(poor)]
    sheets = PdfReader(io.BytesIO(page.pdf(paper_of(people, "at_risk"), stamp="2026-10-12T08:00"))).pages
    texts = [one.extract_text() for one in sheets]
    whole = "".join(texts)
    assert (whole.count("Bế Văn Khác"), whole.count("Bế Văn Nghèo")) == (others, poor)
    for heading, name in (("A. Trẻ em", "Bế Văn Khác"), ("B. Trẻ em", "Bế Văn Nghèo")):
        assert whole.count(heading) == (name in whole)
        assert all(name in text.split(heading)[1] for text in texts if heading in text)
    assert texts[-1].count("Bế Văn") >= min(others + poor, 2)
    assert "NGƯỜI LẬP BIỂU" in texts[-1]
