"""Cases told through the command line with a moved clock: what was due when."""

from pathlib import Path

import pytest


@pytest.fixture
def at(monkeypatch, book):
    """Return a function that moves the clock, then runs a command."""

    def run(moment, *arguments, **more):
        monkeypatch.setenv("CBDESK_NOW", moment)
        return book(*arguments, **more)

    def put(moment, form, row):
        monkeypatch.setenv("CBDESK_NOW", moment)
        return book.put(row, form=form).document["ids"][0]

    run.put, run.child = put, book.child
    return run


def due(answer):
    return [(one.get("step", one["what"]), one["due"], one["state"]) for one in answer.document["items"]
            if one["form"] == "case"]  # fmt: skip


def test_abuse_at_home_late_in_the_night_before_tet(at):
    told = {"kind": "abuse", "received_at": "2026-02-15T23:40", "suspect_relation": "parent", "child": at.child}
    incident = at.put("2026-02-15T23:45", "incident", told)
    case = at("2026-02-15T23:50", "open-case", at.child, "--kind", "abused", "--incident", incident).document["id"]
    first = at("2026-02-15T23:55", "due")
    assert due(first) == [("emergency", "2026-02-16T11:40", "soon")]
    assert due(at("2026-02-16T12:00", "due"))[0][2] == "overdue"
    late = at("2026-02-16T12:00", "step", case, "emergency", "--at", "2026-02-16T12:00")
    assert [one["name"] for one in late.document["findings"]] == ["late_reason"]
    answer = at("2026-02-16T12:05", "step", case, "emergency", "--at", "2026-02-16T09:30", "--paper", "03/QĐ-UBND")
    assert answer.document["findings"] == []  # keyed late, but its true time was in time
    steps = {one["step"]: one for one in at("2026-02-16T12:10", "case", case).document["steps"]}
    assert (steps["emergency"]["state"], steps["plan"]["due"]) == ("done", "2026-02-27T23:59")
    assert steps["approval"]["due"] == "2026-03-03T23:59"
    assert [one for one, _, _ in due(at("2026-02-24T08:00", "due"))] == ["detailed", "plan", "approval"]


def test_what_is_refused_and_what_only_asks(at):
    poor = at.put("2026-10-12T08:00", "child", {"full_name": "Nông Văn Đức", "risks": ["R01"]})
    assert at("2026-10-12T08:00", "open-case", poor, "--kind", "special").problem == "poverty_only"
    case = at("2026-10-12T08:00", "open-case", at.child, "--kind", "abused", "--received", "2026-10-12T07:00").document[
        "id"
    ]
    assert at("2026-10-12T08:00", "step", case, "tea").problem == "unknown_step"
    review = at("2026-10-12T08:00", "step", case, "review")
    assert (review.code, [one["name"] for one in review.document["findings"]]) == (0, ["step_before"])
    closed = at("2026-10-12T08:00", "close-case", case, "--end", "safe")
    assert closed.code == 0
    assert [(one["id"], one["closed"]) for one in at("2026-10-12T08:00", "cases").document["rows"]] == [(case, True)]
    assert at("2026-10-12T08:00", "case", "no-such-id").problem == "no_record"


def test_a_scan_and_a_note_of_work_from_the_command_line(at, tmp_path):
    case = at("2026-10-12T08:00", "open-case", at.child, "--kind", "abused", "--received", "2026-10-12T07:00").document[
        "id"
    ]
    (tmp_path / "quet.pdf").write_bytes(b"%PDF-1.7 x")
    scan = at("2026-10-12T08:00", "attach", case, "quet.pdf", "--title", "Mẫu 02 đã ký").document["id"]
    assert [row["id"] for row in at("2026-10-12T08:00", "attachments", case).document["rows"]] == [scan]
    written = at("2026-10-12T08:00", "attachments", scan, "--out", "ra.pdf").document["file"]
    assert (tmp_path / written).read_bytes() == b"%PDF-1.7 x"
    (tmp_path / "quet.txt").write_text("x")
    assert at("2026-10-12T08:00", "attach", case, "quet.txt", "--title", "x").problem == "attachment_type"
    at.put("2026-10-12T08:00", "duty", {"on": "2026-10-10", "duty": "teach", "text": "Họp xóm", "people": 30})
    done = at("2026-10-12T08:00", "duties", "--period", "2026-10").document
    assert done["counts"]["teach"] == 1
    written = at("2026-10-12T08:00", "duties", "--period", "2026-10", "--out", "viec.pdf").document["file"]
    assert Path(written).read_bytes().startswith(b"%PDF")
    assert at("2026-10-12T08:00", "hand-over", case, "01324", ".").problem == "no_neighbour"


def test_drowning_with_one_death_and_one_survivor(at):
    dead = at.put("2026-07-04T15:00", "child", {"full_name": "Lý A Chứ", "born": "2016-02-01"})
    told = {"kind": "injury", "cause": "drowning", "received_at": "2026-07-04T14:10", "child": [dead, at.child],
            "outcome": "death", "supervised": "no"}  # fmt: skip
    incident = at.put("2026-07-04T15:00", "incident", told)
    at.put("2026-07-04T15:00", "child", {"id": dead, "life_status": "dead", "status_since": "2026-07-04"})
    case = at("2026-07-04T15:10", "open-case", at.child, "--kind", "in_danger", "--incident", incident).document["id"]
    items = due(at("2026-07-04T15:20", "due"))
    assert [(step, day) for step, day, _ in items] == [("detailed", "2026-07-10"), ("plan", "2026-07-10")]
    assert at("2026-07-04T15:20", "case", case).document["child"] == at.child
    assert dead not in [one["child"] for one in at("2026-07-04T15:20", "due", "--within", "3650").document["items"]]


def test_a_child_marriage_also_asks_what_sexual_abuse_asks(at):
    told = {"kind": "child_marriage", "marriage_state": "together", "pregnant": "yes", "child": at.child,
            "received_at": "2026-10-12T07:00"}  # fmt: skip
    incident = at.put("2026-10-12T08:00", "incident", told)
    paper = at("2026-10-12T08:00", "paper", "bao_cao_nhanh", incident, "--out", "nhanh.pdf")
    assert paper.code == 0
    seen = at.put(
        "2026-10-12T08:30", "check", {"incident": incident, "item": "sa.police", "done_at": "2026-10-12T08:20"}
    )
    assert at("2026-10-12T08:30", "get", seen).document["item"] == "sa.police"
    case = at("2026-10-12T08:40", "open-case", at.child, "--kind", "abused", "--incident", incident).document["id"]
    steps = {one["step"]: one["state"] for one in at("2026-10-12T08:50", "case", case).document["steps"]}
    assert (steps["intake"], steps["initial"], steps["emergency"]) == ("done", "now", "none")


def test_a_child_handed_to_another_commune(at, tmp_path):
    setup = ("setup", "--role", "commune", "--unit", "01324", "--officer", "Lý Văn Chòi", "--practice")
    at("2026-10-12T08:00", *setup, data="xã khác")
    for mine, theirs in (("sổ", "xã khác"), ("xã khác", "sổ")):
        card = at("2026-10-12T08:00", "card", "--out", f"{theirs}.card", data=theirs).document
        groups = ("--fingerprint", card["fingerprint"])
        refused = at("2026-10-12T08:00", "enrol", card["file"], *groups, data=mine)
        assert refused.problem == "other_unit"
        assert at("2026-10-12T08:00", "enrol", card["file"], *groups, "--neighbour", data=mine).code == 0
    case = at("2026-10-12T08:00", "open-case", at.child, "--kind", "abused", "--received", "2026-10-12T07:00").document[
        "id"
    ]
    (tmp_path / "stick").mkdir()
    assert at("2026-10-12T09:00", "hand-over", case, "01324", "stick").code == 0
    taken = at("2026-10-13T09:00", "receive", "stick", data="xã khác").document["files"]
    assert [one["result"] for one in taken] == ["merged"]
    [row] = at("2026-10-13T09:00", "cases", data="xã khác").document["rows"]
    assert at("2026-10-13T09:00", "case", row["id"], data="xã khác").document["rows"]["case_step"] == []
    assert [one["result"] for one in at("2026-10-14T09:00", "receive", "stick").document["files"]] == ["accepted"]
    assert at("2026-10-14T09:00", "case", case).document["closed"]


def test_scripts_find_a_case_by_its_number_and_read_how_it_stands(at):
    told = ("--kind", "abused", "--received", "2027-12-27T07:00", "--number", "05/2026", "--residence", "01324")
    case = at("2027-12-27T08:00", "open-case", at.child, *told).document["id"]
    assert [row["id"] for row in at("2027-12-27T08:00", "find", "05/2026", "--form", "case").document["rows"]] == [case]
    assert [
        row["id"] for row in at("2027-12-27T08:00", "list", "case", "--where", f"child={at.child}").document["rows"]
    ] == [case]
    [line] = at("2027-12-27T08:00", "cases").document["rows"]
    assert (line["name"], line["number"], line["step"]) == ("Lý Mùi Mẩy", "05/2026", "initial")
    paper = ("step", case, "initial", "--paper", "12/BC-UBND", "--paper-date", "2027-12-27")
    assert at("2027-12-28T08:00", *paper).document["findings"] == []
    plan = at("2027-12-28T08:00", "step", case, "plan", "--reason", "xã kia đề nghị")
    assert plan.document["findings"] == []
    decided = {"case": case, "kind": "separation", "from": "2027-12-27T10:00", "date": "2027-12-27"}
    at.put("2027-12-28T08:00", "decision", decided)
    found = at("2027-12-28T08:00", "case", case)
    document = found.document
    assert [one["done_at"] for one in document["steps"][:2]] == ["2027-12-27T07:00", "2027-12-27"]
    assert (document["calendar_known"], [one["name"] for one in document["notes"]]) == (False, ["calendar_unknown"])
    assert document["separation"] == {
        "since": "2027-12-27T10:00", "until": "2028-01-11", "limit": "2028-01-11", "ended": None}  # fmt: skip
    assert "Phê duyệt kế hoạch: đang làm" not in found.err
    assert "Đánh giá ban đầu: xong 27/12/2027" in found.err
    assert "Phê duyệt kế hoạch: chưa đến, hạn 05/01/2028" in found.err


def test_a_form_is_refused_for_a_record_it_is_not_made_for(at):
    for name in ("01", "05", "07", "11", "16"):
        assert at("2026-10-12T08:00", "paper", name, at.child, "--out", "x.pdf").problem == "paper_not_for"
