"""Row 21: a filter that reaches through to what belongs to somebody else, asked letter by letter.

Bitten: Label Studio GHSA-6hjj-gq77-j4qw. Expected: an allow-list of fields, and a test across workspaces on every
route: ``tests/api/v1/test_who_may_what.py`` walks them all and fails when one is not covered.
"""

from __future__ import annotations

import pytest
from tests.api.v1 import test_who_may_what as walk
from tests.api.v1.operations import LEAST_ROLE, WITH_TOKEN, Operation
from tests.api.v1.service_asking import House, code_of, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


FOREIGN_FIELDS = (
    "workspace__id=x", "workspace_id=x", "token__sha256__startswith=a", "name__regex=^a", "order_by=sha256",
    "fields=secret", "filter[workspace]=x", "where=1=1", "Label=x", "$filter=x",
)  # fmt: skip


@pytest.mark.parametrize("query", FOREIGN_FIELDS)
def test_a_field_that_is_not_on_the_list_is_refused_and_not_ignored(house: House, query: str) -> None:
    answer = house.ask("GET", f"/v1/images?{query}")
    assert (answer.status_code, code_of(answer)) == (422, "parameter_unknown")


@pytest.mark.parametrize(
    "operation", [each for each in WITH_TOKEN if each.method == "GET"], ids=lambda o: o.id
)
def test_so_it_is_on_every_route(house: House, operation: Operation) -> None:
    method, path, _ = operation.about({"number": "1"}, query="?workspace__name__startswith=x")
    answer = house.ask(method, path)
    assert (answer.status_code, code_of(answer)) == (422, "parameter_unknown")


def test_letters_that_mean_something_to_databases_mean_nothing(house: House) -> None:
    house.make("/v1/labels", json={"name": "100% sure_thing"})
    house.make("/v1/labels", as_="stranger", json={"name": "theirs"})
    for search, n in (
        ("%", 1),
        ("_", 1),
        ("'", 0),
        ("' OR 1=1 --", 0),
        ("100% s", 1),
        ("1__%", 0),
        ("\\", 0),
    ):
        found = house.ask("GET", "/v1/labels", params={"search": search}).json()["items"]
        assert len(found) == n, search


def test_the_walk_covers_every_route() -> None:
    assert {operation.id for operation in WITH_TOKEN} == set(LEAST_ROLE)
    assert callable(walk.test_an_owner_of_another_workspace_finds_nothing_here)
    assert callable(walk.test_naming_the_workspace_opens_it_to_nobody)
