import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type AnswerOf,
  checkInput,
  ControlError,
  type ControlEvent,
  errorStatuses,
  EVENTS_PATH,
  EVENTS_TYPE,
  everyOperation,
  type InputOf,
  type OperationName,
  readEventNames,
  writeEvent,
} from "@restante/control";

export const TOKEN = "a-token-of-tests";

/** What each verb does. `gone`: the client has left. */
export type Handlers = {
  [Name in OperationName]?: (input: InputOf<Name>, gone: AbortSignal) => AnswerOf<Name> | Promise<AnswerOf<Name>>;
};

export interface Listener {
  readonly url: string;
  /** What was asked and was right: the verb and its input. */
  readonly asked: readonly { name: OperationName; input: unknown }[];
  /** The names that events were asked for with, of each who asked. */
  readonly listeners: readonly (readonly string[] | undefined)[];
  tell(event: ControlEvent): void;
  /** Ends every connection. */
  cut(): void;
}

/** A listener over real HTTP that is made of the table: it checks what comes as the real one does, and does what it is told. */
export async function startListener(
  t: { after(close: () => Promise<void>): void },
  handlers: Handlers,
  { socket }: { socket?: string } = {},
): Promise<Listener> {
  const asked: { name: OperationName; input: unknown }[] = [];
  const streams = new Map<ServerResponse, readonly string[] | undefined>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => refuse(response, error));
  });
  if (socket === undefined) server.listen(0, "127.0.0.1");
  else server.listen(socket);
  await once(server, "listening");
  t.after(async () => stop(server));
  return {
    url: socket === undefined ? `http://127.0.0.1:${(server.address() as AddressInfo).port}` : "",
    asked,
    get listeners() {
      return [...streams.values()];
    },
    tell: (event) => {
      for (const [stream, names] of streams)
        if (names?.includes(event.event) !== false) stream.write(writeEvent(event));
    },
    cut: () => server.closeAllConnections(),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      throw new ControlError("not-allowed", "it is not the token");
    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "GET" && url.pathname === EVENTS_PATH) {
      const names = readEventNames(url.searchParams.get("names") ?? undefined);
      response.writeHead(200, { "content-type": EVENTS_TYPE }).write(": here\n\n");
      streams.set(response, names);
      response.once("close", () => streams.delete(response));
      return;
    }
    const operation = everyOperation.find(({ path }) => path === url.pathname);
    if (operation === undefined || request.method !== "POST") {
      response.writeHead(404, { "content-type": "text/plain" }).end("Not here");
      return;
    }
    const body = await readAll(request);
    const input = checkInput(operation.name, body === "" ? undefined : JSON.parse(body));
    asked.push({ name: operation.name, input });
    const handler = handlers[operation.name] as ((input: unknown, gone: AbortSignal) => unknown) | undefined;
    if (handler === undefined) throw new ControlError("failed", `nobody does ${operation.name}`);
    const value = await handler(input, gone.signal);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const { code, message } = error instanceof ControlError ? error : new ControlError("failed", String(error));
  if (code === "unreachable") return void response.destroy();
  response.writeHead(errorStatuses[code], { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { code, message } }));
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
