"""``apprenti learn`` and what stands after it."""

from __future__ import annotations

from pathlib import Path

from apprenti.cli.parsing import Parser, add_command, add_shared, whole

DEFAULT_PORT = 8010
LAST_LESSON = 16


def add_learn(command: Parser) -> None:
    """Add ``apprenti learn``: alone it serves the lessons."""
    actions = command.add_subparsers(
        dest="action",
        required=False,
        metavar=command.word("action"),
        title=command.word("actions"),
        help=command.word("actions_help"),
        parser_class=Parser,
    )
    for name in ("list", "check", "progress", "export"):
        action = add_command(actions, name, command.word(f"about_learn_{name}"), command.lang)
        if name in ("check", "export"):
            _add_number(action)
        if name in ("check", "progress"):
            _add_folder(action)
        if name == "export":
            _add_export(action)
        add_shared(action)
    _add_run(command)
    command.options.add_argument(
        "--port",
        type=whole("--port", 0, 65535),
        default=DEFAULT_PORT,
        metavar="PORT",
        help=command.word("learn_port"),
    )
    add_shared(command)


def _add_number(action: Parser) -> None:
    action.given.add_argument(
        "number", type=whole("NUMBER", 1, LAST_LESSON), metavar="NUMBER", help=action.word("lesson_number")
    )


def _add_run(command: Parser) -> None:
    add = command.options.add_argument
    add("--run", type=Path, metavar=command.word("model_file"), help=command.word("learn_run"))
    add("--data", type=Path, metavar=command.word("data_name"), help=command.word("learn_data"))


def _add_folder(action: Parser) -> None:
    action.options.add_argument(
        "--exercises",
        type=Path,
        default=Path("exercises"),
        metavar=action.word("folder_name"),
        help=action.word("learn_exercises"),
    )


def _add_export(action: Parser) -> None:
    add = action.options.add_argument
    add("--notebook", action="store_true", required=True, help=action.word("learn_notebook"))
    add("--run", type=Path, metavar=action.word("model_file"), help=action.word("learn_run"), default=None)
    add("--out", type=Path, metavar=action.word("notebook_name"), help=action.word("learn_out"))
