"""The server and sending over the network in the window: by keys, without waiting, over a real Apache."""

import shutil

import pytest
import webdav_kit as kit
from list_kit import CHILDREN, NOW, ask, fill, go, press, settle, words_on
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from cbdesk import clock, desk
from ui.carry.network import Pace
from ui.carry.places import NETWORK
from ui.pages.carry import CHECK, CONTENT
from ui.parts import ProblemCard
from ui.window import Window


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        authority = kit.Authority(tmp_path_factory.mktemp("ca"))
        patch.setenv("SSL_CERT_FILE", str(authority.file))
        patch.setattr("cbdesk.courier.server.PAUSES", (0.0,) * 4)
        made = kit.Apache({"good": authority.issue("good")})
        yield made
        made.close()


@pytest.fixture
def office(tmp_path, server):
    """The receiver's register, which has made its folders on the server."""
    server.clear()
    clock.set_fixed(NOW)
    done = desk.setup(tmp_path / "office", role="receiver", unit="04", officer="Lê Minh Đức", password="tap huan",
                      practice=True)  # fmt: skip
    done.desk.set_post(server.url(), kit.USER, kit.PASSWORD, proxy="-")
    done.desk.post()
    yield done.desk
    done.desk.close()


def walked(qtbot, window):
    qtbot.waitUntil(lambda: window.shell.poster._now is None and not window.jobs.is_busy(), timeout=20_000)
    settle(qtbot, window)


def typed(page, server, password=kit.PASSWORD):
    for field, words in ((page.url, server.url()), (page.user, kit.USER), (page.password, password), (page.proxy, "-")):
        field.setText(words)


def test_a_server_is_tried_and_set_by_keys_and_its_password_not_shown_again(qtbot, window, office, server):
    page = go(qtbot, window, "post")
    assert page.url.hasFocus()
    page.url.setText("http://kho.example/dav")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert "http://" in page.labelled["url"].remark.accessibleName() + words_on(page.labelled["url"])
    assert page.url.hasFocus()

    typed(page, server, "sai")
    press(Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not page._working, timeout=10_000)
    assert "N-17" in page.trying.trouble.text()
    typed(page, server)
    press(Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not page._working, timeout=10_000)
    assert "**" not in page.trying.trouble.text()
    assert "được" in words_on(page.trying.note)

    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    kept = ask(qtbot, window, lambda one: one.post_settings())
    assert (kept.url, kept.has_password, kept.automatic) == (server.url(), True, False)
    assert page.password.text() == ""
    assert kit.PASSWORD not in words_on(window)
    page.password.setText("đang gõ dở")
    go(qtbot, window, "today")
    assert page.password.text() == ""


def test_a_bundle_goes_over_the_network_and_its_acknowledgement_comes_back(qtbot, window, office, server):
    fill(qtbot, window)
    card, groups, url = office.card_bytes(), office.fingerprint, server.url()

    def introduce(one):
        one.enrol(card, groups)
        one.set_post(url, kit.USER, kit.PASSWORD, proxy="-")
        return one.card_bytes(), one.fingerprint

    office.enrol(*ask(qtbot, window, introduce))
    page = go(qtbot, window, "transfer")
    page.picker._rows[NETWORK].setFocus()
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert page._step == CONTENT
    page.shell.run("primary")
    qtbot.waitUntil(lambda: page._step == CHECK, timeout=20_000)
    walked(qtbot, window)
    (name,) = [name for name in server.files() if name.startswith("inbox/")]
    assert page._sent.sha256 in name
    assert "Sở Y tế tỉnh Cao Bằng" in words_on(page)
    assert page.history.table.rows()[0]["state"] == "posted"
    assert not page.print_button.isVisible()

    assert [one.result for one in office.post().received] == ["merged"]
    page._to_tab("receive")
    page.source._rows[NETWORK].click()
    page.shell.run("primary")
    walked(qtbot, window)
    assert page.results.shown()[0].icon == "checkmark_circle"
    assert ask(qtbot, window, lambda one: one.unsent()) == 0


def test_the_receiver_takes_in_and_answers_over_the_network(qtbot, show, office, empty_book, tmp_path, server):
    shutil.copytree(empty_book[0], tmp_path / "sổ")
    commune = desk.unlock(tmp_path / "sổ", desk.officers(tmp_path / "sổ")[0], "tap huan")
    office.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(office.card_bytes(), office.fingerprint)
    commune.set_post(server.url(), kit.USER, kit.PASSWORD, proxy="-")
    commune.put("child", CHILDREN)
    commune.post()
    folder = office.folder
    office.close()
    window = Window(folder, lambda _window: QWidget())
    window.jobs.open(lambda: desk.unlock(folder, "Lê Minh Đức", "tap huan"), lambda opened: opened,
                     lambda opened: window.enter(opened.role))  # fmt: skip
    show(window, (1366, 698))
    qtbot.waitUntil(lambda: window.is_open() and not window.jobs.is_busy(), timeout=20_000)
    page = go(qtbot, window, "inbox")
    page.take_in()
    settle(qtbot, window)
    page.source._rows[NETWORK].click()
    page.take_in()
    walked(qtbot, window)
    assert not [name for name in server.files() if name.startswith("inbox/")]
    assert [one.result for one in commune.fetch()] == ["accepted"]
    commune.close()
    window.jobs.close()


def test_by_itself_it_is_quiet_and_locking_stops_it(qtbot, window, server):
    fill(qtbot, window)
    line = kit.Line(server.ports["good"])
    line.rules = [{"stall": 10}] * 5
    url = server.url(port=line.port)
    ask(qtbot, window, lambda one: one.set_post(url, kit.USER, kit.PASSWORD, proxy="-", automatic=True))
    poster = window.shell.poster
    poster.ask()
    qtbot.waitUntil(lambda: line.connections > 0, timeout=10_000)
    assert ask(qtbot, window, lambda one: len(one.children())) == 6  # the book is free meanwhile
    poster.stop()
    qtbot.waitUntil(lambda: poster._now is None, timeout=10_000)
    line.target = kit.free_port()  # nobody there: the line closes at once
    line.rules.clear()
    poster.ask()
    qtbot.waitUntil(lambda: poster._now is None and window.shell.facts.post_failed, timeout=20_000)
    assert "chưa gửi được" in words_on(window.shell.status)
    assert not window.findChildren(ProblemCard)
    clock.set_fixed("2026-10-12T09:12:00")
    line.target, line.rules = server.ports["good"], [{"stall": 10}] * 5
    poster.ask()
    qtbot.waitUntil(lambda: poster._now is not None, timeout=10_000)
    walk = poster._now
    window.lock()
    assert walk.flag.is_set()
    line.close()


def test_how_long_it_takes_is_said_once_it_is_known(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("ui.carry.network.time.monotonic", lambda: now[0])
    pace = Pace()
    assert pace.words("connect", 0, 1).endswith("…")
    pace.words("send", 0, 4_000_000)
    now[0] += 60
    assert "3" in pace.words("send", 1_000_000, 4_000_000).rpartition("(")[2]
