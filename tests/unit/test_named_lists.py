"""The named lists of an office: who stands on each, in which part, and what never stands on an ordinary one."""

import io

import pytest
from pypdf import PdfReader

from cbdesk import clock, desk, page
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem

OCTOBER = "2026-10"
LISTS = sorted(one.name for one in catalogue().reports.values() if one.data.get("shape", "list") == "list")
RESTRICTED = [name for name in LISTS if catalogue().reports[name].data.get("restricted")]
ORDINARY = [name for name in LISTS if name not in RESTRICTED]
ACROSS, A_DAY = 252, 19.5  # millimetres of a page across, and of a day written out
PURPOSE = "kiểm tra của Sở Y tế"

CHILDREN = {
    "an": {"born": "2016-05-01", "sex": "male", "groups": ["04"]},
    "binh": {"born": "2012-03", "sex": "female", "groups": ["01"]},
    "sealed": {"born": "2014-01-01", "sex": "female", "groups": ["05"], "risks": ["R07"]},
    "baby": {"born": "2026-10-03", "sex": "male", "came_how": "born"},
    "came": {"born": "2015", "sex": "female", "groups": ["04"], "came_how": "moved_in", "came_on": "2026-10-07",
             "came_from": "xã Hạnh Phúc", "health_card": "CB4040123456789", "card_until": "2026-12-01"},
    "back": {"born": "2014", "sex": "male", "came_how": "returned", "came_on": "2026-10-09", "groups": ["03"]},
    "grown": {"born": "2010-10-20", "sex": "male", "groups": ["03"], "card_until": "2027-10-01"},
    "left": {"born": "2017", "sex": "male", "life_status": "left", "status_since": "2026-10-11",
             "moved_to": "Bình Dương"},
    "dead": {"born": "2018", "sex": "female", "life_status": "dead", "status_since": "2026-10"},
    "long_gone": {"born": "2010-10-21", "sex": "female", "life_status": "left", "status_since": "2026-05"},
    "left_then_grown": {"born": "2010-10-25", "life_status": "left", "status_since": "2026-10-08"},
    "someday": {"born": "2026", "sex": "female"},
    "small": {"born": "2021-06-01", "sex": "female", "health_card": "TE1040123456789"},
}  # fmt: skip
DAY = "2026-10-12T08:00"


def incident(*children, **more):
    return {"child": list(children), "received_at": DAY, "kind": "injury", **more}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A register in November 2026 in which each list has something to tell."""
    clock.set_fixed("2026-11-02T08:00")
    done = desk.setup(tmp_path_factory.mktemp("lists") / "commune", role="commune", unit="01321",
                      officer="Nông Thị Hạnh", password="mật khẩu", practice=True).desk  # fmt: skip
    rows = [{"full_name": f"Lý {key}", "village": "Nà Mới" if n % 2 else "Lũng Mít", **child}
            for n, (key, child) in enumerate(CHILDREN.items())]  # fmt: skip
    ids = dict(zip(CHILDREN, (one.id for one in done.put("child", rows)), strict=True))
    done.ids, done.keys_of = ids, {record: key for key, record in ids.items()}
    for row in done.all_rows("circumstance", {"child": ids["an"]}):
        done.save("circumstance", {"disability_forms": ["mobility", "mental"], "disability_level": "severe",
                                   "disability_paper": "12/GXN"}, row["id"])  # fmt: skip
    done.put("incident", [
        incident(ids["an"], ids["binh"], cause="drowning", outcome="recovered", water_place="stream", supervised="no"),
        incident(ids["dead"], cause="drowning", outcome="death", occurred_at="2026-10-01T10:00"),
        incident(ids["an"], cause="fall", outcome="recovered", occurred_at="2026-09-30T23:00"),  # told in October
        incident(ids["small"], cause="violence", outcome="recovered"),
        incident(ids["binh"], kind="child_labour", labour_state="in_labour", work="Bóc ván", hours_week=30),
        incident(ids["binh"], kind="abuse", forms_of_abuse=["sexual"], suspect_relation="step_parent"),
        {"heard_name": "cháu Páo", "received_at": DAY, "kind": "injury", "cause": "burn", "place": "Nà Mới"},
    ])  # fmt: skip
    for child, kind, more in (
        ("an", "allowance", {"from": "2025-01-01", "amount": 810000, "category": "disability_severe"}),
        ("sealed", "allowance", {"from": "2025-01-01", "category": "hiv"}),
        ("binh", "allowance", {"from": "2025-01-01", "to": "2026-10-01"}),
        ("an", "gift", {"from": "2026-10-01", "occasion": "mid_autumn", "amount": 1_200_000}),
        ("an", "gift", {"from": "2026-10-20", "detail": "Áo ấm"}),
        ("an", "gift", {"from": "2026-09-30"}),
        ("binh", "scholarship", {"from": "2026-10-05", "school_year": "2026-2027"}),
        ("binh", "counselling", {"from": "2026-08-05"}),
        ("an", "legal", {"from": "2026-08-05", "to": "2026-09-30"}),
    ):
        done.save("support", {"child": ids[child], "kind": kind, **more})
    yield done
    done.close()
    clock.set_fixed(None)


def listed(book, name, **options):
    """Who stands on a list: (key of the child, part), in its order."""
    clock.set_fixed("2026-11-02T08:00")
    rows = book.paper(name, OCTOBER, **options).rows
    return sorted((book.keys_of.get(row.id, "heard"), row.part) for row in rows)


def cells(book, name, child, **options):
    clock.set_fixed("2026-11-02T08:00")
    rows = book.paper(name, OCTOBER, **options).rows
    return next({key: cell.text for key, cell in row.cells.items()} for row in rows if row.id == book.ids[child])


@pytest.mark.parametrize(("name", "expected"), [
    ("special", ["an", "back", "binh", "came"]),
    ("injury_list", ["an", "binh", "dead/death", "heard"]),
    ("drowning_list", ["an", "binh", "dead/death"]),
    ("labour_list", ["binh/labour"]),
    ("allowance_list", ["an"]),
    ("insurance_none", ["baby", "someday"]),
    ("insurance_expiring", ["came"]),
    ("disability_list", ["an", "came"]),
    ("gift_list", ["an", "an"]),
    ("scholarship_list", ["binh"]),
    ("service_list", ["binh"]),
    ("movements", [
        "baby/came", "back/came", "came/came", "dead/left", "grown/left", "left/left", "left_then_grown/left"]),
])  # fmt: skip
def test_who_stands_on_each_list(book, name, expected):
    told = [f"{key}/{part}" if part not in ("", "other", "risk") else key for key, part in listed(book, name)]
    assert told == expected


def test_cells_of_incidents_and_support_speak_in_words(book):
    drowned = cells(book, "drowning_list", "an")
    assert (drowned["water_place"], drowned["supervised"], drowned["age"]) == ("Suối", "Không", "10")
    gift = cells(book, "gift_list", "an")
    assert {gift["amount"], gift["occasion"]} <= {"1.200.000", "Tết Trung thu", ""}
    assert cells(book, "labour_list", "binh")["hours"] == "30"
    assert cells(book, "allowance_list", "an")["amount"] == "810.000"
    came = cells(book, "movements", "came")
    assert (came["reason"], came["since"], came["other_place"]) == ("Chuyển đến", "07/10/2026", "Xã Hạnh Phúc")
    assert cells(book, "movements", "grown")["since"] == "20/10/2026"
    assert cells(book, "movements", "left_then_grown")["reason"] == "Chuyển đi"  # the first of two reasons
    assert cells(book, "insurance_expiring", "came")["card_until"] == "01/12/2026"


def test_a_name_only_heard_stands_on_the_list_of_its_incident(book):
    clock.set_fixed("2026-11-02T08:00")
    (row,) = [one for one in book.paper("injury_list", OCTOBER).rows if not one.id]
    assert (row.text("name"), row.village, bool(row.of)) == ("cháu Páo", "Nà Mới", True)


def test_one_gift_given_is_told_in_its_period_only(book):
    assert "quà" in cells(book, "special", "an")["supports"]
    clock.set_fixed("2026-12-02T08:00")
    rows = book.paper("special", "2026-11").rows
    assert not any("quà" in row.text("supports").lower() for row in rows)


def test_totals_count_each_child_once_and_those_apart(book):
    clock.set_fixed("2026-11-02T08:00")
    injured = book.paper("injury_list", OCTOBER)
    assert len(injured.rows) == 4
    assert (injured.totals.total, injured.totals.apart) == (5, 1)  # the violence is counted, not named
    assert book.paper("gift_list", OCTOBER).totals.total == 1
    assert book.paper("movements", OCTOBER).totals_text == "Tăng 03 trẻ, giảm 04 trẻ."
    assert book.paper("allowance_list", OCTOBER).totals.apart == 1


def test_a_child_is_no_child_of_the_office_before_it_came(book):
    clock.set_fixed("2026-11-02T08:00")
    earlier = {book.keys_of[row.id] for row in book.paper("special", "2026-09").rows}
    assert earlier == {"an", "binh", "grown"}
    assert not [row for row in book.paper("insurance_none", "2026-09").rows if row.id == book.ids["baby"]]


def test_a_list_of_one_village_says_so(book):
    clock.set_fixed("2026-11-02T08:00")
    village = book.villages_named(["Nà Mới"])
    paper = book.paper("injury_list", OCTOBER, villages=village)
    assert {row.village for row in paper.rows} == {"Nà Mới"}
    assert paper.scope == "(Phạm vi: Nà Mới)"


# --- what is sensitive -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_lists_hold_no_trace_of_what_is_sensitive(book, name):
    clock.set_fixed("2026-11-02T08:00")
    text = book.paper(name, OCTOBER).as_json()
    for word in ("Lý sealed", "HIV", "Thần kinh", "xâm hại", "Bạo lực", "Cha dượng", "dượng"):
        assert word not in text


@pytest.mark.parametrize("name", RESTRICTED)
def test_a_list_apart_needs_a_purpose_and_each_look_and_export_is_logged(book, name, tmp_path):
    clock.set_fixed("2026-11-02T08:00")
    for refused in ("", "  "):
        with pytest.raises(Problem, match="no_reason"):
            book.paper(name, OCTOBER, purpose=refused)
        with pytest.raises(Problem, match="no_reason"):
            book.report(name, OCTOBER, tmp_path, purpose=refused)
    assert not list(tmp_path.glob("*"))
    book.report(name, OCTOBER, tmp_path, ["pdf"], purpose=PURPOSE)
    kinds = [(one[3], PURPOSE in one[5]) for one in book.ledger.accesses()[-2:]]
    assert kinds == [("view", True), ("export", True)]
    for sheet in PdfReader(next(tmp_path.glob("*.pdf"))).pages:
        assert "DANH SÁCH RIÊNG" in sheet.extract_text()


def test_lists_apart_name_only_what_the_others_keep_apart(book):
    assert listed(book, "special_restricted", purpose=PURPOSE) == [("sealed", "")]
    assert listed(book, "at_risk_restricted", purpose=PURPOSE) == [("sealed", "")]
    assert listed(book, "abuse_restricted", purpose=PURPOSE) == [("binh", "")]
    told = cells(book, "abuse_restricted", "binh", purpose=PURPOSE)
    assert (told["forms"], told["suspect"]) == ("Xâm hại tình dục", "Cha dượng, mẹ kế")


def test_abuse_has_no_ordinary_list():
    told = [one.data["select"] for one in map(catalogue().reports.get, ORDINARY)]
    assert not any("abuse" in one.get("where", {}).get("kind", ()) for one in told)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_set_as_paper(book, name):
    clock.set_fixed("2026-11-02T08:00")
    paper = book.paper(name, OCTOBER, purpose=PURPOSE)
    made = PdfReader(io.BytesIO(page.pdf(paper, stamp=DAY)))
    assert "NGƯỜI LẬP BIỂU" in made.pages[-1].extract_text()
    whole = sum(one.width for one in paper.columns if one.paper)
    shares = [one.width / whole * ACROSS for one in paper.columns if one.paper and one.kind == "date"]
    assert all(share > A_DAY for share in shares)


# --- of two communes -------------------------------------------------------------------------------------------------


def test_the_receiver_counts_one_child_of_two_communes_once(receiver):
    clock.set_fixed("2026-11-02T08:00")
    rows = [{"full_name": "Lý Mùi Mẩy", "born": "2015", "sex": "female", "groups": ["03"]}] * 2
    one, other = (saved.id for saved in receiver.put("child", rows))
    assert len(receiver.paper("special", OCTOBER).rows) == 2
    receiver.save("child", {"life_status": "left", "status_since": "2026-12-01"}, one)
    receiver.save("same_child", {"child": min(one, other), "other": max(one, other)})
    assert [row.id for row in receiver.paper("special", OCTOBER).rows] == [other]  # the record that is here
