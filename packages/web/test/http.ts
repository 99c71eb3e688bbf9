import { request, type RequestOptions } from "node:http";
import { type Agent, request as requestByTls } from "node:https";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
  text: string;
}

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whom to trust, by which name it is called, and from which address of this machine it is asked. */
  connection?: { ca?: string; servername?: string; localAddress?: string; agent?: Agent };
}

/** fetch would not let a test choose its own Host, Origin or Sec-Fetch-Site. */
export function ask(
  url: string,
  { method = "GET", headers = {}, body = "", connection = {} }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { method, headers, agent: false, ...connection };
    const asked = (url.startsWith("https:") ? requestByTls : request)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString("utf8") });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Sends a form as a browser does from one of the pages. */
export function submit(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  connection: Asked["connection"] = {},
): Promise<Answer> {
  const body = new URLSearchParams(fields).toString();
  return ask(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(Buffer.byteLength(body)),
      "sec-fetch-site": "same-origin",
      origin: "null",
      ...headers,
    },
    body,
    connection,
  });
}

/** What a person reads of a page: its text without the marks. */
export function readable(html: string): string {
  return html.replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ");
}

/** What the form that goes to `action` carries: its token, and the version of what its page showed. */
export function formOf(html: string, action: string): { token: string; version: string } {
  const form = html.split(`action="${action}"`)[1] ?? "";
  const field = (name: string): string => new RegExp(`name="${name}" value="([^"]+)"`).exec(form)?.[1] ?? "";
  return { token: field("token"), version: field("version") };
}
