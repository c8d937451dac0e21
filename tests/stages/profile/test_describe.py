from dataclasses import replace

import pytest
from tests.making import a_dataset, an_example

from apprenti.domain.dataset import Split
from apprenti.stages.profile import describe


def test_the_profile_counts_classes_splits_and_imbalance() -> None:
    examples = [an_example(i, "cat") for i in range(8)] + [an_example(i, "dog", Split.TEST) for i in range(2)]
    profile = describe(a_dataset(*examples))
    assert (profile.n_examples, profile.n_train, profile.n_test, profile.n_labels) == (10, 8, 2, 2)
    assert profile.imbalance == 4.0
    assert profile.smallest_class == 2


def test_even_classes_have_entropy_one_and_uneven_ones_less() -> None:
    even = [an_example(i, label) for label in ("cat", "dog") for i in range(5)]
    uneven = [an_example(i, "cat") for i in range(9)] + [an_example(0, "dog")]
    assert describe(a_dataset(*even)).class_entropy == pytest.approx(1.0)
    assert describe(a_dataset(*uneven)).class_entropy == pytest.approx(0.469, abs=1e-3)


def test_grey_photos_are_counted_as_grey() -> None:
    grey, colour = an_example(0, "cat"), an_example(1, "dog")
    assert grey.facts is not None
    grey = replace(grey, facts=replace(grey.facts, colourfulness=0.0))
    assert describe(a_dataset(grey, colour)).grey_share == 0.5
