"""What tests of bundles share: fixed invented devices, op lines, manifests, and the pieces of a container to bend."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cbdesk import container, seal

VECTORS = Path(__file__).parent / "vectors" / "bundles"
STREAM = "5e" * 8
ZERO = "0" * 64


@dataclass(frozen=True)
class Party:
    """One invented installation with its private keys."""

    device: seal.Device
    keys: seal.DeviceKeys


def parties() -> dict[str, Party]:
    """Return the test devices by name; ``stranger`` is known to nobody, ``stolen`` is revoked."""
    found = {}
    for name, row in json.loads((VECTORS / "keys.json").read_text("utf-8")).items():
        keys = seal.DeviceKeys.from_dict(row)
        status = "revoked" if name == "stolen" else "active"
        device = seal.Device(row["node"], row["unit"], row["role"], keys.sign_public, keys.age_recipient, status)
        found[name] = Party(device, keys)
    return found


PARTIES = parties()
COMMUNE, RECEIVER, STRANGER, STOLEN = (PARTIES[name] for name in ("commune", "receiver", "stranger", "stolen"))
KNOWN = {party.device.key: party.device for party in (COMMUNE, RECEIVER, STOLEN)}


def op_lines(count: int) -> list[bytes]:
    """Return the first ``count`` op lines of an invented commune (spec 3.3)."""
    names = ("Nông Thị Thử", "Hoàng Văn Mẫu", "Bế Văn Đặt", "Lý Mùi Ví Dụ", "Đàm Thị Giả")
    return [
        seal.canonical(
            {
                "v": 1, "s": STREAM, "n": n, "c": n, "t": "child", "r": f"01999999-0000-7000-8000-{n:012x}",
                "g": "9a" * 8, "f": {"full_name": names[n % 5], "born": f"20{10 + n % 8}"}, "b": {},
                "by": "Nông Văn Khai", "at": "2026-10-12T08:12:40", "x": f"{n:032x}",
            }
        )
        for n in range(1, count + 1)
    ]  # fmt: skip


def chain(lines: list[bytes]) -> str:
    """Return the chain value after the lines, in hex."""
    value = bytes(32)
    for line in lines:
        value = hashlib.sha256(value + hashlib.sha256(line).digest()).digest()
    return value.hex()


def manifest(payload: dict, lines: list[bytes], sender: Party = COMMUNE, **changes) -> dict:
    """Return a proper manifest for these lines, with some fields replaced; ``None`` leaves a field out."""
    head, n = chain(lines), len(lines)
    signed = seal.sign_head(sender.keys, STREAM, n, head)
    seg = {"s": STREAM, "base": 0, "base_h": ZERO, "n": n, "h": head, "key": sender.keys.key, "sig": signed}
    proper = {
        "type": "cbdesk/bundle/1", "id": "c0ffee00" * 4, "app": "0.1.0", "schema": 1, "min_reader": 1,
        "from": {"unit": sender.device.unit, "device": sender.device.node, "key": sender.keys.key},
        "to": [RECEIVER.device.node], "at": "2026-10-12T08:15:00", "clock": "ok",
        "segs": [seg] if n else [], "have": {"7e" * 8: [3, "7e" * 32]}, "trust": 0, "blobs": {},
        "log": {"n": 0, "h": ZERO}, "payload": payload,
    }  # fmt: skip
    return {name: value for name, value in (proper | changes).items() if value is not None}


def sealed(lines: list[bytes], *, to: Party = RECEIVER, sender: Party = COMMUNE, **changes) -> bytes:
    """Return a proper file."""
    payload, entry = seal.pack_lines(lines)
    return seal.seal(manifest(entry, lines, sender, **changes), payload, sender.keys, [to.device.age_recipient])


def signature(text: bytes, sender: Party = COMMUNE) -> bytes:
    """Return a proper signature block over any bytes."""
    sig = base64.b64encode(seal.sign(sender.keys, text)).decode()
    return seal.canonical({"alg": "ed25519", "key": sender.keys.key, "sig": sig})


def members(text: bytes, payload: bytes, sender: Party = COMMUNE) -> dict[str, bytes]:
    """Return the least members of a container around any signed bytes."""
    return {"manifest.json": text, "manifest.sig": signature(text, sender), "payload.jsonl.zst": payload}


def encrypted(parts: dict[str, bytes] | bytes, to: Party = RECEIVER) -> bytes:
    """Return a file around any members, or around raw archive bytes."""
    archive = parts if isinstance(parts, bytes) else container.write(list(parts.items()))
    return seal.encrypt(archive, [to.device.age_recipient])


def opened(data: bytes, me: Party = RECEIVER, **options) -> seal.Opened:
    """Unseal as ``me``, who knows every party but the stranger."""
    return seal.unseal(data, me.keys.identity, me.device.node, KNOWN.get, **options)
