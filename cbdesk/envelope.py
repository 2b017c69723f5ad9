"""The envelope of sealed documents other than bundles: hand-overs, extracts, additions.

They share a bundle's envelope and its checks (``manifest``, ``seal``) and carry a type of their own, so that none is
ever merged as changes. What a document says besides stands in its own fields. Source: ``spec/bundle.md`` 3.7.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from cbdesk import SCHEMA, __version__, clock, seal
from cbdesk.card import Device
from cbdesk.manifest import type_of
from cbdesk.seal import DeviceKeys


def pack(
    kind: str, keys: DeviceKeys, me: Device, peer: Device, raw: bytes, told: Mapping[str, Any], *, practice: bool,
    recipients: Sequence[str] = (), blobs: Mapping[str, bytes] | None = None,
    numbers: tuple[int | str, int | str] = (0, 0),
) -> tuple[bytes, str, bytes]:  # fmt: skip
    """Return (sealed bytes, file name, manifest) of a document for one device.

    ``raw`` are its lines, each with its end; ``told`` its own fields; ``recipients`` the age keys that open it (the
    device's own where none is named); ``numbers`` stand in the file's name. Raises as ``seal.seal``.
    """
    payload = seal.compress(raw)
    manifest: dict[str, Any] = {
        **told,
        "type": type_of(kind, practice=practice),
        "id": secrets.token_hex(16),
        "app": __version__,
        "schema": SCHEMA,
        "min_reader": 1,
        "from": {"unit": me.unit, "device": me.node, "key": keys.key},
        "to": [peer.node],
        "at": clock.stamp(),
        "clock": "ok",
        "payload": {"size": len(payload), "sha256": hashlib.sha256(payload).hexdigest(), "raw_size": len(raw),
                    "lines": raw.count(b"\n")},
    }  # fmt: skip
    data = seal.seal(manifest, payload, keys, list(recipients) or [peer.age_recipient], blobs=blobs)
    return data, seal.file_name(me.unit, me.node, *numbers, str(manifest["id"])), seal.canonical(manifest)
