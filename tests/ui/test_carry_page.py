"""Gửi – Nhận and Nhận gói từ xã: step by step by keys, to any folder; trust by typed groups; nothing half-written."""

import pytest
from PySide6.QtCore import Qt
from waiting import pause

from cbdesk import bundle, clock, desk
from cbdesk.errors import Problem
from tests.ui.list_kit import NOW, ask, fill, go, press, settle, words_on
from ui.carry.carried import read_results
from ui.pages.carry import CHECK, CONTENT, PLACE

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def office(tmp_path):
    """The receiver's register, closed with the test."""
    clock.set_fixed(NOW)
    done = desk.setup(tmp_path / "office", role="receiver", unit="04", officer="Lê Minh Đức", password="tap huan",
                      practice=True)  # fmt: skip
    yield done.desk
    done.desk.close()


@pytest.fixture
def stick(tmp_path):
    made = tmp_path / "USB"
    made.mkdir()
    return made


@pytest.fixture
def friends(qtbot, window, office):
    """The window's register with children, and the office, that trust each other."""
    ids = fill(qtbot, window)
    card, groups = office.card_bytes(), office.fingerprint
    mine = ask(qtbot, window, lambda one: (one.enrol(card, groups), one.card_bytes(), one.fingerprint)[1:])
    office.enrol(*mine)
    return ids


@pytest.fixture
def page(qtbot, window, friends):
    return go(qtbot, window, "transfer")


def send(qtbot, page, stick):
    page.picker.choose("folder", [stick])
    press(Qt.Key.Key_Return)
    settle(qtbot, page.window())
    assert page._step == CONTENT
    page.shell.run("primary")
    qtbot.waitUntil(lambda: page._step == CHECK, timeout=15_000)
    settle(qtbot, page.window())


def test_the_focus_is_on_a_place_and_the_next_step_waits_for_one(page):
    assert page.picker.isAncestorOf(page.focusWidget())
    assert page._step == PLACE
    assert page.primary().why


def test_a_bundle_goes_to_a_folder_by_keys_and_is_told_with_file_and_receiver(qtbot, page, stick):
    send(qtbot, page, stick)
    (file,) = stick.glob("*.cbd")
    told = words_on(page)
    assert file.name in told
    assert "Sở Y tế tỉnh Cao Bằng" in told
    assert "Lý" not in file.name
    assert not list(stick.glob("*.part"))
    assert page.history.table.rows()[0]["state"] == "waiting"


def test_what_goes_is_counted_by_kind_without_names(qtbot, page, stick):
    page.picker.choose("folder", [stick])
    press(Qt.Key.Key_Return)
    settle(qtbot, page.window())
    told = words_on(page)
    assert "6 mới" in told
    assert "Lý Mùi Mẩy" not in told
    page.shell.run("step_back")
    assert page._step == PLACE


def test_stopping_leaves_no_file_and_loses_nothing(qtbot, page, stick):
    before = page._out.status["unsent"]
    page.picker.choose("folder", [stick])
    page._next()
    settle(qtbot, page.window())
    page._create()
    page._halt()
    qtbot.waitUntil(lambda: not page._working, timeout=15_000)
    settle(qtbot, page.window())
    assert list(stick.iterdir()) == []
    assert page._out.status["unsent"] == before
    assert page._step == CONTENT


def test_a_folder_that_went_away_is_a_card_with_a_number_and_can_be_tried_again(qtbot, page, stick):
    page.picker.choose("folder", [stick])
    page._next()
    settle(qtbot, page.window())
    stick.rmdir()
    page._create()
    qtbot.waitUntil(lambda: page.talk.card() is not None, timeout=15_000)
    card = page.talk.card()
    assert card.problem.name == "no_folder"
    stick.mkdir()
    page.talk.clear()
    page._create()
    qtbot.waitUntil(lambda: page._step == CHECK, timeout=15_000)


def test_the_acknowledgement_comes_back_and_the_chain_is_confirmed(qtbot, page, office, stick):
    send(qtbot, page, stick)
    (received,) = office.receive([stick])
    assert received.result == "merged"
    page._to_tab("receive")
    page.source.choose("folder", [stick])
    page.shell.run("primary")
    qtbot.waitUntil(lambda: bool(page.results.shown()), timeout=15_000)
    settle(qtbot, page.window())
    assert page.results.shown()[0].icon == "checkmark_circle"
    assert page.history.table.rows()[0]["state"] == "confirmed"
    assert page._out.status["unsent"] == 0
    page._receive()
    settle(qtbot, page.window())
    assert "không có gì mới" in page.results.shown()[0].words  # twice is harmless


def test_nothing_to_send_is_said_and_cannot_be_sent(qtbot, page, office, stick):
    send(qtbot, page, stick)
    office.receive([stick])
    ask(qtbot, page.window(), lambda one: one.receive([stick]))
    page._next()
    page.picker.choose("folder", [stick])
    page._next()
    settle(qtbot, page.window())
    assert page.primary().why == "Không có gì mới để gửi."


def test_a_spoiled_file_is_refused_in_sentences_with_its_number(qtbot, page, office, stick):
    send(qtbot, page, stick)
    (file,) = stick.glob("*.cbd")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    (told,) = read_results(office, office.receive([stick]))
    assert (told.icon, told.ink) == ("error_circle", "gach")
    assert "Mã " in told.next


def test_the_slip_carries_file_and_numbers_and_no_person(qtbot, page, stick, tmp_path, monkeypatch):
    send(qtbot, page, stick)
    path = tmp_path / "phieu.pdf"
    monkeypatch.setattr(page.talk, "save_file", lambda name, kinds: path)
    page.save_button.setFocus()
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(path.exists, timeout=15_000)
    assert path.read_bytes()[:5] == b"%PDF-"


def test_a_card_is_trusted_only_by_the_groups_typed(qtbot, window, office, tmp_path):
    fill(qtbot, window)
    page = go(qtbot, window, "units")
    card = tmp_path / "so.card"
    card.write_bytes(office.card_bytes())
    own = " ".join(label.words() for label in page.groups)
    page.choose(card)
    assert page.typed.fields[0].hasFocus()
    assert page.primary().why
    page.typed._spread(0, own)  # right groups, but of another card
    page._trust()
    qtbot.waitUntil(lambda: page.remark.level == "stop", timeout=10_000)
    assert "không khớp" in page.remark.words()
    page.typed.clear()
    page.typed._spread(0, office.fingerprint)
    assert not page.primary().why
    page._trust()
    qtbot.waitUntil(lambda: bool(page.table.rows()), timeout=10_000)
    assert page.table.rows()[0].name == "Sở Y tế tỉnh Cao Bằng"


def test_the_own_card_is_written_to_a_file(qtbot, window, tmp_path):
    page = go(qtbot, window, "units")
    path = tmp_path / "01321.card"
    page.write_card(path)
    qtbot.waitUntil(path.exists, timeout=10_000)
    pause(10)
    assert path.read_bytes()


def test_without_a_receiver_sending_is_a_problem_that_says_what_to_do(qtbot, window):
    fill(qtbot, window)
    with pytest.raises(Problem, match="no_receiver"):
        raise ask(qtbot, window, _no_receiver)


def _no_receiver(one):
    try:
        one.preview()
    except Problem as problem:
        return problem
    return None


def test_files_that_did_not_fit_go_alone(qtbot, page, office, stick, monkeypatch):
    def attach(one):
        child = one.save("child", {"full_name": "Hoàng Văn Páo"}).id
        return one.attach_bytes(child, b"%PDF-1.7", {"title": "x"}).id

    file = ask(qtbot, page.window(), attach)
    with monkeypatch.context() as patch:
        patch.setattr(bundle, "MAX_FILES", 0)
        send(qtbot, page, stick)
    office.receive([stick])
    ask(qtbot, page.window(), lambda one: one.receive([stick]))
    page._next()
    page.picker.choose("folder", [stick])
    page._next()
    settle(qtbot, page.window())
    assert page.primary().why == ""
    assert page.what.first.text() == "1 tệp kèm chưa được xác nhận"
    page._next()
    qtbot.waitUntil(lambda: page._step == CHECK, timeout=15_000)
    office.receive([stick])
    assert office.open_attachment(file)[0] == b"%PDF-1.7"
