"""Code that asks a task's model, to be pasted as it stands: tests run it."""

from __future__ import annotations

from apprenti.domain.dataset import TaskType

LANGUAGES = (("curl", "curl"), ("python", "Python"), ("javascript", "JavaScript"))
"""What they are called in addresses of the page, and by people."""

_CURL = """\
curl --fail-with-body -H "Authorization: Token $TOKEN" \\
  --data-binary @photo.jpg \\
  {origin}/v1/tasks/{task}/predictions
"""

_PYTHON = """\
# pip install apprenti
import os

import apprenti

with apprenti.Client("{origin}", token=os.environ["TOKEN"]) as client:
    answer = client.predictions.ask("{task}", "photo.jpg")

{printed}
"""

_PYTHON_LABELS = """\
for label in answer.labels[:3]:
    print(f"{label.name}: {label.p:.0%}")
if not answer.familiar:
    print("unlike anything it was trained on")"""

_PYTHON_NUMBER = """\
print(answer.value, "between", answer.low, "and", answer.high)"""

_JAVASCRIPT = """\
// node ask.mjs
import { readFile } from "node:fs/promises";

const reply = await fetch("{origin}/v1/tasks/{task}/predictions", {
  method: "POST",
  headers: { authorization: `Token ${process.env.TOKEN}` },
  body: await readFile("photo.jpg"),
});
const answer = await reply.json();
if (!reply.ok) throw new Error(answer.error.message);
{printed}
"""

_JAVASCRIPT_LABELS = """\
for (const { name, p } of answer.labels.slice(0, 3)) console.log(`${name}: ${Math.round(100 * p)}%`);"""

_JAVASCRIPT_NUMBER = """\
console.log(answer.value, "between", answer.low, "and", answer.high);"""


def snippets(origin: str, task_id: str, task_type: TaskType) -> dict[str, str]:
    """Return the code by language.

    Args:
        origin: where the service answers, without a slash at its end.
        task_id: what is asked.
        task_type: what its answers are.
    """
    is_number = task_type is TaskType.REGRESSION
    printed = {
        "python": _PYTHON_NUMBER if is_number else _PYTHON_LABELS,
        "javascript": _JAVASCRIPT_NUMBER if is_number else _JAVASCRIPT_LABELS,
    }
    texts = {"curl": _CURL, "python": _PYTHON, "javascript": _JAVASCRIPT}
    return {
        name: text.replace("{printed}", printed.get(name, ""))
        .replace("{origin}", origin)
        .replace("{task}", task_id)
        .strip()
        for name, text in texts.items()
    }
