"""What processes of one server share: rows, signs, a table, and the wait for each other."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from apprenti.domain.errors import StoreError
from apprenti.store.board import Board, OwnSign, Peers, Rows, SharedTable, new_board
from apprenti.store.board.peers import LOOK_SECONDS
from apprenti.store.board.rows import ROWS_BYTES, Word
from apprenti.store.board.table import N_PLACES, N_TRIED


@contextmanager
def boards(n: int) -> Iterator[list[Board]]:
    number = new_board()
    try:
        yield [Board.join(number, row) for row in range(n)]
    finally:
        os.close(number)


def test_a_change_in_one_process_is_seen_in_all() -> None:
    with boards(2) as (first, second):
        mine, theirs = first.database_changed, second.database_changed
        before, tokens = theirs.now, second.callers_changed.now
        assert theirs.now == before
        mine.change()
        assert theirs.now != before
        assert second.callers_changed.now == tokens


def test_a_sign_of_one_process_changes_with_it_alone() -> None:
    sign = OwnSign()
    before = sign.now
    assert sign.now is before
    sign.change()
    assert sign.now is not before


def test_a_process_begun_again_has_taken_nothing_in_and_repeats_no_sign() -> None:
    with boards(2) as (first, second):
        number = first.table._number
        first.peers.tell(taken=5, written=2)
        first.database_changed.change()
        before = second.database_changed.now
        again = Board.join(number, 0)
        assert (again.rows.of(0, Word.TAKEN), again.rows.of(0, Word.WRITTEN)) == (0, 0)
        assert second.database_changed.now == before


def test_whoever_looks_waits_until_the_others_have_written() -> None:
    with boards(2) as (mine, theirs):
        peers, other = mine.peers, theirs.peers
        peers.settle()  # nothing waits
        other.tell(taken=3, written=1)
        assert not other.is_hurried()
        with pytest.raises(StoreError) as caught:
            Peers(mine.rows, patience_seconds=3 * LOOK_SECONDS).settle()
        assert caught.value.key == "answers_wait"
        assert other.is_hurried()
        assert not other.is_hurried()  # once
        other.tell(taken=3, written=3)
        peers.settle()


def test_nobody_waits_for_the_dead() -> None:
    with boards(2) as (mine, theirs):
        theirs.peers.tell(taken=3, written=1)
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        theirs.rows.put(Word.PROCESS, dead.pid)
        begun = time.monotonic()
        mine.peers.settle()
        assert time.monotonic() - begun < 1


def test_a_table_keeps_what_was_written_last_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    with boards(1) as (board,):
        table = board.table
        assert table.get("a") is None
        table.put("a", 1.5, 10.0)
        table.put("a", 0.5, 11.0)
        assert table.get("a") == (0.5, 11.0)
        monkeypatch.setattr("apprenti.store.board.table._places", lambda key: range(0, 32 * N_TRIED, 32))
        for n in range(N_TRIED + 1):
            table.put(f"crowd {n}", n, 20.0 + n)
        assert table.get("crowd 0") is None
        assert all(table.get(f"crowd {n}") == (n, 20.0 + n) for n in range(1, N_TRIED + 1))
        assert N_PLACES > 10_000


def _raise(number: int, n: int) -> None:
    table = Board.join(number, 1 + os.getpid() % 60).table
    for _ in range(n):
        with table.locked():
            level, _ = table.get("level") or (0.0, 0.0)
            table.put("level", level + 1, 0.0)


def test_processes_that_write_at_once_lose_nothing() -> None:
    number = new_board()
    fork = multiprocessing.get_context("fork")
    others = [fork.Process(target=_raise, args=(number, 500)) for _ in range(2)]
    for one in others:
        one.start()
    for one in others:
        one.join()
    assert Board.join(number, 0).table.get("level") == (1000.0, 0.0)
    os.close(number)


def test_the_table_lies_behind_the_rows() -> None:
    with boards(1) as (board,):
        board.table.put("word", 1.0, 1.0)
        assert isinstance(board.rows, Rows)
        assert isinstance(board.table, SharedTable)
        assert board.rows.others() == []
        assert ROWS_BYTES % 4096 == 0
