"""The main job, end to end, on invented communes: what ``make demo`` shows and what a newcomer reads first.

Two practice registers (a commune and its receiver) are made in a fresh temporary folder, so nothing of a real register
is near; every step uses the desk's own verbs, on real files. What a person would keep is left in the output folder.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cbdesk import carrier, clock, desk, sample
from cbdesk.change import Value
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.words import say

COMMUNE, RECEIVER = "01321", "04"
CHILDREN, SEED = 240, 7
STICK = "stick"
MADE = ("recovery-sheet.pdf", "delivery-slip.pdf", "old-list.xlsx", "mau-01.pdf", "mau-02-blank.pdf")
"""What a run leaves beside the stick and the lists for the police, and the next one writes anew.

Real files may have the same names: they are replaced only in a folder where a run left its stick.
"""


class Story:
    """What is played: a room for its registers, a folder for what is left, and the sentences told on the way."""

    words = "demo"
    """File of its sentences (``resources/lang``)."""

    def __init__(self, out: Path, room: Path, tell: Callable[[str], None]) -> None:
        self.out, self.room, self._tell = out, room, tell
        self.steps: list[dict[str, Any]] = []

    def say(self, step: str, **facts: Any) -> None:
        """Tell one step, with what it showed."""
        text = say(f"{self.words}.{step}", **facts)
        self.steps.append({"step": step, "text": text, **facts})
        self._tell(f"{len(self.steps):>2}. {text}")


class _Demo(Story):
    def __init__(self, out: Path, room: Path, tell: Callable[[str], None]) -> None:
        super().__init__(out, room, tell)
        self.period = clock.today().isoformat()[:7]
        self.commune: Desk
        self.receiver: Desk
        self.incident: str

    def set_up(self) -> None:
        commune = self._register("commune", COMMUNE)
        receiver = self._register("receiver", RECEIVER)
        self.commune, self.receiver = commune.desk, receiver.desk
        self.commune.recovery_sheet(self.out / "recovery-sheet.pdf", commune.recovery_code)
        self.say("setup", commune=self.commune.unit_name, receiver=self.receiver.unit_name)
        self.receiver.enrol(self.commune.card_bytes(), self.commune.fingerprint)
        self.commune.enrol(self.receiver.card_bytes(), self.receiver.fingerprint)
        self.say("enrol", fingerprint=self.commune.fingerprint)

    def _register(self, role: str, unit: str) -> desk.SetupDone:
        return desk.setup(
            self.room / role,
            role=role,
            unit=unit,
            officer=say(f"demo.officer_{role}"),
            password=secrets.token_urlsafe(12),
            practice=True,
        )

    def read_old_list(self) -> None:
        source = self.out / "old-list.xlsx"
        sample.old_list(source, sample.rows(CHILDREN, SEED, clock.today()))
        plan = self.commune.import_plan(source)
        done = self.commune.import_run(plan)
        self.say("import", read=done.read, added=done.added, charset=done.charset, refused=len(done.refused))
        again = self.commune.import_run(self.commune.import_plan(source))
        self.say("import_again", added=again.added, same=again.same)

    def record(self) -> None:
        rows: list[dict[str, Value]] = [
            {
                "full_name": say("demo.child_1"),
                "born": "2015",
                "sex": "female",
                "ethnicity": "09",
                "village": say("demo.village"),
                "groups": ["01.3"],
                "household_class": "poor",
            },
            {
                "full_name": say("demo.child_2"),
                "born": "2018-04-12",
                "sex": "female",
                "ethnicity": "08",
                "village": say("demo.village"),
                "mother_name": say("demo.mother"),
                "groups": ["09"],
                "risks": ["R05", "R12"],
            },
        ]
        special = [row for row in sample.rows(2000, SEED + 1, clock.today()) if row.get("groups")][:10]
        first, second, *_ = self.commune.put("child", [*rows, *special])
        incident = self.commune.save(
            "incident",
            {
                "kind": "abuse",
                "child": [second.id or ""],
                "received_at": clock.stamp()[:16],
                "urgent": True,
                "forms_of_abuse": ["violence"],
                "summary": say("demo.summary"),
            },
        )
        if not (first.id and second.id and incident.id):
            raise AssertionError("the demo's own records were refused")
        self.say("put", children=len(rows) + len(special), incidents=1)
        self.incident = incident.id

    def put_right(self) -> None:
        """The same child twice becomes one; what is missing goes to the commune police and comes back."""
        twice = [dict(row) for row in sample.rows(CHILDREN, SEED, clock.today()) if row.get("mother_name")][:3]
        for row in twice:
            row["full_name"] = str(row["full_name"]).lower()
            row.pop("personal_id", None)
        self.commune.put("child", twice)
        pairs = self.commune.duplicates()
        for pair in pairs:
            self.commune.merge(pair.a, pair.b)
        self.say("merge", pairs=len(pairs), left=len(self.commune.duplicates()))
        found = self.commune.quality()
        asked = self.commune.cleaning_make().id or ""
        self.commune.cleaning_files(asked, self.out, overwrite=True)
        for line in self.commune.cleaning_lines(asked)[:2]:
            self.commune.cleaning_key(asked, line.number, {"right": True})
        told = self.commune.cleaning_list(asked)
        self.say("quality", children=found.children, asked=told.rows, answered=told.answered)

    def follow_case(self) -> None:
        """The urgent incident becomes a case: what is due, and its papers."""
        self.commune.take_up(self.incident)
        first = next(one for one in self.commune.due() if one.hours)
        self.say("case", due=first.due.strftime("%H:%M %d/%m/%Y"), basis=first.basis)
        for name, record, fill, file in (("01", self.incident, "full", MADE[-2]), ("02", None, "blank", MADE[-1])):
            self.commune.write_paper(name, record, self.out / file, fill, overwrite=True)
        self.say("papers", n=2, all=len(self.commune.papers()))

    def print_lists(self) -> None:
        for name in ("special", "at_risk"):
            frozen = self.commune.snapshot(name, self.period)
            made = self.commune.report(name, self.period, self.out, overwrite=True)
            totals = made["totals"]
            self.say(
                "snapshot",
                title=self._title(name),
                rows=frozen.rows,
                total=totals["total"],
                apart=totals["apart"],
                came=frozen.came,
            )

    def _title(self, name: str) -> str:
        return next(str(one["title"]) for one in self.commune.reports() if one["name"] == name)

    def carry(self) -> None:
        stick = self.out / STICK
        sent = self.commune.send(stick)[0]
        self.say("send", changes=sent.changes, file=sent.file.name, bytes=sent.bytes)
        slip = self.commune.sheet("slip", self.commune.slip_data(sent))
        (self.out / "delivery-slip.pdf").write_bytes(slip)
        taken = self.receiver.receive([stick])[0]
        self.say("receive", new=taken.counts["new"], ack=Path(taken.ack or "").name)
        before = self.commune.unsent()
        self.commune.receive([stick])
        self.say("accept", before=before, after=self.commune.unsent())

    def repeat(self) -> None:
        stick = self.out / STICK
        again = self.commune.send(stick)
        heads = {one.s: one.h for one in self.receiver.store.streams()}
        results = [one.result for one in self.receiver.receive([stick])]
        if again or {one.s: one.h for one in self.receiver.store.streams()} != heads or set(results) != {"already"}:
            raise AssertionError("repeating is not harmless")
        self.say("repeat")

    def prove(self) -> None:
        for one in (self.commune, self.receiver):
            found = one.verify()
            if not found["ok"]:
                raise Problem("verify_failed", n=len(found["problems"]))
            self.say("verify", name=one.unit_name, changes=found["changes"])


def run(out: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Run everything and leave lists, bundle, acknowledgement and sheets in ``out``.

    Returns ``files`` (paths) and ``steps`` (what happened). Raises ``Problem``: ``file_exists`` where files of the same
    names stand that no run left, and those of any verb.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        made = [*(out / name for name in MADE), *out.glob(f"cong-an-{COMMUNE}-*")]
        if not (out / STICK).is_dir():
            for path in made:
                carrier.check_new(path)
        (out / STICK).mkdir(exist_ok=True)
        for old in [*made, *(out / STICK).glob("*.cbd")]:
            old.unlink(missing_ok=True)
    except OSError:
        raise Problem("read_only") from None
    with tempfile.TemporaryDirectory(prefix="cbdesk-demo-") as room:
        demo = _Demo(out, Path(room), tell)
        for part in (
            demo.set_up,
            demo.read_old_list,
            demo.record,
            demo.put_right,
            demo.follow_case,
            demo.print_lists,
            demo.carry,
            demo.repeat,
            demo.prove,
        ):
            part()
        demo.commune.close()
        demo.receiver.close()
    files = sorted(str(path) for path in out.rglob("*") if path.is_file())
    demo.say("left", n=len(files), out=str(out))
    return {"files": files, "steps": demo.steps}
