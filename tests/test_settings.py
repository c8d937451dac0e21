"""Durations, folders and workers: what the environment and the command line may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprenti.domain.errors import OptionError
from apprenti.domain.sentence import Sentence
from apprenti.settings import Settings, default_model_path, open_tools, read_settings, seconds_of


class Nobody:
    def begin(self, step: str, total: int | None = None) -> None: ...
    def advance(self, n: int = 1) -> None: ...
    def note(self, news: Sentence, *, seconds_left: float | None = None) -> None: ...
    def end(self) -> None: ...


@pytest.mark.parametrize(
    ("budget", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("1h30", 5400),
        ("1h30s", 3630),
        ("2m", 120),
        ("1m30", 90),
        ("1m30s", 90),
        ("1h", 3600),
        ("1.5h", 5400),
        ("1h 5m", 3900),
        (" 2M ", 120),
        (45.5, 45.5),
        (15, 15),
    ],
)
def test_a_budget_is_read_as_people_write_it(budget: str | float, seconds: float) -> None:
    assert seconds_of(budget) == seconds


@pytest.mark.parametrize(
    ("budget", "key"),
    [
        ("", "bad_budget"),
        ("soon", "bad_budget"),
        ("-5m", "bad_budget"),
        ("5m2h", "bad_budget"),
        ("nan", "bad_budget"),
        ("1e9", "bad_budget"),
        ("9s", "short_budget"),
        ("0", "short_budget"),
    ],
)
def test_what_is_no_budget_is_refused(budget: str, key: str) -> None:
    with pytest.raises(OptionError) as caught:
        seconds_of(budget)
    assert caught.value.key == key


def test_the_environment_decides_the_folders_and_the_workers(tmp_path: Path) -> None:
    settings = read_settings(
        {"APPRENTI_CACHE": str(tmp_path / "c"), "APPRENTI_DATA": str(tmp_path / "d"), "APPRENTI_WORKERS": "3"}
    )
    assert (settings.cache_folder, settings.data_folder) == (tmp_path / "c", tmp_path / "d")
    assert settings.knowledge_folder == tmp_path / "d" / "knowledge"
    assert settings.n_workers == 3


def test_the_hub_is_the_public_one_with_a_cache_of_our_own_and_no_token(tmp_path: Path) -> None:
    hub = read_settings({"APPRENTI_CACHE": str(tmp_path)}).hub
    assert (hub.endpoint, hub.gateway) == ("https://huggingface.co", ("huggingface.co", 443))
    assert hub.cache_folder.is_relative_to(tmp_path)
    assert (hub.token, hub.offline) == (None, False)


def test_what_programs_of_the_hub_read_from_the_environment_counts_here_too(tmp_path: Path) -> None:
    told = {"HF_ENDPOINT": "http://hub.lan:8080/", "HF_TOKEN": "hf_mine", "HF_HUB_OFFLINE": "1"}
    hub = read_settings(told | {"HF_HOME": str(tmp_path), "APPRENTI_CACHE": str(tmp_path / "own")}).hub
    assert (hub.endpoint, hub.gateway) == ("http://hub.lan:8080", ("hub.lan", 8080))
    assert (hub.token, hub.offline, hub.cache_folder) == ("hf_mine", True, tmp_path / "hub")
    assert hub.own_folder.is_relative_to(tmp_path / "own")
    assert read_settings({"HF_HOME": "a", "HF_HUB_CACHE": str(tmp_path)}).hub.cache_folder == tmp_path


@pytest.mark.parametrize(
    ("variables", "gateway"),
    [
        ({"HTTPS_PROXY": "http://proxy.lan:3128"}, ("proxy.lan", 3128)),
        ({"https_proxy": "proxy.lan:3128"}, ("proxy.lan", 3128)),
        ({"ALL_PROXY": "socks5://proxy.lan"}, ("proxy.lan", 1080)),
        ({"HTTP_PROXY": "http://proxy.lan:3128"}, ("huggingface.co", 443)),
        (
            {"HTTPS_PROXY": "http://proxy.lan:3128", "NO_PROXY": "lan, .huggingface.co"},
            ("huggingface.co", 443),
        ),
        ({"HTTPS_PROXY": "http://proxy.lan:3128", "NO_PROXY": "face.co"}, ("proxy.lan", 3128)),
    ],
)
def test_the_first_connection_goes_to_the_proxy_where_there_is_one(
    variables: dict[str, str], gateway: tuple[str, int]
) -> None:
    assert read_settings(variables).hub.gateway == gateway


def test_a_hub_without_an_address_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        read_settings({"HF_ENDPOINT": "http://hub:many"})
    assert caught.value.key == "bad_hub"


def test_without_an_environment_the_machine_decides() -> None:
    settings = read_settings({})
    assert settings.n_workers >= 1
    assert 1024 <= settings.memory_mb <= 4096
    assert settings.cache_folder.is_absolute()
    assert settings.cache_folder != settings.data_folder


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "²"])
def test_a_number_of_workers_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(OptionError) as caught:
        read_settings({"APPRENTI_WORKERS": value})
    assert caught.value.key == "bad_workers"


def some_settings(cache_folder: Path) -> Settings:
    hub = read_settings({"APPRENTI_CACHE": str(cache_folder)}).hub
    return Settings(cache_folder=cache_folder, data_folder=cache_folder, n_workers=1, memory_mb=2048, hub=hub)


def test_the_tools_are_made_from_the_settings(tmp_path: Path) -> None:
    with open_tools(some_settings(tmp_path), Nobody()) as tools:
        assert tools.engine.n_workers == 1
        assert tools.memory_mb == 2048
        assert type(tools.shelf).__name__ == "FeatureShelf"


def test_where_the_disk_may_not_be_written_features_stay_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with open_tools(some_settings(tmp_path / "file"), Nobody()) as tools:
        assert type(tools.shelf).__name__ == "MemoryShelf"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("photos/", "photos"),
        ("a/b.tar.gz", "b"),
        ("b.ZIP", "b"),
        ("labels.csv", "labels"),
        ("/", "model"),
        ("v1.2", "v1.2"),
    ],
)
def test_a_model_is_named_after_its_data(source: str, name: str) -> None:
    assert default_model_path(Path(source)) == Path(f"{name}.apprenti")
