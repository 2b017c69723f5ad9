"""The pages of the law: requests, consents, disclosures, extracts, keeping, an erasure, a lost device, by keys."""

import pytest
import record_kit as kit

from cbdesk import clock
from cbdesk.words import say
from ui.parts import Button, IconText


@pytest.fixture
def book(qapp, tmp_path):
    """The children of the kit; somebody asks to delete what is known of the first."""
    with kit.bench(tmp_path) as found:
        today = clock.today().isoformat()
        asks = [{"kind": kind, "child": found.ids[0], "asker": "Vừ Mí Pó", "received_on": today}
                for kind in ("delete", "correct")]  # fmt: skip
        found.asked = [found.ask(lambda desk, data=data: desk.save("data_request", data)).id for data in asks]
        yield found


def test_a_request_is_answered_by_keys(book):
    page = book.go("requests", id=book.asked[1])
    assert say("law.requests.facts", n=2) == page.facts()
    kit.press("Ctrl+R")
    book.settle()
    assert book.ask(lambda desk: desk.get(book.asked[1]))["first_on"] == clock.today().isoformat()
    kit.press("Ctrl+T")
    page.act.fields["text"].setText("đã sửa")
    kit.press("Ctrl+S")
    book.settle()
    row = book.ask(lambda desk: desk.get(book.asked[1]))
    assert (row["answer"], row["answer_text"]) == ("done", "đã sửa")
    assert page.table.current().request.answered_on
    page.table.choose(book.asked[0])  # a deletion is answered here only where it is refused
    kit.press("Ctrl+T")
    assert [code for code, _ in page.act._asks[0].options] == ["refused", "nothing"]
    kit.press("Esc")
    assert page.act is None


def test_erasing_waits_for_its_minutes_and_is_asked_once_more(book, tmp_path, monkeypatch):
    page = book.go("requests", id=book.asked[0])
    kit.press("Ctrl+D")
    book.settle()
    page = book.shell.page()
    assert (page.name, page.ground.value()) == ("erasure", "request")
    assert page.primary().why == say("law.erasure.why_minutes")
    kit.press("Ctrl+S")
    assert page.reason.property("state") == "stop"
    page.reason.setText("gia đình yêu cầu")
    kit.press("Ctrl+S")
    book.settle()
    assert page.view.count() >= 1
    assert page.primary().why
    monkeypatch.setattr(page.talk, "save_file", lambda *_, **__: tmp_path / "minutes.pdf")
    page.view.save("pdf")
    book.settle()
    assert (tmp_path / "minutes.pdf").read_bytes().startswith(b"%PDF")
    assert not page.primary().why
    page.reason.textEdited.emit("khác")  # what was printed is not what would be erased for any more
    assert page.primary().why
    page._was_kept()
    page.primary().run()
    assert book.ask(lambda desk: desk.store.row("child", book.ids[0]))
    page.window().findChild(Button, "ask_yes").click()
    book.settle()
    assert book.ask(lambda desk: desk.store.row("child", book.ids[0])) is None
    assert book.shell.page().name == "keeping"
    assert [one.erased.done for one in book.shell.page().table.rows() if one.erased] == [True]


def test_without_consent_a_reason_is_asked_and_an_extract_is_looked_at_before_it_can_go(book):
    page = book.go("given")
    kit.press("Ctrl+N")
    code = book.ask(lambda desk: desk.get(book.ids[1])["book_code"])
    for name, value in {"child": code, "recipient": "Báo Cao Bằng", "what": "ảnh"}.items():
        page.act.fields[name].setText(value)
    page.act.fields["kind"].set_value("media")
    page.act.fields["purpose"].set_value("publish")
    kit.press("Ctrl+S")
    book.settle()
    assert "override" in page.act.fields
    assert book.ask(lambda desk: desk.disclosures()) == []
    page.act.fields["override"].setText("Chủ tịch cho phép")
    kit.press("Ctrl+S")
    book.settle()
    (entry,) = page.table.rows()
    assert (entry.who, entry.override) == ("Báo Cao Bằng", "Chủ tịch cho phép")
    page = book.go("given", child=book.ids[0])
    assert page.table.rows() == []
    page = book.go("extracts", child=book.ids[1])
    assert page.profile.value() == "single"
    assert page.primary().why == say("law.extracts.why_look")
    kit.press("Ctrl+S")
    book.settle()
    assert page._prepared.children == (book.ids[1],)
    assert page.primary().why == say("law.extracts.why_to")
    page.child.textEdited.emit("x")
    assert page._prepared is None


def test_terms_lost_devices_and_consents_are_written_by_keys(book):
    page = book.go("keeping", id="term-child_left")
    kit.press("Ctrl+T")
    page.act.fields["years"].setText("5")
    page.act.fields["basis"].setText("Bảng thời hạn")
    kit.press("Ctrl+S")
    book.settle()
    assert {one.kind: one.years for one in book.ask(lambda desk: desk.retention_terms())}["child_left"] == 5
    page = book.go("losses")
    kit.press("Ctrl+N")
    kit.press("Ctrl+S")
    book.settle()
    (row,) = page.table.rows()
    assert (row.facts.counts["child"], row.loss.told_at) == (3, "")
    kit.press("Ctrl+P")
    book.settle()
    assert page.layer.view.count() >= 1
    kit.press("Esc")
    assert page.layer is None

    answer = {"child": book.ids[0], "purpose_code": "publish", "given": "given", "by": "Vừ Mí Pó", "on": "2021-01-05"}
    book.ask(lambda desk: desk.save("consent", answer))
    page = book.go("child", id=book.ids[0])
    told = [one.words() for one in page._privacy_card.findChildren(IconText)]
    assert any(say("law.why.before_seven", age=7) in words for words in told)
    page._privacy_card.findChild(Button, "privacy_consents").click()
    book.settle()
    page = book.shell.page()
    (row,) = page.table.rows()
    assert (row.stands, row.last, row.age) == (False, True, 5)
    kit.press("Ctrl+N")
    book.settle()
    assert "child" not in page.edit.view.boxes  # whose it is, is not asked
    kit.press("Esc")
    assert page.edit is None
