"""What the system may write down of our memory when the program dies: nothing, where it can be told so.

A dump of the memory would hold names in the clear, outside the register. Linux: no core file (``RLIMIT_CORE``), and
``PR_SET_DUMPABLE`` 0, because a dump handed to a helper of the system ignores the limit; the flag also keeps other
programs of this user from reading our memory. Windows: Windows Error Reporting leaves the program out, and no box asks
to send a report. Silent where the system does not know the call. Swap and hibernation are outside our reach
(``spec/bundle.md`` 7, threat 17): the disk should be encrypted.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
from pathlib import Path
from typing import Any

_PR_SET_DUMPABLE = 4
_NO_FAULT_BOX = 0x0002  # SEM_NOGPFAULTERRORBOX


def keep_out_of_dumps(system: Any = None) -> None:
    """Forbid dumps of this process. ``system`` stands for the system's libraries in tests."""
    if sys.platform == "win32" or getattr(system, "platform", "") == "win32":
        _windows(system or ctypes.windll)  # type: ignore[attr-defined,unused-ignore]
    else:
        _unix(system or ctypes.CDLL(None))


def _unix(library: Any) -> None:
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # only Linux has it
        library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _windows(libraries: Any) -> None:
    with contextlib.suppress(OSError, AttributeError):
        libraries.kernel32.SetErrorMode(libraries.kernel32.GetErrorMode() | _NO_FAULT_BOX)
    with contextlib.suppress(OSError, AttributeError):
        libraries.wer.WerAddExcludedApplication(Path(sys.executable).name, 0)
