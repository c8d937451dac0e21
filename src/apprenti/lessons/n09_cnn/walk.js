// The maps of the network for the photo that is chosen.
export default function bringAlive(element, { ask }) {
  const rows = [...element.querySelectorAll("[data-layer]")].map((one) => [...one.querySelectorAll("img")]);
  for (const choice of element.querySelectorAll("input[type=radio]")) {
    choice.addEventListener("change", () => ask({ picture: choice.value }, ({ maps }) => {
      maps.forEach((urls, layer) => urls.forEach((url, place) => { rows[layer][place].src = url; }));
    }));
  }
}
