"""Danh sách & báo cáo: tables of figures, what is behind them, what people add, the steps of a report that counts."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from cbdesk.grid import Grid, GridCell, GridColumn, GridRow
from tests.ui.list_kit import ask, press, settle, words_on, write
from tests.ui.report_kit import OWN, log_of, open_reports, ready
from ui.reporting import behind
from ui.reporting.figures import as_text


@pytest.fixture
def page(qtbot, window):
    return open_reports(qtbot, window, "children")


def abuse(desk):
    child = desk.children()[0].id
    data = {"kind": "abuse", "child": [child], "received_at": "2026-09-10T08:00", "forms_of_abuse": ["violence"]}
    return desk.save("incident", data)


def begin(qtbot, page):
    page.bar.next.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "draft", timeout=20_000)
    return ready(qtbot, page)


def edited(qtbot, page, count):
    qtbot.waitUntil(lambda: page._edits[0] == page._frozen() and page._edits[1] == count, timeout=20_000)
    settle(qtbot, page.window())


def test_figures_are_walked_by_arrows_enter_shows_the_children_and_enter_opens_one(qtbot, page, window):
    figures = page.layers.figures
    page.shell.run("next_pane")
    page.shell.run("next_pane")
    page.shell.run("next_pane")
    assert figures.table.hasFocus()
    row, column, cell = figures.table.current()
    assert (row.kind, column.key, cell.value) == ("total", "total", 5)
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert figures.panel.list.hasFocus()
    named = {one.words for one in figures.panel.list.records.records}
    assert {"Lý Mùi Mẩy", "Đặng Ốc"} <= named
    assert not log_of(qtbot, window)[2:]
    assert page.leave()
    assert figures.table.hasFocus()
    assert "Lý Mùi Mẩy" not in words_on(figures.panel)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.shell.page().name == "child"


def test_names_behind_a_sensitive_figure_are_shown_after_asking_and_logged_before(qtbot, page, window):
    ask(qtbot, window, abuse)
    window.shell.go("reports", list="abuse", period="2026-09")
    ready(qtbot, page)
    figures = page.layers.figures
    figures.table.setFocus()
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert figures.panel.ask_button.hasFocus()
    assert not figures.panel.list.records.records
    before = len(log_of(qtbot, window))
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert [one.page[0] for one in figures.panel.list.records.records] == ["child"]
    logged = log_of(qtbot, window)[before:]
    assert [(what, detail) for what, _record, detail in logged] == [("look", "figure abuse 2026-09 forms.all.total 1")]


def test_a_sensitive_group_in_an_ordinary_table_asks_as_well(qtbot, page, window):
    groups = ("special.01", "special.11")
    asked = ask(qtbot, window, lambda desk: [desk.guarded("children", "groups", one) for one in groups])
    assert asked == [False, True]
    assert not ask(qtbot, window, lambda desk: desk.guarded("children", "villages", "all"))


def test_an_incident_behind_a_figure_names_its_children_and_opens_the_incident(qtbot, page, window):
    saved = ask(qtbot, window, abuse)
    name = ask(qtbot, window, lambda desk: desk.children()[0].name)
    made = ask(qtbot, window, lambda desk: behind.records(desk, "incident", [desk.get(saved.id)]))
    assert [(one.facts, one.page) for one in made] == [(name, ("incident", saved.id))]


def test_the_table_is_copied_with_figures_as_numbers_and_without_names(page):
    page.layers.figures.table.setFocus()
    QApplication.clipboard().clear()
    press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().split("\n")
    assert lines[2].split("\t")[:2] == ["Tổng số trẻ em", "5"]
    assert "Lý Mùi Mẩy" not in QApplication.clipboard().text()


def test_a_copied_share_is_written_as_on_paper_and_a_thousand_is_a_number():
    columns = (GridColumn("n", "N"), GridColumn("s", "S", kind="percent", share=("n", "n")))
    row = GridRow("a", "Row", {"n": GridCell(value=1200, ids=("x",)), "s": GridCell(value=0.125)})
    assert as_text(Grid("g", "T", columns, (row,))) == "T\n\tN\tS\nRow\t1200\t12,5 %"


def test_page_keys_go_from_table_to_table(page):
    figures = page.layers.figures
    figures.table.setFocus()
    first = figures.grid_name()
    press(Qt.Key.Key_PageDown)
    assert figures.grid_name() != first
    press(Qt.Key.Key_PageUp)
    assert figures.grid_name() == first


def test_a_report_begun_keeps_its_figures_says_what_changed_and_goes_its_way_to_issue(qtbot, page, window):
    assert page.bar.next.words() == "Lập báo cáo"
    begin(qtbot, page)
    assert "số liệu đến 30/09/2026" in page.bar.words.words()
    ask(qtbot, window, lambda desk: desk.save("child", {"full_name": "Mã Thị Bích", "born": "2016", "sex": "female",
                                                        "life_status": "permanent"}))  # fmt: skip
    ready(qtbot, page)
    qtbot.waitUntil(lambda: page._edits[0] == page._frozen() and page._edits[1] > 0, timeout=20_000)
    assert page._made.report.grids[0].row("all").cell("total").value == 5
    assert "Sổ đã có thay đổi sau khi lập" in page.bar.words.words()
    assert page.bar.verbs() == ("sign", "again")
    page.bar.other.click()
    edited(qtbot, ready(qtbot, page), 0)
    assert page._made.report.grids[0].row("all").cell("total").value == 6
    page.bar.next.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "signing", timeout=20_000)
    ready(qtbot, page)
    page.bar.other.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "draft", timeout=20_000)
    ready(qtbot, page)
    page.bar.next.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "signing", timeout=20_000)
    ready(qtbot, page)
    page.bar.next.click()
    page.bar.number.setText("7/BC-UBND")
    page.bar.issued_on.setText("12/10/2026")
    page.bar.put_button.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "issued", timeout=20_000)
    ready(qtbot, page)
    assert page.bar.stepper.now() == 3
    assert page.bar.verbs() == ("", "")


def test_another_last_day_counts_until_then_and_a_wrong_one_is_told_under_the_field(qtbot, page):
    field, options = page.options.cut_off, page.options
    field.setFocus()
    field.setText("5/10/2026")
    field.editingFinished.emit()
    assert options.remark.level == "stop"
    assert page._made.report.cut_off == "2026-09-30"
    field.setText("15/9/2026")
    field.editingFinished.emit()
    ready(qtbot, page)
    assert options.remark.level == ""
    assert page._made.report.cut_off == "2026-09-15"
    begin(qtbot, page)
    assert page._made.report.cut_off == "2026-09-15"


def test_the_public_version_hides_small_figures_on_the_page_and_in_files(qtbot, page, window, tmp_path, monkeypatch):
    page.options.public.click()
    ready(qtbot, page)
    cells = [cell for row in page._made.report.grids[0].rows for cell in row.cells.values()]
    assert not any(cell.value and cell.value < 5 for cell in cells)
    assert not any(cell.ids for cell in cells)
    assert page.bar.verbs() == ("", "")
    proposed = []
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: proposed.append(name) or tmp_path / name)
    page._save("pdf")
    qtbot.waitUntil(lambda: not page._output.busy, timeout=15_000)
    assert proposed == ["children-01321-2026-09-cong-khai.pdf"]
    assert ("export", "", "children 2026-09 public") in log_of(qtbot, window)


def test_figures_and_page_are_two_views_and_the_view_is_remembered(qtbot, page, window):
    page.views.setFocus()
    press(Qt.Key.Key_Right)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: page.preview.count() > 0, timeout=15_000)
    assert page.layers.layers.currentWidget() is page.preview
    assert window.prefs.get("reports", {})["view"] == "paper"


def test_a_missing_figure_is_typed_once_with_its_source_and_fills_the_report(qtbot, window):
    page = open_reports(qtbot, window)
    ask(qtbot, window, lambda desk: desk.add_layout(OWN))
    window.shell.go("reports", list="own_count", period="2026-09")
    ready(qtbot, page)
    assert "Còn thiếu 1 số ngoài sổ" in page.bar.words.words()
    page.views.changed.emit("adding")
    ready(qtbot, page)
    row = page.layers.adding.counts["stations"]
    row.inputs["value"].focus()
    write("12")
    press(Qt.Key.Key_Return)
    write("15")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    row.button.click()
    assert row.fields["source"].remark.level == "stop"
    row.inputs["source"].set_typed("Trạm Y tế")
    row.inputs["dated_on"].set_typed("30/9/2026")
    row.button.click()
    settle(qtbot, window)
    ready(qtbot, page)
    assert page._made.report.grids[0].row("stations").cell("period").value == pytest.approx(0.8)
    known = ask(qtbot, window, lambda desk: desk.all_rows("count"))
    assert [(one["indicator"], one["value"], one["of"], one["source"]) for one in known] == [
        ("stations", 12, 15, "Trạm Y tế")
    ]
    assert page._made.typed[0].row["id"] == known[0]["id"]
    assert "Còn thiếu" not in page.bar.words.words()


def test_an_expected_figure_stands_beside_the_one_proposed_and_takes_its_place(qtbot, window):
    page = open_reports(qtbot, window)
    ask(qtbot, window, lambda desk: desk.add_layout(OWN) and abuse(desk))
    window.shell.go("reports", list="own_count", period="2026-09")
    ready(qtbot, page)
    assert [(one.found, one.proposed, one.entered) for one in page._made.expected] == [(1, 1, None)]
    begin(qtbot, page)
    field = page.layers.adding._expected["main.received"][0]
    field.set_typed("4")
    field.left.emit()
    settle(qtbot, window)
    ready(qtbot, page)
    assert page._made.state == "draft"
    assert page._made.report.grids[0].row("received").cell("estimate").value == 4
    field.set_typed("")
    field.left.emit()
    settle(qtbot, window)
    ready(qtbot, page)
    assert page._made.report.grids[0].row("received").cell("estimate").value == 1


def test_words_of_a_section_are_kept_on_leaving_and_locked_once_signed(qtbot, window):
    page = open_reports(qtbot, window)
    name = ask(qtbot, window, lambda desk: next(one.name for one in desk.report_kinds() if one.shape == "text"))
    window.shell.go("reports", list=name)
    ready(qtbot, page)
    page.views.changed.emit("adding")
    place, field = next(iter(page.layers.adding._words.items()))
    field.setFocus()
    field.setPlainText("  Đã triển khai.  \n")
    press(Qt.Key.Key_Tab)
    settle(qtbot, window)
    ready(qtbot, page)
    kept = {one.place: one.text for one in page._made.words}
    assert kept[place] == "Đã triển khai."
    assert page.secondary()[0].name == "word"
    begin(qtbot, page)
    page.bar.next.click()
    qtbot.waitUntil(lambda: page._made is not None and page._made.state == "signing", timeout=20_000)
    ready(qtbot, page)
    assert field.isReadOnly()
    assert "Đã triển khai." in str(page._made.report.text)


def test_a_report_in_words_is_saved_as_a_letter(qtbot, window, tmp_path, monkeypatch):
    page = open_reports(qtbot, window)
    name = ask(qtbot, window, lambda desk: next(one.name for one in desk.report_kinds() if one.shape == "text"))
    window.shell.go("reports", list=name)
    ready(qtbot, page)
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: tmp_path / name)
    page._save("docx")
    qtbot.waitUntil(lambda: not page._output.busy, timeout=20_000)
    assert next(tmp_path.glob("*.docx")).read_bytes()[:2] == b"PK"


def test_a_period_of_its_own_is_offered_by_its_own_words(qtbot, window):
    page = open_reports(qtbot, window)
    ask(qtbot, window, lambda desk: desk.add_layout(OWN))
    window.shell.go("reports", list="own_count", period="2026-summer")
    ready(qtbot, page)
    assert page.options.period.currentText() == "Hè 2026"
    page.shell.run("step_back")
    ready(qtbot, page)
    assert page._made.wish.period == "2025-summer"
