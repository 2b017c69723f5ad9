"""A third party opens a bundle with public tools only: the very commands of ``docs/open-without-cbdesk.md`` are run."""

import re
import shutil
import subprocess
from pathlib import Path

import bundle_kit as kit
import pytest

from cbdesk import card, seal

PAGE = Path(__file__).parents[2] / "docs" / "open-without-cbdesk.md"
TOOLS = ("age", "tar", "jq", "openssl", "zstd", "sha256sum", "basenc", "bash")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"public tools missing: {', '.join(MISSING)}")


def commands(heading: str) -> list[str]:
    """Return the shell blocks under a heading of the page."""
    part = re.search(rf"^## {re.escape(heading)}.*?(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert part is not None
    return re.findall(r"^```sh\n(.*?)^```", part[0], re.MULTILINE | re.DOTALL)


@pytest.fixture
def desk(tmp_path):
    """A folder with a bundle of five changes, the receiver's key and the sender's card, and a shell in it."""
    node, unit = kit.COMMUNE.device.node, kit.COMMUNE.device.unit
    (tmp_path / "x.cbd").write_bytes(kit.sealed(kit.op_lines(5)))
    (tmp_path / "key.txt").write_text(kit.RECEIVER.keys.identity + "\n", encoding="ascii")
    (tmp_path / "card.json").write_bytes(seal.make_card(kit.COMMUNE.keys, node, unit, "commune", "Máy số 1"))

    def run(script: str, *, check: bool = True) -> list[str]:
        done = subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, check=False)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().splitlines()

    for heading in ("2. Make the sender's public key", "3. Open and verify"):
        run(commands(heading)[0])
    run.folder = tmp_path
    return run


def test_signature_verifies_and_names_the_parties(desk):
    verify = commands("3. Open and verify")[0].splitlines()[-1]
    assert desk(verify) == ["Signature Verified Successfully"]
    told = desk(commands("3. Open and verify")[1])
    assert told[:2] == ["cbdesk/bundle/1", kit.COMMUNE.device.unit]
    assert kit.RECEIVER.device.node in told
    assert desk(commands("2. Make the sender's public key")[1]) == [kit.COMMUNE.keys.key]


def test_altered_manifest_does_not_verify(desk):
    verify = commands("3. Open and verify")[0].splitlines()[-1]
    desk("sed -i s/0.1.0/0.1.1/ manifest.json")
    assert desk(verify, check=False) != ["Signature Verified Successfully"]


def test_changes_can_be_read(desk):
    digest, signed, lines, counted = desk(commands("4. Read the changes")[0])
    assert digest == signed
    assert lines == counted == "5"
    read = desk(commands("4. Read the changes")[1])
    assert read[0] == '[1,"child","01999999-0000-7000-8000-000000000001",{"born":"2011","full_name":"Hoàng Văn Mẫu"}]'


def test_chain_and_head_signature_verify(desk):
    computed, signed = desk(commands("5. Check the chain")[0])
    assert computed == signed
    assert desk(commands("5. Check the chain")[1]) == ["Signature Verified Successfully"]


@pytest.mark.skipif(shutil.which("bc") is None, reason="public tool missing: bc")
def test_fingerprint_can_be_computed_by_hand(desk):
    numbers = [int(number) for number in desk(commands("1. Check the card")[0])[0].split()]
    numbers = [0] * (24 - len(numbers)) + numbers
    characters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number] for number in numbers)
    groups = card.fingerprint((desk.folder / "card.json").read_bytes()).split()
    assert [characters[at : at + 4] for at in range(0, 24, 4)] == [group[:4] for group in groups]
