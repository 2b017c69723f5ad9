"""The whole loop over a real Apache: a commune sends, the province takes in and answers; nothing twice or lost."""

from __future__ import annotations

import hashlib
import random

import pytest
import webdav_kit as kit

from cbdesk import clock, desk
from cbdesk.errors import Problem

COMMUNE, SERVER_PASSWORD = "01321", "mật-khẩu-kho-Ω"


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cbdesk.courier.server.PAUSES", (0.0,) * 4)
        yield patch


@pytest.fixture(scope="module")
def server(tmp_path_factory, _quick):
    authority = kit.Authority(tmp_path_factory.mktemp("ca"))
    _quick.setenv("SSL_CERT_FILE", str(authority.file))
    _quick.setattr(kit, "PASSWORD", SERVER_PASSWORD)
    made = kit.Apache({"good": authority.issue("good")})
    yield made
    made.close()


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    """A commune and the province that know each other, opened once; each test starts where the last one stopped."""
    folder = tmp_path_factory.mktemp("registers")
    common = {"officer": "Nông Thị Hạnh", "password": "mật khẩu", "practice": True}
    made = [desk.setup(folder / role, role=role, unit=unit, **common).desk
            for role, unit in (("commune", COMMUNE), ("receiver", "04"))]  # fmt: skip
    commune, province = made
    province.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(province.card_bytes(), province.fingerprint)
    yield commune, province
    for one in made:
        one.close()


@pytest.fixture
def line(server):
    made = kit.Line(server.ports["good"])
    yield made
    made.close()


@pytest.fixture
def both(server, registers, line):
    """Both with the server set (the commune behind the line), the server empty, nothing waiting on either side."""
    commune, province = registers
    commune.set_post(server.url(port=line.port), kit.USER, SERVER_PASSWORD, proxy="-")
    province.set_post(server.url(), kit.USER, SERVER_PASSWORD, proxy="-")
    server.clear()
    for one in (province, commune, province, commune):
        one.post()
    assert commune.unsent() == 0
    return commune, province


def write(commune, name="Lý Mùi Ví Dụ", **more):
    return commune.save("child", {"full_name": name, **more}).id


def paths(server, folder):
    return sorted(name for name in server.files() if name.startswith(folder))


def fill(commune, seed):
    """Attach noise, so that the next bundle is larger than one piece."""
    commune.attach_bytes(write(commune), b"\xff\xd8\xff\xe0" + random.Random(seed).randbytes(400_000))


def test_there_and_back_and_nothing_twice(both, server):
    commune, province = both
    write(commune)
    posted = commune.post()
    (sent,) = posted.sent
    assert (sent.changes, sent.already) == (1, False)
    assert sent.url.endswith(f"/inbox/{sent.sha256}.cbd")
    (held,) = [data for name, data in server.files().items() if name.startswith("inbox/")]
    assert hashlib.sha256(held).hexdigest() == sent.sha256
    assert commune.unsent() == 1  # brought is not acknowledged
    again = commune.post()
    assert [(one.already, one.sha256) for one in again.sent] == [(True, sent.sha256)]
    assert len(paths(server, "inbox/")) == 1

    taken = province.post()
    (one,) = taken.received
    assert (one.result, one.counts["new"]) == ("merged", 1)
    assert f"/outbox/{COMMUNE}/{commune.node}-" in one.ack
    assert paths(server, "inbox/") == []  # merged, answered, the answer read back
    answers = paths(server, "outbox/")
    assert len(answers) == 1

    (answer,) = commune.post().received
    assert answer.result == "accepted"
    assert commune.unsent() == 0
    assert commune.post() == desk.Posted()  # nothing new: nothing is sent, nothing fetched twice
    write(commune)
    commune.post()
    province.post()
    assert len(paths(server, "outbox/")) == 1  # the later answer took the place of the earlier
    assert paths(server, "outbox/") != answers


def test_an_upload_that_failed_goes_on_with_the_same_bundle(both, server, line):
    commune, province = both
    fill(commune, 1)
    line.rules = [{}, {"cut_up": 350_000}] + [{"cut_up": 2_000}] * 60
    with pytest.raises(Problem) as caught:
        commune.post()
    assert caught.value.name == "net_cut"
    assert commune.post_settings().last_problem == "net_cut"
    (waiting,) = [path for path in (commune.folder / "outgoing").rglob("*.cbd") if path.stat().st_size > 300_000]
    digest = hashlib.sha256(waiting.read_bytes()).hexdigest()
    write(commune, "Hoàng Văn Mẫu")  # what is written meanwhile does not begin it anew
    line.rules, line.bytes_up = [], 0
    (sent,) = commune.post().sent
    assert (sent.sha256, sent.already) == (digest, False)
    assert line.bytes_up < 350_000
    assert commune.post_settings().last_problem == ""
    (one,) = province.post().received
    assert one.result == "merged"
    assert paths(server, "inbox/") == []  # pieces, index and folder
    assert list((server.store / "inbox").iterdir()) == []
    (more,) = commune.post().sent  # the acknowledgement came with it, so only the later change goes
    assert more.changes == 1
    assert province.post().received[0].result == "merged"
    commune.post()
    assert commune.unsent() == 0


def test_stopping_leaves_everything_to_go_on_with(both, server):
    commune, _ = both
    fill(commune, 2)

    class Enough(Exception):
        pass

    def tell(step, done, total):
        if step == "send" and done > 150_000:
            raise Enough

    with pytest.raises(Enough):
        commune.post(progress=tell)
    assert not [name for name in paths(server, "inbox/") if name.endswith((".cbd", ".parts"))]
    (sent,) = commune.post().sent
    assert sent.url.endswith(".parts")


def test_a_legal_deletion_takes_what_waits_to_be_sent_with_it(both, server, line):
    commune, _ = both
    fill(commune, 4)
    line.rules = [{}, *[{"cut_up": 2_000}] * 60]
    with pytest.raises(Problem):
        commune.post()
    assert list((commune.folder / "outgoing").rglob("*.cbd"))
    commune.erase(write(commune), "theo yêu cầu")
    assert not list((commune.folder / "outgoing").rglob("*.cbd"))
    line.rules = []
    (sent,) = commune.post().sent
    assert not sent.already


def test_nothing_is_removed_before_its_answer_lies_there(both, server):
    commune, province = both
    write(commune)
    commune.post()
    folder = server.store / "outbox" / COMMUNE
    folder.rename(server.store / "outbox" / "aside")
    folder.write_bytes(b"a file in the way")
    taken = province.post()
    assert [one.result for one in taken.received] == ["merged", "refused"]
    assert len(paths(server, "inbox/")) == 1
    folder.unlink()
    (server.store / "outbox" / "aside").rename(folder)
    (one,) = province.post().received
    assert one.result == "already"
    assert paths(server, "inbox/") == []
    assert [one.result for one in commune.post().received] == ["accepted"]


def test_what_cannot_be_taken_in_stays_and_stops_nothing(both, server):
    commune, province = both
    write(commune)
    commune.post()
    junk = hashlib.sha256(b"junk").hexdigest()
    for name, data in ((junk, b"junk"), ("cd" * 32, b"not what the name says")):
        (server.store / "inbox" / f"{name}.cbd").write_bytes(data)
    found = {one.result: one for one in province.post().received}
    assert set(found) == {"merged", "refused"}
    assert len(paths(server, "inbox/")) == 2
    again = province.post().received
    assert {one.problem.name for one in again} == {"not_a_bundle", "post_lies"}
    assert not list((province.folder / "arrived").glob("*.part"))
    server.clear()
    province.post()
    assert list((province.folder / "arrived").iterdir()) == []


def test_two_machines_of_a_commune_fetch_only_their_own(both, server):
    commune, province = both
    write(commune)
    commune.post()
    province.post()
    (mine,) = paths(server, "outbox/")
    other = server.store / "outbox" / COMMUNE / f"{'e' * 16}-{'ab' * 32}.cbd"
    other.write_bytes(b"for the other machine")
    assert [one.result for one in commune.post().received] == ["accepted"]
    assert other.exists()
    assert mine in paths(server, "outbox/")


def test_fetching_alone_sends_nothing_but_answers(both, server):
    commune, province = both
    write(commune)
    assert commune.fetch() == []
    assert paths(server, "inbox/") == []
    commune.post()
    (one,) = province.fetch()
    assert one.result == "merged"
    assert len(paths(server, "outbox/")) == 1


def test_the_password_stays_where_it_was_given_for(both, server, line):
    commune, _ = both
    shown = commune.post_settings()
    assert shown.has_password
    assert SERVER_PASSWORD not in repr(shown)
    url = shown.url
    assert commune.set_post(url, kit.USER, None, automatic=True).has_password  # as it was
    assert not commune.set_post("https://kho.example/dav", kit.USER, None).has_password
    commune.set_post(url, kit.USER, SERVER_PASSWORD, proxy="http://an:bí-mật@127.0.0.1:9")
    assert commune.post_settings().proxy == "http://127.0.0.1:9"
    with pytest.raises(Problem) as caught:
        commune.post_to("https://kho.example/dav")
    assert caught.value.name == "post_other"
    for path in commune.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert SERVER_PASSWORD.encode() not in held
            assert b"hop-thu" not in held
    assert commune.set_post("") == desk.PostSettings()
    with pytest.raises(Problem) as caught:
        commune.post()
    assert caught.value.name == "post_unset"


def test_by_itself_only_where_switched_on_and_not_too_often(both):
    commune, province = both
    clock.set_fixed("2026-11-24T08:00:00")
    commune.post()
    assert not commune.post_due()  # off is the default
    settings = commune.post_settings()
    commune.set_post(settings.url, settings.user, automatic=True)
    assert commune.post_due()
    commune.post()
    clock.set_fixed("2026-11-24T08:14:00")
    write(commune)
    assert not commune.post_due()
    clock.set_fixed("2026-11-24T08:16:00")
    assert commune.post_due()
    commune.post()
    province.post()
    commune.post()
    clock.set_fixed("2026-11-24T10:00:00")
    assert not commune.post_due()  # nothing to send: looked at every four hours
    clock.set_fixed("2026-11-24T12:20:00")
    assert commune.post_due()
    clock.set_fixed("2026-11-20T08:00:00")  # a clock put back does not stop it for days
    assert commune.post_due()
