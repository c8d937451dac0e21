"""Routes of those who try models out: explanations, comparisons, exports."""

from __future__ import annotations

import onnxruntime
import pytest
from tests.api.v1.service_asking import House, code_of, open_house
from tests.flow.service.small_models import COLOURS, Colours, colours_in, give_model


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def here(house: House) -> Colours:
    made = colours_in(house.service, house.workspace)
    give_model(made, 1)
    give_model(made, 2, mixed_up=True)
    return made


def test_an_explanation_tells_heat_and_nearest_photos_and_leaves_no_trace(
    house: House, here: Colours
) -> None:
    path = f"/v1/tasks/{here.task}/explanations?heat=3&nearest=2"
    said = house.ask("POST", path, as_="reader", content=here.photos[1])
    assert said.status_code == 200, said.text
    told = said.json()
    assert (len(told["heat"]["parts"]), told["heat"]["label"], told["heat"]["fit"]) == (3, "red", "squash")
    assert told["nearest"][0] == {"image_id": here.image_ids[1], "likeness": 1.0, "shows": ["red"]}
    assert house.ask("GET", f"/v1/predictions?task={here.task}").json()["items"] == []


def test_a_comparison_is_with_the_version_in_production_unless_another_is_named(
    house: House, here: Colours
) -> None:
    path = f"/v1/tasks/{here.task}/versions/2/comparison"
    told = house.ask("GET", path, as_="reader").json()
    assert (told["before"], told["after"], told["n_asked"]) == (1, 2, 4)
    result = told["result"]
    assert (result["score"], result["before"], result["after"]) == ("accuracy", 1.0, 0.0)
    assert result["n_only_before"] == len(result["only_before"]) == 4
    assert house.ask("GET", f"{path}?other=2").json()["result"]["difference"] == 0.0


def test_an_export_is_a_graph_any_runtime_opens_and_labels_are_lines(house: House, here: Colours) -> None:
    path = f"/v1/tasks/{here.task}/versions/1/export"
    graph = house.ask("GET", path)
    assert graph.headers["content-disposition"].endswith('-1.onnx"')
    session = onnxruntime.InferenceSession(graph.content)
    assert "probabilities" in {output.name for output in session.get_outputs()}
    labels = house.ask("GET", f"{path}?form=labels")
    assert (labels.text, labels.headers["content-type"]) == (
        "".join(f"{name}\n" for name in COLOURS),
        "text/plain; charset=utf-8",
    )
    assert code_of(house.ask("GET", path, as_="editor")) == "role_too_low"
    in_eight_bits = house.ask("GET", f"{path}?form=int8&force=true")
    assert in_eight_bits.headers["content-disposition"].endswith('-1.int8.onnx"')
