"""Hoạt động: the year's work kept by keys, photos, the plan and its money, figures only people know, sums."""

import pytest
import record_kit as kit
from PySide6.QtGui import QImage

SWIM = {"kind": "swim_class", "title": "Lớp bơi hè", "from": "2026-06-05", "to": "2026-06-20", "children": 40,
        "girls": 18, "cost": 12_000_000}  # fmt: skip


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        yield found


def sums(page, form):
    return {one.words: one.figure for one in page.totals[form]._sums}


def told(page, form, row=0):
    table = page.tables[form]
    return [table.told(item, table.rows[row])[0] for item, _ in table.fields]


def test_an_activity_is_written_by_keys_counted_and_taken_back(book):
    page = book.go("activities")
    kit.press("Ctrl+N")
    view = page.tables["activity"].view
    for name, typed in (("kind", "Sự kiện"), ("title", "Trung thu"), ("from", "25/9/2026"), ("children", "320"),
                        ("cost", "18.000.000")):  # fmt: skip
        view.set_typed(name, typed)
    kit.press("Ctrl+S")
    book.settle()
    assert told(page, "activity") == ["25/09", "Trung thu", "Sự kiện", "", "320", "18.000.000"]
    assert sums(page, "activity") == {"hoạt động": "1", "lượt trẻ em": "320", "kinh phí": "18.000.000 đồng"}
    kit.press("Ctrl+Z")
    book.settle()
    assert page.tables["activity"].rows == []
    assert page.totals["activity"].isHidden()


def test_a_year_shows_what_was_done_in_it_and_what_lasts(book):
    book.ask(lambda desk: desk.save("activity", SWIM))
    book.ask(lambda desk: desk.save("collaborator", {"name": "Nông Thị Thu", "village": "Xóm Nà Héng",
                                                     "from": "2025-03-01", "to": "2026-08-01"}))  # fmt: skip
    page = book.go("activities")
    counts = lambda: {one.name: one.count for one in page._parts.values()}  # noqa: E731
    assert (counts()["activity"], counts()["collaborator"]) == ("1", "1")
    assert sums(page, "collaborator")["xóm chưa có cộng tác viên"] == "3"  # who left serves no village
    kit.press("Alt+Left")
    book.settle()
    assert page.period == "2025"
    assert (counts()["activity"], counts()["collaborator"]) == ("0", "1")
    for _ in range(2):
        kit.press("Alt+Right")
        book.settle()
    assert (page.period, counts()["collaborator"]) == ("2027", "0")


def test_a_photo_hangs_on_its_activity_and_is_taken_away_and_back(book, tmp_path):
    record = book.ask(lambda desk: desk.save("activity", SWIM)).id
    page = book.go("activities")
    picture = tmp_path / "anh.png"
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(picture))
    kit.press("Return")
    page._filing.attach(record, [picture])
    book.settle()
    table = page.tables["activity"]
    assert page.mark_of("activity", table.rows[0])[0] == "1 tệp"
    files = book.ask(lambda desk: desk.attachments(record))
    assert [one["kind"] for one in files] == ["photo"]
    page._filing.open(files[0], locked=False)
    book.settle()
    assert page.file_layer is not None
    kit.press("Escape")
    assert page.file_layer is None
    assert table.view is not None  # the activity is still open
    page._filing._drop(str(files[0]["id"]))
    book.settle()
    assert page.mark_of("activity", table.rows[0]) is None
    page.talk.undo()
    book.settle()
    assert page.mark_of("activity", table.rows[0])[0] == "1 tệp"


def test_a_line_of_the_plan_shows_what_its_activities_did_and_cost(book):
    page = book.go("activities", part="plan")
    kit.press("Ctrl+N")  # no plan of the year yet: that is written first
    view = page.tables["yearly_plan"].view
    assert page.tables["plan_item"].view is None
    view.set_typed("number", "12/KH-UBND")
    kit.press("Ctrl+S")
    book.settle()
    page.go_part("plan")
    page._here = "plan_item"
    kit.press("Ctrl+N")
    view = page.tables["plan_item"].view
    for name, typed in (("what", "Dạy bơi"), ("target", "60"), ("unit", "trẻ"), ("cost", "20000000"),
                        ("due", "30/9/2026")):  # fmt: skip
        view.set_typed(name, typed)
    view.boxes["measure"].input.set_value("children")
    view._left("measure")
    kit.press("Ctrl+S")
    book.settle()
    (row,) = page.tables["plan_item"].rows
    assert page.mark_of("plan_item", row)[0] == "Quá hạn"
    book.ask(lambda desk: desk.save("activity", SWIM | {"plan_item": row["id"]}))
    book.settle()
    assert told(page, "plan_item") == ["Dạy bơi", "60 trẻ", "40", "20.000.000", "12.000.000", "30/09/2026"]
    book.ask(lambda desk: desk.save("activity", SWIM | {"plan_item": row["id"], "from": "2026-07-01", "to": None}))
    book.settle()
    assert page.mark_of("plan_item", page.tables["plan_item"].rows[0])[0] == "Đã đạt"
    assert sums(page, "plan_item")["đã chi"] == "24.000.000 đồng"


def test_a_figure_reports_ask_for_stands_there_until_it_is_typed(book):
    page = book.go("activities", part="count")
    table = page.tables["count"]
    waiting = len(table.rows)
    assert waiting == len(book.ask(lambda desk: desk.indicators(named=True))) > 0
    assert not [one for one in table.rows if "Chỉ tiêu khác" in one["called"]]
    assert page.facts().startswith(f"{waiting} ")
    asked = table.rows[0]
    kit.press("Return")
    assert page.heads["count"].facts.words() == asked["called"]
    for name, typed in (("value", "12"), ("of", "15"), ("source", "Trạm Y tế xã"), ("dated_on", "1/10/2026")):
        table.view.set_typed(name, typed)
    kit.press("Ctrl+S")
    book.settle()
    (row,) = [one for one in table.rows if one["indicator"] == asked["indicator"]]
    assert (row["figure"], row["from"], row["to"]) == ("12 / 15", "2026-01-01", "2026-12-31")
    assert page.facts().startswith(f"{waiting - 1} ")
    page.tables["count"].buttons()[0].click()
    book.settle()
    for name, typed in (("value", "9"), ("source", "Trạm Y tế xã"), ("dated_on", "1/10/2025"), ("from", "1/1/2025"),
                        ("to", "31/12/2025")):  # fmt: skip
        table.view.set_typed(name, typed)
    kit.press("Ctrl+S")
    book.settle()
    assert page.period == "2025"
    assert [one["figure"] for one in table.rows if not str(one["id"]).startswith("missing")] == ["9"]


def test_what_is_typed_waits_when_another_part_is_looked_at(book):
    page = book.go("activities")
    kit.press("Ctrl+N")
    page.tables["activity"].view.set_typed("title", "Diễn đàn trẻ em")
    kit.press("Alt+3")
    assert page.part == "model"
    assert page.open_table() is None
    assert page.primary().words == "Thêm mô hình"
    kit.press("Alt+1")
    kit.press("Ctrl+N")
    assert page.tables["activity"].view.boxes["title"].input.typed() == "Diễn đàn trẻ em"
