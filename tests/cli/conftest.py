"""Running commands in this process: each on a folder of the test, answers taken apart."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest

from cbdesk import cli

PASSWORD = "mật khẩu"
SETUP = ("setup", "--practice", "--role", "commune", "--unit", "01321", "--officer", "Nông Thị Hạnh")
CHILD = {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "village": "Lũng Mít", "groups": ["01.3"]}


class Answer:
    """What one command gave back."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def document(self):
        """The one JSON document of standard output."""
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def problem(self):
        assert self.code == 1
        found = self.document["problem"]
        assert set(found) == {"number", "name", "what", "safe", "next"}
        assert re.fullmatch(r"[A-Z]-\d{2,3}", found["number"])
        assert all(sentence in self.err for sentence in (found["what"], found["safe"], found["next"]))
        return found["name"]


@pytest.fixture
def cbdesk(tmp_path, monkeypatch, capsys):
    """Return a function that runs one command on a folder of the test."""
    monkeypatch.setenv("CBDESK_PASSWORD", PASSWORD)
    monkeypatch.chdir(tmp_path)

    def run(*arguments, data="sổ", as_json=True, stdin=None, before=()):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        flags = ["--data", str(tmp_path / data), *(["--json"] if as_json else []), *before]
        capsys.readouterr()
        code = cli.run([*flags, *map(str, arguments)], window=lambda _: 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Answer(code, out, err)

    def put(*rows, form="child", **more):
        text = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        return run("put", form, stdin=text.encode(), **more)

    run.put, run.setup, run.child_row = put, SETUP, CHILD
    return run


@pytest.fixture
def book(cbdesk):
    """A practice register with one child; ``cbdesk.child`` is its id."""
    assert cbdesk(*SETUP).code == 0
    cbdesk.child = cbdesk.put(CHILD).document["ids"][0]
    return cbdesk


@pytest.fixture
def loop(book):
    """The same with a receiver (data folder ``nơi nhận``); both took each other's cards."""
    book(*SETUP[:2], "--role", "receiver", "--unit", "04", "--officer", "Lê Minh Đức", data="nơi nhận")
    for mine, theirs in (("sổ", "nơi nhận"), ("nơi nhận", "sổ")):
        card = book("card", "--out", f"{theirs[0]}.card", data=theirs).document
        assert book("enrol", card["file"], "--fingerprint", card["fingerprint"], data=mine).code == 0
    Path("stick").mkdir()
    return book

