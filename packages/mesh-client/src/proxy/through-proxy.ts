// A connection to the server through an HTTP proxy: the proxy is asked for a way to it (CONNECT; RFC 9110, 9.3.6), and
// over that way there is TLS with the server itself, whose name is checked as without a proxy. The proxy sees the server's
// name and port, and no byte of a request: none is sent before all of this stands.
//
//   to the proxy --connected, asked--> asked --2xx--> over its way --TLS--> stands
//
// Until the way is open, whatever fails is the proxy's (`proxy`); from then on the server's, in the words of a direct
// connection. One time-out is for all of it.

import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import type { buildConnector } from "undici";
import type { ClientTls } from "../client-tls.ts";
import { codeOf } from "../error-code.ts";
import { failureOf } from "../failures.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import { readConnectAnswer } from "./connect-answer.ts";
import type { Proxy } from "./proxy.ts";

export function throughProxy({
  proxy,
  tls,
  connectMs,
  closing,
}: {
  readonly proxy: Proxy;
  readonly tls: ClientTls | undefined;
  readonly connectMs: number;
  /** Ends what does not stand yet. */
  readonly closing: AbortSignal;
}): buildConnector.connector {
  let session: Buffer | undefined;

  return ({ hostname, port, protocol }, callback) => {
    const way = connectPlain({ host: proxy.host, port: proxy.port, noDelay: true, keepAlive: true });
    /** What the server is spoken to by; undefined while there is the proxy alone. */
    let server: Socket | undefined;
    let isSettled = false;

    const settle = (result: Socket | Error): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      closing.removeEventListener("abort", close);
      if (!(result instanceof Error)) {
        callback(null, result);
        return;
      }
      server?.destroy();
      way.destroy();
      callback(result, null);
    };
    const fail = (cause: unknown): void =>
      settle(
        server === undefined
          ? ofProxy(proxy, `cannot be reached (${codeOf(cause) ?? "no code"})`, { cause })
          : ofServer(cause, proxy),
      );
    const timer = setTimeout(() => {
      if (server === undefined) settle(ofProxy(proxy, "does not open a way to the server in time"));
      else settle(new MeshClientError("timed-out", "No connection to the server stood in time.", { retry: "safe" }));
    }, connectMs);
    const close = (): void => settle(new MeshClientError("closed", "The client was closed.", { retry: "safe" }));
    closing.addEventListener("abort", close, { once: true });

    const speakToServer = (): void => {
      if (protocol !== "https:" || tls === undefined) {
        server = way;
        settle(way);
        return;
      }
      const secure = connectSecure({
        ...tls,
        socket: way,
        host: hostname,
        servername: isIP(hostname) === 0 ? hostname : "",
        ALPNProtocols: ["http/1.1"],
        ...(session === undefined ? {} : { session }),
      });
      server = secure;
      secure.on("session", (next) => (session = next));
      secure.once("secureConnect", () => settle(secure));
      secure.on("error", fail);
      secure.once("close", () => fail(undefined));
    };

    let received = Buffer.alloc(0);
    const read = (piece: Buffer): void => {
      received = Buffer.concat([received, piece]);
      const answer = readConnectAnswer(received, { signedIn: proxy.authorization !== undefined });
      if (answer === "incomplete") return;
      way.off("data", read).pause();
      if (answer === "open") speakToServer();
      else settle(ofProxy(proxy, answer.refused, { retry: answer.retry }));
    };
    way.on("data", read);
    way.once("connect", () =>
      way.write(question(proxy, authorityOf(hostname, port || (protocol === "https:" ? "443" : "80")))),
    );
    way.on("error", fail);
    way.once("close", () => {
      if (server === undefined) settle(ofProxy(proxy, "closes the connection without an answer"));
      else fail(undefined);
    });
  };
}

function question({ authorization }: Proxy, authority: string): string {
  const signIn = authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${signIn}\r\n`;
}

function authorityOf(host: string, port: number | string): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Of the proxy is said where it is, and never how we sign in. */
function ofProxy(
  { host, port }: Proxy,
  what: string,
  { cause, retry = "safe" }: { cause?: unknown; retry?: "never" | "safe" | "ambiguous" } = {},
): MeshClientError {
  const because = cause === undefined ? {} : { cause: new Error(codeOf(cause) ?? "no code") };
  return new MeshClientError("proxy", `The proxy ${authorityOf(host, port)} ${what}.`, { ...because, retry });
}

function ofServer(cause: unknown, { host, port }: Proxy): MeshClientError {
  const nothingSent = { progress: { begun: false, sent: 0, ended: false }, lost: "safe", signal: undefined } as const;
  const error = failureOf(cause, nothingSent);
  if (error.code !== "unreachable") return error;
  const what = `The server cannot be reached through the proxy ${authorityOf(host, port)} (${codeOf(cause) ?? "closed"}).`;
  return new MeshClientError("unreachable", what, { cause: error.cause, retry: "safe" });
}
