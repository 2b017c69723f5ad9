"""Reading the pages of an encrypted register as they lie on the disk, free ones and all.

SQLCipher 4: pages of 4096 bytes, the last 80 are IV (16) and HMAC (64); the first 16 of page 1 are the salt.
"""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVE, SALT = 4096, 80, 16


def decrypted(path: Path, key: bytes) -> bytes:
    """Return the clear bytes of every page of a closed or checkpointed register."""
    data, found = path.read_bytes(), []
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        body = page[SALT if start == 0 else 0 : PAGE - RESERVE]
        iv = page[PAGE - RESERVE : PAGE - RESERVE + 16]
        reader = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        found.append(reader.update(body) + reader.finalize())
    return b"".join(found)
