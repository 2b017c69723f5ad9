"""What a guesser pays for each try at a password: measured beside a bare hash, by processor time (``bench.py``)."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable

from bench_measures import SIZES, Pairs, measure

from cbdesk import wrapping

TRIES, TURNS, HASHES = 1_000, 7, 200_000


@measure
def keys_rate() -> Pairs:
    """A thousand tries at the cost a register made on this machine has, and the same by SHA-256 of salt and password.

    Processor time counts, so the figure is per core however many lanes run; one try stands for the thousand.
    """
    cost, salt, pairs = wrapping.calibrate(), os.urandom(16), []
    for turn in range(TURNS + 1):
        ours = _busy(lambda turn=turn: wrapping.password_key(f"trau xanh {turn}", salt, cost)) * TRIES
        bare = _busy(lambda: _hashed(salt)) / HASHES * TRIES
        if turn:  # the first only brings the memory
            pairs.append((ours * 1000, bare * 1000))
    seconds = sorted(ours for ours, _ in pairs)[len(pairs) // 2] / 1000 / TRIES
    bare_seconds = sorted(bare for _, bare in pairs)[len(pairs) // 2] / 1000 / TRIES
    SIZES.update(tries=TRIES, memory_mib=cost.m // wrapping.MIB, passes=cost.t, lanes=cost.p,
                 tries_per_second_per_core=round(1 / seconds, 2),
                 sha256_per_second_per_core=round(1 / bare_seconds))  # fmt: skip
    return pairs


def _hashed(salt: bytes) -> None:
    for at in range(HASHES):
        hashlib.sha256(salt + b"trau xanh nui ngot %d" % at).digest()


def _busy(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
