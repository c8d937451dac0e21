"""Row 14: ``torch.load`` is believed to be safe.

Bitten: CVE-2025-32434. Expected: safetensors and ONNX only.
"""

from __future__ import annotations

import pytest
from tests.abuse.source import calls, imports

from apprenti.domain.errors import BackboneError
from apprenti.domain.hub import HubAddress
from apprenti.hub.choice import Listing, Offered, choose_files

WEIGHTS_AS_PICKLES = ["pytorch_model.bin", "model.pt", "model.pth", "model.ckpt", "model.pkl", "model.joblib"]


def listing(*names: str) -> Listing:
    files = dict.fromkeys(names, Offered(size_bytes=100, sha256="0" * 64))
    return Listing(repo="owner/name", commit="0" * 40, files=files, licence="mit")


def test_nothing_in_the_package_calls_torch_load() -> None:
    loaders = ("torch.load", "torch.jit", "torch.hub", "torch.package", "torch.serialization")
    assert [place for place, called, _ in calls() if called.startswith(loaders)] == []
    assert [file for file, name in imports() if name.startswith(loaders)] == []


@pytest.mark.parametrize("name", WEIGHTS_AS_PICKLES)
def test_weights_that_come_as_a_pickle_are_refused_before_they_are_taken(name: str) -> None:
    address = HubAddress(repo="owner/name")
    with pytest.raises(BackboneError) as caught:
        choose_files(listing("config.json", name), address)
    assert caught.value.key == "hub_only_pickle"
    with pytest.raises(BackboneError) as caught:
        choose_files(
            listing("config.json", "model.safetensors", name), HubAddress(repo="owner/name", file=name)
        )
    assert caught.value.key == "hub_only_pickle"


def test_of_a_repository_with_both_only_safetensors_are_taken() -> None:
    taken = choose_files(
        listing("config.json", "model.safetensors", *WEIGHTS_AS_PICKLES), HubAddress(repo="owner/name")
    )
    assert taken == ("model.safetensors", "config.json")
