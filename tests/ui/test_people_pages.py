"""Keys and people in the window: officers, one's own password, the ways back, caseloads, the receiver's answer."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cbdesk import desk, escrow
from cbdesk.errors import Problem
from ui.app import gate_for
from ui.people.new_password import NewPassword
from ui.window import Window

OFFICER, PASSWORD, OTHER, NEW = "Nông Thị Hạnh", "tap huan", "Hoàng Văn Tuấn", "mat khau moi"
PERSONS = [("Phó Giám đốc", "trau xanh nui"), ("Chánh Văn phòng", "suoi vang sao")]
KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def at(qtbot):
    """Return a function that opens a page of a window and returns it once everything is read."""

    def opened(window, name, **details):
        window.shell.go(name, **details)
        settle(qtbot, window)
        return window.shell.page()

    return opened


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A locked commune that knows the province's keys, and its locked receiver; to be copied."""
    base = tmp_path_factory.mktemp("people")
    commune, receiver = (
        desk.setup(base / role, role=role, unit=unit, officer=OFFICER, password=PASSWORD, practice=True).desk
        for role, unit in (("commune", "01321"), ("receiver", "04"))
    )
    receiver.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(receiver.card_bytes(), receiver.fingerprint)
    commune._set_escrow(desk.make_province_keys(base / "tinh.cbk", PERSONS, practice=True).escrow)
    commune.close()
    receiver.close()
    return base


@pytest.fixture
def province(made, tmp_path):
    """Return a copy of both, with an empty stick."""
    place = Path(shutil.copytree(made, tmp_path / "tinh"))
    (place / "stick").mkdir()
    return place


@pytest.fixture
def opened(qtbot, show):
    """Return a function that shows a window on a folder, open or at its gate."""
    windows = []

    def window(folder, officer="", password=PASSWORD):
        found = Window(folder, gate_for if not officer else lambda _window: QWidget())
        windows.append(found)
        if officer:
            found.jobs.open(lambda: desk.unlock(folder, officer, password), lambda one: one,
                            lambda one: found.enter(one.role))  # fmt: skip
        show(found, (1366, 698))
        qtbot.waitUntil(lambda: not found.jobs.is_busy() and (not officer or found.is_open()), timeout=20_000)
        return found

    yield window
    for one in windows:
        one.jobs.close()


def settle(qtbot, window):
    qtbot.waitUntil(lambda: not window.jobs.is_busy(), timeout=20_000)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not window.jobs.is_busy(), timeout=20_000)


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def test_an_officer_comes_with_a_password_and_goes_with_a_new_key_and_sheet(qtbot, window, at):
    page = at(window, "officers")
    assert [row.name for row in page.table.rows()] == [OFFICER]
    press(KEY.Key_N, CTRL)
    card = page.act
    for text in (OTHER, ""):
        QApplication.focusWidget().insert(text)
        press(KEY.Key_Return)
    card.fields["approved_by"].setText("Chủ tịch UBND xã")
    card.sensitive.setChecked(True)
    for first, second, told in (("ab", "ab", "first"), (NEW, "khac han", "second"), (NEW, NEW, "")):
        card.password.first.setText(first)
        card.password.second.setText(second)
        press(KEY.Key_S, CTRL)
        settle(qtbot, window)
        if told:
            assert getattr(card.password, f"{told}_field").remark.isVisible()
            assert desk.officers(window.folder) == [OFFICER]
    assert sorted(desk.officers(window.folder)) == sorted([OFFICER, OTHER])
    row = page.table.current()
    assert (row.name, row.role, row.sensitive, row.has_key) == (OTHER, "recorder", True, True)

    keys = (window.folder / "keys.json").read_bytes()
    press(KEY.Key_D, CTRL)
    press(KEY.Key_S, CTRL)
    settle(qtbot, window)
    assert (window.folder / "keys.json").read_bytes() != keys
    assert desk.officers(window.folder) == [OFFICER]
    assert page.sheet is not None
    code = " ".join(label.words() for label in page.sheet.groups)
    press(KEY.Key_Escape)  # the code is shown once: nothing takes it away unread
    assert page.sheet is not None
    QTest.keyClick(page.sheet.put_away, KEY.Key_Space)
    page.sheet.go.click()
    settle(qtbot, window)
    assert page.sheet is None
    assert not next(row for row in page.table.rows() if row.name == OTHER).has_key
    window.lock()
    settle(qtbot, window)
    made, _ = desk.recover(window.folder, code, OFFICER, NEW)
    made.close()


def test_the_minutes_of_a_hand_over_are_shown_at_once(qtbot, window, at):
    window.jobs.run(lambda made: made.add_officer(OTHER, NEW, role="approver", approved_by="Chủ tịch"))
    page = at(window, "officers")
    page.table.choose(OTHER)
    press(KEY.Key_T, CTRL)
    press(KEY.Key_S, CTRL)
    settle(qtbot, window)
    assert page.layer.wanted.name == "ban_giao_so"
    assert page.primary().name == "print"
    press(KEY.Key_Escape)
    assert page.layer is None
    assert next(row for row in page.table.rows() if row.name == OTHER).handed_to == OFFICER


def test_who_does_not_manage_looks_and_changes_only_their_own_password(qtbot, book, opened, at):
    folder, _ = book
    made = desk.unlock(folder, OFFICER, PASSWORD)
    made.add_officer(OTHER, PASSWORD, role="viewer", approved_by="Chủ tịch")
    made.close()
    window = opened(folder, OTHER)
    page = at(window, "officers")
    assert page.primary().name == "own_password"
    assert not {"officer_end", "officer_hand", "new_sheet"} & set(page.actions())
    press(KEY.Key_N, CTRL)
    press(KEY.Key_Return)
    assert page.act is None
    press(KEY.Key_R, CTRL)
    for old, told in (("sai roi", True), (PASSWORD, False)):
        card = page.act
        card.old.setText(old)
        card.password.first.setText(NEW)
        card.password.second.setText(NEW)
        press(KEY.Key_Return, CTRL)
        settle(qtbot, window)
        assert (page.act is not None and card.old_field.remark.isVisible()) is told
    window.jobs.lock()
    settle(qtbot, window)
    with pytest.raises(Problem, match="wrong_password"):
        desk.unlock(folder, OTHER, PASSWORD)
    again = desk.unlock(folder, OTHER, NEW)
    assert again.failed_tries == 1
    again.close()


def test_wrong_tries_are_told_once_to_who_got_in(qtbot, book, opened):
    folder, _ = book
    with pytest.raises(Problem):
        desk.unlock(folder, OFFICER, "sai roi")
    window = opened(folder, OFFICER)
    settle(qtbot, window)
    toast = window.shell.talk._toast
    assert "1 lần gõ sai" in toast.accessibleName()
    left = []
    window.jobs.run(lambda made: left.append(made.failed_tries))
    settle(qtbot, window)
    assert left == [0]


def test_advice_follows_the_typing_and_a_proposal_is_only_shown(qtbot, show):
    typed = show(NewPassword(whose=lambda: OFFICER))
    typed.first.setText("nong1990")
    qtbot.waitUntil(lambda: typed.first_field.remark.isVisible())
    assert typed.meter.score < 4
    typed.propose.click()
    words = typed.proposal.words()
    assert len(words.split()) == 8
    assert typed.first.text() == "nong1990"
    assert QApplication.clipboard().text() != words
    for field in (typed.first, typed.second):
        field.setText(words)
    qtbot.waitUntil(lambda: typed.meter.score == 4)
    assert typed.is_right()
    typed.second.setText(words + "x")
    assert not typed.is_right()
    assert typed.second_field.remark.isVisible()


def test_a_register_nobody_opens_comes_back_by_the_province(qtbot, province, opened, at):
    window = opened(province / "commune")
    page = window.gate()
    page.form.recover.click()
    page.recovery.province.click()
    form = page.province.request
    assert form.officer.text() == OFFICER
    form.password.first.setText(NEW)
    form.password.second.setText(NEW)
    assert form.is_right()
    page.province.write_request(province / "stick")
    settle(qtbot, window)
    groups = " ".join(label.words() for label in page.province.asked.groups)

    above = opened(province / "receiver", OFFICER)
    answering = at(above, "rescue")
    answering.take_request(next((province / "stick").glob("*request*")))
    answering.take_keys(answering.keys, province / "tinh.cbk")
    settle(qtbot, above)
    labels = [room.label.words() for room in answering.keys.rooms]
    assert all(name in label for label, (name, _) in zip(labels, PERSONS, strict=True))
    answering.typed.spread(" ".join(groups.split()[:5]))
    answering.answer(province / "stick")
    assert answering.typed_field.remark.isVisible()
    answering.typed.clear()
    answering.typed.spread(groups)
    for turn in (PERSONS[::-1], PERSONS):
        for field, (_, word) in zip(answering.keys.fields, turn, strict=True):
            field.setText(word)
        answering.answer(province / "stick")
        settle(qtbot, above)
        assert answering.keys.rooms[1].remark.isVisible() is (turn != PERSONS)
    answer = next((province / "stick").glob("*answer*"))
    assert answering.keys.fields[0].text() == ""

    page.province.asked.have.click()
    page.province.take_answer(answer)
    for word in ("sai roi", NEW):
        page.province.answer.password.setText(word)
        page.province.answer.button.click()
        settle(qtbot, window)
    sheet = page._pages.present()
    assert all(label.words() for label in sheet.groups)
    QTest.keyClick(sheet.put_away, KEY.Key_Space)
    sheet.go.click()
    assert window.is_open()
    assert window.shell is not None


def test_the_provinces_keys_are_made_and_given_to_others(qtbot, province, opened, at):
    window = opened(province / "receiver", OFFICER)
    page = at(window, "rescue")
    roots = []
    for step, out in (("make", "moi.cbk"), ("rewrap", "doi.cbk")):
        page.what.set_value(step)
        page._show_what(step)
        if step == "rewrap":
            page.take_keys(page.old, province / "moi.cbk")
            settle(qtbot, window)
            for field, (_, word) in zip(page.old.fields, PERSONS, strict=True):
                field.setText(word)
        for name, password, (who, word) in zip(page.persons.names, page.persons.passwords, PERSONS, strict=True):
            name.setText(who if step == "make" else who + " mới")
            password.first.setText(word)
            password.second.setText(word)
        page.write_keys(province / out)
        settle(qtbot, window)
        assert page.made.isVisible()
        data = (province / out).read_bytes()
        roots.append(escrow.public_of(data)[0])
    assert roots[0] == roots[1]
    assert escrow.persons_of(data) == ("Phó Giám đốc mới", "Chánh Văn phòng mới")
    assert all(not one.text() for one in page.persons.names)


def test_a_caseload_is_counted_before_it_is_written_and_proved_after(qtbot, window, at, tmp_path):
    other = desk.setup(tmp_path / "other", role="commune", unit="01324", officer=OTHER, password=PASSWORD,
                       practice=True).desk  # fmt: skip
    stick = tmp_path / "stick"
    stick.mkdir()

    def known(made):
        made.enrol(other.card_bytes(), other.fingerprint, neighbour=True)
        other.enrol(made.card_bytes(), made.fingerprint, neighbour=True)
        for n, village in enumerate(("Nà Héng", "Lũng Cầm", "Lũng Cầm")):
            made.save("child", {"full_name": f"Hoàng Văn Páo {n}", "born": f"201{n}-03-05", "village": village})

    page = at(window, "caseloads")
    assert page.primary().why
    window.jobs.run(known)
    page = at(window, "caseloads")
    press(KEY.Key_N, CTRL)
    settle(qtbot, window)
    assert "Trẻ em: 3" in page.act.told.words()
    page.act.ticks.toggle([line.words for line in page.act.ticks.ticks.lines].index("Nà Héng"))
    settle(qtbot, window)
    assert "Trẻ em: 1" in page.act.told.words()
    assert not list(stick.iterdir())
    page.give("01324", page.act.villages(), stick)
    settle(qtbot, window)
    [row] = page.table.rows()
    assert (row.children, row.proved) == (1, False)
    other.receive([stick])
    other.close()
    window.jobs.run(lambda made: made.receive([stick]))
    settle(qtbot, window)
    [row] = page.table.rows()
    assert row.proved
    page.save_minutes(row.id, tmp_path / "bien-ban.pdf")
    settle(qtbot, window)
    assert (tmp_path / "bien-ban.pdf").read_bytes().startswith(b"%PDF")
