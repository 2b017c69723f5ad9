"""Papers about the register itself: minutes of an erasure, a lost device, to whom a child's data was given.

Their templates stand in ``resources/paper/law`` in the vocabulary of forms (``document``); what fills them are facts of
the register, not fields of a record. They are drafts until signed: the official bodies of such forms (Mẫu 08) were not
found, so each says from which articles it was built.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cbdesk import clock, official, page
from cbdesk.desk import slots
from cbdesk.desk.telling import Telling
from cbdesk.document import Document
from cbdesk.rights import EXPORT, needs

FOLDER = "law"


class LawPapers(Telling):
    """Verbs that put what the law asks about the register on paper."""

    def _law_paper(self, name: str, data: Mapping[str, Any]) -> Document:
        """Return one of these papers, filled; what is not told leaves dots for the pen."""
        office = self.office()
        known = official.template(name, folder=FOLDER).slots
        return official.make(name, {**slots.of_office(office), **data}, office, clock.today(), slots=known,
                             folder=FOLDER)  # fmt: skip

    @needs(EXPORT)
    def write_law_paper(self, made: Document, path: Path, record: str = "", *, overwrite: bool = False) -> Path:
        """Write such a paper as PDF, or as .docx where the name ends so; logged. Raises ``Problem`` of groups P, U."""
        if path.suffix.lower() == ".docx":
            from cbdesk import letter  # Word's libraries are loaded when a letter is asked for, not at the start

            data = letter.docx(made)
        else:
            data = page.document_pdf(made, stamp=clock.now())
        written = self.put_out(path, data, overwrite=overwrite)
        self.log("export", record, f"paper {made.name}")
        return written
