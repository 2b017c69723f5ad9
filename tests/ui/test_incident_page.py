"""Ghi nhận vụ việc and the list: tiles by digit, what depends on them, the twelve hours, four answers, by keys only."""

import pytest
import record_kit as kit
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from waiting import pause

from cbdesk import clock, words
from ui.record.emergency import emergency_of
from ui.record.incident_inputs import tile_of, tiles, two_lines
from ui.record.incident_plan import plan
from ui.record.incident_side import steps_of


@pytest.fixture(autouse=True)
def looks(qapp):
    """One window stands through all tests here: the language, and no styling anew before each."""
    words.set_language("vi")


@pytest.fixture(scope="module")
def shared(qapp, tmp_path_factory):
    """One register for all tests here: what they record is told apart by its id."""
    with kit.bench(tmp_path_factory.mktemp("incidents")) as found:
        yield found


@pytest.fixture
def book(shared):
    clock.set_fixed(kit.NOW)
    shared.ask(lambda desk: desk.drop_draft("incident", None))
    shared.shell.show()
    QTest.qWaitForWindowActive(shared.shell)
    yield shared
    shared.shell.go("children")
    shared.settle()


@pytest.fixture
def page(book):
    return book.go("incident", new=True)


def incidents(book):
    return book.ask(lambda desk: desk.incidents())


def first(book):
    """Return the incident that stands in the register from the beginning."""
    return next(one for one in incidents(book) if one.get("place_detail") == "nhà riêng")


def record(book, page):
    """Press the key and wait until the page says that it is recorded; returns what was written."""
    before = len(incidents(book))
    kit.press("Ctrl+Return")
    book.until(lambda: not page._done.isHidden() and bool(page.title().startswith("VV-")))
    book.settle()
    found = {one["id"]: one for one in incidents(book)}
    assert len(found) == before + 1
    return found[page._record]


def told(page):
    """Return everything the page shows or tells a screen reader."""
    shown = [one.accessibleName() for one in page.shell.findChildren(QWidget) if one.isVisible()]
    return " ".join(shown + [one.text() for one in page.shell.findChildren(QLabel) if one.isVisible()])


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
    assert asked - set(names) == {"number"}


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
    strokes.append("Ctrl+Return")
    saved = record(book, page)
    assert len(strokes) <= 60
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
    form, before = page.form, len(incidents(book))
    form.set_typed("received_at", "")
    kit.press("Ctrl+Return")
    book.settle()
    assert set(form.trouble()) == {"kind", "child", "received_at", "place"}
    assert form.focused() == "kind"
    assert len(incidents(book)) == before


def test_an_unknown_child_is_accepted(book, page):
    form = page.form
    kit.press("9")
    form.boxes["heard_name"].input.focus()
    kit.write("chưa rõ")
    form.set_typed("place", "Xóm Lũng Mít")
    saved = record(book, page)
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


def test_people_of_the_directory_are_offered_while_typing_and_taken_with_their_telephone(book, page):
    book.ask(lambda desk: desk.save("contact", {"name": "Hà Thị Mơ", "role": "border_post", "phone": "0912345678",
                                                "organisation": "Đồn Biên phòng Cốc Pàng"}))  # fmt: skip
    reporter, other = page.form.boxes["reporter_name"].input, page.form.boxes["told_other"].input
    reporter.focus()
    kit.write("coc pang")
    book.until(reporter.busy)
    kit.press("Return")  # nothing is lit: what was typed stays
    book.settle()
    assert (reporter.typed(), page.form.value("reporter_phone")) == ("coc pang", None)
    reporter.focus()
    kit.press("Ctrl+A")
    kit.write("mơ")
    book.until(reporter.busy)
    kit.press("Down")
    kit.press("Return")
    book.settle()
    assert (page.form.value("reporter_name"), page.form.value("reporter_phone")) == ("Hà Thị Mơ", "0912345678")
    page.form.set_typed("told_other_at", kit.NOW[:16])
    other.focus()
    kit.press("Down")
    book.until(other.busy)
    kit.press("Return")
    assert page.form.value("told_other") == "Đồn Biên phòng Cốc Pàng, Hà Thị Mơ, 0912345678"
    assert kit.focus() is not other.line


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
    record(book, page)
    kept, _ = book.ask(lambda desk: desk.draft("incident", None))
    assert kept["summary"] == "vụ việc trước"
    assert "heard_name" not in kept
    assert incidents(book)[0]["heard_name"] == "Páo"
    assert not incidents(book)[0].get("summary")


def test_the_reporter_is_in_no_list_on_no_screen_and_hidden_in_the_record(book, page):
    kit.press("1")
    page.form.set_typed("heard_name", "Páo")
    page.form.set_typed("place", "Xóm Lũng Mít")
    page.form.set_typed("reporter_name", "Canary Người Báo")
    page.form.set_typed("shelter", "Canary Nơi Lánh")
    record(book, page)
    assert page.form.boxes["reporter_name"].sealed()
    assert page.form.boxes["shelter"].sealed()
    assert "Canary" not in told(page)
    list_page = book.go("incidents")
    list_page._toggle()
    table = list_page.table.model()
    rows, columns = range(table.rowCount()), range(table.columnCount())
    cells = [table.data(table.index(row, column)) for row in rows for column in columns]
    assert "Canary" not in str(cells)
    assert "Canary" not in str(book.ask(lambda desk: desk.incidents()[0]["names"]))
    book.go("today")
    assert "Canary" not in told(book.shell.page())
    book.go("incident", id=incidents(book)[0]["id"])
    assert page.form.boxes["reporter_name"].sealed()
    page.form.boxes["reporter_name"].focus()
    kit.press("Return")
    assert not page.form.boxes["reporter_name"].sealed()
    book.settle()
    assert book.ask(lambda desk: desk.ledger.accesses())[-1][3] == "view"


def test_a_known_incident_opens_from_the_list_and_shows_its_tile(book):
    list_page = book.go("incidents")
    assert list_page.table.hasFocus()
    list_page.table.choose(first(book)["id"])
    kit.press("Return")
    book.settle()
    page = book.shell.page()
    assert page.name == "incident"
    assert page.tiles.typed() == "violence"
    assert not page.form.edits()
    assert "VV-" in page.title()


def test_names_and_sensitive_kinds_are_hidden_in_the_list_until_asked(book):
    page = book.go("incidents")
    row = first(book)
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


# what opens, and by when


def test_working_days_skip_the_holiday_and_the_swapped_saturday():
    clock.set_fixed("2026-08-28T08:00:00")  # a Friday; 31/8 is off, its Saturday was worked, 1/9 and 2/9 are off
    steps = {step.form: step for step in steps_of({"kind": "abuse", "received_at": "2026-08-28T07:00"})}
    expected = process_dates("2026-08-28T07:00")
    assert steps["Mẫu 04"].when == f"{expected[0]}, 5 ngày làm việc"
    assert steps["Mẫu 05"].when == f"{expected[1]}, 7 ngày làm việc"
    assert steps["Mẫu 02"].now
    clock.set_fixed(None)


def process_dates(received):
    """Count the working days by hand: a day off, or a weekend that was not worked instead, does not count."""
    from datetime import date, timedelta

    from cbdesk.workdays import calendar

    found, day, count = [], date.fromisoformat(received[:10]), 0
    while len(found) < 2:
        day += timedelta(days=1)
        off = day in calendar().off or (day.weekday() > 4 and day not in calendar().worked)
        count += not off
        if not off and count in (5, 7):
            found.append(day.strftime("%d/%m"))
    assert (date.fromisoformat(received[:10]) + timedelta(days=7)).strftime("%d/%m") != found[0]  # something was off
    return found


def test_the_deadline_is_twelve_hours_after_the_report_whatever_the_clock_says(page):
    kit.press("1")
    page.form.set_typed("urgent", True)
    page.form.set_typed("received_at", "23h40 11/10/2026")
    assert "11:40 hôm nay" in page._banner.accessibleName()
    clock.set_fixed("2026-10-11T22:00:00")  # the clock of the machine was set back
    page._form_changed()
    assert "11:40 ngày mai" in page._banner.accessibleName()


def test_an_accident_nobody_caused_opens_no_case_and_says_so(page):
    page.tiles.choose_digit(7)
    assert page._steps.steps == []
    assert page._steps._none.isVisible()
    page.form.set_typed("cause", "violence")
    assert [step.form for step in page._steps.steps][:2] == ["Mẫu 02", "Mẫu 03"]


def test_a_report_told_the_next_morning_keeps_its_times_and_is_told_calmly(book, page):
    kit.press("1")
    form = page.form
    form.set_typed("heard_name", "Páo")
    form.set_typed("place", "Xóm Lũng Mít")
    form.set_typed("received_at", "18:00 11/10/2026")
    form.set_typed("urgent", True)
    form.set_typed("told_police_at", "18h30 11/10/2026")
    name = page._banner.accessibleName()
    assert "06:00 hôm nay" in name
    assert "quá 2 giờ 12 phút" in name
    saved = record(book, page)
    assert (saved["received_at"], saved["told_police_at"]) == ("2026-10-11T18:00", "2026-10-11T18:30")
    assert book.ask(lambda desk: [one.state for one in desk.due() if one.record == saved["id"]]) == ["overdue"]


# where


def test_another_commune_is_found_by_the_same_letters_and_handing_over_is_proposed(book, page):
    kit.press("1")
    page.form.set_typed("heard_name", "Páo")
    page.form.boxes["place"].focus()
    kit.write("co ba")
    offered = page.form.boxes["place"].input.offered()
    assert [one.words for one in offered][:1] == ["Xã Cô Ba"]
    assert offered[-1].new
    kit.press("Return")
    assert page.form.boxes["place"].isHidden()
    assert page.form.boxes["unit"].isVisible()
    assert "Xã Cô Ba" in page._elsewhere.accessibleName()
    saved = record(book, page)
    assert saved["unit"].startswith("01")
    assert not saved.get("place")
    page.form.set_typed("unit", "")
    assert page.form.boxes["place"].isVisible()
    assert page._elsewhere.isHidden()


# checklists


def test_one_report_of_violence_at_home_has_two_checklists_and_a_child_marriage_that_of_sexual_abuse(page):
    kit.press("1")
    assert page.checks.regimes() == ("child_protection",)
    page.form.set_typed("suspect_relation", "step_parent")
    assert page.checks.regimes() == ("child_protection", "domestic_violence")
    assert len(page.checks.lines) == 10
    page.tiles.choose_digit(6)
    assert page.checks.isHidden()
    page.tiles.choose_digit(8)
    assert page.checks.regimes() == ("child_protection",)
    page.form.set_typed("marriage_state", "together")
    assert page.checks.regimes() == ("child_protection", "sexual_abuse")
    line = next(one for one in page.checks.lines if one.item.code == "cp.111")
    line.focus()
    kit.press("Space")
    assert page.form.value("told_111_at") == "2026-10-12T08:12"
    page.form.boxes["told_111_at"].input.focus()
    kit.press("Space")
    assert not line.typed()  # told once, seen twice


def test_ticks_are_written_with_the_incident_and_later_at_once(book, page):
    kit.press("1")
    page.form.set_typed("heard_name", "Páo")
    page.form.set_typed("place", "Xóm Lũng Mít")
    kit.press("Alt+5")
    kit.press("Space")
    page.checks.lines[0].time.setFocus(Qt.FocusReason.TabFocusReason)
    page.checks.lines[0].time.selectAll()
    kit.write("7h05")
    kit.press("Return")
    assert kit.focus() is page.checks.lines[1].box
    book.settle()
    draft, _ = book.ask(lambda desk: desk.draft("incident", None))
    assert draft["_checks"] == {"cp.safe": "2026-10-12T07:05"}
    saved = record(book, page)
    rows = lambda: book.ask(lambda desk: desk.rows_of("check", saved["id"]))  # noqa: E731
    assert [(row["item"], row["done_at"]) for row in rows()] == [("cp.safe", "2026-10-12T07:05")]
    page.checks.lines[1].focus()
    kit.press("Space")
    book.settle()
    assert {row["item"] for row in rows()} == {"cp.safe", "cp.health"}
    kit.press("Space")
    book.settle()
    assert {row["item"] for row in rows()} == {"cp.safe"}


# afterwards


def test_recorded_the_page_says_number_hour_and_first_step_without_a_name(book, page):
    kit.press("1")
    page.form.set_typed("child", book.ids[:2])
    page.form.set_typed("place", "Xóm Lũng Mít")
    saved = record(book, page)
    said = page._done.accessibleName()
    assert saved["number"] in said
    assert "08:12" in said
    assert "Đánh giá nguy cơ ban đầu (Mẫu 02), ngay" in said
    assert "Mẩy" not in said + page.title()
    assert book.shell.topbar.primary().words() == "Mở hồ sơ của 2 trẻ"
    kit.press("Ctrl+Return")
    book.settle()
    assert sorted(row.child for row in book.ask(lambda desk: desk.cases())) == sorted(book.ids[:2])
    book.go("incident", id=saved["id"])
    assert page.primary().name == "case"


def test_one_child_leads_to_its_case_and_undo_closes_it_again(book, page):
    kit.press("1")
    child = book.ids[2]
    page.form.set_typed("child", [child])
    page.form.set_typed("place", "Xóm Lũng Mít")
    record(book, page)
    kit.press("Ctrl+Return")
    book.until(lambda: book.shell.page().name == "case")
    book.settle()
    assert len(book.ask(lambda desk: desk.cases(child))) == 1
    kit.press("Ctrl+Z")
    book.settle()
    assert book.ask(lambda desk: desk.cases(child)) == []


def test_its_papers_are_a_key_away_and_several_people_may_have_done_it(book, page):
    kit.press("1")
    page.form.set_typed("heard_name", "Páo")
    page.form.set_typed("place", "Xóm Lũng Mít")
    page.form.set_typed("suspect_relation", "parent")
    assert page.suspects.isHidden()
    saved = record(book, page)
    kit.press("Ctrl+P")
    book.until(lambda: page._layer is not None and page._layer.count() > 0, 20_000)
    assert page._layer.wanted.name == "01"
    page._layer.findChild(QWidget, "paper_which").changed.emit("bao_cao_nhanh")
    book.until(lambda: page._layer.count() == 1, 20_000)
    kit.press("5")
    assert page.form.value("kind") == "abuse"
    kit.press("Escape")
    assert page._layer is None
    assert book.shell.page() is page
    for name in ("Canary Một", "Canary Hai"):
        kit.press("Ctrl+N")
        page.suspects.table.view.set_typed("name", name)
        page.suspects.table.view.boxes["name"].focus()
        kit.press("Ctrl+S")
        book.settle()
    rows = book.ask(lambda desk: desk.rows_of("suspect", saved["id"]))
    assert [row["name"] for row in rows] == ["Canary Một", "Canary Hai"]
    assert "Canary" not in told(page)
    page._reveal()
    assert "Canary Hai" in told(page)


def test_what_was_typed_survives_a_disk_that_refuses(book, page, monkeypatch):
    from cbdesk.errors import Problem

    kit.press("1")
    page.form.set_typed("heard_name", "Páo")
    page.form.set_typed("place", "Xóm Lũng Mít")

    def full(*_args, **_kwargs):
        raise Problem("disk_full")

    with monkeypatch.context() as patch:
        patch.setattr(type(book.desk), "check", full)
        kit.press("Ctrl+Return")
        book.settle()
    assert page.form.value("heard_name") == "Páo"
    assert book.ask(lambda desk: desk.draft("incident", None))[0]["heard_name"] == "Páo"
    record(book, page)
