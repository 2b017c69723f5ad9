"""Who does not see what is sensitive can write it, loses none of it, learns nothing from writing; looks are told."""

import pytest
from compartment_kit import CANARY, JUNIOR, NOW, PNG, SENIOR, as_officer, people, written

from cbdesk import clock
from cbdesk.change import Change, new_id
from cbdesk.desk import Desk
from cbdesk.errors import Problem
from cbdesk.paths import resources


@pytest.fixture
def senior(commune):
    clock.set_fixed(NOW)
    people(commune)
    return commune


@pytest.fixture
def child(senior):
    told = {"full_name": "Hoàng Văn Páo", "born": "2014-03-05", "village": "Nà Héng"}
    return written(senior, "child", **told, groups=["04", "05"])


@pytest.fixture
def junior(senior, child):
    """Return the desk of who records and does not see; the veil is drawn from here on."""
    return as_officer(senior, JUNIOR)


def rows(desk: Desk, form: str, *names: str) -> list[tuple]:
    """Return fields of all rows of a form as they are, whoever may see them."""
    with desk.store.whole():
        return sorted(tuple(row.get(name) for name in names) for row in desk.store.rows(form))


def again(desk: Desk) -> Desk:
    """Return a desk of who sees all."""
    return as_officer(desk, SENIOR)


def test_what_is_not_seen_is_not_closed_by_saving_what_is(junior, child):
    junior.save("child", {"groups": ["13"]}, child)
    assert rows(junior, "circumstance", "code", "to") == [("04", NOW[:10]), ("05", None), ("13", None)]


def test_codes_hidden_in_a_list_stay_in_it(senior, child):
    disabled = str(next(row["id"] for row in senior.rows_of("circumstance", child) if row["code"] == "04"))
    senior.save("circumstance", {"disability_forms": ["mobility", "mental"]}, disabled)
    junior = as_officer(senior, JUNIOR)
    assert junior.get(disabled)["disability_forms"] == ["mobility"]
    saved = junior.save("circumstance", {"disability_forms": ["hearing"]}, disabled)
    assert again(junior).get(disabled)["disability_forms"] == ["hearing", "mental"]
    as_officer(junior, JUNIOR).undo(saved.batch)
    assert again(junior).get(disabled)["disability_forms"] == ["mobility", "mental"]


def test_saying_a_hidden_group_again_makes_no_second_one_and_answers_like_a_first(junior, child):
    known, new = (junior.save("child", {"groups": ["04", code]}, child) for code in ("05", "07"))
    assert (bool(known.batch), known.findings) == (bool(new.batch), new.findings)
    assert [code for code, in rows(junior, "circumstance", "code")] == ["04", "05", "07"]
    assert junior.get(child)["groups"] == ["04"]


def test_what_was_put_aside_is_told_without_what_is_hidden(senior, child):
    group = str(next(row["id"] for row in senior.rows_of("circumstance", child) if row["code"] == "05"))
    told = [("suspect", new_id(), {"name": CANARY}), ("circumstance", group, {"to": "2026-01-01"}),
            ("child", child, {"born": "2013", "death_cause": "accident"}), ("child", child, {"death_cause": "illness"}),
            ("incident", new_id(), {"reporter_name": CANARY}), ("future", new_id(), {CANARY: "x"})]  # fmt: skip
    for n, (form, record, fields) in enumerate(told, start=1):
        line = Change(s="5e" * 8, n=n, c=n, t=form, r=record, k="set", f=fields, x="x" * 22).line()
        senior.store.db.execute("INSERT INTO quarantine VALUES (?, ?, NULL, 'fork', ?)", ("5e" * 8, n, line))
    assert len(senior.set_aside()) == len(told)
    seen = [(one.form, one.record, one.fields) for one in as_officer(senior, JUNIOR).set_aside()]
    assert seen == [("child", child, ("Ngày sinh",))]


def test_a_layout_of_ones_own_lifts_no_veil_and_names_nobody_who_is_kept_apart(senior, child):
    """Also under the name of a shipped list, which counts everybody."""
    for kind, name in (("abuse", "Zkin"), ("injury", "Zho")):
        other = written(senior, "child", full_name=f"Nông Văn {name}", born="2014-03-05")
        senior.save("incident", {"kind": kind, "cause": "burn", "received_at": "2026-10-12T09:00", "child": [other]})
    shipped = (resources() / "catalogue" / "reports" / "injury_list.toml").read_text("utf-8")
    every = shipped.replace("where = { kind = [\"injury\"] }\n", "").replace("by = \"cause\"\n", "")
    senior.add_layout('shape = "list"\n' + every.replace('name = "injury_list"', 'name = "special"', 1))
    told = str(senior.paper("special", "2026-10").as_json())
    assert ("Zho" in told, "Zkin" in told) == (True, False)
    kept_apart = shipped.replace("[select]", "restricted = true\nfreezes = true\n[select]\nsecret = \"only\"", 1)
    with pytest.raises(Problem, match="report_wrong"):
        senior.add_layout('shape = "list"\n' + kept_apart)
    senior.add_layout(LAYOUT)
    made = senior.kept(senior.snapshot("month", "2026-10").id)
    assert 1 in _figures(made)
    junior = as_officer(senior, JUNIOR)
    for made in (junior.counted_report("month", "2026-10"), junior.kept(junior.snapshot("month", "2026-10").id)):
        assert not any(_figures(made))


def _figures(made):
    return [cell.value for row in made.grids[0].rows for cell in row.cells.values()]


LAYOUT = """
shape = "table"
name = "month"
title = { vi = "Ai", en = "Who" }
periods = ["month"]
symbol = "BC"
kind = "BIỂU"
about = "{period}"
[[grid]]
name = "all"
title = "Ai"
columns = "times"
[[grid.row]]
key = "ill"
label = "Một trẻ ở một xóm"
where = { groups = ["05"] }
"""


def test_a_tip_is_never_blocked_and_not_read_back(junior, child):
    saved = junior.save("incident", {"kind": "abuse", "received_at": "2026-11-20T09:00", "child": [child],
                                     "summary": CANARY, "reporter_name": CANARY})  # fmt: skip
    assert None not in (saved.id, saved.batch)
    with pytest.raises(Problem, match="no_record"):
        junior.get(saved.id)
    assert junior.incidents() == []
    assert again(junior).get(saved.id)["reporter_name"] == CANARY
    as_officer(junior, JUNIOR).undo(saved.batch)
    assert again(junior).incidents() == []


def test_numbers_of_what_is_seen_have_no_holes(junior, child):
    told = {"received_at": "2026-11-20T09:00", "child": [child]}
    for kind in ("injury", "abuse", "injury", "abuse", "injury"):
        junior.save("incident", {"kind": kind, **told})
    assert sorted(row["number"][-3:] for row in junior.incidents()) == ["001", "002", "003"]
    hidden = sorted(number for number, in rows(junior, "incident", "number") if "K" in number)
    assert [number[-4:] for number in hidden] == ["K001", "K002"]


def test_a_hidden_case_gives_no_hint_when_another_is_opened_or_the_child_is_handed_on(senior, child):
    incident = written(senior, "incident", kind="abuse", received_at="2026-11-20T09:00", child=[child])
    senior.take_up(incident)
    junior = as_officer(senior, JUNIOR)
    assert junior.cases(child) == []
    assert junior.open_case(child, {"kind": "special"}).findings == ()
    assert len(junior.cases(child)) == 1
    assert len(again(junior).cases(child)) == 2


def test_joining_two_records_takes_along_what_is_hidden_and_taking_it_back_brings_it_back(senior, child):
    other = written(senior, "child", full_name="Hoàng Văn Páo", born="2014-03-05", village="Nà Héng", groups=["07"])
    incident = written(senior, "incident", kind="abuse", received_at="2026-11-20T09:00", child=[other])
    junior = as_officer(senior, JUNIOR)
    stand = junior.pair(child, other).stand
    junior.merge(child, other, stand=stand)
    assert again(junior).get(child)["groups"] == ["04", "05", "07"]
    assert again(junior).get(incident)["child"] == [child]
    as_officer(junior, JUNIOR).split(child)
    assert again(junior).get(other)["groups"] == ["07"]
    assert again(junior).get(incident)["child"] == [other]


def test_who_deletes_for_good_must_see_everything(senior, child):
    written(senior, "officer", full_name="Lục Văn Thắng", role="approver", **{"from": "2026-01-01"})
    approver = as_officer(senior, "Lục Văn Thắng")
    with pytest.raises(Problem, match="no_right"):
        approver.erase(child, "x")


def test_drafts_are_of_who_types_them(junior, child):
    again(junior).keep_draft("incident", None, {"summary": CANARY})
    mine = as_officer(junior, JUNIOR)
    assert (mine.draft("incident", None), mine.drafts()) == (None, [])
    mine.keep_draft("incident", None, {"summary": "của tôi"})
    assert mine.draft("incident", None)[0] == {"summary": "của tôi"}
    assert again(junior).draft("incident", None)[0] == {"summary": CANARY}


def test_conflicts_of_what_is_hidden_are_nobodys_hint(senior, child):
    carer = written(senior, "carer", child=child, relation="mother", full_name="Lý Thị Mùi", state="prison")
    with senior.store.atomic():
        places = (("carer", carer, "state"), ("child", child, "death_cause"), ("child", child, "born"))
        for form, record, field in places:
            told = (form, record, field, 1, "a" * 16, '"x"')
            senior.store.db.execute("INSERT INTO main.conflict VALUES (?, ?, ?, ?, ?, ?)", told)
    assert as_officer(senior, JUNIOR).store.contested() == [("child", child, "born")]
    assert len(again(senior).store.contested()) == 3


def test_the_veil_follows_the_right_at_once_and_a_unit_of_work_undone(senior, child):
    record = next(str(row["id"]) for row in senior.store.rows("officer") if row["full_name"] == SENIOR)
    assert not senior.store.veiled
    with pytest.raises(KeyboardInterrupt):
        _taken_and_undone(senior, record)
    assert not senior.store.veiled
    senior.save("officer", {"sensitive": False}, record)
    assert senior.get(child)["groups"] == ["04"]


def _taken_and_undone(senior: Desk, record: str) -> None:
    with senior.store.atomic():
        senior.save("officer", {"sensitive": False}, record)
        assert senior.store.veiled
        raise KeyboardInterrupt


def test_tables_are_proved_and_made_anew_behind_the_veil(junior, child):
    junior.save("child", {"groups": ["07"]}, child)
    assert junior.store.rebuilt_differences() == []
    assert junior.verify()["ok"]
    junior.backup()


# --- looks ---------------------------------------------------------------------------------------------------------


def looks(desk: Desk) -> list[tuple[str, str, str]]:
    return [(what, record, detail) for _, _, by, what, record, detail, *_ in desk.ledger.accesses()
            if what == "view" and by == desk.officer]  # fmt: skip


def test_reading_what_holds_something_sensitive_is_told_by_the_desk(senior, child):
    incident = written(senior, "incident", kind="abuse", received_at="2026-11-20T09:00", child=[child])
    case = senior.take_up(incident).id
    before = len(looks(senior))
    senior.get(child)
    senior.get(incident)
    senior.history(incident)
    senior.case(case)
    senior.all_rows("incident")
    assert looks(senior)[before:] == [("view", child, ""), ("view", incident, ""), ("view", incident, ""),
                                      ("view", case, ""), ("view", "", "incident 1")]  # fmt: skip
    senior.due()
    senior.children()
    senior.get(str(senior.store.rows("village")[0]["id"]))
    assert len(looks(senior)) == before + 5


def test_a_caller_that_seals_tells_of_each_asking_instead(senior, child):
    senior.seals = True
    senior.get(child)
    assert looks(senior) == []
    senior.look(child)
    assert looks(senior) == [("view", child, "")]


def test_who_does_not_see_leaves_no_look(junior, child):
    junior.get(child)
    junior.all_rows("circumstance")
    assert looks(junior) == []


def test_a_file_on_a_hidden_record_is_not_opened(senior, child):
    incident = written(senior, "incident", kind="abuse", received_at="2026-11-20T09:00", child=[child])
    file = str(senior.attach_bytes(incident, PNG, {"title": CANARY}).id)
    junior = as_officer(senior, JUNIOR)
    with pytest.raises(Problem, match="no_record"):
        junior.open_attachment(file)
    assert junior.attachments(incident) == []
