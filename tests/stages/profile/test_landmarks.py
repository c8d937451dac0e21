import numpy as np

from apprenti.stages.profile import measure_landmarks


def blobs(distance: float, n: int = 200) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, n)
    features = random.normal(size=(n, 6)).astype(np.float32)
    features[:, 0] += distance * labels
    return features, labels


def test_landmarks_are_high_on_easy_data_and_near_chance_on_noise() -> None:
    easy = measure_landmarks(*blobs(8.0), n_labels=2)
    noise = measure_landmarks(*blobs(0.0), n_labels=2)
    assert set(easy) == {"nearest_neighbour", "nearest_centroid", "linear"}
    assert min(easy.values()) > 0.9
    assert max(noise.values()) < 0.7


def test_landmarks_survive_a_class_without_rows_and_constant_features() -> None:
    features = np.zeros((10, 3), dtype=np.float32)
    landmarks = measure_landmarks(features, np.zeros(10, dtype=np.int64), n_labels=3)
    assert landmarks["nearest_centroid"] == 1.0


def test_too_few_rows_give_no_landmarks() -> None:
    features, labels = blobs(1.0, n=3)
    assert measure_landmarks(features, labels, n_labels=2) == {}
