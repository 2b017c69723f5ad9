"""The command that makes an invented commune and its months: as a file, or lived in a practice register."""

from pathlib import Path


def test_months_are_written_as_a_file_and_lived_in_a_practice_register(book):
    made = book("sample", "--children", "15", "--seed", "3", "--months", "2", "--out", "life.jsonl").document
    assert made["rows"]["child"] == made["children"] >= 15
    assert len(Path("life.jsonl").read_text(encoding="utf-8").splitlines()) >= sum(made["rows"].values())
    lived = book("sample", "--children", "15", "--seed", "3", "--months", "2", "--fill").document
    assert lived["file"] is None
    assert lived["rows"] == made["rows"]
    assert len(book("list", "child").document["rows"]) == made["children"] + 1
