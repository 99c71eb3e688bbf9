import type { ClientRequest } from "node:http";
import { request } from "node:https";
import type { Answer } from "../http.ts";
import { formOf } from "../http.ts";

/** A person's browser, as far as a server sees it: it keeps cookies, and follows nothing by itself. */
export class Visitor {
  readonly cookies: Map<string, string> = new Map();
  readonly #url: string;
  readonly #ca: string;

  constructor(url: string, ca: string) {
    this.#url = url;
    this.#ca = ca;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#ask(path, "GET", headers);
  }

  /** Sends a form as a browser does from one of the pages. */
  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const body = new URLSearchParams(fields).toString();
    const type = "application/x-www-form-urlencoded";
    return this.#ask(path, "POST", { "content-type": type, "sec-fetch-site": "same-origin", ...headers }, body);
  }

  /** Begins to send a form, which the server has looked at when this returns; what that returns sends the rest. */
  begin(path: string, fields: Record<string, string>): Promise<() => Promise<Answer>> {
    const body = new URLSearchParams(fields).toString();
    return new Promise((begun, reject) => {
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(Buffer.byteLength(body)),
        "sec-fetch-site": "same-origin",
        cookie: this.#cookie(),
        expect: "100-continue",
      };
      const asked = request(this.#url + path, { method: "POST", ca: this.#ca, headers });
      const answered = this.#answer(asked);
      answered.catch(reject);
      asked.on("continue", () => {
        begun(() => {
          asked.end(body);
          return answered;
        });
      });
      asked.flushHeaders();
    });
  }

  /** Opens a page and sends the form on it that goes to `action`. */
  async fill(page: string, action: string, fields: Record<string, string>): Promise<Answer> {
    const { text } = await this.get(page);
    return this.post(action, { ...formOf(text, action), ...fields });
  }

  signIn(name: string, password: string, to?: string): Promise<Answer> {
    return this.fill(`/sign-in${to === undefined ? "" : `?to=${encodeURIComponent(to)}`}`, "/sign-in", {
      name,
      password,
      ...(to !== undefined && { to }),
    });
  }

  /** Another browser that holds the same cookies. */
  copy(): Visitor {
    const copy = new Visitor(this.#url, this.#ca);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  #ask(path: string, method: string, headers: Record<string, string>, body = ""): Promise<Answer> {
    const cookie = this.#cookie();
    const sent = { ...headers, ...(cookie !== "" && { cookie }), "content-length": String(Buffer.byteLength(body)) };
    const asked = request(this.#url + path, { method, ca: this.#ca, headers: sent });
    asked.end(body);
    return this.#answer(asked);
  }

  #cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #answer(asked: ClientRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      asked.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          for (const line of response.headers["set-cookie"] ?? []) this.#keep(line);
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString("utf8") });
        });
      });
      asked.on("error", reject);
    });
  }

  #keep(line: string): void {
    const [, name = "", value = "", rest = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
    if (/Max-Age=0\b/.test(rest)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
