"""Who may not see what is sensitive: every verb of the desk answers as from a register in which it is not there.

Every verb that only looks is called, found by introspection, on two registers written from the same entries, one of
them with sensitive facts besides (``compartment_kit``). A verb nobody told how to call fails the test.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice, product

import compartment_kit as kit
import pytest
from compartment_kit import CANARY, plain, told

from cbdesk import clock
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.rights import rights_of

MOST = 24
"""Calls of one verb; of longer products every so-manieth."""

REPORTS = ["special", "at_risk", "children", "injury_list", "month", "abuse", "indicators", "special_restricted"]

NOT_ASKED = {
    "close": "ends the session", "take_changed": "empties what the window was told", "require": "a check, no answer",
    "forget_count": "lets go of memory", "forget_backups": "deletes files", "backup": "an encrypted copy of all",
    "backup_quietly": "an encrypted copy of all", "log": "writes the access log", "look": "writes the access log",
    "drop_draft": "forgets this officer's own draft", "read_file": "reads a file of others",
    "read_extract": "reads a file of others", "import_book": "reads a file of others",
    "import_plan": "reads a file of others", "decision_plan": "reads a file of others",
    "plan_on_behalf": "reads a file of others", "inspect": "reads a file of others",
    "cleaning_find": "reads a file of others", "cleaning_read": "reads a file of others",
    "crosscheck": "reads a file of others", "crosscheck_again": "of a file", "crosscheck_decide": "of a file",
    "form_open": "reads a file of others", "form_map": "of a file", "form_targets": "of a file",
    "form_children": "people() put into a superior's form", "form_rows": "people() put into a superior's form",
    "locking": "a lock for a file", "sheet": "sets a page of what it is given", "slip_data": "of a file written",
    "recovery_data": "of a code", "prove_opening": "walks chains, no record",
    "bundle_told": "of a file received", "peer_name": "of a device", "conflict_preview": "shown in conflict()",
    "second_compare": "of what was keyed", "show_names": "logged names at a receiver",
    "trust_draft": "a list of devices", "sealed": "files of others", "folder": "where the register lies",
    "standing_in": "writes for another unit while it lasts",
}  # fmt: skip

LAWFUL = {
    "status": "counts changes that wait, whatever they say", "unsent": "counts changes that wait",
    "preview": "counts changes that wait; its forms count what is seen", "bundles": "counts changes sent",
    "verify": "counts changes proved", "stream": "a stream's id", "card_bytes": "a card", "faults": "of the log",
    "counted_report": "an official report counts everybody, without names",
    "report_now": "an official report counts everybody, without names", "kept": "a frozen report",
    "report_edits": "how many official figures differ", "report_expected": "of an official report",
    "paper": "an official list counts those kept apart, without names", "last_backup": "a file's day",
    "list_standing": "how an official list stands", "edited_since": "whether an official list differs",
    "round_lines": "a carer kept from the child stands on no village sheet, whoever makes it",
    "round_paper": "a carer kept from the child stands on no village sheet, whoever makes it",
    "log_faults": "of the log", "rotation": "of keys", "trust": "of keys",
    "behind": "of all rows of an official report; those of both registers in a test of its own",
}  # fmt: skip


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    made = kit.Twins(tmp_path_factory.mktemp("twins"))
    yield made
    clock.set_fixed(None)


@pytest.fixture(autouse=True)
def _now():
    clock.set_fixed(kit.NOW)


@pytest.fixture(scope="module")
def both(twins):
    clock.set_fixed(kit.NOW)
    found = twins.open(twins.plain), twins.open(twins.rich)
    yield found
    for one in found:
        one.close()


def looking() -> list[str]:
    """Return every public verb and property that needs no right."""
    found = inspect.getmembers(Desk, lambda one: callable(one) or isinstance(one, property))
    return [name for name, one in found if not name.startswith("_") and not rights_of(one)]


def values(twins: kit.Twins, desk: Desk, verb: str) -> dict[str, list[object]]:
    """Return what a parameter of this name may be; ids of what only one register holds among them."""
    known, day = twins.known, date(2026, 11, 20)
    children = [known[name] for name in ("child", "sister", "alike", "baby")]
    ids = [*known.values(), *twins.hidden]
    papers = [one["name"] for one in desk.papers()]
    names: dict[str, list[object]] = {"form_paper": papers, "table_state": ["allowance"], "sheet": ["slip"]}
    return {
        "record": ids, "parent": ids, "incident": ids, "case": ids, "attachment": ids, "loss": ids, "minutes": ids,
        "form": [*catalogue().forms], "child": [*children, twins.hidden[0]], "one": children, "other": children,
        "name": names.get(verb, REPORTS), "report": REPORTS, "period": ["2026-10", "2026"],
        "month": ["2026-11"], "year": [2026], "on": [day], "first": [date(2026, 1, 1)], "last": [day],
        "query": ["hoang", "pao", CANARY, "0912345678", "VV-2026"], "children": [children], "ids": [children],
        "data": [{"full_name": "Hoàng Văn Páo", "born": "2014-03-05"}, {"risks": ["R07"]}, {"code": "05"}],
        "field": ["born", "shelter", "death_cause"], "snapshot": [known["frozen"]], "household": [known["home"]],
        "sheets": [[known["sheet"]]], "village": [known["village"]], "written": ["Nà Héng"], "names": [["Nà Héng"]],
        "number": ["RS-A0001"], "indicator": ["x"], "dimension": [*desk.count_dimensions()], "role": ["police"],
        "rows": [*desk.count_dimensions()], "forms": [[*catalogue().forms]], "wanted": [*desk.designs()][:1],
        "unit": [desk.unit.key], "which": [1], "purpose": ["registry"], "profile": ["figures"], "grid": ["main"],
        "row": ["all"], "column": ["all"], "reason": ["lý do"], "ground": ["x"], "line": [1], "answer": ["risk"],
        "form_name": ["child"], "request": ["x"], "outside": [{}], "device": [None], "password": [""],
    }  # fmt: skip


def own(twins: kit.Twins, verb: str) -> Callable[[Desk], object] | None:
    """Return how a verb is called that takes what another gave."""
    known = twins.known
    figures = lambda desk: desk.report_now("month", "2026-10")  # noqa: E731
    calls: dict[str, Callable[[Desk], object]] = {
        "behind": lambda desk: _behind(desk, figures(desk)),
        "report_expected": lambda desk: desk.report_expected(figures(desk)),
        "standing": lambda desk: desk.standing(desk.case(known["case"])),
        "readable": lambda desk: desk.readable(desk.get(known["child"])),
        "proposal": lambda desk: desk.proposal(desk.get(known["child"]), desk.get(known["alike"])),
        "kept_conditions": lambda desk: desk.kept_conditions(desk.get(known["handout"])),
        "handout_choices": lambda desk: desk.handout_choices(known["handout"], {}),
        "erasure_minutes": lambda desk: desk.erasure_minutes(desk.erasure_plan(known["child"]), "request", "x"),
        "design_paper": lambda _desk: None,
        "guarded": lambda desk: [desk.guarded("abuse", one, "11") for one in ("main", "groups")],
        "cleaning_understand": lambda desk: desk.cleaning_understand(known["list"], 1, {"right": True}),
        "round_check": lambda desk: desk.round_check(known["sheet"], 1, "risk", {"code": "R07"}),
        "search": lambda desk: [desk.search(word, form) for word in ("hoang", "chim", "nga", "VV")
                                for form in catalogue().forms],
        "find": lambda desk: [_untimed(desk.find(word, form)) for word in ("hoang", "chim", "0912345678")
                              for form in catalogue().forms],
        "form_paper": lambda desk: [_said(lambda name=one["name"], record=record: desk.form_paper(name, record))
                                    for one in desk.papers()
                                    for record in (None, known["child"], known["incident"], known["case"],
                                                   known["placement"], known["meeting"], *twins.hidden[:4])],
        "history": lambda desk: [_said(lambda record=record: _of_entries(desk.history(record)))
                                 for record in (*known.values(), *twins.hidden)],
        "overview": lambda desk: desk.overview(),
    }  # fmt: skip
    return calls.get(verb)


def _behind(desk: Desk, made: object) -> list[object]:
    cells = [*_cells(made)]
    assert not any(cell.ids for table in made.grids for row in table.rows for cell in row.cells.values())
    found = []
    for place in cells[:: max(1, len(cells) // 40)]:
        found.append(_said(lambda place=place: desk.behind(made, *place).ids))
    return found


def _untimed(found: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in found.items() if name != "ms"}


def _of_entries(entries: list[dict[str, object]]) -> list[object]:
    return [{name: one[name] for name in ("field", "from", "to", "by")} for one in entries]


def _said(call: Callable[[], object]) -> object:
    try:
        answer = call()
        return plain(list(answer) if inspect.isgenerator(answer) else answer)
    except Problem as problem:
        return {"problem": problem.name, **{key: str(value) for key, value in problem.details.items()}}


def calls(twins: kit.Twins, desk: Desk, verb: str) -> Iterator[object]:
    """Give the answers of a verb to all it can be asked."""
    found = getattr(Desk, verb)
    if isinstance(found, property):
        yield _said(lambda: getattr(desk, verb))
        return
    if (special := own(twins, verb)) is not None:
        yield _said(lambda: special(desk))
        return
    taken = [one for one in inspect.signature(found).parameters.values() if one.name != "self"]
    needed = [one.name for one in taken if one.default is one.empty and one.kind.name not in ("VAR_KEYWORD",
                                                                                              "VAR_POSITIONAL")]
    offered = values(twins, desk, verb)
    assert all(name in offered for name in needed), f"{verb}: say what {needed} may be, or why it is not asked"
    asked = [*product(*(offered[name] for name in needed))]
    for given in islice(asked, 0, None, max(1, -(-len(asked) // MOST))):
        yield _said(lambda given=given: getattr(desk, verb)(**dict(zip(needed, given, strict=True))))


def test_every_verb_answers_as_if_the_sensitive_were_not_there(twins, both):
    bare, full = both
    wrong, journals = [], [_journal(one) for one in both]
    for verb in looking():
        if verb in NOT_ASKED:
            continue
        first, second = _unmarked(bare, [*calls(twins, bare, verb)]), _unmarked(full, [*calls(twins, full, verb)])
        text = told(second)
        if CANARY in text:
            wrong.append(f"{verb}: tells a sensitive text")
        named = told(_answered(second))
        if shown := [twins.forms[one] for one in twins.hidden if one in named]:
            wrong.append(f"{verb}: names {shown}")
        if verb not in LAWFUL and first != second:
            at = next(n for n, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1])
            wrong.append(f"{verb}: {_difference(first[at], second[at])}")
    assert wrong == []
    assert [_journal(one) for one in both] == journals  # verbs without a mark write nothing


def _answered(answer: object) -> object:
    """Return an answer without refusals, which may say again what was asked."""
    if isinstance(answer, dict):
        return {name: _answered(one) for name, one in answer.items()} if "problem" not in answer else None
    return [_answered(one) for one in answer] if isinstance(answer, list) else answer


def _unmarked(desk: Desk, answers: object) -> list[object]:
    """Return answers without the mark of the journal's head, which stands on every paper."""
    return list(json.loads(told(answers).replace(desk.office().check, "")))


def _journal(desk: Desk) -> tuple[int, ...]:
    return tuple(desk.store.db.execute("SELECT count(*), max(c) FROM op").fetchone())


def _difference(one: object, other: object, at: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            if one.get(name) != other.get(name):
                return _difference(one.get(name), other.get(name), f"{at}.{name}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for n, (a, b) in enumerate(zip(one, other, strict=True)):
            if a != b:
                return _difference(a, b, f"{at}[{n}]")
    return f"{at}: {str(one)[:200]} != {str(other)[:200]}"


def test_behind_a_figure_stand_only_those_who_are_seen_and_a_sensitive_figure_is_not_opened(both):
    bare, full = both
    made, other = bare.report_now("month", "2026-10"), full.report_now("month", "2026-10")
    for place in sorted({*_cells(made)} & {*_cells(other)})[::5]:
        assert _said(lambda: bare.behind(made, *place).ids) == _said(lambda: full.behind(other, *place).ids)  # noqa: B023
    with pytest.raises(Problem, match="no_right"):
        full.figure("abuse", "2026", *next(iter(_cells(full.report_now("abuse", "2026")))))


def _cells(made: object) -> Iterator[tuple[str, str, str]]:
    for table in made.grids:
        for row in table.rows:
            yield from ((table.name, row.key, column.key) for column in table.columns)


def test_exceptions_are_verbs_there_are():
    assert set(NOT_ASKED) | set(LAWFUL) <= {*looking()}
