"""One of several processes that answer on one address: begun by ``service_server.py``, which keeps them alive.

It takes connections from the socket it was given, shares paces of tokens and signs of change with the others
(``store/board/``), and ends when it is told to, or when whoever began it is gone.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from contextlib import suppress

from apprenti.children import first_line, when_input_ends
from apprenti.opening import open_service, place_from
from apprenti.service_server import answer, options_from


def main() -> int:
    """Answer until told to stop."""
    from apprenti.store.board import Board

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches whoever began us too, which then says so
    # uvicorn sends itself the signal that stopped it, once it has stopped: it must not kill us before we tidy up
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        told = json.loads(first_line())
        when_input_ends(lambda: os.kill(os.getpid(), signal.SIGTERM))
        board = Board.join(told["board"], told["row"])
        with (
            open_service(place_from(told["place"]), os.environ, board=board) as service,
            socket.socket(fileno=told["socket"]) as listening,
        ):
            answer(
                service,
                listening,
                options_from(told["options"]),
                n_threads=told["n_threads"],
                board=board,
                hears=lambda sign: sign != signal.SIGINT,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
