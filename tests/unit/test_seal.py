"""Sealing: what comes out is what went in, and every other file is refused with its own code."""

import dataclasses
import json
import random
import unicodedata

import bundle_kit as kit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import container, seal
from cbdesk import manifest as page
from cbdesk.errors import Problem

VECTORS = sorted(kit.VECTORS.glob("*/*.json"), key=lambda path: path.stem)
CODES = {
    "too_big", "not_a_bundle", "wrong_recipient_or_damaged", "malformed_container", "bad_signature_block",
    "bad_algorithm", "unknown_key", "bad_signature", "bad_manifest", "wrong_type", "bundle_too_new",
    "sender_mismatch", "revoked", "not_for_me", "payload_damaged", "payload_too_big",
}  # fmt: skip


def code_of(data: bytes, **options) -> str:
    """Return how a file ends: ``ok`` or the name of its Problem. Anything else is an error of the test."""
    try:
        kit.opened(data, **options)
    except Problem as problem:
        return problem.name
    return "ok"


# --- vectors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector(path):
    expected = json.loads(path.read_text("utf-8"))
    data = path.with_suffix(".cbd").read_bytes()
    if expected["outcome"] == "ok" or expected["stage"] == "merge":
        opened = kit.opened(data, practice=expected["practice"])
        assert len(opened.lines) == expected["lines"]
        return
    with pytest.raises(Problem) as caught:
        kit.opened(data, practice=expected["practice"])
    assert caught.value.name == expected["outcome"]
    for name in ("member", "field", "found", "needed", "detail"):
        assert caught.value.details.get(name) == expected.get(name)
    assert caught.value.what
    assert caught.value.next


def test_every_code_has_a_vector():
    told = {json.loads(path.read_text("utf-8"))["outcome"] for path in VECTORS}
    assert told >= CODES - {"too_big"}  # 64 MiB are not committed


# --- round trip and privacy ------------------------------------------------------------------------------------------


def test_round_trip_keeps_every_byte():
    lines = kit.op_lines(5)
    opened = kit.opened(kit.sealed(lines))
    assert opened.lines == tuple(lines)
    assert opened.sender == kit.COMMUNE.device
    assert opened.manifest_bytes == seal.canonical(opened.manifest)
    seg = opened.manifest["segs"][0]
    assert seal.verify_head(kit.COMMUNE.device.sign_public, seg["s"], seg["n"], seg["h"], seg["sig"])
    assert not seal.verify_head(kit.COMMUNE.device.sign_public, seg["s"], seg["n"] + 1, seg["h"], seg["sig"])


def test_only_unseal_makes_an_opened():
    opened = kit.opened(kit.sealed(kit.op_lines(1)))
    with pytest.raises(TypeError):
        seal.Opened(
            token=object(), manifest={}, manifest_bytes=b"", signature="", sender=opened.sender, lines=(), blobs={},
            trust=None, p7s=None,
        )  # fmt: skip
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(opened, lines=(b"{}",))


def test_the_file_tells_a_finder_nothing():
    data = kit.sealed(kit.op_lines(5))
    for secret in (b"manifest", b"01321", b"child", kit.COMMUNE.keys.key.encode(), kit.RECEIVER.device.node.encode()):
        assert secret not in data


def test_size_does_not_tell_whether_there_was_a_case():
    sizes = set()
    for count in (0, 1, 5):
        payload, entry = seal.pack_lines(kit.op_lines(count))
        text = seal.canonical(kit.manifest(entry, kit.op_lines(count)))
        sizes.add(len(container.write(list(kit.members(text, payload).items()))))
    assert len(sizes) == 1


def test_public_half_shows_no_secret():
    keys = seal.DeviceKeys.new()
    assert seal.DeviceKeys.from_dict(keys.to_dict()) == keys
    assert keys.seed.hex() not in repr(keys) + str(keys.public())
    assert "SECRET" not in repr(keys) + str(keys.public())
    with pytest.raises(ValueError):
        seal.DeviceKeys.from_dict({"sign": "00", "age": "AGE-SECRET-KEY-1"})


def test_file_name_is_neutral_and_fits_fat():
    name = seal.file_name("01321@2025-07-01", "ab" * 8, 1, 2**53, "cd" * 16)
    assert name == "01321-abab-1-9007199254740992-cdcdcdcd.cbd"
    assert len(seal.file_name("x" * 99, "ab" * 8, 2**53, 2**53, "cd" * 16)) <= 60
    assert seal.file_name("../:*?", "ab" * 8, 0, 0, "cd" * 16).isascii()


# --- outside ---------------------------------------------------------------------------------------------------------

SMALL = kit.sealed(kit.op_lines(1))


def test_every_flipped_byte_is_refused():
    codes = set()
    for at in range(len(SMALL)):
        bent = bytearray(SMALL)
        bent[at] ^= 1 << at % 8
        codes.add(code_of(bytes(bent)))
    assert codes == {"not_a_bundle", "wrong_recipient_or_damaged"}


def test_every_truncation_is_refused():
    codes = {code_of(SMALL[:length]) for length in range(len(SMALL))}
    assert codes == {"not_a_bundle", "wrong_recipient_or_damaged"}


def test_more_bytes_are_refused():
    assert code_of(SMALL + b"\x00") == "wrong_recipient_or_damaged"


def test_too_big_is_told_before_anything_is_read():
    assert code_of(seal.MAGIC + bytes(seal.MAX_FILE)) == "too_big"


def test_former_key_still_opens():
    data = kit.sealed(kit.op_lines(1))
    identities = [seal.DeviceKeys.new().identity, kit.RECEIVER.keys.identity]
    assert seal.unseal(data, identities, kit.RECEIVER.device.node, kit.KNOWN.get).lines


# --- inside: mutants of the decrypted container, encrypted again -----------------------------------------------------


def pieces() -> dict[str, bytes]:
    payload, entry = seal.pack_lines(kit.op_lines(3))
    return kit.members(seal.canonical(kit.manifest(entry, kit.op_lines(3))), payload)


def mutant(archive: bytes, chance: random.Random) -> bytes:
    """Return the archive with a byte changed, a run cut out, doubled, zeroed or moved."""
    bent = bytearray(archive)
    at = chance.randrange(len(bent))
    length = chance.choice([1, 2, 8, 512])
    match chance.randrange(5):
        case 0:
            bent[at] ^= 1 << chance.randrange(8)
        case 1:
            del bent[at : at + length]
        case 2:
            bent[at:at] = bent[at : at + length]
        case 3:
            bent[at : at + length] = bytes(min(length, len(bent) - at))
        case _:
            bent[at] = chance.choice(b"\x00 /0179LKg\xff")
    return bytes(bent)


def test_no_inner_mutant_is_accepted():
    original = container.write(list(pieces().items()))
    chance = random.Random(2026)
    codes = set()
    for _ in range(1500):
        bent = mutant(original, chance)
        if bent != original:
            codes.add(code_of(kit.encrypted(bent)))
    assert "ok" not in codes
    assert {"malformed_container", "bad_signature", "payload_damaged", "bad_signature_block"} <= codes <= CODES


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_an_archive_has_one_spelling(data):
    """Whatever bytes the reader takes, writing what it read gives the same bytes."""
    original = container.write([("manifest.json", b"{}"), ("payload.jsonl.zst", b"x" * 600)])
    at = data.draw(st.integers(0, len(original) - 1))
    bent = original[:at] + bytes([data.draw(st.integers(0, 255))]) + original[at + 1 :]
    try:
        members = container.read(bent)
    except container.ArchiveError:
        return
    assert container.write(members) == bent


@given(st.binary(max_size=1500))
@settings(max_examples=150, deadline=None)
def test_any_archive_ends_in_a_code(raw):
    assert code_of(kit.encrypted(raw)) == "malformed_container"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                    max_leaves=6),
       st.sampled_from(["type", "id", "from", "to", "segs", "have", "payload", "blobs", "trust", "log", "results",
                        "min_reader", "schema", "at", "clock", "app"]))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_value_in_a_signed_manifest_ends_in_a_code(value, name):
    """A known sender with a broken program must not bring the reader down."""
    payload, entry = seal.pack_lines(kit.op_lines(1))
    proper = kit.manifest(entry, kit.op_lines(1))
    try:
        text = seal.canonical(proper | {name: value})
    except UnicodeEncodeError:
        return
    code = code_of(kit.encrypted(kit.members(text, payload)))
    allowed = {"trust", "schema", "app", "have", "blobs", "results"}
    assert code in CODES or (code == "ok" and name in allowed)


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "payload.jsonl.zst"])
def test_doubled_member_is_refused(name):
    members = [member for member in pieces().items() for _ in range(2 if member[0] == name else 1)]
    assert code_of(kit.encrypted(container.write(members))) == "malformed_container"


def test_member_above_its_limit_is_refused():
    parts = pieces() | {"manifest.sig": b" " * 1025}
    assert code_of(kit.encrypted(parts)) == "malformed_container"


def test_lying_size_is_refused():
    archive = bytearray(container.write(list(pieces().items())))
    archive[124:135] = b"77777777777"
    archive[148:156] = b" " * 8
    archive[148:156] = b"%06o\x00 " % sum(archive[:512])
    assert code_of(kit.encrypted(bytes(archive))) == "malformed_container"


def test_trust_list_needs_its_signature():
    parts = pieces()
    ordered = {name: parts.get(name, b"{}") for name in ("manifest.json", "manifest.sig", "trust.json")}
    assert code_of(kit.encrypted(ordered | {"payload.jsonl.zst": parts["payload.jsonl.zst"]})) == "malformed_container"


# --- who, to whom, what ----------------------------------------------------------------------------------------------


def test_forwarded_bundle_is_refused():
    """The sister PC opens a bundle meant for her and encrypts the very same content to the receiver."""
    sister = kit.PARTIES["sister"]
    payload, entry = seal.pack_lines(kit.op_lines(1))
    page_for_sister = kit.manifest(entry, kit.op_lines(1), to=[sister.device.node])
    data = seal.seal(page_for_sister, payload, kit.COMMUNE.keys, [sister.device.age_recipient])
    assert kit.opened(data, sister).lines
    forwarded = kit.encrypted(kit.members(seal.canonical(page_for_sister), payload))
    with pytest.raises(Problem) as caught:
        kit.opened(forwarded)
    assert caught.value.name == "not_for_me"
    assert caught.value.details["sender"] == kit.COMMUNE.device.unit
    assert caught.value.details["to"] == [sister.device.node]


def test_another_device_under_a_known_key_id_is_unknown():
    data = kit.sealed(kit.op_lines(1))
    with pytest.raises(Problem, match="unknown_key"):
        seal.unseal(data, kit.RECEIVER.keys.identity, kit.RECEIVER.device.node, lambda key: kit.STOLEN.device)


def test_retired_device_may_still_be_read_and_an_unknown_status_not():
    def read_from(status: str) -> seal.Opened:
        device = dataclasses.replace(kit.COMMUNE.device, status=status)
        return seal.unseal(SMALL, kit.RECEIVER.keys.identity, kit.RECEIVER.device.node, lambda key: device)

    assert read_from("retired").lines
    for status in ("revoked", "pending"):
        with pytest.raises(Problem, match="revoked"):
            read_from(status)


def test_practice_and_real_do_not_mix():
    practice = kit.sealed(kit.op_lines(1), type="cbdesk/practice/bundle/1")
    assert code_of(practice, practice=True) == "ok"
    assert code_of(practice) == "wrong_type"
    assert code_of(SMALL, practice=True) == "wrong_type"


def test_other_kinds_share_the_envelope():
    payload, entry = seal.pack_lines([b'{"row":1}'])
    text = kit.manifest(entry, [], type="cbdesk/extract/1", segs=None, have=None, profile="police", expiry="2026-12-31")
    data = seal.seal(text, payload, kit.COMMUNE.keys, [kit.RECEIVER.device.age_recipient])
    assert kit.opened(data, kind="extract").manifest["profile"] == "police"
    assert code_of(data) == "wrong_type"


def test_seal_refuses_what_it_could_not_read_back():
    payload, entry = seal.pack_lines(kit.op_lines(1))
    good = kit.manifest(entry, kit.op_lines(1))
    to = [kit.RECEIVER.device.age_recipient]
    with pytest.raises(Problem, match="bad_manifest"):
        seal.seal(good | {"clock": "?"}, payload, kit.COMMUNE.keys, to)
    with pytest.raises(Problem, match="payload_damaged"):
        seal.seal(good, payload + b"x", kit.COMMUNE.keys, to)
    for keys, recipients in ((kit.STRANGER.keys, to), (kit.COMMUNE.keys, []), (kit.COMMUNE.keys, to * 9),
                             (kit.COMMUNE.keys, ["age1nonsense"])):  # fmt: skip
        with pytest.raises(ValueError):
            seal.seal(good, payload, keys, recipients)


# --- payload ---------------------------------------------------------------------------------------------------------


def test_compression_is_bounded_and_exact():
    raw = b"".join(line + b"\n" for line in kit.op_lines(200)) * 200  # 14 MB, above the window
    packed = seal.compress(raw)
    assert seal.decompress(packed, len(raw)) == raw
    for size in (0, len(raw) - 1):
        with pytest.raises(Problem, match="payload_too_big"):
            seal.decompress(packed, size)
    with pytest.raises(Problem, match="payload_damaged"):
        seal.decompress(packed, len(raw) + 1)
    with pytest.raises(Problem, match="payload_damaged"):
        seal.decompress(packed[:-5], len(raw))
    with pytest.raises(Problem, match="payload_too_big"):
        seal.decompress(packed, page.MAX_RAW + 1)


def test_lines_are_counted_before_they_are_split():
    assert page.split_lines(b"", 0) == ()
    assert page.split_lines(b"a\nb\n", 2) == (b"a", b"b")
    for raw, count in ((b"a\nb", 2), (b"a\n\n", 2), (b"a\n", 2), (b"x" * (64 * 1024 + 1) + b"\n", 1), (b"a", 0)):
        with pytest.raises(Problem, match="payload_damaged"):
            page.split_lines(raw, count)


@pytest.mark.parametrize(
    ("name", "value"),
    [("raw_size", page.MAX_RAW + 1), ("lines", page.MAX_LINES + 1), ("size", 48 * 1024 * 1024 + 1)],
)
def test_announced_sizes_beyond_the_limits_are_refused(name, value):
    payload, entry = seal.pack_lines(kit.op_lines(1))
    text = seal.canonical(kit.manifest(entry | {name: value}, kit.op_lines(1)))
    assert code_of(kit.encrypted(kit.members(text, payload))) == "payload_too_big"


# --- strict JSON -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b'{"a":1,"a":1}', "duplicate key"),
        (b'{"a":{"b":1,"b":2}}', "duplicate key"),
        (b"1.0", "number"),
        (b"1e3", "number"),
        (b"NaN", "number"),
        (b"-Infinity", "number"),
        (b"-0", "number"),
        (b"9007199254740993", "number"),
        (b"1" * 5000, "number"),
        (b"[" * 7 + b"]" * 7, "depth"),
        (b"[" * 200_000, "depth"),
        (b'"\\ud800"', "text"),
        (b'"\\u0000"', "text"),
        (b'"\x00"', "text"),
        (b"\xef\xbb\xbf{}", "text"),
        (b"\xff", "utf-8"),
        (b'"\xed\xa0\x80"', "utf-8"),
        (unicodedata.normalize("NFD", '"Đặng"').encode(), "nfc"),
        (b'"\\u0061\\u0301"', "nfc"),
        (b'"a\nb"', "json"),
        (b"{}{}", "json"),
        (b"", "json"),
        (b'"abc', "json"),
        (b"{'a':1}", "json"),
    ],
)
def test_strict_json_refuses(text, rule):
    with pytest.raises(seal.StrictJsonError) as caught:
        seal.strict_json(text)
    assert caught.value.rule == rule


def test_strict_json_takes_what_is_proper():
    text = '{"b":[1,-9007199254740992,true,null],"a":"Đặng [[[[[[[[ \\" \\\\ \\u0110 \\ud83d\\ude00"}'.encode()
    assert seal.strict_json(text)["a"] == 'Đặng [[[[[[[[ " \\ Đ 😀'
    with pytest.raises(seal.StrictJsonError, match="order of keys"):
        seal.strict_json(text, sorted_keys=True)
    with pytest.raises(seal.StrictJsonError, match="one line"):
        seal.strict_json(b"{}\n", sorted_keys=True)


def test_a_refusal_never_carries_content():
    with pytest.raises(seal.StrictJsonError) as caught:
        seal.strict_json('{"full_name":"Nguyễn Thị Kín", oops'.encode())
    assert "Kín" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=300, deadline=None)
def test_strict_json_only_ever_refuses(data):
    try:
        value = seal.strict_json(data)
    except seal.StrictJsonError:
        return
    assert seal.strict_json(seal.canonical(value)) == value


# --- cards -----------------------------------------------------------------------------------------------------------


def card(**changes) -> bytes:
    facts = {"node": "ab" * 8, "unit": "01321@2025-07-01", "role": "commune", "name": "Máy số 1"} | changes
    return seal.make_card(kit.COMMUNE.keys, **facts)


def test_card_introduces_a_device():
    found = seal.read_card(card())
    assert found.device() == seal.Device(
        "ab" * 8, "01321@2025-07-01", "commune", kit.COMMUNE.keys.sign_public, kit.COMMUNE.keys.age_recipient
    )
    assert not found.practice
    assert seal.read_card(card(practice=True)).practice
    found.check_fingerprint(found.fingerprint.lower().replace(" ", "-"))


def test_fingerprint_typed_wrong_names_the_group():
    found, other = seal.read_card(card()), seal.read_card(card(name="Máy số 2"))
    groups = found.fingerprint.split()
    groups[3] = ("0" if groups[3][0] != "0" else "1") + groups[3][1:]
    with pytest.raises(Problem, match="fingerprint_mismatch") as caught:
        found.check_fingerprint(" ".join(groups))
    assert caught.value.details == {"group": 4}
    with pytest.raises(Problem, match="fingerprint_mismatch") as caught:
        found.check_fingerprint(other.fingerprint)
    assert caught.value.details == {"group": 1}


def test_every_flipped_byte_of_a_card_is_refused():
    data = card()
    for at in range(len(data)):
        for bit in (1, 32):
            bent = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            with pytest.raises(Problem, match="bad_card"):
                seal.read_card(bent)


@pytest.mark.parametrize("bent", [b"", b"[]", b"{}", b"x" * 5000, card() + b"\n", card().replace(b":", b": ", 1)])
def test_what_is_no_card_is_refused(bent):
    with pytest.raises(Problem, match="bad_card"):
        seal.read_card(bent)


@pytest.mark.parametrize("change", [{"unit": "x"}, {"node": "AB" * 8}, {"name": ""}, {"name": "a\nb"}, {"role": "X"}])
def test_card_with_a_bad_field_is_not_made(change):
    with pytest.raises(Problem, match="bad_card"):
        card(**change)
