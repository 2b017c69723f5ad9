"""Waiting in a test as the running window waits: in an event loop, which leaves the desk's thread its turn.

``QTest.qWait`` keeps Python to itself while it sleeps, so that the desk's thread works only between two of its calls.
"""

from PySide6.QtCore import QEventLoop, QTimer


def pause(ms: int) -> None:
    """Let events and the desk's thread run for some milliseconds."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
