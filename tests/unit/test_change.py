"""The change line, its chain, and the rule of heads (spec/bundle.md 3.3, 4.4; invariants I5–I7, I9, I14)."""

from __future__ import annotations

import hashlib
import json
import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbdesk import change
from cbdesk.change import Change

S1, S2 = "1" * 16, "2" * 16
R = "01a20c3b-8531-71bf-a245-a724c04a028c"


def make(s=S1, n=1, c=1, **more):
    return Change(s=s, n=n, c=c, t="child", r=R, g="b", by="x", at="2026-10-12T08:12:40", x="00" * 16, **more)


def test_a_line_reads_back_as_itself():
    one = make(f={"full_name": "Lý Mùi Mẩy", "groups": ["01.3"], "urgent": True, "born": None}, b={"born": [(3, S2)]})
    assert change.parse(one.line().encode()) == one
    assert change.stored(one.line()) == one


def test_the_line_is_canonical():
    line = make(f={"b": "2", "a": "1"}).line()
    assert line == json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "\n" not in line
    assert '"k"' not in line


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda d: d.pop("x"), "keys"),
        (lambda d: d.update(evil=1), "keys"),
        (lambda d: d.update(n=True), "number"),
        (lambda d: d.update(n=0), "number"),
        (lambda d: d.update(c=2**60), "number"),
        (lambda d: d.update(s="XYZ"), "identity"),
        (lambda d: d.update(r="../../etc"), "identity"),
        (lambda d: d.update(t="child; DROP TABLE op"), "identity"),
        (lambda d: d.update(by=5), "text"),
        (lambda d: d["f"].update({'"; --': "x"}), "value"),
        (lambda d: d["f"].update(a={"deep": 1}), "value"),
        (lambda d: d["f"].update(a="x" * 20_001), "value"),
        (lambda d: d["f"].update(a=2**54), "value"),
        (lambda d: d["f"].update({f"f{i}": 1 for i in range(65)}), "fields"),
        (lambda d: d["b"].update(other=[[1, S1]]), "parents"),
        (lambda d: d["b"].update(full_name=[[0, S1]]), "parents"),
        (lambda d: d.update(k="drop"), "kind"),
    ],
)
def test_a_spoilt_line_is_refused_by_rule(spoil, rule):
    body = json.loads(make(f={"full_name": "A"}).line())
    spoil(body)
    with pytest.raises(change.BadLine, match=rule):
        change.parse(json.dumps(body).encode())


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"\xff", b"[" * 60_000, b'{"v":1.5}', b'{"v":1,"v":2}', b'{"v":NaN}', b"{" + b" " * 70_000 + b"}"],
)
def test_what_is_no_line_is_refused_without_a_crash(raw):
    with pytest.raises(change.BadLine):
        change.parse(raw)


def test_ids_made_in_one_millisecond_keep_the_order_they_were_made_in():
    ids = [change.new_id() for _ in range(2_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_are_uuid_7_and_grow_with_time():
    ids = [change.new_id() for _ in range(50)]
    assert all(uuid.UUID(one).version == 7 and uuid.UUID(one).variant == uuid.RFC_4122 for one in ids)
    assert len(set(ids)) == 50
    assert [one[:13] for one in ids] == sorted(one[:13] for one in ids)


def test_an_erased_line_keeps_the_chain():
    lines = [make(n=i, c=i, f={"full_name": f"Tên {i}"}).line().encode() for i in range(1, 6)]
    heads = change.links(change.GENESIS, lines)
    assert heads[0] == hashlib.sha256(change.GENESIS + hashlib.sha256(lines[0]).digest()).digest()
    blanked = [change.erased(line) if i in (1, 3) else line for i, line in enumerate(lines)]
    assert change.links(change.GENESIS, blanked) == heads
    assert change.erased(blanked[1]) == blanked[1]
    assert change.stored(blanked[1].decode()) is None


def test_an_edit_that_saw_the_value_replaces_it():
    state = change.fold([make(f={"born": "2015"}), make(s=S2, c=2, f={"born": "2016"}, b={"born": [(1, S1)]})])
    assert state["born"] == {(2, S2): "2016"}


def test_two_blind_edits_keep_both_and_show_the_later():
    one, other = make(c=5, f={"born": "2015"}), make(s=S2, c=5, f={"born": "2016"})
    state = change.fold([one, other])
    assert len(state["born"]) == 2
    assert change.shown(state["born"]) == "2016"
    answer = make(c=6, n=2, f={"born": "2015"}, b={"born": [(5, S1), (5, S2)]})
    assert change.fold([one, other, answer])["born"] == {(6, S1): "2015"}


def test_different_fields_merge():
    state = change.fold([make(f={"born": "2015"}), make(s=S2, f={"sex": "male"})])
    assert {name: change.shown(heads) for name, heads in state.items()} == {"born": "2015", "sex": "male"}


# --- laws ------------------------------------------------------------------------------------------------------------


@st.composite
def histories(draw):
    """Three writers, one record, two fields; each writes seeing some of what the others wrote."""
    writers = [c * 16 for c in "abc"]
    logs = {s: [] for s in writers}
    seen = {s: [] for s in writers}
    for _ in range(draw(st.integers(2, 9))):
        s = draw(st.sampled_from(writers))
        for other in draw(st.sets(st.sampled_from(writers))):
            known = {one.version for one in seen[s]}
            seen[s] = [*seen[s], *(one for one in seen[other] if one.version not in known)]
        names = draw(st.lists(st.sampled_from(["born", "sex"]), min_size=1, max_size=2, unique=True))
        state = change.fold(seen[s])
        counter = 1 + max((one.c for one in seen[s]), default=0)
        one = Change(
            s=s,
            n=len(logs[s]) + 1,
            c=counter,
            t="child",
            r=R,
            f={name: f"v{draw(st.integers(0, 3))}" for name in names},
            b={name: sorted(state[name]) for name in names if name in state},
        )
        logs[s].append(one)
        seen[s].append(one)
    return [one for log in logs.values() for one in log]


def incremental(changes, apply=change.apply):
    """Fold one by one as a node does: it may ask only about what has arrived."""
    state, arrived = {}, []
    for one in changes:
        arrived.append(one)
        apply(state, one, lambda version, name: any(version in other.b.get(name, ()) for other in arrived))
    return state


def broken(histories_, fold):
    for changes in histories_:
        orders = [random.Random(i).sample(changes, len(changes)) for i in range(6)]
        results = [fold(order) for order in orders]
        if any(one != results[0] for one in results):
            return True
    return False


@settings(max_examples=150)
@given(histories(), st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(changes, rnd):
    expected = change.fold(changes)
    for _ in range(3):
        shuffled = list(changes)
        rnd.shuffle(shuffled)
        assert incremental(shuffled) == expected


@settings(max_examples=150)
@given(histories())
def test_every_change_is_shown_replaced_or_a_conflict(changes):
    state = change.fold(changes)
    replaced = {(version, name) for one in changes for name, parents in one.b.items() for version in parents}
    for one in changes:
        for name in one.f:
            assert one.version in state[name] or (one.version, name) in replaced
    for name, heads in state.items():
        assert not any((version, name) in replaced for version in heads)


def last_arrival_wins(state, one, _):
    for name, value in one.f.items():
        state[name] = {one.version: value}


def no_superseded_check(state, one, _):
    change.apply(state, one, lambda version, name: False)


def keeps_replaced_heads(state, one, superseded):
    for name, value in one.f.items():
        state.setdefault(name, {})[one.version] = value


@pytest.mark.parametrize("bug", [last_arrival_wins, no_superseded_check])
def test_the_law_of_arrival_catches_planted_bugs(bug):
    found = []

    @settings(max_examples=200, database=None)
    @given(histories())
    def look(changes):
        if not found and broken([changes], lambda order: incremental(order, bug)):
            found.append(True)

    look()
    assert found


def test_the_law_of_replacement_catches_a_planted_bug():
    one, other = make(f={"born": "2015"}), make(s=S2, c=2, f={"born": "2016"}, b={"born": [(1, S1)]})
    assert incremental([one, other], keeps_replaced_heads) != change.fold([one, other])
