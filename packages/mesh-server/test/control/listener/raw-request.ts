import { type IncomingHttpHeaders, request } from "node:http";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: { error?: { code: string; message: string } } & Record<string, unknown>;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** A request with the very headers that are given, at a port or a socket: for what a client would not send. */
export function rawRequest(
  at: { readonly url: string } | { readonly socket: string },
  path: string,
  { method = "POST", headers = {}, body }: RawRequest = {},
): Promise<RawAnswer> {
  const where =
    "url" in at ? { host: new URL(at.url).hostname, port: new URL(at.url).port } : { socketPath: at.socket };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...where, path, method, agent: false, headers }, (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on("data", (piece: Buffer) => pieces.push(piece));
      incoming.once("error", reject);
      incoming.once("end", () => {
        const text = Buffer.concat(pieces).toString();
        const isJson = incoming.headers["content-type"]?.includes("json") === true;
        const json = (isJson ? JSON.parse(text) : {}) as RawAnswer["json"];
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, json });
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
