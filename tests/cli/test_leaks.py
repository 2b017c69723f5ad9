"""A canary through every door of the command line: it may lie only in files that were asked for."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from pathlib import Path

import pytest

from cbdesk import clock, desk, text

CANARY = "Quỳnh Đậu Zqxwv"
PIECES = ("Zqxwv", "Quỳnh Đậu", "quynh dau")


def _needles():
    for piece in PIECES:
        for written in {piece, unicodedata.normalize("NFD", piece), text.fold(piece), piece.upper()}:
            for coding in ("utf-8", "utf-16-le", "utf-16-be"):
                yield written.encode(coding)
        yield json.dumps(piece)[1:-1].encode()


NEEDLES = sorted(set(_needles()))


def traces(*places: Path) -> list[str]:
    """Return the files whose name or content holds a piece of the canary."""
    files = [path for place in places for path in [place, *place.rglob("*")]]
    named = [str(path) for path in files if any(piece in unicodedata.normalize("NFC", path.name) for piece in PIECES)]
    return named + [
        str(path) for path in files if path.is_file() and any(needle in path.read_bytes() for needle in NEEDLES)
    ]


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_the_search_finds_what_lies_open(tmp_path):
    for n, content in enumerate(
        (CANARY.encode(), CANARY.encode("utf-16"), unicodedata.normalize("NFD", CANARY).encode())
    ):
        (tmp_path / f"{n}").write_bytes(b"..." + content)
    (tmp_path / f"{CANARY}.txt").touch()
    assert len(traces(tmp_path)) == 4


def _entered(run):
    """Enter the canary everywhere, rightly and wrongly; return all that was told about what went wrong."""
    told = []
    run.put({"full_name": CANARY, "notes": CANARY, "mother_name": CANARY, "village": CANARY, "phone": CANARY})
    child = run("find", CANARY).document["rows"][0]["id"]
    incident = {"kind": "other", "received_at": "2026-10-12T05:40", "child": child, "summary": CANARY, "place": CANARY}
    run.put(incident, form="incident")
    wrong = [
        {"full_name": CANARY, "castle": CANARY},
        {"full_name": CANARY, "born": CANARY},
        {"full_name": CANARY, "sex": CANARY},
        {"full_name": CANARY, "groups": [CANARY]},
        {"full_name": [CANARY]},
        {"id": CANARY},
        '{"full_name": "' + CANARY,
        f'["{CANARY}"]',
    ]
    told += [run.put(*wrong)]
    told += [run("get", CANARY), run("history", CANARY), run("void", CANARY, "--reason", CANARY), run("undo", CANARY)]
    run("void", child, "--reason", CANARY)
    run("undo", run("void", child, "--reason", CANARY).document["batch"])
    return child, told


def test_a_name_lies_open_only_where_it_was_asked_for(loop, tmp_path, temporary, monkeypatch):
    child, told = _entered(loop)
    told += [loop("put", "child", stdin=json.dumps({"full_name": CANARY}).encode("utf-16"))]
    asked = tmp_path / "asked"
    asked.mkdir()
    (asked / "list.csv").write_text(f"Họ và tên,Ngày sinh\n{CANARY},sai ngày\n{CANARY},2014\n", encoding="utf-8-sig")
    loop("import", asked / "list.csv", "--report", asked / "refused.xlsx")
    with monkeypatch.context() as patch:
        patch.setattr(desk.Desk, "get", _breaks)
        told += [loop("get", child)]
        patch.setattr(desk.Desk, "report", _breaks)
        told += [loop("report", "special", "--period", "2026-10", "--out", asked)]
    loop("put", "child", stdin=json.dumps({"id": child, "groups": ["03"]}).encode())
    loop("report", "special", "--period", clock.today().isoformat()[:7], "--out", asked)
    loop("snapshot", "special", "--period", clock.today().isoformat()[:7])
    loop("send", "stick")
    loop("receive", "stick", data="nơi nhận")
    loop("receive", "stick")
    loop("backup", "stick")
    loop("doctor")
    opened = desk.unlock(tmp_path / "sổ", None, "mật khẩu")
    opened.keep_draft("child", child, {"full_name": CANARY})
    opened.store.leave_witness()
    living = traces(tmp_path / "sổ", temporary)  # also while it is open, WAL and all
    opened.close()
    assert living == []
    assert traces(tmp_path / "sổ", tmp_path / "nơi nhận", tmp_path / "stick", temporary) == []
    assert (tmp_path / "sổ" / "cbdesk.log").exists()
    assert traces(asked) == [str(asked / "list.csv")]  # the search would find it; the others are packed
    for answer in told:
        spoken = (answer.out + answer.err).encode()
        assert not any(needle in spoken for needle in NEEDLES), answer.err
    assert not any("Zqxwv" in path.name for path in tmp_path.rglob("*"))


def _breaks(*_, **__):
    raise ValueError(f"about {CANARY}")
