"""``send https://…``, ``receive https://…`` and ``post-settings`` as a script would use them, over a real Apache."""

from __future__ import annotations

import pytest
import webdav_kit as kit

ABOVE = "nơi nhận"


@pytest.fixture
def server(tmp_path, monkeypatch):
    authority = kit.Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv("CBDESK_POST_PASSWORD", kit.PASSWORD)
    made = kit.Apache({"good": authority.issue("good")})
    yield made
    made.close()


def test_a_month_over_the_network(loop, server):
    url = server.url()
    assert loop("send", url).problem == "post_unset"
    assert loop("post-settings", "http://kho.example/dav").problem == "post_not_https"
    for data in ("sổ", ABOVE):
        found = loop("post-settings", url, "--user", kit.USER, "--proxy", "-", "--by-hand", data=data).document
        assert (found["url"], found["has_password"], found["automatic"]) == (url, True, False)
        assert kit.PASSWORD not in str(found)

    tried = loop("post-settings", "--test")
    assert tried.code == 1  # the receiver has not been there yet
    assert [one["name"] for one in tried.document["steps"] if one["ok"] is False] == ["folder"]
    assert loop("receive", url, data=ABOVE).document == {"files": []}
    assert loop("post-settings", "--test").code == 0

    sent = loop("send", url).document
    assert sent["file"] == f"{url}/inbox/{sent['sha256']}.cbd"
    assert (sent["from_seq"], sent["received"]) == (1, [])
    assert loop("send", url).document["sha256"] == sent["sha256"]
    (taken,) = loop("receive", url, data=ABOVE).document["files"]
    assert taken["result"] == "merged"
    assert taken["ack"].startswith(f"{url}/outbox/01321/")
    (answer,) = loop("receive", url).document["files"]
    assert answer["result"] == "accepted"
    assert loop("send", url).document["file"] is None
    assert loop("status").document["unsent"] == 0
    assert loop("send", "https://kho.example/dav").problem == "post_other"
    assert loop("post-settings", "--clear").document["url"] == ""
