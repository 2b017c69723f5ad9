"""A password on a file that leaves: it opens with the password in other programs, and not without."""

import io
import shutil
import subprocess

import msoffcrypto
import openpyxl
import pypdf
import pytest
from msoffcrypto.exceptions import InvalidKeyError

from cbdesk import locking
from cbdesk.cli import run
from cbdesk.errors import Problem

PASSWORD = "trâu xanh, núi ngọt"


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """One list of an invented commune, written with and without a password through the command line's way."""
    from cbdesk import desk

    home = tmp_path_factory.mktemp("locking")
    done = desk.setup(home / "commune", role="commune", unit="01321", officer="Nông Thị Hạnh", password="mật khẩu",
                      practice=True)  # fmt: skip
    done.desk.put("child", [{"full_name": "Lý Thị Mẫu", "born": "2015-03-04", "sex": "female", "risks": ["R05"]}])
    for name in ("locked", "open"):
        (home / name).mkdir()
    with done.desk.locking(PASSWORD):
        done.desk.report("at_risk", "2026-10", home / "locked")
    done.desk.report("at_risk", "2026-10", home / "open")
    yield home, done.desk
    done.desk.close()


def files(folder):
    return {path.suffix: path for path in folder.iterdir()}


def test_a_locked_workbook_opens_only_with_its_password(papers):
    locked, plain = files(papers[0] / "locked")[".xlsx"], files(papers[0] / "open")[".xlsx"]
    assert not locked.read_bytes().startswith(b"PK")
    office = msoffcrypto.OfficeFile(io.BytesIO(locked.read_bytes()))
    with pytest.raises(InvalidKeyError):
        office.load_key(password="sai", verify_password=True)
    office.load_key(password=PASSWORD, verify_password=True)
    out = io.BytesIO()
    office.decrypt(out)
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(out).active]
    assert cells == [[cell.value for cell in row] for row in openpyxl.load_workbook(plain).active]


def test_a_locked_pdf_opens_only_with_its_password_and_claims_no_archive(papers):
    locked = files(papers[0] / "locked")[".pdf"]
    read = pypdf.PdfReader(locked)
    assert read.is_encrypted
    assert not read.decrypt("sai")
    assert read.decrypt(PASSWORD)
    assert "Lý Thị Mẫu" in " ".join(read.pages[0].extract_text().split())
    assert "/Metadata" not in read.root_object
    assert b"AESV3" in locked.read_bytes()
    qpdf = shutil.which("pdftotext")
    if qpdf:
        told = subprocess.run([qpdf, "-upw", PASSWORD, str(locked), "-"], capture_output=True, timeout=60, check=False)
        assert "Mẫu" in told.stdout.decode()
        assert subprocess.run([qpdf, str(locked), "-"], capture_output=True, timeout=60, check=False).returncode


@pytest.mark.parametrize("password", ["", "   ", "x" * 200])
def test_a_blank_password_is_refused_in_words_before_anything_is_written(papers, tmp_path, password):
    with pytest.raises(Problem) as problem, papers[1].locking(password):
        papers[1].report("at_risk", "2026-10", tmp_path)
    assert problem.value.name == "blank_lock"
    assert list(tmp_path.iterdir()) == []


def test_a_kind_of_file_that_takes_no_password_is_refused(papers, tmp_path):
    with pytest.raises(Problem) as problem, papers[1].locking(PASSWORD):
        papers[1].put_out(tmp_path / "list.csv", b"Ly")
    assert problem.value.name == "cannot_lock"
    assert list(tmp_path.iterdir()) == []


def test_the_same_password_typed_composed_or_decomposed_is_one():
    assert locking.judge("mật") == locking.judge("mật")


def test_the_command_line_takes_the_password_from_the_environment_never_as_an_argument(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CBDESK_PASSWORD", "mật khẩu")
    common = ["--data", str(tmp_path / "so"), "--officer", "Nông Thị Hạnh"]
    window = lambda _data: 0  # noqa: E731
    assert run([*common, "setup", "--role", "commune", "--unit", "01321", "--officer", "Nông Thị Hạnh", "--practice"],
               window) == 0  # fmt: skip
    ask = [*common, "report", "at_risk", "--period", "2026-10", "--out", str(tmp_path / "ra"), "--format", "xlsx"]
    (tmp_path / "ra").mkdir()
    monkeypatch.setenv("CBDESK_FILE_PASSWORD", " ")
    assert run([*ask, "--lock"], window) == 1
    assert files(tmp_path / "ra") == {}
    monkeypatch.setenv("CBDESK_FILE_PASSWORD", PASSWORD)
    assert run([*ask, "--lock"], window) == 0
    assert msoffcrypto.OfficeFile(io.BytesIO(files(tmp_path / "ra")[".xlsx"].read_bytes())).is_encrypted()
    capsys.readouterr()
