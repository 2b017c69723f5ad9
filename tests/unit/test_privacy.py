"""A canary: a name entered once is searched for in every file the program leaves that is not meant to show it."""

import io
import os
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from pathlib import Path

import pypdf
import pytest
import quick_keys
from tools_kit import load_tool

from cbdesk import clock, desk, log
from cbdesk.cli import run
from cbdesk.errors import Problem

CANARY = "Quýnh Canaryzqx Phượngvqz"
NUMBER = "004214987123"
WORDS = ("Canaryzqx", "canaryzqx", NUMBER, "Phượngvqz", unicodedata.normalize("NFD", "Phượngvqz"), "phuongvqz",
         "Phuongvqz")  # fmt: skip
FORMS = [word.encode(coding) for word in WORDS for coding in ("utf-8", "utf-16-le")]
FORMS += [b"Ph\xad\xee\xacngvqz"]  # TCVN3


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


def test_a_case_its_papers_its_files_and_its_hand_over_name_nobody_outside(commune, receiver, tmp_path, temporary):
    """Files that were asked for hold the name inside; no file's name, property, manifest, log or temporary does."""
    log.begin(commune.store.folder)
    other = desk.setup(tmp_path / "other", role="commune", unit="01324", officer="Lý Văn Chòi", password="mật khẩu",
                       practice=True).desk  # fmt: skip
    commune.enrol(other.card_bytes(), other.fingerprint, neighbour=True)
    other.enrol(commune.card_bytes(), commune.fingerprint, neighbour=True)
    receiver.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(receiver.card_bytes(), receiver.fingerprint)
    stick, papers = tmp_path / "stick", tmp_path / "papers"
    stick.mkdir()
    papers.mkdir()
    scan = tmp_path / f"{CANARY}.pdf"
    scan.write_bytes(b"%PDF-1.7 Canaryzqx")
    child = commune.save("child", {"full_name": CANARY, "mother_name": CANARY, "personal_id": NUMBER}).id
    incident = commune.save("incident", {"kind": "abuse", "child": [child], "received_at": clock.stamp()[:16],
                                         "summary": CANARY, "reporter_name": CANARY}).id  # fmt: skip
    case = commune.open_case(child, {"kind": "abused"}, incident=incident).id
    file = commune.attach(case, scan, {"title": CANARY}).id
    scan.unlink()
    with pytest.raises(Problem) as problem:
        commune.attach(case, scan, {"title": CANARY})
    assert problem.value.name == "no_such_file"
    commune.write_attachment(file, papers / "scan.pdf")
    for ending in ("pdf", "docx"):
        commune.write_paper("01", incident, papers / f"01.{ending}")
        commune.write_paper("02", case, papers / f"02.{ending}", copy="family")
    commune.cleaning_files(commune.cleaning_make().id, papers)
    commune.hand_over(case, "01324", stick)
    commune.send(stick)
    other.receive([stick])
    receiver.receive([stick])
    commune.receive([stick])
    for one in (commune, other, receiver):
        told = [entry for *_, what, _, detail, _ in one.ledger.accesses() for entry in (what, detail)]
        told += [str(sent.manifest) + sent.file for sent in one.ledger.bundles()]
        assert not [one for one in told if "anaryzqx" in one or NUMBER in one]
    logged = [(what, record) for _, _, _, what, record, _, _ in commune.ledger.accesses()]
    assert {("view", file), ("export", file), ("export", incident), ("export", case), ("send", case)} <= set(logged)
    assert "receive" in {what for _, _, _, what, *_ in other.ledger.accesses()}
    assert {path.suffix for path in papers.iterdir()} == {".pdf", ".docx", ".xlsx"}
    assert not [path.name for path in papers.iterdir() if "anaryzqx" in path.name or NUMBER in path.name]
    for path in papers.glob("*.docx"):
        inside = zipfile.ZipFile(path)
        held = [name for name in inside.namelist() if b"anaryzqx" in inside.read(name)]
        assert all(name.startswith("word/") for name in held)
    for path in papers.glob("0*.pdf"):
        facts = pypdf.PdfReader(path)
        assert "anaryzqx" not in str(facts.metadata)
        assert facts.xmp_metadata is None or "anaryzqx" not in facts.xmp_metadata.rdf_root.toxml()
    for one in (commune, other, receiver):
        one.close()
    folders = [tmp_path / name for name in ("commune", "receiver", "other")]
    assert traces(*folders, stick, temporary, os.environ["XDG_STATE_HOME"]) == []


DYING = """
import os, signal, sys
from pathlib import Path
from cbdesk import clock, desk, log
from cbdesk.memory import keep_out_of_dumps
keep_out_of_dumps()
home, name, number = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
log.begin(home / "so")
one = desk.setup(home / "so", role="commune", unit="01321", officer="Nông Thị Hạnh", password="mật khẩu",
                 practice=True).desk
head = "STT", "Họ và tên", "Ngày sinh", "Số định danh"
table = "\\n".join("\\t".join(row) for row in (head, ("1", name, "2015-03-04", number)))
one.import_run(one.import_plan(one.import_book(table)))
child = one.children()[0].id
one.keep_draft("child", child, {"full_name": name, "usual_name": name})
one.keep_draft("incident", None, {"summary": name})
one.attach_bytes(child, b"%PDF-1.7 " + name.encode(), {"title": name, "kind": "paper"})
one.form_paper("01", None)
one.backup()
one.search(name)
try:
    raise ValueError(name)
except ValueError as error:
    log.bug(error)
with one.store.atomic():
    one.store.db.execute("UPDATE child SET usual_name = ?", (name,))
    print("ready", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills itself as only Linux can")
def test_a_program_killed_in_the_middle_leaves_no_name_anywhere(tmp_path):
    """Import, drafts, a file, a paper, a search, a bug, half a transaction: nothing in data, temp, profile, folder."""
    places = {name: tmp_path / name for name in ("so", "temp", "state", "home", "here")}
    for name, path in places.items():
        if name != "so":
            path.mkdir()
    env = os.environ | {"TMPDIR": str(places["temp"]), "XDG_STATE_HOME": str(places["state"]),
                        "HOME": str(places["home"]), "PYTHONPATH": os.pathsep.join(sys.path)}  # fmt: skip
    died = subprocess.run([sys.executable, "-c", DYING, str(tmp_path), CANARY, NUMBER], cwd=places["here"], env=env,
                          capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    assert (died.stdout.strip(), died.returncode) == ("ready", -9), died.stderr
    assert (places["so"] / "register.db-wal").stat().st_size
    assert (places["so"] / log.NAME).is_file()
    assert traces(*places.values()) == []
    assert list(places["here"].iterdir()) == []


def test_a_workbook_names_nobody_in_its_properties_and_has_no_thumbnail(commune, tmp_path):
    commune.put("child", [{"full_name": CANARY, "risks": ["R05"]}])
    commune.report("at_risk", clock.today().isoformat()[:7], tmp_path)
    (path,) = tmp_path.glob("*.xlsx")
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert not [name for name in parts if "thumbnail" in name.lower()]
    facts = parts["docProps/core.xml"] + parts["docProps/app.xml"]
    assert b"CBDesk" in facts
    assert not [form for form in FORMS if form in facts]
    assert "Hạnh".encode() not in facts


def test_what_a_thief_tries_gives_nothing_and_harms_nothing(tmp_path, monkeypatch):
    """The attempts of ``tools/stolen.py``, which also writes what they gave; with the real derivation of keys."""
    stolen = load_tool("stolen")
    monkeypatch.setattr(stolen, "OFTEN", stolen.OFTEN[:3])
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with quick_keys.real():
        found = stolen.attempts(tmp_path)
    assert found["names"]["with_a_name"] == []
    assert (found["strings"]["hits"], found["headers"]["known"]) == (0, [])
    assert all(one["bits_a_byte"] > 7.99 for one in found["evenness"].values())
    assert found["evenness"]["register.db"]["alike"] == 0
    assert found["sqlite"]["refused"] == found["sqlite"]["tried"]
    assert found["passwords"]["only_the_right_one"]
    assert found["cheaper_key"] == {"changed": True, "refused_as": "wrong_password"}
    assert found["keys_of_another"]["refused_as"] == "store_damaged"
    assert found["unharmed"]


def test_the_search_itself_would_find_it(tmp_path):
    for coding in ("utf-8", "utf-16-le"):
        (tmp_path / coding).write_bytes(f"x{CANARY}x".encode(coding))
    (tmp_path / f"{NUMBER}.txt").touch()
    (tmp_path / "nfd").write_bytes(unicodedata.normalize("NFD", CANARY.rpartition(" ")[2]).encode())
    assert len(traces(tmp_path)) == 4


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
