"""What the program stands on: ``docs/sbom.cdx.json`` (CycloneDX), ``resources/licences.json`` (its page of licences).

Both are made from the lock (names, versions, hashes, who needs whom) and from ``docs/third-party.md`` (licences, what
each is for, works inside packages, fonts and pictures); nothing is asked of the network or of what happens to be
installed. ``--check`` writes nothing and exits 1 when either is not current.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import NamedTuple

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
SBOM, LICENCES = ROOT / "docs" / "sbom.cdx.json", ROOT / "resources" / "licences.json"


class Work(NamedTuple):
    """One work of somebody else: a package of the lock, something inside one, or a font."""

    name: str
    version: str
    licence: str
    use: str


class Locked(NamedTuple):
    """One package of the lock: version, hashes of its files, packages that want it."""

    version: str
    hashes: tuple[str, ...]
    wanted_by: frozenset[str]


def lock() -> dict[str, Locked]:
    """Return the lock by package."""
    found = {}
    for block in re.split(r"\n(?=[a-z])", (ROOT / "requirements.lock").read_text(encoding="utf-8")):
        head = re.match(r"([a-z0-9-]+)==([^ ;\\]+)", block)
        if head:
            wanted = frozenset(re.findall(r"#\s+(?:via\s+)?([a-z0-9-]+)", block)) - {"via"}
            found[head[1]] = Locked(head[2], tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block)), wanted)
    return found


def shipped(locked: dict[str, Locked]) -> list[str]:
    """Return the packages that run with the program: what ``pyproject.toml`` names and all below it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.match(r"[\w.-]+", one)[0].lower().replace(".", "-") for one in project["dependencies"]}
    while more := {name for name, one in locked.items() if one.wanted_by & names} - names:
        names |= more
    return sorted(names)


def tables() -> list[list[list[str]]]:
    """Return the rows of each table of the notices."""
    text, found = (ROOT / "docs" / "third-party.md").read_text(encoding="utf-8"), []
    for block in re.findall(r"((?:^\|.*\n)+)", text, re.MULTILINE):
        rows = [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in block.splitlines()]
        found.append(rows[2:])
    return found


def works() -> tuple[dict[str, Work], list[Work]]:
    """Return the packages by name, and the works that are no package: inside one, or fonts and pictures."""
    packages, inside, fonts = tables()
    first = {row[0]: Work(row[0], row[1], row[2], row[3]) for row in packages}
    others = [Work(name, "", licence, place) for name, place, licence in inside]
    return first, [*others, *(Work(name, version, licence, place) for name, version, place, licence in fonts)]


def bom() -> str:
    """Return the SBOM as JSON."""
    locked, (packages, others) = lock(), works()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    root = Component(name="cbdesk", version=project["version"], type=ComponentType.APPLICATION, bom_ref="cbdesk",
                     licenses=[LicenseFactory().make_from_string(project["license"])])  # fmt: skip
    found = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"cbdesk/{project['version']}"))
    found.metadata.component, found.metadata.timestamp = root, None
    names = shipped(locked)
    made = {name: _package(name, locked[name], packages[name]) for name in names}
    for component in [*made.values(), *(_other(one) for one in others)]:
        found.components.add(component)
    direct = {re.match(r"[\w.-]+", one)[0].lower().replace(".", "-") for one in project["dependencies"]}
    found.register_dependency(root, [made[name] for name in sorted(direct)])
    for name, component in made.items():
        found.register_dependency(component, [made[one] for one in names if name in locked[one].wanted_by])
    told = json.loads(JsonV1Dot6(found).output_as_string())
    told["metadata"].pop("timestamp", None)
    return json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _package(name: str, one: Locked, told: Work) -> Component:
    component = Component(name=name, version=one.version, type=ComponentType.LIBRARY, bom_ref=f"{name}=={one.version}",
                          purl=PackageURL("pypi", None, name, one.version), description=told.use,
                          licenses=[LicenseFactory().make_from_string(told.licence)])  # fmt: skip
    for digest in one.hashes:
        component.properties.add(Property(name="cbdesk:file:sha256", value=digest))
    if len(one.hashes) == 1:
        component.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=one.hashes[0]))
    return component


def _other(one: Work) -> Component:
    return Component(name=one.name, version=one.version or None, type=ComponentType.LIBRARY,
                     bom_ref=re.sub(r"[^a-z0-9]+", "-", one.name.lower()), description=one.use,
                     licenses=[LicenseFactory().make_with_name(one.licence)])  # fmt: skip


def licences() -> str:
    """Return what the page of licences shows, as JSON."""
    packages, others = works()
    rows = [packages[name] for name in shipped(lock())] + others
    return json.dumps([one._asdict() for one in rows], indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write both, or with ``--check`` only say whether they are current."""
    wanted = {SBOM: bom(), LICENCES: licences()}
    if "--check" in sys.argv:
        stale = [path.name for path, text in wanted.items() if not path.exists()
                 or path.read_text(encoding="utf-8") != text]  # fmt: skip
        for name in stale:
            print(f"{name} is not current: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
