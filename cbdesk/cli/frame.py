"""What every command stands on: the options before a command, the open register, and the one way an answer goes out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from tqdm import tqdm

from cbdesk import __version__, desk, log, words
from cbdesk.desk import Desk, Saved
from cbdesk.errors import Problem
from cbdesk.paths import data_folder
from cbdesk.words import say

PART = 3
T = TypeVar("T")


class Context:
    """What every command needs: the options before the command, and the answer's way out."""

    def __init__(self, data: str | None, officer: str | None, password_file: str | None, *, as_json: bool) -> None:
        self.folder = data_folder(data)
        self.officer = officer
        self.password_file = password_file
        self.as_json = as_json
        self.locks = False
        self.code = 0
        self.document: Mapping[str, Any] | None = None

    def tell(self, text: str) -> None:
        """Say something to a person: standard output, or standard error where that belongs to the JSON document."""
        click.echo(text, err=self.as_json)

    def answer(self, document: Mapping[str, Any], *, part: bool = False) -> None:
        """Give the command's answer; ``part`` makes the exit code 3."""
        self.document = document
        self.code = PART if part else 0

    def saved(self, saved: Saved, key: str) -> None:
        """Give the answer of a verb that wrote something, or found nothing to change."""
        self.tell(say(key if saved.batch else "cli.nothing_changed"))
        self.answer({"id": saved.id, "batch": saved.batch})

    def finish(self) -> int:
        """Print the one document, when all else is done, and return the exit code."""
        if self.as_json and self.document is not None:
            click.echo(json.dumps(self.document, ensure_ascii=False, default=_plain))
        return self.code

    def password(self) -> str:
        """Return the password: environment, file, or a prompt without echo. Raises ``Problem(no_password)``."""
        if "CBDESK_PASSWORD" in os.environ:
            return os.environ["CBDESK_PASSWORD"]
        if self.password_file:
            try:
                return Path(self.password_file).read_text(encoding="utf-8-sig").rstrip("\r\n")
            except (OSError, UnicodeDecodeError):
                raise Problem("unreadable_file", name=Path(self.password_file).name) from None
        if not sys.stdin.isatty():
            raise Problem("no_password")
        return str(click.prompt(say("cli.password"), hide_input=True, err=True))

    @contextmanager
    def open(self) -> Iterator[Desk]:
        """Unlock the register for one command and close it again."""
        known = desk.officers(self.folder)
        officer = self.officer or (known[0] if len(known) == 1 else None)
        opened = desk.unlock(self.folder, officer, self.password())
        try:
            if opened.faults:
                click.echo(say("proof.cli", n=len(opened.faults)), err=True)
            with opened.locking(self._file_password() if self.locks else None):
                yield opened
        finally:
            opened.close()

    def _file_password(self) -> str:
        """Return the password for the files written: environment, file, or a prompt typed twice; never an argument."""
        if "CBDESK_FILE_PASSWORD" in os.environ:
            return os.environ["CBDESK_FILE_PASSWORD"]
        if not sys.stdin.isatty():
            raise Problem("no_password")
        return str(click.prompt(say("cli.file_password"), hide_input=True, confirmation_prompt=True, err=True))

    def progress(self, items: Iterable[T], total: int | None = None) -> Iterable[T]:
        """Show a bar on standard error while going through items, only on a terminal."""
        return tqdm(items, total=total, file=sys.stderr, leave=False, disable=None, delay=1)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Problem):
        return value.as_dict()
    raise TypeError(type(value).__name__)


class Command(click.Command):
    """A command whose help texts are looked up when shown, in the language in force."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the whole help text."""
        self.help = say(f"cli.help.{self.name}")
        return super().get_help(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the line of the list of commands."""
        return say(f"cli.help.{self.name}")


class Verb(Command):
    """A verb of a group of commands; its help texts stand under the name of the group."""

    of = ""

    def get_help(self, ctx: click.Context) -> str:
        """Return the whole help text."""
        self.help = self.get_short_help_str()
        return click.Command.get_help(self, ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the line of the list of verbs."""
        return say(f"cli.help.{self.of}_{self.name}")


class Verbs(click.Group):
    """A group of verbs about one thing."""

    command_class = Verb

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a verb, which learns the name of its group."""
        if isinstance(cmd, Verb):
            cmd.of = str(self.name)
        super().add_command(cmd, name)

    def get_help(self, ctx: click.Context) -> str:
        """Return the whole help text."""
        self.help = self.get_short_help_str()
        return super().get_help(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the line of the list of commands."""
        return say(f"cli.help.{self.name}")


class Program(click.Group):
    """The group of all commands; its own help is in the language in force too."""

    command_class = Command

    def get_help(self, ctx: click.Context) -> str:
        """Return the whole help text."""
        self.help = say("cli.help.program")
        return super().get_help(ctx)


def existing(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Turn file arguments into paths; whether they exist is told by a Problem, not by a usage error."""
    if isinstance(value, tuple):
        return tuple(Path(one) for one in value)
    return Path(value) if value is not None else None


@click.group(cls=Program, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", metavar="DIR")
@click.option("--json", "as_json", is_flag=True)
@click.option("--lang", type=click.Choice(words.LANGUAGES), default="vi")
@click.option("--officer", metavar="NAME")
@click.option("--password-file", metavar="FILE")
@click.version_option(__version__)
@click.pass_context
def program(
    ctx: click.Context, data: str | None, as_json: bool, lang: str, officer: str | None, password_file: str | None
) -> None:
    """Collect the options that stand before the command."""
    words.set_language(lang)
    holder = ctx.obj
    if ctx.invoked_subcommand is None:
        holder["code"] = holder["window"](data)
        return
    ctx.obj = holder["context"] = Context(data, officer, password_file, as_json=as_json)
    log.begin(ctx.obj.folder)


def _lock(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    context.obj.locks = value


lockable = click.option("--lock", is_flag=True, expose_value=False, callback=_lock)
"""The option of commands that write files: put a password on each (``CBDESK_FILE_PASSWORD`` or a prompt)."""

passes = click.pass_obj
