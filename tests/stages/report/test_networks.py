"""The section about networks: what was trained, how it went, and what was done to the photos."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.stages.report.made_up import MIRRORED, NETWORKS, TIMING, made_up_report
from tests.stages.report.made_up_tasks import made_up_labels, made_up_numbers
from tests.stages.report.test_page import HOSTILE, Page

from apprenti.domain.dataset import TaskType
from apprenti.domain.policy import Policy
from apprenti.domain.report import Report
from apprenti.recipes import POLICIES, TRAININGS
from apprenti.stages.report import render
from apprenti.stages.report.networks import policy_words
from apprenti.stages.report.training_chart import epoch_ticks
from apprenti.stages.report.words import Words
from apprenti.texts import LANGS, Lang, say

ONE = NETWORKS[:1]
ENGLISH = Words(lang="en")


def section(report: Report, lang: Lang = "en", **options: object) -> str:
    html = render(report, lang=lang, **options)  # type: ignore[arg-type]
    _, found, rest = html.partition('<section aria-labelledby="networks">')
    return rest.partition("</section>")[0] if found else ""


def of_history(**changes: object) -> str:
    return Page(section(made_up_report(networks=(replace(NETWORKS[0], **changes),)))).text  # type: ignore[arg-type]


def test_a_model_without_a_network_has_no_such_section() -> None:
    assert section(made_up_report()) == ""


def test_it_says_what_was_trained_on_what_and_how_that_went() -> None:
    text = Page(section(made_up_report(networks=ONE))).text
    for part in (
        "How the network was trained",
        "tuned on yours: all of its layers learnt, on squares of 64 by 64 px",
        "The first learnt from 320 photos and saw them 12 times. It was judged on 80 other photos",
        "The second learnt from all 400 photos, seen 12 times. Another recipe did as well or better",
        "Each of these 80 photos counts for 1.2%",
        "After the first epoch it recognised 53.3% of the held-out photos, at the end 80.0%.",
    ):
        assert part in text, part
    assert "planned" not in text
    assert "photos a second" not in text


def test_a_training_cut_short_says_so() -> None:
    cut = replace(NETWORKS[0], epochs=NETWORKS[0].epochs[:7])
    text = Page(section(made_up_report(networks=(cut,)))).text
    assert "saw them 7 times of 12 that were planned." in text


def test_a_score_that_fell_again_is_told() -> None:
    epochs = tuple(replace(one, score=0.9 - 0.02 * abs(one.epoch - 5)) for one in NETWORKS[0].epochs)
    assert "It had been at 90.0% after epoch 5: what came later did not help." in of_history(epochs=epochs)


def test_the_recipe_that_was_kept_may_use_it() -> None:
    report = made_up_report(networks=ONE)
    kept = replace(report.kept, backbones=(ONE[0].backbone, "classic.v1"))
    assert "That one is in the model." in Page(section(replace(report, kept=kept))).text


def test_the_pace_is_told_only_where_the_training_has_just_happened() -> None:
    timing = replace(TIMING, photos_per_second={ONE[0].backbone: 131.6})
    report = made_up_report(networks=ONE)
    assert "It looked at 132 photos a second." in Page(section(report, timing=timing)).text
    assert "photos_per_second" not in str(report.to_json())


@pytest.mark.parametrize("lang", LANGS)
def test_two_trainings_are_told_one_after_the_other_and_no_two_places_share_a_name(lang: Lang) -> None:
    html = render(made_up_report(networks=NETWORKS), lang=lang)
    page = Page(html)
    names = [value for _, name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))
    assert {"training-1-title", "training-2-title"} <= set(names)
    assert page.tags["img"] == sum(tag == "img" and name == "alt" for tag, name, _ in page.attributes)


def test_what_was_found_out_about_flips_is_told_once() -> None:
    report = made_up_report(networks=ONE)
    report = replace(report, notices=(*report.notices, MIRRORED))
    assert Page(render(report)).text.count(MIRRORED.said("en")) == 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_is_told_in_full(name: str, lang: Lang) -> None:
    policy, nothing = POLICIES[name], Policy()
    ways = policy_words(policy, Words(lang=lang))
    changing = {
        field
        for field in Policy.__dataclass_fields__
        if field != "symmetric" and getattr(policy, field) != getattr(nothing, field)
    }
    light = {"brightness", "contrast", "saturation"}
    strengths = {getattr(policy, field) for field in changing & light}
    assert len(ways) == len(changing - light) + len(strengths)


def test_a_policy_is_told_with_its_numbers() -> None:
    assert policy_words(POLICIES["photo"], ENGLISH) == (
        "only a part was shown, 35% to 100% of the photo, from anywhere in it",
        "stretched to one side by up to 33%",
        "tilted by up to 5°",
        "brightness, contrast and strength of colours up to 30% less or more",
    )


def test_photos_shown_as_they_are_are_said_to_be() -> None:
    assert "The photos were shown as they are." in of_history(policy=Policy())


def test_a_network_of_a_later_version_keeps_its_name() -> None:
    for name in ("tuned.v9-64-e3", "something else"):
        assert f"The network {name} was trained on your photos." in of_history(backbone=name)


def test_names_cannot_become_markup() -> None:
    photo = replace(NETWORKS[0].examples[0], name=HOSTILE)
    html = section(made_up_report(networks=(replace(NETWORKS[0], backbone=HOSTILE, examples=(photo,)),)))
    assert Page(html).tags["script"] == Page(html).tags["b"] == 0


@pytest.mark.parametrize("lang", LANGS)
def test_a_training_of_a_single_epoch_or_of_none_or_without_scores_is_told(lang: Lang) -> None:
    first = NETWORKS[0].epochs[0]
    for epochs in ((first,), (), (replace(first, score=None),)):
        html = section(made_up_report(networks=(replace(NETWORKS[0], epochs=epochs),)), lang)
        assert ("<polyline" in html) == bool(epochs)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("report", [made_up_labels(), made_up_numbers()], ids=["labels", "numbers"])
def test_other_tasks_tell_their_own_score(report: Report, lang: Lang) -> None:
    text = Page(section(replace(report, networks=ONE), lang)).text
    assert ("R²" in text) == (report.task_type is TaskType.REGRESSION)
    first = Words(lang=lang).decimal(0.533, 3) if "R²" in text else Words(lang=lang).percent(0.533, 1)
    assert first in text


def test_a_report_from_before_networks_were_trained_can_be_read() -> None:
    data = made_up_report(networks=NETWORKS).to_json()
    kept = Report.from_json(data).networks
    assert [(one.backbone, len(one.epochs), one.policy.erase_share, one.examples) for one in kept] == [
        (one.backbone, len(one.epochs), one.policy.erase_share, one.examples) for one in NETWORKS
    ]
    del data["networks"]
    assert Report.from_json(data).networks == ()


def test_the_epochs_below_the_drawing_are_whole_and_few() -> None:
    assert epoch_ticks(2.0) == [0, 1, 2]
    assert epoch_ticks(48.0) == [0, 10, 20, 30, 40]
    assert epoch_ticks(0.4) == [0]
    assert all(len(epoch_ticks(float(last))) <= 9 for last in range(1, 200))


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("kind", sorted(TRAININGS))
def test_every_training_has_a_sentence_in_the_report(kind: str, lang: Lang) -> None:
    said = say(f"report.network_{kind.partition('.')[0]}", lang, size=96)
    assert "96" in said
