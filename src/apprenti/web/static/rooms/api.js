// Asking the server, the cookie being the permission. What it refuses is told in its own words.
import { lang, say } from "./words.js";

export class Refused extends Error {
  constructor(status, code, message, waitSeconds) {
    super(message);
    Object.assign(this, { status, code, waitSeconds });
  }

  // the server is away, busy or slow: the same request may be answered later
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status === 408 || this.status >= 500;
  }
}

export async function ask(method, path, { json, body, key, signal } = {}) {
  const headers = { "accept-language": lang };
  if (json !== undefined) headers["content-type"] = "application/json";
  else if (body) headers["content-type"] = "application/octet-stream";
  if (key) headers["idempotency-key"] = key;
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: json !== undefined ? JSON.stringify(json) : body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "unreachable", say("script.unreachable"), 0);
  }
  if (answer.ok) return { status: answer.status, data: answer.status === 204 ? null : await answer.json() };
  if (answer.status === 401) {
    location.assign(`/enter?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  const told = await answer.json().catch(() => ({}));
  const wait = Number(answer.headers.get("retry-after")) || 0;
  throw new Refused(answer.status, told.error?.code ?? "", told.error?.message ?? say("script.failed"), wait);
}

export const wait = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

// ask until there is an answer: the request has a key, so that nothing is done twice
export async function askUntilAnswered(method, path, options = {}, onTrouble = () => {}) {
  const key = options.key ?? freshKey();
  for (let pause = 0.5; ; pause = Math.min(2 * pause, 5)) {
    try {
      const answer = await ask(method, path, { ...options, key });
      onTrouble(null);
      return answer;
    } catch (error) {
      if (!(error instanceof Refused) || !error.isPassing) throw error;
      onTrouble(error);
      await wait(Math.max(pause, error.waitSeconds));
    }
  }
}

// crypto.randomUUID is missing where the page came unencrypted from another machine
export function freshKey() {
  const signs = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(signs, (sign) => sign.toString(16).padStart(2, "0")).join("");
}
