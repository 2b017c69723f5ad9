"""Tables of reports: cells, totals that are sums only where they are, shares, typed and expected figures, spans."""

from datetime import date

import pytest

from cbdesk import grid, reported, spans, tally
from cbdesk.catalogue import Report, catalogue
from cbdesk.errors import Problem
from cbdesk.facts import Book

TODAY = date(2026, 10, 31)
ROWS = {
    "child": [
        {"id": "a", "born": "2016-05-05", "sex": "male", "village": "v"},
        {"id": "b", "born": "2018-05-05", "sex": "female", "village": "v"},
        {"id": "c", "born": "2019-05-05", "sex": "female"},
    ],
    "circumstance": [
        {"id": "1", "child": "a", "code": "04.a"},
        {"id": "2", "child": "a", "code": "01"},
        {"id": "3", "child": "b", "code": "05"},
    ],
    "incident": [
        {
            "id": "i",
            "kind": "injury",
            "received_at": "2026-10-02T08:00",
            "child": ["a"],
            "cause": "burn_hot",
            "outcome": "recovered",
        },
        {
            "id": "j",
            "kind": "injury",
            "received_at": "2026-03-02T08:00",
            "child": ["b"],
            "cause": "drowning",
            "outcome": "death",
        },
        {"id": "k", "kind": "injury", "received_at": "2025-10-02T08:00", "child": ["b"]},
    ],
}


def table(row, column=({"key": "n", "label": "Số"},), typed=None, estimates=None, **more):
    span = spans.read(Report("r", {"periods": ["month", "year"]}), "2026-10", TODAY)
    given = tally.Given(span.spans(), {"v": "Xóm Nà Pò"}, typed or {}, estimates or {}, span.over)
    return tally.grid({"name": "t", "row": row, "column": column, **more}, Book(ROWS, catalogue(), today=TODAY), given)


def column(made, key="n"):
    return {row.key: row.cells[key].value for row in made.rows if row.cells}


def test_a_row_for_each_choice_and_a_total_that_is_a_sum_only_where_it_is():
    made = table([{"by": "sex", "key": "s", "total": "Cộng"}])
    assert column(made) == {"s": 3, "s.male": 1, "s.female": 2}, "nobody unknown: no line for it"
    assert made.row("s").cells["n"].formula == ("s.male", "s.female")
    made = table([{"by": "groups", "key": "g", "total": "Cộng", "where": {"special": ["yes"]}}])
    assert (made.row("g").cells["n"].value, made.row("g").cells["n"].formula) == (2, ()), (
        "one child in two groups is one"
    )
    assert made.row("g.04").cells["n"].ids == ("a",)


def test_villages_in_their_order_and_children_of_none():
    assert column(table([{"by": "village", "key": "v", "total": "Cộng"}])) == {"v": 3, "v.v": 2, "v.unknown": 1}


def test_columns_of_time_and_their_ratio():
    row = [{"key": "i", "label": "Tai nạn", "of": "incident", "where": {"kind": ["injury"]}}]
    made = table(row, (), columns="times")
    cells = {key: cell.value for key, cell in made.rows[0].cells.items()}
    assert cells == {"period": 1, "to_date": 2, "last_year": 1, "against": 1.0}


def test_causes_fall_into_the_classes_of_a_form():
    row = [{"by": "cause", "map": "qd25", "key": "c", "of": "incident", "total": "Cộng", "where": {"kind": ["injury"]}}]
    assert {key: value for key, value in column(table(row)).items() if value} == {"c": 1, "c.burn": 1}


def test_sums_shares_parts_and_typed_figures():
    made = table(
        [
            {"part": "Phần một"},
            {"key": "boys", "label": "", "where": {"sex": ["male"]}},
            {"key": "all", "label": ""},
            {"key": "share", "label": "", "share": ["boys", "all"]},
            {"key": "twice", "label": "", "sum": ["boys", "all"]},
            {"key": "k", "label": "", "typed": "kn"},
            {"key": "w", "label": "", "typed": "kn", "whole": True},
            {"key": "p", "label": "", "typed": "kn", "percent": True},
            {"key": "none", "label": "", "typed": "other"},
            {"key": "blank", "label": "", "blank": True, "verified": False},
        ],
        typed={"kn": (17, 20, "Nguồn: Trường")},
    )
    assert column(made) == {
        "boys": 1,
        "all": 3,
        "share": 1 / 3,
        "twice": 4,
        "k": 17,
        "w": 20,
        "p": 0.85,
        "none": None,
        "blank": None,
    }
    assert grid.shown(made.row("p"), made.columns[0]) == "85 %"
    assert made.row("twice").cells["n"].formula == ("boys", "all")
    assert made.row("k").note == "Nguồn: Trường"
    assert made.row("blank").note, "a name nobody checked says so"
    assert made.rows[0].kind == "part"


AIMS = [
    {"key": "aim", "label": "", "time": "target", "kind": "percent"},
    {"key": "n", "label": ""},
    {"key": "of", "label": "", "side": "whole"},
    {"key": "share", "label": "", "share": ["n", "of"]},
    {"key": "met", "label": "", "reached": ["share", "aim"]},
]


def test_a_target_is_met_by_a_part_of_a_whole_counted_or_typed():
    rows = [
        {"key": "counted", "label": "", "target": 0.3, "where": {"sex": ["male"]}, "out_of": {"of": "child"}},
        {"key": "typed", "label": "", "target": 0.9, "typed": "kn"},
        {"key": "half", "label": "", "target": 0.5, "typed": "part", "out_of": {"of": "child"}},
        {"key": "by_code", "label": "", "of": "child", "out_of": "all"},
        {"key": "nobody", "label": "", "target": 1.0, "typed": "none"},
    ]
    typed = {"kn": (17, 20, ""), "part": (1, None, ""), "all": (30, None, "")}
    made = table(rows, AIMS, typed)
    found = {row.key: [row.cells[key].value for key in ("aim", "n", "of", "share")] for row in made.rows}
    assert found == {
        "counted": [0.3, 1, 3, 1 / 3],
        "typed": [0.9, 17, 20, 0.85],
        "half": [0.5, 1, 3, 1 / 3],
        "by_code": [None, 3, 30, 0.1],
        "nobody": [1.0, None, None, None],
    }
    words = catalogue().columns["words"]
    assert [row.cells["met"].text for row in made.rows] == [words["reached"], *[words["not_reached"]] * 2, "", ""]
    assert made.row("counted").cells["of"].ids == ("a", "b", "c")


def test_a_row_for_each_record_a_dimension_names():
    rows = {"yearly_plan": [{"id": "p", "year": 2026}, {"id": "q", "year": 2025}],
            "plan_item": [{"id": "i", "yearly_plan": "p", "order": 2, "what": "Dạy bơi", "unit": "lớp", "target": 2},
                          {"id": "j", "yearly_plan": "p", "order": 1, "what": "Truyền thông", "target": 9},
                          {"id": "k", "yearly_plan": "q", "what": "Năm trước"}]}  # fmt: skip
    span = spans.read(Report("r", {"periods": ["month"]}), "2026-10", TODAY)
    data = {"name": "t", "of": "plan_item", "column": [{"key": "n", "label": "", "count": "sum:target"}],
            "row": [{"by": "plan_item", "key": "line", "called": ["what", "unit"]}]}  # fmt: skip
    made = tally.grid(data, Book(rows, catalogue(), today=TODAY), tally.Given(span.spans()))
    assert [(row.label, row.cells["n"].value) for row in made.rows] == [("Truyền thông", 9), ("Dạy bơi (lớp)", 2)]


def test_points_are_entered_and_added_and_some_rows_have_a_figure_in_some_columns_only():
    points = [
        {"key": "n", "label": ""},
        {"key": "most", "label": "", "time": "target"},
        {"key": "got", "label": "", "time": "entry"},
    ]
    rows = [
        {"key": "sum", "label": "", "sum": ["one", "two"], "target": 100, "only": ["most", "got"]},
        {"key": "one", "label": "", "target": 50, "where": {"sex": ["male"]}},
        {"key": "two", "label": "", "target": 50, "blank": True},
        {"key": "told", "label": "", "only": ["n"]},
    ]
    made = table(rows, points, estimates={"t.one": 40, "t.told": 9})
    assert [[cell.value for cell in row.cells.values()] for row in made.rows] == [
        [None, 100, 40], [1, 50, 40], [None, 50, None], [3, None, None],
    ]  # fmt: skip


def test_sub_codes_stand_below_their_code_where_the_table_goes_deep():
    made = table([{"by": "groups", "key": "g", "deep": True, "hide_empty": True, "where": {"special": ["yes"]}}])
    assert [(row.key, row.level) for row in made.rows] == [("g.01", 0), ("g.04", 0), ("g.04.a", 1), ("g.05", 0)]


def test_a_report_takes_a_table_from_another_and_says_what_is_different():
    content = """
        shape = "table"
        name = "own"
        title = { vi = "Của xã" }
        periods = ["month"]
        symbol = "BC"
        kind = "BIỂU"
        about = "Của xã"

        [[grid]]
        use = "children.groups"
        title = "Theo nhóm"
        columns = "period"

        [[grid]]
        use = "children.nothing"
    """
    own = reported.layout(content)
    groups = own.data["grid"][0]
    shipped = next(one for one in catalogue().reports["children"].data["grid"] if one["name"] == "groups")
    assert groups == {**shipped, "title": "Theo nhóm", "columns": "period"}
    assert "grid.2: use" in list(reported.check(own, catalogue()))


def test_the_whole_period_is_expected_from_what_is_over_unless_people_say_otherwise():
    report = Report("r", {"periods": ["half"], "span": {"first_half": {"cut_off": "05-14", "due": "half_year_report"}}})
    span = spans.read(report, "2026-H1", TODAY)
    assert (span.first, span.last, span.cut_off, span.due) == (
        date(2026, 1, 1),
        date(2026, 6, 30),
        date(2026, 5, 14),
        "half_year_report",
    )
    rows = [{"key": "i", "label": "", "of": "incident", "where": {"kind": ["injury"]}}, {"key": "c", "label": ""}]
    data = {"name": "t", "row": rows, "columns": "expected"}
    book = Book(ROWS, catalogue(), today=TODAY)
    made = tally.grid(data, book, tally.Given(span.spans(), over=0.5))
    assert column(made, "estimate") == {"i": 2, "c": 3}, "a flow runs on, a state stays"
    made = tally.grid(data, book, tally.Given(span.spans(), over=0.5, estimates={"t.i": 4}))
    assert column(made, "estimate")["i"] == 4


def test_the_same_days_a_year_before_and_periods_of_a_reports_own():
    report = Report(
        "r",
        {
            "periods": ["summer", "year"],
            "span": {"summer": {"from": "06-01", "to": "06-30", "words": "hè {year}"}, "year": {"from": "prev 12-15"}},
        },
    )
    summer = spans.read(report, "2026-summer", TODAY)
    assert (summer.spans()["last_year"].first, summer.last, summer.words) == (
        date(2025, 6, 1),
        date(2026, 6, 30),
        "hè 2026",
    )
    assert spans.read(report, "2026", TODAY).first == date(2025, 12, 15)
    for year, days in ((2025, (28, 29)), (2024, (29, 28))):
        told = spans.read(Report("r", {"periods": ["month"]}), f"{year}-02", TODAY).spans()
        assert (told["period"].last.day, told["last_year"].last.day) == days, "the end of February is its end"
    with pytest.raises(Problem, match="bad_period"):
        spans.read(report, "2026-10", TODAY)
    with pytest.raises(Problem, match="bad_period"):
        spans.read(report, "2027-summer", TODAY)
    assert spans.periods(report, TODAY)[0] == "2026", "the newest first"


def test_every_report_that_counts_is_sound():
    for report in catalogue().reports.values():
        if report.data.get("shape", "list") != "list":
            assert list(reported.check(report, catalogue())) == [], report.name
            for text in spans.periods(report, TODAY):
                assert spans.read(report, text, TODAY).first <= TODAY


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"colour": "red"}, "report: colour"),
        ({"kind": ""}, "report: no kind"),
        ({"grid": [{"name": "t", "row": [{"key": "a", "of": "nothing"}]}]}, "t.a: of = 'nothing'"),
        ({"grid": [{"name": "t", "row": [{"key": "a", "share": ["b", "a"]}]}]}, "t.a: no row b"),
        ({"grid": [{"name": "t", "row": [{"key": "a"}], "column": [{"key": "c", "time": "soon"}]}]}, "t.c: time soon"),
        ({"chart": [{"name": "c", "title": "", "grid": "t"}]}, "chart c: no table t"),
        ({"span": {"half": {"cut_off": "13-40"}}}, "span.half.cut_off: 13-40"),
        ({"span": {"month": {"from": "05-01", "to": "04-01"}}}, "span: 2023-01"),
        ({"about": "{period:>999999999}"}, "about"),
        ({"periods": ["(["]}, "periods: (["),
        ({"title": {"en": "R"}}, "title"),
        ({"grid": 7}, "grid"),
        ({"grid": [{"name": "t", "row": [{"where": {"sex": 1}}]}]}, "grid.1.row.1.where.sex"),
        ({"grid": [{"name": "t", "row": [{"key": "a", "by": "born"}]}]}, "t.a: by born"),
        ({"grid": [{"name": "t", "row": [{"key": "a", "by": "age"}]}]}, "t.a: by age: no list"),
        ({"grid": [{"name": "t", "columns": "none"}]}, "t.columns: none"),
        ({"grid": [{"name": "t", "column": [{"label": "n"}]}]}, "grid.1.column.1: no key"),
        ({"chart": [{"name": "c", "title": "", "months": 10**9}]}, "chart.1.months"),
    ],
)
def test_a_layout_that_is_wrong_says_where(change, place):
    data = {
        "name": "r",
        "title": {"vi": "R"},
        "periods": ["month"],
        "kind": "BIỂU",
        "about": "R",
        "symbol": "BC",
    } | change
    assert place in list(reported.check(Report("r", data), catalogue()))
