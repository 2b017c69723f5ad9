"""Freezing a list: numbered, never altered, amended by number, with movements; and the reports as files."""

from __future__ import annotations

import pytest

from cbdesk import clock, page, workbook
from cbdesk.errors import Problem

OCTOBER = "2026-10"


@pytest.fixture
def book(commune):
    """A register in November 2026 with two children of special circumstances since September."""
    clock.set_fixed("2026-09-10T08:00")
    rows = [
        {"full_name": "Lý Mùi Mẩy", "born": "2015", "sex": "female", "village": "Lũng Mít", "groups": ["01.3"]},
        {"full_name": "Nông Văn Tý", "born": "2014-03-05", "sex": "male", "village": "Nà Mới", "groups": ["03"]},
    ]
    commune.ids = [one.id for one in commune.put("child", rows)]
    clock.set_fixed("2026-11-02T08:00")
    return commune


def listed(paper):
    """The names on a paper, in its order."""
    names = ("Lý Mùi Mẩy", "Nông Văn Tý", "Bế Hoà An")
    return [name for row in paper.rows for name in names if name in repr(row)]


# --- reports ---------------------------------------------------------------------------------------------------------


def test_the_two_monthly_lists_are_offered(book):
    assert {"special", "at_risk"} <= {one["name"] for one in book.reports()}
    assert all(one["title"] and one["periods"] for one in book.reports())


def test_a_report_is_written_as_files_without_a_name_in_theirs(book, tmp_path):
    done = book.report("special", OCTOBER, tmp_path)
    assert (done["rows"], done["totals"]["total"]) == (2, 2)
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {
        f"special-01321-{OCTOBER}.{kind}" for kind in ("pdf", "xlsx")
    }
    with pytest.raises(Problem, match="file_exists"):
        book.report("special", OCTOBER, tmp_path)
    book.report("special", OCTOBER, tmp_path, ["xlsx"], overwrite=True)
    assert book.ledger.accesses()[-1][3] == "export"


@pytest.mark.parametrize(
    ("name", "period", "problem"),
    [
        ("castle", OCTOBER, "unknown_report"),
        ("special", "tháng mười", "bad_period"),
        ("special", "2026-13", "bad_period"),
    ],
)
def test_what_cannot_be_reported(book, tmp_path, name, period, problem):
    with pytest.raises(Problem, match=problem):
        book.report(name, period, tmp_path)
    with pytest.raises(Problem, match=problem):
        book.snapshot(name, period)
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_signer_in_force_stands_on_the_paper(book):
    book.save(
        "signer", {"full_name": "Lục Văn Sơn", "position": "vice_chair", "from": "2026-01-01", "to": "2026-06-30"}
    )
    book.save("signer", {"full_name": "Hoàng Thị Bình", "position": "chair", "from": "2026-07-01"})
    text = book.paper("special", OCTOBER).as_json()
    assert "Hoàng Thị Bình" in text
    assert "Lục Văn Sơn" not in text


# --- freezing --------------------------------------------------------------------------------------------------------


def test_a_frozen_list_stays_as_it_was(book):
    frozen = book.snapshot("special", OCTOBER)
    assert (frozen.number, frozen.rows, frozen.came, frozen.left, frozen.amends) == ("", 2, 2, 0, None)
    book.void(book.ids[0], "nhập nhầm")
    book.save("child", {"full_name": "Tên Khác"}, book.ids[1])
    assert listed(book.paper("special", OCTOBER)) == ["Lý Mùi Mẩy", "Nông Văn Tý"]
    assert book.edited_since("special", OCTOBER)
    assert book.verify()["ok"]


def test_nothing_edited_since(book):
    assert not book.edited_since("special", OCTOBER)
    book.snapshot("special", OCTOBER)
    assert not book.edited_since("special", OCTOBER)


def test_before_it_is_issued_a_list_may_be_frozen_again(book):
    first = book.snapshot("special", OCTOBER)
    book.void(book.ids[0], "nhập nhầm")
    second = book.snapshot("special", OCTOBER)
    assert (second.id, second.rows, second.amends) == (first.id, 1, None)
    assert listed(book.paper("special", OCTOBER)) == ["Nông Văn Tý"]
    assert len(book.snapshots("special", OCTOBER)) == 1


def test_an_issued_list_is_never_altered_and_a_change_makes_an_amendment(book):
    issued = book.snapshot("special", OCTOBER, number="12", issued_on="2026-11-02")
    with pytest.raises(Problem, match="snapshot_issued"):
        book.snapshot("special", OCTOBER)
    book.void(book.ids[0], "nhập nhầm")
    amendment = book.snapshot("special", OCTOBER, number="15", issued_on="2026-11-05")
    assert (amendment.amends, amendment.rows, amendment.left) == (issued.id, 1, 1)
    assert amendment.id != issued.id
    assert listed(book.frozen_paper(issued.id)) == ["Lý Mùi Mẩy", "Nông Văn Tý"]
    assert listed(book.paper("special", OCTOBER)) == ["Nông Văn Tý"]
    assert not book.edited_since("special", OCTOBER)
    with pytest.raises(Problem, match="snapshot_issued"):
        book.snapshot("special", OCTOBER)
    text = book.frozen_paper(amendment.id).as_json()
    assert "15" in text
    assert "12" in text


def test_the_clerks_number_may_come_later_and_changes_nothing_else(book):
    frozen = book.snapshot("special", OCTOBER)
    book.void(book.ids[0], "nhập nhầm")
    book.issue(frozen.id, "12", "2026-11-03")
    paper = book.frozen_paper(frozen.id)
    assert listed(paper) == ["Lý Mùi Mẩy", "Nông Văn Tý"]
    assert paper.number == "Số: 12/DS-UBND"
    with pytest.raises(Problem, match="snapshot_issued"):
        book.issue(frozen.id, "13", "2026-11-03")
    with pytest.raises(Problem, match="no_record"):
        book.issue(book.ids[0], "13", "2026-11-03")


def test_movements_are_told_from_month_to_month(book):
    book.snapshot("special", "2026-09", number="9", issued_on="2026-10-01")
    clock.set_fixed("2026-10-15T08:00")
    book.save("child", {"groups": []}, book.ids[0])
    book.put("child", [{"full_name": "Bế Hoà An", "born": "2018", "sex": "female", "groups": ["03"]}])
    clock.set_fixed("2026-11-02T08:00")
    frozen = book.snapshot("special", OCTOBER)
    assert (frozen.rows, frozen.came, frozen.left) == (2, 1, 1)
    assert set(listed(book.paper("special", OCTOBER))) == {"Nông Văn Tý", "Bế Hoà An"}
    assert set(listed(book.paper("special", "2026-09"))) == {"Lý Mùi Mẩy", "Nông Văn Tý"}


def test_a_frozen_list_travels_and_reads_the_same_at_the_receiver(pair, stick):
    commune, receiver = pair
    clock.set_fixed("2026-11-02T08:00")
    rows = [{"full_name": f"Trẻ Số {n}", "born": "2015", "sex": "male", "groups": ["03"]} for n in range(150)]
    commune.put("child", rows)
    frozen = commune.snapshot("special", OCTOBER, number="12", issued_on="2026-11-02")
    assert len(commune.rows_of("snapshot_part", frozen.id)) > 1
    commune.send(stick)
    receiver.receive([stick])
    assert receiver.frozen_paper(frozen.id) == commune.frozen_paper(frozen.id)
    assert receiver.snapshots("special", OCTOBER) == []  # it is the commune's list, not the receiver's


def test_undo_takes_a_frozen_list_back(book):
    frozen = book.snapshot("special", OCTOBER)
    book.undo(frozen.batch)
    assert book.snapshots("special", OCTOBER) == []
    assert book.verify()["ok"]


def test_an_issued_list_with_newcomers_is_amended_only_after_a_change(book):
    """The remark "new since the last list" belongs to the month, not to the moment of asking."""
    book.snapshot("special", "2026-09", number="9", issued_on="2026-10-01")
    clock.set_fixed("2026-10-15T08:00")
    (new,) = book.put("child", [{"full_name": "Bế Hoà An", "born": "2018", "sex": "female", "groups": ["03"]}])
    clock.set_fixed("2026-11-02T08:00")
    book.snapshot("special", OCTOBER, number="12", issued_on="2026-11-02")
    assert not book.edited_since("special", OCTOBER)
    with pytest.raises(Problem, match="snapshot_issued"):
        book.snapshot("special", OCTOBER)
    book.void(new.id, "nhập nhầm")
    assert book.edited_since("special", OCTOBER)
    amendment = book.snapshot("special", OCTOBER, number="15", issued_on="2026-11-05")
    assert (amendment.rows, amendment.came, amendment.left) == (2, 0, 1)
    assert not book.edited_since("special", OCTOBER)


# --- states, papers, amendments --------------------------------------------------------------------------------------


def newcomer(book, name="Bế Hoà An"):
    (saved,) = book.put("child", [{"full_name": name, "born": "2018", "sex": "female", "groups": ["03"],
                                   "village": "Nà Mới"}])  # fmt: skip
    return saved.id


@pytest.fixture
def second_month(book):
    """October with a newcomer, after a list of September was issued."""
    book.snapshot("special", "2026-09", number="9", issued_on="2026-10-01")
    clock.set_fixed("2026-10-15T08:00")
    book.ids.append(newcomer(book))
    book.save("child", {"life_status": "left", "status_since": "2026-10-14"}, book.ids[0])
    clock.set_fixed("2026-11-02T08:00")
    return book


def test_a_list_is_a_draft_waits_for_a_signature_and_is_issued(book):
    assert book.list_standing("special", OCTOBER).state == "draft"
    frozen = book.snapshot("special", OCTOBER)
    standing = book.list_standing("special", OCTOBER)
    assert (standing.state, standing.snapshot["state"], standing.edits) == ("signing", "signing", 0)
    book.void(book.ids[0], "nhập nhầm")
    assert book.list_standing("special", OCTOBER).edits == 1
    book.issue(frozen.id, "12", "2026-11-03")
    standing = book.list_standing("special", OCTOBER)
    assert (standing.state, standing.snapshot["number"], len(standing.versions)) == ("issued", "12", 1)


def test_reopening_is_free_before_the_number_and_refused_after_it(book):
    frozen = book.snapshot("special", OCTOBER)
    reopened = book.reopen(frozen.id)
    assert book.list_standing("special", OCTOBER).state == "draft"
    assert book.paper("special", OCTOBER).draft
    with pytest.raises(Problem, match="no_record"):
        book.frozen_paper(frozen.id)
    book.undo(reopened.batch)
    assert book.list_standing("special", OCTOBER).state == "signing"
    book.issue(frozen.id, "12", "2026-11-03")
    with pytest.raises(Problem, match="snapshot_issued_before"):
        book.reopen(frozen.id)
    with pytest.raises(Problem, match="no_record"):
        book.reopen(book.ids[0])


def test_a_list_of_before_states_were_kept_is_issued_when_it_has_a_number(book):
    frozen = book.snapshot("special", OCTOBER, number="12", issued_on="2026-11-02")
    book.save("snapshot", {"state": None, "form": None}, frozen.id)
    assert book.list_standing("special", OCTOBER).state == "issued"
    newcomer(book)
    assert book.snapshot("special", OCTOBER, number="13", issued_on="2026-11-03").amends == frozen.id


def test_the_monthly_paper_tells_changes_and_a_quarter_the_whole_list(second_month):
    book = second_month
    paper = book.paper("special", OCTOBER)
    assert (paper.layout, [one.text("reason") for one in paper.left]) == ("changes", ["Chuyển đi"])
    assert "09/DS-UBND" in paper.base
    assert [one.text("name") for one in paper.came] == ["Bế Hoà An"]
    assert book.paper("special", OCTOBER, form="full").layout == "list"
    book.snapshot("special", "2026-Q2")
    assert book.paper("special", "2026-Q3").layout == "list"
    assert book.snapshot("special", OCTOBER, form="full").rows == 2
    assert book.snapshots("special", OCTOBER)[-1]["form"] == "full"
    assert book.snapshot("special", OCTOBER).rows == 2
    assert book.snapshots("special", OCTOBER)[-1]["form"] == "changes"


def test_rows_and_totals_are_of_the_whole_list_whatever_is_printed(second_month, tmp_path):
    short = second_month.report("special", OCTOBER, tmp_path)
    whole = second_month.report("special", OCTOBER, tmp_path, form="full", overwrite=True)
    assert (short["rows"], short["totals"]) == (whole["rows"], whole["totals"])
    assert short["rows"] == 2


def test_amendments_are_numbered_and_a_replacement_begins_anew(second_month):
    book = second_month
    first = book.snapshot("special", OCTOBER, number="12", issued_on="2026-11-02")
    sent = book.frozen_paper(first.id).as_json()
    book.save("child", {"full_name": "Nông Văn Tí"}, book.ids[1])
    second = book.snapshot("special", OCTOBER, number="15", issued_on="2026-11-05")
    paper = book.paper("special", OCTOBER)
    assert paper.amends == "(Điều chỉnh lần 01 Danh sách số 12/DS-UBND ngày 02 tháng 11 năm 2026)"
    assert [one.key for one in paper.sections] == ["read"]
    assert "Nông Văn Tý" in paper.sections[0].rows[0].text("reason")
    assert len(paper.rows) == 2
    newcomer(book, "Lý Thị Mai")
    third = book.snapshot("special", OCTOBER, number="17", issued_on="2026-11-08", replace=True)
    paper = book.paper("special", OCTOBER)
    assert paper.amends == "(Thay thế Danh sách số 12/DS-UBND ngày 02 tháng 11 năm 2026)"
    assert (paper.layout, len(paper.rows)) == ("list", 3)
    newcomer(book, "Lý Thị Sen")
    fourth = book.snapshot("special", OCTOBER, number="19", issued_on="2026-11-09")
    assert book.paper("special", OCTOBER).amends.startswith("(Điều chỉnh lần 01 Danh sách số 17/DS-UBND")
    rows = book.snapshots("special", OCTOBER)
    assert [(row["form"], row.get("amendment"), row.get("amends")) for row in rows] == [
        ("changes", None, None), ("amendment", 1, first.id), ("replacement", 2, second.id),
        ("amendment", 3, third.id)]  # fmt: skip
    assert fourth.rows == 4
    assert book.frozen_paper(first.id).as_json() == sent  # what was sent is never altered
    assert book.verify()["ok"]


def test_a_frozen_paper_prints_the_same_bytes_for_ever(second_month):
    book = second_month
    frozen = book.snapshot("special", OCTOBER, number="12", issued_on="2026-11-02")

    def printed():
        paper = book.frozen_paper(frozen.id)
        return page.pdf(paper, stamp="2026-11-02T08:00"), workbook.list_xlsx(paper)

    before = printed()
    book.void(book.ids[1], "nhập nhầm")
    book.save("village", {"name": "Xóm Khác"}, book.get(book.ids[2])["village"])
    book.save("signer", {"full_name": "Hoàng Thị Bình", "position": "chair", "from": "2026-07-01"})
    clock.set_fixed("2027-03-02T08:00")
    assert printed() == before


def test_a_list_of_villages_says_so_and_is_not_the_frozen_one(second_month):
    book = second_month
    book.snapshot("special", OCTOBER, number="12", issued_on="2026-11-02")
    (village,) = book.villages_named(["xóm nà mới"])
    paper = book.paper("special", OCTOBER, villages=[village])
    assert paper.scope == "(Phạm vi: Nà Mới)"
    assert paper.draft
    assert {row.place for row in paper.rows} == {village}
    assert len(paper.rows) == 2
    for code in ("05", "11.3"):
        kept = {"full_name": "Nông Văn Kín", "born": "2016-05-05", "village": village, "groups": [code]}
        assert book.save("child", kept).id
    hidden = book.paper("special", OCTOBER, villages=[village])
    assert (hidden.totals, hidden.totals_text) == (paper.totals, paper.totals_text), "not even their number is told"
    for unknown in (lambda: book.villages_named(["Không Có"]), lambda: book.paper("special", OCTOBER, villages=["x"])):
        with pytest.raises(Problem, match="no_record"):
            unknown()


def test_lists_made_anew_each_time_are_not_frozen(book):
    with pytest.raises(Problem, match="not_frozen"):
        book.snapshot("gift_list", OCTOBER)
    with pytest.raises(Problem, match="not_frozen"):
        book.snapshot("special_restricted", OCTOBER)


def test_a_list_frozen_for_another_signer_is_numbered_as_that_ones(book):
    frozen = book.snapshot("special", OCTOBER, signer="head")
    book.issue(frozen.id, "7", "2026-11-03")
    paper = book.frozen_paper(frozen.id)
    assert paper.number == "Số: 07/DS-PVHXH"
    assert paper.place_date == "Bảo Lạc, ngày 03 tháng 11 năm 2026"
