"""One start of a window, in a process of its own: ``python tools/bench_window.py empty|register FOLDER STARTED``.

Prints one JSON object: ``start`` (milliseconds from the start of the process to the painted window), ``opened``
(milliseconds from the accepted password to the painted list; the derivation of the key is left out of both), ``mb``
(resident memory then) and ``rows``. The empty window is a bare ``QMainWindow``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
SIZE = (1366, 698)


def memory() -> float:
    """Return the resident memory of this process in MB (its peak where the system tells no other)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def when_painted(widget: Any, ready: Any, then: Any) -> Any:
    """Call ``then`` once, after the widget has been painted while ``ready()`` holds; keep what is returned."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Eye(QObject):
        seen = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not self.seen and ready():
                self.seen = True
                QTimer.singleShot(0, then)  # after the painting
            return False

    eye = Eye()
    widget.installEventFilter(eye)
    return eye


def empty(started: float) -> dict[str, Any]:
    """Show nothing."""
    from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

    app = QApplication(["bench"])
    began = time.perf_counter()
    window, inside, found = QMainWindow(), QWidget(), {}
    window.setCentralWidget(inside)
    window.resize(*SIZE)

    def done() -> None:
        found.update(start=(time.time() - started) * 1000, opened=(time.perf_counter() - began) * 1000, mb=memory())
        app.quit()

    eye = when_painted(inside, lambda: True, done)
    window.show()
    app.exec()
    del eye
    return found | {"rows": 0}


def register(started: float, folder: Path) -> dict[str, Any]:
    """Unlock the register at the gate and come to the children's list."""
    from bench_registers import PASSWORD
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

    from cbdesk import desk, keys
    from ui import theme
    from ui.app import gate_for, make_app
    from ui.window import Window

    app = make_app()
    theme.apply(app, theme.LIGHT, 100)
    window = Window(folder, gate_for)
    window.resize(*SIZE)
    window._place = ("children", {})  # the page that was open before a lock
    found: dict[str, Any] = {}
    eyes: list[Any] = []
    derived = 0.0

    def at_gate() -> None:
        nonlocal derived
        before = time.perf_counter()
        slot = keys.open_slot(keys.load(folder), None, PASSWORD)
        derived = time.perf_counter() - before
        keys.open_slot = lambda *_: slot  # the password is accepted: from here it costs nothing more
        found["accepted"] = time.perf_counter()
        window.jobs.open(lambda: desk.unlock(folder, None, PASSWORD), lambda book: book, entered)

    def entered(book: Any) -> None:
        window.enter(book.role)
        table = window.shell.page().table
        eyes.append(when_painted(table.viewport(), lambda: bool(table.rows()), lambda: done(table)))

    def done(table: Any) -> None:
        found["start"] = (time.time() - started - derived) * 1000
        found["opened"] = (time.perf_counter() - found.pop("accepted")) * 1000
        found["mb"], found["rows"] = memory(), len(table.rows())
        QTimer.singleShot(0, app.quit)

    gate: QWidget = window.findChild(QWidget) or window
    eyes.append(when_painted(gate, lambda: True, at_gate))
    window.show()
    app.exec()
    window.close()
    return found


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    kind, folder, started = sys.argv[1:]
    print(json.dumps(empty(float(started)) if kind == "empty" else register(float(started), Path(folder))))
