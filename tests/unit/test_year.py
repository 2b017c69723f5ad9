"""An officer's year with one small commune: what each step comes to, and that every paper asked for is written."""

from tools_kit import load_tool

from cbdesk import clock


def test_a_year_from_january_to_december(tmp_path):
    tool = load_tool("year")
    with tool.commune() as book:
        steps = list(tool.OneYear(book, tmp_path, papers=(1,)).steps())
        one = {step.name: step.told for step in steps}
        every = {name: [step.told for step in steps if step.name == name] for name in ("round", "lists")}
        clock.set_fixed("2027-01-04T08:00:00")
        standing = book.classes_standing(2027)
    assert one["register"] == {"children": 150, "refused": 0}
    assert [month["returned"] for month in every["round"]] == [month["villages"] for month in every["round"]]
    assert all(6 <= month["changes"] <= 9 for month in every["round"])
    assert len(every["lists"]) == 12
    assert all(month["special"] == 4 and 50 <= month["at_risk"] <= 55 for month in every["lists"])
    assert one["home_for_tet"]["away"] == 0 < one["home_for_tet"]["back"]
    assert one["away_after_tet"] == {"away": 8}
    assert one["flood"]["listed"] > one["flood"]["hit"] == 5
    assert one["school_year"]["moved"] > 90
    assert one["school_year"]["left_over"] == one["school_year"]["stayed"] == 2, "who stayed may still move later"
    assert one["mid_autumn"]["chosen"] - one["mid_autumn"]["recorded"] == 2
    assert one["superior_form"]["rows"] == one["superior_form"]["children"] > 140
    assert (one["decision"]["absent"], one["decision"]["asked"]) == (1, 0)
    assert standing.current, "every class that holds in the new year is of the new decision"
    assert one["cards"]["left"] == 2 < one["cards"]["ended"]
    written = [name for step in steps for name in step.files]
    assert len(written) == len(set(written)) == 8
    assert all((tmp_path / name).stat().st_size > 1000 for name in written)
