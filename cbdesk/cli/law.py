"""Commands of the law on personal data: purposes, disclosures, requests, erasure, keeping, lost devices, extracts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from cbdesk import clock, dates
from cbdesk.catalogue import catalogue
from cbdesk.cli.frame import Context, Verbs, existing, passes, program
from cbdesk.cli.telling import day_of
from cbdesk.desk.extracting import Prepared
from cbdesk.desk.requesting import REQUEST
from cbdesk.extract import Extract
from cbdesk.words import say


def codes(name: str) -> click.Choice[str]:
    """Return the codes of a list of choices as an argument's values."""
    return click.Choice([one.code for one in catalogue().lists[name].choices])


@program.command()
@passes
def purposes(context: Context) -> None:
    """List what data is used for, with the legal basis."""
    with context.open() as opened:
        found = opened.purposes()
        for one in found:
            context.tell(f"{one.code:12}  {one.label}: {one.extra['basis']}")
        context.answer({"rows": [
            {"code": one.code, "label": one.label, "basis": one.extra["basis"], "consent": one.extra["consent"],
             "source": one.source, "verified": one.verified} for one in found]})  # fmt: skip


@program.command("may-disclose")
@click.argument("child")
@click.argument("purpose", metavar="PURPOSE")
@passes
def may_disclose(context: Context, child: str, purpose: str) -> None:
    """Tell whether a child's data may be given for a purpose."""
    with context.open() as opened:
        found = opened.may_disclose(child, purpose)
        for text in found.texts:
            context.tell(text)
        context.answer(found.as_dict())


@program.command()
@click.argument("children", nargs=-1, metavar="CHILD...")
@click.option("--kind", type=codes("recipient"), required=True)
@click.option("--to", "recipient", required=True)
@click.option("--purpose", required=True)
@click.option("--way", type=codes("disclosure_way"), default="paper")
@click.option("--what", required=True)
@click.option("--paper", "paper_no", default="")
@click.option("--override", default="", metavar="REASON")
@passes
def disclose(
    context: Context, children: tuple[str, ...], kind: str, recipient: str, purpose: str, way: str, what: str,
    paper_no: str, override: str,
) -> None:  # fmt: skip
    """Write that data was given to somebody outside."""
    with context.open() as opened:
        record = opened.disclose(children, kind=kind, recipient=recipient, purpose=purpose, way=way, what=what,
                                 paper_no=paper_no, override=override)  # fmt: skip
        context.tell(say("law.cli.disclosed"))
        context.answer({"id": record})


@program.command()
@click.argument("child", required=False)
@click.option("--out", callback=existing)
@passes
def disclosures(context: Context, child: str | None, out: Path | None) -> None:
    """Tell what was given to whom, or write the paper of one child."""
    with context.open() as opened:
        if out is not None and child is not None:
            _written(context, opened.write_law_paper(opened.disclosure_paper(child), out, child))
            return
        found = opened.disclosures(child)
        for one in found:
            context.tell(f"{dates.show_date(one.on)}  {one.who}  {one.label('purpose', 'purpose')}  {one.count}")
        context.answer({"rows": [asdict(one) for one in found]})


def _written(context: Context, path: Path) -> None:
    context.tell(say("cli.paper", file=path))
    context.answer({"file": path})


# --- requests --------------------------------------------------------------------------------------------------------


@program.group("request", cls=Verbs)
def request() -> None:
    """Hold the verbs on requests about data."""


@request.command("list")
@click.option("--waiting", is_flag=True)
@click.option("--child")
@passes
def list_(context: Context, waiting: bool, child: str | None) -> None:
    """List the requests."""
    with context.open() as opened:
        found = opened.requests(waiting=waiting, child=child)
        for one in found:
            due = dates.show_date(one.due.last.isoformat()) if one.due else ""
            context.tell(f"{one.number}  {one.title}  {dates.show_date(one.received_on)}  {due}")
        context.answer({"rows": [
            {"id": one.id, "number": one.number, "kind": one.kind, "child": one.child, "received_on": one.received_on,
             "answered_on": one.answered_on, "answer": one.answer,
             "terms": {term.name: term.last.isoformat() for term in one.terms}} for one in found]})  # fmt: skip


@request.command()
@click.argument("kind", type=codes("request_kind"))
@click.option("--child")
@click.option("--asker", required=True)
@click.option("--relation", type=codes("relation"))
@click.option("--by-child", is_flag=True)
@click.option("--on", "received", default="", callback=day_of, metavar="DATE")
@click.option("--what")
@passes
def take(
    context: Context, kind: str, child: str | None, asker: str, relation: str | None, by_child: bool, received: str,
    what: str | None,
) -> None:  # fmt: skip
    """Take a request down."""
    with context.open() as opened:
        data: dict[str, Any] = {"kind": kind, "child": child, "asker": asker, "relation": relation, "what": what,
                                "by_child": by_child or None,
                                "received_on": received or clock.today().isoformat()}  # fmt: skip
        saved = opened.save(REQUEST, {name: value for name, value in data.items() if value is not None})
        for one in saved.findings:
            context.tell(one.text)
        context.tell(say("law.cli.request_taken"))
        context.answer({"id": saved.id, "batch": saved.batch, "findings": [one.name for one in saved.findings]})


@request.command()
@click.argument("record", metavar="REQUEST")
@passes
def first(context: Context, record: str) -> None:
    """Write that a request was first answered today."""
    with context.open() as opened:
        context.saved(opened.first_answer(record), "law.cli.request_first")


@request.command()
@click.argument("record", metavar="REQUEST")
@click.argument("answer", type=codes("request_answer"))
@click.option("--ground", type=codes("refusal_ground"), default=None)
@click.option("--text", default="")
@click.option("--number", default="")
@passes
def answer(context: Context, record: str, answer: str, ground: str | None, text: str, number: str) -> None:
    """Answer a request."""
    with context.open() as opened:
        saved = opened.answer_request(record, answer, ground=ground or "", text=text, number=number)
        context.saved(saved, "law.cli.request_answered")


# --- erasure ---------------------------------------------------------------------------------------------------------


@program.group("erasure", cls=Verbs)
def erasure() -> None:
    """Hold the verbs of the legal erasure."""


@erasure.command()
@click.argument("record", metavar="ID")
@passes
def plan(context: Context, record: str) -> None:
    """Tell what an erasure would do."""
    with context.open() as opened:
        found = opened.erasure_plan(record)
        for text in (found.kinds, *found.copies, *(one.words for one in found.mentions)):
            context.tell(text)
        context.answer({"record": record, "code": found.code, "counts": dict(found.counts), "lines": found.lines,
                        "digest": found.digest, "copies": list(found.copies),
                        "mentions": [asdict(one) for one in found.mentions]})  # fmt: skip


@erasure.command()
@click.argument("record", metavar="ID")
@click.option("--ground", type=codes("erasure_ground"), required=True)
@click.option("--reason", required=True)
@click.option("--minutes", "minutes", callback=existing, required=True, metavar="FILE")
@click.option("--request", "asked", default="", metavar="REQUEST")
@passes
def run(context: Context, record: str, ground: str, reason: str, minutes: Path, asked: str) -> None:
    """Write the minutes, then erase."""
    with context.open() as opened:
        saved = opened.erase_by_law(record, ground, reason, file=minutes, request=asked)
        context.tell(say("cli.erase"))
        context.answer({"id": saved.id, "batch": saved.batch, "file": minutes})


@erasure.command("list")
@passes
def erasures(context: Context) -> None:
    """List the erasures and who has confirmed them."""
    with context.open() as opened:
        found = opened.erasures()
        for one in found:
            told = ", ".join(f"{name} {dates.show_stamp(at[:16]) or '–'}" for name, at in one.confirmed.items())
            context.tell(f"{one.number}  {dates.show_date(one.on)}  {one.code}  {told}")
        context.answer({"rows": [asdict(one) for one in found]})


@erasure.command()
@click.argument("record", metavar="MINUTES")
@click.argument("out", callback=existing)
@passes
def paper(context: Context, record: str, out: Path) -> None:
    """Write the paper of an erasure that was done."""
    with context.open() as opened:
        _written(context, opened.write_erasure_paper(record, out))


# --- keeping ---------------------------------------------------------------------------------------------------------


@program.group("retention", cls=Verbs)
def retention() -> None:
    """Hold the verbs on how long files are kept."""


@retention.command()
@passes
def terms(context: Context) -> None:
    """List how long kinds of files are kept."""
    with context.open() as opened:
        found = opened.retention_terms()
        for one in found:
            context.tell(f"{one.kind:12}  {one.title}: {one.years if one.years is not None else '–'}  {one.basis}")
        context.answer({"rows": [asdict(one) for one in found]})


@retention.command("set")
@click.argument("kind")
@click.argument("years", type=click.IntRange(0, 200))
@click.option("--basis", required=True)
@passes
def set_(context: Context, kind: str, years: int, basis: str) -> None:
    """Say how long a kind of files is kept."""
    with context.open() as opened:
        context.saved(opened.set_retention(kind, years, basis), "law.cli.term")


@retention.command()
@passes
def over(context: Context) -> None:
    """List the files whose term is over."""
    with context.open() as opened:
        found = opened.retention_over()
        for one in found:
            context.tell(f"{one.record}  {one.title}  {dates.show_date(one.until)}")
        context.answer({"rows": [asdict(one) for one in found]})


@retention.command()
@click.argument("record", metavar="ID")
@click.option("--until", required=True, callback=day_of, metavar="DATE")
@click.option("--reason", required=True)
@passes
def keep(context: Context, record: str, until: str, reason: str) -> None:
    """Keep a file longer."""
    with context.open() as opened:
        context.saved(opened.keep_longer(record, date.fromisoformat(until), reason), "law.cli.kept")


# --- lost devices ----------------------------------------------------------------------------------------------------


@program.group("loss", cls=Verbs)
def loss() -> None:
    """Hold the verbs on lost devices."""


@loss.command()
@click.option("--detected", required=True, metavar="STAMP")
@click.option("--device")
@click.option("--unit")
@click.option("--place")
@click.option("--circumstances")
@passes
def report(
    context: Context, detected: str, device: str | None, unit: str | None, place: str | None,
    circumstances: str | None,
) -> None:  # fmt: skip
    """Write that a device was lost."""
    with context.open() as opened:
        data = {"detected_at": detected, "device": device, "place": place, "circumstances": circumstances,
                "unit": catalogue().units.resolve(unit).key if unit else None}  # fmt: skip
        saved = opened.report_loss({name: value for name, value in data.items() if value is not None})
        for one in saved.findings:
            context.tell(one.text)
        found = next((one for one in opened.losses() if one.id == saved.id), None)
        if found is not None:
            context.tell(say("law.cli.loss", until=found.until.strftime("%H:%M %d/%m/%Y")))
        context.answer({"id": saved.id, "batch": saved.batch,
                        "until": found.until.strftime("%Y-%m-%dT%H:%M") if found else None},
                       part=saved.id is None)  # fmt: skip


@loss.command("list")
@passes
def losses(context: Context) -> None:
    """List the lost devices."""
    with context.open() as opened:
        found = opened.losses()
        for one in found:
            context.tell(f"{one.id}  {dates.show_stamp(one.detected_at)}  {one.device[:4].upper()}  {one.told_at}")
        context.answer({"rows": [{**asdict(one), "until": one.until.isoformat()} for one in found]})


@loss.command("paper")
@click.argument("record", metavar="LOSS")
@click.argument("out", callback=existing)
@passes
def loss_paper(context: Context, record: str, out: Path) -> None:
    """Write the notice of a lost device."""
    with context.open() as opened:
        _written(context, opened.write_law_paper(opened.loss_paper(record), out, record))


@loss.command()
@click.argument("record", metavar="LOSS")
@click.option("--to", required=True)
@click.option("--number", default="")
@passes
def told(context: Context, record: str, to: str, number: str) -> None:
    """Write that the loss was told."""
    with context.open() as opened:
        context.saved(opened.loss_told(record, to, number), "law.cli.loss_told")


# --- extracts --------------------------------------------------------------------------------------------------------


@program.group("extract", cls=Verbs)
def extract() -> None:
    """Hold the verbs of sealed extracts."""


@extract.command("profiles")
@passes
def profiles_(context: Context) -> None:
    """List the recipient profiles."""
    with context.open() as opened:
        found = opened.profiles()
        for one in found:
            context.tell(f"{one.name:12}  {one.title}")
        context.answer({"rows": [
            {"name": one.name, "title": one.title, "shape": one.shape, "purposes": list(one.purposes),
             "recipients": list(one.recipients), "days": one.days} for one in found]})  # fmt: skip


_ASKED = (
    click.argument("profile"),
    click.option("--purpose", default=""),
    click.option("--period", default=""),
    click.option("--subject", default="", metavar="ID"),
    click.option("--override", default="", metavar="REASON"),
)


def _asked(command: Any) -> Any:
    for one in reversed(_ASKED):
        command = one(command)
    return command


@extract.command()
@_asked
@passes
def preview(context: Context, profile: str, purpose: str, period: str, subject: str, override: str) -> None:
    """Show what would travel."""
    with context.open() as opened:
        found = opened.extract_preview(profile, purpose=purpose, period=period, subject=subject, override=override)
        _shown(context, found.made)
        context.answer(_as_dict(found.made) | {"left_out": found.left_out})


@extract.command("send")
@_asked
@click.option("--to", required=True, metavar="UNIT")
@click.option("--out", callback=existing, required=True, metavar="DIR")
@passes
def send_(
    context: Context, profile: str, purpose: str, period: str, subject: str, override: str, to: str, out: Path
) -> None:
    """Seal an extract to a recipient."""
    with context.open() as opened:
        found: Prepared = opened.extract_preview(profile, purpose=purpose, period=period, subject=subject,
                                                 override=override)  # fmt: skip
        path = opened.extract_send(found, to, out)
        context.tell(say("law.cli.extract_sent", n=len(found.made.rows), file=path))
        context.answer({"file": path, "rows": len(found.made.rows), "count": found.made.count,
                        "left_out": found.left_out, "expires": found.made.expires})  # fmt: skip


@extract.command("read")
@click.argument("file", callback=existing)
@passes
def read_(context: Context, file: Path) -> None:
    """Show an extract that came."""
    with context.open() as opened:
        found = opened.read_extract(file)
        _shown(context, found)
        context.answer(_as_dict(found) | {"sender": found.sender.unit if found.sender else None, "at": found.at})


def _shown(context: Context, made: Extract) -> None:
    context.tell(f"{made.title} · {made.basis} · {dates.show_date(made.expires)}")
    context.tell(" | ".join(heading for _, heading in made.columns))
    for row in made.rows:
        context.tell(" | ".join(row))


def _as_dict(made: Extract) -> dict[str, Any]:
    return {"profile": made.profile, "purpose": made.purpose, "basis": made.basis, "count": made.count,
            "expires": made.expires, "columns": [list(one) for one in made.columns],
            "rows": [list(one) for one in made.rows]}  # fmt: skip
