// Photos taken one after the other with the camera of a phone or laptop, each with the label that is chosen.
import { Camera } from "./camera.js";
import { say, tell } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Shots {
  // onShot(file): a photo was taken
  constructor(onShot) {
    Object.assign(this, { onShot, n: 0 });
    const button = $("shots-open");
    if (!button || !navigator.mediaDevices?.getUserMedia) return; // a page that is not encrypted has no camera
    for (const each of document.querySelectorAll(".touch")) each.hidden = true;
    button.hidden = false;
    this.camera = new Camera($("shots-video"));
    button.addEventListener("click", () => this.open());
    $("shots").addEventListener("close", () => this.camera.stop());
    $("shots-take").addEventListener("click", () => this.take());
  }

  async open() {
    this.n = 0;
    const from = $("as-label"), as = $("shots-as");
    as.replaceChildren(...[...from.options].slice(1).map((option) => new Option(option.text, option.value)));
    as.value = [...as.options].some((option) => option.value === from.value) ? from.value : "";
    this.show();
    $("shots-trouble").hidden = true;
    $("shots").showModal();
    try {
      await this.camera.start();
      if (!$("shots").open) this.camera.stop();
    } catch {
      $("shots-trouble").hidden = false;
    }
    $("shots-take").disabled = !this.camera.isOn;
    $("shots-take").focus();
  }

  async take() {
    const shot = await this.camera.shoot();
    if (!shot) return;
    this.n += 1;
    const name = `camera-${new Date().toISOString().replace(/\D/g, "").slice(0, 17)}.jpg`;
    this.onShot(new File([shot], name, { type: "image/jpeg" }), $("shots-as").value);
    $("shots-last").src = URL.createObjectURL(shot);
    $("shots-last").hidden = false;
    $("shots-last").onload = () => URL.revokeObjectURL($("shots-last").src);
    this.show();
    tell(say("data_views.shots_n", { n: this.n }));
  }

  show() { $("shots-n").textContent = this.n ? say("data_views.shots_n", { n: this.n }) : ""; }
}
