"""Commands on who works with the register, and on opening one nobody can open any more."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cbdesk import carrier, desk, escrow
from cbdesk.cli.frame import Context, Verbs, existing, passes, program
from cbdesk.cli.opening import new_password
from cbdesk.desk import Saved
from cbdesk.desk.keyring import Rekeyed
from cbdesk.desk.trusting import root_groups
from cbdesk.errors import Problem
from cbdesk.escrow import Person, ProvinceKeys
from cbdesk.words import say
from cbdesk.wrapping import MIB, Cost

HAND_OVER = "ban_giao_so"


@program.group("officers", cls=Verbs, invoke_without_command=True)
@click.pass_context
def officers(ctx: click.Context) -> None:
    """List who works with the register; without a password only who can open it."""
    context: Context = ctx.obj
    if ctx.invoked_subcommand is not None:
        return
    known = desk.officers(context.folder)
    if "CBDESK_PASSWORD" not in os.environ and not context.password_file:
        for name in known:
            context.tell(name)
        context.answer({"officers": known})
        return
    with context.open() as opened:
        people = opened.officers()
        for one in people:
            role = one.role_title or say("people.no_role")
            marks = [say(f"people.{name}") for name in ("sensitive", "has_key", "me") if getattr(one, name)]
            context.tell(say("people.line", name=one.name, role=role, marks=", ".join(marks), until=one.until or "…"))
        context.answer({"officers": known, "people": [one.as_dict() for one in people]})


_approved = (
    click.option("--approved-by", default="", metavar="NAME"),
    click.option("--approved-no", default="", metavar="NUMBER"),
    click.option("--approved-on", default="", metavar="DATE"),
)


@officers.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["approver", "recorder", "viewer"]), required=True)
@click.option("--sensitive", is_flag=True)
@click.option("--position", default="")
@_approved[0]
@_approved[1]
@_approved[2]
@passes
def add(
    context: Context, name: str, role: str, sensitive: bool, position: str, approved_by: str, approved_no: str,
    approved_on: str,
) -> None:  # fmt: skip
    """Give somebody a role and a password of their own."""
    with context.open() as opened:
        saved = opened.add_officer(
            name, new_password(), role=role, sensitive=sensitive, position=position, approved_by=approved_by,
            approved_no=approved_no, approved_on=approved_on,
        )  # fmt: skip
        _told(context, saved, say("people.added", name=name))


@officers.command("role")
@click.argument("name")
@click.option("--role", type=click.Choice(["approver", "recorder", "viewer"]))
@click.option("--sensitive/--no-sensitive", default=None)
@_approved[0]
@_approved[1]
@_approved[2]
@passes
def change_role(
    context: Context, name: str, role: str | None, sensitive: bool | None, approved_by: str, approved_no: str,
    approved_on: str,
) -> None:  # fmt: skip
    """Change what somebody may do."""
    with context.open() as opened:
        saved = opened.set_role(name, role=role, sensitive=sensitive, approved_by=approved_by,
                                approved_no=approved_no, approved_on=approved_on)  # fmt: skip
        _told(context, saved, say("people.changed", name=name))


@officers.command("hand-over")
@click.argument("leaving")
@click.argument("taking")
@click.option("--out", callback=existing)
@passes
def hand_over(context: Context, leaving: str, taking: str, out: Path | None) -> None:
    """Record a hand-over of the register and write its paper."""
    with context.open() as opened:
        if out is not None:
            carrier.check_new(out)
        saved = opened.hand_over_register(leaving, taking)
        file = opened.write_paper(HAND_OVER, saved.id, out) if out is not None else None
        context.tell(say("people.handed", leaving=leaving, taking=taking))
        context.answer({"id": saved.id, "batch": saved.batch, "file": file})


@officers.command("end")
@click.argument("name")
@click.option("--on", default="", metavar="DATE")
@passes
def end(context: Context, name: str, on: str) -> None:
    """End somebody's role and way in; the register gets another key."""
    with context.open() as opened:
        rekeyed = opened.end_officer(name, on=on)
        context.tell(say("people.ended", name=name))
        _rekeyed(context, rekeyed, {"officer": name})


@officers.command("renew-key")
@passes
def renew_key(context: Context) -> None:
    """Give the register another key; passwords stay."""
    with context.open() as opened:
        _rekeyed(context, opened.renew_key(), {})


@officers.command("cost")
@click.option("--memory", "memory", type=int, metavar="MIB")
@click.option("--passes", "times", type=int)
@click.option("--lanes", type=int)
@passes
def cost(context: Context, memory: int | None, times: int | None, lanes: int | None) -> None:
    """Show or raise what a try at a password costs."""
    with context.open() as opened:
        now = opened.key_cost
        wanted = Cost(now.m if memory is None else memory * MIB, times or now.t, lanes or now.p)
        if wanted != now:
            opened.set_key_cost(wanted)
        context.tell(say("people.cost", memory=wanted.m // MIB, passes=wanted.t, lanes=wanted.p))
        context.answer({"memory": wanted.m // MIB, "passes": wanted.t, "lanes": wanted.p})


def _told(context: Context, saved: Saved, text: str) -> None:
    for one in saved.findings:
        context.tell(one.text)
    if saved.id is not None:
        context.tell(text if saved.batch else say("cli.nothing_changed"))
    findings = [one.as_dict() for one in saved.findings]
    context.answer({"id": saved.id, "batch": saved.batch, "findings": findings}, part=saved.id is None)


def _rekeyed(context: Context, rekeyed: Rekeyed | None, document: dict[str, object]) -> None:
    if rekeyed is None:
        context.answer(document | {"recovery_code": None})
        return
    context.tell(say("people.rekeyed", code=rekeyed.recovery_code))
    for name in rekeyed.left_out:
        context.tell(say("people.left_out", name=name))
    if rekeyed.backups_kept:
        context.tell(say("people.backups_kept", n=rekeyed.backups_kept))
    names = ("recovery_code", "left_out", "backups_gone", "backups_kept")
    context.answer(document | {name: getattr(rekeyed, name) for name in names})


# --- opened again by the province ------------------------------------------------------------------------------------


@program.group("rescue", cls=Verbs)
def rescue() -> None:
    """Open a register nobody can open any more, with the receiver's help."""


@rescue.command("request")
@click.option("--out", callback=existing)
@passes
def request(context: Context, out: Path | None) -> None:
    """Write the request; the new password is chosen now."""
    known = desk.officers(context.folder)
    officer = context.officer or (known[0] if len(known) == 1 else None)
    if officer is None:
        raise Problem("unknown_officer", names=", ".join(known))
    asked = desk.reopen_request(context.folder, officer, new_password(), out or Path.cwd())
    context.tell(say("people.asked", file=asked.file, groups=asked.groups))
    context.answer({"file": asked.file, "groups": asked.groups, "officer": officer})


@rescue.command("answer")
@click.argument("file", callback=existing)
@click.argument("keys", callback=existing)
@click.option("--groups", metavar="GROUPS")
@click.option("--first-password-file", callback=existing)
@click.option("--second-password-file", callback=existing)
@click.option("--out", callback=existing)
@passes
def answer(
    context: Context, file: Path, keys: Path, groups: str | None, first_password_file: Path | None,
    second_password_file: Path | None, out: Path | None,
) -> None:  # fmt: skip
    """Answer a request with the province's keys (the receiver)."""
    with context.open() as opened:
        groups = groups if groups is not None else _asked(say("people.groups"))
        names = escrow.persons_of(carrier.take(keys, escrow.MAX_FILE))
        given = _passwords(names, (first_password_file, second_password_file))
        written = opened.reopen_answer(file, groups, keys, given, out or Path.cwd())
        context.tell(say("people.answered", file=written))
        context.answer({"file": written})


@rescue.command("accept")
@click.argument("file", callback=existing)
@passes
def accept(context: Context, file: Path) -> None:
    """Open the register with the answer and the password chosen with the request."""
    opened, code = desk.reopen_accept(context.folder, file, context.password())
    officer = opened.officer
    opened.close()
    context.tell(say("people.accepted", name=officer, code=code))
    context.answer({"officer": officer, "recovery_code": code})


@program.group("province-keys", cls=Verbs)
def province_keys() -> None:
    """Keep the province's offline keys, which two persons open together."""


@province_keys.command("make")
@click.argument("out", callback=existing)
@click.option("--person", "persons", multiple=True, required=True)
@click.option("--practice", is_flag=True)
@click.option("--first-password-file", callback=existing)
@click.option("--second-password-file", callback=existing)
@passes
def make(
    context: Context, out: Path, persons: tuple[str, ...], practice: bool, first_password_file: Path | None,
    second_password_file: Path | None,
) -> None:  # fmt: skip
    """Make the keys in a new file on a stick."""
    people = _people(persons, (first_password_file, second_password_file))
    _made(context, out, desk.make_province_keys(out, people, practice=practice))


@province_keys.command("rewrap")
@click.argument("file", callback=existing)
@click.argument("out", callback=existing)
@click.option("--person", "persons", multiple=True, required=True)
@click.option("--first-password-file", callback=existing)
@click.option("--second-password-file", callback=existing)
@click.option("--new-first-password-file", callback=existing)
@click.option("--new-second-password-file", callback=existing)
@passes
def rewrap(
    context: Context, file: Path, out: Path, persons: tuple[str, ...], first_password_file: Path | None,
    second_password_file: Path | None, new_first_password_file: Path | None, new_second_password_file: Path | None,
) -> None:  # fmt: skip
    """Write the same keys for other persons or passwords."""
    names = escrow.persons_of(carrier.take(file, escrow.MAX_FILE))
    given = _passwords(names, (first_password_file, second_password_file))
    people = _people(persons, (new_first_password_file, new_second_password_file))
    _made(context, out, desk.rewrap_province_keys(file, given, out, people))


def _made(context: Context, out: Path, made: ProvinceKeys) -> None:
    groups = root_groups(made.root)
    context.tell(say("people.keys_made", file=out, groups=groups))
    context.answer({"file": out, "root": made.root, "escrow": made.escrow, "groups": groups,
                    "persons": list(escrow.persons_of(carrier.take(out, escrow.MAX_FILE)))})  # fmt: skip


def _people(persons: tuple[str, ...], files: tuple[Path | None, Path | None]) -> list[Person]:
    if len(persons) != escrow.PERSONS:
        raise Problem("two_persons")
    return list(zip(persons, _passwords((persons[0], persons[1]), files, new=True), strict=True))


def _passwords(names: tuple[str, str], files: tuple[Path | None, Path | None], *, new: bool = False) -> list[str]:
    return [password_of(name, file, new=new) for name, file in zip(names, files, strict=True)]


def password_of(name: str, file: Path | None, *, new: bool = False) -> str:
    """Return one person's password, from a file or typed by that person. Raises ``Problem``."""
    if file is None:
        return _asked(say("trust.password_of", name=name), hidden=True, twice=new)
    try:
        return file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise Problem("unreadable_file", name=file.name) from None


def _asked(text: str, *, hidden: bool = False, twice: bool = False) -> str:
    if not sys.stdin.isatty():
        raise Problem("no_password")
    return str(click.prompt(text, hide_input=hidden, confirmation_prompt=twice, err=True))
