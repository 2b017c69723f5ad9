"""Who works with a register: rights on paper first, a way in for each, and nobody's way in when somebody leaves."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pypdf
import pytest
from power_cut import dies_at_step

from cbdesk import backup, clock, desk, keys
from cbdesk.desk.keyring import Keyring
from cbdesk.errors import Problem
from cbdesk.store import rekeying

HANH, CHOI, MAI = "Nông Thị Hạnh", "Lý Văn Chòi", "Triệu Thị Mai"
WORD = {HANH: "mật khẩu", CHOI: "mật khẩu hai", MAI: "mật khẩu ba"}
PAPER = {"approved_by": "Chủ tịch UBND xã", "approved_no": "12/QĐ-UBND", "approved_on": "2026-10-01"}


@pytest.fixture(scope="module")
def staffed(tmp_path_factory):
    """A closed practice register of an administrator, a recorder and a viewer, with one child."""
    folder = tmp_path_factory.mktemp("people") / "xã"
    opened = desk.setup(folder, role="commune", unit="01321", officer=HANH, password=WORD[HANH], practice=True).desk
    opened.save("child", {"full_name": "Lý Mùi Mẩy"})
    assert opened.add_officer(CHOI, WORD[CHOI], role="recorder", **PAPER).id
    assert opened.add_officer(MAI, WORD[MAI], role="viewer", sensitive=True).id
    opened.backup()
    opened.close()
    return folder


@pytest.fixture
def folder(staffed, tmp_path):
    return Path(shutil.copytree(staffed, tmp_path / "xã"))


@pytest.fixture
def opened(folder):
    opened = desk.unlock(folder, HANH, WORD[HANH])
    yield opened
    opened.close()


def of(opened, name):
    return next(one for one in opened.officers() if one.name == name)


def actions(opened):
    return [what for _, _, _, what, *_ in opened.ledger.accesses()]


# --- rights ----------------------------------------------------------------------------------------------------------


def test_who_is_here_keeps_what_they_could_do_when_the_first_right_is_given(opened):
    first = of(opened, HANH)
    assert (first.role, first.sensitive, first.active, first.has_key, first.me) == ("approver", True, True, True, True)
    second = of(opened, CHOI)
    assert (second.role, second.sensitive, second.approved_by, second.approved_no, second.approved_on) == (
        "recorder", False, "Chủ tịch UBND xã", "12/QĐ-UBND", "2026-10-01"
    )  # fmt: skip
    assert second.role_title == "Người ghi sổ"
    assert second.since == clock.today().isoformat()


def test_each_role_may_do_what_it_says_and_only_who_manages_changes_people(folder):
    with pytest.raises(Problem, match="unknown_officer"):
        desk.unlock(folder, "Ai đó", "x")
    recorder = desk.unlock(folder, CHOI, WORD[CHOI])
    child = recorder.save("child", {"full_name": "Bế Văn Nam"}).id
    for verb in (lambda: recorder.add_officer("Vừ A Dế", "mật khẩu", role="viewer"),
                 lambda: recorder.set_role(CHOI, role="approver"), lambda: recorder.end_officer(MAI),
                 lambda: recorder.hand_over_register(MAI, CHOI), recorder.renew_key, recorder.renew_recovery,
                 lambda: recorder.set_key_cost(keys.DEFAULT),
                 lambda: recorder.save("officer", {"role": "approver"}, of(recorder, CHOI).record)):  # fmt: skip
        with pytest.raises(Problem, match="no_right"):
            verb()
    assert recorder.history(child)[0]["by"] == CHOI  # everything done carries who
    assert recorder.ledger.accesses()[-1][2] == CHOI
    recorder.close()
    viewer = desk.unlock(folder, MAI, WORD[MAI])
    assert viewer.rows_of("child", "")[:0] == []
    with pytest.raises(Problem, match="no_right"):
        viewer.save("child", {"full_name": "X"})
    viewer.close()


def test_a_password_without_a_role_only_looks(opened, folder):
    keys.save(folder, keys.add_password_slot(keys.load(folder), opened.dek, "Khách", "mật khẩu", practice=True))
    guest = of(opened, "Khách")
    assert (guest.role, guest.active, guest.has_key) == ("", False, True)
    opened.close()
    looking = desk.unlock(folder, "Khách", "mật khẩu")
    with pytest.raises(Problem, match="no_right"):
        looking.save("child", {"full_name": "X"})
    looking.close()


def test_somebody_who_manages_always_stays(opened, folder):
    record, before = of(opened, HANH).record, keys.load(folder)
    opened.set_role(CHOI, role="approver")
    opened.set_role(CHOI, role="recorder")  # two, then one again
    refused = [
        lambda: opened.set_role(HANH, role="viewer"), lambda: opened.void(record, "nghỉ"),
        lambda: opened.save("officer", {"to": "2026-01-01"}, record),
        lambda: opened.save("officer", {"full_name": "Tên khác"}, record),
        lambda: opened.save("officer", {"from": "2099-01-01"}, record),
    ]  # fmt: skip
    for verb in refused:
        with pytest.raises(Problem, match="last_manager"):
            verb()
    with pytest.raises(Problem, match="not_oneself"):
        opened.end_officer("nông thị HẠNH")
    assert of(opened, HANH).active
    assert keys.load(folder) == before


def test_taking_back_a_role_does_not_take_the_last_one(opened):
    batch = opened.set_role(CHOI, role="approver").batch
    opened.close()
    with desk_of(opened.folder, CHOI) as other:
        other.set_role(HANH, role="recorder")
        with pytest.raises(Problem, match="last_manager"):
            other.undo(batch)


class desk_of:
    def __init__(self, folder, name):
        self.desk = desk.unlock(folder, name, WORD[name])

    def __enter__(self):
        return self.desk

    def __exit__(self, *_):
        self.desk.close()


def test_what_is_wrong_with_a_new_officer_writes_nothing(opened, folder):
    before, count = keys.load(folder), len(opened.officers())
    for given, problem in (({"name": CHOI}, "officer_exists"), ({"name": CHOI.replace("ý", "í")}, "officer_exists"),
                           ({"password": "x"}, "weak_password")):  # fmt: skip
        with pytest.raises(Problem, match=problem):
            opened.add_officer(**{"name": "Vừ A Dế", "password": "mật khẩu", "role": "viewer"} | given)
    for wrong in ({"role": "king"}, {"approved_on": "hôm qua"}, {"name": " "}):
        saved = opened.add_officer(**{"name": "Vừ A Dế", "password": "mật khẩu", "role": "viewer"} | wrong)
        assert saved.id is None
        assert saved.findings
    assert (keys.load(folder), len(opened.officers())) == (before, count)


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_who_leaves_opens_nothing_and_the_others_open_as_before(opened, folder):
    old_keys, old_backup = (folder / keys.FILE).read_bytes(), list((folder / "backups").glob("*.cbb"))
    ended = opened.end_officer(CHOI)
    assert (ended.left_out, ended.backups_gone, ended.backups_kept) == ((), 1, 0)
    assert not old_backup[0].exists()
    gone = of(opened, CHOI)
    assert (gone.has_key, gone.until) == (False, clock.today().isoformat())
    assert opened.officers()[-1].name in (CHOI, MAI)
    opened.save("child", {"full_name": "Sau khi thay khóa"})
    assert opened.verify()["ok"]
    opened.close()
    with pytest.raises(Problem, match="unknown_officer"):
        desk.unlock(folder, CHOI, WORD[CHOI])
    assert [one.kind for one in keys.load(folder).slots if one.label == MAI] == ["letterbox", "letter"]
    for name in (MAI, HANH, MAI):
        with desk_of(folder, name) as other:
            assert other.store.count("child") == 2
    assert {one.kind for one in keys.load(folder).slots} == {"password", "letterbox", "recovery"}
    assert not (folder / keys.PREVIOUS).exists()
    with pytest.raises(Problem, match="wrong_password"):
        desk.unlock(folder, MAI, WORD[CHOI])
    (folder / keys.FILE).write_bytes(old_keys)  # the thief's copy of before
    for name in (CHOI, HANH):
        with pytest.raises(Problem, match="store_damaged"):
            desk.unlock(folder, name, WORD[name])


def test_what_was_made_before_still_opens_with_what_it_carries(opened, folder, tmp_path):
    kept = opened.backup(tmp_path)
    opened.end_officer(CHOI)
    opened.close()
    backup.restore(kept.read_bytes(), tmp_path / "bản sao", CHOI, WORD[CHOI])


def test_the_recovery_sheet_of_before_is_void(opened, folder):
    first = opened.renew_recovery()
    second = opened.renew_key().recovery_code
    opened.close()
    with pytest.raises(Problem, match="other_recovery"):
        desk.recover(folder, first, HANH, "mật khẩu mới")
    again, third = desk.recover(folder, second, HANH, "mật khẩu mới")
    again.close()
    for void in (first, second):
        with pytest.raises(Problem, match="other_recovery"):
            desk.recover(folder, void, HANH, "mật khẩu mới")
    desk.recover(folder, third, HANH, "mật khẩu mới")[0].close()


def test_whoever_has_the_sheet_manages_where_nobodys_word_says_so(opened, folder):
    code = opened.renew_recovery()
    opened.close()
    again, _ = desk.recover(folder, code, "Vừ A Dế", "mật khẩu")
    me = of(again, "Vừ A Dế")
    assert (me.role, me.sensitive, me.active, me.has_key, me.approved_by) == (
        "approver", False, True, True, "Mở bằng tờ khôi phục"
    )  # fmt: skip
    again.set_role(MAI, role="recorder")
    again.close()


def test_a_letter_goes_only_to_a_letterbox_the_register_knows(opened, folder):
    """Whoever can write beside the register must not get the next key by putting their own half there."""
    found = keys.load(folder)
    theirs = keys.add_password_slot(keys.KeyFile(found.vault), bytes(32), MAI, "của kẻ khác", practice=True)
    slots = [one for one in found.slots if not (one.label == MAI and one.kind == "letterbox")]
    swapped = keys.KeyFile(found.vault, (*slots, *theirs.of_kind("letterbox")))
    keys.save(folder, swapped)
    rekeyed = opened.renew_key()
    assert rekeyed.left_out == (MAI,)
    with pytest.raises(Problem, match="unknown_officer"):
        keys.open_slot(keys.load(folder), MAI, "của kẻ khác")


def test_a_password_of_an_earlier_program_gets_its_letterbox_at_the_next_opening(opened, folder):
    opened.close()
    found = keys.load(folder)
    keys.save(folder, keys.KeyFile(found.vault, tuple(one for one in found.slots if one.kind != "letterbox")))
    with desk_of(folder, HANH) as again:
        assert list(keys.load(folder).letterboxes) == [HANH]
        assert again.renew_key().left_out == (CHOI, MAI)  # they have not opened it since: told, not lost in silence
    with desk_of(folder, HANH):
        pass


# --- the key changed, cut off ----------------------------------------------------------------------------------------


def test_power_cut_at_any_step_of_a_change_of_key_leaves_a_register_that_opens(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(Keyring, "_give_way", lambda self: (0, 0))
    outcomes, seen = set(), set()
    for cut in itertools.count():
        here, there = tmp_path / "here", tmp_path / "there"
        shutil.copytree(folder, here)
        at_work, before = desk.unlock(here, HANH, WORD[HANH]), disk(here)
        with monkeypatch.context() as patch:
            died = dies_at_step(patch, cut, at_work.renew_key)
            shutil.copytree(here, there)  # what the disk holds at that moment
        at_work.store.db.conn.close()
        at_work._lock.release()
        state = (frozenset(disk(there)), *(disk(there)[name] == before[name] for name in (keys.FILE, "register.db")))
        if state not in seen:  # many steps leave the disk as the one before did
            seen.add(state)
            for name in (HANH, MAI):
                with desk_of(there, name) as again:
                    assert again.store.count("child") == 1
            assert not rekeying.copy_of(there / "register.db").exists()
            outcomes.add(state[1])
        shutil.rmtree(here)
        shutil.rmtree(there)
        if not died:
            break
    assert cut >= 12
    assert len(seen) >= 6
    assert outcomes == {True, False}


def disk(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_who_manages_without_seeing_all_loses_nothing_by_a_change_of_key(opened, folder):
    opened.save("incident", {"kind": "abuse", "received_at": "2026-11-01T08:00", "forms_of_abuse": ["sexual"]})
    incidents = opened.store.count("incident")
    opened.set_role(CHOI, role="approver")
    opened.close()
    with desk_of(folder, CHOI) as other:
        assert not other.sees_sensitive
        assert other.store.veiled
        other.renew_key()
        other.store.vacuum()
        assert other.verify()["ok"]
        assert other.store.veiled
        assert other.store.count("incident") == 0
    with desk_of(folder, HANH) as again:
        assert again.store.count("incident") == incidents == 1
        assert again.verify()["ok"]


def test_a_change_of_key_that_cannot_be_written_changes_nothing(opened, folder, monkeypatch):
    before, dek = keys.load(folder), opened.dek
    for place, name in ((rekeying, "export"), (keys, "save")):

        def full(*_):
            raise Problem("disk_full")

        with monkeypatch.context() as patch:
            patch.setattr(place, name, full)
            with pytest.raises(Problem, match="disk_full"):
                opened.renew_key()
        assert (keys.load(folder), opened.dek) == (before, dek)
        assert not rekeying.copy_of(folder / "register.db").exists()
        opened.save("child", {"full_name": "Vẫn ghi được"})


def test_an_old_file_that_is_held_is_replaced_at_the_next_opening(opened, folder, monkeypatch):
    def held(_):
        raise OSError(13, "held")

    with monkeypatch.context() as patch:
        patch.setattr(rekeying, "adopt", held)
        opened.renew_key()
    opened.save("child", {"full_name": "Ghi trong bản mới"})
    opened.close()
    with desk_of(folder, HANH) as again:
        assert again.store.count("child") == 2
    assert not rekeying.copy_of(folder / "register.db").exists()


# --- costs, passwords, tries -----------------------------------------------------------------------------------------


def test_a_dearer_cost_is_one_setting_and_each_password_follows_at_its_next_opening(opened, folder):
    with pytest.raises(Problem, match="bad_key_parameters"):
        opened.set_key_cost(keys.Cost(1024, 1, 1))
    dearer = keys.Cost(96 * 1024, 2, 4)
    opened.set_key_cost(dearer)
    opened.close()
    with desk_of(folder, MAI):
        pass

    def costs():
        return {one.label: keys.Cost.of(one.header) for one in keys.load(folder).of_kind("password", "letterbox")}

    assert costs() == {HANH: keys.PRACTICE, CHOI: keys.PRACTICE, MAI: dearer}
    with desk_of(folder, HANH) as again:
        again.set_key_cost(keys.PRACTICE)  # never cheaper by itself
    with desk_of(folder, MAI):
        assert costs() == {HANH: dearer, CHOI: keys.PRACTICE, MAI: dearer}


def test_failed_tries_are_shown_to_the_next_who_gets_in_and_logged(opened, folder):
    opened.close()
    for _ in range(2):
        with pytest.raises(Problem, match="wrong_password"):
            desk.unlock(folder, HANH, "đoán mò")
    again = desk.unlock(folder, MAI, WORD[MAI])
    assert again.failed_tries == 2
    assert ("unlock", "tries 2") in [(what, detail) for _, _, _, what, _, detail, _ in again.ledger.accesses()]
    again.close()
    with desk_of(folder, MAI) as once_more:
        assert once_more.failed_tries == 0


def test_people_and_passwords_are_in_the_access_log(opened):
    opened.set_role(MAI, role="recorder", sensitive=False)
    opened.hand_over_register(CHOI, MAI)
    opened.change_password(WORD[HANH], "mật khẩu khác")
    with pytest.raises(Problem, match="wrong_password"):
        opened.change_password(WORD[HANH], "mật khẩu khác")
    opened.end_officer(CHOI)
    told = actions(opened)
    for what in ("officer_added", "officer_changed", "officer_handed", "officer_ended", "password", "rotate", "unlock"):
        assert what in told
    assert not any(name in str(line) for line in opened.ledger.accesses() for name in (CHOI, MAI, "mật khẩu"))


# --- the hand-over ---------------------------------------------------------------------------------------------------


def test_a_hand_over_has_its_paper_without_a_childs_name(opened, tmp_path):
    villages = [opened.save("village", {"name": name}).id for name in ("Nà Lùng", "Khuổi Khon")]
    opened.save("officer", {"villages": villages[:1]}, of(opened, CHOI).record)
    opened.save("officer", {"villages": villages[1:], "position": "Công chức"}, of(opened, MAI).record)
    opened.hand_over_register(CHOI, MAI)
    assert of(opened, CHOI).handed_to == MAI
    assert set(opened.store.row("officer", of(opened, MAI).record)["villages"]) == set(villages)
    path = opened.write_paper("ban_giao_so", of(opened, CHOI).record, tmp_path / "bàn giao.pdf")
    text = " ".join(" ".join(one.extract_text() for one in pypdf.PdfReader(path).pages).split())
    for said in (f"Người bàn giao: {CHOI}", f"Người nhận bàn giao: {MAI}", "Chức danh: Công chức",
                 "Số trẻ em trong sổ: 1", opened.node, opened.fingerprint, opened.store.streams()[0].h.hex()[:20],
                 "Bản sao lưu trên máy: 1", f"chưa được xác nhận: {opened.unsent()}"):  # fmt: skip
        assert said in text
    assert "Lý Mùi Mẩy" not in text
    assert CHOI not in str(opened.form_paper("ban_giao_so", None, "blank"))
