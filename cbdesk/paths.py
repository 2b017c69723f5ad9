"""Where things lie: the resources we ship and the folders of this user."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from platformdirs import user_data_path


@cache
def resources() -> Path:
    """Return the folder ``resources/``: beside the package, or inside the built program."""
    bundled = getattr(sys, "_MEIPASS", None)
    root = Path(bundled) if bundled else Path(__file__).resolve().parent.parent
    return root / "resources"


def data_folder(given: str | Path | None = None) -> Path:
    """Return the data folder: what was given, else ``CBDESK_DATA``, else the user's own data folder."""
    chosen = given or os.environ.get("CBDESK_DATA")
    if chosen:
        return Path(chosen).expanduser().resolve()
    return user_data_path("CBDesk", appauthor=False, roaming=False)
