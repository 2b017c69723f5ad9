"""Every sentence a person reads: ``say("send.done", n=3)``.

Sentences live in ``resources/lang/<language>/<subject>.toml``; the key is ``subject.key`` (nested tables join with
dots). Vietnamese is complete: a key missing there is our bug and raises ``KeyError``; any other language falls back
to Vietnamese. Slots are ``{n}``. Problems stand in ``resources/problems.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from cbdesk.paths import resources

LANGUAGES = ("vi", "en")
_state = {"language": "vi"}


def set_language(language: str) -> None:
    """Choose the language of the process. Raises ``ValueError`` for one we do not have."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _state["language"] = language


def language() -> str:
    """Return the language in force."""
    return _state["language"]


def _flatten(prefix: str, table: Mapping[str, Any], into: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, Mapping):
            _flatten(f"{prefix}.{key}", value, into)
        else:
            into[f"{prefix}.{key}"] = str(value)


@cache
def table(lang: str) -> dict[str, str]:
    """Return all sentences of one language, ``subject.key`` to text."""
    found: dict[str, str] = {}
    for path in sorted((resources() / "lang" / lang).glob("*.toml")):
        _flatten(path.stem, tomllib.loads(path.read_text(encoding="utf-8")), found)
    return found


def say(key: str, /, **details: Any) -> str:
    """Return the sentence of ``key`` in the language in force, slots filled."""
    text = table(_state["language"]).get(key)
    if text is None:
        text = table("vi")[key]
    return text.format(**details) if details else text


def has(key: str) -> bool:
    """Return whether the sentence exists (in Vietnamese, the complete language)."""
    return key in table("vi")


@cache
def problems() -> dict[str, dict[str, Any]]:
    """Return the table of problems: name to ``{number, vi: {what, safe, next}, en: {…}}``."""
    return tomllib.loads((resources() / "problems.toml").read_text(encoding="utf-8"))


def problem(name: str) -> dict[str, Any]:
    """Return one row of the table of problems. Raises ``KeyError``."""
    return problems()[name]


def problem_sentence(name: str, which: str, details: Mapping[str, Any]) -> str:
    """Return one of the three sentences of a problem in the language in force."""
    row = problem(name)
    texts = row.get(_state["language"]) or row["vi"]
    return str(texts.get(which) or row["vi"][which]).format(**details)


def pick(texts: Mapping[str, str] | str) -> str:
    """Return the text of a catalogue entry such as ``{vi = "…", en = "…"}`` in the language in force."""
    if isinstance(texts, str):
        return texts
    return texts.get(_state["language"]) or texts["vi"]
