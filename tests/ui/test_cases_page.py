"""Can thiệp: open cases first and what is due, closed ones folded away, names hidden until asked for, found by keys."""

import case_kit
import pytest
import record_kit as kit
from case_kit import opened

from cbdesk import clock
from cbdesk.words import say
from ui.pages.cases import CasesPage


@pytest.fixture(scope="module")
def bench(qapp, tmp_path_factory):
    with kit.bench(tmp_path_factory.mktemp("cases")) as found:
        assert found.go("cases")._panel is not None
        empty = found.shell.page()
        assert empty._empty.isVisible()
        assert empty.primary().name == "incident"
        made = {
            "later": opened(found, received="2026-10-09T09:00"),
            "late": opened(found, received="2026-09-21T10:00", done=("initial",)),
            "urgent": opened(found, received="2026-10-12T05:40", urgent=True),
            "closed": opened(found, received="2026-03-02T08:00", done=case_kit.STEPS),
        }
        found.ask(lambda desk: desk.close_case(made["closed"], {"end": "safe"}))
        found.ask(lambda desk: desk.save("case", {"number": "HS-7"}, made["late"]))
        found.made = made
        yield found


@pytest.fixture(autouse=True)
def looks():
    """One window serves all tests of this file."""


@pytest.fixture
def page(bench):
    case_kit.wake(bench)
    shown = bench.go("cases")
    yield shown
    for chip in shown.chips.values():
        chip.setChecked(False)
    shown.search.clear()
    shown._find("")
    bench.go("today")


def shown_ids(page):
    return [line.id for line in page.table.rows()]


def test_open_cases_first_by_what_is_due_and_closed_ones_folded(bench, page):
    made = bench.made
    assert shown_ids(page) == [made["late"], made["urgent"], made["later"]]
    assert page.folded.words() == say("case_page.list.closed_count", n=1)
    page.chips["closed"].setChecked(True)
    assert shown_ids(page)[-1] == made["closed"]
    assert page.folded.words() == ""
    assert page._step(page.table.rows()[-1]).text == say("case_page.list.closed", day="12/10/2026")


def test_each_line_says_its_step_what_is_due_and_how_it_stands(bench, page):
    lines = {line.id: line for line in page.table.rows()}
    late, urgent = lines[bench.made["late"]], lines[bench.made["urgent"]]
    assert page._number(late).text == "HS-7"
    assert page._step(late).text.startswith("4. ")
    assert page._due(late).text == say("case_page.by", day="28/09")
    assert [chip.words for chip in page._state(late).chips] == [say("case_page.over_working", n=10)]
    assert page._state(urgent).chips[0].tone == "gach"
    assert page._state(urgent).chips[0].icon == "alert_urgent"
    assert page._progress(late).text == "3 / 8"


@pytest.mark.parametrize(
    ("chip", "expected"), [("late", ["late"]), ("soon", ["urgent", "later"]), ("urgent", ["urgent"])]
)
def test_filters_show_what_they_say_and_escape_takes_them_away(bench, page, chip, expected):
    page.chips[chip].setChecked(True)
    assert shown_ids(page) == [bench.made[name] for name in expected]
    assert page.leave()
    assert len(shown_ids(page)) == 3


def test_a_case_is_found_by_number_and_by_name_without_accents_while_names_stay_hidden(bench, page):
    kit.press("Ctrl+F")
    kit.write("hs-7")
    bench.until(lambda: shown_ids(page) == [bench.made["late"]])
    page.search.clear()
    kit.write("ly thi canary")
    bench.until(lambda: len(shown_ids(page)) == 3)
    assert not any("Canary" in page._child(line).words() for line in page.table.rows())
    kit.press("Down")
    assert page.table.hasFocus()
    page.search.setFocus()
    page.search.setText("không ai")
    bench.until(lambda: page._none.isVisible())


def test_names_show_when_asked_for_are_logged_and_hide_on_return(bench, page):
    count = lambda: len(bench.ask(lambda desk: list(desk.ledger.accesses())))  # noqa: E731
    before = count()
    page._toggle()
    bench.settle()
    assert all("Canary" in page._child(line).words() for line in page.table.rows())
    assert count() == before + 1
    bench.go("today")
    bench.go("cases")
    assert not any("Canary" in page._child(line).words() for line in page.table.rows())


def test_enter_opens_the_case_chosen(bench, page):
    page.table.choose(bench.made["urgent"])
    kit.press("Return")
    bench.settle()
    assert bench.shell.page().name == "case"
    assert bench.shell.page()._id == bench.made["urgent"]


def test_the_count_in_the_rail_is_of_what_is_due_and_work_clears_it(bench, page):
    assert bench.ask(CasesPage.badge) == 2  # one is late, one must be acted on today
    bench.ask(lambda desk: desk.finish_step(bench.made["urgent"], "emergency", {"done_at": "2026-10-12T08:00"}))
    assert bench.ask(CasesPage.badge) == 1
    row = bench.ask(lambda desk: desk.case(bench.made["urgent"])).state.of("emergency").row
    bench.ask(lambda desk: desk.void(row["id"], "thử"))


def test_a_case_turns_late_at_midnight_without_a_reload_of_the_page(bench, page):
    assert not any(line.id == bench.made["later"] and page._state(line).chips for line in page.table.rows())
    clock.set_fixed("2026-10-17T00:00:30")
    page._minute.timeout.emit()
    bench.settle()
    late = next(line for line in page.table.rows() if line.id == bench.made["later"])
    assert page._state(late).chips[0].tone == "gach"


def test_all_columns_that_are_left_fit_at_every_scaling(bench, page):
    for size in ((1366, 698), (1093, 544), (911, 442)):
        bench.shell.resize(*size)
        bench.settle()
        wide = sum(page.table.columnWidth(at) for at in range(len(page.table.quiet.columns))
                   if not page.table.isColumnHidden(at))  # fmt: skip
        assert wide <= page.table.viewport().width() + 1
        assert page.chips["closed"].mapTo(page, page.chips["closed"].rect().bottomRight()).x() <= page.width()
