"""The five faces of each kind: what is typed, what is stored, what is shown."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import clock, kinds, words
from cbdesk.catalogue import catalogue
from cbdesk.dates import NOTES
from cbdesk.errors import Finding
from cbdesk.shapes import Field

TODAY = date(2026, 10, 12)
KINDS = kinds.KINDS
quick = settings(max_examples=60, deadline=None)


def field(kind: str, **more) -> Field:
    return Field(name="f", kind=kind, labels={"vi": "Ô", "en": "Box"}, section="s", **more)


def read(kind: str, typed, **more):
    understood = KINDS[kind].read(typed, field(kind, **more), TODAY)
    return understood.value, [(note.level, note.name) for note in understood.notes]


def check(kind: str, value, **more):
    return [(found.level, found.name) for found in KINDS[kind].check(value, field(kind, **more))]


def show(kind: str, value, **more):
    return KINDS[kind].show(value, field(kind, **more))


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_is_a_value(kind):
    item = field(kind, choices="sex")
    for typed in (None, "", "  \u00a0 "):
        assert KINDS[kind].read(typed, item, TODAY) == kinds.Read()
    assert KINDS[kind].check(None, item) == []
    assert KINDS[kind].show(None, item) == KINDS[kind].cell(None, item) == KINDS[kind].fold(None, item) == ""


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"text", "long_text", "code", "ref", "refs", "place", "flag"}))
def test_people_write_that_they_do_not_know(kind):
    value, notes = read(kind, "Không rõ", choices="end_reason")
    assert value is None
    assert notes == []


def test_unknown_becomes_the_choice_unknown_where_there_is_one():
    assert read("choice", "không biết", choices="sex") == ("unknown", [])


@pytest.mark.parametrize(("kind", "typed", "value", "notes"), [
    ("text", "  Trường  PTDTBT\u00a0Tiểu học ", "Trường PTDTBT Tiểu học", []),
    ("text", "Hoa\u0300", "Hoà", []),
    ("text", 118.0, "118", []),
    ("long_text", "một\r\nhai  ba\n", "một\nhai ba", []),
    ("name", " Lý  Mùi Mẩy", "Lý Mùi Mẩy", []),
    ("name", "chưa đặt tên", "chưa đặt tên", [("note", "placeholder_name")]),
    ("name", "Gái", "Gái", [("note", "placeholder_name")]),
    ("name", "Lý Mùi 2", "Lý Mùi 2", [("ask", "digits_in_name")]),
    ("date", "12/3/2015", "2015-03-12", []),
    ("date", "3/2015", "2015-03", [("note", "date_month_only")]),
    ("date", "2015", "2015", []),
    ("date", datetime(2015, 3, 12), "2015-03-12", []),
    ("date", "31/02/2016", "2016-02", [("note", "date_no_such_day")]),
    ("date", "~11 tuổi", "2015", [("note", "date_age_guess")]),
    ("date", "05/13/2014", None, [("stop", "date_us_order")]),
    ("stamp", "05:40 12/10/2026", "2026-10-12T05:40", []),
    ("stamp", "5h40", "2026-10-12T05:40", []),
    ("stamp", "2026-10-12T05:40", "2026-10-12T05:40", []),
    ("stamp", datetime(2026, 10, 12, 5, 40, 9), "2026-10-12T05:40", []),
    ("stamp", "bậy bạ", None, [("stop", "not_a_moment")]),
    ("integer", "1.234.567", 1234567, []),
    ("integer", 40.0, 40, []),
    ("integer", "-3", None, [("stop", "not_a_number")]),
    ("integer", "1,5", None, [("stop", "not_a_number")]),
    ("year", "2026", 2026, []),
    ("year", "226", None, [("stop", "not_a_year")]),
    ("flag", "có", True, []),
    ("flag", "x", True, []),
    ("flag", "Không", False, []),
    ("flag", 1, True, []),
    ("flag", "chưa rõ", None, []),
    ("flag", "có lẽ", None, [("stop", "not_yes_or_no")]),
    ("phone", 912345678, "0912345678", []),
    ("phone", "+84 912 345 678", "0912345678", []),
    ("phone", "113", "113", [("ask", "phone_format")]),
    ("card", "hn2 04 3369 0755 43", "HN2043369075543", []),
    ("card", "TE1 04 3369 0755 431", "TE10433690755431", [("ask", "card_format")]),
    ("card", 1234567890, "1234567890", []),
    ("code", " BL-A0417 ", "BL-A0417", []),
])
def test_reading(kind, typed, value, notes, monkeypatch):
    monkeypatch.setattr(clock, "_fixed", [datetime(2026, 10, 12, 9, 30, tzinfo=clock.VIETNAM)])  # whatever hour it is
    assert read(kind, typed) == (value, notes)


@pytest.mark.parametrize(("typed", "value", "notes"), [
    (4316001234, "004316001234", []),
    ("004 213 004 567", "004213004567", []),
    ("00431587447", "00431587447", [("ask", "personal_id_format")]),
    ("12345", "12345", [("ask", "personal_id_format")]),
    ("chờ cấp, hẹn 5/11", "chờ cấp, hẹn 5/11", [("ask", "personal_id_format")]),
    ("không có", None, []),
])
def test_a_malformed_personal_number_is_kept_and_asked_about(typed, value, notes):
    assert read("personal_id", typed) == (value, notes)
    assert kinds.malformed_id(value) == bool(notes)
    assert all(found[0] == "ask" for found in check("personal_id", value))


@pytest.mark.parametrize(("typed", "code"), [
    ("08", "08"), (8, "08"), ("Mông", "08"), ("h'mông", "08"), ("mong", "08"), ("Tay", "02"), ("Thổ", "24"),
    ("Thái", "03"), ("người lạ", None)])
def test_choices_are_found_by_code_words_and_without_accents(typed, code):
    value, notes = read("choice", typed, choices="ethnicity")
    assert value == code
    assert notes == ([] if code else [("stop", "unknown_choice")])


@pytest.mark.parametrize(("typed", "codes", "notes"), [
    ("cha mẹ ly hôn; nguy cơ bỏ học", ["R03", "R10"], []),
    ("nguy cơ bỏ học, cha mẹ ly hôn", ["R03", "R10"], []),
    ("di cư, chưa khai sinh", ["R14"], []),
    (["R10", "R03", "R10"], ["R03", "R10"], []),
    ("R03; sai hẳn", ["R03"], [("stop", "unknown_choice")]),
])
def test_several_choices(typed, codes, notes):
    assert read("choices", typed, choices="risk") == (codes, notes)


def test_links():
    assert read("refs", "0198a; 0198b") == (["0198a", "0198b"], [])
    assert read("refs", ["0198a"]) == (["0198a"], [])
    assert check("ref", "có dấu") == [("stop", "not_an_id")]
    assert check("refs", "0198a") == []
    assert check("refs", [1]) == [("stop", "not_an_id")]


@pytest.mark.parametrize(("typed", "key"), [
    ("01321", "01321@2025-07-01"), ("01321@2025-07-01", "01321@2025-07-01"), ("xã Bảo Lạc", "01321@2025-07-01"),
    ("bảo lạc", "01321@2025-07-01"), ("04", "04@"), ("99999", None)])
def test_units(typed, key):
    value, notes = read("unit", typed)
    assert value == key
    assert notes == ([] if key else [("stop", "unknown_unit")])
    assert show("unit", "01321@2025-07-01") == "Xã Bảo Lạc"


@pytest.mark.parametrize(("kind", "value", "found"), [
    ("text", 5, "not_text"), ("text", "a\x00b", "control_characters"), ("text", "\ud800", "control_characters"),
    ("text", "x" * 501, "too_long"), ("long_text", "x" * 20_001, "too_long"), ("name", ["x"], "not_text"),
    ("date", "2015-13", "not_a_date"), ("date", "2015-02-30", "not_a_date"), ("date", "12/3/2015", "not_a_date"),
    ("date", 2015, "not_a_date"), ("date", "2015\n", "not_a_date"), ("stamp", "2026-10-12 05:40", "not_a_moment"),
    ("stamp", "2026-10-12T25:00", "not_a_moment"), ("integer", True, "not_a_number"),
    ("integer", 2**53, "not_a_number"), ("integer", "5", "not_a_number"),
    ("year", 99, "not_a_year"), ("flag", "true", "not_yes_or_no"),
    ("choice", "x", "unknown_choice"), ("choice", True, "not_text"), ("choices", "male", "not_a_list"),
    ("choices", [1], "not_a_list"), ("choices", ["x"], "unknown_choice"), ("unit", "99999", "unknown_unit"),
])
def test_checking_a_stored_value(kind, value, found):
    assert check(kind, value, choices="sex") == [("stop", found)]


def test_showing_for_people_and_spreadsheets():
    assert show("date", "2015-03") == "03/2015"
    assert KINDS["date"].cell("2015-03-12", field("date")) == date(2015, 3, 12)
    assert KINDS["date"].cell("2015", field("date")) == "2015"
    assert show("stamp", "2026-10-12T05:40") == "05:40 12/10/2026"
    assert show("stamp", "2026-10-11") == "11/10/2026"
    assert (show("integer", 1234567), KINDS["integer"].cell(5, field("integer"))) == ("1.234.567", 5)
    assert (show("flag", True), show("flag", 0)) == ("Có", "Không")
    assert show("choices", ["R03", "R10"], choices="risk") == "Cha mẹ ly hôn; Bỏ học hoặc có nguy cơ bỏ học"
    assert show("card", "TE1043369075543") == "TE1 04 3369 0755 43"
    assert KINDS["name"].fold("Đặng Ốc", field("name")) == "dang oc"


# --- what is shown is read back; what is stored stays itself ------------------------------------------------------

def _stored():
    lists = {"choice": "ethnicity", "choices": "risk"}
    days = st.dates(date(1950, 1, 1), date(2030, 12, 31)).map(date.isoformat)
    codes = {name: [c.code for c in catalogue().lists[name].choices] for name in lists.values()}
    line = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy ÁẠỮ,.-/", min_size=1, max_size=30)
    return st.one_of(
        st.tuples(st.just("date"), days.flatmap(lambda d: st.sampled_from([d, d[:7], d[:4]]))),
        st.tuples(st.just("stamp"), st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)).map(
            lambda m: m.isoformat(timespec="minutes")[:16])),
        st.tuples(st.just("integer"), st.integers(0, 2**53 - 1)),
        st.tuples(st.just("year"), st.integers(1900, 2100)),
        st.tuples(st.just("flag"), st.booleans()),
        st.tuples(st.just("choice"), st.sampled_from(codes["ethnicity"])),
        st.tuples(st.just("choices"), st.lists(st.sampled_from(codes["risk"]), min_size=1, unique=True).map(
            lambda chosen: [code for code in codes["risk"] if code in chosen])),
        st.tuples(st.just("personal_id"), st.from_regex(r"004[23][0-9]{8}", fullmatch=True)),
        st.tuples(st.just("phone"), st.from_regex(r"09[0-9]{8}", fullmatch=True)),
        st.tuples(st.just("card"), st.from_regex(r"[A-Z]{2}[0-9]{13}|[0-9]{10}", fullmatch=True)),
        st.tuples(st.sampled_from(["text", "code"]), line.map(lambda s: " ".join(s.split())).filter(bool)),
        st.tuples(st.just("unit"), st.sampled_from([u.key for u in catalogue().units.current(TODAY)])))


def _item(kind):
    return field(kind, choices={"choice": "ethnicity", "choices": "risk"}.get(kind))


@quick
@given(_stored())
def test_a_shown_value_is_read_back(stored):
    kind, value = stored
    item = _item(kind)
    assert KINDS[kind].read(KINDS[kind].show(value, item), item, TODAY).value == value


@quick
@given(_stored())
def test_a_stored_value_is_sound_and_stays_itself(stored):
    kind, value = stored
    item = _item(kind)
    assert KINDS[kind].check(value, item) == []
    assert KINDS[kind].read(value, item, TODAY).value == value


@quick
@given(st.sampled_from(sorted(KINDS)), st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans(),
                                                 st.lists(st.text(max_size=5), max_size=3)))
def test_nothing_typed_breaks_a_kind_and_what_is_kept_is_storable(kind, typed):
    item = field(kind, choices="risk", form="child")
    understood = KINDS[kind].read(typed, item, TODAY)
    if not any(note.level == "stop" for note in understood.notes):
        assert [f for f in KINDS[kind].check(understood.value, item) if f.level == "stop"] == []
    KINDS[kind].check(typed, item)


def test_every_remark_has_its_sentence_in_both_languages():
    for language in words.LANGUAGES:
        for note in NOTES:
            assert f"finding.date_{note}" in words.table(language)
    assert Finding("f", "ask", "personal_id_format", {"n": 11}).text.startswith("Cần đủ 12 chữ số, đang có 11.")
