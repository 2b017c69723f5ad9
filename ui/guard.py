"""What the system can do for privacy: no captures, lock with the session and before sleep. Silent where it cannot."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import SLOT, QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

_EXCLUDE_FROM_CAPTURE = 0x11
_NO_AFFINITY = 0
_WM_POWERBROADCAST, _PBT_APMSUSPEND = 0x0218, 0x0004
_WM_WTSSESSION_CHANGE, _WTS_SESSION_LOCK, _WTS_SESSION_LOGOFF = 0x02B1, 0x7, 0x6


SPOOL = "spool"
"""Folder inside the data folder for what the printing system must have as a file."""


def spool_inside(folder: Path) -> None:
    """Let the printing system make its files in a folder of ours that only this user may enter, not in the open one.

    On Linux, CUPS is handed a file; Windows is handed the drawing itself and keeps its own spool (told in
    ``docs/threats.md``). ``wipe_spool`` removes what is left, when the window closes and when it is next opened.
    """
    place = folder / SPOOL
    with contextlib.suppress(OSError):
        place.mkdir(mode=0o700, exist_ok=True)
        place.chmod(0o700)
        os.environ["TMPDIR"] = str(place)


def wipe_spool(folder: Path) -> None:
    """Overwrite and remove what printing left behind."""
    place = folder / SPOOL
    for path in list(place.glob("*")) if place.is_dir() else ():
        with contextlib.suppress(OSError):
            if path.is_file() and not path.is_symlink():
                path.write_bytes(bytes(path.stat().st_size))
            path.unlink()
    if os.environ.get("TMPDIR") == str(place):
        del os.environ["TMPDIR"]
    with contextlib.suppress(OSError):
        place.rmdir()


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
    """Locks the book with the session of the system, on switching the user and on sleep.

    Windows tells it in messages to the window; Linux on the system bus (logind), for sleep and for our own session.
    """

    def __init__(self, lock: Callable[[], None]) -> None:
        super().__init__()
        self._lock, self._begun = lock, False
        self._bus: BusWatch | None = None

    def begin(self, window: QWidget) -> None:
        """Ask the system to tell us; once, when the window is first shown."""
        if self._begun:
            return
        self._begun = True
        if sys.platform != "win32":
            self._bus = BusWatch(self._lock, window)
            self._bus.begin()
            return
        import ctypes

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


LOGIND = "org.freedesktop.login1"
_PLACES = (
    ("/org/freedesktop/login1", f"{LOGIND}.Manager", "PrepareForSleep", "sleep(bool)"),
    ("/org/freedesktop/login1/session/auto", f"{LOGIND}.Session", "Lock", "session_locked()"),
)


class BusWatch(QObject):
    """Hears from logind that the machine goes to sleep or the session is locked. Without a bus it hears nothing."""

    def __init__(self, lock: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = lock

    def begin(self, bus: Any = None) -> bool:
        """Listen on the system bus; returns whether there is one. ``bus`` stands for it in tests."""
        if bus is None:
            from PySide6.QtDBus import QDBusConnection

            bus = QDBusConnection.systemBus()
        if not bus.isConnected():
            return False
        for path, interface, signal, slot in _PLACES:
            bus.connect(LOGIND, path, interface, signal, self, SLOT(slot))
        return True

    @Slot(bool)
    def sleep(self, begins: bool) -> None:
        """Lock before the machine sleeps; nothing when it wakes."""
        if begins:
            self._lock()

    @Slot()
    def session_locked(self) -> None:
        """Lock with the session."""
        self._lock()
