"""The doors opened together on one address: the API and the pages, over the same models in memory."""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from apprenti.domain.errors import OptionError
from apprenti.texts import Lang, say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from apprenti.api.guard import Door
    from apprenti.domain.report import Report
    from apprenti.stages.predict import Predictor

MAX_BODY_BYTES = 20_000_000
KEEP_ALIVE_SECONDS = 15
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


def serve(
    paths: Sequence[Path], *, host: str, port: int, n_workers: int, lang: Lang, tell: Callable[[str], None]
) -> None:
    """Serve model files over HTTP until Ctrl-C.

    Args:
        paths: ``.apprenti`` files; each is served under the name of its file.
        host: name or address to listen on; anything but this machine's own is warned about.
        port: to listen on; 0 takes a free one.
        n_workers: photos looked at side by side.
        lang: what the person at the terminal reads.
        tell: writes a line to that person.

    Raises:
        ModelFileError: a file is not a whole model.
        OptionError: two models of one name, or an address that cannot be listened on.
    """
    import uvicorn

    from apprenti.api.unreadable import Http

    models = load_models(paths)
    door = open_door(host)
    app = build_app(models, door=door, n_workers=n_workers)
    with listen(host, port) as listening:
        for line in greeting(listening, host, list(models), lang):
            tell(line)
        config = uvicorn.Config(
            app,
            http=Http,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:  # the usual way to stop; requests under way have been answered
            tell(say("cli.stopped", lang))


def load_models(paths: Sequence[Path]) -> dict[str, Predictor]:
    """Return the models by the names they are served under."""
    from apprenti.flow.predict import open_model

    models: dict[str, Predictor] = {}
    for path in paths:
        name = model_name(path)
        if name in models:
            raise OptionError("same_model_name", name=name)
        models[name] = open_model(path)
    return models


def model_name(path: Path) -> str:
    """Return the name a file is served under: its own, with what does not belong in an address replaced.

    Example:
        >>> model_name(Path("models/My photos.apprenti"))
        'My-photos'
    """
    return _NOT_IN_A_NAME.sub("-", path.stem).strip("-.") or "model"


def build_app(models: Mapping[str, Predictor], *, door: Door, n_workers: int) -> FastAPI:
    """Return the application with its pages."""
    from apprenti.api.app import create_app
    from apprenti.web.pages import make_pages

    pages = make_pages(models, render_report=_render_report, max_body_bytes=door.max_body_bytes)
    return create_app(models, door=door, n_workers=n_workers, pages=[pages])


def open_door(host: str) -> Door:
    """Return whom a server listening on ``host`` answers."""
    from apprenti.api.guard import Door

    everywhere = is_every_address(host)
    own = (
        {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}
        if everywhere
        else {host.lower()}
    )
    return Door(names=_LOOPBACK_NAMES | own, any_address=everywhere, max_body_bytes=MAX_BODY_BYTES)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host`` and ``port``.

    Raises:
        OptionError: the port is taken or not allowed, or the address is not one of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise OptionError("address_not_here", host=host) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise _said(error, host, port) from error
    return listening


def greeting(listening: socket.socket, host: str, names: Sequence[str], lang: Lang) -> list[str]:
    """Return what the person at the terminal needs: the address, how to ask, a warning where it is due."""
    reachable = "127.0.0.1" if is_every_address(host) else host
    port = listening.getsockname()[1]
    address = f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
    lines = [] if is_this_machine_only(host) else [say("cli.open_to_network", lang, host=host), ""]
    lines += [say("cli.serving", lang, address=f"{address}/"), ""]
    lines += [f"  curl --data-binary @photo.jpg {address}/v1/models/{quote(name)}/predict" for name in names]
    return [*lines, "", say("cli.how_to_stop", lang)]


def is_this_machine_only(host: str) -> bool:
    """Return whether nobody but this machine can reach ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_every_address(host: str) -> bool:
    """Return whether ``host`` stands for all addresses of this machine (``0.0.0.0``, ``::``)."""
    try:
        return ipaddress.ip_address(host or "0.0.0.0").is_unspecified  # noqa: S104 it is asked about, not used
    except ValueError:
        return False


def _render_report(report: Report, lang: Lang) -> str:
    from apprenti.stages.report import render

    return render(report, lang=lang)


def _said(error: OSError, host: str, port: int) -> OptionError:
    if error.errno == errno.EADDRINUSE:
        return OptionError("port_in_use", port=str(port), host=host)
    if error.errno in (errno.EACCES, errno.EPERM):
        return OptionError("port_not_allowed", port=str(port))
    return OptionError("address_not_here", host=host)
