"""Print who may do what as ``docs/rights.md``: the roles, every verb of the desk by the right it needs, what is apart.

Read from the marks of the verbs (``cbdesk/rights.py``) and from the catalogue. ``--check`` writes nothing and exits 1
when the document is not current.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cbdesk import compartment, rights, words  # noqa: E402
from cbdesk.catalogue import catalogue  # noqa: E402
from cbdesk.desk import Desk  # noqa: E402

TARGET = ROOT / "docs" / "rights.md"
ORDER = (rights.EDIT, rights.EXPORT, rights.SEND, rights.ISSUE, rights.ERASE, rights.OFFICERS, rights.SENSITIVE)

HEAD = """\
# Quyền · Rights

Ai được làm gì. Quyền được kiểm tra trong `desk`, không phải ở cửa sổ; cửa sổ chỉ không chào những việc người dùng
không được làm. Trang này in từ mã nguồn và danh mục bằng `make docs`.

Who may do what. Rights are checked in `desk`; the window only does not offer what an officer may not do. Printed from
the marks of the verbs and from the catalogue by `make docs`. The rules behind it: `docs/decisions.md`, *Who may see*.

A register in which nobody was given a role belongs to its one officer, who may do everything.
"""

APART = """
## What only the second permission shows

*Được xem phần nhạy cảm* is given to a person, not to a role. Without it the register is read through a veil
(`cbdesk/store/veil.py`): records, fields and codes listed here are not there, whatever is asked, and a child looks like
any other. With it the window shows a padlock first; each *Xem*, and each reading by the command line of a record that
holds such a thing, is one line of the access log (`view`, the record, or the form and how many).

What stays as it is for everybody: figures and totals of official lists and reports, which count everybody and name
nobody who is apart; how many changes wait to be sent; a carer kept from the child stands on no village sheet.
Restricted lists, names behind a sensitive figure, hints kept in confidence and deleting for good need the second
permission.

Works on everything there is, whoever asks (it changes, packs or makes what is official, and tells nothing of a single
record kept apart): {wholly}.
"""


def document() -> str:
    """Return the document as it should be."""
    return "".join([HEAD, *_roles(), *_verbs(), *_apart()])


def _roles() -> Iterator[str]:
    roles = catalogue().lists["officer_role"].choices
    yield "\n## Roles\n\n| right | " + " | ".join(f"{one.label} (`{one.code}`)" for one in roles) + " |\n"
    yield "| --- |" + " --- |" * len(roles) + "\n"
    for right in (rights.VIEW, *ORDER[:-1]):
        yield f"| `{right}` | " + " | ".join("x" if right in one.extra["rights"] else "" for one in roles) + " |\n"
    yield f"| `{rights.SENSITIVE}` |" + " the person's own |" * len(roles) + "\n"


def _verbs() -> Iterator[str]:
    found = {name: verb for name, verb in inspect.getmembers(Desk, inspect.isfunction) if not name.startswith("_")}
    for right in ORDER:
        named = {name: verb for name, verb in found.items() if right in rights.rights_of(verb)}
        yield f"\n## `{right}`\n\n| verb | what it does |\n| --- | --- |\n"
        yield from (_row(name, verb, right) for name, verb in sorted(named.items()))
    yield "\n## `view`: verbs without a mark only look\n\n| verb | what it does |\n| --- | --- |\n"
    plain = {name: verb for name, verb in found.items() if not rights.rights_of(verb)}
    yield from (_row(name, verb, rights.VIEW) for name, verb in sorted(plain.items()))


def _row(name: str, verb: object, right: str) -> str:
    said = " ".join((inspect.getdoc(verb) or "").split("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")
    also = [one for one in rights.rights_of(verb) if one != right]
    return f"| `{name}` | {said}{f' (also `{also[0]}`)' if also else ''} |\n"


def _apart() -> Iterator[str]:
    rooms = [vars(room).items() for room in Desk.__mro__]
    wholly = {name for room in rooms for name, verb in room if getattr(verb, "wholly", False) and name[0] != "_"}
    named = ", ".join(f"`{one}`" for one in sorted(wholly))
    yield APART.format(wholly=named)
    yield "\n| record | kept apart as a whole where |\n| --- | --- |\n"
    for form in catalogue().forms.values():
        if compartment.hideable(form.name):
            yield f"| `{form.name}` | {_why(form.name)} |\n"
    yield "\n| record | fields never shown | sensitive codes left out |\n| --- | --- | --- |\n"
    for form in catalogue().forms.values():
        fields = [f"`{item.name}`" for item in form.fields if item.sensitive]
        secret = {item.name: compartment.codes(item) for item in form.fields}
        codes = [f"`{name}`: {', '.join(known)}" for name, known in secret.items() if known]
        if fields or codes:
            yield f"| `{form.name}` | {', '.join(fields)} | {'; '.join(codes)} |\n"


def _why(form: str) -> str:
    keys, parent = compartment.keys(form), catalogue().forms[form].parent
    if keys == (compartment.EVERY,):
        return "always"
    told = [", ".join(f"`{one}`" for one in keys) + " holds or names something apart"] if keys else []
    return "; ".join([*told, *([f"its `{parent}` is apart"] if parent and compartment.hideable(parent) else [])])


def main() -> int:
    """Write the document, or check it."""
    words.set_language("vi")
    wanted = document()
    if "--check" in sys.argv:
        current = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
        if current != wanted:
            print("docs/rights.md is not current: make docs")
        return int(current != wanted)
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
