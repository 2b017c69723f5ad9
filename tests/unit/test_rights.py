"""Rights of verbs: every marked verb refuses before it does anything, and each role may what its row says."""

import inspect
import subprocess
import sys

import pytest
from compartment_kit import JUNIOR, as_officer, written
from tools_kit import ROOT

from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.rights import ALL, EDIT, ERASE, EXPORT, ISSUE, OFFICERS, SEND, SENSITIVE, VIEW, rights_of

MARKED = {name: verb for name, verb in inspect.getmembers(Desk) if not name.startswith("_") and rights_of(verb)}

ALLOWED = {
    "viewer": {VIEW},
    "recorder": {VIEW, EDIT, EXPORT, SEND, ISSUE},
    "approver": {VIEW, EDIT, EXPORT, SEND, ISSUE, ERASE, OFFICERS},
}  # fmt: skip
"""What each role may; to see what is sensitive is no role's, it is given to a person besides."""


def call(desk, name):
    """Call a verb with nothing sensible: whoever may do it gets any other answer than the refusal."""
    needed = [one for one in inspect.signature(MARKED[name]).parameters.values()
              if one.default is one.empty and one.name != "self" and one.kind is one.POSITIONAL_OR_KEYWORD]  # fmt: skip
    return getattr(desk, name)(*[None] * len(needed))


def journal(desk):
    return desk.store.db.execute("SELECT (SELECT count(*) FROM op), (SELECT count(*) FROM access)").fetchone()


def test_every_marked_verb_refuses_before_anything_whatever_it_is_asked(commune):
    before = journal(commune)
    for name, verb in MARKED.items():
        for right in rights_of(verb):
            commune._rights = ALL - {right}
            with pytest.raises(Problem) as refused:
                call(commune, name)
            assert (name, refused.value.name) == (name, "no_right")
    assert journal(commune) == before


@pytest.mark.parametrize("sensitive", [False, True])
@pytest.mark.parametrize("role", [*ALLOWED])
def test_what_each_role_may_and_is_refused(commune, role, sensitive):
    written(commune, "officer", full_name=commune.officer, role="approver", sensitive=True, **{"from": "2026-01-01"})
    written(commune, "officer", full_name=JUNIOR, role=role, sensitive=sensitive, **{"from": "2026-01-01"})
    desk = as_officer(commune, JUNIOR)
    may = ALLOWED[role] | ({SENSITIVE} if sensitive else set())
    assert desk.rights == may
    assert desk.store.veiled is not sensitive
    refused = {name for name, verb in MARKED.items() if not may.issuperset(rights_of(verb))}
    for name in refused:
        with pytest.raises(Problem, match="no_right"):
            call(desk, name)
    if EDIT not in may:  # a mark forgotten opens nothing: what is written passes one door
        with pytest.raises(Problem, match="no_right"):
            desk._write([])


def test_the_table_of_roles_is_that_of_the_catalogue():
    rows = {one.code: set(one.extra["rights"]) for one in catalogue().lists["officer_role"].choices}
    assert rows == ALLOWED


def test_one_who_was_given_nothing_only_looks(commune):
    written(commune, "officer", full_name=commune.officer, role="approver", **{"from": "2026-01-01"})
    assert as_officer(commune, "Người Lạ").rights == {VIEW}


def test_the_document_of_rights_is_current():
    made = subprocess.run([sys.executable, ROOT / "tools" / "rights.py", "--check"], capture_output=True, check=False)
    assert made.returncode == 0, made.stdout
