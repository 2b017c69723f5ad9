"""What the window remembers on this machine: theme, text size, last officer, columns. No child's data, ever.

One small JSON file in the data folder, written whole. A file that cannot be read or written is no trouble: the window
then starts as on the first day.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

FILE = "window.json"


class Prefs:
    """Remembered choices of the window."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._values: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            read = json.loads(self._path.read_text(encoding="utf-8"))
            self._values = read if isinstance(read, dict) else {}

    def get(self, key: str, default: Any = None) -> Any:
        """Return a choice, or ``default`` when none of that type was made."""
        value = self._values.get(key, default)
        return value if default is None or isinstance(value, type(default)) else default

    def put(self, key: str, value: Any) -> None:
        """Remember a choice."""
        if self._values.get(key) == value:
            return
        self._values[key] = value
        with contextlib.suppress(OSError):
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps(self._values, ensure_ascii=False), encoding="utf-8")
            part.replace(self._path)
