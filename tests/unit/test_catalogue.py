"""The shipped catalogue is sound, and each rule of the house about it is watched: broken once, it is named."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cbdesk import words
from cbdesk.catalogue import catalogue, load, verify
from cbdesk.errors import Problem
from cbdesk.paths import resources
from cbdesk.shapes import Condition, Rule, Section
from cbdesk.units import Units
from tools import field_dictionary

TODAY = date(2026, 10, 12)
SHIPPED = resources() / "catalogue"


def each(names):
    return names.split()


@pytest.fixture(scope="module")
def shipped():
    return catalogue()


# --- it is sound and holds what the contract fixes ----------------------------------------------------------------

def test_shipped_catalogue_is_sound(shipped):
    assert verify(shipped) == []


def test_fixed_names_of_the_contract(shipped):
    child, incident = shipped.form("child"), shipped.form("incident")
    for name in each("full_name born sex ethnicity personal_id village phone"):
        assert child.has(name)
    for name in each("father_name mother_name carer_name groups risks household_class"):
        assert child.shorthand(name)
    for name in each("child kind received_at occurred_at place unit source summary urgent cause outcome "
                     "forms_of_abuse suspect_relation"):
        assert incident.has(name)
    assert [f.name for f in incident.fields if f.required == "stop"] == ["kind", "received_at"]
    assert [f.name for f in child.fields if f.required] == ["village"]


@pytest.mark.parametrize(("name", "codes"), [
    ("incident_kind", "abuse injury child_labour child_marriage other"),
    ("sex", "male female unknown"),
    ("household_class", "poor near_poor escaped average other"),
    ("injury_outcome", "death disabled recovered unknown"),
    ("abuse_form", "violence sexual exploitation trafficking abandonment neglect other"),
    ("suspect_relation",
     "parent step_parent relative carer teacher peer neighbour acquaintance stranger online unknown"),
    ("injury_cause", ("traffic drowning fall burn electric poisoning animal sharp choking explosive machine violence "
                      "self_harm lightning disaster other")),
])
def test_fixed_codes_of_the_contract(shipped, name, codes):
    assert [choice.code for choice in shipped.lists[name].choices if not choice.parent] == each(codes)


def test_fourteen_groups_with_their_letters(shipped):
    top = [choice for choice in shipped.lists["group"].choices if not choice.parent]
    assert [choice.code for choice in top] == [f"{n:02d}" for n in range(1, 15)]
    assert [choice.extra["letter"] for choice in top] == each("a b c d đ e g h i k l m n o")
    assert [choice.extra["article"] for choice in top] == list(range(3, 17))
    assert len([c for c in shipped.lists["risk"].choices if not c.parent]) == 18
    assert len(shipped.lists["ethnicity"].choices) == 56
    assert [c.label for c in shipped.lists["ethnicity"].choices[:4]] == ["Tày", "Nùng", "Mông", "Dao"]


def test_papers_print_names_or_points_never_our_codes(shipped):
    groups = shipped.lists["group"]
    assert groups.printable("04.a").code == "04"
    assert groups.printable("11.4").code == "11.4"
    assert groups.point("05") == "điểm đ khoản 1 Điều 10"
    assert groups.point("04.a") == "điểm d khoản 1 Điều 10"
    assert shipped.lists["risk"].printable("R07").code == "R07"


def test_sensitivity_follows_fields_choices_and_parents(shipped):
    code = shipped.form("circumstance").field("code")
    assert shipped.sensitive(code, "05")
    assert shipped.sensitive(code, "11.2")
    assert not shipped.sensitive(code, "01.3")
    assert shipped.sensitive(shipped.form("child").shorthand("groups").field, ["01", "12"])
    assert shipped.sensitive(shipped.form("incident").field("reporter_name"))
    assert shipped.sensitive(shipped.form("incident").field("shelter"), "x")


def test_the_law_is_dated(shipped):
    assert shipped.threshold("child_age", TODAY) == 16
    assert shipped.law_row("poverty_standard", "rural", date(2026, 12, 31)).value == 1_500_000
    assert shipped.law_row("poverty_standard", "rural", date(2027, 1, 1)).value == 2_200_000
    assert shipped.receiver(TODAY).value == "04"
    assert shipped.receiver(date(2025, 6, 30)).value == "district"
    assert shipped.deadline("emergency", TODAY).extra["unit"] == "hours"
    with pytest.raises(KeyError):
        shipped.law_row("poverty_standard", "rural", date(2031, 1, 1))


def test_conditions_follow_each_other(shipped):
    incident = shipped.form("incident")
    drowned = {"kind": "injury", "cause": "drowning"}
    assert incident.active("water_place", drowned)
    assert not incident.active("water_place", {**drowned, "cause": "fall"})
    assert not incident.active("water_place", {**drowned, "kind": "abuse"})
    assert not incident.active("cause", {})
    assert incident.active("sexual_acts", {"kind": "abuse", "forms_of_abuse": ["violence", "sexual"]})


def test_every_tile_writes_what_its_form_takes(shipped):
    incident = shipped.form("incident")
    for tile in shipped.lists["incident_tile"].choices:
        for name, value in tile.extra.items():
            if name != "icon":
                known = shipped.lists[incident.field(name).choices]
                assert all(known.get(code) for code in ([value] if isinstance(value, str) else value)), tile.code


def test_texts_follow_the_language(shipped):
    words.set_language("en")
    try:
        assert shipped.form("child").plural == "Children"
        assert shipped.lists["sex"].label("female") == "Female"
    finally:
        words.set_language("vi")
    assert shipped.form("child").plural == "Trẻ em"
    assert shipped.lists["sex"].label("no such code") == "no such code"


# --- units --------------------------------------------------------------------------------------------------------

def test_one_code_two_units_in_time(shipped):
    units = shipped.units
    assert units.resolve("01273", TODAY).name == "Phường Thục Phán"
    assert units.resolve("01273", date(2025, 6, 30)).name == "Phường Hợp Giang"
    assert units.resolve("01321@2025-07-01").name == "Xã Bảo Lạc"
    assert units.resolve("04").key == "04@"
    assert len(units.current(TODAY)) == 56
    assert units.province(TODAY).name == "Tỉnh Cao Bằng"


@pytest.mark.parametrize(("code", "on", "problem"), [
    ("99999", TODAY, "wrong_unit"), ("01321@1999-01-01", None, "wrong_unit"), ("01306", TODAY, "wrong_unit"),
    ("01273", None, "ambiguous_unit")])
def test_units_that_cannot_be_told(shipped, code, on, problem):
    with pytest.raises(Problem) as caught:
        shipped.units.resolve(code, on)
    assert caught.value.name == problem


def test_names_of_units_and_mergers(shipped):
    units = shipped.units
    for name in ("Hoà An", "xã Hòa An"):
        assert [unit.code for unit in units.find(name, TODAY)] == ["01654"]
    assert len(units.find("Hưng Đạo")) >= 4
    old = units.resolve("01306")
    step = units.successor(old)
    assert (step.code, step.valid_to) == ("01297", "2025-06-30")
    assert old in units.predecessors(step)


# --- every rule of the house, broken once -------------------------------------------------------------------------

def with_field(shipped, form_name, name, /, **changes):
    form = shipped.forms[form_name]
    fields = tuple(replace(item, **changes) if item.name == name else item for item in form.fields)
    return with_form(shipped, form_name, fields=fields)


def with_form(shipped, name, /, **changes):
    return replace(shipped, forms={**shipped.forms, name: replace(shipped.forms[name], **changes)})


def with_list(shipped, name, /, **changes):
    return replace(shipped, lists={**shipped.lists, name: replace(shipped.lists[name], **changes)})


def with_choice(shipped, name, code, /, **changes):
    choices = tuple(replace(c, **changes) if c.code == code else c for c in shipped.lists[name].choices)
    return with_list(shipped, name, choices=choices)


def with_law(shipped, table, *rows):
    return replace(shipped, law={**shipped.law, table: rows})


def with_allowance(shipped, name, *, value=None, **extra):
    return with_law(shipped, "allowance", *(
        replace(row, value=value or row.value, extra={**row.extra, **extra}) if row.name == name else row
        for row in shipped.law["allowance"]))


BREAKS = {
    "no kind 'colour'": lambda c: with_field(c, "child", "sex", kind="colour"),
    "was of kind text, is code": lambda c: with_field(c, "child", "school", kind="code"),
    "required is 'maybe'": lambda c: with_field(c, "child", "village", required="maybe"),
    "width 13": lambda c: with_field(c, "child", "village", width=13),
    "no section 'nowhere'": lambda c: with_field(c, "child", "village", section="nowhere"),
    "no list 'colours'": lambda c: with_field(c, "child", "sex", choices="colours"),
    "a list of choices belongs to": lambda c: with_field(c, "child", "school", choices="sex"),
    "no form 'house'": lambda c: with_field(c, "child", "household", form="house"),
    "a form belongs to kinds": lambda c: with_field(c, "child", "school", form="child"),
    "needs a required ref named 'child'": lambda c: with_field(c, "carer", "child", required=""),
    "no parent 'family'": lambda c: with_form(c, "carer", parent="family"),
    "key names no field 'title'": lambda c: with_form(c, "child", key=("title",)),
    "shows no form 'pets'": lambda c: with_form(c, "village", sections=(
        Section("general", {"vi": "x", "en": "x"}, ("pets",)),)),
    "which is no earlier field": lambda c: with_field(c, "incident", "cause", when=Condition("summary", ("x",))),
    "condition on unknown code 'flood'": lambda c: with_field(
        c, "incident", "water_place", when=Condition("cause", ("flood",))),
    "condition on 'yes'": lambda c: with_field(c, "carer", "note", when=Condition("main_carer", ("yes",))),
    "condition on kind name": lambda c: with_field(c, "carer", "phone", when=Condition("full_name", ("x",))),
    "empty condition": lambda c: with_field(c, "incident", "cause", when=Condition("kind", ())),
    "no rule 'guess'": lambda c: with_form(c, "tag", rules=(Rule("guess", ("from",), "ask"),)),
    "of level 'shout'": lambda c: with_form(c, "tag", rules=(Rule("order", ("from", "to"), "shout"),)),
    "names no field 'until'": lambda c: with_form(c, "tag", rules=(Rule("order", ("from", "until"), "ask"),)),
    "no field carer.title": lambda c: with_form(c, "child", shorthands=(
        replace(c.forms["child"].shorthand("father_name"), target="title"),)),
    "does not fit carer.state": lambda c: with_form(c, "child", shorthands=(
        replace(c.forms["child"].shorthand("father_name"), target="state"),)),
    "fills no field 'sort'": lambda c: with_form(c, "child", shorthands=(
        replace(c.forms["child"].shorthand("father_name"), fill={"sort": "x"}),)),
    "child.sex: used twice": lambda c: with_form(c, "child", fields=(
        *c.forms["child"].fields, c.forms["child"].field("sex"))),
    "is no plain name": lambda c: with_field(c, "child", "sex", name="Giới"),
    "at most 60": lambda c: with_form(c, "tag", fields=tuple(
        replace(c.forms["tag"].fields[0], name=f"f{n}") for n in range(61))),
    "child.sex: no text in en": lambda c: with_field(c, "child", "sex", labels={"vi": "Giới tính"}),
    "child.born hint: no text in vi": lambda c: with_field(c, "child", "born", hints={"en": "x"}),
    "sex:male: no text in en": lambda c: with_choice(c, "sex", "male", labels={"vi": "Nam"}),
    "semicolon in a label": lambda c: with_choice(c, "sex", "male", labels={"vi": "Nam; trai", "en": "Male"}),
    "sex: no choices": lambda c: with_list(c, "sex", choices=()),
    "sex: no source": lambda c: with_list(c, "sex", source=""),
    "sex:male: no source": lambda c: with_choice(c, "sex", "male", source=""),
    "no plain code": lambda c: with_choice(c, "sex", "male", code="nam giới"),
    "does not stand before it": lambda c: with_choice(c, "group", "01.1", parent="01.3"),
    "'2017' is no day": lambda c: with_choice(c, "group", "01", valid_from="2017"),
    "group:01: ends before it begins": lambda c: with_choice(c, "group", "01", valid_to="2001-01-01"),
    "group:01.1: numbered but not verified": lambda c: with_choice(c, "group", "01.1", verified=False),
    "group:04.a: lettered but verified": lambda c: with_choice(c, "group", "04.a", verified=True),
    "does not lead to it": lambda c: with_choice(c, "sex", "male", also=("nữ",)),
    "qd25 'flood' is not in injury_qd25": lambda c: with_choice(
        c, "injury_cause", "fall", extra={"qd25": "flood", "yttn4": "other", "bch16": "other"}),
    "an entry has no yttn4": lambda c: with_choice(c, "injury_cause", "fall", extra={"qd25": "fall", "bch16": "other"}),
    "mapped to no list": lambda c: with_list(c, "sex", maps={"x": "nowhere"}),
    "thresholds: no rows": lambda c: with_law(c, "thresholds"),
    "child_age: no source": lambda c: with_law(c, "thresholds", replace(c.law["thresholds"][0], source="")),
    "child_age: two rows on 2020-01-01": lambda c: with_law(
        c, "thresholds", c.law["thresholds"][0], replace(c.law["thresholds"][0], valid_from="2020-01-01")),
    "allowance hiv: '2,0' is no coefficient": lambda c: with_allowance(c, "hiv", value="2,0"),
    "allowance hiv: no category 'none'": lambda c: with_allowance(c, "hiv", category="none"),
    "allowance hiv: no ages from and under": lambda c: with_allowance(c, "hiv", under=4),
    "allowance hiv: classes 'rich' is not in household_class": lambda c: with_allowance(c, "hiv", classes=["rich"]),
    "benefit:hiv: must be marked sensitive": lambda c: with_choice(c, "benefit", "hiv", sensitive=False),
    "incident.shelter: must be marked sensitive": lambda c: with_field(c, "incident", "shelter", sensitive=False),
    "group:05: must be marked sensitive": lambda c: with_choice(c, "group", "05", sensitive=False),
    "child.sex: shipped before": lambda c: with_form(c, "child", fields=tuple(
        f for f in c.forms["child"].fields if f.name != "sex")),
    "child.gender: not in ledger.toml": lambda c: with_form(c, "child", fields=(
        *c.forms["child"].fields, replace(c.forms["child"].field("sex"), name="gender"))),
    "sex:male: shipped before": lambda c: with_list(c, "sex", choices=c.lists["sex"].choices[1:]),
    "sex:other: not in ledger.toml": lambda c: with_list(c, "sex", choices=(
        *c.lists["sex"].choices, replace(c.lists["sex"].choices[0], code="other", labels={"vi": "k", "en": "o"}))),
    "unit 01321@2025-07-01: twice": lambda c: replace(c, units=Units(
        [*c.units.all, c.units.resolve("01321", TODAY)])),
    "unit 01321: two on 2026-01-01": lambda c: replace(c, units=Units(
        [*c.units.all, replace(c.units.resolve("01321", TODAY), valid_from="2026-01-01")])),
    "no parent 99": lambda c: replace(c, units=Units([replace(u, parent="99") for u in c.units.all])),
    "merged into nothing": lambda c: replace(c, units=Units(
        [replace(u, merged_into="99999") if u.merged_into else u for u in c.units.all])),
}


@pytest.mark.parametrize("named", BREAKS)
def test_a_broken_rule_is_named(shipped, named):
    found = verify(BREAKS[named](shipped))
    assert any(named in sentence for sentence in found), found[:5]


def test_unknown_properties_and_double_codes_are_named(tmp_path: Path):
    (tmp_path / "choices").mkdir()
    (tmp_path / "choices" / "sex.toml").write_text(
        'title = { vi = "x", en = "x" }\nsource = "x"\ncolour = "red"\nchoice = [\n'
        '  { code = "male", label = { vi = "Nam", en = "Male" }, wordy = 1 },\n'
        '  { code = "male", label = { vi = "Nữ", en = "Female" } },\n]\n', encoding="utf-8")
    found = verify(load(SHIPPED, tmp_path))
    assert {"choices/sex: unknown property 'colour'", "choices/sex.male: unknown property 'wordy'",
            "choices/sex: code male twice"} <= set(found)


def test_a_later_layer_replaces_a_file(tmp_path: Path):
    (tmp_path / "thresholds.toml").write_text(
        '[[row]]\nname = "child_age"\nlabel = { vi = "x", en = "x" }\nvalue = 18\nvalid_from = "2027-01-01"\n'
        'source = "x"\nverified = true\n', encoding="utf-8")
    changed = load(SHIPPED, tmp_path)
    assert changed.threshold("child_age", date(2027, 1, 1)) == 18
    assert changed.forms == catalogue().forms


def test_field_dictionary_and_ledger_are_current(shipped):
    assert field_dictionary.DOCUMENT.read_text(encoding="utf-8") == field_dictionary.document(shipped)
    assert field_dictionary.LEDGER.read_text(encoding="utf-8") == field_dictionary.ledger(shipped)
