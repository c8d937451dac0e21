"""A lesson's text: Markdown, cut into blocks by headings that carry an id and a beat.

    ## What a neuron does {#what .explain}

Further marks in the braces: ``if=FIELD`` or ``unless=FIELD`` show the block only where that field of what is shown
is true (not true); ``en=HASH``, in French, names the English block it was written from.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

BEATS = ("predict", "touch", "explain", "prove", "use")
HEADING = re.compile(
    r"^## (?P<title>.+?) \{#(?P<id>[a-z][a-z0-9-]*) \.(?P<beat>[a-z]+)(?P<marks>( \w+=[\w-]+)*)\}$"
)
FENCE = re.compile(r"^```(?P<kind>widget|check) (?P<name>[a-z][a-z0-9_]*)\s*$", re.MULTILINE)
PLACEHOLDER = re.compile(r"\{\{ *(?P<name>[a-z_][\w.]*) *(?:: *(?P<form>[^{}]+?) *)?\}\}")
TERM = re.compile(r"\]\(term:(?P<id>[a-z0-9-]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a text.

    Args:
        id: the same in both languages.
        beat: what the learner does in it.
        title: Markdown of one line.
        source: the Markdown below the heading.
        shown_if: field that must be true; empty for always.
        hidden_if: field that must not be.
        english: the hash of the English block it was written from; empty in English.
    """

    id: str
    beat: str
    title: str
    source: str
    shown_if: str = ""
    hidden_if: str = ""
    english: str = ""

    @property
    def hash(self) -> str:
        """Eight digits that change with title and text."""
        return hashlib.sha256(f"{self.title}\n{self.source}".encode()).hexdigest()[:8]

    @property
    def whole(self) -> str:
        """Title and text."""
        return f"{self.title}\n{self.source}"

    def named(self, kind: str) -> tuple[str, ...]:
        """Return the names of the widgets or checks in it, in order."""
        return tuple(match["name"] for match in FENCE.finditer(self.source) if match["kind"] == kind)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What computed values it shows, in order."""
        return tuple(match["name"] for match in PLACEHOLDER.finditer(self.whole))


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A whole text.

    Args:
        lead: Markdown before the first block: what this is about, in two or three sentences.
        blocks: in order.
    """

    lead: str
    blocks: tuple[Block, ...]


def read_text(source: str, *, where: str) -> Text:
    """Return a text.

    Raises:
        ValueError: a heading is not as it should be; the message says where.
    """
    lead, *parts = re.split(r"^(?=## )", source, flags=re.MULTILINE)
    return Text(lead=lead.strip(), blocks=tuple(_block(part, where) for part in parts))


def _block(part: str, where: str) -> Block:
    first, _, rest = part.partition("\n")
    match = HEADING.fullmatch(first.rstrip())
    if match is None or match["beat"] not in BEATS:
        raise ValueError(f"{where}: no id and beat of {', '.join(BEATS)} in the heading {first!r}")
    marks = dict(mark.split("=") for mark in match["marks"].split())
    unknown = marks.keys() - {"if", "unless", "en"}
    if unknown:
        raise ValueError(f"{where}: unknown marks {sorted(unknown)} in the heading {first!r}")
    return Block(
        id=match["id"],
        beat=match["beat"],
        title=match["title"],
        source=rest.strip(),
        shown_if=marks.get("if", ""),
        hidden_if=marks.get("unless", ""),
        english=marks.get("en", ""),
    )
