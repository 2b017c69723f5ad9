"""What the receiver knows of its communes: months delivered, the board, on behalf, consolidated papers, letters."""

import io
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import docx
import pytest

from cbdesk import clock, deliveries, desk, life, reported, sample
from cbdesk.catalogue import catalogue
from cbdesk.deliveries import BEHALF, BUNDLE, LISTS, Proof, Rules
from cbdesk.desk.areas import keys_of
from cbdesk.desk.inbox import FILTERS
from cbdesk.desk.on_behalf import Paper
from cbdesk.errors import Problem

sys.path.append(str(Path(__file__).parent.parent))
import independent

PASSWORD = "mật khẩu"
NOW = "2026-11-08T08:00"
UNITS = ("01321", "01324", "01327")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
REPORTS = ("children", "injury", "abuse", "support", "activities")


def key(code):
    return f"{code}@2025-07-01"


def register(folder, role, unit):
    return desk.setup(folder / unit, role=role, unit=unit, officer="Nông Thị Hạnh", password=PASSWORD,
                      practice=True).desk  # fmt: skip


def meet(receiver, commune):
    receiver.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(receiver.card_bytes(), receiver.fingerprint)


def carry(commune, receiver, stick, at=None):
    """Send to the receiver and take its answer; returns what became of the file."""
    if at:
        clock.set_fixed(at)
    stick.mkdir(exist_ok=True)
    commune.send(stick)
    found = receiver.receive([stick])
    commune.receive([stick])
    return found


@pytest.fixture(autouse=True)
def _now():
    clock.set_fixed(NOW)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """Three busy communes whose bundles came, the last one late; a child of the first is known to the second too."""
    folder = tmp_path_factory.mktemp("province")
    clock.set_fixed("2026-09-02T08:00")
    receiver, communes = register(folder, "receiver", "04"), {}
    for seed, unit in enumerate(UNITS, 1):
        clock.set_fixed("2026-09-02T08:00")
        communes[unit] = one = register(folder, "commune", unit)
        meet(receiver, one)
        assert one.practise(life.entries(50, seed, date(2026, 11, 1), 3, rate=15))[1] == []
    clock.set_fixed("2026-11-01T17:00")
    first, second = communes["01321"], communes["01324"]
    chosen = next(one.id for one in first.children() if one.here and len(one.born) == 10)
    child = first.get(chosen)
    told = {name: child[name] for name in ("full_name", "born", "sex", "ethnicity") if name in child}
    twin = second.save("child", told).id
    second.save("incident", {"kind": "injury", "received_at": "2026-10-20T09:00", "child": [twin], "cause": "fall"})
    for at, unit in zip(("2026-11-03T08:00", "2026-11-04T08:00", "2026-11-07T08:00"), UNITS, strict=True):
        carry(communes[unit], receiver, folder / f"stick-{unit}", at)
    receiver.same(chosen, twin)
    yield SimpleNamespace(receiver=receiver, communes=communes, pair=(chosen, twin))
    for one in (receiver, *communes.values()):
        one.close()


# --- months ----------------------------------------------------------------------------------------------------------

RULES = Rules("2026-09", lambda _: 5, lists=("special", "at_risk"))
BOTH = ("at_risk", "special")


@pytest.mark.parametrize(("proofs", "state"), [
    ([], "overdue"),
    ([Proof(BUNDLE, "2026-11-05T09:00", written="2026-11-02")], "on_time"),
    ([Proof(BUNDLE, "2026-11-06T09:00", written="2026-11-02")], "late"),
    ([Proof(BUNDLE, "2026-11-02T09:00", written="2026-10-31")], "overdue"),
    ([Proof(BUNDLE, "2026-11-02T09:00", written="2026-11-01", aside=2)], "aside"),
    ([Proof(BUNDLE, "2026-11-02T09:00", written="2026-11-01", code="gap")], "partial"),
    ([Proof(BUNDLE, "2026-12-02T09:00", written="2026-12-01", code="gap")], "gap"),
    ([Proof(BUNDLE, "2026-11-02T09:00", written="2026-11-01", code="revoked")], "held"),
    ([Proof(LISTS, "2026-10-30T09:00", covers="2026-10", lists=BOTH)], "on_time"),
    ([Proof(LISTS, "2026-10-30T09:00", covers="2026-10", lists=("special",))], "overdue"),
    ([Proof(BEHALF, "2026-11-04T09:00", covers="2026-10")], "behalf"),
    ([Proof(BEHALF, "2026-11-04T09:00", covers="2026-10"),
      Proof(BUNDLE, "2026-11-09T09:00", written="2026-11-09")], "late"),
])  # fmt: skip
def test_a_month_stands_as_what_came_proves(proofs, state):
    assert deliveries.cell("2026-10", proofs, RULES, date(2026, 12, 20)).state == state


def test_a_month_is_owed_when_it_is_over_and_not_from_before_the_register_was_begun():
    written = [Proof(BUNDLE, "2026-11-02T09:00", written="2026-11-01")]
    assert deliveries.cell("2026-10", [], RULES, date(2026, 10, 20)).state == "not_due"
    assert deliveries.cell("2026-10", [], RULES, date(2026, 11, 4)).state == "none"
    assert deliveries.cell("2026-08", written, RULES, date(2026, 11, 4)).state == "not_due"
    only_lists = replace(RULES, proofs=frozenset({LISTS}))
    assert deliveries.cell("2026-10", written, only_lists, date(2026, 11, 20)).state == "overdue", "data says so"


def test_a_unit_made_of_others_has_a_month_when_all_of_those_have_it():
    unit, known = catalogue().units.resolve(key("01321")), catalogue()
    assert [one.key for one in deliveries.made_of(unit, date(2025, 5, 31), known)] == ["01321@", "01333@", "01342@"]
    assert deliveries.made_of(unit, date(2026, 5, 31), known) == (unit,)
    old = catalogue().units.resolve("01333@")
    assert deliveries.successor(old, date(2026, 1, 1), known) == unit
    done = deliveries.cell("2026-10", [Proof(BEHALF, "2026-11-01", covers="2026-10")], RULES, date(2026, 12, 1))
    lacking = deliveries.cell("2026-10", [], RULES, date(2026, 12, 1))
    assert deliveries.joined("2026-10", [done, done]).state == "behalf"
    part = deliveries.joined("2026-10", [done, lacking])
    assert (part.state, part.came, part.of) == ("partial", 1, 2)


def test_the_inbox_tells_who_delivered_what_and_filters_count_their_rows(province):
    inbox = province.receiver.inbox(2026)
    assert (len(inbox.rows), len(inbox.months), inbox.month, inbox.due) == (56, 12, "2026-10", "2026-11-05")
    rows = {row.code: row for row in inbox.rows}
    states = {unit: [rows[unit].cell(month).state for month in ("2026-08", "2026-09", "2026-10", "2026-11")]
              for unit in (*UNITS, "01336")}  # fmt: skip
    months = {"01321": ("late", "on_time"), "01324": ("late", "on_time"), "01327": ("late", "late"),
              "01336": ("overdue", "overdue")}  # fmt: skip
    assert states == {unit: ["not_due", *told, "not_due"] for unit, told in months.items()}
    assert rows["01327"].cell("2026-10").words == "Tháng 10/2026: đủ, nộp muộn 2 ngày, nhận 07/11/2026."
    assert "quá hạn 05/11/2026 đã 3 ngày" in rows["01336"].cell("2026-10").words
    assert all(cell.words for row in inbox.rows for cell in row.cells)
    assert rows["01321"].devices[0].held_to == province.communes["01321"].status()["acked_to"]
    assert inbox.delivered == 3
    assert {name: len(inbox.filtered(name)) for name in FILTERS} == inbox.counts
    assert (inbox.counts["missing"], inbox.counts["whole"], inbox.counts["no_card"]) == (53, 3, 53)


def test_units_of_a_month_are_those_of_its_time_by_key(province):
    before = province.receiver.inbox(["2024-05", "2025-03"])
    assert len(before.rows) == 161
    assert len({row.unit for row in before.rows}) == 161
    year = province.receiver.inbox(2025)
    cell = next(row for row in year.rows if row.code == "01321").cell("2025-05")
    assert (len(year.rows), cell.of) == (56, 3)


def test_overdue_senders_are_those_past_the_day_and_those_not_heard_for_thirty_days(province):
    late = {one.unit: one for one in province.receiver.overdue_senders()}
    assert set(late) == {one.key for one in catalogue().units.current(date(2026, 11, 8))} - {key(one) for one in UNITS}
    assert late[key("01336")].months == ("2026-09", "2026-10")
    clock.set_fixed("2026-12-04T08:00")
    late = {one.unit: one for one in province.receiver.overdue_senders()}
    assert (late[key("01321")].silent, late[key("01321")].months) == (True, ())
    assert not late.get(key("01327")) or not late[key("01327")].silent


def test_issued_lists_prove_a_month_and_a_commune_has_no_inbox(commune, receiver, stick):
    meet(receiver, commune)
    commune.save("child", {"full_name": "Nông Văn A", "born": "2016-05-05", "sex": "male", "groups": ["01.3"]})
    clock.set_fixed("2026-11-30T16:00")
    for n, name in enumerate(("special", "at_risk"), 1):
        commune.snapshot(name, "2026-11", number=str(n), issued_on="2026-11-30")
    carry(commune, receiver, stick, "2026-11-30T17:00")
    clock.set_fixed("2026-12-09T08:00")
    cell = next(row for row in receiver.inbox(2026).rows if row.code == "01321").cell("2026-11")
    assert (cell.state, cell.lists) == ("on_time", ("at_risk", "special"))
    with pytest.raises(Problem, match="only_receiver"):
        commune.inbox()


# --- bundles in words ------------------------------------------------------------------------------------------------


def test_a_bundle_is_told_in_five_sentences_and_a_damaged_one_merges_nothing(pair, stick, tmp_path):
    commune, receiver = pair
    commune.save("child", {"full_name": "Hoàng Văn Cũ", "born": "2018"})
    carry(commune, receiver, stick)
    no = int(receiver.store.db.execute("SELECT min(no) FROM bundle WHERE dir = 'in'").fetchone()[0])
    told = receiver.bundle_told(no)
    assert [(one.step, one.state) for one in told.verdicts] == [
        (step, "ok") for step in ("opened", "signature", "chain", "content", "merged")]  # fmt: skip
    assert told.verdicts[1].words == "Ký bằng khóa của Xã Bảo Lạc"
    assert told.valid
    commune.save("child", {"full_name": "Hoàng Văn Mới", "born": "2018"})
    file = commune.send(tmp_path)[0].file
    fresh = receiver.bundle_told(file)
    assert ([one.state for one in fresh.verdicts], fresh.no) == (["ok", "ok", "ok", "unseen", "unseen"], 0)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    damaged = tmp_path / "x.cbd"
    damaged.write_bytes(data)
    told = receiver.bundle_told(damaged)
    assert [one.state for one in told.verdicts] == ["bad", "unseen", "unseen", "unseen", "unseen"]
    assert (told.valid, told.problem.name) == (False, "wrong_recipient_or_damaged")
    assert told.verdicts[0].words == told.problem.what
    for _ in range(2):
        assert [one.result for one in receiver.receive([damaged])] == ["refused"]
    assert receiver.store.count("child") == 1
    [(no, name, why)] = receiver.inbox().strangers
    assert (name, why) == ("x.cbd", "wrong_recipient_or_damaged")
    assert receiver.bundle_told(no).verdicts == told.verdicts
    with pytest.raises(Problem, match="no_record"):
        receiver.bundle_told(10**6)


def test_a_gap_is_told_from_to_the_month_is_partly_here_and_heals(pair, stick, tmp_path):
    commune, receiver = pair
    clock.set_fixed("2026-11-08T09:00")
    commune.save("child", {"full_name": "Nông Văn A", "born": "2016-05-05"})
    clock.set_fixed("2026-12-02T08:00")
    (tmp_path / "lost").mkdir()
    first = commune.send(tmp_path / "lost")[0]
    with commune.store.atomic():  # the commune believes that the first one arrived
        mine = commune.store.mine(commune.unit.key)
        commune.ledger.hear(receiver.node, {mine.s: (mine.n, mine.h.hex())}, 0)
    commune.save("child", {"full_name": "Nông Văn B", "born": "2016-05-05"})
    (tmp_path / "second").mkdir()
    commune.send(tmp_path / "second")
    assert [one.result for one in receiver.receive([tmp_path / "second"])] == ["gap"]
    no = int(receiver.store.db.execute("SELECT max(no) FROM bundle WHERE dir = 'in'").fetchone()[0])
    chain = receiver.bundle_told(no).verdicts[2]
    assert (chain.state, chain.words) == ("care", f"Chuỗi thiếu số {first.from_seq} – {first.to_seq}")
    row = next(row for row in receiver.inbox(2026).rows if row.code == "01321")
    assert (row.cell("2026-11").state, row.held) == ("partial", 1)
    receiver.receive([tmp_path / "lost"])
    row = next(row for row in receiver.inbox(2026).rows if row.code == "01321")
    assert (row.cell("2026-11").state, row.held) == ("on_time", 0)
    assert receiver.bundle_told(no).verdicts[2].state == "ok"


# --- the board -------------------------------------------------------------------------------------------------------


def test_the_board_shows_by_commune_what_due_shows_there_without_names(pair, stick):
    commune, receiver = pair
    child = commune.save("child", {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female"}).id
    told = {"kind": "abuse", "child": [child], "received_at": "2026-11-08T06:00", "urgent": True,
            "forms_of_abuse": ["violence"]}  # fmt: skip
    commune.take_up(commune.save("incident", told).id)
    carry(commune, receiver, stick)
    board = receiver.board()
    assert board.counts == {"emergency": 1, "overdue": 0, "separated": 0}
    [line] = board.units[0].lines
    here = next(one for one in commune.due() if one.hours)
    assert (line.due, line.record, line.hours) == (here.due, here.record, True)
    assert (board.units[0].name, line.initials) == ("Xã Bảo Lạc", "L.M.M., 2015")
    assert "Mẩy" not in str(board)
    with pytest.raises(Problem, match="no_reason"):
        receiver.show_names(" ", [line.child])
    assert receiver.show_names("gọi xã hỏi việc khẩn", [line.child]) == {child: "Lý Mùi Mẩy"}
    logged = receiver.store.db.execute("SELECT what, detail FROM access ORDER BY n DESC LIMIT 1").fetchone()
    assert tuple(logged) == ("names", "1 gọi xã hỏi việc khẩn")
    clock.set_fixed("2026-11-20T08:00")
    assert receiver.board().counts["overdue"] > 0
    assert receiver.board(units=[key("01324")]).units == ()


def test_what_is_due_at_the_receiver_is_its_own(province):
    found = province.receiver.due(within=40)
    assert {one.what for one in found} == {"delivery", "paper"}
    assert [(one.detail["n"], one.due.date().isoformat()) for one in found if one.what == "delivery"] == [
        ("53", "2026-10-05"), ("53", "2026-11-05")]  # fmt: skip
    report = next(one for one in found if one.what == "paper")
    assert (report.detail["report"], report.due.date()) == ("year", date(2026, 11, 29))
    assert province.communes["01321"].due(within=400)[-1].what != "delivery"
    days = {one.key: one for one in province.receiver.calendar(date(2026, 11, 1), date(2026, 11, 30))}
    assert {"receive_month", "province_report"} <= set(days)
    assert "lists" not in days
    assert not days["receive_month"].verified


# --- letters ---------------------------------------------------------------------------------------------------------


def test_the_letter_names_late_communes_and_their_months_and_no_child(province, tmp_path):
    receiver = province.receiver
    written = receiver.reminder(tmp_path / "nhac.docx", [key("01336"), key("01339")])
    told = docx.Document(io.BytesIO(written.read_bytes()))
    text = "\n".join(node.text or "" for node in told.element.body.iter() if node.tag.endswith("}t"))
    assert "Xã Khánh Xuân" in text
    assert "09/2026, 10/2026" in text
    assert "Xã Bảo Lạc" not in text
    assert "SỞ Y TẾ" in "\n".join(cell.text for table in told.tables for row in table.rows for cell in row.cells)
    names = {str(row["full_name"]) for row in receiver.store.rows("child")}
    assert not [one for one in names if one in text]
    assert "ngày 05 hằng tháng" not in text, "a day nobody compared with a text is left to the pen"
    each = receiver.reminders(tmp_path, [key("01336"), key("01339")])
    assert [one.name for one in each] == ["don_doc-01336-2026-11-08.docx", "don_doc-01339-2026-11-08.docx"]
    with pytest.raises(Problem, match="nobody_chosen"):
        receiver.reminder_letter([key("01321")])
    assert "don_doc" not in {one["name"] for one in province.communes["01321"].papers()}


# --- consolidated ----------------------------------------------------------------------------------------------------


def counted_otherwise(province, units=UNITS):
    """Return the communes' own rows as one register, in which the child of two communes is one."""
    rows = {form: [] for form in independent.FORMS}
    kept, twin = province.pair
    for unit in units:
        for form in independent.FORMS:
            rows[form] += [dict(one) for one in province.communes[unit].all_rows(form)]
    if len(units) > 1:
        rows["child"] = [one for one in rows["child"] if one["id"] != twin]
        for form in independent.FORMS:
            for one in (one for one in rows[form] if isinstance(one.get("child"), list)):
                one["child"] = [kept if child == twin else child for child in one["child"]]
    for one in rows["child"]:
        one["village_id"] = one.get("village")
    return independent.Register(rows, date(2026, 11, 8))


def test_consolidated_figures_are_the_sum_counted_otherwise_and_a_child_of_two_communes_is_one(province):
    register, seen = counted_otherwise(province), 0
    for name in REPORTS:
        made = province.receiver.counted_report(name, "2026-10")
        totals = reported.totals(made)
        known = {*independent.TABLES[name], *independent.WIDE.get(name, ())}
        for table in known & set(totals):
            counted = independent.table(register, name, table, totals[table], FIRST, LAST)
            for row, found in totals[table].items():
                assert found == pytest.approx(counted[row]), (name, table, row)
                seen += sum(bool(one) for one in found.values())
        assert made.coverage[0] == "Tổng hợp từ 3/56 xã, phường gửi bằng sổ, 53 chưa có."
        assert made.coverage[-1] == "1 trẻ có hồ sơ ở nhiều xã hoặc nhập hai lần, đếm một lần."
    assert seen > 150


def test_an_area_is_any_units_and_each_alone_is_what_the_commune_counts_itself(province):
    receiver = province.receiver
    for unit in UNITS:
        mine = reported.totals(province.communes[unit].counted_report("children", "2026-10"))
        here = reported.totals(receiver.counted_report("children", "2026-10", units=[unit]))
        assert here == mine, "the child of two communes is one of each where that one is asked for"
    two = reported.totals(receiver.counted_report("injury", "2026-10", units=["01321", "Cốc Pàng"]))
    counted = independent.table(counted_otherwise(province, UNITS[:2]), "injury", "causes", two["causes"], FIRST, LAST)
    assert two["causes"] == {row: pytest.approx(one) for row, one in counted.items()}
    district = receiver.report_now("children", "2026-10", units=["Huyện Bảo Lạc"])
    assert "(Phạm vi: Huyện Bảo Lạc cũ)" in district.sheet.notes
    assert "Tổng hợp từ 3/8 xã, phường gửi bằng sổ, 5 chưa có." in district.sheet.notes
    missing = [key(one) for one in ("01336", "01339", "01351", "01354", "01360")]
    assert receiver.coverage(["043"]).as_dict()["missing"] == missing


def test_a_table_by_unit_has_a_row_for_each_and_a_total_that_is_no_sum_where_a_child_is_in_two(province):
    made = province.receiver.report_by_unit("injury", "2026-10", "causes")
    [grid] = made.grids
    rows = {row.key: row.cell("all").value for row in grid.rows}
    for unit in UNITS:
        own = reported.totals(province.communes[unit].counted_report("injury", "2026-10"))["causes"]["all"]["total"]
        assert rows[key(unit)] == own
    whole = reported.totals(province.receiver.counted_report("injury", "2026-10"))["causes"]["all"]["total"]
    assert rows["all"] == whole
    assert rows[key("01336")] is None, "what nobody told is no nought"
    assert next(row.note for row in grid.rows if row.key == key("01336")) == "chưa có"
    many = province.receiver.how_many("owner", "sex")
    alone = {unit: one.how_many("sex").row("all").cell("all").value for unit, one in province.communes.items()}
    assert {row.key: row.cell("all").value for row in many.rows} == {
        "all": sum(alone.values()) - 1,
        **{f"all.{key(unit)}": n - (unit == "01324") for unit, n in alone.items()}}  # fmt: skip
    assert "owner" not in province.communes["01321"].count_dimensions()
    children = province.receiver.report_by_unit("children", "2026-10", "villages").grids[0]
    sums = [row.cell("all").value or 0 for row in children.rows]
    assert sum(sums[:-1]) == sums[-1], "a state counts a child where it lives"


def test_consolidated_lists_name_villages_with_their_commune_and_say_how_the_units_came(province):
    receiver, communes = province.receiver, province.communes
    paper = receiver.paper("at_risk", "2026-10")
    lengths = {unit: len(one.paper("at_risk", "2026-10").rows) for unit, one in communes.items()}
    assert len(receiver.paper("at_risk", "2026-10", units=["01324"]).rows) == lengths["01324"]
    twice = {row.id for one in communes.values() for row in one.paper("at_risk", "2026-10").rows}
    assert {row.id for row in paper.rows} == twice - {province.pair[1]}
    assert all(", xã " in row.village for row in paper.rows if row.village)
    assert "Tổng hợp từ 3/56 xã, phường gửi bằng sổ, 53 chưa có." in paper.notes


def test_an_old_unit_is_what_it_wrote_and_the_villages_that_came_from_it(receiver):
    new, old = key("01327"), "01330@"
    with receiver.standing_in(new):
        villages = [receiver.save("village", {"name": name, "old_unit": unit}).id
                    for name, unit in (("Nà Đôm", old), ("Khuổi Pụt", "01327@"))]  # fmt: skip
        for n, village in enumerate(villages):
            receiver.save("child", {"full_name": f"Nông Văn {n}", "born": "2016-05-05", "village": village})
        receiver.save("child", {"full_name": "Nông Văn Ngoài", "born": "2016-05-05"})
    area = receiver.area(["01330"])
    assert (area.label, [one.key for one in area.units]) == ("Xã Cô Ba cũ", [new])
    made = receiver.counted_report("children", "2026-10", units=["01330"])
    assert reported.totals(made)["villages"]["all"]["total"] == 1
    both = receiver.counted_report("children", "2026-10", units=["01330", "01327@"])
    assert reported.totals(both)["villages"]["all"]["total"] == 3, "all parts of a unit are the whole unit"
    with pytest.raises(Problem, match="wrong_unit"):
        receiver.area(["09999"])
    with pytest.raises(Problem, match="ambiguous_unit"):
        receiver.area(["Vĩnh Quang"])


# --- on behalf -------------------------------------------------------------------------------------------------------


def test_a_list_taken_in_on_behalf_belongs_to_the_commune_and_is_counted_once_with_its_own_later(
    receiver, tmp_path, stick
):
    own = receiver.save("village", {"name": "Nà Pò"}).id
    rows = list(sample.rows(12, 7, date(2026, 11, 8)))
    file = tmp_path / "xa.xlsx"
    sample.old_list(file, rows)
    plan = receiver.plan_on_behalf("01351", file)
    done = receiver.import_on_behalf(plan, "2026-10", Paper("15/DS-UBND", "2026-11-02"))
    unit = key("01351")
    assert {row["_unit"] for row in receiver.store.rows("child")} == {unit}
    assert {row["_unit"] for row in receiver.store.rows("village") if row["id"] != own} == {unit}
    assert done.added == 12
    again = receiver.import_run(receiver.plan_on_behalf("01351", file))
    assert (again.added, again.same) == (0, 12), "look-alikes are those of that commune"
    other = receiver.import_run(receiver.plan_on_behalf("01354", file), dry_run=True)
    assert (other.added, other.duplicates) == (12, 0)
    cell = next(row for row in receiver.inbox(2026).rows if row.unit == unit).cell("2026-10")
    assert (cell.state, cell.by) == ("behalf", receiver.officer)
    coverage = receiver.coverage(["01351"], until=LAST)
    assert coverage.notes()[0] == "Tổng hợp từ 0/1 xã, phường gửi bằng sổ, 1 nhập thay."
    before = reported.totals(receiver.counted_report("children", "2026-10"))["villages"]["all"]["total"]
    late = register(tmp_path, "commune", "01351")
    meet(receiver, late)
    late.put("child", [{name: value for name, value in row.items() if name != "id"} for row in rows])
    late.save("child", {"full_name": "Phùng Thị Thêm", "born": "2017-01-02", "sex": "female"})
    carry(late, receiver, stick)
    assert receiver.duplicates(), "the pairs wait for a person"
    made = receiver.counted_report("children", "2026-10")
    assert reported.totals(made)["villages"]["all"]["total"] == before + 1
    assert made.coverage[-1] == "12 trẻ có hồ sơ ở nhiều xã hoặc nhập hai lần, đếm một lần."
    assert late.store.count("child") == 25, "what was taken in on its behalf goes down to it"
    late.close()


def test_typed_totals_stand_in_until_records_are_here_and_are_then_put_aside(receiver, tmp_path, stick):
    unit, place = key("01351"), "villages.all.total"
    receiver.set_totals(unit, "children", "2026-10", {place: 40, "risks.at_risk.total": 9}, number="3/BC")
    assert {one.place: one.value for one in receiver.totals_asked(unit, "children", "2026-10") if one.value} == {
        place: 40, "risks.at_risk.total": 9}  # fmt: skip
    made = receiver.counted_report("children", "2026-10")
    totals = reported.totals(made)
    assert (totals["villages"]["all"]["total"], totals["risks"]["at_risk"]["total"]) == (40, 9)
    assert made.coverage[0] == "Tổng hợp từ 0/56 xã, phường gửi bằng sổ, 1 nhập thay, 55 chưa có."
    grid = receiver.report_by_unit("children", "2026-10", "villages").grids[0]
    row = grid.row(unit)
    assert (row.cell("all").value, row.note) == (40, "nhập thay số tổng")
    assert reported.totals(receiver.counted_report("children", "2026-09"))["villages"]["all"]["total"] == 0
    late = register(tmp_path, "commune", "01351")
    meet(receiver, late)
    late.save("child", {"full_name": "Phùng Thị Thêm", "born": "2017-01-02", "sex": "female"})
    carry(late, receiver, stick)
    made = receiver.counted_report("children", "2026-10")
    assert reported.totals(made)["villages"]["all"]["total"] == 1
    assert "Đã có hồ sơ nên không dùng số tổng nhập thay của: Xã Hưng Đạo." in made.coverage
    receiver.set_totals(unit, "children", "2026-10", {place: None, "risks.at_risk.total": None})
    assert receiver.store.count("unit_total") == 0
    for wrong in ({"villages.nothing.total": 1}, {place: -1}):
        with pytest.raises(Problem, match="report_wrong"):
            receiver.set_totals(unit, "children", "2026-10", wrong)
    with pytest.raises(Problem, match="only_receiver"):
        late.set_totals(unit, "children", "2026-10", {place: 1})
    late.close()


def test_a_figure_of_another_office_stands_in_the_report_with_its_source(receiver):
    told = {"indicator": "population_all", "from": "2026-01-01", "to": "2026-12-31", "value": 540_000,
            "office": "health", "paper_no": "88/SYT", "dated_on": "2026-11-01", "source": "Chi cục Dân số"}  # fmt: skip
    receiver.save("count", told)
    made = receiver.counted_report("indicators", "2026")
    row = next(table.row("all_people") for table in made.grids if table.row("all_people"))
    assert row.cell("value").value == 540_000
    assert "Ngành y tế, Chi cục Dân số, văn bản số 88/SYT, ngày 01/11/2026" in row.note
    [asked] = [one for one in receiver.report_typed("indicators", "2026") if one.indicator == "population_all"]
    assert asked.row["office"] == "health"


# --- children of two communes ----------------------------------------------------------------------------------------


def test_a_child_that_moved_counts_where_it_lives_and_both_communes_are_told(pair, tmp_path, stick):
    first, receiver = pair
    second = register(tmp_path, "commune", "01324")
    meet(receiver, second)
    told = {"full_name": "Lý Mùi Mẩy", "born": "2015-06-03", "sex": "female", "mother_name": "Lý Thị Dở"}
    left, lives = first.save("child", told).id, second.save("child", told).id
    for n, commune in enumerate((first, second)):
        carry(commune, receiver, stick / str(n))
    [across] = receiver.duplicates_across()
    assert (across.a, across.names) == (min(left, lives), ("Xã Bảo Lạc", "Xã Cốc Pàng"))
    count = lambda *units: reported.totals(  # noqa: E731
        receiver.counted_report("children", "2026-10", units=units))["villages"]["all"]["total"]  # fmt: skip
    assert count() == 2
    receiver.moved(left, lives, "2026-10-15")
    assert receiver.duplicates_across() == []
    assert count() == 1
    by_unit = receiver.report_by_unit("children", "2026-10", "villages").grids[0]
    assert [by_unit.row(key(one)).cell("all").value for one in UNITS[:2]] == [0, 1]
    assert count("01321") == 1, "asked alone, the commune that still holds it counts it"
    assert {row["id"] for row in receiver.store.rows("child")} == {left, lives}, "both ids stay"
    for n, (commune, said) in enumerate(((first, "Xã Cốc Pàng"), (second, "Xã Bảo Lạc"))):
        answers = tmp_path / f"answers{n}"
        answers.mkdir()
        receiver.send(answers, commune.unit.code)
        commune.receive([answers])
        [note] = commune.notes()
        assert said in note.text
        assert "15/10/2026" in note.text
    second.close()


def test_keys_of_a_unit_are_its_own_and_those_of_all_that_went_into_it():
    unit = catalogue().units.resolve(key("01321"))
    assert keys_of(unit) == {key("01321"), "01321@", "01333@", "01342@"}
