"""The house holds: which room knows which, one door for each outside thing, no Vietnamese in code, every module told.

The picture is drawn in ``docs/architecture.md``; this test reads every source file and compares.
"""

import ast
import re
from functools import cache
from itertools import pairwise

import pytest
from tools_kit import ROOT

SOURCES = sorted((ROOT / "cbdesk").rglob("*.py")) + sorted((ROOT / "ui").rglob("*.py"))
CORE = [path for path in SOURCES if path.is_relative_to(ROOT / "cbdesk")]
WINDOW = [path for path in SOURCES if path.is_relative_to(ROOT / "ui")]

# From the ground up. A room knows its own floor and those below; no arrow goes up.
FLOORS = {
    "ground": "errors words paths clock log memory licences text charsets dates strict groups passwords volumes",
    "meaning": "units shapes kind kinds catalogue catalogue_check rules workdays process remarks quality change "
               "wording headings rights compartment lawful matching sound persons likeness households duplicates "
               "choosing benefits school almanac extras deliveries",
    "work": "proof store wrapping keys escrow reopening attempts container manifest card seal envelope trust additions "
            "bundle handover caseload extract carrier courier errand backup locking "
            "paper grid gridpaper suppress document letterhead official layouts facts measures tally consolidated "
            "cross spans reported expecting conditions roll listcells report handouts design balance cleaning rounds "
            "page letter "
            "bookpage workbook book sheet textsheet tables titles columns rows repairs "
            "reader importer answers shifting package looks sheetpart formcells formheads superior formfill crosscheck",
    "merge": "merge",
    "desk": "desk",
    "roof": "old_list sample life demo demo_province cli __main__",
}  # fmt: skip
FLOOR = {room: level for level, rooms in enumerate(FLOORS.values()) for room in rooms.split()}

# What is outside, and the rooms that may open the door to it.
DOORS = {
    "PySide6": "ui",
    "shiboken6": "ui",
    "sqlcipher3": "store",
    "sqlite3": "",
    "sqlite_utils": "store",
    "pyrage": "seal wrapping",
    "cryptography": "seal wrapping",
    "backports": "seal",
    "openpyxl": "sheet bookpage workbook",
    "xlrd": "sheet",
    "python_calamine": "sheet",
    "defusedxml": "sheet courier",
    "typst": "page",
    "docx": "letter",
    "lxml": "package",
    "segno": "page",
    "msoffcrypto": "locking",
    "pypdf": "locking",
    "rapidfuzz": "sound likeness repairs",
    "zxcvbn": "passwords",
    "click": "cli",
    "tqdm": "cli",
    "ctypes": "volumes memory",
    "httpcore": "courier",
    "socket": "courier",
    "ssl": "courier",
    "urllib": "courier",
    "http": "courier",
    "platformdirs": "paths store",  # the store asks only for the machine's own folder (which copy of a store this is)
}

# Doors opened elsewhere, each for its reason.
ELSEWHERE = {
    ("ui/guard.py", "ctypes"),  # asks Windows not to let the window be captured
    ("cbdesk/backup.py", "fsync"),  # a restored store is made durable before it gets its name
    ("cbdesk/desk/upkeep.py", "disk_usage"),  # doctor tells how much room there is
    ("cbdesk/units.py", "DISTRICT"),  # the level of the old table, for units before 07/2025
}

# The window knows the verbs, the meaning of fields, the words, and the tables of lists and papers; nothing below.
WINDOW_KNOWS = {
    "rights", "desk", "catalogue", "kinds", "rules", "process", "errors", "words", "config", "clock", "dates", "text",
    "paths", "log", "groups", "passwords", "report", "paper", "grid", "reported", "spans", "letterhead", "page",
    "workbook",
    "__version__", "licences",
    "carrier",  # which sticks there are, and a file written where the officer said
}  # fmt: skip
WINDOW_ALSO = {
    ("ui/pages/rescue.py", "escrow"),  # whom the province's keys need, before they are opened
    ("ui/people/two.py", "escrow"),
    ("ui/people/reopen.py", "reopening"),  # a request made before waits in the folder
    ("ui/pages/unlock.py", "attempts"),  # counts down while the door is locked
    ("ui/record/record_read.py", "change"),  # the mark of a hidden row
    ("ui/pages/peers.py", "card"),  # what a card says before it is trusted
    ("ui/form/picking.py", "matching"),  # two spellings of a village are one
    ("ui/reading/draft.py", "book"),  # a file read once is understood again with every choice of a column
    ("ui/reading/draft.py", "importer"),  # shows what the importer made of columns and rows
    ("ui/reading/mapping.py", "importer"),
    ("ui/reading/layouts.py", "importer"),
    ("ui/reading/board.py", "importer"),
    ("ui/reading/readings.py", "charsets"),  # the same cells read in each encoding, to choose by eye
    ("ui/reading/asking.py", "importer"),
    ("ui/outside/columns.py", "importer"),  # a column as the importer tells it
    ("ui/outside/heaps.py", "crosscheck"),  # shows what a list was found to say
    ("ui/outside/form.py", "formcells"),  # which children, as the desk takes it
    ("ui/outside/form.py", "formheads"),
    ("ui/outside/form.py", "superior"),  # shows what was understood of a form
    ("ui/pages/superior_form.py", "superior"),
    ("ui/pages/superior_form.py", "formcells"),
    ("ui/pages/superior_form.py", "importer"),
    ("ui/pages/crosscheck.py", "crosscheck"),
    ("ui/pages/crosscheck.py", "importer"),
    ("ui/pages/crosscheck.py", "book"),  # a file read once is matched again with every choice
    ("ui/gallery/outside_scenes.py", "sample"),
    ("ui/pages/decision.py", "importer"),  # what a column of the decision may mean
    ("ui/gallery/home_scenes.py", "sample"),
    ("ui/gallery/import_scenes.py", "sample"),
    ("ui/quality/police.py", "quality"),  # the words of the faults a list asks about
    ("ui/quality/police.py", "cleaning"),  # the lines of a list
    ("ui/pages/round_keys.py", "rounds"),  # the letters and lines of a village sheet
    ("ui/round/answers.py", "rounds"),
    ("ui/gallery/round_scenes.py", "rounds"),
    ("ui/gallery/duplicate_scenes.py", "sample"),
    ("ui/gallery/duty_scenes.py", "sample"),
    ("ui/gallery/work_scenes.py", "sample"),
    ("ui/gallery/report_scenes.py", "life"),
    ("ui/pages/trust.py", "escrow"),  # the province's keys, opened by two persons to sign the list
    ("ui/receiver/grid.py", "deliveries"),  # the state of a month
    ("ui/gallery/province.py", "sample"),  # an invented province played with the desk's verbs
    ("ui/gallery/province.py", "escrow"),
    ("ui/gallery/province.py", "store"),  # and with a line that a faulty program would write
    ("ui/gallery/province.py", "change"),
    ("ui/gallery/page_scenes.py", "sample"),  # the pictures show an invented register
}

_LETTER = ("[ăâđêôơưĂÂĐÊÔƠƯ\u00c0-\u00c3\u00c8-\u00ca\u00cc\u00cd\u00d2-\u00d5\u00d9\u00da\u00dd"
                     "\u00e0-\u00e3\u00e8-\u00ea\u00ec\u00ed\u00f2-\u00f5\u00f9\u00fa\u00fd"
                     "\u0128\u0129\u0168\u0169\u1ea0-\u1ef9]")  # fmt: skip
WORDS = re.compile(rf"\w*(?:\w{_LETTER}|{_LETTER}\w)\w*")  # a letter alone, as in a pattern, is no word
LETTER_TABLES = {"cbdesk/text.py", "cbdesk/charsets.py", "ui/theme.py"}  # theme: the tallest letters of a font


def name(path):
    return path.relative_to(ROOT).as_posix()


def room(path):
    """Return the room of a file: the module, or the package it stands in."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    return "ui" if inside[0] == "ui" else inside[1]


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path):
    """Return every module name a file imports, in full; ``from cbdesk import text`` counts as ``cbdesk.text``."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: imports are absolute"
            if node.module == "cbdesk":
                found |= {f"cbdesk.{alias.name}" for alias in node.names}
            else:
                found.add(node.module)
    return found


def rooms_known(path):
    return {one.split(".")[1] for one in imported(path) if one.startswith("cbdesk.")}


def plain_strings(path):
    """Return the texts of a file that are not docstrings, each with its line."""
    told = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", CORE, ids=name)
def test_no_arrow_goes_up(path):
    if path.name == "__init__.py" and path.parent.name == "cbdesk":
        assert not rooms_known(path)
        return
    own = FLOOR.get(room(path))
    assert own is not None, f"{room(path)} has no floor: give it one here and in docs/architecture.md"
    above = {one for one in rooms_known(path) if FLOOR.get(one, -1) > own}
    assert not above
    assert not any(one.split(".")[0] == "ui" for one in imported(path))


@pytest.mark.parametrize("path", WINDOW, ids=name)
def test_the_window_knows_only_its_verbs_and_words(path):
    known = {one for one in rooms_known(path) - WINDOW_KNOWS if (name(path), one) not in WINDOW_ALSO}
    assert not known


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_each_outside_thing_has_one_door(path):
    for one in imported(path):
        outside = one.split(".")[0]
        if outside in DOORS and (name(path), outside) not in ELSEWHERE:
            assert room(path) in DOORS[outside].split(), f"{outside} does not come in through {name(path)}"


def test_no_circle_at_import():
    """A circle of modules that import each other on loading makes the order of imports matter."""
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in SOURCES}
    edges = {module: loads(path, names) - {module} for module, path in names.items()}
    done = set()

    def walk(module, way):
        assert module not in way, " -> ".join([*way[way.index(module):], module])
        if module not in done:
            for one in sorted(edges[module]):
                walk(one, [*way, module])
            done.add(module)

    for module in edges:
        walk(module, [])


def loads(path, names):
    """Return our own modules a file imports while being loaded (not inside functions, not for types only)."""
    found = set()
    nodes = list(tree(path).body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Try):
            nodes += node.body
        if isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & set(names)
            found |= inner or ({node.module} & set(names))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & set(names)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_the_clock_is_read_in_one_place(path):
    if room(path) == "clock":
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            said = f"{node.value.id}.{node.attr}"
            assert said not in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time",
                                "time.localtime", "time.strftime"}  # fmt: skip


@pytest.mark.parametrize("path", CORE, ids=name)
def test_drives_are_asked_in_one_place(path):
    if room(path) in ("carrier", "volumes"):
        return
    said = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    assert not {one for one in said & {"disk_usage", "statvfs", "fsync"} if (name(path), one) not in ELSEWHERE}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_vietnamese_in_code(path):
    if name(path) in LETTER_TABLES:
        return
    written = [(line, text) for line, text in plain_strings(path) if WORDS.search(re.sub(r"\[[^]]*]", "", text))]
    assert not written, "words belong in resources/"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_district_in_code(path):
    """Districts ended on 1 July 2025: who receives is data with dates, never a name in code."""
    names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    names |= {node.arg for node in ast.walk(tree(path)) if isinstance(node, ast.arg)}
    names |= {text for _, text in plain_strings(path)}
    assert not [one for one in names if "district" in one.lower() and (name(path), one) not in ELSEWHERE]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(tree(path)) or not tree(path).body


def test_the_picture_in_the_documents_names_every_room():
    drawn = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    missing = {room(path) for path in CORE if room(path) not in ("__init__",)} - set(re.findall(r"\w+", drawn))
    assert not missing


def test_size(record_testsuite_property):
    """No limit, only a look: the longest files and functions are told with ``-rP``."""
    files = sorted(((len(path.read_text(encoding="utf-8").splitlines()), name(path)) for path in SOURCES), reverse=True)
    functions = sorted(
        ((node.end_lineno - node.lineno + 1, f"{name(path)}:{node.name}") for path in SOURCES
         for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))),
        reverse=True,
    )  # fmt: skip
    for size, what in [*files[:5], *functions[:5]]:
        print(f"{size:5} {what}")
    record_testsuite_property("longest_file", str(files[0]))
    assert all(big >= small for (big, _), (small, _) in pairwise(files))


def test_no_room_of_the_desk_takes_an_inner_name_of_another():
    """The rooms of the desk become one class: an inner name defined in two of them would silently be one.

    A room that adds to a verb of another says so: it calls ``super()``.
    """
    found = {}
    for path in sorted((ROOT / "cbdesk" / "desk").glob("*.py")):
        for room_of in (one for one in tree(path).body if isinstance(one, ast.ClassDef) and one.bases):
            for part in (one for one in room_of.body if isinstance(one, ast.FunctionDef)):
                if re.match("_[a-z]", part.name) and f"super().{part.name}(" not in ast.unparse(part):
                    found.setdefault(part.name, set()).add(room_of.name)
    assert {name: sorted(rooms) for name, rooms in found.items() if len(rooms) > 1} == {}
