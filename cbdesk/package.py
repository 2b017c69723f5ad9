"""A workbook (xlsx) as the parts it consists of, so that one of them can be changed and all others stay byte for byte.

The only door to lxml. openpyxl rebuilds a workbook from what it understands: pictures, shapes, seals and settings it
does not know are lost. Here a part is parsed only where something in it changes, and written back in its place.

A part is XML of a stranger: no entities, no document type, no network; weighed before it is unpacked (``sheet.weigh``).
Raises ``Problem``: ``not_excel``, ``excel_broken``, ``excel_locked``, ``excel_too_big``.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from cbdesk.errors import Problem
from cbdesk.sheet import weigh

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKED = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "[Content_Types].xml"
_BOOK = "xl/workbook.xml"
_CHAIN = "xl/calcChain.xml"
_MAX_PART = 16 << 20

Element = Any
"""An element of lxml, which has no types of its own."""


def tag(name: str) -> str:
    """Return the full name of an element of a sheet."""
    return f"{{{MAIN}}}{name}"


def local(element: Element) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child_of(parent: Element, name: str) -> Element:
    """Return a new last child of an element of a sheet."""
    return etree.SubElement(parent, tag(name))


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of a book: its name, its part, and ``visible``, ``hidden`` or ``veryHidden``."""

    name: str
    part: str
    state: str


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: the last word of the kind, and the part ("" where it lies outside)."""

    kind: str
    part: str


class Package:
    """The parts of one workbook."""

    def __init__(self, data: bytes) -> None:
        names = weigh(data)
        if _BOOK not in names or _TYPES not in names:
            raise Problem("not_excel")
        if len(set(names)) != len(names):
            raise Problem("excel_broken")
        self._data = data
        self._names = names
        self._changed: dict[str, Element] = {}
        self._replaced: dict[str, bytes] = {}
        self._dropped: set[str] = set()
        self.book = self._read(_BOOK)
        self.sheets = tuple(self._sheets())

    def raw(self, part: str) -> bytes:
        """Return a part as it stands in the file."""
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                if archive.getinfo(part).file_size > _MAX_PART:
                    raise Problem("excel_too_big")
                return archive.read(part)
        except (KeyError, zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError):
            raise Problem("excel_broken") from None

    def has(self, part: str) -> bool:
        """Return whether there is such a part."""
        return part in self._names

    def parts(self, folder: str) -> list[str]:
        """Return the XML parts of a folder."""
        return [name for name in self._names if name.startswith(folder) and name.endswith(".xml")
                and "/_rels/" not in name]  # fmt: skip

    def tree(self, part: str) -> Element:
        """Return a part to be changed; it is written back when the package is saved."""
        if part not in self._changed:
            self._changed[part] = self._read(part)
        return self._changed[part]

    def replace(self, part: str, data: bytes) -> None:
        """Put other bytes in the place of a part."""
        self._replaced[part] = data

    def relations(self, part: str) -> list[Relation]:
        """Return what a part refers to."""
        folder, name = posixpath.split(part)
        where = f"{folder}/_rels/{name}.rels"
        found = []
        for one in self._read(where) if self.has(where) else ():
            outside = one.get("TargetMode") == "External"
            target = one.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            found.append(Relation(one.get("Type", "").rpartition("/")[2], "" if outside else inside))
        return found

    def save(self) -> bytes:
        """Return the workbook: changed parts anew, all others as they were. Excel works every formula out again."""
        self._without_chain()
        self.tree(_BOOK)
        self._reckon()
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self._data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.infolist():
                name = member.filename
                if name in self._dropped:
                    continue
                entry = zipfile.ZipInfo(name, member.date_time)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, member.external_attr
                new.writestr(entry, self._content(name))
        return out.getvalue()

    def _content(self, name: str) -> bytes:
        if name in self._replaced:
            return self._replaced[name]
        if name in self._changed:
            root = self._changed[name]
            written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            return written
        return self.raw(name)

    def _read(self, part: str) -> Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(self.raw(part), parser)
        except (etree.XMLSyntaxError, ValueError):
            raise Problem("excel_broken") from None
        if root.getroottree().docinfo.doctype:
            raise Problem("excel_broken")
        return root

    def _sheets(self) -> Iterator[SheetPart]:
        if etree.QName(self.book).namespace != MAIN:
            raise Problem("not_excel")
        self._changed[_BOOK] = self.book
        targets = {}
        for one in self._read("xl/_rels/workbook.xml.rels"):
            target = one.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[one.get("Id")] = inside
        for one in self.book.iter(tag("sheet")):
            part = targets.get(one.get(f"{{{RELATIONS}}}id"), "")
            if part.startswith("xl/worksheets/") and self.has(part):
                yield SheetPart(one.get("name", ""), part, one.get("state", "visible"))

    def _without_chain(self) -> None:
        """Drop the order of reckoning, which Excel makes again: it names cells that moved."""
        if not self.has(_CHAIN):
            return
        self._dropped.add(_CHAIN)
        for part in (_TYPES, "xl/_rels/workbook.xml.rels"):
            root = self.tree(part)
            for one in list(root):
                if (one.get("PartName") or one.get("Target", "")).endswith("calcChain.xml"):
                    root.remove(one)

    def _reckon(self) -> None:
        """Ask for all formulas to be worked out on opening."""
        found = self.book.find(tag("calcPr"))
        if found is None:
            found = etree.Element(tag("calcPr"))
            before = [tag(one) for one in ("definedNames", "externalReferences", "functionGroups", "sheets")]
            at = next(self.book.find(one) for one in before if self.book.find(one) is not None)
            at.addnext(found)
        found.set("fullCalcOnLoad", "1")
