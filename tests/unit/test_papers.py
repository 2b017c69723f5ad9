"""Official forms from the register: what is known stands on them, the rest has room, copies keep secrets."""

import io

import docx
import pytest

from cbdesk import clock, page
from cbdesk.desk import slots
from cbdesk.document import fill
from cbdesk.errors import Problem
from cbdesk.official import templates


@pytest.fixture
def told(commune):
    """An incident at home, told by the grandmother, with its case."""
    clock.set_fixed("2026-10-12T09:30")
    child = commune.save("child", {"full_name": "Hoàng Văn Páo", "born": "2014-03-05", "sex": "male",
                                   "father_name": "Hoàng A Sùng", "mother_name": "Lý Thị Mẩy"}).id  # fmt: skip
    incident = commune.save("incident", {
        "kind": "abuse", "received_at": "2026-02-15T23:40", "child": [child], "channel": "phone",
        "suspect_relation": "parent", "condition": "Sưng má, sợ hãi", "reporter_name": "Vừ Thị Dở"}).id  # fmt: skip
    case = commune.open_case(child, {"kind": "abused"}, incident=incident).id
    return commune, child, incident, case


def words(document):
    spans = [one for block in document.blocks for one in block.spans]
    cells = [one for block in document.blocks for row in block.rows for cell in row for one in cell]
    return " ".join(one.text for one in spans + cells if one.value)


def test_every_shipped_template_is_sound_and_says_what_it_is():
    assert templates()
    for one in templates().values():
        assert {"title", "for", "basis", "origin"} <= set(one.head)
        assert one.head.get("kind") or one.head["symbol"].startswith("-")  # a letter has no word of its kind
        fill(one, {}, slots.known())


def test_what_the_register_knows_stands_on_the_form(told):
    book, _, incident, _ = told
    made = book.form_paper("01", incident)
    known = ("Hoàng Văn Páo", "23 giờ 40", "15", "02", "2026", "Sưng má", "Hoàng A Sùng", "Lý Thị Mẩy", "Vừ Thị Dở")
    assert [one for one in known if one not in words(made)] == []
    boxes = [one.box for block in made.blocks for one in block.spans if one.box is not None]
    assert boxes == [True, False, False, True, False, False]


def test_a_half_filled_form_knows_the_family_and_a_blank_one_nothing(told):
    book, _, incident, _ = told
    half = words(book.form_paper("01", incident, "half"))
    assert "Hoàng A Sùng" in half
    assert "Sưng má" not in half
    assert words(book.form_paper("01", incident, "blank")) == ""
    assert words(book.form_paper("01")) == ""


def test_a_copy_for_the_family_hides_what_is_sensitive_where_a_parent_is_the_suspect(told):
    book, _, incident, _ = told
    copy = book.form_paper("01", incident, copy="family")
    assert "Vừ Thị Dở" not in words(copy)
    assert "không ghi trong bản này" in words(copy)
    assert any("gia đình" in mark for mark in copy.marks)


def test_a_form_asked_of_a_record_it_does_not_concern(told):
    book, child, _, _ = told
    with pytest.raises(Problem) as problem:
        book.form_paper("01", child)
    assert problem.value.name == "paper_not_for"
    with pytest.raises(Problem) as problem:
        book.form_paper("99")
    assert problem.value.name == "unknown_paper"


def test_a_corrected_template_is_used_and_says_so(told):
    book, _, incident, _ = told
    text = "title: x\nkind: BÁO CÁO\nfor: incident\n\nTên: {child.full_name}\n"
    book.save("paper_template", {"name": "01", "text": text})
    made = book.form_paper("01", incident)
    assert words(made) == "Hoàng Văn Páo"
    assert any("đã sửa" in mark for mark in made.marks)
    book.save("paper_template", {"name": "02", "text": text.replace("{child.full_name}", "{child.full_nam}")})
    with pytest.raises(Problem) as problem:
        book.form_paper("02", incident)
    assert problem.value.name == "template_wrong"


def test_a_paper_is_written_once_and_told_to_the_log(told, tmp_path):
    book, _, incident, _ = told
    path = book.write_paper("01", incident, tmp_path / "01.pdf")
    assert path.read_bytes().startswith(b"%PDF")
    with pytest.raises(Problem):
        book.write_paper("01", incident, path)
    assert page.document_pngs(book.form_paper("01", incident), 30)


def test_a_letter_is_also_written_for_word_with_the_same_words_and_nobody_in_its_properties(told, tmp_path):
    book, _, _, case = told
    book.save("plan", {"case": case, "goal": "Trẻ an toàn", "made_on": "2026-10-16"})
    book.save("measure", {"case": case, "measure": "Khám tâm lý", "cost": 500_000})
    word = docx.Document(io.BytesIO(book.write_paper("04", case, tmp_path / "04.docx").read_bytes()))
    text = "\n".join(one.text for one in word.paragraphs)
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert "Hoàng Văn Páo" in text
    assert "Trẻ an toàn" in text
    assert {"Khám tâm lý", "500.000"} <= set(cells)
    told = word.core_properties
    assert (told.author, told.title, told.last_modified_by) == ("", "", "")
