"""The log: codes and places, never a value.

One small file beside the register. A bug is written as type, file and line of each of our frames, without the
exception's text, because texts carry values (``spec/bundle.md`` 7, row 13). The same short code is shown to the person.
"""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path

from cbdesk import clock

NAME = "cbdesk.log"
LIMIT = 256 * 1024
_place: list[Path] = []


def begin(folder: Path) -> None:
    """Say where the log lies. It is written only once something has to be written and the folder exists."""
    _place[:] = [folder / NAME]


def bug(error: BaseException) -> str:
    """Write where a bug of ours happened; returns the code to read out, such as ``K7Q3``."""
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    where = f"{type(error).__name__} {' < '.join(reversed(frames[-6:]))}"
    code = hashlib.sha256(where.encode()).hexdigest()[:6].upper()
    write(f"bug {code} {where}")
    return code


def write(line: str) -> None:
    """Append one line of codes. A log that cannot be written is never a reason to stop."""
    if not _place or not _place[0].parent.is_dir():
        return
    try:
        if _place[0].exists() and _place[0].stat().st_size > LIMIT:
            _place[0].replace(_place[0].with_suffix(".log.1"))
        with _place[0].open("a", encoding="utf-8") as file:
            file.write(f"{clock.stamp()} {line}\n")
    except OSError:
        return
