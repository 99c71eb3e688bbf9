// The least that accepts messages for good and gives them out again: node:http or node:https with mutual TLS, the check of
// a token, a sync before 202. None of MESH's rules. What it keeps of a message is the store's: one row (main.ts), or every
// row that the MESH server keeps (with-rows.ts).

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { once } from "node:events";

import { type Opened, serveMeasured, type Task } from "../measured-process.ts";
import { openBodyFiles } from "./body-files.ts";
import type { BareStore, StoredBody } from "./store.ts";
import { createTokenCheck } from "./token.ts";

/**
 * Larger bodies are files, the faster of the two ways to hold the same promise: in rows, cycles of 100 KB are as fast (307
 * a second against 312), but of 10 MB there are 4 a second against 17, as SQLite writes every byte twice.
 */
const mostInRow = 65_536;

/** As long as ours keeps a connection: the other server's turn is shorter, but may take longer than the 5 s of Node.js. */
const keepAliveTimeout = 30_000;

export function serveBare(openStore: (folder: string) => BareStore): void {
  serveMeasured((task) => open(task, openStore));
}

async function open(
  { tls, host, port, dataFolder, sharedKey, mailboxes, smallBodyBytes = mostInRow }: Task,
  openStore: (folder: string) => BareStore,
): Promise<Opened> {
  const store = openStore(dataFolder);
  const files = await openBodyFiles(dataFolder);
  const passwords = new Map(mailboxes.map(({ mailboxId, password }) => [mailboxId, password]));
  const isAllowed = createTokenCheck(sharedKey, passwords, (token) => store.useToken(token));

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
      return answer(response, 202, JSON.stringify({ message_id: id }));
    }
    if (message === undefined) {
      return answer(response, 200, JSON.stringify({ messages: store.list(mailboxId) }));
    }
    if (request.method === "PUT") {
      await store.acknowledge(mailboxId, message);
      return answer(response, 200);
    }
    const found = store.find(mailboxId, message);
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
    tls === undefined
      ? createServer({ keepAliveTimeout }, listener)
      : createTlsServer({ ...tls, requestCert: true, keepAliveTimeout }, listener);
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
}

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
