"""Kiểm tra trùng: pairs decided by keys, a choice a field, joined lists, taking apart, memory, old codes."""

from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cbdesk import clock, desk
from cbdesk.words import say
from tests.ui.conftest import OFFICER, PASSWORD
from tests.ui.list_kit import NOW, ask, go, settle, words_on
from ui.compare.reading import differing
from ui.compare.rows import Fold
from ui.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier
NAMES = ["Lý Mùi Mẩy", "Hà Hữu Lâm", "Tẩn Thị Nhậy", "Hoàng Thuý Hoà", "Chảo Văn Vần", "Vàng Mí Dợ"]


def child(at, **more):
    """One child of a family of its own."""
    return {"full_name": NAMES[at], "born": f"201{at}-03-0{at + 1}", "sex": "male", "village": "Xóm Lũng Mít",
            "mother_name": f"Triệu Thị {NAMES[at].split()[0]}", "life_status": "permanent"} | more  # fmt: skip


@pytest.fixture
def book_of_six(qtbot, window):
    """Return the ids of six pairs, each written twice; the second of each knows a year and a school."""
    clock.set_fixed(NOW)
    rows = [child(at) for at in range(6)] + [child(at, school="Trường A", **{"class": "2"}) for at in range(6)]
    saved = ask(qtbot, window, lambda desk: desk.put("child", rows))
    settle(qtbot, window)
    ids = [one.id for one in saved]
    return list(zip(ids[:6], ids[6:], strict=True))


def opened(qtbot, window, **details):
    return go(qtbot, window, "duplicates", **details)


def get(qtbot, window, record):
    return ask(qtbot, window, lambda desk: desk.get(record))


def key(qtbot, page, pressed, how=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is, as a person; shortcuts come first."""
    QTest.keyClick(QApplication.focusWidget(), pressed, how)
    settle(qtbot, page.window())


def at_pair(qtbot, page, pair):
    """Stand at one pair of the queue."""
    wanted = " ".join(sorted(pair))
    for _ in range(12):
        if page.queue.current().key == wanted:
            return
        key(qtbot, page, Qt.Key.Key_Down)
    raise AssertionError("the pair is not in the queue")


def row_of(board, name):
    return next(n for n, one in enumerate(board.rows.items) if not isinstance(one, Fold) and one.name == name)


def test_six_pairs_are_decided_by_keys_alone(qtbot, window, book_of_six):
    page = opened(qtbot, window)
    assert page.queue.hasFocus()
    assert len(page._pairs) == 6
    assert ask(qtbot, window, page.badge) == 6
    for answer, how in ((Qt.Key.Key_Return, CTRL), (Qt.Key.Key_N, None), (Qt.Key.Key_S, None),
                        (Qt.Key.Key_Return, CTRL), (Qt.Key.Key_Return, CTRL), (Qt.Key.Key_N, None),
                        (Qt.Key.Key_Return, CTRL)):  # fmt: skip
        key(qtbot, page, answer, how or Qt.KeyboardModifier.NoModifier)
    assert page._pairs == []
    assert page._none.isVisible()
    left = ask(qtbot, window, lambda desk: desk.children())
    assert len(left) == 8
    assert window.prefs.get("duplicates_likely", -1) == 0
    assert ask(qtbot, window, lambda desk: desk.duplicates()) == []


def test_a_choice_a_field_is_honoured_and_said(qtbot, window, book_of_six):
    a, b = book_of_six[0]
    ask(qtbot, window, lambda desk: (desk.save("child", {"school": "Trường B"}, a), desk.save(
        "child", {"full_name": "Lí Mùi Mẩy"}, b)))  # fmt: skip
    page = opened(qtbot, window, a=a, b=b)
    assert page.queue.current().key == f"{a} {b}"
    key(qtbot, page, Qt.Key.Key_Right)
    board = page.board
    assert board.hasFocus()
    name = row_of(board, "full_name")
    for _ in range(name - board.currentIndex().row()):
        key(qtbot, page, Qt.Key.Key_Down)
    assert board.rows.side(board.rows.items[name]) == "a"
    key(qtbot, page, Qt.Key.Key_Right)
    assert board.chosen() == {"full_name": "b"}
    assert board.rows.result(board.rows.items[name]) == ("Lí Mùi Mẩy", say("duplicates.why.chosen"))
    key(qtbot, page, Qt.Key.Key_Left)
    assert board.chosen() == {}
    key(qtbot, page, Qt.Key.Key_Right)
    only = row_of(board, "class")
    board.setCurrentIndex(board.rows.index(only, 0))
    key(qtbot, page, Qt.Key.Key_Left)  # empty in A: it cannot be taken
    assert board.chosen() == {"full_name": "b"}
    school = row_of(board, "school")
    board.setCurrentIndex(board.rows.index(school, 0))
    proposed = board.rows.side(board.rows.items[school])
    key(qtbot, page, Qt.Key.Key_Left if proposed == "b" else Qt.Key.Key_Right)
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    kept = get(qtbot, window, a)
    assert (kept["full_name"], kept["class"]) == ("Lí Mùi Mẩy", "2")
    assert kept["school"] == ("Trường B" if proposed == "b" else "Trường A")


def test_only_what_differs_is_open_and_differing_letters_are_marked(qtbot, window, book_of_six):
    page = opened(qtbot, window)
    fold = next(one for one in page.board.rows.items if isinstance(one, Fold))
    names = [one.name for one in page.board.rows.items if not isinstance(one, Fold)]
    assert set(names) == {"school", "class"}
    assert fold.count >= 4
    assert not fold.open
    key(qtbot, page, Qt.Key.Key_Space)
    assert len(page.board.rows.items) == len(names) + 1 + fold.count
    assert page.queue.hasFocus()
    assert differing("Lý Mùi Mẩy", "Lí Mùi Mẩy") == (((1, 2),), ((1, 2),))
    assert differing("2015", "03/06/2015") == ((), ())
    assert differing("Trường A", "Cấp hai") == ((), ())


def test_joined_lists_keep_all_ids_and_are_counted(qtbot, window, book_of_six):
    a, b = book_of_six[0]
    made = ask(qtbot, window, lambda desk: [
        desk.save("support", {"child": a, "kind": "allowance", "from": "2026-01-01"}).id,
        desk.save("support", {"child": b, "kind": "allowance", "from": "2026-06-01"}).id,
        desk.save("incident", {"kind": "abuse", "child": [b], "received_at": "2026-10-11T21:40"}).id])  # fmt: skip
    page = opened(qtbot, window, a=a, b=b)
    lines = {one.name: one for one in page.board.rows.lines}
    assert lines["support"].joined == 2
    assert page.board.rows.result(lines["incident"])[1] == say("duplicates.why.only_b")
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    supports = ask(qtbot, window, lambda desk: {row["id"] for row in desk.rows_of("support", a)})
    assert supports == set(made[:2])
    assert get(qtbot, window, made[2])["child"] == [a]


def test_a_decision_is_taken_back_at_once(qtbot, window, book_of_six):
    page = opened(qtbot, window)
    before, shown = page._pairs, page.queue.current().key
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    assert len(page._pairs) == 5
    key(qtbot, page, Qt.Key.Key_Z, CTRL)
    assert page._pairs == before
    assert page.queue.current().key == shown
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 12
    key(qtbot, page, Qt.Key.Key_N)
    key(qtbot, page, Qt.Key.Key_Z, CTRL)
    assert len(ask(qtbot, window, lambda desk: desk.duplicates())) == 6


def test_two_children_are_not_asked_again_unless_a_name_changes(qtbot, window, book_of_six):
    a, b = book_of_six[2]
    page = opened(qtbot, window, a=a, b=b)
    key(qtbot, page, Qt.Key.Key_N)
    page.load()
    settle(qtbot, window)
    assert f"{a} {b}" not in [one.key for one in page._pairs]
    ask(qtbot, window, lambda desk: desk.save("child", {"school": "Trường C"}, b))
    page.load()
    settle(qtbot, window)
    assert f"{a} {b}" not in [one.key for one in page._pairs]
    ask(qtbot, window, lambda desk: desk.save("child", {"full_name": "Tẩn Nhậy"}, b))
    page.load()
    settle(qtbot, window)
    assert f"{a} {b}" in [one.key for one in page._pairs]


def test_split_gives_both_back_with_their_later_edits_and_the_old_code_finds_the_child(qtbot, window, book_of_six):
    a, b = book_of_six[1]
    code = get(qtbot, window, b)["book_code"]
    page = opened(qtbot, window, a=a, b=b)
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    assert ask(qtbot, window, lambda desk: desk.search_children(code)) == [a]
    ask(qtbot, window, lambda desk: desk.save("child", {"usual_name": "Lâm"}, a))
    record = go(qtbot, window, "child", id=b)
    assert record._ribbon is not None
    assert say("child.joined.into", who=f"{NAMES[1]}, {get(qtbot, window, a)['book_code']}") in words_on(record)
    assert record.form().locked()
    record = go(qtbot, window, "child", id=a)
    assert record._joined_card.isVisible()
    record._joined_card.findChild(object, "split_0").click()
    settle(qtbot, window)
    assert not record._joined_card.isVisible()
    assert get(qtbot, window, a)["usual_name"] == "Lâm"
    assert get(qtbot, window, b)["school"] == "Trường A"
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 12
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 11


def test_what_changed_meanwhile_is_read_again_and_said(qtbot, window, book_of_six):
    a, b = book_of_six[0]
    page = opened(qtbot, window, a=a, b=b)
    ask(qtbot, window, lambda desk: desk.save("child", {"school": "Trường D"}, b))
    settle(qtbot, window)
    assert page.notice.isVisible()
    assert page.notice.words() == say("duplicates.changed_pair")
    assert "Trường D" in [one.b for one in page.board.rows.lines]
    stale = page._shown
    page.board.taken.emit()
    ask(qtbot, window, lambda desk: desk.save("child", {"phone": "0912345678"}, a))
    page._shown = stale  # as it is until the answer is here
    page.merge()
    settle(qtbot, window)
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 12
    assert page.notice.words() == say("duplicates.changed_pair")
    page.merge()
    settle(qtbot, window)
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 11


def test_a_third_record_alike_is_a_chain_of_two_decisions(qtbot, window, book_of_six):
    a, b = book_of_six[3]
    third = ask(qtbot, window, lambda desk: desk.save("child", child(3, **{"class": "3"}))).id
    page = opened(qtbot, window, a=a, b=b)
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    assert page.queue.current().key == f"{a} {third}"
    assert page.notice.words() == say("duplicates.chained")
    assert not any(one.has(b) for one in page._pairs)
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    assert get(qtbot, window, third)["merged_into"] == a
    assert get(qtbot, window, b)["merged_into"] == a


def test_twins_stand_under_the_threshold_and_are_named(qtbot, window):
    clock.set_fixed(NOW)
    twins = [child(0, full_name=name, sex="female") for name in ("Hà Minh Máy", "Hà Hữu Máy")]
    twins += [child(2, full_name=name, sex="female") for name in ("Lý Thị Dự", "Lý Thị Xuân")]
    ask(qtbot, window, lambda desk: desk.put("child", twins))
    settle(qtbot, window)
    page = opened(qtbot, window)
    assert [one.level for one in page._pairs] == ["look"]
    assert page.levels.value() == "look"
    assert page._shown.score < 80
    assert page._shown.kin == "twins"
    assert say("duplicates.kin.twins") in words_on(page.why)
    ids = {row.name: row.id for row in ask(qtbot, window, lambda desk: desk.children())}
    page = opened(qtbot, window, a=ids["Lý Thị Dự"], b=ids["Lý Thị Xuân"])  # asked for, though nobody suspects them
    assert page._shown.score == 0
    assert page.why.level.words() == say("duplicates.little_words")


def test_a_search_can_be_stopped_and_begun_again(qtbot, window, book_of_six, monkeypatch):
    from ui.compare import reading

    monkeypatch.setattr(reading, "EVERY", 1)
    gate = Event()
    window.jobs.run(lambda _desk: gate.wait(10))
    window.shell.go("duplicates")
    page = window.shell.page()
    assert page._layers.currentWidget() is page.busy
    assert page.leave()
    gate.set()
    settle(qtbot, window)
    assert page._layers.currentWidget() is page._halted
    assert QApplication.focusWidget().objectName() == "search_again"
    key(qtbot, page, Qt.Key.Key_Return)
    assert len(page._pairs) == 6


def test_without_pairs_that_is_said_and_nothing_is_offered(qtbot, window):
    page = opened(qtbot, window)
    assert say("duplicates.none") in words_on(page._none)
    assert page._none.isVisible()
    assert page.primary() is None


def test_every_shape_shows_reasons_and_answers(qtbot, window, book_of_six):
    page = opened(qtbot, window)
    assert page.why.isVisible()
    assert not page.strip.isVisible()
    window.resize(911, 442)
    settle(qtbot, window)
    assert not page.why.isVisible()
    assert page.strip.words().startswith("Giống")
    assert all(button.isVisible() for button in page._answers)
    for button in (*page._answers, window.shell.topbar.primary()):
        assert window.rect().contains(button.mapTo(window, button.rect().bottomRight()))
    bar = page.levels
    assert bar.width() >= bar.sizeHint().width()


def test_at_saving_the_officer_sees_who_is_here_and_may_open_that_child(qtbot, window, book_of_six):
    a, _ = book_of_six[4]
    page = go(qtbot, window, "child", new=True)
    form = page.form()
    form.set_typed("full_name", "Chảo Văn Vần")
    form.set_typed("born", "2014")
    form.set_typed("village", "Xóm Lũng Mít")
    page._save()
    settle(qtbot, window)
    box = form.boxes["full_name"]
    assert box.needs() == "ask"
    assert "Giống" in box.said[0].words
    assert "Chảo Văn Vần" in box.said[0].words
    assert page._alike.isVisible()
    assert "cùng tên" in words_on(page._alike)
    assert len(ask(qtbot, window, lambda desk: desk.children())) == 12  # nothing was written
    box._see.click()
    settle(qtbot, window)
    assert page._record in (a, book_of_six[4][1])


def test_saving_as_another_child_is_remembered_and_undone_with_it(qtbot, window, book_of_six):
    page = go(qtbot, window, "child", new=True)
    form = page.form()
    form.set_typed("full_name", "Chảo Văn Vần")
    form.set_typed("born", "2014")
    form.set_typed("village", "Xóm Lũng Mít")
    page._save()
    settle(qtbot, window)
    form.boxes["full_name"].keep_button().click()
    page._save()
    settle(qtbot, window)
    made = page._record
    assert made is not None
    pairs = ask(qtbot, window, lambda desk: desk.duplicates(all_levels=True))
    assert not any(made in (one.a, one.b) for one in pairs)
    assert ask(qtbot, window, lambda desk: len(desk.all_rows("not_same"))) == 2
    assert window.shell.talk.undo()
    settle(qtbot, window)
    assert ask(qtbot, window, lambda desk: len(desk.all_rows("not_same"))) == 0


def test_a_known_child_leads_from_the_look_alike_to_the_comparison(qtbot, window, book_of_six):
    a, b = book_of_six[5]
    page = go(qtbot, window, "child", id=b)
    page.form()._ask_desk()
    settle(qtbot, window)
    page._alike.findChild(object, "compare_0").click()
    settle(qtbot, window)
    shown = window.shell.page()
    assert shown.name == "duplicates"
    assert shown.queue.current().key == f"{a} {b}"
    assert shown._shown.key == f"{a} {b}"


def test_two_chosen_of_the_list_are_compared(qtbot, window, book_of_six):
    page = go(qtbot, window, "children")
    page.search.setFocus()
    key(qtbot, page, Qt.Key.Key_Down)
    key(qtbot, page, Qt.Key.Key_M, CTRL)  # one alone is told so
    assert window.shell.page() is page
    key(qtbot, page, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    ids = sorted(page._chosen())
    key(qtbot, page, Qt.Key.Key_M, CTRL)
    assert window.shell.page().queue.current().key == " ".join(ids)


@pytest.fixture
def office(qtbot, show, tmp_path):
    """The receiver's window on a register in which two communes hold one child."""
    clock.set_fixed(NOW)
    places = (("office", "receiver", "04"), ("a", "commune", "01321"), ("b", "commune", "01273"))
    made = {name: desk.setup(tmp_path / name, role=role, unit=unit, officer=OFFICER, password=PASSWORD,
                             practice=True).desk for name, role, unit in places}  # fmt: skip
    for name in ("a", "b"):
        made[name].enrol(made["office"].card_bytes(), made["office"].fingerprint)
        made["office"].enrol(made[name].card_bytes(), made[name].fingerprint)
        made[name].save("child", child(0))
        stick = tmp_path / f"stick {name}"
        stick.mkdir()
        made["office"].receive([one.file for one in made[name].send(stick) if one.file is not None])
    for one in made.values():
        one.close()
    folder = tmp_path / "office"
    opened_on = Window(folder, lambda _window: QWidget())
    opened_on.jobs.open(lambda: desk.unlock(folder, OFFICER, PASSWORD), lambda found: found,
                        lambda found: opened_on.enter(found.role))  # fmt: skip
    show(opened_on, (1366, 698))
    qtbot.waitUntil(lambda: opened_on.is_open() and not opened_on.jobs.is_busy(), timeout=20_000)
    yield opened_on
    opened_on.jobs.close()


def test_at_the_receiver_names_are_hidden_until_asked_and_two_communes_keep_their_records(qtbot, office):
    page = opened(qtbot, office)
    (pair,) = page._pairs
    assert pair.where == "Xã Bảo Lạc – Phường Thục Phán"
    assert NAMES[0] not in words_on(page)
    assert not page.board.isVisible()
    assert page.queue.model().index(0, 0).data() == say(
        "duplicates.pair_words", a="L.M.M., 2010", b="L.M.M., 2010", where=pair.where, n=pair.score)  # fmt: skip
    views = lambda one: sum(entry[3] == "view" for entry in one.ledger.accesses())  # noqa: E731
    before = ask(qtbot, office, views)
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    assert ask(qtbot, office, views) == before + 1
    assert page.board.isVisible()
    assert NAMES[0] in page.queue.model().index(0, 0).data()
    assert page._shown.two_units
    assert page.notice.words() == say("duplicates.two_units")
    assert page.primary().words == say("duplicates.same")
    key(qtbot, page, Qt.Key.Key_Return, CTRL)
    assert page._pairs == []
    assert len(ask(qtbot, office, lambda one: one.children())) == 2
    assert len(ask(qtbot, office, lambda one: one.same_children())) == 1
    key(qtbot, page, Qt.Key.Key_Z, CTRL)
    assert len(page._pairs) == 1
    assert ask(qtbot, office, lambda one: one.same_children()) == []
    office.shell.go("inbox")
    page = opened(qtbot, office)
    assert not page.board.isVisible()
