"""Villages change in one action with everybody in them; old names stay found, names that read alike stay apart."""

import io

import openpyxl
import pytest

from cbdesk import clock, formfill, superior
from cbdesk.catalogue import catalogue
from cbdesk.errors import Problem
from cbdesk.formcells import Who


@pytest.fixture
def book(commune):
    clock.set_fixed("2026-10-12T08:00")
    commune.place = {name: commune.save("village", {"name": f"Xóm {name}"}).id
                     for name in ("Nà Héng", "Nà Rình", "Bản Oóng")}  # fmt: skip
    commune.ids = {name: commune.save("child", {"full_name": name, "village": commune.place[village]}).id
                   for name, village in (("An", "Nà Héng"), ("Bế", "Nà Rình"), ("Chá", "Nà Rình"))}  # fmt: skip
    return commune


def village(book, child):
    return book.village_names()[book.get(book.ids[child])["village"]]


def test_two_villages_become_one_with_everybody_in_them_and_apart_again(book):
    home = book.save("household", {"head_name": "Lý Văn Tả", "village": book.place["Nà Rình"]}).id
    book.save("contact", {"name": "Vừ Mí Pó", "role": "village_head", "village": book.place["Nà Héng"]})
    incident = book.save("incident", {"kind": "injury", "received_at": "2026-10-01T08:00",
                                      "place": book.place["Nà Rình"]}).id  # fmt: skip
    book.look_after([book.place["Nà Rình"]])
    merged = book.merge_villages([book.place["Nà Héng"], book.place["Nà Rình"]], "Xóm Nà Héng", "2026-10-01")
    assert {village(book, name) for name in book.ids} == {"Xóm Nà Héng"}
    assert book.get(home)["village"] == merged.id
    assert book.contact_for("village_head", merged.id).name == "Vừ Mí Pó"
    assert book.my_villages() == (merged.id,)
    assert book.get(incident)["place"] == book.place["Nà Rình"]  # what happened there
    names = [one.shown for one in book.places()]
    assert names[-2:] == ["Xóm Nà Héng (đến 30/09/2026)", "Xóm Nà Rình (đến 30/09/2026)"]
    for written in ("Nà Rình", "xóm Nà Héng", "Xóm Nà Rình (đến 30/09/2026)"):
        child = book.save("child", {"full_name": "Dở", "village": written}).id
        assert book.get(child)["village"] == merged.id
        book.void(child, "thử")
    book.undo(merged.batch)
    assert [village(book, name) for name in book.ids] == ["Xóm Nà Héng", "Xóm Nà Rình", "Xóm Nà Rình"]
    assert len(book.places(ended=False)) == 3
    assert book.my_villages() == (book.place["Nà Rình"],)


def test_an_old_list_with_old_village_names_finds_the_same_children(book, tmp_path):
    book.save("child", {"full_name": "Bế Thị Lan", "born": "2015-03-01"}, book.ids["Bế"])
    book.merge_villages([book.place["Nà Héng"], book.place["Nà Rình"]], "Xóm Đoàn Kết", "2026-10-01")
    old = "Họ và tên\tNgày sinh\tXóm\nBế Thị Lan\t01/03/2015\tNà Rình"
    plan = book.import_plan(book.import_book(old))
    assert plan.rows[0].data["village"] == "Xóm Đoàn Kết"
    assert [note.code for note in plan.rows[0].notes] == ["village_now"]
    done = book.import_run(plan)
    assert (done.added, done.same) == (0, 1)
    names = book.village_names()
    assert names[names.meant("Nà Rình")] == "Xóm Đoàn Kết"


def test_a_village_parts_and_whole_households_go_along(book):
    homes = [book.save("household", {"head_name": name}).id for name in ("Bế Văn Lộc", "Chá Mí Sò")]
    for name, home in (("Bế", homes[0]), ("Chá", homes[1]), ("An", homes[1])):
        book.save("child", {"household": home}, book.ids[name])
    chosen = [book.ids["Bế"], book.ids["Chá"]]
    parted = book.split_village(book.place["Nà Rình"], "Xóm Nà Rình Trên", chosen, "2026-10-01")
    assert village(book, "Bế") == village(book, "Chá") == "Xóm Nà Rình Trên"
    assert [book.get(home).get("village") for home in homes] == [parted.id, None]
    book.undo(parted.batch)
    assert village(book, "Bế") == "Xóm Nà Rình"
    with pytest.raises(Problem):
        book.split_village(book.place["Nà Rình"], "Xóm Mới", [], "2026-10-01")


def test_a_renamed_village_is_found_under_every_name_it_had(book):
    book.rename_village(book.place["Nà Rình"], "Xóm Đoàn Kết")
    renamed = book.rename_village(book.place["Nà Rình"], "Xóm Hợp Nhất")
    assert village(book, "Bế") == "Xóm Hợp Nhất"
    child = book.get(book.save("child", {"full_name": "Dở", "village": "Nà Rình"}).id)
    assert child["village"] == book.place["Nà Rình"]
    assert book.search("doan ket", "village")
    book.undo(renamed.batch)
    assert village(book, "Bế") == "Xóm Đoàn Kết"
    assert book.rename_village(book.place["Nà Rình"], " ").id is None


def test_villages_of_one_name_stay_apart_by_their_old_commune(book):
    old = _old_communes(book)[:2]
    first, second = (book.save("village", {"name": "Xóm Pác Lũng", "old_unit": unit.key}).id for unit in old)
    shown = book.village_names()
    assert shown[first] == f"Xóm Pác Lũng ({old[0].name} cũ)"
    saved = book.save("child", {"full_name": "An", "village": "Pác Lũng"})
    assert "village_doubtful" in {one.name for one in saved.findings}
    for unit, wanted in zip(old, (first, second), strict=True):
        said = {"full_name": "An", "village": "Pác Lũng", "address_old": f"xóm Pác Lũng, {unit.name}, Cao Bằng"}
        saved = book.save("child", said)
        assert book.get(saved.id)["village"] == wanted
        assert "village_doubtful" not in {one.name for one in saved.findings}
    assert book.get(book.save("child", {"full_name": "An", "village": shown[second]}).id)["village"] == second


def _old_communes(book):
    return catalogue().units.predecessors(book.unit)


def test_a_merger_or_split_that_makes_no_sense_writes_nothing(book):
    heng, rinh = book.place["Nà Héng"], book.place["Nà Rình"]
    for name, day, stop in (("  ", "2026-10-01", "missing"), ("Xóm Mới", "rác", "not_a_date")):
        assert [one.name for one in book.merge_villages([heng, rinh], name, day).findings] == [stop]
        assert [one.name for one in book.split_village(rinh, name, [book.ids["Bế"]], day).findings] == [stop]
    for child in (book.ids["An"], "không có"):  # lives elsewhere; is not there
        with pytest.raises(Problem) as told:
            book.split_village(rinh, "Xóm Mới", [child], "2026-10-01")
        assert told.value.name == "no_record"
    book.merge_villages([heng, rinh], "Xóm Đoàn Kết", "2026-10-01")
    with pytest.raises(Problem) as told:
        book.merge_villages([heng, book.place["Bản Oóng"]], "Xóm Mới", "2026-10-02")
    assert told.value.name == "village_ended"
    with pytest.raises(Problem):
        book.leave_commune(["không có"], "Hà Nội", "2026-10")
    assert [one.name for one in book.places(ended=False)] == ["Xóm Bản Oóng", "Xóm Đoàn Kết"]


def test_villages_of_one_name_have_sheets_and_figures_of_their_own(book):
    units = _old_communes(book)[:2]
    for count, unit in enumerate(units, 1):
        place = book.save("village", {"name": "Xóm Pác Lũng", "old_unit": unit.key}).id
        book.put("child", [{"full_name": f"Lý {unit.name} {n}", "village": place} for n in range(count)])
    shown = [f"Xóm Pác Lũng ({unit.name} cũ)" for unit in units]
    sheets, _ = book.round_make("2026-10")
    assert {one.village_name for one in sheets} >= set(shown)
    form = book.form_map(superior.read(_figures(), "b.xlsx", catalogue()), {"A": "village", "B": "count"})
    made = formfill.fill(form, book.form_children(form, Who())[0], book._formed_villages(), catalogue(), "Xã")
    told = openpyxl.load_workbook(io.BytesIO(made.content)).active
    figures = {told.cell(row, 1).value: told.cell(row, 2).value for row in range(2, told.max_row + 1)}
    assert [figures[one] for one in shown] == [1, 2]


def _figures():
    made = openpyxl.Workbook()
    made.active.append(["Xóm", "Tổng số trẻ em"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
