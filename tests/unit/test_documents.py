"""Documents that speak of facts are held to them: versions, licences, problems, links, commands."""

import re
import shlex
import tomllib

import pytest
from tools_kit import ROOT, load_tool

import cbdesk
from cbdesk.catalogue import catalogue
from cbdesk.cli import program

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").glob("*.md")])


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def table(document, heading):
    """Return the rows of the first table under a heading, without the heading row."""
    lines = document.split(f"## {heading}\n", 1)[1].splitlines()
    rows = [line for line in lines[: next((n for n, line in enumerate(lines) if line.startswith("## ")), None)]
            if line.startswith("|")]  # fmt: skip
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def locked():
    """Return the lock: package to (version, packages that want it)."""
    found = {}
    for block in re.split(r"\n(?=[a-z])", text("requirements.lock")):
        name, version = re.match(r"([a-z0-9-]+)==([^ ;\\]+)", block).groups()
        wanted_by = set(re.findall(r"#\s+(?:via\s+)?([a-z0-9-]+)", block)) - {"via"}
        found[name] = (version, wanted_by)
    return found


def test_notices_name_every_package_that_runs_with_the_program():
    lock = locked()
    project = tomllib.loads(text("pyproject.toml"))["project"]
    names = {re.match(r"[\w.-]+", one)[0].lower().replace(".", "-") for one in project["dependencies"]}
    while more := {name for name, (_, wanted_by) in lock.items() if wanted_by & names} - names:
        names |= more
    told = {row[0]: (row[1], row[2]) for row in table(text("docs/third-party.md"), "Python packages")}
    assert {name: version for name, (version, _) in told.items()} == {name: lock[name][0] for name in names}
    assert all(licence for _, licence in told.values())


def test_notices_name_every_font_and_the_icons():
    told = text("docs/third-party.md")
    for folder in (ROOT / "resources" / "fonts").iterdir():
        if folder.is_dir():
            assert f"`resources/fonts/{folder.name}/`" in told
            assert (folder / "LICENSE.txt").is_file()
    version = re.search(r"`@fluentui/svg-icons`\s+(\S+?)\.", text("resources/icons/README.md") + " ")
    assert version[1] in told


def test_the_lock_names_no_index_and_every_file_by_its_hash():
    lock = text("requirements.lock")
    assert "://" not in lock
    assert "--index" not in lock
    blocks = [block for block in re.split(r"\n(?=[a-z])", lock) if "==" in block]
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_changelog_knows_the_versions_of_program_and_data():
    newest = table(text("CHANGELOG.md"), "Versions of program and data")[0]
    assert newest == [cbdesk.__version__, *map(str, (cbdesk.SCHEMA, cbdesk.STORE, cbdesk.BUNDLE, catalogue().version))]
    assert f"## [{cbdesk.__version__}]" in text("CHANGELOG.md")
    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == cbdesk.__version__


def test_the_table_of_problems_is_current():
    assert text("docs/problems.md") == load_tool("problems").document(), "run `make docs`"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http", "#", "mailto:")):
            assert (path.parent / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_named_in_documents_exist(path):
    """A path in code style that begins with one of our folders is ours; ``cbdesk/bundle/1`` is a type, no path."""
    for name in re.findall(r"`((?:cbdesk|ui|resources|docs|tools|tests|\.ci|\.github)/[\w./-]*)`",
                           path.read_text(encoding="utf-8")):  # fmt: skip
        assert (ROOT / name).exists() or re.fullmatch(r"cbdesk/[a-z]+/\d+", name), name


def test_commands_of_the_readme_exist():
    for line in text("README.md").splitlines():
        for command in re.findall(r"\bcbdesk ([^|]*)", line) if "cbdesk " in line and "--" in line else ():
            words = shlex.split(command.strip("`"), comments=True)
            names = [word for word in words if not word.startswith("-")]
            assert names[0] in program.commands, line
            known = {one for parameter in program.commands[names[0]].params for one in parameter.opts}
            known |= {one for parameter in program.params for one in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known, line


def test_make_targets_named_in_documents_exist():
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    for path in DOCUMENTS:
        named = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert {one or other for one, other in named} <= targets, path.name


REQUIREMENTS = sorted((ROOT / "docs" / "requirements").glob("[a-z]*.md"))


def demands(path):
    """Return the rows of a table of requirements: number, what is required, the tests that prove it."""
    rows = re.findall(r"^\| ([A-Z]+-\d+) \| (.+?) \| (.+?) \|$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [(number, words, re.findall(r"(tests/[\w/]+\.py)::(\w+)", tests)) for number, words, tests in rows]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.stem)
def test_every_requirement_names_tests_that_exist(path):
    found = demands(path)
    assert found, "a table of requirements has rows | NUMBER | what is required | tests/file.py::test |"
    for number, words, tests in found:
        assert tests, f"{number}: {words}"
        for file, name in tests:
            assert re.search(rf"^ *def {name}\(", text(file), re.MULTILINE), f"{number}: {file}::{name}"


def test_requirements_have_numbers_of_their_own():
    numbers = [number for path in REQUIREMENTS for number, _, _ in demands(path)]
    assert len(numbers) == len(set(numbers))


def test_every_threat_names_what_is_not_held_and_tests_that_exist():
    """Threats 1 to 23 of the contract without a hole, then ours; a name that rots fails."""
    rows = [re.split(r" \| ", row.strip("| ")) for row in text("docs/threats.md").splitlines()
            if re.match(r"\| (\d+|[A-Z]) \|", row)]  # fmt: skip
    assert [row[0] for row in rows if row[0].isdigit()] == [str(n) for n in range(1, 24)]
    assert all(len(row) == 5 and all(row) for row in rows)
    for number, *_, tests in rows:
        found = re.findall(r"(tests/[\w/]+\.py)::(\w+)", tests)
        assert found, number
        for file, name in found:
            assert re.search(rf"^ *def {name}\(", text(file), re.MULTILINE), f"{number}: {file}::{name}"
