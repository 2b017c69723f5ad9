"""The program: the window when no command is given, the command line otherwise.

The only place of the core that knows the window, and only by name, at the last moment.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cbdesk.cli import run
from cbdesk.memory import keep_out_of_dumps


def main() -> int:
    """Run the program; returns the exit code."""
    _load_nothing_from_here()
    keep_out_of_dumps()
    return run(sys.argv[1:], window=_window)


def _load_nothing_from_here() -> None:
    """Take the folder we were started in out of the places code comes from, unless it is the program's own."""
    here, own = Path.cwd().resolve(), Path(__file__).resolve().parent.parent
    if here != own:
        sys.path[:] = [one for one in sys.path if one and Path(one).resolve() != here]


def _window(data: str | None) -> int:
    from importlib import import_module

    return int(import_module("ui.app").main(data))


if __name__ == "__main__":
    sys.exit(main())
