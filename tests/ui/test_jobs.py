"""The background door: one thread, answers on the window's thread, nothing to the dead, no texts of bugs."""

import threading

import pytest
from PySide6.QtWidgets import QWidget

from cbdesk import log
from cbdesk.desk import Changed
from cbdesk.errors import Problem
from ui.jobs import Jobs, Latest


class Desk:
    """A desk that only counts."""

    def __init__(self):
        self.thread, self.closed, self.forms = threading.get_ident(), False, set()

    def take_changed(self):
        found, self.forms = Changed(frozenset(self.forms)), set()
        return found

    def close(self):
        self.closed = threading.get_ident()


@pytest.fixture
def jobs(qtbot):
    made = Jobs()
    made.open(Desk, lambda desk: desk)
    yield made
    made.close()


def settle(qtbot, jobs):
    qtbot.waitUntil(lambda: not jobs.is_busy(), timeout=5_000)


def test_work_runs_on_the_desks_thread_and_the_answer_comes_home(qtbot, jobs):
    seen = []
    jobs.run(
        lambda desk: (desk.thread, threading.get_ident()), lambda answer: seen.append((answer, threading.get_ident()))
    )
    settle(qtbot, jobs)
    (made_on, ran_on), home = seen[0]
    assert made_on == ran_on != home == threading.get_ident()


def test_work_runs_in_the_order_given(qtbot, jobs):
    seen = []
    for number in range(20):
        jobs.run(lambda _desk, number=number: number, seen.append)
    settle(qtbot, jobs)
    assert seen == list(range(20))


def test_an_answer_for_a_dead_owner_is_dropped(qtbot, jobs):
    seen, owner = [], QWidget()
    gate = threading.Event()
    jobs.run(lambda _desk: gate.wait(5), seen.append, owner=owner)
    owner.deleteLater()
    del owner
    qtbot.wait(30)
    gate.set()
    settle(qtbot, jobs)
    assert seen == []


def test_changes_are_told_to_everybody_after_the_answer(qtbot, jobs):
    order = []
    jobs.changed.connect(lambda changed, _owner: order.append(changed.forms))
    jobs.run(lambda desk: desk.forms.add("child"), lambda _none: order.append("answer"))
    jobs.run(lambda _desk: None)
    settle(qtbot, jobs)
    assert order == ["answer", frozenset({"child"})]


def test_a_problem_goes_to_failed_or_to_everybody(qtbot, jobs):
    failed, trouble = [], []
    jobs.trouble.connect(lambda problem, _owner: trouble.append(problem.name))

    def refuse(_desk):
        raise Problem("disk_full")

    jobs.run(refuse, failed=lambda problem: failed.append(problem.name))
    jobs.run(refuse)
    settle(qtbot, jobs)
    assert failed == ["disk_full"]
    assert trouble == ["disk_full"]


def test_a_bug_becomes_a_problem_with_a_code_and_its_text_is_nowhere(qtbot, jobs, tmp_path):
    log.begin(tmp_path)
    seen = []

    def stumble(_desk):
        raise ValueError("Lý Mùi Mẩy canary")

    jobs.run(stumble, failed=seen.append)
    settle(qtbot, jobs)
    problem = seen[0]
    written = (tmp_path / log.NAME).read_text("utf-8")
    assert problem.name == "bug"
    assert problem.details["code"] in written
    assert "ValueError" in written
    assert "test_jobs.py" in written
    assert "canary" not in written + str(problem) + problem.next


def test_a_page_that_stumbles_over_its_answer_does_not_stop_the_window(qtbot, jobs):
    trouble, later = [], []
    jobs.trouble.connect(lambda problem, _owner: trouble.append(problem.name))
    jobs.run(lambda _desk: 1, lambda _answer: 1 / 0)
    jobs.run(lambda _desk: 2, later.append)
    settle(qtbot, jobs)
    assert trouble == ["bug"]
    assert later == [2]


def test_only_the_latest_answer_arrives_and_overtaken_questions_are_not_asked(qtbot, jobs):
    asked, seen, owner = [], [], QWidget()
    qtbot.addWidget(owner)
    latest, gate = Latest(jobs, owner), threading.Event()
    jobs.run(lambda _desk: gate.wait(5))
    for text in ("l", "ly", "ly m"):
        latest.run(lambda _desk, text=text: asked.append(text) or text, seen.append)
    gate.set()
    settle(qtbot, jobs)
    assert asked == ["ly m"]
    assert seen == ["ly m"]


def test_locking_closes_the_desk_on_its_own_thread(qtbot, jobs):
    desks, trouble = [], []
    jobs.run(lambda desk: desk, desks.append)
    jobs.lock()
    jobs.run(lambda desk: desk, desks.append, failed=lambda problem: trouble.append(problem.name))
    settle(qtbot, jobs)
    assert desks[0].closed == desks[0].thread
    assert trouble == ["no_store"]


def test_closing_finishes_what_was_handed_over(qtbot, jobs):
    done = []
    for number in range(5):
        jobs.run(lambda _desk, number=number: done.append(number))
    jobs.close()
    jobs.close()
    assert done == list(range(5))


def test_progress_reaches_the_window_in_order(qtbot, jobs):
    seen, owner = [], QWidget()
    qtbot.addWidget(owner)
    tell = jobs.relay(lambda part: seen.append((part, threading.get_ident())), owner)
    jobs.run(lambda _desk: [tell(part) for part in range(3)])
    settle(qtbot, jobs)
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == [(part, threading.get_ident()) for part in range(3)]
