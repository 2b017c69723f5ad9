"""What the window offers: nothing an officer may not do, no padlock to who may not see, a word where a record goes."""

import pytest
from PySide6.QtWidgets import QWidget
from waiting import pause

from cbdesk import desk
from ui import commands
from ui.window import Window

SENIOR, JUNIOR, PASSWORD = "Nông Thị Hạnh", "Triệu Văn Bảo", "tap huan"
WRITES = {"new_child", "record_incident", "send", "second_keying", "take_acks", "superior_form", "poor_decision"}


@pytest.fixture
def opened_as(qtbot, show, book):
    """Return a function that opens the window as a second officer with a role; the senior's incident stands in it."""
    folder, _ = book
    made = []

    def opened(role):
        first = desk.unlock(folder, SENIOR, PASSWORD)
        first.save("officer", {"full_name": SENIOR, "role": "approver", "sensitive": True, "from": "2026-01-01"})
        first.add_officer(JUNIOR, PASSWORD, role=role)
        child = first.save("child", {"full_name": "Hoàng Văn Páo", "born": "2014-03-05", "groups": ["13", "11.1"]}).id
        first.save("incident", {"kind": "abuse", "received_at": "2026-10-01T08:00", "child": [child]})
        first.close()
        window = Window(folder, lambda _window: QWidget())
        made.append(window)
        window.jobs.open(lambda: desk.unlock(folder, JUNIOR, PASSWORD), lambda one: one,
                         lambda one: window.enter(one.role))  # fmt: skip
        show(window, (1366, 698))
        qtbot.waitUntil(lambda: window.is_open() and not window.jobs.is_busy(), timeout=20_000)
        window.child = child
        return window

    yield opened
    for window in made:
        window.jobs.close()


def offered(shell):
    return {one.name for one in commands.COMMANDS if shell.can(one)}


def settle(window):
    while window.jobs.is_busy():
        pause(20)
    pause(20)


def test_a_viewer_is_offered_nothing_to_write_print_or_send(opened_as):
    window = opened_as("viewer")
    shell = window.shell
    assert not {"import", "transfer", "duplicates"} & set(shell.rail.names())
    assert {"today", "children", "incidents", "cases", "reports"} <= set(shell.rail.names())
    assert not WRITES & offered(shell)
    for name in shell.rail.names():
        shell.go(name)
        settle(window)
        assert not WRITES & offered(shell), name
        assert shell.topbar.button("record") is None
    shell.go("child", id=window.child)
    settle(window)
    assert shell.topbar.button("save") is None
    shell.run("save")  # by key or otherwise: not answered
    words = {entry.words for entry in shell.offer()}
    assert not {commands.command(one).words for one in WRITES} & words


def test_a_recorder_without_the_second_permission_sees_no_padlock(opened_as):
    window = opened_as("recorder")
    shell = window.shell
    assert "import" in shell.rail.names()
    for name, details in (("children", {}), ("child", {"id": window.child}), ("incidents", {}), ("support", {})):
        shell.go(name, **details)
        settle(window)
        shown = " ".join(one.accessibleName() for one in shell.findChildren(QWidget) if one.isVisible())
        assert "Nhạy cảm" not in shown, name
        assert not [one for one in shell.findChildren(QWidget) if one.isVisible() and one.objectName().startswith(
            "show_") and "sensitive" in one.objectName()]  # fmt: skip


def test_a_tip_goes_from_sight_once_recorded(opened_as):
    window = opened_as("recorder")
    shell = window.shell
    shell.go("incident", new=True)
    settle(window)
    page = shell.page()
    saved = []
    told = {"kind": "abuse", "received_at": "2026-11-01T08:00", "child": [window.child]}
    window.jobs.run(lambda one: one.save("incident", told), saved.append)
    settle(window)
    page._saved(saved[0])
    settle(window)
    assert shell.page().name == "incidents"
    assert shell.talk.can_undo()
    shell.talk.undo()
    settle(window)
    window.jobs.run(lambda one: len(one.store.rows("incident")), saved.append)
    settle(window)
    assert saved[-1] == 0
