"""Write docs/fields.md from the catalogue, and add what is new to the catalogue's ledger.

    python tools/field_dictionary.py            writes docs/fields.md
    python tools/field_dictionary.py --ledger   also adds new fields and codes to resources/catalogue/ledger.toml

The ledger only grows: a shipped field or code stays in it for ever, so that `verify` notices when one changes or goes.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cbdesk import words  # noqa: E402
from cbdesk.catalogue import Catalogue, Field, Form, LawRow, catalogue  # noqa: E402

DOCUMENT = ROOT / "docs" / "fields.md"
LEDGER = ROOT / "resources" / "catalogue" / "ledger.toml"
HEAD = """# Field dictionary

Made by `python tools/field_dictionary.py` from `resources/catalogue/`; do not edit by hand, a test holds it current.
*needed*: `stop` refuses, `ask` wants a reason. *sensitive*: opened only with the right to, each look is logged.
A row marked *unverified* has no text of law behind its wording yet; it is shown so and never printed on papers.
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _target(item: Field) -> str:
    if item.choices:
        return f"[{item.choices}](#list-{item.choices})"
    return f"[{item.form}](#form-{item.form})" if item.form else ""


def _remarks(item: Field) -> str:
    found = []
    if item.required:
        found.append(f"needed: {item.required}")
    if item.sensitive:
        found.append("sensitive")
    if item.search:
        found.append("searched")
    if item.when:
        found.append(f"asked when {item.when.field} is {', '.join(item.when.any_of)}")
    if item.retired:
        found.append("retired")
    return "; ".join(found)


def form_part(form: Form) -> list[str]:
    """Return the chapter of one form."""
    lines = [f'<a id="form-{form.name}"></a>', "", f"### {form.name}: {_cell(form.title)}", ""]
    if form.parent:
        lines += [f"Rows of [{form.parent}](#form-{form.parent}).", ""]
    lines += ["| field | label | kind | list or form | remarks |", "|---|---|---|---|---|"]
    lines += [f"| `{item.name}` | {_cell(item.label)} | {item.kind} | {_target(item)} | {_cell(_remarks(item))} |"
              for item in form.fields]
    if form.shorthands:
        lines += ["", "Keys of `put` and `get` that stand for rows of other forms: " + ", ".join(
            f"`{s.name}` ({s.form}.{s.target})" for s in form.shorthands) + "."]
    return [*lines, ""]


def list_part(shown: Catalogue, name: str) -> list[str]:
    """Return the chapter of one list."""
    list_ = shown.lists[name]
    lines = [f'<a id="list-{name}"></a>', "", f"### {name}: {_cell(list_.title)}", "", f"Source: {list_.source}.", "",
             "| code | text | valid | remarks |", "|---|---|---|---|"]
    for choice in list_.choices:
        marks = [word for word, on in (("unverified", not choice.verified), ("sensitive", choice.sensitive)) if on]
        if choice.source != list_.source:
            marks.append(choice.source)
        if choice.note:
            marks.append(choice.note)
        lines.append(f"| `{choice.code}` | {_cell(choice.label)} | {_span(choice.valid_from, choice.valid_to)} "
                     f"| {_cell('; '.join(marks))} |")
    return [*lines, ""]


def _span(start: str | None, end: str | None) -> str:
    return f"{start or ''} – {end or ''}".strip()


def law_part(table: str, rows: tuple[LawRow, ...]) -> list[str]:
    """Return the chapter of one table of the law."""
    lines = [f"### {table}", "", "| name | text | value | valid | source |", "|---|---|---|---|---|"]
    lines += [f"| `{row.name}` | {_cell(row.label)} | {row.value} {row.extra.get('unit', '')} | "
              f"{_span(row.valid_from, row.valid_to)} | {_cell(row.source)}{'' if row.verified else ' (unverified)'} |"
              for row in rows]
    return [*lines, ""]


def document(shown: Catalogue) -> str:
    """Return the whole dictionary as Markdown."""
    words.set_language("vi")
    lines = [HEAD, "## Forms", ""]
    for form in shown.forms.values():
        lines += form_part(form)
    lines += ["## Lists", ""]
    for name in shown.lists:
        lines += list_part(shown, name)
    lines += ["## Figures of the law", ""]
    for table, rows in shown.law.items():
        lines += law_part(table, rows)
    return "\n".join(lines).rstrip() + "\n"


def ledger(shown: Catalogue) -> str:
    """Return the ledger with everything it held and everything new."""
    held_fields = {form: dict(fields) for form, fields in shown.ledger.get("fields", {}).items()}
    held_codes = {name: list(codes) for name, codes in shown.ledger.get("codes", {}).items()}
    for form in shown.forms.values():
        for item in form.fields:
            held_fields.setdefault(form.name, {}).setdefault(item.name, item.kind)
    for list_ in shown.lists.values():
        codes = held_codes.setdefault(list_.name, [])
        codes += [choice.code for choice in list_.choices if choice.code not in codes]
    lines = ["# Every field and code ever shipped. tools/field_dictionary.py --ledger adds to it; nothing leaves it."]
    for form_name in sorted(held_fields):
        lines += ["", f"[fields.{form_name}]"]
        lines += [f'{name} = "{kind}"' for name, kind in held_fields[form_name].items()]
    lines += ["", "[codes]"]
    for name in sorted(held_codes):
        quoted = ", ".join(f'"{code}"' for code in held_codes[name])
        lines.append(f"{name} = [{quoted}]")
    return "\n".join(lines) + "\n"


def main() -> None:
    shown = catalogue()
    DOCUMENT.write_text(document(shown), encoding="utf-8")
    if "--ledger" in sys.argv[1:]:
        LEDGER.write_text(ledger(shown), encoding="utf-8")


if __name__ == "__main__":
    main()
