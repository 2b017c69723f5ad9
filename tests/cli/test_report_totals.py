"""The figures of reports against a second count that knows nothing of the program: every cell, three communes."""

import contextlib
import io
import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from cbdesk import cli, clock, desk, life, reported
from cbdesk.desk import unlock

sys.path.append(str(Path(__file__).parent.parent))
import independent

TODAY = date(2026, 11, 24)
SEEDS = (1, 2, 3)
PASSWORD = "mật khẩu"
PERIODS = {"2026": (date(2026, 1, 1), TODAY), "2026-Q3": (date(2026, 7, 1), date(2026, 9, 30)),
           "2025-02": (date(2025, 2, 1), date(2025, 2, 28))}  # fmt: skip


class Commune:
    """A folder in which a small and busy commune lived for 24 months."""

    def __init__(self, folder, seed):
        self.folder = folder
        opened = desk.setup(folder / "sổ", role="commune", unit="01321", officer="Nông Thị Hạnh", password=PASSWORD,
                            practice=True).desk  # fmt: skip
        assert opened.practise(life.entries(260, seed, TODAY, 24, rate=12))[1] == []
        opened.close()
        printed = {form: self.run("list", form)["rows"] for form in independent.FORMS}
        self.register = independent.Register(printed, TODAY)

    def run(self, *arguments):
        """Return the document a command prints."""
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            patch.setenv("CBDESK_PASSWORD", PASSWORD)
            clock.set_fixed(f"{TODAY}T17:00")
            code = cli.run(["--data", str(self.folder / "sổ"), "--json", *arguments], window=lambda _: 0)
        lines = out.getvalue().splitlines()
        assert code == 0, lines
        return json.loads(next(line for line in lines if line.startswith("{")))


@pytest.fixture(scope="module", params=SEEDS)
def commune(request, tmp_path_factory):
    return Commune(tmp_path_factory.mktemp("commune"), request.param)


def compare(commune, name, totals, first, last):
    """Compare all tables of a report with the second count; returns how many figures there were besides nought."""
    known = {*independent.TABLES[name], *independent.WIDE.get(name, ())}
    assert set(totals) - independent.ELSEWHERE.get(name, set()) == known
    for table, rows in ((table, totals[table]) for table in totals if table in known):
        counted = independent.table(commune.register, name, table, rows, first, last)
        for key, found in rows.items():
            assert found == pytest.approx(counted[key]), (name, first, table, key)
    return sum(bool(figure) for rows in totals.values() for found in rows.values() for figure in found.values())


def test_what_the_command_prints_is_what_was_counted_otherwise(commune, tmp_path):
    for name in independent.TABLES:
        answer = commune.run("report", name, "--period", "2025", "--out", str(tmp_path), "--format", "xlsx")
        assert compare(commune, name, answer["totals"], date(2025, 1, 1), date(2025, 12, 31)) > 40


def test_every_figure_of_every_period_is_the_one_counted_otherwise(commune):
    clock.set_fixed(f"{TODAY}T17:00")
    with contextlib.closing(unlock(commune.folder / "sổ", None, PASSWORD)) as opened:
        for name in independent.TABLES:
            for period, (first, last) in PERIODS.items():
                compare(commune, name, reported.totals(opened.counted_report(name, period)), first, last)


def test_the_monthly_lists_name_and_count_whom_the_second_count_does(commune, tmp_path):
    for name, form in (("special", "circumstance"), ("at_risk", "risk")):
        for first in (date(2025, 1, 1), date(2026, 9, 1)):
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            period = f"{first:%Y-%m}"
            answer = commune.run("report", name, "--period", period, "--out", str(tmp_path), "--format", "xlsx")
            names, apart = independent.named(commune.register, form, last)
            everybody = names + apart
            assert answer["totals"] == {
                "total": len(everybody), "named": len(names), "apart": len(apart),
                "male": sum(one.sex == "male" for one in everybody),
                "female": sum(one.sex == "female" for one in everybody),
                "unknown": sum(one.sex not in ("male", "female") for one in everybody),
            }  # fmt: skip
            assert everybody or form == "circumstance"
