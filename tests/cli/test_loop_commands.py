"""Commands of the loop: notes, tips, rows put aside, the trust list, keys, additions; one story."""

from __future__ import annotations

import json

from cbdesk.escrow import ProvinceKeys

ABOVE = "nơi nhận"
ADDITIONS = """
[[deadline]]
name = "half_year_report"
label = "Báo cáo 6 tháng"
value = "05-10"
valid_from = 2027-01-01
report = "six_months"
period = "{year}-H1"
basis = "CV 12/SYT"
[[target]]
report = "targets_2023"
row = "swim"
target = 0.55
"""


def round_trip(run):
    run("send", ".", data="sổ")
    run("receive", ".", data=ABOVE)
    run("send", ".", data=ABOVE)
    return run("receive", ".").document["files"]


def test_the_loop_by_command(loop, tmp_path):
    run = loop
    tip = {"kind": "other", "received_at": "2026-10-12T05:40", "summary": "Tin báo qua 111"}
    round_trip(run)
    note = run("note", run.child, "--text", "Có giấy khai sinh chưa?", data=ABOVE).document["id"]
    assert run("answer", note, "--text", "x", data=ABOVE).problem == "only_commune"
    (tmp_path / "111.pdf").write_bytes(b"%PDF-1.4")
    passed = run("pass-down", "01321", "--paper", "111.pdf", data=ABOVE, stdin=json.dumps(tip).encode())
    assert passed.code == 0
    assert run("pass-down", "01321", data=ABOVE, stdin=b"[1]").problem == "bad_json"
    assert run("pass-down", "01321", data=ABOVE, stdin=b"{}").code == 3
    keys, data = ProvinceKeys.make([("Bà An", "mật khẩu một"), ("Ông Bình", "mật khẩu hai")], practice=True)
    (tmp_path / "tinh.cbk").write_bytes(data)
    for n, word in ((1, "mật khẩu một"), (2, "mật khẩu hai")):
        (tmp_path / str(n)).write_text(word, "utf-8")
    assert len(run("trust", "draft", data=ABOVE).document["devices"]) == 2

    def publish(first, second):
        files = ("--first-password-file", first, "--second-password-file", second)
        return run("trust", "publish", "tinh.cbk", *files, data=ABOVE)

    assert publish(1, 2).document == {"version": 1}
    assert publish(2, 1).problem == "wrong_passwords"
    (tmp_path / "bo-sung.toml").write_text(ADDITIONS, "utf-8")
    assert len(run("additions", "publish", "bo-sung.toml", data=ABOVE).document["changed"]) == 2
    (tmp_path / "sai.toml").write_text("[[", "utf-8")
    assert run("additions", "publish", "sai.toml", data=ABOVE).problem == "additions_wrong"
    assert run("rotate-keys", data=ABOVE).document["waiting"]
    told = [text for one in round_trip(run) for text in one["notes"]]
    assert len(told) == 4  # the list, the additions, and the two of them
    assert run("trust", "show").document["version"] == 1
    assert run("additions", "show").document["version"] == 1
    assert [one["id"] for one in run("notes", "--state", "open").document["notes"]] == [note]
    assert run("get", passed.document["id"]).document["summary"] == tip["summary"]
    assert run("answer", note, "--text", "Có rồi").code == 0
    round_trip(run)
    assert run("note-again", note, "--text", "Số mấy?", data=ABOVE).code == 0
    assert run("note-close", note, data=ABOVE).code == 0
    node = run("status").document["device"]
    assert run("trust", "revoke", node, data=ABOVE).problem == "no_reason"
    assert run("trust", "revoke", node, "--reason", "mất máy", data=ABOVE).document["devices"][0]["status"] == "revoked"
    run.put({"full_name": "Nông Văn Tý"})
    sent = run("send", ".").document["file"]
    refused = run("receive", sent, data=ABOVE)
    assert refused.document["files"][0]["problem"]["name"] == "revoked"
    (kept,) = run("trust", "sealed", data=ABOVE).document["files"]
    assert run("trust", "sealed", "--drop", kept["kept"], data=ABOVE).document["files"] == []
    card = run("card", "--out", "again.card").document
    assert run("enrol", "again.card", "--fingerprint", card["fingerprint"], data=ABOVE).problem == "device_known"
    assert run("enrol", "again.card", "--fingerprint", card["fingerprint"], "--again", data=ABOVE).code == 0
    assert run("trust", "retire", node, "--reason", "thay máy", data=ABOVE).code == 0
    aside = run("set-aside", "--out", "rieng.json", data=ABOVE).document
    assert (aside["rows"], json.loads((tmp_path / "rieng.json").read_text("utf-8"))) == ([], {"rows": []})
    shown = run("trust", "show", data=ABOVE, as_json=False)
    assert "thay máy" in shown.out
    assert keys.root
