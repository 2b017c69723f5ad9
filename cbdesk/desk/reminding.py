"""The letter that reminds communes of months not delivered: one for all that are late, or one for each.

It names communes, months and days, never a child. Its words are a template an office corrects like any other
(``resources/paper/forms/don_doc.txt``). Which day was missed is that of ``deadlines.toml``; while nobody has compared
it with a text, the letter leaves room for it: a paper cites no day of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cbdesk import clock, dates, deliveries, official, page
from cbdesk.catalogue import catalogue
from cbdesk.desk import slots
from cbdesk.desk.inbox import Sender
from cbdesk.desk.papers import Papers
from cbdesk.document import Document
from cbdesk.errors import Problem
from cbdesk.letterhead import patterns
from cbdesk.rights import EXPORT, needs

LETTER = "don_doc"


class Reminding(Papers):
    """Verbs of the letter to late communes."""

    def papers(self, form: str | None = None) -> list[dict[str, str]]:
        """Return the papers there are (see ``Papers``); a commune reminds nobody."""
        found = super().papers(form)
        return found if self.role == "receiver" else [one for one in found if one["name"] != LETTER]

    def form_paper(self, name: str, record: str | None = None, fill: str = "full", *, copy: str = "") -> Document:
        """Return one form as ``Papers.form_paper``; the letter to late communes is made of those that are late."""
        if name != LETTER or fill == "blank" or self.role != "receiver":
            return super().form_paper(name, record, fill, copy=copy)
        return self.reminder_letter([record] if record else ())

    def reminder_letter(self, units: Sequence[str] = ()) -> Document:
        """Return the letter to some communes (keys), by default to all that are late.

        Raises ``Problem``: ``only_receiver``, ``nobody_chosen`` where none of them is late, ``template_wrong``.
        """
        late = [one for one in self.overdue_senders() if one.months and (not units or one.unit in units)]
        if not late:
            raise Problem("nobody_chosen")
        return official.make(LETTER, self._letter_slots(late), self.office(), clock.today(), slots=slots.known(),
                             own=self._own_templates())  # fmt: skip

    @needs(EXPORT)
    def reminder(self, path: Path, units: Sequence[str] = (), *, overwrite: bool = False) -> Path:
        """Write the letter to late communes as .docx, or as PDF where the name ends so; it is logged.

        Raises ``Problem`` as ``reminder_letter``, and of group U.
        """
        made = self.reminder_letter(units)
        written = self.put_out(path, _bytes(made, path.suffix.lower()), overwrite=overwrite)
        self.log("export", detail=f"paper {LETTER}")
        return written

    @needs(EXPORT)
    def reminders(self, folder: Path, units: Sequence[str] = (), *, overwrite: bool = False) -> list[Path]:
        """Write one letter for each late commune into a folder; returns the files. Raises as ``reminder``."""
        late = [one for one in self.overdue_senders() if one.months and (not units or one.unit in units)]
        if not late:
            raise Problem("nobody_chosen")
        day = self._today()
        return [self.reminder(folder / f"{LETTER}-{one.unit.split('@')[0]}-{day}.docx", [one.unit], overwrite=overwrite)
                for one in late]  # fmt: skip

    def _letter_slots(self, late: Sequence[Sender]) -> dict[str, Any]:
        words, today = patterns()["form"], clock.today()
        day = catalogue().deadline(deliveries.DEADLINE, today)
        office = slots.of_office(self.office())
        one = _written(late[0].name)
        return dict(office) | {
            "late.to": words["late_one"].format(unit=one) if len(late) == 1 else words["late_many"],
            "late.day": f"{int(day.value):02}" if day.verified else "", "late.count": f"{len(late):02}",
            "late.receiver": catalogue().receiver(today).label,
            "late": [self._letter_row(n, sender) for n, sender in enumerate(late, 1)],
        }  # fmt: skip

    def _letter_row(self, n: int, one: Sender) -> dict[str, str]:
        months = ", ".join(dates.show_date(month) for month in one.months)
        heard = dates.show_date(one.heard[:10]) if one.heard else patterns()["form"]["late_never"]
        return {"n": str(n), "unit": one.name, "months": months, "heard": heard}


def _written(name: str) -> str:
    """Return a unit's name inside a sentence: the word for its kind small."""
    return f"{name[:1].lower()}{name[1:]}"


def _bytes(made: Document, suffix: str) -> bytes:
    if suffix == ".pdf":
        return page.document_pdf(made, stamp=clock.now())
    from cbdesk import letter  # Word's libraries are loaded when a letter is asked for, not at the start

    return letter.docx(made)
