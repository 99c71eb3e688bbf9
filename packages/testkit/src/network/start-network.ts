import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { type Duration, parseDuration } from "@restante/control";

import { certificatesBeside } from "../certificates.ts";
import type { TestServer } from "../test-server.ts";
import { carry } from "./carry.ts";
import { checkLie, checkNetworkOptions } from "./check-lies.ts";
import type { Lie, ToldLie } from "./lies.ts";
import type { NetworkOptions } from "./network-options.ts";
import { reset } from "./reset.ts";
import { createScript } from "./script.ts";
import { type NetworkTls, seeRequests } from "./see-requests.ts";
import { createSilence } from "./silence.ts";

/** A network between a client and a server, on one machine. It tells the truth, but for the lies that it is given. */
export interface TestNetwork extends AsyncDisposable {
  /** What a client is given in the place of the server's: `server.client("X26ABC1", { url: network.url })`. */
  readonly url: string;
  /** The lies that it told, in their order. Given to another network as `lies`, they are told again. */
  readonly told: readonly ToldLie[];
  /** How many there have been: the next one's number is one more. */
  readonly connections: number;
  readonly requests: number;
  /**
   * @throws {TestkitError} `options-invalid`
   * @example
   * network.next({ do: "cut", way: "to-client", after: 100 });
   */
  next(lie: Lie): void;
  /** From now on new connections and requests meet the truth. What stands goes on as it was begun. */
  clear(): void;
  /** Everything that stands is broken off. Resolves when it is. */
  cut(): Promise<void>;
  /** For so long nobody listens; what stands goes on. Resolves when it begins. */
  refuse(forSoLong: Duration): Promise<void>;
  /**
   * For so long nothing arrives at either side, of what stands and of what is begun, and neither is told; then all that was on its
   * way does, ends and resets too. Resolves when it begins. A later one takes the place of one that lasts: `"0s"` ends it.
   */
  silence(forSoLong: Duration): Promise<void>;
  /** How it can be had again: the seed, and the lies that were told as `lies` takes them. For the words of a failed test. */
  describe(): string;
  close(): Promise<void>;
}

/**
 * Puts a network between a client and a server that can lose, hold up and repeat what passes.
 *
 * @throws {TestkitError} `options-invalid`, with every problem
 * @example
 * await using network = await startNetwork({ to: server });
 * network.next({ do: "lose-answer" });
 * await server.client("X26ABC1", { url: network.url }).send(message); // rejects; the message is there
 */
export async function startNetwork(options: NetworkOptions): Promise<TestNetwork> {
  checkNetworkOptions(options);
  const { to } = options;
  const target = new URL(typeof to === "string" ? (/^unix:|:\/\//.test(to) ? to : `tcp://${to}`) : to.url);
  const tls = options.tls ?? (typeof to === "string" ? undefined : await tlsOf(to));
  const sees = target.protocol === "http:" || tls !== undefined;
  const script = createScript(options.lies ?? [], options.random);
  const sockets = new Set<Socket>();
  const silence = createSilence();

  const door = sees ? seeRequests(target, tls, script) : undefined;
  if (door !== undefined) await listen(door, 0);
  const behind =
    door !== undefined
      ? { host: "127.0.0.1", port: listeningPort(door) }
      : target.protocol === "unix:"
        ? { path: decodeURIComponent(target.pathname) }
        : { host: target.hostname, port: portOf(target) };

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    // What it fails with is told to the other side.
    return socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  }

  function meet(client: Socket): void {
    if (client.destroyed) return;
    const { lie, did } = script.connection();
    if (lie?.do === "refuse") {
      reset(client);
      did();
      return void refuse(lie.for);
    }
    const server = keep(connect({ ...behind, allowHalfOpen: true, noDelay: true }));
    const join = (): void => {
      // In a silence either may have gone meanwhile.
      if (client.destroyed) reset(server);
      else if (server.destroyed) reset(client);
      else carry(client, server, silence, lie, did);
    };
    server.once("connect", () => silence.heed(join)).once("error", () => silence.heed(() => reset(client)));
    client.once("close", () => server.connecting && server.destroy());
  }

  const open = (): Server =>
    createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      keep(client);
      silence.heed(() => meet(client));
    });
  let front = open();
  await listen(front, options.port ?? 0).catch((error: unknown) => {
    door?.close();
    throw error;
  });
  const port = listeningPort(front);
  let refusal = new AbortController();

  async function refuse(forSoLong: Duration): Promise<void> {
    const wait = parseDuration(forSoLong);
    front.close();
    // A later refusal takes the place of this one.
    refusal.abort();
    refusal = new AbortController();
    const { signal } = refusal;
    void listenAgain(wait, signal).catch(() => undefined);
  }

  async function listenAgain(after: number, signal: AbortSignal): Promise<void> {
    await delay(after, undefined, { signal });
    const next = open();
    try {
      await listen(next, port);
    } catch {
      // Another program has the port for a moment.
      return listenAgain(10, signal);
    }
    if (signal.aborted) next.close();
    else front = next;
  }

  async function cut(): Promise<void> {
    await Promise.all(
      Array.from(sockets, (socket) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        socket.once("close", () => resolve());
        reset(socket);
        return promise;
      }),
    );
    door?.closeAllConnections();
  }

  async function close(): Promise<void> {
    refusal.abort();
    front.close();
    silence.end();
    await cut();
    door?.close();
  }

  return {
    url: target.protocol.startsWith("http") ? `${target.protocol}//127.0.0.1:${port}` : `127.0.0.1:${port}`,
    told: script.told,
    get connections() {
      return script.counts().connections;
    },
    get requests() {
      return script.counts().requests;
    },
    next: (lie) => {
      checkLie(lie, sees);
      script.add(lie);
    },
    clear: script.clear,
    cut,
    refuse,
    silence: async (forSoLong) => silence.keep(parseDuration(forSoLong)),
    describe: () => {
      const seed = options.random === undefined ? "" : `seed ${options.random.seed}, `;
      const told = script.told.map((lie) => `  ${JSON.stringify(lie)},`).join("\n");
      return `${seed}${script.told.length === 0 ? "no lies told" : `lies told: [\n${told}\n]`}`;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Undefined for plain HTTP. */
async function tlsOf({ tls }: TestServer): Promise<NetworkTls | undefined> {
  if (tls === undefined) return undefined;
  const { server } = await certificatesBeside(tls);
  return { ca: tls.ca, server, client: { cert: tls.cert, key: tls.key } };
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function listeningPort(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A server on a port has an address with one.");
  return address.port;
}
