"""What the processes of one server tell each other, by a few pages of memory that all of them see."""

from apprenti.store.board.board import Board, new_board
from apprenti.store.board.peers import Peers
from apprenti.store.board.rows import MOST_PROCESSES, Rows
from apprenti.store.board.signs import OwnSign, SharedSign
from apprenti.store.board.table import SharedTable

__all__ = ["MOST_PROCESSES", "Board", "OwnSign", "Peers", "Rows", "SharedSign", "SharedTable", "new_board"]
