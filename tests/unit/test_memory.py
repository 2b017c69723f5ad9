"""No dump of the memory: asked of the system on Linux and on Windows, and tried with a process that dies."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from cbdesk import memory

DYING = """
import ctypes, os, resource
from cbdesk.memory import keep_out_of_dumps
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
keep_out_of_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)
name = "Canaryzqx" * 1000
os.abort()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_a_dying_process_leaves_no_dump_and_lets_nobody_read_its_memory(tmp_path):
    died = subprocess.run([sys.executable, "-c", DYING], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                          check=False, env={"PYTHONPATH": ":".join(sys.path), "PATH": ""})  # fmt: skip
    assert died.returncode == -6
    assert died.stdout.strip() == "(0, 0) 0"
    assert list(tmp_path.iterdir()) == []


def test_windows_is_asked_to_leave_the_program_out_of_its_reports():
    asked = []
    kernel = SimpleNamespace(GetErrorMode=lambda: 0x1, SetErrorMode=lambda mode: asked.append(("mode", mode)))
    reports = SimpleNamespace(WerAddExcludedApplication=lambda name, everybody: asked.append((name, everybody)))
    memory.keep_out_of_dumps(SimpleNamespace(platform="win32", kernel32=kernel, wer=reports))
    assert asked == [("mode", 0x3), (sys.executable.rpartition("/")[2], 0)]


def test_a_system_that_does_not_know_the_call_is_no_trouble():
    memory.keep_out_of_dumps(SimpleNamespace(platform="win32"))
