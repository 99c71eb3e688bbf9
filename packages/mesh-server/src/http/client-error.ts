import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { partWrong, Refusal, refusalBody, type RefusalCode } from "./refusal.ts";
import type { TellRefusals } from "./tell-refusals.ts";

/** Of all headers of a request together. */
export const MOST_HEADER_BYTES: number = 16 * 1024;

const reasons: Readonly<Record<string, { status: number; title: string; told: string }>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: "Request Header Fields Too Large",
    told: `Headers should have at most ${MOST_HEADER_BYTES} bytes together, and be at most 100`,
  },
  // A client takes 400 for a word about its message, and would not send it again.
  HPE_INVALID_EOF_STATE: { status: 408, title: "Request Timeout", told: "The request ended before all of it had come" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, title: "Request Timeout", told: "Headers, or a body, did not come in time" },
};
const unreadable = { status: 400, title: "Bad Request", told: "Headers cannot be read as HTTP" };

/** Connections that end once what is due on them was answered. */
const refused = new WeakSet<Socket>();

/**
 * What cannot be read as a request at all: bad HTTP, headers too large or too slow, a handshake that failed.
 *
 * @param due the answers still to be given on the connection: whoever has to do with a request that was whole before gets that one first,
 *   or would take this for it
 */
export async function answerClientError(
  tell: TellRefusals,
  error: Error & { code?: string },
  socket: Socket,
  due: readonly ServerResponse[],
): Promise<void> {
  const { remoteAddress: address } = socket;
  const refuse = (status: number, refusal: RefusalCode, reason: string): void =>
    tell.refused({ status, code: refusal, reason, ...(address !== undefined && { address }) });
  // Cut off by us in the handshake (`tls.strict`), the client is reported as a connection that was reset.
  const distrusted = socket instanceof TLSSocket ? socket.authorizationError : undefined;
  const code = error.code ?? "unknown";
  if (distrusted) refuse(403, "client-certificate", String(distrusted));
  if (distrusted || code === "ECONNRESET" || code === "EPIPE" || !socket.writable) {
    socket.destroy();
    return;
  }
  if (!code.startsWith("HPE_") && !(code in reasons)) {
    refuse(403, "client-certificate", code);
    socket.destroy();
    return;
  }
  // What goes on coming behind it cannot be read either.
  if (refused.has(socket)) return;
  refused.add(socket);
  const { status, title, told } = reasons[code] ?? unreadable;
  refuse(status, "request-malformed", code);
  await Promise.all(due.filter(({ req }) => req.complete).map(gone));
  // The one that cannot be read to its end was refused already.
  if (!socket.writable || due.some(({ req, headersSent }) => !req.complete && headersSent)) {
    socket.destroy();
    return;
  }
  const refusal = new Refusal("header-malformed", { problems: [partWrong("headers", told)] });
  const body = JSON.stringify(refusalBody(refusal, 1));
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function gone(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.closed) resolve();
    else response.once("close", () => resolve());
  });
}
