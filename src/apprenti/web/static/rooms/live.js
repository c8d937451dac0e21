// What the camera sees, asked about as fast as answers come: one frame is under way at a time, all others are let go.
import { Refused, ask, wait } from "./api.js";
import { bars, bestLine } from "./answers.js";
import { drawHeat } from "./heat.js";
import { say } from "./words.js";

const $ = (id) => document.getElementById(id);
const FRAME_PX = 320, QUALITY = 0.8;
const HEAT_CELLS = 5, HEAT_EVERY_MS = 700;
const PACE_OVER_MS = 3000;
const LEAST_MS = 60; // between frames: nobody reads faster
const BLEND = 0.55; // of what was seen before, so that figures can be read

export class Live {
  constructor(camera, facts, query) {
    Object.assign(this, { camera, facts, query, isOn: false, smooth: new Map() });
    this.frame = document.createElement("canvas");
    $("live-hot").addEventListener("change", () => { $("live-heat").hidden = !$("live-hot").checked; });
  }

  start() {
    if (this.isOn) return;
    Object.assign(this, { isOn: true, answers: [], smooth: new Map() });
    this.run();
    this.runHeat();
  }

  stop() {
    this.isOn = false;
    $("live-heat").hidden = true;
    $("live-hot").checked = false;
  }

  async run() {
    while (this.isOn) {
      const begun = performance.now();
      const data = await this.asked("");
      if (data && this.isOn) this.show(data);
      await wait(Math.max(0, LEAST_MS - (performance.now() - begun)) / 1000);
    }
  }

  async runHeat() {
    while (this.isOn) {
      const begun = performance.now();
      if ($("live-hot").checked && !document.hidden) {
        const data = await this.asked(`&heat=${HEAT_CELLS}`);
        if (data && this.isOn && $("live-hot").checked) {
          drawHeat($("live-heat"), data.heat, this.frame.width, this.frame.height);
          $("live-heat").hidden = data.heat.is_faint;
        }
      }
      await wait(Math.max(100, HEAT_EVERY_MS - (performance.now() - begun)) / 1000);
    }
  }

  // the answer to what is seen now; nothing where the page is hidden or the server is busy
  async asked(more) {
    if (document.hidden || !this.camera.video.videoWidth) { await wait(0.2); return null; }
    try {
      const body = await this.grab();
      const { data } = await ask("POST", `/v1/tasks/${this.facts.task}/explanations?${this.query()}${more}`, { body });
      return data;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      $("live-answer").textContent = error.message;
      await wait(Math.max(1, error.waitSeconds));
      return null;
    }
  }

  grab() {
    const { videoWidth, videoHeight } = this.camera.video;
    const scale = Math.min(1, FRAME_PX / Math.max(videoWidth, videoHeight));
    this.frame.width = Math.round(videoWidth * scale);
    this.frame.height = Math.round(videoHeight * scale);
    this.frame.getContext("2d").drawImage(this.camera.video, 0, 0, this.frame.width, this.frame.height);
    return new Promise((done) => this.frame.toBlob(done, "image/jpeg", QUALITY));
  }

  show(data) {
    const now = performance.now();
    this.answers = [...this.answers.filter((at) => now - at < PACE_OVER_MS), now];
    const span = Math.max(1, now - this.answers[0]), pace = (1000 * (this.answers.length - 1)) / span;
    if (this.answers.length > 3) $("pace").textContent = say("models_room.pace", { n: Math.round(pace) });
    $("finder").dataset.pace = pace.toFixed(2);
    $("live-strange").hidden = data.familiar;
    if (this.facts.type !== "regression") data.labels = this.smoothed(data.labels);
    const parts = [bestLine(data, this.facts.type)];
    if (data.labels.length) parts.push(bars(data.labels.slice(0, 3)));
    $("live-answer").replaceChildren(...parts);
  }

  smoothed(labels) {
    const seen = new Map(labels.map(({ id, p }) => [id, BLEND * (this.smooth.get(id) ?? p) + (1 - BLEND) * p]));
    this.smooth = seen;
    return labels.map((label) => ({ ...label, p: seen.get(label.id) })).sort((a, b) => b.p - a.p);
  }
}
