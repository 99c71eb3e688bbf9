import type { Server as HttpServer, ServerResponse } from "node:http";

/**
 * Invites the body of a request that waits for it (RFC 9110, 10.1.1), once it is that request's turn. Node.js does so at
 * once: behind a request that is still being answered it then puts the invitation between the head and the body of the
 * request's own answer, which its client reads as another.
 */
export function inviteInTurn(server: Pick<HttpServer, "on" | "emit">): void {
  server.on("checkContinue", (request, response: ServerResponse) => {
    if (response.socket !== null) response.writeContinue();
    else {
      response.once("socket", () => {
        if (!response.headersSent) response.writeContinue();
      });
    }
    server.emit("request", request, response);
  });
}
