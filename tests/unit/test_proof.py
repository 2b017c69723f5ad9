"""The logs cannot be quietly changed: each attack of ``tools/attack.py`` is found and named, here and above."""

import json
import os
from pathlib import Path

import pytest
from tools_kit import load_tool

from cbdesk import change, clock, desk, proof
from cbdesk.cli import run
from cbdesk.proof import ACCESS, JOURNAL, Entry, Known, LogHead

attack = load_tool("attack")
STATE = Path(os.environ["XDG_STATE_HOME"])


def chain(count, log=JOURNAL):
    """A log of that many entries, its links right."""
    head, found = change.GENESIS, []
    for n in range(1, count + 1):
        body = f'{{"at":"2026-10-12T08:00","by":"Hạnh","n":{n},"t":"child"}}'
        if log == ACCESS:
            body = proof.access_body("2026-10-12T08:00", "Hạnh", "print", "", f"list {n}")
        line = proof.journal_line(n, body) if log == JOURNAL else proof.access_line(n, body)
        head = change.link(head, line)
        found.append(Entry(n, body, head))
    return found


def kinds(found):
    return [(one.kind, one.n, one.last, one.other) for one in found]


def walked(entries, log=JOURNAL):
    return kinds(proof.walk(log, "s", entries, 0, change.GENESIS))


@pytest.mark.parametrize("log", [JOURNAL, ACCESS])
def test_a_right_chain_has_no_fault_and_every_single_meddling_is_named(log):
    """Each of nine entries removed, changed, inserted before; each pair exchanged with and without its link."""
    right = chain(9, log)
    assert walked(right, log) == []
    for i, one in enumerate(right):
        n = i + 1
        changed = Entry(n, one.body.replace("Hạnh", "Hòa"), one.h)
        assert walked([*right[:i], changed, *right[i + 1 :]], log) == [("changed", n, n, 0)]
        if n < 9:
            assert walked([*right[:i], *right[i + 1 :]], log) == [("removed", n, n, 0)]
            closed = [*right[:i], *(Entry(later.n - 1, later.body, later.h) for later in right[i + 1 :])]
            if log == JOURNAL or n < 8:  # of the entry before the last one nothing behind tells whether it was moved
                assert walked(closed, log) == [("removed", n, n, 0)]
            opened = [*right[:i], changed, *(Entry(later.n + 1, later.body, later.h) for later in right[i:])]
            assert walked(opened, log) == [("inserted", n, n, 0)]
        for j in range(i + 1, 9):
            other = right[j]
            for first, second in ((one.h, other.h), (other.h, one.h)):
                rows = list(right)
                rows[i], rows[j] = Entry(n, other.body, first), Entry(j + 1, one.body, second)
                # in the access log the number is hashed too, so a body under another number gives another link
                assert walked(rows, log) == [("swapped", n, n, j + 1)]


def test_an_erased_line_is_no_fault():
    rows = chain(4)
    rows[1] = Entry(2, change.erased(rows[1].body.encode()).decode(), rows[1].h)
    assert walked(rows) == []


def test_a_chain_right_in_itself_is_held_against_the_heads_others_knew():
    right, other = chain(9), chain(9, ACCESS)
    links = {one.n: one.h for one in right}
    known = [Known(3, right[2].h.hex(), proof.SENT), Known(6, other[5].h.hex(), proof.PEER), Known(12, "0", proof.SENT)]
    found = proof.compare(JOURNAL, "s", known, 9, lambda n: links.get(n, b""))
    assert kinds(found) == [("rewritten", 4, 6, 0), ("cut", 10, 12, 0)]
    assert [one.knew for one in found] == [proof.PEER, proof.SENT]


def head(n, c, life="a" * 16, h=None, began=0):
    return LogHead("node", life, n, h or f"{n:064x}", c, began, f"2026-10-{n:02}")


def test_heads_of_anothers_log_may_come_late_but_not_go_back():
    told = lambda *heads: kinds(fault for fault, _ in proof.told_heads(heads))  # noqa: E731
    again = lambda n: head(n, 0, began=proof.AGAIN)  # noqa: E731
    assert told(head(5, 50), head(9, 90), again(9), head(7, 70)) == []
    assert told(head(5, 50), head(9, 90), head(7, 70)) == []  # a bundle that came late
    assert told(head(9, 90), head(7, 90)) == []  # nothing tells which came first
    assert told(head(9, 90), head(7, 120)) == [("back", 7, 9, 0)]
    assert told(head(9, 90), head(9, 0, h="f" * 64)) == [("rewritten", 9, 9, 0)]
    assert told(head(9, 90), head(6, 95, life="b" * 16, began=5)) == [("anew", 5, 9, 0)]


# --- a register under attack -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    clock.set_fixed("2026-11-02T08:00:00")
    return attack.prepare(tmp_path_factory.mktemp("attack"), children=7)


@pytest.fixture
def struck(pair):
    """The register as it was before each test, also outside."""
    kept = attack._keep(pair, STATE)
    yield pair
    attack._bring_back(pair, STATE, kept)


def named(found, log):
    return [(one["kind"], one["n"]) for one in found["faults"] if one["log"] == log]


EXPECTED = {
    "change_line": (JOURNAL, [("changed", 5)]),
    "remove_line": (JOURNAL, [("removed", 5)]),
    "remove_and_renumber": (JOURNAL, [("removed", 5)]),
    "swap_lines": (JOURNAL, [("swapped", 2)]),
    "insert_line": (JOURNAL, [("inserted", 5)]),
    "rewrite": (JOURNAL, [("rewritten", 1)]),
    "cut": (JOURNAL, [("cut", 6)]),
    "change_access": (ACCESS, [("changed", 5)]),
    "remove_access": (ACCESS, [("removed", 5)]),
    "remove_access_and_renumber": (ACCESS, [("removed", 5)]),
    "swap_access": (ACCESS, [("swapped", 5)]),
    "insert_access": (ACCESS, [("inserted", 5)]),
    "rewrite_access": (ACCESS, [("rewritten", 1)]),
    "cut_access": (ACCESS, [("cut", 6)]),
}


@pytest.mark.parametrize("meddle", [*attack.JOURNAL[:-1], *attack.ACCESS], ids=lambda one: one.__name__)
def test_an_attack_is_named_when_the_register_is_opened_and_by_verify(struck, meddle):
    """The officer is not locked out: the fault is kept, logged once, and told again by ``verify``."""
    attack.play(struck, meddle)
    one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
    log, expected = EXPECTED[meddle.__name__]
    assert [(fault.kind, fault.n) for fault in one.faults] == expected
    assert [entry[3] for entry in one.ledger.accesses()].count("fault") == len(expected)
    found = one.verify()
    one.close()
    assert not found["ok"]
    assert named(found, log) == expected
    assert all(text for text in found["problems"])
    assert "Mẫu" not in str(found["problems"])


def test_a_register_nobody_touched_has_no_fault_however_often_it_is_opened(struck):
    for _ in range(3):
        one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
        one.save("child", {"full_name": "Lý Thị Sau"})
        assert one.faults == ()
        found = one.verify()
        one.close()
        assert found["ok"], found["problems"]


def test_who_forges_all_the_register_remembers_is_found_by_the_receivers_answer_and_by_the_receiver(struck):
    answer = next(struck.stick.glob("04-*.cbd"))
    for meddle, log in ((attack.rewrite_and_forget, JOURNAL), (attack.rewrite_access_and_forget, ACCESS)):
        kept = attack._keep(struck, STATE)
        attack.play(struck, meddle)
        attack.forget_outside(STATE)
        one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
        assert named(one.verify(), log) == []
        assert named(one.verify(answer), log) == [("rewritten", 1)]
        other = desk.unlock(struck.receiver, "Lê Minh Đức", attack.PASSWORD)
        for n in range(2):  # the receiver asks for the head it held; the next bundle tells what stands there now
            one.save("child", {"full_name": f"Lý Thị Sau {n}"})
            attack._exchange(one, other, struck.stick)
        found = {fault.fault.kind for fault in other.log_faults()}
        assert ("forked" if log == JOURNAL else "rewritten") in found
        assert other.status()["peers"][0]["log_faults"] >= 1
        assert {told["kind"] for told in other.verify()["peers"]} == found
        one.close()
        other.close()
        attack._bring_back(struck, STATE, kept)


def test_an_old_part_rewritten_behind_the_last_proof_is_found_within_some_openings(struck, monkeypatch):
    """New entries are proved at once, old ones in turn: nothing stays unproved for long."""
    monkeypatch.setattr("cbdesk.store.chains.ROUND", 2)
    monkeypatch.setattr("cbdesk.store.chains.ROUNDS", 3)
    for _ in range(2):  # all is proved once
        desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD).close()
    attack.play(struck, attack.change_line)
    openings = 0
    found = ()
    while not found and openings < 5:
        one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
        found, openings = one.faults, openings + 1
        one.close()
    assert [(fault.kind, fault.n) for fault in found] == [("changed", 5)]
    assert openings <= 4


def test_faults_are_heeded_with_a_reason_and_stay_in_the_log(struck):
    attack.play(struck, attack.change_access)
    one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
    assert one.heed_faults("đã báo xã") == 1
    assert one.faults == ()
    assert one.ledger.accesses()[-1][3:6] == ("faults_heeded", "", "1 đã báo xã")
    one.close()
    one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
    assert one.faults == ()
    assert named(one.verify(), ACCESS) == [("changed", 5)]
    one.close()


def test_a_restored_register_is_no_fault_and_the_receiver_is_told_that_its_log_began_anew(struck, tmp_path):
    one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
    file = one.backup(tmp_path)
    one.save("child", {"full_name": "Lý Thị Sau"})
    one.log("print", detail="at_risk 2026-10 1")
    other = desk.unlock(struck.receiver, "Lê Minh Đức", attack.PASSWORD)
    attack._exchange(one, other, struck.stick)
    one.close()
    for path in struck.commune.glob("*"):
        if path.is_file():
            path.unlink()
    one = desk.restore(struck.commune, file, attack.OFFICER, attack.PASSWORD)
    assert one.faults == ()
    assert one.verify()["problems"] == []
    assert one.ledger.accesses()[-1][3] == "restore"
    one.save("child", {"full_name": "Lý Thị Sau nữa"})
    attack._exchange(one, other, struck.stick)
    assert {fault.fault.kind for fault in other.log_faults()} == {"anew"}
    assert one.verify()["ok"]
    one.close()
    other.close()


def test_wrong_tries_stand_in_the_access_log_of_whoever_gets_in(struck):
    for _ in range(2):
        with pytest.raises(desk.base.Problem):
            desk.unlock(struck.commune, attack.OFFICER, "sai")
    one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
    assert one.ledger.accesses()[-1][3:6] == ("unlock", "", "tries 2")
    one.close()


def test_whatever_leaves_or_opens_stands_in_the_access_log(struck, tmp_path):
    one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
    before = len(one.ledger.accesses())
    one.report("at_risk", "2026-10", tmp_path)
    one.put_out(tmp_path / "x.pdf", b"%PDF-1.7")
    one.log("print", detail="at_risk 2026-10 7")
    one.backup(tmp_path)
    one.save("child", {"full_name": "Lý Thị Sau"})
    one.send(struck.stick)
    told = [(what, detail) for _, _, _, what, _, detail, _ in one.ledger.accesses()[before:]]
    one.close()
    assert [what for what, _ in told] == ["export", "print", "backup", "send"]
    assert not any("Lý" in detail for _, detail in told)


def test_the_command_line_names_faults_in_words_and_as_data(struck, capsys, monkeypatch):
    attack.play(struck, attack.swap_access)
    monkeypatch.setenv("CBDESK_PASSWORD", attack.PASSWORD)
    assert run(["--data", str(struck.commune), "--json", "verify"], lambda _data: 0) == 1
    said = capsys.readouterr()
    assert "1 chỗ không khớp" in said.err
    told = json.loads(said.out)
    (fault,) = told["faults"]
    assert (fault["log"], fault["kind"], fault["n"], fault["other"]) == ("access", "swapped", 5, 6)
    assert fault["text"] == told["problems"][0]
    assert told["peers"] == []


def test_the_guards_of_the_logs_are_put_back_and_their_absence_is_told(struck):
    attack.play(struck, attack.leave_unguarded)
    one = desk.unlock(struck.commune, attack.OFFICER, attack.PASSWORD)
    assert [fault.kind for fault in one.faults] == ["unguarded", "unguarded"]  # both logs
    for sql in ("DELETE FROM access", "UPDATE access SET what = 'x'", "DELETE FROM op"):
        with pytest.raises(Exception, match="only grows"):
            one.store.db.execute(sql)
    one.close()
