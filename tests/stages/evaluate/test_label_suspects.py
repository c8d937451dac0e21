from __future__ import annotations

import numpy as np

from apprenti.stages.evaluate import find_label_suspects

N_LABELS = 4
NAMES = [f"{i:03d}.jpg" for i in range(400)]
LABELS = tuple("abcd")


def planted(n_wrong: int = 20, skill: float = 4.0) -> tuple[np.ndarray, np.ndarray, set[str]]:
    """Held-out probabilities, labels with some of them wrong, and the names of those."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, N_LABELS, len(NAMES))
    logits = rng.normal(size=(len(NAMES), N_LABELS))
    logits[np.arange(len(NAMES)), truth] += skill
    p = np.exp(logits)
    wrong = rng.choice(len(NAMES), n_wrong, replace=False)
    labels = truth.copy()
    labels[wrong] = (truth[wrong] + rng.integers(1, N_LABELS, n_wrong)) % N_LABELS
    return p / p.sum(axis=1, keepdims=True), labels, {NAMES[i] for i in wrong}


def test_planted_label_errors_are_found_and_come_first() -> None:
    p, labels, wrong = planted()
    suspects, n = find_label_suspects(p, labels, names=NAMES, label_names=LABELS, max_n=10)
    assert {suspect.name for suspect in suspects} <= wrong
    assert len(suspects) == 10 <= n
    assert n <= 40
    assert [s.p_given for s in suspects] == sorted(s.p_given for s in suspects)


def test_a_suspect_tells_what_it_stands_under_and_what_it_looks_like() -> None:
    p, labels, _ = planted()
    (worst, *_), _ = find_label_suspects(
        p, labels, names=NAMES, label_names=LABELS, thumbnail=lambda name: name.encode()
    )
    row = NAMES.index(worst.name)
    assert worst.given == LABELS[labels[row]]
    assert worst.suggested == LABELS[p[row].argmax()] != worst.given
    assert worst.thumbnail == worst.name.encode()


def test_right_labels_are_left_in_peace() -> None:
    p, labels, _ = planted(n_wrong=0, skill=12.0)
    assert find_label_suspects(p, labels, names=NAMES, label_names=LABELS) == ((), 0)


def test_models_that_only_guess_have_no_say() -> None:
    p, labels, _ = planted(skill=0.0)
    assert find_label_suspects(p, labels, names=NAMES, label_names=LABELS) == ((), 0)


def test_a_class_without_or_with_too_few_photos_does_not_disturb() -> None:
    p, labels, wrong = planted()
    p5 = np.concatenate([p, np.full((len(NAMES), 2), 1e-6)], axis=1)
    labels = labels.copy()
    rare = NAMES.index(next(name for name in NAMES if name not in wrong))
    labels[rare] = 4  # one photo of a fifth class, none of a sixth
    suspects, n = find_label_suspects(p5, labels, names=NAMES, label_names=(*LABELS, "e", "f"), max_n=10)
    assert {suspect.name for suspect in suspects} <= wrong
    assert n >= 10


def test_float32_probabilities_will_do() -> None:
    p, labels, _ = planted()
    _, n = find_label_suspects(p.astype(np.float32), labels, names=NAMES, label_names=LABELS)
    assert n > 0


def test_no_photos_and_a_single_class_give_nobody_to_suspect() -> None:
    for n in (0, 9):
        p, labels = np.ones((n, 1)), np.zeros(n, np.int64)
        assert find_label_suspects(p, labels, names=NAMES[:n], label_names=("a",)) == ((), 0)
