import { request } from "node:https";
import type { CustomFetch } from "openid-client";
import { IssuerError } from "./issuer-error.ts";

const mostBytes = 1024 * 1024;

/**
 * How the issuer is asked: over HTTPS, without following it elsewhere, and for no longer than is given to all that one person
 * waits for. Node.js' own `fetch` trusts no authority of one's own.
 */
export function askIssuer(ca: string | undefined, timeoutMs: number): CustomFetch {
  const signal = AbortSignal.timeout(timeoutMs);
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const fail = (cause: Error): void => {
        if (signal.aborted) reject(new IssuerError("issuer-slow", "The issuer takes too long."));
        else reject(new IssuerError("issuer-unreachable", "The issuer does not answer.", { cause }));
      };
      const asked = request(url, { method, headers, signal, ...(ca !== undefined && { ca }) }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > mostBytes) asked.destroy(new Error("The issuer's answer is too long."));
        });
        response.on("error", fail);
        response.on("end", () => {
          const { statusCode: status = 0 } = response;
          if (status < 200 || status >= 500) return fail(new Error(`The issuer answers ${status}.`));
          const type = response.headers["content-type"] ?? "";
          resolve(
            new Response(status === 204 || status === 304 ? null : Buffer.concat(chunks), {
              status,
              headers: { "content-type": type },
            }),
          );
        });
      });
      asked.on("error", fail);
      // Forms are all that is ever sent.
      asked.end(body instanceof URLSearchParams ? body.toString() : undefined);
    });
}
