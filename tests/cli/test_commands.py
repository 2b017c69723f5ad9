"""The command line as a contract: one JSON document, promised keys, exit codes, both languages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from cbdesk import cli, words
from cbdesk.paths import resources

PASSWORD = "mật khẩu"
SETUP = ("setup", "--practice", "--role", "commune", "--unit", "01321", "--officer", "Nông Thị Hạnh")
CHILD = {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "village": "Lũng Mít", "groups": ["01.3"]}


# --- the promised keys -----------------------------------------------------------------------------------------------


def test_setup_card_enrol_officers(cbdesk):
    found = cbdesk(*SETUP, "--recovery-file", "recovery.pdf").document
    assert {"device", "unit", "fingerprint"} <= set(found)
    assert "recovery_code" not in found  # it stands on the sheet and nowhere else
    assert Path("recovery.pdf").read_bytes().startswith(b"%PDF-")
    assert cbdesk("officers").document["officers"] == ["Nông Thị Hạnh"]
    card = cbdesk("card", "--out", "mine.card").document
    assert card["fingerprint"] == found["fingerprint"]
    receiver = cbdesk(*SETUP[:2], "--role", "receiver", "--unit", "04", "--officer", "Đức", data="nhận").document
    assert "recovery_code" in receiver
    peer = cbdesk("enrol", card["file"], "--fingerprint", card["fingerprint"], data="nhận").document
    assert peer == {"device": found["device"], "unit": found["unit"], "role": "commune"}


def test_put_get_history_find_list(book):
    got = book("get", book.child).document
    assert (got["full_name"], got["village"], got["groups"]) == ("Lý Mùi Mẩy", "Lũng Mít", ["01.3"])
    assert got["id"] == book.child
    amended = book.put({"id": book.child, "born": "2014"}).document
    assert amended["ids"] == [book.child]
    changes = book("history", book.child).document["changes"]
    assert {"at", "by", "field", "from", "to"} <= set(changes[-1])
    assert (changes[-1]["from"], changes[-1]["to"]) == ("2015-06-03", "2014")
    found = book("find", "ly mui", "--limit", "5").document
    assert {"rows", "total", "ms"} <= set(found)
    assert [row["id"] for row in found["rows"]] == [book.child]
    assert [row["id"] for row in book("list", "child", "--where", "groups=01.3").document["rows"]] == [book.child]
    assert book("list", "child", "--where", "sex=male").document == {"rows": []}


def test_void_undo_erase(book):
    hidden = book("void", book.child, "--reason", "nhập nhầm").document
    assert hidden["id"] == book.child
    assert book("list", "child").document["rows"] == []
    assert book("undo", hidden["batch"]).document["batch"]
    assert len(book("list", "child").document["rows"]) == 1
    assert book("erase", book.child, "--reason", "theo yêu cầu").document["id"] == book.child
    assert book("get", book.child).problem == "no_record"
    assert book("verify").document["ok"]


def test_import_reports_what_it_read_and_what_it_could_not(book, tmp_path):
    source = resources().parent / "tests/data/samples/s2_tcvn3.xlsx"
    dry = book("import", source, "--dry-run").document
    assert {"read", "added", "same", "duplicates", "refused", "charset", "map", "batch"} <= set(dry)
    assert len(book("list", "child").document["rows"]) == 1
    done = book("import", source, "--report", "refused.xlsx")
    assert done.code in (0, 3)
    assert done.document["charset"] == "tcvn3"
    assert done.document["added"] == dry["added"] > 0
    again = book("import", source).document
    assert (again["added"], again["same"]) == (0, done.document["added"])
    assert book("undo", done.document["batch"]).code == 0
    assert len(book("list", "child").document["rows"]) == 1
    assert book("verify").document["ok"]


def test_import_takes_encodings_and_a_map_from_people(book):
    Path("ds.csv").write_text("Họ tên;Năm sinh;Đội\nHoµng;2014;Na Heng\n", encoding="utf-8")
    Path("map.json").write_text('{"C": "village", "charsets": {"CSV!A": "tcvn3"}}', encoding="utf-8")
    assert book("import", "ds.csv", "--charset", "tcvn4").problem == "bad_charset"
    for more in ((), ("--charset", "tcvn3"), ("--charset", "CSV=tcvn3")):
        assert book("import", "ds.csv", "--map", "map.json", *more).document["map"]["C"] == "village"
    names = [row["full_name"] for row in book("find", "hoang").document["rows"]]
    assert names == ["Hoàng"]


def test_duplicates_distinct_merge_split(book):
    other = book.put(CHILD | {"full_name": "Lí Mùi Mẩy", "born": "2015"}).document["ids"][0]
    (pair,) = book("duplicates", "--all").document["pairs"]
    assert {"a", "b", "score", "level", "reasons"} <= set(pair)
    assert {pair["a"], pair["b"]} == {book.child, other}
    shown = book("compare", book.child, other).document
    born = next(one for one in shown["fields"] if one["name"] == "born")
    assert (born["take"], born["why"], shown["level"]) == ("a", "fuller", pair["level"])
    assert book("merge", book.child, other, "--take", "born=mine").code == 2
    assert book("merge", book.child, other, "--take", "weight=keep").problem == "unknown_field"
    assert book("same", book.child, other).problem == "one_unit"
    assert book("merge", book.child, other, "--take", "born=other").document["id"]
    assert book("get", book.child).document["born"] == "2015"
    assert book("find", "lí mùi").document["total"] >= 1
    assert book("split", other).document["id"]
    assert book("distinct", book.child, other).document["id"]
    assert book("duplicates").document == {"pairs": []}


def test_reports_report_snapshot(book):
    assert {"name", "title", "periods"} <= set(book("reports").document["reports"][0])
    Path("out").mkdir()
    done = book("report", "special", "--period", "2026-10", "--out", "out").document
    assert {"files", "rows", "totals"} <= set(done)
    made = sorted(path.name for path in Path("out").iterdir())
    assert made == ["special-01321-2026-10.pdf", "special-01321-2026-10.xlsx"]
    frozen = book("snapshot", "special", "--period", " 2026-10", "--number", "12", "--date", "2026-11-02").document
    assert {"number", "rows", "in", "out"} <= set(frozen)
    assert frozen["number"] == "12"
    assert book("snapshot", "special", "--period", "2026-10").problem == "snapshot_issued"


def test_lists_are_frozen_reopened_issued_and_limited(book):
    frozen = book("snapshot", "special", "--period", "2026-10").document
    (row,) = book("snapshots", "special").document["snapshots"]
    assert (row["id"], row["state"], row["form"]) == (frozen["id"], "signing", "full")
    assert book("reopen", frozen["id"]).document["batch"]
    assert book("snapshots", "special").document["snapshots"] == []
    again = book("snapshot", "special", "--period", "2026-10").document
    assert book("issue", again["id"], "--number", "12", "--date", "2026-11-02").document["id"] == again["id"]
    assert book("reopen", again["id"]).problem == "snapshot_issued_before"
    assert book("issue", again["id"], "--number", "12", "--date", "hôm nay").code == 2
    assert book("snapshot", "gift_list", "--period", "2026-10").problem == "not_frozen"
    for more in (("--full",), ("--changes",), ("--village", "Lũng Mít"), ("--poverty", "without")):
        done = book("report", "at_risk", "--period", "2026-10", "--format", "xlsx", *more).document
        assert {"files", "rows", "totals"} <= set(done)
    assert book("report", "at_risk", "--period", "2026-10", "--village", "Không Có").problem == "no_record"
    line = ("report", "special", "--restricted", "--period", "2026-10", "--format", "xlsx")
    assert book(*line).problem == "no_reason"
    made = book(*line, "--purpose", "kiểm tra").document["files"]
    assert Path(made[0]).name == "special_restricted-01321-2026-10.xlsx"


def test_send_receive_inspect_status(loop):
    waiting = loop("status").document
    assert {"unsent", "acked_to", "peers"} <= set(waiting)
    sent = loop("send", "stick").document
    assert {"file", "files", "from_seq", "to_seq", "changes", "bytes", "sha256"} <= set(sent)
    assert (sent["changes"], sent["from_seq"]) == (waiting["unsent"], 1)
    looked = loop("inspect", sent["file"], data="nơi nhận").document
    assert {"sender", "recipient", "range", "valid", "problem"} <= set(looked)
    assert looked["valid"]
    (merged,) = loop("receive", "stick", data="nơi nhận").document["files"]
    assert {"sender", "result", "new", "already", "forks", "conflicts", "quarantined", "problem", "ack"} <= set(merged)
    assert (merged["result"], merged["new"], merged["problem"]) == ("merged", sent["changes"], None)
    (accepted,) = loop("receive", "stick").document["files"]
    assert accepted["result"] == "accepted"
    after = loop("status").document
    assert (after["unsent"], after["acked_to"]) == (0, sent["to_seq"])
    nothing = loop("send", "stick")
    assert (nothing.code, nothing.document["file"], nothing.document["files"]) == (0, None, [])
    again = loop("receive", "stick", data="nơi nhận")
    assert (again.code, again.document["files"][0]["result"]) == (0, "already")


def test_backup_restore_verify_doctor(book):
    Path("backups").mkdir()
    file = book("backup", "backups").document["file"]
    assert file.endswith(".cbb")
    restored = book("restore", file, data="lại")
    assert re.fullmatch("[0-9a-f]{16}", restored.document["stream"])
    assert restored.document["stream"] != book("status").document["stream"]
    assert book("restore", file).problem == "store_exists"
    found = book("verify").document
    assert {"ok", "changes", "problems"} <= set(found)
    assert found["ok"]
    assert {"name", "ok", "value"} <= set(book("doctor").document["checks"][0])
    assert book("doctor", data="nirgends").code == 0


def test_password_and_recovery(cbdesk, monkeypatch):
    code = cbdesk(*SETUP).document["recovery_code"]
    monkeypatch.setenv("CBDESK_NEW_PASSWORD", "mật khẩu mới")
    assert cbdesk("password").document == {"officer": "Nông Thị Hạnh"}
    assert cbdesk("status").problem == "wrong_password"
    monkeypatch.setenv("CBDESK_RECOVERY", code)
    fresh = cbdesk("password", "--recover").document
    assert fresh["officer"] == "Nông Thị Hạnh"
    assert fresh["recovery_code"] != code
    assert cbdesk("password", "--recover").problem == "other_recovery"
    monkeypatch.setenv("CBDESK_PASSWORD", "mật khẩu mới")
    assert cbdesk("status").code == 0


def test_sample_is_invented_and_goes_in(book):
    made = book("sample", "--children", "12", "--seed", "7", "--out", "sample.jsonl").document
    assert made["children"] == 12
    assert book("sample", "--children", "12", "--seed", "7", "--out", "again.jsonl").code == 0
    assert Path("sample.jsonl").read_bytes() == Path("again.jsonl").read_bytes()
    done = book("put", "child", "--file", "sample.jsonl")
    assert all(done.document["ids"])


def test_the_demo_runs_without_a_screen(cbdesk):
    done = cbdesk("demo", "--out", "demo").document
    assert {"files", "steps"} <= set(done)
    assert all(Path(file).is_file() for file in done["files"])


# --- one document, whatever happens ----------------------------------------------------------------------------------


def test_lines_of_put_stand_alone_and_part_is_three(book):
    done = book.put(
        {"full_name": "Một"},
        "không phải json",
        "[1]",
        {"foo": 1},
        '{"full_name": "\\ud800"}',
        {"full_name": "Hai"},
    )
    assert done.code == 3
    assert [one is None for one in done.document["ids"]] == [False, True, True, True, True, False]
    findings = done.document["findings"]
    assert {"line", "field", "level", "name", "text"} <= set(findings[0])
    assert {one["line"] for one in findings if one["level"] == "stop"} == {2, 3, 4, 5}
    assert len(book("list", "child").document["rows"]) == 3


@pytest.mark.parametrize(
    "text",
    [
        '\ufeff{"full_name": "A"}\r\n\r\n{"full_name": "B"}\r\n',
        '{"full_name": "A"}\n{"full_name": "B\u2028C"}',
        '{"full_name": "A"}\n{"full_name": "B\u0085C"}\n',
    ],
)
def test_lines_as_windows_and_others_write_them(book, text):
    done = book("put", "child", stdin=text.encode())
    assert len(done.document["ids"]) == 2
    assert done.document["ids"][0]


def test_nothing_to_put(book):
    done = book("put", "child", stdin=b"")
    assert (done.code, done.document["ids"], done.document["batch"]) == (0, [], None)


def test_answers_do_not_escape_letters_and_people_read_elsewhere(book):
    answer = book("get", book.child)
    assert "Lý Mùi Mẩy" in answer.out
    plain = book("get", book.child, as_json=False)
    assert "Lý Mùi Mẩy" in plain.out
    assert book("find", "ly mui", as_json=False).out.count("Lý Mùi Mẩy") == 1


@pytest.mark.parametrize(
    "line",
    [
        "castle",
        "get",
        "put",
        "send",
        "receive",
        "status --castle",
        "find x --limit 0",
        "setup --role king",
        "list child --where",
        "list child --where sex",
        "report special --period 2026-10 --format doc",
        "snapshot special --period 2026-10 --number 1 --date hôm-nay",
        "snapshot special --period 2026-10 --number 1",
        "sample --children 0 --seed 1",
        "--lang fr status",
    ],
)
def test_wrong_usage_is_two(book, line):
    answer = book(*line.split())
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err


def test_without_a_command_the_window_opens(tmp_path):
    asked = []
    assert cli.run(["--data", str(tmp_path)], window=lambda data: asked.append(data) or 5) == 5
    assert asked == [str(tmp_path)]


# --- password -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [PASSWORD, PASSWORD + "\n", PASSWORD + "\r\n", "\ufeff" + PASSWORD + "\r\n"])
def test_the_password_may_stand_in_a_file(book, monkeypatch, content):
    monkeypatch.delenv("CBDESK_PASSWORD")
    Path("pw").write_bytes(unicodedata.normalize("NFD", content).encode())
    assert book("status", before=["--password-file", "pw"]).code == 0


def test_without_a_password_nothing_is_asked_where_nobody_sits(book, monkeypatch):
    monkeypatch.delenv("CBDESK_PASSWORD")
    assert book("status", stdin=b"").problem == "no_password"
    assert book("status", before=["--password-file", "nowhere"]).problem == "unreadable_file"


# --- languages -------------------------------------------------------------------------------------------------------


def test_messages_speak_the_language_asked_for(book):
    vietnamese = book("get", "nix")
    english = book("get", "nix", before=["--lang", "en"])
    assert (vietnamese.problem, english.problem) == ("no_record", "no_record")
    assert vietnamese.document["problem"]["what"] != english.document["problem"]["what"]
    assert english.document["problem"]["what"].isascii()
    assert book("status", as_json=False, before=["--lang=en"]).out != book("status", as_json=False).out


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_command_has_help_in_each_language(cbdesk, language):
    whole = cbdesk("--help", as_json=False, before=["--lang", language])
    assert whole.code == 0
    for name in cli.program.commands:
        assert name in whole.out
        shown = cbdesk(name, "--help", as_json=False, before=["--lang", language])
        assert shown.code == 0
        assert words.say(f"cli.help.{name}").splitlines()[0][:20] in shown.out


# --- settings ---------------------------------------------------------------------------------------------------------


def test_the_order_of_names_is_told_and_changed(book):
    book.put({"full_name": "Bế Văn An"}, {"full_name": "Nguyễn Thị An"})
    first = ("Bế Văn An", "Nguyễn Thị An")
    for order, names in (("given-family-middle", first), ("given-middle-family", first[::-1])):
        assert book("settings", "--name-order", order).document == {"name_order": order}
        assert tuple(row["full_name"] for row in book("list", "child").document["rows"])[:2] == names
    assert book("settings").document == {"name_order": "given-middle-family"}
    assert "tên – đệm – họ" in book("settings", as_json=False).out
    assert book("settings", "--name-order", "family").code == 2
    assert book("verify").document["ok"]


def test_find_says_why(book):
    book.put({"full_name": "Vừ Mí Chá", "father_name": "Vừ A Sủa"})
    found = book("find", "vu a sua").document
    assert list(found["why"].values()) == ["cha: Vừ A Sủa"]
    assert "cha: Vừ A Sủa" in book("find", "vu a sua", as_json=False).out


# --- the program as others start it ---------------------------------------------------------------------------------


def _program(folder, *arguments, **environment):
    command = [sys.executable, "-m", "cbdesk", "--data", str(folder), "--json", *arguments]
    setting = {**os.environ, "CBDESK_PASSWORD": PASSWORD, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", **environment}
    return subprocess.run(command, capture_output=True, env=setting, check=False, timeout=120, stdin=subprocess.DEVNULL)


def test_the_program_speaks_utf_8_whatever_the_machine_says(tmp_path):
    done = _program(tmp_path / "so", *SETUP)
    assert done.returncode == 0
    assert json.loads(done.stdout.decode())["unit"] == "01321@2025-07-01"
    assert "Bảo Lạc" in done.stderr.decode()
    wrong = _program(tmp_path / "so", "status", CBDESK_PASSWORD="sai")
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout.decode())["problem"]["name"] == "wrong_password"
    assert _program(tmp_path / "so", "castle").returncode == 2
