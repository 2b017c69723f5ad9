"""The shipped reports as files: sound, filled from an invented commune and from an empty book, written in every format.

Figures of the plan, the budget and the fund are held against the desk's own books, which count them another way.
"""

import io
import zipfile
from datetime import date

import pypdf
import pytest

from cbdesk import clock, desk, life, official, reported
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.spans import periods

NOW = "2026-11-24T17:00"
TODAY = date(2026, 11, 24)
COUNTING = {name: one for name, one in catalogue().reports.items() if one.data.get("shape", "list") != "list"}
WORDS = sorted(name for name, one in COUNTING.items() if one.data["shape"] == "text")
LAST = {"month": "2026-10", "quarter": "2026-Q3", "half": "2026-H1", "year": "2026", "summer": "2026-summer"}


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A small and busy commune of two years."""
    clock.set_fixed(NOW)
    opened = desk.setup(tmp_path_factory.mktemp("files") / "xã", role="commune", unit="01321", officer="Nông Thị Hạnh",
                        password="mật khẩu", practice=True).desk  # fmt: skip
    assert opened.practise(life.entries(110, 7, TODAY, 24, rate=10))[1] == []
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _now():
    clock.set_fixed(NOW)


def period(name):
    return LAST[COUNTING[name].data["periods"][-1]]


def values(made, grid, row):
    return {key: cell.value for key, cell in next(one for one in made.grids if one.name == grid).row(row).cells.items()}


@pytest.mark.parametrize("name", sorted(COUNTING))
def test_every_report_is_sound_explains_itself_and_has_periods(name):
    report = COUNTING[name]
    assert list(reported.check(report, catalogue())) == []
    assert all(len(report.data["explain"][one]) > 40 for one in ("vi", "en"))
    assert report.data["group"] in {"overview", "injury", "abuse", "support", "activities", "indicators", "targets",
                                    "friendly", "reports"}  # fmt: skip
    assert periods(report, TODAY)


def test_deadlines_name_reports_that_answer_them():
    due = [row for row in catalogue().law["deadlines"] if row.extra.get("report") and not row.extra.get("role")]
    assert {row.extra["report"] for row in due} >= {"six_months", "year", "summer"}
    for row in due:
        spans = COUNTING[row.extra["report"]].data["span"]
        assert row.name in {one.get("due") for one in spans.values()}
        told = row.extra["period"].format(year=2026)
        assert told in periods(COUNTING[row.extra["report"]], TODAY)


@pytest.mark.parametrize("name", sorted(COUNTING))
def test_every_report_is_written_in_every_format(lived, name, tmp_path):
    words = name in WORDS
    forms = ("pdf", "xlsx", "docx") if words else ("pdf", "xlsx")
    files = lived.report(name, period(name), tmp_path, forms)["files"]
    text = "".join(page.extract_text() for page in pypdf.PdfReader(files[0]).pages)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "{" not in text
    for file in files[1:]:
        assert zipfile.ZipFile(file).testzip() is None


@pytest.mark.parametrize("name", ["six_months", "indicators"])
def test_a_public_version_has_its_words_without_what_they_would_give_away(lived, name, tmp_path):
    public = lived.report(name, period(name), tmp_path, ("pdf",), public=True)["files"]
    text = "".join(page.extract_text() for page in pypdf.PdfReader(public[0]).pages)
    assert "Bản công khai" in text
    assert "…" in text


@pytest.mark.parametrize("name", WORDS)
def test_the_words_of_a_report_ask_only_for_what_it_counts(commune, name):
    """An empty book has no row that stands only where there is something: no sentence may lean on one."""
    made = commune.report_now(name, period(name))
    assert made.text.blocks
    asked = official.template(name, folder=official.REPORTS).slots
    own = {one for one in asked if one.startswith("words.")}
    assert asked - own <= reported.slots(made).keys() | {"about", "receiver", "unit.name", "officer"}
    assert own, "room for the officer's own words"
    grids = {one.name for one in made.grids}
    assert grids <= asked, "every table stands in the text"


def test_annexes_follow_the_signature_and_sentences_say_nothing_of_nothing(lived, commune):
    pages = [one.extract_text() for one in pypdf.PdfReader(io.BytesIO(_pdf(lived, "six_months"))).pages]
    signed = next(n for n, text in enumerate(pages) if "Nơi nhận" in text)
    annexed = next(n for n, text in enumerate(pages) if "PHỤ LỤC" in text)
    assert signed < annexed
    assert "Biểu 1." in pages[annexed]
    empty = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(_pdf(commune, "six_months"))).pages)
    assert "không phát hiện lao động trẻ em" in " ".join(empty.split())
    assert "Phát hiện 0" not in empty


def _pdf(register, name):
    return register.report_bytes(register.report_now(name, period(name), fresh=True), "pdf")


def test_words_and_expected_figures_stand_in_the_paper_and_in_word(lived):
    lived.set_entry("year", "2026", "words.results", text="Không để trẻ em nào bị bỏ lại.")
    lived.set_entry("year", "2026", "works.communication", value=77)
    made = lived.report_now("year", "2026")
    text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(lived.report_bytes(made, "pdf"))).pages)
    assert "Không để trẻ em nào bị bỏ lại." in " ".join(text.split())
    word = zipfile.ZipFile(io.BytesIO(lived.report_bytes(made, "docx"))).read("word/document.xml").decode()
    assert "Không để trẻ em nào bị bỏ lại." in word
    assert word.index("Nơi nhận:") < word.index("PHỤ LỤC") < word.index("Biểu 1.")
    assert values(made, "works", "communication")["estimate"] == 77
    assert (made.first, made.cut_off, made.last) == ("2026-01-01", "2026-11-10", "2026-12-31")


def test_the_plan_the_budget_and_the_fund_agree_with_the_desks_own_books(lived):
    made = lived.report_now("activities", "2026", fresh=True)
    plan = next(one for one in made.grids if one.name == "plan")
    lines = lived.plan_lines(2026)
    assert len(plan.rows) == len(lines) > 0
    for line in lines:
        row = plan.row(f"line.{line.row['id']}")
        found = {key: row.cells[key].value for key in ("target", "to_date", "spent")}
        assert found == {"target": line.row.get("target") or 0, "to_date": line.done or 0, "spent": line.spent}
    for line in lived.budget_lines(2026):
        found = values(made, "budget", f"all.{line.row['id']}")
        assert [found[key] for key in ("amount", "planned", "spent")] == [line.row["amount"], line.planned, line.spent]
    fund, book = lived.report_now("support", "2026", fresh=True), lived.fund_book("2026")
    told = [values(fund, "fund", key)["period"] for key in ("before", "in", "out", "after")]
    assert told == [book.before, book.came, book.went, book.after]
    assert book.came > 0 < book.went


def test_targets_are_met_or_not_by_what_was_typed_or_counted(lived):
    typed = {"from": "2026-01-01", "to": "2026-10-31", "dated_on": "2026-10-31", "source": "Trạm Y tế"}
    lived.save("count", {"indicator": "first_aid_workers", "value": 14, "of": 20, **typed})
    lived.save("count", {"indicator": "staff_commune_trained", "value": 4, "of": 5, **typed})
    lived.save("count", {"indicator": "child_friendly_communes", "value": 144, "of": 161, **typed})
    made = lived.report_now("targets_2023", "2026", fresh=True)
    words = catalogue().columns["words"]
    found = {row.key: row.cells["reached"].text for grid in made.grids for row in grid.rows if row.cells}
    assert (found["first_aid"], found["staff_commune"], found["friendly"]) == (
        words["not_reached"], words["reached"], words["reached"],
    )  # fmt: skip
    told = {row["indicator"] for row in lived.store.rows("count")}
    rows = [row for grid in COUNTING["targets_2023"].data["grid"] for row in grid["row"]]
    nobody = [row["key"] for row in rows if row.get("typed") and row["typed"] not in told]
    assert nobody
    assert {found[key] for key in nobody} == {""}
    pools = [row for row in lived.store.rows("swim_place") if row.get("use") == "teaching"]
    certified = [row for row in pools if row.get("instructor") == "yes"]
    assert [values(made, "targets", "instructors")[key] for key in ("value", "whole")] == [len(certified), len(pools)]


def test_the_targets_are_those_of_the_plan_of_2023():
    tables = COUNTING["targets_2023"].data["grid"]
    assert {row["key"]: row.get("target") for table in tables for row in table["row"] if "key" in row} == {
        "knowledge": 0.85, "water_skills": 0.5, "swim": 0.4, "traffic": 0.85, "staff_province": 1, "staff_commune": 0.8,
        "stations": 0.95, "first_aid": 0.75, "instructors": 1, "programmes": 1, "pupils": 1, "labour": 0.7,
        "injury_data": 1, "friendly": 144,
    }  # fmt: skip


def test_points_are_entered_and_only_the_known_highest_ones_are_printed(lived):
    for row, points in (("c1a", 50), ("c1b", 10), ("c7", 40)):
        lived.set_entry("child_friendly", "2026", f"criteria.{row}", value=points)
    made = lived.report_now("child_friendly", "2026", fresh=True)
    highest = {row.key: row.cells["max"].value for row in made.grids[0].rows if row.cells["max"].value is not None}
    assert highest == {"c1": 100, "c1a": 50, "c1b": 15, "c1c": 15, "c1d": 20, "c6": 125, "c6a": 50, "c6b": 75, "c7": 50}
    assert [values(made, "criteria", row)["score"] for row in ("c1", "c7", "c13", "total")] == [60, 40, None, 100]
    with pytest.raises(Problem, match="report_wrong"):
        lived.set_entry("child_friendly", "2026", "criteria.c14", value=1)


def test_indicators_nobody_compared_with_the_text_say_so(lived):
    made = lived.report_now("indicators", "2026", fresh=True)
    note = catalogue().columns["words"]["unverified"]
    lists = [row for grid in made.grids[:2] for row in grid.rows if row.cells]
    assert {row.number for row in lists} - {""} == {"0605", "0101"}
    named = {row.key for row in lists if note not in row.note}
    assert {"population", "special", "helped", "online", "abused"} <= named
    assert not named & {"drowned", "incidents", "prosecuted", "more_01", "more_ii"}


def test_an_office_changes_a_report_by_a_layout_of_its_own(lived):
    content = """
        shape = "text"
        name = "month"
        title = { vi = "Báo cáo tháng của xã", en = "Monthly report" }
        periods = ["month"]
        symbol = "BC"
        kind = "BÁO CÁO"
        about = "Trẻ em {period}"
    """
    tables = ("situation", "special", "protection", "accidents", "policies", "works")
    lived.add_layout(content + "".join(f'\n[[grid]]\nuse = "six_months.{one}"\n' for one in tables))
    made = lived.report_now("month", "2026-09")
    assert made.sheet.about == "Trẻ em tháng 9 năm 2026"
    assert [column.key for column in made.grids[0].columns] == ["period", "to_date", "estimate", "last_year", "against"]
