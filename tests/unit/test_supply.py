"""What the program stands on: the list of works, the SBOM, advisories, and no code from where data lies."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tools_kit import ROOT, load_tool

from cbdesk import licences
from cbdesk.store.library import connect

sbom, audit = load_tool("sbom"), load_tool("audit")


def test_the_bill_of_materials_and_the_list_of_licences_are_current():
    assert sbom.SBOM.read_text(encoding="utf-8") == sbom.bom(), "run `make docs`"
    assert sbom.LICENCES.read_text(encoding="utf-8") == sbom.licences(), "run `make docs`"


def test_the_bill_of_materials_names_every_package_with_version_hashes_licence_and_what_it_needs():
    told = json.loads(sbom.SBOM.read_text(encoding="utf-8"))
    assert (told["bomFormat"], told["specVersion"], told["metadata"]["component"]["name"]) == (
        "CycloneDX", "1.6", "cbdesk")  # fmt: skip
    locked = sbom.lock()
    packages = {one["name"]: one for one in told["components"] if "purl" in one}
    assert sorted(packages) == sbom.shipped(locked)
    for name, one in packages.items():
        assert one["version"] == locked[name].version
        assert one["purl"] == f"pkg:pypi/{name}@{one['version']}"
        assert {part["value"] for part in one["properties"]} == set(locked[name].hashes)
        assert one["licenses"]
    others = {one["name"] for one in told["components"]} - set(packages)
    assert {"SQLCipher 4.19", "OpenSSL 3"} <= others
    assert any("Plex" in one for one in others)
    refs = {one["bom-ref"] for one in told["components"]} | {"cbdesk"}
    needed = {one["ref"]: set(one.get("dependsOn", ())) for one in told["dependencies"]}
    assert set(needed) <= refs
    assert all(parts <= refs for parts in needed.values())
    assert any(ref.startswith("olefile") for ref in next(v for k, v in needed.items() if k.startswith("msoffcrypto")))


def test_the_programs_own_list_tells_the_versions_that_run():
    told = {one.name: one for one in licences.works()}
    assert told["sqlcipher3"].licence
    for name in ("sqlcipher3", "pyside6-essentials", "msoffcrypto-tool"):
        assert re.match(r"\d+\.\d+", told[name].version)
    assert all(one.licence and one.use for one in told.values())


def dependency(name, **more):
    return {"name": name, "version": "1.0", "vulns": [], **more}


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        (None, 0, "NOT AUDITED"),
        ({"dependencies": [dependency("a", skip_reason="x"), dependency("b", skip_reason="x")]}, 0, "NOT AUDITED"),
        ({"dependencies": [dependency("a"), dependency("b")]}, 0, "2 packages, no known vulnerability"),
        ({"dependencies": [dependency("a"), dependency("b", skip_reason="x")]}, 0, "1 packages audited, not: b"),
        ({"dependencies": [dependency("a", vulns=[{"id": "PYSEC-1", "fix_versions": ["2.0"]}])]}, 1, "PYSEC-1"),
    ],
)
def test_a_vulnerability_fails_and_silence_is_told_as_silence(found, code, said):
    answer, lines = audit.verdict(found)
    assert answer == code
    assert any(said in line for line in lines)


HOSTILE = "import pathlib\npathlib.Path({mark!r}).write_text('ran')\n"


def test_no_code_comes_from_the_data_folder_the_working_folder_or_a_stick(tmp_path):
    """Files with the names of our modules and of what loaders look for lie where data lies: none is run."""
    folder, mark = tmp_path / "so", tmp_path / "ran"
    code = HOSTILE.format(mark=str(mark))
    folder.mkdir()
    for name in ("sitecustomize", "usercustomize", "cbdesk", "click", "json", "words", "catalogue", "ui", "PySide6"):
        (folder / f"{name}.py").write_text(code)
    (folder / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(mark)!r}).write_text('ran')\n")
    (folder / "qt.conf").write_text("[Paths]\nPlugins = .\n")
    for name in ("plugins/platforms", "resources/catalogue/forms", "resources/lang/vi", "sqlite"):
        (folder / name).mkdir(parents=True)
    for name in ("plugins/platforms/libqoffscreen.so", "sqlite/extension.so", "typst.toml", "problems.toml",
                 "resources/problems.toml", "resources/lang/vi/cli.toml"):  # fmt: skip
        (folder / name).write_text("[[[")
    script = Path(sys.executable).with_name("cbdesk")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "QT_"))}
    told = subprocess.run([script, "--data", str(folder), "--lang", "en", "doctor"], cwd=folder, env=clean,
                          capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    assert "schema" in told.stdout
    window = "import ui.app; app = ui.app.make_app(); print('open')"
    clean |= {"QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run([sys.executable, "-I", "-c", window], cwd=folder, env=clean,
                          capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    assert told.stdout == "open\n"
    assert not mark.exists()
    assert not list(folder.rglob("__pycache__"))


def test_started_as_a_module_elsewhere_the_folder_one_stands_in_is_no_place_of_code(tmp_path):
    code = "import sys, cbdesk.__main__ as m; m._load_nothing_from_here(); print([p for p in sys.path if p in %r])"
    told = subprocess.run([sys.executable, "-c", code % (("", str(tmp_path)),)], cwd=tmp_path,
                          capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    assert told.stdout == "[]\n"


def test_the_database_loads_no_extension(tmp_path):
    db = connect(tmp_path / "x.db", bytes(32), create=True)
    with pytest.raises(Exception, match="not authorized"):
        db.execute("SELECT load_extension('x')")
    db.conn.close()


def test_make_check_asks_for_advisories_and_for_a_current_bill():
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert "tools/sbom.py --check" in check
    assert "tools/audit.py" in check
