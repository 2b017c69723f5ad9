"""Duties of Article 53: shown by the records, or noted; per month and per child."""

import pytest

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.desk.duties import PAPER, period_words
from cbdesk.errors import Problem


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-20T09:30")
    return commune


def test_records_show_what_was_done_without_typing_it_twice(book):
    one = book.save("child", {"full_name": "Hoàng Văn Páo"}).id
    told = {"kind": "abuse", "received_at": "2026-10-12T09:00", "child": [one], "summary": "bí mật"}
    incident = book.save("incident", told).id
    case = book.open_case(one, {"kind": "abused"}, incident=incident).id
    book.save("assessment", {"case": case, "kind": "initial", "made_on": "2026-10-12T10:00"})
    book.save("visit", {"case": case, "on": "2026-10-19", "finding": "safe"})
    book.save("duty", {"on": "2026-10-15", "duty": "teach", "text": "Nói chuyện ở xóm Nà Héng", "people": 40})
    found = book.duties("2026-10")
    assert [(entry.duty, entry.form) for entry in found] == [
        ("assess", "incident"), ("assess", "assessment"), ("teach", "duty"), ("plan", "visit")]  # fmt: skip
    assert [entry.children for entry in found] == [(one,), (one,), (), (one,)]
    assert found[2].people == 40
    assert "bí mật" not in " ".join(entry.text for entry in found)
    assert book.duty_counts("2026-10") == {"assess": 2, "plan": 1, "guide": 0, "teach": 1, "care": 0, "justice": 0}
    assert [entry.form for entry in book.duties("2026-10", one)] == ["incident", "assessment", "visit"]
    assert book.duties("2026-11") == []


def test_a_period_that_is_none_is_told(book):
    with pytest.raises(Problem) as problem:
        book.duties("tháng mười")
    assert problem.value.name == "bad_period"


def test_the_data_names_forms_and_fields_that_exist():
    for one in catalogue().lists["duty"].choices:
        for place in one.extra.get("shown_by", ()):
            form, _, field = place.partition(".")
            assert catalogue().forms[form].field(field).kind in ("date", "stamp")


def cells(document):
    """Return the filled cells of each table, part by part."""
    return [[" ".join(span.text for span in cell) for cell in row]
            for block in document.blocks if block.kind == "table" for row in block.rows]  # fmt: skip


def test_the_proof_of_work_has_six_parts_and_names_no_child(book):
    one = book.save("child", {"full_name": "Hoàng Văn Páo", "book_code": "BL-A0001"}).id
    book.save("support", {"child": one, "kind": "health", "from": "2026-10-05"})
    book.save("duty", {"on": "2026-10-15", "duty": "teach", "text": "Nói chuyện ở xóm Nà Héng", "people": 40})
    made = book.form_paper(PAPER, "2026-10")
    assert made.about.endswith("tháng 10/2026")
    assert len([block for block in made.blocks if block.kind == "part"]) == 6
    rows = cells(made)
    assert ["1", "15/10/2026", "Nói chuyện ở xóm Nà Héng", "", "40"] in rows
    assert [row[3] for row in rows if row[1] == "05/10/2026"] == ["BL-A0001"]
    assert sum(row[2] == "Không phát sinh" for row in rows) == 4
    assert "Hoàng" not in str(made)
    blank = book.form_paper(PAPER, "2026-10", "blank")
    assert [row[2] for row in cells(blank)] == [""] * 12
    assert book.form_paper("quyet_dinh_nhom", None, "blank").kind == "QUYẾT ĐỊNH"  # other forms as before


def test_the_proof_of_work_is_written_and_told_to_the_access_log(book, tmp_path):
    written = book.write_paper(PAPER, "2026-Q4", tmp_path / "bao-cao.pdf")
    assert written.read_bytes().startswith(b"%PDF")
    assert book.store.db.execute("SELECT detail FROM access ORDER BY rowid DESC LIMIT 1").fetchone() == (
        f"paper {PAPER}",)  # fmt: skip
    assert period_words(dates.read_period("2026-Q4")) == "từ ngày 01/10/2026 đến ngày 31/12/2026"
