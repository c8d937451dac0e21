// The photos in their groups: a slider chooses how many groups, a box shows what the labels would have said.
export default function bringAlive(element, { shown, sliders, say }) {
  const groups = [...element.querySelectorAll("[data-group]")];
  const reveal = element.querySelector("[data-reveal]");
  const count = element.querySelector("[data-count]");
  const photos = new Map([...element.querySelectorAll("[data-row]")].map((one) => [Number(one.dataset.row), one]));
  const { values } = sliders(element, draw);

  function draw({ k }) {
    element.querySelector("output").textContent = k;
    const grouping = shown.groupings.find((one) => one.k === k);
    grouping.group.forEach((group, place) => {
      const photo = photos.get(shown.rows[place]);
      photo.alt = say("widget.photo_alt", { number: group + 1 });
      groups[group].append(photo);
    });
    groups.forEach((one, place) => {
      one.hidden = place >= k;
      const label = one.querySelector("[data-hidden-label]");
      label.hidden = !reveal.checked || place >= k;
      if (place < k) label.textContent = say("widget.mostly", {
        name: grouping.names[place], n: grouping.n_named[place], size: grouping.sizes[place] });
    });
    count.textContent = reveal.checked
      ? say("widget.agree", { k, n: grouping.n_agree, share: grouping.agreement }) : say("widget.groups", { k });
  }

  reveal.addEventListener("change", () => draw(values()));
  draw(values());
}
