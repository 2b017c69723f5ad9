"""Known vulnerabilities in the packages of the lock: ``pip-audit``, told plainly (``make check``).

A vulnerability fails the check. Where the advisory service cannot be reached, or answers for no package (a mirror that
carries files only), nothing was audited: that is said, and is no failure, because the check must also work offline.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 120


def asked(lock: Path) -> dict[str, Any] | None:
    """Return what ``pip-audit`` says of the lock as data, or ``None`` where the service did not answer."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(lock), "--disable-pip", "--require-hashes", "-f", "json",
               "--progress-spinner", "off"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


def verdict(found: dict[str, Any] | None) -> tuple[int, list[str]]:
    """Return the exit code and what to say."""
    if found is None:
        return 0, ["pip-audit: NOT AUDITED, the advisory service cannot be reached from here"]
    packages = found["dependencies"]
    skipped = [one["name"] for one in packages if one.get("skip_reason")]
    bad = [(one["name"], one["version"], vuln) for one in packages for vuln in one.get("vulns", ())]
    said = [f"pip-audit: {name} {version}: {vuln['id']}, fixed in {', '.join(vuln['fix_versions']) or 'no release'}"
            for name, version, vuln in bad]  # fmt: skip
    if len(skipped) == len(packages):
        said.append("pip-audit: NOT AUDITED, the package index here answers no question about advisories")
    elif skipped:
        said.append(f"pip-audit: {len(packages) - len(skipped)} packages audited, not: {', '.join(skipped)}")
    elif not bad:
        said.append(f"pip-audit: {len(packages)} packages, no known vulnerability")
    return (1 if bad else 0), said


def main() -> int:
    """Ask, say, and return the exit code."""
    code, said = verdict(asked(ROOT / "requirements.lock"))
    print("\n".join(said), file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
