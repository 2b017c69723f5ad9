"""The words of the window: both languages whole, slots alike, and none missing that the code asks for."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from cbdesk import words
from cbdesk.paths import resources
from ui import commands, qt_words, theme

SUBJECTS = ("ui", "shell", "unlock", "setup")
UI = Path(theme.__file__).parent


def own(language):
    return {key: text for key, text in words.table(language).items() if key.split(".")[0] in SUBJECTS}


def slots(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_english_has_every_sentence_with_the_same_slots():
    vi, en = own("vi"), own("en")
    assert vi.keys() == en.keys()
    assert [key for key in vi if slots(vi[key]) != slots(en[key])] == []


def test_every_sentence_the_window_asks_for_exists():
    asked = {
        key
        for path in UI.rglob("*.py")
        for key in re.findall(r"""say\(\s*"((?:ui|shell|unlock|setup)\.[a-z_.0-9]+)["]""", path.read_text("utf-8"))
    }
    assert asked
    assert sorted(key for key in asked if not words.has(key)) == []
    assert [one.name for one in commands.COMMANDS if not words.has(f"shell.command.{one.name}")] == []


def test_no_vietnamese_sentence_stands_in_the_code():
    marked = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)
    plain = re.compile(r'^\s*(#|""")|Ẵ|Tày|Nùng', re.M)
    found = []
    for path in UI.rglob("*.py"):
        code = re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.S)
        found += [f"{path.name}: {line.strip()}" for line in code.splitlines()
                  if marked.search(line.split("  #")[0]) and not plain.search(line)]  # fmt: skip
    allowed = [line for line in found if "scenes.py" in line]
    assert [line for line in found if line not in allowed] == []


@pytest.mark.parametrize("source", ["Cancel", "&Undo", "File &name:", "Select All"])
def test_qt_speaks_vietnamese(source):
    assert qt_words.QtWords("vi").translate("QAnything", source) not in (None, "", source)


def test_what_we_do_not_have_is_left_to_qt():
    words_of_qt = qt_words.QtWords("vi")
    assert words_of_qt.translate("QLabel", "no such sentence") is None
    assert qt_words.QtWords("en").isEmpty()
    table = tomllib.loads((resources() / "lang/vi/qt.toml").read_text("utf-8"))["sources"]
    assert len(table) > 71
    assert [key for key, text in table.items() if key.count("%1") != text.count("%1") or not text] == []
