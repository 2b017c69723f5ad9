"""Ground for all tests: own profile folder, own clock, own language, and practice registers that open quickly."""

from __future__ import annotations

import os
import tempfile

# The witness lies in the user's profile; tests have one of their own. Set before any module reads it.
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="cbdesk-tests-")
os.environ.pop("CBDESK_NOW", None)
os.environ.pop("CBDESK_DATA", None)

import pytest
import quick_keys
from hypothesis import HealthCheck, settings

from cbdesk import clock, words

quick_keys.install()

# The same examples in every run of the same code: a failure is a finding, not a mood. HYPOTHESIS_PROFILE=search looks
# for new ones.
_common = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("steady", derandomize=True, database=None, **_common)
settings.register_profile("search", **_common)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def _steady_ground():
    """Every test starts in Vietnamese with a running clock."""
    words.set_language("vi")
    clock.set_fixed(None)
    yield
    words.set_language("vi")
    clock.set_fixed(None)


@pytest.fixture
def commune(tmp_path):
    """An open practice register of xã Bảo Lạc."""
    from cbdesk import desk

    done = desk.setup(
        tmp_path / "commune", role="commune", unit="01321", officer="Nông Thị Hạnh", password="mật khẩu", practice=True
    )
    yield done.desk
    done.desk.close()


@pytest.fixture
def receiver(tmp_path):
    """An open practice register of the province."""
    from cbdesk import desk

    done = desk.setup(
        tmp_path / "receiver", role="receiver", unit="04", officer="Lê Minh Đức", password="mật khẩu", practice=True
    )
    yield done.desk
    done.desk.close()


@pytest.fixture
def pair(commune, receiver):
    """A commune and its receiver that have taken each other's cards."""
    receiver.enrol(commune.card_bytes(), commune.fingerprint)
    commune.enrol(receiver.card_bytes(), receiver.fingerprint)
    return commune, receiver


@pytest.fixture
def stick(tmp_path):
    """A folder acting as stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
