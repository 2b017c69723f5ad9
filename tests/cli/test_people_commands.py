"""Officers, passwords and a register opened again, from the command line as a script would do it."""

from pathlib import Path

from cbdesk import desk

HANH, CHOI, NEW = "Nông Thị Hạnh", "Lý Văn Chòi", "mật khẩu mới"
PERSONS = (("Phó Giám đốc", "trau xanh nui"), ("Chánh Văn phòng", "suoi vang sao"))


def files(words):
    made = []
    for name, word in zip(("first", "second"), words, strict=True):
        Path(f"{name}.txt").write_text(word + "\n", encoding="utf-8")
        made += [f"--{name}-password-file", f"{name}.txt"]
    return made


def test_people_come_and_go(book, monkeypatch):
    monkeypatch.setenv("CBDESK_NEW_PASSWORD", NEW)
    added = book("officers", "add", CHOI, "--role", "recorder", "--approved-by", "Chủ tịch", "--approved-no", "12/QĐ")
    assert (added.code, bool(added.document["id"])) == (0, True)
    assert CHOI in added.err
    assert book("officers", "add", CHOI, "--role", "viewer").problem == "officer_exists"
    refused = book("officers", "add", "Vừ A Dế", "--role", "viewer", "--approved-on", "hôm qua")
    assert (refused.code, refused.document["id"]) == (3, None)
    told = book("officers", before=("--officer", HANH)).document
    assert told["officers"] == [HANH, CHOI]
    assert {(one["name"], one["role"], one["sensitive"], one["has_key"]) for one in told["people"]} == {
        (HANH, "approver", True, True), (CHOI, "recorder", False, True)
    }  # fmt: skip
    mine = ("--officer", HANH)
    assert book("officers", "role", CHOI, "--sensitive", before=mine).code == 0
    assert book("officers", "role", HANH, "--role", "viewer", before=mine).problem == "last_manager"
    assert book("officers", "cost", "--memory", "128", before=mine).document == {"memory": 128, "passes": 1, "lanes": 4}
    handed = book("officers", "hand-over", CHOI, HANH, "--out", "ban-giao.pdf", before=mine)
    assert handed.code == 0
    assert Path("ban-giao.pdf").read_bytes()[:4] == b"%PDF"
    ended = book("officers", "end", CHOI, before=mine).document
    assert len(ended["recovery_code"].split()) == 6
    assert (ended["left_out"], ended["backups_kept"]) == ([], 0)
    monkeypatch.delenv("CBDESK_PASSWORD")
    assert book("officers").document == {"officers": [HANH]}


def test_a_register_is_opened_again_with_the_province(loop, monkeypatch, tmp_path):
    monkeypatch.setenv("CBDESK_NEW_PASSWORD", NEW)
    words = files(word for _, word in PERSONS)
    made = loop("province-keys", "make", "tinh.cbk", "--practice", *words,
                *(part for name, _ in PERSONS for part in ("--person", name)))  # fmt: skip
    assert made.code == 0
    assert set(made.document) == {"file", "root", "escrow", "groups", "persons"}
    assert loop("province-keys", "make", "x.cbk", "--person", "A", *words).problem == "two_persons"
    assert loop("rescue", "request", "--out", "stick").problem == "no_escrow"
    commune = desk.unlock(tmp_path / "sổ", HANH, "mật khẩu")
    commune._set_escrow(made.document["escrow"])  # as the province's list does
    commune.close()
    asked = loop("rescue", "request", "--out", "stick").document
    heard = ("--groups", asked["groups"], *words)
    answered = loop("rescue", "answer", asked["file"], "tinh.cbk", *heard, "--out", "stick", data="nơi nhận")
    assert answered.code == 0
    assert loop("rescue", "accept", answered.document["file"]).problem == "wrong_password"
    monkeypatch.setenv("CBDESK_PASSWORD", NEW)
    opened = loop("rescue", "accept", answered.document["file"]).document
    assert opened["officer"] == HANH
    assert loop("get", loop.child).code == 0
    again = files(("trau xanh nui", "gio nhanh may")) + [
        "--new-" + one[2:] if one[:2] == "--" else one for one in words
    ]
    assert loop("province-keys", "rewrap", "tinh.cbk", "moi.cbk", *again, "--person", "A", "--person", "B").problem == (
        "wrong_passwords"
    )
