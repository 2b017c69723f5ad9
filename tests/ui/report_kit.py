"""Driving the page of lists and reports by keys, and a small report of the office to try what people add."""

from __future__ import annotations

from typing import Any

from tests.ui.list_kit import ask, fill, go, settle

OWN = """
shape = "table"
name = "own_count"
title = { vi = "Own count", en = "Own count" }
explain = { vi = "What it tells", en = "What it tells" }
group = "indicators"
periods = ["month", "summer"]
symbol = "BC"
kind = "KIND"
about = "About {period}"
[span.summer]
from = "05-31"
to = "08-31"
words = "hè {year}"
[[grid]]
name = "main"
title = "Main"
columns = "expected"
  [[grid.row]]
  key = "received"
  label = "Received"
  of = "incident"
  count = "rows"
  [[grid.row]]
  key = "stations"
  label = "Stations strengthened"
  typed = "stations"
  percent = true
"""


def open_reports(qtbot: Any, window: Any, name: str = "", period: str = "", view: str = "") -> Any:
    """Fill the register and show a report, once everything is there."""
    fill(qtbot, window)
    if view:
        window.prefs.put("reports", {"view": view})
    page = go(qtbot, window, "reports", **{k: v for k, v in (("list", name), ("period", period)) if v})
    return ready(qtbot, page)


def ready(qtbot: Any, page: Any) -> Any:
    """Wait until what is asked for is shown."""
    settle(qtbot, page.window())
    qtbot.waitUntil(lambda: page._made is not None and page._made.wish == page._wanted(), timeout=20_000)
    settle(qtbot, page.window())
    return page


def log_of(qtbot: Any, window: Any) -> list[tuple[Any, ...]]:
    """Return the access log: what, record, detail."""
    found: list[tuple[Any, ...]] = ask(qtbot, window, lambda desk: [tuple(row[3:6]) for row in desk.ledger.accesses()])
    return found
