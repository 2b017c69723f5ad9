from dataclasses import replace
from datetime import date

import pytest
from papers import OFFICE, TODAY, catalogue, paper, paper_of, person, report

from cbdesk import catalogue as catalogue_module
from cbdesk import words
from cbdesk.dates import read_period
from cbdesk.errors import Problem
from cbdesk.letterhead import long_date, number_line, period_words, place_date, signer_key
from cbdesk.paper import Paper
from cbdesk.report import Frozen, Office, faults, make, movements, select


def ids(made):
    return [row.id for row in made.rows]


def cell(made, key, row=0):
    return made.rows[row].cells[key].text


def test_sensitive_groups_are_counted_and_leave_no_trace():
    people = [person("a"), person("b", codes=("05",), sex="female"), person("c", codes=("11.4", "01"))]
    made = paper_of(people)
    assert ids(made) == ["a", "c"]
    assert made.totals_text == "Tổng số 03 trẻ (2 nam, 1 nữ); nêu tên 02; lập danh sách riêng 01."
    both = [replace(row, id="", cells={k: v for k, v in row.cells.items() if k != "no"}) for row in made.rows]
    assert both[0] == both[1]
    assert not [word for word in ("HIV", "xâm hại", "Dâm ô", "11.4") if word in made.as_json()]


def test_totals_sentence_of_the_contract():
    people = [person(f"m{n}") for n in range(7)] + [person(f"f{n}", sex="female") for n in range(4)]
    people.append(person("x", codes=("11",), sex="female"))
    assert paper_of(people).totals_text == "Tổng số 12 trẻ (7 nam, 5 nữ); nêu tên 11; lập danh sách riêng 01."


def test_unknown_sex_is_told_in_totals_and_remarks():
    made = paper_of([person("a", sex="unknown", born="2014-03")])
    assert "1 chưa rõ giới tính" in made.totals_text
    assert (cell(made, "born_male"), cell(made, "born_female")) == ("", "")
    assert cell(made, "remarks") == "Chưa rõ giới tính; sinh 03/2014"


@pytest.mark.parametrize(("born", "listed"), [
    ("2010-10-01", True), ("2010-09-30", False), ("2010-09-01", False), ("2010", True), ("2010-09", False),
    ("2009", False), (None, True),
])
def test_under_sixteen_at_the_end_of_the_period(born, listed):
    assert bool(paper_of([person("a", born=born)]).rows) is listed


@pytest.mark.parametrize(("since", "until", "listed"), [
    ("2026-09-30", None, True), ("2026-10-01", None, False), (None, None, True), ("2026", None, True),
    ("2026-01-01", "2026-09-29", False), ("2026-01-01", "2026-09-30", False), ("2026-01-01", "2026-10-01", True),
    ("2026-01-01", "2026-10", True),
])
def test_active_on_the_last_day(since, until, listed):
    assert bool(paper_of([person("a", since=since, until=until)]).rows) is listed


def test_active_during_the_period_where_the_report_says_so():
    told = report()
    told.data["select"]["active"] = "during"
    people = [person("a", until="2026-09-02"), person("b", until="2026-08-31")]
    chosen = select(told, people, read_period("2026-09"), catalogue=catalogue(), today=TODAY)
    assert [one.person["child"]["id"] for one in chosen.named] == ["a"]


@pytest.mark.parametrize(("status", "since", "listed"), [
    ("left", "2026-09-15", False), ("left", "2026-10-02", True), ("left", None, False), ("dead", "2026-09", False),
    ("over_16", None, False), ("temporary", "2026-09-15", True), ("permanent", None, True),
])
def test_only_children_living_here(status, since, listed):
    made = paper_of([person("a", child={"life_status": status, "status_since": since})])
    assert bool(made.rows) is listed


def test_households_count_as_risks_once_and_only_in_their_list():
    people = [person("a", codes=(), household={"class": "poor", "year": 2026}),
              person("b", codes=("R05",), form="risk", household={"class": "near_poor", "year": 2026}),
              person("c", codes=("R01",), form="risk", household={"class": "poor", "year": 2026}),
              person("d", codes=(), household={"class": "escaped", "year": 2026}),
              person("e", codes=(), household={"class": "poor", "year": 2027})]
    made = paper_of(people, "at_risk")
    assert {row.id: row.cells["groups"].text for row in made.rows} == {
        "a": "Hộ nghèo", "b": "Hộ cận nghèo; cha mẹ đi làm ăn xa", "c": "Hộ nghèo"}
    assert paper_of(people).rows == ()


def test_rows_stand_by_village_then_given_name():
    people = [person("1", "Hoàng Thị Đở"), person("2", "Dương Thị Dợ"), person("3", "", village=""),
              person("4", "Bế Văn An", village="Xóm 10"), person("5", "Bế Văn An", village="Xóm 2"),
              person("6", "Vừ A Sủa", village="Xóm Ẳng", village_order=-1)]
    made = paper_of(people)
    assert ids(made) == ["6", "5", "4", "2", "1", "3"]
    assert [row.cells["no"].value for row in made.rows] == [1, 2, 3, 4, 5, 6]
    assert cell(made, "name", 5) == "(chưa rõ tên)"


def test_cells_speak_in_words():
    carers = [{"relation": "father", "full_name": "Lò A"}, {"relation": "mother", "full_name": "Hầu B"}]
    made = paper_of([person("a", codes=("01", "01.3", "03.3", "04.a"), born="2014", carers=carers, supports=[
        {"kind": "cash"}, {"kind": "card"}, {"kind": "cash", "to": "2026-01-01"}])])
    assert cell(made, "groups") == "Mồ côi cả cha và mẹ, sống với người thân thích; không nơi nương tựa; khuyết tật"
    assert cell(made, "carer") == "Cha Lò A; mẹ Hầu B"
    assert cell(made, "supports") == "Trợ cấp xã hội hằng tháng; thẻ BHYT"
    assert (cell(made, "born_male"), cell(made, "village")) == ("2014", "Nà Héng")
    main = [*carers, {"relation": "grandmother", "full_name": "Say", "main_carer": True}]
    assert cell(paper_of([person("a", carers=main)]), "carer") == "Bà ngoại Say"
    assert cell(paper_of([person("a", born=None)]), "born_male") == "chưa rõ"


def test_papers_are_vietnamese_in_an_english_window():
    vietnamese = paper(4)
    words.set_language("en")
    try:
        assert paper(4) == vietnamese
    finally:
        words.set_language("vi")


def test_remarks_tell_new_children_and_those_soon_sixteen():
    before = paper_of([person("a")])
    made = paper_of([person("a"), person("b", born="2010-12-01", village="Xóm Z")], previous=before.rows)
    assert [row.cells["remarks"].text for row in made.rows] == ["", "Mới; sắp đủ 16 tuổi"]


def test_an_unfinished_month_is_provisional_and_a_future_one_refused():
    made = paper_of([person("a")], period="2026-10")
    assert made.provisional
    assert made.as_of_text == "(Số liệu tạm tính đến hết ngày 12 tháng 10 năm 2026)"
    assert not paper_of([person("a")]).provisional
    with pytest.raises(Problem) as caught:
        paper_of([], period="2026-11")
    assert caught.value.name == "bad_period"


def test_heading_follows_the_decree():
    made = paper_of([], office=replace(OFFICE, number="5", signed_on=date(2026, 2, 3)), frozen=Frozen(TODAY))
    assert [(line.text, line.bold) for line in made.issuer] == [("ỦY BAN NHÂN DÂN", True), ("XÃ BẢO LẠC", True)]
    assert made.number == "Số: 05/DS-UBND"
    assert made.place_date == "Bảo Lạc, ngày 03 tháng 02 năm 2026"
    assert made.about == "Trẻ em có hoàn cảnh đặc biệt tháng 9 năm 2026"
    assert made.signers[1].lines == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert made.draft == ""


def test_patterns_of_the_heading():
    assert long_date(date(2026, 3, 5)) == "ngày 05 tháng 3 năm 2026"
    assert [period_words(read_period(one)) for one in ("2026-02", "2026-Q4", "2026-H1", "2026-H2", "2026")] == [
        "tháng 02 năm 2026", "quý IV năm 2026", "6 tháng đầu năm 2026", "6 tháng cuối năm 2026", "năm 2026"]
    head = Office(unit="phường Thục Phán", signer="head")
    assert number_line(head, "DS").endswith("/DS-PVHXH")
    assert number_line(replace(head, number="12/BC-UBND"), "DS") == "Số: 12/BC-UBND"
    assert place_date(head, TODAY).startswith("Thục Phán, ")
    assert [signer_key(one) for one in ("Chủ tịch", "phó chủ tịch", "Trưởng phòng", "Kế toán")] == [
        "chair", "vice_chair", "head", "chair"]
    assert signer_key("Trưởng phòng", "TL") == "head_by_order"
    assert signer_key("", otherwise="director") == "director"


def test_attached_and_amending_lists_say_so():
    attached = {"document": "Công văn", "number": "12/UBND-VHXH", "date": "2026-10-05", "issuer": "UBND xã Bảo Lạc"}
    made = paper_of([], office=replace(OFFICE, attached=attached),
                    frozen=Frozen(TODAY, amends_number="05/DS-UBND", amends_on=date(2026, 10, 2)))
    assert made.attached == "(Kèm theo Công văn số 12/UBND-VHXH ngày 05 tháng 10 năm 2026 của UBND xã Bảo Lạc)"
    assert made.amends == "(Điều chỉnh Danh sách số 05/DS-UBND ngày 02 tháng 10 năm 2026)"


def test_movements_have_reasons_and_keep_the_sealed_list_silent():
    august = [person(key) for key in ("stays", "grown", "moved", "sealed", "healed", "erased")]
    before = paper_of(august, period="2026-08", today=date(2026, 9, 1))
    september = [person("stays"), person("grown", born="2010-09-02"),
                 person("moved", child={"life_status": "left", "status_since": "2026-09-20"}),
                 person("sealed", codes=("11",)), person("healed", until="2026-09-03"),
                 person("fresh", since="2026-09-10"), person("late", since="2026-02-01")]
    told = report()
    chosen = select(told, september, read_period("2026-09"), catalogue=catalogue(), today=TODAY)
    moved = movements(before.rows, paper_of(september).rows, why=chosen.why, period=read_period("2026-09"))
    assert {one.id: one.reason for one in moved.came} == {"fresh": "new", "late": "added"}
    assert {one.id: one.reason for one in moved.left} == {
        "grown": "turned_16", "moved": "moved", "sealed": "no_longer", "healed": "no_longer", "erased": "removed"}
    assert all(words.has(f"report.movement.{one.reason}") for one in (*moved.came, *moved.left))


def test_a_frozen_paper_comes_back_the_same_and_old_ones_stay_readable():
    made = paper(30)
    text = made.as_json()
    assert Paper.from_json(text) == made
    assert Paper.from_json(text).as_json() == text
    old = text.replace('"version":1', '"version":1,"of_the_future":[1]').replace('"check":"",', "")
    assert Paper.from_json(old) == made
    for broken in ("", "[]", "{}", '{"rows":3}'):
        with pytest.raises(Problem):
            Paper.from_json(broken)


def test_control_characters_and_lines_do_not_reach_the_paper():
    made = paper_of([person("a", "Nông\n\x00Văn\tAn\u202e")])
    assert cell(made, "name") == "Nông Văn An"


LISTS = [one for one in catalogue_module.catalogue().reports.values() if one.data.get("shape", "list") == "list"]


@pytest.mark.parametrize("told", LISTS, ids=lambda one: one.name)
def test_lists_name_only_what_the_catalogue_has(told):
    shipped = catalogue_module.catalogue()
    assert faults(told, shipped) == []
    show = told.data["show"]
    assert all(shipped.lists[show["relations"]].get(code) for code in show["parents"])
    assert show["supports"] in shipped.lists
    household = told.data["select"].get("household", {})
    assert all(shipped.lists["household_class"].get(code) for code in household)
    assert all(shipped.lists["risk"].get(code) for code in household.values())
    assert told.title


def test_every_residence_that_ends_a_childs_stay_says_why():
    for choice in catalogue_module.catalogue().lists["life_status"].choices:
        assert bool(choice.extra.get("gone")) is not choice.extra["here"]
        if not choice.extra["here"]:
            assert words.has(f"report.movement.{choice.extra['gone']}")


@pytest.mark.parametrize(("change", "fault"), [
    (lambda data: data.pop("kind"), "no kind"),
    (lambda data: data["select"].update(form="castle"), "no form"),
    (lambda data: data["select"].update(active="never"), "active is"),
    (lambda data: data["select"].update(secret="only"), "only a restricted list"),
    (lambda data: data["select"].update(where={"code": ["castle"]}), "no code"),
    (lambda data: data["select"].update(missing=["castle"]), "no field"),
    (lambda data: data["columns"].append({"key": "castle"}), "no column"),
    (lambda data: data["columns"].append({"key": "name"}), "twice"),
    (lambda data: data["columns"].append({"key": "x", "field": "circumstance.castle"}), "no field"),
    (lambda data: data["columns"].append({"key": "x", "field": "circumstance.illness"}), "sensitive"),
    (lambda data: data["changes"]["columns"].append("castle"), "changes show no column"),
    (lambda data: data.update(parts=[7]), "parts.1"),
    (lambda data: data.update(totals="male"), "totals"),
    (lambda data: data.update(periods=["week"]), "no period week"),
    (lambda data: data["select"].update(until="born"), "select.until"),
    (lambda data: data["select"].update(by="from"), "no choices of from"),
])
def test_what_is_no_list_is_told(change, fault):
    told = report()
    change(told.data)
    assert any(fault in one for one in faults(told, catalogue_module.catalogue()))


def test_every_ordinary_choice_of_the_catalogue_can_stand_on_paper():
    shipped = catalogue_module.catalogue()
    for name, form in (("special", "circumstance"), ("at_risk", "risk")):
        told = shipped.reports[name]
        for choice in shipped.lists[told.data["select"]["codes"]].choices:
            made = make(told, [person("a", codes=(choice.code,), form=form)], OFFICE, read_period("2026-09"),
                        catalogue=shipped, today=TODAY)
            if choice.sensitive:
                assert made.rows == ()
                assert made.totals.apart == 1
            else:
                assert made.rows[0].cells["groups"].text
                assert choice.code not in made.rows[0].cells["groups"].text
