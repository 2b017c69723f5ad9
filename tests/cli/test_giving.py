"""Giving lists and lists of the office at the command line."""


def test_a_giving_list_from_choosing_to_recording(book, tmp_path, monkeypatch):
    monkeypatch.setenv("CBDESK_NOW", "2026-09-25T09:30")
    made = book.put({"kind": "gift", "title": "Quà Trung thu", "occasion": "mid_autumn", "on": "2026-09-24",
                     "giver": "Hội Chữ thập đỏ"}, form="handout").document["ids"][0]  # fmt: skip
    fits = book("handout-choose", made, "--where", "groups=01", "--ages", "6-15", "--dry-run").document
    assert [(one["child"], one["line"]) for one in fits["fits"]] == [(book.child, None)]
    assert book("handout-choose", made, "--where", "groups=07").problem == "report_wrong"
    assert book("handout-choose", made, "--ages", "x").code == 2
    assert book("handout-choose", made, "--where", "groups=01").document["batch"]
    assert book("handout-choose", made, "--child", book.child).document["batch"] is None
    line = book("handout", made).document["lines"][0]
    assert (line["full_name"], line["received"]) == ("Lý Mùi Mẩy", False)
    assert book("handout-tick", made, line["line"]).code == 0
    assert book("handout-record", made).document["recorded"] == 1
    assert book("handout-record", made).document["recorded"] == 0
    (row,) = book("handouts").document["handouts"]
    assert (row["lines"], row["received"], row["recorded"]) == (1, 1, 1)
    (tmp_path / "ra").mkdir()
    assert len(book("handout-paper", made, "--out", "ra").document["files"]) == 2
    assert book("handout", "x").problem == "no_record"
    told = book("handouts", as_json=False).out
    assert "Lý Mùi Mẩy" not in told
    assert "1 đã nhận" in told


def test_a_list_of_the_office_goes_out_as_a_file_and_comes_back(book, tmp_path):
    layout = tmp_path / "mau.toml"
    layout.write_text('shape = "list"\nname = "ds_thu"\n', encoding="utf-8")
    assert book("report-layout", layout).problem == "report_wrong"
    assert book("layout-out", "ds_thu", tmp_path / "ra.toml").problem == "unknown_report"
    from cbdesk import design

    made = design.replace(design.begun(), name="ds_thu", title="Danh sách thử")
    layout.write_text(design.written(made), encoding="utf-8")
    assert book("report-layout", layout).document["name"] == "ds_thu"
    assert book("layout-out", "ds_thu", tmp_path / "ra.toml").code == 0
    assert book("layout-out", "ds_thu", tmp_path / "ra.toml").problem == "file_exists"
    assert book("report-layout", tmp_path / "ra.toml").code == 0
    assert book("report", "ds_thu", "--period", "2026-01", "--out", tmp_path).document["rows"] == 1
