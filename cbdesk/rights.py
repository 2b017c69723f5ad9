"""Who may do what: the rights a role gives, and the mark that says which of them a verb needs.

Roles are data (``officer_role``, ``extra.rights``); *sensitive* is a second permission of the person (``officer
.sensitive``). A verb is marked where it is written, ``@needs(EDIT)``, and refuses before it does anything; one without
a mark only looks. What is written besides passes one door more (``Base._write``), so a mark forgotten opens nothing.
All verbs by right: ``docs/rights.md``. Source: Luật 91/2025/QH15 Điều 19, NĐ 356/2025/NĐ-CP Điều 4 khoản 2 (rules that
limit access to sensitive data).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from cbdesk.errors import Problem
from cbdesk.words import say

VIEW = "view"
EDIT = "edit"
EXPORT = "export"
SEND = "send"
ISSUE = "issue"
ERASE = "erase"
OFFICERS = "officers"
SENSITIVE = "sensitive"
ALL = frozenset({VIEW, EDIT, EXPORT, SEND, ISSUE, ERASE, OFFICERS, SENSITIVE})


Verb = TypeVar("Verb", bound=Callable[..., Any])


def needs(right: str) -> Callable[[Verb], Verb]:
    """Mark a verb of the desk: it raises ``Problem(no_right)`` before anything else where ``right`` is missing."""

    def mark(verb: Verb) -> Verb:
        @wraps(verb)
        def checked(desk: Any, *args: Any, **kwargs: Any) -> Any:
            desk.require(right)
            return verb(desk, *args, **kwargs)

        checked.right = right  # type: ignore[attr-defined]  # read by the table of rights and its tests
        checked.rights = (right, *rights_of(verb))  # type: ignore[attr-defined]
        return cast(Verb, checked)

    return mark


def wholly(verb: Verb) -> Verb:
    """Mark a verb that works on all there is, also what this officer may not see (``store/veil.py``).

    It changes, packs, or makes what is official; of single records that are kept apart it tells nothing.
    """

    @wraps(verb)
    def seeing(desk: Any, *args: Any, **kwargs: Any) -> Any:
        with desk.store.whole():
            return verb(desk, *args, **kwargs)

    seeing.wholly = True  # type: ignore[attr-defined]  # read by the table of rights and its tests
    return cast(Verb, seeing)


def right_of(verb: object) -> str:
    """Return the right a verb is marked with, *view* without a mark; of several the first."""
    return str(getattr(verb, "right", VIEW))


def rights_of(verb: object) -> tuple[str, ...]:
    """Return all rights a verb is marked with, in the order they are asked for."""
    return tuple(getattr(verb, "rights", ()))


def refusal(right: str) -> Problem:
    """Return the Problem of somebody without a right."""
    return Problem("no_right", right=say(f"right.{right}"))
