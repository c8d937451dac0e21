"""The review room's three parts over a task in use: what waits, what came in, what was done."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image
from tests.fake_loop import NAMES, Loop, mixture, open_loop, shade
from tests.fake_service import OPERATOR, WorldClock
from tests.web.rooms.asking import DOOR, UNHURRIED, Visited, a_browser

from apprenti.domain.service import Role
from apprenti.flow.service import corrections, tasks
from apprenti.flow.service.drift_checks import check_drift
from apprenti.flow.service.review import NextTraining
from apprenti.flow.service.traffic import DAY_US
from apprenti.service_server import build_service_app
from apprenti.web.rooms.reviewing import KEYS
from apprenti.web.rooms.standing import next_said


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """A task with a past, and a browser that has entered nowhere yet."""

    loop: Loop
    rooms: Visited

    @property
    def path(self) -> str:
        """Of its review room."""
        return f"/tasks/{self.loop.task.id}/review"

    def page(self, path: str = "", *, role: Role = Role.OWNER, lang: str = "en") -> str:
        """Return a page as somebody of this role sees it."""
        self.rooms.browser.cookies.clear()
        self.rooms.enter(role, lang=lang)
        answer = self.rooms.browser.get(f"{self.path}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text


def darker(data: bytes) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.asarray(Image.open(io.BytesIO(data))) // 3).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    """Usual photos on one day, dark ones on the next, one correction learnt from and one held back."""
    loop = open_loop(tmp_path_factory.mktemp("review"), corrections_until_retrain=20)
    assert isinstance(loop.service.now_us, WorldClock)
    for number in range(31):
        loop.ask(shade(NAMES[number % 3], 3000 + number))
    loop.service.now_us.now += DAY_US
    check_drift(loop.service, loop.here, loop.task.id)
    for number in range(31):
        loop.ask(darker(shade(NAMES[number % 3], 4000 + number)))
    loop.service.now_us.now += DAY_US
    check_drift(loop.service, loop.here, loop.task.id)
    for data, name in ((mixture(120, 20, 110), "blue"), (shade("red", 77), "blue")):
        corrections.correct(loop.service, OPERATOR, loop.here, loop.ask(data).id, label_ids=loop.id_of(name))
    app = build_service_app(loop.service, door=DOOR, rules=UNHURRIED, n_threads=1)
    with a_browser(app) as browser:
        yield Reviewed(
            loop=loop, rooms=Visited(service=loop.service, app=app, workspace=loop.here, browser=browser)
        )
    loop.service.database.close()


@pytest.mark.parametrize(
    ("lang", "said", "held"),
    [
        ("en", "The photos have changed. Labelled among the new ones: 1.", "1 correction held back"),
        ("fr", "Les photos ont changé. Parmi les nouvelles, étiquetées\u202f: 1.", "1 correction retenue"),
    ],
)
def test_what_was_held_back_and_what_happens_then(here: Reviewed, lang: str, said: str, held: str) -> None:
    page = here.page(lang=lang)
    assert said in page
    assert held in page
    assert page.count('class="held-said"') == 1


@pytest.mark.parametrize(
    ("wanted", "n", "said"),
    [
        (20, 17, "3 more corrections, and a new version is trained by itself."),
        (20, 19, "1 more correction, and a new version is trained by itself."),
        (
            None,
            0,
            "Nothing is trained by itself. Whenever you have corrected a few, have a new version trained.",
        ),
    ],
)
def test_what_a_correction_leads_to_is_said(here: Reviewed, wanted: int | None, n: int, said: str) -> None:
    task = replace(here.loop.task, corrections_until_retrain=wanted)
    after = NextTraining(n_corrected=n, n_confirmed=2, labels={}, n_held={}, say=None)
    told = next_said(task, after, is_running=False, lang="en")
    assert told["said"] == said
    assert told["confirmed"] == "2 answers confirmed"
    running = next_said(task, after, is_running=True, lang="fr")
    assert running["said"].startswith("Une nouvelle version est en cours d’entraînement")


def test_each_label_has_a_key_that_is_no_command(here: Reviewed) -> None:
    assert not {"s", "u"} & set(KEYS)
    assert len(set(KEYS)) == len(KEYS) == 34
    assert '"key": "1"' in here.page()


def test_readers_look_and_only_owners_decide(here: Reviewed) -> None:
    reader, editor, owner = (here.page(role=role) for role in (Role.READER, Role.EDITOR, Role.OWNER))
    assert 'id="right"' not in reader
    assert "Correcting takes a token" in reader
    assert 'id="right"' in editor
    for page in (reader, editor):
        assert "/consent" not in page
        assert "/release" not in page
    assert "/consent" in owner
    assert "/reject" in owner


def test_an_editor_cannot_send_what_only_owners_may(here: Reviewed) -> None:
    held = re.search(r"corrections/([0-9a-f-]+)/reject", here.page())
    assert held is not None
    here.page(role=Role.EDITOR)
    word = here.rooms.word()
    task = f"/tasks/{here.loop.task.id}"
    for path in (f"{task}/consent", f"{task}/corrections/{held[1]}/reject"):
        answer = here.rooms.browser.post(path, data={"word": word, "keeps": "no"})
        assert answer.status_code == 403, path
    assert (
        here.rooms.browser.post(f"{task}/corrections/{held[1]}/eat", data={"word": word}).status_code == 404
    )


def test_how_it_stands_is_told_again_after_each_look(here: Reviewed) -> None:
    here.page()
    told = here.rooms.browser.get(f"/rooms/tasks/{here.loop.task.id}/standing").json()
    assert told["n_held"] == 1
    assert told["next"]["corrected"] == "1 correction since the last training"
    assert told["estimate"]["accuracy"] is None


def test_the_owner_says_when_a_version_is_trained_and_whether_photos_are_kept(here: Reviewed) -> None:
    here.page()
    task = f"/tasks/{here.loop.task.id}"
    for fields, wanted in (({"after": ""}, None), ({"after": "20"}, 20)):
        assert here.rooms.send(f"{task}/retrain-after", **fields) == here.path
        now = tasks.get_task(here.loop.service, OPERATOR, here.loop.here, here.loop.task.id)
        assert now.corrections_until_retrain == wanted
    for keeps in ("no", "yes"):
        assert here.rooms.send(f"{task}/consent", keeps=keeps) == here.path
        now = tasks.get_task(here.loop.service, OPERATOR, here.loop.here, here.loop.task.id)
        assert now.keeps_images is (keeps == "yes")
    answer = here.rooms.browser.post(f"{task}/retrain-after", data={"word": here.rooms.word(), "after": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("lang", "darker_said", "title"),
    [
        ("en", "the photos are darker than the training photos.", "Answers a day"),
        ("fr", "les photos sont plus sombres que les photos d’entraînement.", "Réponses par jour"),
    ],
)
def test_what_came_in_is_drawn_with_its_numbers_and_what_changed_stands_first(
    here: Reviewed, lang: str, darker_said: str, title: str
) -> None:
    page = here.page("/traffic?days=7", lang=lang)
    assert darker_said in page
    assert title in page
    assert page.count("<figure") == page.count("<table") == 11
    facts = re.findall(r'id="chart-(\w+)"', page)
    assert facts[:5] == ["answers", "familiar", "confidence", "labels", "latency"]
    assert facts[5] == "brightness"
    assert 'style="' not in page
    assert here.rooms.browser.get(f"{here.path}/traffic?days=0").status_code == 422


def test_without_answers_the_charts_say_so(here: Reviewed) -> None:
    here.page()
    task = here.rooms.make_task("Empty")
    page = here.rooms.browser.get(f"/tasks/{task}/review/traffic").text
    assert "Nothing was asked in this time." in page
    assert "<figure" not in page
    assert "There is no model yet" in here.rooms.browser.get(f"/tasks/{task}/review").text


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "held back a correction of"), ("fr", "a retenu une correction de")]
)
def test_the_log_says_in_words_who_did_what(here: Reviewed, lang: str, said: str) -> None:
    page = here.page("/log", lang=lang)
    assert said in page
    assert re.search(r"\(\d+\W(times|fois)", page)
    older = re.search(r'href="([^"]+after=[^"]+)"', page)
    assert older is not None
    second = here.rooms.browser.get(older[1].replace("&amp;", "&")).text
    assert second.count("<li><time") > 0
    assert "Newest" in second or "Les plus récents" in second
    about = here.rooms.browser.get(f"{here.path}/log?about=correction&by=operator").text
    assert about.count("<li><time") == 1
    assert re.search(r"\(2\W(times|fois)", about)
    assert "Only owners" in here.page("/log", role=Role.EDITOR)


def test_another_workspaces_review_is_not_there(here: Reviewed) -> None:
    from apprenti.flow.service import access, workspaces

    other = workspaces.create_workspace(here.loop.service, OPERATOR, name="Other").id
    secret = access.create_token(here.loop.service, OPERATOR, other, name="x", role=Role.OWNER).secret
    here.rooms.browser.cookies.clear()
    here.rooms.browser.post("/enter", data={"token": secret})
    task = f"/tasks/{here.loop.task.id}"
    for path in (here.path, f"{here.path}/traffic", f"{here.path}/log", f"/rooms{task}/standing"):
        assert here.rooms.browser.get(path).status_code == 404, path
    word = here.rooms.word()
    for path in (f"{task}/consent", f"{task}/retrain-after"):
        assert here.rooms.browser.post(path, data={"word": word}).status_code == 404, path
