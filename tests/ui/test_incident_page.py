"""Ghi nhận vụ việc and the list: tiles by digit, what depends on them, the twelve hours, four answers, by keys only."""

import pytest
import record_kit as kit
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from waiting import pause

from cbdesk import clock
from ui.pages.incident import plan
from ui.record.emergency import emergency_of
from ui.record.incident_inputs import tile_of, tiles, two_lines


@pytest.fixture
def book(qapp, tmp_path):
    with kit.bench(tmp_path) as found:
        yield found


@pytest.fixture
def page(book):
    return book.go("incident", new=True)


def incidents(book):
    return book.ask(lambda desk: desk.incidents())


def test_tiles_map_to_kinds_and_back():
    data = {"kind": "injury", "cause": "drowning"}
    assert tile_of(data) == "drowning"
    assert tile_of({"kind": "injury", "cause": "fall"}) == "injury"
    assert tile_of({"kind": "abuse", "forms_of_abuse": ["sexual"]}) == "sexual"
    assert tile_of({"kind": "abuse", "forms_of_abuse": ["neglect"]}) == "abandonment"
    assert tile_of({}) is None
    for tile in tiles():
        extra = {name: tile.extra[name] for name in ("kind", "forms_of_abuse", "cause") if name in tile.extra}
        assert tile_of(extra) == tile.code


def test_every_field_of_the_form_is_asked_once():
    from cbdesk.catalogue import catalogue

    names = [field.name for part in plan() for field in part.fields]
    assert len(names) == len(set(names))
    asked = {field.name for field in catalogue().forms["incident"].fields if not field.retired}
    assert asked - set(names) == {"number", "unit"}


def test_the_whole_entry_by_keys_in_less_than_sixty_strokes(book, page):
    strokes = []

    def key(keys):
        strokes.append(keys)
        kit.press(keys)

    key("1")
    key("Return")  # to acts
    key("Space")
    key("Return")  # to relation
    key("Return")  # to the child
    kit.write("vang")
    book.settle()
    pause(120)
    book.settle()
    key("Return")  # takes the child
    key("Return")  # to the name heard
    key("Return")  # received: now
    key("Return")  # happened
    key("Return")  # place
    kit.write("khuoi mit")
    key("Return")
    key("Ctrl+Return")
    book.until(lambda: book.shell.page().name == "incidents")
    book.settle()
    assert len(strokes) <= 60
    saved = incidents(book)[0]
    assert saved["kind"] == "abuse"
    assert saved["forms_of_abuse"] == ["violence"]
    assert saved["abuse_acts"] == ["beating"]
    assert saved["child"] == [book.ids[1]]
    assert saved["received_at"] == "2026-10-12T08:12"
    toast = book.shell.findChild(QWidget, "toast")
    shown = " ".join(label.text() for label in toast.findChildren(QLabel))
    assert saved["number"] in shown
    assert "08:12" in shown
    assert "Dợ" not in shown


def test_digits_do_nothing_while_a_text_field_has_focus(page):
    page.form.boxes["received_at"].input.focus()
    assert isinstance(kit.focus(), QLineEdit)
    kit.focus().clear()
    kit.press("1")
    assert kit.focus().text() == "1"
    assert page.form.value("kind") is None
    page.form.boxes["kind"].input.focus()
    kit.press("6")
    assert page.form.value("kind") == "injury"
    kit.press("0")
    assert page.form.value("kind") == "other"


def test_changing_what_happened_keeps_what_still_fits(page):
    form = page.form
    kit.press("7")
    assert (form.value("kind"), form.value("cause")) == ("injury", "drowning")
    assert form.boxes["water_place"].isVisible()
    form.set_typed("outcome", "unknown")
    form.set_typed("water_place", "river")
    page.tiles.choose_digit(6)
    assert form.value("cause") is None
    assert form.boxes["water_place"].isHidden()
    assert form.value("outcome") == "unknown"
    page.tiles.choose_digit(8)
    assert form.boxes["outcome"].isHidden()
    assert "outcome" not in form._given()
    page.tiles.choose_digit(7)
    assert form.value("water_place") == "river"


def test_four_answers_are_needed_and_no_more(book, page):
    form = page.form
    form.set_typed("received_at", "")
    kit.press("Ctrl+Return")
    book.settle()
    assert set(form.trouble()) == {"kind", "child", "received_at", "place"}
    assert form.focused() == "kind"
    assert len(incidents(book)) == 1


def test_an_unknown_child_is_accepted(book, page):
    form = page.form
    kit.press("9")
    form.boxes["heard_name"].input.focus()
    kit.write("chưa rõ")
    form.set_typed("place", "Xóm Lũng Mít")
    kit.press("Ctrl+S")
    book.until(lambda: book.shell.page().name == "incidents")
    book.settle()
    saved = incidents(book)[0]
    assert saved["kind"] == "child_labour"
    assert not saved.get("child")


def test_a_name_nobody_knows_is_written_as_heard(book, page):
    kit.press("1")
    page.form.boxes["child"].input.focus()
    kit.write("Sùng A Páo")
    pause(150)
    book.settle()
    assert page.form.boxes["child"].input.offered()[-1].new
    kit.press("Return")
    assert page.form.value("heard_name") == "Sùng A Páo"


@pytest.mark.parametrize("cause", [
    {"urgent": True}, {"damage": "high"}, {"kind": "abuse", "suspect_relation": "step_parent"},
])  # fmt: skip
def test_an_emergency_counts_from_the_report_across_midnight_and_sunday(cause):
    clock.set_fixed("2026-10-11T23:00:00")  # a Sunday
    what = emergency_of({"received_at": "2026-10-11T21:40", **cause})
    assert what.until.strftime("%Y-%m-%dT%H:%M") == "2026-10-12T09:40"
    assert what.words() == "09:40 ngày mai"
    assert what.left() == "còn 10 giờ 40 phút"
    clock.set_fixed("2026-10-12T10:00:00")
    assert what.left() == "quá 20 phút"
    assert what.share() == 1.0
    clock.set_fixed(None)


def test_no_cause_no_emergency():
    assert emergency_of({"received_at": "2026-10-11T21:40", "damage": "medium", "urgent": False}) is None
    assert emergency_of({"kind": "abuse", "suspect_relation": "peer"}) is None
    unknown = emergency_of({"urgent": True})
    assert unknown.until is None
    assert unknown.left() == ""


def test_the_banner_comes_and_goes_with_its_causes(page):
    assert page._banner.isHidden()
    page.form.boxes["urgent"].input.focus()
    kit.press("Space")
    assert page._banner.isVisible()
    page.form.set_typed("received_at", "5h40")
    assert "17:40 hôm nay" in page._banner.accessibleName()
    kit.press("Space")
    assert page._banner.isHidden()
    page.form.boxes["damage"].input.focus()
    kit.press("3")
    assert page._banner.isVisible()


def test_ticking_told_stamps_the_time_and_it_can_be_changed(book, page):
    box = page.form.boxes["told_111_at"].input
    box.focus()
    kit.press("Space")
    assert page.form.value("told_111_at") == "2026-10-12T08:12"
    box.time.setFocus(Qt.FocusReason.TabFocusReason)
    box.time.selectAll()
    kit.write("6h02")
    kit.press("Return")
    assert page.form.value("told_111_at") == "2026-10-12T06:02"
    box.focus()
    kit.press("Space")
    assert page.form.value("told_111_at") is None


def test_now_is_written_by_a_key(page):
    page.form.boxes["occurred_at"].input.focus()
    kit.press("Ctrl+;")
    assert kit.focus().text() == "08:12 12/10/2026"


def test_opening_and_closing_leaves_no_draft(book, page):
    book.go("incidents")
    assert book.ask(lambda desk: desk.draft("incident", None)) is None


def test_a_draft_keeps_the_time_of_the_report(book, page):
    kit.press("1")
    page.form.set_typed("summary", "đang gọi")
    book.go("incidents")
    clock.set_fixed("2026-10-12T09:00:00")
    book.go("incident", new=True)
    kit.press("Return")
    assert page.form.value("received_at") == "2026-10-12T08:12"
    assert page.form.value("kind") == "abuse"
    assert page.form.value("summary") == "đang gọi"


def test_an_unanswered_draft_survives_the_recording_of_another_incident(book, page):
    page.form.set_typed("summary", "vụ việc trước")
    book.go("incidents")
    book.go("incident", new=True)
    assert page.form.offering_draft()
    page.tiles.choose_digit(7)
    page.form.set_typed("heard_name", "Páo")
    page.form.set_typed("place", "Xóm Lũng Mít")
    kit.press("Ctrl+S")
    book.until(lambda: book.shell.page().name == "incidents")
    book.settle()
    kept, _ = book.ask(lambda desk: desk.draft("incident", None))
    assert kept["summary"] == "vụ việc trước"
    assert "heard_name" not in kept
    assert incidents(book)[0]["heard_name"] == "Páo"
    assert not incidents(book)[0].get("summary")


def test_the_reporter_is_in_no_list_and_hidden_in_the_record(book, page):
    kit.press("1")
    page.form.set_typed("heard_name", "Páo")
    page.form.set_typed("place", "Xóm Lũng Mít")
    page.form.set_typed("reporter_name", "Canary Người Báo")
    kit.press("Ctrl+S")
    book.until(lambda: book.shell.page().name == "incidents")
    book.settle()
    list_page = book.shell.page()
    list_page._toggle()
    table = list_page.table.model()
    rows, columns = range(table.rowCount()), range(table.columnCount())
    cells = [table.data(table.index(row, column)) for row in rows for column in columns]
    assert "Canary" not in str(cells)
    record = incidents(book)[0]["id"]
    book.go("incident", id=record)
    assert page.form.boxes["reporter_name"].sealed()
    page.form.boxes["reporter_name"].focus()
    kit.press("Return")
    assert not page.form.boxes["reporter_name"].sealed()
    book.settle()
    assert book.ask(lambda desk: desk.ledger.accesses())[-1][3] == "view"


def test_a_known_incident_opens_from_the_list_and_shows_its_tile(book):
    list_page = book.go("incidents")
    assert list_page.table.hasFocus()
    kit.press("Return")
    book.settle()
    page = book.shell.page()
    assert page.name == "incident"
    assert page.tiles.typed() == "violence"
    assert not page.form.edits()
    assert "VV-" in page.title()


def test_names_and_sensitive_kinds_are_hidden_in_the_list_until_asked(book):
    page = book.go("incidents")
    row = page.table.rows()[0]
    assert page._child(row).text == "1 trẻ, tên đang ẩn"
    assert page._kind(row).chips[0].words == "Nhạy cảm"
    page._toggle()
    assert page._child(row).text == "Vàng Thị Dợ"
    book.go("children")
    book.go("incidents")
    assert page._child(row).text == "1 trẻ, tên đang ẩn"


def test_words_of_a_tile_are_parted_in_balance(qapp):
    assert two_lines("Xâm hại tình dục", 90) == ["Xâm hại", "tình dục"]
    assert two_lines("Khác", 10) == ["Khác"]
