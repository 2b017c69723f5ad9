"""Every sentence the code asks for exists, in both languages, with the same slots; every problem can be told."""

import ast
import fnmatch
import re
import string
from functools import cache

import pytest
from test_house import SOURCES, name, tree

from cbdesk import words

KEY = re.compile(r"[a-z_0-9]+(?:\.[a-z_0-9]+)+")


def slots(text):
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


def called(function, path):
    """Return the calls of a function by its bare name or as an attribute of a module."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and node.args:
            said = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if said == function:
                yield node


def values(node):
    """Return what an argument can be: texts and texts with slots; a choice gives both its sides."""
    if isinstance(node, ast.IfExp):
        return values(node.body) + values(node.orelse)
    return [node] if isinstance(node, (ast.Constant, ast.JoinedStr)) else []


@cache
def asked():
    """Return what is given to ``say`` and ``has``: whole keys, and patterns of keys put together."""
    whole, patterns = {}, {}
    for path in SOURCES:
        for function in ("say", "has"):
            for call in called(function, path):
                for node in values(call.args[0]):
                    where = f"{name(path)}:{node.lineno}"
                    if isinstance(node, ast.JoinedStr):
                        parts = (one.value if isinstance(one, ast.Constant) else "*" for one in node.values)
                        patterns["".join(map(str, parts))] = where
                    elif KEY.fullmatch(str(node.value)):
                        whole[node.value] = where
    return whole, patterns


def test_every_sentence_asked_for_exists():
    whole, patterns = asked()
    known = words.table("vi")
    assert {key: where for key, where in whole.items() if key not in known} == {}
    assert {pattern: where for pattern, where in patterns.items() if not fnmatch.filter(known, pattern)} == {}


def test_slots_are_filled_where_a_sentence_is_asked_for():
    """A call with a whole key and plain keywords names every slot of the sentence."""
    wrong = {}
    for path in SOURCES:
        for call in called("say", path):
            key = call.args[0]
            if not (isinstance(key, ast.Constant) and words.has(str(key.value))):
                continue
            given = {word.arg for word in call.keywords}
            wanted = slots(words.table("vi")[key.value])
            if None not in given and given and not wanted <= given:
                wrong[f"{name(path)}:{call.lineno}"] = (key.value, sorted(wanted - given))
    assert wrong == {}


def test_english_says_nothing_vietnamese_does_not():
    assert set(words.table("en")) - set(words.table("vi")) == set()


def test_slots_are_the_same_in_both_languages():
    vi = words.table("vi")
    unlike = {key: (slots(vi[key]), slots(text)) for key, text in words.table("en").items()
              if key in vi and slots(vi[key]) != slots(text)}  # fmt: skip
    assert unlike == {}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_sentences_can_be_filled(language):
    """No stray brace, no slot without a name."""
    for text in words.table(language).values():
        text.format(**dict.fromkeys(slots(text), "1")) if slots(text) else None
        assert all(field is None or field for _, field, _, _ in string.Formatter().parse(text))


def test_every_problem_raised_stands_in_the_table():
    raised = {}
    for path in SOURCES:
        for call in called("Problem", path):
            raised |= {node.value: f"{name(path)}:{node.lineno}" for node in values(call.args[0])
                       if isinstance(node, ast.Constant)}  # fmt: skip
    assert {key: where for key, where in raised.items() if key not in words.problems()} == {}


def test_slots_of_problems_are_filled_where_they_are_raised():
    wrong = {}
    for path in SOURCES:
        for call in called("Problem", path):
            key = call.args[0]
            row = words.problems().get(getattr(key, "value", ""))
            if row is None:
                continue
            given = {word.arg for word in call.keywords}
            wanted = {slot for text in row["vi"].values() for slot in slots(text)}
            if None not in given and wanted - given:
                wrong[f"{name(path)}:{call.lineno}"] = (key.value, sorted(wanted - given))
    assert wrong == {}


def test_problems_have_one_number_each_and_three_sentences_in_both_languages():
    rows = words.problems()
    numbers = [row["number"] for row in rows.values()]
    assert len(set(numbers)) == len(numbers)
    for problem, row in rows.items():
        assert re.fullmatch(r"[A-Z]-\d{2,3}", row["number"]), problem
        for language in words.LANGUAGES:
            assert set(row[language]) == {"what", "safe", "next"}, problem
            assert all(text.strip() for text in row[language].values()), problem
        assert all(slots(row["vi"][one]) == slots(row["en"][one]) for one in row["vi"]), problem


def test_findings_of_the_code_have_their_sentence():
    lost = {}
    for path in SOURCES:
        for call in called("Finding", path):
            if len(call.args) >= 3 and isinstance(call.args[2], ast.Constant):
                key = call.args[2].value
                if not (words.has(f"finding.{key}") or words.has(f"record.{key}")):  # the form words one itself
                    lost[key] = f"{name(path)}:{call.lineno}"
    assert lost == {}
