"""Two registers written from the same entries, one of them with sensitive facts besides, and ways to compare answers.

``Twins`` makes a register, copies its closed folder, and lets an officer with the second permission add to the copy one
sensitive fact of each kind, each with words nobody else uses (``CANARY``). Both are then read by an officer without it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from types import GeneratorType

from cbdesk import clock, desk
from cbdesk.desk import Desk

NOW = "2026-11-20T09:30"
SENIOR, JUNIOR, PASSWORD = "Nông Thị Hạnh", "Triệu Văn Bảo", "mật khẩu"
CANARY = "chim cắt lửa"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def people(book: Desk) -> None:
    """Give the two officers their roles: who administers and sees all, who records and does not."""
    book.save("officer", {"full_name": SENIOR, "role": "approver", "sensitive": True, "from": "2026-01-01"})
    book.save("officer", {"full_name": JUNIOR, "role": "recorder", "sensitive": False, "from": "2026-01-01"})


def as_officer(book: Desk, name: str) -> Desk:
    """Return a desk of another officer on the same open register."""
    return Desk(book.store, book.keys, book._lock, name, book.dek)


class Twins:
    """The two folders, ids of what stands in both (``known``) and of what only the second holds (``hidden``)."""

    def __init__(self, folder: Path) -> None:
        clock.set_fixed(NOW)
        self.plain, self.rich = folder / "plain", folder / "rich"
        made = desk.setup(self.plain, role="commune", unit="01321", officer=SENIOR, password=PASSWORD, practice=True)
        people(made.desk)
        self.known = common(made.desk)
        made.desk.close()
        shutil.copytree(self.plain, self.rich)
        book = desk.unlock(self.rich, SENIOR, PASSWORD)
        before = self._records(book)
        secrets(book, self.known)
        self.hidden = sorted(self._records(book) - before)
        self.forms = {one: str(book.store.form_of(one)) for one in self.hidden}
        book.close()

    @staticmethod
    def _records(book: Desk) -> set[str]:
        return {record for (record,) in book.store.db.execute("SELECT DISTINCT r FROM op")}

    def open(self, which: Path) -> Desk:
        """Return one of the two, opened by the officer who does not see what is sensitive."""
        return as_officer(desk.unlock(which, SENIOR, PASSWORD), JUNIOR)


def common(book: Desk) -> dict[str, str]:
    """Write what both registers hold; returns ids by name."""
    save = partial(written, book)
    found = {"village": save("village", name="Nà Héng"), "other_village": save("village", name="Pác Lung")}
    for key, name, born, groups in (
        ("child", "Hoàng Văn Páo", "2014-03-05", ["04"]), ("sister", "Hoàng Thị Mẩy", "2017-08-01", []),
        ("alike", "Hoàng Văn Páo", "2014-03-05", []), ("baby", "Lý Mùi Pham", "2026-02-11", ["13"]),
    ):  # fmt: skip
        found[key] = str(book.save("child", {
            "full_name": name, "born": born, "sex": "male", "village": found["village"], "groups": groups,
            "risks": ["R01"], "household_class": "poor", "father_name": "Hoàng Văn Sì", "life_status": "permanent",
        }).id)  # fmt: skip
    child = found["child"]
    found["circumstance"] = str(book.rows_of("circumstance", child)[0]["id"])
    book.save("circumstance", {"disability_forms": ["mobility"]}, found["circumstance"])
    found["carer"] = str(book.rows_of("carer", child)[0]["id"])
    found["home"] = str(book.get(child)["household"])
    found["incident"] = save("incident", kind="injury", received_at="2026-11-19T08:00", child=[child],
                             summary="Ngã cây", place=found["village"], cause="fall")  # fmt: skip
    found["case"] = str(book.open_case(child, {"kind": "special"}, incident=found["incident"]).id)
    book.finish_step(found["case"], "intake")
    found["meeting"] = save("meeting", case=found["case"], on="2026-11-19")
    found["placement"] = save("placement", child=child, form="relative", **{"from": "2026-04-10"})
    found["support"] = save("support", child=child, kind="gift", **{"from": "2026-10-01"})
    found["attachment"] = str(book.attach_bytes(child, PNG, {"title": "Giấy khai sinh"}).id)
    found["duty"] = save("duty", on="2026-11-18", duty="care", child=child, text="Thăm nhà")
    found["note"] = noted(book, record=child, field="born", text="Xem lại ngày sinh")
    found["sheet"] = book.round_make("2026-11")[0][0].id
    found["list"] = str(book.cleaning_make().id)
    found["handout"] = save("handout", title="Quà Tết", kind="gift", on="2026-11-10")
    book.choose(found["handout"], [child, found["baby"]])
    found["frozen"] = book.snapshot("special", "2026-10").id
    found["report"] = book.begin_report("monthly", "2026-10").id if "monthly" in reports(book) else ""
    return {name: one for name, one in found.items() if one}


def written(book: Desk, form: str, record: str | None = None, /, **data: object) -> str:
    """Save a record and return its id; a refusal is a mistake of the test."""
    saved = book.save(form, data, record)
    assert saved.id is not None, (form, saved.findings)
    return saved.id


def noted(book: Desk, /, **data: object) -> str:
    """Write a note as if a receiver's bundle had brought it; a commune writes none itself."""
    book.store.may_write = lambda _change: True  # type: ignore[method-assign]
    try:
        return written(book, "note", **data)
    finally:
        del book.store.may_write


def reports(book: Desk) -> list[str]:
    """Return the names of all lists and reports."""
    return [str(one["name"]) for one in book.reports()]


def secrets(book: Desk, known: Mapping[str, str]) -> None:
    """Write one sensitive fact of each kind."""
    save = partial(written, book)
    child = known["child"]
    for code in ("05", "07", "11.1", "12"):
        save("circumstance", child=child, code=code, illness=CANARY)
    save("circumstance", child=known["sister"], code="09")
    for code in ("R07", "R15"):
        save("risk", child=child, code=code)
    save("circumstance", known["circumstance"], disability_forms=["mobility", "mental"], illness=CANARY)
    save("carer", known["carer"], state="rehab")
    save("child", known["baby"], death_cause=CANARY)
    save("support", child=child, kind="allowance", category="hiv", detail=CANARY, **{"from": "2026-01-01"})
    save("care_need", child=child, why="unsafe", wish=CANARY, **{"from": "2026-09-01"})
    save("placement", known["placement"], carer_name=CANARY)
    save("incident", known["incident"], reporter_name=CANARY, reporter_phone="0912345678", reporter_note=CANARY,
         shelter=CANARY, condition=CANARY, pregnant="no")  # fmt: skip
    save("meeting", known["meeting"], content=CANARY)
    save("case", known["case"], shelter=CANARY, restricted=CANARY)
    suspect = save("suspect", incident=known["incident"], name=CANARY, address=CANARY)
    for kind, more in (("abuse", {"forms_of_abuse": ["sexual"], "urgent": True}), ("injury", {"cause": "self_harm"})):
        incident = save("incident", kind=kind, received_at="2026-11-20T06:00", child=[known["sister"], known["baby"]],
                        heard_name=CANARY, summary=CANARY, place=known["village"], **more)  # fmt: skip
        book.attach_bytes(incident, PNG + kind.encode(), {"title": CANARY})
        noted(book, record=incident, text=CANARY)
        save("suspect", incident=incident, name=CANARY)
        case = str(book.take_up(incident).id)
        book.finish_step(case, "intake")
        save("assessment", case=case, kind="initial", made_on="2026-11-20", medical=CANARY)
        save("plan", case=case, goal=CANARY, made_on="2026-11-20")
        save("measure", case=case, need="health", measure=CANARY)
        save("visit", case=case, on="2026-11-20", detail=CANARY)
        save("duty", on="2026-11-20", duty="care", case=case, text=CANARY)
        noted(book, record=case, text=CANARY)
    noted(book, record=known["incident"], field="shelter", text=CANARY)
    book.attach_bytes(suspect, PNG + b"suspect", {"title": CANARY})
    book.keep_draft("incident", None, {"kind": "abuse", "summary": CANARY})
    book.keep_draft("child", child, {"death_cause": CANARY})


def plain(answer: object, depth: int = 0) -> object:
    """Return an answer as JSON could hold it, whatever it is made of; what the catalogue owns by its name alone."""
    if depth > 14 or answer is None or isinstance(answer, (str, int, float, bool)):
        return answer
    if isinstance(answer, bytes):
        return f"{len(answer)} bytes"
    if isinstance(answer, Mapping):
        return {str(key): plain(value, depth + 1) for key, value in answer.items()}
    if isinstance(answer, (set, frozenset)):
        return sorted((plain(one, depth + 1) for one in answer), key=repr)
    if isinstance(answer, (list, tuple, GeneratorType)) or hasattr(answer, "__next__"):
        return [plain(one, depth + 1) for one in answer]
    module = type(answer).__module__
    if module in ("cbdesk.shapes", "cbdesk.catalogue", "cbdesk.units"):
        return str(getattr(answer, "name", getattr(answer, "code", module)))
    if is_dataclass(answer) and not isinstance(answer, type):
        return {one.name: plain(getattr(answer, one.name), depth + 1) for one in fields(answer)}
    if hasattr(answer, "__dict__") and module.startswith("cbdesk"):
        return {name: plain(value, depth + 1) for name, value in vars(answer).items() if not callable(value)}
    return str(answer)


def told(answer: object) -> str:
    """Return an answer as one text, in which a word or an id can be looked for."""
    return json.dumps(plain(answer), ensure_ascii=False, default=str, sort_keys=True)
