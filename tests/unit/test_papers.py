"""Official forms from the register: what is known stands on them, the rest has room, and no secret leaves by paper."""

import io
import re
from collections import Counter
from dataclasses import replace

import docx
import pypdf
import pytest

from cbdesk import clock, letter, page
from cbdesk.catalogue import catalogue
from cbdesk.change import new_id
from cbdesk.desk import slots
from cbdesk.document import fill
from cbdesk.errors import Problem
from cbdesk.official import templates
from cbdesk.store import Draft

TAKEN = ("01", "01_bo_tui")
SENSITIVE = {
    "incident.reporter_name": TAKEN, "incident.reporter_phone": TAKEN, "incident.reporter_address": ("01", "01_bo_tui"),
    "incident.reporter_note": ("01",), "incident.condition": ("01", "01_bo_tui", "bao_cao_nhanh"),
    "incident.expected_harm": ("01", "01_bo_tui", "bao_cao_nhanh"), "incident.suspect_relation": ("blgd",),
    "suspect.name": ("blgd",), "assessment.informants": ("02", "03"), "assessment.safety_place": ("02",),
    "assessment.physical": ("02", "03", "06"), "assessment.medical": ("03",), "assessment.family": ("03",),
    "assessment.relation": ("03",), "decision.carer": ("07", "gia_han", "het_cach_ly"),
    "meeting.content": ("bien_ban",), "team_meeting.content": ("bien_ban_nhom",), "placement_review.detail": ("13",),
}  # fmt: skip
"""Every sensitive field that stands on any paper, and on which. The rest (shelter, who may not see the file, outcome
for a suspect, acts of abuse …) stands on none."""
PAGES = {"01": 1, "01_bo_tui": 1, "02": 2, "03": 2, "04": 1, "05": 1, "06": 2, "07": 1, "08": 2, "09": 1,
         "10": 1, "11": 1, "12": 1, "13": 1, "14": 1, "15": 1, "16": 1, "ban_giao_so": 2,
         "bao_cao_nhanh": 1, "bien_ban": 2, "bien_ban_nhom": 1, "bien_nhan": 1, "blgd": 1,
         "chuyen_giao": 1, "cong_van_chuyen": 1, "don_doc": 1, "gia_han": 1, "het_cach_ly": 1,
         "ket_thuc": 1, "nhiem_vu": 2, "quyet_dinh_nhom": 1, "to_trinh": 1, "tra_loi_yeu_cau": 1}  # fmt: skip
"""Pages of each blank form: what goes to the field is not longer than it must be."""


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


@pytest.fixture
def whole(told):
    """A register in which every text of every record a paper may draw on is a word of its own: ``form‧field``."""
    book, child, incident, case = told
    made = {"child": child, "incident": incident, "case": case}

    def put(form, record=None, /, **given):
        fields = catalogue().forms[form].fields
        texts = {one.name: f"Ẫ{form}‧{one.name}Ỵ" for one in fields if one.kind in ("text", "long_text", "name")}
        made[form] = book.save(form, texts | given, record).id
        return made[form]

    put("child", child)
    put("incident", incident, reporter_phone="0912345678", report_no="07/BC-UBND")
    put("case", case, residence_unit="01324")
    put("suspect", incident=incident, relation="parent")
    for kind in ("initial", "detailed", "review"):
        put("assessment", case=case, kind=kind, made_on="2026-10-12T08:00", harm_severity="high", protect_self="low")
    put("plan", case=case, made_on="2026-10-12", **{"from": "2026-10-12", "to": "2026-12-01"})
    put("measure", case=case, cost=1_500_000)
    put("meeting", case=case, on="2026-10-12T08:00", needs=["safety"])
    put("referral", case=case, consent="given")
    put("visit", case=case, on="2026-10-12")
    for kind in ("separation", "extension", "return", "approval", "closing"):
        put("decision", case=case, kind=kind, number="15/QĐ-UBND", date="2026-10-12")
    put("care_need", child=child, why="unsafe", **{"from": "2026-10-12"})
    put("carer_offer", born="1962", listed_on="2026-10-12")
    put("placement", child=child, carer=made["carer_offer"], form="relative", **{"from": "2026-10-12"})
    put("placement_review", placement=made["placement"], on="2026-10-12", finding="safe")
    put("team_member", role="head")
    put("team_meeting", on="2026-10-12T08:00")
    return book, made


def words(document):
    spans = [one for block in document.blocks for one in block.spans]
    cells = [one for block in document.blocks for row in block.rows for cell in row for one in cell]
    return " ".join(one.text for one in spans + cells if one.value)


def record_of(name, made):
    return made.get(templates()[name].head["for"])


def letters(text):
    """Return how often each letter stands in a text: dots for the pen, boxes and spaces do not count."""
    return Counter(re.sub(r"[\s.\u2610\u2612]", "", text))


def written(document):
    """Return all text of a document but its foot and page numbers."""
    cells = [one for block in document.blocks for row in (block.rows or ()) for cell in row for one in cell]
    spans = [one for block in document.blocks for one in block.spans] + cells
    signed = [text for one in document.signers for text in (*one.lines, one.name, one.note)]
    head = document.national if document.heading != "none" else ()
    return "".join([
        *head, *(one.text for one in document.issuer), document.number, document.place_date, document.kind,
        document.about, *(one.text for one in spans), *(title for block in document.blocks for title in block.head),
        *("-" for block in document.blocks if block.kind == "item"), *signed, document.form,
        *(f"-{one}" for one in document.recipients), document.words["recipients"] if document.recipients else "",
    ])  # fmt: skip


def of_pdf(document):
    reader = pypdf.PdfReader(io.BytesIO(page.document_pdf(document, stamp="2026-10-12T09:30:00")))
    return reader, [one.extract_text() for one in reader.pages]


def of_word(document):
    word = docx.Document(io.BytesIO(letter.docx(document)))
    parts = [word.element.body, word.sections[0].first_page_header._element]
    return "".join(node.text or "" for part in parts for node in part.iter() if node.tag.endswith("}t"))


def test_every_shipped_template_is_sound_and_says_what_it_is():
    assert {f"{n:02}" for n in range(1, 17)} <= set(templates())
    for one in templates().values():
        assert {"title", "for", "basis", "origin"} <= set(one.head)
        assert one.head.get("kind") or one.head["symbol"].startswith("-")  # a letter has no word of its kind
        assert one.head["for"] in catalogue().forms or one.head["for"] == ""
        fill(one, {}, slots.known())


def foot_of(document, pages):
    """Return what the foot and head of all pages of a PDF hold."""
    marks = " · ".join(document.marks)
    each = [f"{document.footer}{marks}Trang{n}/{pages}{n if n > 1 else ''}" for n in range(1, pages + 1)]
    return "".join(each)


def again(document):
    """Return what a PDF may hold beyond the text: nothing, or the head of a table that goes on over the page."""
    return [Counter(), *(letters("".join(one.head)) for one in document.blocks)]


def test_pdf_and_word_hold_the_same_text_as_the_slots(whole):
    book, made = whole
    for name in templates():
        for filled in ("full", "half"):
            document = replace(book.form_paper(name, record_of(name, made), filled), practice="")
            reader, texts = of_pdf(document)
            if document.pocket:
                wanted = (written(document) + document.footer) * 2
            else:
                wanted = written(document) + foot_of(document, len(texts))
            assert (name, letters(wanted) - letters("".join(texts))) == (name, Counter())
            assert (name, letters("".join(texts)) - letters(wanted)) in [(name, one) for one in again(document)]
            assert (name, letters(of_word(document))) == (name, letters(written(document)))
            fonts = [font.get_object() for one in reader.pages for font in one["/Resources"]["/Font"].values()]
            held = [one["/DescendantFonts"][0]["/FontDescriptor"] for one in fonts]
            assert held
            assert all("/FontFile2" in one or "/FontFile3" in one for one in held)


def test_blank_forms_have_the_pages_they_need_and_hold_nobody(whole):
    book, made = whole
    pages = {}
    for name in templates():
        blank = book.form_paper(name, record_of(name, made), "blank")
        assert "Ẫ" not in written(blank)
        pages[name] = len(of_pdf(blank)[1])
    assert pages == PAGES


def test_sensitive_fields_stand_only_on_the_papers_that_need_them():
    """A new slot on a template, or a new sensitive field, must be thought of here."""
    found = {}
    for name, template in templates().items():
        for slot in template.slots:
            source, _, field = slot.partition(".")
            form = {**slots.SINGLE, **slots.ROWS}.get(source)
            if form and any(one.name == field and one.sensitive for one in catalogue().forms[form].fields):
                found.setdefault(f"{form}.{field}", set()).add(name)
    assert found == {field: set(names) for field, names in SENSITIVE.items()}


def test_what_is_sealed_stands_on_no_other_paper_whatever_a_template_asks_for(whole):
    book, made = whole
    sealed = ("incident.reporter_name", "incident.shelter", "case.shelter", "case.restricted", "separation.carer")
    asked = " ".join(f"{{{one}}}" for one in sealed)
    book.save("paper_template", {"name": "cong_van_chuyen", "text": f"title: x\nfor: case\n\n{asked}"})
    letter_of = words(book.form_paper("cong_van_chuyen", made["case"]))
    assert "Ẫ" not in letter_of
    assert letter_of.count("(không ghi trong bản này)") == len(sealed)


def test_copies_for_the_family_hold_nothing_sensitive_where_a_parent_is_the_suspect(whole):
    book, made = whole
    secret = {f"Ẫ{form}‧{one.name}Ỵ" for form in {*slots.SINGLE.values(), *slots.ROWS.values()}
              for one in catalogue().forms[form].fields if one.sensitive}  # fmt: skip
    for name in templates():
        record = record_of(name, made)
        shown, copied = (words(book.form_paper(name, record, copy=copy)) for copy in ("", "family"))
        assert not [one for one in secret if one in copied]
        assert [one for one in secret if one in shown] or name not in {"01", "02", "03", "06", "07", "blgd"}


def test_any_copy_for_the_family_keeps_the_reporter(told):
    book, _, _, _ = told
    child = book.save("child", {"full_name": "Nông Văn Bẩy"}).id
    incident = book.save("incident", {"kind": "injury", "received_at": "2026-10-11T10:00", "child": [child],
                                      "reporter_name": "Vừ Thị Dở", "condition": "Gãy tay"}).id  # fmt: skip
    copy = words(book.form_paper("01", incident, copy="family"))
    assert "Gãy tay" in copy
    assert "Vừ Thị Dở" not in copy


def test_what_the_register_knows_stands_on_the_form(told):
    book, _, incident, _ = told
    made = book.form_paper("01", incident)
    known = ("Hoàng Văn Páo", "23 giờ 40", "15", "02", "2026", "Sưng má", "Hoàng A Sùng", "Lý Thị Mẩy", "Vừ Thị Dở")
    assert [one for one in known if one not in words(made)] == []
    boxes = [one.box for block in made.blocks for one in block.spans if one.box is not None]
    assert boxes == [True, False, False, True, False, False]


def test_several_children_of_one_incident_stand_side_by_side(told):
    book, child, incident, _ = told
    other = book.save("child", {"full_name": "Hoàng Thị Mỷ", "born": "2017", "sex": "female"}).id
    book.save("incident", {"child": [child, other]}, incident)
    made = book.form_paper("01", incident)
    assert "Hoàng Văn Páo, Hoàng Thị Mỷ" in words(made)
    assert "05/03/2014; 2017" in words(made)
    assert "Hoàng A Sùng; chưa rõ" in words(made)
    boxes = [one.box for block in made.blocks for one in block.spans if one.box is not None]
    assert boxes[3:] == [True, True, False]


def test_a_child_known_by_hearsay_only_is_named_as_heard(commune):
    incident = commune.save("incident", {"kind": "abuse", "received_at": "2026-02-15T23:40", "heard_name": "cu Tí"}).id
    assert "cu Tí" in words(commune.form_paper("01", incident))


def test_a_half_filled_form_knows_the_family_and_a_blank_one_nothing(told):
    book, _, incident, _ = told
    half = words(book.form_paper("01", incident, "half"))
    assert "Hoàng A Sùng" in half
    assert "Sưng má" not in half
    assert words(book.form_paper("01", incident, "blank")) == ""
    assert words(book.form_paper("01")) == ""


def test_a_decision_has_the_number_and_date_of_the_register_or_room_for_them(told):
    book, _, _, case = told
    book.save("signer", {"full_name": "Lục Văn Thành", "position": "Chủ tịch"})
    draft = book.form_paper("07", case)
    assert draft.number == "Số:           /QĐ-UBND"
    assert draft.place_date == "Bảo Lạc, ngày ...... tháng ...... năm 20....."
    book.save("decision", {"case": case, "kind": "separation", "number": "15/QĐ-UBND", "date": "2026-02-03"})
    signed = book.form_paper("07", case)
    assert (signed.number, signed.place_date) == ("Số: 15/QĐ-UBND", "Bảo Lạc, ngày 03 tháng 02 năm 2026")
    assert (signed.signers[0].lines, signed.signers[0].name) == (("CHỦ TỊCH",), "Lục Văn Thành")


def test_lists_need_no_record(whole):
    book, _ = whole
    for name, text in (("09", "Ẫcarer_offer‧full_nameỴ"), ("14", "Ẫchild‧full_nameỴ"),
                       ("quyet_dinh_nhom", "Ẫteam_member‧nameỴ")):  # fmt: skip
        assert text in words(book.form_paper(name))


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


def test_a_template_that_is_wrong_stops_no_other_paper(told, tmp_path):
    """It may have come from above, from another PC, or from somebody's mistake."""
    book, _, incident, case = told
    for given in ({"name": "02", "text": "nothing"}, {"name": "../../01", "text": "title: Quýnh\n\nx"},
                  {"name": "zz", "text": "title: x\nfor: nothing\n\nx"},
                  {"name": "03", "text": "title: x\nfor: case\n\n#read(\"/etc/passwd\") $x^2$ *b* {child.full_name}"}):
        assert book.save("paper_template", given).id
    book.store.write([Draft("paper_template", new_id(), {"checked": True})], unit=book.unit.key, officer="x")
    names = {one["name"] for one in book.papers()}
    assert {"01", "02", "03", "zz"} <= names
    assert "../../01" not in names
    assert words(book.form_paper("01", incident))
    for name in ("02", "zz"):
        with pytest.raises(Problem) as problem:
            book.form_paper(name, case)
        assert problem.value.name == "template_wrong"
    assert "#read(" in "".join(one.text for one in book.form_paper("03", case).blocks[0].spans)
    for ending in ("pdf", "docx"):  # nobody signs this one
        assert book.write_paper("03", case, tmp_path / f"x.{ending}").stat().st_size > 1000


def test_what_a_stranger_wrote_into_a_field_breaks_no_paper(told, tmp_path):
    """Values another program may send: of another type, with signs no paper and no .docx can hold."""
    book, child, incident, case = told
    odd = {"full_name": "Hoàng\x0c Văn\uffff Páo", "born": 5, "sex": ["male"], "phone": 7, "groups": "x"}
    book.store.write([Draft("child", child, odd), Draft("incident", incident, {"received_at": 7})], unit=book.unit.key,
                     officer="x")  # fmt: skip
    for name in ("02", "01"):
        for ending in ("pdf", "docx"):
            record = incident if name == "01" else case
            assert book.write_paper(name, record, tmp_path / f"{name}.{ending}").stat().st_size > 1000


def test_forms_built_from_the_articles_say_that_they_are_drafts(told):
    book, _, incident, case = told
    assert book.form_paper("01", incident).marks == ()
    assert book.form_paper("02", case).marks[0].startswith("NHÁP theo nội dung Điều 26")
    assert {one["name"] for one in book.papers() if one["origin"] == "form"} == {"01", "01_bo_tui"}


def test_a_paper_is_written_once_and_told_to_the_log(told, tmp_path):
    book, _, incident, _ = told
    path = book.write_paper("01", incident, tmp_path / "01.pdf")
    assert path.read_bytes().startswith(b"%PDF")
    with pytest.raises(Problem):
        book.write_paper("01", incident, path)
    assert page.document_pngs(book.form_paper("01", incident), 30)


def test_files_name_nobody_in_their_properties(told, tmp_path):
    book, _, _, case = told
    word = docx.Document(io.BytesIO(book.write_paper("04", case, tmp_path / "04.docx").read_bytes()))
    told = word.core_properties
    assert (told.author, told.title, told.last_modified_by) == ("", "", "")
    reader, _ = of_pdf(book.form_paper("04", case))
    assert (reader.metadata.title, reader.metadata.author) == ("KẾ HOẠCH", None)


def test_long_texts_and_many_rows_go_over_pages_and_nothing_is_cut(told):
    book, _, incident, case = told
    book.save("incident", {"condition": " ".join(f"lời{n}" for n in range(2400)), "reporter_note": "hết"}, incident)
    book.save("plan", {"case": case, "made_on": "2026-10-16"})
    for n in range(40):
        book.save("measure", {"case": case, "measure": f"việc{n:02}" if n else "dài " * 220, "cost": 1000})
    report = "".join(of_pdf(book.form_paper("01", incident))[1])
    assert len(re.findall("lời", report)) == 2400
    assert "hết" in report
    plan = "".join(of_pdf(book.form_paper("04", case))[1])
    assert len(re.findall(r"việc\d\d", plan)) == 39
    assert letter.docx(book.form_paper("04", case))
