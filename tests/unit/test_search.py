"""Search: words by their beginnings, accents aside; the three ways of asking give one answer; people around a child."""

import json
from pathlib import Path

import pytest

from cbdesk import words
from cbdesk.catalogue import catalogue
from cbdesk.desk import searching
from cbdesk.store import reader

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "vietnamese.json").read_text(encoding="utf-8"))

NAMES = ("Hà Thị Mai", "Hạ Văn Hà", "Lý Mùi", "Lí Mùi", "Triệu Hòa", "Đặng Thị H'Mai", "Sùng A 100%", "Dương _ Páo")


@pytest.fixture
def book(commune):
    commune.put("child", [{"full_name": name, "born": "2015"} for name in NAMES])
    return commune


def names(book, query, limit=50):
    return [row["full_name"] for row in book.find(query, limit=limit)["rows"]]


@pytest.fixture(params=[(2_000, 30_000), (1, 30_000), (0, 1)], ids=["fetched", "walked", "compared"])
def way(request, monkeypatch):
    """Each of the three ways, whatever the number of matches."""
    monkeypatch.setattr(reader, "FEW", request.param[0])
    monkeypatch.setattr(reader, "MANY", request.param[1])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("query", "found"),
    [("ha", 2), ("h", 4), ("hà", 2), ("li", 2), ("ly mui", 2), ("mai h", 1), ("m", 3), ("ang", 0), ("100%", 1),
     ("%", 0), ("_", 1), ("đ", 2), ("h'm", 1), ("!", 0), ('"', 0)],
)  # fmt: skip
def test_words_are_found_by_their_beginnings(book, query, found):
    answer = book.find(query, limit=1)
    assert (answer["total"], len(answer["rows"])) == (found, min(found, 1))
    assert len(names(book, query)) == found


@pytest.mark.usefixtures("way")
def test_answers_come_in_name_order_and_the_page_is_the_beginning_of_it(book):
    everybody = [row.name for row in book.children()]
    assert names(book, "t") == [name for name in everybody if " t" in f" {name}".lower()]
    assert names(book, "m", limit=2) == [name for name in everybody if name in names(book, "m")][:2]


def test_names_whose_accents_agree_stand_first(book):
    assert names(book, "hạ")[0] == "Hạ Văn Hà"
    assert names(book, "lý")[0] == "Lý Mùi"
    assert names(book, "lí")[0] == "Lí Mùi"


def test_a_hidden_child_is_neither_found_nor_counted(book):
    record = book.find("trieu")["rows"][0]["id"]
    hidden = book.void(record, "nhập nhầm")
    assert book.find("trieu")["total"] == 0
    assert book.search_children("trieu") == []
    book.undo(hidden.batch)
    assert book.find("trieu")["total"] == 1


def test_a_number_is_found_by_its_beginning(book):
    book.put("child", [{"full_name": "Mạc Ten", "personal_id": "004315874471"}])
    assert names(book, "0043158") == ["Mạc Ten"]


def test_nothing_of_an_erased_name_stays_in_the_index(commune):
    commune.put("child", [{"full_name": name} for name in NAMES])
    saved = commune.save("child", {"full_name": "Xyvwz Quyjk"})

    def parts():
        blocks = b"".join(bytes(block) for (block,) in commune.store.db.execute("SELECT block FROM child_find_data"))
        return [part for part in (b"yvw", b"vwz", b"iik") if part in blocks]

    assert parts()
    commune.erase(saved.id, "theo yêu cầu")
    assert not parts()


# --- every vector, exact accents, numbers as they are written --------------------------------------------------------


def test_every_search_vector_finds_exactly_its_names(commune):
    known = sorted({name for case in VECTORS["search"] for name in case["finds"]} | {"Nông Thị Hạnh", "Bế Văn An"})
    commune.put("child", [{"full_name": name} for name in known])
    for case in VECTORS["search"]:
        assert sorted(names(commune, case["query"])) == sorted(case["finds"]), case["query"]


@pytest.mark.parametrize(("a", "b"), [pair for pair in VECTORS["same_by_match_key"] if "-" not in "".join(pair)])
def test_two_spellings_of_one_word_find_each_other(commune, a, b):
    commune.put("child", [{"full_name": a}])
    assert commune.find(b)["total"] == commune.find(a)["total"] == 1


def test_the_accents_typed_come_first_then_the_other_place_of_the_mark_then_other_words(commune):
    commune.put("child", [{"full_name": name} for name in ("Lê Hoa", "Lê Hoá", "Lê Hòa", "Lê Hoà", "Lý Hoà")])
    assert names(commune, "lê hoà") == ["Lê Hoà", "Lê Hòa", "Lê Hoa", "Lê Hoá"]
    assert names(commune, "hòa")[:2] == ["Lê Hòa", "Lê Hoà"]
    assert names(commune, "le hoa") == ["Lê Hoa", "Lê Hoà", "Lê Hòa", "Lê Hoá"]  # without accents: name order


@pytest.fixture
def family(commune):
    """Three children of two villages with parents, a household, codes and an incident."""
    rows = [
        {"full_name": "Vừ Mí Chá", "born": "2015", "village": "Xóm Nà Mới", "father_name": "Vừ A Sủa",
         "mother_name": "Giàng Thị Mỷ", "phone": "0912345678", "book_code": "BL-A0417"},
        {"full_name": "Lý Mùi Mẩy", "born": "2015", "village": "Tổ dân phố 3", "father_name": "Lý Văn Phúc",
         "personal_id": "004315874471", "household_class": "poor"},
        {"full_name": "Lí Mùi", "born": "2016", "village": "Xóm Nà Mới", "mother_name": "Sủa Thị A"},
    ]  # fmt: skip
    saved = commune.put("child", rows)
    commune.save("incident", {"kind": "injury", "received_at": "2026-10-11T21:40", "child": [saved[1].id]})
    carer = commune.store.rows("carer", "full_name = ?", ["Lý Văn Phúc"])[0]
    commune.save("carer", {"phone": "0355123456"}, str(carer["id"]))
    home = commune.store.row("child", str(saved[1].id))["household"]
    commune.save("household", {"head_name": "Lý Dào Phấu", "book_no": "HN-77"}, str(home))
    return commune


@pytest.mark.parametrize(
    ("query", "found", "why"),
    [
        ("ly m", ["Lý Mùi Mẩy", "Lí Mùi"], ""),
        ("vừ a sủa", ["Vừ Mí Chá"], "cha: Vừ A Sủa"),
        ("GIANG THI MY", ["Vừ Mí Chá"], "mẹ: Giàng Thị Mỷ"),
        ("0912 345 678", ["Vừ Mí Chá"], "điện thoại: 0912345678"),
        ("+84 912.345", ["Vừ Mí Chá"], "điện thoại: 0912345678"),
        ("84912345678", ["Vừ Mí Chá"], "điện thoại: 0912345678"),
        ("0355 123 456", ["Lý Mùi Mẩy"], "cha: Lý Văn Phúc, 0355123456"),
        ("004 315 874", ["Lý Mùi Mẩy"], "số định danh: 004315874471"),
        ("bl-a04", ["Vừ Mí Chá"], "mã sổ: BL-A0417"),
        ("vv-2026", ["Lý Mùi Mẩy"], "vụ việc: VV-2026-"),
        ("hn-77", ["Lý Mùi Mẩy"], "hộ: Lý Dào Phấu, HN-77"),
        ("na moi", ["Vừ Mí Chá", "Lí Mùi"], "Xóm Nà Mới"),
        ("xom na moi", ["Vừ Mí Chá", "Lí Mùi"], "Xóm Nà Mới"),
        ("tổ dân phố 3", ["Lý Mùi Mẩy"], "Tổ dân phố 3"),
        ("mui na moi", ["Lí Mùi"], "Xóm Nà Mới"),
        ("na moi mui", ["Lí Mùi"], "Xóm Nà Mới"),
        ("mui na mo", [], ""),  # half a village's name cuts nothing
        ("sua chá", [], ""),  # one of the people around must hold all words
        ("a", [], ""),  # one letter tells nothing of other people
    ],
)
def test_a_child_is_found_by_what_is_known_of_it_and_the_answer_says_why(family, query, found, why):
    answer = family.find(query)
    assert [row["full_name"] for row in answer["rows"]] == found
    assert answer["total"] == len(found)
    assert [answer["why"].get(row["id"], "").startswith(why) for row in answer["rows"]] == [True] * len(found)
    assert bool(answer["why"]) == bool(why)
    assert family.search_children(query) == [row["id"] for row in answer["rows"]]


def test_own_names_stand_before_people_around(family):
    family.put("child", [{"full_name": "Vừ A Sủa"}])
    assert names(family, "vu a sua") == ["Vừ A Sủa", "Vừ Mí Chá"]
    assert names(family, "sủa") == ["Vừ A Sủa", "Vừ Mí Chá", "Lí Mùi"]


def test_too_many_around_are_not_asked(family, monkeypatch):
    monkeypatch.setattr(searching, "AROUND", 1)
    monkeypatch.setattr(searching, "FEW", 1)
    assert names(family, "na moi") == []
    assert names(family, "sua") == []
    assert names(family, "vu a sua") == ["Vừ Mí Chá"]


def test_a_parent_or_child_taken_away_is_found_no_more(family):
    mother = family.store.rows("carer", "full_name = ?", ["Giàng Thị Mỷ"])[0]
    family.void(str(mother["id"]), "nhập nhầm")
    assert names(family, "giang thi my") == []
    family.void(family.find("vu mi cha")["rows"][0]["id"], "nhập nhầm")
    assert names(family, "vu a sua") == []
    assert names(family, "na moi") == ["Lí Mùi"]


def test_every_searched_field_has_a_word_for_the_reason():
    own = {field.name for field in catalogue().forms["child"].fields if field.search and field.name != "full_name"}
    for language in words.LANGUAGES:
        assert own <= {key.removeprefix("search.by.") for key in words.table(language) if key.startswith("search.by.")}
