"""Chính sách, hỗ trợ: hints in groups, amounts only of a confirmed table, a support in one key, secrets, the fund."""

from datetime import date

import pytest
import record_kit as kit

from cbdesk.catalogue import catalogue
from ui.lists.dues import due_tasks

CHILDREN = [
    {"full_name": "Bế Văn An", "born": "2019-03-02", "village": "Xóm Nà Héng", "groups": ["01.2"]},
    {"full_name": "Bế Thị Bình", "born": "2022", "village": "Xóm Nà Héng", "groups": ["01.2"]},
    {"full_name": "Bế Thị Sen", "born": "2017-05-05", "village": "Xóm Nà Héng", "groups": ["05"],
     "household_class": "poor"},
    {"full_name": "Bế Văn Bé", "born": "2025-11-20", "village": "Xóm Nà Héng"},
]  # fmt: skip


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        for one in found.ids:  # only the four above are looked at
            found.ask(lambda desk, one=one: desk.save("child", {"life_status": "moved"}, one))
        found.four = [str(one.id) for one in found.ask(lambda desk: desk.put("child", CHILDREN))]
        yield found


def names(page):
    return [one.child.name for one in page.pane.table.rows()]


def cells(page, column):
    at = next(one for one in page.pane.table.quiet.columns if one.name == column)
    return [at.cell(one).words() for one in page.pane.table.rows()]


def test_sure_hints_stand_by_benefit_and_unsure_ones_apart_with_why(book):
    page = book.go("support")
    assert names(page) == ["Bế Văn An"]
    assert {"benefit:unsupported": "1", "allowance": "1", "unsure": "1"}.items() <= {
        one.name: one.count for one in page._parts.values()}.items()  # fmt: skip
    kit.press("Alt+2")
    assert (names(page), cells(page, "why")) == (["Bế Thị Bình"], ["Xem lại ngày sinh"])
    kit.press("Alt+4")
    assert (names(page), cells(page, "told")) == (
        ["Bế Văn Bé", "Bế Thị Bình"], ["Dưới 6 tuổi, chưa có thẻ BHYT"] * 2)  # fmt: skip


def test_amounts_are_shown_once_the_office_confirmed_the_table(book):
    page = book.go("support")
    assert "amount" not in page.pane.table.shown_columns()
    page.pane.confirm.click()
    kit.press("Ctrl+S")
    book.settle()
    assert page.confirm_layer.form.boxes["decision_no"].needs() == "stop"  # nothing is confirmed without its basis
    page.confirm_layer.form.set_typed("decision_no", "NĐ 335/2026/NĐ-CP")
    kit.press("Ctrl+S")
    book.settle()
    assert page.confirm_layer is None
    assert cells(page, "amount") == ["810.000"]
    assert "NĐ 335/2026/NĐ-CP" in page.pane.standing.words()
    kit.press("Ctrl+Z")
    book.settle()
    assert "amount" not in page.pane.table.shown_columns()


def test_the_poverty_standard_is_confirmed_as_the_table_of_amounts_is(book):
    page = book.go("support")
    page.pane.confirm.click()
    page.confirm_layer.choice.setFocus()
    kit.press("2")
    book.settle()
    assert [row.name for row in page.confirm_layer.law.rows()][:1] == ["rural"]
    assert "base" not in page.confirm_layer.form.boxes
    page.confirm_layer.form.set_typed("decision_no", "NĐ 07/2021/NĐ-CP")
    kit.press("Ctrl+S")
    book.settle()
    assert book.ask(lambda desk: desk.table_state("poverty_standard")).confirmed["decision_no"] == "NĐ 07/2021/NĐ-CP"
    assert book.ask(lambda desk: desk.table_state("allowance")).confirmed is None
    kit.press("Ctrl+Z")
    book.settle()
    assert book.ask(lambda desk: desk.table_state("poverty_standard")).confirmed is None


def test_what_is_given_once_is_not_asked_until_when(book):
    kinds = book.ask(lambda desk: catalogue().lists["support_kind"].choices)
    asked = {one.code for one in kinds if catalogue().forms["support"].active("to", {"kind": one.code})}
    assert asked == {one.code for one in kinds if not one.extra.get("once")}


def test_a_support_is_written_from_a_hint_in_one_key_and_taken_back(book):
    page = book.go("support")
    kit.press("Ctrl+N")
    view = page.pane.card.view
    assert view.boxes["category"].input.read(view.around.today()).value == "unsupported"
    assert view.boxes["amount"].input.typed() == ""  # what is paid stands in the decision
    view.set_typed("decision_no", "15/QĐ-UBND")
    kit.press("Ctrl+S")
    book.settle()
    (row,) = book.ask(lambda desk: desk.rows_of("support", book.four[0]))
    assert (row["kind"], row["category"], row["from"], row["decision_no"]) == (
        "allowance", "unsupported", "2026-10-12", "15/QĐ-UBND")  # fmt: skip
    assert names(page) == []
    kit.press("Ctrl+Z")
    book.settle()
    assert names(page) == ["Bế Văn An"]


def test_what_is_kept_in_confidence_shows_only_when_asked_for_and_that_is_logged(book):
    page = book.go("support")
    said = "SELECT count(*) FROM access WHERE detail = 'benefits'"
    looked = lambda: book.ask(lambda desk: desk.store.db.execute(said).fetchone()[0])  # noqa: E731
    assert "benefit:hiv" not in page._parts
    assert looked() == 0
    page._shows_sensitive.click()
    book.settle()
    assert names(page) == ["Bế Văn An", "Bế Thị Sen"]
    assert cells(page, "name")[1] == "Nhạy cảm; Bế Thị Sen"
    assert looked() == 1
    book.go("today")
    page = book.go("support")
    assert names(page) == ["Bế Văn An"]
    assert looked() == 1


def test_enter_opens_the_child_where_the_hint_is_about(book):
    page = book.go("support", part="card")
    kit.press("Return")
    book.settle()
    child = book.shell.page()
    assert (child.name, child._record) == ("child", book.four[3])
    assert child._sections_lit() == "general"
    page = book.go("support", part="allowance")
    page.go_in()
    kit.press("Return")
    book.settle()
    assert book.shell.page()._sections_lit() == "support"


def test_the_child_page_tells_hints_beside_the_supports(book):
    child = book.go("child", id=book.four[0])
    assert child._hints.words() == ["Trẻ em không có nguồn nuôi dưỡng · hệ số 1,5"]
    child = book.go("child", id=book.four[1])
    assert child._hints.words()[0].endswith("– xem lại ngày sinh")
    child = book.go("child", id=book.four[2])
    assert child._hints.isHidden()
    child._reveal()
    book.settle()
    assert child._hints.words()[0].startswith("Trẻ em nhiễm HIV/AIDS")


def test_the_fund_balances_in_its_period(book):
    for direction, on, amount in (("in", "2025-12-20", 5_000_000), ("in", "2026-01-10", 2_000_000)):
        book.ask(lambda desk, d=direction, o=on, a=amount: desk.save("fund_entry", {
            "direction": d, "on": o, "amount": a, "party": "Tỉnh đoàn", "purpose": "Ủng hộ"}))  # fmt: skip
    page = book.go("support", part="fund_entry")
    kit.press("Ctrl+N")
    view = page.tables["fund_entry"].view
    view.boxes["direction"].input.set_value("out")
    view._left("direction")
    for name, typed in (("on", "1/2/2026"), ("amount", "600.000"), ("party", "Trẻ"), ("purpose", "Tết")):
        view.set_typed(name, typed)
    view.boxes["child"].input.set_value(book.four[0])
    view._left("child")
    kit.press("Ctrl+S")
    book.settle()
    sums = lambda: [one.figure for one in page.totals["fund_entry"]._sums]  # noqa: E731
    assert sums() == ["5.000.000 đồng", "2.000.000 đồng", "600.000 đồng", "6.400.000 đồng"]
    assert [row["whom"] for row in page.tables["fund_entry"].rows] == ["", "Bế Văn An"]
    kit.press("Alt+Left")
    book.settle()
    assert sums() == ["0 đồng", "5.000.000 đồng", "0 đồng", "5.000.000 đồng"]


def test_the_line_of_the_month_leads_here(book):
    (line,) = [one for one in book.ask(lambda desk: desk.due(on=date(2026, 10, 28))) if one.what == "benefits"]
    (task,) = due_tasks([line], [], {}, 0)
    assert task.title == "1 trẻ có thể đủ điều kiện trợ cấp mà chưa hưởng"
    page, details = task.go
    assert names(book.go(page, **details)) == ["Bế Văn An"]
