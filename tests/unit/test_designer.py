"""Lists put together by an officer, columns of the office, and conditions on children as they stood on a day."""

from datetime import date

import pytest

from cbdesk import clock, design, extras, report
from cbdesk.catalogue import Report, catalogue
from cbdesk.design import Design, Shown
from cbdesk.errors import Problem
from cbdesk.workbook import list_xlsx

NOW = "2026-10-12T08:00:00"
DAY = date(2026, 10, 12)


@pytest.fixture
def book(commune):
    """Seven children in two villages; one is in a sensitive group alone, one in it beside an ordinary one."""
    clock.set_fixed(NOW)
    rows = [
        ("Hoàng Văn An", "male", "2018-03-05", "Nà Mới", {"groups": ["02"], "household_class": "poor"}),
        ("Nông Thị Bé", "female", "2020-06-01", "Nà Mới", {"groups": ["07"]}),
        ("Lý Văn Cả", "male", "2012-01-20", "Lũng Mít", {"groups": ["02", "07"], "school": "THCS Bảo Lạc"}),
        ("Mã Thị Dung", "female", "2015", "Lũng Mít", {"household_class": "near_poor"}),
        ("Bế Văn Êm", "male", "2009-11-02", "Nà Mới", {}),
        ("Đàm Thị Phương", "female", "2010-11-30", "Lũng Mít", {}),
        ("Triệu Văn Giang", "male", "2019-12-12", "", {}),
    ]
    saved = commune.put("child", [{"full_name": name, "sex": sex, "born": born, "village": village or None, **more}
                                  for name, sex, born, village, more in rows])  # fmt: skip
    commune.ids = {row[0].split()[-1]: one.id for row, one in zip(rows, saved, strict=True)}
    return commune


def names(paper):
    return [row.text("name").split()[-1] for row in paper.rows]


def made(**more):
    columns = [Shown("no", "TT", 9), Shown("name", "Tên trẻ", 40), Shown("born", "Sinh", 21)]
    return Design(title="Danh sách thử", columns=tuple(more.pop("columns", columns)), **more)


# --- conditions ------------------------------------------------------------------------------------------------------


def test_conditions_hold_as_each_child_stood_on_the_day_asked_for(book):
    assert names(book.design_paper(made(where={"household_class": ("poor", "near_poor")}))) == ["Dung", "An"]
    assert names(book.design_paper(made(ages=(6, 11)))) == ["Dung", "An", "Bé", "Giang"]
    assert names(book.design_paper(made(ages=(6, 11)), date(2018, 6, 1))) == ["Cả", "Phương", "Êm"]
    assert "An" not in names(book.design_paper(made(), date(2018, 3, 4)))
    village = next(one for one, name in book.village_names().items() if name == "Nà Mới")
    assert names(book.design_paper(made(where={"village": (village,), "sex": ("male",)}))) == ["An"]


def test_years_may_go_beyond_sixteen_when_asked_for(book):
    assert "Êm" not in names(book.design_paper(made(), date(2026, 10, 12)))  # 16 years old
    assert names(book.design_paper(made(ages=(15, 17)))) == ["Phương", "Êm"]


def test_what_is_kept_apart_decides_nobodys_name(book):
    special = book.design_paper(made(where={"special": ("yes",)}))
    assert (names(special), special.totals.apart, special.totals.total) == (["Cả", "An"], 1, 3)
    assert "Bé" in names(book.design_paper(made(where={"groups": ("unknown",)})))  # reads like a child of no group
    shown = book.design_paper(made(columns=[Shown("name", "", 40), Shown("groups", "", 40)]))
    secret = catalogue().lists["group"].get("07").shorts.get("vi") or catalogue().lists["group"].get("07").labels["vi"]
    assert not any(secret.casefold() in row.text("groups").casefold() for row in shown.rows)


@pytest.mark.parametrize("where", [{"groups": ("07",)}, {"risks": ("R06",)}, {"castle": ("x",)}, {"sex": ("castle",)}])
def test_a_sensitive_or_unknown_condition_is_no_condition(book, where):
    with pytest.raises(Problem, match="report_wrong"):
        book.design_paper(made(where=where))
    with pytest.raises(Problem, match="report_wrong"):
        book.keep_design(made(where=where))
    offered = design.conditions(catalogue(), {})
    assert all(code not in dict(offered[name][1]) for name, codes in where.items() if name in offered for code in codes)


def test_no_column_offered_is_sensitive():
    for one in design.choices():
        form, _, name = one.field.partition(".")
        assert not name or not catalogue().forms[form].field(name).sensitive
    wrong = Design("x", "X", columns=(Shown("death_cause", "", 20),))
    layout = {**design.report_of(wrong).data, "columns": [{"key": "x", "heading": "", "width": 9,
                                                           "field": "child.death_cause"}]}  # fmt: skip
    assert any("sensitive" in one for one in report.faults(Report("x", layout), catalogue()))


# --- the page --------------------------------------------------------------------------------------------------------


def test_columns_order_headings_widths_and_the_order_of_lines(book):
    wanted = made(sort=("born",), columns=[Shown("no", "Số", 12), Shown("empty", "Ký", 30), Shown("name", "Cháu", 50),
                                           Shown("empty2", "Ghi", 20)])  # fmt: skip
    paper = book.design_paper(wanted)
    assert [(one.key, one.heading, one.width) for one in paper.columns] == [
        ("no", "Số", 12), ("empty", "Ký", 30), ("name", "Cháu", 50), ("empty2", "Ghi", 20)]  # fmt: skip
    assert names(paper) == ["Phương", "Cả", "Dung", "An", "Giang", "Bé"]
    assert [row.text("no") for row in paper.rows] == list("123456")
    assert paper.totals_text.startswith("Tổng số 06 trẻ")
    assert book.design_paper(made(totals=False)).totals_text == ""


def test_villages_stand_together_under_their_headings(book):
    paper = book.design_paper(made(grouped=True, sort=("born",)))
    assert names(paper) == ["Phương", "Cả", "Dung", "An", "Bé", "Giang"]
    assert [paper.parts[row.part] for row in paper.rows][::2] == [
        "Lũng Mít (03 trẻ)", "Lũng Mít (03 trẻ)", "Nà Mới (02 trẻ)"]  # fmt: skip
    assert paper.parts[paper.rows[-1].part] == "Chưa rõ xóm (01 trẻ)"
    assert list_xlsx(paper)


# --- kept and carried ------------------------------------------------------------------------------------------------


def test_a_list_kept_is_a_list_like_any_other(book, tmp_path):
    saved = book.keep_design(made(where={"household_class": ("poor",)}, grouped=True, note="Để xin áo ấm"))
    name = str(book.get(saved.id)["name"])
    assert name == "ds_danh_sach_thu"
    kind = next(one for one in book.report_kinds() if one.name == name)
    assert (kind.title, kind.shape, kind.own, kind.explain) == ("Danh sách thử", "list", True, "Để xin áo ấm")
    assert book.report(name, "2026-10", tmp_path)["rows"] == 1
    assert names(book.paper(name, "2026-10-11")) == ["An"]
    frozen = book.snapshot(name, "2026-10")
    book.issue(frozen.id, "12", "2026-10-12")
    again = book.design_named(name)
    assert again.where == {"household_class": ("poor",)}
    assert again.grouped
    assert again.note == "Để xin áo ấm"
    book.keep_design(design.replace(again, title="Tên khác"))
    assert [one.title for one in book.designs()] == ["Tên khác"]
    assert names(book.paper(name, "2026-10")) == ["An"]  # issued before, and stays
    book.drop_design(name, "thừa")
    assert book.designs() == []


def test_a_list_needs_a_title_and_takes_no_name_twice(book):
    with pytest.raises(Problem, match="no_title"):
        book.keep_design(design.replace(made(), title=" "))
    first, second = book.keep_design(made()), book.keep_design(made())
    assert book.get(first.id)["name"] != book.get(second.id)["name"]


def test_a_file_carries_a_list_and_the_columns_it_shows_but_no_village(book, receiver):
    book.save("extra_field", {"label": "Cỡ áo", "kind": "choice", "choices": "110\n120"})
    village = next(iter(book.village_names()))
    kept = book.keep_design(made(where={"village": (village,), "sex": ("male",)},
                                 columns=[Shown("name", "Tên", 40), Shown("extra.co_ao", "Áo", 15)]))  # fmt: skip
    content = book.carried_list(str(book.get(kept.id)["name"]))
    assert village not in content
    receiver.add_layout(content)
    assert [(one.code, one.choices) for one in receiver.extra_columns()] == [("co_ao", ("110", "120"))]
    assert receiver.designs()[0].where == {"sex": ("male",)}


@pytest.mark.parametrize("spoil", [
    'columns = "x"', "columns = []", "select = 3",
    'select = { form = "child", under_age = 16, where = { sex = "male" } }',
    'show = { relations = "castle" }', 'about = "{castle}"', 'sort = ["castle"]', 'orientation = "round"',
    'columns = [{ key = "name", heading = "x", width = "wide" }]',
    'columns = [{ key = "castle", heading = "", width = 9 }]',
    'select = { form = "child", codes = ["group"], under_age = 16 }',
])  # fmt: skip
def test_a_file_that_is_no_list_is_refused(book, spoil):
    good = design.report_of(design.replace(made(), name="ds_x"))
    key = spoil.split(" = ")[0]
    content = f"{spoil}\n" + design.toml({name: value for name, value in good.data.items() if name != key})
    with pytest.raises(Problem, match="report_wrong"):
        book.add_layout(content)
    assert book.designs() == []


# --- columns of the office -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "typed", "stored", "shown"), [
    ("text", " xe đạp  cũ ", "xe đạp cũ", "xe đạp cũ"), ("number", "1.200", "1200", "1.200"),
    ("date", "5/3/2026", "2026-03-05", "05/03/2026"), ("yes_no", "có", "yes", "Có"), ("choice", "xl", "XL", "XL"),
])  # fmt: skip
def test_a_column_reads_and_shows_by_its_kind(kind, typed, stored, shown):
    column = extras.Extra("1", "x", "X", kind, ("M", "XL"))
    read = column.read(typed, DAY)
    assert (read.value, [one.level for one in read.notes]) == (stored, [])
    assert column.read(read.value, DAY).value == stored
    assert (column.show(stored), column.check(stored)) == (shown, [])


@pytest.mark.parametrize(("kind", "typed", "level"), [
    ("number", "nhiều", "stop"), ("date", "hôm nào", "stop"), ("yes_no", "chắc", "stop"), ("choice", "M2", "ask"),
])  # fmt: skip
def test_what_is_no_value_of_a_column_is_remarked(book, kind, typed, level):
    book.save("extra_field", {"label": "Cỡ áo", "kind": kind, "choices": "M\nL" if kind == "choice" else None})
    saved = book.set_extra(book.ids["An"], "co_ao", typed)
    assert level in [one.level for one in saved.findings]
    assert book.get(book.ids["An"]).get("extra.co_ao") == (typed if level == "ask" else None)
    column = book.extra_columns()[0].id
    direct = book.save("extra_value", {"child": book.ids["An"], "field": column, "value": typed})
    assert [one.level for one in direct.findings if one.field == "value"] == [level]


def test_values_are_put_shown_undone_and_emptied_like_fields(book):
    assert book.save("extra_field", {"label": "Cỡ áo", "kind": "number"}).id
    assert book.save("extra_field", {"label": "Cỡ áo", "kind": "text"}).id
    assert [one.code for one in book.extra_columns()] == ["co_ao", "co_ao_2"]
    an = book.ids["An"]
    saved = book.put("child", [{"id": an, "extra.co_ao": "120", "school": "PTCS"}])[0]
    assert (book.get(an)["extra.co_ao"], book.get(an)["school"]) == ("120", "PTCS")
    book.undo(saved.batch)
    assert "extra.co_ao" not in book.get(an)
    assert not book.get(an).get("school")
    new = book.put("child", [{"full_name": "Hà Văn Ích", "extra.co_ao": 90}])[0]
    assert book.get(new.id)["extra.co_ao"] == "90"
    book.set_extra(new.id, "co_ao", "")
    assert "extra.co_ao" not in book.get(new.id)
    refused = book.put("child", [{"full_name": "Hà Văn Kim", "extra.castle": "1"}])[0]
    assert refused.id is None
    assert refused.findings[-1].name == "unknown_field"


def test_columns_stand_in_lists_and_in_their_own_lists_alone(book):
    book.save("extra_field", {"label": "Cỡ áo", "kind": "number"})
    columns = [Shown("name", "Tên", 40), Shown("extra.co_ao", "Áo", 15)]
    kept = book.keep_design(made(columns=columns, sort=("extra.co_ao",)))
    name = str(book.get(kept.id)["name"])
    book.save("extra_field", {"label": "Ghi riêng", "kind": "text", "list": name})
    assert [one.code for one in book.extra_columns()] == ["co_ao"]
    assert [one.key for one in book.list_columns(name)][-2:] == ["extra.co_ao", "extra.ghi_rieng"]
    for child, size in (("An", "130"), ("Bé", "110")):
        book.set_extra(book.ids[child], "co_ao", size)
    paper = book.paper(name, "2026-10")
    assert names(paper)[:2] == ["Bé", "An"]
    assert paper.rows[0].cells["extra.co_ao"].value == 110
    assert [(one.label, said) for one, said in book.extras_of(book.ids["An"])] == [("Cỡ áo", "130")]


def test_columns_travel_in_bundles_to_the_province(pair, stick):
    commune, receiver = pair
    clock.set_fixed(NOW)
    commune.save("extra_field", {"label": "Cỡ áo", "kind": "number"})
    child = commune.put("child", [{"full_name": "Hoàng Văn An", "extra.co_ao": "130"}])[0].id
    commune.send(stick)
    receiver.receive([stick])
    assert [(one.label, said) for one, said in receiver.extras_of(child)] == [("Cỡ áo", "130")]


def test_an_import_maps_a_column_of_a_file_to_one_of_the_office(book):
    book.save("extra_field", {"label": "Cỡ áo", "kind": "number"})
    table = "Họ và tên\tNgày sinh\tXóm\tCỡ áo\nHà Văn Ích\t5/3/2018\tNà Mới\t130\nHà Thị Kim\t5/3/2019\tNà Mới\to\n"
    plan = book.import_plan(book.import_book(table))
    assert [one.target for one in plan.columns] == ["full_name", "born", "village", "extra.co_ao"]
    done = book.import_run(plan)
    assert done.added == 2
    row = book.find("Hà Văn Ích")["rows"][0]
    assert book.get(str(row["id"]))["extra.co_ao"] == "130"
