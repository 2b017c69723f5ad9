"""First start, unlocking, recovery, another password, what may be told without one, and the clock of practice."""

from __future__ import annotations

import json
import unicodedata

import pytest

from cbdesk import clock, desk, words
from cbdesk.errors import Problem

PASSWORD = "mật khẩu"
COMMUNE = {"role": "commune", "unit": "01321", "officer": "Nông Thị Hạnh", "password": PASSWORD, "practice": True}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "sổ"


@pytest.fixture
def closed(folder):
    """A closed practice register; what its setup told."""
    done = desk.setup(folder, **COMMUNE)
    done.desk.save("child", {"full_name": "Lý Mùi Mẩy"})
    done.desk.close()
    return done


def names(opened):
    return [row.name for row in opened.children()]


# --- first start -----------------------------------------------------------------------------------------------------


def test_a_first_start_gives_what_has_to_be_put_on_paper(folder):
    done = desk.setup(folder, **COMMUNE)
    assert done.unit == "01321@2025-07-01"
    assert len(done.device) == 16
    assert len(done.fingerprint.split()) == 6
    assert len(done.recovery_code.split()) == 6
    told = done.desk.verify()
    assert (told["ok"], told["changes"], told["problems"]) == (True, 0, [])
    done.desk.close()
    assert {path.name for path in folder.iterdir()} == {"register.db", "keys.json", "register.lock", "about.json"}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"unit": "99999"}, "wrong_unit"),
        ({"unit": ""}, "wrong_unit"),
        ({"password": "123", "practice": False}, "weak_password"),
    ],
)
def test_a_refused_first_start_leaves_nothing(folder, given, problem):
    with pytest.raises(Problem, match=problem):
        desk.setup(folder, **COMMUNE | given)
    assert not folder.exists()


def test_a_folder_holds_one_register(closed, folder):
    with pytest.raises(Problem, match="store_exists"):
        desk.setup(folder, **COMMUNE | {"unit": "01290"})
    opened = desk.unlock(folder, None, PASSWORD)
    assert names(opened) == ["Lý Mùi Mẩy"]
    opened.close()


def test_a_place_that_is_no_fixed_disk_is_refused(folder, monkeypatch):
    from cbdesk import carrier

    monkeypatch.setattr(carrier, "is_fixed", lambda _: False)
    with pytest.raises(Problem, match="bad_place"):
        desk.setup(folder, **COMMUNE)
    assert not (folder / "register.db").exists()


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="read_only"):
        desk.setup(tmp_path / "file" / "sổ", **COMMUNE)


# --- unlocking -------------------------------------------------------------------------------------------------------


def test_the_password_opens_in_either_unicode_form(closed, folder):
    for form in ("NFC", "NFD", "NFKC"):
        opened = desk.unlock(folder, "Nông Thị Hạnh", unicodedata.normalize(form, PASSWORD))
        assert opened.officer == "Nông Thị Hạnh"
        assert names(opened) == ["Lý Mùi Mẩy"]
        opened.close()


def test_wrong_passwords_slow_down_and_lock_nobody_out(closed, folder):
    clock.set_fixed("2026-11-24T08:00:00")
    for _ in range(3):
        with pytest.raises(Problem, match="wrong_password"):
            desk.unlock(folder, None, "sai")
    with pytest.raises(Problem, match="wait_password"):
        desk.unlock(folder, None, PASSWORD)
    clock.set_fixed("2026-11-24T08:00:06")
    desk.unlock(folder, None, PASSWORD).close()


def test_unlocking_without_what_is_needed(closed, folder, tmp_path):
    with pytest.raises(Problem, match="no_store"):
        desk.unlock(tmp_path / "nowhere", None, PASSWORD)
    with pytest.raises(Problem, match="unknown_officer"):
        desk.unlock(folder, "Ai Đó", PASSWORD)
    keys = folder / "keys.json"
    saved = keys.read_bytes()
    for bad in (b"", b"{}", saved[:-20]):
        keys.write_bytes(bad)
        with pytest.raises(Problem, match="keys_missing"):
            desk.unlock(folder, None, PASSWORD)
    keys.write_bytes(saved)
    desk.unlock(folder, None, PASSWORD).close()


def test_a_refused_unlocking_lets_the_folder_go(closed, folder):
    with pytest.raises(Problem, match="wrong_password"):
        desk.unlock(folder, None, "sai")
    opened = desk.unlock(folder, None, PASSWORD)
    with pytest.raises(Problem, match="store_busy"):
        desk.unlock(folder, None, PASSWORD)
    opened.close()
    opened.close()
    desk.unlock(folder, None, PASSWORD).close()


def test_a_damaged_register_is_named_and_lets_the_folder_go(closed, folder):
    database = folder / "register.db"
    data = database.read_bytes()
    database.write_bytes(data[:100] + b"\x00" + data[101:])
    for _ in range(2):
        with pytest.raises(Problem, match="store_damaged"):
            desk.unlock(folder, None, PASSWORD)
    database.write_bytes(data)
    desk.unlock(folder, None, PASSWORD).close()


# --- another password, recovery -------------------------------------------------------------------------------------


def test_another_password(closed, folder):
    with pytest.raises(Problem, match="wrong_password"):
        desk.change_password(folder, "Nông Thị Hạnh", "sai", "mật khẩu mới")
    desk.change_password(folder, "Nông Thị Hạnh", PASSWORD, "mật khẩu mới")
    with pytest.raises(Problem, match="wrong_password"):
        desk.unlock(folder, None, PASSWORD)
    opened = desk.unlock(folder, None, "mật khẩu mới")
    assert names(opened) == ["Lý Mùi Mẩy"]
    opened.close()


def test_the_printed_code_opens_once_and_makes_a_new_one(closed, folder):
    wrong = closed.recovery_code[:-1] + ("A" if closed.recovery_code[-1] != "A" else "B")
    with pytest.raises(Problem, match="wrong_recovery"):
        desk.recover(folder, wrong, "Nông Thị Hạnh", "mật khẩu mới")
    opened, fresh = desk.recover(folder, closed.recovery_code.lower(), "Nông Thị Hạnh", "mật khẩu mới")
    assert names(opened) == ["Lý Mùi Mẩy"]
    opened.close()
    assert fresh != closed.recovery_code
    with pytest.raises(Problem):
        desk.recover(folder, closed.recovery_code, "Nông Thị Hạnh", "lần nữa")
    desk.unlock(folder, None, "mật khẩu mới").close()
    desk.recover(folder, fresh, "Nông Thị Hạnh", PASSWORD)[0].close()


def test_each_change_bears_the_name_of_the_officer_whose_password_opened(closed, folder):
    opened, _ = desk.recover(folder, closed.recovery_code, "Hoàng A Sình", "mật khẩu của Sình")
    opened.close()
    assert desk.officers(folder) == ["Nông Thị Hạnh", "Hoàng A Sình"]
    opened = desk.unlock(folder, None, "mật khẩu của Sình")
    assert opened.officer == "Hoàng A Sình"
    saved = opened.save("child", {"full_name": "Nông Văn Tý"})
    assert {one["by"] for one in opened.history(saved.id)} == {"Hoàng A Sình"}
    opened.close()


# --- without a password ---------------------------------------------------------------------------------------------


def test_what_may_be_told_without_a_password(closed, folder, tmp_path):
    found = desk.peek(folder)
    assert (found["exists"], found["practice"], found["role"]) == (True, True, "commune")
    assert found["unit_name"].endswith("Bảo Lạc")
    assert found["last_opened"]
    assert desk.officers(folder) == ["Nông Thị Hạnh"]
    assert desk.peek(tmp_path / "nowhere")["exists"] is False
    (folder / "about.json").write_bytes(b"[1")
    assert desk.peek(folder)["exists"] is True


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_doctor_needs_no_password_and_tells_no_name(closed, folder, tmp_path, language):
    words.set_language(language)
    for place in (folder, tmp_path / "nowhere"):
        checks = desk.doctor(place)
        assert len({one["name"] for one in checks}) == len(checks)
        assert all(words.say("cli.doctor." + one["name"]) for one in checks)
    text = json.dumps(desk.doctor(folder), ensure_ascii=False)
    assert "Mẩy" not in text
    assert "Hạnh" not in text
    assert {one["name"]: one["ok"] for one in desk.doctor(folder)}["encrypted"]


# --- the clock -------------------------------------------------------------------------------------------------------


def test_only_practice_obeys_a_given_time(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("CBDESK_NOW", "2031-02-03T04:05:06")
    done = desk.setup(folder, **COMMUNE)
    assert clock.stamp() == "2031-02-03T04:05:06"
    done.desk.close()
    clock.set_fixed(None)
    with pytest.raises(Problem, match="clock_set"):
        desk.setup(tmp_path / "thật", **COMMUNE | {"practice": False, "password": "một câu dài khó đoán 7319"})
    assert not (tmp_path / "thật").exists()
    monkeypatch.setenv("CBDESK_NOW", "hôm qua")
    with pytest.raises(Problem, match="clock_set"):
        desk.unlock(folder, None, PASSWORD)


def test_a_real_register_refuses_a_given_time_when_opened(tmp_path, monkeypatch):
    real = COMMUNE | {"practice": False, "password": "một câu dài khó đoán 7319"}
    desk.setup(tmp_path / "thật", **real).desk.close()
    monkeypatch.setenv("CBDESK_NOW", "2031-02-03T04:05:06")
    with pytest.raises(Problem, match="clock_set"):
        desk.unlock(tmp_path / "thật", None, real["password"])


def test_a_setup_that_fails_at_its_end_leaves_nothing_behind(tmp_path, monkeypatch):
    from cbdesk.desk import opening

    def full(_desk):
        raise Problem("disk_full")

    monkeypatch.setattr(opening, "_tell_openly", full)
    with pytest.raises(Problem, match="disk_full"):
        desk.setup(tmp_path / "c", role="commune", unit="01321", officer="A B", password="mật khẩu", practice=True)
    monkeypatch.undo()
    done = desk.setup(tmp_path / "c", role="commune", unit="01321", officer="A B", password="mật khẩu", practice=True)
    assert done.recovery_code
    done.desk.close()
