"""The work for many: activities, the year's plan and its money, the children's fund, typed figures."""

import pytest

from cbdesk import clock
from cbdesk.errors import Problem

JPEG = b"\xff\xd8\xff\xe0" + b"anh" * 20


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-20T09:30")
    commune.put("village", [{"name": "Xóm Nà Héng"}])
    return commune


def put(book, form, **data):
    saved = book.save(form, data)
    assert saved.id, saved.findings
    return saved.id


def names(saved):
    return [(one.field, one.level, one.name) for one in saved.findings]


def test_an_activity_keeps_counts_and_its_photo(book):
    days = {"from": "2026-06-05", "to": "2026-06-20"}
    record = put(book, "activity", kind="swim_class", title="Lớp dạy bơi hè", topics=["swimming", "drowning"], **days,
                 children=40, girls=18, passed=31, cost=12_000_000, money="commune", village="Xóm Nà Héng")  # fmt: skip
    book.attach_bytes(record, JPEG, {"title": "Ảnh lớp bơi", "kind": "photo"})
    assert [one["media"] for one in book.attachments(record)] == ["image/jpeg"]
    assert book.get(record)["topics"] == ["swimming", "drowning"]


@pytest.mark.parametrize(("form", "data", "field"), [
    ("activity", {"kind": "event", "title": "Trung thu", "from": "2026-09-25", "children": 10, "girls": 11}, "girls"),
    ("activity", {"kind": "skill_class", "title": "Kỹ năng", "from": "2026-06", "children": 9, "passed": 12}, "passed"),
    ("count", {"indicator": "a", "from": "2026-01-01", "to": "2026-12-31", "value": 16, "of": 15, "source": "Trạm Y tế",
               "dated_on": "2026-10-01"}, "value"),
])  # fmt: skip
def test_a_part_larger_than_its_whole_is_asked_about(book, form, data, field):
    assert names(book.save(form, data)) == [(field, "ask", "above")]


def test_the_days_of_an_activity_stand_in_order(book):
    saved = book.save("activity", {"kind": "training", "title": "Tập huấn", "from": "2026-06-05", "to": "2026-06-01"})
    assert saved.id is None


def test_a_line_of_the_plan_is_as_far_as_its_activities(book):
    plan = put(book, "yearly_plan", year=2026, number="12/KH-UBND")
    money = put(book, "budget", year=2026, name="Truyền thông", amount=30_000_000)
    talks = put(book, "plan_item", yearly_plan=plan, order=1, what="Truyền thông đuối nước", target=2, unit="buổi",
                measure="activities", budget=money, cost=10_000_000, spent=500_000)  # fmt: skip
    swim = put(book, "plan_item", yearly_plan=plan, order=2, what="Dạy bơi", target=60, unit="trẻ", measure="children")
    put(book, "plan_item", yearly_plan=plan, order=3, what="Rà soát", target=1, measure="typed", done=1)
    put(book, "plan_item", yearly_plan=plan, order=4, what="Chưa ghi cách tính")
    for day, cost in (("2026-03-01", 1_000_000), ("2026-05-01", 2_000_000)):
        put(book, "activity", kind="communication", title="Truyền thông", **{"from": day}, plan_item=talks, cost=cost)
    voided = put(book, "activity", kind="communication", title="Ghi nhầm", **{"from": "2026-06-01"}, plan_item=talks)
    book.void(voided, "ghi nhầm")
    put(book, "activity", kind="swim_class", title="Lớp bơi", **{"from": "2026-06-01"}, plan_item=swim, children=40)
    lines = book.plan_lines(2026)
    assert [(one.done, one.spent, one.reached, len(one.activities)) for one in lines] == [
        (2, 3_500_000, True, 2), (40, 0, False, 1), (1, 0, True, 0), (None, 0, False, 0)]  # fmt: skip
    (line,) = book.budget_lines(2026)
    assert (line.row["id"], line.planned, line.spent) == (money, 10_000_000, 3_500_000)
    assert book.plan_lines(2025) == []


def test_the_fund_balances_and_tells_whom_it_paid_for(book):
    first, second = (put(book, "child", full_name=name) for name in ("Nông Văn An", "Bế Thị Bình"))
    put(book, "fund_entry", direction="in", on="2025-12-31", amount=5_000_000, party="Doanh nghiệp", purpose="Ủng hộ")
    came = put(book, "fund_entry", direction="in", on="2026-01", amount=2_000_000, party="Tỉnh đoàn", purpose="Ủng hộ")
    gifts = put(book, "fund_entry", direction="out", on="2026-02-10", amount=600_000, party="Hai trẻ", purpose="Tết")
    for child in (first, second):
        put(book, "support", child=child, kind="gift", occasion="tet", amount=300_000, fund_entry=gifts,
            **{"from": "2026-02-10"})  # fmt: skip
    one = put(book, "fund_entry", direction="out", on="2026-12-31", amount=400_000, party="Bà ngoại", purpose="Áo ấm",
              child=first)  # fmt: skip
    found = book.fund_book("2026")
    assert (found.before, found.came, found.went, found.after) == (5_000_000, 2_000_000, 1_000_000, 6_000_000)
    assert [row["id"] for row in found.entries] == [came, gifts, one]
    assert dict(found.children) == {came: (), gifts: (first, second), one: (first,)}
    with pytest.raises(Problem, match="bad_period"):
        book.fund_book("năm nay")


def test_a_figure_typed_a_second_time_for_the_same_days_is_asked_about(book):
    data = {"indicator": "health_station", "from": "2026-01-01", "to": "2026-12-31", "value": 1, "of": 1,
            "source": "Trạm Y tế", "dated_on": "2026-10-01"}  # fmt: skip
    first = book.save("count", data)
    assert names(first) == []
    assert names(book.save("count", data)) == [("indicator", "ask", "counted_twice")]
    assert names(book.save("count", {"value": 2, "of": 2}, first.id)) == [("indicator", "ask", "counted_twice")]
    assert names(book.save("count", data | {"to": "2026-06-30"})) == []


def test_a_collaborator_is_none_of_the_standing_team(book):
    put(book, "collaborator", name="Lục Thị Hoa", village="Xóm Nà Héng", trained_on="2026-04-02", trained_in=["abuse"])
    assert book.all_rows("team_member") == []
    assert [row["name"] for row in book.all_rows("collaborator")] == ["Lục Thị Hoa"]
