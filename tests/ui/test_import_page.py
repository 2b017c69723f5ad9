"""Nhập từ Excel by keys: old letters, columns, proposals, look-alikes, imported, taken back, exported, stopped."""

import hashlib
from datetime import date, timedelta

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cbdesk import clock, desk, sample
from cbdesk.charsets import decode
from cbdesk.sheet import read_book
from tests.ui.conftest import OFFICER, PASSWORD
from tests.ui.list_kit import NOW, ask, go, press, settle, words_on, write
from ui import theme
from ui.pages.imports import COLUMNS, DONE, FILE, ROWS
from ui.reading.draft import ALIKE, FIX, GOOD, OUT
from ui.reading.layouts import PREF
from ui.sweeper import Sweeper
from ui.window import Window

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PASTED = (
    "Họ và tên\tNgày sinh\tGiới\tThôn\tChiều cao\n"
    "Lý Mùi Mẩy\t2015\tNữ\tLũng Mít\t112\n"
    "Vàng A Páo\t31/02/2016\tNam\tLũng Mít\t108\n"
    "\t12/03/2014\tNam\tLũng Tẩu\t120\n"
)
MAY = {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "village": "Lũng Mít"}


@pytest.fixture(autouse=True)
def looks():
    """Leave the window of this module open between its tests."""


@pytest.fixture(scope="module")
def opened(qapp, tmp_path_factory):
    """One window for all tests here: to open one costs more than most of what is tested."""
    folder = tmp_path_factory.mktemp("import") / "book"
    desk.setup(folder, role="commune", unit="01321", officer=OFFICER, password=PASSWORD, practice=True).desk.close()
    theme.apply(qapp, theme.LIGHT, 100)
    made = Window(folder, lambda _window: QWidget())
    made.jobs.open(
        lambda: desk.unlock(folder, OFFICER, PASSWORD), lambda found: found, lambda found: made.enter(found.role)
    )
    yield made
    made.close()
    made.jobs.close()


@pytest.fixture
def page(qtbot, opened):
    """The page as at first, over a register without children, villages and past imports, and nothing remembered."""
    clock.set_fixed(NOW)
    opened.resize(1366, 698)
    opened.show()
    opened.activateWindow()
    qtbot.waitUntil(lambda: opened.isActiveWindow() and opened.is_open() and not opened.jobs.is_busy(), timeout=20_000)
    ask(qtbot, opened, emptied)
    opened.prefs.put(PREF, {})
    page = go(qtbot, opened, "import")
    page._start_over()
    page.talk.hush()
    settle(qtbot, opened)
    return page


def emptied(opened):
    """Hide every child and village, and forget the imports of the tests before."""
    for form in ("child", "village"):
        for row in opened.all_rows(form):
            opened.void(row["id"], "x")
    with opened.store.atomic():
        opened.store.db.execute("DROP TRIGGER IF EXISTS access_keep")  # a log only grows; each test begins without one
        opened.store.db.execute("DELETE FROM access WHERE what LIKE 'import%'")


@pytest.fixture
def old(tmp_path):
    """An old list in TCVN3: twenty children, one without a name."""
    path = tmp_path / "danh-sach.xlsx"
    rows = list(sample.rows(20, 7, clock.today()))
    rows[11] = {**rows[11], "full_name": ""}
    sample.old_list(path, rows)
    return path


def done(qtbot, page):
    settle(qtbot, page.window())
    assert not page._busy


def read(qtbot, page, source):
    page.read(source)
    done(qtbot, page)


def rows_of(qtbot, page, source):
    """Read, and go to the rows whatever is still open."""
    read(qtbot, page, source)
    page._go_to(ROWS)


def run(qtbot, page):
    page.shell.run("primary")
    qtbot.waitUntil(lambda: page._step == DONE, timeout=15_000)
    settle(qtbot, page.window())


def have(qtbot, page, *children):
    """Put children into the register."""
    found = ask(qtbot, page.window(), lambda desk: [one.id for one in desk.put("child", list(children))])
    settle(qtbot, page.window())
    return found


def children(qtbot, page):
    return ask(qtbot, page.window(), lambda desk: [row.name for row in desk.children()])


def record(qtbot, page, ident):
    return ask(qtbot, page.window(), lambda desk: desk.get(ident))


def counts(page):
    return [page.results.count(code) for code in (GOOD, FIX, ALIKE, OUT)]


def current(page):
    return page.results.table().current()


# --- reading -----------------------------------------------------------------------------------------------------


def test_an_old_list_is_understood_and_goes_straight_to_its_rows(qtbot, page, old):
    before = hashlib.sha256(old.read_bytes()).digest()
    read(qtbot, page, old)
    assert page._step == ROWS
    assert counts(page) == [19, 1, 0, 0]
    assert sum(counts(page)) == page._draft.plan.read
    assert "TCVN3 (.VnTime), 20 / 20 dòng" in words_on(page.letters)
    assert "Chữ trong tệp: TCVN3 (.VnTime)." in page.results.detail.second.words()
    assert page.focusWidget() is page.results.tables[GOOD]
    run(qtbot, page)
    assert page._step == DONE
    assert len(children(qtbot, page)) == 19
    assert hashlib.sha256(old.read_bytes()).digest() == before
    assert "Lý" not in page.talk._toast.accessibleName()


def test_rows_copied_from_excel_are_pasted_and_a_column_is_matched_by_keys(qtbot, page):
    QGuiApplication.clipboard().setText("chào")
    press(Qt.Key.Key_V, CTRL)
    assert page._step == FILE
    assert "Ctrl C" in page.talk._toast.accessibleName()
    QGuiApplication.clipboard().setText(PASTED)
    press(Qt.Key.Key_V, CTRL)
    done(qtbot, page)
    assert page._step == COLUMNS  # one column nobody knows
    field = page.focusWidget()
    assert field is page.mapping.rows[4].field
    assert field.text() == ""
    write("ghi chu")
    assert field.is_open()
    assert field.text() == "ghi chu"  # never rewritten while typing
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    assert page.mapping.rows[4].column.target == "notes"
    assert "Chiều cao" in str(page._draft.plan.rows[0].cells)
    page.shell.run("primary")
    assert page._step == ROWS
    page.shell.run("step_back")
    assert page._step == COLUMNS
    assert page.mapping.rows[4].column.target == "notes"  # going back loses nothing


LOCKED = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


UNREADABLE = {"empty_file": b"", "not_excel": b"%PDF-1.7 not a table", "excel_broken": b"PK\x03\x04 broken",
              "excel_locked": LOCKED}  # fmt: skip


def test_a_file_that_cannot_be_read_is_a_card_on_the_first_step(qtbot, page, tmp_path):
    path = tmp_path / "tep.xlsx"
    for problem, content in UNREADABLE.items():
        path.write_bytes(content)
        page.read(path)
        settle(qtbot, page.window())
        assert page.talk.card().problem.name == problem
        assert page._step == FILE
        assert not page._busy


def test_without_a_heading_the_columns_are_matched_by_hand(qtbot, page):
    page.read("1\tLý Mùi Mẩy\t2015\n2\tVàng A Páo\t2016\n")
    settle(qtbot, page.window())
    card = page.talk.card()
    assert card.problem.name == "no_table"
    press(Qt.Key.Key_Return)  # the focus is on matching by hand
    assert page._step == COLUMNS
    assert page.primary().why == "Hãy chọn cột nào là họ và tên."
    page._choose_target(page.mapping.rows[1].column, "full_name")
    done(qtbot, page)
    assert [row.data["full_name"] for row in page._draft.plan.rows] == ["Lý Mùi Mẩy", "Vàng A Páo"]


def test_merged_heads_several_sheets_and_formulas(qtbot, page, tmp_path):
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Nà Pảng"
    first.append(["DANH SÁCH TRẺ EM"])
    first.merge_cells("A1:D1")
    first.append(["Họ và tên", "Ngày sinh", None, "Ghi chú"])
    first.append([None, "Nam", "Nữ", None])
    for area in ("A2:A3", "B2:C2", "D2:D3"):
        first.merge_cells(area)
    first.append(["Hoàng Văn An", "2014", None, "=A1"])
    second = book.create_sheet("Lũng Mít")
    for line in (["Họ và tên", "Ngày sinh"], ["Lý Mùi Mẩy", "'05/03/2015"], ["Tẩn Sành", date(2016, 5, 4)]):
        second.append(line)
    book.save(tmp_path / "nhieu-trang.xlsx")
    rows_of(qtbot, page, tmp_path / "nhieu-trang.xlsx")
    assert sum(counts(page)) == page._draft.plan.read == 3
    assert page._draft.plan.rows[0].data == {"full_name": "Hoàng Văn An", "born": "2014", "sex": "male"}
    assert "công thức" in page.results.detail.first.words() + page.results.detail.second.words()
    page.shell.run("step_back")
    assert page.mapping.sheets.isVisible()
    page._choose_sheet("Lũng Mít")
    done(qtbot, page)
    assert [row.data["full_name"] for row in page._draft.plan.rows] == ["Lý Mùi Mẩy", "Tẩn Sành"]


# --- columns and letters -----------------------------------------------------------------------------------------


def test_a_column_can_be_left_out_and_esc_keeps_what_was_chosen(qtbot, page):
    read(qtbot, page, PASTED)
    field = page.mapping.rows[1].field
    field.setFocus()
    write("x")
    press(Qt.Key.Key_Escape)
    assert field.text() == "Ngày sinh"
    page._choose_target(page.mapping.rows[1].column, "")
    done(qtbot, page)
    assert page.mapping.rows[1].field.text() == "Không nhập"
    assert "born" not in page._draft.plan.rows[0].data
    for at in (4, 2):  # a field stands in one column
        page._choose_target(page.mapping.rows[at].column, "notes")
        done(qtbot, page)
    assert [row.column.target for row in page.mapping.rows] == ["full_name", "", "notes", "village", ""]


def test_what_was_said_of_the_columns_is_remembered_without_anything_from_the_file(qtbot, page):
    read(qtbot, page, PASTED)
    page._choose_target(page.mapping.rows[4].column, "notes")
    done(qtbot, page)
    page._go_on()
    run(qtbot, page)
    kept = (page.window().folder / "window.json").read_text("utf-8")
    assert "notes" in kept
    assert not any(word in kept for word in ("Chiều", "Lý", "Páo", "112"))
    page._start_over()
    read(qtbot, page, PASTED.replace("Lý Mùi Mẩy", "Hà Hữu Lâm"))
    assert page._step == ROWS
    assert page.mapping.rows[4].column.target == "notes"


def test_columns_are_kept_under_a_name_by_keys_and_offered_for_the_same_headings(qtbot, page):
    read(qtbot, page, PASTED)
    page._choose_target(page.mapping.rows[4].column, "notes")
    done(qtbot, page)
    page.shell.run("save")
    write("Mẫu của xã")
    press(Qt.Key.Key_Return)
    assert not page.mapping.naming.isVisible()
    page._start_over()
    read(qtbot, page, PASTED)
    assert page._step == ROWS
    assert page.mapping.layouts.value() == "Mẫu của xã"
    page._choose_layout("")
    done(qtbot, page)
    assert page.mapping.rows[4].column.target == ""
    page._choose_layout("Mẫu của xã")
    done(qtbot, page)
    assert page.mapping.rows[4].column.target == "notes"
    page._start_over()
    read(qtbot, page, PASTED.replace("Thôn", "Xóm, thôn"))
    assert not page.mapping.layouts.isVisible()


def test_an_encoding_is_chosen_by_eye_for_one_column(qtbot, page):
    read(qtbot, page, "Họ và tên\tThôn\nHoàng Văn An\tLòng MÝt\n")
    page._go_to(COLUMNS)
    readings = page.letters.readings
    places = [readings.places.itemData(at) for at in range(readings.places.count())]
    readings.places.set_value(next(place for place in places if place.endswith("!B")))
    readings._show_place()
    tcvn3 = next(one for one in readings.readings if one.code == "tcvn3")
    assert tcvn3.read() == decode("Lòng MÝt", "tcvn3")
    tcvn3.click()
    done(qtbot, page)
    assert page._draft.plan.rows[0].data["village"] == decode("Lòng MÝt", "tcvn3")
    assert page._draft.plan.rows[0].data["full_name"] == "Hoàng Văn An"


# --- proposals ---------------------------------------------------------------------------------------------------


def test_an_impossible_day_is_a_proposal_taken_by_enter(qtbot, page):
    rows_of(qtbot, page, PASTED)
    assert counts(page) == [1, 2, 0, 0]
    press(Qt.Key.Key_F8)
    assert page.results.tabs.value() == FIX
    assert current(page).row.data["full_name"] == "Vàng A Páo"
    assert "born" not in current(page).row.data  # not a value before somebody says so
    assert "31/02/2016" in page.results.detail.first.words()
    press(Qt.Key.Key_Return)
    assert counts(page) == [2, 1, 0, 0]  # at once
    assert current(page).row.row_number == 4  # the next one is at hand
    settle(qtbot, page.window())
    assert counts(page) == [2, 1, 0, 0]
    run(qtbot, page)
    paos = ask(qtbot, page.window(), lambda desk: [row.id for row in desk.children() if row.name == "Vàng A Páo"])
    assert record(qtbot, page, paos[0])["born"] == "2016-02"


def test_a_proposal_can_be_turned_down_or_the_row_left_out(qtbot, page):
    rows_of(qtbot, page, PASTED)
    page._show_tab(FIX)
    press(Qt.Key.Key_2)
    settle(qtbot, page.window())
    assert counts(page) == [2, 1, 0, 0]
    assert "born" not in page._draft.plan.rows[1].data
    press(Qt.Key.Key_3)
    settle(qtbot, page.window())
    assert counts(page) == [2, 0, 0, 1]
    page._show_tab(OUT)
    press(Qt.Key.Key_Space)
    settle(qtbot, page.window())
    assert counts(page) == [2, 1, 0, 0]


def test_an_unknown_village_is_the_near_one_or_a_new_one_for_all_its_rows(qtbot, page):
    have(qtbot, page, {"full_name": "Hà Hữu Lâm", "village": "Xóm Khuổi Mít"})
    text = "Họ và tên\tXóm\nChảo Thị Pham\tKhuổi Mịt\nĐàm Văn Kiên\tKhuổi Mịt\nLý Thị Sao\tLũng Lầu\n"
    rows_of(qtbot, page, text)
    assert counts(page) == [1, 2, 0, 0]
    page._show_tab(FIX)
    assert [button.words() for button in page.results.detail.answer_buttons if button.isVisible()] == [
        "Xóm Khuổi Mít", "Thêm xóm mới", "Bỏ qua"]  # fmt: skip
    press(Qt.Key.Key_Return)
    settle(qtbot, page.window())
    assert counts(page) == [3, 0, 0, 0]
    assert [row.data["village"] for row in page._draft.plan.rows] == ["Xóm Khuổi Mít", "Xóm Khuổi Mít", "Lũng Lầu"]
    page._start_over()
    rows_of(qtbot, page, text)
    page._show_tab(FIX)
    press(Qt.Key.Key_2)
    settle(qtbot, page.window())
    run(qtbot, page)
    names = ask(qtbot, page.window(), lambda desk: set(desk.village_names().values()))
    assert {"Xóm Khuổi Mít", "Khuổi Mịt", "Lũng Lầu"} <= names


def test_what_was_answered_stays_answered_when_a_column_changes(qtbot, page):
    rows_of(qtbot, page, PASTED)
    page._show_tab(FIX)
    press(Qt.Key.Key_Return)
    page._choose_target(page.mapping.rows[4].column, "notes")  # while the answer is still on its way
    done(qtbot, page)
    assert counts(page) == [2, 1, 0, 0]
    assert page._draft.plan.rows[1].data["born"] == "2016-02"


def test_import_right_after_an_answer_waits_until_its_row_has_met_the_register(qtbot, page):
    have(qtbot, page, {"full_name": "Vàng A Páo", "born": "2016-02-05", "sex": "male", "village": "Lũng Mít"})
    rows_of(qtbot, page, PASTED)
    page._show_tab(FIX)
    press(Qt.Key.Key_Return)
    page.run_import()
    settle(qtbot, page.window())
    assert page._step == ROWS  # what an update would do was not seen yet
    assert page.results.tabs.value() == ALIKE
    assert len(children(qtbot, page)) == 1


# --- look-alikes -------------------------------------------------------------------------------------------------


def test_a_likely_child_is_an_update_that_lists_what_it_changes(qtbot, page):
    (may,) = have(qtbot, page, MAY)
    row = "Lý Mùi Mẩy\t3/6/2015\tNữ\tLũng Mít\tTriệu Thị Viển"
    rows_of(qtbot, page, f"Họ và tên\tNgày sinh\tGiới\tThôn\tMẹ\n{row}\n")
    assert counts(page) == [0, 0, 1, 0]
    page.shell.run("section_3")
    fate = current(page)
    assert fate.decision == "update"
    assert fate.likeness[0].score >= 80
    changes = page.results.detail.changes.rows()
    assert [(before, after) for _, before, after in changes] == [("", "Triệu Thị Viển")]
    run(qtbot, page)
    assert children(qtbot, page) == ["Lý Mùi Mẩy"]
    after = record(qtbot, page, may)
    assert after["mother_name"] == "Triệu Thị Viển"
    assert after["born"] == "2015-06-03"
    page.shell.run("undo")
    settle(qtbot, page.window())
    assert not record(qtbot, page, may).get("mother_name")


def test_look_alikes_are_decided_by_digits(qtbot, page):
    have(qtbot, page, MAY)
    may = "Lý Mùi Mẩy\t2015\tNữ\tLũng Mít\tTriệu Thị Viển"
    rows_of(qtbot, page, f"Họ và tên\tNgày sinh\tGiới\tThôn\tMẹ\n{may}\nHà Hữu Lâm\t2014\tNam\tNà Pảng\t\n")
    page.shell.run("section_3")
    for key, decision, rows in ((Qt.Key.Key_1, "new", 2), (Qt.Key.Key_3, "skip", 1), (Qt.Key.Key_2, "update", 2),
                                (Qt.Key.Key_3, "skip", 1)):  # fmt: skip
        press(key)
        assert current(page).decision == decision
        assert page.primary().words == f"Nhập {rows} dòng"
        settle(qtbot, page.window())
        assert current(page).decision == decision
        assert counts(page) == [1, 0, 1, 0]
    run(qtbot, page)
    assert len(children(qtbot, page)) == 2


def test_an_unlikely_look_alike_is_new_unless_somebody_says_otherwise(qtbot, page):
    have(qtbot, page, {"full_name": "Hoàng Minh Mai", "born": "2014", "sex": "female"})
    rows_of(qtbot, page, "Họ và tên\tNgày sinh\tGiới\nHoàng Mai\t2014\tNữ\n")
    fates = page.results.tables[ALIKE].rows()
    assert all(fate.likeness[0].score < 80 and fate.decision == "new" for fate in fates)
    assert page.results.to_import() == 1


def test_a_second_time_everything_is_here_and_there_is_nothing_to_import(qtbot, page, old):
    read(qtbot, page, old)
    run(qtbot, page)
    page._start_over()
    read(qtbot, page, old)
    assert counts(page) == [0, 1, 0, 19]
    assert page.primary().why == "Không có dòng nào để nhập."


# --- taking back, stopping, exporting ----------------------------------------------------------------------------


def test_undo_gives_the_register_as_before_and_the_rows_are_ready_again(qtbot, page, old):
    read(qtbot, page, old)
    run(qtbot, page)
    assert not page.finished.undo_button.hasFocus()  # Enter must not take everything back
    page.shell.run("undo")
    settle(qtbot, page.window())
    assert children(qtbot, page) == []
    assert page._step == ROWS
    assert counts(page) == [19, 1, 0, 0]


def test_an_import_is_taken_back_later_from_the_list_and_brought_back(qtbot, page, old):
    read(qtbot, page, old)
    run(qtbot, page)
    page._start_over()
    settle(qtbot, page.window())
    assert page.past.isVisible()
    page.shell.run("next_pane")
    assert page.past.table.hasFocus()
    assert "Thêm 19 trẻ" in page.past.table.quiet.columns[1].cell(page.past.table.current()).words()
    press(Qt.Key.Key_Return)
    settle(qtbot, page.window())
    assert children(qtbot, page) == []
    assert page.past.table.current().undone
    page.talk.undo()
    settle(qtbot, page.window())
    assert len(children(qtbot, page)) == 19
    assert not page.past.table.current().undone
    clock.set_fixed((clock.now() + timedelta(days=31)).replace(tzinfo=None).isoformat())
    page._load_past()
    settle(qtbot, page.window())
    assert not page.past.isVisible()


def test_stopping_leaves_nothing(qtbot, page, old):
    read(qtbot, page, old)
    page.run_import()
    assert page.progress.stop_button.hasFocus()
    page._halt()
    qtbot.waitUntil(lambda: page._step == ROWS, timeout=15_000)
    settle(qtbot, page.window())
    assert children(qtbot, page) == []
    assert ask(qtbot, page.window(), lambda desk: desk.imports()) == []


def test_refused_rows_go_to_excel_with_their_reason_and_come_back(qtbot, page, tmp_path, monkeypatch):
    rows_of(qtbot, page, PASTED)
    path = tmp_path / "sua.xlsx"
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: path)
    page.shell.run("excel")
    qtbot.waitUntil(path.exists, timeout=10_000)
    settle(qtbot, page.window())
    texts = " ".join(cell.text for row in read_book(path).sheets[0].rows for cell in row)
    assert "Không có ngày 31/02/2016" in texts
    page._start_over()
    read(qtbot, page, path)
    assert page._draft.plan.read == 2


def test_the_window_lives_while_a_large_list_is_read(qtbot, page, tmp_path):
    path = tmp_path / "lon.xlsx"
    sample.old_list(path, sample.rows(2000, 3, clock.today()))
    sweeper, turns = Sweeper(page), 0
    page.read(path)
    while page._busy:
        QTest.qWait(1)
        turns += 1
    sweeper.stop()
    assert sum(counts(page)) == 2000
    assert turns > 20  # reading in the window's thread would leave it one; how long a turn takes is measured apart
