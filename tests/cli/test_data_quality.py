"""Data quality and the round trip with the police at the command line."""

from pathlib import Path

from openpyxl import load_workbook


def test_quality_counts_faults(book):
    found = book("quality").document
    assert found["children"] == 1
    counts = {one["code"]: one["count"] for one in found["faults"]}
    assert counts["id_missing"] == 1
    assert next(iter(found["by_village"].values()))["id_missing"] == 1
    assert book("quality", "--village", "Lũng Mít").document["children"] == 1
    assert book("quality", "--village", "không có").problem == "no_record"


def test_the_round_trip_with_the_police(book):
    made = book("cleaning", "make", "--village", "Lũng Mít").document
    assert made["rows"] == 1
    assert book("cleaning", "make").problem == "cleaning_empty"
    files = book("cleaning", "files", made["number"], "--out", ".").document["files"]
    assert [Path(one).suffix for one in files] == [".xlsx", ".pdf"]
    sheet = load_workbook(files[0])
    page = sheet.worksheets[0]
    row = next(cell.row for cell in page["B"] if "-" in str(cell.value or "") and cell.value[0] == "1")
    page.cell(row, 11).value = "004315000777"
    sheet.save("back.xlsx")
    shown = book("cleaning", "read", "back.xlsx").document
    assert shown["batch"] is None
    line = shown["lines"][0]
    assert (line["state"], line["child"]) == ("new", book.child)
    assert [(one["field"], one["to"]) for one in line["fields"]] == [("personal_id", "004315000777")]
    taken = book("cleaning", "read", "back.xlsx", "--take", "--on", "2026-10-10").document
    assert taken["batch"]
    assert book("get", book.child).document["personal_id"] == "004315000777"
    assert book("cleaning", "read", "back.xlsx", "--take").document["counts"] == {"same": 1}
    keyed = book("cleaning", "key", made["id"], "1", "ethnicity=Dao").document
    assert keyed["batch"]
    assert book("cleaning", "list").document["lists"][0]["answered"] == 1
    assert book("cleaning", "close", made["number"]).document["batch"]
    assert book("undo", taken["batch"]).document["batch"]
