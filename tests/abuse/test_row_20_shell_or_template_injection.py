"""Row 20: a name that a user chose becomes part of a command line or of a template.

Bitten: MLflow CVE-2026-0596. Expected: argument vectors; a pattern for names; no templates of users.
"""

from __future__ import annotations

import ast

import pytest
from tests.abuse.source import PACKAGE, calls, imports

from apprenti.domain.errors import ApprentiError
from apprenti.domain.hub import read_address
from apprenti.texts import say

SHELLS = {
    "os.system", "os.popen", "os.spawnl", "os.spawnlp", "os.execl", "os.execlp", "os.execvp", "os.startfile",
    "subprocess.getoutput", "subprocess.getstatusoutput", "commands.getoutput", "pty.spawn",
    "asyncio.create_subprocess_shell",
}  # fmt: skip
EVALUATORS = {"eval", "exec", "compile", "__import__", "execfile"}
TEMPLATE_MAKERS = (
    ".from_string",
    "NativeEnvironment",
    "SandboxedEnvironment",
    "jinja2.Template",
    "string.Template",
)


def test_no_command_goes_through_a_shell() -> None:
    found = [place for place, called, _ in calls() if called in SHELLS]
    found += [
        place
        for place, _, node in calls()
        for option in node.keywords
        if option.arg == "shell" and ast.unparse(option.value) != "False"
    ]
    assert found == []


def test_every_command_is_a_list_that_begins_with_a_fixed_program() -> None:
    starters = {
        "subprocess.run",
        "subprocess.Popen",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
    }
    commands = [(place, node) for place, called, node in calls() if called in starters]
    assert commands
    for place, node in commands:
        command = node.args[0]
        assert isinstance(command, ast.List), place
        assert ast.unparse(command.elts[0]) == "sys.executable" or isinstance(
            command.elts[0], ast.Constant
        ), place


EXERCISES = "lessons/exercising.py"
"""Runs what a learner wrote, on their own machine, in a process of its own that the command line begins."""


def test_nothing_is_evaluated_as_code_but_a_learners_own_exercise() -> None:
    found = {place.partition(":")[0] for place, called, _ in calls() if called in EVALUATORS}
    assert found == {EXERCISES}


def test_no_server_reaches_what_runs_an_exercise() -> None:
    module = "apprenti." + EXERCISES.removesuffix(".py").replace("/", ".")
    assert [name for name, imported in imports() if imported.startswith(module)] == []


def test_templates_come_from_files_of_the_package_and_escape() -> None:
    found = [place for place, called, _ in calls() if called.endswith(TEMPLATE_MAKERS)]
    assert found == []
    environments = [(place, node) for place, called, node in calls() if called.endswith("Environment")]
    assert environments
    for place, node in environments:
        options = {option.arg: ast.unparse(option.value) for option in node.keywords}
        assert options["autoescape"] == "True", place
        assert "Loader" in options["loader"], place
    gets = [(place, node) for place, called, node in calls() if called.endswith(".get_template")]
    for place, node in gets:
        assert isinstance(node.args[0], ast.Constant), place


def test_no_template_says_that_something_is_safe() -> None:
    marked = [
        str(path)
        for path in PACKAGE.rglob("*.html")
        if "|safe" in path.read_text(encoding="utf-8").replace(" ", "")
    ]
    assert marked == []


@pytest.mark.parametrize(
    "item", ["{item.__class__}", "{0.__init__.__globals__}", "{{7*7}}", "%s%n", "$(id)", "`id`", "{"]
)
def test_a_name_that_looks_like_a_template_is_only_letters(item: str) -> None:
    assert item in say("errors.empty_file", "en", item=item)
    assert item in ApprentiError("empty_file", item=item).said("fr")


@pytest.mark.parametrize(
    "name",
    [
        "hf:a/b;id",
        "hf:a/$(id)",
        "hf:a/b@--upload-pack=id",
        "hf:../b",
        "hf:a/b/../../etc/passwd",
        "hf:-a/b",
        "hf:a/b\n",
    ],
)
def test_names_that_reach_another_program_keep_to_a_pattern(name: str) -> None:
    with pytest.raises(ApprentiError):
        read_address(name)
