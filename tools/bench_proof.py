"""Proving the logs at an opening, against hashing the same bytes once."""

from __future__ import annotations

import hashlib

import bench_registers as registers
from bench_measures import SIZES, Pairs, measure, took

from cbdesk.store import Draft
from cbdesk.store.chains import ROUND, ROUNDS

CHANGED = 200


@measure
def verify_open() -> Pairs:
    """An ordinary opening: the changes of a working day are new, a tenth of the journal is proved again."""
    with registers.copy(registers.commune()) as folder:
        book = registers.opened(folder)
        ids, stream = [row["id"] for row in book.all_rows("child")], book.stream
        for turn in range(12):
            book._write(Draft("child", ids[n], {"phone": f"09{turn:02}{n:06}"}) for n in range(CHANGED))
            streams = [book.store.stream(one.s) for one in book.store.streams()]
            pieces = [(one.s, min(one.n, max(ROUND, -(-one.n // ROUNDS)))) for one in streams]
            lines = [line for s, n in pieces for line in book.store.lines(s, 0, n).splitlines()]
            lines += book.store.lines(stream, book.store.stream(stream).n - CHANGED).splitlines()
            SIZES.update(changes=sum(one.n for one in streams), proved=len(lines), bytes=sum(map(len, lines)))
            yield took(book.prove_opening, {}), took(_hash, lines)
        book.close()


def _hash(lines: list[bytes]) -> None:
    whole = hashlib.sha256()
    for line in lines:
        whole.update(hashlib.sha256(line).digest())
