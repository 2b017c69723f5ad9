"""Hồ sơ can thiệp: steps and their states, rulers, finishing with and without doubts, papers, files, two communes."""

import contextlib
from datetime import date, datetime

import case_kit
import pytest
import record_kit as kit
from case_kit import body, button, opened, show, toast, view
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel

from cbdesk import clock, desk, process
from cbdesk.catalogue import catalogue
from cbdesk.process import Facts, state_of
from cbdesk.words import say
from ui.cases import steps as step_list
from ui.cases.ruler import cells
from ui.cases.scores import ScoreInput
from ui.cases.side import handing_lines
from ui.cases.steps import StepList, paint_mark
from ui.cases.told import LOOKS
from ui.parts import Button


@pytest.fixture(scope="module")
def bench(qapp, tmp_path_factory):
    with kit.bench(tmp_path_factory.mktemp("case")) as found:
        yield found


@pytest.fixture(autouse=True)
def looks():
    """One window serves all tests of this file: it is neither styled anew nor closed between them."""


@pytest.fixture
def book(bench):
    yield case_kit.wake(bench)
    bench.shell.go("cases")
    bench.settle()


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.VIETNAM)


def eight():
    """Return one step in each of the eight states."""
    incident = {"id": "i", "kind": "abuse", "received_at": "2026-10-05T09:00", "urgent": True}
    quiet = {"id": "i", "kind": "abuse", "received_at": "2026-10-05T09:00"}
    late = [{"step": "emergency", "state": "done", "done_at": "2026-10-06T09:00"},
            {"step": "initial", "state": "not_applicable", "reason": "x"}]  # fmt: skip
    found = [*state_of(Facts({}, [incident], late), at("2026-10-12T10:00")).steps,
             *state_of(Facts({}, [quiet]), at("2026-10-13T10:00")).steps]  # fmt: skip
    return {one.state: one for one in found}


# --- steps ----------------------------------------------------------------------------------------------------------


def test_steps_show_the_eight_states_by_shape_and_word(qapp):
    found = eight()
    assert set(found) == set(LOOKS)
    marks = {}
    for state, one in found.items():
        picture = QImage(24, 24, QImage.Format.Format_Grayscale8)
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        paint_mark(painter, QPointF(12, 12), one)
        painter.end()
        marks[state] = bytes(picture.constBits())
    pairs = [(a, b) for a in marks for b in marks if a < b]
    for one, other in pairs:  # without colour they still differ
        differing = sum(abs(x - y) > 60 for x, y in zip(marks[one], marks[other], strict=True))
        assert differing >= 12, (one, other)
    shown = StepList()
    for state, one in found.items():
        mine = step_list.StepButton(one, state_of(Facts({}, []), at("2026-10-12T10:00")), shown, last=True, slim=False)
        assert say(f"case.state.{state}") in mine.accessibleName()
    shown.deleteLater()


def test_the_present_step_has_the_focus_and_alt_arrows_change_it(book):
    page = show(book, opened(book, done=("initial",)))
    assert page._chosen == ("detailed", 1)
    assert QApplication.focusWidget() is button(page, "detailed")
    kit.press("Alt+Down")
    book.settle()
    assert page._chosen == ("plan", 1)
    assert QApplication.focusWidget() is button(page, "plan")
    kit.press("Alt+Up")
    kit.press("Alt+Up")
    book.settle()
    assert page._chosen == ("emergency", 1)


def test_enter_on_the_step_shown_goes_into_it(book):
    page = show(book, opened(book, done=("initial", "detailed")))
    kit.press("Return")
    assert body(page).isAncestorOf(QApplication.focusWidget())
    assert body(page).active().focused() == "goal"


def test_the_deadline_of_step_five_is_five_working_days_after_reception_of_step_six_seven(book):
    page = show(book, opened(book, done=("initial",)))
    assert button(page, "plan").one.due.date() == date(2026, 10, 12)
    assert button(page, "approval").one.due.date() == date(2026, 10, 14)
    due = page._step_head.days._due
    assert due == {date(2026, 10, 12): say("case_page.ruler.plan"), date(2026, 10, 14): say("case_page.ruler.approval")}
    assert "12/10" in page._step_head.days.accessibleName()


def test_the_ruler_hatches_days_off_and_names_tet_in_one_cell():
    told = {"id": "i", "kind": "abuse", "received_at": "2026-02-13T16:00"}
    state = state_of(Facts({}, [told]), at("2026-02-13T17:00"))
    shown = cells(date(2026, 2, 13), state.of("plan").due.date(), state)
    off = [cell for cell in shown if cell.kind == "off"]
    assert [cell.name for cell in off if cell.name] == ["Tết Nguyên đán"]
    assert (off[0].first, off[0].last) == (date(2026, 2, 14), date(2026, 2, 22))
    assert [cell.number for cell in shown if cell.kind == "work"] == [1, 2, 3, 4, 5]


def test_the_sentence_names_the_event_and_the_office_may_count_from_the_other(book):
    case = opened(book, done=("initial",))
    page = show(book, case, step="plan")
    assert say("case_page.inferred") in [label.text() for label in page._step_head.findChildren(QLabel)]
    assert "05/10/2026" in page._step_head.counted.words()
    page._step_head.other.click()
    book.settle()
    assert view(book, case).values["starts_from"] == "assessed"
    assert button(page, "plan").one.due.date() == date(2026, 10, 12)  # the first assessment was done the same day
    assert "đánh giá" in page._step_head.counted.words()
    book.shell.run("undo")
    book.settle()
    assert not view(book, case).values.get("starts_from")


def test_progress_equals_steps_done_or_not_applicable(book):
    case = opened(book, done=("initial", "detailed"))
    book.ask(lambda d: d.finish_step(case, "plan", {"state": "not_applicable", "reason": "x"}))
    page = show(book, case)
    ended = sum(one.one.ended for one in page._steps.buttons())
    assert page._steps.count.words() == say("case_page.progress", n=ended, of=8)
    assert ended == 5  # intake, two done, one set aside, no emergency called for


# --- finishing ------------------------------------------------------------------------------------------------------


def test_finishing_step_five_goes_on_to_six_and_updates_the_days_work(book):
    case = opened(book, done=("initial", "detailed"))
    due = lambda d: {one.detail["step"] for one in d.due() if one.record == case and one.what == "step"}  # noqa: E731
    assert "plan" in book.ask(due)
    page = show(book, case)
    body(page).pieces[0].form.set_typed("goal", "học đều")
    kit.press("Ctrl+Return")
    book.settle()
    found = view(book, case)
    assert found.state.of("plan").state == process.DONE
    assert found.rows["plan"][0]["goal"] == "học đều"
    assert page._chosen == ("approval", 1)
    assert body(page).isAncestorOf(QApplication.focusWidget())
    assert "plan" not in book.ask(due)
    assert "Canary" not in toast(book)


def test_undo_of_a_finished_step_restores_the_deadline(book):
    case = opened(book, done=("initial", "detailed"))
    page = show(book, case)
    kit.press("Ctrl+Return")
    book.settle()
    assert button(page, "plan").one.state == process.DONE
    kit.press("Ctrl+Z")
    book.settle()
    assert button(page, "plan").one.state == process.TODAY
    assert view(book, case).state.of("plan").state == process.TODAY


def test_a_late_step_asks_for_the_reason_beside_it_and_records_with_it(book):
    case = opened(book, received="2026-09-21T10:00", done=("initial",))
    page = show(book, case)
    assert page._step_head.badge.words().startswith(say("case_page.over_working", n=10))
    kit.press("Ctrl+Return")
    book.settle()
    assert view(book, case).rows["case_step"][-1]["step"] == "initial"
    reason = body(page).finish.form.boxes["reason"]
    assert reason.isAncestorOf(QApplication.focusWidget())
    assert [one.name for one in reason.said] == ["late_reason"]
    kit.write("gia dinh di xa")
    kit.press("Ctrl+Return")
    book.settle()
    row = view(book, case).rows["case_step"][-1]
    assert (row["step"], row["reason"], row["done_at"]) == ("detailed", "gia dinh di xa", "2026-10-12T08:12")
    assert view(book, case).state.of("detailed").state == process.LATE


def test_nothing_blocks_recording_what_happened_out_of_order(book):
    case = opened(book)
    page = show(book, case, step="approval")
    kit.press("Ctrl+Return")
    book.settle()
    assert [one.name for one in body(page).finish.form.boxes["reason"].said] == ["step_before"]
    kit.press("Alt+Return")  # without a reason
    kit.press("Ctrl+Return")
    book.settle()
    assert view(book, case).state.of("approval").state == process.DONE


def test_what_was_done_earlier_keeps_its_true_time(book):
    case = opened(book, received="2026-10-11T21:40", urgent=True)
    page = show(book, case, step="emergency")
    body(page).finish.form.set_typed("done_at", "23h10 11/10/2026")
    kit.press("Ctrl+Return")
    book.settle()
    one = view(book, case).state.of("emergency")
    assert (one.state, one.done_at) == (process.DONE, at("2026-10-11T23:10"))


def test_not_applicable_demands_a_reason(book):
    case = opened(book, done=("initial",))
    page = show(book, case)
    page.skip_button.click()
    kit.press("Return")
    book.settle()
    assert page._skip.field.remark.level == "stop"
    assert page._skip.reason.hasFocus()
    assert len(view(book, case).rows["case_step"]) == 1
    kit.write("tre da chuyen di")
    kit.press("Return")
    book.settle()
    one = view(book, case).state.of("detailed")
    assert (one.state, one.row["reason"]) == (process.SKIPPED, "tre da chuyen di")
    assert page._chosen == ("plan", 1)


def test_a_step_recorded_by_mistake_can_be_taken_back(book):
    case = opened(book, done=("initial",))
    page = show(book, case, step="initial")
    page.void_button.click()
    book.settle()
    assert view(book, case).state.of("initial").row is None
    kit.press("Ctrl+Z")
    book.settle()
    assert view(book, case).state.of("initial").state == process.DONE


def test_the_number_of_the_signed_paper_comes_later_and_changes_no_time(book):
    case = opened(book, done=("initial",))
    page = show(book, case, step="initial")
    body(page).finish.form.set_typed("paper_no", "15/BC-UBND")
    kit.press("Ctrl+S")
    book.settle()
    row = view(book, case).rows["case_step"][0]
    assert (row["paper_no"], row["done_at"]) == ("15/BC-UBND", "2026-10-05T16:00")


def test_a_review_that_asks_for_a_new_plan_opens_round_two_and_keeps_round_one_readable(book):
    case = opened(book, received="2026-10-02T08:00", done=case_kit.STEPS)
    book.ask(lambda d: d.save("plan", {"case": case, "round": 1, "made_on": "2026-10-02", "goal": "ban đầu"}))
    page = show(book, case)
    assert page._chosen == ("review", 1)
    body(page).pieces[0].form.set_typed("conclusion", "new_plan")
    kit.press("Ctrl+Return")
    book.settle()
    assert page._chosen == ("plan", 2)
    assert body(page).pieces[0].form.value("goal") in (None, "")
    body(page).pieces[0].form.set_typed("goal", "lần hai")
    kit.press("Ctrl+S")
    book.settle()
    button(page, "plan", 1).click()
    book.settle()
    assert body(page).pieces[0].form.value("goal") == "ban đầu"
    assert [row["goal"] for row in view(book, case).rows["plan"]] == ["ban đầu", "lần hai"]


def test_closing_asks_why_without_a_review_and_then_the_case_is_only_shown(book):
    case = opened(book, done=case_kit.STEPS)
    book.ask(lambda d: d.finish_step(case, "review", {"state": "not_applicable", "reason": "x"}))
    page = show(book, case)
    assert page.primary().name == "close"
    closing = body(page).piece("closing")
    closing.set_typed("end", "safe")
    kit.press("Ctrl+Return")
    book.settle()
    if not view(book, case).state.facts.closed:  # what is doubtful wants its note
        closing.set_typed("end_note", "ổn định")
        kit.press("Ctrl+Return")
        book.settle()
    assert view(book, case).state.facts.closed
    assert page.primary().why == say("case_page.action.closed_why")
    assert say("case_page.ribbon.closed_more") == page._ribbon.told().more
    assert body(page).finish.form.locked()
    assert not page.save_button.isVisible()
    before = len(view(book, case).rows["case_step"])
    kit.press("Ctrl+Return")
    book.settle()
    assert len(view(book, case).rows["case_step"]) == before


# --- clocks and banners ---------------------------------------------------------------------------------------------


def test_the_emergency_has_its_own_clock_that_ticks_and_leaves_with_the_step(book):
    case = opened(book, received="2026-10-12T05:40", urgent=True)
    page = show(book, case, step="emergency")
    assert page._urgent.isVisible()
    assert page._step_head.hours.left() == say("case_page.left", span="9 giờ 27 phút")
    clock.set_fixed("2026-10-12T08:13:40")
    page._step_head.hours._clock.timeout.emit()
    assert page._step_head.hours.left() == say("case_page.left", span="9 giờ 26 phút")
    assert "9 giờ 26 phút" in page._step_head.hours.accessibleName()
    body(page).finish.form.save()
    book.settle()
    assert not page._urgent.isVisible()
    assert view(book, case).state.of("emergency").state == process.DONE  # no form 07 needed


def test_a_separation_has_its_own_clock_of_fifteen_days(book):
    case = opened(book, urgent=True, done=("emergency",))
    book.ask(lambda d: d.save("decision", {"case": case, "kind": "separation", "from": "2026-10-05T15:00",
                                           "date": "2026-10-05"}))  # fmt: skip
    page = show(book, case, step="plan")
    words = page._apart.accessibleName()
    assert page._apart.isVisible()
    assert "20/10/2026" in words
    assert say("case_page.left_days", n=8) in words
    button(page, "emergency").click()
    book.settle()
    assert not page._apart.isVisible()  # the step shows it itself
    assert body(page).separation.isVisible()
    clock.set_fixed("2026-10-22T09:00")
    page._reload()
    book.settle()
    assert say("case_page.over_days", n=2) in body(page).separation.accessibleName()


def test_a_wrong_clock_is_told(book):
    case = opened(book, received="2026-10-20T08:00")
    page = show(book, case)
    assert page._ribbon.told().words == say("case_page.ribbon.clock")


# --- what a step needs ----------------------------------------------------------------------------------------------


def test_the_scored_tables_are_keyed_by_digits_and_never_added(book):
    case = opened(book)
    page = show(book, case, step="initial")
    form = body(page).pieces[0].form
    form.boxes["harm_severity"].focus()
    for digit in "3122":
        kit.press(digit)
    assert [form.value(name) for name in ("harm_severity", "harm_access", "harm_care", "harm_future")] == [
        "high", "low", "medium", "medium"]  # fmt: skip
    assert form.focused() == "protect_self"
    kit.press("3")
    tones = {name: [segment.option.tone for segment in form.boxes[name].input.row._segments]
             for name in ("harm_severity", "protect_self")}  # fmt: skip
    assert tones == {"harm_severity": ["ngoc", "nghe", "gach"], "protect_self": ["gach", "nghe", "ngoc"]}
    assert form.value("protect_self") == "high"
    kit.press("Ctrl+S")
    book.settle()
    row = view(book, case).rows["assessment"][0]
    assert (row["harm_severity"], row["protect_self"], row["kind"]) == ("high", "high", "initial")
    assert sum(isinstance(box.input, ScoreInput) for box in form.boxes.values()) == 9


def test_an_assessment_offers_only_its_own_conclusions(book):
    page = show(book, opened(book), step="initial")
    offered = {pick.key for pick in body(page).pieces[0].form.boxes["conclusion"].input.rows("")}
    assert offered == {"emergency", "separation", "plan", "no_plan"}


def test_measures_by_keyboard_and_from_the_needs_that_were_found(book):
    case = opened(book, done=("initial", "detailed"))
    book.ask(lambda d: d.save("assessment", {"case": case, "kind": "detailed", "round": 1, "made_on": "2026-10-05",
                                             "needs": ["health", "education"]}))  # fmt: skip
    page = show(book, case)
    kit.press("Ctrl+N")
    book.settle()
    view_ = body(page).active()
    view_.boxes["measure"].focus()
    kit.write("kham suc khoe")
    kit.press("Ctrl+S")
    book.settle()
    [row] = view(book, case).rows["measure"]
    assert (row["measure"], row["round"]) == ("kham suc khoe", 1)
    body(page).from_needs.click()
    book.settle()
    needs = [row.get("need") for row in view(book, case).rows["measure"]]
    assert needs == [None, "health", "education"]
    assert not body(page).from_needs.isVisible()
    kit.press("Ctrl+Z")
    book.settle()
    assert len(view(book, case).rows["measure"]) == 1


def test_the_case_itself_and_its_legal_aid_are_written_where_they_stand(book):
    case = opened(book, done=("initial", "detailed", "plan", "approval"))
    page = show(book, case, step="intake")
    form = body(page).piece("case")
    form.boxes["number"].focus()
    kit.write("HS-77")
    kit.press("Ctrl+S")
    book.settle()
    assert view(book, case).values["number"] == "HS-77"
    assert page.title() == "HS-77"
    button(page, "carrying").click()
    book.settle()
    body(page).piece("legal").set_typed("legal_aid_asked_on", "6/10/2026")
    kit.press("Ctrl+S")
    book.settle()
    assert view(book, case).values["legal_aid_asked_on"] == "2026-10-06"


def test_each_kind_of_decision_has_its_link_and_keeps_its_round(book):
    case = opened(book, urgent=True)
    page = show(book, case, step="emergency")
    for kind, number in (("separation", "12"), ("extension", "13")):
        body(page).findChild(Button, f"add_{kind}").click()
        book.settle()
        body(page).active().boxes["number"].focus()
        kit.write(number)
        kit.press("Ctrl+S")
        book.settle()
    rows = view(book, case).rows["decision"]
    assert [(row["kind"], row["number"], row["round"]) for row in rows] == [
        ("separation", "12", 1), ("extension", "13", 1)]  # fmt: skip


def test_a_referral_without_consent_wants_the_reason(book):
    case = opened(book, done=("initial", "detailed", "plan", "approval"))
    page = show(book, case)
    assert page._chosen == ("carrying", 1)
    body(page).findChild(Button, "add_referrals").click()
    book.settle()
    form = body(page).active()
    form.set_typed("service", "police")
    assert form.boxes["override"].isHidden()
    form.set_typed("consent", "not_asked")
    assert not form.boxes["override"].isHidden()
    form.set_typed("override", "bảo vệ khẩn cấp")
    kit.press("Ctrl+S")
    book.settle()
    assert view(book, case).rows["referral"][0]["override"] == "bảo vệ khẩn cấp"


def test_a_draft_of_one_case_never_turns_up_in_another(book):
    first, second = opened(book, done=("initial", "detailed")), opened(book, done=("initial", "detailed"))
    page = show(book, first)
    form = body(page).pieces[0].form
    form.set_typed("goal", "chưa lưu")
    book.settle()
    show(book, second)
    assert not body(page).pieces[0].form.offering_draft()
    assert body(page).pieces[0].form.value("goal") in (None, "")
    show(book, first)
    assert body(page).pieces[0].form.offering_draft()
    body(page).pieces[0].form.use_draft()
    assert body(page).pieces[0].form.value("goal") == "chưa lưu"


def test_suspects_are_hidden_until_asked_for_and_that_is_logged(book):
    case = opened(book)
    incident = view(book, case).incidents[0]["id"]
    book.ask(lambda d: d.save("suspect", {"incident": incident, "relation": "neighbour", "name": "Nông Văn X"}))
    page = show(book, case, step="intake")
    texts = lambda: " ".join(label.text() for label in page.findChildren(QLabel))  # noqa: E731
    assert "Nông Văn X" not in texts()
    before = len(book.ask(lambda d: list(d.ledger.accesses())))
    page._people.show_button.click()
    book.settle()
    assert "Nông Văn X" in texts()
    assert len(book.ask(lambda d: list(d.ledger.accesses()))) == before + 1
    assert "Canary" not in f"{page.title()} {page.facts()} {book.shell.window().windowTitle()}"


# --- papers and files -----------------------------------------------------------------------------------------------


def words_of(path):
    from pypdf import PdfReader

    return " ".join(one.extract_text() for one in PdfReader(path).pages)


def test_a_blank_form_prints_without_data_and_a_filled_one_has_text(book, tmp_path, monkeypatch):
    page = show(book, opened(book, done=("initial", "detailed")))
    kit.press("Ctrl+P")
    book.settle()
    layer = page._layer
    book.until(lambda: layer.count() > 0)
    assert page.primary().name == "print"
    saved = {}
    for fill in ("full", "blank"):
        path = tmp_path / f"{fill}.pdf"
        monkeypatch.setattr(book.shell.talk, "save_file", lambda *_given, path=path: path)
        layer.fill.set_value(fill)
        layer.show_pages()
        book.settle()
        layer.save("pdf")
        book.settle()
        saved[fill] = words_of(path)
    assert "Lý Thị Canary" in saved["full"]
    assert "Canary" not in saved["blank"]
    assert "KẾ HOẠCH" in saved["blank"]
    monkeypatch.setattr(book.shell.talk, "save_file", lambda *_given: tmp_path / "thư.docx")
    layer.save("docx")
    book.settle()
    assert (tmp_path / "thư.docx").read_bytes()[:2] == b"PK"
    kit.press("Escape")
    book.settle()
    assert page._layer is None
    assert page._content.isVisible()


def test_every_step_with_a_form_offers_its_papers(book):
    case = opened(book)
    page = show(book, case)
    for one in view(book, case).state.steps:
        button(page, one.step.code).click()
        book.settle()
        numbers = [row.wanted.title for row in body(page).papers.rows]
        assert not one.step.form or any(f"Mẫu số {one.step.form}" in title for title in numbers), one.step.code


def picture():
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data)


def test_a_picture_is_attached_and_shown_from_memory_a_pdf_only_written_on_purpose(book, tmp_path, monkeypatch):
    case = opened(book, done=("initial",))
    page = show(book, case)
    scan, paper = tmp_path / "anh.png", tmp_path / "ban.pdf"
    scan.write_bytes(picture())
    paper.write_bytes(b"%PDF-1.7 canary")
    page._files.dropped.emit([scan, paper])
    book.settle()
    rows = book.ask(lambda d: d.attachments(case))
    assert [row["media"] for row in rows] == ["image/png", "application/pdf"]
    assert rows[0]["title"] == say("case_page.files.title_of", paper=say("case_page.form", n="03"))
    page._files.findChild(Button, f"file_{rows[0]['id']}").click()
    book.settle()
    assert page._layer.findChild(object, "file_picture") is not None
    page._layer.form.set_typed("title", "Ảnh hiện trường")
    page._layer.form.save()
    book.settle()
    assert book.ask(lambda d: d.attachments(case))[0]["title"] == "Ảnh hiện trường"
    page._files.findChild(Button, f"file_{rows[1]['id']}").click()
    book.settle()
    assert page._layer.findChild(object, "file_sealed") is not None
    monkeypatch.setattr(book.shell.talk, "save_file", lambda *_given: tmp_path / "ra.pdf")
    page._layer.write.click()
    book.settle()
    assert (tmp_path / "ra.pdf").read_bytes() == b"%PDF-1.7 canary"
    page._layer.drop.click()
    book.settle()
    assert len(book.ask(lambda d: d.attachments(case))) == 1


def test_what_is_no_scan_is_told_and_nothing_is_kept(book, tmp_path):
    case = opened(book)
    page = show(book, case)
    odd = tmp_path / "x.png"
    odd.write_bytes(b"MZ")
    page._files.dropped.emit([odd])
    book.until(lambda: bool(book.troubles))
    assert book.troubles == ["attachment_type"]
    book.troubles.clear()
    assert book.ask(lambda d: d.attachments(case)) == []


# --- two communes, opening ------------------------------------------------------------------------------------------


def test_a_case_is_handed_to_a_neighbour_and_says_how_far_that_is(book, tmp_path, monkeypatch):
    made = desk.setup(tmp_path / "khac", role="commune", unit="01324", officer="Lý Văn Chòi", password="mat khau",
                      practice=True)  # fmt: skip
    with contextlib.closing(made.desk) as other:
        card, groups, key = other.card_bytes(), other.fingerprint, other.unit.key
    case = opened(book, done=("initial",))
    page = show(book, case)
    assert page._handing.cards.isVisible()
    book.ask(lambda d: d.enrol(card, groups, neighbour=True))
    page._reload()
    book.settle()
    assert page._handing.to.value() == key
    stick = tmp_path / "usb"
    stick.mkdir()
    monkeypatch.setattr(book.shell.talk, "folder", lambda: stick)
    page._handing.give.click()
    book.settle()
    assert view(book, case).values["handed_to"] == key
    assert len(list(stick.iterdir())) == 1
    lines = [words for _, words in handing_lines(page._file)]
    assert say("case_page.handing.waiting") in lines
    assert page._ribbon.told().words.startswith("**")
    assert not page._handing.give.isVisible()
    book.ask(lambda d: d.save("case", {"handed_taken_on": "2026-10-12", "closed_on": "2026-10-12",
                                       "end": "transferred"}, case))  # fmt: skip
    book.settle()
    assert page._file.read_only


def test_a_child_of_another_commune_and_a_case_from_there_are_told(book):
    case = opened(book)
    book.ask(lambda d: d.save("case", {"residence_unit": "01324"}, case))
    page = show(book, case)
    assert page._ribbon.told().words == say("case_page.ribbon.away", unit=catalogue().units.label("01324"))
    book.ask(lambda d: d.save("case", {"residence_unit": d.unit.key, "came_from": "01324"}, case))
    book.settle()
    assert page._ribbon.told().kind == "info"
    assert "arrow_download" in [icon for icon, _ in handing_lines(page._file)]


def test_a_child_without_a_case_gets_one_but_never_for_poverty_alone(book):
    child = book.ask(lambda d: d.save("child", {"full_name": "Vàng Thị Mo", "born": "2015"}).id)
    page = book.go("case", child=child)
    assert page.title() == say("case_page.new.title")
    page._new.form.set_typed("kind", "special")
    kit.press("Ctrl+Return")
    book.settle()
    assert [one.name for one in page._new.form.boxes["kind"].said] == ["poverty_only"]
    assert book.ask(lambda d: d.cases(child)) == []
    page._new.form.set_typed("kind", "in_danger")
    kit.press("Ctrl+Return")
    book.settle()
    [line] = book.ask(lambda d: d.cases(child))
    assert page._id == line.id
    assert line.values["kind"] == "in_danger"
    assert book.go("case", child=child)._id == line.id  # the second time it is found


def test_the_child_leads_to_its_case_and_back(book):
    case = opened(book)
    child = view(book, case).child
    page = book.go("child", id=child)
    page.findChild(Button, "child_case").click()
    book.settle()
    assert book.shell.page().name == "case"
    assert book.shell.page()._id == case
    book.shell.page()._open_child()
    book.settle()
    assert book.shell.page().name == "child"


# --- sizes ----------------------------------------------------------------------------------------------------------


def test_tab_goes_round_through_everything_and_the_palette_offers_the_rest(book):
    page = show(book, opened(book, done=("initial", "detailed")))
    visited = kit.tab_order(button(page, "plan"))
    assert len(visited) == len(set(visited))
    names = {one.objectName() for one in visited}
    assert {"goal", "paper_04", "print_paper", "skip_step", "open_child", "add_file", "done_by"} <= names
    offered = {entry.words for entry in book.shell.offer()}
    assert {say("shell.command.skip_step"), say("shell.command.attach_file")} <= offered
    assert say("shell.command.hand_over") not in offered or page._handing.give.isVisible()


@pytest.mark.parametrize("size", [(1366, 698), (1093, 544), (911, 442)])
def test_the_primary_and_the_step_are_inside_the_window_at_every_scaling(book, size):
    page = show(book, opened(book, urgent=True, received="2026-10-12T05:40"))
    book.shell.resize(*size)
    book.settle()
    primary = book.shell.topbar.primary()
    right = primary.mapTo(book.shell, primary.rect().bottomRight())
    assert right.x() <= size[0]
    inside = page._scroller
    assert inside.widget().width() <= inside.viewport().width()
    assert page._scroller.height() >= 60
    assert page._steps.width() + page._scroller.width() <= page.width()


def test_the_side_opens_by_f6_where_it_is_folded(book):
    page = show(book, opened(book))
    book.shell.resize(911, 442)
    book.settle()
    for _ in range(2):
        kit.press("F6")
        book.settle()
    assert page._side._layer is not None
    kit.press("Escape")
    assert page._side._layer is None

