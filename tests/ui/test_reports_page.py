"""Danh sách & báo cáo: the page in sight is the paper; periods by keys, freezing, number, files."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from waiting import pause

from cbdesk import clock
from tests.ui.list_kit import ask, fill, go, press, settle
from ui.paper import periods


@pytest.fixture
def page(qtbot, window):
    fill(qtbot, window)
    shown = go(qtbot, window, "reports")
    qtbot.waitUntil(lambda: shown.preview.count() > 0, timeout=15_000)
    return shown


def wait_paper(qtbot, page):
    settle(qtbot, page.window())
    qtbot.waitUntil(lambda: page._made is not None and page.preview.count() > 0, timeout=15_000)


def test_the_focus_is_on_the_kind_and_the_last_whole_month_is_shown(page):
    assert page._radios[page._name].hasFocus()
    assert page._made.paper.period == "2026-09"
    assert page.period.currentText() == "Tháng 9/2026"


def test_the_page_in_sight_is_a_landscape_sheet_at_the_size_of_the_screen(page):
    image = QImage.fromData(page._made.pages[0], "PNG")
    assert image.width() > image.height()
    assert abs(page.preview._size().width() - image.width()) < 60


def test_arrows_choose_the_kind_and_alt_arrows_the_period_and_the_focus_stays(qtbot, page):
    press(Qt.Key.Key_Down)
    wait_paper(qtbot, page)
    assert page._made.paper.report == "at_risk"
    page.shell.run("step_back")
    wait_paper(qtbot, page)
    assert page._made.paper.period == "2026-08"
    assert page._radios["at_risk"].hasFocus()
    page.shell.run("step_forward")
    wait_paper(qtbot, page)
    assert page._made.paper.period == "2026-09"


def test_the_counts_equal_the_paper_and_the_child_kept_apart_is_counted_only(page):
    totals = page._made.paper.totals
    assert (totals.named, totals.apart) == (1, 1)
    assert page._notes["special"].words() == "1 trẻ in cả tên, 1 trẻ lập riêng"
    assert "Vàng Thị Dợ" not in page._made.paper.as_json()


def test_freezing_is_said_and_later_edits_are_counted(qtbot, page, window):
    page.freeze_button.setFocus()
    press(Qt.Key.Key_Return)
    wait_paper(qtbot, page)
    qtbot.waitUntil(lambda: page._made is not None and page._made.snapshot is not None, timeout=15_000)
    assert "Đã chốt 12/10/2026" in page.standing.words()
    assert not page.freeze_button.isVisible()
    data = {"full_name": "Mã Thị Bích", "groups": ["04"], "born": "2016", "sex": "female", "life_status": "permanent"}
    ask(qtbot, window, lambda desk: desk.save("child", data))
    qtbot.waitUntil(lambda: page._made is not None and page._made.edits == 1, timeout=15_000)
    assert "1 sửa đổi sau chốt" in page.standing.words()
    assert len(page._made.paper.rows) == 1


def test_number_and_date_are_asked_for_beside_their_fields(qtbot, page):
    page.freeze_button.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.snapshot is not None, timeout=15_000)
    page.issue_button.click()
    page.put_button.click()
    assert page._number_field.remark.level == "stop"
    page.number.setText("12/DS-UBND")
    page.issued_on.setText("10/2026")
    page.put_button.click()
    assert page._date_field.remark.level == "stop"
    page.issued_on.setText("12/10/2026")
    page.put_button.click()
    qtbot.waitUntil(
        lambda: page._made is not None and bool((page._made.snapshot or {}).get("number")), timeout=15_000
    )
    assert "Đã ban hành số 12/DS-UBND" in page.standing.words()


def test_pdf_and_excel_are_written_under_a_name_without_persons(qtbot, page, tmp_path, monkeypatch):
    proposed = []
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: proposed.append(name) or tmp_path / name)
    page.shell.run("excel")
    qtbot.waitUntil(lambda: not page._output.busy, timeout=15_000)
    page._pdf()
    qtbot.waitUntil(lambda: not page._output.busy, timeout=15_000)
    assert proposed == ["special-01321-2026-09.xlsx", "special-01321-2026-09.pdf"]
    assert (tmp_path / proposed[0]).read_bytes()[:2] == b"PK"
    assert (tmp_path / proposed[1]).read_bytes()[:5] == b"%PDF-"


def test_files_and_prints_stand_in_the_access_log(qtbot, page, window, tmp_path, monkeypatch):
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: tmp_path / name)
    page._pdf()
    qtbot.waitUntil(lambda: not page._output.busy, timeout=15_000)
    log = ask(qtbot, window, lambda desk: [row[3:6] for row in desk.ledger.accesses()])
    assert ("export", "", "special 2026-09 1") in [tuple(row) for row in log]


def test_pages_turn_from_anywhere_and_stop_at_the_ends(page):
    page.preview.set_pages([page._made.pages[0]] * 3, page._made.ppi)
    page._radios["special"].setFocus()
    press(Qt.Key.Key_PageDown)
    assert page.preview.page() == 2
    for _ in range(4):
        press(Qt.Key.Key_PageDown)
    assert page.preview.page() == 3
    page.preview.canvas.setFocus()
    press(Qt.Key.Key_Home)
    assert page.preview.page() == 1


def test_an_empty_period_still_has_its_page(qtbot, page):
    page._to_period("2024-11")
    wait_paper(qtbot, page)
    assert page.preview.count() == 1
    pause(10)


def test_periods_step_within_their_kind():
    offered = periods.offered(("month", "quarter", "half", "year"), date(2026, 10, 12))
    assert offered[0] == "2026-10"
    assert sum(periods.kind_of(one) == "month" for one in offered) == 24
    assert periods.neighbour("2026-01", offered, -1) == "2025-12"
    assert periods.neighbour("2026-Q4", offered, -1) == "2026-Q3"
    assert periods.neighbour("2026-10", offered, 1) == "2026-10"
    assert periods.words("2026-H2") == "6 tháng cuối năm 2026"
    assert clock.today()
