"""How the two threads share the interpreter: short turns, and litter swept by the window.

Rules. Objects that keep each other alive are never looked for on the desk's thread: Qt's would be destroyed there, and
every other thread stands still meanwhile, a third of a second when a list of ten thousand rows has been read. So the
interpreter's own sweeping is off and the window's thread sweeps between two events. Painting one page asks for the
interpreter dozens of times, so whoever has it gives it up after a millisecond. What one long job left behind is data
without circles: it is set aside (``gc.freeze``) instead of being searched again and again; it still goes as soon as
nobody holds it.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 250
TURN = 0.001
"""Seconds one thread keeps the interpreter while another waits."""
LOTS = 12_000
"""So many new objects at once are the rows of a file or a register, not the litter of a window."""


class Sweeper(QObject):
    """In force from its making until ``stop``. One for the program."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limits, self._turn = gc.get_threshold(), sys.getswitchinterval()
        sys.setswitchinterval(TURN)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.sweep)
        self._timer.start(EVERY_MS)

    def sweep(self) -> None:
        """Sweep the youngest generation that has grown beyond its limit, with those younger than it."""
        counts = gc.get_count()
        if counts[0] > LOTS:
            gc.freeze()
            return
        for generation in (2, 1, 0):
            if counts[generation] > self._limits[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Leave both to the interpreter again."""
        self._timer.stop()
        sys.setswitchinterval(self._turn)
        gc.enable()
