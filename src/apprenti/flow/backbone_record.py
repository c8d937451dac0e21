"""How a backbone that was learnt is recorded: its graph as bytes, the rest as JSON."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from apprenti.blocks.backbone import Backbone
from apprenti.domain import json_form
from apprenti.flow.steps import Content, Form


def bytes_as_array(data: bytes) -> NDArray[np.uint8]:
    """Return bytes as an array, uint8 [n]."""
    return np.frombuffer(data, dtype=np.uint8)


def write_backbone(backbone: Backbone) -> Content:
    """Return a backbone as it is recorded."""
    told = json_form.to_json(replace(backbone, graph=b""), exact=True)
    return Content(data=told, arrays={"graph": bytes_as_array(backbone.graph)})


def read_backbone(content: Content) -> Backbone:
    """Return the backbone of a record."""
    return replace(json_form.from_json(Backbone, content.data), graph=content.arrays["graph"].tobytes())


BACKBONE = Form(write=write_backbone, read=read_backbone)
