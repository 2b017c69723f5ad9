"""The program: the window when no command is given, the command line otherwise.

The only place of the core that knows the window, and only by name, at the last moment.
"""

from __future__ import annotations

import sys

from cbdesk.cli import run
from cbdesk.memory import keep_out_of_dumps


def main() -> int:
    """Run the program; returns the exit code."""
    keep_out_of_dumps()
    return run(sys.argv[1:], window=_window)


def _window(data: str | None) -> int:
    from importlib import import_module

    return int(import_module("ui.app").main(data))


if __name__ == "__main__":
    sys.exit(main())
