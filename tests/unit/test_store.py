"""The encrypted store: nothing in the clear, damage has a name, the journal only grows, a unit of work is whole."""

from __future__ import annotations

import contextlib
import multiprocessing
import shutil
import sys
import threading

import pytest
import sqlcipher3.dbapi2

from cbdesk import catalogue, change
from cbdesk.errors import Problem
from cbdesk.store import Draft, FolderLock, Ledger, Store, library, problem_of
from cbdesk.store.store import FLAG, NAME

KEY = bytes(range(32))
UNIT = "01321@2025-07-01"
META = {"node": "1" * 16, "unit": UNIT, "role": "commune", "practice": "1", "key": "k"}
CLEAR = b"SQLite format 3\x00"


@pytest.fixture
def store(tmp_path):
    made = Store.create(tmp_path, KEY, META)
    yield made
    made.close()


def save(store, name="Lý Mùi Mẩy", record=None, **fields):
    draft = Draft("child", record or change.new_id(), {"full_name": name, **fields})
    return store.write([draft], unit=UNIT, officer="Nông Thị Hạnh").changes[0].r


# --- the file ------------------------------------------------------------------------------------------------------


def test_each_connection_is_durable_and_keyed(store, tmp_path):
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "temp_store": 2}
    wanted["secure_delete"] = 1  # the default of SQLCipher; erasure rests on it
    assert {name: store.db.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted
    assert store.db.execute("PRAGMA cipher_version").fetchone()
    reader = library.connect(tmp_path / NAME, KEY, readonly=True)
    with pytest.raises(sqlcipher3.dbapi2.OperationalError, match="readonly"):
        reader.execute("DELETE FROM meta")
    reader.conn.close()


def test_no_file_of_the_folder_is_in_the_clear(store, tmp_path):
    save(store)
    copy = tmp_path / "copy"
    store.copy_into(copy)
    assert {path.name for path in tmp_path.iterdir()} >= {NAME, NAME + "-wal", "copy"}
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert CLEAR not in data
        assert "Mùi".encode() not in data
        assert b"CREATE TABLE" not in data


def test_sqlite_utils_speaks_of_the_ciphers_errors(store, tmp_path, monkeypatch):
    import sqlite_utils.utils

    assert sqlite_utils.utils.OperationalError is sqlcipher3.dbapi2.OperationalError
    monkeypatch.setattr(library, "OperationalError", type("Other", (Exception,), {}))
    with pytest.raises(Problem, match="wrong_library"):
        library.connect(tmp_path / NAME, KEY)


def test_an_sqlite_inside_the_wal_bug_is_refused(store, tmp_path, monkeypatch):
    assert library.SQLITE_VERSION >= (3, 51, 3)
    monkeypatch.setattr(library, "SQLITE_VERSION", (3, 51, 2))
    with pytest.raises(Problem, match="wrong_library"):
        library.connect(tmp_path / NAME, KEY)


def test_an_old_library_that_knows_no_key_is_refused(store, tmp_path, monkeypatch):
    import sqlite3

    monkeypatch.setattr(library.dbapi, "connect", sqlite3.connect)
    with pytest.raises(Problem, match="wrong_library"):
        library.connect(tmp_path / NAME, KEY)


def test_a_wrong_key_a_missing_file_a_second_register(store, tmp_path):
    with pytest.raises(Problem, match="store_damaged"):
        library.connect(tmp_path / NAME, bytes(32))
    with pytest.raises(Problem, match="no_store"):
        library.connect(tmp_path / "elsewhere", KEY)
    with pytest.raises(Problem, match="store_exists"):
        Store.create(tmp_path, KEY, META)


# --- damage --------------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(tmp_path):
    """The folder of a closed register of some size."""
    folder = tmp_path / "closed"
    folder.mkdir()
    made = Store.create(folder, KEY, META)
    made.write(
        [Draft("child", change.new_id(), {"full_name": f"Trẻ {n}", "notes": "x" * 3000}) for n in range(120)],
        unit=UNIT,
        officer="x",
    )
    made.close()
    return folder


def _flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: _flip(data, 3),
        lambda data: _flip(data, 100),
        lambda data: data[:1000],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-700],
        lambda data: b"",
        lambda data: bytes(len(data)),
        lambda data: CLEAR + data[16:],
    ],
    ids=["salt", "page 1", "stub", "half", "last page cut", "empty", "zeros", "clear header"],
)
def test_a_damaged_file_has_a_name_and_is_kept(closed, spoil):
    path = closed / NAME
    spoilt = spoil(path.read_bytes())
    path.write_bytes(spoilt)
    with pytest.raises(Problem, match="store_damaged"):
        Store.unlock(closed, KEY)
    assert path.read_bytes() == spoilt


def _damage_middle(folder):
    path = folder / NAME
    data = path.read_bytes()
    path.write_bytes(_flip(data, len(data) * 3 // 4 + 7))  # among the children, behind what opening reads


def test_damage_in_the_middle_is_found_after_an_unclean_end(closed):
    _damage_middle(closed)
    (closed / FLAG).touch()
    with pytest.raises(Problem, match="store_damaged"):
        Store.unlock(closed, KEY)


def test_damage_in_the_middle_is_found_by_verify_and_named_where_it_is_met(closed):
    _damage_middle(closed)
    store = Store.unlock(closed, KEY)
    assert any("HMAC" in found for found in store.integrity())
    path = closed / NAME
    data = path.read_bytes()
    for at in range(5000, len(data), 4096):  # every page but the first
        data = _flip(data, at)
    path.write_bytes(data)
    store.db.execute("PRAGMA shrink_memory")
    with pytest.raises(sqlcipher3.dbapi2.DatabaseError) as caught:
        store.db.execute("SELECT sum(length(notes)) FROM child").fetchone()
    assert problem_of(caught.value).name == "store_damaged"
    store.close()
    assert (closed / FLAG).exists()  # the next start looks


def test_a_mistake_of_ours_is_no_damage(store):
    with pytest.raises(sqlcipher3.dbapi2.OperationalError) as caught, library.translated():
        store.db.execute("SELECT * FROM nothing")
    assert problem_of(caught.value) is None
    assert problem_of(ValueError("x")) is None


def test_a_flag_lies_there_while_the_register_is_open(tmp_path):
    store = Store.create(tmp_path, KEY, META)
    assert (tmp_path / FLAG).exists()
    store.close()
    assert not (tmp_path / FLAG).exists()
    assert not (tmp_path / (NAME + "-wal")).exists()


def _left_open(folder, tmp_path):
    """Return a copy of a register as a power cut leaves it: with its WAL."""
    store = Store.unlock(folder, KEY)
    save(store, "Đã Ghi Một")
    save(store, "Đã Ghi Hai")
    cut = tmp_path / "cut"
    shutil.copytree(folder, cut)
    store.close()
    return cut


def test_after_a_cut_the_wal_brings_back_what_was_saved(closed, tmp_path):
    cut = _left_open(closed, tmp_path)
    assert (cut / (NAME + "-wal")).stat().st_size > 0
    with Store.unlocked(cut, KEY) as store:
        assert {row["full_name"] for row in store.rows("child")} >= {"Đã Ghi Một", "Đã Ghi Hai"}
        assert store.broken_chains() == []
        assert store.rebuilt_differences() == []


@pytest.mark.parametrize("place", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("way", ["flipped", "cut"])
def test_a_damaged_wal_gives_a_whole_older_state_or_a_name(closed, tmp_path, place, way):
    cut = _left_open(closed, tmp_path)
    wal = cut / (NAME + "-wal")
    data = wal.read_bytes()
    at = int(len(data) * place)
    wal.write_bytes(_flip(data, at) if way == "flipped" else data[:at])
    with suppress_named("store_damaged"), Store.unlocked(cut, KEY) as store:
        assert store.integrity() == []
        assert store.broken_chains() == []
        assert store.rebuilt_differences() == []
        assert store.count("child") in (120, 121, 122)


@contextlib.contextmanager
def suppress_named(name):
    try:
        yield
    except Problem as problem:
        if problem.name != name:
            raise


def test_a_newer_store_or_catalogue_is_refused_with_words(closed):
    for fact, value in (("store", "99"), ("catalogue", "999")):
        with Store.unlocked(closed, KEY) as store:
            old = store.meta(fact)
            store.set_meta(fact, value)
        with pytest.raises(Problem, match="store_too_new"):
            Store.unlock(closed, KEY)
        db = library.connect(closed / NAME, KEY)
        db.execute("UPDATE meta SET value = ? WHERE key = ?", (old, fact))
        db.conn.close()
    Store.unlock(closed, KEY).close()


def test_a_catalogue_that_changed_judges_every_row_again(closed):
    with Store.unlocked(closed, KEY) as store:
        store.set_meta("catalogue", str(catalogue.catalogue().version - 1))
        store.db.execute("UPDATE child SET full_name = 'Sai'")
    with Store.unlocked(closed, KEY) as store:
        assert store.count("child", "full_name = 'Sai'") == 0
        assert store.meta("catalogue") == str(catalogue.catalogue().version)


# --- the journal ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM op",
        "DELETE FROM op WHERE n = 1",
        "UPDATE op SET line = '{}'",
        "UPDATE op SET h = x'00'",
        "UPDATE op SET n = n + 1",
        "UPDATE op SET r = 'x', line = '{\"erased\":\"x'",
        "INSERT OR REPLACE INTO op SELECT s, n, c, r, g, '{}', h, bundle FROM op",
    ],
)
def test_the_journal_only_grows(store, sql):
    save(store)
    before = store.db.execute("SELECT * FROM op").fetchall()
    with pytest.raises(sqlcipher3.dbapi2.DatabaseError, match="only grows"):
        store.db.execute(sql)
    assert store.db.execute("SELECT * FROM op").fetchall() == before


def test_what_is_written_outside_the_journal_is_noticed(store):
    save(store)
    assert store.rebuilt_differences() == []
    store.db.execute("UPDATE child SET full_name = 'Ai Đó'")
    assert store.rebuilt_differences() == ["child"]
    store.db.execute("DROP TRIGGER op_fixed")
    store.db.execute("UPDATE op SET line = replace(line, 'Lý', 'Lê')")
    assert store.broken_chains() == [store.mine(UNIT).s]


def test_proving_the_tables_changes_nothing(store):
    save(store)
    before = store.db.execute("SELECT rowid, * FROM child").fetchall()
    store.rebuilt_differences()
    assert store.db.execute("SELECT rowid, * FROM child").fetchall() == before
    assert store.search("child", [["mai"]], 10)[1] == 1


def test_a_hole_in_the_numbers_is_noticed(store):
    for _ in range(3):
        save(store)
    store.db.execute("DROP TRIGGER op_keep")
    store.db.execute("DELETE FROM op WHERE n = 2")
    assert store.broken_chains() == [store.mine(UNIT).s]


# --- one unit of work ----------------------------------------------------------------------------------------------


def test_a_unit_of_work_is_whole_or_nothing(store):
    before = store.db.execute("SELECT count(*) FROM op").fetchone()
    with contextlib.suppress(RuntimeError), store.atomic():
        save(store, "Một")
        with store.atomic():
            save(store, "Hai")
        raise RuntimeError
    assert store.db.execute("SELECT count(*) FROM op").fetchone() == before
    assert store.count("child") == 0
    assert store.search("child", [["mot"]], 10) == ([], 0)
    assert store.meta("lamport") == "0"


def test_a_stream_of_an_undone_unit_of_work_is_forgotten(store):
    with contextlib.suppress(RuntimeError), store.atomic():
        save(store)
        raise RuntimeError
    save(store)
    assert store.broken_chains() == []
    assert store.rebuilt_differences() == []


def test_nothing_to_write_makes_no_change(store):
    assert store.write([], unit=UNIT, officer="x").changes == []
    assert store.write([Draft("child", change.new_id(), {})], unit=UNIT, officer="x").changes == []
    assert store.streams() == []


def test_readers_are_not_hindered_by_a_writer(store, tmp_path):
    """Three threads: one saves, two read from connections of their own and see only whole saves."""
    record = save(store, born="2000", phone="2000")
    wrong, done = [], threading.Event()

    def read():
        reader = library.connect(tmp_path / NAME, KEY, readonly=True)
        while not done.is_set():
            born, phone = reader.execute("SELECT born, phone FROM child").fetchone()
            if born != phone:
                wrong.append((born, phone))
        reader.conn.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for year in range(2001, 2030):
        save(store, record=record, born=str(year), phone=str(year))
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- one process a folder ------------------------------------------------------------------------------------------


def _try_lock(folder, answer):
    try:
        FolderLock(folder).release()
        answer.put("free")
    except Problem as problem:
        answer.put(problem.name)


def test_a_second_process_is_told_that_the_folder_is_in_use(tmp_path):
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()

    def ask():
        process = context.Process(target=_try_lock, args=(tmp_path, answer))
        process.start()
        found = answer.get(timeout=60)
        process.join()
        return found

    lock = FolderLock(tmp_path)
    assert ask() == "store_busy"
    with pytest.raises(Problem, match="store_busy"):
        FolderLock(tmp_path)
    lock.release()
    lock.release()
    assert ask() == "free"


# --- the access log ------------------------------------------------------------------------------------------------


def test_the_access_log_is_chained_and_no_part_of_the_journal(store):
    ledger = Ledger(store)
    for what in ("unlock", "read", "print"):
        ledger.log_access("Nông Thị Hạnh", what, "r", "3")
    rows = ledger.accesses()
    assert [row[0] for row in rows] == [1, 2, 3]
    assert len({row[6] for row in rows}) == 3
    assert ledger.access_head() == (3, rows[-1][6])
    assert ledger.unsent(None, UNIT) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are not those of Windows")
def test_a_folder_that_cannot_be_written_has_a_name(tmp_path, monkeypatch):
    monkeypatch.setattr("os.open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "denied")))
    with pytest.raises(Problem, match="read_only"):
        FolderLock(tmp_path)
