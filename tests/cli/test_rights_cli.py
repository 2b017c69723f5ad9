"""The command line meets the same refusals as the window, and what it prints of the sensitive is told to the log."""

import json
from functools import partial

import pytest

from cbdesk import desk

SENIOR, JUNIOR, PASSWORD = "Nông Thị Hạnh", "Triệu Văn Bảo", "mật khẩu"


@pytest.fixture
def kept(book, tmp_path):
    """Return the command line of who administers; ``kept.by(role)`` that of a second officer with a role."""

    def by(role):
        opened = desk.unlock(tmp_path / "sổ", SENIOR, PASSWORD)
        opened.add_officer(JUNIOR, PASSWORD, role=role)
        opened.close()
        return partial(book, before=("--officer", JUNIOR))

    def kept(*command, **more):
        return book(*command, before=("--officer", SENIOR), **more)

    def put(row, form):
        return kept("put", form, stdin=json.dumps(row).encode()).document["ids"][0]

    put({"full_name": SENIOR, "role": "approver", "sensitive": True, "from": "2026-01-01"}, "officer")
    put({"id": book.child, "groups": ["01.3", "11.1"]}, "child")
    kept.by, kept.put, kept.child = by, put, book.child
    return kept


def looks(folder):
    opened = desk.unlock(folder / "sổ", SENIOR, PASSWORD)
    found = [(record, detail) for _, _, _, what, record, detail, *_ in opened.ledger.accesses() if what == "view"]
    opened.close()
    return found


def test_who_only_looks_is_refused_and_nothing_is_written(kept, tmp_path):
    viewer = kept.by("viewer")
    for command in (
        ("void", kept.child, "--reason", "x"), ("card", "--out", "the.json"), ("undo", "0" * 16),
        ("report", "special", "--period", "2026-10", "--out", str(tmp_path)),
        ("snapshot", "special", "--period", "2026-10"),
    ):  # fmt: skip
        assert viewer(*command).problem == "no_right", command
    assert viewer("put", "child", stdin=b'{"full_name": "Ly Mui"}').problem == "no_right"
    assert viewer("get", kept.child).code == 0
    assert not [*tmp_path.glob("*.xlsx")]


def test_a_child_looks_like_any_other_to_who_may_not_see(kept):
    incident = kept.put({"kind": "abuse", "received_at": "2026-11-01T08:00", "child": kept.child}, "incident")
    recorder = kept.by("recorder")
    assert recorder("get", kept.child).document["groups"] == ["01.3"]
    assert recorder("get", incident).problem == "no_record"
    assert recorder("list", "incident").document["rows"] == []
    assert "11.1" not in recorder("list", "circumstance").out
    assert recorder("cases").document["rows"] == []


def test_what_is_printed_of_the_sensitive_is_told_to_the_log(kept, tmp_path):
    assert looks(tmp_path) == []
    kept("get", kept.child)
    kept("list", "circumstance")
    kept("list", "village")
    assert looks(tmp_path) == [(kept.child, ""), ("", "circumstance 1")]
