// Photos of a class left out of the training: Python learns anew and says what becomes of each group.
const TOP = 16, BOTTOM = 278; // of the drawing, as the server drew it

export default function bringAlive(element, { say, number, percent, photo, ask }) {
  const find = (name) => element.querySelector(`[data-${name}]`);
  const [classes, light, share] = [find("class"), find("light"), find("slider")];
  const bars = [...find("bars").children];
  const names = [...element.querySelectorAll("[data-name]")];
  const rows = [...element.querySelectorAll("tbody tr")];
  const of = (part, whole) => (whole ? part / whole : 0);

  function show(found) {
    const [first, sibling] = found.groups;
    const lights = found.is_dark ? ["dark", "bright"] : ["bright", "dark"];
    const values = [
      [of(first.before, first.n), of(found.random_right, first.n), of(first.after, first.n)],
      [of(sibling.before, sibling.n), of(found.sibling_random, sibling.n), of(sibling.after, sibling.n)],
      [found.others_before, found.others_random, found.others_after],
    ];
    values.flat().forEach((value, at) => {
      const top = BOTTOM - value * (BOTTOM - TOP);
      bars[at].setAttribute("y", top);
      bars[at].setAttribute("height", BOTTOM - top);
    });
    const said = [...lights.map((one) => say(`widget.group.${one}`, found)), say("widget.group.others")];
    said.forEach((name, at) => {
      names[at].textContent = name;
      rows[at].cells[0].textContent = name;
      values[at].forEach((value, cell) => { rows[at].cells[cell + 1].textContent = percent(value); });
    });
    for (const key of ["removed", "kept"]) pictures(find(key), found[key], say(`widget.${key}_alt`, found));
    const [before, random, after] = values[0];
    find("count").textContent = say(`widget.falls.${lights[0]}`, { label: found.label, n: found.n_removed, before, random, after });
    find("all").textContent = say("widget.overall", { before: found.accuracy_before, after: found.accuracy_after });
  }

  function pictures(strip, chosen, alt) {
    strip.replaceChildren(...chosen.map((row) => Object.assign(new Image(), { src: photo(row), alt, className: "photo" })));
  }

  function changed() {
    share.nextElementSibling.textContent = number(Number(share.value), 0);
    ask({ place: classes.value, dark: light.value, share: Number(share.value) / 100 }, show);
  }
  for (const one of [classes, light]) one.addEventListener("change", changed);
  share.addEventListener("input", changed);
}
