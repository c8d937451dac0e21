"""Training images through the compatible routes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from tests.api.vize.vize_world import NOBODY, RED, World, a_world, another_picture, b64, theirs_in
from tests.fake_service import picture

from apprenti.domain.errors import ItemError
from apprenti.domain.service import Role
from apprenti.flow.service.service import ServiceLimits

IMAGE = "/recognition/v2/training-image"
# how the client finds the image it already has
EXISTING = re.compile(
    r".*image.ID..([a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89aAbB][a-f0-9]{3}-[a-f0-9]{12}).*"
)


def names_shown(world: World, image: str) -> list[str]:
    return [label["name"] for label in world.get(f"{IMAGE}/{image}")["labels"]]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("head", ["", "data:image/jpeg;base64,", "data:;base64,"])
def test_an_image_is_taken_in_and_shown(world: World, head: str, slash: str) -> None:
    data = another_picture()
    said = {"base64": head + b64(data), "noresize": False, "test_image": True, "meta_data": {"shelf": 3}}
    answer = world.ask("POST", IMAGE + slash, json=said)
    assert answer.status_code == 201
    image = answer.json()
    assert (image["img_width"], image["img_height"], image["verifyCount"]) == (32, 32, 0)
    assert (image["test_image"], image["real"], image["meta_data"]) == (True, True, {"shelf": 3})
    assert (image["workspace"], image["labels"]) == (world.here, [])
    assert world.get(f"{IMAGE}/{image['id']}{slash}") == image


def test_base64_may_have_line_ends(world: World) -> None:
    text = b64(another_picture())
    lines = "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    assert world.post(IMAGE, {"base64": lines})["id"]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_duplicate_is_told_with_the_id_of_the_one_that_is_there(world: World, lang: str) -> None:
    data = another_picture()
    first = world.upload(data)
    said = {"base64": b64(data), "meta_data": {"other": 1}}
    answer = world.ask("POST", IMAGE, json=said, headers={"accept-language": lang})
    assert answer.status_code == 409
    detail = answer.json()["detail"]
    assert "already exists" in detail
    found = EXISTING.search(detail)
    assert found is not None
    assert found.group(1) == first
    assert world.get(f"{IMAGE}/{first}")["meta_data"] == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"base64": ""}, 400),
        ({"base64": None}, 400),
        ({"base64": 7}, 400),
        ({"base64": "data:image/jpeg;base64,"}, 400),
        ({"base64": "not base64!"}, 400),
        ({"base64": "YWJj\nZA"}, 400),
        ({"base64": "_-_-"}, 400),
        ({"base64": b64(b"<svg onload=alert(1)>")}, 422),
        ({"base64": b64(RED[:60])}, 422),
        ({"base64": b64(RED), "meta_data": [1]}, 400),
        ({"base64": b64(picture((1, 2, 3))), "meta_data": {"x": "y" * 70_000}}, 400),
        ({"_url": "http://127.0.0.1/red.jpg"}, 400),
    ],
)
def test_what_is_no_image_is_refused_and_leaves_nothing(
    world: World, body: dict[str, object], status: int
) -> None:
    n = world.get(IMAGE)["count"]
    answer = world.ask("POST", IMAGE, json=body)
    assert (answer.status_code, set(answer.json())) == (status, {"detail"})
    assert world.get(IMAGE)["count"] == n


def test_an_address_is_asked_only_where_that_is_allowed(tmp_path: Path) -> None:
    asked = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        if "secret" in url:
            raise ItemError("not_an_image", item="what is there")
        return RED

    world = a_world(tmp_path, fetch=fetch)
    assert world.post(IMAGE, {"_url": "https://photos.example/red.jpg"})["img_width"] == 32
    assert asked == ["https://photos.example/red.jpg"]
    assert world.ask("POST", IMAGE, json={"_url": "https://secret.example"}).status_code == 422
    assert world.ask("POST", IMAGE, json={"_url": 3}).status_code == 400
    assert world.ask("POST", IMAGE, json={"_url": "https://" + "x" * 5000}).status_code == 400


def test_an_image_too_large_is_told_before_it_is_decoded(tmp_path: Path) -> None:
    world = a_world(tmp_path, limits=ServiceLimits(max_image_bytes=1000))
    for n in (1001, 10_000, 100_000):
        answer = world.ask("POST", IMAGE, json={"base64": b64(b"x" * n)})
        assert (answer.status_code, "0.001 MB" in answer.json()["detail"]) == (422, True)


def test_an_image_of_too_many_pixels_is_told_from_its_header(tmp_path: Path) -> None:
    world = a_world(tmp_path, limits=ServiceLimits(max_megapixels=0.01))
    answer = world.ask("POST", IMAGE, json={"base64": b64(picture(side_px=200))})
    assert answer.status_code == 422
    assert "megapixels" in answer.json()["detail"]


def test_labels_are_said_with_numbers_or_without_and_taken_back(world: World) -> None:
    image, label = world.upload(), world.label("weight")
    shown = world.post(f"{IMAGE}/{image}/add-label/", {"label_id": label, "value": 2.5})
    assert [(one["id"], one["value"]) for one in shown["labels"]] == [(label, 2.5)]
    shown = world.post(f"{IMAGE}/{image}/update-label/", {"label_id": label, "value": 3})
    assert shown["labels"][0]["value"] == 3
    shown = world.post(f"{IMAGE}/{image}/remove-label/", {"label_id": label})
    assert shown["labels"] == []


def test_a_category_takes_the_place_of_the_others_of_its_task(world: World) -> None:
    task, image = world.task(), world.upload()
    for name in ("cat", "dog"):
        label = world.label(name)
        world.post(f"/recognition/v2/task/{task}/add-label", {"label_id": label})
        world.post(f"{IMAGE}/{image}/add-label", {"label_id": label})
    assert names_shown(world, image) == ["dog"]


@pytest.mark.parametrize("body", [{}, {"label_id": 3}, {"label_id": NOBODY, "value": "much"}])
def test_a_wrong_label_is_refused(world: World, body: dict[str, object]) -> None:
    assert world.ask("POST", f"{IMAGE}/{world.upload()}/add-label", json=body).status_code == 400


def test_notes_are_replaced_emptied_and_given_back(world: World) -> None:
    image = world.upload(meta_data={"a": 1})
    path = f"{IMAGE}/{image}"
    for meta in ({"b": "é😀"}, {}, None):
        answer = world.ask("PUT", path, json={"meta_data": meta})
        assert (answer.status_code, answer.json()["meta_data"]) == (200, meta or {})
    world.ask("PUT", path, json={"meta_data": {"kept": True}})
    answer = world.ask("PUT", path, json={"workspace": "Default"})
    assert answer.json()["meta_data"] == {"kept": True}
    assert world.ask("PUT", path, json={"meta_data": "x"}).status_code == 400


def test_images_are_listed_by_what_they_show_and_are(fresh: World) -> None:
    red, weight = fresh.label("red"), fresh.label("weight")
    plain, labelled, test = fresh.upload(), fresh.upload(), fresh.upload(test_image=True)
    fresh.post(f"{IMAGE}/{labelled}/add-label", {"label_id": red})
    fresh.post(f"{IMAGE}/{test}/add-label", {"label_id": weight, "value": 5})
    fresh.post(f"{IMAGE}/update", {"images": [plain], "unmark-real": True})
    fresh.post("/annotate/v2/verification/", {"user": "me", "image_id": labelled})

    def found(query: str) -> list[str]:
        page = fresh.get(f"{IMAGE}/?{query}")
        assert page["count"] == len(page["results"])
        return [image["id"] for image in page["results"]]

    assert found("page=1") == [plain, labelled, test]
    assert found(f"labels={red}") == [labelled]
    assert found(f"labels={red},{weight}") == []
    assert found(f"not_labels={red}") == [plain, test]
    assert found("test=true") == [test]
    assert found("page=1&real=False") == [plain]
    assert found("verified=1") == [labelled]
    assert found("verified=0") == [plain, test]
    assert found(f"labels={weight}&label_value_{weight}__gte=5&label_value_{weight}__lte=5") == [test]
    assert found(f"label_value_{weight}__gte=5.1") == []
    assert found("what=ever") == [plain, labelled, test]


@pytest.mark.parametrize(
    "query",
    [
        "test=perhaps",
        "real=2",
        "verified=-1",
        "verified=x",
        "verified=9999999999",
        f"label_value_{NOBODY}__gte=nan",
        f"label_value_{NOBODY}__lte=x",
        "labels=" + ",".join([NOBODY[:-3] + f"{n:03}" for n in range(101)]),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(world: World, query: str) -> None:
    assert world.ask("GET", f"{IMAGE}/?{query}").status_code == 400


def test_many_images_change_at_once_by_name_or_by_what_they_show(world: World) -> None:
    old, new = world.label("old"), world.label("new")
    images = [world.upload() for _ in range(3)]
    by_name = {"images": images, "labels": [], "labels-add": [old], "labels-remove": []}
    assert world.post(f"{IMAGE}/update", by_name) == {"count": 3}
    said = {"images": [], "labels": [old], "labels-add": [new], "labels-remove": [old], "mark-test": True}
    assert world.post(f"{IMAGE}/update", {**said, "workspace": world.here}) == {"count": 3}
    assert all(names_shown(world, image) == ["new"] for image in images)
    assert world.get(f"{IMAGE}/?test=true&labels={new}")["count"] == 3
    world.post(f"{IMAGE}/update/", {"images": images[:1], "unmark-test": True})
    assert world.get(f"{IMAGE}/?test=true&labels={new}")["count"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"images": [], "labels": []},
        {"images": "all"},
        {"images": [NOBODY], "mark-test": True, "unmark-test": True},
        {"images": [NOBODY] * 10_001},
        {"images": [3]},
    ],
)
def test_a_change_of_nothing_or_everything_is_refused(world: World, body: dict[str, object]) -> None:
    assert world.ask("POST", f"{IMAGE}/update", json=body).status_code == 400


def test_many_images_change_all_or_not_at_all(world: World) -> None:
    mine, theirs, label = world.upload(), theirs_in(world), world.label()
    for images, labels in (([mine, theirs.image], [label]), ([mine], [label, theirs.label])):
        body = {"images": images, "labels-add": labels, "mark-test": True}
        assert world.ask("POST", f"{IMAGE}/update", json=body).status_code == 404
    assert names_shown(world, mine) == []
    assert world.get(f"{IMAGE}/{mine}")["test_image"] is False
    by_theirs = world.ask("POST", f"{IMAGE}/update", json={"labels": [theirs.label], "mark-test": True})
    assert by_theirs.json() == {"count": 0}


def test_a_deleted_image_is_gone_with_its_file(world: World) -> None:
    image = world.upload()
    path = world.get(f"{IMAGE}/{image}")["img_path"].removeprefix("http://127.0.0.1:8000")
    assert world.ask("GET", path, token="").status_code == 200
    assert world.ask("DELETE", f"{IMAGE}/{image}").status_code == 204
    assert world.ask("GET", f"{IMAGE}/{image}").status_code == 404
    assert world.ask("GET", path, token="").status_code == 404


def test_the_file_and_a_small_one_are_at_their_addresses_without_a_token(world: World) -> None:
    data = picture((3, 99, 7), side_px=600, kind="JPEG")
    image = world.get(f"{IMAGE}/{world.upload(data)}", headers={"host": "localhost:9000"})
    assert image["img_path"].startswith("http://localhost:9000/recognition/v2/file/")
    whole, small = (
        world.ask("GET", image[field].removeprefix("http://localhost:9000"), token="")
        for field in ("img_path", "thumb_img_path")
    )
    assert Image.open(io.BytesIO(whole.content)).size == (600, 600)
    assert max(Image.open(io.BytesIO(small.content)).size) == 256
    for answer in (whole, small):
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-disposition"] == "attachment"


@pytest.mark.parametrize(
    ("kind", "ending"), [("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png"), ("BMP", "png")]
)
def test_nothing_of_a_page_inside_an_image_is_sent_back(world: World, kind: str, ending: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), (len(kind), ord(kind[0]), 9)).save(file, kind)
    page = b"<html><script>alert(1)</script>"
    image = world.get(f"{IMAGE}/{world.upload(file.getvalue() + page)}")
    assert image["img_path"].endswith(f".{ending}")
    sent = world.ask("GET", image["img_path"].removeprefix("http://127.0.0.1:8000"), token="")
    assert sent.status_code == 200
    assert page not in sent.content


def test_an_address_that_is_nearly_right_opens_nothing(world: World) -> None:
    image = world.get(f"{IMAGE}/{world.upload()}")
    other = world.get(f"{IMAGE}/{world.upload()}")
    start = f"/recognition/v2/file/{image['id']}"
    names = (
        other["img_path"].rpartition("/")[2],
        "0" * 64 + ".png",
        "..%2f..%2fetc%2fpasswd",
        image["img_path"].rpartition("/")[2] + "/x",
        "",
    )
    for name in names:
        answer = world.ask("GET", f"{start}/{name}", token="")
        assert answer.status_code == 404, name
        assert "detail" in answer.json()
    assert world.ask("GET", f"/recognition/v2/file/x/{names[0]}", token="").status_code == 404


def test_a_reader_adds_and_deletes_nothing(world: World) -> None:
    reader, path = world.token_for(Role.READER), f"{IMAGE}/{world.upload()}"
    assert world.ask("POST", IMAGE, token=reader, json={"base64": b64(another_picture())}).status_code == 403
    assert world.ask("DELETE", path, token=reader).status_code == 403
    assert world.ask("PUT", path, token=reader, json={"meta_data": {}}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{IMAGE}/ID"),
        ("PUT", f"{IMAGE}/ID"),
        ("DELETE", f"{IMAGE}/ID"),
        ("POST", f"{IMAGE}/ID/add-label"),
        ("POST", f"{IMAGE}/ID/update-label"),
        ("POST", f"{IMAGE}/ID/remove-label"),
    ],
)
def test_an_image_of_another_workspace_is_not_there(world: World, method: str, path: str) -> None:
    theirs, label = theirs_in(world), world.label()
    for image in (theirs.image, NOBODY, "no-id"):
        body = {"label_id": label, "meta_data": {}} if method in ("POST", "PUT") else None
        answer = world.ask(method, path.replace("ID", image), json=body)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert world.get(f"{IMAGE}/{theirs.image}", token=theirs.token)["labels"] == []


@pytest.mark.parametrize("verb", ["add-label", "update-label", "remove-label"])
def test_a_label_of_another_workspace_is_not_there(world: World, verb: str) -> None:
    body = {"label_id": theirs_in(world).label}
    assert world.ask("POST", f"{IMAGE}/{world.upload()}/{verb}", json=body).status_code == 404


def test_images_of_another_workspace_are_not_listed(world: World) -> None:
    theirs = theirs_in(world)
    assert world.get(f"{IMAGE}/?labels={theirs.label}")["count"] == 0
    assert theirs.image not in [image["id"] for image in world.get(IMAGE)["results"]]


def test_the_same_bytes_in_another_workspace_are_no_duplicate(world: World) -> None:
    data, theirs = another_picture(), theirs_in(world)
    mine = world.upload(data)
    answer = world.ask("POST", IMAGE, token=theirs.token, json={"base64": b64(data)})
    assert answer.status_code == 201
    assert answer.json()["id"] != mine
