"""A change: one line of the journal, and the pure rules every node applies to it.

* The **exact bytes** of a line are hashed, signed, stored and sent; they are never serialised again.
* Identity is (stream, number). Order is the Lamport counter ``c`` with the stream as tie-break, never a clock.
* ``hₙ = SHA-256(hₙ₋₁ ‖ SHA-256(lineₙ))``, ``h₀`` is 32 zero bytes. An erased line ``{"erased": "<sha256>"}`` stands
  for its own digest, so a chain verifies for ever, also after a legal deletion.
* A field's state is its *heads*: the values nobody has seen and replaced. The largest head is shown.

Source: ``spec/bundle.md`` 3.3 and 4.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Value = str | int | bool | list[str] | None
Version = tuple[int, str]
"""(Lamport counter, stream): what a head is known by."""

Heads = dict[Version, Value]
State = dict[str, Heads]
"""A record: field name to its heads."""

GENESIS = bytes(32)
MAX_LINE = 64 * 1024
MAX_FIELDS = 64
MAX_TEXT = 20_000
MAX_COUNTER = 2**52
VOID = "_del"
"""The technical field whose text is the reason a record is hidden; ``None`` shows it again."""

SAME_AS = "same_as "
"""Begins the reason of a record hidden because it is the same as another; the other's id follows."""

_HEX16 = re.compile(r"[0-9a-f]{16}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAME = re.compile(r"_?[a-z][a-z0-9_]{0,39}")
_NEEDED = {"v", "s", "n", "c", "t", "r", "g", "f", "b", "by", "at", "x"}
_KEYS = _NEEDED | {"k"}
_KINDS = ("set", "erase", "link")
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class BadLine(ValueError):
    """A line that is not a change. The text names the rule, never the content."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change as data; ``spec/bundle.md`` 3.3 gives the keys of its line."""

    s: str
    n: int
    c: int
    t: str
    r: str
    f: Mapping[str, Value] = field(default_factory=dict)
    b: Mapping[str, list[Version]] = field(default_factory=dict)
    k: str = "set"
    g: str = ""
    by: str = ""
    at: str = ""
    x: str = ""
    v: int = 1

    @property
    def version(self) -> Version:
        """Return what heads call this change."""
        return (self.c, self.s)

    def line(self) -> str:
        """Return the canonical line: keys sorted, no spaces, UTF-8, the default kind left out."""
        body: dict[str, Any] = {
            "v": self.v,
            "s": self.s,
            "n": self.n,
            "c": self.c,
            "t": self.t,
            "r": self.r,
            "g": self.g,
            "f": dict(self.f),
            "b": {name: [list(p) for p in parents] for name, parents in self.b.items()},
            "by": self.by,
            "at": self.at,
            "x": self.x,
        }
        if self.k != "set":
            body["k"] = self.k
        return _canonical(body)


def joined_to(reason: object) -> str | None:
    """Return the id of the record that one hidden with this reason was joined to, or ``None``."""
    if isinstance(reason, str) and reason.startswith(SAME_AS) and _UUID.fullmatch(reason.removeprefix(SAME_AS)):
        return reason.removeprefix(SAME_AS)
    return None


def new_stream_id() -> str:
    """Return a fresh stream, node or batch id: 16 random hex digits."""
    return secrets.token_hex(8)


_last_id = [0]


def new_id() -> str:
    """Return a record id: UUIDv7. A wrong clock costs order, not uniqueness (74 random bits).

    Ids made within one millisecond grow by a random step (RFC 9562, 6.2, method 2): rows made together keep the order
    in which they were written.
    """
    stamp, most = time.time_ns() // 1_000_000 & (1 << 48) - 1, (1 << 74) - 1
    value = stamp << 74 | secrets.randbits(73)
    if value >> 74 == _last_id[0] >> 74 and _last_id[0] & most < most >> 1:
        value = _last_id[0] + 1 + secrets.randbits(40)
    _last_id[0] = value
    head, tail = value >> 74 << 12 | value >> 62 & 0xFFF, value & (1 << 62) - 1
    text = f"{head >> 12:012x}7{head & 0xFFF:03x}{0x2 << 62 | tail:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def salt() -> str:
    """Return ``x``: 16 random bytes, so that the digest of an erased line cannot be guessed."""
    return secrets.token_hex(16)


# --- reading ---------------------------------------------------------------------------------------------------------


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadLine("duplicate key")
    return found


def _no_float(_: str) -> Any:
    raise BadLine("number")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float)


def _value_ok(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -(2**53) <= value <= 2**53
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and "\x00" not in value
    return isinstance(value, list) and len(value) <= 500 and all(isinstance(v, str) and len(v) <= 200 for v in value)


def _version_ok(parent: object) -> bool:
    match parent:
        case [int(c), str(s)]:
            return 0 < c <= MAX_COUNTER and _HEX16.fullmatch(s) is not None
    return False


def _load(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise BadLine("too long")
    try:
        text = line.decode("utf-8")
        body = _decoder.decode(text)
    except BadLine:
        raise
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(body, dict):
        raise BadLine("not an object")
    if "\\u" in text:
        try:
            json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise BadLine("half a character") from None
    return body


def erased_digest(line: bytes) -> bytes | None:
    """Return the digest an erased line stands for, or ``None`` for an ordinary line."""
    if not line.startswith(b'{"erased":"') or len(line) != 77:
        return None
    try:
        return bytes.fromhex(line[11:75].decode("ascii"))
    except ValueError:
        return None


def parse(line: bytes) -> Change:
    """Read one line of a stranger strictly. Raises ``BadLine`` naming the rule that is broken."""
    body = _load(line)
    if not body.keys() >= _NEEDED or not all(key.startswith("x_") for key in body.keys() - _KEYS):
        raise BadLine("keys")
    if not all(isinstance(body[k], int) and not isinstance(body[k], bool) for k in ("v", "n", "c")):
        raise BadLine("number")
    if not (body["v"] >= 1 and 0 < body["n"] <= MAX_COUNTER and 0 < body["c"] <= MAX_COUNTER):
        raise BadLine("number")
    if not all(isinstance(body[k], str) for k in ("s", "t", "r", "g", "by", "at", "x")):
        raise BadLine("text")
    if not (_HEX16.fullmatch(body["s"]) and _NAME.fullmatch(body["t"]) and _UUID.fullmatch(body["r"])):
        raise BadLine("identity")
    if (
        any("\x00" in body[k] for k in ("by", "at", "g", "x"))
        or len(body["by"]) > 200
        or len(body["at"]) > 32
        or len(body["g"]) > 40
        or len(body["x"]) > 64
    ):
        raise BadLine("text")
    fields, parents = body["f"], body["b"]
    if not isinstance(fields, dict) or not isinstance(parents, dict) or len(fields) > MAX_FIELDS:
        raise BadLine("fields")
    for name, value in fields.items():
        if not _NAME.fullmatch(name) or not _value_ok(value):
            raise BadLine("value")
    for name, versions in parents.items():
        if name not in fields or not isinstance(versions, list) or not all(map(_version_ok, versions)):
            raise BadLine("parents")
    if body.get("k", "set") not in _KINDS:
        raise BadLine("kind")
    return _change(body)


def _change(body: Mapping[str, Any]) -> Change:
    return Change(
        s=body["s"],
        n=body["n"],
        c=body["c"],
        t=body["t"],
        r=body["r"],
        f=body["f"],
        b={name: [(p[0], p[1]) for p in parents] for name, parents in body["b"].items()},
        k=body.get("k", "set"),
        g=body["g"],
        by=body["by"],
        at=body["at"],
        x=body["x"],
        v=body["v"],
    )


def stored(line: str) -> Change | None:
    """Read a line of our own journal (checked when it came in); ``None`` for an erased one."""
    if line.startswith('{"erased":"'):
        return None
    return _change(json.loads(line))


# --- chain -----------------------------------------------------------------------------------------------------------


def link(head: bytes, line: bytes) -> bytes:
    """Return the chain value after ``line``."""
    digest = erased_digest(line) or hashlib.sha256(line).digest()
    return hashlib.sha256(head + digest).digest()


def links(head: bytes, lines: Iterable[bytes]) -> list[bytes]:
    """Return the chain value after each line."""
    found = []
    for line in lines:
        head = link(head, line)
        found.append(head)
    return found


def erased(line: bytes) -> bytes:
    """Return the line that replaces ``line`` after a legal deletion; the chain does not notice."""
    digest = erased_digest(line) or hashlib.sha256(line).digest()
    return b'{"erased":"' + digest.hex().encode() + b'"}'


# --- state -----------------------------------------------------------------------------------------------------------


def apply(state: State, change: Change, superseded: Callable[[Version, str], bool]) -> None:
    """Fold one change into a record's state, in any order of arrival (``spec/bundle.md`` 4.4).

    ``superseded(version, field)`` tells whether some change of the record names that version as a parent; it is asked
    only where a change arrives late, so it may be slow.
    """
    me = change.version
    for name, value in change.f.items():
        heads = state.get(name, {})
        parents = change.b.get(name, ())
        keep = {head: held for head, held in heads.items() if head not in parents}
        if not keep or me > max(keep) or not superseded(me, name):
            keep[me] = value
        state[name] = keep


def shown(heads: Heads) -> Value:
    """Return the value people see: that of the largest head."""
    return heads[max(heads)]


def fold(changes: Iterable[Change]) -> State:
    """Fold all changes of one record, the definition everything else must agree with (I1, I5)."""
    known = list(changes)
    replaced = {(version, name) for change in known for name, parents in change.b.items() for version in parents}
    state: State = {}
    for change in known:
        apply(state, change, lambda version, name: (version, name) in replaced)
    return state
