"""Chăm sóc thay thế: lists kept by keys, the quarterly check in one key, an evaluation, the end of a placement."""

import pytest
import record_kit as kit

from ui.lists.dues import due_tasks

NEED, OFFER, PLACEMENT, REVIEW = "care_need", "carer_offer", "placement", "placement_review"


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        person = {"full_name": "Nông Văn Thắng", "listed_on": "2026-01-05"}
        carer = found.ask(lambda desk: desk.save(OFFER, person)).id
        placed = {"child": found.ids[0], "form": "not_relative", "carer": carer, "from": "2026-03-01"}
        found.placed = found.ask(lambda desk: desk.save(PLACEMENT, placed)).id
        yield found


def marks(page, form):
    found = [page.mark_of(form, row) for row in page.tables[form].rows]
    return [(words, tone) for words, tone, _ in filter(None, found)]


def test_what_is_open_stands_on_its_row(book):
    page = book.go("care")
    assert marks(page, OFFER) == [("Quá hạn 30/06/2026", "gach")]
    assert marks(page, PLACEMENT) == [("Quá hạn 01/09/2026", "gach")]


def test_the_list_of_carers_is_checked_in_one_key_and_taken_back(book):
    page = book.go("care")
    assert page.secondary()[0].why == ""
    kit.press("Ctrl+R")
    book.settle()
    assert page.tables[OFFER].rows[0]["checked_on"] == "2026-10-12"
    assert marks(page, OFFER) == [("Hạn 31/03/2027", "neutral")]
    assert page.secondary()[0].why
    kit.press("Ctrl+Z")
    book.settle()
    assert "checked_on" not in page.tables[OFFER].rows[0]


def test_who_has_the_child_is_hidden_until_asked_for(book):
    page = book.go("care")
    table = page.tables[PLACEMENT]
    item = table.form.field("carer")
    assert table.told(item, table.rows[0]) == ("Nhạy cảm", True)
    assert page._shows[PLACEMENT].isVisible()
    page._shows[PLACEMENT].click()
    book.settle()
    assert table.told(item, table.rows[0]) == ("Nông Văn Thắng", False)
    book.ask(lambda desk: desk.save(PLACEMENT, {"carer": None, "carer_name": "Bà ngoại"}, book.placed))
    book.go("today")
    book.go("care")
    assert table.told(item, table.rows[0]) == ("Nhạy cảm", True)


def test_an_evaluation_is_written_by_keys_alone(book):
    page = book.go("care")
    kit.press("Alt+3")
    kit.press("Ctrl+D")
    view = page.tables[REVIEW].view
    assert "Lý Mùi Mẩy" in page.heads[REVIEW].facts.words()
    view.boxes["finding"].input.set_value("safe")
    kit.press("Ctrl+S")
    book.settle()
    (row,) = page.tables[REVIEW].rows
    assert (row[PLACEMENT], row["on"], row["by"]) == (book.placed, "2026-10-12", "Nông Thị Hạnh")
    assert marks(page, PLACEMENT) == [("Hạn 12/04/2027", "neutral")]
    assert page.heads[REVIEW].facts.words() == ""


def test_a_placement_ends_by_its_last_day(book):
    page = book.go("care")
    page.reveal()
    book.settle()
    kit.press("Alt+3")
    kit.press("Return")
    view = page.tables[PLACEMENT].view
    view.set_typed("to", "01/02/2026")
    kit.press("Ctrl+S")
    book.settle()
    assert view.boxes["to"].needs() == "stop"  # before it began
    view.set_typed("to", "10/10/2026")
    view.set_typed("end_reason", "Về sống với mẹ")
    kit.press("Ctrl+S")
    book.settle()
    assert page.tables[PLACEMENT].rows[0]["to"] == "2026-10-10"
    assert marks(page, PLACEMENT) == []


def test_a_child_in_need_is_added_and_what_was_typed_is_kept(book):
    page = book.go("care")
    kit.press("Alt+1")
    kit.press("Ctrl+N")
    page.tables[NEED].view.set_typed("wish", "Ở với bà ngoại")
    book.go("today")
    page.tables[NEED].close_panel()
    page.tables[NEED]._rest = None  # as after the book was locked
    page = book.go("care")
    view = page.tables[NEED].view
    assert view.boxes["wish"].input.typed() == "Ở với bà ngoại"
    view.boxes["child"].input.set_value(book.ids[1])
    view._left("child")
    view.boxes["why"].input.set_value("orphan")
    view._left("why")
    kit.press("Ctrl+S")
    book.settle()
    (row,) = page.tables[NEED].rows
    assert (row["child"], row["wish"], row["from"]) == (book.ids[1], "Ở với bà ngoại", "2026-10-12")
    assert book.ask(lambda desk: desk.draft("care", None)) is None


def test_the_papers_of_a_row_are_shown_and_another_is_chosen(book):
    page = book.go("care")
    kit.press("Alt+3")
    kit.press("Ctrl+P")
    book.until(lambda: page.layer is not None and page.layer.count() > 0, 20_000)
    names = [str(page.layer.which.itemData(at)) for at in range(page.layer.which.count())]
    assert {"11", "12", "13", "15", "16"} <= set(names)
    page.layer.which.set_value("16")
    book.until(lambda: page.layer.wanted.name == "16" and page.layer.count() > 0, 20_000)
    kit.press("Escape")
    assert page.layer is None


def test_what_falls_due_leads_from_today_to_its_row(book):
    tasks = due_tasks(book.ask(lambda desk: desk.due()), [], {}, 0)
    found = {task.id.partition("-")[0]: task.go for task in tasks}
    page, details = found["placement_review"]
    shown = book.go(page, **details)
    assert shown.row(PLACEMENT)["id"] == book.placed
    page, details = found["carers_check"]
    assert book.go(page, **details).here().name == OFFER
