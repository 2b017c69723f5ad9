"""The command line: a thin caller of the desk's verbs, fixed by ``spec/cli.md`` so that people can script it.

With ``--json`` standard output holds exactly one JSON document; everything for people goes to standard error. Exit
codes: 0 done, 1 a Problem, 2 wrong usage, 3 done in part. A traceback is never shown: a bug becomes Problem X-01 whose
code is the type, file and line, never the text, because texts carry values.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from tqdm import tqdm

from cbdesk import __version__, carrier, clock, demo, desk, log, sample, words
from cbdesk.catalogue import catalogue
from cbdesk.desk import Desk, Saved
from cbdesk.duplicates import as_dict
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
        self.code = 0
        self.document: Mapping[str, Any] | None = None

    def tell(self, text: str) -> None:
        """Say something to a person: standard output, or standard error where that belongs to the JSON document."""
        click.echo(text, err=self.as_json)

    def answer(self, document: Mapping[str, Any], *, part: bool = False) -> None:
        """Give the command's answer; ``part`` makes the exit code 3."""
        self.document = document
        self.code = PART if part else 0

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
            yield opened
        finally:
            opened.close()

    def progress(self, items: Iterable[T], total: int | None = None) -> Iterable[T]:
        """Show a bar on standard error while going through items, only on a terminal."""
        return tqdm(items, total=total, file=sys.stderr, leave=False, disable=None, delay=1)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Problem):
        return value.as_dict()
    raise TypeError(type(value).__name__)


def run(arguments: list[str], window: Callable[[str | None], int]) -> int:
    """Run one command and return its exit code; ``window`` opens the window when there is no command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Windows would use its code page
    words.set_language("en" if _english(arguments) else "vi")
    holder: dict[str, Any] = {"window": window}
    try:
        program.main(arguments, prog_name="cbdesk", standalone_mode=False, obj=holder)
        context = holder.get("context")  # none where only help was asked for, or the window
        return int(holder.get("code", 0) if context is None else context.finish())
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("cli.stopped"), err=True)
        return 1
    except Exception as error:  # noqa: BLE001  (the last net: a bug of ours must not show a traceback)
        return _show(desk.problem_of(error), "--json" in arguments)


def _english(arguments: list[str]) -> bool:
    return any(
        one == "--lang=en" or (one == "--lang" and arguments[i + 1 : i + 2] == ["en"])
        for i, one in enumerate(arguments)
    )


def _show(problem: Problem, as_json: bool) -> int:
    click.echo(f"{problem.number} · {problem.what}", err=True)
    click.echo(problem.safe, err=True)
    click.echo(problem.next, err=True)
    if as_json:
        click.echo(json.dumps({"problem": problem.as_dict()}, ensure_ascii=False))
    return 1


class Command(click.Command):
    """A command whose help texts are looked up when shown, in the language in force."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the whole help text."""
        self.help = say(f"cli.help.{self.name}")
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


def _existing(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
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


passes = click.pass_obj


# --- opening ---------------------------------------------------------------------------------------------------------


@program.command()
@click.option("--role", type=click.Choice(["commune", "receiver"]), required=True)
@click.option("--unit", required=True)
@click.option("--officer", "name", required=True)
@click.option("--recovery-file", callback=_existing)
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
        opened, fresh = desk.recover(context.folder, code, officer, _new_password())
        opened.close()
        context.tell(say("cli.password_recovered", code=fresh))
        context.answer({"officer": officer, "recovery_code": fresh})
        return
    desk.change_password(context.folder, officer, context.password(), _new_password())
    context.tell(say("cli.password_changed"))
    context.answer({"officer": officer})


def _new_password() -> str:
    given = os.environ.get("CBDESK_NEW_PASSWORD")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Problem("no_password")
    return str(click.prompt(say("cli.new_password"), hide_input=True, confirmation_prompt=True, err=True))


@program.command()
@passes
def officers(context: Context) -> None:
    """List who may open the register."""
    known = desk.officers(context.folder)
    for name in known:
        context.tell(name)
    context.answer({"officers": known})


# --- enrolment -------------------------------------------------------------------------------------------------------


@program.command()
@click.option("--out", callback=_existing)
@passes
def card(context: Context, out: Path | None) -> None:
    """Write the enrolment card."""
    with context.open() as opened:
        path = opened.write_card(out or Path.cwd())
        context.tell(say("cli.card", file=path, fingerprint=opened.fingerprint))
        context.answer({"file": path, "fingerprint": opened.fingerprint})


@program.command()
@click.argument("card_file", metavar="CARD", callback=_existing)
@click.option("--fingerprint", metavar="GROUPS")
@passes
def enrol(context: Context, card_file: Path, fingerprint: str | None) -> None:
    """Trust a peer's card."""
    with context.open() as opened:
        data = opened.read_file(card_file)
        if fingerprint is None:
            if not sys.stdin.isatty():
                raise Problem("fingerprint_mismatch", group=1)
            fingerprint = str(click.prompt(say("cli.fingerprint"), err=True))
        peer = opened.enrol(data, fingerprint)
        context.tell(say("cli.enrolled", name=opened.peer_name(peer), device=peer.node))
        context.answer({"device": peer.node, "unit": peer.unit, "role": peer.role})


# --- records ---------------------------------------------------------------------------------------------------------


@program.command()
@click.argument("form")
@click.option("--file", "source", default="-")
@passes
def put(context: Context, form: str, source: str) -> None:
    """Add or amend records, one JSON object a line."""
    with context.open() as opened:
        catalogue().form(form)
        lines = _lines(source)
        saved = opened.put(form, context.progress([_json_line(n, text) for n, text in lines]))
        findings = [
            {"line": n, **finding.as_dict()}
            for (n, _), one in zip(lines, saved, strict=True)
            for finding in one.findings
        ]
        refused = sum(one.id is None for one in saved)
        context.tell(say("cli.put", saved=len(saved) - refused, refused=refused))
        for finding in findings:
            context.tell(
                say(
                    "cli.finding",
                    line=finding["line"],
                    level=say(f"cli.level.{finding['level']}"),
                    field=finding["field"],
                    text=finding["text"],
                )
            )
        batch = next((one.batch for one in saved if one.batch), None)
        context.answer({"ids": [one.id for one in saved], "findings": findings, "batch": batch}, part=bool(refused))


def _lines(source: str) -> list[tuple[int, str]]:
    if source == "-":
        text = sys.stdin.buffer.read()
    else:
        try:
            text = Path(source).read_bytes()
        except OSError:
            raise Problem("no_such_file", name=Path(source).name) from None
    try:
        lines = text.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise Problem("bad_json", line=1) from None
    return [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]


def _json_line(n: int, line: str) -> dict[str, Any] | Problem:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Problem("bad_json", line=n)
    return found if isinstance(found, dict) else Problem("bad_json", line=n)


@program.command()
@click.argument("record", metavar="ID")
@passes
def get(context: Context, record: str) -> None:
    """Show one record."""
    with context.open() as opened:
        found = opened.readable(opened.get(record))
        for name, value in found.items():
            context.tell(f"{name}: {value}")
        context.answer(found)


@program.command()
@click.argument("record", metavar="ID")
@passes
def history(context: Context, record: str) -> None:
    """Show the changes of a record."""
    with context.open() as opened:
        changes = opened.history(record)
        for one in changes:
            context.tell(f"{one['at']}  {one['by']}  {one['label']}: {one['from']} → {one['to']}")
        context.answer({"changes": changes})


@program.command()
@click.argument("record", metavar="ID")
@click.option("--reason", default="")
@passes
def void(context: Context, record: str, reason: str) -> None:
    """Hide a record with a reason."""
    with context.open() as opened:
        _tell_saved(context, opened.void(record, reason), "cli.void")


@program.command()
@click.argument("record", metavar="ID")
@click.option("--reason", default="")
@passes
def erase(context: Context, record: str, reason: str) -> None:
    """Delete a record for good, by law."""
    with context.open() as opened:
        _tell_saved(context, opened.erase(record, reason), "cli.erase")


@program.command()
@click.argument("batch")
@passes
def undo(context: Context, batch: str) -> None:
    """Take back one action."""
    with context.open() as opened:
        saved = opened.undo(batch)
        context.tell(say("cli.undo"))
        context.answer({"batch": saved.batch})


def _tell_saved(context: Context, saved: Saved, key: str) -> None:
    context.tell(say(key))
    context.answer({"id": saved.id, "batch": saved.batch})


@program.command()
@click.argument("text")
@click.option("--form", default="child")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50)
@passes
def find(context: Context, text: str, form: str, limit: int) -> None:
    """Search without accents."""
    with context.open() as opened:
        found = opened.find(text, form, limit)
        found["rows"] = [opened.readable(row) for row in found["rows"]]
        _tell_rows(context, found["rows"])
        context.tell(say("cli.found", n=len(found["rows"]), total=found["total"], ms=found["ms"]))
        context.answer(found)


@program.command("list")
@click.argument("form")
@click.option("--where", multiple=True, metavar="K=V")
@click.option("--sort", default="name")
@passes
def list_(context: Context, form: str, where: tuple[str, ...], sort: str) -> None:
    """List all rows of a form."""
    if any("=" not in one for one in where):
        raise click.BadParameter(" ".join(where), param_hint="--where")
    pairs = dict(one.partition("=")[::2] for one in where)
    with context.open() as opened:
        rows = [opened.readable(row) for row in opened.all_rows(form, pairs, sort=sort)]
        _tell_rows(context, rows)
        context.answer({"rows": rows})


def _tell_rows(context: Context, rows: list[dict[str, Any]]) -> None:
    if context.as_json:
        return
    for row in rows:
        shown = (row.get(name) for name in ("full_name", "name", "kind", "received_at", "born", "sex", "village"))
        context.tell(f"{row['id']}  " + " · ".join(str(value) for value in shown if value))


@program.command()
@click.option("--form", type=click.Choice(["child"]), default="child")
@click.option("--all", "all_levels", is_flag=True)
@passes
def duplicates(context: Context, form: str, all_levels: bool) -> None:
    """List pairs of records that may be one child."""
    with context.open() as opened:
        bar = tqdm(file=sys.stderr, leave=False, disable=None, delay=1)
        found = opened.duplicates(all_levels=all_levels, progress=bar.update)
        bar.close()
        for pair in found:
            context.tell(f"{pair.a}  {pair.b}  {pair.likeness.score}  {pair.likeness.text}")
        context.tell(say("cli.duplicates", n=len(found)))
        context.answer({"pairs": [as_dict(pair) for pair in found]})


@program.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@passes
def distinct(context: Context, one: str, other: str) -> None:
    """Remember that two records are two children."""
    with context.open() as opened:
        _tell_saved(context, opened.distinct(one, other), "cli.distinct")


@program.command()
@click.argument("keep")
@click.argument("other")
@passes
def merge(context: Context, keep: str, other: str) -> None:
    """Join two records of one child."""
    with context.open() as opened:
        _tell_saved(context, opened.merge(keep, other), "cli.merge")


@program.command()
@click.argument("record", metavar="ID")
@passes
def split(context: Context, record: str) -> None:
    """Take a join back."""
    with context.open() as opened:
        _tell_saved(context, opened.split(record), "cli.split")


@program.command("import")
@click.argument("file", callback=_existing)
@click.option("--form", default="child")
@click.option("--sheet")
@click.option("--map", "mapping", callback=_existing)
@click.option("--dry-run", is_flag=True)
@click.option("--report", "refused_file", callback=_existing)
@passes
def import_(
    context: Context,
    file: Path,
    form: str,
    sheet: str | None,
    mapping: Path | None,
    dry_run: bool,
    refused_file: Path | None,
) -> None:
    """Read an old list."""
    with context.open() as opened:
        plan = opened.import_plan(file, form=form, name=sheet, mapping=mapping)
        bar = tqdm(total=len(plan.rows), file=sys.stderr, leave=False, disable=None, delay=1)
        done = opened.import_run(plan, dry_run=dry_run, progress=bar.update)
        bar.close()
        if refused_file is not None and done.refused:
            opened.write_refused(plan, done, refused_file)
        context.tell(
            say(
                "cli.import",
                read=done.read,
                added=done.added,
                same=done.same,
                duplicates=done.duplicates,
                refused=len(done.refused),
                charset=done.charset,
            )
        )
        for one in done.refused:
            context.tell(say("cli.refused", row=one["row"], reason=one["text"]))
        context.answer(done.as_dict(), part=bool(done.refused))


# --- telling ---------------------------------------------------------------------------------------------------------


@program.command()
@passes
def reports(context: Context) -> None:
    """List the reports."""
    with context.open() as opened:
        found = opened.reports()
        for one in found:
            context.tell(f"{one['name']}  {one['title']}  ({', '.join(one['periods'])})")
        context.answer({"reports": found})


@program.command()
@click.argument("name")
@click.option("--period", required=True)
@click.option("--out", default=".", callback=_existing)
@click.option("--format", "formats", default="xlsx,pdf")
@passes
def report(context: Context, name: str, period: str, out: Path, formats: str) -> None:
    """Make a report."""
    chosen = [one.strip() for one in formats.split(",") if one.strip()]
    if not chosen or any(one not in ("xlsx", "pdf") for one in chosen):
        raise click.BadParameter(formats, param_hint="--format")
    with context.open() as opened:
        done = opened.report(name, period, out, chosen, overwrite=True)
        context.tell(
            say("cli.report", rows=done["rows"], total=done["totals"]["total"], files=", ".join(done["files"]))
        )
        context.answer(done)


@program.command()
@click.argument("name", metavar="LIST")
@click.option("--period", required=True)
@click.option("--number", default="")
@click.option("--date", "issued_on", default="")
@passes
def snapshot(context: Context, name: str, period: str, number: str, issued_on: str) -> None:
    """Freeze a list."""
    if issued_on:
        try:
            date.fromisoformat(issued_on)
        except ValueError:
            raise click.BadParameter(issued_on, param_hint="--date") from None
    with context.open() as opened:
        done = opened.snapshot(name, period, number=number, issued_on=issued_on)
        context.tell(say("cli.snapshot", rows=done.rows, came=done.came, left=done.left))
        context.answer(
            {
                "id": done.id,
                "number": done.number,
                "rows": done.rows,
                "in": done.came,
                "out": done.left,
                "amends": done.amends,
                "batch": done.batch,
            }
        )


# --- carrying --------------------------------------------------------------------------------------------------------


@program.command()
@click.argument("dest")
@click.option("--to", metavar="UNIT")
@passes
def send(context: Context, dest: str, to: str | None) -> None:
    """Pack and write what is not acknowledged."""
    if dest.startswith(("http://", "https://")):
        raise Problem("not_yet", command="send https")
    with context.open() as opened:
        sent = opened.send(Path(dest), to)
        first = sent[0] if sent else None
        document: dict[str, Any] = {
            "file": first.file if first else None,
            "files": [one.file for one in sent],
            "from_seq": first.from_seq if first else None,
            "to_seq": first.to_seq if first else None,
            "changes": sum(one.changes for one in sent),
            "bytes": sum(one.bytes for one in sent),
            "sha256": first.sha256 if first else None,
        }
        for one in sent:
            context.tell(say("cli.sent", changes=one.changes, file=one.file, bytes=one.bytes))
        if not sent:
            context.tell(say("cli.nothing_new"))
        context.answer(document)


@program.command()
@click.argument("sources", metavar="SOURCE", nargs=-1, required=True, callback=_existing)
@click.option("--ack", callback=_existing)
@passes
def receive(context: Context, sources: tuple[Path, ...], ack: Path | None) -> None:
    """Take in bundles and acknowledgements."""
    with context.open() as opened:
        found = opened.receive(sources, ack)
        document = {
            "files": [
                {
                    "file": one.file,
                    "sender": one.sender,
                    "result": one.result,
                    **{key: one.counts.get(key, 0) for key in ("new", "already", "forks", "conflicts", "quarantined")},
                    "problem": one.problem.as_dict() if one.problem else None,
                    "ack": one.ack,
                }
                for one in found
            ]
        }
        for one in found:
            context.tell(
                say(
                    "cli.received",
                    file=Path(one.file).name,
                    result=say(f"cli.result.{one.result}"),
                    new=one.counts.get("new", 0),
                    already=one.counts.get("already", 0),
                )
            )
            if one.problem:
                context.tell(f"  {one.problem.number} · {one.problem.what} {one.problem.next}")
        bad = [one for one in found if one.result in ("refused", "gap")]
        context.answer(document, part=bool(bad))
        if found and all(one.result == "refused" for one in found):
            context.code = 1


@program.command()
@click.argument("file", callback=_existing)
@passes
def inspect(context: Context, file: Path) -> None:
    """Verify and describe a bundle without taking it in."""
    with context.open() as opened:
        found = opened.inspect(file)
        for name, value in found.items():
            context.tell(f"{name}: {json.dumps(value, ensure_ascii=False)}")
        context.answer(found)
        context.code = 0 if found["valid"] else 1


@program.command()
@passes
def status(context: Context) -> None:
    """Tell what waits to be sent and what is acknowledged."""
    with context.open() as opened:
        found = opened.status()
        context.tell(say("cli.status", unsent=found["unsent"], acked=found["acked_to"], written=found["written_to"]))
        for peer in found["peers"]:
            context.tell(say("cli.peer", name=peer["name"], unsent=peer["unsent"], heard=peer["heard_at"] or "–"))
        context.answer(found)


# --- upkeep ----------------------------------------------------------------------------------------------------------


@program.command()
@passes
def verify(context: Context) -> None:
    """Prove chains, tables and file."""
    with context.open() as opened:
        found = opened.verify()
        context.tell(say("cli.verified" if found["ok"] else "cli.not_verified", n=found["changes"]))
        for one in found["problems"]:
            context.tell(one)
        context.answer(found)
        if not found["ok"]:
            context.code = 1


@program.command()
@passes
def doctor(context: Context) -> None:
    """Tell a helper on the telephone how things are."""
    checks = desk.doctor(context.folder)
    for one in checks:
        context.tell(f"{'✓' if one['ok'] else '✗'} {say('cli.doctor.' + one['name'])} {one['value']}".rstrip())
    context.answer({"checks": checks})


@program.command()
@click.argument("dest", required=False, callback=_existing)
@passes
def backup(context: Context, dest: Path | None) -> None:
    """Write a verified backup."""
    with context.open() as opened:
        path = opened.backup(dest)
        context.tell(say("cli.backup", file=path))
        context.answer({"file": path})


@program.command()
@click.argument("file", callback=_existing)
@passes
def restore(context: Context, file: Path) -> None:
    """Bring back a backup into an empty folder."""
    opened = desk.restore(context.folder, file, context.officer, context.password())
    try:
        context.tell(say("cli.restored"))
        context.answer({"stream": opened.stream})
    finally:
        opened.close()


@program.command("sample")
@click.option("--children", type=click.IntRange(1, 200_000), required=True)
@click.option("--seed", type=int, required=True)
@click.option("--out", callback=_existing)
@passes
def sample_(context: Context, children: int, seed: int, out: Path | None) -> None:
    """Make an invented register."""
    path = out or Path(f"sample-{children}-{seed}.jsonl")
    made = sample.write(path, children=children, seed=seed, today=clock.today())
    context.tell(say("cli.sample", n=made, file=path))
    context.answer({"file": path, "children": made})


@program.command("demo")
@click.option("--out", default="demo-output", callback=_existing)
@passes
def demo_(context: Context, out: Path) -> None:
    """Run the main job end to end on invented communes."""
    done = demo.run(out, tell=context.tell)
    context.answer(done)
