"""The service on one address: its folder locked, its first token shown once, its workers beside it."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from apprenti.children import Children
from apprenti.domain.errors import OptionError
from apprenti.opening import Place, open_service, place_told, sole_server
from apprenti.server import KEEP_ALIVE_SECONDS, is_every_address, is_this_machine_only, listen, open_door
from apprenti.settings import Settings
from apprenti.texts import Lang, say
from apprenti.workers import start_workers

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from apprenti.api.entrance import EntranceRules
    from apprenti.api.guard import Door
    from apprenti.flow.service.service import Service
    from apprenti.store.board import Board

MAX_BODY_BYTES = 64_000_000
SHUTDOWN_SECONDS = 20
CLOSING_SECONDS = 5
DEFAULT_RATE = 200
_FILES = ("tls_cert", "tls_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """How a service is served.

    Args:
        host: name or address to listen on.
        port: to listen on; 0 takes a free one.
        names: other names it answers under, such as that of a proxy before it.
        tls_cert: file of the certificate, with those it rests on.
        tls_key: file of its key.
        insecure_http: whether tokens and photos may travel unencrypted to other machines.
        n_workers: processes that train.
        rate: requests a token may make in a second; 0 for any number.
        new_token: make another operator's token and show it: the first was lost.
        n_processes: that answer, on one address.
    """

    host: str
    port: int
    names: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    insecure_http: bool = False
    n_workers: int = 1
    rate: int = DEFAULT_RATE
    new_token: bool = False
    n_processes: int = 1


def serve_service(
    place: Place,
    options: ServeOptions,
    *,
    settings: Settings,
    environment: Mapping[str, str],
    lang: Lang,
    tell: Callable[[str], None],
) -> None:
    """Serve a service until Ctrl-C or SIGTERM; requests under way are answered first.

    Args:
        place: where the service keeps everything.
        options: how it is served.
        settings: what the machine decides.
        environment: keys of S3-compatible storage.
        lang: what the person at the terminal reads.
        tell: writes a line to that person.

    Raises:
        OptionError: the address is open to others and nothing protects what travels, or cannot be listened on; or
            another server has the folder.
        StoreError: the database or the storage does not answer.
    """
    refuse_unprotected(options)
    # uvicorn sends itself the signal that stopped it, once it has stopped: it must not kill us before we tidy up
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with (
            sole_server(place),
            open_service(place, environment) as service,
            listen(options.host, options.port) as listening,
        ):
            address = address_of(listening, options)
            for line in [
                *_token_lines(service, options, address, lang),
                *greeting(listening, options, place, lang),
            ]:
                tell(line)
            with start_workers(place, options.n_workers):
                if options.n_processes > 1:
                    _run_processes(place, options, listening, n_processors=settings.n_workers)
                else:
                    answer(service, listening, options, n_threads=settings.n_workers)
    except KeyboardInterrupt:
        tell(say("cli.stopped", lang))
    finally:
        signal.signal(signal.SIGTERM, before)


def refuse_unprotected(options: ServeOptions) -> None:
    """Pass where nobody can read what travels, or whoever serves said that it may be read.

    Raises:
        OptionError: tokens would travel unencrypted; or half of what TLS takes is missing.
    """
    if (options.tls_cert is None) != (options.tls_key is None):
        raise OptionError("tls_halved")
    for path in filter(None, (options.tls_cert, options.tls_key)):
        if not path.is_file():
            raise OptionError("tls_file_missing", path=str(path))
    protected = options.tls_cert is not None or options.insecure_http
    if not protected and not is_this_machine_only(options.host):
        raise OptionError("open_unprotected", host=options.host)


def service_door(options: ServeOptions) -> Door:
    """Return whom the service answers and how much it takes in."""
    from apprenti.api.v1.archives import ARCHIVES, MOST_BYTES

    door = open_door(options.host)
    names = door.names | {name.lower() for name in options.names}
    return replace(door, names=names, max_body_bytes=MAX_BODY_BYTES, large={ARCHIVES: MOST_BYTES})


def address_of(listening: socket.socket, options: ServeOptions) -> str:
    """Return where the service is reached from this machine: ``http://127.0.0.1:8000``."""
    reachable = "127.0.0.1" if is_every_address(options.host) else options.host
    named = f"[{reachable}]" if ":" in reachable else reachable
    scheme = "https" if options.tls_cert else "http"
    return f"{scheme}://{named}:{listening.getsockname()[1]}"


def greeting(listening: socket.socket, options: ServeOptions, place: Place, lang: Lang) -> list[str]:
    """Return what the person at the terminal needs: the address, where everything lies, how to stop."""
    address = address_of(listening, options)
    lines = []
    if not is_this_machine_only(options.host) and not options.tls_cert:
        lines = [say("cli.service_unencrypted", lang, host=options.host), ""]
    return [
        *lines,
        say("cli.service_page", lang, address=f"{address}/"),
        say("cli.service_serving", lang, address=f"{address}/v1", folder=str(place.folder)),
        "",
        f'  curl -H "Authorization: Token SECRET" {address}/v1/tasks',
        "",
        say("cli.how_to_stop", lang),
    ]


def _token_lines(service: Service, options: ServeOptions, address: str, lang: Lang) -> list[str]:
    """Return the secret of a token that was made now; nothing but its hash is kept."""
    from apprenti.domain.service import Role
    from apprenti.flow.service.access import ITSELF, begin_service, create_token

    made = begin_service(service)
    if made is None and options.new_token:
        made = create_token(service, ITSELF, None, name="made at a start", role=Role.OPERATOR)
    if made is None:
        return []
    # behind the #, so that no browser sends it and no log has it
    link = f"  {address}/enter#{made.secret}"
    return [
        say("cli.service_token", lang),
        "",
        f"  {made.secret}",
        "",
        say("cli.service_enter", lang),
        "",
        link,
        "",
    ]


@contextmanager
def start_processes(
    place: Place, options: ServeOptions, listening: socket.socket, *, n_processors: int
) -> Iterator[Children]:
    """Begin the processes that answer, on the socket of this one; end them with the block.

    A connection waits in the socket, which is everybody's, so that none is lost with a process that dies.
    """
    from apprenti.store.board import new_board

    board = new_board()
    try:
        told = {
            "place": place_told(place),
            "options": options_told(options),
            "n_threads": max(1, n_processors // options.n_processes),
            "socket": listening.fileno(),
            "board": board,
        }
        processes = Children(
            "server",
            ("-m", "apprenti.server_process"),
            [json.dumps({**told, "row": row}) for row in range(options.n_processes)],
            stop_seconds=SHUTDOWN_SECONDS + CLOSING_SECONDS,
            files=(listening.fileno(), board),
        )
        try:
            yield processes
        finally:
            processes.begin_no_more()
            listening.close()  # whoever comes now is refused at once, and comes back
            processes.stop()
    finally:
        os.close(board)


def _run_processes(
    place: Place, options: ServeOptions, listening: socket.socket, *, n_processors: int
) -> None:
    with start_processes(place, options, listening, n_processors=n_processors):
        threading.Event().wait()  # until a signal


def options_told(options: ServeOptions) -> dict[str, Any]:
    """Return options as JSON, for a process that answers; see ``options_from``."""
    files = {name: str(path) if (path := getattr(options, name)) else None for name in _FILES}
    return {**asdict(options), **files}


def options_from(told: Mapping[str, Any]) -> ServeOptions:
    """Return the options that ``options_told`` said.

    Example:
        >>> some = ServeOptions(host="::1", port=8000, names=("box",), tls_cert=Path("c.pem"), tls_key=Path("k.pem"))
        >>> options_from(options_told(some)) == some
        True
    """
    files = {name: Path(told[name]) if told[name] else None for name in _FILES}
    return ServeOptions(**{**told, **files, "names": tuple(told["names"])})


def answer(
    service: Service,
    listening: socket.socket,
    options: ServeOptions,
    *,
    n_threads: int,
    board: Board | None = None,
    hears: Callable[[int], bool] = lambda _: True,
) -> None:
    """Answer on a socket until a signal.

    Args:
        service: what answers.
        listening: where.
        options: how.
        n_threads: images looked at side by side.
        board: what is shared with other processes on the same socket.
        hears: whether a signal concerns this process.
    """
    door, rules = service_door(options), _rules(options)
    app = build_service_app(service, door=door, rules=rules, n_threads=n_threads, board=board)
    _run(app, listening, options, hears)


def build_service_app(
    service: Service, *, door: Door, rules: EntranceRules, n_threads: int, board: Board | None = None
) -> FastAPI:
    """Return the application of a service with all its doors and the rooms of its page.

    Args:
        service: what answers.
        door: whom it answers and how much it takes in.
        rules: who comes in, and how often.
        n_threads: images looked at side by side.
        board: what is shared with other processes on the same address.
    """
    from apprenti.api.doors import OPEN_BELOW, other_doors
    from apprenti.api.entrance import CALLER
    from apprenti.api.refusals import PAGES, refuse
    from apprenti.api.service_app import create_service_app
    from apprenti.api.v1.archives import ARCHIVES
    from apprenti.stages.report import LessonsAt, render
    from apprenti.web.rooms import make_rooms

    rooms = make_rooms(
        service,
        caller_of=lambda request: request.scope[CALLER],
        forget_callers=lambda: app.state.callers.forget(),
        render_report=lambda report, lang, run: render(
            report, lang=lang, lessons=LessonsAt(run=run) if run else None
        ),
    )
    rules = replace(
        rules,
        open_paths=rules.open_paths | rooms.open_paths,
        knocking_paths=rules.knocking_paths | rooms.knocking_paths,
        open_below=OPEN_BELOW,
        long_paths=frozenset({ARCHIVES}),
    )
    others = other_doors(service)
    doors = replace(
        others,
        routers=(*others.routers, rooms.router),
        # the first that a path begins with
        dialects={**others.dialects, "/v1": refuse, "/rooms": refuse, PAGES: rooms.refuse},
    )
    app = create_service_app(service, door=door, rules=rules, doors=doors, n_threads=n_threads, board=board)
    return app


def _rules(options: ServeOptions) -> EntranceRules:
    from apprenti.api.entrance import EntranceRules
    from apprenti.api.rates import Rate

    return EntranceRules(requests=Rate(per_second=options.rate, burst=2 * options.rate))


def _run(app: FastAPI, listening: socket.socket, options: ServeOptions, hears: Callable[[int], bool]) -> None:
    import uvicorn

    from apprenti.api.unreadable import Http

    config = uvicorn.Config(
        app,
        http=Http,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # anybody on this machine could name another client as the sender
        lifespan="off",
        ws="none",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        ssl_certfile=options.tls_cert,
        ssl_keyfile=options.tls_key,
    )
    _server(config, app.state.streams.close, hears).run(sockets=[listening])


def _server(
    config: uvicorn.Config, stop_streams: Callable[[], None], hears: Callable[[int], bool]
) -> uvicorn.Server:
    """Return a server that ends its event streams when it is told to stop, instead of waiting for them."""
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if hears(sig):
                stop_streams()
                super().handle_exit(sig, frame)

    return Server(config)
