"""A canary: a name entered once is searched for in every file the program leaves that is not meant to show it."""

import io
import os
import tempfile
from pathlib import Path

import pytest

from cbdesk import clock, log
from cbdesk.cli import run
from cbdesk.errors import Problem

CANARY = "Quýnh Canaryzqx"
NUMBER = "004214987123"
FORMS = [word.encode(coding) for word in ("Canaryzqx", "canaryzqx", NUMBER) for coding in ("utf-8", "utf-16-le")]


def traces(*folders):
    """Return the files below the folders whose name or content holds the canary."""
    return [
        str(path)
        for folder in folders
        for path in Path(folder).rglob("*")
        if "canaryzqx" in path.name.lower() or NUMBER in path.name
        or (path.is_file() and any(form in path.read_bytes() for form in FORMS))
    ]  # fmt: skip


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_name_lies_open_only_where_it_was_asked_for(pair, commune, receiver, tmp_path, temporary):
    log.begin(commune.store.folder)
    stick, papers = tmp_path / "stick", tmp_path / "papers"
    stick.mkdir()
    papers.mkdir()
    (child,) = commune.put("child", [{"full_name": CANARY, "personal_id": NUMBER, "village": "Xóm Nà Héng",
                                      "born": "2015-03-04", "sex": "female", "risks": ["R05"]}])  # fmt: skip
    commune.save("incident", {"kind": "other", "child": [child.id], "received_at": clock.stamp()[:16],
                              "summary": CANARY})  # fmt: skip
    period = clock.today().isoformat()[:7]
    commune.snapshot("at_risk", period)
    commune.report("at_risk", period, papers)
    commune.send(stick)
    receiver.receive([stick])
    commune.receive([stick])
    commune.backup(stick)
    with pytest.raises(Problem) as problem:
        commune.report(CANARY, period, papers)
    assert "Canaryzqx" not in str(problem.value)
    log.bug(ValueError(f"about {CANARY}"))
    assert (commune.store.folder / log.NAME).is_file()
    commune.close()
    receiver.close()

    assert traces(tmp_path / "commune", tmp_path / "receiver", stick, temporary, os.environ["XDG_STATE_HOME"]) == []
    assert all("canaryzqx" not in path.name.lower() for path in papers.iterdir())
    with_name = {path.suffix for path in papers.iterdir()}
    assert with_name == {".pdf", ".xlsx"}


def test_the_search_itself_would_find_it(tmp_path):
    for coding in ("utf-8", "utf-16-le"):
        (tmp_path / coding).write_bytes(f"x{CANARY}x".encode(coding))
    (tmp_path / f"{NUMBER}.txt").touch()
    assert len(traces(tmp_path)) == 3


def test_no_clear_text_database_is_ever_made(pair, commune, receiver, tmp_path, temporary):
    commune.put("child", [{"full_name": CANARY}])
    commune.backup(tmp_path)
    opened = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"]
    assert opened == []


def test_a_traceback_is_never_shown(tmp_path, monkeypatch, capsys):
    """A bug of ours gives a code to read out and exit code 1, and no value."""
    monkeypatch.setenv("CBDESK_PASSWORD", "x")
    monkeypatch.setattr("cbdesk.desk.doctor", lambda _folder: (_ for _ in ()).throw(ValueError(CANARY)))
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert run(["--data", str(tmp_path), "doctor"], lambda _data: 0) == 1
    told = capsys.readouterr().err
    assert "X-01" in told
    assert "Traceback" not in told
    assert "Canaryzqx" not in told
