"""Attempts on a stolen data folder, and ``docs/measures/stolen.json``: what was tried, and what it gave.

A practice register gets invented children with marked names, is used, backed up, left open and killed (so that the
write-ahead log is there), and then treated as a thief would: names of files, ``strings`` in several encodings, SQLite
without and with guessed keys, headers, how even the bytes are, an older page put back, keys of another register. How
many passwords a second can be tried is measured by ``tools/bench.py keys_rate``.
"""

from __future__ import annotations

import collections
import json
import math
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cbdesk import desk, keys  # noqa: E402
from cbdesk.errors import Problem  # noqa: E402
from cbdesk.store.library import connect  # noqa: E402

TARGET = ROOT / "docs" / "measures" / "stolen.json"
NAME, NUMBER, PASSWORD = "Lý Thị Canaryzqx", "004214987123", "trâu xanh núi ngọt"
OFTEN = ("123456", "12345678", "password", "matkhau", "admin", "caobang", "baolac", "sotreem", "hanh", "")

LIFE = """
import os, signal, sys
from pathlib import Path
from cbdesk import desk
home, name, number, password = sys.argv[1:5]
one = desk.setup(Path(home), role="commune", unit="01321", officer="Nông Thị Hạnh", password=password,
                 practice=True).desk
rows = [{"full_name": f"{name} {n}", "personal_id": number, "born": "2015-03-04", "village": "Xóm Canaryzqx"}
        for n in range(40)]
saved = one.put("child", rows)
one.keep_draft("child", saved[0].id, {"usual_name": name})
one.attach_bytes(saved[0].id, b"%PDF-1.7 " + name.encode(), {"title": name, "kind": "paper"})
one.backup()
one.save("child", {"usual_name": name}, saved[1].id)
print("ready", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def steal(home: Path) -> Path:
    """Return the folder of a register that was open when its machine was taken."""
    env = os.environ | {"XDG_STATE_HOME": str(home / "state"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", LIFE, str(home / "so"), NAME, NUMBER, PASSWORD], env=env,
                          capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
    assert (done.stdout.strip(), done.returncode) == ("ready", -signal.SIGKILL), done.stderr
    return home / "so"


def files(folder: Path) -> list[Path]:
    """Return all files, the largest first."""
    return sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: -path.stat().st_size)


def names(folder: Path) -> dict[str, Any]:
    """Names of files tell nothing of a person."""
    found = [path.name for path in folder.rglob("*")]
    shown = [re.sub(r"\d{4}-\d{2}-\d{2}-\d{6}", "…", re.sub(r"[0-9a-f]{4}\.", "….", one)) for one in found]
    return {"files": sorted(shown), "with_a_name": [one for one in found if "canary" in one.lower()]}


def strings(folder: Path) -> dict[str, Any]:
    """Search every byte, as ``strings`` would, in UTF-8, UTF-16 and decomposed letters; words of Vietnamese too."""
    wanted = [NAME, "Canaryzqx", "canaryzqx", NUMBER, unicodedata.normalize("NFD", NAME), "Lý Thị", "full_name"]
    forms = {word.encode(coding) for word in wanted for coding in ("utf-8", "utf-16-le", "utf-16-be")}
    hits = {path.name: sum(path.read_bytes().count(form) for form in forms) for path in files(folder)}
    size = sum(path.stat().st_size for path in files(folder))
    return {"forms": len(forms), "bytes": size, "hits": sum(hits.values())}


def open_plain(folder: Path) -> dict[str, Any]:
    """Open the database with plain SQLite, and with keys a thief would try first."""
    database, refused = folder / "register.db", 0
    tried: list[bytes | None] = [None, bytes(32), b"\xff" * 32, *(word.encode().ljust(32, b"\0") for word in OFTEN)]
    for key in tried:
        try:
            if key is None:
                sqlite3.connect(database).execute("SELECT count(*) FROM sqlite_master").fetchone()
            else:
                connect(database, key)
        except (sqlite3.DatabaseError, Problem):
            refused += 1
    return {"tried": len(tried), "refused": refused}


def headers(folder: Path) -> dict[str, Any]:
    """No file begins as a known kind: SQLite, zip, PDF, an image."""
    known = (b"SQLite format 3", b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8")
    begun = {path.name: next((one for one in known if path.read_bytes().startswith(one)), None)
             for path in files(folder)}  # fmt: skip
    return {"files": len(begun), "known": [name for name, one in begun.items() if one]}


def evenness(folder: Path) -> dict[str, Any]:
    """How even the bytes of the database are: 8.000 bits a byte is noise; also whether two pages are alike."""
    found = {}
    for name in ("register.db", "register.db-wal"):
        data = (folder / name).read_bytes()
        pages = [data[at : at + 4096] for at in range(4096, len(data) - 4096, 4096)]
        alike = len(pages) - len(set(pages)) if name == "register.db" else None
        found[name] = {"bits_a_byte": round(entropy(data), 3), "pages": len(pages), "alike": alike}
    return found


def entropy(data: bytes) -> float:
    """Return the entropy of single bytes, bits."""
    counts = collections.Counter(data)
    return -sum(n / len(data) * math.log2(n / len(data)) for n in counts.values())


def passwords(folder: Path) -> dict[str, Any]:
    """Try the commonest passwords against the key file; the right one opens, so the trying itself is sound."""
    opened = []
    keyfile = keys.load(folder)
    for word in (*OFTEN, PASSWORD):
        try:
            keys.open_with_password(keyfile, "Nông Thị Hạnh", word)
            opened.append(word)
        except Problem:
            continue
    return {"tried": len(OFTEN) + 1, "opened": len(opened), "only_the_right_one": opened == [PASSWORD]}


def cheaper(folder: Path) -> dict[str, Any]:
    """Write a cheaper derivation into the key file: what is said there is sealed with the key."""
    body = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
    changed = json.dumps(body).replace('"t": 1', '"t": 2').replace('"p": 4', '"p": 1')
    try:
        keys.open_with_password(keys.KeyFile.from_bytes(changed.encode()), "Nông Thị Hạnh", PASSWORD)
    except Problem as problem:
        return {"changed": changed != json.dumps(body), "refused_as": problem.name}
    return {"changed": changed != json.dumps(body), "refused_as": None}


def swapped(folder: Path, other: Path) -> dict[str, Any]:
    """Put the key file of another register, whose password is known, beside the stolen database."""
    place = folder.parent / "swapped"
    shutil.copytree(folder, place)
    shutil.copy(other / "keys.json", place / "keys.json")
    key = keys.open_with_password(keys.load(place), "Nông Thị Hạnh", PASSWORD)
    try:
        connect(place / "register.db", key)
    except Problem as problem:
        return {"refused_as": problem.name}
    return {"refused_as": None}


def unharmed(folder: Path) -> bool:
    """After all that, whoever has the password opens it with every child."""
    book = desk.unlock(folder, "Nông Thị Hạnh", PASSWORD)
    whole = len(book.children()) == 40 and book.verify()["ok"]
    book.close()
    return whole


def attempts(home: Path) -> dict[str, Any]:
    """Make what is stolen and try everything."""
    folder, other = steal(home / "one"), steal(home / "two")
    return {
        "names": names(folder),
        "strings": strings(folder),
        "headers": headers(folder),
        "evenness": evenness(folder),
        "sqlite": open_plain(folder),
        "passwords": passwords(folder),
        "cheaper_key": cheaper(folder),
        "keys_of_another": swapped(folder, other),
        "unharmed": unharmed(folder),
    }


def main() -> int:
    """Try, write, and say in one line whether anything opened."""
    with tempfile.TemporaryDirectory(prefix="cbdesk-stolen-") as home:
        for name in ("one", "two"):
            (Path(home) / name).mkdir()
        found = attempts(Path(home))
    told = {"date": datetime.now(UTC).date().isoformat(), "rate": "docs/measures/keys_rate.json",
            "register": "practice, 40 invented children, killed while open", **found}  # fmt: skip
    TARGET.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"strings {found['strings']['hits']} hits, sqlite refused {found['sqlite']['refused']}/"
          f"{found['sqlite']['tried']}, passwords opened {found['passwords']['opened']}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
