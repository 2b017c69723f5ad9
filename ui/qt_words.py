"""Qt's own sentences in Vietnamese: no wheel of Qt has them, so they stand in ``resources/lang/vi/qt.toml``.

A translator written in Python must answer ``None`` for what it does not know: an empty string would blank Qt's text.
"""

from __future__ import annotations

import tomllib
from functools import cache

from PySide6.QtCore import QTranslator

from cbdesk.paths import resources


@cache
def sources(language: str) -> dict[str, str]:
    """Return English source to sentence for a language; empty when we have no file for it."""
    path = resources() / "lang" / language / "qt.toml"
    if not path.exists():
        return {}
    return dict(tomllib.loads(path.read_text(encoding="utf-8"))["sources"])


class QtWords(QTranslator):
    """Answers for the sentences of our file, in whatever part of Qt they stand."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._words = sources(language)

    def isEmpty(self) -> bool:
        """Return whether there is nothing to translate."""
        return not self._words

    def translate(  # type: ignore[override]
        self, _context: str, source: str, _disambiguation: str | None = None, _n: int = -1
    ) -> str | None:
        """Return the sentence, or ``None`` for one we do not have."""
        return self._words.get(source)
