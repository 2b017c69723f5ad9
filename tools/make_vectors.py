"""Write ``tests/vectors/bundles``: one file per outcome, each beside a JSON page that names what a reader must say.

The keys are fixed (``keys.json``, invented devices); age encrypts anew each time, so the files differ in every run
and the committed ones stay for ever: run this only to add a vector (``--only NAME``) or for a new format version.

    python tools/make_vectors.py [--only NAME]
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

from backports import zstd

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import bundle_kit as kit

from cbdesk import container, seal, trust
from cbdesk.escrow import ProvinceKeys

VECTORS: dict[str, tuple[str, Callable[[], bytes], dict[str, object]]] = {}


def vector(outcome: str, **facts: object) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Register a maker of one file: its name is the vector's, its docstring the reason."""

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        VECTORS[make.__name__] = (outcome, make, facts)
        return make

    return register


def bent(**changes: object) -> bytes:
    """Return a signed and sealed file whose manifest has some fields replaced."""
    payload, entry = seal.pack_lines(kit.op_lines(1))
    return kit.encrypted(kit.members(seal.canonical(kit.manifest(entry, kit.op_lines(1), **changes)), payload))


def around(text: bytes) -> bytes:
    """Return a signed and sealed file around any manifest bytes."""
    return kit.encrypted(kit.members(text, seal.pack_lines(kit.op_lines(1))[0]))


def proper() -> tuple[bytes, dict[str, bytes]]:
    """Return manifest bytes and members of a proper file of one line."""
    payload, entry = seal.pack_lines(kit.op_lines(1))
    text = seal.canonical(kit.manifest(entry, kit.op_lines(1)))
    return text, kit.members(text, payload)


def with_payload(payload: bytes, **entry: int) -> bytes:
    """Return a file whose payload is other than its lines; the manifest's digest and size are right."""
    digest = hashlib.sha256(payload).hexdigest()
    stated = {"size": len(payload), "sha256": digest} | entry
    return kit.encrypted(kit.members(seal.canonical(kit.manifest(stated, kit.op_lines(1))), payload))


# --- good ------------------------------------------------------------------------------------------------------------


@vector("ok", lines=1)
def one_child() -> bytes:
    """One change."""
    return kit.sealed(kit.op_lines(1))


@vector("ok", lines=0)
def nothing_new() -> bytes:
    """No change; the acknowledgement travels alone."""
    return kit.sealed([], have={kit.STREAM: [5, kit.chain(kit.op_lines(5))]})


@vector("ok", lines=5)
def five_children_two_recipients() -> bytes:
    """Readable by the receiver's present and next key."""
    payload, entry = seal.pack_lines(kit.op_lines(5))
    to = sorted([kit.RECEIVER.device.node, kit.PARTIES["sister"].device.node])
    keys = [kit.RECEIVER.device.age_recipient, kit.PARTIES["sister"].device.age_recipient]
    return seal.seal(kit.manifest(entry, kit.op_lines(5), to=to), payload, kit.COMMUNE.keys, keys)


@vector("ok", lines=1)
def downstream_with_all_members() -> bytes:
    """Every optional member: token signature, trust list, an attachment, results, a field of a newer program."""
    blob = b"attachment\n" * 100
    digest = hashlib.sha256(blob).hexdigest()
    payload, entry = seal.pack_lines(kit.op_lines(1))
    result = {
        "manifest_sha256": "ab" * 32, "code": "merged", "applied": 1, "known": 0, "conflicts": 0, "quarantined": 0
    }  # fmt: skip
    page = kit.manifest(entry, kit.op_lines(1), blobs={digest: len(blob)}, results=[result], x_newer={"a": [1]})
    return seal.seal(
        page, payload, kit.COMMUNE.keys, [kit.RECEIVER.device.age_recipient],
        blobs={digest: blob}, trust=(b'{"version":0}', b"{}"), p7s=b"0\x80",
    )  # fmt: skip


def _next_card() -> dict[str, str]:
    """Return the card of the commune's next key (the sister's, as if it were new), endorsed by the present one."""
    new, me = kit.PARTIES["sister"].keys, kit.COMMUNE.device
    card = seal.make_card(new, me.node, me.unit, me.role, "Xã Mẫu")
    return {"card": card.decode(), "by": kit.COMMUNE.keys.key, "sig": seal.endorse(kit.COMMUNE.keys, card)}


@vector("ok", lines=1)
def keys_announced() -> bytes:
    """The sender's next key, endorsed by the present one; the version of the additions it holds."""
    return kit.sealed(kit.op_lines(1), x_next=[_next_card()], x_additions=3)


@vector("bad_manifest", field="x_next")
def too_many_cards() -> bytes:
    """Nine cards of keys to come; eight are allowed."""
    return bent(x_next=[_next_card()] * 9)


@vector("ok", lines=1, root=kit.STRANGER.keys.sign_public)
def with_trust_list() -> bytes:
    """A trust list signed by a root (the stranger's key, as if it were the province's): one active, one revoked."""
    me, stolen = kit.RECEIVER.device, kit.STOLEN.device
    entries = [trust.Entry(me, "Nơi nhận"), trust.Entry(stolen, "Máy mất", {kit.STREAM: 5})]
    body = trust.make(
        ProvinceKeys(kit.STRANGER.keys), version=7, at="2026-10-12T08:00:00", receiver=me.node,
        units={me.unit: "", stolen.unit: ""}, entries=entries, lowest="0.4.0",
    )  # fmt: skip
    payload, entry = seal.pack_lines(kit.op_lines(1))
    page = kit.manifest(entry, kit.op_lines(1), trust=7)
    return seal.seal(page, payload, kit.COMMUNE.keys, [kit.RECEIVER.device.age_recipient], trust=body)


@vector("ok", lines=1, practice=True)
def practice() -> bytes:
    """A practice register's bundle, read by a practice register."""
    return kit.sealed(kit.op_lines(1), type="cbdesk/practice/bundle/1")


# --- outside ---------------------------------------------------------------------------------------------------------


@vector("not_a_bundle")
def not_age() -> bytes:
    """A text file with our ending."""
    return b"Danh sach tre em\n" * 20


@vector("wrong_recipient_or_damaged")
def other_recipient() -> bytes:
    """Encrypted to somebody else."""
    return kit.sealed(kit.op_lines(1), to=kit.STRANGER)


@vector("wrong_recipient_or_damaged")
def one_bit_flipped() -> bytes:
    """One bit of the last block differs."""
    data = bytearray(kit.sealed(kit.op_lines(1)))
    data[-100] ^= 1
    return bytes(data)


@vector("wrong_recipient_or_damaged")
def cut_short() -> bytes:
    """The copy stopped half-way."""
    data = kit.sealed(kit.op_lines(1))
    return data[: len(data) // 2]


# --- container -------------------------------------------------------------------------------------------------------


@vector("malformed_container", member="end")
def padding_not_zero() -> bytes:
    """A byte hides in the padding at the end."""
    return kit.encrypted(container.write(list(proper()[1].items()))[:-1] + b"\x01")


@vector("malformed_container", member="end")
def padding_too_long() -> bytes:
    """More padding than needed: a second spelling of one content."""
    return kit.encrypted(container.write(list(proper()[1].items())) + bytes(4096))


@vector("malformed_container", member="../evil.cbd")
def path_traversal() -> bytes:
    """A member that would climb out of a folder."""
    return kit.encrypted(proper()[1] | {"../evil.cbd": b"x"})


@vector("malformed_container", member="manifest.json")
def symbolic_link() -> bytes:
    """The first member claims to be a link."""
    archive = bytearray(container.write(list(proper()[1].items())))
    archive[156:157] = b"2"
    archive[148:156] = b" " * 8
    archive[148:156] = b"%06o\x00 " % sum(archive[:512])
    return kit.encrypted(bytes(archive))


@vector("malformed_container", member="manifest.sig")
def unsigned() -> bytes:
    """The signature is missing."""
    parts = proper()[1]
    del parts["manifest.sig"]
    return kit.encrypted(parts)


@vector("malformed_container", member="manifest.sig")
def wrong_order() -> bytes:
    """The members stand in another order."""
    return kit.encrypted(dict(reversed(proper()[1].items())))


# --- signature -------------------------------------------------------------------------------------------------------


@vector("bad_signature_block")
def signature_not_canonical() -> bytes:
    """A space more in the signature block."""
    parts = proper()[1]
    parts["manifest.sig"] = parts["manifest.sig"].replace(b":", b": ", 1)
    return kit.encrypted(parts)


@vector("bad_signature_block")
def signature_too_short() -> bytes:
    """63 bytes instead of 64."""
    block = {"alg": "ed25519", "key": kit.COMMUNE.keys.key, "sig": "A" * 84}
    return kit.encrypted(proper()[1] | {"manifest.sig": seal.canonical(block)})


@vector("bad_algorithm")
def algorithm_none() -> bytes:
    """The oldest trick: "none"."""
    block = {"alg": "none", "key": kit.COMMUNE.keys.key, "sig": ""}
    return kit.encrypted(proper()[1] | {"manifest.sig": seal.canonical(block)})


@vector("unknown_key")
def stranger() -> bytes:
    """Properly sealed by a device nobody has enrolled."""
    return kit.sealed(kit.op_lines(1), sender=kit.STRANGER)


@vector("bad_signature")
def manifest_altered() -> bytes:
    """One character of the manifest differs from what was signed."""
    parts = proper()[1]
    parts["manifest.json"] = parts["manifest.json"].replace(b'"app":"0.1.0"', b'"app":"0.1.1"')
    return kit.encrypted(parts)


@vector("bad_signature")
def signed_by_another() -> bytes:
    """The stranger signs and writes the commune's key id."""
    text, parts = proper()
    block = json.loads(kit.signature(text, kit.STRANGER)) | {"key": kit.COMMUNE.keys.key}
    return kit.encrypted(parts | {"manifest.sig": seal.canonical(block)})


# --- manifest --------------------------------------------------------------------------------------------------------


@vector("bad_manifest", field="duplicate key")
def key_twice() -> bytes:
    """Two values for one key."""
    return around(proper()[0].replace(b'"app":"0.1.0"', b'"app":"0.1.0","app":"0.1.0"'))


@vector("bad_manifest", field="number")
def float_number() -> bytes:
    """A number with a point."""
    return around(proper()[0].replace(b'"schema":1', b'"schema":1.0'))


@vector("bad_manifest", field="depth")
def too_deep() -> bytes:
    """A thousand brackets."""
    return around(b"[" * 1000 + b"]" * 1000)


@vector("bad_manifest", field="have")
def field_missing() -> bytes:
    """No ``have``."""
    return bent(have=None)


@vector("bad_manifest", field="extra")
def field_unknown() -> bytes:
    """A top-level field that does not begin with x_."""
    return bent(extra=1)


@vector("bad_manifest", field="to")
def recipients_unsorted() -> bytes:
    """The list of recipients is not sorted."""
    return bent(to=["ff" * 8, kit.RECEIVER.device.node])


@vector("wrong_type", found="cbdesk/practice/bundle/1")
def practice_to_real() -> bytes:
    """A practice bundle brought to a real register."""
    return bent(type="cbdesk/practice/bundle/1")


@vector("wrong_type", found="cbdesk/extract/1")
def extract_as_bundle() -> bytes:
    """A signed list for somebody else's eyes, presented as changes."""
    return bent(type="cbdesk/extract/1")


@vector("bundle_too_new", needed=2)
def newer_reader_needed() -> bytes:
    """May be applied by reader 2 only."""
    return bent(min_reader=2, extra="unknown to us")


@vector("bundle_too_new", needed=2)
def newer_format() -> bytes:
    """The next format."""
    return bent(type="cbdesk/bundle/2")


# --- parties ---------------------------------------------------------------------------------------------------------


@vector("sender_mismatch")
def claims_other_unit() -> bytes:
    """The commune's device speaks for another commune."""
    return bent(**{"from": {"unit": "01327@", "device": kit.COMMUNE.device.node, "key": kit.COMMUNE.keys.key}})


@vector("revoked")
def revoked() -> bytes:
    """From a stolen computer."""
    return kit.sealed(kit.op_lines(1), sender=kit.STOLEN)


@vector("not_for_me")
def forwarded() -> bytes:
    """A bundle for the sister PC, decrypted there and encrypted again to the receiver."""
    return bent(to=[kit.PARTIES["sister"].device.node])


# --- payload ---------------------------------------------------------------------------------------------------------


@vector("payload_damaged", detail="sha256")
def payload_swapped() -> bytes:
    """Another payload of the same length."""
    parts = proper()[1]
    payload = bytearray(parts["payload.jsonl.zst"])
    payload[-1] ^= 1
    return kit.encrypted(parts | {"payload.jsonl.zst": bytes(payload)})


@vector("payload_damaged", detail="blob/" + hashlib.sha256(b"x").hexdigest())
def attachment_missing() -> bytes:
    """The manifest lists an attachment that is not there."""
    return bent(blobs={hashlib.sha256(b"x").hexdigest(): 1})


@vector("payload_damaged", detail="blob/" + hashlib.sha256(b"x").hexdigest())
def attachment_unlisted() -> bytes:
    """An attachment nobody signed."""
    return kit.encrypted(proper()[1] | {"blob/" + hashlib.sha256(b"x").hexdigest(): b"x"})


@vector("payload_damaged", detail="zstd")
def payload_not_zstd() -> bytes:
    """The payload is gzip."""
    return with_payload(b"\x1f\x8b" + bytes(40), raw_size=100, lines=1)


@vector("payload_damaged", detail="raw_size")
def payload_trailing_data() -> bytes:
    """Two frames instead of one."""
    line = kit.op_lines(1)[0] + b"\n"
    return with_payload(seal.compress(line) * 2, raw_size=len(line), lines=1)


@vector("payload_damaged", detail="lines")
def payload_other_count() -> bytes:
    """Two lines where one is announced."""
    raw = b"".join(line + b"\n" for line in kit.op_lines(2))
    return with_payload(seal.compress(raw), raw_size=len(raw), lines=1)


@vector("payload_too_big")
def payload_bomb() -> bytes:
    """A gigabyte in 33 KB, announced as small."""
    return with_payload(bomb(), raw_size=1000, lines=1)


@vector("payload_too_big")
def payload_wide_window() -> bytes:
    """A frame that wants 128 MiB of window."""
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.compression_level: 1}
    writer = zstd.ZstdCompressor(options=options)
    line = kit.op_lines(1)[0] + b"\n"
    return with_payload(writer.compress(line) + writer.flush(), raw_size=len(line), lines=1)


def bomb() -> bytes:
    """Return one frame that unpacks to 1 GiB of zeros."""
    writer = zstd.ZstdCompressor(level=3)
    parts = [writer.compress(bytes(16 * 1024 * 1024)) for _ in range(64)]
    return b"".join([*parts, writer.flush()])


# --- for the merge: these unseal, and must be refused or held afterwards ---------------------------------------------


@vector("chain_broken", stage="merge", lines=2)
def chain_does_not_fit() -> bytes:
    """The lines do not give the signed chain value."""
    payload, entry = seal.pack_lines(list(reversed(kit.op_lines(2))))
    return seal.seal(
        kit.manifest(entry, kit.op_lines(2)), payload, kit.COMMUNE.keys, [kit.RECEIVER.device.age_recipient]
    )  # fmt: skip


@vector("bad_change", stage="merge", lines=1)
def line_is_no_change() -> bytes:
    """A line of JSON that is no change."""
    return kit.sealed([b'{"n":1,"s":"5e5e5e5e5e5e5e5e"}'])


@vector("gap", stage="merge", lines=1)
def starts_too_late() -> bytes:
    """Change 3 of a stream of which an empty register has nothing."""
    lines = kit.op_lines(3)
    seg = {
        "s": kit.STREAM, "base": 2, "base_h": kit.chain(lines[:2]), "n": 3, "h": kit.chain(lines),
        "key": kit.COMMUNE.keys.key, "sig": seal.sign_head(kit.COMMUNE.keys, kit.STREAM, 3, kit.chain(lines)),
    }  # fmt: skip
    return kit.sealed(lines[2:], segs=[seg])


def write(name: str) -> None:
    """Write one vector and its page."""
    outcome, make, facts = VECTORS[name]
    folder = kit.VECTORS / ("good" if outcome == "ok" else "bad")
    folder.mkdir(exist_ok=True)
    data = make()
    (folder / f"{name}.cbd").write_bytes(data)
    page = {"about": make.__doc__, "outcome": outcome, "me": "receiver", "stage": "unseal", "practice": False} | facts
    (folder / f"{name}.json").write_text(json.dumps(page, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{outcome:28} {len(data):8} {name}")


def main() -> None:
    """Write all vectors, or the one named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only")
    only = parser.parse_args().only
    for name in [only] if only else VECTORS:
        write(name)


if __name__ == "__main__":
    main()
