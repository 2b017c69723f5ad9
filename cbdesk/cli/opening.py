"""Commands that make and open a register: setup, passwords, cards of others."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cbdesk import carrier, desk
from cbdesk.cli.frame import Context, existing, passes, program
from cbdesk.errors import Problem
from cbdesk.words import say


@program.command()
@click.option("--role", type=click.Choice(["commune", "receiver"]), required=True)
@click.option("--unit", required=True)
@click.option("--officer", "name", required=True)
@click.option("--recovery-file", callback=existing)
@click.option("--practice", is_flag=True)
@passes
def setup(context: Context, role: str, unit: str, name: str, recovery_file: Path | None, practice: bool) -> None:
    """Make a register."""
    if recovery_file is not None:
        carrier.check_new(recovery_file)
    done = desk.setup(
        context.folder, role=role, unit=unit, officer=name, password=context.password(), practice=practice
    )
    document = {"device": done.device, "unit": done.unit, "fingerprint": done.fingerprint}
    printed = False
    try:
        context.tell(say("cli.setup.done", unit=done.desk.unit_name, fingerprint=done.fingerprint))
        if recovery_file is not None:
            done.desk.recovery_sheet(recovery_file, done.recovery_code)
            printed = True
    finally:
        done.desk.close()
        if not printed:  # the code exists only here and now, also when its sheet could not be written
            context.tell(say("cli.setup.recovery", code=done.recovery_code))
            document["recovery_code"] = done.recovery_code
    context.answer(document)


@program.command()
@click.option("--recover", is_flag=True)
@passes
def password(context: Context, recover: bool) -> None:
    """Change the password, or set a new one with the recovery code."""
    known = desk.officers(context.folder)
    officer = context.officer or (known[0] if len(known) == 1 else None)
    if officer is None:
        raise Problem("unknown_officer", names=", ".join(known))
    if recover:
        code = os.environ.get("CBDESK_RECOVERY") or click.prompt(say("cli.recovery"), err=True)
        opened, fresh = desk.recover(context.folder, code, officer, new_password())
        opened.close()
        context.tell(say("cli.password_recovered", code=fresh))
        context.answer({"officer": officer, "recovery_code": fresh})
        return
    desk.change_password(context.folder, officer, context.password(), new_password())
    context.tell(say("cli.password_changed"))
    context.answer({"officer": officer})


def new_password() -> str:
    """Return the password somebody chooses now: environment, or typed twice. Raises ``Problem(no_password)``."""
    given = os.environ.get("CBDESK_NEW_PASSWORD")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Problem("no_password")
    return str(click.prompt(say("cli.new_password"), hide_input=True, confirmation_prompt=True, err=True))


@program.command()
@click.option("--out", callback=existing)
@passes
def card(context: Context, out: Path | None) -> None:
    """Write the enrolment card."""
    with context.open() as opened:
        path = opened.write_card(out or Path.cwd())
        context.tell(say("cli.card", file=path, fingerprint=opened.fingerprint))
        context.answer({"file": path, "fingerprint": opened.fingerprint})


@program.command()
@click.argument("card_file", metavar="CARD", callback=existing)
@click.option("--fingerprint", metavar="GROUPS")
@click.option("--neighbour", is_flag=True)
@click.option("--again", is_flag=True)
@passes
def enrol(context: Context, card_file: Path, fingerprint: str | None, neighbour: bool, again: bool) -> None:
    """Trust a peer's card."""
    with context.open() as opened:
        data = opened.read_file(card_file)
        if fingerprint is None:
            if not sys.stdin.isatty():
                raise Problem("fingerprint_mismatch", group=1)
            fingerprint = str(click.prompt(say("cli.fingerprint"), err=True))
        peer = opened.enrol(data, fingerprint, neighbour=neighbour, again=again)
        context.tell(say("cli.enrolled", name=opened.peer_name(peer), device=peer.node))
        context.answer({"device": peer.node, "unit": peer.unit, "role": peer.role})
