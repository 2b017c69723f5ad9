"""How the cells of a workbook look, by style number: asked of the book, and made like one that is there.

A new look is only ever a copy of one of the book with little changed, so that what is written into a form looks as if
its maker had written it.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from cbdesk.package import Element, Package, child_of, local, tag

_DATED = re.compile(r"[dy]", re.IGNORECASE)
_BUILT_IN_DATES = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})


class Styles:
    """The looks of cells of one workbook, by style number."""

    def __init__(self, package: Package) -> None:
        part = "xl/styles.xml"
        self._root = package.tree(part) if package.has(part) else None
        self._made: dict[tuple[object, ...], int] = {}

    def _list(self, name: str) -> list[Element]:
        found = self._root.find(tag(name)) if self._root is not None else None
        return list(found) if found is not None else []

    def _look(self, style: int) -> Element | None:
        looks = self._list("cellXfs")
        return looks[style] if 0 <= style < len(looks) else None

    def boxed(self, style: int) -> bool:
        """Return whether a cell of this style has a line on any side."""
        look, borders = self._look(style), self._list("borders")
        at = int(look.get("borderId", 0)) if look is not None else 0
        return at < len(borders) and any(side.get("style") not in (None, "none") for side in borders[at])

    def dated(self, style: int) -> bool:
        """Return whether a number of this style is shown as a day."""
        look = self._look(style)
        shown = int(look.get("numFmtId", 0)) if look is not None else 0
        formats = {one.get("numFmtId"): one.get("formatCode", "") for one in self._list("numFmts")}
        written = formats.get(str(shown), "")
        return shown in _BUILT_IN_DATES or bool(_DATED.search(re.sub(r'\[[^\]]*\]|"[^"]*"|\\.', "", written)))

    def locked(self, style: int) -> bool:
        """Return whether a cell of this style may not be changed on a protected sheet."""
        look = self._look(style)
        guard = look.find(tag("protection")) if look is not None else None
        return guard is None or guard.get("locked", "1") in ("1", "true")

    def wraps(self, style: int) -> bool:
        """Return whether long text goes on in a next line of the cell."""
        look = self._look(style)
        lay = look.find(tag("alignment")) if look is not None else None
        return lay is not None and lay.get("wrapText") in ("1", "true")

    def size(self, style: int) -> float:
        """Return the size of the letters in points."""
        look, fonts = self._look(style), self._list("fonts")
        at = int(look.get("fontId", 0)) if look is not None else 0
        found = fonts[at].find(tag("sz")) if at < len(fonts) else None
        return float(found.get("val", 11)) if found is not None else 11.0

    def quoted(self, style: int) -> int:
        """Return the same look for text that begins like a formula."""
        return self._like(style, "quoted", {"quotePrefix": "1"})

    def plain(self, style: int, side: str) -> int:
        """Return the look of a row under a heading of this style: the same lines and letters, not bold, not filled."""
        font = self._plain_font(style)
        made = self._like(style, side, {"fontId": str(font), "applyFont": "1", "fillId": "0", "xfId": "0"})
        look: Any = self._look(made)
        for one in look.findall(tag("alignment")):
            look.remove(one)
        lay = child_of(look, "alignment")
        lay.set("horizontal", side)
        lay.set("vertical", "center")
        lay.set("wrapText", "1")
        look.set("applyAlignment", "1")
        look.insert(0, lay)
        return made

    def _like(self, style: int, why: str, changed: dict[str, str]) -> int:
        key = (style, why)
        looks = self._root.find(tag("cellXfs")) if self._root is not None else None
        if looks is None or not 0 <= style < len(looks):
            return style
        if key not in self._made:
            look = deepcopy(looks[style])
            look.attrib.update(changed)
            looks.append(look)
            looks.set("count", str(len(looks)))
            self._made[key] = len(looks) - 1
        return self._made[key]

    def _plain_font(self, style: int) -> int:
        look = self._look(style)
        at = int(look.get("fontId", 0)) if look is not None else 0
        key = ("font", at)
        fonts = self._root.find(tag("fonts")) if self._root is not None else None
        if fonts is None or at >= len(fonts):
            return at
        if key not in self._made:
            font = deepcopy(fonts[at])
            for one in list(font):
                if local(one) in ("b", "i", "u"):
                    font.remove(one)
            fonts.append(font)
            fonts.set("count", str(len(fonts)))
            self._made[key] = len(fonts) - 1
        return self._made[key]
