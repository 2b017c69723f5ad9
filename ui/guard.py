"""What the system can do for privacy: no core dumps, no captures, lock with the session. Silent where it cannot."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QTimer
from PySide6.QtWidgets import QWidget

_EXCLUDE_FROM_CAPTURE = 0x11
_NO_AFFINITY = 0
_WM_POWERBROADCAST, _PBT_APMSUSPEND = 0x0218, 0x0004
_WM_WTSSESSION_CHANGE, _WTS_SESSION_LOCK, _WTS_SESSION_LOGOFF = 0x02B1, 0x7, 0x6


def no_core_dumps() -> None:
    """Forbid the system to write our memory to disk when the program dies."""
    if sys.platform == "win32":
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def captures_can_be_kept_out() -> bool:
    """Return whether this system lets a window stay out of screenshots."""
    return sys.platform == "win32"


def keep_out_of_captures(window: QWidget, *, wanted: bool) -> None:
    """Keep the window out of screenshots and screen sharing where Windows allows it."""
    if sys.platform != "win32":
        return
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        affinity = _EXCLUDE_FROM_CAPTURE if wanted else _NO_AFFINITY
        ctypes.windll.user32.SetWindowDisplayAffinity(int(window.winId()), affinity)


def means_lock(message: int, detail: int) -> bool:
    """Return whether a message of Windows says that the session is locked, left, or the machine goes to sleep."""
    return (message, detail) in {
        (_WM_POWERBROADCAST, _PBT_APMSUSPEND),
        (_WM_WTSSESSION_CHANGE, _WTS_SESSION_LOCK),
        (_WM_WTSSESSION_CHANGE, _WTS_SESSION_LOGOFF),
    }


class SessionWatch(QAbstractNativeEventFilter):
    """Locks the book with the Windows session, on switching the user and on sleep."""

    def __init__(self, lock: Callable[[], None]) -> None:
        super().__init__()
        self._lock, self._begun = lock, False

    def begin(self, window: QWidget) -> None:
        """Ask Windows to send us its session messages; once, when the window is first shown."""
        if sys.platform != "win32" or self._begun:
            return
        import ctypes

        self._begun = True
        app = QCoreApplication.instance()
        if app is not None:
            app.installNativeEventFilter(self)
        with contextlib.suppress(OSError, AttributeError):
            ctypes.windll.wtsapi32.WTSRegisterSessionNotification(int(window.winId()), 0)

    def nativeEventFilter(self, kind: QByteArray | bytes, message: int) -> tuple[bool, int]:
        """Lock when told to; the message goes on to Qt."""
        if bytes(kind) == b"windows_generic_MSG":
            from ctypes import wintypes

            told = wintypes.MSG.from_address(int(message))
            if means_lock(told.message, told.wParam):
                QTimer.singleShot(0, self._lock)
        return False, 0
