// Elements and small drawings the rooms share.
const SVG = "http://www.w3.org/2000/svg";

export function made(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

export function svg(kind, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// shares of 1 as a bar: where it probably lies as a band, what was measured as a filled part
export function shareBar({ low = null, high = null, share = null }) {
  const part = (kind, from, to, y, height) =>
    svg("rect", { class: kind, x: 100 * from, y, width: Math.max(0, 100 * (to - from)), height });
  const whole = svg("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true", class: "share" });
  whole.append(part("track", 0, 1, 2, 2));
  if (share !== null) whole.append(part("fill", 0, inside(share), 2, 2));
  if (low !== null) whole.append(part("between", inside(low), inside(high), 0, 6));
  return whole;
}

const inside = (share) => Math.min(1, Math.max(0, share));
