"""Tables for everybody: an attacker who subtracts finds no small figure, and nothing points to a child."""

import io
from dataclasses import replace
from itertools import product

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import gridpaper, workbook
from cbdesk.grid import Chart, Grid, GridCell, GridColumn, GridRow, GridSheet, chart_of
from cbdesk.suppress import public_charts, suppress, suppress_all

LEAST = 5
COUNT = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9, 40, 700])


def table(counts, name="x"):
    """Return a table of counts with a total row, two subtotals of columns and a total column, and shares."""
    wide = len(counts[0])
    half = max(wide // 2, 1)
    keys = [f"c{n}" for n in range(wide)]
    columns = [GridColumn(key, key) for key in keys]
    columns += [GridColumn("h", "half", sum=tuple(keys[:half])),
                GridColumn("all", "all", sum=("h", *keys[half:])), GridColumn("p", "%", kind="percent",
                                                                             share=("c0", "all"))]  # fmt: skip

    def cells(values, formula=()):
        whole = {**dict(zip(keys, values, strict=True)), "h": sum(values[:half]), "all": sum(values)}
        share = GridCell(value=values[0] / sum(values)) if sum(values) else GridCell(text="–")
        return {key: GridCell(value=one, formula=formula) for key, one in whole.items()} | {"p": share}

    rows = [GridRow(f"r{n}", f"r{n}", cells(values)) for n, values in enumerate(counts)]
    under = tuple(row.key for row in rows)
    rows.append(GridRow("t", "total", cells([sum(one) for one in zip(*counts, strict=True)], under), kind="total"))
    top, whole = rows[0].cells, rows[-1].cells
    rows.append(GridRow("s", "share", {key: GridCell(value=top[key].value / whole[key].value, formula=("r0", "t"))
                                       for key in (*keys, "all") if whole[key].value}, kind="share"))  # fmt: skip
    return Grid(name, name, tuple(columns), tuple(rows))


def sums_of(grid):
    """Return all sums of ``table`` as (total, parts), written down again from what it is."""
    keys = [one.key for one in grid.columns if one.key.startswith("c")]
    half = max(len(keys) // 2, 1)
    rows = [row.key for row in grid.rows if row.kind == "plain"]
    for row in (*rows, "t"):
        yield (row, "h"), [(row, key) for key in keys[:half]]
        yield (row, "all"), [(row, "h"), *((row, key) for key in keys[half:])]
    for key in (*keys, "h", "all"):
        yield ("t", key), [(row, key) for row in rows]


def attacked(grid):
    """Return what an attacker has after filling in every sum that has one unknown, until none is left."""
    known = {(row.key, key): cell.value for row in grid.rows if row.kind != "share" for key, cell in row.cells.items()
             if key != "p"}  # fmt: skip
    found = True
    while found:
        found = False
        for total, parts in sums_of(grid):
            unknown = [one for one in (total, *parts) if known[one] is None]
            if len(unknown) == 1:
                told = sum(known[one] or 0 for one in parts)
                known[unknown[0]] = told if unknown[0] == total else known[total] - told
                found = True
    return known


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(COUNT, min_size=wide, max_size=wide), min_size=1,
                                                       max_size=5)))  # fmt: skip
def test_nothing_hidden_is_found_by_subtraction(counts):
    grid = table(counts)
    public = suppress(grid, LEAST)
    found = attacked(public)
    for row, column in product(grid.rows, grid.columns):
        exact, shown = row.cell(column.key), public.row(row.key).cell(column.key)
        if row.kind == "share" or column.key == "p":
            continue
        if 0 < exact.value < LEAST:
            assert shown.text == "…"
        if shown.value is None:
            assert found[row.key, column.key] is None, (row.key, column.key)
        else:
            assert shown.value == exact.value
    for total, parts in sums_of(public):  # and what one sum hides is not nearly nothing
        hidden = [one for one in parts if public.row(one[0]).cell(one[1]).value is None]
        if hidden and public.row(total[0]).cell(total[1]).value is not None:
            assert sum(grid.row(row).cell(key).value for row, key in hidden) >= LEAST


def test_sums_solved_together_tell_nothing_either():
    """Three sums of two figures each, none with a single unknown, together give all three."""
    values = {"a": 4, "b": 3, "c": 3, "d": 40, "e": 40, "f": 40}
    pairs = {"ab": ("a", "b", "d"), "bc": ("b", "c", "e"), "ac": ("a", "c", "f")}
    rows = [GridRow(key, key, {"n": GridCell(value=one)}) for key, one in values.items()]
    rows += [GridRow(key, key, {"n": GridCell(value=sum(values[one] for one in made), formula=made)}, kind="total")
             for key, made in pairs.items()]  # fmt: skip
    public = suppress(Grid("x", "x", (GridColumn("n", "n"),), tuple(rows)))
    assert {"a", "b", "c"} < {row.key for row in public.rows if row.cell("n").value is None}


def test_shares_of_hidden_figures_are_hidden_and_a_note_says_so():
    public = suppress(table([[2, 30], [50, 60], [70, 80]]))
    first = public.row("r0")
    assert first.cell("c0").text == first.cell("p").text == public.row("s").cell("c0").text == "…"
    assert first.cell("p").value is None
    assert [note for note in public.notes if "5" in note]
    assert suppress(table([[20, 30], [50, 60]])).notes == ()


def test_figures_of_the_same_children_are_hidden_in_every_table_and_no_ids_are_published():
    few, many = tuple("abc"), tuple(map(str, range(60)))
    columns = (GridColumn("n", "n"),)
    one = Grid("one", "", columns, (GridRow("x", "", {"n": GridCell(value=3, ids=few)}),
                                    GridRow("y", "", {"n": GridCell(value=60, ids=many)}),
                                    GridRow("t", "", {"n": GridCell(value=63, ids=few + many, formula=("x", "y"))})))
    other = Grid("other", "", columns, (GridRow("again", "", {"n": GridCell(value=60, ids=many)}),))
    public = suppress_all((one, other))
    assert [row.cell("n").value for row in public[0].rows] == [None, None, 63]
    assert public[1].rows[0].cell("n").value is None
    assert not any(cell.ids for grid in public for row in grid.rows for cell in row.cells.values())
    chart = chart_of(one, "c", "", rows=("x", "y", "t"), columns=("n",))
    other = Chart("months", "", "line", ("1", "2"), (("n", (3, 60)),))
    assert [shown.series for shown in public_charts((chart, other), public)] == [(("n", (None, None, 63)),)]


@pytest.mark.parametrize(("kind", "form"), [("money", "child"), ("number", "activity")])
def test_money_and_records_that_are_no_children_hide_nothing(kind, form):
    grid = Grid("x", "", (GridColumn("n", "n", kind=kind),), (GridRow("x", "", {"n": GridCell(value=2, form=form)}),))
    assert suppress(grid, harmless=("activity",)).rows[0].cell("n").value == 2


def test_a_workbook_for_everybody_holds_no_hidden_figure():
    public = suppress(table([[2, 30], [50, 60], [70, 80]]))
    assert gridpaper.live(public, public.row("t"), public.columns[0]) is None
    made = workbook.grids_xlsx(GridSheet("r", "2026", "x", "x", (replace(public, title=""),)), stamp="2026-01-01")
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    at = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "r0")
    assert [sheet.cell(at + n, 2).value for n in range(4)] == ["…", "…", 70, 122]
