"""The receiver's window: months of communes, bundles told, what differs, the board, notes, taking in for, machines."""

import shutil
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cbdesk import clock, desk, escrow
from cbdesk.desk.inbox import FILTERS
from cbdesk.words import say
from tests.ui.conftest import OFFICER, PASSWORD
from tests.ui.list_kit import ask, go, press, settle, write
from ui.receiver import marks
from ui.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
NOW = datetime(2026, 10, 12, 8, 12, tzinfo=clock.VIETNAM)
NAME, OTHER, NOTE = "Lý Mùi Mẩy", "Vàng Văn Lâm", "Ngày sinh đúng chưa?"
COMMUNES = ("01273", "01279", "01288")
CHILD = {"full_name": NAME, "born": "2015", "sex": "female", "village": "Xóm Lũng Mít", "life_status": "permanent"}


def at(month, day, hour=9):
    clock.set_fixed(datetime(2026, month, day, hour, 0, tzinfo=clock.VIETNAM))


def _made(folder, role, unit):
    done = desk.setup(folder, role=role, unit=unit, officer=OFFICER, password=PASSWORD, practice=True)
    return done.desk


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """A receiver and three communes, played once: one whole, one with a gap, one silent; two things differ.

    To be copied, never opened; the folder also holds sticks that wait.
    """
    folder = tmp_path_factory.mktemp("province")
    stick = folder / "stick"
    at(7, 2)
    above = _made(folder / "book", "receiver", "04")
    units = [_made(folder / code, "commune", code) for code in COMMUNES]
    for one in units:
        above.enrol(one.card_bytes(), one.fingerprint)
        one.enrol(above.card_bytes(), above.fingerprint)
    at(8, 3)
    for one, name in zip(units, (NAME, OTHER, NAME), strict=True):
        one.put("child", [CHILD | {"full_name": name}, CHILD | {"full_name": "Vàng Thị Dợ"}])
        _carry(one, above, stick)
    at(9, 3)
    first, second, _ = units
    (first_other, first_child), (_, gap_child) = ([row.id for row in one.children()] for one in (first, second))
    above.save("child", {"born": "2014-06"}, first_child)
    above.save("circumstance", {"child": first_other, "code": "01.3"})
    first.save("child", {"born": "2014-03"}, first_child)
    first.void(first_other, "ghi nhầm")
    _carry(first, above, stick)
    # the second's bundle is taken in by a copy of the receiver whose disk is lost: its next one comes too early
    above.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(folder / "book", folder / "lost", ignore=shutil.ignore_patterns("*.lock"))
    lost = desk.unlock(folder / "lost", OFFICER, PASSWORD)
    second.save("child", {"sex": "male"}, gap_child)
    _carry(second, lost, stick)
    lost.close()
    at(10, 3)
    second.save("child", {"born": "2016"}, gap_child)
    _carry(second, above, stick)
    above.note(first_child, NOTE, "born")
    first.save("incident", {"kind": "abuse", "child": [first_child], "urgent": True, "forms_of_abuse": ["violence"],
                            "received_at": "2026-10-12T02:40"})  # fmt: skip
    _carry(first, above, stick)
    clock.set_fixed(NOW)
    for name in ("new", "damaged"):
        (folder / name).mkdir()
        first.put("child", [CHILD | {"full_name": f"Bế Văn {name}"}])
        first.send(folder / name)
    damaged = next((folder / "damaged").iterdir())
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(bytes(data))
    for one in (above, *units):
        one.close()
    clock.set_fixed(None)
    return folder


def _carry(sender, receiver, stick):
    stick.mkdir()
    sender.send(stick)
    receiver.receive([stick])
    sender.receive([stick])
    shutil.rmtree(stick)


@pytest.fixture
def office(qtbot, show, province, tmp_path, request):
    """Return the receiver's window on a copy of the province; a test's parameter is the register of a commune."""
    clock.set_fixed(NOW)
    folder = shutil.copytree(province / getattr(request, "param", "book"), tmp_path / "book")
    made = Window(folder, lambda _window: QWidget())
    made.jobs.open(
        lambda: desk.unlock(folder, OFFICER, PASSWORD), lambda opened: opened, lambda opened: made.enter(opened.role)
    )
    show(made, (1366, 698))
    qtbot.waitUntil(lambda: made.is_open() and not made.jobs.is_busy(), timeout=20_000)
    yield made
    made.jobs.close()


def key(qtbot, window, pressed, how=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), pressed, how)
    settle(qtbot, window)


def accesses(qtbot, window, what):
    sql = "SELECT count(*) FROM access WHERE what = ?"
    return ask(qtbot, window, lambda book: book.store.db.execute(sql, (what,)).fetchone()[0])


# --- the inbox --------------------------------------------------------------------------------------------------------


def test_the_grid_tells_each_unit_and_month_by_keys(qtbot, office):
    page = go(qtbot, office, "inbox")
    grid = page.grid
    assert grid.hasFocus()
    assert len(page.shown_rows()) == 56
    assert (grid.unit().code, grid.month()) == ("01273", "2026-09")
    assert page.told.badge.words() == say("inbox.state.on_time")
    assert len(page.told.sentences()) == 5
    assert page.told.sentences()[1].endswith("Phường Thục Phán")
    key(qtbot, office, Qt.Key.Key_Down)
    assert grid.cell().state == "partial"
    assert [one.state for one in page.told.told.verdicts][2] == "care"
    key(qtbot, office, Qt.Key.Key_Left)
    assert (grid.month(), grid.cell().state) == ("2026-08", "gap")
    key(qtbot, office, Qt.Key.Key_Down)
    assert grid.cell().state in ("overdue", "none")
    assert grid.model().data(grid.currentIndex(), Qt.ItemDataRole.ToolTipRole) == grid.cell().words
    key(qtbot, office, Qt.Key.Key_End)
    assert grid.month() == "2026-12"
    assert not grid.findChildren(QWidget, "cell")
    assert len(grid.viewport().findChildren(QWidget)) == 0  # painted: no widget a cell
    QTest.keyClicks(grid, "bao lac")
    assert grid.unit().name == "Xã Bảo Lạc"
    for step, year in ((Qt.Key.Key_Left, 2025), (Qt.Key.Key_Right, 2026)):
        key(qtbot, office, step, ALT)
        assert page._year == year


def test_every_state_has_a_mark_of_its_own_and_a_word_in_the_legend(show):
    legend = show(marks.Legend(), (700, 60))
    pictures = {state: marks.picture(state, 1.0).toImage() for state in marks.STATES}
    grey = {state: one.convertToFormat(one.Format.Format_Grayscale8) for state, one in pictures.items()}
    for state, one in grey.items():
        assert all(one != other for name, other in grey.items() if name != state), state
        assert say(f"inbox.state.{state}") in legend.accessibleName()


def test_filters_count_what_they_show_and_problems_come_first(qtbot, office):
    page = go(qtbot, office, "inbox")
    counts = page._read.inbox.counts
    for name in FILTERS:
        page.tabs._choose([tab.code for tab in page.tabs._tabs].index(name))
        assert len(page.shown_rows()) == counts[name] == int(page.tabs._counts[name])
    assert page._layers.currentWidget() in (page.grid, page._nothing)
    page.tabs.set_value("all")
    page.first.click()
    look = {row.unit for row in page._read.inbox.filtered("look")}
    assert [row.unit in look for row in page.shown_rows()] == [True] * len(look) + [False] * (56 - len(look))


def test_sticks_one_after_the_other_keep_the_page_and_add_to_what_came(qtbot, office, province, tmp_path):
    page = go(qtbot, office, "inbox")
    held = page.grid.unit().held_to
    for at_, name in enumerate(("new", "new", "damaged")):
        page.receive([shutil.copytree(province / name, tmp_path / f"stick{at_}")])
        settle(qtbot, office)
    assert [one.icon for one in page.waiting.came] == ["error_circle", "info", "checkmark_circle"]
    assert page.waiting.tabs.value() == "came"
    assert office.shell.page() is page
    assert page.grid.unit().held_to > held
    names = ask(qtbot, office, lambda book: {row.name for row in book.children()})
    assert "Bế Văn new" in names
    assert "Bế Văn damaged" not in names  # a tampered byte: nothing is merged


def test_names_are_hidden_until_asked_for_and_again_when_the_page_closes(qtbot, office):
    page = go(qtbot, office, "inbox")
    shown = lambda: [line.words for line in page.waiting.lists["differ"].lines.items]  # noqa: E731
    assert all(NAME not in words for words in shown())
    before = accesses(qtbot, office, "names")
    page.waiting._show.click()
    settle(qtbot, office)
    assert NAME in shown()
    assert accesses(qtbot, office, "names") == before + 1
    go(qtbot, office, "today")
    page = go(qtbot, office, "inbox")
    assert all(NAME not in words for words in shown())


def test_f6_goes_round_and_enter_opens_the_side(qtbot, office):
    page = go(qtbot, office, "inbox")
    key(qtbot, office, Qt.Key.Key_F6)
    assert page._side.isAncestorOf(QApplication.focusWidget())
    for _ in range(2):
        key(qtbot, office, Qt.Key.Key_F6)
        if page.grid.hasFocus():
            break
    assert page.grid.hasFocus()
    office.resize(911, 442)
    settle(qtbot, office)
    assert not page._side.isVisible()
    page.grid_focus()
    key(qtbot, office, Qt.Key.Key_Return)
    assert page._side.isVisible()
    key(qtbot, office, Qt.Key.Key_Escape)
    assert page.grid.isVisible()


# --- what differs -----------------------------------------------------------------------------------------------------


def test_what_differs_is_decided_by_keys_alone_and_taken_back(qtbot, office):
    page = go(qtbot, office, "conflicts")
    assert page.queue.hasFocus()
    assert ask(qtbot, office, page.badge) == 2
    born = next(one for one in page._items if one.field == "born")
    while page._shown != born:
        key(qtbot, office, Qt.Key.Key_Down)
    assert NAME not in page.queue.model_.data(page.queue.currentIndex())
    assert [one.shown.digit for one in page.sides.boxes] == ["0", "1", "2"]
    assert [one.shown.value for one in page.sides.boxes] == ["2015", "06/2014", "03/2014"]
    assert all(OFFICER in one.shown.by[0] for one in page.sides.boxes)
    assert not office.shell.topbar.primary().isEnabled()
    key(qtbot, office, Qt.Key.Key_2)
    after = {line.name: line for line in page.after.lines}
    assert (after["born"].text, after["born"].changed) == ("03/2014", True)
    assert NAME not in page.after.accessibleDescription()
    key(qtbot, office, Qt.Key.Key_Return)
    assert [one.field for one in page._items] == ["_del"]
    assert ask(qtbot, office, lambda book: book.get(born.record)["born"]) == "2014-03"
    office.shell.talk.undo()
    settle(qtbot, office)
    assert {one.field for one in page._items} == {"born", "_del"}
    assert page._shown.field == "born"


def test_another_value_is_typed_and_a_wrong_one_is_refused_under_its_field(qtbot, office):
    page = go(qtbot, office, "conflicts")
    while page._shown.field != "born":
        key(qtbot, office, Qt.Key.Key_Down)
    key(qtbot, office, Qt.Key.Key_K)
    assert page.other.hasFocus()
    write("abc1")
    settle(qtbot, office)
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    assert page._other.remark.isVisible()
    assert len(page._items) == 2
    page.other.clear()
    write("5/2014")
    settle(qtbot, office)
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    assert len(page._items) == 1


def test_a_record_that_is_gone_is_kept_by_a_digit_and_the_end_is_told(qtbot, office):
    page = go(qtbot, office, "conflicts")
    while page._shown.field != "_del":
        key(qtbot, office, Qt.Key.Key_Down)
    assert [one.shown.code for one in page.sides.boxes] == ["ours", "theirs"]
    assert page.sides.boxes[0].shown.details
    key(qtbot, office, Qt.Key.Key_1)
    key(qtbot, office, Qt.Key.Key_Return)
    key(qtbot, office, Qt.Key.Key_1)
    key(qtbot, office, Qt.Key.Key_Return)
    assert page._none.isVisible()
    assert ask(qtbot, office, page.badge) == 0


# --- board, notes, taking in for, machines ----------------------------------------------------------------------------


def test_the_board_leads_to_a_note_about_what_is_open_and_writes_the_letter(qtbot, office, tmp_path):
    page = go(qtbot, office, "board")
    (line,) = page.lines.rows()
    assert (line.kind, line.initials) == ("emergency", "L.M.M., 2014")
    assert page.units.rows()[1].counts["emergency"] == 1
    page.write_letter_to(tmp_path / "letter.docx")
    settle(qtbot, office)
    assert (tmp_path / "letter.docx").read_bytes()[:2] == b"PK"
    page.lines.setFocus()
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    notes = office.shell.page()
    assert notes.name == "notes"
    assert notes.words.hasFocus()
    write("Đã can thiệp chưa?")
    settle(qtbot, office)
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    found = ask(qtbot, office, lambda book: [(one.text, one.about, one.state) for one in book.notes()])
    assert ("Đã can thiệp chưa?", line.record, "open") in found
    assert NAME not in notes._title.words()


@pytest.mark.parametrize("office", [COMMUNES[0]], indirect=True)
def test_a_commune_answers_a_note_by_keys(qtbot, office):
    """The commune's side: the note is a thing to do, and is answered."""
    due = lambda: ask(qtbot, office, lambda book: [one.record for one in book.due() if one.what == "note"])  # noqa: E731
    (note,) = due()
    page = go(qtbot, office, "notes", id=note)
    assert page._title.words() == NAME
    key(qtbot, office, Qt.Key.Key_F6)
    write("Đúng, theo giấy khai sinh.")
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    assert [(told.note.state, told.note.answer) for told in page._notes] == [("answered", "Đúng, theo giấy khai sinh.")]
    assert due() == []


def test_totals_are_typed_for_a_commune_and_what_is_no_number_is_not_written(qtbot, office):
    unit = ask(qtbot, office, lambda book: book.inbox().filtered("no_card")[0].unit)
    page = go(qtbot, office, "behalf", unit=unit, month="2026-09")
    first, second = list(page.totals.fields.values())[:2]
    first.setFocus()
    write("1.240")
    key(qtbot, office, Qt.Key.Key_Return)
    assert second.hasFocus()
    write("12x")
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    count = "SELECT count(*) FROM unit_total"
    stored = lambda: ask(qtbot, office, lambda book: book.store.db.execute(count).fetchone()[0])  # noqa: E731
    assert stored() == 0
    second.setText("600")
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    assert stored() == 2
    assert page.totals.news() == {}
    page.import_list()
    settle(qtbot, office)
    assert office.shell.page().name == "import"
    assert office.shell.page()._of.unit == unit


def test_a_lost_machine_is_trusted_no_more_and_two_persons_sign_the_list(qtbot, office, tmp_path):
    page = go(qtbot, office, "trust")
    page.table.choose(next(one.key for one in page.table.rows() if not one.own))
    lost = page.table.current().node
    page.table.setFocus()
    key(qtbot, office, Qt.Key.Key_D, CTRL)
    press(Qt.Key.Key_S, CTRL)
    settle(qtbot, office)
    assert page._act is not None  # a reason is needed
    write("mất máy")
    key(qtbot, office, Qt.Key.Key_S, CTRL)
    assert [one.status for one in page.table.rows() if one.node == lost] == ["revoked"]
    keys, data = escrow.ProvinceKeys.make([("A", "mật khẩu một"), ("B", "mật khẩu hai")], practice=True)
    (tmp_path / "province.keys").write_bytes(data)
    page.begin_signing()
    settle(qtbot, office)
    page.take_keys(tmp_path / "province.keys")
    settle(qtbot, office)
    for field, given in zip(page.signing.passwords, ("mật khẩu một", "sai"), strict=True):
        field.setText(given)
    key(qtbot, office, Qt.Key.Key_S, CTRL)
    assert page.signing._rooms[1].remark.isVisible()
    page.signing.passwords[1].setText("mật khẩu hai")
    key(qtbot, office, Qt.Key.Key_S, CTRL)
    state = ask(qtbot, office, lambda book: book.trust())
    assert state.version == 1
    assert all(not field.text() for field in page.signing.passwords)
    assert keys.root


def test_a_report_counts_the_units_named_and_says_how_they_came(qtbot, office):
    page = go(qtbot, office, "reports")
    settle(qtbot, office)
    field = page.options.units
    field.setText("khong co xa nay")
    field.editingFinished.emit()
    assert page.options.remark.isVisible()
    assert page.options.wish().units == ()
    field.setText("01273, 01279")
    field.editingFinished.emit()
    settle(qtbot, office)
    assert field.text() == "Phường Thục Phán, Phường Nùng Trí Cao"
    assert [one.split("@")[0] for one in page.options.wish().units] == ["01273", "01279"]
    assert page.options.wish().apart
    wish = page.options.wish()
    notes = ask(qtbot, office, lambda book: book.coverage(wish.units, until=clock.today()).notes())
    paper = ask(qtbot, office, lambda book: book.paper(wish.name, wish.period, units=wish.units))
    told = repr(paper)
    assert any(note in told for note in notes)


def test_a_tip_is_recorded_for_the_commune_that_must_act(qtbot, office):
    page = go(qtbot, office, "tip")
    assert page.unit.hasFocus()
    page.form.boxes["kind"].focus()
    press(Qt.Key.Key_1)
    page.form.set_typed("heard_name", "Páo")
    page.form.set_typed("place", "Xóm Lũng Mít")
    key(qtbot, office, Qt.Key.Key_Return, CTRL)
    assert page.remark.isVisible()  # whose it is
    unit = ask(qtbot, office, lambda book: book.inbox().rows[0].unit)
    page.unit.set_value(unit)
    page._save()
    settle(qtbot, office)
    assert office.shell.page().name == "board"
    rows = ask(qtbot, office, lambda book: book.store.rows("incident", "heard_name IS NOT NULL"))
    assert [(row["_unit"], row["received_at"]) for row in rows] == [(unit, "2026-10-12T08:12")]
    assert ask(qtbot, office, lambda book: book.passed_down(str(rows[0]["id"]))) is not None
