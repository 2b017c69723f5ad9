"""An invented province for the pictures of the receiver: communes that send, are late, lose a stick, write the same.

Everything is done with the verbs an officer uses, on real sealed bundles, under a clock that is set back and goes on.
Whoever takes a picture of it says how many communes send; the others have no card.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cbdesk import clock, desk, sample
from cbdesk.catalogue import catalogue
from cbdesk.change import Value
from cbdesk.desk import Desk
from cbdesk.escrow import ProvinceKeys
from cbdesk.store import Draft
from cbdesk.words import say

PASSWORD = "tap huan"  # noqa: S105  (of invented practice registers)
NOW = datetime(2026, 10, 12, 8, 12, tzinfo=clock.VIETNAM)
MONTHS = 9
SEED = 11
SILENT, ASIDE, GAP = (4, 12, 17, 30), 5, 9
"""Which of the communes sends nothing at last, writes into another's record, is missing a part."""


def build(folder: Path, senders: int, tell: Callable[[str], object] = lambda _words: None) -> None:
    """Make the receiver's register ``folder/book`` and what came into it; it is closed in the end."""
    try:
        _Province(folder, senders, tell).play()
    finally:
        clock.set_fixed(None)


def sticks(folder: Path) -> list[Path]:
    """Return the sticks that were left to be taken in, one of them twice."""
    found = folder / "sticks"
    return [found / "new", found / "new", found / "damaged"]


def keys_file(folder: Path) -> Path:
    """Return the file of the province's keys."""
    return folder / "province.keys"


class _Province:
    """The receiver and its communes, each in a folder of its own."""

    def __init__(self, folder: Path, senders: int, tell: Callable[[str], object]) -> None:
        self.folder, self.tell, self.dice = folder, tell, random.Random(SEED)  # noqa: S311  (invented data)
        self.stick = folder / "stick"
        self.stick.mkdir(parents=True)
        clock.set_fixed(datetime(2026, 1, 4, 9, 0, tzinfo=clock.VIETNAM))
        self.receiver = _setup(folder / "book", "receiver", "04", say("demo.officer_receiver"))
        units = catalogue().units.current(clock.today())[:senders]
        self.communes = [self._enrolled(unit.code) for unit in units]

    def _enrolled(self, code: str) -> Desk:
        made = _setup(self.folder / code, "commune", code, say("demo.officer_commune"))
        self.receiver.enrol(made.card_bytes(), made.fingerprint)
        made.enrol(self.receiver.card_bytes(), self.receiver.fingerprint)
        return made

    def play(self) -> None:
        """Play the months, then the last one with its trouble."""
        for month in range(1, MONTHS + 1):
            self.tell(f"{month}")
            for at, one in enumerate(self.communes):
                self._month(one, at, month)
        self._differ(self.communes[2], self.communes[3])
        self._newcomer(self.communes[6])
        self._urgent()
        clock.set_fixed(NOW)
        self._sticks()
        persons = [(say(f"demo.{one}"), f"{PASSWORD} {one}") for one in ("officer_receiver", "officer_commune")]
        keys, data = ProvinceKeys.make(persons, practice=True)
        keys_file(self.folder).write_bytes(data)
        self.receiver.publish_trust(keys)
        for one in (*self.communes, self.receiver):
            one.close()

    def _sticks(self) -> None:
        """Leave sticks that are not taken in yet: something new, the same again, one damaged."""
        for at, name in ((0, "new"), (1, "damaged")):
            folder = self.folder / "sticks" / name
            folder.mkdir(parents=True)
            self.communes[at].put("child", sample.rows(2, SEED + at, clock.today()))
            self.communes[at].send(folder)
        for path in (self.folder / "sticks" / "damaged").glob("*.cbd"):
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(bytes(data))

    def _month(self, one: Desk, at: int, month: int) -> None:
        """One commune records a little and sends on a day of the next month; some are late, some send nothing."""
        clock.set_fixed(datetime(2026, month, 20, 10, 0, tzinfo=clock.VIETNAM))
        one.put("child", sample.rows(2, SEED + 100 * at + month, clock.today()))
        late = self.dice.random() < 0.08
        if month == MONTHS and at in SILENT:
            return
        clock.set_fixed(datetime(2026, month + 1, 9 if late else 3, 9, at % 60, tzinfo=clock.VIETNAM))
        if month == MONTHS and at == ASIDE:
            one._write([Draft("child", self.foreign, {"sex": "male"})])  # as a faulty program would
        one.send(self.stick)
        if at == GAP and month == MONTHS - 1:
            self._machine_that_broke()
        else:
            self.receiver.receive([self.stick])
        one.receive([self.stick])
        self._empty()

    def _machine_that_broke(self) -> None:
        """The receiver takes a bundle in on a machine whose disk is lost afterwards."""
        self.receiver.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(self.folder / "book", self.folder / "broken", ignore=shutil.ignore_patterns("*.lock"))
        broken = desk.unlock(self.folder / "broken", self.receiver.officer, PASSWORD)
        broken.receive([self.stick])
        broken.close()

    def _newcomer(self, one: Desk) -> None:
        """A new machine of a commune sends before its card was taken in."""
        made = _setup(self.folder / "newcomer", "commune", one.unit.code, say("demo.officer_commune"))
        made.enrol(self.receiver.card_bytes(), self.receiver.fingerprint)
        made.put("child", sample.rows(3, SEED, clock.today()))
        made.send(self.stick)
        made.close()
        self.receiver.receive([self.stick])
        self._empty()

    def _urgent(self) -> None:
        """Some communes record an emergency, and one a case whose steps are late."""
        for at, one in enumerate(self.communes[:3]):
            children = [row.id for row in one.children()]
            clock.set_fixed(datetime(2026, 9 if at == 2 else 10, 12, 2 + at, 40, tzinfo=clock.VIETNAM))
            told = {"kind": "abuse", "child": [children[at]], "received_at": clock.now().strftime("%Y-%m-%dT%H:%M"),
                    "urgent": True, "forms_of_abuse": ["violence"]}  # fmt: skip
            made = one.save("incident", told)
            if at == 2 and made.id:
                one.open_case(children[at], {"kind": "abused"}, incident=made.id)
            clock.set_fixed(datetime(2026, 10, 12, 7, 50, tzinfo=clock.VIETNAM))
            one.send(self.stick)
            self.receiver.receive([self.stick])
            one.receive([self.stick])
            self._empty()
        asked = self.communes[5].children()[0].id
        self.receiver.note(asked, say("demo.note"), "born")

    @property
    def foreign(self) -> str:
        """Return a child of the first commune."""
        return str(self.communes[0].children()[0].id)

    def _differ(self, one: Desk, other: Desk) -> None:
        """The receiver and two communes write the same fields, hide and fill one record, not knowing of each other."""
        for sender, names in ((one, ("born", "sex")), (other, ("born", "full_name"))):
            clock.set_fixed(datetime(2026, 10, 6, 9, 0, tzinfo=clock.VIETNAM))
            first, second, third = (row.id for row in sender.children()[:3])
            name = str(sender.get(second)["full_name"])
            mine: dict[str, Value] = {"born": "2015-06", "sex": "male", "full_name": name.replace("i", "y")}
            self.receiver.save("child", {names[0]: mine[names[0]]}, first)
            self.receiver.save("child", {names[1]: mine[names[1]]}, second)
            self.receiver.save("circumstance", {"child": third, "code": "01.3", "from": "2024"})
            clock.set_fixed(datetime(2026, 10, 8, 14, 30, tzinfo=clock.VIETNAM))
            theirs: dict[str, Value] = {"born": "2015-03-06", "sex": "female", "full_name": name.replace("i", "í")}
            sender.save("child", {names[0]: theirs[names[0]]}, first)
            sender.save("child", {names[1]: theirs[names[1]]}, second)
            sender.void(third, say("demo.void_reason")) if sender is other else None
            sender.send(self.stick)
            self.receiver.receive([self.stick])
            self._empty()

    def _empty(self) -> None:
        shutil.rmtree(self.stick)
        self.stick.mkdir()


def _setup(folder: Path, role: str, unit: str, officer: str) -> Desk:
    return desk.setup(folder, role=role, unit=unit, officer=officer, password=PASSWORD, practice=True).desk
