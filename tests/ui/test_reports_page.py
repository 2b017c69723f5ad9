"""Danh sách & báo cáo: the shelf, lists as paper, their steps from draft to issue, lists apart, files and the log."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from cbdesk import clock
from cbdesk.desk.showing import ReportKind
from cbdesk.errors import Problem
from tests.ui.list_kit import ask, press, settle, write
from tests.ui.report_kit import log_of, open_reports, ready
from ui.paper import periods
from ui.reporting.shelf import due_words

NEW = {"full_name": "Mã Thị Bích", "groups": ["04"], "born": "2016", "sex": "female", "life_status": "permanent"}


@pytest.fixture
def page(qtbot, window):
    shown = open_reports(qtbot, window, "special")
    qtbot.waitUntil(lambda: shown.preview.count() > 0, timeout=15_000)
    return shown


def edited(qtbot, page, count):
    qtbot.waitUntil(lambda: page._edits[0] == page._frozen() and page._edits[1] == count, timeout=20_000)
    settle(qtbot, page.window())


def test_the_shelf_has_the_focus_and_the_last_whole_month_is_shown(page):
    assert page.shelf.hasFocus()
    assert page.shelf.current().name == "special"
    assert page._made.paper.period == "2026-09"
    assert page.options.period.currentText() == "Tháng 9/2026"


def test_the_page_in_sight_is_a_landscape_sheet_at_the_size_of_the_screen(page):
    image = QImage.fromData(page.preview._pages[0], "PNG")
    assert image.width() > image.height()
    assert abs(page.preview._size().width() - image.width()) < 60


def test_arrows_choose_the_report_and_alt_arrows_the_period_and_the_focus_stays(qtbot, page):
    press(Qt.Key.Key_Down)
    ready(qtbot, page)
    assert page._made.paper.report == "at_risk"
    page.shell.run("step_back")
    ready(qtbot, page)
    assert page._made.paper.period == "2026-08"
    page.shell.run("step_forward")
    ready(qtbot, page)
    assert page._made.paper.period == "2026-09"
    assert page.shelf.hasFocus()
    press(Qt.Key.Key_End)
    press(Qt.Key.Key_Home)
    ready(qtbot, page)
    assert page._made.paper.report == "special"


def test_letters_on_the_shelf_find_a_report_without_accents_and_headings_are_no_stops(qtbot, page):
    write("D")
    assert page.search.hasFocus()
    write("uoi nuoc")
    qtbot.waitUntil(lambda: len(page.shelf.shelf.items) < 10, timeout=5_000)
    names = {one.name for one in page.shelf.shelf.items if isinstance(one, ReportKind)}
    assert {"injury", "drowning_list"} <= names
    assert "special" not in names
    press(Qt.Key.Key_Down)
    assert page.shelf.hasFocus()
    assert page.shelf.current() is not None
    page.search.setText("zzz")
    qtbot.waitUntil(page._none.isVisible, timeout=5_000)


def test_the_report_chosen_unfolds_what_it_tells_and_a_screen_reader_hears_it(page):
    shelf, model = page.shelf, page.shelf.shelf
    at = next(at for at, one in enumerate(model.items) if isinstance(one, ReportKind) and one.name == "children")
    folded = shelf.visualRect(model.index(at, 0)).height()
    shelf.choose(model.items[at].name)
    assert shelf.visualRect(model.index(at, 0)).height() > folded + 20
    told = model.data(model.index(at, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert model.items[at].explain in told


def test_every_report_says_what_it_tells_and_its_group_has_a_name(page):
    kinds = [one for one in page.shelf.shelf.items if isinstance(one, ReportKind)]
    assert [one.name for one in kinds if not one.explain] == []
    heads = {one.words for one in page.shelf.shelf.items if not isinstance(one, ReportKind)}
    assert "Khác" not in heads


def test_a_deadline_is_told_from_thirty_days_before_and_in_red_once_it_is_past():
    kind = ReportKind("x", "X", "text", "reports", "", ("half",), due="2026-05-24")
    assert due_words(kind, date(2026, 4, 23)) == ("", "")
    assert due_words(kind, date(2026, 5, 20)) == ("Hạn 24/05/2026, còn 4 ngày", "nghe")
    assert due_words(kind, date(2026, 5, 24)) == ("Hạn hôm nay", "nghe")
    assert due_words(kind, date(2026, 5, 27)) == ("Hạn 24/05/2026, quá 3 ngày", "gach")
    assert due_words(replace(kind, due=""), date(2026, 5, 27)) == ("", "")


def test_the_report_chosen_last_is_remembered_on_this_machine(qtbot, page, window):
    press(Qt.Key.Key_Down)
    ready(qtbot, page)
    assert window.prefs.get("reports", {})["name"] == "at_risk"


def test_who_is_kept_apart_is_counted_on_the_paper_and_named_nowhere(page):
    totals = page._made.paper.totals
    assert (totals.named, totals.apart) == (1, 1)
    assert "Vàng Thị Dợ" not in page._made.paper.as_json()


def test_from_draft_to_issue_by_keys_alone_then_an_amendment(qtbot, page, window):
    assert page.bar.stepper.now() == 0
    page.shell.run("next_pane")
    page.shell.run("next_pane")
    assert page.bar.next.hasFocus()
    assert page.bar.next.words() == "Trình ký"
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "signing", timeout=20_000)
    ready(qtbot, page)
    assert "Chốt ngày 12/10/2026" in page.bar.words.words()
    assert not page.options.fields["signer"].isEnabled()
    assert page.bar.next.hasFocus()  # never on to the toast, where Enter takes all back
    press(Qt.Key.Key_Return)
    assert page.bar.number.hasFocus()
    write("12/DS-UBND")
    press(Qt.Key.Key_Return)
    write("12/10/2026")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "issued", timeout=20_000)
    ready(qtbot, page)
    assert "Đã ban hành số 12/DS-UBND, ngày 12/10/2026" in page.bar.words.words()
    assert not page.bar.next.isVisible()
    ask(qtbot, window, lambda desk: desk.save("child", NEW))
    edited(qtbot, ready(qtbot, page), 1)
    assert "Sổ đã có thay đổi sau khi lập: 1 chỗ" in page.bar.words.words()
    assert len(page._made.paper.rows) == 1
    assert page.bar.verbs() == ("amend", "replace")
    page.bar.next.click()
    qtbot.waitUntil(lambda: page._made is not None and len(page._made.versions) == 2, timeout=20_000)
    ready(qtbot, page)
    assert "Bổ sung lần 1" in page.bar.words.words()
    chosen = page.options.fields["version"]
    assert chosen.count() == 2
    chosen.setCurrentIndex(1)
    ready(qtbot, page)
    assert "12/DS-UBND" in page._made.paper.number
    assert page.bar.verbs() == ("", "")


def test_back_to_draft_is_free_until_the_issue_and_every_step_can_be_taken_back(qtbot, page, window):
    page.bar.next.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "signing", timeout=20_000)
    ready(qtbot, page)
    page.bar.other.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "", timeout=20_000)
    ready(qtbot, page)
    assert window.shell.talk.can_undo()
    window.shell.run("undo")
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "signing", timeout=20_000)


def test_number_and_date_are_asked_for_beside_their_fields_and_esc_leaves_them(qtbot, page):
    page.bar.next.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "signing", timeout=20_000)
    ready(qtbot, page)
    page.bar.next.click()
    page.bar.put_button.click()
    assert page.bar.number_field.remark.level == "stop"
    page.bar.number.setText("12/DS-UBND")
    page.bar.issued_on.setText("10/2026")
    page.bar.put_button.click()
    assert page.bar.date_field.remark.level == "stop"
    assert page.leave()
    assert not page.bar.asks()
    assert page.bar.next.isVisible()
    assert page._made.state == "signing"


def test_a_list_apart_is_made_only_for_a_purpose_which_is_logged_and_forgotten_when_left(qtbot, page, window):
    window.shell.go("reports", list="special_restricted")
    settle(qtbot, window)
    assert page._made is None
    assert page.preview.count() == 0 or not page.preview.isVisible()
    assert page.primary().why
    purpose = page.layers.purpose
    purpose.field.setFocus()
    press(Qt.Key.Key_Return)
    assert purpose.labelled.remark.level == "stop"
    write("Cong van 12")
    press(Qt.Key.Key_Return)
    ready(qtbot, page)
    assert "Vàng Thị Dợ" in page._made.paper.as_json()
    logged = [detail for _what, _record, detail in log_of(qtbot, window)]
    assert any(one.startswith("special_restricted 2026-09") and one.endswith("Cong van 12") for one in logged)
    window.shell.go("children")
    settle(qtbot, window)
    assert page._made is None
    assert page.preview.count() == 0


def test_pdf_and_excel_are_written_under_a_name_without_persons_and_logged(qtbot, page, window, tmp_path, monkeypatch):
    proposed = []
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: proposed.append(name) or tmp_path / name)
    page.shell.run("excel")
    qtbot.waitUntil(lambda: not page._output.busy, timeout=15_000)
    page._save("pdf")
    qtbot.waitUntil(lambda: not page._output.busy, timeout=15_000)
    assert proposed == ["special-01321-2026-09.xlsx", "special-01321-2026-09.pdf"]
    assert (tmp_path / proposed[0]).read_bytes()[:2] == b"PK"
    assert (tmp_path / proposed[1]).read_bytes()[:5] == b"%PDF-"
    assert log_of(qtbot, window).count(("export", "", "special 2026-09 1")) == 2


def test_pages_turn_from_the_shelf_and_stop_at_the_ends(page):
    page.preview.set_pages([page.preview._pages[0]] * 3, page.preview._ppi)
    page.shelf.setFocus()
    press(Qt.Key.Key_PageDown)
    assert page.preview.page() == 2
    for _ in range(4):
        press(Qt.Key.Key_PageDown)
    assert page.preview.page() == 3


def test_a_village_alone_is_a_view_beside_the_list_that_is_signed(qtbot, page):
    field = page.options.fields["village"]
    at = next(at for at in range(field.count()) if field.itemText(at) == "Xóm Lũng Mít")
    field.setCurrentIndex(at)
    ready(qtbot, page)
    assert page._made.paper.scope
    assert page.bar.verbs() == ("", "")
    assert "Bản xem riêng" in page.bar.words.words()


def test_poverty_alone_can_be_left_out_of_the_names(qtbot, page, window):
    window.shell.go("reports", list="at_risk")
    ready(qtbot, page)
    field = page.options.fields["poverty"]
    assert field.isVisible()
    field.set_value("without")
    ready(qtbot, page)
    assert page._made.wish.poverty == "without"


def test_an_empty_period_has_its_page_and_the_present_one_is_provisional(qtbot, page):
    page.options.to_period("2025-11")
    ready(qtbot, page)
    qtbot.waitUntil(lambda: page.preview.count() == 1, timeout=15_000)
    page.options.to_period("2026-10")
    ready(qtbot, page)
    assert "tạm tính" in page.bar.words.words()


def test_esc_stops_a_long_wait_and_trouble_stands_in_the_place_of_the_page(qtbot, page, window):
    window.jobs.run(lambda _desk: clock.stamp())
    page.options.step(-1)
    assert page._waits()
    assert page.leave()
    settle(qtbot, window)
    assert page._made is None
    assert page.layers.layers.currentWidget().objectName() == "stopped"
    page._show_trouble(Problem("paper_failed"))
    card = page.layers.layers.currentWidget()
    again = next(one for one in card.findChildren(type(page.bar.next)) if one.objectName() == "again")
    again.click()
    ready(qtbot, page)
    assert page.layers.layers.currentWidget() is page.preview


def test_periods_step_within_their_kind():
    offered = periods.offered(("month", "quarter", "half", "year"), date(2026, 10, 12))
    assert offered[0] == "2026-10"
    assert sum(periods.kind_of(one) == "month" for one in offered) == 24
    assert periods.neighbour("2026-01", offered, -1) == "2025-12"
    assert periods.neighbour("2026-Q4", offered, -1) == "2026-Q3"
    assert periods.neighbour("2026-10", offered, 1) == "2026-10"
    assert periods.words("2026-H2") == "6 tháng cuối năm 2026"
    assert periods.kind_of("2026-summer") == "own"
