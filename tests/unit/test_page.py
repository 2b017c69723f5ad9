import io
import unicodedata
from dataclasses import replace

import pytest
from papers import OFFICE, paper, paper_of, person
from pypdf import PdfReader

from cbdesk import page
from cbdesk.errors import Problem
from cbdesk.paths import resources

STAMP = "2026-10-12T08:12:40"
GROUPS = ["7F3AK", "M19C2", "88D0P", "QWERT", "0ZXCV", "B5N6M"]


def pages(made: bytes):
    return PdfReader(io.BytesIO(made)).pages


def texts(made: bytes):
    return [one.extract_text() for one in pages(made)]


def test_page_is_a4_landscape_with_the_blocks_of_the_decree_in_its_text():
    made = page.pdf(paper(3), stamp=STAMP)
    sheet = pages(made)[0]
    assert (round(float(sheet.mediabox.width)), round(float(sheet.mediabox.height))) == (842, 595)
    text = sheet.extract_text()
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN", "XÃ BẢO LẠC",
                  "/DS-UBND", "DANH SÁCH", "Trẻ em có hoàn cảnh đặc biệt tháng 9 năm 2026", "NGƯỜI LẬP BIỂU",
                  "KT. CHỦ TỊCH", "Lục Văn Sơn", "Nguyễn Thị Ẫ Ỗ Ằ Ệ", "Trang 1/1", "nêu tên 03"):
        assert words in text
    assert unicodedata.is_normalized("NFC", text)
    assert "Không sao chụp" in text
    assert "chưa chốt" in text


def test_same_input_same_bytes():
    assert page.pdf(paper(20), stamp=STAMP) == page.pdf(paper(20), stamp=STAMP)
    assert page.pdf(paper(1), stamp=STAMP) != page.pdf(paper(1), stamp="2026-10-13T08:12:40")


def test_only_the_shipped_fonts_are_inside():
    fonts = set()
    for sheet in pages(page.pdf(paper(30), stamp=STAMP)):
        fonts |= {str(font.get_object()["/BaseFont"]) for font in sheet["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Tinos" in name for name in fonts)


@pytest.mark.parametrize("rows", [0, 1, 2, 3, *range(7, 23), 60])
def test_signatures_never_stand_without_rows_and_every_page_has_a_head(rows):
    told = texts(page.pdf(paper(rows), stamp=STAMP))
    for number, text in enumerate(told, 1):
        assert "Họ và tên" in text
        assert f"Trang {number}/{len(told)}" in text
    last = told[-1]
    assert "NGƯỜI LẬP BIỂU" in last
    assert "Nông Thị Hạnh" in last
    assert "Tổng số" in last
    assert not any("NGƯỜI LẬP BIỂU" in text for text in told[:-1])
    assert last.count("01/05/2016") >= min(rows, 2)
    assert "".join(told).count("01/05/2016") == rows


def test_page_number_stands_at_the_top_from_the_second_page():
    first, second = texts(page.pdf(paper(25), stamp=STAMP))[:2]
    assert second.lstrip().startswith("2")
    assert not first.lstrip().startswith("1")


def test_an_empty_list_says_so():
    told = texts(page.pdf(paper(0), stamp=STAMP))
    assert len(told) == 1
    assert "Không có trẻ nào trong kỳ" in told[0]
    assert "Tổng số 0 trẻ (0 nam, 0 nữ); nêu tên 0; lập danh sách riêng 0." in told[0]


def test_a_practice_register_marks_every_page():
    made = paper(30, office=replace(OFFICE, practice=True))
    assert all("SỔ TẬP HUẤN" in text for text in texts(page.pdf(made, stamp=STAMP)))
    assert not any("SỔ TẬP HUẤN" in text for text in texts(page.pdf(paper(30), stamp=STAMP)))


def test_a_thousand_rows():
    sheets = pages(page.pdf(paper(1000), stamp=STAMP))
    last = sheets[len(sheets) - 1].extract_text()  # reading all of them takes ten times as long as setting them
    assert f"Trang {len(sheets)}/{len(sheets)}" in last
    assert "Tổng số 1.000 trẻ" in last


def test_endless_texts_break_over_pages_and_nothing_is_lost():
    people = [person(f"c{n}", carers=[{"relation": "mother", "full_name": "Tẩn Mẩy " * 600}]) for n in range(3)]
    told = texts(page.pdf(paper_of(people), stamp=STAMP))
    assert len(told) > 6
    assert "Lục Văn Sơn" in told[-1]
    assert "".join(told).count("Tẩn") == 1800


def test_names_are_never_run_and_foreign_letters_do_not_stop_the_paper():
    names = ('#panic("x")', "$ x $ *b* _i_ \\ [", "李小明 Páo", "A" * 300, "😀", "#sys.inputs")
    made = paper_of([person(f"c{n}", name, village="") for n, name in enumerate(names)])
    text = "".join(texts(page.pdf(made, stamp=STAMP)))
    assert '#panic("x")' in text
    assert "□□□ Páo" in text


def test_pictures_are_the_same_pages():
    made = paper(30)
    pictures = page.pngs(made, ppi=40)
    assert len(pictures) == len(pages(page.pdf(made, stamp=STAMP)))
    assert all(one.startswith(b"\x89PNG") for one in pictures)


def test_sheets():
    recovery = texts(page.sheet_pdf("recovery", {"unit": "UBND xã Bảo Lạc", "groups": GROUPS}, stamp=STAMP))
    assert len(recovery) == 1
    assert all(group in recovery[0].replace(" ", "") for group in GROUPS)
    card = {"unit": "UBND xã Bảo Lạc", "groups": GROUPS, "qr": "x" * 200, "practice": "SỔ TẬP HUẤN"}
    assert page.sheet_pdf("card", card, stamp=STAMP) == page.sheet_pdf("card", card, stamp=STAMP)
    assert "SỔ TẬP HUẤN" in texts(page.sheet_pdf("card", card, stamp=STAMP))[0]
    slip = texts(page.sheet_pdf("slip", {"file": "CB-01321-A-0001.cbd", "changes": 37, "from_seq": 1, "to_seq": 37}))
    assert "CB-01321-A-0001.cbd" in slip[0]
    assert "từ số 1 đến số 37" in slip[0]


@pytest.mark.parametrize("name", page.SHEETS)
def test_every_sheet_prints_blank(name):
    assert len(pages(page.sheet_pdf(name, {}, stamp=STAMP))) == 1
    assert len(page.sheet_pngs(name, {}, ppi=30)) == 1


def test_failure_is_a_problem_that_tells_nothing():
    with pytest.raises(Problem) as caught:
        page.sheet_pdf("no_such_sheet", {"unit": "CANARY"}, stamp=STAMP)
    assert caught.value.name == "paper_failed"
    assert "CANARY" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_warning_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "paper").mkdir()
    (tmp_path / "paper" / "odd.typ").write_text('#set text(font: "Nowhere Sans")\nx', encoding="utf-8")
    (tmp_path / "fonts").symlink_to(resources() / "fonts")
    monkeypatch.setattr(page, "resources", lambda: tmp_path)
    with pytest.raises(Problem):
        page.sheet_pdf("odd", {}, stamp=STAMP)
