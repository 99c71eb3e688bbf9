import type { Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";

const mostMs = 5000;

/** Answers whoever speaks HTTP to a port of HTTPS, who would else see a connection that breaks. */
export function answerPlainHttp(server: Server, address: () => string): void {
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    // Nothing can be written to what is no TLS. What it stands on is not among Node.js's types.
    const { _parent: plain } = socket as { _parent?: Socket };
    if (error.code !== "ERR_SSL_HTTP_REQUEST" || plain === undefined) return;
    const words = `This is a port of HTTPS: open ${address()}\n`;
    plain.setTimeout(mostMs, () => plain.destroy());
    plain.on("error", () => plain.destroy());
    plain.end(
      "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n" +
        `content-length: ${Buffer.byteLength(words)}\r\n\r\n${words}`,
    );
  });
}
