"""From a block's Markdown to HTML: figures filled, formulas as MathML, terms linked, widgets and checks put in place.

HTML in the Markdown is not HTML: it comes out as the letters it is. What a learner's folder is called is filled in
after the Markdown has been read, and escaped, so that no label can be a heading, a link or a script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from apprenti.lessons.filling import formatted
from apprenti.lessons.glossary import glossary
from apprenti.lessons.text import PLACEHOLDER
from apprenti.texts import Lang

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

CONDITIONS = ("if", "unless")
DECIMAL_COMMA = re.compile(r"<mn>(\d+)</mn><mrow><mo>&#x0002C;</mo></mrow><mn>(\d+)</mn>")


@dataclass(kw_only=True)
class Drawing:
    """What one page's texts are drawn with; it remembers which figures and terms have been said already.

    Args:
        lang: language.
        value: gives a computed value by its name.
        place: draws a widget or a check by kind and name, with its caption as HTML.
        link: the address of a lesson by number, or of a term by its id (``term:...``).
        evidence: by the name of a value, the id under which a report links to it.
    """

    lang: Lang
    value: Callable[[str], Any]
    place: Callable[[str, str, str], str]
    link: Callable[[str], str]
    evidence: dict[str, str] = field(default_factory=dict)
    terms_said: set[str] = field(default_factory=set)
    anchors_set: set[str] = field(default_factory=set)

    def html(self, source: str) -> str:
        """Return Markdown as HTML."""
        tokens = markdown().parse(source)
        html: str = markdown().renderer.render(
            _kept(tokens, self.value), markdown().options, {"drawing": self}
        )
        return html

    def inline(self, source: str) -> str:
        """Return Markdown of one line as HTML without a paragraph around it."""
        html: str = markdown().renderInline(source, {"drawing": self})
        return html


@cache
def markdown() -> MarkdownIt:
    """Return the reader of our Markdown."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    reader.use(dollarmath_plugin, allow_digits=False, double_inline=False)
    for name in CONDITIONS:
        reader.use(container_plugin, name=name)
    reader.inline.ruler.before("text", "figure", _read_figure)
    rules = {
        "figure": _figure,
        "fence": _fence,
        "link_open": _link_open,
        "link_close": _link_close,
        "math_inline": _inline_formula,
        "math_block": _block_formula,
        "table_open": lambda *_: '<div class="wide"><table>',
        "table_close": lambda *_: "</table></div>",
    }
    reader.renderer.rules.update(rules)  # type: ignore[attr-defined]
    for name in CONDITIONS:
        for end in ("open", "close"):
            reader.renderer.rules[f"container_{name}_{end}"] = lambda *_: ""  # type: ignore[attr-defined]
    return reader


def formula(latex: str, *, is_block: bool = False) -> str:
    """Return a formula as MathML."""
    from latex2mathml.converter import convert

    drawn = str(convert(latex, display="block" if is_block else "inline"))
    return DECIMAL_COMMA.sub(r"<mn>\1,\2</mn>", drawn)


def _kept(tokens: Sequence[Token], value: Callable[[str], Any]) -> list[Token]:
    """Return the tokens without those of ``::: if`` and ``::: unless`` parts that are not to be shown."""
    kept: list[Token] = []
    hidden_at: int | None = None
    for token in tokens:
        kind = re.fullmatch(r"container_(if|unless)_(open|close)", token.type)
        if kind and kind[2] == "open" and hidden_at is None:
            is_true = bool(value(token.info.split()[1]))
            if is_true != (kind[1] == "if"):
                hidden_at = token.level
        if hidden_at is None:
            kept.append(token)
        elif kind and kind[2] == "close" and token.level == hidden_at:
            hidden_at = None
    return kept


def _read_figure(state: StateInline, silent: bool) -> bool:
    match = PLACEHOLDER.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("figure", "", 0)
        token.meta = {"name": match["name"], "form": match["form"]}
    state.pos = match.end()
    return True


def _figure(tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    from markupsafe import escape

    drawing: Drawing = env["drawing"]
    name, form = tokens[place].meta["name"], tokens[place].meta["form"]
    said = escape(formatted(drawing.value(name), form, drawing.lang))
    if form is not None and form.startswith("plural "):
        return str(said)
    id_ = drawing.evidence.get(name, "")
    anchor = ""
    if id_ and id_ not in drawing.anchors_set:
        drawing.anchors_set.add(id_)
        anchor = f' id="{id_}"'
    return f'<span class="figure"{anchor}>{said}</span>'


def _fence(tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    from markupsafe import escape

    token = tokens[place]
    kind, _, name = token.info.strip().partition(" ")
    if kind not in ("widget", "check"):
        return f"<pre><code>{escape(token.content)}</code></pre>\n"
    drawing: Drawing = env["drawing"]
    return drawing.place(kind, name, drawing.inline(token.content.strip()))


def _link_open(tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    from markupsafe import escape

    drawing: Drawing = env["drawing"]
    target = str(tokens[place].attrs["href"])
    kind, _, name = target.partition(":")
    if kind == "term":
        meaning = glossary()[name].meaning(drawing.lang)
        return f'<a class="term" href="{escape(drawing.link(target))}" title="{escape(meaning)}">'
    if kind == "lesson":
        return f'<a href="{escape(drawing.link(name))}">'
    return f'<a href="{escape(target)}" rel="noreferrer">'


def _link_close(tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """End a link; in French the English term follows the first time, in brackets."""
    from markupsafe import escape

    drawing: Drawing = env["drawing"]
    depth, opening = 1, place
    while depth:
        opening -= 1
        depth += {"link_open": -1, "link_close": 1}.get(tokens[opening].type, 0)
    kind, _, name = str(tokens[opening].attrs["href"]).partition(":")
    if kind != "term" or drawing.lang == "en" or name in drawing.terms_said:
        return "</a>"
    drawing.terms_said.add(name)
    term = glossary()[name]
    said = "".join(token.content for token in tokens[opening + 1 : place]).lower()
    if term.en.lower() in (said, term.fr.lower()):
        return "</a>"
    return f'</a> <span class="english" lang="en">({escape(term.en)})</span>'


def _inline_formula(tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return formula(_filled_formula(tokens[place].content, env["drawing"]))


def _block_formula(tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    return f'<p class="formula">{formula(_filled_formula(tokens[place].content, env["drawing"]), is_block=True)}</p>\n'


def _filled_formula(latex: str, drawing: Drawing) -> str:
    """Return LaTeX with its values: numbers only, whose comma is no list's."""

    def said(match: re.Match[str]) -> str:
        value = drawing.value(match["name"])
        if not isinstance(value, (int, float)):
            return r"\text{–}"
        text = formatted(value, match["form"], drawing.lang).replace("−", "-").replace("\u202f", r"\,")
        return "{" + text.replace(",", "{,}").replace("%", r"\%") + "}"

    return PLACEHOLDER.sub(said, latex).strip()
