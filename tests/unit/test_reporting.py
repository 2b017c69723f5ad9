"""Reports of an open register: begun, signed, issued, never changed by what comes later; figures open."""

from datetime import date

import pypdf
import pytest

from cbdesk import clock, reported
from cbdesk.errors import Problem

PERIOD = "2026-10"


@pytest.fixture
def register(commune):
    for n in range(6):
        commune.save("child", {"full_name": f"Nông Văn {n}", "born": "2016-05-05", "sex": "male", "village": "Nà Pò"})
    ids = [str(row["id"]) for row in commune.store.rows("child")]
    for at, one in enumerate(ids[:3]):
        told = {
            "kind": "abuse",
            "received_at": f"2026-10-0{at + 1}T08:00",
            "child": [one],
            "forms_of_abuse": ["violence"],
        }
        commune.save("incident", told)
    return commune


def one(register, name="abuse", place=("forms", "all", "total")):
    return register.report_now(name, PERIOD), register.figure(name, PERIOD, *place)


def later(register):
    child = str(register.store.rows("child")[5]["id"])
    told = {"kind": "abuse", "received_at": "2026-10-20T08:00", "child": [child], "forms_of_abuse": ["sexual"]}
    return register.save("incident", told)


def test_what_is_recorded_after_a_report_was_begun_is_not_in_it(register):
    register.begin_report("abuse", PERIOD)
    later(register)
    assert one(register)[1].value == 3
    assert register.report_standing("abuse", PERIOD)["state"] == "draft"
    register.begin_report("abuse", PERIOD)
    assert one(register)[1].value == 4


def test_a_report_is_signed_with_its_figures_and_issued_with_its_number(register):
    begun = register.begin_report("abuse", PERIOD)
    later(register)
    signed = register.snapshot("abuse", PERIOD)
    assert signed.id == begun.id
    assert one(register)[1].value == 3, "the figures it was begun with"
    with pytest.raises(Problem, match="report_signed"):
        register.begin_report("abuse", PERIOD)
    register.issue(signed.id, "12", "2026-11-09")
    made = register.report_now("abuse", PERIOD)
    assert "12/BC-UBND" in made.sheet.number
    assert "09 tháng 11" in made.sheet.place_date
    again = register.snapshot("abuse", PERIOD)
    assert again.amends == signed.id, "what was issued is replaced, not changed"
    assert register.report_now("abuse", PERIOD).sheet.amends == "(Thay thế bản số 12/BC-UBND ngày 09 tháng 11 năm 2026)"
    assert not made.sheet.amends
    assert register.kept(signed.id) == made
    assert one(register)[1].value == 4
    register.issue(again.id, "13", "2026-11-10")
    with pytest.raises(Problem, match="snapshot_issued"):
        register.snapshot("abuse", PERIOD)


def test_a_signed_report_can_be_taken_back_until_it_has_its_number(register):
    signed = register.snapshot("abuse", PERIOD)
    register.reopen(signed.id)
    assert register.report_standing("abuse", PERIOD)["state"] == "draft"
    register.snapshot("abuse", PERIOD, number="12", issued_on="2026-11-09")
    with pytest.raises(Problem):
        register.reopen(str(register.report_standing("abuse", PERIOD)["id"]))


def test_a_kept_report_reads_back_as_it_was(register):
    made = register.report_now("children", PERIOD)
    again = reported.load(reported.dump(made))
    assert again == made
    assert reported.dump(again) == reported.dump(made)
    with pytest.raises(Problem, match="paper_failed"):
        reported.load('{"name": "x"}')


def test_a_figure_opens_the_children_behind_it_and_a_sensitive_one_is_logged(register):
    _, found = one(register)
    ids = {str(child["id"]) for child in register.store.rows("child")}
    assert (found.value, found.form, len(found.ids), found.sensitive) == (3, "child", 3, True)
    assert set(found.ids) <= ids
    logged = register.store.db.execute("SELECT detail FROM access WHERE what = 'look'").fetchall()
    assert [row[0] for row in logged] == [f"figure abuse {PERIOD} forms.all.total 3"]
    assert not register.figure("children", PERIOD, "villages", "all", "total").sensitive
    assert register.figure("children", PERIOD, "groups", "special.05", "total").sensitive
    with pytest.raises(Problem, match="no_figure"):
        register.figure("children", PERIOD, "villages", "nothing", "total")


def test_figures_of_many_children_are_kept_without_them_and_counted_again(register, monkeypatch):
    monkeypatch.setattr(reported, "KEPT", 2)
    register.snapshot("abuse", PERIOD)
    made = register.report_now("abuse", PERIOD)
    assert reported.cell(made.grids, "forms", "all", "total").ids == ()
    assert len(register.figure("abuse", PERIOD, "forms", "all", "total").ids) == 3


def test_files_are_written_and_the_public_one_hides_small_counts(register, tmp_path):
    done = register.report("abuse", PERIOD, tmp_path)
    assert sorted(name.rpartition(".")[2] for name in done["files"]) == ["pdf", "xlsx"]
    assert done["totals"]["forms"]["all"]["total"] == 3
    assert done["cut_off"] == "2026-10-31"
    hidden = register.report("abuse", PERIOD, tmp_path, ("pdf",), public=True, overwrite=True)
    assert hidden["totals"]["forms"]["all"]["total"] is None
    assert hidden["files"][0].endswith("-cong-khai.pdf"), "never mistaken for the exact one"
    told = "".join(page.extract_text() for page in pypdf.PdfReader(hidden["files"][0]).pages)
    assert "Bản công khai" in told


def test_only_chosen_villages_are_counted_and_the_paper_says_so(register):
    register.save("child", {"full_name": "Bế Thị A", "born": "2016-05-05", "sex": "female", "village": "Khuổi Khoang"})
    village = next(str(row["id"]) for row in register.store.rows("village") if row["name"] == "Khuổi Khoang")
    made = register.report_now("children", PERIOD, villages=[village])
    assert reported.cell(made.grids, "villages", "all", "total").value == 1
    assert "Khuổi Khoang" in " ".join(made.sheet.notes)


def test_a_report_of_an_unfinished_period_counts_until_today_or_until_the_day_given(register):
    today = clock.today().isoformat()
    assert register.report_now("abuse", today[:7]).cut_off == today
    made = register.report_now("abuse", PERIOD, cut_off=date(2026, 10, 2))
    assert (made.cut_off, reported.cell(made.grids, "forms", "all", "total").value) == ("2026-10-02", 2)


def test_an_office_adds_a_report_by_one_file(register):
    layout = """
    shape = "table"
    name = "own"
    title = { vi = "Biểu của xã", en = "Own" }
    periods = ["month"]
    symbol = "BC"
    kind = "BIỂU"
    about = "Trẻ em {period}"
    [[grid]]
    name = "t"
      [[grid.column]]
      key = "n"
      label = "Số"
      [[grid.row]]
      by = "sex"
      key = "s"
      total = "Cộng"
    """
    register.add_layout(layout)
    assert next(one for one in register.reports() if one["name"] == "own")["own"]
    assert reported.totals(register.report_now("own", PERIOD))["t"]["s"]["n"] == 6
    for wrong, place in (("nothing", "toml"), (layout.replace('by = "sex"', 'of = "things"'), "t.s: of = 'things'")):
        with pytest.raises(Problem) as found:
            register.add_layout(wrong)
        assert found.value.details["place"] == place
    assert len(register.store.rows("report_layout")) == 1


def test_a_village_that_is_no_more_keeps_its_line_while_a_child_names_it(register):
    for ended in ("2020-01-01", "2021-01-01"):
        gone = register.save("village", {"name": f"Xóm Cũ {ended}", "to": ended}).id
    register.save("child", {"full_name": "Nông Văn X", "born": "2016-05-05", "village": gone})
    table = next(one for one in register.report_now("children", PERIOD).grids if one.name == "villages")
    assert [row.cells["total"].value for row in table.rows] == [7, 6, 1], "the other one has no line"


NO_LAYOUT = ["a = " + "[" * 7000, "a = " + "9" * 9000, 'shape = "table"\nname = "x"\ngrid = [1]']


@pytest.mark.parametrize("content", NO_LAYOUT)
def test_what_is_no_layout_is_refused_and_one_that_came_otherwise_is_left_aside(register, content):
    with pytest.raises(Problem, match="report_wrong"):
        register.add_layout(content)
    register.save("report_layout", {"name": "children", "text": 'shape = "table"\nname = "children"\n'})
    assert register.report_now("children", PERIOD).grids, "the shipped one stands"


def test_a_figure_only_people_know_is_typed_once_for_every_report(register):
    layout = """
    shape = "table"
    name = "own"
    title = { vi = "Biểu của xã", en = "Own" }
    periods = ["month", "year"]
    symbol = "BC"
    kind = "BIỂU"
    about = "Trẻ em {period}"
    [[grid]]
    name = "t"
    columns = "period"
      [[grid.row]]
      key = "k"
      label = "Trẻ biết bơi"
      typed = "swim"
    """
    register.add_layout(layout)
    register.save(
        "count",
        {
            "indicator": "swim",
            "from": "2026-01-01",
            "to": "2026-12-31",
            "value": 40,
            "of": 80,
            "source": "Trường tiểu học",
            "dated_on": "2026-10-01",
        },
    )
    register.add_layout(layout.replace('"own"', '"other"'))
    for name in ("own", "other"):
        made = register.report_now(name, "2026")
        assert reported.cell(made.grids, "t", "k", "period").value == 40
        assert "Trường tiểu học" in made.grids[0].rows[0].note
    month = register.report_now("own", PERIOD)
    assert reported.cell(month.grids, "t", "k", "period").value is None, "a figure of the year is none of a month"


def test_places_a_report_has_not_and_reports_signed_take_no_words(register):
    with pytest.raises(Problem, match="report_wrong"):
        register.set_entry("abuse", PERIOD, "words.nothing", text="x")
    register.set_entry("abuse", PERIOD, "forms.incidents", value=5)
    assert register.entries("abuse", PERIOD)["forms.incidents"]["value"] == 5
    register.set_entry("abuse", PERIOD, "forms.incidents", value=6)
    assert len(register.store.rows("report_entry")) == 1
    register.snapshot("abuse", PERIOD)
    with pytest.raises(Problem, match="report_signed"):
        register.set_entry("abuse", PERIOD, "forms.incidents", value=7)


def test_figures_typed_in_several_communes_are_added_at_the_receiver_and_are_none_of_a_village(receiver, register):
    def typed(book, value, unit=None):
        data = {"indicator": "fund_children", "from": "2026-10-01", "to": "2026-10-31", "value": value, "of": 100}
        row = book.save("count", data | {"source": "Trường", "dated_on": "2026-10-31"}).id
        if unit:
            with book.store.atomic():
                book.store.db.execute('UPDATE "count" SET "_unit" = ? WHERE id = ?', (unit, row))

    span = receiver.report_span("children", PERIOD)
    for value, unit in ((40, "01321@2025-07-01"), (30, "01324@2025-07-01"), (35, "01324@2025-07-01")):
        typed(receiver, value, unit)
    value, whole, source = receiver._typed_figures(span)["fund_children"]
    assert (value, whole) == (75, 200), "of each office the newest"
    assert "2 đơn vị" in source
    assert receiver._typed_figures(span, ["01321@2025-07-01"])["fund_children"][0] == 40
    villages = [receiver.save("village", {"name": "Nà Pò"}).id for _ in range(2)]
    with receiver.store.atomic():
        receiver.store.db.execute('UPDATE village SET "_unit" = ? WHERE id = ?', ("01321@2025-07-01", villages[0]))
    assert receiver.villages_at(date(2026, 10, 1))[villages[0]] == "Nà Pò (Xã Bảo Lạc)"
    assert list(receiver.villages_at(date(2026, 10, 1), ["01321@2025-07-01"])) == villages[:1]
    typed(receiver, 90)
    assert receiver._typed_figures(span)["fund_children"][0] == 90, "the office's own figure is the one it answers for"


def test_what_was_sent_is_printed_again_as_it_was_after_an_amendment(register, tmp_path):
    first = register.snapshot("special", PERIOD, number="5/DS-UBND", issued_on="2026-11-03")
    before = register.reprint(first.id, tmp_path, ("xlsx",))
    kept = (tmp_path / before[0]).read_bytes()
    child = str(register.store.rows("child")[0]["id"])
    register.save("circumstance", {"child": child, "code": "04", "from": "2026-10-02"})
    second = register.snapshot("special", PERIOD, number="6", issued_on="2026-11-05")
    assert register.reprint(first.id, tmp_path, ("xlsx",), overwrite=True) == before
    assert (tmp_path / before[0]).read_bytes() == kept
    again = register.reprint(second.id, tmp_path)
    assert [name.rpartition("-")[2] for name in (*before, *again)] == ["1.xlsx", "2.xlsx", "2.pdf"]
    assert "05/DS-UBND" in register.frozen_paper(first.id).number
    report = register.snapshot("abuse", PERIOD)
    assert len(register.reprint(report.id, tmp_path)) == 2
