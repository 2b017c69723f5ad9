"""The monthly round at the command line."""

from pathlib import Path


def test_sheets_are_made_printed_keyed_and_written(book):
    made = book("round", "make", "2026-10").document
    sheet = made["sheets"][0]
    assert (sheet["lines"], sheet["village"]) == (1, "Lũng Mít")
    assert book("round", "make", "2026-10").problem == "round_made"
    number = sheet["number"].rpartition("-")[2]
    files = book("round", "file", "--month", "2026-10", "--out", ".").document["files"]
    assert Path(files[0]).read_bytes().startswith(b"%PDF")
    assert Path(book("round", "file").document["files"][0]).exists()  # an empty one
    assert book("round", "key", number, "1", "x").problem == "round_answer"
    assert book("round", "key", number, "2", "m").problem == "round_line"
    assert book("round", "key", number, "1", "c", "moved_to=Hà Nội", "status_since=5/10/2026").document["key"] == "1c"
    refused = book("round", "key", number, "1", "n")
    assert (refused.code, refused.document["findings"][0]["name"]) == (3, "missing")
    assert book("round", "key", number, "0", "new", "full_name=Bé Mới", "came_how=born").document["key"] == "new1"
    assert [one["answer"] for one in book("round", "keyed", number).document["answers"]] == ["moved", "new"]
    assert book("round", "drop", number, "new1").document == {"waiting": 1}
    assert book("round", "return", number, "--unchanged").problem == "round_waiting"
    done = book("round", "return", number).document
    assert done["changes"] == 1
    record = book("get", book.child).document
    assert (record["life_status"], record["status_since"]) == ("left", "2026-10-05")
    assert book("round", "board", "2026-10").document["villages"][0]["state"] == "returned"
    assert book("round", "sheets").document["sheets"][0]["returns"][0]["changes"] == 1
    book("undo", done["batch"])
    assert book("round", "return", number, "--unchanged").document["changes"] == 0
    assert book("round", "board", "2026-Q4").problem == "bad_period"
