"""Hôm nay: tasks by deadline, the emergency, figures that equal the lists they open, the strip."""

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from waiting import pause

from cbdesk import clock
from tests.ui.list_kit import ask, fill, go, press, settle, words_on
from ui.lists.task import LATE, TODAY, WEEK, left_words


@pytest.fixture
def ids(qtbot, window):
    return fill(qtbot, window)


@pytest.fixture
def page(qtbot, window, ids):
    return go(qtbot, window, "today")


def urgent(qtbot, window, ids, at="2026-10-12T05:40"):
    data = {"kind": "abuse", "child": [ids[3]], "received_at": at, "urgent": True}
    ask(qtbot, window, lambda desk: desk.save("incident", data))
    settle(qtbot, window)


def of(page, start):
    return [task for task in page.list.tasks() if task.id.startswith(start)]


def test_the_focus_is_on_the_first_task_and_arrows_skip_headings(page):
    assert page.list.hasFocus()
    assert page.list.current() is page.list.tasks()[0]
    press(Qt.Key.Key_End)
    assert page.list.current() is page.list.tasks()[-1]
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Down)
    assert page.list.current() is page.list.tasks()[1]


def test_a_child_of_sixteen_moves_from_the_week_to_today_to_late_as_days_pass(qtbot, window, page):
    (task,) = of(page, "sixteen")
    assert (task.group, task.due, task.who) == (WEEK, "Còn 5 ngày", "Tẩn Kiềm Phâu")
    clock.set_fixed("2026-10-17T00:00:01")
    page._tick()
    settle(qtbot, window)
    assert of(page, "sixteen")[0].group == TODAY
    clock.set_fixed("2026-10-19T07:00:00")
    page._tick()
    settle(qtbot, window)
    assert (of(page, "sixteen")[0].group, of(page, "sixteen")[0].due) == (LATE, "Quá 2 ngày")


def test_the_banner_stands_only_while_an_emergency_runs_and_counts_down_in_place(qtbot, window, page, ids):
    assert page._banner is None or not page._banner.isVisible()
    urgent(qtbot, window, ids)
    qtbot.waitUntil(lambda: page._banner is not None and page._banner.isVisible())
    assert "trước 17:40 hôm nay, còn 9 giờ 28 phút" in page._banner.accessibleName()
    clock.set_fixed("2026-10-12T08:13:00")
    page._tick()
    assert "còn 9 giờ 27 phút" in page._banner.accessibleName()
    clock.set_fixed("2026-10-12T17:41:00")
    page._tick()
    settle(qtbot, window)
    assert not page._banner.isVisible()


def test_children_of_an_incident_and_those_kept_apart_are_not_named(qtbot, window, page, ids):
    urgent(qtbot, window, ids)
    ask(qtbot, window, lambda desk: desk.keep_draft("child", ids[3], {"school": "x"}))
    page.load()
    settle(qtbot, window)
    told = words_on(page) + " ".join(f"{task.who} {task.title}" for task in page.list.tasks())
    assert "Vàng Thị Dợ" not in told
    assert all(task.hidden for task in of(page, "incident") + of(page, "draft"))


def taken_up(qtbot, window, child, received, **data):
    """Record an incident, take up the case of its child; returns the case."""
    given = {"kind": "abuse", "child": [child], "received_at": received, **data}

    def do(desk):
        desk.take_up(str(desk.save("incident", given).id))
        return desk.cases(child)[0].id

    case = ask(qtbot, window, do)
    settle(qtbot, window)
    return case


def test_steps_of_cases_stand_by_their_term_and_open_their_place(qtbot, window, page, ids):
    case = taken_up(qtbot, window, ids[3], "2026-10-05T08:00")
    qtbot.waitUntil(lambda: bool(of(page, "step")))
    first = of(page, "step")[0]
    assert (first.group, first.due, first.paper) == (TODAY, "Trong hôm nay", "Mẫu 03")
    assert first.go == ("case", {"id": case, "step": "detailed"})
    assert first.hidden
    assert first.who_more == "khoảng 8 tuổi · Khuổi Mít"
    assert "Vàng Thị Dợ" not in words_on(page)
    clock.set_fixed("2026-10-13T00:00:01")
    page._tick()
    settle(qtbot, window)
    late = of(page, "step")[0]
    assert (late.group, late.due, late.due_more) == (LATE, "Quá 1 ngày", "hạn 12/10")
    at = page.list.tasks().index(of(page, "step")[0])
    page.list.setCurrentIndex(page.list.work.index(page.list.work.items.index(page.list.tasks()[at]), 0))
    done = {"done_at": "2026-10-12T16:00"}
    ask(qtbot, window, lambda desk: desk.finish_step(case, "detailed", done))
    qtbot.waitUntil(lambda: "detailed" not in [one.go[1].get("step") for one in of(page, "step")])
    assert page.list.current() is page.list.tasks()[at]  # the selection stays near, the page was not opened anew


def test_an_emergency_runs_until_its_step_is_done_and_stands_first(qtbot, window, page, ids):
    case = taken_up(qtbot, window, ids[0], "2026-10-12T05:40", urgent=True)
    qtbot.waitUntil(lambda: page._banner is not None and page._banner.isVisible())
    today = [one for one in page.list.tasks() if one.group == TODAY]
    assert (today[0].go, today[0].due) == (("case", {"id": case, "step": "emergency"}), "Còn 9 giờ 28 phút")
    assert page._banner_button.words() == "Mở hồ sơ"
    assert len(ask(qtbot, window, lambda desk: desk.urgent())) == 1
    ask(qtbot, window, lambda desk: desk.finish_step(case, "emergency"))
    qtbot.waitUntil(lambda: not page._banner.isVisible())
    assert ask(qtbot, window, lambda desk: desk.urgent()) == []


def test_a_clock_that_was_set_back_is_told(qtbot, window, page, ids):
    assert page._clock_banner is None
    urgent(qtbot, window, ids)
    clock.set_fixed("2026-10-11T08:12:00")
    page.load()
    settle(qtbot, window)
    assert page._clock_banner.isVisible()
    assert "giờ đã ghi" in page._clock_banner.accessibleName()
    assert "trước 17:40 ngày 12/10" in page._banner.accessibleName()  # the stored stamp rules
    clock.set_fixed("2026-10-12T08:12:00")
    page.load()
    settle(qtbot, window)
    assert not page._clock_banner.isVisible()


def test_many_children_of_sixteen_are_one_line_with_the_figure_of_its_list(qtbot, window, page):
    rows = [{"full_name": f"Lý Thị {n}", "born": f"2010-09-{n:02}", "village": "Xóm Nà Pảng"} for n in range(10, 16)]
    ask(qtbot, window, lambda desk: desk.put("child", rows))
    qtbot.waitUntil(lambda: bool(of(page, "sixteen-2026-09")))
    (line,) = of(page, "sixteen-2026-09")
    assert line.title == "Tháng 9 có 6 trẻ đủ 16 tuổi, rà soát đưa ra khỏi sổ"
    page._open(line)
    settle(qtbot, window)
    assert len(window.shell.page().table.rows()) == 6


def test_twelve_hours_count_the_night_and_the_sunday():
    until = datetime.fromisoformat("2026-10-11T06:00:00+07:00")
    assert left_words(until, datetime.fromisoformat("2026-10-10T18:00:00+07:00")) == "Còn 12 giờ 0 phút"
    assert left_words(until, datetime.fromisoformat("2026-10-11T05:20:00+07:00")) == "Còn 40 phút"


def test_a_finished_task_leaves_and_the_selection_stays_near(qtbot, window, page, ids):
    ask(qtbot, window, lambda desk: desk.keep_draft("child", ids[0], {"school": "x"}))
    page.load()
    settle(qtbot, window)
    at = page.list.tasks().index(of(page, "draft")[0])
    page.list.setCurrentIndex(page.list.work.index(page.list.work.items.index(page.list.tasks()[at]), 0))
    ask(qtbot, window, lambda desk: desk.drop_draft("child", ids[0]))
    page.load()
    settle(qtbot, window)
    assert not of(page, "draft")
    assert page.list.current() is not None


def test_figures_and_gaps_equal_the_lists_they_open(qtbot, window, page):
    figure = page.figures["children"].accessibleName()
    gap = page.gaps["personal_id"].count()
    page.figures["children"].clicked.emit()
    settle(qtbot, window)
    children = window.shell.page()
    assert figure.endswith(f": {len(children.table.rows())}")
    window.shell.go("today")
    settle(qtbot, window)
    page.gaps["personal_id"].setFocus()
    press(Qt.Key.Key_Return)
    settle(qtbot, window)
    assert gap == str(len(window.shell.page().table.rows()))


def test_twelve_months_stand_beside_each_figure_and_are_counted_anew_only_after_a_change(qtbot, window, page, ids):
    months = dict(page._months)
    assert {name: series[-1] for name, series in months.items()} == page._today.overview["figures"]
    assert page.figures["incidents"]._bars
    assert not page.figures["children"]._bars
    assert "12 tháng" in page.figures["children"].accessibleDescription()
    page._months = {name: (0, *series[1:]) for name, series in months.items()}
    page.load()
    settle(qtbot, window)
    assert page._months["children"][0] == 0  # kept as it was
    urgent(qtbot, window, ids, at="2026-09-12T05:40")
    settle(qtbot, window)
    assert page._months["incidents"][-2] == 1
    assert page._months["children"][0] == months["children"][0]


def test_the_strip_says_how_much_is_unsent_and_where_to_begin(page):
    unsent = page._today.status["unsent"]
    assert unsent
    assert page._unsent.words() == f"{unsent} thay đổi chưa gửi"
    assert page.send_button.words() == "Đơn vị, khóa"  # no receiver's card yet
    assert [task.id for task in of(page, "enrol")] == ["enrol"]


def test_a_backup_task_makes_the_backup_and_leaves(qtbot, window, page):
    if not of(page, "backup"):
        pytest.skip("made at unlock")
    page._open(of(page, "backup")[0])
    settle(qtbot, window)
    pause(30)
    assert not of(page, "backup")


def test_an_empty_book_shows_first_steps_with_the_focus_on_the_first(qtbot, window):
    clock.set_fixed("2026-10-12T08:12:00")
    page = go(qtbot, window, "today")
    assert page.first["add"].hasFocus()
    assert not page._card.isVisible()


def test_no_name_stands_in_the_window_title(page, window):
    assert window.windowTitle() == "Sổ trẻ em"
