"""One process per data folder: an operating-system lock that dies with its process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cbdesk.errors import Problem


class FolderLock:
    """Holds the folder for this process. Raises ``Problem(store_busy)`` when another one has it."""

    def __init__(self, folder: Path) -> None:
        try:
            self._file = os.open(folder / "register.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            raise Problem("read_only") from None
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise Problem("store_busy") from None

    def release(self) -> None:
        """Let the folder go. Safe to call twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
