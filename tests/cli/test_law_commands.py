"""The law on personal data from the command line, as a script would do it."""


def test_the_law_is_kept_from_the_command_line(loop, monkeypatch, tmp_path):
    monkeypatch.setenv("CBDESK_NOW", "2026-11-25T08:00")
    child = loop.child
    assert loop("purposes").document["rows"][0]["consent"] == "none"
    assert loop("may-disclose", child, "publish").document["reasons"] == ["not_asked"]
    assert loop("may-disclose", child, "nothing").problem == "unknown_purpose"
    give = ("disclose", child, "--kind", "media", "--to", "Báo", "--purpose", "publish", "--what", "ảnh")
    assert loop(*give).problem == "no_consent"
    assert loop(*give, "--override", "Chủ tịch cho phép").code == 0
    assert [row["override"] for row in loop("disclosures", child).document["rows"]] == ["Chủ tịch cho phép"]
    assert loop("disclosures", child, "--out", tmp_path / "given.pdf").code == 0

    asked = loop("request", "take", "delete", "--child", child, "--asker", "A", "--on", "2026-11-25").document["id"]
    assert loop("request", "list", "--waiting").document["rows"][0]["terms"]["request_delete"] == "2026-12-15"
    assert loop("request", "first", asked).code == 0
    assert loop("request", "answer", asked, "refused").problem == "no_reason"

    assert loop("retention", "set", "child_left", 5, "--basis", "Bảng thời hạn").code == 0
    assert loop("retention", "over").document["rows"] == []
    lost = loop("loss", "report", "--detected", "2026-11-25T07:00").document
    assert lost["until"] == "2026-11-28T07:00"
    assert loop("loss", "paper", lost["id"], tmp_path / "loss.docx").code == 0
    assert loop("loss", "told", lost["id"], "--to", "Công an tỉnh").code == 0

    stick = tmp_path / "stick"
    assert loop("extract", "preview", "single", "--subject", child).document["count"] == 1
    sent = loop("extract", "send", "named", "--period", "2026-10", "--to", "04", "--out", stick).document
    read = loop("extract", "read", sent["file"], data="nơi nhận").document
    assert (read["profile"], read["expires"], len(read["rows"])) == ("named", sent["expires"], sent["rows"])

    ground = ("--ground", "request", "--reason", "gia đình xin xóa", "--request", asked)
    assert loop("erasure", "plan", child).document["counts"]["child"] == 1
    assert loop("erasure", "run", child, *ground, "--minutes", tmp_path / "minutes.pdf").code == 0
    (row,) = loop("erasure", "list").document["rows"]
    assert (row["done"], row["agrees"]) == (True, True)
    assert loop("erasure", "paper", row["id"], tmp_path / "done.pdf").code == 0
    assert loop("get", child).problem == "no_record"
