"""The page as a reader, a screen reader and an attacker meet it."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.stages.report.made_up import HINDSIGHT, NETWORKS, TIMING, made_up_report

from apprenti.domain.json_form import to_json
from apprenti.domain.report import Report
from apprenti.stages.report import render
from apprenti.texts import LANGS, Lang, catalogue

SHAPES: dict[str, dict[str, Any]] = {
    "four classes": {},
    "two classes": {"n_labels": 2},
    "136 classes": {"n_labels": 136, "n_test": 300, "n_held_out": 600, "skill": 4.0},
    "three test photos": {"n_test": 3},
    "no test photo": {"n_test": 0},
    "no mistake": {"skill": 60.0, "with_troubles": False},
    "guessing": {"skill": 0.0},
    "no distances": {"with_distances": False},
    "a fixed order": {"outlook": None},
}
VOID = {"meta", "img", "br", "link", "hr", "input"}
INK = {"style", "title", "desc"}


class Page(HTMLParser):
    """What is on a page: balanced tags, their attributes, the text a person sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    @property
    def text(self) -> str:
        return re.sub(r"[ \n]+", " ", " ".join(self.pieces)).replace("\u2060", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not INK & set(self.open):
            self.pieces.append(data)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_report_makes_a_whole_page(shape: str, lang: Lang) -> None:
    page = Page(render(made_up_report(**SHAPES[shape]), lang=lang))
    assert ("html", "lang", lang) in page.attributes
    assert page.tags["h1"] == 1
    assert page.tags["script"] == page.tags["link"] == page.tags["iframe"] == 0
    assert not re.search(r"\{\{|\}\}|\{%|\bNone\b|\bnan\b|Undefined|class '", page.text)


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_loaded_from_anywhere(shape: str) -> None:
    html = render(made_up_report(**SHAPES[shape]))
    assert not re.search(r"(?i)https?:|//[a-z]|url\(|@import|srcset", html)
    page = Page(html)
    for tag, name, value in page.attributes:
        if name in {"src", "href"}:
            assert value.startswith(("data:image/jpeg;base64,", "#")), (tag, value[:40])
    policy = next(v for _, name, v in page.attributes if name == "content" and "default-src" in v)
    assert "default-src 'none'" in policy


HOSTILE = '<script>alert("x")</script>'


@pytest.mark.parametrize("lang", LANGS)
def test_no_name_can_become_markup(lang: Lang) -> None:
    report = made_up_report(
        labels=(HOSTILE, "\"' onload=alert(1) x='", "</style><b>", "{{ 7 * 7 }}"),
        name=f"{HOSTILE}</title>",
        file_name='"><img src=x onerror=alert(1)>{i}.jpg',
    )
    html = render(report, lang=lang)
    page = Page(html)
    assert page.tags["script"] == page.tags["b"] == 0
    assert not any(name.startswith("on") for _, name, _ in page.attributes)
    assert all(value.startswith("data:image/jpeg") for _, name, value in page.attributes if name == "src")
    assert HOSTILE in page.text
    assert "{{ 7 * 7 }}" in page.text


@pytest.mark.parametrize("lang", LANGS)
def test_every_link_leads_somewhere_and_no_two_places_have_one_name(lang: Lang) -> None:
    page = Page(render(made_up_report(), lang=lang))
    places = Counter(value for _, name, value in page.attributes if name == "id")
    assert set(places.values()) == {1}
    targets = {value[1:] for _, name, value in page.attributes if name == "href"}
    described = {v for _, name, value in page.attributes if name == "aria-labelledby" for v in value.split()}
    assert targets
    assert targets | described <= set(places)


def test_pictures_have_words_and_tables_have_headed_columns() -> None:
    html = render(made_up_report())
    page = Page(html)
    n_alt = sum(tag == "img" and name == "alt" and bool(value) for tag, name, value in page.attributes)
    assert n_alt == page.tags["img"] > 0
    n_scoped = sum(tag == "th" and name == "scope" for tag, name, _ in page.attributes)
    assert n_scoped == page.tags["th"]
    assert page.tags["title"] == page.tags["desc"] + 1 == 3  # two drawn charts, each described, and the page


OF_OTHER_TASKS = {
    "is_average_precision", "is_micro_f1", "is_labels_log_loss", "is_label_ap", "is_label_recall", "is_mae", "is_rmse",
    "is_r2",
}  # fmt: skip
OF_NETWORKS = {"is_epoch", "is_held_out", "is_loss", "is_rate", "is_augmentation"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("shape", [*SHAPES, "networks"])
def test_every_term_is_explained_once(shape: str, lang: Lang) -> None:
    report = made_up_report(**SHAPES.get(shape, {"networks": NETWORKS}))
    text = Page(render(report, lang=lang, hindsight=HINDSIGHT)).text
    texts = catalogue("report", lang)
    for key, meaning in texts.items():
        if key.startswith("is_"):
            beginning = re.split(r"[{<]", meaning)[0].replace("\u2060", "")
            expected = 1 if report.scores is not None or key == "is_interval" else 0
            if key == "is_confusion" and len(report.labels) > 16:
                expected = 0  # a picture, explained by its own words
            if key in {"is_expected", "is_regret", "is_weight"}:
                expected = 0 if report.outlook is None else 1
            if key in OF_OTHER_TASKS:
                expected = 0
            if key in OF_NETWORKS:
                expected = 1 if report.networks else 0
            assert text.count(beginning) == expected, key


def allowed_numbers(data: Any, words: str) -> set[str]:
    """Every way a number of the report may be written in English, and the numbers that sentences bring."""
    found = set(re.findall(r"\d+(?:[.,]\d+)*", words))
    if isinstance(data, dict):
        return found.union(*(allowed_numbers(v, f"{k}") for k, v in data.items()), found)
    if isinstance(data, list):
        return found.union(*(allowed_numbers(v, "") for v in data), {str(len(data))})
    if isinstance(data, str):
        return found | set(re.findall(r"\d+(?:[.,]\d+)*", data))
    if isinstance(data, int) and not isinstance(data, bool):
        return found | {str(data), f"{data:,}"}
    if isinstance(data, float):
        shares = {f"{100 * part:.{d}f}" for part in (data, 1 - data) for d in (0, 1)}
        return found | shares | {f"{data:.{d}f}" for d in (0, 1, 2, 3)}
    return found


def test_every_number_on_the_page_comes_from_the_report() -> None:
    report = made_up_report()
    scores = report.scores
    assert scores is not None
    texts = " ".join(re.sub(r"\{[^}]*\}", " ", str(text)) for text in catalogue("report", "en").values())
    errors = " ".join(str(text) for text in catalogue("errors", "en").values())
    allowed = allowed_numbers(report.to_json(), texts + errors) | allowed_numbers(to_json(TIMING), "")
    data = report.data
    derived = [
        scores.majority_n_right / scores.n,
        *(one.accuracy for one in scores.reliability),
        *(one.coverage for one in scores.operating_points),
        *(one.accuracy for one in scores.operating_points if one.accuracy is not None),
        sum(one.n * one.mean_confidence for one in scores.reliability) / scores.n,
        report.familiarity.false_alarm_rate if report.familiarity else 0.0,
        1.3862944,  # ln 4, the log loss of guessing evenly
    ]
    counts = [
        data.n_train + data.n_validation,
        len(data.set_aside) - 8,
        data.n_set_aside - len(data.set_aside),
        len(scores.mistakes) - 12,
        len(report.label_suspects) - 12,
        3,
    ]
    allowed |= allowed_numbers(derived, "") | allowed_numbers(counts, "")
    axes = {
        "0",
        "20",
        "25",
        "40",
        "50",
        "60",
        "70",
        "75",
        "80",
        "85",
        "90",
        "95",
        "96",
        "97",
        "98",
        "99",
        "100",
    }
    durations = {"3.2", "2", "11", "1", "23", "83", "2.5", "5"}
    allowed |= allowed_numbers(to_json(HINDSIGHT), "") | {
        "78",
        "83",
        "5.1",
    }  # photos right, and points between
    html = render(report, lang="en", timing=TIMING, hindsight=HINDSIGHT)
    text = re.sub(r"\b[0-9a-f]{64}\b", "", Page(html).text)
    unexplained = set(re.findall(r"\d+(?:[.,]\d+)*", text)) - allowed - axes - durations
    assert unexplained == set()


def test_durations_appear_only_when_they_are_given() -> None:
    report = made_up_report()
    assert "The whole training took" not in render(report)
    page = Page(render(report, timing=TIMING)).text.replace("\u00a0", " ")
    assert "The whole training took 83 s." in page
    assert "took 2 min 11 s, 2.5 s expected" in page


def test_the_same_report_makes_the_same_page() -> None:
    assert render(made_up_report(), lang="fr") == render(made_up_report(), lang="fr")


def test_a_page_written_later_from_the_model_file_is_the_same() -> None:
    report = made_up_report()
    assert render(Report.from_json(report.to_json())) == render(report)


def test_french_numbers_are_written_in_french() -> None:
    text = Page(render(made_up_report(n_test=1200), lang="fr")).text
    assert "1\u202f200 photos de test" in text
    assert not re.search(r"\d%|\d\.\d+\u202f%", text)


def test_a_perfect_count_is_told_as_a_count_and_not_as_a_promise() -> None:
    text = Page(render(made_up_report(skill=60.0))).text
    assert "It recognised 120 of its 120 test photos." in text
    assert "about 100 of 100" not in text


def test_a_sentence_from_another_version_does_not_break_the_page() -> None:
    assert "nowhere.to_be_found" in Page(render(made_up_report())).text


def test_a_recipe_nobody_named_keeps_its_technical_name() -> None:
    text = Page(render(made_up_report())).text
    assert "unheard_of.v7 on hand-made features" in text
    assert (
        "Curved support vector machine on hand-made features (colour, edges, patches) and features of" in text
    )
