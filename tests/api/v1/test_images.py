"""Images through the REST door: taken in once, labelled, shown anew, deleted."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from tests.api.v1.service_asking import House, code_of, open_house
from tests.fake_service import picture

from apprenti.flow.service.service import ServiceLimits


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(
        tmp_path_factory.mktemp("house"), limits=ServiceLimits(max_image_bytes=50_000, max_megapixels=1)
    )


def label(house: House, name: str) -> str:
    return str(house.make("/v1/labels", json={"name": name})["id"])


def test_an_image_is_taken_in_once_and_says_what_it_shows(house: House) -> None:
    bread = label(house, "bread")
    path = f'/v1/images?label={bread}&is_test=true&meta_data={{"shop":"Nice"}}&name=loaf.png'
    new = house.ask("POST", path, content=picture((1, 2, 3)))
    assert new.status_code == 201
    image = new.json()
    assert (image["name"], image["is_test"], image["meta_data"]) == ("loaf.png", True, {"shop": "Nice"})
    assert [shown["name"] for shown in image["labels"]] == ["bread"]
    again = house.ask("POST", "/v1/images", content=picture((1, 2, 3)))
    assert (again.status_code, again.json()) == (200, image)
    assert house.ask("GET", f"/v1/images/{image['id']}", as_="reader").json() == image


def test_a_form_of_one_is_taken_like_the_bytes_and_its_path_is_only_a_name(house: House) -> None:
    files = {"file": ("..\\..\\etc/passwd\x1b.png", picture((9, 9, 9)), "text/html")}
    assert house.make("/v1/images", files=files)["name"] == "passwd.png"


def test_a_form_of_several_tells_what_became_of_each(house: House) -> None:
    files = [
        ("image", ("a.png", picture((5, 0, 0)))),
        ("image", ("b.png", b"no picture")),
        ("image", ("c.png", picture((5, 0, 0)))),
        ("image", ("d.png", b"x" * 60_000)),
    ]
    answer = house.ask("POST", "/v1/images/batch?is_real=false", files=files)
    items = answer.json()["items"]
    assert answer.status_code == 200
    assert [(one["name"], one["status"]) for one in items] == [
        ("a.png", 201), ("b.png", 422), ("c.png", 200), ("d.png", 422),
    ]  # fmt: skip
    assert (items[1]["error"]["code"], items[3]["error"]["code"]) == ("not_an_image", "file_too_large")
    assert items[0]["image"]["is_real"] is False


@pytest.mark.parametrize("path", ["/v1/images", "/v1/images/batch"])
def test_a_field_of_a_form_that_nobody_would_look_at_is_refused_by_its_name(house: House, path: str) -> None:
    files = {"image": ("a.png", picture((5, 1, 1)))}
    for options in (
        {"files": files, "data": {"label": "bread"}},
        {"files": {**files, "photo": ("b.png", picture((5, 1, 2)))}},
        {"files": {"file": files["image"]}, "data": {"image": "no file"}},
    ):
        answer = house.ask("POST", path, **options)
        assert (answer.status_code, code_of(answer)) in ((422, "form_field_unknown"), (400, "form_malformed"))
    named = house.ask("POST", path, files=files, data={"label": "bread"}).json()["error"]["message"]
    assert "field label" in named
    assert (
        house.ask("GET", "/v1/images/count").json()["n"] == house.ask("GET", "/v1/usage").json()["n_images"]
    )


def test_images_are_found_by_what_is_known_of_them(house: House) -> None:
    one, other = label(house, "one"), label(house, "other")
    first = house.make(f"/v1/images?label={one}&label={other}:2.5", content=picture((0, 7, 1)))["id"]
    second = house.make(f"/v1/images?label={one}&is_test=true", content=picture((0, 7, 2)))["id"]
    found = {
        query: [image["id"] for image in house.ask("GET", f"/v1/images?{query}").json()["items"]]
        for query in (
            f"label={one}",
            f"label={one}&label={other}",
            f"label={one}&without_label={other}",
            f"label={one}&is_test=true",
        )
    }
    assert list(found.values()) == [[first, second], [first], [second], [second]]
    assert house.ask("GET", f"/v1/images/count?label={one}").json() == {"n": 2}
    shown = house.ask("GET", f"/v1/images/{first}").json()["labels"]
    assert [(each["id"], each["value"]) for each in shown] == [(one, None), (other, 2.5)]


def test_images_are_labelled_changed_and_deleted_one_by_one_or_together(house: House) -> None:
    cake = label(house, "cake")
    ids = [house.make("/v1/images", content=picture((n, 3, 3)))["id"] for n in range(3)]
    said = {"image_ids": ids, "add": [{"label_id": cake.upper()}]}
    assert house.make("/v1/images/labels", json=said) == {"n": 3}
    assert house.ask("GET", f"/v1/images/count?label={cake}").json() == {"n": 3}
    assert house.ask("DELETE", f"/v1/images/{ids[0]}/labels/{cake}").status_code == 204
    assert house.ask("PUT", f"/v1/images/{ids[0]}/labels/{cake}?value=3").status_code == 204
    changed = house.ask(
        "PATCH", f"/v1/images/{ids[0]}", json={"is_test": True, "meta_data": {"a": [1]}}
    ).json()
    assert (changed["is_test"], changed["meta_data"], changed["labels"][0]["value"]) == (True, {"a": [1]}, 3)
    assert house.ask("DELETE", f"/v1/images/{ids[0]}").status_code == 204
    assert house.make("/v1/images/delete", json={"image_ids": ids[1:]}) == {"n": 2}
    assert house.ask("GET", f"/v1/images/{ids[1]}").status_code == 404


@pytest.mark.parametrize(("what", "side_px"), [("file", 2048), ("thumbnail", 256)])
def test_a_picture_is_drawn_anew_and_not_sent_twice(house: House, what: str, side_px: int) -> None:
    hidden = picture((4, 4, 4), side_px=300) + b"<script>alert(1)</script>"
    path = f"/v1/images/{house.make('/v1/images', content=hidden)['id']}/{what}"
    answer = house.ask("GET", path)
    assert answer.headers["content-type"] == ("image/png" if what == "file" else "image/jpeg")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"script" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (min(300, side_px),) * 2
    unchanged = house.ask("GET", path, headers={"if-none-match": answer.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        ("/v1/images", b"", 400, "body_empty"),
        ("/v1/images", b"<svg/>", 422, "not_an_image"),
        ("/v1/images", b"x" * 50_001, 413, "body_too_large"),
        ("/v1/images", picture(side_px=1100), 422, "too_many_pixels"),
        ("/v1/images?label=x", picture(), 422, "request_malformed"),
        ("/v1/images?label=00000000-0000-4000-8000-000000000000", picture((8, 8, 1)), 404, "not_found"),
        ("/v1/images?meta_data=[]", picture(), 422, "json_malformed"),
        ("/v1/images?meta_data={", picture(), 422, "json_malformed"),
        ("/v1/images/batch", b"x", 400, "form_malformed"),
    ],
)
def test_what_cannot_be_taken_in_is_refused(
    house: House, path: str, content: bytes, status: int, code: str
) -> None:
    answer = house.ask("POST", path, content=content)
    assert (answer.status_code, code_of(answer)) == (status, code)


def test_a_reader_takes_nothing_in(house: House) -> None:
    for path in ("/v1/images", "/v1/images/batch"):
        assert code_of(house.ask("POST", path, as_="reader", content=picture())) == "role_too_low"
