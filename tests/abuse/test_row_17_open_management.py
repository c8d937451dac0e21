"""Row 17: whoever reaches the port manages the models.

Bitten: ShellTorch, Ray CVE-2023-48022. Expected: bound to 127.0.0.1; a token asked for as soon as it is not. Here it is
asked for always, and beyond this machine nothing is served without protection of what travels.
"""

from __future__ import annotations

import pytest
from tests.api.v1.operations import OPEN, OPERATIONS, Operation
from tests.api.v1.service_asking import House, open_house

from apprenti.api.vize.errors import PREFIXES
from apprenti.cli.parser import build_parser
from apprenti.domain.errors import OptionError
from apprenti.service_server import ServeOptions, refuse_unprotected


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


def test_it_is_bound_to_this_machine_unless_told_otherwise() -> None:
    assert build_parser("en").parse_args(["serve"]).host == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "box.example", ""])
def test_elsewhere_it_is_not_bound_without_protection(host: str) -> None:
    with pytest.raises(OptionError) as caught:
        refuse_unprotected(ServeOptions(host=host, port=0))
    assert caught.value.key == "open_unprotected"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_nothing_is_done_for_who_shows_no_token(house: House, operation: Operation) -> None:
    method, path, options = operation.about({"number": "1"})
    answer = house.ask(method, path, as_="", **options)
    assert answer.status_code == (200 if operation.id in OPEN else 401)


@pytest.mark.parametrize(
    "path", [*(f"{prefix}anything" for prefix in PREFIXES), "/", "/docs", "/metrics", "/v1"]
)
def test_nor_at_any_other_door(house: House, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = house.ask(method, path, as_="")
        is_shown_the_door = answer.status_code == 303 and answer.headers["location"].startswith("/enter")
        assert answer.status_code == 401 or is_shown_the_door
