import signal

import pytest
from tests.making import Silence

from apprenti.flow.interruption import finishing_first


class Told(Silence):
    """Remembers the steps it was told of."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def begin(self, step: str, total: int | None = None) -> None:
        self.steps.append(step)


def test_the_first_ctrl_c_lets_the_model_be_finished_and_says_so() -> None:
    told, finished = Told(), False
    with finishing_first(told):
        signal.raise_signal(signal.SIGINT)
        finished = True
    assert finished
    assert told.steps == ["stopping"]


def test_a_second_ctrl_c_gives_up() -> None:
    with finishing_first(Silence()):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_stops_again_as_before_once_the_model_is_there() -> None:
    with finishing_first(Silence()):
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
