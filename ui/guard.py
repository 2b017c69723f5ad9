"""What the system can do for privacy: no core dumps, no screen captures of the window. Silent where it cannot."""

from __future__ import annotations

import contextlib
import sys

from PySide6.QtWidgets import QWidget

_EXCLUDE_FROM_CAPTURE = 0x11
_NO_AFFINITY = 0


def no_core_dumps() -> None:
    """Forbid the system to write our memory to disk when the program dies."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def keep_out_of_captures(window: QWidget, *, wanted: bool) -> None:
    """Keep the window out of screenshots and screen sharing where Windows allows it."""
    if sys.platform != "win32":
        return
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        affinity = _EXCLUDE_FROM_CAPTURE if wanted else _NO_AFFINITY
        ctypes.windll.user32.SetWindowDisplayAffinity(int(window.winId()), affinity)
