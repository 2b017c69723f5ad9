"""A province's year, small: what ``make demo-province`` plays on invented communes, month by month, without a screen.

Three communes keep a register, a fourth sends lists on paper; the province takes in what comes by stick, late, doubled
or from a restored PC, asks back, passes a tip down, adds a term, ends the trust in a stolen laptop, decides what two
people wrote, joins two communes and consolidates. Every step uses the desk's own verbs on real files in a fresh
temporary folder and is proved: what must hold and does not stops the play. The clock is that of practice registers.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, dates, desk, escrow, life, sample
from cbdesk.change import Value
from cbdesk.demo import SEED, Story
from cbdesk.desk import Desk
from cbdesk.desk.carrying import Received
from cbdesk.desk.on_behalf import Paper
from cbdesk.errors import Problem
from cbdesk.words import say

PROVINCE = "04"
WITH_REGISTER, ON_PAPER = ("01321", "01324", "01339"), "01351"
CHILDREN, MONTHS = 60, 12
YEAR = 2026
REPORT = "year"
MADE = ("province", "reminder.docx", "on-paper.xlsx", "handover.pdf")
PERSONS = ("director", "deputy")


class _Year(Story):
    words = "demo_province"

    def __init__(self, out: Path, room: Path, tell: Callable[[str], None]) -> None:
        super().__init__(out, room, tell)
        self.communes: list[Desk] = []
        self.open: list[Desk] = []
        self.province: Desk
        self.passwords = {name: " ".join(secrets.token_hex(3) for _ in range(3)) for name in PERSONS}

    # --- what every step needs ----------------------------------------------------------------------------------------

    def _register(self, name: str, role: str, unit: str) -> Desk:
        made = desk.setup(self.room / name, role=role, unit=unit, officer=say(f"demo.officer_{role}"),
                          password=self._password(), practice=True).desk  # fmt: skip
        self.open.append(made)
        return made

    def _password(self) -> str:
        return self.passwords["director"]

    def _stick(self, name: str) -> Path:
        place = self.room / "sticks" / name
        place.mkdir(parents=True, exist_ok=True)
        return place

    def _carry(self, commune: Desk, name: str) -> list[Received]:
        """One commune's way to the province and back; returns what the province made of it."""
        stick = self._stick(name)
        found = self.province.receive([stick]) if commune.send(stick) else []
        self.province.send(stick, commune.node)
        commune.receive([stick])
        return found

    def _must(self, holds: object, what: str) -> None:
        if not holds:
            raise AssertionError(what)

    # --- the year -----------------------------------------------------------------------------------------------------

    def january(self) -> None:
        """Registers, cards read from paper, the list signed by two persons."""
        clock.set_fixed(f"{YEAR}-01-05T08:00")
        self.province = self._register("province", "receiver", PROVINCE)
        for unit in WITH_REGISTER:
            commune = self._register(unit, "commune", unit)
            self.province.enrol(commune.card_bytes(), commune.fingerprint)
            commune.enrol(self.province.card_bytes(), self.province.fingerprint)
            self.communes.append(commune)
        self.say("enrol", n=len(self.communes), province=self.province.unit_name)
        file = self.room / "province.keys"
        people = [(say(f"demo_province.{name}"), self.passwords[name]) for name in PERSONS]
        desk.make_province_keys(file, people, practice=True)
        keys = escrow.ProvinceKeys.open(file.read_bytes(), list(self.passwords.values()))
        version = self.province.publish_trust(keys)
        self.say("trust", version=version, first=people[0][0], second=people[1][0])

    def work(self) -> None:
        """A year of entries in each commune, and the list of the one on paper."""
        for at, commune in enumerate(self.communes):
            clock.set_fixed(f"{YEAR}-01-05T08:00")
            entries = life.entries(CHILDREN, SEED + at, clock.today().replace(month=12, day=1), MONTHS)
            self._must(not commune.practise(entries)[1], "a row of the year was refused")
        clock.set_fixed(f"{YEAR}-12-02T08:00")
        self.say("work", n=len(self.communes), changes=sum(one.unsent() for one in self.communes))

    def carry(self) -> None:
        """The first bundles; one stick is lost, one file comes twice."""
        first, second, third = self.communes
        found = self._carry(first, "first")
        self.say("first", new=found[0].counts["new"], unsent=first.unsent(), trust=first.trust().version)
        lost = second.send(self._stick("lost"))[0]
        shutil.rmtree(self._stick("lost"))
        again = self._carry(second, "second")
        self._must(again[0].counts["new"] == lost.changes, "a lost stick cost something")
        self.say("lost", changes=lost.changes)
        self._carry(third, "third")
        twice = self.province.receive([self._stick("third")])
        self._must({one.result for one in twice} == {"already"}, "a file read twice said something new")
        self.say("twice")

    def restored(self) -> None:
        """The province's PC breaks and comes back from a backup: what it lost since is noticed, asked for and sent."""
        backup = self.province.backup(self._stick("safe"))
        commune = self.communes[1]
        self._new_child(commune)
        self._carry(commune, "before")
        self.province = self._restored(self.province, backup, "province-again")
        self._new_child(commune)
        commune.send(self._stick("gap"))
        found = self.province.receive([self._stick("gap")])
        self._must([one.result for one in found] == ["gap"], "a hole was not seen")
        commune.receive([self._stick("gap")])
        self._carry(commune, "healed")
        self._must(not self.province.status()["gaps"] and not commune.unsent(), "a hole stayed")
        self.say("gap", missing=found[0].problem.what if found[0].problem else "")
        commune = self.communes[2]
        backup = commune.backup(self._stick("safe-too"))
        self._new_child(commune)
        self._carry(commune, "then")
        children = commune.store.count("child")
        self.communes[2] = commune = self._restored(commune, backup, "commune-again")
        self._new_child(commune)
        self._carry(commune, "back")
        self._must(commune.store.count("child") == children + 1, "a child was lost over a restore")
        self.say("own_restore", children=children + 1, streams=len(commune.store.streams(commune.unit.key)))

    def _restored(self, book: Desk, file: Path, name: str) -> Desk:
        officer = book.officer
        book.close()
        self.open.remove(book)
        made = desk.restore(self.room / name, file, officer, self._password())
        self.open.append(made)
        return made

    def _new_child(self, commune: Desk) -> str:
        row = next(iter(sample.rows(1, secrets.randbelow(10**6), clock.today())))
        return str(commune.put("child", [row])[0].id)

    def ask(self) -> None:
        """A question travels home with the acknowledgement and its answer comes back."""
        commune = self.communes[0]
        child = commune.children()[0].id
        self.province.note(child, say("demo_province.question"), "born")
        self._carry(commune, "ask")
        waiting = [one for one in commune.due(within=365) if one.form == "note"]
        [note] = commune.notes()
        commune.answer(note.id, say("demo_province.answered"))
        self._carry(commune, "answer")
        [heard] = self.province.notes()
        self._must(heard.answer, "an answer was lost")
        self.say("note", due=len(waiting), question=heard.text, answer=heard.answer)

    def tip(self) -> None:
        """The hotline told the province: the commune has an incident whose twelve hours already run."""
        clock.set_fixed(f"{YEAR}-12-03T07:10")
        told: dict[str, Value] = {"kind": "abuse", "received_at": f"{YEAR}-12-03T06:40", "urgent": True}
        told |= {"source": "hotline", "summary": say("demo.summary")}
        unit = self.communes[0].unit.key
        self.province.pass_down(unit, told, [(say("demo_province.letter"), b"%PDF-1.7 letter")])
        self._carry(self.communes[0], "tip")
        [urgent] = self.communes[0].urgent()
        self._must(len(self.communes[0].attachments(urgent["id"])) == 1, "the paper of a tip was lost")
        self.say("tip", until=dates.show_stamp(urgent["until"]), open=sum(self.province.board().counts.values()))

    def add(self) -> None:
        """The province adds a term; every commune is told what changed and is bound by it."""
        part = {"part": "deadline", "name": "province_check", "label": say("demo_province.term"), "value": "12-20",
                "valid_from": f"{YEAR}-01-01", "report": REPORT, "period": "{year}", "basis": ""}  # fmt: skip
        self.province.publish_additions([part])
        self._carry(self.communes[0], "add")
        state = self.communes[0].additions()
        self._must(state.version == 1 and state.changed, "an addition was lost")
        self.say("add", version=state.version, changed=state.changed[0])

    def decide(self) -> None:
        """The commune and the province wrote one field without knowing of each other: a person decides."""
        commune = self.communes[1]
        child = commune.children()[0].id
        commune.save("child", {"phone": "0912000001"}, child)
        self.province.save("child", {"phone": "0912000002"}, child)
        self._carry(commune, "decide")
        [one] = self.province.conflicts()
        theirs = next(side for side in one.sides if side.text.replace(" ", "").endswith("1"))
        self.province.resolve(child, "phone", theirs.code)
        self._carry(commune, "decided")
        self._must(not self.province.conflicts() and not commune.conflicts(), "a decision did not travel")
        self._must(commune.get(child)["phone"] == "0912000001", "another value was taken")
        self.say("conflict", base=one.base, sides=" / ".join(side.text for side in one.sides))

    def on_paper(self) -> None:
        """The commune without the program: its list is taken in on its behalf."""
        file = self.out / "on-paper.xlsx"
        sample.old_list(file, sample.rows(40, SEED + 9, clock.today()))
        plan = self.province.plan_on_behalf(ON_PAPER, file)
        done = self.province.import_on_behalf(plan, f"{YEAR}-11", Paper("15/DS"))
        self.say("on_behalf", unit=self.province.commune_named(ON_PAPER).name, children=done.added + done.same)

    def consolidate(self) -> None:
        """One report of all, saying how many came how; who is late gets a letter."""
        inbox = self.province.inbox(YEAR)
        self.say("inbox", units=len(inbox.rows), month=inbox.month, delivered=inbox.delivered)
        made = self.province.report(REPORT, str(YEAR), self.out / "province", ("xlsx", "pdf"), overwrite=True)
        self.say("report", files=len(made["files"]), notes=self.province.coverage().notes()[0])
        late = self.province.overdue_senders()
        letter = self.province.reminder(self.out / "reminder.docx", [one.unit for one in late[:3]], overwrite=True)
        self.say("reminder", late=len(late), file=letter.name)

    def stolen(self) -> None:
        """A laptop is stolen: nothing more is taken from it, what came before stays."""
        thief = self.communes[2]
        held = self.province.store.count("child")
        self.province.revoke(thief.node, say("demo_province.stolen"))
        self._new_child(thief)
        thief.send(self._stick("stolen"))
        found = self.province.receive([self._stick("stolen")])
        self._must(self.province.store.count("child") == held, "a stolen laptop wrote")
        self.say("stopped", result=found[0].problem.what if found[0].problem else found[0].result)

    def join(self) -> None:
        """Two communes become one: the whole caseload goes over, proved on both sides."""
        old, new = self.communes[0], self.communes[1]
        for one, other in ((old, new), (new, old)):
            if not any(peer.node == other.node for peer in one.neighbours()):
                one.enrol(other.card_bytes(), other.fingerprint, neighbour=True)
        stick = self._stick("join")
        old.hand_caseload(new.unit.code, stick)
        new.receive([stick])
        old.receive([stick])
        [given] = old.successions()
        self._must(given.proved, "the two sides differ")
        old.caseload_paper(given.id, self.out / "handover.pdf", overwrite=True)
        self._carry(old, "last")
        self._carry(new, "new")
        self.say("join", children=given.children, records=given.records, old=old.unit.name, new=new.unit.name)

    def prove(self) -> None:
        """Every register proves its logs, its tables and its file."""
        changes = 0
        for one in self.open:
            found = one.verify()
            if not found["ok"]:
                raise Problem("verify_failed", n=len(found["problems"]))
            changes += found["changes"]
        self.say("verify", n=len(self.open), changes=changes)


PARTS = (_Year.january, _Year.work, _Year.carry, _Year.restored, _Year.ask, _Year.tip, _Year.add, _Year.decide,
         _Year.on_paper, _Year.consolidate, _Year.stolen, _Year.join, _Year.prove)  # fmt: skip


def run(out: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Play the year and leave the consolidated report, a reminder, minutes and the list on paper in ``out``.

    Returns ``files`` and ``steps``. Raises ``Problem``: ``file_exists`` where files of the same names stand that no run
    left, and those of any verb.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not (out / MADE[0]).is_dir():
            for name in MADE[1:]:
                carrier.check_new(out / name)
        (out / MADE[0]).mkdir(exist_ok=True)
    except OSError:
        raise Problem("read_only") from None
    with tempfile.TemporaryDirectory(prefix="cbdesk-province-") as room, clock.kept():
        year = _Year(out, Path(room), tell)
        try:
            for part in PARTS:
                part(year)
        finally:
            for one in year.open:
                one.close()
    files = sorted(str(path) for path in out.rglob("*") if path.is_file())
    year.say("left", n=len(files), out=str(out))
    return {"files": files, "steps": year.steps}
