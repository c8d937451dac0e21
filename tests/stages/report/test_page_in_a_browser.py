"""What only a browser can tell of the page: nothing sticks out of a phone, nothing is asked of a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.stages.report.made_up import HINDSIGHT, NETWORKS, TIMING, made_up_report

from apprenti.stages.report import render
from apprenti.texts import Lang

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
LONG_LABELS = ("a label without any end that nobody would ever write", "x" * 60, "c")


SHAPES: dict[str, tuple[Lang, dict[str, Any]]] = {
    "long names": ("fr", {"labels": LONG_LABELS, "skill": 1.0, "file_name": "y" * 90 + "{i}.jpg"}),
    "136 classes": ("en", {"n_labels": 136, "n_test": 200, "skill": 4.0}),
    "no test photo": ("fr", {"n_test": 0}),
    "two networks": ("fr", {"networks": NETWORKS}),
}


@pytest.mark.browser
@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_sticks_out_of_a_phone(shape: str, browser: Chrome, tmp_path: Path) -> None:
    lang, form = SHAPES[shape]
    page = tmp_path / "report.html"
    html = render(made_up_report(**form), lang=lang, timing=TIMING, hindsight=HINDSIGHT)
    page.write_text(html, encoding="utf-8")
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.get(page.as_uri())
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= PHONE["width"]
    requests = browser.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert [name for name in requests if not name.startswith("data:")] == []
