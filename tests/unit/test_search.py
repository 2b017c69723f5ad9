"""Search: words by their beginnings, accents aside; the three ways of asking give one answer."""

import pytest

from cbdesk.store import reader

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
