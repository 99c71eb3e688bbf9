// The least that accepts messages for good and gives them out again: node:http or node:https with mutual TLS, the check of
// a token, one row a message, a sync before 202. None of MESH's rules. What the MESH server is measured against.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { once } from "node:events";

import { type Opened, serveMeasured, type Task } from "../measured-process.ts";
import { openBodyFiles } from "./body-files.ts";
import { openBareStore, type StoredBody } from "./store.ts";
import { createTokenCheck } from "./token.ts";

/**
 * Larger bodies are files, the faster of the two ways to hold the same promise: in rows, cycles of 100 KB are as fast (307
 * a second against 312), but of 10 MB there are 4 a second against 17, as SQLite writes every byte twice.
 */
const mostInRow = 65_536;

serveMeasured(
  async ({ tls, host, port, dataFolder, sharedKey, mailboxes, smallBodyBytes = mostInRow }: Task): Promise<Opened> => {
    const store = openBareStore(dataFolder);
    const files = await openBodyFiles(dataFolder);
    const passwords = new Map(mailboxes.map(({ mailboxId, password }) => [mailboxId, password]));
    const isAllowed = createTokenCheck(sharedKey, passwords);

    async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
      // /messageexchange/MAILBOX/outbox, /inbox, /inbox/MESSAGE, /inbox/MESSAGE/status/acknowledged
      const [, , mailboxId = "", box, message] = (request.url ?? "").split("/");
      if (!isAllowed(request.headers.authorization, mailboxId)) return answer(response, 403);
      if (box === "outbox" && request.method === "POST") {
        const { size, body } = await receive(request);
        const id = await store.add({
          recipient: String(request.headers["mex-to"]),
          sender: mailboxId,
          workflow: String(request.headers["mex-workflowid"]),
          size,
          body,
        });
        return answer(response, 202, JSON.stringify({ message_id: String(id) }));
      }
      if (message === undefined) {
        return answer(response, 200, JSON.stringify({ messages: store.list(mailboxId).map(String) }));
      }
      if (request.method === "PUT") {
        await store.acknowledge(mailboxId, Number(message));
        return answer(response, 200);
      }
      const found = store.find(mailboxId, Number(message));
      if (found === undefined) return answer(response, 404);
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": found.size });
      if (typeof found.body === "string") await files.send(found.body, response);
      else response.end(found.body);
    }

    async function receive(request: IncomingMessage): Promise<{ size: number; body: StoredBody }> {
      if (Number(request.headers["content-length"]) <= smallBodyBytes) {
        const body = await read(request);
        return { size: body.byteLength, body };
      }
      const { name, size } = await files.receive(request);
      return { size, body: name };
    }

    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      serve(request, response).catch(() => answer(response, 500));
    };
    const server =
      tls === undefined ? createServer(listener) : createTlsServer({ ...tls, requestCert: true }, listener);
    server.listen(port, host);
    await once(server, "listening");
    return {
      url: `${tls === undefined ? "http" : "https"}://${host}:${(server.address() as AddressInfo).port}`,
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => void server.close(resolve));
        store.close();
      },
    };
  },
);

function answer(response: ServerResponse, status: number, json = ""): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(json) });
  response.end(json);
}

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => void pieces.push(piece));
    request.once("end", () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)));
    request.once("error", reject);
  });
}
