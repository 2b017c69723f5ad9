"""A second reader of age files, written from the public specification (age-encryption.org/v1) alone.

It shows that a bundle needs no program of ours nor of the age project in twenty years: X25519, HKDF-SHA256,
ChaCha20-Poly1305 and HMAC-SHA256 are enough (``docs/open-without-cbdesk.md``). X25519 recipients only.

    python tests/second_age_reader.py AGE-SECRET-KEY-1… < x.cbd > in.tar
"""

import base64
import hashlib
import hmac
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024 + 16
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def decrypt(data: bytes, secret: str) -> bytes:
    """Return the plain bytes. Raises ``ValueError`` for a wrong key or any damage."""
    header, mac, body = parse(data)
    file_key = find_file_key(header, identity(secret))
    if not hmac.compare_digest(mac, hmac.digest(hkdf(file_key, b"", b"header"), header, hashlib.sha256)):
        raise ValueError("header")
    stream = ChaCha20Poly1305(hkdf(file_key, body[:16], b"payload"))
    chunks = [body[at : at + CHUNK] for at in range(16, len(body), CHUNK)]
    plain = []
    for number, chunk in enumerate(chunks):
        last = number == len(chunks) - 1
        plain.append(open_box(stream, number.to_bytes(11, "big") + bytes([last]), chunk))
    if not plain or (len(plain) > 1 and not plain[-1]):
        raise ValueError("end")
    return b"".join(plain)


def parse(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the header up to and with ``---``, its MAC and the rest."""
    start = data.index(b"\n--- ") + 4
    stop = data.index(b"\n", start)
    return data[:start], unbase64(data[start + 1 : stop]), data[stop + 1 :]


def find_file_key(header: bytes, private: X25519PrivateKey) -> bytes:
    """Return the 16-byte file key out of the stanza meant for us."""
    lines = header.split(b"\n")
    public = private.public_key().public_bytes_raw()
    for at, line in enumerate(lines):
        if line.startswith(b"-> X25519 "):
            share = unbase64(line.split()[2])
            shared = private.exchange(X25519PublicKey.from_public_bytes(share))
            key = hkdf(shared, share + public, b"age-encryption.org/v1/X25519")
            try:
                return ChaCha20Poly1305(key).decrypt(bytes(12), unbase64(lines[at + 1]), b"")
            except InvalidTag:
                continue
    raise ValueError("no stanza for this key")


def identity(secret: str) -> X25519PrivateKey:
    """Return the private key written in Bech32 (the last six characters are its checksum)."""
    bits = 0
    for character in secret.lower().removeprefix("age-secret-key-1")[:-6]:
        bits = bits << 5 | BECH32.index(character)
    return X25519PrivateKey.from_private_bytes((bits >> 4).to_bytes(32, "big"))  # 52 characters are 260 bits


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA256."""
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def open_box(stream: ChaCha20Poly1305, nonce: bytes, box: bytes) -> bytes:
    """Return one opened chunk."""
    try:
        return stream.decrypt(nonce, box, b"")
    except InvalidTag:
        raise ValueError("chunk") from None


def unbase64(text: bytes) -> bytes:
    """Return the bytes of base64 without padding."""
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


if __name__ == "__main__":
    sys.stdout.buffer.write(decrypt(sys.stdin.buffer.read(), sys.argv[1]))
