// Exports: made and checked by the server, then handed to the browser as files; what it refuses is told here.
import { lang, say, toast } from "./words.js";

export function offerExports(facts) {
  for (const button of document.querySelectorAll("[data-export]")) {
    button.addEventListener("click", () => save(button, facts.task));
  }
}

async function save(button, task) {
  const { export: form, version } = button.dataset, before = button.textContent;
  button.disabled = true;
  button.textContent = say("models_room.exporting");
  try {
    const answer = await fetch(`/v1/tasks/${task}/versions/${version}/export?form=${form}`, { headers: { "accept-language": lang } });
    if (!answer.ok) {
      const told = await answer.json().catch(() => ({}));
      toast(told.error?.message ?? say("script.failed"), { bad: true });
      return;
    }
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? form;
    const address = URL.createObjectURL(await answer.blob());
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch {
    toast(say("script.unreachable"), { bad: true });
  } finally {
    button.disabled = false;
    button.textContent = before;
  }
}
