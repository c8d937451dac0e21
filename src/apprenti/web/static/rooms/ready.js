// Whether there are enough photos of each label, and what more of it should bring: worked out when somebody asks.
import { ask } from "./api.js";
import { element } from "./views.js";
import { number } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Readiness {
  constructor(facts, book, told) {
    Object.assign(this, { path: `/rooms/tasks/${facts.task.id}/readiness`, book, told });
    $("ready")?.addEventListener("toggle", () => { if ($("ready").open) this.load().catch(told); });
  }

  async load() {
    await this.book.sending;
    $("ready-list").setAttribute("aria-busy", "true");
    const { data } = await ask("GET", this.path);
    const most = Math.max(1, ...data.labels.map((one) => one.n));
    $("ready-list").replaceChildren(...data.labels.map((one) => this.line(one, most)));
    $("ready-list").removeAttribute("aria-busy");
  }

  line(one, most) {
    const bar = element("span", { className: "bar" }, element("span"));
    bar.firstChild.style.inlineSize = `${(100 * one.n) / most}%`;
    return element("li", { className: one.state },
      element("b", { text: this.book.nameOf(one.label) }), element("span", { className: "n", text: number(one.n) }), bar,
      element("span", { className: "told", text: one.said }));
  }
}
