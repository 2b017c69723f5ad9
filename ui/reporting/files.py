"""A list or report as a file: under a name without persons, written whole, and told to the access log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cbdesk import clock, page, workbook
from cbdesk.desk import Desk
from ui.reporting.making import Made


def is_text(made: Made) -> bool:
    """Return whether it is a report in words, which can be edited as a letter."""
    return made.report is not None and made.report.text is not None


def name_of(made: Made, unit: str, ending: str) -> str:
    """Return the name proposed for a file: report, unit, period; never a person."""
    public = "-cong-khai" if made.wish.public else ""
    return f"{made.wish.name}-{unit}-{made.wish.period}{public}.{ending}"


def writing(made: Made, path: Path, ending: str) -> Callable[[Desk], None]:
    """Return the job that writes a file of it and logs that it went out."""

    def write(desk: Desk) -> None:
        content = _bytes(desk, made, ending)
        desk.note_export(made.logged)
        desk.put_out(path, content, overwrite=True)

    return write


def _bytes(desk: Desk, made: Made, ending: str) -> bytes:
    if made.paper is not None:
        return page.pdf(made.paper, stamp=clock.now()) if ending == "pdf" else workbook.list_xlsx(made.paper)
    assert made.report is not None
    return desk.report_bytes(made.report, ending)
