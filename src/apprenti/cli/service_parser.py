"""The commands about a service: how it is served, whether it is well, its workspaces and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from apprenti.cli.parsing import Parser, add_command, add_shared, whole

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
HOSTS = {"allow-host": "hosts", "allow-private-host": "private_hosts"}
ROLES = ("reader", "editor", "owner", "operator")


def add_address(command: Parser) -> None:
    """Add where a server listens."""
    add = command.options.add_argument
    add("--host", default=DEFAULT_HOST, metavar="HOST", help=command.word("host"))
    add(
        "--port",
        type=whole("--port", 0, 65535),
        default=DEFAULT_PORT,
        metavar="PORT",
        help=command.word("port"),
    )


def add_place(command: Parser) -> None:
    """Add where a service keeps everything."""
    add = command.options.add_argument
    add("--data", type=Path, metavar=command.word("folder_name"), help=command.word("service_data"))
    for name in ("database", "blobs"):
        add(f"--{name}", metavar="URL", help=command.word(f"service_{name}"))


def add_service(command: Parser) -> None:
    """Add the options of ``serve`` that only mean something without models."""
    add_place(command)
    add = command.options.add_argument
    for name in ("tls-cert", "tls-key"):
        words = command.word(f"service_{name.replace('-', '_')}")
        add(f"--{name}", type=Path, metavar=command.word("file_name"), help=words)
    _add_hosts(command, {"name": "names", **HOSTS})
    for name, least, most in (("workers", 0, 64), ("processes", 1, 64), ("rate", 0, 1_000_000)):
        add(
            f"--{name}",
            type=whole(f"--{name}", least, most),
            metavar="N",
            help=command.word(f"service_{name}"),
        )
    for name in ("insecure-http", "new-token"):
        add(f"--{name}", action="store_true", help=command.word(f"service_{name.replace('-', '_')}"))


def add_work(command: Parser) -> None:
    """Add ``apprenti work``."""
    add_place(command)
    _add_hosts(command, HOSTS)
    add_shared(command)


def _add_hosts(command: Parser, names: Mapping[str, str]) -> None:
    for name, kept_as in names.items():
        word = command.word(f"service_{name.replace('-', '_')}")
        command.options.add_argument(f"--{name}", action="append", dest=kept_as, metavar="HOST", help=word)


def add_doctor(command: Parser) -> None:
    """Add ``apprenti doctor``."""
    add_place(command)
    add_address(command)
    command.options.add_argument("--thorough", action="store_true", help=command.word("doctor_thorough"))
    add_shared(command)


def add_workspace(command: Parser) -> None:
    """Add ``apprenti workspace list | export | import``."""
    for name, action in _actions(command, "list", "export", "import").items():
        given, add = action.given.add_argument, action.options.add_argument
        if name != "list":
            given("file", type=Path, metavar="FILE.zip", help=action.word(f"workspace_{name}_file"))
        if name == "export":
            add("--workspace", metavar="ID", help=action.word("workspace_id"))
            add("--overwrite", action="store_true", help=action.word("overwrite"))
        if name == "import":
            add("--name", metavar=action.word("label_name"), help=action.word("workspace_name"))
        add_place(action)
        add_shared(action)


def add_token(command: Parser) -> None:
    """Add ``apprenti token list | create | revoke``."""
    for name, action in _actions(command, "list", "create", "revoke").items():
        given, add = action.given.add_argument, action.options.add_argument
        if name == "create":
            given("name", metavar=action.word("label_name"), help=action.word("token_name"))
            add("--role", choices=ROLES, default="operator", help=action.word("token_role"))
        if name == "revoke":
            given("id", metavar="ID", help=action.word("token_id"))
        else:
            add("--workspace", metavar="ID", help=action.word("token_workspace"))
        add_place(action)
        add_shared(action)


def _actions(command: Parser, *names: str) -> dict[str, Parser]:
    """Return the parsers of a command's actions."""
    about = command.prog.rpartition(" ")[2]
    add_shared(command)
    actions = command.add_subparsers(
        dest="action",
        required=True,
        metavar=command.word("action"),
        title=command.word("actions"),
        help=command.word("actions_help"),
        parser_class=Parser,
    )
    return {
        name: add_command(actions, name, command.word(f"about_{about}_{name}"), command.lang)
        for name in names
    }
