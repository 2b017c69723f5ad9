"""The new school year, cards to renew and the calendar from the command line, as a script would do them."""


def test_the_seasons_on_the_command_line(cbdesk, monkeypatch):
    monkeypatch.setenv("CBDESK_NOW", "2026-09-07T08:00")
    cbdesk(*cbdesk.setup)
    primary = {"schooling": "primary", "village": "Xóm Nà Héng"}
    cbdesk.put({"full_name": "Nông Văn Páo", "class": "4A", **primary,
                "health_card": "HN2049876543210", "card_until": "2026-09-30"},
               {"full_name": "Hầu Thị Mỷ", "class": "5B", **primary})  # fmt: skip
    plan = cbdesk("school-year").document
    assert (plan["year"], plan["counts"], plan["proposed"]) == (2026, {"up": 1, "rise": 1}, 2)
    one, other = (move["child"] for move in plan["moves"])
    done = cbdesk("school-year", "--apply", "--stay", other)
    assert done.document["proposed"] == 1
    assert cbdesk("get", one).document["class"] == "5A"
    assert cbdesk("get", other).document["class"] == "5B"
    cbdesk("undo", done.document["batch"])
    assert cbdesk("get", one).document["class"] == "4A"
    found = cbdesk("cards", "--until", "2026-12-31", "--renew", "2027-12-31").document
    assert [(row["child"], row["state"]) for row in found["cards"]] == [(one, "ends"), (other, "none")]
    assert cbdesk("get", one).document["card_until"] == "2027-12-31"
    assert cbdesk("cards", "--renew", "2026-01-01").problem == "nobody_chosen"
    entries = cbdesk("calendar", "--month", "2026-09").document["entries"]
    assert {"round_out", "school_start", "mid_autumn"} <= {row["key"] for row in entries}
    assert cbdesk("calendar", "--month", "today").problem == "bad_period"
