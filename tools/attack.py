"""Attack the logs of a practice register by somebody who holds the key, and write what is found to ``docs/attacks.md``.

Each attack opens the database itself, drops the triggers that let the logs only grow, and changes lines; the strongest
also compute the chain anew, so that it holds in itself, and forge what the register remembers of earlier heads. Then
the register is opened as always and ``verify`` speaks; at the end the receiver does. The tests play the same attacks
(``tests/unit/test_proof.py``). All records are invented.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cbdesk import change, clock, desk, keys, proof, words  # noqa: E402
from cbdesk.desk import Desk  # noqa: E402
from cbdesk.desk.opening import NAME  # noqa: E402
from cbdesk.store.library import Database, connect  # noqa: E402

TARGET = ROOT / "docs" / "attacks.md"
OFFICER, PASSWORD = "Nông Thị Hạnh", "mật khẩu"
Attack = Callable[[Database, str], None]
AT = 5
"""The entry that is attacked; there are more behind it."""


class Pair(NamedTuple):
    """A commune and its receiver, both closed, the last answer of the receiver on the stick."""

    commune: Path
    receiver: Path
    stick: Path
    stream: str


def prepare(home: Path, children: int = 12) -> Pair:
    """Make a commune with some children and a receiver that holds the beginning of its journal."""
    pair = Pair(home / "commune", home / "receiver", home / "stick", "")
    pair.stick.mkdir(parents=True)
    one = desk.setup(pair.commune, role="commune", unit="01321", officer=OFFICER, password=PASSWORD, practice=True).desk
    other = desk.setup(pair.receiver, role="receiver", unit="04", officer="Lê Minh Đức", password=PASSWORD,
                       practice=True).desk  # fmt: skip
    other.enrol(one.card_bytes(), one.fingerprint)
    one.enrol(other.card_bytes(), other.fingerprint)
    for n in range(children):
        one.save("child", {"full_name": f"Lý Thị Mẫu {n}", "born": f"2015-03-{n + 1:02}"})
        one.log("print", detail=f"at_risk 2026-10 {n}")
    _exchange(one, other, pair.stick)
    stream = one.stream
    one.close()
    other.close()
    return Pair(pair.commune, pair.receiver, pair.stick, stream)


def _exchange(one: Desk, other: Desk, stick: Path) -> None:
    one.send(stick)
    other.receive([stick])
    one.receive([stick])


def play(pair: Pair, attack: Attack) -> None:
    """Do one attack on the closed commune, with the key; the triggers go first and are put back afterwards."""
    key = keys.open_with_password(keys.load(pair.commune), OFFICER, PASSWORD)
    db = connect(pair.commune / NAME, key)
    guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN "
                        "('op_keep', 'op_fixed', 'access_keep', 'access_fixed')").fetchall()  # fmt: skip
    for name, _ in guards:
        db.execute(f"DROP TRIGGER {name}")
    attack(db, pair.stream)
    for _, sql in guards if attack is not leave_unguarded else ():
        db.execute(sql)
    db.conn.close()


# --- what is done ----------------------------------------------------------------------------------------------------


def change_line(db: Database, s: str) -> None:
    """Another name in one line of the journal."""
    db.execute("UPDATE op SET line = replace(line, 'Mẫu', 'Khác') WHERE s = ? AND n = ?", (s, AT))


def remove_line(db: Database, s: str) -> None:
    """One line of the journal is deleted."""
    db.execute("DELETE FROM op WHERE s = ? AND n = ?", (s, AT))


def remove_and_renumber(db: Database, s: str) -> None:
    """One line is deleted and the others move up, as if it had never been."""
    db.execute("DELETE FROM op WHERE s = ? AND n = ?", (s, AT))
    for (n,) in db.execute("SELECT n FROM op WHERE s = ? AND n > ? ORDER BY n", (s, AT)).fetchall():
        db.execute("UPDATE op SET n = n - 1 WHERE s = ? AND n = ?", (s, n))
    db.execute("UPDATE stream SET n = n - 1 WHERE s = ?", (s,))


def swap_lines(db: Database, s: str) -> None:
    """Two lines of the journal change places."""
    rows = dict(db.execute("SELECT n, line FROM op WHERE s = ? AND n IN (?, ?)", (s, AT, AT - 3)).fetchall())
    for n, other in ((AT, AT - 3), (AT - 3, AT)):
        db.execute("UPDATE op SET line = ? WHERE s = ? AND n = ?", (rows[other], s, n))


def insert_line(db: Database, s: str) -> None:
    """A line nobody wrote is put in; the others move down."""
    for (n,) in db.execute("SELECT n FROM op WHERE s = ? AND n >= ? ORDER BY n DESC", (s, AT)).fetchall():
        db.execute("UPDATE op SET n = n + 1 WHERE s = ? AND n = ?", (s, n))
    db.execute(
        "INSERT INTO op SELECT s, ?, c, r, g, replace(line, 'Mẫu', 'Thừa'), h, bundle FROM op WHERE s = ? AND n = ?",
        (AT, s, AT - 1),
    )
    db.execute("UPDATE stream SET n = n + 1 WHERE s = ?", (s,))


def rewrite(db: Database, s: str) -> None:
    """One line is changed and the whole chain behind it computed anew: it holds in itself."""
    change_line(db, s)
    _chain_again(db, s)


def rewrite_and_forget(db: Database, s: str) -> None:
    """The same; and all the register itself remembers of earlier heads is removed: bundles, peers, proofs."""
    rewrite(db, s)
    db.execute("DELETE FROM bundle")
    db.execute("UPDATE peer SET have = '{}', heard = NULL")
    db.execute("DELETE FROM meta WHERE key IN ('proved', 'faults')")


def cut(db: Database, s: str) -> None:
    """The last lines are deleted and the head set back."""
    db.execute("DELETE FROM op WHERE s = ? AND n > ?", (s, AT))
    _chain_again(db, s)


def _chain_again(db: Database, s: str) -> None:
    head, n = change.GENESIS, 0
    for n, line in db.execute("SELECT n, line FROM op WHERE s = ? ORDER BY n", (s,)).fetchall():
        head = change.link(head, line.encode())
        db.execute("UPDATE op SET h = ? WHERE s = ? AND n = ?", (head, s, n))
    db.execute("UPDATE stream SET n = ?, h = ? WHERE s = ?", (n, head, s))


def change_access(db: Database, _s: str) -> None:
    """In the access log a print becomes another."""
    db.execute("UPDATE access SET detail = 'special 2026-10 1' WHERE n = ?", (AT,))


def remove_access(db: Database, _s: str) -> None:
    """An entry of the access log is deleted."""
    db.execute("DELETE FROM access WHERE n = ?", (AT,))


def remove_access_and_renumber(db: Database, _s: str) -> None:
    """An entry is deleted and the others move up."""
    db.execute("DELETE FROM access WHERE n = ?", (AT,))
    for (n,) in db.execute("SELECT n FROM access WHERE n > ? ORDER BY n", (AT,)).fetchall():
        db.execute("UPDATE access SET n = n - 1 WHERE n = ?", (n,))


def swap_access(db: Database, _s: str) -> None:
    """Two entries change places."""
    db.execute("UPDATE access SET n = -1 WHERE n = ?", (AT,))
    db.execute("UPDATE access SET n = ? WHERE n = ?", (AT, AT + 1))
    db.execute("UPDATE access SET n = ? WHERE n = -1", (AT + 1,))


def insert_access(db: Database, _s: str) -> None:
    """An entry nobody made is put in; the others move down."""
    for (n,) in db.execute("SELECT n FROM access WHERE n >= ? ORDER BY n DESC", (AT,)).fetchall():
        db.execute("UPDATE access SET n = n + 1 WHERE n = ?", (n,))
    db.execute("INSERT INTO access SELECT ?, at, by, 'view', record, '', h FROM access WHERE n = ?", (AT, AT - 1))


def rewrite_access(db: Database, s: str) -> None:
    """An entry is changed and the chain behind it computed anew."""
    change_access(db, s)
    head = change.GENESIS
    for n, *told in db.execute("SELECT n, at, by, what, record, detail FROM access ORDER BY n").fetchall():
        head = change.link(head, proof.access_line(n, proof.access_body(*told)))
        db.execute("UPDATE access SET h = ? WHERE n = ?", (head, n))


def rewrite_access_and_forget(db: Database, s: str) -> None:
    """The same, and all the register itself remembers of earlier heads is removed."""
    rewrite_access(db, s)
    db.execute("DELETE FROM bundle")
    db.execute("DELETE FROM meta WHERE key IN ('proved', 'faults')")


def cut_access(db: Database, _s: str) -> None:
    """The last entries of the access log are deleted."""
    db.execute("DELETE FROM access WHERE n > ?", (AT,))


def leave_unguarded(_db: Database, _s: str) -> None:
    """Nothing is changed yet; only the triggers that let the logs do nothing but grow are not put back."""


JOURNAL: tuple[Attack, ...] = (
    change_line, remove_line, remove_and_renumber, swap_lines, insert_line, rewrite, cut,
    leave_unguarded)  # fmt: skip
ACCESS: tuple[Attack, ...] = (
    change_access, remove_access, remove_access_and_renumber, swap_access, insert_access, rewrite_access,
    cut_access)  # fmt: skip
FORGERS: tuple[Attack, ...] = (rewrite_and_forget, rewrite_access_and_forget)
"""Those who also forge what the register remembers; only somebody outside can say."""


def forget_outside(state: Path) -> None:
    """Remove the witness outside, as somebody who knows the program would."""
    for path in (state / "CBDesk" / "witness").glob("*.json"):
        path.unlink()


# --- the document ----------------------------------------------------------------------------------------------------

HEAD = """\
# Đánh vào nhật ký · Attacks on the logs

Trang này do `tools/attack.py` viết (`make attack`). Mỗi lần đánh làm trên một sổ tập huấn có {children} trẻ bịa: người
đánh biết mật khẩu, mở thẳng cơ sở dữ liệu, bỏ các khóa chống sửa (trigger), sửa quanh dòng số {at}, rồi đặt khóa lại.
Sau đó sổ được mở như mọi ngày: “mở sổ nói” là lỗi tìm thấy ngay khi mở, “`verify` nói” là câu của `cbdesk verify`.

Written by `tools/attack.py` (`make attack`). Each attack is played on a practice register of {children} invented
children by somebody who knows the password: the database itself is opened, the triggers removed, entry {at} worked on,
the triggers put back. Then the register is opened as on any day. What no register can see is told at the end.
"""

FOOT = """
## Giới hạn · What is not seen

Những thay đổi chưa gói nào mang đi, chưa ghi ở dấu ngoài sổ, và chưa qua lần mở nào thì không ai ngoài máy này biết:
người có mật khẩu viết lại phần đó thì không tìm ra được (`spec/bundle.md` 7, mục 5). Gửi gói thường xuyên làm phần đó
ngắn lại. Ai sửa cả chương trình thì có thể nói dối về sổ của mình, nhưng không đổi được chuỗi tỉnh đã giữ.

Entries that no bundle has carried, that stand in no witness and that no opening has proved are known to nobody else:
whoever has the password can rewrite that part unseen (`spec/bundle.md` 7, threat 5). Sending often keeps it short.
Whoever changes the program itself can lie about their own register, but cannot change the chain the province holds.
"""


def document(home: Path, state: Path) -> str:
    """Play all attacks and return the page."""
    children = 12
    first = prepare(home / "first", children)
    parts = [HEAD.format(children=children, at=AT)]
    for title, attacks in (("Nhật ký thay đổi · The journal", JOURNAL), ("Nhật ký truy cập · The access log", ACCESS)):
        parts.append(f"\n## {title}\n")
        parts += [_played(first, attack, state) for attack in attacks]
    parts.append("\n## Xóa cả dấu vết trong sổ · All that the register remembers is forged too\n")
    parts += [_forged(first, attack, state) for attack in FORGERS]
    parts.append(FOOT)
    return "".join(parts)


def _played(pair: Pair, attack: Attack, state: Path) -> str:
    kept = _keep(pair, state)
    try:
        play(pair, attack)
        one = desk.unlock(pair.commune, OFFICER, PASSWORD)
        at_once = [desk.fault_text(fault) for fault in one.faults]
        found = one.verify()
        one.close()
        return _section(attack, pair, at_once, found["problems"])
    finally:
        _bring_back(pair, state, kept)


def _forged(pair: Pair, attack: Attack, state: Path) -> str:
    """The forger also removes the witness; the receiver's answer on the stick and the receiver itself speak."""
    kept = _keep(pair, state)
    try:
        play(pair, attack)
        forget_outside(state)
        one = desk.unlock(pair.commune, OFFICER, PASSWORD)
        answer = max(pair.stick.glob("04-*.cbd"), key=lambda path: path.stat().st_mtime)
        alone, beside = one.verify()["problems"], one.verify(answer)["problems"]
        other = desk.unlock(pair.receiver, "Lê Minh Đức", PASSWORD)
        stick = pair.stick.parent / "again"
        stick.mkdir()
        for n in range(2):  # the first answer asks for the head the receiver held
            one.save("child", {"full_name": f"Lý Thị Sau {n}"})
            _exchange(one, other, stick)
        told = [fault.text for fault in other.log_faults()]
        one.close()
        other.close()
        text = _section(attack, pair, [], alone)
        text += _told(f"`verify --against {answer.name[:6]}…cbd` (gói trả lời của tỉnh)", _masked(pair, beside))
        return text + _told("tỉnh, sau hai gói kế tiếp, nói", _masked(pair, told))
    finally:
        shutil.rmtree(pair.stick.parent / "again", ignore_errors=True)
        _bring_back(pair, state, kept)


def _section(attack: Attack, pair: Pair, at_once: list[str], problems: list[str]) -> str:
    said = (attack.__doc__ or "").strip()
    text = f"\n### `{attack.__name__}`\n\n{said}\n"
    text += _told("mở sổ nói", _masked(pair, at_once)) if at_once else ""
    return text + _told("`verify` nói", _masked(pair, problems))


def _told(who: str, lines: list[str]) -> str:
    return f"\n{who}:\n\n" + "".join(f"> {line}\n>\n" for line in lines).removesuffix(">\n") if lines else (
        f"\n{who}: không có gì.\n")  # fmt: skip


def _masked(pair: Pair, lines: list[str]) -> list[str]:
    return [line.replace(pair.stream[:8], "…") for line in lines]


def _keep(pair: Pair, state: Path) -> Path:
    kept = Path(tempfile.mkdtemp(prefix="cbdesk-attack-"))
    for path in (pair.commune, pair.receiver, pair.stick, state):
        shutil.copytree(path, kept / path.name)
    return kept


def _bring_back(pair: Pair, state: Path, kept: Path) -> None:
    for path in (pair.commune, pair.receiver, pair.stick, state):
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(kept / path.name, path)
    shutil.rmtree(kept)


def main() -> int:
    """Write the page; ``--json`` prints what was found instead."""
    import os

    with tempfile.TemporaryDirectory(prefix="cbdesk-attack-") as home:
        state = Path(home) / "state"
        os.environ["XDG_STATE_HOME"] = str(state)
        words.set_language("vi")
        clock.set_fixed("2026-11-02T08:00:00")
        written = document(Path(home), state)
    if "--json" in sys.argv:
        print(json.dumps({"page": written}, ensure_ascii=False))
    else:
        TARGET.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
