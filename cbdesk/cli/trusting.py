"""Commands on whom this register trusts, on its keys, and on what the receiver adds for its communes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from cbdesk import additions as additions_
from cbdesk import carrier, escrow
from cbdesk.additions import Part
from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, Verbs, existing, passes, program
from cbdesk.desk.adding import AdditionsState
from cbdesk.desk.trusting import TrustedDevice
from cbdesk.errors import Problem
from cbdesk.escrow import ProvinceKeys
from cbdesk.words import say


@program.group("trust", cls=Verbs)
def trust() -> None:
    """Whom this register trusts."""


@trust.command("show")
@passes
def show(context: Context) -> None:
    """Show the list in force and every machine known."""
    with context.open() as opened:
        found = opened.trust()
        if found.version:
            context.tell(say("trust.list", version=found.version, at=found.at, root=found.root))
        for one in found.devices:
            context.tell(_line(one))
        context.answer(asdict(found))


def _line(one: TrustedDevice) -> str:
    state, unit = say(f"trust.status_{one.status}"), catalogue().units.label(one.unit)
    return f"{one.node}  {state}  {unit}  {one.reason}".rstrip()


@trust.command("draft")
@passes
def draft(context: Context) -> None:
    """Show what a list signed now would say."""
    with context.open() as opened:
        found = opened.trust_draft()
        for text in found.news:
            context.tell(text)
        context.answer({"version": found.version, "news": list(found.news),
                        "devices": [one.as_dict() for one in found.entries]})  # fmt: skip


@trust.command("publish")
@click.argument("keys", callback=existing)
@click.option("--lowest", default="")
@click.option("--succession", callback=existing)
@click.option("--first-password-file", callback=existing)
@click.option("--second-password-file", callback=existing)
@passes
def publish(
    context: Context, keys: Path, lowest: str, succession: Path | None, first_password_file: Path | None,
    second_password_file: Path | None,
) -> None:  # fmt: skip
    """Sign the list with the province's keys (a file two persons open); it goes down with every bundle."""
    with context.open() as opened:
        data = carrier.take(keys, escrow.MAX_FILE)
        given = [_password(name, file) for name, file in
                 zip(escrow.persons_of(data), (first_password_file, second_password_file), strict=True)]  # fmt: skip
        statement = carrier.take(succession, escrow.MAX_FILE) if succession else b""
        version = opened.publish_trust(ProvinceKeys.open(data, given), lowest=lowest, succession=statement)
        context.tell(say("trust.published", version=version))
        context.answer({"version": version})


def _password(name: str, file: Path | None) -> str:
    if file is None:
        return str(click.prompt(say("trust.password_of", name=name), hide_input=True, err=True))
    try:
        return file.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise Problem("unreadable_file", name=file.name) from None


@trust.command("revoke")
@click.argument("device")
@click.option("--reason", default="")
@passes
def revoke(context: Context, device: str, reason: str) -> None:
    """Trust a machine no more; what comes from it later is kept sealed."""
    with context.open() as opened:
        _ended(context, opened.revoke(device, reason))


@trust.command("retire")
@click.argument("device")
@click.option("--reason", default="")
@passes
def retire(context: Context, device: str, reason: str) -> None:
    """Take no more from a machine that was replaced."""
    with context.open() as opened:
        _ended(context, opened.retire(device, reason))


def _ended(context: Context, found: list[TrustedDevice]) -> None:
    for one in found:
        context.tell(_line(one))
    context.answer({"devices": [asdict(one) for one in found]})


@trust.command("sealed")
@click.option("--drop", default="")
@passes
def sealed(context: Context, drop: str) -> None:
    """List the files kept sealed; --drop removes one (its name in the column kept)."""
    with context.open() as opened:
        if drop:
            opened.drop_sealed(drop)
        found = opened.sealed()
        for one in found:
            context.tell(f"{one['kept']}  {one['at']}  {catalogue().units.label(one['unit'])}  {one['file']}")
        context.answer({"files": found})


@program.command("rotate-keys")
@passes
def rotate_keys(context: Context) -> None:
    """Change the keys of this installation; peers learn the new ones from the next bundles."""
    with context.open() as opened:
        found = opened.rotate_keys()
        context.tell(say("trust.rotating", done=len(found.confirmed), left=len(found.waiting)))
        context.answer(asdict(found))


# --- additions -------------------------------------------------------------------------------------------------------


@program.group("additions", cls=Verbs)
def additions() -> None:
    """What the receiver adds for its communes."""


@additions.command("show")
@passes
def additions_show(context: Context) -> None:
    """Show what is in force and what changed in the newest version."""
    with context.open() as opened:
        _tell(context, opened.additions())
        opened.additions_seen()


@additions.command("publish")
@click.argument("file", callback=existing, required=False)
@click.option("--drop", multiple=True)
@passes
def additions_publish(context: Context, file: Path | None, drop: tuple[str, ...]) -> None:
    """Publish what is in force, this office's own layouts and columns, and what a .toml file says."""
    with context.open() as opened:
        wanted = {additions_.name_of(one): one for one in opened.additions_draft()}
        wanted |= {additions_.name_of(one): one for one in _parts(file)} if file else {}
        _tell(context, opened.publish_additions([one for name, one in wanted.items() if name not in drop]))


def _parts(file: Path) -> list[Part]:
    """Return the parts of a file, a table each: ``[[deadline]]``, ``[[holidays]]``, ``[[target]]`` and so on."""
    try:
        told = tomllib.loads(carrier.take(file).decode("utf-8-sig"))
    except ValueError:
        raise Problem("additions_wrong", detail="toml") from None
    rows = ((kind, row) for kind, rows in told.items() if isinstance(rows, list) for row in rows)
    return [{"part": kind, **_plain(row)} for kind, row in rows if isinstance(row, dict)]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with days as ISO text and figures as decimals: signed documents hold no floats."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, list):
        return [_value(one) for one in value]
    return value.isoformat() if isinstance(value, date) else f"{value:.12g}" if isinstance(value, float) else value


def _tell(context: Context, state: AdditionsState) -> None:
    for text in (*state.changed, *state.refused):
        context.tell(text)
    context.answer({"version": state.version, "at": state.at, "changed": list(state.changed),
                    "refused": list(state.refused), "parts": [dict(one) for one in state.parts]})  # fmt: skip
