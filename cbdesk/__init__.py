"""CBDesk (Sổ trẻ em): the core. It imports no Qt and is complete from the command line.

The rooms and the one natural path of data are drawn in ``docs/architecture.md``.
"""

__version__ = "0.4.0"

SCHEMA = 4
"""Version of the records' schema; the ``v`` of every change. Grows when a form gains a field."""

STORE = 3
"""Version of the store's own tables. A newer store is refused with words (S-02)."""

BUNDLE = 1
"""Version of the bundle format, ``cbdesk/bundle/1``. Old readers stay for ever."""
