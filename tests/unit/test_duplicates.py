"""Two records, one child? Misspellings come together, twins, siblings and namesakes stay apart, reasons can be read."""

import json

import pytest
from tools_kit import load_tool

from cbdesk import cli, words
from cbdesk.change import new_id
from cbdesk.duplicates import as_dict, pairs
from cbdesk.errors import Problem
from cbdesk.likeness import LIKELY, LOOK, compare
from cbdesk.persons import person
from cbdesk.sound import EAR, OTHER, SAME, TONE, TYPED, by_ear, likeness, syllables

PAO = {
    "id": "a", "full_name": "Hoàng Văn Páo", "born": "2014-03-05", "sex": "male", "village": "Xóm Nà Héng",
    "mother_name": "Lý Thị Mẩy", "father_name": "Hoàng Văn Sùng",
}  # fmt: skip
MAY = {**PAO, "full_name": "Hoàng Thị Máy", "sex": "female"}


def level(a, b):
    found = compare(person(a), person(b))
    return found.level if found else ""


def codes(a, b):
    found = compare(person(a), person(b))
    return {one.code for one in found.reasons} if found else set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"full_name": "HOÀNG  VĂN PÁO"}, "same_name"),
        ({"full_name": "hoang van pao"}, "name_letters"),
        ({"full_name": "Hoàng Văn Báo"}, "name_ear"),
        ({"full_name": "Hoàng Văn Páos"}, "name_typed"),
        ({"full_name": "HoàngVăn Páo"}, "name_typed"),
        ({"full_name": "Hoàng Vă nPáo"}, "name_typed"),
        ({"full_name": "Văn Hoàng Páo"}, "name_typed"),
        ({"full_name": "Hoàng Vănn Páo"}, "name_like"),
        ({"full_name": "Hoàng Văn Páo (Tí)"}, "same_name"),
        ({"full_name": "Lý Văn Páo"}, "name_family"),
        ({"full_name": "Hoàng A Páo"}, "name_like"),
        ({"born": "2014"}, "same_year"),
        ({"born": "2014-05-03"}, "born_swapped"),
        ({"born": "2014-03-15"}, "born_slip"),
        ({"born": "2015-03-05"}, "born_next_year"),
        ({"mother_name": "LY THI MAY"}, "mother_like"),
        ({"mother_name": "Lý Mẩy"}, "same_mother"),
        ({"village": "X. Nà Héng"}, "same_village"),
        ({"village": "Nà Rình"}, "other_village"),
    ],
)
def test_one_child_written_in_two_ways(change, code):
    assert level(PAO, PAO | change) == LIKELY
    assert code in codes(PAO, PAO | change)


@pytest.mark.parametrize("given", ["Mái", "Mẩy", "Mỷ", "Dợ"])
def test_another_given_name_is_another_child_even_of_one_day_and_one_house(given):
    twin = MAY | {"full_name": f"Hoàng Thị {given}"}
    assert level(MAY, twin) == ""
    assert level(MAY, twin | {"born": "2016-07-01"}) == ""


def test_twins_whose_names_differ_by_a_tone_or_in_the_middle_are_only_looked_at():
    do = MAY | {"full_name": "Hoàng Thị Dở"}
    assert level(do, MAY | {"full_name": "Hoàng Thị Dợ"}) == LOOK
    assert level(MAY | {"full_name": "Hoàng Minh Anh"}, MAY | {"full_name": "Hoàng Hà Anh"}) == LOOK


def test_a_tone_that_makes_a_name_nobody_carries_is_a_misspelling():
    register = [MAY | {"id": "a"}, MAY | {"id": "b", "full_name": "Hoàng Thị Mày"},
                {"id": "c", "full_name": "Lý Thị Máy", "born": "2011-01-02"}]  # fmt: skip
    assert [one.likeness.level for one in pairs(register)] == [LIKELY]
    register.append({"id": "d", "full_name": "Lý Thị Mày", "born": "2010-04-09"})
    assert [one.likeness.level for one in pairs(register)] == [LOOK]
    register[1]["born"] = "2014"
    assert [one.likeness.level for one in pairs(register)] == [LOOK]


def test_a_key_that_makes_a_name_nobody_carries_is_a_slip_and_another_letter_is_looked_at():
    others = [{"id": f"o{n}", "full_name": f"Nông Văn {name}", "born": f"{2011 + 4 * n}-01-02"}
              for n, name in enumerate(("Khoa", "Khoa", "Lân", "Lân"))]  # fmt: skip
    khoa = PAO | {"full_name": "Hoàng Việt Khoa"}
    slip = pairs([khoa, khoa | {"id": "b", "full_name": "Hoàng Việt Khao"}, *others])
    assert [one.likeness.level for one in slip] == [LIKELY]
    luan = PAO | {"full_name": "Hoàng Việt Lân"}
    letter = pairs([luan, luan | {"id": "b", "full_name": "Hoàng Việt Lâm"}, *others])
    assert [one.likeness.level for one in letter] == [LOOK]
    carried = [*others, {"id": "p", "full_name": "Nông Văn Lâm", "born": "2009-02-03"}]
    assert pairs([luan, luan | {"id": "b", "full_name": "Hoàng Việt Lâm"}, *carried]) == []


def test_a_tone_that_no_syllable_can_have_is_no_name():
    register = [PAO | {"full_name": "Hoàng Bảo Ngọc"}, PAO | {"id": "b", "full_name": "Hoàng Bảo Ngoc"},
                *({"id": name, "full_name": name, "born": "2011"} for name in ("Lý Ngọc", "Bàn Ngoc"))]  # fmt: skip
    assert [one.likeness.level for one in pairs(register) if {one.a, one.b} == {"a", "b"}] == [LIKELY]


@pytest.mark.parametrize("name", ["Hoàng Hà Páo", "Hoàng Minh Páo"])
def test_another_word_in_the_middle_is_another_child(name):
    twin = PAO | {"full_name": "Hoàng Đức Páo"}
    for change in ({}, {"born": "2014"}, {"born": "2014-05-03"}, {"mother_name": "", "father_name": ""}):
        assert level(twin, PAO | {"full_name": name} | change) in (LOOK, "")


def test_of_three_with_one_name_year_and_village_none_can_be_told():
    same = {"full_name": "Hoàng Văn Páo", "born": "2014", "village": "Nà Héng", "sex": "male"}
    two = [same | {"id": "a", "born": "2014-03-05"}, same | {"id": "b"}]
    assert [one.likeness.level for one in pairs(two)] == [LIKELY]
    assert {one.likeness.level for one in pairs([*two, same | {"id": "c", "born": "2014-09-30"}])} == {LOOK}
    girl = {"id": "c", "full_name": "Hoàng Thị Páo", "born": "2014-09-30", "village": "Nà Héng", "sex": "female"}
    assert [one.likeness.level for one in pairs([*two, girl])] == [LIKELY]


def test_without_birth_dates_the_same_name_or_both_parents_are_needed():
    undated = PAO | {"born": ""}
    assert level(undated, PAO | {"father_name": ""}) == LIKELY
    assert level(undated, PAO | {"full_name": "Lý Văn Páo"}) == LIKELY
    assert level(undated | {"father_name": ""}, PAO | {"full_name": "Lý Văn Páo"}) == LOOK


def test_namesakes_stay_apart():
    other = {"full_name": "Hoàng Văn Páo", "born": "2014-08-20", "mother_name": "Vừ Thị Dở", "village": "Nà Rình"}
    assert level(PAO, other) == ""
    assert level(PAO, other | {"born": "2014"}) == ""
    assert level({"full_name": "Sùng"}, {"full_name": "Sùng"}) == ""
    assert level({}, {}) == "" == level({"full_name": ""}, {"full_name": "chưa đặt tên"})


def test_a_namesake_of_one_year_in_the_next_village_is_looked_at():
    a, b = ({"full_name": "Hoàng Văn Páo", "born": "2014", "village": village} for village in ("Nà Héng", "Nà Rình"))
    assert level(a, b) == LOOK


@pytest.mark.parametrize(
    "change",
    [{"sex": "female"}, {"born": "2016-11-20"}, {"mother_name": "Vừ Thị Dở"}, {"father_name": "Lầu A Chớ"}],
)
def test_what_contradicts_is_never_outweighed(change):
    assert level(PAO, PAO | change) != LIKELY


def test_numbers():
    a, b = PAO | {"personal_id": "004214000001"}, {"full_name": "B", "personal_id": "004214000001"}
    assert level(a, b) == LOOK  # perhaps a sister's number
    assert level(a, {**b, "full_name": "Hoàng Páo"}) == LIKELY
    assert level(a, PAO | {"personal_id": "004214777777"}) != LIKELY


def test_an_unnamed_newborn_is_looked_at():
    newborn = {"id": "n", "born": "2026-05-01", "mother_name": "Lý Thị Mẩy", "village": "Nà Héng"}
    found = pairs([newborn | {"full_name": "chưa đặt tên"}, newborn | {"id": "m", "full_name": "Hoàng Thị Máy"}])
    assert [one.likeness.level for one in found] == [LOOK]


def test_comparing_knows_no_first_and_second():
    changes = [{"full_name": "hoang van pao"}, {"born": "2014"}, {"full_name": "Lý Văn Báo"}, {"village": "Nà Rình"}]
    for change in changes:
        there, back = compare(person(PAO), person(PAO | change)), compare(person(PAO | change), person(PAO))
        assert there is not None
        assert there == back


def test_pairs_name_ids_once_the_most_alike_first():
    register = [PAO, PAO | {"id": "b", "born": "2014"}, PAO | {"id": "c", "personal_id": "1"}, {"id": "d"}]
    found = pairs(register)
    assert {found[0].a, found[0].b} == {"a", "c"}
    assert len({frozenset((one.a, one.b)) for one in found}) == len(found) == 3
    assert [one.likeness.score for one in found] == sorted((one.likeness.score for one in found), reverse=True)


def test_a_block_that_holds_everybody_says_nothing():
    crowd = [{"id": str(n), "full_name": "Lý Thị Máy"} for n in range(700)]
    assert pairs(crowd) == []


def test_scores_and_reasons_in_words():
    pair = pairs([PAO, PAO | {"id": "b", "born": "2014", "mother_name": "Lý Thị Mầy"}])[0]
    told = as_dict(pair)
    assert told["level"] == LIKELY
    assert 80 <= told["score"] <= 100
    assert set(told["reasons"]) >= {"same_name", "same_year"}
    assert "cùng tên" in told["text"]
    assert "sinh cùng năm" in told["text"]


def test_every_reason_has_its_sentence_in_both_languages():
    from cbdesk.catalogue import catalogue

    for language in words.LANGUAGES:
        for code in catalogue().matching["weights"]:
            assert f"matching.{code}" in words.table(language)


@pytest.mark.parametrize(
    ("a", "b", "how"),
    [("Páo", "PÁO", SAME), ("Dợ", "Dở", TONE), ("Sua", "Xua", EAR), ("Giàng", "Dàng", EAR), ("Trá", "Chá", EAR),
     ("Lý", "Lí", SAME), ("hoà", "hòa", SAME), ("Linhs", "Linh", TYPED), ("Tuaấn", "Tuấn", TYPED),
     ("Máy", "Mái", OTHER), ("Mẩy", "Máy", OTHER), ("Lâm", "Nam", OTHER), ("Lai", "Nái", OTHER)],
)  # fmt: skip
def test_syllables(a, b, how):
    (one,), (other,) = syllables(a), syllables(b)
    assert likeness(one, other) == likeness(other, one) == how


@pytest.mark.parametrize(("a", "b"), [("Vyx", "Vy"), ("Quuỳnh", "Quỳnh"), ("Linhs", "Linh")])
def test_what_no_syllable_is_was_mistyped(a, b):
    assert likeness(syllables(a)[0], syllables(b)[0]) == TYPED


def test_what_may_be_written_for_one_another():
    assert set(by_ear("sua")) == {"sua", "xua"}
    assert by_ear("mai") == ("mai",)


def test_an_invented_register_with_dirt_of_its_own():
    tool = load_tool("measure_duplicates")
    figures = tool.measure("", *tool.invented(600, 7)[:2])
    assert figures["duplicates"] == 180
    assert figures["precision"] >= 0.995
    assert figures["recall"] >= 0.96  # every kind of dirt as often as any other: harder than lists are
    assert figures["recall_with_look"] >= 0.98


# --- in a register ---------------------------------------------------------------------------------------------------


@pytest.fixture
def two(commune):
    """Two records of one child, and a namesake; returns the desk and the ids of the two."""
    rows = [
        PAO,
        PAO | {"full_name": "HOÀNG A PÁO", "born": "2014"},
        PAO | {"born": "2011-01-30", "mother_name": "Vừ Thị Dở"},
    ]
    saved = commune.put("child", [{name: value for name, value in row.items() if name != "id"} for row in rows])
    return commune, saved[0].id, saved[1].id


def test_a_register_names_its_pairs_the_older_record_first(two):
    desk, older, younger = two
    assert [(one.a, one.b) for one in desk.duplicates()] == [(older, younger)]
    assert desk.look_alikes(desk.get(younger), younger)[0]["id"] == older


def test_a_child_spelt_by_ear_is_noticed_before_the_second_record_exists(two):
    desk, older, _ = two
    alike = desk.look_alikes({"full_name": "Hoàng Văn Báo", "born": "2014-03-05"})
    assert older in [row["id"] for row in alike]


def test_two_children_are_not_asked_about_again_until_a_name_or_a_birth_date_changes(two):
    desk, a, b = two
    answer = desk.distinct(b, a)
    assert desk.duplicates(all_levels=True) == []
    assert a not in [row["id"] for row in desk.look_alikes(desk.get(b), b)]
    assert desk.distinct(a, b) == type(answer)(answer.id)
    desk.save("child", {"phone": "0912345678"}, b)
    assert desk.duplicates() == []
    desk.save("child", {"born": "2014-03"}, b)
    assert len(desk.duplicates()) == 1
    assert desk.distinct(a, b).id == answer.id
    assert desk.duplicates() == []


def test_a_number_that_both_carry_opens_the_question_again_and_other_numbers_do_not(two):
    desk, a, b = two
    desk.distinct(a, b)
    desk.save("child", {"personal_id": "004214000001"}, a)
    assert desk.duplicates(all_levels=True) == []
    desk.save("child", {"personal_id": "004214000001"}, b)
    assert [(one.a, one.b) for one in desk.duplicates()] == [(a, b)]
    desk.distinct(a, b)
    assert desk.duplicates(all_levels=True) == []


def test_the_alert_is_gone_once_the_values_differ(two):
    desk, a, b = two
    assert a in [row["id"] for row in desk.look_alikes(desk.get(b), b)]
    desk.save("child", {"full_name": "Lầu Thị Súng", "sex": "female"}, b)
    assert desk.look_alikes(desk.get(b), b) == []
    assert desk.duplicates(all_levels=True) == []


def test_what_was_said_of_a_joined_record_holds_for_the_child_it_is(two):
    desk, a, b = two
    third = desk.save("child", {"full_name": "Hoàng Văn Páo", "born": "2014-03", "village": "Nà Héng"}).id
    desk.distinct(b, third)
    assert [{one.a, one.b} for one in desk.duplicates(all_levels=True)] == [{a, b}, {a, third}]
    desk.merge(a, b)
    assert desk.duplicates(all_levels=True) == []


def test_a_pair_weighs_as_much_alone_as_in_the_list(two):
    desk, a, b = two
    listed = desk.duplicates()[0].likeness
    assert desk.pair(a, b).likeness == listed
    assert desk.pair(b, a).likeness == listed


def test_a_decision_can_be_taken_back(two):
    desk, a, b = two
    desk.undo(desk.distinct(a, b).batch)
    assert len(desk.duplicates()) == 1


def test_wrong_records_are_refused_in_words(two):
    desk, a, b = two
    village = next(iter(desk.village_names()))
    for one, other, name in ((a, a, "same_record"), (a, village, "not_a_child"), (a, new_id(), "no_record")):
        with pytest.raises(Problem) as caught:
            desk.distinct(one, other)
        assert caught.value.name == name
    desk.void(b, "nhập nhầm")
    with pytest.raises(Problem):
        desk.distinct(a, b)
    assert desk.duplicates(all_levels=True) == []


def test_a_decision_travels(two, receiver):
    desk, a, b = two
    receiver.enrol(desk.card_bytes(), desk.fingerprint)
    desk.enrol(receiver.card_bytes(), receiver.fingerprint)
    stick = desk.folder.parent / "stick"
    stick.mkdir()
    receiver.receive([one.file for one in desk.send(stick)])
    assert [(one.a, one.b) for one in receiver.duplicates()] == [(a, b)]
    desk.distinct(a, b)
    receiver.receive([one.file for one in desk.send(stick)])
    assert receiver.duplicates() == []
    assert receiver.verify()["ok"]


def test_the_command_line(two, monkeypatch, capsys):
    desk, a, b = two
    desk.close()
    monkeypatch.setenv("CBDESK_PASSWORD", "mật khẩu")

    def run(*arguments):
        code = cli.run(["--data", str(desk.folder), "--json", *arguments], lambda _: 0)
        return code, json.loads(capsys.readouterr().out)

    code, found = run("duplicates")
    assert code == 0
    assert [(one["a"], one["b"], one["level"]) for one in found["pairs"]] == [(a, b, LIKELY)]
    assert found["pairs"][0].keys() >= {"a", "b", "score", "level", "reasons"}
    assert run("distinct", a, b)[1]["id"]
    assert run("duplicates", "--all")[1]["pairs"] == []
    code, told = run("distinct", a, a)
    assert (code, told["problem"]["name"]) == (1, "same_record")
