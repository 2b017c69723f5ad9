"""Beside a child: from whom its file is kept, which consents stand, to whom its data was given; the ways there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from cbdesk.words import say
from ui.parts import Button, IconText
from ui.record.record_read import ChildFile
from ui.record.record_side import SideCard

WAYS = (("consents", "checkmark_circle"), ("given", "people_swap"), ("erasure", "delete"))


class PrivacyCard(SideCard):
    """The card. ``wanted`` carries the page to go to."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("law.card.title"), "shield_lock", name="privacy_card")
        for page, icon in WAYS:
            link = Button(say(f"law.card.{page}"), "link", icon=icon, name=f"privacy_{page}")
            link.clicked.connect(lambda _on=False, page=page: self.wanted.emit(page))
            self.body.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_child(self, file: ChildFile, *, revealed: bool) -> None:
        """Show what is known; names of those restricted only while what is sensitive is shown."""
        self.clear()
        if file.restricted:
            names = ", ".join(file.restricted) if revealed else say("law.card.hidden", n=len(file.restricted))
            self._line("person_prohibited", say("law.card.restricted", names=names), "gach")
        for one in (told for told in file.consents if told.last):
            if one.stands:
                self._line("checkmark_circle", say("law.card.agreed", purpose=one.purpose), "ink2")
            else:
                self._line("warning", say("law.card.lacks", purpose=one.purpose, why=" ".join(one.why)), "ink2")
        if file.given:
            self._line("people_swap", say("law.card.given_n", n=file.given), "ink2")
        self.show()

    def _line(self, icon: str, words: str, ink: str) -> None:
        self.lines.addWidget(IconText(icon, words, ink, "note", icon_ink="ink3"))
