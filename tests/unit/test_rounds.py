"""The monthly round: sheets made, printed, keyed back by line and letter, taken back; which villages are missing."""

from __future__ import annotations

import re
import subprocess

import pytest

from cbdesk import clock, page, rounds
from cbdesk.desk import setup
from cbdesk.errors import Problem

NOW = "2026-10-12T09:00"
HENG, PAU = "Xóm Nà Héng", "Xóm Khuổi Pậu"
CHILDREN = [
    {"full_name": "Bế Văn An", "born": "2015-03-05", "sex": "male", "village": HENG, "class": "5A",
     "father_name": "Bế Văn Bình", "personal_id": "004215000111", "health_card": "HN2043369075543",
     "card_until": "2026-12-31", "household_class": "poor", "groups": ["05"], "risks": ["R07"], "phone": "0912345678"},
    {"full_name": "Hoàng Thị Cúc", "born": "2018-07", "village": HENG, "mother_name": "Hoàng Thị Mai"},
    {"full_name": "Lý Văn Dũng", "born": "2010-10-20", "village": HENG, "schooling": "lower_secondary"},
    {"full_name": "Nông Thị Hoa", "born": "2009-02-01", "village": HENG},
    {"full_name": "Vàng Thị Én", "born": "2016", "village": HENG, "life_status": "left"},
    {"full_name": "Gái", "born": "2024-02-03", "village": PAU},
]  # fmt: skip
# the sheet of Nà Héng: 1 An, 2 Cúc, 3 Dũng; Hoa is 17, Én is away for good
AN, CUC, DUNG = 1, 2, 3


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    clock.set_fixed(NOW)
    opened = setup(tmp_path_factory.mktemp("round") / "commune", role="commune", unit="01321", officer="Nông Thị Hạnh",
                   password="mật khẩu", practice=True).desk  # fmt: skip
    opened.put("child", CHILDREN)
    yield opened
    opened.close()


@pytest.fixture
def book(register):
    """The register, put back as it was after each test."""
    clock.set_fixed(NOW)
    register.store.db.execute("SAVEPOINT before")
    yield register
    register.store.db.execute("ROLLBACK TO before")
    register.store.db.execute("RELEASE before")
    register.take_changed()


def sheet_of(desk, village=HENG, month="2026-10"):
    return next(one for one in desk.round_sheets(month) if one.village_name == village)


@pytest.fixture
def sheet(book):
    book.round_make("2026-10")
    return sheet_of(book).id


def child(desk, name):
    return next(desk.get(row.id) for row in desk.children() if row.name == name)


def refused(act, name):
    with pytest.raises(Problem) as told:
        act()
    assert told.value.name == name


# --- making ----------------------------------------------------------------------------------------------------------


def test_a_sheet_holds_the_children_living_in_a_village_in_a_fixed_order(book, sheet):
    assert [line.name for line in book.round_lines(sheet)] == ["Bế Văn An", "Hoàng Thị Cúc", "Lý Văn Dũng"]
    book.save("child", {"full_name": "Ánh", "village": HENG})
    book.save("child", {"full_name": "Zênh"}, book.round_lines(sheet)[0].child)
    assert [line.name for line in book.round_lines(sheet)] == ["Zênh", "Hoàng Thị Cúc", "Lý Văn Dũng"]


def test_every_village_gets_one_sheet_and_a_second_only_when_asked(book):
    made, batch = book.round_make("2026-10")
    assert {one.village_name: one.lines for one in made} == {HENG: 3, PAU: 1}
    assert len({one.number for one in made}) == 2
    refused(lambda: book.round_make("2026-10"), "round_made")
    village = made[0].village
    assert len(book.round_make("2026-10", [village], again=True)[0]) == 1
    refused(lambda: book.round_make("2026-12"), "round_ahead")
    refused(lambda: book.round_make("2026-Q4"), "bad_period")
    refused(lambda: book.round_make("2026-10", ["nobody"]), "no_record")
    book.round_make("2026-11")  # printed a month ahead
    book.undo(batch)
    assert [one.village for one in book.round_sheets("2026-10")] == [village]


def test_a_joined_child_keeps_its_line_and_an_erased_one_leaves_its_number(book, sheet):
    an, cuc, _ = book.round_lines(sheet)
    book.merge(cuc.child, an.child)
    assert [line.child for line in book.round_lines(sheet)][:2] == [cuc.child, cuc.child]
    book.void(book.round_lines(sheet)[2].child, "nhầm")
    assert book.round_lines(sheet)[2].gone
    refused(lambda: book.round_key(sheet, DUNG, "m"), "round_gone")


# --- paper -----------------------------------------------------------------------------------------------------------


def words_of(pdf, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()


def test_the_paper_has_facts_boxes_empty_lines_and_three_signatures(book, sheet, tmp_path):
    book.save("contact", {"name": "Lý Thị Cộng", "role": "collaborator", "village": sheet_of(book).village})
    paper = book.round_paper([sheet, sheet_of(book, PAU).id])
    text = words_of(page.pdf(paper, stamp=NOW), tmp_path)
    first, second = text.split("\f")[:2]
    for said in ("PHIẾU RÀ SOÁT TRẺ EM", "tháng 10 năm 2026", HENG, sheet_of(book).number, "Bế Văn An", "05/03/2015",
                 "Bế Văn Bình", "5A", "31/12/2026", "Hộ nghèo", "TRẺ MỚI", "CỘNG TÁC VIÊN", "Lý Thị Cộng", "TRƯỞNG XÓM",
                 "CÁN BỘ TRẺ EM", "trang 1/1"):  # fmt: skip
        assert said in first, said
    assert PAU in second  # each village on a page of its own
    boxes = [one.code for one in rounds.answers().values() if one.boxed]
    assert [one.key for one in paper.columns if one.group] == boxes
    assert sum(row.cells["row"].text == "blank" for row in paper.rows) == 2 * rounds.data()["blank_lines"]


def test_nothing_sensitive_stands_on_the_paper(book, sheet):
    book.save("carer", {"child": book.round_lines(sheet)[1].child, "relation": "uncle_aunt", "full_name": "Kẻ Xấu",
                        "main_carer": True, "restricted": True})  # fmt: skip
    told = book.round_paper([sheet]).as_json()
    for secret in ("004215000111", "HN2043369075543", "0912345678", "R07", "Kẻ Xấu"):
        assert secret not in told
    assert "Hoàng Thị Mai" in told


def test_an_empty_sheet_can_be_printed_and_a_long_village_runs_over_pages(book, sheet, tmp_path):
    blank = words_of(page.pdf(book.round_blank(), stamp=NOW), tmp_path)
    assert "Mới sinh" in blank
    assert "Bế Văn An" not in blank
    lines = [rounds.Line(n, str(n), {"full_name": f"Trẻ {n}"}) for n in range(1, 151)]
    paper = rounds.paper([rounds.Printed("RS-A0001", HENG, "2026-10", lines)], book.office(), clock.today())
    pages = words_of(page.pdf(paper, stamp=NOW), tmp_path).split("\f")
    count = re.search(r"trang 1/(\d+)", pages[0])
    assert count is not None
    assert 7 <= int(count[1]) <= 11
    assert all("Họ và tên" in one for one in pages[: int(count[1]) - 1])  # the head is said again


def test_the_file_is_named_without_a_person_and_logged(book, sheet, tmp_path):
    path = book.round_file(book.round_paper([sheet]), tmp_path)
    assert path.name == "ra-soat-01321-2026-10.pdf"
    assert book.store.db.execute("SELECT what FROM access ORDER BY n DESC LIMIT 1").fetchone()[0] == "export"


# --- keying ----------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_read_as_line_and_letter(book):
    assert [rounds.read_keyed(one) for one in ("12c", "12 c", " 7V ", "12", "c", "12cc", "c12")] == [
        (12, "c"), (12, "c"), (7, "v"), (12, ""), (0, ""), (0, ""), (0, "")]  # fmt: skip
    assert all(rounds.same_number(one, "RS-A0012") for one in ("RS-A0012", "a12", "A0012", "12", "rs-a12"))
    assert not any(rounds.same_number(one, "RS-A0012") for one in ("B12", "112", "1", "", "RS"))


def test_answers_change_the_records_with_the_month_of_the_sheet(book, sheet):
    book.round_key(sheet, AN, "v", {"place": "Bắc Ninh", "expected_back": "2027-02"})
    book.round_key(sheet, CUC, "c", {"moved_to": "xã Cô Ba", "status_since": "2026-10-05"})
    book.round_key(sheet, DUNG, "t")
    book.round_key(sheet, DUNG, "h")
    book.round_key(sheet, AN, "b", {"card_until": "2027-12-31"})
    book.round_key(sheet, AN, "n", {"code": "R05", "detail": "mẹ đi Bắc Giang"})
    saved = book.round_return(sheet)
    an, cuc, dung = (child(book, name) for name in ("Bế Văn An", "Hoàng Thị Cúc", "Lý Văn Dũng"))
    absence = book.rows_of("absence", an["id"])
    assert [(row["from"], row["place"], row.get("to")) for row in absence] == [("2026-10", "Bắc Ninh", None)]
    assert (cuc["life_status"], cuc["status_since"], cuc["moved_to"]) == ("left", "2026-10-05", "xã Cô Ba")
    assert (dung["life_status"], dung["status_since"]) == ("over_16", "2026-10-20")  # the birthday
    assert (dung["schooling"], dung["dropped_out"]) == ("dropped_out", "2026-10")
    assert an["card_until"] == "2027-12-31"
    assert {row["code"]: row.get("from") for row in book.rows_of("risk", an["id"])}["R05"] == "2026-10"
    back = book.round_sheet(sheet).returns[0]
    assert (back.on, back.by, back.changes, back.batch) == ("2026-10-12", "Nông Thị Hạnh", 6, saved.batch)
    assert back.said[0] == (AN, "away")


def test_who_is_back_ends_the_absence_and_who_moves_away_too(book, sheet):
    an = book.round_lines(sheet)[0].child
    book.save("absence", {"child": an, "from": "2026-08"})
    assert "Tạm vắng" in book.round_lines(sheet)[0].known["home"]
    book.round_key(sheet, AN, "o", {"to": "2026-10-02"})
    book.round_return(sheet)
    assert book.rows_of("absence", an)[0]["to"] == "2026-10-02"
    refused(lambda: book.round_key(sheet, AN, "o"), "round_same")
    book.round_key(sheet, AN, "v", {"place": "Thái Nguyên"})
    book.round_return(sheet)
    book.round_key(sheet, AN, "v", {"place": "Hà Nội"})  # away still: the same absence, told better
    book.round_return(sheet)
    book.round_key(sheet, AN, "c")
    book.round_return(sheet)
    rows = book.rows_of("absence", an)
    assert [(row["place"], row.get("to")) for row in rows[1:]] == [("Hà Nội", "2026-10")]


def test_newborns_and_arrivals_become_children_of_the_village(book, sheet):
    saved = book.round_key(sheet, 0, "new", {"full_name": "Bế Thị Mới", "born": "2026-10-01", "came_how": "born",
                                             "mother_name": "Lý Thị Na"})  # fmt: skip
    assert saved.id == "new1"
    book.round_key(sheet, 0, "new", {"full_name": "Lục Văn Đến", "came_how": "moved_in", "came_from": "xã Khánh Xuân"})
    assert book.round_key(sheet, 0, "new", {"full_name": "Không Rõ"}).id is None  # how it came is needed
    batch = book.round_return(sheet).batch
    born, came = child(book, "Bế Thị Mới"), child(book, "Lục Văn Đến")
    village = sheet_of(book).village
    assert (born["village"], born["came_how"], born.get("came_on"), born["mother_name"]) == (
        village, "born", None, "Lý Thị Na")  # fmt: skip
    assert (came["village"], came["came_on"], came["came_from"]) == (village, "2026-10", "xã Khánh Xuân")
    book.undo(batch)
    assert "Bế Thị Mới" not in {row.name for row in book.children()}


def test_a_whole_sheet_is_one_undo_and_what_was_keyed_waits_again(book, sheet):
    before = child(book, "Hoàng Thị Cúc")
    book.round_key(sheet, CUC, "c", {"moved_to": "Hà Nội"})
    book.round_key(sheet, AN, "h")
    keyed = book.round_keyed(sheet)
    saved = book.round_return(sheet)
    assert book.round_keyed(sheet) == ()
    book.round_take_back(sheet, saved.batch, keyed)
    assert child(book, "Hoàng Thị Cúc") == before
    assert book.round_sheet(sheet).returns == ()
    assert book.round_keyed(sheet) == keyed
    book.round_drop(sheet, "1h")
    book.round_drop_last(sheet)
    assert book.round_keyed(sheet) == ()


def test_the_same_answer_again_replaces_and_a_sheet_again_is_a_second_batch(book, sheet):
    book.round_key(sheet, CUC, "c", {"moved_to": "Hà Nội"})
    book.round_key(sheet, CUC, "c", {"moved_to": "Hải Phòng"})
    assert [one.data["moved_to"] for one in book.round_keyed(sheet)] == ["Hải Phòng"]
    first = book.round_return(sheet)
    book.round_key(sheet, AN, "h")
    second = book.round_return(sheet)
    assert [one.batch for one in book.round_sheet(sheet).returns] == [first.batch, second.batch]
    book.undo(second.batch)
    assert child(book, "Hoàng Thị Cúc")["moved_to"] == "Hải Phòng"


def test_nothing_changed_is_one_verb_and_undone(book, sheet):
    saved = book.round_unchanged(sheet)
    assert book.round_sheet(sheet).returns[0].changes == 0
    refused(lambda: book.round_unchanged(sheet), "round_changed")
    book.undo(saved.batch)
    book.round_key(sheet, AN, "h")
    refused(lambda: book.round_unchanged(sheet), "round_waiting")
    book.round_drop(sheet, "1h")
    refused(lambda: book.round_return(sheet), "round_empty")


# --- wrong sheets ----------------------------------------------------------------------------------------------------


def test_lines_letters_and_answers_that_do_not_fit_are_refused_in_words(book, sheet):
    refused(lambda: book.round_key(sheet, 4, "m"), "round_line")
    refused(lambda: book.round_key(sheet, AN, "x"), "round_answer")
    refused(lambda: book.round_key(sheet, CUC, "t"), "round_not_yet")  # born 2018
    refused(lambda: book.round_key(sheet, AN, "m", {"moved_to": "x"}), "unknown_field")
    assert [(one.field, one.name) for one in book.round_key(sheet, AN, "n").findings] == [("code", "missing")]
    assert book.round_key(sheet, AN, "b").id is None
    refused(lambda: book.round_key(sheet, AN, "n", {"code": "R07"}), "round_same")
    refused(lambda: book.round_find("A9999"), "round_unknown")
    assert book.round_find(sheet_of(book).number[-5:].lower()).id == sheet
    assert book.round_keyed(sheet) == ()


def test_a_second_sheet_of_a_village_and_month_is_asked_about(book, sheet):
    again = book.round_make("2026-10", [sheet_of(book).village], again=True)[0][0].id
    book.round_unchanged(sheet)
    book.round_key(again, AN, "h")
    refused(lambda: book.round_return(again), "round_other")
    assert "schooling" not in child(book, "Bế Văn An")
    assert book.round_return(again, again=True).batch
    ahead = book.round_make("2026-11")[0][0].id
    refused(lambda: book.round_unchanged(ahead), "round_ahead")


def test_a_late_sheet_gets_its_month_and_newer_news_is_asked_about(book, sheet):
    cuc = book.round_lines(sheet)[1].child
    clock.set_fixed("2027-01-05T09:00")
    assert book.round_key(sheet, AN, "h").findings == ()
    book.save("child", {"life_status": "temporary", "status_since": "2026-12-10"}, cuc)
    found = book.round_check(sheet, CUC, "c", {"status_since": "2026-10"})
    assert [(one.name, one.level) for one in found] == [("round_newer", "ask")]
    book.round_return(sheet)
    assert child(book, "Bế Văn An")["dropped_out"] == "2026-10"


# --- who is missing --------------------------------------------------------------------------------------------------


def test_the_board_tells_returned_out_and_late_and_the_months_before(book, sheet):
    book.round_make("2026-09")
    book.round_unchanged(sheet_of(book, PAU, "2026-09").id)
    book.round_key(sheet, AN, "h")
    book.round_return(sheet)
    board = {one.name: one for one in book.round_board("2026-10")}
    assert {name: one.state for name, one in board.items()} == {HENG: "returned", PAU: "out"}
    assert board[HENG].past[-1] == ("2026-09", "late")
    assert board[PAU].past[-1] == ("2026-09", "returned")
    assert board[HENG].sheet.returned_on == "2026-10-12"
    clock.set_fixed("2026-11-02T09:00")
    assert {one.name: one.state for one in book.round_board("2026-10")}[PAU] == "late"
    assert book.round_unplaced() == 0


def test_villages_that_are_missing_fall_due_at_the_end_of_their_month(book, sheet):
    assert [one for one in book.due(within=10) if one.what == "round"] == []
    clock.set_fixed("2026-11-02T09:00")
    due = [one for one in book.due() if one.what == "round"]
    assert [(one.record, one.detail["n"], one.state) for one in due] == [("2026-10", "2", "overdue")]
    book.round_unchanged(sheet)
    book.round_unchanged(sheet_of(book, PAU).id)
    assert [one for one in book.due() if one.what == "round"] == []


# --- what does not fit together --------------------------------------------------------------------------------------


def names_asked(saved):
    return [one.name for one in saved.findings if one.level == "ask"]


def test_two_answers_that_cannot_both_be_true_are_refused(book, sheet):
    book.round_key(sheet, AN, "c", {"moved_to": "Hà Nội"})
    for letter in ("m", "v"):
        refused(lambda said=letter: book.round_key(sheet, AN, said), "round_against")
    book.round_key(sheet, AN, "c", {"moved_to": "Lạng Sơn"})  # the same again is a correction
    book.round_key(sheet, CUC, "l", {"schooling": "primary"})
    refused(lambda: book.round_key(sheet, CUC, "h"), "round_against")
    book.round_key(sheet, CUC, "v")
    book.round_key(sheet, DUNG, "v")
    cuc, dung = (book.round_lines(sheet)[line - 1].child for line in (CUC, DUNG))
    book.merge(cuc, dung)  # two lines of one child now
    refused(lambda: book.round_return(sheet), "round_against")
    book.round_drop(sheet, f"{DUNG}v")
    book.round_return(sheet)
    assert len(book.rows_of("absence", cuc)) == 1


def test_days_outside_the_month_or_before_birth_are_asked_about(book, sheet):
    assert names_asked(book.round_key(sheet, CUC, "m", {"status_since": "2017-01"})) == ["wrong_order"]
    assert names_asked(book.round_key(sheet, CUC, "m", {"status_since": "2026-08-31"})) == ["round_outside"]
    assert names_asked(book.round_key(sheet, CUC, "m", {"status_since": "2026"})) == []
    assert names_asked(book.round_key(sheet, 0, "new", {"full_name": "Bé", "came_how": "moved_in",
                                                        "came_on": "2026-02"})) == ["round_outside"]  # fmt: skip


def test_a_late_sheet_can_be_written_beside_a_newer_absence(book, sheet):
    an = book.round_lines(sheet)[0].child
    clock.set_fixed("2026-12-01T09:00")
    book.save("absence", {"child": an, "from": "2026-11-05"})
    refused(lambda: book.round_key(sheet, AN, "o"), "round_same")  # in October the child was here
    assert names_asked(book.round_key(sheet, AN, "c")) == ["round_newer"]
    book.round_return(sheet)
    assert book.rows_of("absence", an)[0]["to"] == "2026-11-05"
    assert book.get(an)["status_since"] == "2026-10"


def test_a_child_taken_out_after_keying_is_never_written(book, sheet):
    an = book.round_lines(sheet)[0].child
    book.round_key(sheet, AN, "c")
    book.void(an, "nhầm")
    refused(lambda: book.round_return(sheet), "round_gone")
    assert book.store.row("child", an).get("life_status") is None


def test_a_sheet_of_a_village_that_was_merged_brings_its_newborn_into_the_new_one(book, sheet):
    made = book.merge_villages([one.id for one in book.places()], "Xóm Nà Pậu", "2026-10-10")
    book.round_key(sheet, 0, "new", {"full_name": "Bé Mới", "came_how": "born"})
    book.round_return(sheet)
    assert child(book, "Bé Mới")["village"] == made.id
    refused(lambda: book.round_make("1990-01"), "bad_period")


def test_a_new_child_worked_with_since_does_not_wait_a_second_time(book, sheet):
    for name in ("Bé Một", "Bé Hai"):
        book.round_key(sheet, 0, "new", {"full_name": name, "came_how": "born"})
    keyed = book.round_keyed(sheet)
    batch = book.round_return(sheet).batch
    book.save("child", {"sex": "female"}, child(book, "Bé Hai")["id"])
    book.round_take_back(sheet, batch, keyed)
    assert [one.name for one in book.round_keyed(sheet)] == ["Bé Một"]
    assert {row.name for row in book.children()} >= {"Bé Hai"}


def test_two_new_risks_of_one_child_both_stay_and_what_is_sensitive_is_not_shown(book, sheet):
    for code in ("R03", "R06", "R03"):
        book.round_key(sheet, CUC, "n", {"code": code, "detail": f"kể thêm {code}"})
    kept = book.round_keyed(sheet)
    assert sorted(one.data["code"] for one in kept) == ["R03", "R06"]
    words = {one.data["code"]: one.words for one in kept}
    assert words["R06"] == "từ ngày: 10/2026"
    assert "kể thêm R03" in words["R03"]
    book.round_return(sheet)
    assert len(book.rows_of("risk", book.round_lines(sheet)[CUC - 1].child)) == 2
