// Speaking with the listener. Each verb is POST /v1/… with one object, and answers one.

const KEY = "restante-control-token";

export function useToken(token) {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

function headers() {
  const token = sessionStorage.getItem(KEY);
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

export class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @param path such as `/v1/messages/list` */
export async function post(path, input = {}) {
  const response = await fetch(path, {
    method: "POST",
    headers: { ...headers(), "content-type": "application/json" },
    body: JSON.stringify(input),
  }).catch(() => {
    throw new Refused("unreachable", "The server does not answer: is it still running?");
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { code = "unknown", message = `The server answered ${response.status}.` } = answer.error ?? {};
  throw new Refused(code, message);
}

export async function description() {
  const response = await fetch("/v1/openapi.json", { headers: headers() });
  if (!response.ok) throw new Refused("unreachable", `The server answered ${response.status}.`);
  return response.json();
}

/** Calls back with each event until the connection ends. EventSource would send no token. */
export async function follow(each) {
  const response = await fetch("/v1/events", { headers: headers() });
  if (!response.ok || response.body === null)
    throw new Refused("unreachable", `The server answered ${response.status}.`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const pieces = text.split("\n\n");
    text = pieces.pop() ?? "";
    for (const piece of pieces) {
      const data = piece.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length > 0) each(JSON.parse(data.map((line) => line.slice(5).trimStart()).join("\n")));
    }
  }
}
