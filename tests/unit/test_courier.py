"""The courier against a real Apache over lines that break, and against a server that lies: nothing is believed."""

from __future__ import annotations

import gzip
import hashlib
import random
import re
import socket
import time

import pytest
import webdav_kit as kit
from tools_kit import ROOT

from cbdesk import courier
from cbdesk.courier.account import pin_of
from cbdesk.courier.listing import NotAListing, read_listing
from cbdesk.errors import Problem

SHA = "ab" * 32
DATA = random.Random(7).randbytes(300_000)  # more than one piece
SMALL = DATA[:40_000]


@pytest.fixture(scope="module", autouse=True)
def _quick():
    """Pauses between tries are counted, not slept; the system's proxies are not asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cbdesk.courier.server.PAUSES", (0.0,) * 4)
        for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            patch.delenv(name, raising=False)
        yield patch


@pytest.fixture(scope="module")
def authority(tmp_path_factory, _quick):
    made = kit.Authority(tmp_path_factory.mktemp("ca"))
    _quick.setenv("SSL_CERT_FILE", str(made.file))  # what OpenSSL calls the system's trust
    return made


@pytest.fixture(scope="module")
def server(authority):
    apache = kit.Apache(
        {
            "good": authority.issue("good"),
            "expired": authority.issue("expired", days=(-30, -1)),
            "early": authority.issue("early", days=(2, 30)),
            "other": authority.issue("other", ("kho.example",)),
            "own": authority.issue("own", self_signed=True),
        }
    )
    yield apache
    apache.close()


@pytest.fixture
def apache(server):
    server.clear()
    (server.store / "inbox").mkdir(mode=0o777)
    (server.store / "inbox").chmod(0o777)
    return server


@pytest.fixture
def line(apache):
    made = kit.Line(apache.ports["good"])
    yield made
    made.close()


@pytest.fixture(scope="module")
def liar(authority):
    made = kit.Liar(authority.issue("liar"))
    yield made
    made.close()


def account(url, **more):
    return courier.Account(url, kit.USER, kit.PASSWORD, **more)


def name_of(act) -> str:
    with pytest.raises(Problem) as caught:
        act()
    for sentence in (caught.value.what, caught.value.safe, caught.value.next):
        assert kit.PASSWORD not in sentence
    return caught.value.name


def assembled(apache, into, folder="inbox") -> list[bytes]:
    """Return what a receiver would find, read by our own reader over a good line."""
    with courier.Server(account(apache.url())) as one:
        found = courier.waiting(one, folder)
        return [courier.fetch(one, lying, into).read_bytes() for lying in found]


# --- bringing --------------------------------------------------------------------------------------------------------


def test_a_small_file_lies_under_its_name_and_is_sent_once(apache, line):
    with courier.Server(account(apache.url(port=line.port))) as one:
        assert courier.deliver(one, f"inbox/{SHA}", SMALL) == courier.Delivered(f"inbox/{SHA}.cbd", already=False)
        before = line.bytes_up
        assert courier.deliver(one, f"inbox/{SHA}", SMALL).already
        assert line.bytes_up - before < 2_000
    assert apache.files() == {f"inbox/{SHA}.cbd": SMALL}


@pytest.mark.parametrize("rules", [
    [{"cut_up": 1_000}], [{"cut_up": 20_000}], [{"cut_up": 150_000}, {"cut_up": 90_000}], [{"cut_up": 262_600}],
    [{"cut_up": 300_500}], [{"cut_down": 4_000}], [{"cut_down": 100_000}], [{}, {"cut_up": 50}],
    [{"cut_up": 70_000}] * 3,
], ids=str)  # fmt: skip
def test_a_file_arrives_whole_and_once_whatever_the_line_does(apache, line, tmp_path, rules):
    digest = hashlib.sha256(DATA).hexdigest()
    line.rules = list(rules)
    with courier.Server(account(apache.url(port=line.port))) as one:
        courier.deliver(one, f"inbox/{digest}", DATA)
        before = line.bytes_up
        assert courier.deliver(one, f"inbox/{digest}", DATA, proved=True).already
        assert line.bytes_up - before < 3_000
    assert assembled(apache, tmp_path) == [DATA]
    assert sum(name.count("/") == 1 and not name.endswith(".tmp") for name in apache.files()) == 1


def test_what_arrived_before_the_program_died_is_not_sent_again(apache, line, tmp_path):
    line.rules = [{"cut_up": 150_000}] * 3 + [{"cut_up": 3_000}] * 50

    def try_it():
        with courier.Server(account(apache.url(port=line.port))) as one:
            courier.deliver(one, f"inbox/{hashlib.sha256(DATA).hexdigest()}", DATA)

    assert name_of(try_it) == "net_cut"
    arrived = sum(len(data) for data in apache.files().values())
    assert 0 < arrived < len(DATA)
    assert assembled(apache, tmp_path) == []  # nobody finds a file that is not whole
    line.rules, line.bytes_up = [], 0
    try_it()
    assert line.bytes_up < len(DATA) - arrived + 20_000
    assert assembled(apache, tmp_path) == [DATA]


def test_the_person_may_stop_at_any_moment_and_go_on_later(apache, line, tmp_path):
    def stop(step, done, total):
        if step == "send" and done > 100_000:
            raise courier.Stopped

    stem = f"inbox/{hashlib.sha256(DATA).hexdigest()}"
    with pytest.raises(courier.Stopped), courier.Server(account(apache.url()), stop) as one:
        courier.deliver(one, stem, DATA)
    assert assembled(apache, tmp_path) == []
    with courier.Server(account(apache.url())) as one:
        courier.deliver(one, stem, DATA)
    assert assembled(apache, tmp_path) == [DATA]


def test_a_silent_line_does_not_keep_the_person_waiting(apache, line):
    line.rules = [{"stall": 30_000}] * 9
    asked = []

    def tell(step, done, total):
        asked.append(time.monotonic())
        if len(asked) > 1 and asked[-1] - asked[0] > 0.4:
            raise courier.Stopped

    with pytest.raises(courier.Stopped), courier.Server(account(apache.url(port=line.port)), tell) as one:
        courier.deliver(one, f"inbox/{SHA}", SMALL)
    assert asked[-1] - asked[0] < 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cbdesk.courier.wire.IDLE", 0.1)
        patch.setattr("cbdesk.courier.server.TRIES", 2)
        line.rules = [{"stall": 5_000}] * 9
        with courier.Server(account(apache.url(port=line.port))) as one:
            assert name_of(lambda: courier.deliver(one, f"inbox/{SHA}", SMALL)) == "net_timeout"


def test_a_server_without_move_gets_the_file_under_its_name(liar):
    store: dict[str, bytes] = {}
    liar.answer = lambda handler: _simple(handler, store, moves=False)
    with courier.Server(account(liar.url)) as one:
        courier.deliver(one, f"inbox/{SHA}", b"sealed")
    assert store == {f"/dav/treem/inbox/{SHA}.cbd": b"sealed"}


def _simple(handler, store, *, moves=True, keeps=True):
    """A WebDAV server in a few lines, honest unless ``keeps`` is false."""
    path = handler.path
    if handler.command == "PUT":
        if keeps:
            store[path] = handler.body
        handler.say(201)
    elif handler.command == "PROPFIND":
        known = (207, _multistatus((path, len(store[path]))), "application/xml") if path in store else (404,)
        handler.say(*known)
    elif handler.command == "MOVE" and moves:
        store["/dav" + handler.headers["Destination"].split("/dav", 1)[1]] = store.pop(path)
        handler.say(201)
    elif handler.command == "MOVE":
        handler.say(502)
    elif handler.command == "DELETE":
        handler.say(204 if store.pop(path, None) is not None else 404)
    else:
        handler.say(200, store[path]) if path in store else handler.say(404)


def _multistatus(*entries) -> bytes:
    found = "".join(
        f"<D:response><D:href>{path}</D:href><D:propstat><D:prop><D:getcontentlength>{size}</D:getcontentlength>"
        "<D:resourcetype/></D:prop></D:propstat></D:response>" for path, size in entries
    )  # fmt: skip
    return f'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{found}</D:multistatus>'.encode()


# --- fetching --------------------------------------------------------------------------------------------------------


def test_fetching_goes_on_where_the_line_was_cut(apache, line, tmp_path):
    digest = hashlib.sha256(DATA).hexdigest()
    (apache.store / "inbox" / f"{digest}.cbd").write_bytes(DATA)
    with courier.Server(account(apache.url(port=line.port))) as one:
        lying = courier.waiting(one, "inbox")[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cbdesk.courier.server.TRIES", 1)
        line.rules = [{"cut_down": 120_000}]
        with courier.Server(account(apache.url(port=line.port))) as one:
            assert name_of(lambda: courier.fetch(one, lying, tmp_path)) == "net_cut"
    kept = (tmp_path / f"{digest}.cbd.part").stat().st_size
    assert kept > 50_000
    line.bytes_down = 0
    with courier.Server(account(apache.url(port=line.port))) as one:
        assert courier.fetch(one, lying, tmp_path).read_bytes() == DATA
    assert line.bytes_down < len(DATA) - kept + 20_000
    assert [path.name for path in tmp_path.iterdir()] == [f"{digest}.cbd"]


def test_a_file_that_is_not_what_its_name_says_is_dropped(apache, tmp_path):
    digest = hashlib.sha256(DATA).hexdigest()
    with courier.Server(account(apache.url())) as one:
        courier.deliver(one, f"inbox/{digest}", DATA)
        piece = next(path for path in (apache.store / "inbox" / digest).iterdir())
        piece.chmod(0o666)
        piece.write_bytes(bytes(len(piece.read_bytes())))
        lying = courier.waiting(one, "inbox")[0]
        assert name_of(lambda: courier.fetch(one, lying, tmp_path)) == "post_lies"
        assert list(tmp_path.iterdir()) == []


def test_only_names_of_ours_are_looked_at(liar, tmp_path):
    listed = _multistatus(
        ("/dav/treem/inbox/..%2f..%2fetc%2fpasswd.cbd", 10), ("/dav/treem/inbox/a%00b.cbd", 10),
        ("/dav/treem/inbox/ok.cbd", 10), ("/dav/treem/other/no.cbd", 10), ("/dav/treem/inbox/x.exe", 10),
        (f"/dav/treem/inbox/{'1' * 16}-{SHA}.cbd", 10), ("/dav/treem/inbox/big.cbd", 10**12),
        ("https://evil.example/dav/treem/inbox/here.cbd", 10), ("/dav/treem/inbox/Nul.cbd", 10),
        ("/dav/treem/inbox/com1.x.cbd", 10),
    )  # fmt: skip
    liar.answer = lambda handler: handler.say(207, listed, "application/xml")
    with courier.Server(account(liar.url)) as one:
        assert [lying.stem for lying in courier.waiting(one, "inbox")] == ["inbox/here", "inbox/ok"]
        assert len(courier.waiting(one, "inbox", "1" * 16)) == 3


@pytest.mark.parametrize("answer", [
    b"<html><body>login</body></html>", b"", b"<a/>", b"\xff\xfe<", b"<D:multistatus xmlns:D='DAV:'>",
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><D:multistatus xmlns:D='DAV:'>&b;</D:multistatus>",
    b"<D:multistatus xmlns:D='DAV:'>" + b"<a>" * 9_000 + b"</a>" * 9_000 + b"</D:multistatus>",
], ids=lambda one: one[:12].decode("latin-1"))  # fmt: skip
def test_what_is_no_listing_is_said_to_be_none(answer):
    with pytest.raises(NotAListing):
        read_listing(answer, "/dav/treem/inbox/")


# --- certificates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("host", "problem"), [
    ("own", "cert_untrusted"), ("expired", "cert_expired"), ("early", "cert_early"), ("other", "cert_name"),
])  # fmt: skip
def test_a_certificate_that_does_not_hold_is_told_by_its_reason(apache, host, problem):
    with courier.Server(account(apache.url(host))) as one:
        assert name_of(lambda: one.size("inbox")) == problem


@pytest.mark.parametrize("host", ["own", "expired", "other"])
def test_a_pinned_certificate_is_the_trust_whatever_it_says(apache, authority, host):
    der = kit.der_of(authority.folder / f"{host}.pem")
    for pin in (hashlib.sha256(der).hexdigest(), hashlib.sha256(der).hexdigest().upper(), pin_of(der).lower()):
        with courier.Server(account(apache.url(host), pin=courier.read_pin(pin))) as one:
            assert all(step.ok for step in courier.try_out(one, "inbox"))
            assert one.wire.fingerprint == pin_of(der)


def test_no_word_is_said_to_another_certificate_than_the_pinned(liar, authority):
    liar.asked.clear()
    pin = hashlib.sha256(kit.der_of(authority.folder / "good.pem")).hexdigest()
    with courier.Server(account(liar.url, pin=pin)) as one:
        assert name_of(lambda: one.size("inbox")) == "cert_changed"
    assert liar.asked == []


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "headers", "problem", "asked"), [
    (401, {"WWW_Authenticate": 'Basic realm="x"'}, "post_password", 1),
    (401, {"WWW_Authenticate": "Negotiate"}, "post_login_kind", 1),
    (403, {}, "post_forbidden", 1), (409, {}, "post_no_folder", 1), (413, {}, "post_too_big", 1),
    (423, {}, "post_locked", 1), (507, {}, "post_full", 1), (503, {}, "post_server", 5), (500, {}, "post_server", 5),
    (302, {"Location": "https://portal.example/login"}, "post_redirect", 1),
    (301, {"Location": "/dav/treem/inbox/"}, "post_redirect", 1),
    (200, {}, "post_not_webdav", 1), (405, {}, "post_not_webdav", 1), (501, {}, "post_not_webdav", 1),
])  # fmt: skip
def test_each_refusal_has_its_own_words_and_tries(liar, status, headers, problem, asked):
    liar.answer = lambda handler: handler.say(status, b"<html>Sign in</html>", **headers)
    liar.asked.clear()
    with courier.Server(account(liar.url)) as one:
        assert name_of(lambda: one.size(f"inbox/{SHA}.cbd")) == problem
    assert len(liar.asked) == asked


def test_wrong_password_and_missing_folder_of_a_real_server(apache):
    with courier.Server(courier.Account(apache.url(), kit.USER, "sai")) as one:
        steps = {step.name: step for step in courier.try_out(one, "inbox")}
    assert [steps[name].ok for name in courier.STEPS] == [True, True, False, None, None, None]
    assert steps["login"].problem.name == "post_password"
    with courier.Server(account(apache.url())) as one:
        assert name_of(lambda: courier.deliver(one, f"nobox/{SHA}", SMALL)) == "post_no_folder"
        assert [step.name for step in courier.try_out(one, "nobox") if step.ok is False] == ["folder"]
    with courier.Server(account(apache.url())) as one:
        assert all(step.ok for step in courier.try_out(one, "inbox"))
    assert apache.files() == {}  # trying out leaves nothing


def test_a_server_that_says_yes_and_keeps_nothing_is_found_out(liar):
    liar.answer = lambda handler: _simple(handler, {}, keeps=False)
    with courier.Server(account(liar.url)) as one:
        assert name_of(lambda: courier.deliver(one, f"inbox/{SHA}", SMALL)) == "post_lies"
    junk = {f"/dav/treem/inbox/{SHA}.cbd": bytes(len(SMALL))}  # something of the same size has the name already
    liar.answer = lambda handler: _simple(handler, junk)
    with courier.Server(account(liar.url)) as one:
        assert name_of(lambda: courier.deliver(one, f"inbox/{SHA}", SMALL)) == "post_lies"
    liar.answer = lambda handler: handler.say(*_lying(handler))
    with courier.Server(account(liar.url)) as one:
        assert name_of(lambda: courier.deliver(one, f"inbox/{SHA}", SMALL)) == "post_lies"


def _lying(handler):
    if handler.command == "PROPFIND":
        return (404,)
    return (200, SMALL[:-1] + b"!", "application/octet-stream") if handler.command == "GET" else (201,)


def _endless(handler):
    handler.send_response(207)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while True:
        handler.wfile.write(b"40000\r\n" + b" " * 0x40000 + b"\r\n")


def _headers(handler):
    handler.wfile.write(b"HTTP/1.1 207 x\r\n" + b"X-Long: " + b"y" * 300_000 + b"\r\n\r\n")
    handler.close_connection = True


def _drip(handler):
    handler.wfile.write(b"HTTP/1.1 207 x\r\n")
    for _ in range(200):
        handler.wfile.write(b"X: y\r\n")
        handler.wfile.flush()
        time.sleep(0.02)


def _bomb(handler):
    handler.say(207, gzip.compress(bytes(10_000_000)), "application/xml", Content_Encoding="gzip")


@pytest.mark.parametrize(("answer", "problem"), [
    (_endless, "post_flood"), (_headers, "post_not_webdav"), (_drip, "net_timeout"), (_bomb, "post_not_webdav"),
    (lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9\r\n\r\n"), "post_not_webdav"),
    (lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), "net_cut"),
], ids=["endless", "headers", "drip", "bomb", "other", "closes"])  # fmt: skip
def test_a_hostile_answer_costs_little(liar, answer, problem):
    liar.answer = answer
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cbdesk.courier.wire.FIRST", 0.3)
        patch.setattr("cbdesk.courier.wire.SLOWEST", 10**9)
        patch.setattr("cbdesk.courier.server.TRIES", 1)
        begun = time.monotonic()
        with courier.Server(account(liar.url)) as one:
            assert name_of(lambda: one.listing("inbox")) == problem
    assert time.monotonic() - begun < 3


# --- the way there ---------------------------------------------------------------------------------------------------


def test_no_server_no_name_no_tls_each_in_words(apache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cbdesk.courier.server.TRIES", 1)
        port = kit.free_port()
        with courier.Server(account(f"https://localhost:{port}/dav")) as one:
            assert name_of(lambda: one.size("x")) == "net_refused"
        for number, problem in ((socket.EAI_AGAIN, "net_offline"), (socket.EAI_NONAME, "net_no_name")):
            def fails(*_args, number=number, **_more):
                raise socket.gaierror(number, "x")
            patch.setattr("socket.getaddrinfo", fails)
            with courier.Server(account("https://kho.example/dav")) as one:
                assert name_of(lambda: one.size("x")) == problem
        patch.undo()
        plain = kit.Line(0)
        plain._carry = _speaks_plainly
        with courier.Server(account(f"https://localhost:{plain.port}/dav")) as one:
            assert name_of(lambda: one.size("x")) == "net_no_tls"
        plain.close()


def _speaks_plainly(near, _rule):
    with near:
        near.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_through_a_proxy_and_what_a_proxy_refuses(apache):
    proxy = kit.Proxy(apache.ports["good"])
    with courier.Server(account(apache.url(), proxy=f"http://an:sai@127.0.0.1:{proxy.port}")) as one:
        assert name_of(lambda: one.size("inbox")) == "proxy_password"
    with courier.Server(account(apache.url(), proxy=f"http://an:b%C3%AD@127.0.0.1:{proxy.port}")) as one:
        courier.deliver(one, f"inbox/{SHA}", SMALL)
    assert apache.files() == {f"inbox/{SHA}.cbd": SMALL}
    assert proxy.asked[-1].startswith(f"CONNECT localhost:{apache.ports['good']} ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        patch.setenv("no_proxy", "")
        with courier.Server(account(apache.url())) as one:  # the system's
            assert name_of(lambda: one.size("inbox")) == "proxy_password"
        with courier.Server(account(apache.url(), proxy=courier.NO_PROXY)) as one:
            assert one.size(f"inbox/{SHA}.cbd") == len(SMALL)
    proxy.close()


# --- what is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "kept"), [
    (" https://Kho.CaoBang.gov.vn/dav/treem/ ", "https://kho.caobang.gov.vn/dav/treem"),
    ("https://kho.example:443/", "https://kho.example"), ("https://127.0.0.1:8443/a b/ạ",
     "https://127.0.0.1:8443/a%20b/%E1%BA%A1"), ("http://kho.example/dav", "post_not_https"),
    ("https://an:mk@kho.example/dav", "post_bad_url"), ("https://", "post_bad_url"), ("kho.example", "post_bad_url"),
    ("https://kho.example:99999/", "post_bad_url"), ("https://kho.example/a?b=c", "post_bad_url"),
    ("https://kho.example/\r\nX: y", "post_bad_url"), ("ftp://kho.example", "post_bad_url"),
    ("https://" + "a" * 400 + "/", "post_bad_url"),
])  # fmt: skip
def test_addresses_as_typed(typed, kept):
    if kept.startswith("https"):
        assert courier.read_url(typed) == kept
    else:
        assert name_of(lambda: courier.read_url(typed)) == kept


def test_pins_and_proxies_as_typed():
    assert courier.read_pin("  ") == ""
    assert courier.read_pin(":".join(["AB"] * 32)) == SHA
    for wrong in ("AB" * 31, "zz" * 32, "ABCDE FGHJK", "x"):
        assert name_of(lambda wrong=wrong: courier.read_pin(wrong)) == "post_bad_pin"
    assert courier.read_proxy("proxy.vp:3128") == "http://proxy.vp:3128"
    assert courier.read_proxy(" - ") == courier.NO_PROXY
    for wrong in ("proxy.vp", "socks5://a:1", "https://a:1", "http://a:1/x"):
        assert name_of(lambda wrong=wrong: courier.read_proxy(wrong)) == "post_bad_proxy"


def test_a_password_shows_itself_nowhere():
    one = account("https://kho.example", proxy="http://an:mk@proxy:1")
    assert kit.PASSWORD not in repr(one)
    assert "mk" not in repr(one)


def test_the_network_is_not_touched_before_somebody_sends():
    """Nothing outside the courier loads it when it is itself loaded: not the desk, not the window."""
    loads = re.compile(r"^(?:from|import) .*(?:courier|httpcore)", re.MULTILINE)  # inside a function it is later
    for path in [*(ROOT / "cbdesk").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        assert "courier" in path.parts or not loads.search(path.read_text("utf-8")), path
